/* ledger - see ledger.h. Job: contents that follow from numbers. Invariant:
 * the rows are a function of the head alone, whatever the batches were. A
 * crash leaves what the store promises; that is what is tested. */
#include "tests/support/ledger.h"

#include <string.h>

#include "tests/support/random.h"

static const char *const tables[] = {"rows"};
static const char *const logs[] = {"journal"};

mv_rc ledger_open(struct ledger *l, const char *dir, struct mv_err *err)
{
    const struct mv_store_options o = {.dir = dir,
                                       .service = "ledger",
                                       .format = 1,
                                       .quota_bytes = 64 << 20,
                                       .any_filesystem = true,
                                       .tables = tables,
                                       .table_count = 1,
                                       .logs = logs,
                                       .log_count = 1};
    *l = (struct ledger){0};
    mv_rc rc = mv_store_open(&l->store, &o, err);
    if (rc == MV_OK)
        rc = mv_log_open(&l->log, l->store, "journal", err);
    if (rc != MV_OK) {
        ledger_close(l);
        return rc;
    }
    l->rows = mv_store_table(l->store, "rows");
    return MV_OK;
}

void ledger_close(struct ledger *l)
{
    mv_log_close(l->log);
    mv_store_close(l->store);
    *l = (struct ledger){0};
}

uint64_t ledger_head(const struct ledger *l)
{
    uint64_t seq;
    mv_log_head(l->log, &seq, NULL);
    return seq;
}

static void content(uint64_t seq, struct mv_buf *ret)
{
    struct test_random r = {.state = seq};
    uint64_t words = 1 + test_random_below(&r, seq % 7 == 0 ? 1200 : 60);
    mv_buf_clear(ret);
    for (uint64_t i = 0; i < words; i++)
        mv_buf_put_be64(ret, test_random_u64(&r));
}

bool ledger_record_right(const struct mv_record *r)
{
    struct mv_buf want = {0};
    content(r->seq, &want);
    bool right = mv_span_equal(mv_buf_span(&want), r->content) &&
                 r->received_ms == (int64_t)r->seq * 3 && r->epoch == 5 &&
                 strcmp(r->key_name, "ahus") == 0;
    mv_buf_done(&want);
    return right;
}

bool ledger_row(uint64_t head, unsigned i, uint64_t *value)
{
    /* row i is set at heads with head / 8 + i a multiple of 3, else gone */
    *value = head * 1000 + i;
    return (head / 8 + i) % 3 == 0;
}

static struct mv_span row_key(unsigned i, uint8_t *at)
{
    mv_be64_put(at, (uint64_t)i * 0x9e3779b97f4a7c15u);
    return mv_span(at, 8);
}

mv_rc ledger_step(struct ledger *l, unsigned records, struct mv_err *err)
{
    struct mv_buf b = {0};
    uint8_t key[8], value[8];
    uint64_t seq = ledger_head(l);
    mv_store_begin(l->store);
    for (unsigned i = 0; i < records; i++) {
        const struct mv_stamp stamp = {(int64_t)(seq + 1) * 3, 5, "ahus", NULL};
        content(seq + 1, &b);
        seq = mv_log_append(l->log, &stamp, mv_buf_span(&b));
    }
    mv_be64_put(value, seq);
    mv_store_put(l->store, l->rows, mv_span_text("head"), mv_span(value, 8));
    for (unsigned i = 0; i < LEDGER_ROWS; i++) {
        uint64_t v;
        if (ledger_row(seq, i, &v)) {
            mv_be64_put(value, v);
            mv_store_put(l->store, l->rows, row_key(i, key), mv_span(value, 8));
        } else {
            mv_store_del(l->store, l->rows, row_key(i, key));
        }
    }
    mv_buf_done(&b);
    return mv_store_commit(l->store, err);
}

static bool row_is(struct ledger *l, struct mv_span key, bool there,
                   uint64_t want)
{
    struct mv_span v;
    if (!mv_store_get(l->store, l->rows, key, &v))
        return !there;
    return there && v.len == 8 && mv_be64_get(v.at) == want;
}

static const char *judge_rows(struct ledger *l, uint64_t head)
{
    uint8_t key[8];
    if (!row_is(l, mv_span_text("head"), head > 0, head))
        return "the row does not move with the log";
    for (unsigned i = 0; head > 0 && i < LEDGER_ROWS; i++) {
        uint64_t want;
        bool there = ledger_row(head, i, &want);
        if (!row_is(l, row_key(i, key), there, want))
            return "a row is not that of the head";
    }
    return NULL;
}

const char *ledger_judge(struct ledger *l, struct mv_err *err)
{
    struct mv_log_reader reader;
    struct mv_log_fault fault;
    struct mv_record r;
    const char *wrong = NULL;
    uint64_t seen = 0;
    if (mv_store_read_begin(l->store, err) != MV_OK)
        return "no snapshot";
    mv_log_reader_open(&reader, l->log, 1);
    while (wrong == NULL && mv_log_reader_next(&reader, &r, err) == MV_OK) {
        if (++seen != r.seq || !ledger_record_right(&r))
            wrong = "a record is not what was appended";
    }
    mv_log_reader_close(&reader);
    if (wrong == NULL && seen != ledger_head(l))
        wrong = "a record is missing or damaged";
    if (wrong == NULL && mv_log_verify(l->log, 1, 0, &fault, err) != MV_OK)
        wrong = "the chain is not whole";
    if (wrong == NULL)
        wrong = judge_rows(l, seen);
    if (mv_store_read_end(l->store, err) != MV_OK && wrong == NULL)
        wrong = "a read met damage";
    return wrong;
}
