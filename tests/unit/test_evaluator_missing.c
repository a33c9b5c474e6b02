/* `missing`: which figures are past due, and of whom. */
#include <stdlib.h>

#include "proto/walk.h"
#include "tests/support/asked.h"
#include "tests/support/unit.h"

static void missing_names_who_owes_what(void **state)
{
    struct fixture *f = *state;
    struct mv_span raw;
    struct mv_list periods;
    test_journal_delivery(&f->j, "epikrise tsb ahus 2023 50/100");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(ask(f, "missing", "year=2024"), MV_OK);
    assert_int_equal(f->a.rows, 2);
    assert_string_equal(text(f, 0, "unit"), "ahus");
    assert_string_equal(text(f, 0, "indicator"), "epikrise");
    assert_string_equal(text(f, 0, "due"), "2024-06-14");
    assert_string_equal(text(f, 1, "unit"), "ous");
    assert_true(mv_map_find(f->a.row[0], "periods", &raw));
    assert_true(mv_list_open(&periods, raw) && periods.left == 1);
    assert_int_equal(ask(f, "missing", "year=2024 unit=ous"), MV_OK);
    assert_int_equal(f->a.rows, 1);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(missing_names_who_owes_what),
        TEST(missing_names_who_never_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
