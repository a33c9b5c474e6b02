/* main_judge - a program: the library of judging alone, fed with a journal in
 * lines, so that thousands of random worlds can be held against the oracle
 * (tests/oracle/beside.py). Job: a line in, statuses out; nothing is checked.
 * Invariant: rows and catalogue come from the caller, right. No crash matters.
 *   F number bytes LF text     a file of the catalogue
 *   C                          the catalogue in force, all judged
 *   K YYYY-MM-DD               a day
 *   D                          a delivery begins; then R lines, then E
 *   R indicator unit member period held a b flag time seq row withdrawn
 * Out: J target year unit status ... | each criterion | those of which no
 * number is sent | each criterion of its aim; then a line `.` */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/judging/withhold.h"
#include "tests/support/world.h"

struct beside {
    char *text[MV_FILE_COUNT];
    struct world w;
    struct mv_touched *touched;
    struct mv_withheld withheld;
    bool judged, day_known;
};

static void say_dec(const char *name, bool there, struct mv_dec n)
{
    char text[MV_DEC_TEXT_BYTES];
    if (there)
        printf("\t%s=%s", name, mv_dec_text(n, text));
}

static void say_periods(const char *name, const struct mv_period *at, size_t n)
{
    printf("\t%s=", name);
    for (size_t i = 0; i < n; i++) {
        char text[MV_PERIOD_TEXT_BYTES];
        printf("%s%s", i == 0 ? "" : ",", mv_period_text(&at[i], text));
    }
}

static void say_left_out(const struct beside *b, const struct mv_basis *basis)
{
    printf("\tout=");
    for (unsigned i = 0; i < basis->left_out_kept; i++) {
        const struct mv_left_out *l = &basis->left_out_at[i];
        const struct mv_unit *u = &b->w.c->units[l->unit];
        printf("%s%.*s", i == 0 ? "" : ",", (int)u->id.len,
               (const char *)u->id.at);
    }
}

static void say_needed(const struct mv_ruling *r)
{
    static const char *const of[] = {[MV_NEEDED_OF_AVERAGE] = "average",
                                     [MV_NEEDED_OF_TOGETHER] = "together",
                                     [MV_NEEDED_OF_LAST] = "last"};
    bool impossible = r->needed == MV_NEEDED_IMPOSSIBLE;
    if (r->needed == MV_NEEDED_NO)
        return;
    if (r->needed == MV_NEEDED_UNLIKE) {
        printf("\tneeded_why=unlike");
        return;
    }
    printf("\tneeded_is=%s\tneeded_of=%s%s%s", mv_cmp_text(r->needed_cmp),
           of[r->needed_of],
           r->needed == MV_NEEDED_SECURED ? "\tneeded_why=secured" : "",
           impossible ? "\tneeded=impossible" : "");
    say_dec("needed", !impossible, r->needed_average);
}

static void say_ruling(const struct beside *b, const struct mv_ruling *r,
                       int year)
{
    struct mv_period at[MV_OVERDUE_MAX];
    printf("\t|\tstatus=%s\treason=%s", mv_status_text(r->status),
           mv_reason_text(r->reason));
    say_dec("value", r->has_left, r->left);
    say_dec("limit", r->has_right, r->right);
    say_dec("margin", r->has_margin, r->margin);
    say_needed(r);
    if (r->status == MV_STATUS_NONE)
        return;
    size_t n = mv_basis_periods(&r->basis, year, at, MV_OVERDUE_MAX);
    say_periods("names", at, n < MV_OVERDUE_MAX ? n : MV_OVERDUE_MAX);
    printf("\tforecast=%d", r->basis.forecast);
    printf("\tperiods=%u\tof_periods=%u\tunits=%u\tof_units=%u",
           r->basis.periods_in, r->basis.periods_of, r->basis.units_in,
           r->basis.units_of);
    printf("\twhole_base=%d\tpreliminary=%d", r->basis.whole_base,
           r->basis.preliminary);
    say_left_out(b, &r->basis);
}

/* By number, those whose limit goes too with a +; after them, as they are
 * taken: of the rest only what is sent is without them. */
static void say_hidden(struct beside *b)
{
    struct mv_judgement *j = &b->w.j;
    mv_withhold(&b->w.env, j, &b->withheld);
    printf("\t|\thidden=");
    for (uint32_t i = 0; i < j->count; i++)
        if (j->rulings[i].hidden)
            printf("%u%s,", i, j->rulings[i].has_right ? "" : "+");
}

static void say(struct beside *b, const struct mv_pair *p)
{
    struct mv_judgement *j = &b->w.j;
    const struct mv_target *t = &b->w.c->targets[p->target];
    const struct mv_unit *u = &b->w.c->units[p->unit];
    mv_judge(&b->w.env, p->target, p->unit, j);
    printf("J\t%.*s\t%d\t%.*s\tstatus=%s\treason=%s\tpreliminary=%d",
           (int)t->id.len, (const char *)t->id.at, (int)t->year, (int)u->id.len,
           (const char *)u->id.at, mv_status_text(j->status),
           mv_reason_text(j->reason), j->preliminary);
    say_periods("overdue", j->overdue_at, j->overdue_kept);
    for (uint32_t i = 0; i < j->count; i++)
        say_ruling(b, &j->rulings[i], t->year);
    say_hidden(b);
    mv_judge_aim(&b->w.env, p->target, p->unit, j);
    for (uint32_t i = 0; i < j->count; i++)
        say_ruling(b, &j->rulings[i], t->year);
    printf("\n");
}

static void say_all(struct beside *b)
{
    const struct mv_pair *pairs = NULL;
    size_t n = b->judged ? mv_touched_pairs(b->touched, &pairs) : 0;
    mv_withheld_forget(&b->withheld);
    for (size_t i = 0; i < n; i++)
        say(b, &pairs[i]);
    printf(".\n");
    mv_touched_clear(b->touched);
}

static void read_file(struct beside *b, const char *line)
{
    char *next = NULL;
    size_t at = strtoul(line + 1, &next, 10);
    size_t bytes = strtoul(next, NULL, 10); /* "F NUMBER BYTES" */
    if (at >= MV_FILE_COUNT)
        exit(EXIT_FAILURE);
    b->text[at] = mv_xcalloc(bytes + 1, 1);
    if (fread(b->text[at], 1, bytes, stdin) != bytes)
        exit(EXIT_FAILURE);
}

static void read_row(struct beside *b, char *line)
{
    char *at[16] = {0}, *rest = line;
    struct world *w = &b->w;
    struct mv_figure f = {.member = MV_MEMBER_TOTAL};
    for (int i = 0; i < 13; i++)
        at[i] = strsep(&rest, "\t\n");
    const struct mv_indicator *ind =
        &w->c->indicators[world_indicator(w, at[1])];
    f.indicator = ind->index;
    f.unit = world_unit(w, at[2]);
    if (at[3][0] != '\0')
        f.member = mv_catalogue_member(w->c, ind, mv_span_text(at[3]));
    if (!mv_period_parse(mv_span_text(at[4]), &f.period))
        exit(EXIT_FAILURE);
    f.held = (mv_slot_held)strtol(at[5], NULL, 10);
    f.value = f.numerator = strtoll(at[6], NULL, 10);
    f.denominator = strtoll(at[7], NULL, 10);
    f.flag = at[8][0];
    f.time_ms = strtoll(at[9], NULL, 10);
    f.seq = strtoull(at[10], NULL, 10);
    f.row = (uint16_t)strtoul(at[11], NULL, 10);
    f.withdrawn = at[12][0] == '1';
    if (mv_figure_apply(&w->env, &f, NULL) != MV_APPLIED_OLDER)
        mv_touched_figure(b->touched, w->plan, f.unit, f.indicator,
                          f.period.year);
}

static int32_t day_of(const char *line)
{
    char text[11] = "";
    memcpy(text, line + 2, 10);
    return world_day(text);
}

static void read_day(struct beside *b, const char *line)
{
    int32_t day = day_of(line);
    if (b->judged && !b->day_known)
        mv_touched_all(b->touched, b->w.plan);
    for (int32_t d = b->w.env.today + 1; b->day_known && d <= day; d++)
        mv_touched_day(b->touched, b->w.plan, d);
    b->w.env.today = day;
    b->day_known = true;
    say_all(b);
}

static void take(struct beside *b, char *line)
{
    int32_t today = b->w.env.today;
    switch (line[0]) {
    case 'F':
        read_file(b, line);
        break;
    case 'C':
        world_open(&b->w, b->text[0], b->text[1], b->text[2]);
        b->w.env.today = b->day_known ? today : INT32_MIN;
        b->judged = true;
        mv_touched_all(b->touched, b->w.plan);
        say_all(b);
        break;
    case 'K':
        if (b->judged) {
            read_day(b, line);
        } else {
            b->w.env.today = day_of(line);
            b->day_known = true;
            printf(".\n");
        }
        break;
    case 'R':
        read_row(b, line);
        break;
    case 'E':
        say_all(b);
        break;
    default:
        break;
    }
}

int main(void)
{
    static struct beside b;
    static char line[65536];
    b.touched = mv_touched_open();
    while (fgets(line, sizeof line, stdin) != NULL)
        take(&b, line);
    if (b.judged)
        world_close(&b.w);
    mv_touched_close(b.touched);
    mv_withheld_done(&b.withheld);
    for (int i = 0; i < MV_FILE_COUNT; i++)
        free(b.text[i]);
    return 0;
}
