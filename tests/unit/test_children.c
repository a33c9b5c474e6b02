/* lowest, highest, spread and share by examples worked by hand. */
#include <stdio.h>

#include "tests/support/judging.h"

static const char indicators[] = "indicators:\n" INDICATOR(
    "wait", "days", "A_3", "mean", "none", "    except: [c]\n    due: 45 d\n")
    INDICATOR("pair", "percent", "A_3", "ratio", "ratio",
              "    min_denominator: 5\n")
        INDICATOR("all", "days", "A_3", "mean", "none", "");

static void ask(const char *indicator, const char *require)
{
    start_target(WORLD_LETTERS, indicators,
                 "year: 2024, scope: [region], indicator: %s, "
                 "require: ['%s'], yellow: ['%s']",
                 indicator, require, require);
    w.env.today = world_day("2024-12-01");
}

static void expect(const char *ruling, unsigned units_in, unsigned units_of)
{
    (void)world_status(&w, "t", 2024, "r");
    assert_string_equal(world_ruling(&w, 0), ruling);
    assert_int_equal(w.j.rulings[0].basis.units_in, units_in);
    assert_int_equal(w.j.rulings[0].basis.units_of, units_of);
}

/* Why they are, each followed by a space. */
static void expect_left_out(const char *why)
{
    struct mv_buf text = {0};
    const struct mv_basis *b = &w.j.rulings[0].basis;
    for (unsigned i = 0; i < b->left_out_kept; i++)
        mv_buf_printf(&text, "%s ", mv_left_out_text(b->left_out_at[i].why));
    assert_string_equal(mv_buf_cstr(&text), why);
    mv_buf_done(&text);
}

static void who_is_excepted_is_not_looked_at(void **state)
{
    (void)state;
    static const char *const asked[][2] = {
        {"lowest = 4 days", "green 4 4 0"},
        {"highest = 9 days", "green 9 9 0"},
        {"spread = 5 days", "green 5 5 0"},
    };
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        ask("wait", asked[i][0]);
        push("wait", "a", "2024-T1", "4");
        push("wait", "b", "2024-T1", "9");
        push("wait", "c", "2024-T1", "1");
        push("wait", "r", "2024-T1", "0");
        expect(asked[i][1], 2, 2);
        world_close(&w);
    }
}

static void years_are_compared_child_by_child(void **state)
{
    (void)state;
    ask("wait", "spread < spread(-1)");
    push("wait", "a", "2024-T1", "4");
    push("wait", "b", "2024-T1", "9");
    push("wait", "a", "2023-T1", "3");
    expect("red 0 0 0", 1, 2);
    push("wait", "b", "2023-T1", "9");
    expect("green 5 6 1", 2, 2);
    (void)world_push(&w, "wait", "b", "", "2024-T1", "9", 'B');
    expect("none series_break", 0, 0);
    world_close(&w);
}

static void the_suppressed_and_the_next_smallest_are_hidden(void **state)
{
    (void)state;
    ask("pair", "lowest > 0 %");
    push("pair", "a", "2024-T1", "1/4");
    push("pair", "b", "2024-T1", "1/6");
    push("pair", "c", "2024-T1", "4/8");
    expect("green 50 0 50", 1, 3);
    expect_left_out("suppressed hidden ");
    push("pair", "b", "2024-T1", "1/4");
    expect("green 50 0 50", 1, 3);
    expect_left_out("suppressed suppressed "); /* neither tells the other */
    push("pair", "c", "2024-T1", "1/4");
    expect("none suppressed", 0, 0);
    world_close(&w);
}

static void without_any_child_it_is_why_they_have_nothing(void **state)
{
    (void)state;
    ask("wait", "spread < 5 days");
    assert_string_equal(world_status(&w, "t", 2024, "r"),
                        "none overdue overdue 2024-T1 2024-T2");
    world_close(&w);
}

static void a_share_is_an_exact_ratio_of_units_that_can_be_judged(void **state)
{
    (void)state;
    ask("all", "share(units: value > 3 days) >= 66.666667 %");
    push("all", "a", "2024-T1", "5");
    push("all", "b", "2024-T1", "4");
    expect("green 100 66.666667 33.333333", 2, 3); /* c is left out */
    assert_int_equal(w.j.rulings[0].basis.left_out, 1);
    expect_left_out("not_due ");
    push("all", "c", "2024-T1", "3");
    expect("red 66.666666666667 66.666667 -0.000000333333", 3, 3);
    world_close(&w);
}

/* As each unit's own status would be, were it judged by the condition. */
static void a_displayed_condition_holds_by_what_is_shown(void **state)
{
    (void)state;
    for (int displayed = 0; displayed < 2; displayed++) {
        start_target(WORLD_LETTERS, indicators,
                     "year: 2024, scope: [region], indicator: all, compare: "
                     "%s, require: ['share(units: value >= 3 days) >= 50 %%']",
                     displayed ? "displayed" : "exact");
        push("all", "a", "2024-T1", "2.96");
        push("all", "b", "2024-T1", "2.94");
        expect(displayed ? "green 50 50 0" : "red 0 50 -50", 2, 3);
        world_close(&w);
    }
}

/* What the one share lacks is not forgotten over the other. */
static void of_two_shares_one_may_be_overdue(void **state)
{
    (void)state;
    static const char *const asked[] = {
        "share(units: value > 3 days) >= share(units: \"all\" > 3 days)",
        "share(units: \"all\" > 3 days) >= share(units: value > 3 days)",
    };
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        ask("wait", asked[i]);
        push("all", "a", "2024-T1", "5");
        push("all", "b", "2024-T1", "5");
        assert_string_equal(world_status(&w, "t", 2024, "r"),
                            "none overdue overdue 2024-T1 2024-T2");
        world_close(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_excepted_is_not_looked_at),
        cmocka_unit_test(years_are_compared_child_by_child),
        cmocka_unit_test(the_suppressed_and_the_next_smallest_are_hidden),
        cmocka_unit_test(without_any_child_it_is_why_they_have_nothing),
        cmocka_unit_test(a_share_is_an_exact_ratio_of_units_that_can_be_judged),
        cmocka_unit_test(of_two_shares_one_may_be_overdue),
        cmocka_unit_test(a_displayed_condition_holds_by_what_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
