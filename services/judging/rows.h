/* rows - how figures lie in the store: one row per (unit, year, indicator,
 * member), holding only the slots that exist, 32 bytes each. Keys are made of
 * stable numbers (plan.h), so a new catalogue moves nothing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "services/base/buf.h"
#include "services/base/period.h"

#define MV_ROW_KEY_BYTES 15
#define MV_SLOT_BYTES    32
#define MV_SLOTS_MAX     160 /* of one row: 78 stretches of months, 53 weeks */
#define MV_ROW_BYTES_MAX (MV_SLOTS_MAX * MV_SLOT_BYTES)

/* Days of a month lie in a part of their own, 1..12; all else in part 0. */
struct mv_row_key {
    uint32_t unit, indicator; /* stable numbers, from 1 */
    uint32_t member;          /* stable number; 0: the total */
    int16_t year;
    uint8_t part;
};

/* 15 bytes that sort by unit, year, indicator, member, part. */
void mv_row_key_put(const struct mv_row_key *key,
                    uint8_t out[MV_ROW_KEY_BYTES]);
void mv_row_key_get(struct mv_row_key *ret, const uint8_t in[MV_ROW_KEY_BYTES]);
bool mv_row_key_equal(const struct mv_row_key *a, const struct mv_row_key *b);

/* What a slot holds; on disk, never change these. */
typedef enum mv_slot_held {
    MV_HELD_NIL = 0,   /* a flag says why */
    MV_HELD_VALUE = 1, /* a bare value */
    MV_HELD_RATIO = 2, /* numerator and denominator */
} mv_slot_held;

/* One figure's counting version. Numbers are millionths. */
struct mv_slot {
    int64_t numerator; /* or the value */
    int64_t denominator;
    int64_t time_ms; /* 48 bits */
    uint64_t seq;    /* 48 bits */
    uint16_t row;    /* of the delivery */
    uint8_t code;    /* the period within the row */
    char flag;       /* SDMX letter, 0: none */
    mv_slot_held held;
    bool withdrawn;
};

void mv_slot_put(const struct mv_slot *slot, uint8_t out[MV_SLOT_BYTES]);
void mv_slot_get(struct mv_slot *ret, const uint8_t in[MV_SLOT_BYTES]);

/* Of a slot as it lies in its row: its code, and whether it holds a number
 * (no withdrawal, no flag alone). */
uint8_t mv_slot_code(const uint8_t in[MV_SLOT_BYTES]);
bool mv_slot_is_number(const uint8_t in[MV_SLOT_BYTES]);

/* Flag P or E. */
bool mv_slot_preliminary(const struct mv_slot *slot);
/* The version rule: by (final before preliminary, time, seq, row); a
 * withdrawal is final. <0, 0, >0. */
int mv_slot_compare(const struct mv_slot *a, const struct mv_slot *b);

/* A period's part and code (1..), and back; codes sort by kind and start. */
void mv_slot_place(const struct mv_period *p, uint8_t *part, uint8_t *code);
bool mv_slot_period(int year, uint8_t part, uint8_t code,
                    struct mv_period *ret);

/* A row as it lies in the store: slots ascending by code. Borrowed. */
struct mv_year_row {
    const uint8_t *at;
    unsigned count; /* slots; 0: there is no row */
};

/* Where rows live. The value that get gives is borrowed until the next put;
 * an empty value put means the row is gone. */
struct mv_rows {
    void *ctx;
    bool (*get)(void *ctx, struct mv_span key, struct mv_span *value);
    void (*put)(void *ctx, struct mv_span key, struct mv_span value);
};
