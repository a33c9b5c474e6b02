/* pages - see pages.h. Job: pages put together. Invariant: a service that
 * says "go on" at the same place twice is not asked for ever. Memory only. */
#include "services/cli/pages.h"

#include "proto/pack.h"

void cli_arg_text(struct cli_args *a, const char *key, const char *value)
{
    mv_pack_kv_cstr(&a->pairs, key, value);
    a->count++;
}

void cli_arg_u64(struct cli_args *a, const char *key, uint64_t value)
{
    mv_pack_kv_u64(&a->pairs, key, value);
    a->count++;
}

void cli_arg_option(struct cli_args *a, const struct cli *c, const char *name)
{
    const char *value = cli_option(c, name);
    if (value != NULL)
        cli_arg_text(a, name, value);
}

void cli_args_pack(const struct cli_args *a, struct mv_buf *out)
{
    mv_pack_map(out, a->count);
    mv_pack_raw(out, mv_buf_span(&a->pairs));
}

void cli_args_done(struct cli_args *a)
{
    mv_buf_done(&a->pairs);
    a->count = 0;
}

void cli_pages_put(struct cli_pages *s, struct mv_span row)
{
    mv_buf_put(&s->rows, row.at, row.len);
    s->count++;
}

struct mv_list cli_pages_walk(const struct cli_pages *s)
{
    return (struct mv_list){mv_cursor(mv_buf_span(&s->rows)), s->count};
}

void cli_pages_json(struct cli *c, const struct cli_pages *s)
{
    struct mv_list l = cli_pages_walk(s);
    struct mv_span row;
    while (mv_list_next(&l, &row))
        cli_json_line(c, cli_json(row));
}

void cli_pages_done(struct cli_pages *s)
{
    mv_buf_done(&s->rows);
    s->count = 0;
}

/* The row that only says where to go on. */
static bool is_next(struct mv_span row, uint64_t *next)
{
    struct mv_pairs p;
    struct mv_span key, value;
    return mv_pairs_open(&p, row) && p.left == 1 &&
           mv_pairs_next(&p, &key, &value) && mv_span_is(key, "next") &&
           mv_value_u64(value, next);
}

int cli_ask_from(struct cli_link *l, const char *verb, const struct cli_args *a,
                 uint64_t from, struct cli_pages *s, uint64_t *next)
{
    struct cli_args all = {0};
    struct mv_buf args = {0};
    struct mv_msg_reply reply;
    struct mv_list rows;
    struct mv_span row;
    *next = 0;
    mv_buf_put(&all.pairs, a->pairs.at, a->pairs.len);
    all.count = a->count;
    if (from > 0)
        cli_arg_u64(&all, "from", from);
    cli_args_pack(&all, &args);
    int code = cli_ask(l, verb, mv_buf_span(&args), &reply);
    mv_buf_done(&args);
    cli_args_done(&all);
    if (code != CLI_OK || !cli_rows_open(&rows, &reply))
        return code;
    while (mv_list_next(&rows, &row))
        if (!is_next(row, next))
            cli_pages_put(s, row);
    return CLI_OK;
}

int cli_ask_args(struct cli_link *l, const char *verb, const struct cli_args *a,
                 struct cli_pages *s)
{
    uint64_t next;
    return cli_ask_from(l, verb, a, 0, s, &next);
}

int cli_ask_all(struct cli_link *l, const char *verb, const struct cli_args *a,
                struct cli_pages *s)
{
    uint64_t from = 0, next = 0;
    int code;
    do {
        from = next;
        code = cli_ask_from(l, verb, a, from, s, &next);
        if (s->progress != NULL)
            cli_progress_wait(s->progress);
    } while (code == CLI_OK && next > from);
    return code;
}
