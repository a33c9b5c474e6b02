/* What stands beside a value in a line of a yearly report: last year's, the
 * trend, what else the row tells, and with how many decimals. */
#include <string.h>

#include "services/cli/report_words.h"
#include "tests/support/quoted.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

/* "value (level) | last | limit | trend | lowest | highest | why" of a row. */
static void expect(const char *row, const char *wanted)
{
    struct screen s;
    struct mv_buf b = {0}, out = {0};
    struct cli_report_cells cells = {0};
    screen_open(&s, MV_LANG_NB, 0);
    test_quoted(&b, row);
    const struct cli_report_line line = {.row = mv_buf_span(&b)};
    cli_report_cells(&s.cli, &line, &cells);
    mv_buf_text(&out, mv_buf_cstr(&cells.value));
    if (cells.level.len > 0)
        mv_buf_printf(&out, " (%s)", mv_buf_cstr(&cells.level));
    struct mv_buf *const rest[] = {&cells.last,   &cells.limit,   &cells.trend,
                                   &cells.lowest, &cells.highest, &cells.why};
    for (size_t i = 0; i < CLI_COUNT(rest); i++)
        mv_buf_printf(&out, " | %s", mv_buf_cstr(rest[i]));
    assert_string_equal(mv_buf_cstr(&out), wanted);
    cli_report_cells_done(&cells);
    mv_buf_done(&b);
    mv_buf_done(&out);
    screen_close(&s);
}

/* Is it in the sheet of a report with that one line? */
static bool sheet_has(const char *row, const char *wanted)
{
    struct screen s;
    struct mv_buf b = {0};
    struct cli_report r = {.kind = CLI_REPORT_YEAR, .year = 2024};
    screen_open(&s, MV_LANG_NB, 0);
    r.unit = mv_xstrdup("r");
    test_quoted(&b, row);
    cli_pages_put(&r.lines, mv_buf_span(&b));
    mv_buf_clear(&b);
    test_quoted(&b, "{'target':'1','title':{'nb':'T'},'unit':'r',"
                    "'status':'red','reason':'','overdue':[]}");
    cli_pages_put(&r.statuses, mv_buf_span(&b));
    cli_report_put_together(&r);
    cli_report_csv(&s.cli, &r);
    bool has = strstr(screen_text(&s), wanted) != NULL;
    if (!has)
        print_error("%s\n", screen_text(&s));
    mv_buf_done(&b);
    cli_report_done(&r);
    screen_close(&s);
    return has;
}

#define ROW(own, measure, series)                                         \
    "{'what':'criterion','target':'1','year':2024,'text':'t','cmp':'>='," \
    "'status':'red','reason':''," own ",'measure':'" measure              \
    "','decimals':0,'series':{'title':{'nb':'Senger'},'measure':'count'," \
    "'decimals':0,'better':'higher'," series "}}"
#define VALUE "'value':'76','limit':'80','margin':'-4'"
#define YEARS "'years':[{'year':2023,'value':'80'},{'year':2024,'value':'76'}]"

/* The whole of last year is no number to hold a part of this one against. */
static void a_last_year_that_would_tell_is_said_to(void **state)
{
    (void)state;
    expect(ROW(VALUE, "count", YEARS), "76 | 80 | ≥ 80 |  |  |  | ");
    expect(ROW(VALUE, "count", "'hidden':true," YEARS),
           "76 |  | ≥ 80 |  |  |  | i fjor: ville røpe et skjermet tall");
    expect(ROW("'hidden':true", "count", "'hidden':true," YEARS),
           " |  |  |  |  |  | skjermet");
}

/* A trust that began is in 76, and not in 64. */
static void what_the_trend_is_of_is_said_where_it_is_not_the_value(void **state)
{
    (void)state;
    expect(ROW(VALUE, "count", "'now':'64','before':'69'," YEARS),
           "76 | 69 | ≥ 80 | ↓ dårligere |  |  | "
           "av like enheter og perioder: 64 mot 69");
    expect(ROW(VALUE, "count", "'now':'76','before':'69'," YEARS),
           "76 | 69 | ≥ 80 | ↑ bedre |  |  | ");
}

#define PART(limit, now)                                                     \
    "{'what':'criterion','target':'1','year':2024,'text':'t','cmp':'>=',"    \
    "'status':'green','reason':'','value':'56.451612903226','limit':'" limit \
    "','measure':'percent','decimals':1,'series':{'title':{'nb':"            \
    "'P'},'measure':'percent','decimals':1,'better':'higher','now':'" now    \
    "','before':'51.6','years':[{'year':2024,'value':'56.451612903226'}]}}"

/* Of a total that may hide a member all but the value is rounded. */
static void what_is_the_value_rounded_is_not_of_less(void **state)
{
    (void)state;
    expect(PART("1", "56.5"), "56,5 % | 51,6 % | ≥ 1,0 % | ↑ bedre |  |  | ");
    expect(PART("56.47", "56.5"),
           "56,45 % | 51,60 % | ≥ 56,47 % | ↑ bedre |  |  | ");
    expect(PART("1", "56.4"), "56,5 % | 51,6 % | ≥ 1,0 % | ↑ bedre |  |  | "
                              "av like enheter og perioder: 56,4 % mot 51,6 %");
    expect(PART("1", "56.451612903"),
           "56,5 % | 51,6 % | ≥ 1,0 % | ↑ bedre |  |  | "
           "av like enheter og perioder: 56,5 % mot 51,6 %");
}

/* Its lowest and highest are not in the row then: the evaluator's. */
static void what_is_made_of_the_value_has_no_last_year(void **state)
{
    (void)state;
    expect(ROW(VALUE, "count", "'made':true," YEARS),
           "76 |  | ≥ 80 |  |  |  | ");
    expect(ROW("'value':'-12','limit':'0','margin':'-12'", "percent_change",
               "'made':true,'now':'70','before':'80'," YEARS),
           "vekst −12 % (80 → 70) |  | ≥ 0 % |  |  |  | ");
    assert_true(sheet_has(ROW("'value':'-12','limit':'0','margin':'-12'",
                              "percent_change",
                              "'made':true,'now':'70','before':'80'," YEARS),
                          ";-12;0;;;\"antall\";\"\";;\"\";;\"\";\"80 → 70\""));
    expect(ROW("'value':'-12','limit':'0','margin':'-12'", "percent_change",
               "'made':true," YEARS),
           "vekst −12 % |  | ≥ 0 % |  |  |  | ");
}

#define RATE                                                               \
    ROW("'value':'0.1234','limit':'0.11','margin':'0.0134'", "count",      \
        "'now':'0.11','before':'0.097','lowest':{'unit':'a','name':{'nb':" \
        "'A'},'value':'0.0601'},'highest':{'unit':'b','name':{'nb':'B'},"  \
        "'value':'0.2'}," YEARS)

/* A rate of 0.12 stood beside 0.1. */
static void all_of_a_row_have_the_decimals_that_it_needs(void **state)
{
    (void)state;
    expect(RATE, "0,12 | 0,10 | ≥ 0,11 | ↑ bedre | 0,06 A | 0,20 B | "
                 "av like enheter og perioder: 0,11 mot 0,10");
    assert_true(sheet_has(RATE, ";0,12;\">=\";0,11;0,01;\"antall\";"));
    assert_true(sheet_has(RATE, ";0,11;0,1;\"antall\";\"↑ bedre\";0,06;\"A\""));
    expect(ROW("'limit':'0.11'", "count", "'made':true," YEARS),
           " |  | ≥ 0,11 |  |  |  | ");
    /* of another scale than the series: its own */
    expect(ROW("'value':'-0.1204','limit':'0','margin':'-0.1204'",
               "percent_change", "'made':true,'now':'70','before':'80'," YEARS),
           "vekst −0,12 % (80 → 70) |  | ≥ 0,00 % |  |  |  | ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_last_year_that_would_tell_is_said_to),
        cmocka_unit_test(
            what_the_trend_is_of_is_said_where_it_is_not_the_value),
        cmocka_unit_test(all_of_a_row_have_the_decimals_that_it_needs),
        cmocka_unit_test(what_is_the_value_rounded_is_not_of_less),
        cmocka_unit_test(what_is_made_of_the_value_has_no_last_year),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
