/* status_table - see status_table.h. Job: what holds now, readable. Invariant:
 * a status is colour, sign and word, and none always has its reason. Holds
 * nothing. */
#include "services/cli/status_table.h"

#include <string.h>

#include "services/cli/numbers.h"
#include "services/cli/phrase.h"
#include "services/cli/stated.h"

#define NAME_WIDTH  110 /* of a terminal that has room for units' names */
#define SINCE_WIDTH 96  /* ... and for the day: why must not suffer for it */

bool cli_status_wanted(const struct cli *c, struct mv_span row)
{
    static const char *const names[] = {"green", "yellow", "red", "none"};
    struct mv_span status = cli_get_text(row, "status");
    bool any = false;
    for (size_t i = 0; i < CLI_COUNT(names); i++) {
        if (cli_option(c, names[i]) == NULL)
            continue;
        any = true;
        if (mv_span_is(status, names[i]))
            return true;
    }
    return !any;
}

static void count(struct cli_status_counts *counts, struct mv_span status)
{
    if (mv_span_is(status, "green"))
        counts->green++;
    else if (mv_span_is(status, "yellow"))
        counts->yellow++;
    else if (mv_span_is(status, "red"))
        counts->red++;
    else
        counts->none++;
}

/* "; 11 av 12 enheter": less than all of it. */
static void put_some(const struct cli *c, cli_word word, uint64_t n,
                     uint64_t of, struct mv_buf *out)
{
    struct mv_buf some = {0}, all = {0};
    cli_count(c, n, &some);
    cli_count(c, of, &all);
    mv_buf_text(out, out->len > 0 ? "; " : "");
    cli_word_put(out, c, word, mv_buf_cstr(&some), mv_buf_cstr(&all), NULL);
    mv_buf_done(&some);
    mv_buf_done(&all);
}

/* ": Bryst, Lunge"; nothing of no list. */
static void put_titles(const struct cli *c, struct mv_span titles,
                       struct mv_buf *out)
{
    const char *between = ": ";
    struct mv_list l;
    struct mv_span item;
    if (!mv_list_open(&l, titles))
        return;
    for (; mv_list_next(&l, &item); between = ", ") {
        struct mv_span title = cli_text_lang(c, item);
        mv_buf_text(out, between);
        mv_buf_put(out, title.at, title.len);
    }
}

/* A colour that rests on some of the members, or of the units below. */
static void put_partial(const struct cli *c, struct mv_span row,
                        struct mv_buf *out)
{
    struct mv_span basis = cli_get(row, "basis");
    uint64_t none = cli_get_u64(row, "parts_none");
    if (none > 0) {
        put_some(c, CLI_W_PARTS_NONE, none, cli_get_u64(row, "parts"), out);
        put_titles(c, cli_get(row, "parts_none_titles"), out);
    }
    uint64_t units = cli_get_u64(basis, "units");
    uint64_t of_units = cli_get_u64(basis, "of_units");
    if (units < of_units)
        put_some(c, CLI_W_UNITS_IN, units, of_units, out);
}

/* A value that nothing is asked of: whether it is all of the year. */
static void put_so_far(const struct cli *c, struct mv_span row,
                       struct mv_buf *out)
{
    struct mv_span reported = cli_get(row, "reported");
    uint64_t in = cli_get_u64(reported, "periods");
    uint64_t of = cli_get_u64(reported, "of_periods");
    if (in < of && !cli_get_bool(reported, "forecast"))
        put_some(c, CLI_W_PERIODS_IN, in, of, out);
}

void cli_status_why(const struct cli *c, struct mv_span row, struct mv_buf *out)
{
    struct mv_span reason = cli_get_text(row, "reason");
    struct mv_buf overdue = {0};
    bool commission = cli_get_text(row, "commission").len > 0;
    if (commission && !mv_span_is(reason, "not_assessed"))
        return; /* its dates say it */
    bool none = mv_span_is(cli_get_text(row, "status"), "none");
    if (none)
        cli_reason_where(c, row, reason, out);
    cli_overdue(row, &overdue);
    if (overdue.len > 0 && none && !mv_span_is(reason, "overdue")) {
        mv_buf_text(out, out->len > 0 ? "; " : "");
        cli_reason(c, mv_span_text("overdue"), out);
    }
    if (overdue.len > 0) {
        mv_buf_text(out, none ? ": " : cli_w(c, CLI_W_MISSING));
        mv_buf_text(out, none ? "" : " ");
        mv_buf_put(out, overdue.at, overdue.len);
    }
    put_partial(c, row, out);
    put_so_far(c, row, out);
    if (cli_get_bool(row, "preliminary") ||
        cli_get_bool(cli_get(row, "reported"), "preliminary")) {
        mv_buf_text(out, out->len > 0 ? "; " : "");
        mv_buf_text(out, cli_w(c, CLI_W_PRELIMINARY));
    }
    mv_buf_done(&overdue);
}

/* Of a target whose parts differ: the one that is shown is the worst, and may
 * have another colour than the target. */
static void put_parts(const struct cli *c, struct mv_span row,
                      struct mv_buf *out)
{
    static const char *const keys[] = {"parts_red", "parts_yellow",
                                       "parts_green"};
    static const char *const colours[] = {"red", "yellow", "green"};
    struct mv_buf text = {0};
    unsigned told = 0;
    for (size_t i = 0; i < CLI_COUNT(keys); i++) {
        uint64_t n = cli_get_u64(row, keys[i]);
        if (n == 0)
            continue;
        mv_buf_text(&text, told++ > 0 ? ", " : "");
        cli_count(c, n, &text);
        mv_buf_printf(&text, " %s",
                      cli_status_text(c, mv_span_text(colours[i])));
    }
    if (told > 1) {
        mv_buf_text(out, out->len > 0 ? "; " : "");
        cli_word_put(out, c, CLI_W_PARTS, mv_buf_cstr(&text), NULL);
    }
    mv_buf_done(&text);
}

/* With what the table has no lines for: parts; that the value is assumed in
 * part; what persons said; a commission's dates. */
static void put_why(const struct cli *c, struct mv_span row, struct mv_buf *out)
{
    cli_status_why(c, row, out);
    put_parts(c, row, out);
    if (cli_get_text(row, "forecast").len > 0 ||
        cli_get_bool(cli_get(row, "reported"), "forecast"))
        mv_buf_printf(out, "%s%s", out->len > 0 ? "; " : "",
                      cli_w(c, CLI_W_FORECAST));
    cli_stated_why(c, row, out);
}

/* The day the status came, else the journal's number. */
static void put_since(struct mv_span row, struct cli_source *source,
                      struct mv_buf *out)
{
    uint64_t seq = cli_get_u64(row, "since");
    int64_t ms = cli_get_i64(row, "since_ms");
    if (ms == 0 && source != NULL && seq > 0)
        ms = cli_source_ms(source, seq);
    cli_day(ms, out);
    if (ms == 0 && seq > 0)
        mv_buf_printf(out, "#%llu", (unsigned long long)seq);
}

/* The columns that a narrow terminal has no room for. */
struct room {
    bool names, since;
};

static struct room room_of(const struct cli *c)
{
    return (struct room){.names = c->width == 0 || c->width >= NAME_WIDTH,
                         .since = c->width == 0 || c->width >= SINCE_WIDTH};
}

static void put_row(const struct cli *c, struct cli_table *t, struct room room,
                    struct mv_span row, struct cli_source *source)
{
    struct mv_buf text = {0};
    struct mv_span status = cli_get_text(row, "status");
    struct cli_numbers n;
    cli_numbers_read(row, &n);
    mv_buf_text(&text, "  ");
    mv_buf_put(&text, cli_get_text(row, "unit").at,
               cli_get_text(row, "unit").len);
    cli_table_take(t, CLI_PLAIN, &text);
    if (room.names)
        cli_table_cell(t, CLI_DIM, cli_get_text(row, "name"));
    cli_table_cell(t, cli_status_style(status),
                   mv_span_text(cli_status_text(c, status)));
    if (n.value.len > 0)
        cli_value(c, &n.with, n.value, n.limit, &text);
    cli_table_take(t, CLI_PLAIN, &text);
    if (n.limit.len > 0)
        cli_shown(c, &n.bare, n.limit, n.value, &text);
    cli_table_take(t, CLI_PLAIN, &text);
    if (n.margin.len > 0)
        cli_margin(c, &n.bare, n.margin, &text);
    cli_table_take(t, CLI_PLAIN, &text);
    put_why(c, row, &text);
    cli_table_take(t, CLI_PLAIN, &text);
    if (room.since) {
        put_since(row, source, &text);
        cli_table_take(t, CLI_PLAIN, &text);
    }
    mv_buf_done(&text);
}

/* Of a target, or of a commission. */
static struct mv_span id_of(struct mv_span row)
{
    struct mv_span id = cli_get_text(row, "target");
    return id.len > 0 ? id : cli_get_text(row, "commission");
}

static void put_heading(const struct cli *c, struct cli_table *t,
                        struct mv_span row)
{
    struct mv_buf text = {0};
    struct mv_span target = id_of(row);
    struct mv_span title = cli_get_lang(c, row, "title");
    mv_buf_put(&text, target.at, target.len);
    mv_buf_text(&text, "  ");
    mv_buf_put(&text, title.at, title.len);
    cli_table_line(t, CLI_BOLD, mv_buf_span(&text));
    mv_buf_done(&text);
}

static struct cli_table *open_table(const struct cli *c, struct room room,
                                    struct cli_column *columns)
{
    const struct cli_column all[] = {
        {cli_w(c, CLI_W_COL_UNIT), false, true, 0},
        {cli_w(c, CLI_W_COL_NAME), false, false, 0},
        {cli_w(c, CLI_W_COL_STATUS), false, true, 0},
        {cli_w(c, CLI_W_COL_VALUE), true, true, 0},
        {cli_w(c, CLI_W_COL_LIMIT), true, true, 0},
        {cli_w(c, CLI_W_COL_MARGIN), true, true, 1},
        {cli_w(c, CLI_W_COL_WHY), false, false, 0},
        {cli_w(c, CLI_W_COL_SINCE), false, true, 0},
    };
    size_t n = 0;
    for (size_t i = 0; i < CLI_COUNT(all); i++)
        if ((i != 1 || room.names) && (i != 7 || room.since))
            columns[n++] = all[i];
    return cli_table_open(columns, n);
}

void cli_status_show(struct cli *c, const struct cli_pages *rows,
                     struct cli_source *source, struct cli_status_counts *ret)
{
    struct cli_column columns[8];
    struct room room = room_of(c);
    struct cli_table *t = open_table(c, room, columns);
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row, last = mv_span("", 0);
    uint64_t year = 0;
    *ret = (struct cli_status_counts){0};
    while (mv_list_next(&l, &row)) {
        if (!cli_status_wanted(c, row))
            continue;
        struct mv_span target = id_of(row);
        if (!mv_span_equal(target, last) || cli_get_u64(row, "year") != year)
            put_heading(c, t, row);
        last = target;
        year = cli_get_u64(row, "year");
        count(ret, cli_get_text(row, "status"));
        put_row(c, t, room, row, source);
    }
    if (cli_table_rows(t) > 0)
        cli_table_print(c, t);
    cli_table_close(t);
}

void cli_status_summary(struct cli *c, const struct cli_status_counts *counts)
{
    const struct {
        const char *name;
        uint64_t n;
    } all[] = {{"green", counts->green},
               {"yellow", counts->yellow},
               {"red", counts->red},
               {"none", counts->none}};
    struct mv_buf text = {0}, total = {0};
    for (size_t i = 0; i < CLI_COUNT(all); i++) {
        if (all[i].n == 0)
            continue;
        mv_buf_text(&text, text.len > 0 ? ", " : "");
        cli_count(c, all[i].n, &text);
        mv_buf_put_u8(&text, ' ');
        mv_buf_text(&text, cli_status_text(c, mv_span_text(all[i].name)));
    }
    cli_count(c, counts->green + counts->yellow + counts->red + counts->none,
              &total);
    if (text.len > 0) {
        cli_say(c, CLI_W_STATUS_SUM, mv_buf_cstr(&total), mv_buf_cstr(&text),
                NULL);
    } else {
        cli_say(c, CLI_W_STATUS_NO_SUCH, NULL);
    }
    mv_buf_done(&text);
    mv_buf_done(&total);
}
