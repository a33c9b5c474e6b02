/* Where much is asked for: an answer may be a mebibyte, no more, and so much
 * work; what follows is asked for in another turn. */
#include "tests/support/evaluating.h"

#include <stdio.h>

#include "proto/limits.h"
#include "proto/pack.h"
#include "services/evaluator/verbs.h"

#define DATES 100
#define UNITS 2 /* ahus and ous */
#define TASKS 3

/* "unit=hso year=2024": two pairs; p->work as it is. From there on; where to go
 * on, or 0. */
struct asked {
    const char *verb, *target, *unit, *status;
    uint64_t year;
};

static void pack_args(const struct asked *a, uint64_t from, struct mv_buf *out)
{
    mv_pack_map(out, 2u + (a->target != NULL) + (a->unit != NULL) +
                         (a->status != NULL));
    mv_pack_kv_u64(out, "year", a->year);
    mv_pack_kv_u64(out, "from", from);
    if (a->target != NULL)
        mv_pack_kv_cstr(out, "target", a->target);
    if (a->unit != NULL)
        mv_pack_kv_cstr(out, "unit", a->unit);
    if (a->status != NULL)
        mv_pack_kv_cstr(out, "status", a->status);
}

static uint64_t ask(struct fixture *f, const struct asked *a, uint64_t from,
                    struct evaluator_page *p)
{
    struct mv_buf args = {0};
    struct evaluator_refusal no = {0};
    pack_args(a, from, &args);
    *p = (struct evaluator_page){.work = p->work};
    assert_int_equal(mv_store_read_begin(f->w.store, NULL), MV_OK);
    assert_int_equal(evaluator_ask(f->w.evaluator, mv_span_text(a->verb),
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
    /* no target is of that year */
    static const struct asked status = {.verb = "status", .year = 2030};
    struct evaluator_page page = {0};
    uint64_t next = 0, rows = 0, pages = 0;
    write_tasks(&tasks);
    f->j.commissions = mv_buf_cstr(&tasks);
    test_journal_catalogue(&f->j, NULL, NULL, NULL);
    meet_all(&f->j);
    test_world_run(&f->w, &f->j, 0, 100);
    do {
        next = ask(f, &status, next, &page);
        assert_true(page.rows.len < MV_MAX_REPLY_BYTES - 1024);
        rows += page.count - (next != 0); /* the last says where to go on */
        pages++;
        mv_buf_done(&page.rows);
    } while (next != 0);
    assert_int_equal(rows, UNITS * TASKS);
    assert_true(pages > 1);
    mv_buf_done(&tasks);
}

/* ---- so much work a turn ---- */

#define TRUSTS  12
#define TARGETS 8
#define MONTHS  6

/* What one thing takes, and a turn may therefore take beyond what it is worth:
 * a region's row of a report, with the curve of its roll-up (5 years, 3 of 12
 * months, and how they compare) and each trust's value; of `explain` the
 * pieces of one criterion; of `missing` an indicator. */
#define REPORT_ROW (100u * (TRUSTS + 1))
#define PIECES     (4u * (TRUSTS + 1))
#define INDICATOR  (2u * (TRUSTS + 1))

static void write_nation(struct mv_buf text[3])
{
    mv_buf_printf(&text[0], "units:\n  - {id: hso, name: H, kind: region}\n");
    for (int i = 0; i < TRUSTS; i++)
        mv_buf_printf(&text[0],
                      "  - {id: u%02d, name: U, kind: trust, parent: hso}\n",
                      i);
    mv_buf_printf(&text[1], "indicators:\n");
    mv_buf_printf(&text[2], "targets:\n");
    for (int i = 0; i < TARGETS; i++) {
        mv_buf_printf(&text[1],
                      "  - {id: i%d, title: I, measure: percent, frequency: M, "
                      "better: higher, over_periods: ratio, over_units: ratio, "
                      "by: trust, due: 45 d}\n",
                      i);
        mv_buf_printf(&text[2],
                      "  - {id: t%d, year: 2024, text: T, indicator: i%d, "
                      "scope: [region, trust], require: [value >= 50 %%, "
                      "value >= 40 %%, value >= 30 %%]}\n",
                      i, i);
    }
}

static void push_figures(struct test_journal *j)
{
    for (int u = 0; u < TRUSTS; u++) {
        struct mv_buf lines = {0};
        for (int i = 0; i < TARGETS; i++)
            for (int m = 1; m <= MONTHS; m++)
                mv_buf_printf(&lines, "i%d - u%02d 2024-M%02d %d/100\n", i, u,
                              m, 40 + u + m + i);
        test_journal_delivery(j, mv_buf_cstr(&lines));
        mv_buf_done(&lines);
    }
}

static void make_nation(struct fixture *f)
{
    struct mv_buf text[3] = {{0}};
    write_nation(text);
    test_journal_catalogue(&f->j, mv_buf_cstr(&text[0]), mv_buf_cstr(&text[1]),
                           mv_buf_cstr(&text[2]));
    push_figures(&f->j);
    test_journal_day(&f->j, "2024-12-01"); /* after the first months were due */
    test_world_run(&f->w, &f->j, 0, 100);
    for (int i = 0; i < 3; i++)
        mv_buf_done(&text[i]);
}

struct turns {
    struct mv_buf rows; /* of all pages, without those that say where next */
    uint32_t count, pages;
    uint64_t looked, most; /* at rows of figures; in one page */
};

static void add_page(struct turns *t, const struct evaluator_page *page)
{
    struct mv_cursor c = mv_cursor(mv_buf_span(&page->rows));
    uint32_t count = page->count - (page->next != 0);
    for (uint32_t i = 0; i < count; i++) {
        struct mv_span row;
        assert_true(mv_cursor_skip(&c, &row));
        mv_buf_put(&t->rows, row.at, row.len);
    }
    t->count += count;
    t->pages++;
}

static struct turns ask_all(struct fixture *f, const struct asked *a,
                            uint64_t work)
{
    struct turns t = {{0}, 0, 0, 0, 0};
    struct evaluator_page page = {.work = work};
    uint64_t next = 0, before = 0;
    do {
        uint64_t began = mv_rowcache_looked(f->w.evaluator->rows);
        before = next;
        next = ask(f, a, next, &page);
        assert_true(next == 0 || next > before);
        uint64_t took = mv_rowcache_looked(f->w.evaluator->rows) - began;
        t.looked += took;
        t.most = took > t.most ? took : t.most;
        add_page(&t, &page);
        mv_buf_done(&page.rows);
    } while (next != 0);
    return t;
}

/* In turns of so much work come the same rows, and no turn is more than that
 * and one thing. */
static void assert_bounded(struct fixture *f, const struct asked *a,
                           uint64_t work, uint64_t one)
{
    struct turns at_once = ask_all(f, a, UINT64_MAX);
    struct turns bounded = ask_all(f, a, work);
    assert_true(at_once.count > 0 && at_once.most > work + one);
    assert_int_equal(bounded.count, at_once.count);
    assert_int_equal(bounded.rows.len, at_once.rows.len);
    assert_memory_equal(bounded.rows.at, at_once.rows.at, at_once.rows.len);
    assert_true(bounded.most < work + one);
    assert_true(bounded.pages > at_once.looked / (work + one));
    mv_buf_done(&at_once.rows);
    mv_buf_done(&bounded.rows);
}

static void a_report_takes_turns_of_so_much_work(void **state)
{
    struct fixture *f = *state;
    make_nation(f);
    assert_bounded(
        f, &(struct asked){.verb = "report", .unit = "hso", .year = 2024}, 150,
        REPORT_ROW);
}

static void an_explanation_takes_turns_of_so_much_work(void **state)
{
    struct fixture *f = *state;
    make_nation(f);
    assert_bounded(
        f,
        &(struct asked){
            .verb = "explain", .target = "t3", .unit = "hso", .year = 2024},
        10, PIECES);
}

static void what_is_missing_takes_turns_of_so_much_work(void **state)
{
    struct fixture *f = *state;
    make_nation(f);
    assert_bounded(f, &(struct asked){.verb = "missing", .year = 2024}, 20,
                   INDICATOR);
}

/* Statuses that are left out are looked at all the same. */
static void statuses_left_out_are_work_too(void **state)
{
    struct fixture *f = *state;
    struct asked none = {.verb = "status", .status = "none", .year = 2024};
    make_nation(f);
    struct turns t = ask_all(f, &none, 10);
    assert_int_equal(t.count, 0);
    assert_int_equal(t.pages, (TRUSTS + 1) * TARGETS / 10 + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            commissions_of_which_much_is_said_take_several_pages, setup,
            teardown),
        cmocka_unit_test_setup_teardown(a_report_takes_turns_of_so_much_work,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            an_explanation_takes_turns_of_so_much_work, setup, teardown),
        cmocka_unit_test_setup_teardown(
            what_is_missing_takes_turns_of_so_much_work, setup, teardown),
        cmocka_unit_test_setup_teardown(statuses_left_out_are_work_too, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
