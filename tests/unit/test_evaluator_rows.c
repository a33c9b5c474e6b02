/* All that the evaluator's verbs say of a small world with one of everything,
 * whole rows: tests/data/rows. And its changes log, as groups. */
#include <stdio.h>

#include "proto/walk.h"
#include "tests/support/asking.h"
#include "tests/support/golden.h"
#include "tests/support/one_of_each.h"

/* "> verb args", then its rows, or why not. */
static void ask(struct fixture *f, const char *verb, const char *args)
{
    struct test_answer a = {0};
    mv_buf_printf(&f->text, "> %s %s\n", verb, args);
    if (test_ask(&f->w, verb, args, &a) == MV_OK)
        test_golden_rows(&f->text, mv_buf_span(&a.page.rows));
    else
        mv_buf_printf(&f->text, "%s: %s\n", a.no.code, a.no.text);
    test_answer_done(&a);
}

struct question {
    const char *verb, *args;
};

static void answers(struct fixture *f, const struct question *q, size_t count,
                    const char *path)
{
    mv_buf_clear(&f->text);
    for (size_t i = 0; i < count; i++)
        ask(f, q[i].verb, q[i].args);
    test_golden(path, mv_buf_span(&f->text));
}

#define ANSWERS(f, path, ...)                                \
    answers(f, (const struct question[]){__VA_ARGS__},       \
            sizeof((const struct question[]){__VA_ARGS__}) / \
                sizeof(struct question),                     \
            "tests/data/rows/" path)

static void status_and_targets(void **state)
{
    ANSWERS(*state, "status.txt", {"status", ""}, {"status", "year=2023"},
            {"status", "target=sagt"}, {"status", "commission=plan"},
            {"status", "commission=plan target=sagt"},
            {"status", "unit=vest year=2023"}, {"status", "region=vest"},
            {"status", "status=yellow"}, {"status", "status=red unit=sor"},
            {"targets", ""}, {"targets", "target=arstid"},
            {"targets", "year=2023"}, {"state", ""});
}

static void explain(void **state)
{
    ANSWERS(*state, "explain.txt",
            {"explain", "target=som-alle unit=sor year=2024"},
            {"explain", "target=som-alle unit=ous year=2024"},
            {"explain", "target=kortere unit=ahus year=2024"},
            {"explain", "target=vekst unit=sor year=2024"},
            {"explain", "target=arstid unit=sor year=2024"},
            {"explain", "target=lavest unit=sor year=2024"},
            {"explain", "target=tetthet unit=ahus year=2024"},
            {"explain", "target=bare unit=ous year=2024"},
            {"explain", "target=sagt unit=sor year=2024"});
}

static void a_commission(void **state)
{
    ANSWERS(*state, "commission.txt",
            {"explain", "commission=plan unit=sor year=2024"},
            {"explain", "commission=plan unit=sor year=2024 from=1"},
            {"explain", "commission=varsel unit=vest year=2024"},
            {"explain", "commission=varsel unit=sor year=2024"},
            {"explain", "commission=plan unit=vest year=2024"},
            {"explain", "commission=plan unit=nobody year=2024"},
            {"explain", "commission=plan unit=sor year=2023"},
            {"explain", "commission=plan unit=sor year=70000"},
            {"explain", "commission=plan unit=sor"},
            {"explain", "commission=plan year=2024"}, {"frozen", ""},
            {"frozen", "report=year"}, {"frozen", "report=half-year"},
            {"frozen", "unit=vest"}, {"frozen", "year=2022"},
            {"frozen", "year=2023"}, {"frozen", "from=1"},
            {"frozen", "unit=vest year=2023"});
}

static void report_and_missing(void **state)
{
    ANSWERS(*state, "report.txt", {"report", "unit=sor year=2024"},
            {"report", "unit=ahus year=2024"},
            {"report", "unit=ous year=2024 target=som-alle"},
            {"report", "unit=sor year=2023"},
            {"report", "unit=sor year=2024 target=nothing"},
            {"missing", "year=2024"}, {"missing", "year=2024 unit=vest"},
            {"missing", "year=2023"}, {"missing", "year=2024 unit=ous"},
            {"check", "year=2024"}, {"check", "year=2024 unit=vest"},
            {"check", "year=2024 unit=ous"}, {"check", "year=2024 unit=sor"},
            {"check", "year=1899"}, {"check", "year=2101"},
            {"check", "year=2100"},
            {"report", "unit=fonna year=2024 target=som-alle"},
            {"check", "year=2024 indicator=senger"},
            {"series", "indicator=epikrise unit=ahus"},
            {"series", "indicator=vent unit=fonna"});
}

/* What the log has of it all. */
static void changes(void **state)
{
    struct fixture *f = *state;
    uint64_t head;
    char args[32];
    mv_log_head(f->w.changes, &head, NULL);
    mv_buf_clear(&f->text);
    (void)snprintf(args, sizeof args, "from=%llu", (unsigned long long)head);
    ask(f, "quarantine", "");
    ask(f, "changes", "from=1");
    ask(f, "changes", args);
    test_golden("tests/data/rows/changes.txt", mv_buf_span(&f->text));
}

/* Commissions with every unit that they are for, and every year. */
static void verify_counts_the_statuses_that_status_lists(void **state)
{
    struct fixture *f = *state;
    struct test_pages all = test_ask_all(&f->w, "status", "", UINT64_MAX);
    struct test_answer a = {0};
    uint64_t head = 0;
    assert_int_equal(test_ask(&f->w, "verify", "", &a), MV_OK);
    assert_true(mv_map_u64(a.row[0], "head", &head));
    assert_int_equal(head, all.count);
    test_answer_done(&a);
    mv_buf_done(&all.rows);
}

/* Where it stops, it is at the unit that differs. */
static void verify_numbers_each_unit_of_a_commission(void **state)
{
    struct fixture *f = *state;
    struct evaluator *e = f->w.evaluator;
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_commission *m =
        mv_catalogue_commission(c, mv_span_text("varsel"), 2024);
    const struct mv_unit *sor = mv_catalogue_unit(c, mv_span_text("sor"));
    const struct evaluator_sent wrong = {
        .since_seq = 1, .changes = 1, .status = MV_STATUS_RED, .there = true};
    struct test_answer a = {0};
    uint64_t head = 0, bad = 0;
    mv_store_begin(f->w.store);
    evaluator_published_put_commission(e->published, m, sor, &wrong);
    assert_int_equal(mv_store_commit(f->w.store, NULL), MV_OK);
    assert_int_equal(test_ask(&f->w, "verify", "", &a), MV_OK);
    assert_true(mv_map_u64(a.row[0], "head", &head));
    assert_true(mv_map_u64(a.row[0], "bad", &bad));
    assert_int_equal(bad, head - 2);
    assert_memory_equal(test_answer_text(&a, 0, "text"), "varsel 2024 of sor",
                        18);
    test_answer_done(&a);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, one_of_each, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(status_and_targets),
        TEST(explain),
        TEST(a_commission),
        TEST(report_and_missing),
        TEST(changes),
        TEST(verify_counts_the_statuses_that_status_lists),
        TEST(verify_numbers_each_unit_of_a_commission),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
