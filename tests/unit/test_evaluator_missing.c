/* `missing` where it is much: an answer may be a mebibyte and no more. */
#include "tests/support/evaluating.h"

#include "proto/limits.h"
#include "proto/pack.h"
#include "services/evaluator/verbs.h"

#define UNITS 300

static const char by_day[] =
    "indicators:\n"
    "  - {id: i, title: I, measure: days, frequency: D, due: 9 d,\n"
    "     over_periods: mean, over_units: none, by: trust}\n";
static const char of_trusts[] =
    "targets:\n"
    "  - {id: t, year: 2023, text: T, indicator: i, scope: [trust],\n"
    "     require: [value < 60 days]}\n";

/* From there on; where to go on, or 0. */
static uint64_t ask(struct fixture *f, uint64_t from, struct evaluator_page *p)
{
    struct mv_buf args = {0};
    struct evaluator_refusal no = {0};
    mv_pack_map(&args, 2);
    mv_pack_kv_u64(&args, "year", 2023);
    mv_pack_kv_u64(&args, "from", from);
    *p = (struct evaluator_page){0};
    assert_int_equal(mv_store_read_begin(f->w.store, NULL), MV_OK);
    assert_int_equal(evaluator_ask(f->w.evaluator, mv_span_text("missing"),
                                   mv_buf_span(&args), p, &no),
                     MV_OK);
    assert_int_equal(mv_store_read_end(f->w.store, NULL), MV_OK);
    mv_buf_done(&args);
    return p->next;
}

/* By day a unit's row is four kilobytes. */
static void one_indicator_may_take_several_pages(void **state)
{
    struct fixture *f = *state;
    struct mv_buf units = {0};
    struct evaluator_page page;
    uint64_t next = 0, rows = 0, pages = 0;
    for (int i = 0; i < UNITS; i++)
        mv_buf_printf(&units, "%s  - {id: u%d, name: U, kind: trust}\n",
                      i == 0 ? "units:\n" : "", i);
    test_journal_catalogue(&f->j, mv_buf_cstr(&units), by_day, of_trusts);
    test_world_run(&f->w, &f->j, 0, 10);
    do {
        next = ask(f, next, &page);
        assert_true(page.rows.len < MV_MAX_REPLY_BYTES - 1024);
        rows += page.count - (next != 0); /* the last says where to go on */
        pages++;
        mv_buf_done(&page.rows);
    } while (next != 0);
    assert_int_equal(rows, UNITS);
    assert_true(pages > 1);
    mv_buf_done(&units);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_indicator_may_take_several_pages,
                                        setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
