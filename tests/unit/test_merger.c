/* The edges of stocks that end and begin (stock.c): when one counts no more,
 * and what the others weigh. Each number is worked by hand beside it. */
#include "services/judging/weigh.h"
#include "tests/support/judging.h"

#define REGION "units:\n  - {id: r, name: R, kind: region}\n"
#define TRUST(id, more) \
    "  - {id: " id ", name: " id ", kind: trust, parent: r" more "}\n"
#define HOSPITAL(id, in, more) \
    "  - {id: " id ", name: " id ", kind: hospital, parent: " in more "}\n"
#define MERGING(to, from)                                          \
    REGION TRUST("old", ", to: " to) TRUST("new", ", from: " from) \
        TRUST("c", "")
#define IN_JUNE MERGING("2024-06-30", "2024-07-01")

static const char indicators[] =
    "indicators:\n" INDICATOR("last", "points", "Q", "last", "sum", "")
        INDICATOR("thirds", "points", "A_3", "last", "sum",
                  "") INDICATOR("yearly", "points", "A", "last", "sum", "")
            INDICATOR("weeks", "points", "W", "last", "sum", "")
                INDICATOR("mean", "points", "Q", "mean", "sum", "")
                    INDICATOR("monthly", "points", "M", "mean", "sum", "")
                        INDICATOR("weekly", "points", "W", "mean", "sum", "");

static void ask(const char *units, const char *indicator, const char *more)
{
    start_target(units, indicators,
                 "years: 2024-2026, scope: [region, trust], indicator: %s, "
                 "%srequire: ['value >= 232 points']",
                 indicator, more);
}

static const char *region(int year)
{
    (void)world_status(&w, "t", year, "r");
    return world_ruling(&w, 0);
}

struct figure {
    const char *unit, *period, *value;
};

/* One by one: what the region's value is after each; NULL: it is not asked. */
struct step {
    struct figure figure;
    const char *found;
};

static void assert_steps(const char *units, const char *indicator,
                         const char *more, const struct step *steps)
{
    ask(units, indicator, more);
    for (; steps->figure.unit != NULL; steps++) {
        push(indicator, steps->figure.unit, steps->figure.period,
             steps->figure.value);
        if (steps->found != NULL)
            assert_string_equal(region(2024), steps->found);
    }
    world_close(&w);
}

#define STEPS(...) \
    ((const struct step[]){__VA_ARGS__, {{NULL, NULL, NULL}, NULL}})

/* ---- when it counts no more ---- */

/* The last stretch begins in old's days and ends after them: 40 + 192. */
static void a_last_is_what_is_there_where_it_ends(void **state)
{
    (void)state;
    static const char *const periods[][2] = {
        {"last", "2024-Q4"}, {"thirds", "2024-T3"}, {"yearly", "2024"}};
    for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++) {
        const char *p = periods[i][1];
        assert_steps(MERGING("2024-10-31", "2024-11-01"), periods[i][0], "",
                     STEPS({{"old", p, "38"}, "red 38 232 -194"},
                           {{"c", p, "192"}, "red 230 232 -2"},
                           {{"new", p, "40"}, "green 232 232 0"}));
    }
}

/* Week 53 of 2026 ends on 3 January: who is there on 31 December is there. */
static void a_week_that_ends_in_the_next_year_ends_nobody(void **state)
{
    (void)state;
    ask(MERGING("2026-12-31", "2027-01-01"), "weeks", "");
    push("weeks", "old", "2026-W53", "40");
    push("weeks", "c", "2026-W53", "192");
    assert_string_equal(region(2026), "green 232 232 0");
    world_close(&w);
}

/* 38 + 192 until new is in, then 40 + 192; Q4 alone of c changes nothing. */
static void one_that_ended_counts_until_its_successor_is_in(void **state)
{
    (void)state;
    assert_steps(IN_JUNE, "last", "",
                 STEPS({{"old", "2024-Q2", "38"}, NULL},
                       {{"c", "2024-Q2", "192"}, "red 230 232 -2"},
                       {{"c", "2024-Q3", "192"}, "red 230 232 -2"},
                       {{"c", "2024-Q4", "192"}, "red 230 232 -2"},
                       {{"new", "2024-Q3", "40"}, "green 232 232 0"}));
    /* (38 * 12 + 192 * 12) / 12, then (38 * 6 + 40 * 6 + 192 * 12) / 12 */
    assert_steps(IN_JUNE, "mean", "",
                 STEPS({{"old", "2024-S1", "38"}, NULL},
                       {{"c", "2024-S1", "192"}, "red 230 232 -2"},
                       {{"c", "2024-Q3", "192"}, "red 230 232 -2"},
                       {{"c", "2024-Q4", "192"}, "red 230 232 -2"},
                       {{"new", "2024-S2", "40"}, "red 231 232 -1"}));
}

/* All that is known: 38 to June, 192 all the year, by what Q1 was. */
static void a_merger_known_in_advance_turns_nothing(void **state)
{
    (void)state;
    assert_steps(IN_JUNE, "mean", "forecast: recent(1), ",
                 STEPS({{"old", "2024-Q1", "38"}, NULL},
                       {{"c", "2024-Q1", "192"}, "red 230 232 -2"}));
    assert_steps(IN_JUNE, "last", "forecast: recent(1), ",
                 STEPS({{"old", "2024-Q1", "38"}, NULL},
                       {{"c", "2024-Q1", "192"}, "red 230 232 -2"}));
}

/* Nobody begins after it: 192, and 38 / 2 + 192 of a mean. */
static void one_without_a_successor_ends_with_its_days(void **state)
{
    (void)state;
    static const char *const units[] = {
        REGION TRUST("old", ", to: 2024-06-30") TRUST("c", ""),
        REGION TRUST("old", ", to: 2024-06-30") TRUST("c", "")
            TRUST("new", ", from: 2024-04-01"),
        REGION TRUST("old", ", to: 2024-06-30") TRUST("c", "")
            TRUST("new", ", from: 2025-01-01"),
    };
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        assert_steps(units[i], "last", "",
                     STEPS({{"old", "2024-Q2", "38"}, NULL},
                           {{"c", "2024-Q2", "192"}, "red 230 232 -2"},
                           {{"c", "2024-Q3", "192"}, "red 192 232 -40"}));
        assert_steps(units[i], "mean", "",
                     STEPS({{"old", "2024-S1", "38"}, NULL},
                           {{"c", "2024", "192"}, "red 211 232 -21"}));
    }
}

static void who_is_in_no_roll_up_takes_nothing_over(void **state)
{
    (void)state;
    start_target(IN_JUNE,
                 "indicators:\n" INDICATOR("last", "points", "Q", "last", "sum",
                                           "    except: new\n"),
                 "year: 2024, scope: [region, trust], indicator: last, "
                 "require: ['value >= 232 points']");
    push("last", "old", "2024-Q2", "38");
    push("last", "c", "2024-Q3", "192");
    assert_string_equal(region(2024), "red 192 232 -40");
    world_close(&w);
}

/* The first of the two ends it: 20 + 192, then 20 + 20 + 192. */
static void one_is_split_into_two(void **state)
{
    (void)state;
    assert_steps(REGION TRUST("old", ", to: 2024-06-30")
                     TRUST("n1", ", from: 2024-07-01")
                         TRUST("n2", ", from: 2024-07-01") TRUST("c", ""),
                 "last", "",
                 STEPS({{"old", "2024-Q2", "38"}, NULL},
                       {{"c", "2024-Q3", "192"}, "red 230 232 -2"},
                       {{"n1", "2024-Q3", "20"}, "red 212 232 -20"},
                       {{"n2", "2024-Q3", "20"}, "green 232 232 0"}));
}

/* What takes over is beside the trust that ended, wherever below it reported:
 * old's own successor in it does not outlive it. */
static void hospitals_end_with_their_trust(void **state)
{
    (void)state;
    assert_steps(IN_JUNE HOSPITAL("h", "old", "") HOSPITAL("k", "new", ""),
                 "last", "",
                 STEPS({{"h", "2024-Q2", "38"}, NULL},
                       {{"c", "2024-Q3", "192"}, "red 230 232 -2"},
                       {{"k", "2024-Q3", "40"}, "green 232 232 0"}));
    /* but one that ended before its trust is succeeded in it: 38 of g */
    assert_steps(IN_JUNE HOSPITAL("h", "old", ", to: 2024-03-31")
                     HOSPITAL("g", "old", ", from: 2024-04-01"),
                 "last", "",
                 STEPS({{"h", "2024-Q1", "30"}, NULL},
                       {{"g", "2024-Q2", "38"}, "red 38 232 -194"},
                       {{"c", "2024-Q2", "192"}, "red 230 232 -2"},
                       {{"c", "2024-Q3", "192"}, "red 230 232 -2"}));
}

static bool tell(void *ctx, const struct mv_piece *p)
{
    struct mv_buf *out = ctx;
    const struct mv_unit *u = &w.c->units[p->unit];
    char text[MV_DEC_TEXT_BYTES];
    mv_buf_printf(out, "%.*s %s%s, ", (int)u->id.len, (const char *)u->id.at,
                  mv_dec_text(p->n, text), p->ended ? " ended" : "");
    return true;
}

/* 2 of k, which goes on, and 192; t itself has 38 of h alone, then both. */
static void a_trust_goes_on_without_a_hospital_that_ended(void **state)
{
    (void)state;
    struct mv_buf text = {0};
    ask(REGION TRUST("c", "") TRUST("t", "")
            HOSPITAL("h", "t", ", to: 2024-06-30") HOSPITAL("k", "t", ""),
        "last", "");
    push("last", "h", "2024-Q2", "38");
    push("last", "c", "2024-Q3", "192");
    assert_string_equal(region(2024), "red 192 232 -40");
    mv_weigh(&w.env, world_target(&w, "t", 2024), world_unit(&w, "r"), 0, tell,
             &text);
    assert_string_equal(mv_buf_cstr(&text), "r 192, c 192, t 38, ");
    mv_buf_done(&text);
    push("last", "k", "2024-Q2", "2");
    assert_string_equal(region(2024), "red 194 232 -38");
    world_close(&w);
}

/* ---- what each weighs ---- */

static void push_all(const char *unit, char kind, int from, int to,
                     const char *value)
{
    for (int n = from; n <= to; n++) {
        char period[16];
        (void)snprintf(period, sizeof period, "2024-%c%02d", kind, n);
        push(kind == 'W' ? "weekly" : "monthly", unit, period, value);
    }
}

/* 15 May lies in month 5 and week 20, which are new's alone: (40 * 4 + 40 * 8)
 * / 12 and (40 * 19 + 40 * 33) / 52. */
static void a_cell_is_of_who_is_there_where_it_ends(void **state)
{
    (void)state;
    static const char units[] = MERGING("2024-05-15", "2024-05-16");
    ask(units, "monthly", "");
    push_all("old", 'M', 1, 5, "40");
    push_all("new", 'M', 5, 12, "40");
    assert_string_equal(region(2024), "red 40 232 -192");
    world_close(&w);
    ask(units, "weekly", "");
    push_all("old", 'W', 1, 20, "40");
    push_all("new", 'W', 20, 52, "40");
    assert_string_equal(region(2024), "red 40 232 -192");
    world_close(&w);
}

/* (20 * 4 + 20 * 4 + 40 * 8) / 12; each rounded by itself it is more. */
static void a_mean_is_rounded_once(void **state)
{
    (void)state;
    ask(REGION TRUST("x", ", to: 2024-04-30") TRUST("y", ", to: 2024-04-30")
            TRUST("new", ", from: 2024-05-01"),
        "monthly", "");
    push_all("x", 'M', 1, 4, "20");
    push_all("y", 'M', 1, 4, "20");
    push_all("new", 'M', 5, 12, "40");
    assert_string_equal(region(2024), "red 40 232 -192");
    world_close(&w);
}

/* There on no month's last day, and nothing else is in. */
static void where_nobody_is_there_none_is_weighed(void **state)
{
    (void)state;
    ask(REGION TRUST("x", ", from: 2024-05-10, to: 2024-05-20"), "monthly", "");
    push("monthly", "x", "2024-M05", "40");
    assert_string_equal(region(2024), "red 40 232 -192");
    world_close(&w);
}

/* new from July, and c: 42 + 192 against 40 + 192. */
static void a_year_after_a_merger_is_compared_like_for_like(void **state)
{
    (void)state;
    start_target(IN_JUNE, indicators,
                 "year: 2025, scope: [region, trust], indicator: mean, "
                 "require: ['value >= value(-1)']");
    push("mean", "old", "2024-S1", "38");
    push("mean", "new", "2024-S2", "40");
    push("mean", "c", "2024", "192");
    push("mean", "new", "2025-S1", "42");
    push("mean", "new", "2025-S2", "42");
    push("mean", "c", "2025", "192");
    assert_string_equal(region(2025), "green 234 232 2");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_last_is_what_is_there_where_it_ends),
        cmocka_unit_test(a_week_that_ends_in_the_next_year_ends_nobody),
        cmocka_unit_test(one_that_ended_counts_until_its_successor_is_in),
        cmocka_unit_test(a_merger_known_in_advance_turns_nothing),
        cmocka_unit_test(one_without_a_successor_ends_with_its_days),
        cmocka_unit_test(who_is_in_no_roll_up_takes_nothing_over),
        cmocka_unit_test(one_is_split_into_two),
        cmocka_unit_test(hospitals_end_with_their_trust),
        cmocka_unit_test(a_trust_goes_on_without_a_hospital_that_ended),
        cmocka_unit_test(a_cell_is_of_who_is_there_where_it_ends),
        cmocka_unit_test(a_mean_is_rounded_once),
        cmocka_unit_test(where_nobody_is_there_none_is_weighed),
        cmocka_unit_test(a_year_after_a_merger_is_compared_like_for_like),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
