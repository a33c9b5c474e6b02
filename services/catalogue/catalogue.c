/* catalogue - see catalogue.h. Job: what is asked of a catalogue for every
 * row: by id, below, may report, in scope, limit.
 * Invariant: nothing here allocates or changes anything.
 * A crash in the middle leaves nothing: there is no state. */
#include "services/catalogue/catalogue.h"

#include <string.h>

#include "services/catalogue/build.h"

const struct mv_unit *mv_catalogue_unit(const struct mv_catalogue *c,
                                        struct mv_span id)
{
    uint32_t at = mv_lookup_find(&c->index->units, id, 0);
    return at == MV_NONE ? NULL : &c->units[at];
}

const struct mv_indicator *mv_catalogue_indicator(const struct mv_catalogue *c,
                                                  struct mv_span id)
{
    uint32_t at = mv_lookup_find(&c->index->indicators, id, 0);
    return at == MV_NONE ? NULL : &c->indicators[at];
}

const struct mv_target *mv_catalogue_target(const struct mv_catalogue *c,
                                            struct mv_span id, int32_t year)
{
    uint32_t at = mv_lookup_find(&c->index->targets, id, (uint32_t)year);
    return at == MV_NONE ? NULL : &c->targets[at];
}

const struct mv_commission *
mv_catalogue_commission(const struct mv_catalogue *c, struct mv_span id,
                        int32_t year)
{
    uint32_t at = mv_lookup_find(&c->index->commissions, id, (uint32_t)year);
    return at == MV_NONE ? NULL : &c->commissions[at];
}

uint32_t mv_catalogue_member(const struct mv_catalogue *c,
                             const struct mv_indicator *indicator,
                             struct mv_span id)
{
    return mv_lookup_find(&c->index->members, id, indicator->index);
}

bool mv_catalogue_below(const struct mv_catalogue *c, uint32_t unit,
                        uint32_t top)
{
    uint32_t at = c->units[unit].enter;
    return at >= c->units[top].enter && at < c->units[top].leave;
}

bool mv_catalogue_may_report(const struct mv_catalogue *c, uint32_t key_unit,
                             const struct mv_indicator *indicator,
                             uint32_t unit)
{
    mv_unit_level level = c->units[key_unit].level;
    bool region = level == MV_LEVEL_REGION;
    if (indicator->formula != MV_NONE)
        return false; /* it is computed */
    bool may = indicator->by == MV_BY_REGION
                   ? region
                   : !region && level != MV_LEVEL_NATION;
    return may && mv_catalogue_below(c, unit, key_unit);
}

bool mv_catalogue_in_scope(const struct mv_catalogue *c,
                           const struct mv_target *target, uint32_t unit)
{
    for (uint32_t i = 0; i < target->scope_kinds.count; i++) {
        if (target->scope_kinds.at[i] == c->units[unit].kind_index)
            return true;
    }
    for (uint32_t i = 0; i < target->scope_units.count; i++) {
        if (target->scope_units.at[i] == unit)
            return true;
    }
    return false;
}

static bool find_limit(const struct mv_target *t, uint32_t unit,
                       uint32_t member, int64_t *micro)
{
    uint32_t from = 0, to = t->limit_count;
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;
        const struct mv_limit *at = &t->limits[mid];
        if (at->unit == unit && at->member == member) {
            *micro = at->micro;
            return true;
        }
        bool before = at->unit != unit ? at->unit < unit : at->member < member;
        if (before) {
            from = mid + 1;
        } else {
            to = mid;
        }
    }
    return false;
}

/* MV_MEMBER_TOTAL is MV_NONE: the total finds the entries without a member. */
bool mv_catalogue_limit(const struct mv_target *target, uint32_t unit,
                        uint32_t member, int64_t *micro)
{
    return find_limit(target, unit, member, micro) ||
           find_limit(target, unit, MV_NONE, micro) ||
           find_limit(target, MV_NONE, member, micro);
}

uint32_t mv_catalogue_limit_member(const struct mv_catalogue *c,
                                   const struct mv_target *target,
                                   uint32_t indicator, uint32_t member)
{
    uint32_t of = target->limits_of;
    if (member == MV_MEMBER_TOTAL || of == MV_NONE || of == indicator)
        return member;
    return mv_catalogue_member(c, &c->indicators[of],
                               c->indicators[indicator].members[member].id);
}

/* x_per_N_y: N, of at most nine digits; 0 if it is not such a word. */
static int64_t per_number(struct mv_span word)
{
    const char *s = word.at;
    for (size_t i = 1; i + 5 < word.len; i++) {
        if (memcmp(s + i, "_per_", 5) != 0)
            continue;
        int64_t n = 0;
        size_t j = i + 5;
        for (; j < word.len && j < i + 14 && s[j] >= '0' && s[j] <= '9'; j++)
            n = n * 10 + (s[j] - '0');
        if (n > 0 && j + 1 < word.len && s[j] == '_')
            return n;
    }
    return 0;
}

int64_t mv_catalogue_scale(const struct mv_indicator *indicator)
{
    if (indicator->measure == MV_MEASURE_PERCENT)
        return 100;
    int64_t n = per_number(indicator->measure_word);
    return n > 0 ? n : 1;
}

bool mv_catalogue_least(const struct mv_indicator *indicator, int64_t *micro)
{
    *micro = indicator->has_min ? indicator->min_micro : 0;
    return indicator->has_min || indicator->measure == MV_MEASURE_COUNT ||
           indicator->measure == MV_MEASURE_DAYS;
}

bool mv_catalogue_names_figures(const struct mv_node *nodes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (mv_node_is_series(nodes[i].kind) ||
            nodes[i].kind == MV_NODE_SHARE ||
            (nodes[i].kind == MV_NODE_PATH && !nodes[i].year_given))
            return true;
    }
    return false;
}
