/* setup - makes DIR an installation, or finds that it is one: folders, keys,
 * addresses that stay, settings files of the three services. Safe to repeat;
 * what a crash left half made is completed the next time. */
#pragma once

#include "services/cli/connect.h"
#include "services/cli/place.h"
#include "services/cli/ports.h"

struct cli_setup {
    char *dir; /* absolute */
    int lock_fd;
    bool is_new;
    struct cli_place place;
    struct cli_ports ports;
};

/* Says itself what is wrong. today: NULL, or the day asked for; listen: NULL,
 * or ingest's public address. Takes the lock that says that `up` runs here:
 * CLI_RETRY if another holds it. */
int cli_setup_open(struct cli *c, struct cli_setup *s, const char *dir,
                   const char *today, const char *listen);
/* Gives the lock and the ports back, but not DIR's files. */
void cli_setup_close(struct cli_setup *s);

/* Who runs `up` in dir: its pid, or 0. */
long cli_setup_running(const char *dir);
/* The lock's file says that it is this process. */
int cli_setup_sign(struct cli *c, const struct cli_setup *s);
