/* pages - all rows of an answer that comes in pages, and the arguments to ask
 * for them with. */
#pragma once

#include "services/cli/connect.h"
#include "services/cli/progress.h"
#include "services/cli/rows.h"

/* The map of a request's arguments; zero-initialise. */
struct cli_args {
    struct mv_buf pairs;
    uint32_t count;
};
void cli_arg_text(struct cli_args *a, const char *key, const char *value);
void cli_arg_u64(struct cli_args *a, const char *key, uint64_t value);
/* The option's value under its own name, if it is given. */
void cli_arg_option(struct cli_args *a, const struct cli *c, const char *name);
/* Appends the whole map. */
void cli_args_pack(const struct cli_args *a, struct mv_buf *out);
void cli_args_done(struct cli_args *a);

/* Rows, each a msgpack map; zero-initialise. */
struct cli_pages {
    struct mv_buf rows;
    uint32_t count;
    struct cli_progress *progress; /* waits a page more; borrowed, or NULL */
};
/* row: one msgpack map, copied. */
void cli_pages_put(struct cli_pages *s, struct mv_span row);
/* To walk with mv_list_next; borrowed from the pages. */
struct mv_list cli_pages_walk(const struct cli_pages *s);
void cli_pages_json(struct cli *c, const struct cli_pages *s);
void cli_pages_done(struct cli_pages *s);

/* One question without pages, its rows added to s. As cli_ask. */
int cli_ask_args(struct cli_link *l, const char *verb, const struct cli_args *a,
                 struct cli_pages *s);
/* Page after page: a row {next: N} at the end says that `from: N` goes on. */
int cli_ask_all(struct cli_link *l, const char *verb, const struct cli_args *a,
                struct cli_pages *s);
/* From number `from` on, one page; *next 0: that was all. */
int cli_ask_from(struct cli_link *l, const char *verb, const struct cli_args *a,
                 uint64_t from, struct cli_pages *s, uint64_t *next);
