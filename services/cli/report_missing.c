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

#define NAMED_MAX 24u /* members */

/* "Pakkeforløp, 3 av 4: Bryst, Lunge, Hjerne": those that never came. */
static void put_members(const struct cli *c, struct mv_span row,
                        struct mv_buf *out)
{
    struct mv_buf never = {0}, of = {0};
    struct mv_list ids, titles;
    struct mv_span id, title, text;
    uint64_t count = cli_get_u64(row, "members_never"), named = 0;
    bool titled = mv_list_open(&titles, cli_get(row, "member_titles"));
    if (count == 0 || !mv_list_open(&ids, cli_get(row, "members")))
        return;
    cli_count(c, count, &never);
    cli_count(c, cli_get_u64(row, "members_of"), &of);
    cli_word_put(out, c, CLI_W_REP_MEMBERS, mv_buf_cstr(&never),
                 mv_buf_cstr(&of), NULL);
    while (named < NAMED_MAX && mv_list_next(&ids, &id)) {
        text = mv_span("", 0);
        if (titled && mv_list_next(&titles, &title))
            text = cli_text_lang(c, title);
        if (text.len == 0)
            (void)mv_value_text(id, &text);
        mv_buf_text(out, named++ > 0 ? ", " : " ");
        put(out, text);
    }
    if (named < count)
        mv_buf_text(out, ", …");
    mv_buf_done(&never);
    mv_buf_done(&of);
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
        put_members(c, row, out);
        break;
    default:
        cli_names(cli_get(row, "targets"), out);
        break;
    }
}
