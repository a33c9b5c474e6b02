/* build - what the readers of the four files share while a catalogue is
 * being made: trees, faults, arena, tables. Only services/catalogue uses it. */
#pragma once

#include "services/catalogue/catalogue.h"
#include "services/catalogue/lookup.h"
#include "services/catalogue/parse.h"
#include "services/catalogue/yaml.h"

#define MV_KINDS_MAX    64u
#define MV_MEASURES_MAX 200u
#define MV_NODES_MAX    1000000u /* of all criteria together */

/* Behind struct mv_catalogue: what it owns. */
struct mv_catalogue_index {
    struct mv_arena arena;
    struct mv_lookup units, indicators, members, targets, commissions;
};

struct mv_build {
    struct mv_catalogue *c;
    struct mv_catalogue_index *x;
    struct mv_arena *arena; /* x's */
    struct mv_faults *faults;
    struct mv_yaml yaml[MV_FILE_COUNT];
    bool broken[MV_FILE_COUNT]; /* not read whole: blame nobody for gaps */
    mv_catalogue_file file;     /* being read */
    struct mv_span id;          /* of the thing being read, for faults */
    const char *key;            /* its key being read, or NULL */
    struct mv_unit *units;
    struct mv_indicator *indicators;
    uint32_t *met;             /* by unit: the last list that named it, */
    uint32_t lists;            /* of so many */
    uint32_t *indicator_nodes; /* each one's place in the tree */
    struct mv_target *targets;
    uint32_t target_cap;
    struct mv_commission *commissions;
    struct mv_node *nodes;
    struct mv_criterion *criteria;
    uint32_t node_cap, criterion_cap;
    struct mv_span kinds[MV_KINDS_MAX];
    uint32_t childless[MV_KINDS_MAX]; /* a unit of it without children */
    struct mv_span measures[MV_MEASURES_MAX];
    struct mv_parsed parsed; /* the expression at hand */
};

static inline const struct mv_yaml_node *mv_build_node(const struct mv_build *b,
                                                       uint32_t node)
{
    return &b->yaml[b->file].nodes[node];
}

/* A fault at a node of the file being read; node 0: the file. */
void mv_build_fault(struct mv_build *b, uint32_t node, const char *fmt, ...)
    MV_PRINTF(3, 4);
void mv_build_fault_of(struct mv_build *b, mv_fault_kind kind, uint32_t node,
                       const char *fmt, ...) MV_PRINTF(4, 5);
/* The fault of b->parsed, within the scalar at node. */
void mv_build_fault_within(struct mv_build *b, mv_fault_kind kind,
                           uint32_t node, uint32_t at, const char *text);

/* The number of a measure's or a kind's word, new ones included; the
 * largest number there is when there are too many, which is a fault. */
uint16_t mv_build_measure(struct mv_build *b, uint32_t node,
                          struct mv_span word);
uint32_t mv_build_kind(struct mv_build *b, uint32_t node, struct mv_span word);

/* The files, in this order. Each reads what it can and names what it can't. */
void mv_build_units(struct mv_build *b);
void mv_build_indicators(struct mv_build *b);
void mv_build_formulas(struct mv_build *b);
void mv_build_targets(struct mv_build *b);
void mv_build_commissions(struct mv_build *b);
/* lowest, spread ... need child units wherever the target is judged, rate
 * inhabitants, path a year that it leads over. from > to: no year is known. */
void mv_build_asks(struct mv_build *b, uint32_t node, const struct mv_target *t,
                   int32_t from, int32_t to);
/* What all targets come to: statuses, series and years. */
void mv_build_sizes(struct mv_build *b);
/* Which indicators a target uses, and the way back. After the sizes. */
void mv_build_uses(struct mv_build *b);

/* expr.c - the criterion or formula at the scalar `node` into c->nodes;
 * false: a fault was named (or the cause of it was, elsewhere). own: the
 * target's indicator or NULL; formula: the indicator that it makes, to which
 * one at fault is given too, if only the indicators that it names are known:
 * it is not to be kept. */
bool mv_build_criterion(struct mv_build *b, uint32_t node,
                        const struct mv_indicator *own,
                        struct mv_criterion *ret);
bool mv_build_formula(struct mv_build *b, uint32_t node,
                      struct mv_indicator *formula);
/* A number with its unit, as in `61 days`, for the measure. */
bool mv_build_limit(struct mv_build *b, uint32_t node, uint16_t measure,
                    int64_t *micro);

/* limits.c - a target's `limits`, of the measure that its criteria give. */
void mv_build_limits(struct mv_build *b, uint32_t node, uint16_t measure,
                     struct mv_target *t);
