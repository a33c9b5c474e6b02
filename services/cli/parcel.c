/* parcel - see parcel.h. Job: rows to frames. Invariant: the same rows give
 * the same bytes; no frame is larger than ingest takes. No state. */
#include "services/cli/parcel.h"

#include <string.h>

#include "proto/limits.h"
#include "services/base/hash.h"
#include "services/base/text.h"

/* More than a row can take: five texts with their heads, three numbers, a
 * time, a flag. */
static size_t row_bytes(const struct mv_row *r)
{
    return 64 + r->indicator.len + r->member.len + r->unit.len + r->period.len +
           r->note.len;
}

uint32_t cli_parcel_rows(const struct cli_sheet *s, uint32_t from,
                         uint32_t max_rows)
{
    size_t bytes = 512;
    uint32_t count = 0;
    if (max_rows == 0 || max_rows > MV_MAX_ROWS)
        max_rows = MV_MAX_ROWS;
    while (from + count < s->count && count < max_rows) {
        bytes += row_bytes(&s->rows[from + count]);
        if (bytes > CLI_PARCEL_BYTES && count > 0)
            break;
        count++;
    }
    return count;
}

static uint32_t columns_of(const struct mv_row *r)
{
    return 1u << MV_COL_INDICATOR | 1u << MV_COL_UNIT | 1u << MV_COL_PERIOD |
           (uint32_t)(r->member.len > 0) << MV_COL_MEMBER |
           (uint32_t)(r->note.len > 0) << MV_COL_NOTE |
           (uint32_t)r->has_value << MV_COL_VALUE |
           (uint32_t)r->has_numerator << MV_COL_NUMERATOR |
           (uint32_t)r->has_numerator << MV_COL_DENOMINATOR |
           (uint32_t)r->has_time << MV_COL_TIME |
           (uint32_t)(r->flag != 0) << MV_COL_FLAG;
}

void cli_parcel_put(const struct cli_sheet *s, uint32_t from, uint32_t count,
                    const char *producer, uint64_t number, struct mv_buf *out)
{
    struct mv_delivery d = {.kind = s->kind,
                            .producer = mv_span_text(producer),
                            .number = number,
                            .row_count = count,
                            .rows = s->rows + from};
    for (uint32_t i = 0; i < count; i++)
        d.columns |= columns_of(&d.rows[i]);
    mv_delivery_canonical(&d, out);
}

void cli_parcel_hash(const struct cli_sheet *s, uint32_t from, uint32_t count,
                     const char *producer, uint8_t hash[32])
{
    struct mv_buf bytes = {0};
    cli_parcel_put(s, from, count, producer, 0, &bytes);
    struct mv_hash h = mv_hash_of(mv_buf_span(&bytes));
    memcpy(hash, h.at, sizeof h.at);
    mv_buf_done(&bytes);
}

bool cli_parcel_producer(const char *file, char ret[65])
{
    const char *slash = strrchr(file, '/');
    const char *name = slash != NULL ? slash + 1 : file;
    const char *point = strrchr(name, '.');
    size_t len =
        point != NULL && point > name ? (size_t)(point - name) : strlen(name);
    size_t n = 0;
    for (size_t i = 0; i < len && n < 64; i++) {
        char c = name[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!good && (n == 0 || ret[n - 1] == '-'))
            continue;
        ret[n++] = good ? c : '-';
    }
    while (n > 0 && ret[n - 1] == '-')
        n--;
    ret[n] = '\0';
    return mv_text_is_producer(mv_span(ret, n));
}
