/* chart_points - see chart_points.h. Job: rows to points. Invariant: a sum is
 * of no more than is in, and told open where that is not all of its stretch.
 * Holds nothing. */
#include "services/cli/chart_points.h"

#include <string.h>

#include "services/cli/table.h"

#define LEAST 3 /* values by period that make a curve */

static bool read_micro(const struct cli_numbers *scale, struct mv_span text,
                       int64_t *ret)
{
    char room[MV_DEC_TEXT_BYTES];
    struct mv_dec d;
    struct mv_span scaled = cli_numbers_scale(scale, text, room);
    return mv_dec_parse(scaled, &d) == MV_NUMBER_OK && mv_dec_to_micro(d, ret);
}

static bool place_period(struct cli_point *p, struct mv_span name)
{
    if (!mv_period_parse(name, &p->name))
        return false;
    p->first_day = p->name.first_day;
    p->last_day = p->name.last_day;
    p->year = p->name.year;
    return true;
}

static bool place_year(struct cli_point *p, struct mv_span row)
{
    if (p->year < MV_YEAR_MIN || p->year > MV_YEAR_MAX)
        return false;
    p->first_day = mv_day_of(p->year, 1, 1);
    p->last_day = mv_day_of(p->year, 12, 31);
    p->open = p->forecast ||
              cli_get_u64(row, "periods") < cli_get_u64(row, "of_periods");
    return true;
}

static void add_point(struct cli_points *g, struct mv_span row)
{
    struct cli_point p = {.year = (int)cli_get_u64(row, "year"),
                          .text = cli_get_text(row, "value"),
                          .open = cli_get_bool(row, "incomplete"),
                          .forecast = cli_get_bool(row, "forecast")};
    struct mv_span name = cli_get_text(row, "period");
    if (name.len > 0 ? !place_period(&p, name) : !place_year(&p, row))
        return;
    if (!read_micro(g->scale, p.text, &p.y)) {
        if (name.len > 0 && g->gap_count < CLI_POINTS_MAX)
            g->gaps[g->gap_count++] = p.name;
    } else if (g->count < CLI_POINTS_MAX) {
        g->at[g->count++] = p;
    }
}

static void read_list(struct cli_points *g, struct mv_span series,
                      const char *key)
{
    struct mv_list l;
    struct mv_span row;
    g->count = g->gap_count = 0;
    if (mv_list_open(&l, cli_get(series, key)))
        while (mv_list_next(&l, &row))
            add_point(g, row);
}

bool cli_point_follows(const struct cli_point *a, const struct cli_point *b)
{
    return b->first_day == a->last_day + 1;
}

static bool is_before(const struct mv_period *gap, const struct cli_point *p)
{
    return gap->year == p->year && gap->last_day < p->first_day;
}

bool cli_points_has_gap(const struct cli_points *g, const struct cli_point *p)
{
    for (size_t i = 0; g->adds && i < g->gap_count; i++)
        if (is_before(&g->gaps[i], p))
            return true;
    return false;
}

/* The sum of p and what came before it in the year. False: too large. */
static bool add_up(const struct cli_points *g, const struct cli_point *before,
                   struct cli_point *p)
{
    struct mv_dec sum, more;
    if (mv_dec_parse(p->text, &sum) != MV_NUMBER_OK)
        return false;
    if (before != NULL && before->year == p->year) {
        if (mv_dec_parse(before->text, &more) != MV_NUMBER_OK ||
            !mv_dec_add(&sum, sum, more))
            return false;
        p->open |= before->open;
    }
    p->open |= cli_points_has_gap(g, p);
    (void)mv_dec_text(sum, p->room);
    p->text = mv_span_text(p->room);
    return read_micro(g->scale, p->text, &p->y);
}

/* Periods of a sum lie by themselves below a limit for the year: they are
 * added up, of each year what is in of it. */
static void add_periods(struct cli_points *g)
{
    size_t i = 0;
    while (i < g->count && add_up(g, i > 0 ? &g->at[i - 1] : NULL, &g->at[i]))
        i++;
    if (i < g->count)
        g->count = 0;
}

/* What the target is for ends with its year, or before it. */
static void read_target(struct cli_points *g, struct mv_span series)
{
    struct mv_period last;
    g->has_target =
        read_micro(g->scale, cli_get_text(series, "line"), &g->target);
    g->line_end = mv_day_of(g->year, 12, 31);
    if (mv_period_parse(cli_get_text(series, "line_to"), &last))
        g->line_end = last.last_day;
}

void cli_points_read(struct cli_points *g, struct mv_span series)
{
    struct mv_span kind = cli_get_text(series, "kind");
    g->adds = cli_get_bool(series, "adds");
    read_list(g, series, "points");
    if (g->adds && (mv_span_is(kind, "value") || mv_span_is(kind, "rate")))
        add_periods(g);
    else if (g->adds) /* the lowest of sums is no sum of the lowest */
        g->count = 0;
    g->by_year = g->count < LEAST;
    g->adds = g->adds && !g->by_year;
    if (g->by_year)
        read_list(g, series, "years");
    read_target(g, series);
}

/* Is a sum drawn that it would be part of? */
static bool is_left_out(const struct cli_points *g, const struct mv_period *gap)
{
    for (size_t i = 0; g->adds && i < g->count; i++)
        if (is_before(gap, &g->at[i]))
            return true;
    return false;
}

/* "M05", or "2023-M05". */
static void put_period(const struct mv_period *p, bool year, struct mv_buf *ret)
{
    char text[MV_PERIOD_TEXT_BYTES];
    (void)mv_period_text(p, text);
    const char *within = strchr(text, '-');
    mv_buf_text(ret, year || within == NULL ? text : within + 1);
}

/* The last of those that follow on each other from the i-th on. */
static size_t run_of(const struct cli_points *g, size_t i)
{
    struct mv_period next;
    while (i + 1 < g->gap_count && mv_period_next(&g->gaps[i], &next) &&
           mv_period_equal(&next, &g->gaps[i + 1]) &&
           is_left_out(g, &g->gaps[i + 1]))
        i++;
    return i;
}

unsigned cli_points_gaps(const struct cli_points *g, struct mv_buf *ret)
{
    unsigned count = 0;
    bool year = false;
    for (size_t i = 0; i < g->gap_count; i++) {
        size_t first = i;
        if (!is_left_out(g, &g->gaps[i]))
            continue;
        i = run_of(g, i);
        mv_buf_text(ret, count > 0 ? ", " : "");
        year |= g->gaps[i].year != g->year;
        put_period(&g->gaps[first], year, ret);
        if (i > first) {
            mv_buf_text(ret, "–");
            put_period(&g->gaps[i], false, ret);
        }
        count += (unsigned)(i - first) + 1;
    }
    return count;
}
