/* given - how each program of judging's tests begins: its one world, figures
 * of 2024 put in, a status expected. */
#pragma once

#include <stdio.h>

#include "tests/support/unit.h"
#include "tests/support/world.h"

static struct world w;

static inline void start(const char *indicators, const char *targets)
{
    char i[8192], t[8192];
    (void)snprintf(i, sizeof i, "indicators:\n%s", indicators);
    (void)snprintf(t, sizeof t, "targets:\n%s", targets);
    world_open(&w, WORLD_UNITS, i, t);
}

static inline int finish(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
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
