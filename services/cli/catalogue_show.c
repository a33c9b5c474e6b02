/* catalogue_show - see catalogue_show.h. Job: lists of a kind, or one thing.
 * Invariant: what is not there is answered with what is. Holds nothing. */
#include "services/cli/catalogue_show.h"

#include <string.h>

#include "services/catalogue/show.h"
#include "services/cli/near.h"
#include "services/cli/rows.h"
#include "services/cli/table.h"

static void list_row(struct cli *c, struct cli_table *t, const char *kind,
                     struct mv_span id, int32_t year, struct mv_span text)
{
    char when[16] = "";
    if (year != 0)
        (void)snprintf(when, sizeof when, "%d", year);
    if (c->json) {
        cli_json_line(c, json_pack("{s:s,s:s%,s:s,s:s%}", "kind", kind, "id",
                                   id.at, id.len, "year", when, "text",
                                   text.at != NULL ? text.at : "", text.len));
        return;
    }
    cli_table_cell(t, CLI_PLAIN, id);
    cli_table_text(t, when);
    cli_table_cell(t, CLI_PLAIN, text);
}

static struct mv_span title(const struct cli *c, const struct mv_title *t)
{
    return c->lang == MV_LANG_NB ? t->nb : t->en;
}

typedef enum sort { UNITS, INDICATORS, TARGETS, COMMISSIONS, KINDS } sort;

static const struct {
    const char *name, *nb;
    cli_thing thing;
} kinds[KINDS] = {
    [UNITS] = {"units", "enheter", CLI_THING_UNIT},
    [INDICATORS] = {"indicators", "indikatorer", CLI_THING_INDICATOR},
    [TARGETS] = {"targets", "mål", CLI_THING_TARGET},
    [COMMISSIONS] = {"commissions", "oppdrag", CLI_THING_COMMISSION},
};

static const char *kind_word(const struct cli *c, sort kind)
{
    return c->lang == MV_LANG_NB ? kinds[kind].nb : kinds[kind].name;
}

/* In either language; "target" as well as "targets". KINDS: it is none. */
static sort find_kind(const char *said)
{
    size_t len = strlen(said), i = 0;
    while (i < KINDS && strcmp(said, kinds[i].name) != 0 &&
           strcmp(said, kinds[i].nb) != 0 &&
           (len + 1 != strlen(kinds[i].name) ||
            strncmp(said, kinds[i].name, len) != 0))
        i++;
    return (sort)i;
}

static void list_rows(struct cli *c, struct cli_table *t,
                      const struct mv_catalogue *k, sort kind)
{
    for (uint32_t i = 0; kind == UNITS && i < k->unit_count; i++)
        list_row(c, t, "unit", k->units[i].id, 0, title(c, &k->units[i].name));
    for (uint32_t i = 0; kind == INDICATORS && i < k->indicator_count; i++)
        list_row(c, t, "indicator", k->indicators[i].id, 0,
                 title(c, &k->indicators[i].title));
    for (uint32_t i = 0; kind == TARGETS && i < k->target_count; i++)
        list_row(c, t, "target", k->targets[i].id, k->targets[i].year,
                 title(c, &k->targets[i].text));
    for (uint32_t i = 0; kind == COMMISSIONS && i < k->commission_count; i++)
        list_row(c, t, "commission", k->commissions[i].id,
                 k->commissions[i].year, title(c, &k->commissions[i].text));
}

/* All of a kind: an id, a year, a text. */
static void list_kind(struct cli *c, const struct mv_catalogue *k, sort kind)
{
    const struct cli_column columns[] = {
        {"id", false, true, 0},
        {cli_w(c, CLI_W_COL_YEAR), true, true, 1},
        {cli_w(c, CLI_W_COL_TEXT), false, false, 0},
    };
    struct cli_table *t = cli_table_open(columns, CLI_COUNT(columns));
    list_rows(c, t, k, kind);
    if (!c->json)
        cli_table_print(c, t);
    cli_table_close(t);
}

/* What was meant, of the kind or of all; and the kinds, if none was named. */
static int not_there(struct cli *c, const struct mv_catalogue *k, sort kind,
                     const char *id)
{
    struct cli_near near = {.want = mv_span_text(id)};
    struct mv_buf hint = {0};
    for (size_t i = 0; i < KINDS; i++) {
        if (kind == KINDS)
            cli_near_try(&near, mv_span_text(kinds[i].name));
        if (kind == KINDS || kind == i)
            cli_near_catalogue(&near, k, kinds[i].thing);
    }
    cli_near_put(c, &near, &hint);
    cli_warn(c, CLI_W_CAT_NOT_THERE, id, mv_buf_cstr(&hint), NULL);
    if (kind == KINDS && !near.found)
        cli_warn(c, CLI_W_CAT_KINDS, NULL);
    mv_buf_done(&hint);
    return CLI_NO;
}

static void list_all(struct cli *c, const struct mv_catalogue *k)
{
    for (int i = 0; i < KINDS; i++) {
        if (!c->json)
            (void)fprintf(c->out, "%s%s\n", i > 0 ? "\n" : "",
                          kind_word(c, (sort)i));
        list_kind(c, k, (sort)i);
    }
}

/* A thing is a line of JSON: begun with it, ended by the next. */
struct lines {
    struct cli *c;
    json_t *thing, *keys; /* keys: the thing's own, by name */
};

static void end_line(struct lines *l)
{
    if (l->thing != NULL)
        cli_json_line(l->c, l->thing);
    l->thing = NULL;
}

static void begin_line(void *ctx, const char *kind, struct mv_span id,
                       int32_t year)
{
    struct lines *l = ctx;
    char when[16] = "";
    end_line(l);
    if (year != 0)
        (void)snprintf(when, sizeof when, "%d", year);
    l->keys = json_object();
    l->thing = json_pack("{s:s,s:s%,s:s,s:o}", "kind", kind, "id", id.at,
                         id.len, "year", when, "keys", l->keys);
}

static void line_key(void *ctx, const char *key, struct mv_span value)
{
    struct lines *l = ctx;
    (void)json_object_set_new(l->keys, key, json_stringn(value.at, value.len));
}

static bool show_thing(struct cli *c, const struct mv_catalogue *k,
                       struct mv_span id)
{
    struct mv_buf text = {0};
    struct lines l = {.c = c};
    const struct mv_show lines = {&l, begin_line, line_key};
    bool found = c->json ? mv_catalogue_tell(k, id, &lines)
                         : mv_catalogue_show(k, id, &text);
    end_line(&l);
    if (text.len > 0)
        (void)fwrite(text.at, 1, text.len, c->out);
    mv_buf_done(&text);
    return found;
}

int cli_catalogue_show(struct cli *c, const struct mv_catalogue *k)
{
    const char *what = c->arg_count > 1 ? c->args[1] : NULL;
    const char *id = c->args[c->arg_count - 1];
    if (what == NULL) {
        list_all(c, k);
        return CLI_OK;
    }
    sort kind = find_kind(what);
    if (c->arg_count > 2 && kind == KINDS)
        return not_there(c, k, KINDS, what);
    if (c->arg_count == 2 && kind != KINDS) {
        list_kind(c, k, kind);
        return CLI_OK;
    }
    if (show_thing(c, k, mv_span_text(id)))
        return CLI_OK;
    return not_there(c, k, kind, id);
}
