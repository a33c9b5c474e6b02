/* What persons said, as `maalvakt status` and `maalvakt explain` show it. */
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "services/base/clock.h"
#include "services/cli/explain_rows.h"
#include "services/cli/stated.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

static void put_due(struct mv_buf *b, const char *day, const char *met,
                    bool late, uint64_t seq)
{
    mv_pack_map(b, met != NULL ? 8 : 3);
    mv_pack_kv_cstr(b, "on", late ? "2024-04-01" : day); /* moved */
    mv_pack_kv_cstr(b, "day", day);
    mv_pack_kv_cstr(b, "what", "rapport");
    if (met == NULL)
        return;
    mv_pack_kv_cstr(b, "met", met);
    mv_pack_kv_cstr(b, "at", "2024-05-15");
    mv_pack_kv_bool(b, "late", late);
    mv_pack_kv_cstr(b, "author", "Kari");
    mv_pack_kv_u64(b, "seq", seq);
}

static void put_dues(struct mv_buf *b)
{
    mv_pack_cstr(b, "dues");
    mv_pack_list(b, 5);
    put_due(b, "2024-05-01", "delivered", true, 24);
    put_due(b, "2024-06-01", "delivered", false, 23);
    put_due(b, "2024-07-01", "closed", false, 22);
    put_due(b, "2024-09-15", NULL, false, 0);
    put_due(b, "2025-09-15", NULL, false, 0);
}

/* A row of status, or the map of a judgement. */
static void put_said(struct mv_buf *b, bool decides)
{
    mv_pack_cstr(b, "assessment");
    mv_pack_map(b, 6);
    mv_pack_kv_cstr(b, "status", "green");
    mv_pack_kv_cstr(b, "comment", "Oppfylt.");
    mv_pack_kv_cstr(b, "author", "Kari");
    mv_pack_kv_cstr(b, "until", "2025-06-30");
    mv_pack_kv_u64(b, "seq", 16);
    mv_pack_kv_i64(b, "time", INT64_C(1733011200000));
    mv_pack_kv_bool(b, "held", true);
    mv_pack_kv_cstr(b, decides ? "by" : "other", "assessment");
}

static void assert_why(const struct mv_buf *row, const char *before,
                       const char *why)
{
    struct screen s;
    struct mv_buf out = {0};
    screen_open(&s, MV_LANG_NB, 0);
    mv_buf_text(&out, before);
    cli_stated_why(&s.cli, mv_buf_span(row), &out);
    assert_string_equal(mv_buf_cstr(&out), why);
    mv_buf_done(&out);
    screen_close(&s);
}

static void each_due_date_says_whether_and_when_it_was_met(void **state)
{
    (void)state;
    struct mv_buf row = {0};
    mv_pack_map(&row, 2);
    mv_pack_cstr(&row, "overdue");
    mv_pack_list(&row, 1);
    mv_pack_cstr(&row, "2024-09-15");
    put_dues(&row);
    assert_why(&row, "",
               "frist 2024-05-01 (flyttet fra 2024-04-01) møtt for sent, "
               "2024-05-15; frist 2024-06-01 møtt 2024-05-15; frist "
               "2024-07-01 gjelder ikke lenger; frist 2024-09-15 ikke møtt; "
               "frist 2025-09-15");
    mv_buf_done(&row);
}

static void who_assessed_is_named_and_a_hold_is_told(void **state)
{
    (void)state;
    struct mv_buf row = {0};
    mv_pack_map(&row, 3);
    put_said(&row, true);
    assert_why(&row, "foreløpig", "foreløpig; vurdert av Kari; under retting");
    mv_buf_clear(&row);
    mv_pack_map(&row, 3);
    put_said(&row, false);
    assert_why(&row, "", "Kari vurderer ✓ grønn; under retting");
    mv_buf_clear(&row);
    mv_pack_map(&row, 0);
    assert_why(&row, "", "");
    mv_buf_done(&row);
}

static bool says(struct screen *s, const char *text)
{
    return strstr(screen_text(s), text) != NULL;
}

static void put_hold(struct mv_buf *b, const char *indicator, const char *until,
                     const char *comment)
{
    mv_pack_map(b, 6u + (until != NULL));
    mv_pack_kv_cstr(b, "indicator", indicator);
    mv_pack_kv_cstr(b, "unit", "ahus");
    if (until != NULL)
        mv_pack_kv_cstr(b, "until", until);
    mv_pack_kv_cstr(b, "author", "Kari");
    mv_pack_kv_cstr(b, "comment", comment);
    mv_pack_kv_u64(b, "seq", 16);
    mv_pack_kv_i64(b, "time", INT64_C(1733011200000));
}

/* Of one that is held for three figures, two of them for the same reason. */
static void put_holds(struct mv_buf *b)
{
    mv_pack_map(b, 2);
    mv_pack_kv_bool(b, "held", true);
    mv_pack_cstr(b, "holds");
    mv_pack_list(b, 3);
    put_hold(b, "senger", "2024-06-30", "Feil kilde.");
    put_hold(b, "drift", NULL, "Telles om.");
    put_hold(b, "pleie", "2024-06-30", "Feil kilde.");
}

static void a_hold_says_until_when_by_whom_and_in_full_why(void **state)
{
    (void)state;
    struct screen s;
    struct mv_buf row = {0}, out = {0};
    put_holds(&row);
    assert_why(&row, "",
               "under retting til og med 2024-06-30 (Kari); under retting "
               "(Kari)");
    screen_open(&s, MV_LANG_EN, 0);
    mv_buf_text(&out, "before");
    cli_stated_held(&s.cli, mv_buf_span(&row), true, &out);
    assert_string_equal(mv_buf_cstr(&out),
                        "before; under correction up to 2024-06-30, Kari: Feil "
                        "kilde.; under correction, Kari: Telles om.");
    mv_buf_clear(&out);
    cli_stated_holds(&s.cli, cli_get(mv_buf_span(&row), "holds"));
    assert_true(says(&s, "pleie of ahus is being corrected, says Kari"));
    assert_true(says(&s, "(journal no. 16): Feil kilde."));
    assert_true(says(&s, "holds up to 2024-06-30"));
    assert_true(says(&s, "holds until `maalvakt release`"));
    mv_buf_done(&row);
    mv_buf_done(&out);
    screen_close(&s);
}

static void
an_explanation_has_the_comment_and_what_figures_alone_give(void **state)
{
    (void)state;
    struct screen s;
    struct mv_buf j = {0};
    screen_open(&s, MV_LANG_EN, 0);
    mv_pack_map(&j, 5);
    mv_pack_kv_cstr(&j, "own", "none");
    mv_pack_kv_cstr(&j, "own_reason", "not_due");
    put_said(&j, true);
    cli_stated_show(&s.cli, mv_span_text("figures"), mv_buf_span(&j));
    assert_false(says(&s, "does not decide"));
    assert_true(says(&s, "Figures and dates alone give"));
    assert_true(says(&s, "(journal no. 16): Oppfylt."));
    assert_true(says(&s, "holds up to 2025-06-30"));
    mv_buf_done(&j);
    screen_close(&s);
}

/* Green was said; by the rule and by what figures or dates give. */
static void assert_beside(const char *rule, const char *status, const char *own,
                          const char *why)
{
    struct screen s;
    struct mv_buf j = {0};
    screen_open(&s, MV_LANG_NB, 0);
    mv_pack_map(&j, own != NULL ? 5 : 4);
    mv_pack_kv_cstr(&j, "status", status);
    mv_pack_kv_cstr(&j, "reason", *status == 'n' ? "report_only" : "");
    if (own != NULL)
        mv_pack_kv_cstr(&j, "own", own);
    put_said(&j, false);
    cli_stated_show(&s.cli, mv_span_text(rule), mv_buf_span(&j));
    assert_true(says(&s, why));
    mv_buf_done(&j);
    screen_close(&s);
}

static void an_assessment_that_does_not_decide_says_why(void **state)
{
    (void)state;
    assert_beside("figures", "yellow", NULL,
                  "Den bestemmer ikke statusen nå: tall og frister alene gir ! "
                  "gul, og de går foran (`decides: figures`).");
    assert_beside("worst", "red", NULL, "det verste gjelder");
    assert_beside("", "yellow", NULL, "fristene alene gir ! gul, og de går");
    assert_beside("assessment", "yellow", "red", "holdes fast");
    assert_beside("figures", "none", NULL, "`state: report_only`");
}

static void due_dates_are_a_table_and_their_records_are_listed(void **state)
{
    (void)state;
    struct screen s;
    struct cli_pages rows = {0};
    struct mv_buf row = {0};
    size_t count;
    mv_pack_map(&row, 3);
    mv_pack_kv_cstr(&row, "what", "judgement");
    mv_pack_cstr(&row, "judgement");
    mv_pack_map(&row, 3);
    put_said(&row, true);
    put_dues(&row);
    cli_pages_put(&rows, mv_buf_span(&row));
    uint64_t *seqs = cli_explain_seqs(&rows, &count);
    assert_int_equal(count, 4);
    assert_int_equal(seqs[0], 16);
    assert_int_equal(seqs[1], 22);
    assert_int_equal(seqs[3], 24);
    free(seqs);
    screen_open(&s, MV_LANG_NB, 0);
    cli_stated_dues(&s.cli, cli_get(mv_buf_span(&row), "dues"));
    assert_true(says(&s, "Frister"));
    assert_true(says(&s, "møtt for sent"));
    assert_true(says(&s, "Kari"));
    cli_pages_done(&rows);
    mv_buf_done(&row);
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_due_date_says_whether_and_when_it_was_met),
        cmocka_unit_test(who_assessed_is_named_and_a_hold_is_told),
        cmocka_unit_test(a_hold_says_until_when_by_whom_and_in_full_why),
        cmocka_unit_test(
            an_explanation_has_the_comment_and_what_figures_alone_give),
        cmocka_unit_test(an_assessment_that_does_not_decide_says_why),
        cmocka_unit_test(due_dates_are_a_table_and_their_records_are_listed),
    };
    struct mv_err err = {0};
    if (mv_clock_init(&err) != MV_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
