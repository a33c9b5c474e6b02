/* report - what a half-year or a yearly report of one unit says: questions
 * to the evaluator, that which lives or a view, put together as the report's
 * items. The writers take it from here. */
#pragma once

#include "services/cli/pages.h"

struct cli_report_changes;

typedef enum cli_report_kind {
    CLI_REPORT_HALF_YEAR,
    CLI_REPORT_YEAR,
    CLI_REPORT_MISSING, /* no items: lines are rows of `missing` */
} cli_report_kind;
/* "half-year", "year", "missing"; static. */
const char *cli_report_kind_name(cli_report_kind kind);

enum { CLI_GREEN_AT, CLI_YELLOW_AT, CLI_RED_AT, CLI_NONE_AT, CLI_COLOURS };

/* One criterion of a target, one line of its aim, or a series alone. */
struct cli_report_line {
    struct mv_span row; /* of the verb `report` */
    bool aim;
    bool curve; /* its series was not shown by a line before it */
};

/* A target or a commission. */
struct cli_report_item {
    struct mv_span row;  /* of `status`; empty: only units below have it */
    struct mv_span head; /* any row of it: id, title, chapter */
    bool commission;
    struct cli_report_line *lines;
    size_t line_count, line_cap;
    uint32_t below[CLI_COLOURS]; /* statuses of the units below */
    struct mv_buf red;           /* their names, those that are red */
};

struct cli_report {
    cli_report_kind kind;
    int64_t year;
    char *unit;          /* its id; of what is missing also "", all */
    struct mv_buf name;  /* of the unit */
    struct mv_buf state; /* the evaluator's row of `state` */
    const char *as_of;   /* the day it was known on, or NULL */
    int64_t drawn_ms;
    uint32_t counts[CLI_COLOURS]; /* targets, by the unit's own status */
    struct cli_report_item *items;
    size_t count, cap;
    struct cli_pages statuses, lines;
    bool moved; /* a record came in between, at every try */
    bool kept;  /* drawn from a view that keeps what was frozen: */
    struct cli_pages since;
    const struct cli_report_changes *changes; /* report_since.h, or NULL */
};

/* unit: NULL: the region, if there is but one. Zero-initialise r but kind,
 * year and as_of; it may be gathered anew. CLI_OK; CLI_RETRY and r->moved; or
 * it has been said. */
int cli_report_gather(struct cli *c, struct cli_link *evaluator,
                      const char *unit, unsigned tries, struct cli_report *r);
/* The items, of the rows in statuses and lines; needs no socket. */
void cli_report_put_together(struct cli_report *r);
void cli_report_done(struct cli_report *r);

/* Its id, whatever it is. */
struct mv_span cli_report_id(const struct cli_report_item *item);
/* Of the row's status; NONE_AT of no row. */
unsigned cli_report_colour(struct mv_span row);

/* The writers, each on c->out. */
void cli_report_text(struct cli *c, const struct cli_report *r);
void cli_report_json(struct cli *c, const struct cli_report *r);
void cli_report_csv(struct cli *c, const struct cli_report *r);
void cli_report_html(struct cli *c, const struct cli_report *r);
