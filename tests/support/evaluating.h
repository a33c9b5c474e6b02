/* evaluating - how each program of the evaluator's own tests begins: a journal
 * with a catalogue, and what its next records change. */
#pragma once

#include <stdlib.h>

#include "tests/support/evaluated.h"
#include "tests/support/unit.h"

struct fixture {
    struct test_world w;
    struct test_journal j;
    struct mv_buf text;
    uint64_t told; /* groups that were looked at */
};

static inline int setup(void **state)
{
    struct fixture *f = mv_xcalloc(1, sizeof *f);
    test_world_begin(&f->w, &f->j, "2024-02-01");
    test_world_run(&f->w, &f->j, 0, 10);
    mv_log_head(f->w.changes, &f->told, NULL);
    *state = f;
    return 0;
}

static inline int teardown(void **state)
{
    struct fixture *f = *state;
    mv_buf_done(&f->text);
    test_journal_done(&f->j);
    test_world_done(&f->w);
    free(f);
    return 0;
}

/* What the records since the last look changed. */
static inline void expect(struct fixture *f, const char *changes)
{
    test_world_run(&f->w, &f->j, 0, 10);
    test_world_changes(&f->w, f->told + 1, &f->text);
    assert_string_equal(mv_buf_cstr(&f->text), changes);
    mv_log_head(f->w.changes, &f->told, NULL);
}

static inline uint64_t count(const struct fixture *f, unsigned which)
{
    return f->w.evaluator->now.counts[which];
}
