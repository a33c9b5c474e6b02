/* fields_target - see fields.h. Job: targets and commissions, key by key, as
 * text. Invariant: two things whose texts are equal are judged alike.
 * A crash in the middle leaves nothing: there is no state. */
#include "services/base/day.h"
#include "services/catalogue/fields.h"
#include "services/catalogue/show.h"

#define FIELD(name)                                                   \
    static void name(const struct mv_catalogue *c, const void *thing, \
                     struct mv_buf *out)
#define TARGET                         \
    const struct mv_target *t = thing; \
    (void)c
#define COMMISSION                         \
    const struct mv_commission *o = thing; \
    (void)c

FIELD(chapter)
{
    TARGET;
    mv_field_span(out, t->chapter);
}

FIELD(text)
{
    TARGET;
    mv_field_title(out, &t->text);
}

FIELD(indicator)
{
    TARGET;
    if (t->indicator != MV_NONE)
        mv_field_span(out, c->indicators[t->indicator].id);
}

FIELD(scope)
{
    TARGET;
    for (uint32_t i = 0; i < t->scope_kinds.count; i++) {
        mv_buf_text(out, i == 0 ? "" : " ");
        mv_field_span(out, c->kinds[t->scope_kinds.at[i]]);
    }
    if (t->scope_kinds.count > 0 && t->scope_units.count > 0)
        mv_buf_text(out, " ");
    mv_field_units(c, out, &t->scope_units);
}

static void put_criteria(const struct mv_catalogue *c, struct mv_buf *out,
                         const struct mv_criteria *criteria)
{
    for (uint32_t i = 0; i < criteria->count; i++) {
        mv_buf_text(out, i == 0 ? "" : "; ");
        mv_field_span(out, c->criteria[criteria->first + i].text);
    }
}

FIELD(require)
{
    TARGET;
    put_criteria(c, out, &t->require);
}

FIELD(yellow)
{
    TARGET;
    put_criteria(c, out, &t->yellow);
}

FIELD(aim)
{
    TARGET;
    put_criteria(c, out, &t->aim);
}

/* As a steward writes it behind the number; counts stand bare. */
static struct mv_span limit_word(const struct mv_catalogue *c,
                                 const struct mv_target *t)
{
    const struct mv_criteria *const of[] = {&t->require, &t->yellow, &t->aim};
    for (size_t l = 0; l < sizeof of / sizeof of[0]; l++) {
        for (uint32_t i = 0; i < of[l]->count; i++) {
            const struct mv_criterion *x = &c->criteria[of[l]->first + i];
            if (!x->uses_limit || x->limit_measure <= MV_MEASURE_NUMBER ||
                x->limit_measure == MV_MEASURE_COUNT)
                continue;
            return x->limit_measure == MV_MEASURE_PERCENT
                       ? mv_span_text("%")
                       : c->measures[x->limit_measure];
        }
    }
    return mv_span_text("");
}

FIELD(limits)
{
    TARGET;
    struct mv_span word = limit_word(c, t);
    for (uint32_t i = 0; i < t->limit_count; i++) {
        const struct mv_limit *l = &t->limits[i];
        mv_buf_text(out, i == 0 ? "" : ", ");
        if (l->unit != MV_NONE)
            mv_field_span(out, c->units[l->unit].id);
        if (l->unit != MV_NONE && l->member != MV_NONE)
            mv_buf_text(out, "/");
        if (l->member != MV_NONE)
            mv_field_span(out,
                          c->indicators[t->limits_of].members[l->member].id);
        mv_buf_text(out, " ");
        mv_show_micro(out, l->micro);
        mv_buf_text(out, word.len > 0 ? " " : "");
        mv_field_span(out, word);
    }
}

FIELD(combine)
{
    TARGET;
    mv_buf_text(out, t->combine == MV_COMBINE_WHOLE ? "whole" : "part");
}

FIELD(compare)
{
    TARGET;
    mv_buf_text(out,
                t->compare == MV_COMPARE_DISPLAYED ? "displayed" : "exact");
}

static const char *decides_text(mv_decides decides)
{
    static const char *const words[] = {"figures", "assessment", "worst"};
    return words[decides];
}

FIELD(decides)
{
    TARGET;
    mv_buf_text(out, decides_text(t->decides));
}

FIELD(forecast)
{
    TARGET;
    if (t->forecast == MV_FORECAST_RECENT) {
        mv_buf_printf(out, "recent(%u)", (unsigned)t->forecast_periods);
    } else {
        mv_buf_text(out, t->forecast == MV_FORECAST_NONE ? "none" : "seasonal");
    }
}

FIELD(state)
{
    static const char *const words[] = {"judged by figures",
                                        "judged by assessment", "report_only",
                                        "under_development"};
    TARGET;
    mv_buf_text(out, words[t->state]);
}

FIELD(note)
{
    TARGET;
    mv_field_span(out, t->note);
}

const struct mv_field mv_target_fields[] = {
    {"chapter", chapter, MV_DIFF_PLAIN},
    {"text", text, MV_DIFF_PLAIN},
    {"indicator", indicator, MV_DIFF_JUDGES},
    {"scope", scope, MV_DIFF_JUDGES},
    {"require", require, MV_DIFF_JUDGES},
    {"yellow", yellow, MV_DIFF_JUDGES},
    {"aim", aim, MV_DIFF_PLAIN},
    {"limits", limits, MV_DIFF_JUDGES},
    {"combine", combine, MV_DIFF_JUDGES},
    {"compare", compare, MV_DIFF_JUDGES},
    {"decides", decides, MV_DIFF_JUDGES},
    {"forecast", forecast, MV_DIFF_JUDGES},
    {"state", state, MV_DIFF_JUDGES},
    {"note", note, MV_DIFF_PLAIN},
    {.key = NULL},
};

FIELD(commission_chapter)
{
    COMMISSION;
    mv_field_span(out, o->chapter);
}

FIELD(commission_text)
{
    COMMISSION;
    mv_field_title(out, &o->text);
}

FIELD(commission_lead)
{
    COMMISSION;
    if (o->lead != MV_NONE)
        mv_field_span(out, c->units[o->lead].id);
}

FIELD(commission_units)
{
    COMMISSION;
    mv_field_units(c, out, &o->units);
}

FIELD(commission_due)
{
    char day[MV_DAY_TEXT_BYTES];
    COMMISSION;
    for (uint32_t i = 0; i < o->due_count; i++) {
        mv_buf_text(out, i == 0 ? "" : "; ");
        mv_buf_text(out, mv_day_text(o->due[i].on, day));
        for (uint32_t m = 0; m < o->due[i].moved_count; m++) {
            mv_buf_text(out, ", moved to ");
            mv_buf_text(out, mv_day_text(o->due[i].moved[m], day));
        }
        mv_buf_text(out, o->due[i].what.len > 0 ? " " : "");
        mv_field_span(out, o->due[i].what);
        if (o->due[i].said.len == 0)
            continue;
        mv_buf_text(out, " (");
        mv_field_span(out, o->due[i].said);
        mv_buf_text(out, ")");
    }
}

FIELD(commission_remind)
{
    COMMISSION;
    if (o->remind_days > 0)
        mv_buf_printf(out, "%u d", (unsigned)o->remind_days);
}

FIELD(commission_decides)
{
    COMMISSION;
    mv_buf_text(out, decides_text(o->decides));
}

FIELD(commission_note)
{
    COMMISSION;
    mv_field_span(out, o->note);
}

const struct mv_field mv_commission_fields[] = {
    {"chapter", commission_chapter, MV_DIFF_PLAIN},
    {"text", commission_text, MV_DIFF_PLAIN},
    {"lead", commission_lead, MV_DIFF_PLAIN},
    {"for", commission_units, MV_DIFF_JUDGES},
    {"due", commission_due, MV_DIFF_JUDGES},
    {"remind", commission_remind, MV_DIFF_PLAIN},
    {"decides", commission_decides, MV_DIFF_JUDGES},
    {"note", commission_note, MV_DIFF_PLAIN},
    {.key = NULL},
};
