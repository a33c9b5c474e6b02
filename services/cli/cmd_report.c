/* cmd_report - `maalvakt report`: what the region owes the ministry, drawn from
 * the journal. Job: which report, of which day, in which form, to where.
 * Invariant: a file is written whole or not at all. Changes nothing else. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "services/base/day.h"
#include "services/base/file.h"
#include "services/cli/report_since.h"
#include "services/cli/view.h"

#define PAPER_WIDTH 100 /* columns of a text that goes to no terminal */
#define TRIES       2u  /* at the live evaluator, where a view can be made */
#define TRIES_MORE  3u  /* where none can */

static bool read_year(const char *text, int64_t *ret)
{
    char *end;
    long n = strtol(text, &end, 10);
    bool is = *text >= '0' && *text <= '9' && *end == '\0' &&
              n >= MV_YEAR_MIN && n <= MV_YEAR_MAX;
    if (is)
        *ret = n;
    return is;
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

/* A pipe or a device: a file put in its place would be the end of it. */
static bool is_device(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static mv_rc write_through(const char *path, struct mv_span bytes,
                           struct mv_err *err)
{
    FILE *to = fopen(path, "we");
    bool good = to != NULL && fwrite(bytes.at, 1, bytes.len, to) == bytes.len;
    if (to != NULL && fclose(to) != 0)
        good = false;
    if (good)
        return MV_OK;
    return mv_fail(err, MV_FATAL, "%s: write: %s", path, strerror(errno));
}

/* To the file that is named, else to where all goes. */
static int write_out(struct cli *c, writer *write, const struct cli_report *r)
{
    const char *path = cli_option(c, "output");
    FILE *out = c->out;
    char *bytes = NULL;
    size_t len = 0;
    struct mv_err err = {0};
    if (c->width == 0) /* a report is read by people, wherever it goes */
        c->width = PAPER_WIDTH;
    if (path == NULL) {
        write(c, r);
        return CLI_OK;
    }
    c->out = open_memstream(&bytes, &len);
    if (c->out == NULL)
        abort();
    c->width = PAPER_WIDTH;
    c->colour = false;
    write(c, r);
    (void)fclose(c->out);
    c->out = out;
    mv_rc rc = is_device(path)
                   ? write_through(path, mv_span(bytes, len), &err)
                   : mv_file_write(path, mv_span(bytes, len), 0644, &err);
    free(bytes);
    if (rc != MV_OK)
        return cli_fail_err(c, rc, &err);
    cli_say(c, CLI_W_REP_WROTE, path, NULL);
    return CLI_OK;
}

/* Was it ever frozen? unit NULL: for whatever unit. */
static bool was_frozen(struct cli_link *live, const struct cli_report *r,
                       const char *unit)
{
    struct cli_pages rows = {0};
    struct cli_args args = {0};
    cli_arg_text(&args, "report", cli_report_kind_name(r->kind));
    cli_arg_u64(&args, "year", (uint64_t)r->year);
    if (unit != NULL)
        cli_arg_text(&args, "unit", unit);
    bool is =
        cli_ask_all(live, "frozen", &args, &rows) == CLI_OK && rows.count > 0;
    cli_pages_done(&rows);
    cli_args_done(&args);
    return is;
}

static int draw_view(struct cli *c, struct cli_report *r, const char *unit)
{
    struct cli_view *view = NULL;
    char half[MV_DAY_TEXT_BYTES];
    const char *periods_to = NULL;
    if (r->kind == CLI_REPORT_HALF_YEAR)
        periods_to = mv_day_text(mv_day_of((int)r->year, 6, 30), half);
    r->kept = r->kind != CLI_REPORT_MISSING;
    struct mv_buf frozen = {0};
    mv_buf_printf(&frozen, "%s %lld", cli_report_kind_name(r->kind),
                  (long long)r->year);
    if (unit != NULL)
        mv_buf_printf(&frozen, " %s", unit);
    int code = cli_view_open(c, r->as_of, periods_to,
                             r->kept ? mv_buf_cstr(&frozen) : NULL, &view);
    if (code == CLI_OK)
        code = cli_report_gather(c, cli_view_link(view), unit, 1, r);
    MV_ASSERT(view == NULL || !r->moved);
    cli_view_close(view);
    mv_buf_done(&frozen);
    return code;
}

/* *busy: figures came in at every try, and a view stands still. */
static int draw_live(struct cli *c, struct cli_link *live, const char *unit,
                     struct cli_report *r, bool *busy)
{
    int code = cli_report_gather(c, live, unit, TRIES, r);
    *busy = r->moved && cli_view_may(c);
    if (!r->moved || *busy)
        return code;
    code = cli_report_gather(c, live, unit, TRIES_MORE, r);
    return r->moved ? cli_fail(c, CLI_RETRY, CLI_W_REP_MOVED, NULL) : code;
}

/* Half a year knows what its first half brought; what a day knew, and what a
 * report was when it was frozen, too, is a view of the journal. All else is
 * asked of the evaluator that lives, unless that is too busy to be of one
 * moment. */
static int draw(struct cli *c, struct cli_report *r, const char *unit)
{
    struct cli_link *live = NULL;
    if (r->kind == CLI_REPORT_HALF_YEAR || r->as_of != NULL)
        return draw_view(c, r, unit);
    int code = cli_link_open(c, CLI_EVALUATOR, NULL, &live);
    bool frozen = code == CLI_OK && r->kind == CLI_REPORT_YEAR &&
                  was_frozen(live, r, unit);
    bool remote = cli_option(c, "endpoint") != NULL;
    bool view = frozen && !remote;
    if (frozen && remote)
        cli_warn(c, CLI_W_REP_FROZEN_REMOTE, NULL);
    if (code == CLI_OK && !view)
        code = draw_live(c, live, unit, r, &view);
    cli_link_close(live);
    return view ? draw_view(c, r, unit) : code;
}

/* With what changed since it was frozen, if it was. */
static int write_whole(struct cli *c, writer *write, struct cli_report *r)
{
    struct cli_link *ingest = NULL;
    struct cli_report_changes changes = {0};
    if (cli_report_frozen(r).len > 0) {
        (void)cli_link_open(c, CLI_INGEST, NULL, &ingest);
        changes.source = cli_source_open(ingest);
        cli_report_changes_find(c, r, &changes);
        r->changes = &changes;
    }
    int code = write_out(c, write, r);
    r->changes = NULL;
    cli_report_changes_done(&changes);
    cli_link_close(ingest);
    return code;
}

/* What is asked for; of what is missing the year may be left out. */
static int read_kind(struct cli *c, struct cli_report *r, const char **unit)
{
    int kind = CLI_REPORT_HALF_YEAR;
    while (kind <= CLI_REPORT_MISSING &&
           strcmp(c->args[0], cli_report_kind_name((cli_report_kind)kind)) != 0)
        kind++;
    if (kind > CLI_REPORT_MISSING)
        return cli_fail(c, CLI_USAGE, CLI_W_REP_KIND, c->args[0], NULL);
    r->kind = (cli_report_kind)kind;
    bool needs = r->kind != CLI_REPORT_MISSING;
    bool given = cli_option(c, "year") != NULL;
    bool year = c->arg_count > 1 && read_year(c->args[1], &r->year);
    if (given ? needs || year : needs && c->arg_count < 2)
        return cli_fail(c, CLI_USAGE, CLI_W_REP_WHICH_YEAR, c->args[0], NULL);
    if (needs && !year)
        return cli_fail(c, CLI_USAGE, CLI_W_REP_BAD_YEAR, c->args[0],
                        c->args[1], NULL);
    size_t next = year ? 2 : 1;
    if (c->arg_count > next)
        *unit = c->args[next];
    return c->arg_count > next + 1
               ? cli_fail(c, CLI_USAGE, CLI_W_REP_KIND, c->args[next + 1], NULL)
               : CLI_OK;
}

/* Can it be written there? Asked before it is drawn, which takes a while. */
static int check_output(struct cli *c)
{
    const char *path = cli_option(c, "output");
    const char *slash = path != NULL ? strrchr(path, '/') : NULL;
    struct stat st;
    int code = CLI_OK;
    if (path == NULL)
        return CLI_OK;
    char *folder = slash == NULL   ? mv_xstrdup(".")
                   : slash == path ? mv_xstrdup("/")
                                   : mv_xstrndup(path, (size_t)(slash - path));
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        code = cli_fail(c, CLI_IO, CLI_W_REP_IS_FOLDER, path, NULL);
    else if (stat(folder, &st) != 0 && errno == EACCES)
        code = cli_fail(c, CLI_IO, CLI_W_REP_SHUT_FOLDER, folder, NULL);
    else if (stat(folder, &st) != 0 || !S_ISDIR(st.st_mode))
        code = cli_fail(c, CLI_IO, CLI_W_REP_NO_FOLDER, folder, NULL);
    else if (access(folder, W_OK | X_OK) != 0)
        code = cli_fail(c, CLI_IO, CLI_W_REP_SHUT_FOLDER, folder, NULL);
    free(folder);
    return code;
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
        code = check_output(c);
    if (code == CLI_OK)
        code = draw(c, &r, unit);
    if (code == CLI_OK)
        code = write_whole(c, write, &r);
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
    .usage = "half-year YEAR [UNIT] | year YEAR [UNIT] | missing [YEAR] [UNIT]",
    .nb = "Halvårsrapporten, årsrapporten, og hvem som mangler tall",
    .en = "The half-year and the yearly report, and who owes figures",
    .man = "maalvakt-report",
    .example = "maalvakt report half-year 2023 --format html --output h.html\n"
               "maalvakt report year 2024 ahus\n"
               "maalvakt report missing 2024\n"
               "maalvakt report year 2024 --as-of 2024-07-01 --format csv\n",
    .options = options,
    .option_count = CLI_COUNT(options),
    .least = 1,
    .most = 3,
    .run = report_run,
};
