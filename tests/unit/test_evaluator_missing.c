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

#define OWED  100u /* members, of a region */
#define BELOW 8u   /* its trusts */

/* Each twentieth was sent, by the last of the trusts. */
static void make_region(struct fixture *f, const char *figures)
{
    struct mv_buf units = {0}, indicators = {0};
    mv_buf_printf(&units, "units:\n  - {id: r, name: R, kind: region}\n");
    for (unsigned u = 1; u <= BELOW; u++)
        mv_buf_printf(&units,
                      "  - {id: u%u, name: U, kind: trust, parent: r}\n", u);
    mv_buf_printf(
        &indicators,
        "indicators:\n"
        "  - {id: i, title: I, measure: count, frequency: A_3,\n"
        "     due: 9 d, over_periods: sum, over_units: sum, by: trust,"
        "\n     dimension: {id: d, total: sum, members: {");
    for (unsigned m = 0; m < OWED; m++)
        mv_buf_printf(&indicators, "%sm%02u: M", m > 0 ? ", " : "", m);
    mv_buf_printf(&indicators, "}}}\n");
    test_journal_catalogue(&f->j, mv_buf_cstr(&units), mv_buf_cstr(&indicators),
                           "targets:\n"
                           "  - {id: t, year: 2024, text: T, indicator: i,\n"
                           "     scope: [region], require: ['each d: value > "
                           "1']}\n");
    if (figures != NULL)
        test_journal_delivery(&f->j, figures);
    test_world_run(&f->w, &f->j, 0, 10);
    mv_buf_done(&indicators);
    mv_buf_done(&units);
}

#define LAST_SENT                              \
    "i m00 u8 2024-T1 1\ni m20 u8 2024-T1 1\n" \
    "i m40 u8 2024-T1 1\ni m60 u8 2024-T1 1\n" \
    "i m80 u8 2024-T1 1\n"

static void more_members_than_are_named_are_counted(void **state)
{
    struct fixture *f = *state;
    uint64_t never = 0;
    struct mv_span raw;
    struct mv_list l;
    make_region(f, LAST_SENT);
    assert_int_equal(ask(f, "missing", "year=2024 unit=r"), MV_OK);
    assert_int_equal(f->a.rows, 1);
    assert_string_equal(text(f, 0, "unit"), "r");
    assert_true(mv_map_u64(f->a.row[0], "members_never", &never));
    assert_int_equal(never, 95);
    assert_true(mv_map_find(f->a.row[0], "members", &raw));
    assert_true(mv_list_open(&l, raw) && l.left == 64);
}

/* What a step takes: a unit's series, or a member's of all units, of two
 * years. */
#define UNIT_STEP   (2u * (OWED + 1))
#define MEMBER_STEP (2u * (BELOW + 1))

static uint64_t count_never(const struct test_pages *p, uint32_t rows)
{
    struct mv_cursor c = mv_cursor(mv_buf_span(&p->rows));
    struct mv_span row;
    uint64_t sum = 0, never;
    for (uint32_t i = 0; i < rows; i++) {
        assert_true(mv_cursor_skip(&c, &row));
        if (mv_map_u64(row, "members_never", &never))
            sum += never;
    }
    assert_true(c.at == c.end);
    return sum;
}

/* Where those of one unit take more than a page's work they come in several
 * rows, each with a page's work but the last. */
static void members_that_never_came_take_turns(void **state)
{
    struct fixture *f = *state;
    make_region(f, LAST_SENT);
    struct test_pages all = test_ask_all(&f->w, "missing", "year=2024", 0);
    assert_int_equal(all.count, 1);
    assert_int_equal(count_never(&all, 1), 95);
    mv_buf_done(&all.rows);
    for (uint32_t work = 1; work < 700; work += 99) {
        struct test_pages p = test_ask_all(&f->w, "missing", "year=2024", work);
        assert_true(p.most < 2 * (work + MEMBER_STEP) + UNIT_STEP);
        assert_true(p.pages >
                    p.looked / (2 * (work + MEMBER_STEP) + UNIT_STEP));
        assert_true(p.pages <= 2 * p.looked / work + 2);
        assert_int_equal(count_never(&p, p.count), 95);
        assert_true(p.count <= 95 * MEMBER_STEP / work + 1);
        mv_buf_done(&p.rows);
    }
}

static void members_that_all_came_take_no_more_turns(void **state)
{
    struct fixture *f = *state;
    struct mv_buf lines = {0};
    for (unsigned m = 0; m < OWED; m++)
        mv_buf_printf(&lines, "i m%02u u8 2024-T1 1\n", m);
    make_region(f, mv_buf_cstr(&lines));
    struct test_pages p = test_ask_all(&f->w, "missing", "year=2024", 500);
    assert_int_equal(p.count, 0);
    assert_true(p.pages <= p.looked / 500 + 1);
    mv_buf_done(&p.rows);
    mv_buf_done(&lines);
}

static void whether_any_below_sent_it_is_sought_in_turns(void **state)
{
    struct fixture *f = *state;
    make_region(f, NULL);
    for (uint32_t work = 1; work < 700; work += 99) {
        struct test_pages p = test_ask_all(&f->w, "missing", "year=2024", work);
        assert_int_equal(p.count, 1);
        assert_int_equal(count_never(&p, 1), 0);
        assert_true(p.most < work + UNIT_STEP);
        mv_buf_done(&p.rows);
    }
}

/* Only the one that is asked for is looked at. */
static void what_is_missing_of_one_is_not_sought_in_others(void **state)
{
    struct fixture *f = *state;
    make_region(f, LAST_SENT);
    struct test_pages p =
        test_ask_all(&f->w, "missing", "year=2024 unit=u8", 0);
    assert_int_equal(p.count, 0);
    assert_true(p.looked > 0 && p.looked <= UNIT_STEP);
    mv_buf_done(&p.rows);
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
        TEST(more_members_than_are_named_are_counted),
        TEST(members_that_never_came_take_turns),
        TEST(members_that_all_came_take_no_more_turns),
        TEST(whether_any_below_sent_it_is_sought_in_turns),
        TEST(what_is_missing_of_one_is_not_sought_in_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
