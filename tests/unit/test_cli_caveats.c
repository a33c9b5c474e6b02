/* What a report says beside its words: of whom nothing came, and on what a
 * colour rests. */
#include <string.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_that_never_came_are_named_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
