/* keys - which keys a thing may have, and how each is read: one table per
 * thing. Only services/catalogue uses it. */
#pragma once

#include "services/catalogue/build.h"

struct mv_word {
    const char *text; /* NULL ends the list */
    int value;
};

extern const struct mv_word mv_decides_words[]; /* mv_decides */

struct mv_yaml_key {
    const char *key; /* NULL ends the table */
    void (*read)(struct mv_build *b, const struct mv_yaml_key *r, uint32_t node,
                 void *at); /* at: the thing + offset */
    size_t offset;
    bool required;
    uint8_t size;                /* of a whole number: bytes */
    const struct mv_word *words; /* of mv_read_word: enum values */
    int64_t min, max;            /* of mv_read_whole */
};

/* Reads the map at `node` into `thing`: unknown, missing and empty keys are
 * faults. b->id names the thing in them. */
void mv_read_keys(struct mv_build *b, const struct mv_yaml_key *rules,
                  uint32_t node, void *thing);
/* A map's `id`, or its place in the list, for faults. */
struct mv_span mv_read_name(struct mv_build *b, uint32_t node, uint32_t nth);
/* The list under the one key that the file has; 0 and *count 0: none. */
uint32_t mv_read_list(struct mv_build *b, const char *key, uint32_t max,
                      uint32_t *count);
/* A scalar with text in it; a fault says what was expected. */
bool mv_read_scalar(struct mv_build *b, uint32_t node, const char *expected);
/* A unit by id at this scalar; MV_NONE: a fault unless units are broken. */
uint32_t mv_read_unit(struct mv_build *b, uint32_t node);

/* Is it the first time that the list b->lists names this unit? A warning if
 * not: it is counted once. */
bool mv_read_once(struct mv_build *b, uint32_t node, uint32_t unit);
/* What that warning says, of anything in a list. */
void mv_warn_twice(struct mv_build *b, uint32_t node);

/* The four digits of a year that this program counts with; no fault. */
bool mv_read_year(struct mv_span text, int32_t *ret);

/* The fault of a node that is none of the words known, with both. */
void mv_read_unlike(struct mv_build *b, uint32_t node, const char *known);

typedef void mv_reader(struct mv_build *b, const struct mv_yaml_key *r,
                       uint32_t node, void *at);
mv_reader mv_read_ignore; /* what is read elsewhere */
mv_reader mv_read_id;     /* struct mv_span: an identifier */
mv_reader mv_read_line;   /* struct mv_span: one line of text */
mv_reader mv_read_title;  /* struct mv_title: text, or {nb, en} */
mv_reader mv_read_word;   /* an enum */
mv_reader mv_read_bool;   /* bool */
mv_reader mv_read_whole;  /* a whole number of `size` bytes, min..max */
mv_reader mv_read_day;    /* int32_t: 2023-10-15 */
mv_reader mv_read_from;   /* int32_t day: a date, or a year's first */
mv_reader mv_read_to;     /* int32_t day: a date, or a year's last */
mv_reader mv_read_units;  /* struct mv_indices: unit ids */
mv_reader mv_read_due;    /* struct mv_due */
