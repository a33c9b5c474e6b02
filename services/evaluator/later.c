/* later - see later.h. Job: which numbers of a figure may be told. Invariant:
 * nothing of one that is suppressed, or was since the freezing, by any
 * catalogue in force since. Memory only: a crash leaves nothing. */
#include "services/evaluator/later.h"

#include <stdlib.h>

#include "proto/pack.h"
#include "services/evaluator/change.h"
#include "services/judging/interner.h"

/* An identifier that figures are kept by. Of an indicator what its numbers
 * are, by the last catalogue that was looked at. */
struct name {
    char *text;
    uint64_t catalogue; /* 0: of no indicator, so far */
    struct mv_buf measure;
    int64_t scale;
    int64_t least; /* the greatest min_denominator since a report was frozen */
    uint8_t decimals;
};

struct evaluator_names {
    struct mv_interner *numbers;
    struct name *at; /* by their numbers, from 1 */
    uint32_t count, cap;
    uint64_t catalogue; /* that was looked at */
    size_t bytes;
};

struct evaluator_names *evaluator_names_open(void)
{
    struct evaluator_names *n = mv_xcalloc(1, sizeof *n);
    n->numbers = mv_interner_open();
    return n;
}

void evaluator_names_close(struct evaluator_names *n)
{
    if (n == NULL)
        return;
    for (uint32_t i = 0; i < n->count; i++) {
        free(n->at[i].text);
        mv_buf_done(&n->at[i].measure);
    }
    mv_interner_close(n->numbers);
    free(n->at);
    free(n);
}

size_t evaluator_names_bytes(const struct evaluator_names *n)
{
    return n->bytes;
}

static uint32_t number_of(struct evaluator_names *n, struct mv_span text)
{
    const struct mv_intern numbers = mv_interner_calls(n->numbers);
    uint32_t number = numbers.number(numbers.ctx, text);
    if (number <= n->count)
        return number;
    if (n->count == n->cap) {
        n->cap = n->cap == 0 ? 64 : n->cap * 2;
        n->at = mv_xrealloc(n->at, n->cap * sizeof *n->at);
    }
    n->at[n->count++] = (struct name){.text = mv_xstrndup(text.at, text.len)};
    n->bytes += sizeof *n->at + text.len;
    return number;
}

static struct mv_span text_of(const struct evaluator_names *n, uint32_t number)
{
    return mv_span_text(n->at[number - 1].text);
}

/* What is known of the indicator, by the catalogue in force. */
static uint32_t know(struct evaluator_names *n, const struct evaluator *e,
                     const struct mv_indicator *ind)
{
    uint32_t number = number_of(n, ind->id);
    struct name *of = &n->at[number - 1];
    struct mv_span measure = evaluator_cut(ind->measure_word, 64);
    if (of->catalogue == e->force.now.catalogue_seq)
        return number;
    of->catalogue = e->force.now.catalogue_seq;
    of->scale = mv_catalogue_scale(ind);
    of->decimals = ind->decimals;
    if (of->least < ind->min_denominator)
        of->least = ind->min_denominator;
    mv_buf_clear(&of->measure);
    mv_buf_put(&of->measure, measure.at, measure.len);
    return number;
}

void evaluator_names_look(struct evaluator_names *n, const struct evaluator *e)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    if (n->catalogue == e->force.now.catalogue_seq)
        return;
    n->catalogue = e->force.now.catalogue_seq;
    for (uint32_t i = 0; i < c->indicator_count; i++)
        if (c->indicators[i].min_denominator > 0)
            (void)know(n, e, &c->indicators[i]);
}

/* ---- keeping ---- */

static void take_least(const struct mv_judge_env *env,
                       const struct mv_figure *f, int64_t *least)
{
    struct mv_slot slot;
    if (mv_figure_held(env, f, &slot) && slot.held == MV_HELD_RATIO &&
        slot.denominator < *least)
        *least = slot.denominator;
}

/* The least denominator, in millionths, of those that tell each other with
 * their sum: the figure, the units beside its own, the members beside its own
 * and their total. */
static int64_t beside_least(const struct evaluator *e,
                            const struct mv_figure *f)
{
    const struct mv_judge_env env = evaluator_env(e);
    const struct mv_catalogue *c = e->force.now.catalogue;
    uint32_t parent = c->units[f->unit].parent;
    uint32_t members = c->indicators[f->indicator].member_count;
    struct mv_figure other = *f;
    int64_t least = INT64_MAX;
    for (uint32_t m = 0; m <= members; m++) {
        other.member = m < members ? m : MV_MEMBER_TOTAL;
        take_least(&env, &other, &least);
    }
    other.member = f->member;
    for (uint32_t i = 0;
         parent != MV_NONE && i < c->units[parent].children.count; i++) {
        other.unit = c->units[parent].children.at[i];
        take_least(&env, &other, &least);
    }
    return least;
}

void evaluator_later_before(const struct evaluator *e,
                            const struct mv_figure *f,
                            struct evaluator_before *ret)
{
    const struct mv_judge_env env = evaluator_env(e);
    ret->had = mv_figure_held(&env, f, &ret->slot);
    ret->beside = beside_least(e, f);
}

static bool is_same(const struct mv_slot *a, const struct mv_slot *b)
{
    return a->held == b->held && a->numerator == b->numerator &&
           a->denominator == b->denominator && a->flag == b->flag &&
           a->withdrawn == b->withdrawn;
}

bool evaluator_later_keep(struct evaluator_names *n, const struct evaluator *e,
                          const struct mv_record *record,
                          const struct mv_figure *f,
                          const struct evaluator_before *before,
                          struct evaluator_later *ret)
{
    const struct mv_judge_env env = evaluator_env(e);
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_indicator *ind = &c->indicators[f->indicator];
    struct mv_slot now;
    uint8_t code;
    if (!mv_figure_held(&env, f, &now) ||
        (before->had && is_same(&before->slot, &now)))
        return false;
    *ret = (struct evaluator_later){
        .time_ms = record->received_ms,
        .beside = beside_least(e, f),
        .indicator = know(n, e, ind),
        .unit = number_of(n, c->units[f->unit].id),
        .by = number_of(n, mv_span_text(record->key_name)),
        .year = (int16_t)f->period.year,
        .had = before->had,
    };
    if (before->beside < ret->beside)
        ret->beside = before->beside;
    mv_slot_place(&f->period, &ret->part, &code);
    if (f->member != MV_MEMBER_TOTAL)
        ret->member = number_of(n, ind->members[f->member].id);
    if (before->had)
        mv_slot_put(&before->slot, ret->was);
    mv_slot_put(&now, ret->now);
    return true;
}

/* ---- telling ---- */

void evaluator_later_find(struct evaluator_names *n, const struct evaluator *e,
                          const struct evaluator_later *kept,
                          struct evaluator_told *ret)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_unit *u = mv_catalogue_unit(c, text_of(n, kept->unit));
    struct mv_figure *f = &ret->figure;
    *ret = (struct evaluator_told){.names = n, .kept = kept};
    mv_slot_get(&ret->was, kept->was);
    mv_slot_get(&ret->now, kept->now);
    bool known =
        mv_slot_period(kept->year, kept->part, ret->now.code, &f->period);
    ret->ind = mv_catalogue_indicator(c, text_of(n, kept->indicator));
    if (ret->ind != NULL)
        (void)know(n, e, ret->ind);
    f->unit = u != NULL ? u->index : MV_NONE;
    f->indicator = ret->ind != NULL ? ret->ind->index : MV_NONE;
    f->member = MV_MEMBER_TOTAL;
    if (kept->member != 0 && ret->ind != NULL)
        f->member = mv_catalogue_member(c, ret->ind, text_of(n, kept->member));
    ret->titled = kept->member != 0 && f->member != MV_NONE;
    ret->there = known && u != NULL && ret->ind != NULL &&
                 ret->titled == (kept->member != 0);
}

static const struct name *name_of(const struct evaluator_told *t)
{
    return &t->names->at[t->kept->indicator - 1];
}

/* The figure or one beside it, today, then or before. Of what is not in the
 * catalogue it cannot be looked at what stands beside it. */
static bool is_hidden(const struct evaluator *e, const struct evaluator_told *t)
{
    int64_t least = t->kept->beside;
    if (name_of(t)->least == 0)
        return false;
    if (!t->there)
        return true;
    int64_t today = beside_least(e, &t->figure);
    return (today < least ? today : least) <
           (mv_i128)name_of(t)->least * MV_MICRO_ONE;
}

static bool value_of(const struct evaluator_told *t, const struct mv_slot *slot,
                     struct mv_dec *ret)
{
    *ret = mv_dec_from_micro(slot->numerator);
    return slot->held == MV_HELD_VALUE ||
           (slot->held == MV_HELD_RATIO &&
            mv_dec_ratio(ret, slot->numerator, slot->denominator,
                         name_of(t)->scale));
}

/* Where numbers of the indicator may be suppressed, with its decimals and as
 * many more as it takes to differ. */
static void round_both(const struct evaluator_told *t, struct mv_dec *was,
                       struct mv_dec *now)
{
    struct mv_dec a = *was, b = *now;
    int decimals = name_of(t)->decimals;
    if (name_of(t)->least == 0)
        return;
    do {
        (void)mv_dec_round(was, a, decimals);
        (void)mv_dec_round(now, b, decimals);
    } while (mv_dec_compare(a, b) != 0 && mv_dec_compare(*was, *now) == 0 &&
             decimals++ < MV_DEC_DECIMALS);
}

/* {value?, numerator? denominator?, flag? withdrawn?} */
static void put_held(const struct evaluator_told *t, const char *key,
                     const struct mv_slot *slot, const struct mv_dec *value,
                     struct mv_buf *out)
{
    bool both = slot->held == MV_HELD_RATIO && name_of(t)->least == 0;
    mv_pack_cstr(out, key);
    mv_pack_map(out, (value != NULL) + 2u * both + (slot->flag != 0) +
                         slot->withdrawn);
    if (value != NULL)
        mv_pack_kv_dec(out, "value", *value);
    if (both) {
        mv_pack_kv_dec(out, "numerator", mv_dec_from_micro(slot->numerator));
        mv_pack_kv_dec(out, "denominator",
                       mv_dec_from_micro(slot->denominator));
    }
    if (slot->flag != 0)
        mv_pack_kv_text(out, "flag", mv_span(&slot->flag, 1));
    if (slot->withdrawn)
        mv_pack_kv_bool(out, "withdrawn", true);
}

/* Its numbers before and after. */
static void put_turn(const struct evaluator_told *t, struct mv_buf *out)
{
    struct mv_dec was = {0}, now = {0};
    bool had = t->kept->had && value_of(t, &t->was, &was);
    bool has = value_of(t, &t->now, &now);
    round_both(t, had ? &was : &now, has ? &now : &was);
    if (t->kept->had)
        put_held(t, "was", &t->was, had ? &was : NULL, out);
    put_held(t, "now", &t->now, has ? &now : NULL, out);
}

/* {what: figure, seq, time, by, kind, indicator, measure, decimals, unit,
 * period, row, title? member? member_title?, more, hidden? was? now?} */
void evaluator_later_tell(const struct evaluator *e,
                          const struct evaluator_told *t, uint32_t more,
                          struct mv_span pairs, struct mv_buf *out)
{
    const struct evaluator_later *f = t->kept;
    char period[MV_PERIOD_TEXT_BYTES];
    bool hidden = is_hidden(e, t), member = f->member != 0;
    mv_pack_map(out, 12u + (t->ind != NULL) + member + t->titled + more +
                         (f->had && !hidden));
    mv_pack_kv_cstr(out, "what", "figure");
    mv_pack_kv_u64(out, "seq", t->now.seq);
    mv_pack_kv_i64(out, "time", f->time_ms);
    mv_pack_kv_text(out, "by", text_of(t->names, f->by));
    mv_pack_kv_cstr(out, "kind",
                    t->now.withdrawn ? "withdrawal"
                    : f->had         ? "correction"
                                     : "figure");
    mv_pack_kv_text(out, "indicator", text_of(t->names, f->indicator));
    mv_pack_kv_text(out, "measure", mv_buf_span(&name_of(t)->measure));
    mv_pack_kv_u64(out, "decimals", name_of(t)->decimals);
    mv_pack_kv_text(out, "unit", text_of(t->names, f->unit));
    mv_pack_kv_cstr(out, "period", mv_period_text(&t->figure.period, period));
    mv_pack_kv_u64(out, "row", t->now.row + 1u); /* kept from 0 */
    if (t->ind != NULL) {
        mv_pack_cstr(out, "title");
        evaluator_title_pack(&t->ind->title, out);
    }
    if (member)
        mv_pack_kv_text(out, "member", text_of(t->names, f->member));
    if (t->ind != NULL && t->titled) {
        mv_pack_cstr(out, "member_title");
        evaluator_title_pack(&t->ind->members[t->figure.member].title, out);
    }
    mv_pack_raw(out, pairs);
    if (hidden)
        mv_pack_kv_bool(out, "hidden", true);
    else
        put_turn(t, out);
}
