/* A change in one line: what stands where its number would. */
#include <string.h>

#include "services/cli/change_line.h"
#include "tests/support/quoted.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

static void expect(const char *fields, const char *says)
{
    struct screen s;
    struct mv_buf change = {0}, cause = {0}, text = {0};
    mv_buf_printf(&text,
                  "{'target':'t','unit':'ahus','status':'red',"
                  "'was_status':'green',%s}",
                  fields);
    test_quoted(&cause, "{'kind':'figure','seq':4}");
    test_quoted(&change, mv_buf_cstr(&text));
    struct cli_happening h = {INT64_C(1733011200000), 17, mv_buf_span(&cause)};
    screen_open(&s, MV_LANG_NB, 0);
    cli_change_show(&s.cli, &h, mv_buf_span(&change));
    assert_non_null(strstr(screen_text(&s), says));
    screen_close(&s);
    mv_buf_done(&change);
    mv_buf_done(&cause);
    mv_buf_done(&text);
}

static void a_change_says_that_its_number_is_hidden(void **state)
{
    (void)state;
    expect("'limit':'70','marks':['left_out','hidden']",
           "  tallet ville røpet et skjermet, før ");
    expect("'limit':'70','marks':['left_out']", "  før ");
    expect("'own':'none','marks':['hidden']", "  før "); /* assessed */
    expect("'value':'60','limit':'70','measure':'percent','decimals':1,"
           "'marks':['hidden']",
           "  60,0 % mot 70,0 %, før ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_says_that_its_number_is_hidden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
