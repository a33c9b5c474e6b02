/* fuzz_catalogue - four files as one input, a line `=====` between them.
 * Whatever they hold: no crash, faults or a model, twice the same; and what
 * loads can be compared and shown. */
#include <stdlib.h>
#include <string.h>

#include "services/catalogue/diff.h"
#include "services/catalogue/show.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void split(struct mv_catalogue_files *files, const uint8_t *data,
                  size_t size)
{
    static const char mark[] = "=====\n";
    size_t from = 0;
    for (int f = 0; f < MV_FILE_COUNT && from <= size; f++) {
        const uint8_t *at = size == from ? NULL
                                         : memmem(data + from, size - from,
                                                  mark, sizeof mark - 1);
        size_t to = at == NULL ? size : (size_t)(at - data);
        files->text[f] = mv_span(data + from, to - from);
        from = at == NULL ? size + 1 : to + sizeof mark - 1;
    }
}

/* Asks for everything that a row may ask for. */
static void walk(const struct mv_catalogue *c)
{
    struct mv_buf out = {0};
    struct mv_diff d;
    mv_catalogue_diff(&d, c, c);
    MV_ASSERT(d.count == 0);
    mv_diff_done(&d);
    mv_catalogue_diff(&d, NULL, c);
    mv_diff_print(&d, &out);
    mv_diff_done(&d);
    for (uint32_t u = 0; u < c->unit_count && u < 20; u++) {
        MV_ASSERT(mv_catalogue_unit(c, c->units[u].id) == &c->units[u]);
        MV_ASSERT(mv_catalogue_below(c, u, u));
        (void)mv_catalogue_show(c, c->units[u].id, &out);
        for (uint32_t t = 0; t < c->target_count && t < 20; t++) {
            int64_t micro;
            (void)mv_catalogue_in_scope(c, &c->targets[t], u);
            (void)mv_catalogue_limit(&c->targets[t], u, 0, &micro);
        }
        for (uint32_t i = 0; i < c->indicator_count && i < 20; i++)
            (void)mv_catalogue_may_report(c, 0, &c->indicators[i], u);
    }
    for (uint32_t t = 0; t < c->target_count && t < 20; t++)
        MV_ASSERT(mv_catalogue_target(c, c->targets[t].id,
                                      c->targets[t].year) == &c->targets[t]);
    mv_buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mv_catalogue_files files = {0};
    struct mv_buf said[2] = {{0}, {0}};
    split(&files, data, size);
    for (int i = 0; i < 2; i++) {
        struct mv_faults faults = {0};
        struct mv_catalogue *c = NULL;
        mv_rc rc = mv_catalogue_load(&c, &files, &faults);
        MV_ASSERT((rc == MV_OK) == (c != NULL));
        MV_ASSERT((rc == MV_OK) == (faults.errors == 0));
        mv_faults_print(&faults, &said[i]);
        if (c != NULL)
            walk(c);
        mv_catalogue_close(c);
        mv_faults_done(&faults);
    }
    MV_ASSERT(mv_span_equal(mv_buf_span(&said[0]), mv_buf_span(&said[1])));
    mv_buf_done(&said[0]);
    mv_buf_done(&said[1]);
    return 0;
}
