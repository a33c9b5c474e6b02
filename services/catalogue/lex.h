/* lex - words of the language of `require`: one token at a time, nothing
 * allocated. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "services/base/buf.h"
#include "services/base/period.h"
#include "services/catalogue/lang.h"

typedef enum mv_token_kind {
    MV_TOKEN_END,
    MV_TOKEN_NUMBER, /* micro; a whole one of four digits may be a year */
    MV_TOKEN_WORD,   /* letters, digits, _ */
    MV_TOKEN_STRING, /* text: what stands between the quotes */
    MV_TOKEN_PERIOD, /* 2019-M06, 2019-06-30, 2019-01-01/P11M */
    MV_TOKEN_CMP,    /* cmp */
    MV_TOKEN_MARK,   /* one of + - * / ( ) , : %, in mark */
    MV_TOKEN_BAD,    /* why */
} mv_token_kind;

struct mv_token {
    mv_token_kind kind;
    struct mv_span text;
    uint32_t at; /* bytes from the start */
    char mark;
    mv_cmp cmp;
    int64_t micro;
    struct mv_period period;
    const char *why;
};

struct mv_lexer {
    struct mv_span text;
    uint32_t at;
};

struct mv_token mv_lex(struct mv_lexer *l);
