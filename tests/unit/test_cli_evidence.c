/* What `maalvakt explain` says of figures whose value may not be shown,, of
 * units that could not count, and of periods that are not in. */
#include <stdio.h>
#include <string.h>

#include "services/base/clock.h"
#include "services/cli/explain_rows.h"
#include "services/cli/explain_rule.h"
#include "services/cli/explain_text.h"
#include "services/cli/explain_weights.h"
#include "tests/support/quoted.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

static void put(struct cli_pages *rows, const char *text)
{
    struct mv_buf b = {0};
    test_quoted(&b, text);
    cli_pages_put(rows, mv_buf_span(&b));
    mv_buf_done(&b);
}

#define CRITERION(reason)                                      \
    "{'what':'criterion','criterion':{'text':'value >= 70 %'," \
    "'status':'none','reason':'" reason "'}}"
#define CRITERION_LIKE(more)                                   \
    "{'what':'criterion','criterion':{'text':'value >= 70 %'," \
    "'status':'red','value':'60','limit':'70'" more "}}"
/* Of a share: one unit below. */
#define UNIT(reason)                                                        \
    "{'what':'weight','criterion':'share(units: value >= 70 %) >= 50 %',"   \
    "'kind':'units','indicator':'epikrise','unit':'ahus','reason':'" reason \
    "'}"
#define FIGURE                                               \
    "{'what':'figure','indicator':'epikrise','unit':'ahus'," \
    "'period':'2024-T1','numerator':'1','denominator':'2','counts':true}"

static void expect(struct cli_pages *rows, bool said)
{
    struct screen s;
    struct cli_source *source = cli_source_open(NULL);
    put(rows, FIGURE);
    screen_open(&s, MV_LANG_EN, 0);
    cli_explain_show(&s.cli, rows, source);
    assert_non_null(strstr(screen_text(&s), "1 / 2"));
    assert_int_equal(strstr(screen_text(&s), "The value is suppressed, these "
                                             "figures are not") != NULL,
                     said);
    cli_source_close(source);
    cli_pages_done(rows);
    screen_close(&s);
}

static void figures_of_a_suppressed_value_are_said_to_be_evidence(void **state)
{
    struct cli_pages rows = {0};
    (void)state;
    put(&rows, CRITERION("suppressed"));
    expect(&rows, true);
    put(&rows, CRITERION("no_base"));
    expect(&rows, false);
}

static void so_are_those_of_a_suppressed_unit_below(void **state)
{
    struct cli_pages rows = {0};
    (void)state;
    put(&rows, CRITERION(""));
    put(&rows, UNIT("suppressed"));
    expect(&rows, true);
    put(&rows, CRITERION(""));
    put(&rows, UNIT("excepted"));
    expect(&rows, false);
}

/* Of a unit further down, or where figures of a unit above count. */
static void so_is_a_figure_that_is_marked(void **state)
{
    struct cli_pages rows = {0};
    (void)state;
    put(&rows, CRITERION(""));
    put(&rows, "{'what':'figure','indicator':'epikrise','unit':'a1','period':"
               "'2024-T1','numerator':'1','denominator':'3','counts':true,"
               "'suppressed':true}");
    expect(&rows, true);
}

/* Why, in both languages; of one unit's members once. */
static void who_was_left_out_is_told_with_why(void **state)
{
    static const char *const lines[] = {
        "without: ahus, bodo (without numerator and denominator, cannot be "
        "weighed); ous (no figures of the same periods to compare with); "
        "nln (suppressed); unn (would tell a suppressed one); hmr (figures "
        "are not in); sus (ended before the last period was over); nmr "
        "(was not there in the period)\n",
        "uten: ahus, bodo (uten teller og nevner, kan ikke vektes); ous (ingen "
        "tall for de samme periodene å sammenligne med); nln (skjermet); unn "
        "(ville røpet et skjermet tall); hmr (tall er ikke inne); sus "
        "(opphørt før siste periode var ute); nmr (fantes ikke i "
        "perioden)\n"};
    struct cli_pages rows = {0};
    (void)state;
    put(&rows,
        "{'what':'criterion','left_out':['ahus','ous','ahus','bodo',"
        "'nln','unn','hmr','sus','nmr'],'left_out_why':['unweighted','no_base',"
        "'unweighted','unweighted','suppressed','hidden','missing','ended','"
        "not_there'],"
        "'criterion':{'text':'value < 90 %','status':'green'}}");
    for (int nb = 0; nb < 2; nb++) {
        struct screen s;
        screen_open(&s, nb ? MV_LANG_NB : MV_LANG_EN, 0);
        cli_explain_criteria(&s.cli, &rows);
        assert_non_null(strstr(screen_text(&s), lines[nb]));
        screen_close(&s);
    }
    cli_pages_done(&rows);
}

static size_t times(const char *in, const char *text)
{
    size_t n = 0;
    for (; (in = strstr(in, text)) != NULL; in++)
        n++;
    return n;
}

/* Once above, and in place of a number where it is so. */
static void what_cannot_be_averaged_is_said_to_be_so(void **state)
{
    static const char *const lines[] = {
        "What the periods that remain must average is not worked out where the "
        "units or members below have different periods in.\n",
        "Hva periodene som gjenstår må bli i snitt, er ikke regnet ut der "
        "enhetene eller delene under har ulike perioder inne.\n"};
    static const char *const cells[] = {"  different periods\n",
                                        "  ulike perioder\n"};
    (void)state;
    for (int nb = 0; nb < 2; nb++) {
        for (size_t unlike = 0; unlike <= 2; unlike++) {
            struct screen s;
            struct cli_pages rows = {0};
            struct cli_source *source = cli_source_open(NULL);
            for (size_t i = 0; i < 3; i++) {
                put(&rows, i < unlike ? CRITERION_LIKE(",'needed_why':'unlike'")
                                      : CRITERION_LIKE(""));
            }
            put(&rows, "{'what':'aim','criterion':{'text':'value >= 90 %',"
                       "'status':'red','needed_why':'unlike'}}");
            screen_open(&s, nb ? MV_LANG_NB : MV_LANG_EN, 0);
            cli_explain_show(&s.cli, &rows, source);
            assert_int_equal(times(screen_text(&s), lines[nb]), unlike > 0);
            assert_int_equal(times(screen_text(&s), cells[nb]), unlike);
            cli_source_close(source);
            cli_pages_done(&rows);
            screen_close(&s);
        }
    }
}

#define TERM(lists)                                                       \
    "{'what':'term','criterion':'value > 0','kind':'value','indicator':'" \
    "poster','unit':'sor','year':2024,'value':'4'," lists "}"

/* Where terms stand, and some periods may have been. */
static void where_it_stands_what_was_assumed_is_said(void **state)
{
    static const char *const forecasts[] = {"none", "recent(3)", "seasonal"};
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        struct screen s;
        struct cli_pages rows = {0};
        char rule[200];
        (void)snprintf(
            rule, sizeof rule,
            "{'what':'rule','require':['value > 0'],'forecast':'%s'}",
            forecasts[i % 3]);
        put(&rows, rule);
        put(&rows, i < 3 ? TERM("'missing':[]") : UNIT(""));
        screen_open(&s, MV_LANG_EN, 0);
        cli_explain_rule(&s.cli, &rows);
        assert_int_equal(times(screen_text(&s), "What was assumed, and how"),
                         i == 1 || i == 2);
        cli_pages_done(&rows);
        screen_close(&s);
    }
}

/* Of a way that it does not know, a number is none of periods. */
static void only_recent_has_a_number_of_periods(void **state)
{
    static const char *const forecasts[] = {"recent(12)", "recent", "last12",
                                            "12"};
    (void)state;
    for (size_t i = 0; i < sizeof forecasts / sizeof forecasts[0]; i++) {
        struct mv_buf out = {0};
        cli_explain_recent(mv_span_text(forecasts[i]), &out);
        assert_string_equal(mv_buf_cstr(&out), i == 0 ? "12" : "");
        mv_buf_done(&out);
    }
}

/* By which way, and what nothing was assumed of. */
static void terms_say_what_was_assumed_and_how(void **state)
{
    static const struct {
        const char *term, *said[2];
    } rows[] = {
        {TERM("'missing':['2024-Q3','2024-Q4'],'assumed':[]"),
         {"  without: 2024-Q3, 2024-Q4\n", "  uten: 2024-Q3, 2024-Q4\n"}},
        {TERM("'missing':['2024-Q3','2024-Q4'],'assumed':[{'how':'recent(12)',"
              "'periods':['2024-Q3']}]"),
         {"  assumed where missing, the mean of the last, 12 at most: 2024-Q3; "
          "without: "
          "2024-Q4\n",
          "  antatt der de mangler, snittet av de siste, høyst 12: 2024-Q3; "
          "uten: "
          "2024-Q4\n"}},
        {TERM("'missing':['2024-Q3','2024-Q4'],'assumed':[{'how':'recent(3)',"
              "'periods':['2024-Q3','2024-Q4']},{'how':'seasonal','periods':["
              "'2024-Q4']}]"),
         {"  assumed where missing, the mean of the last, 3 at most: 2024-Q3, "
          "2024-Q4; "
          "assumed where missing, by last year's: 2024-Q4\n",
          "  antatt der de mangler, snittet av de siste, høyst 3: 2024-Q3, "
          "2024-Q4; "
          "antatt der de mangler, etter fjoråret: 2024-Q4\n"}},
        {TERM("'missing':['2024-Q4'],'assumed':[{'how':'recent(1)','periods':["
              "'2024-Q4']}]"),
         {"  assumed where missing, as the last period: 2024-Q4\n",
          "  antatt der de mangler, som den siste perioden: 2024-Q4\n"}},
        {TERM("'missing':['2024-Q4'],'assumed':[{'how':'last','periods':["
              "'2024-Q4']}]"),
         {"  assumed where missing, as the last figure: 2024-Q4\n",
          "  antatt der de mangler, som det siste tallet: 2024-Q4\n"}}};
    (void)state;
    for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) {
        struct screen s;
        struct cli_pages pages = {0};
        put(&pages, rows[i / 2].term);
        screen_open(&s, i % 2 != 0 ? MV_LANG_NB : MV_LANG_EN, 0);
        cli_explain_terms(&s.cli, &pages);
        assert_non_null(strstr(screen_text(&s), rows[i / 2].said[i % 2]));
        cli_pages_done(&pages);
        screen_close(&s);
    }
}

/* Of one, and of what has no numerator. */
static void what_is_assumed_is_said_of_as_many_as_there_may_be(void **state)
{
    static const struct {
        const char *forecast, *over, *nb, *en;
    } cases[] = {
        {"recent(1)", "mean", "antas lik den siste som er inne, enhet",
         "taken to be the last one that is in, of each"},
        {"recent(1)", "ratio", "antas lik den siste som er inne, enhet",
         "taken to be the last one that is in, of each"},
        {"recent(2)", "mean", "eller av færre der færre er inne, enhet",
         "the mean of the last 2 that are in, or of fewer where fewer are, of"},
        {"recent(12)", "ratio", "inne (av en andel teller og nevner hver",
         "fewer are (of a ratio numerator and denominator each), of"},
    };
    (void)state;
    for (size_t i = 0; i < 2 * sizeof cases / sizeof cases[0]; i++) {
        struct screen s;
        struct cli_pages rows = {0};
        char text[160];
        (void)snprintf(
            text, sizeof text,
            "{'what':'rule','require':['value > 0'],'forecast':'%s'}",
            cases[i / 2].forecast);
        put(&rows, text);
        (void)snprintf(text, sizeof text,
                       "{'what':'indicator','indicator':'i','over_periods':"
                       "'%s'}",
                       cases[i / 2].over);
        put(&rows, text);
        screen_open(&s, i % 2 == 0 ? MV_LANG_NB : MV_LANG_EN, 0);
        cli_explain_rule(&s.cli, &rows);
        assert_non_null(strstr(screen_text(&s),
                               i % 2 == 0 ? cases[i / 2].nb : cases[i / 2].en));
        cli_pages_done(&rows);
        screen_close(&s);
    }
}

static void put_line(struct cli_pages *rows, const char *text,
                     const char *member, const char *status)
{
    char row[200];
    (void)snprintf(row, sizeof row,
                   "{'what':'criterion','criterion':{'text':'%s',%s'status':"
                   "'%s'}}",
                   text, member, status);
    put(rows, row);
}

/* ... which leave a member out of its line, or a line out of the target. */
static void what_has_no_status_is_said_to_count_as_it_does(void **state)
{
    static const struct {
        const char *x, *y, *one;
        bool aside, turns;
    } cases[] = {{"red", "none", "green", true, false},
                 {"none", "none", "green", false, true},
                 {"red", "none", "none", true, true},
                 {"red", "green", "green", false, false},
                 {"none", "none", NULL, false, false}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct screen s;
        struct cli_pages rows = {0};
        put(&rows, "{'what':'rule','require':['each d: value > 0'],"
                   "'combine':'part','forecast':'none'}");
        put_line(&rows, "each d: value > 0", "'member':'x',", cases[i].x);
        put_line(&rows, "each d: value > 0", "'member':'y',", cases[i].y);
        if (cases[i].one != NULL)
            put_line(&rows, "rate(10) > 0", "", cases[i].one);
        screen_open(&s, MV_LANG_EN, 0);
        cli_explain_rule(&s.cli, &rows);
        assert_int_equal(times(screen_text(&s), "left out: 1 of 2. The reason"),
                         cases[i].aside);
        assert_int_equal(times(screen_text(&s),
                               "A criterion without a status makes a target "
                               "none that else is green, not one that is "
                               "yellow or red.\n"),
                         cases[i].turns);
        cli_pages_done(&rows);
        screen_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_of_a_suppressed_value_are_said_to_be_evidence),
        cmocka_unit_test(so_are_those_of_a_suppressed_unit_below),
        cmocka_unit_test(so_is_a_figure_that_is_marked),
        cmocka_unit_test(who_was_left_out_is_told_with_why),
        cmocka_unit_test(what_cannot_be_averaged_is_said_to_be_so),
        cmocka_unit_test(where_it_stands_what_was_assumed_is_said),
        cmocka_unit_test(only_recent_has_a_number_of_periods),
        cmocka_unit_test(terms_say_what_was_assumed_and_how),
        cmocka_unit_test(what_is_assumed_is_said_of_as_many_as_there_may_be),
        cmocka_unit_test(what_has_no_status_is_said_to_count_as_it_does),
    };
    struct mv_err err = {0};
    if (mv_clock_init(&err) != MV_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
