/* calls - what a service's call-backs may ask of the loop. All of it on the
 * loop's thread. */
#pragma once

#include "services/base/clock.h"
#include "services/base/store/store.h"
#include "services/stream/input.h"
#include "services/stream/pull_source.h"

struct mv_service;

struct mv_store *mv_service_store(struct mv_service *s);
/* One of the def's logs, or "control". */
struct mv_log *mv_service_log(struct mv_service *s, const char *name);

/* Read once per turn of the loop. wall_ms has the installation's shift; use
 * it for stamps, the others for intervals. */
struct mv_clock mv_service_clock(const struct mv_service *s);
int64_t mv_service_wall_ms(const struct mv_service *s);
int64_t mv_service_mono_ms(const struct mv_service *s);

/* The one answer to a MESSAGE, in apply: copied, sent after the commit and
 * only if that was MV_OK; else the loop says `retry` in its place. */
void mv_service_answer(struct mv_service *s, const struct mv_input *in,
                       mv_outcome outcome, struct mv_span bytes);

/* Appends who sent what without which role. what: a message's type, which may
 * be empty, or a verb, which one of `roles` may send; 0: nobody may. */
void mv_role_refusal(const struct mv_key *key, struct mv_span what,
                     unsigned roles, struct mv_buf *out);

/* The one reply to an ACT (sent as above) or a QUERY (sent at once). rows:
 * `row_count` msgpack maps one after the other, copied; more than
 * MV_MAX_REPLY_BYTES less 1 KiB is refused, code `limits`. `more` says that
 * there are others. */
void mv_service_rows(struct mv_service *s, const struct mv_input *in,
                     struct mv_span rows, uint32_t row_count, bool more);
void mv_service_ok(struct mv_service *s, const struct mv_input *in);
/* The same to an ACT that found all as it asks: `ok`, without a number, as it
 * leaves no record. apply returns MV_AGAIN. */
void mv_service_same(struct mv_service *s, const struct mv_input *in,
                     struct mv_span rows, uint32_t row_count);
/* code is one of proto/codes.def; text says what, which rule, what to do;
 * empty: its sentence there. */
void mv_service_refuse(struct mv_service *s, const struct mv_input *in,
                       const char *code, const char *text);
/* Not now, in the words of its code; after_ms: ask again then. */
void mv_service_retry(struct mv_service *s, const struct mv_input *in,
                      const char *code, int64_t after_ms);

/* Adds to what the batch weighs: rows it holds beside its messages' bytes.
 * The batch ends at MV_MAX_BATCH_ROWS or MV_MAX_BATCH_BYTES. */
void mv_service_weigh(struct mv_service *s, uint32_t rows, size_t bytes);

/* Counts def->counters[which]; inside apply it counts with the commit. */
void mv_service_count(struct mv_service *s, unsigned which, uint64_t n);

/* An alarm is up or down under its name ([a-z0-9._-], kept 64 of them); in
 * health, in the log when it changes. text says what to do; copied. */
void mv_service_alarm(struct mv_service *s, const char *name, bool up,
                      const char *text);

/* While a reason (a retry code: "clock", "follower") is set, every MESSAGE is
 * answered `retry` without apply; NULL: no longer. */
void mv_service_hold_off(struct mv_service *s, const char *code,
                         int64_t after_ms);

/* False: nobody is connected, and what is new need not be told. */
bool mv_service_heard(const struct mv_service *s);
/* In publish: topic and body to whoever listens. */
void mv_service_publish(struct mv_service *s, const char *topic,
                        struct mv_span body);

/* Upstream `which`: stop asking it; go on, once the transaction is committed
 * (if it is not, it stays stopped); where it stands. */
void mv_service_upstream_stop(struct mv_service *s, unsigned which,
                              const char *why);
void mv_service_upstream_go(struct mv_service *s, unsigned which);
/* No record of it is applied while it is held: its puller goes on, the page
 * that it has waits. Of this run only. */
void mv_service_upstream_hold(struct mv_service *s, unsigned which, bool held);
/* For so long (monotonic) all that it has is applied, and it answered all the
 * while: a silence is not a quiet one. 0: it does not, or there is more. */
int64_t mv_service_upstream_quiet_ms(const struct mv_service *s,
                                     unsigned which);
/* The record that ended the service so often that it is stopped for it, and
 * its chain hash (all zero: not known). False: it is not. */
bool mv_service_upstream_suspect(const struct mv_service *s, unsigned which,
                                 uint64_t *seq, uint8_t chain[32]);
/* In open or settled: the saved position is to be this (a rebuild; a
 * follower; a log begun anew). It is saved with the next record. */
void mv_service_upstream_set(struct mv_service *s, unsigned which, uint64_t seq,
                             const uint8_t hash[32]);

/* Timer `which` again at this monotonic time, besides its interval. */
void mv_service_timer_at(struct mv_service *s, unsigned which, int64_t mono_ms);

/* Ends the loop after this turn, with this result. */
void mv_service_end(struct mv_service *s, mv_rc rc);
