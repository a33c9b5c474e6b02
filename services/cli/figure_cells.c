/* figure_cells - see figure_cells.h. Job: one figure for people. Invariant:
 * the number is as it was pushed, every digit. Holds nothing. */
#include "services/cli/figure_cells.h"

#include "services/cli/phrase.h"

static void put_figure(const struct cli *c, struct mv_span row,
                       struct mv_buf *out)
{
    const struct cli_shown bare = {mv_span_text("count"), 6};
    struct mv_span none = mv_span("", 0);
    struct mv_span value = cli_get_text(row, "value");
    struct mv_span over = cli_get_text(row, "numerator");
    if (value.len > 0) {
        cli_plain(c, &bare, value, none, out);
    } else if (over.len > 0) {
        cli_plain(c, &bare, over, none, out);
        mv_buf_text(out, " / ");
        cli_plain(c, &bare, cli_get_text(row, "denominator"), none, out);
    } else {
        mv_buf_text(out, "–");
    }
}

static const char *why_not(const struct cli *c, struct mv_span row)
{
    static const struct {
        const char *name;
        cli_word word;
    } all[] = {
#define OUT(ID, name) {name, CLI_W_OUT_##ID},
#include "services/judging/outs.def"
#undef OUT
    };
    struct mv_span why = cli_get_text(row, "counts_why");
    for (size_t i = 0; i < CLI_COUNT(all); i++)
        if (mv_span_is(why, all[i].name))
            return cli_w(c, all[i].word);
    return cli_w(c, CLI_W_X_NOT_COUNTED);
}

void cli_figure_cells(struct cli *c, struct cli_table *t, struct mv_span row,
                      bool counts, struct cli_source *source)
{
    struct mv_buf text = {0};
    uint64_t seq = cli_get_u64(row, "seq"), at = cli_get_u64(row, "row");
    bool withdrawn = cli_get_bool(row, "withdrawn");
    counts = counts && !withdrawn;
    cli_style style = counts ? CLI_PLAIN : CLI_DIM;
    cli_table_cell(t, style, cli_get_text(row, "period"));
    cli_table_cell(t, style, cli_get_text(row, "unit"));
    cli_table_cell(t, style, cli_get_titled(c, row, "member", "member_title"));
    put_figure(c, row, &text);
    cli_table_take(t, style, &text);
    cli_table_cell(t, style, cli_get_text(row, "flag"));
    mv_buf_text(&text, withdrawn ? cli_w(c, CLI_W_X_IS_WITHDRAWN)
                       : counts  ? ""
                                 : why_not(c, row));
    cli_table_take(t, style, &text);
    mv_buf_printf(&text, "%llu:%llu", (unsigned long long)seq,
                  (unsigned long long)at);
    cli_table_take(t, style, &text);
    cli_table_cell(t, style, cli_source_note(source, seq, at));
    mv_buf_done(&text);
}

void cli_figure_json(struct cli *c, struct mv_span row,
                     struct cli_source *source)
{
    struct mv_span note = cli_source_note(source, cli_get_u64(row, "seq"),
                                          cli_get_u64(row, "row"));
    json_t *j = cli_json(row);
    if (note.len > 0)
        (void)json_object_set_new(j, "note", json_stringn(note.at, note.len));
    cli_json_line(c, j);
}
