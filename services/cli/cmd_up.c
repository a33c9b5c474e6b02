/* cmd_up - `maalvakt up DIR` and `maalvakt down DIR`. Job: an installation on
 * this machine, until Ctrl-C. Invariant: what is printed as running serves.
 * A crash of `up` ends the services with it; nothing accepted is lost. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "services/base/clock.h"
#include "services/cli/args.h"
#include "services/cli/rows.h"
#include "services/cli/supervise.h"
#include "services/cli/table.h"

#define DOWN_WAIT_MS 20000
#define DOWN_LOOK_MS 50

static void print_table(struct cli *c, const struct cli_watch *w)
{
    const struct cli_place *p = &w->setup->place;
    const struct cli_column columns[] = {
        {cli_w(c, CLI_W_COL_SERVICE), false, true, 0},
        {"pid", true, true, 0},
        {cli_w(c, CLI_W_COL_DOOR), false, true, 0},
        {cli_w(c, CLI_W_COL_ADDRESS), false, true, 0},
        {cli_w(c, CLI_W_COL_FOR), false, false, 0},
    };
    const struct {
        cli_service service;
        const char *door, *at;
        cli_word what;
    } doors[] = {
        {CLI_INGEST, "public", p->ingest_public, CLI_W_FOR_TRUSTS},
        {CLI_INGEST, "control", p->ingest_control, CLI_W_FOR_CONTROL},
        {CLI_EVALUATOR, "control", p->evaluator_control, CLI_W_FOR_CONTROL},
        {CLI_EVALUATOR, "live", p->evaluator_live, CLI_W_FOR_LIVE},
        {CLI_NOTIFIER, "public", p->notifier_public, CLI_W_FOR_SUBSCRIBERS},
        {CLI_NOTIFIER, "control", p->notifier_control, CLI_W_FOR_CONTROL},
    };
    struct cli_table *t = cli_table_open(columns, CLI_COUNT(columns));
    for (size_t i = 0; i < CLI_COUNT(doors); i++) {
        cli_table_text(t, cli_service_name(doors[i].service));
        cli_table_u64(t, (uint64_t)w->children[doors[i].service].pid);
        cli_table_text(t, doors[i].door);
        cli_table_text(t, doors[i].at);
        cli_table_text(t, cli_w(c, doors[i].what));
    }
    cli_table_print(c, t);
    cli_table_close(t);
}

static void print_json(struct cli *c, const struct cli_watch *w)
{
    const struct cli_place *p = &w->setup->place;
    cli_json_line(
        c,
        json_pack("{s:s,s:I,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:I}", "dir",
                  w->setup->dir, "pid", (json_int_t)getpid(), "ingest_public",
                  p->ingest_public, "ingest_control", p->ingest_control,
                  "evaluator_control", p->evaluator_control, "evaluator_live",
                  p->evaluator_live, "notifier_public", p->notifier_public,
                  "notifier_control", p->notifier_control, "today", p->today,
                  "shift_ms", (json_int_t)p->shift_ms));
    (void)fflush(c->out);
}

static void say_what_runs(struct cli *c, const struct cli_watch *w,
                          bool detached)
{
    const struct cli_setup *s = w->setup;
    struct mv_clock now = {.shift_ms = s->place.shift_ms};
    char day[MV_DAY_TEXT_BYTES];
    if (c->json) {
        print_json(c, w);
        return;
    }
    print_table(c, w);
    (void)fputc('\n', c->out);
    mv_clock_read(&now);
    if (now.shift_ms != 0)
        cli_say(c, CLI_W_OTHER_DAY, mv_day_text(mv_clock_day(now.wall_ms), day),
                NULL);
    cli_say(c, CLI_W_UP_DIR, s->dir, NULL);
    cli_say(c, detached ? CLI_W_UP_NEXT : CLI_W_UP_NEXT_WINDOW, NULL);
    struct mv_buf next = {0};
    cli_args_places(c,
                    "  maalvakt catalogue apply CATALOGUE\n"
                    "  maalvakt push FIGURES.csv --as UNIT\n"
                    "  maalvakt status\n",
                    &next);
    (void)fprintf(c->out, "  export MAALVAKT_DIR=%s\n%s", s->dir,
                  mv_buf_cstr(&next));
    mv_buf_done(&next);
    if (detached)
        cli_say(c, CLI_W_UP_DOWN, s->dir, NULL);
    else
        cli_say(c, CLI_W_UP_CTRL_C, NULL);
}

/* The parent of a detached run waits here for what it came to. */
static int wait_for(int fd)
{
    uint8_t code = CLI_AWAY;
    ssize_t n = read(fd, &code, 1);
    (void)close(fd);
    return n == 1 ? code : CLI_AWAY;
}

/* Away from the terminal, once it is known how it went. */
static void let_go(const struct cli_setup *s, int *fd)
{
    uint8_t byte = CLI_OK;
    char *log = cli_path(s->dir, "log/up.log");
    int to =
        open(log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    (void)fflush(NULL);
    if (to >= 0 && null >= 0) {
        (void)dup2(null, STDIN_FILENO);
        (void)dup2(to, STDOUT_FILENO);
        (void)dup2(to, STDERR_FILENO);
    }
    (void)close(to);
    (void)close(null);
    free(log);
    if (write(*fd, &byte, 1) != 1)
        _exit(CLI_IO);
    (void)close(*fd);
    *fd = -1;
}

/* *detach_fd: -1, or where a parent waits to hear; then -1 once it has. */
static int watch(struct cli *c, struct cli_setup *s, int *detach_fd)
{
    struct cli_watch w;
    int code = cli_setup_sign(c, s);
    if (code == CLI_OK)
        code = cli_watch_open(&w, c, s);
    if (code == CLI_OK)
        code = cli_watch_check(&w);
    if (code != CLI_OK)
        return code;
    code = cli_watch_start(&w);
    if (code == CLI_OK && !w.stopping) {
        say_what_runs(c, &w, *detach_fd >= 0);
        if (*detach_fd >= 0)
            let_go(s, detach_fd);
        code = cli_watch_run(&w);
    }
    if (!c->json && code == CLI_OK)
        cli_say(c, CLI_W_UP_STOPPING, NULL);
    cli_watch_stop(&w);
    if (!c->json && code == CLI_OK)
        cli_say(c, CLI_W_UP_STOPPED, NULL);
    return code;
}

static int detach(struct cli *c, struct cli_setup *s)
{
    int ends[2];
    (void)fflush(NULL);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return CLI_IO;
    pid_t pid = fork();
    if (pid < 0)
        return CLI_IO;
    if (pid > 0) {
        (void)close(ends[1]);
        return wait_for(ends[0]);
    }
    (void)close(ends[0]);
    (void)setsid();
    int code = watch(c, s, &ends[1]);
    uint8_t byte = (uint8_t)code;
    (void)fflush(NULL);
    if (ends[1] >= 0 && write(ends[1], &byte, 1) != 1)
        code = CLI_IO;
    _exit(code);
}

static int up_run(struct cli *c)
{
    struct cli_setup s;
    int code = cli_setup_open(c, &s, c->args[0], cli_option(c, "today"),
                              cli_option(c, "listen"));
    int alone = -1;
    if (code == CLI_OK)
        code = cli_option(c, "detach") != NULL ? detach(c, &s)
                                               : watch(c, &s, &alone);
    cli_setup_close(&s);
    return code;
}

static const struct cli_option options[] = {
    {"today", "DAY", "lev på en annen dag, fra nå: 2025-03-15 (velges én gang)",
     "live on another day, from now: 2025-03-15 (chosen once)"},
    {"listen", "TCP", "der helseforetakene leverer, f.eks. tcp://*:4460",
     "where trusts deliver, e.g. tcp://*:4460"},
    {"detach", NULL, "i bakgrunnen; slutt med `maalvakt down DIR`",
     "in the background; end it with `maalvakt down DIR`"},
};

const struct cli_command cli_cmd_up = {
    .name = "up",
    .usage = "DIR [--today DAY] [--listen TCP] [--detach]",
    .nb = "Start alle tjenestene på denne maskinen, i én katalog",
    .en = "Start all services on this machine, in one directory",
    .man = "maalvakt-up",
    .example = "maalvakt up ./demo --today 2025-03-15\n",
    .options = options,
    .option_count = CLI_COUNT(options),
    .least = 1,
    .most = 1,
    .run = up_run,
};

static int down_run(struct cli *c)
{
    const char *dir = c->arg_count > 0 ? c->args[0] : cli_dir(c);
    long pid = cli_setup_running(dir);
    if (pid <= 0)
        return cli_fail(c, CLI_NO, CLI_W_DOWN_NOT_UP, dir, NULL);
    if (kill((pid_t)pid, SIGTERM) != 0)
        return cli_fail(c, CLI_DENIED, CLI_W_DOWN_FAILED, dir, NULL);
    for (int waited = 0; waited < DOWN_WAIT_MS; waited += DOWN_LOOK_MS) {
        if (cli_setup_running(dir) != pid) {
            cli_say(c, CLI_W_UP_STOPPED, NULL);
            return CLI_OK;
        }
        (void)usleep(DOWN_LOOK_MS * 1000);
    }
    return cli_fail(c, CLI_RETRY, CLI_W_DOWN_FAILED, dir, NULL);
}

const struct cli_command cli_cmd_down = {
    .name = "down",
    .usage = "[DIR]",
    .nb = "Stans det som `maalvakt up` startet i en katalog",
    .en = "End what `maalvakt up` started in a directory",
    .man = "maalvakt-up",
    .example = "maalvakt down ./demo\n",
    .least = 0,
    .most = 1,
    .run = down_run,
};
