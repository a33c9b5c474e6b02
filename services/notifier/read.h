/* read - a notice as the bytes that a subscriber pulls. In a snapshot or the
 * open transaction. */
#pragma once

#include "services/notifier/notifier.h"

/* Of changes in one notice; of those behind it only their keys. */
#define NOTIFIER_FULL_BYTES (256u << 10)
#define NOTIFIER_TELL       50u /* lines of its text */

/* Appends a `notice`, or an `ended`. MV_AGAIN: no such number. MV_POISON: a
 * row of it is damaged. whole: a dead letter is shown, not said to be dead. */
MV_CHECKED mv_rc notifier_read(struct notifier *n, const struct notifier_sub *s,
                               uint64_t number, bool whole, struct mv_buf *out,
                               struct mv_err *err);

/* Sets the notice's id as 32 hex digits. */
const char *notifier_id_text(const uint8_t id[NOTIFIER_ID_BYTES],
                             char out[2 * NOTIFIER_ID_BYTES + 1]);
