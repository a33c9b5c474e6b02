/* cmd_health - `maalvakt health --stage N`: is all well? Job: each service is
 * asked, then streams are held against heads. Invariant: silence is never
 * health. Changes nothing. */
#include <time.h>

#include "services/base/clock.h"
#include "services/cli/fleet.h"
#include "services/cli/health_text.h"

#define CATCH_UP_MS 2000
#define LOOK_MS     50
#define NOT_HEALTHY 2 /* exit code; see maalvakt-health(1) */

/* Findings of one service up to the stage asked for. CLI_DENIED: none, and of
 * the others there would be none either; that is said. */
static int ask_one(struct cli_fleet *f, cli_service s, int64_t stage,
                   struct cli_pages *ret)
{
    const char *name = cli_service_name(s);
    struct cli_pages rows = {0};
    struct mv_span row;
    int code = cli_fleet_ask(f, s, "health", true, &rows);
    if (code == CLI_DENIED)
        return code;
    if (code != CLI_OK) {
        cli_fleet_drop(f, s); /* it has been waited for once */
        cli_health_put(ret, name, 1, mv_span_text("answers"), false,
                       mv_span_text(cli_w(f->c, CLI_W_H_NO_ANSWER)));
        return CLI_OK;
    }
    struct mv_list l = cli_pages_walk(&rows);
    while (mv_list_next(&l, &row)) {
        int64_t of = cli_get_i64(row, "stage");
        if (of <= stage)
            cli_health_put(ret, name, of, cli_get_text(row, "name"),
                           cli_get_bool(row, "ok"), cli_get_text(row, "text"));
    }
    cli_pages_done(&rows);
    return CLI_OK;
}

static bool reached(const struct cli_stream *then, const struct cli_stream *now)
{
    for (int i = 0; i < CLI_STREAMS; i++)
        if (now[i].code != CLI_OK || now[i].seq < then[i].head)
            return false;
    return true;
}

/* Every reader must come to where its log's head is now, within 2 s. */
static void look_at_streams(struct cli_fleet *f, struct cli_pages *ret)
{
    struct cli_stream then[CLI_STREAMS], now[CLI_STREAMS];
    const struct timespec nap = {.tv_nsec = LOOK_MS * 1000000};
    int64_t end = mv_clock_mono_ms() + CATCH_UP_MS;
    cli_streams_read(f, then);
    cli_streams_read(f, now);
    while (!reached(then, now) && mv_clock_mono_ms() < end) {
        (void)nanosleep(&nap, NULL);
        cli_streams_read(f, now);
    }
    for (int i = 0; i < CLI_STREAMS; i++) {
        struct mv_buf text = {0}, behind = {0};
        bool known = now[i].code == CLI_OK;
        bool ok = known && now[i].seq >= then[i].head;
        if (!known) {
            cli_word_put(&text, f->c, CLI_W_H_NOT_KNOWN,
                         cli_service_name(now[i].silent), NULL);
        } else if (!ok) {
            mv_buf_printf(&behind, "%llu",
                          (unsigned long long)(then[i].head - now[i].seq));
            cli_word_put(&text, f->c, CLI_W_H_BEHIND, mv_buf_cstr(&behind),
                         NULL);
        }
        cli_health_put(ret, cli_service_name(now[i].to), 4,
                       mv_span_text(now[i].log), ok, mv_buf_span(&text));
        mv_buf_done(&text);
        mv_buf_done(&behind);
    }
}

static int look(struct cli_fleet *f, int64_t stage)
{
    struct cli_pages rows = {0};
    int code = CLI_OK;
    for (int s = 0; s <= CLI_UNTOLD && code == CLI_OK; s++)
        if (cli_fleet_asks(f, (cli_service)s))
            code = ask_one(f, (cli_service)s, stage, &rows);
    if (code == CLI_OK) {
        if (stage >= 4 && !f->alone) /* it takes two */
            look_at_streams(f, &rows);
        code = cli_health_good(&rows) ? CLI_OK : NOT_HEALTHY;
        cli_say_day(f->c);
        if (f->c->json)
            cli_pages_json(f->c, &rows);
        else
            cli_health_show(f->c, &rows);
        cli_fleet_say_alone(f);
    }
    cli_pages_done(&rows);
    return code;
}

static int health_run(struct cli *c)
{
    struct cli_fleet f;
    int64_t stage = 4;
    if (!cli_option_int(c, "stage", 1, 4, &stage))
        return CLI_USAGE;
    int code = cli_fleet_open(c, &f);
    if (code == CLI_CONFIG || code == CLI_USAGE) { /* no such place */
        cli_fleet_close(&f);
        return code;
    }
    if (f.down && !c->json) {
        cli_fleet_close(&f);
        return NOT_HEALTHY;
    }
    code = look(&f, stage);
    cli_fleet_close(&f);
    return code;
}

static const struct cli_option options[] = {
    {"stage", "1..4", "hvor langt det skal ses etter (ellers 4, alt)",
     "how far to look (else 4, all of it)"},
};

const struct cli_command cli_cmd_health = {
    .name = "health",
    .usage = "[--stage 1..4]",
    .nb = "Er alt vel? Tjenester, lagring, strømmer, alarmer (kode 0 eller 2)",
    .en = "Is all well? Services, stores, streams, alarms (exit 0 or 2)",
    .man = "maalvakt-health",
    .example = "maalvakt health\n"
               "maalvakt health --stage 1 --json\n",
    .options = options,
    .option_count = CLI_COUNT(options),
    .least = 0,
    .most = 0,
    .run = health_run,
};
