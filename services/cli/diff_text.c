/* diff_text - see diff_text.h. Job: rows of a diff as short lines. Invariant:
 * what is shown as old stood in the old value, what is shown as new in the
 * new one; what is left out is the same in both. Holds nothing. */
#include "services/cli/diff_text.h"

#include <string.h>

#include "services/base/text.h"
#include "services/cli/wrap.h"

#define SHORT  48 /* columns; longer texts are told by where they differ */
#define AROUND 16 /* bytes of what is the same, beside it */
#define DEEP   6  /* blanks before a key */

/* Keys that hold lists, as diff writes them. */
static const char *separator_of(const char *key)
{
    static const struct {
        const char *key, *between;
    } lists[] = {
        {"members", " "},  {"except", " "},      {"scope", " "},
        {"for", " "},      {"population", ", "}, {"limits", ", "},
        {"require", "; "}, {"yellow", "; "},     {"aim", "; "},
        {"due", "; "},     {"titles", "; "},
    };
    for (size_t i = 0; i < CLI_COUNT(lists); i++)
        if (!strcmp(key, lists[i].key))
            return lists[i].between;
    return NULL;
}

/* The next item; *rest goes on behind it. False: there is none. */
static bool next_item(struct mv_span *rest, const char *between,
                      struct mv_span *item)
{
    const char *at = rest->at;
    size_t gap = strlen(between);
    if (rest->len == 0)
        return false;
    for (size_t i = 0; i + gap <= rest->len; i++) {
        if (!memcmp(at + i, between, gap)) {
            *item = mv_span(at, i);
            *rest = mv_span(at + i + gap, rest->len - i - gap);
            return true;
        }
    }
    *item = *rest;
    *rest = mv_span(at + rest->len, 0);
    return true;
}

static bool has_item(struct mv_span list, const char *between,
                     struct mv_span want)
{
    struct mv_span item;
    while (next_item(&list, between, &item))
        if (mv_span_equal(item, want))
            return true;
    return false;
}

static uint32_t count_items(struct mv_span list, const char *between)
{
    struct mv_span item;
    uint32_t n = 0;
    while (next_item(&list, between, &item))
        n++;
    return n;
}

/* Items of `from` that `other` has not, each behind `sign`. */
static uint32_t put_items(struct mv_buf *out, const char *sign,
                          struct mv_span from, struct mv_span other,
                          const char *between)
{
    struct mv_span item;
    uint32_t n = 0;
    while (next_item(&from, between, &item)) {
        if (has_item(other, between, item))
            continue;
        mv_buf_text(out, out->len > 0 ? "  " : "");
        mv_buf_text(out, sign);
        mv_text_escape_terminal(out, item);
        n++;
    }
    return n;
}

static void put_value(const struct cli *c, struct mv_span text,
                      struct mv_buf *out)
{
    if (text.len == 0)
        mv_buf_text(out, cli_w(c, CLI_W_DIFF_NONE));
    else
        mv_text_escape_terminal(out, text);
}

static void put_both(const struct cli *c, struct mv_span was, struct mv_span is,
                     struct mv_buf *out)
{
    put_value(c, was, out);
    mv_buf_text(out, " → ");
    put_value(c, is, out);
}

static bool is_middle(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* From there on, or a word that begins not far before; all of it where little
 * would be left out. */
static size_t begin_at(const char *at, size_t from)
{
    size_t word = from;
    while (word > 0 && from - word < AROUND && at[word - 1] != ' ')
        word--;
    if (word == 0 || at[word - 1] == ' ')
        from = word;
    while (from > 0 && is_middle(at[from]))
        from--;
    return from > AROUND ? from : 0;
}

/* Of a long text: "... where it differs ...". */
static void put_piece(const struct cli *c, struct mv_span text, size_t from,
                      size_t to, struct mv_buf *out)
{
    const char *at = text.at;
    from = begin_at(at, from > AROUND ? from - AROUND : 0);
    to = text.len - to > AROUND ? to + AROUND : text.len;
    while (to < text.len && is_middle(at[to]))
        to++;
    mv_buf_text(out, from > 0 ? "…" : "");
    put_value(c, mv_span(at + from, to - from), out);
    mv_buf_text(out, to < text.len ? "…" : "");
}

static void put_long(const struct cli *c, struct mv_span was, struct mv_span is,
                     struct mv_buf *out)
{
    const char *a = was.at, *b = is.at;
    size_t least = was.len < is.len ? was.len : is.len;
    size_t head = 0, tail = 0;
    while (head < least && a[head] == b[head])
        head++;
    while (tail < least - head && a[was.len - tail - 1] == b[is.len - tail - 1])
        tail++;
    put_piece(c, was, head, was.len - tail, out);
    mv_buf_text(out, " → ");
    put_piece(c, is, head, is.len - tail, out);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A date that was moved is the one thing that a catalogue tells in words. */
static struct mv_span value_of(const struct cli *c, const char *key,
                               const char *text, struct mv_buf *own)
{
    static const char moved[] = ", moved to ";
    const size_t len = sizeof moved - 1;
    if (text == NULL || strcmp(key, "due") != 0)
        return mv_span_text(text != NULL ? text : "");
    for (const char *at = text; *at != '\0';) {
        bool here = at > text && is_digit(at[-1]) && !strncmp(at, moved, len) &&
                    is_digit(at[len]);
        if (here)
            mv_buf_text(own, cli_w(c, CLI_W_DIFF_MOVED));
        else
            mv_buf_put(own, at, 1);
        at += here ? len : 1;
    }
    return mv_buf_span(own);
}

void cli_diff_values(const struct cli *c, const struct mv_diff_row *row,
                     struct mv_buf *out)
{
    struct mv_buf list = {0}, old = {0}, now = {0};
    struct mv_span was = value_of(c, row->key, row->was, &old);
    struct mv_span is = value_of(c, row->key, row->is, &now);
    const char *between = separator_of(row->key);
    if (between != NULL && was.len > 0 && is.len > 0 &&
        (count_items(was, between) > 1 || count_items(is, between) > 1)) {
        uint32_t moved = put_items(&list, "− ", was, is, between);
        moved += put_items(&list, "+ ", is, was, between);
        if (moved == 0) /* the same ones in another order */
            mv_buf_text(&list, cli_w(c, CLI_W_DIFF_ORDER));
        mv_buf_put(out, list.at, list.len);
    } else if (was.len > 0 && is.len > 0 &&
               mv_text_columns(was) + mv_text_columns(is) > 2 * SHORT) {
        put_long(c, was, is, out);
    } else {
        put_both(c, was, is, out);
    }
    mv_buf_done(&old);
    mv_buf_done(&now);
    mv_buf_done(&list);
}

static const char *kind_word(const struct cli *c, const char *what)
{
    static const struct {
        const char *what;
        cli_word word;
    } all[] = {{"unit", CLI_W_DIFF_UNIT},
               {"indicator", CLI_W_DIFF_INDICATOR},
               {"target", CLI_W_DIFF_TARGET},
               {"commission", CLI_W_DIFF_COMMISSION}};
    for (size_t i = 0; i < CLI_COUNT(all); i++)
        if (!strcmp(what, all[i].what))
            return cli_w(c, all[i].word);
    return what;
}

static void flush(struct cli *c, struct mv_buf *line, size_t indent)
{
    struct mv_buf lines = {0};
    cli_wrap(&lines, mv_buf_span(line), c->width, 0, indent);
    mv_buf_put_u8(&lines, '\n');
    (void)fwrite(lines.at, 1, lines.len, c->out);
    mv_buf_clear(line);
    mv_buf_done(&lines);
}

static bool same_thing(const struct mv_diff_row *a, const struct mv_diff_row *b)
{
    return !strcmp(a->what, b->what) && a->year == b->year &&
           mv_span_equal(a->id, b->id);
}

/* "+ target 2025: 1535, 1536": those of one kind and year together. */
static void show_whole(struct cli *c, const struct mv_diff *d,
                       mv_diff_kind kind, const char *sign)
{
    struct mv_buf line = {0};
    const struct mv_diff_row *last = NULL;
    for (size_t i = 0; i < d->count; i++) {
        const struct mv_diff_row *r = &d->at[i];
        if (r->kind != kind)
            continue;
        if (last == NULL || strcmp(last->what, r->what) != 0 ||
            last->year != r->year) {
            if (line.len > 0)
                flush(c, &line, DEEP);
            mv_buf_printf(&line, "  %s %s", sign, kind_word(c, r->what));
            if (r->year != 0)
                mv_buf_printf(&line, " %d", (int)r->year);
            mv_buf_text(&line, ": ");
        } else {
            mv_buf_text(&line, ", ");
        }
        mv_text_escape_terminal(&line, r->id);
        last = r;
    }
    if (line.len > 0)
        flush(c, &line, DEEP);
    mv_buf_done(&line);
}

static void show_changed(struct cli *c, const struct mv_diff_row *r,
                         const struct mv_diff_row *last)
{
    struct mv_buf line = {0};
    if (last == NULL || !same_thing(last, r)) {
        mv_buf_printf(&line, "  ~ %s ", kind_word(c, r->what));
        mv_text_escape_terminal(&line, r->id);
        if (r->year != 0)
            mv_buf_printf(&line, " %d", (int)r->year);
        flush(c, &line, DEEP);
    }
    mv_buf_printf(&line, "%*s%s: ", DEEP, "", r->key);
    cli_diff_values(c, r, &line);
    if (r->severity == MV_DIFF_FIGURES)
        mv_buf_printf(&line, "  %s", cli_w(c, CLI_W_DIFF_FIGURES));
    if (!strcmp(r->key, "by"))
        mv_buf_printf(&line, "  %s", cli_w(c, CLI_W_DIFF_BY));
    flush(c, &line, DEEP + 4);
    mv_buf_done(&line);
}

void cli_diff_show(struct cli *c, const struct mv_diff *d)
{
    const struct mv_diff_row *last = NULL;
    show_whole(c, d, MV_DIFF_ADDED, "+");
    show_whole(c, d, MV_DIFF_REMOVED, "−");
    for (size_t i = 0; i < d->count; i++) {
        if (d->at[i].kind != MV_DIFF_CHANGED)
            continue;
        show_changed(c, &d->at[i], last);
        last = &d->at[i];
    }
}
