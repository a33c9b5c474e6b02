/* basis - see basis.h. Job: the periods of a basis as bits and back.
 * Invariant: one bit per (part, code) of a row, so two terms of one year are
 * joined by or. No state: a crash leaves nothing. */
#include "services/judging/basis.h"

#include "services/base/err.h"

#define CODES     256 /* of part 0; then 32 for each month's days */
#define DAY_CODES 32
#define DAY_FIRST 210

unsigned mv_basis_bit(uint8_t part, uint8_t code)
{
    unsigned bit =
        part == 0 ? code : CODES + (part - 1u) * DAY_CODES + code - DAY_FIRST;
    MV_ASSERT(bit < MV_STRETCH_WORDS * 64);
    return bit;
}

static bool period_of(int year, unsigned bit, struct mv_period *ret)
{
    if (bit < CODES)
        return mv_slot_period(year, 0, (uint8_t)bit, ret);
    bit -= CODES;
    return mv_slot_period(year, (uint8_t)(bit / DAY_CODES + 1),
                          (uint8_t)(bit % DAY_CODES + DAY_FIRST), ret);
}

static bool goes_before(const struct mv_period *a, const struct mv_period *b)
{
    if (a->first_day != b->first_day)
        return a->first_day < b->first_day;
    return a->last_day < b->last_day;
}

size_t mv_basis_periods(const struct mv_basis *basis, int year,
                        struct mv_period *ret, size_t max)
{
    size_t count = 0;
    for (unsigned bit = 0; bit < MV_STRETCH_WORDS * 64; bit++) {
        struct mv_period p;
        if ((basis->stretches[bit / 64] >> bit % 64 & 1) == 0 ||
            !period_of(year, bit, &p))
            continue;
        size_t i = count < max ? count : max;
        count++;
        for (; i > 0 && goes_before(&p, &ret[i - 1]); i--)
            if (i < max)
                ret[i] = ret[i - 1];
        if (i < max)
            ret[i] = p;
    }
    return count;
}
