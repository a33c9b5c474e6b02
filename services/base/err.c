/* err - see err.h. Job: error text. Invariant: the text is always
 * NUL-terminated and cut, never overrun. A crash in the middle leaves
 * nothing: there is no state beyond the caller's struct. */
#include "services/base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

mv_rc mv_fail(struct mv_err *err, mv_rc rc, const char *fmt, ...)
{
    if (err != NULL) {
        va_list ap;
        va_start(ap, fmt);
        (void)vsnprintf(err->text, sizeof err->text, fmt, ap);
        va_end(ap);
    }
    return rc;
}

mv_rc mv_fail_later(struct mv_err *err, uint64_t is, uint64_t reads)
{
    return mv_fail(err, MV_CONFIG,
                   "it is of version %llu, this program reads %llu: upgrade",
                   (unsigned long long)is, (unsigned long long)reads);
}

mv_rc mv_wrap(struct mv_err *err, mv_rc rc, const char *fmt, ...)
{
    if (err == NULL || rc == MV_OK)
        return rc;
    struct mv_err inner = *err;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(err->text, sizeof err->text, fmt, ap);
    va_end(ap);
    size_t used = n < 0 ? 0 : (size_t)n;
    const char *tail[] = {": ", inner.text};
    for (size_t t = 0; t < 2; t++) {
        for (const char *c = tail[t]; *c != 0; c++) {
            if (used + 1 < sizeof err->text)
                err->text[used++] = *c;
        }
    }
    if (used < sizeof err->text)
        err->text[used] = 0;
    return rc;
}

int mv_exit_code(mv_rc rc)
{
    switch (rc) {
    case MV_OK:
        return EX_OK;
    case MV_CONFIG:
        return EX_CONFIG;
    case MV_AGAIN:
    case MV_FULL:
    case MV_POISON:
    case MV_FATAL:
        break;
    }
    return EX_IOERR;
}

void mv_assert_failed(const char *file, int line, const char *text)
{
    (void)fprintf(stderr, "%s:%d: cannot happen: %s\n", file, line, text);
    abort();
}
