/* cmd_skip - `maalvakt skip SEQ --reason TEXT`: lets a record pass that the
 * evaluator dies on. Job: one act. Invariant: who and why are in the act's
 * record, and travel with the journal record. A crash: asked again, it says
 * that it is skipped already. */
#include <stdlib.h>
#include <string.h>

#include "proto/limits.h"
#include "services/cli/pages.h"

static bool read_seq(const char *text, uint64_t *ret)
{
    char *end;
    unsigned long long n = strtoull(text, &end, 10);
    *ret = n;
    return *text >= '0' && *text <= '9' && *end == '\0' && n > 0 &&
           n <= INT64_MAX;
}

static int skip_run(struct cli *c)
{
    const char *reason = cli_option(c, "reason");
    struct cli_link *l;
    struct cli_args args = {0};
    struct cli_pages rows = {0};
    uint64_t seq;
    if (!read_seq(c->args[0], &seq))
        return cli_fail(c, CLI_USAGE, CLI_W_SKIP_SEQ, c->args[0], NULL);
    if (reason == NULL || *reason == '\0')
        return cli_fail(c, CLI_USAGE, CLI_W_SKIP_REASON, NULL);
    int code = cli_link_open(c, CLI_EVALUATOR, NULL, &l);
    if (code != CLI_OK)
        return code;
    cli_arg_u64(&args, "seq", seq);
    cli_arg_text(&args, "reason", reason);
    code = cli_ask_args(l, "skip", &args, &rows);
    if (code == CLI_OK && c->json) {
        cli_json_line(c, json_pack("{s:I,s:s}", "skipped", (json_int_t)seq,
                                   "reason", reason));
    } else if (code == CLI_OK) {
        cli_say(c, CLI_W_SKIPPED, c->args[0], NULL);
    }
    cli_pages_done(&rows);
    cli_args_done(&args);
    cli_link_close(l);
    return code;
}

static const struct cli_option options[] = {
    {"reason", "TEXT", "hvorfor; blir stående ved posten for alltid",
     "why; it stays with the record for good"},
};

const struct cli_command cli_cmd_skip = {
    .name = "skip",
    .usage = "SEQ --reason TEXT",
    .nb = "Slipp forbi en journalpost som stanser beregningen",
    .en = "Let a journal record pass that stops the evaluator",
    .man = "maalvakt-skip",
    .example = "maalvakt skip 90417 --reason '{feil 31, rettet i 0.2|fault 31, "
               "mended in 0.2}'\n",
    .options = options,
    .option_count = CLI_COUNT(options),
    .least = 1,
    .most = 1,
    .run = skip_run,
};
