/* children - see build.h. Job: refuse lowest, highest, spread and share
 * where a unit of the scope has no children to look at.
 * Invariant: a catalogue that loads never asks for children that are not.
 * A crash in the middle leaves nothing: it is memory only. */
#include "services/catalogue/build.h"

static bool asks_children(const struct mv_build *b, const struct mv_target *t)
{
    const struct mv_criteria *of[3] = {&t->require, &t->yellow, &t->aim};
    for (int l = 0; l < 3; l++) {
        for (uint32_t i = 0; i < of[l]->count; i++) {
            const struct mv_criterion *c = &b->criteria[of[l]->first + i];
            uint32_t n = (uint32_t)c->n_left + c->n_right;
            for (uint32_t k = 0; k < n; k++) {
                uint8_t kind = b->nodes[c->first + k].kind;
                if (kind == MV_NODE_LOWEST || kind == MV_NODE_HIGHEST ||
                    kind == MV_NODE_SPREAD || kind == MV_NODE_SHARE)
                    return true;
            }
        }
    }
    return false;
}

void mv_build_children(struct mv_build *b, uint32_t node,
                       const struct mv_target *t)
{
    uint32_t unit = MV_NONE;
    if (!asks_children(b, t))
        return;
    for (uint32_t i = 0; i < t->scope_kinds.count && unit == MV_NONE; i++)
        unit = b->childless[t->scope_kinds.at[i]];
    for (uint32_t i = 0; i < t->scope_units.count && unit == MV_NONE; i++) {
        if (b->units[t->scope_units.at[i]].children.count == 0)
            unit = t->scope_units.at[i];
    }
    if (unit == MV_NONE)
        return;
    b->key = "scope";
    mv_build_fault(b, node,
                   "lowest, highest, spread and share look at child units, "
                   "and %.*s has none",
                   (int)b->units[unit].id.len,
                   (const char *)b->units[unit].id.at);
    b->key = NULL;
}
