/* near - see near.h. Job: the name that was probably meant. Invariant: only
 * names that exist are proposed. Holds nothing. */
#include "services/cli/near.h"

#include <string.h>

#define NAME_MAX_BYTES 64u

static unsigned char folded(struct mv_span text, size_t at)
{
    unsigned char byte = ((const unsigned char *)text.at)[at];
    return byte >= 'A' && byte <= 'Z' ? (unsigned char)(byte + 32) : byte;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned cli_near_distance(struct mv_span a, struct mv_span b, unsigned most)
{
    unsigned rows[3][NAME_MAX_BYTES + 1];
    unsigned *before = rows[0], *last = rows[1], *now = rows[2];
    if (a.len > NAME_MAX_BYTES || b.len > NAME_MAX_BYTES)
        return most + 1;
    memset(rows, 0, sizeof rows);
    for (size_t j = 0; j <= b.len; j++)
        last[j] = (unsigned)j;
    for (size_t i = 1; i <= a.len; i++) {
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            bool same = folded(a, i - 1) == folded(b, j - 1);
            now[j] = least(least(last[j], now[j - 1]) + 1,
                           last[j - 1] + (same ? 0 : 1));
            if (i > 1 && j > 1 && folded(a, i - 1) == folded(b, j - 2) &&
                folded(a, i - 2) == folded(b, j - 1))
                now[j] = least(now[j], before[j - 2] + 1);
        }
        unsigned *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[b.len] > most ? most + 1 : last[b.len];
}

static void take(struct cli_near *n, struct mv_span name, unsigned distance)
{
    if (name.len == 0 || name.len >= sizeof n->best ||
        (n->found && distance >= n->distance))
        return;
    n->found = true;
    n->distance = distance;
    memcpy(n->best, name.at, name.len);
    n->best[name.len] = '\0';
}

/* Near enough, and not by being short: where no letter is in both, the
 * distance is all of the longer one. */
static bool is_near(struct mv_span want, struct mv_span name, unsigned most,
                    unsigned *distance)
{
    size_t longer = want.len > name.len ? want.len : name.len;
    *distance = cli_near_distance(want, name, most);
    return *distance <= most && *distance < longer;
}

void cli_near_try(struct cli_near *n, struct mv_span name)
{
    unsigned most = (unsigned)(n->want.len < 3 ? 1 : (n->want.len + 2) / 3);
    unsigned distance;
    if (is_near(n->want, name, most, &distance))
        take(n, name, distance);
    else if (n->want.len >= 3 && name.len > n->want.len &&
             cli_near_distance(n->want, mv_span(name.at, n->want.len), 0) == 0)
        take(n, name, most); /* the beginning of a longer name */
}

static void try_title(struct cli_near *n, struct mv_span id,
                      const struct mv_title *title)
{
    unsigned distance;
    cli_near_try(n, id);
    if (is_near(n->want, title->nb, 1, &distance) ||
        is_near(n->want, title->en, 1, &distance))
        take(n, id, 1);
}

static void try_members(struct cli_near *n, const struct mv_indicator *ind)
{
    for (uint32_t i = 0; i < ind->member_count; i++)
        try_title(n, ind->members[i].id, &ind->members[i].title);
}

void cli_near_catalogue(struct cli_near *n, const struct mv_catalogue *c,
                        cli_thing thing)
{
    if (c == NULL)
        return;
    for (uint32_t i = 0; thing == CLI_THING_UNIT && i < c->unit_count; i++)
        try_title(n, c->units[i].id, &c->units[i].name);
    for (uint32_t i = 0; thing == CLI_THING_REGION && i < c->unit_count; i++)
        if (c->units[i].region == i)
            try_title(n, c->units[i].id, &c->units[i].name);
    for (uint32_t i = 0; thing == CLI_THING_INDICATOR && i < c->indicator_count;
         i++)
        try_title(n, c->indicators[i].id, &c->indicators[i].title);
    for (uint32_t i = 0; thing == CLI_THING_MEMBER && i < c->indicator_count;
         i++)
        try_members(n, &c->indicators[i]);
    for (uint32_t i = 0; thing == CLI_THING_TARGET && i < c->target_count; i++)
        cli_near_try(n, c->targets[i].id);
    for (uint32_t i = 0;
         thing == CLI_THING_COMMISSION && i < c->commission_count; i++)
        cli_near_try(n, c->commissions[i].id);
}

void cli_near_put(const struct cli *c, const struct cli_near *n,
                  struct mv_buf *out)
{
    if (!n->found)
        return;
    mv_buf_text(out, " ");
    cli_word_put(out, c, CLI_W_DID_YOU_MEAN, n->best, NULL);
}
