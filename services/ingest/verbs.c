/* verbs - see verbs.h. Job: the journal made visible, and the few acts that
 * steer it. Invariant: a query changes nothing; an act is one record of the
 * control log in the transaction of its effect. A crash leaves all or none. */
#include "services/ingest/verbs.h"

#include <stdio.h>
#include <string.h>

#include "proto/limits.h"
#include "proto/msg.h"
#include "proto/pack.h"
#include "proto/walk.h"

#define CHUNK_BYTES (512u << 10) /* of a catalogue's text in one reply */
#define READERS                                                               \
    (MV_ROLE_OPERATOR | MV_ROLE_STEWARD | MV_ROLE_AUDITOR | MV_ROLE_SERVICE | \
     MV_ROLE_READER | MV_ROLE_PRODUCER | MV_ROLE_ASSESSOR)
#define AUDITORS (MV_ROLE_AUDITOR | MV_ROLE_OPERATOR | MV_ROLE_SERVICE)

const struct mv_verb_def ingest_verbs[INGEST_VERB_COUNT] = {
    {"try", MV_ROLE_PRODUCER | MV_ROLE_ASSESSOR, false, "delivery:bin"},
    {"journal", READERS, false, NULL},
    {"catalogue", READERS, false, "file offset:uint"},
    {"record", AUDITORS, false, "seq:uint"},
    {"verify", AUDITORS, false, "from:uint"},
    {"witness", AUDITORS | MV_ROLE_PRODUCER, false, "seq:uint hash:bin"},
    {"clock-accept", MV_ROLE_OPERATOR, true, "day"},
};

static void ask_try(struct mv_service *s, struct ingest_desk *desk,
                    const struct mv_input *in, const struct mv_clock *clock)
{
    struct mv_span frame;
    struct mv_span raw;
    if (!mv_map_find(in->args, "delivery", &raw) ||
        !mv_value_bin(raw, &frame)) {
        mv_service_refuse(s, in, "missing", "args need `delivery`, bytes");
        return;
    }
    struct ingest_said said = {0};
    ingest_try(desk, in->key, frame, clock, &said);
    mv_service_rows(s, in, mv_buf_span(&said.answer), 1, false);
    mv_buf_done(&said.answer);
}

static void ask_journal(struct mv_service *s, const struct ingest_book *book,
                        const struct mv_input *in, const struct mv_clock *clock)
{
    uint64_t head;
    uint8_t hash[MV_HASH_BYTES], genesis[MV_HASH_BYTES];
    char day[MV_DAY_TEXT_BYTES] = "";
    mv_log_head(book->journal, &head, hash);
    bool chained = mv_log_hash_at(book->journal, 0, genesis);
    if (book->committed.today != INGEST_NO_DAY)
        (void)mv_day_text(book->committed.today, day);
    struct mv_buf row = {0};
    mv_pack_map(&row, 8);
    mv_pack_kv_u64(&row, "head", head);
    mv_pack_kv_bin(&row, "hash", mv_span(hash, sizeof hash));
    mv_pack_kv_bin(&row, "genesis",
                   mv_span(genesis, chained ? sizeof genesis : 0));
    mv_pack_kv_cstr(&row, "today", day);
    mv_pack_kv_i64(&row, "last_ms", book->committed.trust.last_stamp_ms);
    mv_pack_kv_i64(&row, "now_ms", clock->wall_ms);
    mv_pack_kv_u64(&row, "catalogue", book->committed.catalogue_seq);
    mv_pack_kv_cstr(&row, "clock", mv_clock_doubt_text(book->now.trust.doubt));
    mv_service_rows(s, in, mv_buf_span(&row), 1, false);
    mv_buf_done(&row);
}

/* {file, offset}: a piece of one file of the catalogue in force. */
static void ask_catalogue(struct mv_service *s, struct ingest_book *book,
                          const struct mv_input *in)
{
    struct mv_span file, text;
    uint64_t offset = 0;
    struct mv_record record;
    struct mv_msg_catalogue msg;
    struct mv_fault fault;
    struct mv_err err = {0};
    if (!mv_map_text(in->args, "file", &file)) {
        mv_service_refuse(s, in, "missing", "args need `file`");
        return;
    }
    (void)mv_map_u64(in->args, "offset", &offset);
    char name[MV_ID_BYTES + 1];
    (void)snprintf(name, sizeof name, "%.*s", (int)file.len,
                   (const char *)file.at);
    uint64_t seq = book->committed.catalogue_seq;
    if (seq != 0 && mv_log_read(book->journal, seq, &record, &err) != MV_OK) {
        mv_service_refuse(s, in, "damaged", err.text);
        return;
    }
    if (seq == 0 || !mv_msg_catalogue_decode(record.content, &msg, &fault) ||
        !mv_map_text(msg.files, name, &text) || offset > text.len) {
        mv_service_refuse(s, in, "not_found", "no such catalogue file");
        return;
    }
    size_t size = text.len - offset;
    if (size > CHUNK_BYTES)
        size = CHUNK_BYTES;
    struct mv_buf row = {0};
    mv_pack_map(&row, 4);
    mv_pack_kv_u64(&row, "catalogue", seq);
    mv_pack_kv_u64(&row, "size", text.len);
    mv_pack_kv_u64(&row, "offset", offset);
    mv_pack_kv_bin(&row, "bytes",
                   mv_span((const uint8_t *)text.at + offset, size));
    mv_service_rows(s, in, mv_buf_span(&row), 1, offset + size < text.len);
    mv_buf_done(&row);
}

static void ask_record(struct mv_service *s, struct ingest_book *book,
                       const struct mv_input *in)
{
    uint64_t seq;
    struct mv_record record;
    struct mv_err err = {0};
    if (!mv_map_u64(in->args, "seq", &seq)) {
        mv_service_refuse(s, in, "missing", "args need `seq`");
        return;
    }
    mv_rc rc = mv_log_read(book->journal, seq, &record, &err);
    if (rc == MV_AGAIN) {
        uint64_t head;
        mv_log_head(book->journal, &head, NULL);
        (void)mv_fail(&err, rc,
                      "the journal has no record %llu: it ends at %llu",
                      (unsigned long long)seq, (unsigned long long)head);
    }
    if (rc != MV_OK) {
        mv_service_refuse(s, in, rc == MV_AGAIN ? "not_found" : "damaged",
                          err.text);
        return;
    }
    if (record.content.len > MV_MAX_REPLY_BYTES - 8192) {
        mv_service_refuse(s, in, "limits", "larger than a reply: pull it");
        return;
    }
    struct mv_buf row = {0};
    mv_pack_map(&row, 5);
    mv_pack_kv_u64(&row, "seq", record.seq);
    mv_pack_kv_i64(&row, "received_ms", record.received_ms);
    mv_pack_kv_cstr(&row, "key", record.key_name);
    mv_pack_kv_bin(&row, "chain", mv_span(record.chain, MV_HASH_BYTES));
    mv_pack_kv_bin(&row, "content", record.content);
    mv_service_rows(s, in, mv_buf_span(&row), 1, false);
    mv_buf_done(&row);
}

/* {from}: a slice, so that the loop goes on; the asker goes on at `next`. The
 * first record is 1, also for who asks from 0. */
static void ask_verify(struct mv_service *s, struct ingest_book *book,
                       const struct mv_input *in)
{
    uint64_t from = 1, head;
    struct mv_log_fault fault = {0};
    struct mv_err err = {0};
    (void)mv_map_u64(in->args, "from", &from);
    mv_log_head(book->journal, &head, NULL);
    if (from > head + 1 || (int64_t)from < 0) {
        mv_service_refuse(s, in, "range", "`from` lies beyond the head");
        return;
    }
    uint64_t next;
    mv_rc rc = mv_log_verify_slice(book->journal, from > 0 ? from : 1, &next,
                                   &fault, &err);
    bool last = rc == MV_OK && next == 0;
    struct mv_buf row = {0};
    mv_pack_map(&row, 5);
    mv_pack_kv_bool(&row, "sound", rc == MV_OK);
    mv_pack_kv_u64(&row, "bad", rc == MV_OK ? 0 : fault.seq);
    mv_pack_kv_cstr(&row, "text", rc == MV_OK ? "" : fault.text);
    mv_pack_kv_u64(&row, "next", last ? head + 1 : next);
    mv_pack_kv_u64(&row, "head", head);
    mv_service_rows(s, in, mv_buf_span(&row), 1, rc == MV_OK && !last);
    mv_buf_done(&row);
}

/* {seq, hash}: an answer that a trust kept, held against the journal. */
static void ask_witness(struct mv_service *s, struct ingest_book *book,
                        const struct mv_input *in)
{
    uint64_t seq;
    struct mv_span raw, hash;
    struct mv_err err = {0};
    if (!mv_map_u64(in->args, "seq", &seq) ||
        !mv_map_find(in->args, "hash", &raw) || !mv_value_bin(raw, &hash) ||
        hash.len != MV_HASH_BYTES) {
        mv_service_refuse(s, in, "missing", "args need `seq` and `hash`");
        return;
    }
    if (mv_log_witness(book->journal, seq, hash.at, &err) == MV_OK)
        mv_service_ok(s, in);
    else
        mv_service_refuse(s, in, "diverged", err.text);
}

void ingest_query(struct mv_service *s, struct ingest_desk *desk,
                  const struct mv_input *in, const struct mv_clock *clock)
{
    struct ingest_book *book = desk->book;
    if (mv_span_is(in->verb, "try"))
        ask_try(s, desk, in, clock);
    else if (mv_span_is(in->verb, "journal"))
        ask_journal(s, book, in, clock);
    else if (mv_span_is(in->verb, "catalogue"))
        ask_catalogue(s, book, in);
    else if (mv_span_is(in->verb, "record"))
        ask_record(s, book, in);
    else if (mv_span_is(in->verb, "verify"))
        ask_verify(s, book, in);
    else
        ask_witness(s, book, in);
}

mv_rc ingest_act(struct mv_service *s, struct ingest_desk *desk,
                 const struct mv_input *in, const struct mv_clock *clock)
{
    struct mv_span text;
    int32_t day;
    if (!mv_map_text(in->args, "day", &text) || !mv_day_parse(text, &day)) {
        mv_service_refuse(s, in, "missing", "args need `day`, as 2025-03-15");
        return MV_AGAIN;
    }
    if (!mv_clock_accept(&desk->book->now.trust, clock, day)) {
        mv_service_refuse(s, in, "refused",
                          "the clock says another day; set the clock first");
        return MV_AGAIN;
    }
    ingest_book_days(desk->book, clock);
    mv_service_ok(s, in);
    return MV_OK;
}
