/* strand - see strand.h. Job: a series' year from its row to one amount.
 * Invariant: the picked figures never overlap. Works on copies: a crash
 * leaves nothing. */
#include "services/judging/strand.h"

#include "services/base/err.h"

static struct mv_strand *new_strand(struct mv_work *w)
{
    if (w->strand_count == w->strand_cap) {
        w->strand_cap = w->strand_cap == 0 ? 32 : w->strand_cap * 2;
        w->strands =
            mv_xrealloc(w->strands, w->strand_cap * sizeof *w->strands);
    }
    return &w->strands[w->strand_count++];
}

static void make_room(struct mv_work *w, uint32_t more)
{
    if (w->stretch_count + more <= w->stretch_cap)
        return;
    while (w->stretch_count + more > w->stretch_cap)
        w->stretch_cap = w->stretch_cap == 0 ? 64 : w->stretch_cap * 2;
    w->stretches =
        mv_xrealloc(w->stretches, w->stretch_cap * sizeof *w->stretches);
}

/* What a slot without a number says. */
static void note(struct mv_strand *s, const struct mv_stretch *t,
                 unsigned words)
{
    if (t->slot.withdrawn) {
        s->withdrawn = true;
    } else if (t->slot.flag == 'Q') {
        s->suppressed = true;
        mv_cells_add(&s->known_suppressed, &t->cells, words);
    } else if (t->slot.flag == 'M') {
        mv_cells_add(&s->none_expected, &t->cells, words);
    }
}

static void read_part(struct mv_work *w, struct mv_strand *s,
                      struct mv_year_row row, mv_freq freq, uint8_t part)
{
    unsigned words = mv_cells_words(freq);
    make_room(w, row.count);
    for (unsigned i = 0; i < row.count; i++) {
        struct mv_stretch *t = &w->stretches[w->stretch_count];
        struct mv_span_of_cells span;
        mv_slot_get(&t->slot, row.at + (size_t)i * MV_SLOT_BYTES);
        if (!mv_cells_of(freq, s->year, part, t->slot.code, &span))
            continue;
        for (unsigned k = 0; k < MV_CELL_WORDS; k++)
            t->cells.w[k] = k < words ? span.cells.w[k] : 0;
        t->start = span.start;
        t->end = span.end;
        t->part = part;
        t->number = !t->slot.withdrawn && t->slot.held != MV_HELD_NIL;
        t->picked = false;
        s->records = true;
        s->in |= t->number;
        if (!t->number)
            note(s, t, words);
        w->stretch_count++;
        s->count++;
    }
}

uint32_t mv_strand_load(struct mv_work *w, const struct mv_judge_env *env,
                        uint32_t unit, uint32_t indicator, uint32_t member,
                        int year)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    mv_freq freq = c->indicators[indicator].frequency;
    uint8_t parts = freq == MV_FREQ_D ? 12 : 0;
    const struct mv_unit *u = &c->units[unit];
    struct mv_row_key key;
    struct mv_strand *s = new_strand(w);
    *s = (struct mv_strand){.unit = unit,
                            .member = member,
                            .first = w->stretch_count,
                            .before = MV_NONE,
                            .year = (int16_t)year};
    mv_plan_key(env->plan, unit, indicator, member, year, &key);
    for (uint8_t part = 0; part <= parts; part++) {
        key.part = part;
        read_part(w, s, mv_rowcache_get(env->rows, &key), freq, part);
    }
    mv_cells_outside(freq, year, u->first_day, u->last_day, &s->none_expected);
    mv_strand_pick(w, s, mv_cells_words(freq), NULL, NULL);
    for (uint32_t i = s->first; i < s->first + s->count; i++)
        w->stretches[i].counts = w->stretches[i].picked;
    s->counted = s->held;
    return w->strand_count - 1;
}

static bool may_be_picked(const struct mv_stretch *t, unsigned words,
                          const struct mv_cells *limit,
                          const struct mv_cells *both)
{
    if (!t->number)
        return false;
    if (both == NULL)
        return limit == NULL || mv_cells_inside(&t->cells, limit, words);
    struct mv_cells shared = t->cells;
    mv_cells_keep(&shared, both, words);
    return !mv_cells_empty(&shared, words) &&
           (limit == NULL || mv_cells_inside(&shared, limit, words));
}

static bool goes_before(const struct mv_stretch *a, const struct mv_stretch *b,
                        unsigned words)
{
    unsigned a_cells = mv_cells_count(&a->cells, words);
    unsigned b_cells = mv_cells_count(&b->cells, words);
    if (a_cells != b_cells)
        return a_cells > b_cells;
    if (a->end != b->end)
        return a->end > b->end;
    return a->start > b->start;
}

/* With overlaps: the best of what is left, again and again. */
static void pick_slowly(struct mv_stretch *at, uint32_t count, unsigned words,
                        const struct mv_cells *limit,
                        const struct mv_cells *both, struct mv_cells *taken)
{
    *taken = (struct mv_cells){{0}};
    for (;;) {
        struct mv_stretch *best = NULL;
        for (uint32_t i = 0; i < count; i++) {
            struct mv_stretch *t = &at[i];
            if (!t->picked && may_be_picked(t, words, limit, both) &&
                !mv_cells_meet(&t->cells, taken, words) &&
                (best == NULL || goes_before(t, best, words)))
                best = t;
        }
        if (best == NULL)
            return;
        best->picked = true;
        mv_cells_add(taken, &best->cells, words);
    }
}

void mv_strand_pick(struct mv_work *w, struct mv_strand *s, unsigned words,
                    const struct mv_cells *limit, const struct mv_cells *both)
{
    /* there may be none at all: not even NULL + 0 */
    struct mv_stretch *at = s->count > 0 ? w->stretches + s->first : NULL;
    struct mv_cells taken = {{0}};
    bool overlap = false;
    for (uint32_t i = 0; i < s->count; i++) {
        at[i].picked = may_be_picked(&at[i], words, limit, both);
        if (!at[i].picked)
            continue;
        overlap |= mv_cells_meet(&at[i].cells, &taken, words);
        mv_cells_add(&taken, &at[i].cells, words);
    }
    if (overlap) {
        for (uint32_t i = 0; i < s->count; i++)
            at[i].picked = false;
        pick_slowly(at, s->count, words, limit, both, &taken);
    }
    if (both != NULL)
        mv_cells_keep(&taken, both, words);
    s->held = taken;
    s->filled = s->fill;
    if (limit != NULL)
        mv_cells_keep(&s->filled, limit, words);
    if (both != NULL)
        mv_cells_keep(&s->filled, both, words);
    mv_cells_add(&s->held, &s->filled, words);
}

static int last_cell(const struct mv_cells *c, unsigned words)
{
    for (unsigned i = words; i-- > 0;) {
        if (c->w[i] != 0)
            return (int)(i * 64 + 63) - __builtin_clzll(c->w[i]);
    }
    return -1;
}

/* The figure that a missing cell repeats: the last one in before it, else
 * the first one in. */
static const struct mv_stretch *carried(const struct mv_work *w,
                                        const struct mv_strand *s, int cell)
{
    const struct mv_stretch *before = NULL, *first = NULL;
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct mv_stretch *t = &w->stretches[i];
        if (!t->counts)
            continue;
        if (first == NULL || t->end < first->end)
            first = t;
        if (last_cell(&t->cells, MV_CELL_WORDS) < cell &&
            (before == NULL || t->end > before->end))
            before = t;
    }
    return before != NULL ? before : first;
}

const struct mv_stretch *mv_strand_last(const struct mv_work *w,
                                        const struct mv_strand *s)
{
    const struct mv_stretch *last = NULL;
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct mv_stretch *t = &w->stretches[i];
        if (t->picked && (last == NULL || t->end > last->end ||
                          (t->end == last->end && t->start > last->start)))
            last = t;
    }
    int filled = last_cell(&s->filled, MV_CELL_WORDS);
    if (filled >= 0 &&
        (last == NULL || last_cell(&last->cells, MV_CELL_WORDS) < filled))
        return carried(w, s, filled);
    return last;
}

void mv_strand_keep_last(struct mv_work *w, struct mv_strand *s)
{
    const struct mv_stretch *last = mv_strand_last(w, s);
    for (uint32_t i = s->first; i < s->first + s->count; i++)
        w->stretches[i].picked = &w->stretches[i] == last;
}

bool mv_strand_preliminary(const struct mv_work *w, const struct mv_strand *s)
{
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        if (w->stretches[i].picked &&
            mv_slot_preliminary(&w->stretches[i].slot))
            return true;
    }
    return false;
}
