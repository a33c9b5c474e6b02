/* Exactly on the limit, a millionth below and a millionth above: for every
 * operator and every measure, limits negative and zero included, either way
 * round, of bare values and of pairs, against whole numbers. */
#include <stdio.h>

#include "services/base/buf.h"
#include "services/base/micro.h"
#include "services/judging/verdict.h"
#include "tests/support/random.h"
#include "tests/support/unit.h"
#include "tests/support/world.h"

#define MILLION INT64_C(1000000)
#define HUNDRED 100
#define OPS     5
#define SIDES   2 /* `value < 5`, `5 > value` */
#define RANDOM  6 /* limits of each measure, beside the fixed ones */

/* The words that have rules of their own, and three that have none. */
static const struct {
    const char *measure, *unit;
    int64_t scale; /* of a pair */
} measures[] = {
    {"percent", " %", HUNDRED},
    {"percent_change", " %", HUNDRED},
    {"pp", " pp", 1},
    {"days", " days", 1},
    {"count", "", 1},
    {"nok", " kr", 1},
    {"points", " points", 1},
    {"minutter", " minutter", 1},
    {"aarsverk", "", 1},
    {"ddd_per_100_bed_days", " ddd_per_100_bed_days", HUNDRED},
};

static const int64_t fixed[] = {0,
                                1,
                                -1,
                                70 * MILLION,
                                -70 * MILLION,
                                61250000,
                                -500001,
                                999999,
                                INT64_C(9000000000) * MILLION,
                                -INT64_C(9000000000) * MILLION};
#define LIMITS (sizeof fixed / sizeof fixed[0] + RANDOM)

static const char *const ops[OPS] = {"<", "<=", ">", ">=", "="};
static const char *const turned[OPS] = {">", ">=", "<", "<=", "="};
static const char *const trusts[3] = {"under", "at", "over"};
/* Of the last ones a millionth is less than what 12 decimals show. */
static const int64_t denominators[] = {
    1, 3, 7, 10, 1000, INT64_C(3000000000000), INT64_C(9000000000000)};
#define DENOMINATORS (sizeof denominators / sizeof denominators[0])

static const char units[] = "units:\n"
                            "  - {id: under, name: U, kind: trust}\n"
                            "  - {id: at, name: A, kind: trust}\n"
                            "  - {id: over, name: O, kind: trust}\n";

static struct world w;
static struct test_random chance;

static const char *shown(int64_t micro)
{
    static char text[4][MV_MICRO_TEXT_BYTES];
    static unsigned next;
    char *at = text[next++ % 4];
    mv_micro_text(micro, at);
    return at;
}

static bool holds(unsigned op, int order)
{
    const bool of[OPS] = {order<0, order <= 0, order> 0, order >= 0,
                          order == 0};
    return of[op];
}

static int order_of(mv_i128 a, mv_i128 b)
{
    return (a > b) - (a < b);
}

/* i0, i1 ... of one measure, and of each every operator, either way round. */
static void open_world(unsigned m, const int64_t limits[LIMITS])
{
    struct mv_buf i = {0}, t = {0};
    mv_buf_text(&i, "indicators:\n");
    mv_buf_text(&t, "targets:\n");
    for (unsigned l = 0; l < LIMITS; l++) {
        const char *limit = shown(limits[l]), *unit = measures[m].unit;
        mv_buf_printf(&i,
                      "  - {id: i%u, title: T, measure: %s, frequency: M,\n"
                      "     over_periods: ratio, over_units: none}\n",
                      l, measures[m].measure);
        for (unsigned op = 0; op < OPS; op++) {
            mv_buf_printf(&t,
                          "  - {id: a%u-%u, text: T, year: 2024, indicator: "
                          "i%u, scope: [trust], require: ['value %s %s%s']}\n"
                          "  - {id: b%u-%u, text: T, year: 2024, indicator: "
                          "i%u, scope: [trust], require: ['%s%s %s value']}\n",
                          l, op, l, ops[op], limit, unit, l, op, l, limit, unit,
                          turned[op]);
        }
    }
    world_open(&w, units, mv_buf_cstr(&i), mv_buf_cstr(&t));
    mv_buf_done(&i);
    mv_buf_done(&t);
}

/* The figure of a trust is in; order: how it stands to the limit. */
static void expect(unsigned l, unsigned trust, int order)
{
    uint32_t unit = world_unit(&w, trusts[trust]);
    for (unsigned op = 0; op < OPS; op++) {
        for (unsigned side = 0; side < SIDES; side++) {
            char id[16];
            mv_status wanted =
                holds(op, order) ? MV_STATUS_GREEN : MV_STATUS_RED;
            mv_status quick = wanted;
            (void)snprintf(id, sizeof id, "%c%u-%u", "ab"[side], l, op);
            uint32_t target = world_target(&w, id, 2024);
            mv_judge(&w.env, target, unit, &w.j);
            bool known = mv_verdict(&w.env, target, unit, &quick);
            if (w.j.status != wanted || (known && quick != wanted))
                print_error("%s of %s: %s\n", id, trusts[trust],
                            world_ruling(&w, 0));
            assert_int_equal(w.j.status, wanted);
            assert_int_equal(quick, wanted);
        }
    }
}

/* Of the plain criterion; margin is to the last millionth. */
static void expect_margin(unsigned l, unsigned trust, int64_t value,
                          int64_t limit)
{
    uint32_t unit = world_unit(&w, trusts[trust]);
    for (unsigned op = 0; op < OPS; op++) {
        char id[16];
        mv_i128 margin = (mv_i128)value - limit;
        (void)snprintf(id, sizeof id, "a%u-%u", l, op);
        mv_judge(&w.env, world_target(&w, id, 2024), unit, &w.j);
        if (op < 2 || (op == OPS - 1 && margin > 0))
            margin = -margin;
        assert_true(w.j.rulings[0].has_margin);
        assert_true(w.j.rulings[0].margin.pico == margin * MILLION);
        assert_true(w.j.rulings[0].left.pico == (mv_i128)value * MILLION);
    }
}

static void choose(int64_t limits[LIMITS])
{
    size_t count = sizeof fixed / sizeof fixed[0];
    for (size_t l = 0; l < LIMITS; l++) {
        int64_t any = (int64_t)test_random_sized(&chance, 50);
        limits[l] = l < count ? fixed[l] : l % 2 == 0 ? any : -any;
    }
}

static void a_millionth_decides_of_every_measure_and_operator(void **state)
{
    (void)state;
    int64_t limits[LIMITS];
    for (unsigned m = 0; m < sizeof measures / sizeof measures[0]; m++) {
        choose(limits);
        open_world(m, limits);
        for (unsigned l = 0; l < LIMITS; l++) {
            char id[8];
            (void)snprintf(id, sizeof id, "i%u", l);
            for (unsigned trust = 0; trust < 3; trust++) {
                int64_t value = limits[l] + (int64_t)trust - 1;
                (void)world_push(&w, id, trusts[trust], "", "2024-M03",
                                 shown(value), 0);
                expect(l, trust, (int)trust - 1);
                expect_margin(l, trust, value, limits[l]);
            }
        }
        world_close(&w);
    }
}

/* The numerators beside limit x denominator / scale: a pair is never rounded
 * before it is compared. */
static void expect_pairs(unsigned m, unsigned l, int64_t limit, int64_t den)
{
    int64_t scale = measures[m].scale;
    for (unsigned trust = 0; trust < 3; trust++) {
        char id[8], pair[80];
        mv_i128 num = (mv_i128)limit * den / scale + (int)trust - 1;
        if (num > MV_MICRO_MAX || num < -MV_MICRO_MAX)
            return; /* no numerator is that large */
        (void)snprintf(id, sizeof id, "i%u", l);
        (void)snprintf(pair, sizeof pair, "%s/%lld", shown((int64_t)num),
                       (long long)den);
        (void)world_push(&w, id, trusts[trust], "", "2024-M03", pair, 0);
        expect(l, trust, order_of(num * scale, (mv_i128)limit * den));
    }
}

static void a_millionth_of_a_numerator_decides(void **state)
{
    (void)state;
    int64_t limits[LIMITS];
    for (unsigned m = 0; m < sizeof measures / sizeof measures[0]; m++) {
        choose(limits);
        open_world(m, limits);
        for (unsigned l = 0; l < LIMITS; l++) {
            for (size_t d = 0; d < DENOMINATORS; d++)
                expect_pairs(m, l, limits[l], denominators[d]);
        }
        world_close(&w);
    }
}

static int start(void **state)
{
    (void)state;
    chance = test_random_start("prop_limits");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_millionth_decides_of_every_measure_and_operator),
        cmocka_unit_test(a_millionth_of_a_numerator_decides),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
