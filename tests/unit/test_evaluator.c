/* Records in, changes out. */
#include <string.h>

#include "proto/msg.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/evaluator/aside.h"
#include "tests/support/asking.h"
#include "tests/support/evaluating.h"

static void the_first_judgement_is_a_change_from_new(void **state)
{
    struct fixture *f = *state;
    f->told = 0;
    expect(f, "catalogue 2 1535 2024 hso new -> none not_due (1)\n"
              "catalogue 2 1535 2024 ahus new -> none not_due (1)\n"
              "catalogue 2 1535 2024 ous new -> none not_due (1)\n");
}

static void a_figure_is_judged_for_its_unit_and_all_above(void **state)
{
    struct fixture *f = *state;
    test_journal_delivery(&f->j, "epikrise som a1 2024-T1 50/100");
    expect(f, "figure 3.1 1535 2024 hso none not_due -> red (2) [50 70 -20]\n"
              "figure 3.1 1535 2024 ahus none not_due -> red (2) "
              "[50 70 -20]\n");
}

static void a_delivery_is_judged_once_and_whole(void **state)
{
    struct fixture *f = *state;
    test_journal_delivery(&f->j, "epikrise som ous 2024-T1 10/100\n"
                                 "epikrise som ous 2024-T2 190/200");
    uint64_t groups;
    expect(f, "figure 3.1 1535 2024 hso none not_due -> yellow (2) "
              "[66.666666666667 70 -3.333333333333]\n"
              "figure 3.1 1535 2024 ous none not_due -> yellow (2) "
              "[66.666666666667 70 -3.333333333333]\n");
    mv_log_head(f->w.changes, &groups, NULL);
    assert_int_equal(groups, 2);
}

static void what_changes_no_status_leaves_no_group(void **state)
{
    struct fixture *f = *state;
    test_journal_delivery(&f->j, "epikrise som ous 2024-T1 80/100");
    expect(f, "figure 3.1 1535 2024 hso none not_due -> green (2) "
              "[80 70 10]\n"
              "figure 3.1 1535 2024 ous none not_due -> green (2) "
              "[80 70 10]\n");
    test_journal_delivery(&f->j, "epikrise som ous 2024-T1 81/100");
    expect(f, "");
}

static void an_older_version_has_no_effect_and_is_counted(void **state)
{
    struct fixture *f = *state;
    test_journal_delivery(&f->j,
                          "epikrise som ous 2024-T1 80/100 A 2000000000000");
    test_journal_delivery(&f->j,
                          "epikrise som ous 2024-T1 10/100 A 1900000000000");
    test_journal_delivery(&f->j,
                          "epikrise som ous 2024-T1 10/100 P 2100000000000");
    test_world_run(&f->w, &f->j, 3, 1);
    mv_log_head(f->w.changes, &f->told, NULL);
    expect(f, "");
    assert_int_equal(count(f, EVALUATOR_COUNT_OLDER), 2);
    assert_int_equal(count(f, EVALUATOR_COUNT_FIGURES), 3);
}

static void a_figure_without_a_time_counts_from_its_receipt(void **state)
{
    struct fixture *f = *state;
    test_journal_delivery(&f->j, "epikrise som ous 2024-T1 80/100 A "
                                 "1600000000000");
    test_world_run(&f->w, &f->j, 0, 1);
    mv_log_head(f->w.changes, &f->told, NULL);
    test_journal_delivery(&f->j, "epikrise som ous 2024-T1 10/100");
    expect(f, "correction 4.1 1535 2024 hso green -> red last green (3) "
              "[10 70 -60]\n"
              "correction 4.1 1535 2024 ous green -> red last green (3) "
              "[10 70 -60]\n");
}

/* The nth change of the last group; borrowed until the next call. */
static struct mv_msg_change last_change(struct fixture *f, unsigned n)
{
    uint64_t head;
    struct mv_record r;
    struct mv_msg_group g;
    struct mv_msg_change c = {0};
    struct mv_fault fault;
    struct mv_list list;
    struct mv_span item;
    mv_log_head(f->w.changes, &head, NULL);
    assert_int_equal(mv_store_read_begin(f->w.store, NULL), MV_OK);
    assert_int_equal(mv_log_read(f->w.changes, head, &r, NULL), MV_OK);
    mv_buf_clear(&f->text);
    mv_buf_put(&f->text, r.content.at, r.content.len);
    assert_int_equal(mv_store_read_end(f->w.store, NULL), MV_OK);
    assert_true(mv_msg_group_decode(mv_buf_span(&f->text), &g, &fault));
    assert_true(mv_list_open(&list, g.changes));
    for (unsigned i = 0; i <= n; i++)
        assert_true(mv_list_next(&list, &item));
    assert_true(mv_msg_change_decode(item, &c, &fault));
    return c;
}

static void criteria_that_are_not_green_stand_first(void **state)
{
    struct fixture *f = *state;
    static const char *const statuses[] = {"red", "none", "green"};
    struct mv_list list;
    struct mv_span item;
    test_journal_delivery(&f->j, "epikrise som ous 2024-T1 80/100\n"
                                 "epikrise tsb ous 2024-T1 10/100");
    test_world_run(&f->w, &f->j, 0, 1);
    struct mv_msg_change c = last_change(f, 1);
    assert_true(mv_list_open(&list, c.criteria));
    for (unsigned i = 0; i < 3; i++) {
        struct mv_msg_criterion k;
        struct mv_fault fault;
        assert_true(mv_list_next(&list, &item));
        assert_true(mv_msg_criterion_decode(item, &k, &fault));
        assert_true(mv_span_is(k.status, statuses[i]));
    }
    assert_false(mv_list_next(&list, &item));
}

static const char beds[] =
    "targets:\n"
    "  - {id: seng, year: 2024, indicator: senger, text: Flere,\n"
    "     scope: [trust], require: [\"value >= 100\"]}\n";

static void what_the_change_says_already_is_not_said_again(void **state)
{
    struct fixture *f = *state;
    test_journal_catalogue(&f->j, NULL, NULL, beds);
    test_world_run(&f->w, &f->j, 0, 1);
    struct mv_msg_change c = last_change(f, 0);
    assert_null(c.criteria.at);
    assert_null(c.measure.at);
    test_journal_delivery(&f->j, "senger - ous 2024 99");
    test_world_run(&f->w, &f->j, 0, 1);
    c = last_change(f, 0);
    assert_null(c.criteria.at);
    assert_true(mv_span_is(c.value, "99"));
    assert_true(mv_span_is(c.measure, "count"));
    assert_non_null(c.basis.at);
}

static void a_large_group_goes_on_in_parts(void **state)
{
    struct fixture *f = *state;
    struct mv_log_reader reader;
    struct mv_record r;
    struct mv_buf units = {0};
    uint64_t parts = 0, changes = 0;
    mv_buf_text(&units, "units:\n"
                        "  - {id: own, name: O, kind: own}\n");
    for (unsigned i = 0; i < 6000; i++)
        mv_buf_printf(&units, "  - {id: u%u, name: U, kind: trust}\n", i);
    test_journal_catalogue(&f->j, mv_buf_cstr(&units), NULL, beds);
    test_world_run(&f->w, &f->j, 0, 1);
    assert_int_equal(mv_store_read_begin(f->w.store, NULL), MV_OK);
    mv_log_reader_open(&reader, f->w.changes, f->told + 1);
    while (mv_log_reader_next(&reader, &r, NULL) == MV_OK) {
        struct mv_msg_group g;
        struct mv_msg_cause cause;
        struct mv_fault fault;
        struct mv_list list;
        assert_true(r.content.len < EVALUATOR_PART_BYTES + 4096);
        assert_true(mv_msg_group_decode(r.content, &g, &fault));
        assert_true(mv_msg_cause_decode(g.cause, &cause, &fault));
        assert_true(mv_list_open(&list, g.changes));
        assert_int_equal(cause.seq, 3);
        assert_int_equal(g.part, ++parts);
        assert_true(g.parts > 1);
        changes += list.left;
        if (list.left > 0 && changes == 6000)
            assert_int_equal(g.parts, parts);
    }
    mv_log_reader_close(&reader);
    assert_int_equal(mv_store_read_end(f->w.store, NULL), MV_OK);
    assert_int_equal(changes, 6000);
    mv_buf_done(&units);
}

static void a_correction_says_so_and_a_mixed_delivery_says_both(void **state)
{
    struct fixture *f = *state;
    test_journal_delivery(&f->j, "epikrise som ous 2024-T1 90/100");
    test_world_run(&f->w, &f->j, 0, 1);
    mv_log_head(f->w.changes, &f->told, NULL);
    test_journal_delivery(&f->j, "epikrise som ahus 2024-T1 0/100\n"
                                 "epikrise som ous 2024-T1 20/100");
    expect(f, "figure 4.1 1535 2024 hso green -> red last green (3) "
              "[10 70 -60]\n"
              "figure 4.1 1535 2024 ahus none not_due -> red (2) "
              "[0 70 -70]\n"
              "correction 4.2 1535 2024 ous green -> red last green (3) "
              "[20 70 -50]\n");
}

static const char two_years[] =
    "targets:\n"
    "  - {id: vent, years: 2023-2024, indicator: ventetid,\n"
    "     text: Kortere ventetid,\n"
    "     scope: [region], require: [\"each tjeneste: value < value(-1)\"]}\n";

static void a_correction_of_an_earlier_year_changes_both_years(void **state)
{
    struct fixture *f = *state;
    test_journal_catalogue(&f->j, NULL, NULL, two_years);
    test_journal_delivery(&f->j, "ventetid som hso 2022 60\n"
                                 "ventetid som hso 2023 55\n"
                                 "ventetid som hso 2024 50");
    test_world_run(&f->w, &f->j, 0, 1);
    mv_log_head(f->w.changes, &f->told, NULL);
    test_journal_delivery(&f->j, "ventetid som hso 2023 65");
    expect(f, "correction 5.1 vent 2023 hso green -> red last green (3) "
              "[65 60 -5]\n");
    test_journal_delivery(&f->j, "ventetid som hso 2023 45");
    expect(f, "correction 6.1 vent 2023 hso red -> green last red (4) "
              "[45 60 15]\n"
              "correction 6.1 vent 2024 hso green -> red last green (3) "
              "[50 45 -5]\n");
}

static void none_between_two_reds_keeps_the_last_colour(void **state)
{
    struct fixture *f = *state;
    test_journal_delivery(&f->j, "epikrise som ous 2024-T1 10/100");
    test_journal_withdrawal(&f->j, "epikrise som ous 2024-T1");
    test_world_run(&f->w, &f->j, 3, 1);
    mv_log_head(f->w.changes, &f->told, NULL);
    expect(f, "withdrawal 4.1 1535 2024 hso red -> none withdrawn last red "
              "(3)\n"
              "withdrawal 4.1 1535 2024 ous red -> none withdrawn last red "
              "(3)\n");
    test_journal_delivery(&f->j, "epikrise som ous 2024-T1 20/100");
    expect(f, "correction 5.1 1535 2024 hso none withdrawn -> red last red "
              "(4) [20 70 -50]\n"
              "correction 5.1 1535 2024 ous none withdrawn -> red last red "
              "(4) [20 70 -50]\n");
}

static void a_withdrawal_of_nothing_is_counted(void **state)
{
    struct fixture *f = *state;
    test_journal_withdrawal(&f->j, "epikrise som ous 2024-T1");
    expect(f, "withdrawal 3.1 1535 2024 hso none not_due -> none withdrawn "
              "(2)\n"
              "withdrawal 3.1 1535 2024 ous none not_due -> none withdrawn "
              "(2)\n");
    assert_int_equal(count(f, EVALUATOR_COUNT_NOTHING), 1);
}

static void the_day_after_the_due_day_makes_it_overdue(void **state)
{
    struct fixture *f = *state;
    test_journal_day(&f->j, "2024-02-02");
    expect(f, "");
    test_journal_day(&f->j, "2024-06-14"); /* 30 April + 45 d */
    expect(f, "");
    test_journal_day(&f->j, "2024-06-15");
    expect(f, "clock 5 1535 2024 hso none not_due -> none overdue (2)\n"
              "clock 5 1535 2024 ahus none not_due -> none overdue (2)\n"
              "clock 5 1535 2024 ous none not_due -> none overdue (2)\n");
}

static const char sooner[] =
    "targets:\n"
    "  - {id: epi, year: 2024, indicator: epikrise, text: Flere,\n"
    "     scope: [trust], require: [\"each tjeneste: value >= 1 %\"]}\n";

static void a_first_none_names_no_periods_a_later_one_does(void **state)
{
    struct fixture *f = *state;
    test_journal_day(&f->j, "2024-06-15");
    test_world_run(&f->w, &f->j, 0, 1);
    struct mv_msg_change c = last_change(f, 0);
    assert_true(mv_span_is(c.was_reason, "not_due"));
    assert_non_null(c.overdue.at);
    test_journal_catalogue(&f->j, NULL, NULL, sooner);
    test_world_run(&f->w, &f->j, 0, 1);
    c = last_change(f, 0);
    assert_true(mv_span_is(c.was_status, "new"));
    assert_true(mv_span_is(c.reason, "overdue"));
    assert_null(c.overdue.at);
}

static const char easier[] =
    "targets:\n"
    "  - id: \"1535\"\n"
    "    year: 2024\n"
    "    text: {nb: Minst 40 prosent}\n"
    "    indicator: epikrise\n"
    "    require: [\"each tjeneste: value >= 40 %\"]\n";

static void a_catalogue_turns_statuses(void **state)
{
    struct fixture *f = *state;
    test_journal_delivery(&f->j, "epikrise som ous 2024-T1 50/100");
    test_world_run(&f->w, &f->j, 0, 1);
    mv_log_head(f->w.changes, &f->told, NULL);
    test_journal_catalogue(&f->j, NULL, NULL, easier);
    expect(f, "catalogue 4 1535 2024 hso red -> green last red (3) "
              "[50 40 10]\n"
              "catalogue 4 1535 2024 ous red -> green last red (3) "
              "[50 40 10]\n");
}

static void a_target_that_goes_and_comes_back_is_not_news(void **state)
{
    struct fixture *f = *state;
    test_journal_delivery(&f->j, "epikrise som ous 2024-T1 50/100");
    test_world_run(&f->w, &f->j, 0, 1);
    mv_log_head(f->w.changes, &f->told, NULL);
    test_journal_catalogue(&f->j, NULL, NULL, two_years);
    expect(f, "catalogue 4 vent 2023 hso new -> none no_base (1)\n"
              "catalogue 4 vent 2024 hso new -> none no_base (1)\n");
    test_journal_catalogue(&f->j, NULL, NULL, NULL);
    expect(f, "");
    test_journal_catalogue(&f->j, NULL, NULL, easier);
    expect(f, "catalogue 6 1535 2024 hso red -> green last red (3) "
              "[50 40 10]\n"
              "catalogue 6 1535 2024 ous red -> green last red (3) "
              "[50 40 10]\n");
}

#define SMALL                                                              \
    "indicators:\n  - {id: liten, title: L, measure: percent, frequency: " \
    "A_3,\n"                                                               \
    "     over_periods: ratio, over_units: ratio, decimals: 1,\n"          \
    "     min_denominator: 5, dimension: {id: tjeneste, total: ratio,\n"   \
    "     members: {som: S, vop: V}}}\n"
#define BELOW_40                                                         \
    "targets:\n  - {id: \"1\", year: 2024, text: T, indicator: liten,\n" \
    "     scope: [region, trust], require: [value < 40 %]}\n"

/* "hidden red of 40": what is sent of the unit in the last group. */
static void expect_sent(struct fixture *f, unsigned n, const char *sent)
{
    struct mv_msg_change c = last_change(f, n);
    struct mv_buf text = {0};
    struct mv_list marks;
    struct mv_span item, mark;
    if (mv_list_open(&marks, c.marks))
        while (mv_list_next(&marks, &item) && mv_value_text(item, &mark))
            mv_buf_printf(&text, "%.*s ", (int)mark.len, (const char *)mark.at);
    mv_buf_printf(&text, "%.*s %.*s", (int)c.unit.len, (const char *)c.unit.at,
                  (int)c.status.len, (const char *)c.status.at);
    const struct mv_span told[] = {c.value, c.limit, c.margin, c.needed};
    for (size_t i = 0; i < 4; i++)
        mv_buf_printf(&text, " %.*s", (int)told[i].len,
                      told[i].len > 0 ? (const char *)told[i].at : "");
    assert_string_equal(mv_buf_cstr(&text), sent);
    mv_buf_done(&text);
}

/* With hso's and those of the others ous' would tell that of a1, a trust here.
 * It is judged by them, and sent without; explain tells it. */
static void the_next_smallest_is_sent_without_its_numbers(void **state)
{
    struct fixture *f = *state;
    struct test_answer a = {0};
    struct mv_span judgement, raw;
    test_journal_catalogue(&f->j,
                           "units:\n"
                           "  - {id: hso, name: H, kind: region}\n"
                           "  - {id: a1, name: A, kind: trust, parent: hso}\n"
                           "  - {id: ous, name: O, kind: trust, parent: hso}\n"
                           "  - {id: sun, name: S, kind: trust, parent: hso}\n",
                           SMALL, BELOW_40);
    test_journal_delivery(&f->j, "liten - a1 2024-T1 1/4\n"
                                 "liten - ous 2024-T1 5/10\n"
                                 "liten - sun 2024-T1 60/100\n");
    test_world_run(&f->w, &f->j, 0, 10);
    expect_sent(f, 0,
                "hso red 57.894736842105 40 -17.894736842105 "
                "31.052631579");
    expect_sent(f, 1, "a1 none    ");
    expect_sent(f, 2, "hidden ous red  40  ");
    expect_sent(f, 3, "sun red 60 40 -20 30");
    assert_int_equal(
        test_ask(&f->w, "explain", "target=1 year=2024 unit=ous", &a), MV_OK);
    assert_true(mv_map_find(a.row[0], "judgement", &judgement));
    assert_true(mv_map_text(judgement, "value", &raw));
    assert_true(mv_span_is(raw, "50"));
    assert_false(mv_map_find(judgement, "marks", &raw));
    test_answer_done(&a);
    test_journal_delivery(&f->j, "liten - a1 2024-T1 3/6\n"
                                 "liten - ous 2024-T1 1/10\n");
    test_world_run(&f->w, &f->j, 0, 10);
    expect_sent(f, 0, "a1 red 50 40 -10 35");
    expect_sent(f, 1, "ous green 10 40 30 55");
    test_journal_delivery(&f->j, "liten - a1 2024-T1 1/4\n"
                                 "liten - ous 2024-T1 5/10\n");
    test_world_run(&f->w, &f->j, 0, 10);
    expect_sent(f, 0, "a1 none    "); /* and what it was is not said */
    expect_sent(f, 1, "hidden ous red  40  ");
}

/* Of each member by itself, in the change and beside it. */
static void a_criterion_is_sent_without_its_numbers(void **state)
{
    struct fixture *f = *state;
    struct mv_msg_criterion k;
    struct mv_fault fault;
    struct mv_list list;
    struct mv_span item;
    test_journal_catalogue(&f->j, NULL, SMALL,
                           "targets:\n"
                           "  - {id: \"1\", year: 2024, text: T,\n"
                           "     indicator: liten, scope: [trust],\n"
                           "     require: ['each tjeneste: value < 40 %']}\n");
    test_journal_delivery(&f->j, "liten som ahus 2024-T1 1/4\n"
                                 "liten vop ahus 2024-T1 1/9\n"
                                 "liten som ous 2024-T1 5/10\n"
                                 "liten vop ous 2024-T1 9/20\n");
    test_world_run(&f->w, &f->j, 0, 10);
    expect_sent(f, 1, "hidden ous red  40  "); /* som: farthest beyond */
    assert_true(mv_list_open(&list, last_change(f, 1).criteria));
    for (int i = 0; i < 2; i++) {
        assert_true(mv_list_next(&list, &item));
        assert_true(mv_msg_criterion_decode(item, &k, &fault));
        assert_true(mv_span_is(k.member, i == 0 ? "som" : "vop"));
        assert_int_equal(k.has_hidden && k.hidden, i == 0);
        assert_int_equal(k.value.at != NULL, i);
        assert_int_equal(k.margin.at != NULL, i);
        assert_int_equal(k.needed.at != NULL, i);
        assert_true(mv_span_is(k.limit, "40"));
    }
}

/* P12, bad input's QUAR. */
static void an_aborted_batch_leaves_nothing_behind(void **state)
{
    struct fixture *f = *state;
    struct mv_hash before = test_world_digest(&f->w);
    test_journal_delivery(&f->j, "epikrise som ous 2024-T1 10/100");
    test_journal_day(&f->j, "2024-09-09");
    test_journal_catalogue(&f->j, NULL, NULL, two_years);
    test_journal_catalogue(&f->j, NULL, NULL, easier);
    mv_store_begin(f->w.store);
    for (uint64_t seq = 3; seq <= 6; seq++) {
        struct mv_record r = test_journal_record(&f->j, seq);
        assert_int_equal(evaluator_apply(f->w.evaluator, &r, NULL), MV_OK);
    }
    mv_store_abort(f->w.store);
    assert_int_equal(f->w.evaluator->now.seq, 2);
    struct mv_hash after = test_world_digest(&f->w);
    assert_true(mv_hash_equal(&before, &after));
    f->j.count = 3; /* and what was read of it is forgotten, too */
    expect(f, "figure 3.1 1535 2024 hso none not_due -> red (2) "
              "[10 70 -60]\n"
              "figure 3.1 1535 2024 ous none not_due -> red (2) "
              "[10 70 -60]\n");
    f->j.count = 6;
}

static void a_closed_year_is_marked_in_its_changes(void **state)
{
    struct fixture *f = *state;
    struct mv_log_reader reader;
    struct mv_record r;
    test_journal_catalogue(&f->j, NULL, NULL, two_years);
    test_journal_day(&f->j, "2025-03-01");
    test_journal_delivery(&f->j, "ventetid som hso 2022 60\n"
                                 "ventetid som hso 2023 65\n"
                                 "ventetid som hso 2024 50");
    test_world_run(&f->w, &f->j, 0, 1);
    uint64_t head;
    mv_log_head(f->w.changes, &head, NULL);
    assert_int_equal(mv_store_read_begin(f->w.store, NULL), MV_OK);
    mv_log_reader_open(&reader, f->w.changes, head);
    assert_int_equal(mv_log_reader_next(&reader, &r, NULL), MV_OK);
    size_t marks = 0;
    for (size_t i = 0; i + 7 < r.content.len; i++) {
        marks += memcmp((const char *)r.content.at + i,
                        "\xa6"
                        "closed",
                        7) == 0;
    }
    assert_int_equal(marks, 1); /* 2023, not 2024 */
    mv_log_reader_close(&reader);
    assert_int_equal(mv_store_read_end(f->w.store, NULL), MV_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_judgement_is_a_change_from_new),
        TEST(a_figure_is_judged_for_its_unit_and_all_above),
        TEST(a_delivery_is_judged_once_and_whole),
        TEST(what_changes_no_status_leaves_no_group),
        TEST(an_older_version_has_no_effect_and_is_counted),
        TEST(a_figure_without_a_time_counts_from_its_receipt),
        TEST(criteria_that_are_not_green_stand_first),
        TEST(what_the_change_says_already_is_not_said_again),
        TEST(a_large_group_goes_on_in_parts),
        TEST(a_correction_says_so_and_a_mixed_delivery_says_both),
        TEST(a_correction_of_an_earlier_year_changes_both_years),
        TEST(none_between_two_reds_keeps_the_last_colour),
        TEST(a_withdrawal_of_nothing_is_counted),
        TEST(the_day_after_the_due_day_makes_it_overdue),
        TEST(a_first_none_names_no_periods_a_later_one_does),
        TEST(a_catalogue_turns_statuses),
        TEST(a_target_that_goes_and_comes_back_is_not_news),
        TEST(the_next_smallest_is_sent_without_its_numbers),
        TEST(a_criterion_is_sent_without_its_numbers),
        TEST(an_aborted_batch_leaves_nothing_behind),
        TEST(a_closed_year_is_marked_in_its_changes),
    };
    return cmocka_run_group_tests_name("evaluator", tests, NULL, NULL);
}
