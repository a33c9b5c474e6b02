/* frames - deliveries written as one would on a page, for tests:
 *   frame_delivery(&b, "m", 7, "indicator unit period value",
 *                  "wait ahus 2024-M01 78.5\n"
 *                  "wait ahus 2024-M02 -\n");
 * A cell "-" is nil; columns value, numerator, denominator are decimals and
 * time is milliseconds. */
#pragma once

#include "services/base/buf.h"

void frame_delivery(struct mv_buf *out, const char *producer, uint64_t number,
                    const char *fields, const char *rows);
void frame_withdrawal(struct mv_buf *out, const char *producer, uint64_t number,
                      const char *fields, const char *rows);
/* units, indicators, targets: the texts of the YAML files. */
void frame_catalogue(struct mv_buf *out, const char *producer, uint64_t number,
                     const char *units, const char *indicators,
                     const char *targets);
/* With commissions too, or NULL. */
void frame_commissions(struct mv_buf *out, const char *producer,
                       uint64_t number, const char *units,
                       const char *indicators, const char *targets,
                       const char *commissions);
