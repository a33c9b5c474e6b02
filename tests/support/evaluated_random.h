/* evaluated_random - journals of every kind of record, good and bad. */
#pragma once

#include "tests/support/evaluated.h"
#include "tests/support/random.h"

/* Appends a clock, a catalogue and `count` records more: deliveries with
 * corrections, late and withdrawn figures, poison, days, other catalogues. */
void test_journal_random(struct test_journal *j, struct test_random *r,
                         unsigned count);
/* Appends a release of whatever such a journal may hold: from here on what is
 * sent is what is judged. */
void test_journal_release(struct test_journal *j);
