/* fault_text - see fault_text.h. Job: a fault as a compiler tells it, in the
 * language asked for. Invariant: file, line and key are as found; what is
 * proposed stands in the same directory. Holds nothing. */
#include "services/cli/fault_text.h"

#include <string.h>

#include "services/cli/near.h"
#include "services/cli/rows.h"
#include "services/cli/told.h"
#include "services/cli/wrap.h"

#define ID_SIGNS "abcdefghijklmnopqrstuvwxyz0123456789._-"

static const char *fault_word(mv_fault_kind kind)
{
    static const char *const words[] = {"error", "warning"};
    return words[kind];
}

/* Every `id: NAME` (or another key's) of a file that did not load: near
 * enough to propose. */
static void try_values(struct cli_near *near, struct mv_span text,
                       const char *key)
{
    size_t key_len = strlen(key);
    if (text.len == 0)
        return;
    const char *at = text.at, *end = at + text.len;
    for (; at + key_len < end; at++) {
        if (memcmp(at, key, key_len) != 0)
            continue;
        const char *from = at + key_len;
        while (from < end && (*from == ' ' || *from == '"' || *from == '\''))
            from++;
        size_t len = 0;
        while (from + len < end && strchr(ID_SIGNS, from[len]) != NULL &&
               from[len] != '\0')
            len++;
        cli_near_try(near, mv_span(from, len));
    }
}

/* Every word that a fault names as possible, behind the colon. */
static void try_words(struct cli_near *near, const char *words)
{
    while (*words != '\0') {
        size_t len = strcspn(words, " ");
        cli_near_try(near, mv_span(words, len));
        words += len + strspn(words + len, " ");
    }
}

/* "'prts' is not one of: part whole", "unknown key 'yer'; known: year ...". */
static void put_meant_word(const struct cli *c,
                           const struct mv_catalogue_fault *f,
                           struct mv_buf *out)
{
    static const char *const between[] = {"' is not one of: ", "'; known: "};
    const char *from = strchr(f->text, '\'');
    for (size_t i = 0; from != NULL && i < CLI_COUNT(between); i++) {
        const char *words = strstr(from + 1, between[i]);
        if (words == NULL)
            continue;
        struct cli_near near = {
            .want = mv_span(from + 1, (size_t)(words - from - 1))};
        try_words(&near, words + strlen(between[i]));
        cli_near_put(c, &near, out);
        return;
    }
}

/* "no unit 'hs0'": the id in the same directory that was probably meant. */
static void put_meant(const struct cli *c,
                      const struct mv_catalogue_files *files,
                      const struct mv_catalogue_fault *f, struct mv_buf *out)
{
    static const struct {
        const char *begins;
        mv_catalogue_file file;
        const char *key[2]; /* whose values there are */
    } all[] = {
        {"no unit '", MV_FILE_UNITS, {"id:"}},
        {"no kind of unit and no unit '", MV_FILE_UNITS, {"id:", "kind:"}},
        {"no member or unit '", MV_FILE_UNITS, {"id:"}},
        {"no indicator '", MV_FILE_INDICATORS, {"id:"}},
        {"no indicator here has the dimension '", MV_FILE_INDICATORS, {"id:"}},
    };
    put_meant_word(c, f, out);
    for (size_t i = 0; i < CLI_COUNT(all); i++) {
        size_t len = strlen(all[i].begins);
        if (strncmp(f->text, all[i].begins, len) != 0)
            continue;
        struct cli_near near = {
            .want = mv_span(f->text + len, strcspn(f->text + len, "'"))};
        for (size_t k = 0; k < 2 && all[i].key[k] != NULL; k++)
            try_values(&near, files->text[all[i].file], all[i].key[k]);
        cli_near_put(c, &near, out);
    }
}

/* As `file:line:column: key: text`. */
static void say_fault(struct cli *c, const struct mv_catalogue_files *files,
                      const struct mv_catalogue_fault *f)
{
    struct mv_buf text = {0}, lines = {0};
    mv_buf_text(&text, f->file);
    if (f->line > 0)
        mv_buf_printf(&text, ":%u:%u", f->line, f->column);
    mv_buf_text(&text, ": ");
    if (f->kind == MV_FAULT_WARNING)
        mv_buf_printf(&text, "%s: ", cli_w(c, CLI_W_CAT_WARNING));
    if (f->key[0] != '\0')
        mv_buf_printf(&text, "%s: ", f->key);
    cli_told(c, mv_span_text(f->text), &text);
    put_meant(c, files, f, &text);
    cli_wrap(&lines, mv_buf_span(&text), c->err_width, 0, 2);
    mv_buf_put_u8(&lines, '\n');
    cli_err_put(c, mv_buf_span(&lines));
    mv_buf_done(&text);
    mv_buf_done(&lines);
}

/* How many more there are than were kept, by kind. */
static void say_more(struct cli *c, const struct mv_faults *faults)
{
    size_t errors = faults->errors;
    char more[24];
    for (size_t i = 0; i < faults->count; i++)
        errors -= faults->at[i].kind != MV_FAULT_WARNING;
    size_t warnings = faults->more - errors;
    if (errors > 0) {
        (void)snprintf(more, sizeof more, "%zu", errors);
        cli_warn(c, CLI_W_CAT_MORE, more, NULL);
    }
    if (warnings > 0) {
        (void)snprintf(more, sizeof more, "%zu", warnings);
        cli_warn(c, CLI_W_CAT_MORE_WARNINGS, more, NULL);
    }
}

void cli_faults_say(struct cli *c, const struct mv_catalogue_files *files,
                    const struct mv_faults *faults)
{
    for (size_t i = 0; c->json && i < faults->count; i++) {
        const struct mv_catalogue_fault *f = &faults->at[i];
        cli_json_line(c, json_pack("{s:s,s:s,s:i,s:i,s:s,s:s}", "kind",
                                   fault_word(f->kind), "file", f->file, "line",
                                   (int)f->line, "column", (int)f->column,
                                   "key", f->key, "text", f->text));
    }
    for (size_t i = 0; !c->json && i < faults->count; i++)
        say_fault(c, files, &faults->at[i]);
    say_more(c, faults);
}
