/* positions: which consumers the store knows of. */
#include "services/stream/positions.h"

#include <stdio.h>

#include "services/stream/loop.h"
#include "tests/support/place.h"
#include "tests/support/unit.h"

static const char *const tables[] = {MV_TABLE_POSITIONS, MV_TABLE_CONSUMERS};
static const struct mv_pulls_host nobody = {.ctx = NULL};

struct place {
    char *dir;
    struct mv_service s;
};

static int setup(void **state)
{
    static struct place p;
    struct mv_err err = {0};
    p = (struct place){.dir = mv_test_dir(true)};
    const struct mv_store_options o = {.dir = p.dir,
                                       .service = "ingest",
                                       .format = 1,
                                       .quota_bytes = 16 << 20,
                                       .any_filesystem = true,
                                       .tables = tables,
                                       .table_count = 2};
    if (mv_store_open(&p.s.store, &o, &err) != MV_OK)
        fail_msg("%s", err.text);
    p.s.pulls = mv_pulls_open(&nobody);
    *state = &p;
    return 0;
}

static int teardown(void **state)
{
    struct place *p = *state;
    mv_pulls_close(p->s.pulls);
    mv_store_close(p->s.store);
    mv_test_dir_done(p->dir);
    return 0;
}

static void known(struct mv_service *s, unsigned who)
{
    struct mv_consumer c = {.log = "journal", .done = who + 1, .seen_ms = who};
    (void)snprintf(c.name, sizeof c.name, "key-%u", who);
    mv_pulls_restore(s->pulls, &c);
}

/* A batch in which all that are known say how far they are. */
static void written(struct mv_service *s, bool commit)
{
    struct mv_err err = {0};
    struct mv_consumer *c;
    for (size_t i = 0; (c = mv_pulls_at(s->pulls, i)) != NULL; i++)
        c->staged = c->done;
    mv_store_begin(s->store);
    mv_consumers_stage(s);
    if (commit)
        assert_int_equal(mv_store_commit(s->store, &err), MV_OK);
    else
        mv_store_abort(s->store);
    mv_consumers_settle(s, commit);
}

/* How many rows the store has, and whether this consumer's is among them. */
static size_t stored(struct mv_service *s, const char *name, bool *there)
{
    struct mv_scan scan;
    struct mv_span k, v;
    struct mv_err err = {0};
    size_t count = 0, log_len = strlen("journal") + 1;
    *there = false;
    assert_int_equal(mv_store_read_begin(s->store, &err), MV_OK);
    mv_scan_open(&scan, s->store, mv_store_table(s->store, MV_TABLE_CONSUMERS),
                 mv_span(NULL, 0));
    for (; mv_scan_next(&scan, &k, &v); count++) {
        assert_true(k.len > log_len && v.len == 16);
        *there |= mv_span_is(
            mv_span((const char *)k.at + log_len, k.len - log_len), name);
    }
    mv_scan_close(&scan);
    assert_int_equal(mv_store_read_end(s->store, &err), MV_OK);
    return count;
}

static void what_consumers_said_is_there_after_a_start(void **state)
{
    struct mv_service *s = &((struct place *)*state)->s;
    struct mv_service again = {.store = s->store};
    struct mv_err err = {0};
    for (unsigned i = 0; i < 3; i++)
        known(s, i);
    written(s, true);
    again.pulls = mv_pulls_open(&nobody);
    assert_int_equal(mv_store_read_begin(s->store, &err), MV_OK);
    mv_consumers_load(&again);
    assert_int_equal(mv_store_read_end(s->store, &err), MV_OK);
    for (unsigned i = 0; i < 3; i++) {
        const struct mv_consumer *was = mv_pulls_at(s->pulls, i),
                                 *is = mv_pulls_at(again.pulls, i);
        assert_string_equal(is->name, was->name);
        assert_string_equal(is->log, "journal");
        assert_int_equal(is->done, i + 1);
        assert_int_equal(is->seen_ms, i);
    }
    assert_null(mv_pulls_at(again.pulls, 3));
    mv_pulls_close(again.pulls);
}

static void who_was_forgotten_leaves_the_store_at_the_next_commit(void **state)
{
    struct mv_service *s = &((struct place *)*state)->s;
    bool there;
    for (unsigned i = 0; i < MV_PULLS_MAX; i++)
        known(s, i);
    written(s, true);
    assert_false(mv_consumers_waiting(s));
    known(s, MV_PULLS_MAX); /* in the place of key-0 */
    assert_true(mv_consumers_waiting(s));
    written(s, false); /* nothing was written: it is still to go */
    assert_true(mv_consumers_waiting(s));
    assert_int_equal(stored(s, "key-0", &there), MV_PULLS_MAX);
    assert_true(there);
    written(s, true);
    assert_false(mv_consumers_waiting(s));
    assert_int_equal(stored(s, "key-0", &there), MV_PULLS_MAX);
    assert_false(there);
    assert_int_equal(stored(s, "key-4096", &there), MV_PULLS_MAX);
    assert_true(there);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_consumers_said_is_there_after_a_start),
        TEST(who_was_forgotten_leaves_the_store_at_the_next_commit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
