/* catalogue_send - the files of a catalogue, as messages carry them. */
#pragma once

#include "services/catalogue/catalogue.h"
#include "services/cli/connect.h"

/* A map of the files that there are: name to text. Appends. */
void cli_files_pack(const struct mv_catalogue_files *files, struct mv_buf *out);

/* One record of the journal, with --comment; the answer is said. CLI_OK: it
 * is in force; CLI_RETRY, CLI_DENIED, CLI_DATA: it is not; CLI_AWAY: it is
 * not known. */
int cli_catalogue_send(struct cli *c, struct cli_link *ingest,
                       const struct mv_catalogue_files *files);
