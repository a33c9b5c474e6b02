/* commissions - see build.h. Job: commissions.yaml to commissions.
 * Invariant: (id, year) is theirs alone; due dates are in order of the file.
 * A crash in the middle leaves nothing: it is memory only. */
#include "services/base/day.h"
#include "services/catalogue/keys.h"

#define MOVED_MAX       20u
#define REMIND_DAYS_MAX 366

/* A date, or a list of them: the last one counts. */
static void read_moved(struct mv_build *b, const struct mv_yaml_key *r,
                       uint32_t node, void *at)
{
    struct mv_commission_due *d = at;
    const struct mv_yaml_node *n = mv_build_node(b, node);
    bool list = n->kind == MV_YAML_LIST;
    if (n->kind == MV_YAML_MAP || (list && n->count > MOVED_MAX)) {
        mv_build_fault(b, node, "expected the new date, or all of them");
        return;
    }
    int32_t *days = mv_arena_get(b->arena, list ? n->count : 1, sizeof *days);
    uint32_t k = list ? n->first : node;
    for (bool more = k != 0; more; more = list && k != 0) {
        size_t before = b->faults->errors;
        mv_read_day(b, r, k, &days[d->moved_count]);
        d->moved_count += b->faults->errors == before;
        k = mv_build_node(b, k)->next;
    }
    d->moved = days;
}

/* The last one counts, whichever it is. */
static void check_moved(struct mv_build *b, uint32_t node,
                        const struct mv_commission_due *d)
{
    char day[MV_DAY_TEXT_BYTES], than[MV_DAY_TEXT_BYTES];
    int32_t before = d->on;
    for (uint32_t i = 0; i < d->moved_count; i++) {
        if (d->moved[i] <= before) {
            mv_build_fault_of(b, MV_FAULT_WARNING, node,
                              "moved to %s, which is not later than %s",
                              mv_day_text(d->moved[i], day),
                              mv_day_text(before, than));
        }
        before = d->moved[i];
    }
}

static const struct mv_yaml_key due_rules[] = {
    {"what", mv_read_line, .offset = offsetof(struct mv_commission_due, what)},
    {"on", mv_read_day, .offset = offsetof(struct mv_commission_due, on),
     .required = true},
    {"moved", read_moved, .offset = 0},
    {"said", mv_read_line, .offset = offsetof(struct mv_commission_due, said)},
    {.key = NULL},
};

/* What was delivered is said by the date: one date, one task. */
static void check_once(struct mv_build *b, uint32_t node,
                       const struct mv_commission_due *due, uint32_t last)
{
    for (uint32_t i = 0; i < last; i++) {
        if (due[i].on == due[last].on) {
            mv_build_fault(b, node, "two tasks of one date: write them as one");
            return;
        }
    }
}

static void read_dues(struct mv_build *b, const struct mv_yaml_key *r,
                      uint32_t node, void *at)
{
    (void)r;
    struct mv_commission *c = at;
    const struct mv_yaml_node *n = mv_build_node(b, node);
    if (n->kind != MV_YAML_LIST || n->count > MV_DUES_MAX) {
        mv_build_fault(b, node, "expected a list of {what: ..., on: ...}");
        return;
    }
    struct mv_commission_due *due =
        mv_arena_get(b->arena, n->count, sizeof *due);
    for (uint32_t k = n->first; k != 0; k = mv_build_node(b, k)->next) {
        struct mv_commission_due *d = &due[c->due_count];
        *d = (struct mv_commission_due){.what = {"", 0}, .said = {"", 0}};
        if (mv_build_node(b, k)->kind != MV_YAML_MAP) {
            mv_build_fault(b, k, "expected {what: ..., on: ...}");
            continue;
        }
        mv_read_keys(b, due_rules, k, d);
        check_moved(b, k, d);
        d->day = d->moved_count > 0 ? d->moved[d->moved_count - 1] : d->on;
        check_once(b, k, due, c->due_count++);
    }
    c->due = due;
}

static void read_remind(struct mv_build *b, const struct mv_yaml_key *r,
                        uint32_t node, void *at)
{
    struct mv_due due = {.kind = MV_DUE_NEVER};
    mv_read_due(b, r, node, &due);
    if (due.kind == MV_DUE_DATE || due.days > REMIND_DAYS_MAX) {
        mv_build_fault(b, node, "expected days as `30 d`");
    } else {
        *(uint16_t *)at = due.days;
    }
}

static void read_lead(struct mv_build *b, const struct mv_yaml_key *r,
                      uint32_t node, void *at)
{
    (void)r;
    *(uint32_t *)at = mv_read_unit(b, node);
}

#define AT(field) .offset = offsetof(struct mv_commission, field)
static const struct mv_yaml_key rules[] = {
    {"id", mv_read_id, AT(id), .required = true},
    {"year", mv_read_whole, AT(year), .required = true, .size = 4,
     .min = MV_YEAR_MIN, .max = MV_YEAR_MAX},
    {"text", mv_read_title, AT(text), .required = true},
    {"chapter", mv_read_line, AT(chapter)},
    {"lead", read_lead, AT(lead)},
    {"for", mv_read_units, AT(units), .required = true},
    {"due", read_dues, .offset = 0},
    {"remind", read_remind, AT(remind_days)},
    {"decides", mv_read_word, AT(decides), .words = mv_decides_words},
    {"note", mv_read_line, AT(note)},
    {.key = NULL},
};

static void read_commission(struct mv_build *b, uint32_t node, uint32_t i)
{
    struct mv_commission *c = &b->commissions[i];
    uint32_t was = i;
    b->id = mv_read_name(b, node, i);
    mv_read_keys(b, rules, node, c);
    if (c->id.len > 0 && c->year != 0 &&
        !mv_lookup_add(&b->x->commissions, c->id, (uint32_t)c->year, &was)) {
        mv_build_fault(b, node,
                       "two commissions with this id in %d, the first in "
                       "line %u",
                       (int)c->year, b->commissions[was].line);
    }
}

void mv_build_commissions(struct mv_build *b)
{
    b->file = MV_FILE_COMMISSIONS;
    uint32_t count = 0, i = 0;
    uint32_t first = mv_read_list(b, "commissions", MV_COMMISSIONS_MAX, &count);
    b->commissions = mv_arena_get(b->arena, count, sizeof *b->commissions);
    b->c->commissions = b->commissions;
    b->c->commission_count = count;
    mv_lookup_init(&b->x->commissions, b->arena, count);
    for (uint32_t k = first; k != 0; k = mv_build_node(b, k)->next, i++) {
        b->commissions[i] =
            (struct mv_commission){.index = i,
                                   .line = mv_build_node(b, k)->line,
                                   .lead = MV_NONE,
                                   .chapter = {"", 0},
                                   .note = {"", 0}};
        b->id = (struct mv_span){"", 0};
        if (mv_build_node(b, k)->kind == MV_YAML_MAP) {
            read_commission(b, k, i);
        } else {
            mv_build_fault(b, k, "expected a commission: {id: ..., ...}");
        }
    }
}
