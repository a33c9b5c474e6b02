/* What a yearly report gives away: who reads it, and knows all figures but
 * those of two small trusts, finds more than one number that the suppressed
 * one may be. */
#include <stdio.h>
#include <string.h>

#include "tests/support/asked.h"
#include "tests/support/golden.h"

#define UNITS(more)                                   \
    "units:\n"                                        \
    "  - {id: r, name: R, kind: region}\n"            \
    "  - {id: ta, name: A, kind: trust, parent: r}\n" \
    "  - {id: tb, name: B, kind: trust, parent: r}\n" \
    "  - {id: tc, name: C, kind: trust, parent: r}\n" \
    "  - {id: td, name: D, kind: trust, parent: r" more "}\n"
#define TARGET(id, kind, require)                               \
    "  - {id: " id ", year: 2024, text: T, indicator: share,\n" \
    "     scope: [" kind "], require: ['" require "']}\n"

static const char indicators[] =
    "indicators:\n"
    "  - {id: posts, title: P, measure: count, frequency: A, better: higher,\n"
    "     over_periods: sum, over_units: sum, by: region}\n"
    "  - {id: parts, title: P, measure: percent, frequency: A,\n"
    "     better: higher, over_periods: ratio, over_units: ratio, by: trust,\n"
    "     dimension: {id: x, members: {m: M, o: O}, total: none},\n"
    "     min_denominator: 10}\n"
    "  - {id: share, title: S, measure: percent, frequency: A_3,\n"
    "     better: higher, over_periods: ratio, over_units: ratio,\n"
    "     by: trust, min_denominator: 10, due: 10 d}\n";

/* What `report` answers of the unit, as text: the caller's. */
static struct mv_buf reported(const char *units, const char *targets,
                              const char *figures, const char *args)
{
    void *state = NULL;
    struct mv_buf all = {0};
    (void)setup(&state);
    struct fixture *f = state;
    test_journal_catalogue(&f->j, units, indicators, targets);
    test_journal_delivery(&f->j, figures);
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(ask(f, "report", args), MV_OK);
    test_golden_rows(&all, mv_buf_span(&f->a.page.rows));
    (void)mv_buf_cstr(&all);
    (void)teardown(&state);
    return all;
}

/* What is known, and when the numbers are that tb and td share. */
struct course {
    const char *units, *known, *tb, *td;
};
enum { DENOMINATOR = 9, BOTH = 12, IS = 4 };
static const struct course begins = {
    UNITS(", from: 2024-02-01"),
    "share - ta 2023 40/90\nshare - tb 2023 10/20\nshare - tc 2023 40/60\n"
    "share - ta 2024 37/91\nshare - tc 2024 45/59\n",
    "2024", "2024"};
static const struct course ends = {
    UNITS(", to: 2023-12-31"),
    "share - ta 2024 40/90\nshare - tb 2024 10/20\nshare - tc 2024 40/60\n"
    "share - ta 2023 37/91\nshare - tc 2023 45/59\n",
    "2023", "2023"};
/* td has but the second tertial, the others but the first. */
static const struct course apart = {
    UNITS(""), "share - ta 2024-T1 37/91\nshare - tc 2024-T1 45/59\n",
    "2024-T1", "2024-T2"};
/* As those, but ta has the second, too. */
static const struct course among = {
    UNITS(""),
    "share - ta 2024-T1 17/41\nshare - ta 2024-T2 20/50\n"
    "share - tc 2024-T1 45/59\n",
    "2024-T1", "2024-T2"};
/* tb has nothing the year before, and td's is as low and as high as the others'
 * if tb's is 4. */
static const struct course level = {
    UNITS(""),
    "share - ta 2023 50/90\nshare - tc 2023 40/60\nshare - td 2023 25/40\n"
    "share - ta 2024 60/90\nshare - tc 2024 40/60\n",
    "2024", "2024"};

/* Where tb's is x. */
static const char *figures_of(const struct course *c, int x)
{
    static char all[600];
    (void)snprintf(all, sizeof all,
                   "%sshare - tb %s %d/9\nshare - td %s %d/12\n", c->known,
                   c->tb, x, c->td, BOTH - x);
    return all;
}

/* How many numbers of tb's the region's report goes with, where its and td's
 * together, which the region's number tells, are as they are. */
static unsigned possible(const struct course *c, const char *require)
{
    char targets[500];
    struct mv_buf told[DENOMINATOR + 1];
    unsigned count = 0;
    (void)snprintf(targets, sizeof targets,
                   "targets:\n" TARGET("own", "region", "value >= 1 %%")
                       TARGET("t", "region", "%s"),
                   require);
    for (int x = 0; x <= DENOMINATOR; x++)
        told[x] =
            reported(c->units, targets, figures_of(c, x), "year=2024 unit=r");
    for (int x = 0; x <= DENOMINATOR; x++)
        count +=
            strcmp((const char *)told[x].at, (const char *)told[IS].at) == 0;
    for (int x = 0; x <= DENOMINATOR; x++)
        mv_buf_done(&told[x]);
    return count;
}

/* What is compared is of the three others. */
static void who_comes_or_goes_leaves_the_small_one_hidden(void **state)
{
    static const char *const requires[] = {
        "value >= 1 %",        "value >= value(-1) - 90 pp",
        "growth(-1) >= -90 %", "value(-1) - value <= 90 pp",
        "latest >= 1 %",       "highest - lowest <= 99 pp"};
    (void)state;
    for (size_t i = 0; i < 2 * sizeof requires / sizeof *requires; i++) {
        const char *require = requires[i / 2];
        unsigned found = possible(i % 2 == 0 ? &begins : &ends, require);
        if (found < 2)
            print_error("told by `%s` (%zu)\n", require, i % 2);
        assert_true(found > 1);
    }
}

static bool has(const struct mv_buf *all, const char *what)
{
    return strstr((const char *)all->at, what) != NULL;
}

/* Nor does a period that it is not in. */
static void a_period_without_one_leaves_the_small_one_hidden(void **state)
{
    static const char *const requires[] = {
        "value >= 1 %", "latest >= 1 %", "value(2024-T1) >= 1 %",
        "value - value(2024-T1) >= -90 pp", "highest - lowest <= 99 pp",
        /* of units below, each hides in one period what it has in no other */
        "highest(2024-T2) >= 1 %", "lowest(2024-T2) >= 1 %",
        "value - highest(2024-T2) >= -99 pp",
        "highest - value(2024-T1) <= 99 pp", "highest(2024-T1) >= 1 %"};
    (void)state;
    for (size_t i = 0; i < 2 * sizeof requires / sizeof *requires; i++) {
        const char *require = requires[i / 2];
        unsigned found = possible(i % 2 == 0 ? &apart : &among, require);
        if (found < 2)
            print_error("told by `%s` (%zu)\n", require, i % 2);
        assert_true(found > 1);
    }
}

/* Of those that are in both years td is one, and hidden in this: whether the
 * year before is a point of the curve does not hang on its number. */
static void an_earlier_year_does_not_come_and_go_with_the_hidden(void **state)
{
    static const char *const requires[] = {"lowest >= 1 %", "highest >= 1 %",
                                           "spread <= 99 pp",
                                           "highest - lowest <= 99 pp"};
    (void)state;
    for (size_t i = 0; i < sizeof requires / sizeof *requires; i++) {
        unsigned found = possible(&level, requires[i]);
        if (found <= DENOMINATOR)
            print_error("told by `%s`: %u\n", requires[i], found);
        assert_true(found > DENOMINATOR);
    }
}

/* Nor is it lost where both have the same, hidden and not. */
static void an_earlier_year_of_the_same_is_told_beside_the_hidden(void **state)
{
    static const char targets[] =
        "targets:\n" TARGET("t", "region", "lowest >= 1 %");
    (void)state;
    for (int small = 0; small < 2; small++) {
        char figures[800];
        (void)snprintf(figures, sizeof figures, "%s%s", figures_of(&level, IS),
                       small ? "share - tb 2023 3/9\n" : "");
        struct mv_buf all =
            reported(level.units, targets, figures, "year=2024 unit=r");
        assert_int_equal(has(&all, "{\"year\"=>2023"), small);
        mv_buf_done(&all);
    }
}

/* td's is not in the first. */
static void the_highest_of_a_period_is_told_without_the_hidden(void **state)
{
    static const char targets[] =
        "targets:\n" TARGET("t", "region", "highest(2024-T1) >= 1 %");
    (void)state;
    struct mv_buf all = reported(among.units, targets, figures_of(&among, IS),
                                 "year=2024 unit=r");
    assert_true(has(&all, "\"value\"=>\"76.271186440678\", \"limit\""));
    mv_buf_done(&all);
}

/* That of td, hidden beside tb's, is its year's. */
static void who_is_hidden_beside_it_has_no_periods(void **state)
{
    static const char targets[] =
        "targets:\n" TARGET("t", "trust", "value >= 1 %");
    (void)state;
    for (int small = 0; small < 2; small++) {
        char figures[800];
        (void)snprintf(figures, sizeof figures, "%s%s", figures_of(&apart, IS),
                       small ? "" : "share - tb 2024-T2 4/90\n");
        struct mv_buf all =
            reported(UNITS(""), targets, figures, "year=2024 unit=td");
        assert_int_equal(has(&all, "66.66"), !small);
        mv_buf_done(&all);
    }
}

/* The numbers that tell nothing are there all the same. */
static void what_is_of_all_is_told(void **state)
{
    static const char targets[] =
        "targets:\n" TARGET("t", "region", "value >= 1 %");
    static const char figures[] = "share - ta 2023 40/90\n"
                                  "share - tb 2023 10/20\n"
                                  "share - ta 2024 37/91\n"
                                  "share - tb 2024 4/9\n"
                                  "share - tc 2024 45/59\n"
                                  "share - td 2024 8/12\n";
    (void)state;
    struct mv_buf all =
        reported(UNITS(""), targets, figures, "year=2024 unit=r");
    assert_true(has(&all, "\"value\"=>\"54.970760233918\"")); /* 94/171 */
    assert_true(has(&all, "\"hidden\"=>true, \"line\"=>\"1\", \"units\"=>2"));
    assert_false(has(&all, "\"now\""));
    assert_true(has(&all, "\"unit\"=>\"ta\""));
    mv_buf_done(&all);
    /* nothing is suppressed: compared over what both years have */
    all = reported(UNITS(", from: 2024-02-01"), targets,
                   "share - ta 2023 40/90\nshare - ta 2024 37/91\n"
                   "share - td 2024 8/12\n",
                   "year=2024 unit=r");
    assert_true(has(&all, "\"now\"=>\"40.659340659341\""));
    assert_true(has(&all, "\"before\"=>\"44.444444444444\""));
    mv_buf_done(&all);
    /* something is, and the years have all the same units */
    all = reported(UNITS(""), targets,
                   "share - ta 2023 40/90\nshare - tb 2023 1/9\n"
                   "share - tc 2023 9/12\n"
                   "share - ta 2024 37/91\nshare - tb 2024 2/9\n"
                   "share - tc 2024 9/12\n",
                   "year=2024 unit=r");
    assert_true(has(&all, "\"now\"=>\"42.857142857143\""));
    mv_buf_done(&all);
}

/* The stretch of a tertial: less those of the others it would tell tb's. */
static void beside_a_small_one_no_stretch_is_told(void **state)
{
    static const char targets[] =
        "targets:\n" TARGET("t", "trust", "value >= 1 %")
            TARGET("u", "trust", "value >= value(-1) - 90 pp");
    (void)state;
    struct mv_buf all =
        reported(UNITS(""), targets,
                 "share - ta 2023-T1 40/90\nshare - ta 2023-T2 30/90\n"
                 "share - tb 2023-T1 3/9\nshare - tb 2023-T2 60/90\n"
                 "share - ta 2024-T1 37/91\nshare - tb 2024-T1 20/40\n",
                 "year=2024 unit=ta");
    assert_false(has(&all, "\"now\""));
    assert_true(has(&all, "\"status\"=>\"green\", \"reason\"=>\"\", "
                          "\"hidden\"=>true, \"measure\""));
    assert_true(has(&all, "\"value\"=>\"40.659340659341\", \"limit\"=>\"1\""));
    mv_buf_done(&all);
}

/* The region's own 392, less what the others have, is tb's that has flag Q,
 * though td may have something: it has nothing. */
static void less_the_others_own_figures_tell_nobody_s(void **state)
{
    static const char targets[] =
        "targets:\n"
        "  - {id: t, year: 2024, text: T, indicator: posts, scope: [region],\n"
        "     require: [value >= 1]}\n";
#define OWN "posts - r 2024 392\nposts - ta 2024 300\nposts - tc 2024 87\n"
#define Q   "posts - tb 2024 - Q\n"
    static const struct {
        const char *units, *figures;
        bool told;
    } cases[] = {
        {UNITS(", to: 2023-12-31"), OWN, true},
        {UNITS(", to: 2023-12-31"), OWN Q, false},
        {UNITS(""), OWN Q, false},
        {UNITS(""), OWN Q "posts - td 2024 - M\n", false},
        {UNITS(", to: 2024-01-31"), OWN Q, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool told = cases[i].told;
        struct mv_buf all = reported(cases[i].units, targets, cases[i].figures,
                                     "year=2024 unit=r");
        assert_true(has(&all, "\"value\"=>\"392\""));
        assert_int_equal(has(&all, "\"what\"=>\"disagreement\""), told);
        assert_int_equal(has(&all, "\"difference\"=>\"5\""), told);
        assert_int_equal(has(&all, "\"lowest\""), told);
        assert_int_equal(has(&all, "87"), told);
        mv_buf_done(&all);
    }
}

/* A total that may not be told is not told by its parts, be it too small or
 * pushed with flag Q; without one they are what is told. */
static void a_reported_total_that_is_suppressed_has_no_members(void **state)
{
    static const char targets[] =
        "targets:\n"
        "  - {id: t, year: 2024, text: T, indicator: parts, scope: [trust],\n"
        "     state: report_only}\n";
    static const char *const figures[] = {
        "parts m ta 2024 12/20\nparts - ta 2024 20/40\n",
        "parts m ta 2024 12/20\nparts - ta 2024 2/5\n",
        "parts m ta 2024 12/20\nparts - ta 2024 - Q\n"};
    (void)state;
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        struct mv_buf all =
            reported(UNITS(""), targets, figures[i], "year=2024 unit=ta");
        const char *row = strstr((const char *)all.at, "\"criterion\"");
        assert_non_null(row);
        assert_null(strstr(row + 1, "\"criterion\""));
        assert_null(strstr(row, "\"member\""));
        assert_int_equal(has(&all, "\"reason\"=>\"suppressed\", \"measure\""),
                         i > 0);
        mv_buf_done(&all);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_comes_or_goes_leaves_the_small_one_hidden),
        cmocka_unit_test(a_period_without_one_leaves_the_small_one_hidden),
        cmocka_unit_test(an_earlier_year_does_not_come_and_go_with_the_hidden),
        cmocka_unit_test(an_earlier_year_of_the_same_is_told_beside_the_hidden),
        cmocka_unit_test(the_highest_of_a_period_is_told_without_the_hidden),
        cmocka_unit_test(who_is_hidden_beside_it_has_no_periods),
        cmocka_unit_test(what_is_of_all_is_told),
        cmocka_unit_test(beside_a_small_one_no_stretch_is_told),
        cmocka_unit_test(less_the_others_own_figures_tell_nobody_s),
        cmocka_unit_test(a_reported_total_that_is_suppressed_has_no_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
