/* act - see act.h. Job: from words to a statement's frame, and back. Invariant:
 * which fields a kind has is the protocol's to say, and what cli_act_fault
 * lets pass is a frame that ingest can read. Holds nothing. */
#include "services/cli/act.h"

#include <stdlib.h>
#include <string.h>

#include "proto/msg.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/base/day.h"
#include "services/cli/status_table.h"
#include "services/cli/told.h"

static const struct {
    const char *name;
    cli_word word;
} fields[CLI_ACT_FIELDS] = {
    [CLI_ACT_TARGET] = {"target", CLI_W_F_TARGET},
    [CLI_ACT_COMMISSION] = {"commission", CLI_W_F_COMMISSION},
    [CLI_ACT_INDICATOR] = {"indicator", CLI_W_F_INDICATOR},
    [CLI_ACT_REPORT] = {"report", CLI_W_F_REPORT},
    [CLI_ACT_UNIT] = {"unit", CLI_W_F_UNIT},
    [CLI_ACT_YEAR] = {"year", CLI_W_F_YEAR},
    [CLI_ACT_STATUS] = {"status", CLI_W_F_STATUS},
    [CLI_ACT_DUE] = {"due", CLI_W_F_DUE},
    [CLI_ACT_ON] = {"on", CLI_W_F_ON},
    [CLI_ACT_UNTIL] = {"until", CLI_W_F_UNTIL},
    [CLI_ACT_COMMENT] = {"comment", CLI_W_F_COMMENT},
    [CLI_ACT_AUTHOR] = {"author", CLI_W_F_AUTHOR},
};

const char *cli_act_field_name(cli_act_field f)
{
    return fields[f].name;
}

const char *cli_act_field_word(const struct cli *c, cli_act_field f)
{
    return cli_w(c, fields[f].word);
}

/* The i-th field of a kind, in the order of the protocol, of those that are
 * said (not who sends it, and its number); false: there are no more. */
static bool field_at(mv_statement_kind kind, size_t i, cli_act_field *f,
                     bool *need)
{
    struct mv_span name;
    size_t at = 0;
    for (size_t k = 0; mv_msg_field(mv_statement_message(kind), k, &name, need);
         k++) {
        size_t n = 0;
        while (n < CLI_ACT_FIELDS && !mv_span_is(name, fields[n].name))
            n++;
        *f = (cli_act_field)n;
        if (n < CLI_ACT_FIELDS && at++ == i)
            return true;
    }
    return false;
}

bool cli_act_takes(mv_statement_kind kind, cli_act_field f)
{
    cli_act_field have;
    bool need;
    for (size_t i = 0; field_at(kind, i, &have, &need); i++)
        if (have == f)
            return true;
    return false;
}

/* Ø as ø, A to Z as a to z. */
static bool is_alike(struct mv_span word, const char *said)
{
    const unsigned char *at = word.at, *want = (const unsigned char *)said;
    for (size_t i = 0; i < word.len; i++) {
        unsigned char byte = at[i];
        if (byte >= 'A' && byte <= 'Z')
            byte = (unsigned char)(byte + 32);
        else if (byte == 0x98 && i > 0 && at[i - 1] == 0xc3)
            byte = 0xb8;
        if (byte == 0 || want[i] != byte)
            return false;
    }
    return want[word.len] == '\0';
}

struct mv_span cli_act_status(struct mv_span word)
{
    static const struct {
        const char *said, *meant;
    } all[] = {{"grønn", "green"}, {"gronn", "green"},   {"gul", "yellow"},
               {"rød", "red"},     {"rod", "red"},       {"ingen", "none"},
               {"green", "green"}, {"yellow", "yellow"}, {"red", "red"},
               {"none", "none"}};
    for (size_t i = 0; i < CLI_COUNT(all); i++)
        if (is_alike(word, all[i].said))
            return mv_span_text(all[i].meant);
    return word;
}

static bool year_of(struct mv_span text, uint64_t *year)
{
    const char *p = text.at;
    *year = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (p[i] < '0' || p[i] > '9' || text.len > 4)
            return false;
        *year = *year * 10 + (uint64_t)(p[i] - '0');
    }
    return text.len == 4;
}

void cli_act_put(const struct cli_act *a, const char *producer, uint64_t number,
                 struct mv_buf *out)
{
    cli_act_field f;
    bool need;
    uint32_t pairs = 4;
    for (size_t i = 0; field_at(a->kind, i, &f, &need); i++)
        pairs += a->at[f].len > 0;
    mv_pack_map(out, pairs);
    mv_pack_kv_u64(out, "v", 1);
    mv_pack_kv_cstr(out, "type", mv_statement_name(a->kind));
    mv_pack_kv_cstr(out, "producer", producer);
    mv_pack_kv_u64(out, "number", number);
    for (size_t i = 0; field_at(a->kind, i, &f, &need); i++) {
        uint64_t year;
        if (a->at[f].len == 0)
            continue;
        if (f == CLI_ACT_YEAR && year_of(a->at[f], &year))
            mv_pack_kv_u64(out, fields[f].name, year);
        else if (f == CLI_ACT_STATUS)
            mv_pack_kv_text(out, fields[f].name, cli_act_status(a->at[f]));
        else
            mv_pack_kv_text(out, fields[f].name, a->at[f]);
    }
}

static bool put_fault(const struct cli *c, cli_word word, cli_act_field f,
                      const struct cli_act *a, struct mv_buf *out)
{
    struct mv_buf said = {0};
    mv_buf_put(&said, a->at[f].at, a->at[f].len);
    cli_word_put(out, c, word, cli_act_field_word(c, f), mv_buf_cstr(&said),
                 NULL);
    mv_buf_done(&said);
    return true;
}

static bool field_fault(const struct cli *c, const struct cli_act *a,
                        cli_act_field f, bool need, struct mv_buf *out)
{
    bool day = f == CLI_ACT_DUE || f == CLI_ACT_ON || f == CLI_ACT_UNTIL;
    int32_t when;
    uint64_t year;
    if (a->at[f].len == 0)
        return need && put_fault(c, CLI_W_ACT_MISSING, f, a, out);
    if (day && !mv_day_parse(a->at[f], &when))
        return put_fault(c, CLI_W_ACT_DAY, f, a, out);
    return f == CLI_ACT_YEAR && !year_of(a->at[f], &year) &&
           put_fault(c, CLI_W_ACT_NO_YEAR, f, a, out);
}

/* What the protocol's own reader says of the frame. */
static bool frame_fault(const struct cli *c, const struct cli_act *a,
                        struct mv_buf *out)
{
    struct mv_statement said;
    struct mv_buf frame = {0};
    struct mv_fault fault;
    cli_act_put(a, "x", 1, &frame);
    struct mv_buf detail = {0};
    bool good = mv_statement_read(mv_buf_span(&frame), &said, &fault);
    if (!good && fault.detail != NULL)
        cli_told(c, mv_span_text(fault.detail), &detail);
    for (size_t f = 0; !good && f < CLI_ACT_FIELDS; f++) {
        if (strcmp(fields[f].name, fault.field) != 0)
            continue;
        struct mv_code_args args = {
            .field = mv_span_text(cli_act_field_word(c, (cli_act_field)f)),
            .value = a->at[f],
            .detail = mv_buf_span(&detail)};
        mv_code_text(fault.code, c->lang, &args, out);
    }
    if (!good && out->len == 0)
        mv_buf_text(out, mv_code_name(fault.code));
    mv_buf_done(&frame);
    mv_buf_done(&detail);
    return !good;
}

bool cli_act_fault(const struct cli *c, const struct cli_act *a,
                   struct mv_buf *out)
{
    cli_act_field f;
    bool need;
    if (a->kind == MV_STATEMENT_ASSESSMENT &&
        (a->at[CLI_ACT_TARGET].len > 0) == (a->at[CLI_ACT_COMMISSION].len > 0))
        return put_fault(c, CLI_W_ACT_ONE_OF, CLI_ACT_TARGET, a, out);
    for (size_t i = 0; field_at(a->kind, i, &f, &need); i++)
        if (field_fault(c, a, f, need, out))
            return true;
    return frame_fault(c, a, out);
}

/* A value of the frame as text of its own. */
struct shown {
    struct mv_buf at[CLI_ACT_FIELDS];
};

static void read_frame(const struct cli *c, struct mv_span frame,
                       struct shown *s)
{
    for (size_t f = 0; f < CLI_ACT_FIELDS; f++) {
        struct mv_span text;
        uint64_t n;
        if (f == CLI_ACT_STATUS && mv_map_text(frame, "status", &text))
            mv_buf_text(&s->at[f], cli_status_text(c, text));
        else if (f == CLI_ACT_REPORT && mv_map_text(frame, "report", &text)) {
            mv_buf_text(&s->at[f], cli_w(c, mv_span_is(text, "year")
                                                ? CLI_W_REPORT_YEAR
                                                : CLI_W_REPORT_HALF_YEAR));
        } else if (mv_map_text(frame, fields[f].name, &text)) {
            mv_buf_put(&s->at[f], text.at, text.len);
        } else if (mv_map_u64(frame, fields[f].name, &n)) {
            mv_buf_printf(&s->at[f], "%llu", (unsigned long long)n);
        }
    }
}

static const char *shown(struct shown *s, cli_act_field f)
{
    return mv_buf_cstr(&s->at[f]);
}

static void put_sentence(const struct cli *c, mv_statement_kind kind,
                         struct shown *s, bool none, struct mv_buf *out)
{
    static const cli_word words[MV_STATEMENT_KINDS] = {
        [MV_STATEMENT_ASSESSMENT] = CLI_W_ACT_ASSESSED,
        [MV_STATEMENT_DELIVERED] = CLI_W_ACT_DELIVERED,
        [MV_STATEMENT_CLOSED] = CLI_W_ACT_CLOSED,
        [MV_STATEMENT_HOLD] = CLI_W_ACT_HELD,
        [MV_STATEMENT_RELEASE] = CLI_W_ACT_RELEASED,
        [MV_STATEMENT_FREEZE] = CLI_W_ACT_FROZEN,
    };
    cli_act_field what = CLI_ACT_TARGET, last = CLI_ACT_STATUS;
    cli_word word = none ? CLI_W_ACT_TAKEN_BACK : words[kind];
    while (what < CLI_ACT_REPORT && s->at[what].len == 0)
        what++;
    if (kind == MV_STATEMENT_DELIVERED || kind == MV_STATEMENT_CLOSED)
        last = CLI_ACT_DUE;
    else if (kind == MV_STATEMENT_HOLD)
        last = CLI_ACT_UNTIL;
    if (kind == MV_STATEMENT_HOLD && s->at[last].len > 0)
        word = CLI_W_ACT_HELD_UNTIL;
    if (kind == MV_STATEMENT_DELIVERED && s->at[CLI_ACT_ON].len > 0)
        word = CLI_W_ACT_DELIVERED_ON;
    cli_word_put(out, c, word, shown(s, what), shown(s, CLI_ACT_UNIT),
                 shown(s, CLI_ACT_YEAR), shown(s, last), shown(s, CLI_ACT_ON),
                 NULL);
}

bool cli_act_say(const struct cli *c, struct mv_span frame, struct mv_buf *out)
{
    struct shown s = {{{0}}};
    struct mv_span status = mv_span("", 0);
    mv_statement_kind kind;
    if (!mv_statement_is(frame, &kind))
        return false;
    read_frame(c, frame, &s);
    (void)mv_map_text(frame, "status", &status);
    put_sentence(c, kind, &s, mv_span_is(status, "none"), out);
    for (size_t f = 0; f < CLI_ACT_FIELDS; f++)
        mv_buf_done(&s.at[f]);
    return true;
}
