/* What `maalvakt explain` says of what did not go into a status. */
#include <stdio.h>
#include <string.h>

#include "services/cli/explain_text.h"
#include "services/cli/explain_weights.h"
#include "services/cli/phrase.h"
#include "services/cli/status_table.h"
#include "tests/support/quoted.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

static int says(struct screen *s, const char *text)
{
    return strstr(screen_text(s), text) != NULL;
}

static void put_rows(struct cli_pages *rows, const char *const *texts,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct mv_buf b = {0};
        test_quoted(&b, texts[i]);
        cli_pages_put(rows, mv_buf_span(&b));
        mv_buf_done(&b);
    }
}

/* Takes the rows. */
static void show_rows_in(struct screen *s, struct cli_pages *rows, mv_lang lang)
{
    struct cli_source *source = cli_source_open(NULL);
    screen_open(s, lang, 0);
    cli_explain_show(&s->cli, rows, source);
    cli_source_close(source);
    cli_pages_done(rows);
}

static void show_rows(struct screen *s, struct cli_pages *rows)
{
    show_rows_in(s, rows, MV_LANG_EN);
}

static void show_judged(struct screen *s, const char *row)
{
    struct cli_pages rows = {0};
    put_rows(&rows, &row, 1);
    show_rows(s, &rows);
}

/* The first of those that nothing has met; it has no figures. */
static void of_a_commission_the_next_date_is_told(void **state)
{
    struct screen s;
    (void)state;
    show_judged(&s, "{'what':'judgement','judgement':{'commission':'plan',"
                    "'status':'none','reason':'not_due'},'dues':["
                    "{'on':'2024-03-01','day':'2024-03-01','met':'delivered'},"
                    "{'on':'2024-11-01','day':'2024-11-01'},"
                    "{'on':'2024-05-01','day':'2024-10-15'}]}");
    assert_true(says(&s, "– none: not due yet, next on 2024-10-15."));
    assert_false(says(&s, "figures"));
    screen_close(&s);
}

/* Also of what its dates alone say, beside a person's word. */
static void a_commission_has_words_of_its_own_for_not_due(void **state)
{
    struct screen s;
    struct mv_buf row = {0}, text = {0};
    (void)state;
    test_quoted(&row, "{'commission':'plan','own':'none','own_reason':"
                      "'not_due'}");
    screen_open(&s, MV_LANG_EN, 0);
    cli_reason_of(&s.cli, mv_buf_span(&row), "own_reason", &text);
    assert_string_equal(mv_buf_cstr(&text), "not due yet");
    mv_buf_done(&row);
    mv_buf_done(&text);
    screen_close(&s);
}

static void what_is_overdue_is_told_beside_another_reason(void **state)
{
    struct screen s;
    (void)state;
    show_judged(&s, "{'what':'judgement','also_overdue':['2024-M01','2024-M02',"
                    "'2024-M03'],'judgement':{'target':'v','status':'none',"
                    "'reason':'no_base'}}");
    assert_true(says(&s, "– none: nothing to compare with."));
    assert_true(
        says(&s, "Figures missing after they were due: 2024-M01–2024-M03."));
    screen_close(&s);
}

static void
what_lacks_its_pairs_says_that_they_are_what_is_missing(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    struct mv_buf b = {0}, why = {0};
    static const char *const texts[] = {
        "{'what':'judgement','judgement':{'target':'v','status':'none',"
        "'reason':'not_computable'}}",
        "{'what':'criterion','criterion':{'text':'value < 9','status':'none',"
        "'reason':'not_computable'},'bare':true}"};
    static const char told[] =
        "cannot be computed: figures without numerator and denominator";
    (void)state;
    put_rows(&rows, texts, 2);
    show_rows(&s, &rows);
    const char *first = strstr(screen_text(&s), told);
    assert_true(first != NULL && strstr(first + 1, told) != NULL);
    test_quoted(&b, "{'target':'v','status':'none','reason':'not_computable',"
                    "'bare':true}");
    cli_status_why(&s.cli, mv_buf_span(&b), &why);
    assert_string_equal(mv_buf_cstr(&why), told);
    mv_buf_done(&b);
    mv_buf_done(&why);
    screen_close(&s);
}

static void a_break_names_who_has_the_flag_and_when(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    struct mv_buf b = {0}, why = {0};
    static const char *const texts[] = {
        "{'what':'judgement','judgement':{'target':'v','status':'none',"
        "'reason':'series_break'}}",
        "{'what':'criterion','criterion':{'text':'value < value(-1)','status':"
        "'none','reason':'series_break'},'broken':{'indicator':'vent','unit':"
        "'ahus','member':'som','period':'2024-M02'}}"};
    (void)state;
    put_rows(&rows, texts, 2);
    show_rows(&s, &rows);
    assert_true(says(&s, "– none: break in the series: ahus (som) has flag B "
                         "for 2024-M02.\n"));
    assert_true(says(&s, "  break in the series: ahus (som) has flag B"));
    test_quoted(&b, "{'target':'v','status':'none','reason':'series_break',"
                    "'broken':{'unit':'ahus','period':'2024-M02'}}");
    cli_status_why(&s.cli, mv_buf_span(&b), &why);
    assert_string_equal(mv_buf_cstr(&why), "break in the series: ahus has "
                                           "flag B for 2024-M02");
    mv_buf_done(&b);
    mv_buf_done(&why);
    screen_close(&s);
}

static void a_sum_says_what_stands_in_it_of_part_of_a_year(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    static const char *const texts[] = {
        "{'what':'term','criterion':'value > 1','kind':'value','indicator':'i',"
        "'unit':'r','year':2024,'value':'230'}",
        "{'what':'weight','criterion':'value > 1','kind':'value','indicator':"
        "'i','unit':'a','year':2024,'value':'100','share':'21.739','adds':'50'"
        "}",
        "{'what':'weight','criterion':'value > 1','kind':'value','indicator':"
        "'i','unit':'b','year':2024,'value':'180','share':'78.261'}"};
    (void)state;
    put_rows(&rows, texts, 3);
    screen_open(&s, MV_LANG_EN, 0);
    cli_explain_weights(&s.cli, &rows);
    assert_true(says(&s, "100  21.7 %  50 in the sum: not all of it is there "
                         "all the year\n"));
    assert_true(says(&s, "180  78.3 %\n"));
    screen_close(&s);
    cli_pages_done(&rows);
}

#define OF(what, criterion, kind, series, unit)                    \
    "{'what':'" what "','criterion':'" criterion "','kind':'" kind \
    "','indicator':'" series "','unit':'" unit "','year':2024,'value':'1'}"

/* ... where several of one criterion are rolled up. */
static void units_that_weigh_stand_below_the_term_they_are_of(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    static const char *const texts[] = {
        OF("term", "value > latest", "value", "i", "r"),
        OF("weight", "value > latest", "value", "i", "a"),
        OF("term", "value > latest", "latest", "k", "r"),
        OF("weight", "value > latest", "latest", "k", "a"),
        OF("term", "value > 3", "value", "i", "r"),
        OF("weight", "value > 3", "value", "i", "a"),
        OF("term", "value > 3", "value", "j", "r"), /* of its own figures */
        OF("term", "value > 4", "value", "i", "r"),
        OF("weight", "value > 4", "value", "i", "a")};
    (void)state;
    put_rows(&rows, texts, 9);
    screen_open(&s, MV_LANG_EN, 0);
    cli_explain_weights(&s.cli, &rows);
    const char *one =
        strstr(screen_text(&s), "value > latest – value, i, 2024\n");
    const char *two =
        strstr(screen_text(&s), "value > latest – latest, k, 2024\n");
    assert_true(one != NULL && two > one);
    assert_true(says(&s, "value > 3\n")); /* it has but one */
    screen_close(&s);
    cli_pages_done(&rows);
}

static void a_figure_that_does_not_count_says_why(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    static const char *const texts[] = {
        "{'what':'figure','indicator':'i','unit':'a','period':'2024-Q2',"
        "'value':'9','counts':false,'counts_why':'unshared'}",
        "{'what':'figure','indicator':'i','unit':'a','period':'2024-Q3',"
        "'value':'9','counts':false}"};
    (void)state;
    put_rows(&rows, texts, 2);
    show_rows(&s, &rows);
    assert_true(says(&s, "not counted: not in for all that is compared"));
    assert_true(says(&s, "  not counted  "));
    screen_close(&s);
}

/* How the table of figures says why that one does not count. */
static void show_why(struct screen *s, const char *name, mv_lang lang)
{
    struct cli_pages rows = {0};
    char row[128];
    const char *const texts[] = {row};
    (void)snprintf(row, sizeof row,
                   "{'what':'figure','indicator':'i','unit':'a','value':'9',"
                   "'counts':false,'counts_why':'%s'}",
                   name);
    put_rows(&rows, texts, 1);
    show_rows_in(s, &rows, lang);
}

/* "`unnamed` (the target does not ask it)", behind `counts_why`. */
static bool is_in_protocol(const char *name)
{
    char line[16384], said[64];
    bool found = false;
    FILE *f = fopen("proto/README.md", "r");
    assert_non_null(f);
    (void)snprintf(said, sizeof said, "`%s` (", name);
    while (!found && fgets(line, sizeof line, f) != NULL) {
        const char *from = strstr(line, "`counts_why`: ");
        const char *to = from != NULL ? strstr(from, "`suppressed?`") : NULL;
        const char *at = from != NULL ? strstr(from, said) : NULL;
        found = at != NULL && to != NULL && at < to;
    }
    (void)fclose(f);
    return found;
}

static void each_reason_has_its_words_and_stands_in_the_protocol(void **state)
{
    static const struct {
        const char *name;
        cli_word word;
    } outs[] = {
#define OUT(ID, name) {name, CLI_W_OUT_##ID},
#include "services/judging/outs.def"
#undef OUT
    };
    static const char *const told[] = {
        [MV_LANG_NB] = "teller ikke: ", [MV_LANG_EN] = "not counted: "};
    struct screen s;
    (void)state;
    for (size_t i = 0; i < CLI_COUNT(outs); i++) {
        for (int lang = 0; lang < MV_LANG_COUNT; lang++) {
            show_why(&s, outs[i].name, (mv_lang)lang);
            const char *words = cli_w(&s.cli, outs[i].word);
            assert_int_equal(strncmp(words, told[lang], strlen(told[lang])), 0);
            assert_true(says(&s, words));
            for (size_t k = 0; k < i; k++)
                assert_string_not_equal(words, cli_w(&s.cli, outs[k].word));
            screen_close(&s);
        }
        assert_true(is_in_protocol(outs[i].name));
    }
}

static void who_and_what_is_missing_is_named_in_the_basis(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    static const char *const texts[] = {
        "{'what':'judgement','units_missing':['a','c'],'periods_missing':"
        "['2024-T2','2024-T3'],'judgement':{'target':'t','status':'green',"
        "'basis':{'periods':1,'of_periods':3,'units':2,'of_units':16,'names':"
        "['2024-T1']}}}",
        "{'what':'life','unit':'b','name':'Helse B','to':'2024-06-30'}",
        "{'what':'life','unit':'c','name':'C','from':'2024-07-01'}",
        "{'what':'life','name':'D','from':'2024-02-01','to':'2024-06-30'}"};
    (void)state;
    put_rows(&rows, texts, 4);
    show_rows(&s, &rows);
    assert_true(says(
        &s,
        "Basis: 1 of 3 periods of one unit or more (2024-T1; without: 2024-T2, "
        "2024-T3), 2 of 16 units (without: a, c and 12 "
        "more).\n"));
    assert_true(says(&s, "Helse B is there until 2024-06-30.\n"
                         "C is there from 2024-07-01 on.\n"
                         "D is there from 2024-02-01 until 2024-06-30.\n"));
    screen_close(&s);
}

/* 8 of 12 are in, and one of them is all that counts. */
static void of_the_last_period_it_is_told_what_the_value_is_of(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    static const char *const texts[] = {
        "{'what':'judgement','judgement':{'status':'red','basis':{'periods':8,"
        "'of_periods':12,'units':1,'of_units':1,'names':['2024-M08']}},"
        "'periods_missing':['2024-M09']}",
        "{'what':'indicator','indicator':'a','over_periods':'last'}",
        "{'what':'indicator','indicator':'b','formula':'a / a'}"};
    (void)state;
    put_rows(&rows, texts, 3);
    show_rows(&s, &rows);
    assert_true(says(&s, "Basis: 8 of 12 periods (the value is of 2024-M08; "
                         "without: 2024-M09 and 3 more).\n"));
    screen_close(&s);
}

/* Also where another criterion leads. */
static void each_unweighted_mean_is_told_at_its_criterion(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    static const char *const texts[] = {
        "{'what':'criterion','criterion':{'text':'value > 1','member':'som',"
        "'status':'green','value':'2'}}",
        "{'what':'criterion','marks':['own','unweighted'],'criterion':{'text':"
        "'value > 1','member':'vop','status':'green','value':'2'}}"};
    (void)state;
    put_rows(&rows, texts, 2);
    show_rows(&s, &rows);
    const char *vop = strstr(screen_text(&s), "vop");
    const char *mean = strstr(screen_text(&s), "unweighted mean");
    assert_true(vop != NULL && mean > vop);
    assert_null(strstr(mean + 1, "unweighted mean"));
    screen_close(&s);
}

/* Once, though two criteria have a term of it. */
static void what_own_figures_count_instead_of_is_told(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    static const char differs[] =
        "{'what':'disagreement','kind':'units','indicator':'posts','unit':"
        "'hso','period':'2024','stated':'392','made':'387','difference':'5',"
        "'measure':'count','decimals':0,'parts':10,'of':11,'missing':['ous'],"
        "'missing_titles':[{'nb':'OUS'}],'open':true,'figures':11,'listed':0}";
    static const char *const texts[] = {differs, differs};
    (void)state;
    put_rows(&rows, texts, 2);
    show_rows(&s, &rows);
    const char *at = strstr(
        screen_text(&s),
        "\nIts own figures and the units below\n"
        "hso, 2024: its own figures say 392, the units below give 387 (10 of "
        "11 units); difference +5.\nPerhaps because these have no figures "
        "for the period: OUS.\n");
    assert_non_null(at);
    assert_null(strstr(strstr(at, "392") + 1, "392"));
    screen_close(&s);
}

/* 1.1 is 1,205 * 1000 / 1,100,000: all of it stands there. */
static void a_rate_names_the_inhabitants_and_their_year(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    static const char *const texts[] = {
        "{'what':'judgement','judgement':{'target':'t','status':'red',"
        "'marks':['inhabitants']}}",
        "{'what':'term','criterion':'rate(1000) >= 3','kind':'value',"
        "'indicator':'x','unit':'r','year':2024,'value':'1205','missing':["
        "'2024-T3'],'inhabitants':1100000,'inhabitants_year':2022}"};
    (void)state;
    put_rows(&rows, texts, 2);
    show_rows(&s, &rows);
    assert_true(says(&s, "The number of inhabitants is of 2022; the target's "
                         "own is not given.\n"));
    assert_true(says(&s, "without: 2024-T3; divided by 1,100,000 inhabitants "
                         "on 1 January 2022\n"));
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_commission_the_next_date_is_told),
        cmocka_unit_test(a_commission_has_words_of_its_own_for_not_due),
        cmocka_unit_test(what_is_overdue_is_told_beside_another_reason),
        cmocka_unit_test(
            what_lacks_its_pairs_says_that_they_are_what_is_missing),
        cmocka_unit_test(a_break_names_who_has_the_flag_and_when),
        cmocka_unit_test(a_sum_says_what_stands_in_it_of_part_of_a_year),
        cmocka_unit_test(units_that_weigh_stand_below_the_term_they_are_of),
        cmocka_unit_test(a_figure_that_does_not_count_says_why),
        cmocka_unit_test(each_reason_has_its_words_and_stands_in_the_protocol),
        cmocka_unit_test(who_and_what_is_missing_is_named_in_the_basis),
        cmocka_unit_test(of_the_last_period_it_is_told_what_the_value_is_of),
        cmocka_unit_test(each_unweighted_mean_is_told_at_its_criterion),
        cmocka_unit_test(what_own_figures_count_instead_of_is_told),
        cmocka_unit_test(a_rate_names_the_inhabitants_and_their_year),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
