/* subscription - see subscription.h. Job: a request's args to a checked
 * definition in one form, and that to a row and back. Invariant: what is kept
 * was checked; two requests that mean the same are the same bytes. Memory
 * only: a crash leaves nothing. */
#include "services/notifier/subscription.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/limits.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/base/text.h"

#define FIXED_BYTES (1 + 3 * 8 + 2 + MV_HASH_BYTES)

static const struct {
    const char *word;
    unsigned bit;
} transitions[] = {
    {"to-red", NOTIFIER_TO_RED},         {"back", NOTIFIER_BACK},
    {"to-yellow", NOTIFIER_TO_YELLOW},   {"to-green", NOTIFIER_TO_GREEN},
    {"to-none", NOTIFIER_LOST_OR_AGAIN}, {"overdue", NOTIFIER_OVERDUE},
    {"reminder", NOTIFIER_REMINDER},
};
enum { TRANSITIONS = sizeof transitions / sizeof transitions[0] };

static const char *const list_keys[NOTIFIER_KINDS] = {"regions", "units",
                                                      "targets"};

bool notifier_bit_parse(struct mv_span word, unsigned *ret)
{
    for (size_t i = 0; i < TRANSITIONS; i++) {
        if (mv_span_is(word, transitions[i].word)) {
            *ret = transitions[i].bit;
            return true;
        }
    }
    return false;
}

void notifier_bits_pack(unsigned bits, struct mv_buf *out)
{
    uint32_t count = 0;
    for (size_t i = 0; i < TRANSITIONS; i++)
        count += (bits & transitions[i].bit) != 0;
    mv_pack_list(out, count);
    for (size_t i = 0; i < TRANSITIONS; i++) {
        if ((bits & transitions[i].bit) != 0)
            mv_pack_cstr(out, transitions[i].word);
    }
}

static bool refuse(struct notifier_refusal *no, const char *code,
                   const char *field, const char *why)
{
    no->code = code;
    (void)snprintf(no->text, sizeof no->text, "%s: %s", field, why);
    return false;
}

/* A list of identifiers; *left: how many more filters there may be. */
static bool check_list(struct mv_span raw, const char *field, size_t *left,
                       struct notifier_refusal *no)
{
    struct mv_list list;
    struct mv_span item, text;
    if (!mv_list_open(&list, raw))
        return refuse(no, "type", field, "a list of identifiers is due");
    if (list.left == 0)
        return refuse(no, "empty", field,
                      "an empty list matches nothing; leave it out for any");
    while (mv_list_next(&list, &item)) {
        if (!mv_value_text(item, &text) || !mv_text_is_identifier(text))
            return refuse(no, "charset", field, "not an identifier");
        if (*left == 0)
            return refuse(no, "limits", field,
                          "more than 1,000 filters in one subscription");
        (*left)--;
    }
    return true;
}

static bool check_transitions(struct mv_span raw, unsigned *bits,
                              struct notifier_refusal *no)
{
    struct mv_list list;
    struct mv_span item, text;
    unsigned bit;
    *bits = 0;
    if (!mv_list_open(&list, raw))
        return refuse(no, "type", "transitions", "a list of words is due");
    while (mv_list_next(&list, &item)) {
        if (!mv_value_text(item, &text) || !notifier_bit_parse(text, &bit)) {
            return refuse(no, "word", "transitions",
                          "to-red back to-yellow to-green to-none overdue "
                          "reminder");
        }
        *bits |= bit;
    }
    if (*bits == 0)
        return refuse(no, "empty", "transitions", "at least one is due");
    return true;
}

/* Logs that are served under these names are no queues. */
static bool is_reserved(struct mv_span id)
{
    return mv_span_is(id, "control") || mv_span_is(id, "journal") ||
           mv_span_is(id, "changes");
}

static bool take_id(struct notifier_sub *s, struct mv_span args,
                    const struct mv_key *key, struct notifier_refusal *no)
{
    struct mv_span id, owner = mv_span_text(key->name), raw;
    bool operates = (key->roles & MV_ROLE_OPERATOR) != 0;
    if (!mv_map_text(args, "id", &id))
        return refuse(no, "missing", "id", "an identifier is due");
    if (!mv_text_is_identifier(id) || is_reserved(id)) {
        return refuse(no, "charset", "id",
                      "[a-z0-9][a-z0-9._-]{0,63}, and "
                      "not the name of a log");
    }
    if (mv_map_find(args, "owner", &raw) && !mv_value_text(raw, &owner))
        return refuse(no, "type", "owner", "the name of a key is due");
    if (!mv_text_is_identifier(owner))
        return refuse(no, "charset", "owner", "the name of a key is due");
    if (owner.len >= sizeof s->owner) /* no key has such a name */
        return refuse(no, "length", "owner", "at most 63 bytes");
    if (!operates && !mv_span_is(owner, key->name))
        return refuse(no, "forbidden", "owner",
                      "only an operator subscribes for somebody else");
    memcpy(s->id, id.at, id.len);
    memcpy(s->owner, owner.at, owner.len);
    return true;
}

/* An optional text, or its default. */
static bool take_text(struct mv_span args, const char *key, const char *usual,
                      struct mv_span *ret, struct notifier_refusal *no)
{
    struct mv_span raw;
    *ret = mv_span_text(usual);
    if (!mv_map_find(args, key, &raw))
        return true;
    if (!mv_value_text(raw, ret))
        return refuse(no, "type", key, "a text is due");
    if (ret->len == 0 || ret->len > NOTIFIER_NAME_BYTES)
        return refuse(no, "length", key, "1 to 128 bytes");
    if (mv_text_check(*ret) != MV_TEXT_OK)
        return refuse(no, "charset", key, "not a plain text");
    return true;
}

static bool take_words(struct notifier_sub *s, struct mv_span args,
                       struct notifier_refusal *no)
{
    if (!take_text(args, "name", s->id, &s->name, no) ||
        !take_text(args, "channel", "zeromq", &s->channel, no) ||
        !take_text(args, "language", "nb", &s->language, no))
        return false;
    if (!mv_span_is(s->channel, "zeromq")) /* the only way, so far */
        return refuse(no, "word", "channel", "zeromq");
    if (!mv_span_is(s->language, "nb") && !mv_span_is(s->language, "en"))
        return refuse(no, "word", "language", "nb en");
    return true;
}

static bool take_filters(struct notifier_sub *s, struct mv_span args,
                         const struct mv_key *key, struct notifier_refusal *no)
{
    struct mv_span raw;
    size_t left = MV_MAX_FILTERS, lists = 0;
    bool all = false;
    for (unsigned k = 0; k < NOTIFIER_KINDS; k++) {
        s->lists[k] = (struct mv_span){NULL, 0};
        if (!mv_map_find(args, list_keys[k], &raw))
            continue;
        if (!check_list(raw, list_keys[k], &left, no))
            return false;
        s->lists[k] = raw;
        lists++;
    }
    if (mv_map_find(args, "all", &raw) && !mv_value_bool(raw, &all))
        return refuse(no, "type", "all", "true or false is due");
    if (lists == 0 && !all)
        return refuse(no, "empty", "filter",
                      "regions, units, targets, or all: true");
    if (lists > 0 && all)
        return refuse(no, "inconsistent", "all", "there are filters beside it");
    if (all && (key->roles & (MV_ROLE_OPERATOR | MV_ROLE_READER)) == 0)
        return refuse(no, "not_allowed", "all",
                      "an operator's or a reader's; name regions or units");
    s->bits = NOTIFIER_BITS_DEFAULT;
    return !mv_map_find(args, "transitions", &raw) ||
           check_transitions(raw, &s->bits, no);
}

/* The spans of *s, found in the args that it holds. */
static bool bind(struct notifier_sub *s)
{
    struct mv_span args = mv_buf_span(&s->args), text;
    if (!mv_map_text(args, "name", &s->name) ||
        !mv_map_text(args, "channel", &s->channel) ||
        !mv_map_text(args, "language", &s->language) ||
        !mv_map_text(args, "id", &text) || text.len >= sizeof s->id)
        return false;
    memcpy(s->id, text.at, text.len);
    if (!mv_map_text(args, "owner", &text) || text.len >= sizeof s->owner)
        return false;
    memcpy(s->owner, text.at, text.len);
    for (unsigned k = 0; k < NOTIFIER_KINDS; k++) {
        if (!mv_map_find(args, list_keys[k], &s->lists[k]))
            s->lists[k] = (struct mv_span){NULL, 0};
    }
    return true;
}

static int by_bytes(const void *a, const void *b)
{
    const struct mv_span *x = a, *y = b;
    int order = memcmp(x->at, y->at, x->len < y->len ? x->len : y->len);
    if (order != 0)
        return order;
    return x->len < y->len ? -1 : x->len > y->len;
}

/* A checked list in its one form: in order, each name once. */
static void pack_list(struct mv_span raw, struct mv_buf *out)
{
    struct mv_span names[MV_MAX_FILTERS] = {{NULL, 0}}, item;
    struct mv_list list;
    uint32_t count = 0, kept = 0;
    if (!mv_list_open(&list, raw))
        list.left = 0;
    while (count < MV_MAX_FILTERS && mv_list_next(&list, &item))
        count += mv_value_text(item, &names[count]);
    qsort(names, count, sizeof *names, by_bytes);
    for (uint32_t i = 0; i < count; i++) {
        if (kept == 0 || !mv_span_equal(names[i], names[kept - 1]))
            names[kept++] = names[i];
    }
    mv_pack_list(out, kept);
    for (uint32_t i = 0; i < kept; i++)
        mv_pack_text(out, names[i]);
}

/* The args anew; those that it held may be what they are made of. */
static bool pack_args(struct notifier_sub *s)
{
    struct mv_buf anew = {0}, *out = &anew;
    uint32_t lists = 0;
    for (unsigned k = 0; k < NOTIFIER_KINDS; k++)
        lists += s->lists[k].at != NULL;
    mv_pack_map(out, 6 + (lists == 0 ? 1 : lists));
    mv_pack_kv_cstr(out, "id", s->id);
    mv_pack_kv_cstr(out, "owner", s->owner);
    mv_pack_kv_text(out, "name", s->name);
    mv_pack_kv_text(out, "channel", s->channel);
    mv_pack_kv_text(out, "language", s->language);
    if (lists == 0)
        mv_pack_kv_bool(out, "all", true);
    for (unsigned k = 0; k < NOTIFIER_KINDS; k++) {
        if (s->lists[k].at == NULL)
            continue;
        mv_pack_cstr(out, list_keys[k]);
        pack_list(s->lists[k], out);
    }
    mv_pack_cstr(out, "transitions");
    notifier_bits_pack(s->bits, out);
    mv_buf_done(&s->args);
    s->args = anew;
    return bind(s);
}

bool notifier_sub_parse(struct notifier_sub *ret, struct mv_span args,
                        const struct mv_key *key, struct notifier_refusal *no)
{
    *ret = (struct notifier_sub){0};
    if (!take_id(ret, args, key, no) || !take_words(ret, args, no) ||
        !take_filters(ret, args, key, no))
        return false;
    return pack_args(ret);
}

void notifier_sub_done(struct notifier_sub *s)
{
    mv_buf_done(&s->args);
    mv_buf_done(&s->runs);
}

void notifier_sub_differs(const struct notifier_sub *a,
                          const struct notifier_sub *b, struct mv_buf *out)
{
    static const char *const keys[] = {"owner",    "name",       "channel",
                                       "language", "regions",    "units",
                                       "targets",  "transitions"};
    size_t from = out->len;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct mv_span x, y;
        bool in_a = mv_map_find(mv_buf_span(&a->args), keys[i], &x);
        bool in_b = mv_map_find(mv_buf_span(&b->args), keys[i], &y);
        if (in_a != in_b || (in_a && !mv_span_equal(x, y)))
            mv_buf_printf(out, "%s`%s`", out->len > from ? ", " : "", keys[i]);
    }
}

void notifier_sub_put(const struct notifier_sub *s, struct mv_buf *out)
{
    mv_buf_put_u8(out, NOTIFIER_ROW_VERSION);
    mv_buf_put_be64(out, s->serial);
    mv_buf_put_be64(out, s->from_ordinal);
    mv_buf_put_be64(out, (uint64_t)s->made_ms);
    mv_buf_put_u8(out, (uint8_t)s->bits);
    mv_buf_put_u8(out, s->ended);
    mv_buf_put(out, s->genesis, sizeof s->genesis);
    mv_buf_put(out, s->args.at, s->args.len);
}

bool notifier_sub_get(struct mv_span bytes, struct notifier_sub *ret)
{
    const uint8_t *at = bytes.at;
    *ret = (struct notifier_sub){0};
    if (bytes.len < FIXED_BYTES || at[0] != NOTIFIER_ROW_VERSION)
        return false;
    ret->serial = mv_be64_get(at + 1);
    ret->from_ordinal = mv_be64_get(at + 9);
    ret->made_ms = (int64_t)mv_be64_get(at + 17);
    ret->bits = at[25];
    ret->ended = at[26] != 0;
    memcpy(ret->genesis, at + 27, sizeof ret->genesis);
    mv_buf_put(&ret->args, at + FIXED_BYTES, bytes.len - FIXED_BYTES);
    /* lists of an earlier program are as they were sent */
    if (bind(ret) && pack_args(ret))
        return true;
    notifier_sub_done(ret);
    return false;
}
