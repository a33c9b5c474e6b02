/* conflict_text - see conflict_text.h. Job: services answer in English; what
 * they filled in is found again and put into the other language's sentence.
 * Invariant: where that cannot be done, what was sent is shown. Holds
 * nothing. */
#include "services/cli/conflict_text.h"

#include <string.h>

#include "proto/codes.h"
#include "services/base/micro.h"
#include "services/base/text.h"
#include "services/cli/phrase.h"
#include "services/cli/rows.h"
#include "services/cli/told.h"

#define MARK "\x01" /* in no text that a service sends */

/* What stands in text where the English sentence has {detail}, which may be
 * left out; false: it is not that sentence. */
static bool find_detail(mv_code code, struct mv_code_args *args,
                        struct mv_span text)
{
    struct mv_buf made = {0};
    args->detail = mv_span(NULL, 0);
    mv_code_text(code, MV_LANG_EN, args, &made);
    bool same = mv_span_equal(text, mv_buf_span(&made));
    mv_buf_clear(&made);
    args->detail = mv_span_text(MARK);
    mv_code_text(code, MV_LANG_EN, args, &made);
    args->detail = mv_span(NULL, 0);
    const char *whole = mv_buf_cstr(&made), *mark = strstr(whole, MARK);
    size_t before = mark != NULL ? (size_t)(mark - whole) : 0;
    size_t after = mark != NULL ? made.len - before - 1 : 0;
    const char *at = text.at;
    if (!same && mark != NULL && text.len >= before + after &&
        !memcmp(at, whole, before) &&
        !memcmp(at + text.len - after, mark + 1, after)) {
        args->detail = mv_span(at + before, text.len - before - after);
        same = true;
    }
    mv_buf_done(&made);
    return same;
}

struct mv_span cli_column_word(const struct cli *c, struct mv_span field)
{
    static const struct {
        const char *name, *nb;
    } all[] = {{"indicator", "indikator"},
               {"member", "medlem"},
               {"unit", "enhet"},
               {"period", "periode"},
               {"value", "verdi"},
               {"numerator", "teller"},
               {"denominator", "nevner"},
               {"flag", "flagg"},
               {"time", "tid"},
               {"note", "merknad"},
               {"target", "mål"},
               {"commission", "oppdrag"},
               {"report", "rapport"},
               {"year", "år"},
               {"due", "frist"},
               {"on", "levert"},
               {"until", "til"},
               {"comment", "kommentar"},
               {"author", "forfatter"}};
    for (size_t i = 0; c->lang == MV_LANG_NB && i < CLI_COUNT(all); i++)
        if (mv_span_is(field, all[i].name))
            return mv_span_text(all[i].nb);
    return field;
}

/* It is not the unit that is wrong: others deliver that indicator. */
static void put_not_reported(const struct cli *c,
                             const struct mv_code_args *args,
                             struct mv_buf *out)
{
    struct mv_buf value = {0}, who = {0};
    mv_buf_put(&value, args->value.at, args->value.len);
    mv_buf_put(&who, args->detail.at, args->detail.len);
    cli_word_put(out, c, CLI_W_NOT_REPORTED, mv_buf_cstr(&value),
                 mv_buf_cstr(&who), NULL);
    mv_buf_done(&value);
    mv_buf_done(&who);
}

static bool is_number(struct mv_span field)
{
    return mv_span_is(field, "value") || mv_span_is(field, "numerator") ||
           mv_span_is(field, "denominator");
}

/* Of numbers within: 78.5 is 78,5 in Norwegian. */
static void with_comma(const struct cli *c, bool number, struct mv_buf *text)
{
    for (size_t i = 1; number && c->lang == MV_LANG_NB && i + 1 < text->len;
         i++) {
        if (text->at[i] == '.' && text->at[i - 1] >= '0' &&
            text->at[i - 1] <= '9' && text->at[i + 1] >= '0' &&
            text->at[i + 1] <= '9')
            text->at[i] = ',';
    }
}

/* The sentence has no place for what was written. */
static void put_written(const struct cli *c, mv_code code, struct mv_span value,
                        struct mv_buf *out)
{
    struct mv_buf text = {0};
    mv_buf_put(&text, value.at, value.len);
    if (code == MV_CODE_CHARSET && value.len > 0)
        cli_word_put(out, c, CLI_W_WRITTEN, mv_buf_cstr(&text), NULL);
    mv_buf_done(&text);
}

/* A time goes as milliseconds: "2030-01-01", or to the second. False: it is
 * none. */
static bool put_time(struct mv_span ms, struct mv_buf *out)
{
    static const char midnight[] = " 00:00:00";
    const size_t tail = sizeof midnight - 1;
    int64_t micro;
    if (mv_micro_parse(ms, &micro) != MV_NUMBER_OK)
        return false;
    cli_time(micro / MV_MICRO_ONE, out);
    if (out->len > tail && !memcmp(out->at + out->len - tail, midnight, tail))
        out->len -= tail;
    return out->len > 0;
}

void cli_conflict_put(const struct cli *c, struct mv_span raw,
                      struct mv_buf *out)
{
    struct mv_span sent = cli_get_text(raw, "text");
    struct mv_code_args args = {.field = cli_get_text(raw, "field"),
                                .value = cli_get_text(raw, "value")};
    mv_code code = mv_code_find(cli_get_text(raw, "code"));
    struct mv_buf text = {0}, detail = {0}, value = {0};
    bool known = code != MV_CODE_NONE && find_detail(code, &args, sent);
    if (known && code == MV_CODE_FORBIDDEN &&
        mv_span_is(args.field, "indicator")) {
        put_not_reported(c, &args, out); /* escapes what it fills in */
        mv_buf_done(&detail);
        return;
    }
    if (known) {
        bool number = is_number(args.field);
        bool time = mv_span_is(args.field, "time");
        args.field = cli_column_word(c, args.field);
        if (args.detail.at != NULL) {
            cli_told(c, args.detail, &detail);
            with_comma(c, number, &detail);
            args.detail = mv_buf_span(&detail);
        }
        if (!time || !put_time(args.value, &value))
            mv_buf_put(&value, args.value.at, args.value.len);
        with_comma(c, number, &value);
        args.value = mv_buf_span(&value);
        mv_code_text(code, c->lang, &args, &text);
    } else {
        cli_told(c, sent, &text);
    }
    mv_buf_done(&detail);
    mv_buf_done(&value);
    mv_text_escape_terminal(out, mv_buf_span(&text));
    put_written(c, code, cli_get_text(raw, "value"), out);
    mv_buf_done(&text);
}

void cli_code_put(const struct cli *c, struct mv_span word, struct mv_buf *out)
{
    const struct mv_code_args none = {0};
    mv_code code = mv_code_find(word);
    if (code == MV_CODE_NONE) {
        mv_text_escape_terminal(out, word);
        return;
    }
    mv_code_text(code, c->lang, &none, out);
}

bool cli_conflict_denied(struct mv_span raw)
{
    struct mv_span code = cli_get_text(raw, "code");
    return mv_span_is(code, "unauthorised") ||
           mv_span_is(code, "not_allowed") ||
           (mv_span_is(code, "forbidden") &&
            cli_get_text(raw, "field").len == 0);
}
