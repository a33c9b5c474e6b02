/* How what the missing periods must average is to be read: which way, of what
 * together, and whether any figure within the range can still decide it. */
#include "services/judging/needed.h"
#include "tests/support/given.h"

static const char *read_for(const char *target, const char *unit)
{
    static const char *const of[] = {[MV_NEEDED_OF_AVERAGE] = "average",
                                     [MV_NEEDED_OF_TOGETHER] = "together",
                                     [MV_NEEDED_OF_LAST] = "last"};
    static const char *const ends[] = {[MV_NEEDED_AVERAGE] = "open",
                                       [MV_NEEDED_SECURED] = "secured",
                                       [MV_NEEDED_IMPOSSIBLE] = "lost"};
    static char text[40];
    (void)world_status(&w, target, 2024, unit);
    assert_int_equal(w.j.count, 1);
    const struct mv_ruling *r = w.j.rulings;
    assert_in_range(r->needed, MV_NEEDED_AVERAGE, MV_NEEDED_IMPOSSIBLE);
    (void)snprintf(text, sizeof text, "%s %s %s", mv_cmp_text(r->needed_cmp),
                   of[r->needed_of], ends[r->needed]);
    return text;
}

static void needs(const char *number)
{
    char text[MV_DEC_TEXT_BYTES];
    assert_string_equal(mv_dec_text(w.j.rulings[0].needed_average, text),
                        number);
}

#define RECENT                 "    forecast: recent(3)\n"
#define SHOWN                  "    compare: displayed\n"
#define READ(target, unit, is) assert_string_equal(read_for(target, unit), is)

static void a_sum_that_cannot_fall_is_secured_once_it_is_there(void **state)
{
    (void)state;
    start(INDICATOR("s", "count", "Q", "sum", "sum", "    min: 0\n")
              INDICATOR("any", "nok", "Q", "sum", "sum", "") INDICATOR(
                  "mean", "nok", "S", "mean", "none", "    min: -2\n")
                  INDICATOR("ten", "count", "Q", "sum", "sum", "    min: 10\n"),
          TARGET("over", "s", "[value > 100]", "")
              TARGET("under", "s", "[value < 100]", "")
                  TARGET("more", "mean", "[value > 0 nok]", "")
                      TARGET("least", "s", "[100 <= value]", "")
                          TARGET("exact", "s", "[value = 130]", "")
                              TARGET("any", "any", "[value > 100 nok]", "")
                                  TARGET("ten", "ten", "[value >= 30]", ""));
    put("s", "ahus", "2024-Q1", "70");
    READ("over", "ahus", "> average open");
    put("s", "ahus", "2024-Q2", "30"); /* 0 is needed, and more than it */
    READ("over", "ahus", "> average open");
    READ("under", "ahus", "< average lost");
    READ("least", "ahus", ">= average secured");
    put("s", "ahus", "2024-Q2", "60");
    READ("over", "ahus", "> average secured");
    READ("over", "hso", "> average secured");
    READ("exact", "ahus", "= average open");
    put("mean", "ahus", "2024-S1", "2");
    READ("more", "ahus", "> average open"); /* -2 brings it to 0 */
    put("any", "ahus", "2024-Q1", "130");
    READ("any", "ahus", "> average open"); /* it may fall */
    put("ten", "ahus", "2024-Q1", "15");
    READ("ten", "ahus", ">= average open"); /* red until it is in */
}

static void a_bound_of_one_is_none_of_a_sum_of_several(void **state)
{
    (void)state;
    start(INDICATOR("s", "count", "Q", "sum", "sum",
                    "    max: 10\n    min: -10\n"),
          TARGET("low", "s", "[value <= 20]", "")
              TARGET("high", "s", "[value >= -20]", ""));
    put("s", "ahus", "2024-S1", "8"); /* 6 a quarter are left */
    READ("low", "ahus", "<= average open");
    READ("high", "ahus", ">= average secured"); /* -28 over two quarters */
    put("s", "ahus", "2024-Q3", "2");
    READ("low", "ahus", "<= average secured"); /* 10 */
    put("s", "ous", "2024-S1", "0");
    put("s", "ous", "2024-Q3", "0");
    READ("low", "hso", "<= average open"); /* the two may bring 20 */
    READ("high", "hso", ">= average open");
}

/* None below 0 is taken in. */
static void what_is_counted_cannot_fall(void **state)
{
    (void)state;
    start(INDICATOR("n", "count", "Q", "sum", "sum",
                    "") INDICATOR("days", "days", "Q", "mean", "none", "")
              INDICATOR("less", "count", "Q", "sum", "sum", "    min: -10\n"),
          TARGET("most", "n", "[value <= 100]", "")
              TARGET("least", "n", "[value >= 100]", "")
                  TARGET("d", "days", "[value <= 10 days]", "")
                      TARGET("less", "less", "[value <= 100]", ""));
    put("n", "ahus", "2024-Q1", "100");
    READ("most", "ahus", "<= average open");
    READ("least", "ahus", ">= average secured");
    put("n", "ahus", "2024-Q1", "130");
    READ("most", "ahus", "<= average lost");
    READ("most", "hso", "<= average lost");
    put("days", "ahus", "2024-Q1", "40");
    READ("d", "ahus", "<= average open");
    put("days", "ahus", "2024-Q1", "41");
    READ("d", "ahus", "<= average lost");
    put("less", "ahus", "2024-Q1", "130");
    READ("less", "ahus", "<= average open");
}

/* A half-year of 10 is 5 a quarter. */
static void one_figure_may_fill_several_periods(void **state)
{
    (void)state;
    start(INDICATOR("up", "nok", "Q", "sum", "sum", "    min: 10\n")
              INDICATOR("down", "nok", "Q", "sum", "sum", "    max: -10\n"),
          TARGET("few", "up", "[value <= 40 nok]", "")
              TARGET("many", "up", "[value >= 35 nok]", RECENT)
                  TARGET("any", "up", "[value >= 15 nok]", RECENT)
                      TARGET("little", "down", "[value >= -40 nok]", "")
                          TARGET("much", "down", "[value <= -35 nok]", RECENT));
    put("up", "ahus", "2024-Q1", "15");
    READ("few", "ahus", "<= average open");
    READ("any", "ahus", ">= average secured"); /* none takes away */
    put("up", "ahus", "2024-Q1", "12");
    READ("many", "ahus", ">= average open");
    put("up", "ahus", "2024-Q1", "41");
    READ("few", "ahus", "<= average lost");
    put("up", "ahus", "2024-Q1", "12");
    put("up", "ahus", "2024-Q2", "10");
    put("up", "ahus", "2024-S2", "10");
    expect("few", "ahus", "green");
    expect("many", "ahus", "red");
    put("down", "ahus", "2024-Q1", "-15");
    READ("little", "ahus", ">= average open");
    put("down", "ahus", "2024-Q1", "-12");
    READ("much", "ahus", "<= average open");
}

/* Two trusts at 40 a quarter come to 265. */
static void what_one_cannot_bring_several_may(void **state)
{
    (void)state;
    start(
        INDICATOR("s", "count", "Q", "sum", "sum", "    max: 40\n    min: 0\n")
            INDICATOR("m", "count", "Q", "sum", "sum",
                      "    max: 40\n" MEMBERS("sum")),
        TARGET("s", "s", "[value >= 200]", "")
            TARGET("few", "s", "[value <= 40]", "")
                TARGET("m", "m", "[value >= 200]", ""));
    put("s", "ahus", "2024-Q1", "25");
    put("s", "ous", "2024-Q1", "25");
    READ("s", "hso", ">= average open");
    READ("s", "ahus", ">= average lost");
    READ("few", "hso", "<= average lost"); /* it was 50, and none takes away */
    READ("few", "ahus", "<= average open");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(world_push(&w, "m", "ahus", i == 0 ? "som" : "vop",
                                    "2024-Q1", "25", 'A'),
                         MV_APPLIED_CHANGED);
    }
    READ("m", "ahus", ">= average open");
}

static void a_part_lies_between_none_and_all_of_its_whole(void **state)
{
    (void)state;
    start(INDICATOR("r", "percent", "Q", "ratio", "ratio", "")
              INDICATOR("bare", "percent", "Q", "ratio", "ratio", "") INDICATOR(
                  "m", "percent", "Q", "ratio", "ratio", "    part: false\n"),
          TARGET("r", "r", "[80 % <= value]", "")
              TARGET("rs", "r", "[value > 80 %]", "")
                  TARGET("re", "r", "[value = 80 %]", "")
                      TARGET("half", "r", "[value < 50 %]", "")
                          TARGET("few", "r", "[value < 5 %]", "")
                              TARGET("some", "r", "[value >= 5 %]", "")
                                  TARGET("bare", "bare", "[value >= 80 %]", "")
                                      TARGET("m", "m", "[value >= 80 %]", ""));
    put("r", "ahus", "2024-Q1", "70/100");
    READ("r", "ahus", ">= together open");
    READ("re", "ahus", "= together open");
    put("r", "ahus", "2024-Q1", "20/100"); /* 100 is needed */
    READ("r", "ahus", ">= together open");
    READ("re", "ahus", "= together open");
    READ("rs", "ahus", "> together lost");
    put("r", "ahus", "2024-Q1", "10/100"); /* (320 - 10) / 3 */
    READ("r", "ahus", ">= together lost");
    READ("re", "ahus", "= together lost");
    READ("half", "ahus", "< together open");
    put("r", "ahus", "2024-S1", "0/100"); /* (50 * 4 - 0) / 2: all of it */
    READ("half", "ahus", "< together open");
    put("r", "ahus", "2024-Q3", "0/50");
    READ("half", "ahus", "< together secured");
    READ("re", "ahus", "= together lost");
    put("r", "ahus", "2024-S1", "10/100"); /* 20 is gone already */
    READ("few", "ahus", "< together lost");
    READ("some", "ahus", ">= together secured");
    put("bare", "ahus", "2024-Q1", "10"); /* 103.3, of what has no whole */
    READ("bare", "ahus", ">= average open");
    put("m", "ahus", "2024-Q1", "10/100");
    READ("m", "ahus", ">= together open");
}

/* What is compared is 99, 99.5, 100: rounded half away from zero. */
static void of_displayed_numbers_the_half_unit_is_asked(void **state)
{
    (void)state;
    start(INDICATOR("r", "percent", "S", "ratio", "ratio",
                    "    max: 100\n    decimals: 0\n")
              INDICATOR("d", "nok", "S", "mean", "none",
                        "    max: 2\n    min: -2\n    decimals: 0\n"),
          TARGET("lt", "r", "[value < 100 %]",
                 SHOWN) TARGET("le", "r", "[value <= 99.4 %]", SHOWN)
              TARGET("ge", "r", "[value >= 100 %]", SHOWN)
                  TARGET("gt", "r", "[value > 99.4 %]", SHOWN)
                      TARGET("eq", "r", "[100 % = value]", SHOWN)
                          TARGET("low", "d", "[value <= -1 nok]", SHOWN)
                              TARGET("up", "d", "[value > -1 nok]", SHOWN)
                                  TARGET("0", "d", "[value = 0 nok]", SHOWN));
    put("r", "ahus", "2024-S1", "990/1000");
    READ("lt", "ahus", "< together open"); /* 100 of 100 makes it 99.5 */
    needs("100");
    READ("le", "ahus", "< together open");
    needs("100");
    READ("ge", "ahus", ">= together open");
    needs("100");
    READ("gt", "ahus", ">= together open");
    needs("100");
    READ("eq", "ahus", "= together open");
    needs("101"); /* exactly; 100 comes to it too */
    put("r", "ahus", "2024-S1", "989/1000");
    READ("lt", "ahus", "< together secured");
    READ("ge", "ahus", ">= together lost");
    READ("eq", "ahus", "= together lost");
    put("d", "ahus", "2024-S1", "-2");
    READ("low", "ahus", "<= average open"); /* -0.5 is shown as -1 */
    needs("1");
    READ("up", "ahus", "> average open");
    READ("0", "ahus", "= average open"); /* red: 1 is too little, 2 is not */
    put("d", "ahus", "2024-S1", "-1");
    READ("low", "ahus", "<= average open");
    needs("0");
    put("d", "ahus", "2024-S1", "1.5");
    READ("low", "ahus", "<= average lost"); /* -2.5 is needed */
    put("d", "ahus", "2024-S1", "-3");      /* at most -0.5 comes of it */
    READ("low", "ahus", "<= average secured");
    READ("up", "ahus", "> average lost");
    READ("0", "ahus", "= average lost");
}

/* A third and two thirds, of which four quarters are told exactly. */
static void what_a_value_is_rounded_by_decides_nothing(void **state)
{
    (void)state;
    start(INDICATOR("r", "percent", "Q", "ratio", "ratio", "")
              INDICATOR("d", "days", "Q", "mean", "none", "    max: 100\n"),
          TARGET("half", "r", "[value >= 50 %]", "")
              TARGET("more", "r", "[value > 50 %]", "")
                  TARGET("days", "d", "[value >= 50 days]", ""));
    for (int i = 0; i < 3; i++) {
        static const char *const at[] = {"2024-Q1", "2024-Q2", "2024-Q3"};
        static const char *const days[] = {"20", "30", "50"};
        put("r", "ahus", at[i], "100/300");
        put("r", "ous", at[i], "200/300");
        put("d", "ahus", at[i], days[i]);
    }
    READ("half", "ahus", ">= together open");
    needs("100");
    READ("days", "ahus", ">= average open");
    needs("100");
    READ("half", "ous", ">= together secured");
    READ("more", "ous", "> together open");
    needs("0");
    put("r", "ahus", "2024-Q4", "300/300");
    put("d", "ahus", "2024-Q4", "100");
    put("r", "ous", "2024-Q4", "0/300");
    expect("half", "ahus", "green");
    expect("days", "ahus", "green");
    expect("more", "ous", "red");
}

static void of_a_stock_the_last_one_counts(void **state)
{
    (void)state;
    start(INDICATOR("l", "count", "Q", "last", "sum", "    min: 0\n"),
          TARGET("l", "l", "[value >= 5]", "")
              TARGET("none", "l", "[value >= 0]", ""));
    put("l", "ahus", "2024-Q1", "7");
    READ("l", "ahus", ">= last open");
    READ("none", "ahus", ">= last secured");
}

static void of_a_last_one_that_is_in_nothing_is_asked(void **state)
{
    (void)state;
    start(INDICATOR("l", "count", "Q", "last", "sum", "    max: 40\n"),
          TARGET("l", "l", "[value >= 50]", "")
              TARGET("f", "l", "[value >= 50]", RECENT)
                  TARGET("low", "l", "[value <= 40]", ""));
    put("l", "ahus", "2024-Q1", "10");
    put("l", "ahus", "2024-Q3", "20");
    READ("l", "ahus", ">= last lost");
    READ("f", "ahus", ">= last lost");
    READ("low", "ahus", "<= last secured");
    put("l", "ahus", "2024-Q4", "20");
    for (size_t i = 0; i < 3; i++) {
        static const char *const targets[] = {"l", "f", "low"};
        (void)world_status(&w, targets[i], 2024, "ahus");
        assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_NO);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(what_is_counted_cannot_fall, finish),
        cmocka_unit_test_teardown(of_a_last_one_that_is_in_nothing_is_asked,
                                  finish),
        cmocka_unit_test_teardown(one_figure_may_fill_several_periods, finish),
        cmocka_unit_test_teardown(what_one_cannot_bring_several_may, finish),
        cmocka_unit_test_teardown(
            a_sum_that_cannot_fall_is_secured_once_it_is_there, finish),
        cmocka_unit_test_teardown(a_bound_of_one_is_none_of_a_sum_of_several,
                                  finish),
        cmocka_unit_test_teardown(a_part_lies_between_none_and_all_of_its_whole,
                                  finish),
        cmocka_unit_test_teardown(of_displayed_numbers_the_half_unit_is_asked,
                                  finish),
        cmocka_unit_test_teardown(what_a_value_is_rounded_by_decides_nothing,
                                  finish),
        cmocka_unit_test_teardown(of_a_stock_the_last_one_counts, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
