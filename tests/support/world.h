/* world - a catalogue and rows in memory, for tests of judging. */
#pragma once

#include "services/judging/explain.h"
#include "services/judging/figure.h"
#include "services/judging/interner.h"
#include "services/judging/judge.h"
#include "services/judging/touched.h"

struct world {
    struct mv_catalogue *c;
    struct mv_interner *interner;
    struct mv_plan *plan;
    struct mv_judge_env env;
    struct mv_judgement j; /* the last one asked for */
    uint64_t seq;          /* of the last figure */
    uint16_t row;
};

/* The texts must be right; asserts otherwise. today: none yet. */
void world_open(struct world *w, const char *units, const char *indicators,
                const char *targets);
void world_close(struct world *w);

/* A figure by names. value: "78.5", "812/1003", "-" (nil), "x" (withdrawn).
 * member "" is the total; flag 0 is none. Each has the next seq and, as its
 * time, that seq. */
mv_applied world_push(struct world *w, const char *indicator, const char *unit,
                      const char *member, const char *period, const char *value,
                      char flag);
/* With a time of its own. */
mv_applied world_push_at(struct world *w, const char *indicator,
                         const char *unit, const char *member,
                         const char *period, const char *value, char flag,
                         int64_t time_ms);

uint32_t world_unit(const struct world *w, const char *unit);
uint32_t world_indicator(const struct world *w, const char *indicator);
uint32_t world_target(const struct world *w, const char *target, int year);
int32_t world_day(const char *day);

/* Judges, and gives the status or the reason for none, and after it what is
 * overdue: "red", "none no_base", "green overdue 2024-T2 2024-T3". Static. */
const char *world_status(struct world *w, const char *target, int year,
                         const char *unit);
/* What is past due beside its reason: "2024-Q1 2024-Q2". Static. */
const char *world_beside(const struct world *w);
/* The n-th ruling of the last judgement: "red left right margin". Static. */
const char *world_ruling(const struct world *w, uint32_t n);
/* Explains of 2024, each part by a walk of its own, as pages do. */
void world_explain(struct world *w, const char *target, const char *unit,
                   bool (*each)(void *ctx, const struct mv_behind *b),
                   void *ctx);

/* Texts to put together: three trusts of a region, an indicator (`more` is
 * lines of four spaces), a target of 2024 for the region and its trusts. */
#define WORLD_UNITS                                          \
    "units:\n"                                               \
    "  - {id: hso, name: HSO, kind: region}\n"               \
    "  - {id: ahus, name: Ahus, kind: trust, parent: hso}\n" \
    "  - {id: ous, name: OUS, kind: trust, parent: hso}\n"   \
    "  - {id: sunnaas, name: Sunnaas, kind: trust, parent: hso}\n"

/* The same, shorter: a region of three trusts. */
#define WORLD_LETTERS                                \
    "units:\n"                                       \
    "  - {id: r, name: R, kind: region}\n"           \
    "  - {id: a, name: A, kind: trust, parent: r}\n" \
    "  - {id: b, name: B, kind: trust, parent: r}\n" \
    "  - {id: c, name: C, kind: trust, parent: r}\n"

#define MEMBERS(total)                                                        \
    "    dimension: {id: tjeneste, members: {som: S, vop: V, bup: B, tsb: T}" \
    ", total: " total "}\n"

/* An indicator; more is lines of four spaces. */
#define INDICATOR(id, measure, frequency, periods, units, more) \
    "  - id: " id "\n"                                          \
    "    title: {nb: t}\n"                                      \
    "    measure: " measure "\n"                                \
    "    frequency: " frequency "\n"                            \
    "    better: higher\n"                                      \
    "    over_periods: " periods "\n"                           \
    "    over_units: " units "\n"                               \
    "    by: trust\n" more

#define TARGET(id, indicator, require, more) \
    "  - id: \"" id "\"\n"                   \
    "    year: 2024\n"                       \
    "    text: {nb: t}\n"                    \
    "    indicator: " indicator "\n"         \
    "    scope: [region, trust]\n"           \
    "    require: " require "\n" more
