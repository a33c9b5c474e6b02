/* What a status is held against and does not have: which figures, of whom. */
#include "services/judging/lacking.h"
#include "tests/support/judging.h"

static const char units[] = "units:\n"
                            "  - {id: r, name: R, kind: region}\n"
                            "  - {id: a, name: A, kind: trust, parent: r}\n"
                            "  - {id: b, name: B, kind: trust, parent: r}\n";
static const char indicators[] =
    "indicators:\n" INDICATOR("one", "count", "Q", "sum", "sum", "")
        INDICATOR("two", "count", "Q", "sum", "sum", "")
            INDICATOR("of", "count", "Q", "sum", "sum", MEMBERS("sum"))
                INDICATOR("mean", "days", "Q", "mean", "none", "");

static void start(const char *indicator, const char *require)
{
    start_target(units, indicators, "year: 2024, indicator: %s, require: %s",
                 indicator, require);
}

/* "one a 2023 2023-Q1 2023-Q2; ..." */
static void tell(void *ctx, const struct mv_lacking *l)
{
    struct mv_buf *out = ctx;
    char text[MV_PERIOD_TEXT_BYTES];
    const struct mv_indicator *ind = &w.c->indicators[l->indicator];
    const struct mv_unit *u = &w.c->units[l->unit];
    mv_buf_printf(out, "%s%.*s", out->len > 0 ? "; " : "", (int)ind->id.len,
                  (const char *)ind->id.at);
    if (l->member != MV_MEMBER_TOTAL)
        mv_buf_printf(out, " m%u", l->member);
    mv_buf_printf(out, " %.*s %d", (int)u->id.len, (const char *)u->id.at,
                  (int)l->year);
    for (unsigned i = 0; i < l->count; i++)
        mv_buf_printf(out, " %s", mv_period_text(&l->at[i], text));
    if (l->has_only)
        mv_buf_printf(out, " only %s", mv_period_text(&l->only, text));
}

static void expect(const char *unit, const char *wanted)
{
    struct mv_judgement j = {0};
    struct mv_buf text = {0};
    mv_judge(&w.env, world_target(&w, "t", 2024), world_unit(&w, unit), &j);
    mv_lacking(&w.env, &j, tell, &text);
    assert_string_equal(mv_buf_cstr(&text), wanted);
    mv_buf_done(&text);
    mv_judgement_done(&j);
}

static void
the_year_before_is_named_by_the_periods_that_are_in_now(void **state)
{
    (void)state;
    start("one", "['value > value(-1)']");
    push("one", "a", "2024-Q1", "5");
    push("one", "a", "2024-Q3", "5");
    expect("a", "one a 2023 2023-Q1 2023-Q3");
    push("one", "a", "2023-Q2", "4");
    expect("a", "one a 2023 2023-Q1 2023-Q3");
    push("one", "a", "2023-Q1", "4"); /* there is a quarter in common */
    expect("a", "");
}

static void each_unit_below_that_lacks_it_is_named(void **state)
{
    (void)state;
    start("one", "['growth(-1) > 2 %', 'value > value(-2)']");
    push("one", "a", "2024-Q1", "5");
    push("one", "b", "2024", "20");
    expect("r", "one a 2023 2023-Q1; one b 2023 2023-Q1 2023-Q2 2023-Q3 "
                "2023-Q4; one a 2022 2022-Q1; one b 2022 2022-Q1 2022-Q2 "
                "2022-Q3 2022-Q4");
}

static void members_are_named_where_no_total_is_sent(void **state)
{
    (void)state;
    start("of", "['value > value(-1)']");
    push_member("of", "a", "som", "2024-Q2", "5");
    expect("a", "of m0 a 2023 2023-Q2");
}

static void only_the_stretch_that_is_asked_for_is_named(void **state)
{
    (void)state;
    start("one", "['latest > latest(-1)']");
    push("one", "a", "2024-Q1", "5");
    push("one", "a", "2024-Q3", "5");
    expect("a", "one a 2023 2023-Q3");
}

static void a_base_that_is_there_and_no_divisor_is_not_missing(void **state)
{
    (void)state;
    start("one", "['growth(-1) > 2 %']");
    push("one", "a", "2024-Q1", "5");
    push("one", "a", "2023-Q1", "0");
    expect("a", "");
}

/* Of the smallest of two bases the other one lacks. */
static void of_two_bases_only_the_one_that_lacks_is_named(void **state)
{
    (void)state;
    start("one, scope: [region]",
          "['spread <= min(spread(-1), value(\"two\", -1))']");
    push("one", "a", "2024-Q1", "5");
    push("one", "b", "2024-Q1", "9");
    push("one", "a", "2023-Q1", "5");
    push("one", "b", "2023-Q1", "9");
    push("two", "r", "2024-Q1", "5");
    expect("r", "two r 2023 2023-Q1");
}

static void what_has_nothing_this_year_either_is_named_whole(void **state)
{
    (void)state;
    start("one", "['value > value(\"two\", -1)']");
    push("one", "a", "2024-Q1", "5");
    expect("a", "two a 2023");
}

static void a_whole_year_that_is_there_does_not_tell_its_quarters(void **state)
{
    (void)state;
    start("one", "['growth(-1) > 2 %']");
    push("one", "a", "2024-Q1", "5");
    push("one", "a", "2024-Q2", "5");
    push("one", "a", "2023", "20");
    expect("a", "one a 2023 2023-Q1 2023-Q2 only 2023");
    expect("r", "one a 2023 2023-Q1 2023-Q2 only 2023");
    push("one", "a", "2023-Q1", "4"); /* there is a quarter in common */
    expect("a", "");
}

/* Its own figure counts in place of those of the units below. */
static void the_whole_year_of_a_unit_shuts_out_quarters_below_it(void **state)
{
    (void)state;
    start("one", "['growth(-1) > 2 %']");
    push("one", "a", "2024-Q1", "5");
    push("one", "b", "2024-Q2", "5");
    push("one", "a", "2023-Q1", "5");
    push("one", "b", "2023-Q2", "5");
    push("one", "r", "2023", "20");
    expect("r", "one r 2023 2023-Q1 2023-Q2 only 2023");
    expect("a", "");
}

/* What is no sum may be held against a whole year. */
static void a_whole_year_that_can_be_compared_with_is_not_named(void **state)
{
    (void)state;
    start("mean", "['value > value(-1) + value(-2)']");
    push("mean", "a", "2024-Q1", "5");
    push("mean", "a", "2023", "20");
    expect("a", "mean a 2022 2022-Q1");
}

static void units_below_are_not_named_where_nothing_is_rolled_up(void **state)
{
    (void)state;
    start("mean", "['value > value(-1)']");
    push("mean", "a", "2024-Q1", "5");
    push("mean", "a", "2023-S1", "20");
    expect("a", "mean a 2023 2023-Q1 only 2023-S1");
    expect("r", "mean r 2023");
}

static void of_a_member_too_the_longer_figure_is_named(void **state)
{
    (void)state;
    start("of", "['value > value(-1)']");
    push_member("of", "a", "som", "2024-Q2", "5");
    push_member("of", "a", "som", "2023-S1", "5");
    expect("a", "of m0 a 2023 2023-Q2 only 2023-S1");
}

static void of_the_latest_the_longer_figure_is_named(void **state)
{
    (void)state;
    start("one", "['latest > latest(-1)']");
    push("one", "a", "2024-Q1", "5");
    push("one", "a", "2024-Q3", "5");
    push("one", "a", "2023", "5");
    expect("a", "one a 2023 2023-Q3 only 2023");
}

static void what_two_criteria_lack_is_named_once(void **state)
{
    (void)state;
    start("one", "['growth(-1) > 2 %', 'value > value(-1)']");
    push("one", "a", "2024-Q1", "5");
    expect("a", "one a 2023 2023-Q1");
}

static void count(void *ctx, const struct mv_lacking *l)
{
    (void)l;
    ++*(unsigned *)ctx;
}

static void of_more_than_are_told_the_rest_is_not(void **state)
{
    (void)state;
    struct mv_buf many = {0};
    struct mv_judgement j = {0};
    unsigned told = 0;
    mv_buf_text(&many, "units:\n  - {id: r, name: R, kind: region}\n");
    for (unsigned i = 0; i < MV_LACKING_MAX + 2; i++)
        mv_buf_printf(&many, "  - {id: t%u, name: T, kind: trust, parent: r}\n",
                      i);
    start_target(mv_buf_cstr(&many), indicators,
                 "year: 2024, indicator: one, require: ['value > value(-1)']");
    for (unsigned i = 0; i < MV_LACKING_MAX + 2; i++) {
        char unit[16];
        (void)snprintf(unit, sizeof unit, "t%u", i);
        push("one", unit, "2024-Q1", "5");
    }
    mv_judge(&w.env, world_target(&w, "t", 2024), world_unit(&w, "r"), &j);
    mv_lacking(&w.env, &j, count, &told);
    assert_int_equal(told, MV_LACKING_MAX);
    mv_judgement_done(&j);
    mv_buf_done(&many);
}

#define TEST(name) cmocka_unit_test_teardown(name, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_year_before_is_named_by_the_periods_that_are_in_now),
        TEST(each_unit_below_that_lacks_it_is_named),
        TEST(members_are_named_where_no_total_is_sent),
        TEST(only_the_stretch_that_is_asked_for_is_named),
        TEST(of_two_bases_only_the_one_that_lacks_is_named),
        TEST(a_base_that_is_there_and_no_divisor_is_not_missing),
        TEST(what_has_nothing_this_year_either_is_named_whole),
        TEST(a_whole_year_that_is_there_does_not_tell_its_quarters),
        TEST(the_whole_year_of_a_unit_shuts_out_quarters_below_it),
        TEST(a_whole_year_that_can_be_compared_with_is_not_named),
        TEST(units_below_are_not_named_where_nothing_is_rolled_up),
        TEST(of_a_member_too_the_longer_figure_is_named),
        TEST(of_the_latest_the_longer_figure_is_named),
        TEST(what_two_criteria_lack_is_named_once),
        TEST(of_more_than_are_told_the_rest_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
