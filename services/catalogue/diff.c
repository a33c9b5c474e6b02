/* diff - see diff.h. Job: two catalogues, thing by thing and key by key.
 * Invariant: no row says was = is; rows are in the order of the new
 * catalogue, what is gone stands after it in the order of the old.
 * A crash in the middle leaves nothing: it is memory of the caller's. */
#include "services/catalogue/diff.h"

#include <stdlib.h>
#include <string.h>

#include "services/catalogue/fields.h"

/* One kind of thing: how to walk and find it in a catalogue. */
struct kind {
    const char *what;
    const struct mv_field *fields;
    uint32_t (*count)(const struct mv_catalogue *c);
    const void *(*at)(const struct mv_catalogue *c, uint32_t i);
    const void *(*find)(const struct mv_catalogue *c, struct mv_span id,
                        int32_t year);
    struct mv_span (*id)(const void *thing, int32_t *year);
    mv_diff_severity added, removed;
};

#define KIND(name, list, number)                                           \
    static uint32_t name##_count(const struct mv_catalogue *c)             \
    {                                                                      \
        return c->number;                                                  \
    }                                                                      \
    static const void *name##_at(const struct mv_catalogue *c, uint32_t i) \
    {                                                                      \
        return &c->list[i];                                                \
    }
KIND(unit, units, unit_count)
KIND(indicator, indicators, indicator_count)
KIND(target, targets, target_count)
KIND(commission, commissions, commission_count)

static const void *unit_find(const struct mv_catalogue *c, struct mv_span id,
                             int32_t year)
{
    (void)year;
    return mv_catalogue_unit(c, id);
}

static const void *indicator_find(const struct mv_catalogue *c,
                                  struct mv_span id, int32_t year)
{
    (void)year;
    return mv_catalogue_indicator(c, id);
}

static const void *target_find(const struct mv_catalogue *c, struct mv_span id,
                               int32_t year)
{
    return mv_catalogue_target(c, id, year);
}

static const void *commission_find(const struct mv_catalogue *c,
                                   struct mv_span id, int32_t year)
{
    return mv_catalogue_commission(c, id, year);
}

static struct mv_span unit_id(const void *thing, int32_t *year)
{
    *year = 0;
    return ((const struct mv_unit *)thing)->id;
}

static struct mv_span indicator_id(const void *thing, int32_t *year)
{
    *year = 0;
    return ((const struct mv_indicator *)thing)->id;
}

static struct mv_span target_id(const void *thing, int32_t *year)
{
    *year = ((const struct mv_target *)thing)->year;
    return ((const struct mv_target *)thing)->id;
}

static struct mv_span commission_id(const void *thing, int32_t *year)
{
    *year = ((const struct mv_commission *)thing)->year;
    return ((const struct mv_commission *)thing)->id;
}

static const struct kind kinds[] = {
    {"unit", mv_unit_fields, unit_count, unit_at, unit_find, unit_id,
     MV_DIFF_PLAIN, MV_DIFF_FIGURES},
    {"indicator", mv_indicator_fields, indicator_count, indicator_at,
     indicator_find, indicator_id, MV_DIFF_PLAIN, MV_DIFF_FIGURES},
    {"target", mv_target_fields, target_count, target_at, target_find,
     target_id, MV_DIFF_JUDGES, MV_DIFF_JUDGES},
    {"commission", mv_commission_fields, commission_count, commission_at,
     commission_find, commission_id, MV_DIFF_JUDGES, MV_DIFF_JUDGES},
};

static void add(struct mv_diff *d, struct mv_diff_row row)
{
    if (d->count == d->cap) {
        d->cap = d->cap == 0 ? 32 : d->cap * 2;
        d->at = mv_xrealloc(d->at, d->cap * sizeof *d->at);
    }
    if (row.severity > d->worst)
        d->worst = row.severity;
    d->at[d->count] = row;
    d->count++;
}

/* Members that were added take nothing away from what is stored. */
static mv_diff_severity severity_of(const struct mv_field *f,
                                    const struct mv_catalogue *now,
                                    const void *was, const void *is)
{
    if (strcmp(f->key, "members") != 0)
        return f->severity;
    const struct mv_indicator *w = was, *i = is;
    for (uint32_t m = 0; m < w->member_count; m++) {
        if (mv_catalogue_member(now, i, w->members[m].id) == MV_NONE)
            return MV_DIFF_FIGURES;
    }
    return MV_DIFF_JUDGES;
}

static char *text_of(const struct mv_buf *b)
{
    return b->len == 0 ? NULL : mv_xstrndup(b->at, b->len);
}

static void compare(struct mv_diff *d, const struct kind *k,
                    const struct mv_catalogue *old, const void *was,
                    const struct mv_catalogue *now, const void *is)
{
    struct mv_buf before = {0}, after = {0};
    for (const struct mv_field *f = k->fields; f->key != NULL; f++) {
        mv_buf_clear(&before);
        mv_buf_clear(&after);
        f->text(old, was, &before);
        f->text(now, is, &after);
        if (mv_span_equal(mv_buf_span(&before), mv_buf_span(&after)))
            continue;
        struct mv_diff_row row = {.kind = MV_DIFF_CHANGED,
                                  .what = k->what,
                                  .key = f->key,
                                  .was = text_of(&before),
                                  .is = text_of(&after)};
        row.severity = severity_of(f, now, was, is);
        row.id = k->id(is, &row.year);
        add(d, row);
    }
    mv_buf_done(&before);
    mv_buf_done(&after);
}

static void diff_kind(struct mv_diff *d, const struct kind *k,
                      const struct mv_catalogue *old,
                      const struct mv_catalogue *now)
{
    for (uint32_t i = 0; i < k->count(now); i++) {
        const void *is = k->at(now, i);
        struct mv_diff_row row = {
            .kind = MV_DIFF_ADDED, .severity = k->added, .what = k->what};
        row.id = k->id(is, &row.year);
        const void *was = old == NULL ? NULL : k->find(old, row.id, row.year);
        if (was == NULL) {
            add(d, row);
        } else {
            compare(d, k, old, was, now, is);
        }
    }
    for (uint32_t i = 0; old != NULL && i < k->count(old); i++) {
        struct mv_diff_row row = {
            .kind = MV_DIFF_REMOVED, .severity = k->removed, .what = k->what};
        row.id = k->id(k->at(old, i), &row.year);
        if (k->find(now, row.id, row.year) == NULL)
            add(d, row);
    }
}

void mv_catalogue_diff(struct mv_diff *ret, const struct mv_catalogue *old,
                       const struct mv_catalogue *now)
{
    *ret = (struct mv_diff){0};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        diff_kind(ret, &kinds[k], old, now);
}

void mv_diff_print(const struct mv_diff *d, struct mv_buf *out)
{
    static const char *const verbs[] = {"added", "removed", "changed"};
    static const char *const marks[] = {"", "  (statuses may turn)",
                                        "  (figures may lose their meaning)"};
    for (size_t i = 0; i < d->count; i++) {
        const struct mv_diff_row *r = &d->at[i];
        mv_buf_printf(out, "%s %s %.*s", verbs[r->kind], r->what,
                      (int)r->id.len, (const char *)r->id.at);
        if (r->year != 0)
            mv_buf_printf(out, " %d", (int)r->year);
        if (r->key != NULL) {
            mv_buf_printf(out, " %s: ", r->key);
            mv_buf_text(out, r->was == NULL ? "(none)" : r->was);
            mv_buf_text(out, " -> ");
            mv_buf_text(out, r->is == NULL ? "(none)" : r->is);
        }
        mv_buf_printf(out, "%s\n", marks[r->severity]);
    }
}

void mv_diff_done(struct mv_diff *d)
{
    for (size_t i = 0; i < d->count; i++) {
        free(d->at[i].was);
        free(d->at[i].is);
    }
    free(d->at);
    *d = (struct mv_diff){0};
}
