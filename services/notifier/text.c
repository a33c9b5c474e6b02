/* text - see text.h. Job: changes to sentences. Invariant: every sentence is
 * one of those here, with words, names and numbers put in; a number is shown
 * with as many decimals as it takes to tell it from its limit. Memory only: a
 * crash leaves nothing. */
#include "services/notifier/text.h"

#include <stdio.h>

#include "proto/pack.h"
#include "proto/walk.h"
#include "services/base/shown.h"
#include "services/notifier/decide.h"
#include "services/notifier/words.h"

#define CRITERIA_TOLD 6u
#define PERIODS_TOLD  8u
#define UNIT_BYTES    80u /* of a measure's word: 64 at most */

typedef notifier_lang lang;

static const char *pick(lang l, const char *nb, const char *en)
{
    return l == NOTIFIER_NB ? nb : en;
}

static void put(struct mv_buf *out, struct mv_span s)
{
    mv_buf_put(out, s.at, s.len);
}

/* The sentence with `with` in the place of its {}. */
static void put_filled(struct mv_buf *out, const char *sentence,
                       const char *with)
{
    for (; *sentence != 0; sentence++) {
        if (sentence[0] == '{' && sentence[1] == '}') {
            mv_buf_text(out, with);
            sentence++;
        } else {
            mv_buf_put_u8(out, (uint8_t)*sentence);
        }
    }
}

static void put_count(struct mv_buf *out, const char *sentence, uint64_t count,
                      lang l)
{
    char digits[24];
    struct mv_buf text = {0};
    (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
    mv_shown_digits(&text, digits, l == NOTIFIER_NB);
    put_filled(out, sentence, mv_buf_cstr(&text));
    mv_buf_done(&text);
}

/* --- numbers ------------------------------------------------------------ */

/* " dager"; a measure that is not in the list says itself what it counts. */
static const char *unit_of(struct mv_span measure, lang l, char out[UNIT_BYTES])
{
    const char *known = notifier_say(notifier_measures, measure, l);
    if (known != NULL || measure.len == 0)
        return known != NULL ? known : "";
    (void)snprintf(out, UNIT_BYTES, " %.*s", (int)measure.len,
                   (const char *)measure.at);
    for (char *at = out; *at != 0; at++)
        if (*at == '_')
            *at = ' ';
    return out;
}

/* Exactly so many decimals; a limit only as many as it has. */
static void put_number(struct mv_buf *out, struct mv_dec v, int decimals,
                       lang l)
{
    char text[MV_DEC_TEXT_BYTES];
    mv_shown_digits(out, mv_dec_text_fixed(v, decimals, text),
                    l == NOTIFIER_NB);
}

static void put_limit(struct mv_buf *out, struct mv_dec limit, int decimals,
                      int usual, lang l)
{
    unsigned natural = mv_shown_natural(limit);
    put_number(out, limit, natural <= (unsigned)usual ? (int)natural : decimals,
               l);
}

static bool number_of(struct mv_span text, struct mv_dec *ret)
{
    return text.at != NULL && mv_dec_parse(text, ret) == MV_NUMBER_OK;
}

/* "66,7 % mot 70 %" */
static bool put_against(struct mv_buf *out, struct mv_span value,
                        struct mv_span limit, int usual, const char *unit,
                        lang l)
{
    struct mv_dec v, m;
    if (!number_of(value, &v))
        return false;
    if (!number_of(limit, &m)) {
        put_number(out, v, usual, l);
        mv_buf_text(out, unit);
        return true;
    }
    int decimals = mv_shown_against(v, m, (unsigned)usual);
    put_number(out, v, decimals, l);
    mv_buf_text(out, unit);
    mv_buf_text(out, pick(l, " mot ", " against "));
    put_limit(out, m, decimals, usual, l);
    mv_buf_text(out, unit);
    return true;
}

/* With its sign; what is a percent differs by percentage points. */
static void put_margin(struct mv_buf *out, struct mv_dec margin,
                       struct mv_span measure, int usual, lang l)
{
    struct mv_dec zero = {0};
    char unit[UNIT_BYTES];
    if (mv_span_is(measure, "percent") || mv_span_is(measure, "percent_change"))
        measure = mv_span_text("pp");
    mv_buf_text(out, mv_dec_sign(margin) > 0 ? "+" : "");
    put_number(out, margin, mv_shown_apart(margin, zero, (unsigned)usual), l);
    mv_buf_text(out, unit_of(measure, l, unit));
}

/* --- one change --------------------------------------------------------- */

/* {nb, en}, en left out where it is the same; false: there is none. */
static bool put_titled(struct mv_buf *out, struct mv_span title, lang l)
{
    struct mv_span text;
    if (title.at == NULL || (!mv_map_text(title, pick(l, "nb", "en"), &text) &&
                             !mv_map_text(title, "nb", &text)))
        return false;
    put(out, text);
    return text.len > 0;
}

static void put_title(struct mv_buf *out, const struct mv_msg_change *c, lang l)
{
    if (!put_titled(out, c->title, l))
        put(out, c->target.at != NULL ? c->target : c->commission);
    mv_buf_text(out, " – ");
    put(out, c->unit_name.at != NULL ? c->unit_name : c->unit);
    mv_buf_printf(out, ", %u", (unsigned)c->year);
}

static int usual_decimals(const struct mv_msg_change *c)
{
    return c->has_decimals ? (int)c->decimals : 1;
}

/* What the number is: in a forecast the missing periods are assumed. */
static const char *named(const struct mv_msg_change *c, lang l)
{
    bool growth = mv_span_is(c->measure, "percent_change");
    if (c->forecast.at != NULL) {
        return growth ? pick(l, " Prognosen for veksten er ",
                             " The forecast of the growth is ")
                      : pick(l, " Prognosen er ", " The forecast is ");
    }
    return growth ? pick(l, " Veksten er ", " The growth is ")
                  : pick(l, " Verdien er ", " The value is ");
}

/* Its number, or some of those of its criteria. Figures that are none have no
 * number, whatever a person assessed. */
static void put_hidden(struct mv_buf *out, const struct mv_msg_change *c,
                       lang l)
{
    struct mv_span own = c->own.at != NULL ? c->own : c->status;
    if (!mv_list_has(c->marks, mv_span_text("hidden")))
        return;
    if (c->value.at == NULL && !mv_span_is(own, "none")) {
        mv_buf_text(out, pick(l,
                              " Tallet vises ikke: det ville røpe et annet, "
                              "som er skjermet.",
                              " The number is not shown: it would tell "
                              "another, which is suppressed."));
    } else {
        mv_buf_text(out, pick(l,
                              " Noen tall vises ikke: de ville røpe et annet, "
                              "som er skjermet.",
                              " Some numbers are not shown: they would tell "
                              "another, which is suppressed."));
    }
}

static void put_value(struct mv_buf *out, const struct mv_msg_change *c, lang l)
{
    char room[UNIT_BYTES];
    const char *unit = unit_of(c->measure, l, room);
    struct mv_dec value, limit, margin;
    int decimals = usual_decimals(c);
    size_t before = out->len;
    if (number_of(c->value, &value) && number_of(c->limit, &limit) &&
        number_of(c->margin, &margin))
        decimals = mv_shown_adding(value, limit, margin, (unsigned)decimals);
    mv_buf_text(out, named(c, l));
    if (!put_against(out, c->value, c->limit, decimals, unit, l)) {
        out->len = before;
        return;
    }
    if (number_of(c->margin, &margin)) {
        mv_buf_text(out, pick(l, ", margin ", ", margin "));
        put_margin(out, margin, c->measure, decimals, l);
    }
    mv_buf_text(out, ".");
}

/* Which way the comparison bids, where a number is rounded: so that whoever
 * reaches just that sees it hold. */
static int way_of(struct mv_span is)
{
    return mv_span_is(is, ">=") || mv_span_is(is, ">")   ? 1
           : mv_span_is(is, "<=") || mv_span_is(is, "<") ? -1
                                                         : 0;
}

/* "minst 76,2 %" */
static void put_asked(struct mv_buf *out, const struct mv_msg_change *c,
                      struct mv_dec needed, lang l)
{
    char unit[UNIT_BYTES];
    struct mv_buf number = {0};
    int decimals = mv_shown_close(&needed, (unsigned)usual_decimals(c),
                                  way_of(c->needed_is));
    put_number(&number, needed, decimals, l);
    mv_buf_text(&number, unit_of(c->measure, l, unit));
    put_filled(out, notifier_say(notifier_asked, c->needed_is, l),
               mv_buf_cstr(&number));
    mv_buf_done(&number);
}

/* Of the year's last period alone it is the limit itself: nothing is said. */
static void put_needed(struct mv_buf *out, const struct mv_msg_change *c,
                       lang l)
{
    struct mv_dec needed, limit;
    struct mv_buf asked = {0};
    if (c->needed_of.len == 0)
        return; /* of an evaluator that did not say of what it is */
    if (mv_span_is(c->needed, "impossible")) {
        mv_buf_text(out, notifier_say(notifier_lost, c->needed_of, l));
    } else if (mv_span_is(c->needed_why, "secured")) {
        mv_buf_text(out, notifier_say(notifier_secured, c->needed_of, l));
    } else if (number_of(c->needed, &needed) &&
               !(number_of(c->limit, &limit) &&
                 mv_dec_compare(needed, limit) == 0)) {
        put_asked(&asked, c, needed, l);
        put_filled(out, notifier_say(notifier_needed, c->needed_of, l),
                   mv_buf_cstr(&asked));
    }
    mv_buf_done(&asked);
}

static void put_criterion(struct mv_buf *out, const struct mv_msg_change *c,
                          const struct mv_msg_criterion *k, lang l)
{
    if (!put_titled(out, k->member_title, l))
        put(out, k->member.at != NULL ? k->member : k->text);
    mv_buf_printf(out, " %s", notifier_say(notifier_colours, k->status, l));
    if (k->value.at == NULL || mv_span_is(k->reason, "suppressed"))
        return;
    mv_buf_text(out, " (");
    (void)put_against(out, k->value, k->limit, usual_decimals(c), "", l);
    mv_buf_text(out, ")");
}

/* Those not green, if it is not one criterion that says it all. */
static void put_criteria(struct mv_buf *out, const struct mv_msg_change *c,
                         lang l)
{
    struct mv_list list;
    struct mv_span item;
    struct mv_msg_criterion k;
    struct mv_fault fault;
    uint32_t told = 0, left = 0;
    if (!mv_list_open(&list, c->criteria) ||
        (list.left < 2 && !c->has_criteria_more))
        return;
    while (mv_list_next(&list, &item)) {
        if (!mv_msg_criterion_decode(item, &k, &fault) ||
            mv_span_is(k.status, "green"))
            continue;
        if (told == CRITERIA_TOLD) {
            left++;
            continue;
        }
        mv_buf_text(out,
                    told > 0 ? "; " : pick(l, " Ikke grønt: ", " Not green: "));
        put_criterion(out, c, &k, l);
        told++;
    }
    if (left > 0)
        put_count(out, pick(l, "; og {} til", "; and {} more"), left, l);
    if (told > 0)
        mv_buf_text(out, ".");
}

/* That the value rests on some of the units below, where it does. */
static void put_units(struct mv_buf *out, const struct mv_msg_change *c, lang l)
{
    struct mv_msg_basis b;
    struct mv_fault fault;
    if (c->basis.at == NULL || !mv_msg_basis_decode(c->basis, &b, &fault) ||
        b.units >= b.of_units)
        return;
    put_count(out, pick(l, " Tall fra {}", " Figures of {}"), b.units, l);
    put_count(out, pick(l, " av {} enheter.", " of {} units."), b.of_units, l);
}

static void put_overdue(struct mv_buf *out, const struct mv_msg_change *c,
                        lang l)
{
    struct mv_list list;
    struct mv_span item, period;
    uint32_t told = 0;
    if (!mv_list_open(&list, c->overdue) || list.left == 0)
        return;
    mv_buf_text(out, c->target.at != NULL
                         ? pick(l, " Mangler etter fristen: ", " Overdue: ")
                         : pick(l, " Frist ute, ikke levert: ",
                                " Date passed, not delivered: "));
    while (told < PERIODS_TOLD && mv_list_next(&list, &item)) {
        if (!mv_value_text(item, &period))
            continue;
        if (told++ > 0)
            mv_buf_text(out, ", ");
        put(out, period);
    }
    mv_buf_text(out, list.left > 0 ? ", ..." : ".");
}

/* Whose word it is, where it decides or stands beside another status. */
static void put_assessment(struct mv_buf *out, const struct mv_msg_change *c,
                           lang l)
{
    struct mv_msg_assessed a;
    struct mv_fault fault;
    if (c->assessment.at == NULL ||
        !mv_msg_assessed_decode(c->assessment, &a, &fault))
        return;
    mv_buf_text(out, c->by.at != NULL
                         ? pick(l, " Vurdert av ", " Assessed by ")
                         : pick(l, " Vurdert til ", " Assessed as "));
    if (c->by.at == NULL) {
        mv_buf_text(out, notifier_say(notifier_colours, a.status, l));
        mv_buf_text(out, pick(l, " av ", " by "));
    }
    put(out, a.author);
    if (a.comment.len > 0) {
        mv_buf_text(out, ": ");
        put(out, a.comment);
    }
    if (a.comment.len == 0 ||
        ((const char *)a.comment.at)[a.comment.len - 1] != '.')
        mv_buf_text(out, ".");
    if (c->own.at != NULL && !mv_span_is(c->own, "none")) {
        put_filled(out,
                   pick(l, " Tallene alene: {}.", " The figures alone: {}."),
                   notifier_say(notifier_colours, c->own, l));
    }
}

static void put_none(struct mv_buf *out, const struct mv_msg_change *c, lang l)
{
    const char *reason = notifier_say(notifier_reasons, c->reason, l);
    if (c->target.at == NULL && mv_span_is(c->reason, "not_due"))
        reason = pick(l, "fristen er ikke ute", "not due yet");
    put_filled(out, pick(l, " Grunn: {}.", " Reason: {}."), reason);
}

/* What was before the first of the line's changes. A none has no colour of its
 * own: the last one is told beside it. */
static void put_before(struct mv_buf *out, const struct notifier_line *line,
                       lang l)
{
    bool coloured = line->coloured != NOTIFIER_NO_COLOUR;
    if (line->changes == 0 || (!coloured && line->changes == 1))
        return;
    if (line->changes == 1) {
        mv_buf_text(out, pick(l, " Før: ", " Before: "));
    } else {
        put_count(out,
                  pick(l, " Før de {} endringene her: ",
                       " Before the {} changes here: "),
                  line->changes, l);
    }
    put_filled(out,
               coloured && line->was == NOTIFIER_NO_COLOUR
                   ? pick(l, "uten status, sist {}.", "no status, last {}.")
                   : "{}.",
               notifier_say(notifier_colours,
                            mv_span_text(notifier_colour_word(line->coloured)),
                            l));
}

static void put_reminder(struct mv_buf *out, const struct mv_msg_change *c,
                         const struct notifier_line *line, lang l)
{
    mv_buf_text(out, pick(l, "PÅMINNELSE: ", "REMINDER: "));
    put_title(out, c, l);
    mv_buf_text(out, pick(l, ". Fristen er ", ". Due "));
    put(out, c->reminder);
    put_filled(out,
               pick(l, ", og det er ikke levert. Nå: {}.",
                    ", and not delivered. Now: {}."),
               notifier_say(notifier_colours, c->status, l));
    put_before(out, line, l);
    mv_buf_text(out, "\n");
}

static void put_change(struct mv_buf *out, const struct mv_msg_change *c,
                       const struct notifier_line *line, lang l)
{
    if (c->reminder.at != NULL) {
        put_reminder(out, c, line, l);
        return;
    }
    mv_buf_text(out, notifier_say(notifier_statuses, c->status, l));
    mv_buf_text(out, ": ");
    put_title(out, c, l);
    mv_buf_text(out, ".");
    if (mv_span_is(c->status, "none"))
        put_none(out, c, l);
    else
        put_value(out, c, l);
    put_hidden(out, c, l);
    put_assessment(out, c, l);
    put_units(out, c, l);
    put_criteria(out, c, l);
    put_needed(out, c, l);
    put_overdue(out, c, l);
    put_before(out, line, l);
    if (c->preliminary)
        mv_buf_text(out, pick(l, " Foreløpige tall.", " Preliminary figures."));
    if (c->has_held && c->held)
        mv_buf_text(out, pick(l, " Tallene er under retting.",
                              " The figures are under correction."));
    mv_buf_text(out, "\n");
}

/* --- the whole ---------------------------------------------------------- */

static void put_first_line(struct mv_buf *out, const struct notifier_telling *t,
                           lang l)
{
    if (t->total == 1)
        return;
    put_count(out, pick(l, "{} endringer", "{} changes"), t->total, l);
    if (t->of == 1)
        mv_buf_text(out, pick(l, " i én status", " of one status"));
    else if (t->of < t->total)
        put_count(out, pick(l, " i {} statuser", " of {} statuses"), t->of, l);
    if (t->red > 0)
        put_count(out, pick(l, ", {} til rødt", ", {} to red"), t->red, l);
    if (t->back > 0)
        put_count(out, pick(l, ", {} tilbake fra rødt", ", {} back from red"),
                  t->back, l);
    mv_buf_text(out, ".\n");
}

static void put_last_lines(struct mv_buf *out, const struct notifier_telling *t,
                           lang l)
{
    struct mv_msg_cause cause;
    struct mv_fault fault;
    if (t->of > t->count) {
        put_count(out,
                  pick(l, "Og {} til: se `maalvakt status`.\n",
                       "And {} more: see `maalvakt status`.\n"),
                  t->of - t->count, l);
    }
    if (t->cause.at == NULL) {
        mv_buf_text(out, pick(l, "Flere varsler er slått sammen til dette.\n",
                              "Several notices were merged into this one.\n"));
        return;
    }
    if (!mv_msg_cause_decode(t->cause, &cause, &fault))
        return;
    put_filled(out, pick(l, "Årsak: {}", "Cause: {}"),
               notifier_say(notifier_causes, cause.kind, l));
    put_count(out, pick(l, " (journalpost {}", " (journal record {}"),
              cause.seq, l);
    if (cause.has_row)
        put_count(out, pick(l, ", rad {}", ", row {}"), cause.row, l);
    mv_buf_text(out, ").\n");
}

void notifier_text_pack(const struct notifier_telling *t, struct mv_buf *out)
{
    struct mv_buf text = {0};
    mv_pack_map(out, NOTIFIER_LANGS);
    for (lang l = NOTIFIER_NB; l < NOTIFIER_LANGS; l++) {
        mv_buf_clear(&text);
        put_first_line(&text, t, l);
        for (uint32_t i = 0; i < t->count; i++) {
            struct mv_msg_change c;
            struct mv_fault fault;
            if (mv_msg_change_decode(t->changes[i], &c, &fault))
                put_change(&text, &c, &t->lines[i], l);
        }
        put_last_lines(&text, t, l);
        mv_pack_kv_text(out, pick(l, "nb", "en"), mv_buf_span(&text));
    }
    mv_buf_done(&text);
}
