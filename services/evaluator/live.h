/* live - the changes log on the live PUB socket, read back from the log after
 * the commit: change by change, each under its own topic. */
#pragma once

#include "services/stream/calls.h"
#include "services/stream/log.h"

struct evaluator_live {
    struct mv_service *service; /* borrowed, as the log */
    struct mv_log *changes;
    uint64_t seq; /* all up to it was published, or was before our time */
};

/* From the log's head on: what was before is pulled. In a snapshot. */
void evaluator_live_init(struct evaluator_live *l, struct mv_service *s,
                         struct mv_log *changes);
/* What is new. In a snapshot. */
void evaluator_live_publish(struct evaluator_live *l);

/* change/<region>/<unit>/<target>/<year>/<status>/ of a `change` map, with
 * "-" for no region. False: not a change. */
bool evaluator_live_topic(struct mv_span change, struct mv_buf *out);
