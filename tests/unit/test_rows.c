/* The bytes of rows, the version rule, and the table that a batch works on. */
#include <string.h>

#include "services/judging/rowcache.h"
#include "tests/support/unit.h"
#include "tests/support/world.h"

static void keys_sort_by_unit_and_year_first(void **state)
{
    (void)state;
    const struct mv_row_key ascending[] = {
        {.unit = 1, .year = 2023, .indicator = 9, .member = 9},
        {.unit = 1, .year = 2024, .indicator = 2, .member = 0},
        {.unit = 1, .year = 2024, .indicator = 2, .member = 0, .part = 1},
        {.unit = 1, .year = 2024, .indicator = 2, .member = 1},
        {.unit = 1, .year = 2024, .indicator = 300, .member = 0},
        {.unit = 256, .year = 2012, .indicator = 1, .member = 0},
    };
    uint8_t last[MV_ROW_KEY_BYTES], key[MV_ROW_KEY_BYTES];
    for (size_t i = 0; i < sizeof ascending / sizeof ascending[0]; i++) {
        struct mv_row_key back;
        mv_row_key_put(&ascending[i], key);
        mv_row_key_get(&back, key);
        assert_true(mv_row_key_equal(&back, &ascending[i]));
        if (i > 0) {
            assert_true(memcmp(last, key, sizeof key) < 0);
            assert_false(mv_row_key_equal(&ascending[i - 1], &ascending[i]));
        }
        memcpy(last, key, sizeof key);
    }
}

static void a_slot_reads_back_as_it_was_put(void **state)
{
    (void)state;
    const struct mv_slot slots[] = {
        {.numerator = INT64_MIN,
         .denominator = INT64_MAX,
         .time_ms = -1,
         .seq = UINT64_C(0xffffffffffff),
         .row = 65535,
         .code = 241,
         .flag = 'Z',
         .held = MV_HELD_RATIO},
        {.numerator = -1,
         .time_ms = INT64_C(0x7fffffffffff),
         .seq = 1,
         .row = 1,
         .code = 1,
         .flag = 'A',
         .held = MV_HELD_VALUE},
        {.time_ms = 1733011200000, .code = 2, .withdrawn = true},
    };
    for (size_t i = 0; i < 3; i++) {
        uint8_t bytes[MV_SLOT_BYTES];
        struct mv_slot back;
        mv_slot_put(&slots[i], bytes);
        mv_slot_get(&back, bytes);
        assert_true(back.numerator == slots[i].numerator);
        assert_true(back.denominator == slots[i].denominator);
        assert_true(back.time_ms == slots[i].time_ms);
        assert_true(back.seq == slots[i].seq);
        assert_int_equal(back.row, slots[i].row);
        assert_int_equal(back.code, slots[i].code);
        assert_int_equal(back.flag, slots[i].flag);
        assert_int_equal(back.held, slots[i].held);
        assert_int_equal(back.withdrawn, slots[i].withdrawn);
    }
}

/* Written down: the bytes on disk never change their meaning. */
static void a_slot_has_these_bytes(void **state)
{
    (void)state;
    static const uint8_t expected[MV_SLOT_BYTES] = {
        0, 0, 0, 0, 0, 15, 66, 64, 0, 0, 0, 0, 0, 30, 132, 128,
        1, 2, 3, 4, 5, 6,  0,  0,  0, 0, 0, 7, 0, 9,  80,  10};
    uint8_t bytes[MV_SLOT_BYTES];
    const struct mv_slot slot = {.numerator = 1000000,
                                 .denominator = 2000000,
                                 .time_ms = 0x010203040506,
                                 .seq = 7,
                                 .row = 9,
                                 .code = 10,
                                 .flag = 'P',
                                 .held = MV_HELD_RATIO};
    mv_slot_put(&slot, bytes);
    assert_memory_equal(bytes, expected, sizeof bytes);
}

static void every_period_has_a_place_of_its_own_and_comes_back(void **state)
{
    (void)state;
    static const char *const periods[] = {
        "2024",     "2024-S2",    "2024-T3",    "2024-Q4",
        "2024-M12", "2024-W01",   "2024-W52",   "2024-01-01/P11M",
        "2024-M01", "2024-02-29", "2024-12-31", "2024-03-01/P2M",
        "2020-W53", "2024-03-29", "2024-01-01", "2024-S1"};
    const size_t count = sizeof periods / sizeof periods[0];
    uint8_t part[32], code[32];
    for (size_t i = 0; i < count; i++) {
        struct mv_period p, back;
        char text[MV_PERIOD_TEXT_BYTES];
        assert_true(mv_period_parse(mv_span_text(periods[i]), &p));
        mv_slot_place(&p, &part[i], &code[i]);
        assert_true(mv_slot_period(p.year, part[i], code[i], &back));
        assert_string_equal(mv_period_text(&back, text), periods[i]);
        for (size_t k = 0; k < i; k++)
            assert_false(part[k] == part[i] && code[k] == code[i]);
    }
    struct mv_period p;
    assert_false(mv_slot_period(2023, 2, 210 + 29, &p)); /* no leap day */
    assert_false(mv_slot_period(2024, 0, 150 + 53, &p)); /* no week 53 */
    assert_false(mv_slot_period(2024, 0, 0, &p));
    assert_false(mv_slot_period(2024, 0, 147, &p));
    assert_false(mv_slot_period(2024, 0, 2 * 12, &p)); /* beyond December */
}

static void final_beats_preliminary_then_time_then_seq(void **state)
{
    (void)state;
    const struct mv_slot ascending[] = {
        {.flag = 'P', .time_ms = 9, .seq = 9},
        {.flag = 'E', .time_ms = 10, .seq = 1},
        {.flag = 'A', .time_ms = 1, .seq = 2},
        {.flag = 'A', .time_ms = 2, .seq = 1},
        {.withdrawn = true, .time_ms = 3, .seq = 1},
        {.flag = 'B', .time_ms = 3, .seq = 2},
        {.flag = 0, .time_ms = 3, .seq = 3},
        {.withdrawn = true, .flag = 'P', .time_ms = 3, .seq = 4},
    };
    for (size_t i = 0; i < 8; i++) {
        for (size_t k = 0; k < 8; k++) {
            int order = mv_slot_compare(&ascending[i], &ascending[k]);
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
    }
}

/* A store below, in memory, that counts what is put. */
struct below {
    uint8_t keys[64][MV_ROW_KEY_BYTES];
    uint8_t rows[64][MV_ROW_BYTES_MAX];
    size_t lens[64];
    unsigned count, puts, gets;
    bool ascending;
};

static unsigned find(struct below *b, const void *key)
{
    unsigned i = 0;
    while (i < b->count && memcmp(b->keys[i], key, MV_ROW_KEY_BYTES) != 0)
        i++;
    return i;
}

static bool below_get(void *ctx, struct mv_span key, struct mv_span *value)
{
    struct below *b = ctx;
    unsigned i = find(b, key.at);
    b->gets++;
    if (i == b->count || b->lens[i] == 0)
        return false;
    *value = mv_span(b->rows[i], b->lens[i]);
    return true;
}

static void below_put(void *ctx, struct mv_span key, struct mv_span value)
{
    struct below *b = ctx;
    unsigned i = find(b, key.at);
    if (i == b->count) {
        b->ascending &= b->count == 0 || memcmp(b->keys[b->count - 1], key.at,
                                                MV_ROW_KEY_BYTES) < 0;
        memcpy(b->keys[b->count++], key.at, MV_ROW_KEY_BYTES);
    }
    memcpy(b->rows[i], value.at, value.len);
    b->lens[i] = value.len;
    b->puts++;
}

static struct mv_slot slot_of(uint8_t code, int64_t value, int64_t time_ms)
{
    return (struct mv_slot){.code = code,
                            .numerator = value,
                            .time_ms = time_ms,
                            .held = MV_HELD_VALUE};
}

static int64_t value_at(struct mv_rowcache *c, const struct mv_row_key *key,
                        unsigned i)
{
    struct mv_year_row row = mv_rowcache_get(c, key);
    struct mv_slot slot;
    assert_true(i < row.count);
    mv_slot_get(&slot, row.at + (size_t)i * MV_SLOT_BYTES);
    return slot.numerator;
}

static void a_row_is_written_once_per_batch_in_key_order(void **state)
{
    (void)state;
    static struct below b = {.ascending = true};
    struct mv_rows rows = {&b, below_get, below_put};
    struct mv_rowcache *c = mv_rowcache_open(&rows, 1u << 20);
    for (uint8_t code = 12; code >= 1; code--) {
        for (uint32_t unit = 30; unit >= 1; unit--) {
            struct mv_row_key key = {
                .unit = unit, .year = 2024, .indicator = 1};
            struct mv_slot slot = slot_of(code, unit * 100 + code, 1);
            assert_true(mv_rowcache_put(c, &key, &slot, NULL, NULL));
        }
    }
    assert_int_equal(mv_rowcache_dirty(c), 30);
    mv_rowcache_flush(c);
    mv_rowcache_settle(c, true);
    assert_int_equal(b.puts, 30);
    assert_int_equal(b.gets, 30);
    assert_true(b.ascending);
    mv_rowcache_flush(c);
    assert_int_equal(b.puts, 30);
    mv_rowcache_close(c);
    c = mv_rowcache_open(&rows, 0);
    struct mv_row_key key = {.unit = 7, .year = 2024, .indicator = 1};
    for (uint8_t i = 0; i < 12; i++)
        assert_int_equal(value_at(c, &key, i), 700 + i + 1);
    mv_rowcache_settle(c, true); /* nothing is kept */
    assert_int_equal(mv_rowcache_bytes(c), 0);
    assert_int_equal(value_at(c, &key, 0), 701);
    mv_rowcache_close(c);
}

static void expecting_rows_reads_and_changes_nothing(void **state)
{
    (void)state;
    static struct below b = {.ascending = true};
    struct mv_rows rows = {&b, below_get, below_put};
    struct mv_rowcache *c = mv_rowcache_open(&rows, 1u << 20);
    struct mv_row_key keys[MV_ROWCACHE_EXPECT];
    for (uint32_t i = 0; i < MV_ROWCACHE_EXPECT; i++)
        keys[i] = (struct mv_row_key){.unit = i + 1, .year = 2024};
    struct mv_slot slot = slot_of(3, 33, 1);
    assert_true(mv_rowcache_put(c, &keys[5], &slot, NULL, NULL));
    size_t bytes = mv_rowcache_bytes(c);
    unsigned gets = b.gets;
    mv_rowcache_expect(c, keys, MV_ROWCACHE_EXPECT);
    mv_rowcache_expect(c, keys, 0);
    assert_int_equal(b.gets, gets);
    assert_int_equal(mv_rowcache_bytes(c), bytes);
    assert_int_equal(mv_rowcache_dirty(c), 1);
    assert_int_equal(value_at(c, &keys[5], 0), 33);
    mv_rowcache_close(c);
}

static void a_batch_that_reads_much_keeps_little(void **state)
{
    (void)state;
    static struct below b = {.ascending = true};
    struct mv_rows rows = {&b, below_get, below_put};
    struct mv_rowcache *c = mv_rowcache_open(&rows, 1000);
    struct mv_row_key key = {.unit = 1, .year = 2024, .indicator = 1};
    struct mv_slot slot = slot_of(1, 1, 1);
    assert_true(mv_rowcache_put(c, &key, &slot, NULL, NULL));
    mv_rowcache_relieve(c); /* a chunk is more than it may keep */
    assert_int_equal(mv_rowcache_bytes(c), 0);
    assert_int_equal(mv_rowcache_dirty(c), 0);
    assert_int_equal(b.count, 1); /* what had changed lies below */
    assert_int_equal(value_at(c, &key, 0), 1);
    slot = slot_of(1, 2, 2);
    assert_true(mv_rowcache_put(c, &key, &slot, NULL, NULL));
    mv_rowcache_flush(c);
    mv_rowcache_settle(c, true);
    assert_int_equal(value_at(c, &key, 0), 2);
    mv_rowcache_close(c);
}

static void a_failed_commit_leaves_what_lies_below(void **state)
{
    (void)state;
    static struct below b = {.ascending = true};
    struct mv_rows rows = {&b, below_get, below_put};
    struct mv_rowcache *c = mv_rowcache_open(&rows, 1u << 20);
    struct mv_row_key key = {.unit = 1, .year = 2024, .indicator = 1};
    struct mv_slot slot = slot_of(1, 1, 1);
    assert_true(mv_rowcache_put(c, &key, &slot, NULL, NULL));
    assert_false(mv_rowcache_put(c, &key, &slot, NULL, NULL)); /* the same */
    mv_rowcache_flush(c);
    mv_rowcache_settle(c, true);
    slot = slot_of(1, 2, 2);
    mv_rowcache_put(c, &key, &slot, NULL, NULL);
    assert_int_equal(value_at(c, &key, 0), 2);
    mv_rowcache_settle(c, false);
    assert_int_equal(value_at(c, &key, 0), 1);
    assert_int_equal(mv_rowcache_dirty(c), 0);
    mv_rowcache_close(c);
}

static void a_record_is_taken_back_as_one(void **state)
{
    (void)state;
    static struct below b = {.ascending = true};
    struct mv_rows rows = {&b, below_get, below_put};
    struct mv_rowcache *c = mv_rowcache_open(&rows, 1u << 20);
    struct mv_row_key key = {.unit = 1, .year = 2024, .indicator = 1};
    struct mv_row_key other = {.unit = 2, .year = 2024, .indicator = 1};
    for (uint8_t code = 2; code <= 8; code += 2) {
        struct mv_slot slot = slot_of(code, code, 1);
        mv_rowcache_put(c, &key, &slot, NULL, NULL);
    }
    mv_rowcache_mark(c);
    for (uint8_t code = 1; code <= 9; code++) {
        for (int twice = 0; twice < 2; twice++) {
            struct mv_slot slot = slot_of(code, 100 + code, 5 + twice);
            assert_true(mv_rowcache_put(c, &key, &slot, NULL, NULL));
            assert_true(mv_rowcache_put(c, &other, &slot, NULL, NULL));
        }
    }
    assert_int_equal(mv_rowcache_get(c, &key).count, 9);
    mv_rowcache_rollback(c);
    assert_int_equal(mv_rowcache_get(c, &key).count, 4);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(value_at(c, &key, i), 2 * (i + 1));
    assert_int_equal(mv_rowcache_get(c, &other).count, 0);
    mv_rowcache_flush(c);
    assert_int_equal(b.count, 1); /* no empty row is left behind */
    mv_rowcache_close(c);
}

#define WORLD                                                                  \
    "units:\n  - {id: u, name: U, kind: trust}\n",                             \
        "indicators:\n  - {id: i, title: {nb: t}, measure: count, frequency: " \
        "M, better: higher, over_periods: sum, over_units: sum, by: trust}\n", \
        "targets:\n  - {id: t, year: 2024, text: {nb: t}, indicator: i, "      \
        "scope: [trust], require: [value > 10]}\n"

static void an_older_version_changes_nothing(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, WORLD);
    assert_int_equal(world_push_at(&w, "i", "u", "", "2024-M01", "1", 'A', 100),
                     MV_APPLIED_CHANGED);
    assert_int_equal(world_push_at(&w, "i", "u", "", "2024-M01", "2", 'A', 99),
                     MV_APPLIED_OLDER);
    assert_int_equal(world_push_at(&w, "i", "u", "", "2024-M01", "3", 'P', 200),
                     MV_APPLIED_OLDER);
    assert_string_equal(world_status(&w, "t", 2024, "u"), "red");
    assert_string_equal(world_ruling(&w, 0), "red 1 10 -9");
    /* same time: the later in the journal */
    assert_int_equal(
        world_push_at(&w, "i", "u", "", "2024-M01", "11", 'A', 100),
        MV_APPLIED_CHANGED);
    assert_string_equal(world_status(&w, "t", 2024, "u"), "green");
    world_close(&w);
}

static void a_withdrawal_holds_against_what_is_older_than_it(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, WORLD);
    assert_int_equal(world_push_at(&w, "i", "u", "", "2024-M01", "x", 0, 100),
                     MV_APPLIED_NOTHING);
    assert_int_equal(world_push_at(&w, "i", "u", "", "2024-M01", "11", 'A', 99),
                     MV_APPLIED_OLDER);
    assert_string_equal(world_status(&w, "t", 2024, "u"), "none withdrawn");
    assert_int_equal(
        world_push_at(&w, "i", "u", "", "2024-M01", "11", 'A', 101),
        MV_APPLIED_CHANGED);
    assert_int_equal(
        world_push_at(&w, "i", "u", "", "2024-01-01/P1M", "x", 0, 102),
        MV_APPLIED_CHANGED);
    assert_string_equal(world_status(&w, "t", 2024, "u"), "none withdrawn");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_sort_by_unit_and_year_first),
        cmocka_unit_test(a_slot_reads_back_as_it_was_put),
        cmocka_unit_test(a_slot_has_these_bytes),
        cmocka_unit_test(every_period_has_a_place_of_its_own_and_comes_back),
        cmocka_unit_test(final_beats_preliminary_then_time_then_seq),
        cmocka_unit_test(a_row_is_written_once_per_batch_in_key_order),
        cmocka_unit_test(expecting_rows_reads_and_changes_nothing),
        cmocka_unit_test(a_batch_that_reads_much_keeps_little),
        cmocka_unit_test(a_failed_commit_leaves_what_lies_below),
        cmocka_unit_test(a_record_is_taken_back_as_one),
        cmocka_unit_test(an_older_version_changes_nothing),
        cmocka_unit_test(a_withdrawal_holds_against_what_is_older_than_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
