/* published - the last status that was sent of each target, year and unit.
 * Written only together with the changes log. Kept by identifiers, so that a
 * target that leaves the catalogue and comes back is held against what was
 * said of it before; cached by dense index. */
#pragma once

#include "services/evaluator/book.h"
#include "services/judging/judge.h"

struct evaluator_sent {
    uint64_t since_seq; /* the journal record that caused it, */
    int64_t since_ms;   /* and its stamp; 0: not kept */
    uint32_t changes;   /* so far, this one included */
    uint8_t status;     /* mv_status */
    uint8_t reason;     /* mv_reason */
    uint8_t coloured;   /* last colour, MV_STATUS_NONE: never */
    bool there;         /* false: nothing was ever sent */
};

struct evaluator_published;

/* The book must outlive it. max_bytes bounds what is kept between batches. */
struct evaluator_published *
evaluator_published_open(const struct evaluator_book *book, size_t max_bytes);
void evaluator_published_close(struct evaluator_published *p);

/* Target and unit are of the catalogue given: dense indices name them. */
struct evaluator_sent evaluator_published_get(struct evaluator_published *p,
                                              const struct mv_catalogue *c,
                                              uint32_t target, uint32_t unit);
/* The colour that was sent last, MV_STATUS_NONE: none was. What most figures
 * are held against, at a byte a pair. */
mv_status evaluator_published_colour(struct evaluator_published *p,
                                     const struct mv_catalogue *c,
                                     uint32_t target, uint32_t unit);
/* As get, of whatever catalogue: past the cache, so not between a put and its
 * flush. */
struct evaluator_sent
evaluator_published_stored(const struct evaluator_published *p,
                           const struct mv_target *target,
                           const struct mv_unit *unit);
/* In the open transaction, with the log's record. Kept until the flush: the
 * catalogue must stay until then. */
void evaluator_published_put(struct evaluator_published *p,
                             const struct mv_catalogue *c, uint32_t target,
                             uint32_t unit, const struct evaluator_sent *sent);

/* Once per batch, before the commit and before another catalogue: every row
 * that was put is written, once, those of a target together. */
void evaluator_published_flush(struct evaluator_published *p);

/* Of a commission: past the cache. */
struct evaluator_sent
evaluator_published_commission(const struct evaluator_published *p,
                               const struct mv_commission *commission,
                               const struct mv_unit *unit);
void evaluator_published_put_commission(struct evaluator_published *p,
                                        const struct mv_commission *commission,
                                        const struct mv_unit *unit,
                                        const struct evaluator_sent *sent);

/* Dense indices mean something else now, or a transaction was taken back. What
 * was not flushed is gone. */
void evaluator_published_forget(struct evaluator_published *p);
/* Between transactions, or two pairs: keeps to max_bytes, flushed. */
void evaluator_published_trim(struct evaluator_published *p);
size_t evaluator_published_bytes(const struct evaluator_published *p);
