/* Random figures of every kind: the order of deliveries, the bounds of
 * batches and what was touched never show in a status; roll-ups are the exact
 * sums of their parts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/random.h"
#include "tests/support/unit.h"
#include "tests/support/world.h"

#define ROUNDS  150
#define FIGURES 120
#define PAIRS   256
#define ROWS    512

#define IND(id, measure, frequency, periods, units, more)                \
    "  - {id: " id ", title: {nb: t}, measure: " measure                 \
    ", frequency: " frequency ", better: higher, over_periods: " periods \
    ", over_units: " units ", by: trust, due: 10 d" more "}\n"
#define DIM(total) \
    ", dimension: {id: d, members: {x: X, y: Y}, total: " total "}"
#define GOAL(id, indicator, require)                                          \
    "  - {id: " id ", years: 2023-2024, text: {nb: t}, indicator: " indicator \
    ", scope: [region, trust], require: [\"" require "\"]}\n"

static const char units[] =
    "units:\n"
    "  - {id: r, name: R, kind: region}\n"
    "  - {id: a, name: A, kind: trust, parent: r}\n"
    "  - {id: a1, name: A1, kind: hospital, parent: a}\n"
    "  - {id: a2, name: A2, kind: hospital, parent: a}\n"
    "  - {id: b, name: B, kind: trust, parent: r}\n"
    "  - {id: c, name: C, kind: trust, parent: r, to: 2023-12-31}\n";

static const char indicators[] =
    "indicators:\n" IND("s", "count", "M", "sum", "sum", DIM("sum"))
        IND("q", "percent", "Q", "ratio", "ratio",
            ", min_denominator: 3" DIM("ratio"))
            IND("m", "days", "A_3", "mean", "none", "")
                IND("l", "points", "S", "last", "sum", ", except: [b]")
                    IND("w", "count", "W", "sum", "sum", "")
                        IND("d", "count", "D", "sum", "sum", "");

static const char targets[] = "targets:\n" GOAL("s1", "s", "value > value(-1)")
    GOAL("s2", "s", "each d: value >= 20") GOAL("q1", "q", "value >= 50 %")
        GOAL("q2", "q",
             "each d: latest > "
             "latest(-1)") GOAL("q3", "q", "growth(-2) > 3 %")
            GOAL("m1", "m", "value < value(-1)")
                GOAL("l1", "l", "value > 10 points")
                    GOAL("w1", "w", "value > value(-1)")
                        GOAL("d1", "d", "value > value(-1)");

static const char *const ids[] = {"s", "q", "m", "l", "w", "d"};
static const char *const unit_ids[] = {"r", "a", "a1", "a2", "b", "c"};

struct one { /* a figure to push */
    char indicator[4], unit[4], member[4], period[16], value[32];
    char flag;
    int64_t time_ms;
};

static struct test_random rnd;

static unsigned below(unsigned n)
{
    return (unsigned)test_random_below(&rnd, n);
}

static void set(char *to, size_t size, const char *text)
{
    (void)snprintf(to, size, "%s", text);
}

static void random_period(struct one *f)
{
    char *at = f->period;
    size_t size = sizeof f->period;
    unsigned year = 2021 + below(4);
    if (below(8) == 0) {
        (void)snprintf(at, size, "%u", year);
        return;
    }
    switch (f->indicator[0]) {
    case 's':
        if (below(6) == 0)
            (void)snprintf(at, size, "%u-Q%u", year, 1 + below(2));
        else
            (void)snprintf(at, size, "%u-M%02u", year, 1 + below(5));
        break;
    case 'q':
        (void)snprintf(at, size, "%u-Q%u", year, 1 + below(4));
        break;
    case 'm':
        (void)snprintf(at, size, "%u-T%u", year, 1 + below(3));
        break;
    case 'l':
        (void)snprintf(at, size, "%u-S%u", year, 1 + below(2));
        break;
    case 'w':
        (void)snprintf(at, size, "%u-W%02u", year, 1 + below(4));
        break;
    default:
        (void)snprintf(at, size, "%u-01-%02u", year, 1 + below(4));
        break;
    }
}

static void random_value(struct one *f)
{
    unsigned kind = below(20);
    f->flag = "AAAAAAPEB"[below(9)];
    if (kind == 0) {
        set(f->value, sizeof f->value, "x");
        f->flag = 0;
    } else if (kind <= 2) {
        set(f->value, sizeof f->value, "-");
        f->flag = "OMLQ"[below(4)];
    } else if (f->indicator[0] == 'q' && kind < 18) {
        unsigned den = below(12);
        (void)snprintf(f->value, sizeof f->value, "%u/%u", below(den + 1), den);
    } else {
        (void)snprintf(f->value, sizeof f->value, "%u.%u", below(30),
                       below(10));
    }
}

static void random_figures(struct one *at)
{
    for (unsigned i = 0; i < FIGURES; i++) {
        set(at[i].indicator, sizeof at[i].indicator, ids[below(6)]);
        set(at[i].unit, sizeof at[i].unit, unit_ids[below(6)]);
        set(at[i].member, sizeof at[i].member, "");
        if ((at[i].indicator[0] == 's' || at[i].indicator[0] == 'q') &&
            below(3) != 0)
            set(at[i].member, sizeof at[i].member, below(2) == 0 ? "x" : "y");
        random_period(&at[i]);
        random_value(&at[i]);
        at[i].time_ms = i;
    }
}

static void shuffle(struct one *at)
{
    for (unsigned i = FIGURES - 1; i > 0; i--) {
        unsigned k = below(i + 1);
        struct one held = at[i];
        at[i] = at[k];
        at[k] = held;
    }
}

static void push(struct world *w, const struct one *f)
{
    (void)world_push_at(w, f->indicator, f->unit, f->member, f->period,
                        f->value, f->flag, f->time_ms);
}

/* All that a judgement says of a pair. */
static char *say(struct world *w, uint32_t target, uint32_t unit)
{
    struct mv_buf b = {0};
    char id[32];
    const struct mv_target *t = &w->c->targets[target];
    (void)snprintf(id, sizeof id, "%.*s", (int)t->id.len,
                   (const char *)t->id.at);
    char name[32];
    (void)snprintf(name, sizeof name, "%.*s", (int)w->c->units[unit].id.len,
                   (const char *)w->c->units[unit].id.at);
    const char *status = world_status(w, id, t->year, name);
    mv_buf_printf(&b, "%s %d %s: %s%s\n", id, t->year, name, status,
                  w->j.preliminary ? " preliminary" : "");
    for (uint32_t i = 0; i < w->j.count; i++) {
        const struct mv_basis *s = &w->j.rulings[i].basis;
        mv_buf_printf(&b, "  %s; %u of %u, %u of %u in, %u out %d %d\n",
                      world_ruling(w, i), s->units_in, s->units_of,
                      s->periods_in, s->periods_of, s->left_out,
                      (int)w->j.rulings[i].needed, s->whole_base);
    }
    char *text = mv_xstrdup(mv_buf_cstr(&b));
    mv_buf_done(&b);
    return text;
}

static void expect_same(struct world *a, struct world *b)
{
    struct mv_touched *all = mv_touched_open();
    const struct mv_pair *p;
    mv_touched_all(all, a->plan);
    size_t n = mv_touched_pairs(all, &p);
    for (size_t i = 0; i < n; i++) {
        char *x = say(a, p[i].target, p[i].unit);
        char *y = say(b, p[i].target, p[i].unit);
        assert_string_equal(x, y);
        free(x);
        free(y);
    }
    mv_touched_close(all);
}

static void open_world(struct world *w)
{
    world_open(w, units, indicators, targets);
    w->env.today = world_day("2024-06-15");
}

static void the_order_of_deliveries_never_shows(void **state)
{
    (void)state;
    static struct one figures[FIGURES];
    for (int round = 0; round < ROUNDS; round++) {
        struct world a, b;
        random_figures(figures);
        open_world(&a);
        open_world(&b);
        for (unsigned i = 0; i < FIGURES; i++)
            push(&a, &figures[i]);
        shuffle(figures);
        for (unsigned i = 0; i < FIGURES; i++)
            push(&b, &figures[i]);
        expect_same(&a, &b);
        world_close(&a);
        world_close(&b);
    }
}

/* Rows below, found by walking. */
struct shelf {
    uint8_t key[ROWS][MV_ROW_KEY_BYTES];
    struct mv_buf row[ROWS];
    unsigned count;
};

static unsigned shelf_find(const struct shelf *s, struct mv_span key)
{
    unsigned i = 0;
    while (i < s->count && memcmp(s->key[i], key.at, key.len) != 0)
        i++;
    return i;
}

static bool shelf_get(void *ctx, struct mv_span key, struct mv_span *value)
{
    struct shelf *s = ctx;
    unsigned i = shelf_find(s, key);
    if (i == s->count || s->row[i].len == 0)
        return false;
    *value = mv_buf_span(&s->row[i]);
    return true;
}

static void shelf_put(void *ctx, struct mv_span key, struct mv_span value)
{
    struct shelf *s = ctx;
    unsigned i = shelf_find(s, key);
    if (i == s->count) {
        assert_true(s->count < ROWS);
        memcpy(s->key[s->count++], key.at, key.len);
    }
    mv_buf_clear(&s->row[i]);
    mv_buf_put(&s->row[i], value.at, value.len);
}

/* Pushes what is taken back at once. */
static void push_in_vain(struct world *w)
{
    static struct one figures[FIGURES];
    random_figures(figures);
    mv_rowcache_mark(w->env.rows);
    for (unsigned i = 0; i < 5; i++) {
        figures[i].time_ms = 1000000;
        push(w, &figures[i]);
    }
    mv_rowcache_rollback(w->env.rows);
}

static void batches_and_records_taken_back_never_show(void **state)
{
    (void)state;
    static struct one figures[FIGURES];
    for (int round = 0; round < ROUNDS; round++) {
        static struct shelf shelf;
        struct mv_rows rows = {&shelf, shelf_get, shelf_put};
        struct world a, b;
        random_figures(figures);
        open_world(&a);
        open_world(&b);
        mv_rowcache_close(b.env.rows);
        b.env.rows = mv_rowcache_open(&rows, below(3) * 100000);
        for (unsigned i = 0; i < FIGURES; i++) {
            push(&a, &figures[i]);
            if (below(8) == 0)
                push_in_vain(&b);
            mv_rowcache_mark(b.env.rows);
            push(&b, &figures[i]);
            if (below(10) == 0) {
                mv_rowcache_flush(b.env.rows);
                mv_rowcache_settle(b.env.rows, true);
            }
        }
        expect_same(&a, &b);
        mv_rowcache_flush(b.env.rows);
        mv_rowcache_settle(b.env.rows, true);
        mv_rowcache_close(b.env.rows);
        b.env.rows = mv_rowcache_open(&rows, 0);
        expect_same(&a, &b);
        world_close(&a);
        world_close(&b);
        for (unsigned i = 0; i < ROWS; i++)
            mv_buf_done(&shelf.row[i]);
        memset(&shelf, 0, sizeof shelf);
    }
}

static void judging_what_was_touched_is_judging_everything(void **state)
{
    (void)state;
    static struct one figures[FIGURES];
    for (int round = 0; round < ROUNDS; round++) {
        static char *said[PAIRS];
        struct world w;
        struct mv_touched *t = mv_touched_open();
        const struct mv_pair *p;
        random_figures(figures);
        open_world(&w);
        w.env.today = world_day("2024-01-05");
        size_t count = (size_t)w.c->target_count * w.c->unit_count;
        assert_true(count <= PAIRS);
        mv_touched_all(t, w.plan);
        for (unsigned i = 0; i <= FIGURES; i++) {
            size_t n = mv_touched_pairs(t, &p);
            for (size_t k = 0; k < n; k++) {
                size_t at = (size_t)p[k].target * w.c->unit_count + p[k].unit;
                free(said[at]);
                said[at] = say(&w, p[k].target, p[k].unit);
            }
            mv_touched_clear(t);
            if (i == FIGURES)
                break;
            push(&w, &figures[i]);
            mv_touched_figure(t, w.plan, world_unit(&w, figures[i].unit),
                              world_indicator(&w, figures[i].indicator),
                              (int)strtol(figures[i].period, NULL, 10));
            if (below(2) == 0)
                mv_touched_day(t, w.plan, ++w.env.today);
        }
        for (size_t at = 0; at < count; at++) {
            if (said[at] == NULL)
                continue;
            char *now = say(&w, (uint32_t)(at / w.c->unit_count),
                            (uint32_t)(at % w.c->unit_count));
            assert_string_equal(said[at], now);
            free(now);
            free(said[at]);
            said[at] = NULL;
        }
        mv_touched_close(t);
        world_close(&w);
    }
}

static void a_roll_up_is_the_exact_sum_of_its_parts(void **state)
{
    (void)state;
    static const char *const below_r[] = {"a1", "a2", "b"};
    for (int round = 0; round < ROUNDS; round++) {
        struct world w;
        mv_i128 sum = 0, num = 0, den = 0;
        open_world(&w);
        for (unsigned u = 0; u < 3; u++) {
            for (unsigned m = 1; m <= 12; m++) {
                char period[16], value[64], text[MV_MICRO_TEXT_BYTES];
                char top[MV_MICRO_TEXT_BYTES];
                int64_t v = (int64_t)test_random_sized(&rnd, 62);
                int64_t d = 3000000 + (int64_t)test_random_sized(&rnd, 61);
                (void)snprintf(period, sizeof period, "2024-M%02u", m);
                world_push(&w, "s", below_r[u], "", period,
                           mv_micro_text(v, text), 'A');
                sum += v;
                if (m > 4)
                    continue;
                v = (int64_t)test_random_below(&rnd, (uint64_t)d);
                (void)snprintf(period, sizeof period, "2024-Q%u", m);
                (void)snprintf(value, sizeof value, "%s/%s",
                               mv_micro_text(v, top), mv_micro_text(d, text));
                world_push(&w, "q", below_r[u], "x", period, value, 'A');
                num += v;
                den += d;
            }
        }
        struct mv_dec expected;
        world_push(&w, "s", "r", "", "2023", "0", 'A');
        (void)world_status(&w, "s1", 2024, "r");
        assert_true(mv_dec_from_sum(&expected, sum));
        assert_int_equal(mv_dec_compare(w.j.rulings[0].left, expected), 0);
        (void)world_status(&w, "q1", 2024, "r");
        assert_true(mv_dec_ratio(&expected, num, den, 100));
        assert_int_equal(mv_dec_compare(w.j.rulings[0].left, expected), 0);
        assert_int_equal(w.j.rulings[0].basis.units_in, 2);
        world_close(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_of_deliveries_never_shows),
        cmocka_unit_test(batches_and_records_taken_back_never_show),
        cmocka_unit_test(judging_what_was_touched_is_judging_everything),
        cmocka_unit_test(a_roll_up_is_the_exact_sum_of_its_parts),
    };
    rnd = test_random_start("prop_judge");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
