/* health_text - rows {service, stage, name, ok, text} as a table for people,
 * and whether all is well. */
#pragma once

#include "services/cli/pages.h"

void cli_health_put(struct cli_pages *rows, const char *service, int64_t stage,
                    struct mv_span name, bool ok, struct mv_span text);
/* True: every row is well. */
bool cli_health_good(const struct cli_pages *rows);
void cli_health_show(struct cli *c, const struct cli_pages *rows);
