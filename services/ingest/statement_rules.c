/* statement_rules - see statement.h. Job: find all that is wrong with a
 * statement. Invariant: one without a conflict can be applied by the
 * evaluator as it stands. Pure: nothing is left by a crash. */
#include <stdio.h>

#include "services/base/day.h"
#include "services/ingest/statement.h"

#define DUES_BYTES 200 /* of a commission's dates, in a text */

struct check {
    const struct ingest_rules *rules;
    const struct mv_statement *s;
    struct mv_conflicts *conflicts;
    const struct mv_unit *unit;
    const struct mv_commission *commission;
};

static void add(struct check *k, const char *field, mv_code code,
                struct mv_span value, const char *detail)
{
    mv_conflicts_add(k->conflicts, 0, field, code, value, detail);
}

static void check_unit(struct check *k)
{
    const struct ingest_rules *r = k->rules;
    char who[MV_ID_BYTES + 1];
    k->unit = mv_catalogue_unit(r->catalogue, k->s->unit);
    if (k->unit == NULL) {
        add(k, "unit", MV_CODE_UNKNOWN_UNIT, k->s->unit, NULL);
        return;
    }
    bool below = r->key_unit != MV_NONE &&
                 mv_catalogue_below(r->catalogue, k->unit->index, r->key_unit);
    if (r->key_unit_id.len == 0 || below)
        return;
    (void)snprintf(who, sizeof who, "%.*s", (int)r->key_unit_id.len,
                   (const char *)r->key_unit_id.at);
    add(k, "unit", MV_CODE_FORBIDDEN, k->s->unit, who);
}

static const char *year_text(const struct check *k, char out[24])
{
    (void)snprintf(out, 24, "%llu", (unsigned long long)k->s->year);
    return out;
}

static void check_target(struct check *k)
{
    char year[24];
    const struct mv_catalogue *c = k->rules->catalogue;
    const struct mv_target *t =
        mv_catalogue_target(c, k->s->target, (int32_t)k->s->year);
    if (t == NULL) {
        add(k, "target", MV_CODE_UNKNOWN_TARGET, k->s->target,
            year_text(k, year));
    } else if (k->unit != NULL &&
               !mv_catalogue_in_scope(c, t, k->unit->index)) {
        add(k, "unit", MV_CODE_INCONSISTENT, k->s->unit,
            "the target is not judged for it");
    }
}

static void check_commission(struct check *k)
{
    char year[24];
    const struct mv_commission *m = mv_catalogue_commission(
        k->rules->catalogue, k->s->commission, (int32_t)k->s->year);
    k->commission = m;
    if (m == NULL) {
        add(k, "commission", MV_CODE_UNKNOWN_COMMISSION, k->s->commission,
            year_text(k, year));
        return;
    }
    for (uint32_t i = 0; k->unit != NULL && i < m->units.count; i++)
        if (m->units.at[i] == k->unit->index)
            return;
    if (k->unit != NULL)
        add(k, "unit", MV_CODE_INCONSISTENT, k->s->unit,
            "the commission is not for it");
}

static void check_subject(struct check *k)
{
    const struct mv_statement *s = k->s;
    if (s->target.at != NULL)
        check_target(k);
    if (s->commission.at != NULL)
        check_commission(k);
    if (s->target.at != NULL && s->commission.at != NULL) {
        add(k, "commission", MV_CODE_INCONSISTENT, s->commission,
            "name a target or a commission, not both");
    } else if (s->kind == MV_STATEMENT_ASSESSMENT && s->target.at == NULL &&
               s->commission.at == NULL) {
        add(k, "target", MV_CODE_MISSING, s->target, NULL);
    }
    if (s->indicator.at != NULL &&
        mv_catalogue_indicator(k->rules->catalogue, s->indicator) == NULL)
        add(k, "indicator", MV_CODE_UNKNOWN_INDICATOR, s->indicator, NULL);
}

/* A day that exists; else it is named. */
static bool read_day(struct check *k, const char *field, struct mv_span text,
                     int32_t *day)
{
    if (text.at == NULL)
        return false;
    if (mv_day_parse(text, day))
        return true;
    add(k, field, MV_CODE_DATE, text, "no such day");
    return false;
}

static bool has_date(const struct mv_commission *m, int32_t day)
{
    for (uint32_t i = 0; i < m->due_count; i++) {
        if (m->due[i].on == day)
            return true;
        for (uint32_t j = 0; j < m->due[i].moved_count; j++)
            if (m->due[i].moved[j] == day)
                return true;
    }
    return false;
}

/* "it has 2024-04-01, 2024-10-01": as many as there is room for. */
static void put_dates(const struct mv_commission *m, char out[DUES_BYTES])
{
    char day[MV_DAY_TEXT_BYTES];
    size_t len = (size_t)snprintf(out, DUES_BYTES, "it has ");
    for (uint32_t i = 0; i < m->due_count; i++) {
        if (len + 16 > DUES_BYTES) {
            (void)snprintf(out + len, DUES_BYTES - len, ", ...");
            return;
        }
        len +=
            (size_t)snprintf(out + len, DUES_BYTES - len, "%s%s",
                             i > 0 ? ", " : "", mv_day_text(m->due[i].on, day));
    }
    if (m->due_count == 0)
        (void)snprintf(out, DUES_BYTES, "it has none");
}

static void check_days(struct check *k)
{
    int32_t day, today = k->rules->today;
    char dates[DUES_BYTES];
    if (read_day(k, "due", k->s->due, &day) && k->commission != NULL &&
        !has_date(k->commission, day)) {
        put_dates(k->commission, dates);
        add(k, "due", MV_CODE_DATE, k->s->due, dates);
    }
    if (read_day(k, "on", k->s->on, &day) && day > today)
        add(k, "on", MV_CODE_FUTURE, k->s->on, "it is yet to come");
    if (read_day(k, "until", k->s->until, &day) && day < today)
        add(k, "until", MV_CODE_DATE, k->s->until, "it has passed");
}

/* A report is decided on when its time is over: frozen before, a yearly one
 * would close its year, and nobody would hear of the reds still to come. */
static void check_year(struct check *k)
{
    char year[24];
    const struct mv_statement *s = k->s;
    struct mv_date today = mv_day_date(k->rules->today);
    bool yearly = mv_span_is(s->report, "year");
    if (s->kind != MV_STATEMENT_FREEZE || s->year < (uint64_t)today.year ||
        (!yearly && s->year == (uint64_t)today.year && today.month > 6))
        return;
    add(k, "year", MV_CODE_FUTURE, mv_span_text(year_text(k, year)),
        yearly ? "the year is not over" : "the half-year is not over");
}

/* By a person, with name; and what others must act on, with a reason. */
static void check_words(struct check *k)
{
    mv_statement_kind kind = k->s->kind;
    if (k->s->author.len == 0)
        add(k, "author", MV_CODE_LENGTH, k->s->author, "who says so?");
    if (k->s->comment.len == 0 &&
        (kind == MV_STATEMENT_CLOSED || kind == MV_STATEMENT_HOLD ||
         kind == MV_STATEMENT_FREEZE))
        add(k, "comment", MV_CODE_LENGTH, k->s->comment, "why?");
}

void ingest_statement_check(const struct ingest_rules *rules,
                            const struct mv_statement *statement,
                            struct mv_conflicts *conflicts)
{
    struct check k = {.rules = rules, .s = statement, .conflicts = conflicts};
    if (rules->catalogue == NULL) {
        mv_conflicts_add(conflicts, 0, NULL, MV_CODE_UNKNOWN_UNIT,
                         mv_span_text("-"), "no catalogue is in force");
        return;
    }
    check_unit(&k);
    check_subject(&k);
    check_days(&k);
    check_year(&k);
    check_words(&k);
}
