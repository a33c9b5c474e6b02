/* holds - see holds.h. Job: is this status held? Invariant: what is in memory
 * is what the notes say, or is marked as not read. Memory only: a crash
 * leaves nothing. */
#include "services/evaluator/holds.h"

#include <stdlib.h>

#include "proto/pack.h"

#define HOLDS_SHOWN 8u /* each with a comment of up to 4000 bytes */

void evaluator_holds_done(struct evaluator_holds *h)
{
    free(h->at);
    *h = (struct evaluator_holds){0};
}

void evaluator_holds_forget(struct evaluator_holds *h)
{
    h->count = 0;
    h->catalogue = NULL;
}

/* One that names what the catalogue has not holds nothing meanwhile. */
static void add(void *ctx, struct mv_span indicator, struct mv_span unit,
                int32_t until)
{
    struct evaluator_holds *h = ctx;
    const struct mv_indicator *i =
        mv_catalogue_indicator(h->catalogue, indicator);
    const struct mv_unit *u = mv_catalogue_unit(h->catalogue, unit);
    if (i == NULL || u == NULL)
        return;
    if (h->count == h->cap) {
        h->cap = h->cap == 0 ? 16 : h->cap * 2;
        h->at = mv_xrealloc(h->at, h->cap * sizeof *h->at);
    }
    h->at[h->count++] = (struct evaluator_hold){i->index, u->index, until};
}

/* And of one by unit: readers see them in this order. */
static int by_indicator(const void *a, const void *b)
{
    const struct evaluator_hold *x = a, *y = b;
    if (x->indicator == y->indicator)
        return (x->unit > y->unit) - (x->unit < y->unit);
    return x->indicator < y->indicator ? -1 : 1;
}

void evaluator_holds_read(struct evaluator_holds *h,
                          const struct evaluator_book *b,
                          const struct mv_catalogue *c)
{
    if (h->catalogue == c)
        return;
    h->count = 0;
    h->catalogue = c;
    evaluator_each_hold(b, add, h);
    if (h->count > 1)
        qsort(h->at, h->count, sizeof *h->at, by_indicator);
}

/* The first hold of the indicator, or of one after it. */
static uint32_t first_of(const struct evaluator_holds *h, uint32_t indicator)
{
    uint32_t from = 0, to = h->count;
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;
        if (h->at[mid].indicator < indicator)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

uint32_t evaluator_holds_of(const struct evaluator_holds *h, uint32_t target,
                            uint32_t unit, int32_t today,
                            struct evaluator_hold *ret, uint32_t most)
{
    const struct mv_catalogue *c = h->catalogue;
    uint32_t n = 0;
    if (h->count == 0)
        return 0;
    const struct mv_indices *uses = &c->targets[target].rests_on;
    for (uint32_t k = 0; k < uses->count; k++) {
        for (uint32_t i = first_of(h, uses->at[k]);
             n < most && i < h->count && h->at[i].indicator == uses->at[k];
             i++) {
            if (!evaluator_is_over(h->at[i].until, today) &&
                (mv_catalogue_below(c, h->at[i].unit, unit) ||
                 mv_catalogue_below(c, unit, h->at[i].unit)))
                ret[n++] = h->at[i];
        }
    }
    return n;
}

bool evaluator_holds_on(const struct evaluator_holds *h, uint32_t target,
                        uint32_t unit, int32_t today)
{
    struct evaluator_hold any;
    return evaluator_holds_of(h, target, unit, today, &any, 1) > 0;
}

static void pack_hold(const struct evaluator_book *b, struct mv_span indicator,
                      struct mv_span unit, struct mv_buf *out)
{
    struct evaluator_note_key key = evaluator_key_hold(indicator, unit);
    struct evaluator_note note = {.day = EVALUATOR_NO_END};
    (void)evaluator_note_get(b, &key, &note);
    bool ends = note.day != EVALUATOR_NO_END;
    mv_pack_map(out, 6u + ends);
    mv_pack_kv_text(out, "indicator", indicator);
    mv_pack_kv_text(out, "unit", unit);
    if (ends)
        mv_pack_kv_day(out, "until", note.day);
    mv_pack_kv_text(out, "author", note.author);
    mv_pack_kv_text(out, "comment", note.comment);
    mv_pack_kv_u64(out, "seq", note.seq);
    mv_pack_kv_i64(out, "time", note.received_ms);
}

void evaluator_holds_pack(const struct evaluator_holds *h,
                          const struct evaluator_book *b, uint32_t target,
                          uint32_t unit, int32_t today, struct mv_buf *out)
{
    const struct mv_catalogue *c = h->catalogue;
    struct evaluator_hold at[HOLDS_SHOWN];
    uint32_t n = evaluator_holds_of(h, target, unit, today, at, HOLDS_SHOWN);
    mv_pack_cstr(out, "holds");
    mv_pack_list(out, n);
    for (uint32_t i = 0; i < n; i++)
        pack_hold(b, c->indicators[at[i].indicator].id, c->units[at[i].unit].id,
                  out);
}
