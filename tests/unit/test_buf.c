#include <string.h>

#include "services/base/buf.h"
#include "services/base/err.h"
#include "tests/support/unit.h"

static void a_buffer_keeps_what_is_put_in_it(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    for (int i = 0; i < 1000; i++)
        mv_buf_printf(&b, "%d,", i % 10);
    assert_int_equal(b.len, 2000);
    assert_memory_equal(b.at + 1990, "5,6,7,8,9,", 10);
    assert_int_equal(strlen(mv_buf_cstr(&b)), 2000);
    mv_buf_done(&b);
    assert_null(b.at);
}

static void big_endian_integers_come_back(void **state)
{
    (void)state;
    uint8_t p[8];
    mv_be64_put(p, 0x0102030405060708u);
    assert_int_equal(p[0], 1);
    assert_int_equal(p[7], 8);
    assert_true(mv_be64_get(p) == 0x0102030405060708u);
    mv_be32_put(p, 0xfffefdfcu);
    assert_int_equal(mv_be32_get(p), 0xfffefdfcu);
}

static void a_prefix_sorts_before_the_longer_text(void **state)
{
    (void)state;
    assert_true(mv_span_compare(mv_span_text("ab"), mv_span_text("abc")) < 0);
    assert_true(mv_span_compare(mv_span_text("b"), mv_span_text("abc")) > 0);
    assert_true(mv_span_is(mv_span("abc", 2), "ab"));
}

static void error_text_grows_outwards_and_is_cut_not_overrun(void **state)
{
    (void)state;
    struct mv_err err = {0};
    assert_int_equal(mv_fail(&err, MV_FULL, "no room for %d", 7), MV_FULL);
    assert_int_equal(mv_wrap(&err, MV_FULL, "journal"), MV_FULL);
    assert_string_equal(err.text, "journal: no room for 7");
    for (int i = 0; i < 100; i++)
        (void)mv_wrap(&err, MV_FATAL, "again and again");
    assert_int_equal(strlen(err.text), MV_ERR_TEXT_BYTES - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buffer_keeps_what_is_put_in_it),
        cmocka_unit_test(big_endian_integers_come_back),
        cmocka_unit_test(a_prefix_sorts_before_the_longer_text),
        cmocka_unit_test(error_text_grows_outwards_and_is_cut_not_overrun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
