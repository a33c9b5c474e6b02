/* force - see force.h. Job: one catalogue in force, and one day. Invariant:
 * `committed` is what the store holds; `now` differs from it only inside a
 * transaction. A crash in the middle leaves `committed`. */
#include "services/evaluator/force.h"

#include "proto/msg.h"
#include "proto/walk.h"

#define KEY_DAY       "today"
#define KEY_SEQ       "catalogue"
#define KEY_CATALOGUE "catalogue-record"
#define KEY_NEXT_ID   "next-id"

/* A number for ever, given in the order of first asking. */
static uint32_t number_of(void *ctx, struct mv_span id)
{
    const struct evaluator_book *b = ctx;
    struct mv_span value;
    uint64_t next = 1;
    uint8_t bytes[4];
    if (mv_store_get(b->store, b->ids, id, &value) && value.len == 4)
        return mv_be32_get(value.at);
    (void)evaluator_book_number(b, KEY_NEXT_ID, &next);
    mv_be32_put(bytes, (uint32_t)next);
    mv_store_put(b->store, b->ids, id, mv_span(bytes, 4));
    evaluator_book_put(b, KEY_NEXT_ID, next + 1);
    return (uint32_t)next;
}

static struct mv_plan *plan_of(const struct evaluator_force *f,
                               const struct mv_catalogue *c)
{
    struct mv_intern intern = {(void *)(uintptr_t)f->book, number_of};
    return mv_plan_open(c, &intern);
}

/* The files of a catalogue record's content, borrowed from it. */
static mv_rc load(struct mv_span content, struct mv_catalogue **ret,
                  struct mv_err *err)
{
    struct mv_msg_catalogue msg;
    struct mv_fault fault = {0};
    if (!mv_msg_catalogue_decode(content, &msg, &fault))
        return mv_fail(err, MV_POISON, "not a catalogue record: %s at %u",
                       mv_code_name(fault.code), fault.offset);
    struct mv_catalogue_files files = {0};
    for (int i = 0; i < MV_FILE_COUNT; i++) {
        (void)mv_map_text(msg.files,
                          mv_catalogue_file_name((mv_catalogue_file)i),
                          &files.text[i]);
    }
    struct mv_faults faults = {0};
    mv_rc rc = mv_catalogue_load(ret, &files, &faults);
    if (rc != MV_OK && faults.count > 0) {
        rc = mv_fail(err, rc, "%zu faults; the first: %s:%u: %s: %s",
                     faults.errors, faults.at[0].file, faults.at[0].line,
                     faults.at[0].key, faults.at[0].text);
    }
    mv_faults_done(&faults);
    return rc;
}

mv_rc evaluator_force_open(struct evaluator_force *f,
                           const struct evaluator_book *book,
                           struct mv_err *err)
{
    struct mv_span content;
    uint64_t number;
    struct evaluator_moment *m = &f->committed;
    *f = (struct evaluator_force){.book = book};
    m->today = EVALUATOR_NO_DAY;
    if (evaluator_book_number(book, KEY_DAY, &number))
        m->today = (int32_t)(int64_t)number;
    if (evaluator_book_number(book, KEY_SEQ, &m->catalogue_seq)) {
        if (!mv_store_get(book->store, book->state, mv_span_text(KEY_CATALOGUE),
                          &content))
            return mv_fail(err, MV_FATAL, "no catalogue in the store");
        if (load(content, &m->catalogue, err) != MV_OK)
            return mv_wrap(err, MV_FATAL, "catalogue of record %llu",
                           (unsigned long long)m->catalogue_seq);
        m->plan = plan_of(f, m->catalogue);
    }
    f->now = f->committed;
    return MV_OK;
}

static void drop(struct evaluator_moment *m)
{
    mv_plan_close(m->plan);
    mv_catalogue_close(m->catalogue);
    m->plan = NULL;
    m->catalogue = NULL;
}

void evaluator_force_done(struct evaluator_force *f)
{
    if (f->now.catalogue != f->committed.catalogue)
        drop(&f->now);
    drop(&f->committed);
}

mv_rc evaluator_force_catalogue(struct evaluator_force *f, uint64_t seq,
                                struct mv_span content, struct mv_err *err)
{
    struct mv_catalogue *c = NULL;
    mv_rc rc = load(content, &c, err);
    if (rc != MV_OK)
        return rc;
    if (f->now.catalogue != f->committed.catalogue)
        drop(&f->now); /* of an earlier record of the same batch */
    f->now.catalogue = c;
    f->now.catalogue_seq = seq;
    f->now.plan = plan_of(f, c);
    mv_store_put(f->book->store, f->book->state, mv_span_text(KEY_CATALOGUE),
                 content);
    evaluator_book_put(f->book, KEY_SEQ, seq);
    return MV_OK;
}

void evaluator_force_day(struct evaluator_force *f, int32_t day)
{
    f->now.today = day;
    evaluator_book_put(f->book, KEY_DAY, (uint64_t)(int64_t)day);
}

bool evaluator_force_settle(struct evaluator_force *f, bool committed)
{
    bool swapped = f->now.catalogue != f->committed.catalogue;
    if (swapped)
        drop(committed ? &f->committed : &f->now);
    if (committed)
        f->committed = f->now;
    else
        f->now = f->committed;
    return swapped && !committed;
}
