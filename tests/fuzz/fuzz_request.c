/* fuzz_request - any bytes at a control socket: requests, acts, a catalogue.
 * What a message says it is, it is decoded as; arguments are found or not,
 * and never beyond the bytes. */
#include "proto/msg.h"
#include "proto/walk.h"
#include "services/base/err.h"
#include "tests/support/wellformed.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk_map(struct mv_span raw)
{
    struct mv_pairs pairs;
    struct mv_span key;
    struct mv_span value;
    MV_ASSERT(mv_pairs_open(&pairs, raw));
    while (mv_pairs_next(&pairs, &key, &value))
        MV_ASSERT(value.len > 0);
    MV_ASSERT(pairs.left == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mv_span bytes = mv_span(data, size);
    struct mv_span type;
    struct mv_span text;
    uint64_t number;
    struct mv_msg_request request;
    struct mv_fault fault;
    mv_msg_id id = mv_msg_peek(bytes, &type);
    if (id != MV_MSG_NONE)
        (void)test_round_trip(id, bytes);
    /* on bytes that nobody checked, too */
    (void)mv_map_u64(bytes, "id", &number);
    (void)mv_map_text(bytes, "verb", &text);
    if (mv_msg_request_decode(bytes, &request, &fault) &&
        request.args.at != NULL)
        walk_map(request.args);
    return 0;
}
