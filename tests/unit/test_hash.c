#include <string.h>

#include "services/base/hash.h"
#include "tests/support/unit.h"

static void known_answers_of_blake2b_256(void **state)
{
    (void)state;
    char hex[MV_HASH_HEX_BYTES];
    struct mv_hash h = mv_hash_of(mv_span("", 0));
    assert_string_equal(
        mv_hash_hex(&h, hex),
        "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    h = mv_hash_of(mv_span_text("abc"));
    assert_string_equal(
        mv_hash_hex(&h, hex),
        "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

static void pieces_hash_as_the_whole(void **state)
{
    (void)state;
    const struct mv_span spans[] = {{"a", 1}, {NULL, 0}, {"bc", 2}};
    struct mv_hash whole = mv_hash_of(mv_span_text("abc"));
    struct mv_hash parts = mv_hash_spans(spans, 3);
    assert_true(mv_hash_equal(&whole, &parts));
    struct mv_hasher h;
    mv_hasher_init(&h);
    mv_hasher_add(&h, "ab", 2);
    mv_hasher_add(&h, "c", 1);
    parts = mv_hasher_take(&h);
    assert_true(mv_hash_equal(&whole, &parts));
    parts.at[31] ^= 1;
    assert_false(mv_hash_equal(&whole, &parts));
}

static void hex_is_read_whole_or_not_at_all(void **state)
{
    (void)state;
    uint8_t out[3] = {1, 2, 3};
    char hex[7];
    assert_false(mv_hex_parse(mv_span_text("00ff0"), out, 3));
    assert_false(mv_hex_parse(mv_span_text("00ff0g"), out, 3));
    assert_false(mv_hex_parse(mv_span_text("00ff0000"), out, 3));
    assert_false(mv_hex_parse(mv_span_text("0 ff00"), out, 3));
    assert_int_equal(out[0], 1);
    assert_true(mv_hex_parse(mv_span_text("00Ffa5"), out, 3));
    assert_string_equal(mv_hex(out, 3, hex), "00ffa5");
}

static void random_numbers_differ_and_stay_below(void **state)
{
    (void)state;
    assert_true(mv_random_u64() != mv_random_u64());
    uint8_t a[32] = {0};
    uint8_t b[32] = {0};
    mv_random_bytes(a, sizeof a);
    mv_random_bytes(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    bool seen[7] = {false};
    for (int i = 0; i < 1000; i++)
        seen[mv_random_below(7)] = true;
    for (int i = 0; i < 7; i++)
        assert_true(seen[i]);
    mv_secret_wipe(a, sizeof a);
    memset(b, 0, sizeof b);
    assert_memory_equal(a, b, sizeof a);
}

static int init(void **state)
{
    (void)state;
    struct mv_err err = {0};
    return mv_hash_init(&err) == MV_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers_of_blake2b_256),
        cmocka_unit_test(pieces_hash_as_the_whole),
        cmocka_unit_test(hex_is_read_whole_or_not_at_all),
        cmocka_unit_test(random_numbers_differ_and_stay_below),
    };
    return cmocka_run_group_tests(tests, init, NULL);
}
