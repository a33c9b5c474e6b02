/* act_send - see act_send.h. Job: from acts to answers. Invariant: an act is
 * in the spool before it is sent, its answer before it is told, and no act
 * overtakes another. A crash: the next act with this key sends first what has
 * no answer. */
#include "services/cli/act_send.h"

#include <stdlib.h>
#include <string.h>

#include "proto/conflict.h"
#include "services/base/hash.h"
#include "services/base/text.h"
#include "services/cli/act_effect.h"
#include "services/cli/conflict_text.h"
#include "services/cli/hint.h"
#include "services/cli/keystate.h"
#include "services/cli/phrase.h"
#include "services/cli/rows.h"
#include "services/cli/sender.h"
#include "services/cli/spool_place.h"
#include "services/cli/wrap.h"

#define PRODUCER "acts"
#define WAIT_S   30

struct sending {
    struct cli *c;
    struct cli_door door;
    struct cli_spool *spool;
    char *dir;
    struct cli_item *items;
    size_t count, cap;
    uint64_t stored, refused;
    bool denied;
    struct cli_inforce inforce;
    bool asked; /* for the catalogue */
    struct cli_effect effect;
};

static void queue(struct sending *s, struct cli_entry *e)
{
    if (e->queued)
        return;
    e->queued = true;
    if (s->count == s->cap) {
        s->cap = s->cap == 0 ? 64 : s->cap * 2;
        s->items = mv_xrealloc(s->items, s->cap * sizeof *s->items);
    }
    s->items[s->count++] = (struct cli_item){.entry = e};
}

/* What it says; of what is no act the file it came from. */
static void put_what(struct sending *s, const struct cli_entry *e,
                     struct mv_span frame, struct mv_buf *out)
{
    if (!cli_act_say(s->c, frame, out))
        mv_buf_text(out, e->file);
}

/* anew: now, and not before; only then is it weighed. */
static void say_stored(struct sending *s, const struct cli_entry *e,
                       struct mv_span frame, bool anew)
{
    struct mv_buf what = {0}, seq = {0};
    put_what(s, e, frame, &what);
    cli_count(s->c, e->seq, &seq);
    cli_say(s->c, anew ? CLI_W_ACT_STORED : CLI_W_ACT_KNOWN, mv_buf_cstr(&what),
            mv_buf_cstr(&seq), NULL);
    mv_buf_clear(&what);
    if (anew && cli_effect_none(&s->effect, frame, &what) != NULL)
        cli_say(s->c, CLI_W_ACT_NO_EFFECT, mv_buf_cstr(&what), NULL);
    mv_buf_done(&what);
    mv_buf_done(&seq);
}

static void json_effect(struct sending *s, struct mv_span frame, json_t *j)
{
    struct mv_buf text = {0};
    const char *word = cli_effect_none(&s->effect, frame, &text);
    if (word != NULL)
        (void)json_object_set_new(j, "no_effect", json_string(word));
    mv_buf_done(&text);
}

static void json_answer(struct sending *s, const struct cli_entry *e,
                        struct mv_span frame, struct mv_span answer, bool anew)
{
    json_t *j = cli_json(frame), *a = cli_json(answer);
    static const char *const keys[] = {"result",    "seq",       "hash",
                                       "catalogue", "conflicts", "more"};
    if (!json_is_object(j)) {
        json_decref(j);
        j = json_object();
    }
    (void)json_object_del(j, "v");
    for (size_t i = 0; i < CLI_COUNT(keys); i++)
        if (json_object_get(a, keys[i]) != NULL)
            (void)json_object_set(j, keys[i], json_object_get(a, keys[i]));
    (void)json_object_set_new(j, "file", json_string(e->file));
    if (anew)
        json_effect(s, frame, j);
    json_decref(a);
    cli_json_line(s->c, j);
}

/* Known, but of another year. */
static bool put_years(struct sending *s, cli_thing thing, struct mv_span id,
                      struct mv_buf *out)
{
    const struct mv_catalogue *k = s->inforce.catalogue;
    struct mv_buf years = {0};
    bool there = k != NULL &&
                 (thing == CLI_THING_TARGET || thing == CLI_THING_COMMISSION) &&
                 cli_hint_years(k, thing, id, &years) > 0;
    if (there) {
        mv_buf_text(out, " ");
        cli_word_put(out, s->c, CLI_W_OTHER_YEARS, mv_buf_cstr(&years), NULL);
    }
    mv_buf_done(&years);
    return there;
}

/* What was probably meant by a name that is not known. */
static void put_meant(struct sending *s, struct mv_span raw, struct mv_buf *out)
{
    struct cli_near near = {.want = cli_get_text(raw, "value")};
    mv_code code = mv_code_find(cli_get_text(raw, "code"));
    cli_thing thing;
    if (!cli_hint_kind(code, cli_get_text(raw, "field"), &thing))
        return;
    if (!s->asked)
        (void)cli_hint_catalogue(s->c, s->door.key_name, &s->inforce);
    s->asked = true;
    if (put_years(s, thing, near.want, out))
        return;
    cli_near_catalogue(&near, s->inforce.catalogue, thing);
    cli_near_put(s->c, &near, out);
}

static void say_conflict(struct sending *s, const struct cli_entry *e,
                         struct mv_span raw, uint32_t line)
{
    struct mv_buf text = {0}, lines = {0};
    struct mv_span word = cli_get_text(raw, "code");
    if (cli_conflict_denied(raw)) {
        if (!s->denied) /* once is enough */
            cli_warn(s->c, CLI_W_ACT_DENIED, s->door.key_name, NULL);
        s->denied = true;
        return;
    }
    if (e->file[0] != '\0')
        mv_buf_printf(&text, "%s:%u: ", e->file, line);
    cli_conflict_put(s->c, raw, &text);
    put_meant(s, raw, &text);
    mv_buf_printf(&text, " (%.*s)", (int)word.len, (const char *)word.at);
    cli_wrap(&lines, mv_buf_span(&text), s->c->err_width, 0, 2);
    (void)fprintf(s->c->err, "%s\n", mv_buf_cstr(&lines));
    mv_buf_done(&text);
    mv_buf_done(&lines);
}

static void say_refused(struct sending *s, const struct cli_entry *e,
                        struct mv_span frame, const struct mv_buf *lines,
                        const struct mv_msg_answer *a)
{
    struct mv_buf what = {0};
    struct mv_list list;
    struct mv_span raw;
    uint32_t line = lines->len >= 4 ? mv_be32_get(lines->at) : 0;
    if (mv_list_open(&list, a->conflicts))
        while (mv_list_next(&list, &raw))
            say_conflict(s, e, raw, line);
    put_what(s, e, frame, &what);
    cli_warn(s->c, CLI_W_ACT_REJECTED, mv_buf_cstr(&what), NULL);
    mv_buf_done(&what);
}

/* Spooled first, then told. */
static int answered(void *ctx, struct cli_item *item, struct mv_span bytes,
                    const struct mv_msg_answer *a)
{
    struct sending *s = ctx;
    struct cli_entry *e = item->entry;
    struct mv_buf frame = {0}, lines = {0};
    struct mv_err err = {0};
    bool rejected = mv_span_is(a->result, "rejected");
    bool anew = mv_span_is(a->result, "accepted");
    mv_rc rc = cli_spool_answer(s->spool, e, bytes, &err);
    if (rc == MV_OK)
        rc = cli_spool_get(s->spool, e, &frame, &lines, &err);
    if (rc == MV_OK && s->c->json)
        json_answer(s, e, mv_buf_span(&frame), bytes, anew);
    else if (rc == MV_OK && rejected)
        say_refused(s, e, mv_buf_span(&frame), &lines, a);
    else if (rc == MV_OK)
        say_stored(s, e, mv_buf_span(&frame), anew);
    s->refused += rejected;
    s->stored += !rejected;
    mv_buf_done(&frame);
    mv_buf_done(&lines);
    return rc == MV_OK ? CLI_OK : cli_fail_err(s->c, rc, &err);
}

static void hash_frames(const struct cli_act *acts, size_t count,
                        uint8_t hash[32])
{
    struct mv_buf bytes = {0};
    for (size_t i = 0; i < count; i++)
        cli_act_put(&acts[i], PRODUCER, 0, &bytes);
    struct mv_hash h = mv_hash_of(mv_buf_span(&bytes));
    memcpy(hash, h.at, sizeof h.at);
    mv_buf_done(&bytes);
}

static int say_known(struct sending *s, struct cli_entry *known)
{
    struct mv_buf frame = {0}, answer = {0};
    struct mv_err err = {0};
    mv_rc rc = cli_spool_get(s->spool, known, &frame, NULL, &err);
    if (rc == MV_OK)
        rc = cli_spool_answer_get(s->spool, known, &answer, &err);
    if (rc == MV_OK && s->c->json)
        json_answer(s, known, mv_buf_span(&frame), mv_buf_span(&answer), false);
    else if (rc == MV_OK)
        say_stored(s, known, mv_buf_span(&frame), false);
    s->stored++;
    mv_buf_done(&frame);
    mv_buf_done(&answer);
    return rc == MV_OK ? CLI_OK : cli_fail_err(s->c, rc, &err);
}

static int take_one(struct sending *s, const struct cli_act *a,
                    struct cli_entry *e)
{
    struct cli_entry *in = NULL;
    struct mv_buf frame = {0};
    struct mv_err err = {0};
    hash_frames(a, 1, e->content);
    if (cli_option(s->c, "again") == NULL)
        in = cli_spool_find(s->spool, PRODUCER, e->push, e->content);
    if (in != NULL && in->answered)
        return say_known(s, in);
    if (in == NULL) {
        e->made_ms = cli_spool_now(s->spool);
        e->number = cli_spool_number(s->spool, PRODUCER);
        cli_act_put(a, PRODUCER, e->number, &frame);
        mv_rc rc = cli_spool_put(s->spool, e, mv_buf_span(&frame), &a->line,
                                 &in, &err);
        mv_buf_done(&frame);
        if (rc != MV_OK)
            return cli_fail_err(s->c, rc, &err);
    }
    queue(s, in);
    return CLI_OK;
}

static int take_all(struct sending *s, const struct cli_act *acts, size_t count,
                    const char *file)
{
    struct cli_entry e = {.rows = 1, .producer = PRODUCER};
    struct mv_buf shown = {0};
    int code = CLI_OK;
    if (file != NULL)
        mv_show(&shown, mv_span_text(file), sizeof e.file - 1);
    (void)snprintf(e.file, sizeof e.file, "%s", mv_buf_cstr(&shown));
    mv_buf_done(&shown);
    hash_frames(acts, count, e.push);
    for (size_t i = 0; i < count && code == CLI_OK; i++)
        code = take_one(s, &acts[i], &e);
    return code;
}

static int send_all(struct sending *s)
{
    int64_t wait_s = WAIT_S;
    if (!cli_option_int(s->c, "wait", 1, 86400, &wait_s))
        return CLI_USAGE;
    const struct cli_sender sender = {.c = s->c,
                                      .door = &s->door,
                                      .spool = s->spool,
                                      .wait_ms = wait_s * 1000,
                                      .answered = answered,
                                      .ctx = s};
    if (s->count == 0)
        return CLI_OK;
    if (cli_key_say(s->c, &s->door)) /* the door would stay shut */
        return CLI_DENIED;
    return cli_sender_run(&sender, s->items, s->count);
}

static int sum_up(struct sending *s, int code)
{
    struct mv_buf in = {0}, out = {0};
    cli_count(s->c, s->stored, &in);
    cli_count(s->c, s->refused, &out);
    if (code == CLI_OK && s->stored + s->refused > 1 && !s->c->json)
        cli_say(s->c, CLI_W_ACT_SUM, mv_buf_cstr(&in), mv_buf_cstr(&out), NULL);
    mv_buf_done(&in);
    mv_buf_done(&out);
    if (code != CLI_OK)
        return code;
    return s->denied ? CLI_DENIED : s->refused > 0 ? CLI_NO : CLI_OK;
}

int cli_acts_send(struct cli *c, const struct cli_act *acts, size_t count,
                  const char *file)
{
    struct sending s = {.c = c, .effect = {.c = c}};
    int code = cli_door_find(c, CLI_INGEST, "public", NULL, &s.door);
    if (code == CLI_OK)
        code = cli_spool_start(c, &s.door, &s.spool, &s.dir);
    for (size_t i = 0; code == CLI_OK && i < cli_spool_count(s.spool); i++)
        if (!cli_spool_at(s.spool, i)->answered)
            queue(&s, cli_spool_at(s.spool, i));
    if (code == CLI_OK)
        code = take_all(&s, acts, count, file);
    if (code == CLI_OK)
        code = send_all(&s);
    code = sum_up(&s, code);
    if (s.asked)
        cli_inforce_done(&s.inforce);
    cli_effect_done(&s.effect);
    free(s.items);
    free(s.dir);
    cli_spool_close(s.spool);
    cli_door_wipe(&s.door);
    return code;
}
