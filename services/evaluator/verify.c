/* verify - see verify.h. Job: find what should never be. Invariant: reads
 * only, a bounded slice at a time. Writes nothing: a crash leaves nothing. */
#include "services/evaluator/verify.h"

#include <stdio.h>
#include <string.h>

#include "proto/pack.h"
#include "proto/walk.h"
#include "services/evaluator/reminders.h"

#define VERIFY_PAIRS 500u /* at most, in one turn of the loop */
#define DIGEST_ROWS  20000u
#define DIGEST_BYTES (8u << 20)

/* ---- verify ---- */

struct finding {
    uint64_t bad, next, head; /* next 0: that was all */
    char text[200];
    bool is_bad;
};

static void tell(struct finding *f, struct mv_span id, int32_t year,
                 struct mv_span unit, const struct evaluator_sent *sent,
                 const struct evaluator_status *now)
{
    f->is_bad = true;
    (void)snprintf(
        f->text, sizeof f->text, "%.*s %d of %.*s: sent %s, judged %s %s",
        (int)id.len, (const char *)id.at, (int)year, (int)unit.len,
        (const char *)unit.at,
        sent->there ? mv_status_text((mv_status)sent->status) : "nothing",
        mv_status_text(now->status), mv_reason_text(now->reason));
}

static bool as_sent(struct evaluator *e, const struct mv_pair *pair,
                    struct finding *f)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    struct evaluator_status now;
    struct evaluator_sent sent =
        evaluator_published_get(e->published, c, pair->target, pair->unit);
    evaluator_judge(e, pair->target, pair->unit, &sent, &now);
    if (evaluator_is_sent(&now, &sent))
        return true;
    tell(f, c->targets[pair->target].id, c->targets[pair->target].year,
         c->units[pair->unit].id, &sent, &now);
    return false;
}

static bool reminded(struct evaluator *e, const struct mv_commission *m,
                     const struct mv_unit *u, struct finding *f)
{
    int32_t day;
    char text[MV_DAY_TEXT_BYTES];
    if (evaluator_was_reminded(e, m->index, u->index, &day))
        return true;
    f->is_bad = true;
    (void)snprintf(f->text, sizeof f->text,
                   "%.*s %d of %.*s: %s is near, and was not told of",
                   (int)m->id.len, (const char *)m->id.at, (int)m->year,
                   (int)u->id.len, (const char *)u->id.at,
                   mv_day_text(day, text));
    return false;
}

/* What was sent of a commission is what its dates and a person say, and what
 * is near was told of. */
static bool commission_as_sent(struct evaluator *e, uint32_t commission,
                               uint32_t unit, struct finding *f)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_commission *m = &c->commissions[commission];
    const struct mv_unit *u = &c->units[unit];
    struct evaluator_dues dues;
    struct evaluator_status now;
    struct evaluator_sent sent =
        evaluator_published_commission(e->published, m, u);
    evaluator_commission_judge(e, commission, unit, &dues, &now);
    if (evaluator_is_sent(&now, &sent))
        return reminded(e, m, u, f);
    tell(f, m->id, m->year, u->id, &sent, &now);
    return false;
}

/* Commissions are numbered after the pairs, each with every unit that it is
 * for: as many numbers as `status` has rows, of all years. */
static uint32_t of_commissions(const struct mv_catalogue *c)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < c->commission_count; i++)
        count += c->commissions[i].units.count;
    return count;
}

struct place {
    uint32_t commission, first; /* first: the number of its first unit */
};

/* The i-th of them; *at goes forward from where the one before was found. */
static bool commission_at(struct evaluator *e, uint32_t i, struct place *at,
                          struct finding *f)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_commission *m = &c->commissions[at->commission];
    for (; i - at->first >= m->units.count; m++)
        at->first += m->units.count;
    at->commission = m->index;
    return commission_as_sent(e, m->index, m->units.at[i - at->first], f);
}

static void verify_statuses(struct evaluator *e,
                            const struct evaluator_page *page,
                            struct finding *f)
{
    const struct mv_plan *plan = e->force.now.plan;
    struct mv_pair pair = {0};
    struct place at = {0};
    if (plan == NULL)
        return;
    uint32_t targets = mv_plan_pairs(plan);
    uint32_t count = targets + of_commissions(e->force.now.catalogue);
    f->head = count;
    uint32_t from = page->from < count ? (uint32_t)page->from : count;
    uint32_t end = count - from > VERIFY_PAIRS ? from + VERIFY_PAIRS : count;
    uint32_t i = from;
    for (; i < end && (i == from || !evaluator_page_over(e, page)); i++) {
        if (i < targets)
            pair = i == from ? mv_plan_pair(plan, i)
                             : mv_plan_pair_after(plan, pair);
        if (i < targets ? !as_sent(e, &pair, f)
                        : !commission_at(e, i - targets, &at, f))
            break;
    }
    f->bad = f->is_bad ? i : 0;
    f->next = i < count && !f->is_bad ? i : 0;
}

static void verify_changes(struct evaluator *e, uint64_t from,
                           struct finding *f)
{
    struct mv_log_fault fault = {0};
    struct mv_err err = {0};
    mv_log_head(e->changes, &f->head, NULL);
    if (from == 0)
        from = 1;
    if (from > f->head)
        return;
    mv_rc rc = mv_log_verify_slice(e->changes, from, &f->next, &fault, &err);
    f->is_bad = rc != MV_OK;
    f->bad = fault.seq;
    if (f->is_bad)
        (void)snprintf(f->text, sizeof f->text, "%.199s",
                       rc == MV_POISON ? fault.text : err.text);
    if (f->is_bad)
        f->next = 0;
}

mv_rc evaluator_ask_verify(struct evaluator *e, struct mv_span args,
                           struct evaluator_page *page,
                           struct evaluator_refusal *no)
{
    struct mv_span what = mv_span_text("statuses");
    struct finding f = {0};
    (void)mv_map_text(args, "what", &what);
    if (mv_span_is(what, "statuses"))
        verify_statuses(e, page, &f);
    else if (mv_span_is(what, "changes"))
        verify_changes(e, page->from, &f);
    else
        return evaluator_refuse(no, "word", "`what`: statuses or changes");
    evaluator_page_row(page, 5);
    mv_pack_kv_text(&page->rows, "what", what);
    mv_pack_kv_bool(&page->rows, "sound", !f.is_bad);
    mv_pack_kv_u64(&page->rows, "bad", f.bad);
    mv_pack_kv_cstr(&page->rows, "text", f.text);
    mv_pack_kv_u64(&page->rows, "head", f.head);
    page->next = f.next;
    return MV_OK;
}

/* ---- digest ---- */

enum { DIGEST_TABLES = 8, DIGEST_LOG = DIGEST_TABLES - 1 };
static const char *const digest_names[DIGEST_TABLES] = {
    "state", "rows", "ids", "aside", "published", "skips", "notes", "changes"};

static struct mv_table digest_table(const struct evaluator *e, unsigned i)
{
    const struct evaluator_book *b = &e->book;
    const struct mv_table all[] = {b->state,     b->rows,  b->ids,  b->aside,
                                   b->published, b->skips, b->notes};
    return all[i];
}

struct slice {
    struct mv_hasher hasher;
    uint64_t rows, bytes;
    uint64_t max_rows, max_bytes;
    bool more;
    size_t after_len; /* where it ended */
    uint8_t after[MV_STORE_KEY_BYTES];
};

static void add_span(struct mv_hasher *h, struct mv_span s)
{
    uint8_t len[8];
    mv_be64_put(len, s.len);
    mv_hasher_add(h, len, sizeof len);
    mv_hasher_add(h, s.at, s.len);
}

static void add_row(struct slice *s, struct mv_span key, struct mv_span value)
{
    add_span(&s->hasher, key);
    add_span(&s->hasher, value);
    s->rows++;
    s->bytes += key.len + value.len;
    memcpy(s->after, key.at, key.len);
    s->after_len = key.len;
}

/* The same rows are the same slices, whoever cuts them. */
static bool is_full(const struct slice *s)
{
    return s->rows >= s->max_rows || s->bytes >= s->max_bytes;
}

/* Rows above `after` of one table. */
static void slice_table(struct evaluator *e, unsigned i, struct mv_span after,
                        struct slice *s)
{
    struct mv_scan scan;
    struct mv_span key, value;
    mv_scan_open(&scan, e->book.store, digest_table(e, i), after);
    while (mv_scan_next(&scan, &key, &value)) {
        if (after.len > 0 && mv_span_equal(key, after))
            continue;
        s->more = is_full(s);
        if (s->more)
            break;
        add_row(s, key, value);
    }
    mv_scan_close(&scan);
}

/* Numbers, stamps and contents; genesis and chain are the log's own. */
static mv_rc slice_log(struct evaluator *e, struct mv_span after,
                       struct slice *s, struct mv_err *err)
{
    struct mv_log_reader reader;
    struct mv_record record;
    mv_rc rc = MV_OK;
    uint64_t from = after.len == 8 ? mv_be64_get(after.at) + 1 : 1;
    mv_log_reader_open(&reader, e->changes, from);
    while (rc == MV_OK &&
           (rc = mv_log_reader_next(&reader, &record, err)) == MV_OK) {
        uint8_t key[16];
        s->more = is_full(s);
        if (s->more)
            break;
        mv_be64_put(key, record.seq);
        mv_be64_put(key + 8, (uint64_t)record.received_ms);
        add_row(s, mv_span(key, sizeof key), record.content);
        s->after_len = 8;
    }
    mv_log_reader_close(&reader);
    return rc == MV_AGAIN ? MV_OK : rc;
}

static mv_rc slice_of(struct evaluator *e, unsigned i, struct mv_span after,
                      struct slice *s, struct mv_err *err)
{
    if (i == DIGEST_LOG)
        return slice_log(e, after, s, err);
    slice_table(e, i, after, s);
    return MV_OK;
}

mv_rc evaluator_digest(struct evaluator *e, struct mv_hash *ret,
                       struct mv_err *err)
{
    struct slice s = {.max_rows = UINT64_MAX, .max_bytes = UINT64_MAX};
    mv_hasher_init(&s.hasher);
    for (unsigned i = 0; i < DIGEST_TABLES; i++) {
        mv_rc rc = slice_of(e, i, mv_span(NULL, 0), &s, err);
        if (rc != MV_OK)
            return rc;
        add_span(&s.hasher, mv_span_text(digest_names[i]));
    }
    *ret = mv_hasher_take(&s.hasher);
    return MV_OK;
}

static bool which_table(struct mv_span name, unsigned *ret)
{
    for (*ret = 0; *ret < DIGEST_TABLES; (*ret)++)
        if (mv_span_is(name, digest_names[*ret]))
            return true;
    return false;
}

mv_rc evaluator_ask_digest(struct evaluator *e, struct mv_span args,
                           struct evaluator_page *page,
                           struct evaluator_refusal *no)
{
    unsigned i;
    struct mv_span name = mv_span_text(digest_names[0]);
    struct mv_span raw, after = mv_span(NULL, 0);
    struct slice s = {.max_rows = DIGEST_ROWS, .max_bytes = DIGEST_BYTES};
    struct mv_err err = {0};
    (void)mv_map_text(args, "table", &name);
    if (!which_table(name, &i))
        return evaluator_refuse(no, "not_found", "no such table");
    if (mv_map_find(args, "after", &raw) &&
        (!mv_value_bin(raw, &after) || after.len > MV_STORE_KEY_BYTES))
        return evaluator_refuse(no, "type", "`after`: bytes");
    mv_hasher_init(&s.hasher);
    if (slice_of(e, i, after, &s, &err) != MV_OK)
        return evaluator_refuse(no, "damaged", "%.150s", err.text);
    struct mv_hash hash = mv_hasher_take(&s.hasher);
    const char *following = s.more                  ? digest_names[i]
                            : i + 1 < DIGEST_TABLES ? digest_names[i + 1]
                                                    : "";
    evaluator_page_row(page, 5);
    mv_pack_kv_cstr(&page->rows, "table", digest_names[i]);
    mv_pack_kv_u64(&page->rows, "rows", s.rows);
    mv_pack_kv_bin(&page->rows, "hash", mv_span(hash.at, MV_HASH_BYTES));
    mv_pack_kv_cstr(&page->rows, "next_table", following);
    mv_pack_kv_bin(&page->rows, "after",
                   mv_span(s.after, s.more ? s.after_len : 0));
    return MV_OK;
}
