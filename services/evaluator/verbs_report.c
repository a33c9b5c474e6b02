/* verbs_report - `report`: what a yearly report shows of each target beyond
 * its status. Job: a row for each criterion, with the series it asks about,
 * and for each line of `aim`. Invariant: a number that may not be shown is in
 * no row. Reads only. */
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/evaluator/verbs.h"
#include "services/judging/course.h"
#include "services/judging/differs.h"
#include "services/judging/reported.h"

#define SERIES_MAX   200u /* rows of a target with their series */
#define YEARS        5    /* of a curve: the target's is the last */
#define ABOUT_MAX    2u
#define PERIOD_YEARS 2 /* before the target's, by period */

/* A map whose pairs are counted as they come. */
struct map {
    struct mv_buf b;
    uint32_t pairs;
};

static void text(struct map *m, const char *key, struct mv_span v)
{
    mv_pack_kv_text(&m->b, key, v);
    m->pairs++;
}

static void word(struct map *m, const char *key, const char *v)
{
    text(m, key, mv_span_text(v));
}

static void number(struct map *m, const char *key, struct mv_dec v)
{
    char digits[MV_DEC_TEXT_BYTES];
    word(m, key, mv_dec_text(v, digits));
}

static void whole(struct map *m, const char *key, uint64_t v)
{
    mv_pack_kv_u64(&m->b, key, v);
    m->pairs++;
}

static void yes(struct map *m, const char *key, bool v)
{
    if (!v)
        return;
    mv_pack_kv_bool(&m->b, key, true);
    m->pairs++;
}

static void title(struct map *m, const char *key, const struct mv_title *t)
{
    mv_pack_cstr(&m->b, key);
    evaluator_title_pack(t, &m->b);
    m->pairs++;
}

static void close_map(struct map *m, struct mv_buf *out)
{
    mv_pack_map(out, m->pairs);
    mv_pack_raw(out, mv_buf_span(&m->b));
    mv_buf_done(&m->b);
}

/* `key`: the map m, of another one. */
static void nest(struct map *into, const char *key, struct map *m)
{
    mv_pack_cstr(&into->b, key);
    close_map(m, &into->b);
    into->pairs++;
}

/* How a row's own numbers may be told: those that would tell a suppressed
 * number exactly by the decimals of the indicator, whatever else is shown with
 * more of them; those that tell it anyway not. */
struct telling {
    bool hidden, rounded;
    int decimals;
};

static struct telling telling_of(const struct mv_course *c,
                                 const struct mv_course_value years[YEARS])
{
    const struct mv_course_value *now = &years[YEARS - 1], *before = now - 1;
    const struct mv_catalogue *cat = mv_plan_catalogue(c->env->plan);
    bool hidden = now->reason == MV_REASON_SUPPRESSED ||
                  before->reason == MV_REASON_SUPPRESSED;
    return (struct telling){
        .hidden = hidden,
        .rounded = !hidden && (now->rounded || before->rounded),
        .decimals = cat->indicators[c->node.indicator].decimals};
}

static void tell_number(struct map *m, const char *key, struct mv_dec v,
                        const struct telling *how)
{
    if (how->hidden)
        return;
    if (how->rounded)
        (void)mv_dec_round(&v, v, how->decimals);
    number(m, key, v);
}

/* ---- a series ---- */

static void put_value(struct map *m, const struct mv_course_value *v)
{
    if (v->reason == MV_REASON_NO) {
        number(m, "value", v->n);
        yes(m, "preliminary", v->preliminary);
        yes(m, "forecast", v->forecast);
    } else {
        word(m, "reason", mv_reason_text(v->reason));
    }
}

/* An earlier year is told if it is a point of the same curve. */
static bool is_told(const struct mv_course *c, int32_t year,
                    const struct mv_course_value *v)
{
    return year == c->target->year || v->reason == MV_REASON_SUPPRESSED ||
           (v->reason == MV_REASON_NO && mv_course_comparable(c, year));
}

static int32_t year_of(const struct mv_course *c, int at)
{
    return c->target->year - (YEARS - 1) + at;
}

static void put_years(struct map *into, const struct mv_course *c,
                      const struct mv_course_value years[YEARS])
{
    struct mv_buf list = {0};
    uint32_t count = 0;
    for (int i = 0; i < YEARS; i++) {
        const struct mv_course_value *v = &years[i];
        struct map m = {0};
        if (!is_told(c, year_of(c, i), v))
            continue;
        whole(&m, "year", (uint64_t)year_of(c, i));
        put_value(&m, v);
        if (v->reason == MV_REASON_NO) {
            whole(&m, "periods", v->periods);
            whole(&m, "of_periods", v->of_periods);
        }
        close_map(&m, &list);
        count++;
    }
    mv_pack_cstr(&into->b, "years");
    mv_pack_list(&into->b, count);
    mv_pack_raw(&into->b, mv_buf_span(&list));
    into->pairs++;
    mv_buf_done(&list);
}

/* What is in, or may not be told; of what is not, what leaves a gap. */
static bool is_point(const struct mv_course_value *v, bool more)
{
    return v->reason == MV_REASON_NO || v->reason == MV_REASON_SUPPRESSED ||
           (v->missing && more);
}

static uint32_t put_periods(struct mv_buf *list, const struct mv_course *c,
                            mv_freq freq, int32_t year)
{
    struct mv_course_value v[MV_PERIODS_MAX];
    struct mv_period at[MV_PERIODS_MAX];
    char name[MV_PERIOD_TEXT_BYTES];
    uint32_t told = 0;
    unsigned count = mv_course_periods(c, freq, year, at, v), end = count;
    while (end > 0 && v[end - 1].reason != MV_REASON_NO)
        end--;
    for (unsigned i = 0; i < count; i++) {
        struct map m = {0};
        if (!is_point(&v[i], i < end))
            continue;
        word(&m, "period", mv_period_text(&at[i], name));
        put_value(&m, &v[i]);
        yes(&m, "incomplete", v[i].incomplete);
        close_map(&m, list);
        told++;
    }
    return told;
}

/* Days are told by month: a curve of a thousand points says no more. */
static void put_points(struct map *into, const struct mv_course *c, mv_freq f)
{
    struct mv_buf list = {0};
    uint32_t count = 0;
    int32_t last = c->target->year;
    mv_freq freq = f == MV_FREQ_D ? MV_FREQ_M : f;
    for (int32_t y = last - PERIOD_YEARS; freq != MV_FREQ_A && y <= last; y++)
        count += put_periods(&list, c, freq, y);
    mv_pack_cstr(&into->b, "points");
    mv_pack_list(&into->b, count);
    mv_pack_raw(&into->b, mv_buf_span(&list));
    into->pairs++;
    mv_buf_done(&list);
}

static void put_end(struct map *into, const char *key,
                    const struct mv_catalogue *c, uint32_t unit,
                    struct mv_dec v)
{
    struct map m = {0};
    text(&m, "unit", c->units[unit].id);
    title(&m, "name", &c->units[unit].name);
    number(&m, "value", v);
    nest(into, key, &m);
}

static void put_ends(struct map *into, const struct mv_course *c)
{
    const struct mv_catalogue *cat = mv_plan_catalogue(c->env->plan);
    struct mv_course_ends ends;
    if (c->made)
        return;
    mv_course_ends(c, &ends);
    if (ends.units < 2)
        return;
    whole(into, "units", ends.units);
    whole(into, "of_units", ends.of_units);
    put_end(into, "lowest", cat, ends.low_unit, ends.low);
    put_end(into, "highest", cat, ends.high_unit, ends.high);
}

static void put_alike(struct map *m, const struct mv_course *c,
                      const struct telling *how)
{
    struct mv_dec now, before;
    mv_reason why = mv_course_alike(c, &now, &before);
    yes(m, "hidden", why == MV_REASON_SUPPRESSED);
    if (why != MV_REASON_NO)
        return;
    tell_number(m, "now", now, how);
    tell_number(m, "before", before, how);
}

static void put_series(struct map *into, const struct mv_course *c,
                       const struct mv_ruling *r, const struct telling *how,
                       const struct mv_course_value years[YEARS])
{
    static const char *const better[] = {"", "higher", "lower"};
    static const char *const kinds[] = {[MV_NODE_VALUE] = "value",
                                        [MV_NODE_RATE] = "rate",
                                        [MV_NODE_LOWEST] = "lowest",
                                        [MV_NODE_HIGHEST] = "highest",
                                        [MV_NODE_SPREAD] = "spread"};
    const struct mv_catalogue *cat = mv_plan_catalogue(c->env->plan);
    const struct mv_indicator *ind = &cat->indicators[c->node.indicator];
    char name[MV_PERIOD_TEXT_BYTES];
    struct mv_period end;
    struct mv_dec line;
    struct map m = {0};
    text(&m, "indicator", ind->id);
    title(&m, "title", &ind->title);
    if (c->node.member != MV_MEMBER_TOTAL) {
        text(&m, "member", ind->members[c->node.member].id);
        title(&m, "member_title", &ind->members[c->node.member].title);
    }
    word(&m, "kind", kinds[c->node.kind]);
    text(&m, "measure", evaluator_cut(ind->measure_word, 64));
    /* a count's rate is no whole number */
    whole(&m, "decimals",
          c->node.kind == MV_NODE_RATE && ind->decimals == 0 ? 1
                                                             : ind->decimals);
    word(&m, "better", better[ind->better]);
    yes(&m, "made", c->made);
    yes(&m, "adds",
        ind->over_periods == MV_FOLD_SUM && ind->formula == MV_NONE &&
            !c->by_period);
    if (!how->hidden) {
        put_alike(&m, c, how);
        if (r != NULL && mv_course_line(c, r, &line)) {
            tell_number(&m, "line", line, how);
            if (mv_course_line_end(c, r, &end))
                word(&m, "line_to", mv_period_text(&end, name));
        }
    }
    put_ends(&m, c);
    put_years(&m, c, years);
    put_points(&m, c, ind->frequency);
    nest(into, "series", &m);
}

/* ---- rows ---- */

struct reporting {
    struct evaluator *e;
    struct evaluator_page *page;
    const struct mv_target *t;
    uint32_t unit;
    uint64_t at; /* which row of the target comes next */
};

static void put_place(const struct reporting *x, struct map *m,
                      const char *what)
{
    word(m, "what", what);
    text(m, "target", x->t->id);
    whole(m, "year", (uint64_t)x->t->year);
    text(m, "unit", x->e->force.now.catalogue->units[x->unit].id);
}

static void put_ruling(const struct reporting *x, struct map *m,
                       const struct mv_ruling *r, const struct telling *how)
{
    static const struct telling exact = {0};
    const struct mv_catalogue *c = x->e->force.now.catalogue;
    const struct mv_criterion *k = &c->criteria[r->criterion];
    const struct evaluator_scale scale = evaluator_scale_of(c, x->t, r);
    text(m, "text", evaluator_cut(k->text, 512));
    if (r->member != MV_MEMBER_TOTAL && k->each_indicator != MV_NONE) {
        const struct mv_indicator *of = &c->indicators[k->each_indicator];
        text(m, "member", of->members[r->member].id);
        title(m, "member_title", &of->members[r->member].title);
    }
    word(m, "cmp", mv_cmp_text((mv_cmp)k->cmp));
    word(m, "status", mv_status_text(r->status));
    word(m, "reason", mv_reason_text(r->reason));
    yes(m, "hidden", how->hidden);
    yes(m, "rounded", how->rounded);
    yes(m, "preliminary", r->basis.preliminary);
    yes(m, "forecast", r->basis.forecast);
    if (r->has_left)
        tell_number(m, "value", r->left, how);
    if (r->has_right) {
        tell_number(m, "limit", r->right,
                    how->rounded && mv_course_is_fixed(c, r) ? &exact : how);
    }
    if (r->has_margin)
        tell_number(m, "margin", r->margin, how);
    if (scale.there) {
        text(m, "measure", evaluator_cut(scale.measure, 64));
        whole(m, "decimals", scale.decimals);
    }
}

/* What it is about, where that is not the one series beside it. */
static void put_about(const struct reporting *x, struct map *m,
                      const struct mv_ruling *r, bool series)
{
    const struct mv_catalogue *c = x->e->force.now.catalogue;
    struct mv_course_name names[ABOUT_MAX];
    uint32_t count = mv_course_names(c, r, names, ABOUT_MAX);
    if (count == 0 || count > ABOUT_MAX ||
        (count == 1 && series && !names[0].latest))
        return;
    mv_pack_cstr(&m->b, "about");
    mv_pack_list(&m->b, count);
    m->pairs++;
    for (uint32_t i = 0; i < count; i++) {
        const struct mv_indicator *ind = &c->indicators[names[i].indicator];
        struct map about = {0};
        title(&about, "title", &ind->title);
        if (names[i].member < ind->member_count)
            title(&about, "member_title", &ind->members[names[i].member].title);
        yes(&about, "right", names[i].right);
        yes(&about, "latest", names[i].latest);
        close_map(&about, &m->b);
    }
}

/* A row has room for its series wherever it begins. */
static bool is_full(const struct reporting *x)
{
    return evaluator_page_full(x->page) ||
           x->page->rows.len > EVALUATOR_PAGE_BYTES / 2 ||
           (x->page->count > 0 && evaluator_page_over(x->e, x->page));
}

/* False: it was in an earlier page, or is in the next. */
static bool is_due(struct reporting *x, uint32_t target)
{
    uint64_t place = evaluator_place(target, x->at++);
    if (place < x->page->from || x->page->next != 0)
        return false;
    if (is_full(x))
        x->page->next = place;
    return x->page->next == 0;
}

/* Of a target that asks nothing of its figures: the value of its year. */
static void put_reported(const struct reporting *x, struct map *m,
                         const struct mv_course *c,
                         const struct mv_course_value years[YEARS])
{
    const struct mv_catalogue *cat = x->e->force.now.catalogue;
    const struct mv_indicator *ind = &cat->indicators[c->node.indicator];
    if (c->node.member != MV_MEMBER_TOTAL) {
        text(m, "member", ind->members[c->node.member].id);
        title(m, "member_title", &ind->members[c->node.member].title);
    }
    put_value(m, &years[YEARS - 1]);
    text(m, "measure", evaluator_cut(ind->measure_word, 64));
    whole(m, "decimals", ind->decimals);
}

/* r NULL: the target asks for nothing, its figures are shown all the same. */
static void put_row(struct reporting *x, const char *what,
                    const struct mv_ruling *r, const struct mv_course *c,
                    bool series)
{
    struct mv_course_value years[YEARS];
    struct map m = {0};
    struct telling how = {0};
    if (c != NULL) {
        for (int i = series ? 0 : YEARS - 2; i < YEARS; i++)
            mv_course_year(c, year_of(c, i), &years[i]);
        how = telling_of(c, years);
        how.hidden |= r != NULL && mv_course_hides(c, r);
        how.rounded &= !how.hidden;
    }
    put_place(x, &m, what);
    if (r != NULL) {
        put_ruling(x, &m, r, &how);
        put_about(x, &m, r, c != NULL && series);
    } else {
        MV_ASSERT(c != NULL);
        put_reported(x, &m, c, years);
    }
    if (c != NULL && series)
        put_series(&m, c, r, &how, years);
    x->page->count++;
    close_map(&m, &x->page->rows);
}

static void ruling_row(struct reporting *x, const char *what, uint32_t target,
                       const struct mv_ruling *r, bool series)
{
    struct mv_judge_env env = evaluator_env(x->e);
    struct mv_course course;
    if (!is_due(x, target))
        return;
    bool there = mv_course_open(&course, &env, target, x->unit, r);
    put_row(x, what, r, there ? &course : NULL, series && x->at <= SERIES_MAX);
    if (there)
        mv_course_done(&course);
}

static void reported_row(struct reporting *x, uint32_t target, uint32_t i)
{
    struct mv_judge_env env = evaluator_env(x->e);
    struct mv_course course;
    if (!is_due(x, target))
        return;
    mv_course_open_reported(&course, &env, target, x->unit, i);
    put_row(x, "criterion", NULL, &course, x->at <= SERIES_MAX);
    mv_course_done(&course);
}

/* The total where there is one, else each member. */
static void reported_rows(struct reporting *x, uint32_t target)
{
    struct mv_judge_env env = evaluator_env(x->e);
    uint32_t count = mv_reported_count(x->e->force.now.catalogue, x->t);
    struct mv_course course;
    struct mv_course_value v = {.reason = MV_REASON_NO};
    if (count == 0)
        return;
    if (count > 1) {
        mv_course_open_reported(&course, &env, target, x->unit, 0);
        mv_course_year(&course, x->t->year, &v);
        mv_course_done(&course);
    }
    bool total = v.reason == MV_REASON_NO || v.reason == MV_REASON_SUPPRESSED;
    for (uint32_t i = total ? 0 : 1; i < (total ? 1 : count); i++)
        reported_row(x, target, i);
}

struct differing {
    struct reporting *x;
    uint32_t target;
};

static bool difference_row(void *ctx, const struct mv_disagreement *d)
{
    struct differing *o = ctx;
    struct reporting *x = o->x;
    if (!is_due(x, o->target))
        return x->page->next == 0;
    evaluator_disagreement_row(x->page, x->e->force.now.catalogue, d, 0, 1);
    mv_pack_kv_text(&x->page->rows, "target", x->t->id);
    return true;
}

/* What the units below make of what is named of its own figures alone. */
static void difference_rows(struct reporting *x, uint32_t target,
                            const struct mv_judgement *j)
{
    struct mv_judge_env env = evaluator_env(x->e);
    const struct mv_indices *on = &x->t->rests_on;
    struct differing o = {x, target};
    for (uint32_t i = 0; i < on->count && x->page->next == 0; i++)
        mv_differs(&env, j, on->at[i], difference_row, &o);
}

static void target_rows(struct reporting *x, uint32_t target)
{
    struct mv_judge_env env = evaluator_env(x->e);
    struct mv_judgement *j = &x->e->judgement;
    x->at = 0;
    mv_judge(&env, target, x->unit, j);
    /* a page that goes on in a target judges it again: that is not all it
     * does, however many members there are */
    if (x->page->count == 0)
        evaluator_page_begin(x->e, x->page);
    for (uint32_t i = 0; i < j->count; i++)
        ruling_row(x, "criterion", target, &j->rulings[i], true);
    difference_rows(x, target, j);
    if (j->count == 0)
        reported_rows(x, target);
    if (x->t->aim.count == 0)
        return;
    mv_judge_aim(&env, target, x->unit, j);
    for (uint32_t i = 0; i < j->count; i++)
        ruling_row(x, "aim", target, &j->rulings[i], false);
}

mv_rc evaluator_ask_report(struct evaluator *e, struct mv_span args,
                           struct evaluator_page *page,
                           struct evaluator_refusal *no)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    struct mv_span unit, only = mv_span(NULL, 0);
    uint64_t year;
    if (!mv_map_text(args, "unit", &unit) || !mv_map_u64(args, "year", &year))
        return evaluator_refuse(no, "missing", "args need `unit` and `year`");
    const struct mv_unit *u = c == NULL ? NULL : mv_catalogue_unit(c, unit);
    if (u == NULL)
        return evaluator_refuse(no, "not_found", "no such unit");
    (void)mv_map_text(args, "target", &only);
    struct reporting x = {.e = e, .page = page, .unit = u->index};
    for (uint64_t i = evaluator_place_of(page->from);
         i < c->target_count && page->next == 0; i++) {
        x.t = &c->targets[i];
        if ((uint64_t)x.t->year != year ||
            (only.at != NULL && !mv_span_equal(only, x.t->id)) ||
            !mv_plan_judges(e->force.now.plan, (uint32_t)i, u->index))
            continue;
        if (is_full(&x)) {
            page->next = evaluator_place(i, 0);
            break;
        }
        target_rows(&x, (uint32_t)i);
    }
    return MV_OK;
}
