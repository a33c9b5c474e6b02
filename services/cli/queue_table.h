/* queue_table - every queue of an installation, the oldest item first: the
 * two streams between services, and each subscription's. */
#pragma once

#include "services/cli/fleet.h"

/* Reads all that the key may see into rows {queue, kind, age_ms, ready,
 * in_flight, retry, dead, delivered, seen_ms, state, ...}. CLI_AWAY: a service
 * does not answer, which has been said, or what keeps the notifier's. */
int cli_queues_read(struct cli_fleet *f, struct cli_pages *rows);
/* Adds a row of the notifier's verb `queues`, or of a stream. age_ms below 0:
 * nobody was asked who knows it; the row is without. */
void cli_queue_put(struct cli_pages *rows, struct mv_span row);
void cli_stream_put(struct cli_pages *rows, const struct cli_stream *stream,
                    int64_t age_ms, uint64_t dead);

/* Rows by age, the oldest first; then by name. */
void cli_queues_sort(struct cli_pages *rows);
/* now_ms: the installation's clock, for "last pulled". */
void cli_queues_show(struct cli *c, const struct cli_pages *rows,
                     int64_t now_ms);
/* "stanset 2024-11-30 12:00 av drift", of a row of `queues`. */
void cli_queue_paused(const struct cli *c, struct mv_span row,
                      struct mv_buf *out);
/* The installation's wall clock. */
int64_t cli_now_ms(const struct cli *c);
