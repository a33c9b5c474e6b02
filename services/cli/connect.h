/* connect - from "--dir DIR" (a directory made by `up`), $MAALVAKT_DIR or "."
 * or from --endpoint, --server-key and --key to a door and a key. */
#pragma once

#include "proto/codes.h"
#include "proto/msg.h"
#include "services/base/sock/sock.h"
#include "services/base/text.h"
#include "services/cli/cli.h"

typedef enum cli_service {
    CLI_INGEST = 0,
    CLI_EVALUATOR,
    CLI_NOTIFIER,
    CLI_SERVICES,
    CLI_UNTOLD = CLI_SERVICES /* what is at --endpoint has not said which */
} cli_service;

/* "ingest" "evaluator" "notifier", and "--endpoint" of CLI_UNTOLD; static. */
const char *cli_service_name(cli_service s);

/* The installation's directory as the options say; never NULL. */
const char *cli_dir(const struct cli *c);

/* Is that directory an installation's? CLI_OK, or it has been said. */
int cli_place_check(struct cli *c);

/* An installation's directory where no service is up, and nobody to start one.
 * Says nothing. */
bool cli_place_is_down(struct cli *c);

/* Everything one needs to speak to one door. */
struct cli_door {
    char endpoint[MV_ENDPOINT_BYTES];
    uint8_t server_key[MV_KEY_BYTES];
    struct mv_keypair keys;
    char key_name[MV_IDENTIFIER_BYTES + 1]; /* or a file's, shortened */
};
/* door: "control", "public", "live". key: a name in the installation, or NULL:
 * --key (a name, or a path with '/'), else "operator". --endpoint stands for
 * any door. Says itself what is wrong; CLI_OK or the exit code. */
int cli_door_find(struct cli *c, cli_service s, const char *door,
                  const char *key, struct cli_door *ret);
void cli_door_wipe(struct cli_door *d);

/* A control door, open. One network per process; closed by the last. */
struct cli_link;
int cli_link_open(struct cli *c, cli_service s, const char *key,
                  struct cli_link **ret);
void cli_link_close(struct cli_link *l); /* takes NULL */
/* Which service it is, by its own word; from then on the link is named so.
 * CLI_OK, or it has been said. */
int cli_link_which(struct cli_link *l, cli_service *ret);
/* To a service that was started by us, with the very key that asks; `ready`
 * is its ready file. */
int cli_link_own(struct cli *c, cli_service s, const char *ready,
                 struct cli_link **ret);
/* The file of the key that asks; the caller frees. */
char *cli_key_file(const struct cli *c);

/* One question: args a msgpack map or empty. CLI_OK: reply->result is "ok";
 * anything else has been said (rejected: CLI_NO, a key's fault: CLI_DENIED,
 * retry: CLI_RETRY, silence: CLI_AWAY). reply borrowed until the next. */
int cli_ask(struct cli_link *l, const char *verb, struct mv_span args,
            struct mv_msg_reply *reply);
/* The same with patience of one's own, quietly; then in words, and as the
 * exit code, what came of it. */
mv_rc cli_ask_patient(struct cli_link *l, const char *verb, struct mv_span args,
                      int64_t wait_ms, struct mv_msg_reply *reply,
                      struct mv_err *err) MV_CHECKED;
int cli_ask_answered(struct cli_link *l, mv_rc rc, const struct mv_err *err,
                     const struct mv_msg_reply *reply);
/* The code of the last refusal that was said; MV_CODE_NONE before any,
 * and of a door that was not opened (NULL). */
mv_code cli_link_code(const struct cli_link *l);
/* Is it silent because its key is not let in? Then that is said. */
bool cli_link_shut(struct cli_link *l);
/* It is the key that may not; nothing is said. */
bool cli_ask_denied(const struct mv_msg_reply *reply);
/* The same without a word said: for those who look at the code themselves. */
mv_rc cli_ask_quiet(struct cli_link *l, const char *verb, struct mv_span args,
                    struct mv_msg_reply *reply, struct mv_err *err) MV_CHECKED;
/* Any frame at the control door, and the frame that comes next. */
mv_rc cli_link_frame(struct cli_link *l, struct mv_span frame, int64_t wait_ms,
                     struct mv_span *ret, struct mv_err *err) MV_CHECKED;

/* The installation lives on another day: how far, in ms; 0: no, or remote.
 * cli_say_day prints the line that belongs on every screen then. */
int64_t cli_shift_ms(const struct cli *c);
void cli_say_day(struct cli *c);
