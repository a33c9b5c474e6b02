/* view - see view.h. Job: the bounds of a view, and what it needs beforehand.
 * Invariant: a view begins with an empty store, so the service's own is never
 * taken for one. A crash leaves a directory that nobody needs. */
#include "services/evaluator/view.h"

#include "services/base/day.h"
#include "services/evaluator/aside.h"

mv_rc evaluator_view_options(const struct evaluator_view_settings *v,
                             struct evaluator_options *o, struct mv_err *err)
{
    struct mv_span day = mv_span_text(v->periods_to);
    if (day.len > 0 && !mv_day_parse(day, &o->periods_to))
        return mv_fail(err, MV_CONFIG, "periods_to: %s is no day",
                       v->periods_to);
    if (v->frozen[0] != '\0')
        o->frozen = v->frozen;
    if (v->until == 0)
        return mv_fail(err, MV_CONFIG, "until: a view ends at some record");
    return MV_OK;
}

static bool read_seq(const char *text, uint64_t *ret)
{
    uint64_t n = 0;
    for (; *text >= '0' && *text <= '9' && n < UINT64_MAX / 16; text++)
        n = n * 10 + (uint64_t)(*text - '0');
    *ret = n;
    return *text == 0 && n > 0;
}

static mv_rc put_skips(const struct evaluator_view_settings *v,
                       const struct evaluator_book *book, struct mv_err *err)
{
    static const uint8_t whatever[MV_HASH_BYTES];
    for (size_t i = 0; i < v->skips.count; i++) {
        uint64_t seq;
        if (!read_seq(v->skips.at[i], &seq))
            return mv_fail(err, MV_CONFIG, "skips: %s is no record",
                           v->skips.at[i]);
        (void)evaluator_skip_put(book, seq, whatever, mv_span_text("-"), "-");
    }
    return MV_OK;
}

mv_rc evaluator_view_prepare(const struct evaluator_view_settings *v,
                             struct mv_store *store, struct mv_err *err)
{
    struct evaluator_book book;
    struct evaluator_mark mark;
    mv_store_begin(store);
    evaluator_book_init(&book, store, false);
    evaluator_book_mark(&book, &mark);
    mv_rc rc = MV_OK;
    if (mark.seq > 0)
        rc = mv_fail(err, MV_CONFIG,
                     "the store is in use: a view needs an empty directory");
    if (rc == MV_OK)
        rc = put_skips(v, &book, err);
    if (rc == MV_OK)
        return mv_store_commit(store, err);
    mv_store_abort(store);
    return rc;
}
