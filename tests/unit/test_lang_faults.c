/* The language of targets: each way to write it wrong, and what is said; and
 * what looks wrong, but is not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/catalogue/lang.h"
#include "tests/support/catalogue_text.h"
#include "tests/support/unit.h"

struct written {
    const char *text, *fault; /* NULL: good */
};

static void held(const struct mv_catalogue *c, const struct mv_buf *out,
                 const struct written *w)
{
    struct mv_buf said = {0};
    mv_buf_put(&said, out->at, out->len);
    const char *text = mv_buf_cstr(&said);
    bool good = w->fault == NULL ? c != NULL && text[0] == 0
                                 : c == NULL && strstr(text, w->fault) != NULL;
    if (!good)
        fail_msg("%s\nsaid: %s", w->text, text);
    mv_buf_done(&said);
}

/* A target of the indicator with this require, and with these other keys. */
static void target(const char *indicator, const char *keys,
                   const struct written *w)
{
    struct mv_buf text = {0}, out = {0};
    mv_buf_printf(&text,
                  "targets:\n  - id: x\n    year: 2024\n    text: X\n"
                  "    scope: [region]\n    indicator: %s\n"
                  "    require: |-\n      %s\n%s",
                  indicator, w->text, keys);
    struct mv_catalogue *c =
        test_catalogue(NULL, NULL, mv_buf_cstr(&text), NULL, &out);
    held(c, &out, w);
    mv_catalogue_close(c);
    mv_buf_done(&text);
    mv_buf_done(&out);
}

static void targets(const char *indicator, const char *keys,
                    const struct written *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        target(indicator, keys, &cases[i]);
}

static void a_year_or_period_is_one_that_there_is(void **state)
{
    (void)state;
    static const struct written cases[] = {
        {"value(-1) > 1", NULL},
        {"value(-50) > 1", NULL},
        {"value(2019) > 1", NULL},
        {"value(2019-01-01/P12M) > 1", NULL},
        {"value(-0) > 1", "a year as -1 or 2019"},
        {"value(-51) > 1", "a year as -1 or 2019"},
        {"value(-1.0) > 1", "a year as -1 or 2019"},
        {"value(- x) > 1", "a year as -1 or 2019"},
        {"value(0) > 1", "a year as -1 or 2019"},
        {"value(99999) > 1", "a year as -1 or 2019"},
        {"value(2019.5) > 1", "a year as -1 or 2019"},
        {"value() > 1", "a year as -1 or 2019"},
        {"value(2019-M13) > 1", "no such period"},
        {"value(2019-02-30) > 1", "no such period"},
        {"value(2019-M) > 1", "')'"},
        {"value(2019-0x-30) > 1", "')'"},
        {"value(2019-x) > 1", "')'"},
        {"value(2019-06.30) > 1", "')'"},
        {"value(2019-06-x0) > 1", "')'"},
        {"value(2019-06-3x) > 1", "')'"},
        {"value(2019-01-01/X) > 1", "expected ')', found '/'"},
        {"value(2019-01-01) > 1", "2019-01-01 holds no whole period"},
        {"value(2019-M06) > 1", "holds no whole period of 'senger' (A)"},
        {"value(2019 > 1", "')'"},
    };
    targets("senger", "", cases, sizeof cases / sizeof *cases);
}

static void a_series_has_the_arguments_that_it_needs(void **state)
{
    (void)state;
    static const struct written cases[] = {
        {"rate(1000) > 1", NULL},
        {"rate(\"senger\", 1000, -1) > 1", NULL},
        {"rate > 1", "'(' and how many inhabitants"},
        {"rate() > 1", "how many inhabitants, as in rate(1000)"},
        {"rate(0) > 1", "how many inhabitants, as in rate(1000)"},
        {"rate(1.5) > 1", "how many inhabitants, as in rate(1000)"},
        {"rate(\"senger\") > 1", "',' and how many inhabitants"},
        {"rate(\"senger\", -1) > 1", "how many inhabitants"},
        {"rate(1000, x) > 1", "a year as -1 or 2019"},
        {"rate(\"epikrise\", 10) > 1", "a rate is made of counts"},
        {"growth > 1 %", "growth needs what it is measured from"},
        {"growth(-1) > 1 %", NULL},
        {"latest(2019) > 1", NULL},
        {"spread(\"epikrise\") < 5 pp", NULL},
        {"spread(\"epikrise\") < 5 %", "compared with %"},
        {"value(\"senger) > 1", "the quote (\") is not closed"},
        {"value(\"nothing\") > 1", "no indicator 'nothing'"},
        {"value(\"senger/som\") > 1", "'senger' has no member 'som'"},
        {"value(\"epikrise/som\") > 1 %", NULL},
        {"1 > 2", "no figure is named"},
    };
    targets("senger", "", cases, sizeof cases / sizeof *cases);
}

static void brackets_and_commas_stand_in_pairs_and_calls(void **state)
{
    (void)state;
    static const struct written cases[] = {
        {"min(value, 1, 2) > abs(-1)", NULL},
        {"(value) * (1 + 2) > -1", NULL},
        {"min value > 1", "'('"},
        {"abs(1, 2) > value", "a comma cannot stand here"},
        {"value > 1, 2", "a comma cannot stand here"},
        {"(value, 1) > 2", "a comma cannot stand here"},
        {"value > 1)", "')' without its '('"},
        {"(value > 1)", "a comparison cannot stand here"},
        {"min(value > 1, 2) > 1", "a comparison cannot stand here"},
        {"value > (1", "the '(' is not closed"},
        {"value > 1 > 2", "one comparison to a criterion"},
        {"value == 1", "write `=`"},
        {"value = 1", NULL},
        {"value @ 1", "no such sign in the language"},
        {"value value", "a comparison or + - * /"},
        {"value > 1 (", "+ - * / or the end"},
        {"value > 1 : 2", "+ - * / or the end"},
        {"value > 5 % %", "+ - * / or the end"},
        {"value > \"senger\" \"senger\"", "+ - * / or the end"},
        {"value", "a comparison"},
        {"value >", "a value"},
        {"> 1", "a value"},
        {"valve > 1", "a number, value, latest"},
        {"value > 1_000", "'_000' is not a measure"},
        {"value > 99999999999999999999", "require"},
    };
    targets("senger", "", cases, sizeof cases / sizeof *cases);
}

static void a_share_counts_units_and_compares_once(void **state)
{
    (void)state;
    static const struct written cases[] = {
        {"share(units: value > 1) >= 60 %", NULL},
        {"share(units: (value) > 1) >= 60 %", NULL},
        {"share units: value > 1 >= 60 %", "'('"},
        {"share(value > 1) >= 60 %", "'units:'"},
        {"share(1) >= 60 %", "'units:'"},
        {"share(units value > 1) >= 60 %", "':'"},
        {"share(units: value) >= 60 %", "a comparison, as in share(units:"},
        {"share(units: value > 1 > 2) >= 60 %", "a comparison cannot stand"},
        {"share(units: share(units: value > 1) > 5 %) > 1 %",
         "a share within a share"},
        {"share(units: lowest > 1) >= 60 %", "cannot stand in a share"},
        {"share(units: value > 1 %) >= 60 %", "compared with %"},
        {"share(units: value > 1) >= 60", "compared with a bare number"},
    };
    targets("senger", "", cases, sizeof cases / sizeof *cases);
}

static void a_path_leads_from_year_to_year(void **state)
{
    (void)state;
    static const struct written cases[] = {
        {"value > path(1, 2020, 2, 2025)", NULL},
        {"value > path(1, 2020)", "expected ',', found ')'"},
        {"value > path(1, x, 2, 2025)", "a year as 2020 or a day"},
        {"value > path(1, 0, 2, 2025)", "a year as 2020 or a day"},
        {"value > path(1, 2020-M06, 2, 2025)", "a year as 2020 or a day"},
        {"value > path(1, 2020, 2, 2020-06-30)", "two years, or two days"},
        {"value > path(1, 2020-06-30, 2, 2025)", "two years, or two days"},
        {"value > path(1, 2025, 2, 2025)", "the path must lead forward"},
        {"value > path(1, 2020, 2, 2025, 3)", "a comma cannot stand here"},
        {"value > path(1, 2020, 2, 2025 + 1)", "')'"},
        {"value > path(1, 2020 2, 2025)", "','"},
        {"value > path(1, 2020-01-01, 2, 2025-01-01)",
         "a path between two days needs a daily indicator"},
        {"value > path(1, 2020, 2 %, 2025)", "beside"},
    };
    targets("senger", "", cases, sizeof cases / sizeof *cases);
}

static void each_names_a_dimension_that_the_figures_have(void **state)
{
    (void)state;
    static const struct written cases[] = {
        {"each tjeneste: value < 60 days", NULL},
        {"each tjeneste : value < 60 days", NULL},
        {"each   tjeneste: value < value(-1)", NULL},
        {"each : value < 60 days", "expected a dimension and ':'"},
        {"each tjeneste value < 60 days", "expected a dimension and ':'"},
        {"each", "expected a dimension and ':'"},
        {"each kjonn: value < 60 days", "has the dimension 'kjonn'"},
    };
    targets("ventetid", "", cases, sizeof cases / sizeof *cases);
}

static void both_sides_have_one_measure(void **state)
{
    (void)state;
    static const struct written percents[] = {
        {"value + 5 pp > 70 %", NULL},
        {"5 pp + value > 70 %", NULL},
        {"value + value > 70 %", NULL},
        {"value - value(-1) > 1 pp", NULL},
        {"value * value > 70 %", NULL},
        {"value / 2 > 70 %", NULL},
        {"value / value(-1) > 90 %", NULL},
        {"0 / value > 0", NULL},
        {"value > 0", NULL},
        {"value > 0.7", "% compared with a bare number"},
        {"5 pp - value > 1 pp", "pp minus %"},
        {"value + 5 days > 1 %", "% plus days"},
        {"value > 5 kr", "% compared with kroner"},
        {"value > 5 poeng", "% compared with points"},
        {"value > 5 count", "% compared with a count"},
        {"min(value, 1 day) > 1 %", "beside"},
        {"value > 5 bananas", "'bananas' is not a measure"},
    };
    static const struct written days[] = {
        {"each tjeneste: value * 2 > 1 day", NULL},
        {"each tjeneste: 2 * value > 1 d", NULL},
        {"each tjeneste: value * 50 % > 1 dag", NULL},
        {"each tjeneste: value / 50 % > 1 dager", NULL},
        {"each tjeneste: value * value > 1", "days times days"},
        {"each tjeneste: 2 / value > 1", "a bare number divided by days"},
        {"each tjeneste: value / 5 kr > 1", "days divided by kroner"},
        {"each tjeneste: value > 61", "days compared with a bare number"},
    };
    targets("epikrise", "", percents, sizeof percents / sizeof *percents);
    targets("ventetid", "", days, sizeof days / sizeof *days);
}

static void a_limit_is_one_number_of_the_measure(void **state)
{
    (void)state;
    static const char require[] = "each tjeneste: value < limit";
    static const struct written cases[] = {
        {"{som: 61 days, vop: 40 d}", NULL},
        {"{ous: 61 days, hso: 62 days, ahus: {vop: 3 d, som: 1 d}}", NULL},
        {"{som: -1 day}", NULL},
        {"{som: 0}", NULL},
        {"{som: value}", "expected a number as `61 days`"},
        {"{som: 1 + 1}", "expected a number as `61 days`"},
        {"{som: --1}", "expected a number as `61 days`"},
        {"{som: [1]}", "expected a number as `61 days`"},
        {"{som: 1 <}", "a formula has no comparison"},
        {"{som: 61}", "the limit has another measure"},
        {"{som: 61 bananas}", "the limit has another measure"},
        {"{ahus: {x: 1 d}}", "no member 'x'"},
        {"{nowhere: 1 d}", "no member or unit 'nowhere'"},
        {"[1 day]", "expected {member: number}, {unit: number}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char keys[200];
        const struct written w = {require, cases[i].fault};
        (void)snprintf(keys, sizeof keys, "    limits: %s\n", cases[i].text);
        target("ventetid", keys, &w);
    }
    const struct written none = {require, "is missing, and a criterion says"};
    target("ventetid", "", &none);
    static const struct written two[] = {
        {"each tjeneste: value < limit", "limit is used for two measures"},
    };
    targets("ventetid",
            "    yellow: 'each tjeneste: value / value(-1) < limit'\n"
            "    limits: {som: 1 day}\n",
            two, sizeof two / sizeof *two);
    static const struct written sums[] = {
        {"each tjeneste: value > limit - 5 pp", NULL},
        {"each tjeneste: value > limit + 5 %", NULL},
        {"each tjeneste: value > limit * 2", NULL},
        {"each tjeneste: value / limit > 90 %", NULL},
        {"each tjeneste: value > max(limit, 5 %)", NULL},
        {"share(units: value > limit) > 50 %", NULL},
    };
    targets("epikrise", "    limits: {ahus: 70 %}\n", sums,
            sizeof sums / sizeof *sums);
}

/* Two rounds for two faults of one line would be one too many. */
static void a_formulas_other_fault_does_not_hide_its_loop(void **state)
{
    (void)state;
    static const struct {
        const char *formula, *fault;
    } cases[] = {
        {"\"s\" / \"der\"", "the formula has another measure than the "},
        {"\"gone\" + \"der\"", "no indicator 'gone'"},
        {"\"s\" + 5 % + \"der\"", "both sides need one measure"},
        {"latest(\"der\")", "a formula is made of other indicators' values"},
        {"\"via\" + limit", "a formula has no limit"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mv_buf in = {0}, out = {0};
        mv_buf_printf(&in,
                      "indicators:\n"
                      "  - {id: s, title: S, measure: count, frequency: M,\n"
                      "     over_periods: sum, over_units: sum}\n"
                      "  - {id: der, title: D, measure: count, frequency: M,\n"
                      "     formula: '%s'}\n"
                      "  - {id: via, title: V, measure: count, frequency: M,\n"
                      "     formula: '\"der\" * 2'}\n",
                      cases[i].formula);
        assert_null(test_catalogue(NULL, mv_buf_cstr(&in), "targets: []\n",
                                   NULL, &out));
        const char *text = mv_buf_cstr(&out);
        assert_non_null(strstr(text, cases[i].fault));
        assert_non_null(strstr(
            text, i == 4 ? "der.formula: the formula refers to itself: der, "
                           "via, der\n"
                         : "indicators.yaml:5:15: der.formula: the formula "
                           "refers to itself: der, der\n"));
        mv_buf_done(&in);
        mv_buf_done(&out);
    }
}

/* A derived indicator's formula. */
static void a_formula_is_made_of_values_of_the_same_stretch(void **state)
{
    (void)state;
    static const struct written cases[] = {
        {"'\"senger\" * 2'", NULL},
        {"'value(\"senger\")'", NULL},
        {"'\"senger\" > 1'", "a formula has no comparison"},
        {"'latest(\"senger\")'", "a formula is made of other indicators'"},
        {"'value(\"senger\", -1)'", "a formula names no year or period"},
        {"'value(\"senger\", 2019)'", "a formula names no year or period"},
        {"'\"weekly\" * 2'", "weeks and days are not made of other"},
        {"'\"epikrise\"'", "another measure than the indicator"},
        {"'\"senger\" + limit'", "a formula has no limit"},
        {"'\"senger\" +'", "a value"},
        {"'\"nothing\"'", "no indicator 'nothing'"},
        {"'value'", "no indicator is given"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mv_buf text = {0}, out = {0};
        mv_buf_text(&text, test_indicators);
        mv_buf_printf(&text,
                      "  - {id: weekly, title: W, measure: count, frequency: "
                      "W, over_periods: sum, over_units: sum}\n"
                      "  - id: made\n    title: M\n    measure: count\n"
                      "    frequency: A\n    formula: %s\n",
                      cases[i].text);
        struct mv_catalogue *c =
            test_catalogue(NULL, mv_buf_cstr(&text), NULL, NULL, &out);
        held(c, &out, &cases[i]);
        mv_catalogue_close(c);
        mv_buf_done(&text);
        mv_buf_done(&out);
    }
}

/* Each bound is met by a text that grows: good, and then refused in words. */
static void grown(const char *first, const char *more, const char *close,
                  const char *last, const char *fault)
{
    bool refused = false;
    for (unsigned n = 1; n < 700 && !refused; n += n < 60 ? 1 : 25) {
        struct mv_buf text = {0}, out = {0}, yaml = {0};
        mv_buf_text(&text, first);
        for (unsigned i = 0; i < n; i++)
            mv_buf_text(&text, more);
        mv_buf_text(&text, "1");
        for (unsigned i = 0; i < n; i++)
            mv_buf_text(&text, close);
        mv_buf_text(&text, last);
        mv_buf_printf(&yaml,
                      "targets:\n  - id: x\n    year: 2024\n    text: X\n"
                      "    indicator: senger\n    require: '%s'\n",
                      mv_buf_cstr(&text));
        struct mv_catalogue *c =
            test_catalogue(NULL, NULL, mv_buf_cstr(&yaml), NULL, &out);
        refused = c == NULL;
        assert_true(n > 1 || !refused);
        if (refused && strstr(mv_buf_cstr(&out), fault) == NULL)
            fail_msg("%u times '%s': %s", n, more, mv_buf_cstr(&out));
        mv_catalogue_close(c);
        mv_buf_done(&text);
        mv_buf_done(&out);
        mv_buf_done(&yaml);
    }
    assert_true(refused);
}

static void what_is_too_deep_or_too_long_is_refused_in_words(void **state)
{
    (void)state;
    grown("value > ", "(", ")", "", "nested too deep");
    grown("value > ", "-", "", "", "nested too deep");
    grown("value > ", "1+", "", "", "too long");
    grown("value > ", "min(1,", ")", "", "too");
    grown("value > ", "abs(", ")", "", "nested too deep");
    grown("value > ", "                       ", "", "", "the text is too");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_year_or_period_is_one_that_there_is),
        cmocka_unit_test(a_series_has_the_arguments_that_it_needs),
        cmocka_unit_test(brackets_and_commas_stand_in_pairs_and_calls),
        cmocka_unit_test(a_share_counts_units_and_compares_once),
        cmocka_unit_test(a_path_leads_from_year_to_year),
        cmocka_unit_test(each_names_a_dimension_that_the_figures_have),
        cmocka_unit_test(both_sides_have_one_measure),
        cmocka_unit_test(a_limit_is_one_number_of_the_measure),
        cmocka_unit_test(a_formulas_other_fault_does_not_hide_its_loop),
        cmocka_unit_test(a_formula_is_made_of_values_of_the_same_stretch),
        cmocka_unit_test(what_is_too_deep_or_too_long_is_refused_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
