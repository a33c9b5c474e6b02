/* supported - what the language and the catalogue can say but nobody judges
 * yet. One table: a row that goes makes its construct loadable. */
#pragma once

#include "services/catalogue/build.h"

typedef enum mv_construct {
    MV_CONSTRUCT_NONE,
    MV_CONSTRUCT_FORMULA,
} mv_construct;

/* NULL: it is judged. Else its name, for a fault. */
const char *mv_not_supported(mv_construct what);
