/* clock - see clock.h. Job: the only place that reads a clock, and the rule
 * by which the wall clock is believed. Invariant: after mv_clock_init the C
 * library's zone is Europe/Oslo; stamps given out never go back. A crash
 * leaves nothing: the rule starts anew from the journal's last record.
 *
 *               start: empty journal, or last record within
 *                      [now - 31 days, now]
 *   +-----------+ ------------------------------------> +---------+
 *   | distrusted|                                       | trusted |
 *   |  (reason) | <------------------------------------ |         |
 *   +-----------+  wall and last stamp + boot clock     +---------+
 *                  part by more than five minutes
 *   back: they agree again, or an operator says what day it is. */
#include "services/base/clock.h"

#include "services/base/points.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ZONE        "Europe/Oslo"
#define MS          INT64_C(1000)
#define NS_PER_MS   1000000
#define MS_PER_MIN  (60 * MS)
#define MS_PER_HOUR (60 * MS_PER_MIN)

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Local minus UTC, in ms, at a stamp. */
static int64_t offset_ms(int64_t wall_ms)
{
    time_t t = (time_t)floor_div(wall_ms, MS);
    struct tm tm;
    if (localtime_r(&t, &tm) == NULL)
        return 0;
    return (int64_t)tm.tm_gmtoff * MS;
}

mv_rc mv_clock_init(struct mv_err *err)
{
    const int64_t winter = INT64_C(1704110400000); /* 2024-01-01T12:00Z */
    const int64_t summer = INT64_C(1719835200000); /* 2024-07-01T12:00Z */
    /* by way of another zone: the library reads the same one only once */
    if (setenv("TZ", "UTC", 1) != 0)
        return mv_fail(err, MV_FATAL, "cannot set TZ");
    tzset();
    if (setenv("TZ", ":" ZONE, 1) != 0)
        return mv_fail(err, MV_FATAL, "cannot set TZ");
    tzset();
    if (offset_ms(winter) != MS_PER_HOUR ||
        offset_ms(summer) != 2 * MS_PER_HOUR) {
        return mv_fail(err, MV_CONFIG,
                       "the time zone " ZONE
                       " is not installed (package tzdata)");
    }
    return MV_OK;
}

static int64_t read_ms(clockid_t id)
{
    struct timespec t;
    MV_ASSERT(clock_gettime(id, &t) == 0);
    return (int64_t)t.tv_sec * MS + t.tv_nsec / NS_PER_MS;
}

void mv_clock_read(struct mv_clock *c)
{
    c->wall_ms = read_ms(CLOCK_REALTIME) + c->shift_ms;
    c->mono_ms = read_ms(CLOCK_MONOTONIC);
    c->boot_ms = read_ms(CLOCK_BOOTTIME);
}

int64_t mv_clock_mono_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

int64_t mv_clock_real_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

static int64_t local_ms(int64_t wall_ms)
{
    return wall_ms + offset_ms(wall_ms);
}

/* The stamp of a local time. The offset is taken an hour or two late, which
 * matters only just before the clock changes (at 01:00 UTC): never for a
 * local midnight. */
static int64_t stamp_of_local(int64_t local)
{
    return local - offset_ms(local);
}

int64_t mv_clock_shift_to(int32_t day)
{
    int64_t wall = mv_clock_real_ms();
    int64_t of_day = local_ms(wall) - mv_clock_day(wall) * MV_MS_PER_DAY;
    return stamp_of_local(day * MV_MS_PER_DAY + of_day) - wall;
}

int32_t mv_clock_day(int64_t wall_ms)
{
    return (int32_t)floor_div(local_ms(wall_ms), MV_MS_PER_DAY);
}

int64_t mv_clock_day_begins(int32_t day)
{
    return stamp_of_local(day * MV_MS_PER_DAY);
}

int64_t mv_clock_next_midnight(int64_t wall_ms)
{
    return mv_clock_day_begins(mv_clock_day(wall_ms) + 1);
}

int mv_clock_minute_of_day(int64_t wall_ms)
{
    int64_t local = local_ms(wall_ms);
    int64_t of_day = local - floor_div(local, MV_MS_PER_DAY) * MV_MS_PER_DAY;
    return (int)(of_day / MS_PER_MIN);
}

/* "2024-06-30" separator "21:59:59"; false outside the years. */
static bool date_time_text(int64_t ms, char separator, char *out, size_t size)
{
    int64_t day = floor_div(ms, MV_MS_PER_DAY);
    if (day < mv_day_of(MV_YEAR_MIN, 1, 1) ||
        day > mv_day_of(MV_YEAR_MAX, 12, 31)) {
        (void)snprintf(out, size, "invalid time");
        return false;
    }
    char date[MV_DAY_TEXT_BYTES];
    int seconds = (int)((ms - day * MV_MS_PER_DAY) / MS);
    (void)snprintf(out, size, "%.10s%c%02d:%02d:%02d",
                   mv_day_text((int32_t)day, date), separator, seconds / 3600,
                   seconds / 60 % 60, seconds % 60);
    return true;
}

const char *mv_clock_text(int64_t wall_ms, char out[MV_CLOCK_TEXT_BYTES])
{
    if (!date_time_text(wall_ms, 'T', out, MV_CLOCK_TEXT_BYTES))
        return out;
    size_t used = strlen(out);
    int ms = (int)(wall_ms - floor_div(wall_ms, MS) * MS);
    (void)snprintf(out + used, MV_CLOCK_TEXT_BYTES - used, ".%03dZ", ms);
    return out;
}

const char *mv_clock_text_local(int64_t wall_ms, char out[MV_CLOCK_TEXT_BYTES])
{
    (void)date_time_text(local_ms(wall_ms), ' ', out, MV_CLOCK_TEXT_BYTES);
    return out;
}

/* Two digits, a value up to `most`; moves on. */
static bool two_digits(const char **c, const char *end, int most, int *ret)
{
    const char *p = *c;
    if (end - p < 2 || p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
        return false;
    *ret = (p[0] - '0') * 10 + (p[1] - '0');
    *c += 2;
    return *ret <= most;
}

static bool one_of(const char **c, const char *end, char wanted)
{
    if (*c == end || **c != wanted)
        return false;
    (*c)++;
    return true;
}

static bool parse_fraction(const char **c, const char *end, int64_t *ms)
{
    if (!one_of(c, end, '.'))
        return true; /* left out */
    int64_t unit = 100;
    const char *from = *c;
    for (; *c < end && **c >= '0' && **c <= '9' && unit > 0; unit /= 10)
        *ms += (*(*c)++ - '0') * unit;
    return *c > from;
}

static bool parse_zone(const char **c, const char *end, int64_t *ms)
{
    if (one_of(c, end, 'Z'))
        return true;
    int hours;
    int minutes;
    int64_t sign = one_of(c, end, '-') ? -1 : 1;
    if ((sign > 0 && !one_of(c, end, '+')) || !two_digits(c, end, 23, &hours) ||
        !one_of(c, end, ':') || !two_digits(c, end, 59, &minutes))
        return false;
    *ms -= sign * (hours * MS_PER_HOUR + minutes * MS_PER_MIN);
    return true;
}

bool mv_clock_parse(struct mv_span text, int64_t *ret)
{
    int32_t day;
    int hour;
    int minute;
    int second;
    if (text.len < 20 || !mv_day_parse(mv_span(text.at, 10), &day))
        return false;
    const char *c = (const char *)text.at + 10;
    const char *end = (const char *)text.at + text.len;
    if (!one_of(&c, end, 'T') || !two_digits(&c, end, 23, &hour) ||
        !one_of(&c, end, ':') || !two_digits(&c, end, 59, &minute) ||
        !one_of(&c, end, ':') || !two_digits(&c, end, 59, &second))
        return false;
    int64_t ms = day * MV_MS_PER_DAY + hour * MS_PER_HOUR +
                 minute * MS_PER_MIN + second * MS;
    if (!parse_fraction(&c, end, &ms) || !parse_zone(&c, end, &ms) || c != end)
        return false;
    *ret = ms;
    return true;
}

/* --- may the wall clock be believed? --------------------------------- */

static void anchor(struct mv_clock_trust *t, const struct mv_clock *now)
{
    t->anchor_wall_ms = now->wall_ms;
    t->anchor_boot_ms = now->boot_ms;
    t->anchored = true;
    t->doubt = MV_CLOCK_TRUSTED;
}

/* Nothing is known but the journal's last record. */
static mv_clock_doubt doubt_at_start(const struct mv_clock_trust *t,
                                     const struct mv_clock *now)
{
    if (t->last_stamp_ms == 0)
        return MV_CLOCK_TRUSTED;
    if (t->last_stamp_ms > now->wall_ms)
        return MV_CLOCK_BEFORE_LAST;
    if (now->wall_ms - t->last_stamp_ms > MV_CLOCK_STALE_MS)
        return MV_CLOCK_STALE;
    return MV_CLOCK_TRUSTED;
}

static bool agrees(const struct mv_clock_trust *t, const struct mv_clock *now)
{
    int64_t expected = t->anchor_wall_ms + (now->boot_ms - t->anchor_boot_ms);
    int64_t apart = now->wall_ms - expected;
    return apart <= MV_CLOCK_AGREE_MS && apart >= -MV_CLOCK_AGREE_MS;
}

mv_clock_doubt mv_clock_trust_start(struct mv_clock_trust *t,
                                    const struct mv_clock *now,
                                    int64_t last_stamp_ms)
{
    *t = (struct mv_clock_trust){.last_stamp_ms = last_stamp_ms};
    return mv_clock_trust_check(t, now);
}

mv_clock_doubt mv_clock_trust_check(struct mv_clock_trust *t,
                                    const struct mv_clock *now)
{
    if (t->anchored) {
        bool right = agrees(t, now) || MV_BROKEN("any_clock");
        t->doubt = right ? MV_CLOCK_TRUSTED : MV_CLOCK_JUMPED;
        return t->doubt;
    }
    t->doubt = doubt_at_start(t, now);
    if (t->doubt == MV_CLOCK_TRUSTED)
        anchor(t, now);
    return t->doubt;
}

int64_t mv_clock_trust_stamp(struct mv_clock_trust *t,
                             const struct mv_clock *now)
{
    MV_ASSERT(t->anchored && t->doubt == MV_CLOCK_TRUSTED);
    anchor(t, now);
    if (now->wall_ms > t->last_stamp_ms)
        t->last_stamp_ms = now->wall_ms;
    return t->last_stamp_ms;
}

bool mv_clock_accept(struct mv_clock_trust *t, const struct mv_clock *now,
                     int32_t day)
{
    if (mv_clock_day(now->wall_ms) != day)
        return false;
    anchor(t, now);
    return true;
}

const char *mv_clock_doubt_text(mv_clock_doubt d)
{
    switch (d) {
    case MV_CLOCK_TRUSTED:
        return "trusted";
    case MV_CLOCK_BEFORE_LAST:
        return "the last record lies ahead of the clock";
    case MV_CLOCK_STALE:
        return "the last record lies more than 31 days behind the clock";
    case MV_CLOCK_JUMPED:
        return "the clock jumped against the time since start";
    }
    return "unknown";
}
