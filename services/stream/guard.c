/* guard - see guard.h. Job: is this key good, now. Invariant: there is always
 * one good registry in force; a suspension ends by time or by an operator. A
 * crash forgets suspensions: three more broken frames bring them back. */
#include "services/stream/guard.h"

#include <stdlib.h>
#include <string.h>

#include "services/base/hash.h"
#include "services/base/points.h"

#define OFFENDERS 64 /* the oldest is forgotten for a new one */

struct offender {
    uint8_t public_key[MV_KEY_BYTES];
    int64_t strikes_ms[MV_GUARD_STRIKES]; /* newest first; 0: none */
    int64_t until_ms;                     /* 0: not suspended */
    bool resumed; /* in the open transaction, if it is committed */
};

struct mv_guard {
    char *path;
    struct mv_keys *keys;
    struct mv_keyfile_seen seen;
    bool good;
    int64_t looked_ms; /* real time of the last look */
    struct offender offenders[OFFENDERS];
    int64_t until_ms;                     /* nobody is suspended after this */
    char last_user[2 * MV_KEY_BYTES + 1]; /* most messages come in runs */
    const struct mv_key *last_key;
};

mv_rc mv_guard_open(struct mv_guard **ret, const char *path, struct mv_err *err)
{
    mv_rc rc = MV_OK;
    struct mv_guard *g = mv_xcalloc(1, sizeof *g);
    g->path = mv_xstrdup(path);
    (void)mv_keyfile_changed(path, &g->seen);
    MV_TRY(mv_keys_load(&g->keys, path, err));
    g->good = true;
    *ret = g;
    return MV_OK;
out:
    mv_guard_close(g);
    return rc;
}

void mv_guard_close(struct mv_guard *g)
{
    if (g == NULL)
        return;
    mv_keys_close(g->keys);
    free(g->path);
    free(g);
}

/* What some key could do at the last look and cannot do now. */
static unsigned lost_roles(const struct mv_guard *g, const struct mv_keys *anew,
                           int64_t real_ms)
{
    unsigned lost = 0;
    const char *why;
    for (size_t i = 0; i < mv_keys_count(g->keys); i++) {
        const struct mv_key *old = mv_keys_at(g->keys, i);
        const struct mv_key *now = mv_keys_find(anew, old->public_key);
        unsigned had = mv_key_valid(old, g->looked_ms, &why) ? old->roles : 0;
        unsigned has =
            now != NULL && mv_key_valid(now, real_ms, &why) ? now->roles : 0;
        lost |= had & ~has;
    }
    return lost;
}

/* The file is read anew when it changed, and at every look while it is bad:
 * what made it so (rights, a full table of files) may be mended elsewhere. */
mv_rc mv_guard_look(struct mv_guard *g, int64_t real_ms, unsigned *lost,
                    struct mv_err *err)
{
    struct mv_keys *anew = NULL;
    bool changed = mv_keyfile_changed(g->path, &g->seen);
    mv_rc rc = MV_AGAIN;
    if ((changed || !g->good) && !MV_BROKEN("keys_for_good"))
        rc = mv_keys_load(&anew, g->path, err);
    g->good = rc == MV_OK || (rc == MV_AGAIN && g->good);
    *lost = lost_roles(g, rc == MV_OK ? anew : g->keys, real_ms);
    g->looked_ms = real_ms;
    if (rc != MV_OK)
        return changed ? rc : MV_AGAIN;
    mv_keys_close(g->keys);
    g->keys = anew;
    g->last_user[0] = 0;
    return MV_OK;
}

bool mv_guard_good(const struct mv_guard *g)
{
    return g->good;
}

const struct mv_keys *mv_guard_keys(const struct mv_guard *g)
{
    return g->keys;
}

const struct mv_key *mv_guard_key(struct mv_guard *g,
                                  const uint8_t public_key[MV_KEY_BYTES],
                                  int64_t real_ms)
{
    const char *why;
    const struct mv_key *k = mv_keys_find(g->keys, public_key);
    return k != NULL && mv_key_valid(k, real_ms, &why) ? k : NULL;
}

const struct mv_key *mv_guard_user(struct mv_guard *g, const char *user,
                                   int64_t real_ms)
{
    uint8_t key[MV_KEY_BYTES];
    const char *why;
    if (g->last_user[0] != 0 && strcmp(user, g->last_user) == 0)
        return mv_key_valid(g->last_key, real_ms, &why) ? g->last_key : NULL;
    if (!mv_hex_parse(mv_span_text(user), key, sizeof key))
        return NULL;
    const struct mv_key *k = mv_guard_key(g, key, real_ms);
    if (k != NULL) {
        memcpy(g->last_user, user, sizeof g->last_user);
        g->last_key = k;
    }
    return k;
}

static struct offender *find(struct mv_guard *g, const uint8_t *public_key)
{
    for (size_t i = 0; i < OFFENDERS; i++) {
        if (memcmp(g->offenders[i].public_key, public_key, MV_KEY_BYTES) == 0)
            return &g->offenders[i];
    }
    return NULL;
}

/* Its row, or the one that was quiet for longest, made its own. */
static struct offender *row_of(struct mv_guard *g, const uint8_t *public_key)
{
    struct offender *o = find(g, public_key);
    if (o != NULL)
        return o;
    o = &g->offenders[0];
    for (size_t i = 1; i < OFFENDERS; i++) {
        if (g->offenders[i].strikes_ms[0] < o->strikes_ms[0])
            o = &g->offenders[i];
    }
    *o = (struct offender){.until_ms = 0};
    memcpy(o->public_key, public_key, MV_KEY_BYTES);
    return o;
}

bool mv_guard_strike(struct mv_guard *g, const uint8_t public_key[MV_KEY_BYTES],
                     int64_t mono_ms)
{
    struct offender *o = row_of(g, public_key);
    memmove(o->strikes_ms + 1, o->strikes_ms,
            sizeof o->strikes_ms - sizeof o->strikes_ms[0]);
    o->strikes_ms[0] = mono_ms;
    int64_t third = o->strikes_ms[MV_GUARD_STRIKES - 1];
    if (o->until_ms > mono_ms || third == 0 ||
        mono_ms - third > MV_GUARD_STRIKES_MS)
        return false;
    o->until_ms = g->until_ms = mono_ms + MV_GUARD_SUSPEND_MS;
    return true;
}

void mv_guard_suspend(struct mv_guard *g,
                      const uint8_t public_key[MV_KEY_BYTES], int64_t mono_ms)
{
    struct offender *o = row_of(g, public_key);
    o->strikes_ms[0] = mono_ms;
    o->until_ms = g->until_ms = mono_ms + MV_GUARD_SUSPEND_MS;
}

bool mv_guard_suspended(struct mv_guard *g,
                        const uint8_t public_key[MV_KEY_BYTES], int64_t mono_ms)
{
    if (g->until_ms <= mono_ms)
        return false;
    const struct offender *o = find(g, public_key);
    return o != NULL && o->until_ms > mono_ms;
}

bool mv_guard_resume(struct mv_guard *g, const uint8_t public_key[MV_KEY_BYTES])
{
    struct offender *o = find(g, public_key);
    if (o == NULL || o->until_ms == 0 || o->resumed)
        return false;
    o->resumed = true;
    return true;
}

void mv_guard_settle(struct mv_guard *g, bool committed)
{
    for (size_t i = 0; i < OFFENDERS; i++) {
        struct offender *o = &g->offenders[i];
        if (o->resumed && committed)
            *o = (struct offender){.until_ms = 0};
        o->resumed = false;
    }
}

size_t mv_guard_suspensions(struct mv_guard *g, int64_t mono_ms)
{
    size_t n = 0;
    for (size_t i = 0; i < OFFENDERS; i++)
        n += g->offenders[i].until_ms > mono_ms;
    return n;
}
