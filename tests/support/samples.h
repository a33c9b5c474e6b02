/* samples - one good example of each message: what the golden files hold, what
 * the tests of the codec break, what the fuzzers start from. */
#pragma once

#include "proto/msg.h"

/* A row of messages.def as words: "answer", "U64", "OPT", "number". */
struct test_field {
    const char *message, *kind, *need, *name;
};
extern const struct test_field test_fields[];
extern const size_t test_field_count;

/* "pull"; parts too. NULL beyond the last. */
const char *test_message_name(mv_msg_id id);
bool test_message_is_part(mv_msg_id id);

/* Appends the example of a message, of a delivery, of a withdrawal. */
void test_sample(mv_msg_id id, struct mv_buf *out);
void test_sample_table(const char *type, struct mv_buf *out);
/* Two answers, as they stand in one frame. */
void test_sample_answers(struct mv_buf *out);
