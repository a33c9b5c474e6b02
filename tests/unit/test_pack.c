#include <msgpack.h>
#include <string.h>

#include "proto/pack.h"
#include "tests/support/unit.h"

/* What msgpack-c's packer writes: the other hand. */
static int put(void *out, const char *at, size_t len)
{
    mv_buf_put(out, at, len);
    return 0;
}

#define LONGEST 70000u

static struct mv_buf ours, theirs;
static msgpack_packer packer;
static uint8_t filler[LONGEST];

static void start(void)
{
    mv_buf_clear(&ours);
    mv_buf_clear(&theirs);
    msgpack_packer_init(&packer, &theirs, put);
}

static void same(void)
{
    assert_int_equal(ours.len, theirs.len);
    assert_memory_equal(ours.at, theirs.at, ours.len);
}

/* Around every power of two, where forms change. */
static void every_integer_is_as_short_as_msgpack_c_writes_it(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 64; bit++) {
        for (int off = -2; off <= 2; off++) {
            uint64_t v = (UINT64_C(1) << bit) + (uint64_t)(int64_t)off;
            int64_t signs[] = {(int64_t)v, (int64_t)(0 - v)};
            start();
            mv_pack_u64(&ours, v);
            msgpack_pack_uint64(&packer, v);
            for (size_t i = 0; i < 2; i++) {
                mv_pack_i64(&ours, signs[i]);
                msgpack_pack_int64(&packer, signs[i]);
            }
            same();
        }
    }
}

static void every_length_is_as_short_as_msgpack_c_writes_it(void **state)
{
    static const uint32_t lengths[] = {
        0, 1, 15, 16, 31, 32, 33, 255, 256, 65535, 65536, 65537, LONGEST};
    (void)state;
    memset(filler, 'x', sizeof filler);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        uint32_t n = lengths[i];
        start();
        mv_pack_text(&ours, mv_span(filler, n));
        msgpack_pack_str(&packer, n);
        msgpack_pack_str_body(&packer, filler, n);
        mv_pack_bin(&ours, mv_span(filler, n));
        msgpack_pack_bin(&packer, n);
        msgpack_pack_bin_body(&packer, filler, n);
        mv_pack_list(&ours, n);
        msgpack_pack_array(&packer, n);
        mv_pack_map(&ours, n);
        msgpack_pack_map(&packer, n);
        same();
    }
}

static void what_is_no_number_or_text_is_as_msgpack_c_writes_it(void **state)
{
    (void)state;
    start();
    mv_pack_nil(&ours);
    msgpack_pack_nil(&packer);
    mv_pack_bool(&ours, true);
    msgpack_pack_true(&packer);
    mv_pack_bool(&ours, false);
    msgpack_pack_false(&packer);
    mv_pack_f64(&ours, -0.1);
    msgpack_pack_double(&packer, -0.1);
    same();
}

static int done(void **state)
{
    (void)state;
    mv_buf_done(&ours);
    mv_buf_done(&theirs);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_integer_is_as_short_as_msgpack_c_writes_it),
        cmocka_unit_test(every_length_is_as_short_as_msgpack_c_writes_it),
        cmocka_unit_test(what_is_no_number_or_text_is_as_msgpack_c_writes_it),
    };
    return cmocka_run_group_tests(tests, NULL, done);
}
