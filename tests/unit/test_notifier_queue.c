/* A queue: pulled, given up on, requeued, merged. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/msg.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/notifier/moment.h"
#include "services/notifier/queue.h"
#include "services/notifier/read.h"
#include "tests/support/notices.h"
#include "tests/support/unit.h"

static int make(void **state)
{
    return test_make_with(state, 1000);
}

static int make_small(void **state)
{
    return test_make_with(state, 10);
}

/* --- pulling ------------------------------------------------------------ */

static void
bad_input_90_a_queue_is_its_owners_and_has_no_more_than_it_has(void **state)
{
    struct test_notifier *f = *state;
    struct mv_pull_source source;
    const char *code;
    uint8_t hash[32];
    struct mv_buf first = {0};
    test_subscribe(f, "id=a units=ahus");
    test_turns(f, "t1", "ahus", "red", "green");
    assert_false(notifier_source(f->n, mv_span_text("a"), &f->other, NOW,
                                 &source, &code));
    assert_string_equal(code, "forbidden");
    assert_false(notifier_source(f->n, mv_span_text("a"), &f->operator_key, NOW,
                                 &source, &code));
    assert_false(notifier_source(f->n, mv_span_text("b"), &f->owner, NOW,
                                 &source, &code));
    assert_string_equal(code, "unknown_log");
    assert_true(notifier_source(f->n, mv_span_text("a"), &f->owner, NOW,
                                &source, &code));
    assert_true(source.first(source.ctx) == 1 && source.head(source.ctx) == 1);
    assert_true(source.hash_at(source.ctx, 1, hash));
    assert_memory_equal(hash, notifier_find(f->n, mv_span_text("a"))->genesis,
                        32);
    assert_false(source.hash_at(source.ctx, 2, hash));
    struct mv_span bytes = test_pull(f, "a", 1);
    mv_buf_put(&first, bytes.at, bytes.len);
    test_done(f, &f->owner, "a", 2);
    assert_true(mv_span_equal(test_pull(f, "a", 1), mv_buf_span(&first)));
    mv_buf_done(&first);
}

/* One more is read than a page may have room for. */
static void what_is_read_only_was_not_handed_out(void **state)
{
    struct test_notifier *f = *state;
    struct mv_pull_source source;
    struct mv_span got;
    const char *code;
    test_subscribe(f, "id=a units=ahus");
    test_flood(f, 0, 2);
    const struct notifier_sub *s = notifier_find(f->n, mv_span_text("a"));
    (void)test_pull(f, "a", 1);
    assert_int_equal(mv_store_read_begin(f->store, NULL), MV_OK);
    assert_true(notifier_source(f->n, mv_span_text("a"), &f->owner, NOW,
                                &source, &code));
    assert_int_equal(source.read(source.ctx, 2, &got, NULL), MV_OK);
    assert_int_equal(mv_store_read_end(f->store, NULL), MV_OK);
    assert_int_equal(s->given, 1);
    source.given(source.ctx, 2);
    assert_int_equal(s->given, 2);
    source.given(source.ctx, 1); /* asked for again */
    assert_int_equal(s->given, 2);
}

static void only_its_owner_acknowledges(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a units=ahus");
    test_turns(f, "t1", "ahus", "red", "green");
    test_done(f, &f->other, "a", 2);
    assert_true(notifier_total(f->n).delivered == 0);
    test_done(f, &f->owner, "a", 99);
    assert_true(notifier_total(f->n).delivered == 1);
    test_done(f, &f->owner, "a", 1);
    test_turns(f, "t2", "ahus", "red", "green");
    assert_true(notifier_total(f->n).pending == 1);
}

static void a_paused_queue_fills_and_is_not_given_up(void **state)
{
    struct test_notifier *f = *state;
    struct mv_pull_source source;
    const char *code;
    test_subscribe(f, "id=a units=ahus");
    assert_string_equal(
        test_act(f, &f->operator_key, "pause", "subscription=a"), "");
    test_turns(f, "t1", "ahus", "red", "green");
    test_again(f);
    assert_false(notifier_source(f->n, mv_span_text("a"), &f->owner, NOW,
                                 &source, &code));
    assert_string_equal(code, "refused");
    const struct notifier_counts *c =
        &notifier_find(f->n, mv_span_text("a"))->counts; /* kept */
    assert_string_equal(c->paused_by, f->operator_key.name);
    assert_true(c->paused_ms == NOW);
    test_tick(f, NOW + 30 * HOUR);
    assert_true(notifier_total(f->n).dead == 0);
    assert_string_equal(
        test_act(f, &f->operator_key, "resume", "subscription=a"), "");
    test_tick(f, NOW + 53 * HOUR);
    assert_true(notifier_total(f->n).dead == 0);
    test_tick(f, NOW + 54 * HOUR);
    assert_true(notifier_total(f->n).dead == 1);
}

/* --- dead letters ------------------------------------------------------- */

static void bad_input_91_what_is_not_pulled_dies_after_24_hours(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a units=ahus");
    test_subscribe(f, "id=b units=ahus");
    test_turns(f, "t1", "ahus", "red", "green");
    test_done(f, &f->owner, "b", 2);
    test_tick(f, NOW + 24 * HOUR - 1);
    assert_true(notifier_total(f->n).dead == 0);
    test_turns(f, "t2", "ahus", "red", "green");
    test_tick(f, NOW + 24 * HOUR);
    struct notifier_counts c = notifier_find(f->n, mv_span_text("a"))->counts;
    assert_true(c.dead == 1 && c.pending == 1 &&
                notifier_total(f->n).dead == 1);
    test_assert_ended(f, "a", 1, "dead");
    assert_true(test_notice(f, "a", 2).number == 2);
    test_tick(f, NOW + 48 * HOUR - 2);
    assert_true(notifier_total(f->n).dead == 1);
    test_tick(f, NOW + 48 * HOUR - 1);
    assert_true(notifier_total(f->n).dead == 3);
}

/* However long it is: what has ended is behind it for good. */
static void a_queue_that_nobody_pulls_is_walked_from_what_waits(void **state)
{
    struct test_notifier *f = *state;
    struct notifier_sub *s;
    test_subscribe(f, "id=a units=ahus");
    for (int64_t day = 0; day < 3; day++) {
        test_turns(f, "t1", "ahus", "red", "green");
        test_turns(f, "t2", "ahus", "red", "green");
        test_tick(f, f->now_ms + 24 * HOUR);
    }
    s = notifier_find(f->n, mv_span_text("a"));
    assert_int_equal(s->counts.done, 1);
    assert_int_equal(notifier_queue_first(s), 7);
    test_turns(f, "t1", "ahus", "red", "green");
    test_turns(f, "t2", "ahus", "red", "green");
    test_assert_books(f);
    test_done(f, &f->owner, "a", 8);
    assert_int_equal(notifier_queue_first(s), 8);
    assert_true(s->counts.dead == 6 && s->counts.delivered == 1);
    test_again(f); /* it is in no row: found anew */
    test_tick(f, f->now_ms + 24 * HOUR);
    s = notifier_find(f->n, mv_span_text("a"));
    assert_true(s->counts.dead == 7 && s->counts.pending == 0);
}

static void a_requeued_notice_keeps_its_id_and_gets_a_new_number(void **state)
{
    struct test_notifier *f = *state;
    char id[64];
    test_subscribe(f, "id=a units=ahus");
    test_turns(f, "t1", "ahus", "red", "green");
    test_turns(f, "t2", "ahus", "red", "green");
    test_tick(f, NOW + 25 * HOUR);
    test_dead_id(f, id);
    assert_string_equal(test_act(f, &f->operator_key, "requeue", id), "");
    struct mv_msg_notice m = test_notice(f, "a", 3);
    assert_true(mv_span_is(m.id, id + 3));
    assert_string_equal(test_told(m.changes), "red ahus t1");
    test_assert_ended(f, "a", 1, "requeued");
    test_assert_books(f);
    assert_string_equal(test_act(f, &f->operator_key, "requeue", id),
                        "not_found");
    test_tick(f, NOW + 48 * HOUR);
    assert_true(notifier_total(f->n).dead == 1);
    test_tick(f, NOW + 49 * HOUR);
    assert_true(notifier_total(f->n).dead == 2);
    assert_string_equal(test_act(f, &f->operator_key, "requeue", "all=true"),
                        "");
    assert_true(notifier_total(f->n).dead == 0 && test_head(f, "a") == 5);
}

static void bad_input_101_an_unknown_id_is_not_requeued(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a units=ahus");
    assert_string_equal(test_act(f, &f->operator_key, "requeue",
                                 "id=00112233445566778899aabbccddeeff"),
                        "not_found");
    assert_string_equal(test_act(f, &f->operator_key, "requeue", "id=xyz"),
                        "charset");
    assert_string_equal(
        test_act(f, &f->operator_key, "requeue", "subscription=nobody"),
        "not_found");
    assert_string_equal(test_act(f, &f->operator_key, "requeue", "all=true"),
                        "not_found");
}

static void a_dead_letter_is_dropped_with_a_comment_only(void **state)
{
    struct test_notifier *f = *state;
    char id[64], with[128];
    test_subscribe(f, "id=a units=ahus");
    test_turns(f, "t1", "ahus", "red", "green");
    test_tick(f, NOW + 25 * HOUR);
    test_dead_id(f, id);
    (void)snprintf(with, sizeof with, "%s comment=known", id);
    assert_string_equal(test_act(f, &f->operator_key, "drop", id), "missing");
    assert_string_equal(test_act(f, &f->operator_key, "drop", with), "");
    test_assert_ended(f, "a", 1, "dropped");
    struct notifier_counts all = notifier_total(f->n);
    assert_true(all.withdrawn == 1 && all.dead == 0);
    assert_string_equal(test_act(f, &f->operator_key, "requeue", id),
                        "not_found");
}

/* --- merging ------------------------------------------------------------ */

static void
bad_input_92_the_oldest_are_merged_and_every_change_is_named_once(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a units=ahus");
    test_flood(f, 0, 500);
    struct notifier_counts c = notifier_find(f->n, mv_span_text("a"))->counts;
    assert_true(c.pending <= 11 && c.withdrawn > 400);
    test_assert_ended(f, "a", 1, "merged");
    test_assert_books(f);
    test_assert_each_named_once(f, "a", 0, 500);
}

static void bad_input_92_a_hundred_thousand_changes(void **state)
{
    struct test_notifier *f = *state;
    const unsigned many = 100000;
    test_subscribe(f, "id=a units=ahus");
    test_flood(f, 0, many);
    struct notifier_counts c = notifier_find(f->n, mv_span_text("a"))->counts;
    printf("%u changes: %llu wait\n", many, (unsigned long long)c.pending);
    assert_in_range(c.pending, 500, 1001);
    test_assert_ended(f, "a", 1, "merged");
    test_assert_books(f);
    test_assert_each_named_once(f, "a", 0, many);
}

static void what_was_handed_out_is_not_merged(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a units=ahus");
    test_flood(f, 0, 8);
    (void)test_notice(f, "a", 4);
    test_flood(f, 8, 40);
    for (uint64_t n = 1; n <= 4; n++)
        assert_true(test_notice(f, "a", n).number == n);
    test_assert_ended(f, "a", 5, "merged");
    test_done(f, &f->owner, "a", 5);
    test_assert_each_named_once(f, "a", 0, 48);
}

/* The store was full for a moment: what the subscriber has under its number
 * does not come again as part of another notice. */
static void what_was_handed_out_stays_so_when_a_commit_fails(void **state)
{
    struct test_notifier *f = *state;
    struct test_change c = {.target = "t1", .unit = "ahus", .status = "red"};
    test_subscribe(f, "id=a units=ahus");
    test_flood(f, 0, 8);
    (void)test_notice(f, "a", 4);
    struct mv_record record;
    test_group_record(&f->content, &record, f->world, f->seq + 1, f->cause + 1,
                      1, 1, &c, 1);
    mv_store_begin(f->store);
    assert_int_equal(notifier_group(f->n, &record, f->now_ms, NULL), MV_OK);
    test_end(f, false);
    const struct notifier_sub *s = notifier_find(f->n, mv_span_text("a"));
    assert_true(s->given == 4 && s->counts.head == 8);
    test_flood(f, 8, 40);
    for (uint64_t n = 1; n <= 4; n++)
        assert_true(test_notice(f, "a", n).number == n);
    test_assert_ended(f, "a", 5, "merged");
    test_done(f, &f->owner, "a", 5);
    test_assert_each_named_once(f, "a", 0, 48);
}

static void a_merged_notice_is_as_old_as_its_oldest(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a units=ahus");
    test_flood(f, 0, 2);
    f->now_ms = NOW + HOUR;
    test_flood(f, 2, 9);
    assert_true(notifier_find(f->n, mv_span_text("a"))->counts.pending_merged ==
                1);
    test_tick(f, NOW + 24 * HOUR);
    struct notifier_counts c = notifier_find(f->n, mv_span_text("a"))->counts;
    assert_true(c.dead == 1 && c.pending_merged == 0 && c.pending > 0);
    assert_true(c.oldest_ms == NOW + HOUR);
}

static void what_waits_behind_younger_ones_is_still_the_oldest(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a units=ahus");
    test_flood(f, 0, 2);
    f->now_ms = NOW + HOUR;
    test_flood(f, 2, 9);
    struct notifier_sub *s = notifier_find(f->n, mv_span_text("a"));
    uint64_t head = s->counts.head;
    /* all but one of those that were never merged */
    test_done(f, &f->owner, "a", head - 1);
    assert_true(s->counts.pending == 2 && s->counts.pending_merged == 1);
    assert_true(s->counts.oldest_ms == NOW);
    test_done(f, &f->owner, "a", head + 1);
    assert_true(s->counts.pending == 0 && s->counts.pending_merged == 0);
    assert_true(s->counts.oldest_ms == INT64_MAX);
}

static void what_was_delivered_stays_so_when_a_queue_is_cleared(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a units=ahus");
    test_turns(f, "t1", "ahus", "red", "green");
    test_turns(f, "t2", "ahus", "red", "green");
    test_done(f, &f->owner, "a", 2);
    test_tick(f, NOW + 25 * HOUR);
    /* a dead letter alone holds it */
    assert_string_equal(test_act(f, &f->owner, "unsubscribe", "id=a"),
                        "refused");
    assert_string_equal(
        test_act(f, &f->owner, "unsubscribe", "id=a force=true"), "");
    struct notifier_counts all = notifier_total(f->n);
    assert_true(all.made == 2 && all.delivered == 1 && all.withdrawn == 1);
    assert_true(all.pending == 0 && all.dead == 0);
}

/* --- a clock that jumps (promise P20) ----------------------------------- */

#define YEARS (10 * 365 * 24 * HOUR)

static void p20_nothing_is_given_up_on_by_a_clock_in_doubt(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a regions=hso");
    test_turns(f, "t1", "ahus", "red", NULL);
    f->n->doubt = true;
    test_tick(f, NOW + YEARS);
    assert_true(notifier_total(f->n).pending == 1);
    f->n->doubt = false;
    test_tick(f, NOW + 24 * HOUR - 1);
    assert_true(notifier_total(f->n).pending == 1);
    test_tick(f, NOW + 24 * HOUR);
    assert_true(notifier_total(f->n).dead == 1);
}

static void p20_one_stamped_in_the_future_waits_from_now_on(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a regions=hso");
    f->now_ms = NOW + YEARS;
    test_turns(f, "t1", "ahus", "red", NULL);
    test_tick(f, NOW);
    test_turns(f, "t2", "ous", "red", NULL);
    test_tick(f, NOW + 24 * HOUR - 1);
    assert_true(notifier_total(f->n).pending == 2);
    test_tick(f, NOW + 24 * HOUR);
    assert_true(notifier_total(f->n).dead == 2);
}

/* Found so only when the oldest is given up on; none behind it waits for it. */
static void p20_one_stamped_in_the_future_holds_up_none(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a regions=hso");
    test_turns(f, "t1", "ahus", "red", NULL);
    f->now_ms = NOW + YEARS;
    test_turns(f, "t1", "ahus", "green", "red");
    f->now_ms = NOW;
    test_turns(f, "t2", "ous", "red", NULL);
    test_tick(f, NOW);
    test_tick(f, NOW + 24 * HOUR);
    assert_true(notifier_total(f->n).dead == 2);
    test_tick(f, NOW + 48 * HOUR);
    assert_true(notifier_total(f->n).dead == 3);
}

static void p20_a_queue_resumed_in_the_future_is_given_up_on(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a regions=hso");
    test_turns(f, "t1", "ahus", "red", NULL);
    f->now_ms = NOW + YEARS;
    assert_string_equal(
        test_act(f, &f->operator_key, "pause", "subscription=a"), "");
    assert_string_equal(
        test_act(f, &f->operator_key, "resume", "subscription=a"), "");
    test_tick(f, NOW);
    test_tick(f, NOW + 24 * HOUR - 1);
    assert_true(notifier_total(f->n).pending == 1);
    test_tick(f, NOW + 24 * HOUR);
    assert_true(notifier_total(f->n).dead == 1);
}

static void p20_where_time_was_lost_what_waits_does_so_anew(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a regions=hso");
    test_turns(f, "t1", "ahus", "red", NULL);
    mv_store_begin(f->store);
    notifier_queues_anew(f->n, NOW + 30 * HOUR);
    test_end(f, true);
    test_again(f); /* it is kept */
    test_tick(f, NOW + 54 * HOUR - 1);
    assert_true(notifier_total(f->n).pending == 1);
    test_tick(f, NOW + 54 * HOUR);
    assert_true(notifier_total(f->n).dead == 1);
}

static void p20_what_time_it_was_is_kept_once_an_hour(void **state)
{
    struct test_notifier *f = *state;
    test_tick(f, NOW);
    test_tick(f, NOW + HOUR - 1);
    test_again(f);
    assert_true(f->n->marks.known_ms == NOW);
    test_tick(f, NOW + HOUR);
    f->n->doubt = true;
    test_tick(f, NOW + YEARS);
    test_again(f);
    assert_true(f->n->marks.known_ms == NOW + HOUR);
    test_tick(f, NOW); /* what was believed was wrong */
    assert_true(f->n->marks.known_ms == NOW);
}

/* --- what time it is ----------------------------------------------------- */

/* The clocks since a start long ago: `jump_ms` is of the wall clock alone. */
static struct mv_clock clocks(int64_t since_ms, int64_t jump_ms)
{
    return (struct mv_clock){.wall_ms = NOW + since_ms + jump_ms,
                             .boot_ms = HOUR + since_ms};
}

static int64_t at(struct notifier_moment *m, int64_t since_ms, int64_t jump_ms)
{
    struct mv_clock now = clocks(since_ms, jump_ms);
    return notifier_moment_ms(m, &now) - NOW;
}

static void begin(struct notifier_moment *m, int64_t jump_ms, int64_t known_ms)
{
    struct mv_clock now = clocks(0, jump_ms);
    notifier_moment_start(m, &now, known_ms);
}

static void heard(struct notifier_moment *m, int64_t since_ms, int64_t jump_ms,
                  int64_t received_ms)
{
    struct mv_clock now = clocks(since_ms, jump_ms);
    notifier_moment_heard(m, &now, received_ms);
}

static void p20_time_goes_on_while_the_clock_is_in_doubt(void **state)
{
    static const int64_t jumps[] = {YEARS, -YEARS, HOUR, -HOUR};
    (void)state;
    for (size_t i = 0; i < sizeof jumps / sizeof jumps[0]; i++) {
        struct notifier_moment m = {0};
        begin(&m, 0, NOW - HOUR);
        assert_true(at(&m, 1000, 0) == 1000);
        assert_true(at(&m, 2000, jumps[i]) == 2000);
        assert_true(notifier_moment_doubts(&m));
        heard(&m, 2500, jumps[i], NOW + 2500); /* it does not agree */
        assert_true(at(&m, 3000, jumps[i]) == 3000);
        assert_true(at(&m, 4000, 0) == 4000);
        assert_false(notifier_moment_doubts(&m) || m.lost);
        assert_true(at(&m, 5000, -60000) == 4000); /* never back */
    }
}

static void p20_a_clock_is_in_doubt_at_a_start_until_it_is_set_right(void **s)
{
    static const int64_t jumps[] = {YEARS, -YEARS};
    (void)s;
    for (size_t i = 0; i < 2; i++) {
        struct notifier_moment m = {0};
        begin(&m, jumps[i], NOW - HOUR);
        assert_true(notifier_moment_doubts(&m));
        assert_true(at(&m, 1000, jumps[i]) == -HOUR);
        assert_true(at(&m, 2000, 0) == 2000);
        assert_false(notifier_moment_doubts(&m));
        assert_true(m.lost);
    }
}

/* Nobody need say so: ingest believes its own, by then. */
static void p20_a_record_that_agrees_with_the_clock_ends_the_doubt(void **state)
{
    struct notifier_moment m = {0};
    (void)state;
    begin(&m, YEARS, 0); /* nothing tells that it is wrong */
    assert_true(at(&m, 1000, 0) == 1000 + YEARS);
    assert_true(notifier_moment_doubts(&m));
    heard(&m, 2000, 0, NOW - 301000); /* an old one */
    heard(&m, 2000, 0, INT64_MIN);
    heard(&m, 2000, 0, INT64_MAX);
    assert_true(notifier_moment_doubts(&m));
    heard(&m, 3000, 0, NOW + 1000);
    assert_false(notifier_moment_doubts(&m));
    assert_true(m.lost);
    assert_true(at(&m, 3000, 0) == 3000);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, test_drop)
#define S(name) cmocka_unit_test_setup_teardown(name, make_small, test_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(bad_input_90_a_queue_is_its_owners_and_has_no_more_than_it_has),
        T(what_is_read_only_was_not_handed_out),
        T(only_its_owner_acknowledges),
        T(a_paused_queue_fills_and_is_not_given_up),
        T(bad_input_91_what_is_not_pulled_dies_after_24_hours),
        T(a_queue_that_nobody_pulls_is_walked_from_what_waits),
        T(a_requeued_notice_keeps_its_id_and_gets_a_new_number),
        T(bad_input_101_an_unknown_id_is_not_requeued),
        T(a_dead_letter_is_dropped_with_a_comment_only),
        T(p20_nothing_is_given_up_on_by_a_clock_in_doubt),
        T(p20_one_stamped_in_the_future_waits_from_now_on),
        T(p20_one_stamped_in_the_future_holds_up_none),
        T(p20_a_queue_resumed_in_the_future_is_given_up_on),
        T(p20_where_time_was_lost_what_waits_does_so_anew),
        T(p20_what_time_it_was_is_kept_once_an_hour),
        cmocka_unit_test(p20_time_goes_on_while_the_clock_is_in_doubt),
        cmocka_unit_test(
            p20_a_clock_is_in_doubt_at_a_start_until_it_is_set_right),
        cmocka_unit_test(
            p20_a_record_that_agrees_with_the_clock_ends_the_doubt),
        S(bad_input_92_the_oldest_are_merged_and_every_change_is_named_once),
        T(bad_input_92_a_hundred_thousand_changes),
        S(what_was_handed_out_is_not_merged),
        S(what_was_handed_out_stays_so_when_a_commit_fails),
        S(a_merged_notice_is_as_old_as_its_oldest),
        S(what_waits_behind_younger_ones_is_still_the_oldest),
        T(what_was_delivered_stays_so_when_a_queue_is_cleared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
