/* place - a directory made by `maalvakt up`: where what lies in it, and the
 * settings of the installation as a whole.
 *
 *   installation        what is below, an INI file
 *   public-keys         the key file that all services read
 *   keys/NAME.secret    secret keys, 0600
 *   SERVICE/SERVICE.conf, SERVICE/ready, SERVICE/data/
 *   log/SERVICE.log  spool/KEY/  up.pid (locked while `up` runs) */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "services/base/buf.h"
#include "services/base/err.h"

struct cli_place {
    int64_t shift_ms; /* added to the wall clock; set once */
    char *today;      /* the day that `up --today` said first, or "" */
    char *ingest_public, *ingest_control;
    char *evaluator_control, *evaluator_live;
    char *notifier_public, *notifier_control;
};

/* MV_AGAIN: there is no installation; MV_CONFIG: its file is bad. */
MV_CHECKED mv_rc cli_place_load(const char *dir, struct cli_place *ret,
                                struct mv_err *err);
MV_CHECKED mv_rc cli_place_save(const char *dir, const struct cli_place *p,
                                struct mv_err *err);
void cli_place_done(struct cli_place *p);

/* dir, '/', and the rest; the caller frees. */
char *cli_path(const char *dir, const char *fmt, ...) MV_PRINTF(2, 3);
char *cli_key_path(const char *dir, const char *name);
char *cli_keyfile_path(const char *dir);

/* An installation's key by name: a new pair, its secret in DIR/keys, its
 * public half a line of the key file; unit "" for none. MV_CONFIG: the name
 * is taken. A secret left by a crash is used. roles: enum mv_role, or-ed. */
MV_CHECKED mv_rc cli_key_make(const char *dir, const char *name, unsigned roles,
                              const char *unit, struct mv_err *err);
/* The same, but it is fine if there is one already; *made says. */
MV_CHECKED mv_rc cli_key_need(const char *dir, const char *name, unsigned roles,
                              const char *unit, bool *made, struct mv_err *err);
