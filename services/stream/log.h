/* log - numbered, hash-chained records (record.h) in a log table of any
 * store: journal, changes log, control logs. Never trimmed, never rewritten.
 * The chain at 0 is the log's genesis: 32 random bytes, made when the log is
 * first opened. */
#pragma once

#include "services/base/store/store.h"
#include "services/stream/record.h"

struct mv_log;

/* table must be among the store's logs. A log that is new needs a moment of
 * the store's write transaction. Close before the store. */
mv_rc mv_log_open(struct mv_log **ret, struct mv_store *, const char *table,
                  struct mv_err *) MV_CHECKED;
void mv_log_close(struct mv_log *); /* takes NULL */

/* Inside the open write transaction; returns the seq. A failure is kept by
 * the store. The head is staged until the commit; an abort or a failed commit
 * drops it by itself. Content is at most MV_CONTENT_MAX_BYTES. */
uint64_t mv_log_append(struct mv_log *, const struct mv_stamp *,
                       struct mv_span content);
/* A follower's: another log's record byte for byte. MV_POISON, and nothing
 * done: malformed, not the next seq, or not of this chain. */
mv_rc mv_log_append_record(struct mv_log *, struct mv_span bytes,
                           struct mv_err *) MV_CHECKED;
/* A follower's, inside the open transaction, on an empty log: its leader's
 * genesis instead of its own. MV_POISON if the log is not empty. */
mv_rc mv_log_adopt(struct mv_log *, const uint8_t genesis[MV_HASH_BYTES],
                   struct mv_err *) MV_CHECKED;

/* As committed; inside the write transaction as staged, but in a snapshot amid
 * it. Either may be NULL. */
void mv_log_head(const struct mv_log *, uint64_t *seq,
                 uint8_t hash[MV_HASH_BYTES]);
/* The chain at seq (0: genesis); false beyond the head or if damaged. */
bool mv_log_hash_at(struct mv_log *, uint64_t seq, uint8_t hash[MV_HASH_BYTES]);

/* Reads need the write transaction or a snapshot, as all reads of the store.
 * MV_AGAIN beyond the head; MV_POISON missing or damaged: err names log and
 * seq, the content is withheld (*ret holds the seq, all else 0). */
mv_rc mv_log_read(struct mv_log *, uint64_t seq, struct mv_record *ret,
                  struct mv_err *) MV_CHECKED;

/* Its bytes, for who hashes them again, as a puller does: as mv_log_read, but
 * what this process appended a moment ago is not hashed here once more. */
mv_rc mv_log_bytes(struct mv_log *, uint64_t seq, struct mv_span *ret,
                   struct mv_err *) MV_CHECKED;

/* Record after record with one cursor; on the stack, closed before the
 * transaction ends. next: results as mv_log_read; after MV_POISON the next
 * call goes on with the following seq. */
struct mv_log_reader {
    struct mv_log *log;
    uint64_t seq; /* the next one */
    bool chained; /* previous is known */
    uint8_t previous[MV_HASH_BYTES];
    uint64_t found; /* the seq beyond a gap, or 0 */
    struct mv_scan scan;
};
void mv_log_reader_open(struct mv_log_reader *, struct mv_log *, uint64_t from);
mv_rc mv_log_reader_next(struct mv_log_reader *, struct mv_record *ret,
                         struct mv_err *) MV_CHECKED;
void mv_log_reader_close(struct mv_log_reader *);

/* Walks [from, to] (to 0: to the head, and then that nothing lies beyond it).
 * MV_OK: every record there, sound and chained. MV_POISON: fault names the
 * first bad seq. Other results: the store could not be read. */
struct mv_log_fault {
    uint64_t seq;
    char text[128];
};
mv_rc mv_log_verify(struct mv_log *, uint64_t from, uint64_t to,
                    struct mv_log_fault *, struct mv_err *) MV_CHECKED;
/* A slice to the head, so much work that a loop may do it in a turn: *next is
 * where to go on, 0: it came to the end. */
mv_rc mv_log_verify_slice(struct mv_log *, uint64_t from, uint64_t *next,
                          struct mv_log_fault *, struct mv_err *) MV_CHECKED;
/* Holds the log against a witness: a follower's head, an answer that a trust
 * keeps. MV_POISON: another history, or cut off before seq. */
mv_rc mv_log_witness(struct mv_log *, uint64_t seq,
                     const uint8_t hash[MV_HASH_BYTES],
                     struct mv_err *) MV_CHECKED;
