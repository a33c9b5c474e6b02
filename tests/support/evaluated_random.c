/* evaluated_random - see evaluated_random.h. Job: journals that meet every
 * path of the evaluator. Invariant: the same seed gives the same bytes. */
#include "tests/support/evaluated_random.h"

#include <stdlib.h>
#include <string.h>

#include "services/base/day.h"

static const char other_targets[] =
    "targets:\n"
    "  - {id: vent, years: 2023-2025, indicator: ventetid, text: Kortere,\n"
    "     scope: [region], combine: whole,\n"
    "     require: [\"each tjeneste: value < value(-1)\"]}\n"
    "  - {id: \"1535\", year: 2024, text: Minst 60, indicator: epikrise,\n"
    "     scope: [region, trust],\n"
    "     require: [\"each tjeneste: value >= 60 %\"]}\n"
    "  - {id: seng, years: 2023-2025, indicator: senger, text: Flere,\n"
    "     scope: [region, trust], require: [\"value >= 100\"]}\n";

static const char tasks[] =
    "commissions:\n"
    "  - {id: c1, year: 2024, text: Rapport, for: [hso, ahus], remind: 30 d,\n"
    "     due: [{on: 2024-01-10, moved: 2024-01-20}, {on: 2024-03-01}]}\n"
    "  - {id: c2, year: 2023, text: Plan, for: [ous], decides: worst, remind: "
    "9 d,\n"
    "     due: [{on: 2024-02-01}]}\n"
    "  - {id: c3, year: 2024, text: Samtale, for: [hso]}\n";

static const char more_units[] =
    "units:\n"
    "  - {id: hso, name: Helse Sør-Øst RHF, kind: region}\n"
    "  - {id: ous, name: OUS, kind: trust, parent: hso}\n"
    "  - {id: ahus, name: Ahus, kind: trust, parent: hso}\n"
    "  - {id: a1, name: Nordbyhagen, kind: hospital, parent: ahus,\n"
    "     to: 2024-03-15}\n"
    "  - {id: ny, name: Ny, kind: trust, parent: hso}\n"
    "  - {id: own, name: RHF-et selv, kind: own, parent: hso}\n";

#define PICK(r, list) \
    (list)[test_random_below(r, sizeof(list) / sizeof((list)[0]))]

static unsigned below(struct test_random *r, unsigned n)
{
    return (unsigned)test_random_below(r, n);
}

/* One draw a statement: compilers differ in the order of arguments. */
static void series(struct test_random *r, struct mv_buf *out)
{
    static const char *const members[] = {"som", "vop", "tsb"};
    static const char *const trusts[] = {"ahus", "ous", "a1"};
    static const char *const years[] = {"2022", "2023", "2024", "2025"};
    static const char flags[] = "AAAAPEB";
    int year = 2022 + (int)below(r, 4);
    char flag = flags[below(r, sizeof flags - 1)];
    unsigned den = below(r, 200), num = below(r, den + 1);
    unsigned period = below(r, 12), tenths = below(r, 10);
    const char *member = PICK(r, members), *trust = PICK(r, trusts);
    switch (below(r, 3)) {
    case 0:
        mv_buf_printf(out, "epikrise %s %s %d-T%u %u/%u %c", member, trust,
                      year, 1 + period % 3, num, den, flag);
        break;
    case 1:
        mv_buf_printf(out, "ventetid %s hso %d-M%02u %u.%u %c",
                      members[num % 2], year, 1 + period, 30 + den % 50, tenths,
                      flag);
        break;
    default:
        mv_buf_printf(out, "senger - %s %s %u %c", trust, PICK(r, years),
                      40 + den % 80, flag);
    }
}

/* Lines of different series: the reader refuses a figure twice. */
static void table(struct test_journal *j, struct test_random *r, bool poison)
{
    struct mv_buf lines = {0};
    size_t count = 1 + test_random_below(r, 6);
    for (size_t i = 0; i < count; i++) {
        size_t from = lines.len;
        series(r, &lines);
        char *head = mv_xstrndup(lines.at + from, lines.len - from);
        char *value = strrchr(head, ' ');
        *value = 0;
        *strrchr(head, ' ') = 0;
        const char *text = mv_buf_cstr(&lines);
        bool again = (size_t)(strstr(text, head) - text) < from;
        free(head);
        if (again) {
            lines.len = from;
            continue;
        }
        if (test_random_below(r, 4) == 0) {
            mv_buf_printf(
                &lines, " %lld",
                (long long)(j->now_ms - (int64_t)test_random_below(r, 90000)));
        }
        mv_buf_text(&lines, "\n");
    }
    if (poison)
        mv_buf_text(&lines, "epikrise som nobody 2024-T1 1/2\n");
    test_journal_delivery(j, mv_buf_cstr(&lines));
    mv_buf_done(&lines);
}

static void withdrawal(struct test_journal *j, struct test_random *r)
{
    struct mv_buf line = {0};
    series(r, &line);
    (void)mv_buf_cstr(&line);
    char *text = (char *)line.at;
    *strrchr(text, ' ') = 0;
    *strrchr(text, ' ') = 0;
    test_journal_withdrawal(j, text);
    mv_buf_done(&line);
}

static struct mv_span span(const char *text)
{
    return mv_span_text(text);
}

void test_journal_release(struct test_journal *j)
{
    static const char *const units[] = {"hso", "ahus", "ous"};
    static const char *const indicators[] = {"epikrise", "ventetid", "senger"};
    for (size_t i = 0; i < 9; i++) {
        test_journal_statement(
            j, (struct mv_statement){.kind = MV_STATEMENT_RELEASE,
                                     .unit = span(units[i % 3]),
                                     .indicator = span(indicators[i / 3])});
    }
}

static void statement(struct test_journal *j, struct test_random *r,
                      int32_t today)
{
    static const char *const units[] = {"hso", "ahus", "ous"};
    static const char *const targets[] = {"1535", "vent", "seng"};
    static const char *const tasks_of[] = {"c1", "c2", "c3"};
    static const char *const words[] = {"green", "yellow", "red", "none"};
    static const char *const indicators[] = {"epikrise", "ventetid", "senger"};
    static const char *const dues[] = {"2024-01-10", "2024-01-20", "2024-03-01",
                                       "2024-02-01"};
    char until[MV_DAY_TEXT_BYTES];
    struct mv_statement s = {.kind = below(r, MV_STATEMENT_KINDS)};
    s.unit = span(PICK(r, units));
    s.year = 2023 + below(r, 2);
    s.status = span(PICK(r, words));
    s.due = span(PICK(r, dues));
    s.indicator = span(PICK(r, indicators));
    s.report = span(below(r, 2) ? "year" : "half-year");
    if (s.kind != MV_STATEMENT_ASSESSMENT || test_random_below(r, 3) == 0)
        s.commission = span(PICK(r, tasks_of));
    else
        s.target = span(PICK(r, targets));
    if (test_random_below(r, 2) == 0)
        s.until =
            span(mv_day_text(today + (int32_t)test_random_below(r, 4), until));
    test_journal_statement(j, s);
}

void test_journal_random(struct test_journal *j, struct test_random *r,
                         unsigned count)
{
    char day[MV_DAY_TEXT_BYTES];
    int32_t today = mv_day_of(2024, 1, 1);
    test_journal_day(j, mv_day_text(today, day));
    j->commissions = tasks;
    test_journal_catalogue(j, NULL, NULL, other_targets);
    while (count-- > 0) {
        uint64_t kind = test_random_below(r, 54);
        if (kind >= 40)
            statement(j, r, today);
        else if (kind < 28)
            table(j, r, false);
        else if (kind < 32)
            withdrawal(j, r);
        else if (kind < 34)
            table(j, r, true);
        else if (kind == 34)
            test_journal_add(j, mv_span_text("\x82\xa1v\x01 nonsense"));
        else if (kind == 35)
            test_journal_catalogue(j, NULL, NULL, NULL);
        else if (kind == 36)
            test_journal_catalogue(j, more_units, NULL, other_targets);
        else
            test_journal_day(
                j, mv_day_text(today += 1 + (kind == 39 ? 40 : 0), day));
    }
}
