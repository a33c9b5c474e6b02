/* identity - national identity numbers, which no text may hold. */
#pragma once

#include <stdbool.h>

#include "services/base/buf.h"

/* Holds 11 digits (in one run, or in groups with spaces or hyphens between,
 * never a part of a longer run) that make a Norwegian national identity
 * number by both check digits and date: birth number, D-number, H-number,
 * the synthetic ones of Skatteetaten and NAV, FH-number (no date). */
bool mv_identity_in(struct mv_span text);
