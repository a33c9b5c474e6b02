/* What is not there has no stock: the last and the mean of a year in which a
 * unit ends or begins. Examples worked by hand: 38 beds of `old` until 30 June,
 * 40 of `new` from July, 192 of `c`. */
#include "services/judging/course.h"
#include "services/judging/weigh.h"
#include "tests/support/judging.h"

#define TRUSTS                                                           \
    "units:\n"                                                           \
    "  - {id: r, name: R, kind: region}\n"                               \
    "  - {id: old, name: O, kind: trust, parent: r, to: 2024-06-30}\n"   \
    "  - {id: new, name: N, kind: trust, parent: r, from: 2024-07-01}\n" \
    "  - {id: c, name: C, kind: trust, parent: r}\n"
#define HOSPITALS                                                         \
    "units:\n"                                                            \
    "  - {id: r, name: R, kind: region}\n"                                \
    "  - {id: c, name: C, kind: trust, parent: r}\n"                      \
    "  - {id: t, name: T, kind: trust, parent: r}\n"                      \
    "  - {id: old, name: O, kind: hospital, parent: t, to: 2024-06-30}\n" \
    "  - {id: new, name: N, kind: hospital, parent: t, from: 2024-07-01}\n"

#define PER(id, of, over)                                                \
    "  - {id: " id ", title: {nb: t}, measure: percent, frequency: Q,\n" \
    "     formula: '\"" of "\" / \"" over "\"'}\n"

static const char indicators[] = "indicators:\n" INDICATOR(
    "last", "points", "Q", "last", "sum", "") INDICATOR("more", "points", "Q",
                                                        "last", "sum", "")
    INDICATOR("mean", "points", "Q", "mean", "sum", "") INDICATOR(
        "rate", "percent", "Q", "last", "ratio", "    min_denominator: 5\n")
        INDICATOR("sum", "points", "Q", "sum", "sum",
                  "") INDICATOR("year", "points", "A", "mean", "sum", "")
            INDICATOR("split", "points", "Q", "mean", "sum", MEMBERS("sum"))
                INDICATOR("parts", "points", "Q", "last", "sum", MEMBERS("sum"))
                    PER("per", "last", "sum") PER("turned", "sum", "last")
                        PER("both", "last", "mean")
                            PER("lasts", "last", "more");

static void ask_of(const char *units, const char *indicator, const char *more)
{
    start_target(units, indicators,
                 "year: 2024, scope: [region, trust], indicator: %s, %s",
                 indicator, more);
}

static void ask(const char *indicator, const char *more)
{
    ask_of(TRUSTS, indicator, more);
}

/* Of each quarter, "" where nothing is in. */
static void quarters(const char *indicator, const char *unit, int year,
                     const char *const q[4])
{
    for (int n = 0; n < 4; n++) {
        char period[16];
        (void)snprintf(period, sizeof period, "%d-Q%d", year, n + 1);
        if (q[n][0] != '\0')
            push(indicator, unit, period, q[n]);
    }
}

static void beds(const char *indicator)
{
    quarters(indicator, "old", 2024, QUARTERS("38", "38", "", ""));
    quarters(indicator, "new", 2024, QUARTERS("", "", "40", "40"));
    quarters(indicator, "c", 2024, QUARTERS("192", "192", "192", "192"));
}

/* The region's ruling, and what it rests on: "red 232 250 -18, 2 of 2 units, 4
 * of 4 periods, old ended". */
static const char *region(void)
{
    static char out[256];
    (void)world_status(&w, "t", 2024, "r");
    const struct mv_basis *b = &w.j.rulings[0].basis;
    int n = snprintf(out, sizeof out, "%s", world_ruling(&w, 0));
    n += snprintf(out + n, sizeof out - (size_t)n,
                  ", %u of %u units, %u of %u periods", b->units_in,
                  b->units_of, b->periods_in, b->periods_of);
    for (unsigned i = 0; i < b->left_out_kept; i++) {
        struct mv_span id = w.c->units[b->left_out_at[i].unit].id;
        n += snprintf(out + n, sizeof out - (size_t)n, ", %.*s %s", (int)id.len,
                      (const char *)id.at,
                      mv_left_out_text(b->left_out_at[i].why));
    }
    return out;
}

/* ---- last ---- */

static void the_last_of_an_ended_unit_stands_beside_no_successor(void **state)
{
    (void)state;
    ask("last", "require: ['value >= 250 points']");
    beds("last"); /* it was 270, and green */
    assert_string_equal(region(), "red 232 250 -18, 2 of 2 units, "
                                  "4 of 4 periods, old ended");
    (void)world_status(&w, "t", 2024, "old"); /* its own is as it was */
    assert_string_equal(world_ruling(&w, 0), "red 38 250 -212");
    world_close(&w);
}

static void it_counts_until_a_later_stretch_is_in(void **state)
{
    (void)state;
    ask("last", "require: ['value >= 250 points']");
    push("last", "old", "2024-Q2", "38");
    push("last", "c", "2024-Q2", "192");
    assert_string_equal(region(),
                        "red 230 250 -20, 2 of 3 units, 1 of 4 periods");
    push("last", "c", "2024", "192"); /* begins in its days */
    assert_string_equal(region(),
                        "red 230 250 -20, 2 of 3 units, 4 of 4 periods");
    push("last", "new", "2024-S2", "40"); /* the shortest does not */
    assert_string_equal(region(), "red 232 250 -18, 2 of 2 units, "
                                  "4 of 4 periods, old ended");
    world_close(&w);
}

static void what_is_pushed_of_after_its_days_counts(void **state)
{
    (void)state;
    ask("last", "require: ['value >= 250 points']");
    beds("last");
    push("last", "old", "2024-Q4", "1");
    assert_string_equal(region(),
                        "red 233 250 -17, 3 of 3 units, 4 of 4 periods");
    world_close(&w);
    ask("last", "require: ['value >= 250 points']");
    push("last", "old", "2024-Q4", "38"); /* all there is */
    assert_string_equal(region(),
                        "red 38 250 -212, 1 of 3 units, 1 of 3 periods");
    world_close(&w);
}

static void a_unit_that_goes_on_counts_with_an_older_last(void **state)
{
    (void)state;
    ask_of(WORLD_LETTERS, "last", "require: ['value >= 250 points']");
    push("last", "a", "2024-Q2", "38");
    push("last", "b", "2024-Q4", "40");
    push("last", "c", "2024-Q4", "192");
    assert_string_equal(region(),
                        "green 270 250 20, 3 of 3 units, 2 of 4 periods");
    world_close(&w);
}

static void one_that_ended_and_sent_nothing_is_not_waited_for(void **state)
{
    (void)state;
    ask("last", "require: ['value >= 250 points']");
    push("last", "c", "2024-Q2", "192");
    assert_string_equal(region(),
                        "red 192 250 -58, 1 of 3 units, 1 of 4 periods");
    push("last", "c", "2024-Q3", "192"); /* nothing is in of new */
    assert_string_equal(region(),
                        "red 192 250 -58, 1 of 3 units, 2 of 4 periods");
    push("last", "new", "2024-Q2", "40");
    assert_string_equal(region(),
                        "red 232 250 -18, 2 of 2 units, 2 of 4 periods");
    world_close(&w);
}

static void a_ratio_of_the_last_is_of_those_who_are_there(void **state)
{
    (void)state;
    ask("rate", "require: ['value >= 50 %']");
    push("rate", "old", "2024-Q2", "30/30");
    push("rate", "new", "2024-Q3", "1/10");
    push("rate", "c", "2024-Q3", "3/10");
    assert_string_equal(region(), "red 20 50 -30, 2 of 2 units, "
                                  "2 of 4 periods, old ended");
    world_close(&w);
}

static void an_ended_hospital_leaves_its_trust(void **state)
{
    (void)state;
    ask_of(HOSPITALS, "last", "require: ['value >= 250 points']");
    push("last", "old", "2024-Q2", "38");
    push("last", "c", "2024-Q3", "192"); /* until new is in */
    assert_string_equal(region(),
                        "red 230 250 -20, 2 of 2 units, 2 of 4 periods");
    beds("last");
    assert_string_equal(region(), "red 232 250 -18, 2 of 2 units, "
                                  "4 of 4 periods, old ended");
    (void)world_status(&w, "t", 2024, "t");
    assert_string_equal(world_ruling(&w, 0), "red 40 250 -210");
    world_close(&w);
}

static void members_follow_their_unit(void **state)
{
    (void)state;
    ask("parts", "require: ['value >= 250 points']");
    push_member("parts", "old", "som", "2024-Q2", "30");
    push_member("parts", "old", "vop", "2024-Q1", "8");
    push_member("parts", "new", "som", "2024-Q3", "40");
    push("parts", "c", "2024-Q3", "192");
    assert_string_equal(region(), "red 232 250 -18, 2 of 2 units, "
                                  "3 of 4 periods, old ended");
    push_member("parts", "old", "vop", "2024-Q3", "8"); /* after its days */
    assert_string_equal(region(),
                        "green 270 250 20, 3 of 3 units, 3 of 4 periods");
    world_close(&w);
}

/* ---- mean ---- */

static void a_mean_weighs_by_where_in_the_year_it_is_there(void **state)
{
    (void)state;
    ask("mean", "require: ['value >= 250 points']");
    beds("mean"); /* it was 270 */
    assert_string_equal(region(),
                        "red 231 250 -19, 3 of 3 units, 4 of 4 periods");
    world_close(&w);
}

static void a_unit_that_begins_weighs_from_there(void **state)
{
    (void)state;
    ask("mean", "require: ['value >= 250 points']");
    quarters("mean", "c", 2024, QUARTERS("192", "192", "192", ""));
    push("mean", "new", "2024-Q3", "40"); /* a third of what is in */
    assert_string_equal(region(), "red 205.333333333333 250 -44.666666666667, "
                                  "2 of 3 units, 3 of 4 periods");
    push("mean", "c", "2024-Q4", "192"); /* its own gap is no matter */
    assert_string_equal(region(),
                        "red 212 250 -38, 2 of 3 units, 4 of 4 periods");
    world_close(&w);
}

static void a_figure_for_the_year_weighs_by_the_months_there(void **state)
{
    (void)state;
    ask("year", "require: ['value >= 250 points']");
    push("year", "old", "2024", "38");
    push("year", "new", "2024", "40");
    push("year", "c", "2024", "192");
    assert_string_equal(region(),
                        "red 231 250 -19, 3 of 3 units, 1 of 1 periods");
    world_close(&w);
}

static void a_figure_from_outside_its_days_is_one_of_where_it_is(void **state)
{
    (void)state;
    ask("mean", "require: ['value >= 250 points']");
    push("mean", "new", "2024-Q1", "40"); /* all there is */
    assert_string_equal(region(),
                        "red 40 250 -210, 1 of 3 units, 1 of 3 periods");
    quarters("mean", "c", 2024, QUARTERS("192", "192", "192", "192"));
    assert_string_equal(region(),
                        "red 222 250 -28, 2 of 3 units, 4 of 4 periods");
    world_close(&w);
}

static void what_has_no_mean_has_no_part(void **state)
{
    (void)state;
    ask("mean", "require: ['value >= 250 points']");
    push("mean", "new", "2024-Q3", "0/0");
    (void)world_status(&w, "t", 2024, "r");
    assert_string_equal(world_ruling(&w, 0), "none zero_denominator");
    world_close(&w);
}

static void a_forecast_fills_where_each_is_there(void **state)
{
    (void)state;
    ask("mean", "forecast: recent(3), require: ['value >= 250 points']");
    beds("mean");
    push("mean", "new", "2024-Q4", "x");
    push("mean", "c", "2024-Q4", "x");
    assert_string_equal(region(),
                        "red 231 250 -19, 3 of 3 units, 3 of 4 periods");
    assert_true(w.j.rulings[0].basis.forecast);
    world_close(&w);
    ask("last", "forecast: recent(3), require: ['value >= 250 points']");
    beds("last");
    push("last", "new", "2024-Q4", "x");
    push("last", "c", "2024-Q4", "x");
    assert_string_equal(region(), "red 232 250 -18, 2 of 2 units, "
                                  "3 of 4 periods, old ended");
    world_close(&w);
}

static void members_are_weighed_as_their_unit(void **state)
{
    (void)state;
    ask("split", "require: ['value >= 250 points']");
    push_member("split", "old", "som", "2024-Q1", "30");
    push_member("split", "old", "vop", "2024-Q2", "8");
    push_member("split", "new", "som", "2024-S2", "40");
    push("split", "c", "2024", "192");
    assert_string_equal(region(),
                        "red 231 250 -19, 3 of 3 units, 4 of 4 periods");
    world_close(&w);
}

/* What is needed is asked of the region's stock: 231 so far, of 250. */
static void what_is_needed_of_the_rest_comes_true(void **state)
{
    (void)state;
    char text[MV_DEC_TEXT_BYTES];
    ask("mean", "require: ['value >= 235 points']");
    quarters("mean", "old", 2024, QUARTERS("38", "38", "", ""));
    quarters("mean", "c", 2024, QUARTERS("192", "192", "", ""));
    assert_string_equal(region(),
                        "red 230 235 -5, 2 of 3 units, 2 of 4 periods");
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_AVERAGE);
    assert_string_equal(mv_dec_text(w.j.rulings[0].needed_average, text),
                        "240");
    quarters("mean", "new", 2024, QUARTERS("", "", "48", "48"));
    quarters("mean", "c", 2024, QUARTERS("", "", "192", "192"));
    assert_string_equal(region(),
                        "green 235 235 0, 3 of 3 units, 4 of 4 periods");
    world_close(&w);
}

/* ---- several years, several parts ---- */

/* 38 of old and 192 of c, against 36 and 190: new has no base. */
static void years_are_compared_of_what_all_of_them_have(void **state)
{
    (void)state;
    static const char *const asked[] = {"last", "mean"};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        ask(asked[i], "require: ['value > value(-1)']");
        beds(asked[i]);
        quarters(asked[i], "old", 2023, QUARTERS("36", "36", "", ""));
        quarters(asked[i], "c", 2023, QUARTERS("190", "190", "190", "190"));
        assert_string_equal(region(), "green 230 226 4, 2 of 3 units, "
                                      "4 of 4 periods, new no_base");
        world_close(&w);
    }
}

/* The region's own, which its units' are held against as they are. */
static void beside_another_year_all_who_are_in_count(void **state)
{
    (void)state;
    static const char *const asked[] = {"last", "mean"};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        ask(asked[i], "require: ['value > value(2025)']");
        beds(asked[i]);
        push(asked[i], "r", "2025", "100");
        assert_string_equal(region(), "green 270 100 170, 3 of 3 units, "
                                      "4 of 4 periods");
        world_close(&w);
    }
}

static void parts_of_a_derived_number_are_of_the_same_units(void **state)
{
    (void)state;
    static const char *const asked[][2] = {{"per", "green 200 0 200, "},
                                           {"turned", "green 50 0 50, "}};
    for (size_t i = 0; i < 2; i++) {
        char expected[128];
        (void)snprintf(expected, sizeof expected,
                       "%s2 of 2 units, 4 of 4 periods, old ended",
                       asked[i][1]);
        ask(asked[i][0], "require: ['value > 0 %']");
        beds("last");
        quarters("sum", "old", 2024, QUARTERS("1000", "1000", "", ""));
        quarters("sum", "new", 2024, QUARTERS("", "", "8", "8"));
        quarters("sum", "c", 2024, QUARTERS("25", "25", "25", "25"));
        assert_string_equal(region(), expected);
        world_close(&w);
    }
}

/* Of those who are left, new has all that is held. */
static void a_mean_beside_a_last_is_of_what_is_left(void **state)
{
    (void)state;
    static const char *const parts[] = {"last", "mean"};
    ask("both", "require: ['value = 100 %']");
    for (size_t i = 0; i < 2; i++) {
        quarters(parts[i], "old", 2024, QUARTERS("38", "38", "", ""));
        quarters(parts[i], "new", 2024, QUARTERS("", "", "40", "40"));
    }
    assert_string_equal(region(), "green 100 100 0, 1 of 2 units, "
                                  "4 of 4 periods, old ended");
    world_close(&w);
}

/* Each has ended before the other's last stretch of one of the parts. */
static void where_nobody_would_be_left_all_count(void **state)
{
    (void)state;
    ask_of("units:\n  - {id: r, name: R, kind: region}\n"
           "  - {id: x, name: X, kind: trust, parent: r, to: 2024-08-31}\n"
           "  - {id: y, name: Y, kind: trust, parent: r, to: 2024-08-31}\n"
           "  - {id: z, name: Z, kind: trust, parent: r, to: 2024-08-31}\n",
           "lasts", "require: ['value > 0 %']");
    quarters("last", "x", 2024, QUARTERS("", "", "1", "30"));
    push("more", "x", "2024-S2", "20");
    push("last", "y", "2024-S2", "10");
    quarters("more", "y", 2024, QUARTERS("", "", "1", "20"));
    assert_string_equal(region(),
                        "green 100 0 100, 2 of 3 units, 2 of 4 periods");
    world_close(&w);
}

/* ---- who weighs most ---- */

static bool tell(void *ctx, const struct mv_piece *p)
{
    struct mv_buf *out = ctx;
    const struct mv_unit *u = &w.c->units[p->unit];
    char text[MV_DEC_TEXT_BYTES];
    mv_buf_printf(out, "%s%.*s %s", out->len > 0 ? ", " : "", (int)u->id.len,
                  (const char *)u->id.at,
                  p->has_n ? mv_dec_text(p->n, text)
                           : mv_reason_text(p->reason));
    if (p->has_share)
        mv_buf_printf(out, " is %s %%", mv_dec_text(p->share, text));
    if (p->has_adds)
        mv_buf_printf(out, " adds %s", mv_dec_text(p->adds, text));
    if (p->ended)
        mv_buf_text(out, " ended");
    return true;
}

static void assert_weights(const char *expected)
{
    struct mv_buf text = {0};
    mv_weigh(&w.env, world_target(&w, "t", 2024), world_unit(&w, "r"), 0, tell,
             &text);
    assert_string_equal(mv_buf_cstr(&text), expected);
    mv_buf_done(&text);
}

static void a_unit_weighs_what_it_gives_the_roll_up(void **state)
{
    (void)state;
    ask("last", "require: ['value >= 250 points']");
    push("last", "old", "2024-Q2", "38");
    push("last", "new", "2024-Q3", "50");
    push("last", "c", "2024-Q3", "150");
    assert_weights("r 200, old 38 ended, new 50 is 25 %, c 150 is 75 %");
    world_close(&w);
    ask("mean", "require: ['value >= 250 points']");
    quarters("mean", "old", 2024, QUARTERS("30", "30", "", ""));
    quarters("mean", "new", 2024, QUARTERS("", "", "50", "50"));
    push("mean", "c", "2024", "160");
    assert_weights("r 200, old 30 is 7.5 % adds 15, "
                   "new 50 is 12.5 % adds 25, c 160 is 80 %");
    world_close(&w);
}

/* What stands in a sum is told; of a ratio the share says enough: 12 of 40, and
 * not the 24 of 60 that the trust has for itself. */
static void of_a_ratio_no_part_is_told_to_add(void **state)
{
    (void)state;
    ask_of("units:\n  - {id: r, name: R, kind: region}\n"
           "  - {id: c, name: C, kind: trust, parent: r}\n"
           "  - {id: t, name: T, kind: trust, parent: r}\n"
           "  - {id: x, name: X, kind: hospital, parent: t}\n"
           "  - {id: old, name: O, kind: hospital, parent: t, to: "
           "2024-06-30}\n",
           "rate", "require: ['value >= 0 %']");
    push("rate", "old", "2024-Q2", "12/20");
    push("rate", "x", "2024-Q2", "12/40");
    push("rate", "c", "2024-Q3", "28/40");
    assert_weights("r 50, c 70 is 50 %, t 40 is 50 %");
    world_close(&w);
}

/* The region has no figure of it, so it covers none that may not be told. */
static void one_that_ended_is_not_the_next_smallest(void **state)
{
    (void)state;
    static const char *const told[][2] = {{"old", "50"},
                                          {"new", "suppressed"},
                                          {"small", "suppressed"},
                                          {"c", "50"}};
    ask_of(TRUSTS "  - {id: small, name: S, kind: trust, parent: r}\n", "rate",
           "require: ['value >= 0 %']");
    push("rate", "old", "2024-Q2", "3/6");
    push("rate", "new", "2024-Q3", "5/10");
    push("rate", "small", "2024-Q3", "1/2");
    push("rate", "c", "2024-Q3", "10/20");
    assert_weights("r 50, old 50 ended, new suppressed, "
                   "c 50 is 62.5 %, small suppressed");
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        struct mv_course course;
        struct mv_course_value v;
        char text[MV_DEC_TEXT_BYTES];
        (void)world_status(&w, "t", 2024, told[i][0]);
        assert_true(mv_course_open(&course, &w.env, w.j.target, w.j.unit,
                                   &w.j.rulings[0]));
        mv_course_year(&course, 2024, &v);
        assert_string_equal(v.reason == MV_REASON_NO ? mv_dec_text(v.n, text)
                                                     : mv_reason_text(v.reason),
                            told[i][1]);
        mv_course_done(&course);
    }
    world_close(&w);
}

static void a_stretch_that_is_named_is_of_all_who_have_it(void **state)
{
    (void)state;
    static const char *const asked[] = {"latest", "value(2024-01-01/P12M)"};
    for (size_t i = 0; i < 4; i++) {
        const char *indicator = i < 2 ? "mean" : "last";
        char more[64];
        (void)snprintf(more, sizeof more, "require: ['%s > 0 points']",
                       asked[i % 2]);
        ask(indicator, more);
        push(indicator, "old", "2024", "38");
        push(indicator, "new", "2024", "40");
        push(indicator, "c", "2024", "192");
        assert_string_equal(region(),
                            "green 270 0 270, 3 of 3 units, 4 of 4 periods");
        world_close(&w);
    }
}

static void what_ended_is_summed_as_ever(void **state)
{
    (void)state;
    static const char *const asked[] = {"value", "latest", "value(2024-S1)"};
    static const char *const found[] = {
        "green 924 0 924, 3 of 3 units, 4 of 4 periods",
        "green 232 0 232, 2 of 3 units, 1 of 4 periods, old not_there",
        "green 460 0 460, 2 of 3 units, 2 of 4 periods, new not_there"};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        char more[64];
        (void)snprintf(more, sizeof more, "require: ['%s > 0 points']",
                       asked[i]);
        ask("sum", more);
        beds("sum");
        assert_string_equal(region(), found[i]);
        world_close(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_of_an_ended_unit_stands_beside_no_successor),
        cmocka_unit_test(it_counts_until_a_later_stretch_is_in),
        cmocka_unit_test(what_is_pushed_of_after_its_days_counts),
        cmocka_unit_test(a_unit_that_goes_on_counts_with_an_older_last),
        cmocka_unit_test(one_that_ended_and_sent_nothing_is_not_waited_for),
        cmocka_unit_test(a_ratio_of_the_last_is_of_those_who_are_there),
        cmocka_unit_test(an_ended_hospital_leaves_its_trust),
        cmocka_unit_test(members_follow_their_unit),
        cmocka_unit_test(a_mean_weighs_by_where_in_the_year_it_is_there),
        cmocka_unit_test(a_unit_that_begins_weighs_from_there),
        cmocka_unit_test(a_figure_for_the_year_weighs_by_the_months_there),
        cmocka_unit_test(a_figure_from_outside_its_days_is_one_of_where_it_is),
        cmocka_unit_test(what_has_no_mean_has_no_part),
        cmocka_unit_test(a_forecast_fills_where_each_is_there),
        cmocka_unit_test(members_are_weighed_as_their_unit),
        cmocka_unit_test(what_is_needed_of_the_rest_comes_true),
        cmocka_unit_test(years_are_compared_of_what_all_of_them_have),
        cmocka_unit_test(beside_another_year_all_who_are_in_count),
        cmocka_unit_test(parts_of_a_derived_number_are_of_the_same_units),
        cmocka_unit_test(a_mean_beside_a_last_is_of_what_is_left),
        cmocka_unit_test(where_nobody_would_be_left_all_count),
        cmocka_unit_test(a_unit_weighs_what_it_gives_the_roll_up),
        cmocka_unit_test(of_a_ratio_no_part_is_told_to_add),
        cmocka_unit_test(one_that_ended_is_not_the_next_smallest),
        cmocka_unit_test(a_stretch_that_is_named_is_of_all_who_have_it),
        cmocka_unit_test(what_ended_is_summed_as_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
