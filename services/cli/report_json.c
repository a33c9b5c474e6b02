/* report_json - a report as JSON Lines: first what it is and was drawn from,
 * then a line an item. Invariant: decimals are text, exact, as the evaluator
 * gave them. Holds nothing. */
#include "services/cli/report_figures.h"

static json_t *text(struct mv_span s)
{
    return json_stringn(s.len > 0 ? s.at : "", s.len);
}

static void head(struct cli *c, const struct cli_report *r)
{
    json_t *j = json_object();
    json_t *state = cli_json(mv_buf_span(&r->state));
    struct mv_buf when = {0};
    cli_time(r->drawn_ms, &when);
    (void)json_object_set_new(j, "report",
                              json_string(cli_report_kind_name(r->kind)));
    (void)json_object_set_new(j, "year", json_integer((json_int_t)r->year));
    (void)json_object_set_new(j, "unit", json_string(r->unit));
    (void)json_object_set_new(j, "name", text(mv_buf_span(&r->name)));
    (void)json_object_set(j, "seq", json_object_get(state, "seq"));
    (void)json_object_set(j, "hash", json_object_get(state, "hash"));
    (void)json_object_set(j, "today", json_object_get(state, "today"));
    (void)json_object_set_new(j, "drawn", text(mv_buf_span(&when)));
    if (r->as_of != NULL)
        (void)json_object_set_new(j, "as_of", json_string(r->as_of));
    if (cli_report_frozen(r).len > 0)
        (void)json_object_set_new(j, "frozen", cli_json(cli_report_frozen(r)));
    mv_buf_done(&when);
    json_decref(state);
    cli_json_line(c, j);
}

static json_t *cause(const struct cli_report_cause *of)
{
    json_t *j = of->figure.len > 0 ? cli_json(of->figure) : json_object();
    (void)json_object_set_new(j, "kind", text(of->kind));
    (void)json_object_set_new(j, "seq", json_integer((json_int_t)of->seq));
    (void)json_object_set_new(j, "time", json_integer((json_int_t)of->time_ms));
    (void)json_object_del(j, "what");
    (void)json_object_del(j, "targets");
    (void)json_object_del(j, "units");
    return j;
}

/* What is another than it was when it was frozen: a line each. */
static void changed_line(struct cli *c, const struct cli_report_change *ch)
{
    json_t *j = json_object(), *causes = json_array();
    (void)json_object_set_new(j, "changed", text(ch->id));
    (void)json_object_set_new(j, "what",
                              json_string(ch->status ? "status" : "value"));
    if (ch->unit.len > 0)
        (void)json_object_set_new(j, "unit", text(ch->unit));
    if (!ch->status)
        (void)json_object_set_new(j, "part", text(mv_buf_span(&ch->what)));
    (void)json_object_set_new(j, "was", text(ch->was_raw));
    (void)json_object_set_new(j, "now", text(ch->now_raw));
    for (uint32_t i = 0; i < ch->cause_count && i < CLI_CAUSES_MAX; i++)
        (void)json_array_append_new(causes, cause(&ch->causes[i]));
    (void)json_object_set_new(j, "causes", causes);
    (void)json_object_set_new(j, "cause_count",
                              json_integer((json_int_t)ch->cause_count));
    cli_json_line(c, j);
}

/* A figure that came since: as the evaluator keeps it. */
static void figure_line(struct cli *c, struct mv_span row)
{
    json_t *j = json_object(), *of = cli_json(row);
    (void)json_object_set(j, "corrected", json_object_get(of, "indicator"));
    (void)json_object_del(of, "what");
    (void)json_object_del(of, "indicator");
    (void)json_object_update(j, of);
    json_decref(of);
    cli_json_line(c, j);
}

static void below(json_t *j, const struct cli_report_item *item)
{
    static const char *const names[] = {"green", "yellow", "red", "none"};
    json_t *counts = json_object();
    uint32_t sum = 0;
    for (unsigned i = 0; i < CLI_COLOURS; i++) {
        sum += item->below[i];
        (void)json_object_set_new(counts, names[i],
                                  json_integer(item->below[i]));
    }
    if (sum > 0)
        (void)json_object_set(j, "below", counts);
    json_decref(counts);
}

/* The item's own numbers are its lead's: left out where no line tells them. */
static void spare(json_t *j, const struct cli_report_item *item)
{
    static const char *const numbers[] = {"value", "limit", "margin", "needed"};
    struct mv_span value = cli_get_text(item->row, "value");
    bool told = item->line_count == 0;
    for (size_t i = 0; i < item->line_count && !told; i++)
        told = mv_span_equal(cli_get_text(item->lines[i].row, "value"), value);
    for (size_t i = 0; i < CLI_COUNT(numbers) && !told; i++)
        (void)json_object_del(j, numbers[i]);
}

/* Rows as of `check`, each with the target that it is told with. */
static void differs(json_t *j, const struct cli_report *r,
                    const struct cli_report_item *item)
{
    struct mv_list l = cli_pages_walk(&r->lines);
    struct mv_span row;
    json_t *all = json_array();
    while (!item->commission && mv_list_next(&l, &row)) {
        if (cli_is_what(row, "disagreement") &&
            mv_span_equal(cli_get_text(row, "target"), cli_report_id(item)))
            (void)json_array_append_new(all, cli_json(row));
    }
    if (json_array_size(all) > 0)
        (void)json_object_set(j, "differs", all);
    json_decref(all);
}

static void item_line(struct cli *c, const struct cli_report *r,
                      const struct cli_report_item *item)
{
    struct mv_buf sentence = {0}, why = {0};
    json_t *j = item->row.len > 0 ? cli_json(item->row) : json_object();
    json_t *lines = json_array();
    if (item->row.len == 0)
        (void)json_object_set_new(j, "target", text(cli_report_id(item)));
    if (r->kind == CLI_REPORT_HALF_YEAR) {
        cli_report_sentence(c, item->row, &sentence);
        (void)json_object_set_new(j, "sentence", text(mv_buf_span(&sentence)));
    }
    cli_report_why(c, item->row, &why);
    if (why.len > 0)
        (void)json_object_set_new(j, "why", text(mv_buf_span(&why)));
    below(j, item);
    spare(j, item);
    for (size_t i = 0; i < item->line_count; i++)
        (void)json_array_append_new(lines, cli_json(item->lines[i].row));
    if (item->line_count > 0)
        (void)json_object_set(j, "lines", lines);
    differs(j, r, item);
    json_decref(lines);
    mv_buf_done(&sentence);
    mv_buf_done(&why);
    cli_json_line(c, j);
}

void cli_report_json(struct cli *c, const struct cli_report *r)
{
    head(c, r);
    if (r->kind == CLI_REPORT_MISSING)
        cli_pages_json(c, &r->lines);
    for (size_t i = 0; i < r->count; i++)
        item_line(c, r, &r->items[i]);
    for (size_t i = 0; r->changes != NULL && i < r->changes->count; i++)
        changed_line(c, &r->changes->at[i]);
    struct mv_list l = cli_pages_walk(&r->since);
    struct mv_span row;
    while (r->changes != NULL && cli_report_figure_next(&l, &row))
        figure_line(c, row);
}
