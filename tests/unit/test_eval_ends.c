/* Numbers at the end of their range: what does not fit is a reason, never a
 * wrapped number; and what is held against what in the rarer cases. */
#include <stdlib.h>
#include <string.h>

#include "services/judging/check.h"
#include "services/judging/eval.h"
#include "services/judging/strand.h"
#include "tests/support/judging.h"

#define LARGEST "9200000000000"
#define TWICE   "value * " LARGEST " + value * " LARGEST

static const char units[] =
    "units:\n"
    "  - {id: r, name: R, kind: region}\n"
    "  - {id: a, name: A, kind: trust, parent: r}\n"
    "  - {id: b, name: B, kind: trust, parent: r}\n"
    "  - {id: c, name: C, kind: trust, parent: r}\n"
    "  - {id: d, name: D, kind: trust, parent: r, to: 2020}\n"
    "  - {id: h, name: H, kind: hospital, parent: a}\n";

static const char indicators[] = "indicators:\n" INDICATOR(
    "free", "count", "Q", "sum", "sum",
    "") INDICATOR("some", "count", "Q", "sum", "sum", "    except: [c]\n")
    INDICATOR("low", "count", "Q", "sum", "sum", "    min: -10\n")
        INDICATOR("pair", "percent", "Q", "ratio", "ratio", "    decimals: 1\n")
            INDICATOR("part", "count", "Q", "sum", "sum", MEMBERS("sum"))
                INDICATOR("turned", "count", "Q", "sum", "sum",
                          "    dimension: {id: tjeneste, members: {tsb: T, "
                          "bup: B, vop: V, som: S}, total: sum}\n");

static void ask(const char *indicator, const char *require, const char *more)
{
    start_target(units, indicators,
                 "year: 2024, indicator: %s, scope: [region, trust], require: "
                 "['%s']%s",
                 indicator, require, more);
    w.env.today = world_day("2025-03-01");
}

/* What comes of it for a, whose figure of the year is `value`. */
static void is(const char *require, const char *value, const char *ruling)
{
    ask("free", require, "");
    push("free", "a", "2024", value);
    const char *status = world_status(&w, "t", 2024, "a");
    if (ruling == NULL && strcmp(status, "none not_computable") != 0)
        fail_msg("%s: %s", require, status);
    if (ruling != NULL)
        assert_string_equal(world_ruling(&w, 0), ruling);
    world_close(&w);
}

static void signs_and_extremes_are_those_of_arithmetic(void **state)
{
    (void)state;
    is("value * -2 > 0", "10", "red -20 0 -20");
    is("-2 * -value > 0", "10", "green 20 0 20");
    is("value / -4 > 0", "10", "red -2.5 0 -2.5");
    is("max(value, 5) > 0", "10", "green 10 0 10");
    is("max(1, value, 20) > 0", "10", "green 20 0 20");
    is("min(value, 5) > 0", "10", "green 5 0 5");
    is("abs(0 - value) > 0", "10", "green 10 0 10");
}

static void what_does_not_fit_is_not_computable(void **state)
{
    (void)state;
    is("value * " LARGEST " > 0", LARGEST,
       "green 84640000000000000000000000 0 84640000000000000000000000");
    is("value * " LARGEST " * " LARGEST " > 0", LARGEST, NULL);
    is(TWICE " + value * " LARGEST " > 0", LARGEST, NULL);
    is("0 - (" TWICE ") - value * " LARGEST " < 0", LARGEST, NULL);
    is("value / 0.000001 / 0.000001 / 0.000001 > 0", LARGEST, NULL);
    /* each side fits, and what lies between them does not */
    is("value * " LARGEST " > 0 - (" TWICE ")", LARGEST, NULL);
    is("value > path(0 - (" TWICE "), 2020, value * " LARGEST ", 2028)",
       LARGEST, NULL);
}

/* --- sides, shown and held against each other ---------------------------- */

static struct mv_side pair_of(mv_i128 num, mv_i128 den)
{
    return (struct mv_side){
        .num = num, .den = den, .scale = 100, .is_pair = true};
}

static void a_pair_is_shown_rounded_once_or_not_at_all(void **state)
{
    (void)state;
    struct mv_dec n;
    struct mv_side third = pair_of(1, 3), tie = pair_of(1, 800);
    struct mv_side minus = pair_of(-1, 3), none = pair_of(1, 0);
    struct mv_side large = pair_of(MV_I128_MAX, 1);
    struct mv_side wide = pair_of(MV_I128_MAX / 1000, 1);
    char text[MV_DEC_TEXT_BYTES];
    assert_true(mv_eval_shown(&third, 1, &n));
    assert_string_equal(mv_dec_text(n, text), "33.3");
    assert_true(mv_eval_shown(&minus, 1, &n));
    assert_string_equal(mv_dec_text(n, text), "-33.3");
    assert_true(mv_eval_shown(&tie, 2, &n)); /* 0.125: away from nought */
    assert_string_equal(mv_dec_text(n, text), "0.13");
    minus.den = -3;
    assert_true(mv_eval_shown(&minus, 0, &n));
    assert_string_equal(mv_dec_text(n, text), "33");
    assert_false(mv_eval_shown(&none, 1, &n));
    assert_false(mv_eval_shown(&large, 6, &n));
    assert_false(mv_eval_shown(&wide, 0, &n));
}

static void what_cannot_be_shown_holds_nothing(void **state)
{
    (void)state;
    bool holds = false;
    struct mv_side none = pair_of(1, 0);
    struct mv_side one = {.n = mv_dec_from_int(1), .constant = true};
    assert_false(mv_eval_holds(&none, MV_CMP_GT, &one, 1, &holds));
    assert_false(mv_eval_holds(&one, MV_CMP_GT, &none, 1, &holds));
    struct mv_side half = pair_of(1, 2), fifty = {.n = mv_dec_from_int(50)};
    fifty.constant = true;
    static const struct {
        mv_cmp cmp;
        bool equal, less, more; /* 50 % against 50, 51 and 49 */
    } cases[] = {
        {MV_CMP_LT, false, true, false}, {MV_CMP_LE, true, true, false},
        {MV_CMP_GT, false, false, true}, {MV_CMP_GE, true, false, true},
        {MV_CMP_EQ, true, false, false},
    };
    for (size_t i = 0; i < 5; i++) {
        fifty.n = mv_dec_from_int(50);
        assert_true(mv_eval_holds(&half, cases[i].cmp, &fifty, -1, &holds));
        assert_int_equal(holds, cases[i].equal);
        fifty.n = mv_dec_from_int(51);
        assert_true(mv_eval_holds(&half, cases[i].cmp, &fifty, -1, &holds));
        assert_int_equal(holds, cases[i].less);
        /* the other way round */
        assert_true(mv_eval_holds(&fifty, cases[i].cmp, &half, -1, &holds));
        assert_int_equal(holds, cases[i].more);
    }
}

/* --- limits by the members of another indicator -------------------------- */

static void limits_are_of_the_members_that_are_named(void **state)
{
    (void)state;
    ask("free", "each tjeneste: value(\"part\") > limit",
        ", limits: {som: 5, vop: 7, bup: 1, tsb: 1}");
    push_member("part", "a", "som", "2024", "6");
    push_member("part", "a", "vop", "2024", "6");
    (void)world_status(&w, "t", 2024, "a");
    assert_string_equal(world_ruling(&w, 0), "green 6 5 1");
    assert_string_equal(world_ruling(&w, 1), "red 6 7 -1");
    world_close(&w);
    /* a criterion whose indicator has them in another order */
    ask("free", "each tjeneste: value(\"part\") > limit",
        ", limits: {som: 5, vop: 7, bup: 1, tsb: 2}, "
        "aim: ['each tjeneste: value(\"turned\") > limit']");
    push_member("turned", "a", "som", "2024", "6");
    push_member("turned", "a", "tsb", "2024", "6");
    mv_judge_aim(&w.env, world_target(&w, "t", 2024), world_unit(&w, "a"),
                 &w.j);
    assert_string_equal(world_ruling(&w, 0), "green 6 2 4");
    assert_string_equal(world_ruling(&w, 3), "green 6 5 1");
    world_close(&w);
    /* a unit's own, and none at all for another */
    ask("free", "value > limit", ", limits: {a: 5}");
    push("free", "a", "2024", "6");
    push("free", "b", "2024", "6");
    (void)world_status(&w, "t", 2024, "a");
    assert_string_equal(world_ruling(&w, 0), "green 6 5 1");
    assert_string_equal(world_status(&w, "t", 2024, "b"), "none no_limit");
    world_close(&w);
}

/* --- the same amount, said in two ways ----------------------------------- */

static bool count_it(void *ctx, const struct mv_disagreement *d)
{
    unsigned *count = ctx;
    (void)d;
    (*count)++;
    return true;
}

static unsigned disagreements(const char *indicator, const char *unit)
{
    unsigned count = 0;
    struct mv_work *work = mv_work_open();
    mv_check(&w.env, work, world_indicator(&w, indicator), world_unit(&w, unit),
             2024, count_it, &count);
    mv_work_close(work);
    return count;
}

static void who_is_left_out_or_gone_is_no_part_of_a_sum(void **state)
{
    (void)state;
    ask("some", "value > 0", "");
    push("some", "r", "2024-Q1", "30");
    push("some", "a", "2024-Q1", "10");
    push("some", "b", "2024-Q1", "20");
    assert_int_equal(disagreements("some", "r"), 0);
    push("some", "c", "2024-Q1", "7"); /* excepted */
    push("some", "d", "2024-Q1", "7"); /* ended in 2020 */
    assert_int_equal(disagreements("some", "r"), 0);
    push("some", "b", "2024-Q1", "21");
    assert_int_equal(disagreements("some", "r"), 1);
    world_close(&w);
}

static void pairs_agree_in_both_their_numbers(void **state)
{
    (void)state;
    ask("pair", "value > 0 %", "");
    push("pair", "a", "2024-S1", "30/60");
    push("pair", "a", "2024-Q1", "10/20");
    push("pair", "a", "2024-Q2", "20/40");
    assert_int_equal(disagreements("pair", "a"), 0);
    push("pair", "a", "2024-Q2", "20/41");
    assert_int_equal(disagreements("pair", "a"), 1);
    push("pair", "a", "2024-Q2", "21/40");
    assert_int_equal(disagreements("pair", "a"), 1);
    /* a bare figure beside pairs has no weight */
    push("pair", "a", "2024-Q2", "50");
    assert_int_equal(disagreements("pair", "a"), 0);
    /* the region's bare share against pairs of those below */
    push("pair", "r", "2024-S1", "50");
    push("pair", "a", "2024-Q2", "20/40");
    push("pair", "b", "2024-S1", "10/20");
    push("pair", "c", "2024-S1", "10/20");
    assert_int_equal(disagreements("pair", "r"), 0);
    push("pair", "c", "2024-S1", "20/20");
    assert_int_equal(disagreements("pair", "r"), 1);
    world_close(&w);
}

/* What is missing may be below nought where the range allows it. */
static void a_sum_that_may_shrink_is_open_while_parts_are_missing(void **state)
{
    (void)state;
    ask("low", "value > 0", "");
    push("low", "r", "2024-Q1", "30");
    push("low", "a", "2024-Q1", "40");
    assert_int_equal(disagreements("low", "r"), 1);
    push("low", "h", "2024-Q1", "40"); /* below a, which has its own */
    push("low", "b", "2024-Q1", "-4");
    push("low", "c", "2024-Q1", "-6");
    assert_int_equal(disagreements("low", "r"), 0);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_and_extremes_are_those_of_arithmetic),
        cmocka_unit_test(what_does_not_fit_is_not_computable),
        cmocka_unit_test(a_pair_is_shown_rounded_once_or_not_at_all),
        cmocka_unit_test(what_cannot_be_shown_holds_nothing),
        cmocka_unit_test(limits_are_of_the_members_that_are_named),
        cmocka_unit_test(who_is_left_out_or_gone_is_no_part_of_a_sum),
        cmocka_unit_test(pairs_agree_in_both_their_numbers),
        cmocka_unit_test(a_sum_that_may_shrink_is_open_while_parts_are_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
