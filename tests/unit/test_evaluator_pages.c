/* `status` where persons said much: an answer may be a mebibyte, no more. */
#include "tests/support/evaluating.h"

#include <stdio.h>

#include "proto/limits.h"
#include "proto/pack.h"
#include "services/evaluator/verbs.h"

#define DATES 100
#define UNITS 2 /* ahus and ous */
#define TASKS 3

/* From there on; where to go on, or 0. */
static uint64_t ask(struct fixture *f, uint64_t from, struct evaluator_page *p)
{
    struct mv_buf args = {0};
    struct evaluator_refusal no = {0};
    mv_pack_map(&args, 2);
    mv_pack_kv_u64(&args, "year", 2030); /* no target is of that year */
    mv_pack_kv_u64(&args, "from", from);
    *p = (struct evaluator_page){0};
    assert_int_equal(mv_store_read_begin(f->w.store, NULL), MV_OK);
    assert_int_equal(evaluator_ask(f->w.evaluator, mv_span_text("status"),
                                   mv_buf_span(&args), p, &no),
                     MV_OK);
    assert_int_equal(mv_store_read_end(f->w.store, NULL), MV_OK);
    mv_buf_done(&args);
    return p->next;
}

static const char *day_text(int i, char out[16])
{
    (void)snprintf(out, 16, "2030-%02d-%02d", 1 + i / 25, 1 + i % 25);
    return out;
}

static void write_tasks(struct mv_buf *out)
{
    char day[16];
    mv_buf_printf(out, "commissions:\n");
    for (int t = 0; t < TASKS; t++) {
        mv_buf_printf(out,
                      "  - {id: c%d, year: 2030, text: T, for: [ahus, ous], "
                      "due: [",
                      t);
        for (int i = 0; i < DATES; i++)
            mv_buf_printf(out, "%s{what: W, on: %s}", i > 0 ? ", " : "",
                          day_text(i, day));
        mv_buf_printf(out, "]}\n");
    }
}

/* Every date met, with as much said as may be. */
static void meet_all(struct test_journal *j)
{
    static char comment[4000];
    char day[16], task[8];
    memset(comment, 'x', sizeof comment);
    for (int i = 0; i < DATES * UNITS * TASKS; i++) {
        (void)snprintf(task, sizeof task, "c%d", i % TASKS);
        test_journal_statement(
            j, (struct mv_statement){
                   .kind = MV_STATEMENT_DELIVERED,
                   .commission = mv_span_text(task),
                   .unit = mv_span_text(i / TASKS % UNITS ? "ahus" : "ous"),
                   .year = 2030,
                   .due = mv_span_text(day_text(i / TASKS / UNITS, day)),
                   .comment = mv_span(comment, sizeof comment)});
    }
}

static void commissions_of_which_much_is_said_take_several_pages(void **state)
{
    struct fixture *f = *state;
    struct mv_buf tasks = {0};
    struct evaluator_page page;
    uint64_t next = 0, rows = 0, pages = 0;
    write_tasks(&tasks);
    f->j.commissions = mv_buf_cstr(&tasks);
    test_journal_catalogue(&f->j, NULL, NULL, NULL);
    meet_all(&f->j);
    test_world_run(&f->w, &f->j, 0, 100);
    do {
        next = ask(f, next, &page);
        assert_true(page.rows.len < MV_MAX_REPLY_BYTES - 1024);
        rows += page.count - (next != 0); /* the last says where to go on */
        pages++;
        mv_buf_done(&page.rows);
    } while (next != 0);
    assert_int_equal(rows, UNITS * TASKS);
    assert_true(pages > 1);
    mv_buf_done(&tasks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            commissions_of_which_much_is_said_take_several_pages, setup,
            teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
