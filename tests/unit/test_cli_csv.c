/* Files of figures as people have them: read right, or refused with line and
 * what to do; never a silently wrong number. */
#include <string.h>

#include <jansson.h>

#include "services/base/micro.h"
#include "services/cli/sheet.h"
#include "tests/support/english.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

static struct cli_sheet sheet;

static bool read_bytes(const void *at, size_t len)
{
    char decimal = sheet.decimal;
    cli_sheet_done(&sheet);
    sheet.decimal = decimal;
    return cli_sheet_read(&sheet, mv_span(at, len));
}

static bool read_text(const char *text)
{
    sheet.decimal = 0;
    return read_bytes(text, strlen(text));
}

/* One column of values under a good header, `;` between cells. */
static bool read_values(const char *values)
{
    struct mv_buf b = {0};
    mv_buf_text(&b, "value;indicator;unit;period\n");
    while (*values != '\0') {
        size_t len = strcspn(values, "|");
        mv_buf_put(&b, values, len);
        mv_buf_text(&b, ";i;u;2024\n");
        values += len + (values[len] == '|');
    }
    bool good = read_text(mv_buf_cstr(&b));
    mv_buf_done(&b);
    return good;
}

static const char *value_at(uint32_t i)
{
    static char text[MV_MICRO_TEXT_BYTES];
    assert_true(i < sheet.count);
    if (!sheet.rows[i].has_value)
        return "none";
    return mv_micro_text(sheet.rows[i].value, text);
}

static void assert_fault(uint32_t i, uint32_t line, cli_word word)
{
    assert_true(i < sheet.fault_count);
    assert_int_equal(sheet.faults[i].line, line);
    assert_int_equal(sheet.faults[i].word, word);
}

static void assert_refused(uint32_t line, cli_word word)
{
    assert_true(sheet.refused);
    assert_int_equal(sheet.count, 0);
    assert_fault(0, line, word);
}

static void bad_input_105_semicolon_and_decimal_comma(void **state)
{
    (void)state;
    assert_true(read_text("indikator;enhet;periode;verdi\nv;ahus;2024;78,5\n"));
    assert_int_equal(sheet.delimiter, ';');
    assert_string_equal(value_at(0), "78.5");
    assert_true(mv_span_is(sheet.rows[0].unit, "ahus"));
    assert_int_equal(sheet.lines[0], 2);
}

static void bad_input_105_comma_and_decimal_point(void **state)
{
    (void)state;
    assert_true(read_text("indicator,unit,period,value,note\n"
                          "v,ahus,2024,78.5,\"a, b\"\nv,ous,2024,-1.25,\n"));
    assert_int_equal(sheet.delimiter, ',');
    assert_string_equal(value_at(1), "-1.25");
    assert_true(mv_span_is(sheet.rows[0].note, "a, b"));
}

static void bad_input_105_tab_and_a_quoted_decimal_comma(void **state)
{
    (void)state;
    assert_true(read_text("indicator\tunit\tperiod\tvalue\nv\ta\t2024\t1,5\n"));
    assert_int_equal(sheet.delimiter, '\t');
    assert_string_equal(value_at(0), "1.5");
    assert_true(read_text("indicator,unit,period,value\nv,a,2024,\"78,5\"\n"));
    assert_string_equal(value_at(0), "78.5");
}

static void bad_input_105_utf8_with_and_without_bom(void **state)
{
    (void)state;
    const char *rows = "indicator;unit;period;value;note\nv;a;2024;1;blåbær\n";
    struct mv_buf b = {0};
    assert_true(read_text(rows));
    assert_true(mv_span_is(sheet.rows[0].note, "blåbær"));
    mv_buf_text(&b, "\xef\xbb\xbf");
    mv_buf_text(&b, rows);
    assert_true(read_text(mv_buf_cstr(&b)));
    assert_true(mv_span_is(sheet.rows[0].note, "blåbær"));
    assert_int_equal(sheet.encoding, CLI_ENC_UTF8);
    mv_buf_done(&b);
}

static void bad_input_105_latin1_becomes_utf8(void **state)
{
    (void)state;
    assert_true(read_text("indicator;unit;period;value;note\n"
                          "v;a;2024;1;bl\xe5"
                          "b\xe6r \x96 ok\n"));
    assert_int_equal(sheet.encoding, CLI_ENC_LATIN1);
    assert_true(mv_span_is(sheet.rows[0].note, "blåbær – ok"));
}

static void bad_input_105_text_encoded_twice_is_refused(void **state)
{
    (void)state;
    assert_false(read_text("indicator;unit;period;value;note\n"
                           "v;a;2024;1;ok\nv;b;2024;1;blÃ¥bÃ¦r\n"));
    assert_refused(3, CLI_W_ENC_TWICE);
    assert_false(read_text("indicator;unit;period;value;note\n"
                           "v;a;2024;1;2019 â€“ 2020\n") &&
                 sheet.count == 0);
    /* a capital in quotes is what it looks like */
    assert_true(read_text("indicator;unit;period;value;note\n"
                          "v;a;2024;1;«BLÅ» og «FØ»\n"));
}

static void bad_input_105_other_encodings_are_refused(void **state)
{
    (void)state;
    const char wide[] = "\xff\xfei\0n\0";
    assert_false(read_bytes(wide, sizeof wide - 1));
    assert_refused(1, CLI_W_ENC_UTF16);
    assert_false(read_bytes("PK\x03\x04\x14\0\6\0", 8)); /* .xlsx */
    assert_refused(1, CLI_W_ENC_BOOK);
    assert_false(read_bytes("\xd0\xcf\x11\xe0\xa1\xb1", 6)); /* .xls */
    assert_refused(1, CLI_W_ENC_BOOK);
    assert_false(read_text("indicator;unit;period;value;note\n"
                           "v;a;2024;1;bl\x86"
                           "b\x91r\n"));
    assert_refused(2, CLI_W_ENC_UNKNOWN);
    assert_false(read_text("indicator;unit;period;value;note\n"
                           "v;a;2024;1;blå\nv;b;2024;1;bl\xe5\n"));
    assert_refused(2, CLI_W_ENC_BOTH);
    const char nul[] = "indicator;unit\n\0";
    assert_false(read_bytes(nul, sizeof nul - 1));
    assert_refused(2, CLI_W_ENC_NUL);
}

static void bad_input_105_crlf_and_no_last_newline(void **state)
{
    (void)state;
    assert_true(read_text("indicator;unit;period;value\r\nv;a;2024;1\r\n"
                          "v;b;2024;2"));
    assert_int_equal(sheet.count, 2);
    assert_string_equal(value_at(1), "2");
    assert_int_equal(sheet.lines[1], 3);
    assert_false(read_text("indicator;unit;period;value\rv;a;2024;1\r"));
    assert_refused(1, CLI_W_LINE_CR);
}

static void bad_input_105_lines_of_semicolons_are_left_out(void **state)
{
    (void)state;
    assert_true(read_text("indicator;unit;period;value;;\nv;a;2024;1;;\n"
                          "\n;;;;;\n;;;;;\n"));
    assert_int_equal(sheet.count, 1);
    assert_int_equal(sheet.blank, 2);
}

static void bad_input_106_the_files_convention_decides(void **state)
{
    (void)state;
    assert_true(read_values("78,5|1.234|1.234.567,25|1 234|1,234"));
    assert_int_equal(sheet.decimal, ',');
    assert_string_equal(value_at(1), "1234");
    assert_string_equal(value_at(2), "1234567.25");
    assert_string_equal(value_at(3), "1234");
    assert_string_equal(value_at(4), "1.234");
    assert_true(read_values("78.5|1,234|1.234"));
    assert_string_equal(value_at(1), "1234");
    assert_string_equal(value_at(2), "1.234");
    assert_true(read_values("0,500|1.234"));
    assert_string_equal(value_at(0), "0.5");
}

static void bad_input_106_what_may_be_two_numbers_is_refused(void **state)
{
    (void)state;
    assert_false(read_values("12|1.234|7"));
    assert_refused(3, CLI_W_DECIMAL_EITHER);
    assert_false(read_values("12|1,234"));
    assert_refused(3, CLI_W_DECIMAL_EITHER);
    assert_true(read_values("12|7"));
    const char *text = "indicator;unit;period;value\nv;a;2024;1,234\n";
    sheet.decimal = ',';
    assert_true(read_bytes(text, strlen(text)));
    assert_string_equal(value_at(0), "1.234");
}

static void bad_input_106_two_conventions_in_a_file_are_refused(void **state)
{
    (void)state;
    assert_false(read_values("78,5|1,234.5"));
    assert_refused(3, CLI_W_DECIMAL_BOTH);
    assert_string_equal(sheet.faults[0].column, "1,234.5");
    assert_string_equal(sheet.faults[0].other, "2");
    assert_false(read_values("78.5|78,5"));
    assert_refused(2, CLI_W_DECIMAL_BOTH);
}

static void bad_input_106_percent_signs_and_missing_figures(void **state)
{
    (void)state;
    assert_true(read_values("78,5 %|78,5%|-|*||\xe2\x88\x92"
                            "3|+1,4 %"));
    assert_string_equal(value_at(0), "78.5");
    assert_string_equal(value_at(1), "78.5");
    assert_string_equal(value_at(2), "none");
    assert_string_equal(value_at(3), "none");
    assert_string_equal(value_at(4), "none");
    assert_string_equal(value_at(5), "-3");
    assert_string_equal(value_at(6), "1.4");
}

static void bad_input_106_what_is_no_number_is_named_by_line(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "NaN",  "#N/A", "ca. 70", "1e3",  "12 34",    "1.23.456", "7,",    ",7",
        "(12)", "70 *", "1..2",   "0x10", "1.2345.6", "--1",      "1 2345"};
    for (size_t i = 0; i < CLI_COUNT(bad); i++) {
        struct mv_buf b = {0};
        mv_buf_printf(&b, "78,5|%s|3", bad[i]);
        bool good = read_values(mv_buf_cstr(&b));
        if (good)
            print_message("read: %s\n", bad[i]);
        assert_false(good);
        if (!sheet.refused) {
            assert_fault(0, 3, CLI_W_CELL_NUMBER);
            assert_int_equal(sheet.count, 2);
            assert_int_equal(sheet.bad_lines, 1);
        }
        mv_buf_done(&b);
    }
}

static void a_number_that_cannot_travel_is_refused(void **state)
{
    (void)state;
    assert_false(read_values("0,1234567"));
    assert_fault(0, 2, CLI_W_CELL_PRECISION);
    assert_false(read_values("8999999999999,123457"));
    assert_fault(0, 2, CLI_W_CELL_PRECISION);
    assert_false(read_values("99999999999999"));
    assert_fault(0, 2, CLI_W_CELL_RANGE);
}

static void bad_input_107_the_header_twice(void **state)
{
    (void)state;
    assert_false(read_text("indicator;unit;period;value\nv;a;2024;1\n"
                           "indicator;unit;period;value\nv;b;2024;1\n"));
    assert_refused(3, CLI_W_HEADER_AGAIN);
}

/* What one walk finds does not hide what the next would. */
static void bad_input_107_the_header_twice_among_other_faults(void **state)
{
    (void)state;
    assert_false(read_text("indicator;unit;period;value\nv;a;2024;NaN\n"
                           "v;a;2024;-\nindicator;unit;period;value\n"
                           "v;b;2024\nindikator;enhet;periode;verdi\n"
                           "v;b;2024;ca. 70\nv;b;2023;1,5\n"));
    assert_refused(2, CLI_W_CELL_NUMBER);
    assert_fault(1, 3, CLI_W_CELL_MISSING);
    assert_fault(2, 4, CLI_W_HEADER_AGAIN);
    assert_fault(3, 5, CLI_W_CELL_COUNT);
    assert_fault(4, 6, CLI_W_HEADER_AGAIN);
    assert_fault(5, 7, CLI_W_CELL_NUMBER);
    assert_int_equal(sheet.fault_count, 6);
    assert_false(read_text("indicator;unit;period;value\nv;a;2024;1,5\n"
                           "indicator;unit;period;value\nv;b;2024;1.5\n"));
    assert_refused(3, CLI_W_HEADER_AGAIN);
    assert_fault(1, 4, CLI_W_DECIMAL_BOTH);
}

/* Else the sender would hear of it a round later, from ingest. */
static void bad_input_106_a_figure_without_value_or_flag_is_named(void **state)
{
    (void)state;
    assert_false(read_text("indicator;unit;period;value;flag\n"
                           "staff;tb;2024-M01;NaN;\nstaff;tb;2024-M02;-;\n"
                           "staff;tb;2024-M03;-;M\nstaff;tb;2024-M04;#N/A;\n"
                           "staff;tb;2024-M05;;A\nstaff;tb;2024-M06;7,5;\n"));
    assert_fault(0, 2, CLI_W_CELL_NUMBER);
    assert_fault(1, 3, CLI_W_CELL_MISSING);
    assert_fault(2, 5, CLI_W_CELL_NUMBER);
    assert_fault(3, 6, CLI_W_CELL_MISSING);
    assert_int_equal(sheet.fault_count, 4);
    assert_int_equal(sheet.bad_lines, 4);
    assert_int_equal(sheet.count, 2);
    assert_int_equal(sheet.lines[0], 4);
    assert_string_equal(value_at(1), "7.5");
    assert_int_equal(sheet.lines[1], 7);
    assert_false(read_text("{\"indicator\":\"v\",\"unit\":\"a\","
                           "\"period\":\"2024\",\"value\":null}\n{]\n"));
    assert_fault(0, 1, CLI_W_CELL_MISSING);
    assert_fault(1, 2, CLI_W_JSON_BAD);
}

static void bad_input_107_the_header_is_missing(void **state)
{
    (void)state;
    assert_false(read_text("v;ahus;2024;78,5\n"));
    assert_refused(1, CLI_W_NO_HEADER);
    assert_false(read_text(""));
    assert_refused(1, CLI_W_NO_HEADER);
    assert_false(read_text("indicator;unit;period;value\n"));
    assert_fault(0, 0, CLI_W_SHEET_EMPTY);
}

static void bad_input_107_a_column_renamed(void **state)
{
    (void)state;
    assert_false(read_text("indicator;unit;period;result\nv;a;2024;1\n"));
    assert_refused(1, CLI_W_COLUMN_UNKNOWN);
    assert_string_equal(sheet.faults[0].column, "result");
    assert_false(read_text("indicator;unit;unit;value\nv;a;a;1\n"));
    assert_refused(1, CLI_W_COLUMN_TWICE);
    assert_fault(1, 1, CLI_W_COLUMN_MISSING);
}

static void bad_input_107_columns_in_another_order(void **state)
{
    (void)state;
    assert_true(read_text("Nevner;Teller;Periode;Medlem;Enhet;Indikator;Tid\n"
                          "1003;812;2024-T3;som;ahus;epikrise;2024-12-31\n"));
    const struct mv_row *r = &sheet.rows[0];
    assert_true(r->has_numerator && r->has_time && !r->has_value);
    assert_int_equal(r->numerator, 812 * MV_MICRO_ONE);
    assert_int_equal(r->denominator, 1003 * MV_MICRO_ONE);
    assert_true(mv_span_is(r->member, "som"));
    assert_true(mv_span_is(r->indicator, "epikrise"));
}

static void bad_input_107_a_newline_in_quotes_keeps_lines_right(void **state)
{
    (void)state;
    assert_true(read_text("indicator;unit;period;value;note\n"
                          "v;a;2024;1;\"one\n\ntwo\"\n\nv;b;2024;2;\n"));
    assert_int_equal(sheet.lines[0], 2);
    assert_int_equal(sheet.lines[1], 6);
    assert_true(mv_span_is(sheet.rows[0].note, "one\n\ntwo"));
    assert_false(read_text("indicator;unit;period;value;note\n"
                           "v;a;2024;1;\nv;a;2024;1;\"never closed\n\n"));
    assert_refused(3, CLI_W_QUOTES);
}

static void bad_input_107_a_line_of_ten_megabytes(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    mv_buf_text(&b, "indicator;unit;period;value\n");
    for (size_t i = 0; i < 10u << 20; i++)
        mv_buf_put_u8(&b, 'x');
    mv_buf_text(&b, "\n");
    assert_false(read_bytes(b.at, b.len));
    assert_refused(2, CLI_W_LINE_LONG);
    mv_buf_done(&b);
}

static void a_row_with_too_few_or_too_many_cells_is_named(void **state)
{
    (void)state;
    assert_false(read_text("indicator;unit;period;value\nv;a;2024\n"
                           "v;a;2024;78;5\nv;a;2024;1\n"));
    assert_fault(0, 2, CLI_W_CELL_COUNT);
    assert_fault(1, 3, CLI_W_CELL_COUNT);
    assert_int_equal(sheet.count, 1);
}

static void a_row_without_its_names_or_half_a_pair_is_named(void **state)
{
    (void)state;
    assert_false(read_text("indicator;unit;period;numerator;denominator;flag\n"
                           "v;;2024;1;2;\nv;a;2024;1;;\nv;a;2024;;;AB\n"
                           "v;a;2024;;;M\n"));
    assert_fault(0, 2, CLI_W_CELL_EMPTY);
    assert_fault(1, 3, CLI_W_CELL_PAIR);
    assert_fault(2, 4, CLI_W_CELL_FLAG);
    assert_int_equal(sheet.count, 1);
    assert_int_equal(sheet.rows[0].flag, 'M');
}

static void bad_input_108_sdmx_csv_with_actions_is_refused(void **state)
{
    (void)state;
    assert_false(read_text("STRUCTURE,STRUCTURE_ID,ACTION,INDICATOR,UNIT,"
                           "PERIOD,VALUE\ndataflow,X,D,,ahus,,\n"));
    assert_refused(1, CLI_W_COLUMN_UNKNOWN);
}

static void ndjson_gives_the_same_rows(void **state)
{
    (void)state;
    assert_true(read_text(
        "{\"indicator\":\"v\",\"enhet\":\"a\",\"period\":\"2024\","
        "\"value\":78.5,\"time\":1733011200000}\n\n"
        "{\"indicator\":\"v\",\"unit\":\"b\",\"period\":\"2024\","
        "\"numerator\":7,\"denominator\":10,\"value\":null,\"flag\":\"P\"}"));
    assert_string_equal(value_at(0), "78.5");
    assert_true(sheet.rows[0].has_time);
    assert_int_equal(sheet.lines[1], 3);
    assert_true(sheet.rows[1].has_numerator);
    assert_int_equal(sheet.rows[1].flag, 'P');
}

/* A dozen digits before the point: two of them are one float. */
static void
bad_input_105_a_number_of_json_is_read_as_it_is_written(void **state)
{
    static const struct {
        const char *text, *value; /* NULL: refused, and shown */
    } cases[] = {
        {"9199999999999.123456", NULL},
        {"12345678901.123456", NULL},
        {"12345678901.1234567", NULL},
        {"9199999999999.1201", NULL},
        {"3.1234567", NULL},
        {"0.30000000000000001", NULL},
        {"9199999999999.12", "9199999999999.12"},
        {"1234567890.123456", "1234567890.123456"},
        {"-3.123456", "-3.123456"},
        {"78.50000000", "78.5"},
        {"1e3", "1000"},
        {"-1.5E-2", "-0.015"},
        {"1.25e12", "1250000000000"},
        {"1234567890.5e0", NULL},
        {"9200000000001", NULL},
        {"-0.0", "0"},
    };
    char line[256];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(line, sizeof line,
                       "{\"note\":\"a \\\"},: [\",\"indicator\" : \"v\","
                       "\"unit\":\"a\", \"value\" : %s ,\"period\":\"2024\"}",
                       cases[i].text);
        if (cases[i].value != NULL) {
            assert_true(read_text(line));
            assert_string_equal(value_at(0), cases[i].value);
            continue;
        }
        assert_false(read_text(line));
        assert_int_equal(sheet.fault_count, 1);
        assert_string_equal(sheet.faults[0].value, cases[i].text);
    }
}

static void ndjson_faults_are_named_by_line(void **state)
{
    (void)state;
    assert_false(read_text(
        "{\"indicator\":\"v\",\"unit\":\"a\",\"period\":\"2024\","
        "\"value\":\"78,5\"}\n{]\n[1]\n"
        "{\"indicator\":\"v\",\"unit\":\"a\",\"period\":\"2024\",\"x\":1}\n"
        "{\"indicator\":\"v\",\"unit\":\"a\",\"period\":\"2024\","
        "\"numerator\":1}\n"));
    assert_fault(0, 1, CLI_W_JSON_NUMBER);
    assert_fault(1, 2, CLI_W_JSON_BAD);
    assert_fault(2, 3, CLI_W_JSON_OBJECT);
    assert_fault(3, 4, CLI_W_COLUMN_UNKNOWN);
    assert_fault(4, 5, CLI_W_CELL_PAIR);
    assert_int_equal(sheet.count, 0);
    assert_int_equal(sheet.bad_lines, 5);
}

/* Two names of one column are the column twice, whatever stands in them. */
static void bad_input_107_an_object_that_has_a_column_twice(void **state)
{
    (void)state;
    assert_false(
        read_text("{\"indicator\":\"v\",\"unit\":\"a\",\"period\":\"2024\","
                  "\"value\":1,\"verdi\":2}\n"
                  "{\"indicator\":\"v\",\"unit\":\"a\",\"enhet\":\"b\","
                  "\"period\":\"2024\",\"value\":1}\n"
                  "{\"indicator\":\"v\",\"unit\":\"a\",\"period\":\"2024\","
                  "\"value\":1,\"Value\":null}\n"));
    for (uint32_t i = 0; i < 3; i++)
        assert_fault(i, i + 1, CLI_W_COLUMN_TWICE);
    assert_int_equal(sheet.count, 0);
    assert_int_equal(sheet.bad_lines, 3);
}

static void faults_are_told_in_norwegian(void **state)
{
    static const char *const texts[] = {
        "indicator;unit;period;value;time;flag;numerator\n"
        ";a;2024;x;y;zz;1\nv;a;2024;9999999999999999;;;\n"
        "v;a;2024;1,23456789;;;\nv;a;2023;;;;\n"
        "indicator;unit;period;value;time;flag;numerator\n",
        "unit;period;value;unit;verdi;colour\na;2024;1;2;3;4\n",
        "{\"indicator\":5,\"value\":\"x\",\"colour\":1}\n{]\n[1]\n"
        "{\"unit\":\"a\",\"unit\":\"a\"}\n{\"unit\":1e400}\n"
        "{\"indicator\":\"v\",\"unit\":\"a\",\"period\":\"2024\","
        "\"numerator\":1}\n"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct screen s;
        assert_false(read_text(texts[i]));
        screen_open(&s, MV_LANG_NB, 0);
        cli_sheet_json(&s.cli, &sheet, "f", "unreadable");
        json_t *j = json_loads(screen_text(&s), 0, NULL), *fault;
        size_t n;
        assert_true(json_array_size(json_object_get(j, "faults")) > 3);
        json_array_foreach(json_object_get(j, "faults"), n, fault)
        {
            const char *text =
                json_string_value(json_object_get(fault, "text"));
            struct mv_span word = test_english_in(mv_span_text(text));
            if (word.len > 0 && strstr(text, "kolonnene er") == NULL)
                fail_msg("English in: %s", text);
        }
        json_decref(j);
        screen_close(&s);
        cli_sheet_done(&sheet);
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
        cmocka_unit_test(bad_input_105_semicolon_and_decimal_comma),
        cmocka_unit_test(bad_input_105_comma_and_decimal_point),
        cmocka_unit_test(bad_input_105_tab_and_a_quoted_decimal_comma),
        cmocka_unit_test(bad_input_105_utf8_with_and_without_bom),
        cmocka_unit_test(bad_input_105_latin1_becomes_utf8),
        cmocka_unit_test(bad_input_105_text_encoded_twice_is_refused),
        cmocka_unit_test(bad_input_105_other_encodings_are_refused),
        cmocka_unit_test(bad_input_105_crlf_and_no_last_newline),
        cmocka_unit_test(bad_input_105_lines_of_semicolons_are_left_out),
        cmocka_unit_test(bad_input_106_the_files_convention_decides),
        cmocka_unit_test(bad_input_106_what_may_be_two_numbers_is_refused),
        cmocka_unit_test(bad_input_106_two_conventions_in_a_file_are_refused),
        cmocka_unit_test(bad_input_106_percent_signs_and_missing_figures),
        cmocka_unit_test(bad_input_106_what_is_no_number_is_named_by_line),
        cmocka_unit_test(a_number_that_cannot_travel_is_refused),
        cmocka_unit_test(bad_input_107_the_header_twice),
        cmocka_unit_test(bad_input_107_the_header_twice_among_other_faults),
        cmocka_unit_test(bad_input_106_a_figure_without_value_or_flag_is_named),
        cmocka_unit_test(bad_input_107_the_header_is_missing),
        cmocka_unit_test(bad_input_107_a_column_renamed),
        cmocka_unit_test(bad_input_107_columns_in_another_order),
        cmocka_unit_test(bad_input_107_a_newline_in_quotes_keeps_lines_right),
        cmocka_unit_test(bad_input_107_a_line_of_ten_megabytes),
        cmocka_unit_test(a_row_with_too_few_or_too_many_cells_is_named),
        cmocka_unit_test(a_row_without_its_names_or_half_a_pair_is_named),
        cmocka_unit_test(bad_input_108_sdmx_csv_with_actions_is_refused),
        cmocka_unit_test(ndjson_gives_the_same_rows),
        cmocka_unit_test(
            bad_input_105_a_number_of_json_is_read_as_it_is_written),
        cmocka_unit_test(ndjson_faults_are_named_by_line),
        cmocka_unit_test(bad_input_107_an_object_that_has_a_column_twice),
        cmocka_unit_test(faults_are_told_in_norwegian),
    };
    return cmocka_run_group_tests(tests, NULL, tidy);
}
