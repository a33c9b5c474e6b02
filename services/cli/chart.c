/* chart - see chart.h. Job: numbers to places on paper. Invariant: a point
 * lies where its number says, whole numbers all the way; what is not known is
 * a gap, never a line. Holds nothing. */
#include "services/cli/chart.h"

#include <stdlib.h>

#include "services/base/period.h"
#include "services/base/shown.h"
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

#define POINTS_MAX 256
#define TICKS      4  /* steps of the axis, about */
#define FINE       10 /* parts of a unit that places are told in */
#define STATUS_Y   30 /* above it the status stands, at the right */
#define LABELS_MAX 6  /* points that have a label of their own */
#define LEAST      3  /* values by period that make a curve */

struct point {
    int32_t first_day, last_day;
    int64_t y;             /* millionths */
    struct mv_period name; /* or, by year: */
    int year;
    struct mv_span text; /* the value: in the row, or in room */
    bool open, forecast; /* not all of it is in; or is filled */
    char room[MV_DEC_TEXT_BYTES];
};

struct chart {
    const struct cli *c;
    const struct cli_report_line *line;
    struct mv_span series;
    struct cli_numbers scale;
    struct point at[POINTS_MAX];
    size_t count;
    bool by_year, has_target;
    bool adds; /* points are the year's sum so far, the target is the year's */
    int64_t target, low, high, step;
    int32_t first_day, last_day;
    struct mv_buf *out;
};

/* ---- reading ---- */

static bool read_micro(const struct chart *g, struct mv_span text, int64_t *ret)
{
    char room[MV_DEC_TEXT_BYTES];
    struct mv_dec d;
    struct mv_span scaled = cli_numbers_scale(&g->scale, text, room);
    return mv_dec_parse(scaled, &d) == MV_NUMBER_OK && mv_dec_to_micro(d, ret);
}

static void add_point(struct chart *g, struct mv_span row)
{
    struct point p = {.year = (int)cli_get_u64(row, "year"),
                      .text = cli_get_text(row, "value"),
                      .open = cli_get_bool(row, "incomplete"),
                      .forecast = cli_get_bool(row, "forecast")};
    struct mv_span name = cli_get_text(row, "period");
    if (g->count == POINTS_MAX || !read_micro(g, p.text, &p.y))
        return;
    if (name.len > 0) {
        if (!mv_period_parse(name, &p.name))
            return;
        p.first_day = p.name.first_day;
        p.last_day = p.name.last_day;
        p.year = p.name.year;
    } else {
        if (p.year < MV_YEAR_MIN || p.year > MV_YEAR_MAX)
            return;
        p.first_day = mv_day_of(p.year, 1, 1);
        p.last_day = mv_day_of(p.year, 12, 31);
        p.open = p.forecast ||
                 cli_get_u64(row, "periods") < cli_get_u64(row, "of_periods");
    }
    g->at[g->count++] = p;
}

static void read_list(struct chart *g, const char *key)
{
    struct mv_list l;
    struct mv_span row;
    g->count = 0;
    if (mv_list_open(&l, cli_get(g->series, key)))
        while (mv_list_next(&l, &row))
            add_point(g, row);
}

/* Is it the year's first period? A week of it may begin before. */
static bool begins_year(const struct point *p)
{
    return p->first_day <= mv_day_of(p->year, 1, 4);
}

static bool follows(const struct point *a, const struct point *b)
{
    return b->first_day == a->last_day + 1;
}

/* The sum of p and what came before it in the year; false: not known. */
static bool add_up(const struct chart *g, const struct point *before,
                   struct point *p)
{
    struct mv_dec sum, more;
    if (mv_dec_parse(p->text, &sum) != MV_NUMBER_OK)
        return false;
    if (!begins_year(p)) {
        if (before == NULL || before->year != p->year || !follows(before, p) ||
            mv_dec_parse(before->text, &more) != MV_NUMBER_OK ||
            !mv_dec_add(&sum, sum, more))
            return false;
        p->open |= before->open;
    }
    (void)mv_dec_text(sum, p->room);
    p->text = mv_span_text(p->room);
    return read_micro(g, p->text, &p->y);
}

/* Periods of a sum lie by themselves below a limit for the year: they are
 * added up, as long as none is missing. */
static void add_periods(struct chart *g)
{
    size_t kept = 0;
    for (size_t i = 0; i < g->count; i++) {
        struct point *p = &g->at[kept];
        if (i > kept)
            *p = g->at[i];
        kept += add_up(g, kept > 0 ? p - 1 : NULL, p);
    }
    g->count = kept;
}

static void read_points(struct chart *g)
{
    struct mv_span kind = cli_get_text(g->series, "kind");
    g->adds = cli_get_bool(g->series, "adds");
    read_list(g, "points");
    if (g->adds && (mv_span_is(kind, "value") || mv_span_is(kind, "rate")))
        add_periods(g);
    else if (g->adds) /* the lowest of sums is no sum of the lowest */
        g->count = 0;
    g->by_year = g->count < LEAST;
    g->adds = g->adds && !g->by_year;
    if (g->by_year)
        read_list(g, "years");
    g->has_target = read_micro(g, cli_get_text(g->series, "line"), &g->target);
}

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

/* Of the last point's year, which the target is of. */
static int32_t end_of_year(const struct chart *g)
{
    const struct point *last = &g->at[g->count - 1];
    int32_t end = mv_day_of(last->year, 12, 31);
    return last->last_day > end ? last->last_day : end;
}

/* Room for all values and the target; of one alone a little around it. */
static bool find_axes(struct chart *g)
{
    g->low = g->high = g->at[0].y;
    for (size_t i = 0; i < g->count; i++)
        widen(g, g->at[i].y);
    if (g->has_target)
        widen(g, g->target);
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
    g->first_day = g->at[0].first_day;
    g->last_day = g->at[g->count - 1].last_day;
    if (g->adds)
        g->last_day = end_of_year(g);
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
static int64_t x_of(const struct chart *g, const struct point *p)
{
    int64_t from = g->adds ? p->last_day + 1 : p->first_day;
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

/* Years below the axis, or the periods themselves where they are few. */
static void put_times(const struct chart *g)
{
    struct mv_buf name = {0};
    char text[MV_PERIOD_TEXT_BYTES];
    int last = 0;
    for (size_t i = 0; i < g->count; i++) {
        const struct point *p = &g->at[i];
        bool each = !g->by_year && !g->adds && g->count <= LABELS_MAX;
        if (!each && p->year == last)
            continue;
        if (each)
            mv_buf_text(&name, mv_period_text(&p->name, text));
        else
            mv_buf_printf(&name, "%d", p->year);
        put_label(g, "time",
                  g->adds ? x_at(g, (int64_t)mv_day_of(p->year, 1, 1) +
                                        mv_day_of(p->year, 12, 31))
                          : x_of(g, p),
                  (HEIGHT - BOTTOM + 16) * FINE, mv_buf_span(&name));
        mv_buf_clear(&name);
        last = p->year;
    }
    mv_buf_done(&name);
}

/* ---- the curve ---- */

/* Its words stand at the right, where the curve does not end. */
static void put_target(const struct chart *g)
{
    struct mv_buf text = {0};
    char room[MV_DEC_TEXT_BYTES];
    struct mv_span limit = cli_get_text(g->series, "line");
    if (!g->has_target)
        return;
    const struct point *last = &g->at[g->count - 1];
    int64_t y = y_of(g, g->target), end = y_of(g, last->y);
    int64_t from = 2 * (int64_t)mv_day_of(last->year, 1, 1);
    put_line(g, "target", g->adds ? x_at(g, from) : LEFT * FINE, y,
             (WIDTH - RIGHT) * FINE, y);
    mv_buf_printf(&text, "%s %s",
                  cli_w(g->c, g->adds ? CLI_W_CHART_LIMIT : CLI_W_COL_LIMIT),
                  cli_report_cmp(cli_get_text(g->line->row, "cmp")));
    cli_shown(g->c, &g->scale.bare, cli_numbers_scale(&g->scale, limit, room),
              mv_span("", 0), &text);
    put_label(g, "limit", (WIDTH - RIGHT) * FINE,
              (end <= y && y - end < 30 * FINE) || y < STATUS_Y * FINE
                  ? y + 12 * FINE
                  : y - 5 * FINE,
              mv_buf_span(&text));
    mv_buf_done(&text);
}

static void put_curve(const struct chart *g)
{
    for (size_t i = 0; i < g->count; i++) {
        bool on = i > 0 && follows(&g->at[i - 1], &g->at[i]) &&
                  !(g->adds && begins_year(&g->at[i]));
        if (on) {
            put_line(g, g->at[i].open ? "curve open" : "curve",
                     x_of(g, &g->at[i - 1]), y_of(g, g->at[i - 1].y),
                     x_of(g, &g->at[i]), y_of(g, g->at[i].y));
        }
    }
    for (size_t i = 0; i < g->count; i++) {
        bool last = i + 1 == g->count;
        mv_buf_printf(g->out, "<circle class=\"%s%s\" r=\"%s\"",
                      last ? "last" : "dot", g->at[i].open ? " open" : "",
                      last ? "4" : "2.5");
        put_place(g, "cx", x_of(g, &g->at[i]));
        put_place(g, "cy", y_of(g, g->at[i].y));
        mv_buf_text(g->out, "/>");
    }
}

static const char *open_word(const struct chart *g, const struct point *p)
{
    return cli_w(g->c, p->forecast ? CLI_W_REP_FORECAST : CLI_W_CHART_OPEN);
}

static void put_value(const struct chart *g, const struct point *p,
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
    for (size_t i = g->count <= LABELS_MAX ? 0 : g->count - 1; i < g->count;
         i++) {
        const struct point *p = &g->at[i];
        bool last = i + 1 == g->count;
        bool dips = (i > 0 && g->at[i - 1].y > p->y) ||
                    (i == 0 && g->count > 1 && g->at[1].y > p->y);
        int64_t y = y_of(g, p->y) + (dips ? 15 : -8) * FINE;
        if (y > (HEIGHT - BOTTOM - 2) * FINE)
            y = y_of(g, p->y) - 8 * FINE;
        put_value(g, p, &text);
        put_label(g, last && !g->by_year ? "value end" : "value", x_of(g, p), y,
                  mv_buf_span(&text));
        mv_buf_clear(&text);
    }
    mv_buf_done(&text);
}

/* What the points are, where that is not what the periods are, and what a
 * hollow last one is. */
static void put_note(const struct chart *g)
{
    const struct point *last = &g->at[g->count - 1];
    struct mv_buf text = {0};
    if (g->adds)
        mv_buf_text(&text, cli_w(g->c, CLI_W_CHART_ADDS));
    if (last->open)
        mv_buf_printf(&text, "%s○ %s", g->adds ? "; " : "", open_word(g, last));
    if (text.len > 0)
        put_label(g, "note", LEFT * FINE, 12 * FINE, mv_buf_span(&text));
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
    struct mv_buf text = {0};
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
    if (g->adds)
        mv_buf_printf(&text, "%s. ", cli_w(g->c, CLI_W_CHART_ADDS));
    for (size_t i = 0; i < g->count; i++) {
        const struct point *p = &g->at[i];
        if (g->by_year)
            mv_buf_printf(&text, "%d: ", p->year);
        else
            mv_buf_printf(&text, "%s: ", mv_period_text(&p->name, name));
        put_value(g, p, &text);
        if (p->open)
            mv_buf_printf(&text, " (%s)", open_word(g, p));
        mv_buf_text(&text, i + 1 == g->count ? "." : "; ");
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
    read_points(g);
    if (g->count > 0 && find_axes(g)) {
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
