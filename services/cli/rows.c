/* rows - see rows.h. Job: rows of a reply for people and for programs.
 * Invariant: what a service sent is never trusted to be of a type or depth.
 * Holds nothing. */
#include "services/cli/rows.h"

#include <stdlib.h>

#include "services/base/hash.h"
#include "services/base/text.h"

#define DEPTH 16

static json_t *value(struct mv_span raw, int depth);

static json_t *text(struct mv_span s)
{
    json_t *j = json_stringn(s.at, s.len);
    return j != NULL ? j : json_null();
}

static json_t *list(struct mv_span raw, int depth)
{
    struct mv_list l;
    struct mv_span item;
    json_t *j = json_array();
    if (mv_list_open(&l, raw))
        while (mv_list_next(&l, &item))
            (void)json_array_append_new(j, value(item, depth + 1));
    return j;
}

static json_t *map(struct mv_span raw, int depth)
{
    struct mv_pairs p;
    struct mv_span k, v;
    json_t *j = json_object();
    if (mv_pairs_open(&p, raw)) {
        while (mv_pairs_next(&p, &k, &v)) {
            char *key = mv_xstrndup(k.at, k.len);
            (void)json_object_set_new(j, key, value(v, depth + 1));
            free(key);
        }
    }
    return j;
}

static json_t *number(struct mv_cursor *c, mv_item item)
{
    double d = 0;
    float f = 0;
    int64_t i;
    uint64_t u;
    if (item == MV_ITEM_FLOAT64 && mv_cursor_f64(c, &d))
        return json_real(d);
    if (item == MV_ITEM_FLOAT32 && mv_cursor_f32(c, &f))
        return json_real((double)f);
    if (mv_cursor_i64(c, &i))
        return json_integer(i);
    /* JSON's integers here end at 2^63 - 1; beyond that as text */
    if (mv_cursor_u64(c, &u)) {
        char out[24];
        (void)snprintf(out, sizeof out, "%llu", (unsigned long long)u);
        return json_string(out);
    }
    return json_null();
}

static json_t *bytes(struct mv_cursor *c)
{
    struct mv_span s;
    if (!mv_cursor_bin(c, &s))
        return json_null();
    char *hex = mv_xcalloc(2, s.len + 1);
    json_t *j = json_string(mv_hex(s.at, s.len, hex));
    free(hex);
    return j;
}

/* Depth is bounded by DEPTH, so is the recursion. */
static json_t *value(struct mv_span raw, int depth)
{
    struct mv_cursor c = mv_cursor(raw);
    struct mv_span s;
    bool b;
    mv_item item = mv_cursor_peek(&c);
    switch (item) {
    case MV_ITEM_BOOL:
        return mv_cursor_bool(&c, &b) ? json_boolean(b) : json_null();
    case MV_ITEM_UINT:
    case MV_ITEM_INT:
    case MV_ITEM_FLOAT32:
    case MV_ITEM_FLOAT64:
        return number(&c, item);
    case MV_ITEM_TEXT:
        return mv_cursor_text(&c, &s) ? text(s) : json_null();
    case MV_ITEM_BIN:
        return bytes(&c);
    case MV_ITEM_LIST:
        return depth < DEPTH ? list(raw, depth) : json_null();
    case MV_ITEM_MAP:
        return depth < DEPTH ? map(raw, depth) : json_null();
    case MV_ITEM_END:
    case MV_ITEM_NIL:
    case MV_ITEM_EXT:
        break;
    }
    return json_null();
}

json_t *cli_json(struct mv_span raw)
{
    return value(raw, 0);
}

json_t *cli_json_shown(const char *said)
{
    struct mv_buf shown = {0};
    json_t *j = json_string(said);
    if (j != NULL)
        return j;
    mv_text_escape_terminal(&shown, mv_span_text(said));
    j = json_string(mv_buf_cstr(&shown));
    mv_buf_done(&shown);
    return j;
}

void cli_json_line(struct cli *c, json_t *j)
{
    (void)json_dumpf(j, c->out, JSON_COMPACT | JSON_REAL_PRECISION(15));
    (void)fputc('\n', c->out);
    json_decref(j);
}

struct mv_span cli_get(struct mv_span row, const char *key)
{
    struct mv_span v;
    return mv_map_find(row, key, &v) ? v : mv_span("", 0);
}

struct mv_span cli_get_text(struct mv_span row, const char *key)
{
    struct mv_span v;
    return mv_map_text(row, key, &v) ? v : mv_span("", 0);
}

bool cli_is_what(struct mv_span row, const char *what)
{
    return mv_span_is(cli_get_text(row, "what"), what);
}

uint64_t cli_get_u64(struct mv_span row, const char *key)
{
    uint64_t v;
    return mv_map_u64(row, key, &v) ? v : 0;
}

int64_t cli_get_i64(struct mv_span row, const char *key)
{
    int64_t v;
    return mv_value_i64(cli_get(row, key), &v) ? v : 0;
}

bool cli_get_bool(struct mv_span row, const char *key)
{
    bool v;
    return mv_value_bool(cli_get(row, key), &v) && v;
}

struct mv_span cli_text_lang(const struct cli *c, struct mv_span texts)
{
    struct mv_span k, v, t;
    struct mv_pairs p;
    if (mv_value_text(texts, &t))
        return t;
    if (mv_map_text(texts, c->lang == MV_LANG_NB ? "nb" : "en", &t) ||
        mv_map_text(texts, c->lang == MV_LANG_NB ? "en" : "nb", &t))
        return t;
    if (mv_pairs_open(&p, texts) && mv_pairs_next(&p, &k, &v) &&
        mv_value_text(v, &t))
        return t;
    return mv_span("", 0);
}

struct mv_span cli_get_lang(const struct cli *c, struct mv_span row,
                            const char *key)
{
    return cli_text_lang(c, cli_get(row, key));
}

struct mv_span cli_get_titled(const struct cli *c, struct mv_span row,
                              const char *id_key, const char *title_key)
{
    struct mv_span title = cli_get_lang(c, row, title_key);
    return title.len > 0 ? title : cli_get_text(row, id_key);
}

bool cli_rows_open(struct mv_list *l, const struct mv_msg_reply *reply)
{
    return mv_list_open(l, reply->rows);
}

void cli_rows_json(struct cli *c, const struct mv_msg_reply *reply)
{
    struct mv_list l;
    struct mv_span row;
    if (mv_list_open(&l, reply->rows))
        while (mv_list_next(&l, &row))
            cli_json_line(c, cli_json(row));
}
