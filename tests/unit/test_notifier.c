/* What the notifier decides, and what a crash leaves of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/msg.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/notifier/queue.h"
#include "services/notifier/read.h"
#include "tests/support/notices.h"
#include "tests/support/unit.h"

static int make(void **state)
{
    return test_make_with(state, 1000);
}

/* --- deciding ----------------------------------------------------------- */

static void a_group_is_one_notice_that_names_what_matches(void **state)
{
    struct test_notifier *f = *state;
    const struct test_change changes[] = {
        {.target = "t1", .unit = "ahus", .status = "red", .count = 2},
        {.target = "t2", .unit = "ous", .status = "red", .count = 2},
        {.target = "t2", .unit = "ahus", .status = "red", .count = 1},
    };
    test_subscribe(f, "id=a units=ahus");
    test_subscribe(f, "id=b regions=hso");
    test_subscribe(f, "id=c regions=hv");
    test_subscribe(f, "id=d units=ahus targets=t2");
    test_group(f, changes, 3);
    assert_string_equal(test_told(test_notice(f, "a", 1).changes),
                        "red ahus t1; red ahus t2");
    assert_string_equal(test_told(test_notice(f, "b", 1).changes),
                        "red ahus t1; red ous t2; red ahus t2");
    assert_string_equal(test_told(test_notice(f, "d", 1).changes),
                        "red ahus t2");
    assert_true(test_head(f, "a") == 1 && test_head(f, "b") == 1 &&
                test_head(f, "c") == 0);
    struct mv_msg_notice m = test_notice(f, "a", 1);
    assert_true(m.group == f->seq && m.number == 1 && m.made_ms == NOW);
    assert_true(mv_span_is(m.subscription, "a"));
}

static void a_subscription_is_told_of_the_groups_after_it_only(void **state)
{
    struct test_notifier *f = *state;
    test_turns(f, "t1", "ahus", "red", "green");
    test_subscribe(f, "id=a units=ahus transitions=to-red,to-green");
    assert_true(test_head(f, "a") == 0);
    test_turns(f, "t1", "ahus", "green", "red");
    assert_true(test_head(f, "a") == 1);
}

static void red_none_red_is_no_news(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a units=ahus");
    test_turns(f, "t1", "ahus", "red", "green");
    test_turns(f, "t1", "ahus", "none", "red");
    test_turns(f, "t1", "ahus", "red", "red");
    assert_true(test_head(f, "a") == 1);
    test_turns(f, "t1", "ahus", "none", "red");
    test_turns(f, "t1", "ahus", "green", "red");
    assert_string_equal(test_told(test_notice(f, "a", 2).changes),
                        "green ahus t1");
}

static void turns_from(struct test_notifier *f, const char *was,
                       const char *status, const char *last)
{
    static unsigned count = 1000;
    struct test_change c = {.target = "t1",
                            .unit = "ahus",
                            .status = status,
                            .last = last,
                            .was = was,
                            .count = ++count};
    test_group(f, &c, 1);
}

static void who_heard_of_a_colour_lost_hears_that_one_is_there(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=n units=ahus transitions=to-none");
    test_subscribe(f, "id=both units=ahus transitions=to-none,to-green");
    test_subscribe(f, "id=usual units=ahus");
    turns_from(f, "none", "red", NULL); /* a first colour was never lost */
    assert_true(test_head(f, "n") == 0 && test_head(f, "usual") == 1);
    turns_from(f, "red", "none", "red");
    turns_from(f, "none", "none", "red"); /* for another reason */
    turns_from(f, "none", "red", "red");
    assert_true(test_head(f, "n") == 2 && test_head(f, "usual") == 1);
    assert_string_equal(test_told(test_notice(f, "n", 1).changes),
                        "none ahus t1");
    assert_string_equal(test_told(test_notice(f, "n", 2).changes),
                        "red ahus t1");
    turns_from(f, "red", "none", "red");
    turns_from(f, "none", "green", "red");
    assert_true(test_head(f, "n") == 4 && test_head(f, "usual") == 2);
    assert_true(test_head(f, "both") == 4); /* one notice, for both */
    turns_from(f, "green", "yellow", "green");
    assert_true(test_head(f, "n") == 4 && test_head(f, "both") == 4);
}

static void nobody_hears_of_a_closed_years_colour_again(void **state)
{
    struct test_notifier *f = *state;
    struct test_change c = {.target = "t1",
                            .unit = "ahus",
                            .status = "red",
                            .last = "green",
                            .was = "none",
                            .closed = true,
                            .count = 3};
    test_subscribe(f, "id=a units=ahus transitions=to-none,to-red");
    test_group(f, &c, 1);
    assert_true(test_head(f, "a") == 0);
}

static void back_goes_to_those_who_got_the_red(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=early units=ahus");
    test_turns(f, "t1", "ahus", "red", "green");
    test_subscribe(f, "id=late units=ahus");
    test_subscribe(f, "id=backs units=ahus transitions=back");
    test_turns(f, "t1", "ahus", "yellow", "red");
    assert_true(test_head(f, "early") == 2 && test_head(f, "late") == 0);
    assert_true(test_head(f, "backs") == 1);
    test_turns(f, "t1", "ahus", "red", "yellow");
    test_turns(f, "t1", "ahus", "green", "red");
    assert_true(test_head(f, "early") == 4 && test_head(f, "late") == 2);
}

static void each_transition_has_its_own_word(void **state)
{
    struct test_notifier *f = *state;
    struct test_change overdue = {.target = "t1",
                                  .unit = "ahus",
                                  .status = "none",
                                  .reason = "overdue",
                                  .was = "none"};
    test_subscribe(f, "id=y units=ahus transitions=to-yellow");
    test_subscribe(f, "id=g units=ahus transitions=to-green");
    test_subscribe(f, "id=n units=ahus transitions=to-none");
    test_subscribe(f, "id=o units=ahus transitions=overdue");
    test_turns(f, "t1", "ahus", "yellow", NULL);
    test_turns(f, "t1", "ahus", "green", "yellow");
    test_turns(f, "t1", "ahus", "none", "green");
    test_group(f, &overdue, 1);
    assert_true(test_head(f, "y") == 1 && test_head(f, "g") == 1);
    assert_true(test_head(f, "n") == 1 && test_head(f, "o") == 1);
}

static void
the_parts_of_a_group_are_one_notice_when_the_last_has_come(void **state)
{
    struct test_notifier *f = *state;
    struct test_change c = {
        .target = "t1", .unit = "ahus", .status = "red", .count = 2};
    test_subscribe(f, "id=a regions=hso");
    assert_int_equal(test_part(f, 1, 3, &c, 1), MV_OK);
    uint64_t first = f->seq;
    test_subscribe(f, "id=meanwhile regions=hso");
    test_again(f);
    c.target = "t2";
    assert_int_equal(test_part(f, 2, 3, &c, 1), MV_OK);
    assert_true(test_head(f, "a") == 0);
    test_again(f);
    c.target = "t3";
    assert_int_equal(test_part(f, 3, 3, &c, 1), MV_OK);
    struct mv_msg_notice m = test_notice(f, "a", 1);
    assert_string_equal(test_told(m.changes),
                        "red ahus t1; red ahus t2; red ahus t3");
    assert_true(m.group == first && test_head(f, "a") == 1);
    assert_true(test_head(f, "meanwhile") == 0);
}

static void closed_years_are_recorded_and_not_sent(void **state)
{
    struct test_notifier *f = *state;
    struct test_change c = {.target = "t1",
                            .unit = "ahus",
                            .status = "red",
                            .closed = true,
                            .count = 2};
    test_subscribe(f, "id=a units=ahus");
    test_group(f, &c, 1);
    assert_true(test_head(f, "a") == 0);
    test_turns(f, "t1", "ahus", "green", "red"); /* nobody got that red */
    assert_true(test_head(f, "a") == 0);
}

static void suppressed_values_are_in_no_notice(void **state)
{
    struct test_notifier *f = *state;
    struct test_change c = {.target = "t1",
                            .unit = "ahus",
                            .status = "none",
                            .reason = "suppressed",
                            .was = "red",
                            .last = "red",
                            .suppressed = true,
                            .value = "3.25",
                            .count = 2};
    test_subscribe(f, "id=a units=ahus transitions=to-none");
    test_group(f, &c, 1);
    struct mv_span bytes = test_pull(f, "a", 1);
    assert_null(memmem(bytes.at, bytes.len, "3.25", 4));
    assert_null(memmem(bytes.at, bytes.len, "3,25", 4));
}

static void a_record_that_is_no_group_is_set_aside(void **state)
{
    struct test_notifier *f = *state;
    struct mv_record record = {.seq = 77, .content = {"\x81\xa1v\x01", 4}};
    struct mv_err err = {0};
    test_subscribe(f, "id=a units=ahus");
    mv_store_begin(f->store);
    assert_int_equal(notifier_group(f->n, &record, NOW, &err), MV_POISON);
    test_end(f, true);
    assert_true(f->n->marks.aside == 1);
    test_turns(f, "t1", "ahus", "red", "green");
    assert_true(test_head(f, "a") == 1);
}

/* --- what a crash leaves ------------------------------------------------ */

static void a_group_taken_back_comes_again_with_the_same_id(void **state)
{
    struct test_notifier *f = *state;
    struct test_change c = {
        .target = "t1", .unit = "ahus", .status = "red", .count = 2};
    struct mv_record record;
    struct mv_err err = {0};
    uint8_t id[2][NOTIFIER_ID_BYTES];
    test_subscribe(f, "id=a units=ahus");
    for (int i = 0; i < 2; i++) {
        struct notifier_row row;
        test_group_record(&f->content, &record, 0, 9, 9, 1, 1, &c, 1);
        mv_store_begin(f->store);
        assert_int_equal(notifier_group(f->n, &record, NOW + i, &err), MV_OK);
        assert_true(notifier_queue_get(
            f->n, notifier_find(f->n, mv_span_text("a"))->serial, 1, &row));
        memcpy(id[i], row.id, sizeof id[i]);
        test_end(f, i == 1);
        assert_true(test_head(f, "a") == (unsigned)i);
    }
    assert_memory_equal(id[0], id[1], sizeof id[0]);
}

static void an_act_taken_back_leaves_no_trace(void **state)
{
    struct test_notifier *f = *state;
    struct notifier_sub *s;
    mv_store_begin(f->store);
    assert_int_equal(
        notifier_subscribe(f->n, &f->owner,
                           test_args_of(&f->bytes, "id=a units=ahus"), NOW, &s,
                           &f->no),
        MV_OK);
    test_end(f, false);
    assert_null(notifier_find(f->n, mv_span_text("a")));
    test_turns(f, "t1", "ahus", "red", "green");
    assert_true(notifier_total(f->n).made == 0);
}

static void all_is_as_it_was_after_a_new_start(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a units=ahus");
    test_turns(f, "t1", "ahus", "red", "green");
    test_turns(f, "t2", "ahus", "red", "green");
    test_done(f, &f->owner, "a", 2);
    test_again(f);
    struct notifier_counts c = notifier_find(f->n, mv_span_text("a"))->counts;
    assert_true(c.made == 2 && c.delivered == 1 && c.pending == 1);
    assert_true(c.done == 2 && c.oldest_ms == NOW);
    test_turns(f, "t1", "ahus", "green", "red");
    assert_string_equal(test_told(test_notice(f, "a", 3).changes),
                        "green ahus t1");
}

/* --- subscribing -------------------------------------------------------- */

static void bad_input_78_filters_that_match_nothing_are_refused(void **state)
{
    struct test_notifier *f = *state;
    static const struct {
        const char *args, *code;
    } cases[] = {
        {"id=a targets=t9", "unknown_target"},
        {"id=a units=nowhere", "unknown_unit"},
        {"id=a regions=ahus", "unknown_unit"},
        {"id=a", "empty"},
        {"id=a units=", "empty"},
        {"id=a units=ahus transitions=", "empty"},
        {"id=a units=ahus transitions=to-blue", "word"},
        {"id=a units=Ahus", "charset"},
        {"id=a all=true", "not_allowed"},
        {"id=a units=ahus all=true", "inconsistent"},
        {"id=control units=ahus", "charset"},
        {"units=ahus", "missing"},
        {"id=a units=ahus colour=red", "unknown_field"},
        {"id=a units=ahus channel=pigeon", "word"},
        {"id=a units=ahus owner=ola", "forbidden"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *code = test_act(f, &f->owner, "subscribe", cases[i].args);
        if (strcmp(code, cases[i].code) != 0)
            fail_msg("'%s': '%s', wanted %s", cases[i].args, code,
                     cases[i].code);
    }
    /* as long as an identifier may be, and longer than a key's name */
    char owner[128] = "id=a all=true owner=";
    size_t at = strlen(owner);
    memset(owner + at, 'k', 64);
    assert_string_equal(test_act(f, &f->operator_key, "subscribe", owner),
                        "length");
    owner[at + 63] = 0;
    assert_string_equal(test_act(f, &f->operator_key, "subscribe", owner), "");
    assert_string_equal(test_act(f, &f->operator_key, "unsubscribe", "id=a"),
                        "");
    assert_string_equal(
        test_act(f, &f->operator_key, "subscribe", "id=a all=true owner=kari"),
        "");
    test_turns(f, "t1", "ahus", "red", "green");
    assert_true(test_head(f, "a") == 1);
}

static void bad_input_78_ten_thousand_filters_are_refused(void **state)
{
    struct test_notifier *f = *state;
    mv_buf_clear(&f->bytes);
    mv_pack_map(&f->bytes, 2);
    mv_pack_kv_cstr(&f->bytes, "id", "a");
    mv_pack_cstr(&f->bytes, "units");
    mv_pack_list(&f->bytes, 10000);
    for (int i = 0; i < 10000; i++)
        mv_pack_cstr(&f->bytes, "ahus");
    assert_string_equal(
        test_act_raw(f, &f->owner, "subscribe", mv_buf_span(&f->bytes)),
        "limits");
}

static void a_commission_is_not_the_target_of_that_name(void **state)
{
    struct test_notifier *f = *state;
    struct test_change c = {
        .commission = "t1", .unit = "ahus", .status = "red", .count = 2};
    test_subscribe(f, "id=a units=ahus");
    test_turns(f, "t1", "ahus", "red", "green");
    test_group(f, &c, 1); /* red of its own, whatever the target was */
    c.last = "red";
    test_group(f, &c, 1);
    assert_true(test_head(f, "a") == 2);
}

/* Back is for who got the red: a target's is not a commission's. */
static void
a_commission_s_red_is_not_that_of_a_target_of_that_name(void **state)
{
    struct test_notifier *f = *state;
    const struct test_change c = {.commission = "t1",
                                  .unit = "ahus",
                                  .status = "green",
                                  .was = "red",
                                  .last = "red",
                                  .count = 2};
    test_subscribe(f, "id=a units=ahus");
    test_turns(f, "t1", "ahus", "red", "green");
    test_group(f, &c, 1); /* its red came before anybody subscribed */
    assert_true(test_head(f, "a") == 1);
    test_turns(f, "t1", "ahus", "green", "red");
    assert_true(test_head(f, "a") == 2);
}

static void a_reminder_is_a_notice_and_turns_nothing(void **state)
{
    struct test_notifier *f = *state;
    struct test_change near = {.commission = "c1",
                               .unit = "ahus",
                               .status = "red",
                               .was = "red",
                               .last = "green",
                               .reminder = "2024-10-15",
                               .count = 1};
    struct test_change c = {.commission = "c1",
                            .unit = "ahus",
                            .status = "red",
                            .last = "green",
                            .count = 2};
    test_subscribe(f, "id=a units=ahus");
    test_subscribe(f, "id=red units=ahus transitions=to-red");
    test_group(f, &near, 1);
    assert_true(test_head(f, "a") == 1 && test_head(f, "red") == 0);
    test_group(f, &c, 1);
    assert_true(test_head(f, "a") == 2 && test_head(f, "red") == 1);
    near.closed = true; /* nobody is told any more */
    test_group(f, &near, 1);
    assert_true(test_head(f, "a") == 2);
}

static void the_same_subscription_again_changes_nothing(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a units=ahus");
    test_turns(f, "t1", "ahus", "red", "green");
    test_subscribe(f, "id=a units=ahus transitions=to-red,back,reminder");
    assert_true(test_head(f, "a") == 1);
    assert_string_equal(test_act(f, &f->owner, "subscribe", "id=a units=ous"),
                        "exists");
    assert_string_equal(test_act(f, &f->other, "subscribe", "id=a units=ahus"),
                        "exists");
}

static void bad_input_101_a_queue_is_not_lost_by_unsubscribing(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a units=ahus");
    test_turns(f, "t1", "ahus", "red", "green");
    assert_string_equal(test_act(f, &f->owner, "unsubscribe", "id=a"),
                        "refused");
    assert_non_null(strstr(f->no.text, "1 waiting"));
    assert_string_equal(test_act(f, &f->other, "unsubscribe", "id=a"),
                        "forbidden");
    assert_string_equal(
        test_act(f, &f->owner, "unsubscribe", "id=a force=true"), "");
    struct notifier_counts all = notifier_total(f->n);
    assert_true(all.made == 1 && all.withdrawn == 1 && all.pending == 0);
    test_turns(f, "t1", "ahus", "green", "red");
    test_again(f);
    assert_true(notifier_total(f->n).withdrawn == 1);
    assert_null(notifier_find(f->n, mv_span_text("a")));
    test_subscribe(f, "id=a units=ahus");
    assert_true(test_head(f, "a") == 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, test_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_group_is_one_notice_that_names_what_matches),
        T(a_subscription_is_told_of_the_groups_after_it_only),
        T(red_none_red_is_no_news),
        T(who_heard_of_a_colour_lost_hears_that_one_is_there),
        T(nobody_hears_of_a_closed_years_colour_again),
        T(back_goes_to_those_who_got_the_red),
        T(each_transition_has_its_own_word),
        T(the_parts_of_a_group_are_one_notice_when_the_last_has_come),
        T(closed_years_are_recorded_and_not_sent),
        T(suppressed_values_are_in_no_notice),
        T(a_record_that_is_no_group_is_set_aside),
        T(a_group_taken_back_comes_again_with_the_same_id),
        T(an_act_taken_back_leaves_no_trace),
        T(all_is_as_it_was_after_a_new_start),
        T(bad_input_78_filters_that_match_nothing_are_refused),
        T(bad_input_78_ten_thousand_filters_are_refused),
        T(a_commission_is_not_the_target_of_that_name),
        T(a_commission_s_red_is_not_that_of_a_target_of_that_name),
        T(a_reminder_is_a_notice_and_turns_nothing),
        T(the_same_subscription_again_changes_nothing),
        T(bad_input_101_a_queue_is_not_lost_by_unsubscribing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
