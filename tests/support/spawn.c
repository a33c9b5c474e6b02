/* spawn - see spawn.h. Job: children of our own making. Invariant: each is
 * waited for before the call returns. A crash leaves a child that ends by
 * itself. */
#include "tests/support/spawn.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "services/base/buf.h"
#include "services/base/err.h"

static void child(const char *role, const char *dir,
                  const char *const *settings, size_t count)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    MV_ASSERT(n > 0);
    self[n] = 0;
    struct mv_buf lib = {0};
    mv_buf_put(&lib, self, (size_t)(strrchr(self, '/') - self));
    mv_buf_text(&lib, "/preload_io.so");
    MV_ASSERT(access(mv_buf_cstr(&lib), R_OK) == 0);
    (void)setenv("LD_PRELOAD", mv_buf_cstr(&lib), 1);
    (void)setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
    for (size_t i = 0; i < count; i++)
        (void)putenv(mv_xstrdup(settings[i]));
    (void)execl(self, self, role, dir, (char *)NULL);
    _exit(127);
}

int mv_spawn(const char *role, const char *dir, const char *const *settings,
             size_t count)
{
    int status = 0;
    pid_t pid = fork();
    MV_ASSERT(pid >= 0);
    if (pid == 0)
        child(role, dir, settings, count);
    MV_ASSERT(waitpid(pid, &status, 0) == pid);
    return status;
}
