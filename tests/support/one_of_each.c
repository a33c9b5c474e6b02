/* one_of_each - see one_of_each.h. Job: the world. Invariant:
 * nothing but what stands here decides its rows. A crash leaves a directory
 * behind for a look. */
#include "tests/support/one_of_each.h"

#include <string.h>

#include "proto/pack.h"

#define T(text) mv_span_text(text)

static const char units[] =
    "units:\n"
    "  - {id: sor, name: {nb: Helse Sør, en: South}, kind: region}\n"
    "  - {id: ahus, name: Ahus, kind: trust, parent: sor}\n"
    "  - {id: ous, name: OUS, kind: trust, parent: sor}\n"
    "  - {id: vest, name: Helse Vest, kind: region}\n"
    "  - {id: fonna, name: Fonna, kind: trust, parent: vest}\n";
static const char indicators[] =
    "indicators:\n"
    "  - {id: epikrise, title: {nb: Epikriser, en: Letters},\n"
    "     source: NPR, measure: percent, frequency: A_3, better: higher,\n"
    "     dimension: {id: tjeneste, members: {som: Somatikk, tsb: TSB},\n"
    "     total: ratio}, over_periods: ratio, over_units: ratio, by: trust,\n"
    "     due: 45 d, min_denominator: 5}\n"
    "  - {id: vent, title: Ventetid, measure: days, frequency: A_3,\n"
    "     better: lower, decimals: 0, over_periods: mean, over_units: none,\n"
    "     by: trust, due: 45 d}\n"
    "  - {id: poster, title: Stillinger, measure: count, frequency: Q,\n"
    "     over_periods: sum, over_units: sum, by: trust}\n"
    "  - {id: senger, title: Senger, measure: count, frequency: Q,\n"
    "     over_periods: sum, over_units: sum, by: trust}\n"
    "  - {id: per-seng, title: Stillinger per seng, measure: percent,\n"
    "     frequency: Q, formula: '\"poster\" / \"senger\"'}\n";
static const char targets[] =
    "targets:\n"
    "  - {id: som-alle, year: 2024, chapter: '1', text: {nb: Epikriser innen\n"
    "     en dag, en: Letters within a day}, indicator: epikrise,\n"
    "     scope: [region, trust], require: ['each tjeneste: value >= 70 %'],\n"
    "     yellow: ['each tjeneste: value >= 66.5 %'], combine: part,\n"
    "     aim: ['value >= 90 %']}\n"
    "  - {id: kortere, year: 2024, text: Ventetid, indicator: vent,\n"
    "     scope: [region, trust], require: ['value < value(-1)'],\n"
    "     decides: worst}\n"
    "  - {id: vekst, year: 2024, text: Flere stillinger, indicator: poster,\n"
    "     scope: [region, trust], require: ['growth(-1) > 2 %'],\n"
    "     forecast: recent(2)}\n"
    "  - {id: arstid, year: 2024, text: Flere senger, indicator: senger,\n"
    "     scope: [region], require: ['value >= 100', 'latest >= 20'],\n"
    "     forecast: seasonal, compare: displayed}\n"
    "  - {id: lavest, year: 2024, text: Ingen over grensen, indicator: vent,\n"
    "     scope: [region], require: ['highest < limit'],\n"
    "     limits: {sor: 60 days, vest: 50 days}}\n"
    "  - {id: tetthet, year: 2024, text: Tetthet, indicator: per-seng,\n"
    "     scope: [trust], require: ['value > 150 %']}\n"
    "  - {id: bare, year: 2024, text: Bare rapport, indicator: vent,\n"
    "     scope: [trust], state: report_only}\n"
    "  - {id: sagt, year: 2024, text: Vurderes, scope: [region]}\n"
    "  - {id: fjor, year: 2023, text: I fjor, indicator: vent,\n"
    "     scope: [region], require: ['value < 60 days']}\n";
static const char tasks[] =
    "commissions:\n"
    "  - {id: plan, year: 2024, text: {nb: Plan, en: Plan}, chapter: '2',\n"
    "     for: [sor], remind: 10 d, due: [{what: Utkast, on: 2024-03-01},\n"
    "     {what: Plan, on: 2024-05-01, moved: 2024-06-01, said: brev 4},\n"
    "     {on: 2024-11-01}]}\n"
    "  - {id: varsel, year: 2024, text: Varsel, for: [sor, vest],\n"
    "     decides: assessment, due: [{on: 2024-04-01}]}\n";

static void state_all(struct test_journal *j)
{
    test_journal_statement(j,
                           (struct mv_statement){.kind = MV_STATEMENT_DELIVERED,
                                                 .commission = T("plan"),
                                                 .unit = T("sor"),
                                                 .year = 2024,
                                                 .due = T("2024-05-01"),
                                                 .on = T("2024-06-03")});
    test_journal_statement(j, (struct mv_statement){.kind = MV_STATEMENT_CLOSED,
                                                    .commission = T("varsel"),
                                                    .unit = T("vest"),
                                                    .year = 2024,
                                                    .due = T("2024-04-01")});
    test_journal_statement(
        j, (struct mv_statement){.kind = MV_STATEMENT_ASSESSMENT,
                                 .target = T("kortere"),
                                 .unit = T("ahus"),
                                 .year = 2024,
                                 .status = T("red"),
                                 .until = T("2024-12-31")});
    test_journal_statement(
        j, (struct mv_statement){.kind = MV_STATEMENT_ASSESSMENT,
                                 .commission = T("varsel"),
                                 .unit = T("sor"),
                                 .year = 2024,
                                 .status = T("yellow")});
    test_journal_statement(j, (struct mv_statement){.kind = MV_STATEMENT_HOLD,
                                                    .indicator = T("poster"),
                                                    .unit = T("ous")});
    static const char *const reports[] = {"half-year", "year", "half-year"};
    for (uint64_t i = 0; i < 3; i++) {
        test_journal_statement(
            j, (struct mv_statement){.kind = MV_STATEMENT_FREEZE,
                                     .report = T(reports[i]),
                                     .year = 2023 - (i == 2),
                                     .unit = T(i == 2 ? "vest" : "sor")});
    }
}

int one_of_each(void **state)
{
    struct fixture *f = mv_xcalloc(1, sizeof *f);
    struct test_journal *j = &f->j;
    test_world_make(&f->w);
    assert_int_equal(test_world_start(&f->w, NULL), MV_OK);
    test_journal_day(j, "2024-02-20");
    j->commissions = tasks;
    test_journal_catalogue(j, units, indicators, targets);
    test_journal_delivery(j, "epikrise som ahus 2024-T1 50/100\n"
                             "epikrise tsb ahus 2024-T1 72/100 P\n"
                             "epikrise som ous 2024-T1 80/100\n"
                             "epikrise tsb ous 2024-T1 1/2\n"
                             "epikrise som ous 2023 70/100");
    test_journal_delivery(j, "vent - ahus 2023 60\nvent - ahus 2024-T1 55.5\n"
                             "vent - ous 2023 50\nvent - ous 2024-T1 51\n"
                             "vent - fonna 2023-T1 64 P");
    test_journal_delivery(j, "poster - ahus 2023 400\nposter - ous 2023 100\n"
                             "poster - ahus 2024-Q1 104\n"
                             "poster - ahus 2024-Q2 105\n"
                             "poster - ous 2024-Q1 20\n"
                             "poster - sor 2024-Q1 126\n"
                             "senger - ahus 2023-Q1 20\nsenger - ous 2023 90\n"
                             "senger - ahus 2024-Q1 22\n"
                             "senger - ahus 2024-Q2 23");
    /* of one small year the next smallest is hidden, too; not of two */
    test_journal_delivery(j, "epikrise som fonna 2022-T1 1/2\n"
                             "epikrise som fonna 2022-T2 1/3\n"
                             "epikrise som fonna 2022-T3 50/70\n"
                             "epikrise som fonna 2023-T1 40/60\n"
                             "epikrise som fonna 2023-T2 1/2\n"
                             "epikrise som fonna 2023-T3 30/50\n"
                             "epikrise som fonna 2024-T1 45/50\n"
                             "poster - fonna 2024-Q1 8\n"
                             "poster - vest 2024-Q1 9\n");
    test_journal_day(j, "2024-05-25");
    state_all(j);
    test_journal_delivery(j, "poster - ous 2024-Q2 40\n"
                             "epikrise som ahus 2024-T1 66.9/100");
    test_journal_withdrawal(j, "epikrise tsb ahus 2024-T1");
    test_journal_day(j, "2024-06-20");
    test_world_run(&f->w, j, 0, 3);
    *state = f;
    return 0;
}
