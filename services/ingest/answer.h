/* answer - what ingest says to a delivery, a statement or a catalogue, and
 * the one way in which any of them is stored. The desk's delivery names
 * producer and number in the answer, as far as they were read. */
#pragma once

#include "services/ingest/deliver.h"

#define INGEST_TRY_AGAIN_MS 1000

struct ingest_owner {
    char text[2 * MV_KEY_NAME_BYTES];
};

/* Whose number it is: the key's unit; "@name" for a person without one, and
 * no unit can be called that. */
struct mv_span ingest_owner(const struct mv_key *key, struct ingest_owner *ret);

/* One answer each, appended to said->answer; the desk's conflicts say why. */
void ingest_say_rejected(struct ingest_desk *desk, struct ingest_said *said);
void ingest_say_retry(const struct mv_delivery *d, mv_code code,
                      int64_t after_ms, struct ingest_said *said);
/* seq 0, hash NULL: left out. The outcome is the caller's. */
void ingest_say_stored(const struct mv_delivery *d, const char *result,
                       uint64_t seq, const uint8_t *hash, uint32_t rows,
                       struct ingest_said *said);

/* `rejected`: the key lacks the role that the frame takes. */
void ingest_say_not_allowed(struct ingest_desk *desk, const struct mv_key *key,
                            struct mv_span frame, unsigned roles,
                            struct ingest_said *said);

/* One conflict of the whole, and `rejected`. */
void ingest_say_no(struct ingest_desk *desk, mv_code code, const char *field,
                   const char *detail, struct ingest_said *said);

/* True: the number is known, and said holds the answer. */
bool ingest_known_before(struct ingest_desk *desk,
                         const struct ingest_index_key *key,
                         const struct mv_hash *content, uint32_t rows,
                         struct ingest_said *said);
/* True: not now, and said holds the answer: the clock may not be believed;
 * the key's share is used up, where it is not, this is taken from it. */
bool ingest_doubts_clock(struct ingest_desk *desk, const struct mv_clock *clock,
                         struct ingest_said *said);
bool ingest_over_quota(struct ingest_desk *desk, const struct mv_key *key,
                       const struct mv_clock *clock, uint32_t rows,
                       uint64_t bytes, struct ingest_said *said);

/* In the open transaction: desk->content becomes a record of the journal,
 * with the days before it; its number, which is the answer's. */
uint64_t ingest_store(struct ingest_desk *desk, const struct mv_key *key,
                      const struct mv_clock *clock,
                      const struct ingest_index_key *where,
                      const struct mv_hash *content, uint32_t rows,
                      struct ingest_said *said);
