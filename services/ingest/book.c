/* book - see book.h. Job: one order, with what is in force at each seq.
 * Invariant: `committed` is what the store holds; `now` differs from it only
 * inside a transaction. A crash in the middle leaves `committed`. */
#include "services/ingest/book.h"

#include <string.h>

#include "proto/msg.h"

#define KEY_CATALOGUE "catalogue"
#define KEY_DAY       "day"
#define EPOCH         1u
#define OWN_NAME      "ingest"

static void put_number(struct ingest_book *book, const char *key, uint64_t v)
{
    uint8_t bytes[8];
    mv_be64_put(bytes, v);
    mv_store_put(book->store, book->state, mv_span_text(key),
                 mv_span(bytes, sizeof bytes));
}

static bool get_number(struct ingest_book *book, const char *key, uint64_t *v)
{
    struct mv_span value;
    if (!mv_store_get(book->store, book->state, mv_span_text(key), &value) ||
        value.len != 8)
        return false;
    *v = mv_be64_get(value.at);
    return true;
}

/* The files of a catalogue record's content, borrowed from it; MV_CONFIG: it
 * is none, and will not be one tomorrow. */
static mv_rc catalogue_of(struct mv_span content, struct mv_catalogue **ret,
                          struct mv_err *err)
{
    struct mv_msg_catalogue msg;
    struct mv_fault fault;
    if (!mv_msg_catalogue_decode(content, &msg, &fault))
        return mv_fail(err, MV_CONFIG, "not a catalogue record: %s",
                       mv_code_name(fault.code));
    struct mv_catalogue_files files;
    mv_catalogue_files_of(msg.files, &files);
    struct mv_faults faults = {0};
    mv_rc rc = mv_catalogue_load(ret, &files, &faults);
    if (rc != MV_OK)
        rc = mv_fail(err, MV_CONFIG, "%zu faults; the first: %s", faults.errors,
                     faults.count > 0 ? faults.at[0].text : "");
    mv_faults_done(&faults);
    return rc;
}

static mv_rc read_in_force(struct ingest_book *book,
                           const struct mv_clock *clock, struct mv_err *err)
{
    mv_rc rc = MV_OK;
    uint64_t number;
    int64_t last_ms = 0;
    struct ingest_moment *m = &book->committed;
    m->today = INGEST_NO_DAY;
    if (get_number(book, KEY_DAY, &number))
        m->today = (int32_t)(int64_t)number;
    struct mv_record record;
    uint64_t head;
    mv_log_head(book->journal, &head, NULL);
    if (head > 0) {
        MV_TRY(mv_log_read(book->journal, head, &record, err));
        last_ms = record.received_ms;
    }
    (void)mv_clock_trust_start(&m->trust, clock, last_ms);
    if (get_number(book, KEY_CATALOGUE, &m->catalogue_seq)) {
        MV_TRY(mv_log_read(book->journal, m->catalogue_seq, &record, err));
        MV_TRY(catalogue_of(record.content, &m->catalogue, err));
    }
out:
    /* damage and gaps stay: a person has to look, starting again is vain */
    return rc == MV_POISON || rc == MV_AGAIN ? MV_CONFIG : rc;
}

mv_rc ingest_book_open(struct ingest_book *book, struct mv_store *store,
                       struct mv_log *journal, const struct mv_clock *clock,
                       struct mv_err *err)
{
    mv_rc rc = MV_OK;
    *book = (struct ingest_book){.store = store, .journal = journal};
    book->state = mv_store_table(store, INGEST_STATE_TABLE);
    ingest_index_init(&book->index, store);
    MV_TRY(mv_store_read_begin(store, err));
    rc = read_in_force(book, clock, err);
    mv_rc end = mv_store_read_end(store, rc == MV_OK ? err : NULL);
    if (rc == MV_OK)
        rc = end;
    MV_TRY(rc);
    book->now = book->committed;
    return MV_OK;
out:
    ingest_book_done(book);
    return mv_wrap(err, rc, "journal");
}

void ingest_book_done(struct ingest_book *book)
{
    if (book->now.catalogue != book->committed.catalogue)
        mv_catalogue_close(book->now.catalogue);
    mv_catalogue_close(book->committed.catalogue);
    *book = (struct ingest_book){0};
}

uint64_t ingest_book_append(struct ingest_book *book,
                            const struct mv_clock *clock, const char *key_name,
                            struct mv_span content, const struct mv_hash *hash)
{
    struct mv_stamp stamp = {
        .received_ms = mv_clock_trust_stamp(&book->now.trust, clock),
        .epoch = EPOCH,
        .key_name = key_name,
        .content_hash = hash != NULL ? hash->at : NULL,
    };
    return mv_log_append(book->journal, &stamp, content);
}

int32_t ingest_book_day(struct ingest_book *book, const struct mv_clock *clock)
{
    if (book->day_of_ms != clock->wall_ms) {
        book->day_of_ms = clock->wall_ms;
        book->day = mv_clock_day(clock->wall_ms);
    }
    return book->day;
}

int32_t ingest_book_today(struct ingest_book *book,
                          const struct mv_clock *clock)
{
    int32_t day = ingest_book_day(book, clock);
    return day > book->now.today ? day : book->now.today;
}

void ingest_book_days(struct ingest_book *book, const struct mv_clock *clock)
{
    int32_t day = ingest_book_today(book, clock);
    if (day <= book->now.today)
        return;
    int32_t next = book->now.today == INGEST_NO_DAY ? day : book->now.today + 1;
    struct mv_buf content = {0};
    for (; next <= day; next++) {
        char text[MV_DAY_TEXT_BYTES];
        struct mv_msg_clock msg = {.day =
                                       mv_span_text(mv_day_text(next, text))};
        mv_buf_clear(&content);
        mv_msg_clock_encode(&msg, &content);
        (void)ingest_book_append(book, clock, OWN_NAME, mv_buf_span(&content),
                                 NULL);
        book->now.today = next;
    }
    put_number(book, KEY_DAY, (uint64_t)(int64_t)book->now.today);
    mv_buf_done(&content);
}

bool ingest_book_set_catalogue(struct ingest_book *book,
                               struct mv_catalogue *catalogue, uint64_t seq)
{
    if (book->now.catalogue != book->committed.catalogue)
        return false;
    book->now.catalogue = catalogue;
    book->now.catalogue_seq = seq;
    put_number(book, KEY_CATALOGUE, seq);
    return true;
}

void ingest_book_settled(struct ingest_book *book, bool committed)
{
    struct ingest_moment *gone = committed ? &book->committed : &book->now;
    if (book->now.catalogue != book->committed.catalogue)
        mv_catalogue_close(gone->catalogue);
    if (committed)
        book->committed = book->now;
    else
        book->now = book->committed;
}
