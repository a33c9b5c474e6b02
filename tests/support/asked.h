/* asked - how each program of tests of the evaluator's verbs begins: a journal
 * with figures and one that is withdrawn, and what is answered of it. */
#pragma once

#include <stdlib.h>

#include "tests/support/asking.h"
#include "tests/support/unit.h"

struct fixture {
    struct test_world w;
    struct test_journal j;
    struct test_answer a;
};

static inline int setup(void **state)
{
    struct fixture *f = mv_xcalloc(1, sizeof *f);
    test_world_begin(&f->w, &f->j, "2024-06-20");
    test_journal_delivery(&f->j, "epikrise som ahus 2024-T1 50/100\n"
                                 "epikrise vop ahus 2024-T1 90/100 P\n"
                                 "epikrise som ous 2024-T1 80/100\n"
                                 "epikrise som ous 2023 70/100");
    test_journal_withdrawal(&f->j, "epikrise tsb ous 2024-T1");
    test_world_run(&f->w, &f->j, 0, 10);
    *state = f;
    return 0;
}

static inline int teardown(void **state)
{
    struct fixture *f = *state;
    test_answer_done(&f->a);
    test_journal_done(&f->j);
    test_world_done(&f->w);
    free(f);
    return 0;
}

static inline mv_rc ask(struct fixture *f, const char *verb, const char *args)
{
    return test_ask(&f->w, verb, args, &f->a);
}

static inline const char *text(const struct fixture *f, uint32_t row,
                               const char *key)
{
    return test_answer_text(&f->a, row, key);
}
