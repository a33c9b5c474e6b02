/* Whom a target is for: who asks of another unit is told so, not that figures
 * are missing. */
#include <stdio.h>

#include "tests/support/asking.h"
#include "tests/support/evaluating.h"

static const char units[] =
    "units:\n"
    "  - {id: hso, name: Helse Sør-Øst RHF, kind: region}\n"
    "  - {id: ahus, name: Ahus, kind: trust, parent: hso}\n"
    "  - {id: old, name: Old, kind: trust, parent: hso, to: 2023-06-30}\n"
    "  - {id: new, name: New, kind: trust, parent: hso, from: 2025-01-01}\n";
static const char indicators[] =
    "indicators:\n"
    "  - {id: senger, title: Senger, measure: count, frequency: A,\n"
    "     over_periods: last, over_units: sum, by: trust}\n";
static const char targets[] =
    "targets:\n"
    "  - {id: beds, year: 2024, indicator: senger, text: Senger,\n"
    "     scope: [trust], require: [value >= 100]}\n"
    "  - {id: gone, year: 2024, indicator: senger, text: Senger,\n"
    "     scope: [old], require: [value >= 100]}\n";
static const char tasks[] =
    "commissions:\n"
    "  - {id: c1, year: 2024, text: Rapport, for: [hso, ahus]}\n";

static int begin(void **state)
{
    int rc = setup(state);
    struct fixture *f = *state;
    f->j.commissions = tasks;
    test_journal_catalogue(&f->j, units, indicators, targets);
    test_world_run(&f->w, &f->j, 0, 10);
    return rc;
}

/* The answer to `explain`: "" or the refusal's text. */
static void explains(struct fixture *f, const char *what, const char *id,
                     const char *unit, const char *said)
{
    struct test_answer a = {0};
    char args[200];
    (void)snprintf(args, sizeof args, "%s=%s unit=%s year=2024", what, id,
                   unit);
    mv_rc rc = test_ask(&f->w, "explain", args, &a);
    assert_string_equal(a.no.text, said);
    assert_int_equal(rc, *said == '\0' ? MV_OK : MV_AGAIN);
    assert_true((a.rows > 0) == (rc == MV_OK));
    if (rc != MV_OK)
        assert_string_equal(a.no.code, "not_found");
    test_answer_done(&a);
}

static void a_unit_out_of_scope_is_told_who_is_in_it(void **state)
{
    struct fixture *f = *state;
    explains(f, "target", "beds", "ahus", "");
    explains(f, "target", "beds", "hso",
             "the target is not judged for that unit, but for ahus");
    explains(f, "commission", "c1", "ahus", "");
    explains(f, "commission", "c1", "old",
             "the commission is not for that unit, but for hso, ahus");
}

static void a_unit_that_is_not_there_that_year_is_told_since_when(void **state)
{
    struct fixture *f = *state;
    explains(f, "target", "beds", "old",
             "that unit was there until 2023-06-30; the target is judged for "
             "ahus");
    explains(f, "target", "beds", "new",
             "that unit is there from 2025-01-01 on; the target is judged for "
             "ahus");
    explains(f, "target", "gone", "ahus",
             "the target is judged for no unit that year");
}

static void of_many_units_the_first_are_named(void **state)
{
    struct fixture *f = *state;
    struct mv_buf text = {0};
    mv_buf_text(&text, units);
    for (int i = 1; i <= 12; i++)
        mv_buf_printf(&text,
                      "  - {id: t%d, name: T, kind: trust, parent: hso}\n", i);
    test_journal_catalogue(&f->j, mv_buf_cstr(&text), indicators, targets);
    test_world_run(&f->w, &f->j, 0, 10);
    explains(f, "target", "beds", "hso",
             "the target is not judged for that unit, but for ahus, t1, t2, "
             "t3, t4, t5, t6, t7, t8, t9, t10, t11, ...");
    mv_buf_done(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_unit_out_of_scope_is_told_who_is_in_it),
        TEST(a_unit_that_is_not_there_that_year_is_told_since_when),
        TEST(of_many_units_the_first_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
