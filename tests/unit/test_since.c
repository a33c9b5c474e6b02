/* A view keeps what a report was when it was frozen, and what came since. */
#include <stdio.h>
#include <string.h>

#include "proto/walk.h"
#include "services/evaluator/since.h"
#include "tests/support/asking.h"
#include "tests/support/evaluating.h"

#define T(text) mv_span_text(text)

static const char targets[] =
    "targets:\n"
    "  - {id: beds, year: 2024, indicator: senger, text: Senger,\n"
    "     scope: [region, trust], require: [value >= 100]}\n"
    "  - {id: beds, year: 2025, indicator: senger, text: Senger,\n"
    "     scope: [region, trust], require: [value >= value(-1)]}\n";

static mv_rc open_keeping(struct fixture *f, const char *frozen)
{
    struct mv_err err = {0};
    struct evaluator_options o = {.store = f->w.store,
                                  .changes = f->w.changes,
                                  .cache_bytes = 1 << 20,
                                  .frozen = frozen};
    evaluator_close(f->w.evaluator);
    f->w.evaluator = NULL;
    return evaluator_open(&f->w.evaluator, &o, &err);
}

static int begin(void **state)
{
    int rc = setup(state);
    struct fixture *f = *state;
    assert_int_equal(open_keeping(f, "year 2024"), MV_OK);
    test_journal_catalogue(&f->j, NULL, NULL, targets);
    test_world_run(&f->w, &f->j, 0, 10);
    return rc;
}

static void freeze(struct fixture *f, const char *report, uint64_t year,
                   const char *unit)
{
    struct mv_statement s = {.kind = MV_STATEMENT_FREEZE,
                             .report = T(report),
                             .year = year,
                             .unit = T(unit)};
    test_journal_statement(&f->j, s);
}

static void put_row(struct mv_span row, struct mv_buf *out)
{
    static const char *const keys[] = {"what",   "kind",   "unit",
                                       "period", "status", "value"};
    struct mv_span inner, text;
    struct mv_pairs map;
    if (!mv_map_find(row, "row", &inner) || !mv_pairs_open(&map, inner))
        inner = row; /* a figure's is a number */
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (!mv_map_text(i == 0 ? row : inner, keys[i], &text))
            continue;
        mv_buf_text(out, i == 0 ? "" : " ");
        mv_buf_put(out, text.at, text.len);
    }
    struct mv_list l;
    struct mv_span ids;
    uint64_t number;
    if (mv_map_u64(row, "row", &number))
        mv_buf_printf(out, " row %u", (unsigned)number);
    if (mv_map_find(row, "targets", &ids) && mv_list_open(&l, ids))
        while (mv_list_next(&l, &text))
            mv_buf_text(out, " +");
    if (mv_map_find(row, "units", &ids) && mv_list_open(&l, ids)) {
        while (mv_list_next(&l, &text) && mv_value_text(text, &text)) {
            mv_buf_text(out, " <");
            mv_buf_put(out, text.at, text.len);
        }
    }
    mv_buf_text(out, "\n");
}

/* What is kept for the unit: a line a row, a `+` for each of its targets, a
 * `<` for each unit below. */
static void keeps(struct fixture *f, const char *unit, const char *rows)
{
    struct test_answer a = {0};
    char args[64];
    test_world_run(&f->w, &f->j, 0, 10);
    (void)snprintf(args, sizeof args, "unit=%s", unit);
    assert_int_equal(test_ask(&f->w, "since", args, &a), MV_OK);
    mv_buf_clear(&f->text);
    for (uint32_t i = 0; i < a.rows; i++)
        put_row(a.row[i], &f->text);
    assert_string_equal(mv_buf_cstr(&f->text), rows);
    test_answer_done(&a);
}

static mv_rc asked_of(struct fixture *f, const char *unit)
{
    struct test_answer a = {0};
    char args[64];
    (void)snprintf(args, sizeof args, "unit=%s", unit);
    mv_rc rc = test_ask(&f->w, "since", args, &a);
    test_answer_done(&a);
    return rc;
}

static void a_report_that_was_never_frozen_keeps_nothing(void **state)
{
    struct fixture *f = *state;
    test_journal_delivery(&f->j, "senger - ahus 2024 90");
    freeze(f, "half-year", 2024, "hso");
    freeze(f, "year", 2023, "hso");
    keeps(f, "hso", "");
}

static void each_figure_since_is_named_with_what_it_did(void **state)
{
    struct fixture *f = *state;
    test_journal_delivery(&f->j, "senger - ahus 2024 90");
    freeze(f, "year", 2024, "hso");
    test_journal_delivery(&f->j, "senger - ahus 2024 120\n"
                                 "senger - ous 2024 5");
    test_journal_withdrawal(&f->j, "senger - ous 2024");
    test_journal_delivery(&f->j, "senger - ahus 2025 7"); /* another year */
    keeps(f, "hso",
          "frozen\n"
          "status hso red 90\n"
          "below ahus red 90\n"
          "below ous none\n"
          "report hso red 90\n"
          "figure correction ahus 2024 row 1 + <ahus\n"
          "figure figure ous 2024 row 2 + <ous\n"
          "figure withdrawal ous 2024 row 1 + <ous\n");
    keeps(f, "ahus", "");
}

/* "was -> now", each as value, pair, flag and whether it is withdrawn. */
static void put_held(struct mv_span row, const char *key, struct mv_buf *out)
{
    static const char *const keys[] = {"value", "numerator", "denominator",
                                       "flag"};
    struct mv_span held, text;
    mv_buf_text(out, strcmp(key, "now") == 0 ? " ->" : "");
    if (!mv_map_find(row, key, &held)) {
        mv_buf_text(out, " -");
        return;
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (!mv_map_text(held, keys[i], &text))
            continue;
        mv_buf_text(out, " ");
        mv_buf_put(out, text.at, text.len);
    }
    if (mv_map_find(held, "withdrawn", &text))
        mv_buf_text(out, " withdrawn");
}

/* Each figure that is kept, before and after: a line each. */
static void turned(struct fixture *f, const char *unit, const char *lines)
{
    struct test_answer a = {0};
    struct mv_span text;
    char args[64];
    test_world_run(&f->w, &f->j, 0, 10);
    (void)snprintf(args, sizeof args, "unit=%s", unit);
    assert_int_equal(test_ask(&f->w, "since", args, &a), MV_OK);
    mv_buf_clear(&f->text);
    for (uint32_t i = 0; i < a.rows; i++) {
        if (!mv_map_text(a.row[i], "what", &text) ||
            !mv_span_is(text, "figure"))
            continue;
        assert_true(mv_map_text(a.row[i], "by", &text) && text.len > 0);
        assert_true(mv_map_text(a.row[i], "unit", &text));
        mv_buf_put(&f->text, text.at, text.len);
        if (mv_map_find(a.row[i], "hidden", &text))
            mv_buf_text(&f->text, " hidden");
        put_held(a.row[i], "was", &f->text);
        put_held(a.row[i], "now", &f->text);
        mv_buf_text(&f->text, "\n");
    }
    assert_string_equal(mv_buf_cstr(&f->text), lines);
    test_answer_done(&a);
}

static void a_figure_says_what_it_was_and_what_it_is(void **state)
{
    struct fixture *f = *state;
    test_journal_delivery(&f->j, "senger - ahus 2024 90");
    freeze(f, "year", 2024, "hso");
    test_journal_delivery(&f->j, "senger - ahus 2024 120 P\n"
                                 "senger - ous 2024 5");
    test_journal_delivery(&f->j, "senger - ahus 2024 121.5");
    test_journal_withdrawal(&f->j, "senger - ous 2024");
    test_journal_delivery(&f->j, "senger - ous 2024 6");
    turned(f, "hso",
           "ous - -> 5\n"
           "ahus 90 -> 121.5\n"
           "ous 5 -> withdrawn\n"
           "ous withdrawn -> 6\n");
}

/* Where numbers may be suppressed a pair is told as its value alone, and
 * neither one that is too small, then or now, nor one beside such. */
static void what_may_not_be_shown_is_not_told_as_corrected(void **state)
{
    struct fixture *f = *state;
    test_journal_catalogue(
        &f->j, NULL,
        "indicators:\n"
        "  - {id: brev, title: Brev, measure: percent, frequency: A,\n"
        "     over_periods: ratio, over_units: ratio, by: trust,\n"
        "     decimals: 1, min_denominator: 5}\n",
        "targets:\n"
        "  - {id: beds, year: 2024, indicator: brev, text: Brev,\n"
        "     scope: [region, trust], require: [value >= 50 %]}\n"
        "  - {id: beds, year: 2023, indicator: brev, text: Brev,\n"
        "     scope: [region, trust], require: [value >= 50 %]}\n");
    test_journal_delivery(&f->j, "brev - ahus 2024 2/7");
    freeze(f, "year", 2024, "hso");
    test_journal_delivery(&f->j, "brev - ahus 2024 3/7");
    test_journal_delivery(&f->j, "brev - ous 2024 1/4");
    test_journal_delivery(&f->j, "brev - ahus 2024 4/7");
    test_journal_delivery(&f->j, "brev - ous 2024 5/9");
    test_journal_delivery(&f->j, "brev - ahus 2024 5/7");
    turned(f, "hso",
           "ahus 28.6 -> 42.9\n"
           "ous hidden - -> -\n"
           "ahus hidden - -> -\n"
           "ous hidden - -> -\n"
           "ahus 57.1 -> 71.4\n");
    /* what could be told when it came cannot beside this */
    test_journal_delivery(&f->j, "brev - ous 2024 1/4");
    turned(f, "hso",
           "ahus hidden - -> -\n"
           "ous hidden - -> -\n"
           "ahus hidden - -> -\n"
           "ous hidden - -> -\n"
           "ahus hidden - -> -\n"
           "ous hidden - -> -\n");
}

/* `brev`, in percent with one decimal, of two members; more: of its bound. */
static void put_brev(struct fixture *f, const char *more)
{
    char indicators[400];
    (void)snprintf(indicators, sizeof indicators,
                   "indicators:\n"
                   "  - {id: brev, title: Brev, measure: percent,\n"
                   "     frequency: A, over_periods: ratio,\n"
                   "     over_units: ratio, by: trust, decimals: 1,\n"
                   "     dimension: {id: d, members: {som: S, vop: V},\n"
                   "     total: ratio}%s}\n",
                   more);
    test_journal_catalogue(
        &f->j, NULL, indicators,
        "targets:\n"
        "  - {id: beds, year: 2024, indicator: brev, text: Brev,\n"
        "     scope: [region, trust], require: [value >= 50 %]}\n");
}

static void put_senger(struct fixture *f)
{
    test_journal_catalogue(
        &f->j, NULL,
        "indicators:\n"
        "  - {id: senger, title: Senger, measure: count, frequency: A,\n"
        "     over_periods: sum, over_units: sum, by: trust}\n",
        targets);
}

/* By the bound of today, each number that the row holds; those that are large
 * enough lose their pairs. */
static void what_is_bounded_later_is_not_told_as_corrected(void **state)
{
    struct fixture *f = *state;
    put_brev(f, "");
    test_journal_delivery(&f->j, "brev - ahus 2024 2/7\n"
                                 "brev - hso 2024 500/1000");
    freeze(f, "year", 2024, "hso");
    test_journal_delivery(&f->j, "brev - ahus 2024 3/7\n"
                                 "brev - hso 2024 600/1000");
    test_journal_delivery(&f->j, "brev - ahus 2024 60/90");
    test_journal_delivery(&f->j, "brev - ahus 2024 61/90");
    turned(f, "hso",
           "ahus 28.571428571429 2 7 -> 42.857142857143 3 7\n"
           "hso 50 500 1000 -> 60 600 1000\n"
           "ahus 42.857142857143 3 7 -> 66.666666666667 60 90\n"
           "ahus 66.666666666667 60 90 -> 67.777777777778 61 90\n");
    put_brev(f, ", min_denominator: 50");
    turned(f, "hso",
           "ahus hidden - -> -\n"
           "hso 50 -> 60\n"
           "ahus hidden - -> -\n"
           "ahus 66.7 -> 67.8\n");
    put_brev(f, ""); /* taken away again, or all of it */
    turned(f, "hso",
           "ahus hidden - -> -\n"
           "hso 50 -> 60\n"
           "ahus hidden - -> -\n"
           "ahus 66.7 -> 67.8\n");
    put_senger(f);
    turned(f, "hso",
           "ahus hidden - -> -\n"
           "hso hidden - -> -\n"
           "ahus hidden - -> -\n"
           "ahus hidden - -> -\n");
}

/* It was suppressed when the report was frozen, whatever came then. */
static void what_was_bounded_when_it_was_frozen_is_not_told(void **state)
{
    struct fixture *f = *state;
    put_brev(f, ", min_denominator: 50");
    test_journal_delivery(&f->j, "brev - ahus 2024 2/7");
    freeze(f, "year", 2024, "hso");
    put_brev(f, "");
    test_journal_delivery(&f->j, "brev - ahus 2024 60/90");
    turned(f, "hso", "ahus hidden - -> -\n");
}

/* With their total, or with the unit's sum, it could tell that one's; also
 * where both are others since the same record. */
static void what_stands_beside_a_suppressed_one_is_not_told(void **state)
{
    struct fixture *f = *state;
    put_brev(f, ", min_denominator: 50");
    test_journal_delivery(&f->j, "brev som ahus 2024 500/1000\n"
                                 "brev vop ahus 2024 2/7");
    freeze(f, "year", 2024, "hso");
    test_journal_delivery(&f->j, "brev som ahus 2024 700/1000");
    test_journal_delivery(&f->j, "brev som ahus 2024 800/1000\n"
                                 "brev vop ahus 2024 60/90");
    test_journal_delivery(&f->j, "brev som ahus 2024 900/1000");
    test_journal_delivery(&f->j, "brev - ous 2024 20/100");
    turned(f, "hso",
           "ahus hidden - -> -\n"
           "ahus hidden - -> -\n"
           "ahus hidden - -> -\n"
           "ahus 80 -> 90\n"
           "ous - -> 20\n");
    test_journal_delivery(&f->j, "brev vop ous 2024 1/2"); /* of the total */
    turned(f, "hso",
           "ahus hidden - -> -\n"
           "ahus hidden - -> -\n"
           "ahus hidden - -> -\n"
           "ahus 80 -> 90\n"
           "ous hidden - -> -\n"
           "ous hidden - -> -\n");
    freeze(f, "year", 2024, "hso");
    test_journal_delivery(&f->j, "brev - a1 2024 1/2");
    test_journal_delivery(&f->j, "brev som a1 2024 60/90");
    turned(f, "hso", "a1 hidden - -> -\na1 hidden - -> -\n");
}

/* Whatever they look like when they are rounded; one that only its pair tells
 * from the last is another, too. */
static void what_is_another_is_told_and_the_same_once_more_is_not(void **state)
{
    struct fixture *f = *state;
    put_brev(f, ", min_denominator: 50");
    test_journal_delivery(&f->j, "brev - ahus 2024 500/1000");
    freeze(f, "year", 2024, "hso");
    test_journal_delivery(&f->j, "brev - ahus 2024 5001/10000");
    test_journal_delivery(&f->j, "brev - ahus 2024 5001/10000");
    test_journal_delivery(&f->j, "brev - ahus 2024 10002/20000");
    test_journal_delivery(&f->j, "brev - ahus 2024 10002/20000 P");
    turned(f, "hso",
           "ahus 50 -> 50.01\n"
           "ahus 50 -> 50\n");
}

/* The catalogue drops the indicator, or the unit, or has the unit elsewhere:
 * what was open is told with what is known of it. */
static void what_the_catalogue_drops_is_told_as_it_was(void **state)
{
    struct fixture *f = *state;
    struct test_answer a = {0};
    struct mv_span text;
    put_brev(f, "");
    test_journal_delivery(&f->j, "brev vop ahus 2024 20/70");
    freeze(f, "year", 2024, "hso");
    test_journal_delivery(&f->j, "brev vop ahus 2024 35/70");
    put_senger(f);
    turned(f, "hso", "ahus 28.571428571429 20 70 -> 50 35 70\n");
    assert_int_equal(test_ask(&f->w, "since", "unit=hso", &a), MV_OK);
    struct mv_span row = a.row[a.rows - 1];
    assert_false(mv_map_find(row, "title", &text));
    assert_false(mv_map_find(row, "member_title", &text));
    assert_true(mv_map_text(row, "member", &text) && mv_span_is(text, "vop"));
    assert_true(mv_map_text(row, "measure", &text) &&
                mv_span_is(text, "percent"));
    assert_true(mv_map_text(row, "period", &text) && mv_span_is(text, "2024"));
    test_answer_done(&a);
    put_brev(f, "");
    turned(f, "hso", "ahus 28.571428571429 20 70 -> 50 35 70\n");
    test_journal_catalogue(&f->j,
                           "units:\n"
                           "  - {id: hso, name: H, kind: region}\n"
                           "  - {id: ous, name: O, kind: trust, parent: hso}\n",
                           NULL, targets);
    turned(f, "hso", "ahus 28.571428571429 20 70 -> 50 35 70\n");
}

static void of_a_trust_only_what_is_its_own_counts(void **state)
{
    struct fixture *f = *state;
    freeze(f, "year", 2024, "ahus");
    test_journal_delivery(&f->j, "senger - ous 2024 5\n"
                                 "senger - ahus 2024 6");
    keeps(f, "ahus",
          "frozen\n"
          "status ahus none\n"
          "report ahus none\n"
          "figure figure ahus 2024 row 2 +\n");
}

/* A target that only trusts are judged by colours them in a region's report;
 * a hospital's figure is its trust's. */
static void what_colours_a_unit_below_is_the_regions_too(void **state)
{
    struct fixture *f = *state;
    test_journal_catalogue(
        &f->j, NULL, NULL,
        "targets:\n"
        "  - {id: beds, year: 2024, indicator: senger, text: Senger,\n"
        "     scope: [trust], require: [value >= 100]}\n");
    freeze(f, "year", 2024, "hso");
    freeze(f, "half-year", 2024, "hso");
    test_journal_delivery(&f->j, "senger - a1 2024 120");
    keeps(f, "hso",
          "frozen\n"
          "below ahus none\n"
          "below ous none\n"
          "figure figure a1 2024 row 1 + <a1 <ahus\n");
}

static void what_is_frozen_again_begins_anew(void **state)
{
    struct fixture *f = *state;
    freeze(f, "year", 2024, "hso");
    test_journal_delivery(&f->j, "senger - ahus 2024 120");
    freeze(f, "year", 2024, "hso");
    keeps(f, "hso",
          "frozen\n"
          "status hso green 120\n"
          "below ahus green 120\n"
          "below ous none\n"
          "report hso green 120\n");
}

/* However many others are frozen before it. */
static void only_the_unit_that_was_asked_for_is_kept(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(open_keeping(f, "year 2024 ahus"), MV_OK);
    test_world_run(&f->w, &f->j, 0, 10);
    freeze(f, "year", 2024, "ous");
    freeze(f, "year", 2024, "ahus");
    keeps(f, "ahus",
          "frozen\n"
          "status ahus none\n"
          "report ahus none\n");
    assert_int_equal(asked_of(f, "ous"), MV_AGAIN);
}

/* It was frozen: no rows would say that it never was. */
static void more_than_are_kept_is_said_and_not_left_out(void **state)
{
    struct fixture *f = *state;
    char unit[16];
    for (unsigned i = 0; i < EVALUATOR_SINCE_UNITS; i++) {
        (void)snprintf(unit, sizeof unit, "u%u", i);
        freeze(f, "year", 2024, unit);
    }
    freeze(f, "year", 2024, "ahus");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(asked_of(f, "u0"), MV_OK);
    assert_int_equal(asked_of(f, "ahus"), MV_AGAIN);
}

/* One report that grows beyond it is let go, and leaves room for the others. */
static void all_that_is_kept_has_one_bound(void **state)
{
    struct fixture *f = *state;
    struct mv_err err = {0};
    struct evaluator_since **since = &f->w.evaluator->since;
    evaluator_since_close(*since);
    assert_int_equal(evaluator_since_open(since, "year 2024", 4096, &err),
                     MV_OK);
    freeze(f, "year", 2024, "ous");
    freeze(f, "year", 2024, "ahus");
    for (int i = 0; i < 9; i++)
        test_journal_delivery(&f->j, i % 2 ? "senger - ahus 2024 90"
                                           : "senger - ahus 2024 91");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(asked_of(f, "ahus"), MV_OK);
    freeze(f, "year", 2024, "hso");
    for (int i = 0; i < 16; i++)
        test_journal_delivery(&f->j, i % 2 ? "senger - ahus 2024 80"
                                           : "senger - ahus 2024 81");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(asked_of(f, "ous"), MV_OK);
    assert_int_equal(asked_of(f, "ahus"), MV_AGAIN);
    assert_int_equal(asked_of(f, "hso"), MV_OK);
    freeze(f, "year", 2024, "hso");
    freeze(f, "year", 2024, "ahus"); /* anew, and there is room */
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(asked_of(f, "ahus"), MV_OK);
}

static void the_evaluator_that_lives_keeps_nothing(void **state)
{
    struct fixture *f = *state;
    struct test_answer a = {0};
    assert_int_equal(open_keeping(f, NULL), MV_OK);
    assert_int_equal(test_ask(&f->w, "since", "", &a), MV_AGAIN);
    assert_string_equal(a.no.code, "not_found");
    test_answer_done(&a);
}

static void what_is_no_report_of_a_year_is_refused(void **state)
{
    struct fixture *f = *state;
    static const char *const wrong[] = {"year", "year soon", "month 2024",
                                        "year 99999", "half-year 2024x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(open_keeping(f, wrong[i]), MV_CONFIG);
    assert_int_equal(open_keeping(f, "half-year 2024"), MV_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_report_that_was_never_frozen_keeps_nothing),
        TEST(each_figure_since_is_named_with_what_it_did),
        TEST(a_figure_says_what_it_was_and_what_it_is),
        TEST(what_may_not_be_shown_is_not_told_as_corrected),
        TEST(what_is_bounded_later_is_not_told_as_corrected),
        TEST(what_was_bounded_when_it_was_frozen_is_not_told),
        TEST(what_stands_beside_a_suppressed_one_is_not_told),
        TEST(what_is_another_is_told_and_the_same_once_more_is_not),
        TEST(what_the_catalogue_drops_is_told_as_it_was),
        TEST(of_a_trust_only_what_is_its_own_counts),
        TEST(what_colours_a_unit_below_is_the_regions_too),
        TEST(what_is_frozen_again_begins_anew),
        TEST(only_the_unit_that_was_asked_for_is_kept),
        TEST(more_than_are_kept_is_said_and_not_left_out),
        TEST(all_that_is_kept_has_one_bound),
        TEST(the_evaluator_that_lives_keeps_nothing),
        TEST(what_is_no_report_of_a_year_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
