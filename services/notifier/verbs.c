/* verbs - see verbs.h. Job: requests to the core's calls, and pages of rows.
 * Invariant: a query changes nothing; an act is one record of the control log
 * in the transaction of its effect. A crash leaves all of an act or none. */
#include "services/notifier/verbs.h"

#include "proto/pack.h"
#include "proto/walk.h"
#include "services/notifier/restart.h"

#define OWNERS   (MV_ROLE_SUBSCRIBER | MV_ROLE_READER | MV_ROLE_OPERATOR)
#define WATCHERS (MV_ROLE_OPERATOR | MV_ROLE_AUDITOR | MV_ROLE_SERVICE)
#define ALL      (OWNERS | MV_ROLE_AUDITOR | MV_ROLE_SERVICE)

const struct mv_verb_def notifier_verbs[NOTIFIER_VERB_COUNT] = {
    {"subscribe", OWNERS, true,
     "id regions:list units:list targets:list all:bool transitions:list "
     "name language channel owner"},
    {"unsubscribe", OWNERS, true, "id force:bool"},
    {"pause", MV_ROLE_OPERATOR, true, "subscription"},
    {"resume", MV_ROLE_OPERATOR, true, "subscription"},
    {"requeue", MV_ROLE_OPERATOR, true, "id subscription all:bool"},
    {"drop", MV_ROLE_OPERATOR, true, "id subscription all:bool comment"},
    {"restart-changes", MV_ROLE_OPERATOR, true, NULL},
    {"subscriptions", ALL, false, "subscription from:uint"},
    {"queues", ALL, false, "subscription from:uint"},
    {"dead", ALL, false, "subscription from:uint"},
    {"dead-show", ALL, false, "id"},
    {"books", WATCHERS, false, "subscription from:uint"},
    {"aside", WATCHERS, false, "from:uint"},
};

bool notifier_page_full(const struct notifier_page *page)
{
    return page->count >= NOTIFIER_PAGE_ROWS ||
           page->rows.len >= NOTIFIER_PAGE_BYTES;
}

bool notifier_page_takes(struct notifier_page *page)
{
    uint64_t at = page->at++;
    if (at < page->from || page->next != 0)
        return false;
    if (notifier_page_full(page)) {
        page->next = at;
        return false;
    }
    page->count++;
    return true;
}

/* The row that says where to go on. */
static void close_page(struct notifier_page *page)
{
    if (page->next == 0)
        return;
    mv_pack_map(&page->rows, 1);
    mv_pack_kv_u64(&page->rows, "next", page->next);
    page->count++;
}

mv_rc notifier_ask(struct notifier *n, struct mv_span verb,
                   struct notifier_page *page, struct notifier_refusal *no)
{
    static const struct {
        const char *verb;
        mv_rc (*ask)(struct notifier *, struct notifier_page *,
                     struct notifier_refusal *);
    } table[] = {
        {"subscriptions", notifier_ask_subscriptions},
        {"queues", notifier_ask_queues},
        {"dead", notifier_ask_dead},
        {"dead-show", notifier_ask_dead_show},
        {"books", notifier_ask_books},
        {"aside", notifier_ask_aside},
    };
    page->at = page->next = 0;
    page->from = 0;
    (void)mv_map_u64(page->args, "from", &page->from);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (!mv_span_is(verb, table[i].verb))
            continue;
        mv_rc rc = table[i].ask(n, page, no);
        if (rc == MV_OK)
            close_page(page);
        return rc;
    }
    *no = notifier_refuse("unknown_verb", "no such query");
    return MV_AGAIN;
}

static void count_row(struct notifier_page *page, const char *what, uint64_t n)
{
    mv_pack_map(&page->rows, 1);
    mv_pack_kv_u64(&page->rows, what, n);
    page->count++;
}

static mv_rc act_subscribe(struct notifier *n, struct notifier_page *page,
                           struct notifier_refusal *no)
{
    struct notifier_sub *s = NULL;
    uint64_t next = n->marks.next_serial;
    mv_rc rc =
        notifier_subscribe(n, page->key, page->args, page->now_ms, &s, no);
    if (rc == MV_OK) {
        notifier_pack_subscription(s, &page->rows);
        page->count++;
        page->same = n->marks.next_serial == next; /* it was there */
    }
    return rc;
}

static mv_rc act_requeue(struct notifier *n, struct notifier_page *page,
                         struct notifier_refusal *no)
{
    uint64_t count = 0;
    mv_rc rc = notifier_requeue(n, page->args, page->now_ms, &count, no);
    if (rc == MV_OK)
        count_row(page, "requeued", count);
    return rc;
}

static mv_rc act_drop(struct notifier *n, struct notifier_page *page,
                      struct notifier_refusal *no)
{
    uint64_t count = 0;
    mv_rc rc = notifier_drop(n, page->args, page->now_ms, &count, no);
    if (rc == MV_OK)
        count_row(page, "dropped", count);
    return rc;
}

mv_rc notifier_act(struct notifier *n, struct mv_span verb,
                   struct notifier_page *page, struct notifier_refusal *no)
{
    n->now_ms = page->now_ms;
    if (mv_span_is(verb, "subscribe"))
        return act_subscribe(n, page, no);
    if (mv_span_is(verb, "unsubscribe"))
        return notifier_unsubscribe(n, page->key, page->args, page->now_ms, no);
    if (mv_span_is(verb, "pause"))
        return notifier_pause(n, page->key, page->args, true, page->now_ms, no);
    if (mv_span_is(verb, "resume"))
        return notifier_pause(n, page->key, page->args, false, page->now_ms,
                              no);
    if (mv_span_is(verb, "requeue"))
        return act_requeue(n, page, no);
    if (mv_span_is(verb, "drop"))
        return act_drop(n, page, no);
    if (mv_span_is(verb, "restart-changes")) {
        notifier_restart(n);
        return MV_OK;
    }
    *no = notifier_refuse("unknown_verb", "no such act");
    return MV_AGAIN;
}
