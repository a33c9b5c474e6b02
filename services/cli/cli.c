/* cli - the table of commands, help, and the way from argv to a command.
 * Invariant: a command runs only with options and arguments that its table
 * allows. What a crash leaves is the command's own matter. */
#include "services/cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "services/base/clock.h"
#include "services/base/hash.h"
#include "services/cli/args.h"
#include "services/cli/near.h"

#define NAME_ROOM 17 /* columns before what a command does */

#define COMMAND(NAME) extern const struct cli_command cli_cmd_##NAME;
#include "services/cli/commands.def"
#undef COMMAND

static const struct cli_command *const commands[] = {
#define COMMAND(NAME) &cli_cmd_##NAME,
#include "services/cli/commands.def"
#undef COMMAND
};

static const struct cli_command *find(const char *name)
{
    for (size_t i = 0; i < CLI_COUNT(commands); i++)
        if (!strcmp(commands[i]->name, name))
            return commands[i];
    return NULL;
}

static int no_command(struct cli *c, const char *said)
{
    struct cli_near near = {.want = mv_span_text(said)};
    struct mv_buf hint = {0};
    for (size_t i = 0; i < CLI_COUNT(commands); i++)
        cli_near_try(&near, mv_span_text(commands[i]->name));
    cli_near_put(c, &near, &hint);
    (void)cli_fail(c, CLI_USAGE, CLI_W_NO_COMMAND, said, mv_buf_cstr(&hint),
                   NULL);
    mv_buf_done(&hint);
    return CLI_USAGE;
}

static bool set_lang(struct cli *c, const char *name)
{
    if (!strcmp(name, "nb"))
        c->lang = MV_LANG_NB;
    else if (!strcmp(name, "en"))
        c->lang = MV_LANG_EN;
    else
        return false;
    return true;
}

/* Looked for before anything is said, so that mistakes are told in it. */
static bool choose_lang(struct cli *c, int argc, char **argv)
{
    const char *env = getenv("MAALVAKT_LANG");
    c->lang = MV_LANG_NB;
    if (env != NULL)
        (void)set_lang(c, env);
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--lang") && i + 1 < argc)
            return set_lang(c, argv[i + 1]);
        if (!strncmp(argv[i], "--lang=", 7))
            return set_lang(c, argv[i] + 7);
    }
    return true;
}

/* $COLUMNS, if it is set to a width that can be had; else 0. */
static size_t asked_width(void)
{
    const char *text = getenv("COLUMNS");
    char *end;
    if (text == NULL || *text < '1' || *text > '9')
        return 0;
    unsigned long n = strtoul(text, &end, 10);
    return *end == '\0' && n >= 20 && n <= 1000 ? n : 0;
}

/* Columns; 0: it is for a program to read, line by line. */
static size_t width_of(int fd)
{
    struct winsize size;
    if (!isatty(fd))
        return asked_width();
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
        return size.ws_col;
    return 80;
}

static void look_at_terminal(struct cli *c)
{
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
    c->out = stdout;
    c->err = stderr;
    c->width = width_of(STDOUT_FILENO);
    c->err_width = width_of(STDERR_FILENO);
    c->colour = isatty(STDOUT_FILENO) && (none == NULL || *none == '\0') &&
                (term == NULL || strcmp(term, "dumb") != 0);
}

static void help(struct cli *c)
{
    struct mv_buf usage = {0};
    cli_say(c, CLI_W_SLOGAN, NULL);
    (void)fputc('\n', c->out);
    cli_args_places(c, "maalvakt COMMAND ...", &usage);
    cli_say(c, CLI_W_USAGE, mv_buf_cstr(&usage), NULL);
    mv_buf_done(&usage);
    (void)fprintf(c->out, "\n%s\n", cli_w(c, CLI_W_COMMANDS));
    for (size_t i = 0; i < CLI_COUNT(commands); i++) {
        cli_args_entry(c, commands[i]->name, NAME_ROOM,
                       c->lang == MV_LANG_NB ? commands[i]->nb
                                             : commands[i]->en);
    }
    (void)fputc('\n', c->out);
    cli_say(c, CLI_W_MORE_HELP, NULL);
    cli_say(c, CLI_W_SEE_MAN, "maalvakt", NULL);
}

static int run(struct cli *c, int argc, char **argv)
{
    int code = cli_args_read(c, argc, argv);
    if (code != CLI_OK)
        return code;
    if (cli_option(c, "help") != NULL) {
        cli_args_help(c);
        return CLI_OK;
    }
    c->json = cli_option(c, "json") != NULL;
    if (cli_option(c, "no-colour") != NULL)
        c->colour = false;
    struct mv_err err = {0};
    mv_rc rc = mv_hash_init(&err);
    if (rc == MV_OK)
        rc = mv_clock_init(&err);
    if (rc != MV_OK)
        return cli_fail_err(c, rc, &err);
    return c->command->run(c);
}

/* A full disk or a closed pipe behind stdout is a failure, not a success. */
static int finish(struct cli *c, int code)
{
    if (fflush(c->out) == 0 && !ferror(c->out))
        return code;
    cli_warn(c, CLI_W_NOT_WRITTEN, NULL);
    return code == CLI_OK ? CLI_IO : code;
}

int cli_main(int argc, char **argv)
{
    struct cli c = {0};
    look_at_terminal(&c);
    /* no setlocale(): numbers and files are read the same everywhere */
    if (!choose_lang(&c, argc, argv))
        return cli_fail(&c, CLI_USAGE, CLI_W_BAD_LANG, NULL);
    int at = 1;
    for (int words; at < argc; at += words)
        if ((words = cli_args_common(argc, argv, at)) == 0)
            break;
    if (at >= argc) { /* nothing was asked for: no answer, but a fault */
        c.out = c.err;
        c.width = c.err_width;
        c.colour = false;
        help(&c);
        return finish(&c, CLI_USAGE);
    }
    if (!strcmp(argv[at], "--help") || !strcmp(argv[at], "-h") ||
        !strcmp(argv[at], "help")) {
        c.command = at + 1 < argc ? find(argv[at + 1]) : NULL;
        if (c.command != NULL)
            cli_args_help(&c);
        else
            help(&c);
        return finish(&c, CLI_OK);
    }
    if (!strcmp(argv[at], "--version")) {
        (void)fprintf(c.out, "maalvakt %s\n", MV_VERSION);
        return finish(&c, CLI_OK);
    }
    c.command = find(argv[at]);
    if (c.command == NULL)
        return no_command(&c, argv[at]);
    /* options that stood before it, behind it: all are read at once */
    memmove(argv + 2, argv + 1, (size_t)(at - 1) * sizeof *argv);
    return finish(&c, run(&c, argc - 2, argv + 2));
}
