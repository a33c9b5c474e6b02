/* What `maalvakt queues`, `health` and `notices` print of rows. */
#include <string.h>

#include "proto/pack.h"
#include "services/base/clock.h"
#include "services/cli/health_text.h"
#include "services/cli/notice_text.h"
#include "services/cli/queue_table.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

#define NOW_MS  INT64_C(1733011200000)
#define HELD_MS 7200000

static int says(struct screen *s, const char *text)
{
    return strstr(screen_text(s), text) != NULL;
}

static void put(struct cli_pages *rows, const char *id, int64_t age_ms,
                uint64_t ready, int64_t seen_ms, bool paused)
{
    struct mv_buf b = {0};
    mv_pack_map(&b, 8);
    mv_pack_kv_i64(&b, "age_ms", age_ms);
    mv_pack_kv_cstr(&b, "subscription", id);
    mv_pack_kv_u64(&b, "ready", ready);
    mv_pack_kv_u64(&b, "in_flight", 0);
    mv_pack_kv_u64(&b, "dead", 3);
    /* the one that is held is new */
    mv_pack_kv_u64(&b, "delivered", age_ms == HELD_MS ? 0 : 12345);
    mv_pack_kv_i64(&b, "seen_ms", seen_ms);
    mv_pack_kv_bool(&b, "paused", paused);
    cli_queue_put(rows, mv_buf_span(&b));
    mv_buf_done(&b);
}

static void fill(struct cli_pages *rows, bool paused)
{
    const struct cli_stream stream = {"journal", CLI_INGEST, CLI_EVALUATOR,
                                      CLI_OK,    CLI_INGEST, 100,
                                      90,        "asking"};
    put(rows, "young", 5000, 2, NOW_MS - 3000, false);
    put(rows, "empty", 0, 0, 0, false);
    put(rows, "held", HELD_MS, 1, 0, paused);
    cli_stream_put(rows, &stream, 60000, 1);
    cli_queues_sort(rows);
}

static void the_oldest_stands_first_whatever_queue_it_is_in(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    (void)state;
    screen_open(&s, MV_LANG_EN, 0);
    fill(&rows, true);
    cli_queues_show(&s.cli, &rows, NOW_MS);
    const char *held = strstr(screen_text(&s), "held");
    const char *stream = strstr(screen_text(&s), "journal > evaluator");
    const char *young = strstr(screen_text(&s), "young");
    const char *empty = strstr(screen_text(&s), "empty");
    assert_true(held != NULL && held < stream && stream < young &&
                young < empty);
    cli_pages_done(&rows);
    screen_close(&s);
}

static void an_age_that_nobody_was_asked_for_is_not_told(void **state)
{
    const struct cli_stream stream = {"journal", CLI_INGEST, CLI_EVALUATOR,
                                      CLI_OK,    CLI_INGEST, 100,
                                      90,        "silent"};
    struct screen s;
    struct cli_pages rows = {0};
    (void)state;
    screen_open(&s, MV_LANG_EN, 0);
    cli_stream_put(&rows, &stream, -1, 0);
    cli_queues_show(&s.cli, &rows, NOW_MS);
    assert_true(says(&s, "–  journal > evaluator"));
    assert_false(says(&s, "0 s"));
    cli_pages_json(&s.cli, &rows);
    assert_true(says(&s, "\"ready\":10"));
    assert_false(says(&s, "age_ms"));
    cli_pages_done(&rows);
    screen_close(&s);
}

static void a_queue_says_its_age_its_dead_and_who_reads(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    (void)state;
    screen_open(&s, MV_LANG_EN, 0);
    fill(&rows, true);
    cli_queues_show(&s.cli, &rows, NOW_MS);
    assert_true(says(&s, "5 s"));
    assert_true(says(&s, "12,345"));
    assert_true(says(&s, "pulled 3 s ago"));
    assert_true(says(&s, "not pulled since the notifier started"));
    assert_false(says(&s, "nothing pulled yet"));
    assert_true(says(&s, "paused"));
    assert_true(says(&s, "connected"));
    cli_pages_done(&rows);
    fill(&rows, false);
    cli_queues_show(&s.cli, &rows, NOW_MS);
    assert_true(says(&s, "nothing pulled yet"));
    cli_pages_done(&rows);
    screen_close(&s);
}

static void put_all_counts(struct cli_pages *rows, const char *id)
{
    static const char *const keys[] = {"retry", "dead", "delivered",
                                       "made_per_minute",
                                       "delivered_per_minute"};
    struct mv_buf b = {0};
    mv_pack_map(&b, 4 + CLI_COUNT(keys));
    mv_pack_kv_i64(&b, "age_ms", 5000);
    mv_pack_kv_cstr(&b, "subscription", id);
    mv_pack_kv_u64(&b, "ready", 0);
    mv_pack_kv_u64(&b, "in_flight", 9);
    for (size_t i = 0; i < CLI_COUNT(keys); i++)
        mv_pack_kv_u64(&b, keys[i], 11 + i);
    cli_queue_put(rows, mv_buf_span(&b));
    mv_buf_done(&b);
}

/* Every number in its column; of the same age by name; what is in the air
 * waits too; what is tried again and what is dead has a colour. */
static void each_count_of_a_queue_stands_in_its_column(void **state)
{
    const struct cli_stream stream = {"changes", CLI_EVALUATOR, CLI_NOTIFIER,
                                      CLI_OK,    CLI_INGEST,    100,
                                      90,        "diverged"};
    struct screen s;
    struct cli_pages rows = {0};
    (void)state;
    screen_open(&s, MV_LANG_NB, 0);
    put_all_counts(&rows, "b");
    put_all_counts(&rows, "a");
    cli_stream_put(&rows, &stream, 4000, 7);
    cli_queues_sort(&rows);
    cli_queues_show(&s.cli, &rows, NOW_MS);
    const char *a = strstr(screen_text(&s), " s  a   ");
    assert_true(
        says(&s, "   0    9        11    12      13       14      15  "));
    assert_non_null(a);
    assert_true(strstr(screen_text(&s), " s  b ") > a);
    assert_true(says(&s, "4 s  changes > notifier    10    0  "));
    assert_true(says(&s, "     7      90 "));
    assert_true(says(&s, "har en annen historie"));
    screen_close(&s);
    screen_open(&s, MV_LANG_NB, 0);
    s.cli.colour = true;
    cli_queues_show(&s.cli, &rows, NOW_MS);
    assert_true(says(&s, "\x1b[33m11\x1b[0m"));
    assert_true(says(&s, "\x1b[31m12\x1b[0m"));
    cli_pages_done(&rows);
    screen_close(&s);
}

/* Its reader had more of a journal that an older one was put in place of. */
static void nothing_waits_for_a_reader_that_is_ahead(void **state)
{
    const struct cli_stream stream = {"journal", CLI_INGEST, CLI_EVALUATOR,
                                      CLI_OK,    CLI_INGEST, 90,
                                      100,       "diverged"};
    struct cli_pages rows = {0};
    struct mv_span row;
    (void)state;
    cli_stream_put(&rows, &stream, 0, 0);
    struct mv_list l = cli_pages_walk(&rows);
    assert_true(mv_list_next(&l, &row));
    assert_int_equal(cli_get_u64(row, "ready"), 0);
    assert_int_equal(cli_get_u64(row, "delivered"), 100);
    cli_pages_done(&rows);
}

static void queues_fit_a_terminal_of_80(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    (void)state;
    screen_open(&s, MV_LANG_NB, 80);
    put(&rows, "a-subscription-with-a-name-that-is-very-long-indeed-and-more",
        5000, 2, NOW_MS - 3000, false);
    fill(&rows, true);
    cli_queues_show(&s.cli, &rows, NOW_MS);
    assert_in_range(screen_widest(&s), 60, 80);
    cli_pages_done(&rows);
    screen_close(&s);
}

static void health_is_good_only_if_every_finding_is(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    (void)state;
    screen_open(&s, MV_LANG_EN, 0);
    cli_health_put(&rows, "ingest", 1, mv_span_text("answers"), true,
                   mv_span_text(""));
    assert_true(cli_health_good(&rows));
    cli_health_put(&rows, "ingest", 3, mv_span_text("clock"), false,
                   mv_span_text("set the clock right"));
    assert_false(cli_health_good(&rows));
    cli_health_show(&s.cli, &rows);
    assert_true(says(&s, "answers"));
    assert_true(says(&s, "clock"));
    assert_true(says(&s, "set the clock right"));
    assert_true(says(&s, "Something is wrong."));
    cli_pages_done(&rows);
    screen_close(&s);
}

static void a_notice_keeps_its_lines_and_loses_what_harms(void **state)
{
    struct screen s;
    struct mv_buf b = {0};
    (void)state;
    mv_pack_map(&b, 4);
    mv_pack_kv_u64(&b, "number", 3);
    mv_pack_kv_cstr(&b, "id", "0123456789abcdef0123456789abcdef");
    mv_pack_kv_i64(&b, "made_ms", NOW_MS);
    mv_pack_cstr(&b, "text");
    mv_pack_map(&b, 2);
    mv_pack_kv_cstr(&b, "nb", "Rødt: epikriser\nahus: 66,7 %\x1b[2J");
    mv_pack_kv_cstr(&b, "en", "Red");
    screen_open(&s, MV_LANG_NB, 80);
    cli_notice_show(&s.cli, mv_buf_span(&b));
    assert_true(says(&s, "Rødt: epikriser\nahus: 66,7 %"));
    assert_true(says(&s, "0123456789abcdef0123456789abcdef"));
    assert_false(says(&s, "\x1b"));
    mv_buf_done(&b);
    screen_close(&s);
}

static void a_notice_that_has_ended_says_by_which_rule(void **state)
{
    struct screen s;
    struct mv_buf b = {0};
    (void)state;
    mv_pack_map(&b, 3);
    mv_pack_kv_u64(&b, "number", 3);
    mv_pack_kv_cstr(&b, "id", "0123456789abcdef0123456789abcdef");
    mv_pack_kv_cstr(&b, "ended", "merged");
    screen_open(&s, MV_LANG_EN, 80);
    cli_notice_show(&s.cli, mv_buf_span(&b));
    assert_true(says(&s, "was not delivered: merged"));
    mv_buf_done(&b);
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oldest_stands_first_whatever_queue_it_is_in),
        cmocka_unit_test(a_queue_says_its_age_its_dead_and_who_reads),
        cmocka_unit_test(an_age_that_nobody_was_asked_for_is_not_told),
        cmocka_unit_test(each_count_of_a_queue_stands_in_its_column),
        cmocka_unit_test(nothing_waits_for_a_reader_that_is_ahead),
        cmocka_unit_test(queues_fit_a_terminal_of_80),
        cmocka_unit_test(health_is_good_only_if_every_finding_is),
        cmocka_unit_test(a_notice_keeps_its_lines_and_loses_what_harms),
        cmocka_unit_test(a_notice_that_has_ended_says_by_which_rule),
    };
    struct mv_err err = {0};
    if (mv_clock_init(&err) != MV_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
