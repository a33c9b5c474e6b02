/* ndjson - one JSON object a line, for sheet.h. Job: the same rows as a CSV
 * file would give. Invariant: a name is a column's or the row is refused; a
 * number is a JSON number, never text, and read as it is written: the library
 * has made a float of it. No state that outlives a call. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "services/base/micro.h"
#include "services/base/text.h"
#include "services/cli/sheet.h"

#define POWERS_BELOW INT64_C(1000000000)

static const struct mv_span none = {"", 0};

struct reading {
    struct cli_sheet *s;
    uint32_t line, numbers, seen; /* columns, as bits */
    struct mv_row row;
    struct cli_cells cells;
    const char *at; /* behind the member before, in the line */
    bool good;
};

static void bad(struct reading *r, cli_word word, const char *column)
{
    cli_sheet_fault(r->s, r->line, word, mv_span_text(column), none, none);
    r->good = false;
}

static const char *behind_string(const char *at)
{
    for (at++; *at != '"'; at++)
        at += *at == '\\';
    return at + 1;
}

/* The next member's value as it is written, in an object that the library
 * could read, and keeps in its order. */
static struct mv_span next_value(struct reading *r)
{
    const char *at = behind_string(strchr(r->at, '"'));
    at += strspn(at, " \t\r") + 1; /* : */
    at += strspn(at, " \t\r");
    const char *begin = at;
    for (unsigned depth = 0; depth > 0 || strchr(",} \t\r", *at) == NULL;) {
        if (*at == '"') {
            at = behind_string(at);
            continue;
        }
        depth += *at == '[' || *at == '{';
        depth -= *at == ']' || *at == '}';
        at++;
    }
    r->at = at;
    return mv_span(begin, (size_t)(at - begin));
}

/* 1e3 is read by its float: where those lie closer than six decimals, or
 * whole. */
static mv_number read_decimal(struct mv_span text, const json_t *v,
                              int64_t *micro)
{
    double nearest;
    bool power = memchr(text.at, 'e', text.len) != NULL ||
                 memchr(text.at, 'E', text.len) != NULL;
    mv_number n = power ? mv_micro_from_f64(json_number_value(v), micro)
                        : mv_micro_parse(text, micro);
    if (n != MV_NUMBER_OK || *micro % MV_MICRO_ONE == 0)
        return n;
    /* it must survive the way as a float */
    bool near = llabs(*micro) < POWERS_BELOW * MV_MICRO_ONE;
    return (power ? near : mv_micro_to_f64(*micro, &nearest))
               ? MV_NUMBER_OK
               : MV_NUMBER_PRECISION;
}

static bool read_micro(struct reading *r, const char *name, struct mv_span text,
                       const json_t *v, int64_t *micro)
{
    mv_number n = read_decimal(text, v, micro);
    if (n == MV_NUMBER_OK)
        return true;
    cli_sheet_fault(r->s, r->line,
                    n == MV_NUMBER_RANGE ? CLI_W_CELL_RANGE
                                         : CLI_W_CELL_PRECISION,
                    mv_span_text(name), text, none);
    r->good = false;
    return false;
}

static void put_number(struct reading *r, const char *name, mv_column column,
                       struct mv_span text, const json_t *v)
{
    int64_t micro;
    if (!json_is_number(v)) {
        bad(r, CLI_W_JSON_NUMBER, name);
        return;
    }
    if (column == MV_COL_TIME) {
        r->row.has_time = json_is_integer(v);
        r->row.time_ms = json_integer_value(v);
        if (!r->row.has_time)
            bad(r, CLI_W_CELL_TIME, name);
        return;
    }
    if (!read_micro(r, name, text, v, &micro))
        return;
    r->numbers |= 1u << column;
    if (column == MV_COL_VALUE)
        r->row.value = micro, r->row.has_value = true;
    else if (column == MV_COL_NUMERATOR)
        r->row.numerator = micro;
    else
        r->row.denominator = micro;
}

static void put(struct reading *r, const char *name, const json_t *v)
{
    mv_column column = cli_column_find(mv_span_text(name));
    struct mv_span text = next_value(r);
    if (column == MV_COLUMN_COUNT) {
        bad(r, CLI_W_COLUMN_UNKNOWN, name);
        return;
    }
    if ((r->seen >> column & 1) != 0) { /* under its other name */
        bad(r, CLI_W_COLUMN_TWICE, name);
        return;
    }
    r->seen |= 1u << column;
    if (json_is_null(v) || !mv_table_has(r->s->kind, column))
        return;
    bool number = column == MV_COL_VALUE || column == MV_COL_NUMERATOR ||
                  column == MV_COL_DENOMINATOR ||
                  (column == MV_COL_TIME && json_is_number(v));
    if (number)
        put_number(r, name, column, text, v);
    else if (!json_is_string(v))
        bad(r, CLI_W_JSON_TEXT, name);
    else
        r->cells.at[column] =
            mv_span(json_string_value(v), json_string_length(v));
}

/* Texts go the way of a CSV row's; numbers were read already. */
static void add(struct reading *r)
{
    struct cli_sheet *s = r->s;
    uint32_t pair =
        r->numbers & (1u << MV_COL_NUMERATOR | 1u << MV_COL_DENOMINATOR);
    if (!r->good) {
        cli_sheet_leave_out(s, r->line, &r->cells);
        return;
    }
    if (pair != 0 && (pair & (pair - 1)) == 0) {
        bad(r, CLI_W_CELL_PAIR,
            mv_column_name(pair == 1u << MV_COL_NUMERATOR ? MV_COL_DENOMINATOR
                                                          : MV_COL_NUMERATOR));
        cli_sheet_leave_out(s, r->line, &r->cells);
        return;
    }
    if (!cli_sheet_add(s, r->line, &r->cells))
        return;
    struct mv_row *row = &s->rows[s->count - 1];
    row->value = r->row.value;
    row->has_value = r->row.has_value;
    row->numerator = r->row.numerator;
    row->denominator = r->row.denominator;
    row->has_numerator = pair != 0;
    if (r->row.has_time) {
        row->has_time = true;
        row->time_ms = r->row.time_ms;
    }
}

/* The library says what it met in English alone: where it was is enough. */
static void bad_json(struct cli_sheet *s, uint32_t line,
                     const json_error_t *fault)
{
    char column[16];
    (void)snprintf(column, sizeof column, "%d", fault->column);
    cli_sheet_fault(s, line,
                    json_error_code(fault) == json_error_duplicate_key
                        ? CLI_W_JSON_TWICE
                        : CLI_W_JSON_BAD,
                    none, mv_span_text(column), none);
    s->bad_lines++;
}

static void read_line(struct cli_sheet *s, uint32_t line, const char *at,
                      size_t len)
{
    struct reading r = {.s = s, .line = line, .good = true};
    json_error_t fault;
    const char *name;
    json_t *v;
    json_t *j = json_loadb(at, len, JSON_REJECT_DUPLICATES, &fault);
    if (j == NULL) {
        bad_json(s, line, &fault);
    } else if (!json_is_object(j)) {
        cli_sheet_fault(s, line, CLI_W_JSON_OBJECT, none, none, none);
        s->bad_lines++;
    } else {
        r.at = at;
        json_object_foreach(j, name, v) put(&r, name, v);
        add(&r);
    }
    json_decref(j);
}

void cli_sheet_ndjson(struct cli_sheet *s, struct mv_span text)
{
    uint32_t line = 1;
    for (size_t at = 0; at < text.len && !s->refused; line++) {
        struct mv_span whole = mv_text_line(text, at);
        struct mv_span bare = mv_text_chomp(whole);
        if (bare.len > CLI_LINE_BYTES) {
            cli_sheet_fault(s, line, CLI_W_LINE_LONG, none, none, none);
            s->refused = true;
        } else if (bare.len > 0) {
            read_line(s, line, bare.at, bare.len);
        }
        at += whole.len;
    }
}
