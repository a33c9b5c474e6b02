/* frames - see frames.h. Job: readable tests. Invariant: the frames are what
 * proto/README.md says, so a refusal is the code's and not the test's. */
#include "tests/support/frames.h"

#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "services/base/err.h"
#include "services/base/micro.h"

/* The next word on the line; false at its end. */
static bool word(const char **at, struct mv_span *ret)
{
    while (**at == ' ')
        (*at)++;
    size_t n = strcspn(*at, " \n");
    *ret = mv_span(*at, n);
    *at += n;
    return n > 0;
}

static uint32_t words_on_line(const char *at)
{
    struct mv_span w;
    uint32_t n = 0;
    while (word(&at, &w))
        n++;
    return n;
}

static void cell(struct mv_buf *out, struct mv_span column, struct mv_span text)
{
    if (mv_span_is(text, "-")) {
        mv_pack_nil(out);
    } else if (mv_span_is(column, "value") || mv_span_is(column, "numerator") ||
               mv_span_is(column, "denominator")) {
        int64_t micro = 0;
        MV_ASSERT(mv_micro_parse(text, &micro) == MV_NUMBER_OK);
        mv_pack_micro(out, micro);
    } else if (mv_span_is(column, "time")) {
        mv_pack_i64(out, strtoll(text.at, NULL, 10));
    } else {
        mv_pack_text(out, text);
    }
}

static void rows_of(struct mv_buf *out, const char *fields, const char *rows)
{
    uint32_t lines = 0;
    for (const char *c = rows; *c != 0; c++)
        lines += *c == '\n';
    mv_pack_list(out, lines);
    while (*rows != 0) {
        struct mv_span column, text;
        const char *names = fields;
        mv_pack_list(out, words_on_line(rows));
        while (word(&rows, &text)) {
            if (!word(&names, &column))
                column = mv_span_text("indicator");
            cell(out, column, text);
        }
        rows++;
    }
}

static void table(struct mv_buf *out, const char *type, const char *producer,
                  uint64_t number, const char *fields, const char *rows)
{
    struct mv_span name;
    const char *names = fields;
    mv_buf_clear(out);
    mv_pack_map(out, 6);
    mv_pack_kv_u64(out, "v", 1);
    mv_pack_kv_cstr(out, "type", type);
    mv_pack_kv_cstr(out, "producer", producer);
    mv_pack_kv_u64(out, "number", number);
    mv_pack_cstr(out, "fields");
    mv_pack_list(out, words_on_line(fields));
    while (word(&names, &name))
        mv_pack_text(out, name);
    mv_pack_cstr(out, "rows");
    rows_of(out, fields, rows);
}

void frame_delivery(struct mv_buf *out, const char *producer, uint64_t number,
                    const char *fields, const char *rows)
{
    table(out, "delivery", producer, number, fields, rows);
}

void frame_withdrawal(struct mv_buf *out, const char *producer, uint64_t number,
                      const char *fields, const char *rows)
{
    table(out, "withdrawal", producer, number, fields, rows);
}

void frame_catalogue(struct mv_buf *out, const char *producer, uint64_t number,
                     const char *units, const char *indicators,
                     const char *targets)
{
    frame_commissions(out, producer, number, units, indicators, targets, NULL);
}

void frame_commissions(struct mv_buf *out, const char *producer,
                       uint64_t number, const char *units,
                       const char *indicators, const char *targets,
                       const char *commissions)
{
    mv_buf_clear(out);
    mv_pack_map(out, 5);
    mv_pack_kv_u64(out, "v", 1);
    mv_pack_kv_cstr(out, "type", "catalogue");
    mv_pack_kv_cstr(out, "producer", producer);
    mv_pack_kv_u64(out, "number", number);
    mv_pack_cstr(out, "files");
    mv_pack_map(out, commissions != NULL ? 4 : 3);
    mv_pack_kv_cstr(out, "units.yaml", units);
    mv_pack_kv_cstr(out, "indicators.yaml", indicators);
    mv_pack_kv_cstr(out, "targets.yaml", targets);
    if (commissions != NULL)
        mv_pack_kv_cstr(out, "commissions.yaml", commissions);
}
