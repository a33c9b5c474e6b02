/* catalogue - from the text of four YAML files to a checked model, and what
 * is asked of it for every row. The journal's `catalogue` record carries the
 * texts as they are; everybody reads them through here. */
#pragma once

#include "services/base/err.h"
#include "services/base/text.h"
#include "services/catalogue/fault.h"
#include "services/catalogue/target.h"

#define MV_CATALOGUE_BYTES (16u << 20) /* the four texts together */
#define MV_UNITS_MAX       10000u
#define MV_UNIT_DEPTH      16u /* levels of the tree */
#define MV_INDICATORS_MAX  20000u
#define MV_MEMBERS_MAX     1000u   /* of one dimension */
#define MV_TARGETS_MAX     100000u /* after `years` is expanded */
#define MV_COMMISSIONS_MAX 10000u
#define MV_STATUSES_MAX    1000000u /* targets for the units they judge */
#define MV_REACH_MAX       4000000u /* series and years that targets look at */
#define MV_ID_BYTES        MV_IDENTIFIER_BYTES

typedef enum mv_catalogue_file {
    MV_FILE_UNITS,
    MV_FILE_INDICATORS,
    MV_FILE_TARGETS,
    MV_FILE_COMMISSIONS, /* may be left out */
    MV_FILE_COUNT,
} mv_catalogue_file;

/* Borrowed, or read by mv_catalogue_read_dir. at NULL: not given. */
struct mv_catalogue_files {
    struct mv_span text[MV_FILE_COUNT];
    char *owned[MV_FILE_COUNT];
};

/* "units.yaml" and so on; also the names in the journal's record. */
const char *mv_catalogue_file_name(mv_catalogue_file file);

/* Reads a directory's files; MV_CONFIG: missing, too large, not readable.
 * mv_catalogue_files_done frees them. */
MV_CHECKED mv_rc mv_catalogue_read_dir(const char *dir,
                                       struct mv_catalogue_files *files,
                                       struct mv_err *err);
void mv_catalogue_files_done(struct mv_catalogue_files *files);

/* The texts out of a catalogue record's `files` map (proto), borrowed from
 * it; a file that is not in it is left as not given. */
void mv_catalogue_files_of(struct mv_span map,
                           struct mv_catalogue_files *files);
/* BLAKE2b-256 of each given file's name, NUL, length (8 bytes), text. */
void mv_catalogue_files_hash(const struct mv_catalogue_files *files,
                             uint8_t hash[32]);

/* Pure: the same texts give the same model and the same faults. The texts
 * may go afterwards. MV_POISON: faults->errors > 0 and *ret is NULL; all
 * faults found are in `faults`, warnings also after MV_OK. */
MV_CHECKED mv_rc mv_catalogue_load(struct mv_catalogue **ret,
                                   const struct mv_catalogue_files *files,
                                   struct mv_faults *faults);
void mv_catalogue_close(struct mv_catalogue *c); /* takes NULL */

/* By id; NULL: there is none. */
const struct mv_unit *mv_catalogue_unit(const struct mv_catalogue *c,
                                        struct mv_span id);
const struct mv_indicator *mv_catalogue_indicator(const struct mv_catalogue *c,
                                                  struct mv_span id);
const struct mv_target *mv_catalogue_target(const struct mv_catalogue *c,
                                            struct mv_span id, int32_t year);
const struct mv_commission *
mv_catalogue_commission(const struct mv_catalogue *c, struct mv_span id,
                        int32_t year);
/* A member's index within its indicator's dimension, or MV_NONE. */
uint32_t mv_catalogue_member(const struct mv_catalogue *c,
                             const struct mv_indicator *indicator,
                             struct mv_span id);

/* Is `unit` at or below `top`? */
bool mv_catalogue_below(const struct mv_catalogue *c, uint32_t unit,
                        uint32_t top);
/* May a key of key_unit push this indicator's figures for `unit`? by: trust:
 * at or below the key's unit, which is neither region nor nation; by: region:
 * the key's unit is a region, and the unit is at or below it. A derived
 * indicator is pushed by nobody. */
bool mv_catalogue_may_report(const struct mv_catalogue *c, uint32_t key_unit,
                             const struct mv_indicator *indicator,
                             uint32_t unit);
/* Is the target judged for this unit? */
bool mv_catalogue_in_scope(const struct mv_catalogue *c,
                           const struct mv_target *target, uint32_t unit);
/* The limit for (unit, member or MV_MEMBER_TOTAL): the entry for both, else
 * the unit's, else the member's. False: not judged. */
bool mv_catalogue_limit(const struct mv_target *target, uint32_t unit,
                        uint32_t member, int64_t *micro);
/* A member of that indicator as the target's limits number it: by its name. */
uint32_t mv_catalogue_limit_member(const struct mv_catalogue *c,
                                   const struct mv_target *target,
                                   uint32_t indicator, uint32_t member);
/* What numerator / denominator is multiplied with: 100 of a percent, N of a
 * measure named x_per_N_y, else 1. */
int64_t mv_catalogue_scale(const struct mv_indicator *indicator);
/* Does one of the nodes stand for figures? A path between days goes by the last
 * one's day. */
bool mv_catalogue_names_figures(const struct mv_node *nodes, uint32_t count);
/* The least that a figure may be: `min`, else 0 of a count and of days. False:
 * any. */
bool mv_catalogue_least(const struct mv_indicator *indicator, int64_t *micro);
