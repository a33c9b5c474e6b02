/* figure - see figure.h. Job: one observation into its row. Invariant: a row
 * holds the greatest version of each period, whatever order they came in.
 * Rows are written by the batch's flush: a crash in the middle leaves what
 * was committed before. */
#include "services/judging/figure.h"

#include "services/base/err.h"

static void row_of(const struct mv_judge_env *env,
                   const struct mv_figure *figure, struct mv_row_key *key,
                   uint8_t *code)
{
    mv_plan_key(env->plan, figure->unit, figure->indicator, figure->member,
                figure->period.year, key);
    mv_slot_place(&figure->period, &key->part, code);
}

void mv_figure_expect(const struct mv_judge_env *env,
                      const struct mv_figure *figures, uint32_t count)
{
    struct mv_row_key keys[MV_ROWCACHE_EXPECT];
    uint8_t code;
    MV_ASSERT(count <= MV_ROWCACHE_EXPECT);
    for (uint32_t i = 0; i < count; i++)
        row_of(env, &figures[i], &keys[i], &code);
    mv_rowcache_expect(env->rows, keys, count);
}

bool mv_figure_held(const struct mv_judge_env *env,
                    const struct mv_figure *figure, struct mv_slot *ret)
{
    struct mv_row_key key;
    uint8_t code;
    row_of(env, figure, &key, &code);
    struct mv_year_row row = mv_rowcache_get(env->rows, &key);
    for (unsigned i = 0; i < row.count; i++) {
        const uint8_t *slot = row.at + (size_t)i * MV_SLOT_BYTES;
        if (mv_slot_code(slot) != code)
            continue;
        mv_slot_get(ret, slot);
        return true;
    }
    return false;
}

mv_applied mv_figure_apply(const struct mv_judge_env *env,
                           const struct mv_figure *figure, bool *corrected)
{
    struct mv_row_key key;
    struct mv_slot was;
    bool had;
    bool ratio = figure->held == MV_HELD_RATIO;
    struct mv_slot slot = {
        .numerator = ratio ? figure->numerator : figure->value,
        .denominator = ratio ? figure->denominator : 0,
        .time_ms = figure->time_ms,
        .seq = figure->seq,
        .row = figure->row,
        .flag = figure->flag,
        .held = figure->withdrawn ? MV_HELD_NIL : figure->held,
        .withdrawn = figure->withdrawn,
    };
    if (slot.held == MV_HELD_NIL)
        slot.numerator = slot.denominator = 0;
    row_of(env, figure, &key, &slot.code);
    if (corrected != NULL)
        *corrected = false;
    if (!mv_rowcache_put(env->rows, &key, &slot, &was, &had))
        return MV_APPLIED_OLDER;
    bool there = had && !was.withdrawn;
    if (corrected != NULL)
        *corrected = had;
    return figure->withdrawn && !there ? MV_APPLIED_NOTHING
                                       : MV_APPLIED_CHANGED;
}
