/* reading - see reading.h. Job: read, and remember for the assertions.
 * Invariant: a reading that fails has a conflict to show. */
#include "tests/support/reading.h"

#include "tests/support/unit.h"

struct mv_delivery test_read_delivery;
struct mv_conflicts test_conflicts;
struct mv_buf test_bytes;

mv_code test_read(const struct test_delivery *t)
{
    mv_buf_clear(&test_bytes);
    test_delivery_bytes(&test_bytes, t);
    bool good = mv_delivery_read(mv_buf_span(&test_bytes), &test_read_delivery,
                                 &test_conflicts);
    assert_int_equal(good, test_conflicts.count == 0);
    return mv_conflicts_first(&test_conflicts);
}

mv_code test_read_top(const char *key, const char *hex)
{
    return test_read(&(struct test_delivery){.key = key, .value_hex = hex});
}

mv_code test_read_cell(const char *column, const char *hex)
{
    mv_code code =
        test_read(&(struct test_delivery){.column = column, .cell_hex = hex});
    if (code != MV_CODE_NONE) {
        assert_int_equal(test_conflicts.at[0].row, 1);
        assert_true(
            mv_span_is(mv_conflicts_args(&test_conflicts, 0).field, column));
    }
    return code;
}

void test_canonical(struct mv_buf *out)
{
    mv_buf_clear(out);
    mv_delivery_canonical(&test_read_delivery, out);
}

int test_reading_done(void **state)
{
    (void)state;
    mv_delivery_done(&test_read_delivery);
    mv_conflicts_done(&test_conflicts);
    mv_buf_done(&test_bytes);
    return 0;
}
