/* supervise - runs the three services of an installation and keeps them
 * running: starts, waits until they serve, starts again what dies, and ends
 * all of them in order. */
#pragma once

#include <sys/types.h>

#include "services/cli/setup.h"

#define CLI_DEATHS_MAX 10
#define CLI_DEATHS_MS  (5 * 60 * INT64_C(1000))

struct cli_child {
    cli_service service;
    pid_t pid; /* 0: not running */
    bool ready, failed;
    int64_t again_ms;                  /* when it is started again */
    int64_t deaths_ms[CLI_DEATHS_MAX]; /* the last ones, a ring */
    unsigned deaths;
};

struct cli_watch {
    struct cli *c;
    const struct cli_setup *setup;
    struct cli_child children[CLI_SERVICES];
    int signal_fd;
    bool stopping, hurry;
};

/* Blocks the signals it handles; with them the process's mask changes. */
int cli_watch_open(struct cli_watch *w, struct cli *c,
                   const struct cli_setup *setup);
/* Would each service take its settings file? CLI_OK, or it has been said what
 * the first that would not refuses; nothing was started. */
int cli_watch_check(const struct cli_watch *w);
/* Starts all and waits until each has its ready file. CLI_OK; CLI_CONFIG,
 * CLI_AWAY: one did not come up, its log's last lines were said. */
int cli_watch_start(struct cli_watch *w);
/* Until a signal: CLI_OK; one dies CLI_DEATHS_MAX times in CLI_DEATHS_MS:
 * CLI_AWAY, said. */
int cli_watch_run(struct cli_watch *w);
/* SIGTERM to all, 10 s, then SIGKILL. */
void cli_watch_stop(struct cli_watch *w);

/* How long to wait before start n + 1 after n deaths in a row. Pure. */
int64_t cli_watch_back_off(unsigned deaths);
/* Notes a death; true: it is one too many. Pure. */
bool cli_watch_death(struct cli_child *child, int64_t now_ms);
