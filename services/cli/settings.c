/* settings - see settings.h. Job: settings that two hands write, `up` and an
 * operator. Invariant: a line that is not of a name which `up` owns is never
 * changed, moved or lost, whatever is in it: whether it is right the service
 * says. A crash leaves the old file or the new one, whole. */
#include "services/cli/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "services/base/conf.h"
#include "services/base/file.h"
#include "services/base/text.h"

#define OURS_MAX 32
#define BOM      "\xef\xbb\xbf"

extern char **environ;

/* What stands before '=' or ':', as a service reads it; empty if neither is
 * there. Of a comment: no name that is ours, for it begins with its sign. */
static struct mv_span name_of(struct mv_span line)
{
    const char *at = line.at;
    size_t len = 0;
    while (len < line.len && at[len] != '=' && at[len] != ':')
        len++;
    if (len == line.len)
        return mv_span(at, 0);
    while (len > 0 && (at[len - 1] == ' ' || at[len - 1] == '\t'))
        len--;
    return mv_span(at, len);
}

/* Ours of that name without its end, and its number; empty: none. */
static struct mv_span find(struct mv_span ours, struct mv_span name,
                           unsigned *number)
{
    size_t at = 0;
    for (*number = 0; at < ours.len; ++*number) {
        struct mv_span line = mv_text_line(ours, at);
        if (mv_span_equal(name_of(line), name))
            return mv_text_chomp(line);
        at += line.len;
    }
    return mv_span("", 0);
}

static void put_span(struct mv_buf *out, struct mv_span s)
{
    mv_buf_put(out, s.at, s.len);
}

void cli_settings_merge(struct mv_span old, struct mv_span ours,
                        struct mv_buf *out)
{
    size_t at = 0;
    unsigned number = 0;
    uint32_t done = 0;
    if (old.len >= 3 && memcmp(old.at, BOM, 3) == 0)
        at = 3;
    mv_buf_put(out, old.at, at);
    while (at < old.len) {
        struct mv_span line = mv_text_line(old, at);
        struct mv_span bare = mv_text_chomp(line);
        struct mv_span mine = find(ours, name_of(bare), &number);
        at += line.len;
        if (mine.len == 0 || (done >> number & 1) != 0) {
            put_span(out, line);
            continue;
        }
        put_span(out, mine);
        mv_buf_put(out, (const char *)line.at + bare.len, line.len - bare.len);
        done |= UINT32_C(1) << number;
    }
    if (old.len > 0 && ((const char *)old.at)[old.len - 1] != '\n')
        mv_buf_put_u8(out, '\n');
    at = 0;
    for (number = 0; at < ours.len; number++) {
        struct mv_span line = mv_text_line(ours, at);
        MV_ASSERT(number < OURS_MAX);
        if ((done >> number & 1) == 0)
            put_span(out, line);
        at += line.len;
    }
}

mv_rc cli_settings_write(const char *path, const char *first,
                         struct mv_span ours, struct mv_err *err)
{
    struct mv_buf old = {0}, text = {0};
    mv_rc rc =
        mv_file_read(path, MV_CONF_FILE_BYTES, MV_FILE_MAY_MISS, &old, err);
    if (rc != MV_OK && rc != MV_AGAIN)
        goto out;
    rc = MV_OK;
    bool is_new = old.len == 0;
    if (is_new)
        mv_buf_text(&old, first);
    cli_settings_merge(mv_buf_span(&old), ours, &text);
    if (is_new || !mv_span_equal(mv_buf_span(&old), mv_buf_span(&text)))
        rc = mv_file_write(path, mv_buf_span(&text), 0600, err);
out:
    mv_buf_done(&old);
    mv_buf_done(&text);
    return rc;
}

/* Starts it with stderr to us; 0, or an errno. */
static int spawn_check(const char *binary, const char *path, pid_t *pid,
                       int *from)
{
    char *const argv[] = {(char *)(uintptr_t)binary, (char *)"--config",
                          (char *)(uintptr_t)path, (char *)"--check-config",
                          NULL};
    posix_spawn_file_actions_t acts;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    int rc = posix_spawn_file_actions_init(&acts);
    if (rc == 0) {
        rc = posix_spawn_file_actions_adddup2(&acts, ends[1], STDERR_FILENO);
        if (rc == 0)
            rc = posix_spawn(pid, binary, &acts, NULL, argv, environ);
        (void)posix_spawn_file_actions_destroy(&acts);
    }
    (void)close(ends[1]);
    if (rc != 0)
        (void)close(ends[0]);
    else
        *from = ends[0];
    return rc;
}

/* Its first line without "maalvakt-SERVICE: ", which the caller says. */
static void first_line(int from, struct mv_buf *out)
{
    FILE *f = fdopen(from, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t len = f != NULL ? getline(&line, &room, f) : -1;
    if (len > 0) {
        const char *text =
            strncmp(line, "maalvakt-", 9) == 0 ? strstr(line, ": ") : NULL;
        mv_buf_put(out, line, strcspn(line, "\n"));
        if (text != NULL) {
            mv_buf_clear(out);
            mv_buf_put(out, text + 2, strcspn(text + 2, "\n"));
        }
        while (getline(&line, &room, f) > 0)
            continue; /* so that it can end */
    }
    free(line);
    if (f != NULL)
        (void)fclose(f);
    else
        (void)close(from);
}

mv_rc cli_settings_check(const char *binary, const char *path,
                         struct mv_err *err)
{
    struct mv_buf said = {0};
    pid_t pid = -1;
    int from = -1, status = 0;
    int failed = spawn_check(binary, path, &pid, &from);
    if (failed != 0)
        return mv_fail(err, MV_CONFIG, "cannot run %s: %s", binary,
                       strerror(failed));
    first_line(from, &said);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    mv_rc rc = MV_OK;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        rc = mv_fail(err, MV_CONFIG, "%s", mv_buf_cstr(&said));
    mv_buf_done(&said);
    return rc;
}
