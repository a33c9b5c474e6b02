/* `check`: two numbers for one thing, and all that is behind each. */
#include <stdlib.h>

#include "proto/walk.h"
#include "tests/support/asked.h"
#include "tests/support/unit.h"

/* The id of the first of what is missing, and what it is called. */
static void assert_missing(const struct fixture *f, size_t row, const char *id,
                           const char *name)
{
    struct mv_list ids, titles;
    struct mv_span raw, item, text = mv_span("", 0);
    assert_true(mv_map_find(f->a.row[row], "missing", &raw));
    assert_true(mv_list_open(&ids, raw));
    assert_true(mv_list_next(&ids, &item) && mv_value_text(item, &text));
    assert_true(mv_span_is(text, id));
    assert_true(mv_map_find(f->a.row[row], "missing_titles", &raw));
    assert_true(mv_list_open(&titles, raw));
    assert_int_equal(titles.left, ids.left + 1);
    assert_true(mv_list_next(&titles, &item));
    assert_true(mv_map_text(item, "nb", &text));
    assert_true(mv_span_is(text, name));
}

static void check_gives_both_numbers_and_the_figures_behind_each(void **state)
{
    struct fixture *f = *state;
    uint64_t next = 0, seq = 0;
    test_journal_delivery(&f->j, "epikrise som hso 2024-T1 131/200\n"
                                 "epikrise vop hso 2024-T1 91/100\n");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(ask(f, "check", "year=2024 unit=ahus"), MV_OK);
    assert_int_equal(f->a.rows, 0);
    assert_int_equal(ask(f, "check", "year=2023"), MV_OK);
    assert_int_equal(f->a.rows, 0);
    assert_int_equal(ask(f, "check", "year=2024 indicator=epikrise"), MV_OK);
    assert_int_equal(f->a.rows, 4 + 3);
    assert_string_equal(text(f, 0, "what"), "disagreement");
    assert_string_equal(text(f, 0, "kind"), "units");
    assert_string_equal(text(f, 0, "unit"), "hso");
    assert_string_equal(text(f, 0, "member"), "som");
    assert_string_equal(text(f, 0, "stated_numerator"), "131");
    assert_string_equal(text(f, 0, "made_numerator"), "130");
    assert_string_equal(text(f, 1, "numerator"), "131");
    assert_string_equal(text(f, 2, "unit"), "ahus");
    assert_true(mv_map_u64(f->a.row[3], "seq", &seq) && seq > 0);
    assert_string_equal(text(f, 4, "member"), "vop");
    assert_missing(f, 4, "ous", "OUS");
    /* the second begins at place 1 of its unit, the first of the catalogue */
    assert_int_equal(ask(f, "check", "year=2024 from=1"), MV_OK);
    assert_int_equal(f->a.rows, 3);
    assert_string_equal(text(f, 0, "member"), "vop");
    assert_false(mv_map_u64(f->a.row[2], "next", &next));
}

static void a_member_without_a_figure_is_called_by_its_title(void **state)
{
    struct fixture *f = *state;
    test_journal_catalogue(
        &f->j, NULL,
        "indicators:\n"
        "  - {id: epikrise, title: Epikriser, measure: count, frequency: A,\n"
        "     dimension: {id: tjeneste, members: {som: Somatikk, vop: Voksne,"
        " tsb: Rusbehandling}, total: sum},\n"
        "     over_periods: last, over_units: sum, min: 0}\n",
        "targets:\n  - {id: \"1\", year: 2024, text: T, indicator: epikrise,\n"
        "     require: [value >= 1]}\n");
    test_journal_delivery(&f->j, "epikrise - ahus 2023 10\n"
                                 "epikrise som ahus 2023 11\n"
                                 "epikrise vop ahus 2023 3\n");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(ask(f, "check", "year=2023 unit=ahus"), MV_OK);
    assert_string_equal(text(f, 0, "kind"), "members");
    assert_missing(f, 0, "tsb", "Rusbehandling");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(check_gives_both_numbers_and_the_figures_behind_each),
        TEST(a_member_without_a_figure_is_called_by_its_title),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
