/* page - see page.h. Job: how much one turn answers. Invariant: what is looked
 * at counts the same on every machine. Memory only: a crash leaves nothing. */
#include "services/evaluator/page.h"

#include "proto/pack.h"

void evaluator_page_row(struct evaluator_page *page, uint32_t pairs)
{
    mv_pack_map(&page->rows, pairs);
    page->count++;
}

bool evaluator_page_full(const struct evaluator_page *page)
{
    return page->count >= EVALUATOR_PAGE_ROWS ||
           page->rows.len >= EVALUATOR_PAGE_BYTES;
}

void evaluator_page_begin(const struct evaluator *e,
                          struct evaluator_page *page)
{
    page->began = mv_rowcache_looked(e->rows);
    page->passed = 0;
}

bool evaluator_page_over(const struct evaluator *e,
                         const struct evaluator_page *page)
{
    uint64_t looked = mv_rowcache_looked(e->rows) - page->began + page->passed;
    return looked >= (page->work > 0 ? page->work : EVALUATOR_PAGE_WORK);
}
