/* A curve on paper: each element where its number says. */
#include <string.h>

#include "services/cli/chart.h"
#include "tests/support/golden.h"
#include "tests/support/quoted.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

static bool says(const char *text, const char *what)
{
    if (strstr(text, what) != NULL)
        return true;
    print_error("no `%s` in:\n%s\n", what, text);
    return false;
}

static const char *chart_of(struct screen *s, const char *status,
                            const char *series)
{
    struct mv_buf svg = {0}, row = {0}, bytes = {0};
    mv_buf_printf(
        &row,
        "{'status':'%s','year':2024,'cmp':'>=','measure':'days','decimals':0,"
        "'series':{'title':{'nb':'T'},'measure':'days',"
        "'decimals':0,%s}}",
        status, series);
    test_quoted(&bytes, mv_buf_cstr(&row));
    const struct cli_report_line line = {.row = mv_buf_span(&bytes)};
    cli_chart_svg(&s->cli, &line, 1, &svg);
    if (svg.len > 0)
        (void)fwrite(svg.at, 1, svg.len, s->cli.out);
    mv_buf_done(&bytes);
    mv_buf_done(&svg);
    mv_buf_done(&row);
    return screen_text(s);
}

static const char *chart(struct screen *s, const char *series)
{
    return chart_of(s, "red", series);
}

/* 0 to 100 over 108 units of height from 22 down: 50 lies at 76. */
static void a_point_lies_where_its_number_says(void **state)
{
    struct screen s;
    (void)state;
    screen_open(&s, MV_LANG_NB, 0);
    const char *svg = chart(&s, "'line':'95','years':[{'year':2022,'value':"
                                "'5'},{'year':2023,'value':'50'},"
                                "{'year':2024,'value':'95'}]");
    assert_true(says(svg, "cx=\"187.8\" cy=\"76.0\""));
    assert_true(says(svg, "class=\"target\""));
    assert_true(says(svg, ">krav ≥ 95<"));
    assert_true(says(svg, ">✗ rød<"));
    screen_close(&s);
}

static const char *summed(struct screen *s, const char *kind, const char *more)
{
    struct mv_buf series = {0};
    mv_buf_printf(
        &series,
        "'kind':'%s','adds':true,'line':'1200','years':[{'year':2023,'value':"
        "'900','periods':4,'of_periods':4},{'year':2024,'value':'500',"
        "'periods':2,'of_periods':4}],'points':[{'period':'2023-Q1','value':"
        "'300'},{'period':'2023-Q2','value':'200'},{'period':'2023-Q3',"
        "'value':'100'},{'period':'2023-Q4','value':'300'},{'period':"
        "'2024-Q1','value':'300'},%s]",
        kind, more);
    const char *svg = chart(s, mv_buf_cstr(&series));
    mv_buf_done(&series);
    return svg;
}

/* A limit for the year beside single periods would always be far away. */
static void what_is_summed_is_drawn_as_the_sum_so_far(void **state)
{
    struct screen s;
    (void)state;
    screen_open(&s, MV_LANG_NB, 0);
    const char *svg = summed(
        &s, "value", "{'period':'2024-Q2','value':'200','incomplete':true}");
    assert_true(says(svg, ">sum så langt i året; ○ ufullstendig<"));
    assert_true(says(svg, "2023-Q1: 300; 2023-Q2: 500; 2023-Q3: 600; 2023-Q4: "
                          "900; 2024-Q1: 300; 2024-Q2: 500 (ufullstendig)."));
    assert_true(says(svg, ">årskrav ≥ 1200<"));
    /* over the second half of the paper, which is the target's year */
    assert_true(says(svg, "<line class=\"target\" x1=\"187.8\""));
    assert_true(says(svg, "<circle class=\"last open\""));
    assert_null(strstr(svg, "class=\"dot open\""));
    screen_close(&s);
}

static size_t lines_in(const char *svg, const char *kind)
{
    size_t lines = 0;
    for (const char *at = svg; (at = strstr(at, kind)) != NULL; at++)
        lines++;
    return lines;
}

/* It ended before the gap, full and in the status' colour. */
static void a_sum_goes_on_without_what_is_missing_and_says_so(void **state)
{
    struct screen s;
    (void)state;
    screen_open(&s, MV_LANG_NB, 0);
    const char *svg = summed(
        &s, "value",
        "{'period':'2024-Q2','reason':'overdue'},{'period':'2024-Q3','value':"
        "'200'},{'period':'2024-Q4','reason':'suppressed'}");
    assert_true(says(svg, ">sum så langt i året; ○ uten Q2<"));
    assert_true(says(svg, ">sum så langt i året, uten Q2. 2023-Q1: 300;"));
    assert_true(says(svg, "2024-Q1: 300; 2024-Q3: 500 (ufullstendig).<"));
    assert_true(says(svg, "<circle class=\"last open\""));
    assert_int_equal(lines_in(svg, "class=\"curve"), 3);
    assert_null(strstr(svg, "class=\"dot open\""));
    screen_close(&s);
}

#define LAST_YEAR                                                           \
    "'kind':'value','adds':true,'line':'1200','years':[],'points':["        \
    "{'period':'2023-Q1','value':'300'},{'period':'2023-Q2','value':'300'}" \
    ",{'period':'2023-Q3','value':'300'},{'period':'2023-Q4','value':'300'}"

/* Last year stood under this year's limit, with this year's status. */
static void a_year_whose_first_period_is_missing_is_drawn(void **state)
{
    struct screen s;
    (void)state;
    screen_open(&s, MV_LANG_EN, 0);
    const char *svg =
        chart(&s, LAST_YEAR ",{'period':'2024-Q1','reason':'not_due'},"
                            "{'period':'2024-Q2','value':'150'},"
                            "{'period':'2024-Q3','value':'150'}]");
    assert_true(says(svg, ">sum so far in the year; ○ without Q1<"));
    assert_true(says(svg, "2024-Q2: 150 (incomplete); 2024-Q3: 300 "
                          "(incomplete).<"));
    assert_true(says(svg, ">year&#39;s limit ≥ 1200<") ||
                says(svg, ">year's limit ≥ 1200<"));
    assert_true(says(svg, "<line class=\"target\" x1=\"187.8\""));
    screen_close(&s);
}

static void last_year_alone_is_never_under_this_year_s_limit(void **state)
{
    struct screen s;
    (void)state;
    screen_open(&s, MV_LANG_NB, 0);
    const char *svg = chart(&s, LAST_YEAR "]");
    assert_true(says(svg, "<line class=\"target\" x1=\"187.8\""));
    assert_true(says(svg, " x2=\"324.0\""));
    assert_true(says(svg, ">2024</text>"));
    assert_null(strstr(svg, "class=\"last"));
    screen_close(&s);
}

/* Nothing is expected before the unit begins: nothing is missing. */
static void the_year_of_a_unit_that_begins_within_it_is_whole(void **state)
{
    struct screen s;
    (void)state;
    screen_open(&s, MV_LANG_NB, 0);
    const char *svg = chart(
        &s, "'kind':'value','adds':true,'line':'900','years':[],'points':["
            "{'period':'2024-M06','value':'100'},{'period':'2024-M07','value':"
            "'100'},{'period':'2024-M08','value':'100'}]");
    assert_true(says(svg, ">sum så langt i året<"));
    assert_true(says(svg, "2024-M06: 100; 2024-M07: 200; 2024-M08: 300.<"));
    assert_true(says(svg, "<line class=\"target\" x1=\"52.0\""));
    assert_true(says(svg, "<circle class=\"last\""));
    screen_close(&s);
}

/* Last year's first half is no limit for the year: to 30 June. */
static void a_limit_for_a_part_of_the_year_is_drawn_over_it(void **state)
{
    struct screen s;
    (void)state;
    screen_open(&s, MV_LANG_NB, 0);
    const char *svg =
        chart(&s, "'line_to':'2024-Q2'," LAST_YEAR
                  ",{'period':'2024-Q1','value':'400'},{'period':'2024-Q2',"
                  "'value':'400'}]");
    assert_true(says(svg, "<line class=\"target\" x1=\"187.8\""));
    assert_true(says(svg, " x2=\"255.5\""));
    assert_true(says(svg, ">krav ≥ 1200<"));
    assert_null(strstr(svg, "årskrav"));
    screen_close(&s);
}

/* Runs of them, each with its own year's name; more than fit are counted. */
static void what_is_missing_is_named_as_far_as_there_is_room(void **state)
{
    static const struct {
        const char *points, *note, *read;
    } rows[] = {
        {"{'period':'2023-M01','reason':'overdue'},{'period':'2023-M02',"
         "'reason':'overdue'},{'period':'2023-M03','reason':'overdue'},"
         "{'period':'2023-M04','value':'1'},{'period':'2024-M01','reason':"
         "'overdue'},{'period':'2024-M02','value':'1'},{'period':'2024-M03',"
         "'value':'1','incomplete':true}",
         "○ uten 4 perioder<", ", uten 2023-M01–M03, 2024-M01. "},
        {"{'period':'2023-M01','reason':'overdue'},{'period':'2023-M02','"
         "reason':'overdue'},{'period':'2023-M03','value':'1'},{'period':'2024-"
         "M01','value':'1','incomplete':true},{'period':'2024-M02','value':'1'"
         "}",
         "; ○ ufullstendig<", ", uten 2023-M01–M02. "},
        {"{'period':'2023-M12','reason':'overdue'},{'period':'2024-M01',"
         "'value':'1'},{'period':'2024-M02','value':'1'},{'period':'2024-M03',"
         "'value':'1'}",
         ">sum så langt i året<", "<desc id=\"d1\">sum så langt i året. "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct screen s;
        struct mv_buf series = {0};
        screen_open(&s, MV_LANG_NB, 0);
        mv_buf_printf(&series,
                      "'kind':'value','adds':true,'years':[],'points':[%s]",
                      rows[i].points);
        const char *svg = chart(&s, mv_buf_cstr(&series));
        assert_true(says(svg, rows[i].note));
        assert_true(says(svg, rows[i].read));
        mv_buf_done(&series);
        screen_close(&s);
    }
}

/* The lowest of the units' sums is no sum of the lowest: by year. */
static void what_is_of_the_units_below_is_not_added_up(void **state)
{
    struct screen s;
    (void)state;
    screen_open(&s, MV_LANG_NB, 0);
    const char *svg =
        summed(&s, "lowest", "{'period':'2024-Q2','value':'200'}");
    assert_true(says(svg, ">2023: 900; 2024: 500 (ufullstendig).<"));
    assert_true(says(svg, ">krav ≥ 1200<"));
    screen_close(&s);
}

static void what_is_not_known_is_a_gap(void **state)
{
    struct screen s;
    (void)state;
    screen_open(&s, MV_LANG_NB, 0);
    const char *svg = chart(
        &s, "'years':[],'points':[{'period':'2024-M01','value':'1'},{'period':"
            "'2024-M02','value':'2'},{'period':'2024-M03','reason':"
            "'suppressed'},{'period':'2024-M04','value':'3'},"
            "{'period':'2024-M05','value':'2'}]");
    assert_int_equal(lines_in(svg, "class=\"curve\""), 2);
    assert_true(says(svg, ">2024-M05<"));
    screen_close(&s);
}

static void numbers_too_large_to_draw_are_left_out(void **state)
{
    struct screen s;
    (void)state;
    screen_open(&s, MV_LANG_NB, 0);
    const char *svg = chart(&s, "'years':[{'year':2024,'value':"
                                "'9000000000000'}]");
    assert_string_equal(svg, "");
    screen_close(&s);
}

static const struct {
    const char *what, *status, *series;
} charts[] = {
    {"none of its status", "", "'years':[{'year':2023,'value':'0'}]"},
    {"one number that is a step", "green",
     "'years':[{'year':2024,'value':'70'}]"},
    {"a member", "red",
     "'member_title':{'nb':'M'},'years':[{'year':2023,'value':'1'},{'year':"
     "2024,'value':'5'}]"},
    {"half its size from zero", "red",
     "'years':[{'year':2023,'value':'10'},{'year':2024,'value':'5'}]"},
    {"less than half", "red",
     "'years':[{'year':2023,'value':'10'},{'year':2024,'value':'4'}]"},
    {"below zero", "red",
     "'line':'-5','years':[{'year':2023,'value':'-7'},{'year':2024,'value':"
     "'-1'}]"},
    {"the curve ends at the target", "red",
     "'line':'60','years':[{'year':2022,'value':'100'},{'year':2023,'value'"
     ":'0'},{'year':2024,'value':'60'}]"},
    {"nearly 30 above it", "red",
     "'line':'33','years':[{'year':2023,'value':'100'},{'year':2024,'value'"
     ":'60'}]"},
    {"30 above it", "red",
     "'line':'32','years':[{'year':2023,'value':'100'},{'year':2024,'value'"
     ":'60'}]"},
    {"below it", "red",
     "'line':'61','years':[{'year':2023,'value':'100'},{'year':2024,'value'"
     ":'60'}]"},
    {"tenths", "yellow",
     "'line':'0.3','years':[{'year':2023,'value':'0.1'},{'year':2024,'"
     "value':'0.9'}]"},
    {"the first year and the last", "red",
     "'years':[{'year':1989,'value':'1'},{'year':1990,'value':'2'},{'year':"
     "2199,'value':'3'},{'year':2200,'value':'4'}]"},
    {"too few by period", "red",
     "'years':[{'year':2024,'value':'3'}],'points':[{'period':'2024-M01','"
     "value':'1'},{'period':'2024-M02','value':'2'}]"},
    {"six with a gap", "red",
     "'years':[],'points':[{'period':'2024-M01','value':'3'},{'period':'"
     "2024-M02','value':'1'},{'period':'2024-M03','value':'2'},{'period':'"
     "2024-M05','value':'4'},{'period':'2024-M06','value':'4'},{'period':'"
     "2024-M07','value':'0'}]"},
    {"seven of two years", "red",
     "'line':'2','years':[],'points':[{'period':'2023-Q2','value':'3'},{'"
     "period':'2023-Q3','value':'1'},{'period':'2023-Q4','value':'2'},{'"
     "period':'2024-Q1','value':'4'},{'period':'2024-Q2','value':'4'},{'"
     "period':'2024-Q3','value':'0'},{'period':'2024-Q4','value':'8'}]"},
    {"not a period", "red",
     "'years':[],'points':[{'period':'2024-Q1','value':'1'},{'period':'"
     "2024-Q5','value':'9'},{'period':'2024-Q2','value':'x'},{'period':'"
     "2024-Q3','value':'2'},{'period':'2024-Q4','value':'1'}]"},
    {"as large as can be drawn", "red",
     "'years':[{'year':2023,'value':'1152921504606'},{'year':2024,'value':'"
     "-1152921504606'}]"},
    {"larger", "red",
     "'years':[{'year':2023,'value':'1152921504607'},{'year':2024,'value':'"
     "1'}]"},
    {"smaller", "red",
     "'years':[{'year':2023,'value':'-1152921504607'},{'year':2024,'value':"
     "'1'}]"},
    {"summed, one unit yet to come", "red",
     "'kind':'value','adds':true,'line':'9','years':[],'points':[{'period':'"
     "2023-Q1','value':'3'},{'period':'2023-Q2','value':'1'},{'period':'"
     "2023-Q3','value':'2'},{'period':'2023-Q4','value':'4'},{'period':'"
     "2024-Q1','value':'4'},{'period':'2024-Q2','value':'1','incomplete':"
     "true}]"},
    {"weeks summed", "green",
     "'kind':'rate','adds':true,'line':'9','years':[],'points':[{'period':'"
     "2023-W52','value':'3'},{'period':'2024-W01','value':'1'},{'period':'"
     "2024-W02','value':'2'},{'period':'2024-W03','value':'4'}]"},
    {"summed with gaps", "green",
     "'kind':'value','adds':true,'line':'9','years':[],'points':[{'period':'"
     "2023-Q1','value':'3'},{'period':'2023-Q2','reason':'overdue'},{'period':"
     "'2023-Q3','value':'2'},{'period':'2023-Q4','value':'4'},{'period':'"
     "2024-Q1','reason':'not_due'},{'period':'2024-Q2','value':'8'}]"},
    {"a forecast", "yellow",
     "'line':'9','years':[{'year':2023,'value':'5','periods':12,'of_periods':"
     "12},{'year':2024,'value':'7','forecast':true,'periods':3,'of_periods':"
     "12}]"},
};

/* Each element on a line of its own: tests/data/drawn/charts.txt. */
static void charts_are_drawn_to_scale(void **state)
{
    struct mv_buf all = {0};
    (void)state;
    for (size_t i = 0; i < sizeof charts / sizeof charts[0]; i++) {
        struct screen s;
        screen_open(&s, i % 2 == 0 ? MV_LANG_NB : MV_LANG_EN, 0);
        mv_buf_printf(&all, "> %s\n", charts[i].what);
        for (const char *at = chart_of(&s, charts[i].status, charts[i].series);
             *at != '\0'; at++) {
            mv_buf_put_u8(&all, (uint8_t)*at);
            if (at[0] == '>' && (at[1] == '<' || at[1] == '\0'))
                mv_buf_put_u8(&all, '\n');
        }
        screen_close(&s);
    }
    test_golden("tests/data/drawn/charts.txt", mv_buf_span(&all));
    mv_buf_done(&all);
}

static void a_chart_needs_a_year_with_a_number(void **state)
{
    static const struct {
        const char *series;
        bool has;
    } rows[] = {
        {"{'title':{'nb':'T'}}", false},
        {"{'years':[]}", false},
        {"{'years':[{'year':2024,'value':''}]}", false},
        {"{'years':[{'year':2023},{'year':2024,'value':'5'}]}", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mv_buf b = {0};
        test_quoted(&b, rows[i].series);
        assert_true(cli_chart_has(mv_buf_span(&b)) == rows[i].has);
        mv_buf_done(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_point_lies_where_its_number_says),
        cmocka_unit_test(what_is_summed_is_drawn_as_the_sum_so_far),
        cmocka_unit_test(a_sum_goes_on_without_what_is_missing_and_says_so),
        cmocka_unit_test(a_year_whose_first_period_is_missing_is_drawn),
        cmocka_unit_test(last_year_alone_is_never_under_this_year_s_limit),
        cmocka_unit_test(the_year_of_a_unit_that_begins_within_it_is_whole),
        cmocka_unit_test(a_limit_for_a_part_of_the_year_is_drawn_over_it),
        cmocka_unit_test(what_is_missing_is_named_as_far_as_there_is_room),
        cmocka_unit_test(what_is_of_the_units_below_is_not_added_up),
        cmocka_unit_test(what_is_not_known_is_a_gap),
        cmocka_unit_test(numbers_too_large_to_draw_are_left_out),
        cmocka_unit_test(charts_are_drawn_to_scale),
        cmocka_unit_test(a_chart_needs_a_year_with_a_number),
    };
    return cmocka_run_group_tests_name("chart", tests, NULL, NULL);
}
