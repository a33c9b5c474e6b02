/* hint - what was probably meant, by the catalogue in force: said beside a
 * refusal, or where nothing was found. Without a catalogue nothing is said. */
#pragma once

#include "proto/codes.h"
#include "services/cli/inforce.h"
#include "services/cli/near.h"

/* The catalogue in force with the key named (NULL: --key, else the
 * operator's), without a word said if it cannot be had: then false. Ended
 * with cli_inforce_done either way. */
bool cli_hint_catalogue(struct cli *c, const char *key,
                        struct cli_inforce *ret);

/* Which kind of thing a conflict is about, where it is a name that is not
 * known, or that none could have (`CNES`, its title); false: no name. */
bool cli_hint_kind(mv_code code, struct mv_span field, cli_thing *ret);

/* Says that there is no such thing, and which is near. False: there is. */
bool cli_hint_thing(struct cli *c, const struct mv_catalogue *k,
                    cli_thing thing, const char *id);
/* "2024, 2025": the years that have a target, or a commission, of that id; how
 * many. Appends. */
uint32_t cli_hint_years(const struct mv_catalogue *k, cli_thing thing,
                        struct mv_span id, struct mv_buf *out);

/* A target that is not there in that year: its years, or that it is an
 * indicator, and the targets that name it, or what is near. False: it is. */
bool cli_hint_target(struct cli *c, const struct mv_catalogue *k,
                     const char *id, int64_t year);
/* The subscription that was probably meant, of those that the notifier shows
 * to this key; none (NULL): nothing is said. */
void cli_hint_subscription(struct cli *c, struct cli_link *notifier,
                           const char *id);
/* Whatever --unit --region --target --commission name and is not there, each
 * a list with commas if `lists`; true: something was not. */
bool cli_hint_options(struct cli *c, bool lists);
/* What the unit was probably meant to be; false: it is there. */
bool cli_hint_unit(struct cli *c, const char *id);
