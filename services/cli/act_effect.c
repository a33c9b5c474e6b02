/* act_effect - see act_effect.h. Job: what is known of an assessment's weight,
 * said while its author is still there. Invariant: it asks and changes
 * nothing; where an answer cannot be had, nothing is said. Holds the catalogue
 * and a door until it is done. */
#include "services/cli/act_effect.h"

#include "proto/pack.h"
#include "proto/statement.h"
#include "proto/walk.h"
#include "services/cli/hush.h"
#include "services/cli/pages.h"
#include "services/cli/rows.h"
#include "services/cli/stated.h"

static void open(struct cli_effect *e)
{
    struct cli_hush hush;
    e->asked = true;
    if (!cli_hint_catalogue(e->c, NULL, &e->inforce))
        return;
    e->hasty = *e->c;
    e->hasty.hasty = true;
    cli_hush_begin(&e->hasty, &hush);
    if (cli_link_open(&e->hasty, CLI_EVALUATOR, NULL, &e->evaluator) != CLI_OK)
        e->evaluator = NULL;
    cli_hush_end(&e->hasty, &hush);
    cli_hush_done(&e->hasty, &hush, false);
}

/* Whose word counts of what the frame is of; false: the catalogue has changed
 * since. */
static bool find_decides(const struct mv_catalogue *k,
                         const struct mv_statement *s, mv_decides *ret)
{
    int32_t year = (int32_t)s->year;
    const struct mv_target *t = mv_catalogue_target(k, s->target, year);
    const struct mv_commission *m =
        mv_catalogue_commission(k, s->commission, year);
    if (t == NULL && m == NULL)
        return false;
    *ret = t != NULL ? t->decides : m->decides;
    return true;
}

/* Its row of `status`, borrowed of the reply. One that does not answer is not
 * asked again: each time costs the whole wait. */
static bool ask(struct cli_effect *e, const struct mv_statement *s,
                struct mv_msg_reply *reply, struct mv_span *row)
{
    struct mv_buf args = {0};
    struct mv_err err = {0};
    struct mv_list rows;
    bool target = s->target.len > 0;
    mv_pack_map(&args, 3);
    mv_pack_kv_text(&args, target ? "target" : "commission",
                    target ? s->target : s->commission);
    mv_pack_kv_u64(&args, "year", s->year);
    mv_pack_kv_text(&args, "unit", s->unit);
    mv_rc rc =
        cli_ask_quiet(e->evaluator, "status", mv_buf_span(&args), reply, &err);
    mv_buf_done(&args);
    if (rc != MV_OK) {
        cli_link_close(e->evaluator);
        e->evaluator = NULL;
        return false;
    }
    return mv_span_is(reply->result, "ok") && cli_rows_open(&rows, reply) &&
           mv_list_next(&rows, row);
}

const char *cli_effect_none(struct cli_effect *e, struct mv_span frame,
                            struct mv_buf *out)
{
    static const char *const decides[] = {[MV_DECIDES_FIGURES] = "figures",
                                          [MV_DECIDES_ASSESSMENT] =
                                              "assessment",
                                          [MV_DECIDES_WORST] = "worst"};
    struct mv_statement s;
    struct mv_fault fault;
    struct mv_msg_reply reply;
    struct mv_span row;
    mv_decides how;
    if (!mv_statement_read(frame, &s, &fault) ||
        s.kind != MV_STATEMENT_ASSESSMENT || mv_span_is(s.status, "none"))
        return NULL;
    if (!e->asked)
        open(e);
    if (e->evaluator == NULL || !find_decides(e->inforce.catalogue, &s, &how) ||
        !ask(e, &s, &reply, &row))
        return NULL;
    return cli_stated_beside(e->c, mv_span_text(decides[how]), s.status, row,
                             out);
}

void cli_effect_done(struct cli_effect *e)
{
    cli_link_close(e->evaluator);
    if (e->asked)
        cli_inforce_done(&e->inforce);
}
