/* supported - what the language and the catalogue can say but nobody judges
 * yet. One table: a row that goes makes its construct loadable. */
#pragma once

#include "services/catalogue/build.h"

typedef enum mv_construct {
    MV_CONSTRUCT_NONE,
    MV_CONSTRUCT_OTHER_INDICATOR,
    MV_CONSTRUCT_PERIOD,
    MV_CONSTRUCT_RATE,
    MV_CONSTRUCT_EXTREMES,
    MV_CONSTRUCT_SHARE,
    MV_CONSTRUCT_PATH,
    MV_CONSTRUCT_FORMULA,
} mv_construct;

/* NULL: it is judged. Else its name, for a fault. */
const char *mv_not_supported(mv_construct what);
/* The construct that a node is, or MV_CONSTRUCT_NONE. own: of a criterion,
 * where a series by name is another indicator. */
mv_construct mv_construct_of(const struct mv_node *n, bool own);
