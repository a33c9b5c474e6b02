/* answer - see answer.h. Job: every answer of ingest's, and the storing that
 * it depends on. Invariant: a record, its index row and its answer come from
 * one transaction. A crash in the middle leaves nothing, and the sender sends
 * again. */
#include "services/ingest/answer.h"

#include <stdio.h>

#include "proto/msg.h"
#include "services/base/points.h"
#include "services/stream/calls.h"

struct mv_span ingest_owner(const struct mv_key *key, struct ingest_owner *ret)
{
    if (key->unit[0] != 0)
        return mv_span_text(key->unit);
    (void)snprintf(ret->text, sizeof ret->text, "@%s", key->name);
    return mv_span_text(ret->text);
}

static struct mv_msg_answer answer_to(const struct mv_delivery *d,
                                      const char *result)
{
    struct mv_msg_answer a = {.result = mv_span_text(result)};
    if (d->has_producer)
        a.producer = d->producer;
    a.has_number = d->has_number;
    a.number = d->number;
    return a;
}

void ingest_say_rejected(struct ingest_desk *desk, struct ingest_said *said)
{
    const struct mv_delivery *d = &desk->delivery;
    struct mv_buf list = {0};
    mv_conflicts_pack(&desk->conflicts, MV_LANG_EN, &list);
    struct mv_msg_answer a = answer_to(d, "rejected");
    a.conflicts = mv_buf_span(&list);
    a.has_more = desk->conflicts.more > 0;
    a.more = desk->conflicts.more;
    a.has_catalogue = desk->book->now.catalogue != NULL;
    a.catalogue = desk->book->now.catalogue_seq;
    mv_msg_answer_encode(&a, &said->answer);
    mv_buf_done(&list);
    said->outcome = MV_OUTCOME_REJECTED;
}

void ingest_say_retry(const struct mv_delivery *d, mv_code code,
                      int64_t after_ms, struct ingest_said *said)
{
    struct mv_buf text = {0};
    mv_code_text(code, MV_LANG_EN, &(struct mv_code_args){0}, &text);
    struct mv_msg_answer a = answer_to(d, "retry");
    a.reason = mv_span_text(mv_code_name(code));
    a.has_after_ms = true;
    a.after_ms = (uint64_t)after_ms;
    a.text = mv_buf_span(&text);
    mv_msg_answer_encode(&a, &said->answer);
    mv_buf_done(&text);
    said->outcome = MV_OUTCOME_RETRY;
}

void ingest_say_stored(const struct mv_delivery *d, const char *result,
                       uint64_t seq, const uint8_t *hash, uint32_t rows,
                       struct ingest_said *said)
{
    struct mv_msg_answer a = answer_to(d, result);
    a.has_seq = seq > 0;
    a.seq = seq;
    if (hash != NULL)
        a.hash = mv_span(hash, MV_HASH_BYTES);
    a.has_rows = true;
    a.rows = rows;
    mv_msg_answer_encode(&a, &said->answer);
}

bool ingest_known_before(struct ingest_desk *desk,
                         const struct ingest_index_key *key,
                         const struct mv_hash *content, uint32_t rows,
                         struct ingest_said *said)
{
    struct ingest_index_row row;
    if (!ingest_index_find(&desk->book->index, key, &row) ||
        MV_BROKEN("no_dedupe"))
        return false;
    if (!mv_hash_equal(&row.content, content)) {
        char number[24], seq[24];
        (void)snprintf(number, sizeof number, "%llu",
                       (unsigned long long)key->number);
        (void)snprintf(seq, sizeof seq, "%llu", (unsigned long long)row.seq);
        mv_conflicts_clear(&desk->conflicts);
        mv_conflicts_add(&desk->conflicts, 0, "number", MV_CODE_CONFLICT,
                         mv_span_text(number), seq);
        ingest_say_rejected(desk, said);
        return true;
    }
    uint8_t hash[MV_HASH_BYTES];
    bool chained = mv_log_hash_at(desk->book->journal, row.seq, hash);
    ingest_say_stored(&desk->delivery, "duplicate", row.seq,
                      chained ? hash : NULL, rows, said);
    said->outcome = MV_OUTCOME_DUPLICATE;
    return true;
}

void ingest_say_no(struct ingest_desk *desk, mv_code code, const char *field,
                   const char *detail, struct ingest_said *said)
{
    mv_conflicts_clear(&desk->conflicts);
    mv_conflicts_add(&desk->conflicts, 0, field, code, mv_span(NULL, 0),
                     detail);
    ingest_say_rejected(desk, said);
}

void ingest_say_not_allowed(struct ingest_desk *desk, const struct mv_key *key,
                            struct mv_span frame, unsigned roles,
                            struct ingest_said *said)
{
    struct mv_buf text = {0};
    struct mv_span type;
    (void)mv_msg_peek(frame, &type);
    mv_role_refusal(key, type, roles, &text);
    ingest_say_no(desk, MV_CODE_NOT_ALLOWED, NULL, mv_buf_cstr(&text), said);
    mv_buf_done(&text);
}

bool ingest_doubts_clock(struct ingest_desk *desk, const struct mv_clock *clock,
                         struct ingest_said *said)
{
    if (mv_clock_trust_check(&desk->book->now.trust, clock) == MV_CLOCK_TRUSTED)
        return false;
    ingest_say_retry(&desk->delivery, MV_CODE_CLOCK, INGEST_TRY_AGAIN_MS, said);
    return true;
}

bool ingest_over_quota(struct ingest_desk *desk, const struct mv_key *key,
                       const struct mv_clock *clock, uint32_t rows,
                       uint64_t bytes, struct ingest_said *said)
{
    int64_t after_ms;
    if (desk->quota == NULL ||
        mv_quota_take(desk->quota, key->name, rows, bytes, clock->mono_ms,
                      ingest_book_day(desk->book, clock), &after_ms))
        return false;
    ingest_say_retry(&desk->delivery, MV_CODE_QUOTA, after_ms, said);
    return true;
}

uint64_t ingest_store(struct ingest_desk *desk, const struct mv_key *key,
                      const struct mv_clock *clock,
                      const struct ingest_index_key *where,
                      const struct mv_hash *content, uint32_t rows,
                      struct ingest_said *said)
{
    struct ingest_book *book = desk->book;
    struct ingest_index_row row = {.content = *content};
    uint8_t chain[MV_HASH_BYTES];
    ingest_book_days(book, clock);
    row.seq = ingest_book_append(book, clock, key->name,
                                 mv_buf_span(&desk->content), content);
    ingest_index_put(&book->index, where, &row);
    mv_log_head(book->journal, NULL, chain);
    said->outcome = MV_OUTCOME_ACCEPTED;
    said->rows = rows;
    ingest_say_stored(&desk->delivery, "accepted", row.seq, chain, rows, said);
    return row.seq;
}
