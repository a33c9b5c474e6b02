/* quoted - rows as a test writes them: JSON, with ' for ". */
#pragma once

#include "services/base/buf.h"

/* Appends it as msgpack. Fails the test if it is not JSON. */
void test_quoted(struct mv_buf *out, const char *text);
