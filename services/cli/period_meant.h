/* period_meant - a period as people write it, to the one that was probably
 * meant: "2025-01", "31.12.2024", "mars 2025", "2. tertial 2024". */
#pragma once

#include "services/base/period.h"

/* False: nobody can tell. Reads only what has a year of four digits. */
bool cli_period_meant(struct mv_span said, struct mv_period *ret);
