/* push - one run of `maalvakt push`: what it was told, its spool, what it has
 * come to. */
#pragma once

#include "services/cli/faults.h"
#include "services/cli/parcel.h"
#include "services/cli/rows.h"
#include "services/cli/sender.h"

/* A delivery that is only tried: in no spool. */
struct cli_tried {
    struct cli_entry entry;
    struct mv_buf frame, lines, answer;
};

struct cli_push {
    struct cli *c;
    struct cli_door door;
    struct cli_spool *spool;
    bool skip_bad, dry, again;
    int64_t wait_ms, max_rows;
    struct cli_item *items;
    size_t count, cap;
    struct cli_tried **tried; /* of a dry run */
    size_t tried_count;
    bool beside; /* tried beside what is sent: only what is wrong is told */
    uint64_t rows_in, rows_known, rows_refused, deliveries;
    uint64_t withdrawals;      /* of the deliveries */
    struct cli_faults *faults; /* the run's; borrowed */
    struct cli_entry **known;  /* delivered before, and not sent */
    size_t known_count;
    bool denied;
    bool turned[2];  /* of figures, of withdrawals: some was, and sent */
    char *spool_dir; /* owned; NULL in a dry run */
};

/* Divides a sheet into deliveries, spools those that are new and queues what
 * has no answer. CLI_OK, or it has been said. */
int cli_push_take(struct cli_push *p, const struct cli_sheet *s,
                  const char *file, const char *producer);
/* Queues one that is in the spool. */
void cli_push_queue(struct cli_push *p, struct cli_entry *entry);
/* Sends all that is queued; rejected ones again without the rows named, as
 * long as skip_bad says so and rows remain. CLI_OK: all answered. */
int cli_push_send(struct cli_push *p);
void cli_push_done(struct cli_push *p);

/* Of figures, or of a withdrawal of them. */
#define CLI_PUSH_WORD(e, what) \
    ((e)->withdrawal ? CLI_W_WITHDRAW_##what : CLI_W_PUSH_##what)

/* The file; what persons state is often in none. Borrowed. */
const char *cli_push_name(const struct cli_entry *e);
/* In an answer's JSON: that it is of a withdrawal. */
void cli_push_mark(json_t *j, const struct cli_entry *e);
/* "1 row", "173 rows". Appends. */
void cli_push_rows(const struct cli *c, uint64_t rows, struct mv_buf *out);
