/* figures - see figures.h. Job: rows of text to figures of dense indices.
 * Invariant: either every row became a figure, or none did. Memory only: a
 * crash leaves nothing. */
#include "services/evaluator/figures.h"

#include <stdlib.h>

#include "services/judging/cells.h"

/* Rows of one delivery repeat each other: what the last one named. */
struct named {
    struct mv_span indicator_id, member_id, unit_id, period_text;
    const struct mv_indicator *indicator;
    const struct mv_unit *unit;
    uint32_t member;
    struct mv_period period;
    mv_freq fits; /* a frequency that the period counts for, or none */
};

void evaluator_figures_done(struct evaluator_figures *f)
{
    mv_delivery_done(&f->delivery);
    mv_conflicts_done(&f->conflicts);
    free(f->at);
    *f = (struct evaluator_figures){0};
}

static void room(struct evaluator_figures *f, uint32_t count)
{
    if (count <= f->cap)
        return;
    f->cap = count;
    f->at = mv_xrealloc(f->at, f->cap * sizeof *f->at);
}

static mv_rc unknown(struct mv_err *err, uint32_t row, const char *what,
                     struct mv_span id)
{
    return mv_fail(err, MV_POISON, "row %u: %s '%.*s'", row + 1, what,
                   (int)(id.len < MV_ID_BYTES ? id.len : MV_ID_BYTES),
                   (const char *)id.at);
}

static mv_rc name_series(struct named *n, const struct mv_catalogue *c,
                         const struct mv_row *r, uint32_t row,
                         struct mv_err *err)
{
    bool same =
        n->indicator != NULL && mv_span_equal(n->indicator_id, r->indicator);
    if (!same) {
        n->indicator_id = r->indicator;
        n->indicator = mv_catalogue_indicator(c, r->indicator);
        if (n->indicator == NULL)
            return unknown(err, row, "no indicator", r->indicator);
    }
    if (same && mv_span_equal(n->member_id, r->member))
        return MV_OK;
    n->member_id = r->member;
    n->member = MV_MEMBER_TOTAL;
    if (r->member.at != NULL) {
        n->member = mv_catalogue_member(c, n->indicator, r->member);
        if (n->member == MV_NONE)
            return unknown(err, row, "no member", r->member);
    }
    return MV_OK;
}

static mv_rc name_rest(struct named *n, const struct mv_catalogue *c,
                       const struct mv_row *r, uint32_t row, struct mv_err *err)
{
    if (n->unit == NULL || !mv_span_equal(n->unit_id, r->unit)) {
        n->unit_id = r->unit;
        n->unit = mv_catalogue_unit(c, r->unit);
        if (n->unit == NULL)
            return unknown(err, row, "no unit", r->unit);
    }
    mv_freq freq = n->indicator->frequency;
    bool same =
        n->period_text.at != NULL && mv_span_equal(n->period_text, r->period);
    if (same && n->fits == freq)
        return MV_OK;
    n->period_text = r->period;
    n->fits = freq;
    if ((!same && !mv_period_parse(r->period, &n->period)) ||
        !mv_cells_fit(freq, &n->period))
        return unknown(err, row, "not a period of the indicator:", r->period);
    return MV_OK;
}

static void fill(struct mv_figure *f, const struct named *n,
                 const struct mv_row *r, const struct mv_record *record,
                 uint32_t row, bool withdrawn)
{
    *f = (struct mv_figure){
        .unit = n->unit->index,
        .indicator = n->indicator->index,
        .member = n->member,
        .period = n->period,
        .held = r->has_numerator ? MV_HELD_RATIO
                : r->has_value   ? MV_HELD_VALUE
                                 : MV_HELD_NIL,
        .value = r->value,
        .numerator = r->numerator,
        .denominator = r->denominator,
        .time_ms = r->has_time ? r->time_ms : record->received_ms,
        .seq = record->seq,
        .row = (uint16_t)row,
        .flag = r->flag,
        .withdrawn = withdrawn,
    };
}

mv_rc evaluator_figures_read(struct evaluator_figures *f,
                             const struct mv_catalogue *c,
                             const struct mv_record *record, struct mv_err *err)
{
    mv_rc rc = MV_OK;
    const struct mv_delivery *d = &f->delivery;
    struct named n = {0};
    f->count = 0;
    if (!mv_delivery_read_content(record->content, &f->delivery,
                                  &f->conflicts)) {
        struct mv_code_args args = mv_conflicts_args(&f->conflicts, 0);
        return mv_fail(err, MV_POISON, "row %u: %.*s %s",
                       f->conflicts.at[0].row, (int)args.field.len,
                       (const char *)args.field.at,
                       mv_code_name(mv_conflicts_first(&f->conflicts)));
    }
    if (c == NULL)
        return mv_fail(err, MV_POISON, "figures before any catalogue");
    room(f, d->row_count);
    for (uint32_t i = 0; i < d->row_count; i++) {
        MV_TRY(name_series(&n, c, &d->rows[i], i, err));
        MV_TRY(name_rest(&n, c, &d->rows[i], i, err));
        fill(&f->at[i], &n, &d->rows[i], record, i,
             d->kind == MV_TABLE_WITHDRAWAL);
    }
    f->count = d->row_count;
out:
    return rc;
}
