#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/limits.h"
#include "proto/msg.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/evaluator/live.h"
#include "tests/support/asked.h"
#include "tests/support/evaluated_random.h"
#include "tests/support/unit.h"

static void status_lists_every_target_and_unit_in_order(void **state)
{
    struct fixture *f = *state;
    static const char *const units[] = {"hso", "ahus", "ous"};
    static const char *const statuses[] = {"yellow", "yellow", "green"};
    assert_int_equal(ask(f, "status", ""), MV_OK);
    assert_int_equal(f->a.rows, 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_string_equal(text(f, i, "unit"), units[i]);
        assert_string_equal(text(f, i, "status"), statuses[i]);
        assert_string_equal(text(f, i, "region"), "hso");
    }
    assert_string_equal(text(f, 1, "value"), "50");
    assert_string_equal(text(f, 1, "limit"), "70");
    assert_string_equal(text(f, 1, "margin"), "-20");
    assert_string_equal(text(f, 1, "measure"), "percent");
}

static void status_says_on_how_much_a_colour_rests(void **state)
{
    struct fixture *f = *state;
    struct mv_span basis;
    struct mv_list named;
    uint64_t parts = 0, none = 0, units = 0, of = 0;
    assert_int_equal(ask(f, "status", "unit=ous"), MV_OK);
    assert_true(mv_map_u64(f->a.row[0], "parts", &parts));
    assert_true(mv_map_u64(f->a.row[0], "parts_none", &none));
    assert_int_equal(parts, 3);
    assert_int_equal(none, 2);
    assert_true(mv_map_find(f->a.row[0], "parts_none_titles", &basis));
    assert_true(mv_list_open(&named, basis) && named.left == 2);
    assert_true(mv_list_next(&named, &basis));
    assert_true(mv_map_text(basis, "nb", &basis));
    assert_true(mv_span_is(basis, "Voksne"));
    static const char *const keys[] = {"parts_green", "parts_yellow",
                                       "parts_red"};
    static const uint64_t of_hso[] = {1, 0, 1};
    assert_int_equal(ask(f, "status", "unit=hso"), MV_OK);
    assert_string_equal(text(f, 0, "status"), "yellow");
    for (size_t i = 0; i < 3; i++) {
        assert_true(mv_map_u64(f->a.row[0], keys[i], &parts));
        assert_int_equal(parts, of_hso[i]);
    }
    assert_true(mv_map_find(f->a.row[0], "basis", &basis));
    assert_true(mv_map_u64(basis, "units", &units));
    assert_true(mv_map_u64(basis, "of_units", &of));
    assert_int_equal(units, 2);
    assert_int_equal(of, 3);
}

/* Of four that are none which, of five only how many. */
static void status_names_so_many_parts_that_are_none(void **state)
{
    struct fixture *f = *state;
    static const char indicators[] =
        "indicators:\n"
        "  - {id: i, title: I, measure: count, frequency: A, over_periods: "
        "sum,\n     over_units: sum, by: trust, dimension: {id: d, total: sum,"
        "\n     members: {a: A, b: B, c: C, d: D, e: E, f: F}}}\n";
    static const char targets[] =
        "targets:\n"
        "  - {id: t, year: 2024, text: T, indicator: i, scope: [trust],\n"
        "     require: ['each d: value > 1']}\n";
    static const char *const sent[] = {"i a ahus 2024 2\n",
                                       "i b ahus 2024 2\n"};
    test_journal_catalogue(&f->j, NULL, indicators, targets);
    for (uint32_t i = 0; i < 2; i++) {
        struct mv_span titles;
        struct mv_list named = {.left = 0};
        uint64_t none = 0;
        test_journal_delivery(&f->j, sent[i]);
        test_world_run(&f->w, &f->j, 0, 10);
        assert_int_equal(ask(f, "status", "unit=ahus"), MV_OK);
        assert_true(mv_map_u64(f->a.row[0], "parts_none", &none));
        assert_int_equal(none, 5 - i);
        bool names = mv_map_find(f->a.row[0], "parts_none_titles", &titles);
        assert_int_equal(names, none == 4);
        if (names)
            assert_true(mv_list_open(&named, titles) && named.left == 4);
    }
}

static void status_says_since_when(void **state)
{
    struct fixture *f = *state;
    int64_t ms = 0;
    uint64_t seq = 0;
    struct mv_span raw;
    assert_int_equal(ask(f, "status", "unit=ahus"), MV_OK);
    assert_true(mv_map_u64(f->a.row[0], "since", &seq));
    assert_true(mv_map_find(f->a.row[0], "since_ms", &raw));
    assert_true(mv_value_i64(raw, &ms));
    assert_true(seq > 0 && ms > 0);
    assert_true(ms == test_journal_record(&f->j, seq).received_ms);
}

/* A row for each criterion, here one of each member, with its series. */
static void report_tells_each_criterion_and_its_series(void **state)
{
    struct fixture *f = *state;
    struct mv_span series, years, row, raw;
    struct mv_list list;
    uint64_t year = 0;
    assert_int_equal(ask(f, "report", "unit=ous year=2024"), MV_OK);
    assert_int_equal(f->a.rows, 3);
    assert_string_equal(text(f, 0, "member"), "som");
    assert_string_equal(text(f, 0, "status"), "green");
    assert_string_equal(text(f, 0, "value"), "80");
    assert_string_equal(text(f, 2, "reason"), "withdrawn");
    assert_true(mv_map_find(f->a.row[0], "series", &series));
    assert_true(mv_map_text(series, "line", &raw) && mv_span_is(raw, "70"));
    assert_true(mv_map_find(series, "years", &years));
    assert_true(mv_list_open(&list, years) && list.left == 2);
    assert_true(mv_list_next(&list, &row) && mv_map_u64(row, "year", &year));
    assert_int_equal(year, 2023);
    assert_true(mv_map_find(series, "points", &years));
    assert_true(mv_list_open(&list, years) && list.left == 1);
    assert_true(mv_list_next(&list, &row) && mv_map_text(row, "period", &raw));
    assert_true(mv_span_is(raw, "2024-T1"));
    assert_int_equal(ask(f, "report", "unit=nowhere year=2024"), MV_AGAIN);
    assert_int_equal(ask(f, "report", "unit=ous"), MV_AGAIN);
}

/* T1 of 2024 was due on 14 June: ahus lacks tsb, which it sent last year. */
/* What is pushed is days; what is compared is the growth of them, a percent. */
static void status_is_in_the_measure_of_what_is_compared(void **state)
{
    struct fixture *f = *state;
    static const char indicators[] =
        "indicators:\n"
        "  - {id: wait, title: W, measure: days, frequency: A, better: lower,\n"
        "     decimals: 0, over_periods: mean, over_units: none, by: trust}\n";
    static const char targets[] =
        "targets:\n"
        "  - {id: grows, year: 2024, text: T, indicator: wait,\n"
        "     scope: [trust], require: [growth(-1) < 2 %]}\n"
        "  - {id: value, year: 2024, text: T, indicator: wait,\n"
        "     scope: [trust], require: [value < 60 days]}\n";
    static const char *const measures[] = {"percent_change", "days"};
    static const uint64_t decimals[] = {1, 0};
    test_journal_catalogue(&f->j, NULL, indicators, targets);
    test_journal_delivery(&f->j, "wait - ous 2023 64\n"
                                 "wait - ous 2024 66\n");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(ask(f, "status", "unit=ous"), MV_OK);
    assert_int_equal(f->a.rows, 2);
    for (uint32_t i = 0; i < 2; i++) {
        uint64_t n = 9;
        assert_string_equal(text(f, i, "measure"), measures[i]);
        assert_true(mv_map_u64(f->a.row[i], "decimals", &n) &&
                    n == decimals[i]);
    }
    assert_string_equal(text(f, 0, "value"), "3.125");
}

static void status_filters_by_each_of_its_arguments(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *args;
        uint32_t rows;
    } cases[] = {
        {"year=2024", 3},     {"year=2023", 0},   {"unit=ous", 1},
        {"target=1535", 3},   {"target=1536", 0}, {"region=hso", 3},
        {"status=yellow", 2}, {"status=red", 0},  {"status=green unit=ous", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(ask(f, "status", cases[i].args), MV_OK);
        assert_int_equal(f->a.rows, cases[i].rows);
    }
}

static void pages_follow_each_other_and_lose_nothing(void **state)
{
    struct fixture *f = *state;
    struct mv_buf units = {0}, args = {0};
    mv_buf_text(&units, "units:\n  - {id: hso, name: R, kind: region}\n"
                        "  - {id: own, name: O, kind: own, parent: hso}\n");
    for (int i = 0; i < 2500; i++)
        mv_buf_printf(
            &units, "  - {id: u%04d, name: U, kind: trust, parent: hso}\n", i);
    test_journal_catalogue(&f->j, mv_buf_cstr(&units), NULL, NULL);
    test_world_run(&f->w, &f->j, 0, 1);
    uint32_t total = 0, pages = 0;
    uint64_t from = 0;
    char last[64] = "";
    do {
        mv_buf_clear(&args);
        mv_buf_printf(&args, "from=%llu", (unsigned long long)from);
        assert_int_equal(ask(f, "status", mv_buf_cstr(&args)), MV_OK);
        assert_true(f->a.page.rows.len < MV_MAX_REPLY_BYTES - 4096);
        from = 0;
        uint32_t rows = f->a.rows;
        if (f->a.page.next != 0)
            assert_true(mv_map_u64(f->a.row[--rows], "next", &from));
        for (uint32_t i = 0; i < rows; i++) {
            if (total + i > 1) /* after the region */
                assert_true(strcmp(last, text(f, i, "unit")) < 0);
            (void)snprintf(last, sizeof last, "%s", text(f, i, "unit"));
        }
        total += rows;
        pages++;
    } while (from != 0);
    assert_int_equal(total, 2501);
    assert_true(pages > 2);
    mv_buf_done(&units);
    mv_buf_done(&args);
}

/* Of the delivery that brought the figure. */
static uint64_t row_of(const struct fixture *f, uint32_t row)
{
    uint64_t n = 99;
    assert_true(mv_map_u64(f->a.row[row], "row", &n));
    return n;
}

static void explain_gives_judgement_criteria_and_figures(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(ask(f, "explain", "target=1535 unit=hso year=2024"),
                     MV_OK);
    assert_int_equal(f->a.rows, 1 + 2 + 3 + 5 + 4);
    static const char *const what[] = {"judgement", "rule",      "indicator",
                                       "criterion", "criterion", "criterion",
                                       "term",      "weight",    "weight",
                                       "term",      "weight",    "figure"};
    for (uint32_t i = 0; i < sizeof what / sizeof what[0]; i++)
        assert_string_equal(text(f, i, "what"), what[i]);
    assert_string_equal(text(f, 1, "combine"), "part");
    assert_string_equal(text(f, 1, "forecast"), "none");
    assert_string_equal(text(f, 2, "over_units"), "ratio");
    assert_string_equal(text(f, 6, "numerator"), "130");
    assert_string_equal(text(f, 6, "of_member"), "som");
    assert_string_equal(text(f, 6, "member_title"), "Somatikk");
    assert_string_equal(text(f, 6, "of_member_title"), "Somatikk");
    assert_string_equal(text(f, 11, "member_title"), "Somatikk");
    assert_string_equal(text(f, 3, "criterion"), "Somatikk");
    assert_string_equal(text(f, 7, "unit"), "ahus");
    assert_string_equal(text(f, 7, "share"), "50");
    assert_string_equal(text(f, 7, "pull"), "-15");
    assert_string_equal(text(f, 8, "pull"), "15");
    assert_string_equal(text(f, 11, "unit"), "ahus");
    assert_string_equal(text(f, 11, "numerator"), "50");
    assert_string_equal(text(f, 12, "flag"), "P");
    uint64_t seq;
    assert_true(mv_map_u64(f->a.row[14], "seq", &seq));
    assert_int_equal(seq, 4);
    assert_int_equal(row_of(f, 11), 1); /* the first of its delivery */
    assert_int_equal(row_of(f, 12), 2);
    assert_int_equal(row_of(f, 13), 3);
    assert_int_equal(ask(f, "explain", "target=1535 unit=hso year=2024 from=4"),
                     MV_OK);
    assert_int_equal(f->a.rows, 2 + 5 + 4);
}

static void series_gives_every_year_of_a_unit(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(ask(f, "series", "indicator=epikrise unit=ous"), MV_OK);
    assert_int_equal(f->a.rows, 3);
    assert_string_equal(text(f, 0, "period"), "2023");
    assert_string_equal(text(f, 1, "member"), "som");
    assert_string_equal(text(f, 2, "member"), "tsb");
    assert_int_equal(row_of(f, 0), 4);
    assert_int_equal(row_of(f, 2), 1); /* withdrawn: of the withdrawal */
    assert_int_equal(
        ask(f, "series", "indicator=epikrise unit=ous member=som year=2024"),
        MV_OK);
    assert_int_equal(f->a.rows, 1);
    assert_string_equal(text(f, 0, "numerator"), "80");
    assert_string_equal(text(f, 0, "denominator"), "100");
}

static void what_is_asked_wrongly_is_refused_with_a_code(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *verb, *args, *code;
    } cases[] = {
        {"check", "", "missing"},
        {"check", "year=1", "range"},
        {"check", "year=2024 unit=x", "not_found"},
        {"check", "year=2024 indicator=x", "not_found"},
        {"status", "unit=none", "not_found"},
        {"status", "region=ahus", "not_found"}, /* it is a trust */
        {"status", "region=none", "not_found"},
        {"explain", "", "missing"},
        {"explain", "target=9 unit=hso year=2024", "not_found"},
        {"explain", "target=1535 unit=x year=2024", "not_found"},
        {"explain", "target=1535 unit=hso year=99999999999", "not_found"},
        {"series", "indicator=epikrise", "missing"},
        {"series", "indicator=x unit=hso", "not_found"},
        {"series", "indicator=epikrise unit=ous member=x", "unknown_member"},
        {"verify", "what=moon", "word"},
        {"digest", "table=moon", "not_found"},
        {"nothing", "", "unknown_verb"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(ask(f, cases[i].verb, cases[i].args), MV_AGAIN);
        assert_string_equal(f->a.no.code, cases[i].code);
    }
}

static void every_query_is_answered_before_there_is_a_catalogue(void **state)
{
    (void)state;
    struct fixture *f = mv_xcalloc(1, sizeof *f);
    test_world_make(&f->w);
    assert_int_equal(test_world_start(&f->w, NULL), MV_OK);
    static const char *const verbs[] = {"status", "targets",    "changes",
                                        "state",  "quarantine", "verify"};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        assert_int_equal(ask(f, verbs[i], ""), MV_OK);
    assert_int_equal(ask(f, "series", "indicator=a unit=b"), MV_AGAIN);
    assert_int_equal(ask(f, "explain", "target=a unit=b year=1"), MV_AGAIN);
    void *again = f;
    assert_int_equal(teardown(&again), 0);
}

static void changes_are_groups_by_number(void **state)
{
    struct fixture *f = *state;
    struct mv_span group;
    struct mv_msg_group m;
    struct mv_fault fault;
    assert_int_equal(ask(f, "changes", "from=2"), MV_OK);
    assert_int_equal(f->a.rows, 1);
    assert_true(mv_map_find(f->a.row[0], "group", &group));
    assert_true(mv_msg_group_decode(group, &m, &fault));
    assert_int_equal(ask(f, "changes", "from=3"), MV_OK);
    assert_int_equal(f->a.rows, 0);
}

static void verify_names_a_status_that_is_not_what_was_sent(void **state)
{
    struct fixture *f = *state;
    struct evaluator *e = f->w.evaluator;
    const struct evaluator_sent wrong = {
        .since_seq = 1, .changes = 1, .status = MV_STATUS_RED, .there = true};
    bool sound = false;
    struct mv_span raw;
    assert_int_equal(ask(f, "verify", ""), MV_OK);
    assert_true(mv_map_find(f->a.row[0], "sound", &raw));
    assert_true(mv_value_bool(raw, &sound) && sound);
    mv_store_begin(f->w.store);
    evaluator_published_put(e->published, e->force.now.catalogue, 0, 1, &wrong);
    assert_int_equal(mv_store_commit(f->w.store, NULL), MV_OK);
    assert_int_equal(ask(f, "verify", "what=statuses"), MV_OK);
    assert_true(mv_map_find(f->a.row[0], "sound", &raw));
    assert_true(mv_value_bool(raw, &sound) && !sound);
    assert_string_equal(text(f, 0, "text"),
                        "1535 2024 of ahus: sent red, judged yellow ");
}

/* {table, after} walks all tables; the slices are all of them. */
static void digest_walks_every_table_once(void **state)
{
    struct fixture *f = *state;
    char args[300] = "table=state";
    unsigned tables = 0;
    while (strcmp(args, "table=") != 0) {
        assert_int_equal(ask(f, "digest", args), MV_OK);
        (void)snprintf(args, sizeof args, "table=%s", text(f, 0, "next_table"));
        tables++;
    }
    assert_int_equal(tables, 8);
}

static mv_rc let_pass(struct fixture *f, const char *args, uint64_t stopped_at)
{
    struct mv_buf packed = {0};
    const struct evaluator_suspect suspect = {.seq = stopped_at};
    test_args(args, &packed);
    mv_store_begin(f->w.store);
    mv_rc rc = evaluator_skip(f->w.evaluator, mv_buf_span(&packed), &suspect,
                              "kari", &f->a.no);
    assert_int_equal(mv_store_commit(f->w.store, NULL), MV_OK);
    mv_buf_done(&packed);
    return rc;
}

static void skip_lets_only_the_record_pass_that_it_is_stopped_at(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *args, *code;
    } cases[] = {{"reason=x", "missing"},
                 {"seq=5", "missing"},
                 {"seq=5 reason=", "length"},
                 {"seq=4 reason=late", "refused"},
                 {"seq=6 reason=early", "refused"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(let_pass(f, cases[i].args, 5), MV_AGAIN);
        assert_string_equal(f->a.no.code, cases[i].code);
    }
    assert_int_equal(let_pass(f, "seq=5 reason=idle", 0), MV_AGAIN);
    assert_string_equal(f->a.no.code, "refused");
    assert_int_equal(let_pass(f, "seq=5 reason=hangs", 5), MV_OK);
    assert_int_equal(let_pass(f, "seq=5 reason=hangs", 5), MV_AGAIN);
    assert_string_equal(f->a.no.code, "exists");
    test_journal_delivery(&f->j, "epikrise som ous 2024-T1 1/100");
    test_world_run(&f->w, &f->j, 0, 1);
    assert_int_equal(ask(f, "status", "unit=ous status=green"), MV_OK);
    assert_int_equal(f->a.rows, 1);
    assert_int_equal(ask(f, "quarantine", ""), MV_OK);
    assert_string_equal(text(f, 0, "kind"), "skipped");
    assert_string_equal(text(f, 0, "by"), "kari");
    test_journal_add(&f->j, mv_span_text("poison"));
    test_world_run(&f->w, &f->j, 0, 1);
    assert_int_equal(let_pass(f, "seq=7 reason=too", 7), MV_OK);
    assert_int_equal(ask(f, "quarantine", ""), MV_OK);
    assert_string_equal(text(f, 0, "kind"), "skipped");
    assert_string_equal(text(f, 1, "kind"), "poison");
    assert_string_equal(text(f, 2, "kind"), "skipped");
    uint64_t rows = 0;
    assert_int_equal(ask(f, "digest", "table=skips after=5"), MV_OK);
    assert_true(mv_map_u64(f->a.row[0], "rows", &rows));
    assert_int_equal(rows, 1);
}

static void a_live_topic_is_made_of_the_changes_names(void **state)
{
    struct fixture *f = *state;
    struct mv_span group, change;
    struct mv_msg_group m;
    struct mv_fault fault;
    struct mv_list list;
    struct mv_buf topic = {0};
    assert_int_equal(ask(f, "changes", "from=2"), MV_OK);
    assert_true(mv_map_find(f->a.row[0], "group", &group));
    assert_true(mv_msg_group_decode(group, &m, &fault));
    assert_true(mv_list_open(&list, m.changes));
    assert_true(mv_list_next(&list, &change));
    assert_true(evaluator_live_topic(change, &topic));
    assert_string_equal(mv_buf_cstr(&topic),
                        "change/hso/hso/1535/2024/yellow/");
    assert_false(evaluator_live_topic(group, &topic));
    mv_buf_done(&topic);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* Value, limit and margin of each criterion, and no more of them. */
static void assert_numbers(const struct fixture *f, const char *const told[][3],
                           uint32_t count)
{
    assert_int_equal(f->a.rows, count);
    for (uint32_t i = 0; i < count; i++) {
        assert_string_equal(text(f, i, "value"), told[i][0]);
        assert_string_equal(text(f, i, "limit"), told[i][1]);
        assert_string_equal(text(f, i, "margin"), told[i][2]);
    }
}

/* ahus' vop has 3 of 4; its som, told exactly, and the total would tell it. */
static void a_report_rounds_what_would_tell_a_suppressed_member(void **state)
{
    static const char *const told[][3] = {{"74.6", "66.55", "8.1"},
                                          {"74.6", "50", "24.6"}};
    struct fixture *f = *state;
    test_journal_catalogue(
        &f->j, NULL,
        "indicators:\n"
        "  - {id: epikrise, title: Epikriser, measure: percent,\n"
        "     frequency: A, over_periods: ratio, over_units: ratio,\n"
        "     decimals: 1, min_denominator: 5,\n"
        "     dimension: {id: tjeneste, members: {som: S, vop: V}, total: "
        "ratio}}\n",
        "targets:\n  - {id: \"1\", year: 2024, text: T, indicator: epikrise,\n"
        "     require: [value >= 66.55 %, value > value(-1)]}\n");
    test_journal_delivery(&f->j, "epikrise som ahus 2023 40/77\n"
                                 "epikrise vop ahus 2023 1/5\n"
                                 "epikrise som ahus 2024 50/67\n"
                                 "epikrise vop ahus 2024 3/4\n");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(ask(f, "report", "year=2024 unit=ahus"), MV_OK);
    assert_numbers(f, told, 2);
}

/* A rate of a count is shown with a decimal, and has none where one would tell
 * how many a suppressed member has; nor has a growth of it. */
static void a_rate_beside_a_suppressed_member_has_no_decimals(void **state)
{
    static const char *const told[][3] = {{"77", "56", "21"},
                                          {"38", "3", "36"}};
    static const char *const beside[] = {"now", "before", "line"};
    struct fixture *f = *state;
    struct mv_span series, raw;
    uint64_t decimals = 0;
    test_journal_catalogue(
        &f->j,
        "units:\n  - {id: hso, name: H, kind: region, population: {2023: 700}}"
        "\n",
        "indicators:\n"
        "  - {id: senger, title: S, measure: count, by: region, decimals: 0,\n"
        "     frequency: A, over_periods: sum, over_units: sum,\n"
        "     dimension: {id: tjeneste, members: {som: S, vop: V}, total: "
        "sum}}\n",
        "targets:\n  - {id: \"1\", year: 2024, text: T, indicator: senger,\n"
        "     require: ['rate(1000) >= rate(1000, -1)', "
        "'growth(-1) > 2.5 % + 0 * growth(-1)']}\n");
    test_journal_delivery(&f->j, "senger - hso 2023 39\n"
                                 "senger - hso 2024 54\n"
                                 "senger som hso 2024 50\n"
                                 "senger vop hso 2024 - Q\n");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(ask(f, "report", "year=2024 unit=hso"), MV_OK);
    assert_numbers(f, told, 2);
    assert_true(mv_map_find(f->a.row[0], "series", &series));
    for (size_t i = 0; i < 3; i++) {
        assert_true(mv_map_text(series, beside[i], &raw));
        assert_true(mv_span_is(raw, i == 0 ? "77" : "56"));
    }
    assert_true(mv_map_u64(series, "decimals", &decimals));
    assert_int_equal(decimals, 1);
}

/* The series of a criterion by name: which are the right side's, and nothing
 * where there are more than two. */
static void a_report_names_what_a_criterion_is_about(void **state)
{
    static const bool rights[] = {false, true};
    struct fixture *f = *state;
    struct mv_span about, item, title, text;
    struct mv_list l;
    bool right;
    test_journal_catalogue(
        &f->j, NULL, NULL,
        "targets:\n  - {id: \"1\", year: 2024, text: T, indicator: epikrise,\n"
        "     require: ['value(\"epikrise/som\") > value(\"epikrise/vop\")',\n"
        "               'value(\"epikrise/som\") + value(\"epikrise/vop\") > "
        "value(\"epikrise/tsb\")']}\n");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(ask(f, "report", "year=2024 unit=ahus"), MV_OK);
    assert_int_equal(f->a.rows, 2);
    assert_true(mv_map_find(f->a.row[0], "about", &about));
    assert_true(mv_list_open(&l, about));
    assert_int_equal(l.left, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(mv_list_next(&l, &item));
        assert_true(mv_map_find(item, "member_title", &title));
        assert_true(mv_map_text(title, "nb", &text));
        assert_true(mv_span_is(text, i == 0 ? "Somatikk" : "Voksne"));
        right = mv_map_find(item, "right", &text);
        assert_int_equal(right, rights[i]);
    }
    assert_false(mv_map_find(f->a.row[1], "about", &about));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(status_lists_every_target_and_unit_in_order),
        TEST(status_says_on_how_much_a_colour_rests),
        TEST(status_names_so_many_parts_that_are_none),
        TEST(status_says_since_when),
        TEST(status_is_in_the_measure_of_what_is_compared),
        TEST(report_tells_each_criterion_and_its_series),
        TEST(status_filters_by_each_of_its_arguments),
        TEST(pages_follow_each_other_and_lose_nothing),
        TEST(explain_gives_judgement_criteria_and_figures),
        TEST(a_report_names_what_a_criterion_is_about),
        TEST(a_report_rounds_what_would_tell_a_suppressed_member),
        TEST(a_rate_beside_a_suppressed_member_has_no_decimals),
        TEST(series_gives_every_year_of_a_unit),
        TEST(what_is_asked_wrongly_is_refused_with_a_code),
        cmocka_unit_test(every_query_is_answered_before_there_is_a_catalogue),
        TEST(changes_are_groups_by_number),
        TEST(verify_names_a_status_that_is_not_what_was_sent),
        TEST(digest_walks_every_table_once),
        TEST(skip_lets_only_the_record_pass_that_it_is_stopped_at),
        TEST(a_live_topic_is_made_of_the_changes_names),
    };
    return cmocka_run_group_tests_name("evaluator verbs", tests, NULL, NULL);
}
