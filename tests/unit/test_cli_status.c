/* What `maalvakt status` prints of rows, and numbers in people's form. */
#include <string.h>

#include "proto/pack.h"
#include "services/base/clock.h"
#include "services/cli/phrase.h"
#include "services/cli/status_table.h"
#include "tests/support/quoted.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

struct status {
    const char *target, *unit, *status, *reason, *value, *limit, *margin;
    const char *overdue, *measure; /* NULL: percent */
    const char *forecast;
    bool preliminary;
    uint64_t since;
    uint64_t parts, parts_none, units, of_units;
    uint64_t greens, yellows, reds;
};

static void put(struct cli_pages *rows, const struct status *s)
{
    struct mv_buf b = {0};
    mv_pack_map(&b, 18u + (s->value != NULL) + 2u * (s->limit != NULL) +
                        (s->forecast != NULL));
    mv_pack_kv_cstr(&b, "target", s->target);
    mv_pack_cstr(&b, "title");
    mv_pack_map(&b, 2);
    mv_pack_kv_cstr(&b, "nb",
                    "Minst 70 prosent av epikrisene sendt innen én dag etter "
                    "utskrivning fra somatikken");
    mv_pack_kv_cstr(&b, "en", "At least 70 per cent of letters in one day");
    mv_pack_kv_u64(&b, "year", 2024);
    mv_pack_kv_cstr(&b, "unit", s->unit);
    mv_pack_kv_cstr(&b, "name", "Akershus universitetssykehus HF");
    mv_pack_kv_cstr(&b, "status", s->status);
    mv_pack_kv_cstr(&b, "reason", s->reason);
    mv_pack_kv_cstr(&b, "measure", s->measure != NULL ? s->measure : "percent");
    mv_pack_kv_u64(&b, "decimals", 1);
    mv_pack_kv_bool(&b, "preliminary", s->preliminary);
    mv_pack_kv_u64(&b, "since", s->since);
    mv_pack_kv_u64(&b, "parts", s->parts);
    mv_pack_kv_u64(&b, "parts_none", s->parts_none);
    mv_pack_kv_u64(&b, "parts_green", s->greens);
    mv_pack_kv_u64(&b, "parts_yellow", s->yellows);
    mv_pack_kv_u64(&b, "parts_red", s->reds);
    mv_pack_cstr(&b, "basis");
    mv_pack_map(&b, 2);
    mv_pack_kv_u64(&b, "units", s->units);
    mv_pack_kv_u64(&b, "of_units", s->of_units);
    if (s->value != NULL)
        mv_pack_kv_cstr(&b, "value", s->value);
    if (s->forecast != NULL)
        mv_pack_kv_cstr(&b, "forecast", s->forecast);
    if (s->limit != NULL) {
        mv_pack_kv_cstr(&b, "limit", s->limit);
        mv_pack_kv_cstr(&b, "margin", s->margin);
    }
    mv_pack_cstr(&b, "overdue");
    mv_pack_list(&b, s->overdue != NULL);
    if (s->overdue != NULL)
        mv_pack_cstr(&b, s->overdue);
    cli_pages_put(rows, mv_buf_span(&b));
    mv_buf_done(&b);
}

static const struct status red = {.target = "1535",
                                  .unit = "ahus",
                                  .status = "red",
                                  .reason = "",
                                  .value = "66.666666666667",
                                  .limit = "70",
                                  .margin = "-3.333333333333",
                                  .overdue = "2024-T3",
                                  .since = 412};
static const struct status none = {.target = "1536",
                                   .unit = "ous",
                                   .status = "none",
                                   .reason = "no_base",
                                   .since = 7};

static int says(struct screen *s, const char *text)
{
    return strstr(screen_text(s), text) != NULL;
}

static void show(struct screen *s, const struct cli_pages *rows)
{
    struct cli_status_counts counts;
    cli_status_show(&s->cli, rows, NULL, &counts);
    cli_status_summary(&s->cli, &counts);
}

static void a_status_is_sign_and_word_with_value_limit_and_margin(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    (void)state;
    screen_open(&s, MV_LANG_NB, 0);
    put(&rows, &red);
    show(&s, &rows);
    assert_true(says(&s, cli_w(&s.cli, CLI_W_RED)));
    assert_true(says(&s, "66,7 %"));
    assert_true(says(&s, "70,0 %"));
    assert_true(says(&s, "−3,3 pp"));
    assert_true(says(&s, "mangler 2024-T3"));
    assert_true(says(&s, "#412"));
    assert_false(says(&s, "\x1b["));
    cli_pages_done(&rows);
    screen_close(&s);
}

static void what_is_overdue_is_told_beside_another_reason(void **state)
{
    struct screen s;
    struct mv_buf row = {0}, why = {0};
    (void)state;
    test_quoted(&row, "{'target':'v','status':'none','reason':'no_base',"
                      "'overdue':[],'also_overdue':['2024-Q1','2024-Q2']}");
    screen_open(&s, MV_LANG_EN, 0);
    cli_status_why(&s.cli, mv_buf_span(&row), &why);
    assert_string_equal(
        mv_buf_cstr(&why),
        "nothing to compare with; figures overdue: 2024-Q1, 2024-Q2");
    mv_buf_done(&row);
    mv_buf_done(&why);
    screen_close(&s);
}

static void a_colour_of_a_part_says_of_how_much(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    struct status some = red, all = red;
    (void)state;
    some.parts = 24;
    some.parts_none = 22;
    some.units = 11;
    some.of_units = 12;
    all.unit = "ous";
    all.parts = 24;
    all.units = all.of_units = 12;
    screen_open(&s, MV_LANG_NB, 0);
    put(&rows, &some);
    put(&rows, &all);
    show(&s, &rows);
    const char *first = strstr(screen_text(&s), "22 av 24 deler uten status");
    assert_non_null(first);
    assert_null(strstr(first + strlen("22 av 24 deler"), "deler"));
    first = strstr(screen_text(&s), "tall fra 11 av 12 enheter");
    assert_non_null(first);
    assert_null(strstr(first + strlen("tall fra 11 av 12"), "av 12"));
    cli_pages_done(&rows);
    screen_close(&s);
}

static void parts_that_differ_are_counted_by_colour(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    struct status mixed = red, alike = red;
    (void)state;
    mixed.status = "yellow";
    mixed.greens = 2;
    mixed.reds = 1;
    mixed.parts = alike.parts = alike.reds = 3;
    screen_open(&s, MV_LANG_NB, 0);
    put(&rows, &alike);
    show(&s, &rows);
    assert_false(says(&s, "deler:"));
    put(&rows, &mixed);
    show(&s, &rows);
    assert_true(says(&s, "deler: 1 ✗ rød, 2 ✓ grønn"));
    cli_pages_done(&rows);
    screen_close(&s);
}

static void a_value_in_which_periods_are_assumed_is_a_forecast(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    struct status some = red;
    (void)state;
    some.forecast = "recent(3)";
    screen_open(&s, MV_LANG_NB, 0);
    put(&rows, &red);
    show(&s, &rows);
    assert_false(says(&s, "prognose"));
    put(&rows, &some);
    show(&s, &rows);
    assert_true(says(&s, "mangler 2024-T3; prognose"));
    cli_pages_done(&rows);
    screen_close(&s);
}

static void none_has_its_reason_in_words(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    (void)state;
    screen_open(&s, MV_LANG_EN, 0);
    put(&rows, &none);
    show(&s, &rows);
    assert_true(says(&s, "nothing to compare with"));
    assert_true(says(&s, "At least 70 per cent"));
    cli_pages_done(&rows);
    screen_close(&s);
}

static void targets_stand_as_headings_in_the_order_they_came(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    struct status other = red;
    (void)state;
    other.unit = "ous";
    screen_open(&s, MV_LANG_NB, 0);
    put(&rows, &red);
    put(&rows, &other);
    put(&rows, &none);
    show(&s, &rows);
    const char *first = strstr(screen_text(&s), "1535  Minst");
    const char *second = strstr(screen_text(&s), "1536  Minst");
    assert_true(first != NULL && second > first);
    assert_null(strstr(first + 1, "1535  Minst"));
    assert_true(says(&s, "Statuser: 3 (2 "));
    cli_pages_done(&rows);
    screen_close(&s);
}

static void no_line_is_wider_than_the_terminal(void **state)
{
    static const size_t widths[] = {80, 100, 120};
    (void)state;
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        struct screen s;
        struct cli_pages rows = {0};
        struct cli_status_counts counts;
        screen_open(&s, MV_LANG_NB, widths[i]);
        put(&rows, &red);
        put(&rows, &none);
        cli_status_show(&s.cli, &rows, NULL, &counts);
        assert_in_range(screen_widest(&s), 60, widths[i]);
        cli_pages_done(&rows);
        screen_close(&s);
    }
}

static void only_the_colours_asked_for_are_shown_and_counted(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    struct cli_status_counts counts;
    (void)state;
    screen_open(&s, MV_LANG_NB, 0);
    screen_give(&s, "red", "");
    put(&rows, &red);
    put(&rows, &none);
    cli_status_show(&s.cli, &rows, NULL, &counts);
    assert_int_equal(counts.red, 1);
    assert_int_equal(counts.none, 0);
    assert_false(says(&s, "1536"));
    cli_pages_done(&rows);
    screen_close(&s);
}

static void the_day_of_a_status_comes_from_the_journal(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    struct cli_status_counts counts;
    struct mv_buf record = {0};
    struct cli_source *source = cli_source_open(NULL);
    (void)state;
    mv_pack_map(&record, 2);
    mv_pack_kv_u64(&record, "seq", 412);
    mv_pack_kv_i64(&record, "received_ms", INT64_C(1733011200000));
    cli_source_put(source, mv_buf_span(&record));
    screen_open(&s, MV_LANG_NB, 0);
    put(&rows, &red);
    put(&rows, &none);
    cli_status_show(&s.cli, &rows, source, &counts);
    assert_true(says(&s, "2024-12-01"));
    assert_false(says(&s, "#412"));
    assert_true(says(&s, "#7"));
    cli_source_close(source);
    mv_buf_done(&record);
    cli_pages_done(&rows);
    screen_close(&s);
}

static const char *shown(enum mv_lang lang, const char *measure,
                         unsigned decimals, const char *text,
                         const char *beside)
{
    static char out[100];
    struct screen s;
    struct mv_buf b = {0};
    struct cli_shown f = {mv_span_text(measure), decimals};
    screen_open(&s, lang, 0);
    cli_shown(&s.cli, &f, mv_span_text(text), mv_span_text(beside), &b);
    (void)snprintf(out, sizeof out, "%s", mv_buf_cstr(&b));
    mv_buf_done(&b);
    screen_close(&s);
    return out;
}

static void a_figure_never_looks_equal_to_a_limit_it_misses(void **state)
{
    (void)state;
    assert_string_equal(shown(MV_LANG_NB, "percent", 1, "69.96", "70"),
                        "69,96 %");
    assert_string_equal(shown(MV_LANG_NB, "percent", 1, "69.9999996", "70"),
                        "69,9999996 %");
    assert_string_equal(shown(MV_LANG_NB, "percent", 1, "70", "70"), "70,0 %");
    assert_string_equal(shown(MV_LANG_NB, "percent", 1, "66.66", "70"),
                        "66,7 %");
}

static void value_and_limit_differ_by_the_margin_beside_them(void **state)
{
    static const char *const cases[][5] = {
        {"59.66", "58.84", "-0.82", "59,66 %", "−0,82 pp"},
        {"43.15", "43.13", "-0.02", "43,15 %", "−0,02 pp"},
        {"1.684", "1.729", "0.045", "1,68 %", "+0,05 pp"},
        {"59.7", "58.9", "-0.8", "59,7 %", "−0,8 pp"},
    };
    (void)state;
    for (size_t i = 0; i < CLI_COUNT(cases); i++) {
        struct status row = red;
        struct cli_pages rows = {0};
        struct screen s;
        row.value = cases[i][0];
        row.limit = cases[i][1];
        row.margin = cases[i][2];
        screen_open(&s, MV_LANG_NB, 0);
        put(&rows, &row);
        show(&s, &rows);
        if (!says(&s, cases[i][3]) || !says(&s, cases[i][4]))
            fail_msg("%s\n%s", cases[i][0], screen_text(&s));
        cli_pages_done(&rows);
        screen_close(&s);
    }
}

static void numbers_are_written_as_the_language_does(void **state)
{
    (void)state;
    assert_string_equal(shown(MV_LANG_NB, "nok", 0, "1234567", ""),
                        "1 234 567 kr");
    assert_string_equal(shown(MV_LANG_EN, "nok", 1, "-1234567.25", ""),
                        "−1,234,567.3 NOK");
    assert_string_equal(shown(MV_LANG_NB, "count", 0, "2024", ""), "2024");
    assert_string_equal(
        shown(MV_LANG_NB, "ddd_per_100_bed_days", 2, "16.434", ""),
        "16,43 DDD per 100 liggedøgn");
    assert_string_equal(shown(MV_LANG_NB, "days", 1, "impossible", ""),
                        "impossible");
}

static void a_growth_says_that_it_is_one(void **state)
{
    (void)state;
    struct screen s;
    struct mv_buf b = {0};
    struct cli_shown f = {mv_span_text("percent_change"), 1};
    screen_open(&s, MV_LANG_NB, 0);
    cli_value(&s.cli, &f, mv_span_text("3.125"), mv_span_text("2"), &b);
    assert_string_equal(mv_buf_cstr(&b), "vekst 3,1 %");
    f.measure = mv_span_text("days");
    mv_buf_clear(&b);
    cli_value(&s.cli, &f, mv_span_text("61.25"), mv_span_text("60"), &b);
    assert_string_equal(mv_buf_cstr(&b), "61,3 dager");
    mv_buf_done(&b);
    screen_close(&s);
}

static void periods_that_follow_on_each_other_are_told_together(void **state)
{
    static const char *const names[] = {"2024-M01", "2024-M02", "2024-M03",
                                        "2024-M05", "2024-M06", "later"};
    struct mv_buf list = {0}, out = {0};
    (void)state;
    mv_pack_list(&list, 6);
    for (size_t i = 0; i < 6; i++)
        mv_pack_cstr(&list, names[i]);
    cli_names(mv_buf_span(&list), &out);
    assert_string_equal(mv_buf_cstr(&out),
                        "2024-M01–2024-M03, 2024-M05, 2024-M06, later");
    mv_buf_done(&list);
    mv_buf_done(&out);
}

static void large_sums_stand_in_millions_and_long_measures_short(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    struct status sum = red;
    (void)state;
    sum.measure = "nok";
    sum.value = "222669000";
    sum.limit = "100000000";
    sum.margin = "122669000";
    screen_open(&s, MV_LANG_NB, 0);
    put(&rows, &sum);
    sum.measure = "ddd_per_100_bed_days";
    sum.value = "16.43";
    put(&rows, &sum);
    show(&s, &rows);
    assert_true(says(&s, "222,7 mill. kr"));
    assert_true(says(&s, "+122,7"));
    assert_true(says(&s, "16,4 DDD "));
    cli_pages_done(&rows);
    screen_close(&s);
}

static void a_difference_of_percents_is_in_points_with_its_sign(void **state)
{
    struct screen s;
    struct mv_buf b = {0};
    struct cli_shown f = {mv_span_text("percent"), 1};
    (void)state;
    screen_open(&s, MV_LANG_NB, 0);
    cli_margin(&s.cli, &f, mv_span_text("3.1"), &b);
    assert_string_equal(mv_buf_cstr(&b), "+3,1 pp");
    mv_buf_clear(&b);
    cli_margin(&s.cli, &f, mv_span_text("-0.04"), &b);
    assert_string_equal(mv_buf_cstr(&b), "−0,04 pp");
    mv_buf_clear(&b);
    cli_margin(&s.cli, &f, mv_span_text("0"), &b);
    assert_string_equal(mv_buf_cstr(&b), "0,0 pp");
    mv_buf_done(&b);
    screen_close(&s);
}

static void what_is_needed_is_not_rounded_to_what_would_miss(void **state)
{
    static const char *const cases[][2] = {
        {"61.875", "61.875 %"}, {"69.933333333333", "69.9333 %"},
        {"70.00004", "70.0 %"}, {"-0.00004", "0.0 %"},
        {"-12.25", "−12.25 %"}, {"soon", "soon"},
    };
    struct screen s;
    struct mv_buf b = {0};
    struct cli_shown f = {mv_span_text("percent"), 1};
    (void)state;
    screen_open(&s, MV_LANG_EN, 0);
    for (size_t i = 0; i < CLI_COUNT(cases); i++) {
        mv_buf_clear(&b);
        cli_needed(&s.cli, &f, mv_span_text(cases[i][0]), 0, &b);
        assert_string_equal(mv_buf_cstr(&b), cases[i][1]);
    }
    mv_buf_done(&b);
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_status_is_sign_and_word_with_value_limit_and_margin),
        cmocka_unit_test(what_is_overdue_is_told_beside_another_reason),
        cmocka_unit_test(a_colour_of_a_part_says_of_how_much),
        cmocka_unit_test(parts_that_differ_are_counted_by_colour),
        cmocka_unit_test(a_value_in_which_periods_are_assumed_is_a_forecast),
        cmocka_unit_test(none_has_its_reason_in_words),
        cmocka_unit_test(targets_stand_as_headings_in_the_order_they_came),
        cmocka_unit_test(no_line_is_wider_than_the_terminal),
        cmocka_unit_test(only_the_colours_asked_for_are_shown_and_counted),
        cmocka_unit_test(the_day_of_a_status_comes_from_the_journal),
        cmocka_unit_test(a_figure_never_looks_equal_to_a_limit_it_misses),
        cmocka_unit_test(value_and_limit_differ_by_the_margin_beside_them),
        cmocka_unit_test(a_growth_says_that_it_is_one),
        cmocka_unit_test(numbers_are_written_as_the_language_does),
        cmocka_unit_test(periods_that_follow_on_each_other_are_told_together),
        cmocka_unit_test(large_sums_stand_in_millions_and_long_measures_short),
        cmocka_unit_test(a_difference_of_percents_is_in_points_with_its_sign),
        cmocka_unit_test(what_is_needed_is_not_rounded_to_what_would_miss),
    };
    struct mv_err err = {0};
    if (mv_clock_init(&err) != MV_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
