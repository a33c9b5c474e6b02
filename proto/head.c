/* head - see head.h. Job: the version before all else, so that a newer
 * sender is told of versions and not of fields. Invariant: pure; spans
 * borrowed. A crash leaves nothing. */
#include "proto/head.h"

#include <inttypes.h>
#include <stdio.h>

static size_t offset_of(struct mv_span bytes, const struct mv_span *value)
{
    return (size_t)((const uint8_t *)value->at - (const uint8_t *)bytes.at);
}

const struct mv_span *mv_entries_find(const struct mv_entries *entries,
                                      const char *key)
{
    for (uint32_t i = 0; i < entries->count; i++) {
        if (mv_span_is(entries->at[i].key, key))
            return &entries->at[i].value;
    }
    return NULL;
}

static bool version_check(struct mv_span bytes, const struct mv_span *value,
                          struct mv_fault *fault)
{
    struct mv_span v = mv_span_text("v");
    if (value == NULL)
        return mv_fault_set(fault, MV_CODE_MISSING, 0, v, "");
    struct mv_cursor c = mv_cursor(*value);
    mv_item item = mv_cursor_peek(&c);
    size_t at = offset_of(bytes, value);
    if (item != MV_ITEM_UINT && item != MV_ITEM_INT)
        return mv_fault_set(fault, MV_CODE_TYPE, at, v, "an integer is due");
    uint64_t version = 0;
    if (!mv_cursor_u64(&c, &version) || version != MV_PROTO_VERSION)
        return mv_fault_set(fault, MV_CODE_VERSION, at, v, "served: 1");
    return true;
}

bool mv_head_check(struct mv_span bytes, const struct mv_entries *entries,
                   struct mv_span *type, struct mv_fault *fault)
{
    if (!entries->is_map)
        return mv_fault_set(fault, MV_CODE_TYPE, 0, mv_span_text("message"),
                            "a map is due");
    if (!version_check(bytes, mv_entries_find(entries, "v"), fault))
        return false;
    struct mv_span name = mv_span_text("type");
    const struct mv_span *value = mv_entries_find(entries, "type");
    if (value == NULL)
        return mv_fault_set(fault, MV_CODE_MISSING, 0, name, "");
    struct mv_cursor c = mv_cursor(*value);
    if (!mv_cursor_text(&c, type))
        return mv_fault_set(fault, MV_CODE_TYPE, offset_of(bytes, value), name,
                            "text is due");
    return true;
}

struct mv_span mv_fault_value(struct mv_span bytes, const struct mv_fault *f,
                              char digits[24])
{
    struct mv_span text = mv_span(NULL, 0);
    uint64_t u;
    int64_t i;
    bool told = f->code == MV_CODE_VERSION || f->code == MV_CODE_RANGE ||
                f->code == MV_CODE_WORD;
    if (!told || f->offset >= bytes.len)
        return text;
    struct mv_cursor c = mv_cursor(
        mv_span((const uint8_t *)bytes.at + f->offset, bytes.len - f->offset));
    if (mv_cursor_text(&c, &text))
        return text;
    if (mv_cursor_u64(&c, &u))
        (void)snprintf(digits, 24, "%" PRIu64, u);
    else if (mv_cursor_i64(&c, &i))
        (void)snprintf(digits, 24, "%" PRId64, i);
    else
        return text;
    return mv_span_text(digits);
}
