/* english - is there English in what is told in Norwegian? By the tables
 * themselves: a word that their English sentences have, and no Norwegian one
 * of theirs has, is English. */
#pragma once

#include "services/base/buf.h"

/* The text as it is told in Norwegian must have no English outside quotes;
 * else the test fails with both. */
void test_told_in_norwegian(struct mv_span text);

/* The first English word outside quotes, or len 0. */
struct mv_span test_english_in(struct mv_span text);
