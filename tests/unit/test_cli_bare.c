/* What `push` says of values without the pair that others have. */
#include <stdio.h>
#include <string.h>

#include "services/cli/bare.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

static void warn(struct screen *s, const char *rows)
{
    struct mv_buf text = {0};
    struct cli_sheet sheet = {0};
    mv_buf_text(&text, "indicator,unit,period,value,numerator,denominator,"
                       "flag\n");
    mv_buf_text(&text, rows);
    assert_true(cli_sheet_read(&sheet, mv_buf_span(&text)));
    screen_open(s, MV_LANG_EN, 0);
    cli_bare_warn(&s->cli, &sheet, "f.csv");
    cli_sheet_done(&sheet);
    mv_buf_done(&text);
}

static const char *said(struct screen *s)
{
    (void)fflush(s->cli.err);
    return s->err;
}

static void a_value_without_the_pair_that_others_have_is_told(void **state)
{
    struct screen s;
    (void)state;
    warn(&s, "brev,a,2024-T1,,80,100,\n"
             "antall,a,2024-T1,7,,,\n"
             "brev,a,2024-T2,60,,,\n"
             "brev,a,2024-T3,61,,,\n"
             "vent,a,2024-T1,60,6000,100,\n"
             "vent,a,2024-T2,,,,O\n");
    assert_non_null(
        strstr(said(&s), "f.csv: 2 rows of brev have a value without"));
    assert_null(strstr(said(&s), "antall"));
    assert_null(strstr(said(&s), "vent"));
    screen_close(&s);
}

static void where_all_rows_are_alike_nothing_is_said(void **state)
{
    struct screen s;
    (void)state;
    warn(&s, "brev,a,2024-T1,80,,,\nbrev,a,2024-T2,60,,,\n"
             "vent,a,2024-T1,,10,2,\n");
    assert_string_equal(said(&s), "");
    screen_close(&s);
}

static void of_many_indicators_the_first_are_named(void **state)
{
    struct screen s;
    (void)state;
    warn(&s, "a,u,2024-T1,1,,,\na,u,2024-T2,,1,1,\nb,u,2024-T1,1,,,\n"
             "b,u,2024-T2,,1,1,\nc,u,2024-T1,1,,,\nc,u,2024-T2,,1,1,\n"
             "d,u,2024-T1,1,,,\nd,u,2024-T2,,1,1,\ne,u,2024-T1,1,,,\n"
             "e,u,2024-T2,,1,1,\nf,u,2024-T1,1,,,\nf,u,2024-T2,,1,1,\n"
             "g,u,2024-T1,1,,,\ng,u,2024-T2,,1,1,\n");
    assert_non_null(
        strstr(said(&s), "7 rows of a, b, c, d, e and 2 more have"));
    screen_close(&s);
}

/* Each is found again among all of them, whatever came in between. */
static void thousands_of_indicators_are_each_held_apart(void **state)
{
    enum { IDS = 3000 };
    struct screen s;
    struct mv_buf rows = {0};
    (void)state;
    for (unsigned i = 0; i < IDS; i++)
        mv_buf_printf(&rows, "i%u,a,2024-T1,7,,,\n", i);
    for (unsigned i = IDS; i-- > 0;)
        if (i % 3 != 0)
            mv_buf_printf(&rows, "i%u,a,2024-T2,,1,2,\n", i);
    warn(&s, mv_buf_cstr(&rows));
    assert_non_null(
        strstr(said(&s), "2000 rows of i1, i2, i4, i5, i7 and 1995 more have"));
    mv_buf_done(&rows);
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_without_the_pair_that_others_have_is_told),
        cmocka_unit_test(where_all_rows_are_alike_nothing_is_said),
        cmocka_unit_test(of_many_indicators_the_first_are_named),
        cmocka_unit_test(thousands_of_indicators_are_each_held_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
