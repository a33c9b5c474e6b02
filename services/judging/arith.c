/* arith - see arith.h. Job: numbers out of numbers. Invariant: a product or a
 * quotient is rounded once, half to even; what is out of range is a reason,
 * never a wrap. Works on the caller's stack: a crash leaves nothing. */
#include "services/judging/arith.h"

#include "services/base/err.h"
#include "services/base/wide.h"

static uint32_t binary(const struct mv_node *n, struct mv_side *a,
                       const struct mv_side *b)
{
    bool ok = true;
    if (n->kind == MV_NODE_DIV && mv_dec_sign(b->n) == 0)
        return MV_REASON_BIT(MV_REASON_ZERO_DENOMINATOR);
    if (n->kind == MV_NODE_ADD) {
        ok = mv_dec_add(&a->n, a->n, b->n);
    } else if (n->kind == MV_NODE_SUB) {
        ok = mv_dec_sub(&a->n, a->n, b->n);
    } else if (n->kind == MV_NODE_MUL) {
        ok = mv_i128_mul_div(a->n.pico, b->n.pico,
                             n->hundred < 0 ? MV_DEC_HUNDRED * MV_DEC_ONE
                                            : MV_DEC_ONE,
                             &a->n.pico);
    } else {
        ok = mv_dec_ratio(&a->n, a->n.pico, b->n.pico,
                          n->hundred > 0 ? MV_DEC_HUNDRED : 1);
    }
    a->constant &= b->constant;
    a->fixed &= b->fixed;
    a->is_pair = false;
    return ok ? 0 : MV_NOT_COMPUTABLE;
}

/* min, max over the topmost count; the result is at[0]. */
static void extreme(const struct mv_node *n, struct mv_side *at)
{
    for (unsigned i = 1; i < n->count; i++) {
        at->n = n->kind == MV_NODE_MIN ? mv_dec_min(at->n, at[i].n)
                                       : mv_dec_max(at->n, at[i].n);
        at->constant &= at[i].constant;
        at->fixed &= at[i].fixed;
    }
    at->is_pair = false;
}

uint32_t mv_arith_step(const struct mv_node *n, struct mv_side *stack,
                       unsigned *depth)
{
    if (n->kind == MV_NODE_NEG || n->kind == MV_NODE_ABS) {
        MV_ASSERT(*depth >= 1);
        struct mv_side *top = &stack[*depth - 1];
        if (n->kind == MV_NODE_NEG || top->n.pico < 0)
            top->n = mv_dec_neg(top->n);
        top->is_pair = false;
        return 0;
    }
    if (n->kind == MV_NODE_MIN || n->kind == MV_NODE_MAX) {
        MV_ASSERT(*depth >= n->count);
        *depth -= n->count - 1u;
        extreme(n, &stack[*depth - 1]);
        return 0;
    }
    MV_ASSERT(*depth >= 2);
    (*depth)--;
    return binary(n, &stack[*depth - 1], &stack[*depth]);
}
