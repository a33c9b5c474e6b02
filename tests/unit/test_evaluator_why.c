/* What `status` and `explain` say of what is not in a status. */
#include <string.h>

#include "tests/support/asked.h"
#include "tests/support/golden.h"

/* Of days by month, each held against the year before. */
static void start(struct fixture *f)
{
    static const char indicators[] =
        "indicators:\n"
        "  - {id: wait, title: W, measure: days, frequency: M, better: lower,\n"
        "     over_periods: ratio, over_units: ratio, by: trust, due: 10 d}\n";
    static const char targets[] =
        "targets:\n"
        "  - {id: less, year: 2024, text: T, indicator: wait,\n"
        "     scope: [region, trust], require: [value < value(-1)]}\n";
    test_journal_catalogue(&f->j, NULL, indicators, targets);
}

/* Does the one row of the answer that has all of `row` in it say it? */
static bool tells(struct fixture *f, const char *verb, const char *args,
                  const char *row, const char *what)
{
    struct mv_buf all = {0};
    unsigned rows = 0;
    bool found = false;
    char *left = NULL;
    assert_int_equal(ask(f, verb, args), MV_OK);
    test_golden_rows(&all, mv_buf_span(&f->a.page.rows));
    (void)mv_buf_cstr(&all);
    for (char *line = strtok_r((char *)all.at, "\n", &left); line != NULL;
         line = strtok_r(NULL, "\n", &left)) {
        if (strstr(line, row) == NULL)
            continue;
        rows++;
        found = strstr(line, what) != NULL;
        if (!found)
            print_message("%s\n", line);
    }
    mv_buf_done(&all);
    assert_int_equal(rows, 1);
    return found;
}

#define LESS(unit)   "target=less year=2024 unit=" unit
#define STATUS(unit) "\"year\"=>2024, \"unit\"=>\"" unit "\""
#define JUDGED       "{\"what\"=>\"judgement\""
#define CRITERION(text) \
    "{\"what\"=>\"criterion\", \"criterion\"=>{\"text\"=>\"" text "\""
#define LIFE(unit) "{\"what\"=>\"life\", \"unit\"=>\"" unit "\""
#define EACH(m)    CRITERION("each x: value < 90 days\", \"member\"=>\"" m)
#define WEIGHT(unit)                                          \
    "{\"what\"=>\"weight\", \"criterion\"=>\"value >= 10\", " \
    "\"kind\"=>\"value\", \"indicator\"=>\"beds\", \"unit\"=>\"" unit "\""
#define FIGURE(unit, period)                                            \
    "{\"what\"=>\"figure\", \"indicator\"=>\"wait\", \"unit\"=>\"" unit \
    "\", \"period\"=>\"" period "\""

static void what_is_overdue_stands_beside_another_reason(void **state)
{
    struct fixture *f = *state;
    static const char months[] =
        "\"also_overdue\"=>[\"2024-M01\", \"2024-M02\", \"2024-M03\", "
        "\"2024-M04\", \"2024-M05\"]";
    start(f);
    test_world_run(&f->w, &f->j, 0, 10);
    assert_true(tells(f, "status", LESS("ous"), STATUS("ous"), months));
    assert_true(tells(f, "explain", LESS("ous"), JUDGED, months));
}

static void a_break_is_told_with_its_unit_and_period(void **state)
{
    struct fixture *f = *state;
    static const char at[] = "\"broken\"=>{\"indicator\"=>\"wait\", "
                             "\"unit\"=>\"ous\", \"period\"=>\"2024-M01\"}";
    start(f);
    test_journal_delivery(&f->j, "wait - ous 2023-M01 70/10\n"
                                 "wait - ous 2024-M01 60/10 B\n");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_true(tells(f, "status", LESS("hso"), STATUS("hso"), at));
    assert_true(
        tells(f, "explain", LESS("hso"), CRITERION("value < value(-1)"), at));
}

static void a_figure_that_is_not_compared_says_so(void **state)
{
    struct fixture *f = *state;
    static const char counts[] = "\"counts\"=>true}";
    start(f);
    test_journal_delivery(&f->j, "wait - ous 2023-M01 70/10\n"
                                 "wait - ous 2024-M01 60/10\n"
                                 "wait - ous 2024-M02 60/10\n");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_true(
        tells(f, "explain", LESS("ous"), FIGURE("ous", "2023-M01"), counts));
    assert_true(
        tells(f, "explain", LESS("ous"), FIGURE("ous", "2024-M01"), counts));
    assert_true(tells(f, "explain", LESS("ous"), FIGURE("ous", "2024-M02"),
                      "\"counts\"=>false, \"counts_why\"=>\"unshared\"}"));
}

/* Of units and periods, and who comes or goes. */
static void explain_names_who_and_what_is_missing(void **state)
{
    struct fixture *f = *state;
    static const char units[] =
        "units:\n"
        "  - {id: r, name: R, kind: region}\n"
        "  - {id: a, name: A, kind: trust, parent: r}\n"
        "  - {id: b, name: Helse B, kind: trust, parent: r, to: 2024-03-31}\n"
        "  - {id: h, name: H, kind: hospital, parent: b}\n"
        "  - {id: c, name: C, kind: trust, parent: r, from: 2024-02-01}\n"
        "  - {id: d, name: D, kind: trust, parent: r, to: 2022-12-31}\n"
        "  - {id: o, name: O, kind: own, parent: r}\n";
    static const char indicators[] =
        "indicators:\n"
        "  - {id: wait, title: W, measure: days, frequency: A_3, due: 10 d,\n"
        "     better: lower, over_periods: ratio, over_units: ratio,\n"
        "     dimension: {id: x, members: {s: S, v: V}, total: none},\n"
        "     by: trust, except: [o]}\n";
    static const char targets[] =
        "targets:\n"
        "  - {id: less, year: 2024, text: T, indicator: wait,\n"
        "     scope: [region, trust],\n"
        "     require: ['each x: value < 90 days']}\n"
        "  - {id: share, year: 2024, text: T, indicator: wait,\n"
        "     scope: [region], require: ['share(units: value(\"wait/s\") < 90 "
        "days) >= 10 %']}\n"
        "  - {id: highest, year: 2024, text: T, indicator: wait,\n"
        "     scope: [region], require: ['highest(\"wait/s\") < 90 days']}\n";
    test_journal_catalogue(&f->j, units, indicators, targets);
    test_journal_delivery(&f->j, "wait s a 2024-T1 60/1\n"
                                 "wait v a 2024-T1 50/1\n"
                                 "wait v a 2024-T2 70\n");
    test_world_run(&f->w, &f->j, 0, 10);
    static const char units_of_r[] = "\"units_missing\"=>[\"b\", \"c\"]";
    static const char lacks_of_r[] =
        "\"periods_missing\"=>[\"2024-T2\", \"2024-T3\"], "
        "\"units_missing\"=>[\"b\", \"c\"]}";
    assert_true(tells(f, "explain", LESS("r"), JUDGED, lacks_of_r));
    assert_true(tells(f, "explain", LESS("r"), LIFE("b"),
                      "\"name\"=>\"Helse B\", \"to\"=>\"2024-03-31\"}"));
    assert_true(tells(f, "explain", LESS("r"), LIFE("c"),
                      "\"name\"=>\"C\", \"from\"=>\"2024-02-01\"}"));
    assert_true(tells(f, "explain", LESS("a"), EACH("v"),
                      "\"periods_missing\"=>[\"2024-T3\"], "
                      "\"marks\"=>[\"unweighted\"]"));
    assert_true(tells(f, "explain", "target=highest year=2024 unit=r", JUDGED,
                      units_of_r));
    assert_true(tells(f, "explain", "target=share year=2024 unit=r", JUDGED,
                      units_of_r));
}

/* Of a ratio over units; one unit by itself needs none. */
static void what_lacks_its_pairs_says_so(void **state)
{
    struct fixture *f = *state;
    static const char indicators[] =
        "indicators:\n"
        "  - {id: wait, title: W, measure: days, frequency: A_3, due: 10 d,\n"
        "     better: lower, over_periods: ratio, over_units: ratio,\n"
        "     by: trust}\n";
    static const char targets[] =
        "targets:\n"
        "  - {id: less, year: 2024, text: T, indicator: wait,\n"
        "     scope: [region, trust], require: ['value < 90 days']}\n"
        "  - {id: highest, year: 2024, text: T, indicator: wait,\n"
        "     scope: [region], require: ['value - highest < 9 days']}\n";
    static const char bare[] = "\"bare\"=>true";
    test_journal_catalogue(&f->j, NULL, indicators, targets);
    test_journal_delivery(&f->j, "wait - ahus 2024-T1 60\n"
                                 "wait - ous 2024-T1 50\n");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_true(tells(f, "status", LESS("hso"), STATUS("hso"), bare));
    assert_true(
        tells(f, "explain", LESS("hso"), CRITERION("value < 90 days"), bare));
    assert_true(tells(f, "status", "target=highest year=2024 unit=hso",
                      STATUS("hso"), bare));
    assert_false(tells(f, "status", LESS("ous"), STATUS("ous"), bare));
}

/* There a quarter of the year: 40 gives the mean of it 10. */
static void what_a_part_of_the_year_gives_a_sum_is_told(void **state)
{
    struct fixture *f = *state;
    static const char units[] =
        "units:\n"
        "  - {id: r, name: R, kind: region}\n"
        "  - {id: a, name: A, kind: trust, parent: r}\n"
        "  - {id: b, name: B, kind: trust, parent: r, to: 2024-03-31}\n";
    static const char indicators[] =
        "indicators:\n"
        "  - {id: beds, title: B, measure: count, frequency: Q, due: 10 d,\n"
        "     better: higher, over_periods: mean, over_units: sum, by: "
        "trust}\n";
    static const char targets[] =
        "targets:\n"
        "  - {id: beds, year: 2024, text: T, indicator: beds,\n"
        "     scope: [region], require: ['value >= 10']}\n";
    test_journal_catalogue(&f->j, units, indicators, targets);
    test_journal_delivery(&f->j, "beds - a 2024 30\n"
                                 "beds - b 2024-Q1 40\n");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_true(tells(f, "explain", "target=beds year=2024 unit=r", WEIGHT("b"),
                      "\"value\"=>\"40\", \"share\"=>\"25\", "
                      "\"adds\"=>\"10\"}"));
    assert_true(tells(f, "explain", "target=beds year=2024 unit=r", WEIGHT("a"),
                      "\"value\"=>\"30\", \"share\"=>\"75\"}"));
}

/* Points between the trusts lead; the others' numbers are percents, one of
 * them of a growth, and so is what is aimed at. */
static void each_criterion_says_what_it_is_measured_in(void **state)
{
    struct fixture *f = *state;
    static const char indicators[] =
        "indicators:\n"
        "  - {id: part, title: P, measure: percent, frequency: A, better: "
        "lower,\n     decimals: 0, over_periods: ratio, over_units: ratio, by: "
        "trust}\n";
    static const char targets[] =
        "targets:\n"
        "  - {id: t, year: 2024, text: T, indicator: part, scope: [region],\n"
        "     require: [highest - lowest <= 5 pp, value < value(-1),\n"
        "     growth(-1) < 3 %], aim: [value < 1 %]}\n";
#define IN(measure, decimals) \
    "\"measure\"=>\"" measure "\", \"decimals\"=>" decimals
    test_journal_catalogue(&f->j, NULL, indicators, targets);
    test_journal_delivery(&f->j, "part - ahus 2023 5/100\n"
                                 "part - ahus 2024 7/100\n"
                                 "part - ous 2023 50/100\n"
                                 "part - ous 2024 30/100\n");
    test_world_run(&f->w, &f->j, 0, 10);
    const char *args = "target=t year=2024 unit=hso";
    assert_true(tells(f, "explain", args, JUDGED, IN("pp", "1")));
    assert_true(tells(f, "explain", args, CRITERION("highest - lowest <= 5 pp"),
                      IN("pp", "1")));
    assert_true(tells(f, "explain", args, CRITERION("value < value(-1)"),
                      IN("percent", "0")));
    assert_true(tells(f, "explain", args, CRITERION("growth(-1) < 3 %"),
                      IN("percent_change", "1")));
    assert_true(
        tells(f, "explain", args, "{\"what\"=>\"aim\"", IN("percent", "0")));
}

/* The region says 392; its trusts make 387, and of last year what it says. */
static void what_own_figures_count_instead_of_is_told(void **state)
{
    struct fixture *f = *state;
    static const char indicators[] =
        "indicators:\n"
        "  - {id: posts, title: P, measure: count, frequency: A, better: "
        "higher,\n"
        "     dimension: {id: x, members: {m: M, o: O}, total: none},\n"
        "     over_periods: sum, over_units: sum, by: region}\n";
    static const char targets[] =
        "targets:\n"
        "  - {id: more, year: 2024, text: T, indicator: posts,\n"
        "     scope: [region], require: ['value(\"posts/m\") > "
        "value(\"posts/m\", -1)']}\n";
    static const char differs[] = "{\"what\"=>\"disagreement\"";
    test_journal_catalogue(&f->j, NULL, indicators, targets);
    test_journal_delivery(&f->j, "posts m hso 2024 392\nposts m hso 2023 20\n"
                                 "posts m ahus 2024 300\n"
                                 "posts m ous 2024 87\n"
                                 "posts m ahus 2023 20\n"
                                 "posts o hso 2024 5\nposts o ahus 2024 6\n");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_true(tells(f, "explain", "target=more year=2024 unit=hso", differs,
                      "\"kind\"=>\"units\", \"indicator\"=>\"posts\", "));
    assert_true(tells(f, "explain", "target=more year=2024 unit=hso", differs,
                      "\"period\"=>\"2024\", \"stated\"=>\"392\", "
                      "\"made\"=>\"387\", \"difference\"=>\"5\", "));
    assert_true(tells(f, "explain", "target=more year=2024 unit=hso", differs,
                      "\"listed\"=>0}"));
    assert_true(tells(f, "report", "unit=hso year=2024", differs,
                      "\"stated\"=>\"392\", \"made\"=>\"387\""));
}

/* Once for a series that two criteria name, and of what small numbers are
 * hidden in not at all: less the other's, it would tell b's 1 of 3. */
static void a_report_has_what_own_figures_count_instead_of(void **state)
{
    struct fixture *f = *state;
    static const char indicators[] =
        "indicators:\n"
        "  - {id: posts, title: P, measure: count, frequency: A, better: "
        "higher,\n     over_periods: sum, over_units: sum, by: region}\n"
        "  - {id: part, title: P, measure: percent, frequency: A, better: "
        "higher,\n     over_periods: ratio, over_units: ratio, by: region,\n"
        "     min_denominator: 5}\n";
    static const char targets[] =
        "targets:\n"
        "  - {id: more, year: 2024, text: T, indicator: posts,\n"
        "     scope: [region], require: [value > value(-1), value > 3]}\n"
        "  - {id: hide, year: 2024, text: T, indicator: part,\n"
        "     scope: [region], require: [value > 3 %]}\n";
    static const char differs[] = "{\"what\"=>\"disagreement\"";
    test_journal_catalogue(&f->j, NULL, indicators, targets);
    test_journal_delivery(&f->j, "posts - hso 2024 392\nposts - hso 2023 20\n"
                                 "posts - ahus 2024 387\n"
                                 "part - hso 2024 50/100\n"
                                 "part - ahus 2024 40/60\n"
                                 "part - ous 2024 1/3\n");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_true(tells(f, "report", "year=2024 unit=hso", differs,
                      "\"difference\"=>\"5\", "));
    assert_true(tells(f, "report", "year=2024 unit=hso", differs,
                      "\"listed\"=>0, \"target\"=>\"more\"}"));
}

/* Where one criterion has nothing to compare with, and one asks each member
 * beside the total: each difference once. */
static void each_difference_is_told_once_whoever_names_it(void **state)
{
    struct fixture *f = *state;
    static const char indicators[] =
        "indicators:\n"
        "  - {id: posts, title: P, measure: count, frequency: A, better: "
        "higher,\n"
        "     dimension: {id: x, members: {m: M, o: O}, total: sum},\n"
        "     over_periods: sum, over_units: sum, by: region}\n";
    static const char targets[] =
        "targets:\n"
        "  - {id: more, year: 2024, text: T, indicator: posts, scope: "
        "[region],\n"
        "     require: [value > value(-1), value > 3, 'each x: value > 1']}\n";
    test_journal_catalogue(&f->j, NULL, indicators, targets);
    test_journal_delivery(&f->j, "posts m hso 2024 392\n"
                                 "posts m ahus 2024 387\n"
                                 "posts o hso 2024 5\nposts o ahus 2024 5\n");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_true(tells(f, "report", "unit=hso year=2024",
                      "{\"what\"=>\"disagreement\"",
                      "\"stated\"=>\"392\", \"made\"=>\"387\""));
}

/* None of a member that no criterion names, nor where it is the units below
 * that one asks about, nor what `check` finds of the periods. */
static void a_difference_is_told_of_what_counts_alone(void **state)
{
    struct fixture *f = *state;
    static const char indicators[] =
        "indicators:\n"
        "  - {id: posts, title: P, measure: count, frequency: S, better: "
        "higher,\n"
        "     dimension: {id: x, members: {m: M, o: O}, total: none},\n"
        "     over_periods: sum, over_units: sum, by: region}\n";
    static const char targets[] =
        "targets:\n"
        "  - {id: more, year: 2024, text: T, indicator: posts, scope: "
        "[region],\n     require: ['value(\"posts/m\") > 3']}\n"
        "  - {id: most, year: 2024, text: T, indicator: posts, scope: "
        "[region],\n     require: ['highest(\"posts/m\") < 400']}\n";
    static const char differs[] = "{\"what\"=>\"disagreement\"";
    test_journal_catalogue(&f->j, NULL, indicators, targets);
    test_journal_delivery(
        &f->j,
        "posts m hso 2024 392\nposts m hso 2024-S1 9\nposts m hso 2024-S2 9\n"
        "posts m ahus 2024 300\n"
        "posts m ous 2024 87\n"
        "posts o hso 2024 5\nposts o ahus 2024 6\n");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_true(tells(f, "report", "unit=hso year=2024", differs,
                      "\"stated\"=>\"392\", \"made\"=>\"387\""));
    assert_true(tells(f, "report", "unit=hso year=2024", differs,
                      "\"target\"=>\"more\"}"));
}

/* However many series a criterion names. */
static void each_series_of_a_criterion_is_told_of(void **state)
{
    struct fixture *f = *state;
#define POSTS(id)                                               \
    "  - {id: " id ", title: P, measure: count, frequency: A, " \
    "better: higher,\n     over_periods: sum, over_units: sum, by: region}\n"
    static const char indicators[] =
        "indicators:\n" POSTS("p") POSTS("q") POSTS("s");
    static const char targets[] =
        "targets:\n"
        "  - {id: more, year: 2024, text: T, scope: [region],\n"
        "     require: ['value(\"p\") + value(\"q\") + value(\"s\") > 3']}\n";
    unsigned told = 0;
    test_journal_catalogue(&f->j, NULL, indicators, targets);
    test_journal_delivery(&f->j, "p - hso 2024 9\np - ahus 2024 1\n"
                                 "q - hso 2024 9\nq - ahus 2024 2\n"
                                 "s - hso 2024 9\ns - ahus 2024 3\n");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(ask(f, "report", "unit=hso year=2024"), MV_OK);
    for (uint32_t k = 0; k < f->a.rows; k++)
        told += strcmp(text(f, k, "what"), "disagreement") == 0;
    assert_int_equal(told, 3);
}

/* 392 less 387 would tell what ous has with flag Q: that of o, not of the
 * others. */
static void a_difference_is_left_out_where_a_number_of_it_hides(void **state)
{
    struct fixture *f = *state;
    static const char indicators[] =
        "indicators:\n"
        "  - {id: posts, title: P, measure: count, frequency: A, better: "
        "higher,\n     dimension: {id: x, members: [m, o, p], total: none},\n"
        "     over_periods: sum, over_units: sum, by: region}\n";
    static const char targets[] =
        "targets:\n"
        "  - {id: more, year: 2024, text: T, indicator: posts, scope: "
        "[region],\n     require: ['each x: value > 3']}\n";
    char told[8] = "";
    test_journal_catalogue(&f->j, NULL, indicators, targets);
    test_journal_delivery(&f->j, "posts m hso 2024 9\nposts m ahus 2024 1\n"
                                 "posts o hso 2024 392\n"
                                 "posts o ahus 2024 387\n"
                                 "posts o ous 2024 - Q\n"
                                 "posts p hso 2024 9\nposts p ahus 2024 3\n");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(ask(f, "report", "unit=hso year=2024"), MV_OK);
    for (uint32_t k = 0; k < f->a.rows && strlen(told) < 6; k++)
        if (strcmp(text(f, k, "what"), "disagreement") == 0)
            (void)strncat(told, text(f, k, "member"), 1);
    assert_string_equal(told, "mp");
}

/* Half-years against their year are for `check`: no unit below says anything.
 */
static void figures_of_its_own_that_differ_are_not_told(void **state)
{
    struct fixture *f = *state;
    static const char indicators[] =
        "indicators:\n"
        "  - {id: posts, title: P, measure: count, frequency: S, better: "
        "higher,\n     over_periods: sum, over_units: sum, by: region}\n";
    static const char targets[] =
        "targets:\n"
        "  - {id: more, year: 2024, text: T, indicator: posts, scope: "
        "[region],\n     require: [value > 3]}\n";
    static const char *const verbs[][2] = {
        {"check", "year=2024"},
        {"explain", "target=more year=2024 unit=hso"},
        {"report", "year=2024 unit=hso"}};
    test_journal_catalogue(&f->j, NULL, indicators, targets);
    test_journal_delivery(&f->j, "posts - hso 2024 9\nposts - hso 2024-S1 4\n"
                                 "posts - hso 2024-S2 4\n");
    test_world_run(&f->w, &f->j, 0, 10);
    for (size_t i = 0; i < 3; i++) {
        unsigned told = 0;
        assert_int_equal(ask(f, verbs[i][0], verbs[i][1]), MV_OK);
        for (uint32_t k = 0; k < f->a.rows; k++)
            told += strcmp(text(f, k, "what"), "disagreement") == 0;
        assert_int_equal(told, i == 0);
    }
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_is_overdue_stands_beside_another_reason),
        CASE(a_break_is_told_with_its_unit_and_period),
        CASE(a_figure_that_is_not_compared_says_so),
        CASE(explain_names_who_and_what_is_missing),
        CASE(what_lacks_its_pairs_says_so),
        CASE(what_a_part_of_the_year_gives_a_sum_is_told),
        CASE(each_criterion_says_what_it_is_measured_in),
        CASE(what_own_figures_count_instead_of_is_told),
        CASE(a_report_has_what_own_figures_count_instead_of),
        CASE(a_difference_is_told_of_what_counts_alone),
        CASE(each_series_of_a_criterion_is_told_of),
        CASE(a_difference_is_left_out_where_a_number_of_it_hides),
        CASE(figures_of_its_own_that_differ_are_not_told),
        CASE(each_difference_is_told_once_whoever_names_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
