/* verbs_figures - `explain` and `series`. Job: the figures behind a status,
 * each with the journal record and row that brought it. Reads only. */
#include <stdio.h>
#include <string.h>

#include "proto/pack.h"
#include "proto/walk.h"
#include "services/evaluator/concern.h"
#include "services/evaluator/send.h"
#include "services/judging/check.h"
#include "services/judging/explain.h"
#include "services/judging/lacking.h"
#include "services/judging/weigh.h"
#include "services/judging/work.h"

static void pack_micro(struct mv_buf *out, const char *key, int64_t micro)
{
    mv_pack_kv_dec(out, key, mv_dec_from_micro(micro));
}

void evaluator_figure_row(struct evaluator_page *page,
                          const struct evaluator_shown *s, uint32_t more)
{
    const struct mv_indicator *ind = &s->catalogue->indicators[s->indicator];
    const struct mv_slot *slot = s->slot;
    char period[MV_PERIOD_TEXT_BYTES];
    bool member = s->member != MV_MEMBER_TOTAL;
    bool titled = member && evaluator_is_titled(&ind->members[s->member]);
    bool pair = slot->held == MV_HELD_RATIO;
    bool value = slot->held == MV_HELD_VALUE;
    struct mv_buf *out = &page->rows;
    evaluator_page_row(page, 9u + member + titled + 2u * pair + value + more);
    mv_pack_kv_cstr(out, "what", "figure");
    mv_pack_kv_text(out, "indicator", ind->id);
    mv_pack_kv_text(out, "unit", s->catalogue->units[s->unit].id);
    if (member)
        mv_pack_kv_text(out, "member", ind->members[s->member].id);
    if (titled) {
        mv_pack_cstr(out, "member_title");
        evaluator_title_pack(&ind->members[s->member].title, out);
    }
    mv_pack_kv_cstr(out, "period", mv_period_text(&s->period, period));
    if (pair) {
        pack_micro(out, "numerator", slot->numerator);
        pack_micro(out, "denominator", slot->denominator);
    }
    if (value)
        pack_micro(out, "value", slot->numerator);
    mv_pack_kv_text(out, "flag", mv_span(&slot->flag, slot->flag != 0));
    mv_pack_kv_bool(out, "withdrawn", slot->withdrawn);
    mv_pack_kv_i64(out, "time", slot->time_ms);
    mv_pack_kv_u64(out, "seq", slot->seq);
    mv_pack_kv_u64(out, "row", slot->row + 1u); /* kept from 0 */
}

/* Rows stand in sections, in this order; pieces and figures in parts, so that
 * a page that goes on there need not make those before it. A place is a row's
 * section, its part, and which of the part. */
enum {
    SECTION_JUDGED, /* the judgement, what is asked, the criteria */
    SECTION_AIM,
    SECTION_PIECES,
    SECTION_FIGURES,
};
#define SECTION_BIT 60
#define PART_BIT    24
#define PLACE(section, part) \
    ((uint64_t)(section) << SECTION_BIT | (uint64_t)(part) << PART_BIT)

struct explaining {
    struct evaluator *e;
    struct evaluator_page *page;
    uint64_t at; /* the place that comes next */
};

/* True: from there on there is something to show in this page. */
static bool begins(struct explaining *x, uint64_t place)
{
    x->at = place;
    if (x->page->next == 0 && place > x->page->from &&
        evaluator_page_over(x->e, x->page))
        x->page->next = place;
    return x->page->next == 0;
}

/* The part of the section where the page begins. */
static uint64_t first_part(const struct explaining *x, unsigned section)
{
    if (x->page->from < PLACE(section, 0))
        return 0;
    return (x->page->from - PLACE(section, 0)) >> PART_BIT;
}

static bool next_row(struct explaining *x)
{
    uint64_t at = x->at++;
    if (at < x->page->from || x->page->next != 0)
        return false;
    if (!evaluator_page_full(x->page))
        return true;
    x->page->next = at;
    return false;
}

static void explain_judgement(struct explaining *x, const struct mv_pair *pair,
                              const struct evaluator_sent *was,
                              const struct evaluator_status *status)
{
    struct evaluator *e = x->e;
    const struct mv_catalogue *c = e->force.now.catalogue;
    struct mv_buf *out = &x->page->rows;
    if (!next_row(x))
        return;
    struct evaluator_change ch = {
        .catalogue = c,
        .judgement = &e->judgement,
        .status = status,
        .was = *was,
        .changes = was->changes,
        .closed =
            evaluator_year_closed(e, c->targets[pair->target].year, pair->unit),
    };
    const struct mv_ruling *lead = e->judgement.status == MV_STATUS_NONE
                                       ? NULL
                                       : evaluator_lead(&e->judgement);
    evaluator_page_row(
        x->page, 2u + status->held + (e->judgement.beside_kept > 0) +
                     (lead != NULL ? evaluator_lacks_pairs(&lead->basis) : 0));
    mv_pack_kv_cstr(out, "what", "judgement");
    mv_pack_cstr(out, "judgement");
    evaluator_change_pack(&ch, out);
    evaluator_beside_pack(&e->judgement, out);
    if (lead != NULL)
        evaluator_lacks_pack(c, c->targets[pair->target].year, &lead->basis,
                             out);
    if (status->held)
        evaluator_holds_pack(&e->holds, &e->book, pair->target, pair->unit,
                             e->force.now.today, out);
}

static void pack_left_out(const struct mv_catalogue *c,
                          const struct mv_ruling *r, struct mv_buf *out)
{
    mv_pack_cstr(out, "left_out");
    mv_pack_list(out, r->basis.left_out_kept);
    for (uint16_t i = 0; i < r->basis.left_out_kept; i++)
        mv_pack_text(out, c->units[r->basis.left_out_at[i].unit].id);
    if (r->basis.left_out_kept == 0)
        return;
    mv_pack_cstr(out, "left_out_why");
    mv_pack_list(out, r->basis.left_out_kept);
    for (uint16_t i = 0; i < r->basis.left_out_kept; i++)
        mv_pack_cstr(out, mv_left_out_text(r->basis.left_out_at[i].why));
}

/* Four pairs: what its numbers are measured in is its own. */
static void pack_criterion(const struct mv_catalogue *c, const char *what,
                           uint32_t target, const struct mv_ruling *r,
                           struct mv_buf *out)
{
    const struct evaluator_scale scale =
        evaluator_scale_of(c, &c->targets[target], r);
    mv_pack_kv_cstr(out, "what", what);
    mv_pack_cstr(out, "criterion");
    evaluator_criterion_pack(c, r, out);
    mv_pack_kv_text(out, "measure", evaluator_cut(scale.measure, 64));
    mv_pack_kv_u64(out, "decimals", scale.decimals);
}

static void explain_criteria(struct explaining *x)
{
    const struct mv_catalogue *c = x->e->force.now.catalogue;
    const struct mv_judgement *j = &x->e->judgement;
    struct mv_buf *out = &x->page->rows;
    for (uint32_t i = 0; i < j->count; i++) {
        const struct mv_ruling *r = &j->rulings[i];
        bool own = r->basis.own && c->units[j->unit].children.count > 0;
        bool marks = evaluator_has_marks(&r->basis, own);
        if (!next_row(x))
            continue;
        evaluator_page_row(x->page, 6u + (r->basis.left_out_kept > 0) +
                                        r->broken.there + r->bare + marks +
                                        evaluator_lacks_pairs(&r->basis));
        pack_criterion(c, "criterion", j->target, r, out);
        evaluator_broken_pack(c, &r->broken, out);
        if (r->bare)
            mv_pack_kv_bool(out, "bare", true);
        mv_pack_cstr(out, "basis");
        evaluator_basis_pack(&c->targets[j->target], &r->basis, out);
        evaluator_lacks_pack(c, c->targets[j->target].year, &r->basis, out);
        if (marks) {
            mv_pack_cstr(out, "marks");
            evaluator_marks_pack(&r->basis, own, false, out);
        }
        pack_left_out(c, r, out);
    }
}

static void explain_rule(struct explaining *x, uint32_t target)
{
    const struct mv_catalogue *c = x->e->force.now.catalogue;
    const struct mv_target *t = &c->targets[target];
    if (next_row(x))
        evaluator_rule_row(x->page, c, t);
    for (uint32_t i = 0; i < t->uses.count; i++)
        if (next_row(x))
            evaluator_indicator_row(x->page, &c->indicators[t->uses.at[i]]);
}

static void lacking_row(void *ctx, const struct mv_lacking *l)
{
    struct explaining *x = ctx;
    const struct mv_catalogue *c = x->e->force.now.catalogue;
    const struct mv_indicator *ind = &c->indicators[l->indicator];
    const struct mv_member *m =
        l->member != MV_MEMBER_TOTAL ? &ind->members[l->member] : NULL;
    struct mv_buf *out = &x->page->rows;
    char text[MV_PERIOD_TEXT_BYTES];
    if (!next_row(x))
        return;
    evaluator_page_row(x->page, 6u + evaluator_member_pairs(m) + l->has_only);
    mv_pack_kv_cstr(out, "what", "base");
    mv_pack_kv_text(out, "indicator", ind->id);
    evaluator_member_pack(m, "member", "member_title", out);
    mv_pack_kv_text(out, "unit", c->units[l->unit].id);
    mv_pack_kv_text(out, "name", evaluator_cut(c->units[l->unit].name.nb, 256));
    mv_pack_kv_u64(out, "year", (uint64_t)l->year);
    mv_pack_cstr(out, "missing");
    mv_pack_list(out, l->count);
    for (unsigned i = 0; i < l->count; i++)
        mv_pack_cstr(out, mv_period_text(&l->at[i], text));
    if (l->has_only)
        mv_pack_kv_cstr(out, "only", mv_period_text(&l->only, text));
}

/* What is worth reaching for, and judges nothing. */
static void explain_aim(struct explaining *x, const struct mv_judge_env *env,
                        const struct mv_pair *pair)
{
    const struct mv_catalogue *c = x->e->force.now.catalogue;
    struct mv_judgement aim = {0};
    mv_judge_aim(env, pair->target, pair->unit, &aim);
    for (uint32_t i = 0; i < aim.count; i++) {
        if (!next_row(x))
            continue;
        evaluator_page_row(x->page, 4u);
        pack_criterion(c, "aim", pair->target, &aim.rulings[i], &x->page->rows);
    }
    mv_judgement_done(&aim);
}

static bool explain_difference(void *ctx, const struct mv_disagreement *d)
{
    struct explaining *x = ctx;
    if (next_row(x))
        evaluator_disagreement_row(x->page, x->e->force.now.catalogue, d, 0, 0);
    return x->page->next == 0;
}

/* A term of the unit's own figures, and what the units below make. */
static void explain_roll_up(struct explaining *x, const struct mv_piece *piece)
{
    const struct mv_catalogue *c = x->e->force.now.catalogue;
    const struct mv_series_year of = {piece->indicator, piece->of_member,
                                      piece->year};
    struct mv_judge_env env = evaluator_env(x->e);
    if (piece->below || c->indicators[piece->indicator].formula != MV_NONE ||
        c->units[piece->unit].children.count == 0)
        return;
    struct mv_work *work = mv_work_open();
    mv_check_units(&env, work, &of, piece->unit, explain_difference, x);
    mv_work_close(work);
}

static bool explain_piece(void *ctx, const struct mv_piece *piece)
{
    struct explaining *x = ctx;
    if (next_row(x))
        evaluator_piece_row(x->page, x->e->force.now.catalogue, piece);
    explain_roll_up(x, piece);
    return x->page->next == 0;
}

static void explain_pieces(struct explaining *x, const struct mv_judge_env *env,
                           const struct mv_pair *pair)
{
    uint32_t parts = mv_weigh_parts(env, pair->target);
    for (uint64_t i = first_part(x, SECTION_PIECES);
         i < parts && begins(x, PLACE(SECTION_PIECES, i)); i++)
        mv_weigh(env, pair->target, pair->unit, (uint32_t)i, explain_piece, x);
}

static bool explain_figure(void *ctx, const struct mv_behind *behind)
{
    struct explaining *x = ctx;
    if (x->page->next != 0)
        return false;
    if (!next_row(x))
        return true;
    struct evaluator_shown s = {
        .catalogue = x->e->force.now.catalogue,
        .unit = behind->unit,
        .indicator = behind->indicator,
        .member = behind->member,
        .period = behind->period,
        .slot = behind->slot,
    };
    bool why = behind->out > MV_OUT_NIL; /* of a nil its flag says it */
    evaluator_figure_row(x->page, &s, 1u + why + behind->suppressed);
    mv_pack_kv_bool(&x->page->rows, "counts", behind->counts);
    if (why)
        mv_pack_kv_cstr(&x->page->rows, "counts_why", mv_out_text(behind->out));
    if (behind->suppressed)
        mv_pack_kv_bool(&x->page->rows, "suppressed", true);
    return true;
}

static void explain_figures(struct explaining *x,
                            const struct mv_judge_env *env,
                            const struct mv_pair *pair)
{
    uint64_t part;
    struct mv_explaining *k = mv_explaining_open(
        env, pair->target, pair->unit, first_part(x, SECTION_FIGURES));
    uint64_t looked = mv_rowcache_looked(env->rows);
    mv_explaining_judge(k);
    /* else a page of a large target would be nothing but this */
    x->page->began += mv_rowcache_looked(env->rows) - looked;
    while (mv_explaining_at(k, &part) &&
           begins(x, PLACE(SECTION_FIGURES, part)))
        mv_explaining_next(k, explain_figure, x);
    mv_explaining_close(k);
}

static void explain_lives(struct explaining *x, const struct mv_pair *pair)
{
    struct evaluator_lives lives;
    const struct mv_unit *u;
    evaluator_lives_open(&lives, x->e->force.now.plan, pair);
    while ((u = evaluator_lives_next(&lives)) != NULL)
        if (next_row(x))
            evaluator_life_row(x->page, &lives, u);
}

/* What was judged: with what was sent beside it. */
static void explain_judged(struct explaining *x, const struct mv_pair *pair)
{
    struct evaluator *e = x->e;
    struct mv_judge_env env = evaluator_env(e);
    struct evaluator_status status;
    struct evaluator_sent was = evaluator_published_get(
        e->published, e->force.now.catalogue, pair->target, pair->unit);
    e->judgement.naming = true;
    evaluator_judge(e, pair->target, pair->unit, &was, &status);
    e->judgement.naming = false;
    explain_judgement(x, pair, &was, &status);
    explain_rule(x, pair->target);
    explain_criteria(x);
    if (x->page->next == 0)
        mv_lacking(&env, &e->judgement, lacking_row, x);
    if (x->page->next == 0)
        explain_lives(x, pair);
}

mv_rc evaluator_ask_explain(struct evaluator *e, struct mv_span args,
                            struct evaluator_page *page,
                            struct evaluator_refusal *no)
{
    struct mv_pair pair;
    struct mv_span raw;
    if (mv_map_find(args, "commission", &raw))
        return evaluator_explain_commission(e, args, page, no);
    mv_rc rc = evaluator_args_pair(e, args, &pair, no);
    if (rc == MV_OK)
        rc = evaluator_concerns(e, &pair, no);
    if (rc != MV_OK)
        return rc;
    struct mv_judge_env env = evaluator_env(e);
    struct explaining x = {.e = e, .page = page};
    if (page->from < PLACE(SECTION_AIM, 0))
        explain_judged(&x, &pair);
    if (page->from < PLACE(SECTION_PIECES, 0) &&
        begins(&x, PLACE(SECTION_AIM, 0)))
        explain_aim(&x, &env, &pair);
    if (page->from < PLACE(SECTION_FIGURES, 0) &&
        begins(&x, PLACE(SECTION_PIECES, 0)))
        explain_pieces(&x, &env, &pair);
    if (begins(&x, PLACE(SECTION_FIGURES, 0)))
        explain_figures(&x, &env, &pair);
    return MV_OK;
}

/* ---- series ---- */

struct series {
    struct evaluator *e;
    struct evaluator_page *page;
    uint32_t unit, indicator;
    uint64_t at;
};

/* All slots of one row of the store. */
static void series_row(struct series *x, uint32_t member, int year,
                       uint8_t part)
{
    struct mv_row_key key;
    uint8_t bytes[MV_ROW_KEY_BYTES];
    struct mv_span value;
    const struct evaluator_book *b = &x->e->book;
    mv_plan_key(x->e->force.now.plan, x->unit, x->indicator, member, year,
                &key);
    key.part = part;
    mv_row_key_put(&key, bytes);
    if (!mv_store_get(b->store, b->rows, mv_span(bytes, sizeof bytes), &value))
        return;
    for (size_t i = 0; i + MV_SLOT_BYTES <= value.len; i += MV_SLOT_BYTES) {
        struct mv_slot slot;
        struct evaluator_shown s = {x->e->force.now.catalogue,
                                    x->unit,
                                    x->indicator,
                                    member,
                                    {0},
                                    &slot};
        mv_slot_get(&slot, (const uint8_t *)value.at + i);
        uint64_t at = x->at++;
        if (at < x->page->from || x->page->next != 0 ||
            !mv_slot_period(year, part, slot.code, &s.period))
            continue;
        if (evaluator_page_full(x->page))
            x->page->next = at;
        else
            evaluator_figure_row(x->page, &s, 0);
    }
}

static void series_year(struct series *x, int year, bool all, uint32_t member)
{
    const struct mv_indicator *ind =
        &x->e->force.now.catalogue->indicators[x->indicator];
    uint8_t parts = ind->frequency == MV_FREQ_D ? 12 : 0;
    for (uint8_t part = 0; part <= parts; part++) {
        if (!all) {
            series_row(x, member, year, part);
            continue;
        }
        series_row(x, MV_MEMBER_TOTAL, year, part);
        for (uint32_t m = 0; m < ind->member_count; m++)
            series_row(x, m, year, part);
    }
}

/* The first year from `year` on for which the unit has any row. */
static bool series_next_year(const struct series *x, int *year)
{
    struct mv_row_key want, have = {0};
    uint8_t bytes[MV_ROW_KEY_BYTES];
    struct mv_scan scan;
    struct mv_span key, value;
    mv_plan_key(x->e->force.now.plan, x->unit, x->indicator, MV_MEMBER_TOTAL,
                *year, &want);
    struct mv_row_key from = {.unit = want.unit, .year = (int16_t)*year};
    mv_row_key_put(&from, bytes);
    mv_scan_open(&scan, x->e->book.store, x->e->book.rows,
                 mv_span(bytes, sizeof bytes));
    bool found =
        mv_scan_next(&scan, &key, &value) && key.len == MV_ROW_KEY_BYTES;
    if (found)
        mv_row_key_get(&have, key.at);
    mv_scan_close(&scan);
    *year = have.year;
    return found && have.unit == want.unit;
}

mv_rc evaluator_ask_series(struct evaluator *e, struct mv_span args,
                           struct evaluator_page *page,
                           struct evaluator_refusal *no)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    struct mv_span indicator, unit, member;
    uint64_t only = 0;
    if (!mv_map_text(args, "indicator", &indicator) ||
        !mv_map_text(args, "unit", &unit))
        return evaluator_refuse(no, "missing",
                                "args need `indicator` and `unit`");
    const struct mv_indicator *ind =
        c == NULL ? NULL : mv_catalogue_indicator(c, indicator);
    const struct mv_unit *u = c == NULL ? NULL : mv_catalogue_unit(c, unit);
    if (ind == NULL || u == NULL)
        return evaluator_refuse(no, "not_found", "no such %s",
                                ind == NULL ? "indicator" : "unit");
    bool all = !mv_map_text(args, "member", &member);
    uint32_t m = MV_MEMBER_TOTAL;
    if (!all && member.len > 0)
        m = mv_catalogue_member(c, ind, member);
    if (!all && member.len > 0 && m == MV_NONE)
        return evaluator_refuse(no, "unknown_member", "no such member");
    (void)mv_map_u64(args, "year", &only);
    struct series x = {e, page, u->index, ind->index, 0};
    int year = MV_YEAR_MIN;
    for (; series_next_year(&x, &year) && page->next == 0; year++)
        if (only == 0 || only == (uint64_t)year)
            series_year(&x, year, all, m);
    return MV_OK;
}
