/* conflict - collects what is wrong with a delivery, all of it at once, and
 * writes the list for the answer. */
#pragma once

#include "proto/codes.h"

struct mv_conflict {
    uint32_t row; /* from 1; 0: the delivery as a whole */
    mv_code code;
    uint32_t field_len, value_len, detail_len; /* in `texts`, in this order */
    size_t text_at;
};

/* Its holder owns it; zero-initialise, mv_conflicts_done. */
struct mv_conflicts {
    struct mv_conflict *at;
    uint32_t count; /* at most MV_MAX_CONFLICTS */
    uint64_t more;  /* found beyond those */
    struct mv_buf texts;
};

void mv_conflicts_clear(struct mv_conflicts *);
void mv_conflicts_done(struct mv_conflicts *);

/* Notes one. All text is copied, escaped and cut to 64 bytes (detail: 256).
 * field and detail may be NULL, value empty. A field or value that holds a
 * national identity number is left out: it must not travel on. */
void mv_conflicts_add(struct mv_conflicts *, uint32_t row, const char *field,
                      mv_code code, struct mv_span value, const char *detail);

/* Two runs, of which the second begins at `second`, each in the order of its
 * rows, become one. */
void mv_conflicts_merge(struct mv_conflicts *, uint32_t second);

/* The first conflict's code, MV_CODE_NONE when there is none. */
mv_code mv_conflicts_first(const struct mv_conflicts *);

/* Field, value and detail of conflict i < count; borrowed until the next add.
 */
struct mv_code_args mv_conflicts_args(const struct mv_conflicts *, uint32_t i);

/* Appends the list [{row, field, code, value, text}, ...] as msgpack. */
void mv_conflicts_pack(const struct mv_conflicts *, mv_lang,
                       struct mv_buf *out);

/* Appends at most max bytes of printable UTF-8, 3 at least: what is not UTF-8
 * or not printable becomes \xHH, and a cut, never within one, ends in "...". */
void mv_show(struct mv_buf *out, struct mv_span bytes, size_t max);
