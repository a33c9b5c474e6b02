#include <string.h>

#include "services/catalogue/parse.h"
#include "tests/support/catalogue_text.h"
#include "tests/support/unit.h"

static struct mv_parsed parsed;

/* One letter per node, in postfix order: n number, l limit, v value, t latest,
 * g growth, r rate, s share, e its end, p path, m min, M max, a abs, _ neg. */
static const char *shape(void)
{
    static char out[MV_LANG_NODES + 1];
    static const char letters[] = "nlvtgrLHSsep_a+-*/mM";
    for (uint32_t i = 0; i < parsed.count; i++)
        out[i] = letters[parsed.nodes[i].node.kind];
    out[parsed.count] = '\0';
    return out;
}

static void expect_shape(const char *text, const char *expected)
{
    if (!mv_parse(&parsed, mv_span_text(text), true))
        fail_msg("%s: at %u: %s", text, parsed.fault_at, parsed.fault);
    assert_string_equal(shape(), expected);
}

static void expect_fault(const char *text, uint32_t at, const char *fault)
{
    assert_false(mv_parse(&parsed, mv_span_text(text), true));
    assert_string_equal(parsed.fault, fault);
    assert_int_equal(parsed.fault_at, at);
}

static void operators_bind_as_in_arithmetic(void **state)
{
    (void)state;
    expect_shape("value >= 70 %", "vn");
    assert_int_equal(parsed.cmp, MV_CMP_GE);
    assert_int_equal(parsed.left, 1);
    expect_shape("1 + 2 * 3 < value", "nnn*+v");
    expect_shape("(1 + 2) * 3 < value", "nn+n*v");
    expect_shape("1 - 2 - 3 = value", "nn-n-v");
    expect_shape("value > -2 * 3", "vn_n*");
    expect_shape("value <= 1 / 2 / 4", "vnn/n/");
    assert_int_equal(parsed.cmp, MV_CMP_LE);
}

static void functions_take_their_arguments_in_order(void **state)
{
    (void)state;
    expect_shape("min(value, 1 + 2, latest) < max(3, 4)", "vnn+tmnnM");
    assert_int_equal(parsed.nodes[5].node.count, 3);
    assert_int_equal(parsed.nodes[8].node.count, 2);
    expect_shape("abs(value - limit) < 2", "vl-an");
    expect_shape("value <= path(10, 2020, 20 + 1, 2030)", "vnnn+p");
    assert_int_equal(parsed.nodes[5].node.day[0], 2020);
    assert_int_equal(parsed.nodes[5].node.day[1], 2030);
    assert_true(parsed.nodes[5].node.year_given);
    expect_shape("share(units: value >= 60 %) > 50 %", "svnen");
    assert_int_equal(parsed.nodes[0].node.count, 3);
    assert_int_equal(parsed.nodes[3].node.cmp, MV_CMP_GE);
    assert_int_equal(parsed.left, 4);
}

static void a_series_takes_name_and_time(void **state)
{
    (void)state;
    expect_shape("growth(\"kost/phv\", -1) > growth(\"kost/som\", 2012)", "gg");
    assert_true(mv_span_is(parsed.nodes[0].name, "kost/phv"));
    assert_int_equal(parsed.nodes[0].node.when, MV_WHEN_BACK);
    assert_int_equal(parsed.nodes[0].node.year, -1);
    assert_int_equal(parsed.nodes[1].node.when, MV_WHEN_YEAR);
    assert_int_equal(parsed.nodes[1].node.year, 2012);
    expect_shape("value(2019-M06) > \"a.b-c\"", "vv");
    assert_int_equal(parsed.nodes[0].node.when, MV_WHEN_PERIOD);
    assert_int_equal(parsed.nodes[0].node.period.year, 2019);
    assert_int_equal(parsed.nodes[0].node.period.freq, MV_FREQ_M);
    assert_true(mv_span_is(parsed.nodes[1].name, "a.b-c"));
    expect_shape("rate(\"x\", 1000, -1) < rate(100)", "rr");
    assert_int_equal(parsed.nodes[0].node.micro, 1000000000);
    expect_shape("value(2024-01-01/P11M) < value(2024-06-30) - 5", "vvn-");
}

static void each_names_a_dimension_with_any_identifier(void **state)
{
    (void)state;
    expect_shape("each ambulanse.laerling-1: value > 0", "vn");
    assert_true(mv_span_is(parsed.each, "ambulanse.laerling-1"));
    expect_fault("each : value > 0", 5,
                 "expected a dimension and ':', as in each tjeneste:");
}

static void faults_say_where_and_what_was_expected(void **state)
{
    (void)state;
    expect_fault("value >=", 8, "expected a value, found the end");
    expect_fault("value", 5,
                 "expected a comparison: < <= > >= =, found the end");
    expect_fault("value >= 70 % < 3", 14,
                 "one comparison to a criterion: write two criteria");
    expect_fault("value > 66,5 %", 10,
                 "a comma cannot stand here; decimals are written with a "
                 "point");
    expect_fault("value > (1 + 2", 8, "the '(' is not closed");
    expect_fault("value > 1)", 9, "')' without its '('");
    expect_fault("value ! 1", 6, "'!': no such sign in the language");
    expect_fault("value == 1", 6, "'==': write `=`");
    expect_fault("verdi > 1", 0,
                 "expected a number, value, latest, growth, limit, min, max, "
                 "abs, rate, lowest, highest, spread, share, path, found "
                 "'verdi'");
    expect_fault("growth > 1 %", 0,
                 "growth needs what it is measured from, as in growth(-1)");
    expect_fault("value(1) > 1", 6,
                 "expected a year as -1 or 2019, or a period as 2019-M06, "
                 "found '1'");
    expect_fault("value(2019-M13) > 1", 6, "'2019-M13': no such period");
    expect_fault("value > 0.1234567", 8,
                 "'0.1234567': more decimals than are kept");
    expect_fault("value > \"abc", 8, "'\"abc': the quote (\") is not closed");
    expect_fault("min(1 > 2) > value", 6, "a comparison cannot stand here");
    expect_fault("share(units: share(units: value > 1) > 1) > 1", 13,
                 "a share within a share");
    expect_fault("value < path(1, 2020, 2, 2019)", 25,
                 "the path must lead forward");
    expect_fault("value < path(1, 2020, 2, 2030 + 1)", 30,
                 "expected ')', found '+'");
    expect_fault("", 0, "expected a value, found the end");
}

static void depth_and_length_are_bounded(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    for (int i = 0; i < MV_LANG_DEPTH; i++)
        mv_buf_text(&b, "(");
    mv_buf_text(&b, "value");
    for (int i = 0; i < MV_LANG_DEPTH; i++)
        mv_buf_text(&b, ")");
    mv_buf_text(&b, " > 1");
    assert_true(mv_parse(&parsed, mv_buf_span(&b), true));
    mv_buf_clear(&b);
    for (int i = 0; i <= MV_LANG_DEPTH; i++)
        mv_buf_text(&b, "(");
    expect_fault(mv_buf_cstr(&b), MV_LANG_DEPTH, "nested too deep");
    mv_buf_clear(&b);
    for (int i = 0; i < MV_LANG_NODES; i++)
        mv_buf_text(&b, "1+");
    assert_false(mv_parse(&parsed, mv_buf_span(&b), true));
    assert_string_equal(parsed.fault, "the expression is too long");
    mv_buf_done(&b);
}

static const char head[] = "targets:\n"
                           "  - {id: t, year: 2024, text: x, ";

/* The faults of one target's keys, or "" where it loads. */
static void expect_target(const char *keys, const char *faults)
{
    struct mv_buf text = {0}, out = {0};
    mv_buf_printf(&text, "%s%s}\n", head, keys);
    struct mv_catalogue *c =
        test_catalogue(NULL, NULL, mv_buf_cstr(&text), NULL, &out);
    if (strcmp(mv_buf_cstr(&out), faults) != 0)
        print_error("for %s\n", keys);
    assert_string_equal(mv_buf_cstr(&out), faults);
    mv_catalogue_close(c);
    mv_buf_done(&text);
    mv_buf_done(&out);
}

#define EPIKRISE "indicator: epikrise, require: "
#define VENTETID "indicator: ventetid, require: "
#define SENGER   "indicator: senger, require: "

static void what_types_loads(void **state)
{
    (void)state;
    expect_target(EPIKRISE "['value >= 70 %']", "");
    expect_target(EPIKRISE "['value - value(-1) >= 2 pp']", "");
    expect_target(EPIKRISE "['value >= value(-1) - 2 pp']", "");
    expect_target(EPIKRISE "['value >= value(-1) * 115 %']", "");
    expect_target(EPIKRISE "['value(-1) / value <= 110 %']", "");
    expect_target(EPIKRISE "['growth(-1) > 1.5 %']", "");
    expect_target(VENTETID "['value < 50 days']", "");
    expect_target(VENTETID "['value < value(-1) - 3 dager']", "");
    expect_target(VENTETID "['value = 0']", "");
    expect_target(VENTETID "['value / value(2019) <= 70 %']", "");
    expect_target(VENTETID "['max(value, latest) < 60 days * 2']", "");
    expect_target(SENGER "['value >= 100']", "");
    expect_target(SENGER "['value >= 100 count']", "");
    expect_target(SENGER "['value <= value(2012) * 70 %']", "");
    expect_target(SENGER "['abs(value - value(-1)) < 5']", "");
}

static void bad_input_109_days_compared_with_percent(void **state)
{
    (void)state;
    expect_target(VENTETID "['value < 50 %']",
                  "targets.yaml:2:74: t.require: days compared with %: both "
                  "sides need one measure\n");
}

static void what_does_not_type_is_refused_with_its_place(void **state)
{
    (void)state;
    expect_target(EPIKRISE "['value >= 70']",
                  "targets.yaml:2:75: t.require: % compared with a bare "
                  "number: both sides need one measure\n");
    expect_target(EPIKRISE "['value >= 70 pp']",
                  "targets.yaml:2:75: t.require: % compared with pp: both "
                  "sides need one measure\n");
    expect_target(EPIKRISE "['value - value(-1) >= 2 %']",
                  "targets.yaml:2:87: t.require: pp compared with %: both "
                  "sides need one measure\n");
    expect_target(VENTETID "['value + 3 pp < 50 days']",
                  "targets.yaml:2:72: t.require: days plus pp: both sides "
                  "need one measure\n");
    expect_target(VENTETID "['value * value < 50 days']",
                  "targets.yaml:2:72: t.require: days times days: one of them "
                  "must be a number or a %\n");
    expect_target(SENGER "['5 / value < 2']",
                  "targets.yaml:2:66: t.require: a bare number divided by a "
                  "count: they need one measure\n");
    expect_target(SENGER "['value < 5 bananas']",
                  "targets.yaml:2:72: t.require: 'bananas' is not a "
                  "measure\n");
    expect_target(SENGER "['2 > 1']",
                  "targets.yaml:2:64: t.require: no figure is named: value, "
                  "latest ...\n");
    expect_target("require: ['value > 1']",
                  "targets.yaml:2:45: t.require: no indicator is given: name "
                  "one, as in value(\"kost\")\n");
    expect_target(SENGER "['each tjeneste: value > 1']",
                  "targets.yaml:2:69: t.require: no indicator here has the "
                  "dimension 'tjeneste'\n");
    expect_target(SENGER "['value > \"sengr\"']",
                  "targets.yaml:2:72: t.require: no indicator 'sengr'\n");
    expect_target(SENGER "['value(\"epikrise/bup\") > 1 %']",
                  "targets.yaml:2:64: t.require: 'epikrise' has no member "
                  "'bup'\n");
}

static void the_column_counts_letters_not_bytes(void **state)
{
    (void)state;
    expect_target(SENGER "['value > \"æøå\" + \"b\"']",
                  "targets.yaml:2:72: t.require: no indicator 'æøå'\n");
    expect_target(SENGER "['\"senger\" > \"senger/æøå\" + 1']",
                  "targets.yaml:2:75: t.require: 'senger' has no member "
                  "'æøå'\n");
    expect_target(SENGER "['value > \"ø\" )']",
                  "targets.yaml:2:76: t.require: ')' without its '('\n");
}

static void children_are_asked_for_only_where_there_are_some(void **state)
{
    (void)state;
    expect_target(
        SENGER "['spread < 5']",
        "targets.yaml:2:5: t.scope: lowest, highest, spread and share look "
        "at child units, and ous has none\n");
}

static void nodes_carry_measure_member_and_scale(void **state)
{
    (void)state;
    struct mv_buf out = {0};
    struct mv_catalogue *c = test_catalogue(
        NULL, NULL,
        "targets:\n"
        "  - {id: t, year: 2024, text: x, indicator: epikrise,\n"
        "     require: ['each tjeneste: value / value(-1) >= 85 % * 110 %',\n"
        "               'value >= limit'], limits: {som: 61 %}}\n",
        NULL, &out);
    assert_string_equal(mv_buf_cstr(&out), "");
    const struct mv_criterion *r = &c->criteria[0];
    const struct mv_node *n = &c->nodes[r->first];
    assert_true(r->each);
    assert_int_equal(r->each_indicator, 0);
    assert_int_equal(r->n_left, 3);
    assert_int_equal(r->n_right, 3);
    assert_int_equal(r->measure, MV_MEASURE_PERCENT);
    assert_true(n[0].own);
    assert_int_equal(n[0].member, MV_MEMBER_EACH);
    assert_int_equal(n[1].year, -1);
    assert_int_equal(n[2].kind, MV_NODE_DIV);
    assert_int_equal(n[2].hundred, 1);
    assert_int_equal(n[3].micro, 85000000);
    assert_int_equal(n[5].kind, MV_NODE_MUL);
    assert_int_equal(n[5].hundred, -1);
    assert_false(r[1].each);
    assert_true(r[1].uses_limit);
    assert_int_equal(c->nodes[r[1].first].member, MV_MEMBER_TOTAL);
    mv_catalogue_close(c);
    mv_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_bind_as_in_arithmetic),
        cmocka_unit_test(functions_take_their_arguments_in_order),
        cmocka_unit_test(a_series_takes_name_and_time),
        cmocka_unit_test(each_names_a_dimension_with_any_identifier),
        cmocka_unit_test(faults_say_where_and_what_was_expected),
        cmocka_unit_test(depth_and_length_are_bounded),
        cmocka_unit_test(what_types_loads),
        cmocka_unit_test(bad_input_109_days_compared_with_percent),
        cmocka_unit_test(what_does_not_type_is_refused_with_its_place),
        cmocka_unit_test(the_column_counts_letters_not_bytes),
        cmocka_unit_test(children_are_asked_for_only_where_there_are_some),
        cmocka_unit_test(nodes_carry_measure_member_and_scale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
