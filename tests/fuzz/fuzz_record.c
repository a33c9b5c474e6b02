/* fuzz_record - any bytes as a log record, and as the content of one: every
 * journal record, every control record. What is taken lies inside the
 * bytes, and its content is held to what any content is. */
#include "proto/delivery.h"
#include "proto/statement.h"
#include "services/base/err.h"
#include "services/stream/log.h"
#include "tests/support/wellformed.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read is written, and that reads as the same. */
static void statement(struct mv_span bytes)
{
    mv_statement_kind kind;
    struct mv_statement s, again;
    struct mv_fault fault;
    struct mv_buf out = {0};
    if (!mv_statement_is(bytes, &kind) || !mv_statement_read(bytes, &s, &fault))
        return;
    mv_statement_write(&s, &out);
    MV_ASSERT(mv_statement_read(mv_buf_span(&out), &again, &fault));
    MV_ASSERT(again.kind == kind && again.number == s.number &&
              mv_span_equal(again.author, s.author));
    mv_buf_done(&out);
}

static void content(struct mv_span bytes)
{
    struct mv_span type;
    struct mv_delivery d = {0};
    struct mv_conflicts conflicts = {0};
    mv_msg_id id = mv_msg_peek(bytes, &type);
    statement(bytes);
    if (id != MV_MSG_NONE)
        (void)test_round_trip(id, bytes);
    else
        (void)mv_delivery_read_content(bytes, &d, &conflicts);
    mv_delivery_done(&d);
    mv_conflicts_done(&conflicts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mv_span bytes = mv_span(data, size);
    struct mv_record r;
    struct mv_err err;
    content(bytes);
    if (mv_record_parse(bytes, &r, &err) == MV_OK) {
        MV_ASSERT(r.content.len <= size && r.bytes.len == size);
        content(r.content);
        (void)mv_record_follows(&r, r.chain);
    }
    return 0;
}
