#include <string.h>

#include "proto/cursor.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "tests/support/bytes.h"
#include "tests/support/unit.h"

static struct mv_fault fault;

static mv_code check(const struct mv_buf *b)
{
    fault = (struct mv_fault){0};
    return mv_cursor_check(mv_buf_span(b), &mv_limits_peer, NULL, &fault)
               ? MV_CODE_NONE
               : fault.code;
}

static mv_code check_hex(const char *hex)
{
    struct mv_buf b = {0};
    test_hex(&b, hex);
    mv_code code = check(&b);
    mv_buf_done(&b);
    return code;
}

static void bad_input_21_an_empty_payload_is_malformed(void **state)
{
    (void)state;
    assert_int_equal(check_hex(""), MV_CODE_MALFORMED);
}

static void bad_input_22_the_byte_c1_is_malformed(void **state)
{
    (void)state;
    assert_int_equal(check_hex("c1"), MV_CODE_MALFORMED);
    assert_int_equal(check_hex("81 a1 61 c1"), MV_CODE_MALFORMED);
    assert_int_equal(fault.offset, 3);
    assert_string_equal(fault.field, "a");
}

static void bad_input_23_a_message_cut_anywhere_is_malformed(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    test_delivery_bytes(&b, &(struct test_delivery){0});
    assert_int_equal(check(&b), MV_CODE_NONE);
    for (b.len--; b.len > 0; b.len--)
        assert_int_equal(check(&b), MV_CODE_MALFORMED);
    assert_int_equal(check(&b), MV_CODE_MALFORMED);
    mv_buf_done(&b);
}

static void bad_input_24_bytes_after_the_end_are_trailing(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    test_delivery_bytes(&b, &(struct test_delivery){0});
    uint32_t whole = (uint32_t)b.len;
    mv_buf_put_u8(&b, 0);
    assert_int_equal(check(&b), MV_CODE_TRAILING);
    assert_int_equal(fault.offset, whole);
    b.len--;
    test_delivery_bytes(&b, &(struct test_delivery){0});
    assert_int_equal(check(&b), MV_CODE_TRAILING);
    mv_buf_done(&b);
}

static void bad_input_25_five_bytes_that_ask_for_gigabytes(void **state)
{
    (void)state;
    assert_int_equal(check_hex("dd ffffffff"), MV_CODE_LIMITS);
    assert_int_equal(check_hex("df ffffffff"), MV_CODE_LIMITS);
    assert_int_equal(check_hex("c6 ffffffff"), MV_CODE_LIMITS);
    assert_int_equal(check_hex("db ffffffff"), MV_CODE_LIMITS);
    assert_int_equal(check_hex("81 a1 61 dd ffffffff"), MV_CODE_LIMITS);
}

static void bad_input_26_lists_of_lists_of_a_quarter_million(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    for (int i = 0; i < 31; i++)
        test_hex(&b, "dd 00040000");
    assert_int_equal(check(&b), MV_CODE_LIMITS);
    mv_buf_done(&b);
}

static mv_code nested(unsigned depth, uint8_t opener)
{
    struct mv_buf b = {0};
    for (unsigned i = 0; i < depth; i++) {
        mv_buf_put_u8(&b, opener);
        if (opener == 0x81)
            test_hex(&b, "a1 61");
    }
    mv_buf_put_u8(&b, 0xc0);
    mv_code code = check(&b);
    mv_buf_done(&b);
    return code;
}

static void bad_input_27_nesting_is_four_deep_at_most(void **state)
{
    (void)state;
    static const unsigned depths[] = {5, 32, 33, 5000};
    assert_int_equal(nested(4, 0x91), MV_CODE_NONE);
    assert_int_equal(nested(4, 0x81), MV_CODE_NONE);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(nested(depths[i], 0x91), MV_CODE_LIMITS);
        assert_int_equal(nested(depths[i], 0x81), MV_CODE_LIMITS);
    }
}

static void bad_input_29_a_key_that_stands_twice(void **state)
{
    (void)state;
    assert_int_equal(check_hex("82 a1 61 01 a1 61 01"), MV_CODE_DUPLICATE_KEY);
    assert_string_equal(fault.field, "a");
    assert_int_equal(fault.offset, 4);
    assert_int_equal(check_hex("82 a1 61 01 a1 61 02"), MV_CODE_DUPLICATE_KEY);
    /* in longer clothes, and in a map further in */
    assert_int_equal(check_hex("82 a1 61 01 d9 01 61 02"),
                     MV_CODE_DUPLICATE_KEY);
    assert_int_equal(check_hex("81 a1 61 82 a1 62 01 a1 62 01"),
                     MV_CODE_DUPLICATE_KEY);
    /* the same key in two maps is two keys */
    assert_int_equal(check_hex("82 a1 61 81 a1 62 01 a1 62 81 a1 61 01"),
                     MV_CODE_NONE);
}

static void bad_input_32_keys_are_text(void **state)
{
    (void)state;
    static const char *const maps[] = {
        "81 c4 01 61 01", "81 01 01", "81 c0 01",
        "81 80 01",       "81 90 01", "81 cb 0000000000000000 01"};
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        assert_int_equal(check_hex(maps[i]), MV_CODE_TYPE);
}

static void bad_input_33_extension_types_are_refused(void **state)
{
    (void)state;
    assert_int_equal(check_hex("d4 01 00"), MV_CODE_TYPE);
    assert_int_equal(check_hex("c7 00 01"), MV_CODE_TYPE);
    assert_int_equal(check_hex("81 a1 61 d6 ff 00000000"), MV_CODE_TYPE);
    assert_int_equal(check_hex("d8 01 00"), MV_CODE_MALFORMED);
    assert_int_equal(check_hex("c9 ffffffff 01"), MV_CODE_LIMITS);
}

static void bad_input_44_text_that_is_not_utf8(void **state)
{
    (void)state;
    static const char *const texts[] = {"a1 ff",       "a2 c080", "a3 eda080",
                                        "a4 f4908080", "a2 e282", "a1 c3"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(check_hex(texts[i]), MV_CODE_UTF8);
    assert_int_equal(check_hex("81 a1 ff 01"), MV_CODE_UTF8);
    assert_int_equal(check_hex("a2 c3a5"), MV_CODE_NONE);
}

static void bad_input_47_a_message_may_be_as_long_as_its_limit(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    struct mv_buf zeros = {0};
    mv_buf_room(&zeros, MV_MAX_DELIVERY_BYTES);
    memset(zeros.at, 0, MV_MAX_DELIVERY_BYTES);
    mv_pack_bin(&b, mv_span(zeros.at, MV_MAX_DELIVERY_BYTES - 5));
    assert_int_equal(b.len, MV_MAX_DELIVERY_BYTES);
    assert_int_equal(check(&b), MV_CODE_NONE);
    mv_buf_clear(&b);
    mv_pack_bin(&b, mv_span(zeros.at, MV_MAX_DELIVERY_BYTES - 4));
    assert_int_equal(check(&b), MV_CODE_LENGTH);
    mv_buf_done(&b);
    mv_buf_done(&zeros);
}

static void a_map_has_at_most_64_keys(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    for (unsigned count = 64; count <= 65; count++) {
        mv_buf_clear(&b);
        mv_pack_map(&b, count);
        for (unsigned i = 0; i < count; i++) {
            uint8_t name[2] = {'a', (uint8_t)('0' + i)};
            mv_pack_text(&b, mv_span(name, 2));
            mv_pack_nil(&b);
        }
        assert_int_equal(check(&b),
                         count == 64 ? MV_CODE_NONE : MV_CODE_LIMITS);
    }
    mv_buf_done(&b);
}

static void entries_of_the_outermost_map_are_found(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    struct mv_entries e;
    test_hex(&b, "83 a1 61 92 01 81 a1 78 02 a1 62 c0 a1 63 a2 6869");
    assert_true(mv_cursor_check(mv_buf_span(&b), &mv_limits_peer, &e, &fault));
    assert_true(e.is_map);
    assert_int_equal(e.count, 3);
    assert_true(mv_span_is(e.at[1].key, "b"));
    assert_int_equal(e.at[0].value.len, 6);
    assert_int_equal(e.at[1].value.len, 1);
    struct mv_span text;
    assert_true(mv_value_text(e.at[2].value, &text));
    assert_true(mv_span_is(text, "hi"));
    mv_buf_clear(&b);
    test_hex(&b, "92 01 80");
    assert_true(mv_cursor_check(mv_buf_span(&b), &mv_limits_peer, &e, &fault));
    assert_false(e.is_map);
    mv_buf_done(&b);
}

static void readers_take_every_form_of_an_integer(void **state)
{
    (void)state;
    static const char *const fives[] = {"05",
                                        "cc 05",
                                        "cd 0005",
                                        "ce 00000005",
                                        "cf 0000000000000005",
                                        "d0 05",
                                        "d1 0005",
                                        "d2 00000005",
                                        "d3 0000000000000005"};
    for (size_t i = 0; i < sizeof fives / sizeof *fives; i++) {
        struct mv_buf b = {0};
        test_hex(&b, fives[i]);
        uint64_t u = 0;
        int64_t s = 0;
        assert_true(mv_value_u64(mv_buf_span(&b), &u));
        assert_true(mv_value_i64(mv_buf_span(&b), &s));
        assert_int_equal(u, 5);
        assert_int_equal(s, 5);
        mv_buf_done(&b);
    }
}

static void readers_know_signs_and_bounds(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    uint64_t u = 0;
    int64_t s = 0;
    test_hex(&b, "d3 8000000000000000");
    assert_false(mv_value_u64(mv_buf_span(&b), &u));
    assert_true(mv_value_i64(mv_buf_span(&b), &s));
    assert_true(s == INT64_MIN);
    mv_buf_clear(&b);
    test_hex(&b, "cf ffffffffffffffff");
    assert_true(mv_value_u64(mv_buf_span(&b), &u));
    assert_false(mv_value_i64(mv_buf_span(&b), &s));
    assert_true(u == UINT64_MAX);
    mv_buf_clear(&b);
    test_hex(&b, "ff");
    assert_true(mv_value_i64(mv_buf_span(&b), &s));
    assert_int_equal(s, -1);
    mv_buf_done(&b);
}

static void readers_stay_inside_what_is_left(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    test_hex(&b, "92 a5 6162 c0");
    struct mv_list list;
    struct mv_span item;
    assert_true(mv_list_open(&list, mv_buf_span(&b)));
    assert_false(mv_list_next(&list, &item));
    struct mv_cursor c = mv_cursor(mv_span(b.at + 1, b.len - 1));
    assert_int_equal(mv_cursor_peek(&c), MV_ITEM_END);
    assert_false(mv_cursor_text(&c, &item));
    assert_false(mv_cursor_skip(&c, &item));
    assert_ptr_equal(c.at, b.at + 1);
    mv_buf_done(&b);
}

static void a_list_ends_where_its_count_says(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    struct mv_list list;
    struct mv_span item;
    test_hex(&b, "91 01 02");
    assert_true(mv_list_open(&list, mv_buf_span(&b)));
    assert_true(mv_list_next(&list, &item));
    assert_false(mv_list_next(&list, &item));
    mv_buf_done(&b);
}

static void a_text_is_looked_for_in_a_list(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    test_hex(&b, "93 a1 61 05 a2 6263"); /* "a", 5, "bc" */
    struct mv_span list = mv_buf_span(&b);
    assert_true(mv_list_has(list, mv_span_text("a")));
    assert_true(mv_list_has(list, mv_span_text("bc")));
    assert_false(mv_list_has(list, mv_span_text("b")));
    assert_false(mv_list_has(list, mv_span_text("")));
    assert_false(mv_list_has(mv_span(NULL, 0), mv_span_text("a")));
    assert_false(mv_list_has(mv_span(b.at + 1, 2), mv_span_text("a")));
    mv_buf_done(&b);
}

static void lists_and_maps_are_walked(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    struct mv_pairs pairs;
    struct mv_span key;
    struct mv_span value;
    uint64_t n = 0;
    mv_pack_map(&b, 2);
    mv_pack_kv_u64(&b, "one", 1);
    mv_pack_kv_cstr(&b, "two", "zwei");
    assert_true(mv_pairs_open(&pairs, mv_buf_span(&b)));
    assert_true(mv_pairs_next(&pairs, &key, &value));
    assert_true(mv_pairs_next(&pairs, &key, &value));
    assert_false(mv_pairs_next(&pairs, &key, &value));
    assert_true(mv_map_u64(mv_buf_span(&b), "one", &n));
    assert_int_equal(n, 1);
    assert_true(mv_map_text(mv_buf_span(&b), "two", &value));
    assert_true(mv_span_is(value, "zwei"));
    assert_false(mv_map_text(mv_buf_span(&b), "one", &value));
    assert_false(mv_map_u64(mv_buf_span(&b), "three", &n));
    mv_buf_done(&b);
}

static void whole_numbers_are_packed_as_the_shortest_integer(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    struct mv_buf want = {0};
    mv_pack_micro(&b, 5000000);
    mv_pack_micro(&b, -1000000);
    mv_pack_micro(&b, 78500000);
    mv_pack_micro(&b, INT64_C(300000000));
    test_hex(&want, "05 ff cb 4053a00000000000 cd 012c");
    assert_int_equal(b.len, want.len);
    assert_memory_equal(b.at, want.at, b.len);
    mv_buf_done(&b);
    mv_buf_done(&want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_input_21_an_empty_payload_is_malformed),
        cmocka_unit_test(bad_input_22_the_byte_c1_is_malformed),
        cmocka_unit_test(bad_input_23_a_message_cut_anywhere_is_malformed),
        cmocka_unit_test(bad_input_24_bytes_after_the_end_are_trailing),
        cmocka_unit_test(bad_input_25_five_bytes_that_ask_for_gigabytes),
        cmocka_unit_test(bad_input_26_lists_of_lists_of_a_quarter_million),
        cmocka_unit_test(bad_input_27_nesting_is_four_deep_at_most),
        cmocka_unit_test(bad_input_29_a_key_that_stands_twice),
        cmocka_unit_test(bad_input_32_keys_are_text),
        cmocka_unit_test(bad_input_33_extension_types_are_refused),
        cmocka_unit_test(bad_input_44_text_that_is_not_utf8),
        cmocka_unit_test(bad_input_47_a_message_may_be_as_long_as_its_limit),
        cmocka_unit_test(a_map_has_at_most_64_keys),
        cmocka_unit_test(entries_of_the_outermost_map_are_found),
        cmocka_unit_test(readers_take_every_form_of_an_integer),
        cmocka_unit_test(readers_know_signs_and_bounds),
        cmocka_unit_test(readers_stay_inside_what_is_left),
        cmocka_unit_test(a_list_ends_where_its_count_says),
        cmocka_unit_test(a_text_is_looked_for_in_a_list),
        cmocka_unit_test(lists_and_maps_are_walked),
        cmocka_unit_test(whole_numbers_are_packed_as_the_shortest_integer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
