/* spool - deliveries of one key, kept on disk from before they are sent until
 * 30 days after their answer: PRODUCER.NUMBER.out and PRODUCER.NUMBER.answer
 * in one directory, and PRODUCER.next with the number that comes next. */
#pragma once

#include "services/base/buf.h"
#include "services/base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define CLI_SPOOL_KEEP_MS (30 * INT64_C(86400000))

struct cli_entry {
    char producer[65];
    uint64_t number;
    int64_t made_ms;     /* cli_spool_now, of the file it is part of */
    uint8_t push[32];    /* which file's content it is part of */
    uint8_t content[32]; /* its own, but for the number */
    uint32_t rows;
    bool withdrawal; /* of figures; all else is false */
    char file[256];
    bool answered;
    char result[16]; /* of the answer: accepted duplicate rejected */
    uint64_t seq;    /* of an accepted one */
    bool queued;     /* the holder's mark; not on disk */
};

/* In the order in which they were made: what is sent late takes back nothing
 * that came after it. */
int cli_entry_compare(const struct cli_entry *x, const struct cli_entry *y);

struct cli_spool;

/* Makes the directory if need be, takes its lock, reads what is there.
 * MV_FULL: another push of this key is running. MV_CONFIG: a file of it is
 * damaged or cannot be read, and named. MV_FATAL. */
MV_CHECKED mv_rc cli_spool_open(struct cli_spool **ret, const char *dir,
                                int64_t wall_ms, struct mv_err *err);
void cli_spool_close(struct cli_spool *s); /* takes NULL */

size_t cli_spool_count(const struct cli_spool *s);
/* In the order in which they were made. Borrowed until close or expire. */
struct cli_entry *cli_spool_at(const struct cli_spool *s, size_t i);

/* The wall clock, but after all that is in the spool, wherever the clock was
 * then. Takes NULL: the wall clock. */
int64_t cli_spool_now(const struct cli_spool *s);

/* The next number of this producer; it is used up by cli_spool_put. The first
 * one is drawn: one of 4,096 lanes, then the milliseconds since 2020, so that
 * neither a lost spool nor another key of the trust counts where this one did.
 * Below 2^53, which every reader of JSON keeps exactly. */
uint64_t cli_spool_number(const struct cli_spool *s, const char *producer);

/* Number, bytes and lines, on disk when it returns MV_OK. lines: one for each
 * row. *ret is the spool's own copy of entry. */
MV_CHECKED mv_rc cli_spool_put(struct cli_spool *s,
                               const struct cli_entry *entry,
                               struct mv_span frame, const uint32_t *lines,
                               struct cli_entry **ret, struct mv_err *err);
/* The bytes as they were put, and the line of each row (big-endian, 4 bytes
 * each); either may be NULL. */
MV_CHECKED mv_rc cli_spool_get(const struct cli_spool *s,
                               const struct cli_entry *entry,
                               struct mv_buf *frame, struct mv_buf *lines,
                               struct mv_err *err);
/* The answer (accepted, duplicate or rejected), on disk when MV_OK. */
MV_CHECKED mv_rc cli_spool_answer(struct cli_spool *s, struct cli_entry *entry,
                                  struct mv_span answer, struct mv_err *err);

/* The answer's bytes, appended. */
MV_CHECKED mv_rc cli_spool_answer_get(const struct cli_spool *s,
                                      const struct cli_entry *entry,
                                      struct mv_buf *answer,
                                      struct mv_err *err);

/* Of the push with this hash, if nothing was sent by this producer after it:
 * the entry with this content that is not rejected, or NULL. */
struct cli_entry *cli_spool_find(const struct cli_spool *s,
                                 const char *producer, const uint8_t push[32],
                                 const uint8_t content[32]);
/* True if figures were withdrawn since, or sent since they were withdrawn,
 * under whatever name, and not rejected: the same again is news. */
bool cli_spool_turned(const struct cli_spool *s, const struct cli_entry *entry);

/* Removes what was answered more than 30 days before wall_ms. */
MV_CHECKED mv_rc cli_spool_expire(struct cli_spool *s, int64_t wall_ms,
                                  struct mv_err *err);
