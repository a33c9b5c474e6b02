/* Days and periods against a calendar that counts day by day (weeks as the
 * C library prints them), over all the years that are allowed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "services/base/period.h"
#include "tests/support/random.h"
#include "tests/support/unit.h"

struct walk {
    int year, month, day, weekday, day_of_year;
};

static void step(struct walk *w)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = w->year % 400 == 0 || (w->year % 4 == 0 && w->year % 100 != 0);
    w->weekday = w->weekday % 7 + 1;
    w->day_of_year++;
    if (++w->day <= days[w->month - 1] + (leap && w->month == 2))
        return;
    w->day = 1;
    if (++w->month <= 12)
        return;
    w->month = 1;
    w->year++;
    w->day_of_year = 1;
}

static void expect_at(mv_freq freq, int32_t day, const char *want)
{
    struct mv_period p;
    char out[MV_PERIOD_TEXT_BYTES];
    assert_true(mv_period_at(freq, day, &p));
    assert_string_equal(mv_period_text(&p, out), want);
    assert_true(p.first_day <= day && day <= p.last_day);
}

static void every_day_is_where_the_calendar_has_it(void **state)
{
    (void)state;
    struct walk w = {1970, 1, 1, 4, 1};
    for (int32_t day = 0; w.year <= MV_YEAR_MAX; day++, step(&w)) {
        struct mv_date d = mv_day_date(day);
        char text[64];
        assert_int_equal(mv_day_of(w.year, w.month, w.day), day);
        assert_true(d.year == w.year && d.month == w.month && d.day == w.day);
        assert_int_equal(mv_day_weekday(day), w.weekday);
        assert_int_equal(mv_day_of_year(day), w.day_of_year);
        if (w.year < MV_YEAR_MIN)
            continue;
        struct tm tm = {.tm_year = w.year - 1900,
                        .tm_mon = w.month - 1,
                        .tm_mday = w.day,
                        .tm_wday = w.weekday % 7,
                        .tm_yday = w.day_of_year - 1};
        (void)strftime(text, sizeof text, "%G-W%V", &tm);
        long iso_year = strtol(text, NULL, 10);
        if (iso_year >= MV_YEAR_MIN && iso_year <= MV_YEAR_MAX)
            expect_at(MV_FREQ_W, day, text);
        (void)snprintf(text, sizeof text, "%d-T%d", w.year, (w.month + 3) / 4);
        expect_at(MV_FREQ_T, day, text);
        (void)snprintf(text, sizeof text, "%d-Q%d", w.year, (w.month + 2) / 3);
        expect_at(MV_FREQ_Q, day, text);
        (void)snprintf(text, sizeof text, "%d-%02d-%02d", w.year, w.month,
                       w.day);
        expect_at(MV_FREQ_D, day, text);
    }
}

static void expect_round_trip(const struct mv_period *p)
{
    struct mv_period back;
    char out[MV_PERIOD_TEXT_BYTES];
    assert_true(mv_period_parse(mv_span_text(mv_period_text(p, out)), &back));
    assert_memory_equal(&back, p, sizeof back);
    assert_true(mv_period_from_code(p->year, mv_period_code(p), &back));
    assert_true(mv_period_equal(&back, p) && back.last_day == p->last_day);
}

static void periods_tile_each_year_and_come_back(void **state)
{
    (void)state;
    for (int year = MV_YEAR_MIN; year <= MV_YEAR_MAX; year++) {
        for (mv_freq f = MV_FREQ_A; f <= MV_FREQ_D; f++) {
            struct mv_period p;
            assert_true(mv_period_nth(f, year, 1, &p));
            int32_t expected = p.first_day;
            int count = 0;
            uint16_t last_code = 0;
            bool more = true;
            for (; more; more = mv_period_next(&p, &p)) {
                assert_int_equal(p.first_day, expected);
                assert_true(mv_period_code(&p) > last_code);
                last_code = mv_period_code(&p);
                expected = p.last_day + 1;
                count++;
                expect_round_trip(&p);
            }
            assert_int_equal(count, mv_period_count(f, year));
            struct mv_period following;
            if (mv_period_nth(f, year + 1, 1, &following))
                assert_int_equal(following.first_day, expected);
        }
    }
}

/* p's parts by looking at each: those wholly inside it, if they fill it. */
static bool parts_by_looking(const struct mv_period *p, mv_freq freq, int *from,
                             int *to)
{
    int32_t covered = 0;
    struct mv_period part;
    for (int n = 1; mv_period_nth(freq, p->year, n, &part); n++) {
        if (!mv_period_contains(p, &part))
            continue;
        if (covered == 0)
            *from = n;
        *to = n;
        covered += part.last_day - part.first_day + 1;
    }
    return covered == p->last_day - p->first_day + 1;
}

static void parts_are_those_that_fill_the_period(void **state)
{
    (void)state;
    for (int year = 2015; year < 2030; year++) {
        for (int start = 1; start <= 12; start++) {
            for (int months = 1; start + months <= 13; months++) {
                struct mv_period p;
                assert_true(mv_period_of_months(year, start, months, &p));
                expect_round_trip(&p);
                int s, m;
                assert_true(mv_period_months(&p, &s, &m));
                assert_true(s == start && m == months);
                for (mv_freq f = MV_FREQ_A; f <= MV_FREQ_D; f++) {
                    int a = 0, b = 0, c = 0, d = 0;
                    if (p.freq == MV_FREQ_A && f == MV_FREQ_W)
                        continue;
                    bool got = mv_period_parts(&p, f, &a, &b);
                    assert_int_equal(got, parts_by_looking(&p, f, &c, &d));
                    assert_true(!got || (a == c && b == d));
                }
            }
        }
    }
}

static void what_is_read_is_written_the_same_or_as_its_name(void **state)
{
    struct test_random *r = *state;
    static const char letters[] = "0123456789-ASTQMWDP/12024";
    for (int i = 0; i < 300000; i++) {
        char text[20] = "2024-";
        size_t len = 4 + test_random_below(r, 14);
        for (size_t j = 5; j < len; j++)
            text[j] = letters[test_random_below(r, sizeof letters - 1)];
        struct mv_period p;
        char out[MV_PERIOD_TEXT_BYTES];
        if (!mv_period_parse(mv_span(text, len), &p))
            continue;
        expect_round_trip(&p);
        (void)mv_period_text(&p, out);
        assert_true(strncmp(out, text, len) == 0 || text[10] == '/');
    }
}

int main(void)
{
    static struct test_random random;
    random = test_random_start("prop_period");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_is_where_the_calendar_has_it),
        cmocka_unit_test(periods_tile_each_year_and_come_back),
        cmocka_unit_test(parts_are_those_that_fill_the_period),
        cmocka_unit_test_prestate(
            what_is_read_is_written_the_same_or_as_its_name, &random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
