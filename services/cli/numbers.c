/* numbers - see numbers.h. Job: numbers of a row, readable. Invariant: all of
 * one row are on one scale. Holds nothing. */
#include "services/cli/numbers.h"

#include <string.h>

#define LARGE 10000000 /* kroner; from there on in millions */

struct cli_shown cli_shown_of(struct mv_span row)
{
    return (struct cli_shown){cli_get_text(row, "measure"),
                              (unsigned)cli_get_u64(row, "decimals")};
}

static bool is_percent(struct mv_span measure)
{
    return mv_span_is(measure, "percent") ||
           mv_span_is(measure, "percent_change") || mv_span_is(measure, "pp");
}

bool cli_is_large(struct mv_span text)
{
    struct mv_dec d;
    return mv_dec_parse(text, &d) == MV_NUMBER_OK &&
           mv_dec_compare(mv_dec_abs(d), mv_dec_from_int(LARGE)) >= 0;
}

struct mv_span cli_numbers_scale(const struct cli_numbers *n,
                                 struct mv_span text,
                                 char out[MV_DEC_TEXT_BYTES])
{
    struct mv_dec d;
    if (!n->millions || mv_dec_parse(text, &d) != MV_NUMBER_OK ||
        !mv_dec_div(&d, d, mv_dec_from_int(1000000)))
        return text;
    return mv_span_text(mv_dec_text(d, out));
}

void cli_numbers_millions(struct cli_numbers *n)
{
    n->millions = true;
    n->with = (struct cli_shown){mv_span_text("nok_millions"), 1};
    n->bare = (struct cli_shown){mv_span_text(""), 1};
}

void cli_numbers_read(struct mv_span row, struct cli_numbers *n)
{
    memset(n, 0, sizeof *n);
    n->value = cli_get_text(row, "value");
    if (n->value.len == 0)
        n->value = cli_get_text(cli_get(row, "reported"), "value");
    n->limit = cli_get_text(row, "limit");
    n->margin = cli_get_text(row, "margin");
    n->with = cli_shown_of(row);
    if (mv_span_is(n->with.measure, "nok") &&
        (cli_is_large(n->value) || cli_is_large(n->limit))) {
        cli_numbers_millions(n);
        n->value = cli_numbers_scale(n, n->value, n->text[0]);
        n->limit = cli_numbers_scale(n, n->limit, n->text[1]);
        n->margin = cli_numbers_scale(n, n->margin, n->text[2]);
    }
    /* a table has room for "ddd", not for "ddd per 100 bed days" */
    const char *end = memchr(n->with.measure.at, '_', n->with.measure.len);
    if (end != NULL && !mv_span_is(n->with.measure, "percent_change") &&
        !mv_span_is(n->with.measure, "nok_millions"))
        n->with.measure.len = (size_t)(end - (const char *)n->with.measure.at);
    n->with = cli_shown_adding(n->with, n->value, n->limit, n->margin);
    n->bare = n->with;
    if (!is_percent(n->with.measure))
        n->bare.measure = mv_span("", 0);
}
