/* fault - see fault.h. Job: collect what is wrong, in the order found.
 * Invariant: at most MV_FAULTS_MAX are kept, each one line of clean text,
 * and every fault is counted whether kept or not.
 * A crash in the middle leaves nothing: it is memory of the caller's. */
#include "services/catalogue/fault.h"

#include <stdio.h>
#include <stdlib.h>

#include "services/base/text.h"

#define FAULT_TEXT_BYTES 400
#define FAULT_KEY_BYTES  160

/* What is quoted comes from the file: it must not steer a terminal. */
static void clean(char *text)
{
    for (unsigned char *p = (unsigned char *)text; *p != '\0'; p++) {
        if (*p < 0x20 || *p == 0x7f)
            *p = '?';
        if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
            p[0] = p[1] = '?'; /* C1 controls */
    }
    if (mv_text_is_utf8(mv_span_text(text)))
        return;
    for (unsigned char *p = (unsigned char *)text; *p != '\0'; p++) {
        if (*p >= 0x80)
            *p = '?';
    }
}

/* A cut may fall inside a UTF-8 sequence: step back to its start. */
static size_t cut(const char *text, size_t len, size_t max)
{
    if (len <= max)
        return len;
    while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80)
        max--;
    return max;
}

static char *keep(const char *text, size_t len, size_t max)
{
    char *copy = mv_xstrndup(text, cut(text, len, max));
    clean(copy);
    return copy;
}

void mv_faults_add(struct mv_faults *f, mv_fault_kind kind,
                   struct mv_fault_place place, const char *fmt, ...)
{
    if (kind != MV_FAULT_WARNING)
        f->errors++;
    if (f->count == MV_FAULTS_MAX) {
        f->more++;
        return;
    }
    if (f->count == f->cap) {
        f->cap = f->cap == 0 ? 16 : f->cap * 2;
        f->at = mv_xrealloc(f->at, f->cap * sizeof *f->at);
    }
    char line[FAULT_TEXT_BYTES + 8];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    size_t len = n < 0 ? 0 : (size_t)n;
    if (len >= sizeof line)
        len = sizeof line - 1;
    struct mv_catalogue_fault *at = &f->at[f->count++];
    *at = (struct mv_catalogue_fault){.kind = kind,
                                      .file = place.file,
                                      .line = place.line,
                                      .column = place.column};
    at->text = keep(line, len, FAULT_TEXT_BYTES);
    at->key = place.key.len == 0
                  ? mv_xstrdup("")
                  : keep(place.key.at, place.key.len, FAULT_KEY_BYTES);
}

void mv_faults_print(const struct mv_faults *f, struct mv_buf *out)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct mv_catalogue_fault *at = &f->at[i];
        mv_buf_text(out, at->file);
        if (at->line > 0)
            mv_buf_printf(out, ":%u:%u", at->line, at->column);
        mv_buf_text(out, ": ");
        if (at->kind == MV_FAULT_WARNING)
            mv_buf_text(out, "warning: ");
        if (at->key[0] != '\0')
            mv_buf_printf(out, "%s: ", at->key);
        mv_buf_printf(out, "%s\n", at->text);
    }
    if (f->more > 0)
        mv_buf_printf(out, "... and %zu more\n", f->more);
}

void mv_faults_done(struct mv_faults *f)
{
    for (size_t i = 0; i < f->count; i++) {
        free(f->at[i].key);
        free(f->at[i].text);
    }
    free(f->at);
    *f = (struct mv_faults){0};
}
