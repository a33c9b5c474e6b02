/* yaml - one YAML 1.1 document as a tree of nodes with their places, read
 * through libyaml's events. Scalars stay text; typing is the reader's.
 * Anchors, aliases, tags, tabs in the indentation, NUL and other control
 * characters, duplicate keys and a second document are faults. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "services/catalogue/arena.h"
#include "services/catalogue/fault.h"

#define MV_YAML_NODES 1000000u /* in one document */
#define MV_YAML_DEPTH 16u

typedef enum mv_yaml_kind {
    MV_YAML_SCALAR,
    MV_YAML_LIST,
    MV_YAML_MAP,
} mv_yaml_kind;

/* Children of a list, and keys and values in turn of a map, are linked from
 * `first` by `next`; index 0 is the root and so also means none. */
struct mv_yaml_node {
    uint8_t kind; /* mv_yaml_kind */
    bool plain;   /* a scalar without quotes */
    bool single;  /* a scalar on one line: its text follows its place */
    uint32_t line, column; /* from 1 */
    uint32_t first, next;
    uint32_t count; /* entries of a list, pairs of a map */
    struct mv_span text;
};

/* Zero-initialise; mv_yaml_done frees the nodes, the arena the text. */
struct mv_yaml {
    const char *file; /* for the faults; static */
    struct mv_yaml_node *nodes;
    uint32_t count, cap;
};

/* False: the text could not be read to its end (which is a fault); what was
 * read stands in the tree. An empty document has no nodes. */
bool mv_yaml_read(struct mv_yaml *y, const char *file, struct mv_span text,
                  struct mv_arena *arena, struct mv_faults *faults);
/* The value of a map's key, or 0. */
uint32_t mv_yaml_get(const struct mv_yaml *y, uint32_t map, const char *key);
void mv_yaml_done(struct mv_yaml *y);
