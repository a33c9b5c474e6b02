/* show - one thing of the catalogue as aligned text, for people. */
#pragma once

#include "services/catalogue/catalogue.h"

/* Writes every unit, indicator, target (all its years) and commission with
 * this id. False: there is none, nothing was written. */
bool mv_catalogue_show(const struct mv_catalogue *c, struct mv_span id,
                       struct mv_buf *out);

/* A number of millionths as text: `66.5`, `-3`, `0.000001`. */
void mv_show_micro(struct mv_buf *out, int64_t micro);
