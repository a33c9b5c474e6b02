/* place - a directory for one test, 0700, and files as bytes. */
#pragma once

#include "services/base/buf.h"

/* A new directory under TMPDIR, /dev/shm if fast, else /tmp; mv_test_dir_done
 * removes it with what is in it and frees the name. */
char *mv_test_dir(bool fast);
void mv_test_dir_done(char *dir);

/* Whole file; aborts the test program on failure. */
void mv_test_read(const char *dir, const char *name, struct mv_buf *ret);
void mv_test_write(const char *dir, const char *name, const void *at,
                   size_t len);
