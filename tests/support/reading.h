/* reading - deliveries of bytes.h given to the reader, and what came of it. */
#pragma once

#include "proto/delivery.h"
#include "tests/support/bytes.h"

/* Of the last reading. */
extern struct mv_delivery test_read_delivery;
extern struct mv_conflicts test_conflicts;
extern struct mv_buf test_bytes;

/* The first conflict's code, MV_CODE_NONE if it was read. */
mv_code test_read(const struct test_delivery *t);

/* The same with another value of a key, or another cell in a column; then
 * the conflict, if any, must name row and column. */
mv_code test_read_top(const char *key, const char *hex);
mv_code test_read_cell(const char *column, const char *hex);

/* The canonical form of what was read last, instead of what is in out. */
void test_canonical(struct mv_buf *out);

/* A group's teardown. */
int test_reading_done(void **state);
