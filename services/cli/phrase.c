/* phrase - see phrase.h. Job: words and numbers for people. Invariant: two
 * numbers that are not equal are never shown as equal beside each other, and
 * no digit is made up. Holds nothing. */
#include "services/cli/phrase.h"

#include <string.h>

#include "proto/walk.h"
#include "services/base/clock.h"
#include "services/base/decimal.h"
#include "services/base/period.h"
#include "services/base/shown.h"
#include "services/cli/rows.h"

struct pair {
    const char *name;
    cli_word word;
};

static void put_word(const struct cli *c, const struct pair *pairs,
                     size_t count, struct mv_span name, struct mv_buf *out)
{
    for (size_t i = 0; i < count; i++) {
        if (mv_span_is(name, pairs[i].name)) {
            mv_buf_text(out, cli_w(c, pairs[i].word));
            return;
        }
    }
    mv_buf_put(out, name.at, name.len);
}

void cli_reason(const struct cli *c, struct mv_span reason, struct mv_buf *out)
{
    static const struct pair pairs[] = {
        {"under_development", CLI_W_R_UNDER_DEVELOPMENT},
        {"report_only", CLI_W_R_REPORT_ONLY},
        {"withdrawn", CLI_W_R_WITHDRAWN},
        {"suppressed", CLI_W_R_SUPPRESSED},
        {"zero_denominator", CLI_W_R_ZERO_DENOMINATOR},
        {"not_computable", CLI_W_R_NOT_COMPUTABLE},
        {"series_break", CLI_W_R_SERIES_BREAK},
        {"no_limit", CLI_W_R_NO_LIMIT},
        {"no_base", CLI_W_R_NO_BASE},
        {"overdue", CLI_W_R_OVERDUE},
        {"not_due", CLI_W_R_NOT_DUE},
        {"not_assessed", CLI_W_R_NOT_ASSESSED},
        {"not_there", CLI_W_R_NOT_THERE},
        {"ended", CLI_W_R_ENDED}, /* these of parts left out */
        {"unweighted", CLI_W_R_UNWEIGHTED},
        {"hidden", CLI_W_R_HIDDEN},
        {"missing", CLI_W_R_MISSING},
    };
    put_word(c, pairs, CLI_COUNT(pairs), reason, out);
}

void cli_reason_of(const struct cli *c, struct mv_span row, const char *key,
                   struct mv_buf *out)
{
    struct mv_span reason = cli_get_text(row, key);
    if (cli_get_text(row, "commission").len > 0 &&
        mv_span_is(reason, "not_due"))
        mv_buf_text(out, cli_w(c, CLI_W_R_DATE_AHEAD));
    else
        cli_reason(c, reason, out);
}

void cli_cause(const struct cli *c, struct mv_span kind, struct mv_buf *out)
{
    static const struct pair pairs[] = {
        {"figure", CLI_W_C_FIGURE},
        {"correction", CLI_W_C_CORRECTION},
        {"withdrawal", CLI_W_C_WITHDRAWAL},
        {"assessment", CLI_W_C_ASSESSMENT},
        {"delivered", CLI_W_C_DELIVERED},
        {"closed", CLI_W_C_CLOSED},
        {"hold", CLI_W_C_HOLD},
        {"catalogue", CLI_W_C_CATALOGUE},
        {"clock", CLI_W_C_CLOCK},
        {"skip", CLI_W_C_SKIP},
        {"engine", CLI_W_C_ENGINE},
        {"restore", CLI_W_C_RESTORE},
    };
    put_word(c, pairs, CLI_COUNT(pairs), kind, out);
}

/* The last of the periods that follow on p, one by one; *item stays at the
 * first that does not, or is empty. */
static uint32_t run_of(struct mv_list *l, struct mv_period *p,
                       struct mv_span *item)
{
    struct mv_period next, got;
    struct mv_span text;
    uint32_t length = 1;
    while (mv_list_next(l, item)) {
        if (!mv_value_text(*item, &text) || !mv_period_parse(text, &got) ||
            !mv_period_next(p, &next) || !mv_period_equal(&next, &got))
            return length;
        *p = got;
        length++;
    }
    *item = mv_span(NULL, 0);
    return length;
}

void cli_names(struct mv_span list, struct mv_buf *out)
{
    struct mv_list l;
    struct mv_span item = mv_span(NULL, 0), text;
    struct mv_period p;
    char last[MV_PERIOD_TEXT_BYTES];
    const char *between = "";
    bool more = mv_list_open(&l, list) && mv_list_next(&l, &item);
    for (; more; between = ", ") {
        if (!mv_value_text(item, &text))
            text = mv_span("", 0);
        mv_buf_text(out, between);
        mv_buf_put(out, text.at, text.len);
        if (!mv_period_parse(text, &p)) {
            more = mv_list_next(&l, &item);
            continue;
        }
        uint32_t length = run_of(&l, &p, &item);
        if (length > 1)
            mv_buf_printf(out, "%s%s", length > 2 ? "–" : ", ",
                          mv_period_text(&p, last));
        more = item.at != NULL;
    }
}

void cli_reason_where(const struct cli *c, struct mv_span row,
                      struct mv_span reason, struct mv_buf *out)
{
    struct mv_span at = cli_get(row, "broken");
    struct mv_span name = cli_get_text(at, "unit");
    struct mv_span member = cli_get_titled(c, at, "member", "member_title");
    struct mv_buf unit = {0}, period = {0};
    cli_reason(c, reason, out);
    if (mv_span_is(reason, "not_computable") && cli_get_bool(row, "bare"))
        mv_buf_printf(out, ": %s", cli_w(c, CLI_W_R_BARE));
    if (name.len == 0 || !mv_span_is(reason, "series_break"))
        return;
    mv_buf_put(&unit, name.at, name.len);
    if (member.len > 0)
        mv_buf_printf(&unit, " (%.*s)", (int)member.len,
                      (const char *)member.at);
    name = cli_get_text(at, "period");
    mv_buf_put(&period, name.at, name.len);
    mv_buf_text(out, ": ");
    cli_word_put(out, c, CLI_W_R_BREAK_AT, mv_buf_cstr(&unit),
                 mv_buf_cstr(&period), NULL);
    mv_buf_done(&unit);
    mv_buf_done(&period);
}

void cli_overdue(struct mv_span row, struct mv_buf *out)
{
    struct mv_span judgement = cli_get(row, "judgement");
    cli_names(cli_get(judgement.len > 0 ? judgement : row, "overdue"), out);
    if (out->len == 0)
        cli_names(cli_get(row, "also_overdue"), out);
}

static void put_measure(const struct cli *c, struct mv_span measure,
                        struct mv_buf *out)
{
    static const struct pair pairs[] = {
        {"percent", CLI_W_M_PERCENT},
        {"percent_change", CLI_W_M_PERCENT},
        {"pp", CLI_W_M_PP},
        {"days", CLI_W_M_DAYS},
        {"nok", CLI_W_M_NOK},
        {"points", CLI_W_M_POINTS},
        {"ddd_per_100_bed_days", CLI_W_M_DDD_BED_DAYS},
        {"ddd", CLI_W_M_DDD},
        {"nok_millions", CLI_W_M_NOK_MILLIONS},
        {"count", CLI_W_NONE},
        {"", CLI_W_NONE},
    };
    struct mv_buf word = {0};
    put_word(c, pairs, CLI_COUNT(pairs), measure, &word);
    if (word.len > 0)
        mv_buf_put_u8(out, ' ');
    for (size_t i = 0; i < word.len; i++)
        mv_buf_put_u8(out, word.at[i] == '_' ? ' ' : word.at[i]);
    mv_buf_done(&word);
}

void cli_measure(const struct cli *c, struct mv_span measure,
                 struct mv_buf *out)
{
    static const struct pair pairs[] = {{"percent_change", CLI_W_M_GROWTH},
                                        {"count", CLI_W_M_COUNT}};
    struct mv_buf word = {0};
    for (size_t i = 0; i < CLI_COUNT(pairs); i++)
        if (mv_span_is(measure, pairs[i].name))
            mv_buf_text(&word, cli_w(c, pairs[i].word));
    if (word.len == 0)
        put_measure(c, measure, &word);
    if (word.len > 0 && word.at[0] == ' ')
        mv_buf_put(out, word.at + 1, word.len - 1);
    else
        mv_buf_put(out, word.at, word.len);
    mv_buf_done(&word);
}

static void put_digits(const struct cli *c, const char *text,
                       struct mv_buf *out)
{
    mv_shown_digits(out, text, c->lang == MV_LANG_NB);
}

/* False: no number, and it has been put as it is. */
static bool read_number(struct mv_span text, struct mv_dec *ret,
                        struct mv_buf *out)
{
    if (mv_dec_parse(text, ret) == MV_NUMBER_OK)
        return true;
    mv_buf_put(out, text.at, text.len);
    return false;
}

struct cli_shown cli_shown_adding(struct cli_shown f, struct mv_span value,
                                  struct mv_span limit, struct mv_span margin)
{
    struct mv_dec v, l, m;
    if (mv_dec_parse(limit, &l) != MV_NUMBER_OK)
        return f;
    if (mv_dec_parse(value, &v) != MV_NUMBER_OK)
        v = l;
    f.decimals = (unsigned)(mv_dec_parse(margin, &m) == MV_NUMBER_OK
                                ? mv_shown_adding(v, l, m, f.decimals)
                                : mv_shown_against(v, l, f.decimals));
    return f;
}

void cli_shown(const struct cli *c, const struct cli_shown *f,
               struct mv_span text, struct mv_span beside, struct mv_buf *out)
{
    struct mv_dec a, b;
    char digits[MV_DEC_TEXT_BYTES];
    if (!read_number(text, &a, out))
        return;
    int n = (int)f->decimals;
    if (mv_dec_parse(beside, &b) == MV_NUMBER_OK)
        n = mv_shown_apart(a, b, f->decimals);
    put_digits(c, mv_dec_text_fixed(a, n, digits), out);
    put_measure(c, f->measure, out);
}

void cli_value(const struct cli *c, const struct cli_shown *f,
               struct mv_span text, struct mv_span beside, struct mv_buf *out)
{
    if (mv_span_is(f->measure, "percent_change"))
        mv_buf_printf(out, "%s ", cli_w(c, CLI_W_GROWTH));
    cli_shown(c, f, text, beside, out);
}

void cli_plain(const struct cli *c, const struct cli_shown *f,
               struct mv_span text, struct mv_span beside, struct mv_buf *out)
{
    struct mv_dec a;
    char digits[MV_DEC_TEXT_BYTES];
    if (mv_dec_parse(text, &a) != MV_NUMBER_OK ||
        mv_shown_natural(a) > f->decimals) {
        cli_shown(c, f, text, beside, out);
        return;
    }
    put_digits(c, mv_dec_text(a, digits), out);
    put_measure(c, f->measure, out);
}

void cli_margin(const struct cli *c, const struct cli_shown *f,
                struct mv_span text, struct mv_buf *out)
{
    struct mv_dec a;
    struct mv_span zero = mv_span_text("0");
    struct cli_shown difference = *f;
    if (!read_number(text, &a, out))
        return;
    if (mv_dec_sign(a) > 0)
        mv_buf_put_u8(out, '+');
    if (mv_span_is(f->measure, "percent") ||
        mv_span_is(f->measure, "percent_change"))
        difference.measure = mv_span_text("pp");
    cli_shown(c, &difference, text, zero, out);
}

void cli_needed(const struct cli *c, const struct cli_shown *f,
                struct mv_span text, int up, struct mv_buf *out)
{
    struct mv_dec a;
    struct cli_shown close = *f;
    char digits[MV_DEC_TEXT_BYTES];
    if (mv_dec_parse(text, &a) == MV_NUMBER_OK) {
        close.decimals = (unsigned)mv_shown_close(&a, f->decimals, up);
        text = mv_span_text(mv_dec_text(a, digits));
    }
    cli_shown(c, &close, text, mv_span("", 0), out);
}

void cli_count(const struct cli *c, uint64_t n, struct mv_buf *out)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)n);
    put_digits(c, text, out);
}

void cli_count_of(const struct cli *c, uint64_t n, cli_word one, cli_word many,
                  struct mv_buf *out)
{
    struct mv_buf count = {0};
    cli_count(c, n, &count);
    cli_word_put(out, c, n == 1 ? one : many, mv_buf_cstr(&count), NULL);
    mv_buf_done(&count);
}

void cli_deliveries(const struct cli *c, uint64_t n, struct mv_buf *out)
{
    cli_count_of(c, n, CLI_W_PUSH_DELIVERY, CLI_W_PUSH_DELIVERIES, out);
}

void cli_time(int64_t ms, struct mv_buf *out)
{
    char text[MV_CLOCK_TEXT_BYTES];
    if (ms > 0)
        mv_buf_text(out, mv_clock_text_local(ms, text));
}

void cli_day(int64_t ms, struct mv_buf *out)
{
    char text[MV_DAY_TEXT_BYTES];
    if (ms > 0)
        mv_buf_text(out, mv_day_text(mv_clock_day(ms), text));
}
