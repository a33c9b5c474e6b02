/* answers - a frame from ingest's doors: one answer or several, each a whole
 * message, one behind the other. */
#pragma once

#include "proto/msg.h"

/* A walk over a frame that was found good. */
struct mv_answers {
    struct mv_cursor c;
};

/* Strict: all of it is answers, one at least. False: fault says what is wrong
 * (offset: in the frame), and none of them is to be believed. */
bool mv_answers_open(struct mv_answers *, struct mv_span frame,
                     struct mv_fault *fault);
/* The next, and the bytes it stands in; both point into the frame. False:
 * there are no more. */
bool mv_answers_next(struct mv_answers *, struct mv_msg_answer *answer,
                     struct mv_span *bytes);
