/* parse - see parse.h. Job: tokens to postfix. Invariant: an operator or
 * bracket waits on one bounded stack, a node is written once, in the order
 * in which a stack machine meets it; what does not fit is a fault.
 * A crash in the middle leaves nothing: it is memory of the caller's. */
#include "services/catalogue/parse.h"

#include "services/base/err.h"
#include "services/base/micro.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What waits for its operands or its bracket. */
enum wait { W_BINARY, W_NEG, W_BRACKET, W_CALL, W_PATH, W_SHARE };

struct waiting {
    enum wait kind;
    uint8_t node_kind, strength;
    uint16_t args;
    uint32_t at, share; /* share: its node */
    bool compared;      /* W_SHARE: its comparison is there */
    mv_cmp cmp;
    int32_t day[2];
    bool years;
};

struct parser {
    struct mv_parsed *out;
    struct mv_lexer lexer;
    struct mv_token t; /* the next one */
    struct waiting stack[MV_LANG_DEPTH];
    uint32_t depth;
    bool criterion;
};

static bool fail(struct parser *p, uint32_t at, const char *fmt, ...)
    MV_PRINTF(3, 4);
static bool fail(struct parser *p, uint32_t at, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(p->out->fault, sizeof p->out->fault, fmt, ap);
    va_end(ap);
    p->out->fault_at = at;
    return false;
}

/* "expected X, found Y" at the token that stands there. */
static bool expected(struct parser *p, const char *what)
{
    const struct mv_token *t = &p->t;
    if (t->kind == MV_TOKEN_BAD) {
        return fail(p, t->at, "'%.*s': %s",
                    t->text.len > 40 ? 40 : (int)t->text.len,
                    (const char *)t->text.at, t->why);
    }
    if (t->kind == MV_TOKEN_END)
        return fail(p, t->at, "expected %s, found the end", what);
    return fail(p, t->at, "expected %s, found '%.*s'", what,
                t->text.len > 40 ? 40 : (int)t->text.len,
                (const char *)t->text.at);
}

static void next(struct parser *p)
{
    p->t = mv_lex(&p->lexer);
}

static bool is_mark(const struct parser *p, char mark)
{
    return p->t.kind == MV_TOKEN_MARK && p->t.mark == mark;
}

static bool take_mark(struct parser *p, char mark, const char *what)
{
    if (!is_mark(p, mark))
        return expected(p, what);
    next(p);
    return true;
}

static struct mv_parsed_node *emit(struct parser *p, uint8_t kind, uint32_t at)
{
    static const struct mv_parsed_node fresh = {
        .node = {.indicator = MV_NONE, .member = MV_MEMBER_TOTAL}};
    if (p->out->count == MV_LANG_NODES)
        return NULL;
    struct mv_parsed_node *n = &p->out->nodes[p->out->count++];
    *n = fresh;
    n->node.kind = kind;
    n->at = at;
    return n;
}

static bool too_long(struct parser *p)
{
    return fail(p, p->t.at, "the expression is too long");
}

static bool push(struct parser *p, struct waiting w)
{
    if (p->depth == MV_LANG_DEPTH)
        return fail(p, w.at, "nested too deep");
    p->stack[p->depth++] = w;
    return true;
}

/* Writes the operators that wait and bind at least as strongly. */
static bool unwind(struct parser *p, uint8_t strength)
{
    while (p->depth > 0) {
        const struct waiting *w = &p->stack[p->depth - 1];
        if ((w->kind != W_BINARY && w->kind != W_NEG) || w->strength < strength)
            break;
        if (emit(p, w->node_kind, w->at) == NULL)
            return too_long(p);
        p->depth--;
    }
    return true;
}

static bool whole_number(const struct mv_token *t, int64_t *ret)
{
    if (t->kind != MV_TOKEN_NUMBER || t->micro % MV_MICRO_ONE != 0 ||
        memchr(t->text.at, '.', t->text.len) != NULL)
        return false;
    *ret = t->micro / MV_MICRO_ONE;
    return true;
}

static bool year_in(int64_t year)
{
    return year >= MV_YEAR_MIN && year <= MV_YEAR_MAX;
}

/* `-1`, `2019` or `2019-M06`, as the last argument of a series. */
static bool parse_when(struct parser *p, struct mv_node *n)
{
    int64_t v = 0;
    bool back = is_mark(p, '-');
    if (back)
        next(p);
    if (!back && p->t.kind == MV_TOKEN_PERIOD) {
        n->when = MV_WHEN_PERIOD;
        n->period = p->t.period;
    } else if (back && whole_number(&p->t, &v) && v >= 1 && v <= 50) {
        n->when = MV_WHEN_BACK;
        n->year = -(int32_t)v;
    } else if (!back && whole_number(&p->t, &v) && year_in(v)) {
        n->when = MV_WHEN_YEAR;
        n->year = (int32_t)v;
    } else {
        return expected(p, "a year as -1 or 2019, or a period as 2019-M06");
    }
    next(p);
    return true;
}

/* The number in rate(1000). */
static bool parse_per(struct parser *p, struct mv_node *n)
{
    int64_t v = 0;
    if (!whole_number(&p->t, &v) || v < 1)
        return expected(p, "how many inhabitants, as in rate(1000)");
    n->micro = p->t.micro;
    next(p);
    return true;
}

static bool parse_arguments(struct parser *p, struct mv_parsed_node *n)
{
    bool more = true;
    if (p->t.kind == MV_TOKEN_STRING) {
        n->name = p->t.text;
        next(p);
        more = is_mark(p, ',');
        if (more)
            next(p);
    }
    if (n->node.kind == MV_NODE_RATE) {
        if (!more)
            return expected(p, "',' and how many inhabitants");
        if (!parse_per(p, &n->node))
            return false;
        more = is_mark(p, ',');
        if (more)
            next(p);
    }
    if (more && !parse_when(p, &n->node))
        return false;
    return take_mark(p, ')', "')'");
}

static const struct series_word {
    const char *word;
    uint8_t kind;
} series_words[] = {
    {"value", MV_NODE_VALUE},   {"latest", MV_NODE_LATEST},
    {"growth", MV_NODE_GROWTH}, {"rate", MV_NODE_RATE},
    {"lowest", MV_NODE_LOWEST}, {"highest", MV_NODE_HIGHEST},
    {"spread", MV_NODE_SPREAD},
};

static bool in_share(const struct parser *p)
{
    for (uint32_t i = 0; i < p->depth; i++) {
        if (p->stack[i].kind == W_SHARE)
            return true;
    }
    return false;
}

static bool parse_series(struct parser *p, uint8_t kind)
{
    if (mv_node_is_extreme(kind) && in_share(p)) {
        return fail(p, p->t.at,
                    "lowest, highest and spread cannot stand in a share");
    }
    struct mv_parsed_node *n = emit(p, kind, p->t.at);
    if (n == NULL)
        return too_long(p);
    next(p);
    bool open = is_mark(p, '(');
    if (open) {
        next(p);
        if (!parse_arguments(p, n))
            return false;
    }
    if (kind == MV_NODE_RATE && !open)
        return expected(p, "'(' and how many inhabitants");
    if (kind == MV_NODE_GROWTH && n->node.when == MV_WHEN_NOW) {
        return fail(p, n->at,
                    "growth needs what it is measured from, as in "
                    "growth(-1)");
    }
    if (kind == MV_NODE_LATEST && n->node.when == MV_WHEN_PERIOD)
        n->node.kind = MV_NODE_VALUE; /* a period named is one thing */
    return true;
}

static bool parse_share(struct parser *p)
{
    struct waiting w = {.kind = W_SHARE, .at = p->t.at};
    if (in_share(p))
        return fail(p, w.at, "a share within a share");
    w.share = p->out->count;
    if (emit(p, MV_NODE_SHARE, w.at) == NULL)
        return too_long(p);
    next(p);
    if (!take_mark(p, '(', "'('"))
        return false;
    if (p->t.kind != MV_TOKEN_WORD || !mv_span_is(p->t.text, "units"))
        return expected(p, "'units:'");
    next(p);
    return take_mark(p, ':', "':'") && push(p, w);
}

static bool parse_number(struct parser *p)
{
    struct mv_parsed_node *n = emit(p, MV_NODE_NUMBER, p->t.at);
    if (n == NULL)
        return too_long(p);
    n->node.micro = p->t.micro;
    next(p);
    if (is_mark(p, '%') || p->t.kind == MV_TOKEN_WORD) {
        n->name = p->t.text;
        next(p);
    }
    return true;
}

/* What takes its operands in brackets; they follow. */
static bool parse_call(struct parser *p)
{
    static const struct {
        const char *word;
        struct waiting w;
    } calls[] = {
        {"min", {.kind = W_CALL, .node_kind = MV_NODE_MIN, .args = 1}},
        {"max", {.kind = W_CALL, .node_kind = MV_NODE_MAX, .args = 1}},
        {"abs", {.kind = W_CALL, .node_kind = MV_NODE_ABS, .args = 1}},
        {"path", {.kind = W_PATH}},
    };
    size_t i = 0, count = sizeof calls / sizeof calls[0];
    while (i < count && !mv_span_is(p->t.text, calls[i].word))
        i++;
    if (i == count)
        return expected(p, "a number, value, latest, growth, limit, min, max, "
                           "abs, rate, lowest, highest, spread, share, path");
    struct waiting w = calls[i].w;
    w.at = p->t.at;
    next(p);
    return take_mark(p, '(', "'('") && push(p, w);
}

/* A word where a value is expected. *operand: an operand is complete. */
static bool parse_word(struct parser *p, bool *operand)
{
    struct mv_span word = p->t.text;
    uint32_t at = p->t.at;
    for (size_t i = 0; i < sizeof series_words / sizeof series_words[0]; i++) {
        if (mv_span_is(word, series_words[i].word)) {
            *operand = true;
            return parse_series(p, series_words[i].kind);
        }
    }
    if (mv_span_is(word, "limit")) {
        *operand = true;
        next(p);
        return emit(p, MV_NODE_LIMIT, at) != NULL || too_long(p);
    }
    *operand = false;
    return mv_span_is(word, "share") ? parse_share(p) : parse_call(p);
}

static bool parse_operand(struct parser *p, bool *operand)
{
    *operand = true;
    if (p->t.kind == MV_TOKEN_NUMBER)
        return parse_number(p);
    if (p->t.kind == MV_TOKEN_STRING) {
        struct mv_parsed_node *n = emit(p, MV_NODE_VALUE, p->t.at);
        if (n == NULL)
            return too_long(p);
        n->name = p->t.text;
        next(p);
        return true;
    }
    if (p->t.kind == MV_TOKEN_WORD)
        return parse_word(p, operand);
    *operand = false;
    struct waiting w = {.at = p->t.at};
    if (is_mark(p, '-')) {
        w.kind = W_NEG;
        w.node_kind = MV_NODE_NEG;
        w.strength = 3;
    } else if (is_mark(p, '(')) {
        w.kind = W_BRACKET;
    } else {
        return expected(p, "a value");
    }
    next(p);
    return push(p, w);
}

static bool parse_binary(struct parser *p)
{
    static const struct {
        char mark;
        uint8_t node_kind, strength;
    } binaries[] = {{'+', MV_NODE_ADD, 1},
                    {'-', MV_NODE_SUB, 1},
                    {'*', MV_NODE_MUL, 2},
                    {'/', MV_NODE_DIV, 2}};
    size_t i = 0, count = sizeof binaries / sizeof binaries[0];
    while (i < count && binaries[i].mark != p->t.mark)
        i++;
    MV_ASSERT(i < count); /* the lexer knows no other that comes to here */
    struct waiting w = {.kind = W_BINARY,
                        .node_kind = binaries[i].node_kind,
                        .strength = binaries[i].strength,
                        .at = p->t.at};
    if (!unwind(p, w.strength))
        return false;
    next(p);
    return push(p, w);
}

static bool parse_cmp(struct parser *p)
{
    uint32_t at = p->t.at;
    if (!unwind(p, 0))
        return false;
    if (p->depth > 0) {
        struct waiting *w = &p->stack[p->depth - 1];
        if (w->kind != W_SHARE || w->compared)
            return fail(p, at, "a comparison cannot stand here");
        w->compared = true;
        w->cmp = p->t.cmp;
    } else if (!p->criterion) {
        return fail(p, at, "a formula has no comparison");
    } else if (p->out->compared) {
        return fail(p, at, "one comparison to a criterion: write two criteria");
    } else {
        p->out->compared = true;
        p->out->cmp = p->t.cmp;
        p->out->left = p->out->count;
    }
    next(p);
    return true;
}

/* The year or day in path(v0, HERE, v1, HERE). */
static bool parse_path_day(struct parser *p, struct waiting *w)
{
    int64_t v = 0;
    uint32_t which = w->args / 2;
    bool year = whole_number(&p->t, &v) && year_in(v);
    bool day = p->t.kind == MV_TOKEN_PERIOD && p->t.period.freq == MV_FREQ_D;
    if (!year && !day)
        return expected(p, "a year as 2020 or a day as 2020-06-30");
    if (which == 1 && year != w->years)
        return fail(p, p->t.at, "two years, or two days");
    w->years = year;
    w->day[which] = year ? (int32_t)v : p->t.period.first_day;
    if (which == 1 && w->day[1] <= w->day[0])
        return fail(p, p->t.at, "the path must lead forward");
    next(p);
    return true;
}

static bool parse_comma(struct parser *p)
{
    uint32_t at = p->t.at;
    if (!unwind(p, 0))
        return false;
    struct waiting *w = p->depth == 0 ? NULL : &p->stack[p->depth - 1];
    bool call = w != NULL && w->kind == W_CALL && w->node_kind != MV_NODE_ABS;
    bool path = w != NULL && w->kind == W_PATH && w->args < 3;
    if (!call && !path) {
        return fail(p, at,
                    "a comma cannot stand here; decimals are written "
                    "with a point");
    }
    next(p);
    if (call) {
        w->args++;
        return true;
    }
    if (!parse_path_day(p, w))
        return false;
    w->args = (uint16_t)(w->args + 2); /* 2, then 4 */
    return w->args == 4 || take_mark(p, ',', "','");
}

static bool close_share(struct parser *p, const struct waiting *w)
{
    if (!w->compared)
        return expected(p, "a comparison, as in share(units: value >= 60 %)");
    struct mv_parsed_node *n = emit(p, MV_NODE_SHARE_END, w->at);
    if (n == NULL)
        return too_long(p);
    n->node.cmp = (uint8_t)w->cmp;
    p->out->nodes[w->share].node.count =
        (uint16_t)(p->out->count - w->share - 1);
    return true;
}

static bool parse_close(struct parser *p)
{
    if (!unwind(p, 0))
        return false;
    if (p->depth == 0)
        return fail(p, p->t.at, "')' without its '('");
    struct waiting w = p->stack[--p->depth];
    if (w.kind == W_SHARE && !close_share(p, &w))
        return false;
    if (w.kind == W_PATH && w.args != 4)
        return expected(p, "',' : path(value, year, value, year)");
    if (w.kind == W_CALL || w.kind == W_PATH) {
        uint8_t kind = w.kind == W_PATH ? MV_NODE_PATH : w.node_kind;
        struct mv_parsed_node *n = emit(p, kind, w.at);
        if (n == NULL)
            return too_long(p);
        n->node.count = w.args;
        memcpy(n->node.day, w.day, sizeof w.day);
        n->node.year_given = w.years;
    }
    next(p);
    return true;
}

/* What may follow a value. *operand: still (a bracket closed). */
static bool parse_after(struct parser *p, bool *operand)
{
    *operand = false;
    if (p->t.kind == MV_TOKEN_CMP)
        return parse_cmp(p);
    if (p->t.kind != MV_TOKEN_MARK || is_mark(p, '(') || is_mark(p, ':') ||
        is_mark(p, '%')) {
        return expected(p, p->criterion && !p->out->compared
                               ? "a comparison or + - * /"
                               : "+ - * / or the end");
    }
    if (is_mark(p, ',')) {
        if (!parse_comma(p))
            return false;
        /* after path's last year only its bracket may follow */
        *operand = p->stack[p->depth - 1].kind == W_PATH &&
                   p->stack[p->depth - 1].args == 4;
        return true;
    }
    if (is_mark(p, ')')) {
        *operand = true;
        return parse_close(p);
    }
    const struct waiting *w = p->depth == 0 ? NULL : &p->stack[p->depth - 1];
    if (w != NULL && w->kind == W_PATH && w->args == 4)
        return expected(p, "')'");
    return parse_binary(p);
}

/* `each DIM:` - identifiers may hold what the lexer takes for operators. */
static bool parse_each(struct parser *p)
{
    const char *text = p->lexer.text.at, *start = text + p->lexer.at;
    const char *end = text + p->lexer.text.len;
    const char *colon = memchr(start, ':', (size_t)(end - start));
    while (start < end && *start == ' ')
        start++;
    p->out->each_at = (uint32_t)(start - text);
    if (colon == NULL || colon <= start) {
        return fail(p, p->out->each_at,
                    "expected a dimension and ':', as in "
                    "each tjeneste:");
    }
    p->lexer.at = (uint32_t)(colon - text) + 1;
    while (colon > start && colon[-1] == ' ')
        colon--;
    p->out->each = mv_span(start, (size_t)(colon - start));
    next(p);
    return true;
}

bool mv_parse(struct mv_parsed *ret, struct mv_span text, bool criterion)
{
    struct parser p = {.out = ret, .criterion = criterion};
    bool operand = false;
    ret->count = ret->left = 0;
    ret->compared = false;
    ret->each = (struct mv_span){"", 0};
    p.lexer.text = text;
    if (text.len > MV_LANG_TEXT_BYTES)
        return fail(&p, 0, "the text is too long");
    next(&p);
    if (criterion && p.t.kind == MV_TOKEN_WORD &&
        mv_span_is(p.t.text, "each") && !parse_each(&p))
        return false;
    while (!operand || p.t.kind != MV_TOKEN_END) {
        if (operand ? !parse_after(&p, &operand) : !parse_operand(&p, &operand))
            return false;
    }
    if (!unwind(&p, 0))
        return false;
    if (p.depth > 0)
        return fail(&p, p.stack[p.depth - 1].at, "the '(' is not closed");
    if (criterion && !ret->compared)
        return expected(&p, "a comparison: < <= > >= =");
    return true;
}
