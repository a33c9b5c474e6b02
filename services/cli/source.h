/* source - records of the journal as ingest knows them: who sent a figure,
 * when, where it stands in its source, and its place in the chain. Each is
 * asked for once. */
#pragma once

#include "services/cli/pages.h"

struct cli_source;

/* link: ingest's control door, borrowed; NULL: only what is put. */
struct cli_source *cli_source_open(struct cli_link *link);
void cli_source_close(struct cli_source *s); /* takes NULL */
/* A row of ingest's verb `record`. */
void cli_source_put(struct cli_source *s, struct mv_span row);

/* The row of ingest's verb `record`; empty: it cannot be had (no right, no
 * answer, or too many were asked for). Borrowed until the close. */
struct mv_span cli_source_record(struct cli_source *s, uint64_t seq);
/* When it was received; 0: not known. */
int64_t cli_source_ms(struct cli_source *s, uint64_t seq);
/* The note of a row of a delivery, from 1; empty: none. Borrowed until the
 * next call. */
struct mv_span cli_source_note(struct cli_source *s, uint64_t seq,
                               uint64_t row);
/* "hso 412": the producer and number of the record's delivery; nothing where
 * it is not known. Appends. */
void cli_source_delivery(struct cli_source *s, uint64_t seq,
                         struct mv_buf *out);
