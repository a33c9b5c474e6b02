/* verbs_status - `status` and `targets`. Job: what holds now, row by row.
 * Invariant: a status shown is the one that was sent. Reads only. */
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/evaluator/verbs.h"

#define JUDGED_MAX 4000u /* in one page */

struct filter {
    struct mv_span target, unit, region, status; /* at NULL: any */
    uint64_t year;                               /* 0: any */
};

static struct filter filter_of(struct mv_span args)
{
    struct filter f = {0};
    if (!mv_map_text(args, "target", &f.target))
        f.target = mv_span(NULL, 0);
    if (!mv_map_text(args, "unit", &f.unit))
        f.unit = mv_span(NULL, 0);
    if (!mv_map_text(args, "region", &f.region))
        f.region = mv_span(NULL, 0);
    if (!mv_map_text(args, "status", &f.status))
        f.status = mv_span(NULL, 0);
    if (!mv_map_u64(args, "year", &f.year))
        f.year = 0;
    return f;
}

static bool is(struct mv_span want, struct mv_span have)
{
    return want.at == NULL || mv_span_equal(want, have);
}

static bool target_wanted(const struct filter *f, const struct mv_target *t)
{
    return (f->year == 0 || f->year == (uint64_t)t->year) &&
           is(f->target, t->id);
}

static bool unit_wanted(const struct filter *f, const struct mv_catalogue *c,
                        const struct mv_unit *u)
{
    struct mv_span region =
        u->region != MV_NONE ? c->units[u->region].id : mv_span("", 0);
    return is(f->unit, u->id) && is(f->region, region);
}

static void pack_number(struct mv_buf *out, const char *key, struct mv_dec v)
{
    char text[MV_DEC_TEXT_BYTES];
    mv_pack_kv_cstr(out, key, mv_dec_text(v, text));
}

static void pack_overdue(struct mv_buf *out, const struct mv_judgement *j)
{
    char text[MV_PERIOD_TEXT_BYTES];
    mv_pack_cstr(out, "overdue");
    mv_pack_list(out, j->overdue_kept);
    for (uint16_t i = 0; i < j->overdue_kept; i++)
        mv_pack_cstr(out, mv_period_text(&j->overdue_at[i], text));
}

static void pack_status(struct evaluator_page *page,
                        const struct mv_catalogue *c,
                        const struct mv_judgement *j,
                        const struct evaluator_sent *sent)
{
    const struct mv_target *t = &c->targets[j->target];
    const struct mv_unit *u = &c->units[j->unit];
    const struct mv_ruling *lead =
        j->status == MV_STATUS_NONE ? NULL : evaluator_lead(j);
    const struct evaluator_scale scale = evaluator_scale_of(c, t, lead);
    bool value = lead != NULL && lead->has_left;
    bool limit = lead != NULL && lead->has_right;
    bool margin = lead != NULL && lead->has_margin;
    struct mv_buf *out = &page->rows;
    evaluator_page_row(page, 15u + value + limit + margin + 2u * scale.there);
    mv_pack_kv_text(out, "target", t->id);
    mv_pack_cstr(out, "title");
    evaluator_title_pack(&t->text, out);
    mv_pack_kv_text(out, "chapter", t->chapter);
    mv_pack_kv_u64(out, "year", (uint64_t)t->year);
    mv_pack_kv_text(out, "unit", u->id);
    mv_pack_kv_text(out, "name", evaluator_cut(u->name.nb, 256));
    mv_pack_kv_text(out, "region",
                    u->region != MV_NONE ? c->units[u->region].id
                                         : mv_span("", 0));
    mv_pack_kv_cstr(out, "status", mv_status_text(j->status));
    mv_pack_kv_cstr(out, "reason", mv_reason_text(j->reason));
    if (value)
        pack_number(out, "value", lead->left);
    if (limit)
        pack_number(out, "limit", lead->right);
    if (margin)
        pack_number(out, "margin", lead->margin);
    if (scale.there) {
        mv_pack_kv_text(out, "measure", evaluator_cut(scale.measure, 64));
        mv_pack_kv_u64(out, "decimals", scale.decimals);
    }
    mv_pack_kv_bool(out, "preliminary", j->preliminary);
    pack_overdue(out, j);
    mv_pack_kv_cstr(out, "last_coloured",
                    sent->coloured == MV_STATUS_NONE
                        ? ""
                        : mv_status_text((mv_status)sent->coloured));
    mv_pack_kv_u64(out, "since", sent->since_seq);
    mv_pack_kv_i64(out, "since_ms", sent->since_ms);
    mv_pack_kv_u64(out, "changes", sent->changes);
}

/* False: the page is full, this pair is not in it. */
static bool status_row(struct evaluator *e, const struct filter *f,
                       uint32_t target, uint32_t unit, uint32_t *judged,
                       struct evaluator_page *page)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    struct mv_judge_env env = evaluator_env(e);
    if (!unit_wanted(f, c, &c->units[unit]) ||
        !mv_plan_judges(env.plan, target, unit))
        return true;
    struct evaluator_sent sent =
        evaluator_published_get(e->published, c, target, unit);
    if (!is(f->status, mv_span_text(mv_status_text((mv_status)sent.status))))
        return true;
    if (evaluator_page_full(page) || *judged == JUDGED_MAX)
        return false;
    (*judged)++;
    mv_judge(&env, target, unit, &e->judgement);
    pack_status(page, c, &e->judgement, &sent);
    return true;
}

mv_rc evaluator_ask_status(struct evaluator *e, struct mv_span args,
                           struct evaluator_page *page,
                           struct evaluator_refusal *no)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    struct filter f = filter_of(args);
    uint32_t judged = 0;
    (void)no;
    if (c == NULL || c->unit_count == 0)
        return MV_OK;
    uint64_t target = page->from / c->unit_count;
    uint32_t unit = (uint32_t)(page->from % c->unit_count);
    for (; target < c->target_count; target++, unit = 0) {
        if (!target_wanted(&f, &c->targets[target]))
            continue;
        for (; unit < c->unit_count; unit++) {
            if (!status_row(e, &f, (uint32_t)target, unit, &judged, page)) {
                page->next = target * c->unit_count + unit;
                return MV_OK;
            }
        }
    }
    return MV_OK;
}

static void pack_criteria(struct mv_buf *out, const char *key,
                          const struct mv_catalogue *c, struct mv_criteria k)
{
    mv_pack_cstr(out, key);
    mv_pack_list(out, k.count);
    for (uint32_t i = 0; i < k.count; i++)
        mv_pack_text(out, c->criteria[k.first + i].text);
}

static const char *state_text(mv_state s)
{
    static const char *const words[] = {[MV_STATE_FIGURES] = "figures",
                                        [MV_STATE_ASSESSED] = "assessed",
                                        [MV_STATE_REPORT_ONLY] = "report_only",
                                        [MV_STATE_UNDER_DEVELOPMENT] =
                                            "under_development"};
    return words[s];
}

static void pack_target(struct evaluator_page *page,
                        const struct mv_catalogue *c, const struct mv_target *t)
{
    const struct mv_indicator *m = evaluator_measure(c, t);
    struct mv_buf *out = &page->rows;
    evaluator_page_row(page, 9u + 3u * (m != NULL));
    mv_pack_kv_text(out, "target", t->id);
    mv_pack_kv_u64(out, "year", (uint64_t)t->year);
    mv_pack_cstr(out, "title");
    evaluator_title_pack(&t->text, out);
    mv_pack_kv_text(out, "chapter", t->chapter);
    if (m != NULL) {
        mv_pack_kv_text(out, "indicator", m->id);
        mv_pack_kv_text(out, "measure", evaluator_cut(m->measure_word, 64));
        mv_pack_kv_u64(out, "decimals", m->decimals);
    }
    mv_pack_kv_cstr(out, "state", state_text(t->state));
    mv_pack_kv_cstr(out, "combine",
                    t->combine == MV_COMBINE_WHOLE ? "whole" : "part");
    pack_criteria(out, "require", c, t->require);
    pack_criteria(out, "yellow", c, t->yellow);
    pack_criteria(out, "aim", c, t->aim);
}

mv_rc evaluator_ask_targets(struct evaluator *e, struct mv_span args,
                            struct evaluator_page *page,
                            struct evaluator_refusal *no)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    struct filter f = filter_of(args);
    (void)no;
    if (c == NULL)
        return MV_OK;
    for (uint64_t i = page->from; i < c->target_count; i++) {
        if (!target_wanted(&f, &c->targets[i]))
            continue;
        if (page->count >= 200 || page->rows.len > EVALUATOR_PAGE_BYTES / 2) {
            page->next = i;
            break;
        }
        pack_target(page, c, &c->targets[i]);
    }
    return MV_OK;
}
