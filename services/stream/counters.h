/* counters - the numbers that every service keeps; counters.def says which. */
#pragma once

typedef enum mv_counter {
#define COUNTER(ID, name, help) MV_COUNT_##ID,
#include "services/stream/counters.def"
#undef COUNTER
    MV_COUNT_COMMON /* how many; a service's own follow */
} mv_counter;

/* "received"; for MV_COUNT_COMMON and above NULL. */
const char *mv_counter_name(unsigned which);
