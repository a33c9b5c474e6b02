/* connect - see connect.h. Job: a door and a key for a command. Invariant: a
 * secret key leaves memory wiped; nothing is sent to a server whose public
 * key was not known before. Holds no state on disk. */
#include "services/cli/connect.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "services/base/clock.h"
#include "services/base/file.h"
#include "services/base/hash.h"
#include "services/cli/conflict_text.h"
#include "services/cli/keystate.h"
#include "services/cli/place.h"
#include "services/cli/progress.h"
#include "services/cli/rows.h"
#include "services/cli/setup.h"
#include "services/cli/stop.h"
#include "services/cli/table.h"
#include "services/cli/told.h"
#include "services/stream/client.h"
#include "services/stream/keys.h"

#define ASK_MS           5000
#define LOOK_MS          50
#define READY_FILE_BYTES 4096

struct cli_link {
    struct cli *c;
    struct mv_net *net;
    struct mv_client *client;
    cli_service service;
    struct cli_door door; /* its secret wiped */
    struct cli_progress waiting;
    mv_code code; /* of the last refusal */
};

/* While an answer is waited for; nothing in the first second. */
static void tick(void *ctx)
{
    cli_progress_wait(&((struct cli_link *)ctx)->waiting);
}

static const cli_word wait_words[] = {CLI_W_WAIT_INGEST, CLI_W_WAIT_EVALUATOR,
                                      CLI_W_WAIT_NOTIFIER, CLI_W_WAIT_ENDPOINT};

static void wait_begin(struct cli_link *l)
{
    cli_progress_begin(&l->waiting, l->c, cli_w(l->c, wait_words[l->service]),
                       0);
    mv_client_on_wait(l->client, tick, l);
}

const char *cli_service_name(cli_service s)
{
    static const char *const names[] = {"ingest", "evaluator", "notifier",
                                        "--endpoint"};
    return names[s];
}

const char *cli_dir(const struct cli *c)
{
    const char *dir = cli_option(c, "dir");
    if (dir == NULL)
        dir = getenv("MAALVAKT_DIR");
    return dir != NULL && *dir != '\0' ? dir : ".";
}

static void name_key(struct cli_door *d, const char *key)
{
    const char *slash = strrchr(key, '/');
    (void)snprintf(d->key_name, sizeof d->key_name, "%s",
                   slash != NULL ? slash + 1 : key);
}

static int load_key(struct cli *c, const char *key, struct cli_door *d)
{
    struct mv_err err = {0};
    const char *dir = cli_dir(c);
    name_key(d, key);
    if (strchr(key, '/') != NULL)
        return cli_fail_err(c, mv_keypair_load(&d->keys, key, &err), &err);
    char *path = cli_key_path(dir, key);
    struct mv_buf probe = {0};
    mv_rc rc = mv_file_read(path, READY_FILE_BYTES,
                            MV_FILE_MAY_MISS | MV_FILE_SECRET, &probe, &err);
    if (probe.at != NULL)
        mv_secret_wipe(probe.at, probe.len);
    mv_buf_done(&probe);
    int code = CLI_OK;
    if (rc == MV_AGAIN)
        code = cli_key_unknown(c, key);
    else if (rc != MV_OK)
        code = cli_fail_err(c, rc, &err);
    else if ((rc = mv_keypair_load(&d->keys, path, &err)) != MV_OK)
        code = cli_fail_err(c, rc, &err);
    free(path);
    return code;
}

/* A line `door=endpoint` of the service's ready file. */
static bool find_line(struct mv_span text, const char *door, char *ret,
                      size_t size)
{
    const char *at = text.at, *end = at + text.len;
    size_t len = strlen(door);
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL)
            stop = end;
        size_t all = (size_t)(stop - at);
        if (all > len && !memcmp(at, door, len) && at[len] == '=' &&
            all - len - 1 < size) {
            memcpy(ret, at + len + 1, all - len - 1);
            ret[all - len - 1] = '\0';
            return true;
        }
        at = stop + 1;
    }
    return false;
}

/* Where the door is whenever the service serves; "" if it has none such. */
static const char *address_of(const struct cli_place *p, cli_service s,
                              const char *door)
{
    const struct {
        cli_service service;
        const char *door, *at;
    } all[] = {{CLI_INGEST, "public", p->ingest_public},
               {CLI_INGEST, "control", p->ingest_control},
               {CLI_EVALUATOR, "control", p->evaluator_control},
               {CLI_EVALUATOR, "live", p->evaluator_live},
               {CLI_NOTIFIER, "public", p->notifier_public},
               {CLI_NOTIFIER, "control", p->notifier_control}};
    for (size_t i = 0; i < CLI_COUNT(all); i++)
        if (all[i].service == s && !strcmp(all[i].door, door))
            return all[i].at != NULL ? all[i].at : "";
    return "";
}

/* Its ready file was the last thing that left its folder. */
static void put_down_for(struct cli *c, cli_service s, struct mv_buf *out)
{
    char *folder = cli_path(cli_dir(c), "%s", cli_service_name(s));
    struct mv_clock now = {0};
    struct stat st;
    mv_clock_read(&now);
    if (stat(folder, &st) == 0)
        cli_age(now.wall_ms - st.st_mtim.tv_sec * INT64_C(1000), out);
    free(folder);
}

/* No ready file: nobody started it, or it died and is started again. */
static int say_down(struct cli *c, cli_service s, const char *door)
{
    const char *name = cli_service_name(s);
    struct mv_buf age = {0}, pid = {0};
    struct cli_place place;
    long up = cli_setup_running(cli_dir(c));
    if (up <= 0 || cli_place_load(cli_dir(c), &place, NULL) != MV_OK)
        return cli_fail(c, CLI_AWAY, CLI_W_NOT_UP, name, cli_dir(c), NULL);
    char *log = cli_path(cli_dir(c), "log/%s.log", name);
    put_down_for(c, s, &age);
    mv_buf_printf(&pid, "%ld", up);
    cli_warn(c, CLI_W_DOWN, name, mv_buf_cstr(&age),
             address_of(&place, s, door), mv_buf_cstr(&pid), log, NULL);
    cli_place_done(&place);
    mv_buf_done(&age);
    mv_buf_done(&pid);
    free(log);
    return CLI_AWAY;
}

static int read_endpoint(struct cli *c, cli_service s, const char *path,
                         const char *door, struct cli_door *d)
{
    const char *name = cli_service_name(s);
    struct mv_buf text = {0};
    struct mv_err err = {0};
    int code = CLI_OK;
    mv_rc rc =
        mv_file_read(path, READY_FILE_BYTES, MV_FILE_MAY_MISS, &text, &err);
    if (rc == MV_AGAIN)
        code = say_down(c, s, door);
    else if (rc != MV_OK)
        code = cli_fail_err(c, rc, &err);
    else if (!find_line(mv_buf_span(&text), door, d->endpoint,
                        sizeof d->endpoint))
        code = cli_fail(c, CLI_CONFIG, CLI_W_NO_DOOR, name, door, NULL);
    mv_buf_done(&text);
    return code;
}

/* One that died is back in a moment, if `up` runs to start it. */
static void await_ready(struct cli *c, cli_service s, const char *path)
{
    struct cli_progress waiting;
    int64_t end = cli_mono_ms() + ASK_MS;
    if (access(path, F_OK) == 0 || cli_setup_running(cli_dir(c)) <= 0)
        return;
    cli_progress_begin(&waiting, c, cli_w(c, wait_words[s]), 0);
    while (access(path, F_OK) != 0 && cli_mono_ms() < end) {
        cli_progress_wait(&waiting);
        cli_nap(LOOK_MS);
    }
    cli_progress_end(&waiting);
}

static int find_endpoint(struct cli *c, cli_service s, const char *door,
                         struct cli_door *d)
{
    char *path = cli_path(cli_dir(c), "%s/ready", cli_service_name(s));
    if (!c->hasty)
        await_ready(c, s, path);
    int code = read_endpoint(c, s, path, door, d);
    free(path);
    return code;
}

static int find_server_key(struct cli *c, cli_service s, struct cli_door *d)
{
    char *path = cli_keyfile_path(cli_dir(c));
    struct mv_keys *keys = NULL;
    struct mv_err err = {0};
    int code = CLI_OK;
    mv_rc rc = mv_keys_load(&keys, path, &err);
    if (rc != MV_OK) {
        code = cli_fail_err(c, rc, &err);
    } else {
        const struct mv_key *k = mv_keys_named(keys, cli_service_name(s));
        if (k == NULL) {
            code = cli_fail(c, CLI_CONFIG, CLI_W_NO_KEY, cli_service_name(s),
                            path, "", NULL);
        } else {
            memcpy(d->server_key, k->public_key, MV_KEY_BYTES);
        }
    }
    mv_keys_close(keys);
    free(path);
    return code;
}

static int find_remote(struct cli *c, const char *endpoint, struct cli_door *d)
{
    const char *server = cli_option(c, "server-key");
    const char *key = cli_option(c, "key");
    struct mv_err err = {0};
    if (server == NULL || key == NULL)
        return cli_fail(c, CLI_USAGE, CLI_W_REMOTE_NEEDS, NULL);
    if (!mv_key_parse(mv_span_text(server), d->server_key))
        return cli_fail(c, CLI_USAGE, CLI_W_BAD_SERVER_KEY, NULL);
    (void)snprintf(d->endpoint, sizeof d->endpoint, "%s", endpoint);
    name_key(d, key);
    mv_rc rc = mv_keypair_load(&d->keys, key, &err);
    return rc == MV_OK ? CLI_OK : cli_fail_err(c, rc, &err);
}

static const char *key_asked(const struct cli *c)
{
    const char *key = cli_option(c, "key");
    return key != NULL ? key : "operator";
}

int cli_place_check(struct cli *c)
{
    struct cli_place place;
    struct mv_err err = {0};
    mv_rc rc = cli_place_load(cli_dir(c), &place, &err);
    if (rc == MV_OK)
        cli_place_done(&place);
    if (rc == MV_AGAIN)
        return cli_fail(c, CLI_CONFIG, CLI_W_NO_PLACE, cli_dir(c), NULL);
    return rc == MV_OK ? CLI_OK : cli_fail_err(c, rc, &err);
}

bool cli_place_is_down(struct cli *c)
{
    struct cli_place place;
    if (cli_option(c, "endpoint") != NULL ||
        cli_setup_running(cli_dir(c)) > 0 ||
        cli_place_load(cli_dir(c), &place, NULL) != MV_OK)
        return false;
    cli_place_done(&place);
    bool down = true;
    for (int s = 0; s < CLI_SERVICES; s++) {
        char *path =
            cli_path(cli_dir(c), "%s/ready", cli_service_name((cli_service)s));
        down = down && access(path, F_OK) != 0;
        free(path);
    }
    return down;
}

int cli_door_find(struct cli *c, cli_service s, const char *door,
                  const char *key, struct cli_door *ret)
{
    const char *endpoint = cli_option(c, "endpoint");
    memset(ret, 0, sizeof *ret);
    if (endpoint != NULL)
        return find_remote(c, endpoint, ret);
    if (key == NULL)
        key = key_asked(c);
    int code = cli_place_check(c);
    if (code == CLI_OK)
        code = load_key(c, key, ret);
    if (code == CLI_OK)
        code = find_server_key(c, s, ret);
    if (code == CLI_OK)
        code = find_endpoint(c, s, door, ret);
    return code;
}

void cli_door_wipe(struct cli_door *d)
{
    mv_keypair_wipe(&d->keys);
}

/* Wipes the door's secret. */
static int open_link(struct cli *c, cli_service s, struct cli_door *door,
                     struct cli_link **ret)
{
    struct mv_err err = {0};
    struct cli_link *l = mv_xcalloc(1, sizeof *l);
    l->c = c;
    l->service = s;
    mv_rc rc = mv_net_open(&l->net, &err);
    if (rc == MV_OK)
        rc = mv_client_open(&l->client, l->net, door->endpoint,
                            door->server_key, &door->keys, &err);
    mv_secret_wipe(door->keys.secret_key, sizeof door->keys.secret_key);
    l->door = *door;
    if (rc != MV_OK) {
        cli_link_close(l);
        return cli_fail_err(c, rc, &err);
    }
    *ret = l;
    return CLI_OK;
}

int cli_link_open(struct cli *c, cli_service s, const char *key,
                  struct cli_link **ret)
{
    struct cli_door door;
    *ret = NULL;
    int code = cli_door_find(c, s, "control", key, &door);
    return code == CLI_OK ? open_link(c, s, &door, ret) : code;
}

char *cli_key_file(const struct cli *c)
{
    const char *key = key_asked(c);
    return strchr(key, '/') != NULL ? mv_xstrdup(key)
                                    : cli_key_path(cli_dir(c), key);
}

int cli_link_own(struct cli *c, cli_service s, const char *ready,
                 struct cli_link **ret)
{
    struct cli_door door = {0};
    *ret = NULL;
    int code = load_key(c, key_asked(c), &door);
    memcpy(door.server_key, door.keys.public_key, MV_KEY_BYTES);
    if (code == CLI_OK)
        code = read_endpoint(c, s, ready, "control", &door);
    return code == CLI_OK ? open_link(c, s, &door, ret) : code;
}

void cli_link_close(struct cli_link *l)
{
    if (l == NULL)
        return;
    if (l->client != NULL)
        mv_client_close(l->client);
    if (l->net != NULL)
        mv_net_close(l->net);
    free(l);
}

mv_rc cli_ask_quiet(struct cli_link *l, const char *verb, struct mv_span args,
                    struct mv_msg_reply *reply, struct mv_err *err)
{
    return cli_ask_patient(l, verb, args, ASK_MS, reply, err);
}

/* The text is which role is lacking, or what the key may not. */
static int denied(struct cli_link *l, const struct mv_msg_reply *reply)
{
    struct mv_buf what = {0};
    cli_told(l->c, reply->text.len > 0 ? reply->text : reply->code, &what);
    cli_warn(l->c, CLI_W_KEY_MAY_NOT, cli_service_name(l->service),
             l->door.key_name, mv_buf_cstr(&what), NULL);
    mv_buf_done(&what);
    return CLI_DENIED;
}

bool cli_ask_denied(const struct mv_msg_reply *reply)
{
    mv_code code = mv_code_find(reply->code);
    return code == MV_CODE_NOT_ALLOWED || code == MV_CODE_UNAUTHORISED ||
           code == MV_CODE_FORBIDDEN;
}

mv_code cli_link_code(const struct cli_link *l)
{
    return l != NULL ? l->code : MV_CODE_NONE;
}

/* By its own word, quietly; CLI_UNTOLD: none that is known. */
static mv_rc ask_which(struct cli_link *l, cli_service *ret,
                       struct mv_msg_reply *reply, struct mv_err *err)
{
    struct mv_list rows;
    struct mv_span row, name = mv_span("", 0);
    int s = CLI_INGEST;
    mv_rc rc = cli_ask_quiet(l, "ping", mv_span(NULL, 0), reply, err);
    if (rc == MV_OK && cli_rows_open(&rows, reply) && mv_list_next(&rows, &row))
        name = cli_get_text(row, "service");
    while (s < CLI_SERVICES &&
           !mv_span_is(name, cli_service_name((cli_service)s)))
        s++;
    *ret = (cli_service)s;
    return rc;
}

/* What it does not know another may: it is the wrong door. Says so. */
static bool other_door(struct cli_link *l)
{
    struct mv_msg_reply reply;
    struct mv_err err = {0};
    cli_service is = CLI_UNTOLD;
    if (cli_option(l->c, "endpoint") == NULL ||
        ask_which(l, &is, &reply, &err) != MV_OK || is == CLI_UNTOLD ||
        is == l->service)
        return false;
    cli_warn(l->c, CLI_W_OTHER_DOOR, l->door.endpoint, cli_service_name(is),
             cli_service_name(l->service), NULL);
    return true;
}

/* A refusal in the words of the language, and what to do about it. */
static int refused(struct cli_link *l, const struct mv_msg_reply *reply)
{
    mv_code code = mv_code_find(reply->code);
    struct mv_code_args args = {.detail = reply->text, .value = reply->text};
    struct mv_buf said = {0};
    l->code = code;
    if (mv_span_is(reply->result, "retry")) {
        cli_code_put(l->c, reply->code, &said);
        cli_warn(l->c, CLI_W_RETRY_LATER, cli_service_name(l->service),
                 mv_buf_cstr(&said), NULL);
        mv_buf_done(&said);
        return CLI_RETRY;
    }
    if (cli_ask_denied(reply))
        return denied(l, reply);
    if (reply->text.len > 0)
        cli_told(l->c, reply->text, &said);
    else
        mv_code_text(code, l->c->lang, &args, &said);
    /* the reply is read: another may be asked for */
    if (code != MV_CODE_UNKNOWN_VERB || !other_door(l))
        cli_warn(l->c, CLI_W_REFUSED, cli_service_name(l->service),
                 mv_buf_cstr(&said), mv_code_name(code), NULL);
    mv_buf_done(&said);
    return CLI_NO;
}

mv_rc cli_ask_patient(struct cli_link *l, const char *verb, struct mv_span args,
                      int64_t wait_ms, struct mv_msg_reply *reply,
                      struct mv_err *err)
{
    wait_begin(l);
    mv_rc rc = mv_client_ask(l->client, verb, args, wait_ms, reply, err);
    cli_progress_end(&l->waiting);
    return rc;
}

/* What is left of one that `up` ran may still say where it was. */
static int say_silent(struct cli_link *l)
{
    const char *name = cli_service_name(l->service);
    struct cli *c = l->c;
    if (cli_option(c, "endpoint") == NULL && cli_setup_running(cli_dir(c)) <= 0)
        return cli_fail(c, CLI_AWAY, CLI_W_NOT_UP, name, cli_dir(c), NULL);
    return cli_fail(c, CLI_AWAY, CLI_W_SILENT, name, l->door.key_name,
                    l->door.endpoint, NULL);
}

bool cli_link_shut(struct cli_link *l)
{
    return cli_key_say(l->c, &l->door);
}

int cli_ask_answered(struct cli_link *l, mv_rc rc, const struct mv_err *err,
                     const struct mv_msg_reply *reply)
{
    if (rc == MV_AGAIN && cli_link_shut(l))
        return CLI_DENIED;
    if (rc == MV_AGAIN)
        return say_silent(l);
    if (rc != MV_OK)
        return cli_fail_err(l->c, rc, err);
    return mv_span_is(reply->result, "ok") ? CLI_OK : refused(l, reply);
}

int cli_ask(struct cli_link *l, const char *verb, struct mv_span args,
            struct mv_msg_reply *reply)
{
    struct mv_err err = {0};
    mv_rc rc = cli_ask_quiet(l, verb, args, reply, &err);
    return cli_ask_answered(l, rc, &err, reply);
}

int cli_link_which(struct cli_link *l, cli_service *ret)
{
    struct mv_msg_reply reply;
    struct mv_err err = {0};
    int code =
        cli_ask_answered(l, ask_which(l, ret, &reply, &err), &err, &reply);
    if (code == CLI_OK && *ret == CLI_UNTOLD)
        code = say_silent(l);
    l->service = *ret;
    return code;
}

mv_rc cli_link_frame(struct cli_link *l, struct mv_span frame, int64_t wait_ms,
                     struct mv_span *ret, struct mv_err *err)
{
    wait_begin(l);
    mv_rc rc = mv_client_frame(l->client, frame, wait_ms, ret, err);
    cli_progress_end(&l->waiting);
    return rc;
}

int64_t cli_shift_ms(const struct cli *c)
{
    struct cli_place place;
    int64_t shift = 0;
    if (cli_option(c, "endpoint") != NULL)
        return 0;
    if (cli_place_load(cli_dir(c), &place, NULL) == MV_OK)
        shift = place.shift_ms;
    cli_place_done(&place);
    return shift;
}

void cli_say_day(struct cli *c)
{
    struct mv_clock now = {.shift_ms = cli_shift_ms(c)};
    char day[MV_DAY_TEXT_BYTES];
    if (now.shift_ms == 0 || c->json)
        return;
    mv_clock_read(&now);
    cli_say(c, CLI_W_OTHER_DAY, mv_day_text(mv_clock_day(now.wall_ms), day),
            NULL);
}
