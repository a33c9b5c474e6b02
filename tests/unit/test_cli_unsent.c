/* Files of which nothing is sent: all that is wrong is named, and what ingest
 * is asked about. */
#include <string.h>

#include "services/cli/sheet.h"
#include "tests/support/unit.h"

static struct cli_sheet sheet;

static void read_refused(const char *text)
{
    cli_sheet_done(&sheet);
    assert_false(cli_sheet_read(&sheet, mv_span_text(text)));
    assert_true(sheet.refused);
    assert_int_equal(sheet.count, 0);
}

static void assert_fault(uint32_t i, uint32_t line, cli_word word)
{
    assert_true(i < sheet.fault_count);
    assert_int_equal(sheet.faults[i].line, line);
    assert_int_equal(sheet.faults[i].word, word);
}

static void what_else_is_wrong_is_named_beside_what_may_be_two(void **state)
{
    (void)state;
    const char *text = "indicator;unit;period;value;flag\n"
                       "v;a;2021;2,234;XX\n"
                       "v;a;2022;7;\n"
                       "v;a;2023;ukjent;\n"
                       "v;;2024;3,500;\n"
                       "v;a;2025;8,250;\n";
    static const uint32_t lines[] = {2, 3, 4, 6};
    read_refused(text);
    assert_fault(0, 2, CLI_W_DECIMAL_EITHER);
    assert_int_equal(sheet.fault_count, 4);
    assert_fault(1, 2, CLI_W_CELL_FLAG);
    assert_fault(2, 4, CLI_W_CELL_NUMBER);
    assert_fault(3, 5, CLI_W_CELL_EMPTY);
    /* of those that have names ingest is asked, with a number if it is one */
    assert_int_equal(sheet.unread->count, 4);
    for (uint32_t i = 0; i < 4; i++) {
        const struct mv_row *r = &sheet.unread->rows[i];
        assert_int_equal(sheet.unread->lines[i], lines[i]);
        assert_int_equal(r->has_value, i == 1);
        assert_int_equal(r->flag, i == 1 ? 0 : 'M');
    }
}

static void a_pair_is_named_though_one_of_it_is_no_number(void **state)
{
    (void)state;
    const char *text = "indicator;unit;period;numerator;denominator\n"
                       "v;a;2021;ukjent;\n"
                       "v;a;2022;;2,234\n";
    read_refused(text);
    assert_int_equal(sheet.fault_count, 4);
    assert_fault(0, 2, CLI_W_CELL_NUMBER);
    assert_fault(1, 2, CLI_W_CELL_PAIR);
    assert_fault(2, 3, CLI_W_DECIMAL_EITHER);
    assert_fault(3, 3, CLI_W_CELL_PAIR);
}

/* A row without a figure is found last, and asked about in its place. */
static void what_is_asked_about_stands_in_the_order_of_the_lines(void **state)
{
    (void)state;
    static const char *const texts[] = {
        /* one is sent, or none, as what is a decimal sign is not known */
        "indicator;unit;period;value\n"
        "v;a;2021;y\nv;a;2022;\nv;a;2023;x\nv;a;2024;7\n",
        "indicator;unit;period;value\n"
        "v;a;2021;2,234\nv;a;2022;\nv;a;2023;x\nv;a;2024;7\n"};
    for (uint32_t all = 0; all < 2; all++) {
        cli_sheet_done(&sheet);
        assert_false(cli_sheet_read(&sheet, mv_span_text(texts[all])));
        assert_int_equal(sheet.count, all == 0 ? 1 : 0);
        assert_int_equal(sheet.unread->count, all == 0 ? 3 : 4);
        for (uint32_t i = 0; i < sheet.unread->count; i++)
            assert_int_equal(sheet.unread->lines[i], 2 + i);
    }
}

static int tidy(void **state)
{
    (void)state;
    cli_sheet_done(&sheet);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_else_is_wrong_is_named_beside_what_may_be_two),
        cmocka_unit_test(what_is_asked_about_stands_in_the_order_of_the_lines),
        cmocka_unit_test(a_pair_is_named_though_one_of_it_is_no_number),
    };
    return cmocka_run_group_tests(tests, NULL, tidy);
}
