/* basis - see basis.h. Job: the periods of a basis as bits and back.
 * Invariant: one bit per (part, code) of a row, so two terms of one year are
 * joined by or. No state: a crash leaves nothing. */
#include "services/judging/basis.h"

#include "services/base/err.h"
#include "services/judging/work.h"

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

/* Into its place among the count there are; the last falls off at max. */
static void insert(struct mv_period *at, size_t count, size_t max,
                   const struct mv_period *p)
{
    size_t i = count < max ? count : max;
    for (; i > 0 && goes_before(p, &at[i - 1]); i--)
        if (i < max)
            at[i] = at[i - 1];
    if (i < max)
        at[i] = *p;
}

size_t mv_basis_periods(const struct mv_basis *basis, int year,
                        struct mv_period *ret, size_t max)
{
    size_t count = 0;
    for (unsigned w = 0; w < MV_STRETCH_WORDS; w++) {
        for (uint64_t left = basis->stretches[w]; left != 0; left &= left - 1) {
            unsigned bit = w * 64 + (unsigned)__builtin_ctzll(left);
            struct mv_period p;
            if (period_of(year, bit, &p))
                insert(ret, count++, max, &p);
        }
    }
    return count;
}

void mv_basis_merge(struct mv_basis *into, const struct mv_basis *b)
{
    into->preliminary |= b->preliminary;
    into->unweighted |= b->unweighted;
    into->whole_base |= b->whole_base;
    into->forecast |= b->forecast;
    for (unsigned i = 0; i < MV_STRETCH_WORDS; i++)
        into->stretches[i] |= b->stretches[i];
    for (unsigned i = 0; i < b->left_out_kept; i++)
        mv_basis_leave_out(into, b->left_out_at[i].unit,
                           b->left_out_at[i].member, b->left_out_at[i].why);
}

void mv_basis_leave_out(struct mv_basis *basis, uint32_t unit, uint32_t member,
                        uint32_t why)
{
    unsigned k = 0;
    while (k < basis->left_out_kept && (basis->left_out_at[k].unit != unit ||
                                        basis->left_out_at[k].member != member))
        k++;
    if (k < basis->left_out_kept)
        basis->left_out_at[k].why |= why;
    if (k < basis->left_out_kept || k == MV_LEFT_OUT_MAX)
        return;
    basis->left_out_at[basis->left_out_kept++] =
        (struct mv_left_out){unit, member, why};
    basis->left_out++;
}

void mv_basis_absent(const struct mv_work *w, struct mv_basis *basis,
                     uint32_t unit)
{
    if (w->naming && basis->absent_kept < MV_ABSENT_MAX)
        basis->absent_at[basis->absent_kept++] = unit;
}
