/* samples_statement - see samples_statement.h. Job: examples with every field
 * set. Invariant: pure; the bytes are those of the golden files. */
#include "tests/support/samples_statement.h"

#define T(text)                \
    {                          \
        text, sizeof(text) - 1 \
    }

void test_sample_assessment(struct mv_buf *out)
{
    struct mv_msg_assessment m = {
        .producer = T("board"),
        .number = 7,
        .target = T("1535"),
        .commission = T("1340"),
        .unit = T("hso"),
        .year = 2024,
        .status = T("yellow"),
        .comment = T("Tiltakene virker, men ikke overalt."),
        .author = T("K. Hansen"),
        .until = T("2024-12-31"),
    };
    mv_msg_assessment_encode(&m, out);
}

void test_sample_delivered(struct mv_buf *out)
{
    struct mv_msg_delivered m = {
        .producer = T("board"),
        .number = 8,
        .commission = T("1340"),
        .unit = T("hso"),
        .year = 2023,
        .due = T("2023-10-15"),
        .on = T("2023-10-12"),
        .comment = T("Oppsummering sendt departementet"),
        .author = T("K. Hansen"),
    };
    mv_msg_delivered_encode(&m, out);
}

void test_sample_closed(struct mv_buf *out)
{
    struct mv_msg_closed m = {
        .producer = T("board"),
        .number = 9,
        .commission = T("1340"),
        .unit = T("hso"),
        .year = 2023,
        .due = T("2023-10-15"),
        .comment = T("Overtatt av departementet"),
        .author = T("K. Hansen"),
    };
    mv_msg_closed_encode(&m, out);
}

void test_sample_hold(struct mv_buf *out)
{
    struct mv_msg_hold m = {
        .producer = T("ops"),
        .number = 1,
        .indicator = T("epikrise"),
        .unit = T("ahus"),
        .until = T("2024-07-01"),
        .comment = T("Feil i uttrekket, rettes"),
        .author = T("K. Hansen"),
    };
    mv_msg_hold_encode(&m, out);
}

void test_sample_release(struct mv_buf *out)
{
    struct mv_msg_release m = {
        .producer = T("ops"),
        .number = 2,
        .indicator = T("epikrise"),
        .unit = T("ahus"),
        .comment = T("Rettet"),
        .author = T("K. Hansen"),
    };
    mv_msg_release_encode(&m, out);
}

void test_sample_freeze(struct mv_buf *out)
{
    struct mv_msg_freeze m = {
        .producer = T("board"),
        .number = 10,
        .report = T("year"),
        .year = 2024,
        .unit = T("hso"),
        .comment = T("Vedtatt i styret"),
        .author = T("K. Hansen"),
    };
    mv_msg_freeze_encode(&m, out);
}
