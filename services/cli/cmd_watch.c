/* cmd_watch - `maalvakt watch`: each change as it happens. Job: the live
 * socket says that there is something, the changes log says what. Invariant:
 * no change is left out and none is told twice, whatever the live socket
 * loses. A crash: `--from` tells again from where one was. */
#include "proto/limits.h"
#include "services/cli/change_line.h"
#include "services/cli/hint.h"
#include "services/cli/pages.h"
#include "services/cli/stop.h"

/* Without a word from the live socket the log is asked all the same. */
#define QUIET_MS 2000

struct watching {
    struct cli *c;
    struct cli_link *link;
    struct mv_net *net;
    struct mv_sock *sub;
    uint64_t told;    /* number of the last group that was told */
    uint64_t changes; /* printed */
    uint64_t most;    /* 0: no end */
};

static bool is_wanted(const struct cli *c, struct mv_span change)
{
    static const char *const keys[] = {"region", "unit", "target"};
    for (size_t i = 0; i < CLI_COUNT(keys); i++) {
        const char *want = cli_option(c, keys[i]);
        if (want != NULL && !mv_span_is(cli_get_text(change, keys[i]), want))
            return false;
    }
    return true;
}

static bool enough(const struct watching *w)
{
    return w->most > 0 && w->changes >= w->most;
}

static void tell_group(struct watching *w, struct mv_span row)
{
    struct mv_span group = cli_get(row, "group"), change;
    struct cli_happening h = {.received_ms = cli_get_i64(row, "received_ms"),
                              .group = cli_get_u64(row, "seq"),
                              .cause = cli_get(group, "cause")};
    struct mv_list l;
    if (mv_list_open(&l, cli_get(group, "changes"))) {
        while (!enough(w) && mv_list_next(&l, &change)) {
            if (!is_wanted(w->c, change))
                continue;
            if (w->c->json)
                cli_change_json(w->c, &h, change);
            else
                cli_change_show(w->c, &h, change);
            w->changes++;
        }
    }
    w->told = h.group;
}

/* All that the log has beyond what was told. */
static int catch_up(struct watching *w)
{
    struct cli_args none = {0};
    uint64_t next = w->told + 1;
    int code = CLI_OK;
    while (code == CLI_OK && next > 0 && !enough(w) && !cli_stop_asked()) {
        struct cli_pages rows = {0};
        struct mv_span row;
        code = cli_ask_from(w->link, "changes", &none, next, &rows, &next);
        struct mv_list l = cli_pages_walk(&rows);
        while (!enough(w) && mv_list_next(&l, &row))
            tell_group(w, row);
        cli_pages_done(&rows);
    }
    /* whoever reads has not got it, and would miss what comes */
    if (code == CLI_OK && (fflush(w->c->out) != 0 || ferror(w->c->out)))
        return CLI_IO;
    return code;
}

/* Reads away what is there; true: something of a number not told yet. */
static bool hear(struct watching *w)
{
    struct mv_wire wire = {.fd = -1};
    bool news = false;
    while (mv_sock_recv(w->sub, &wire) == MV_OK) {
        news = news || cli_get_u64(wire.body, "seq") > w->told;
        mv_held_done(&wire.held);
    }
    return news;
}

static int follow(struct watching *w)
{
    int code = catch_up(w);
    int64_t asked = cli_mono_ms();
    while (code == CLI_OK && !enough(w) && !cli_stop_asked()) {
        struct mv_poll poll = {.sock = w->sub, .fd = -1};
        if (mv_sock_poll(&poll, 1, QUIET_MS) == MV_FATAL)
            return CLI_IO;
        if (!hear(w) && cli_mono_ms() - asked < QUIET_MS)
            continue;
        code = catch_up(w);
        asked = cli_mono_ms();
    }
    return code;
}

static int open_live(struct watching *w)
{
    struct cli_door door;
    struct mv_err err = {0};
    int code = cli_door_find(w->c, CLI_EVALUATOR, "live", NULL, &door);
    if (code != CLI_OK)
        return code;
    const struct mv_sock_options o = {.kind = MV_SOCK_SUB,
                                      .name = "live",
                                      .max_bytes = MV_MAX_SERVICE_FRAME_BYTES,
                                      .keys = &door.keys,
                                      .server_key = door.server_key};
    mv_rc rc = mv_net_open(&w->net, &err);
    if (rc == MV_OK)
        rc = mv_sock_open(&w->sub, w->net, &o, &err);
    if (rc == MV_OK)
        rc = mv_sock_connect(w->sub, door.endpoint, &err);
    if (rc == MV_OK) {
        mv_sock_subscribe(w->sub, "change/");
        mv_sock_subscribe(w->sub, "heartbeat/");
    }
    cli_door_wipe(&door);
    return rc == MV_OK ? CLI_OK : cli_fail_err(w->c, rc, &err);
}

/* Beyond the next one: those between would never be told. */
static int refuse_start(struct cli *c, uint64_t last)
{
    struct mv_buf count = {0};
    mv_buf_printf(&count, "%llu", (unsigned long long)last);
    int code = cli_fail(c, CLI_NO, CLI_W_WATCH_BEYOND, cli_option(c, "from"),
                        mv_buf_cstr(&count), NULL);
    mv_buf_done(&count);
    return code;
}

/* --from N, else from now on. */
static int find_start(struct watching *w)
{
    struct cli_pages rows = {0};
    struct cli_args none = {0};
    struct mv_span row;
    int64_t from = 0;
    if (!cli_option_int(w->c, "from", 1, INT64_MAX, &from))
        return CLI_USAGE;
    int code = cli_ask_args(w->link, "state", &none, &rows);
    struct mv_list l = cli_pages_walk(&rows);
    if (code == CLI_OK && mv_list_next(&l, &row))
        w->told = cli_get_u64(row, "changes");
    if (code == CLI_OK && from > 0 && (uint64_t)from - 1 > w->told)
        code = refuse_start(w->c, w->told);
    if (from > 0)
        w->told = (uint64_t)from - 1;
    cli_pages_done(&rows);
    return code;
}

static int watch_run(struct cli *c)
{
    struct watching w = {.c = c};
    int64_t most = 0;
    if (!cli_option_int(c, "once", 1, INT32_MAX, &most))
        return CLI_USAGE;
    w.most = (uint64_t)most;
    int code = cli_link_open(c, CLI_EVALUATOR, NULL, &w.link);
    if (code == CLI_OK)
        code = open_live(&w);
    if (code == CLI_OK)
        code = find_start(&w);
    if (code == CLI_OK && cli_hint_options(c, false))
        code = CLI_NO; /* nothing of it would ever come */
    if (code == CLI_OK) {
        cli_stop_watch();
        cli_say_day(c);
        code = follow(&w);
    }
    mv_sock_close(w.sub);
    if (w.net != NULL)
        mv_net_close(w.net);
    cli_link_close(w.link);
    return code;
}

static const struct cli_option options[] = {
    {"region", "REGION", "bare denne regionen", "this region only"},
    {"unit", "UNIT", "bare denne enheten", "this unit only"},
    {"target", "TARGET", "bare dette målet", "this target only"},
    {"from", "N", "fra endring nr. N (ellers fra nå)",
     "from change no. N on (else from now)"},
    {"once", "N", "slutt etter N endringer", "end after N changes"},
};

const struct cli_command cli_cmd_watch = {
    .name = "watch",
    .usage = "[--region REGION] [--unit UNIT] [--target TARGET] [--from N] "
             "[--once N]",
    .nb = "Se hver endring når den skjer, til Ctrl-C",
    .en = "See each change as it happens, until Ctrl-C",
    .man = "maalvakt-watch",
    .example = "maalvakt watch --unit ahus\n"
               "maalvakt watch --from 1 --json\n",
    .options = options,
    .option_count = CLI_COUNT(options),
    .least = 0,
    .most = 0,
    .run = watch_run,
};
