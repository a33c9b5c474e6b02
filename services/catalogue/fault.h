/* fault - what is wrong with a catalogue, all of it at once: file, line,
 * column, key and text, in the order found. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "services/base/buf.h"
#include "services/base/err.h"

#define MV_FAULTS_MAX 1000 /* kept; the rest is counted in `more` */

typedef enum mv_fault_kind {
    MV_FAULT_ERROR,   /* wrong: nothing is applied */
    MV_FAULT_WARNING, /* odd: the catalogue loads all the same */
} mv_fault_kind;

struct mv_catalogue_fault {
    mv_fault_kind kind;
    const char *file;      /* "units.yaml"; static */
    uint32_t line, column; /* from 1; 0: the file as a whole */
    char *key;             /* the path, as `epikrise.over_units`; may be "" */
    char *text;            /* one line, control characters replaced */
};

/* The caller owns it. Zero-initialise; mv_faults_done. */
struct mv_faults {
    struct mv_catalogue_fault *at;
    size_t count, cap;
    size_t more;   /* found after the first MV_FAULTS_MAX */
    size_t errors; /* of any kind but warning, kept or not */
};

struct mv_fault_place {
    const char *file;
    uint32_t line, column;
    struct mv_span key;
};

/* Adds one; text is as printf's, cut at 400 bytes. */
void mv_faults_add(struct mv_faults *faults, mv_fault_kind kind,
                   struct mv_fault_place place, const char *fmt, ...)
    MV_PRINTF(4, 5);

/* One line each: `units.yaml:3:5: ahus.parent: no unit 'hs0'`. */
void mv_faults_print(const struct mv_faults *faults, struct mv_buf *out);

void mv_faults_done(struct mv_faults *faults);
