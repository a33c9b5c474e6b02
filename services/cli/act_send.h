/* act_send - acts to ingest: number and bytes on disk before they are sent,
 * one at a time and in order (the last one counts), until each is answered. */
#pragma once

#include "services/cli/act.h"

/* Reads --wait, --again and --spool; what an earlier run left without an
 * answer goes first. file: where they come from, or NULL. CLI_OK: all are
 * stored; CLI_NO: some were refused, each with its reason. */
int cli_acts_send(struct cli *c, const struct cli_act *acts, size_t count,
                  const char *file);
