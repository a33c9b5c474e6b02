/* Which of the figures behind a status go into it. */
#include "tests/support/given.h"

/* "ahus yes, ous no" */
static bool who_counts(void *ctx, const struct mv_behind *b)
{
    struct mv_buf *out = ctx;
    struct mv_span id = w.c->units[b->unit].id;
    mv_buf_printf(out, "%s%.*s %s", out->len > 0 ? ", " : "", (int)id.len,
                  (const char *)id.at, b->counts ? "yes" : "no");
    return true;
}

static void expect_who_counts(const char *unit, const char *wanted)
{
    struct mv_buf out = {0};
    world_explain(&w, "t", unit, who_counts, &out);
    assert_string_equal(mv_buf_cstr(&out), wanted);
    mv_buf_done(&out);
}

/* Of a unit that is excepted, or was gone, nothing goes into those above; nor
 * do those below it. Of itself it counts. */
static void explain_says_who_is_no_part_of_those_above(void **state)
{
    (void)state;
    world_open(&w,
               "units:\n"
               "  - {id: r, name: R, kind: region}\n"
               "  - {id: x, name: X, kind: trust, parent: r}\n"
               "  - {id: h, name: H, kind: hospital, parent: x}\n"
               "  - {id: a, name: A, kind: trust, parent: r}\n"
               "  - {id: old, name: O, kind: trust, parent: r, to: 2020}\n",
               "indicators:\n" INDICATOR("i", "count", "Q", "sum", "sum",
                                         "    except: [x]\n"),
               "targets:\n" TARGET("t", "i", "[value > 0]", ""));
    put("i", "h", "2024-Q1", "1");
    put("i", "a", "2024-Q1", "1");
    put("i", "old", "2024-Q1", "1");
    expect("t", "r", "green");
    assert_string_equal(world_ruling(&w, 0), "green 1 0 1");
    expect_who_counts("r", "h no, a yes, old no");
    expect_who_counts("x", "h yes");
}

#define REGIONAL(require)                                                    \
    "targets:\n  - {id: t, year: 2024, text: {nb: t}, indicator: i, scope: " \
    "[region], require: [\"" require "\"]}\n"

static void open_tree(const char *indicators, const char *targets)
{
    world_open(&w,
               "units:\n"
               "  - {id: r, name: R, kind: region}\n"
               "  - {id: a, name: A, kind: trust, parent: r}\n"
               "  - {id: h, name: H, kind: hospital, parent: a}\n"
               "  - {id: b, name: B, kind: trust, parent: r}\n",
               indicators, targets);
}

static void explain_counts_none_below_where_units_do_not_add_up(void **state)
{
    (void)state;
    open_tree("indicators:\n" INDICATOR("i", "count", "Q", "sum", "none", ""),
              "targets:\n" TARGET("t", "i", "[value > 0]", ""));
    put("i", "a", "2024-Q1", "1");
    put("i", "h", "2024-Q1", "1");
    expect("t", "r", "none not_due");
    expect_who_counts("r", "a no, h no");
    expect_who_counts("a", "a yes, h no");
}

/* A lowest is of the units below, whatever the one above has of its own. */
static void explain_counts_what_each_unit_below_is_made_of(void **state)
{
    (void)state;
    open_tree("indicators:\n" INDICATOR("i", "count", "Q", "sum", "sum", ""),
              REGIONAL("lowest > 0"));
    put("i", "r", "2024-Q1", "1");
    put("i", "a", "2024-Q1", "1");
    put("i", "h", "2024-Q1", "1");
    put("i", "b", "2024-Q1", "1");
    expect("t", "r", "green");
    expect_who_counts("r", "r no, a yes, h no, b yes");
    world_close(&w);
    open_tree("indicators:\n" INDICATOR("i", "count", "Q", "sum", "none", ""),
              REGIONAL("share(units: value > 0) >= 50 %"));
    put("i", "r", "2024-Q1", "1");
    put("i", "h", "2024-Q1", "1");
    put("i", "b", "2024-Q1", "1");
    expect("t", "r", "green");
    expect_who_counts("r", "r no, h no, b yes");
}

/* Of last year the units below alone are named, of this year the region. */
static void explain_counts_what_is_named_of_the_figures_own_year(void **state)
{
    (void)state;
    open_tree("indicators:\n" INDICATOR("i", "count", "Q", "sum", "sum", ""),
              REGIONAL("value < highest(-1)"));
    put("i", "r", "2023-Q1", "9");
    put("i", "a", "2023-Q1", "2");
    put("i", "r", "2024-Q1", "1");
    put("i", "a", "2024-Q1", "1");
    expect("t", "r", "green");
    assert_string_equal(world_ruling(&w, 0), "green 1 2 1");
    expect_who_counts("r", "r no, a yes, r yes, a yes");
    world_close(&w);
    open_tree("indicators:\n" INDICATOR("i", "count", "Q", "sum", "sum", ""),
              REGIONAL("growth(2022) > 0 %"));
    put("i", "a", "2022-Q1", "1");
    put("i", "a", "2023-Q1", "2"); /* between: no number is made of it */
    put("i", "a", "2024-Q1", "2");
    expect("t", "r", "green");
    expect_who_counts("r", "a yes, a no, a yes");
}

/* Of another indicator, those of its members that are judged. */
static void explain_counts_no_member_that_each_does_not_name(void **state)
{
    (void)state;
    const char *two =
        "indicators:\n" INDICATOR("i", "count", "Q", "sum", "sum",
                                  "    dimension: {id: d, members: {x: X}}\n")
            INDICATOR("j", "count", "Q", "sum", "sum",
                      "    dimension: {id: d, members: {y: Y, x: X}}\n");
    open_tree(two, REGIONAL("each d: value > \\\"j\\\""));
    world_push(&w, "i", "a", "x", "2024-Q1", "2", 0);
    world_push(&w, "j", "a", "x", "2024-Q1", "1", 0);
    world_push(&w, "j", "a", "y", "2024-Q1", "1", 0);
    expect("t", "r", "green");
    expect_who_counts("r", "a yes, a no, a yes");
}

/* A unit's own figures of one member cover those below it of that alone. */
static void explain_counts_member_by_member(void **state)
{
    (void)state;
    const char *one = INDICATOR("i", "count", "Q", "sum", "sum",
                                "    dimension: {id: d, members: {x: X, y: "
                                "Y}, total: sum}\n");
    struct mv_buf indicators = {0};
    mv_buf_printf(&indicators, "indicators:\n%s", one);
    open_tree(mv_buf_cstr(&indicators), REGIONAL("each d: value > 0"));
    world_push(&w, "i", "r", "x", "2024-Q1", "1", 0);
    world_push(&w, "i", "a", "x", "2024-Q1", "1", 0);
    world_push(&w, "i", "a", "y", "2024-Q1", "1", 0);
    put("i", "b", "2024-Q1", "1");
    expect("t", "r", "green");
    expect_who_counts("r", "r yes, a no, a yes, b no");
    world_close(&w);
    open_tree(mv_buf_cstr(&indicators), REGIONAL("value > 0"));
    world_push(&w, "i", "a", "x", "2024-Q1", "1", 0);
    world_push(&w, "i", "b", "y", "2024-Q1", "1", 0);
    put("i", "a", "2024-Q1", "1");
    expect_who_counts("r", "a yes, a no, b yes");
    mv_buf_done(&indicators);
}

#define CASE(f) cmocka_unit_test_teardown(f, finish)

/* "2023-Q1 yes, 2023-Q2 unshared" */
static bool why_out(void *ctx, const struct mv_behind *b)
{
    struct mv_buf *out = ctx;
    char period[MV_PERIOD_TEXT_BYTES];
    mv_buf_printf(out, "%s%s %s", out->len > 0 ? ", " : "",
                  mv_period_text(&b->period, period),
                  b->counts ? "yes" : mv_out_text(b->out));
    assert_int_equal(b->counts, b->out == MV_OUT_NO);
    return true;
}

static void expect_why(const char *unit, const char *wanted)
{
    struct mv_buf out = {0};
    world_explain(&w, "t", unit, why_out, &out);
    assert_string_equal(mv_buf_cstr(&out), wanted);
    mv_buf_done(&out);
}

/* Like for like: only what is in of both years, be it the shorter figure. */
static void a_period_of_one_year_alone_is_said_not_to_count(void **state)
{
    (void)state;
    open_tree("indicators:\n" INDICATOR("i", "count", "Q", "sum", "sum", ""),
              REGIONAL("value > value(-1)"));
    put("i", "a", "2023-Q1", "1");
    put("i", "a", "2023", "40");
    put("i", "a", "2024-Q1", "2");
    put("i", "a", "2024-Q2", "9");
    put("i", "b", "2024-Q1", "9");
    expect("t", "r", "green");
    assert_string_equal(world_ruling(&w, 0), "green 2 1 1");
    expect_why("r", "2023-Q1 yes, 2023 unshared, 2024-Q1 yes, "
                    "2024-Q2 unshared, 2024-Q1 left_out");
    world_close(&w);
    open_tree("indicators:\n" INDICATOR("i", "count", "Q", "sum", "sum", ""),
              REGIONAL("value > value(-1)"));
    put("i", "a", "2024-Q1", "2"); /* of no value: it could count */
    put("i", "a", "2024", "9");
    expect("t", "r", "none no_base");
    expect_why("r", "2024-Q1 longer, 2024 yes");
}

/* What is left out of the comparison is in the aim still. */
static void what_is_in_an_aim_alone_is_said_not_to_count(void **state)
{
    (void)state;
    const char *one =
        "indicators:\n" INDICATOR("i", "count", "Q", "sum", "sum", "");
    open_tree(one, REGIONAL("value > value(-1)\"], aim: [\"value > 50"));
    put("i", "a", "2023-Q1", "1");
    put("i", "a", "2024-Q1", "2");
    put("i", "a", "2024-Q2", "9");
    put("i", "b", "2024-Q1", "9");
    expect("t", "r", "green");
    expect_why("r", "2023-Q1 yes, 2024-Q1 yes, 2024-Q2 aim, 2024-Q1 aim");
}

static void
of_a_longer_or_a_last_figure_the_others_are_said_not_to(void **state)
{
    (void)state;
    open_tree("indicators:\n" INDICATOR("i", "count", "Q", "sum", "sum", ""),
              REGIONAL("value > 0"));
    put("i", "a", "2024-Q1", "1");
    put("i", "a", "2024-S1", "2");
    put("i", "a", "2024-Q3", "3");
    expect("t", "r", "green");
    expect_why("r", "2024-Q1 longer, 2024-S1 yes, 2024-Q3 yes");
    world_close(&w);
    open_tree("indicators:\n" INDICATOR("i", "count", "Q", "last", "sum", ""),
              REGIONAL("value > 0"));
    put("i", "a", "2024-Q1", "1");
    put("i", "a", "2024-Q2", "2");
    expect("t", "r", "green");
    expect_why("r", "2024-Q1 last, 2024-Q2 yes");
    world_close(&w);
    open_tree("indicators:\n" INDICATOR("i", "count", "Q", "sum", "sum", ""),
              REGIONAL("latest > 0"));
    put("i", "a", "2024-Q1", "1");
    put("i", "a", "2024-Q2", "2");
    expect("t", "r", "green");
    expect_why("r", "2024-Q1 last, 2024-Q2 yes");
}

static void open_forecast(const char *forecast, const char *require)
{
    start_target(WORLD_LETTERS,
                 "indicators:\n" INDICATOR("i", "count", "Q", "sum", "sum", ""),
                 "year: 2024, indicator: i, scope: [trust], forecast: %s, "
                 "require: [%s]",
                 forecast, require);
}

/* What a forecast goes by is in the number, though no period of it is. */
static void what_a_forecast_goes_by_counts(void **state)
{
    (void)state;
    open_forecast("seasonal", "value > 0, value(2023-Q1) > 0");
    push_quarters("i", 2023, QUARTERS("1", "1", "1", "1"));
    push_quarters("i", 2024, QUARTERS("2", "", "", ""));
    expect("t", "a", "green");
    expect_why("a", "2023-Q1 yes, 2023-Q2 yes, 2023-Q3 yes, 2023-Q4 yes, "
                    "2024-Q1 yes");
    world_close(&w);
    open_forecast("recent(3)", "value > value(-1)");
    push_quarters("i", 2023, QUARTERS("1", "", "1", "1"));
    push_quarters("i", 2024, QUARTERS("2", "3", "", ""));
    expect("t", "a", "green");
    expect_why("a", "2023-Q1 yes, 2023-Q3 yes, 2023-Q4 yes, 2024-Q1 yes, "
                    "2024-Q2 yes");
    world_close(&w);
    open_forecast("none", "value > value(-1)");
    push_quarters("i", 2023, QUARTERS("1", "", "1", "1"));
    push_quarters("i", 2024, QUARTERS("2", "3", "", ""));
    expect("t", "a", "green");
    expect_why("a", "2023-Q1 yes, 2023-Q3 unshared, 2023-Q4 unshared, "
                    "2024-Q1 yes, 2024-Q2 unshared");
}

static void what_is_not_asked_or_not_added_is_told_so(void **state)
{
    (void)state;
    open_tree("indicators:\n" INDICATOR("i", "count", "Q", "sum", "none", ""),
              REGIONAL("growth(2022) > 0 %"));
    put("i", "r", "2022-Q1", "1");
    put("i", "r", "2023-Q1", "1");
    put("i", "r", "2024-Q1", "2");
    put("i", "a", "2024-Q1", "2");
    expect("t", "r", "green");
    expect_why("r", "2022-Q1 yes, 2023-Q1 unnamed, 2024-Q1 yes, "
                    "2024-Q1 unadded");
}

/* Whether its unit is in the value or left out of it, or there is none. */
static void of_a_named_period_no_other_is_asked(void **state)
{
    (void)state;
    const char *one = INDICATOR("i", "count", "M", "sum", "sum", "");
    struct mv_buf indicators = {0};
    mv_buf_printf(&indicators, "indicators:\n%s", one);
    open_tree(mv_buf_cstr(&indicators), REGIONAL("value(2024-M03) > 0"));
    put("i", "a", "2024-M01", "1");
    expect("t", "r", "none not_due");
    expect_why("r", "2024-M01 unnamed");
    put("i", "a", "2024-M03", "1");
    put("i", "b", "2024-M01", "1");
    put("i", "b", "2024-Q1", "3");
    expect("t", "r", "green");
    expect_why("r", "2024-M01 unnamed, 2024-M03 yes, 2024-M01 unnamed, "
                    "2024-Q1 unnamed");
    world_close(&w);
    open_tree(mv_buf_cstr(&indicators),
              REGIONAL("value(2024-Q2) > value(2024-Q1)"));
    put("i", "a", "2024-Q1", "1");
    put("i", "a", "2024-M05", "1"); /* within it */
    put("i", "a", "2024-Q2", "3");
    put("i", "a", "2024-S1", "4"); /* of both, and so of neither */
    put("i", "b", "2024-M06", "1");
    expect("t", "r", "green");
    expect_why("r", "2024-Q1 yes, 2024-S1 unnamed, 2024-Q2 yes, "
                    "2024-M05 longer, 2024-M06 left_out");
    world_close(&w);
    start_target(WORLD_LETTERS, mv_buf_cstr(&indicators),
                 "year: 2024, indicator: i, scope: [trust], "
                 "require: ['value(2024-M01) > 0', 'value > value(-1)']");
    put("i", "a", "2024-M01", "1");
    put("i", "a", "2024-M02", "1"); /* of the other, which is none */
    expect("t", "a", "none no_base");
    expect_why("a", "2024-M01 yes, 2024-M02 unshared");
    mv_buf_done(&indicators);
}

static void each_member_is_asked_for_its_own_period(void **state)
{
    (void)state;
    start_target(WORLD_LETTERS,
                 "indicators:\n" INDICATOR("i", "count", "Q", "sum", "sum",
                                           MEMBERS("none")),
                 "year: 2024, indicator: i, scope: [trust], require: "
                 "['value(\"i/som\", 2024-Q1) > value(\"i/vop\", 2024-Q2)']");
    push_member("i", "a", "som", "2024-Q1", "2");
    push_member("i", "a", "som", "2024-Q2", "2");
    push_member("i", "a", "vop", "2024-Q1", "1");
    push_member("i", "a", "vop", "2024-Q2", "1");
    expect("t", "a", "green");
    expect_why("a", "2024-Q1 yes, 2024-Q2 unnamed, 2024-Q1 unnamed, "
                    "2024-Q2 yes");
}

/* `old` ends in June, `new` begins in July: of a last the one counts no more,
 * of a mean each counts for its part of the year. */
static void open_merger(const char *over)
{
    char indicator[512];
    (void)snprintf(
        indicator, sizeof indicator,
        "indicators:\n" INDICATOR("i", "count", "S", "%s", "sum", ""), over);
    start_target("units:\n"
                 "  - {id: r, name: R, kind: region}\n"
                 "  - {id: old, name: O, kind: trust, parent: r, to: "
                 "2024-06-30}\n"
                 "  - {id: new, name: N, kind: trust, parent: r, from: "
                 "2024-07-01}\n"
                 "  - {id: c, name: C, kind: trust, parent: r}\n",
                 indicator,
                 "year: 2024, indicator: i, scope: [region, trust], "
                 "require: ['value > 0']");
    put("i", "old", "2024-S1", "38");
    put("i", "new", "2024-S2", "40");
    put("i", "c", "2024-S1", "190");
    put("i", "c", "2024-S2", "192");
}

static void expect_basis(unsigned units, unsigned of, unsigned left_out)
{
    const struct mv_basis *b = &w.j.rulings[0].basis;
    assert_int_equal(b->units_in, units);
    assert_int_equal(b->units_of, of);
    assert_int_equal(b->left_out_kept, left_out);
    assert_int_equal(b->absent_kept, 0);
    assert_int_equal(b->periods_in, 2);
    assert_int_equal(b->periods_of, 2);
}

static void what_an_ended_unit_had_is_told_as_it_counts(void **state)
{
    (void)state;
    open_merger("last");
    w.j.naming = true;
    expect("t", "r", "green");
    assert_string_equal(world_ruling(&w, 0), "green 232 0 232");
    expect_basis(2, 2, 1);
    assert_int_equal(w.j.rulings[0].basis.left_out_at[0].unit,
                     world_unit(&w, "old"));
    assert_string_equal(
        mv_left_out_text(w.j.rulings[0].basis.left_out_at[0].why), "ended");
    expect_why("r", "2024-S1 left_out, 2024-S2 yes, 2024-S1 last, "
                    "2024-S2 yes");
    expect_why("old", "2024-S1 yes");
    world_close(&w);
    open_merger("mean");
    w.j.naming = true;
    expect("t", "r", "green");
    assert_string_equal(world_ruling(&w, 0), "green 230 0 230");
    expect_basis(3, 3, 0);
    expect_why("r", "2024-S1 yes, 2024-S2 yes, 2024-S1 yes, 2024-S2 yes");
}

/* Why no part of it, above: each with its reason. */
static void who_does_not_count_is_told_why(void **state)
{
    (void)state;
    world_open(&w,
               "units:\n"
               "  - {id: r, name: R, kind: region}\n"
               "  - {id: x, name: X, kind: trust, parent: r}\n"
               "  - {id: a, name: A, kind: trust, parent: r}\n"
               "  - {id: h, name: H, kind: hospital, parent: a}\n",
               "indicators:\n" INDICATOR("i", "count", "Q", "sum", "sum",
                                         "    except: [x]\n"),
               "targets:\n" TARGET("t", "i", "[value > 0]", ""));
    put("i", "x", "2024-Q1", "1");
    put("i", "a", "2024-Q1", "1");
    put("i", "h", "2024-Q2", "1");
    expect("t", "r", "green");
    expect_why("r", "2024-Q1 apart, 2024-Q1 yes, 2024-Q2 covered");
}

#define REPORTED(more)                                                       \
    "targets:\n  - {id: t, year: 2024, text: {nb: t}, indicator: i, scope: " \
    "[region], state: " more "}\n"

/* Nobody judges them, and they are in a value all the same. */
static void explain_counts_what_is_reported_and_not_judged(void **state)
{
    (void)state;
    open_tree("indicators:\n" INDICATOR("i", "count", "Q", "last", "sum", ""),
              REPORTED("report_only"));
    put("i", "a", "2023-Q4", "9");
    put("i", "a", "2024-Q1", "1");
    put("i", "a", "2024-Q2", "2");
    put("i", "b", "2024-Q2", "3");
    expect("t", "r", "none report_only");
    expect_why("r", "2024-Q1 last, 2024-Q2 yes, 2024-Q2 yes");
    world_close(&w);
    open_tree("indicators:\n" INDICATOR("i", "count", "Q", "sum", "sum", ""),
              REPORTED("under_development, aim: [\"value > value(-1)\"]"));
    put("i", "a", "2023-Q2", "9");
    put("i", "a", "2024-Q2", "1");
    expect("t", "r", "none under_development");
    expect_why("r", "2023-Q2 aim, 2024-Q2 yes");
    world_close(&w);
    open_tree("indicators:\n" INDICATOR("i", "count", "Q", "sum", "sum",
                                        MEMBERS("none")),
              REPORTED("report_only"));
    (void)world_push(&w, "i", "a", "som", "2024-Q1", "1", 0);
    expect_why("r", "2024-Q1 yes");
}

/* "2024-Q1 suppressed" */
static bool is_it_suppressed(void *ctx, const struct mv_behind *b)
{
    struct mv_buf *out = ctx;
    char period[MV_PERIOD_TEXT_BYTES];
    mv_buf_printf(out, "%s%s %s", out->len > 0 ? ", " : "",
                  mv_period_text(&b->period, period),
                  b->suppressed ? "suppressed" : "shown");
    return true;
}

/* No requirement is, and the total is large enough. */
static void what_an_aim_may_not_show_is_marked(void **state)
{
    struct mv_buf out = {0};
    (void)state;
    open_tree(
        "indicators:\n" INDICATOR("i", "percent", "Q", "ratio", "ratio",
                                  "    min_denominator: 5\n" MEMBERS("ratio")),
        REPORTED("report_only, aim: [\"each tjeneste: value >= 50 %\"]"));
    push_member("i", "a", "som", "2024-Q1", "1/3");
    push_member("i", "a", "vop", "2024-Q1", "9/10");
    push_member("i", "b", "som", "2024-Q1", "5/10");
    push_member("i", "b", "vop", "2024-Q1", "9/10");
    expect("t", "a", "none report_only");
    world_explain(&w, "t", "r", is_it_suppressed, &out);
    assert_string_equal(mv_buf_cstr(&out), "2024-Q1 suppressed, "
                                           "2024-Q1 suppressed, "
                                           "2024-Q1 shown, 2024-Q1 shown");
    mv_buf_done(&out);
}

/* Of what is reported alone, where members make no total: each by itself. */
static void what_is_reported_and_may_not_be_shown_is_marked(void **state)
{
    struct mv_buf out = {0};
    (void)state;
    open_tree(
        "indicators:\n" INDICATOR("i", "percent", "Q", "ratio", "ratio",
                                  "    min_denominator: 5\n" MEMBERS("none")),
        REPORTED("report_only"));
    push_member("i", "a", "som", "2024-Q1", "9/10");
    push_member("i", "a", "vop", "2024-Q1", "1/3");
    push_member("i", "b", "som", "2024-Q1", "5/10");
    push_member("i", "b", "vop", "2024-Q1", "9/10");
    world_explain(&w, "t", "r", is_it_suppressed, &out);
    assert_string_equal(mv_buf_cstr(&out), "2024-Q1 suppressed, "
                                           "2024-Q1 suppressed, "
                                           "2024-Q1 shown, 2024-Q1 shown");
    mv_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(explain_says_who_is_no_part_of_those_above),
        CASE(explain_counts_none_below_where_units_do_not_add_up),
        CASE(explain_counts_what_each_unit_below_is_made_of),
        CASE(explain_counts_what_is_named_of_the_figures_own_year),
        CASE(explain_counts_no_member_that_each_does_not_name),
        CASE(a_period_of_one_year_alone_is_said_not_to_count),
        CASE(what_is_in_an_aim_alone_is_said_not_to_count),
        CASE(of_a_longer_or_a_last_figure_the_others_are_said_not_to),
        CASE(what_a_forecast_goes_by_counts),
        CASE(what_is_not_asked_or_not_added_is_told_so),
        CASE(of_a_named_period_no_other_is_asked),
        CASE(each_member_is_asked_for_its_own_period),
        CASE(what_an_ended_unit_had_is_told_as_it_counts),
        CASE(who_does_not_count_is_told_why),
        CASE(explain_counts_member_by_member),
        CASE(explain_counts_what_is_reported_and_not_judged),
        CASE(what_an_aim_may_not_show_is_marked),
        CASE(what_is_reported_and_may_not_be_shown_is_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
