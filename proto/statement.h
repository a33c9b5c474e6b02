/* statement - what a person states and signs: an assessment, a commission's
 * due date met or closed, a hold and its release, a report frozen. Six
 * messages of messages.def as one struct, for those who treat them alike. */
#pragma once

#include "proto/msg.h"

typedef enum mv_statement_kind {
    MV_STATEMENT_ASSESSMENT,
    MV_STATEMENT_DELIVERED,
    MV_STATEMENT_CLOSED,
    MV_STATEMENT_HOLD,
    MV_STATEMENT_RELEASE,
    MV_STATEMENT_FREEZE,
    MV_STATEMENT_KINDS
} mv_statement_kind;

/* "assessment", ...; static. And the message that it is. */
const char *mv_statement_name(mv_statement_kind kind);
mv_msg_id mv_statement_message(mv_statement_kind kind);

/* Texts point into the bytes read; at NULL: the kind has none, or it was left
 * out. */
struct mv_statement {
    mv_statement_kind kind;
    struct mv_span producer;
    uint64_t number, year;
    struct mv_span target, commission, indicator, unit, report;
    struct mv_span status, due, on, until, comment, author;
};

/* Does it say that it is one? Its shape is not looked at. */
bool mv_statement_is(struct mv_span bytes, mv_statement_kind *kind);

/* Of bytes that say so (mv_statement_is). False: fault says what is wrong. */
bool mv_statement_read(struct mv_span bytes, struct mv_statement *,
                       struct mv_fault *fault);

/* Appends the canonical content, which is hashed, journalled and compared. */
void mv_statement_write(const struct mv_statement *, struct mv_buf *out);
