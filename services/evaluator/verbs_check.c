/* verbs_check - `check`: figures that should say the same and do not. Job:
 * what judging finds, row by row, each number with the records that brought
 * it. Invariant: the same figures give the same rows in the same order, so a
 * page can go on where the last one ended. Reads only. */
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/evaluator/verbs.h"
#include "services/judging/check.h"
#include "services/judging/work.h"

#define MISSING_MAX         32u
#define MISSING_TITLE_BYTES 160u

/* Places go by indicator, then unit, then disagreement. */
struct asking {
    struct evaluator *e;
    struct evaluator_page *page;
    uint64_t place, at; /* of the pair; which of it comes next */
};

/* A sum of millionths as it was pushed; beyond every decimal: left out. */
static void pack_sum(struct mv_buf *out, const char *key, mv_i128 micro)
{
    struct mv_dec n = {0};
    (void)mv_dec_from_sum(&n, micro);
    mv_pack_kv_dec(out, key, n);
}

static const char *kind_text(mv_check_kind kind)
{
    static const char *const words[] = {[MV_CHECK_PERIODS] = "periods",
                                        [MV_CHECK_MEMBERS] = "members",
                                        [MV_CHECK_UNITS] = "units"};
    return words[kind];
}

static const struct mv_title *missing_title(const struct mv_catalogue *c,
                                            const struct mv_disagreement *d,
                                            uint32_t i, struct mv_span *id)
{
    uint32_t at = d->missing_at[i];
    const struct mv_member *members = c->indicators[d->indicator].members;
    bool is_member = d->kind == MV_CHECK_MEMBERS;
    *id = is_member ? members[at].id : c->units[at].id;
    return is_member ? &members[at].title : &c->units[at].name;
}

/* By id, and what each is called in the same order. */
static void pack_missing(const struct mv_catalogue *c,
                         const struct mv_disagreement *d, struct mv_buf *out)
{
    uint32_t kept =
        d->missing_kept < MISSING_MAX ? d->missing_kept : MISSING_MAX;
    struct mv_span id;
    mv_pack_cstr(out, "missing");
    mv_pack_list(out, kept);
    for (uint32_t i = 0; i < kept; i++) {
        (void)missing_title(c, d, i, &id);
        mv_pack_text(out, id);
    }
    mv_pack_cstr(out, "missing_titles");
    mv_pack_list(out, kept);
    for (uint32_t i = 0; i < kept; i++) {
        const struct mv_title *t = missing_title(c, d, i, &id);
        mv_pack_map(out, 2);
        mv_pack_kv_text(out, "nb", evaluator_cut(t->nb, MISSING_TITLE_BYTES));
        mv_pack_kv_text(out, "en", evaluator_cut(t->en, MISSING_TITLE_BYTES));
    }
}

void evaluator_disagreement_row(struct evaluator_page *page,
                                const struct mv_catalogue *c,
                                const struct mv_disagreement *d,
                                uint32_t listed, uint32_t more)
{
    const struct mv_indicator *ind = &c->indicators[d->indicator];
    char period[MV_PERIOD_TEXT_BYTES];
    bool member = d->member != MV_MEMBER_TOTAL;
    bool titled = member && evaluator_is_titled(&ind->members[d->member]);
    bool pairs = d->stated.is_pair && d->made.is_pair;
    struct mv_dec difference;
    bool differ = mv_dec_sub(&difference, d->stated.n, d->made.n);
    struct mv_buf *out = &page->rows;
    evaluator_page_row(page,
                       18u + member + titled + 4u * pairs + differ + more);
    mv_pack_kv_cstr(out, "what", "disagreement");
    mv_pack_kv_cstr(out, "kind", kind_text(d->kind));
    mv_pack_kv_text(out, "indicator", ind->id);
    mv_pack_cstr(out, "title");
    evaluator_title_pack(&ind->title, out);
    mv_pack_kv_text(out, "unit", c->units[d->unit].id);
    mv_pack_kv_text(out, "name", evaluator_cut(c->units[d->unit].name.nb, 256));
    if (member)
        mv_pack_kv_text(out, "member", ind->members[d->member].id);
    if (titled) {
        mv_pack_cstr(out, "member_title");
        evaluator_title_pack(&ind->members[d->member].title, out);
    }
    mv_pack_kv_cstr(out, "period", mv_period_text(&d->period, period));
    mv_pack_kv_dec(out, "stated", d->stated.n);
    mv_pack_kv_dec(out, "made", d->made.n);
    if (differ)
        mv_pack_kv_dec(out, "difference", difference);
    if (pairs) {
        pack_sum(out, "stated_numerator", d->stated.num);
        pack_sum(out, "stated_denominator", d->stated.den);
        pack_sum(out, "made_numerator", d->made.num);
        pack_sum(out, "made_denominator", d->made.den);
    }
    mv_pack_kv_text(out, "measure", evaluator_cut(ind->measure_word, 64));
    mv_pack_kv_u64(out, "decimals", ind->decimals);
    mv_pack_kv_u64(out, "parts", d->parts);
    mv_pack_kv_u64(out, "of", d->of);
    pack_missing(c, d, out);
    mv_pack_kv_bool(out, "open", d->open);
    mv_pack_kv_u64(out, "figures", d->figures);
    mv_pack_kv_u64(out, "listed", listed);
}

static void pack_all(const struct asking *a, const struct mv_disagreement *d)
{
    const struct mv_catalogue *c = a->e->force.now.catalogue;
    evaluator_disagreement_row(a->page, c, d, d->figures_kept, 0);
    for (uint32_t i = 0; i < d->figures_kept; i++) {
        const struct mv_check_figure *f = &d->figure_at[i];
        const struct evaluator_shown s = {.catalogue = c,
                                          .unit = f->unit,
                                          .indicator = d->indicator,
                                          .member = f->member,
                                          .period = f->period,
                                          .slot = f->slot};
        evaluator_figure_row(a->page, &s, 1);
        mv_pack_kv_bool(&a->page->rows, "stated", f->stated);
    }
}

static bool put(void *ctx, const struct mv_disagreement *d)
{
    struct asking *a = ctx;
    struct evaluator_page *page = a->page;
    uint64_t place = evaluator_place(a->place, a->at++);
    uint32_t count = page->count;
    size_t bytes = page->rows.len;
    if (place < page->from)
        return true;
    /* its figures belong to it: all of them, or the next page */
    if (count + d->figures_kept < EVALUATOR_PAGE_ROWS || count == 0)
        pack_all(a, d);
    else
        page->next = place;
    if (count > 0 && page->rows.len > EVALUATOR_PAGE_BYTES) {
        page->count = count;
        page->rows.len = bytes;
        page->next = place;
    }
    return page->next == 0;
}

/* The unit that is named, and all below it; at NULL: every unit. */
struct wanted {
    const struct mv_unit *top;
    const struct mv_indicator *indicator;
    int year;
};

static mv_rc wanted_of(const struct mv_catalogue *c, struct mv_span args,
                       struct wanted *w, struct evaluator_refusal *no)
{
    struct mv_span unit, indicator;
    uint64_t year;
    *w = (struct wanted){0};
    if (!mv_map_u64(args, "year", &year))
        return evaluator_refuse(no, "missing", "args need `year`");
    if (year < MV_YEAR_MIN || year > MV_YEAR_MAX)
        return evaluator_refuse(no, "range", "`year`: %d to %d", MV_YEAR_MIN,
                                MV_YEAR_MAX);
    w->year = (int)year;
    if (mv_map_text(args, "unit", &unit) &&
        (w->top = mv_catalogue_unit(c, unit)) == NULL)
        return evaluator_refuse(no, "not_found", "no such unit");
    if (mv_map_text(args, "indicator", &indicator) &&
        (w->indicator = mv_catalogue_indicator(c, indicator)) == NULL)
        return evaluator_refuse(no, "not_found", "no such indicator");
    return MV_OK;
}

static bool unit_wanted(const struct wanted *w, const struct mv_unit *u)
{
    return w->top == NULL ||
           (u->enter >= w->top->enter && u->enter < w->top->leave);
}

mv_rc evaluator_ask_check(struct evaluator *e, struct mv_span args,
                          struct evaluator_page *page,
                          struct evaluator_refusal *no)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    struct asking a = {.e = e, .page = page};
    struct wanted w;
    if (c == NULL || c->unit_count == 0)
        return MV_OK;
    mv_rc rc = wanted_of(c, args, &w, no);
    if (rc != MV_OK)
        return rc;
    struct mv_judge_env env = evaluator_env(e);
    struct mv_work *work = mv_work_open();
    uint64_t pairs = (uint64_t)c->indicator_count * c->unit_count;
    a.place = evaluator_place_of(page->from);
    for (; a.place < pairs && page->next == 0; a.place++) {
        uint32_t i = (uint32_t)(a.place / c->unit_count);
        uint32_t u = (uint32_t)(a.place % c->unit_count);
        if (evaluator_page_over(e, page)) {
            page->next = evaluator_place(a.place, 0);
            break;
        }
        if ((w.indicator != NULL && w.indicator->index != i) ||
            !unit_wanted(&w, &c->units[u])) {
            page->passed += a.place % EVALUATOR_PASSED_OVER == 0;
            continue;
        }
        a.at = 0;
        mv_check(&env, work, i, u, w.year, put, &a);
        page->passed += c->indicators[i].member_count + 1u; /* series */
    }
    mv_work_close(work);
    return MV_OK;
}
