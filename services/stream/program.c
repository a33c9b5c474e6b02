/* program - mv_service_main (service.h). Job: a service's command line, its
 * settings, its signals, its exit code. Invariant: settings are read and
 * checked whole before anything is opened. A crash: see service.c. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "services/base/clock.h"
#include "services/base/event.h"
#include "services/base/hash.h"
#include "services/base/points.h"
#include "services/base/store/health.h"
#include "services/stream/run.h"

struct asked {
    struct mv_conf_asked settings;
    bool check, print, version, help;
};

static void print_help(FILE *to, const char *name)
{
    (void)fprintf(
        to,
        "usage: maalvakt-%s --config FILE [--set NAME=VALUE]...\n"
        "  --config FILE      the settings\n"
        "  --set NAME=VALUE   one setting, over the file's\n"
        "  --check-config     read the settings, say what is wrong, end\n"
        "  --print-config     print an example of the settings, end\n"
        "  --version, --help\n"
        "ends with 0, 74 (store or commit failed: start again), 78 "
        "(settings)\n",
        name);
}

static bool read_arguments(int argc, char **argv, struct asked *a)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"set", required_argument, NULL, 's'},
        {"check-config", no_argument, NULL, 'k'},
        {"print-config", no_argument, NULL, 'p'},
        {"version", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0}};
    int c;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 'c')
            a->settings.file = optarg;
        else if (c == 's' && mv_conf_ask(&a->settings, optarg))
            continue;
        else if (c == 'k')
            a->check = true;
        else if (c == 'p')
            a->print = true;
        else if (c == 'v')
            a->version = true;
        else if (c == 'h')
            a->help = true;
        else
            return false;
    }
    return optind == argc;
}

/* Blocked before any thread starts, so that only the loop hears them. */
static mv_rc open_signals(int *ret, struct mv_err *err)
{
    sigset_t set;
    (void)signal(SIGPIPE, SIG_IGN);
    mv_store_signals();
    (void)sigemptyset(&set);
    if (!MV_BROKEN("stop_at_once"))
        (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    *ret = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (*ret < 0) /* nobody could stop it */
        return mv_fail(err, MV_FATAL, "signals: %s", strerror(errno));
    return MV_OK;
}

static mv_rc serve(const struct mv_service_def *def, const void *values,
                   struct mv_err *err)
{
    struct mv_service *s = NULL;
    int signals = -1;
    mv_rc rc = MV_OK;
    MV_TRY(open_signals(&signals, err));
    MV_TRY(mv_hash_init(err));
    MV_TRY(mv_clock_init(err));
    MV_TRY(mv_service_open(&s, def, values, signals, err));
    rc = mv_service_run(s);
    mv_service_close(s);
    mv_event_write(MV_EV_STOPPED, NULL, 0);
    (void)close(signals);
    return rc;
out:
    MV_LOG(FAILED, mv_kv_text("error", err->text));
    if (signals >= 0)
        (void)close(signals);
    return rc;
}

static mv_rc with_settings(const struct mv_service_def *def,
                           const struct asked *a)
{
    struct mv_err err = {0};
    void *values = mv_xcalloc(1, def->settings_bytes);
    mv_rc rc = mv_conf_read(def->settings, &a->settings, values, &err);
    const struct mv_common *common = values;
    mv_level level = MV_LEVEL_INFO;
    if (rc == MV_OK && !mv_level_parse(common->log_level, &level)) {
        rc = mv_fail(&err, MV_CONFIG,
                     "%s: log_level: error, warning, notice "
                     "or info",
                     a->settings.file);
    }
    mv_event_init(def->name, level);
    if (rc != MV_OK) {
        (void)fprintf(stderr, "maalvakt-%s: %s\n", def->name, err.text);
        MV_LOG(CONFIG_BAD, mv_kv_text("error", err.text));
    } else if (!a->check) {
        rc = serve(def, values, &err);
    }
    mv_conf_done(def->settings, values);
    free(values);
    return rc;
}

/* What was asked for is there whole, or that is said. */
static int printed(const char *name)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EX_OK;
    (void)fprintf(stderr, "maalvakt-%s: %s\n", name, strerror(errno));
    return EX_IOERR;
}

int mv_service_main(int argc, char **argv, const struct mv_service_def *def)
{
    struct asked a = {0};
    struct mv_buf out = {0};
    bool good = read_arguments(argc, argv, &a);
    if (!good ||
        (a.settings.file == NULL && !a.print && !a.version && !a.help)) {
        print_help(stderr, def->name);
        return EX_USAGE;
    }
    if (a.help) {
        print_help(stdout, def->name);
    } else if (a.version) {
        (void)printf("maalvakt-%s %s\n", def->name, MV_VERSION);
    } else if (a.print) {
        mv_conf_print(def->settings, &out);
        (void)fwrite(out.at, 1, out.len, stdout);
        mv_buf_done(&out);
    } else {
        return mv_exit_code(with_settings(def, &a));
    }
    return printed(def->name);
}
