/* queue_table - see queue_table.h. Job: what waits, and since when. Invariant:
 * the oldest item stands first, whatever queue it is in. Holds nothing. */
#include "services/cli/queue_table.h"

#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "services/base/clock.h"
#include "services/base/text.h"
#include "services/cli/phrase.h"
#include "services/cli/table.h"
#include "services/cli/told.h"

int64_t cli_now_ms(const struct cli *c)
{
    struct mv_clock now = {.shift_ms = cli_shift_ms(c)};
    mv_clock_read(&now);
    return now.wall_ms;
}

void cli_queue_put(struct cli_pages *rows, struct mv_span row)
{
    struct mv_buf out = {0};
    struct mv_pairs pairs;
    struct mv_span key, value;
    if (!mv_pairs_open(&pairs, row))
        return;
    mv_pack_map(&out, pairs.left + 2);
    mv_pack_kv_text(&out, "queue", cli_get_text(row, "subscription"));
    mv_pack_kv_cstr(&out, "kind", "subscription");
    while (mv_pairs_next(&pairs, &key, &value)) {
        mv_pack_text(&out, key);
        mv_pack_raw(&out, value);
    }
    cli_pages_put(rows, mv_buf_span(&out));
    mv_buf_done(&out);
}

void cli_stream_put(struct cli_pages *rows, const struct cli_stream *stream,
                    int64_t age_ms, uint64_t dead)
{
    struct mv_buf out = {0}, name = {0};
    /* a reader of another history may be ahead of it */
    uint64_t ready =
        stream->head > stream->seq ? stream->head - stream->seq : 0;
    mv_buf_printf(&name, "%s > %s", stream->log, cli_service_name(stream->to));
    mv_pack_map(&out, age_ms < 0 ? 9 : 10);
    mv_pack_kv_text(&out, "queue", mv_buf_span(&name));
    mv_pack_kv_cstr(&out, "kind", "stream");
    if (age_ms >= 0)
        mv_pack_kv_i64(&out, "age_ms", age_ms);
    mv_pack_kv_u64(&out, "ready", ready);
    mv_pack_kv_u64(&out, "in_flight", 0);
    mv_pack_kv_u64(&out, "retry", 0);
    mv_pack_kv_u64(&out, "dead", dead);
    mv_pack_kv_u64(&out, "delivered", stream->seq);
    mv_pack_kv_u64(&out, "head", stream->head);
    mv_pack_kv_cstr(&out, "state", stream->state);
    cli_pages_put(rows, mv_buf_span(&out));
    mv_buf_done(&out);
    mv_buf_done(&name);
}

/* When the first record that the reader has not got was received. */
static int64_t waits_since(struct cli_fleet *f, const struct cli_stream *s)
{
    struct cli_args args = {0};
    struct mv_buf map = {0};
    struct mv_msg_reply reply;
    struct mv_list list;
    struct mv_span row;
    struct mv_err err = {0};
    int64_t ms = 0;
    bool journal = s->from == CLI_INGEST;
    cli_arg_u64(&args, journal ? "seq" : "from", s->seq + 1);
    cli_args_pack(&args, &map);
    if (cli_ask_quiet(f->links[s->from], journal ? "record" : "changes",
                      mv_buf_span(&map), &reply, &err) == MV_OK &&
        mv_span_is(reply.result, "ok") && cli_rows_open(&list, &reply) &&
        mv_list_next(&list, &row))
        ms = cli_get_i64(row, "received_ms");
    mv_buf_done(&map);
    cli_args_done(&args);
    return ms;
}

static void read_stream(struct cli_fleet *f, const struct cli_stream *s,
                        struct cli_pages *rows)
{
    int64_t age = 0;
    uint64_t dead = 0;
    struct cli_pages set = {0};
    struct mv_span row;
    struct mv_list l;
    if (s->seq < s->head && f->links[s->from] != NULL) {
        int64_t since = waits_since(f, s);
        age = since > 0 ? cli_now_ms(f->c) - since : 0;
        age = age > 0 ? age : 0;
    } else if (s->seq < s->head) {
        age = -1; /* its owner was not asked */
    }
    if (s->to == CLI_EVALUATOR) {
        (void)cli_fleet_ask(f, s->to, "state", false, &set);
        l = cli_pages_walk(&set);
        if (mv_list_next(&l, &row))
            dead = cli_get_u64(row, "quarantined");
    } else if (cli_fleet_ask(f, s->to, "aside", false, &set) == CLI_OK) {
        dead = set.count;
    }
    cli_stream_put(rows, s, age, dead);
    cli_pages_done(&set);
}

int cli_queues_read(struct cli_fleet *f, struct cli_pages *rows)
{
    struct cli_stream streams[CLI_STREAMS];
    struct cli_pages subscriptions = {0};
    bool away = cli_fleet_asks(f, CLI_NOTIFIER) && !f->links[CLI_NOTIFIER];
    int code = away ? CLI_AWAY : CLI_OK;
    struct cli_args none = {0};
    struct mv_span row;
    cli_streams_read(f, streams);
    for (int i = 0; i < CLI_STREAMS; i++) {
        if (streams[i].code == CLI_OK) {
            read_stream(f, &streams[i], rows);
        } else if (streams[i].code != CLI_DENIED &&
                   cli_fleet_asks(f, streams[i].to)) {
            code = CLI_AWAY;
            cli_warn(f->c, CLI_W_Q_UNKNOWN, streams[i].log,
                     cli_service_name(streams[i].to),
                     cli_service_name(streams[i].from), NULL);
        }
    }
    if (f->links[CLI_NOTIFIER] != NULL) {
        int asked = cli_ask_all(f->links[CLI_NOTIFIER], "queues", &none,
                                &subscriptions);
        struct mv_list l = cli_pages_walk(&subscriptions);
        while (mv_list_next(&l, &row))
            cli_queue_put(rows, row);
        code = asked != CLI_OK ? asked : code;
    }
    cli_pages_done(&subscriptions);
    cli_queues_sort(rows);
    return code;
}

static int older(const void *a, const void *b)
{
    const struct mv_span *x = a, *y = b;
    int64_t p = cli_get_i64(*x, "age_ms"), q = cli_get_i64(*y, "age_ms");
    if (p != q)
        return p > q ? -1 : 1;
    return mv_span_compare(cli_get_text(*x, "queue"),
                           cli_get_text(*y, "queue"));
}

void cli_queues_sort(struct cli_pages *rows)
{
    struct cli_pages sorted = {0};
    struct mv_span *list = mv_xcalloc(rows->count + 1, sizeof *list);
    struct mv_list l = cli_pages_walk(rows);
    uint32_t n = 0;
    while (n < rows->count && mv_list_next(&l, &list[n]))
        n++;
    qsort(list, n, sizeof *list, older);
    for (uint32_t i = 0; i < n; i++)
        cli_pages_put(&sorted, list[i]);
    free(list);
    cli_pages_done(rows);
    *rows = sorted;
}

static void count_cell(const struct cli *c, struct cli_table *t,
                       cli_style style, uint64_t n)
{
    struct mv_buf text = {0};
    cli_count(c, n, &text);
    cli_table_take(t, n > 0 ? style : CLI_PLAIN, &text);
    mv_buf_done(&text);
}

void cli_queue_paused(const struct cli *c, struct mv_span row,
                      struct mv_buf *out)
{
    struct mv_buf when = {0}, by = {0};
    mv_text_escape_terminal(&by, cli_get_text(row, "paused_by"));
    if (by.len > 0) {
        cli_time(cli_get_i64(row, "paused_ms"), &when);
        cli_word_put(out, c, CLI_W_Q_PAUSED_BY, mv_buf_cstr(&when),
                     mv_buf_cstr(&by), NULL);
    } else {
        mv_buf_text(out, cli_w(c, CLI_W_Q_PAUSED));
    }
    mv_buf_done(&when);
    mv_buf_done(&by);
}

static void put_state(const struct cli *c, struct mv_span row, int64_t now_ms,
                      struct mv_buf *out)
{
    struct mv_span state = cli_get_text(row, "state");
    int64_t seen = cli_get_i64(row, "seen_ms");
    if (cli_get_bool(row, "paused")) {
        cli_queue_paused(c, row, out);
    } else if (mv_span_is(cli_get_text(row, "kind"), "stream")) {
        if (mv_span_is(state, "asking"))
            mv_buf_text(out, cli_w(c, CLI_W_Q_CONNECTED));
        else
            cli_told(c, state, out);
    } else if (seen > 0) {
        struct mv_buf age = {0};
        cli_age(now_ms - seen, &age);
        cli_word_put(out, c, CLI_W_Q_PULLED, mv_buf_cstr(&age), NULL);
        mv_buf_done(&age);
    } else {
        /* when is known only since the service started; that, from the books */
        bool ever = cli_get_u64(row, "delivered") > 0;
        mv_buf_text(out, cli_w(c, ever ? CLI_W_Q_NOT_SINCE : CLI_W_Q_NEVER));
    }
}

static void queue_row(const struct cli *c, struct cli_table *t,
                      struct mv_span row, int64_t now_ms)
{
    struct mv_buf text = {0};
    uint64_t waits = cli_get_u64(row, "ready") + cli_get_u64(row, "in_flight");
    if (waits > 0 && cli_get(row, "age_ms").len > 0)
        cli_age(cli_get_i64(row, "age_ms"), &text);
    else
        mv_buf_text(&text, "–");
    cli_table_take(t, CLI_PLAIN, &text);
    cli_table_cell(t, CLI_PLAIN, cli_get_text(row, "queue"));
    count_cell(c, t, CLI_PLAIN, cli_get_u64(row, "ready"));
    count_cell(c, t, CLI_PLAIN, cli_get_u64(row, "in_flight"));
    count_cell(c, t, CLI_YELLOW, cli_get_u64(row, "retry"));
    count_cell(c, t, CLI_RED, cli_get_u64(row, "dead"));
    count_cell(c, t, CLI_PLAIN, cli_get_u64(row, "delivered"));
    count_cell(c, t, CLI_PLAIN, cli_get_u64(row, "made_per_minute"));
    count_cell(c, t, CLI_PLAIN, cli_get_u64(row, "delivered_per_minute"));
    put_state(c, row, now_ms, &text);
    cli_table_take(t, CLI_PLAIN, &text);
    mv_buf_done(&text);
}

void cli_queues_show(struct cli *c, const struct cli_pages *rows,
                     int64_t now_ms)
{
    const struct cli_column columns[] = {
        {cli_w(c, CLI_W_COL_OLDEST), true, true, 0},
        {cli_w(c, CLI_W_COL_QUEUE), false, false, 0},
        {cli_w(c, CLI_W_COL_READY), true, true, 0},
        {cli_w(c, CLI_W_COL_FLYING), true, true, 3},
        {cli_w(c, CLI_W_COL_RETRY), true, true, 2},
        {cli_w(c, CLI_W_COL_DEAD), true, true, 0},
        {cli_w(c, CLI_W_COL_DELIVERED), true, true, 4},
        {cli_w(c, CLI_W_COL_IN_RATE), true, true, 6},
        {cli_w(c, CLI_W_COL_OUT_RATE), true, true, 5},
        {cli_w(c, CLI_W_COL_READER), false, false, 1},
    };
    struct cli_table *t = cli_table_open(columns, CLI_COUNT(columns));
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    while (mv_list_next(&l, &row))
        queue_row(c, t, row, now_ms);
    cli_table_print(c, t);
    cli_table_close(t);
}
