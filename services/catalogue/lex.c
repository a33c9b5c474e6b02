/* lex - see lex.h. Job: bytes to tokens. Invariant: every call moves on or
 * says END, so reading ends however the text looks.
 * A crash in the middle leaves nothing: there is no state but the place. */
#include "services/catalogue/lex.h"

#include "services/base/micro.h"

#include <string.h>

static int peek(const struct mv_lexer *l, uint32_t ahead)
{
    size_t at = (size_t)l->at + ahead;
    return at < l->text.len ? ((const unsigned char *)l->text.at)[at] : -1;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c >= 0x80;
}

/* Ends the token that began at `from`. */
static struct mv_token token(const struct mv_lexer *l, uint32_t from,
                             mv_token_kind kind)
{
    const char *text = l->text.at;
    return (struct mv_token){
        .kind = kind, .at = from, .text = mv_span(text + from, l->at - from)};
}

static struct mv_token bad(struct mv_lexer *l, uint32_t from, const char *why)
{
    struct mv_token t = token(l, from, MV_TOKEN_BAD);
    t.why = why;
    return t;
}

/* A year with more behind it that no sum of numbers looks like:
 * 2019-M06 (letter and digits) or 2019-06-30 (two and two digits). */
static uint32_t period_length(const struct mv_lexer *l)
{
    uint32_t n = 0;
    while (n < 4 && is_digit(peek(l, n)))
        n++;
    if (n < 4 || peek(l, 4) != '-')
        return 0;
    n = 5;
    if (is_letter(peek(l, n))) {
        for (n++; is_digit(peek(l, n));)
            n++;
        return n > 6 ? n : 0;
    }
    if (!is_digit(peek(l, 5)) || !is_digit(peek(l, 6)) || peek(l, 7) != '-' ||
        !is_digit(peek(l, 8)) || !is_digit(peek(l, 9)))
        return 0;
    n = 10;
    if (peek(l, n) == '/' && peek(l, n + 1) == 'P') {
        for (n += 2; is_digit(peek(l, n)) || peek(l, n) == 'M';)
            n++;
    }
    return n;
}

static struct mv_token lex_number(struct mv_lexer *l)
{
    uint32_t from = l->at, n = period_length(l);
    if (n > 0) {
        l->at += n;
        struct mv_token t = token(l, from, MV_TOKEN_PERIOD);
        if (!mv_period_parse(t.text, &t.period))
            return bad(l, from, "no such period");
        return t;
    }
    while (is_digit(peek(l, 0)))
        l->at++;
    if (peek(l, 0) == '.' && is_digit(peek(l, 1))) {
        for (l->at++; is_digit(peek(l, 0));)
            l->at++;
    }
    struct mv_token t = token(l, from, MV_TOKEN_NUMBER);
    mv_number n_rc = mv_micro_parse(t.text, &t.micro);
    return n_rc == MV_NUMBER_OK ? t : bad(l, from, mv_number_text(n_rc));
}

static struct mv_token lex_string(struct mv_lexer *l)
{
    uint32_t from = l->at++;
    while (peek(l, 0) != '"') {
        if (peek(l, 0) < 0)
            return bad(l, from, "the quote (\") is not closed");
        l->at++;
    }
    l->at++;
    struct mv_token t = token(l, from, MV_TOKEN_STRING);
    t.text = mv_span((const char *)t.text.at + 1, t.text.len - 2);
    return t;
}

static struct mv_token lex_cmp(struct mv_lexer *l)
{
    uint32_t from = l->at;
    int c = peek(l, 0);
    bool equal = peek(l, 1) == '=';
    l->at += equal ? 2 : 1;
    struct mv_token t = token(l, from, MV_TOKEN_CMP);
    if (c == '<') {
        t.cmp = equal ? MV_CMP_LE : MV_CMP_LT;
    } else if (c == '>') {
        t.cmp = equal ? MV_CMP_GE : MV_CMP_GT;
    } else if (equal) {
        return bad(l, from, "write `=`");
    } else {
        t.cmp = MV_CMP_EQ;
    }
    return t;
}

struct mv_token mv_lex(struct mv_lexer *l)
{
    static const char marks[] = "+-*/(),:%";
    while (peek(l, 0) == ' ' || peek(l, 0) == '\n')
        l->at++;
    uint32_t from = l->at;
    int c = peek(l, 0);
    if (c < 0)
        return token(l, from, MV_TOKEN_END);
    if (is_digit(c))
        return lex_number(l);
    if (is_letter(c)) {
        while (is_letter(peek(l, 0)) || is_digit(peek(l, 0)))
            l->at++;
        return token(l, from, MV_TOKEN_WORD);
    }
    if (c == '"')
        return lex_string(l);
    if (c == '<' || c == '>' || c == '=')
        return lex_cmp(l);
    l->at++;
    if (memchr(marks, c, sizeof marks - 1) == NULL)
        return bad(l, from, "no such sign in the language");
    struct mv_token t = token(l, from, MV_TOKEN_MARK);
    t.mark = (char)c;
    return t;
}

const char *mv_cmp_text(mv_cmp cmp)
{
    static const char *const texts[] = {"<", "<=", ">", ">=", "="};
    return texts[cmp];
}

mv_cmp mv_cmp_mirrored(mv_cmp cmp)
{
    static const mv_cmp turned[] = {MV_CMP_GT, MV_CMP_GE, MV_CMP_LT, MV_CMP_LE,
                                    MV_CMP_EQ};
    return turned[cmp];
}
