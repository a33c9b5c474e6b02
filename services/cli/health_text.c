/* health_text - see health_text.h. Job: findings as a table. Invariant: what
 * is not well stands with what to do about it. Holds nothing. */
#include "services/cli/health_text.h"

#include <string.h>

#include "proto/pack.h"
#include "services/base/text.h"
#include "services/cli/table.h"
#include "services/cli/told.h"
#include "services/cli/wrap.h"

void cli_health_put(struct cli_pages *rows, const char *service, int64_t stage,
                    struct mv_span name, bool ok, struct mv_span text)
{
    struct mv_buf row = {0};
    mv_pack_map(&row, 5);
    mv_pack_kv_cstr(&row, "service", service);
    mv_pack_kv_i64(&row, "stage", stage);
    mv_pack_kv_text(&row, "name", name);
    mv_pack_kv_bool(&row, "ok", ok);
    mv_pack_kv_text(&row, "text", text);
    cli_pages_put(rows, mv_buf_span(&row));
    mv_buf_done(&row);
}

bool cli_health_good(const struct cli_pages *rows)
{
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    while (mv_list_next(&l, &row))
        if (!cli_get_bool(row, "ok"))
            return false;
    return true;
}

/* Names of the built-in findings in words; an alarm has its own name. */
static const char *name_of(const struct cli *c, struct mv_span name,
                           int64_t stage)
{
    static const struct {
        const char *name;
        int64_t stage;
        cli_word word;
    } all[] = {
        {"answers", 1, CLI_W_H_ANSWERS},
        {"store", 2, CLI_W_H_STORE},
        {"serves", 2, CLI_W_H_SERVES},
        {"journal", 3, CLI_W_H_JOURNAL},
        {"changes", 3, CLI_W_H_CHANGES},
        {"journal", 4, CLI_W_H_JOURNAL_ALL},
        {"changes", 4, CLI_W_H_CHANGES_ALL},
        {"upstream.journal", 3, CLI_W_H_STREAM_JOURNAL},
        {"upstream.changes", 3, CLI_W_H_STREAM_CHANGES},
        {"quarantine", 3, CLI_W_H_QUARANTINE},
        {"dead_letters", 3, CLI_W_H_DEAD},
        {"clock", 3, CLI_W_H_CLOCK},
        {"aside", 3, CLI_W_H_ASIDE},
        {"restart", 3, CLI_W_H_RESTART},
        {"space.70", 3, CLI_W_H_SPACE},
        {"space.85", 3, CLI_W_H_SPACE},
        {"space.95", 3, CLI_W_H_SPACE},
        {"space.disk", 3, CLI_W_H_SPACE},
        {"connections", 3, CLI_W_H_CONNECTIONS},
        {"peers.cut", 3, CLI_W_H_CONNECTIONS},
        {"suspended", 3, CLI_W_H_SUSPENDED},
        {"keys", 3, CLI_W_H_KEYS},
        {"live", 3, CLI_W_H_LIVE},
    };
    for (size_t i = 0; i < CLI_COUNT(all); i++)
        if (all[i].stage == stage && mv_span_is(name, all[i].name))
            return cli_w(c, all[i].word);
    return NULL;
}

/* What an operator does about a stream of another history. */
static void put_remedy(const struct cli *c, struct mv_buf *out,
                       struct mv_span name, struct mv_span text)
{
    static const char diverged[] = "diverged";
    if (text.len < sizeof diverged - 1 ||
        memcmp(text.at, diverged, sizeof diverged - 1) != 0)
        return;
    if (mv_span_is(name, "upstream.journal"))
        mv_buf_printf(out, ". %s", cli_w(c, CLI_W_H_DO_JOURNAL));
    else if (mv_span_is(name, "upstream.changes"))
        mv_buf_printf(out, ". %s", cli_w(c, CLI_W_H_DO_CHANGES));
}

/* Below the table, where nothing needs be cut: it says what to do. */
static void put_fault(const struct cli *c, struct mv_buf *out,
                      struct mv_span service, struct mv_span name,
                      struct mv_span what, struct mv_span text)
{
    struct mv_buf said = {0};
    mv_buf_printf(out, "%s ", cli_w(c, CLI_W_H_BAD));
    mv_text_escape_terminal(out, service);
    mv_buf_text(out, ", ");
    mv_text_escape_terminal(out, what);
    mv_buf_text(out, ": ");
    cli_told(c, text, &said);
    mv_text_escape_terminal(out, mv_buf_span(&said));
    put_remedy(c, out, name, text);
    mv_buf_put_u8(out, '\n');
    mv_buf_done(&said);
}

void cli_health_show(struct cli *c, const struct cli_pages *rows)
{
    const struct cli_column columns[] = {
        {cli_w(c, CLI_W_COL_STAGE), true, true, 0},
        {cli_w(c, CLI_W_COL_SERVICE), false, true, 0},
        {"", false, true, 0},
        {cli_w(c, CLI_W_COL_WHAT), false, false, 0},
    };
    struct cli_table *t = cli_table_open(columns, CLI_COUNT(columns));
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    struct mv_buf faults = {0};
    while (mv_list_next(&l, &row)) {
        bool ok = cli_get_bool(row, "ok");
        int64_t stage = cli_get_i64(row, "stage");
        struct mv_span name = cli_get_text(row, "name");
        struct mv_span text = cli_get_text(row, "text");
        const char *word = name_of(c, name, stage);
        cli_table_u64(t, (uint64_t)stage);
        cli_table_cell(t, CLI_PLAIN, cli_get_text(row, "service"));
        cli_table_cell(t, ok ? CLI_GREEN : CLI_RED,
                       mv_span_text(cli_w(c, ok ? CLI_W_H_OK : CLI_W_H_BAD)));
        struct mv_span what = word != NULL ? mv_span_text(word) : name;
        cli_table_cell(t, CLI_PLAIN, what);
        /* "asking" is the state that is well: it need not be said */
        if (!ok)
            put_fault(c, &faults, cli_get_text(row, "service"), name, what,
                      text);
    }
    cli_table_print(c, t);
    cli_table_close(t);
    struct mv_buf lines = {0};
    cli_wrap(&lines, mv_buf_span(&faults), c->width, 0, 2);
    if (lines.len > 0)
        (void)fwrite(lines.at, 1, lines.len, c->out);
    mv_buf_done(&faults);
    mv_buf_done(&lines);
    cli_say(c, cli_health_good(rows) ? CLI_W_H_GOOD : CLI_W_H_NOT_GOOD, NULL);
}
