/* catalogue_send - see catalogue_send.h. Job: files to one message, its answer
 * to words. Invariant: CLI_OK is what ingest answered, never what was hoped
 * for. A crash before the answer: the record is there or not, `diff` says. */
#include "services/cli/catalogue_send.h"

#include <stdio.h>

#include "proto/pack.h"
#include "services/base/clock.h"
#include "services/cli/conflict_text.h"
#include "services/cli/rows.h"

#define APPLY_MS 60000

void cli_files_pack(const struct mv_catalogue_files *files, struct mv_buf *out)
{
    uint32_t count = 0;
    for (int i = 0; i < MV_FILE_COUNT; i++)
        count += files->text[i].at != NULL;
    mv_pack_map(out, count);
    for (int i = 0; i < MV_FILE_COUNT; i++) {
        if (files->text[i].at != NULL)
            mv_pack_kv_text(out, mv_catalogue_file_name((mv_catalogue_file)i),
                            files->text[i]);
    }
}

static void pack_frame(const struct mv_catalogue_files *from,
                       const char *comment, struct mv_buf *out)
{
    struct mv_clock now = {0};
    struct mv_buf files = {0};
    mv_clock_read(&now);
    cli_files_pack(from, &files);
    /* a number of its own each time: an older one may be put back */
    struct mv_msg_catalogue m = {.producer = mv_span_text("catalogue"),
                                 .number = (uint64_t)now.wall_ms,
                                 .files = mv_buf_span(&files)};
    if (comment != NULL)
        m.comment = mv_span_text(comment);
    mv_msg_catalogue_encode(&m, out);
    mv_buf_done(&files);
}

static int say_stored(struct cli *c, uint64_t seq)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)seq);
    if (!c->json)
        cli_say(c, CLI_W_CAT_APPLIED, text, NULL);
    return CLI_OK;
}

static int say_later(struct cli *c, struct mv_span reason)
{
    struct mv_buf text = {0};
    cli_code_put(c, reason, &text);
    cli_warn(c, CLI_W_RETRY_LATER, "ingest", mv_buf_cstr(&text), NULL);
    mv_buf_done(&text);
    return CLI_RETRY;
}

static int say_refused(struct cli *c, struct mv_span conflicts)
{
    struct mv_list list;
    struct mv_span conflict;
    struct mv_buf text = {0};
    int code = CLI_DATA;
    bool any = mv_list_open(&list, conflicts);
    while (any && mv_list_next(&list, &conflict)) {
        if (cli_conflict_denied(conflict))
            code = CLI_DENIED;
        mv_buf_clear(&text);
        cli_conflict_put(c, conflict, &text);
        (void)fprintf(c->err, "%s\n", mv_buf_cstr(&text));
    }
    mv_buf_done(&text);
    return cli_fail(c, code, CLI_W_CAT_REJECTED, NULL);
}

static int say_answer(struct cli *c, struct mv_span frame)
{
    struct mv_msg_answer m;
    struct mv_fault fault;
    if (!mv_msg_answer_decode(frame, &m, &fault))
        return cli_fail(c, CLI_AWAY, CLI_W_NOT_AN_ANSWER, NULL);
    if (c->json)
        cli_json_line(c, cli_json(frame));
    if (mv_span_is(m.result, "accepted") || mv_span_is(m.result, "duplicate"))
        return say_stored(c, m.seq);
    if (mv_span_is(m.result, "retry"))
        return say_later(c, m.reason);
    return say_refused(c, m.conflicts);
}

int cli_catalogue_send(struct cli *c, struct cli_link *ingest,
                       const struct mv_catalogue_files *files)
{
    struct mv_buf frame = {0};
    struct mv_span answer;
    struct mv_err err = {0};
    pack_frame(files, cli_option(c, "comment"), &frame);
    mv_rc rc =
        cli_link_frame(ingest, mv_buf_span(&frame), APPLY_MS, &answer, &err);
    int code = rc == MV_OK ? say_answer(c, answer) : cli_fail_err(c, rc, &err);
    mv_buf_done(&frame);
    return code;
}
