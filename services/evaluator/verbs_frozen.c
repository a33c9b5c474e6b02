/* verbs_frozen - `frozen`: which reports are frozen, by whom and since when.
 * Job: the book's notes of them, those that are asked for. Reads only: a crash
 * leaves nothing. */
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/evaluator/verbs.h"

struct listing {
    struct evaluator_page *page;
    struct mv_span report, unit; /* at NULL: any */
    uint64_t year, at;           /* 0: any */
};

static void frozen_row(void *ctx, bool yearly, int32_t year,
                       struct mv_span unit, const struct evaluator_note *note)
{
    struct listing *l = ctx;
    struct mv_buf *out = &l->page->rows;
    struct mv_span report = mv_span_text(yearly ? "year" : "half-year");
    uint64_t at = l->at++;
    if (at < l->page->from || l->page->next != 0 ||
        (l->report.at != NULL && !mv_span_equal(l->report, report)) ||
        (l->unit.at != NULL && !mv_span_equal(l->unit, unit)) ||
        (l->year != 0 && l->year != (uint64_t)year))
        return;
    if (evaluator_page_full(l->page)) {
        l->page->next = at;
        return;
    }
    evaluator_page_row(l->page, 7);
    mv_pack_kv_text(out, "report", report);
    mv_pack_kv_u64(out, "year", (uint64_t)year);
    mv_pack_kv_text(out, "unit", unit);
    mv_pack_kv_u64(out, "seq", note->seq);
    mv_pack_kv_i64(out, "time", note->received_ms);
    mv_pack_kv_text(out, "author", note->author);
    mv_pack_kv_text(out, "comment", note->comment);
}

mv_rc evaluator_ask_frozen(struct evaluator *e, struct mv_span args,
                           struct evaluator_page *page,
                           struct evaluator_refusal *no)
{
    struct listing l = {.page = page};
    (void)no;
    if (!mv_map_text(args, "report", &l.report))
        l.report = mv_span(NULL, 0);
    if (!mv_map_text(args, "unit", &l.unit))
        l.unit = mv_span(NULL, 0);
    if (!mv_map_u64(args, "year", &l.year))
        l.year = 0;
    evaluator_each_frozen(&e->book, frozen_row, &l);
    return MV_OK;
}
