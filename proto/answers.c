/* answers - see answers.h. Job: from a frame to its answers. Invariant: every
 * one was decoded strictly before the first is handed out. No state: a crash
 * leaves nothing. */
#include "proto/answers.h"
#include "services/base/err.h"

static bool take(struct mv_cursor *c, struct mv_msg_answer *answer,
                 struct mv_span *bytes, struct mv_fault *fault)
{
    const struct mv_span none = {0};
    if (!mv_cursor_skip(c, bytes)) {
        return mv_fault_set(fault, MV_CODE_MALFORMED, 0, none,
                            "no whole value");
    }
    return mv_msg_answer_decode(*bytes, answer, fault);
}

bool mv_answers_open(struct mv_answers *a, struct mv_span frame,
                     struct mv_fault *fault)
{
    struct mv_msg_answer answer;
    struct mv_span bytes;
    const uint8_t *at;
    *a = (struct mv_answers){mv_cursor(frame)};
    struct mv_cursor c = a->c;
    if (frame.len > MV_MAX_ANSWER_BYTES) {
        return mv_fault_set(fault, MV_CODE_LIMITS, 0, mv_span(NULL, 0),
                            "a frame of answers");
    }
    do {
        at = c.at;
        if (!take(&c, &answer, &bytes, fault)) {
            fault->offset += (uint32_t)(at - a->c.at);
            return false;
        }
    } while (c.at < c.end);
    return true;
}

bool mv_answers_next(struct mv_answers *a, struct mv_msg_answer *answer,
                     struct mv_span *bytes)
{
    struct mv_fault fault;
    if (a->c.at == a->c.end)
        return false;
    bool good = take(&a->c, answer, bytes, &fault);
    MV_ASSERT(good);
    return true;
}
