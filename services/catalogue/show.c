/* show - see show.h. Job: everything with one id, key by key.
 * Invariant: keys without a value are not told.
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

static void tell(const struct mv_catalogue *c, const char *kind,
                 struct mv_span id, int32_t year, const struct mv_field *fields,
                 const void *thing, const struct mv_show *to)
{
    struct mv_buf value = {0};
    to->thing(to->ctx, kind, id, year);
    for (const struct mv_field *f = fields; f->key != NULL; f++) {
        mv_buf_clear(&value);
        f->text(c, thing, &value);
        if (value.len > 0)
            to->key(to->ctx, f->key, mv_buf_span(&value));
    }
    mv_buf_done(&value);
}

bool mv_catalogue_tell(const struct mv_catalogue *c, struct mv_span id,
                       const struct mv_show *to)
{
    const struct mv_unit *u = mv_catalogue_unit(c, id);
    const struct mv_indicator *i = mv_catalogue_indicator(c, id);
    bool found = u != NULL || i != NULL;
    if (u != NULL)
        tell(c, "unit", id, 0, mv_unit_fields, u, to);
    if (i != NULL)
        tell(c, "indicator", id, 0, mv_indicator_fields, i, to);
    for (uint32_t t = 0; t < c->target_count; t++) {
        const struct mv_target *at = &c->targets[t];
        if (!mv_span_equal(at->id, id))
            continue;
        tell(c, "target", id, at->year, mv_target_fields, at, to);
        found = true;
    }
    for (uint32_t o = 0; o < c->commission_count; o++) {
        const struct mv_commission *at = &c->commissions[o];
        if (!mv_span_equal(at->id, id))
            continue;
        tell(c, "commission", id, at->year, mv_commission_fields, at, to);
        found = true;
    }
    return found;
}

static void put_thing(void *ctx, const char *kind, struct mv_span id,
                      int32_t year)
{
    struct mv_buf *out = ctx;
    if (out->len > 0)
        mv_buf_text(out, "\n");
    mv_buf_printf(out, "%s %.*s", kind, (int)id.len, (const char *)id.at);
    if (year != 0)
        mv_buf_printf(out, " %d", (int)year);
    mv_buf_text(out, "\n");
}

static void put_key(void *ctx, const char *key, struct mv_span value)
{
    struct mv_buf *out = ctx;
    mv_buf_printf(out, "  %-16s", key);
    mv_text_escape_terminal(out, value);
    mv_buf_text(out, "\n");
}

bool mv_catalogue_show(const struct mv_catalogue *c, struct mv_span id,
                       struct mv_buf *out)
{
    const struct mv_show text = {out, put_thing, put_key};
    return mv_catalogue_tell(c, id, &text);
}
