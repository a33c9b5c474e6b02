#include <string.h>

#include "services/base/text.h"
#include "tests/support/unit.h"

#define SPAN(literal) mv_span(literal, sizeof(literal) - 1)

static void bad_input_44_what_is_not_utf8_is_refused(void **state)
{
    (void)state;
    const struct mv_span wrong[] = {SPAN("\xff"),
                                    SPAN("\xc0\x80"),
                                    SPAN("\xc1\xbf"),
                                    SPAN("\xe0\x80\x80"),
                                    SPAN("\xe0\x9f\xbf"),
                                    SPAN("\xed\xa0\x80"),
                                    SPAN("\xed\xbf\xbf"),
                                    SPAN("\xf0\x80\x80\x80"),
                                    SPAN("\xf0\x8f\xbf\xbf"),
                                    SPAN("\xf4\x90\x80\x80"),
                                    SPAN("\xf5\x80\x80\x80"),
                                    SPAN("a\x80"),
                                    SPAN("\xc3"),
                                    SPAN("\xe2\x82"),
                                    SPAN("\xf0\x9f\x98"),
                                    SPAN("\xc3\x28"),
                                    SPAN("\xe2\x28\xa1"),
                                    SPAN("abc\xe5 r")};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(mv_text_is_utf8(wrong[i]));
        assert_int_equal(mv_text_check(wrong[i]), MV_TEXT_UTF8);
    }
    assert_true(mv_text_is_utf8(SPAN("Sør-Øst, €, 😀, \xf4\x8f\xbf\xbd")));
    assert_true(mv_text_is_utf8(SPAN("\xc2\x80\xdf\xbf\xe0\xa0\x80")));
    assert_true(mv_text_is_utf8(SPAN("\xf0\x90\x80\x80\xed\x9f\xbf")));
    /* cut short by the length, whatever lies behind it */
    assert_false(mv_text_is_utf8(mv_span("ø", 1)));
    assert_true(mv_text_is_utf8(mv_span(NULL, 0)));
}

static void bad_input_45_what_cannot_be_seen_is_refused(void **state)
{
    (void)state;
    const struct mv_span wrong[] = {
        SPAN("a\0b"),       SPAN("\r"),         SPAN("\n"),
        SPAN("a\tb"),       SPAN("\x1b["),      SPAN("\x7f"),
        SPAN("\xc2\x80"),   SPAN("\xc2\x9f"),   SPAN("\u200b"),
        SPAN("\u200d"),     SPAN("\u200f"),     SPAN("\u2028"),
        SPAN("\u2029"),     SPAN("\u202a"),     SPAN("x\u202e"),
        SPAN("\u2060"),     SPAN("\u2066"),     SPAN("\u2069"),
        SPAN("\ufeff"),     SPAN("\ufffe"),     SPAN("\uffff"),
        SPAN("\U0001fffe"), SPAN("\U0010ffff"), SPAN("\ufdd0"),
        SPAN("\U000e0041")};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(mv_text_check(wrong[i]), MV_TEXT_CHARSET);
    assert_int_equal(mv_text_check(SPAN("Sør-Øst RHF: \"78,5\" % ~ \u00a0")),
                     MV_TEXT_OK);
    assert_int_equal(mv_text_check(SPAN("")), MV_TEXT_OK);
}

static void faults_of_a_text_come_in_order(void **state)
{
    (void)state;
    assert_int_equal(mv_text_check(SPAN("01017012343\n\xff")), MV_TEXT_UTF8);
    assert_int_equal(mv_text_check(SPAN("01017012343\n")), MV_TEXT_CHARSET);
    assert_int_equal(mv_text_check(SPAN("01017012343")), MV_TEXT_IDENTIFIER);
}

static void identifiers_are_short_lower_case_and_begin_plain(void **state)
{
    (void)state;
    char longest[MV_IDENTIFIER_BYTES + 1];
    memset(longest, 'a', sizeof longest);
    assert_true(mv_text_is_identifier(mv_span(longest, MV_IDENTIFIER_BYTES)));
    assert_false(
        mv_text_is_identifier(mv_span(longest, MV_IDENTIFIER_BYTES + 1)));
    assert_true(mv_text_is_identifier(SPAN("a")));
    assert_true(mv_text_is_identifier(SPAN("1535")));
    assert_true(mv_text_is_identifier(SPAN("ambulanse.laerling_2-x")));
    const char *wrong[] = {"",  ".a",  "-a",  "_a",  "A",  "aB",
                           "å", "a/b", "a b", "a\n", "a:b"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(mv_text_is_identifier(mv_span_text(wrong[i])));
    assert_false(mv_text_is_identifier(SPAN("a\0")));
}

static void bad_input_54_a_producers_name_is_no_path(void **state)
{
    (void)state;
    assert_true(mv_text_is_producer(SPAN("monthly-export")));
    assert_true(mv_text_is_producer(SPAN("a.b")));
    assert_false(mv_text_is_producer(SPAN("..")));
    assert_false(mv_text_is_producer(SPAN("a..b")));
    assert_false(mv_text_is_producer(SPAN("a/b")));
    assert_false(mv_text_is_producer(SPAN("")));
}

static void bad_input_89_a_log_line_stays_one_line(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    mv_text_escape_log(&b, SPAN("a\"b\\c\n\x1b[2J ø %s"), 100);
    assert_string_equal(mv_buf_cstr(&b),
                        "a\\\"b\\\\c\\x0a\\x1b[2J \\xc3\\xb8 %s");
    mv_buf_clear(&b);
    mv_text_escape_log(&b, SPAN("abcdef"), 6);
    assert_string_equal(mv_buf_cstr(&b), "abcdef");
    mv_buf_clear(&b);
    mv_text_escape_log(&b, SPAN("abc\ndef"), 6);
    assert_string_equal(mv_buf_cstr(&b), "abc...");
    mv_buf_done(&b);
}

static void a_terminal_sees_letters_but_no_commands(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    mv_text_escape_terminal(&b, SPAN("Sør\x1b[2J\u202e\xff\u200b€\"\\"));
    assert_string_equal(mv_buf_cstr(&b), "Sør\\x1b[2J\\xe2\\x80\\xae\\xff"
                                         "\\xe2\\x80\\x8b€\"\\");
    mv_buf_done(&b);
}

static void expect_line(struct mv_span text, size_t at, const char *line,
                        const char *bare)
{
    struct mv_span got = mv_text_line(text, at);
    assert_true(mv_span_is(got, line));
    assert_true(mv_span_is(mv_text_chomp(got), bare));
}

static void a_line_ends_at_lf_or_where_the_text_does(void **state)
{
    (void)state;
    struct mv_span text = mv_span_text("a\nbc\r\n\n\rd\r");
    expect_line(text, 0, "a\n", "a");
    expect_line(text, 1, "\n", "");
    expect_line(text, 2, "bc\r\n", "bc");
    expect_line(text, 6, "\n", "");
    expect_line(text, 7, "\rd\r", "\rd");
    expect_line(text, text.len, "", "");
    expect_line(mv_span(NULL, 0), 0, "", "");
}

static void columns_count_what_is_shown(void **state)
{
    (void)state;
    assert_int_equal(mv_text_columns(SPAN("Helse Sør-Øst")), 13);
    assert_int_equal(mv_text_columns(SPAN("a\u030a")), 1);
    assert_int_equal(mv_text_columns(SPAN("日本")), 4);
    assert_int_equal(mv_text_columns(SPAN("€😀")), 3);
    assert_int_equal(mv_text_columns(SPAN("")), 0);
    struct mv_buf b = {0};
    const struct mv_span hostile = SPAN("x\x1b\xff\u202e");
    mv_text_escape_terminal(&b, hostile);
    assert_int_equal(mv_text_columns(hostile), b.len);
    mv_buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_input_44_what_is_not_utf8_is_refused),
        cmocka_unit_test(bad_input_45_what_cannot_be_seen_is_refused),
        cmocka_unit_test(faults_of_a_text_come_in_order),
        cmocka_unit_test(identifiers_are_short_lower_case_and_begin_plain),
        cmocka_unit_test(bad_input_54_a_producers_name_is_no_path),
        cmocka_unit_test(bad_input_89_a_log_line_stays_one_line),
        cmocka_unit_test(a_terminal_sees_letters_but_no_commands),
        cmocka_unit_test(a_line_ends_at_lf_or_where_the_text_does),
        cmocka_unit_test(columns_count_what_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
