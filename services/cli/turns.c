/* turns - see turns.h. Job: a proposal to the evaluator, its rows to a person.
 * Invariant: each pair is counted once, under what becomes of it. Changes
 * nothing anywhere. */
#include "services/cli/turns.h"

#include "proto/pack.h"
#include "services/cli/catalogue_send.h"
#include "services/cli/numbers.h"
#include "services/cli/phrase.h"
#include "services/cli/progress.h"
#include "services/cli/status_table.h"

#define PATIENCE_MS 60000
#define SHOWN_MAX   40

typedef enum turn {
    TURN_COLOUR,
    TURN_NEW,
    TURN_GONE,
    TURN_REASON,
} turn;

static turn kind_of(struct mv_span row)
{
    struct mv_span was = cli_get_text(row, "was");
    struct mv_span becomes = cli_get_text(row, "becomes");
    if (was.len == 0)
        return TURN_NEW;
    if (becomes.len == 0)
        return TURN_GONE;
    return mv_span_equal(was, becomes) ? TURN_REASON : TURN_COLOUR;
}

void cli_turns_take(struct cli_turns *t, struct mv_span row)
{
    uint64_t *const counts[] = {&t->turned, &t->added, &t->gone, &t->reasons};
    ++*counts[kind_of(row)];
    cli_pages_put(&t->rows, row);
}

static void pack_args(const struct mv_catalogue_files *files,
                      struct mv_span hash, uint64_t from, struct mv_buf *out)
{
    mv_pack_map(out, 1u + (from > 0));
    if (from > 0)
        mv_pack_kv_u64(out, "from", from);
    if (hash.len > 0) {
        mv_pack_kv_bin(out, "hash", hash);
        return;
    }
    mv_pack_cstr(out, "files");
    cli_files_pack(files, out);
}

static int ask(struct cli_link *l, const struct mv_catalogue_files *files,
               const struct mv_buf *hash, uint64_t from,
               struct mv_msg_reply *reply)
{
    struct mv_buf args = {0};
    struct mv_err err = {0};
    pack_args(files, mv_buf_span(hash), from, &args);
    mv_rc rc = MV_OK;
    if (hash->len > 0) /* its pages may be gone: then the files go again */
        rc = cli_ask_patient(l, "preview", mv_buf_span(&args), PATIENCE_MS,
                             reply, &err);
    if (hash->len == 0 ||
        (rc == MV_OK && mv_span_is(reply->code, "not_found"))) {
        mv_buf_clear(&args);
        pack_args(files, mv_span(NULL, 0), from, &args);
        rc = cli_ask_patient(l, "preview", mv_buf_span(&args), PATIENCE_MS,
                             reply, &err);
    }
    mv_buf_done(&args);
    return cli_ask_answered(l, rc, &err, reply);
}

static bool take_page(struct cli_turns *t, const struct mv_msg_reply *reply,
                      struct mv_buf *hash, uint64_t *next)
{
    struct mv_list rows;
    struct mv_span row, bytes;
    *next = 0;
    if (!cli_rows_open(&rows, reply))
        return false;
    while (mv_list_next(&rows, &row)) {
        if (cli_get(row, "next").len > 0) {
            *next = cli_get_u64(row, "next");
        } else if (mv_value_bin(cli_get(row, "hash"), &bytes)) {
            mv_buf_clear(hash);
            mv_buf_put(hash, bytes.at, bytes.len);
            t->judged += cli_get_u64(row, "judged");
        } else {
            cli_turns_take(t, row);
        }
    }
    return true;
}

int cli_turns_ask(struct cli *c, struct cli_link *evaluator,
                  const struct mv_catalogue_files *files, struct cli_turns *ret)
{
    struct cli_progress progress;
    struct mv_buf hash = {0};
    struct mv_msg_reply reply;
    uint64_t from, next = 0;
    int code;
    *ret = (struct cli_turns){0};
    cli_progress_begin(&progress, c, cli_w(c, CLI_W_TURNS_PROGRESS), 0);
    do {
        from = next;
        code = ask(evaluator, files, &hash, from, &reply);
        if (code == CLI_OK && !take_page(ret, &reply, &hash, &next))
            next = 0;
        cli_progress_at(&progress, ret->judged);
    } while (code == CLI_OK && next > from);
    cli_progress_end(&progress);
    mv_buf_done(&hash);
    return code;
}

/* ---- for people ---- */

static void put_status(const struct cli *c, struct cli_table *t,
                       struct mv_span status, cli_word without)
{
    if (status.len == 0)
        cli_table_cell(t, CLI_DIM, mv_span_text(cli_w(c, without)));
    else
        cli_table_cell(t, cli_status_style(status),
                       mv_span_text(cli_status_text(c, status)));
}

/* "66,7 % mot 70 %", or the reason for none. */
static void put_why(const struct cli *c, struct mv_span row, struct mv_buf *out)
{
    struct cli_shown f = cli_shown_of(row);
    struct mv_span value = cli_get_text(row, "value");
    struct mv_span limit = cli_get_text(row, "limit");
    struct mv_buf a = {0}, b = {0};
    if (mv_span_is(cli_get_text(row, "becomes"), "none")) {
        cli_reason_of(c, row, "reason", out);
    } else if (value.len > 0 && limit.len > 0) {
        cli_value(c, &f, value, limit, &a);
        cli_shown(c, &f, limit, value, &b);
        cli_word_put(out, c, CLI_W_CH_VALUE, mv_buf_cstr(&a), mv_buf_cstr(&b),
                     NULL);
    }
    mv_buf_done(&a);
    mv_buf_done(&b);
}

static void turn_row(const struct cli *c, struct cli_table *t,
                     struct mv_span row)
{
    struct mv_buf why = {0};
    struct mv_span id = cli_get_text(row, "target");
    cli_table_cell(t, CLI_PLAIN,
                   id.len > 0 ? id : cli_get_text(row, "commission"));
    cli_table_u64(t, cli_get_u64(row, "year"));
    cli_table_cell(t, CLI_PLAIN, cli_get_text(row, "unit"));
    put_status(c, t, cli_get_text(row, "was"), CLI_W_TURNS_IS_NEW);
    put_status(c, t, cli_get_text(row, "becomes"), CLI_W_TURNS_IS_GONE);
    put_why(c, row, &why);
    cli_table_cell(t, CLI_PLAIN, mv_buf_span(&why));
    mv_buf_done(&why);
}

static void say_count(struct cli *c, cli_word word, uint64_t n)
{
    struct mv_buf text = {0};
    cli_count(c, n, &text);
    if (n > 0)
        cli_say(c, word, mv_buf_cstr(&text), NULL);
    mv_buf_done(&text);
}

static void say_sum(struct cli *c, const struct cli_turns *t)
{
    struct mv_buf turned = {0}, judged = {0};
    cli_count(c, t->turned, &turned);
    cli_count(c, t->judged, &judged);
    if (t->turned > 0) {
        cli_say(c, CLI_W_TURNS_SUM, mv_buf_cstr(&turned), mv_buf_cstr(&judged),
                NULL);
    } else {
        cli_say(c, CLI_W_TURNS_NONE, mv_buf_cstr(&judged), NULL);
    }
    mv_buf_done(&turned);
    mv_buf_done(&judged);
}

static uint64_t show_rows(struct cli *c, const struct cli_turns *t, bool all)
{
    const struct cli_column columns[] = {
        {cli_w(c, CLI_W_DIFF_TARGET), false, true, 0},
        {cli_w(c, CLI_W_COL_YEAR), true, true, 2},
        {cli_w(c, CLI_W_COL_UNIT), false, true, 0},
        {cli_w(c, CLI_W_TURNS_FROM), false, true, 0},
        {cli_w(c, CLI_W_TURNS_TO), false, true, 0},
        {cli_w(c, CLI_W_COL_WHY), false, false, 1},
    };
    struct cli_table *table = cli_table_open(columns, CLI_COUNT(columns));
    struct mv_list l = cli_pages_walk(&t->rows);
    struct mv_span row;
    uint64_t left = 0;
    while (mv_list_next(&l, &row)) {
        if (!all && kind_of(row) != TURN_COLOUR)
            continue;
        if (!all && cli_table_rows(table) == SHOWN_MAX)
            left++;
        else
            turn_row(c, table, row);
    }
    if (cli_table_rows(table) > 0)
        cli_table_print(c, table);
    cli_table_close(table);
    return left;
}

void cli_turns_show(struct cli *c, const struct cli_turns *t, bool all)
{
    say_sum(c, t);
    say_count(c, CLI_W_TURNS_MORE, show_rows(c, t, all));
    say_count(c, CLI_W_TURNS_ADDED, t->added);
    say_count(c, CLI_W_TURNS_GONE, t->gone);
    say_count(c, CLI_W_TURNS_REASONS, t->reasons);
}

void cli_turns_json(struct cli *c, const struct cli_turns *t)
{
    struct mv_list l = cli_pages_walk(&t->rows);
    struct mv_span row;
    while (mv_list_next(&l, &row)) {
        json_t *j = json_pack("{s:s}", "kind", "turn"), *rest = cli_json(row);
        (void)json_object_update(j, rest);
        json_decref(rest);
        cli_json_line(c, j);
    }
}

void cli_turns_done(struct cli_turns *t)
{
    cli_pages_done(&t->rows);
}
