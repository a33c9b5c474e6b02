/* type - see type.h. Job: give every node its measure, and its indicator and
 * member. Invariant: the stack of measures here is as deep as the judge's
 * stack of numbers, and never deeper than MV_LANG_DEPTH.
 * A crash in the middle leaves nothing: it is memory of the caller's. */
#include "services/catalogue/type.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "services/catalogue/keys.h"

struct typer {
    struct mv_build *b;
    struct mv_parsed *p;
    struct mv_scope *scope;
    uint16_t stack[MV_LANG_DEPTH];
    bool limit[MV_LANG_DEPTH]; /* it is, or holds, a limit without measure */
    uint32_t depth;
    bool figure; /* some figure is named */
    bool popped; /* a limit without measure was among the operands */
};

static bool fail(struct typer *t, const struct mv_parsed_node *n,
                 const char *fmt, ...) MV_PRINTF(3, 4);
static bool fail(struct typer *t, const struct mv_parsed_node *n,
                 const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(t->p->fault, sizeof t->p->fault, fmt, ap);
    va_end(ap);
    t->p->fault_at = n->at;
    return false;
}

static const char *word_of(const struct typer *t, uint16_t measure)
{
    static const char *const fixed[MV_MEASURE_FIRST_FREE] = {
        "any measure", "a bare number", "%",      "pp",
        "days",        "a count",       "kroner", "points"};
    if (measure < MV_MEASURE_FIRST_FREE)
        return fixed[measure];
    /* no measure is kept past the array's end */
    /* cppcheck-suppress arrayIndexOutOfBoundsCond */
    return (const char *)t->b->measures[measure].at;
}

bool mv_type_of_word(const struct mv_build *b, struct mv_span word,
                     uint16_t *ret)
{
    static const struct mv_word words[] = {
        {"%", MV_MEASURE_PERCENT},
        {"pst", MV_MEASURE_PERCENT},
        {"day", MV_MEASURE_DAYS},
        {"d", MV_MEASURE_DAYS},
        {"dager", MV_MEASURE_DAYS},
        {"dag", MV_MEASURE_DAYS},
        {"kr", MV_MEASURE_NOK},
        {"poeng", MV_MEASURE_POINTS},
        {"percent_change", MV_MEASURE_PERCENT},
        {.text = NULL}};
    for (const struct mv_word *w = words; w->text != NULL; w++) {
        if (mv_span_is(word, w->text)) {
            *ret = (uint16_t)w->value;
            return true;
        }
    }
    for (uint32_t m = MV_MEASURE_PERCENT; m < b->c->measure_count; m++) {
        if (mv_span_equal(word, b->measures[m])) {
            *ret = (uint16_t)m;
            return true;
        }
    }
    return false;
}

/* Percents, their differences and days are never written bare: 0.7 for 70 %
 * and months for days are the mistakes that people make. */
static bool takes_bare(uint16_t measure)
{
    return measure != MV_MEASURE_PERCENT && measure != MV_MEASURE_PP &&
           measure != MV_MEASURE_DAYS;
}

bool mv_type_same(uint16_t a, uint16_t b, uint16_t *ret)
{
    if (a == b || b == MV_MEASURE_ANY ||
        (b == MV_MEASURE_NUMBER && takes_bare(a))) {
        *ret = a;
    } else if (a == MV_MEASURE_ANY ||
               (a == MV_MEASURE_NUMBER && takes_bare(b))) {
        *ret = b;
    } else {
        return false;
    }
    return true;
}

static bool mismatch(struct typer *t, const struct mv_parsed_node *n,
                     uint16_t a, uint16_t b, const char *verb)
{
    return fail(t, n, "%s %s %s: both sides need one measure", word_of(t, a),
                verb, word_of(t, b));
}

static bool push(struct typer *t, struct mv_parsed_node *n, uint16_t measure)
{
    if (t->depth == MV_LANG_DEPTH)
        return fail(t, n, "too many values in one expression");
    n->node.measure = measure;
    t->limit[t->depth] = t->popped && (measure == MV_MEASURE_ANY ||
                                       measure == MV_MEASURE_NUMBER);
    t->stack[t->depth++] = measure;
    t->popped = false;
    return true;
}

static uint16_t pop(struct typer *t)
{
    MV_ASSERT(t->depth > 0);
    t->popped |= t->limit[--t->depth];
    return t->stack[t->depth];
}

/* A limit takes the measure of what it is held against, which need not be
 * the criterion's: value / limit, share(units: value >= limit). */
static void meet(struct typer *t, uint16_t a, uint16_t b)
{
    uint16_t m = a == MV_MEASURE_ANY || a == MV_MEASURE_NUMBER ? b : a;
    if (t->popped && m != MV_MEASURE_ANY && m != MV_MEASURE_NUMBER)
        t->scope->limit_measure = m;
}

static bool type_number(struct typer *t, struct mv_parsed_node *n)
{
    uint16_t m = n->node.micro == 0 ? MV_MEASURE_ANY : MV_MEASURE_NUMBER;
    if (n->name.len > 0 && !mv_type_of_word(t->b, n->name, &m)) {
        return fail(t, n, "'%.*s' is not a measure",
                    n->name.len > 40 ? 40 : (int)n->name.len,
                    (const char *)n->name.at);
    }
    return push(t, n, m);
}

/* "kost" of "kost/phv". */
static struct mv_span named(const struct mv_parsed_node *n, const char **slash)
{
    *slash = memchr(n->name.at, '/', n->name.len);
    size_t len = *slash == NULL ? n->name.len
                                : (size_t)(*slash - (const char *)n->name.at);
    return mv_span(n->name.at, len);
}

void mv_type_names(struct mv_build *b)
{
    const char *slash;
    for (uint32_t i = 0; i < b->parsed.count; i++) {
        struct mv_parsed_node *n = &b->parsed.nodes[i];
        if (n->node.kind != MV_NODE_NUMBER && n->name.len > 0)
            n->node.indicator =
                mv_lookup_find(&b->x->indicators, named(n, &slash), 0);
    }
}

/* "kost/phv" to indicator and member. */
static bool find_series(struct typer *t, struct mv_parsed_node *n)
{
    const char *slash;
    struct mv_span id = named(n, &slash);
    size_t len = id.len;
    uint32_t i = mv_lookup_find(&t->b->x->indicators, id, 0);
    if (i == MV_NONE) {
        if (t->b->broken[MV_FILE_INDICATORS]) {
            t->p->fault[0] = '\0';
            return false;
        }
        return fail(t, n, "no indicator '%.*s'", len > 64 ? 64 : (int)len,
                    (const char *)id.at);
    }
    n->node.indicator = i;
    if (slash == NULL)
        return true;
    struct mv_span member = mv_span(slash + 1, n->name.len - len - 1);
    n->node.member = mv_lookup_find(&t->b->x->members, member, i);
    if (n->node.member == MV_NONE) {
        return fail(t, n, "'%.*s' has no member '%.*s'", (int)id.len,
                    (const char *)id.at, member.len > 64 ? 64 : (int)member.len,
                    slash + 1);
    }
    return true;
}

/* A series without a member is the member of `each`, where it has that
 * dimension; else the total. */
static bool bind_series(struct typer *t, struct mv_parsed_node *n)
{
    struct mv_scope *s = t->scope;
    t->figure = true;
    if (n->name.len == 0) {
        if (s->own == NULL) {
            return fail(t, n,
                        "no indicator is given: name one, as in "
                        "value(\"kost\")");
        }
        n->node.own = true;
        n->node.indicator = s->own->index;
    } else if (!find_series(t, n)) {
        return false;
    }
    const struct mv_indicator *i = &t->b->indicators[n->node.indicator];
    if (s->dimension.len > 0 && n->node.member == MV_MEMBER_TOTAL &&
        mv_span_equal(i->dimension, s->dimension)) {
        n->node.member = MV_MEMBER_EACH;
        if (s->each_indicator == MV_NONE)
            s->each_indicator = i->index;
    }
    return true;
}

/* A period that no figure of the indicator can fill would never be in. */
static bool holds_period(const struct mv_indicator *i,
                         const struct mv_period *p)
{
    struct mv_period one;
    for (int n = 1; mv_period_nth(i->frequency, p->year, n, &one); n++) {
        if (one.first_day >= p->first_day && one.last_day <= p->last_day)
            return true;
    }
    return false;
}

static bool type_series(struct typer *t, struct mv_parsed_node *n)
{
    if (!bind_series(t, n))
        return false;
    const struct mv_indicator *of = &t->b->indicators[n->node.indicator];
    if (n->node.when == MV_WHEN_PERIOD && !holds_period(of, &n->node.period)) {
        char text[MV_PERIOD_TEXT_BYTES];
        return fail(t, n, "%s holds no whole period of '%.*s' (%s)",
                    mv_period_text(&n->node.period, text), (int)of->id.len,
                    (const char *)of->id.at, mv_freq_text(of->frequency));
    }
    uint16_t m = t->b->indicators[n->node.indicator].measure;
    if (n->node.kind == MV_NODE_GROWTH)
        m = MV_MEASURE_PERCENT;
    if (n->node.kind == MV_NODE_SPREAD && m == MV_MEASURE_PERCENT)
        m = MV_MEASURE_PP;
    if (n->node.kind == MV_NODE_RATE) {
        if (m == MV_MEASURE_PERCENT || m == MV_MEASURE_PP)
            return fail(t, n, "a rate is made of counts, not of %%");
        m = MV_MEASURE_NUMBER;
    }
    return push(t, n, m);
}

static bool type_sum(struct typer *t, struct mv_parsed_node *n, uint16_t a,
                     uint16_t b)
{
    bool minus = n->node.kind == MV_NODE_SUB;
    uint16_t m = MV_MEASURE_ANY;
    if (a == MV_MEASURE_PERCENT && b == MV_MEASURE_PERCENT) {
        m = minus ? MV_MEASURE_PP : MV_MEASURE_PERCENT;
    } else if (a == MV_MEASURE_PERCENT && b == MV_MEASURE_PP) {
        m = a;
    } else if (a == MV_MEASURE_PP && b == MV_MEASURE_PERCENT && !minus) {
        m = b;
    } else if (a == MV_MEASURE_ANY && b == MV_MEASURE_PP) {
        m = a; /* limit - 5 pp, of percents */
    } else if (!mv_type_same(a, b, &m)) {
        return mismatch(t, n, a, b, minus ? "minus" : "plus");
    }
    if (m != MV_MEASURE_ANY)
        meet(t, m, m);
    return push(t, n, m);
}

static bool type_product(struct typer *t, struct mv_parsed_node *n, uint16_t a,
                         uint16_t b)
{
    if (b == MV_MEASURE_NUMBER)
        return push(t, n, a);
    if (a == MV_MEASURE_NUMBER)
        return push(t, n, b);
    if (a != MV_MEASURE_PERCENT && b != MV_MEASURE_PERCENT) {
        return fail(t, n, "%s times %s: one of them must be a number or a %%",
                    word_of(t, a), word_of(t, b));
    }
    n->node.hundred = -1;
    return push(t, n, b == MV_MEASURE_PERCENT ? a : b);
}

static bool type_quotient(struct typer *t, struct mv_parsed_node *n, uint16_t a,
                          uint16_t b)
{
    if (b == MV_MEASURE_NUMBER)
        return push(t, n, a);
    n->node.hundred = 1;
    if (b == MV_MEASURE_PERCENT)
        return push(t, n, a);
    meet(t, a, b);
    if (a == b || ((a == MV_MEASURE_ANY || b == MV_MEASURE_ANY) &&
                   a != MV_MEASURE_NUMBER))
        return push(t, n, MV_MEASURE_PERCENT);
    return fail(t, n, "%s divided by %s: they need one measure", word_of(t, a),
                word_of(t, b));
}

static bool type_many(struct typer *t, struct mv_parsed_node *n, uint16_t count)
{
    uint16_t m = pop(t);
    for (uint16_t i = 1; i < count; i++) {
        uint16_t other = pop(t);
        if (!mv_type_same(other, m, &m))
            return mismatch(t, n, other, m, "beside");
    }
    meet(t, m, m);
    return push(t, n, m);
}

/* A year's place on the line is the target's year; a day's is the last day
 * in, which only a daily indicator has. */
static bool type_path(struct typer *t, struct mv_parsed_node *n)
{
    const struct mv_indicator *own = t->scope->own;
    if (!n->node.year_given && (own == NULL || own->frequency != MV_FREQ_D)) {
        return fail(t, n,
                    "a path between two days needs a daily indicator; write "
                    "the years");
    }
    return type_many(t, n, 2);
}

static bool type_share_end(struct typer *t, struct mv_parsed_node *n)
{
    uint16_t b = pop(t), a = pop(t), m = MV_MEASURE_ANY;
    if (!mv_type_same(a, b, &m))
        return mismatch(t, n, a, b, "compared with");
    meet(t, m, m);
    t->popped = false;
    return push(t, n, MV_MEASURE_PERCENT);
}

static bool type_node(struct typer *t, struct mv_parsed_node *n)
{
    uint16_t b = MV_MEASURE_ANY;
    switch ((mv_node_kind)n->node.kind) {
    case MV_NODE_NUMBER:
        return type_number(t, n);
    case MV_NODE_LIMIT:
        t->scope->uses_limit = true;
        t->popped = true;
        return push(t, n, MV_MEASURE_ANY);
    case MV_NODE_SHARE:
        n->node.measure = MV_MEASURE_PERCENT;
        return true;
    case MV_NODE_SHARE_END:
        return type_share_end(t, n);
    case MV_NODE_PATH:
        return type_path(t, n);
    case MV_NODE_MIN:
    case MV_NODE_MAX:
        return type_many(t, n, n->node.count);
    case MV_NODE_NEG:
    case MV_NODE_ABS:
        return push(t, n, pop(t));
    case MV_NODE_ADD:
    case MV_NODE_SUB:
        b = pop(t);
        return type_sum(t, n, pop(t), b);
    case MV_NODE_MUL:
        b = pop(t);
        return type_product(t, n, pop(t), b);
    case MV_NODE_DIV:
        b = pop(t);
        return type_quotient(t, n, pop(t), b);
    default:
        return type_series(t, n);
    }
}

/* Every series that takes the member of `each` must have each of them. */
static bool check_members(struct typer *t)
{
    const struct mv_indicator *each =
        &t->b->indicators[t->scope->each_indicator];
    for (uint32_t i = 0; i < t->p->count; i++) {
        const struct mv_parsed_node *n = &t->p->nodes[i];
        if (n->node.member != MV_MEMBER_EACH ||
            n->node.indicator == each->index)
            continue;
        const struct mv_indicator *at = &t->b->indicators[n->node.indicator];
        for (uint32_t m = 0; m < each->member_count; m++) {
            struct mv_span id = each->members[m].id;
            if (mv_lookup_find(&t->b->x->members, id, at->index) != MV_NONE)
                continue;
            return fail(t, n, "'%.*s' has no member '%.*s', as '%.*s' has",
                        (int)at->id.len, (const char *)at->id.at, (int)id.len,
                        (const char *)id.at, (int)each->id.len,
                        (const char *)each->id.at);
        }
    }
    return true;
}

bool mv_type(struct mv_build *b, struct mv_scope *scope, bool criterion,
             uint16_t *measure)
{
    struct typer t = {.b = b, .p = &b->parsed, .scope = scope};
    scope->each_indicator = MV_NONE;
    scope->uses_limit = false;
    scope->limit_measure = MV_MEASURE_ANY;
    if (scope->makes != NULL && scope->dimension.len > 0)
        scope->each_indicator = scope->makes->index;
    if (scope->own != NULL && scope->dimension.len > 0 &&
        mv_span_equal(scope->own->dimension, scope->dimension))
        scope->each_indicator = scope->own->index;
    for (uint32_t i = 0; i < t.p->count; i++) {
        if (!type_node(&t, &t.p->nodes[i]))
            return false;
    }
    struct mv_parsed_node *last = &t.p->nodes[t.p->count - 1];
    if (!t.figure) {
        return fail(&t, &t.p->nodes[0],
                    "no figure is named: value, latest ...");
    }
    *measure = pop(&t);
    if (scope->each_indicator != MV_NONE && !check_members(&t))
        return false;
    if (!criterion)
        return true;
    uint16_t right = *measure, left = pop(&t);
    if (!mv_type_same(left, right, measure)) {
        last = &t.p->nodes[t.p->left];
        return mismatch(&t, last, left, right, "compared with");
    }
    meet(&t, *measure, *measure);
    if (scope->limit_measure == MV_MEASURE_ANY)
        scope->limit_measure = *measure;
    if (t.p->each.len > 0 && scope->each_indicator == MV_NONE) {
        last->at = t.p->each_at;
        return fail(&t, last, "no indicator here has the dimension '%.*s'",
                    t.p->each.len > 64 ? 64 : (int)t.p->each.len,
                    (const char *)t.p->each.at);
    }
    return true;
}
