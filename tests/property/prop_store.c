/* Random bytes drive the store and a plain sorted array; both are compared
 * after each step, through transactions, aborts and reopening. */
#include <stdlib.h>
#include <string.h>

#include "services/base/store/store.h"
#include "tests/support/place.h"
#include "tests/support/random.h"
#include "tests/support/scale.h"
#include "tests/support/unit.h"

enum { ROWS_MAX = 4000, KEYS = 3000 };

struct row {
    uint8_t key[40];
    size_t key_len;
    uint64_t seed; /* of the value */
};

struct model {
    struct row *rows; /* sorted */
    size_t count;
};

struct run {
    char *dir;
    struct mv_store *store;
    struct mv_table table;
    struct model committed, now;
    struct test_random random;
    struct mv_buf value;
    bool writing;
};

static const char *const tables[] = {"rows"};

static void open_store(struct run *r)
{
    struct mv_err err = {0};
    const struct mv_store_options o = {.dir = r->dir,
                                       .service = "prop",
                                       .format = 1,
                                       .quota_bytes = 256 << 20,
                                       .any_filesystem = true,
                                       .tables = tables,
                                       .table_count = 1};
    if (mv_store_open(&r->store, &o, &err) != MV_OK)
        fail_msg("%s", err.text);
    r->table = mv_store_table(r->store, "rows");
}

static struct mv_span value_of(struct run *r, uint64_t seed)
{
    struct test_random v = {.state = seed};
    uint64_t len = test_random_sized(&v, 13);
    mv_buf_clear(&r->value);
    while (r->value.len < len)
        mv_buf_put_be64(&r->value, test_random_u64(&v));
    return mv_span(r->value.at, len);
}

static struct row a_key(struct run *r)
{
    struct row row = {0};
    uint64_t n = test_random_below(&r->random, KEYS);
    struct test_random k = {.state = n};
    row.key_len = 1 + test_random_below(&k, sizeof row.key);
    for (size_t i = 0; i < row.key_len; i++)
        row.key[i] = (uint8_t)test_random_below(&k, 4);
    return row;
}

static struct mv_span key_of(const struct row *row)
{
    return mv_span(row->key, row->key_len);
}

/* The first row at or above key. */
static size_t find(const struct model *m, struct mv_span key, bool *same)
{
    size_t low = 0, high = m->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (mv_span_compare(key_of(&m->rows[mid]), key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    *same = low < m->count && mv_span_equal(key_of(&m->rows[low]), key);
    return low;
}

static void model_put(struct model *m, const struct row *row)
{
    bool same;
    size_t at = find(m, key_of(row), &same);
    assert_true(m->count < ROWS_MAX);
    if (!same) {
        memmove(m->rows + at + 1, m->rows + at,
                (m->count - at) * sizeof *m->rows);
        m->count++;
    }
    m->rows[at] = *row;
}

static void model_del(struct model *m, struct mv_span key)
{
    bool same;
    size_t at = find(m, key, &same);
    if (!same)
        return;
    m->count--;
    memmove(m->rows + at, m->rows + at + 1, (m->count - at) * sizeof *m->rows);
}

static void model_copy(struct model *to, const struct model *from)
{
    memcpy(to->rows, from->rows, from->count * sizeof *from->rows);
    to->count = from->count;
}

static void step_put(struct run *r)
{
    struct row row = a_key(r);
    row.seed = test_random_u64(&r->random);
    mv_store_put(r->store, r->table, key_of(&row), value_of(r, row.seed));
    model_put(&r->now, &row);
}

/* A value that is borrowed from the store, put under another key. */
static void step_copy(struct run *r)
{
    struct row from = a_key(r), to = a_key(r);
    struct mv_span v;
    bool same;
    size_t at = find(&r->now, key_of(&from), &same);
    assert_int_equal(mv_store_get(r->store, r->table, key_of(&from), &v), same);
    if (!same || v.len > 4000)
        return;
    /* a neighbour: its page, and what is in it, moves under the value */
    if (at + 1 < r->now.count && test_random_below(&r->random, 2) == 0)
        to = r->now.rows[at + 1];
    to.seed = r->now.rows[at].seed;
    mv_store_put(r->store, r->table, key_of(&to), v);
    model_put(&r->now, &to);
}

static void step_get(struct run *r)
{
    struct row row = a_key(r);
    struct mv_span v;
    bool same;
    size_t at = find(&r->now, key_of(&row), &same);
    bool got = mv_store_get(r->store, r->table, key_of(&row), &v);
    assert_int_equal(got, same);
    if (same)
        assert_true(mv_span_equal(v, value_of(r, r->now.rows[at].seed)));
}

/* A walk of some steps either way; deletes some of what it meets. */
static void step_walk(struct run *r)
{
    struct row from = a_key(r);
    struct mv_scan scan;
    struct mv_span k, v;
    bool same, all = test_random_below(&r->random, 10) == 0;
    bool up = test_random_below(&r->random, 2) == 0;
    bool deletes = r->writing && test_random_below(&r->random, 4) == 0;
    size_t at = find(&r->now, key_of(&from), &same);
    if (all)
        at = up ? 0 : r->now.count;
    mv_scan_open(&scan, r->store, r->table,
                 all ? (struct mv_span){0} : key_of(&from));
    for (uint64_t n = test_random_sized(&r->random, 9); n > 0; n--) {
        bool more = up ? at < r->now.count : at > 0;
        assert_int_equal(up ? mv_scan_next(&scan, &k, &v)
                            : mv_scan_prev(&scan, &k, &v),
                         more);
        if (!more)
            break;
        struct row met = r->now.rows[up ? at : at - 1];
        assert_true(mv_span_equal(k, key_of(&met)));
        assert_true(mv_span_equal(v, value_of(r, met.seed)));
        if (deletes && test_random_below(&r->random, 3) == 0) {
            mv_store_del(r->store, r->table, key_of(&met));
            model_del(&r->now, key_of(&met));
            at -= up ? 0 : 1;
        } else {
            at = up ? at + 1 : at - 1;
        }
    }
    mv_scan_close(&scan);
}

static void step_del(struct run *r)
{
    struct row row = a_key(r);
    mv_store_del(r->store, r->table, key_of(&row));
    model_del(&r->now, key_of(&row));
}

static void step(struct run *r)
{
    switch (test_random_below(&r->random, r->writing ? 10 : 4)) {
    case 0:
    case 1:
        step_get(r);
        break;
    case 2:
        step_walk(r);
        break;
    case 3:
        if (r->writing)
            step_copy(r);
        break;
    case 4:
    case 5:
    case 6:
        step_del(r);
        break;
    default:
        step_put(r);
    }
}

static void transaction(struct run *r)
{
    uint64_t steps = test_random_sized(&r->random, 7);
    r->writing = test_random_below(&r->random, 3) > 0;
    if (r->writing)
        mv_store_begin(r->store);
    else
        assert_int_equal(mv_store_read_begin(r->store, NULL), MV_OK);
    while (steps-- > 0)
        step(r);
    if (!r->writing) {
        assert_int_equal(mv_store_read_end(r->store, NULL), MV_OK);
    } else if (test_random_below(&r->random, 4) == 0) {
        mv_store_abort(r->store);
        model_copy(&r->now, &r->committed);
    } else {
        assert_int_equal(mv_store_commit(r->store, NULL), MV_OK);
        model_copy(&r->committed, &r->now);
    }
    if (test_random_below(&r->random, 20) == 0) {
        mv_store_close(r->store);
        open_store(r); /* and with it: the walk of the file finds it whole */
    }
}

static void the_store_is_a_sorted_array_that_outlives_the_process(void **state)
{
    (void)state;
    struct run r = {.random = test_random_start("store")};
    r.dir = mv_test_dir(true);
    r.now.rows = mv_xcalloc(ROWS_MAX, sizeof *r.now.rows);
    r.committed.rows = mv_xcalloc(ROWS_MAX, sizeof *r.now.rows);
    open_store(&r);
    size_t most = 0;
    for (unsigned i = 0; i < mv_scale(5000, 100000); i++) {
        transaction(&r);
        most = r.now.count > most ? r.now.count : most;
    }
    assert_true(most > 100);
    mv_store_close(r.store);
    mv_test_dir_done(r.dir);
    mv_buf_done(&r.value);
    free(r.now.rows);
    free(r.committed.rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_store_is_a_sorted_array_that_outlives_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
