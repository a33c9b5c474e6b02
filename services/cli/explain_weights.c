/* explain_weights - see explain_weights.h. Job: two tables. Invariant: what is
 * assumed is said to be; shares are of one number, named above them. Holds
 * nothing. */
#include "services/cli/explain_weights.h"

#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "services/base/decimal.h"
#include "services/cli/explain_rule.h"
#include "services/cli/numbers.h"
#include "services/cli/phrase.h"
#include "services/cli/status_table.h"

static const struct cli_shown percent = {{"percent", 7}, 1};
static const struct cli_shown bare = {{"count", 5}, 6};

/* "vekst", "verdi": what the criterion takes of the series. */
static const char *kind_word(const struct cli *c, struct mv_span row)
{
    struct mv_span kind = cli_get_text(row, "kind");
    if (mv_span_is(kind, "growth"))
        return cli_w(c, CLI_W_X_K_GROWTH);
    if (mv_span_is(kind, "latest"))
        return cli_w(c, CLI_W_X_K_LATEST);
    return cli_w(c,
                 mv_span_is(kind, "units") ? CLI_W_X_K_UNITS : CLI_W_X_K_VALUE);
}

/* "ventetid: Somatikk" */
static void put_series(const struct cli *c, struct mv_span row,
                       struct mv_buf *out)
{
    struct mv_span id = cli_get_text(row, "indicator");
    struct mv_span of = cli_get_titled(c, row, "of_member", "of_member_title");
    mv_buf_put(out, id.at, id.len);
    if (of.len > 0)
        mv_buf_text(out, ": ");
    mv_buf_put(out, of.at, of.len);
}

static void put_pair(const struct cli *c, struct mv_span row,
                     struct mv_buf *out)
{
    const struct mv_span none = mv_span("", 0);
    if (cli_get_text(row, "numerator").len == 0)
        return;
    cli_plain(c, &bare, cli_get_text(row, "numerator"), none, out);
    mv_buf_text(out, " / ");
    cli_plain(c, &bare, cli_get_text(row, "denominator"), none, out);
}

/* Of so many, those that are not named: " og 302 til". */
static void put_more(const struct cli *c, uint64_t of, uint64_t named,
                     struct mv_buf *out)
{
    struct mv_buf rest = {0};
    if (of <= named)
        return;
    cli_count(c, of - named, &rest);
    cli_word_put(out, c, CLI_W_X_AND_MORE, mv_buf_cstr(&rest), NULL);
    mv_buf_done(&rest);
}

static uint64_t count_of(struct mv_span list)
{
    struct mv_list l;
    struct mv_span item;
    uint64_t count = 0;
    bool more = mv_list_open(&l, list);
    while (more && mv_list_next(&l, &item))
        count++;
    return count;
}

/* "antatt der de mangler, snittet av de siste 3: 2024-T2, 2024-T3" */
static void put_assumed(const struct cli *c, struct mv_span assumed,
                        struct mv_buf *out)
{
    struct mv_span how = cli_get_text(assumed, "how");
    struct mv_buf names = {0}, recent = {0};
    cli_names(cli_get(assumed, "periods"), &names);
    put_more(c, cli_get_u64(assumed, "of"),
             count_of(cli_get(assumed, "periods")), &names);
    cli_explain_recent(how, &recent);
    mv_buf_text(out, out->len > 0 ? "; " : "");
    if (recent.len > 0 && strcmp(mv_buf_cstr(&recent), "1") != 0) {
        cli_word_put(out, c, CLI_W_X_ASSUMED_RECENT, mv_buf_cstr(&recent),
                     mv_buf_cstr(&names), NULL);
    } else {
        cli_word_put(out, c,
                     recent.len > 0                ? CLI_W_X_ASSUMED_ONE
                     : mv_span_is(how, "seasonal") ? CLI_W_X_ASSUMED_SEASONAL
                                                   : CLI_W_X_ASSUMED_LAST,
                     mv_buf_cstr(&names), NULL);
    }
    mv_buf_done(&names);
    mv_buf_done(&recent);
}

static bool is_assumed(struct mv_span period, struct mv_span row)
{
    struct mv_list l;
    struct mv_span item;
    if (!mv_list_open(&l, cli_get(row, "assumed")))
        return false;
    while (mv_list_next(&l, &item)) {
        if (mv_list_has(cli_get(item, "periods"), period))
            return true;
    }
    return false;
}

/* What is not in, of a roll-up of some unit, and of which nothing was
 * assumed. */
static void put_not_in(const struct cli *c, struct mv_span row, bool rolled_up,
                       struct mv_buf *out)
{
    struct mv_list l;
    struct mv_span item, period;
    struct mv_buf rest = {0}, list = {0}, names = {0};
    uint32_t count = 0;
    bool more = mv_list_open(&l, cli_get(row, "missing"));
    while (more && mv_list_next(&l, &item)) {
        if (!mv_value_text(item, &period) || is_assumed(period, row))
            continue;
        mv_pack_text(&rest, period);
        count++;
    }
    mv_pack_list(&list, count);
    mv_buf_put(&list, rest.at, rest.len);
    cli_names(mv_buf_span(&list), &names);
    put_more(c, cli_get_u64(row, "without"), count, &names);
    if (names.len > 0) {
        mv_buf_text(out, out->len > 0 ? "; " : "");
        cli_word_put(out, c, rolled_up ? CLI_W_X_NOT_IN_ANY : CLI_W_X_NOT_IN,
                     mv_buf_cstr(&names), NULL);
    }
    mv_buf_done(&rest);
    mv_buf_done(&list);
    mv_buf_done(&names);
}

static void put_missing(const struct cli *c, struct mv_span row, bool rolled_up,
                        struct mv_buf *out)
{
    struct mv_list l;
    struct mv_span item;
    bool more = mv_list_open(&l, cli_get(row, "assumed"));
    while (more && mv_list_next(&l, &item))
        put_assumed(c, item, out);
    put_not_in(c, row, rolled_up, out);
}

/* What a unit of a share or a lowest counted for, or of a sum, where that is
 * not its value; of any, why it did not, or may not be told. */
static void put_counted(const struct cli *c, struct mv_span row,
                        struct mv_buf *out)
{
    struct mv_buf adds = {0};
    struct mv_span why = cli_get_text(row, "reason");
    if (cli_get(row, "holds").len > 0)
        mv_buf_text(out, cli_w(c, cli_get_bool(row, "holds") ? CLI_W_X_MET
                                                             : CLI_W_X_UNMET));
    if (out->len > 0 && why.len > 0)
        mv_buf_text(out, ", ");
    if (mv_span_is(why, "excepted"))
        mv_buf_text(out, cli_w(c, CLI_W_X_EXCEPTED));
    else if (why.len > 0)
        cli_reason(c, why, out);
    if (cli_get_text(row, "adds").len > 0) {
        cli_plain(c, &bare, cli_get_text(row, "adds"), mv_span("", 0), &adds);
        cli_word_put(out, c, CLI_W_X_ADDS, mv_buf_cstr(&adds), NULL);
    }
    mv_buf_done(&adds);
}

/* Of a rate: what the number that stands there is divided by. */
static void put_inhabitants(const struct cli *c, struct mv_span row,
                            struct mv_buf *out)
{
    uint64_t persons = cli_get_u64(row, "inhabitants");
    struct mv_buf count = {0}, year = {0};
    if (persons > 0) {
        cli_count(c, persons, &count);
        mv_buf_printf(&year, "%llu",
                      (unsigned long long)cli_get_u64(row, "inhabitants_year"));
        mv_buf_text(out, out->len > 0 ? "; " : "");
        cli_word_put(out, c, CLI_W_X_PER_INHABITANTS, mv_buf_cstr(&count),
                     mv_buf_cstr(&year), NULL);
    }
    mv_buf_done(&count);
    mv_buf_done(&year);
}

static void put_value(const struct cli *c, const struct cli_pages *rows,
                      struct mv_span row, struct mv_buf *out)
{
    if (cli_get_text(row, "value").len == 0)
        return;
    struct cli_shown f = cli_shown_of(
        cli_explain_indicator(rows, cli_get_text(row, "indicator")));
    cli_shown(c, &f, cli_get_text(row, "value"), mv_span("", 0), out);
}

static bool same(struct mv_span a, struct mv_span b, const char *key)
{
    return mv_span_equal(cli_get_text(a, key), cli_get_text(b, key));
}

static bool same_criterion(struct mv_span a, struct mv_span b)
{
    return same(a, b, "criterion") && same(a, b, "member");
}

/* Nothing of a target that asks nothing. */
static void put_criterion(const struct cli *c, struct mv_span row,
                          struct mv_buf *out)
{
    struct mv_span k = cli_get_text(row, "criterion");
    struct mv_span member = cli_get_titled(c, row, "member", "member_title");
    if (k.len == 0)
        return;
    mv_buf_put(out, k.at, k.len);
    if (member.len > 0)
        mv_buf_printf(out, ", %.*s", (int)member.len, (const char *)member.at);
}

/* Takes the text; no line where there is none. */
static void take_line(struct cli_table *t, struct mv_buf *text)
{
    if (text->len > 0)
        cli_table_line(t, CLI_BOLD, mv_buf_span(text));
    mv_buf_done(text);
}

static void criterion_line(const struct cli *c, struct cli_table *t,
                           struct mv_span row)
{
    struct mv_buf text = {0};
    put_criterion(c, row, &text);
    take_line(t, &text);
}

static void term_row(struct cli *c, struct cli_table *t,
                     const struct cli_pages *rows, struct mv_span row,
                     bool rolled_up)
{
    struct mv_buf text = {0};
    cli_table_text(t, kind_word(c, row));
    put_series(c, row, &text);
    cli_table_take(t, CLI_PLAIN, &text);
    cli_table_cell(t, CLI_PLAIN, cli_get_text(row, "unit"));
    mv_buf_printf(&text, "%llu", (unsigned long long)cli_get_u64(row, "year"));
    cli_table_take(t, CLI_PLAIN, &text);
    put_value(c, rows, row, &text);
    cli_table_take(t, CLI_PLAIN, &text);
    put_pair(c, row, &text);
    cli_table_take(t, CLI_PLAIN, &text);
    put_missing(c, row, rolled_up, &text);
    put_counted(c, row, &text);
    put_inhabitants(c, row, &text);
    cli_table_take(t, CLI_PLAIN, &text);
    mv_buf_done(&text);
}

/* Of several units: what a lowest is the lowest of, who a share is of. */
static bool is_of_units(struct mv_span row)
{
    return mv_span_is(cli_get_text(row, "kind"), "units");
}

/* The unit's own numbers, and those. */
static bool is_term(struct mv_span row)
{
    return cli_is_what(row, "term") ||
           (cli_is_what(row, "weight") && is_of_units(row));
}

/* Does a unit below stand behind the term, after which l has come? */
static bool is_rolled_up(struct mv_list l)
{
    struct mv_span next;
    return mv_list_next(&l, &next) && cli_is_what(next, "weight") &&
           !is_of_units(next);
}

void cli_explain_terms(struct cli *c, const struct cli_pages *rows)
{
    const struct cli_column columns[] = {
        {cli_w(c, CLI_W_COL_TERM), false, true, 0},
        {cli_w(c, CLI_W_COL_SERIES), false, false, 0},
        {cli_w(c, CLI_W_COL_UNIT), false, true, 0},
        {cli_w(c, CLI_W_COL_YEAR), true, true, 0},
        {cli_w(c, CLI_W_COL_VALUE), true, true, 0},
        {cli_w(c, CLI_W_COL_PAIR), true, true, 1},
        {"", false, false, 0},
    };
    struct cli_table *t = cli_table_open(columns, CLI_COUNT(columns));
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row, last = mv_span("", 0);
    while (mv_list_next(&l, &row)) {
        if (!is_term(row))
            continue;
        if (last.len == 0 || !same_criterion(row, last))
            criterion_line(c, t, row);
        last = row;
        term_row(c, t, rows, row, is_rolled_up(l));
    }
    if (cli_table_rows(t) > 0) {
        bool asked = cli_get_text(last, "criterion").len > 0;
        cli_heading(c, asked ? CLI_W_X_TERMS : CLI_W_X_REPORTED);
        cli_table_print(c, t);
    }
    cli_table_close(t);
}

/* ---- weights ---- */

struct weight {
    struct mv_span row;
    struct mv_dec heavy; /* how far it pulls, or its share */
};

static int by_weight(const void *a, const void *b)
{
    const struct weight *x = a, *y = b;
    return mv_dec_compare(y->heavy, x->heavy);
}

static struct mv_dec heaviness(struct mv_span row)
{
    struct mv_dec n = {0};
    struct mv_span pull = cli_get_text(row, "pull");
    if (mv_dec_parse(pull.len > 0 ? pull : cli_get_text(row, "share"), &n) !=
        MV_NUMBER_OK)
        return (struct mv_dec){0};
    return mv_dec_abs(n);
}

static void weight_row(struct cli *c, struct cli_table *t,
                       const struct cli_pages *rows, struct mv_span row)
{
    const struct mv_span none = mv_span("", 0);
    struct cli_shown f = cli_shown_of(
        cli_explain_indicator(rows, cli_get_text(row, "indicator")));
    struct mv_buf text = {0};
    cli_table_cell(t, CLI_PLAIN, cli_get_text(row, "unit"));
    cli_table_cell(t, CLI_PLAIN, cli_get_text(row, "name"));
    put_value(c, rows, row, &text);
    cli_table_take(t, CLI_PLAIN, &text);
    put_pair(c, row, &text);
    cli_table_take(t, CLI_PLAIN, &text);
    if (cli_get_text(row, "share").len > 0)
        cli_shown(c, &percent, cli_get_text(row, "share"), none, &text);
    cli_table_take(t, CLI_PLAIN, &text);
    if (cli_get_text(row, "pull").len > 0)
        cli_margin(c, &f, cli_get_text(row, "pull"), &text);
    cli_table_take(t, CLI_PLAIN, &text);
    put_counted(c, row, &text);
    cli_table_take(t, CLI_PLAIN, &text);
    mv_buf_done(&text);
}

/* Does another rolled-up term of the criterion come? Those of one stand
 * together. */
static bool has_next(struct mv_list l, struct mv_span term)
{
    struct mv_span row;
    while (mv_list_next(&l, &row)) {
        if (cli_is_what(row, "figure") ||
            (is_term(row) && !same_criterion(row, term)))
            return false;
        if (cli_is_what(row, "term") && is_rolled_up(l))
            return true;
    }
    return false;
}

/* "value(\"a\") > value(\"b\") – verdi, a, 2024": which term, where there are
 * several. */
static void weighed_line(const struct cli *c, struct cli_table *t,
                         struct mv_span term, bool several)
{
    struct mv_buf text = {0};
    put_criterion(c, term, &text);
    if (several) {
        mv_buf_text(&text, text.len > 0 ? " – " : "");
        mv_buf_printf(&text, "%s, ", kind_word(c, term));
        put_series(c, term, &text);
        mv_buf_printf(&text, ", %llu",
                      (unsigned long long)cli_get_u64(term, "year"));
    }
    take_line(t, &text);
}

/* Those below one term, which stand behind it; last: the term before of which
 * that was so, then this one. */
static void term_weights(struct cli *c, struct cli_table *t,
                         const struct cli_pages *rows, struct mv_span term,
                         struct mv_list l, struct mv_span *last)
{
    bool several =
        (last->len > 0 && same_criterion(*last, term)) || has_next(l, term);
    struct weight *all = mv_xcalloc(rows->count + 1, sizeof *all);
    struct mv_span row;
    size_t count = 0;
    while (mv_list_next(&l, &row) && cli_is_what(row, "weight") &&
           !is_of_units(row)) /* they are of the next criterion */
        all[count++] = (struct weight){row, heaviness(row)};
    qsort(all, count, sizeof *all, by_weight);
    if (count > 0) {
        weighed_line(c, t, term, several);
        *last = term;
    }
    for (size_t i = 0; i < count; i++)
        weight_row(c, t, rows, all[i].row);
    free(all);
}

void cli_explain_weights(struct cli *c, const struct cli_pages *rows)
{
    const struct cli_column columns[] = {
        {cli_w(c, CLI_W_COL_UNIT), false, true, 0},
        {cli_w(c, CLI_W_COL_NAME), false, false, 2},
        {cli_w(c, CLI_W_COL_VALUE), true, true, 0},
        {cli_w(c, CLI_W_COL_PAIR), true, true, 1},
        {cli_w(c, CLI_W_COL_SHARE), true, true, 0},
        {cli_w(c, CLI_W_COL_PULL), true, true, 1},
        {"", false, false, 0},
    };
    struct cli_table *t = cli_table_open(columns, CLI_COUNT(columns));
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row, last = mv_span("", 0);
    bool pulls = false;
    while (mv_list_next(&l, &row)) {
        if (cli_is_what(row, "term"))
            term_weights(c, t, rows, row, l, &last);
        pulls = pulls || cli_get_text(row, "pull").len > 0;
    }
    if (cli_table_rows(t) > 0) {
        cli_heading(c, CLI_W_X_WEIGHTS);
        cli_table_print(c, t);
        cli_say(c, pulls ? CLI_W_X_WEIGHTS_PULL : CLI_W_X_WEIGHTS_SUM, NULL);
    }
    cli_table_close(t);
}
