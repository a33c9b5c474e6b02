/* settings - a service's settings file in an installation: the lines that
 * `up` owns are set anew at each start, all others are the operator's. */
#pragma once

#include "services/base/buf.h"
#include "services/cli/cli.h"

/* ours: lines "name = value\n", each name once, at most 32. Appends to out
 * what the file is to hold: in old the first line of each of these names is
 * replaced where it stands, what is missing comes last, and every other line
 * stays byte for byte. */
void cli_settings_merge(struct mv_span old, struct mv_span ours,
                        struct mv_buf *out);

/* The file as merged; where there is none, or an empty one: first, which holds
 * what is proposed once, and ours. Not touched if nothing changes. MV_CONFIG:
 * it cannot be read; MV_FULL, MV_FATAL as mv_file_write. */
MV_CHECKED mv_rc cli_settings_write(const char *path, const char *first,
                                    struct mv_span ours, struct mv_err *err);

/* Asks the service itself, `BINARY --check-config`. MV_CONFIG with the
 * message that it would end with. */
MV_CHECKED mv_rc cli_settings_check(const char *binary, const char *path,
                                    struct mv_err *err);
