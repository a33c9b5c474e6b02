/* asking - see asking.h. */
#include "tests/support/asking.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/limits.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "tests/support/may_ask.h"
#include "tests/support/unit.h"

void test_args(const char *args, struct mv_buf *out)
{
    struct mv_buf pairs = {0};
    uint32_t count = 0;
    char *copy = mv_xstrdup(args), *save;
    for (char *w = strtok_r(copy, " ", &save); w != NULL;
         w = strtok_r(NULL, " ", &save), count++) {
        char *value = strchr(w, '=');
        *value++ = 0;
        bool number = strcmp(w, "year") == 0 || strcmp(w, "from") == 0 ||
                      strcmp(w, "seq") == 0;
        uint8_t key[8];
        mv_be64_put(key, strtoull(value, NULL, 10));
        if (strcmp(w, "after") == 0)
            mv_pack_kv_bin(&pairs, w, mv_span(key, sizeof key));
        else if (number)
            mv_pack_kv_u64(&pairs, w, strtoull(value, NULL, 10));
        else
            mv_pack_kv_cstr(&pairs, w, value);
    }
    free(copy);
    mv_pack_map(out, count);
    mv_pack_raw(out, mv_buf_span(&pairs));
    mv_buf_done(&pairs);
}

mv_rc test_ask_packed(struct test_world *w, const char *verb,
                      struct mv_span args, struct test_answer *a)
{
    const uint64_t work = a->page.work;
    mv_buf_done(&a->page.rows);
    a->page = (struct evaluator_page){.work = work};
    a->no = (struct evaluator_refusal){0};
    a->rows = 0;
    struct mv_args_fault wrong;
    if (!test_may_ask(evaluator_verbs, EVALUATOR_VERB_COUNT, verb, args,
                      &wrong)) {
        a->no.code = wrong.code;
        (void)snprintf(a->no.text, sizeof a->no.text, "%s", wrong.text);
        return MV_AGAIN;
    }
    assert_int_equal(mv_store_read_begin(w->store, NULL), MV_OK);
    mv_rc rc =
        evaluator_ask(w->evaluator, mv_span_text(verb), args, &a->page, &a->no);
    assert_int_equal(mv_store_read_end(w->store, NULL), MV_OK);
    struct mv_cursor c = mv_cursor(mv_buf_span(&a->page.rows));
    while (rc == MV_OK && mv_cursor_peek(&c) == MV_ITEM_MAP) {
        assert_true(a->rows < EVALUATOR_PAGE_ROWS + 2);
        assert_true(mv_cursor_skip(&c, &a->row[a->rows++]));
    }
    assert_true(c.at == c.end);
    assert_int_equal(a->rows, a->page.count);
    return rc;
}

mv_rc test_ask(struct test_world *w, const char *verb, const char *args,
               struct test_answer *a)
{
    struct mv_buf packed = {0};
    test_args(args, &packed);
    mv_rc rc = test_ask_packed(w, verb, mv_buf_span(&packed), a);
    mv_buf_done(&packed);
    return rc;
}

void test_answer_done(struct test_answer *a)
{
    mv_buf_done(&a->page.rows);
}

const char *test_answer_text(const struct test_answer *a, uint32_t row,
                             const char *key)
{
    static char out[256];
    struct mv_span v, in;
    bool there = row < a->rows && mv_map_find(a->row[row], key, &v);
    if (there && mv_map_find(v, "member_title", &in)) /* of a criterion */
        v = in;
    if (there && mv_map_find(v, "nb", &in))
        v = in;
    if (!there || !mv_value_text(v, &v))
        return "(none)";
    assert_true(v.len < sizeof out);
    memcpy(out, v.at, v.len);
    out[v.len] = 0;
    return out;
}

static void add_page(struct test_pages *p, const struct test_answer *a)
{
    uint32_t count = a->rows - (a->page.next != 0);
    assert_true(a->page.rows.len < MV_MAX_REPLY_BYTES - 1024);
    for (uint32_t i = 0; i < count; i++)
        mv_buf_put(&p->rows, a->row[i].at, a->row[i].len);
    p->count += count;
    p->pages++;
}

struct test_pages test_ask_all(struct test_world *w, const char *verb,
                               const char *args, uint64_t work)
{
    struct test_pages p = {{0}, 0, 0, 0, 0};
    struct test_answer *a = mv_xcalloc(1, sizeof *a);
    struct mv_buf more = {0};
    uint64_t from = 0;
    a->page.work = work;
    do {
        uint64_t began = mv_rowcache_looked(w->evaluator->rows);
        mv_buf_clear(&more);
        mv_buf_printf(&more, "%s from=%llu", args, (unsigned long long)from);
        assert_int_equal(test_ask(w, verb, mv_buf_cstr(&more), a), MV_OK);
        assert_true(a->page.next == 0 || a->page.next > from);
        from = a->page.next;
        uint64_t took = mv_rowcache_looked(w->evaluator->rows) - began;
        p.looked += took;
        p.most = took > p.most ? took : p.most;
        add_page(&p, a);
    } while (from != 0);
    test_answer_done(a);
    free(a);
    mv_buf_done(&more);
    return p;
}
