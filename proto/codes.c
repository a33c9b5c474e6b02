/* codes - see codes.h. Job: the table of codes.def. Invariant: names are
 * unique (a test holds them so) and never change: peers compare them. No
 * state: a crash leaves nothing. */
#include "proto/codes.h"
#include "services/base/err.h"

#include <string.h>

struct row {
    mv_code_kind kind;
    const char *name;
    const char *text[MV_LANG_COUNT];
    const char *todo[MV_LANG_COUNT];
};

static const struct row rows[MV_CODE_COUNT] = {
    [MV_CODE_NONE] = {MV_CODE_KIND_NONE, "", {"", ""}, {"", ""}},
#define CODE(ID, kind, name, en, nb, todo_en, todo_nb) \
    [MV_CODE_##ID] = {MV_CODE_KIND_##kind, name, {en, nb}, {todo_en, todo_nb}},
#include "proto/codes.def"
#undef CODE
};

static const struct row *row_of(mv_code code)
{
    MV_ASSERT((unsigned)code < MV_CODE_COUNT);
    return &rows[code];
}

const char *mv_code_name(mv_code code)
{
    return row_of(code)->name;
}

mv_code_kind mv_code_kind_of(mv_code code)
{
    return row_of(code)->kind;
}

mv_code mv_code_find(struct mv_span name)
{
    for (unsigned i = 1; i < MV_CODE_COUNT; i++) {
        if (mv_span_is(name, rows[i].name))
            return (mv_code)i;
    }
    return MV_CODE_NONE;
}

static void put_arg(struct mv_buf *out, struct mv_span arg)
{
    if (arg.len == 0)
        mv_buf_text(out, "-");
    else
        mv_buf_put(out, arg.at, arg.len);
}

void mv_code_text(mv_code code, mv_lang lang, const struct mv_code_args *args,
                  struct mv_buf *out)
{
    static const struct {
        const char *name;
        size_t offset;
    } holes[] = {
        {"{field}", offsetof(struct mv_code_args, field)},
        {"{value}", offsetof(struct mv_code_args, value)},
        {"{detail}", offsetof(struct mv_code_args, detail)},
    };
    static const char aside[] = " ({detail})"; /* left out where it is empty */
    const char *c = row_of(code)->text[lang];
    while (*c != 0) {
        size_t step = 0;
        if (args->detail.len == 0 && strncmp(c, aside, strlen(aside)) == 0) {
            c += strlen(aside);
            continue;
        }
        for (size_t i = 0; i < 3 && *c == '{'; i++) {
            size_t len = strlen(holes[i].name);
            if (strncmp(c, holes[i].name, len) != 0)
                continue;
            const void *arg = (const char *)args + holes[i].offset;
            put_arg(out, *(const struct mv_span *)arg);
            step = len;
            break;
        }
        if (step == 0)
            mv_buf_put(out, c, step = 1);
        c += step;
    }
}

const char *mv_code_todo(mv_code code, mv_lang lang)
{
    return row_of(code)->todo[lang];
}

void mv_code_alone(mv_code code, mv_lang lang, struct mv_buf *out)
{
    mv_code_text(code, lang, &(struct mv_code_args){0}, out);
    mv_buf_printf(out, ": %s", mv_code_todo(code, lang));
}
