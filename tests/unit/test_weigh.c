/* The numbers between the figures and a status: terms, shares, pulls. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/catalogue/lang.h"
#include "services/judging/weigh.h"
#include "tests/support/judging.h"

#define INDICATORS                                                         \
    "indicators:\n" INDICATOR("andel", "percent", "A_3", "ratio", "ratio", \
                              "    decimals: 1\n")                         \
        INDICATOR("antall", "count", "A_3", "sum", "sum", MEMBERS("sum"))  \
            INDICATOR("vent", "days", "A", "mean", "none", "")             \
                INDICATOR("liten", "percent", "A", "ratio", "ratio",       \
                          "    min_denominator: 5\n")                      \
                    INDICATOR("noen", "count", "A_3", "sum", "sum",        \
                              "    except: [ous]\n    due: 45 d\n")        \
                        INDICATOR("hver", "count", "A_3", "sum", "sum",    \
                                  MEMBERS("none"))
#define SHARE(id, indicator, require)                                         \
    "  - {id: " id ", year: 2024, text: {nb: t}, indicator: " indicator ",\n" \
    "     scope: [region], require: [\"" require "\"]}\n"
#define REPORTED(id, indicator)                                               \
    "  - {id: " id ", year: 2024, text: {nb: t}, indicator: " indicator ",\n" \
    "     scope: [region], state: report_only}\n"
#define TARGETS                                                              \
    "targets:\n" TARGET("a", "andel", "[\"value > value(-1)\"]", "") TARGET( \
        "f", "andel", "[\"value > 1 %\"]", "    forecast: recent(1)\n")      \
        TARGET("s", "antall", "[\"each tjeneste: value > 0\"]", "") TARGET(  \
            "g", "antall", "[\"growth(-1) > 0 %\"]",                         \
            "") "  - {id: l, year: 2024, text: {nb: t}, indicator: vent,\n"  \
                "     scope: [region], require: [\"lowest > 0 days\"]}\n"    \
                "  - {id: n, year: 2024, text: {nb: t}, scope: "             \
                "[region]}\n" SHARE("o", "liten",                            \
                                    "share(units: value >= 50 %) > 40 %")    \
                    SHARE("p", "liten", "lowest > 0 %")                      \
                        REPORTED("y", "antall") REPORTED("z", "hver")        \
                            SHARE("q", "noen",                               \
                                  "share(units: value > value(-1)) > 0 %")   \
                                SHARE("r", "noen", "highest > 0")            \
                                    SHARE("u", "liten", "value > 0 %")       \
                                        SHARE("v", "andel", "latest > 0 %")  \
                                            SHARE("w", "liten",              \
                                                  "value > value(-1)")

static int start(void **state)
{
    (void)state;
    world_open(&w, WORLD_UNITS, INDICATORS, TARGETS);
    return 0;
}

static void put(struct mv_buf *out, const char *before, struct mv_dec n)
{
    char text[MV_DEC_TEXT_BYTES];
    struct mv_dec shown = n;
    (void)mv_dec_round(&shown, n, 3);
    mv_buf_printf(out, "%s%s", before, mv_dec_text(shown, text));
}

/* "hso 2024 30 =30/100 -2024-T3; .ahus 2024 33.333 =20/60 60% +5" */
static bool tell(void *ctx, const struct mv_piece *p)
{
    struct mv_buf *out = ctx;
    const struct mv_unit *u = &w.c->units[p->unit];
    char text[MV_PERIOD_TEXT_BYTES];
    mv_buf_printf(out, "%s%s%.*s %d%s", out->len > 0 ? "; " : "",
                  p->below ? "." : "", (int)u->id.len, (const char *)u->id.at,
                  (int)p->year, p->of_base ? " base" : "");
    if (p->member != MV_MEMBER_TOTAL)
        mv_buf_printf(out, " m%u", p->member);
    if (p->has_n)
        put(out, " ", p->n);
    if (p->is_pair) {
        put(out, " =", p->num);
        put(out, "/", p->den);
    }
    if (p->has_share)
        put(out, " share ", p->share);
    if (p->has_pull)
        put(out, " pull ", p->pull);
    if (p->judged)
        mv_buf_text(out, p->holds ? " holds" : " misses");
    if (p->reason != MV_REASON_NO || p->excepted)
        mv_buf_printf(out, " %s",
                      p->excepted ? "excepted" : mv_reason_text(p->reason));
    if (p->unweighted)
        mv_buf_text(out, " unweighted");
    if (p->inhabitants != NULL)
        mv_buf_printf(out, " of %lld in %d", (long long)p->inhabitants->persons,
                      p->inhabitants->year);
    for (uint16_t i = 0; i < p->missing.count; i++)
        mv_buf_printf(out, " -%s", mv_period_text(&p->missing.at[i], text));
    return true;
}

static void assert_pieces(const char *target, const char *unit,
                          const char *pieces)
{
    struct mv_buf text = {0};
    uint32_t index = world_target(&w, target, 2024);
    for (uint32_t i = 0; i < mv_weigh_parts(&w.env, index); i++)
        mv_weigh(&w.env, index, world_unit(&w, unit), i, tell, &text);
    assert_string_equal(mv_buf_cstr(&text), pieces);
    mv_buf_done(&text);
}

static void
a_ratio_is_weighed_by_denominators_over_the_years_in_common(void **state)
{
    (void)state;
    push("andel", "ahus", "2023-T1", "10/50");
    push("andel", "ahus", "2024-T1", "20/60");
    push("andel", "ahus", "2024-T2", "60/60"); /* not in 2023 */
    push("andel", "ous", "2023-T1", "10/50");
    push("andel", "ous", "2024-T1", "10/40");
    push("andel", "sunnaas", "2024-T1", "1/1"); /* no base */
    assert_pieces("a", "hso",
                  "hso 2024 30 =30/100 -2024-T2 -2024-T3; "
                  ".ahus 2024 33.333 =20/60 share 60 pull 5; "
                  ".ous 2024 25 =10/40 share 40 pull -3.333; "
                  "hso 2023 base 20 =20/100");
    assert_pieces("a", "ahus",
                  "ahus 2024 33.333 =20/60 -2024-T3; "
                  "ahus 2023 base 20 =10/50");
}

static void own_figures_have_no_shares(void **state)
{
    (void)state;
    push("andel", "hso", "2024", "30");
    push("andel", "ahus", "2024", "20/60");
    assert_pieces("f", "hso", "hso 2024 30");
}

static void a_forecast_is_weighed_with_what_is_forecast(void **state)
{
    (void)state;
    push("andel", "ahus", "2024-T1", "20/60");
    push("andel", "ous", "2024-T1", "10/40");
    assert_pieces("f", "hso",
                  "hso 2024 30 =90/300 -2024-T2 -2024-T3; "
                  ".ahus 2024 33.333 =60/180 share 60 pull 5; "
                  ".ous 2024 25 =30/120 share 40 pull -3.333");
}

static void a_sum_is_weighed_by_its_parts_member_by_member(void **state)
{
    (void)state;
    push_member("antall", "ahus", "som", "2024", "30");
    push_member("antall", "ous", "som", "2024", "10");
    push_member("antall", "ous", "vop", "2024", "5");
    assert_pieces("s", "hso",
                  "hso 2024 m0 40; .ahus 2024 m0 30 share 75; "
                  ".ous 2024 m0 10 share 25; "
                  "hso 2024 m1 5; .ous 2024 m1 5 share 100");
}

static void a_growth_shows_both_its_years(void **state)
{
    (void)state;
    push("antall", "ahus", "2024", "279");
    push("antall", "ahus", "2023", "278");
    assert_pieces("g", "ahus", "ahus 2024 279; ahus 2023 base 278");
}

static void the_lowest_is_told_with_all_it_was_lowest_of(void **state)
{
    (void)state;
    push("vent", "ahus", "2024", "3");
    push("vent", "sunnaas", "2024", "2");
    assert_pieces("l", "hso",
                  ".ahus 2024 3; .ous 2024 not_due; "
                  ".sunnaas 2024 2");
}

static void of_a_share_each_unit_is_told_and_whether_it_held(void **state)
{
    (void)state;
    push("liten", "ahus", "2024", "60/100");
    push("liten", "ous", "2024", "10/50");
    assert_pieces("o", "hso",
                  ".ahus 2024 60 =60/100 holds; "
                  ".ous 2024 20 =10/50 misses; "
                  ".sunnaas 2024 not_due");
    push("liten", "sunnaas", "2024", "8/10");
    assert_pieces("o", "hso",
                  ".ahus 2024 60 =60/100 holds; "
                  ".ous 2024 20 =10/50 misses; "
                  ".sunnaas 2024 80 =8/10 holds");
}

/* The next smallest counts, but its number would tell the other's. */
static void what_is_suppressed_is_told_by_no_unit_beside_it(void **state)
{
    (void)state;
    push("liten", "ahus", "2024", "60/100");
    push("liten", "ous", "2024", "10/50");
    push("liten", "sunnaas", "2024", "1/4");
    assert_pieces("o", "hso",
                  ".ahus 2024 60 =60/100 holds; "
                  ".ous 2024 misses suppressed; "
                  ".sunnaas 2024 suppressed");
    assert_pieces("p", "hso",
                  ".ahus 2024 60; .ous 2024 suppressed; "
                  ".sunnaas 2024 suppressed");
    push("liten", "ous", "2024", "1/3"); /* two: neither tells the other */
    assert_pieces("o", "hso",
                  ".ahus 2024 60 =60/100 holds; "
                  ".ous 2024 suppressed; "
                  ".sunnaas 2024 suppressed");
}

/* From the whole and all others it would follow. */
static void of_a_roll_up_what_is_suppressed_is_told_by_nobody(void **state)
{
    (void)state;
    push("liten", "ahus", "2024", "60/100");
    push("liten", "ous", "2024", "10/40");
    push("liten", "sunnaas", "2024", "1/4");
    assert_pieces("u", "hso",
                  "hso 2024 49.306 =71/144; "
                  ".ahus 2024 60 =60/100 share 69.444 pull 24.306; "
                  ".ous 2024 suppressed; .sunnaas 2024 suppressed");
    push("liten", "ous", "2024", "1/3"); /* two: neither tells the other */
    assert_pieces("u", "hso",
                  "hso 2024 57.944 =62/107; "
                  ".ahus 2024 60 =60/100 share 93.458 pull 29.372; "
                  ".ous 2024 suppressed; .sunnaas 2024 suppressed");
    push("liten", "ous", "2024", "50"); /* is in no sum, so covers nobody */
    assert_pieces("u", "hso",
                  "hso 2024 58.654 =61/104; .ahus 2024 suppressed; "
                  ".ous 2024 50 unweighted; .sunnaas 2024 suppressed");
}

static void who_does_not_count_covers_nobody(void **state)
{
    (void)state;
    push("liten", "ahus", "2024", "60/100");
    push("liten", "ahus", "2023", "60/100");
    push("liten", "ous", "2024", "10/20");
    push("liten", "ous", "2023", "50"); /* no pair: in no sum */
    push("liten", "sunnaas", "2024", "1/4");
    push("liten", "sunnaas", "2023", "1/8");
    assert_pieces("w", "hso",
                  "hso 2024 58.654 =61/104; .ahus 2024 suppressed; "
                  ".ous 2024 50 =10/20 unweighted; .sunnaas 2024 suppressed; "
                  "hso 2023 base 56.481 =61/108");
}

static void who_has_no_weight_is_told_to_have_none(void **state)
{
    (void)state;
    push("andel", "ahus", "2024-T1", "20/60");
    push("andel", "ahus", "2023-T1", "10/60");
    push("andel", "ous", "2024-T1", "10/40");
    push("andel", "ous", "2023-T1", "40"); /* nor in the year after it */
    assert_pieces("a", "hso",
                  "hso 2024 33.333 =20/60 -2024-T2 -2024-T3; "
                  ".ahus 2024 33.333 =20/60 share 100; "
                  ".ous 2024 25 =10/40 unweighted; "
                  "hso 2023 base 16.667 =10/60");
}

static void of_latest_those_below_are_of_the_same_period(void **state)
{
    (void)state;
    push("andel", "ahus", "2024-T2", "20/60");
    push("andel", "ous", "2024-T1", "10/40");
    assert_pieces("v", "hso",
                  "hso 2024 33.333 =20/60 -2024-T1 -2024-T2 -2024-T3; "
                  ".ahus 2024 33.333 =20/60 share 100");
}

static void a_share_tells_each_year_and_who_is_not_asked(void **state)
{
    (void)state;
    w.env.today = world_day("2024-12-01");
    push("noen", "ahus", "2023-T1", "5");
    push("noen", "ahus", "2024-T1", "6");
    push("noen", "ous", "2024-T1", "7");
    assert_pieces("q", "hso",
                  ".ahus 2024 6 holds; .ahus 2023 base 5 holds; "
                  ".ous 2024 excepted; .sunnaas 2024 no_base");
    assert_pieces("r", "hso",
                  ".ahus 2024 6; .ous 2024 excepted; .sunnaas 2024 overdue");
}

/* 1,205 * 1000 / 1,100,000; where last year's are the last, by those. */
static void a_rate_tells_the_inhabitants_that_it_is_of(void **state)
{
    (void)state;
    world_close(&w);
    world_open(
        &w,
        "units:\n"
        "  - {id: r, name: R, kind: region, population: {2022: 1100000}}\n"
        "  - {id: a, name: A, kind: trust, parent: r, population: "
        "{2023: 400000, 2024: 410000}}\n",
        "indicators:\n" INDICATOR("i", "count", "A_3", "sum", "sum", "")
            INDICATOR("more", "count", "A_3", "sum", "sum",
                      "") "  - {id: made, title: t, measure: count, "
                          "frequency: A_3, formula: '\"i\" + \"more\"'}\n",
        "targets:\n" SHARE("t", "i", "rate(1000) >= rate(1000, -1)")
            SHARE("s", "i", "share(units: rate(1000) > 1) > 0 %") SHARE(
                "v", "i", "value > 0") SHARE("d", "made", "rate(1000) > 0")
                SHARE("b", "i", "rate(1000) >= value(-1) / 1000") SHARE(
                    "c", "i", "share(units: value > 1) * rate(1000) > 0"));
    push("i", "a", "2023", "1100");
    push("i", "a", "2024", "1205");
    push("more", "a", "2024", "1");
    assert_pieces("b", "r",
                  "r 2024 1205 of 1100000 in 2022; .a 2024 1205 share 100; "
                  "r 2023 base 1100"); /* which is not divided */
    assert_pieces("c", "r",
                  ".a 2024 1205 holds; " /* what it asks divides nothing */
                  "r 2024 1205 of 1100000 in 2022; .a 2024 1205 share 100");
    assert_pieces("t", "r",
                  "r 2024 1205 of 1100000 in 2022; .a 2024 1205 share 100; "
                  "r 2023 base 1100 of 1100000 in 2022");
    assert_pieces("s", "r", ".a 2024 1205 holds of 410000 in 2024");
    assert_pieces("v", "r", "r 2024 1205; .a 2024 1205 share 100");
    assert_pieces("d", "r",
                  "r 2024 1206 of 1100000 in 2022; "
                  "r 2024 1205; .a 2024 1205 share 100; "
                  "r 2024 1; .a 2024 1 share 100");
}

static void what_is_reported_and_not_judged_is_weighed_too(void **state)
{
    (void)state;
    push_member("antall", "ahus", "som", "2024-T1", "30");
    push_member("antall", "ous", "vop", "2024-T1", "10");
    assert_pieces("y", "hso",
                  "hso 2024 40 -2024-T2 -2024-T3; .ahus 2024 30 share 75; "
                  ".ous 2024 10 share 25");
    push_member("hver", "ahus", "som", "2024", "30");
    push_member("hver", "ous", "vop", "2024", "5");
    assert_pieces("z", "hso",
                  "hso 2024 30; .ahus 2024 30 share 100; "
                  "hso 2024 5; .ous 2024 5 share 100");
}

static void without_figures_there_is_nothing_to_weigh(void **state)
{
    (void)state;
    assert_pieces("a", "hso", "");
    assert_pieces("n", "hso", "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_ratio_is_weighed_by_denominators_over_the_years_in_common),
        TEST(own_figures_have_no_shares),
        TEST(a_forecast_is_weighed_with_what_is_forecast),
        TEST(a_sum_is_weighed_by_its_parts_member_by_member),
        TEST(a_growth_shows_both_its_years),
        TEST(the_lowest_is_told_with_all_it_was_lowest_of),
        TEST(of_a_share_each_unit_is_told_and_whether_it_held),
        TEST(what_is_suppressed_is_told_by_no_unit_beside_it),
        TEST(of_a_roll_up_what_is_suppressed_is_told_by_nobody),
        TEST(who_does_not_count_covers_nobody),
        TEST(who_has_no_weight_is_told_to_have_none),
        TEST(of_latest_those_below_are_of_the_same_period),
        TEST(a_share_tells_each_year_and_who_is_not_asked),
        TEST(a_rate_tells_the_inhabitants_that_it_is_of),
        TEST(what_is_reported_and_not_judged_is_weighed_too),
        TEST(without_figures_there_is_nothing_to_weigh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
