#include <stdlib.h>
#include <string.h>

#include "services/catalogue/diff.h"
#include "services/catalogue/show.h"
#include "tests/support/catalogue_text.h"
#include "tests/support/unit.h"

static struct mv_catalogue *load(const char *units, const char *indicators,
                                 const char *targets)
{
    struct mv_buf out = {0};
    struct mv_catalogue *c =
        test_catalogue(units, indicators, targets, NULL, &out);
    assert_string_equal(mv_buf_cstr(&out), "");
    mv_buf_done(&out);
    return c;
}

/* `text` with its one `was` replaced; the caller frees it. */
static char *swap(const char *text, const char *was, const char *is)
{
    struct mv_buf b = {0};
    const char *at = strstr(text, was);
    assert_non_null(at);
    mv_buf_put(&b, text, (size_t)(at - text));
    mv_buf_text(&b, is);
    mv_buf_text(&b, at + strlen(was));
    char *copy = mv_xstrdup(mv_buf_cstr(&b));
    mv_buf_done(&b);
    return copy;
}

enum which { UNITS, INDICATORS, TARGETS };

static void expect_rows(enum which which, const char *was, const char *is,
                        mv_diff_severity worst, const char *rows)
{
    const char *texts[3] = {NULL, NULL, NULL};
    const char *base[3] = {test_units, test_indicators, test_targets};
    char *changed = swap(base[which], was, is);
    texts[which] = changed;
    struct mv_catalogue *old = load(NULL, NULL, NULL);
    struct mv_catalogue *now = load(texts[0], texts[1], texts[2]);
    struct mv_diff d;
    struct mv_buf out = {0};
    mv_catalogue_diff(&d, old, now);
    mv_diff_print(&d, &out);
    assert_string_equal(mv_buf_cstr(&out), rows);
    assert_int_equal(d.worst, worst);
    mv_diff_done(&d);
    mv_buf_done(&out);
    mv_catalogue_close(now);
    mv_catalogue_close(old);
    free(changed);
}

static void the_same_catalogue_has_no_difference(void **state)
{
    (void)state;
    expect_rows(TARGETS, "targets:\n", "# a comment\ntargets:\n", MV_DIFF_PLAIN,
                "");
}

static void bad_input_110_a_dropped_indicator_is_flagged(void **state)
{
    (void)state;
    expect_rows(INDICATORS, "id: senger, ", "id: senger2, ", MV_DIFF_FIGURES,
                "added indicator senger2\n"
                "removed indicator senger  (figures may lose their "
                "meaning)\n");
}

static void bad_input_110_a_changed_frequency_is_flagged(void **state)
{
    (void)state;
    expect_rows(INDICATORS, "frequency: A_3", "frequency: M", MV_DIFF_FIGURES,
                "changed indicator epikrise frequency: A_3 -> M  (figures "
                "may lose their meaning)\n");
}

static void
bad_input_110_a_limit_that_may_turn_a_red_green_is_flagged(void **state)
{
    (void)state;
    expect_rows(TARGETS, "value >= 70 %", "value >= 60 %", MV_DIFF_JUDGES,
                "changed target 1535 2024 require: each tjeneste: value >= "
                "70 % -> each tjeneste: value >= 60 %  (statuses may turn)\n");
}

static void a_member_added_is_no_loss_and_a_member_gone_is(void **state)
{
    (void)state;
    expect_rows(
        INDICATORS, "tsb: TSB}", "tsb: TSB, bup: BUP}", MV_DIFF_JUDGES,
        "changed indicator epikrise members: som vop tsb -> som vop "
        "tsb bup  (statuses may turn)\n"
        "changed indicator epikrise titles: som: Somatikk; vop: Voksne; "
        "tsb: TSB -> som: Somatikk; vop: Voksne; tsb: TSB; bup: "
        "BUP\n");
    expect_rows(
        INDICATORS, ",\n                tsb: TSB}", "}", MV_DIFF_FIGURES,
        "changed indicator epikrise members: som vop tsb -> som vop  "
        "(figures may lose their meaning)\n"
        "changed indicator epikrise titles: som: Somatikk; vop: Voksne; "
        "tsb: TSB -> som: Somatikk; vop: Voksne\n");
}

static void what_a_forecast_stays_within_may_turn_statuses(void **state)
{
    (void)state;
    expect_rows(INDICATORS, "max: 100", "max: 90", MV_DIFF_JUDGES,
                "changed indicator epikrise max: 100 -> 90  (statuses may "
                "turn)\n");
    expect_rows(INDICATORS, "    min: 0\n", "", MV_DIFF_JUDGES,
                "changed indicator epikrise min: 0 -> (none)  (statuses may "
                "turn)\n");
}

static void a_text_alone_touches_nothing(void **state)
{
    (void)state;
    expect_rows(UNITS, "name: OUS", "name: Oslo", MV_DIFF_PLAIN,
                "changed unit ous name: OUS -> Oslo\n");
    expect_rows(
        INDICATORS, "vop: Voksne,\n", "vop,\n", MV_DIFF_PLAIN,
        "changed indicator epikrise titles: som: Somatikk; vop: Voksne; "
        "tsb: TSB -> som: Somatikk; tsb: TSB\n");
}

static void a_key_that_comes_or_goes_is_shown(void **state)
{
    (void)state;
    expect_rows(UNITS, ", from: 2009", "", MV_DIFF_JUDGES,
                "changed unit ous from: 2009-01-01 -> (none)  (statuses may "
                "turn)\n");
}

static void against_nothing_everything_is_new(void **state)
{
    (void)state;
    struct mv_catalogue *c = load(NULL, NULL, NULL);
    struct mv_diff d;
    mv_catalogue_diff(&d, NULL, c);
    assert_int_equal(d.count, 5 + 3 + 1);
    for (size_t i = 0; i < d.count; i++)
        assert_int_equal(d.at[i].kind, MV_DIFF_ADDED);
    assert_int_equal(d.at[8].year, 2024);
    mv_diff_done(&d);
    mv_catalogue_close(c);
}

static void show_prints_the_keys_that_have_a_value(void **state)
{
    (void)state;
    struct mv_catalogue *c = load(NULL, NULL, NULL);
    struct mv_buf out = {0};
    assert_true(mv_catalogue_show(c, mv_span_text("ous"), &out));
    assert_string_equal(mv_buf_cstr(&out), "unit ous\n"
                                           "  name            OUS\n"
                                           "  kind            trust\n"
                                           "  parent          hso\n"
                                           "  from            2009-01-01\n");
    mv_buf_clear(&out);
    assert_true(mv_catalogue_show(c, mv_span_text("1535"), &out));
    assert_non_null(strstr(mv_buf_cstr(&out), "target 1535 2024\n"));
    assert_non_null(strstr(mv_buf_cstr(&out), "scope           region trust"));
    mv_buf_clear(&out);
    assert_false(mv_catalogue_show(c, mv_span_text("nobody"), &out));
    assert_int_equal(out.len, 0);
    mv_buf_done(&out);
    mv_catalogue_close(c);
}

/* The target's own indicator has no members, the one that it names has. */
static void limits_by_members_of_a_named_indicator_are_shown(void **state)
{
    (void)state;
    static const char indicators[] =
        "indicators:\n"
        "  - {id: plain, title: P, measure: days, frequency: A,\n"
        "     over_periods: mean, over_units: none}\n"
        "  - {id: split, title: S, measure: days, frequency: A,\n"
        "     over_periods: mean, over_units: none,\n"
        "     dimension: {id: d, members: {x: X, y: Y}, total: none}}\n";
    static const char targets[] =
        "targets:\n"
        "  - {id: t, year: 2024, text: T, indicator: plain, scope: [region],\n"
        "     require: ['each d: value(\"split\") <= limit'],\n"
        "     limits: {x: 3 days, y: 4 days}}\n";
    struct mv_catalogue *c = load(NULL, indicators, targets);
    struct mv_buf out = {0};
    assert_true(mv_catalogue_show(c, mv_span_text("t"), &out));
    assert_non_null(strstr(mv_buf_cstr(&out), "x 3 days, y 4 days"));
    mv_buf_done(&out);
    mv_catalogue_close(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_catalogue_has_no_difference),
        cmocka_unit_test(limits_by_members_of_a_named_indicator_are_shown),
        cmocka_unit_test(bad_input_110_a_dropped_indicator_is_flagged),
        cmocka_unit_test(bad_input_110_a_changed_frequency_is_flagged),
        cmocka_unit_test(
            bad_input_110_a_limit_that_may_turn_a_red_green_is_flagged),
        cmocka_unit_test(a_member_added_is_no_loss_and_a_member_gone_is),
        cmocka_unit_test(what_a_forecast_stays_within_may_turn_statuses),
        cmocka_unit_test(a_text_alone_touches_nothing),
        cmocka_unit_test(a_key_that_comes_or_goes_is_shown),
        cmocka_unit_test(against_nothing_everything_is_new),
        cmocka_unit_test(show_prints_the_keys_that_have_a_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
