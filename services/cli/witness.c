/* witness - see witness.h. Job: kept answers against the journal. Invariant:
 * an answer that cannot be read is not counted as agreeing. Changes nothing:
 * a crash leaves all as it was. */
#include "services/cli/witness.h"

#include <dirent.h>
#include <stdlib.h>

#include "proto/pack.h"
#include "services/base/clock.h"
#include "services/cli/place.h"
#include "services/cli/spool.h"

struct walk {
    struct cli *c;
    struct cli_link *ingest;
    struct cli_witnesses *found;
};

/* One answer: number and chain hash as they were given. */
static int check(struct walk *w, uint64_t seq, struct mv_span hash)
{
    struct mv_buf args = {0};
    struct mv_msg_reply reply = {0};
    struct mv_err err = {0};
    int code = CLI_OK;
    mv_pack_map(&args, 2);
    mv_pack_kv_u64(&args, "seq", seq);
    mv_pack_kv_bin(&args, "hash", hash);
    mv_rc rc =
        cli_ask_quiet(w->ingest, "witness", mv_buf_span(&args), &reply, &err);
    if (rc != MV_OK) {
        code = cli_fail_err(w->c, rc, &err);
    } else if (mv_span_is(reply.result, "ok")) {
        w->found->checked++;
    } else if (!mv_span_is(reply.code, "diverged")) {
        code = cli_fail(w->c, CLI_NO, CLI_W_V_WITNESS_NO, NULL);
    } else if (w->found->bad == 0 || seq < w->found->bad) {
        w->found->bad = seq;
        (void)snprintf(w->found->text, sizeof w->found->text, "%.*s",
                       (int)reply.text.len, (const char *)reply.text.at);
    }
    mv_buf_done(&args);
    return code;
}

static int check_spool(struct walk *w, const struct cli_spool *s)
{
    int code = CLI_OK;
    for (size_t i = 0; i < cli_spool_count(s) && code == CLI_OK; i++) {
        const struct cli_entry *e = cli_spool_at(s, i);
        struct mv_buf bytes = {0};
        struct mv_msg_answer answer;
        struct mv_fault fault;
        if (e->answered && cli_spool_answer_get(s, e, &bytes, NULL) == MV_OK &&
            mv_msg_answer_decode(mv_buf_span(&bytes), &answer, &fault) &&
            answer.has_seq && answer.hash.len > 0)
            code = check(w, answer.seq, answer.hash);
        mv_buf_done(&bytes);
    }
    return code;
}

static int check_dir(struct walk *w, const char *path)
{
    struct cli_spool *s = NULL;
    struct mv_clock now = {0};
    struct mv_err err = {0};
    mv_clock_read(&now);
    mv_rc rc = cli_spool_open(&s, path, now.wall_ms, &err);
    if (rc == MV_FULL) {
        w->found->busy++;
        return CLI_OK;
    }
    if (rc != MV_OK)
        return cli_fail_err(w->c, rc, &err);
    int code = check_spool(w, s);
    cli_spool_close(s);
    return code;
}

int cli_witness_all(struct cli *c, struct cli_link *ingest,
                    struct cli_witnesses *ret)
{
    struct walk w = {c, ingest, ret};
    int code = CLI_OK;
    *ret = (struct cli_witnesses){0};
    char *path = cli_path(cli_dir(c), "spool");
    DIR *dir = cli_option(c, "endpoint") == NULL ? opendir(path) : NULL;
    const struct dirent *entry;
    while (dir != NULL && code == CLI_OK && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        char *sub = cli_path(path, "%s", entry->d_name);
        code = check_dir(&w, sub);
        free(sub);
    }
    if (dir != NULL)
        (void)closedir(dir);
    free(path);
    return code;
}
