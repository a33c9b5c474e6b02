/* clock - the time, read in one place; days of Europe/Oslo; and whether the
 * wall clock may be believed. Stamps are UTC milliseconds since 1970. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "services/base/buf.h"
#include "services/base/day.h"
#include "services/base/err.h"

#define MV_CLOCK_TEXT_BYTES 32
/* How far wall clock and boot clock may part. */
#define MV_CLOCK_AGREE_MS (5 * 60 * INT64_C(1000))
/* How old the last record may be at start. */
#define MV_CLOCK_STALE_MS (31 * MV_MS_PER_DAY)

/* One reading. shift_ms is a constant of the installation (a demonstration
 * on another day) and is already in wall_ms. */
struct mv_clock {
    int64_t wall_ms;
    int64_t mono_ms; /* for intervals; stands still in suspend */
    int64_t boot_ms; /* CLOCK_BOOTTIME */
    int64_t shift_ms;
};

/* Once per process, before any thread: sets TZ to Europe/Oslo whatever it
 * was. MV_CONFIG: the zone's data is not installed. */
MV_CHECKED mv_rc mv_clock_init(struct mv_err *err);

/* Reads all three clocks; shift_ms must be set. */
void mv_clock_read(struct mv_clock *c);
/* One alone: the monotonic clock; the machine's wall clock, without a shift. */
int64_t mv_clock_mono_ms(void);
int64_t mv_clock_real_ms(void);

/* The shift that makes it `day` now, same local time of day. */
int64_t mv_clock_shift_to(int32_t day);

/* Pure, after mv_clock_init: the local day of a stamp; the stamp at which a
 * local day begins; the first local midnight after a stamp. */
int32_t mv_clock_day(int64_t wall_ms);
int64_t mv_clock_day_begins(int32_t day);
int64_t mv_clock_next_midnight(int64_t wall_ms);
/* The local clock as minutes after midnight, 0..1439, for fixed hours. */
int mv_clock_minute_of_day(int64_t wall_ms);

/* RFC 3339 in UTC: "2024-06-30T21:59:59.000Z"; and strictly back (the
 * fraction may be left out or have 1 to 3 digits; an offset +hh:mm is read).
 * Years MV_YEAR_MIN..MV_YEAR_MAX; out of them text is "invalid time". */
const char *mv_clock_text(int64_t wall_ms, char out[MV_CLOCK_TEXT_BYTES]);
bool mv_clock_parse(struct mv_span text, int64_t *ret);
/* For people, local: "2024-06-30 23:59:59". */
const char *mv_clock_text_local(int64_t wall_ms, char out[MV_CLOCK_TEXT_BYTES]);

/* --- may the wall clock be believed? --------------------------------- */

typedef enum mv_clock_doubt {
    MV_CLOCK_TRUSTED = 0,
    MV_CLOCK_BEFORE_LAST, /* at start: the last record lies ahead of it */
    MV_CLOCK_STALE,       /* at start: > 31 days after the last record */
    MV_CLOCK_JUMPED,      /* parted from last stamp + boot clock */
} mv_clock_doubt;

/* No I/O: fed with readings. Zero-initialise, then start. */
struct mv_clock_trust {
    int64_t last_stamp_ms; /* the last record's; 0: none */
    int64_t anchor_wall_ms;
    int64_t anchor_boot_ms;
    bool anchored; /* was trusted once since start */
    mv_clock_doubt doubt;
};

/* last_stamp_ms: the stamp of the journal's last record, 0 if it is empty. */
mv_clock_doubt mv_clock_trust_start(struct mv_clock_trust *t,
                                    const struct mv_clock *now,
                                    int64_t last_stamp_ms);
/* Before every batch. */
mv_clock_doubt mv_clock_trust_check(struct mv_clock_trust *t,
                                    const struct mv_clock *now);
/* The stamp for records received now: never before the last one. Only while
 * trusted (asserted). */
int64_t mv_clock_trust_stamp(struct mv_clock_trust *t,
                             const struct mv_clock *now);
/* An operator says that today is `day`: false if the clock says otherwise. */
bool mv_clock_accept(struct mv_clock_trust *t, const struct mv_clock *now,
                     int32_t day);
const char *mv_clock_doubt_text(mv_clock_doubt d);
