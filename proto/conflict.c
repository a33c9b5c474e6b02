/* conflict - see conflict.h. Job: what is wrong, all at once, bounded.
 * Invariant: count <= MV_MAX_CONFLICTS, texts hold printable UTF-8 only and
 * no identity number, so what is answered, logged or shown is safe. A crash
 * leaves nothing: the sender asks again. */
#include "proto/conflict.h"
#include "proto/limits.h"
#include "proto/msg.h"
#include "proto/pack.h"
#include "services/base/err.h"
#include "services/base/identity.h"
#include "services/base/text.h"

#include <stdlib.h>
#include <string.h>

#define SHORT_BYTES  64 /* of field and value */
#define DETAIL_BYTES 256
#define CUT          "..."

void mv_conflicts_clear(struct mv_conflicts *all)
{
    all->count = 0;
    all->more = 0;
    mv_buf_clear(&all->texts);
}

void mv_conflicts_done(struct mv_conflicts *all)
{
    free(all->at);
    mv_buf_done(&all->texts);
    *all = (struct mv_conflicts){0};
}

void mv_show(struct mv_buf *out, struct mv_span bytes, size_t max)
{
    const size_t start = out->len, dots = sizeof CUT - 1;
    size_t whole = start; /* so much, and a cut behind it, is not too much */
    MV_ASSERT(max >= dots);
    for (size_t from = 0, to = 0; from < bytes.len; from = to) {
        uint32_t code_point;
        (void)mv_utf8_next(bytes, &to, &code_point);
        mv_text_escape_terminal(
            out, mv_span((const char *)bytes.at + from, to - from));
        if (out->len - start > max) {
            out->len = whole;
            mv_buf_text(out, CUT);
            return;
        }
        if (out->len - start + dots <= max)
            whole = out->len;
    }
}

static uint32_t keep(struct mv_conflicts *all, struct mv_span text, size_t max)
{
    size_t before = all->texts.len;
    mv_show(&all->texts, text, max);
    return (uint32_t)(all->texts.len - before);
}

void mv_conflicts_add(struct mv_conflicts *all, uint32_t row, const char *field,
                      mv_code code, struct mv_span value, const char *detail)
{
    if (all->count == MV_MAX_CONFLICTS) {
        all->more++;
        return;
    }
    if (all->at == NULL)
        all->at = mv_xcalloc(MV_MAX_CONFLICTS, sizeof *all->at);
    struct mv_span none = mv_span(NULL, 0);
    struct mv_span name = field != NULL ? mv_span_text(field) : none;
    if (code == MV_CODE_IDENTIFIER || mv_identity_in(value))
        value = none;
    if (mv_identity_in(name)) /* of a key or column that the sender made up */
        name = none;
    struct mv_conflict *c = &all->at[all->count++];
    *c = (struct mv_conflict){
        .row = row, .code = code, .text_at = all->texts.len};
    c->field_len = keep(all, name, SHORT_BYTES);
    c->value_len = keep(all, value, SHORT_BYTES);
    c->detail_len =
        keep(all, detail != NULL ? mv_span_text(detail) : none, DETAIL_BYTES);
}

void mv_conflicts_merge(struct mv_conflicts *all, uint32_t second)
{
    MV_ASSERT(second <= all->count);
    if (second == 0 || second == all->count)
        return;
    struct mv_conflict *first = mv_xcalloc(second, sizeof *first);
    memcpy(first, all->at, second * sizeof *first);
    uint32_t i = 0, k = second, to = 0;
    while (i < second) { /* what is left of the second stands in its place */
        bool later = k < all->count && all->at[k].row < first[i].row;
        all->at[to++] = later ? all->at[k++] : first[i++];
    }
    free(first);
}

mv_code mv_conflicts_first(const struct mv_conflicts *all)
{
    return all->count > 0 ? all->at[0].code : MV_CODE_NONE;
}

struct mv_code_args mv_conflicts_args(const struct mv_conflicts *all,
                                      uint32_t i)
{
    MV_ASSERT(i < all->count);
    const struct mv_conflict *c = &all->at[i];
    static const uint8_t nothing[1];
    const uint8_t *at =
        all->texts.at != NULL ? all->texts.at + c->text_at : nothing;
    return (struct mv_code_args){
        .field = mv_span(at, c->field_len),
        .value = mv_span(at + c->field_len, c->value_len),
        .detail = mv_span(at + c->field_len + c->value_len, c->detail_len),
    };
}

static void pack_one(const struct mv_conflicts *all, uint32_t i, mv_lang lang,
                     struct mv_buf *scratch, struct mv_buf *out)
{
    const struct mv_conflict *c = &all->at[i];
    struct mv_code_args args = mv_conflicts_args(all, i);
    mv_buf_clear(scratch);
    mv_code_text(c->code, lang, &args, scratch);
    struct mv_msg_conflict msg = {
        .row = c->row,
        .has_row = c->row > 0,
        .field = args.field.len > 0 ? args.field : mv_span(NULL, 0),
        .code = mv_span_text(mv_code_name(c->code)),
        .value = args.value.len > 0 ? args.value : mv_span(NULL, 0),
        .text = mv_buf_span(scratch),
    };
    mv_msg_conflict_encode(&msg, out);
}

void mv_conflicts_pack(const struct mv_conflicts *all, mv_lang lang,
                       struct mv_buf *out)
{
    struct mv_buf scratch = {0};
    mv_pack_list(out, all->count);
    for (uint32_t i = 0; i < all->count; i++)
        pack_one(all, i, lang, &scratch, out);
    mv_buf_done(&scratch);
}
