/* stated - see stated.h. Job: what persons said, with name and reason.
 * Invariant: who said it stands beside what was said. Holds nothing. */
#include "services/cli/stated.h"

#include "services/cli/phrase.h"
#include "services/cli/table.h"

typedef enum why {
    FIGURES,
    WORST,
    DATES,
    REPORT_ONLY,
    UNDER_DEVELOPMENT,
    HELD,
    NO_REASON
} why;

static const struct {
    const char *word;
    cli_word sentence;
} whys[] = {
    [FIGURES] = {"figures", CLI_W_ACT_BY_FIGURES},
    [WORST] = {"worst", CLI_W_ACT_BY_WORST},
    [DATES] = {"dates", CLI_W_ACT_BY_DATES},
    [REPORT_ONLY] = {"report_only", CLI_W_ACT_REPORT_ONLY},
    [UNDER_DEVELOPMENT] = {"under_development", CLI_W_ACT_UNDER_DEVELOPMENT},
    [HELD] = {"held", CLI_W_ACT_WHILE_HELD},
};

static unsigned badness(struct mv_span status)
{
    return mv_span_is(status, "red")      ? 3
           : mv_span_is(status, "yellow") ? 2
           : mv_span_is(status, "green")  ? 1
                                          : 0;
}

/* A judgement has it where it is not the status. */
static struct mv_span own_of(struct mv_span row, const char *own,
                             const char *status)
{
    struct mv_span text = cli_get_text(row, own);
    return cli_get_text(row, "own").len > 0 ? text : cli_get_text(row, status);
}

/* Figures that give the very same status leave nothing to be said. */
static why find_why(struct mv_span how, struct mv_span status,
                    struct mv_span row)
{
    struct mv_span reason = own_of(row, "own_reason", "reason");
    unsigned own = badness(own_of(row, "own", "status"));
    unsigned theirs = badness(status);
    if (mv_span_is(reason, whys[REPORT_ONLY].word))
        return REPORT_ONLY;
    if (mv_span_is(reason, whys[UNDER_DEVELOPMENT].word))
        return UNDER_DEVELOPMENT;
    if (own > 0 && own != theirs && mv_span_is(how, "figures"))
        return FIGURES;
    if (own > theirs && mv_span_is(how, "worst"))
        return WORST;
    if (own > 0 && own != theirs && how.len == 0)
        return DATES;
    return cli_get_bool(row, "held") ? HELD : NO_REASON;
}

const char *cli_stated_beside(const struct cli *c, struct mv_span decides,
                              struct mv_span status, struct mv_span row,
                              struct mv_buf *out)
{
    why found = find_why(decides, status, row);
    if (found == NO_REASON)
        return NULL;
    cli_word_put(out, c, whys[found].sentence,
                 cli_status_text(c, own_of(row, "own", "status")), NULL);
    return whys[found].word;
}

static void between(struct mv_buf *out)
{
    if (out->len > 0)
        mv_buf_text(out, "; ");
}

/* A text of the row, ended; the caller frees. */
static const char *text_of(struct mv_span row, const char *key,
                           struct mv_buf *out)
{
    struct mv_span text = cli_get_text(row, key);
    mv_buf_clear(out);
    mv_buf_put(out, text.at, text.len);
    return mv_buf_cstr(out);
}

/* The day that counts, and the one that it was moved from. */
static void put_day(const struct cli *c, struct mv_span due, struct mv_buf *out)
{
    struct mv_buf on = {0};
    struct mv_span day = cli_get_text(due, "day");
    if (mv_span_equal(day, cli_get_text(due, "on"))) {
        mv_buf_put(out, day.at, day.len);
        return;
    }
    struct mv_buf now = {0};
    cli_word_put(out, c, CLI_W_DUE_MOVED, text_of(due, "day", &now),
                 text_of(due, "on", &on), NULL);
    mv_buf_done(&now);
    mv_buf_done(&on);
}

static void put_due(const struct cli *c, struct mv_span row, struct mv_span due,
                    struct mv_buf *out)
{
    struct mv_buf day = {0}, at = {0};
    struct mv_span met = cli_get_text(due, "met");
    bool past = mv_list_has(cli_get(row, "overdue"), cli_get_text(due, "day"));
    put_day(c, due, &day);
    (void)text_of(due, "at", &at);
    cli_word word = met.len == 0 && past        ? CLI_W_DUE_PAST
                    : met.len == 0              ? CLI_W_DUE_OPEN
                    : mv_span_is(met, "closed") ? CLI_W_DUE_CLOSED
                    : cli_get_bool(due, "late") ? CLI_W_DUE_LATE
                                                : CLI_W_DUE_MET;
    between(out);
    cli_word_put(out, c, word, mv_buf_cstr(&day), mv_buf_cstr(&at), NULL);
    mv_buf_done(&day);
    mv_buf_done(&at);
}

/* What it is the date of, and of one given up why, and who says so. */
static void put_due_whole(const struct cli *c, struct mv_span row,
                          struct mv_span due, struct mv_buf *out)
{
    struct mv_span what = cli_get_text(due, "what");
    struct mv_span comment = cli_get_text(due, "comment");
    struct mv_span author = cli_get_text(due, "author");
    put_due(c, row, due, out);
    if (what.len > 0)
        mv_buf_printf(out, " – %.*s", (int)what.len, (const char *)what.at);
    if (!mv_span_is(cli_get_text(due, "met"), "closed"))
        return;
    if (comment.len > 0)
        mv_buf_printf(out, ": %.*s", (int)comment.len,
                      (const char *)comment.at);
    if (author.len > 0)
        mv_buf_printf(out, " (%.*s)", (int)author.len, (const char *)author.at);
}

void cli_stated_dates(const struct cli *c, struct mv_span row,
                      struct mv_buf *out)
{
    struct mv_list l;
    struct mv_span due;
    if (mv_list_open(&l, cli_get(row, "dues")))
        while (mv_list_next(&l, &due))
            put_due_whole(c, row, due, out);
}

/* Until when, and by whom; in full also why. */
static void put_hold(const struct cli *c, struct mv_span hold, bool full,
                     struct mv_buf *out)
{
    struct mv_span author = cli_get_text(hold, "author");
    struct mv_span comment = cli_get_text(hold, "comment");
    struct mv_buf until = {0};
    if (cli_get_text(hold, "until").len > 0) {
        cli_word_put(out, c, CLI_W_HELD_UNTIL, text_of(hold, "until", &until),
                     NULL);
    } else {
        mv_buf_text(out, cli_w(c, CLI_W_HELD));
    }
    if (author.len > 0)
        mv_buf_printf(out, full ? ", %.*s" : " (%.*s)", (int)author.len,
                      (const char *)author.at);
    if (full && comment.len > 0)
        mv_buf_printf(out, ": %.*s", (int)comment.len,
                      (const char *)comment.at);
    mv_buf_done(&until);
}

/* Is the same said of one before this in the list? */
static bool was_said(const struct cli *c, struct mv_span holds,
                     struct mv_span hold, bool full)
{
    struct mv_list l;
    struct mv_span before;
    struct mv_buf text = {0}, its = {0};
    bool was = false;
    put_hold(c, hold, full, &text);
    MV_ASSERT(mv_list_open(&l, holds));
    while (!was && mv_list_next(&l, &before) && before.at != hold.at) {
        mv_buf_clear(&its);
        put_hold(c, before, full, &its);
        was = mv_span_equal(mv_buf_span(&its), mv_buf_span(&text));
    }
    mv_buf_done(&text);
    mv_buf_done(&its);
    return was;
}

/* Of several that say the same, for several indicators, the first. */
void cli_stated_held(const struct cli *c, struct mv_span row, bool full,
                     struct mv_buf *out)
{
    struct mv_list l;
    struct mv_span hold, holds = cli_get(row, "holds");
    bool any = false;
    if (!cli_get_bool(row, "held"))
        return;
    if (mv_list_open(&l, holds)) {
        for (; mv_list_next(&l, &hold); any = true) {
            if (was_said(c, holds, hold, full))
                continue;
            between(out);
            put_hold(c, hold, full, out);
        }
    }
    if (!any) { /* an older evaluator says only that it is */
        between(out);
        mv_buf_text(out, cli_w(c, CLI_W_HELD));
    }
}

void cli_stated_why(const struct cli *c, struct mv_span row, struct mv_buf *out)
{
    struct mv_list l;
    struct mv_span due, said = cli_get(row, "assessment");
    if (mv_list_open(&l, cli_get(row, "dues")))
        while (mv_list_next(&l, &due))
            put_due(c, row, due, out);
    if (said.len > 0) {
        struct mv_buf author = {0};
        between(out);
        cli_word_put(out, c,
                     cli_get_text(row, "by").len > 0 ? CLI_W_SAID_BY
                                                     : CLI_W_SAID_BESIDE,
                     text_of(said, "author", &author),
                     cli_status_text(c, cli_get_text(said, "status")), NULL);
        mv_buf_done(&author);
    }
    cli_stated_held(c, row, false, out);
}

/* Of one in force that is not the status. */
static void say_beside(struct cli *c, struct mv_span decides, struct mv_span j)
{
    struct mv_span status = cli_get_text(cli_get(j, "assessment"), "status");
    struct mv_buf text = {0};
    if (cli_get_text(j, "by").len == 0 &&
        cli_stated_beside(c, decides, status, j, &text) != NULL)
        cli_say(c, CLI_W_X_SAID_BESIDE, mv_buf_cstr(&text), NULL);
    mv_buf_done(&text);
}

void cli_stated_show(struct cli *c, struct mv_span decides, struct mv_span j)
{
    struct mv_span said = cli_get(j, "assessment");
    struct mv_span own = cli_get_text(j, "own");
    struct mv_buf author = {0}, comment = {0}, when = {0}, until = {0},
                  seq = {0};
    if (own.len > 0) {
        cli_reason_of(c, j, "own_reason", &comment);
        cli_say(c, comment.len > 0 ? CLI_W_X_OWN_NONE : CLI_W_X_OWN_STATUS,
                cli_status_text(c, own), mv_buf_cstr(&comment), NULL);
    }
    if (said.len > 0) {
        cli_time(cli_get_i64(said, "time"), &when);
        cli_count(c, cli_get_u64(said, "seq"), &seq);
        cli_say(c, CLI_W_X_SAID,
                cli_status_text(c, cli_get_text(said, "status")),
                text_of(said, "author", &author), mv_buf_cstr(&when),
                mv_buf_cstr(&seq), text_of(said, "comment", &comment), NULL);
        say_beside(c, decides, j);
        if (*text_of(said, "until", &until) != '\0')
            cli_say(c, CLI_W_X_SAID_UNTIL, mv_buf_cstr(&until), NULL);
    }
    mv_buf_done(&author);
    mv_buf_done(&comment);
    mv_buf_done(&when);
    mv_buf_done(&until);
    mv_buf_done(&seq);
}

void cli_stated_holds(struct cli *c, struct mv_span holds)
{
    struct mv_buf b[6] = {{0}};
    struct mv_list l;
    struct mv_span hold;
    if (!mv_list_open(&l, holds))
        return;
    while (mv_list_next(&l, &hold)) {
        for (size_t i = 0; i < CLI_COUNT(b); i++)
            mv_buf_clear(&b[i]);
        cli_time(cli_get_i64(hold, "time"), &b[3]);
        cli_count(c, cli_get_u64(hold, "seq"), &b[4]);
        cli_say(c, CLI_W_X_HOLD, text_of(hold, "indicator", &b[0]),
                text_of(hold, "unit", &b[1]), text_of(hold, "author", &b[2]),
                mv_buf_cstr(&b[3]), mv_buf_cstr(&b[4]),
                text_of(hold, "comment", &b[5]), NULL);
        if (*text_of(hold, "until", &b[0]) != '\0')
            cli_say(c, CLI_W_X_HOLD_UNTIL, mv_buf_cstr(&b[0]), NULL);
        else
            cli_say(c, CLI_W_X_HOLD_NO_END, NULL);
    }
    for (size_t i = 0; i < CLI_COUNT(b); i++)
        mv_buf_done(&b[i]);
}

static void due_row(struct cli *c, struct cli_table *t, struct mv_span due)
{
    struct mv_span met = cli_get_text(due, "met");
    struct mv_buf seq = {0};
    cli_table_cell(t, CLI_PLAIN, cli_get_text(due, "on"));
    cli_table_cell(t, CLI_PLAIN, cli_get_text(due, "day"));
    cli_table_cell(t, CLI_PLAIN, cli_get_text(due, "what"));
    cli_table_cell(t, CLI_PLAIN, cli_get_text(due, "said"));
    cli_table_text(t, met.len == 0                ? cli_w(c, CLI_W_X_DUE_OPEN)
                      : mv_span_is(met, "closed") ? cli_w(c, CLI_W_X_DUE_CLOSED)
                      : cli_get_bool(due, "late") ? cli_w(c, CLI_W_X_DUE_LATE)
                                                  : cli_w(c, CLI_W_X_DUE_MET));
    cli_table_cell(t, CLI_PLAIN, cli_get_text(due, "at"));
    cli_table_cell(t, CLI_PLAIN, cli_get_text(due, "author"));
    if (met.len > 0)
        mv_buf_printf(&seq, "%llu",
                      (unsigned long long)cli_get_u64(due, "seq"));
    cli_table_cell(t, CLI_PLAIN, mv_buf_span(&seq));
    cli_table_cell(t, CLI_PLAIN, cli_get_text(due, "comment"));
    mv_buf_done(&seq);
}

void cli_stated_dues(struct cli *c, struct mv_span dues)
{
    const struct cli_column columns[] = {
        {cli_w(c, CLI_W_COL_DUE), false, true, 0},
        {cli_w(c, CLI_W_COL_DUE_NOW), false, true, 0},
        {cli_w(c, CLI_W_COL_WHAT), false, false, 0},
        {cli_w(c, CLI_W_COL_SAID), false, false, 3},
        {"", false, true, 0},
        {cli_w(c, CLI_W_F_ON), false, true, 0},
        {cli_w(c, CLI_W_COL_SAID_BY), false, false, 2},
        {cli_w(c, CLI_W_COL_RECORD), true, true, 1},
        {cli_w(c, CLI_W_F_COMMENT), false, false, 1},
    };
    struct cli_table *t = cli_table_open(columns, CLI_COUNT(columns));
    struct mv_list l;
    struct mv_span due;
    if (mv_list_open(&l, dues))
        while (mv_list_next(&l, &due))
            due_row(c, t, due);
    if (cli_table_rows(t) > 0) {
        cli_say(c, CLI_W_X_DUES, NULL);
        cli_table_print(c, t);
        cli_say(c, CLI_W_X_DUES_RULE, NULL);
    }
    cli_table_close(t);
}
