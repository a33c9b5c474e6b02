/* diff - what differs between two catalogues, row by row. */
#pragma once

#include "services/catalogue/catalogue.h"

typedef enum mv_diff_kind {
    MV_DIFF_ADDED,
    MV_DIFF_REMOVED,
    MV_DIFF_CHANGED,
} mv_diff_kind;

typedef enum mv_diff_severity {
    MV_DIFF_PLAIN,   /* nothing stored is touched */
    MV_DIFF_JUDGES,  /* statuses may turn */
    MV_DIFF_FIGURES, /* stored figures may lose their meaning: --yes */
} mv_diff_severity;

struct mv_diff_row {
    mv_diff_kind kind;
    mv_diff_severity severity;
    const char *what;  /* "unit" "indicator" "target" "commission"; static */
    struct mv_span id; /* borrowed from the catalogues */
    int32_t year;      /* of targets and commissions, else 0 */
    const char *key;   /* the key that changed, NULL otherwise; static */
    char *was, *is;    /* as text, NULL where there is none */
};

/* The caller owns it; it borrows from both catalogues. */
struct mv_diff {
    struct mv_diff_row *at;
    size_t count, cap;
    mv_diff_severity worst;
};

/* Rows in the order of the new catalogue, what was removed after it.
 * `old` may be NULL: everything is new. */
void mv_catalogue_diff(struct mv_diff *ret, const struct mv_catalogue *old,
                       const struct mv_catalogue *now);
/* One line each: `changed indicator epikrise frequency: A_3 -> M`. */
void mv_diff_print(const struct mv_diff *diff, struct mv_buf *out);
void mv_diff_done(struct mv_diff *diff);
