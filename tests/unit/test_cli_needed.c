/* What `maalvakt explain` says that the periods that remain must become. */
#include <stdio.h>
#include <string.h>

#include "services/cli/explain_text.h"
#include "tests/support/quoted.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

/* how: what stands beside the number. */
static void explain_needed(struct screen *s, enum mv_lang lang,
                           const char *needed, const char *how)
{
    struct cli_pages rows = {0};
    struct cli_source *source = cli_source_open(NULL);
    struct mv_buf b = {0};
    char text[400];
    (void)snprintf(text, sizeof text,
                   "{'what':'judgement','judgement':{%s'status':'red','value':"
                   "'66.7','limit':'70','margin':'-3.3','needed':'%s',"
                   "'measure':'days','decimals':1}}",
                   how, needed);
    test_quoted(&b, text);
    cli_pages_put(&rows, mv_buf_span(&b));
    screen_open(s, lang, 0);
    cli_explain_show(&s->cli, &rows, source);
    cli_source_close(source);
    cli_pages_done(&rows);
    mv_buf_done(&b);
}

static void what_is_needed_says_which_way_and_of_what(void **state)
{
    static const struct {
        const char *how, *needed, *nb, *en;
    } cases[] = {
        {"'needed_is':'>=','needed_of':'average',", "33.333333333333",
         "må i snitt bli minst 33,3334 dager for å nå kravet.\n",
         "must average at least 33.3334 days for it to hold.\n"},
        {"'needed_is':'>','needed_of':'average',", "30",
         "må i snitt bli mer enn 30,0 dager for",
         "must average more than 30.0 days for"},
        {"'needed_is':'<=','needed_of':'average',", "66.666666666667",
         "må i snitt bli høyst 66,6666 dager for",
         "must average at most 66.6666 days for"},
        {"'needed_is':'<','needed_of':'average',", "5.999999999999",
         "må i snitt bli mindre enn 6,0 dager for",
         "must average less than 6.0 days for"},
        {"'needed_is':'>=','needed_of':'average',", "6.000000000001",
         "må i snitt bli minst 6,0 dager for",
         "must average at least 6.0 days for"},
        {"'needed_is':'<','needed_of':'average',", "-2.5",
         "bli mindre enn −2,5 dager for", "average less than −2.5 days for"},
        {"'needed_is':'=','needed_of':'average',", "33.333333333333",
         "må i snitt bli 33,3333 dager for", "must average 33.3333 days for"},
        {"", "33.5", "må i snitt bli 33,5 dager for",
         "must average 33.5 days for"},
        {"'needed_is':'>=','needed_of':'together',", "65",
         "må til sammen bli minst 65,0 dager for å nå kravet, når nevnerne "
         "deres i snitt er like store",
         "must together be at least 65.0 days for it to hold, where their "
         "denominators are on average as large"},
        {"'needed_is':'<=','needed_of':'last',", "65",
         "Årets siste periode må bli høyst 65,0 dager for",
         "The year's last period must be at most 65.0 days for"},
        {"'needed_is':'>=','needed_of':'average','needed_why':'secured',",
         "-30", "Kravet er nådd, hva periodene som gjenstår enn blir.\n",
         "It holds, whatever the periods that remain become.\n"},
        {"'needed_is':'>=','needed_of':'together','needed_why':'secured',",
         "-30", "enn blir, når nevnerne deres i snitt ikke er større",
         "become, where their denominators are on average no larger"},
        {"'needed_is':'>=','needed_of':'average',", "impossible",
         "Kravet kan ikke lenger nås i år.\n",
         "It can no longer hold this year.\n"},
        {"'needed_is':'>=','needed_of':'together',", "impossible",
         "nås i år, når nevnerne i periodene som gjenstår",
         "hold this year, where the denominators of the periods"},
    };
    (void)state;
    for (size_t i = 0; i < 2 * sizeof cases / sizeof cases[0]; i++) {
        struct screen s;
        bool nb = i % 2 == 0;
        explain_needed(&s, nb ? MV_LANG_NB : MV_LANG_EN, cases[i / 2].needed,
                       cases[i / 2].how);
        assert_non_null(
            strstr(screen_text(&s), nb ? cases[i / 2].nb : cases[i / 2].en));
        screen_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_needed_says_which_way_and_of_what),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
