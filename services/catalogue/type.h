/* type - measures and names of a parsed expression: what is compared with
 * what. Only services/catalogue uses it. */
#pragma once

#include "services/catalogue/build.h"

/* What an expression may name without saying it. */
struct mv_scope {
    const struct mv_indicator *own;   /* the target's; NULL: names are needed */
    const struct mv_indicator *makes; /* the formula's; NULL: a criterion */
    struct mv_span dimension; /* of `each` or of the formula; len 0: none */
    uint32_t each_indicator;  /* out: whose members; MV_NONE: nobody's */
    bool uses_limit;          /* out */
    uint16_t limit_measure;   /* out: of what it is held against */
};

/* Types b->parsed in place. *measure: of both sides, or of the whole. False:
 * b->parsed says where and why; an empty fault: the cause is named already. */
bool mv_type(struct mv_build *b, struct mv_scope *scope, bool criterion,
             uint16_t *measure);
/* Of b->parsed, which has a fault: the indicators that it names all the same,
 * where there are such. */
void mv_type_names(struct mv_build *b);
/* Does a number written as `a` stand for measure `b`? *ret: both's. */
bool mv_type_same(uint16_t a, uint16_t b, uint16_t *ret);
/* The measure of a unit word as in `61 days`; false: no such word. */
bool mv_type_of_word(const struct mv_build *b, struct mv_span word,
                     uint16_t *ret);
