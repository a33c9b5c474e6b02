/* Where a verdict is given it is mv_judge's, for random rows under random
 * targets; and it is given often. */
#include <stdio.h>
#include <string.h>

#include "services/judging/verdict.h"
#include "tests/support/random.h"
#include "tests/support/unit.h"
#include "tests/support/world.h"

#define ROUNDS  4000
#define FIGURES 14

static struct test_random rnd;
static struct world w;

static unsigned below(unsigned n)
{
    return (unsigned)test_random_below(&rnd, n);
}

/* Plain forms twice as often as the others. */
static const char *const requires[] = {
    "value >= %s",       "latest >= %s",        "value < %s",
    "latest <= %s",      "value = %s",          "latest > %s",
    "value >= limit",    "latest <= limit",     "value > %s",
    "latest < %s",       "value(-1) >= %s",     "latest > latest(-1)",
    "%s <= value",       "each d: value >= %s", "value * 2 >= %s",
    "growth(-1) > 3 %%",
};

static const char *const measures[] = {"percent", "points", "x_per_1000_y"};
static const char *const units[] = {" %", " points", " x_per_1000_y"};

static void bound(char *out, size_t size, unsigned measure)
{
    (void)snprintf(out, size, "%u%s%s", below(measure == 1 ? 12 : 100),
                   below(3) == 0 ? ".5" : "", units[measure]);
}

static void make_indicators(struct mv_buf *out, unsigned measure,
                            const char *frequency)
{
    static const char *const folds[] = {"sum", "mean", "ratio", "last"};
    mv_buf_printf(out,
                  "indicators:\n  - {id: i, title: {nb: t}, measure: %s, "
                  "frequency: %s, better: higher, over_periods: %s, "
                  "over_units: %s, by: trust, decimals: %u, "
                  "dimension: {id: d, members: {x: X, y: Y}, total: sum}%s}\n",
                  measures[measure], frequency, folds[below(4)],
                  below(2) == 0 ? "none" : "sum", below(3),
                  below(3) == 0 ? ", min_denominator: 4" : "");
}

static void make_targets(struct mv_buf *out, unsigned measure)
{
    char text[64], require[128];
    unsigned n = sizeof requires / sizeof requires[0];
    const char *form = requires[below(n)];
    bound(text, sizeof text, measure);
    /* the forms are constants of this file, with one %s at most */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    (void)snprintf(require, sizeof require, form, text);
#pragma GCC diagnostic pop
    bool two = below(6) == 0;
    mv_buf_printf(out,
                  "targets:\n  - {id: t, year: 2024, text: {nb: t}, "
                  "indicator: i, scope: [region, trust], "
                  "require: [\"%s\"%s]",
                  require, two ? ", \"latest > 0\"" : "");
    if (!two && form[0] != 'e' && below(4) == 0) {
        bound(text, sizeof text, measure);
        mv_buf_printf(out, ", yellow: [\"latest >= %s\"]", text);
    }
    if (strstr(form, "limit") != NULL) {
        bound(text, sizeof text, measure);
        mv_buf_printf(out, ", limits: {ahus: %s}", text);
    }
    mv_buf_printf(out, "%s}\n", below(3) == 0 ? ", compare: displayed" : "");
}

/* Of the frequency; now and then a longer stretch. */
static void period(char *out, size_t size, const char *frequency)
{
    char letter = strcmp(frequency, "A_3") == 0 ? 'T' : frequency[0];
    unsigned year = 2023 + (below(5) > 0);
    unsigned last = letter == 'S'   ? 2
                    : letter == 'T' ? 3
                    : letter == 'Q' ? 4
                    : letter == 'W' ? 9
                                    : 12;
    unsigned n = 1 + below(last);
    if (letter == 'A' || below(25) == 0)
        (void)snprintf(out, size, "%u", year);
    else if (letter == 'D')
        (void)snprintf(out, size, "%u-01-%02u", year, n);
    else if (letter == 'M' && below(20) == 0)
        (void)snprintf(out, size, "%u-Q%u", year, 1 + n % 4);
    else
        (void)snprintf(out, size, "%u-%c%0*u", year, letter, last > 4 ? 2 : 1,
                       n);
}

/* Mostly all of one kind, so that what needs that is met. */
static void figure(const char *frequency, bool pairs)
{
    static const char *const of[] = {"ahus", "ahus", "ous", "hso"};
    static const char *const members[] = {"", "", "", "x"};
    char at[16], value[32];
    char flag = "AAAAAAPEB"[below(9)];
    unsigned kind = below(30);
    period(at, sizeof at, frequency);
    if (kind == 0) {
        (void)snprintf(value, sizeof value, "x");
    } else if (kind == 1) {
        (void)snprintf(value, sizeof value, "-");
        flag = "OMLQ"[below(4)];
    } else if (pairs == (kind > 2)) {
        unsigned den = below(12);
        (void)snprintf(value, sizeof value, "%u/%u", below(den + 1), den);
    } else {
        (void)snprintf(value, sizeof value, "%s%u.%u", below(9) == 0 ? "-" : "",
                       below(12), below(10));
    }
    (void)world_push(&w, "i", of[below(4)], members[below(4)], at, value, flag);
}

/* How many verdicts were given, of which colour. */
static void compare(unsigned given[4])
{
    for (uint32_t unit = 0; unit < w.c->unit_count; unit++) {
        mv_status status;
        if (!mv_verdict(&w.env, 0, unit, &status))
            continue;
        given[status]++;
        mv_judge(&w.env, 0, unit, &w.j);
        assert_int_equal(w.j.status, status);
        assert_int_equal(w.j.reason, MV_REASON_NO);
    }
}

static void a_verdict_is_what_the_judgement_says(void **state)
{
    (void)state;
    static const char *const frequencies[] = {"M", "M", "Q", "A_3",
                                              "S", "A", "W", "D"};
    unsigned given[4] = {0};
    for (int round = 0; round < ROUNDS; round++) {
        struct mv_buf indicators = {0}, targets = {0};
        unsigned measure = below(3);
        const char *frequency = frequencies[below(8)];
        bool pairs = below(3) > 0;
        make_indicators(&indicators, measure, frequency);
        make_targets(&targets, measure);
        world_open(&w, WORLD_UNITS, mv_buf_cstr(&indicators),
                   mv_buf_cstr(&targets));
        w.env.today = world_day("2024-06-15");
        for (unsigned i = below(FIGURES) + 1; i > 0; i--) {
            figure(frequency, pairs);
            compare(given);
        }
        world_close(&w);
        mv_buf_done(&indicators);
        mv_buf_done(&targets);
    }
    assert_true(given[MV_STATUS_GREEN] > ROUNDS / 2);
    assert_true(given[MV_STATUS_RED] > ROUNDS / 2);
    assert_int_equal(given[MV_STATUS_NONE] + given[MV_STATUS_YELLOW], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_verdict_is_what_the_judgement_says),
    };
    rnd = test_random_start("prop_verdict");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
