/* upstream - the logs of other services that this one reads: each record an
 * input of the batch, the position kept with what it caused. */
#pragma once

#include "services/stream/loop.h"

/* settings: the service's. In a snapshot. */
MV_CHECKED mv_rc mv_upstreams_open(struct mv_service *s, const void *settings,
                                   struct mv_err *err);
void mv_upstreams_close(struct mv_service *s);

/* Just after the loop waited: what was not quiet all the while is not since
 * before now. */
void mv_upstreams_wake(struct mv_service *s);
/* Asks where it is time to; returns when it wants to be called again. */
int64_t mv_upstreams_step(struct mv_service *s);
/* Applies what came, while the batch has room. True: there is more. */
bool mv_upstreams_take(struct mv_service *s);
/* In the transaction; after it. */
void mv_upstreams_stage(struct mv_service *s);
void mv_upstreams_settle(struct mv_service *s, bool committed);
/* "asking", "diverged", ... */
const char *mv_upstream_word(const struct mv_service *s, unsigned which);
