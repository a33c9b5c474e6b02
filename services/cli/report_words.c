/* report_words - see report_words.h. Job: a report's rows in words. Invariant:
 * the same in every format; only marks and escapes are the writer's. Holds
 * nothing. */
#include "services/cli/report_words.h"

#include "services/base/clock.h"
#include "services/base/hash.h"
#include "services/cli/stated.h"
#include "services/cli/status_table.h"
#include "services/cli/table.h"

#define DIFFERENCES_SHOWN 4u /* of a requirement; explain has all */

static void put(struct mv_buf *out, struct mv_span text)
{
    mv_buf_put(out, text.at, text.len);
}

void cli_report_title(const struct cli *c, const struct cli_report *r,
                      struct mv_buf *out)
{
    static const cli_word titles[] = {[CLI_REPORT_HALF_YEAR] =
                                          CLI_W_REP_HALF_YEAR,
                                      [CLI_REPORT_YEAR] = CLI_W_REP_YEAR,
                                      [CLI_REPORT_MISSING] = CLI_W_REP_MISSING};
    struct mv_buf year = {0};
    mv_buf_printf(&year, "%lld", (long long)r->year);
    cli_word_put(out, c, titles[r->kind], mv_buf_cstr(&year), NULL);
    mv_buf_done(&year);
}

void cli_report_drawn(const struct cli *c, const struct cli_report *r,
                      struct mv_buf *out)
{
    struct mv_buf when = {0};
    cli_time(r->drawn_ms, &when);
    if (r->as_of != NULL) {
        cli_word_put(out, c, CLI_W_REP_DRAWN_AS_OF, mv_buf_cstr(&when),
                     r->as_of, NULL);
    } else {
        cli_word_put(out, c, CLI_W_REP_DRAWN, mv_buf_cstr(&when), NULL);
    }
    mv_buf_done(&when);
}

void cli_report_source(const struct cli *c, const struct cli_report *r,
                       struct mv_buf *out)
{
    struct mv_span state = mv_buf_span(&r->state), hash = mv_span("", 0);
    struct mv_buf seq = {0}, today = {0};
    char hex[2 * MV_HASH_BYTES + 1] = "";
    if (mv_value_bin(cli_get(state, "hash"), &hash) &&
        hash.len == MV_HASH_BYTES)
        (void)mv_hex(hash.at, hash.len, hex);
    mv_buf_printf(&seq, "%llu", (unsigned long long)cli_get_u64(state, "seq"));
    put(&today, cli_get_text(state, "today"));
    cli_word_put(out, c, CLI_W_REP_SOURCE, mv_buf_cstr(&seq), hex,
                 mv_buf_cstr(&today), NULL);
    mv_buf_done(&today);
    mv_buf_done(&seq);
}

static const char *const colours[] = {"green", "yellow", "red", "none"};

static void put_counts(const struct cli *c, const uint32_t counts[CLI_COLOURS],
                       struct mv_buf *out)
{
    const char *between = "";
    for (unsigned i = 0; i < CLI_COLOURS; i++) {
        if (counts[i] == 0)
            continue;
        mv_buf_text(out, between);
        cli_count(c, counts[i], out);
        mv_buf_put_u8(out, ' ');
        mv_buf_text(out, cli_status_text(c, mv_span_text(colours[i])));
        between = ", ";
    }
}

void cli_report_counts(const struct cli *c, const struct cli_report *r,
                       struct mv_buf *out)
{
    struct mv_buf all = {0}, each = {0};
    uint64_t sum = 0;
    for (unsigned i = 0; i < CLI_COLOURS; i++)
        sum += r->counts[i];
    cli_count(c, sum, &all);
    put_counts(c, r->counts, &each);
    cli_word_put(out, c, sum == 1 ? CLI_W_REP_COUNTS_ONE : CLI_W_REP_COUNTS,
                 mv_buf_cstr(&all), mv_buf_cstr(&each), NULL);
    mv_buf_done(&all);
    mv_buf_done(&each);
}

/* Nothing that is late, or was forgotten: the reason says all of it. */
static bool speaks_for_itself(struct mv_span reason)
{
    return mv_span_is(reason, "under_development") ||
           mv_span_is(reason, "report_only") || mv_span_is(reason, "no_limit");
}

/* A reason as a sentence; reasons begin with a letter of ASCII. */
static void put_reason(const struct cli *c, struct mv_span reason,
                       struct mv_buf *out)
{
    size_t at = out->len;
    cli_reason(c, reason, out);
    if (out->len > at && out->at[at] >= 'a' && out->at[at] <= 'z')
        out->at[at] = (uint8_t)(out->at[at] - 'a' + 'A');
    mv_buf_put_u8(out, '.');
}

/* True: on what it rests, or why there is nothing, is to be said beside it. */
static bool put_sentence(const struct cli *c, struct mv_span row,
                         struct mv_buf *out)
{
    static const cli_word words[] = {CLI_W_REP_GREEN, CLI_W_REP_YELLOW,
                                     CLI_W_REP_RED};
    struct mv_span reason = cli_get_text(row, "reason");
    unsigned colour = cli_report_colour(row);
    if (colour != CLI_NONE_AT) {
        mv_buf_text(out, cli_w(c, words[colour]));
        return true;
    }
    /* of a commission it is a date that is waited for, not figures */
    if (cli_get_text(row, "target").len == 0 && mv_span_is(reason, "not_due")) {
        mv_buf_text(out, cli_w(c, CLI_W_REP_DATE_AHEAD));
        return false;
    }
    if (mv_span_is(reason, "not_assessed")) {
        mv_buf_text(out, cli_w(c, CLI_W_REP_NOT_ASSESSED));
        return false;
    }
    if (speaks_for_itself(reason)) {
        put_reason(c, reason, out);
        return false;
    }
    mv_buf_text(out, cli_w(c, CLI_W_REP_NO_FIGURES));
    return true;
}

static void put_beside(struct mv_buf *beside, struct mv_buf *out)
{
    if (beside->len > 0)
        mv_buf_printf(out, " (%s)", mv_buf_cstr(beside));
}

void cli_report_sentence(const struct cli *c, struct mv_span row,
                         struct mv_buf *out)
{
    struct mv_buf reason = {0}, held = {0};
    if (put_sentence(c, row, out) && cli_report_colour(row) == CLI_NONE_AT)
        cli_reason_where(c, row, cli_get_text(row, "reason"), &reason);
    cli_stated_held(c, row, true, &held);
    put_beside(&reason, out);
    put_beside(&held, out);
    mv_buf_done(&reason);
    mv_buf_done(&held);
}

void cli_report_verdict(const struct cli *c, struct mv_span row,
                        struct mv_buf *out)
{
    struct mv_buf beside = {0};
    if (put_sentence(c, row, out))
        cli_report_rests(c, row, &beside);
    cli_stated_held(c, row, true, &beside);
    put_beside(&beside, out);
    mv_buf_done(&beside);
}

void cli_report_rests(const struct cli *c, struct mv_span row,
                      struct mv_buf *out)
{
    cli_status_why(c, row, out);
    if (cli_get_text(row, "forecast").len > 0)
        mv_buf_printf(out, "%s%s", out->len > 0 ? "; " : "",
                      cli_w(c, CLI_W_REP_FORECAST));
}

void cli_report_why(const struct cli *c, struct mv_span row, struct mv_buf *out)
{
    cli_report_rests(c, row, out);
    cli_stated_held(c, row, true, out);
}

void cli_report_below(const struct cli *c, const struct cli_report_item *item,
                      struct mv_buf *out)
{
    put_counts(c, item->below, out);
    if (item->red.len == 0)
        return;
    mv_buf_text(out, " (");
    if (item->below[CLI_NONE_AT] > 0) /* red is not what stands before it */
        mv_buf_printf(out,
                      "%s: ", cli_status_text(c, mv_span_text(colours[2])));
    put(out, mv_buf_span(&item->red));
    mv_buf_text(out, ")");
}

static void put_difference(const struct cli *c, struct mv_span row,
                           struct mv_buf *out)
{
    const struct cli_shown f = cli_shown_of(row);
    struct mv_span own = cli_get_text(row, "stated");
    struct mv_span made = cli_get_text(row, "made");
    struct mv_span member = cli_get_titled(c, row, "member", "member_title");
    struct mv_buf n[6] = {{0}};
    put(&n[0], member);
    mv_buf_text(&n[0], member.len > 0 ? " " : "");
    put(&n[0], cli_get_text(row, "period"));
    cli_shown(c, &f, own, made, &n[1]);
    cli_shown(c, &f, made, own, &n[2]);
    cli_count(c, cli_get_u64(row, "parts"), &n[3]);
    cli_count(c, cli_get_u64(row, "of"), &n[4]);
    cli_margin(c, &f, cli_get_text(row, "difference"), &n[5]);
    cli_word_put(out, c, CLI_W_REP_DIFFERS, mv_buf_cstr(&n[0]),
                 mv_buf_cstr(&n[1]), mv_buf_cstr(&n[2]), mv_buf_cstr(&n[3]),
                 mv_buf_cstr(&n[4]), mv_buf_cstr(&n[5]), NULL);
    for (size_t i = 0; i < CLI_COUNT(n); i++)
        mv_buf_done(&n[i]);
}

void cli_report_differs(const struct cli *c, const struct cli_report *r,
                        const struct cli_report_item *item, struct mv_buf *out)
{
    struct mv_list l = cli_pages_walk(&r->lines);
    struct mv_span row;
    struct mv_buf more = {0};
    uint64_t count = 0;
    while (!item->commission && mv_list_next(&l, &row)) {
        if (!cli_is_what(row, "disagreement") ||
            !mv_span_equal(cli_get_text(row, "target"), cli_report_id(item)))
            continue;
        if (count++ >= DIFFERENCES_SHOWN)
            continue;
        mv_buf_text(out, count > 1 ? "; " : "");
        put_difference(c, row, out);
    }
    if (count > DIFFERENCES_SHOWN) {
        cli_count(c, count - DIFFERENCES_SHOWN, &more);
        cli_word_put(out, c, CLI_W_X_AND_MORE, mv_buf_cstr(&more), NULL);
    }
    mv_buf_done(&more);
}

void cli_report_assessed(const struct cli *c, struct mv_span row,
                         struct mv_buf *out)
{
    struct mv_span a = cli_get(row, "assessment");
    struct mv_span comment = cli_get_text(a, "comment");
    struct mv_span author = cli_get_text(a, "author");
    int64_t ms = cli_get_i64(a, "time");
    if (a.len == 0)
        return;
    mv_buf_text(out, cli_status_text(c, cli_get_text(a, "status")));
    if (comment.len > 0)
        mv_buf_text(out, ": ");
    put(out, comment);
    if (author.len == 0)
        return;
    mv_buf_text(out, " (");
    put(out, author);
    if (ms > 0)
        mv_buf_text(out, ", ");
    cli_day(ms, out);
    mv_buf_text(out, ")");
}

/* ---- a line ---- */

void cli_report_scale(struct mv_span series, struct cli_numbers *ret)
{
    struct mv_list l;
    struct mv_span row;
    cli_numbers_read(series, ret);
    if (!mv_span_is(ret->with.measure, "nok") ||
        !mv_list_open(&l, cli_get(series, "years")))
        return;
    while (mv_list_next(&l, &row))
        if (cli_is_large(cli_get_text(row, "value")))
            cli_numbers_millions(ret);
}

static void put_number(const struct cli *c, const struct cli_numbers *n,
                       struct mv_span text, struct mv_buf *out)
{
    char room[MV_DEC_TEXT_BYTES];
    if (text.len > 0)
        cli_shown(c, &n->with, cli_numbers_scale(n, text, room), mv_span("", 0),
                  out);
}

/* The year of the report is the last of them. */
static struct mv_span year_of(struct mv_span series, bool before)
{
    struct mv_span last = mv_span("", 0), prior = last, row;
    struct mv_list l;
    if (!mv_list_open(&l, cli_get(series, "years")))
        return last;
    while (mv_list_next(&l, &row)) {
        prior = last;
        last = row;
    }
    if (!before)
        return last;
    return cli_get_u64(prior, "year") + 1 == cli_get_u64(last, "year")
               ? prior
               : mv_span("", 0);
}

struct mv_span cli_report_before(struct mv_span series)
{
    struct mv_span before = cli_get_text(series, "before");
    return before.len > 0 || cli_get_bool(series, "hidden")
               ? before
               : cli_get_text(year_of(series, true), "value");
}

static bool is_whole(struct mv_span year)
{
    return cli_get_text(year, "value").len > 0 &&
           !cli_get_bool(year, "forecast") &&
           cli_get_u64(year, "periods") >= cli_get_u64(year, "of_periods");
}

struct cli_report_pair cli_report_pair(struct mv_span row)
{
    struct mv_span series = cli_get(row, "series");
    struct mv_span prior = year_of(series, true);
    if (cli_get_bool(series, "made"))
        return (struct cli_report_pair){mv_span("", 0), mv_span("", 0), false};
    struct cli_report_pair pair = {cli_get_text(series, "now"),
                                   cli_report_before(series), false};
    if (pair.now.len == 0 && !cli_get_bool(row, "hidden"))
        pair.now = cli_get_text(year_of(series, false), "value");
    if (!cli_get_bool(row, "forecast"))
        return pair;
    pair.part = !is_whole(prior) && cli_get_text(series, "before").len > 0;
    if (is_whole(prior)) {
        pair = (struct cli_report_pair){
            cli_get_text(year_of(series, false), "value"),
            cli_get_text(prior, "value"), false};
    }
    return pair;
}

bool cli_report_moved(struct mv_span series, int *ret)
{
    struct mv_dec now, before;
    if (mv_dec_parse(cli_get_text(series, "now"), &now) != MV_NUMBER_OK ||
        mv_dec_parse(cli_get_text(series, "before"), &before) != MV_NUMBER_OK)
        return false;
    *ret = mv_dec_compare(now, before);
    return true;
}

static void put_trend(const struct cli *c, struct mv_span series,
                      struct mv_buf *out)
{
    struct mv_span better = cli_get_text(series, "better");
    int moved;
    if (cli_get_bool(series, "made") || !cli_report_moved(series, &moved))
        return;
    cli_word word = moved > 0   ? CLI_W_REP_UP
                    : moved < 0 ? CLI_W_REP_DOWN
                                : CLI_W_REP_SAME;
    if (moved != 0 && better.len > 0)
        word = mv_span_is(better, "higher") == (moved > 0) ? CLI_W_REP_BETTER
                                                           : CLI_W_REP_WORSE;
    mv_buf_text(out, moved > 0 ? "↑ " : moved < 0 ? "↓ " : "→ ");
    mv_buf_text(out, cli_w(c, word));
}

static void put_end(const struct cli *c, const struct cli_numbers *n,
                    struct mv_span end, struct mv_buf *out)
{
    struct mv_span name = cli_get_lang(c, end, "name");
    if (end.len == 0)
        return;
    put_number(c, n, cli_get_text(end, "value"), out);
    mv_buf_put_u8(out, ' ');
    put(out, name);
}

/* The two values that a growth is of. */
static void put_level(const struct cli *c, struct mv_span series,
                      const struct cli_numbers *n, struct mv_buf *out)
{
    struct mv_span now = cli_get_text(series, "now");
    struct mv_span before = cli_get_text(series, "before");
    if (!cli_get_bool(series, "made") || now.len == 0 || before.len == 0)
        return;
    put_number(c, n, before, out);
    mv_buf_text(out, " → ");
    put_number(c, n, now, out);
}

/* What of the units below is asked, where it is not the unit's own value. */
static void put_extreme(const struct cli *c, struct mv_span kind,
                        struct mv_buf *out)
{
    if (mv_span_is(kind, "lowest"))
        mv_buf_printf(out, ", %s", cli_w(c, CLI_W_REP_COL_LOWEST));
    else if (mv_span_is(kind, "highest"))
        mv_buf_printf(out, ", %s", cli_w(c, CLI_W_REP_COL_HIGHEST));
    else if (mv_span_is(kind, "spread"))
        mv_buf_printf(out, ", %s", cli_w(c, CLI_W_REP_SPREAD));
}

/* "Intensivsenger: Beredskap" */
static void put_series(const struct cli *c, struct mv_span series,
                       struct mv_buf *out)
{
    struct mv_span member = cli_get_lang(c, series, "member_title");
    put(out, cli_get_lang(c, series, "title"));
    mv_buf_text(out, member.len > 0 ? ": " : "");
    put(out, member);
    if (cli_get_bool(series, "latest"))
        mv_buf_printf(out, ", %s", cli_w(c, CLI_W_X_K_LATEST));
    put_extreme(c, cli_get_text(series, "kind"), out);
}

/* Of two series: the one against the other, by its member alone where both
 * are of one indicator. */
static void put_pair(const struct cli *c, struct mv_span one,
                     struct mv_span other, struct mv_buf *out)
{
    struct mv_buf a = {0}, b = {0};
    struct mv_span member = cli_get_lang(c, other, "member_title");
    put_series(c, one, &a);
    if (member.len > 0 && mv_span_equal(cli_get_lang(c, one, "title"),
                                        cli_get_lang(c, other, "title")))
        put(&b, member);
    else
        put_series(c, other, &b);
    cli_word_put(out, c, CLI_W_REP_AGAINST, mv_buf_cstr(&a), mv_buf_cstr(&b),
                 NULL);
    mv_buf_done(&a);
    mv_buf_done(&b);
}

/* The member; else what is measured. The catalogue's own formula only where
 * it names more series than words can hold. */
static void put_what(const struct cli *c, const struct cli_report_line *line,
                     struct mv_buf *out)
{
    struct mv_span series = cli_get(line->row, "series");
    struct mv_span member = cli_get_lang(c, line->row, "member_title");
    struct mv_span one = mv_span("", 0), other = one;
    struct mv_list about;
    if (line->aim)
        mv_buf_printf(out, "%s ", cli_w(c, CLI_W_REP_AIM));
    if (mv_list_open(&about, cli_get(line->row, "about")) &&
        mv_list_next(&about, &one))
        (void)mv_list_next(&about, &other);
    if (member.len > 0)
        put(out, member);
    else if (other.len > 0)
        put_pair(c, one, other, out);
    else if (one.len > 0 || series.len > 0)
        put_series(c, one.len > 0 ? one : series, out);
    else
        put(out, cli_get_text(line->row, "text"));
}

const char *cli_report_cmp(struct mv_span cmp)
{
    return mv_span_is(cmp, ">=")   ? "≥ "
           : mv_span_is(cmp, "<=") ? "≤ "
           : mv_span_is(cmp, ">")  ? "> "
           : mv_span_is(cmp, "<")  ? "< "
                                   : "= ";
}

/* One more reason beside those that stand. */
static void put_also(struct mv_buf *out, const char *reason)
{
    mv_buf_printf(out, "%s%s", out->len > 0 ? "; " : "", reason);
}

static void put_why(const struct cli *c, struct mv_span row, struct mv_buf *out)
{
    static const char suppressed[] = "suppressed";
    struct mv_span reason = mv_span("", 0),
                   status = cli_get_text(row, "status");
    if (status.len == 0 || mv_span_is(status, "none"))
        reason = cli_get_text(row, "reason");
    if (reason.len > 0)
        cli_reason(c, reason, out);
    if (cli_get_bool(row, "hidden") && !mv_span_is(reason, suppressed)) {
        put_also(out, "");
        cli_reason(c, mv_span_text(suppressed), out);
    } else if (cli_get_bool(cli_get(row, "series"), "hidden")) {
        put_also(out, cli_w(c, CLI_W_REP_LAST_HIDDEN));
    }
    if (cli_get_bool(row, "forecast"))
        put_also(out, cli_w(c, CLI_W_REP_FORECAST));
    if (cli_report_pair(row).part)
        put_also(out, cli_w(c, CLI_W_REP_PART));
    if (cli_get_bool(row, "preliminary"))
        put_also(out, cli_w(c, CLI_W_PRELIMINARY));
}

/* Of a total whose members may be hidden, what is compared is told by the
 * decimals of its series alone: so may the value itself be. */
static bool is_value(struct mv_span series, struct mv_dec value,
                     struct mv_dec now)
{
    uint64_t decimals = cli_get_u64(series, "decimals");
    return mv_dec_compare(value, now) == 0 ||
           (decimals <= MV_DEC_DECIMALS &&
            mv_dec_round(&value, value, (int)decimals) &&
            mv_dec_compare(value, now) == 0);
}

/* What the trend is of, where that is not the value beside it. */
static void put_alike(const struct cli *c, struct mv_span row,
                      const struct cli_numbers *n, struct mv_buf *out)
{
    struct mv_span series = cli_get(row, "series");
    struct mv_span now = cli_get_text(series, "now");
    struct mv_buf number[2] = {{0}};
    struct mv_dec value, alike;
    if (cli_get_bool(series, "made") ||
        mv_dec_parse(cli_get_text(row, "value"), &value) != MV_NUMBER_OK ||
        mv_dec_parse(now, &alike) != MV_NUMBER_OK ||
        is_value(series, value, alike))
        return;
    put_number(c, n, now, &number[0]);
    put_number(c, n, cli_get_text(series, "before"), &number[1]);
    put_also(out, "");
    cli_word_put(out, c, CLI_W_REP_ALIKE, mv_buf_cstr(&number[0]),
                 mv_buf_cstr(&number[1]), NULL);
    mv_buf_done(&number[0]);
    mv_buf_done(&number[1]);
}

void cli_report_cells(const struct cli *c, const struct cli_report_line *line,
                      struct cli_report_cells *ret)
{
    struct mv_span series = cli_get(line->row, "series");
    struct cli_numbers n, s;
    const struct cli_report_pair pair = cli_report_pair(line->row);
    cli_numbers_read(line->row, &n);
    cli_report_scale(series, &s);
    if (!cli_get_bool(series, "made") && n.millions == s.millions &&
        n.with.decimals > s.with.decimals)
        s.with.decimals = n.with.decimals;
    put_what(c, line, &ret->what);
    if (n.value.len > 0)
        cli_value(c, &n.with, n.value, n.limit, &ret->value);
    put_level(c, series, &s, &ret->level);
    if (n.limit.len > 0) {
        mv_buf_text(&ret->limit,
                    cli_report_cmp(cli_get_text(line->row, "cmp")));
        cli_shown(c, &n.bare, n.limit, n.value, &ret->limit);
    }
    if (n.margin.len > 0)
        cli_margin(c, &n.bare, n.margin, &ret->margin);
    put_number(c, &s, pair.before, &ret->last);
    put_end(c, &s, cli_get(series, "lowest"), &ret->lowest);
    put_end(c, &s, cli_get(series, "highest"), &ret->highest);
    put_trend(c, series, &ret->trend);
    put_why(c, line->row, &ret->why);
    put_alike(c, line->row, &s, &ret->why);
}

void cli_report_cells_done(struct cli_report_cells *cells)
{
    mv_buf_done(&cells->what);
    mv_buf_done(&cells->value);
    mv_buf_done(&cells->level);
    mv_buf_done(&cells->last);
    mv_buf_done(&cells->limit);
    mv_buf_done(&cells->margin);
    mv_buf_done(&cells->lowest);
    mv_buf_done(&cells->highest);
    mv_buf_done(&cells->trend);
    mv_buf_done(&cells->why);
    *cells = (struct cli_report_cells){0};
}
