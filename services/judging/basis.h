/* basis - what a value of the target's year rests on: which periods, which
 * units, and what could not count. */
#pragma once

#include "services/judging/cells.h"

struct mv_work;

#define MV_LEFT_OUT_MAX  64 /* named; the rest is counted */
#define MV_ABSENT_MAX    12 /* named, likewise */
#define MV_STRETCH_WORDS 10 /* bits, one per (part, code) of a row */

/* Why a part is left out where no status says it: bits beside MV_REASON_BIT. */
#define MV_LEFT_NOT_THERE  (UINT32_C(1) << 27) /* in the stretch asked for */
#define MV_LEFT_ENDED      (UINT32_C(1) << 28) /* see stock.h */
#define MV_LEFT_UNWEIGHTED (UINT32_C(1) << 29) /* a ratio's bare value */
#define MV_LEFT_HIDDEN     (UINT32_C(1) << 30) /* would tell a suppressed one */
#define MV_LEFT_MISSING    (UINT32_C(1) << 31) /* due or not */

struct mv_left_out {
    uint32_t unit, member; /* dense; MV_MEMBER_TOTAL: all of the unit */
    uint32_t why;          /* bits of reasons, and of those above */
};

/* What a value of the target's year rests on. */
struct mv_basis {
    /* In: held by the figures in the value, of its first part alone. Of: in
       all, but those of which none is expected of some part. */
    uint16_t periods_in, periods_of;
    uint16_t units_in, units_of;      /* likewise; 1, 1 of its own figures */
    uint16_t left_out, left_out_kept; /* have figures that cannot count */
    struct mv_left_out left_out_at[MV_LEFT_OUT_MAX];
    uint64_t stretches[MV_STRETCH_WORDS]; /* used; see mv_basis_periods */
    struct mv_cells held; /* by the figures in the value, of its first part */
    /* Only where the judgement was asked to name who is not in: the periods
       that it is of and are not, where the value asks for them and nothing is
       taken for them ... */
    struct mv_cells missing;
    uint8_t freq; /* ... of this mv_freq; and the first such units */
    uint16_t absent_kept;
    uint32_t absent_at[MV_ABSENT_MAX];
    int16_t inhabitants; /* of a rate: of this earlier year; 0: as asked */
    bool own;            /* not rolled up */
    bool preliminary;
    bool forecast;   /* missing periods are in it, as the target says how */
    bool unweighted; /* bare values of a ratio: unweighted mean */
    bool whole_base; /* held against a base known only as a whole year */
};

/* Adds what another value rests on; its units and cells are not told. */
void mv_basis_merge(struct mv_basis *into, const struct mv_basis *b);
/* Names it once; all that is said of it is kept. */
void mv_basis_leave_out(struct mv_basis *basis, uint32_t unit, uint32_t member,
                        uint32_t why);

/* One more unit that is not in, where the judgement that w works for was asked
 * to name them; beyond MV_ABSENT_MAX none. */
void mv_basis_absent(const struct mv_work *w, struct mv_basis *basis,
                     uint32_t unit);

/* The bit of basis->stretches that a period of a row has. */
unsigned mv_basis_bit(uint8_t part, uint8_t code);
/* The periods that a basis rests on, by start, then end; returns how many
 * there are, at most `max` of them in ret. */
size_t mv_basis_periods(const struct mv_basis *basis, int year,
                        struct mv_period *ret, size_t max);
