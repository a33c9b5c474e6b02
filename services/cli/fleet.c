/* fleet - see fleet.h. Job: questions to all services. Invariant: one that
 * does not answer keeps nobody from hearing of the others. Holds no state. */
#include "services/cli/fleet.h"

#include <string.h>
#include <time.h>

#include "services/base/clock.h"
#include "services/cli/progress.h"

static int open_alone(struct cli *c, struct cli_fleet *f)
{
    struct cli_link *l = NULL;
    *f = (struct cli_fleet){.c = c, .alone = true, .which = CLI_UNTOLD};
    int code = cli_link_open(c, CLI_UNTOLD, NULL, &l);
    if (code == CLI_OK)
        code = cli_link_which(l, &f->which);
    if (code == CLI_OK)
        f->links[f->which] = l;
    else
        cli_link_close(l);
    return code;
}

static int open_with(struct cli *c, const char *key, struct cli_fleet *f)
{
    if (cli_option(c, "endpoint") != NULL)
        return open_alone(c, f);
    int first = CLI_OK;
    bool was = c->hasty;
    c->hasty = true; /* of the others there is something to tell at once */
    *f = (struct cli_fleet){.c = c, .down = cli_place_is_down(c)};
    if (f->down)
        first = cli_fail(c, CLI_AWAY, CLI_W_NONE_UP, cli_dir(c), NULL);
    for (int s = 0; s < CLI_SERVICES && !f->down; s++) {
        int code = cli_link_open(c, (cli_service)s, key, &f->links[s]);
        if (code != CLI_OK)
            f->links[s] = NULL;
        if (first == CLI_OK)
            first = code;
        if (code != CLI_OK && code != CLI_AWAY)
            break; /* no such place or key: the same of each */
    }
    c->hasty = was;
    return first;
}

int cli_fleet_open(struct cli *c, struct cli_fleet *f)
{
    return open_with(c, NULL, f);
}

bool cli_fleet_asks(const struct cli_fleet *f, cli_service s)
{
    return f->alone ? s == f->which : s < CLI_SERVICES;
}

void cli_fleet_say_alone(const struct cli_fleet *f)
{
    if (f->alone && f->which != CLI_UNTOLD && !f->c->json)
        cli_say(f->c, CLI_W_ONE_ASKED, cli_service_name(f->which), NULL);
}

void cli_fleet_drop(struct cli_fleet *f, cli_service s)
{
    cli_link_close(f->links[s]);
    f->links[s] = NULL;
}

void cli_fleet_close(struct cli_fleet *f)
{
    for (int s = 0; s < CLI_SERVICES; s++)
        cli_fleet_drop(f, (cli_service)s);
}

int cli_fleet_ask(struct cli_fleet *f, cli_service s, const char *verb,
                  bool aloud, struct cli_pages *rows)
{
    struct cli_link *link = f->links[s];
    struct mv_msg_reply reply;
    struct mv_list list;
    struct mv_span row;
    struct mv_err err = {0};
    if (link == NULL)
        return CLI_AWAY;
    mv_rc rc = cli_ask_quiet(link, verb, mv_span(NULL, 0), &reply, &err);
    if (rc != MV_OK)
        return aloud && cli_link_shut(link) ? CLI_DENIED : CLI_AWAY;
    if (!mv_span_is(reply.result, "ok")) {
        if (!cli_ask_denied(&reply))
            return CLI_AWAY;
        return aloud ? cli_ask_answered(link, rc, &err, &reply) : CLI_DENIED;
    }
    if (cli_rows_open(&list, &reply))
        while (mv_list_next(&list, &row))
            cli_pages_put(rows, row);
    return CLI_OK;
}

/* The row of `position` for a log, as its owner or as its reader has it. */
static struct mv_span find(const struct cli_pages *rows, const char *kind,
                           const char *log)
{
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    while (mv_list_next(&l, &row)) {
        if (mv_span_is(cli_get_text(row, "kind"), kind) &&
            mv_span_is(cli_get_text(row, "log"), log))
            return row;
    }
    return mv_span("", 0);
}

void cli_streams_read(struct cli_fleet *f, struct cli_stream ret[CLI_STREAMS])
{
    static const struct cli_stream streams[CLI_STREAMS] = {
        {.log = "journal", .from = CLI_INGEST, .to = CLI_EVALUATOR},
        {.log = "changes", .from = CLI_EVALUATOR, .to = CLI_NOTIFIER},
    };
    struct cli_pages rows[CLI_SERVICES] = {{.count = 0}};
    int code[CLI_SERVICES];
    /* readers first: a head that is read later is never behind them */
    for (int s = CLI_SERVICES - 1; s >= 0; s--)
        code[s] = cli_fleet_ask(f, (cli_service)s, "position", false, &rows[s]);
    for (int i = 0; i < CLI_STREAMS; i++) {
        struct cli_stream *x = &ret[i];
        *x = streams[i];
        struct mv_span had = find(&rows[x->to], "upstream", x->log);
        struct mv_span own =
            f->alone ? had : find(&rows[x->from], "log", x->log);
        struct mv_span state = cli_get_text(had, "state");
        x->silent = code[x->to] != CLI_OK || f->alone ? x->to : x->from;
        x->code = code[x->silent];
        if (x->code == CLI_OK && own.len == 0)
            x->code = CLI_AWAY;
        x->head = cli_get_u64(own, f->alone ? "head" : "seq");
        x->seq = cli_get_u64(had, "seq");
        (void)snprintf(x->state, sizeof x->state, "%.*s", (int)state.len,
                       (const char *)state.at);
    }
    for (int s = 0; s < CLI_SERVICES; s++)
        cli_pages_done(&rows[s]);
}

static bool settled(const struct cli_stream s[CLI_STREAMS])
{
    for (int i = 0; i < CLI_STREAMS; i++)
        if (s[i].code != CLI_OK || s[i].seq < s[i].head)
            return false;
    return true;
}

bool cli_fleet_settle(struct cli *c, int64_t patience_ms)
{
    const struct timespec moment = {.tv_nsec = 20 * 1000 * 1000};
    struct cli_stream streams[CLI_STREAMS];
    struct cli_fleet f;
    struct cli_progress waiting;
    bool done = false;
    struct mv_clock began = {0}, now;
    mv_clock_read(&began);
    now = began;
    cli_progress_begin(&waiting, c, cli_w(c, CLI_W_WAIT_SETTLE), 0);
    /* --key may be one that none of them tells its position */
    if (open_with(c, "operator", &f) == CLI_OK) {
        while (!done && now.mono_ms - began.mono_ms < patience_ms) {
            cli_streams_read(&f, streams);
            done = settled(streams);
            cli_progress_wait(&waiting);
            if (!done)
                (void)nanosleep(&moment, NULL);
            mv_clock_read(&now);
        }
    }
    cli_progress_end(&waiting);
    cli_fleet_close(&f);
    return done;
}
