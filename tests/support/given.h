/* given - for tests that a status is what a figure makes it: figures of 2024
 * put in, each of which must count, and a status expected. */
#pragma once

#include "tests/support/judging.h"

static inline void start(const char *indicators, const char *targets)
{
    char i[8192], t[8192];
    (void)snprintf(i, sizeof i, "indicators:\n%s", indicators);
    (void)snprintf(t, sizeof t, "targets:\n%s", targets);
    world_open(&w, WORLD_UNITS, i, t);
}

static inline void expect(const char *target, const char *unit,
                          const char *status)
{
    assert_string_equal(world_status(&w, target, 2024, unit), status);
}

static inline void put(const char *indicator, const char *unit,
                       const char *period, const char *value)
{
    assert_int_equal(world_push(&w, indicator, unit, "", period, value, 'A'),
                     MV_APPLIED_CHANGED);
}

static inline void put_member(const char *member, const char *period,
                              const char *value)
{
    assert_int_equal(world_push(&w, "i", "ahus", member, period, value, 'A'),
                     MV_APPLIED_CHANGED);
}
