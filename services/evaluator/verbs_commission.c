/* verbs_commission - a commission as it is explained: its status, and each due
 * date with what met it. Reads only: a crash leaves nothing. */
#include "proto/pack.h"
#include "proto/statement.h"
#include "proto/walk.h"
#include "services/evaluator/concern.h"
#include "services/evaluator/send.h"

/* What met it: 5 pairs, 6 where the day is known. */
static void pack_met(const struct evaluator_note *met, int32_t due,
                     struct mv_buf *out)
{
    mv_pack_kv_cstr(out, "met",
                    mv_statement_name((mv_statement_kind)met->word));
    if (met->day != EVALUATOR_NO_DAY)
        mv_pack_kv_day(out, "at", met->day);
    mv_pack_kv_bool(out, "late", met->day > due);
    mv_pack_kv_text(out, "author", met->author);
    mv_pack_kv_text(out, "comment", met->comment);
    mv_pack_kv_u64(out, "seq", met->seq);
}

void evaluator_dues_pack(const struct evaluator *e, uint32_t commission,
                         uint32_t unit, struct mv_buf *out)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_commission *m = &c->commissions[commission];
    struct evaluator_subject s =
        evaluator_commission_subject(c, commission, unit);
    mv_pack_list(out, m->due_count);
    for (uint32_t i = 0; i < m->due_count; i++) {
        struct evaluator_note met;
        const struct mv_commission_due *due = &m->due[i];
        bool is_met = evaluator_due_met(&e->book, &s, due, &met);
        uint32_t more = !is_met ? 0 : met.day != EVALUATOR_NO_DAY ? 6u : 5u;
        mv_pack_map(out, 4 + more);
        mv_pack_kv_day(out, "on", due->on);
        mv_pack_kv_day(out, "day", due->day);
        mv_pack_kv_text(out, "what", due->what);
        mv_pack_kv_text(out, "said", due->said);
        if (is_met)
            pack_met(&met, due->day, out);
    }
}

static mv_rc find(const struct evaluator *e, struct mv_span args,
                  uint32_t *commission, uint32_t *unit,
                  struct evaluator_refusal *no)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    struct mv_span id, unit_id;
    uint64_t year;
    if (!mv_map_text(args, "commission", &id) ||
        !mv_map_text(args, "unit", &unit_id) ||
        !mv_map_u64(args, "year", &year))
        return evaluator_refuse(no, "missing",
                                "args need `commission`, `unit` and `year`");
    if (c == NULL)
        return evaluator_refuse(no, "not_found", "no catalogue yet");
    const struct mv_commission *m =
        year > INT16_MAX ? NULL : mv_catalogue_commission(c, id, (int32_t)year);
    const struct mv_unit *u = mv_catalogue_unit(c, unit_id);
    if (m == NULL || u == NULL)
        return evaluator_refuse(no, "not_found", "no such %s",
                                m == NULL ? "commission in that year" : "unit");
    *commission = m->index;
    *unit = u->index;
    return evaluator_concerns_commission(e, m->index, u->index, no);
}

mv_rc evaluator_explain_commission(struct evaluator *e, struct mv_span args,
                                   struct evaluator_page *page,
                                   struct evaluator_refusal *no)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    uint32_t commission = 0, unit = 0; /* set by find, or it is refused */
    struct evaluator_dues dues;
    struct evaluator_status status;
    mv_rc rc = find(e, args, &commission, &unit, no);
    if (rc != MV_OK || page->from > 0)
        return rc;
    evaluator_commission_judge(e, commission, unit, &dues, &status);
    struct evaluator_change ch = {
        .catalogue = c,
        .commission = &c->commissions[commission],
        .unit = unit,
        .dues = &dues,
        .status = &status,
        .was = evaluator_published_commission(
            e->published, &c->commissions[commission], &c->units[unit]),
        .closed =
            evaluator_year_closed(e, c->commissions[commission].year, unit),
    };
    ch.changes = ch.was.changes;
    evaluator_page_row(page, 3);
    mv_pack_kv_cstr(&page->rows, "what", "judgement");
    mv_pack_cstr(&page->rows, "judgement");
    evaluator_change_pack(&ch, &page->rows);
    mv_pack_cstr(&page->rows, "dues");
    evaluator_dues_pack(e, commission, unit, &page->rows);
    return MV_OK;
}
