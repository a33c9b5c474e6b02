/* proto/README.md lists every verb of every service, with who may use it and
 * what it is told: held against the tables that the services run by. */
#include <stdio.h>
#include <string.h>

#include "services/evaluator/verbs.h"
#include "services/ingest/verbs.h"
#include "services/notifier/verbs.h"
#include "tests/support/unit.h"

#define VERBS_MAX 32

struct told {
    char name[40], roles[160], args[600];
    bool act;
};

/* The cell that begins at *at, without blanks around it; *at goes behind. */
static void next_cell(const char **at, char *out, size_t size)
{
    size_t len = strcspn(*at, "|");
    const char *from = *at;
    *at += len + ((*at)[len] == '|');
    while (len > 0 && *from == ' ') {
        from++;
        len--;
    }
    while (len > 0 && (from[len - 1] == ' ' || from[len - 1] == '\n'))
        len--;
    (void)snprintf(out, size, "%.*s", (int)len, from);
}

static void read_row(const char *line, struct told *t)
{
    const char *at = line + 1; /* behind the first bar */
    char cell[1024], *roles = cell;
    next_cell(&at, cell, sizeof cell);
    assert_int_equal(sscanf(cell, "`%39[a-z.-]`", t->name), 1);
    next_cell(&at, cell, sizeof cell);
    t->act = strncmp(cell, "**", 2) == 0;
    if (t->act) {
        roles += 2;
        roles[strlen(roles) - 2] = '\0';
    }
    (void)snprintf(t->roles, sizeof t->roles, "%.159s", roles);
    next_cell(&at, t->args, sizeof t->args);
}

/* The table under the heading. */
static size_t read_table(const char *heading, struct told *told)
{
    char line[4096];
    bool within = false;
    size_t count = 0;
    FILE *f = fopen("proto/README.md", "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        if (line[0] == '#')
            within = strncmp(line, heading, strlen(heading)) == 0;
        if (within && strncmp(line, "| `", 3) == 0 && count < VERBS_MAX)
            read_row(line, &told[count++]);
    }
    (void)fclose(f);
    return count;
}

/* "operator, reader"; "any". */
static void roles_of(unsigned roles, char *out, size_t size)
{
    struct mv_buf text = {0};
    if (roles == MV_ROLE_ANY) {
        (void)snprintf(out, size, "any");
        return;
    }
    mv_roles_text(&text, roles, ", ");
    (void)snprintf(out, size, "%s", mv_buf_cstr(&text));
    mv_buf_done(&text);
}

/* A name among words with blanks between; a kind may stand behind it. */
static bool among(const char *words, const char *name, size_t len)
{
    for (const char *w = words; *w != '\0'; w += strspn(w, " ")) {
        if (strcspn(w, " :") == len && strncmp(w, name, len) == 0)
            return true;
        w += strcspn(w, " ");
    }
    return false;
}

/* What stands between backticks and outside parentheses: "year unit ". */
static void names_of(const char *cell, char *out, size_t size)
{
    bool named = false, within = false, value = false;
    size_t len = 0;
    for (; *cell != '\0' && len + 2 < size; cell++) {
        within = (within || *cell == '(') && *cell != ')';
        named = within ? named : named != (*cell == '`');
        if (within || *cell == '?')
            continue;
        value = value ? named : *cell == ':' && named; /* `all: true` */
        if (named && !value && *cell != '`')
            out[len++] = *cell;
        else if (len > 0 && out[len - 1] != ' ')
            out[len++] = ' ';
    }
    out[len] = '\0';
}

static void hold_args(const struct told *t, const char *known)
{
    char told[300];
    names_of(t->args, told, sizeof told);
    for (const char *w = told; *w != '\0'; w += strcspn(w, " "), w += *w != 0) {
        if (!among(known, w, strcspn(w, " ")))
            fail_msg("%s: the README says '%s', it takes '%s'", t->name, told,
                     known);
    }
    for (const char *w = known; *w != '\0'; w += strspn(w, " ")) {
        if (!among(told, w, strcspn(w, " :")))
            fail_msg("%s: it takes '%s', the README says '%s'", t->name, known,
                     told);
        w += strcspn(w, " ");
    }
}

static void hold(const struct told *t, const struct mv_verb_def *def)
{
    char roles[160];
    assert_string_equal(t->name, def->name);
    roles_of(def->roles, roles, sizeof roles);
    if (strcmp(t->roles, roles) != 0)
        fail_msg("%s: README says '%s', it is '%s'", t->name, t->roles, roles);
    if (t->act != def->act)
        fail_msg("%s: bold in the README says that it is an act", t->name);
    hold_args(t, def->args != NULL ? def->args : "");
}

static void hold_table(const char *heading, const struct mv_verb_def *defs,
                       size_t count)
{
    struct told told[VERBS_MAX];
    assert_int_equal(read_table(heading, told), count);
    for (size_t i = 0; i < count; i++)
        hold(&told[i], &defs[i]);
}

static void the_readme_lists_what_every_service_is_asked(void **state)
{
    struct told told[VERBS_MAX];
    size_t count = read_table("### Of every service", told), i = 0;
    const struct mv_verb_def *def;
    (void)state;
    for (; (def = mv_verb_builtin_at(i)) != NULL; i++)
        hold(&told[i], def);
    assert_int_equal(count, i);
    assert_true(count >= 8);
}

static void the_readme_lists_each_services_own_verbs_in_order(void **state)
{
    (void)state;
    hold_table("### Of ingest", ingest_verbs, INGEST_VERB_COUNT);
    hold_table("### Of the evaluator", evaluator_verbs, EVALUATOR_VERB_COUNT);
    hold_table("### Of the notifier", notifier_verbs, NOTIFIER_VERB_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_readme_lists_what_every_service_is_asked),
        cmocka_unit_test(the_readme_lists_each_services_own_verbs_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
