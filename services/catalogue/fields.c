/* fields - see fields.h. Job: units and indicators, key by key, as text.
 * Invariant: two things whose texts are equal behave alike.
 * A crash in the middle leaves nothing: there is no state. */
#include "services/catalogue/fields.h"

#include <inttypes.h>

#include "services/base/day.h"
#include "services/catalogue/show.h"

void mv_field_span(struct mv_buf *out, struct mv_span text)
{
    mv_buf_put(out, text.at, text.len);
}

void mv_field_title(struct mv_buf *out, const struct mv_title *title)
{
    mv_field_span(out, title->nb);
    if (mv_span_equal(title->nb, title->en))
        return;
    mv_buf_text(out, " / ");
    mv_field_span(out, title->en);
}

void mv_field_units(const struct mv_catalogue *c, struct mv_buf *out,
                    const struct mv_indices *units)
{
    for (uint32_t i = 0; i < units->count; i++) {
        mv_buf_text(out, i == 0 ? "" : " ");
        mv_field_span(out, c->units[units->at[i]].id);
    }
}

/* FIELD(name): how one key is written; then whose key it is. */
#define FIELD(name)                                                   \
    static void name(const struct mv_catalogue *c, const void *thing, \
                     struct mv_buf *out)
#define UNIT                         \
    const struct mv_unit *u = thing; \
    (void)c
#define INDICATOR                         \
    const struct mv_indicator *i = thing; \
    (void)c

FIELD(unit_name)
{
    UNIT;
    mv_field_title(out, &u->name);
}

FIELD(unit_kind)
{
    UNIT;
    mv_field_span(out, u->kind);
}

FIELD(unit_parent)
{
    UNIT;
    if (u->parent != MV_NONE)
        mv_field_span(out, c->units[u->parent].id);
}

FIELD(unit_org)
{
    UNIT;
    mv_field_span(out, u->org);
}

FIELD(unit_population)
{
    UNIT;
    for (uint32_t p = 0; p < u->population_count; p++) {
        mv_buf_printf(out, "%s%d: %" PRId64, p == 0 ? "" : ", ",
                      (int)u->population[p].year, u->population[p].persons);
    }
}

FIELD(unit_from)
{
    char day[MV_DAY_TEXT_BYTES];
    UNIT;
    if (u->from_day != MV_DAY_MIN)
        mv_buf_text(out, mv_day_text(u->from_day, day));
}

FIELD(unit_to)
{
    char day[MV_DAY_TEXT_BYTES];
    UNIT;
    if (u->to_day != MV_DAY_MAX)
        mv_buf_text(out, mv_day_text(u->to_day, day));
}

const struct mv_field mv_unit_fields[] = {
    {"name", unit_name, MV_DIFF_PLAIN},
    {"kind", unit_kind, MV_DIFF_JUDGES},
    {"parent", unit_parent, MV_DIFF_JUDGES},
    {"org", unit_org, MV_DIFF_PLAIN},
    {"population", unit_population, MV_DIFF_JUDGES},
    {"from", unit_from, MV_DIFF_JUDGES},
    {"to", unit_to, MV_DIFF_JUDGES},
    {.key = NULL},
};

FIELD(title)
{
    INDICATOR;
    mv_field_title(out, &i->title);
}

FIELD(measure)
{
    INDICATOR;
    mv_field_span(out, i->measure_word);
}

FIELD(frequency)
{
    INDICATOR;
    mv_buf_text(out, mv_freq_text(i->frequency));
}

FIELD(better)
{
    static const char *const words[] = {"none", "higher", "lower"};
    INDICATOR;
    mv_buf_text(out, words[i->better]);
}

FIELD(dimension)
{
    INDICATOR;
    mv_field_span(out, i->dimension);
}

FIELD(members)
{
    INDICATOR;
    for (uint32_t m = 0; m < i->member_count; m++) {
        mv_buf_text(out, m == 0 ? "" : " ");
        mv_field_span(out, i->members[m].id);
    }
}

/* Of those that have one. */
FIELD(member_titles)
{
    INDICATOR;
    size_t before = out->len;
    for (uint32_t m = 0; m < i->member_count; m++) {
        const struct mv_member *at = &i->members[m];
        if (mv_span_equal(at->title.nb, at->id) &&
            mv_span_equal(at->title.en, at->id))
            continue;
        mv_buf_text(out, out->len == before ? "" : "; ");
        mv_field_span(out, at->id);
        mv_buf_text(out, ": ");
        mv_field_title(out, &at->title);
    }
}

static const char *fold_text(mv_fold fold)
{
    static const char *const words[] = {"none", "sum", "mean", "ratio", "last"};
    return words[fold];
}

FIELD(total)
{
    INDICATOR;
    if (i->member_count > 0)
        mv_buf_text(out, fold_text(i->total));
}

FIELD(over_periods)
{
    INDICATOR;
    mv_buf_text(out, fold_text(i->over_periods));
}

FIELD(over_units)
{
    INDICATOR;
    mv_buf_text(out, fold_text(i->over_units));
}

FIELD(by)
{
    INDICATOR;
    mv_buf_text(out, i->by == MV_BY_REGION ? "region" : "trust");
}

FIELD(due)
{
    static const char *const months[] = {
        "January", "February", "March",     "April",   "May",      "June",
        "July",    "August",   "September", "October", "November", "December"};
    INDICATOR;
    if (i->due.kind == MV_DUE_DAYS) {
        mv_buf_printf(out, "%u d", (unsigned)i->due.days);
    } else if (i->due.kind == MV_DUE_DATE) {
        mv_buf_printf(out, "%u %s", (unsigned)i->due.day,
                      months[i->due.month - 1]);
    }
}

FIELD(min_denominator)
{
    INDICATOR;
    if (i->min_denominator > 0)
        mv_buf_printf(out, "%" PRId64, i->min_denominator);
}

FIELD(min)
{
    INDICATOR;
    if (i->has_min)
        mv_show_micro(out, i->min_micro);
}

FIELD(max)
{
    INDICATOR;
    if (i->has_max)
        mv_show_micro(out, i->max_micro);
}

FIELD(decimals)
{
    INDICATOR;
    mv_buf_printf(out, "%u", (unsigned)i->decimals);
}

FIELD(ahead)
{
    INDICATOR;
    mv_buf_text(out, i->ahead ? "true" : "");
}

FIELD(whole)
{
    INDICATOR;
    mv_buf_text(out, i->whole ? "true" : "");
}

FIELD(part)
{
    INDICATOR;
    mv_buf_text(out, i->part ? "true" : "");
}

FIELD(except)
{
    INDICATOR;
    mv_field_units(c, out, &i->except);
}

FIELD(from)
{
    INDICATOR;
    if (i->from_year != INT32_MIN)
        mv_buf_printf(out, "%d", (int)i->from_year);
}

FIELD(to)
{
    INDICATOR;
    if (i->to_year != INT32_MAX)
        mv_buf_printf(out, "%d", (int)i->to_year);
}

FIELD(formula)
{
    INDICATOR;
    mv_field_span(out, i->formula_text);
}

FIELD(source)
{
    INDICATOR;
    mv_field_span(out, i->source);
}

FIELD(note)
{
    INDICATOR;
    mv_field_span(out, i->note);
}

const struct mv_field mv_indicator_fields[] = {
    {"title", title, MV_DIFF_PLAIN},
    {"measure", measure, MV_DIFF_FIGURES},
    {"frequency", frequency, MV_DIFF_FIGURES},
    {"better", better, MV_DIFF_PLAIN},
    {"dimension", dimension, MV_DIFF_FIGURES},
    {"members", members, MV_DIFF_FIGURES},
    {"titles", member_titles, MV_DIFF_PLAIN}, /* of the members */
    {"total", total, MV_DIFF_JUDGES},
    {"over_periods", over_periods, MV_DIFF_JUDGES},
    {"over_units", over_units, MV_DIFF_JUDGES},
    {"by", by, MV_DIFF_PLAIN},
    {"due", due, MV_DIFF_JUDGES},
    {"min_denominator", min_denominator, MV_DIFF_JUDGES},
    {"min", min, MV_DIFF_JUDGES}, /* a forecast stays within them */
    {"max", max, MV_DIFF_JUDGES},
    {"decimals", decimals, MV_DIFF_JUDGES},
    {"ahead", ahead, MV_DIFF_PLAIN},
    {"whole", whole, MV_DIFF_PLAIN},
    {"part", part, MV_DIFF_PLAIN},
    {"except", except, MV_DIFF_JUDGES},
    {"from", from, MV_DIFF_JUDGES},
    {"to", to, MV_DIFF_JUDGES},
    {"formula", formula, MV_DIFF_JUDGES},
    {"source", source, MV_DIFF_PLAIN},
    {"note", note, MV_DIFF_PLAIN},
    {.key = NULL},
};
