/* supervise - see supervise.h. Job: children's lives. Invariant: no child
 * outlives its `up`: they get SIGTERM with it, by us or by the kernel when we
 * are killed. A crash leaves ready files; the next start removes them. */
#include "services/cli/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "services/base/file.h"
#include "services/cli/progress.h"
#include "services/cli/settings.h"
#include "services/cli/stop.h"

#define READY_MS     60000
#define STOP_MS      10000
#define LOOK_MS      50
#define LOG_MAX      (8 << 20)
#define LOG_TAIL     2000
#define BACK_OFF_MAX 30000

int64_t cli_watch_back_off(unsigned deaths)
{
    int64_t ms = 1000;
    while (deaths-- > 1 && ms < BACK_OFF_MAX)
        ms *= 2;
    return ms < BACK_OFF_MAX ? ms : BACK_OFF_MAX;
}

bool cli_watch_death(struct cli_child *child, int64_t now)
{
    unsigned last = (child->deaths + CLI_DEATHS_MAX - 1) % CLI_DEATHS_MAX;
    /* quiet for so long: it begins anew */
    if (child->deaths > 0 && now - child->deaths_ms[last] > CLI_DEATHS_MS)
        child->deaths = 0;
    child->deaths_ms[child->deaths++ % CLI_DEATHS_MAX] = now;
    if (child->deaths < CLI_DEATHS_MAX)
        return false;
    return now - child->deaths_ms[child->deaths % CLI_DEATHS_MAX] <=
           CLI_DEATHS_MS;
}

static char *service_path(const struct cli_watch *w, const struct cli_child *k,
                          const char *what)
{
    return cli_path(w->setup->dir, "%s/%s", cli_service_name(k->service), what);
}

static char *log_path(const struct cli_watch *w, const struct cli_child *k)
{
    return cli_path(w->setup->dir, "log/%s.log", cli_service_name(k->service));
}

/* The binary beside this one, wherever it was installed. */
static char *binary_path(const struct cli_child *k)
{
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    if (len < 0)
        return NULL;
    self[len] = '\0';
    return cli_path(dirname(self), "maalvakt-%s", cli_service_name(k->service));
}

static char *conf_path(const struct cli_watch *w, const struct cli_child *k)
{
    const char *name = cli_service_name(k->service);
    return cli_path(w->setup->dir, "%s/%s.conf", name, name);
}

int cli_watch_check(const struct cli_watch *w)
{
    struct mv_err err = {0};
    mv_rc rc = MV_OK;
    for (int i = 0; i < CLI_SERVICES && rc == MV_OK; i++) {
        const struct cli_child *k = &w->children[i];
        char *binary = binary_path(k), *conf = conf_path(w, k);
        if (binary != NULL)
            rc = cli_settings_check(binary, conf, &err);
        free(binary);
        free(conf);
    }
    return rc == MV_OK ? CLI_OK : cli_fail_err(w->c, rc, &err);
}

int cli_watch_open(struct cli_watch *w, struct cli *c,
                   const struct cli_setup *setup)
{
    sigset_t set;
    *w = (struct cli_watch){.c = c, .setup = setup, .signal_fd = -1};
    for (int i = 0; i < CLI_SERVICES; i++)
        w->children[i].service = (cli_service)i;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGHUP);
    (void)sigaddset(&set, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    w->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return w->signal_fd >= 0 ? CLI_OK : CLI_IO;
}

/* In the child: its log for stdout and stderr, our signals as they were, and
 * an end with us. */
static void become(const char *binary, const char *conf, const char *log,
                   pid_t parent)
{
    sigset_t none;
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
    int null = open("/dev/null", O_RDONLY);
    (void)sigemptyset(&none);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)setpgid(0, 0); /* Ctrl-C is for `up` alone */
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (fd < 0 || null < 0 || dup2(fd, STDOUT_FILENO) < 0 ||
        dup2(fd, STDERR_FILENO) < 0 || dup2(null, STDIN_FILENO) < 0 ||
        getppid() != parent)
        _exit(CLI_IO);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)execl(binary, binary, "--config", conf, (char *)NULL);
    (void)dprintf(STDERR_FILENO, "cannot run %s: %s\n", binary,
                  strerror(errno));
    _exit(CLI_CONFIG);
}

static void rotate(const char *log)
{
    struct stat st;
    struct mv_buf old = {0};
    if (stat(log, &st) != 0 || st.st_size < LOG_MAX)
        return;
    mv_buf_printf(&old, "%s.1", log);
    (void)rename(log, mv_buf_cstr(&old));
    mv_buf_done(&old);
}

static void start(struct cli_watch *w, struct cli_child *k)
{
    char *binary = binary_path(k), *log = log_path(w, k);
    char *conf = conf_path(w, k);
    char *ready = service_path(w, k, "ready");
    pid_t self = getpid();
    (void)unlink(ready);
    rotate(log);
    k->ready = false;
    (void)fflush(NULL);
    pid_t pid = binary != NULL ? fork() : -1;
    if (pid == 0)
        become(binary, conf, log, self);
    k->pid = pid > 0 ? pid : 0;
    k->again_ms = pid > 0 ? 0 : cli_mono_ms() + cli_watch_back_off(1);
    free(binary);
    free(conf);
    free(ready);
    free(log);
}

/* The end of its log, so that nobody has to look for it. */
static void show_log(struct cli_watch *w, const struct cli_child *k)
{
    char text[LOG_TAIL + 1];
    char *path = log_path(w, k);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    free(path);
    if (fd < 0)
        return;
    off_t size = lseek(fd, 0, SEEK_END);
    off_t from = size > LOG_TAIL ? size - LOG_TAIL : 0;
    ssize_t len = pread(fd, text, LOG_TAIL, from);
    (void)close(fd);
    if (len <= 0)
        return;
    text[len] = '\0';
    const char *at = text;
    unsigned lines = 0;
    for (ssize_t i = len - 2; i >= 0 && lines < 5; i--)
        if (text[i] == '\n' && ++lines == 5)
            at = text + i + 1;
    (void)fprintf(w->c->err, "%s", at);
}

static void say_death(struct cli_watch *w, const struct cli_child *k,
                      int status)
{
    struct mv_buf how = {0}, wait = {0};
    if (WIFSIGNALED(status))
        mv_buf_printf(&how, "signal %d", WTERMSIG(status));
    else
        mv_buf_printf(&how, "%s %d", cli_w(w->c, CLI_W_UP_EXIT),
                      WEXITSTATUS(status));
    mv_buf_printf(&wait, "%lld",
                  (long long)cli_watch_back_off(k->deaths) / 1000);
    cli_warn(w->c, k->failed ? CLI_W_UP_GAVE_UP : CLI_W_UP_DIED,
             cli_service_name(k->service), mv_buf_cstr(&how),
             mv_buf_cstr(&wait), NULL);
    mv_buf_done(&how);
    mv_buf_done(&wait);
}

static void died(struct cli_watch *w, struct cli_child *k, int status)
{
    char *ready = service_path(w, k, "ready");
    (void)unlink(ready);
    free(ready);
    k->pid = 0;
    k->ready = false;
    if (w->stopping)
        return;
    /* a wrong setting does not heal by being tried again */
    bool wrong = WIFEXITED(status) && WEXITSTATUS(status) == CLI_CONFIG;
    k->failed = cli_watch_death(k, cli_mono_ms()) || wrong;
    k->again_ms = cli_mono_ms() + cli_watch_back_off(k->deaths);
    say_death(w, k, status);
    if (k->failed)
        show_log(w, k);
}

static void reap(struct cli_watch *w)
{
    pid_t pid;
    int status;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (int i = 0; i < CLI_SERVICES; i++)
            if (w->children[i].pid == pid)
                died(w, &w->children[i], status);
    }
}

static void look(struct cli_watch *w)
{
    for (int i = 0; i < CLI_SERVICES; i++) {
        struct cli_child *k = &w->children[i];
        if (k->pid == 0 && !k->failed && !w->stopping &&
            cli_mono_ms() >= k->again_ms)
            start(w, k);
        if (k->pid == 0 || k->ready)
            continue;
        char *ready = service_path(w, k, "ready");
        k->ready = access(ready, F_OK) == 0;
        free(ready);
    }
}

/* One turn: signals, deaths, starts, ready files. */
static void turn(struct cli_watch *w, int wait_ms)
{
    struct pollfd p = {.fd = w->signal_fd, .events = POLLIN};
    struct signalfd_siginfo info;
    (void)poll(&p, 1, wait_ms);
    while (read(w->signal_fd, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGINT || info.ssi_signo == SIGTERM) {
            w->hurry = w->stopping;
            w->stopping = true;
        } else if (info.ssi_signo == SIGHUP) {
            w->stopping = w->stopping || getppid() != 1;
        }
    }
    reap(w);
    look(w);
}

static unsigned count_if(const struct cli_watch *w, bool ready)
{
    unsigned n = 0;
    for (int i = 0; i < CLI_SERVICES; i++)
        n += ready ? w->children[i].ready : w->children[i].failed;
    return n;
}

int cli_watch_start(struct cli_watch *w)
{
    struct cli_progress progress;
    int64_t until = cli_mono_ms() + READY_MS;
    cli_progress_begin(&progress, w->c, cli_w(w->c, CLI_W_UP_STARTING),
                       CLI_SERVICES);
    look(w);
    while (count_if(w, true) < CLI_SERVICES && count_if(w, false) == 0 &&
           cli_mono_ms() < until && !w->stopping) {
        turn(w, LOOK_MS);
        cli_progress_at(&progress, count_if(w, true));
    }
    cli_progress_end(&progress);
    if (count_if(w, true) == CLI_SERVICES || w->stopping)
        return CLI_OK;
    if (count_if(w, false) > 0)
        return CLI_CONFIG;
    for (int i = 0; i < CLI_SERVICES; i++) {
        if (!w->children[i].ready) {
            cli_warn(w->c, CLI_W_UP_NOT_READY,
                     cli_service_name(w->children[i].service), NULL);
            show_log(w, &w->children[i]);
        }
    }
    return CLI_AWAY;
}

int cli_watch_run(struct cli_watch *w)
{
    while (!w->stopping && count_if(w, false) == 0)
        turn(w, 1000);
    return w->stopping ? CLI_OK : CLI_AWAY;
}

static bool any_runs(const struct cli_watch *w)
{
    for (int i = 0; i < CLI_SERVICES; i++)
        if (w->children[i].pid != 0)
            return true;
    return false;
}

static void tell(const struct cli_watch *w, int signo)
{
    for (int i = 0; i < CLI_SERVICES; i++)
        if (w->children[i].pid != 0)
            (void)kill(w->children[i].pid, signo);
}

void cli_watch_stop(struct cli_watch *w)
{
    int64_t until = cli_mono_ms() + STOP_MS;
    w->stopping = true;
    w->hurry = false;
    tell(w, SIGTERM);
    while (any_runs(w) && cli_mono_ms() < until && !w->hurry)
        turn(w, LOOK_MS);
    if (any_runs(w))
        tell(w, SIGKILL);
    while (any_runs(w))
        turn(w, LOOK_MS);
    if (w->signal_fd >= 0)
        (void)close(w->signal_fd);
}
