/* What was assumed of the periods that a term lacks, and how: as `explain`
 * tells it, of the unit's own terms. */
#include "services/judging/weigh.h"
#include "tests/support/judging.h"

static const char indicators[] =
    "indicators:\n" INDICATOR("sum", "count", "Q", "sum", "sum", "") INDICATOR(
        "pair", "percent", "Q", "ratio", "ratio", "    min_denominator: 5\n")
        INDICATOR("last", "count", "Q", "last", "none",
                  "") INDICATOR("half", "count", "S", "sum", "none", "")
            INDICATOR("day", "days", "D", "mean", "none",
                      "") "  - {id: per, title: {nb: t}, measure: percent,\n"
                          "     frequency: Q, formula: '\"sum\" / \"half\"'}\n";

#define OF(indicator, forecast)                                 \
    "year: 2024, scope: [region, trust], indicator: " indicator \
    ", forecast: " forecast ", require: "

static void ask(const char *keys)
{
    start_target(WORLD_LETTERS, indicators, "%s", keys);
}

static void put_named(struct mv_buf *out, const char *before,
                      const struct mv_named *named)
{
    char text[MV_PERIOD_TEXT_BYTES];
    mv_buf_text(out, named->count > 0 ? before : "");
    for (uint16_t i = 0; i < named->count; i++)
        mv_buf_printf(out, " %s",
                      mv_period_text(&named->at[i], text) + strlen("2024-"));
}

/* "sum lacks Q2 Q3 Q4, recent(3) Q2" of each term of the target's year. */
static bool tell(void *ctx, const struct mv_piece *p)
{
    struct mv_buf *out = ctx;
    const struct mv_indicator *ind = &w.c->indicators[p->indicator];
    char recent[32];
    (void)snprintf(recent, sizeof recent, ", recent(%u)", p->recent);
    if (p->below || p->of_base) {
        assert_int_equal(p->missing.count, 0);
        return true;
    }
    mv_buf_printf(out, "%s%.*s", out->len > 0 ? "; " : "", (int)ind->id.len,
                  (const char *)ind->id.at);
    put_named(out, " lacks", &p->missing);
    put_named(out, recent, &p->assumed[MV_WAY_RECENT]);
    put_named(out, ", seasonal", &p->assumed[MV_WAY_SEASONAL]);
    put_named(out, ", last", &p->assumed[MV_WAY_LAST]);
    return true;
}

static void expect(const char *unit, const char *terms)
{
    struct mv_buf text = {0};
    mv_weigh(&w.env, world_target(&w, "t", 2024), world_unit(&w, unit), 0, tell,
             &text);
    assert_string_equal(mv_buf_cstr(&text), terms);
    mv_buf_done(&text);
}

static void against_last_year_only_what_it_has_is_assumed(void **state)
{
    (void)state;
    ask(OF("sum", "recent(2)") "['value > value(-1)']");
    push("sum", "a", "2024-Q1", "10");
    push("sum", "a", "2023-Q1", "9");
    expect("a", "sum lacks Q2 Q3 Q4");
    push("sum", "a", "2023-Q3", "9");
    expect("a", "sum lacks Q2 Q3 Q4, recent(2) Q3");
    push("sum", "b", "2024-Q1", "10"); /* nothing to compare with: left out */
    expect("r", "sum lacks Q2 Q3 Q4, recent(2) Q3");
    push("sum", "b", "2023-S1", "9");
    push("sum", "b", "2024-Q3", "9");
    expect("r", "sum lacks Q2 Q3 Q4, recent(2) Q2 Q3");
}

static void without_the_whole_of_last_year_there_is_no_season(void **state)
{
    (void)state;
    ask(OF("sum", "seasonal") "['value > 0']");
    push("sum", "a", "2024-S1", "10");
    push("sum", "a", "2023-S1", "9");
    expect("a", "sum lacks Q3 Q4, recent(3) Q3 Q4");
    push("sum", "a", "2023-S2", "9");
    expect("a", "sum lacks Q3 Q4, seasonal Q3 Q4");
    push("sum", "b", "2024-Q1", "10");
    expect("r", "sum lacks Q2 Q3 Q4, recent(3) Q2 Q3 Q4, seasonal Q3 Q4");
}

/* A bare value is no season for a pair, though it is one for bare values. */
static void a_pair_goes_by_a_season_of_pairs(void **state)
{
    (void)state;
    ask(OF("pair", "seasonal") "['value > 0 %']");
    push("pair", "a", "2024-S1", "5/10");
    push("pair", "a", "2023", "40");
    expect("a", "pair lacks Q3 Q4, recent(3) Q3 Q4");
    push("pair", "a", "2024-S1", "50");
    expect("a", "pair lacks Q3 Q4, seasonal Q3 Q4");
    push("pair", "a", "2024-S1", "5/10");
    push("pair", "a", "2023", "4/10");
    expect("a", "pair lacks Q3 Q4, seasonal Q3 Q4");
}

static void of_the_last_figure_that_is_what_is_carried_on(void **state)
{
    (void)state;
    ask(OF("last", "recent(3)") "['value > 0']");
    push("last", "a", "2024-Q2", "10");
    expect("a", "last lacks Q1 Q3 Q4, last Q3 Q4");
    push("last", "a", "2024-Q4", "9"); /* that alone is the year's */
    expect("a", "last lacks Q1 Q3");
    world_close(&w);
    ask(OF("last", "recent(3)") "['value > value(-1)']");
    push("last", "a", "2024-Q1", "10");
    push("last", "a", "2024-Q4", "12");
    push("last", "a", "2023-S1", "9");
    expect("a", "last lacks Q2 Q3, last Q2"); /* of the half-year, Q1's */
}

/* b has no pair, and is in no roll-up. */
static void nothing_is_assumed_of_who_is_left_out(void **state)
{
    (void)state;
    ask(OF("pair", "recent(3)") "['value > 0 %']");
    push("pair", "a", "2024-S1", "5/10");
    push("pair", "a", "2024-Q3", "5/10");
    push("pair", "b", "2024-Q4", "50");
    expect("r", "pair lacks Q1 Q2 Q3 Q4, recent(3) Q4");
}

static void each_part_of_a_formula_has_its_own(void **state)
{
    (void)state;
    ask(OF("per", "recent(1)") "['value > 0 %']");
    push("sum", "a", "2024-S1", "5");
    push("sum", "a", "2024-Q3", "5");
    push("half", "a", "2024-S1", "10");
    expect("a", "per; sum lacks Q4, recent(1) Q4; half lacks S2, recent(1) S2");
    push("half", "a", "2024-S2", "10");
    expect("a", "per; sum lacks Q4, recent(1) Q4; half");
}

/* A third of Q2 is. */
static void a_period_that_is_in_in_part_is_filled(void **state)
{
    (void)state;
    ask(OF("sum", "recent(1)") "['value > 0']");
    push("sum", "a", "2024-T1", "4");
    expect("a", "sum lacks Q2 Q3 Q4, recent(1) Q2 Q3 Q4");
}

static void of_very_many_the_first_are_named(void **state)
{
    (void)state;
    struct mv_buf text = {0};
    ask(OF("day", "recent(3)") "['value > 0 days']");
    push("day", "a", "2024-01-01", "4");
    mv_weigh(&w.env, world_target(&w, "t", 2024), world_unit(&w, "a"), 0, tell,
             &text);
    assert_non_null(strstr(mv_buf_cstr(&text), "day lacks 01-02 01-03"));
    assert_non_null(strstr(mv_buf_cstr(&text), " 03-05, recent(3) 01-02"));
    assert_string_equal(mv_buf_cstr(&text) + text.len - 6, " 03-05");
    mv_buf_done(&text);
}

#define TEST(name) cmocka_unit_test_teardown(name, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(against_last_year_only_what_it_has_is_assumed),
        TEST(without_the_whole_of_last_year_there_is_no_season),
        TEST(a_pair_goes_by_a_season_of_pairs),
        TEST(of_the_last_figure_that_is_what_is_carried_on),
        TEST(nothing_is_assumed_of_who_is_left_out),
        TEST(each_part_of_a_formula_has_its_own),
        TEST(a_period_that_is_in_in_part_is_filled),
        TEST(of_very_many_the_first_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
