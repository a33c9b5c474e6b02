/* stop - Ctrl-C and SIGTERM end a command that follows something, between two
 * things and not within one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* From here on the first signal only sets the flag; the second one kills. */
void cli_stop_watch(void);
bool cli_stop_asked(void);
/* Sleeps, or less if a signal comes. */
void cli_nap(int64_t ms);
/* Milliseconds of a clock that only goes forward. */
int64_t cli_mono_ms(void);
