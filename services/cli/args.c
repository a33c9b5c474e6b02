/* args - see args.h. Job: `--name value`, `--name=value`, `--`, and the rest
 * as arguments, in any order. Invariant: an option that the table does not
 * know, or a value too many or too few, is an error and nothing is run. */
#include "services/cli/args.h"

#include <stdlib.h>
#include <string.h>

#include "services/base/text.h"
#include "services/cli/near.h"
#include "services/cli/wrap.h"

#define OPTION_ROOM 24 /* columns before what an option does */

const struct cli_option cli_common_options[] = {
    {"dir", "DIR", "installasjonens katalog (ellers $MAALVAKT_DIR eller .)",
     "the installation's directory (else $MAALVAKT_DIR or .)"},
    {"endpoint", "TCP", "en tjeneste et annet sted, tcp://vert:port",
     "a service elsewhere, tcp://host:port"},
    {"server-key", "HEX", "den tjenestens offentlige nøkkel",
     "that service's public key"},
    {"key", "NAME|FILE", "nøkkelen du taler med: et navn her, eller en fil",
     "the key you speak with: a name here, or a file"},
    {"lang", "nb|en", "språk (ellers $MAALVAKT_LANG eller nb)",
     "language (else $MAALVAKT_LANG or nb)"},
    {"json", NULL, "svar som JSON Lines, for programmer",
     "answers as JSON Lines, for programs"},
    {"no-colour", NULL, "uten farger (som $NO_COLOR)",
     "without colour (as $NO_COLOR)"},
    {"help", NULL, "denne teksten", "this text"},
};
const size_t cli_common_option_count = CLI_COUNT(cli_common_options);

static const struct cli_option *find(const struct cli_option *table,
                                     size_t count, const char *name, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(table[i].name) == len && !memcmp(table[i].name, name, len))
            return &table[i];
    return NULL;
}

int cli_args_common(int argc, char **argv, int at)
{
    if (strncmp(argv[at], "--", 2) != 0 || !strcmp(argv[at], "--help"))
        return 0;
    size_t len = strcspn(argv[at] + 2, "=");
    const struct cli_option *o =
        find(cli_common_options, cli_common_option_count, argv[at] + 2, len);
    if (o == NULL)
        return 0;
    bool apart = o->value != NULL && argv[at][2 + len] == '\0';
    return apart && at + 1 < argc ? 2 : 1;
}

static void try_all(struct cli_near *near, const struct cli_option *table,
                    size_t count)
{
    for (size_t i = 0; i < count; i++)
        cli_near_try(near, mv_span_text(table[i].name));
}

static int no_option(struct cli *c, struct mv_span said)
{
    struct cli_near near = {.want = said};
    struct mv_buf shown = {0}, hint = {0};
    try_all(&near, c->command->options, c->command->option_count);
    try_all(&near, cli_common_options, cli_common_option_count);
    mv_buf_text(&shown, "--");
    mv_buf_put(&shown, said.at, said.len);
    if (near.found) {
        struct mv_buf name = {0};
        mv_buf_printf(&name, "--%s", near.best);
        mv_buf_text(&hint, " ");
        cli_word_put(&hint, c, CLI_W_DID_YOU_MEAN, mv_buf_cstr(&name), NULL);
        mv_buf_done(&name);
    }
    (void)cli_fail(c, CLI_USAGE, CLI_W_NO_OPTION, mv_buf_cstr(&shown),
                   c->command->name, mv_buf_cstr(&hint), NULL);
    mv_buf_done(&shown);
    mv_buf_done(&hint);
    return CLI_USAGE;
}

static void give(struct cli *c, const char *name, const char *value)
{
    c->given[c->given_count].name = name;
    c->given[c->given_count++].value = value;
}

/* One that begins with --; *i moves on over a value of its own. */
static int read_option(struct cli *c, int argc, char **argv, int *i)
{
    char *name = argv[*i] + 2;
    char *equal = strchr(name, '=');
    size_t len = equal != NULL ? (size_t)(equal - name) : strlen(name);
    const struct cli_option *o =
        find(c->command->options, c->command->option_count, name, len);
    if (o == NULL)
        o = find(cli_common_options, cli_common_option_count, name, len);
    if (o == NULL)
        return no_option(c, mv_span(name, len));
    const char *value = equal != NULL ? equal + 1 : NULL;
    if (o->value == NULL && value != NULL)
        return cli_fail(c, CLI_USAGE, CLI_W_NO_VALUE, o->name, NULL);
    if (o->value != NULL && value == NULL) {
        if (*i + 1 >= argc)
            return cli_fail(c, CLI_USAGE, CLI_W_NEEDS_VALUE, o->name, NULL);
        value = argv[++*i];
    }
    if (cli_option(c, o->name) != NULL || c->given_count == CLI_OPTIONS_MAX)
        return cli_fail(c, CLI_USAGE, CLI_W_GIVEN_TWICE, o->name, NULL);
    give(c, o->name, o->value != NULL ? value : "");
    return CLI_OK;
}

static int check_count(struct cli *c)
{
    const struct cli_command *k = c->command;
    if (cli_option(c, "help") != NULL)
        return CLI_OK;
    struct mv_buf usage = {0};
    int code = CLI_OK;
    cli_args_places(c, k->usage, &usage);
    if (c->arg_count < k->least) {
        code = cli_fail(c, CLI_USAGE, CLI_W_FEW_ARGS, k->name,
                        mv_buf_cstr(&usage), NULL);
    } else if (c->arg_count > k->most) {
        code = cli_fail(c, CLI_USAGE, CLI_W_MANY_ARGS, c->args[k->most],
                        k->name, mv_buf_cstr(&usage), NULL);
    }
    mv_buf_done(&usage);
    return code;
}

int cli_args_read(struct cli *c, int argc, char **argv)
{
    bool over = false;
    int code = CLI_OK;
    c->args = argv;
    c->arg_count = 0;
    for (int i = 0; i < argc && code == CLI_OK; i++) {
        if (!over && !strcmp(argv[i], "--")) {
            over = true;
        } else if (!over && !strncmp(argv[i], "--", 2)) {
            code = read_option(c, argc, argv, &i);
        } else if (!over && !strcmp(argv[i], "-h") && c->given_count == 0) {
            give(c, "help", "");
            over = true;
        } else {
            c->args[c->arg_count++] = argv[i];
        }
    }
    return code == CLI_OK ? check_count(c) : code;
}

const char *cli_option(const struct cli *c, const char *name)
{
    for (size_t i = 0; i < c->given_count; i++)
        if (!strcmp(c->given[i].name, name))
            return c->given[i].value;
    return NULL;
}

bool cli_option_int(struct cli *c, const char *name, int64_t least,
                    int64_t most, int64_t *ret)
{
    const char *value = cli_option(c, name);
    if (value == NULL)
        return true;
    char *end;
    char low[24], high[24];
    long long n = strtoll(value, &end, 10);
    if (*value != '\0' && *end == '\0' && n >= least && n <= most &&
        strchr(" \t+", *value) == NULL) {
        *ret = n;
        return true;
    }
    (void)snprintf(low, sizeof low, "%lld", (long long)least);
    (void)snprintf(high, sizeof high, "%lld", (long long)most);
    cli_warn(c, CLI_W_NOT_INT, name, low, high, NULL);
    return false;
}

/* UNIT, DIR ...: words that stand for what one gives, in the language. */
static const char *place_word(struct mv_span word)
{
    static const struct {
        const char *en, *nb;
    } all[] = {
        {"UNIT", "ENHET"},
        {"TARGET", "MÅL"},
        {"YEAR", "ÅR"},
        {"NAME", "NAVN"},
        {"KEY", "NØKKEL"},
        {"ROLE", "ROLLE"},
        {"TEXT", "TEKST"},
        {"DAY", "DAG"},
        {"DATE", "DATO"},
        {"FILE", "FIL"},
        {"WHAT", "HVA"},
        {"KIND", "SLAG"},
        {"OWNER", "EIER"},
        {"SEQ", "NR"},
        {"COMMAND", "KOMMANDO"},
        {"SUBSCRIPTION", "ABONNEMENT"},
        {"COMMISSION", "OPPDRAG"},
        {"INDICATOR", "INDIKATOR"},
        {"CATALOGUE", "KATALOG"},
        {"FIGURES", "TALL"},
    };
    for (size_t i = 0; i < CLI_COUNT(all); i++)
        if (mv_span_is(word, all[i].en))
            return all[i].nb;
    return NULL;
}

void cli_args_places(const struct cli *c, const char *text, struct mv_buf *out)
{
    while (*text != '\0') {
        size_t len = 0;
        while (text[len] >= 'A' && text[len] <= 'Z')
            len++;
        const char *nb = place_word(mv_span(text, len));
        if (c->lang == MV_LANG_NB && nb != NULL)
            mv_buf_text(out, nb);
        else
            mv_buf_put(out, text, len > 0 ? len : 1);
        text += len > 0 ? len : 1;
    }
}

static void print_lines(struct cli *c, const struct mv_buf *text, size_t indent)
{
    struct mv_buf lines = {0};
    cli_wrap(&lines, mv_buf_span(text), c->width, 0, indent);
    (void)fprintf(c->out, "%s\n", mv_buf_cstr(&lines));
    mv_buf_done(&lines);
}

void cli_args_entry(struct cli *c, const char *name, size_t room,
                    const char *what)
{
    struct mv_buf text = {0};
    size_t used = 2 + mv_text_columns(mv_span_text(name));
    mv_buf_printf(&text, "  %s%*s%s", name,
                  used < room ? (int)(room - used) : 1, "", what);
    print_lines(c, &text, room);
    mv_buf_done(&text);
}

static void print_options(struct cli *c, const struct cli_option *o,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct mv_buf name = {0};
        mv_buf_printf(&name, "--%s%s", o[i].name,
                      o[i].value != NULL ? " " : "");
        cli_args_places(c, o[i].value != NULL ? o[i].value : "", &name);
        cli_args_entry(c, mv_buf_cstr(&name), OPTION_ROOM,
                       c->lang == MV_LANG_NB ? o[i].nb : o[i].en);
        mv_buf_done(&name);
    }
}

/* Of `{nb|en}` what is in the language; all else, braces that are no such
 * pair among it, as it is. */
static void put_either(const struct cli *c, const char *text,
                       struct mv_buf *out)
{
    while (*text != '\0') {
        size_t plain = strcspn(text, "{");
        mv_buf_put(out, text, plain);
        text += plain;
        if (*text == '\0')
            return;
        size_t both = strcspn(text, "}"), nb = strcspn(text, "|");
        if (text[both] == '\0' || nb > both) {
            mv_buf_put(out, text++, 1);
            continue;
        }
        if (c->lang == MV_LANG_NB)
            mv_buf_put(out, text + 1, nb - 1);
        else
            mv_buf_put(out, text + nb + 1, both - nb - 1);
        text += both + 1;
    }
}

/* Every line of the example stands in by two blanks. */
static void print_example(struct cli *c, const char *example)
{
    struct mv_buf said = {0};
    put_either(c, example, &said);
    const char *text = mv_buf_cstr(&said);
    (void)fprintf(c->out, "\n%s\n", cli_w(c, CLI_W_EXAMPLE));
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        (void)fprintf(c->out, "  %.*s\n", (int)len, text);
        text += len + (text[len] == '\n');
    }
    mv_buf_done(&said);
}

/* Each way to use it on a line of its own; " | " divides them in the table. */
static void print_usage(struct cli *c, const struct cli_command *k)
{
    struct mv_buf way = {0};
    const char *at = k->usage;
    cli_word before = CLI_W_USAGE;
    do {
        const char *next = strstr(at, " | ");
        char *one = next != NULL ? mv_xstrndup(at, (size_t)(next - at))
                                 : mv_xstrdup(at);
        mv_buf_clear(&way);
        mv_buf_printf(&way, "maalvakt %s%s", k->name, *one != '\0' ? " " : "");
        cli_args_places(c, one, &way);
        cli_say(c, before, mv_buf_cstr(&way), NULL);
        free(one);
        at = next != NULL ? next + 3 : NULL;
        before = CLI_W_USAGE_MORE;
    } while (at != NULL);
    mv_buf_done(&way);
}

void cli_args_help(struct cli *c)
{
    const struct cli_command *k = c->command;
    struct mv_buf what = {0};
    print_usage(c, k);
    mv_buf_text(&what, c->lang == MV_LANG_NB ? k->nb : k->en);
    print_lines(c, &what, 0);
    if (k->option_count > 0) {
        (void)fprintf(c->out, "\n%s\n", cli_w(c, CLI_W_OPTIONS));
        print_options(c, k->options, k->option_count);
    }
    (void)fprintf(c->out, "\n%s\n", cli_w(c, CLI_W_OPTIONS_ALL));
    print_options(c, cli_common_options, cli_common_option_count);
    print_example(c, k->example);
    (void)fputc('\n', c->out);
    cli_say(c, CLI_W_SEE_MAN, k->man, NULL);
    mv_buf_done(&what);
}
