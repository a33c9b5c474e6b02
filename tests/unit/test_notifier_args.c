/* What a subscriber sends, of another type than is due; and the lists, page
 * by page, to those who may see them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "proto/walk.h"
#include "tests/support/notices.h"
#include "tests/support/unit.h"

static int make(void **state)
{
    return test_make_with(state, 1000);
}

/* A value of each kind that an argument may have. */
static void pack_value(struct mv_buf *b, const char *value)
{
    if (strcmp(value, "[7]") == 0) {
        mv_pack_list(b, 1);
        mv_pack_u64(b, 7);
    } else if (value[0] == '7') {
        mv_pack_u64(b, 7);
    } else {
        mv_pack_cstr(b, value);
    }
}

/* Refusal of {id: "a", units: ["ahus"], KEY: VALUE}, the latter instead. */
static const char *given(struct test_notifier *f, const char *key,
                         const char *value)
{
    bool id = strcmp(key, "id") == 0, units = strcmp(key, "units") == 0;
    mv_buf_clear(&f->bytes);
    mv_pack_map(&f->bytes, id || units ? 2 : 3);
    if (!id)
        mv_pack_kv_cstr(&f->bytes, "id", "a");
    if (!units) {
        mv_pack_cstr(&f->bytes, "units");
        mv_pack_list(&f->bytes, 1);
        mv_pack_cstr(&f->bytes, "ahus");
    }
    mv_pack_cstr(&f->bytes, key);
    pack_value(&f->bytes, value);
    return test_act_raw(f, &f->operator_key, "subscribe",
                        mv_buf_span(&f->bytes));
}

static void an_argument_of_another_type_is_refused_by_its_name(void **state)
{
    struct test_notifier *f = *state;
    char longest[130];
    memset(longest, 'n', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    const struct {
        const char *key, *value, *code, *text;
    } cases[] = {
        {"id", "7", "type", "id"},
        {"id", "journal", "charset", "not the name of a log"},
        {"id", "changes", "charset", "not the name of a log"},
        {"id", "A", "charset", "id"},
        {"owner", "7", "type", "owner"},
        {"owner", "Kari", "charset", "owner"},
        {"name", "7", "type", "name"},
        {"name", "", "length", "name"},
        {"name", longest, "length", "name"},
        {"name", "\xff", "charset", "name"},
        {"channel", "7", "type", "channel"},
        {"channel", "pigeon", "word", "channel"},
        {"language", "7", "type", "language"},
        {"language", "sv", "word", "nb en"},
        {"units", "7", "type", "units"},
        {"units", "[7]", "charset", "units"},
        {"regions", "7", "type", "regions"},
        {"targets", "[7]", "charset", "targets"},
        {"transitions", "7", "type", "transitions"},
        {"transitions", "[7]", "word", "to-red"},
        {"all", "7", "type", "all"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *code = given(f, cases[i].key, cases[i].value);
        if (strcmp(code, cases[i].code) != 0 ||
            strstr(f->no.text, cases[i].text) == NULL)
            fail_msg("%s %s: '%s' (%s), wanted %s", cases[i].key,
                     cases[i].value, code, f->no.text, cases[i].code);
    }
    assert_int_equal(f->n->slots_used, 0);
    longest[sizeof longest - 2] = 0; /* as long as one may be */
    assert_string_equal(given(f, "name", longest), "");
    assert_string_equal(given(f, "language", "en"), "exists"); /* a word */
    /* no map at all */
    assert_string_equal(
        test_act_raw(f, &f->operator_key, "subscribe", mv_span("\x07", 1)),
        "type");
}

static void what_differs_from_the_one_that_is_there_is_named(void **state)
{
    struct test_notifier *f = *state;
    static const struct {
        const char *args, *differs;
    } cases[] = {
        {"id=a units=ahus language=en", "in `language`:"},
        {"id=a units=ous", "in `units`:"},
        {"id=a regions=hso", "in `regions`, `units`:"},
        {"id=a all=true name=A", "in `name`, `units`:"},
        {"id=a units=ahus transitions=to-red targets=t1",
         "in `targets`, `transitions`:"},
        {"id=a units=ahus owner=kari", "in `owner`:"},
    };
    assert_string_equal(test_act(f, &f->operator_key, "subscribe",
                                 "id=a units=ahus language=nb"),
                        "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(
            test_act(f, &f->operator_key, "subscribe", cases[i].args),
            "exists");
        if (strstr(f->no.text, cases[i].differs) == NULL)
            fail_msg("%s: '%s'", cases[i].args, f->no.text);
    }
}

/* The same three names: once each; in another order; twice; in other bytes. */
static void lists_that_say_the_same_are_the_same_subscription(void **state)
{
    struct test_notifier *f = *state;
    static const char other_bytes[] = "\x82\xa2id\xa1"
                                      "a"
                                      "\xa5units\xdc\x00\x03\xa6"
                                      "bergen"
                                      "\xd9\x04"
                                      "ahus"
                                      "\xa3"
                                      "ous";
    static const char *const same[] = {
        "id=a units=ahus,bergen,ous",
        "id=a units=ous,ahus,bergen",
        "id=a units=bergen,ous,ahus,ahus,ous,ous",
    };
    const struct notifier_sub *s;
    uint64_t next;
    struct mv_buf kept = {0};
    test_subscribe(f, "id=a units=ahus,ahus,ous,bergen");
    next = f->n->marks.next_serial;
    s = notifier_find(f->n, mv_span_text("a"));
    mv_pack_list(&kept, 3);
    mv_pack_cstr(&kept, "ahus");
    mv_pack_cstr(&kept, "bergen");
    mv_pack_cstr(&kept, "ous");
    assert_true(mv_span_equal(s->lists[NOTIFIER_UNIT], mv_buf_span(&kept)));
    mv_buf_done(&kept);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        test_subscribe(f, same[i]);
    assert_string_equal(
        test_act_raw(f, &f->owner, "subscribe",
                     mv_span(other_bytes, sizeof other_bytes - 1)),
        "");
    assert_true(f->n->marks.next_serial == next);
    assert_string_equal(
        test_act(f, &f->owner, "subscribe", "id=a units=ahus,bergen"),
        "exists");
    assert_non_null(strstr(f->no.text, "in `units`:"));
}

/* A row whose lists are as they were sent is the same subscription. */
static void lists_that_an_earlier_program_kept_are_read_in_order(void **state)
{
    struct test_notifier *f = *state;
    struct notifier_sub old, got;
    struct mv_buf row = {0};
    test_subscribe(f, "id=a units=ahus,bergen,ous");
    const struct notifier_sub *s = notifier_find(f->n, mv_span_text("a"));
    old = *s;
    old.args = (struct mv_buf){0};
    (void)test_args_of(&old.args,
                       "id=a owner=kari name=a channel=zeromq language=nb "
                       "units=ous,ahus,ous,bergen "
                       "transitions=to-red,back,reminder");
    notifier_sub_put(&old, &row);
    assert_true(notifier_sub_get(mv_buf_span(&row), &got));
    assert_true(mv_span_equal(mv_buf_span(&got.args), mv_buf_span(&s->args)));
    assert_string_equal(got.id, "a");
    mv_buf_done(&old.args);
    mv_buf_done(&row);
    notifier_sub_done(&got);
}

/* --- a hostile subscriber ----------------------------------------------- */

static const char *subscribe_as(struct test_notifier *f,
                                const struct mv_key *key, unsigned i,
                                const char *more)
{
    char text[64];
    (void)snprintf(text, sizeof text, "id=s%u units=ahus%s", i, more);
    return test_act(f, key, "subscribe", text);
}

static void
p15_one_owner_takes_two_hundred_subscriptions_and_no_more(void **state)
{
    struct test_notifier *f = *state;
    for (unsigned i = 0; i < 200; i++)
        assert_string_equal(subscribe_as(f, &f->owner, i, ""), "");
    assert_string_equal(subscribe_as(f, &f->owner, 200, ""), "limits");
    assert_true(f->no.after_ms == 0);
    assert_string_equal(subscribe_as(f, &f->owner, 7, ""),
                        ""); /* it is there */
    assert_string_equal(subscribe_as(f, &f->other, 200, ""), "");
    assert_string_equal(subscribe_as(f, &f->operator_key, 201, " owner=kari"),
                        "");
    assert_string_equal(test_act(f, &f->owner, "unsubscribe", "id=s7"), "");
    assert_string_equal(subscribe_as(f, &f->owner, 202, ""), "limits");
    assert_string_equal(test_act(f, &f->owner, "unsubscribe", "id=s8"), "");
    assert_string_equal(subscribe_as(f, &f->owner, 202, ""), "");
}

/* Subscribes and unsubscribes; how often, until it is told to wait. */
static unsigned turns_of_a_day(struct test_notifier *f)
{
    unsigned turns = 0;
    while (turns < 5000 && subscribe_as(f, &f->owner, 1, "")[0] == 0) {
        assert_string_equal(test_act(f, &f->owner, "unsubscribe", "id=s1"), "");
        turns++;
    }
    assert_string_equal(f->no.code, "quota");
    assert_true(f->no.after_ms > 0);
    return turns;
}

static void p15_one_key_leaves_a_bounded_trace_in_the_store(void **state)
{
    struct test_notifier *f = *state;
    unsigned turns = turns_of_a_day(f);
    assert_in_range(turns, 1000, 2000);
    /* the others, and what an operator does for it, are as before */
    assert_string_equal(subscribe_as(f, &f->other, 2, ""), "");
    assert_string_equal(subscribe_as(f, &f->operator_key, 3, " owner=kari"),
                        "");
    /* what is there may be asked for again, and ended */
    assert_string_equal(subscribe_as(f, &f->owner, 3, ""), "");
    assert_string_equal(test_act(f, &f->owner, "unsubscribe", "id=s3"), "");
    f->now_ms += 24 * HOUR;
    assert_int_equal(turns_of_a_day(f), turns);
}

static void what_failed_is_not_held_against_the_key(void **state)
{
    struct test_notifier *f = *state;
    struct notifier_page page = {.key = &f->owner, .now_ms = f->now_ms};
    page.args = test_args_of(&f->bytes, "id=a units=ahus");
    for (unsigned i = 0; i < 3000; i++) {
        mv_store_begin(f->store);
        assert_int_equal(
            notifier_act(f->n, mv_span_text("subscribe"), &page, &f->no),
            MV_OK);
        test_end(f, false);
        mv_buf_clear(&page.rows);
    }
    mv_buf_done(&page.rows);
}

static void an_act_that_names_nothing_there_is_refused(void **state)
{
    struct test_notifier *f = *state;
    static const struct {
        const char *verb, *args, *code;
    } cases[] = {
        {"pause", "subscription=a", "refused"}, /* it is paused already */
        {"pause", "subscription=b", "not_found"},
        {"resume", "", "missing"},
        {"unsubscribe", "id=b", "not_found"},
        {"unsubscribe", "id=a force=yes", "type"},
        {"requeue", "", "missing"},
        {"requeue", "all=yes", "type"},
        {"requeue", "all=true", "not_found"},
        {"requeue", "subscription=b", "not_found"},
        {"requeue", "id=short", "charset"},
        {"requeue", "id=00112233445566778899aabbccddeeff", "not_found"},
        {"drop", "all=true", "missing"},
        {"drop", "all=true comment=", "missing"},
        {"drop", "all=true comment=old", "not_found"},
        {"fly", "", "unknown_verb"},
    };
    test_subscribe(f, "id=a units=ahus");
    assert_string_equal(
        test_act(f, &f->operator_key, "resume", "subscription=a"), "refused");
    assert_non_null(strstr(f->no.text, "it goes on"));
    assert_string_equal(
        test_act(f, &f->operator_key, "pause", "subscription=a"), "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *code =
            test_act(f, &f->operator_key, cases[i].verb, cases[i].args);
        if (strcmp(code, cases[i].code) != 0)
            fail_msg("%s %s: '%s', wanted %s", cases[i].verb, cases[i].args,
                     code, cases[i].code);
    }
}

/* --- lists -------------------------------------------------------------- */

static struct mv_buf rows;

/* How many rows; UINT32_MAX: refused. */
static uint32_t ask(struct test_notifier *f, const struct mv_key *key,
                    const char *verb, struct mv_span args)
{
    struct notifier_page page = {.args = args, .key = key, .now_ms = f->now_ms};
    assert_int_equal(mv_store_read_begin(f->store, NULL), MV_OK);
    mv_rc rc = notifier_ask(f->n, mv_span_text(verb), &page, &f->no);
    assert_int_equal(mv_store_read_end(f->store, NULL), MV_OK);
    mv_buf_done(&rows);
    rows = page.rows;
    return rc == MV_OK ? page.count : UINT32_MAX;
}

static uint32_t ask_text(struct test_notifier *f, const struct mv_key *key,
                         const char *verb, const char *text)
{
    return ask(f, key, verb, test_args_of(&f->bytes, text));
}

static uint32_t ask_from(struct test_notifier *f, const char *verb,
                         uint64_t from)
{
    mv_buf_clear(&f->bytes);
    mv_pack_map(&f->bytes, 1);
    mv_pack_kv_u64(&f->bytes, "from", from);
    return ask(f, &f->operator_key, verb, mv_buf_span(&f->bytes));
}

/* Row `at` of what came. */
static struct mv_span row_of(uint32_t count, uint32_t at)
{
    static struct mv_buf list;
    struct mv_list l;
    struct mv_span row = {0};
    mv_buf_clear(&list);
    mv_pack_list(&list, count);
    mv_pack_raw(&list, mv_buf_span(&rows));
    assert_true(mv_list_open(&l, mv_buf_span(&list)));
    for (uint32_t i = 0; i <= at; i++)
        assert_true(mv_list_next(&l, &row));
    return row;
}

/* Where the next page begins: the last row says; 0, there is none. */
static uint64_t next_of(uint32_t count)
{
    uint64_t next = 0;
    return mv_map_u64(row_of(count, count - 1), "next", &next) ? next : 0;
}

static void
the_first_page_holds_a_thousand_and_says_where_to_go_on(void **state)
{
    struct test_notifier *f = *state;
    static const char *const verbs[] = {"subscriptions", "queues", "books"};
    char text[64];
    mv_store_begin(f->store);
    for (unsigned i = 0; i < 1003; i++) {
        struct notifier_page page = {.key = &f->operator_key,
                                     .now_ms = f->now_ms};
        (void)snprintf(text, sizeof text, "id=s%04u owner=kari units=ahus", i);
        page.args = test_args_of(&f->bytes, text);
        assert_int_equal(
            notifier_act(f->n, mv_span_text("subscribe"), &page, &f->no),
            MV_OK);
        mv_buf_done(&page.rows);
    }
    test_end(f, true);
    for (size_t i = 0; i < 3; i++) {
        uint32_t books = i == 2; /* the total is a row of its own */
        assert_int_equal(ask_from(f, verbs[i], 0), 1001);
        assert_true(next_of(1001) == 1000);
        assert_int_equal(ask_from(f, verbs[i], 1000), 3 + books);
        assert_true(next_of(3 + books) == 0);
    }
    test_turns(f, "t1", "ahus", "red", "green");
    test_tick(f, NOW + 30 * HOUR);
    while (notifier_total(f->n).pending > 0)
        test_tick(f, f->now_ms + 1);
    assert_int_equal(ask_from(f, "dead", 0), 1001);
    assert_int_equal(ask_from(f, "dead", next_of(1001)), 3);
    assert_true(next_of(3) == 0);
    mv_buf_done(&rows);
}

/* Three queues of 600: what was dropped of the first page meanwhile leaves
 * out none of the next, which begins at its own first letter. */
static void the_next_page_of_dead_letters_is_a_place_and_no_count(void **state)
{
    struct test_notifier *f = *state;
    struct mv_span id = {0};
    uint64_t number = 0;
    test_subscribe(f, "id=a units=ahus");
    test_subscribe(f, "id=b units=ahus");
    assert_string_equal(test_act(f, &f->other, "subscribe", "id=c units=ahus"),
                        "");
    for (unsigned i = 0; i < 300; i++) {
        test_turns(f, "t1", "ahus", "red", "green");
        test_turns(f, "t1", "ahus", "green", "red");
    }
    test_tick(f, NOW + 30 * HOUR);
    while (notifier_total(f->n).pending > 0)
        test_tick(f, f->now_ms + 1);
    assert_int_equal(ask_from(f, "dead", 0), 1001);
    uint64_t next = next_of(1001);
    assert_string_equal(
        test_act(f, &f->operator_key, "drop", "subscription=a comment=x"), "");
    assert_int_equal(ask_from(f, "dead", next), 800);
    assert_true(mv_map_text(row_of(800, 0), "subscription", &id));
    assert_true(mv_span_is(id, "b"));
    assert_true(mv_map_u64(row_of(800, 0), "number", &number));
    assert_true(number == 401);
    assert_int_equal(ask_text(f, &f->owner, "dead", ""), 600);
    assert_int_equal(ask_text(f, &f->other, "dead", ""), 600);
    assert_true(mv_map_text(row_of(600, 0), "subscription", &id));
    assert_true(mv_span_is(id, "c"));
    mv_buf_done(&rows);
}

static void a_list_of_one_is_its_owners_and_says_if_there_is_none(void **state)
{
    struct test_notifier *f = *state;
    static const char *const verbs[] = {"subscriptions", "queues", "dead",
                                        "books"};
    test_subscribe(f, "id=a units=ahus");
    test_subscribe(f, "id=b units=ahus");
    test_turns(f, "t1", "ahus", "red", "green");
    test_tick(f, NOW + 30 * HOUR);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(ask_text(f, &f->owner, verbs[i], "subscription=a"), 1);
        assert_int_equal(ask_text(f, &f->owner, verbs[i], "subscription=b"), 1);
        assert_int_equal(ask_text(f, &f->other, verbs[i], "subscription=a"),
                         UINT32_MAX);
        assert_string_equal(f->no.code, "not_found");
        assert_int_equal(ask_text(f, &f->owner, verbs[i], "subscription=c"),
                         UINT32_MAX);
        assert_string_equal(f->no.code, "not_found");
    }
    for (size_t i = 0; i < 3; i++) /* another sees nothing of it */
        assert_int_equal(ask_text(f, &f->other, verbs[i], ""), 0);
    assert_int_equal(ask_text(f, &f->owner, "fly", ""), UINT32_MAX);
    assert_string_equal(f->no.code, "unknown_verb");
    /* what has ended is in no list, what it left behind in none either */
    assert_string_equal(
        test_act(f, &f->owner, "unsubscribe", "id=a force=true"), "");
    assert_int_equal(ask_text(f, &f->operator_key, "subscriptions", ""), 1);
    assert_int_equal(ask_text(f, &f->operator_key, "queues", ""), 1);
    assert_int_equal(ask_text(f, &f->operator_key, "dead", ""), 1);
    assert_int_equal(ask_text(f, &f->operator_key, "books", ""), 2);
    mv_buf_done(&rows);
}

static void a_dead_letter_is_shown_by_its_id_only(void **state)
{
    struct test_notifier *f = *state;
    char id[64];
    test_subscribe(f, "id=a units=ahus");
    test_turns(f, "t1", "ahus", "red", "green");
    test_tick(f, NOW + 30 * HOUR);
    test_dead_id(f, id);
    assert_int_equal(ask_text(f, &f->owner, "dead-show", id), 2);
    static const struct {
        const char *args, *code;
    } cases[] = {
        {"", "missing"},
        {"id=short", "missing"},
        {"id=00112233445566778899aabbccddeeff", "not_found"},
    };
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(ask_text(f, &f->owner, "dead-show", cases[i].args),
                         UINT32_MAX);
        assert_string_equal(f->no.code, cases[i].code);
    }
    mv_buf_done(&rows);
}

static void queues_come_oldest_first_and_by_name_where_alike(void **state)
{
    struct test_notifier *f = *state;
    struct mv_span text;
    uint64_t n = 0;
    test_subscribe(f, "id=young units=ous");
    test_subscribe(f, "id=beta units=ahus");
    test_subscribe(f, "id=alfa units=ahus");
    test_turns(f, "t1", "ahus", "red", "green");
    f->now_ms += HOUR;
    test_turns(f, "t2", "ous", "red", "green");
    (void)test_pull(f, "alfa", 1);
    assert_int_equal(ask_text(f, &f->operator_key, "queues", ""), 3);
    static const char *const order[] = {"alfa", "beta", "young"};
    static const uint64_t flying[] = {1, 0, 0}, age_h[] = {1, 1, 0};
    for (size_t i = 0; i < 3; i++) {
        struct mv_span one = row_of(3, (uint32_t)i);
        assert_true(mv_map_text(one, "subscription", &text));
        assert_true(mv_span_is(text, order[i]));
        assert_true(mv_map_u64(one, "in_flight", &n) && n == flying[i]);
        assert_true(mv_map_u64(one, "age_ms", &n));
        assert_true(n == age_h[i] * (uint64_t)HOUR);
    }
    mv_buf_done(&rows);
}

static void what_was_set_aside_is_listed_with_the_reason(void **state)
{
    struct test_notifier *f = *state;
    struct mv_span text;
    uint64_t seq = 0;
    /* no map; a map of something else; a group that is no group */
    static const char *const bytes[] = {"\x07", "\x81\xa1v\x01", "\x80"};
    for (unsigned i = 0; i < 3; i++) {
        struct mv_record record = {.seq = 70 + i,
                                   .content = mv_span_text(bytes[i])};
        struct mv_err err = {0};
        mv_store_begin(f->store);
        assert_int_equal(notifier_group(f->n, &record, NOW, &err), MV_POISON);
        test_end(f, true);
    }
    assert_int_equal(ask_text(f, &f->operator_key, "aside", ""), 3);
    assert_true(mv_map_u64(mv_buf_span(&rows), "seq", &seq) && seq == 70);
    assert_true(mv_map_text(mv_buf_span(&rows), "reason", &text));
    assert_true(text.len > 0);
    assert_int_equal(ask_from(f, "aside", 2), 1);
    assert_true(mv_map_u64(mv_buf_span(&rows), "seq", &seq) && seq == 72);
    mv_buf_done(&rows);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, test_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_argument_of_another_type_is_refused_by_its_name),
        T(what_differs_from_the_one_that_is_there_is_named),
        T(lists_that_say_the_same_are_the_same_subscription),
        T(lists_that_an_earlier_program_kept_are_read_in_order),
        T(p15_one_owner_takes_two_hundred_subscriptions_and_no_more),
        T(p15_one_key_leaves_a_bounded_trace_in_the_store),
        T(what_failed_is_not_held_against_the_key),
        T(an_act_that_names_nothing_there_is_refused),
        T(the_first_page_holds_a_thousand_and_says_where_to_go_on),
        T(the_next_page_of_dead_letters_is_a_place_and_no_count),
        T(a_list_of_one_is_its_owners_and_says_if_there_is_none),
        T(a_dead_letter_is_shown_by_its_id_only),
        T(queues_come_oldest_first_and_by_name_where_alike),
        T(what_was_set_aside_is_listed_with_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
