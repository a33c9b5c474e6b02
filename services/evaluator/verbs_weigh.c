/* verbs_weigh - the rows of `explain` between a status and its figures: what
 * is asked, the terms, what each unit below weighs. Job: judging's numbers as
 * rows. Invariant: numbers are exact text. Reads only. */
#include <stdio.h>

#include "proto/pack.h"
#include "services/evaluator/verbs.h"
#include "services/judging/weigh.h"

#define CRITERION_BYTES 512 /* as of a `criterion` */

static const char *fold_text(mv_fold how)
{
    static const char *const words[] = {[MV_FOLD_NONE] = "none",
                                        [MV_FOLD_SUM] = "sum",
                                        [MV_FOLD_MEAN] = "mean",
                                        [MV_FOLD_RATIO] = "ratio",
                                        [MV_FOLD_LAST] = "last"};
    return words[how];
}

static void pack_criteria(const struct mv_catalogue *c, const char *key,
                          struct mv_criteria k, struct mv_buf *out)
{
    mv_pack_cstr(out, key);
    mv_pack_list(out, k.count);
    for (uint32_t i = 0; i < k.count; i++) {
        struct mv_span text = c->criteria[k.first + i].text;
        mv_pack_text(out, evaluator_cut(text, CRITERION_BYTES));
    }
}

#define RECENT_BYTES 32

static const char *recent_text(unsigned periods, char text[RECENT_BYTES])
{
    (void)snprintf(text, RECENT_BYTES, "recent(%u)", periods);
    return text;
}

static void pack_forecast(const struct mv_target *t, struct mv_buf *out)
{
    char recent[RECENT_BYTES];
    const char *const words[] = {[MV_FORECAST_NONE] = "none",
                                 [MV_FORECAST_RECENT] =
                                     recent_text(t->forecast_periods, recent),
                                 [MV_FORECAST_SEASONAL] = "seasonal"};
    mv_pack_kv_cstr(out, "forecast", words[t->forecast]);
}

void evaluator_rule_row(struct evaluator_page *page,
                        const struct mv_catalogue *c, const struct mv_target *t)
{
    static const char *const decides[] = {[MV_DECIDES_FIGURES] = "figures",
                                          [MV_DECIDES_ASSESSMENT] =
                                              "assessment",
                                          [MV_DECIDES_WORST] = "worst"};
    struct mv_buf *out = &page->rows;
    evaluator_page_row(page, 8);
    mv_pack_kv_cstr(out, "what", "rule");
    pack_criteria(c, "require", t->require, out);
    pack_criteria(c, "yellow", t->yellow, out);
    pack_criteria(c, "aim", t->aim, out);
    mv_pack_kv_cstr(out, "combine",
                    t->combine == MV_COMBINE_WHOLE ? "whole" : "part");
    mv_pack_kv_cstr(out, "compare",
                    t->compare == MV_COMPARE_DISPLAYED ? "displayed" : "exact");
    mv_pack_kv_cstr(out, "decides", decides[t->decides]);
    pack_forecast(t, out);
}

void evaluator_indicator_row(struct evaluator_page *page,
                             const struct mv_indicator *ind)
{
    struct mv_buf *out = &page->rows;
    bool derived = ind->formula != MV_NONE;
    evaluator_page_row(page, 9u + derived);
    mv_pack_kv_cstr(out, "what", "indicator");
    mv_pack_kv_text(out, "indicator", ind->id);
    mv_pack_cstr(out, "title");
    evaluator_title_pack(&ind->title, out);
    mv_pack_kv_text(out, "measure", evaluator_cut(ind->measure_word, 64));
    mv_pack_kv_u64(out, "decimals", ind->decimals);
    mv_pack_kv_cstr(out, "over_periods", fold_text(ind->over_periods));
    mv_pack_kv_cstr(out, "over_units", fold_text(ind->over_units));
    mv_pack_kv_cstr(out, "total", fold_text(ind->total));
    mv_pack_kv_text(out, "source", evaluator_cut(ind->source, 256));
    if (derived)
        mv_pack_kv_text(out, "formula",
                        evaluator_cut(ind->formula_text, CRITERION_BYTES));
}

static const char *kind_text(uint8_t kind)
{
    if (kind == MV_NODE_LATEST)
        return "latest";
    if (kind == MV_NODE_GROWTH)
        return "growth";
    return kind == MV_NODE_LOWEST ? "units" : "value";
}

static void pack_named(const char *key, const struct mv_named *named,
                       struct mv_buf *out)
{
    char text[MV_PERIOD_TEXT_BYTES];
    mv_pack_cstr(out, key);
    mv_pack_list(out, named->count);
    for (uint16_t i = 0; i < named->count; i++)
        mv_pack_cstr(out, mv_period_text(&named->at[i], text));
}

static bool is_cut(const struct mv_named *named)
{
    return named->of > named->count;
}

static void pack_missing(const struct mv_piece *p, struct mv_buf *out)
{
    char recent[RECENT_BYTES];
    const char *const ways[] = {[MV_WAY_RECENT] =
                                    recent_text(p->recent, recent),
                                [MV_WAY_SEASONAL] = "seasonal",
                                [MV_WAY_LAST] = "last"};
    uint32_t used = 0;
    for (unsigned way = 0; way < MV_WAYS; way++)
        used += p->assumed[way].count > 0;
    pack_named("missing", &p->missing, out);
    if (is_cut(&p->missing)) {
        mv_pack_kv_u64(out, "missing_of", p->missing.of);
        mv_pack_kv_u64(out, "without", p->without);
    }
    mv_pack_cstr(out, "assumed");
    mv_pack_list(out, used);
    for (unsigned way = 0; way < MV_WAYS; way++) {
        const struct mv_named *named = &p->assumed[way];
        if (named->count == 0)
            continue;
        mv_pack_map(out, 2u + is_cut(named));
        mv_pack_kv_cstr(out, "how", ways[way]);
        pack_named("periods", named, out);
        if (is_cut(named))
            mv_pack_kv_u64(out, "of", named->of);
    }
}

uint32_t evaluator_member_pairs(const struct mv_member *m)
{
    return m == NULL ? 0u : 1u + evaluator_is_titled(m);
}

void evaluator_member_pack(const struct mv_member *m, const char *id,
                           const char *title, struct mv_buf *out)
{
    if (m != NULL)
        mv_pack_kv_text(out, id, m->id);
    if (m != NULL && evaluator_is_titled(m)) {
        mv_pack_cstr(out, title);
        evaluator_title_pack(&m->title, out);
    }
}

/* Why a unit's number is not there, or does not count; "" where nothing is to
 * be said. */
static const char *why_text(const struct mv_piece *p)
{
    if (p->unweighted)
        return mv_left_out_text(MV_LEFT_UNWEIGHTED);
    if (p->ended)
        return mv_left_out_text(MV_LEFT_ENDED);
    return p->excepted ? "excepted" : mv_reason_text(p->reason);
}

void evaluator_piece_row(struct evaluator_page *page,
                         const struct mv_catalogue *c, const struct mv_piece *p)
{
    const struct mv_criterion *k =
        p->criterion != MV_NONE ? &c->criteria[p->criterion] : NULL;
    const struct mv_indicator *ind = &c->indicators[p->indicator];
    bool each = k != NULL && p->member != MV_MEMBER_TOTAL &&
                k->each_indicator != MV_NONE;
    const struct mv_member *member =
        each ? &c->indicators[k->each_indicator].members[p->member] : NULL;
    const struct mv_member *of =
        p->of_member != MV_MEMBER_TOTAL ? &ind->members[p->of_member] : NULL;
    struct mv_buf *out = &page->rows;
    const char *why = why_text(p);
    evaluator_page_row(page, 9u + p->has_n + p->judged + (why[0] != '\0') +
                                 evaluator_member_pairs(member) +
                                 evaluator_member_pairs(of) + 2u * p->is_pair +
                                 p->has_share + p->has_pull + p->has_adds +
                                 2u * (p->inhabitants != NULL) +
                                 2u * !p->below + 2u * is_cut(&p->missing));
    mv_pack_kv_cstr(out, "what", p->below ? "weight" : "term");
    mv_pack_kv_text(out, "criterion",
                    k != NULL ? evaluator_cut(k->text, CRITERION_BYTES)
                              : mv_span("", 0));
    evaluator_member_pack(member, "member", "member_title", out);
    mv_pack_kv_cstr(out, "kind", kind_text(p->kind));
    mv_pack_kv_text(out, "indicator", ind->id);
    evaluator_member_pack(of, "of_member", "of_member_title", out);
    mv_pack_kv_text(out, "unit", c->units[p->unit].id);
    mv_pack_kv_text(out, "name", evaluator_cut(c->units[p->unit].name.nb, 256));
    mv_pack_kv_u64(out, "year", (uint64_t)p->year);
    mv_pack_kv_bool(out, "base", p->of_base);
    mv_pack_kv_bool(out, "derived", ind->formula != MV_NONE);
    if (p->has_n)
        mv_pack_kv_dec(out, "value", p->n);
    if (p->is_pair) {
        mv_pack_kv_dec(out, "numerator", p->num);
        mv_pack_kv_dec(out, "denominator", p->den);
    }
    if (p->inhabitants != NULL) {
        mv_pack_kv_u64(out, "inhabitants", (uint64_t)p->inhabitants->persons);
        mv_pack_kv_u64(out, "inhabitants_year", (uint64_t)p->inhabitants->year);
    }
    if (p->has_share)
        mv_pack_kv_dec(out, "share", p->share);
    if (p->has_pull)
        mv_pack_kv_dec(out, "pull", p->pull);
    if (p->has_adds)
        mv_pack_kv_dec(out, "adds", p->adds);
    if (p->judged)
        mv_pack_kv_bool(out, "holds", p->holds);
    if (why[0] != '\0')
        mv_pack_kv_cstr(out, "reason", why);
    if (!p->below)
        pack_missing(p, out);
}
