/* `report` where it is much: an answer may be a mebibyte and no more. */
#include "tests/support/evaluating.h"

#include "proto/limits.h"
#include "proto/pack.h"
#include "services/evaluator/verbs.h"

#define MEMBERS  1000
#define CRITERIA 6

static void add_catalogue(struct test_journal *j)
{
    struct mv_buf indicators = {0}, targets = {0};
    mv_buf_printf(&indicators,
                  "indicators:\n  - {id: i, title: I, measure: percent, "
                  "frequency: A, over_periods: ratio, over_units: ratio, "
                  "by: trust, dimension: {id: d, members: {");
    for (int i = 0; i < MEMBERS; i++)
        mv_buf_printf(&indicators, "%sm%d: %0100d", i > 0 ? ", " : "", i, i);
    mv_buf_printf(&indicators, "}}}\n");
    mv_buf_printf(&targets,
                  "targets:\n  - {id: t, year: 2024, text: T, indicator: i, "
                  "scope: [trust], require: [");
    for (int i = 0; i < CRITERIA; i++)
        mv_buf_printf(&targets, "%s'each d: value >= %d %%'", i > 0 ? ", " : "",
                      60 + i);
    mv_buf_printf(&targets, "]}\n");
    test_journal_catalogue(j, NULL, mv_buf_cstr(&indicators),
                           mv_buf_cstr(&targets));
    mv_buf_done(&indicators);
    mv_buf_done(&targets);
}

/* From there on; where to go on, or 0. */
static uint64_t ask(struct fixture *f, uint64_t from, struct evaluator_page *p)
{
    struct mv_buf args = {0};
    struct evaluator_refusal no = {0};
    mv_pack_map(&args, 3);
    mv_pack_kv_cstr(&args, "unit", "ahus");
    mv_pack_kv_u64(&args, "year", 2024);
    mv_pack_kv_u64(&args, "from", from);
    *p = (struct evaluator_page){0};
    assert_int_equal(mv_store_read_begin(f->w.store, NULL), MV_OK);
    assert_int_equal(evaluator_ask(f->w.evaluator, mv_span_text("report"),
                                   mv_buf_span(&args), p, &no),
                     MV_OK);
    assert_int_equal(mv_store_read_end(f->w.store, NULL), MV_OK);
    mv_buf_done(&args);
    return p->next;
}

static void one_target_may_take_several_pages(void **state)
{
    struct fixture *f = *state;
    struct evaluator_page page;
    uint64_t next = 0, rows = 0, pages = 0;
    add_catalogue(&f->j);
    test_world_run(&f->w, &f->j, 0, 10);
    do {
        next = ask(f, next, &page);
        assert_true(page.rows.len < MV_MAX_REPLY_BYTES - 1024);
        rows += page.count - (next != 0); /* the last says where to go on */
        pages++;
        mv_buf_done(&page.rows);
    } while (next != 0);
    assert_int_equal(rows, MEMBERS * CRITERIA);
    assert_true(pages > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_target_may_take_several_pages,
                                        setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
