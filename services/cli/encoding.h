/* encoding - a file's bytes to UTF-8: with or without BOM, Windows' and
 * Latin-1's single bytes made UTF-8; what cannot be told is refused, since a
 * wrong guess is silent. */
#pragma once

#include "services/base/buf.h"
#include "services/cli/words.h"

typedef enum cli_encoding {
    CLI_ENC_UTF8 = 0,
    CLI_ENC_LATIN1, /* windows-1252, of which Latin-1's letters are part */
    CLI_ENC_BAD
} cli_encoding;

struct cli_encoded {
    cli_encoding encoding;
    uint32_t line; /* CLI_ENC_BAD: from 1, and what is wrong: */
    cli_word why;
};

/* Appends the text to out. Refused: UTF-16, NUL bytes, bytes that are in no
 * encoding of the two, both in one file, text that was encoded twice. */
struct cli_encoded cli_encoding_read(struct mv_span bytes, struct mv_buf *out);
