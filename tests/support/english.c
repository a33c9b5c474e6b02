/* english - see english.h. Job: words of the tables, held against a text.
 * Invariant: short words are in both languages and count for nothing.
 * Holds nothing: the tables are gone through for each word. */
#include "tests/support/english.h"

#include <string.h>

#include "services/cli/told.h"
#include "tests/support/unit.h"

#define SHORTEST 3

static const struct {
    const char *en, *nb;
} all[] = {
#define TOLD(en, nb) {en, nb},
#include "services/cli/told_catalogue.def"
#include "services/cli/told_services.def"
#include "services/cli/told_yaml.def"
#undef TOLD
};

/* Letters, those beyond ASCII too. */
static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (unsigned char)c >= 0x80;
}

/* The next word from *at on; false: none is left. Quoted text and what is
 * made of more than letters (`value(-1)`, `A_3`) are no words of ours. */
static bool next_word(struct mv_span text, size_t *at, struct mv_span *word)
{
    const char *p = text.at;
    size_t i = *at;
    while (i < text.len && !is_letter(p[i])) {
        const char *end = NULL;
        bool opens = i == 0 || p[i - 1] == ' ' || p[i - 1] == '(';
        if (p[i] == '`' || p[i] == '"' || (p[i] == '\'' && opens))
            end = memchr(p + i + 1, p[i], text.len - i - 1);
        i = end != NULL ? (size_t)(end - p) + 1 : i + 1;
    }
    *at = i;
    while (*at < text.len && is_letter(p[*at]))
        (*at)++;
    *word = mv_span(p + i, *at - i);
    return word->len > 0;
}

static bool has_word(const char *text, struct mv_span word)
{
    struct mv_span got;
    for (size_t at = 0; next_word(mv_span_text(text), &at, &got);)
        if (mv_span_equal(got, word))
            return true;
    return false;
}

/* Words of the catalogue's own language, the same in both. */
static bool is_own(struct mv_span word)
{
    static const char *const own[] = {"path", "days",  "points",
                                      "none", "count", "limit"};
    bool is = false;
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        is = is || mv_span_is(word, own[i]);
    return is;
}

static bool is_english(struct mv_span word)
{
    bool english = false;
    if (is_own(word))
        return false;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (has_word(all[i].nb, word))
            return false;
        english = english || has_word(all[i].en, word);
    }
    return english;
}

/* Behind these come keys or words of a file, to its end. */
static bool lists_words(struct mv_span word)
{
    return mv_span_is(word, "kjente") || mv_span_is(word, "blant");
}

struct mv_span test_english_in(struct mv_span text)
{
    struct mv_span word;
    for (size_t at = 0; next_word(text, &at, &word) && !lists_words(word);)
        if (word.len >= SHORTEST && is_english(word))
            return word;
    return mv_span("", 0);
}

void test_told_in_norwegian(struct mv_span text)
{
    const struct cli c = {.lang = MV_LANG_NB};
    struct mv_buf said = {0};
    cli_told(&c, text, &said);
    struct mv_span word = test_english_in(mv_buf_span(&said));
    if (word.len > 0) {
        fail_msg("`%.*s` is English in: %s\nof: %.*s", (int)word.len,
                 (const char *)word.at, mv_buf_cstr(&said), (int)text.len,
                 (const char *)text.at);
    }
    mv_buf_done(&said);
}
