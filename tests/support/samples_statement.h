/* samples_statement - a good example of each of what a person states: those
 * of samples.h, which see. Each appends one. */
#pragma once

#include "proto/msg.h"

void test_sample_assessment(struct mv_buf *out);
void test_sample_delivered(struct mv_buf *out);
void test_sample_closed(struct mv_buf *out);
void test_sample_hold(struct mv_buf *out);
void test_sample_release(struct mv_buf *out);
void test_sample_freeze(struct mv_buf *out);
