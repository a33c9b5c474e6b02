/* err - results that say what the loop does next, and error text that is
 * grown on the way up. What broke is text in a caller-owned struct mv_err. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#define MV_CHECKED      __attribute__((warn_unused_result))
#define MV_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define MV_NORETURN     __attribute__((noreturn))

typedef enum mv_rc {
    MV_OK = 0,
    MV_AGAIN,  /* nothing now */
    MV_FULL,   /* no room: answer `retry`, keep reading */
    MV_POISON, /* set this record aside, go on */
    MV_CONFIG, /* a setting or a file is wrong: exit 78 */
    MV_FATAL,  /* the outcome is unknown or the store is broken: exit 74 */
} mv_rc;

/* A record was applied, or set aside: the next may come. */
static inline bool mv_goes_on(mv_rc rc)
{
    return rc == MV_OK || rc == MV_POISON;
}

#define MV_ERR_TEXT_BYTES 512

/* Text only, always NUL-terminated; the caller owns it. Zero-initialise. */
struct mv_err {
    char text[MV_ERR_TEXT_BYTES];
};

/* Sets the text and returns rc. err may be NULL. */
mv_rc mv_fail(struct mv_err *err, mv_rc rc, const char *fmt, ...)
    MV_PRINTF(3, 4);

/* What a later program wrote: MV_CONFIG, and that it asks for an upgrade. It
 * is not served, nor set aside; nothing of it is touched. */
mv_rc mv_fail_later(struct mv_err *err, uint64_t is, uint64_t reads);

/* Puts "<text>: " before what is there; returns rc. For rc MV_OK nothing
 * changes. err may be NULL. */
mv_rc mv_wrap(struct mv_err *err, mv_rc rc, const char *fmt, ...)
    MV_PRINTF(3, 4);

/* The process exit code that belongs to a result (sysexits.h): 0, 74, 78. */
int mv_exit_code(mv_rc rc);

/* For our own bugs only, on in release: prints file, line and text to stderr
 * and aborts. Never for bytes from a peer, a file or an operator. */
void mv_assert_failed(const char *file, int line, const char *text) MV_NORETURN;

#define MV_ASSERT(x) ((x) ? (void)0 : mv_assert_failed(__FILE__, __LINE__, #x))

/* The only macro that hides a jump: needs `mv_rc rc` and the label `out`. */
#define MV_TRY(call)     \
    do {                 \
        rc = (call);     \
        if (rc != MV_OK) \
            goto out;    \
    } while (0)
