/* conf - settings: one table per service says name, kind, default, bounds
 * and help; a file is INI through inih, after a scan of our own. The table
 * also prints the example file. Reading is all or nothing. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "services/base/buf.h"
#include "services/base/err.h"

#define MV_CONF_FILE_BYTES (64 * 1024)
/* inih's INI_MAX_LINE as Debian builds it, less line end and NUL. */
#define MV_CONF_LINE_BYTES 196
#define MV_CONF_SETS_MAX   64

typedef enum mv_conf_kind {
    MV_CONF_TEXT,  /* char *   min, max: length in bytes */
    MV_CONF_PATH,  /* char *   absolute; min, max: length */
    MV_CONF_LIST,  /* struct mv_conf_list; blanks or commas; min, max: count */
    MV_CONF_INT,   /* int64_t */
    MV_CONF_BOOL,  /* bool     yes no */
    MV_CONF_MS,    /* int64_t  250 ms, 5 s, 10 min, 24 h, 31 d */
    MV_CONF_BYTES, /* int64_t  512 B, 64 KiB, 8 MiB, 1 GiB */
} mv_conf_kind;

struct mv_conf_list {
    size_t count;
    char **at;
};

/* A row of a service's table. fallback NULL: must be in the file. example, or
 * else the fallback, is what --print-config shows. min and max in ms, bytes,
 * plain. */
struct mv_conf_key {
    const char *name;
    mv_conf_kind kind;
    const char *fallback;
    const char *example;
    int64_t min;
    int64_t max;
    size_t offset; /* of the value in the caller's struct */
    const char *help;
};

struct mv_conf_table {
    const char *title; /* first line of the example file */
    const struct mv_conf_key *keys;
    size_t count;
};

#define MV_CONF_COUNT(keys) (sizeof(keys) / sizeof(keys)[0])

/* Reads a file into values (zeroed by the caller; mv_conf_done frees what it
 * holds, also after a failure). MV_CONFIG with file, line, key and bound. */
MV_CHECKED mv_rc mv_conf_load(const struct mv_conf_table *t, const char *path,
                              void *values, struct mv_err *err);

/* The same from memory; name stands for the file in messages. */
MV_CHECKED mv_rc mv_conf_parse(const struct mv_conf_table *t, const char *name,
                               struct mv_span text, void *values,
                               struct mv_err *err);

/* Only the defaults; a key without one stays zero. */
MV_CHECKED mv_rc mv_conf_defaults(const struct mv_conf_table *t, void *values,
                                  struct mv_err *err);

/* What a command line names: `--config FILE [--set NAME=VALUE]...`. */
struct mv_conf_asked {
    const char *file;
    const char *sets[MV_CONF_SETS_MAX];
    size_t set_count;
};
/* One more NAME=VALUE, borrowed; false: there is no room. */
bool mv_conf_ask(struct mv_conf_asked *a, const char *set);
/* The file, and what is set over it; see mv_conf_load. */
MV_CHECKED mv_rc mv_conf_read(const struct mv_conf_table *t,
                              const struct mv_conf_asked *a, void *values,
                              struct mv_err *err);

/* One setting by name, after a load. */
MV_CHECKED mv_rc mv_conf_set(const struct mv_conf_table *t, void *values,
                             const char *name, const char *value,
                             struct mv_err *err);

/* An example file of every key with help, default and bounds; it loads. */
void mv_conf_print(const struct mv_conf_table *t, struct mv_buf *out);

void mv_conf_done(const struct mv_conf_table *t, void *values);
