/* notes - see notes.h. Job: statements as rows. Invariant: what ends with a
 * day (an assessment, a hold, what was told of a date) has a row in the order
 * of its last day, and no other has; so a day that passes reads only what ends
 * with it, and takes it out. Staged in the record's transaction: a crash
 * leaves all of a record or nothing. */
#include "services/evaluator/notes.h"

#include <assert.h>
#include <string.h>

#include "services/evaluator/force.h"

/* The first byte of a key says what it is. */
#define ASSESSMENT 'a'
#define ENDS       'e' /* last day, then the key of what ends */
#define FROZEN     'f'
#define HOLD       'h'
#define MET        'm'
#define REMINDED   'r'

/* version word | day | seq | received | author's length | author, comment */
#define VERSION    1u
#define HEAD_BYTES 24u

static void put(struct evaluator_note_key *k, const void *at, size_t len)
{
    MV_ASSERT(k->len + len <= sizeof k->bytes);
    memcpy(k->bytes + k->len, at, len);
    k->len += len;
}

static void put_u8(struct evaluator_note_key *k, uint8_t v)
{
    put(k, &v, 1);
}

static void put_year(struct evaluator_note_key *k, int32_t year)
{
    put_u8(k, (uint8_t)((uint32_t)year >> 8));
    put_u8(k, (uint8_t)year);
}

/* Days before 1970 sort before those after. */
static void put_day(struct evaluator_note_key *k, int32_t day)
{
    uint8_t bytes[4];
    mv_be32_put(bytes, (uint32_t)day ^ 0x80000000u);
    put(k, bytes, sizeof bytes);
}

static int32_t get_day(const uint8_t *at)
{
    return (int32_t)(mv_be32_get(at) ^ 0x80000000u);
}

static struct evaluator_note_key subject_key(uint8_t what,
                                             const struct evaluator_subject *s)
{
    struct evaluator_note_key k = {.len = 0};
    put_u8(&k, what);
    put_u8(&k, s->commission ? 'c' : 't');
    put_year(&k, s->year);
    put(&k, s->id.at, s->id.len);
    put_u8(&k, 0);
    put(&k, s->unit.at, s->unit.len);
    return k;
}

struct evaluator_note_key
evaluator_key_assessment(const struct evaluator_subject *s)
{
    return subject_key(ASSESSMENT, s);
}

static struct evaluator_note_key
due_key(uint8_t what, const struct evaluator_subject *s, int32_t due)
{
    struct evaluator_note_key k = subject_key(what, s);
    put_u8(&k, 0);
    put_day(&k, due);
    return k;
}

struct evaluator_note_key
evaluator_key_met(const struct evaluator_subject *commission, int32_t due)
{
    return due_key(MET, commission, due);
}

struct evaluator_note_key
evaluator_key_reminded(const struct evaluator_subject *commission, int32_t due)
{
    return due_key(REMINDED, commission, due);
}

struct evaluator_note_key evaluator_key_hold(struct mv_span indicator,
                                             struct mv_span unit)
{
    struct evaluator_note_key k = {.len = 0};
    put_u8(&k, HOLD);
    put(&k, indicator.at, indicator.len);
    put_u8(&k, 0);
    put(&k, unit.at, unit.len);
    return k;
}

struct evaluator_note_key evaluator_key_frozen(bool yearly, int32_t year,
                                               struct mv_span unit)
{
    struct evaluator_note_key k = {.len = 0};
    put_u8(&k, FROZEN);
    put_u8(&k, yearly ? 'y' : 'h');
    put_year(&k, year);
    put(&k, unit.at, unit.len);
    return k;
}

static struct mv_span span_of(const struct evaluator_note_key *k)
{
    return mv_span(k->bytes, k->len);
}

static bool read_note(struct mv_span value, struct evaluator_note *ret)
{
    const uint8_t *at = value.at;
    if (value.len < HEAD_BYTES || at[0] != VERSION)
        return false;
    size_t author = (size_t)at[22] << 8 | at[23];
    if (author > value.len - HEAD_BYTES)
        return false;
    *ret = (struct evaluator_note){
        .word = at[1],
        .day = get_day(at + 2),
        .seq = mv_be64_get(at + 6),
        .received_ms = (int64_t)mv_be64_get(at + 14),
        .author = mv_span(at + HEAD_BYTES, author),
        .comment =
            mv_span(at + HEAD_BYTES + author, value.len - HEAD_BYTES - author),
    };
    return true;
}

bool evaluator_note_get(const struct evaluator_book *b,
                        const struct evaluator_note_key *key,
                        struct evaluator_note *ret)
{
    struct mv_span value;
    return mv_store_get(b->store, b->notes, span_of(key), &value) &&
           read_note(value, ret);
}

static struct evaluator_note_key ends_key(const struct evaluator_note_key *key,
                                          int32_t day)
{
    struct evaluator_note_key k = {.len = 0};
    put_u8(&k, ENDS);
    put_day(&k, day);
    put(&k, key->bytes, key->len);
    return k;
}

static bool has_end(const struct evaluator_note_key *key, int32_t day)
{
    uint8_t what = key->bytes[0];
    return day != EVALUATOR_NO_END &&
           (what == ASSESSMENT || what == HOLD || what == REMINDED);
}

void evaluator_note_del(const struct evaluator_book *b,
                        const struct evaluator_note_key *key)
{
    struct evaluator_note old;
    if (!evaluator_note_get(b, key, &old))
        return;
    if (has_end(key, old.day)) {
        struct evaluator_note_key ends = ends_key(key, old.day);
        mv_store_del(b->store, b->notes, span_of(&ends));
    }
    mv_store_del(b->store, b->notes, span_of(key));
}

void evaluator_note_put(const struct evaluator_book *b,
                        const struct evaluator_note_key *key,
                        const struct evaluator_note *note)
{
    struct mv_buf value = {0};
    uint8_t head[HEAD_BYTES] = {VERSION, note->word};
    mv_be32_put(head + 2, (uint32_t)note->day ^ 0x80000000u);
    mv_be64_put(head + 6, note->seq);
    mv_be64_put(head + 14, (uint64_t)note->received_ms);
    head[22] = (uint8_t)(note->author.len >> 8);
    head[23] = (uint8_t)note->author.len;
    mv_buf_put(&value, head, sizeof head);
    mv_buf_put(&value, note->author.at, note->author.len);
    mv_buf_put(&value, note->comment.at, note->comment.len);
    evaluator_note_del(b, key);
    mv_store_put(b->store, b->notes, span_of(key), mv_buf_span(&value));
    if (has_end(key, note->day)) {
        struct evaluator_note_key ends = ends_key(key, note->day);
        mv_store_put(b->store, b->notes, span_of(&ends),
                     mv_span(head, 1)); /* the key says it all */
    }
    mv_buf_done(&value);
}

/* No day is before every day, and no end after every one. */
bool evaluator_is_over(int32_t until, int32_t today)
{
    return today > until;
}

/* "id 0 unit" */
static bool split(struct mv_span names, struct mv_span *id,
                  struct mv_span *unit)
{
    const uint8_t *at = names.at;
    const uint8_t *zero = names.len > 0 ? memchr(at, 0, names.len) : NULL;
    if (zero == NULL)
        return false;
    *id = mv_span(at, (size_t)(zero - at));
    *unit = mv_span(zero + 1, names.len - id->len - 1);
    return true;
}

void evaluator_each_hold(const struct evaluator_book *b,
                         void (*each)(void *ctx, struct mv_span indicator,
                                      struct mv_span unit, int32_t until),
                         void *ctx)
{
    static const uint8_t first = HOLD;
    struct mv_scan scan;
    struct mv_span key, value, indicator, unit;
    struct evaluator_note note;
    mv_scan_open(&scan, b->store, b->notes, mv_span(&first, 1));
    while (mv_scan_next(&scan, &key, &value)) {
        const uint8_t *at = key.at;
        if (at[0] != HOLD)
            break;
        if (split(mv_span(at + 1, key.len - 1), &indicator, &unit) &&
            read_note(value, &note))
            each(ctx, indicator, unit, note.day);
    }
    mv_scan_close(&scan);
}

void evaluator_each_frozen(const struct evaluator_book *b,
                           void (*each)(void *ctx, bool yearly, int32_t year,
                                        struct mv_span unit,
                                        const struct evaluator_note *note),
                           void *ctx)
{
    static const uint8_t first = FROZEN;
    struct mv_scan scan;
    struct mv_span key, value;
    struct evaluator_note note;
    mv_scan_open(&scan, b->store, b->notes, mv_span(&first, 1));
    while (mv_scan_next(&scan, &key, &value)) {
        const uint8_t *at = key.at;
        if (at[0] != FROZEN)
            break;
        if (key.len > 4 && read_note(value, &note))
            each(ctx, at[1] == 'y', (int32_t)at[2] << 8 | at[3],
                 mv_span(at + 4, key.len - 4), &note);
    }
    mv_scan_close(&scan);
}

/* The subject of an assessment's key. */
static bool subject_of(struct mv_span key, struct evaluator_subject *s)
{
    const uint8_t *at = key.at;
    if (key.len < 5 || at[0] != ASSESSMENT)
        return false;
    s->commission = at[1] == 'c';
    s->year = (int32_t)at[2] << 8 | at[3];
    return split(mv_span(at + 4, key.len - 4), &s->id, &s->unit);
}

/* The key of the first end that passed, copied; false: none. */
static bool first_ended(const struct evaluator_book *b, int32_t today,
                        struct evaluator_note_key *ret)
{
    static const uint8_t first = ENDS;
    struct mv_scan scan;
    struct mv_span key, value;
    bool found = false;
    *ret = (struct evaluator_note_key){.len = 0};
    mv_scan_open(&scan, b->store, b->notes, mv_span(&first, 1));
    if (mv_scan_next(&scan, &key, &value)) {
        const uint8_t *at = key.at;
        found = at[0] == ENDS && key.len > 5 &&
                evaluator_is_over(get_day(at + 1), today);
        if (found)
            put(ret, at, key.len);
    }
    mv_scan_close(&scan);
    return found;
}

void evaluator_each_ended(const struct evaluator_book *b, int32_t today,
                          void (*each)(void *ctx,
                                       const struct evaluator_subject *s),
                          void *ctx)
{
    struct evaluator_note_key ends, key;
    struct evaluator_subject s;
    while (!mv_store_failed(b->store) && first_ended(b, today, &ends)) {
        key = (struct evaluator_note_key){.len = 0};
        put(&key, ends.bytes + 5, ends.len - 5);
        mv_store_del(b->store, b->notes, span_of(&ends));
        mv_store_del(b->store, b->notes, span_of(&key));
        if (subject_of(span_of(&key), &s))
            each(ctx, &s);
    }
}
