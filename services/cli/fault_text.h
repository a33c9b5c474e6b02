/* fault_text - what is wrong in a catalogue's files, for a steward. */
#pragma once

#include "services/catalogue/catalogue.h"
#include "services/cli/cli.h"

/* Each fault on a line of c->err, `file:line:column: key: text`, with the id
 * that was probably meant; with --json a line of c->out each. */
void cli_faults_say(struct cli *c, const struct mv_catalogue_files *files,
                    const struct mv_faults *faults);
