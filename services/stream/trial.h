/* trial - which record a service is applying, kept where the death of the
 * process does not take it: a page of a file. A record that ends the process
 * three times is not tried again until an operator lets it pass. A hint, not
 * a promise: a power cut may lose it. */
#pragma once

#include <stdint.h>

#include "services/base/err.h"
#include "services/base/hash.h"

#define MV_TRIAL_DEATHS 3

struct mv_trial;

/* dir/applying; counts what the last process left behind. MV_FULL: no room for
 * it, worth another start. MV_CONFIG. */
MV_CHECKED mv_rc mv_trial_open(struct mv_trial **ret, const char *dir,
                               struct mv_err *err);
void mv_trial_close(struct mv_trial *t); /* takes NULL */

/* Before and after applying record seq, with this chain hash, of upstream
 * `which` (0..3). */
void mv_trial_begin(struct mv_trial *t, unsigned which, uint64_t seq,
                    const uint8_t chain[MV_HASH_BYTES]);
void mv_trial_end(struct mv_trial *t, unsigned which);
/* How often the process died on a record, and which. */
unsigned mv_trial_deaths(const struct mv_trial *t, unsigned which,
                         uint64_t *seq);
/* The chain hash of that record; all zero: not known (an older file). */
void mv_trial_chain(const struct mv_trial *t, unsigned which,
                    uint8_t ret[MV_HASH_BYTES]);
/* It was applied after all; an operator lets it pass, or wants it tried again.
 */
void mv_trial_forget(struct mv_trial *t, unsigned which);
