/* The words of a notice, and the lists for operators. */
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

/* --- words -------------------------------------------------------------- */

static const char *test_text_of(struct test_notifier *f, const char *id,
                                uint64_t number, const char *language)
{
    static char text[16384];
    struct mv_span span;
    assert_true(mv_map_text(test_notice(f, id, number).text, language, &span));
    (void)snprintf(text, sizeof text, "%.*s", (int)span.len,
                   (const char *)span.at);
    return text;
}

static void a_notice_says_what_where_and_why_in_two_languages(void **state)
{
    struct test_notifier *f = *state;
    struct test_change c = {.target = "t1",
                            .unit = "ahus",
                            .status = "red",
                            .last = "green",
                            .value = "66.666666666667",
                            .limit = "70",
                            .margin = "-3.333333333333",
                            .needed = "72.5",
                            .needed_is = ">=",
                            .needed_of = "average",
                            .preliminary = true,
                            .count = 2};
    test_subscribe(f, "id=a units=ahus");
    test_group(f, &c, 1);
    assert_string_equal(
        test_text_of(f, "a", 1, "nb"),
        "RØDT: t1 – ahus, 2024. Verdien er 66,7 % mot 70 %, margin −3,3 "
        "prosentpoeng. "
        "Periodene som gjenstår må i snitt bli minst 72,5 % for å nå kravet. "
        "Før: grønt. "
        "Foreløpige tall.\nÅrsak: nye tall (journalpost 2, rad 1).\n");
    assert_string_equal(
        test_text_of(f, "a", 1, "en"),
        "RED: t1 – ahus, 2024. The value is 66.7 % against 70 %, margin −3.3 "
        "percentage points. "
        "The periods that remain must average at least 72.5 % for it to hold. "
        "Before: green. "
        "Preliminary figures.\nCause: new figures (journal record 2, row "
        "1).\n");
}

static void a_commission_and_its_reminder_are_told_in_words(void **state)
{
    struct test_notifier *f = *state;
    struct test_change c = {.commission = "1340",
                            .unit = "ahus",
                            .status = "red",
                            .was = "none",
                            .count = 2};
    struct test_change near = {.commission = "1340",
                               .unit = "ahus",
                               .status = "none",
                               .was = "none",
                               .reminder = "2024-10-15",
                               .count = 1};
    test_subscribe(f, "id=a units=ahus");
    test_group(f, &near, 1);
    test_group(f, &c, 1);
    assert_string_equal(test_text_of(f, "a", 1, "nb"),
                        "PÅMINNELSE: 1340 – ahus, 2024. Fristen er 2024-10-15, "
                        "og det er ikke levert. Nå: uten status.\n"
                        "Årsak: nye tall (journalpost 2, rad 1).\n");
    assert_string_equal(test_text_of(f, "a", 2, "en"),
                        "RED: 1340 – ahus, 2024.\n"
                        "Cause: new figures (journal record 3, row 1).\n");
}

static void a_person_s_word_is_told_beside_the_figures(void **state)
{
    struct test_notifier *f = *state;
    struct test_change c = {.target = "t1",
                            .unit = "ahus",
                            .status = "red",
                            .assessed = "red",
                            .count = 2};
    test_subscribe(f, "id=a units=ahus");
    test_group(f, &c, 1);
    assert_non_null(strstr(test_text_of(f, "a", 1, "nb"),
                           "Vurdert av Kari: Seen. Tallene alene: grønt."));
}

static void a_value_of_some_of_the_units_says_of_how_many(void **state)
{
    struct test_notifier *f = *state;
    struct test_change c = {.target = "t1",
                            .unit = "hso",
                            .status = "red",
                            .value = "66.7",
                            .limit = "70",
                            .units = 11,
                            .of_units = 12,
                            .count = 2};
    test_subscribe(f, "id=a regions=hso");
    test_group(f, &c, 1);
    assert_non_null(
        strstr(test_text_of(f, "a", 1, "nb"), "Tall fra 11 av 12 enheter."));
    assert_non_null(
        strstr(test_text_of(f, "a", 1, "en"), "Figures of 11 of 12 units."));
    c.units = 12;
    c.was = "none";
    test_group(f, &c, 1);
    assert_null(strstr(test_text_of(f, "a", 2, "nb"), "enheter"));
}

/* The id is all there is to say of one without a title. */
static void a_member_is_told_by_its_title(void **state)
{
    struct test_notifier *f = *state;
    struct test_change c = {.target = "t1",
                            .unit = "ahus",
                            .status = "red",
                            .value = "66.7",
                            .limit = "70",
                            .member = "vop",
                            .count = 2};
    test_subscribe(f, "id=a units=ahus");
    test_group(f, &c, 1);
    assert_non_null(
        strstr(test_text_of(f, "a", 1, "nb"),
               "Ikke grønt: Voksne rødt (66,7 mot 70); tsb rødt (66,7"));
    assert_non_null(
        strstr(test_text_of(f, "a", 1, "en"),
               "Not green: Adults red (66.7 against 70); tsb red (66.7"));
}

static void what_cannot_fail_any_more_is_said_to_be_so(void **state)
{
    struct test_notifier *f = *state;
    struct test_change c = {.target = "t1",
                            .unit = "ahus",
                            .status = "green",
                            .last = "red",
                            .value = "82",
                            .limit = "70",
                            .margin = "12",
                            .needed = "-62",
                            .needed_is = ">=",
                            .needed_of = "average",
                            .needed_why = "secured",
                            .count = 2};
    test_subscribe(f, "id=a units=ahus transitions=to-green");
    test_group(f, &c, 1);
    const char *text = test_text_of(f, "a", 1, "nb");
    assert_non_null(strstr(text, "GRØNT: t1"));
    assert_non_null(
        strstr(text, "Kravet er nådd, hva periodene som gjenstår enn blir."));
    assert_null(strstr(text, "62"));
}

static void a_value_just_missed_is_not_shown_as_met(void **state)
{
    struct test_notifier *f = *state;
    struct test_change c = {.target = "t1",
                            .unit = "ahus",
                            .status = "red",
                            .value = "69.996",
                            .limit = "70",
                            .margin = "-0.004",
                            .needed = "impossible",
                            .needed_is = ">=",
                            .needed_of = "together",
                            .count = 2};
    test_subscribe(f, "id=a units=ahus");
    test_group(f, &c, 1);
    assert_non_null(strstr(test_text_of(f, "a", 1, "nb"),
                           "69,996 % mot 70 %, margin −0,004 prosentpoeng."));
    assert_non_null(
        strstr(test_text_of(f, "a", 1, "nb"),
               "ikke lenger nås i år, når nevnerne i periodene som gjenstår i "
               "snitt ikke er større enn i dem som er inne."));
}

/* As `status` and `explain` write them. */
static void numbers_are_grouped_and_say_what_they_count(void **state)
{
    struct test_notifier *f = *state;
    struct test_change c = {.target = "t1",
                            .unit = "ahus",
                            .status = "red",
                            .measure = "nok",
                            .value = "-50500000",
                            .limit = "30000000.5",
                            .margin = "-80500000.5",
                            .count = 2};
    test_subscribe(f, "id=a units=ahus");
    test_group(f, &c, 1);
    assert_non_null(strstr(test_text_of(f, "a", 1, "nb"),
                           "Verdien er −50 500 000,0 kr mot 30 000 000,5 kr, "
                           "margin −80 500 000,5 kr."));
    assert_non_null(strstr(test_text_of(f, "a", 1, "en"),
                           "The value is −50,500,000.0 NOK against "
                           "30,000,000.5 NOK, margin −80,500,000.5 NOK."));
    c = (struct test_change){.target = "t1",
                             .unit = "ahus",
                             .status = "red",
                             .last = "red",
                             .measure = "beds_per_1000",
                             .value = "75.4",
                             .limit = "78",
                             .margin = "2.6",
                             .count = 3};
    c.was = "yellow";
    c.last = "yellow";
    test_group(f, &c, 1);
    assert_non_null(strstr(test_text_of(f, "a", 2, "nb"),
                           "75,4 beds per 1000 mot 78 beds per 1000, margin "
                           "+2,6 beds per 1000."));
}

static void a_growth_is_told_as_one_in_percent(void **state)
{
    struct test_notifier *f = *state;
    struct test_change c = {.target = "t1",
                            .unit = "ahus",
                            .status = "red",
                            .value = "3.125",
                            .limit = "2",
                            .measure = "percent_change",
                            .count = 2};
    test_subscribe(f, "id=a units=ahus");
    test_group(f, &c, 1);
    assert_non_null(
        strstr(test_text_of(f, "a", 1, "nb"), "Veksten er 3,1 % mot 2 %"));
    assert_non_null(strstr(test_text_of(f, "a", 1, "en"),
                           "The growth is 3.1 % against 2 %"));
}

static void fifty_changes_are_told_and_the_rest_counted(void **state)
{
    struct test_notifier *f = *state;
    static struct test_change c[60];
    static char names[60][8];
    for (unsigned i = 0; i < 60; i++) {
        (void)snprintf(names[i], sizeof names[i], "x%02u", i);
        c[i] = (struct test_change){.target = names[i],
                                    .unit = "ahus",
                                    .status = i < 55 ? "yellow" : "red",
                                    .count = 1};
    }
    test_subscribe(f, "id=a units=ahus transitions=to-red,to-yellow");
    test_group(f, c, 60);
    const char *text = test_text_of(f, "a", 1, "nb");
    assert_non_null(strstr(text, "60 endringer, 5 til rødt."));
    assert_non_null(strstr(text, "RØDT: x59"));
    assert_non_null(strstr(text, "GULT: x44"));
    assert_null(strstr(text, "x45"));
    assert_non_null(strstr(text, "Og 10 til: se `maalvakt status`."));
    struct mv_list list;
    assert_true(mv_list_open(&list, test_notice(f, "a", 1).changes));
    assert_int_equal(list.left, 60);
}

/* --- lists -------------------------------------------------------------- */

static struct mv_buf rows;

static uint32_t test_ask(struct test_notifier *f, const struct mv_key *key,
                         const char *verb, const char *text)
{
    struct mv_err err = {0};
    struct notifier_page page = {
        .args = test_args_of(&f->bytes, text), .key = key, .now_ms = f->now_ms};
    assert_int_equal(mv_store_read_begin(f->store, &err), MV_OK);
    mv_rc rc = notifier_ask(f->n, mv_span_text(verb), &page, &f->no);
    assert_int_equal(mv_store_read_end(f->store, &err), MV_OK);
    mv_buf_done(&rows);
    rows = page.rows;
    return rc == MV_OK ? page.count : UINT32_MAX;
}

static void lists_show_each_what_is_its_own_and_operators_all(void **state)
{
    struct test_notifier *f = *state;
    uint64_t n = 0;
    struct mv_span text;
    test_subscribe(f, "id=a units=ahus");
    assert_string_equal(test_act(f, &f->other, "subscribe", "id=b units=ous"),
                        "");
    test_turns(f, "t2", "ous", "red", "green");
    f->now_ms += HOUR;
    test_turns(f, "t1", "ahus", "red", "green");
    f->now_ms += HOUR;
    assert_int_equal(test_ask(f, &f->owner, "subscriptions", ""), 1);
    assert_int_equal(test_ask(f, &f->operator_key, "subscriptions", ""), 2);
    assert_int_equal(test_ask(f, &f->owner, "queues", "subscription=b"),
                     UINT32_MAX);
    assert_int_equal(test_ask(f, &f->operator_key, "queues", ""), 2);
    /* the first row is the one with the oldest notice */
    assert_true(mv_map_u64(mv_buf_span(&rows), "age_ms", &n));
    assert_true(n == 2 * (uint64_t)HOUR);
    assert_true(mv_map_text(mv_buf_span(&rows), "subscription", &text));
    assert_true(mv_span_is(text, "b"));
    assert_int_equal(test_ask(f, &f->operator_key, "books", ""), 3);
    assert_int_equal(test_ask(f, &f->operator_key, "books", "subscription=a"),
                     1);
    test_tick(f, NOW + 30 * HOUR);
    assert_int_equal(test_ask(f, &f->operator_key, "dead", ""), 2);
    assert_int_equal(test_ask(f, &f->owner, "dead", ""), 1);
    char id[64];
    test_dead_id(f, id);
    assert_int_equal(test_ask(f, &f->owner, "dead-show", id), 2);
    assert_int_equal(test_ask(f, &f->other, "dead-show", id), UINT32_MAX);
    mv_buf_done(&rows);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, test_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_notice_says_what_where_and_why_in_two_languages),
        T(a_commission_and_its_reminder_are_told_in_words),
        T(a_person_s_word_is_told_beside_the_figures),
        T(a_value_of_some_of_the_units_says_of_how_many),
        T(a_member_is_told_by_its_title),
        T(what_cannot_fail_any_more_is_said_to_be_so),
        T(a_value_just_missed_is_not_shown_as_met),
        T(numbers_are_grouped_and_say_what_they_count),
        T(a_growth_is_told_as_one_in_percent),
        T(fifty_changes_are_told_and_the_rest_counted),
        T(lists_show_each_what_is_its_own_and_operators_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
