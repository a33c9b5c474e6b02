/* reply - see calls.h: what a service says to a message, an act, a query.
 * Invariant: to a message or an act nothing is sent here, only staged; a query
 * is answered after its snapshot proved sound. A crash: not answered. */
#include "proto/conflict.h"
#include "proto/pack.h"
#include "services/base/identity.h"
#include "services/stream/batch.h"

/* What a reply holds beside its rows, at most. */
#define REPLY_HEAD_BYTES 1024u
#define SHOWN_BYTES      32u

static void reply(struct mv_service *s, const struct mv_input *in,
                  struct mv_msg_reply *m, mv_outcome outcome)
{
    m->id = in->id;
    if (in->kind == MV_INPUT_ACT && outcome == MV_OUTCOME_ACCEPTED) {
        /* its record is the next one, in this same transaction */
        mv_log_head(mv_service_log(s, "control"), &m->seq, NULL);
        m->seq++;
        m->has_seq = true;
    }
    mv_buf_clear(&s->out);
    if (outcome == MV_OUTCOME_REJECTED || outcome == MV_OUTCOME_RETRY)
        mv_batch_refusal(m, &s->out);
    else
        mv_msg_reply_encode(m, &s->out);
    MV_ASSERT(s->out.len <= MV_MAX_REPLY_BYTES);
    if (in->kind == MV_INPUT_ACT)
        mv_batch_answer(s, in->slot, outcome, mv_buf_span(&s->out), false);
    else
        MV_ASSERT(s->asking != NULL);
}

void mv_role_refusal(const struct mv_key *key, struct mv_span what,
                     unsigned roles, struct mv_buf *out)
{
    if (what.len == 0 || mv_identity_in(what)) { /* that must not travel on */
        mv_buf_text(out, "a message");
    } else {
        mv_buf_text(out, "'");
        mv_show(out, what, SHOWN_BYTES);
        mv_buf_text(out, "'");
    }
    mv_buf_printf(out, " of the key '%s' ", key->name);
    if (roles == 0) {
        mv_buf_text(out, "is not taken here");
        return;
    }
    mv_buf_text(out, (roles & (roles - 1)) == 0 ? "needs the role "
                                                : "needs one of the roles ");
    mv_roles_text(out, roles, ", ");
}

void mv_service_answer(struct mv_service *s, const struct mv_input *in,
                       mv_outcome outcome, struct mv_span bytes)
{
    MV_ASSERT(in->kind == MV_INPUT_MESSAGE);
    mv_batch_answer(s, in->slot, outcome, bytes, false);
}

/* Rows are as long as catalogues and people made them: what no reply holds is
 * said to be so, and the service goes on. */
static void reply_rows(struct mv_service *s, const struct mv_input *in,
                       struct mv_span rows, uint32_t row_count, bool more,
                       mv_outcome outcome)
{
    if (rows.len > MV_MAX_REPLY_BYTES - REPLY_HEAD_BYTES) {
        mv_service_refuse(s, in, "limits",
                          "a row of the answer is larger than a reply may be: "
                          "ask for less of it");
        return;
    }
    struct mv_msg_reply m = {
        .result = mv_span_text("ok"), .more = more, .has_more = more};
    mv_buf_clear(&s->rows);
    mv_pack_list(&s->rows, row_count);
    mv_pack_raw(&s->rows, rows);
    m.rows = mv_buf_span(&s->rows);
    reply(s, in, &m, outcome);
}

void mv_service_rows(struct mv_service *s, const struct mv_input *in,
                     struct mv_span rows, uint32_t row_count, bool more)
{
    reply_rows(s, in, rows, row_count, more, MV_OUTCOME_ACCEPTED);
}

void mv_service_same(struct mv_service *s, const struct mv_input *in,
                     struct mv_span rows, uint32_t row_count)
{
    MV_ASSERT(in->kind == MV_INPUT_ACT);
    reply_rows(s, in, rows, row_count, false, MV_OUTCOME_DUPLICATE);
}

void mv_service_ok(struct mv_service *s, const struct mv_input *in)
{
    struct mv_msg_reply m = {.result = mv_span_text("ok")};
    reply(s, in, &m, MV_OUTCOME_ACCEPTED);
}

void mv_service_refuse(struct mv_service *s, const struct mv_input *in,
                       const char *code, const char *text)
{
    struct mv_msg_reply m = {.result = mv_span_text("rejected"),
                             .code = mv_span_text(code),
                             .text = mv_span_text(text)};
    reply(s, in, &m, MV_OUTCOME_REJECTED);
}

void mv_service_retry(struct mv_service *s, const struct mv_input *in,
                      const char *code, int64_t after_ms)
{
    struct mv_msg_reply m = {.result = mv_span_text("retry"),
                             .code = mv_span_text(code),
                             .after_ms = (uint64_t)after_ms,
                             .has_after_ms = true};
    reply(s, in, &m, MV_OUTCOME_RETRY);
}
