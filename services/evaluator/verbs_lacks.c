/* verbs_lacks - what `explain` says of who and what is not in a status: units
 * and periods that its basis lacks, units that come or go within what it
 * compares. Job: names. Invariant: only who is a part of what is explained.
 * Reads only: a crash leaves nothing. */
#include "proto/pack.h"
#include "services/base/day.h"
#include "services/evaluator/verbs.h"
#include "services/judging/gather.h"

static bool has_units(const struct mv_basis *b)
{
    return b->absent_kept > 0 && b->units_in < b->units_of;
}

static bool has_periods(const struct mv_basis *b)
{
    return !mv_cells_empty(&b->missing, MV_CELL_WORDS);
}

uint32_t evaluator_lacks_pairs(const struct mv_basis *b)
{
    return (uint32_t)has_periods(b) + has_units(b);
}

#define LACKS_MAX 64u /* periods named, as of a basis */

void evaluator_lacks_pack(const struct mv_catalogue *c, int32_t year,
                          const struct mv_basis *b, struct mv_buf *out)
{
    const struct mv_lack l = {.missing = b->missing, .count = 1};
    struct mv_period at[LACKS_MAX];
    char text[MV_PERIOD_TEXT_BYTES];
    uint32_t count = 0;
    int n = 0;
    while (has_periods(b) && count < LACKS_MAX &&
           (n = mv_lack_next(&l, (mv_freq)b->freq, year, n, &at[count])) != 0)
        count++;
    if (has_periods(b)) {
        mv_pack_cstr(out, "periods_missing");
        mv_pack_list(out, count);
    }
    for (uint32_t i = 0; i < count; i++)
        mv_pack_cstr(out, mv_period_text(&at[i], text));
    if (!has_units(b))
        return;
    mv_pack_cstr(out, "units_missing");
    mv_pack_list(out, b->absent_kept);
    for (uint16_t i = 0; i < b->absent_kept; i++)
        mv_pack_text(out, c->units[b->absent_at[i]].id);
}

/* ---- who comes or goes ---- */

/* The years that the target's lines name, its own included. */
static void find_years(const struct mv_catalogue *c, const struct mv_target *t,
                       struct evaluator_lives *x)
{
    const struct mv_criteria *lists[] = {&t->require, &t->yellow, &t->aim};
    x->from = x->to = t->year;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        for (uint32_t k = 0; k < lists[i]->count; k++) {
            const struct mv_criterion *q = &c->criteria[lists[i]->first + k];
            const struct mv_node *n = &c->nodes[q->first];
            for (const struct mv_node *end = n + q->n_left + q->n_right;
                 n < end; n++) {
                x->below |=
                    mv_node_is_extreme(n->kind) || n->kind == MV_NODE_SHARE;
                if (mv_node_is_series(n->kind) &&
                    mv_node_year(n, t->year) < x->from)
                    x->from = mv_node_year(n, t->year);
            }
        }
    }
}

/* Does a figure of the unit go into what is above it, in some of the years? */
static bool is_part(const struct evaluator_lives *x, const struct mv_unit *u)
{
    const struct mv_indices *uses = &x->target->uses;
    if (u->index == x->unit)
        return true;
    for (uint32_t i = 0; x->below && i < uses->count; i++) {
        if (mv_plan_counts(x->plan, uses->at[i], u->index, x->to) ||
            mv_plan_counts(x->plan, uses->at[i], u->index, x->from))
            return true;
    }
    return false;
}

static bool begins(const struct evaluator_lives *x, const struct mv_unit *u)
{
    return u->first_day > mv_day_of(x->from, 1, 1) &&
           u->first_day <= mv_day_of(x->to, 12, 31);
}

static bool ends(const struct evaluator_lives *x, const struct mv_unit *u)
{
    return u->last_day >= mv_day_of(x->from, 1, 1) &&
           u->last_day < mv_day_of(x->to, 12, 31);
}

/* That of the unit above it is told already. */
static bool as_above(const struct evaluator_lives *x, const struct mv_unit *u)
{
    const struct mv_unit *above =
        u->index != x->unit ? &x->catalogue->units[u->parent] : NULL;
    return above != NULL && above->first_day == u->first_day &&
           above->last_day == u->last_day;
}

void evaluator_lives_open(struct evaluator_lives *x, const struct mv_plan *plan,
                          const struct mv_pair *pair)
{
    *x = (struct evaluator_lives){
        .plan = plan, .catalogue = mv_plan_catalogue(plan), .unit = pair->unit};
    x->target = &x->catalogue->targets[pair->target];
    x->at = x->catalogue->units[pair->unit].enter;
    for (uint32_t i = 0; i < x->target->uses.count; i++) {
        uint32_t of = x->target->uses.at[i];
        x->below |= x->catalogue->indicators[of].over_units != MV_FOLD_NONE;
    }
    find_years(x->catalogue, x->target, x);
}

const struct mv_unit *evaluator_lives_next(struct evaluator_lives *x)
{
    const struct mv_unit *top = &x->catalogue->units[x->unit];
    while (x->at < top->leave && x->told < EVALUATOR_LIVES_MAX) {
        const struct mv_unit *u =
            &x->catalogue->units[mv_plan_preorder(x->plan)[x->at++]];
        if ((!begins(x, u) && !ends(x, u)) || as_above(x, u) || !is_part(x, u))
            continue;
        x->told++;
        return u;
    }
    return NULL;
}

void evaluator_life_row(struct evaluator_page *page,
                        const struct evaluator_lives *x,
                        const struct mv_unit *u)
{
    struct mv_buf *out = &page->rows;
    evaluator_page_row(page, 3u + begins(x, u) + ends(x, u));
    mv_pack_kv_cstr(out, "what", "life");
    mv_pack_kv_text(out, "unit", u->id);
    mv_pack_kv_text(out, "name", evaluator_cut(u->name.nb, 256));
    if (begins(x, u))
        mv_pack_kv_day(out, "from", u->first_day);
    if (ends(x, u))
        mv_pack_kv_day(out, "to", u->last_day);
}
