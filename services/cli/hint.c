/* hint - see hint.h. Job: from a word that is not known to one that is.
 * Invariant: it asks only for the catalogue, and what it says is in it.
 * Changes nothing. */
#include "services/cli/hint.h"

#include <stdlib.h>
#include <string.h>

#include "services/cli/hush.h"
#include "services/cli/place.h"
#include "services/cli/rows.h"

#define NAMED_MAX 12

bool cli_hint_catalogue(struct cli *c, const char *key, struct cli_inforce *ret)
{
    struct cli hasty = *c;
    struct cli_hush hush;
    struct cli_link *l = NULL;
    *ret = (struct cli_inforce){0};
    hasty.hasty = true;
    if (cli_option(c, "endpoint") != NULL)
        return false;
    cli_hush_begin(&hasty, &hush);
    int code = cli_link_open(&hasty, CLI_INGEST, key, &l);
    if (code == CLI_OK)
        code = cli_inforce_get(&hasty, l, ret);
    cli_link_close(l);
    cli_hush_end(&hasty, &hush);
    cli_hush_done(&hasty, &hush, false);
    return code == CLI_OK && ret->catalogue != NULL;
}

bool cli_hint_kind(mv_code code, struct mv_span field, cli_thing *ret)
{
    static const struct {
        mv_code unknown;
        const char *field;
        cli_thing thing;
    } all[] = {
        {MV_CODE_UNKNOWN_UNIT, "unit", CLI_THING_UNIT},
        {MV_CODE_UNKNOWN_INDICATOR, "indicator", CLI_THING_INDICATOR},
        {MV_CODE_UNKNOWN_MEMBER, "member", CLI_THING_MEMBER},
        {MV_CODE_UNKNOWN_TARGET, "target", CLI_THING_TARGET},
        {MV_CODE_UNKNOWN_COMMISSION, "commission", CLI_THING_COMMISSION},
    };
    for (size_t i = 0; i < CLI_COUNT(all); i++) {
        *ret = all[i].thing;
        if (code == all[i].unknown ||
            (code == MV_CODE_CHARSET && mv_span_is(field, all[i].field)))
            return true;
    }
    return false;
}

static bool is_there(const struct mv_catalogue *k, cli_thing thing,
                     struct mv_span id)
{
    if (thing == CLI_THING_UNIT)
        return mv_catalogue_unit(k, id) != NULL;
    if (thing == CLI_THING_REGION) {
        const struct mv_unit *u = mv_catalogue_unit(k, id);
        return u != NULL && u->region == u->index;
    }
    if (thing == CLI_THING_INDICATOR)
        return mv_catalogue_indicator(k, id) != NULL;
    for (uint32_t i = 0; thing == CLI_THING_TARGET && i < k->target_count; i++)
        if (mv_span_equal(k->targets[i].id, id))
            return true;
    for (uint32_t i = 0;
         thing == CLI_THING_COMMISSION && i < k->commission_count; i++)
        if (mv_span_equal(k->commissions[i].id, id))
            return true;
    return false;
}

static void say_none(struct cli *c, cli_word word, const char *id,
                     const struct cli_near *near)
{
    struct mv_buf hint = {0};
    cli_near_put(c, near, &hint);
    cli_warn(c, word, id, mv_buf_cstr(&hint), NULL);
    mv_buf_done(&hint);
}

bool cli_hint_thing(struct cli *c, const struct mv_catalogue *k,
                    cli_thing thing, const char *id)
{
    static const cli_word words[] = {[CLI_THING_UNIT] = CLI_W_NO_UNIT,
                                     [CLI_THING_REGION] = CLI_W_NO_REGION,
                                     [CLI_THING_INDICATOR] = CLI_W_NO_INDICATOR,
                                     [CLI_THING_TARGET] = CLI_W_NO_TARGET,
                                     [CLI_THING_COMMISSION] =
                                         CLI_W_NO_COMMISSION};
    struct cli_near near = {.want = mv_span_text(id)};
    if (k == NULL || is_there(k, thing, near.want))
        return false;
    cli_near_catalogue(&near, k, thing);
    say_none(c, words[thing], id, &near);
    return true;
}

/* "1535 (2024), 1536 (2024)": the targets that use the indicator. */
static uint32_t put_users(const struct mv_catalogue *k, uint32_t indicator,
                          struct mv_buf *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < k->target_count; i++) {
        const struct mv_target *t = &k->targets[i];
        bool uses = t->indicator == indicator;
        for (uint32_t u = 0; u < t->uses.count && !uses; u++)
            uses = t->uses.at[u] == indicator;
        if (!uses || ++count > NAMED_MAX)
            continue;
        mv_buf_printf(out, "%s`%.*s` (%d)", count > 1 ? ", " : "",
                      (int)t->id.len, (const char *)t->id.at, (int)t->year);
    }
    if (count > NAMED_MAX)
        mv_buf_text(out, ", ...");
    return count;
}

uint32_t cli_hint_years(const struct mv_catalogue *k, cli_thing thing,
                        struct mv_span id, struct mv_buf *out)
{
    bool targets = thing == CLI_THING_TARGET;
    uint32_t count = 0, all = targets ? k->target_count : k->commission_count;
    for (uint32_t i = 0; i < all; i++) {
        struct mv_span its = targets ? k->targets[i].id : k->commissions[i].id;
        int year = targets ? k->targets[i].year : k->commissions[i].year;
        if (mv_span_equal(its, id))
            mv_buf_printf(out, "%s%d", count++ > 0 ? ", " : "", year);
    }
    return count;
}

bool cli_hint_target(struct cli *c, const struct mv_catalogue *k,
                     const char *id, int64_t year)
{
    struct mv_span want = mv_span_text(id);
    struct mv_buf text = {0};
    if (k == NULL || (year >= INT16_MIN && year <= INT16_MAX &&
                      mv_catalogue_target(k, want, (int32_t)year) != NULL))
        return false;
    const struct mv_indicator *i = mv_catalogue_indicator(k, want);
    if (cli_hint_years(k, CLI_THING_TARGET, want, &text) > 0)
        cli_warn(c, CLI_W_TARGET_YEARS, id, mv_buf_cstr(&text), NULL);
    else if (i != NULL && put_users(k, i->index, &text) > 0)
        cli_warn(c, CLI_W_IS_INDICATOR, id, mv_buf_cstr(&text), NULL);
    else if (i != NULL)
        cli_warn(c, CLI_W_INDICATOR_ALONE, id, NULL);
    else
        (void)cli_hint_thing(c, k, CLI_THING_TARGET, id);
    mv_buf_done(&text);
    return true;
}

/* between: "," of a list; "": of what is one name, whatever stands in it. */
static bool hint_names(struct cli *c, const struct mv_catalogue *k,
                       cli_thing thing, const char *list, const char *between)
{
    bool any = false;
    while (list != NULL && *list != '\0') {
        size_t len = strcspn(list, between);
        char *id = mv_xstrndup(list, len);
        any = cli_hint_thing(c, k, thing, id) || any;
        free(id);
        list += len + (list[len] == ',');
    }
    return any;
}

bool cli_hint_options(struct cli *c, bool lists)
{
    static const struct {
        const char *name;
        cli_thing thing;
    } all[] = {{"unit", CLI_THING_UNIT},
               {"region", CLI_THING_REGION},
               {"target", CLI_THING_TARGET},
               {"commission", CLI_THING_COMMISSION}};
    struct cli_inforce f;
    bool given = false, any = false;
    for (size_t i = 0; i < CLI_COUNT(all); i++)
        given = given || cli_option(c, all[i].name) != NULL;
    if (!given)
        return false;
    bool known = cli_hint_catalogue(c, NULL, &f);
    for (size_t i = 0; known && i < CLI_COUNT(all); i++) {
        any = hint_names(c, f.catalogue, all[i].thing,
                         cli_option(c, all[i].name), lists ? "," : "") ||
              any;
    }
    cli_inforce_done(&f);
    return any;
}

bool cli_hint_unit(struct cli *c, const char *id)
{
    struct cli_inforce f;
    bool said = cli_hint_catalogue(c, NULL, &f) &&
                cli_hint_thing(c, f.catalogue, CLI_THING_UNIT, id);
    cli_inforce_done(&f);
    return said;
}

void cli_hint_subscription(struct cli *c, struct cli_link *notifier,
                           const char *id)
{
    struct cli_near near = {.want = mv_span_text(id)};
    struct mv_msg_reply reply;
    struct mv_err err = {0};
    struct mv_list rows;
    struct mv_span row;
    if (notifier == NULL)
        return;
    if (cli_ask_quiet(notifier, "subscriptions", mv_span(NULL, 0), &reply,
                      &err) != MV_OK ||
        !cli_rows_open(&rows, &reply))
        return;
    bool there = false;
    while (mv_list_next(&rows, &row)) {
        there = there || mv_span_is(cli_get_text(row, "id"), id);
        cli_near_try(&near, cli_get_text(row, "id"));
    }
    if (near.found && !there) /* else it was refused for something else */
        say_none(c, CLI_W_NO_SUCH_SUBSCRIPTION, id, &near);
}
