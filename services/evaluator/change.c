/* change - see change.h. Job: a judgement as a map. Invariant: every text is
 * within the limits of messages.def, so whoever decodes strictly accepts it.
 * Memory only: a crash leaves nothing. */
#include "services/evaluator/change.h"

#include <stdio.h>

#include "proto/msg.h"
#include "proto/pack.h"

#define CRITERION_TEXT_BYTES 512u
#define NAME_TEXT_BYTES      256u
#define TITLE_TEXT_BYTES     1024u
#define PERIOD_NAMES_MAX     64u

struct mv_span evaluator_cut(struct mv_span text, size_t max)
{
    const uint8_t *p = text.at;
    if (text.len <= max)
        return text;
    while (max > 0 && (p[max] & 0xc0u) == 0x80u)
        max--;
    return mv_span(text.at, max);
}

const struct mv_ruling *evaluator_lead(const struct mv_judgement *j)
{
    return j->lead < j->count ? &j->rulings[j->lead] : NULL;
}

const struct mv_indicator *evaluator_measure(const struct mv_catalogue *c,
                                             const struct mv_target *t)
{
    if (t->indicator != MV_NONE)
        return &c->indicators[t->indicator];
    return t->uses.count > 0 ? &c->indicators[t->uses.at[0]] : NULL;
}

/* Its left side is one growth, and nothing else. */
static bool is_growth(const struct mv_catalogue *c,
                      const struct mv_criterion *k)
{
    return k->n_left == 1 && c->nodes[k->first].kind == MV_NODE_GROWTH;
}

struct evaluator_scale evaluator_scale_of(const struct mv_catalogue *c,
                                          const struct mv_target *t,
                                          const struct mv_ruling *lead)
{
    const struct mv_indicator *m = evaluator_measure(c, t);
    const struct mv_criterion *k =
        lead != NULL ? &c->criteria[lead->criterion] : NULL;
    struct evaluator_scale s = {.there = m != NULL || k != NULL};
    if (m != NULL) {
        s.measure = m->measure_word;
        s.decimals = m->decimals;
    }
    if (k != NULL && is_growth(c, k)) {
        s.measure = mv_span_text("percent_change");
    } else if (k != NULL && k->measure != MV_MEASURE_ANY &&
               (m == NULL || k->measure != m->measure)) {
        s.measure = c->measures[k->measure];
        if (k->measure == MV_MEASURE_NUMBER)
            s.measure = mv_span_text("count");
    } else {
        return s;
    }
    if (s.decimals == 0)
        s.decimals = 1;
    return s;
}

/* A place for one decimal as text, and the span of it. */
struct number {
    char text[MV_DEC_TEXT_BYTES];
};

static struct mv_span number_text(bool has, struct mv_dec v, struct number *n)
{
    return has ? mv_span_text(mv_dec_text(v, n->text)) : mv_span(NULL, 0);
}

/* What the missing periods must become, and how that is meant. */
struct needed {
    struct number number;
    struct mv_span text, is, of, why;
};

static void read_needed(const struct mv_ruling *r, struct needed *ret)
{
    static const char *const as[] = {[MV_NEEDED_OF_AVERAGE] = "average",
                                     [MV_NEEDED_OF_TOGETHER] = "together",
                                     [MV_NEEDED_OF_LAST] = "last"};
    ret->text = ret->is = ret->of = ret->why = mv_span(NULL, 0);
    switch (r->needed) {
    case MV_NEEDED_NO:
        return;
    case MV_NEEDED_UNLIKE:
        ret->why = mv_span_text("unlike");
        return;
    case MV_NEEDED_IMPOSSIBLE:
        ret->text = mv_span_text("impossible");
        break;
    case MV_NEEDED_SECURED:
        ret->why = mv_span_text("secured");
        ret->text = number_text(true, r->needed_average, &ret->number);
        break;
    case MV_NEEDED_AVERAGE:
        ret->text = number_text(true, r->needed_average, &ret->number);
        break;
    }
    ret->is = mv_span_text(mv_cmp_text(r->needed_cmp));
    ret->of = mv_span_text(as[r->needed_of]);
}

static struct mv_span reason_text(mv_reason reason)
{
    return reason == MV_REASON_NO ? mv_span(NULL, 0)
                                  : mv_span_text(mv_reason_text(reason));
}

bool evaluator_is_titled(const struct mv_member *member)
{
    return member->title.nb.len > 0 &&
           !(mv_span_equal(member->title.nb, member->id) &&
             mv_span_equal(member->title.en, member->id));
}

void evaluator_criterion_pack(const struct mv_catalogue *c,
                              const struct mv_ruling *r, struct mv_buf *out)
{
    struct number value, limit, margin;
    struct needed needed;
    const struct mv_criterion *k = &c->criteria[r->criterion];
    struct mv_buf title = {0};
    read_needed(r, &needed);
    struct mv_msg_criterion m = {
        .text = evaluator_cut(k->text, CRITERION_TEXT_BYTES),
        .status = mv_span_text(mv_status_text(r->status)),
        .reason = reason_text(r->reason),
        .value = number_text(r->has_left, r->left, &value),
        .limit = number_text(r->has_right, r->right, &limit),
        .margin = number_text(r->has_margin, r->margin, &margin),
        .needed = needed.text,
        .needed_is = needed.is,
        .needed_of = needed.of,
        .needed_why = needed.why,
        .has_hidden = r->hidden,
        .hidden = r->hidden,
    };
    if (r->member != MV_MEMBER_TOTAL && k->each_indicator != MV_NONE) {
        const struct mv_member *of =
            &c->indicators[k->each_indicator].members[r->member];
        m.member = of->id;
        if (evaluator_is_titled(of))
            evaluator_title_pack(&of->title, &title);
        m.member_title = mv_buf_span(&title);
    }
    mv_msg_criterion_encode(&m, out);
    mv_buf_done(&title);
}

/* Red, yellow, none, green; in the order of the target within each. */
static unsigned rank_of(mv_status s)
{
    static const unsigned ranks[] = {[MV_STATUS_RED] = 0,
                                     [MV_STATUS_YELLOW] = 1,
                                     [MV_STATUS_NONE] = 2,
                                     [MV_STATUS_GREEN] = 3};
    return ranks[s];
}

void evaluator_criteria_pack(const struct mv_catalogue *c,
                             const struct mv_judgement *j, uint32_t max,
                             struct mv_buf *out, uint32_t *more)
{
    uint32_t kept = j->count < max ? j->count : max;
    uint32_t left = kept;
    mv_pack_list(out, kept);
    for (unsigned rank = 0; rank < 4; rank++) {
        for (uint32_t i = 0; i < j->count && left > 0; i++) {
            if (rank_of(j->rulings[i].status) == rank) {
                evaluator_criterion_pack(c, &j->rulings[i], out);
                left--;
            }
        }
    }
    *more = j->count - kept;
}

static void pack_overdue(const struct mv_judgement *j, struct mv_buf *out)
{
    char text[MV_PERIOD_TEXT_BYTES];
    mv_pack_list(out, j->overdue_kept);
    for (uint16_t i = 0; i < j->overdue_kept; i++)
        mv_pack_cstr(out, mv_period_text(&j->overdue_at[i], text));
}

void evaluator_basis_pack(const struct mv_target *t, const struct mv_basis *b,
                          struct mv_buf *out)
{
    char text[MV_PERIOD_TEXT_BYTES];
    struct mv_period periods[PERIOD_NAMES_MAX];
    struct mv_buf names = {0};
    size_t count = mv_basis_periods(b, t->year, periods, PERIOD_NAMES_MAX);
    if (count > PERIOD_NAMES_MAX)
        count = PERIOD_NAMES_MAX;
    mv_pack_list(&names, (uint32_t)count);
    for (size_t i = 0; i < count; i++)
        mv_pack_cstr(&names, mv_period_text(&periods[i], text));
    struct mv_msg_basis m = {
        .periods = b->periods_in,
        .of_periods = b->periods_of,
        .units = b->units_in,
        .of_units = b->units_of,
        .names = mv_buf_span(&names),
    };
    mv_msg_basis_encode(&m, out);
    mv_buf_done(&names);
}

bool evaluator_has_marks(const struct mv_basis *b, bool own)
{
    return own || b->unweighted || b->whole_base || b->left_out > 0 ||
           b->inhabitants != 0;
}

void evaluator_marks_pack(const struct mv_basis *b, bool own, bool hidden,
                          struct mv_buf *out)
{
    mv_pack_list(out, (uint32_t)own + b->unweighted + b->whole_base +
                          (b->left_out > 0) + (b->inhabitants != 0) + hidden);
    if (own)
        mv_pack_cstr(out, "own");
    if (b->unweighted)
        mv_pack_cstr(out, "unweighted");
    if (b->whole_base)
        mv_pack_cstr(out, "whole_base");
    if (b->left_out > 0)
        mv_pack_cstr(out, "left_out");
    if (b->inhabitants != 0)
        mv_pack_cstr(out, "inhabitants");
    if (hidden)
        mv_pack_cstr(out, "hidden");
}

static bool is_hidden(const struct mv_judgement *j)
{
    for (uint32_t i = 0; i < j->count; i++)
        if (j->rulings[i].hidden)
            return true;
    return false;
}

void evaluator_title_pack(const struct mv_title *title, struct mv_buf *out)
{
    bool same = mv_span_equal(title->nb, title->en);
    mv_pack_map(out, same ? 1 : 2);
    mv_pack_kv_text(out, "nb", evaluator_cut(title->nb, TITLE_TEXT_BYTES));
    if (!same)
        mv_pack_kv_text(out, "en", evaluator_cut(title->en, TITLE_TEXT_BYTES));
}

void evaluator_assessed_pack(const struct evaluator_status *s,
                             struct mv_buf *out)
{
    const struct evaluator_note *note = &s->assessment;
    char until[MV_DAY_TEXT_BYTES];
    struct mv_msg_assessed m = {
        .status = mv_span_text(mv_status_text((mv_status)note->word)),
        .comment = note->comment,
        .author = note->author,
        .seq = note->seq,
        .time = note->received_ms,
    };
    if (note->day != EVALUATOR_NO_END)
        m.until = mv_span_text(mv_day_text(note->day, until));
    mv_msg_assessed_encode(&m, out);
}

void evaluator_overdue_pack(const struct evaluator_dues *dues,
                            struct mv_buf *out)
{
    char day[MV_DAY_TEXT_BYTES];
    mv_pack_list(out, dues->overdue);
    for (uint32_t i = 0; i < dues->overdue; i++)
        mv_pack_cstr(out, mv_day_text(dues->overdue_at[i], day));
}

/* Parts that are lists and maps of their own, written before the change into
 * one buffer: from here to its end. */
enum { CRITERIA, OVERDUE, BASIS, MARKS, TITLE, ASSESSED, PARTS };

struct parts {
    struct mv_buf bytes;
    size_t from[PARTS], to[PARTS]; /* equal: not there */
};

static struct mv_span part(const struct parts *p, unsigned i)
{
    return p->from[i] == p->to[i]
               ? mv_span(NULL, 0)
               : mv_span(p->bytes.at + p->from[i], p->to[i] - p->from[i]);
}

/* Criteria are left out where they would only say again what the change
 * itself says: one without member, or all of them none for its reason. */
static bool criteria_tell(const struct mv_judgement *j)
{
    if (j->count == 1 && j->rulings[0].member == MV_MEMBER_TOTAL)
        return false;
    for (uint32_t i = 0; i < j->count; i++) {
        if (j->status != MV_STATUS_NONE ||
            j->rulings[i].status != MV_STATUS_NONE ||
            j->rulings[i].reason != j->reason)
            return true;
    }
    return false;
}

/* Of what figures say. */
static void fill_figures(const struct evaluator_change *ch, unsigned which,
                         struct mv_buf *out, uint32_t *more)
{
    static const struct mv_basis nothing;
    const struct mv_catalogue *c = ch->catalogue;
    const struct mv_judgement *j = ch->judgement;
    const struct mv_ruling *lead =
        j->status == MV_STATUS_NONE ? NULL : evaluator_lead(j);
    const struct mv_basis *basis = lead != NULL ? &lead->basis : &nothing;
    /* its own figures count: worth saying where others could */
    bool own =
        lead != NULL && lead->basis.own && c->units[j->unit].children.count > 0;
    bool news = ch->was.there || ch->status->status != MV_STATUS_NONE;
    if (which == CRITERIA && criteria_tell(j))
        evaluator_criteria_pack(c, j, EVALUATOR_CRITERIA_MAX, out, more);
    else if (which == OVERDUE && j->overdue_kept > 0 &&
             news) /* a first none: none */
        pack_overdue(j, out);
    else if (which == BASIS && lead != NULL)
        evaluator_basis_pack(&c->targets[j->target], &lead->basis, out);
    else if (which == MARKS &&
             (evaluator_has_marks(basis, own) || is_hidden(j)))
        evaluator_marks_pack(basis, own, is_hidden(j), out);
}

static void fill_part(const struct evaluator_change *ch, unsigned which,
                      struct mv_buf *out, uint32_t *more)
{
    const struct mv_judgement *j = ch->judgement;
    if (which == TITLE) {
        evaluator_title_pack(j != NULL ? &ch->catalogue->targets[j->target].text
                                       : &ch->commission->text,
                             out);
    } else if (which == ASSESSED && ch->status->assessed) {
        evaluator_assessed_pack(ch->status, out);
    } else if (j != NULL) {
        fill_figures(ch, which, out, more);
    } else if (which == OVERDUE && ch->dues->overdue > 0) {
        evaluator_overdue_pack(ch->dues, out);
    }
}

static void fill_parts(const struct evaluator_change *ch, struct parts *p,
                       struct mv_msg_change *m)
{
    uint32_t more = 0;
    mv_buf_room(&p->bytes, 1024);
    for (unsigned i = 0; i < PARTS; i++) {
        p->from[i] = p->bytes.len;
        fill_part(ch, i, &p->bytes, &more);
        p->to[i] = p->bytes.len;
    }
    m->criteria = part(p, CRITERIA);
    m->has_criteria_more = more > 0;
    m->criteria_more = more;
    m->overdue = part(p, OVERDUE);
    m->basis = part(p, BASIS);
    m->marks = part(p, MARKS);
    m->title = part(p, TITLE);
    m->assessment = part(p, ASSESSED);
}

/* The texts of one change's numbers. */
struct numbers {
    struct number value, limit, margin;
    struct needed needed;
    char forecast[EVALUATOR_FORECAST_BYTES];
};

static void fill_was(const struct evaluator_sent *was, struct mv_msg_change *m)
{
    if (!was->there) {
        m->was_status = mv_span_text("new");
        return;
    }
    m->was_status = mv_span_text(mv_status_text((mv_status)was->status));
    if (was->reason != MV_REASON_NO && was->reason <= MV_REASON_NOT_ASSESSED)
        m->was_reason = reason_text((mv_reason)was->reason);
    if (was->coloured != MV_STATUS_NONE)
        m->last_coloured =
            mv_span_text(mv_status_text((mv_status)was->coloured));
    m->has_since_seq = true;
    m->since_seq = was->since_seq;
}

struct mv_span evaluator_forecast(const struct mv_target *t,
                                  char text[EVALUATOR_FORECAST_BYTES])
{
    if (t->forecast == MV_FORECAST_SEASONAL)
        return mv_span_text("seasonal");
    (void)snprintf(text, EVALUATOR_FORECAST_BYTES, "recent(%u)",
                   (unsigned)t->forecast_periods);
    return mv_span_text(text);
}

/* What targets and commissions have alike. */
static void fill_status(const struct evaluator_change *ch, uint32_t unit,
                        struct mv_msg_change *m)
{
    const struct evaluator_status *s = ch->status;
    const struct mv_catalogue *c = ch->catalogue;
    const struct mv_unit *u = &c->units[unit];
    m->unit = u->id;
    m->unit_name = evaluator_cut(u->name.nb, NAME_TEXT_BYTES);
    if (u->region != MV_NONE)
        m->region = c->units[u->region].id;
    m->status = mv_span_text(mv_status_text(s->status));
    m->reason = reason_text(s->reason);
    m->changes_this_year = ch->changes;
    m->has_row = ch->has_row;
    m->row = (uint64_t)ch->row + ch->has_row;
    if (ch->kind != NULL)
        m->kind = mv_span_text(ch->kind);
    m->has_held = m->held = s->held;
    m->has_closed = m->closed = ch->closed;
    if (s->by_assessment)
        m->by = mv_span_text("assessment");
    if (s->own != s->status || s->own_reason != s->reason) {
        m->own = mv_span_text(mv_status_text(s->own));
        m->own_reason = reason_text(s->own_reason);
    }
    fill_was(&ch->was, m);
}

/* The verdict that stands for the whole. */
static void fill_lead(const struct evaluator_change *ch,
                      const struct mv_ruling *lead, struct numbers *n,
                      struct mv_msg_change *m)
{
    const struct mv_target *t = &ch->catalogue->targets[ch->judgement->target];
    const struct evaluator_scale scale =
        evaluator_scale_of(ch->catalogue, t, lead);
    m->measure = evaluator_cut(scale.measure, 64);
    m->has_decimals = true;
    m->decimals = scale.decimals;
    m->value = number_text(lead->has_left, lead->left, &n->value);
    m->limit = number_text(lead->has_right, lead->right, &n->limit);
    m->margin = number_text(lead->has_margin, lead->margin, &n->margin);
    read_needed(lead, &n->needed);
    m->needed = n->needed.text;
    m->needed_is = n->needed.is;
    m->needed_of = n->needed.of;
    m->needed_why = n->needed.why;
    if (lead->basis.forecast)
        m->forecast = evaluator_forecast(t, n->forecast);
}

static void fill_target(const struct evaluator_change *ch, struct numbers *n,
                        struct mv_msg_change *m)
{
    const struct mv_judgement *j = ch->judgement;
    const struct mv_target *t = &ch->catalogue->targets[j->target];
    const struct mv_ruling *lead =
        j->status == MV_STATUS_NONE ? NULL : evaluator_lead(j);
    m->target = t->id;
    m->year = (uint64_t)t->year;
    m->preliminary = j->preliminary;
    m->has_suppressed = m->suppressed = j->reason == MV_REASON_SUPPRESSED;
    if (lead != NULL)
        fill_lead(ch, lead, n, m);
}

void evaluator_change_pack(const struct evaluator_change *ch,
                           struct mv_buf *out)
{
    struct numbers numbers;
    char reminder[MV_DAY_TEXT_BYTES];
    struct parts parts = {0};
    struct mv_msg_change m = {0};
    if (ch->judgement != NULL) {
        fill_status(ch, ch->judgement->unit, &m);
        fill_target(ch, &numbers, &m);
    } else {
        fill_status(ch, ch->unit, &m);
        m.commission = ch->commission->id;
        m.year = (uint64_t)ch->commission->year;
        if (ch->has_reminder)
            m.reminder = mv_span_text(mv_day_text(ch->reminder, reminder));
    }
    fill_parts(ch, &parts, &m);
    mv_msg_change_encode(&m, out);
    mv_buf_done(&parts.bytes);
}
