/* names - see names.h. Job: what names any change carried. Invariant: a name
 * that memory numbers is in the table, or staged; of a transaction that failed
 * memory forgets all. A crash leaves what was committed. */
#include "services/notifier/names.h"

#include <string.h>

#include "services/notifier/decide.h"

static struct mv_span name_key(notifier_kind kind, struct mv_span name,
                               uint8_t bytes[1 + MV_MAX_IDENTIFIER_BYTES])
{
    size_t len =
        name.len < MV_MAX_IDENTIFIER_BYTES ? name.len : MV_MAX_IDENTIFIER_BYTES;
    bytes[0] = (uint8_t)kind;
    memcpy(bytes + 1, name.at, len);
    return mv_span(bytes, 1 + len);
}

bool notifier_knows(struct notifier *n, notifier_kind kind, struct mv_span name)
{
    uint8_t bytes[1 + MV_MAX_IDENTIFIER_BYTES];
    struct mv_span value;
    return mv_store_get(n->store, n->t.names, name_key(kind, name, bytes),
                        &value);
}

/* Most names are carried again and again: memory numbers those it has put or
 * found, so a number that is not new needs no look at the table. */
static void learn_one(struct notifier *n, notifier_kind kind,
                      struct mv_span name)
{
    static const uint8_t version = NOTIFIER_ROW_VERSION;
    uint8_t bytes[1 + MV_MAX_IDENTIFIER_BYTES];
    struct mv_span value, key = name_key(kind, name, bytes);
    struct mv_intern intern = mv_interner_calls(n->names.numbers);
    uint32_t number = intern.number(intern.ctx, key);
    if (number <= n->names.known)
        return;
    n->names.known = number;
    if (!mv_store_get(n->store, n->t.names, key, &value))
        mv_store_put(n->store, n->t.names, key, mv_span(&version, 1));
}

void notifier_names_forget(struct notifier *n)
{
    mv_interner_close(n->names.numbers);
    n->names.numbers = mv_interner_open();
    n->names.known = 0;
}

void notifier_learn(struct notifier *n, const struct mv_msg_change *change)
{
    const struct mv_span names[NOTIFIER_KINDS] = {change->region, change->unit,
                                                  notifier_subject(change)};
    for (unsigned kind = 0; kind < NOTIFIER_KINDS; kind++) {
        if (names[kind].at != NULL)
            learn_one(n, (notifier_kind)kind, names[kind]);
    }
}
