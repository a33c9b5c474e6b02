/* fuzz_delivery - any bytes as a delivery. What is read without a conflict
 * has a canonical form that is a fixed point, and msgpack-c, which shares no
 * code with the cursor, finds it well-formed. What is refused says why, within
 * the bounds of an answer. */
#include "proto/delivery.h"
#include "proto/msg.h"
#include "proto/walk.h"
#include "services/base/err.h"
#include "tests/support/wellformed.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_conflicts(const struct mv_conflicts *conflicts)
{
    struct mv_buf out = {0};
    struct mv_fault fault;
    struct mv_list list;
    struct mv_span item;
    struct mv_msg_conflict c;
    MV_ASSERT(conflicts->count > 0 || conflicts->more == 0);
    mv_conflicts_pack(conflicts, MV_LANG_NB, &out);
    MV_ASSERT(out.len <= MV_MAX_ANSWER_BYTES);
    MV_ASSERT(
        mv_cursor_check(mv_buf_span(&out), &mv_limits_message, NULL, &fault));
    MV_ASSERT(mv_list_open(&list, mv_buf_span(&out)));
    while (mv_list_next(&list, &item))
        MV_ASSERT(mv_msg_conflict_decode(item, &c, &fault));
    mv_buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mv_delivery d = {0};
    struct mv_conflicts conflicts = {0};
    struct mv_buf once = {0};
    struct mv_buf twice = {0};
    bool good = mv_delivery_read(mv_span(data, size), &d, &conflicts);
    MV_ASSERT(good == (conflicts.count == 0));
    if (good) {
        struct mv_fault fault;
        MV_ASSERT(test_wellformed(mv_span(data, size)));
        /* read in one pass, and yet within every limit */
        MV_ASSERT(mv_cursor_check(mv_span(data, size), &mv_limits_delivery,
                                  NULL, &fault));
        mv_delivery_canonical(&d, &once);
        MV_ASSERT(mv_delivery_read_content(mv_buf_span(&once), &d, &conflicts));
        mv_delivery_canonical(&d, &twice);
        MV_ASSERT(mv_span_equal(mv_buf_span(&once), mv_buf_span(&twice)));
        MV_ASSERT(once.len <= 2 * size);
    }
    check_conflicts(&conflicts);
    mv_delivery_done(&d);
    mv_conflicts_done(&conflicts);
    mv_buf_done(&once);
    mv_buf_done(&twice);
    return 0;
}
