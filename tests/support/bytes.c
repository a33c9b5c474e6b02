/* bytes - see bytes.h. Job: test input. Invariant: with nothing changed the
 * delivery is good and canonical. No state. */
#include "tests/support/bytes.h"
#include "proto/delivery.h"
#include "proto/pack.h"

#include <stdio.h>
#include <string.h>

static int digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *found = c != 0 ? strchr(digits, c) : NULL;
    return found != NULL ? (int)(found - digits) : -1;
}

void test_hex(struct mv_buf *out, const char *hex)
{
    int high = -1;
    for (; *hex != 0; hex++) {
        int d = digit(*hex);
        if (d < 0)
            continue;
        if (high >= 0)
            mv_buf_put_u8(out, (uint8_t)(high * 16 + d));
        high = high >= 0 ? -1 : d;
    }
}

static bool same(const char *a, const char *b)
{
    return a != NULL && strcmp(a, b) == 0;
}

/* Writes the key and, if it is the one that differs, the other value. */
static bool key(struct mv_buf *out, const struct test_delivery *t,
                const char *name)
{
    if (same(t->without, name))
        return false;
    mv_pack_cstr(out, name);
    if (!same(t->key, name))
        return true;
    test_hex(out, t->value_hex);
    return false;
}

static void good_cell(struct mv_buf *out, unsigned col, unsigned row)
{
    char period[32];
    switch (col) {
    case MV_COL_INDICATOR:
        mv_pack_cstr(out, "epikrise");
        break;
    case MV_COL_MEMBER:
        mv_pack_cstr(out, "som");
        break;
    case MV_COL_UNIT:
        mv_pack_cstr(out, "ahus");
        break;
    case MV_COL_PERIOD:
        (void)snprintf(period, sizeof period, "%u-T3", 2024 + row);
        mv_pack_cstr(out, period);
        break;
    case MV_COL_NUMERATOR:
        mv_pack_u64(out, 812);
        break;
    case MV_COL_DENOMINATOR:
        mv_pack_u64(out, 1003);
        break;
    case MV_COL_FLAG:
        mv_pack_cstr(out, "A");
        break;
    case MV_COL_TIME:
        mv_pack_u64(out, 1733011200000);
        break;
    case MV_COL_NOTE:
        mv_pack_cstr(out, "Tabell 3");
        break;
    default:
        mv_pack_nil(out);
        break;
    }
}

static void rows(struct mv_buf *out, const struct test_delivery *t)
{
    unsigned count = t->rows > 0 ? t->rows : 1;
    mv_pack_list(out, count);
    for (unsigned row = 0; row < count; row++) {
        mv_pack_list(out, MV_COLUMN_COUNT);
        for (unsigned col = 0; col < MV_COLUMN_COUNT; col++) {
            if (same(t->column, mv_column_name((mv_column)col)))
                test_hex(out, t->cell_hex);
            else
                good_cell(out, col, row);
        }
    }
}

void test_delivery_bytes(struct mv_buf *out, const struct test_delivery *t)
{
    mv_pack_map(out, 6u + (t->extra_hex != NULL) - (t->without != NULL));
    if (key(out, t, "v"))
        mv_pack_u64(out, 1);
    if (key(out, t, "type"))
        mv_pack_cstr(out, "delivery");
    if (key(out, t, "producer"))
        mv_pack_cstr(out, "monthly-export");
    if (key(out, t, "number"))
        mv_pack_u64(out, 412);
    if (key(out, t, "fields")) {
        mv_pack_list(out, MV_COLUMN_COUNT);
        for (unsigned col = 0; col < MV_COLUMN_COUNT; col++)
            mv_pack_cstr(out, mv_column_name((mv_column)col));
    }
    if (key(out, t, "rows"))
        rows(out, t);
    if (t->extra_hex != NULL)
        test_hex(out, t->extra_hex);
}
