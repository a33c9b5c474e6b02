/* scale - how much of a long test to run. MV_SCALE=soak runs the whole,
 * anything else the share that fits a build (`ci`). */
#pragma once

#include <stdlib.h>
#include <string.h>

static inline unsigned mv_scale(unsigned ci, unsigned soak)
{
    const char *s = getenv("MV_SCALE");
    return s != NULL && strcmp(s, "soak") == 0 ? soak : ci;
}
