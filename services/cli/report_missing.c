/* report_missing - the cells of what is missing; see report_words.h. Job: a
 * row of the verb `missing` in words. Invariant: the same in every form.
 * Holds nothing. */
#include "services/cli/report_words.h"

const cli_word cli_missing_words[CLI_MISSING_CELLS] = {
    CLI_W_COL_UNIT, CLI_W_REP_COL_PERIODS, CLI_W_REP_COL_DUE,
    CLI_W_REP_COL_INDICATOR, CLI_W_REP_COL_TARGETS};

static void put(struct mv_buf *out, struct mv_span text)
{
    mv_buf_put(out, text.at, text.len);
}

void cli_missing_cell(const struct cli *c, struct mv_span row, unsigned i,
                      struct mv_buf *out)
{
    switch (i) {
    case CLI_MISSING_UNIT:
        put(out, cli_get_text(row, "name"));
        break;
    case CLI_MISSING_PERIODS:
        cli_names(cli_get(row, "periods"), out);
        if (cli_get_bool(row, "never"))
            mv_buf_printf(out, " (%s)", cli_w(c, CLI_W_REP_NEVER));
        break;
    case CLI_MISSING_DUE:
        put(out, cli_get_text(row, "due"));
        break;
    case CLI_MISSING_INDICATOR:
        put(out, cli_get_lang(c, row, "title"));
        break;
    default:
        cli_names(cli_get(row, "targets"), out);
        break;
    }
}
