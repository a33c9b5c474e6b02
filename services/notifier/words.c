/* words - see words.h. Job: the words. Invariant: every word of the protocol
 * has one in each language, or the table's last row speaks for it. Memory
 * only: a crash leaves nothing. */
#include "services/notifier/words.h"

const char *notifier_say(const struct notifier_word *table, struct mv_span word,
                         notifier_lang l)
{
    while (table->word != NULL && !mv_span_is(word, table->word))
        table++;
    return table->say[l];
}

const struct notifier_word notifier_statuses[] = {
    {"red", {"RØDT", "RED"}},
    {"yellow", {"GULT", "YELLOW"}},
    {"green", {"GRØNT", "GREEN"}},
    {NULL, {"INGEN STATUS", "NO STATUS"}},
};
const struct notifier_word notifier_colours[] = {
    {"red", {"rødt", "red"}},
    {"yellow", {"gult", "yellow"}},
    {"green", {"grønt", "green"}},
    {NULL, {"uten status", "without status"}},
};
const struct notifier_word notifier_reasons[] = {
    {"under_development",
     {"målet er under utvikling", "the target is under development"}},
    {"report_only", {"bare rapportering", "report only"}},
    {"withdrawn", {"tallene er trukket tilbake", "the figures were withdrawn"}},
    {"suppressed",
     {"tallene er for små til å vises",
      "the figures are too small to be shown"}},
    {"zero_denominator", {"nevneren er null", "the denominator is zero"}},
    {"not_computable", {"kan ikke beregnes", "cannot be computed"}},
    {"series_break", {"brudd i tidsserien", "the series is broken"}},
    {"no_limit", {"grensen mangler", "there is no limit"}},
    {"no_base",
     {"sammenligningsgrunnlaget mangler", "there is nothing to compare with"}},
    {"overdue", {"tallene mangler etter fristen", "the figures are overdue"}},
    {"not_due",
     {"tallene er ikke kommet, fristen er ikke ute",
      "the figures are not due yet"}},
    {"not_assessed", {"ikke vurdert", "not assessed"}},
    {NULL, {"uten oppgitt grunn", "no reason given"}},
};
const struct notifier_word notifier_causes[] = {
    {"figure", {"nye tall", "new figures"}},
    {"correction", {"rettede tall", "corrected figures"}},
    {"withdrawal", {"tall trukket tilbake", "figures withdrawn"}},
    {"assessment", {"en vurdering", "an assessment"}},
    {"delivered", {"et oppdrag er levert", "a commission was delivered"}},
    {"closed", {"et oppdrag er lukket", "a commission was closed"}},
    {"hold", {"tall under retting", "figures under correction"}},
    {"catalogue", {"endret målkatalog", "a changed catalogue of targets"}},
    {"clock", {"en frist gikk ut", "a date passed"}},
    {"skip",
     {"en post hoppet over av driften", "a record skipped by an operator"}},
    {"engine", {"ny beregningsmåte", "a new way of computing"}},
    {NULL, {"gjenoppretting", "a restore"}},
};
const struct notifier_word notifier_measures[] = {
    {"percent", {" %", " %"}},
    {"percent_change", {" %", " %"}},
    {"pp", {" prosentpoeng", " percentage points"}},
    {"days", {" dager", " days"}},
    {"nok", {" kr", " NOK"}},
    {"points", {" poeng", " points"}},
    {"ddd_per_100_bed_days",
     {" DDD per 100 liggedøgn", " DDD per 100 bed days"}},
    {"count", {"", ""}},
    {NULL, {NULL, NULL}},
};
const struct notifier_word notifier_asked[] = {
    {">=", {"minst {}", "at least {}"}},
    {">", {"mer enn {}", "more than {}"}},
    {"<=", {"høyst {}", "at most {}"}},
    {"<", {"mindre enn {}", "less than {}"}},
    {NULL, {"{}", "{}"}},
};
const struct notifier_word notifier_needed[] = {
    {"together",
     {" Periodene som gjenstår må til sammen bli {} for å nå kravet, når "
      "nevnerne deres i snitt er like store som i dem som er inne.",
      " The periods that remain must together be {} for it to hold, where "
      "their denominators are on average as large as of those that are in."}},
    {"last",
     {" Årets siste periode må bli {} for å nå kravet.",
      " The year's last period must be {} for it to hold."}},
    {NULL,
     {" Periodene som gjenstår må i snitt bli {} for å nå kravet.",
      " The periods that remain must average {} for it to hold."}},
};
const struct notifier_word notifier_secured[] = {
    {"together",
     {" Kravet er nådd, hva periodene som gjenstår enn blir, når nevnerne "
      "deres i snitt ikke er større enn i dem som er inne.",
      " It holds, whatever the periods that remain become, where their "
      "denominators are on average no larger than of those that are in."}},
    {NULL,
     {" Kravet er nådd, hva periodene som gjenstår enn blir.",
      " It holds, whatever the periods that remain become."}},
};
const struct notifier_word notifier_lost[] = {
    {"together",
     {" Kravet kan ikke lenger nås i år, når nevnerne i periodene som "
      "gjenstår i snitt ikke er større enn i dem som er inne.",
      " It can no longer hold this year, where the denominators of the "
      "periods that remain are on average no larger than of those that are "
      "in."}},
    {NULL,
     {" Kravet kan ikke lenger nås i år.",
      " It can no longer hold this year."}},
};
