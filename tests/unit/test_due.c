/* When figures are due, and what a record or a new day touches. */
#include <stdio.h>
#include <string.h>

#include "services/judging/due.h"
#include "tests/support/judging.h"

#define UNITS                                                        \
    "units:\n"                                                       \
    "  - {id: n, name: N, kind: nation}\n"                           \
    "  - {id: r, name: R, kind: region, parent: n}\n"                \
    "  - {id: a, name: A, kind: trust, parent: r}\n"                 \
    "  - {id: a1, name: A1, kind: hospital, parent: a}\n"            \
    "  - {id: b, name: B, kind: trust, parent: r, to: 2023-12-31}\n" \
    "  - {id: o, name: O, kind: own, parent: r, to: 2023-12-31}\n"

#define INDICATORS                                                            \
    "indicators:\n"                                                           \
    "  - {id: m, title: {nb: t}, measure: count, frequency: M, better: "      \
    "higher, over_periods: sum, over_units: sum, by: trust, due: 45 d}\n"     \
    "  - {id: y, title: {nb: t}, measure: count, frequency: Q, better: "      \
    "higher, over_periods: sum, over_units: sum, by: trust, due: 1 August}\n" \
    "  - {id: w, title: {nb: t}, measure: count, frequency: W, better: "      \
    "higher, over_periods: sum, over_units: sum, by: trust, due: 3 d}\n"      \
    "  - {id: never, title: {nb: t}, measure: count, frequency: M, better: "  \
    "higher, over_periods: sum, over_units: sum, by: trust}\n"

#define TARGETS                                                             \
    "targets:\n"                                                            \
    "  - {id: back, years: 2023-2024, text: {nb: t}, indicator: m, scope: " \
    "[region, trust], require: [value > value(-1)]}\n"                      \
    "  - {id: base, year: 2024, text: {nb: t}, indicator: m, scope: "       \
    "[region], require: [value > value(2019)]}\n"                           \
    "  - {id: y, year: 2024, text: {nb: t}, indicator: y, scope: [trust], " \
    "require: [value > 1]}\n"                                               \
    "  - {id: none, year: 2024, text: {nb: t}, indicator: never, scope: "   \
    "[own], require: [value > 1]}\n"                                        \
    "  - {id: w, year: 2024, text: {nb: t}, indicator: w, scope: [trust], " \
    "require: [value > 1]}\n"                                               \
    "  - {id: never, year: 2024, text: {nb: t}, indicator: never, scope: "  \
    "[trust], require: [value > 1]}\n"

static struct mv_touched *touched;

static int setup(void **state)
{
    (void)state;
    world_open(&w, UNITS, INDICATORS, TARGETS);
    touched = mv_touched_open();
    return 0;
}

static int teardown(void **state)
{
    mv_touched_close(touched);
    return finish(state);
}

/* "back/2023/r back/2023/a ", and clears. */
static const char *pairs(void)
{
    static char text[4096];
    const struct mv_pair *p;
    size_t n = mv_touched_pairs(touched, &p);
    int len = 0;
    text[0] = 0;
    for (size_t i = 0; i < n; i++) {
        const struct mv_target *t = &w.c->targets[p[i].target];
        const struct mv_unit *u = &w.c->units[p[i].unit];
        len += snprintf(text + len, sizeof text - (size_t)len, "%.*s/%d/%.*s ",
                        (int)t->id.len, (const char *)t->id.at, t->year,
                        (int)u->id.len, (const char *)u->id.at);
    }
    mv_touched_clear(touched);
    return text;
}

static void figure(const char *indicator, const char *unit, int year)
{
    mv_touched_figure(touched, w.plan, world_unit(&w, unit),
                      world_indicator(&w, indicator), year);
}

static void a_figure_touches_targets_of_the_years_that_use_it(void **state)
{
    (void)state;
    figure("m", "a", 2024);
    assert_string_equal(pairs(), "back/2024/r back/2024/a base/2024/r ");
    figure("m", "a", 2022);
    /* 2019 to 2024: the series may break in between */
    assert_string_equal(pairs(), "back/2023/r back/2023/a base/2024/r ");
    figure("m", "a", 2019);
    assert_string_equal(pairs(), "base/2024/r ");
    figure("m", "a", 2018);
    assert_string_equal(pairs(), "");
    figure("m", "a", 2025);
    assert_string_equal(pairs(), "");
}

static void each_pair_is_judged_once_whatever_touched_it(void **state)
{
    (void)state;
    figure("y", "a1", 2024);
    figure("m", "a1", 2023);
    figure("m", "a", 2023);
    figure("m", "a1", 2024);
    figure("m", "a1", 2023);
    assert_string_equal(pairs(), "back/2023/r back/2023/a back/2024/r "
                                 "back/2024/a base/2024/r y/2024/a ");
}

static void a_unit_that_is_gone_is_not_judged_any_more(void **state)
{
    (void)state;
    figure("m", "b", 2023);
    assert_string_equal(pairs(),
                        "back/2023/r back/2023/b back/2024/r base/2024/r ");
}

static void all_is_every_target_for_every_unit_in_scope(void **state)
{
    (void)state;
    mv_touched_all(touched, w.plan);
    assert_string_equal(pairs(),
                        "back/2023/r back/2023/a back/2023/b back/2024/r "
                        "back/2024/a base/2024/r y/2024/a w/2024/a "
                        "never/2024/a ");
    mv_touched_target(touched, w.plan, world_target(&w, "back", 2023),
                      world_unit(&w, "a"));
    assert_string_equal(pairs(), "back/2023/a ");
}

/* They are walked from anywhere, over targets that judge none. */
static void the_plan_numbers_them_in_the_same_order(void **state)
{
    const struct mv_pair *p;
    (void)state;
    mv_touched_all(touched, w.plan);
    size_t n = mv_touched_pairs(touched, &p);
    assert_int_equal(mv_plan_pairs(w.plan), n);
    for (uint32_t i = 0; i < n; i++) {
        struct mv_pair pair = mv_plan_pair(w.plan, i);
        for (uint32_t k = i; k < n; k++) {
            assert_int_equal(pair.target, p[k].target);
            assert_int_equal(pair.unit, p[k].unit);
            if (k + 1 < n)
                pair = mv_plan_pair_after(w.plan, pair);
        }
    }
    mv_touched_clear(touched);
}

static const char *on(const char *day)
{
    mv_touched_day(touched, w.plan, world_day(day));
    return pairs();
}

static void a_day_touches_only_what_turns_overdue_on_it(void **state)
{
    (void)state;
    /* January is due on 16 March 2024, 45 days after the 31st */
    assert_string_equal(on("2024-03-16"), "");
    assert_string_equal(on("2024-03-17"),
                        "back/2024/r back/2024/a base/2024/r ");
    assert_string_equal(on("2024-03-18"), "");
    /* all quarters of 2024 are due on 1 August 2025 */
    assert_string_equal(on("2025-08-01"), "");
    assert_string_equal(on("2025-08-02"), "y/2024/a ");
    assert_string_equal(on("2024-08-02"), "");
    /* week 10 of 2024 ends on Sunday 10 March and is due on the 13th */
    assert_string_equal(on("2024-03-13"), "");
    assert_string_equal(on("2024-03-14"), "w/2024/a ");
}

static void every_period_turns_overdue_on_exactly_one_day(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < w.c->indicator_count; i++) {
        const struct mv_indicator *ind = &w.c->indicators[i];
        struct mv_period p;
        for (int n = 1; mv_period_nth(ind->frequency, 2024, n, &p); n++) {
            int turns = 0;
            for (int32_t day = world_day("2023-12-01");
                 day < world_day("2026-02-01"); day++) {
                bool before = mv_due_passed(ind, &p, day - 1);
                bool after = mv_due_passed(ind, &p, day);
                int year;
                assert_false(before && !after);
                if (before == after)
                    continue;
                turns++;
                assert_true(mv_due_turns(ind, day, &year));
                assert_int_equal(year, 2024);
            }
            assert_int_equal(turns, ind->due.kind == MV_DUE_NEVER ? 0 : 1);
        }
    }
}

static void the_leap_day_is_the_last_of_february_elsewhere(void **state)
{
    (void)state;
    const struct mv_indicator ind = {.frequency = MV_FREQ_A,
                                     .due = {MV_DUE_DATE, 0, 2, 29}};
    struct mv_period p;
    int32_t day;
    assert_true(mv_period_parse(mv_span_text("2024"), &p));
    assert_true(mv_due_day(&ind, &p, &day));
    assert_int_equal(day, world_day("2025-02-28"));
    assert_true(mv_period_parse(mv_span_text("2023"), &p));
    assert_true(mv_due_day(&ind, &p, &day));
    assert_int_equal(day, world_day("2024-02-29"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_figure_touches_targets_of_the_years_that_use_it),
        CASE(each_pair_is_judged_once_whatever_touched_it),
        CASE(a_unit_that_is_gone_is_not_judged_any_more),
        CASE(all_is_every_target_for_every_unit_in_scope),
        CASE(the_plan_numbers_them_in_the_same_order),
        CASE(a_day_touches_only_what_turns_overdue_on_it),
        CASE(every_period_turns_overdue_on_exactly_one_day),
        CASE(the_leap_day_is_the_last_of_february_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
