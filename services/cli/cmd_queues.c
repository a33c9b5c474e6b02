/* cmd_queues - `maalvakt queues`, and `maalvakt top`: what waits, the oldest
 * first. Job: questions to all services, one table, once or every second.
 * Invariant: a service that is away is said to be. Changes nothing. */
#include "services/cli/phrase.h"
#include "services/cli/queue_table.h"
#include "services/cli/stop.h"

/* As cli_queues_read. */
static int print(struct cli *c, struct cli_fleet *f, bool again)
{
    struct cli_pages rows = {0};
    struct mv_buf now = {0};
    int code = cli_queues_read(f, &rows);
    if (c->json) {
        cli_pages_json(c, &rows);
    } else if (code != CLI_DENIED) {
        if (again && c->width > 0)
            (void)fputs("\x1b[H\x1b[2J", c->out);
        cli_say_day(c);
        if (again) {
            cli_time(cli_now_ms(c), &now);
            cli_say(c, CLI_W_TOP_HEAD, mv_buf_cstr(&now), NULL);
        }
        cli_queues_show(c, &rows, cli_now_ms(c));
        cli_fleet_say_alone(f);
    }
    (void)fflush(c->out);
    mv_buf_done(&now);
    cli_pages_done(&rows);
    return code;
}

static int worse(int opened, int asked)
{
    return asked != CLI_OK ? asked : opened;
}

static int queues_run(struct cli *c)
{
    struct cli_fleet f;
    int code = cli_fleet_open(c, &f);
    if (f.links[CLI_INGEST] != NULL || f.links[CLI_EVALUATOR] != NULL ||
        f.links[CLI_NOTIFIER] != NULL)
        code = worse(code, print(c, &f, false));
    cli_fleet_close(&f);
    return code;
}

static int top_run(struct cli *c)
{
    struct cli_fleet f;
    int64_t every = 1, times = 0;
    if (!cli_option_int(c, "every", 1, 3600, &every) ||
        !cli_option_int(c, "once", 1, INT32_MAX, &times))
        return CLI_USAGE;
    int code = cli_fleet_open(c, &f);
    if (code == CLI_OK) {
        cli_stop_watch();
        for (int64_t i = 1; !cli_stop_asked(); i++) {
            if (print(c, &f, true) == CLI_DENIED)
                code = CLI_DENIED;
            if (ferror(c->out)) /* it goes nowhere any more */
                code = CLI_IO;
            if (i == times || code != CLI_OK)
                break;
            cli_nap(every * 1000);
        }
    }
    cli_fleet_close(&f);
    return code;
}

const struct cli_command cli_cmd_queues = {
    .name = "queues",
    .usage = "",
    .nb = "Hva som venter, det eldste først, i hver kø",
    .en = "What waits, the oldest first, in each queue",
    .man = "maalvakt-queues",
    .example = "maalvakt queues\n"
               "maalvakt queues --json\n",
    .least = 0,
    .most = 0,
    .run = queues_run,
};

static const struct cli_option top_options[] = {
    {"every", "S", "sekunder mellom hver gang (ellers 1)",
     "seconds in between (else 1)"},
    {"once", "N", "slutt etter N ganger", "end after N times"},
};

const struct cli_command cli_cmd_top = {
    .name = "top",
    .usage = "[--every S]",
    .nb = "Køene, om igjen hvert sekund til Ctrl-C",
    .en = "The queues, again every second until Ctrl-C",
    .man = "maalvakt-queues",
    .example = "maalvakt top --every 5\n",
    .options = top_options,
    .option_count = CLI_COUNT(top_options),
    .least = 0,
    .most = 0,
    .run = top_run,
};
