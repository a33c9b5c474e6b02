/* What `maalvakt explain` says of figures whose value may not be shown, and of
 * units that could not count. */
#include <string.h>

#include "services/base/clock.h"
#include "services/cli/explain_rows.h"
#include "services/cli/explain_text.h"
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
    "'status':'red','value':'60','limit':'70'}" more "}"
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
        "are not in)\n",
        "uten: ahus, bodo (uten teller og nevner, kan ikke vektes); ous (ingen "
        "tall for de samme periodene å sammenligne med); nln (skjermet); unn "
        "(ville røpet et skjermet tall); hmr (tall er ikke inne)\n"};
    struct cli_pages rows = {0};
    struct mv_buf judgement = {0};
    (void)state;
    put(&rows, "{'what':'criterion','left_out':['ahus','ous','ahus','bodo',"
               "'nln','unn','hmr'],'left_out_why':['unweighted','no_base',"
               "'unweighted','unweighted','suppressed','hidden','missing'],"
               "'criterion':{'text':'value < 90 %','status':'green'}}");
    test_quoted(&judgement, "{'measure':'percent','marks':['left_out']}");
    for (int nb = 0; nb < 2; nb++) {
        struct screen s;
        screen_open(&s, nb ? MV_LANG_NB : MV_LANG_EN, 0);
        cli_explain_criteria(&s.cli, &rows, mv_buf_span(&judgement));
        assert_non_null(strstr(screen_text(&s), lines[nb]));
        screen_close(&s);
    }
    mv_buf_done(&judgement);
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
            put(&rows, "{'what':'aim','needed_why':'unlike','criterion':{"
                       "'text':'value >= 90 %','status':'red'}}");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_of_a_suppressed_value_are_said_to_be_evidence),
        cmocka_unit_test(so_are_those_of_a_suppressed_unit_below),
        cmocka_unit_test(so_is_a_figure_that_is_marked),
        cmocka_unit_test(who_was_left_out_is_told_with_why),
        cmocka_unit_test(what_cannot_be_averaged_is_said_to_be_so),
    };
    struct mv_err err = {0};
    if (mv_clock_init(&err) != MV_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
