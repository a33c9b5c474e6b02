/* settings - what the evaluator is told. */
#pragma once

#include "services/stream/settings.h"

struct evaluator_settings {
    struct mv_common common;
    char *journal;     /* where ingest is asked for the journal */
    char *journal_key; /* its public key */
    char *live;        /* the PUB socket; "": none */
    int64_t cache_bytes;
};

/* Of a view: the same, and up to where. */
struct evaluator_view_settings {
    struct evaluator_settings base;
    int64_t until;
    char *periods_to;
    char *frozen;
    struct mv_conf_list skips;
};

/* The rows of a view, behind those of the service: they are in no file, each
 * view is told its own. */
/* clang-format off */
#define EVALUATOR_VIEW_KEYS                                              \
    {"until", MV_CONF_INT, "0", NULL, 0, INT64_MAX,                      \
     offsetof(struct evaluator_view_settings, until),                    \
     "the last record of the journal that is read"},                     \
    {"periods_to", MV_CONF_TEXT, "", NULL, 0, 10,                        \
     offsetof(struct evaluator_view_settings, periods_to),               \
     "figures of periods that end after this day are left out"},         \
    {"frozen", MV_CONF_TEXT, "", NULL, 0, 80,                            \
     offsetof(struct evaluator_view_settings, frozen),                   \
     "\"year 2024\", \"half-year 2023 ahus\": as it was when frozen"},        \
    {"skips", MV_CONF_LIST, "", NULL, 0, 1000,                           \
     offsetof(struct evaluator_view_settings, skips),                    \
     "records that an operator let pass"}
/* clang-format on */

extern const struct mv_conf_table evaluator_settings;
extern const struct mv_conf_table evaluator_view_settings;
