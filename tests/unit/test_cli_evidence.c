/* What `maalvakt explain` says of figures whose value may not be shown. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_of_a_suppressed_value_are_said_to_be_evidence),
        cmocka_unit_test(so_are_those_of_a_suppressed_unit_below),
    };
    struct mv_err err = {0};
    if (mv_clock_init(&err) != MV_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
