/* fuzz_subscription - any bytes as a request to subscribe, and as the row that
 * is kept of one. What is taken is within its bounds, and is the same when it
 * is asked for again in the form it is kept in; what is refused says why. */
#include <stdint.h>
#include <string.h>

#include "proto/msg.h"
#include "proto/walk.h"
#include "services/notifier/subscription.h"
#include "services/notifier/verbs.h"
#include "tests/support/may_ask.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct mv_key asker = {.name = "anne",
                                    .roles = MV_ROLE_OPERATOR,
                                    .from_ms = INT64_MIN,
                                    .to_ms = INT64_MAX};

static void again(const struct notifier_sub *s)
{
    struct notifier_sub same;
    struct notifier_refusal no = {0};
    MV_ASSERT(notifier_sub_parse(&same, mv_buf_span(&s->args), &asker, &no));
    MV_ASSERT(mv_span_equal(mv_buf_span(&same.args), mv_buf_span(&s->args)));
    MV_ASSERT(same.bits == s->bits);
    notifier_sub_done(&same);
}

static void asked(struct mv_span args)
{
    struct notifier_sub s;
    struct notifier_refusal no = {0};
    if (notifier_sub_parse(&s, args, &asker, &no)) {
        struct mv_span owner = mv_span_text(asker.name);
        (void)mv_map_text(args, "owner", &owner);
        MV_ASSERT(mv_span_is(owner, s.owner));
        MV_ASSERT(s.id[0] != 0 && s.bits != 0);
        MV_ASSERT(s.name.len > 0 && s.name.len <= NOTIFIER_NAME_BYTES);
        again(&s);
    } else {
        MV_ASSERT(mv_code_find(mv_span_text(no.code)) != MV_CODE_NONE);
        MV_ASSERT(no.text[0] != 0);
    }
    notifier_sub_done(&s);
}

/* Whatever was kept is in its one form from the first reading on. */
static void kept(struct mv_span row)
{
    struct notifier_sub s, same;
    struct mv_buf once = {0}, twice = {0};
    if (!notifier_sub_get(row, &s))
        return;
    notifier_sub_put(&s, &once);
    MV_ASSERT(notifier_sub_get(mv_buf_span(&once), &same));
    notifier_sub_put(&same, &twice);
    MV_ASSERT(mv_span_equal(mv_buf_span(&once), mv_buf_span(&twice)));
    notifier_sub_done(&s);
    notifier_sub_done(&same);
    mv_buf_done(&once);
    mv_buf_done(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mv_span bytes = mv_span(data, size);
    struct mv_msg_request request;
    struct mv_fault fault;
    struct mv_args_fault wrong = {0};
    kept(bytes);
    if (!mv_msg_request_decode(bytes, &request, &fault))
        return 0;
    if (test_may_ask(notifier_verbs, NOTIFIER_VERB_COUNT, "subscribe",
                     request.args, &wrong))
        asked(request.args);
    else
        MV_ASSERT(wrong.code != NULL && wrong.text[0] != 0);
    return 0;
}
