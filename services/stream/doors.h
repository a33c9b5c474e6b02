/* doors - the ROUTER sockets of a service: what comes in by them is given to
 * whoever it is for, and answers go out. */
#pragma once

#include "services/stream/loop.h"

/* Opens and binds the def's doors and the control door. After the ZAP
 * handler. */
MV_CHECKED mv_rc mv_doors_open(struct mv_service *s, const void *settings,
                               struct mv_err *err);
void mv_doors_close(struct mv_service *s);

/* Takes what came, in turn from each door, while the batch has room. */
void mv_doors_take(struct mv_service *s);
/* Never waits; if nobody takes it, or the key's connections leave more than
 * 32 MiB unread, all the answers in it count as dropped: false. */
bool mv_door_send(struct mv_service *s, const struct mv_asker *to,
                  struct mv_span body, size_t answers);
/* Connections: events, and an end to those that only fill memory. */
void mv_doors_watch(struct mv_service *s);
/* What connections did since it was told, of any socket: into the counters. */
void mv_doors_count(struct mv_service *s, const struct mv_peers_counts *now,
                    struct mv_peers_counts *told);
/* A connection is to be looked at once more as soon as its door was read. */
bool mv_doors_doubtful(const struct mv_service *s);
