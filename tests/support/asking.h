/* asking - questions to an evaluator without sockets: a verb, its arguments
 * as one would type them, and the rows of the answer. */
#pragma once

#include "services/evaluator/verbs.h"
#include "tests/support/evaluated.h"

struct test_answer {
    struct evaluator_page page;
    struct evaluator_refusal no;
    struct mv_span row[EVALUATOR_PAGE_ROWS + 2]; /* of page */
    uint32_t rows;
};

/* "target=1535 year=2024", numbers as numbers; appends the map. */
void test_args(const char *args, struct mv_buf *out);

/* In a snapshot of its own, in place of what a held; page.work stays. The
 * result is the verb's: MV_OK, or MV_AGAIN and a->no says why. */
mv_rc test_ask(struct test_world *w, const char *verb, const char *args,
               struct test_answer *a);
mv_rc test_ask_packed(struct test_world *w, const char *verb,
                      struct mv_span args, struct test_answer *a);
void test_answer_done(struct test_answer *a);

/* A text of a row, or "(none)"; of a title its Norwegian, of a criterion its
 * member's. Static. */
const char *test_answer_text(const struct test_answer *a, uint32_t row,
                             const char *key);

/* All pages of an answer, each short enough for a reply and further than the
 * one before; without the rows that say where to go on. */
struct test_pages {
    struct mv_buf rows; /* mv_buf_done */
    uint32_t count, pages;
    uint64_t looked, most; /* at rows of figures; the most in one page */
};
/* work: as in struct evaluator_page. */
struct test_pages test_ask_all(struct test_world *w, const char *verb,
                               const char *args, uint64_t work);
