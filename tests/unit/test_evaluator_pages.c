/* Where much is asked for: an answer may be a mebibyte, no more, and so much
 * work; what follows is asked for in another turn. */
#include <stdio.h>
#include <string.h>

#include "proto/walk.h"
#include "tests/support/asking.h"
#include "tests/support/evaluating.h"

/* So many rows in all, in more than one page. */
static void assert_pages(struct fixture *f, const char *verb, const char *args,
                         uint32_t rows)
{
    struct test_pages p = test_ask_all(&f->w, verb, args, 0);
    assert_int_equal(p.count, rows);
    assert_true(p.pages > 1);
    mv_buf_done(&p.rows);
}

/* ---- commissions of which much is said ---- */

#define DATES 100
#define UNITS 2 /* ahus and ous */
#define TASKS 3

static const char *day_text(int i, char out[16])
{
    (void)snprintf(out, 16, "2030-%02d-%02d", 1 + i / 25, 1 + i % 25);
    return out;
}

static void write_tasks(struct mv_buf *out)
{
    char day[16];
    mv_buf_printf(out, "commissions:\n");
    for (int t = 0; t < TASKS; t++) {
        mv_buf_printf(out,
                      "  - {id: c%d, year: 2030, text: T, for: [ahus, ous], "
                      "due: [",
                      t);
        for (int i = 0; i < DATES; i++)
            mv_buf_printf(out, "%s{what: W, on: %s}", i > 0 ? ", " : "",
                          day_text(i, day));
        mv_buf_printf(out, "]}\n");
    }
}

/* Every date met, with as much said as may be. */
static void meet_all(struct test_journal *j)
{
    static char comment[4000];
    char day[16], task[8];
    memset(comment, 'x', sizeof comment);
    for (int i = 0; i < DATES * UNITS * TASKS; i++) {
        (void)snprintf(task, sizeof task, "c%d", i % TASKS);
        test_journal_statement(
            j, (struct mv_statement){
                   .kind = MV_STATEMENT_DELIVERED,
                   .commission = mv_span_text(task),
                   .unit = mv_span_text(i / TASKS % UNITS ? "ahus" : "ous"),
                   .year = 2030,
                   .due = mv_span_text(day_text(i / TASKS / UNITS, day)),
                   .comment = mv_span(comment, sizeof comment)});
    }
}

static void commissions_of_which_much_is_said_take_several_pages(void **state)
{
    struct fixture *f = *state;
    struct mv_buf tasks = {0};
    write_tasks(&tasks);
    f->j.commissions = mv_buf_cstr(&tasks);
    test_journal_catalogue(&f->j, NULL, NULL, NULL);
    meet_all(&f->j);
    test_world_run(&f->w, &f->j, 0, 100);
    /* no target is of that year */
    assert_pages(f, "status", "year=2030", UNITS * TASKS);
    mv_buf_done(&tasks);
}

/* ---- figures that are missing ---- */

#define DAILY 300

static const char by_day[] =
    "indicators:\n"
    "  - {id: i, title: I, measure: days, frequency: D, due: 9 d,\n"
    "     over_periods: mean, over_units: none, by: trust}\n";
static const char of_trusts[] =
    "targets:\n"
    "  - {id: t, year: 2023, text: T, indicator: i, scope: [trust],\n"
    "     require: [value < 60 days]}\n";

/* By day a unit's row is four kilobytes. */
static void one_indicator_may_take_several_pages(void **state)
{
    struct fixture *f = *state;
    struct mv_buf units = {0};
    for (int i = 0; i < DAILY; i++)
        mv_buf_printf(&units, "%s  - {id: u%d, name: U, kind: trust}\n",
                      i == 0 ? "units:\n" : "", i);
    test_journal_catalogue(&f->j, mv_buf_cstr(&units), by_day, of_trusts);
    test_world_run(&f->w, &f->j, 0, 10);
    assert_pages(f, "missing", "year=2023", DAILY);
    mv_buf_done(&units);
}

/* ---- a target of many criteria and members ---- */

#define MEMBERS  1000
#define CRITERIA 6

static void add_members(struct test_journal *j)
{
    struct mv_buf indicators = {0}, targets = {0};
    mv_buf_printf(&indicators,
                  "indicators:\n  - {id: i, title: I, measure: percent, "
                  "frequency: A, over_periods: ratio, over_units: ratio, "
                  "by: trust, dimension: {id: d, members: {");
    for (int i = 0; i < MEMBERS; i++)
        mv_buf_printf(&indicators, "%sm%d: %0100d", i > 0 ? ", " : "", i, i);
    mv_buf_printf(&indicators, "}}}\n");
    mv_buf_printf(&targets,
                  "targets:\n  - {id: t, year: 2024, text: T, indicator: i, "
                  "scope: [trust], require: [");
    for (int i = 0; i < CRITERIA; i++)
        mv_buf_printf(&targets, "%s'each d: value >= %d %%'", i > 0 ? ", " : "",
                      60 + i);
    mv_buf_printf(&targets, "]}\n");
    test_journal_catalogue(j, NULL, mv_buf_cstr(&indicators),
                           mv_buf_cstr(&targets));
    mv_buf_done(&indicators);
    mv_buf_done(&targets);
}

static void one_target_may_take_several_pages(void **state)
{
    struct fixture *f = *state;
    add_members(&f->j);
    test_world_run(&f->w, &f->j, 0, 10);
    assert_pages(f, "report", "unit=ahus year=2024", MEMBERS * CRITERIA);
}

/* ---- figures that disagree, of members with long titles ---- */

#define MONTHLY   33 /* trusts, each with every month */
#define NAMED     3  /* members */
#define EACH_ROWS (1 + 1 + MONTHLY * 12)

static void disagree(struct fixture *f)
{
    struct mv_buf units = {0}, indicators = {0};
    mv_buf_printf(&units, "units:\n  - {id: r, name: R, kind: region}\n");
    for (int u = 0; u < MONTHLY; u++)
        mv_buf_printf(&units,
                      "  - {id: u%d, name: U, kind: trust, parent: r}\n", u);
    mv_buf_printf(&indicators,
                  "indicators:\n  - {id: i, title: I, measure: count, "
                  "frequency: M, over_periods: sum, over_units: sum, by: "
                  "trust, dimension: {id: d, members: {");
    for (int m = 0; m < NAMED; m++)
        mv_buf_printf(&indicators, "%sm%d: {nb: %01000d, en: %01001d}",
                      m > 0 ? ", " : "", m, m, m);
    mv_buf_printf(&indicators, "}}}\n");
    test_journal_catalogue(&f->j, mv_buf_cstr(&units), mv_buf_cstr(&indicators),
                           "targets:\n  - {id: t, year: 2024, text: T, "
                           "indicator: i, scope: [trust]}\n");
    for (int m = 0; m < NAMED; m++) {
        mv_buf_clear(&units);
        mv_buf_printf(&units, "i m%d r 2024 1\n", m);
        for (int n = 0; n < MONTHLY * 12; n++)
            mv_buf_printf(&units, "i m%d u%d 2024-M%02d 1\n", m, n / 12,
                          n % 12 + 1);
        test_journal_delivery(&f->j, mv_buf_cstr(&units));
    }
    mv_buf_done(&units);
    mv_buf_done(&indicators);
}

static void figures_that_disagree_take_no_more_than_a_reply(void **state)
{
    struct fixture *f = *state;
    disagree(f);
    test_world_run(&f->w, &f->j, 0, 10);
    assert_pages(f, "check", "year=2024", NAMED * EACH_ROWS);
}

/* ---- many targets that are not for the unit ---- */

#define ALL_TARGETS 12000
#define ALL_YEARS   60
#define ALL_UNITS   200

static void passing_over_pairs_is_work_of_a_page_too(void **state)
{
    struct fixture *f = *state;
    struct mv_buf units = {0}, targets = {0};
    mv_buf_printf(&units, "units:\n  - {id: r, name: R, kind: region}\n");
    for (int i = 1; i < ALL_UNITS; i++)
        mv_buf_printf(&units, "  - {id: u%d, name: U, kind: trust}\n", i);
    mv_buf_printf(&targets, "targets:\n");
    for (int i = 0; i < ALL_TARGETS / ALL_YEARS; i++) {
        mv_buf_printf(&targets,
                      "  - {id: t%d, years: 2000-%d, text: T, scope: "
                      "[region]}\n",
                      i, 2000 + ALL_YEARS - 1);
    }
    test_journal_catalogue(&f->j, mv_buf_cstr(&units), by_day,
                           mv_buf_cstr(&targets));
    test_world_run(&f->w, &f->j, 0, 10);
    assert_pages(f, "status", "unit=u1", 0);
    mv_buf_done(&units);
    mv_buf_done(&targets);
}

#define ALL_INDICATORS 7000

static void so_are_series_of_other_units(void **state)
{
    struct fixture *f = *state;
    struct mv_buf units = {0}, indicators = {0};
    for (int i = 0; i < ALL_UNITS; i++) {
        mv_buf_printf(&units, "%s  - {id: u%d, name: U, kind: trust}\n",
                      i == 0 ? "units:\n" : "", i);
    }
    for (int i = 0; i < ALL_INDICATORS; i++) {
        mv_buf_printf(&indicators,
                      "%s  - {id: i%d, title: I, measure: count, frequency: A, "
                      "over_periods: sum, over_units: sum, by: trust}\n",
                      i == 0 ? "indicators:\n" : "", i);
    }
    test_journal_catalogue(&f->j, mv_buf_cstr(&units), mv_buf_cstr(&indicators),
                           "targets:\n  - {id: t, year: 2024, text: T, "
                           "indicator: i0, scope: [trust]}\n");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_pages(f, "check", "year=2024 indicator=i0 unit=u1", 0);
    mv_buf_done(&units);
    mv_buf_done(&indicators);
}

/* ---- a target of many curves ---- */

#define CURVES       90
#define WEEKS        52
#define CURVE_YEAR_0 2022
#define CURVE_YEARS  3

static void add_curves(struct test_journal *j)
{
    struct mv_buf indicators = {0}, lines = {0};
    mv_buf_printf(&indicators,
                  "indicators:\n  - {id: i, title: I, measure: percent, "
                  "frequency: W, over_periods: ratio, over_units: ratio, "
                  "by: trust, dimension: {id: d, members: {");
    for (int i = 0; i < CURVES; i++)
        mv_buf_printf(&indicators, "%sm%d: M", i > 0 ? ", " : "", i);
    mv_buf_printf(&indicators, "}}}\n");
    test_journal_catalogue(
        j, NULL, mv_buf_cstr(&indicators),
        "targets:\n  - {id: t, year: 2024, text: T, indicator: i, scope: "
        "[trust], require: ['each d: value >= 60 %']}\n");
    for (int i = 0; i < CURVES * CURVE_YEARS; i++) {
        mv_buf_clear(&lines);
        for (int n = 1; n <= WEEKS; n++) {
            mv_buf_printf(&lines, "i m%d ahus %d-W%02d %d/3000\n",
                          i / CURVE_YEARS, CURVE_YEAR_0 + i % CURVE_YEARS, n,
                          i * n % 3000);
        }
        test_journal_delivery(j, mv_buf_cstr(&lines));
    }
    mv_buf_done(&indicators);
    mv_buf_done(&lines);
}

/* Whatever of the page is taken when its row begins. */
static void every_row_of_a_long_report_has_its_curve(void **state)
{
    struct fixture *f = *state;
    struct mv_span row, series;
    uint32_t curves = 0;
    add_curves(&f->j);
    test_world_run(&f->w, &f->j, 0, 100);
    struct test_pages p =
        test_ask_all(&f->w, "report", "unit=ahus year=2024", UINT64_MAX);
    struct mv_cursor c = mv_cursor(mv_buf_span(&p.rows));
    assert_int_equal(p.count, CURVES);
    assert_true(p.pages > 1);
    while (mv_cursor_skip(&c, &row))
        curves += mv_map_find(row, "series", &series);
    assert_int_equal(curves, CURVES);
    mv_buf_done(&p.rows);
}

/* ---- so much work a turn ---- */

#define TRUSTS       12
#define MEMBERS_EACH 40u
#define TARGETS      8
#define MONTHS       6
#define DAYS         28
#define OF_DAYS      (DAYS * (TRUSTS + 1))

/* What one thing takes, and a turn may therefore take beyond what it is worth:
 * a region's row of a report, with the curve of its roll-up (5 years, 3 of 12
 * months, and how they compare) and each trust's value; of `explain` the
 * pieces of one criterion; of `missing` what one unit sends, this year and the
 * last; of `check` all series of one unit and those below it. */
#define REPORT_ROW (100u * (TRUSTS + 1))
#define PIECES     (4u * (TRUSTS + 1))
#define SENT       3u
#define SERIES     (4u * (TRUSTS + 1))

static void write_trusts(struct mv_buf *text)
{
    mv_buf_printf(text, "units:\n  - {id: hso, name: H, kind: region}\n");
    for (int i = 0; i < TRUSTS; i++) {
        mv_buf_printf(
            text, "  - {id: u%02d, name: U, kind: trust, parent: hso}\n", i);
    }
}

static void write_nation(struct mv_buf text[3])
{
    write_trusts(&text[0]);
    mv_buf_printf(&text[1], "indicators:\n");
    mv_buf_printf(&text[2], "targets:\n");
    for (int i = 0; i < TARGETS; i++) {
        mv_buf_printf(&text[1],
                      "  - {id: i%d, title: I, measure: percent, frequency: M, "
                      "better: higher, over_periods: ratio, over_units: ratio, "
                      "by: trust, due: 45 d}\n",
                      i);
        mv_buf_printf(&text[2],
                      "  - {id: t%d, year: 2024, text: T, indicator: i%d, "
                      "scope: [region, trust], require: [value >= 50 %%, "
                      "value >= 40 %%, value >= 30 %%]}\n",
                      i, i);
    }
}

static void push_figures(struct test_journal *j)
{
    for (int u = 0; u < TRUSTS; u++) {
        struct mv_buf lines = {0};
        for (int i = 0; i < TARGETS; i++) {
            for (int m = 1; m <= MONTHS; m++)
                mv_buf_printf(&lines, "i%d - u%02d 2024-M%02d %d/100\n", i, u,
                              m, 40 + u + m + i);
        }
        test_journal_delivery(j, mv_buf_cstr(&lines));
        mv_buf_done(&lines);
    }
}

static void make_nation(struct fixture *f)
{
    struct mv_buf text[3] = {{0}};
    write_nation(text);
    test_journal_catalogue(&f->j, mv_buf_cstr(&text[0]), mv_buf_cstr(&text[1]),
                           mv_buf_cstr(&text[2]));
    push_figures(&f->j);
    test_journal_day(&f->j, "2024-12-01"); /* after the first months were due */
    test_world_run(&f->w, &f->j, 0, 100);
    for (int i = 0; i < 3; i++)
        mv_buf_done(&text[i]);
}

/* In turns of so much work come the same rows, and no turn is more than that
 * and one thing. */
static void assert_bounded(struct fixture *f, const char *verb,
                           const char *args, uint64_t work, uint64_t one)
{
    struct test_pages at_once = test_ask_all(&f->w, verb, args, UINT64_MAX);
    struct test_pages bounded = test_ask_all(&f->w, verb, args, work);
    assert_true(at_once.count > 0 && at_once.most > work + one);
    assert_int_equal(bounded.count, at_once.count);
    assert_int_equal(bounded.rows.len, at_once.rows.len);
    assert_memory_equal(bounded.rows.at, at_once.rows.at, at_once.rows.len);
    assert_true(bounded.most < work + one);
    assert_true(bounded.pages > at_once.looked / (work + one));
    mv_buf_done(&at_once.rows);
    mv_buf_done(&bounded.rows);
}

static void a_report_takes_turns_of_so_much_work(void **state)
{
    struct fixture *f = *state;
    make_nation(f);
    assert_bounded(f, "report", "unit=hso year=2024", 150, REPORT_ROW);
}

static void an_explanation_takes_turns_of_so_much_work(void **state)
{
    struct fixture *f = *state;
    make_nation(f);
    assert_bounded(f, "explain", "target=t3 unit=hso year=2024", 10, PIECES);
}

static void what_is_missing_takes_turns_of_so_much_work(void **state)
{
    struct fixture *f = *state;
    make_nation(f);
    assert_bounded(f, "missing", "year=2024", 20, SENT);
}

/* The region is not: one below it does. */
static void who_never_sent_is_known_in_every_page(void **state)
{
    struct fixture *f = *state;
    struct mv_buf text[3] = {{0}};
    write_nation(text);
    test_journal_catalogue(&f->j, mv_buf_cstr(&text[0]), mv_buf_cstr(&text[1]),
                           mv_buf_cstr(&text[2]));
    test_journal_delivery(&f->j, "i0 - u00 2024-M01 1/100\n");
    test_journal_day(&f->j, "2024-12-01");
    test_world_run(&f->w, &f->j, 0, 100);
    for (uint64_t work = 1; work < 40; work += 13) {
        struct test_pages p = test_ask_all(&f->w, "missing", "year=2024", work);
        assert_int_equal(p.count, TRUSTS + (TARGETS - 1) * (TRUSTS + 1));
        mv_buf_done(&p.rows);
    }
    for (int i = 0; i < 3; i++)
        mv_buf_done(&text[i]);
}

/* Each member of the region's own, beside what its trusts make of it. */
static void make_members(struct fixture *f)
{
    static const char targets[] =
        "targets:\n"
        "  - {id: m, year: 2024, text: T, indicator: i, scope: [region],\n"
        "     require: ['each x: value > 0']}\n";
    struct mv_buf units = {0}, indicators = {0}, lines = {0};
    write_trusts(&units);
    mv_buf_printf(&indicators,
                  "indicators:\n"
                  "  - {id: i, title: I, measure: count, frequency: A, better: "
                  "higher,\n     over_periods: sum, over_units: sum, by: trust,"
                  "\n     dimension: {id: x, total: sum, members: {");
    for (unsigned m = 0; m < MEMBERS_EACH; m++)
        mv_buf_printf(&indicators, "%sm%02u: M", m > 0 ? ", " : "", m);
    mv_buf_printf(&indicators, "}}}\n");
    test_journal_catalogue(&f->j, mv_buf_cstr(&units), mv_buf_cstr(&indicators),
                           targets);
    for (unsigned m = 0; m < MEMBERS_EACH; m++) {
        mv_buf_printf(&lines, "i m%02u hso 2024 9\n", m);
        for (unsigned u = 0; u < TRUSTS; u++)
            mv_buf_printf(&lines, "i m%02u u%02u 2024 1\n", m, u);
    }
    test_journal_delivery(&f->j, mv_buf_cstr(&lines));
    test_world_run(&f->w, &f->j, 0, 100);
    mv_buf_done(&lines);
    mv_buf_done(&indicators);
    mv_buf_done(&units);
}

/* What the units below make of a member's own is in that member's series. */
static void what_a_member_is_made_of_is_not_sought_in_all(void **state)
{
    struct fixture *f = *state;
    make_members(f);
    struct test_pages p =
        test_ask_all(&f->w, "explain", "target=m unit=hso year=2024", 0);
    assert_true(p.looked < 4 * MEMBERS_EACH * (TRUSTS + 1));
    mv_buf_done(&p.rows);
}

/* A region's own of each day, beside what its trusts make of them. */
static void make_days(struct fixture *f)
{
    static const char indicators[] =
        "indicators:\n"
        "  - {id: i, title: I, measure: count, frequency: D, better: higher,\n"
        "     over_periods: sum, over_units: sum, by: trust}\n";
    static const char targets[] =
        "targets:\n"
        "  - {id: d, year: 2024, text: T, indicator: i, scope: [region],\n"
        "     require: [value > 0]}\n";
    struct mv_buf units = {0}, lines = {0};
    write_trusts(&units);
    test_journal_catalogue(&f->j, mv_buf_cstr(&units), indicators, targets);
    for (int d = 1; d <= DAYS; d++) {
        mv_buf_printf(&lines, "i - hso 2024-01-%02d 900\n", d);
        for (unsigned u = 0; u < TRUSTS; u++)
            mv_buf_printf(&lines, "i - u%02u 2024-01-%02d 1\n", u, d);
    }
    test_journal_delivery(&f->j, mv_buf_cstr(&lines));
    test_world_run(&f->w, &f->j, 0, 100);
    mv_buf_done(&lines);
    mv_buf_done(&units);
}

/* Nor anew of each that an earlier page had. */
static void who_hides_something_is_not_asked_of_each_difference(void **s)
{
    struct fixture *f = *s;
    make_days(f);
    struct test_pages p =
        test_ask_all(&f->w, "report", "year=2024 unit=hso", OF_DAYS);
    assert_int_equal(p.count, 1 + DAYS);
    assert_int_equal(p.pages, 2);
    assert_true(p.most < 5 * OF_DAYS);
    mv_buf_done(&p.rows);
}

/* Figures that disagree with nothing are looked at, and so is each series. */
static void figures_that_agree_take_turns_too(void **state)
{
    struct fixture *f = *state;
    make_nation(f);
    struct test_pages p = test_ask_all(&f->w, "check", "year=2024", 50);
    assert_int_equal(p.count, 0);
    assert_true(p.looked > 0);
    assert_true(p.most < 50 + SERIES);
    uint64_t series = (TRUSTS + 1) * TARGETS;
    assert_true(p.pages > (p.looked + series) / (50 + SERIES));
    mv_buf_done(&p.rows);
}

/* Each turn of `verify` is one row, whatever it took. */
static void what_is_verified_takes_turns_of_so_much_work(void **state)
{
    struct fixture *f = *state;
    make_nation(f);
    struct test_pages p = test_ask_all(&f->w, "verify", "", 100);
    assert_true(p.looked > 100 + PIECES * 3);
    assert_true(p.most < 100 + PIECES * 3);
    assert_true(p.pages >= p.looked / (100 + PIECES * 3));
    assert_true(p.pages < (TRUSTS + 1) * TARGETS); /* more than a pair each */
    mv_buf_done(&p.rows);
}

/* Statuses that are left out are looked at all the same. */
static void statuses_left_out_are_work_too(void **state)
{
    struct fixture *f = *state;
    make_nation(f);
    struct test_pages none =
        test_ask_all(&f->w, "status", "status=none year=2024", 10);
    assert_int_equal(none.count, 0);
    assert_int_equal(none.pages, (TRUSTS + 1) * TARGETS / 10 + 1);
    mv_buf_done(&none.rows);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* With nothing to commit in between, as on a quiet night. */
static void what_questions_read_is_not_kept_for_ever(void **state)
{
    struct fixture *f = *state;
    char args[16];
    add_members(&f->j);
    test_world_run(&f->w, &f->j, 0, 10);
    for (int year = 2000; year < 2010; year++) {
        (void)snprintf(args, sizeof args, "year=%d", year);
        struct test_pages p = test_ask_all(&f->w, "check", args, 0);
        mv_buf_done(&p.rows);
        assert_true(mv_rowcache_bytes(f->w.evaluator->rows) <=
                    TEST_CACHE_BYTES);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(commissions_of_which_much_is_said_take_several_pages),
        TEST(one_indicator_may_take_several_pages),
        TEST(one_target_may_take_several_pages),
        TEST(figures_that_disagree_take_no_more_than_a_reply),
        TEST(passing_over_pairs_is_work_of_a_page_too),
        TEST(so_are_series_of_other_units),
        TEST(every_row_of_a_long_report_has_its_curve),
        TEST(a_report_takes_turns_of_so_much_work),
        TEST(an_explanation_takes_turns_of_so_much_work),
        TEST(what_is_missing_takes_turns_of_so_much_work),
        TEST(who_never_sent_is_known_in_every_page),
        TEST(what_a_member_is_made_of_is_not_sought_in_all),
        TEST(who_hides_something_is_not_asked_of_each_difference),
        TEST(figures_that_agree_take_turns_too),
        TEST(what_is_verified_takes_turns_of_so_much_work),
        TEST(statuses_left_out_are_work_too),
        TEST(what_questions_read_is_not_kept_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
