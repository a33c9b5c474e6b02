/* act - what a person decides and says in a record of its own: a status, a
 * due date met, a hold. From words to the frame that ingest takes, and back
 * to a sentence. */
#pragma once

#include "proto/statement.h"
#include "services/cli/cli.h"

typedef enum cli_act_field {
    CLI_ACT_TARGET,
    CLI_ACT_COMMISSION,
    CLI_ACT_INDICATOR,
    CLI_ACT_REPORT,
    CLI_ACT_UNIT,
    CLI_ACT_YEAR,
    CLI_ACT_STATUS,
    CLI_ACT_DUE,
    CLI_ACT_ON,
    CLI_ACT_UNTIL,
    CLI_ACT_COMMENT,
    CLI_ACT_AUTHOR,
    CLI_ACT_FIELDS
} cli_act_field;

struct cli_act {
    mv_statement_kind kind;
    uint32_t line;                     /* of a file; 0: from the command line */
    struct mv_span at[CLI_ACT_FIELDS]; /* borrowed; empty: not said */
};

/* The field's name on the wire, and as people call it; static. */
const char *cli_act_field_name(cli_act_field f);
const char *cli_act_field_word(const struct cli *c, cli_act_field f);
/* Does a record of that kind have the field? */
bool cli_act_takes(mv_statement_kind kind, cli_act_field f);
/* The word of a status on the wire, said in any of the languages and
 * in capitals or not; what is
 * none of them as it is. */
struct mv_span cli_act_status(struct mv_span word);

/* What is wrong with it, one sentence appended; false: nothing that can be
 * seen without a catalogue. */
bool cli_act_fault(const struct cli *c, const struct cli_act *a,
                   struct mv_buf *out);
/* Appends the frame. The act has no fault. */
void cli_act_put(const struct cli_act *a, const char *producer, uint64_t number,
                 struct mv_buf *out);
/* What the frame of an act says, "1170 for hso i 2024: vurdert til grønn".
 * False: it is no act's frame, nothing appended. */
bool cli_act_say(const struct cli *c, struct mv_span frame, struct mv_buf *out);
