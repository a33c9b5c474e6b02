/* deliver - see deliver.h. Job: one effect per delivery, and all that is
 * wrong with one named at once. Invariant: a record, its index row and its
 * answer come from one transaction; a refusal stores nothing. A crash in the
 * middle leaves nothing, and the sender sends again. */
#include "services/ingest/deliver.h"

#include <stdio.h>
#include <string.h>

#include "proto/limits.h"
#include "proto/msg.h"
#include "proto/pack.h"
#include "services/base/points.h"
#include "services/ingest/rules.h"

#define TRY_AGAIN_MS 1000

/* Whose number it is: the key's unit; "@name" for a person without one, and
 * no unit can be called that. */
struct owner {
    char text[2 * MV_KEY_NAME_BYTES];
};

static struct mv_span owner_of(const struct mv_key *key, struct owner *ret)
{
    if (key->unit[0] != 0)
        return mv_span_text(key->unit);
    (void)snprintf(ret->text, sizeof ret->text, "@%s", key->name);
    return mv_span_text(ret->text);
}

void ingest_desk_done(struct ingest_desk *desk)
{
    mv_delivery_done(&desk->delivery);
    mv_conflicts_done(&desk->conflicts);
    mv_buf_done(&desk->content);
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

static void say_rejected(struct ingest_desk *desk, const struct mv_delivery *d,
                         struct ingest_said *said)
{
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

static void say_retry(const struct mv_delivery *d, mv_code code,
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

static void say_stored(const struct mv_delivery *d, const char *result,
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

/* True: the number is known, and said holds the answer. */
static bool known_before(struct ingest_desk *desk,
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
        say_rejected(desk, &desk->delivery, said);
        return true;
    }
    uint8_t hash[MV_HASH_BYTES];
    bool chained = mv_log_hash_at(desk->book->journal, row.seq, hash);
    say_stored(&desk->delivery, "duplicate", row.seq, chained ? hash : NULL,
               rows, said);
    said->outcome = MV_OUTCOME_DUPLICATE;
    return true;
}

static bool meaning_holds(struct ingest_desk *desk, const struct mv_key *key,
                          const struct mv_clock *clock)
{
    const struct ingest_moment *now = &desk->book->now;
    struct ingest_rules rules = {
        .catalogue = now->catalogue,
        .key_unit = MV_NONE,
        .key_unit_id = mv_span_text(key->unit),
        .today = ingest_book_day(desk->book, clock),
        .received_ms = clock->wall_ms,
    };
    if (now->catalogue != NULL) {
        const struct mv_unit *unit =
            mv_catalogue_unit(now->catalogue, rules.key_unit_id);
        if (unit != NULL)
            rules.key_unit = unit->index;
    }
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
    if (d->row_count == 0 && desk->conflicts.count > 0) {
        say_rejected(desk, d, said);
        return false;
    }
    mv_buf_clear(&desk->content);
    mv_delivery_canonical(d, &desk->content);
    *content = mv_hash_of(mv_buf_span(&desk->content));
    if (known_before(desk, where, content, d->row_count, said))
        return false;
    if (mv_clock_trust_check(&desk->book->trust, clock) != MV_CLOCK_TRUSTED) {
        say_retry(d, MV_CODE_CLOCK, TRY_AGAIN_MS, said);
        return false;
    }
    if (!meaning_holds(desk, key, clock)) {
        say_rejected(desk, d, said);
        return false;
    }
    int64_t after_ms;
    if (desk->quota != NULL &&
        !ingest_quota_take(desk->quota, key->name, d->row_count, frame.len,
                           clock->mono_ms, ingest_book_day(desk->book, clock),
                           &after_ms)) {
        say_retry(d, MV_CODE_QUOTA, after_ms, said);
        return false;
    }
    return true;
}

static void store_one(struct ingest_desk *desk, const struct mv_key *key,
                      const struct mv_clock *clock,
                      const struct ingest_index_key *where,
                      const struct mv_hash *content, struct ingest_said *said)
{
    struct ingest_book *book = desk->book;
    struct ingest_index_row row = {.content = *content};
    ingest_book_days(book, clock);
    row.seq = ingest_book_append(book, clock, key->name,
                                 mv_buf_span(&desk->content), content);
    ingest_index_put(&book->index, where, &row);
    uint8_t chain[MV_HASH_BYTES];
    mv_log_head(book->journal, NULL, chain);
    said->outcome = MV_OUTCOME_ACCEPTED;
    said->rows = desk->delivery.row_count;
    say_stored(&desk->delivery, "accepted", row.seq, chain,
               desk->delivery.row_count, said);
}

static bool read_delivery(struct ingest_desk *desk, struct mv_span frame,
                          struct ingest_said *said)
{
    mv_buf_clear(&said->answer);
    said->rows = 0;
    if (mv_delivery_read(frame, &desk->delivery, &desk->conflicts))
        return true;
    say_rejected(desk, &desk->delivery, said);
    return false;
}

void ingest_deliver(struct ingest_desk *desk, const struct mv_key *key,
                    struct mv_span frame, const struct mv_clock *clock,
                    struct ingest_said *said)
{
    if (!read_delivery(desk, frame, said))
        return;
    struct owner owner;
    struct mv_hash content;
    struct ingest_index_key where = {
        .trust = owner_of(key, &owner),
        .producer = desk->delivery.producer,
        .number = desk->delivery.number,
    };
    if (may_stand(desk, key, frame, clock, &where, &content, said))
        store_one(desk, key, clock, &where, &content, said);
}

void ingest_try(struct ingest_desk *desk, const struct mv_key *key,
                struct mv_span frame, const struct mv_clock *clock,
                struct ingest_said *said)
{
    if (!read_delivery(desk, frame, said))
        return;
    struct owner owner;
    struct mv_hash content;
    struct ingest_index_key where = {
        .trust = owner_of(key, &owner),
        .producer = desk->delivery.producer,
        .number = desk->delivery.number,
    };
    struct ingest_desk trial = *desk;
    trial.quota = NULL; /* a trial takes no share */
    bool stands = may_stand(&trial, key, frame, clock, &where, &content, said);
    desk->content = trial.content;
    desk->conflicts = trial.conflicts;
    if (!stands)
        return;
    said->outcome = MV_OUTCOME_ACCEPTED;
    say_stored(&desk->delivery, "accepted", 0, NULL, desk->delivery.row_count,
               said);
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
                            struct mv_catalogue *catalogue,
                            struct ingest_said *said)
{
    struct ingest_book *book = desk->book;
    struct mv_span bytes = mv_buf_span(&desk->content);
    struct ingest_index_row row = {.content = mv_hash_of(bytes)};
    if (book->now.catalogue != book->committed.catalogue) {
        mv_catalogue_close(catalogue);
        say_retry(&desk->delivery, MV_CODE_WINDOW, TRY_AGAIN_MS, said);
        return;
    }
    ingest_book_days(book, clock);
    row.seq = ingest_book_append(book, clock, key->name, bytes, &row.content);
    ingest_index_put(&book->index, where, &row);
    (void)ingest_book_set_catalogue(book, catalogue, row.seq);
    uint8_t chain[MV_HASH_BYTES];
    mv_log_head(book->journal, NULL, chain);
    said->outcome = MV_OUTCOME_ACCEPTED;
    said->rows = 1;
    say_stored(&desk->delivery, "accepted", row.seq, chain, 1, said);
}

void ingest_catalogue(struct ingest_desk *desk, const struct mv_key *key,
                      struct mv_span frame, const struct mv_clock *clock,
                      struct ingest_said *said)
{
    struct mv_msg_catalogue msg;
    struct mv_fault fault;
    struct owner owner;
    mv_buf_clear(&said->answer);
    mv_conflicts_clear(&desk->conflicts);
    desk->delivery.has_producer = desk->delivery.has_number = false;
    said->rows = 0;
    if (!mv_msg_catalogue_decode(frame, &msg, &fault)) {
        mv_conflicts_add(&desk->conflicts, 0, NULL, fault.code,
                         mv_span_text(fault.field), fault.detail);
        say_rejected(desk, &desk->delivery, said);
        return;
    }
    desk->delivery.has_producer = desk->delivery.has_number = true;
    desk->delivery.producer = msg.producer;
    desk->delivery.number = msg.number;
    mv_buf_clear(&desk->content);
    mv_msg_catalogue_encode(&msg, &desk->content);
    if (desk->content.len > MV_MAX_RECORD_BYTES) { /* a frame may be larger */
        mv_conflicts_add(&desk->conflicts, 0, NULL, MV_CODE_LIMITS,
                         mv_span_text("files"), "at most 16 MiB");
        say_rejected(desk, &desk->delivery, said);
        return;
    }
    struct mv_hash content = mv_hash_of(mv_buf_span(&desk->content));
    struct ingest_index_key where = {
        .trust = owner_of(key, &owner),
        .producer = msg.producer,
        .number = msg.number,
    };
    if (known_before(desk, &where, &content, 1, said))
        return;
    if (mv_clock_trust_check(&desk->book->trust, clock) != MV_CLOCK_TRUSTED) {
        say_retry(&desk->delivery, MV_CODE_CLOCK, TRY_AGAIN_MS, said);
        return;
    }
    struct mv_catalogue *catalogue = load(desk, &msg);
    if (catalogue == NULL)
        say_rejected(desk, &desk->delivery, said);
    else
        store_catalogue(desk, key, clock, &where, catalogue, said);
}

void ingest_verdict(struct ingest_desk *desk, struct mv_span frame,
                    const struct mv_verdict *verdict, struct mv_buf *out)
{
    struct ingest_said said = {0};
    mv_delivery_head(frame, &desk->delivery);
    mv_code code = mv_code_find(mv_span_text(verdict->code));
    if (verdict->retry) {
        say_retry(&desk->delivery, code, verdict->after_ms, &said);
    } else {
        mv_conflicts_clear(&desk->conflicts);
        mv_conflicts_add(&desk->conflicts, 0, NULL, code, mv_span(NULL, 0),
                         verdict->text);
        say_rejected(desk, &desk->delivery, &said);
    }
    mv_buf_put(out, said.answer.at, said.answer.len);
    mv_buf_done(&said.answer);
}
