/* inforce - see inforce.h. Job: the four texts, piece by piece. Invariant:
 * all pieces are of one record; if a steward applies another in between, it
 * begins again. No state. */
#include "services/cli/inforce.h"

#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "services/cli/rows.h"

#define TRIES 3

/* One piece; *over: there is no such file, or all of it is here. */
static int piece(struct cli_link *l, const char *file, struct mv_buf *text,
                 uint64_t *seq, bool *over)
{
    struct mv_buf args = {0};
    struct mv_msg_reply reply;
    struct mv_err err = {0};
    struct mv_list rows;
    struct mv_span row, bytes;
    mv_pack_map(&args, 2);
    mv_pack_kv_cstr(&args, "file", file);
    mv_pack_kv_u64(&args, "offset", text->len);
    mv_rc rc = cli_ask_quiet(l, "catalogue", mv_buf_span(&args), &reply, &err);
    *over = true;
    int code = CLI_OK;
    if (rc == MV_OK && mv_span_is(reply.code, "not_found")) {
        *seq = 0;
    } else if (rc != MV_OK || !mv_span_is(reply.result, "ok")) {
        /* once more, for the words */
        code = cli_ask(l, "catalogue", mv_buf_span(&args), &reply);
        code = code == CLI_OK ? CLI_RETRY : code;
    } else if (cli_rows_open(&rows, &reply) && mv_list_next(&rows, &row) &&
               mv_value_bin(cli_get(row, "bytes"), &bytes) &&
               text->len + bytes.len <= MV_CATALOGUE_BYTES) {
        mv_buf_put(text, bytes.at, bytes.len);
        *seq = cli_get_u64(row, "catalogue");
        *over = text->len >= cli_get_u64(row, "size") || bytes.len == 0;
    }
    mv_buf_done(&args);
    return code;
}

static int whole(struct cli_link *l, const char *file, struct mv_buf *text,
                 uint64_t *seq)
{
    uint64_t first = 0;
    bool over = false;
    int code = CLI_OK;
    mv_buf_clear(text);
    while (!over && code == CLI_OK) {
        code = piece(l, file, text, seq, &over);
        if (first == 0)
            first = *seq;
        if (*seq != first) {
            first = *seq;
            mv_buf_clear(text);
            over = *seq == 0;
        }
    }
    return code;
}

static int all(struct cli_link *l, struct cli_inforce *f, bool *again)
{
    *again = false;
    for (int i = 0; i < MV_FILE_COUNT; i++) {
        struct mv_buf text = {0};
        uint64_t seq = 0;
        int code =
            whole(l, mv_catalogue_file_name((mv_catalogue_file)i), &text, &seq);
        if (code == CLI_OK && seq != 0) {
            *again = *again || (f->seq != 0 && f->seq != seq);
            f->seq = seq;
            f->files.owned[i] = mv_xstrndup(text.at, text.len);
            f->files.text[i] = mv_span(f->files.owned[i], text.len);
        }
        mv_buf_done(&text);
        if (code != CLI_OK)
            return code;
    }
    return CLI_OK;
}

int cli_inforce_get(struct cli *c, struct cli_link *ingest,
                    struct cli_inforce *ret)
{
    struct mv_faults faults = {0};
    bool again = true;
    int code = CLI_OK;
    *ret = (struct cli_inforce){0};
    for (int i = 0; i < TRIES && again && code == CLI_OK; i++) {
        cli_inforce_done(ret);
        code = all(ingest, ret, &again);
    }
    if (code == CLI_OK && again)
        return cli_fail(c, CLI_RETRY, CLI_W_CAT_MOVED, NULL);
    if (code == CLI_OK && ret->seq != 0 &&
        mv_catalogue_load(&ret->catalogue, &ret->files, &faults) != MV_OK)
        code = cli_fail(c, CLI_CONFIG, CLI_W_CAT_OLD_BAD, NULL);
    mv_faults_done(&faults);
    return code;
}

void cli_inforce_done(struct cli_inforce *f)
{
    mv_catalogue_close(f->catalogue);
    mv_catalogue_files_done(&f->files);
    *f = (struct cli_inforce){0};
}
