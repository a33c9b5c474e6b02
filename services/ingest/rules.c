/* rules - see rules.h. Job: find all that is wrong with a delivery's rows.
 * Invariant: a row without a conflict can be applied by the evaluator as it
 * stands. Pure: nothing is left by a crash. */
#include "services/ingest/rules.h"

#include <stdio.h>

#include "services/base/day.h"
#include "services/base/decimal.h"
#include "services/base/micro.h"
#include "services/base/period.h"
#include "services/base/points.h"
#include "services/judging/cells.h"

/* Rows come in runs: what the last row named is not looked up again. */
struct looked_up {
    struct mv_span indicator_text, unit_text, member_text, period_text;
    const struct mv_indicator *indicator;
    const struct mv_unit *unit;
    uint32_t member;
    bool may_report, period_parsed, period_fits;
    int frequency; /* that it fits, or does not; -1: no indicator */
    struct mv_period period;
};

struct check {
    const struct ingest_rules *rules;
    struct mv_conflicts *conflicts;
    struct looked_up last;
    uint32_t row;
    bool began;    /* last is of a row */
    int last_year; /* that a period may lie in */
};

static void add(struct check *k, const char *field, mv_code code,
                struct mv_span value, const char *detail)
{
    mv_conflicts_add(k->conflicts, k->row, field, code, value, detail);
}

static void add_number(struct check *k, const char *field, mv_code code,
                       int64_t micro, const char *detail)
{
    char text[MV_MICRO_TEXT_BYTES];
    add(k, field, code, mv_span_text(mv_micro_text(micro, text)), detail);
}

static void look_up_indicator(struct check *k, const struct mv_row *row)
{
    struct looked_up *last = &k->last;
    last->indicator =
        mv_catalogue_indicator(k->rules->catalogue, row->indicator);
    last->indicator_text = row->indicator;
}

static void look_up_member(struct check *k, const struct mv_row *row)
{
    struct looked_up *last = &k->last;
    last->member = MV_MEMBER_TOTAL;
    if (last->indicator != NULL && row->member.at != NULL)
        last->member = mv_catalogue_member(k->rules->catalogue, last->indicator,
                                           row->member);
    last->member_text = row->member;
}

static void look_up_period(struct check *k, const struct mv_row *row,
                           bool first)
{
    struct looked_up *last = &k->last;
    bool other = first || !mv_span_equal(last->period_text, row->period);
    int frequency =
        last->indicator != NULL ? (int)last->indicator->frequency : -1;
    if (other) {
        last->period_parsed = mv_period_parse(row->period, &last->period);
        last->period_text = row->period;
    }
    if (other || frequency != last->frequency)
        last->period_fits = last->period_parsed && frequency >= 0 &&
                            mv_cells_fit((mv_freq)frequency, &last->period);
    last->frequency = frequency;
}

static void look_up(struct check *k, const struct mv_row *row)
{
    const struct mv_catalogue *c = k->rules->catalogue;
    struct looked_up *last = &k->last;
    bool first = !k->began;
    bool other = first || !mv_span_equal(last->indicator_text, row->indicator);
    bool moved = first || !mv_span_equal(last->unit_text, row->unit);
    if (other)
        look_up_indicator(k, row);
    if (other || !mv_span_equal(last->member_text, row->member))
        look_up_member(k, row);
    if (moved) {
        last->unit = mv_catalogue_unit(c, row->unit);
        last->unit_text = row->unit;
    }
    if ((other || moved) && last->unit != NULL && last->indicator != NULL) {
        last->may_report =
            k->rules->key_unit != MV_NONE &&
            mv_catalogue_may_report(c, k->rules->key_unit, last->indicator,
                                    last->unit->index);
    }
    look_up_period(k, row, first);
    k->began = true;
}

static void check_who(struct check *k, const struct mv_row *row)
{
    const struct looked_up *at = &k->last;
    if (at->indicator == NULL)
        add(k, "indicator", MV_CODE_UNKNOWN_INDICATOR, row->indicator, NULL);
    if (at->unit == NULL)
        add(k, "unit", MV_CODE_UNKNOWN_UNIT, row->unit, NULL);
    if (at->indicator == NULL || at->unit == NULL)
        return;
    if (row->member.at != NULL && at->member == MV_NONE) {
        char name[MV_ID_BYTES + 1];
        (void)snprintf(name, sizeof name, "%.*s", (int)row->indicator.len,
                       (const char *)row->indicator.at);
        add(k, "member", MV_CODE_UNKNOWN_MEMBER, row->member, name);
    }
    if (at->may_report || MV_BROKEN("any_unit"))
        return;
    char who[MV_ID_BYTES + 1];
    (void)snprintf(who, sizeof who, "%.*s", (int)k->rules->key_unit_id.len,
                   (const char *)k->rules->key_unit_id.at);
    bool below = k->rules->key_unit != MV_NONE &&
                 mv_catalogue_below(k->rules->catalogue, at->unit->index,
                                    k->rules->key_unit);
    if (below)
        add(k, "indicator", MV_CODE_FORBIDDEN, row->indicator, who);
    else
        add(k, "unit", MV_CODE_FORBIDDEN, row->unit, who);
}

static void check_period(struct check *k, const struct mv_row *row)
{
    const struct looked_up *at = &k->last;
    if (!at->period_parsed) {
        _Static_assert(MV_YEAR_MIN == 1990 && MV_YEAR_MAX == 2199,
                       "as the detail says");
        add(k, "period", MV_CODE_PERIOD, row->period,
            "none such from 1990 to 2199");
        return;
    }
    const struct mv_indicator *indicator = at->indicator;
    const struct mv_period *p = &at->period;
    if (p->year > indicator->to_year || p->year < indicator->from_year) {
        add(k, "indicator", MV_CODE_RETIRED, row->indicator,
            p->year > indicator->to_year ? "after its last year"
                                         : "before its first year");
    }
    if (!at->period_fits)
        add(k, "period", MV_CODE_FREQUENCY, row->period,
            "it holds no whole period of the indicator");
    if (p->year > k->last_year)
        add(k, "period", MV_CODE_FUTURE, row->period, "too many years");
    else if (!indicator->ahead && p->last_day >= k->rules->today)
        add(k, "period", MV_CODE_FUTURE, row->period, "it has not ended");
}

/* The unit, or the one above it, that has this day: the lower ends first. */
static const struct mv_unit *whose(const struct mv_catalogue *c,
                                   const struct mv_unit *u, bool before)
{
    int32_t day = before ? u->first_day : u->last_day;
    while ((before ? u->from_day : u->to_day) != day)
        u = &c->units[u->parent];
    return u;
}

/* What was stored before the catalogue said so may still be withdrawn. */
static void check_life(struct check *k, const struct mv_row *row)
{
    const struct mv_unit *u = k->last.unit;
    const struct mv_period *p = &k->last.period;
    if (u == NULL || !k->last.period_parsed)
        return;
    bool before = p->last_day < u->first_day;
    if (!before && p->first_day <= u->last_day && u->first_day <= u->last_day)
        return;
    const struct mv_unit *of = whose(k->rules->catalogue, u, before);
    char day[MV_DAY_TEXT_BYTES], text[MV_ID_BYTES + 64];
    (void)mv_day_text(before ? u->first_day : u->last_day, day);
    const char *which = before ? "before its first day" : "after its last day";
    if (of == u) {
        (void)snprintf(text, sizeof text, "%s, %s", which, day);
    } else {
        (void)snprintf(text, sizeof text, "%s the %s day of %.*s, %s",
                       before ? "before" : "after", before ? "first" : "last",
                       (int)of->id.len, (const char *)of->id.at, day);
    }
    add(k, "unit", MV_CODE_RETIRED, row->unit, text);
}

/* The value, or numerator / denominator times the measure's scale, against a
 * bound: cross-multiplied, nothing is rounded. */
static int compare_to(const struct mv_row *row, const struct mv_indicator *i,
                      int64_t bound)
{
    if (!row->has_numerator)
        return (row->value > bound) - (row->value < bound);
    struct mv_dec limit = mv_dec_from_micro(bound);
    int order = 0;
    if (!mv_ratio_compare(row->numerator, row->denominator,
                          mv_catalogue_scale(i), limit, &order))
        return 0;
    return order;
}

static bool is_whole(int64_t micro)
{
    return micro % MV_MICRO_ONE == 0;
}

static void check_bounds(struct check *k, const struct mv_row *row)
{
    const struct mv_indicator *i = k->last.indicator;
    int64_t least;
    bool has_least = mv_catalogue_least(i, &least);
    const char *field = row->has_numerator ? "numerator" : "value";
    int64_t shown = row->has_numerator ? row->numerator : row->value;
    bool zero = row->has_numerator && row->denominator == 0;
    if (has_least && !zero && compare_to(row, i, least) < 0)
        add_number(k, field, MV_CODE_RANGE, shown, "below the least allowed");
    if (i->has_max && !zero && compare_to(row, i, i->max_micro) > 0)
        add_number(k, field, MV_CODE_RANGE, shown, "above the most allowed");
    if (i->whole && !is_whole(shown))
        add_number(k, field, MV_CODE_RANGE, shown, "must be whole");
    if (i->whole && row->has_numerator && !is_whole(row->denominator))
        add_number(k, "denominator", MV_CODE_RANGE, row->denominator,
                   "must be whole");
}

/* Given both, they must say the same to the decimals that are shown. */
static bool same_number(const struct mv_indicator *i, const struct mv_row *row)
{
    struct mv_dec n = mv_dec_from_micro(row->numerator);
    struct mv_dec d = mv_dec_from_micro(row->denominator);
    struct mv_dec scale =
        mv_dec_from_micro(mv_catalogue_scale(i) * MV_MICRO_ONE);
    struct mv_dec value = mv_dec_from_micro(row->value);
    struct mv_dec ratio;
    if (!mv_dec_mul(&n, n, scale) || !mv_dec_div(&ratio, n, d) ||
        !mv_dec_round(&ratio, ratio, i->decimals) ||
        !mv_dec_round(&value, value, i->decimals))
        return false;
    return mv_dec_compare(ratio, value) == 0;
}

static void check_value(struct check *k, const struct mv_row *row)
{
    const struct mv_indicator *i = k->last.indicator;
    bool missing = row->flag == 'O' || row->flag == 'M' || row->flag == 'L' ||
                   row->flag == 'Q';
    if (missing && (row->has_value || row->has_numerator))
        add(k, "flag", MV_CODE_INCONSISTENT, mv_span(&row->flag, 1),
            "the flag says that there is no value");
    if (!row->has_value && !row->has_numerator)
        return;
    if (row->has_numerator && row->denominator < 0) {
        add_number(k, "denominator", MV_CODE_RANGE, row->denominator,
                   "below 0");
    } else if (row->has_numerator && row->denominator == 0 &&
               row->numerator != 0) {
        add_number(k, "numerator", MV_CODE_INCONSISTENT, row->numerator,
                   "the denominator is 0");
    } else if (row->has_numerator && i->part &&
               row->numerator > row->denominator) {
        add_number(k, "numerator", MV_CODE_INCONSISTENT, row->numerator,
                   "larger than the denominator");
    } else if (row->has_numerator && i->part && row->numerator < 0) {
        add_number(k, "numerator", MV_CODE_RANGE, row->numerator, "below 0");
    } else {
        check_bounds(k, row);
    }
    if (row->has_numerator && row->has_value && row->denominator > 0 &&
        !same_number(i, row))
        add_number(k, "value", MV_CODE_INCONSISTENT, row->value,
                   "not numerator / denominator");
}

static void check_time(struct check *k, const struct mv_row *row)
{
    if (!row->has_time ||
        row->time_ms <= k->rules->received_ms + INGEST_TIME_AHEAD_MS)
        return;
    char text[32];
    (void)snprintf(text, sizeof text, "%lld", (long long)row->time_ms);
    add(k, "time", MV_CODE_FUTURE, mv_span_text(text),
        "more than a day after its receipt");
}

struct ingest_rules ingest_rules_of(struct ingest_book *book,
                                    const struct mv_key *key,
                                    const struct mv_clock *clock)
{
    const struct ingest_moment *now = &book->now;
    struct ingest_rules rules = {
        .catalogue = now->catalogue,
        .key_unit = MV_NONE,
        .key_unit_id = mv_span_text(key->unit),
        .today = ingest_book_today(book, clock),
        .received_ms = clock->wall_ms,
    };
    if (now->catalogue != NULL) {
        const struct mv_unit *unit =
            mv_catalogue_unit(now->catalogue, rules.key_unit_id);
        if (unit != NULL)
            rules.key_unit = unit->index;
    }
    return rules;
}

void ingest_rules_check(const struct ingest_rules *rules,
                        const struct mv_delivery *delivery,
                        struct mv_conflicts *conflicts)
{
    if (rules->catalogue == NULL) {
        mv_conflicts_add(conflicts, 0, NULL, MV_CODE_UNKNOWN_INDICATOR,
                         mv_span_text("-"), "no catalogue is in force");
        return;
    }
    struct check k = {
        .rules = rules,
        .conflicts = conflicts,
        .last_year = mv_day_date(rules->today).year + INGEST_YEARS_AHEAD,
    };
    for (uint32_t r = 0; r < delivery->row_count; r++) {
        const struct mv_row *row = &delivery->rows[r];
        k.row = r + 1;
        if (row->faulty)
            continue;
        look_up(&k, row);
        check_who(&k, row);
        if (k.last.indicator != NULL) {
            check_period(&k, row);
            if (delivery->kind == MV_TABLE_DELIVERY) {
                check_life(&k, row);
                check_value(&k, row);
            }
        }
        check_time(&k, row);
    }
}
