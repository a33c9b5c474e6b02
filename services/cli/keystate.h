/* keystate - why a service is silent to a key: what this installation's key
 * file says of it. ZeroMQ tells a client nothing of a key that is refused. */
#pragma once

#include "services/cli/connect.h"

typedef enum cli_key_state {
    CLI_KEY_GOOD,
    CLI_KEY_ENDED,    /* revoked, or its last day has passed */
    CLI_KEY_EARLY,    /* its first day has not come */
    CLI_KEY_STRANGER, /* not in the key file */
    CLI_KEY_UNSAID,   /* the key file is elsewhere */
} cli_key_state;

/* *day: since when it ended, or from when it is good, local; *unit: the unit
 * that it speaks for. Both "" where there is none. */
cli_key_state cli_key_look(const struct cli *c, const struct cli_door *door,
                           char day[32], char unit[65]);

/* Is there a key of that name here? Where nobody can tell: true. */
bool cli_key_there(const struct cli *c, const char *name);
/* Says that there is none, and which was probably meant; CLI_NO. */
int cli_key_unknown(struct cli *c, const char *name);

/* Says what is wrong with it and what to do; false: nothing is, or nobody
 * here knows. */
bool cli_key_say(struct cli *c, const struct cli_door *door);
