/* explain_rule - see explain_rule.h. Job: the rule beside the status, so that
 * the one can be redone from the other. Invariant: criteria are shown as the
 * steward wrote them. Holds nothing. */
#include "services/cli/explain_rule.h"

#include <stdlib.h>
#include <string.h>

#include "services/cli/numbers.h"
#include "services/cli/phrase.h"

struct mv_span cli_explain_indicator(const struct cli_pages *rows,
                                     struct mv_span id)
{
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    while (mv_list_next(&l, &row)) {
        if (cli_is_what(row, "indicator") &&
            mv_span_equal(cli_get_text(row, "indicator"), id))
            return row;
    }
    return mv_span("", 0);
}

/* A line for each text of the list. */
static uint32_t say_list(struct cli *c, cli_word word, struct mv_span list)
{
    struct mv_list l;
    struct mv_span item, text;
    uint32_t count = 0;
    if (!mv_list_open(&l, list))
        return 0;
    while (mv_list_next(&l, &item)) {
        struct mv_buf line = {0};
        if (mv_value_text(item, &text))
            mv_buf_put(&line, text.at, text.len);
        cli_say(c, word, mv_buf_cstr(&line), NULL);
        mv_buf_done(&line);
        count++;
    }
    return count;
}

/* Else a reader of the table would take what is not in for not green. */
static void say_aside(struct cli *c, uint32_t none, uint32_t members)
{
    struct mv_buf some = {0}, all = {0};
    cli_count(c, none, &some);
    cli_count(c, members, &all);
    cli_say(c, CLI_W_X_NONE_ASIDE, mv_buf_cstr(&some), mv_buf_cstr(&all), NULL);
    mv_buf_done(&some);
    mv_buf_done(&all);
}

/* How many there are without a status: of an `each` those that are left out of
 * it, as others of its line have one; and lines that have none at all. */
struct parts {
    uint32_t criteria, members, aside;
    uint32_t lines, empty;
};

static void end_line(struct parts *p, uint32_t rows, uint32_t none)
{
    p->lines += rows > 0;
    if (rows > 0 && none == rows)
        p->empty++;
    else
        p->aside += none;
}

/* Rows of a line stand together, with its text. */
static struct parts parts_of(const struct cli_pages *rows)
{
    struct parts ret = {0};
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row, last = mv_span("", 0);
    uint32_t in_line = 0, none = 0;
    while (mv_list_next(&l, &row)) {
        if (!cli_is_what(row, "criterion"))
            continue;
        struct mv_span k = cli_get(row, "criterion");
        if (!mv_span_equal(cli_get_text(k, "text"), last)) {
            end_line(&ret, in_line, none);
            in_line = none = 0;
        }
        last = cli_get_text(k, "text");
        ret.criteria++;
        ret.members += cli_get_text(k, "member").len > 0;
        in_line++;
        none += mv_span_is(cli_get_text(k, "status"), "none");
    }
    end_line(&ret, in_line, none);
    return ret;
}

/* One criterion alone is not combined. */
static void say_combine(struct cli *c, const struct cli_pages *rows,
                        struct mv_span rule)
{
    bool whole = mv_span_is(cli_get_text(rule, "combine"), "whole");
    struct parts p = parts_of(rows);
    if (p.criteria > 1)
        cli_say(c, whole ? CLI_W_X_WHOLE : CLI_W_X_PART, NULL);
    if (p.aside > 0)
        say_aside(c, p.aside, p.members);
    if (p.empty > 0 && p.lines > 1)
        cli_say(c, CLI_W_X_NONE_TURNS, NULL);
    if (mv_span_is(cli_get_text(rule, "compare"), "displayed"))
        cli_say(c, CLI_W_X_DISPLAYED, NULL);
    if (mv_span_is(cli_get_text(rule, "decides"), "assessment"))
        cli_say(c, CLI_W_X_DECIDES_PERSON, NULL);
    else if (mv_span_is(cli_get_text(rule, "decides"), "worst"))
        cli_say(c, CLI_W_X_DECIDES_WORST, NULL);
}

void cli_explain_recent(struct mv_span forecast, struct mv_buf *out)
{
    static const char before[] = "recent(";
    const char *text = forecast.at;
    size_t at = sizeof before - 1;
    if (forecast.len < at || memcmp(text, before, at) != 0)
        return;
    for (; at < forecast.len && text[at] >= '0' && text[at] <= '9'; at++)
        mv_buf_put_u8(out, (uint8_t)text[at]);
}

/* What the rows tell of how missing periods are filled. */
struct filling {
    bool any_term;
    bool filled, carried; /* some indicator's are, one's last figure is */
    bool pairs;           /* those of some by numerator and denominator */
};

static struct filling filling_of(const struct cli_pages *rows)
{
    struct filling ret = {.any_term = false};
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    while (mv_list_next(&l, &row)) {
        ret.any_term = ret.any_term || cli_is_what(row, "term");
        if (!cli_is_what(row, "indicator") ||
            cli_get_text(row, "formula").len > 0)
            continue; /* of a formula its parts are */
        struct mv_span over = cli_get_text(row, "over_periods");
        if (mv_span_is(over, "last"))
            ret.carried = true;
        else
            ret.filled = true;
        ret.pairs = ret.pairs || mv_span_is(over, "ratio");
    }
    ret.filled = ret.filled || !ret.carried;
    return ret;
}

static void say_forecast(struct cli *c, const struct cli_pages *rows,
                         struct mv_span forecast)
{
    struct filling f = filling_of(rows);
    struct mv_buf n = {0};
    cli_explain_recent(forecast, &n);
    bool assumed = n.len > 0 || mv_span_is(forecast, "seasonal");
    if (!assumed) {
        cli_say(c, CLI_W_X_NO_FORECAST, NULL);
    } else if (f.filled && strcmp(mv_buf_cstr(&n), "1") == 0) {
        cli_say(c, CLI_W_X_RECENT_ONE, NULL);
    } else if (f.filled && n.len > 0) {
        cli_say(c, CLI_W_X_RECENT, mv_buf_cstr(&n),
                f.pairs ? cli_w(c, CLI_W_X_RECENT_PAIRS) : "", NULL);
    } else if (f.filled) {
        cli_say(c, CLI_W_X_SEASONAL, NULL);
    }
    if (assumed && f.carried)
        cli_say(c, CLI_W_X_CARRIED_ON, NULL);
    if (assumed && f.any_term)
        cli_say(c, CLI_W_X_WHAT_ASSUMED, NULL);
    mv_buf_done(&n);
}

static const char *fold_word(const struct cli *c, struct mv_span how,
                             const cli_word words[4])
{
    static const char *const names[] = {"sum", "mean", "ratio", "last"};
    for (size_t i = 0; i < CLI_COUNT(names); i++)
        if (mv_span_is(how, names[i]))
            return cli_w(c, words[i]);
    return "";
}

static void add(struct mv_buf *out, const char *sentence)
{
    if (*sentence != '\0')
        mv_buf_printf(out, "%s%s", out->len > 0 ? "; " : "", sentence);
}

static void say_indicator(struct cli *c, struct mv_span row)
{
    static const cli_word periods[] = {CLI_W_X_P_SUM, CLI_W_X_P_MEAN,
                                       CLI_W_X_P_RATIO, CLI_W_X_P_LAST};
    static const cli_word units[] = {CLI_W_X_U_SUM, CLI_W_NONE, CLI_W_X_U_RATIO,
                                     CLI_W_NONE};
    static const cli_word members[] = {CLI_W_X_T_SUM, CLI_W_NONE,
                                       CLI_W_X_T_RATIO, CLI_W_NONE};
    struct mv_buf how = {0}, id = {0}, title = {0};
    struct mv_span text = cli_get_text(row, "indicator");
    mv_buf_put(&id, text.at, text.len);
    text = cli_get_lang(c, row, "title");
    mv_buf_put(&title, text.at, text.len);
    text = cli_get_text(row, "formula");
    if (text.len > 0) {
        struct mv_buf formula = {0};
        mv_buf_put(&formula, text.at, text.len);
        cli_word_put(&how, c, CLI_W_X_FORMULA, mv_buf_cstr(&formula), NULL);
        mv_buf_done(&formula);
    } else {
        add(&how, fold_word(c, cli_get_text(row, "over_periods"), periods));
        add(&how, fold_word(c, cli_get_text(row, "over_units"), units));
        add(&how, fold_word(c, cli_get_text(row, "total"), members));
    }
    cli_say(c, CLI_W_X_INDICATOR, mv_buf_cstr(&id), mv_buf_cstr(&title),
            mv_buf_cstr(&how), NULL);
    mv_buf_done(&how);
    mv_buf_done(&id);
    mv_buf_done(&title);
}

/* What is worth reaching for, and how far it is. */
static void say_aim(struct cli *c, struct mv_span row)
{
    struct mv_buf text = {0}, value = {0}, margin = {0};
    struct cli_shown f = cli_shown_of(row);
    struct mv_span k = cli_get(row, "criterion");
    struct mv_span said = cli_get_text(k, "text");
    struct mv_span member = cli_get_titled(c, k, "member", "member_title");
    mv_buf_put(&text, said.at, said.len);
    if (member.len > 0)
        mv_buf_printf(&text, " (%.*s)", (int)member.len,
                      (const char *)member.at);
    if (cli_get_text(k, "margin").len > 0) {
        f = cli_shown_adding(f, cli_get_text(k, "value"),
                             cli_get_text(k, "limit"),
                             cli_get_text(k, "margin"));
        cli_shown(c, &f, cli_get_text(k, "value"), cli_get_text(k, "limit"),
                  &value);
        cli_margin(c, &f, cli_get_text(k, "margin"), &margin);
        cli_say(c, CLI_W_X_AIM, mv_buf_cstr(&text), mv_buf_cstr(&value),
                mv_buf_cstr(&margin), NULL);
    } else {
        cli_reason(c, cli_get_text(k, "reason"), &value);
        cli_say(c, CLI_W_X_AIM_NONE, mv_buf_cstr(&text), mv_buf_cstr(&value),
                NULL);
    }
    mv_buf_done(&text);
    mv_buf_done(&value);
    mv_buf_done(&margin);
}

struct mv_span cli_explain_the_rule(const struct cli_pages *rows)
{
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    while (mv_list_next(&l, &row))
        if (cli_is_what(row, "rule"))
            return row;
    return mv_span("", 0);
}

void cli_explain_rule(struct cli *c, const struct cli_pages *rows)
{
    struct mv_span row, rule = cli_explain_the_rule(rows);
    struct mv_list l, require;
    if (rule.len == 0 || !mv_list_open(&require, cli_get(rule, "require")) ||
        !mv_list_next(&require, &row))
        return;
    cli_say(c, CLI_W_X_RULE, NULL);
    (void)say_list(c, CLI_W_X_GREEN_IF, cli_get(rule, "require"));
    if (say_list(c, CLI_W_X_YELLOW_IF, cli_get(rule, "yellow")) == 0)
        cli_say(c, CLI_W_X_NO_YELLOW, NULL);
    say_combine(c, rows, rule);
    say_forecast(c, rows, cli_get_text(rule, "forecast"));
    l = cli_pages_walk(rows);
    while (mv_list_next(&l, &row)) {
        if (cli_is_what(row, "indicator"))
            say_indicator(c, row);
        else if (cli_is_what(row, "aim"))
            say_aim(c, row);
    }
}
