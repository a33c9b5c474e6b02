/* told - see told.h. Job: a told change to bytes and back. Invariant: what is
 * put is got as it was; bytes of another version are refused. Memory only: a
 * crash leaves nothing. */
#include "services/notifier/told.h"

#include "services/notifier/rows.h"

#define TOLD_FIXED 10u /* version, bits, ordinal */
#define HEAD_FIXED 9u  /* version, seq */

struct mv_span notifier_told_key(uint8_t bytes[NOTIFIER_TOLD_KEY],
                                 uint64_t ordinal, uint32_t index)
{
    mv_be64_put(bytes, ordinal);
    mv_be32_put(bytes + 8, index);
    return mv_span(bytes, NOTIFIER_TOLD_KEY);
}

void notifier_told_put(const struct notifier_told *told, struct mv_buf *out)
{
    mv_buf_put_u8(out, NOTIFIER_ROW_VERSION);
    mv_buf_put_u8(out, (uint8_t)told->bits);
    mv_buf_put_be64(out, told->red_ordinal);
    mv_buf_put(out, told->change.at, told->change.len);
}

bool notifier_told_get(struct mv_span bytes, struct notifier_told *ret)
{
    const uint8_t *at = bytes.at;
    if (bytes.len < TOLD_FIXED || at[0] != NOTIFIER_ROW_VERSION)
        return false;
    ret->bits = at[1];
    ret->red_ordinal = mv_be64_get(at + 2);
    ret->change = mv_span(at + TOLD_FIXED, bytes.len - TOLD_FIXED);
    return true;
}

void notifier_head_put(uint64_t group, struct mv_span cause, struct mv_buf *out)
{
    mv_buf_put_u8(out, NOTIFIER_ROW_VERSION);
    mv_buf_put_be64(out, group);
    mv_buf_put(out, cause.at, cause.len);
}

bool notifier_head_get(struct mv_span bytes, uint64_t *group,
                       struct mv_span *cause)
{
    const uint8_t *at = bytes.at;
    if (bytes.len < HEAD_FIXED || at[0] != NOTIFIER_ROW_VERSION)
        return false;
    *group = mv_be64_get(at + 1);
    *cause = mv_span(at + HEAD_FIXED, bytes.len - HEAD_FIXED);
    return true;
}
