/* cells - see cells.h. Job: stretches as bits. Invariant: the same position
 * is the same month, week number or (month, day) in every year, so two years
 * are compared bit by bit. No state: a crash leaves nothing. */
#include "services/judging/cells.h"

#include "services/catalogue/model.h"

#define DAYS   31
#define YEAR12 UINT64_C(0xfff)

static unsigned months_in(mv_freq freq)
{
    switch (freq) {
    case MV_FREQ_A:
        return 12;
    case MV_FREQ_S:
        return 6;
    case MV_FREQ_T:
        return 4;
    case MV_FREQ_Q:
        return 3;
    case MV_FREQ_M:
        return 1;
    case MV_FREQ_NONE:
    case MV_FREQ_W:
    case MV_FREQ_D:
    case MV_FREQ_RANGE:
        break;
    }
    return 0;
}

unsigned mv_cells_words(mv_freq freq)
{
    return freq == MV_FREQ_D ? MV_CELL_WORDS : 1;
}

static void set(struct mv_cells *c, unsigned i)
{
    c->w[i / 64] |= UINT64_C(1) << i % 64;
}

static void clear(struct mv_cells *c)
{
    for (unsigned i = 0; i < MV_CELL_WORDS; i++)
        c->w[i] = 0;
}

static bool holds_whole(mv_freq freq, unsigned start, unsigned months)
{
    if (freq == MV_FREQ_M)
        return true;
    unsigned each = months_in(freq);
    unsigned first = (start + each - 1) / each * each;
    return first + each <= start + months;
}

/* Codes of months are (start - 1) * 12 + months. */
uint32_t mv_cells_months(mv_freq freq, uint8_t code)
{
    if (code < 1 || code > 144)
        return 0;
    unsigned start = (code - 1u) / 12u;
    unsigned months = (code - 1u) % 12u + 1u;
    if (start + months > 12 || !holds_whole(freq, start, months))
        return 0;
    return ((UINT32_C(1) << months) - 1) << start;
}

static bool months_of(mv_freq freq, uint8_t part, uint8_t code,
                      struct mv_span_of_cells *ret)
{
    uint32_t months = part == 0 ? mv_cells_months(freq, code) : 0;
    if (months == 0)
        return false;
    ret->cells.w[0] = months;
    ret->start = __builtin_ctz(months) + 1;
    ret->end = 32 - __builtin_clz(months);
    return true;
}

static bool weeks_of(const struct mv_period *p, struct mv_span_of_cells *ret)
{
    struct mv_period week;
    if (p->freq == MV_FREQ_D)
        return false;
    clear(&ret->cells);
    if (p->freq == MV_FREQ_W) {
        set(&ret->cells, (unsigned)p->index - 1);
        return true;
    }
    /* a week belongs to the stretch that its Thursday lies in */
    for (int n = 1; mv_period_nth(MV_FREQ_W, p->year, n, &week); n++) {
        if (week.first_day + 3 >= p->first_day &&
            week.first_day + 3 <= p->last_day)
            set(&ret->cells, (unsigned)n - 1);
    }
    return true;
}

static unsigned day_cell(struct mv_date d)
{
    return (unsigned)(d.month - 1) * DAYS + (unsigned)d.day - 1;
}

static bool days_of(const struct mv_period *p, struct mv_span_of_cells *ret)
{
    clear(&ret->cells);
    for (int32_t day = p->first_day; day <= p->last_day; day++) {
        struct mv_date d = mv_day_date(day);
        if (d.year != p->year)
            return false;
        set(&ret->cells, day_cell(d));
    }
    return true;
}

bool mv_cells_of(mv_freq freq, int year, uint8_t part, uint8_t code,
                 struct mv_span_of_cells *ret)
{
    struct mv_period p;
    if (months_in(freq) != 0)
        return months_of(freq, part, code, ret);
    if (!mv_slot_period(year, part, code, &p))
        return false;
    ret->start = p.first_day;
    ret->end = p.last_day;
    return freq == MV_FREQ_W ? weeks_of(&p, ret) : days_of(&p, ret);
}

bool mv_cells_fit(mv_freq freq, const struct mv_period *p)
{
    struct mv_span_of_cells span;
    uint8_t part, code;
    mv_slot_place(p, &part, &code);
    return mv_cells_of(freq, p->year, part, code, &span);
}

void mv_cells_year(mv_freq freq, int year, struct mv_cells *ret)
{
    clear(ret);
    if (freq == MV_FREQ_W) {
        ret->w[0] = (UINT64_C(1) << mv_period_count(MV_FREQ_W, year)) - 1;
    } else if (freq != MV_FREQ_D) {
        ret->w[0] = YEAR12;
    } else {
        for (int m = 1; m <= 12; m++)
            for (int d = 1; d <= mv_month_days(year, m); d++)
                set(ret, day_cell((struct mv_date){year, m, d}));
    }
}

bool mv_cells_nth(mv_freq freq, int year, int n, struct mv_cells *ret)
{
    struct mv_period p;
    unsigned each = months_in(freq);
    if (n < 1 || n > mv_period_count(freq, year))
        return false;
    clear(ret);
    if (each != 0)
        ret->w[0] = ((UINT64_C(1) << each) - 1) << ((unsigned)n - 1) * each;
    else if (freq == MV_FREQ_W)
        set(ret, (unsigned)n - 1);
    else if (mv_period_nth(freq, year, n, &p))
        set(ret, day_cell(mv_day_date(p.first_day)));
    return true;
}

void mv_cells_outside(mv_freq freq, int year, int32_t first_day,
                      int32_t last_day, struct mv_cells *c)
{
    struct mv_cells cells;
    struct mv_period p;
    bool never = first_day > last_day;
    if (first_day == MV_DAY_MIN && last_day == MV_DAY_MAX)
        return;
    if (!never && first_day <= mv_day_of(year, 1, 1) &&
        last_day >= mv_day_of(year, 12, 31))
        return;
    for (int n = 1; mv_cells_nth(freq, year, n, &cells); n++) {
        if (mv_period_nth(freq, year, n, &p) &&
            (never || p.last_day < first_day || p.first_day > last_day))
            mv_cells_add(c, &cells, mv_cells_words(freq));
    }
}

static unsigned cells_in(mv_freq freq)
{
    unsigned each = months_in(freq);
    return each == 0 ? 1 : each;
}

void mv_cells_whole(mv_freq freq, struct mv_cells *c)
{
    unsigned each = cells_in(freq);
    for (unsigned at = 0; each > 1 && at < 12; at += each) {
        uint64_t period = ((UINT64_C(1) << each) - 1) << at;
        if ((c->w[0] & period) != period)
            c->w[0] &= ~period;
    }
}

unsigned mv_cells_periods(mv_freq freq, const struct mv_cells *c)
{
    return mv_cells_count(c, mv_cells_words(freq)) / cells_in(freq);
}

void mv_cells_drop(struct mv_cells *a, const struct mv_cells *b, unsigned words)
{
    for (unsigned i = 0; i < words; i++)
        a->w[i] &= ~b->w[i];
}

bool mv_cells_empty(const struct mv_cells *a, unsigned words)
{
    uint64_t any = 0;
    for (unsigned i = 0; i < words; i++)
        any |= a->w[i];
    return any == 0;
}

bool mv_cells_equal(const struct mv_cells *a, const struct mv_cells *b,
                    unsigned words)
{
    uint64_t other = 0;
    for (unsigned i = 0; i < words; i++)
        other |= a->w[i] ^ b->w[i];
    return other == 0;
}

bool mv_cells_inside(const struct mv_cells *a, const struct mv_cells *in,
                     unsigned words)
{
    uint64_t out = 0;
    for (unsigned i = 0; i < words; i++)
        out |= a->w[i] & ~in->w[i];
    return out == 0;
}

bool mv_cells_meet(const struct mv_cells *a, const struct mv_cells *b,
                   unsigned words)
{
    uint64_t both = 0;
    for (unsigned i = 0; i < words; i++)
        both |= a->w[i] & b->w[i];
    return both != 0;
}

void mv_cells_add(struct mv_cells *a, const struct mv_cells *b, unsigned words)
{
    for (unsigned i = 0; i < words; i++)
        a->w[i] |= b->w[i];
}

void mv_cells_keep(struct mv_cells *a, const struct mv_cells *b, unsigned words)
{
    for (unsigned i = 0; i < words; i++)
        a->w[i] &= b->w[i];
}

void mv_cells_keep_after(struct mv_cells *a, const struct mv_cells *b,
                         unsigned words)
{
    bool met = false; /* from the last on */
    for (unsigned i = words; i-- > 0;) {
        if (met)
            a->w[i] = 0;
        else if (b->w[i] != 0)
            a->w[i] &= ~(UINT64_MAX >> __builtin_clzll(b->w[i]));
        met |= b->w[i] != 0;
    }
}

unsigned mv_cells_count(const struct mv_cells *a, unsigned words)
{
    unsigned n = 0;
    for (unsigned i = 0; i < words; i++)
        n += (unsigned)__builtin_popcountll(a->w[i]);
    return n;
}
