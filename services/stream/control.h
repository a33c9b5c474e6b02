/* control - requests: the verbs that every service answers, the service's own
 * verbs, and the record that each act leaves in the control log. */
#pragma once

#include "services/stream/loop.h"

/* A request as it came: an act is applied in the batch, a query is kept for
 * after the commit. */
void mv_control_take(struct mv_service *s, struct mv_wire *w,
                     const struct mv_key *key, unsigned door);
/* Answers queries, a bounded share. True: there are more. */
bool mv_control_serve(struct mv_service *s);
void mv_control_done(struct mv_service *s);

/* A source of the loop's own logs, or the service's (pull_server.h). */
bool mv_control_source(void *service, struct mv_span log,
                       const struct mv_key *key, struct mv_pull_source *ret,
                       const char **code);
