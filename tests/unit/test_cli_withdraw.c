/* `push --withdraw`: the file that was pushed by mistake names what is taken
 * back, and what was begun goes on as what it was. */
#include <stdlib.h>
#include <string.h>

#include "proto/msg.h"
#include "services/base/clock.h"
#include "services/base/hash.h"
#include "services/cli/parcel.h"
#include "services/cli/place.h"
#include "services/cli/spool.h"
#include "tests/support/place.h"
#include "tests/support/unit.h"

#define FAR INT64_C(4000000000000) /* a clock that was wrong once */

static char *dir;
static struct mv_err err;
static struct cli_sheet sheet;

static bool read_as(mv_table_kind kind, const char *text)
{
    cli_sheet_done(&sheet);
    sheet.kind = kind;
    return cli_sheet_read(&sheet, mv_span_text(text));
}

/* What ingest would read of it. */
static void assert_withdraws(const struct cli_sheet *s, uint32_t rows)
{
    struct mv_buf frame = {0};
    struct mv_delivery d = {0};
    struct mv_conflicts conflicts = {0};
    assert_int_equal(s->count, rows);
    cli_parcel_put(s, 0, s->count, "tall", 7, &frame);
    assert_true(mv_delivery_read(mv_buf_span(&frame), &d, &conflicts));
    assert_int_equal(d.kind, MV_TABLE_WITHDRAWAL);
    assert_int_equal(d.row_count, rows);
    mv_delivery_done(&d);
    mv_conflicts_done(&conflicts);
    mv_buf_done(&frame);
}

static void assert_name_and_time_alone(uint32_t i)
{
    const struct mv_row *r = &sheet.rows[i];
    assert_false(r->has_value || r->has_numerator);
    assert_int_equal(r->flag, 0);
    assert_null(r->note.at);
}

/* No figure of it was to be: so none of them is read. */
static void the_file_that_was_pushed_names_what_is_withdrawn(void **state)
{
    (void)state;
    assert_true(read_as(
        MV_TABLE_WITHDRAWAL,
        "indikator;medlem;enhet;periode;verdi;teller;nevner;flagg;tid;merknad\n"
        "v;som;a;2024;1.234;;;;2025-01-31;feil\n"
        "v;vop;a;2024;78,5;ca. 3;;forel;;side 3\n"
        "v;tsb;a;2024;7.25;;;;;\n"));
    assert_withdraws(&sheet, 3);
    for (uint32_t i = 0; i < 3; i++)
        assert_name_and_time_alone(i);
    assert_true(mv_span_is(sheet.rows[1].member, "vop"));
    assert_true(sheet.rows[0].has_time && !sheet.rows[1].has_time);
    assert_int_equal(sheet.lines[2], 4);
    assert_true(
        read_as(MV_TABLE_WITHDRAWAL, "indicator,unit,period\nv,a,2024\n"));
    assert_withdraws(&sheet, 1);
}

static void ndjson_names_what_is_withdrawn_too(void **state)
{
    (void)state;
    assert_true(read_as(
        MV_TABLE_WITHDRAWAL,
        "{\"indicator\":\"v\",\"unit\":\"a\",\"period\":\"2024\","
        "\"value\":\"78,5\",\"numerator\":1,\"flag\":7,\"note\":\"feil\"}\n"
        "{\"time\":1733011200000,\"indikator\":\"v\",\"enhet\":\"b\","
        "\"periode\":\"2024\"}\n"));
    assert_withdraws(&sheet, 2);
    assert_name_and_time_alone(0);
    assert_true(sheet.rows[1].has_time);
}

static void what_names_no_figure_is_told_by_its_line(void **state)
{
    (void)state;
    assert_false(read_as(MV_TABLE_WITHDRAWAL,
                         "indicator;unit;period;value;time\n"
                         "v;a;2024;1;\n;a;2024;1;\nv;b;2024;1;i går\n"));
    assert_int_equal(sheet.fault_count, 2);
    assert_int_equal(sheet.faults[0].line, 3);
    assert_int_equal(sheet.faults[0].word, CLI_W_CELL_EMPTY);
    assert_int_equal(sheet.faults[1].line, 4);
    assert_int_equal(sheet.faults[1].word, CLI_W_CELL_TIME);
    assert_withdraws(&sheet, 1); /* of --skip-bad: without value or flag */
    assert_withdraws(sheet.unread, 1);
    assert_false(read_as(MV_TABLE_WITHDRAWAL,
                         "indicator;unit;period;valeu\nv;a;2024;1\n"));
    assert_true(sheet.refused);
    assert_int_equal(sheet.faults[0].word, CLI_W_COLUMN_UNKNOWN);
}

static void the_same_names_as_figures_are_another_delivery(void **state)
{
    static const char text[] =
        "indicator;unit;period;flag\nv;a;2024;\nv;b;2024;\n";
    uint8_t figures[32], names[32], again[32];
    (void)state;
    assert_true(read_as(MV_TABLE_DELIVERY, text));
    cli_parcel_hash(&sheet, 0, 2, "tall", figures);
    assert_true(read_as(MV_TABLE_WITHDRAWAL, text));
    cli_parcel_hash(&sheet, 0, 2, "tall", names);
    cli_parcel_hash(&sheet, 0, 2, "tall", again);
    assert_memory_equal(names, again, 32);
    assert_memory_not_equal(figures, names, 32);
}

static struct cli_spool *open_spool(void)
{
    struct cli_spool *s = NULL;
    char *path = cli_path(dir, "spool");
    assert_int_equal(cli_spool_open(&s, path, 0, &err), MV_OK);
    free(path);
    return s;
}

static struct cli_entry *put(struct cli_spool *s, const char *producer,
                             bool withdrawal, int64_t made_ms)
{
    struct cli_entry e = {
        .rows = 1, .withdrawal = withdrawal, .made_ms = made_ms, .push = {1}};
    const uint32_t line = 2;
    struct cli_entry *in;
    (void)snprintf(e.producer, sizeof e.producer, "%s", producer);
    e.number = cli_spool_number(s, producer);
    assert_int_equal(
        cli_spool_put(s, &e, mv_span_text("frame"), &line, &in, &err), MV_OK);
    return in;
}

/* Whatever its name is: what was sent last is sent last again. */
static void the_spool_keeps_what_is_withdrawn_in_its_order(void **state)
{
    static const struct {
        const char *producer;
        bool withdrawal;
    } due[] = {{"q", false}, {"p", true}, {"r", true}, {"q", false}};
    struct cli_spool *s = open_spool();
    (void)state;
    for (size_t i = 0; i < CLI_COUNT(due); i++)
        (void)put(s, due[i].producer, due[i].withdrawal,
                  i == 0 ? FAR : cli_spool_now(s));
    for (int opened = 0; opened < 2; opened++) {
        assert_int_equal(cli_spool_count(s), CLI_COUNT(due));
        for (size_t i = 0; i < CLI_COUNT(due); i++) {
            const struct cli_entry *e = cli_spool_at(s, i);
            assert_string_equal(e->producer, due[i].producer);
            assert_int_equal(e->withdrawal, due[i].withdrawal);
        }
        cli_spool_close(s);
        s = open_spool();
    }
    cli_spool_close(s);
}

static void the_same_is_news_once_it_was_withdrawn(void **state)
{
    struct cli_spool *s = open_spool();
    const struct cli_entry *figures, *names;
    (void)state;
    figures = put(s, "tall", false, cli_spool_now(s));
    (void)put(s, "andre", false, cli_spool_now(s));
    assert_false(cli_spool_turned(s, figures));
    names = put(s, "bort", true, cli_spool_now(s));
    assert_true(cli_spool_turned(s, figures));
    assert_false(cli_spool_turned(s, names));
    (void)put(s, "tall", false, cli_spool_now(s));
    assert_true(cli_spool_turned(s, names));
    cli_spool_close(s);
}

static void answer(struct cli_spool *s, struct cli_entry *e, const char *result)
{
    const struct mv_msg_answer m = {.number = e->number,
                                    .has_number = true,
                                    .result = mv_span_text(result)};
    struct mv_buf b = {0};
    mv_msg_answer_encode(&m, &b);
    assert_int_equal(cli_spool_answer(s, e, mv_buf_span(&b), &err), MV_OK);
    mv_buf_done(&b);
}

/* Nothing of it is stored. */
static void what_was_rejected_withdrew_nothing(void **state)
{
    struct cli_spool *s = open_spool();
    const struct cli_entry *figures;
    (void)state;
    figures = put(s, "tall", false, cli_spool_now(s));
    answer(s, put(s, "bort", true, cli_spool_now(s)), "rejected");
    assert_false(cli_spool_turned(s, figures));
    answer(s, put(s, "bort", true, cli_spool_now(s)), "accepted");
    assert_true(cli_spool_turned(s, figures));
    cli_spool_close(s);
}

static int begin(void **state)
{
    (void)state;
    dir = mv_test_dir(false);
    return 0;
}

static int tidy(void **state)
{
    (void)state;
    cli_sheet_done(&sheet);
    mv_test_dir_done(dir);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, tidy)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_file_that_was_pushed_names_what_is_withdrawn),
        TEST(ndjson_names_what_is_withdrawn_too),
        TEST(what_names_no_figure_is_told_by_its_line),
        TEST(the_same_names_as_figures_are_another_delivery),
        TEST(the_spool_keeps_what_is_withdrawn_in_its_order),
        TEST(the_same_is_news_once_it_was_withdrawn),
        TEST(what_was_rejected_withdrew_nothing),
    };
    if (mv_hash_init(&err) != MV_OK || mv_clock_init(&err) != MV_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
