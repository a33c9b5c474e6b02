/* due - see keys.h. Job: when a period's figures must be in: `45 d`, or a
 * date as `1 August`, in English or Norwegian.
 * Invariant: a date that is stored exists in every year.
 * A crash in the middle leaves nothing: there is no state. */
#include <string.h>
#include <strings.h>

#include "services/base/day.h"
#include "services/base/micro.h"
#include "services/catalogue/keys.h"

#define DUE_DAYS_MAX 3660

static int month_of(struct mv_span word)
{
    static const char *const names[12][2] = {{"January", "januar"},
                                             {"February", "februar"},
                                             {"March", "mars"},
                                             {"April", "april"},
                                             {"May", "mai"},
                                             {"June", "juni"},
                                             {"July", "juli"},
                                             {"August", "august"},
                                             {"September", "september"},
                                             {"October", "oktober"},
                                             {"November", "november"},
                                             {"December", "desember"}};
    for (int m = 0; m < 12; m++) {
        for (int l = 0; l < 2; l++) {
            if (strlen(names[m][l]) == word.len &&
                strncasecmp(names[m][l], word.at, word.len) == 0)
                return m + 1;
        }
    }
    return 0;
}

static bool is_days(struct mv_span word)
{
    return mv_span_is(word, "d") || mv_span_is(word, "days") ||
           mv_span_is(word, "dager");
}

/* "45 d" -> 45 and "d"; "1. august" -> 1 and "august". */
static bool split(struct mv_span text, int64_t *number, struct mv_span *word)
{
    const char *p = text.at;
    size_t n = 0;
    while (n < text.len && p[n] >= '0' && p[n] <= '9')
        n++;
    if (mv_micro_parse(mv_span(p, n), number) != MV_NUMBER_OK)
        return false;
    *number /= MV_MICRO_ONE;
    if (n < text.len && p[n] == '.')
        n++;
    while (n < text.len && p[n] == ' ')
        n++;
    *word = mv_span(p + n, text.len - n);
    return true;
}

void mv_read_due(struct mv_build *b, const struct mv_yaml_key *r, uint32_t node,
                 void *at)
{
    (void)r;
    struct mv_due *due = at;
    struct mv_span word = {"", 0};
    int64_t v = 0;
    int month = 0;
    bool good = split(mv_build_node(b, node)->text, &v, &word);
    if (good && is_days(word) && v <= DUE_DAYS_MAX) {
        *due = (struct mv_due){.kind = MV_DUE_DAYS, .days = (uint16_t)v};
        return;
    }
    month = good ? month_of(word) : 0;
    if (month > 0 && v >= 1 && v <= mv_month_days(2023, month)) {
        *due = (struct mv_due){
            .kind = MV_DUE_DATE, .month = (uint8_t)month, .day = (uint8_t)v};
        return;
    }
    mv_build_fault(b, node, "expected days as `45 d`, or a date as `1 August`");
}
