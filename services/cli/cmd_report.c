/* cmd_report - `maalvakt report`: what the region owes the ministry, drawn from
 * the journal. Job: which report, of which day, in which form, to where.
 * Invariant: a file is written whole or not at all. Changes nothing else. */
#include <stdlib.h>
#include <string.h>

#include "services/base/day.h"
#include "services/base/file.h"
#include "services/cli/hint.h"
#include "services/cli/report.h"
#include "services/cli/view.h"

static bool read_year(const char *text, int64_t *ret)
{
    char *end;
    long n = strtol(text, &end, 10);
    *ret = n;
    return *text >= '0' && *text <= '9' && *end == '\0' && n >= MV_YEAR_MIN &&
           n <= MV_YEAR_MAX;
}

typedef void writer(struct cli *c, const struct cli_report *r);

/* NULL: there is no such form, and it has been said. */
static writer *writer_of(struct cli *c)
{
    static const struct {
        const char *name;
        writer *write;
    } all[] = {{"text", cli_report_text},
               {"html", cli_report_html},
               {"csv", cli_report_csv},
               {"json", cli_report_json}};
    const char *format = cli_option(c, "format");
    if (format == NULL)
        format = c->json ? "json" : "text";
    for (size_t i = 0; i < CLI_COUNT(all); i++)
        if (!strcmp(format, all[i].name))
            return all[i].write;
    (void)cli_fail(c, CLI_USAGE, CLI_W_REP_FORMAT, format, NULL);
    return NULL;
}

/* To the file that is named, else to where all goes. */
static int write_out(struct cli *c, writer *write, const struct cli_report *r)
{
    const char *path = cli_option(c, "output");
    FILE *out = c->out;
    char *bytes = NULL;
    size_t len = 0;
    struct mv_err err = {0};
    if (path == NULL) {
        write(c, r);
        return CLI_OK;
    }
    c->out = open_memstream(&bytes, &len);
    if (c->out == NULL)
        abort();
    c->width = 0;
    c->colour = false;
    write(c, r);
    (void)fclose(c->out);
    c->out = out;
    mv_rc rc = mv_file_write(path, mv_span(bytes, len), 0644, &err);
    free(bytes);
    if (rc != MV_OK)
        return cli_fail_err(c, rc, &err);
    cli_say(c, CLI_W_REP_WROTE, path, NULL);
    return CLI_OK;
}

/* Half a year knows what its first half brought; what a day knew, too, is a
 * view of the journal. All else is asked of the evaluator that lives. */
static int draw(struct cli *c, struct cli_report *r, const char *unit)
{
    struct cli_view *view = NULL;
    struct cli_link *live = NULL;
    char half[MV_DAY_TEXT_BYTES];
    const char *periods_to = NULL;
    int code;
    if (r->kind == CLI_REPORT_HALF_YEAR)
        periods_to = mv_day_text(mv_day_of((int)r->year, 6, 30), half);
    if (periods_to != NULL || r->as_of != NULL)
        code = cli_view_open(c, r->as_of, periods_to, &view);
    else
        code = cli_link_open(c, CLI_EVALUATOR, NULL, &live);
    if (code == CLI_OK)
        code = cli_report_gather(c, view != NULL ? cli_view_link(view) : live,
                                 unit, r);
    cli_view_close(view);
    cli_link_close(live);
    return code;
}

/* What is asked for; of what is missing the year may be left out. */
static int read_kind(struct cli *c, struct cli_report *r, const char **unit)
{
    static const char *const names[] = {[CLI_REPORT_HALF_YEAR] = "half-year",
                                        [CLI_REPORT_YEAR] = "year",
                                        [CLI_REPORT_MISSING] = "missing"};
    size_t kind = 0, next = 1;
    while (kind < CLI_COUNT(names) && strcmp(c->args[0], names[kind]) != 0)
        kind++;
    if (kind == CLI_COUNT(names))
        return cli_fail(c, CLI_USAGE, CLI_W_REP_KIND, c->args[0], NULL);
    r->kind = (cli_report_kind)kind;
    if (r->kind != CLI_REPORT_MISSING) {
        if (c->arg_count < 2 || !read_year(c->args[1], &r->year))
            return cli_fail(c, CLI_USAGE, CLI_W_REP_BAD_YEAR, NULL);
        next = 2;
    }
    if (c->arg_count > next)
        *unit = c->args[next];
    return c->arg_count > next + 1
               ? cli_fail(c, CLI_USAGE, CLI_W_REP_KIND, c->args[next + 1], NULL)
               : CLI_OK;
}

static int report_run(struct cli *c)
{
    struct cli_report r = {.as_of = cli_option(c, "as-of")};
    writer *write = writer_of(c);
    const char *unit = NULL;
    if (write == NULL)
        return CLI_USAGE;
    int code = read_kind(c, &r, &unit);
    if (code == CLI_OK)
        code = draw(c, &r, unit);
    if (code == CLI_NO && unit != NULL)
        cli_hint_unit(c, unit);
    if (code == CLI_OK)
        code = write_out(c, write, &r);
    cli_report_done(&r);
    return code;
}

static const struct cli_option options[] = {
    {"as-of", "DATE", "slik det var kjent den dagen, av journalen",
     "as it was known on that day, from the journal"},
    {"year", "YEAR", "for missing: årets tall (ellers året som er nå)",
     "for missing: the figures' year (else the year that is now)"},
    {"format", "FORMAT", "text (ellers), html, csv eller json",
     "text (else), html, csv or json"},
    {"output", "FILE", "skriv til denne filen", "write to this file"},
};

const struct cli_command cli_cmd_report = {
    .name = "report",
    .usage = "half-year YEAR [UNIT] | year YEAR [UNIT] | missing [UNIT]",
    .nb = "Halvårsrapporten, årsrapporten, og hvem som mangler tall",
    .en = "The half-year and the yearly report, and who owes figures",
    .man = "maalvakt-report",
    .example = "maalvakt report half-year 2023 --format html --output h.html\n"
               "maalvakt report year 2024 ahus\n"
               "maalvakt report missing --year 2024\n"
               "maalvakt report year 2024 --as-of 2024-07-01 --format csv\n",
    .options = options,
    .option_count = CLI_COUNT(options),
    .least = 1,
    .most = 3,
    .run = report_run,
};
