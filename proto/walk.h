/* walk - goes through the lists and maps that a decoded message keeps raw,
 * and reads single values of them. The bytes were checked with the message
 * they came in; a wrong type is still told from a right one. */
#pragma once

#include "proto/cursor.h"

struct mv_list {
    struct mv_cursor c;
    uint32_t left;
};

/* False if raw is not a list (an empty span is an empty list). */
bool mv_list_open(struct mv_list *, struct mv_span raw);
bool mv_list_next(struct mv_list *, struct mv_span *item);

struct mv_pairs {
    struct mv_cursor c;
    uint32_t left;
};

/* False if raw is not a map (an empty span is an empty map). */
bool mv_pairs_open(struct mv_pairs *, struct mv_span raw);
bool mv_pairs_next(struct mv_pairs *, struct mv_span *key,
                   struct mv_span *value);

/* The raw value of a key, of any map; false when it is not there. */
bool mv_map_find(struct mv_span raw, const char *key, struct mv_span *value);

/* One value; false when it is of another type. */
bool mv_value_text(struct mv_span raw, struct mv_span *v);
bool mv_value_u64(struct mv_span raw, uint64_t *v);
bool mv_value_i64(struct mv_span raw, int64_t *v);
bool mv_value_bool(struct mv_span raw, bool *v);
bool mv_value_bin(struct mv_span raw, struct mv_span *v);

/* Is the text one of a list of texts? */
bool mv_list_has(struct mv_span raw, struct mv_span text);

/* Both at once: the value of a key of a map. False: not there or other. */
bool mv_map_text(struct mv_span raw, const char *key, struct mv_span *v);
bool mv_map_u64(struct mv_span raw, const char *key, uint64_t *v);
