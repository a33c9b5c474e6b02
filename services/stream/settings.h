/* settings - what every service is told: rows that each service's table
 * begins with, and the values. The service's own struct has struct mv_common
 * as its first member. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "services/base/conf.h"

struct mv_common {
    char *data_dir;
    int64_t quota_bytes;
    bool any_filesystem;
    char *keys_file;
    char *secret_key_file;
    char *control; /* the control door's endpoint */
    char *ready_file;
    int64_t shift_ms;
    char *log_level;
    int64_t batch_items;
};

#define MV_COMMON_AT(field) offsetof(struct mv_common, field)

/* The first rows of a service's table: MV_COMMON_KEYS("ingest", "tcp://..."),
 * {"listen", ...}. Both are literals: the service's name, as in its unit's
 * paths (deploy/), and its control door, where the others' settings seek it. */
/* clang-format off */
#define MV_COMMON_KEYS(service, control_door)                                \
    {"data_dir", MV_CONF_PATH, NULL, "/var/lib/maalvakt-" service, 1, 4096,  \
     MV_COMMON_AT(data_dir), "the directory of this service's store"},       \
    {"quota", MV_CONF_BYTES, "4 GiB", NULL, 1 << 20, INT64_C(1) << 44,       \
     MV_COMMON_AT(quota_bytes), "what the store may take; above it: retry"}, \
    {"any_filesystem", MV_CONF_BOOL, "no", NULL, 0, 1,                       \
     MV_COMMON_AT(any_filesystem), "overlay and tmpfs too (never to keep)"}, \
    {"keys_file", MV_CONF_PATH, NULL, "/etc/maalvakt/keys", 1, 4096,         \
     MV_COMMON_AT(keys_file), "who may speak, the same file on each host"},  \
    {"secret_key_file", MV_CONF_PATH, NULL,                                  \
     "/etc/maalvakt/secret/" service "/key", 1, 4096,                        \
     MV_COMMON_AT(secret_key_file), "this service's own key, mode 0600"},    \
    {"control", MV_CONF_TEXT, control_door, NULL, 1, 120,                    \
     MV_COMMON_AT(control), "where operators and other services ask"},       \
    {"ready_file", MV_CONF_TEXT, "", "/run/maalvakt/" service "/ready", 0,   \
     4096, MV_COMMON_AT(ready_file),                                         \
     "written when it serves, if set: a line name=endpoint for each door"},   \
    {"shift_ms", MV_CONF_INT, "0", NULL, -INT64_C(4000000000000),            \
     INT64_C(4000000000000), MV_COMMON_AT(shift_ms),                         \
     "added to the wall clock: an installation that lives on another day"},  \
    {"log_level", MV_CONF_TEXT, "info", NULL, 1, 16,                         \
     MV_COMMON_AT(log_level), "error, warning, notice or info"},             \
    {"batch_items", MV_CONF_INT, "65536", NULL, 1, 65536,                    \
     MV_COMMON_AT(batch_items),                                              \
     "messages and records in one commit, at most"}
/* clang-format on */
