/* run - a service from its settings to its end; service.c has the loop
 * between. mv_service_main is these in a row; tests use them one by one. */
#pragma once

#include "services/stream/service.h"

/* Everything open, doors bound, ready file written. settings: def's, loaded;
 * borrowed until close. signal_fd: readable when told to stop (a signalfd);
 * -1: none. MV_CONFIG | MV_FULL (no room to start) | MV_FATAL. */
MV_CHECKED mv_rc mv_service_open(struct mv_service **ret,
                                 const struct mv_service_def *def,
                                 const void *settings, int signal_fd,
                                 struct mv_err *err);
/* The loop; returns how it ended. */
MV_CHECKED mv_rc mv_service_run(struct mv_service *s);
void mv_service_close(struct mv_service *s); /* takes NULL */

/* What a door ("control", "live") is bound to; NULL: no such. */
const char *mv_service_endpoint(const struct mv_service *s, const char *door);
const uint8_t *mv_service_public_key(const struct mv_service *s);
