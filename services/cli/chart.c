/* chart - see chart.h. Job: numbers to places on paper. Invariant: a point
 * lies where its number says, whole numbers all the way; what is not known is
 * a gap, never a line. Holds nothing. */
#include "services/cli/chart.h"

#include <stdlib.h>

#include "services/base/shown.h"
#include "services/cli/chart_points.h"
#include "services/cli/html.h"
#include "services/cli/report_words.h"
#include "services/cli/table.h"

/* The paper, in its own units. */
#define WIDTH  340
#define HEIGHT 158
#define LEFT   52
#define RIGHT  16
#define TOP    22
#define BOTTOM 28

#define TICKS      4  /* steps of the axis, about */
#define FINE       10 /* parts of a unit that places are told in */
#define STATUS_Y   30 /* above it the status stands, at the right */
#define LABELS_MAX 6  /* points that have a label of their own */
#define GAPS_BYTES 18 /* names of what is not in a sum, where there is room */
#define LETTER     56 /* width of one, about, in those parts */

struct chart {
    const struct cli *c;
    const struct cli_report_line *line;
    struct mv_span series;
    struct cli_numbers scale;
    struct cli_points d;
    int64_t low, high, step;
    int32_t first_day, last_day;
    struct mv_buf *out;
};

bool cli_chart_has(struct mv_span series)
{
    struct mv_list l;
    struct mv_span row;
    if (!mv_list_open(&l, cli_get(series, "years")))
        return false;
    while (mv_list_next(&l, &row))
        if (cli_get_text(row, "value").len > 0)
            return true;
    return false;
}

/* ---- the axes ---- */

/* 1, 2 or 5 times a power of ten, so that `range`, at most INT64_MAX / 4, is
 * about TICKS of them. */
static int64_t step_of(int64_t range)
{
    static const int64_t nice[] = {1, 2, 5};
    int64_t ten = 1;
    while (ten * 10 * TICKS <= range)
        ten *= 10;
    for (size_t i = 0; i < CLI_COUNT(nice); i++)
        if (nice[i] * ten * TICKS >= range)
            return nice[i] * ten;
    return 10 * ten;
}

static int64_t floor_to(int64_t v, int64_t step)
{
    int64_t rest = v % step;
    return v - rest - (rest < 0 ? step : 0);
}

static void widen(struct chart *g, int64_t v)
{
    if (v < g->low)
        g->low = v;
    if (v > g->high)
        g->high = v;
}

/* From the first point to the last; years are whole, up to the target's. */
static void find_days(struct chart *g)
{
    int first = g->d.at[0].year < g->d.year ? g->d.at[0].year : g->d.year;
    int32_t begin = mv_day_of(first, 1, 1);
    int32_t end = mv_day_of(g->d.year, 12, 31);
    g->first_day = g->d.at[0].first_day;
    g->last_day = g->d.at[g->d.count - 1].last_day;
    if (!g->d.adds && !g->d.by_year)
        return;
    if (begin < g->first_day)
        g->first_day = begin;
    if (end > g->last_day)
        g->last_day = end;
}

/* Room for all values and the target; of one alone a little around it. */
static bool find_axes(struct chart *g)
{
    g->low = g->high = g->d.at[0].y;
    for (size_t i = 0; i < g->d.count; i++)
        widen(g, g->d.at[i].y);
    if (g->d.has_target)
        widen(g, g->d.target);
    if (g->low < -(INT64_MAX / 8) || g->high > INT64_MAX / 8)
        return false;
    int64_t range = g->high - g->low;
    if (range == 0)
        range = g->high == 0 ? 1000000 : llabs(g->high) / 10 + 1;
    g->step = step_of(range);
    /* from zero where that is not far */
    bool from_zero = g->low >= 0 && g->low < range;
    g->low = from_zero ? 0 : floor_to(g->low, g->step);
    g->high = -floor_to(-g->high, g->step);
    if (g->high == g->low)
        g->high += g->step;
    find_days(g);
    return true;
}

static int64_t y_of(const struct chart *g, int64_t v)
{
    mv_i128 part = (mv_i128)(g->high - v) * (HEIGHT - TOP - BOTTOM) * FINE;
    return TOP * FINE + (int64_t)(part / (g->high - g->low));
}

/* Between two days, twice: half a day counts. */
static int64_t x_at(const struct chart *g, int64_t twice)
{
    int64_t all = 2 * ((int64_t)g->last_day - g->first_day + 1);
    int64_t way = twice - 2 * (int64_t)g->first_day;
    return LEFT * FINE + way * (WIDTH - LEFT - RIGHT) * FINE / all;
}

/* The middle of the period; of what is summed up to its end, the end. */
static int64_t x_of(const struct chart *g, const struct cli_point *p)
{
    int64_t from = g->d.adds ? p->last_day + 1 : p->first_day;
    return x_at(g, from + p->last_day + 1);
}

/* Writes a place as the page wants it: "12.5". */
static void put_place(const struct chart *g, const char *name, int64_t place)
{
    mv_buf_printf(g->out, " %s=\"%lld.%lld\"", name, (long long)place / FINE,
                  (long long)place % FINE);
}

static void put_line(const struct chart *g, const char *kind, int64_t x1,
                     int64_t y1, int64_t x2, int64_t y2)
{
    mv_buf_printf(g->out, "<line class=\"%s\"", kind);
    put_place(g, "x1", x1);
    put_place(g, "y1", y1);
    put_place(g, "x2", x2);
    put_place(g, "y2", y2);
    mv_buf_text(g->out, "/>");
}

static void put_label(const struct chart *g, const char *kind, int64_t x,
                      int64_t y, struct mv_span text)
{
    mv_buf_printf(g->out, "<text class=\"%s\"", kind);
    put_place(g, "x", x);
    put_place(g, "y", y);
    mv_buf_put_u8(g->out, '>');
    cli_html_text(g->out, text);
    mv_buf_text(g->out, "</text>");
}

/* A value of the axis, with as many decimals as its step has. */
static void put_digits(const struct chart *g, int64_t v, struct mv_buf *ret)
{
    char text[MV_DEC_TEXT_BYTES];
    unsigned n = mv_shown_natural(mv_dec_from_micro(g->step));
    (void)mv_dec_text_fixed(mv_dec_from_micro(v), (int)n, text);
    mv_shown_digits(ret, text, g->c->lang == MV_LANG_NB);
}

static void put_axis(const struct chart *g)
{
    struct mv_buf digits = {0};
    for (int64_t v = g->low; v <= g->high; v += g->step) {
        put_line(g, v == 0 ? "zero" : "grid", LEFT * FINE, y_of(g, v),
                 (WIDTH - RIGHT) * FINE, y_of(g, v));
        put_digits(g, v, &digits);
        put_label(g, "tick", (LEFT - 6) * FINE, y_of(g, v) + 3 * FINE,
                  mv_buf_span(&digits));
        mv_buf_clear(&digits);
    }
    mv_buf_done(&digits);
}

static void put_time(const struct chart *g, int64_t x, const char *name)
{
    put_label(g, "time", x, (HEIGHT - BOTTOM + 16) * FINE, mv_span_text(name));
}

static void put_year(const struct chart *g, int year, int64_t x)
{
    struct mv_buf name = {0};
    mv_buf_printf(&name, "%d", year);
    put_time(g, x, mv_buf_cstr(&name));
    mv_buf_done(&name);
}

static int64_t middle_of(const struct chart *g, int year)
{
    return x_at(g,
                (int64_t)mv_day_of(year, 1, 1) + mv_day_of(year, 12, 31) + 1);
}

/* Years below the axis, or the periods themselves where they are few. */
static void put_times(const struct chart *g)
{
    char text[MV_PERIOD_TEXT_BYTES];
    bool years = g->d.adds || g->d.by_year;
    bool each = !years && g->d.count <= LABELS_MAX;
    int last = 0;
    for (size_t i = 0; i < g->d.count; i++) {
        const struct cli_point *p = &g->d.at[i];
        if (each)
            put_time(g, x_of(g, p), mv_period_text(&p->name, text));
        else if (p->year != last)
            put_year(g, p->year, years ? middle_of(g, p->year) : x_of(g, p));
        last = p->year;
    }
    if (years && last < g->d.year)
        put_year(g, g->d.year, middle_of(g, g->d.year));
}

/* ---- the curve ---- */

/* The point that the target's words must leave room for. */
static const struct cli_point *beside_limit(const struct chart *g)
{
    const struct cli_point *p = &g->d.at[g->d.count - 1];
    while (g->d.adds && p > g->d.at && p->year == g->d.year &&
           p[-1].year == g->d.year)
        p--;
    return p;
}

static int64_t letters_of(struct mv_span text)
{
    const uint8_t *at = text.at;
    int64_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += (at[i] & 0xc0) != 0x80; /* UTF-8 */
    return count;
}

/* At the right; of sums, which rise, where the target's year begins. */
static void put_limit(const struct chart *g, int64_t x, int64_t y,
                      struct mv_span text)
{
    int64_t end = (WIDTH - RIGHT) * FINE;
    int64_t far = x + letters_of(text) * LETTER;
    int64_t point = y_of(g, beside_limit(g)->y);
    bool below = (point <= y && y - point < 30 * FINE) || y < STATUS_Y * FINE;
    put_label(g, "limit", g->d.adds && far < end ? far : end,
              below ? y + 12 * FINE : y - 5 * FINE, text);
}

static void put_target(const struct chart *g)
{
    struct mv_buf text = {0};
    char room[MV_DEC_TEXT_BYTES];
    struct mv_span limit = cli_get_text(g->series, "line");
    bool whole = g->d.adds && g->d.line_end == mv_day_of(g->d.year, 12, 31);
    if (!g->d.has_target)
        return;
    int64_t from = LEFT * FINE, to = (WIDTH - RIGHT) * FINE;
    int64_t y = y_of(g, g->d.target);
    if (g->d.adds) {
        from = x_at(g, 2 * (int64_t)mv_day_of(g->d.year, 1, 1));
        to = x_at(g, 2 * ((int64_t)g->d.line_end + 1));
    }
    put_line(g, "target", from, y, to, y);
    mv_buf_printf(&text, "%s %s",
                  cli_w(g->c, whole ? CLI_W_CHART_LIMIT : CLI_W_COL_LIMIT),
                  cli_report_cmp(cli_get_text(g->line->row, "cmp")));
    cli_shown(g->c, &g->scale.bare, cli_numbers_scale(&g->scale, limit, room),
              mv_span("", 0), &text);
    put_limit(g, from, y, mv_buf_span(&text));
    mv_buf_done(&text);
}

static void put_curve(const struct chart *g)
{
    for (size_t i = 0; i < g->d.count; i++) {
        bool on = i > 0 && cli_point_follows(&g->d.at[i - 1], &g->d.at[i]) &&
                  !(g->d.adds && g->d.at[i - 1].year != g->d.at[i].year);
        if (on) {
            put_line(g, g->d.at[i].open ? "curve open" : "curve",
                     x_of(g, &g->d.at[i - 1]), y_of(g, g->d.at[i - 1].y),
                     x_of(g, &g->d.at[i]), y_of(g, g->d.at[i].y));
        }
    }
    for (size_t i = 0; i < g->d.count; i++) {
        bool last = i + 1 == g->d.count && g->d.at[i].year == g->d.year;
        mv_buf_printf(g->out, "<circle class=\"%s%s\" r=\"%s\"",
                      last ? "last" : "dot", g->d.at[i].open ? " open" : "",
                      last ? "4" : "2.5");
        put_place(g, "cx", x_of(g, &g->d.at[i]));
        put_place(g, "cy", y_of(g, g->d.at[i].y));
        mv_buf_text(g->out, "/>");
    }
}

static const char *open_word(const struct chart *g, const struct cli_point *p)
{
    return cli_w(g->c, p->forecast ? CLI_W_REP_FORECAST : CLI_W_CHART_OPEN);
}

static void put_value(const struct chart *g, const struct cli_point *p,
                      struct mv_buf *ret)
{
    char room[MV_DEC_TEXT_BYTES];
    cli_shown(g->c, &g->scale.bare, cli_numbers_scale(&g->scale, p->text, room),
              mv_span("", 0), ret);
}

/* Values stand at their points where these are few, else at the last; above
 * the curve, or below where it comes from above. */
static void put_values(const struct chart *g)
{
    struct mv_buf text = {0};
    for (size_t i = g->d.count <= LABELS_MAX ? 0 : g->d.count - 1;
         i < g->d.count; i++) {
        const struct cli_point *p = &g->d.at[i];
        bool last = i + 1 == g->d.count;
        bool dips = (i > 0 && g->d.at[i - 1].y > p->y) ||
                    (i == 0 && g->d.count > 1 && g->d.at[1].y > p->y);
        int64_t y = y_of(g, p->y) + (dips ? 15 : -8) * FINE;
        if (y > (HEIGHT - BOTTOM - 2) * FINE)
            y = y_of(g, p->y) - 8 * FINE;
        put_value(g, p, &text);
        put_label(g, last && !g->d.by_year ? "value end" : "value", x_of(g, p),
                  y, mv_buf_span(&text));
        mv_buf_clear(&text);
    }
    mv_buf_done(&text);
}

/* "without M05", of sums; all: however many names that is. */
static void put_without(const struct chart *g, bool all, struct mv_buf *ret)
{
    struct mv_buf gaps = {0};
    unsigned count = cli_points_gaps(&g->d, &gaps);
    if (count > 0)
        mv_buf_printf(ret, "%s ", cli_w(g->c, CLI_W_CHART_WITHOUT));
    if (all || gaps.len <= GAPS_BYTES)
        mv_buf_put(ret, gaps.at, gaps.len);
    else
        mv_buf_printf(ret, "%u %s", count, cli_w(g->c, CLI_W_CHART_PERIODS));
    mv_buf_done(&gaps);
}

/* What the points are, where that is not what the periods are, and what a
 * hollow one is: the last, or those without some period. */
static void put_note(const struct chart *g)
{
    const struct cli_point *last = &g->d.at[g->d.count - 1];
    struct mv_buf text = {0}, hollow = {0};
    if (last->open && !cli_points_has_gap(&g->d, last))
        mv_buf_text(&hollow, open_word(g, last));
    else
        put_without(g, false, &hollow);
    if (g->d.adds)
        mv_buf_text(&text, cli_w(g->c, CLI_W_CHART_ADDS));
    if (hollow.len > 0)
        mv_buf_printf(&text, "%s○ %s", g->d.adds ? "; " : "",
                      mv_buf_cstr(&hollow));
    if (text.len > 0)
        put_label(g, "note", 0, 12 * FINE, mv_buf_span(&text));
    mv_buf_done(&hollow);
    mv_buf_done(&text);
}

static void put_status(const struct chart *g)
{
    struct mv_span status = cli_get_text(g->line->row, "status");
    if (status.len > 0)
        put_label(g, "status", (WIDTH - RIGHT) * FINE, 12 * FINE,
                  mv_span_text(cli_status_text(g->c, status)));
}

/* What a reader hears who does not see it. */
static void put_words(const struct chart *g, unsigned number)
{
    struct mv_buf text = {0}, without = {0};
    char name[MV_PERIOD_TEXT_BYTES];
    struct mv_span title = cli_get_lang(g->c, g->series, "title");
    struct mv_span member = cli_get_lang(g->c, g->series, "member_title");
    mv_buf_printf(g->out,
                  " role=\"img\" aria-labelledby=\"t%u d%u\"><title "
                  "id=\"t%u\">",
                  number, number, number);
    cli_html_text(g->out, title);
    if (member.len > 0)
        mv_buf_text(g->out, ": ");
    cli_html_text(g->out, member);
    mv_buf_printf(g->out, "</title><desc id=\"d%u\">", number);
    put_without(g, true, &without);
    if (g->d.adds)
        mv_buf_printf(&text, "%s%s%s. ", cli_w(g->c, CLI_W_CHART_ADDS),
                      without.len > 0 ? ", " : "", mv_buf_cstr(&without));
    mv_buf_done(&without);
    for (size_t i = 0; i < g->d.count; i++) {
        const struct cli_point *p = &g->d.at[i];
        if (g->d.by_year)
            mv_buf_printf(&text, "%d: ", p->year);
        else
            mv_buf_printf(&text, "%s: ", mv_period_text(&p->name, name));
        put_value(g, p, &text);
        if (p->open)
            mv_buf_printf(&text, " (%s)", open_word(g, p));
        mv_buf_text(&text, i + 1 == g->d.count ? "." : "; ");
    }
    cli_html_text(g->out, mv_buf_span(&text));
    mv_buf_text(g->out, "</desc>");
    mv_buf_done(&text);
}

void cli_chart_svg(const struct cli *c, const struct cli_report_line *line,
                   unsigned number, struct mv_buf *out)
{
    struct chart *g = mv_xcalloc(1, sizeof *g);
    g->c = c;
    g->line = line;
    g->series = cli_get(line->row, "series");
    g->out = out;
    cli_report_scale(g->series, &g->scale);
    uint64_t year = cli_get_u64(line->row, "year");
    if (year >= MV_YEAR_MIN && year <= MV_YEAR_MAX) {
        g->d.year = (int)year;
        g->d.scale = &g->scale;
        cli_points_read(&g->d, g->series);
    }
    if (g->d.count > 0 && find_axes(g)) {
        struct mv_span status = cli_get_text(line->row, "status");
        mv_buf_printf(out, "<svg class=\"chart %.*s\" viewBox=\"0 0 %d %d\"",
                      (int)status.len, (const char *)status.at, WIDTH, HEIGHT);
        put_words(g, number);
        put_axis(g);
        put_times(g);
        put_target(g);
        put_curve(g);
        put_values(g);
        put_note(g);
        put_status(g);
        mv_buf_text(out, "</svg>");
    }
    free(g);
}
