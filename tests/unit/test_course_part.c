/* What of a year a series has: the periods that are not in it. */
#include "services/judging/course.h"
#include "tests/support/judging.h"

static const char indicators[] =
    "indicators:\n" INDICATOR("beds", "count", "A_3", "sum", "sum", "")
        INDICATOR("pair", "percent", "A_3", "ratio", "ratio", "");

static struct mv_course course;
static struct mv_course_value v;

static void follow(const char *unit)
{
    (void)world_status(&w, "t", 2024, unit);
    assert_true(
        mv_course_open(&course, &w.env, w.j.target, w.j.unit, &w.j.rulings[0]));
}

static mv_reason period(const char *text)
{
    struct mv_period p;
    assert_true(mv_period_parse(mv_span_text(text), &p));
    mv_course_period(&course, &p, &v);
    return v.reason;
}

/* b begins in the second tertial; of c nothing is expected in the first. */
static void a_period_is_missing_where_it_is_expected(void **state)
{
    (void)state;
    start_target("units:\n  - {id: r, name: R, kind: region}\n"
                 "  - {id: a, name: A, kind: trust, parent: r}\n"
                 "  - {id: b, name: B, kind: trust, parent: r, from: "
                 "2024-05-01}\n"
                 "  - {id: c, name: C, kind: trust, parent: r}\n",
                 indicators,
                 "year: 2024, scope: [trust], indicator: beds, require: "
                 "['value > 0']");
    w.env.today = world_day("2024-06-01");
    push("beds", "a", "2024-T2", "4");
    push("beds", "b", "2024-T2", "4");
    (void)world_push(&w, "beds", "c", "", "2024-T1", "-", 'M');
    push("beds", "c", "2024-T2", "4");
    follow("a");
    assert_int_equal(period("2024-T1"), MV_REASON_NOT_DUE);
    assert_true(v.missing);
    assert_int_equal(period("2024-T2"), MV_REASON_NO);
    assert_false(v.missing);
    mv_course_done(&course);
    follow("b");
    assert_int_equal(period("2024-T1"), MV_REASON_NOT_DUE);
    assert_false(v.missing);
    mv_course_done(&course);
    follow("c");
    assert_int_equal(period("2024-T1"), MV_REASON_NOT_DUE);
    assert_false(v.missing);
    mv_course_done(&course);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_period_is_missing_where_it_is_expected),
    };
    return cmocka_run_group_tests_name("course_part", tests, NULL, NULL);
}
