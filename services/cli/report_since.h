/* report_since - of a report that was frozen: each status and each value that
 * is another now, what made it so, and when. */
#pragma once

#include "services/cli/report_words.h"
#include "services/cli/source.h"

#define CLI_CAUSES_MAX 20 /* of a change; the rest is counted */

/* A figure or a record of the journal that came since. */
struct cli_report_cause {
    struct mv_span kind;   /* as in a change: figure, correction ... */
    struct mv_span figure; /* row of `since`; empty: it is no figure */
    uint64_t seq;
    int64_t time_ms; /* 0: not known */
};

struct cli_report_change {
    const struct cli_report_item *item; /* NULL: it is there no more */
    struct mv_span id;
    bool status;                  /* of the whole; else a part's value */
    struct mv_span unit;          /* of one below the report's; else empty */
    struct mv_buf what, was, now; /* as shown */
    struct mv_span was_raw, now_raw;
    struct cli_report_cause causes[CLI_CAUSES_MAX];
    uint32_t cause_count; /* all of them */
};

/* Zero-initialise but the source (owned), for what is no figure. */
struct cli_report_changes {
    struct cli_source *source;
    struct cli_report_change *at;
    size_t count, cap;
};

/* The row `frozen` of what was kept; empty: the report never was. */
struct mv_span cli_report_frozen(const struct cli_report *r);

/* Of a report that was put together, its rows of `since` with it. Spans are
 * borrowed from the report. */
void cli_report_changes_find(const struct cli *c, const struct cli_report *r,
                             struct cli_report_changes *ret);
void cli_report_changes_done(struct cli_report_changes *changes);
/* The heading of what they list. */
cli_word cli_report_since_word(const struct cli_report *r);

/* "rettelse 2025-04-02, journalpost 61 (hso 12): ahus som 2024-T3" */
void cli_report_cause(const struct cli *c, const struct cli_report_cause *cause,
                      struct cli_source *source, struct mv_buf *out);
/* All of a change, one after the other; of many the first. */
void cli_report_causes(const struct cli *c,
                       const struct cli_report_changes *all,
                       const struct cli_report_change *change,
                       struct mv_buf *out);
/* "Fastsatt 2025-03-20 av Styret (journalpost 60): ..." */
void cli_report_frozen_put(const struct cli *c, const struct cli_report *r,
                           struct mv_buf *out);
