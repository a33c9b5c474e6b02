/* tell - what is said after the commit to all who spoke in the batch. */
#pragma once

#include "services/stream/loop.h"

/* After a commit with this result. Not MV_OK: what hung on it is `retry`. The
 * answers to one connection travel together, in their order, a frame of
 * MV_MAX_ANSWERS_BYTES at a time; each reply is a frame. */
void mv_tell_all(struct mv_service *s, mv_rc rc);
