/* statement - see statement.h. Job: one statement in, one answer out.
 * Invariant: a record, its index row and its answer come from one
 * transaction; a refusal stores nothing. A crash in the middle leaves
 * nothing, and the sender sends again. */
#include "services/ingest/statement.h"

#include "proto/head.h"
#include "services/ingest/answer.h"

bool ingest_statement_is(struct mv_span frame)
{
    mv_statement_kind kind;
    return mv_statement_is(frame, &kind);
}

/* The answer names producer and number as far as they can be read. */
static bool read_statement(struct ingest_desk *desk, const struct mv_key *key,
                           struct mv_span frame, struct mv_statement *s,
                           struct ingest_said *said)
{
    struct mv_fault fault = {0};
    char digits[24];
    mv_buf_clear(&said->answer);
    mv_conflicts_clear(&desk->conflicts);
    said->rows = 0;
    mv_delivery_head(frame, &desk->delivery);
    if ((key->roles & MV_ROLE_ASSESSOR) == 0) {
        ingest_say_not_allowed(desk, key, frame, MV_ROLE_ASSESSOR, said);
        return false;
    }
    if (mv_statement_read(frame, s, &fault))
        return true;
    mv_conflicts_add(&desk->conflicts, 0, fault.field, fault.code,
                     mv_fault_value(frame, &fault, digits), fault.detail);
    ingest_say_rejected(desk, said);
    return false;
}

static bool may_stand(struct ingest_desk *desk, const struct mv_key *key,
                      const struct mv_statement *s,
                      const struct mv_clock *clock,
                      const struct ingest_index_key *where,
                      struct mv_hash *content, struct ingest_said *said)
{
    mv_buf_clear(&desk->content);
    mv_statement_write(s, &desk->content);
    *content = mv_hash_of(mv_buf_span(&desk->content));
    if (ingest_known_before(desk, where, content, 1, said) ||
        ingest_doubts_clock(desk, clock, said))
        return false;
    struct ingest_rules rules = ingest_rules_of(desk->book, key, clock);
    ingest_statement_check(&rules, s, &desk->conflicts);
    if (desk->conflicts.count > 0) {
        ingest_say_rejected(desk, said);
        return false;
    }
    return !ingest_over_quota(desk, key, clock, 1, desk->content.len, said);
}

void ingest_state(struct ingest_desk *desk, const struct mv_key *key,
                  struct mv_span frame, const struct mv_clock *clock,
                  bool trial, struct ingest_said *said)
{
    struct mv_statement s;
    struct ingest_owner owner;
    struct mv_hash content;
    if (!read_statement(desk, key, frame, &s, said))
        return;
    struct ingest_index_key where = {
        .trust = ingest_owner(key, &owner),
        .producer = s.producer,
        .number = s.number,
    };
    if (!may_stand(desk, key, &s, clock, &where, &content, said))
        return;
    if (!trial) {
        (void)ingest_store(desk, key, clock, &where, &content, 1, said);
        return;
    }
    said->outcome = MV_OUTCOME_ACCEPTED;
    ingest_say_stored(&desk->delivery, "accepted", 0, NULL, 1, said);
}
