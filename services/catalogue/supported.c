/* supported - see supported.h. Job: the one list of what is understood but
 * not judged. Invariant: what is in the list never reaches a judge.
 * A crash in the middle leaves nothing: there is no state. */
#include "services/catalogue/supported.h"

static const struct {
    mv_construct what;
    const char *text;
} not_yet[] = {
    {MV_CONSTRUCT_EXTREMES, "lowest, highest and spread"},
    {MV_CONSTRUCT_SHARE, "share"},
    {MV_CONSTRUCT_FORMULA, "formula"},
};

const char *mv_not_supported(mv_construct what)
{
    for (size_t i = 0; i < sizeof not_yet / sizeof not_yet[0]; i++) {
        if (not_yet[i].what == what)
            return not_yet[i].text;
    }
    return NULL;
}

mv_construct mv_construct_of(const struct mv_node *n, bool own)
{
    switch ((mv_node_kind)n->kind) {
    case MV_NODE_RATE:
        return MV_CONSTRUCT_RATE;
    case MV_NODE_LOWEST:
    case MV_NODE_HIGHEST:
    case MV_NODE_SPREAD:
        return MV_CONSTRUCT_EXTREMES;
    case MV_NODE_SHARE:
        return MV_CONSTRUCT_SHARE;
    case MV_NODE_PATH:
        return MV_CONSTRUCT_PATH;
    case MV_NODE_VALUE:
    case MV_NODE_LATEST:
    case MV_NODE_GROWTH:
        if (own && !n->own)
            return MV_CONSTRUCT_OTHER_INDICATOR;
        return n->when == MV_WHEN_PERIOD ? MV_CONSTRUCT_PERIOD
                                         : MV_CONSTRUCT_NONE;
    default:
        return MV_CONSTRUCT_NONE;
    }
}
