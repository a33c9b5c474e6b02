/* desk - see desk.h. Job: which year is meant. Invariant: today is the
 * installation's, never this machine's. Holds nothing. */
#include "services/cli/desk.h"

#include "services/base/day.h"
#include "services/cli/told.h"

int cli_state(struct cli_link *evaluator, struct cli_pages *s,
              struct mv_span *row)
{
    struct cli_args none = {0};
    int code = cli_ask_args(evaluator, "state", &none, s);
    struct mv_list l = cli_pages_walk(s);
    *row = mv_span("", 0);
    if (code == CLI_OK)
        (void)mv_list_next(&l, row);
    return code;
}

void cli_cut_off(struct cli *c, struct cli_link *evaluator, struct mv_buf *why)
{
    struct mv_msg_reply reply;
    struct mv_list rows;
    struct mv_span row, state = mv_span("", 0);
    struct mv_err err = {0};
    mv_rc rc = cli_ask_quiet(evaluator, "ping", mv_span(NULL, 0), &reply, &err);
    if (rc == MV_OK && cli_rows_open(&rows, &reply) &&
        mv_list_next(&rows, &row))
        state = cli_get_text(row, "upstream");
    if (state.len > 0 && !mv_span_is(state, "asking") &&
        !mv_span_is(state, "off"))
        cli_told(c, state, why);
}

int cli_year(struct cli *c, struct mv_span state, int64_t *ret)
{
    int32_t today;
    *ret = 0;
    if (mv_day_parse(cli_get_text(state, "today"), &today))
        *ret = mv_day_date(today).year;
    return cli_option_int(c, "year", MV_YEAR_MIN, MV_YEAR_MAX, ret) ? CLI_OK
                                                                    : CLI_USAGE;
}
