/* fuzz_pull - any bytes as what crosses between a log and its readers: a pull,
 * a page, a group, a notice. Good ones survive the round trip, and the lists
 * in them are walked to their end. */
#include "proto/msg.h"
#include "proto/walk.h"
#include "services/base/err.h"
#include "tests/support/wellformed.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk_list(struct mv_span raw)
{
    struct mv_list list;
    struct mv_span item;
    size_t bytes = 0;
    MV_ASSERT(mv_list_open(&list, raw));
    while (mv_list_next(&list, &item))
        bytes += item.len;
    MV_ASSERT(list.left == 0 && bytes < raw.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const mv_msg_id ids[] = {
        MV_MSG_PULL,  MV_MSG_RECORDS, MV_MSG_GROUP,     MV_MSG_NOTICE,
        MV_MSG_ENDED, MV_MSG_LIVE,    MV_MSG_HEARTBEAT, MV_MSG_CHANGE};
    struct mv_span bytes = mv_span(data, size);
    struct mv_span type;
    struct mv_msg_records page;
    struct mv_fault fault;
    /* as what it says it is, and as another */
    mv_msg_id id = mv_msg_peek(bytes, &type);
    if (id != MV_MSG_NONE)
        (void)test_round_trip(id, bytes);
    (void)test_round_trip(ids[size % (sizeof ids / sizeof *ids)], bytes);
    if (mv_msg_records_decode(bytes, &page, &fault))
        walk_list(page.records);
    return 0;
}
