/* parse - the text of a criterion or a formula to postfix nodes, names and
 * measures not yet looked up. Shunting-yard (Dijkstra 1961) with bounded
 * stacks; nothing recurses. */
#pragma once

#include "services/catalogue/lex.h"

/* A node as parsed; type.c fills in measure, indicator and member. */
struct mv_parsed_node {
    struct mv_node node;
    struct mv_span name; /* "other/member" of a series; unit of a number */
    uint32_t at;         /* bytes from the start of the text */
};

struct mv_parsed {
    struct mv_parsed_node nodes[MV_LANG_NODES];
    uint32_t count, left; /* left: nodes of the left side */
    mv_cmp cmp;
    bool compared;       /* there is a comparison */
    struct mv_span each; /* the dimension of `each DIM:`, len 0: none */
    uint32_t each_at;
    uint32_t fault_at; /* where, if it fails */
    char fault[200];   /* what was expected */
};

/* False: fault_at and fault say why. A criterion has one comparison, a
 * formula none. */
bool mv_parse(struct mv_parsed *ret, struct mv_span text, bool criterion);
