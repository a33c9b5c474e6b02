/* show - see show.h. Job: everything with one id, key by key, as text.
 * Invariant: keys without a value take no line.
 * A crash in the middle leaves nothing: there is no state. */
#include "services/catalogue/show.h"

#include "services/base/micro.h"
#include "services/base/text.h"
#include "services/catalogue/fields.h"

void mv_show_micro(struct mv_buf *out, int64_t micro)
{
    char text[MV_MICRO_TEXT_BYTES];
    mv_buf_text(out, mv_micro_text(micro, text));
}

static void show(const struct mv_catalogue *c, const char *what,
                 struct mv_span id, int32_t year, const struct mv_field *fields,
                 const void *thing, struct mv_buf *out)
{
    struct mv_buf value = {0};
    if (out->len > 0)
        mv_buf_text(out, "\n");
    mv_buf_printf(out, "%s %.*s", what, (int)id.len, (const char *)id.at);
    if (year != 0)
        mv_buf_printf(out, " %d", (int)year);
    mv_buf_text(out, "\n");
    for (const struct mv_field *f = fields; f->key != NULL; f++) {
        mv_buf_clear(&value);
        f->text(c, thing, &value);
        if (value.len == 0)
            continue;
        mv_buf_printf(out, "  %-16s", f->key);
        mv_text_escape_terminal(out, mv_buf_span(&value));
        mv_buf_text(out, "\n");
    }
    mv_buf_done(&value);
}

bool mv_catalogue_show(const struct mv_catalogue *c, struct mv_span id,
                       struct mv_buf *out)
{
    size_t before = out->len;
    const struct mv_unit *u = mv_catalogue_unit(c, id);
    const struct mv_indicator *i = mv_catalogue_indicator(c, id);
    if (u != NULL)
        show(c, "unit", id, 0, mv_unit_fields, u, out);
    if (i != NULL)
        show(c, "indicator", id, 0, mv_indicator_fields, i, out);
    for (uint32_t t = 0; t < c->target_count; t++) {
        if (mv_span_equal(c->targets[t].id, id)) {
            show(c, "target", id, c->targets[t].year, mv_target_fields,
                 &c->targets[t], out);
        }
    }
    for (uint32_t o = 0; o < c->commission_count; o++) {
        if (mv_span_equal(c->commissions[o].id, id)) {
            show(c, "commission", id, c->commissions[o].year,
                 mv_commission_fields, &c->commissions[o], out);
        }
    }
    return out->len > before;
}
