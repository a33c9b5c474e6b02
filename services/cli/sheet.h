/* sheet - a file of figures as people have it (CSV of any kind, or NDJSON) to
 * rows of a delivery, each with the line that it came from. Reads all of it
 * or says, line by line, what is wrong and what to do. */
#pragma once

#include "proto/delivery.h"
#include "services/catalogue/arena.h"
#include "services/cli/cli.h"
#include "services/cli/encoding.h"

#define CLI_SHEET_BYTES (256u << 20)
#define CLI_LINE_BYTES  (1u << 20)
#define CLI_FAULTS_MAX  200u /* told one by one */

struct cli_fault {
    uint32_t line; /* 0: the file as a whole */
    cli_word word; /* {1}: column, {2}: value, {3}: other */
    char column[32], value[96], other[96];
};

/* Zero-initialise; cli_sheet_done. */
struct cli_sheet {
    mv_table_kind kind; /* to be set before: what its rows are read for. Of a
                         * withdrawal only the columns that one has are read */
    cli_encoding encoding;
    char delimiter; /* ; , tab; 0: NDJSON */
    char decimal;   /* , or . ; 0: no cell needed it. May be set before */
    struct mv_row *rows;
    uint32_t *lines; /* of each row, from 1 */
    uint32_t count, cap;
    uint32_t blank;     /* lines left out: nothing in them */
    uint32_t bad_lines; /* rows left out: see faults */
    /* owned, or NULL: what is not sent, so that ingest can be asked about it:
     * of rows left out the names, if they have them all, without a number
     * (flag M), and where the file is refused the others as they are. But for
     * the kind nothing but rows */
    struct cli_sheet *unread;
    bool undecided; /* no decimal sign: a number that needs one is not read */
    bool refused;   /* nothing of the file may be sent */
    struct cli_fault *faults;
    uint32_t fault_count, more_faults;
    struct mv_arena texts;
};

void cli_sheet_done(struct cli_sheet *s);

/* False: at least one fault; rows holds those that could be read, unless
 * `refused`: then none. */
bool cli_sheet_read(struct cli_sheet *s, struct mv_span bytes);

/* Its faults, on c->err, as `file:line: text`. */
void cli_sheet_say(struct cli *c, const struct cli_sheet *s, const char *file);

/* The same as a line of JSON: {file result faults more}; result "unreadable",
 * or, where the rest is sent, "skipped". */
void cli_sheet_json(struct cli *c, const struct cli_sheet *s, const char *file,
                    const char *result);

/* ---- for its own parts ---- */

/* The column of a header's word, in any case, Norwegian or the protocol's;
 * MV_COLUMN_COUNT: none. */
mv_column cli_column_find(struct mv_span name);
void cli_sheet_fault(struct cli_sheet *s, uint32_t line, cli_word word,
                     struct mv_span column, struct mv_span value,
                     struct mv_span other);
/* One row of cells by column (at NULL: no such column), numbers as text.
 * Faults are noted; true: the row was added. */
struct cli_cells {
    struct mv_span at[MV_COLUMN_COUNT];
};
bool cli_sheet_add(struct cli_sheet *s, uint32_t line,
                   const struct cli_cells *cells);
/* A row that cannot be read is left out, but for its names. */
void cli_sheet_leave_out(struct cli_sheet *s, uint32_t line,
                         const struct cli_cells *cells);
void cli_sheet_csv(struct cli_sheet *s, struct mv_span text);
void cli_sheet_ndjson(struct cli_sheet *s, struct mv_span text);
