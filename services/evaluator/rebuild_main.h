/* rebuild_main - `maalvakt-evaluator rebuild`: the journal pulled from ingest
 * into the store's spare side, while the service is stopped. */
#pragma once

/* rebuild --config FILE [--set NAME=VALUE]... [--dry-run]. Returns the exit
 * code: 0, 64 (usage), 74, 78. */
int evaluator_rebuild_main(int argc, char **argv);
