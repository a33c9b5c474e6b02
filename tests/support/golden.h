/* golden - text that a test makes, held against a file under tests/data. */
#pragma once

#include "services/base/buf.h"

/* Each row, as msgpack-c reads it, on a line of its own. */
void test_golden_rows(struct mv_buf *out, struct mv_span rows);

/* Fails at the first line that is another than in the file, telling both.
 * With MV_RENEW=1 it is written anew: then the difference is to be read. */
void test_golden(const char *path, struct mv_span text);
