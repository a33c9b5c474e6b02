/* push_known - what was delivered before, as the spool has its answer: told
 * only where ingest has it too. */
#pragma once

#include "services/cli/push.h"

/* One more; e is the spool's. */
void cli_push_known(struct cli_push *p, struct cli_entry *e);

/* Asks ingest for the last of them (it never has a record without all those
 * before it), then tells each. CLI_DATA: its journal lacks what it answered
 * for; else as cli_push_send. Said. */
int cli_push_tell_known(struct cli_push *p);
