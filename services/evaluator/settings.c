/* settings - see settings.h. Job: one table. Invariant: the example file is
 * printed from it. A crash leaves nothing. */
#include "services/evaluator/settings.h"

#include <stddef.h>

#define NO_KEY \
    "0000000000000000000000000000000000000000000000000000000000000001"

/* clang-format off */
#define EVALUATOR_KEYS                                                         \
    MV_COMMON_KEYS("evaluator", "tcp://127.0.0.1:4470"),                       \
    {"journal", MV_CONF_TEXT, NULL, "tcp://127.0.0.1:4461", 1, 120,            \
     offsetof(struct evaluator_settings, journal),                             \
     "ingest's control socket: the journal is pulled there"},                  \
    {"journal_key", MV_CONF_TEXT, NULL,                                        \
     NO_KEY, 40, 64,                                                           \
     offsetof(struct evaluator_settings, journal_key),                         \
     "ingest's public key, 64 hex digits or Z85"},                             \
    {"live", MV_CONF_TEXT, "tcp://127.0.0.1:4471", NULL, 0, 120,               \
     offsetof(struct evaluator_settings, live),                                \
     "where changes are published as they come; empty for nowhere"},           \
    {"cache", MV_CONF_BYTES, "24 MiB", NULL, 1 << 20, INT64_C(1) << 36,        \
     offsetof(struct evaluator_settings, cache_bytes),                         \
     "rows and statuses kept in memory between batches"}

static const struct mv_conf_key keys[] = {EVALUATOR_KEYS};

static const struct mv_conf_key view_keys[] = {EVALUATOR_KEYS,
                                               EVALUATOR_VIEW_KEYS};
/* clang-format on */

const struct mv_conf_table evaluator_settings = {
    "maalvakt-evaluator: judges the journal, keeps the changes log", keys,
    MV_CONF_COUNT(keys)};

const struct mv_conf_table evaluator_view_settings = {
    "maalvakt-evaluator view: what was known at a record, read once", view_keys,
    MV_CONF_COUNT(view_keys)};
