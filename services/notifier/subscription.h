/* subscription - who is told what: its definition as asked for and as kept,
 * and the queue's counts beside it. */
#pragma once

#include "proto/codes.h"
#include "proto/limits.h"
#include "services/notifier/rows.h"
#include "services/stream/keys.h"

/* Which transitions; a colour is held against the last colour, so that a none
 * in between is no news but to who asks for it. */
enum notifier_bit {
    NOTIFIER_TO_RED = 1,
    NOTIFIER_BACK = 2, /* with to-red: only to those who got that red */
    NOTIFIER_TO_YELLOW = 4,
    NOTIFIER_TO_GREEN = 8,
    NOTIFIER_LOST_OR_AGAIN = 16, /* to-none: a colour lost, one after that */
    NOTIFIER_OVERDUE = 32,       /* none, as figures are overdue */
    NOTIFIER_REMINDER = 64,      /* a commission's due date is near */
};
#define NOTIFIER_BITS_DEFAULT \
    (NOTIFIER_TO_RED | NOTIFIER_BACK | NOTIFIER_REMINDER)

#define NOTIFIER_SUBSCRIPTIONS_MAX 4000u
/* What a key that is no operator may have; and leave in the store in a day: two
 * records and two rows of each, which stay when it has ended. */
#define NOTIFIER_OWNER_MAX       200u
#define NOTIFIER_KEY_BYTES_A_DAY (1 << 20)
#define NOTIFIER_NAME_BYTES      128u

/* Of a name. */
typedef enum notifier_kind {
    NOTIFIER_REGION,
    NOTIFIER_UNIT,
    NOTIFIER_TARGET,
    NOTIFIER_KINDS
} notifier_kind;

/* Why a request is refused: a code of proto/codes.def, and words. */
struct notifier_refusal {
    const char *code;
    int64_t after_ms; /* not 0: `retry`, after so long */
    char text[256];
};

static inline struct notifier_refusal notifier_refuse(const char *code,
                                                      const char *text)
{
    struct notifier_refusal no = {.code = code};
    size_t len = 0;
    while (text[len] != 0 && len + 1 < sizeof no.text) {
        no.text[len] = text[len];
        len++;
    }
    return no;
}

/* One subscription. Lists are raw msgpack lists of identifiers within `args`;
 * at == NULL: any. */
struct notifier_sub {
    uint64_t serial; /* never used twice */
    uint64_t from_ordinal;
    int64_t made_ms;
    uint8_t genesis[MV_HASH_BYTES];
    char id[MV_MAX_IDENTIFIER_BYTES + 1];
    char owner[MV_KEY_NAME_BYTES];
    struct mv_buf args; /* canonical, as kept */
    struct mv_span name, language, channel;
    struct mv_span lists[NOTIFIER_KINDS];
    unsigned bits;
    bool ended; /* unsubscribed; kept for the books */
    struct notifier_counts counts;

    uint32_t slot;   /* in memory: its bit in the index */
    bool dirty;      /* counts to be written before the commit */
    uint64_t given;  /* last number handed out since the start */
    int64_t seen_ms; /* last pull since the start, 0: none */
    uint64_t last_made, last_delivered; /* a minute ago */
    uint64_t made_rate, delivered_rate; /* in the last whole minute */
    struct mv_buf runs;      /* of the group being decided: whole ones, */
    struct notifier_run run; /* the last one, */
    uint32_t run_changes;    /* and what they come to */
    uint64_t merge_again;    /* pending at which merging is tried next */
    uint64_t waits_from;     /* none below waits (notifier_queue_first) */
    uint64_t plain_from;     /* none below waits that was never merged */
};

/* A request's args, checked but for names being known. False: *no says why.
 * Owner and id are in ret; args packed anew in one form. */
bool notifier_sub_parse(struct notifier_sub *ret, struct mv_span args,
                        const struct mv_key *key, struct notifier_refusal *no);
void notifier_sub_done(struct notifier_sub *s);

/* Appends what one has otherwise than the other, of those that a request
 * names: "`language`, `units`". */
void notifier_sub_differs(const struct notifier_sub *a,
                          const struct notifier_sub *b, struct mv_buf *out);

/* The definition's row, and back; false: not one of ours. */
void notifier_sub_put(const struct notifier_sub *s, struct mv_buf *out);
bool notifier_sub_get(struct mv_span bytes, struct notifier_sub *ret);

/* Appends ["to-red", ...]. */
void notifier_bits_pack(unsigned bits, struct mv_buf *out);
bool notifier_bit_parse(struct mv_span word, unsigned *ret);
