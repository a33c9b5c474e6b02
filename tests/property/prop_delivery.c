/* Deliveries with something changed at random: the rows are read in the one
 * pass that reads all of it, and whatever that lets in is what the check of
 * the whole, which it stands in for, lets in too: the bytes of texts too. */
#include "proto/cursor.h"
#include "tests/support/random.h"
#include "tests/support/reading.h"
#include "tests/support/unit.h"

#define ROUNDS 10000

/* What a header, a text and a number begin with, and what none may. */
static const uint8_t telling[] = {0x00, 0x7f, 0x80, 0x90, 0x9f, 0xa0, 0xa1,
                                  0xbf, 0xc0, 0xc1, 0xc4, 0xc7, 0xca, 0xcb,
                                  0xcc, 0xcf, 0xd0, 0xd3, 0xd9, 0xda, 0xdc,
                                  0xdd, 0xde, 0xe0, 0xf5, 0xff};

static uint8_t any_byte(struct test_random *r)
{
    return test_random_below(r, 2) == 0
               ? (uint8_t)test_random_u64(r)
               : telling[test_random_below(r, sizeof telling)];
}

/* One byte another, put in, left out, or some of them once more. */
static void change(struct test_random *r, const struct mv_buf *good,
                   struct mv_buf *out)
{
    size_t at = test_random_below(r, good->len);
    size_t rest = good->len - at;
    uint64_t kind = test_random_below(r, 5);
    mv_buf_clear(out);
    mv_buf_put(out, good->at, at);
    if (kind <= 2)
        mv_buf_put_u8(out, any_byte(r));
    if (kind == 4)
        mv_buf_put(out, good->at + at, test_random_below(r, rest) + 1);
    size_t left_out = kind == 0 || kind == 1 || kind == 3;
    mv_buf_put(out, good->at + at + left_out, rest - left_out);
}

static void what_the_one_pass_lets_in_the_check_of_all_lets_in(void **state)
{
    (void)state;
    struct test_random r = test_random_start("prop_delivery");
    struct mv_buf good = {0};
    struct mv_cursor_limits limits = mv_limits_delivery;
    struct mv_entries entries;
    struct mv_fault fault;
    unsigned let_in = 0;
    limits.leaves = false; /* nor is a text or an extension the reader's */
    for (unsigned i = 0; i < ROUNDS; i++) {
        mv_buf_clear(&good);
        test_delivery_bytes(&good, &(struct test_delivery){.rows = 1 + i % 4});
        change(&r, &good, &test_bytes);
        if (!mv_delivery_read(mv_buf_span(&test_bytes), &test_read_delivery,
                              &test_conflicts))
            continue;
        let_in++;
        if (!mv_cursor_check(mv_buf_span(&test_bytes), &limits, &entries,
                             &fault))
            fail_msg("round %u: %s", i, mv_code_name(fault.code));
    }
    mv_buf_done(&good);
    assert_in_range(let_in, ROUNDS / 50, ROUNDS / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_one_pass_lets_in_the_check_of_all_lets_in),
    };
    return cmocka_run_group_tests(tests, NULL, test_reading_done);
}
