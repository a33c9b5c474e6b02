/* fuzz_answer - any bytes as what a client gets: answers and replies, with
 * the lists in them. Good ones survive the round trip; a frame is answers from
 * end to end, or nothing. */
#include "proto/answers.h"
#include "proto/walk.h"
#include "services/base/err.h"
#include "tests/support/wellformed.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How many answers a frame is; 0: it is refused. */
static size_t walk(struct mv_span frame)
{
    struct mv_answers answers;
    struct mv_msg_answer answer;
    struct mv_fault fault;
    struct mv_span bytes;
    const uint8_t *at = frame.at;
    size_t count = 0;
    if (!mv_answers_open(&answers, frame, &fault)) {
        MV_ASSERT(fault.code != MV_CODE_NONE && fault.offset <= frame.len);
        return 0;
    }
    for (; mv_answers_next(&answers, &answer, &bytes); count++) {
        MV_ASSERT(bytes.at == at && test_round_trip(MV_MSG_ANSWER, bytes));
        at += bytes.len;
    }
    MV_ASSERT(count > 0 && at == (const uint8_t *)frame.at + frame.len);
    return count;
}

/* The same twice, one behind the other. */
static void walk_twice(struct mv_span frame, size_t count)
{
    struct mv_buf both = {0};
    mv_buf_put(&both, frame.at, frame.len);
    mv_buf_put(&both, frame.at, frame.len);
    MV_ASSERT(both.len > MV_MAX_ANSWER_BYTES ||
              walk(mv_buf_span(&both)) == 2 * count);
    mv_buf_done(&both);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mv_span bytes = mv_span(data, size);
    struct mv_msg_answer answer;
    struct mv_fault fault;
    struct mv_list list;
    struct mv_span item;
    size_t count = walk(bytes);
    walk_twice(bytes, count);
    (void)test_round_trip(MV_MSG_REPLY, bytes);
    (void)test_round_trip(MV_MSG_CONFLICT, bytes);
    if (!test_round_trip(MV_MSG_ANSWER, bytes))
        return 0;
    MV_ASSERT(count == 1 && mv_msg_answer_decode(bytes, &answer, &fault));
    MV_ASSERT(mv_list_open(&list, answer.conflicts));
    while (mv_list_next(&list, &item))
        (void)test_round_trip(MV_MSG_CONFLICT, item);
    MV_ASSERT(list.left == 0);
    return 0;
}
