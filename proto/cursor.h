/* cursor - reads msgpack from outside. No allocation, no recursion; every
 * length is held against what is left before it is used. The one place where
 * bytes from a peer are first looked at. */
#pragma once

#include "proto/codes.h"
#include "proto/limits.h"

/* What was wrong, and where. field may be empty. */
struct mv_fault {
    mv_code code;
    uint32_t offset; /* of the byte at which the wrong value begins */
    char field[MV_MAX_IDENTIFIER_BYTES + 1];
    const char *detail; /* static text */
};

/* Bounds for one whole message. */
struct mv_cursor_limits {
    uint32_t bytes; /* of the message, and of any text or bin in it */
    uint32_t depth; /* of lists and maps in one another */
    uint32_t items; /* of one list */
    uint32_t keys;  /* of one map; at most MV_MAX_KEYS */
    bool leaves;    /* leave ext types and UTF-8 of text to the reader */
};

extern const struct mv_cursor_limits mv_limits_delivery; /* tables */
extern const struct mv_cursor_limits mv_limits_peer;     /* of other peers */
extern const struct mv_cursor_limits mv_limits_message;  /* of services */

/* Where the values of the outermost map stand, in their order. */
struct mv_entry {
    struct mv_span key, value;
};
struct mv_entries {
    uint32_t count;
    bool is_map;
    struct mv_entry at[MV_MAX_KEYS];
};

/* One pass over the whole: lengths, counts, depth, types (ext is refused),
 * UTF-8, map keys that are text and not repeated, and that nothing follows.
 * True: the typed readers below can only fail on types. entries may be NULL;
 * else it is filled in if the value is a map. */
bool mv_cursor_check(struct mv_span bytes, const struct mv_cursor_limits *,
                     struct mv_entries *entries, struct mv_fault *fault);

/* The entries of a map that stands inside bytes that the check has passed:
 * nothing is checked anew but lengths. False: no map, or too many keys. */
bool mv_cursor_entries(struct mv_span raw, struct mv_entries *entries);
/* The same without a look at the last value: it is all that is left. */
bool mv_cursor_entries_open(struct mv_span raw, struct mv_entries *entries);

typedef enum mv_item {
    MV_ITEM_END = 0, /* nothing left, or not msgpack (0xc1) */
    MV_ITEM_NIL,
    MV_ITEM_BOOL,
    MV_ITEM_UINT,
    MV_ITEM_INT,
    MV_ITEM_FLOAT32,
    MV_ITEM_FLOAT64,
    MV_ITEM_TEXT,
    MV_ITEM_BIN,
    MV_ITEM_LIST,
    MV_ITEM_MAP,
    MV_ITEM_EXT,
} mv_item;

/* A walk. Readers return false and leave `at` where it is when the next value
 * is of another type or does not fit in what is left. */
struct mv_cursor {
    const uint8_t *at, *end;
};

struct mv_cursor mv_cursor(struct mv_span bytes);
mv_item mv_cursor_peek(const struct mv_cursor *c);
bool mv_cursor_nil(struct mv_cursor *c);
bool mv_cursor_bool(struct mv_cursor *c, bool *v);
bool mv_cursor_u64(struct mv_cursor *c, uint64_t *v); /* ints >= 0 */
bool mv_cursor_i64(struct mv_cursor *c, int64_t *v);  /* ints that fit */
bool mv_cursor_f32(struct mv_cursor *c, float *v);
bool mv_cursor_f64(struct mv_cursor *c, double *v);
bool mv_cursor_text(struct mv_cursor *c, struct mv_span *v); /* not NUL-ended */
bool mv_cursor_bin(struct mv_cursor *c, struct mv_span *v);
bool mv_cursor_list(struct mv_cursor *c, uint32_t *count);
bool mv_cursor_map(struct mv_cursor *c, uint32_t *pairs);
/* One whole value, however nested; its bytes in raw (may be NULL). */
bool mv_cursor_skip(struct mv_cursor *c, struct mv_span *raw);

/* Fills in a fault and returns false; field may be NULL, is cut. */
bool mv_fault_set(struct mv_fault *, mv_code, size_t offset,
                  struct mv_span field, const char *detail);
