/* Figures that should say the same: shown where they do not, and only there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/judging/check.h"
#include "services/judging/eval.h"
#include "services/judging/strand.h"
#include "tests/support/judging.h"

#define INDICATORS                                                     \
    "indicators:\n" INDICATOR("poster", "count", "A", "last", "sum",   \
                              MEMBERS("sum") "    min: 0\n")           \
        INDICATOR("dogn", "count", "Q", "sum", "sum", "    min: 0\n")  \
            INDICATOR("vent", "days", "M", "mean", "none",             \
                      "    decimals: 1\n")                             \
                INDICATOR("andel", "percent", "A_3", "ratio", "ratio", \
                          "    decimals: 1\n")                         \
                    INDICATOR("resultat", "nok", "A", "sum", "sum", "")
#define TARGETS "targets:\n" TARGET("1", "poster", "[\"value > 0\"]", "")

static int start(void **state)
{
    (void)state;
    world_open(&w, WORLD_UNITS, INDICATORS, TARGETS);
    return 0;
}

struct told {
    struct mv_buf text;
    unsigned count, most;
};

/* "units poster/som 2024: 388 against 387 of 2/3 open (388+ 200 187)" */
static bool tell(void *ctx, const struct mv_disagreement *d)
{
    static const char *const kinds[] = {"periods", "members", "units"};
    struct told *t = ctx;
    char stated[MV_DEC_TEXT_BYTES], made[MV_DEC_TEXT_BYTES];
    char period[MV_PERIOD_TEXT_BYTES];
    const struct mv_indicator *ind = &w.c->indicators[d->indicator];
    struct mv_span member = d->member == MV_MEMBER_TOTAL
                                ? mv_span("-", 1)
                                : ind->members[d->member].id;
    mv_buf_printf(&t->text, "%s%s %.*s %s: %s against %s of %u/%u%s",
                  t->count > 0 ? "; " : "", kinds[d->kind], (int)member.len,
                  (const char *)member.at, mv_period_text(&d->period, period),
                  mv_dec_text(d->stated.n, stated),
                  mv_dec_text(d->made.n, made), d->parts, d->of,
                  d->open ? " open" : "");
    for (uint32_t i = 0; i < d->figures_kept; i++) {
        mv_buf_printf(&t->text, "%s%llu%s", i == 0 ? " (" : " ",
                      (unsigned long long)d->figure_at[i].slot->seq,
                      d->figure_at[i].stated ? "!" : "");
    }
    mv_buf_printf(&t->text, ")");
    return ++t->count < t->most;
}

static void assert_told_most(const char *indicator, const char *unit,
                             unsigned most, const char *text)
{
    struct told t = {.most = most};
    struct mv_work *work = mv_work_open();
    mv_check(&w.env, work, world_indicator(&w, indicator), world_unit(&w, unit),
             2024, tell, &t);
    assert_string_equal(mv_buf_cstr(&t.text), text);
    mv_buf_done(&t.text);
    mv_work_close(work);
}

static void assert_told(const char *indicator, const char *unit,
                        const char *text)
{
    assert_told_most(indicator, unit, 1000, text);
}

static void
a_total_that_is_not_its_members_sum_is_shown_with_all_figures(void **state)
{
    (void)state;
    push("poster", "hso", "2024", "387");
    push_member("poster", "hso", "som", "2024", "200");
    push_member("poster", "hso", "vop", "2024", "100");
    push_member("poster", "hso", "bup", "2024", "50");
    assert_told("poster", "hso",
                "members - 2024: 387 against 350 of 3/4 open "
                "(1! 2 3 4)");
    push_member("poster", "hso", "tsb", "2024", "38");
    assert_told("poster", "hso",
                "members - 2024: 387 against 388 of 4/4 (1! 2 3 4 5)");
    push("poster", "hso", "2024", "388");
    assert_told("poster", "hso", "");
}

static void a_region_is_held_against_the_units_below_it(void **state)
{
    (void)state;
    push_member("poster", "hso", "som", "2024", "388");
    assert_told("poster", "hso", ""); /* nobody below says anything */
    push_member("poster", "ahus", "som", "2024", "200");
    push_member("poster", "ous", "som", "2024", "187");
    assert_told("poster", "hso",
                "units som 2024: 388 against 387 of 2/3 open (1! 2 3)");
    push_member("poster", "ous", "som", "2024", "189");
    assert_told("poster", "hso",
                "units som 2024: 388 against 389 of 2/3 (1! 2 4)");
    push_member("poster", "ous", "som", "2024", "180");
    push_member("poster", "sunnaas", "som", "2024", "8");
    assert_told("poster", "hso", "");
    assert_told("poster", "ahus", "");
}

static void a_total_below_may_be_made_of_members(void **state)
{
    (void)state;
    push("poster", "hso", "2024", "30");
    push_member("poster", "ahus", "som", "2024", "10");
    push_member("poster", "ahus", "vop", "2024", "5");
    push("poster", "ous", "2024", "16");
    push("poster", "sunnaas", "2024", "0");
    assert_told("poster", "hso",
                "units - 2024: 30 against 31 of 3/3 (1! 2 3 4 5)");
}

static void a_year_is_held_against_its_quarters_once_all_are_in(void **state)
{
    (void)state;
    push("dogn", "ahus", "2024", "100");
    push("dogn", "ahus", "2024-Q1", "25");
    push("dogn", "ahus", "2024-Q2", "25");
    push("dogn", "ahus", "2024-Q3", "25");
    assert_told("dogn", "ahus", "");
    push("dogn", "ahus", "2024-S1", "50");
    push("dogn", "ahus", "2024-Q4", "26");
    assert_told("dogn", "ahus",
                "periods - 2024: 100 against 101 of 3/3 (1! 5 4 6)");
    push("dogn", "ahus", "2024-S1", "49");
    assert_told("dogn", "ahus",
                "periods - 2024-S1: 49 against 50 of 2/2 (7! 2 3)");
}

static void a_regions_quarters_are_held_against_a_trusts_year(void **state)
{
    (void)state;
    push("dogn", "hso", "2024-Q1", "10");
    push("dogn", "hso", "2024-Q2", "10");
    push("dogn", "hso", "2024-Q3", "10");
    push("dogn", "ahus", "2024", "45");
    assert_told("dogn", "hso", "");
    push("dogn", "hso", "2024-Q4", "10");
    assert_told("dogn", "hso",
                "units - 2024: 40 against 45 of 1/3 (1! 2! 3! 5! 4)");
}

static void a_mean_is_compared_as_it_is_shown(void **state)
{
    (void)state;
    char month[] = "2024-M01";
    push("vent", "ahus", "2024", "60.5");
    for (int m = 1; m <= 12; m++) {
        (void)snprintf(month, sizeof month, "2024-M%02d", m);
        push("vent", "ahus", month, m == 7 ? "61" : "60.5");
    }
    assert_told("vent", "ahus", ""); /* 60.54 is shown as 60.5 */
    push("vent", "ahus", "2024-M08", "62");
    struct told t = {.most = 9};
    struct mv_work *work = mv_work_open();
    mv_check(&w.env, work, world_indicator(&w, "vent"), world_unit(&w, "ahus"),
             2024, tell, &t);
    assert_int_equal(t.count, 1);
    assert_non_null(strstr(mv_buf_cstr(&t.text), "60.5 against 60.66"));
    mv_buf_done(&t.text);
    mv_work_close(work);
}

static void pairs_are_added_and_bare_percents_never(void **state)
{
    (void)state;
    push("andel", "hso", "2024-T1", "30/100");
    push("andel", "ahus", "2024-T1", "20/60");
    push("andel", "ous", "2024-T1", "40"); /* no weights */
    assert_told("andel", "hso",
                "units - 2024-T1: 30 against 33.333333333333 of 1/3 open "
                "(1! 2)");
    push("andel", "ous", "2024-T1", "10/40");
    assert_told("andel", "hso", "");
    push("andel", "ous", "2024-T1", "11/40");
    assert_told("andel", "hso",
                "units - 2024-T1: 30 against 31 of 2/3 "
                "(1! 2 5)");
    push("andel", "ahus", "2024", "33.3");
    push("andel", "ahus", "2024-T2", "50");
    push("andel", "ahus", "2024-T3", "50");
    assert_told("andel", "ahus", ""); /* a mean of percents says nothing */
}

static void what_may_be_negative_may_always_be_explained(void **state)
{
    (void)state;
    push("resultat", "hso", "2024", "100");
    push("resultat", "ahus", "2024", "150");
    push("resultat", "ous", "2024", "1");
    assert_told("resultat", "hso",
                "units - 2024: 100 against 151 of 2/3 open (1! 2 3)");
    push("resultat", "sunnaas", "2024", "-51");
    assert_told("resultat", "hso", "");
}

static void what_is_withdrawn_or_nil_is_in_no_sum(void **state)
{
    (void)state;
    push_member("poster", "hso", "som", "2024", "10");
    push_member("poster", "ahus", "som", "2024", "11");
    push_member("poster", "ahus", "som", "2024", "x");
    assert_told("poster", "hso", "");
    (void)world_push(&w, "poster", "ous", "som", "2024", "-", 'M');
    assert_told("poster", "hso", "");
}

static void units_that_do_not_count_are_no_parts(void **state)
{
    (void)state;
    static const char here[] =
        "units:\n"
        "  - {id: hso, name: HSO, kind: region}\n"
        "  - {id: ahus, name: A, kind: trust, parent: hso}\n"
        "  - {id: nord, name: N, kind: hospital, parent: ahus}\n"
        "  - {id: own, name: O, kind: own, parent: hso}\n"
        "  - {id: old, name: X, kind: trust, parent: hso, to: 2023}\n";
    static const char one[] = "indicators:\n" INDICATOR(
        "i", "count", "A", "sum", "sum", "    min: 0\n    except: [own]\n");
    world_close(&w);
    world_open(&w, here, one,
               "targets:\n" TARGET("1", "i", "[\"value > 0\"]", ""));
    push("i", "hso", "2024", "10");
    push("i", "own", "2024", "3");
    assert_told("i", "hso", ""); /* nothing below that counts */
    push("i", "nord", "2024", "7");
    assert_told("i", "hso", "units - 2024: 10 against 7 of 1/1 (1! 3)");
    push("i", "ahus", "2024", "8"); /* its own, not what is below it */
    assert_told("i", "hso", "units - 2024: 10 against 8 of 1/1 (1! 4)");
    assert_told("i", "ahus", "units - 2024: 8 against 7 of 1/1 (4! 3)");
    push("i", "ahus", "2024", "10");
    push("i", "nord", "2024", "10");
    assert_told("i", "hso", "");
}

/* Who begins in July, or ended in June, owes nothing of the other half. */
static void who_is_not_there_in_the_period_is_not_missing(void **state)
{
    (void)state;
    static const char here[] =
        "units:\n"
        "  - {id: old, name: O, kind: region, to: 2020}\n"
        "  - {id: r, name: R, kind: region}\n"
        "  - {id: a, name: A, kind: trust, parent: r}\n"
        "  - {id: new, name: N, kind: trust, parent: r, from: 2024-07-01}\n"
        "  - {id: b, name: B, kind: trust, parent: r}\n"
        "  - {id: b1, name: B1, kind: hospital, parent: b}\n"
        "  - {id: b2, name: B2, kind: hospital, parent: b, to: 2024-06-30}\n";
    static const char two[] = "indicators:\n" INDICATOR(
        "p", "count", "M", "sum", "sum", MEMBERS("sum") "    min: 0\n")
        INDICATOR("i", "count", "M", "sum", "sum", "    min: 0\n");
    world_close(&w);
    world_open(&w, here, two,
               "targets:\n" TARGET("1", "i", "[\"value > 0\"]", ""));
    push("i", "r", "2024-S1", "5");
    push("i", "a", "2024-S1", "2");
    push("i", "b1", "2024-S1", "1");
    push("i", "b2", "2024-S1", "1");
    assert_told("i", "r", "units - 2024-S1: 5 against 4 of 2/2 (1! 2 3 4)");
    push("i", "r", "2024-S1", "4");
    push("i", "r", "2024-M08", "9");
    push("i", "a", "2024-M08", "1");
    push("i", "b1", "2024-M08", "2");
    assert_told("i", "r", "units - 2024-M08: 9 against 3 of 2/3 open (6! 7 8)");
    push("i", "new", "2024-M08", "3");
    assert_told("i", "r", "units - 2024-M08: 9 against 6 of 3/3 (6! 7 9 8)");
    /* there for a part of it is there */
    push("i", "r", "2024", "100");
    push("i", "a", "2024", "1");
    push("i", "b1", "2024", "1");
    push("i", "r", "2024-M08", "6");
    assert_told("i", "r", "units - 2024: 100 against 1 of 1/3 open (10! 11)");
    push("p", "r", "2024", "9"); /* members come and go with their unit */
    push_member("p", "r", "vop", "2024", "7");
    assert_told("p", "r", "members - 2024: 9 against 7 of 1/4 open (14! 15)");
}

static void what_no_division_made_is_compared_exactly(void **state)
{
    (void)state;
    static const char three[] = "indicators:\n" INDICATOR(
        "last", "count", "Q", "last", "sum", "    decimals: 0\n")
        INDICATOR("sum", "count", "Q", "sum", "sum", "    decimals: 0\n")
            INDICATOR("mean", "days", "Q", "mean", "none", "    decimals: 0\n");
    static const char *const names[] = {"last", "sum", "mean"};
    world_close(&w);
    world_open(&w, WORLD_UNITS, three,
               "targets:\n" TARGET("1", "sum", "[\"value > 0\"]", ""));
    for (size_t i = 0; i < 3; i++) {
        push(names[i], "ahus", "2024", "8.2");
        push(names[i], "ahus", "2024-S1", "4");
        push(names[i], "ahus", "2024-S2", i == 1 ? "4.3" : "8.3");
    }
    assert_told("last", "ahus",
                "periods - 2024: 8.2 against 8.3 of 1/1 (1! 3)");
    assert_told("sum", "ahus",
                "periods - 2024: 8.2 against 8.3 of 2/2 (4! 5 6)");
    push("mean", "ahus", "2024-S1", "8.2"); /* shown as 8, both */
    assert_told("mean", "ahus", "");
}

/* Each is rounded once: added up they are a little less. */
static void
quotients_that_were_added_are_compared_as_they_are_shown(void **state)
{
    (void)state;
    push("dogn", "ahus", "2024-01-01/P9M", "1");
    push("dogn", "ahus", "2024-Q1", "1/3");
    push("dogn", "ahus", "2024-Q2", "1/3");
    push("dogn", "ahus", "2024-Q3", "1/3");
    assert_told("dogn", "ahus", "");
    push("dogn", "hso", "2024-01-01/P9M", "1");
    assert_told("dogn", "hso", "");
}

static void of_what_only_the_last_counts_in_no_other_is_listed(void **state)
{
    (void)state;
    world_close(&w);
    world_open(&w, WORLD_UNITS,
               "indicators:\n" INDICATOR("last", "count", "Q", "last", "sum",
                                         "    min: 0\n"),
               "targets:\n" TARGET("1", "last", "[\"value > 0\"]", ""));
    push("last", "hso", "2024-S1", "20");
    push("last", "ahus", "2024-Q1", "25");
    push("last", "ahus", "2024-Q2", "30");
    assert_told("last", "hso", "units - 2024-S1: 20 against 30 of 1/3 (1! 3)");
}

static void pairs_are_the_same_by_both_their_numbers(void **state)
{
    (void)state;
    push("andel", "hso", "2024-T1", "30/100");
    push("andel", "ahus", "2024-T1", "15/50");
    push("andel", "ous", "2024-T1", "30/100"); /* 30 % of others */
    assert_told("andel", "hso",
                "units - 2024-T1: 30 against 30 of 2/3 (1! 2 3)");
    push("andel", "ous", "2024-T1", "5/70"); /* who is missing has no less */
    assert_told("andel", "hso",
                "units - 2024-T1: 30 against 16.666666666667 of 2/3 (1! 2 4)");
    push("andel", "ous", "2024-T1", "5/40");
    assert_told("andel", "hso",
                "units - 2024-T1: 30 against 22.222222222222 of 2/3 open "
                "(1! 2 5)");
    push("andel", "ous", "2024-T1", "15/50");
    assert_told("andel", "hso", "");
}

static void it_stops_when_told_to(void **state)
{
    (void)state;
    push("poster", "hso", "2024", "1");
    push_member("poster", "hso", "som", "2024", "2");
    push_member("poster", "hso", "vop", "2024", "2");
    push_member("poster", "ahus", "som", "2024", "3");
    assert_told_most("poster", "hso", 1,
                     "members - 2024: 1 against 4 of 2/4 (1! 2 3)");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_total_that_is_not_its_members_sum_is_shown_with_all_figures),
        TEST(a_region_is_held_against_the_units_below_it),
        TEST(a_total_below_may_be_made_of_members),
        TEST(a_year_is_held_against_its_quarters_once_all_are_in),
        TEST(a_regions_quarters_are_held_against_a_trusts_year),
        TEST(a_mean_is_compared_as_it_is_shown),
        TEST(pairs_are_added_and_bare_percents_never),
        TEST(what_may_be_negative_may_always_be_explained),
        TEST(what_is_withdrawn_or_nil_is_in_no_sum),
        TEST(units_that_do_not_count_are_no_parts),
        TEST(who_is_not_there_in_the_period_is_not_missing),
        TEST(what_no_division_made_is_compared_exactly),
        TEST(quotients_that_were_added_are_compared_as_they_are_shown),
        TEST(of_what_only_the_last_counts_in_no_other_is_listed),
        TEST(pairs_are_the_same_by_both_their_numbers),
        TEST(it_stops_when_told_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
