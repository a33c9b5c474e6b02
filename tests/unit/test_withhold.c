/* Which numbers of a judgement are not sent: worked by hand. r has the trusts
 * a, b and c, of which a is too small to be shown. */
#include "services/judging/withhold.h"
#include "tests/support/judging.h"

static const char indicators[] = "indicators:\n" INDICATOR(
    "pair", "percent", "A_3", "ratio", "ratio", "    min_denominator: 5\n")
    INDICATOR("twin", "percent", "A_3", "ratio", "ratio",
              "    min_denominator: 5\n")
        INDICATOR("each", "percent", "A_3", "ratio", "ratio",
                  "    min_denominator: 5\n" MEMBERS("none"))
            INDICATOR("apart", "percent", "A_3", "ratio", "none",
                      "    min_denominator: 5\n")
                INDICATOR("last", "percent", "A_3", "last", "ratio",
                          "    min_denominator: 5\n")
                    INDICATOR(
                        "open", "percent", "A_3", "ratio", "ratio",
                        "") "  - {id: both, title: {nb: t}, measure: percent, "
                            "frequency: A_3,\n     formula: '\"twin\" / "
                            "\"open\"'}\n";

static void ask(const char *indicator, const char *require)
{
    start_target(WORLD_LETTERS, indicators,
                 "year: 2024, scope: [region, trust], indicator: %s, "
                 "require: ['%s']",
                 indicator, require);
    w.env.today = world_day("2024-12-01");
}

/* Of a period: a 1/4, b 5/10, c 60/100. */
static void push_three(const char *indicator, const char *period)
{
    push(indicator, "a", period, "1/4");
    push(indicator, "b", period, "5/10");
    push(indicator, "c", period, "60/100");
}

/* What is sent of it: as world_ruling, or what is left of it. */
static void expect(const char *unit, const char *sent)
{
    struct mv_withheld none = {0};
    struct mv_buf text = {0};
    char number[MV_DEC_TEXT_BYTES];
    (void)world_status(&w, "t", 2024, unit);
    mv_withhold(&w.env, &w.j, &none);
    for (uint32_t i = 0; i < w.j.count; i++) {
        const struct mv_ruling *r = &w.j.rulings[i];
        mv_buf_printf(&text, "%s%s%s", i > 0 ? "; " : "",
                      r->hidden ? "hidden " : "",
                      r->status == MV_STATUS_NONE ? mv_reason_text(r->reason)
                                                  : mv_status_text(r->status));
        if (r->has_left)
            mv_buf_printf(&text, " %s", mv_dec_text(r->left, number));
        if (r->has_right)
            mv_buf_printf(&text, " of %s", mv_dec_text(r->right, number));
        if (r->has_margin)
            mv_buf_printf(&text, " by %s", mv_dec_text(r->margin, number));
        if (r->needed != MV_NEEDED_NO)
            mv_buf_text(&text, " needed");
    }
    assert_string_equal(mv_buf_cstr(&text), sent);
    mv_buf_done(&text);
    mv_withheld_done(&none);
}

static void the_next_smallest_has_its_colour_and_the_limit_alone(void **state)
{
    (void)state;
    ask("pair", "value >= 40 %");
    push_three("pair", "2024-T1");
    expect("r", "green 57.894736842105 of 40 by 17.894736842105 needed");
    expect("a", "suppressed");
    expect("b", "hidden green of 40");
    expect("c", "green 60 of 40 by 20 needed");
    push("pair", "a", "2024-T1", "2/5"); /* no longer small */
    expect("b", "green 50 of 40 by 10 needed");
    push("pair", "a", "2024-T1", "1/4");
    push("pair", "b", "2024-T1", "2/4"); /* two: neither tells the other */
    expect("c", "green 60 of 40 by 20 needed");
}

static void a_limit_that_is_figures_goes_too(void **state)
{
    static const char *const asked[][2] = {
        {"value < value(-1)", "hidden red"},
        {"value < 10 %", "hidden red of 10"},
        {"value < path(10 %, 2020, 20 %, 2030)", "hidden red of 14"},
        {"value < path(10 %, 2020, value(-1), 2030)", "hidden red"},
        {"100 % < value", "hidden red of 100"},
        {"value(-1) > value", "hidden red"},
        {"latest < 10 %", "hidden red of 10"},
        {"growth(-1) < -1 %", "hidden red of -1"},
        {"growth(2023-T1) < -1 %", "hidden red of -1"},
        {"value - value(-1) < -10 pp", "hidden red of -10"},
        {"max(value(\"open\"), 1 %) < 0.5 %", "red 1 of 0.5 by -0.5"},
        {"value(\"open\") < value + 1 %", "hidden red"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        ask("pair", asked[i][0]);
        push_three("pair", "2023-T1");
        push_three("pair", "2024-T1");
        push("open", "b", "2024-T1", i + 1 == 11 ? "0/9" : "9/9");
        expect("b", asked[i][1]);
        world_close(&w);
    }
}

/* Where its own figures say what the region is, they say nothing of those
 * below; nor is there anything to tell of what is not rolled up. */
static void nothing_is_hidden_below_a_unit_with_figures_of_its_own(void **state)
{
    (void)state;
    ask("pair", "value >= 40 %");
    push_three("pair", "2024-T1");
    push("pair", "r", "2024-T1", "50/90");
    expect("b", "green 50 of 40 by 10 needed");
    world_close(&w);
    ask("apart", "value >= 40 %");
    push_three("apart", "2024-T1");
    expect("b", "green 50 of 40 by 10 needed");
    world_close(&w);
    ask("open", "value >= 40 %");
    push_three("open", "2024-T1");
    expect("b", "green 50 of 40 by 10 needed");
}

/* latest: the region's last period is T2, where a has no figure. */
static void who_is_not_in_the_roll_up_tells_nothing(void **state)
{
    (void)state;
    ask("pair", "latest >= 40 %");
    push_three("pair", "2024-T1");
    expect("b", "hidden green of 40");
    push("pair", "b", "2024-T2", "5/10");
    push("pair", "c", "2024-T2", "60/100");
    expect("b", "green 50 of 40 by 10");
    push("pair", "a", "2024-T2", "1/3");
    expect("b", "hidden green of 40");
    push("pair", "b", "2024-T2", "50"); /* no pair: in no sum */
    expect("b", "green 50 of 40 by 10");
    expect("c", "hidden green of 40");
}

/* The region's own eight months are no period that the formula has, so that
 * it has no latest; b's is no stretch of the region's. */
static void where_there_is_no_latest_nobody_is_in_it(void **state)
{
    (void)state;
    ask("both", "latest >= 40 %");
    push_three("twin", "2024-T1");
    push("open", "a", "2024-T1", "4/4");
    push("open", "b", "2024-T1", "10/10");
    expect("b", "hidden green of 40");
    push("twin", "r", "2024-01-01/P8M", "50/90");
    push("open", "r", "2024-01-01/P8M", "90/90");
    expect("r", "not_due");
    expect("b", "green 50 of 40 by 10");
}

/* Of c's two hospitals one has no pair, and is in no sum; the other is there
 * no more when the region's last figure is in. */
static void who_is_in_the_roll_up_no_more_tells_nothing(void **state)
{
    (void)state;
    start_target(
        WORLD_LETTERS
        "  - {id: h, name: H, kind: hospital, parent: c, to: 2024-06-30}\n"
        "  - {id: i, name: I, kind: hospital, parent: c, to: 2024-06-30}\n",
        indicators,
        "year: 2024, scope: [trust], indicator: last, "
        "require: ['value >= 40 %%']");
    push("last", "i", "2024-T1", "6/10");
    push("last", "a", "2024-T1", "1/4");
    expect("c", "hidden green of 40");
    push("last", "a", "2024-T3", "1/4");
    expect("c", "green 60 of 40 by 20 needed");
    push("last", "h", "2024-T1", "50");
    expect("c", "green 60 of 40 by 20 needed");
}

static void members_and_criteria_are_hidden_each_by_itself(void **state)
{
    (void)state;
    ask("each", "each tjeneste: value >= 40 %");
    push_member("each", "a", "som", "2024-T1", "1/4");
    push_member("each", "a", "vop", "2024-T1", "9/9");
    push_member("each", "b", "som", "2024-T1", "5/10");
    push_member("each", "b", "vop", "2024-T1", "5/10");
    expect("b", "hidden green of 40; green 50 of 40 by 10 needed; not_due; "
                "not_due");
    expect("a", "suppressed; green 100 of 40 by 60 needed; not_due; not_due");
}

static void a_part_of_what_is_derived_hides_it(void **state)
{
    (void)state;
    ask("both", "value >= 40 %");
    push_three("twin", "2024-T1");
    push_three("open", "2024-T1");
    push("open", "a", "2024-T1", "5/9");
    expect("b", "hidden green of 40");
    expect("c", "green 100 of 40 by 60");
}

static void each_hospital_is_held_against_those_of_its_own_trust(void **state)
{
    (void)state;
    start_target(WORLD_LETTERS
                 "  - {id: h, name: H, kind: hospital, parent: c}\n"
                 "  - {id: i, name: I, kind: hospital, parent: c}\n",
                 indicators,
                 "year: 2024, scope: [trust, hospital], indicator: pair, "
                 "require: ['value >= 40 %%']");
    push("pair", "a", "2024-T1", "9/10");
    push("pair", "b", "2024-T1", "8/10");
    push("pair", "h", "2024-T1", "1/4");
    push("pair", "i", "2024-T1", "8/10");
    expect("i", "hidden green of 40");
    expect("a", "green 90 of 40 by 50 needed");
    expect("b", "green 80 of 40 by 40 needed");
    push("pair", "a", "2024-T1", "1/4");
    expect("b", "hidden green of 40");
    expect("c", "green 64.285714285714 of 40 by 24.285714285714 needed");
}

/* b has one hospital and c two; b is hidden, and so is each below it: what the
 * hospitals have is what it has. */
static void below_one_that_is_hidden_no_number_is_told(void **state)
{
    (void)state;
    start_target(WORLD_LETTERS
                 "  - {id: h, name: H, kind: hospital, parent: b}\n"
                 "  - {id: w, name: W, kind: other, parent: h}\n"
                 "  - {id: i, name: I, kind: hospital, parent: c}\n"
                 "  - {id: k, name: K, kind: hospital, parent: c}\n",
                 indicators,
                 "year: 2024, scope: [hospital, other], indicator: pair, "
                 "require: ['value >= 40 %%', 'value(\"open\") >= 10 %%']");
    push("pair", "a", "2024-T1", "1/4");
    push("pair", "w", "2024-T1", "5/10");
    push("pair", "i", "2024-T1", "30/50");
    push("pair", "k", "2024-T1", "30/50");
    push("open", "w", "2024-T1", "5/10");
    expect("h", "hidden green of 40; green 50 of 10 by 40");
    expect("w", "hidden green of 40; green 50 of 10 by 40");
    expect("i", "green 60 of 40 by 20 needed; not_due");
    push("pair", "a", "2024-T1", "2/5"); /* no longer small */
    expect("w", "green 50 of 40 by 10 needed; green 50 of 10 by 40");
}

/* Each trust with its hospitals after it, as a catalogue may list them. */
static const char *const order[] = {"r", "a", "c", "h", "i", "b"};

static void start_with_hospitals(struct mv_withheld *kept)
{
    start_target(WORLD_LETTERS
                 "  - {id: h, name: H, kind: hospital, parent: c}\n"
                 "  - {id: i, name: I, kind: hospital, parent: c}\n",
                 indicators,
                 "year: 2024, scope: [region, trust, hospital], "
                 "indicator: pair, require: ['value >= 40 %%']");
    push("pair", "a", "2024-T1", "1/4");
    push("pair", "b", "2024-T1", "5/10");
    push("pair", "h", "2024-T1", "1/4");
    push("pair", "i", "2024-T1", "60/100");
    *kept = (struct mv_withheld){0};
}

static bool is_hidden(const char *unit, struct mv_withheld *kept)
{
    (void)world_status(&w, "t", 2024, unit);
    mv_withhold(&w.env, &w.j, kept);
    return w.j.rulings[0].hidden;
}

static void what_is_kept_holds_until_it_is_forgotten(void **state)
{
    struct mv_withheld kept;
    (void)state;
    start_with_hospitals(&kept);
    for (int turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
            assert_int_equal(is_hidden(order[i], &kept),
                             order[i][0] == 'b' || order[i][0] == 'i');
        /* not asked again: what is below c was, since */
        push("pair", "a", "2024-T1", turn == 0 ? "9/40" : "1/4");
    }
    mv_withheld_forget(&kept);
    push("pair", "a", "2024-T1", "9/40");
    assert_false(is_hidden("b", &kept));
    mv_withheld_done(&kept);
}

/* Nor is it where nothing can be: without a number there is none to take. */
static void nothing_is_asked_where_there_is_no_number(void **state)
{
    struct mv_withheld kept;
    (void)state;
    start_with_hospitals(&kept);
    assert_false(is_hidden("a", &kept)); /* suppressed */
    assert_false(kept.level[0].known);
    assert_true(is_hidden("b", &kept));
    assert_true(kept.level[0].known);
    assert_int_equal(kept.level[0].count, 1);
    mv_withheld_done(&kept);
}

#define TEST(name) cmocka_unit_test_teardown(name, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_next_smallest_has_its_colour_and_the_limit_alone),
        cmocka_unit_test(a_limit_that_is_figures_goes_too),
        TEST(nothing_is_hidden_below_a_unit_with_figures_of_its_own),
        TEST(who_is_not_in_the_roll_up_tells_nothing),
        TEST(where_there_is_no_latest_nobody_is_in_it),
        TEST(who_is_in_the_roll_up_no_more_tells_nothing),
        TEST(members_and_criteria_are_hidden_each_by_itself),
        TEST(a_part_of_what_is_derived_hides_it),
        TEST(each_hospital_is_held_against_those_of_its_own_trust),
        TEST(below_one_that_is_hidden_no_number_is_told),
        TEST(what_is_kept_holds_until_it_is_forgotten),
        TEST(nothing_is_asked_where_there_is_no_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
