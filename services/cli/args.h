/* args - argv to options and arguments, by the command's table. */
#pragma once

#include "services/cli/cli.h"

/* Options of every command. */
extern const struct cli_option cli_common_options[];
extern const size_t cli_common_option_count;

/* Fills c->args and c->given from what follows the command's name; argv's
 * strings are borrowed, its order is changed. CLI_OK, or it has been said. */
int cli_args_read(struct cli *c, int argc, char **argv);
/* How many words of argv, from at on, are an option of every command, which
 * may stand before the command's name; 0: none. */
int cli_args_common(int argc, char **argv, int at);
/* UNIT, FILE and the like, in the language asked for. Appends. */
void cli_args_places(const struct cli *c, const char *text, struct mv_buf *out);
/* "  name      what it does", wrapped behind `room` columns, on c->out. */
void cli_args_entry(struct cli *c, const char *name, size_t room,
                    const char *what);
/* `maalvakt NAME --help`, on c->out. */
void cli_args_help(struct cli *c);
