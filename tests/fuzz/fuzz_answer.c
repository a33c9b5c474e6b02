/* fuzz_answer - any bytes as what a client gets: answers and replies, with
 * the lists in them. Good ones survive the round trip. */
#include "proto/msg.h"
#include "proto/walk.h"
#include "services/base/err.h"
#include "tests/support/wellformed.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mv_span bytes = mv_span(data, size);
    struct mv_msg_answer answer;
    struct mv_fault fault;
    struct mv_list list;
    struct mv_span item;
    (void)test_round_trip(MV_MSG_REPLY, bytes);
    (void)test_round_trip(MV_MSG_CONFLICT, bytes);
    if (!test_round_trip(MV_MSG_ANSWER, bytes))
        return 0;
    MV_ASSERT(mv_msg_answer_decode(bytes, &answer, &fault));
    MV_ASSERT(mv_list_open(&list, answer.conflicts));
    while (mv_list_next(&list, &item))
        (void)test_round_trip(MV_MSG_CONFLICT, item);
    MV_ASSERT(list.left == 0);
    return 0;
}
