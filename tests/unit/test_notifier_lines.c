/* The text of a notice that names several changes, also of one target or
 * commission, year and unit: it ends where they do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/msg.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/notifier/queue.h"
#include "services/notifier/read.h"
#include "services/notifier/text.h"
#include "tests/support/notices.h"
#include "tests/support/unit.h"

#define RED   "RØDT: t1 – ahus, 2024."
#define CAUSE "Årsak: nye tall (journalpost 2, rad 1).\n"

static int make(void **state)
{
    return test_make_with(state, 1000);
}

static int make_small(void **state)
{
    return test_make_with(state, 4);
}

static const char *text_of(struct test_notifier *f, uint64_t number,
                           const char *language)
{
    static char text[32768];
    struct mv_span span;
    assert_true(mv_map_text(test_notice(f, "a", number).text, language, &span));
    (void)snprintf(text, sizeof text, "%.*s", (int)span.len,
                   (const char *)span.at);
    return text;
}

static const char *whole(const char *language, const struct notifier_telling *t)
{
    static char text[1024];
    struct mv_buf packed = {0};
    struct mv_span span;
    notifier_text_pack(t, &packed);
    assert_true(mv_map_text(mv_buf_span(&packed), language, &span));
    (void)snprintf(text, sizeof text, "%.*s", (int)span.len,
                   (const char *)span.at);
    mv_buf_done(&packed);
    return text;
}

static void the_first_line_counts_and_the_last_says_why(void **state)
{
    (void)state;
    struct mv_buf bytes = {0}, cause = {0};
    struct mv_msg_change c = {.target = mv_span_text("t1"),
                              .year = 2024,
                              .unit = mv_span_text("ahus"),
                              .status = mv_span_text("red"),
                              .was_status = mv_span_text("green")};
    struct mv_msg_cause why = {.kind = mv_span_text("clock"), .seq = 12345};
    mv_msg_change_encode(&c, &bytes);
    mv_msg_cause_encode(&why, &cause);
    struct mv_span two[] = {mv_buf_span(&bytes), mv_buf_span(&bytes)};
    const struct notifier_line each[2] = {{.changes = 1}, {.changes = 1}};
    struct notifier_telling t = {.lines = each,
                                 .changes = two,
                                 .count = 2,
                                 .of = 2,
                                 .total = 2,
                                 .cause = mv_buf_span(&cause)};
    assert_string_equal(whole("nb", &t),
                        "2 endringer.\n" RED "\n" RED "\n"
                        "Årsak: en frist gikk ut (journalpost 12 345).\n");
    t.red = 2;
    t.back = 1;
    t.total = t.of = 10003;
    mv_buf_clear(&cause);
    why.has_row = true;
    why.row = 0;
    mv_msg_cause_encode(&why, &cause);
    t.cause = mv_buf_span(&cause);
    assert_string_equal(
        whole("nb", &t),
        "10 003 endringer, 2 til rødt, 1 tilbake fra rødt.\n" RED "\n" RED
        "\nOg 10 001 til: se `maalvakt status`.\n"
        "Årsak: en frist gikk ut (journalpost 12 345, rad 0).\n");
    assert_string_equal(
        whole("en", &t),
        "10,003 changes, 2 to red, 1 back from red.\n"
        "RED: t1 – ahus, 2024.\nRED: t1 – ahus, 2024.\n"
        "And 10,001 more: see `maalvakt status`.\n"
        "Cause: a date passed (journal record 12,345, row 0).\n");
    mv_buf_done(&cause);
    mv_buf_done(&bytes);
}

/* Of t1 at ahus, from a status to another. */
static struct test_change turn(const char *was, const char *last,
                               const char *status)
{
    static unsigned count = 10;
    return (struct test_change){.target = "t1",
                                .unit = "ahus",
                                .status = status,
                                .was = was,
                                .last = last,
                                .count = ++count};
}

static void send(struct test_notifier *f, const char *was, const char *status)
{
    struct test_change c = turn(was, was, status);
    test_group(f, &c, 1);
}

static void a_merged_notice_ends_on_the_last_colour(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a units=ahus");
    for (unsigned i = 0; i < 5; i++)
        send(f, i % 2 == 0 ? "green" : "red", i % 2 == 0 ? "red" : "green");
    assert_int_equal(test_head(f, "a"), 6); /* of the first four */
    assert_string_equal(test_told(test_notice(f, "a", 6).changes),
                        "red ahus t1; green ahus t1; red ahus t1; green ahus "
                        "t1");
    assert_string_equal(text_of(f, 6, "nb"),
                        "4 endringer i én status, 2 til rødt, 2 tilbake fra "
                        "rødt.\n"
                        "GRØNT: t1 – ahus, 2024. Før de 4 endringene her: "
                        "grønt.\n"
                        "Flere varsler er slått sammen til dette.\n");
    assert_string_equal(text_of(f, 6, "en"),
                        "4 changes of one status, 2 to red, 2 back from red.\n"
                        "GREEN: t1 – ahus, 2024. Before the 4 changes here: "
                        "green.\n"
                        "Several notices were merged into this one.\n");
}

/* Reds first, and each in the order of the log. */
static void each_has_one_line_of_its_own(void **state)
{
    struct test_notifier *f = *state;
    struct test_change c[6] = {
        turn("green", "green", "yellow"), turn("none", NULL, "yellow"),
        turn("red", "red", "none"),       turn("yellow", "yellow", "green"),
        turn("none", "red", "green"),     turn("yellow", "yellow", "red"),
    };
    c[0].target = c[3].target = "t2"; /* to green */
    c[2].unit = c[4].unit = "sunnaas";
    test_subscribe(f, "id=a regions=hso "
                      "transitions=to-red,to-yellow,to-green,to-none");
    test_group(f, c, 6);
    assert_string_equal(
        text_of(f, 1, "nb"),
        "6 endringer i 3 statuser, 1 til rødt, 1 tilbake fra rødt.\n"
        "RØDT: t1 – ahus, 2024. Før de 2 endringene her: uten status.\n"
        "GRØNT: t2 – ahus, 2024. Før de 2 endringene her: grønt.\n"
        "GRØNT: t1 – sunnaas, 2024. Før de 2 endringene her: rødt.\n" CAUSE);
    struct test_change again = turn("none", "red", "red");
    test_group(f, &again, 1);
    assert_non_null(strstr(text_of(f, 2, "nb"), "Før: uten status, sist rødt"));
}

/* What stood in the queue behind the next ones is older than they are. */
static void what_was_requeued_is_as_old_as_it_is(void **state)
{
    struct test_notifier *f = *state;
    struct test_change other[3] = {turn("green", "green", "red"),
                                   turn("red", "red", "green"),
                                   turn("green", "green", "red")};
    test_subscribe(f, "id=a units=ahus");
    send(f, "yellow", "red");
    test_tick(f, NOW + 25 * HOUR);
    send(f, "red", "green");
    assert_string_equal(test_act(f, &f->operator_key, "requeue", "all=true"),
                        "");
    for (unsigned i = 0; i < 3; i++) {
        other[i].target = "t2";
        test_group(f, &other[i], 1);
    }
    uint64_t merged = test_head(f, "a");
    assert_string_equal(test_told(test_notice(f, "a", merged).changes),
                        "green ahus t1; red ahus t1; red ahus t2; green ahus "
                        "t2");
    assert_string_equal(text_of(f, merged, "nb"),
                        "4 endringer i 2 statuser, 2 til rødt, 2 tilbake fra "
                        "rødt.\n"
                        "GRØNT: t1 – ahus, 2024. Før de 2 endringene her: "
                        "gult.\n"
                        "GRØNT: t2 – ahus, 2024. Før de 2 endringene her: "
                        "grønt.\n"
                        "Flere varsler er slått sammen til dette.\n");
}

static void a_reminder_changes_nothing_and_says_what_is_now(void **state)
{
    struct test_notifier *f = *state;
    struct test_change c[2] = {turn("green", "green", "yellow"),
                               turn("yellow", "green", "yellow")};
    for (unsigned i = 0; i < 2; i++) {
        c[i].target = NULL;
        c[i].commission = "1340";
    }
    c[1].reminder = "2024-10-15";
    test_subscribe(f, "id=a units=ahus transitions=to-yellow,reminder");
    test_group(f, c, 2);
    assert_string_equal(text_of(f, 1, "nb"),
                        "2 endringer i én status.\n"
                        "PÅMINNELSE: 1340 – ahus, 2024. Fristen er 2024-10-15, "
                        "og det er ikke levert. Nå: gult. Før: grønt.\n" CAUSE);
    struct test_change first = c[1], then = turn("yellow", "yellow", "green");
    then.target = NULL;
    then.commission = "1340";
    const struct test_change both[] = {first, then};
    test_subscribe(f, "id=b units=ahus transitions=to-green,reminder");
    test_group(f, both, 2);
    struct mv_span span;
    assert_true(mv_map_text(test_notice(f, "b", 1).text, "en", &span));
    static const char says[] = "2 changes of one status.\n"
                               "GREEN: 1340 – ahus, 2024. Before: yellow.\n";
    assert_memory_equal(span.at, says, sizeof says - 1);
}

/* Its number stands in the text, though its place in the list is for keys. */
#define MANY 3000u
static void the_last_one_is_told_whole_however_many_there_are(void **state)
{
    struct test_notifier *f = *state;
    static struct test_change c[MANY];
    struct mv_list list;
    struct mv_span item = {0}, value;
    for (unsigned i = 0; i < MANY; i++)
        c[i] = i % 2 == 0 ? turn("green", "green", "red")
                          : turn("red", "red", "green");
    c[MANY - 1].value = "72.5";
    c[MANY - 1].limit = "70";
    test_subscribe(f, "id=a units=ahus");
    test_group(f, c, MANY);
    assert_string_equal(text_of(f, 1, "nb"),
                        "3000 endringer i én status, 1500 til rødt, 1500 "
                        "tilbake fra rødt.\n"
                        "GRØNT: t1 – ahus, 2024. Verdien er 72,5 % mot 70 %. "
                        "Før de 3000 endringene her: grønt.\n" CAUSE);
    struct mv_span changes = test_notice(f, "a", 1).changes;
    assert_true(mv_list_open(&list, changes));
    assert_int_equal(list.left, MANY);
    while (mv_list_next(&list, &item))
        ;
    assert_false(mv_map_text(item, "value", &value));
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, test_drop)
#define S(name) cmocka_unit_test_setup_teardown(name, make_small, test_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_line_counts_and_the_last_says_why),
        S(a_merged_notice_ends_on_the_last_colour),
        T(each_has_one_line_of_its_own),
        S(what_was_requeued_is_as_old_as_it_is),
        T(a_reminder_changes_nothing_and_says_what_is_now),
        T(the_last_one_is_told_whole_however_many_there_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
