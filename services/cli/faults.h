/* faults - what was told in a run of `maalvakt push` of what ingest refused. */
#pragma once

#include "services/cli/inforce.h"

/* Faults that ingest named, of all files of the run and of what is tried of
 * them: of a code each is told until they are many, and what to do about them
 * once. Zero-initialise; done. */
struct cli_faults {
    struct {
        uint64_t count;
        bool todo, advised;
    } kinds[MV_CODE_COUNT];
    struct cli_inforce *inforce; /* owned; for what was meant */
};
void cli_faults_done(struct cli_faults *f);

/* What to do about each code that was met without an answer of its own. */
void cli_faults_say_todo(struct cli *c, struct cli_faults *f);
/* At the end of the run: how many of each kind were not told. */
void cli_faults_say_alike(struct cli *c, const struct cli_faults *f);

/* The catalogue in force, asked for once; NULL: it cannot be had. */
const struct mv_catalogue *
cli_faults_catalogue(struct cli *c, struct cli_faults *f, const char *key);

#define CLI_FAULTS_ALIKE 20u /* of a code, told one by one */
