/* `missing`: which figures are past due, and of whom. */
#include <stdio.h>
#include <stdlib.h>

#include "proto/walk.h"
#include "tests/support/asked.h"
#include "tests/support/unit.h"

/* "a b" of the list under the key. */
static const char *listed(struct fixture *f, uint32_t row, const char *key)
{
    static char out[64];
    struct mv_buf text = {0};
    struct mv_list l;
    struct mv_span raw, item;
    if (mv_map_find(f->a.row[row], key, &raw) && mv_list_open(&l, raw)) {
        while (mv_list_next(&l, &item) && mv_value_text(item, &raw))
            mv_buf_printf(&text, "%s%.*s", text.len > 0 ? " " : "",
                          (int)raw.len, (const char *)raw.at);
    }
    (void)snprintf(out, sizeof out, "%s", mv_buf_cstr(&text));
    mv_buf_done(&text);
    return out;
}

static void missing_names_who_owes_what(void **state)
{
    struct fixture *f = *state;
    struct mv_span raw;
    struct mv_list periods;
    test_journal_delivery(&f->j, "epikrise tsb ahus 2023 50/100");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(ask(f, "missing", "year=2024"), MV_OK);
    assert_int_equal(f->a.rows, 3);
    assert_string_equal(text(f, 2, "unit"), "ous"); /* som, and tsb once */
    assert_string_equal(listed(f, 2, "members"), "vop");
    assert_string_equal(text(f, 0, "unit"), "ahus");
    assert_string_equal(text(f, 0, "indicator"), "epikrise");
    assert_string_equal(text(f, 0, "due"), "2024-06-14");
    assert_string_equal(text(f, 1, "unit"), "ous");
    assert_true(mv_map_find(f->a.row[0], "periods", &raw));
    assert_true(mv_list_open(&periods, raw) && periods.left == 1);
    assert_int_equal(ask(f, "missing", "year=2024 unit=ous"), MV_OK);
    assert_int_equal(f->a.rows, 2);
    assert_int_equal(ask(f, "missing", ""), MV_AGAIN);
    assert_int_equal(ask(f, "missing", "year=2024 unit=x"), MV_AGAIN);
}

static void ask_who_waits(struct fixture *f, const char *scope,
                          const char *figures)
{
    struct mv_buf targets = {0};
    static const char indicators[] =
        "indicators:\n"
        "  - {id: wait, title: W, measure: days, frequency: A_3, due: 9 d,\n"
        "     decimals: 0, over_periods: mean, over_units: none, by: trust}\n";
    mv_buf_printf(&targets,
                  "targets:\n"
                  "  - {id: t, year: 2024, text: T, indicator: wait,\n"
                  "     scope: [%s], require: [value < 60 days]}\n",
                  scope);
    test_journal_catalogue(&f->j, NULL, indicators, mv_buf_cstr(&targets));
    if (figures != NULL)
        test_journal_delivery(&f->j, figures);
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(ask(f, "missing", "year=2024"), MV_OK);
    mv_buf_done(&targets);
}

/* Who is judged by it is named; not one below which somebody sends it. */
static void missing_names_who_never_sent(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *scope, *figures, *unit;
    } all[] = {{"region", NULL, "hso"},
               {"trust", "wait - a1 2024-T1 64\n", "ous"}};
    for (size_t i = 0; i < 2; i++) {
        bool never = false;
        struct mv_span raw;
        ask_who_waits(f, all[i].scope, all[i].figures);
        assert_int_equal(f->a.rows, 1);
        assert_string_equal(text(f, 0, "unit"), all[i].unit);
        assert_true(mv_map_find(f->a.row[0], "never", &raw));
        assert_true(mv_value_bool(raw, &never) && never);
        assert_int_equal(ask(f, "missing", "year=2023"), MV_OK);
        assert_int_equal(f->a.rows, 0);
    }
}

static void ask_of_members(struct fixture *f, const char *require,
                           const char *figures)
{
    struct mv_buf targets = {0};
    static const char indicators[] =
        "indicators:\n"
        "  - {id: way, title: W, measure: percent, frequency: A_3, due: 9 d,\n"
        "     dimension: {id: form, members: {a: A, b: B, c: C}, total: none},"
        "\n     over_periods: ratio, over_units: ratio, by: trust}\n";
    mv_buf_printf(&targets,
                  "targets:\n"
                  "  - {id: s, year: 2024, text: S, indicator: way,\n"
                  "     scope: [trust], require: ['value(\"way/a\") > 1 %%']}\n"
                  "  - {id: t, year: 2024, text: T, indicator: way,\n"
                  "     scope: [trust], require: [%s]}\n",
                  require);
    test_journal_catalogue(&f->j, NULL, indicators, mv_buf_cstr(&targets));
    test_journal_delivery(&f->j, figures);
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(ask(f, "missing", "year=2024 unit=ahus"), MV_OK);
    mv_buf_done(&targets);
}

/* Where each is judged: what never came is owed as what came once, but where
 * none is expected (M). A unit below may send it. */
static void members_that_never_came_are_named_where_each_is_judged(void **state)
{
    struct fixture *f = *state;
    uint64_t never = 0, of = 0;
    ask_of_members(f, "'each form: value > 1 %'", "way a ahus 2024-T1 7/10\n");
    assert_int_equal(f->a.rows, 1);
    assert_string_equal(text(f, 0, "unit"), "ahus");
    assert_string_equal(listed(f, 0, "members"), "b c");
    assert_string_equal(listed(f, 0, "periods"), "2024-T1");
    assert_string_equal(listed(f, 0, "targets"), "t");
    assert_true(mv_map_u64(f->a.row[0], "members_never", &never) && never == 2);
    assert_true(mv_map_u64(f->a.row[0], "members_of", &of) && of == 3);
    test_journal_delivery(&f->j, "way b ahus 2024-T1 - M\n"
                                 "way c a1 2024-T1 7/10\n");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(ask(f, "missing", "year=2024 unit=ahus"), MV_OK);
    assert_int_equal(f->a.rows, 0);
}

/* Nor one that has not got the limit that it is judged by. */
static void
members_that_no_target_judges_by_themselves_are_not_owed(void **state)
{
    struct fixture *f = *state;
    const char *figures = "way a ahus 2024-T1 7/10\n";
    ask_of_members(f, "'value(\"way/b\") > 1 %'", figures);
    assert_int_equal(f->a.rows, 0);
    ask_of_members(
        f, "'each form: value > limit'], limits: {c: 1 %}, aim: [value > 2 %",
        figures);
    assert_int_equal(f->a.rows, 1);
    assert_string_equal(listed(f, 0, "members"), "c");
}

/* Limits are numbered by the first indicator that is asked member by member;
 * those of another find theirs by name. */
static void limits_are_found_by_the_members_names(void **state)
{
    struct fixture *f = *state;
    static const char indicators[] =
        "indicators:\n"
        "  - {id: way, title: W, measure: count, frequency: A_3, due: 9 d,\n"
        "     dimension: {id: form, members: {a: A, b: B, c: C}, total: none},"
        "\n     over_periods: sum, over_units: sum, by: trust}\n"
        "  - {id: back, title: B, measure: count, frequency: A_3, due: 9 d,\n"
        "     dimension: {id: kind, members: {x: X, c: C, b: B, a: A}, total: "
        "none},\n     over_periods: sum, over_units: sum, by: trust}\n";
    static const char targets[] =
        "targets:\n"
        "  - {id: t, year: 2024, text: T, scope: [trust],\n"
        "     require: ['each form: value(\"way\") > limit',\n"
        "     'each kind: value(\"back\") > limit'],\n"
        "     limits: {a: 1, b: 1}}\n";
    test_journal_catalogue(&f->j, NULL, indicators, targets);
    test_journal_delivery(&f->j, "way a ahus 2024-T1 7\nway b ahus 2024-T1 7\n"
                                 "back b ahus 2024-T1 7\n");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(ask(f, "missing", "year=2024 unit=ahus"), MV_OK);
    assert_int_equal(f->a.rows, 1);
    assert_string_equal(text(f, 0, "indicator"), "back");
    assert_string_equal(listed(f, 0, "members"), "a");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(missing_names_who_owes_what),
        TEST(missing_names_who_never_sent),
        TEST(members_that_never_came_are_named_where_each_is_judged),
        TEST(members_that_no_target_judges_by_themselves_are_not_owed),
        TEST(limits_are_found_by_the_members_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
