/* conf_value - see conf_value.h. Job: one setting's text into its typed
 * place. Invariant: a value is within its bounds or was not stored; the place
 * owns what it points to. No state: a crash leaves nothing. */
#include "services/base/conf_value.h"
#include "services/base/text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct unit {
    const char *name;
    int64_t size;
};

/* Largest first: the first that divides a value prints it. */
static const struct unit times[] = {
    {"d", 86400000}, {"h", 3600000}, {"min", 60000}, {"s", 1000}, {"ms", 1},
};
static const struct unit sizes[] = {
    {"GiB", 1073741824},
    {"MiB", 1048576},
    {"KiB", 1024},
    {"B", 1},
};

static const struct unit *units_of(mv_conf_kind kind, size_t *count)
{
    if (kind == MV_CONF_MS) {
        *count = sizeof times / sizeof times[0];
        return times;
    }
    *count = kind == MV_CONF_BYTES ? sizeof sizes / sizeof sizes[0] : 0;
    return sizes;
}

static void *place(const struct mv_conf_key *key, void *values)
{
    return (char *)values + key->offset;
}

static void put_amount(mv_conf_kind kind, int64_t v, struct mv_buf *out)
{
    size_t count;
    const struct unit *u = units_of(kind, &count);
    for (; count > 1 && (v == 0 || v % u->size != 0); count--)
        u++;
    if (count == 0) {
        mv_buf_printf(out, "%" PRId64, v);
    } else {
        mv_buf_printf(out, "%" PRId64 " %s", v / u->size, u->name);
    }
}

static const char *thing(mv_conf_kind kind)
{
    switch (kind) {
    case MV_CONF_TEXT:
        return "A text";
    case MV_CONF_PATH:
        return "An absolute path";
    case MV_CONF_LIST:
        return "A list, blanks or commas between";
    case MV_CONF_INT:
        return "A whole number";
    case MV_CONF_BOOL:
        return "yes or no";
    case MV_CONF_MS:
        return "A time (ms, s, min, h, d)";
    case MV_CONF_BYTES:
        return "A size (B, KiB, MiB, GiB)";
    }
    return "A value";
}

static bool is_counted(mv_conf_kind kind)
{
    return kind == MV_CONF_INT || kind == MV_CONF_MS || kind == MV_CONF_BYTES;
}

void mv_conf_value_bounds(const struct mv_conf_key *key, struct mv_buf *out)
{
    mv_buf_text(out, thing(key->kind));
    if (key->kind == MV_CONF_BOOL || (key->min == 0 && key->max == 0))
        return;
    mv_buf_text(out, " from ");
    put_amount(key->kind, key->min, out);
    mv_buf_text(out, " to ");
    put_amount(key->kind, key->max, out);
    if (key->kind == MV_CONF_LIST) {
        mv_buf_text(out, " entries");
    } else if (!is_counted(key->kind)) {
        mv_buf_text(out, " bytes long");
    }
}

static mv_rc wrong(const struct mv_conf_key *key, const char *text,
                   struct mv_err *err)
{
    struct mv_buf want = {0};
    struct mv_buf got = {0};
    mv_conf_value_bounds(key, &want);
    mv_text_escape_log(&got, mv_span_text(text), 60);
    mv_rc rc = mv_fail(err, MV_CONFIG, "'%s' is not what it takes: %s",
                       mv_buf_cstr(&got), mv_buf_cstr(&want));
    mv_buf_done(&want);
    mv_buf_done(&got);
    return rc;
}

static bool in_bounds(const struct mv_conf_key *key, int64_t v)
{
    if (!is_counted(key->kind) && key->min == 0 && key->max == 0)
        return true;
    return v >= key->min && v <= key->max;
}

/* Digits with a sign; *text moves behind them. */
static bool read_whole(const char **text, int64_t *ret)
{
    const char *c = *text;
    bool minus = *c == '-';
    int64_t v = 0;
    c += minus;
    const char *from = c;
    for (; *c >= '0' && *c <= '9'; c++) {
        if (__builtin_mul_overflow(v, INT64_C(10), &v) ||
            __builtin_add_overflow(v, (int64_t)(*c - '0'), &v))
            return false;
    }
    *text = c;
    *ret = minus ? -v : v;
    return c > from;
}

static bool read_amount(const struct mv_conf_key *key, const char *text,
                        int64_t *ret)
{
    size_t count;
    const struct unit *u = units_of(key->kind, &count);
    if (!read_whole(&text, ret))
        return false;
    if (count == 0)
        return *text == 0;
    text += strspn(text, " \t");
    for (size_t i = 0; i < count; i++) {
        if (strcmp(text, u[i].name) == 0)
            return !__builtin_mul_overflow(*ret, u[i].size, ret);
    }
    return false;
}

static bool read_bool(const char *text, bool *ret)
{
    *ret = strcmp(text, "yes") == 0;
    return *ret || strcmp(text, "no") == 0;
}

static bool set_text(const struct mv_conf_key *key, const char *text,
                     char **ret)
{
    size_t len = strlen(text);
    bool rooted = key->kind != MV_CONF_PATH || len == 0 || text[0] == '/';
    if (!rooted || !in_bounds(key, (int64_t)len) ||
        !mv_text_is_plain(mv_span_text(text)))
        return false;
    char *copy = mv_xstrdup(text);
    free(*ret);
    *ret = copy;
    return true;
}

static void list_done(struct mv_conf_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->at[i]);
    free(list->at);
    *list = (struct mv_conf_list){0};
}

static bool set_list(const struct mv_conf_key *key, const char *text,
                     struct mv_conf_list *ret)
{
    static const char between[] = " \t,";
    struct mv_conf_list list = {0};
    for (text += strspn(text, between); *text != 0;
         text += strspn(text, between)) {
        size_t len = strcspn(text, between);
        list.at = mv_xrealloc(list.at, (list.count + 1) * sizeof *list.at);
        list.at[list.count++] = mv_xstrndup(text, len);
        text += len;
    }
    if (!in_bounds(key, (int64_t)list.count)) {
        list_done(&list);
        return false;
    }
    list_done(ret);
    *ret = list;
    return true;
}

mv_rc mv_conf_value_set(const struct mv_conf_key *key, const char *text,
                        void *values, struct mv_err *err)
{
    bool good = false;
    bool flag;
    int64_t amount;
    switch (key->kind) {
    case MV_CONF_TEXT:
    case MV_CONF_PATH:
        good = set_text(key, text, place(key, values));
        break;
    case MV_CONF_LIST:
        good = set_list(key, text, place(key, values));
        break;
    case MV_CONF_BOOL:
        good = read_bool(text, &flag);
        if (good)
            *(bool *)place(key, values) = flag;
        break;
    case MV_CONF_INT:
    case MV_CONF_MS:
    case MV_CONF_BYTES:
        good = read_amount(key, text, &amount) && in_bounds(key, amount);
        if (good)
            *(int64_t *)place(key, values) = amount;
        break;
    }
    return good ? MV_OK : wrong(key, text, err);
}

void mv_conf_value_done(const struct mv_conf_key *key, void *values)
{
    if (key->kind == MV_CONF_LIST) {
        list_done(place(key, values));
    } else if (key->kind == MV_CONF_TEXT || key->kind == MV_CONF_PATH) {
        char **at = place(key, values);
        free(*at);
        *at = NULL;
    }
}
