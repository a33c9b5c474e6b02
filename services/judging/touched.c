/* touched - see touched.h. Job: the list of what to judge again. Invariant:
 * pairs are numbers (target << 32 | unit) that are sorted and made unique
 * when asked for, so the order never depends on the order of touching.
 * Memory only: a crash leaves nothing. */
#include "services/judging/touched.h"

#include "services/base/err.h"
#include "services/judging/due.h"

#include <stdlib.h>

struct mv_touched {
    uint64_t *at;
    size_t count, cap;
    uint64_t *other; /* as large: where they go while they are sorted */
    size_t other_cap;
    bool sorted; /* ascending, without repeats */
    struct mv_pair *pairs;
    size_t pairs_cap;
};

struct mv_touched *mv_touched_open(void)
{
    struct mv_touched *t = mv_xcalloc(1, sizeof *t);
    t->sorted = true;
    return t;
}

void mv_touched_close(struct mv_touched *t)
{
    if (t == NULL)
        return;
    free(t->at);
    free(t->other);
    free(t->pairs);
    free(t);
}

void mv_touched_clear(struct mv_touched *t)
{
    t->count = 0;
    t->sorted = true;
}

static void add(struct mv_touched *t, uint32_t target, uint32_t unit)
{
    uint64_t v = (uint64_t)target << 32 | unit;
    if (t->count > 0 && v <= t->at[t->count - 1]) {
        if (v == t->at[t->count - 1])
            return;
        t->sorted = false;
    }
    if (t->count == t->cap) {
        t->cap = t->cap == 0 ? 256 : t->cap * 2;
        t->at = mv_xrealloc(t->at, t->cap * sizeof *t->at);
    }
    t->at[t->count++] = v;
}

static void add_in_scope(struct mv_touched *t, const struct mv_plan *p,
                         uint32_t target, uint32_t unit)
{
    if (mv_plan_judges(p, target, unit))
        add(t, target, unit);
}

void mv_touched_figure(struct mv_touched *t, const struct mv_plan *p,
                       uint32_t unit, uint32_t indicator, int year)
{
    const struct mv_catalogue *c = mv_plan_catalogue(p);
    struct mv_indices targets = mv_plan_targets(p, indicator, year);
    for (uint32_t i = 0; i < targets.count; i++)
        for (uint32_t u = unit; u != MV_NONE; u = c->units[u].parent)
            add_in_scope(t, p, targets.at[i], u);
}

void mv_touched_pair(struct mv_touched *t, const struct mv_plan *p,
                     uint32_t target, uint32_t unit)
{
    add_in_scope(t, p, target, unit);
}

void mv_touched_target(struct mv_touched *t, const struct mv_plan *p,
                       uint32_t target, uint32_t unit)
{
    const struct mv_catalogue *c = mv_plan_catalogue(p);
    const uint32_t *order = mv_plan_preorder(p);
    const struct mv_unit *top = &c->units[unit];
    for (uint32_t i = top->enter; i < top->leave; i++)
        add_in_scope(t, p, target, order[i]);
}

void mv_touched_all(struct mv_touched *t, const struct mv_plan *p)
{
    const struct mv_catalogue *c = mv_plan_catalogue(p);
    for (uint32_t i = 0; i < c->target_count; i++)
        for (uint32_t u = 0; u < c->unit_count; u++)
            add_in_scope(t, p, i, u);
}

static void touch_year(struct mv_touched *t, const struct mv_plan *p,
                       uint32_t indicator, int year)
{
    const struct mv_catalogue *c = mv_plan_catalogue(p);
    struct mv_indices targets = mv_plan_targets(p, indicator, year);
    for (uint32_t i = 0; i < targets.count; i++)
        for (uint32_t u = 0; u < c->unit_count; u++)
            add_in_scope(t, p, targets.at[i], u);
}

void mv_touched_day(struct mv_touched *t, const struct mv_plan *p, int32_t day)
{
    const struct mv_catalogue *c = mv_plan_catalogue(p);
    for (uint32_t i = 0; i < c->indicator_count; i++) {
        int year;
        if (!mv_due_turns(&c->indicators[i], day, &year))
            continue;
        touch_year(t, p, i, year);
        /* an ISO year's last week may end in the next year */
        if (c->indicators[i].frequency == MV_FREQ_W)
            touch_year(t, p, i, year - 1);
    }
}

/* By one byte of the numbers, those that are equal in it kept in order. */
static void sort_by_byte(const uint64_t *from, uint64_t *to, size_t count,
                         unsigned shift)
{
    size_t next[256] = {0};
    size_t at = 0;
    for (size_t i = 0; i < count; i++)
        next[from[i] >> shift & 0xff]++;
    for (unsigned b = 0; b < 256; b++) {
        size_t here = next[b];
        next[b] = at;
        at += here;
    }
    for (size_t i = 0; i < count; i++)
        to[next[from[i] >> shift & 0xff]++] = from[i];
}

/* From the least byte to the greatest; those in which all agree are passed
 * over: of a delivery few are left. */
static void sort_all(struct mv_touched *t)
{
    uint64_t differ = 0;
    if (t->other_cap < t->cap) {
        t->other_cap = t->cap;
        t->other = mv_xrealloc(t->other, t->cap * sizeof *t->other);
    }
    for (size_t i = 1; i < t->count; i++)
        differ |= t->at[i] ^ t->at[0];
    for (unsigned shift = 0; shift < 64; shift += 8) {
        if ((differ >> shift & 0xff) == 0)
            continue;
        sort_by_byte(t->at, t->other, t->count, shift);
        uint64_t *sorted = t->other;
        t->other = t->at;
        t->at = sorted;
    }
}

static void sort(struct mv_touched *t)
{
    size_t kept = 0;
    sort_all(t);
    for (size_t i = 0; i < t->count; i++)
        if (kept == 0 || t->at[i] != t->at[kept - 1])
            t->at[kept++] = t->at[i];
    t->count = kept;
    t->sorted = true;
}

size_t mv_touched_pairs(struct mv_touched *t, const struct mv_pair **ret)
{
    if (!t->sorted)
        sort(t);
    if (t->pairs_cap < t->count) {
        t->pairs_cap = t->cap;
        t->pairs = mv_xrealloc(t->pairs, t->pairs_cap * sizeof *t->pairs);
    }
    for (size_t i = 0; i < t->count; i++)
        t->pairs[i] =
            (struct mv_pair){(uint32_t)(t->at[i] >> 32), (uint32_t)t->at[i]};
    *ret = t->pairs;
    return t->count;
}
