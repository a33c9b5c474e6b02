/* view - see view.h. Job: one child, its bounds, its end. Invariant: one view
 * at a time in an installation, and it ends with us, by the kernel if we are
 * killed. A crash leaves DIR/view; the next one removes it. */
#include "services/cli/view.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "services/base/clock.h"
#include "services/base/day.h"
#include "services/cli/desk.h"
#include "services/cli/hush.h"
#include "services/cli/place.h"
#include "services/cli/progress.h"
#include "services/cli/source.h"
#include "services/cli/stop.h"

#define STILL_MS  60000 /* without a record more, and it gives up */
#define LOOK_MS   10
#define WORDS_MAX 32

struct cli_view {
    struct cli *c;
    char *home, *dir; /* DIR, whole, and DIR/view */
    int lock_fd;
    pid_t pid;
    uint64_t until;
    struct mv_buf skips;
    struct cli_link *link;
};

static void rest(void)
{
    const struct timespec t = {.tv_nsec = LOOK_MS * 1000000L};
    (void)nanosleep(&t, NULL);
}

/* ---- which record, and what was let pass ---- */

/* The last record of the day, or of the days before; 0: there is none. */
static int last_of_day(struct cli *c, struct cli_link *ingest, int32_t day,
                       uint64_t *head)
{
    struct cli_source *source = cli_source_open(ingest);
    uint64_t low = 0, high = *head;
    int code = CLI_OK;
    while (low < high && code == CLI_OK) {
        uint64_t middle = low + (high - low + 1) / 2;
        int64_t ms = cli_source_ms(source, middle);
        if (ms == 0)
            code = cli_fail(c, CLI_DENIED, CLI_W_VIEW_NO_RECORD, NULL);
        else if (mv_clock_day(ms) <= day)
            low = middle;
        else
            high = middle - 1;
    }
    cli_source_close(source);
    *head = low;
    return code;
}

static int find_until(struct cli *c, const char *as_of, uint64_t *ret)
{
    struct cli_link *ingest;
    struct cli_pages rows = {0};
    struct cli_args none = {0};
    struct mv_span row = mv_span("", 0);
    int32_t day = 0;
    if (as_of != NULL && !mv_day_parse(mv_span_text(as_of), &day))
        return cli_fail(c, CLI_USAGE, CLI_W_VIEW_BAD_DAY, as_of, NULL);
    int code = cli_link_open(c, CLI_INGEST, NULL, &ingest);
    if (code != CLI_OK)
        return code;
    code = cli_ask_args(ingest, "journal", &none, &rows);
    struct mv_list l = cli_pages_walk(&rows);
    (void)mv_list_next(&l, &row);
    *ret = cli_get_u64(row, "head");
    int32_t today = 0;
    if (code == CLI_OK && as_of != NULL &&
        mv_day_parse(cli_get_text(row, "today"), &today) && day > today)
        code = cli_fail(c, CLI_USAGE, CLI_W_VIEW_AHEAD, as_of, NULL);
    if (code == CLI_OK && as_of != NULL)
        code = last_of_day(c, ingest, day, ret);
    if (code == CLI_OK && *ret == 0)
        code = cli_fail(c, CLI_NO, CLI_W_VIEW_NOTHING,
                        as_of != NULL ? as_of : "", NULL);
    cli_pages_done(&rows);
    cli_link_close(ingest);
    return code;
}

/* The live one's skips: they and the journal are all that it depends on. */
static int find_skips(struct cli *c, struct mv_buf *ret)
{
    struct cli_link *l;
    struct cli_pages rows = {0};
    struct cli_args none = {0};
    struct mv_span row;
    int code = cli_link_open(c, CLI_EVALUATOR, NULL, &l);
    if (code != CLI_OK)
        return code;
    code = cli_ask_all(l, "quarantine", &none, &rows);
    struct mv_list walk = cli_pages_walk(&rows);
    while (mv_list_next(&walk, &row)) {
        if (mv_span_is(cli_get_text(row, "kind"), "skipped"))
            mv_buf_printf(ret, " %llu",
                          (unsigned long long)cli_get_u64(row, "seq"));
    }
    cli_pages_done(&rows);
    cli_link_close(l);
    return code;
}

/* ---- its directory ---- */

static int remove_one(const char *path, const struct stat *st, int flag,
                      struct FTW *at)
{
    (void)st;
    (void)flag;
    (void)at;
    return remove(path);
}

static void remove_dir(const char *dir)
{
    (void)nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static int make_dir(struct cli_view *v)
{
    struct mv_err err = {0};
    char *lock = cli_path(v->home, "view.lock");
    char *data = cli_path(v->dir, "data");
    v->lock_fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    free(lock);
    mv_rc rc = MV_OK;
    if (v->lock_fd < 0 || flock(v->lock_fd, LOCK_EX) != 0) {
        rc = mv_fail(&err, MV_FATAL, "view.lock: %s", strerror(errno));
    } else {
        remove_dir(v->dir);
        if (mkdir(v->dir, 0700) != 0 || mkdir(data, 0700) != 0)
            rc = mv_fail(&err, MV_FATAL, "%s: %s", v->dir, strerror(errno));
    }
    free(data);
    return rc == MV_OK ? CLI_OK : cli_fail_err(v->c, rc, &err);
}

/* ---- its life ---- */

/* In the child; it ends with us. */
static void become(const char *log, char *const argv[], pid_t parent)
{
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
    int null = open("/dev/null", O_RDONLY);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (fd < 0 || null < 0 || dup2(fd, STDOUT_FILENO) < 0 ||
        dup2(fd, STDERR_FILENO) < 0 || dup2(null, STDIN_FILENO) < 0 ||
        getppid() != parent)
        _exit(CLI_IO);
    (void)execv(argv[0], argv);
    _exit(CLI_CONFIG);
}

/* A command line; the words are its own. */
struct command {
    char *argv[WORDS_MAX + 1]; /* NULL ends them */
    size_t count;
};

static void add(struct command *m, char *word)
{
    MV_ASSERT(m->count < WORDS_MAX);
    m->argv[m->count++] = word;
}

static void add_setting(struct command *m, const char *name, const char *value)
{
    struct mv_buf b = {0};
    mv_buf_printf(&b, "%s=%s", name, value);
    add(m, mv_xstrdup("--set"));
    add(m, mv_xstrdup(mv_buf_cstr(&b)));
    mv_buf_done(&b);
}

/* Takes path. */
static void add_path(struct command *m, const char *name, char *path)
{
    add_setting(m, name, path);
    free(path);
}

static void command_done(struct command *m)
{
    for (size_t i = 0; i < m->count; i++)
        free(m->argv[i]);
}

/* Settings want paths from the root; takes path. */
static char *whole_path(char *path)
{
    char *whole = realpath(path, NULL);
    if (whole == NULL)
        return path;
    free(path);
    return whole;
}

/* The binary beside this one. */
static char *binary_path(void)
{
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    if (len < 0)
        return mv_xstrdup("");
    self[len] = '\0';
    return cli_path(dirname(self), "maalvakt-evaluator");
}

static void start(struct cli_view *v, const char *periods_to,
                  const char *frozen)
{
    struct command m = {{0}, 0};
    char *log = cli_path(v->dir, "log"), number[24];
    pid_t self = getpid();
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)v->until);
    add(&m, binary_path());
    add(&m, mv_xstrdup("view"));
    add(&m, mv_xstrdup("--config"));
    add(&m, cli_path(v->home, "evaluator/evaluator.conf"));
    add_path(&m, "data_dir", cli_path(v->dir, "data"));
    add_path(&m, "ready_file", cli_path(v->dir, "ready"));
    add_path(&m, "secret_key_file", whole_path(cli_key_file(v->c)));
    add_setting(&m, "control", "tcp://127.0.0.1:*");
    add_setting(&m, "live", "");
    add_setting(&m, "until", number);
    add_setting(&m, "periods_to", periods_to != NULL ? periods_to : "");
    add_setting(&m, "frozen", frozen != NULL ? frozen : "");
    add_setting(&m, "skips", mv_buf_cstr(&v->skips));
    (void)fflush(NULL);
    v->pid = fork();
    if (v->pid == 0)
        become(log, m.argv, self);
    command_done(&m);
    free(log);
}

/* What it said last, as it is in its log. */
static int say_end(struct cli_view *v)
{
    struct mv_buf text = {0};
    char *log = cli_path(v->dir, "log");
    int fd = open(log, O_RDONLY | O_CLOEXEC);
    char last[400] = "";
    if (fd >= 0) {
        off_t size = lseek(fd, 0, SEEK_END);
        off_t from = size > 399 ? size - 399 : 0;
        ssize_t len = pread(fd, last, sizeof last - 1, from);
        last[len > 0 ? len : 0] = '\0';
        (void)close(fd);
    }
    free(log);
    mv_buf_text(&text, last);
    while (text.len > 0 && text.at[text.len - 1] == '\n')
        text.len--;
    (void)cli_fail(v->c, CLI_IO, CLI_W_VIEW_ENDED, mv_buf_cstr(&text), NULL);
    mv_buf_done(&text);
    return CLI_IO;
}

static bool is_gone(struct cli_view *v)
{
    int status;
    if (v->pid <= 0 || waitpid(v->pid, &status, WNOHANG) != v->pid)
        return v->pid <= 0;
    v->pid = 0;
    return true;
}

static int wait_ready(struct cli_view *v)
{
    char *ready = cli_path(v->dir, "ready");
    int64_t end = cli_mono_ms() + STILL_MS;
    int code = CLI_OK;
    while (access(ready, F_OK) != 0 && code == CLI_OK) {
        if (is_gone(v) || cli_mono_ms() > end)
            code = say_end(v);
        rest();
    }
    if (code == CLI_OK)
        code = cli_link_own(v->c, CLI_EVALUATOR, ready, &v->link);
    free(ready);
    return code;
}

/* Until it has read what it may. */
static int wait_read(struct cli_view *v)
{
    struct cli_progress progress;
    int64_t end = cli_mono_ms() + STILL_MS;
    uint64_t seq = 0, last = 0;
    int code = CLI_OK;
    cli_progress_begin(&progress, v->c, cli_w(v->c, CLI_W_VIEW_READING),
                       v->until);
    while (code == CLI_OK && seq < v->until) {
        struct cli_pages held = {0};
        struct mv_span state;
        code = cli_state(v->link, &held, &state);
        if (code == CLI_OK)
            seq = cli_get_u64(state, "seq");
        cli_pages_done(&held);
        cli_progress_at(&progress, seq);
        if (seq > last)
            end = cli_mono_ms() + STILL_MS;
        last = seq;
        if (code == CLI_OK && seq < v->until) {
            if (is_gone(v) || cli_mono_ms() > end)
                code = say_end(v);
            rest();
        }
    }
    cli_progress_end(&progress);
    return code;
}

bool cli_view_may(struct cli *c)
{
    struct cli_link *ingest = NULL;
    struct cli_args args = {0};
    struct cli_pages rows = {0};
    struct cli_hush hush;
    if (cli_option(c, "endpoint") != NULL)
        return false;
    cli_hush_begin(c, &hush);
    cli_arg_text(&args, "log", "journal");
    int code = cli_link_open(c, CLI_INGEST, NULL, &ingest);
    if (code == CLI_OK)
        code = cli_ask_args(ingest, "head", &args, &rows);
    cli_link_close(ingest);
    cli_hush_end(c, &hush);
    cli_hush_done(c, &hush, false);
    cli_pages_done(&rows);
    cli_args_done(&args);
    return code == CLI_OK;
}

int cli_view_open(struct cli *c, const char *as_of, const char *periods_to,
                  const char *frozen, struct cli_view **ret)
{
    *ret = NULL;
    if (cli_option(c, "endpoint") != NULL)
        return cli_fail(c, CLI_USAGE, CLI_W_VIEW_REMOTE, NULL);
    struct cli_view *v = mv_xcalloc(1, sizeof *v);
    v->c = c;
    v->lock_fd = -1;
    int code = find_until(c, as_of, &v->until);
    if (code == CLI_OK)
        code = find_skips(c, &v->skips);
    if (code == CLI_OK) {
        v->home = whole_path(mv_xstrdup(cli_dir(c)));
        v->dir = cli_path(v->home, "view");
        code = make_dir(v);
    }
    if (code == CLI_OK) {
        start(v, periods_to, frozen);
        code = wait_ready(v);
    }
    if (code == CLI_OK)
        code = wait_read(v);
    if (code == CLI_OK)
        *ret = v;
    else
        cli_view_close(v);
    return code;
}

void cli_view_close(struct cli_view *v)
{
    if (v == NULL)
        return;
    cli_link_close(v->link);
    if (v->pid > 0) {
        (void)kill(v->pid, SIGKILL); /* of what it has nothing is kept */
        (void)waitpid(v->pid, NULL, 0);
    }
    if (v->dir != NULL && v->lock_fd >= 0)
        remove_dir(v->dir);
    if (v->lock_fd >= 0)
        (void)close(v->lock_fd);
    mv_buf_done(&v->skips);
    free(v->dir);
    free(v->home);
    free(v);
}

struct cli_link *cli_view_link(struct cli_view *v)
{
    return v->link;
}
