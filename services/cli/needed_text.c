/* needed_text - see needed_text.h. Job: a sentence and a cell. Invariant: what
 * is said holds of every figure within the indicator's range; of an evaluator
 * that does not tell how its number is meant, the number alone. Holds
 * nothing. */
#include "services/cli/needed_text.h"

#include "services/cli/numbers.h"

/* How the evaluator compares: its signs, a sign for people, the words, and
 * which way a number may be rounded so that it still does. */
struct comparison {
    const char *name, *sign;
    cli_word word;
    int up;
};

static const struct comparison comparisons[] = {
    {">=", "≥ ", CLI_W_X_AT_LEAST, 1},
    {">", "> ", CLI_W_X_MORE_THAN, 1},
    {"<=", "≤ ", CLI_W_X_AT_MOST, -1},
    {"<", "< ", CLI_W_X_LESS_THAN, -1},
};

/* NULL: it is to be equal, or is not told. */
static const struct comparison *comparison_of(struct mv_span map)
{
    struct mv_span is = cli_get_text(map, "needed_is");
    for (size_t i = 0; i < CLI_COUNT(comparisons); i++)
        if (mv_span_is(is, comparisons[i].name))
            return &comparisons[i];
    return NULL;
}

static void put_needed(const struct cli *c, const struct cli_shown *f,
                       struct mv_span map, struct mv_span needed,
                       struct mv_buf *out)
{
    const struct comparison *is = comparison_of(map);
    cli_needed(c, f, needed, is != NULL ? is->up : 0, out);
}

/* "minst 76,2 %" */
static void put_asked(const struct cli *c, const struct cli_shown *f,
                      struct mv_span map, struct mv_span needed,
                      struct mv_buf *out)
{
    const struct comparison *is = comparison_of(map);
    struct mv_buf number = {0};
    put_needed(c, f, map, needed, &number);
    if (is != NULL)
        cli_word_put(out, c, is->word, mv_buf_cstr(&number), NULL);
    else
        mv_buf_text(out, mv_buf_cstr(&number));
    mv_buf_done(&number);
}

void cli_needed_say(struct cli *c, struct mv_span change)
{
    struct mv_span needed = cli_get_text(change, "needed");
    struct mv_span why = cli_get_text(change, "needed_why");
    struct mv_span of = cli_get_text(change, "needed_of");
    bool ratio = mv_span_is(of, "together");
    struct cli_shown f = cli_shown_of(change);
    struct mv_buf text = {0};
    if (mv_span_is(needed, "impossible")) {
        cli_say(c, ratio ? CLI_W_X_IMPOSSIBLE_RATIO : CLI_W_X_IMPOSSIBLE, NULL);
    } else if (mv_span_is(why, "secured")) {
        cli_say(c, ratio ? CLI_W_X_SECURED_RATIO : CLI_W_X_SECURED, NULL);
    } else if (needed.len > 0) {
        put_asked(c, &f, change, needed, &text);
        cli_say(c,
                ratio                    ? CLI_W_X_NEEDED_RATIO
                : mv_span_is(of, "last") ? CLI_W_X_NEEDED_LAST
                                         : CLI_W_X_NEEDED,
                mv_buf_cstr(&text), NULL);
    }
    mv_buf_done(&text);
}

void cli_needed_cell(const struct cli *c, struct cli_table *t,
                     const struct cli_shown *f, struct mv_span criterion)
{
    struct mv_span needed = cli_get_text(criterion, "needed");
    struct mv_span why = cli_get_text(criterion, "needed_why");
    const struct comparison *is = comparison_of(criterion);
    struct mv_buf text = {0};
    if (mv_span_is(why, "unlike")) {
        mv_buf_text(&text, cli_w(c, CLI_W_X_UNLIKE_CELL));
    } else if (mv_span_is(needed, "impossible")) {
        mv_buf_text(&text, cli_w(c, CLI_W_X_CANNOT));
    } else if (needed.len > 0 && !mv_span_is(why, "secured")) {
        mv_buf_text(&text, is != NULL ? is->sign : "");
        put_needed(c, f, criterion, needed, &text);
    }
    cli_table_take(t, CLI_PLAIN, &text);
    mv_buf_done(&text);
}
