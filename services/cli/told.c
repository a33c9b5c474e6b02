/* told - see told.h. Job: an English sentence found by its fixed words, and
 * said in Norwegian. Invariant: what was filled in is passed on byte for
 * byte, and a sentence that is not known is shown as it came. Holds nothing.
 */
#include "services/cli/told.h"

#include <string.h>

#include "proto/codes.h"

#define HOLES_MAX 9

struct said {
    const char *en, *nb;
};

static const struct said all[] = {
#define TOLD(en, nb) {en, nb},
#include "services/cli/told_catalogue.def"
#include "services/cli/told_services.def"
#include "services/cli/told_yaml.def"
#undef TOLD
};

/* What stands in the text where the sentence has {1} {2} ... */
struct holes {
    struct mv_span at[HOLES_MAX];
    size_t fixed; /* bytes of the sentence's own words */
};

static bool is_hole(const char *at)
{
    return at[0] == '{' && at[1] >= '1' && at[1] <= '9' && at[2] == '}';
}

/* Bytes up to the next hole or the end. */
static size_t words_at(const char *at)
{
    size_t len = 0;
    while (at[len] != '\0' && !is_hole(at + len))
        len++;
    return len;
}

/* Where the words begin in text, from `from` on; SIZE_MAX: nowhere. The last
 * words of a sentence end the text. */
static size_t find_words(struct mv_span text, size_t from, const char *words,
                         size_t len, bool last)
{
    const char *at = text.at;
    if (len > text.len)
        return SIZE_MAX;
    if (last) {
        return text.len - len >= from &&
                       !memcmp(at + text.len - len, words, len)
                   ? text.len - len
                   : SIZE_MAX;
    }
    for (size_t i = from; i + len <= text.len; i++)
        if (!memcmp(at + i, words, len))
            return i;
    return SIZE_MAX;
}

/* Up to the next ": ", or all there is. */
static size_t part_of(struct mv_span text)
{
    const char *at = text.at;
    for (size_t i = 0; i + 1 < text.len; i++)
        if (at[i] == ':' && at[i + 1] == ' ')
            return i;
    return text.len;
}

/* Is the text this sentence? Then what fills its places is in `ret`. */
static bool matches(const char *en, struct mv_span text, struct holes *ret)
{
    size_t len = words_at(en), at = len;
    bool leads = len == 0; /* a place first: within one part */
    if (text.len < len || (en[len] == '\0' && text.len != len) ||
        memcmp(text.at, en, len) != 0)
        return false;
    ret->fixed = len;
    en += len;
    while (*en != '\0') {
        size_t hole = (size_t)(en[1] - '1');
        bool quoted = len > 0 && en[-1] == '\''; /* may be empty */
        en += 3;
        len = words_at(en);
        bool last = en[len] == '\0';
        size_t next = find_words(text, at + !quoted, en, len, last);
        if (next == SIZE_MAX ||
            (leads && part_of(mv_span(text.at, next)) < next))
            return false;
        leads = false;
        ret->at[hole] = mv_span((const char *)text.at + at, next - at);
        ret->fixed += len;
        at = next + len;
        en += len;
    }
    return at == text.len;
}

/* The sentence with the most words of its own that the text is, or NULL. */
static const struct said *find(struct mv_span text, struct holes *ret)
{
    const struct said *best = NULL;
    for (size_t i = 0; i < CLI_COUNT(all); i++) {
        struct holes h = {0};
        if (matches(all[i].en, text, &h) &&
            (best == NULL || h.fixed > ret->fixed)) {
            best = &all[i];
            *ret = h;
        }
    }
    return best;
}

static void put(struct mv_span text, struct mv_buf *out)
{
    mv_buf_put(out, text.at, text.len);
}

/* The sentence, its places as they are. */
static void put_plain(const struct said *s, const struct holes *h,
                      struct mv_buf *out)
{
    for (const char *nb = s->nb; *nb != '\0';) {
        size_t len = words_at(nb);
        mv_buf_put(out, nb, len);
        nb += len;
        if (*nb == '\0')
            return;
        put(h->at[nb[1] - '1'], out);
        nb += 3;
    }
}

/* What fills a place may be a sentence itself, with places of its own; what
 * stands in quotes is somebody's own word. */
static void put_hole(struct mv_span text, bool quoted, struct mv_buf *out)
{
    struct holes h = {0};
    const struct said *s = quoted ? NULL : find(text, &h);
    if (s != NULL)
        put_plain(s, &h, out);
    else
        put(text, out);
}

static void put_filled(const char *nb, const struct holes *h,
                       struct mv_buf *out)
{
    while (*nb != '\0') {
        size_t len = words_at(nb);
        bool quoted = len > 0 && (nb[len - 1] == '\'' || nb[len - 1] == '`');
        mv_buf_put(out, nb, len);
        nb += len;
        if (*nb == '\0')
            return;
        put_hole(h->at[nb[1] - '1'], quoted, out);
        nb += 3;
    }
}

/* What a code says by itself, with nothing filled in. */
static bool put_code(struct mv_span text, struct mv_buf *out)
{
    struct mv_buf alone = {0};
    bool same = false;
    for (unsigned i = 1; i < MV_CODE_COUNT && !same; i++) {
        mv_buf_clear(&alone);
        mv_code_alone((mv_code)i, MV_LANG_EN, &alone);
        same = mv_span_equal(text, mv_buf_span(&alone));
        if (same)
            mv_code_alone((mv_code)i, MV_LANG_NB, out);
    }
    mv_buf_done(&alone);
    return same;
}

void cli_told(const struct cli *c, struct mv_span text, struct mv_buf *out)
{
    struct holes h = {0};
    const struct said *s = NULL;
    if (c->lang != MV_LANG_NB || text.len == 0) {
        put(text, out);
        return;
    }
    for (const char *between = ""; text.len > 0; between = ": ") {
        mv_buf_text(out, between);
        if (put_code(text, out))
            return;
        if ((s = find(text, &h)) != NULL) {
            put_filled(s->nb, &h, out);
            return;
        }
        size_t len = part_of(text);
        struct mv_span part = mv_span(text.at, len);
        if ((s = find(part, &h)) != NULL)
            put_filled(s->nb, &h, out);
        else
            put(part, out);
        size_t step = len < text.len ? len + 2 : len;
        text = mv_span((const char *)text.at + step, text.len - step);
    }
}
