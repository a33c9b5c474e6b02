/* explain_rows - see explain_rows.h. Job: three tables. Invariant: a figure
 * that does not count is shown, and said not to. Holds nothing. */
#include "services/cli/explain_rows.h"

#include <stdlib.h>
#include <string.h>

#include "services/base/hash.h"
#include "services/cli/figure_cells.h"
#include "services/cli/needed_text.h"
#include "services/cli/numbers.h"
#include "services/cli/phrase.h"
#include "services/cli/status_table.h"
#include "services/cli/table.h"

#define JUDGEMENT_SEQS 102 /* a commission has 100 due dates at most */
#define HASH_SHOWN     16  /* hex digits; --json has all */

static void put_number(const struct cli *c, const struct cli_shown *f,
                       struct mv_span criterion, const char *key,
                       const char *beside, struct cli_table *t)
{
    struct mv_buf text = {0};
    struct mv_span n = cli_get_text(criterion, key);
    if (n.len > 0 && strcmp(key, "margin") == 0)
        cli_margin(c, f, n, &text);
    else if (n.len > 0)
        cli_shown(c, f, n, cli_get_text(criterion, beside), &text);
    cli_table_take(t, CLI_PLAIN, &text);
    mv_buf_done(&text);
}

#define LEFT_OUT_MAX 64 /* the evaluator names no more */

/* Those left out for why[0], which are then done with: "ahus, ous (...)". */
static void put_left_for(const struct cli *c, const struct mv_span *unit,
                         struct mv_span *why, size_t count, struct mv_buf *out)
{
    struct mv_span reason = why[0], last = mv_span("", 0);
    for (size_t i = 0; i < count; i++) {
        if (why[i].at == NULL || !mv_span_equal(why[i], reason))
            continue;
        why[i] = mv_span(NULL, 0);
        if (mv_span_equal(unit[i], last)) /* of its members */
            continue;
        mv_buf_text(out, last.len > 0 ? ", " : "");
        mv_buf_put(out, unit[i].at, unit[i].len);
        last = unit[i];
    }
    if (reason.len == 0)
        return;
    mv_buf_text(out, " (");
    if (mv_span_is(reason, "no_base"))
        mv_buf_text(out, cli_w(c, CLI_W_X_OUT_NO_BASE));
    else
        cli_reason(c, reason, out);
    mv_buf_text(out, ")");
}

/* Who could not count, by why; of an evaluator that tells no reasons, who. */
static void put_left_out(const struct cli *c, struct mv_span row,
                         struct mv_buf *out)
{
    struct mv_span unit[LEFT_OUT_MAX], why[LEFT_OUT_MAX], a, b;
    struct mv_list units, reasons;
    size_t count = 0;
    if (cli_get(row, "left_out_why").len == 0 ||
        !mv_list_open(&reasons, cli_get(row, "left_out_why")) ||
        !mv_list_open(&units, cli_get(row, "left_out"))) {
        cli_names(cli_get(row, "left_out"), out);
        return;
    }
    while (count < LEFT_OUT_MAX && mv_list_next(&units, &a) &&
           mv_list_next(&reasons, &b) && mv_value_text(a, &unit[count]) &&
           mv_value_text(b, &why[count]))
        count++;
    for (size_t i = 0; i < count; i++) {
        if (why[i].at == NULL)
            continue;
        mv_buf_text(out, out->len > 0 ? "; " : "");
        put_left_for(c, &unit[i], &why[i], count - i, out);
    }
}

/* Of whichever criterion: what is marked above is of one of them. */
static void put_unweighted(const struct cli *c, struct cli_table *t,
                           struct mv_span row)
{
    if (mv_list_has(cli_get(row, "marks"), mv_span_text("unweighted")))
        cli_table_line(t, CLI_DIM,
                       mv_span_text(cli_w(c, CLI_W_X_MEAN_OF_BARE)));
}

static void criterion_row(struct cli *c, struct cli_table *t,
                          struct mv_span row)
{
    struct mv_span k = cli_get(row, "criterion");
    struct mv_span status = cli_get_text(k, "status");
    struct cli_shown usual = cli_shown_of(row);
    struct cli_shown f =
        cli_shown_adding(usual, cli_get_text(k, "value"),
                         cli_get_text(k, "limit"), cli_get_text(k, "margin"));
    struct mv_buf text = {0};
    cli_table_cell(t, cli_status_style(status),
                   mv_span_text(cli_status_text(c, status)));
    cli_table_cell(t, CLI_PLAIN, cli_get_text(k, "text"));
    cli_table_cell(t, CLI_PLAIN,
                   cli_get_titled(c, k, "member", "member_title"));
    put_number(c, &f, k, "value", "limit", t);
    put_number(c, &f, k, "limit", "value", t);
    put_number(c, &f, k, "margin", "", t);
    cli_needed_cell(c, t, &usual, k);
    if (mv_span_is(status, "none"))
        cli_reason_where(c, row, cli_get_text(k, "reason"), &text);
    cli_table_take(t, CLI_PLAIN, &text);
    put_left_out(c, row, &text);
    if (text.len > 0) {
        struct mv_buf line = {0};
        cli_word_put(&line, c, CLI_W_X_WITHOUT, mv_buf_cstr(&text), NULL);
        cli_table_line(t, CLI_DIM, mv_buf_span(&line));
        mv_buf_done(&line);
    }
    put_unweighted(c, t, row);
    mv_buf_done(&text);
}

void cli_explain_criteria(struct cli *c, const struct cli_pages *rows)
{
    const struct cli_column columns[] = {
        {cli_w(c, CLI_W_COL_STATUS), false, true, 0},
        {cli_w(c, CLI_W_COL_CRITERION), false, false, 0},
        {cli_w(c, CLI_W_COL_MEMBER), false, false, 0},
        {cli_w(c, CLI_W_COL_VALUE), true, true, 0},
        {cli_w(c, CLI_W_COL_LIMIT), true, true, 0},
        {cli_w(c, CLI_W_COL_MARGIN), true, true, 2},
        {cli_w(c, CLI_W_COL_NEEDED), true, false, 1},
        {cli_w(c, CLI_W_COL_WHY), false, false, 3},
    };
    static const char *const order[] = {"red", "yellow", "green", "none"};
    struct cli_table *t = cli_table_open(columns, CLI_COUNT(columns));
    struct mv_span row;
    for (size_t i = 0; i < CLI_COUNT(order); i++) {
        struct mv_list l = cli_pages_walk(rows);
        while (mv_list_next(&l, &row)) {
            if (cli_is_what(row, "criterion") &&
                mv_span_is(cli_get_text(cli_get(row, "criterion"), "status"),
                           order[i]))
                criterion_row(c, t, row);
        }
    }
    if (cli_table_rows(t) > 0) {
        cli_heading(c, CLI_W_X_CRITERIA);
        cli_table_print(c, t);
    }
    cli_table_close(t);
}

/* Is a number kept back that the figures below would tell? */
static bool hides_a_value(const struct cli_pages *rows)
{
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    while (mv_list_next(&l, &row)) {
        struct mv_span of =
            cli_is_what(row, "weight") ? row : cli_get(row, "criterion");
        if (mv_span_is(cli_get_text(of, "reason"), "suppressed") ||
            (cli_is_what(row, "figure") && cli_get_bool(row, "suppressed")))
            return true;
    }
    return false;
}

void cli_explain_figures(struct cli *c, const struct cli_pages *rows,
                         struct cli_source *source)
{
    const struct cli_column columns[] = {CLI_FIGURE_COLUMNS(c)};
    struct cli_table *t = cli_table_open(columns, CLI_COUNT(columns));
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row, last = mv_span("", 0);
    while (mv_list_next(&l, &row)) {
        struct mv_span indicator = cli_get_text(row, "indicator");
        if (!cli_is_what(row, "figure"))
            continue;
        if (!mv_span_equal(indicator, last))
            cli_table_line(t, CLI_BOLD, indicator);
        last = indicator;
        cli_figure_cells(c, t, row, cli_get_bool(row, "counts"), source);
    }
    if (cli_table_rows(t) > 0) {
        cli_heading(c, CLI_W_X_FIGURES);
        cli_table_print(c, t);
        if (hides_a_value(rows))
            cli_say(c, CLI_W_X_FIGURES_BARE, NULL);
    } else {
        cli_say(c, CLI_W_X_NO_FIGURES, NULL);
    }
    cli_table_close(t);
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Of the status, its assessment and due dates: at most `most` of them. */
static size_t judgement_seqs(struct mv_span row, uint64_t *seqs, size_t most)
{
    struct mv_span j = cli_get(row, "judgement"), due;
    struct mv_list l;
    size_t n = 0;
    seqs[n++] = cli_get_u64(j, "since_seq");
    seqs[n++] = cli_get_u64(cli_get(j, "assessment"), "seq");
    if (mv_list_open(&l, cli_get(row, "dues")))
        while (n < most && mv_list_next(&l, &due))
            seqs[n++] = cli_get_u64(due, "seq");
    return n;
}

uint64_t *cli_explain_seqs(const struct cli_pages *rows, size_t *count)
{
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    uint64_t *seqs = mv_xcalloc(rows->count + JUDGEMENT_SEQS, sizeof *seqs);
    size_t n = 0, kept = 0;
    bool told = false; /* there is one judgement */
    while (mv_list_next(&l, &row)) {
        if (cli_is_what(row, "judgement") && !told)
            n += judgement_seqs(row, seqs + n, JUDGEMENT_SEQS);
        told = told || cli_is_what(row, "judgement");
        if (cli_is_what(row, "figure"))
            seqs[n++] = cli_get_u64(row, "seq");
    }
    qsort(seqs, n, sizeof *seqs, by_number);
    for (size_t i = 0; i < n; i++)
        if (seqs[i] != 0 && (kept == 0 || seqs[kept - 1] != seqs[i]))
            seqs[kept++] = seqs[i];
    *count = kept;
    return seqs;
}

static void record_row(struct cli_table *t, uint64_t seq,
                       struct cli_source *source)
{
    struct mv_span record = cli_source_record(source, seq);
    struct mv_buf text = {0};
    struct mv_span chain;
    char hex[2 * MV_HASH_BYTES + 1];
    cli_table_u64(t, seq);
    cli_table_cell(t, CLI_PLAIN, cli_get_text(record, "key"));
    cli_time(cli_get_i64(record, "received_ms"), &text);
    cli_table_take(t, CLI_PLAIN, &text);
    cli_source_delivery(source, seq, &text);
    cli_table_take(t, CLI_PLAIN, &text);
    if (mv_value_bin(cli_get(record, "chain"), &chain) &&
        chain.len == MV_HASH_BYTES)
        mv_buf_printf(&text, "%.*s…", HASH_SHOWN,
                      mv_hex(chain.at, chain.len, hex));
    cli_table_take(t, CLI_PLAIN, &text);
    mv_buf_done(&text);
}

void cli_explain_records(struct cli *c, const struct cli_pages *rows,
                         struct cli_source *source)
{
    const struct cli_column columns[] = {
        {cli_w(c, CLI_W_COL_RECORD), true, true, 0},
        {cli_w(c, CLI_W_COL_SENT_BY), false, true, 0},
        {cli_w(c, CLI_W_COL_RECEIVED), false, true, 0},
        {cli_w(c, CLI_W_COL_DELIVERY), false, true, 2},
        {cli_w(c, CLI_W_COL_HASH), false, true, 1},
    };
    struct cli_table *t = cli_table_open(columns, CLI_COUNT(columns));
    size_t count;
    uint64_t *seqs = cli_explain_seqs(rows, &count);
    for (size_t i = 0; i < count; i++)
        record_row(t, seqs[i], source);
    if (count > 0) {
        cli_heading(c, CLI_W_X_RECORDS);
        cli_table_print(c, t);
    }
    free(seqs);
    cli_table_close(t);
}
