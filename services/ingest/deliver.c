/* deliver - see deliver.h. Job: one effect per delivery, and all that is
 * wrong with one named at once. Invariant: a record, its index row and its
 * answer come from one transaction; a refusal stores nothing. A crash in the
 * middle leaves nothing, and the sender sends again. */
#include "services/ingest/deliver.h"

#include <stdio.h>
#include <string.h>

#include "proto/head.h"
#include "proto/limits.h"
#include "proto/msg.h"
#include "services/ingest/answer.h"
#include "services/ingest/rules.h"
#include "services/ingest/statement.h"

void ingest_desk_done(struct ingest_desk *desk)
{
    mv_delivery_done(&desk->delivery);
    mv_conflicts_done(&desk->conflicts);
    mv_buf_done(&desk->content);
}

void ingest_desk_settled(struct ingest_desk *desk, bool committed)
{
    ingest_book_settled(desk->book, committed);
    if (desk->quota != NULL)
        mv_quota_settled(desk->quota, committed);
}

static bool meaning_holds(struct ingest_desk *desk, const struct mv_key *key,
                          const struct mv_clock *clock)
{
    struct ingest_rules rules = ingest_rules_of(desk->book, key, clock);
    ingest_rules_check(&rules, &desk->delivery, &desk->conflicts);
    return desk->conflicts.count == 0;
}

/* Everything that is asked of a delivery before it may be stored. True: it
 * may; desk->content and *content are its canonical bytes and their hash. */
static bool may_stand(struct ingest_desk *desk, const struct mv_key *key,
                      struct mv_span frame, const struct mv_clock *clock,
                      const struct ingest_index_key *where,
                      struct mv_hash *content, struct ingest_said *said)
{
    const struct mv_delivery *d = &desk->delivery;
    mv_buf_clear(&desk->content);
    mv_delivery_canonical(d, &desk->content);
    *content = mv_hash_of(mv_buf_span(&desk->content));
    if (ingest_known_before(desk, where, content, d->row_count, said))
        return false;
    if (ingest_doubts_clock(desk, clock, said))
        return false;
    if (!meaning_holds(desk, key, clock)) {
        ingest_say_rejected(desk, said);
        return false;
    }
    return !ingest_over_quota(desk, key, clock, d->row_count, frame.len, said);
}

/* Adds, to what is wrong with the form, what is wrong with the meaning of the
 * rows that could be read; not from one who may send none, and not while the
 * clock is distrusted. */
static void add_meaning(struct ingest_desk *desk, const struct mv_key *key,
                        const struct mv_clock *clock)
{
    uint32_t of_form = desk->conflicts.count;
    struct mv_clock_trust trust = desk->book->now.trust; /* moves nothing */
    if (desk->book->now.catalogue == NULL ||
        (key->roles & MV_ROLE_PRODUCER) == 0 ||
        mv_clock_trust_check(&trust, clock) != MV_CLOCK_TRUSTED)
        return;
    (void)meaning_holds(desk, key, clock);
    mv_conflicts_merge(&desk->conflicts, of_form);
}

/* Read, and of a key that may send it; *where: its place in the index. */
static bool read_delivery(struct ingest_desk *desk, const struct mv_key *key,
                          struct mv_span frame, const struct mv_clock *clock,
                          struct ingest_owner *owner,
                          struct ingest_index_key *where,
                          struct ingest_said *said)
{
    mv_buf_clear(&said->answer);
    said->rows = 0;
    if (!mv_delivery_read(frame, &desk->delivery, &desk->conflicts)) {
        add_meaning(desk, key, clock);
        ingest_say_rejected(desk, said);
        return false;
    }
    if ((key->roles & MV_ROLE_PRODUCER) == 0) {
        ingest_say_not_allowed(desk, key, frame, MV_ROLE_PRODUCER, said);
        return false;
    }
    *where = (struct ingest_index_key){
        .trust = ingest_owner(key, owner),
        .producer = desk->delivery.producer,
        .number = desk->delivery.number,
    };
    return true;
}

void ingest_deliver(struct ingest_desk *desk, const struct mv_key *key,
                    struct mv_span frame, const struct mv_clock *clock,
                    struct ingest_said *said)
{
    struct ingest_owner owner;
    struct ingest_index_key where;
    struct mv_hash content;
    if (ingest_statement_is(frame))
        ingest_state(desk, key, frame, clock, false, said);
    else if (read_delivery(desk, key, frame, clock, &owner, &where, said) &&
             may_stand(desk, key, frame, clock, &where, &content, said))
        (void)ingest_store(desk, key, clock, &where, &content,
                           desk->delivery.row_count, said);
}

static void try_delivery(struct ingest_desk *desk, const struct mv_key *key,
                         struct mv_span frame, const struct mv_clock *clock,
                         struct ingest_said *said)
{
    struct ingest_owner owner;
    struct ingest_index_key where;
    struct mv_hash content;
    if (!read_delivery(desk, key, frame, clock, &owner, &where, said) ||
        !may_stand(desk, key, frame, clock, &where, &content, said))
        return;
    said->outcome = MV_OUTCOME_ACCEPTED;
    ingest_say_stored(&desk->delivery, "accepted", 0, NULL,
                      desk->delivery.row_count, said);
}

void ingest_try(struct ingest_desk *desk, const struct mv_key *key,
                struct mv_span frame, const struct mv_clock *clock,
                struct ingest_said *said)
{
    struct mv_quota *quota = desk->quota;
    const struct mv_clock_trust trust = desk->book->now.trust;
    desk->quota = NULL; /* a trial takes no share */
    if (ingest_statement_is(frame))
        ingest_state(desk, key, frame, clock, true, said);
    else
        try_delivery(desk, key, frame, clock, said);
    desk->quota = quota;
    desk->book->now.trust = trust; /* it is no transaction's to move */
}

/* The steward's faults, as conflicts: the file and line stand in the text. */
static void add_faults(struct ingest_desk *desk, const struct mv_faults *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        if (faults->at[i].kind == MV_FAULT_WARNING)
            continue;
        char detail[512];
        (void)snprintf(detail, sizeof detail, "line %u: %s: %s",
                       faults->at[i].line, faults->at[i].key,
                       faults->at[i].text);
        mv_conflicts_add(&desk->conflicts, faults->at[i].line,
                         faults->at[i].file, MV_CODE_CATALOGUE,
                         mv_span_text(faults->at[i].key), detail);
    }
    desk->conflicts.more += faults->more;
}

static struct mv_catalogue *load(struct ingest_desk *desk,
                                 const struct mv_msg_catalogue *msg)
{
    struct mv_catalogue_files files;
    mv_catalogue_files_of(msg->files, &files);
    struct mv_faults faults = {0};
    struct mv_catalogue *catalogue = NULL;
    if (mv_catalogue_load(&catalogue, &files, &faults) != MV_OK)
        add_faults(desk, &faults);
    mv_faults_done(&faults);
    return catalogue;
}

static void store_catalogue(struct ingest_desk *desk, const struct mv_key *key,
                            const struct mv_clock *clock,
                            const struct ingest_index_key *where,
                            const struct mv_hash *content,
                            struct mv_catalogue *catalogue,
                            struct ingest_said *said)
{
    struct ingest_book *book = desk->book;
    if (book->now.catalogue != book->committed.catalogue) {
        mv_catalogue_close(catalogue);
        ingest_say_retry(&desk->delivery, MV_CODE_WINDOW, INGEST_TRY_AGAIN_MS,
                         said);
        return;
    }
    uint64_t seq = ingest_store(desk, key, clock, where, content, 1, said);
    (void)ingest_book_set_catalogue(book, catalogue, seq);
}

/* Read, and its canonical bytes in desk->content; refused otherwise. */
static bool read_catalogue(struct ingest_desk *desk, struct mv_span frame,
                           struct mv_msg_catalogue *msg,
                           struct ingest_said *said)
{
    struct mv_fault fault;
    char digits[24];
    mv_buf_clear(&said->answer);
    mv_conflicts_clear(&desk->conflicts);
    desk->delivery.has_producer = desk->delivery.has_number = false;
    said->rows = 0;
    if (!mv_msg_catalogue_decode(frame, msg, &fault)) {
        mv_conflicts_add(&desk->conflicts, 0, fault.field, fault.code,
                         mv_fault_value(frame, &fault, digits), fault.detail);
        ingest_say_rejected(desk, said);
        return false;
    }
    desk->delivery.has_producer = desk->delivery.has_number = true;
    desk->delivery.producer = msg->producer;
    desk->delivery.number = msg->number;
    mv_buf_clear(&desk->content);
    mv_msg_catalogue_encode(msg, &desk->content);
    if (desk->content.len > MV_MAX_RECORD_BYTES) { /* a frame may be larger */
        mv_conflicts_add(&desk->conflicts, 0, NULL, MV_CODE_LIMITS,
                         mv_span_text("files"), "at most 16 MiB");
        ingest_say_rejected(desk, said);
        return false;
    }
    return true;
}

void ingest_catalogue(struct ingest_desk *desk, const struct mv_key *key,
                      struct mv_span frame, const struct mv_clock *clock,
                      struct ingest_said *said)
{
    struct mv_msg_catalogue msg;
    struct ingest_owner owner;
    if (!read_catalogue(desk, frame, &msg, said))
        return;
    struct mv_hash content = mv_hash_of(mv_buf_span(&desk->content));
    struct ingest_index_key where = {
        .trust = ingest_owner(key, &owner),
        .producer = msg.producer,
        .number = msg.number,
    };
    if (ingest_known_before(desk, &where, &content, 1, said))
        return;
    if (ingest_doubts_clock(desk, clock, said))
        return;
    struct mv_catalogue *catalogue = load(desk, &msg);
    if (catalogue == NULL)
        ingest_say_rejected(desk, said);
    else
        store_catalogue(desk, key, clock, &where, &content, catalogue, said);
}

void ingest_verdict(struct ingest_desk *desk, struct mv_span frame,
                    const struct mv_verdict *verdict, struct mv_buf *out)
{
    struct ingest_said said = {0};
    mv_delivery_head(frame, &desk->delivery);
    mv_code code = mv_code_find(mv_span_text(verdict->code));
    if (verdict->retry) {
        ingest_say_retry(&desk->delivery, code, verdict->after_ms, &said);
    } else {
        mv_conflicts_clear(&desk->conflicts);
        mv_conflicts_add(&desk->conflicts, 0, NULL, code, mv_span(NULL, 0),
                         verdict->text);
        ingest_say_rejected(desk, &said);
    }
    mv_buf_put(out, said.answer.at, said.answer.len);
    mv_buf_done(&said.answer);
}
