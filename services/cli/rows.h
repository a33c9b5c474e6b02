/* rows - the rows of a reply: msgpack maps, read by key or made JSON. The
 * bytes were checked with the message; a wrong type counts as not there. */
#pragma once

#include <jansson.h>

#include "proto/msg.h"
#include "proto/walk.h"
#include "services/cli/cli.h"

/* Any value as JSON: bin as hex, a map's keys in their order, text that is
 * not there as null. Deeper than 16: null. The caller owns it. */
json_t *cli_json(struct mv_span raw);
/* Of a file's name or a message, which may be no UTF-8, or be cut within a
 * letter: what is none is escaped as a terminal shows it. Never NULL. */
json_t *cli_json_shown(const char *said);
/* One line on c->out; takes the reference. */
void cli_json_line(struct cli *c, json_t *j);

struct mv_span cli_get_text(struct mv_span row, const char *key); /* or "" */
/* Of a reply whose rows are of several kinds. */
bool cli_is_what(struct mv_span row, const char *what);
uint64_t cli_get_u64(struct mv_span row, const char *key);   /* or 0 */
int64_t cli_get_i64(struct mv_span row, const char *key);    /* or 0 */
bool cli_get_bool(struct mv_span row, const char *key);      /* or false */
struct mv_span cli_get(struct mv_span row, const char *key); /* raw or empty */
/* {nb, en} in the language, or the other, or the first there is: of a raw
 * value, and of what is under the key. */
struct mv_span cli_text_lang(const struct cli *c, struct mv_span texts);
struct mv_span cli_get_lang(const struct cli *c, struct mv_span row,
                            const char *key);

/* The title under title_key in the language; where there is none, the id. */
struct mv_span cli_get_titled(const struct cli *c, struct mv_span row,
                              const char *id_key, const char *title_key);

/* The rows of a reply, one by one with mv_list_next; or all of them as JSON
 * Lines on c->out. */
bool cli_rows_open(struct mv_list *list, const struct mv_msg_reply *reply);
void cli_rows_json(struct cli *c, const struct mv_msg_reply *reply);
