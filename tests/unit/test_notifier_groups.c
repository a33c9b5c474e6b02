/* Groups of the changes log that are cut, torn or wide. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/msg.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "tests/support/notices.h"
#include "tests/support/unit.h"

static int make(void **state)
{
    return test_make_with(state, 1000);
}

/* A record of these parts: a group, but for what is wrong with one of them. */
static mv_rc give(struct test_notifier *f, struct mv_span cause,
                  struct mv_span changes, unsigned part, unsigned parts)
{
    struct mv_err err = {0};
    struct mv_buf content = {0};
    const struct mv_msg_group g = {.cause = cause,
                                   .today = mv_span_text("2025-03-15"),
                                   .part = part,
                                   .parts = parts,
                                   .changes = changes};
    mv_msg_group_encode(&g, &content);
    const struct mv_record record = {.seq = ++f->seq,
                                     .content = mv_buf_span(&content)};
    mv_store_begin(f->store);
    mv_rc rc = notifier_group(f->n, &record, f->now_ms, &err);
    test_end(f, true);
    assert_true(rc == MV_OK || err.text[0] != 0);
    mv_buf_done(&content);
    return rc;
}

static void a_group_of_which_a_part_is_wrong_is_set_aside_whole(void **state)
{
    struct test_notifier *f = *state;
    struct mv_buf cause = {0}, good = {0}, number = {0}, nobody = {0};
    const struct mv_msg_cause c = {.kind = mv_span_text("figure"), .seq = 1};
    struct test_change change = {
        .target = "t1", .unit = "ahus", .status = "red", .count = 1};
    struct mv_span none = mv_span("\x80", 1);
    test_subscribe(f, "id=a units=ahus");
    mv_msg_cause_encode(&c, &cause);
    mv_pack_list(&good, 1);
    test_change_bytes(&good, &change);
    mv_pack_list(&number, 2); /* the first is a change, the second is none */
    test_change_bytes(&number, &change);
    mv_pack_u64(&number, 7);
    change.target = NULL;
    mv_pack_list(&nobody, 1);
    test_change_bytes(&nobody, &change);
    struct mv_span of = mv_buf_span(&cause), list = mv_buf_span(&good);
    assert_int_equal(give(f, none, list, 1, 1), MV_POISON);
    assert_int_equal(give(f, of, mv_buf_span(&number), 1, 1), MV_POISON);
    assert_int_equal(give(f, of, mv_buf_span(&nobody), 1, 1), MV_POISON);
    assert_int_equal(give(f, of, list, 0, 1), MV_POISON);
    assert_int_equal(give(f, of, list, 2, 1), MV_POISON);
    assert_true(f->n->marks.aside == 5 && test_head(f, "a") == 0);
    assert_int_equal(give(f, of, list, 1, 1), MV_OK);
    assert_true(f->n->marks.aside == 5 && test_head(f, "a") == 1);
    mv_buf_done(&cause);
    mv_buf_done(&good);
    mv_buf_done(&number);
    mv_buf_done(&nobody);
}

/* A group of one change, of which one byte is another. */
static mv_rc group_with(struct test_notifier *f, const char *find, char instead)
{
    struct test_change c = {.target = "t1",
                            .unit = "ahus",
                            .status = "red",
                            .last = "green",
                            .value = "3.25",
                            .count = 2};
    struct mv_record record;
    struct mv_err err = {0};
    test_group_record(&f->content, &record, f->world, ++f->seq, ++f->cause, 1,
                      1, &c, 1);
    char *at = memmem(f->content.at, f->content.len, find, strlen(find));
    assert_non_null(at);
    *at = instead;
    mv_store_begin(f->store);
    mv_rc rc = notifier_group(f->n, &record, NOW, &err);
    test_end(f, true);
    return rc;
}

static void
what_nobody_asks_for_is_read_no_further_than_filters_are(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a units=ous");
    assert_int_equal(group_with(f, "3.25", 1), MV_OK); /* a control character */
    assert_int_equal(group_with(f, "ahus", 'A'), MV_POISON);
    assert_int_equal(group_with(f, "value", 'x'), MV_POISON);
    assert_true(f->n->marks.aside == 2);
}

/* Set aside it would be lost to the program that can read it. */
static void a_group_of_a_later_version_is_left_for_an_upgrade(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a units=ahus");
    assert_int_equal(group_with(f, "\x01\xa4type", 2), MV_CONFIG);
    assert_int_equal(f->n->marks.aside, 0);
    assert_int_equal(group_with(f, "\x01\xa4type", 0), MV_POISON);
    assert_int_equal(f->n->marks.aside, 1);
}

static void what_somebody_asks_for_is_read_whole_first(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a units=ahus");
    assert_int_equal(group_with(f, "3.25", 1), MV_POISON);
    assert_true(f->n->marks.aside == 1 && test_head(f, "a") == 0);
    assert_int_equal(group_with(f, "3.25", '4'), MV_OK);
    assert_true(test_head(f, "a") == 1);
}

/* Four records of it were told, the last one that t2 is red. */
static void log_lost(struct test_notifier *f)
{
    for (unsigned i = 0; i < 3; i++)
        test_turns(f, "t2", "ous", i % 2 == 0 ? "red" : "green", NULL);
    assert_string_equal(test_act(f, &f->operator_key, "restart-changes", ""),
                        "");
    f->seq = f->cause = 0;
}

/* The log began anew: the same bytes, and the same is said of them. */
static void a_log_begun_anew_is_read_no_further_either(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a units=bergen");
    log_lost(f);
    assert_int_equal(group_with(f, "3.25", 1), MV_OK);
    assert_int_equal(group_with(f, "ahus", 'A'), MV_POISON);
    test_subscribe(f, "id=b units=ahus");
    assert_int_equal(group_with(f, "3.25", 1), MV_POISON);
    assert_true(f->n->marks.aside == 2);
}

static bool is_aside(struct test_notifier *f, uint64_t seq)
{
    uint8_t key[8];
    struct mv_span value;
    mv_be64_put(key, seq);
    assert_int_equal(mv_store_read_begin(f->store, NULL), MV_OK);
    bool there = mv_store_get(f->store, f->n->t.aside, mv_span(key, 8), &value);
    assert_int_equal(mv_store_read_end(f->store, NULL), MV_OK);
    return there;
}

/* By who came after it was read, and before it was told. */
static void what_is_asked_for_by_the_time_it_is_compared_is_read_whole(void **s)
{
    struct test_notifier *f = *s;
    log_lost(f);
    assert_int_equal(group_with(f, "3.25", 1), MV_OK); /* t1 is red */
    test_turns(f, "t2", "ous", "green", NULL);
    test_subscribe(f, "id=a regions=hso transitions=to-red,to-green");
    test_quiet(f, HOUR);
    assert_false(f->n->marks.replaying);
    assert_true(f->n->marks.aside == 1 && is_aside(f, 1));
    assert_string_equal(test_told(test_notice(f, "a", 1).changes),
                        "green ous t2");
    assert_true(test_head(f, "a") == 1);
}

/* The record that was kept is of this version. */
static void kept_is_of(struct test_notifier *f, char version)
{
    static const char head[] = "\xa1v";
    const struct mv_span key = mv_span_text("kept");
    struct mv_buf b = {0};
    struct mv_span value;
    mv_store_begin(f->store);
    assert_true(mv_store_get(f->store, f->n->t.marks, key, &value));
    mv_buf_put(&b, value.at, value.len);
    uint8_t *at = memmem(b.at, b.len, head, strlen(head));
    assert_non_null(at);
    at[strlen(head)] = (uint8_t)version;
    mv_store_put(f->store, f->n->t.marks, key, mv_buf_span(&b));
    test_end(f, true);
    mv_buf_done(&b);
}

/* A later program kept it, and this one is here again. */
static void what_waits_of_a_later_version_is_left_for_an_upgrade(void **state)
{
    struct test_notifier *f = *state;
    struct mv_err err = {0};
    struct test_change c = {
        .target = "t2", .unit = "ahus", .status = "red", .count = 1};
    bool more;
    test_subscribe(f, "id=a units=ahus");
    f->stepwise = true;
    assert_int_equal(test_part(f, 1, 2, &c, 1), MV_OK); /* ends never */
    c.target = "t1";
    assert_int_equal(test_part(f, 1, 1, &c, 1), MV_OK);
    kept_is_of(f, 2);
    mv_rc rc = MV_OK;
    while (rc == MV_OK && notifier_is_busy(f->n)) {
        mv_store_begin(f->store);
        rc = notifier_tick(f->n, NOW, &more, &err);
        test_end(f, rc == MV_OK);
    }
    assert_int_equal(rc, MV_CONFIG);
    assert_non_null(strstr(err.text, "2"));
    assert_int_equal(f->n->marks.aside, 0);
    kept_is_of(f, 1); /* the later program, that can read it */
    while (notifier_is_busy(f->n))
        test_tick(f, NOW);
    assert_int_equal(f->n->marks.aside, 0);
    assert_string_equal(test_told(test_notice(f, "a", 2).changes),
                        "red ahus t1");
}

static void what_is_asked_for_when_its_turn_comes_is_read_whole(void **state)
{
    struct test_notifier *f = *state;
    const struct test_change c = {
        .target = "t2", .unit = "ous", .status = "red", .count = 1};
    f->stepwise = true;
    assert_int_equal(test_part(f, 1, 2, &c, 1), MV_OK); /* ends never */
    assert_int_equal(group_with(f, "3.25", 1), MV_OK);
    test_subscribe(f, "id=a units=ahus");
    while (notifier_is_busy(f->n))
        test_tick(f, NOW);
    assert_true(f->n->marks.aside == 1 && is_aside(f, f->seq));
    assert_true(test_head(f, "a") == 0);
}

/* In the order of another program, which the protocol leaves free. */
static void the_order_of_a_groups_keys_is_none_of_its_business(void **state)
{
    struct test_notifier *f = *state;
    struct mv_buf b = {0};
    struct mv_err err = {0};
    const struct mv_msg_cause cause = {.kind = mv_span_text("figure"),
                                       .seq = 1};
    const struct test_change c = {.target = "t1",
                                  .unit = "ahus",
                                  .status = "red",
                                  .last = "green",
                                  .value = "3.25",
                                  .count = 1};
    test_subscribe(f, "id=a units=ahus");
    mv_pack_map(&b, 7);
    mv_pack_cstr(&b, "changes");
    mv_pack_list(&b, 1);
    test_change_bytes(&b, &c);
    mv_pack_kv_u64(&b, "v", 1);
    mv_pack_kv_cstr(&b, "type", "group");
    mv_pack_cstr(&b, "cause");
    mv_msg_cause_encode(&cause, &b);
    mv_pack_kv_cstr(&b, "today", "2025-03-15");
    mv_pack_kv_u64(&b, "part", 1);
    mv_pack_kv_u64(&b, "parts", 1);
    const struct mv_record record = {.seq = ++f->seq,
                                     .content = mv_buf_span(&b)};
    mv_store_begin(f->store);
    mv_rc rc = notifier_group(f->n, &record, f->now_ms, &err);
    test_end(f, true);
    assert_string_equal(err.text, "");
    assert_int_equal(rc, MV_OK);
    assert_true(test_head(f, "a") == 1);
    mv_buf_done(&b);
}

static void a_group_whose_last_part_never_came_is_told_as_it_is(void **state)
{
    struct test_notifier *f = *state;
    struct test_change c = {
        .target = "t1", .unit = "ahus", .status = "red", .count = 1};
    test_subscribe(f, "id=a units=ahus");
    assert_int_equal(test_part(f, 1, 3, &c, 1), MV_OK);
    c.target = "t2";
    assert_int_equal(test_part(f, 2, 3, &c, 1), MV_OK);
    assert_true(test_head(f, "a") == 0);
    c.target = "t3"; /* of another group: of two parts */
    assert_int_equal(test_part(f, 1, 2, &c, 1), MV_OK);
    assert_string_equal(test_told(test_notice(f, "a", 1).changes),
                        "red ahus t1; red ahus t2");
    c.target = "t4"; /* part 1 again is another group */
    assert_int_equal(test_part(f, 1, 2, &c, 1), MV_OK);
    assert_string_equal(test_told(test_notice(f, "a", 2).changes),
                        "red ahus t3");
    c.target = "t5"; /* one of a single part is always a new one */
    assert_int_equal(test_part(f, 1, 1, &c, 1), MV_OK);
    assert_string_equal(test_told(test_notice(f, "a", 3).changes),
                        "red ahus t4");
    assert_string_equal(test_told(test_notice(f, "a", 4).changes),
                        "red ahus t5");
    assert_true(test_head(f, "a") == 4);
}

/* Its first part was set aside, as was the end of the group before. */
static void a_later_part_of_another_group_ends_the_open_one(void **state)
{
    struct test_notifier *f = *state;
    struct test_change c = {
        .target = "t1", .unit = "ahus", .status = "red", .count = 1};
    test_subscribe(f, "id=a units=ahus");
    assert_int_equal(test_part(f, 1, 3, &c, 1), MV_OK);
    f->cause++;
    c.target = "t2";
    assert_int_equal(test_part(f, 2, 3, &c, 1), MV_OK);
    assert_string_equal(test_told(test_notice(f, "a", 1).changes),
                        "red ahus t1");
    c.target = "t3";
    assert_int_equal(test_part(f, 3, 3, &c, 1), MV_OK);
    assert_string_equal(test_told(test_notice(f, "a", 2).changes),
                        "red ahus t2; red ahus t3");
}

/* More names than the table of matches has room for at first. */
static void a_thousand_filters_match_each_its_own(void **state)
{
    enum { UNITS = 900 };
    struct test_notifier *f = *state;
    static struct test_change c[UNITS];
    static char names[UNITS][8];
    struct mv_buf args = {0};
    mv_pack_map(&args, 2);
    mv_pack_kv_cstr(&args, "id", "wide");
    mv_pack_cstr(&args, "units");
    mv_pack_list(&args, UNITS - 1); /* all but the last */
    for (unsigned i = 0; i < UNITS; i++) {
        (void)snprintf(names[i], sizeof names[i], "u%03u", i);
        c[i] = (struct test_change){
            .target = "t1", .unit = names[i], .status = "red", .count = 1};
        if (i + 1 < UNITS)
            mv_pack_cstr(&args, names[i]);
    }
    test_group(f, c, UNITS);
    assert_string_equal(
        test_act_raw(f, &f->owner, "subscribe", mv_buf_span(&args)), "");
    test_subscribe(f, "id=one units=u500");
    test_subscribe(f, "id=greens units=u899 transitions=to-green");
    assert_string_equal(test_act(f, &f->owner, "unsubscribe", "id=one"), "");
    for (unsigned i = 0; i < UNITS; i++) {
        c[i].status = i % 2 == 0 ? "red" : "green";
        c[i].last = i % 2 == 0 ? "green" : "red";
    }
    test_group(f, c, UNITS);
    struct mv_list list;
    assert_true(mv_list_open(&list, test_notice(f, "wide", 1).changes));
    assert_int_equal(list.left, UNITS / 2);
    assert_true(test_head(f, "greens") == 1);
    mv_buf_done(&args);
}

static void the_rates_of_a_minute_are_those_of_the_last(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=gone units=ous");
    test_subscribe(f, "id=a units=ahus");
    assert_string_equal(test_act(f, &f->owner, "unsubscribe", "id=gone"), "");
    const struct notifier_sub *s = notifier_find(f->n, mv_span_text("a"));
    test_turns(f, "t1", "ahus", "red", "green");
    test_turns(f, "t2", "ahus", "red", "green");
    test_done(f, &f->owner, "a", 2);
    notifier_minute(f->n);
    assert_true(s->made_rate == 2 && s->delivered_rate == 1);
    test_turns(f, "t1", "ahus", "green", "red");
    notifier_minute(f->n);
    assert_true(s->made_rate == 1 && s->delivered_rate == 0);
    notifier_minute(f->n);
    assert_true(s->made_rate == 0 && s->delivered_rate == 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, test_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_group_of_which_a_part_is_wrong_is_set_aside_whole),
        T(what_nobody_asks_for_is_read_no_further_than_filters_are),
        T(a_group_of_a_later_version_is_left_for_an_upgrade),
        T(what_somebody_asks_for_is_read_whole_first),
        T(a_log_begun_anew_is_read_no_further_either),
        T(what_is_asked_for_by_the_time_it_is_compared_is_read_whole),
        T(what_waits_of_a_later_version_is_left_for_an_upgrade),
        T(what_is_asked_for_when_its_turn_comes_is_read_whole),
        T(the_order_of_a_groups_keys_is_none_of_its_business),
        T(a_group_whose_last_part_never_came_is_told_as_it_is),
        T(a_later_part_of_another_group_ends_the_open_one),
        T(a_thousand_filters_match_each_its_own),
        T(the_rates_of_a_minute_are_those_of_the_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
