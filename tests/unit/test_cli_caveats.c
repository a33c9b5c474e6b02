/* What a report says beside its words: of whom nothing came, and on what a
 * colour rests. */
#include <string.h>

#include "services/cli/report_since.h"
#include "services/cli/report_words.h"
#include "tests/support/quoted.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

/* A cell of a row of `missing`. */
static void expect_cell(enum mv_lang lang, const char *row, unsigned cell,
                        const char *wanted)
{
    struct screen s;
    struct mv_buf b = {0}, out = {0};
    screen_open(&s, lang, 0);
    test_quoted(&b, row);
    cli_missing_cell(&s.cli, mv_buf_span(&b), cell, &out);
    assert_string_equal(mv_buf_cstr(&out), wanted);
    mv_buf_done(&b);
    mv_buf_done(&out);
    screen_close(&s);
}

#define NEVER(members)                                                       \
    "{'title':{'nb':'Pakkeforløp','en':'Pathways'},'periods':['2024-T1'],"  \
    "'never':true,'members_never':3,'members_of':4,'members':[" members "]," \
    "'member_titles':[{'nb':'Bryst','en':'Breast'},{'nb':'','en':''}]}"

static void members_that_never_came_are_named_and_counted(void **state)
{
    (void)state;
    expect_cell(MV_LANG_NB, NEVER("'b','c','d'"), CLI_MISSING_INDICATOR,
                "Pakkeforløp, 3 av 4 deler: Bryst, c, d");
    expect_cell(MV_LANG_EN, NEVER("'b','c'"), CLI_MISSING_INDICATOR,
                "Pathways, 3 of 4 parts: Breast, c, …");
    expect_cell(MV_LANG_NB, NEVER("'b','c','d'"), CLI_MISSING_PERIODS,
                "2024-T1 (aldri sendt)");
    expect_cell(MV_LANG_NB, "{'title':{'nb':'Epikriser'},'never':false}",
                CLI_MISSING_INDICATOR, "Epikriser");
}

#define RESTS                                                               \
    "{'target':'pak','title':{'nb':'Pakkeforløp','en':'Pathways'},"        \
    "'year':2024,'unit':'r','name':'R','region':'r','status':'green',"      \
    "'reason':'','overdue':['2024-T2'],'parts':4,'parts_none':3,"           \
    "'parts_none_titles':[{'nb':'Bryst','en':'Breast'},{'nb':'Lunge'},"     \
    "{'nb':'Hjerne'}],'basis':{'units':1,'of_units':3},'preliminary':true," \
    "'forecast':'recent(3)'}"
#define WHY                                                             \
    "mangler 2024-T2; 3 av 4 deler uten status: Bryst, Lunge, Hjerne; " \
    "tall fra 1 av 3 enheter; foreløpig; med prognose"
#define WORDS "Mål/krav blir innfridd. Iverksatte tiltak fungerer."

/* The report of one such row, and of a line of it if there is one. */
static void
expect_lined(cli_report_kind kind, const char *row, const char *line,
             void (*write)(struct cli *c, const struct cli_report *r),
             const char *wanted)
{
    struct screen s;
    struct mv_buf b = {0};
    struct cli_report r = {.kind = kind, .year = 2024};
    screen_open(&s, MV_LANG_NB, 0);
    test_quoted(&b, row);
    r.unit = mv_xstrdup("r");
    test_quoted(&r.state, "{'seq':15,'today':'2025-03-15'}");
    cli_pages_put(&r.statuses, mv_buf_span(&b));
    if (line != NULL) {
        mv_buf_clear(&b);
        test_quoted(&b, line);
        cli_pages_put(&r.lines, mv_buf_span(&b));
    }
    cli_report_put_together(&r);
    write(&s.cli, &r);
    if (strstr(screen_text(&s), wanted) == NULL)
        fail_msg("no `%s` in:\n%s", wanted, screen_text(&s));
    mv_buf_done(&b);
    cli_report_done(&r);
    screen_close(&s);
}

static void expect_drawn(cli_report_kind kind, const char *row,
                         void (*write)(struct cli *c,
                                       const struct cli_report *r),
                         const char *wanted)
{
    expect_lined(kind, row, NULL, write, wanted);
}

/* The ministry's words, and what they rest on, as `status` says it. */
static void what_a_colour_rests_on_stands_in_each_form(void **state)
{
    (void)state;
    expect_drawn(CLI_REPORT_HALF_YEAR, RESTS, cli_report_text,
                 WORDS " (" WHY ")");
    expect_drawn(CLI_REPORT_HALF_YEAR, RESTS, cli_report_html,
                 "<td>" WORDS " (" WHY ")</td>");
    expect_drawn(CLI_REPORT_HALF_YEAR, RESTS, cli_report_csv,
                 "\"" WORDS "\";\"" WHY "\"");
    expect_drawn(CLI_REPORT_HALF_YEAR, RESTS, cli_report_json,
                 "\"why\":\"" WHY "\"");
    expect_drawn(CLI_REPORT_YEAR, RESTS, cli_report_text, "hvorfor: " WHY);
    expect_drawn(CLI_REPORT_YEAR, RESTS, cli_report_html, "<td>" WHY "</td>");
    expect_drawn(CLI_REPORT_YEAR, RESTS, cli_report_csv, "\"" WHY "\"");
    expect_drawn(CLI_REPORT_YEAR, RESTS, cli_report_json,
                 "\"why\":\"" WHY "\"");
}

#define NONE(reason)                                                      \
    "{'target':'1','title':{'nb':'A'},'year':2024,'unit':'r','name':'R'," \
    "'region':'r','status':'none','reason':'" reason "',"                 \
    "'overdue':['2024-T1']}"

static void what_is_none_says_its_reason_once(void **state)
{
    (void)state;
    expect_drawn(CLI_REPORT_HALF_YEAR, NONE("overdue"), cli_report_text,
                 "tall foreligger ikke. (tall mangler: 2024-T1)\n");
    expect_drawn(CLI_REPORT_HALF_YEAR, NONE("not_assessed"), cli_report_text,
                 "Ikke vurdert.\n");
}

#define LINE(more)                                                       \
    "{'what':'criterion','target':'1','year':2024,'text':'value >= 70'," \
    "'cmp':'>=','limit':'70','measure':'percent'," more "}"

/* Within a title it is not said; with its periods behind it it is. */
static void a_sheet_adds_the_reasons_that_are_not_said(void **state)
{
    static const char row[] =
        "{'target':'1','title':{'nb':'A'},'year':2024,'unit':'r','name':'R',"
        "'region':'r','status':'red','reason':'','overdue':[],'parts':4,"
        "'parts_none':1,'parts_none_titles':[{'nb':'Bryst, foreløpig kode'}],"
        "'forecast':'recent(3)'}";
    (void)state;
    expect_lined(CLI_REPORT_YEAR, row,
                 LINE("'status':'red','forecast':true,'preliminary':true"),
                 cli_report_csv,
                 "\"1 av 4 deler uten status: Bryst, foreløpig kode; "
                 "med prognose; foreløpig\"");
    expect_lined(CLI_REPORT_YEAR, NONE("overdue"),
                 LINE("'status':'none','reason':'overdue'"), cli_report_csv,
                 "\"tall mangler: 2024-T1\"");
}

/* It has no values: what is listed of it is its statuses. */
static void of_a_half_year_statuses_are_what_is_listed_since(void **state)
{
    static const cli_report_kind kinds[] = {CLI_REPORT_YEAR,
                                            CLI_REPORT_HALF_YEAR};
    static const char *const said[] = {"\nEndret siden\n",
                                       "\nStatuser som er endret siden\n"};
    (void)state;
    for (size_t i = 0; i < CLI_COUNT(kinds); i++) {
        struct cli_report_change change = {.id = mv_span_text("1")};
        struct cli_report_changes changes = {.at = &change, .count = 1};
        struct cli_report r = {.kind = kinds[i], .changes = &changes};
        struct screen s;
        screen_open(&s, MV_LANG_NB, 0);
        cli_report_text(&s.cli, &r);
        assert_non_null(strstr(screen_text(&s), said[i]));
        assert_null(strstr(screen_text(&s), said[1 - i]));
        screen_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_that_never_came_are_named_and_counted),
        cmocka_unit_test(what_a_colour_rests_on_stands_in_each_form),
        cmocka_unit_test(what_is_none_says_its_reason_once),
        cmocka_unit_test(a_sheet_adds_the_reasons_that_are_not_said),
        cmocka_unit_test(of_a_half_year_statuses_are_what_is_listed_since),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
