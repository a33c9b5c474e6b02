/* What a basis counts: the periods and units that figures are in of, and
 * those that they are expected of. Examples worked by hand. */
#include <stdio.h>
#include <string.h>

#include "services/judging/course.h"
#include "services/judging/gather.h"
#include "tests/support/judging.h"

#define SUM(id, measure, frequency, periods) \
    INDICATOR(id, measure, frequency, periods, "sum", "")
#define BOTH(id, frequency)                                                  \
    "  - {id: " id ", title: T, measure: count, frequency: " frequency ",\n" \
    "     formula: '\"n\" + \"k\"'}\n"

static const char indicators[] = "indicators:\n" SUM("n", "count", "Q", "sum")
    SUM("k", "count", "Q", "sum") SUM("last", "nok", "Q", "last")
        SUM("t", "count", "A_3", "sum") SUM("month", "count", "M", "sum")
            INDICATOR("m", "count", "Q", "sum", "sum", MEMBERS("sum"))
                INDICATOR("pair", "percent", "Q", "ratio", "ratio", "")
                    BOTH("sum", "Q") BOTH("wide", "S");

static void ask_of(const char *scope, const char *indicator,
                   const char *require)
{
    start_target(WORLD_LETTERS, indicators,
                 "year: 2024, scope: [%s], indicator: %s, require: ['%s']",
                 scope, indicator, require);
    w.env.today = world_day("2024-12-01");
}

static void ask(const char *indicator, const char *require)
{
    ask_of("region, trust", indicator, require);
}

static void nil(const char *indicator, const char *unit, const char *period,
                char flag)
{
    (void)world_push(&w, indicator, unit, "", period, "-", flag);
}

/* Of the first criterion: "1 of 4, 1 of 3: 2024-Q1", periods, units, names. */
static const char *basis(const char *unit)
{
    static char out[256];
    char text[MV_PERIOD_TEXT_BYTES];
    struct mv_period at[8];
    (void)world_status(&w, "t", 2024, unit);
    const struct mv_basis *b = &w.j.rulings[0].basis;
    int n = snprintf(out, sizeof out, "%u of %u, %u of %u:", b->periods_in,
                     b->periods_of, b->units_in, b->units_of);
    size_t count = mv_basis_periods(b, 2024, at, 8);
    for (size_t i = 0; i < count; i++)
        n += snprintf(out + n, sizeof out - (size_t)n, " %s",
                      mv_period_text(&at[i], text));
    return out;
}

static void a_period_of_which_nothing_is_expected_is_not_counted(void **state)
{
    (void)state;
    ask("n", "value > 0");
    push("n", "a", "2024-Q1", "1");
    nil("n", "a", "2024-Q2", 'M');
    assert_string_equal(basis("a"), "1 of 3, 1 of 1: 2024-Q1");
    nil("n", "a", "2024-Q3", 'O'); /* expected, and not in */
    assert_string_equal(basis("a"), "1 of 3, 1 of 1: 2024-Q1");
    nil("n", "a", "2024", 'M'); /* a figure says more */
    assert_string_equal(basis("a"), "1 of 1, 1 of 1: 2024-Q1");
    world_close(&w);
    ask("n", "latest > 0");
    push("n", "a", "2024-Q1", "1");
    push("n", "a", "2024-Q2", "1");
    nil("n", "a", "2024", 'M');
    assert_string_equal(basis("a"), "1 of 2, 1 of 1: 2024-Q2");
    world_close(&w);
}

static void a_suppressed_period_is_expected_and_not_in(void **state)
{
    (void)state;
    ask("n", "value > 0");
    push("n", "a", "2024-Q1", "1");
    nil("n", "a", "2024-Q2", 'Q');
    assert_string_equal(basis("a"), "1 of 4, 1 of 1: 2024-Q1");
    world_close(&w);
}

static void a_period_is_partly_of_figures_and_partly_not_expected(void **state)
{
    (void)state;
    ask("t", "value > 0");
    push("t", "a", "2024-S1", "1");
    assert_string_equal(basis("a"), "1 of 3, 1 of 1: 2024-S1");
    nil("t", "a", "2024-S2", 'M');
    assert_string_equal(basis("a"), "2 of 2, 1 of 1: 2024-S1");
    world_close(&w);
}

static void a_period_is_in_where_one_unit_has_it(void **state)
{
    (void)state;
    ask("n", "value > 0");
    push("n", "a", "2024-Q1", "1");
    push("n", "b", "2024-Q2", "1");
    assert_string_equal(basis("r"), "2 of 4, 2 of 3: 2024-Q1 2024-Q2");
    nil("n", "a", "2024-Q2", 'Q');
    nil("n", "b", "2024-Q1", 'M');
    assert_string_equal(basis("r"), "2 of 4, 2 of 3: 2024-Q1 2024-Q2");
    nil("n", "a", "2024-Q3", 'M'); /* of b it is expected */
    nil("n", "a", "2024-Q4", 'Q');
    assert_string_equal(basis("r"), "2 of 4, 2 of 3: 2024-Q1 2024-Q2");
    nil("n", "b", "2024-Q3", 'M');
    nil("n", "b", "2024-Q4", 'Q');
    assert_string_equal(basis("r"), "2 of 3, 2 of 3: 2024-Q1 2024-Q2");
    world_close(&w);
}

static void a_unit_without_any_expected_is_not_counted(void **state)
{
    (void)state;
    static const char *const flags[] = {"MMM", "MMMQ", "MMMO", "MMMM"};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        ask("n", "value > 0");
        push("n", "a", "2024-Q1", "1");
        for (int q = 0; flags[i][q] != '\0'; q++) {
            char period[16];
            (void)snprintf(period, sizeof period, "2024-Q%d", q + 1);
            nil("n", "b", period, flags[i][q]);
        }
        assert_string_equal(basis("r"), i < 3 ? "1 of 4, 1 of 3: 2024-Q1"
                                              : "1 of 4, 1 of 2: 2024-Q1");
        world_close(&w);
    }
}

static void a_unit_with_a_figure_that_cannot_count_is_counted(void **state)
{
    (void)state;
    ask("pair", "value > 0 %");
    push("pair", "a", "2024-Q1", "1/2");
    push("pair", "b", "2024-Q1", "50");
    nil("pair", "b", "2024", 'M');
    nil("pair", "c", "2024", 'M');
    assert_string_equal(basis("r"), "1 of 4, 1 of 2: 2024-Q1");
    world_close(&w);
}

static void each_series_of_a_unit_says_so_for_itself(void **state)
{
    (void)state;
    ask("m", "value > 0");
    (void)world_push(&w, "m", "a", "som", "2024-Q1", "1", 0);
    (void)world_push(&w, "m", "b", "som", "2024", "-", 'M');
    assert_string_equal(basis("r"), "1 of 4, 1 of 2: 2024-Q1");
    (void)world_push(&w, "m", "b", "vop", "2024-Q1", "-", 'L');
    assert_string_equal(basis("r"), "1 of 4, 1 of 3: 2024-Q1");
    (void)world_push(&w, "m", "b", "vop", "2024", "-", 'M');
    assert_string_equal(basis("r"), "1 of 4, 1 of 2: 2024-Q1");
    (void)world_push(&w, "m", "b", "vop", "2024-Q2", "1", 0);
    assert_string_equal(basis("r"), "2 of 4, 2 of 3: 2024-Q1 2024-Q2");
    world_close(&w);
}

static void of_units_below_the_same_are_counted(void **state)
{
    (void)state;
    static const char *const asked[] = {"lowest > 0", "spread >= 0",
                                        "share(units: value > 0) > 0 %"};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        bool share = i == 2; /* each unit has its own periods */
        ask_of("region", "n", asked[i]);
        push("n", "a", "2024-Q1", "1");
        nil("n", "a", "2024-Q3", 'M');
        nil("n", "b", "2024-Q1", 'Q');
        nil("n", "b", "2024-Q2", 'M');
        nil("n", "c", "2024", 'M');
        assert_string_equal(basis("r"), share ? "0 of 0, 1 of 2: 2024-Q1"
                                              : "1 of 3, 1 of 2: 2024-Q1");
        push("n", "b", "2024-Q4", "1");
        assert_string_equal(basis("r"),
                            share ? "0 of 0, 2 of 2: 2024-Q1 2024-Q4"
                                  : "2 of 4, 2 of 2: 2024-Q1 2024-Q4");
        world_close(&w);
    }
}

/* That nothing was expected of an earlier year is no matter. */
static void a_share_asks_for_the_target_s_year(void **state)
{
    (void)state;
    ask_of("region", "n", "share(units: value > value(2023-Q1)) > 0 %");
    push("n", "a", "2023-Q1", "1");
    push("n", "a", "2024-Q1", "2");
    nil("n", "b", "2023", 'M');
    push("n", "b", "2024-Q1", "2");
    nil("n", "c", "2024", 'M');
    push("n", "c", "2023-Q1", "1");
    assert_string_equal(basis("r"), "0 of 0, 1 of 2: 2024-Q1");
    world_close(&w);
}

static void a_derived_number_is_expected_where_all_its_parts_are(void **state)
{
    (void)state;
    static const char *const asked[] = {"value > 0", "lowest > 0"};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        ask_of("region", "sum", asked[i]);
        push("n", "a", "2024-Q1", "1");
        push("k", "a", "2024-Q1", "1");
        push("n", "a", "2024-Q2", "1"); /* not of the other part */
        nil("k", "a", "2024-Q3", 'M');
        nil("n", "a", "2024-Q4", 'Q');
        push("n", "b", "2024-Q1", "1");
        nil("k", "b", "2024", 'M');
        assert_string_equal(basis("r"), "1 of 3, 1 of 2: 2024-Q1");
        nil("n", "c", "2024", 'M');
        push("k", "c", "2024-Q1", "1");
        assert_string_equal(basis("r"), "1 of 4, 1 of 1: 2024-Q1");
        world_close(&w);
    }
}

static void a_derived_number_counts_its_own_periods(void **state)
{
    (void)state;
    ask("wide", "value > 0");
    push("n", "a", "2024-01-01/P9M", "1");
    push("k", "a", "2024-01-01/P9M", "1");
    assert_string_equal(basis("a"), "1 of 2, 1 of 1: 2024-01-01/P9M");
    nil("k", "a", "2024-Q4", 'M');
    assert_string_equal(basis("a"), "2 of 2, 1 of 1: 2024-01-01/P9M");
    world_close(&w);
}

/* What is in is counted, whoever says that nothing is expected there. */
static void what_is_in_is_always_expected(void **state)
{
    (void)state;
    ask("month", "value(2024-T2) > 0");
    push("month", "a", "2024-T2", "1"); /* of the year S1 counts instead */
    push("month", "a", "2024-S1", "1");
    nil("month", "a", "2024-S2", 'M');
    assert_string_equal(basis("a"), "4 of 8, 1 of 1: 2024-T2");
    world_close(&w);
    ask("sum", "value > value(-1)");
    push("n", "r", "2023-Q1", "0"); /* its own, so not child by child */
    push("k", "r", "2023-Q1", "0");
    push("n", "a", "2024-Q1", "1");
    nil("k", "a", "2024", 'M');
    push("k", "b", "2024-Q1", "1");
    nil("k", "c", "2024", 'M');
    assert_string_equal(basis("r"), "1 of 4, 1 of 2: 2024-Q1");
    world_close(&w);
}

static void what_is_not_in_the_value_is_not_counted(void **state)
{
    (void)state;
    ask("n", "value > value(-1)");
    push("n", "a", "2023-Q1", "0");
    push("n", "a", "2024-Q1", "1");
    push("n", "a", "2024-Q2", "1");
    assert_string_equal(basis("a"), "1 of 4, 1 of 1: 2024-Q1");
    world_close(&w);
    ask("last", "value > value(-1)"); /* known only as a whole */
    push("last", "a", "2023", "0");
    push("last", "a", "2024-Q1", "1");
    assert_string_equal(basis("a"), "1 of 4, 1 of 1: 2024-Q1");
    world_close(&w);
    ask("n", "latest > 0");
    push("n", "a", "2024-Q1", "1");
    push("n", "a", "2024-Q2", "1");
    assert_string_equal(basis("a"), "1 of 4, 1 of 1: 2024-Q2");
    world_close(&w);
    ask("last", "value > 0 nok"); /* the last of what is in */
    push("last", "a", "2024-Q1", "1");
    push("last", "a", "2024-Q2", "1");
    assert_string_equal(basis("a"), "2 of 4, 1 of 1: 2024-Q2");
    world_close(&w);
}

/* As reading 30 has it: no more than what is flagged M. */
static void nothing_is_expected_of_a_time_that_a_unit_is_not_there(void **state)
{
    (void)state;
    start_target("units:\n"
                 "  - {id: r, name: R, kind: region}\n"
                 "  - {id: a, name: A, kind: trust, parent: r}\n"
                 "  - {id: b, name: B, kind: trust, parent: r, to: "
                 "2024-06-30}\n"
                 "  - {id: h, name: H, kind: hospital, parent: b}\n",
                 indicators,
                 "year: 2024, scope: [region, trust], indicator: n, "
                 "require: ['value > 0']");
    push("n", "a", "2024-Q1", "1");
    assert_string_equal(basis("r"), "1 of 4, 1 of 2: 2024-Q1");
    nil("n", "h", "2024-Q1", 'M');
    assert_string_equal(basis("r"), "1 of 4, 1 of 2: 2024-Q1");
    nil("n", "h", "2024-Q2", 'M');
    assert_string_equal(basis("r"), "1 of 4, 1 of 1: 2024-Q1");
    push("n", "h", "2024-Q1", "1");
    assert_string_equal(basis("b"), "1 of 1, 1 of 1: 2024-Q1");
    push("n", "h", "2024-Q4", "1"); /* what is in counts all the same */
    assert_string_equal(basis("b"), "2 of 2, 1 of 1: 2024-Q1 2024-Q4");
    world_close(&w);
}

/* Half a year knows of nothing later: c is there from July. */
static void who_is_not_there_yet_is_not_expected(void **state)
{
    (void)state;
    static const char *const asked[] = {"value > 0", "lowest > 0",
                                        "share(units: value > 0) > 0 %"};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        static const char *const told[] = {" 2 of 2:", " 2 of 3:", " 3 of 3:"};
        for (int known = 0; known < 3; known++) {
            start_target("units:\n"
                         "  - {id: r, name: R, kind: region}\n"
                         "  - {id: a, name: A, kind: trust, parent: r}\n"
                         "  - {id: b, name: B, kind: trust, parent: r}\n"
                         "  - {id: c, name: C, kind: trust, parent: r, from: "
                         "2024-07-01}\n",
                         indicators,
                         "year: 2024, scope: [region], indicator: n, "
                         "require: ['%s']",
                         asked[i]);
            w.env.today = world_day("2024-08-01");
            w.env.periods_to =
                world_day(known == 1 ? "2024-09-30" : "2024-06-30");
            push("n", "a", "2024-Q1", "1");
            push("n", "b", "2024-Q2", "1");
            if (known == 2) /* a plan that was pushed ahead */
                push("n", "c", "2024-Q3", "1");
            const char *rests = strstr(basis("r"), ",");
            assert_int_equal(
                strncmp(rests + 1, told[known], strlen(told[known])), 0);
            world_close(&w);
        }
    }
}

/* The units that the first criterion's basis names: "b c". */
static const char *absent(const char *unit, bool naming)
{
    static char out[64];
    int n = 0;
    out[0] = '\0';
    w.j.naming = naming;
    (void)world_status(&w, "t", 2024, unit);
    const struct mv_basis *b = &w.j.rulings[0].basis;
    for (uint16_t i = 0; i < b->absent_kept; i++) {
        struct mv_span id = w.c->units[b->absent_at[i]].id;
        n += snprintf(out + n, sizeof out - (size_t)n, "%s%.*s",
                      i > 0 ? " " : "", (int)id.len, (const char *)id.at);
    }
    return out;
}

static void who_is_not_in_is_named_to_whoever_asks_it(void **state)
{
    (void)state;
    static const char *const asked[] = {"value > 0", "lowest > 0",
                                        "share(units: value > 0) > 0 %"};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        ask_of("region", "n", asked[i]);
        push("n", "b", "2024-Q1", "1");
        assert_string_equal(absent("r", false), "");
        assert_string_equal(absent("r", true), "a c");
        assert_string_equal(absent("r", false), "");
        world_close(&w);
    }
}

/* The periods that the first criterion's value lacks: "2024-Q3 2024-Q4". */
static const char *lacks(const char *unit, bool naming)
{
    static char out[64];
    char text[MV_PERIOD_TEXT_BYTES];
    struct mv_period p;
    int n = 0, at = 0;
    out[0] = '\0';
    w.j.naming = naming;
    assert_string_equal(world_status(&w, "t", 2024, unit), "green");
    const struct mv_basis *b = &w.j.rulings[0].basis;
    const struct mv_lack l = {.missing = b->missing, .count = 1};
    while ((n = mv_lack_next(&l, (mv_freq)b->freq, 2024, n, &p)) != 0)
        at += snprintf(out + at, sizeof out - (size_t)at, "%s%s",
                       at > 0 ? " " : "", mv_period_text(&p, text));
    return out;
}

static void only_what_the_value_asks_for_is_lacking(void **state)
{
    (void)state;
    static const struct {
        const char *require, *more, *lacks;
    } asked[] = {{"value > 0", "", "2024-Q3 2024-Q4"},
                 {"latest > 0", "", ""},
                 {"value(2024-Q2) > 0", "", ""},
                 {"lowest(2024-Q2) > 0", "", ""},
                 {"lowest > 0", "", "2024-Q3 2024-Q4"},
                 {"value > value(2024-Q2)", "", "2024-Q3 2024-Q4"},
                 {"value > 0", ", forecast: recent(3)", ""},
                 {"lowest > 0", ", forecast: recent(3)", ""}};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        start_target(WORLD_LETTERS, indicators,
                     "year: 2024, scope: [region], indicator: n, "
                     "require: ['%s']%s",
                     asked[i].require, asked[i].more);
        push_quarters("n", 2024, QUARTERS("1", "2", "", ""));
        assert_string_equal(lacks("r", true), asked[i].lacks);
        assert_string_equal(lacks("r", false), "");
        world_close(&w);
    }
}

static void a_report_counts_a_year_likewise(void **state)
{
    (void)state;
    struct mv_course c;
    struct mv_course_value v;
    ask("n", "value > 0");
    push("n", "a", "2024-Q1", "1");
    nil("n", "a", "2024-Q2", 'M');
    nil("n", "a", "2024-Q3", 'Q');
    assert_string_equal(basis("a"), "1 of 3, 1 of 1: 2024-Q1");
    assert_true(
        mv_course_open(&c, &w.env, w.j.target, w.j.unit, &w.j.rulings[0]));
    mv_course_year(&c, 2024, &v);
    assert_int_equal(v.periods, 1);
    assert_int_equal(v.of_periods, 3);
    mv_course_done(&c);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_period_of_which_nothing_is_expected_is_not_counted),
        cmocka_unit_test(a_suppressed_period_is_expected_and_not_in),
        cmocka_unit_test(a_period_is_partly_of_figures_and_partly_not_expected),
        cmocka_unit_test(a_period_is_in_where_one_unit_has_it),
        cmocka_unit_test(a_unit_without_any_expected_is_not_counted),
        cmocka_unit_test(a_unit_with_a_figure_that_cannot_count_is_counted),
        cmocka_unit_test(each_series_of_a_unit_says_so_for_itself),
        cmocka_unit_test(of_units_below_the_same_are_counted),
        cmocka_unit_test(a_share_asks_for_the_target_s_year),
        cmocka_unit_test(a_derived_number_is_expected_where_all_its_parts_are),
        cmocka_unit_test(a_derived_number_counts_its_own_periods),
        cmocka_unit_test(what_is_in_is_always_expected),
        cmocka_unit_test(what_is_not_in_the_value_is_not_counted),
        cmocka_unit_test(
            nothing_is_expected_of_a_time_that_a_unit_is_not_there),
        cmocka_unit_test(who_is_not_there_yet_is_not_expected),
        cmocka_unit_test(who_is_not_in_is_named_to_whoever_asks_it),
        cmocka_unit_test(only_what_the_value_asks_for_is_lacking),
        cmocka_unit_test(a_report_counts_a_year_likewise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
