/* notes - what persons stated, as it stands: assessments, holds, due dates
 * met, frozen reports. Kept by identifiers on the evaluator's side, so that a
 * catalogue that changes moves nothing. */
#pragma once

#include "services/evaluator/book.h"

#define EVALUATOR_NO_END INT32_MAX /* holds until it is taken back */

/* One statement in force; texts are borrowed until the next write. */
struct evaluator_note {
    uint8_t word;        /* a status, or what kind of statement it was */
    int32_t day;         /* last day it holds; of a due date: when it was met */
    uint64_t seq;        /* of the journal record that said so, */
    int64_t received_ms; /* and its stamp */
    struct mv_span author, comment;
};

/* What a note is of. Years and days sort as numbers. */
#define EVALUATOR_NOTE_KEY_BYTES (2u * 64u + 16u) /* two identifiers */

struct evaluator_note_key {
    uint8_t bytes[EVALUATOR_NOTE_KEY_BYTES];
    size_t len;
};

/* A target or commission, its year, a unit: also the name of a status. */
struct evaluator_subject {
    bool commission;
    struct mv_span id;
    int32_t year;
    struct mv_span unit;
};

struct evaluator_note_key
evaluator_key_assessment(const struct evaluator_subject *s);
struct evaluator_note_key
evaluator_key_met(const struct evaluator_subject *commission, int32_t due);
struct evaluator_note_key
evaluator_key_reminded(const struct evaluator_subject *commission, int32_t due);
struct evaluator_note_key evaluator_key_hold(struct mv_span indicator,
                                             struct mv_span unit);
/* yearly: else the half-year's. */
struct evaluator_note_key evaluator_key_frozen(bool yearly, int32_t year,
                                               struct mv_span unit);

bool evaluator_note_get(const struct evaluator_book *b,
                        const struct evaluator_note_key *key,
                        struct evaluator_note *ret);
/* In the open transaction. */
void evaluator_note_put(const struct evaluator_book *b,
                        const struct evaluator_note_key *key,
                        const struct evaluator_note *note);
void evaluator_note_del(const struct evaluator_book *b,
                        const struct evaluator_note_key *key);

/* Has that day passed? No day known yet: never. */
bool evaluator_is_over(int32_t until, int32_t today);

/* Holds, one by one, in order; spans are borrowed until the next write. */
void evaluator_each_hold(const struct evaluator_book *b,
                         void (*each)(void *ctx, struct mv_span indicator,
                                      struct mv_span unit, int32_t until),
                         void *ctx);

/* Frozen reports, one by one, half-years first, by year and unit. */
void evaluator_each_frozen(const struct evaluator_book *b,
                           void (*each)(void *ctx, bool yearly, int32_t year,
                                        struct mv_span unit,
                                        const struct evaluator_note *note),
                           void *ctx);

/* What had its last day before `today` is taken out, in order: assessments,
 * each of which is told of afterwards; holds; what was told of a due date. In
 * the open transaction. */
void evaluator_each_ended(const struct evaluator_book *b, int32_t today,
                          void (*each)(void *ctx,
                                       const struct evaluator_subject *s),
                          void *ctx);
