/* expr - see build.h. Job: one criterion, formula or limit from its scalar
 * into the catalogue. Invariant: only what was parsed and typed is stored, but
 * of a formula at fault what it names, until its cycles are named.
 * A crash in the middle leaves nothing: it is memory only. */
#include "services/catalogue/keys.h"
#include "services/catalogue/type.h"

static uint32_t characters(struct mv_span text, uint32_t bytes)
{
    const unsigned char *p = text.at;
    uint32_t n = 0;
    for (uint32_t i = 0; i < bytes && i < text.len; i++)
        n += (p[i] & 0xc0) != 0x80;
    return n;
}

void mv_build_fault_within(struct mv_build *b, mv_fault_kind kind,
                           uint32_t node, uint32_t at, const char *text)
{
    const struct mv_yaml_node *n = mv_build_node(b, node);
    struct mv_buf key = {0};
    mv_buf_put(&key, b->id.at, b->id.len);
    if (b->key != NULL)
        mv_buf_printf(&key, ".%s", b->key);
    uint32_t column = n->column;
    if (n->single)
        column += characters(n->text, at) + (n->plain ? 0 : 1);
    mv_faults_add(b->faults, kind,
                  (struct mv_fault_place){.file = b->yaml[b->file].file,
                                          .line = n->line,
                                          .column = column,
                                          .key = mv_buf_span(&key)},
                  "%s", text);
    mv_buf_done(&key);
}

static bool refuse(struct mv_build *b, uint32_t node)
{
    if (b->parsed.fault[0] != '\0') {
        mv_build_fault_within(b, MV_FAULT_ERROR, node, b->parsed.fault_at,
                              b->parsed.fault);
    }
    return false;
}

/* The nodes of b->parsed into the catalogue; MV_NONE: no room, a fault. */
static uint32_t keep(struct mv_build *b, uint32_t node)
{
    uint32_t first = b->c->node_count, n = b->parsed.count;
    if (n > MV_NODES_MAX - first) {
        mv_build_fault(b, node, "too many criteria in all");
        return MV_NONE;
    }
    if (first + n > b->node_cap) {
        b->node_cap = b->node_cap * 2 + MV_LANG_NODES;
        b->nodes = mv_xrealloc(b->nodes, b->node_cap * sizeof *b->nodes);
    }
    const struct mv_span *text = &mv_build_node(b, node)->text;
    for (uint32_t i = 0; i < n; i++) {
        struct mv_parsed_node *p = &b->parsed.nodes[i];
        uint32_t at = p->at < text->len ? p->at : (uint32_t)text->len;
        p->node.text = mv_span((const char *)text->at + at, text->len - at);
        b->nodes[first + i] = p->node;
    }
    b->c->node_count += n;
    return first;
}

static void reverse(struct mv_node *nodes, uint32_t n)
{
    for (uint32_t i = 0; i < n / 2; i++) {
        struct mv_node node = nodes[i];
        nodes[i] = nodes[n - 1 - i];
        nodes[n - 1 - i] = node;
    }
}

/* `70 % <= value` is `value >= 70 %`: what figures are named by has the value,
 * the other side the limit. */
static void turn(struct mv_node *nodes, struct mv_criterion *q)
{
    uint16_t left = q->n_left, right = q->n_right;
    if (mv_catalogue_names_figures(nodes, left) ||
        !mv_catalogue_names_figures(nodes + left, right))
        return;
    reverse(nodes, left);
    reverse(nodes + left, right);
    reverse(nodes, (uint32_t)left + right);
    q->n_left = right;
    q->n_right = left;
    q->cmp = (uint8_t)mv_cmp_mirrored((mv_cmp)q->cmp);
}

bool mv_build_criterion(struct mv_build *b, uint32_t node,
                        const struct mv_indicator *own,
                        struct mv_criterion *ret)
{
    if (!mv_read_scalar(b, node, "a criterion as `value >= 70 %`"))
        return false;
    struct mv_span text = mv_build_node(b, node)->text;
    if (!mv_parse(&b->parsed, text, true))
        return refuse(b, node);
    struct mv_scope scope = {.own = own, .dimension = b->parsed.each};
    uint16_t measure = 0;
    if (!mv_type(b, &scope, true, &measure))
        return refuse(b, node);
    *ret = (struct mv_criterion){
        .text = text,
        .first = keep(b, node),
        .n_left = (uint16_t)b->parsed.left,
        .n_right = (uint16_t)(b->parsed.count - b->parsed.left),
        .measure = measure,
        .cmp = (uint8_t)b->parsed.cmp,
        .each = b->parsed.each.len > 0,
        .uses_limit = scope.uses_limit,
        .limit_measure = scope.limit_measure,
        .each_indicator =
            b->parsed.each.len > 0 ? scope.each_indicator : MV_NONE,
        .line = mv_build_node(b, node)->line};
    if (ret->first == MV_NONE)
        return false;
    turn(b->nodes + ret->first, ret);
    return true;
}

static bool counts_months(mv_freq freq)
{
    return freq != MV_FREQ_W && freq != MV_FREQ_D;
}

/* A derived figure is made of what its parts have for the same stretch of
 * the same year; everything else belongs in the targets that use it. */
static const char *not_in_formula(const struct mv_build *b,
                                  const struct mv_node *n,
                                  const struct mv_indicator *formula)
{
    if (n->kind > MV_NODE_VALUE && n->kind < MV_NODE_NEG)
        return "a formula is made of other indicators' values";
    if (n->kind != MV_NODE_VALUE)
        return NULL;
    if (n->when != MV_WHEN_NOW)
        return "a formula names no year or period: its target does";
    mv_freq freq = b->indicators[n->indicator].frequency;
    if (counts_months(freq) != counts_months(formula->frequency) ||
        (!counts_months(freq) && freq != formula->frequency))
        return "weeks and days are not made of other periods";
    return NULL;
}

static bool check_parts(struct mv_build *b, uint32_t node,
                        const struct mv_indicator *formula)
{
    for (uint32_t i = 0; i < b->parsed.count; i++) {
        const struct mv_parsed_node *n = &b->parsed.nodes[i];
        const char *why = not_in_formula(b, &n->node, formula);
        if (why != NULL) {
            mv_build_fault_within(b, MV_FAULT_ERROR, node, n->at, why);
            return false;
        }
    }
    return true;
}

/* Of b->parsed. False: a fault was named. */
static bool type_formula(struct mv_build *b, uint32_t node,
                         const struct mv_indicator *formula)
{
    struct mv_scope scope = {.dimension = formula->dimension, .makes = formula};
    uint16_t measure = 0;
    if (!mv_type(b, &scope, false, &measure))
        return refuse(b, node);
    if (!check_parts(b, node, formula))
        return false;
    if (scope.uses_limit ||
        !mv_type_same(measure, formula->measure, &measure)) {
        mv_build_fault(b, node, "%s",
                       scope.uses_limit
                           ? "a formula has no limit"
                           : "the formula has another measure than the "
                             "indicator");
        return false;
    }
    return true;
}

bool mv_build_formula(struct mv_build *b, uint32_t node,
                      struct mv_indicator *formula)
{
    if (!mv_read_scalar(b, node, "a formula as '\"a\" / \"b\"'"))
        return false;
    formula->formula_text = mv_build_node(b, node)->text;
    if (!mv_parse(&b->parsed, formula->formula_text, false))
        return refuse(b, node);
    bool good = type_formula(b, node, formula);
    if (!good)
        mv_type_names(b);
    formula->formula = keep(b, node);
    formula->formula_count = b->parsed.count;
    return good;
}

bool mv_build_limit(struct mv_build *b, uint32_t node, uint16_t measure,
                    int64_t *micro)
{
    if (!mv_read_scalar(b, node, "a number as `61 days`"))
        return false;
    if (!mv_parse(&b->parsed, mv_build_node(b, node)->text, false))
        return refuse(b, node);
    const struct mv_parsed_node *n = &b->parsed.nodes[0];
    bool minus = b->parsed.count == 2 && n[1].node.kind == MV_NODE_NEG;
    if (n[0].node.kind != MV_NODE_NUMBER || (b->parsed.count != 1 && !minus)) {
        mv_build_fault(b, node, "expected a number as `61 days`");
        return false;
    }
    uint16_t m = n->node.micro == 0 ? MV_MEASURE_ANY : MV_MEASURE_NUMBER;
    if ((n->name.len > 0 && !mv_type_of_word(b, n->name, &m)) ||
        !mv_type_same(m, measure, &m)) {
        mv_build_fault(b, node,
                       "the limit has another measure than what it "
                       "is compared with");
        return false;
    }
    *micro = minus ? -n->node.micro : n->node.micro;
    return true;
}
