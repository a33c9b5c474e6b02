/* canonical - see mv_delivery_canonical. Job: the one form of a delivery
 * that is hashed, journalled and compared. Invariant: it depends on what the
 * rows mean and on nothing else of how they were sent. No state: a crash
 * leaves nothing. */
#include "proto/delivery.h"
#include "proto/pack.h"
#include "services/base/err.h"
#include "services/base/micro.h"

static void pack_text(struct mv_buf *out, struct mv_span text)
{
    if (text.at == NULL)
        mv_pack_nil(out);
    else
        mv_pack_text(out, text);
}

static void pack_number(struct mv_buf *out, bool has, int64_t micro)
{
    if (has)
        mv_pack_micro(out, micro);
    else
        mv_pack_nil(out);
}

static void pack_cell(struct mv_buf *out, const struct mv_row *row,
                      mv_column col)
{
    switch (col) {
    case MV_COL_INDICATOR:
        pack_text(out, row->indicator);
        break;
    case MV_COL_MEMBER:
        pack_text(out, row->member);
        break;
    case MV_COL_UNIT:
        pack_text(out, row->unit);
        break;
    case MV_COL_PERIOD:
        pack_text(out, row->period);
        break;
    case MV_COL_VALUE:
        pack_number(out, row->has_value, row->value);
        break;
    case MV_COL_NUMERATOR:
        pack_number(out, row->has_numerator, row->numerator);
        break;
    case MV_COL_DENOMINATOR:
        pack_number(out, row->has_numerator, row->denominator);
        break;
    case MV_COL_FLAG:
        pack_text(out, mv_span(row->flag != 0 ? &row->flag : NULL, 1));
        break;
    case MV_COL_TIME:
        if (row->has_time)
            mv_pack_i64(out, row->time_ms);
        else
            mv_pack_nil(out);
        break;
    case MV_COL_NOTE:
        pack_text(out, row->note);
        break;
    case MV_COLUMN_COUNT:
        break;
    }
}

static uint32_t used(uint32_t columns, mv_column order[MV_COLUMN_COUNT])
{
    uint32_t count = 0;
    for (uint32_t col = 0; col < MV_COLUMN_COUNT; col++) {
        if ((columns >> col & 1) != 0)
            order[count++] = (mv_column)col;
    }
    return count;
}

void mv_delivery_canonical(const struct mv_delivery *d, struct mv_buf *out)
{
    mv_column order[MV_COLUMN_COUNT];
    uint32_t count = used(d->columns, order);
    mv_pack_map(out, 6);
    mv_pack_kv_u64(out, "v", MV_PROTO_VERSION);
    mv_pack_kv_cstr(out, "type", mv_table_name(d->kind));
    mv_pack_kv_text(out, "producer", d->producer);
    mv_pack_kv_u64(out, "number", d->number);
    mv_pack_cstr(out, "fields");
    mv_pack_list(out, count);
    for (uint32_t i = 0; i < count; i++)
        mv_pack_cstr(out, mv_column_name(order[i]));
    mv_pack_cstr(out, "rows");
    mv_pack_list(out, d->row_count);
    for (uint32_t r = 0; r < d->row_count; r++) {
        mv_pack_list(out, count);
        for (uint32_t i = 0; i < count; i++)
            pack_cell(out, &d->rows[r], order[i]);
    }
}
