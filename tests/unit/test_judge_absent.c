/* Two years compared, a child or a member in only one of them: which reason
 * is given, and of whom it is asked. */
#include "tests/support/given.h"

#define UNITS                                                \
    "units:\n"                                               \
    "  - {id: hso, name: HSO, kind: region}\n"               \
    "  - {id: ahus, name: Ahus, kind: trust, parent: hso}\n" \
    "  - {id: ous, name: OUS, kind: trust, parent: hso}\n"   \
    "  - {id: nor, name: N, kind: hospital, parent: ahus}\n" \
    "  - {id: kong, name: K, kind: hospital, parent: ahus}\n"

#define FIGURES                                                      \
    "indicators:\n"                                                  \
    "  - {id: i, title: I, measure: nok, frequency: Q, by: trust,\n" \
    "     over_periods: sum, over_units: sum, better: higher,\n"     \
    "     dimension: {id: d, members: {a: A, b: B}, total: sum}}\n"

#define TARGETS                                                         \
    "targets:\n"                                                        \
    "  - {id: t, year: 2024, text: T, indicator: i, scope: [region, "   \
    "trust],\n"                                                         \
    "     require: [value > value(-1)]}\n"                              \
    "  - {id: m, year: 2024, text: T, indicator: i, scope: [region],\n" \
    "     require: [\"each d: value > value(-1)\"]}\n"

#define PART(id)                                                          \
    "  - {id: " id ", title: I, measure: nok, frequency: Q, by: trust,\n" \
    "     over_periods: sum, over_units: sum, better: higher}\n"

#define PARTS                                                               \
    "indicators:\n" PART("i")                                               \
        PART("j") "  - {id: r, title: R, measure: percent, frequency: Q,\n" \
                  "     formula: '\"i\" / \"j\"'}\n"

static int start_all(void **state)
{
    (void)state;
    world_open(&w, UNITS, FIGURES, TARGETS);
    return 0;
}

static void a_child_is_asked_as_a_whole_and_not_the_one_below_it(void **state)
{
    (void)state;
    (void)world_push(&w, "i", "nor", "a", "2023-Q1", "1", 'A');
    (void)world_push(&w, "i", "ous", "a", "2024-Q1", "1", 'A');
    expect("m", "hso", "none no_base");
    (void)world_push(&w, "i", "kong", "a", "2024-Q1", "1", 'A');
    (void)world_push(&w, "i", "kong", "a", "2024-Q1", "x", 0);
    expect("m", "hso", "none withdrawn");
}

static void a_member_s_withdrawal_is_the_reason_and_not_its_base(void **state)
{
    (void)state;
    (void)world_push(&w, "i", "ahus", "a", "2024-Q1", "1", 'A');
    (void)world_push(&w, "i", "ahus", "b", "2023-Q1", "1", 'A');
    expect("t", "ahus", "none no_base");
    (void)world_push(&w, "i", "ahus", "a", "2023-Q1", "-", 'Q');
    expect("t", "ahus", "none suppressed");
    (void)world_push(&w, "i", "nor", "b", "2024-Q1", "x", 0);
    expect("t", "ahus", "none suppressed"); /* not the member's own */
    (void)world_push(&w, "i", "ahus", "b", "2024-Q1", "x", 0);
    expect("t", "ahus", "none withdrawn");
}

static void a_child_that_lacks_a_part_is_asked_no_further(void **state)
{
    static const char *const both[] = {"i", "j"};
    (void)state;
    world_open(&w, UNITS, PARTS,
               "targets:\n"
               "  - {id: t, year: 2024, text: T, indicator: r, scope: "
               "[region],\n"
               "     require: [value > value(-1)]}\n");
    for (unsigned i = 0; i < 2; i++) {
        (void)world_push(&w, both[i], "kong", "", "2023-Q1", "1", 'A');
        (void)world_push(&w, both[i], "ous", "", "2023-Q1", "1", 'A');
    }
    (void)world_push(&w, "i", "nor", "", "2024-Q1", "1", 'A');
    (void)world_push(&w, "j", "ous", "", "2024-Q1", "1", 'A');
    /* ahus lacks the one, ous the other; nor's lack of a base is below that */
    expect("t", "hso", "none not_due");
    (void)world_push(&w, "j", "nor", "", "2024-Q1", "1", 'A');
    expect("t", "hso", "none no_base");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_child_is_asked_as_a_whole_and_not_the_one_below_it, start_all,
            finish),
        cmocka_unit_test_setup_teardown(
            a_member_s_withdrawal_is_the_reason_and_not_its_base, start_all,
            finish),
        cmocka_unit_test_teardown(a_child_that_lacks_a_part_is_asked_no_further,
                                  finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
