#include <stdio.h>
#include <string.h>

#include "proto/delivery.h"
#include "proto/msg.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "tests/support/reading.h"
#include "tests/support/unit.h"

/* The millionths that a value cell is read as; INT64_MIN if refused. */
static int64_t micro(const char *hex)
{
    return test_read_cell("value", hex) == MV_CODE_NONE
               ? test_read_delivery.rows[0].value
               : INT64_MIN;
}

static void bad_input_33_an_extension_type_in_a_cell(void **state)
{
    (void)state;
    assert_int_equal(test_read_cell("value", "d6 ff 00000000"), MV_CODE_TYPE);
    assert_int_equal(test_read_cell("unit", "d4 01 00"), MV_CODE_TYPE);
    assert_int_equal(test_read_top("number", "d4 01 00"), MV_CODE_TYPE);
}

static void bad_input_34_text_for_numbers_and_numbers_for_text(void **state)
{
    (void)state;
    static const char *const numbers[] = {"value", "numerator", "denominator",
                                          "time"};
    static const char *const texts[] = {"indicator", "member", "unit",
                                        "period",    "flag",   "note"};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(test_read_cell(numbers[i], "a1 35"), MV_CODE_TYPE);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(test_read_cell(texts[i], "05"), MV_CODE_TYPE);
    assert_int_equal(test_read_top("v", "a1 31"), MV_CODE_TYPE);
    assert_int_equal(test_read_top("type", "01"), MV_CODE_TYPE);
    assert_int_equal(test_read_top("producer", "01"), MV_CODE_TYPE);
    assert_int_equal(test_read_top("number", "a1 31"), MV_CODE_TYPE);
    assert_int_equal(test_read_top("fields", "a1 31"), MV_CODE_TYPE);
    assert_int_equal(test_read_top("rows", "a1 31"), MV_CODE_TYPE);
    assert_int_equal(test_read_top("rows", "91 01"), MV_CODE_TYPE);
    assert_int_equal(test_read_top("fields", "91 01"), MV_CODE_TYPE);
}

static void bad_input_36_a_count_may_come_as_a_float(void **state)
{
    (void)state;
    assert_int_equal(micro("cb 4014000000000000"), 5000000);
    assert_int_equal(micro("cb 4016000000000000"), 5500000);
    assert_int_equal(test_read_cell("value", "a1 35"), MV_CODE_TYPE);
}

static void bad_input_37_every_form_of_five_is_the_same_content(void **state)
{
    (void)state;
    static const char *const fives[] = {"05", "cf 0000000000000005", "d0 05",
                                        "cb 4014000000000000", "ca 40a00000"};
    struct mv_buf first = {0};
    struct mv_buf other = {0};
    assert_int_equal(test_read_cell("value", fives[0]), MV_CODE_NONE);
    test_canonical(&first);
    for (size_t i = 1; i < 5; i++) {
        assert_int_equal(test_read_cell("value", fives[i]), MV_CODE_NONE);
        test_canonical(&other);
        assert_int_equal(first.len, other.len);
        assert_memory_equal(first.at, other.at, first.len);
    }
    mv_buf_done(&first);
    mv_buf_done(&other);
}

static void bad_input_38_values_beyond_63_bits(void **state)
{
    (void)state;
    assert_int_equal(test_read_cell("value", "cf 8000000000000000"),
                     MV_CODE_RANGE);
    assert_int_equal(test_read_cell("value", "cf ffffffffffffffff"),
                     MV_CODE_RANGE);
    assert_true(mv_span_is(mv_conflicts_args(&test_conflicts, 0).value,
                           "18446744073709551615"));
}

static void bad_input_39_the_least_integer(void **state)
{
    (void)state;
    assert_int_equal(test_read_cell("value", "d3 8000000000000000"),
                     MV_CODE_RANGE);
    /* below zero may be right: whether it is, the indicator says */
    assert_int_equal(micro("ff"), -1000000);
}

static void bad_input_40_numbers_that_are_not_finite(void **state)
{
    (void)state;
    static const char *const cells[] = {
        "cb 7ff8000000000000", "cb 7ff0000000000001", "cb fff8000000000abc",
        "cb 7ff0000000000000", "cb fff0000000000000", "ca 7fc00000",
        "ca 7f800000",         "ca ff800000"};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        assert_int_equal(test_read_cell("value", cells[i]), MV_CODE_NOT_FINITE);
        assert_int_equal(test_read_cell("time", cells[i]), MV_CODE_NOT_FINITE);
    }
}

static void bad_input_41_minus_zero_is_zero(void **state)
{
    (void)state;
    struct mv_buf plus = {0};
    struct mv_buf minus = {0};
    assert_int_equal(micro("cb 0000000000000000"), 0);
    test_canonical(&plus);
    assert_int_equal(micro("cb 8000000000000000"), 0);
    test_canonical(&minus);
    assert_int_equal(plus.len, minus.len);
    assert_memory_equal(plus.at, minus.at, plus.len);
    mv_buf_done(&plus);
    mv_buf_done(&minus);
}

static void bad_input_42_very_small_and_very_large_floats(void **state)
{
    (void)state;
    assert_int_equal(test_read_cell("value", "cb 0000000000000001"),
                     MV_CODE_PRECISION);
    assert_int_equal(test_read_cell("value", "cb 7fe1ccf385ebc8a0"),
                     MV_CODE_RANGE);
    assert_int_equal(test_read_cell("value", "a6 31652d343030"), MV_CODE_TYPE);
}

static void bad_input_43_floats_are_read_as_their_shortest_decimal(void **state)
{
    (void)state;
    assert_int_equal(micro("ca 429d0000"), 78500000);
    assert_int_equal(micro("ca 3dcccccd"), 100000); /* 0.1f */
    assert_int_equal(test_read_cell("value", "cb 40539fffffffffff"),
                     MV_CODE_PRECISION);
    assert_int_equal(test_read_cell("value", "cb 3e7ad7f29abcaf48"),
                     MV_CODE_PRECISION);
    assert_int_equal(test_read_cell("value", "cb 42a0ead4ab190000"),
                     MV_CODE_RANGE);
    assert_int_equal(micro("cb 3fb999999999999a"), 100000);
}

static void bad_input_44_cells_that_are_not_utf8_are_named(void **state)
{
    (void)state;
    static const char *const texts[] = {"a1 ff", "a2 c080", "a3 eda080",
                                        "a4 f4908080", "a2 e282"};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(test_read_cell("note", texts[i]), MV_CODE_UTF8);
        assert_int_equal(test_read_cell("unit", texts[i]), MV_CODE_UTF8);
        assert_int_equal(test_read_cell("period", texts[i]), MV_CODE_UTF8);
        assert_int_equal(test_read_top("producer", texts[i]), MV_CODE_UTF8);
    }
    assert_true(
        mv_span_is(mv_conflicts_args(&test_conflicts, 0).value, "\\xe2\\x82"));
}

static void bad_input_45_control_and_invisible_characters(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "a2 61 00", "a2 61 0d",     "a2 61 0a",     "a2 61 09",    "a2 61 1b",
        "a2 61 7f", "a4 61 e280ae", "a4 61 efbbbf", "a4 61 e2808b"};
    static const char *const columns[] = {"indicator", "member", "unit",
                                          "period", "note"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t c = 0; c < 5; c++)
            assert_int_equal(test_read_cell(columns[c], texts[i]),
                             MV_CODE_CHARSET);
        assert_int_equal(test_read_top("producer", texts[i]), MV_CODE_CHARSET);
    }
    assert_int_equal(test_read_cell("note", "a2 c3a5"), MV_CODE_NONE);
    assert_int_equal(test_read_cell("unit", "a2 c3a5"), MV_CODE_CHARSET);
    assert_int_equal(test_read_cell("unit", "a2 6141"), MV_CODE_CHARSET);
    assert_int_equal(test_read_cell("unit", "a2 2e61"), MV_CODE_CHARSET);
}

static mv_code text_of_length(const char *column, unsigned len)
{
    struct mv_buf hex = {0};
    if (len < 256)
        mv_buf_printf(&hex, "d9 %02x", len);
    else
        mv_buf_printf(&hex, "da %04x", len);
    for (unsigned i = 0; i < len; i++)
        mv_buf_text(&hex, " 61");
    mv_code code = test_read_cell(column, mv_buf_cstr(&hex));
    mv_buf_done(&hex);
    return code;
}

static void bad_input_46_text_has_a_greatest_length(void **state)
{
    (void)state;
    static const char *const identifiers[] = {"indicator", "member", "unit"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(text_of_length(identifiers[i], 64), MV_CODE_NONE);
        assert_int_equal(text_of_length(identifiers[i], 65), MV_CODE_LENGTH);
        assert_int_equal(text_of_length(identifiers[i], 65535), MV_CODE_LENGTH);
        assert_int_equal(text_of_length(identifiers[i], 0), MV_CODE_LENGTH);
    }
    assert_int_equal(text_of_length("period", 32), MV_CODE_NONE);
    assert_int_equal(text_of_length("period", 33), MV_CODE_LENGTH);
    assert_int_equal(text_of_length("note", 256), MV_CODE_NONE);
    assert_int_equal(text_of_length("note", 257), MV_CODE_LENGTH);
    assert_int_equal(text_of_length("note", 65535), MV_CODE_LENGTH);
}

static void bad_input_54_producers_and_numbers(void **state)
{
    (void)state;
    struct mv_buf hex = {0};
    assert_int_equal(test_read_top("producer", "a0"), MV_CODE_LENGTH);
    assert_int_equal(test_read_top("producer", "a1 61"), MV_CODE_NONE);
    for (unsigned len = 64; len <= 65; len++) {
        mv_buf_clear(&hex);
        mv_buf_printf(&hex, "d9 %02x", len);
        for (unsigned i = 0; i < len; i++)
            mv_buf_text(&hex, "61");
        assert_int_equal(test_read_top("producer", mv_buf_cstr(&hex)),
                         len == 64 ? MV_CODE_NONE : MV_CODE_LENGTH);
    }
    mv_buf_done(&hex);
    assert_int_equal(test_read_top("producer", "a3 61 2f 62"), MV_CODE_CHARSET);
    assert_int_equal(test_read_top("producer", "a2 2e 2e"), MV_CODE_CHARSET);
    assert_int_equal(test_read_top("producer", "a4 61 2e 2e 62"),
                     MV_CODE_CHARSET);
    assert_int_equal(test_read_top("number", "00"), MV_CODE_NONE);
    assert_int_equal(test_read_delivery.number, 0);
    assert_int_equal(test_read_top("number", "cf 8000000000000000"),
                     MV_CODE_NONE);
    assert_int_equal(test_read_top("number", "cf ffffffffffffffff"),
                     MV_CODE_NONE);
    assert_true(test_read_delivery.number == UINT64_MAX);
    assert_int_equal(test_read_top("number", "ff"), MV_CODE_RANGE);
    assert_int_equal(test_read_top("number", "cb 4014000000000000"),
                     MV_CODE_TYPE);
}

static void bad_input_61_a_period_in_full_width_digits(void **state)
{
    (void)state;
    assert_int_equal(test_read_cell("period", "ac efbc92efbc90efbc92efbc94"),
                     MV_CODE_PERIOD);
}

static void bad_input_67_identity_numbers_do_not_travel_on(void **state)
{
    (void)state;
    /* 15076500565, a well-known made-up number, plain and spaced */
    const char *plain = "ab 3135303736353030353635";
    const char *spaced = "ac 313530373635 20 3030353635";
    assert_int_equal(test_read_cell("note", plain), MV_CODE_IDENTIFIER);
    assert_int_equal(mv_conflicts_args(&test_conflicts, 0).value.len, 0);
    assert_int_equal(test_read_cell("note", spaced), MV_CODE_IDENTIFIER);
    assert_int_equal(test_read_cell("unit", plain), MV_CODE_IDENTIFIER);
    assert_int_equal(test_read_cell("member", spaced), MV_CODE_IDENTIFIER);
    assert_int_equal(test_read_cell("indicator", plain), MV_CODE_IDENTIFIER);
    assert_int_equal(test_read_cell("period", plain), MV_CODE_IDENTIFIER);
    assert_int_equal(test_read_top("producer", plain), MV_CODE_IDENTIFIER);
    assert_int_equal(test_read_cell("flag", plain), MV_CODE_WORD);
    assert_int_equal(mv_conflicts_args(&test_conflicts, 0).value.len, 0);
}

static void time_lies_between_2000_and_2200(void **state)
{
    (void)state;
    assert_int_equal(test_read_cell("time", "cf 000000dc6acfac00"),
                     MV_CODE_NONE);
    assert_int_equal(test_read_cell("time", "cf 000000dc6acfabff"),
                     MV_CODE_RANGE);
    assert_int_equal(test_read_cell("time", "cf 00000699e991a7ff"),
                     MV_CODE_NONE);
    assert_true(test_read_delivery.rows[0].time_ms == 7258118399999);
    assert_int_equal(test_read_cell("time", "cf 00000699e991a800"),
                     MV_CODE_RANGE);
    assert_int_equal(test_read_cell("time", "ff"), MV_CODE_RANGE);
    assert_int_equal(test_read_cell("time", "cb 427937f6d4180000"),
                     MV_CODE_NONE);
    assert_int_equal(test_read_cell("time", "cf ffffffffffffffff"),
                     MV_CODE_RANGE);
}

static void flags_are_those_of_sdmx(void **state)
{
    (void)state;
    assert_int_equal(test_read_cell("flag", "a1 50"), MV_CODE_NONE);
    assert_int_equal(test_read_cell("flag", "a1 58"), MV_CODE_WORD);
    assert_int_equal(test_read_cell("flag", "a1 61"), MV_CODE_WORD);
    assert_int_equal(test_read_cell("flag", "a1 20"), MV_CODE_WORD);
    assert_int_equal(test_read_cell("flag", "a0"), MV_CODE_WORD);
    assert_int_equal(test_read_cell("flag", "a2 4141"), MV_CODE_WORD);
    assert_int_equal(test_read_cell("flag", "c0"), MV_CODE_NONE);
}

static void big_decimals_keep_their_bytes(void **state)
{
    (void)state;
    /* 8999999999999.998: float64 apart by 0.002 up there */
    const char *hex = "cb 42a05ef39b1fffff";
    assert_int_equal(test_read_cell("value", hex), MV_CODE_NONE);
    int64_t was = test_read_delivery.rows[0].value;
    struct mv_buf out = {0};
    test_canonical(&out);
    assert_true(mv_delivery_read(mv_buf_span(&out), &test_read_delivery,
                                 &test_conflicts));
    assert_true(test_read_delivery.rows[0].value == was);
    mv_buf_done(&out);
}

/* 10,000 rows of three float32 and a note: just within a delivery */
static void put_float_rows(struct mv_buf *out)
{
    static const char *const columns[] = {
        "indicator", "unit",        "period", "value",
        "numerator", "denominator", "note"};
    char text[96];
    test_hex(out, "86 a1 76 01");
    mv_pack_kv_cstr(out, "type", "delivery");
    mv_pack_kv_cstr(out, "producer", "p");
    mv_pack_kv_u64(out, "number", 1);
    mv_pack_cstr(out, "fields");
    mv_pack_list(out, 7);
    for (size_t i = 0; i < 7; i++)
        mv_pack_cstr(out, columns[i]);
    mv_pack_cstr(out, "rows");
    mv_pack_list(out, 10000);
    for (int i = 0; i < 10000; i++) {
        test_hex(out, "97 a1 61 a1 62");
        (void)snprintf(text, sizeof text, "%d", 10000 + i);
        mv_pack_cstr(out, text);
        test_hex(out, "ca 3dcccccd ca 3dcccccd ca 3dcccccd");
        (void)snprintf(text, sizeof text, "%072d", 0);
        mv_pack_cstr(out, text);
    }
}

static void content_may_be_longer_than_what_was_sent(void **state)
{
    (void)state;
    struct mv_buf sent = {0};
    struct mv_buf content = {0};
    put_float_rows(&sent);
    assert_true(mv_delivery_read(mv_buf_span(&sent), &test_read_delivery,
                                 &test_conflicts));
    mv_delivery_canonical(&test_read_delivery, &content);
    assert_true(content.len > MV_MAX_DELIVERY_BYTES);
    assert_true(mv_delivery_read_content(mv_buf_span(&content),
                                         &test_read_delivery, &test_conflicts));
    assert_int_equal(test_read_delivery.rows[9999].denominator, 100000);
    assert_false(mv_delivery_read(mv_buf_span(&content), &test_read_delivery,
                                  &test_conflicts));
    assert_int_equal(mv_conflicts_first(&test_conflicts), MV_CODE_LENGTH);
    mv_buf_done(&sent);
    mv_buf_done(&content);
}

/* The first conflict, said to a person. */
static void says(const char *sentence)
{
    struct mv_buf text = {0};
    struct mv_code_args args = mv_conflicts_args(&test_conflicts, 0);
    mv_code_text(mv_conflicts_first(&test_conflicts), MV_LANG_EN, &args, &text);
    assert_string_equal(mv_buf_cstr(&text), sentence);
    mv_buf_done(&text);
}

static void what_was_sent_stands_in_the_sentence(void **state)
{
    (void)state;
    (void)test_read_top("v", "02");
    says("version 2 is not served; served: 1");
    (void)test_read_top("v", "fe");
    says("version -2 is not served; served: 1");
    (void)test_read_top("number", "ff");
    says("number -1 is out of range (an integer from 0 is due)");
    (void)test_read_top("type", "a7 64656c69767279");
    says("type delivry is not one of: delivery withdrawal assessment "
         "delivered closed hold release freeze");
    (void)test_read_top("fields", "91 a1 78");
    says("x is not known here");
    (void)test_read_top("type", "aa 7769746864726177616c"); /* withdrawal */
    says("value is not known here");
}

static void bad_input_67_nor_as_the_name_of_a_key_or_column(void **state)
{
    (void)state;
    struct test_delivery t = {.extra_hex = "ab 3135303736353030353635 01"};
    assert_int_equal(test_read(&t), MV_CODE_UNKNOWN_FIELD);
    says("- is not known here");
    assert_int_equal(test_read_top("fields", "91 ab 3135303736353030353635"),
                     MV_CODE_UNKNOWN_FIELD);
    says("- is not known here");
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bad_input_33_an_extension_type_in_a_cell),
        TEST(bad_input_34_text_for_numbers_and_numbers_for_text),
        TEST(bad_input_36_a_count_may_come_as_a_float),
        TEST(bad_input_37_every_form_of_five_is_the_same_content),
        TEST(bad_input_38_values_beyond_63_bits),
        TEST(bad_input_39_the_least_integer),
        TEST(bad_input_40_numbers_that_are_not_finite),
        TEST(bad_input_41_minus_zero_is_zero),
        TEST(bad_input_42_very_small_and_very_large_floats),
        TEST(bad_input_43_floats_are_read_as_their_shortest_decimal),
        TEST(bad_input_44_cells_that_are_not_utf8_are_named),
        TEST(bad_input_45_control_and_invisible_characters),
        TEST(bad_input_46_text_has_a_greatest_length),
        TEST(bad_input_54_producers_and_numbers),
        TEST(bad_input_61_a_period_in_full_width_digits),
        TEST(bad_input_67_identity_numbers_do_not_travel_on),
        TEST(bad_input_67_nor_as_the_name_of_a_key_or_column),
        TEST(what_was_sent_stands_in_the_sentence),
        TEST(time_lies_between_2000_and_2200),
        TEST(flags_are_those_of_sdmx),
        TEST(big_decimals_keep_their_bytes),
        TEST(content_may_be_longer_than_what_was_sent),
    };
    return cmocka_run_group_tests(tests, NULL, test_reading_done);
}
