/* asker - whom an answer goes to. */
#pragma once

#include <stdint.h>

#include "services/base/buf.h"

struct mv_asker {
    unsigned door;
    struct mv_span route;      /* of the connection; borrowed */
    const uint8_t *public_key; /* MV_KEY_BYTES, borrowed; NULL: of no key that
                                  is known */
};
