/* sender - deliveries to ingest's public door, several under way, until each
 * has its answer: sent again after silence or `retry`, with jitter, on a new
 * socket when a server is silent (it may not have known the key yet). */
#pragma once

#include "services/cli/connect.h"
#include "services/cli/spool.h"

#define CLI_WINDOW 16

struct cli_item {
    struct cli_entry *entry;
    struct mv_buf frame; /* empty: in the spool */
    /* the sender's own */
    bool sent, done;
    unsigned tries;
    int64_t due_ms;
};

struct cli_sender {
    struct cli *c;
    const struct cli_door *door;
    const struct cli_spool *spool; /* NULL: frames are all here */
    bool dry;                      /* ingest's verb `try`: nothing is stored */
    int64_t wait_ms;               /* without any answer: give up */
    /* An answer that is final; not CLI_OK: stop. The bytes are borrowed. */
    int (*answered)(void *ctx, struct cli_item *item, struct mv_span bytes,
                    const struct mv_msg_answer *answer);
    void *ctx;
};

/* Those of one file go together; what was made at another time waits until all
 * before it have their answer, so that no `retry` lets an older figure come
 * after a newer. CLI_OK: all have their answer. CLI_AWAY: silence; CLI_RETRY:
 * only `retry` for too long; both said. Frames are freed as they are answered.
 */
int cli_sender_run(const struct cli_sender *s, struct cli_item *items,
                   size_t count);

/* How long to wait before try n + 1, random in [half, whole) of a doubling
 * from 2 s to 60 s. Pure but for the random number given (any 32 bits). */
int64_t cli_sender_wait(unsigned tries, uint32_t random);
