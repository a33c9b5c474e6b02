/* rows - see rows.h. Job: the bytes of a row. Invariant: what put writes, get
 * reads back, on every machine: all integers are big-endian. Slots are told
 * apart by (part, code), which names one period of the row's year and never
 * changes its meaning. No state: a crash leaves nothing. */
#include "services/judging/rows.h"

#include "services/base/err.h"

#include <string.h>

#define CODE_MONTHS 0   /* + (start - 1) * 12 + months: 1..144 */
#define CODE_WEEKS  150 /* + week: 151..203 */
#define CODE_DAYS   210 /* + day of the month: 211..241 */

#define BIT_WITHDRAWN 0x80u
#define HELD_SHIFT    5
#define FLAG_MASK     0x1fu

/* Whole-word loads: every slot of a row passes here for each judgement. */
static uint64_t load_be64(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

static void put_be16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static uint16_t get_be16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static void put_be48(uint8_t *p, uint64_t v)
{
    put_be16(p, (uint16_t)(v >> 32));
    mv_be32_put(p + 2, (uint32_t)v);
}

void mv_row_key_put(const struct mv_row_key *key, uint8_t out[MV_ROW_KEY_BYTES])
{
    mv_be32_put(out, key->unit);
    put_be16(out + 4, (uint16_t)key->year);
    mv_be32_put(out + 6, key->indicator);
    mv_be32_put(out + 10, key->member);
    out[14] = key->part;
}

void mv_row_key_get(struct mv_row_key *ret, const uint8_t in[MV_ROW_KEY_BYTES])
{
    ret->unit = mv_be32_get(in);
    ret->year = (int16_t)get_be16(in + 4);
    ret->indicator = mv_be32_get(in + 6);
    ret->member = mv_be32_get(in + 10);
    ret->part = in[14];
}

bool mv_row_key_equal(const struct mv_row_key *a, const struct mv_row_key *b)
{
    return a->unit == b->unit && a->indicator == b->indicator &&
           a->member == b->member && a->year == b->year && a->part == b->part;
}

void mv_slot_put(const struct mv_slot *slot, uint8_t out[MV_SLOT_BYTES])
{
    unsigned flag = slot->flag == 0 ? 0u : (unsigned)(slot->flag - 'A') + 1u;
    MV_ASSERT(flag <= 26);
    mv_be64_put(out, (uint64_t)slot->numerator);
    mv_be64_put(out + 8, (uint64_t)slot->denominator);
    put_be48(out + 16, (uint64_t)slot->time_ms);
    put_be48(out + 22, slot->seq);
    put_be16(out + 28, slot->row);
    out[30] = (uint8_t)(flag | (unsigned)slot->held << HELD_SHIFT |
                        (slot->withdrawn ? BIT_WITHDRAWN : 0u));
    out[31] = slot->code;
}

void mv_slot_get(struct mv_slot *ret, const uint8_t in[MV_SLOT_BYTES])
{
    unsigned flag = in[30] & FLAG_MASK;
    ret->numerator = (int64_t)load_be64(in);
    ret->denominator = (int64_t)load_be64(in + 8);
    /* 48 bits, the sign carried on */
    ret->time_ms = (int64_t)load_be64(in + 16) >> 16;
    ret->seq = load_be64(in + 22) >> 16;
    ret->row = get_be16(in + 28);
    ret->code = in[31];
    ret->flag = (char)(flag == 0 ? 0 : 'A' + (int)flag - 1);
    ret->held = (mv_slot_held)(in[30] >> HELD_SHIFT & 3u);
    ret->withdrawn = (in[30] & BIT_WITHDRAWN) != 0;
}

uint8_t mv_slot_code(const uint8_t in[MV_SLOT_BYTES])
{
    return in[31];
}

bool mv_slot_is_number(const uint8_t in[MV_SLOT_BYTES])
{
    return (in[30] & BIT_WITHDRAWN) == 0 &&
           (in[30] >> HELD_SHIFT & 3u) != MV_HELD_NIL;
}

bool mv_slot_preliminary(const struct mv_slot *slot)
{
    return !slot->withdrawn && (slot->flag == 'P' || slot->flag == 'E');
}

int mv_slot_compare(const struct mv_slot *a, const struct mv_slot *b)
{
    bool a_final = !mv_slot_preliminary(a);
    bool b_final = !mv_slot_preliminary(b);
    if (a_final != b_final)
        return a_final ? 1 : -1;
    if (a->time_ms != b->time_ms)
        return a->time_ms < b->time_ms ? -1 : 1;
    if (a->seq != b->seq)
        return a->seq < b->seq ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

void mv_slot_place(const struct mv_period *p, uint8_t *part, uint8_t *code)
{
    *part = 0;
    if (p->freq == MV_FREQ_D) {
        struct mv_date d = mv_day_date(p->first_day);
        *part = (uint8_t)d.month;
        *code = (uint8_t)(CODE_DAYS + d.day);
    } else if (p->freq == MV_FREQ_W) {
        *code = (uint8_t)(CODE_WEEKS + p->index);
    } else {
        int start = 0;
        int months = 0;
        bool whole = mv_period_months(p, &start, &months);
        MV_ASSERT(whole && months >= 1);
        *code = (uint8_t)(CODE_MONTHS + (start - 1) * 12 + months);
    }
}

bool mv_slot_period(int year, uint8_t part, uint8_t code, struct mv_period *ret)
{
    if (part != 0) {
        int day = code - CODE_DAYS;
        return part <= 12 && mv_date_exists(year, part, day) &&
               mv_period_at(MV_FREQ_D, mv_day_of(year, part, day), ret);
    }
    if (code > CODE_WEEKS)
        return code < CODE_DAYS &&
               mv_period_nth(MV_FREQ_W, year, code - CODE_WEEKS, ret);
    if (code < 1 || code > 144)
        return false;
    return mv_period_of_months(year, (code - 1) / 12 + 1, (code - 1) % 12 + 1,
                               ret);
}
