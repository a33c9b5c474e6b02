/* act - see act.h. Job: the six kinds of record as one table. Invariant: the
 * fields stand in the order of the protocol, and what cli_act_fault lets pass
 * is a frame that ingest can read. Holds nothing. */
#include "services/cli/act.h"

#include <stdlib.h>
#include <string.h>

#include "proto/msg.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/base/day.h"
#include "services/cli/status_table.h"

#define KIND_FIELDS 8

#define NEED(f) (CLI_ACT_##f + 1)
#define MAY(f)  (-(CLI_ACT_##f + 1))

/* In the order of the wire; negative: may be left out; 0: no more. */
static const struct {
    const char *type;
    mv_msg_id msg;
    int fields[KIND_FIELDS];
} kinds[CLI_ACT_KINDS] = {
    [CLI_ACT_ASSESSMENT] = {"assessment",
                            MV_MSG_ASSESSMENT,
                            {MAY(TARGET), MAY(COMMISSION), NEED(UNIT),
                             NEED(YEAR), NEED(STATUS), NEED(COMMENT),
                             NEED(AUTHOR), MAY(UNTIL)}},
    [CLI_ACT_DELIVERED] = {"delivered",
                           MV_MSG_DELIVERED,
                           {NEED(COMMISSION), NEED(UNIT), NEED(YEAR), NEED(DUE),
                            MAY(ON), NEED(COMMENT), NEED(AUTHOR)}},
    [CLI_ACT_CLOSED] = {"closed",
                        MV_MSG_CLOSED,
                        {NEED(COMMISSION), NEED(UNIT), NEED(YEAR), NEED(DUE),
                         NEED(COMMENT), NEED(AUTHOR)}},
    [CLI_ACT_HOLD] = {"hold",
                      MV_MSG_HOLD,
                      {NEED(INDICATOR), NEED(UNIT), MAY(UNTIL), NEED(COMMENT),
                       NEED(AUTHOR)}},
    [CLI_ACT_RELEASE] = {"release",
                         MV_MSG_RELEASE,
                         {NEED(INDICATOR), NEED(UNIT), NEED(COMMENT),
                          NEED(AUTHOR)}},
    [CLI_ACT_FREEZE] = {"freeze",
                        MV_MSG_FREEZE,
                        {NEED(REPORT), NEED(YEAR), NEED(UNIT), NEED(COMMENT),
                         NEED(AUTHOR)}},
};

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

/* The i-th field of a kind; false: there are no more. */
static bool field_at(cli_act_kind kind, size_t i, cli_act_field *f, bool *need)
{
    int entry = i < KIND_FIELDS ? kinds[kind].fields[i] : 0;
    *need = entry > 0;
    *f = (cli_act_field)(abs(entry) - 1);
    return entry != 0;
}

bool cli_act_takes(cli_act_kind kind, cli_act_field f)
{
    cli_act_field have;
    bool need;
    for (size_t i = 0; field_at(kind, i, &have, &need); i++)
        if (have == f)
            return true;
    return false;
}

struct mv_span cli_act_status(struct mv_span word)
{
    static const struct {
        const char *said, *meant;
    } all[] = {{"grønn", "green"}, {"gronn", "green"}, {"Grønn", "green"},
               {"gul", "yellow"},  {"Gul", "yellow"},  {"rød", "red"},
               {"rod", "red"},     {"Rød", "red"},     {"ingen", "none"},
               {"Ingen", "none"},  {"Green", "green"}, {"Yellow", "yellow"},
               {"Red", "red"},     {"None", "none"}};
    for (size_t i = 0; i < CLI_COUNT(all); i++)
        if (mv_span_is(word, all[i].said))
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
    mv_pack_kv_cstr(out, "type", kinds[a->kind].type);
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
    union {
        struct mv_msg_assessment assessment;
        struct mv_msg_delivered delivered;
        struct mv_msg_closed closed;
        struct mv_msg_hold hold;
        struct mv_msg_release release;
        struct mv_msg_freeze freeze;
    } msg;
    struct mv_buf frame = {0};
    struct mv_fault fault;
    cli_act_put(a, "x", 1, &frame);
    bool good =
        mv_msg_decode(kinds[a->kind].msg, mv_buf_span(&frame), &msg, &fault);
    for (size_t f = 0; !good && f < CLI_ACT_FIELDS; f++) {
        if (strcmp(fields[f].name, fault.field) != 0)
            continue;
        struct mv_code_args args = {
            .field = mv_span_text(cli_act_field_word(c, (cli_act_field)f)),
            .value = a->at[f],
            .detail = mv_span_text(fault.detail != NULL ? fault.detail : "")};
        mv_code_text(fault.code, c->lang, &args, out);
    }
    if (!good && out->len == 0)
        mv_buf_text(out, mv_code_name(fault.code));
    mv_buf_done(&frame);
    return !good;
}

bool cli_act_fault(const struct cli *c, const struct cli_act *a,
                   struct mv_buf *out)
{
    cli_act_field f;
    bool need;
    if (a->kind == CLI_ACT_ASSESSMENT &&
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

static void put_sentence(const struct cli *c, cli_act_kind kind,
                         struct shown *s, bool none, struct mv_buf *out)
{
    static const cli_word words[CLI_ACT_KINDS] = {
        [CLI_ACT_ASSESSMENT] = CLI_W_ACT_ASSESSED,
        [CLI_ACT_DELIVERED] = CLI_W_ACT_DELIVERED,
        [CLI_ACT_CLOSED] = CLI_W_ACT_CLOSED,
        [CLI_ACT_HOLD] = CLI_W_ACT_HELD,
        [CLI_ACT_RELEASE] = CLI_W_ACT_RELEASED,
        [CLI_ACT_FREEZE] = CLI_W_ACT_FROZEN,
    };
    cli_act_field what = CLI_ACT_TARGET, last = CLI_ACT_STATUS;
    cli_word word = none ? CLI_W_ACT_TAKEN_BACK : words[kind];
    while (what < CLI_ACT_REPORT && s->at[what].len == 0)
        what++;
    if (kind == CLI_ACT_DELIVERED || kind == CLI_ACT_CLOSED)
        last = CLI_ACT_DUE;
    else if (kind == CLI_ACT_HOLD)
        last = CLI_ACT_UNTIL;
    if (kind == CLI_ACT_HOLD && s->at[last].len > 0)
        word = CLI_W_ACT_HELD_UNTIL;
    if (kind == CLI_ACT_DELIVERED && s->at[CLI_ACT_ON].len > 0)
        word = CLI_W_ACT_DELIVERED_ON;
    cli_word_put(out, c, word, shown(s, what), shown(s, CLI_ACT_UNIT),
                 shown(s, CLI_ACT_YEAR), shown(s, last), shown(s, CLI_ACT_ON),
                 NULL);
}

bool cli_act_say(const struct cli *c, struct mv_span frame, struct mv_buf *out)
{
    struct shown s = {{{0}}};
    struct mv_span type, status = mv_span("", 0);
    size_t kind = 0;
    if (!mv_map_text(frame, "type", &type))
        return false;
    while (kind < CLI_ACT_KINDS && !mv_span_is(type, kinds[kind].type))
        kind++;
    if (kind == CLI_ACT_KINDS)
        return false;
    read_frame(c, frame, &s);
    (void)mv_map_text(frame, "status", &status);
    put_sentence(c, (cli_act_kind)kind, &s, mv_span_is(status, "none"), out);
    for (size_t f = 0; f < CLI_ACT_FIELDS; f++)
        mv_buf_done(&s.at[f]);
    return true;
}
