/* catalogue_text - see catalogue_text.h. Job: small catalogues for tests.
 * Invariant: the three texts fit each other and load without a fault.
 * A crash in the middle leaves nothing: it is memory only. */
#include "tests/support/catalogue_text.h"

#include "tests/support/english.h"

const char test_units[] =
    "units:\n"
    "  - {id: hso, name: Helse Sør-Øst RHF, kind: region, org: 991324968,\n"
    "     population: {2024: 3076276, 2023: 3042000}}\n"
    "  - {id: ahus, name: {nb: Ahus, en: Ahus trust}, kind: trust,\n"
    "     parent: hso}\n"
    "  - {id: a1, name: Nordbyhagen, kind: hospital, parent: ahus}\n"
    "  - {id: ous, name: OUS, kind: trust, parent: hso, from: 2009}\n"
    "  - {id: own, name: RHF-et selv, kind: own, parent: hso, to: 2030}\n";

const char test_indicators[] =
    "indicators:\n"
    "  - id: epikrise\n"
    "    title: {nb: Epikriser innen én dag, en: Discharge letters}\n"
    "    measure: percent\n"
    "    frequency: A_3\n"
    "    better: higher\n"
    "    dimension: {id: tjeneste, members: {som: Somatikk, vop: Voksne,\n"
    "                tsb: TSB}, total: none}\n"
    "    over_periods: ratio\n"
    "    over_units: ratio\n"
    "    by: trust\n"
    "    due: 45 d\n"
    "    min_denominator: 5\n"
    "    min: 0\n"
    "    max: 100\n"
    "  - id: ventetid\n"
    "    title: Ventetid\n"
    "    measure: days\n"
    "    frequency: M\n"
    "    better: lower\n"
    "    dimension: {id: tjeneste, members: {som: Somatikk, vop: Voksne}}\n"
    "    over_periods: mean\n"
    "    over_units: none\n"
    "    by: region\n"
    "    due: 1 August\n"
    "  - {id: senger, title: Senger, measure: count, frequency: A,\n"
    "     over_periods: last, over_units: sum, except: [own], whole: true}\n";

const char test_targets[] =
    "targets:\n"
    "  - id: \"1535\"\n"
    "    year: 2024\n"
    "    text: {nb: Minst 70 prosent}\n"
    "    indicator: epikrise\n"
    "    require: [\"each tjeneste: value >= 70 %\"]\n"
    "    yellow: [\"each tjeneste: value >= 66.5 %\"]\n";

static struct mv_span span(const char *text, const char *otherwise)
{
    if (text == NULL)
        text = otherwise;
    return text == NULL ? mv_span(NULL, 0) : mv_span_text(text);
}

struct mv_catalogue *test_catalogue(const char *units, const char *indicators,
                                    const char *targets,
                                    const char *commissions, struct mv_buf *out)
{
    struct mv_catalogue_files files = {0};
    struct mv_faults faults = {0};
    struct mv_catalogue *c = NULL;
    files.text[MV_FILE_UNITS] = span(units, test_units);
    files.text[MV_FILE_INDICATORS] = span(indicators, test_indicators);
    files.text[MV_FILE_TARGETS] = span(targets, test_targets);
    files.text[MV_FILE_COMMISSIONS] = span(commissions, NULL);
    mv_rc rc = mv_catalogue_load(&c, &files, &faults);
    MV_ASSERT((rc == MV_OK) == (c != NULL));
    MV_ASSERT((rc == MV_OK) == (faults.errors == 0));
    for (size_t i = 0; i < faults.count; i++)
        test_told_in_norwegian(mv_span_text(faults.at[i].text));
    mv_faults_print(&faults, out);
    (void)mv_buf_cstr(out);
    mv_faults_done(&faults);
    return c;
}
