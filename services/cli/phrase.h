/* phrase - what services say in words of their own (reasons, causes, periods,
 * measures, stamps), in words for people. */
#pragma once

#include "services/cli/cli.h"

/* A reason for none; a word not known here is shown as it is. Appends. */
void cli_reason(const struct cli *c, struct mv_span reason, struct mv_buf *out);
/* The reason under that key of a row: of a commission, which has no figures,
 * in words of its own. Appends. */
void cli_reason_of(const struct cli *c, struct mv_span row, const char *key,
                   struct mv_buf *out);
/* What caused a change: "tall" "rettelse" ... Appends. */
void cli_cause(const struct cli *c, struct mv_span kind, struct mv_buf *out);
/* "2024-T2, 2024-T3" of a raw list of texts; three periods and more that
 * follow on each other as "2024-M01–2024-M12". Appends. */
void cli_names(struct mv_span list, struct mv_buf *out);

/* The reason, and what a row of a status or a criterion tells of it: of a
 * series_break where the new series begins (`broken`), of not_computable that
 * figures lack numerator and denominator (`bare`). Appends. */
void cli_reason_where(const struct cli *c, struct mv_span row,
                      struct mv_span reason, struct mv_buf *out);

/* The periods that are past due and not in, of a status, or of `explain`'s
 * row of one: whether they are its reason or stand beside it. Appends. */
void cli_overdue(struct mv_span row, struct mv_buf *out);

/* How a figure is shown: decimals of its indicator, and the measure. */
struct cli_shown {
    struct mv_span measure;
    unsigned decimals;
};
/* With as many decimals more as it takes, so that value and limit, as shown,
 * differ by just the margin that is shown beside them, do not look equal
 * unless they are, and are not rounded until they mislead. */
struct cli_shown cli_shown_adding(struct cli_shown f, struct mv_span value,
                                  struct mv_span limit, struct mv_span margin);
/* A decimal with its measure: "66,7 %", "1 234 kr". beside: a number that it
 * must not look equal to unless it is (more decimals until they differ), or
 * an empty span. What is no number is shown as it is. Appends. */
void cli_shown(const struct cli *c, const struct cli_shown *f,
               struct mv_span text, struct mv_span beside, struct mv_buf *out);
/* As cli_shown, and that it is a growth if it is: "vekst 3,1 %". */
void cli_value(const struct cli *c, const struct cli_shown *f,
               struct mv_span text, struct mv_span beside, struct mv_buf *out);
/* A difference, with its sign; percents differ by pp. */
void cli_margin(const struct cli *c, const struct cli_shown *f,
                struct mv_span text, struct mv_buf *out);
/* What the periods that remain must average: not rounded to what would miss,
 * so with up to MV_SHOWN_MORE decimals more, and up, or down where up < 0. */
void cli_needed(const struct cli *c, const struct cli_shown *f,
                struct mv_span text, int up, struct mv_buf *out);
/* A number as it was pushed: without zeros behind it, and no more decimals
 * than f has. */
void cli_plain(const struct cli *c, const struct cli_shown *f,
               struct mv_span text, struct mv_span beside, struct mv_buf *out);
/* The measure as a word of its own: "%", "dager", "antall". Appends. */
void cli_measure(const struct cli *c, struct mv_span measure,
                 struct mv_buf *out);
/* "12", "1 234" with the language's thousands. */
void cli_count(const struct cli *c, uint64_t n, struct mv_buf *out);

/* The sentence of one, or that of many, with the number. Appends. */
void cli_count_of(const struct cli *c, uint64_t n, cli_word one, cli_word many,
                  struct mv_buf *out);
/* "1 leveranse", "12 leveranser". Appends. */
void cli_deliveries(const struct cli *c, uint64_t n, struct mv_buf *out);

/* "2024-06-30", "2024-06-30 23:59:59", local; 0: nothing. Append. */
void cli_day(int64_t ms, struct mv_buf *out);
void cli_time(int64_t ms, struct mv_buf *out);
