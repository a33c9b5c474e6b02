/* progress - one line on stderr that is written over, for anything that takes
 * over a second; nothing at all if stderr is no terminal. */
#pragma once

#include "services/cli/cli.h"

struct cli_progress {
    struct cli *c;
    const char *what;
    uint64_t total;
    int64_t began_ms, shown_ms;
    bool on, shown;
};

/* what: a word, borrowed. total 0: not known. */
void cli_progress_begin(struct cli_progress *p, struct cli *c, const char *what,
                        uint64_t total);
/* As often as one likes; it draws ten times a second at most. */
void cli_progress_at(struct cli_progress *p, uint64_t done);
/* The same for a wait: the seconds since it began. */
void cli_progress_wait(struct cli_progress *p);
/* Wipes the line; before anything else is printed. */
void cli_progress_end(struct cli_progress *p);
