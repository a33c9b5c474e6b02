/* explain_text - see explain_text.h. Job: from a status back to the figures
 * and who sent them. Invariant: every figure names its journal record; what
 * is not known is left out, never made up. Holds nothing. */
#include "services/cli/explain_text.h"

#include <stdlib.h>
#include <string.h>

#include "services/base/hash.h"
#include "services/cli/check_text.h"
#include "services/cli/explain_rows.h"
#include "services/cli/explain_rule.h"
#include "services/cli/explain_weights.h"
#include "services/cli/figure_cells.h"
#include "services/cli/needed_text.h"
#include "services/cli/numbers.h"
#include "services/cli/phrase.h"
#include "services/cli/stated.h"
#include "services/cli/status_table.h"

static void put(struct mv_buf *out, struct mv_span text)
{
    mv_buf_put(out, text.at, text.len);
}

/* One line of words.def with one filled-in text. */
static void say(struct cli *c, cli_word word, struct mv_buf *text)
{
    cli_say(c, word, mv_buf_cstr(text), NULL);
    mv_buf_clear(text);
}

/* The first date that nothing has met; of one that is past nothing is said
 * here. */
static struct mv_span next_date(struct mv_span dues)
{
    struct mv_list l;
    struct mv_span due, next = mv_span("", 0);
    if (!mv_list_open(&l, dues))
        return next;
    while (mv_list_next(&l, &due)) {
        struct mv_span day = cli_get_text(due, "day");
        if (cli_get_text(due, "met").len == 0 &&
            (next.len == 0 || mv_span_compare(day, next) < 0))
            next = day;
    }
    return next;
}

/* The first criterion that tells more of its reason, under that key, else
 * nothing. */
static struct mv_span first_telling(const struct cli_pages *rows,
                                    const char *key)
{
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    while (mv_list_next(&l, &row)) {
        if (cli_is_what(row, "criterion") && cli_get(row, key).len > 0)
            return row;
    }
    return mv_span("", 0);
}

static void put_why_none(const struct cli *c, const struct cli_pages *rows,
                         struct mv_span judged, struct mv_buf *out)
{
    struct mv_span j = cli_get(judged, "judgement");
    struct mv_span reason = cli_get_text(j, "reason");
    struct mv_span next = next_date(cli_get(judged, "dues"));
    struct mv_buf day = {0};
    put(&day, next);
    if (next.len > 0 && mv_span_is(reason, "not_due"))
        cli_word_put(out, c, CLI_W_R_NEXT_DATE, mv_buf_cstr(&day), NULL);
    else if (mv_span_is(reason, "series_break"))
        cli_reason_where(c, first_telling(rows, "broken"), reason, out);
    else if (mv_span_is(reason, "not_computable"))
        cli_reason_where(c, first_telling(rows, "bare"), reason, out);
    else
        cli_reason_of(c, j, "reason", out);
    mv_buf_done(&day);
}

/* Which member the numbers of the whole are of: the first criterion that has
 * them; nothing where that is of the total. */
static void put_member(struct cli *c, const struct cli_pages *rows,
                       struct mv_span j, struct mv_buf *out)
{
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    while (mv_list_next(&l, &row)) {
        struct mv_span k = cli_get(row, "criterion");
        if (!cli_is_what(row, "criterion") ||
            !mv_span_equal(cli_get_text(k, "value"),
                           cli_get_text(j, "value")) ||
            !mv_span_equal(cli_get_text(k, "limit"), cli_get_text(j, "limit")))
            continue;
        struct mv_span member = cli_get_titled(c, k, "member", "member_title");
        if (member.len > 0)
            mv_buf_printf(out, " (%.*s)", (int)member.len,
                          (const char *)member.at);
        return;
    }
}

static void say_status(struct cli *c, const struct cli_pages *rows,
                       struct mv_span judged)
{
    struct mv_span j = cli_get(judged, "judgement");
    struct mv_buf why = {0}, a = {0}, b = {0}, d = {0};
    struct cli_shown f = cli_shown_of(j);
    struct mv_span value = cli_get_text(j, "value");
    struct mv_span limit = cli_get_text(j, "limit");
    const char *status = cli_status_text(c, cli_get_text(j, "status"));
    bool forecast = cli_get_text(j, "forecast").len > 0;
    f = cli_shown_adding(f, value, limit, cli_get_text(j, "margin"));
    if (mv_span_is(cli_get_text(j, "status"), "none")) {
        put_why_none(c, rows, judged, &why);
        cli_say(c, CLI_W_X_NONE, status, mv_buf_cstr(&why), NULL);
    } else if (value.len == 0 || limit.len == 0) {
        cli_say(c, CLI_W_X_STATUS, status, NULL);
    } else {
        cli_value(c, &f, value, limit, &a);
        put_member(c, rows, j, &a);
        cli_shown(c, &f, limit, value, &b);
        cli_margin(c, &f, cli_get_text(j, "margin"), &d);
        cli_say(c, forecast ? CLI_W_X_FORECAST : CLI_W_X_VALUE, status,
                mv_buf_cstr(&a), mv_buf_cstr(&b), mv_buf_cstr(&d), NULL);
    }
    mv_buf_done(&why);
    mv_buf_done(&a);
    mv_buf_done(&b);
    mv_buf_done(&d);
}

/* What there is nothing of to compare with: of whom, which periods. */
static void say_lacking(struct cli *c, const struct cli_pages *rows)
{
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    struct mv_buf what = {0}, unit = {0}, when = {0}, only = {0};
    while (mv_list_next(&l, &row)) {
        if (!cli_is_what(row, "base"))
            continue;
        struct mv_span member =
            cli_get_titled(c, row, "member", "member_title");
        put(&what, cli_get_text(row, "indicator"));
        mv_buf_text(&what, member.len > 0 ? ": " : "");
        put(&what, member);
        put(&unit, cli_get_text(row, "unit"));
        cli_names(cli_get(row, "missing"), &when);
        if (when.len == 0)
            mv_buf_printf(&when, "%llu",
                          (unsigned long long)cli_get_u64(row, "year"));
        put(&only, cli_get_text(row, "only"));
        if (only.len > 0) {
            cli_say(c, CLI_W_X_ONLY_LONGER, mv_buf_cstr(&what),
                    mv_buf_cstr(&unit), mv_buf_cstr(&only), mv_buf_cstr(&when),
                    NULL);
        } else {
            cli_say(c, CLI_W_X_NO_BASE, mv_buf_cstr(&what), mv_buf_cstr(&unit),
                    mv_buf_cstr(&when), NULL);
        }
        mv_buf_clear(&what);
        mv_buf_clear(&unit);
        mv_buf_clear(&when);
        mv_buf_clear(&only);
    }
    mv_buf_done(&what);
    mv_buf_done(&unit);
    mv_buf_done(&when);
    mv_buf_done(&only);
}

/* Of some criterion at least; which they are stands in their table. */
static void say_unlike(struct cli *c, const struct cli_pages *rows)
{
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    while (mv_list_next(&l, &row)) {
        if (!cli_is_what(row, "criterion") ||
            !mv_span_is(cli_get_text(cli_get(row, "criterion"), "needed_why"),
                        "unlike"))
            continue;
        cli_say(c, CLI_W_X_UNLIKE, NULL);
        return;
    }
}

static uint32_t count_of(struct mv_span list)
{
    struct mv_list l;
    return mv_list_open(&l, list) ? l.left : 0;
}

/* "2024-T3": of so many that are missing those that are named, and how many
 * more. */
static void put_missing(const struct cli *c, struct mv_span named, uint64_t in,
                        uint64_t of, struct mv_buf *out)
{
    uint32_t count = count_of(named);
    struct mv_buf names = {0}, more = {0};
    cli_names(named, &names);
    if (count > 0 && of > in + count) {
        cli_count(c, of - in - count, &more);
        cli_word_put(&names, c, CLI_W_X_AND_MORE, mv_buf_cstr(&more), NULL);
    }
    if (count > 0)
        cli_word_put(out, c, CLI_W_X_NOT_IN, mv_buf_cstr(&names), NULL);
    mv_buf_done(&names);
    mv_buf_done(&more);
}

/* Whatever some unit has in is in, and it lacks what some unit lacks. */
static bool is_of_several(struct mv_span basis)
{
    return cli_get_u64(basis, "of_units") > 1;
}

/* Whose last period stands for the year: others are in, and not in the
 * value. */
static bool is_of_last(const struct cli_pages *rows)
{
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    bool any = false;
    while (mv_list_next(&l, &row)) {
        if (!cli_is_what(row, "indicator") ||
            cli_get_text(row, "formula").len > 0)
            continue; /* of a formula its parts are */
        if (!mv_span_is(cli_get_text(row, "over_periods"), "last"))
            return false;
        any = true;
    }
    return any;
}

/* The periods that the value is made of. */
static void put_made_of(const struct cli *c, const struct cli_pages *rows,
                        struct mv_span basis, struct mv_buf *out)
{
    struct mv_buf names = {0};
    cli_names(cli_get(basis, "names"), &names);
    if (names.len > 0 && cli_get_u64(basis, "of_periods") > 0 &&
        is_of_last(rows))
        cli_word_put(out, c, CLI_W_X_VALUE_FROM, mv_buf_cstr(&names), NULL);
    else
        mv_buf_text(out, mv_buf_cstr(&names));
    mv_buf_done(&names);
}

static void put_periods(const struct cli *c, const struct cli_pages *rows,
                        struct mv_span judged, struct mv_span basis,
                        struct mv_buf *out)
{
    uint64_t in = cli_get_u64(basis, "periods");
    uint64_t of = cli_get_u64(basis, "of_periods");
    struct mv_buf n[2] = {{0}}, names = {0}, missing = {0};
    cli_count(c, in, &n[0]);
    cli_count(c, of, &n[1]);
    put_made_of(c, rows, basis, &names);
    put_missing(c, cli_get(judged, "periods_missing"), in, of, &missing);
    if (missing.len > 0)
        mv_buf_printf(&names, "%s%s", names.len > 0 ? "; " : "",
                      mv_buf_cstr(&missing));
    if (of > 0 || names.len == 0) {
        cli_word_put(out, c,
                     is_of_several(basis) ? CLI_W_X_PERIODS_ANY
                                          : CLI_W_X_PERIODS,
                     mv_buf_cstr(&n[0]), mv_buf_cstr(&n[1]), NULL);
        if (names.len > 0)
            mv_buf_printf(out, " (%s)", mv_buf_cstr(&names));
    } else { /* of a lowest or a share each unit has its own */
        mv_buf_text(out, mv_buf_cstr(&names));
    }
    mv_buf_done(&n[0]);
    mv_buf_done(&n[1]);
    mv_buf_done(&names);
    mv_buf_done(&missing);
}

static void put_units(const struct cli *c, struct mv_span judged,
                      struct mv_span basis, struct mv_buf *out)
{
    uint64_t in = cli_get_u64(basis, "units");
    uint64_t of = cli_get_u64(basis, "of_units");
    struct mv_buf n[2] = {{0}}, missing = {0};
    if (of <= 1)
        return;
    cli_count(c, in, &n[0]);
    cli_count(c, of, &n[1]);
    put_missing(c, cli_get(judged, "units_missing"), in, of, &missing);
    mv_buf_text(out, ", ");
    cli_word_put(out, c, CLI_W_X_UNITS, mv_buf_cstr(&n[0]), mv_buf_cstr(&n[1]),
                 NULL);
    if (missing.len > 0)
        mv_buf_printf(out, " (%s)", mv_buf_cstr(&missing));
    mv_buf_done(&n[0]);
    mv_buf_done(&n[1]);
    mv_buf_done(&missing);
}

/* Who comes or goes within what is compared. */
static void say_lives(struct cli *c, const struct cli_pages *rows)
{
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    struct mv_buf name = {0}, from = {0}, to = {0};
    while (mv_list_next(&l, &row)) {
        if (!cli_is_what(row, "life"))
            continue;
        mv_buf_clear(&from);
        mv_buf_clear(&to);
        put(&name, cli_get_text(row, "name"));
        put(&from, cli_get_text(row, "from"));
        put(&to, cli_get_text(row, "to"));
        if (from.len > 0 && to.len > 0) {
            cli_say(c, CLI_W_X_THERE_BETWEEN, mv_buf_cstr(&name),
                    mv_buf_cstr(&from), mv_buf_cstr(&to), NULL);
        } else {
            cli_say(c, from.len > 0 ? CLI_W_X_THERE_FROM : CLI_W_X_THERE_TO,
                    mv_buf_cstr(&name), mv_buf_cstr(from.len > 0 ? &from : &to),
                    NULL);
        }
        mv_buf_clear(&name);
    }
    mv_buf_done(&name);
    mv_buf_done(&from);
    mv_buf_done(&to);
}

/* Of which earlier year: of the first term that is divided by one's. */
static void say_inhabitants(struct cli *c, const struct cli_pages *rows)
{
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    struct mv_buf of = {0};
    while (of.len == 0 && mv_list_next(&l, &row)) {
        uint64_t year = cli_get_u64(row, "inhabitants_year");
        if (year > 0 && year < cli_get_u64(row, "year"))
            mv_buf_printf(&of, "%llu", (unsigned long long)year);
    }
    if (of.len > 0)
        cli_say(c, CLI_W_X_INHABITANTS_OF, mv_buf_cstr(&of), NULL);
    else
        cli_say(c, CLI_W_X_INHABITANTS, NULL);
    mv_buf_done(&of);
}

static void say_marks(struct cli *c, const struct cli_pages *rows,
                      struct mv_span marks)
{
    static const struct {
        const char *name;
        cli_word word;
    } all[] = {{"own", CLI_W_X_OWN},
               {"unweighted", CLI_W_X_UNWEIGHTED},
               {"whole_base", CLI_W_X_WHOLE_BASE},
               {"left_out", CLI_W_X_LEFT_OUT}};
    for (size_t i = 0; i < CLI_COUNT(all); i++)
        if (mv_list_has(marks, mv_span_text(all[i].name)))
            cli_say(c, all[i].word, NULL);
    if (mv_list_has(marks, mv_span_text("inhabitants")))
        say_inhabitants(c, rows);
}

static void say_since(struct cli *c, struct mv_span j,
                      struct cli_source *source)
{
    uint64_t seq = cli_get_u64(j, "since_seq");
    struct mv_buf day = {0}, number = {0}, times = {0};
    if (seq == 0)
        return;
    cli_time(cli_source_ms(source, seq), &day);
    cli_count(c, seq, &number);
    cli_count(c, cli_get_u64(j, "changes_this_year"), &times);
    if (day.len > 0) {
        cli_say(c, CLI_W_X_SINCE, mv_buf_cstr(&day), mv_buf_cstr(&number),
                mv_buf_cstr(&times), NULL);
    } else {
        cli_say(c, CLI_W_X_SINCE_SEQ, mv_buf_cstr(&number), mv_buf_cstr(&times),
                NULL);
    }
    mv_buf_done(&day);
    mv_buf_done(&number);
    mv_buf_done(&times);
}

static void say_judgement(struct cli *c, const struct cli_pages *rows,
                          struct mv_span judged, struct cli_source *source)
{
    struct mv_span j = cli_get(judged, "judgement");
    struct mv_buf text = {0};
    put(&text, cli_get_text(j, "target"));
    put(&text, cli_get_text(j, "commission")); /* the one or the other */
    mv_buf_text(&text, "  ");
    put(&text, cli_get_lang(c, j, "title"));
    say(c, CLI_W_X_LINE, &text);
    put(&text, cli_get_text(j, "unit"));
    mv_buf_text(&text, "  ");
    put(&text, cli_get_text(j, "unit_name"));
    mv_buf_printf(&text, ", %llu", (unsigned long long)cli_get_u64(j, "year"));
    say(c, CLI_W_X_LINE, &text);
    cli_say(c, CLI_W_X_LINE, NULL);
    say_status(c, rows, judged);
    say_lacking(c, rows);
    cli_stated_show(c, cli_get_text(cli_explain_the_rule(rows), "decides"), j);
    if (cli_get_bool(j, "preliminary"))
        cli_say(c, CLI_W_X_PRELIMINARY, NULL);
    if (cli_get_bool(j, "held"))
        cli_say(c, CLI_W_X_HELD, NULL);
    cli_stated_holds(c, cli_get(judged, "holds"));
    if (cli_get_text(j, "commission").len == 0) /* its dates say it */
        cli_overdue(judged, &text);
    bool several = is_of_several(cli_get(j, "basis"));
    if (text.len > 0)
        say(c, several ? CLI_W_X_OVERDUE_ANY : CLI_W_X_OVERDUE, &text);
    cli_needed_say(c, j);
    say_unlike(c, rows);
    if (cli_get(j, "basis").len > 0) {
        put_periods(c, rows, judged, cli_get(j, "basis"), &text);
        put_units(c, judged, cli_get(j, "basis"), &text);
        say(c, CLI_W_X_BASIS, &text);
    }
    say_lives(c, rows);
    say_marks(c, rows, cli_get(j, "marks"));
    say_since(c, j, source);
    mv_buf_done(&text);
}

/* Two criteria may have a term each of one series and year. */
static bool is_repeated(const struct cli_pages *rows, struct mv_span row)
{
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span before;
    while (mv_list_next(&l, &before) && before.at != row.at)
        if (mv_span_equal(before, row))
            return true;
    return false;
}

/* Where own figures count, what they are counted instead of. */
static void say_differences(struct cli *c, const struct cli_pages *rows)
{
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    bool any = false;
    while (mv_list_next(&l, &row)) {
        if (!cli_is_what(row, "disagreement") || is_repeated(rows, row))
            continue;
        if (!any)
            cli_heading(c, CLI_W_X_DIFFERS);
        any = true;
        cli_check_numbers(c, row);
    }
}

void cli_explain_show(struct cli *c, const struct cli_pages *rows,
                      struct cli_source *source)
{
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row, judged = mv_span("", 0);
    while (mv_list_next(&l, &row)) {
        if (cli_is_what(row, "judgement"))
            judged = row;
    }
    struct mv_span j = cli_get(judged, "judgement");
    say_judgement(c, rows, judged, source);
    cli_stated_dues(c, cli_get(judged, "dues"));
    cli_explain_rule(c, rows);
    cli_explain_criteria(c, rows);
    cli_explain_terms(c, rows);
    say_differences(c, rows);
    cli_explain_weights(c, rows);
    if (cli_get_text(j, "commission").len == 0)
        cli_explain_figures(c, rows, source);
    cli_explain_records(c, rows, source);
}

static void json_record(struct cli *c, uint64_t seq, struct mv_span record)
{
    json_t *j = cli_json(record);
    if (!json_is_object(j)) {
        json_decref(j);
        j = json_object();
        (void)json_object_set_new(j, "seq", json_integer((json_int_t)seq));
    }
    (void)json_object_del(j, "content");
    (void)json_object_set_new(j, "what", json_string("record"));
    cli_json_line(c, j);
}

void cli_explain_json(struct cli *c, const struct cli_pages *rows,
                      struct cli_source *source)
{
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    while (mv_list_next(&l, &row)) {
        if (cli_is_what(row, "figure"))
            cli_figure_json(c, row, source);
        else
            cli_json_line(c, cli_json(row));
    }
    size_t count;
    uint64_t *seqs = cli_explain_seqs(rows, &count);
    for (size_t i = 0; i < count; i++)
        json_record(c, seqs[i], cli_source_record(source, seqs[i]));
    free(seqs);
}
