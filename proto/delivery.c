/* delivery - see delivery.h. Job: the table of figures around its rows.
 * Invariant: a delivery that was read without conflicts is good in shape to
 * the last bit, and canonical(read(canonical(read(x)))) is canonical(read(x)).
 * No state but scratch memory: a crash leaves nothing. */
#include "proto/delivery.h"
#include "proto/head.h"
#include "proto/rows.h"
#include "services/base/err.h"
#include "services/base/identity.h"
#include "services/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const names[MV_COLUMN_COUNT] = {
    [MV_COL_INDICATOR] = "indicator",
    [MV_COL_MEMBER] = "member",
    [MV_COL_UNIT] = "unit",
    [MV_COL_PERIOD] = "period",
    [MV_COL_VALUE] = "value",
    [MV_COL_NUMERATOR] = "numerator",
    [MV_COL_DENOMINATOR] = "denominator",
    [MV_COL_FLAG] = "flag",
    [MV_COL_TIME] = "time",
    [MV_COL_NOTE] = "note",
};

#define COLUMN(c) (1u << (c))

static const uint32_t columns_needed =
    COLUMN(MV_COL_INDICATOR) | COLUMN(MV_COL_UNIT) | COLUMN(MV_COL_PERIOD);

static const uint32_t columns_allowed[] = {
    [MV_TABLE_DELIVERY] = COLUMN(MV_COLUMN_COUNT) - 1,
    [MV_TABLE_WITHDRAWAL] = COLUMN(MV_COL_INDICATOR) | COLUMN(MV_COL_MEMBER) |
                            COLUMN(MV_COL_UNIT) | COLUMN(MV_COL_PERIOD) |
                            COLUMN(MV_COL_TIME),
};

static const char *const kind_names[] = {
    [MV_TABLE_DELIVERY] = "delivery",
    [MV_TABLE_WITHDRAWAL] = "withdrawal",
};

const char *mv_column_name(mv_column column)
{
    MV_ASSERT((unsigned)column < MV_COLUMN_COUNT);
    return names[column];
}

const char *mv_table_name(mv_table_kind kind)
{
    return kind_names[kind];
}

bool mv_table_has(mv_table_kind kind, mv_column column)
{
    return (columns_allowed[kind] & COLUMN(column)) != 0;
}

void mv_delivery_done(struct mv_delivery *d)
{
    free(d->rows);
    if (d->work != NULL)
        free(d->work->slots);
    free(d->work);
    *d = (struct mv_delivery){0};
}

static void start(struct mv_delivery *d)
{
    *d = (struct mv_delivery){.rows = d->rows, .work = d->work};
    if (d->work == NULL)
        d->work = mv_xcalloc(1, sizeof *d->work);
}

/* A fault of the whole. The name of an unknown key is the sender's text. */
static bool refuse(struct mv_conflicts *conflicts, const char *field,
                   mv_code code, struct mv_span value, const char *detail)
{
    mv_conflicts_add(conflicts, 0, field, code, value, detail);
    return false;
}

static bool refuse_fault(struct mv_conflicts *conflicts, struct mv_span bytes,
                         const struct mv_fault *fault)
{
    char detail[128], digits[24];
    (void)snprintf(detail, sizeof detail, "%s%sbyte %u", fault->detail,
                   fault->detail[0] != 0 ? ", " : "", fault->offset);
    return refuse(conflicts, fault->field, fault->code,
                  mv_fault_value(bytes, fault, digits), detail);
}

/* A key or column that is none of ours. */
static bool refuse_name(struct mv_conflicts *conflicts, struct mv_span name)
{
    char text[MV_MAX_IDENTIFIER_BYTES + 1];
    (void)snprintf(text, sizeof text, "%.*s",
                   name.len > 64 ? 64 : (int)name.len, (const char *)name.at);
    return refuse(conflicts, text, MV_CODE_UNKNOWN_FIELD, mv_span(NULL, 0),
                  NULL);
}

static bool read_kind(struct mv_span type, mv_table_kind *kind)
{
    for (unsigned i = 0; i < sizeof kind_names / sizeof *kind_names; i++) {
        if (mv_span_is(type, kind_names[i])) {
            *kind = (mv_table_kind)i;
            return true;
        }
    }
    return false;
}

static void check_keys(const struct mv_entries *entries,
                       struct mv_conflicts *conflicts)
{
    static const char *const keys[] = {"v",      "type",   "producer",
                                       "number", "fields", "rows"};
    const size_t count = sizeof keys / sizeof *keys;
    for (uint32_t i = 0; i < entries->count; i++) {
        struct mv_span key = entries->at[i].key;
        size_t k = 0;
        while (k < count && !mv_span_is(key, keys[k]))
            k++;
        if (k < count)
            continue;
        (void)refuse_name(conflicts, key);
    }
    for (size_t k = 0; k < count; k++) {
        if (mv_entries_find(entries, keys[k]) == NULL)
            (void)refuse(conflicts, keys[k], MV_CODE_MISSING, mv_span(NULL, 0),
                         NULL);
    }
}

static void read_producer(const struct mv_span *raw, struct mv_delivery *d,
                          struct mv_conflicts *conflicts)
{
    const char *const field = "producer";
    struct mv_span text;
    if (raw == NULL)
        return;
    struct mv_cursor c = mv_cursor(*raw);
    if (!mv_cursor_text(&c, &text)) {
        (void)refuse(conflicts, field, MV_CODE_TYPE, mv_span(NULL, 0),
                     "text is due");
    } else if (text.len == 0 || text.len > MV_MAX_IDENTIFIER_BYTES) {
        (void)refuse(conflicts, field, MV_CODE_LENGTH, text, "1 to 64 bytes");
    } else if (!mv_text_is_utf8(text)) {
        (void)refuse(conflicts, field, MV_CODE_UTF8, text, NULL);
    } else if (mv_identity_in(text)) {
        (void)refuse(conflicts, field, MV_CODE_IDENTIFIER, text, NULL);
    } else if (!mv_text_is_producer(text)) {
        (void)refuse(conflicts, field, MV_CODE_CHARSET, text,
                     "a-z 0-9 . _ - , a letter or digit first, no ..");
    } else {
        d->has_producer = true;
    }
    if (d->has_producer)
        d->producer = text;
}

static void read_number(const struct mv_span *raw, struct mv_delivery *d,
                        struct mv_conflicts *conflicts)
{
    if (raw == NULL)
        return;
    struct mv_cursor c = mv_cursor(*raw);
    int64_t below = 0;
    char sent[24];
    d->has_number = mv_cursor_u64(&c, &d->number);
    if (d->has_number)
        return;
    bool is_int = mv_cursor_i64(&c, &below);
    (void)snprintf(sent, sizeof sent, "%" PRId64, below);
    (void)refuse(conflicts, "number", is_int ? MV_CODE_RANGE : MV_CODE_TYPE,
                 is_int ? mv_span_text(sent) : mv_span(NULL, 0),
                 "an integer from 0 is due");
}

/* One column's name; false when it is none of ours or stands twice. */
static bool read_column(struct mv_cursor *c, const struct mv_delivery *d,
                        struct mv_columns *columns, uint32_t *seen,
                        struct mv_conflicts *conflicts)
{
    struct mv_span name;
    if (!mv_cursor_text(c, &name)) {
        (void)mv_cursor_skip(c, NULL);
        return refuse(conflicts, "fields", MV_CODE_TYPE, mv_span(NULL, 0),
                      "names of columns are due");
    }
    uint32_t col = 0;
    while (col < MV_COLUMN_COUNT && !mv_span_is(name, names[col]))
        col++;
    if (!mv_table_has(d->kind, (mv_column)col))
        return refuse_name(conflicts, name);
    if ((*seen & COLUMN(col)) != 0)
        return refuse(conflicts, "fields", MV_CODE_FIELDS, name,
                      "a column stands twice");
    *seen |= COLUMN(col);
    columns->at[columns->count++] = (mv_column)col;
    return true;
}

static bool read_columns(const struct mv_span *raw, const struct mv_delivery *d,
                         struct mv_columns *columns,
                         struct mv_conflicts *conflicts)
{
    uint32_t count;
    uint32_t seen = 0;
    bool good = true;
    if (raw == NULL)
        return false;
    struct mv_cursor c = mv_cursor(*raw);
    if (!mv_cursor_list(&c, &count))
        return refuse(conflicts, "fields", MV_CODE_TYPE, mv_span(NULL, 0),
                      "a list is due");
    if (count == 0 || count > MV_MAX_COLUMNS)
        return refuse(conflicts, "fields", MV_CODE_FIELDS, mv_span(NULL, 0),
                      count == 0 ? "no columns" : "more than 64 columns");
    for (uint32_t i = 0; i < count; i++)
        good = read_column(&c, d, columns, &seen, conflicts) && good;
    for (uint32_t col = 0; col < MV_COLUMN_COUNT; col++) {
        if ((columns_needed & ~seen & COLUMN(col)) != 0)
            good = refuse(conflicts, names[col], MV_CODE_MISSING,
                          mv_span(NULL, 0), NULL);
    }
    return good;
}

/* Rows are looked into only where the columns are known. */
static void read_rows(const struct mv_span *raw, bool columns_good,
                      const struct mv_columns *columns, struct mv_delivery *d,
                      struct mv_conflicts *conflicts)
{
    uint32_t count;
    if (raw == NULL)
        return;
    struct mv_cursor c = mv_cursor(*raw);
    if (!mv_cursor_list(&c, &count) || count > MV_MAX_ROWS ||
        count > (size_t)(c.end - c.at)) {
        (void)refuse(conflicts, "rows", MV_CODE_TYPE, mv_span(NULL, 0),
                     "a list is due");
    } else if (count == 0) {
        (void)refuse(conflicts, "rows", MV_CODE_EMPTY, mv_span(NULL, 0), NULL);
    } else if (columns_good) {
        mv_rows_read(&c, count, columns, d, conflicts);
        if (c.at != c.end)
            (void)refuse(conflicts, "rows", MV_CODE_TRAILING, mv_span(NULL, 0),
                         NULL);
    }
}

static bool read_entries(struct mv_span bytes, const struct mv_entries *entries,
                         struct mv_delivery *d, struct mv_conflicts *conflicts)
{
    struct mv_columns columns = {0};
    struct mv_fault fault;
    struct mv_span type;
    if (!mv_head_check(bytes, entries, &type, &fault))
        return refuse_fault(conflicts, bytes, &fault);
    if (!read_kind(type, &d->kind)) {
        return refuse(conflicts, "type", MV_CODE_WORD, type,
                      "delivery withdrawal assessment delivered closed hold "
                      "release freeze");
    }
    check_keys(entries, conflicts);
    read_producer(mv_entries_find(entries, "producer"), d, conflicts);
    read_number(mv_entries_find(entries, "number"), d, conflicts);
    bool good = read_columns(mv_entries_find(entries, "fields"), d, &columns,
                             conflicts);
    read_rows(mv_entries_find(entries, "rows"), good, &columns, d, conflicts);
    return conflicts->count == 0;
}

/* The keys of a good one are these six, each once, and every value is read
 * by its type: of such the check of the whole has no more to say. Whatever
 * else it is, the check names what is wrong with it. */
#define KEYS 6

/* Where the rows stand last, as they should, they are not stepped over to
 * find where they end: who reads them comes there. */
static bool is_open(struct mv_span bytes, struct mv_entries *entries)
{
    return mv_cursor_entries_open(bytes, entries) && entries->count == KEYS &&
           mv_span_is(entries->at[KEYS - 1].key, "rows");
}

static bool read_within(const struct mv_cursor_limits *limits,
                        struct mv_span bytes, struct mv_delivery *d,
                        struct mv_conflicts *conflicts)
{
    struct mv_entries entries;
    struct mv_fault fault;
    start(d);
    mv_conflicts_clear(conflicts);
    if (bytes.len <= limits->bytes && is_open(bytes, &entries) &&
        read_entries(bytes, &entries, d, conflicts))
        return true;
    start(d);
    mv_conflicts_clear(conflicts);
    if (!mv_cursor_check(bytes, limits, &entries, &fault))
        return refuse_fault(conflicts, bytes, &fault);
    return read_entries(bytes, &entries, d, conflicts);
}

bool mv_delivery_read(struct mv_span bytes, struct mv_delivery *d,
                      struct mv_conflicts *conflicts)
{
    return read_within(&mv_limits_delivery, bytes, d, conflicts);
}

void mv_delivery_head(struct mv_span bytes, struct mv_delivery *d)
{
    struct mv_conflicts conflicts = {0};
    struct mv_entries entries;
    struct mv_fault fault;
    struct mv_span type;
    start(d);
    if (mv_cursor_check(bytes, &mv_limits_delivery, &entries, &fault) &&
        mv_head_check(bytes, &entries, &type, &fault)) {
        (void)read_kind(type, &d->kind);
        read_producer(mv_entries_find(&entries, "producer"), d, &conflicts);
        read_number(mv_entries_find(&entries, "number"), d, &conflicts);
    }
    mv_conflicts_done(&conflicts);
}

bool mv_delivery_read_content(struct mv_span content, struct mv_delivery *d,
                              struct mv_conflicts *conflicts)
{
    struct mv_cursor_limits limits = mv_limits_delivery;
    limits.bytes = MV_MAX_CANONICAL_BYTES;
    return read_within(&limits, content, d, conflicts);
}
