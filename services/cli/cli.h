/* cli - what every command gets: arguments, options, language, where to
 * print; and what it gives back: an exit code. A command is one cmd_*.c with
 * one `const struct cli_command cli_cmd_NAME`, and a line in commands.def. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "proto/codes.h"
#include "services/base/buf.h"
#include "services/base/err.h"
#include "services/cli/words.h"

/* sysexits.h, where it has a word for it; maalvakt(1) has the same table. */
typedef enum cli_exit {
    CLI_OK = 0,
    CLI_NO = 1,      /* the answer is no; some rows were refused */
    CLI_USAGE = 64,  /* an option or argument is wrong */
    CLI_DATA = 65,   /* a file given is wrong; nothing was sent */
    CLI_AWAY = 69,   /* the service cannot be reached */
    CLI_IO = 74,     /* reading or writing failed */
    CLI_RETRY = 75,  /* not now: the same again later */
    CLI_DENIED = 77, /* the key may not do this */
    CLI_CONFIG = 78, /* the installation or its settings are wrong */
} cli_exit;

/* --NAME, or --NAME VALUE. Those of all commands are in args.c: --dir
 * --endpoint --server-key --key --lang --json --no-colour --help. */
struct cli_option {
    const char *name;
    const char *value; /* "DATE"; NULL: a switch */
    const char *nb, *en;
};

struct cli;

struct cli_command {
    const char *name;    /* "push" */
    const char *usage;   /* "FILE... --as UNIT": what follows the name */
    const char *nb, *en; /* one line */
    const char *man;     /* "maalvakt-push" */
    const char *example; /* whole lines, each ended; `{nb|en}` in it */
    const struct cli_option *options;
    size_t option_count;
    size_t least, most;       /* arguments that are not options */
    int (*run)(struct cli *); /* an enum cli_exit */
};

#define CLI_OPTIONS_MAX 32
#define CLI_COUNT(a)    (sizeof(a) / sizeof(a)[0])

struct cli {
    const struct cli_command *command;
    enum mv_lang lang;
    bool json, colour;
    bool hasty;       /* what is down just now is not waited for */
    size_t width;     /* of the terminal, else $COLUMNS; 0: neither, all of a
                         row is on one line */
    size_t err_width; /* the same of c->err */
    FILE *out, *err;
    struct mv_buf *held; /* for c->err, kept back; else NULL. See hush.h */
    size_t arg_count;
    char **args; /* borrowed from argv */
    struct {
        const char *name, *value;
    } given[CLI_OPTIONS_MAX];
    size_t given_count;
};

/* The whole program; returns the exit code. */
int cli_main(int argc, char **argv);

/* The option's value; "" for a switch that is given; NULL: not given. */
const char *cli_option(const struct cli *c, const char *name);
/* A whole number; false (and it has been said why): not one, or not within.
 * Not given: *ret is untouched, true. */
bool cli_option_int(struct cli *c, const char *name, int64_t least,
                    int64_t most, int64_t *ret);

#define CLI_SENTINEL __attribute__((sentinel))
/* A sentence of words.def, {1} {2} ... filled in by the texts that follow, up
 * to a NULL; shown safely, with a line end. To c->out:
 *   cli_say(c, CLI_W_WROTE, path, count_text, NULL); */
void cli_say(struct cli *c, cli_word word, ...) CLI_SENTINEL;
/* On c->err, behind "maalvakt: ". */
void cli_warn(struct cli *c, cli_word word, ...) CLI_SENTINEL;
/* The same, and returns code. */
int cli_fail(struct cli *c, int code, cli_word word, ...) CLI_SENTINEL;
/* Appends the sentence to a buffer, without a line end. */
void cli_word_put(struct mv_buf *out, const struct cli *c, cli_word word,
                  ...) CLI_SENTINEL;
/* err's text as it is, on c->err; the code that goes with rc. */
int cli_fail_err(struct cli *c, mv_rc rc, const struct mv_err *err);
/* Whole lines to c->err, or to what is held of it. */
void cli_err_put(struct cli *c, struct mv_span lines);
/* The word alone, without places to fill in; static. */
const char *cli_w(const struct cli *c, cli_word word);
