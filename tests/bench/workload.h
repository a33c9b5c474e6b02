/* workload - a deterministic year after year of figures: trusts x indicators
 * x monthly periods, 3 % late by one to six periods, 2 % corrected and 1 %
 * repeated later. Values are seasonal around each indicator's target, so about
 * a third of the series cross it. Order: period by period, shuffled inside. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct workload {
    unsigned trusts, indicators, periods;
    uint64_t seed;
};

struct workload_event {
    uint64_t order;  /* sorts */
    uint32_t series; /* trust * indicators + indicator */
    uint16_t period; /* months since 2018-01 */
    uint8_t revision, repeat;
};

#define WORKLOAD_FIRST_YEAR 2018u

/* All events in their order; the caller frees. */
struct workload_event *workload_make(const struct workload *w, size_t *count);
/* numerator of denominator, both whole. */
void workload_figure(const struct workload *w, const struct workload_event *e,
                     unsigned *numerator, unsigned *denominator);
/* The limit in percent; at_least: else at most. */
unsigned workload_limit(const struct workload *w, unsigned indicator,
                        bool *at_least);
