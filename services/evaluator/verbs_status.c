/* verbs_status - `status` and `targets`. Job: what holds now, row by row.
 * Invariant: a status shown is the one that was sent. Reads only. */
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/evaluator/send.h"
#include "services/evaluator/verbs.h"
#include "services/judging/course.h"
#include "services/judging/reported.h"

struct filter {
    struct mv_span target, commission, unit, region, status; /* NULL: any */
    uint64_t year;                                           /* 0: any */
};

static struct filter filter_of(struct mv_span args)
{
    struct filter f = {0};
    if (!mv_map_text(args, "target", &f.target))
        f.target = mv_span(NULL, 0);
    if (!mv_map_text(args, "commission", &f.commission))
        f.commission = mv_span(NULL, 0);
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
           is(f->target, t->id) && f->commission.at == NULL;
}

static bool commission_wanted(const struct filter *f,
                              const struct mv_commission *m)
{
    return (f->year == 0 || f->year == (uint64_t)m->year) &&
           is(f->commission, m->id) && f->target.at == NULL;
}

static bool unit_wanted(const struct filter *f, const struct mv_catalogue *c,
                        const struct mv_unit *u)
{
    struct mv_span region =
        u->region != MV_NONE ? c->units[u->region].id : mv_span("", 0);
    return is(f->unit, u->id) && is(f->region, region);
}

static void pack_overdue(struct mv_buf *out, const struct mv_judgement *j)
{
    char text[MV_PERIOD_TEXT_BYTES];
    mv_pack_cstr(out, "overdue");
    mv_pack_list(out, j->overdue_kept);
    for (uint16_t i = 0; i < j->overdue_kept; i++)
        mv_pack_cstr(out, mv_period_text(&j->overdue_at[i], text));
}

void evaluator_beside_pack(const struct mv_judgement *j, struct mv_buf *out)
{
    char text[MV_PERIOD_TEXT_BYTES];
    if (j->beside_kept == 0)
        return;
    mv_pack_cstr(out, "also_overdue");
    mv_pack_list(out, j->beside_kept);
    for (uint16_t i = 0; i < j->beside_kept; i++)
        mv_pack_cstr(out, mv_period_text(&j->overdue_at[i], text));
}

void evaluator_broken_pack(const struct mv_catalogue *c,
                           const struct mv_break *b, struct mv_buf *out)
{
    char period[MV_PERIOD_TEXT_BYTES];
    if (!b->there)
        return;
    const struct mv_indicator *ind = &c->indicators[b->indicator];
    const struct mv_member *m =
        b->member != MV_MEMBER_TOTAL ? &ind->members[b->member] : NULL;
    mv_pack_cstr(out, "broken");
    mv_pack_map(out, 3u + evaluator_member_pairs(m));
    mv_pack_kv_text(out, "indicator", ind->id);
    evaluator_member_pack(m, "member", "member_title", out);
    mv_pack_kv_text(out, "unit", c->units[b->unit].id);
    mv_pack_kv_cstr(out, "period", mv_period_text(&b->period, period));
}

/* Of a status that is none for that: of the first criterion that is. */
static struct mv_break broken_of(const struct mv_judgement *j)
{
    struct mv_break none = {.there = false};
    for (uint32_t i = 0; j->reason == MV_REASON_SERIES_BREAK && i < j->count;
         i++)
        if (j->rulings[i].broken.there)
            return j->rulings[i].broken;
    return none;
}

/* Likewise: do figures lack their pairs? */
static bool is_bare(const struct mv_judgement *j)
{
    bool ret = false;
    for (uint32_t i = 0; j->reason == MV_REASON_NOT_COMPUTABLE && i < j->count;
         i++)
        ret = ret || j->rulings[i].bare;
    return ret;
}

/* What else is to be told of a status that is none. */
static uint32_t none_pairs(const struct mv_judgement *j)
{
    return 0u + (j->beside_kept > 0) + broken_of(j).there + is_bare(j);
}

static void pack_none(const struct mv_catalogue *c,
                      const struct mv_judgement *j, struct mv_buf *out)
{
    const struct mv_break broken = broken_of(j);
    evaluator_beside_pack(j, out);
    evaluator_broken_pack(c, &broken, out);
    if (is_bare(j))
        mv_pack_kv_bool(out, "bare", true);
}

/* Pairs that every status has, beside those that pack_said counts. */
#define ALIKE 15u

static uint32_t said_pairs(const struct evaluator_status *s)
{
    return ALIKE + s->by_assessment + s->assessed;
}

/* What it is of. */
static void pack_names(struct mv_buf *out, const struct mv_catalogue *c,
                       const struct mv_title *title, struct mv_span chapter,
                       int32_t year, uint32_t unit)
{
    const struct mv_unit *u = &c->units[unit];
    mv_pack_cstr(out, "title");
    evaluator_title_pack(title, out);
    mv_pack_kv_text(out, "chapter", chapter);
    mv_pack_kv_u64(out, "year", (uint64_t)year);
    mv_pack_kv_text(out, "unit", u->id);
    mv_pack_kv_text(out, "name", evaluator_cut(u->name.nb, 256));
    mv_pack_kv_text(out, "region",
                    u->region != MV_NONE ? c->units[u->region].id
                                         : mv_span("", 0));
}

/* What it is, and who says so. */
static void pack_said(struct mv_buf *out, const struct evaluator_status *s)
{
    mv_pack_kv_cstr(out, "status", mv_status_text(s->status));
    mv_pack_kv_cstr(out, "reason", mv_reason_text(s->reason));
    mv_pack_kv_cstr(out, "own", mv_status_text(s->own));
    mv_pack_kv_cstr(out, "own_reason", mv_reason_text(s->own_reason));
    mv_pack_kv_bool(out, "held", s->held);
    if (s->by_assessment)
        mv_pack_kv_cstr(out, "by", "assessment");
    if (s->assessed) {
        mv_pack_cstr(out, "assessment");
        evaluator_assessed_pack(s, out);
    }
}

static void pack_sent(struct mv_buf *out, const struct evaluator_sent *sent)
{
    mv_pack_kv_cstr(out, "last_coloured",
                    sent->coloured == MV_STATUS_NONE
                        ? ""
                        : mv_status_text((mv_status)sent->coloured));
    mv_pack_kv_u64(out, "since", sent->since_seq);
    mv_pack_kv_i64(out, "since_ms", sent->since_ms);
    mv_pack_kv_u64(out, "changes", sent->changes);
}

/* How many of its criteria, members of an `each` one by one, are what. */
struct parts {
    uint32_t none, green, yellow, red;
};

static struct parts parts_of(const struct mv_judgement *j)
{
    struct parts p = {0};
    for (uint32_t i = 0; i < j->count; i++) {
        p.none += j->rulings[i].status == MV_STATUS_NONE;
        p.green += j->rulings[i].status == MV_STATUS_GREEN;
        p.yellow += j->rulings[i].status == MV_STATUS_YELLOW;
        p.red += j->rulings[i].status == MV_STATUS_RED;
    }
    return p;
}

/* Then the one that is shown may have another colour than the whole. */
static bool parts_differ(const struct parts *p)
{
    return (p->green > 0) + (p->yellow > 0) + (p->red > 0) > 1;
}

#define PART_TEXT_BYTES 256u
#define PARTS_NAMED     4u /* of more that are none only how many */

static bool parts_named(const struct parts *p)
{
    return p->none > 0 && p->none <= PARTS_NAMED;
}

static uint32_t parts_pairs(const struct parts *p)
{
    return 2u + 3u * parts_differ(p) + parts_named(p);
}

/* A part by its member's title, or by the criterion as it is written. */
static void pack_part(struct mv_buf *out, const struct mv_catalogue *c,
                      const struct mv_ruling *r)
{
    const struct mv_criterion *k = &c->criteria[r->criterion];
    if (r->member != MV_MEMBER_TOTAL && k->each_indicator != MV_NONE) {
        evaluator_title_pack(
            &c->indicators[k->each_indicator].members[r->member].title, out);
        return;
    }
    mv_pack_map(out, 1);
    mv_pack_kv_text(out, "nb", evaluator_cut(k->text, PART_TEXT_BYTES));
}

static void pack_parts(struct mv_buf *out, const struct mv_catalogue *c,
                       const struct parts *p, const struct mv_judgement *j)
{
    mv_pack_kv_u64(out, "parts", j->count);
    mv_pack_kv_u64(out, "parts_none", p->none);
    if (parts_named(p)) {
        mv_pack_cstr(out, "parts_none_titles");
        mv_pack_list(out, p->none);
    }
    for (uint32_t i = 0; i < j->count && parts_named(p); i++)
        if (j->rulings[i].status == MV_STATUS_NONE)
            pack_part(out, c, &j->rulings[i]);
    if (!parts_differ(p))
        return;
    mv_pack_kv_u64(out, "parts_green", p->green);
    mv_pack_kv_u64(out, "parts_yellow", p->yellow);
    mv_pack_kv_u64(out, "parts_red", p->red);
}

/* Of a target that asks nothing of its figures, the value of its year: false:
 * there is none, or it is judged. */
static bool find_reported(struct evaluator *e, const struct mv_judgement *j,
                          struct mv_course_value *ret)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    struct mv_judge_env env = evaluator_env(e);
    struct mv_course course;
    *ret = (struct mv_course_value){.preliminary = false};
    if (mv_reported_count(c, &c->targets[j->target]) == 0)
        return false;
    mv_course_open_reported(&course, &env, j->target, j->unit, 0);
    mv_course_year(&course, c->targets[j->target].year, ret);
    mv_course_done(&course);
    if (ret->reason != MV_REASON_NO)
        *ret = (struct mv_course_value){.reason = ret->reason};
    return ret->reason == MV_REASON_NO;
}

/* Beside the status, which is of no number. */
static void pack_reported(struct mv_buf *out, const struct mv_course_value *v)
{
    mv_pack_cstr(out, "reported");
    mv_pack_map(out, 5);
    mv_pack_kv_dec(out, "value", v->n);
    mv_pack_kv_bool(out, "preliminary", v->preliminary);
    mv_pack_kv_bool(out, "forecast", v->forecast);
    mv_pack_kv_u64(out, "periods", v->periods);
    mv_pack_kv_u64(out, "of_periods", v->of_periods);
}

static void pack_status(struct evaluator *e, struct evaluator_page *page,
                        const struct evaluator_status *status,
                        const struct evaluator_sent *sent)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_judgement *j = &e->judgement;
    const struct mv_target *t = &c->targets[j->target];
    const struct mv_ruling *lead =
        j->status == MV_STATUS_NONE ? NULL : evaluator_lead(j);
    const struct evaluator_scale scale = evaluator_scale_of(c, t, lead);
    bool value = lead != NULL && lead->has_left;
    bool limit = lead != NULL && lead->has_right;
    bool margin = lead != NULL && lead->has_margin;
    struct mv_course_value told;
    bool reported = find_reported(e, j, &told);
    bool forecast = value && lead->basis.forecast;
    const struct parts parts = parts_of(j);
    char how[EVALUATOR_FORECAST_BYTES];
    struct mv_buf *out = &page->rows;
    evaluator_page_row(page, said_pairs(status) + 3u + status->held + value +
                                 limit + margin + forecast + 2u * scale.there +
                                 none_pairs(j) + reported +
                                 (parts_pairs(&parts) + 1u) * (lead != NULL));
    mv_pack_kv_text(out, "target", t->id);
    pack_names(out, c, &t->text, t->chapter, t->year, j->unit);
    pack_said(out, status);
    if (status->held)
        evaluator_holds_pack(&e->holds, &e->book, j->target, j->unit,
                             e->force.now.today, out);
    if (value)
        mv_pack_kv_dec(out, "value", lead->left);
    if (reported)
        pack_reported(out, &told);
    if (limit)
        mv_pack_kv_dec(out, "limit", lead->right);
    if (margin)
        mv_pack_kv_dec(out, "margin", lead->margin);
    if (forecast)
        mv_pack_kv_text(out, "forecast", evaluator_forecast(t, how));
    if (scale.there) {
        mv_pack_kv_text(out, "measure", evaluator_cut(scale.measure, 64));
        mv_pack_kv_u64(out, "decimals", scale.decimals);
    }
    mv_pack_kv_bool(out, "preliminary", j->preliminary);
    pack_overdue(out, j);
    pack_none(c, j, out);
    if (lead != NULL) {
        pack_parts(out, c, &parts, j);
        mv_pack_cstr(out, "basis");
        evaluator_basis_pack(t, &lead->basis, out);
    }
    pack_sent(out, sent);
}

/* False: the page is full, this pair is not in it. */
static bool status_row(struct evaluator *e, const struct filter *f,
                       uint32_t target, uint32_t unit,
                       struct evaluator_page *page)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    struct evaluator_status status;
    bool wanted = unit_wanted(f, c, &c->units[unit]) &&
                  mv_plan_judges(e->force.now.plan, target, unit);
    if (evaluator_page_over(e, page) || (wanted && evaluator_page_full(page)))
        return false;
    page->passed += wanted || unit % EVALUATOR_PASSED_OVER == 0;
    if (!wanted)
        return true;
    struct evaluator_sent sent =
        evaluator_published_get(e->published, c, target, unit);
    if (!is(f->status, mv_span_text(mv_status_text((mv_status)sent.status))))
        return true;
    evaluator_judge(e, target, unit, &sent, &status);
    pack_status(e, page, &status, &sent);
    return true;
}

static void commission_row(struct evaluator *e, uint32_t commission,
                           uint32_t unit, const struct evaluator_sent *sent,
                           struct evaluator_page *page)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_commission *m = &c->commissions[commission];
    struct evaluator_dues dues;
    struct evaluator_status status;
    struct mv_buf *out = &page->rows;
    evaluator_commission_judge(e, commission, unit, &dues, &status);
    evaluator_page_row(page, said_pairs(&status) + 4u);
    mv_pack_kv_text(out, "commission", m->id);
    pack_names(out, c, &m->text, m->chapter, m->year, unit);
    pack_said(out, &status);
    mv_pack_kv_bool(out, "preliminary", false);
    mv_pack_cstr(out, "overdue");
    evaluator_overdue_pack(&dues, out);
    mv_pack_cstr(out, "dues");
    evaluator_dues_pack(e, commission, unit, out);
    pack_sent(out, sent);
}

/* Commissions are numbered after all targets and units: each with those units
 * that it is for. */
static void ask_commissions(struct evaluator *e, const struct filter *f,
                            uint64_t base, struct evaluator_page *page)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    uint64_t at = page->from > base ? page->from - base : 0;
    uint64_t i = at / c->unit_count, k = at % c->unit_count;
    for (; i < c->commission_count; i++, k = 0) {
        const struct mv_commission *m = &c->commissions[i];
        for (; commission_wanted(f, m) && k < m->units.count; k++) {
            const struct mv_unit *u = &c->units[m->units.at[k]];
            /* a row has what persons said of up to a hundred dates */
            if (evaluator_page_full(page) ||
                page->rows.len > EVALUATOR_PAGE_BYTES / 4 ||
                evaluator_page_over(e, page)) {
                page->next = base + i * c->unit_count + k;
                return;
            }
            page->passed++;
            struct evaluator_sent sent =
                evaluator_published_commission(e->published, m, u);
            if (!unit_wanted(f, c, u) ||
                !is(f->status,
                    mv_span_text(mv_status_text((mv_status)sent.status))))
                continue;
            page->passed += m->due_count;
            commission_row(e, (uint32_t)i, u->index, &sent, page);
        }
    }
}

/* What no unit or region is has no statuses that could be told. */
static mv_rc check_units(const struct filter *f, const struct mv_catalogue *c,
                         struct evaluator_refusal *no)
{
    if (f->unit.at != NULL && mv_catalogue_unit(c, f->unit) == NULL)
        return evaluator_refuse(no, "not_found", "no such unit");
    const struct mv_unit *r =
        f->region.at == NULL ? NULL : mv_catalogue_unit(c, f->region);
    if (f->region.at != NULL && (r == NULL || r->region != r->index))
        return evaluator_refuse(no, "not_found", "no such region");
    return MV_OK;
}

mv_rc evaluator_ask_status(struct evaluator *e, struct mv_span args,
                           struct evaluator_page *page,
                           struct evaluator_refusal *no)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    struct filter f = filter_of(args);
    if (c == NULL || c->unit_count == 0)
        return MV_OK;
    mv_rc rc = check_units(&f, c, no);
    if (rc != MV_OK)
        return rc;
    uint64_t target = page->from / c->unit_count;
    uint32_t unit = (uint32_t)(page->from % c->unit_count);
    for (; target < c->target_count; target++, unit = 0) {
        if (!target_wanted(&f, &c->targets[target]))
            continue;
        for (; unit < c->unit_count; unit++) {
            if (!status_row(e, &f, (uint32_t)target, unit, page)) {
                page->next = target * c->unit_count + unit;
                return MV_OK;
            }
        }
    }
    ask_commissions(e, &f, (uint64_t)c->target_count * c->unit_count, page);
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
