/* batch - what was gathered in one turn: the store's transaction, the frames
 * that want an answer, and what is said to each after the commit. */
#pragma once

#include "services/stream/loop.h"

/* At the start of a turn. */
void mv_batch_start(struct mv_service *s);
/* More may be taken into this batch. */
bool mv_batch_room(const struct mv_service *s);
/* Whether the clock is read after this item: a look costs more than most
 * messages do. */
bool mv_batch_looks(const struct mv_batch *b);
/* How long a batch may last in all while an upstream is so many records ahead
 * of it, and its `taken` items took took_ms: where what is ahead will take
 * longer still, so that nobody waits much longer for a fuller batch. asked:
 * somebody waits for an answer. */
int64_t mv_batch_lasts_ms(bool asked, uint64_t ahead, size_t taken,
                          int64_t took_ms);
/* Opens the transaction if it is not open. */
void mv_batch_open(struct mv_service *s);
/* Takes the frame over and returns its slot; it lives until the end. */
size_t mv_batch_slot(struct mv_service *s, struct mv_wire *w,
                     const struct mv_key *key, mv_input_kind kind,
                     unsigned door);
/* Counts a message of a connection; false: more than may be in flight. */
bool mv_batch_window(struct mv_service *s, int fd);
/* A message of this key is next. False: the key has had its share of the
 * batch, and others are there: a key may have as many connections as it
 * likes, and libzmq gives a turn to each of them. */
bool mv_batch_share(struct mv_service *s, const struct mv_key *key);
/* The slot's input, to hand to the service. */
struct mv_input mv_batch_input(struct mv_service *s, size_t slot);
/* Stages an answer. whatever: it holds whatever becomes of the commit. */
void mv_batch_answer(struct mv_service *s, size_t slot, mv_outcome outcome,
                     struct mv_span bytes, bool whatever);
/* It gets an `answer`; else a `reply`, of which each is a frame of its own. */
bool mv_batch_answers(const struct mv_service *s, const struct mv_slot *slot);
/* Appends a refusal; without a text of its own it gets the sentence of its
 * code, and what to do. */
void mv_batch_refusal(const struct mv_msg_reply *m, struct mv_buf *out);
/* The loop's own answer, in the service's words. */
void mv_batch_say(struct mv_service *s, size_t slot,
                  const struct mv_verdict *v);
/* Positions, consumers, commit; then the answers leave and the counters
 * count. The commit's result. */
mv_rc mv_batch_end(struct mv_service *s);
void mv_batch_done(struct mv_service *s);
