/* show - one thing of the catalogue key by key: told to whoever shows it, or
 * as aligned text for people. */
#pragma once

#include "services/catalogue/catalogue.h"

/* Who is told: each thing, and behind it each of its keys that has a value,
 * as a steward would write it. Borrowed for the call. */
struct mv_show {
    void *ctx;
    /* year 0: it has none */
    void (*thing)(void *ctx, const char *kind, struct mv_span id, int32_t year);
    void (*key)(void *ctx, const char *key, struct mv_span value);
};

/* Tells every unit, indicator, target (all its years) and commission with
 * this id. False: there is none, nothing was told. */
bool mv_catalogue_tell(const struct mv_catalogue *c, struct mv_span id,
                       const struct mv_show *to);

/* Writes every unit, indicator, target (all its years) and commission with
 * this id. False: there is none, nothing was written. */
bool mv_catalogue_show(const struct mv_catalogue *c, struct mv_span id,
                       struct mv_buf *out);

/* A number of millionths as text: `66.5`, `-3`, `0.000001`. */
void mv_show_micro(struct mv_buf *out, int64_t micro);
