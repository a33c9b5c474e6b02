/* wellformed - see wellformed.h. Job: the differential half of the fuzz
 * targets. Invariant: an assertion here is a bug of ours. No state. */
#include "tests/support/wellformed.h"
#include "services/base/err.h"

#include <msgpack.h>

#define ROOM 128
#define MESSAGE(ID, name, flags)
#define PART(ID, name, flags)
#define FIELD(message, kind, need, name, limit, words)
#define END(ID, name) \
    _Static_assert(sizeof(struct mv_msg_##name) <= ROOM * 8, "ROOM");
#include "proto/messages.def"
#undef MESSAGE
#undef PART
#undef FIELD
#undef END

bool test_wellformed(struct mv_span bytes)
{
    size_t at = 0;
    msgpack_unpacked one;
    msgpack_unpacked_init(&one);
    msgpack_unpack_return got =
        msgpack_unpack_next(&one, bytes.at, bytes.len, &at);
    msgpack_unpacked_destroy(&one);
    return (got == MSGPACK_UNPACK_SUCCESS ||
            got == MSGPACK_UNPACK_EXTRA_BYTES) &&
           at == bytes.len;
}

bool test_round_trip(mv_msg_id id, struct mv_span bytes)
{
    uint64_t first[ROOM];
    uint64_t second[ROOM];
    struct mv_fault fault = {0};
    struct mv_buf once = {0};
    struct mv_buf twice = {0};
    if (!mv_msg_decode(id, bytes, first, &fault)) {
        MV_ASSERT(fault.code != MV_CODE_NONE);
        MV_ASSERT(fault.offset <= bytes.len);
        return false;
    }
    MV_ASSERT(test_wellformed(bytes));
    mv_msg_encode(id, first, &once);
    MV_ASSERT(once.len <= bytes.len);
    MV_ASSERT(mv_msg_decode(id, mv_buf_span(&once), second, &fault));
    mv_msg_encode(id, second, &twice);
    MV_ASSERT(mv_span_equal(mv_buf_span(&once), mv_buf_span(&twice)));
    mv_buf_done(&once);
    mv_buf_done(&twice);
    return true;
}
