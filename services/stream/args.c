/* args - see args.h. Job: arguments against a table of names and kinds.
 * Invariant: bytes from outside are shown escaped and cut; the table is our
 * own. Reads only: a crash leaves nothing. */
#include "services/stream/args.h"

#include <stdio.h>
#include <string.h>

#include "proto/walk.h"
#include "services/base/text.h"

#define SHOWN_BYTES 64 /* of a name that is not known */

typedef enum kind { TEXT, UINT, BOOL, BIN, LIST, MAP } kind;

static const struct {
    const char *word, *due;
} kinds[] = {
    [TEXT] = {"text", "text is due"},
    [UINT] = {"uint", "an integer from 0 is due"},
    [BOOL] = {"bool", "true or false is due"},
    [BIN] = {"bin", "bytes are due"},
    [LIST] = {"list", "a list is due"},
    [MAP] = {"map", "a map is due"},
};

/* One entry of a table's text: "year:uint"; text where no kind stands. */
struct entry {
    struct mv_span name;
    kind kind;
};

/* False: no more. */
static bool next(const char **at, struct entry *ret)
{
    *at += strspn(*at, " ");
    size_t len = strcspn(*at, " "), name = strcspn(*at, " :");
    if (len == 0)
        return false;
    ret->name = mv_span(*at, name);
    ret->kind = TEXT;
    if (name < len) {
        struct mv_span word = mv_span(*at + name + 1, len - name - 1);
        unsigned k = TEXT;
        while (k <= MAP && !mv_span_is(word, kinds[k].word))
            k++;
        MV_ASSERT(k <= MAP);
        ret->kind = (kind)k;
    }
    *at += len;
    return true;
}

static bool is_of(kind k, struct mv_span raw)
{
    struct mv_span bytes;
    struct mv_pairs pairs;
    struct mv_list list;
    uint64_t number;
    bool truth;
    switch (k) {
    case TEXT:
        return mv_value_text(raw, &bytes);
    case UINT:
        return mv_value_u64(raw, &number);
    case BOOL:
        return mv_value_bool(raw, &truth);
    case BIN:
        return mv_value_bin(raw, &bytes);
    case LIST:
        return mv_list_open(&list, raw);
    case MAP:
        return mv_pairs_open(&pairs, raw);
    }
    return false;
}

static bool fail(struct mv_args_fault *f, const char *code, struct mv_buf *text)
{
    f->code = code;
    (void)snprintf(f->text, sizeof f->text, "%s", mv_buf_cstr(text));
    mv_buf_done(text);
    return false;
}

static bool unknown(const struct mv_verb_def *verb, struct mv_span key,
                    struct mv_args_fault *f)
{
    struct mv_buf text = {0};
    const char *at = verb->args != NULL ? verb->args : "";
    struct entry e;
    mv_buf_printf(&text, "'");
    mv_text_escape_log(&text, key, SHOWN_BYTES);
    mv_buf_printf(&text, "' is no argument of '%s', which takes ", verb->name);
    if (*at == '\0')
        mv_buf_printf(&text, "none");
    for (const char *blank = ""; next(&at, &e); blank = " ")
        mv_buf_printf(&text, "%s%.*s", blank, (int)e.name.len,
                      (const char *)e.name.at);
    return fail(f, "unknown_field", &text);
}

static bool holds(const struct mv_verb_def *verb, struct mv_span key,
                  struct mv_span value, struct mv_args_fault *f)
{
    struct mv_buf text = {0};
    const char *at = verb->args != NULL ? verb->args : "";
    struct entry e;
    while (next(&at, &e)) {
        if (!mv_span_equal(e.name, key))
            continue;
        if (is_of(e.kind, value))
            return true;
        mv_buf_printf(&text, "argument '%.*s': %s", (int)e.name.len,
                      (const char *)e.name.at, kinds[e.kind].due);
        return fail(f, "type", &text);
    }
    return unknown(verb, key, f);
}

bool mv_args_check(const struct mv_verb_def *verb, struct mv_span args,
                   struct mv_args_fault *ret)
{
    struct mv_pairs pairs;
    struct mv_span key, value;
    if (!mv_pairs_open(&pairs, args)) {
        *ret = (struct mv_args_fault){"type", "a map is due"};
        return false;
    }
    while (mv_pairs_next(&pairs, &key, &value)) {
        if (!holds(verb, key, value, ret))
            return false;
    }
    return true;
}
