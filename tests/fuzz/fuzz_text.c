/* Any bytes as a text, a number, a period, a time: what is taken is written
 * and read back the same; what is shown holds nothing that is not plain. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "services/base/clock.h"
#include "services/base/decimal.h"
#include "services/base/err.h"
#include "services/base/period.h"
#include "services/base/text.h"

static void shown(struct mv_span text)
{
    struct mv_buf b = {0};
    mv_text_escape_log(&b, text, 200);
    MV_ASSERT(b.len <= 203);
    for (size_t i = 0; i < b.len; i++)
        MV_ASSERT(b.at[i] >= ' ' && b.at[i] <= '~');
    mv_buf_clear(&b);
    mv_text_escape_terminal(&b, text);
    MV_ASSERT(mv_text_is_plain(mv_buf_span(&b)));
    MV_ASSERT(mv_text_columns(mv_buf_span(&b)) == mv_text_columns(text));
    (void)mv_text_check(text);
    MV_ASSERT(!mv_text_is_identifier(text) || mv_text_is_plain(text));
    mv_buf_done(&b);
}

static void numbers(struct mv_span text)
{
    int64_t micro;
    int64_t back;
    struct mv_dec dec;
    char out[MV_MICRO_TEXT_BYTES];
    char wide[MV_DEC_TEXT_BYTES];
    double v;
    float f;
    if (mv_micro_parse(text, &micro) == MV_NUMBER_OK) {
        struct mv_span again = mv_span_text(mv_micro_text(micro, out));
        MV_ASSERT(mv_micro_parse(again, &back) == MV_NUMBER_OK);
        MV_ASSERT(back == micro);
        MV_ASSERT(mv_dec_parse(text, &dec) == MV_NUMBER_OK);
        MV_ASSERT(dec.pico == mv_dec_from_micro(micro).pico);
    }
    if (mv_dec_parse(text, &dec) == MV_NUMBER_OK)
        (void)mv_dec_text(dec, wide);
    if (text.len >= sizeof v) {
        memcpy(&v, text.at, sizeof v);
        memcpy(&f, text.at, sizeof f);
        if (mv_micro_from_f64(v, &micro) == MV_NUMBER_OK)
            MV_ASSERT(mv_micro_to_f64(micro, &v));
        (void)mv_micro_from_f32(f, &micro);
    }
}

static void times(struct mv_span text)
{
    struct mv_period p;
    struct mv_period q;
    char out[MV_CLOCK_TEXT_BYTES];
    int64_t ms;
    int64_t back;
    if (mv_period_parse(text, &p)) {
        struct mv_span again = mv_span_text(mv_period_text(&p, out));
        MV_ASSERT(mv_period_parse(again, &q) && mv_period_equal(&p, &q));
        MV_ASSERT(mv_period_from_code(p.year, mv_period_code(&p), &q));
        MV_ASSERT(mv_period_equal(&p, &q) && p.first_day <= p.last_day);
    }
    if (mv_clock_parse(text, &ms)) {
        struct mv_span again = mv_span_text(mv_clock_text(ms, out));
        MV_ASSERT(!mv_clock_parse(again, &back) || back == ms);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mv_span text = mv_span(data, size);
    shown(text);
    numbers(text);
    times(text);
    return 0;
}
