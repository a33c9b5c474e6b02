/* subscriber - see subscriber.h. Job: what every measure that ends at a
 * subscriber has in common. Invariant: one pull is on its way, of `from`. A
 * crash leaves nothing: what was not acknowledged is pulled again. */
#include "tests/bench/subscriber.h"

#include <stdio.h>
#include <zmq.h>

#include "proto/msg.h"
#include "services/base/hash.h"

#define PAGE        (1u << 20)
#define PATIENCE_MS 1000

static void pull(struct subscriber *s)
{
    struct mv_buf out = {0};
    struct mv_msg_pull m = {.log = mv_span_text(s->subscription),
                            .id = ++s->id,
                            .from = s->from,
                            .hash = mv_span(s->genesis, 32),
                            .done = s->from,
                            .max_bytes = PAGE};
    mv_msg_pull_encode(&m, &out);
    if (zmq_send(s->socket, out.at, out.len, 0) < 0)
        bound_die("pull");
    mv_buf_done(&out);
}

static bool hex_arg(int argc, char **argv, const char *name, uint8_t at[32])
{
    return mv_hex_parse(mv_span_text(bound_arg(argc, argv, name, "")), at, 32);
}

void subscriber_open(struct subscriber *s, int argc, char **argv)
{
    uint8_t server[32], public[32], secret[32];
    char a[65], b[65];
    int patience_ms = PATIENCE_MS;
    s->subscription = bound_arg(argc, argv, "--subscription", "");
    if (sscanf(bound_arg(argc, argv, "--subscriber", ""), "%64s %64s", a, b) !=
            2 ||
        !mv_hex_parse(mv_span_text(a), public, 32) ||
        !mv_hex_parse(mv_span_text(b), secret, 32) ||
        !hex_arg(argc, argv, "--notices-server", server) ||
        !hex_arg(argc, argv, "--genesis", s->genesis))
        bound_die("--subscriber, --notices-server, --genesis");
    s->socket =
        load_dealer(zmq_ctx_new(), bound_arg(argc, argv, "--notices", ""),
                    server, public, secret);
    (void)zmq_setsockopt(s->socket, ZMQ_RCVTIMEO, &patience_ms,
                         sizeof patience_ms);
    s->from = (uint64_t)bound_number(argc, argv, "--from", 1);
    pull(s);
}

bool subscriber_take(struct subscriber *s, int flag)
{
    zmq_msg_t m;
    struct mv_msg_records page;
    struct mv_fault fault;
    struct mv_list list;
    (void)zmq_msg_init(&m);
    if (zmq_msg_recv(&m, s->socket, flag) < 0)
        return false;
    uint64_t now_ns = bound_ns(), had = s->from;
    struct mv_span body = mv_span(zmq_msg_data(&m), zmq_msg_size(&m));
    if (!mv_msg_records_decode(body, &page, &fault) ||
        !mv_list_open(&list, page.records))
        bound_die("not a page");
    if (page.id == s->id) {
        s->from += list.left;
        s->page(s->ctx, list, now_ns);
        pull(s);
    }
    (void)zmq_msg_close(&m);
    return s->from > had;
}
