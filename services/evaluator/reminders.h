/* reminders - a commission's due date that draws near and is not met is told
 * once, as many days before as the catalogue says. Nothing changes by it. */
#pragma once

#include "services/evaluator/send.h"

/* After the changes of a clock or catalogue record, in the open transaction:
 * each date that is due within its `remind` and was not told of yet, as it
 * counts now. Adds them to the group; in a rebuild they are only remembered. */
void evaluator_remind(struct evaluator *e, const struct evaluator_round *round,
                      struct evaluator_cause *cause);

/* Was each of its dates that is near, and not met, told of or remembered?
 * False: *day was not. In a snapshot, with a catalogue. */
bool evaluator_was_reminded(const struct evaluator *e, uint32_t commission,
                            uint32_t unit, int32_t *day);
