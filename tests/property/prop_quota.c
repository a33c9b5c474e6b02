/* Random deliveries on a clock of our own, held against what a quota is for:
 * never more than a second's rows above the rate, and never less than it. */
#include <stdio.h>

#include "services/stream/quota.h"
#include "tests/support/random.h"
#include "tests/support/unit.h"

#define RUNS  300
#define STEPS 400

/* What may be taken by now, in thousandths of a row: exact. */
struct model {
    int64_t rate, parts, mono_ms;
};

static void pass(struct model *m, int64_t mono_ms)
{
    int64_t full = m->rate * 1000;
    m->parts += (mono_ms - m->mono_ms) * m->rate;
    m->parts = m->parts > full ? full : m->parts;
    m->mono_ms = mono_ms;
}

static bool take(struct model *m, int64_t rows)
{
    int64_t need = (rows < m->rate ? rows : m->rate) * 1000;
    if (m->parts < need)
        return false;
    m->parts -= need;
    return true;
}

/* What a transaction took that failed is there again, at once. */
static void fail_some(struct mv_quota *q, const struct model *m,
                      struct test_random *r, int64_t now_ms)
{
    struct model within = *m;
    int64_t after_ms;
    for (uint64_t left = test_random_below(r, 4); left > 0; left--) {
        uint32_t rows = 1 + (uint32_t)test_random_below(r, (uint64_t)m->rate);
        assert_int_equal(mv_quota_take(q, "key", rows, 1, now_ms, 1, &after_ms),
                         take(&within, rows));
    }
    mv_quota_settled(q, false);
}

static void every_take_is_what_an_exact_count_says(void **state)
{
    (void)state;
    struct test_random r = test_random_start("quota");
    for (int run = 0; run < RUNS; run++) {
        /* 1 to a million, small ones as often as large ones */
        int64_t rate = 1 + (int64_t)test_random_below(
                               &r, UINT64_C(1) << test_random_below(&r, 20));
        struct mv_quota *q = mv_quota_open(rate, 0);
        struct model m = {rate, rate * 1000, 0};
        int64_t now_ms = 0;
        for (int step = 0; step < STEPS; step++) {
            int64_t after_ms = 0;
            uint32_t rows = 1 + (uint32_t)test_random_below(
                                    &r, (uint64_t)rate + (uint64_t)rate / 4);
            now_ms += (int64_t)test_random_below(
                &r, UINT64_C(1) << test_random_below(&r, 12));
            pass(&m, now_ms);
            mv_quota_settled(q, true);
            fail_some(q, &m, &r, now_ms);
            bool may = take(&m, rows);
            assert_int_equal(
                mv_quota_take(q, "key", rows, 1, now_ms, 1, &after_ms), may);
            if (may)
                continue;
            /* what it says is enough, and a millisecond less is not */
            assert_true(after_ms > 0);
            struct model sooner = m;
            pass(&sooner, now_ms + after_ms - 1);
            assert_false(take(&sooner, rows));
            pass(&m, now_ms += after_ms);
            assert_true(take(&m, rows));
            assert_true(mv_quota_take(q, "key", rows, 1, now_ms, 1, &after_ms));
        }
        mv_quota_close(q);
    }
}

static void who_asks_at_every_millisecond_gets_the_whole_rate(void **state)
{
    (void)state;
    static const int64_t rates[] = {1, 2, 7, 333, 999, 1000, 1001, 5000};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        struct mv_quota *q = mv_quota_open(rates[i], 0);
        int64_t after_ms, taken = 0;
        for (int64_t ms = 0; ms <= 10000; ms++) {
            while (mv_quota_take(q, "key", 1, 1, ms, 1, &after_ms))
                taken++;
        }
        assert_int_equal(taken, 11 * rates[i]); /* a full second, and ten */
        mv_quota_close(q);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_take_is_what_an_exact_count_says),
        cmocka_unit_test(who_asks_at_every_millisecond_gets_the_whole_rate),
    };
    return cmocka_run_group_tests_name("quota", tests, NULL, NULL);
}
