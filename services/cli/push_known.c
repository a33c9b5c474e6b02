/* push_known - see push_known.h. Job: an answer that was kept, held against
 * the journal. Invariant: nothing is sent that could be stored: what is
 * missing is sent again in its order, by --resync. Changes nothing. */
#include "services/cli/push_known.h"

#include "services/base/err.h"

void cli_push_known(struct cli_push *p, struct cli_entry *e)
{
    p->known = mv_xrealloc(p->known,
                           (p->known_count + 1) * sizeof(struct cli_entry *));
    p->known[p->known_count++] = e;
}

static int answered(void *ctx, struct cli_item *item, struct mv_span bytes,
                    const struct mv_msg_answer *a)
{
    struct cli_push *p = ctx;
    char seq[24];
    (void)bytes;
    if (mv_span_is(a->result, "duplicate"))
        return CLI_OK;
    (void)snprintf(seq, sizeof seq, "%llu",
                   (unsigned long long)item->entry->seq);
    return cli_fail(p->c, CLI_DATA, CLI_W_PUSH_LOST, cli_push_name(item->entry),
                    seq, NULL);
}

/* As a question: nothing is stored. */
static int ask(struct cli_push *p, struct cli_entry *last)
{
    struct cli_item item = {.entry = last};
    const struct cli_sender sender = {.c = p->c,
                                      .door = &p->door,
                                      .spool = p->spool,
                                      .dry = true,
                                      .wait_ms = p->wait_ms,
                                      .answered = answered,
                                      .ctx = p};
    return cli_sender_run(&sender, &item, 1);
}

static void tell(struct cli_push *p, const struct cli_entry *e)
{
    struct mv_buf rows = {0};
    char seq[24];
    cli_push_rows(p->c, e->rows, &rows);
    (void)snprintf(seq, sizeof seq, "%llu", (unsigned long long)e->seq);
    p->rows_known += e->rows;
    p->deliveries++;
    p->withdrawals += e->withdrawal;
    if (p->c->json) {
        json_t *j = json_pack("{s:s,s:s,s:I,s:s,s:I,s:i}", "file", e->file,
                              "producer", e->producer, "number",
                              (json_int_t)e->number, "result", "delivered",
                              "seq", (json_int_t)e->seq, "rows", (int)e->rows);
        cli_push_mark(j, e);
        cli_json_line(p->c, j);
    } else {
        cli_say(p->c, CLI_PUSH_WORD(e, KNOWN), cli_push_name(e),
                mv_buf_cstr(&rows), seq, NULL);
    }
    mv_buf_done(&rows);
}

int cli_push_tell_known(struct cli_push *p)
{
    struct cli_entry *last = NULL;
    for (size_t i = 0; i < p->known_count; i++)
        if (last == NULL || p->known[i]->seq > last->seq)
            last = p->known[i];
    if (last == NULL)
        return CLI_OK;
    int code = ask(p, last);
    for (size_t i = 0; i < p->known_count && code == CLI_OK; i++)
        tell(p, p->known[i]);
    return code;
}
