/* judging - how each program of judging's tests begins: its one world, and
 * figures put in. */
#pragma once

#include <stdio.h>

#include "tests/support/unit.h"
#include "tests/support/world.h"

static struct world w;

static inline int finish(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

/* A world with one target, `t`, of whatever further keys. */
static inline void MV_PRINTF(3, 4)
    start_target(const char *units, const char *indicators, const char *keys,
                 ...)
{
    struct mv_buf text = {0};
    char more[400];
    va_list list;
    va_start(list, keys);
    (void)vsnprintf(more, sizeof more, keys, list);
    va_end(list);
    mv_buf_printf(&text, "targets:\n  - {id: t, text: x, %s}\n", more);
    world_open(&w, units, indicators, mv_buf_cstr(&text));
    mv_buf_done(&text);
}

static inline void push_member(const char *indicator, const char *unit,
                               const char *member, const char *period,
                               const char *value)
{
    (void)world_push(&w, indicator, unit, member, period, value, 0);
}

static inline void push(const char *indicator, const char *unit,
                        const char *period, const char *value)
{
    push_member(indicator, unit, "", period, value);
}

#define QUARTERS(a, b, c, d) ((const char *const[4]){a, b, c, d})

/* Quarters of a year, "" where nothing is in; for unit a. */
static inline void push_quarters(const char *indicator, int year,
                                 const char *const q[4])
{
    for (int n = 0; n < 4; n++) {
        char period[16];
        (void)snprintf(period, sizeof period, "%d-Q%d", year, n + 1);
        if (q[n][0] != '\0')
            push(indicator, "a", period, q[n]);
    }
}
