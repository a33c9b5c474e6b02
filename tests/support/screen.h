/* screen - a command line without sockets: what would be printed, as text. */
#pragma once

#include "services/cli/cli.h"

struct screen {
    struct cli cli;
    struct cli_command command;
    char *out, *err; /* what was printed so far; see screen_text */
    size_t out_len, err_len;
};

/* width 0: no terminal. Two languages: MV_LANG_NB, MV_LANG_EN. */
void screen_open(struct screen *s, enum mv_lang lang, size_t width);
void screen_close(struct screen *s);
/* All that was printed on out; borrowed until more is printed. */
const char *screen_text(struct screen *s);
/* As if --name value had been given. */
void screen_give(struct screen *s, const char *name, const char *value);
/* The widest line, in columns of a terminal. */
size_t screen_widest(struct screen *s);
