/* verbs - what subscribers and operators ask of the notifier. Lists come in
 * pages: when there is more, the last row is {next: N}, and the asker goes on
 * with `from: N`. */
#pragma once

#include "services/notifier/notifier.h"
#include "services/stream/service.h"

#define NOTIFIER_PAGE_ROWS  1000u
#define NOTIFIER_PAGE_BYTES (900u << 10)

enum { NOTIFIER_VERB_COUNT = 13 };
extern const struct mv_verb_def notifier_verbs[NOTIFIER_VERB_COUNT];

/* A request, and the page that is being written for it. */
struct notifier_page {
    struct mv_span args;
    const struct mv_key *key;
    int64_t now_ms;
    struct mv_buf rows;
    uint32_t count;
    uint64_t from, at, next; /* next 0: that was all */
    bool same;               /* the act found all as it asks */
};

/* A query, in a snapshot: MV_OK with the page's rows, or MV_AGAIN with the
 * refusal. No service: tests call it. */
MV_CHECKED mv_rc notifier_ask(struct notifier *n, struct mv_span verb,
                              struct notifier_page *page,
                              struct notifier_refusal *no);

/* An act, in the open transaction: MV_OK with the rows of the reply, or
 * MV_AGAIN with the refusal, and nothing changed. */
MV_CHECKED mv_rc notifier_act(struct notifier *n, struct mv_span verb,
                              struct notifier_page *page,
                              struct notifier_refusal *no);

bool notifier_page_full(const struct notifier_page *page);
/* True: the row at this place of the list is to be written now. */
bool notifier_page_takes(struct notifier_page *page);

/* The queries one by one, in lists.c. */
mv_rc notifier_ask_subscriptions(struct notifier *n, struct notifier_page *page,
                                 struct notifier_refusal *no) MV_CHECKED;
mv_rc notifier_ask_queues(struct notifier *n, struct notifier_page *page,
                          struct notifier_refusal *no) MV_CHECKED;
mv_rc notifier_ask_dead(struct notifier *n, struct notifier_page *page,
                        struct notifier_refusal *no) MV_CHECKED;
mv_rc notifier_ask_dead_show(struct notifier *n, struct notifier_page *page,
                             struct notifier_refusal *no) MV_CHECKED;
mv_rc notifier_ask_books(struct notifier *n, struct notifier_page *page,
                         struct notifier_refusal *no) MV_CHECKED;
mv_rc notifier_ask_aside(struct notifier *n, struct notifier_page *page,
                         struct notifier_refusal *no) MV_CHECKED;
/* The row of one subscription, as the list of them has it. */
void notifier_pack_subscription(const struct notifier_sub *s,
                                struct mv_buf *out);
