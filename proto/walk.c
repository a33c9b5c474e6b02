/* walk - see walk.h. Job: lists and maps that messages keep raw. Invariant:
 * at most as many items as the header said, and none beyond the bytes. No
 * state: a crash leaves nothing. */
#include "proto/walk.h"

bool mv_list_open(struct mv_list *list, struct mv_span raw)
{
    *list = (struct mv_list){mv_cursor(raw), 0};
    return raw.len == 0 || mv_cursor_list(&list->c, &list->left);
}

bool mv_list_next(struct mv_list *list, struct mv_span *item)
{
    if (list->left == 0 || !mv_cursor_skip(&list->c, item))
        return false;
    list->left--;
    return true;
}

bool mv_pairs_open(struct mv_pairs *pairs, struct mv_span raw)
{
    *pairs = (struct mv_pairs){mv_cursor(raw), 0};
    return raw.len == 0 || mv_cursor_map(&pairs->c, &pairs->left);
}

bool mv_pairs_next(struct mv_pairs *pairs, struct mv_span *key,
                   struct mv_span *value)
{
    if (pairs->left == 0 || !mv_cursor_text(&pairs->c, key) ||
        !mv_cursor_skip(&pairs->c, value))
        return false;
    pairs->left--;
    return true;
}

bool mv_map_find(struct mv_span raw, const char *key, struct mv_span *value)
{
    struct mv_pairs pairs;
    struct mv_span name;
    if (!mv_pairs_open(&pairs, raw))
        return false;
    while (mv_pairs_next(&pairs, &name, value)) {
        if (mv_span_is(name, key))
            return true;
    }
    return false;
}

bool mv_value_text(struct mv_span raw, struct mv_span *v)
{
    struct mv_cursor c = mv_cursor(raw);
    return mv_cursor_text(&c, v);
}

bool mv_list_has(struct mv_span raw, struct mv_span text)
{
    struct mv_list l;
    struct mv_span item, each;
    if (!mv_list_open(&l, raw))
        return false;
    while (mv_list_next(&l, &item))
        if (mv_value_text(item, &each) && mv_span_equal(each, text))
            return true;
    return false;
}

bool mv_value_u64(struct mv_span raw, uint64_t *v)
{
    struct mv_cursor c = mv_cursor(raw);
    return mv_cursor_u64(&c, v);
}

bool mv_value_i64(struct mv_span raw, int64_t *v)
{
    struct mv_cursor c = mv_cursor(raw);
    return mv_cursor_i64(&c, v);
}

bool mv_value_bool(struct mv_span raw, bool *v)
{
    struct mv_cursor c = mv_cursor(raw);
    return mv_cursor_bool(&c, v);
}

bool mv_value_bin(struct mv_span raw, struct mv_span *v)
{
    struct mv_cursor c = mv_cursor(raw);
    return mv_cursor_bin(&c, v);
}

bool mv_map_text(struct mv_span raw, const char *key, struct mv_span *v)
{
    struct mv_span value;
    return mv_map_find(raw, key, &value) && mv_value_text(value, v);
}

bool mv_map_u64(struct mv_span raw, const char *key, uint64_t *v)
{
    struct mv_span value;
    return mv_map_find(raw, key, &value) && mv_value_u64(value, v);
}
