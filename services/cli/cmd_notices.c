/* cmd_notices - `maalvakt notices ID`: pulls a subscription's queue as its
 * owner. Job: notices to stdout, then the acknowledgement. Invariant: nothing
 * is acknowledged before it was written and flushed without an error. A
 * crash: what was printed last may be printed again, with the same id. */
#include <string.h>

#include "proto/limits.h"
#include "services/cli/hint.h"
#include "services/cli/notice_text.h"
#include "services/cli/pages.h"
#include "services/cli/queue_table.h"
#include "services/cli/stop.h"
#include "services/cli/told.h"
#include "services/stream/puller.h"

#define LOOK_MS 100
#define ACK_MS  5000  /* for the last acknowledgement to be in force */
#define HELD_MS 10000 /* between looks at a queue that is paused */
#define AWAY_MS 5000  /* of a puller that hears nothing: given up then */

struct reading {
    struct cli *c;
    struct cli_link *link; /* the notifier's control door */
    struct mv_net *net;
    struct cli_door door; /* the public one; without its secret */
    struct mv_puller *puller;
    uint64_t last, head; /* printed; in the queue when it began */
    uint64_t printed;
    enum mv_lang lang;   /* of the notices */
    bool follow, paused; /* paused: and told so */
    int64_t look_ms;     /* when to look again whether it still is */
    int64_t heard_ms;    /* since then the puller waits in vain */
};

/* A row of subscriptions or queues about this one. */
static int look_up(struct reading *r, const char *verb, struct cli_pages *rows,
                   struct mv_span *row)
{
    struct cli_args args = {0};
    *row = mv_span("", 0);
    cli_arg_text(&args, "subscription", r->c->args[0]);
    int code = cli_ask_args(r->link, verb, &args, rows);
    struct mv_list l = cli_pages_walk(rows);
    if (code == CLI_OK && !mv_list_next(&l, row))
        code =
            cli_fail(r->c, CLI_NO, CLI_W_NO_SUBSCRIPTION, r->c->args[0], NULL);
    if (code == CLI_NO)
        cli_hint_subscription(r->c, r->link, r->c->args[0]);
    cli_args_done(&args);
    return code;
}

/* As the subscription was made, but where --lang asks for another. */
static enum mv_lang lang_of(const struct cli *c, struct mv_span subscription)
{
    struct mv_span name = cli_get_text(subscription, "language");
    if (cli_option(c, "lang") != NULL || name.len == 0)
        return c->lang;
    return mv_span_is(name, "en") ? MV_LANG_EN : MV_LANG_NB;
}

/* Where the queue begins: the first number that has not left it. */
static int find_start(struct reading *r, uint8_t genesis[MV_HASH_BYTES])
{
    struct cli_pages definition = {0}, queue = {0};
    struct mv_span row, hash;
    int code = look_up(r, "subscriptions", &definition, &row);
    if (code == CLI_OK && mv_value_bin(cli_get(row, "genesis"), &hash) &&
        hash.len == MV_HASH_BYTES)
        memcpy(genesis, hash.at, MV_HASH_BYTES);
    r->lang = lang_of(r->c, row);
    if (code == CLI_OK)
        code = look_up(r, "queues", &queue, &row);
    if (code == CLI_OK) {
        uint64_t done = cli_get_u64(row, "done");
        r->last = done > 0 ? done - 1 : 0;
        r->head = cli_get_u64(row, "head");
    }
    cli_pages_done(&definition);
    cli_pages_done(&queue);
    return code;
}

static int open_queue(struct reading *r)
{
    struct mv_err err = {0};
    uint8_t genesis[MV_HASH_BYTES] = {0};
    int code = find_start(r, genesis);
    if (code == CLI_OK)
        code = cli_door_find(r->c, CLI_NOTIFIER, "public", NULL, &r->door);
    if (code != CLI_OK)
        return code;
    const struct mv_puller_options o = {.net = r->net,
                                        .log = r->c->args[0],
                                        .endpoint = r->door.endpoint,
                                        .server_key = r->door.server_key,
                                        .keys = &r->door.keys,
                                        .queue = true};
    mv_rc rc = mv_puller_open(&r->puller, &o, r->last, genesis, &err);
    cli_door_wipe(&r->door);
    r->heard_ms = cli_mono_ms();
    return rc == MV_OK ? CLI_OK : cli_fail_err(r->c, rc, &err);
}

static void show(const struct reading *r, struct mv_span notice)
{
    enum mv_lang own = r->c->lang;
    r->c->lang = r->lang;
    cli_notice_show(r->c, notice);
    r->c->lang = own;
}

/* All of the page, then the word that it is ours. */
static int print_page(struct reading *r)
{
    uint64_t number;
    struct mv_span bytes;
    while (mv_puller_notice(r->puller, &number, &bytes) == MV_OK) {
        if (r->c->json)
            cli_json_line(r->c, cli_json(bytes));
        else
            show(r, bytes);
        r->last = number;
        r->printed++;
    }
    if (fflush(r->c->out) != 0 || ferror(r->c->out))
        return CLI_IO;
    mv_puller_done(r->puller, r->last, NULL);
    return CLI_OK;
}

/* Why it was refused, as its code alone. */
static bool refused_as(const struct reading *r, const char *code)
{
    const char *why = mv_puller_why(r->puller);
    return mv_span_is(mv_span(why, strcspn(why, ":")), code);
}

/* A queue that is paused goes on some day: whoever follows it waits. One that
 * is paused no longer is asked again by the puller. */
static int wait_paused(struct reading *r)
{
    struct cli_pages rows = {0};
    struct mv_span row;
    struct mv_buf by = {0};
    if (cli_mono_ms() < r->look_ms)
        return CLI_OK;
    int code = look_up(r, "queues", &rows, &row);
    bool paused = code == CLI_OK && cli_get_bool(row, "paused");
    if (paused && !r->paused) {
        cli_queue_paused(r->c, row, &by);
        cli_warn(r->c, CLI_W_NOTICES_PAUSED, r->c->args[0], mv_buf_cstr(&by),
                 NULL);
    }
    if (paused && !r->follow)
        code = CLI_RETRY;
    r->look_ms = cli_mono_ms() + HELD_MS;
    r->paused = paused;
    mv_buf_done(&by);
    cli_pages_done(&rows);
    return code;
}

static int refused(struct reading *r)
{
    struct mv_buf why = {0};
    if (refused_as(r, "refused"))
        return wait_paused(r);
    cli_told(r->c, mv_span_text(mv_puller_why(r->puller)), &why);
    int code = cli_fail(r->c, CLI_DENIED, CLI_W_NOTICES_REFUSED, r->c->args[0],
                        mv_buf_cstr(&why), NULL);
    mv_buf_done(&why);
    return code;
}

/* Whoever follows waits for a notifier that is away, too. */
static int silent(const struct reading *r)
{
    if (r->follow || cli_mono_ms() - r->heard_ms < AWAY_MS)
        return CLI_OK;
    if (mv_puller_state_of(r->puller) == MV_PULLER_DAMAGED)
        return cli_fail(r->c, CLI_AWAY, CLI_W_NOT_AN_ANSWER, NULL);
    return cli_fail(r->c, CLI_AWAY, CLI_W_SILENT,
                    cli_service_name(CLI_NOTIFIER), r->door.key_name,
                    r->door.endpoint, NULL);
}

/* What the puller's state is to the one who waits for it. */
static int look(struct reading *r)
{
    switch (mv_puller_state_of(r->puller)) {
    case MV_PULLER_SILENT:
    case MV_PULLER_DAMAGED:
    case MV_PULLER_STOPPED:
        return silent(r);
    case MV_PULLER_SUPERSEDED:
        return cli_fail(r->c, CLI_RETRY, CLI_W_NOTICES_TWO, r->c->args[0],
                        NULL);
    case MV_PULLER_ASKING:
        r->paused = false;
        r->look_ms = 0;
        r->heard_ms = cli_mono_ms();
        return CLI_OK;
    case MV_PULLER_REFUSED:
    case MV_PULLER_DIVERGED:
        break;
    }
    r->heard_ms = cli_mono_ms();
    return refused(r);
}

/* One turn: waits for a page, and for nothing longer than LOOK_MS. */
static int turn(struct reading *r)
{
    (void)mv_puller_step(r->puller, cli_mono_ms());
    struct mv_poll poll = {.sock = mv_puller_sock(r->puller), .fd = -1};
    if (poll.sock == NULL)
        cli_nap(LOOK_MS);
    else if (mv_sock_poll(&poll, 1, LOOK_MS) == MV_FATAL)
        return CLI_IO;
    if (mv_puller_receive(r->puller, cli_mono_ms()))
        return print_page(r);
    return look(r);
}

/* The last `done` is said with the next question: until it is in force. */
static int acknowledge(struct reading *r)
{
    int64_t end = cli_mono_ms() + ACK_MS;
    int code = CLI_OK;
    uint64_t done = 0;
    while (code == CLI_OK && done <= r->last && cli_mono_ms() < end) {
        struct cli_pages rows = {0};
        struct mv_span row;
        code = turn(r);
        if (code == CLI_OK)
            code = look_up(r, "queues", &rows, &row);
        if (code == CLI_OK)
            done = cli_get_u64(row, "done");
        cli_pages_done(&rows);
    }
    if (code == CLI_OK && done <= r->last)
        return cli_fail(r->c, CLI_RETRY, CLI_W_NOTICES_NO_ACK, NULL);
    return code;
}

static int read_all(struct reading *r)
{
    r->follow = cli_option(r->c, "follow") != NULL;
    int64_t most = 0;
    int code = CLI_OK;
    if (!cli_option_int(r->c, "once", 1, INT32_MAX, &most))
        return CLI_USAGE;
    while (code == CLI_OK && !cli_stop_asked() &&
           (r->follow || !mv_puller_answered(r->puller) || r->last < r->head) &&
           (most == 0 || r->printed < (uint64_t)most))
        code = turn(r);
    if (code == CLI_OK && r->printed > 0)
        code = acknowledge(r);
    else if (code == CLI_OK && !r->c->json && !r->follow)
        cli_say(r->c, CLI_W_NOTICES_NONE, NULL);
    return code;
}

static int notices_run(struct cli *c)
{
    struct reading r = {.c = c};
    struct mv_err err = {0};
    int code = cli_link_open(c, CLI_NOTIFIER, NULL, &r.link);
    if (code != CLI_OK)
        return code;
    mv_rc rc = mv_net_open(&r.net, &err);
    code = rc == MV_OK ? open_queue(&r) : cli_fail_err(c, rc, &err);
    if (code == CLI_OK) {
        cli_stop_watch();
        cli_say_day(c);
        code = read_all(&r);
    }
    if (r.puller != NULL)
        mv_puller_close(r.puller);
    if (r.net != NULL)
        mv_net_close(r.net);
    cli_link_close(r.link);
    return code;
}

static const struct cli_option options[] = {
    {"follow", NULL, "vent på flere, til Ctrl-C", "wait for more, to Ctrl-C"},
    {"once", "N", "slutt etter minst N varsler",
     "end after at least N notices"},
};

const struct cli_command cli_cmd_notices = {
    .name = "notices",
    .usage = "ID [--follow] [--key OWNER]",
    .nb = "Hent varslene i et abonnements kø; det som er vist, er levert",
    .en = "Pull the notices of a subscription; what was shown is delivered",
    .man = "maalvakt-notices",
    .example = "maalvakt notices ahus-vakt --key subscriber\n"
               "maalvakt notices ahus-vakt --key subscriber --follow --json\n",
    .options = options,
    .option_count = CLI_COUNT(options),
    .least = 1,
    .most = 1,
    .run = notices_run,
};
