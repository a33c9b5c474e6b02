/* rows - see rows.h. Job: cells to values, at some hundred nanoseconds a row.
 * Invariant: a text that is kept was checked, or equals the one above it that
 * was; a row with a fault is named and takes no part in anything after. No
 * state but scratch memory: a crash leaves nothing. */
#include "proto/rows.h"
#include "services/base/err.h"
#include "services/base/hash.h"
#include "services/base/identity.h"
#include "services/base/micro.h"
#include "services/base/text.h"
#include "services/base/wide.h"

#include <float.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLAGS "A B D E F G H I J K L M N O P Q S U V W"

/* The four texts that say which figure a row is. */
#define KEY_COLUMNS (MV_COL_PERIOD + 1)

struct reader {
    struct mv_cursor c;
    struct mv_delivery *d;
    struct mv_conflicts *conflicts;
    const struct mv_columns *columns;
    uint32_t number;           /* of the row, from 1 */
    const struct mv_row *last; /* the row above, or an empty one */
    struct mv_row *row;
    uint32_t faulty; /* bit 1 << column: named already */
    bool has_denominator;
    bool cut; /* the bytes end, or are none, before the value does */
    uint64_t hashes[KEY_COLUMNS]; /* of the row above, then of this one */
};

bool mv_flag_known(char flag)
{
    return flag != ' ' && flag != 0 && strchr(FLAGS, flag) != NULL;
}

static void refuse(struct reader *r, mv_column col, mv_code code,
                   struct mv_span value, const char *detail)
{
    r->faulty |= 1u << col;
    r->row->faulty = true;
    mv_conflicts_add(r->conflicts, r->number, mv_column_name(col), code, value,
                     detail);
}

/* A fault of the row as a whole. */
static void refuse_row(struct reader *r, const char *field, mv_code code,
                       const char *value, const char *detail)
{
    r->row->faulty = true;
    mv_conflicts_add(r->conflicts, r->number, field, code, mv_span_text(value),
                     detail);
}

/* Steps over a value. What cannot be is not tried again row after row: each
 * try may look at all the bytes that are left. */
static bool pass(struct reader *r)
{
    r->cut = r->cut || !mv_cursor_skip(&r->c, NULL);
    return !r->cut;
}

/* A value of a type that is not due here. */
static void refuse_type(struct reader *r, mv_column col, const char *due)
{
    refuse(r, col, MV_CODE_TYPE, mv_span(NULL, 0), due);
    (void)pass(r);
}

/* ---- text ---- */

static struct mv_span *text_of(struct mv_row *row, mv_column col)
{
    switch (col) {
    case MV_COL_INDICATOR:
        return &row->indicator;
    case MV_COL_MEMBER:
        return &row->member;
    case MV_COL_UNIT:
        return &row->unit;
    case MV_COL_PERIOD:
        return &row->period;
    default:
        return &row->note;
    }
}

static bool is_ascii(struct mv_span text)
{
    const uint8_t *p = text.at;
    uint8_t all = 0;
    for (size_t i = 0; i < text.len; i++)
        all |= p[i];
    return all < 0x80;
}

static mv_code text_fault(mv_column col, struct mv_span text)
{
    size_t most = col == MV_COL_NOTE     ? MV_MAX_TEXT_BYTES
                  : col == MV_COL_PERIOD ? MV_MAX_PERIOD_BYTES
                                         : MV_MAX_IDENTIFIER_BYTES;
    bool is_id = col < MV_COL_PERIOD && mv_text_is_identifier(text);
    if (text.len > most || (text.len == 0 && col != MV_COL_NOTE))
        return MV_CODE_LENGTH;
    if (!is_id && !mv_text_is_utf8(text))
        return MV_CODE_UTF8;
    if (mv_identity_in(text))
        return MV_CODE_IDENTIFIER;
    if (col < MV_COL_PERIOD)
        return is_id ? MV_CODE_NONE : MV_CODE_CHARSET;
    if (!mv_text_is_plain(text))
        return MV_CODE_CHARSET;
    return col == MV_COL_PERIOD && !is_ascii(text) ? MV_CODE_PERIOD
                                                   : MV_CODE_NONE;
}

/* Mixes 8 bytes at a time with a secret seed: cheap, and not to be steered
 * from outside. Only the speed of the search hangs on it. */
static uint64_t hash_text(uint64_t seed, struct mv_span text)
{
    const uint8_t *p = text.at;
    uint64_t h = seed ^ text.len;
    for (size_t i = 0; i < text.len; i += 8) {
        uint64_t word = 0;
        memcpy(&word, p + i, text.len - i < 8 ? text.len - i : 8);
        mv_u128 product = (mv_u128)(h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        h = (uint64_t)product ^ (uint64_t)(product >> 64) ^ seed;
    }
    return h;
}

static const char *text_detail(mv_code code, mv_column col)
{
    if (code == MV_CODE_LENGTH) {
        return col == MV_COL_NOTE     ? "at most 256 bytes"
               : col == MV_COL_PERIOD ? "1 to 32 bytes"
                                      : "1 to 64 bytes";
    }
    if (code != MV_CODE_CHARSET)
        return NULL;
    return col < MV_COL_PERIOD
               ? "a-z 0-9 . _ - and a letter or digit first"
               : "no line breaks or other signs that are not seen";
}

/* The text above again, in its shortest form: most cells are. */
static bool repeats(struct mv_cursor *c, const struct mv_span *above)
{
    size_t len = above->len;
    if (len == 0 || len > 31 || (size_t)(c->end - c->at) <= len ||
        *c->at != (0xa0u | len) || memcmp(c->at + 1, above->at, len) != 0)
        return false;
    c->at += 1 + len;
    return true;
}

static void read_text(struct reader *r, mv_column col)
{
    struct mv_span text;
    struct mv_span *cell = text_of(r->row, col);
    const struct mv_span *above = text_of((struct mv_row *)r->last, col);
    if (repeats(&r->c, above)) {
        *cell = *above;
        return;
    }
    if (!mv_cursor_text(&r->c, &text)) {
        bool may_be_nil = col == MV_COL_MEMBER || col == MV_COL_NOTE;
        if (!may_be_nil || !mv_cursor_nil(&r->c))
            refuse_type(r, col, "text is due");
        return;
    }
    if (above->at == NULL || text.len != above->len ||
        memcmp(text.at, above->at, text.len) != 0) {
        mv_code code = text_fault(col, text);
        if (code != MV_CODE_NONE) {
            refuse(r, col, code, text, text_detail(code, col));
            return;
        }
        if (col < KEY_COLUMNS)
            r->hashes[col] = hash_text(r->d->work->seed + col, text);
    }
    *cell = text;
}

static void read_flag(struct reader *r)
{
    struct mv_span text;
    if (!mv_cursor_text(&r->c, &text)) {
        if (!mv_cursor_nil(&r->c))
            refuse_type(r, MV_COL_FLAG, "text is due");
        return;
    }
    char flag = text.len == 1 ? *(const char *)text.at : ' ';
    if (mv_flag_known(flag))
        r->row->flag = flag;
    else
        refuse(r, MV_COL_FLAG, MV_CODE_WORD, text, FLAGS);
}

/* ---- numbers ---- */

static mv_code code_of(mv_number n)
{
    static const mv_code codes[] = {
        [MV_NUMBER_OK] = MV_CODE_NONE,
        [MV_NUMBER_SYNTAX] = MV_CODE_TYPE,
        [MV_NUMBER_NOT_FINITE] = MV_CODE_NOT_FINITE,
        [MV_NUMBER_PRECISION] = MV_CODE_PRECISION,
        [MV_NUMBER_RANGE] = MV_CODE_RANGE,
    };
    return codes[n];
}

struct number {
    int64_t micro;
    bool is_nil;
    mv_number fault;
    char text[32]; /* what was sent, if it is at fault */
};

/* The shortest that reads back as the same, as people write it. */
static void float_text(struct number *n, double v, int most)
{
    for (int digits = 6; digits <= most; digits++) {
        (void)snprintf(n->text, sizeof n->text, "%.*g", digits, v);
        double back = strtod(n->text, NULL);
        if (most == FLT_DECIMAL_DIG ? (float)back == (float)v : back == v)
            break;
    }
    char *comma = strchr(n->text, ','); /* of some locales */
    if (comma != NULL)
        *comma = '.';
}

/* A whole number of at most two bytes, as most are: without a call. */
static bool take_small(struct mv_cursor *c, int64_t *micro)
{
    const uint8_t *p = c->at;
    size_t left = (size_t)(c->end - p), size;
    unsigned v;
    if (left >= 1 && p[0] <= 0x7f) {
        v = p[0];
        size = 1;
    } else if (left >= 2 && p[0] == 0xcc) {
        v = p[1];
        size = 2;
    } else if (left >= 3 && p[0] == 0xcd) {
        v = (unsigned)p[1] << 8 | p[2];
        size = 3;
    } else {
        return false;
    }
    c->at += size;
    *micro = (int64_t)v * MV_MICRO_ONE;
    return true;
}

/* False: not a number and not nil; nothing was taken. */
static bool take_number(struct mv_cursor *c, struct number *n)
{
    uint64_t u;
    int64_t i;
    double f64;
    float f32;
    n->fault = MV_NUMBER_OK;
    n->is_nil = false;
    if (mv_cursor_u64(c, &u)) {
        n->fault = mv_micro_from_u64(u, &n->micro);
        if (n->fault != MV_NUMBER_OK)
            (void)snprintf(n->text, sizeof n->text, "%" PRIu64, u);
    } else if (mv_cursor_f64(c, &f64)) {
        n->fault = mv_micro_from_f64(f64, &n->micro);
        if (n->fault != MV_NUMBER_OK)
            float_text(n, f64, DBL_DECIMAL_DIG);
    } else if (mv_cursor_i64(c, &i)) {
        n->fault = mv_micro_from_i64(i, &n->micro);
        if (n->fault != MV_NUMBER_OK)
            (void)snprintf(n->text, sizeof n->text, "%" PRId64, i);
    } else if (mv_cursor_f32(c, &f32)) {
        n->fault = mv_micro_from_f32(f32, &n->micro);
        if (n->fault != MV_NUMBER_OK)
            float_text(n, (double)f32, FLT_DECIMAL_DIG);
    } else {
        n->is_nil = mv_cursor_nil(c);
        return n->is_nil;
    }
    return true;
}

static void read_number(struct reader *r, mv_column col, int64_t *micro,
                        bool *has)
{
    struct number n;
    if (take_small(&r->c, micro)) {
        *has = true;
    } else if (!take_number(&r->c, &n)) {
        refuse_type(r, col, "a number or nil is due");
    } else if (n.fault != MV_NUMBER_OK) {
        refuse(r, col, code_of(n.fault), mv_span_text(n.text),
               "at most 9200000000000 either way");
    } else if (!n.is_nil) {
        *micro = n.micro;
        *has = true;
    }
}

static void read_time(struct reader *r)
{
    struct number n;
    if (!take_number(&r->c, &n)) {
        refuse_type(r, MV_COL_TIME, "milliseconds or nil are due");
        return;
    }
    if (n.is_nil)
        return;
    if (n.fault == MV_NUMBER_NOT_FINITE) {
        refuse(r, MV_COL_TIME, MV_CODE_NOT_FINITE, mv_span_text(n.text), NULL);
        return;
    }
    if (n.fault == MV_NUMBER_OK && n.micro % MV_MICRO_ONE == 0) {
        r->row->time_ms = n.micro / MV_MICRO_ONE;
        r->row->has_time = r->row->time_ms >= MV_MIN_TIME_MS &&
                           r->row->time_ms < MV_MAX_TIME_MS;
    }
    if (n.fault == MV_NUMBER_OK)
        (void)mv_micro_text(n.micro, n.text);
    if (!r->row->has_time)
        refuse(r, MV_COL_TIME, MV_CODE_RANGE, mv_span_text(n.text),
               "whole milliseconds of UTC, 2000 to 2199");
}

static void read_cell(struct reader *r, mv_column col)
{
    struct mv_row *row = r->row;
    switch (col) {
    case MV_COL_VALUE:
        read_number(r, col, &row->value, &row->has_value);
        break;
    case MV_COL_NUMERATOR:
        read_number(r, col, &row->numerator, &row->has_numerator);
        break;
    case MV_COL_DENOMINATOR:
        read_number(r, col, &row->denominator, &r->has_denominator);
        break;
    case MV_COL_FLAG:
        read_flag(r);
        break;
    case MV_COL_TIME:
        read_time(r);
        break;
    default:
        read_text(r, col);
        break;
    }
}

/* ---- rows ---- */

bool mv_flag_may_miss(char flag)
{
    return flag == 'O' || flag == 'M' || flag == 'L' || flag == 'Q';
}

#define NUMBERS                                                               \
    (1u << MV_COL_VALUE | 1u << MV_COL_NUMERATOR | 1u << MV_COL_DENOMINATOR | \
     1u << MV_COL_FLAG)

/* A ratio has both its parts; a figure is there or its flag says why not. */
static void check_numbers(struct reader *r)
{
    struct mv_row *row = r->row;
    struct mv_span none = mv_span(NULL, 0);
    if (r->d->kind != MV_TABLE_DELIVERY || (r->faulty & NUMBERS) != 0)
        return;
    if (row->has_numerator != r->has_denominator) {
        refuse(r, row->has_numerator ? MV_COL_DENOMINATOR : MV_COL_NUMERATOR,
               MV_CODE_MISSING, none, NULL);
        return;
    }
    if (!row->has_value && !row->has_numerator && !mv_flag_may_miss(row->flag))
        refuse(r, MV_COL_VALUE, MV_CODE_MISSING, none, NULL);
}

static bool same_figure(const struct mv_row *a, const struct mv_row *b)
{
    return mv_span_equal(a->period, b->period) &&
           mv_span_equal(a->unit, b->unit) &&
           mv_span_equal(a->member, b->member) &&
           mv_span_equal(a->indicator, b->indicator);
}

static void check_duplicate(struct reader *r)
{
    struct mv_delivery_work *work = r->d->work;
    uint64_t member = r->row->member.len > 0 ? r->hashes[MV_COL_MEMBER] : 0;
    uint64_t h = r->hashes[MV_COL_INDICATOR] ^ r->hashes[MV_COL_UNIT] ^
                 r->hashes[MV_COL_PERIOD] ^ member;
    uint32_t mask = work->slot_cap - 1;
    uint32_t at = (uint32_t)(h >> 32 ^ h) & mask;
    while (work->slots[at] != 0) {
        uint32_t other = work->slots[at];
        if (same_figure(&r->d->rows[other - 1], r->row)) {
            char text[16];
            (void)snprintf(text, sizeof text, "%" PRIu32, other);
            refuse_row(r, NULL, MV_CODE_DUPLICATE_ROW, text, NULL);
            return;
        }
        at = (at + 1) & mask;
    }
    work->slots[at] = r->number;
}

#define FIGURE                                                          \
    (1u << MV_COL_INDICATOR | 1u << MV_COL_MEMBER | 1u << MV_COL_UNIT | \
     1u << MV_COL_PERIOD)

static uint32_t columns_of(const struct reader *r)
{
    const struct mv_row *row = r->row;
    return (uint32_t)(row->member.at != NULL) << MV_COL_MEMBER |
           (uint32_t)row->has_value << MV_COL_VALUE |
           (uint32_t)row->has_numerator << MV_COL_NUMERATOR |
           (uint32_t)row->has_numerator << MV_COL_DENOMINATOR |
           (uint32_t)(row->flag != 0) << MV_COL_FLAG |
           (uint32_t)row->has_time << MV_COL_TIME |
           (uint32_t)(row->note.at != NULL) << MV_COL_NOTE;
}

static void refuse_cells(struct reader *r, uint32_t cells)
{
    char sent[16];
    char due[16];
    (void)snprintf(sent, sizeof sent, "%" PRIu32, cells);
    (void)snprintf(due, sizeof due, "%" PRIu32, r->columns->count);
    refuse_row(r, NULL, MV_CODE_ROW, sent, due);
    while (cells > 0 && pass(r)) /* so many are said to be there */
        cells--;
}

static void read_row(struct reader *r)
{
    uint32_t cells;
    *r->row = (struct mv_row){0};
    r->faulty = 0;
    r->has_denominator = false;
    if (!mv_cursor_list(&r->c, &cells)) {
        refuse_row(r, "rows", MV_CODE_TYPE, "", "a list of cells is due");
        (void)pass(r);
        return;
    }
    if (cells != r->columns->count) {
        refuse_cells(r, cells);
        return;
    }
    for (uint32_t i = 0; i < cells; i++)
        read_cell(r, r->columns->at[i]);
    check_numbers(r);
    if ((r->faulty & FIGURE) == 0)
        check_duplicate(r);
    r->d->columns |= columns_of(r);
}

/* Scratch for this many rows; at most half of the slots are ever taken. */
static void make_room(struct mv_delivery *d, uint32_t rows)
{
    struct mv_delivery_work *work = d->work;
    MV_ASSERT(rows <= MV_MAX_ROWS);
    if (rows > work->row_cap) {
        d->rows = mv_xrealloc(d->rows, rows * sizeof *d->rows);
        work->row_cap = rows;
    }
    uint32_t slots = 16;
    while (slots < 2 * rows)
        slots *= 2;
    if (work->slots == NULL)
        work->seed = mv_random_u64();
    if (work->slots == NULL || slots > work->slot_cap)
        work->slots = mv_xrealloc(work->slots, slots * sizeof *work->slots);
    work->slot_cap = slots;
    memset(work->slots, 0, slots * sizeof *work->slots);
}

void mv_rows_read(struct mv_cursor *c, uint32_t row_count,
                  const struct mv_columns *columns, struct mv_delivery *d,
                  struct mv_conflicts *conflicts)
{
    const struct mv_row none = {0};
    make_room(d, row_count);
    struct reader r = {
        .c = *c, .d = d, .conflicts = conflicts, .columns = columns};
    d->columns =
        1u << MV_COL_INDICATOR | 1u << MV_COL_UNIT | 1u << MV_COL_PERIOD;
    for (uint32_t i = 0; i < row_count && !r.cut; i++) {
        r.number = i + 1;
        r.last = i > 0 ? &d->rows[i - 1] : &none;
        r.row = &d->rows[i];
        read_row(&r);
    }
    *c = r.c;
    d->row_count = r.cut ? 0 : row_count;
}
