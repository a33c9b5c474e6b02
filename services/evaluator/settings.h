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

extern const struct mv_conf_table evaluator_settings;
