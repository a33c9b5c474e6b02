/* preview - see preview.h. Job: every target and unit of a proposed catalogue
 * judged from the snapshot, held against what was sent of it last.
 * Invariant: nothing is written: what the store has no number for gets one
 * that no row has. One proposal at most is in memory, and goes when another
 * catalogue comes into force. A crash leaves nothing: it is memory only. */
#include "services/evaluator/preview.h"

#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "proto/walk.h"
#include "services/base/err.h"
#include "services/evaluator/send.h"
#include "services/evaluator/verbs.h"
#include "services/judging/interner.h"

struct evaluator_preview {
    struct mv_catalogue *catalogue;
    struct mv_plan *plan;
    struct evaluator_holds holds; /* in its numbers */
    uint64_t in_force;            /* the catalogue that it is held against */
};

/* A page in the making. Numbers of pairs, `from`: the targets of the proposal
 * first, then those of the catalogue in force, then the commissions of each. */
struct sheet {
    struct evaluator *e;
    struct evaluator_preview *p;
    struct evaluator_page *page;
    uint32_t judged, passed;
};

void evaluator_preview_close(struct evaluator_preview *p)
{
    if (p == NULL)
        return;
    evaluator_holds_done(&p->holds);
    mv_plan_close(p->plan);
    mv_catalogue_close(p->catalogue);
    free(p);
}

/* ---- the proposal ---- */

struct numbers {
    const struct evaluator_book *book;
    struct mv_intern made_up;
};

/* The store's, if it has one; else one from the other end. */
static uint32_t number_of(void *ctx, struct mv_span id)
{
    const struct numbers *n = ctx;
    struct mv_span value;
    if (mv_store_get(n->book->store, n->book->ids, id, &value) &&
        value.len == 4)
        return mv_be32_get(value.at);
    return UINT32_MAX - n->made_up.number(n->made_up.ctx, id);
}

static mv_rc refuse_faults(const struct mv_faults *faults,
                           struct evaluator_refusal *no)
{
    const struct mv_catalogue_fault *f = &faults->at[0];
    if (faults->count == 0)
        return evaluator_refuse(no, "catalogue", "it does not load");
    return evaluator_refuse(no, "catalogue", "%zu faults; %s:%u: %s: %.80s",
                            faults->errors, f->file, f->line, f->key, f->text);
}

static mv_rc propose(struct evaluator *e, struct mv_span map,
                     struct evaluator_refusal *no)
{
    struct mv_catalogue_files files = {0};
    struct mv_faults faults = {0};
    struct mv_catalogue *c = NULL;
    evaluator_preview_close(e->preview);
    e->preview = NULL;
    mv_catalogue_files_of(map, &files);
    mv_rc rc = mv_catalogue_load(&c, &files, &faults);
    if (rc != MV_OK) {
        rc = refuse_faults(&faults, no);
        mv_faults_done(&faults);
        return rc;
    }
    mv_faults_done(&faults);
    struct evaluator_preview *p = mv_xcalloc(1, sizeof *p);
    p->catalogue = c;
    struct mv_interner *made_up = mv_interner_open();
    struct numbers n = {&e->book, mv_interner_calls(made_up)};
    struct mv_intern intern = {&n, number_of};
    p->plan = mv_plan_open(c, &intern);
    mv_interner_close(made_up);
    p->in_force = e->force.now.catalogue_seq;
    e->preview = p;
    return MV_OK;
}

/* The proposal that args mean. */
static mv_rc find(struct evaluator *e, struct mv_span args,
                  struct evaluator_refusal *no)
{
    struct mv_span raw, hash = {0};
    if (mv_map_find(args, "files", &raw))
        return propose(e, raw, no);
    if (!mv_map_find(args, "hash", &raw) || !mv_value_bin(raw, &hash))
        return evaluator_refuse(no, "missing", "args need `files` or `hash`");
    const struct evaluator_preview *p = e->preview;
    if (p == NULL || p->in_force != e->force.now.catalogue_seq ||
        !mv_span_equal(hash, mv_span(p->catalogue->hash, MV_HASH_BYTES)))
        return evaluator_refuse(no, "not_found",
                                "no such proposal any more: send its files");
    return MV_OK;
}

/* ---- rows ---- */

struct named {
    const char *key; /* "target", "commission" */
    struct mv_span id, unit;
    int32_t year;
};

static struct named name_target(const struct mv_catalogue *c, uint32_t target,
                                uint32_t unit)
{
    return (struct named){"target", c->targets[target].id, c->units[unit].id,
                          c->targets[target].year};
}

static struct named name_commission(const struct mv_catalogue *c,
                                    const struct mv_commission *m,
                                    uint32_t unit)
{
    return (struct named){"commission", m->id, c->units[unit].id, m->year};
}

static void pack_was(struct evaluator_page *page, struct named n,
                     struct evaluator_sent was, uint32_t more)
{
    struct mv_buf *out = &page->rows;
    evaluator_page_row(page, 5 + more);
    mv_pack_kv_text(out, n.key, n.id);
    mv_pack_kv_u64(out, "year", (uint64_t)n.year);
    mv_pack_kv_text(out, "unit", n.unit);
    mv_pack_kv_cstr(out, "was",
                    was.there ? mv_status_text((mv_status)was.status) : "");
    /* another engine's reason has no word here */
    mv_pack_kv_cstr(out, "was_reason",
                    was.there && was.reason <= MV_REASON_NOT_ASSESSED
                        ? mv_reason_text((mv_reason)was.reason)
                        : "");
}

static void pack_becomes(struct evaluator_page *page,
                         const struct evaluator_status *now)
{
    mv_pack_kv_cstr(&page->rows, "becomes", mv_status_text(now->status));
    mv_pack_kv_cstr(&page->rows, "reason", mv_reason_text(now->reason));
}

static void pack_turn(const struct sheet *s, struct evaluator_sent was,
                      const struct evaluator_status *now)
{
    const struct mv_catalogue *c = s->p->catalogue;
    const struct mv_judgement *j = &s->e->judgement;
    const struct mv_ruling *lead =
        j->status == MV_STATUS_NONE ? NULL : evaluator_lead(j);
    const struct evaluator_scale scale =
        evaluator_scale_of(c, &c->targets[j->target], lead);
    bool value = lead != NULL && lead->has_left;
    bool limit = lead != NULL && lead->has_right;
    struct mv_buf *out = &s->page->rows;
    pack_was(s->page, name_target(c, j->target, j->unit), was,
             2u + value + limit + 2u * scale.there);
    pack_becomes(s->page, now);
    if (value)
        mv_pack_kv_dec(out, "value", lead->left);
    if (limit)
        mv_pack_kv_dec(out, "limit", lead->right);
    if (scale.there) {
        mv_pack_kv_text(out, "measure", evaluator_cut(scale.measure, 64));
        mv_pack_kv_u64(out, "decimals", scale.decimals);
    }
}

static bool page_over(struct sheet *s)
{
    return evaluator_page_full(s->page) || evaluator_page_over(s->e, s->page) ||
           s->judged == EVALUATOR_PREVIEW_JUDGED ||
           s->passed == EVALUATOR_PREVIEW_PASSED;
}

static void proposed_pair(struct sheet *s, uint32_t target, uint32_t unit)
{
    const struct mv_catalogue *c = s->p->catalogue;
    struct mv_judge_env env = {s->p->plan, s->e->rows, s->e->force.now.today,
                               0};
    if (!mv_plan_judges(s->p->plan, target, unit))
        return;
    struct mv_judgement *j = &s->e->judgement;
    struct evaluator_status now;
    struct evaluator_subject subject = evaluator_subject_of(c, target, unit);
    struct evaluator_sent was = evaluator_published_stored(
        s->e->published, &c->targets[target], &c->units[unit]);
    mv_judge(&env, target, unit, j);
    s->judged++;
    evaluator_decide(&s->e->book, &subject, c->targets[target].decides,
                     env.today, j->status, j->reason, &now);
    if (evaluator_holds_on(&s->p->holds, target, unit, env.today))
        evaluator_keep(&now, &was);
    if (!evaluator_is_sent(&now, &was))
        pack_turn(s, was, &now);
}

/* It was said of something that the proposal has not. */
static void pack_gone(const struct sheet *s, struct named n,
                      struct evaluator_sent was)
{
    if (!was.there)
        return;
    pack_was(s->page, n, was, 2);
    mv_pack_kv_cstr(&s->page->rows, "becomes", "");
    mv_pack_kv_cstr(&s->page->rows, "reason", "");
}

/* Of the catalogue in force: is it gone from the proposal? */
static void present_pair(struct sheet *s, uint32_t target, uint32_t unit)
{
    const struct evaluator_moment *now = &s->e->force.now;
    const struct mv_target *t = &now->catalogue->targets[target];
    const struct mv_unit *u = &now->catalogue->units[unit];
    const struct mv_catalogue *c = s->p->catalogue;
    const struct mv_target *then_t = mv_catalogue_target(c, t->id, t->year);
    const struct mv_unit *then_u = mv_catalogue_unit(c, u->id);
    if (!mv_plan_judges(now->plan, target, unit) ||
        (then_t != NULL && then_u != NULL &&
         mv_plan_judges(s->p->plan, then_t->index, then_u->index)))
        return;
    struct evaluator_sent was =
        evaluator_published_stored(s->e->published, t, u);
    pack_gone(s, name_target(now->catalogue, target, unit), was);
}

/* `at`: among the units that it is for. */
static void proposed_commission(struct sheet *s, uint32_t commission,
                                uint32_t at)
{
    const struct mv_catalogue *c = s->p->catalogue;
    const struct mv_commission *m = &c->commissions[commission];
    struct evaluator_dues dues;
    struct evaluator_status now;
    if (at >= m->units.count)
        return;
    uint32_t unit = m->units.at[at];
    struct evaluator_sent was =
        evaluator_published_commission(s->e->published, m, &c->units[unit]);
    evaluator_commission_judge_in(s->e, c, commission, unit, &dues, &now);
    s->judged++;
    if (evaluator_is_sent(&now, &was))
        return;
    pack_was(s->page, name_commission(c, m, unit), was, 2);
    pack_becomes(s->page, &now);
}

static void present_commission(struct sheet *s, uint32_t commission,
                               uint32_t at)
{
    const struct mv_catalogue *c = s->e->force.now.catalogue;
    const struct mv_commission *m = &c->commissions[commission];
    if (at >= m->units.count)
        return;
    const struct mv_unit *u = &c->units[m->units.at[at]];
    const struct mv_catalogue *then = s->p->catalogue;
    const struct mv_commission *then_m =
        mv_catalogue_commission(then, m->id, m->year);
    const struct mv_unit *then_u = mv_catalogue_unit(then, u->id);
    for (uint32_t i = 0; then_m != NULL && i < then_m->units.count; i++)
        if (then_u != NULL && then_m->units.at[i] == then_u->index)
            return;
    pack_gone(s, name_commission(c, m, u->index),
              evaluator_published_commission(s->e->published, m, u));
}

/* `things` times the catalogue's units, numbered from *base on; *base is moved
 * behind them. */
static void walk(struct sheet *s, const struct mv_catalogue *c, uint32_t things,
                 uint64_t *base,
                 void (*pair)(struct sheet *s, uint32_t thing, uint32_t unit))
{
    uint64_t count = (uint64_t)things * c->unit_count;
    uint64_t from = s->page->from > *base ? s->page->from - *base : 0;
    for (uint64_t at = from; at < count && s->page->next == 0; at++) {
        if (page_over(s)) {
            s->page->next = *base + at;
            break;
        }
        pair(s, (uint32_t)(at / c->unit_count), (uint32_t)(at % c->unit_count));
        s->passed++;
    }
    *base += count;
}

static void walk_all(struct sheet *s)
{
    const struct mv_catalogue *now = s->e->force.now.catalogue;
    const struct mv_catalogue *c = s->p->catalogue;
    uint64_t base = 0;
    walk(s, c, c->target_count, &base, proposed_pair);
    if (now != NULL)
        walk(s, now, now->target_count, &base, present_pair);
    walk(s, c, c->commission_count, &base, proposed_commission);
    if (now != NULL)
        walk(s, now, now->commission_count, &base, present_commission);
}

mv_rc evaluator_ask_preview(struct evaluator *e, struct mv_span args,
                            struct evaluator_page *page,
                            struct evaluator_refusal *no)
{
    mv_rc rc = find(e, args, no);
    if (rc != MV_OK)
        return rc;
    MV_ASSERT(e->preview != NULL);
    const struct mv_catalogue *c = e->preview->catalogue;
    struct evaluator_page head = {0},
                          rows = {.from = page->from, .work = page->work};
    struct sheet s = {.e = e, .p = e->preview, .page = &rows};
    evaluator_holds_forget(&e->preview->holds);
    evaluator_holds_read(&e->preview->holds, &e->book, c);
    evaluator_page_begin(e, &rows);
    walk_all(&s);
    evaluator_page_row(&head, 4);
    mv_pack_kv_bin(&head.rows, "hash", mv_span(c->hash, MV_HASH_BYTES));
    mv_pack_kv_u64(&head.rows, "seq", e->now.seq);
    mv_pack_kv_u64(&head.rows, "catalogue", e->force.now.catalogue_seq);
    mv_pack_kv_u64(&head.rows, "judged", s.judged);
    mv_pack_raw(&head.rows, mv_buf_span(&rows.rows));
    page->rows = head.rows;
    page->count = head.count + rows.count;
    page->next = rows.next;
    mv_buf_done(&rows.rows);
    if (page->next == 0) {
        evaluator_preview_close(e->preview);
        e->preview = NULL;
    }
    return MV_OK;
}
