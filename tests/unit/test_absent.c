/* Who owes which figures: what is past due and neither in nor expected to be
 * missing, of those who send them. */
#include "services/judging/absent.h"
#include "services/judging/work.h"
#include "tests/support/judging.h"

static const char units[] =
    "units:\n"
    "  - {id: r, name: R, kind: region}\n"
    "  - {id: a, name: A, kind: trust, parent: r}\n"
    "  - {id: b, name: B, kind: trust, parent: r}\n"
    "  - {id: old, name: O, kind: trust, parent: r, to: 2023}\n";
static const char indicators[] = "indicators:\n" INDICATOR(
    "one", "count", "Q", "sum", "sum", "    due: 10 d\n")
    INDICATOR("day", "count", "D", "sum", "sum", "    due: 1 d\n") INDICATOR(
        "of", "count", "Q", "sum", "sum", MEMBERS("sum") "    due: 10 d\n");

static int start(void **state)
{
    (void)state;
    start_target(units, indicators,
                 "year: 2024, indicator: one, require: ['value > 1']");
    w.env.today = world_day("2024-10-20"); /* three quarters are due */
    return 0;
}

/* "a 2024-Q1 2024-Q3 due 2024-04-10; ..." */
static void tell(struct mv_buf *out, const struct mv_absent *a)
{
    char text[MV_PERIOD_TEXT_BYTES], day[MV_DAY_TEXT_BYTES];
    const struct mv_unit *u = &w.c->units[a->unit];
    mv_buf_printf(out, "%s%.*s", out->len > 0 ? "; " : "", (int)u->id.len,
                  (const char *)u->id.at);
    for (unsigned i = 0; i < a->count && i < 4; i++)
        mv_buf_printf(out, " %s", mv_period_text(&a->at[i], text));
    if (a->count > 4)
        mv_buf_printf(out, " and %u", a->count - 4);
    mv_buf_printf(out, " due %s", mv_day_text(a->due, day));
}

/* What all units owe, and how many of them send it. */
static void expect(const char *indicator, const char *wanted, uint32_t senders)
{
    struct mv_work *work = mv_work_open();
    struct mv_buf text = {0};
    struct mv_absent a;
    for (uint32_t u = 0; u < w.c->unit_count; u++) {
        if (!mv_absent_of(&w.env, work, world_indicator(&w, indicator), 2024, u,
                          &a))
            continue;
        senders--;
        if (a.count > 0)
            tell(&text, &a);
    }
    assert_int_equal(senders, 0);
    assert_string_equal(mv_buf_cstr(&text), wanted);
    mv_buf_done(&text);
    mv_work_close(work);
}

static void who_sent_some_owes_what_is_past_due(void **state)
{
    (void)state;
    expect("one", "", 0);
    push("one", "a", "2024-Q2", "1");
    expect("one", "a 2024-Q1 2024-Q3 due 2024-04-10", 1);
    push("one", "b", "2023-Q1", "1"); /* it sent them the year before */
    expect("one",
           "a 2024-Q1 2024-Q3 due 2024-04-10; "
           "b 2024-Q1 2024-Q2 2024-Q3 due 2024-04-10",
           2);
    push("one", "a", "2024", "4"); /* a year holds its quarters */
    push("one", "r", "2022-Q1", "1");
    expect("one", "b 2024-Q1 2024-Q2 2024-Q3 due 2024-04-10", 2);
}

static void what_is_not_expected_or_too_small_is_not_owed(void **state)
{
    (void)state;
    push("one", "a", "2024-Q2", "1");
    (void)world_push(&w, "one", "a", "", "2024-Q1", "-", 'M');
    expect("one", "a 2024-Q3 due 2024-10-10", 1);
    (void)world_push(&w, "one", "a", "", "2024-Q3", "-", 'Q');
    expect("one", "", 1);
    (void)world_push(&w, "one", "a", "", "2024-Q1", "-", 'L');
    expect("one", "a 2024-Q1 due 2024-04-10", 1);
}

static void a_unit_that_is_no_more_owes_nothing(void **state)
{
    (void)state;
    push("one", "old", "2023-Q1", "1");
    expect("one", "", 0);
}

static void each_member_that_is_sent_is_owed_but_beside_a_total(void **state)
{
    (void)state;
    push_member("of", "a", "som", "2024-Q1", "1");
    push_member("of", "a", "som", "2024-Q2", "1");
    push_member("of", "a", "som", "2024-Q3", "1");
    expect("of", "", 1);
    push_member("of", "a", "tsb", "2024-Q2", "1");
    expect("of", "a 2024-Q1 2024-Q3 due 2024-04-10", 1);
    push("of", "a", "2024-Q1", "2");
    expect("of", "a 2024-Q2 2024-Q3 due 2024-07-10", 1);
}

static void every_day_of_a_leap_year_may_be_owed(void **state)
{
    (void)state;
    push("day", "a", "2023-12-31", "1");
    w.env.today = world_day("2025-01-03");
    expect("day",
           "a 2024-01-01 2024-01-02 2024-01-03 2024-01-04 and 362 due "
           "2024-01-02",
           1);
}

static void what_nobody_sent_is_all_that_is_due(void **state)
{
    (void)state;
    struct mv_absent a;
    uint32_t one = world_indicator(&w, "one");
    uint32_t unit = world_unit(&w, "a");
    assert_true(mv_absent_all(&w.env, one, 2024, unit, &a));
    assert_int_equal(a.unit, unit);
    assert_int_equal(a.count, 3);
    assert_int_equal(a.due, world_day("2024-04-10"));
    w.env.today = world_day("2024-04-11");
    assert_true(mv_absent_all(&w.env, one, 2024, unit, &a));
    assert_int_equal(a.count, 1);
    w.env.today = world_day("2024-04-10");
    assert_false(mv_absent_all(&w.env, one, 2024, unit, &a));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_sent_some_owes_what_is_past_due),
        TEST(what_is_not_expected_or_too_small_is_not_owed),
        TEST(a_unit_that_is_no_more_owes_nothing),
        TEST(each_member_that_is_sent_is_owed_but_beside_a_total),
        TEST(every_day_of_a_leap_year_may_be_owed),
        TEST(what_nobody_sent_is_all_that_is_due),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
