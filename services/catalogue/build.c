/* build - see build.h and catalogue.h. Job: the four texts to a catalogue,
 * in the order in which they name each other.
 * Invariant: nothing leaves here but a catalogue without faults.
 * A crash in the middle leaves nothing: it is memory only. */
#include "services/catalogue/build.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/base/hash.h"

static void fault_v(struct mv_build *b, mv_fault_kind kind, uint32_t node,
                    const char *fmt, va_list ap) MV_PRINTF(4, 0);
static void fault_v(struct mv_build *b, mv_fault_kind kind, uint32_t node,
                    const char *fmt, va_list ap)
{
    struct mv_buf key = {0};
    char text[512];
    const struct mv_yaml *y = &b->yaml[b->file];
    struct mv_fault_place place = {.file = y->file};
    if (y->count > 0) {
        place.line = y->nodes[node].line;
        place.column = y->nodes[node].column;
    }
    mv_buf_put(&key, b->id.at, b->id.len);
    if (b->key != NULL)
        mv_buf_printf(&key, "%s%s", key.len > 0 ? "." : "", b->key);
    place.key = mv_buf_span(&key);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    mv_faults_add(b->faults, kind, place, "%s", text);
    mv_buf_done(&key);
}

void mv_build_fault(struct mv_build *b, uint32_t node, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fault_v(b, MV_FAULT_ERROR, node, fmt, ap);
    va_end(ap);
}

void mv_build_fault_of(struct mv_build *b, mv_fault_kind kind, uint32_t node,
                       const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fault_v(b, kind, node, fmt, ap);
    va_end(ap);
}

uint16_t mv_build_measure(struct mv_build *b, uint32_t node,
                          struct mv_span word)
{
    if (mv_span_is(word, "percent_change"))
        return MV_MEASURE_PERCENT;
    uint32_t n = b->c->measure_count;
    for (uint32_t m = MV_MEASURE_PERCENT; m < n; m++) {
        if (mv_span_equal(b->measures[m], word))
            return (uint16_t)m;
    }
    if (n == MV_MEASURES_MAX) {
        mv_build_fault(b, node, "more than %u measures", MV_MEASURES_MAX);
        return MV_MEASURES_MAX - 1;
    }
    b->measures[n] = word;
    b->c->measure_count++;
    return (uint16_t)n;
}

uint32_t mv_build_kind(struct mv_build *b, uint32_t node, struct mv_span word)
{
    uint32_t n = b->c->kind_count;
    for (uint32_t k = 0; k < n; k++) {
        if (mv_span_equal(b->kinds[k], word))
            return k;
    }
    if (n == MV_KINDS_MAX) {
        mv_build_fault(b, node, "more than %u kinds of unit", MV_KINDS_MAX);
        return MV_KINDS_MAX - 1;
    }
    b->kinds[n] = word;
    b->c->kind_count++;
    return n;
}

static bool check_size(struct mv_build *b,
                       const struct mv_catalogue_files *files)
{
    size_t sum = 0;
    for (int f = 0; f < MV_FILE_COUNT; f++) {
        size_t len = files->text[f].len;
        sum += len < MV_CATALOGUE_BYTES ? len : MV_CATALOGUE_BYTES + 1;
    }
    if (sum <= MV_CATALOGUE_BYTES)
        return true;
    for (int f = 0; f < MV_FILE_COUNT; f++) {
        struct mv_fault_place place = {
            .file = mv_catalogue_file_name((mv_catalogue_file)f)};
        if (files->text[f].len > MV_CATALOGUE_BYTES / MV_FILE_COUNT) {
            mv_faults_add(b->faults, MV_FAULT_ERROR, place,
                          "%zu bytes: a catalogue has at most %u in all",
                          files->text[f].len, MV_CATALOGUE_BYTES);
        }
    }
    return false;
}

static void read_files(struct mv_build *b,
                       const struct mv_catalogue_files *files)
{
    for (int f = 0; f < MV_FILE_COUNT; f++) {
        const char *name = mv_catalogue_file_name((mv_catalogue_file)f);
        b->yaml[f].file = name;
        if (files->text[f].at != NULL) {
            b->broken[f] = !mv_yaml_read(&b->yaml[f], name, files->text[f],
                                         b->arena, b->faults);
        } else if (f != MV_FILE_COMMISSIONS) {
            b->broken[f] = true;
            mv_faults_add(b->faults, MV_FAULT_ERROR,
                          (struct mv_fault_place){.file = name},
                          "the file is missing");
        }
    }
}

/* What grew is moved into the arena, where it stays. */
static void *settle(struct mv_build *b, void *grown, size_t count, size_t size)
{
    void *kept = mv_arena_get(b->arena, count, size);
    if (count > 0)
        memcpy(kept, grown, count * size);
    free(grown);
    return kept;
}

static void start(struct mv_build *b)
{
    static const char *const fixed[MV_MEASURE_FIRST_FREE] = {
        "", "", "percent", "pp", "days", "count", "nok", "points"};
    for (int m = 0; m < MV_MEASURE_FIRST_FREE; m++)
        b->measures[m] = mv_span_text(fixed[m]);
    b->c->measure_count = MV_MEASURE_FIRST_FREE;
    for (uint32_t k = 0; k < MV_KINDS_MAX; k++)
        b->childless[k] = MV_NONE;
}

static void finish(struct mv_build *b, const struct mv_catalogue_files *files)
{
    struct mv_catalogue *c = b->c;
    c->targets = settle(b, b->targets, c->target_count, sizeof *b->targets);
    c->nodes = settle(b, b->nodes, c->node_count, sizeof *b->nodes);
    c->criteria =
        settle(b, b->criteria, c->criterion_count, sizeof *b->criteria);
    struct mv_span *kinds =
        mv_arena_get(b->arena, c->kind_count, sizeof *kinds);
    memcpy(kinds, b->kinds, c->kind_count * sizeof *kinds);
    c->kinds = kinds;
    struct mv_span *measures =
        mv_arena_get(b->arena, c->measure_count, sizeof *measures);
    memcpy(measures, b->measures, c->measure_count * sizeof *measures);
    c->measures = measures;
    mv_catalogue_files_hash(files, c->hash);
    for (int f = 0; f < MV_FILE_COUNT; f++)
        mv_yaml_done(&b->yaml[f]);
}

mv_rc mv_catalogue_load(struct mv_catalogue **ret,
                        const struct mv_catalogue_files *files,
                        struct mv_faults *faults)
{
    size_t before = faults->errors;
    struct mv_build *b = mv_xcalloc(1, sizeof *b);
    *ret = NULL;
    b->c = mv_xcalloc(1, sizeof *b->c);
    b->x = mv_xcalloc(1, sizeof *b->x);
    b->c->index = b->x;
    b->arena = &b->x->arena;
    b->faults = faults;
    start(b);
    if (check_size(b, files)) {
        read_files(b, files);
        mv_build_units(b);
        mv_build_indicators(b);
        mv_build_formulas(b);
        mv_build_targets(b);
        mv_build_commissions(b);
        if (faults->errors == before)
            mv_build_sizes(b);
        if (faults->errors == before)
            mv_build_uses(b);
    }
    finish(b, files);
    struct mv_catalogue *c = b->c;
    free(b);
    if (faults->errors != before) {
        mv_catalogue_close(c);
        return MV_POISON;
    }
    *ret = c;
    return MV_OK;
}

void mv_catalogue_close(struct mv_catalogue *c)
{
    if (c == NULL)
        return;
    mv_arena_done(&c->index->arena);
    free(c->index);
    free(c);
}
