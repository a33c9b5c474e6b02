/* conflict - collects what is wrong with a delivery, all of it at once, and
 * writes the list for the answer. */
#pragma once

#include "proto/codes.h"

struct mv_conflict {
    uint32_t row;      /* from 1; 0: the delivery as a whole */
    const char *field; /* static, or NULL */
    mv_code code;
    uint32_t value_at, value_len;   /* in `texts`; already printable UTF-8 */
    uint32_t detail_at, detail_len; /* the same */
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

/* Notes one. field: static text or NULL. value is copied, cut to 64 bytes and
 * escaped; an empty span for none. detail: see codes.def, may be NULL. */
void mv_conflicts_add(struct mv_conflicts *, uint32_t row, const char *field,
                      mv_code code, struct mv_span value, const char *detail);

/* The first conflict's code, MV_CODE_NONE when there is none. */
mv_code mv_conflicts_first(const struct mv_conflicts *);

/* Appends the list [{row, field, code, value, text}, ...] as msgpack. */
void mv_conflicts_pack(const struct mv_conflicts *, mv_lang,
                       struct mv_buf *out);

/* Appends bytes as printable UTF-8 of at most max bytes: what is not UTF-8,
 * not printable or a backslash becomes \xHH, a cut ends in "...". */
void mv_show(struct mv_buf *out, struct mv_span bytes, size_t max);
