/* keystate - see keystate.h. Job: one look into the key file. Invariant: it
 * is the file that the services look at, and the real day, as theirs. Changes
 * nothing. */
#include "services/cli/keystate.h"

#include <stdlib.h>
#include <string.h>

#include "services/base/clock.h"
#include "services/cli/near.h"
#include "services/cli/phrase.h"
#include "services/cli/place.h"
#include "services/stream/keys.h"

static cli_key_state look(const struct mv_key *k, char day[32], char unit[65])
{
    struct mv_clock now = {0};
    struct mv_buf text = {0};
    cli_key_state state = CLI_KEY_GOOD;
    if (k == NULL)
        return CLI_KEY_STRANGER;
    mv_clock_read(&now);
    if (now.wall_ms >= k->to_ms) {
        state = CLI_KEY_ENDED;
        cli_time(k->to_ms, &text);
    } else if (now.wall_ms < k->from_ms) {
        state = CLI_KEY_EARLY;
        cli_time(k->from_ms, &text);
    }
    (void)snprintf(day, 32, "%s", mv_buf_cstr(&text));
    (void)snprintf(unit, 65, "%s", k->unit);
    mv_buf_done(&text);
    return state;
}

/* NULL: it is elsewhere, or cannot be read. */
static struct mv_keys *keys_here(const struct cli *c)
{
    struct mv_keys *keys = NULL;
    if (cli_option(c, "endpoint") != NULL)
        return NULL;
    char *path = cli_keyfile_path(cli_dir(c));
    if (mv_keys_load(&keys, path, NULL) != MV_OK)
        keys = NULL;
    free(path);
    return keys;
}

cli_key_state cli_key_look(const struct cli *c, const struct cli_door *door,
                           char day[32], char unit[65])
{
    struct mv_keys *keys = keys_here(c);
    cli_key_state state = CLI_KEY_UNSAID;
    day[0] = unit[0] = '\0';
    if (keys != NULL)
        state = look(mv_keys_find(keys, door->keys.public_key), day, unit);
    mv_keys_close(keys);
    return state;
}

bool cli_key_there(const struct cli *c, const char *name)
{
    struct mv_keys *keys = keys_here(c);
    bool there = keys == NULL || mv_keys_named(keys, name) != NULL;
    mv_keys_close(keys);
    return there;
}

int cli_key_unknown(struct cli *c, const char *name)
{
    struct cli_near near = {.want = mv_span_text(name)};
    struct mv_keys *keys = keys_here(c);
    struct mv_buf hint = {0};
    for (size_t i = 0; keys != NULL && i < mv_keys_count(keys); i++)
        cli_near_try(&near, mv_span_text(mv_keys_at(keys, i)->name));
    cli_near_put(c, &near, &hint);
    cli_warn(c, CLI_W_NO_KEY, name, cli_dir(c), mv_buf_cstr(&hint), NULL);
    mv_keys_close(keys);
    mv_buf_done(&hint);
    return CLI_NO;
}

bool cli_key_say(struct cli *c, const struct cli_door *door)
{
    char day[32], unit[65];
    switch (cli_key_look(c, door, day, unit)) {
    case CLI_KEY_ENDED:
        cli_warn(c, CLI_W_KEY_ENDED, door->key_name, day, NULL);
        return true;
    case CLI_KEY_EARLY:
        cli_warn(c, CLI_W_KEY_EARLY, door->key_name, day, NULL);
        return true;
    case CLI_KEY_STRANGER:
        cli_warn(c, CLI_W_KEY_STRANGER, door->key_name, NULL);
        return true;
    case CLI_KEY_GOOD:
    case CLI_KEY_UNSAID:
        break;
    }
    return false;
}
