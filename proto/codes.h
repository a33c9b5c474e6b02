/* codes - every code that a peer may see, with its text in two languages and
 * what to do about it. The rows are in codes.def. */
#pragma once

#include "services/base/buf.h"

typedef enum mv_code {
    MV_CODE_NONE = 0,
#define CODE(ID, kind, name, en, nb, todo_en, todo_nb) MV_CODE_##ID,
#include "proto/codes.def"
#undef CODE
    MV_CODE_COUNT
} mv_code;

typedef enum mv_code_kind {
    MV_CODE_KIND_NONE = 0,
    MV_CODE_KIND_CONFLICT, /* rejected, final */
    MV_CODE_KIND_RETRY,    /* not stored, or not known to be */
    MV_CODE_KIND_STREAM,   /* of a pull */
    MV_CODE_KIND_ACT,      /* of a request */
} mv_code_kind;

typedef enum mv_lang { MV_LANG_EN = 0, MV_LANG_NB, MV_LANG_COUNT } mv_lang;

/* What stands for {field}, {value} and {detail}; empty spans print as "-".
 * They should be valid UTF-8 (see mv_show). */
struct mv_code_args {
    struct mv_span field, value, detail;
};

/* The word on the wire, "malformed"; "" for MV_CODE_NONE. Static. */
const char *mv_code_name(mv_code code);
mv_code_kind mv_code_kind_of(mv_code code);

/* The code of a word; MV_CODE_NONE when there is none such. */
mv_code mv_code_find(struct mv_span name);

/* Appends the sentence, placeholders filled in; a detail in parentheses is
 * left out with them where there is none. */
void mv_code_text(mv_code code, mv_lang lang, const struct mv_code_args *args,
                  struct mv_buf *out);

/* What the sender should do. Static. */
const char *mv_code_todo(mv_code code, mv_lang lang);

/* Appends all that a code says by itself: its sentence, and what to do. */
void mv_code_alone(mv_code code, mv_lang lang, struct mv_buf *out);
