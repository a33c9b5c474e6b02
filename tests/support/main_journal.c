/* main_journal - a program: a journal made from records on stdin. Job: any
 * content under any stamp, also what ingest would refuse, in a store that the
 * real ingest opens and serves. Invariant: chain and hashes are the log's own
 * doing; only the content may be wrong. A crash leaves a shorter journal.
 *   main_journal DIR <records      each, integers big-endian:
 *   content length u32 | received i64 ms | key name length u8 | name | content
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/base/hash.h"
#include "services/ingest/book.h"

#define HEAD_BYTES  13u
#define QUOTA_BYTES (UINT64_C(1) << 32)
#define BATCH       4096u

struct maker {
    struct mv_store *store;
    struct mv_log *journal;
    uint8_t *content;
};

/* 1: one appended; 0: the end; -1: cut short or too large. */
static int append_one(struct maker *m)
{
    uint8_t head[HEAD_BYTES];
    char name[256] = "";
    size_t got = fread(head, 1, sizeof head, stdin);
    if (got == 0)
        return 0;
    size_t len = mv_be32_get(head), name_len = head[12];
    if (got != sizeof head || len > MV_CONTENT_MAX_BYTES ||
        name_len >= MV_RECORD_KEY_BYTES ||
        fread(name, 1, name_len, stdin) != name_len ||
        fread(m->content, 1, len, stdin) != len)
        return -1;
    struct mv_stamp stamp = {.received_ms = (int64_t)mv_be64_get(head + 4),
                             .epoch = 1,
                             .key_name = name};
    (void)mv_log_append(m->journal, &stamp, mv_span(m->content, len));
    return 1;
}

static mv_rc append_all(struct maker *m, struct mv_err *err)
{
    mv_rc rc = MV_OK;
    int more = 1;
    while (rc == MV_OK && more > 0) {
        mv_store_begin(m->store);
        for (unsigned i = 0; i < BATCH && more > 0; i++)
            more = append_one(m);
        rc = mv_store_commit(m->store, err);
    }
    if (rc == MV_OK && more < 0)
        rc = mv_fail(err, MV_CONFIG, "stdin ends within a record");
    return rc;
}

static mv_rc make(struct maker *m, const char *dir, struct mv_err *err)
{
    static const char *const tables[] = {INGEST_STATE_TABLE,
                                         INGEST_INDEX_TABLE};
    static const char *const logs[] = {INGEST_JOURNAL_TABLE};
    const struct mv_store_options o = {.dir = dir,
                                       .service = "ingest",
                                       .format = 1,
                                       .quota_bytes = QUOTA_BYTES,
                                       .any_filesystem = true,
                                       .tables = tables,
                                       .table_count = 2,
                                       .logs = logs,
                                       .log_count = 1};
    mv_rc rc = MV_OK;
    MV_TRY(mv_hash_init(err));
    MV_TRY(mv_store_open(&m->store, &o, err));
    MV_TRY(mv_log_open(&m->journal, m->store, INGEST_JOURNAL_TABLE, err));
    rc = append_all(m, err);
out:
    return rc;
}

int main(int argc, char **argv)
{
    struct mv_err err = {0};
    struct maker m = {0};
    if (argc != 2)
        return 64;
    m.content = mv_xcalloc(1, MV_CONTENT_MAX_BYTES);
    mv_rc rc = make(&m, argv[1], &err);
    if (rc != MV_OK)
        (void)fprintf(stderr, "main_journal: %s\n", err.text);
    mv_log_close(m.journal);
    mv_store_close(m.store);
    free(m.content);
    return rc == MV_OK ? 0 : 1;
}
