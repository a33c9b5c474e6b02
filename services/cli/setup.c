/* setup - see setup.h. Job: an installation in one directory. Invariant: one
 * `up` at a time (a lock on up.pid); keys, addresses and the shift are chosen
 * once and kept. A crash: the next run completes what is missing. */
#include "services/cli/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "services/base/clock.h"
#include "services/base/file.h"
#include "services/cli/settings.h"
#include "services/stream/keyfile.h"

/* inih cuts lines; a settings line is a name, this and a file's name */
#define DIR_BYTES_MAX 150

static int make_dir(struct cli *c, const char *path)
{
    struct mv_err err = {0};
    mv_rc rc = mv_dir_make(path, &err);
    return rc == MV_OK ? CLI_OK : cli_fail_err(c, rc, &err);
}

static int make_dirs(struct cli *c, const char *dir)
{
    static const char *const below[] = {
        "keys",           "log",         "spool",
        "ingest",         "ingest/data", "evaluator",
        "evaluator/data", "notifier",    "notifier/data"};
    int code = CLI_OK;
    for (size_t i = 0; i < CLI_COUNT(below) && code == CLI_OK; i++) {
        char *path = cli_path(dir, "%s", below[i]);
        code = make_dir(c, path);
        free(path);
    }
    return code;
}

static int lock_fd(const char *dir, int flags)
{
    char *path = cli_path(dir, "up.pid");
    int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    free(path);
    return fd;
}

/* An open file's lock, of the whole: kept by who inherits the file. To ask for
 * it (F_OFD_GETLK) takes nothing that another could find taken. */
static bool lock(int fd, int how, short *type)
{
    struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    bool done = fcntl(fd, how, &l) == 0;
    *type = l.l_type;
    return done;
}

long cli_setup_running(const char *dir)
{
    char text[24] = "";
    int fd = lock_fd(dir, O_RDWR);
    long pid = 0;
    short type;
    if (fd < 0)
        return 0;
    if (lock(fd, F_OFD_GETLK, &type) && type != F_UNLCK &&
        read(fd, text, sizeof text - 1) > 0)
        pid = strtol(text, NULL, 10);
    (void)close(fd);
    return pid;
}

static int take_lock(struct cli *c, struct cli_setup *s)
{
    char text[24];
    short type;
    s->lock_fd = lock_fd(s->dir, O_RDWR | O_CREAT);
    if (s->lock_fd >= 0 && lock(s->lock_fd, F_OFD_SETLK, &type))
        return CLI_OK;
    (void)snprintf(text, sizeof text, "%ld", cli_setup_running(s->dir));
    return cli_fail(c, CLI_RETRY, CLI_W_UP_IN_USE, s->dir, text, NULL);
}

int cli_setup_sign(struct cli *c, const struct cli_setup *s)
{
    struct mv_err err = {0};
    char text[24];
    int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(s->lock_fd, 0) == 0 &&
        pwrite(s->lock_fd, text, (size_t)len, 0) == len)
        return CLI_OK;
    (void)mv_fail(&err, MV_FATAL, "cannot write up.pid: %s", strerror(errno));
    return cli_fail_err(c, MV_FATAL, &err);
}

/* The day is chosen with the installation and passes from there. */
static int settle_day(struct cli *c, struct cli_setup *s, const char *today)
{
    struct mv_clock now = {.shift_ms = s->place.shift_ms};
    char text[MV_DAY_TEXT_BYTES];
    int32_t day;
    if (today != NULL && !mv_day_parse(mv_span_text(today), &day))
        return cli_fail(c, CLI_USAGE, CLI_W_UP_BAD_DAY, today, NULL);
    if (s->is_new) {
        s->place.today = mv_xstrdup(today != NULL ? today : "");
        s->place.shift_ms = today != NULL ? mv_clock_shift_to(day) : 0;
        return CLI_OK;
    }
    if (today == NULL || !strcmp(today, s->place.today))
        return CLI_OK;
    mv_clock_read(&now);
    if (mv_clock_day(now.wall_ms) == day)
        return CLI_OK;
    return cli_fail(c, CLI_CONFIG, CLI_W_UP_OTHER_DAY, s->dir,
                    mv_day_text(mv_clock_day(now.wall_ms), text), today, NULL);
}

static int make_keys(struct cli *c, const char *dir)
{
    static const struct {
        const char *name;
        unsigned roles;
    } all[] = {
        {"ingest", MV_ROLE_SERVICE},
        {"evaluator", MV_ROLE_SERVICE},
        {"notifier", MV_ROLE_SERVICE},
        {"steward", MV_ROLE_STEWARD},
        {"operator", MV_ROLE_OPERATOR | MV_ROLE_ASSESSOR | MV_ROLE_READER |
                         MV_ROLE_AUDITOR},
        {"subscriber", MV_ROLE_SUBSCRIBER},
    };
    char *file = cli_keyfile_path(dir);
    struct mv_err err = {0};
    bool made;
    mv_rc rc = mv_keyfile_make(file, &err);
    for (size_t i = 0; i < CLI_COUNT(all) && rc == MV_OK; i++)
        rc = cli_key_need(dir, all[i].name, all[i].roles, "", &made, &err);
    free(file);
    return rc == MV_OK ? CLI_OK : cli_fail_err(c, rc, &err);
}

/* What `up` owns in a service's settings file. */
static void put_common(struct mv_buf *out, const struct cli_setup *s,
                       const char *name, const char *control)
{
    mv_buf_printf(out, "data_dir = %s/%s/data\n", s->dir, name);
    mv_buf_printf(out, "keys_file = %s/public-keys\n", s->dir);
    mv_buf_printf(out, "secret_key_file = %s/keys/%s.secret\n", s->dir, name);
    mv_buf_printf(out, "control = %s\n", control);
    mv_buf_printf(out, "ready_file = %s/%s/ready\n", s->dir, name);
    mv_buf_printf(out, "shift_ms = %lld\n", (long long)s->place.shift_ms);
}

/* "log = endpoint" and the public key of the service that has the log. */
static mv_rc put_upstream(struct mv_buf *out, const struct cli_setup *s,
                          const char *name, const char *log,
                          const char *endpoint, struct mv_err *err)
{
    char *path = cli_key_path(s->dir, name);
    struct mv_keypair pair = {0};
    char hex[MV_KEY_HEX_BYTES];
    mv_rc rc = mv_keypair_load(&pair, path, err);
    if (rc == MV_OK) {
        mv_buf_printf(out, "%s = %s\n", log, endpoint);
        mv_buf_printf(out, "%s_key = %s\n", log,
                      mv_key_hex(pair.public_key, hex));
    }
    mv_keypair_wipe(&pair);
    free(path);
    return rc;
}

/* The first time it is said whose the lines are; then it is an operator's
 * file, in which ours are set anew. */
static mv_rc write_settings(const struct cli_setup *s, const char *name,
                            const struct mv_buf *text, struct mv_err *err)
{
    char *path = cli_path(s->dir, "%s/%s.conf", name, name);
    struct mv_buf first = {0};
    mv_buf_printf(&first,
                  "# maalvakt-%s. `maalvakt up` sets each time its addresses, "
                  "files, keys and\n"
                  "# shift_ms in here; every other line stays as it is, also "
                  "yours. Which settings\n"
                  "# there are: maalvakt-%s --print-config\n"
                  "any_filesystem = yes\n",
                  name, name);
    mv_rc rc =
        cli_settings_write(path, mv_buf_cstr(&first), mv_buf_span(text), err);
    mv_buf_done(&first);
    free(path);
    return rc;
}

static int make_settings(struct cli *c, const struct cli_setup *s)
{
    const struct cli_place *p = &s->place;
    struct mv_buf text = {0};
    struct mv_err err = {0};
    mv_rc rc = MV_OK;
    put_common(&text, s, "ingest", p->ingest_control);
    mv_buf_printf(&text, "listen = %s\n", p->ingest_public);
    MV_TRY(write_settings(s, "ingest", &text, &err));
    mv_buf_clear(&text);
    put_common(&text, s, "evaluator", p->evaluator_control);
    mv_buf_printf(&text, "live = %s\n", p->evaluator_live);
    MV_TRY(
        put_upstream(&text, s, "ingest", "journal", p->ingest_control, &err));
    MV_TRY(write_settings(s, "evaluator", &text, &err));
    mv_buf_clear(&text);
    put_common(&text, s, "notifier", p->notifier_control);
    mv_buf_printf(&text, "listen = %s\n", p->notifier_public);
    MV_TRY(put_upstream(&text, s, "evaluator", "changes", p->evaluator_control,
                        &err));
    MV_TRY(write_settings(s, "notifier", &text, &err));
out:
    mv_buf_done(&text);
    return rc == MV_OK ? CLI_OK : cli_fail_err(c, rc, &err);
}

static int load_place(struct cli *c, struct cli_setup *s)
{
    struct mv_err err = {0};
    mv_rc rc = cli_place_load(s->dir, &s->place, &err);
    s->is_new = rc == MV_AGAIN;
    if (s->is_new || rc == MV_OK)
        return CLI_OK;
    return cli_fail_err(c, rc, &err);
}

static int save_place(struct cli *c, struct cli_setup *s)
{
    struct mv_err err = {0};
    mv_rc rc = cli_place_save(s->dir, &s->place, &err);
    return rc == MV_OK ? CLI_OK : cli_fail_err(c, rc, &err);
}

static int find_dir(struct cli *c, struct cli_setup *s, const char *dir)
{
    int code = make_dir(c, dir);
    if (code != CLI_OK)
        return code;
    s->dir = realpath(dir, NULL);
    if (s->dir == NULL || strlen(s->dir) > DIR_BYTES_MAX ||
        strpbrk(s->dir, "\n\r;#\"") != NULL)
        return cli_fail(c, CLI_CONFIG, CLI_W_UP_BAD_DIR, dir, NULL);
    return CLI_OK;
}

int cli_setup_open(struct cli *c, struct cli_setup *s, const char *dir,
                   const char *today, const char *listen)
{
    *s = (struct cli_setup){.lock_fd = -1};
    int code = find_dir(c, s, dir);
    if (code == CLI_OK)
        code = take_lock(c, s);
    if (code == CLI_OK)
        code = load_place(c, s);
    if (code == CLI_OK)
        code = settle_day(c, s, today);
    if (code == CLI_OK)
        code = make_dirs(c, s->dir);
    if (code == CLI_OK)
        code = cli_ports_choose(c, &s->place, listen, &s->ports);
    if (code == CLI_OK)
        code = save_place(c, s);
    if (code == CLI_OK)
        code = make_keys(c, s->dir);
    if (code == CLI_OK)
        code = make_settings(c, s);
    return code;
}

void cli_setup_close(struct cli_setup *s)
{
    cli_place_done(&s->place);
    cli_ports_let_go(&s->ports);
    if (s->lock_fd >= 0)
        (void)close(s->lock_fd);
    free(s->dir);
    *s = (struct cli_setup){.lock_fd = -1};
}
