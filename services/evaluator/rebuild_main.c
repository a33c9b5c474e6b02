/* rebuild_main - see rebuild_main.h. Job: from the command line to the calls
 * of rebuild.h. Invariant: the service is stopped, the store's lock says so.
 * A crash: as rebuild.c. */
#include "services/evaluator/rebuild_main.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "proto/limits.h"
#include "proto/msg.h"
#include "services/base/clock.h"
#include "services/base/event.h"
#include "services/base/store/health.h"
#include "services/evaluator/engine.h"
#include "services/evaluator/rebuild.h"
#include "services/evaluator/settings.h"
#include "services/stream/puller.h"

#define SILENT_MS 30000 /* without a page, and it gives up */

struct asked {
    struct mv_conf_asked settings;
    bool dry, help;
};

struct work {
    struct evaluator_settings settings;
    struct mv_keypair keys;
    struct mv_net *net;
    struct mv_store *store;
    struct mv_log *changes;
    struct evaluator_rebuild *rebuild;
    struct mv_puller *puller;
    uint32_t differ;
};

static void print_help(FILE *to)
{
    (void)fprintf(
        to,
        "usage: maalvakt-evaluator rebuild --config FILE "
        "[--set NAME=VALUE]... [--dry-run]\n"
        "  --config FILE      the settings of the service, which is stopped; "
        "ingest runs\n"
        "  --set NAME=VALUE   one setting, over the file's\n"
        "  --dry-run          show which statuses would turn, leave "
        "everything as it is\n"
        "  --help\n"
        "example: maalvakt-evaluator rebuild --config "
        "/etc/maalvakt/evaluator.conf --dry-run\n");
}

static bool read_arguments(int argc, char **argv, struct asked *a)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"set", required_argument, NULL, 's'},
        {"dry-run", no_argument, NULL, 'd'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0}};
    int c;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 'c')
            a->settings.file = optarg;
        else if (c == 's' && mv_conf_ask(&a->settings, optarg))
            continue;
        else if (c == 'd')
            a->dry = true;
        else if (c == 'h')
            a->help = true;
        else
            return false;
    }
    return optind == argc && (a->help || a->settings.file != NULL);
}

static mv_rc open_store(struct work *w, struct mv_err *err)
{
    static const char *const logs[] = {EVALUATOR_CHANGES};
    const struct mv_common *c = &w->settings.common;
    const struct mv_store_options o = {
        .dir = c->data_dir,
        .service = "evaluator",
        .format = EVALUATOR_FORMAT,
        .quota_bytes = (uint64_t)c->quota_bytes,
        .any_filesystem = c->any_filesystem,
        .tables = evaluator_tables,
        .table_count = EVALUATOR_TABLE_COUNT,
        .logs = logs,
        .log_count = 1,
    };
    mv_rc rc = mv_store_open(&w->store, &o, err);
    return rc != MV_OK
               ? rc
               : mv_log_open(&w->changes, w->store, EVALUATOR_CHANGES, err);
}

static mv_rc open_all(struct work *w, struct mv_err *err)
{
    static const uint8_t from_the_start[MV_HASH_BYTES];
    uint8_t server_key[MV_KEY_BYTES];
    mv_rc rc = MV_OK;
    MV_TRY(mv_hash_init(err));
    MV_TRY(mv_clock_init(err));
    MV_TRY(mv_keypair_load(&w->keys, w->settings.common.secret_key_file, err));
    if (!mv_key_parse(mv_span_text(w->settings.journal_key), server_key))
        return mv_fail(err, MV_CONFIG, "journal_key is not a key");
    MV_TRY(open_store(w, err));
    const struct evaluator_options eo = {
        .store = w->store,
        .changes = w->changes,
        .cache_bytes = (size_t)w->settings.cache_bytes,
    };
    MV_TRY(evaluator_rebuild_open(&w->rebuild, &eo, err));
    MV_TRY(mv_net_open(&w->net, err));
    const struct mv_puller_options po = {.net = w->net,
                                         .log = "journal",
                                         .endpoint = w->settings.journal,
                                         .server_key = server_key,
                                         .keys = &w->keys};
    MV_TRY(mv_puller_open(&w->puller, &po, 0, from_the_start, err));
out:
    return rc;
}

static void close_all(struct work *w)
{
    mv_puller_close(w->puller);
    evaluator_rebuild_close(w->rebuild);
    mv_log_close(w->changes);
    mv_store_close(w->store);
    mv_net_close(w->net);
    mv_keypair_wipe(&w->keys);
    mv_conf_done(&evaluator_settings, &w->settings);
}

/* The records of one page in one transaction. */
static mv_rc apply_page(struct work *w, struct mv_err *err)
{
    struct mv_record record;
    mv_rc rc = MV_OK;
    uint64_t seq = 0;
    uint8_t hash[MV_HASH_BYTES] = {0};
    mv_store_begin(w->store);
    while (mv_goes_on(rc) && mv_puller_next(w->puller, &record) == MV_OK) {
        rc = evaluator_rebuild_apply(w->rebuild, &record, err);
        if (rc == MV_POISON)
            MV_LOG(RECORD_QUARANTINED, mv_kv_int("seq", (int64_t)record.seq),
                   mv_kv_text("why", err->text));
        seq = record.seq;
        memcpy(hash, record.chain, sizeof hash);
    }
    if (!mv_goes_on(rc)) {
        mv_store_abort(w->store);
        return rc;
    }
    rc = mv_store_commit(w->store, err);
    if (rc == MV_OK)
        mv_puller_done(w->puller, seq, hash);
    return rc;
}

/* Until something may have come, the puller has something to do, or end_ms. */
static mv_rc wait(struct work *w, struct mv_clock *now, int64_t end_ms)
{
    int64_t next_ms = mv_puller_step(w->puller, now->mono_ms);
    if (next_ms > end_ms)
        next_ms = end_ms;
    if (next_ms < now->mono_ms)
        next_ms = now->mono_ms;
    struct mv_poll poll = {.sock = mv_puller_sock(w->puller)};
    mv_rc rc = mv_sock_poll(&poll, poll.sock != NULL, next_ms - now->mono_ms);
    mv_clock_read(now);
    return rc;
}

/* Until the journal's head as it is when we get there. */
static mv_rc pull_all(struct work *w, struct mv_err *err)
{
    struct mv_clock now = {0};
    mv_rc rc = MV_OK;
    mv_clock_read(&now);
    int64_t heard_ms = now.mono_ms;
    for (;;) {
        MV_TRY(wait(w, &now, heard_ms + SILENT_MS));
        if (mv_puller_receive(w->puller, now.mono_ms)) {
            heard_ms = now.mono_ms;
            MV_TRY(apply_page(w, err));
            uint64_t seq = w->rebuild->spare->now.seq;
            if (seq >= mv_puller_head(w->puller))
                return MV_OK;
        }
        if (now.mono_ms - heard_ms >= SILENT_MS)
            return mv_fail(err, MV_FATAL, "no journal from ingest: %s",
                           mv_puller_why(w->puller));
    }
out:
    return rc;
}

static void show(const char *before, struct mv_span text)
{
    if (text.at != NULL)
        (void)printf("%s%.*s", before, (int)text.len, (const char *)text.at);
}

static void print_change(void *ctx, struct mv_span raw)
{
    struct work *w = ctx;
    struct mv_msg_change c;
    struct mv_fault fault = {0};
    w->differ++;
    if (!mv_msg_change_decode(raw, &c, &fault))
        return;
    show("", c.target.at != NULL ? c.target : c.commission);
    (void)printf(" %llu", (unsigned long long)c.year);
    show(" ", c.unit);
    show(": ", c.was_status);
    show(" ", c.was_reason);
    show(" -> ", c.status);
    show(" ", c.reason);
    (void)printf("\n");
}

static mv_rc run(struct work *w, const struct asked *a, struct mv_err *err)
{
    mv_rc rc = MV_OK;
    MV_TRY(mv_conf_read(&evaluator_settings, &a->settings, &w->settings, err));
    MV_TRY(open_all(w, err));
    MV_LOG(REBUILD, mv_kv_int("engine", EVALUATOR_ENGINE),
           mv_kv_text("what", a->dry ? "dry run" : "begun"));
    MV_TRY(pull_all(w, err));
    MV_TRY(evaluator_rebuild_finish(w->rebuild, a->dry, print_change, w, err));
    (void)printf("%u statuses %s, at record %llu\n", w->differ,
                 a->dry ? "would turn" : "turned",
                 (unsigned long long)w->rebuild->spare->now.seq);
    MV_LOG(REBUILD, mv_kv_int("statuses", w->differ),
           mv_kv_text("what", a->dry ? "dry run done" : "done"));
out:
    return rc;
}

int evaluator_rebuild_main(int argc, char **argv)
{
    struct asked a = {0};
    struct work w = {0};
    struct mv_err err = {0};
    if (!read_arguments(argc, argv, &a)) {
        print_help(stderr);
        return EX_USAGE;
    }
    if (a.help) {
        print_help(stdout);
        return EX_OK;
    }
    mv_event_init("evaluator", MV_LEVEL_NOTICE);
    mv_store_signals();
    mv_rc rc = run(&w, &a, &err);
    if (rc != MV_OK)
        (void)fprintf(stderr, "maalvakt-evaluator rebuild: %s\n", err.text);
    close_all(&w);
    return mv_exit_code(rc);
}
