/* report - see report.h. Job: rows of the evaluator put together. Invariant:
 * all of them are of one moment: if a record came in between, it is asked
 * again. Changes nothing. */
#include "services/cli/report.h"

#include <stdlib.h>

#include "services/base/clock.h"
#include "services/cli/desk.h"
#include "services/cli/hint.h"
#include "services/cli/hush.h"

const char *cli_report_kind_name(cli_report_kind kind)
{
    static const char *const names[] = {[CLI_REPORT_HALF_YEAR] = "half-year",
                                        [CLI_REPORT_YEAR] = "year",
                                        [CLI_REPORT_MISSING] = "missing"};
    return names[kind];
}

unsigned cli_report_colour(struct mv_span row)
{
    static const char *const names[] = {"green", "yellow", "red"};
    struct mv_span status = cli_get_text(row, "status");
    for (unsigned i = 0; i < CLI_COUNT(names); i++)
        if (mv_span_is(status, names[i]))
            return i;
    return CLI_NONE_AT;
}

static struct mv_span id_of(struct mv_span row)
{
    struct mv_span id = cli_get_text(row, "target");
    return id.len > 0 ? id : cli_get_text(row, "commission");
}

struct mv_span cli_report_id(const struct cli_report_item *item)
{
    return id_of(item->head);
}

static bool is_commission(struct mv_span row)
{
    return cli_get_text(row, "target").len == 0;
}

/* ---- whose report ---- */

/* The only region that has statuses, or, where none has, the only unit. */
static int choose_unit(struct cli *c, struct cli_report *r)
{
    struct mv_span only = mv_span("", 0), row;
    bool several = false;
    for (int regions = 1; regions >= 0 && only.len == 0; regions--) {
        struct mv_list l = cli_pages_walk(&r->statuses);
        while (mv_list_next(&l, &row)) {
            struct mv_span unit = cli_get_text(row, "unit");
            if (regions && !mv_span_equal(unit, cli_get_text(row, "region")))
                continue;
            several |= only.len > 0 && !mv_span_equal(unit, only);
            only = unit;
        }
    }
    if (several)
        return cli_fail(c, CLI_USAGE, CLI_W_REP_WHICH, NULL);
    if (only.len == 0)
        return cli_fail(c, CLI_NO, CLI_W_REP_NOTHING, NULL);
    r->unit = mv_xstrndup(only.at, only.len);
    return CLI_OK;
}

/* ---- items ---- */

static struct cli_report_item *item_of(struct cli_report *r, struct mv_span row)
{
    struct cli_report_item *last =
        r->count > 0 ? &r->items[r->count - 1] : NULL;
    if (last != NULL && mv_span_equal(cli_report_id(last), id_of(row)) &&
        last->commission == is_commission(row))
        return last;
    if (r->count == r->cap) {
        r->cap = r->cap == 0 ? 32 : r->cap * 2;
        r->items = mv_xrealloc(r->items, r->cap * sizeof *r->items);
    }
    MV_ASSERT(r->items != NULL);
    last = &r->items[r->count++];
    *last =
        (struct cli_report_item){.head = row, .commission = is_commission(row)};
    return last;
}

static void add_own(struct cli_report *r, struct mv_span row)
{
    struct cli_report_item *item = item_of(r, row);
    struct mv_span name = cli_get_text(row, "name");
    item->row = row;
    if (r->name.len == 0)
        mv_buf_put(&r->name, name.at, name.len);
    if (!item->commission)
        r->counts[cli_report_colour(row)]++;
}

static void add_below(struct cli_report *r, struct mv_span row)
{
    struct cli_report_item *item = item_of(r, row);
    struct mv_span name = cli_get_text(row, "name");
    unsigned colour = cli_report_colour(row);
    item->below[colour]++;
    if (colour != CLI_RED_AT)
        return;
    mv_buf_text(&item->red, item->red.len > 0 ? ", " : "");
    mv_buf_put(&item->red, name.at, name.len);
}

static void add_statuses(struct cli_report *r)
{
    struct mv_list l = cli_pages_walk(&r->statuses);
    struct mv_span row, unit = mv_span_text(r->unit);
    while (mv_list_next(&l, &row)) {
        if (mv_span_equal(cli_get_text(row, "unit"), unit))
            add_own(r, row);
        else if (r->kind == CLI_REPORT_YEAR &&
                 mv_span_equal(cli_get_text(row, "region"), unit))
            add_below(r, row);
    }
}

/* ---- lines ---- */

static bool is_same_series(struct mv_span a, struct mv_span b)
{
    static const char *const keys[] = {"indicator", "member", "kind"};
    for (size_t i = 0; i < CLI_COUNT(keys); i++)
        if (!mv_span_equal(cli_get_text(a, keys[i]), cli_get_text(b, keys[i])))
            return false;
    return true;
}

static bool is_new_series(const struct cli_report_item *item,
                          struct mv_span row)
{
    struct mv_span series = cli_get(row, "series");
    if (series.len == 0)
        return false;
    for (size_t i = 0; i < item->line_count; i++) {
        struct mv_span before = cli_get(item->lines[i].row, "series");
        if (before.len > 0 && is_same_series(before, series))
            return false;
    }
    return true;
}

static void add_line(struct cli_report_item *item, struct mv_span row)
{
    struct cli_report_line line = {.row = row,
                                   .aim = cli_is_what(row, "aim"),
                                   .curve = is_new_series(item, row)};
    if (item->line_count == item->line_cap) {
        item->line_cap = item->line_cap == 0 ? 4 : item->line_cap * 2;
        item->lines =
            mv_xrealloc(item->lines, item->line_cap * sizeof *item->lines);
    }
    item->lines[item->line_count++] = line;
}

/* Both lists are in the catalogue's order. */
static void add_lines(struct cli_report *r)
{
    struct mv_list l = cli_pages_walk(&r->lines);
    struct mv_span row;
    size_t at = 0;
    while (mv_list_next(&l, &row)) {
        size_t k = at;
        if (cli_is_what(row, "disagreement")) /* cli_report_differs */
            continue;
        while (k < r->count && (r->items[k].commission ||
                                !mv_span_equal(cli_report_id(&r->items[k]),
                                               cli_get_text(row, "target"))))
            k++;
        if (k == r->count)
            continue;
        at = k;
        add_line(&r->items[k], row);
    }
}

void cli_report_put_together(struct cli_report *r)
{
    add_statuses(r);
    add_lines(r);
}

/* ---- asking ---- */

static void forget(struct cli_report *r)
{
    for (size_t i = 0; i < r->count; i++) {
        free(r->items[i].lines);
        mv_buf_done(&r->items[i].red);
    }
    r->count = 0;
    cli_pages_done(&r->statuses);
    cli_pages_done(&r->lines);
    cli_pages_done(&r->since);
    mv_buf_done(&r->state);
    mv_buf_done(&r->name);
    free(r->unit);
    r->unit = NULL;
}

static int ask_state(struct cli_link *l, struct mv_buf *ret)
{
    struct cli_pages held = {0};
    struct mv_span state;
    int code = cli_state(l, &held, &state);
    mv_buf_put(ret, state.at, state.len);
    cli_pages_done(&held);
    return code;
}

static int ask_missing(struct cli_link *l, const char *unit,
                       struct cli_report *r)
{
    struct cli_args args = {0};
    r->unit = mv_xstrdup(unit != NULL ? unit : "");
    cli_arg_u64(&args, "year", (uint64_t)r->year);
    if (unit != NULL)
        cli_arg_text(&args, "unit", unit);
    int code = cli_ask_all(l, "missing", &args, &r->lines);
    cli_args_done(&args);
    return code;
}

/* This year's is asked for, and the year before has not all either: said if
 * it can be had. The command is whole: of that unit, as of that day. */
static void say_before(struct cli *c, struct cli_link *l, const char *unit,
                       int64_t this_year)
{
    struct cli_args args = {0};
    struct cli_pages rows = {0};
    struct mv_buf year = {0}, rest = {0};
    struct cli_hush hush;
    const char *as_of = cli_option(c, "as-of");
    mv_buf_printf(&year, "%lld", (long long)this_year - 1);
    cli_arg_u64(&args, "year", (uint64_t)this_year - 1);
    if (unit != NULL)
        cli_arg_text(&args, "unit", unit);
    if (unit != NULL)
        mv_buf_printf(&rest, " %s", unit);
    if (as_of != NULL)
        mv_buf_printf(&rest, " --as-of %s", as_of);
    cli_hush_begin(c, &hush);
    int code = cli_ask_all(l, "missing", &args, &rows);
    cli_hush_end(c, &hush);
    cli_hush_done(c, &hush, false);
    if (code == CLI_OK && rows.count > 0)
        cli_warn(c, CLI_W_REP_MISSING_BEFORE, mv_buf_cstr(&year),
                 mv_buf_cstr(&rest), NULL);
    cli_args_done(&args);
    cli_pages_done(&rows);
    mv_buf_done(&year);
    mv_buf_done(&rest);
}

static int ask_since(struct cli_link *l, struct cli_report *r)
{
    struct cli_args args = {0};
    cli_arg_text(&args, "unit", r->unit);
    int code = cli_ask_all(l, "since", &args, &r->since);
    cli_args_done(&args);
    return code;
}

static int ask_year(struct cli *c, struct cli_link *l, const char *unit,
                    struct cli_report *r)
{
    struct cli_args args = {0};
    cli_arg_u64(&args, "year", (uint64_t)r->year);
    int code = cli_ask_all(l, "status", &args, &r->statuses);
    if (code == CLI_OK && unit != NULL)
        r->unit = mv_xstrdup(unit);
    else if (code == CLI_OK)
        code = choose_unit(c, r);
    if (code == CLI_OK && r->kind == CLI_REPORT_YEAR) {
        cli_arg_text(&args, "unit", r->unit);
        code = cli_ask_all(l, "report", &args, &r->lines);
    }
    if (code == CLI_OK && r->kept)
        code = ask_since(l, r);
    cli_args_done(&args);
    return code;
}

static uint64_t seq_of(const struct mv_buf *state)
{
    return cli_get_u64(mv_buf_span(state), "seq");
}

/* Once. */
static int gather(struct cli *c, struct cli_link *l, const char *unit,
                  struct cli_report *r)
{
    struct mv_buf after = {0};
    int code = ask_state(l, &r->state);
    if (code == CLI_OK && r->year == 0)
        code = cli_year(c, mv_buf_span(&r->state), &r->year);
    if (code == CLI_OK)
        code = r->kind == CLI_REPORT_MISSING ? ask_missing(l, unit, r)
                                             : ask_year(c, l, unit, r);
    if (code == CLI_OK)
        code = ask_state(l, &after);
    r->moved = code == CLI_OK && seq_of(&after) != seq_of(&r->state);
    mv_buf_done(&after);
    return code;
}

/* All of one moment; of what cannot be had it has been said why. */
static int gather_all(struct cli *c, struct cli_link *evaluator,
                      const char *unit, unsigned tries, struct cli_report *r)
{
    int64_t year = r->year;
    int code = CLI_OK;
    r->moved = true;
    for (unsigned i = 0; i < tries && r->moved && code == CLI_OK; i++) {
        forget(r);
        r->year = year;
        code = gather(c, evaluator, unit, r);
    }
    if (code == CLI_OK && r->moved) {
        r->year = year;
        return CLI_RETRY;
    }
    if (code != CLI_OK || r->kind == CLI_REPORT_MISSING)
        return code;
    cli_report_put_together(r);
    return r->count > 0 ? CLI_OK : cli_fail(c, CLI_NO, CLI_W_REP_NOTHING, NULL);
}

int cli_report_gather(struct cli *c, struct cli_link *evaluator,
                      const char *unit, unsigned tries, struct cli_report *r)
{
    struct mv_clock now = {.shift_ms = cli_shift_ms(c)};
    bool now_year = r->year == 0 && cli_option(c, "year") == NULL;
    struct cli_progress progress;
    struct cli_hush hush;
    cli_progress_begin(&progress, c, cli_w(c, CLI_W_REP_DRAWING), 0);
    r->statuses.progress = r->lines.progress = &progress;
    cli_hush_begin(c, &hush);
    int code = gather_all(c, evaluator, unit, tries, r);
    cli_hush_end(c, &hush);
    r->statuses.progress = r->lines.progress = NULL;
    cli_progress_end(&progress);
    bool meant = code == CLI_NO && unit != NULL && cli_hint_unit(c, unit);
    cli_hush_done(c, &hush, !meant);
    if (code != CLI_OK)
        return code;
    mv_clock_read(&now);
    r->drawn_ms = now.wall_ms;
    if (r->kind == CLI_REPORT_MISSING && now_year)
        say_before(c, evaluator, unit, r->year);
    return CLI_OK;
}

void cli_report_done(struct cli_report *r)
{
    forget(r);
    free(r->items);
    r->items = NULL;
    r->cap = 0;
}
