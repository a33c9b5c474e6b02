/* text - what may stand in a text from outside, and how it is shown without
 * doing anything to a log or a terminal. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "services/base/buf.h"

#define MV_IDENTIFIER_BYTES 64u

typedef enum mv_text_fault {
    MV_TEXT_OK = 0,
    MV_TEXT_UTF8,       /* RFC 3629: overlong, surrogate, cut, > U+10FFFF */
    MV_TEXT_CHARSET,    /* control, bidi, zero-width, noncharacter */
    MV_TEXT_IDENTIFIER, /* a national identity number (identity.h) */
} mv_text_fault;

/* All three checks, in that order. */
mv_text_fault mv_text_check(struct mv_span text);

bool mv_text_is_utf8(struct mv_span text);

/* Refuses C0, DEL, C1; marks, embeddings and isolates of direction (U+200E
 * U+202A U+2066 ...); zero-width and other invisible ones (U+200B U+2060
 * U+FEFF, tags); line and paragraph ends U+2028 U+2029; noncharacters. The
 * text must be UTF-8. */
bool mv_text_is_plain(struct mv_span text);

/* The line that begins at `at`, with its LF where it has one; beyond the
 * text: empty. A line without its end: LF, CR LF, or the last one's CR. */
struct mv_span mv_text_line(struct mv_span text, size_t at);
struct mv_span mv_text_chomp(struct mv_span line);

/* [a-z0-9][a-z0-9._-]{0,63} */
bool mv_text_is_identifier(struct mv_span text);
/* An identifier without "..": names of producers become file names. */
bool mv_text_is_producer(struct mv_span text);

/* For logs: printable ASCII as it is but \ and " , the rest as \xNN. At most
 * cap bytes of output, and then "..." ; appends to out. */
void mv_text_escape_log(struct mv_buf *out, struct mv_span text, size_t cap);

/* For terminals: letters kept, what mv_text_is_plain refuses and bytes that
 * are not UTF-8 as \xNN. Appends to out. */
void mv_text_escape_terminal(struct mv_buf *out, struct mv_span text);

/* Columns that the text takes on a terminal, after escaping: combining marks
 * 0, East Asian wide 2, else 1. */
size_t mv_text_columns(struct mv_span text);

/* Decodes one code point at *at (< text.len), moves *at behind it. False:
 * not UTF-8; *at moves one byte. */
bool mv_utf8_next(struct mv_span text, size_t *at, uint32_t *ret);
