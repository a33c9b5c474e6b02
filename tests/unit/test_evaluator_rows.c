/* All that the evaluator's verbs say of a small world with one of everything,
 * whole rows: tests/data/rows. And its changes log, as groups. */
#include <stdio.h>

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, one_of_each, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(status_and_targets), TEST(explain), TEST(a_commission),
        TEST(report_and_missing), TEST(changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
