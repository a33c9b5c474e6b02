/* notices - see notices.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/notices.h"

#include "proto/msg.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/notifier/queue.h"
#include "services/notifier/read.h"
#include "tests/support/may_ask.h"
#include "tests/support/place.h"
#include "tests/support/unit.h"

#define ITEMS 100000

void test_open_core(struct test_notifier *f)
{
    struct mv_err err = {0};
    struct mv_store_options o = {
        .dir = f->dir,
        .service = "notifier",
        .format = 1,
        .quota_bytes = 256 << 20,
        .any_filesystem = true,
        .tables = notifier_tables,
        .table_count = NOTIFIER_TABLE_COUNT,
    };
    mv_rc rc = mv_store_open(&f->store, &o, &err);
    struct notifier_options no = {.store = f->store,
                                  .give_up_ms = 24 * HOUR,
                                  .merge_above = f->merge_above,
                                  .quiet_ms = HOUR,
                                  .pass_bytes = f->pass_bytes};
    if (rc == MV_OK)
        rc = notifier_open(&f->n, &no, &err);
    if (rc != MV_OK)
        fail_msg("%s", err.text);
}

void test_close_core(struct test_notifier *f)
{
    notifier_close(f->n);
    mv_store_close(f->store);
}

void test_again(struct test_notifier *f)
{
    test_close_core(f);
    test_open_core(f);
}

void test_end(struct test_notifier *f, bool commit)
{
    struct mv_err err = {0};
    if (commit)
        assert_int_equal(mv_store_commit(f->store, &err), MV_OK);
    else
        mv_store_abort(f->store);
    assert_int_equal(notifier_settled(f->n, &err), MV_OK);
}

/* One part of a group, in a transaction of its own. */
mv_rc test_part(struct test_notifier *f, unsigned at, unsigned parts,
                const struct test_change *changes, size_t count)
{
    struct mv_record record;
    struct mv_err err = {0};
    f->seq++;
    if (at == 1)
        f->cause++;
    test_group_record(&f->content, &record, f->world, f->seq, f->cause, at,
                      parts, changes, count);
    mv_store_begin(f->store);
    mv_rc rc = notifier_group(f->n, &record, f->now_ms, &err);
    test_end(f, true);
    if (notifier_is_busy(f->n) && !f->stepwise)
        test_tick(f, f->now_ms);
    return rc;
}

void test_group(struct test_notifier *f, const struct test_change *changes,
                size_t count)
{
    assert_int_equal(test_part(f, 1, 1, changes, count), MV_OK);
}

void test_turns(struct test_notifier *f, const char *target, const char *unit,
                const char *status, const char *last)
{
    static unsigned count;
    struct test_change c = {.target = target,
                            .unit = unit,
                            .status = status,
                            .last = last,
                            .was = last != NULL ? last : "new",
                            .count = ++count};
    test_group(f, &c, 1);
}

/* args as "id=a units=ahus,ous transitions=to-red all=true" */
struct mv_span test_args_of(struct mv_buf *out, const char *text)
{
    char copy[512], *save = NULL;
    uint32_t pairs = 0;
    struct mv_buf body = {0};
    (void)snprintf(copy, sizeof copy, "%s", text);
    for (char *p = strtok_r(copy, " ", &save); p != NULL;
         p = strtok_r(NULL, " ", &save), pairs++) {
        char *value = strchr(p, '='), *item_save = NULL;
        *value++ = 0;
        mv_pack_cstr(&body, p);
        if (strcmp(value, "true") == 0) {
            mv_pack_bool(&body, true);
        } else if (p[strlen(p) - 1] != 's') {
            mv_pack_cstr(&body, value);
        } else {
            struct mv_buf list = {0};
            uint32_t items = 0;
            for (char *i = strtok_r(value, ",", &item_save); i != NULL;
                 i = strtok_r(NULL, ",", &item_save), items++)
                mv_pack_cstr(&list, i);
            mv_pack_list(&body, items);
            mv_pack_raw(&body, mv_buf_span(&list));
            mv_buf_done(&list);
        }
    }
    mv_buf_clear(out);
    mv_pack_map(out, pairs);
    mv_pack_raw(out, mv_buf_span(&body));
    mv_buf_done(&body);
    return mv_buf_span(out);
}

/* An act as `key`: "" or the code of the refusal. */
const char *test_act_raw(struct test_notifier *f, const struct mv_key *key,
                         const char *verb, struct mv_span args)
{
    struct notifier_page page = {.args = args, .key = key, .now_ms = f->now_ms};
    struct mv_args_fault wrong;
    if (!test_may_ask(notifier_verbs, NOTIFIER_VERB_COUNT, verb, args,
                      &wrong)) {
        f->no = notifier_refuse(wrong.code, wrong.text);
        return f->no.code;
    }
    mv_store_begin(f->store);
    f->no.code = "";
    mv_rc rc = notifier_act(f->n, mv_span_text(verb), &page, &f->no);
    test_end(f, rc == MV_OK);
    mv_buf_done(&page.rows);
    return rc == MV_OK ? "" : f->no.code;
}

const char *test_act(struct test_notifier *f, const struct mv_key *key,
                     const char *verb, const char *text)
{
    return test_act_raw(f, key, verb, test_args_of(&f->bytes, text));
}

void test_subscribe(struct test_notifier *f, const char *text)
{
    const char *code = test_act(f, &f->owner, "subscribe", text);
    if (code[0] != 0)
        fail_msg("%s: %s", text, f->no.text);
}

uint64_t test_head(struct test_notifier *f, const char *id)
{
    return notifier_find(f->n, mv_span_text(id))->counts.head;
}

/* What a subscriber pulls; its spans last until the next. */
struct mv_span test_pull(struct test_notifier *f, const char *id,
                         uint64_t number)
{
    struct mv_pull_source source;
    struct mv_span bytes;
    struct mv_err err = {0};
    const char *code;
    assert_int_equal(mv_store_read_begin(f->store, &err), MV_OK);
    assert_true(notifier_source(f->n, mv_span_text(id), &f->owner, f->now_ms,
                                &source, &code));
    mv_rc rc = source.read(source.ctx, number, &bytes, &err);
    if (rc != MV_OK)
        fail_msg("%s", err.text);
    assert_int_equal(mv_store_read_end(f->store, &err), MV_OK);
    source.given(source.ctx, number);
    return bytes;
}

struct mv_msg_notice test_notice(struct test_notifier *f, const char *id,
                                 uint64_t number)
{
    struct mv_msg_notice m;
    struct mv_fault fault = {0};
    if (!mv_msg_notice_decode(test_pull(f, id, number), &m, &fault))
        fail_msg("%s %llu: %s", id, (unsigned long long)number, fault.field);
    return m;
}

void test_assert_ended(struct test_notifier *f, const char *id, uint64_t number,
                       const char *rule)
{
    struct mv_msg_ended m;
    struct mv_fault fault;
    assert_true(mv_msg_ended_decode(test_pull(f, id, number), &m, &fault));
    assert_true(m.number == number && mv_span_is(m.ended, rule));
    assert_int_equal(m.id.len, 32);
}

/* "red hso/ahus t1; ..." */
const char *test_told(struct mv_span changes)
{
    static char text[1024];
    struct mv_list list;
    struct mv_span item;
    struct mv_msg_change c;
    struct mv_fault fault;
    size_t len = 0;
    text[0] = 0;
    assert_true(mv_list_open(&list, changes));
    while (mv_list_next(&list, &item) && len < sizeof text - 200) {
        assert_true(mv_msg_change_decode(item, &c, &fault));
        len += (size_t)snprintf(text + len, sizeof text - len,
                                "%s%.*s %.*s %.*s", len > 0 ? "; " : "",
                                (int)c.status.len, (const char *)c.status.at,
                                (int)c.unit.len, (const char *)c.unit.at,
                                (int)c.target.len, (const char *)c.target.at);
    }
    return text;
}

void test_done(struct test_notifier *f, const struct mv_key *key,
               const char *id, uint64_t number)
{
    mv_store_begin(f->store);
    notifier_done(f->n, key, mv_span_text(id), number);
    test_end(f, true);
}

void test_tick(struct test_notifier *f, int64_t now_ms)
{
    bool more;
    f->now_ms = now_ms;
    do {
        mv_store_begin(f->store);
        assert_int_equal(notifier_tick(f->n, now_ms, &more, NULL), MV_OK);
        test_end(f, true);
    } while (notifier_is_busy(f->n) && !f->stepwise);
}

void test_quiet(struct test_notifier *f, int64_t quiet_ms)
{
    f->n->quiet_ms = quiet_ms;
    test_tick(f, f->now_ms);
}

/* Counts and rows say the same, and the books balance. */
void test_assert_books(struct test_notifier *f)
{
    struct mv_err err = {0};
    struct notifier_counts all = notifier_total(f->n);
    assert_true(all.made ==
                all.delivered + all.pending + all.dead + all.withdrawn);
    assert_int_equal(mv_store_read_begin(f->store, &err), MV_OK);
    for (uint32_t i = 0; i < f->n->slots_used; i++) {
        struct notifier_sub *s = f->n->slots[i];
        struct notifier_counts sum = {0}, part = {0};
        if (s == NULL)
            continue;
        for (uint64_t from = 1; from != 0;) {
            from = notifier_queue_recount(f->n, s, from, &part);
            sum.made += part.made;
            sum.delivered += part.delivered;
            sum.pending += part.pending;
            sum.dead += part.dead;
            sum.withdrawn += part.withdrawn;
        }
        assert_true(sum.made == s->counts.made);
        assert_true(sum.delivered == s->counts.delivered);
        assert_true(sum.pending == s->counts.pending);
        assert_true(sum.dead == s->counts.dead);
        assert_true(sum.withdrawn == s->counts.withdrawn);
    }
    assert_int_equal(mv_store_read_end(f->store, &err), MV_OK);
}

void test_keys(struct test_notifier *f)
{
    f->owner = (struct mv_key){.name = "kari", .roles = MV_ROLE_SUBSCRIBER};
    f->other = (struct mv_key){.name = "ola", .roles = MV_ROLE_SUBSCRIBER};
    f->operator_key = (struct mv_key){.name = "op", .roles = MV_ROLE_OPERATOR};
}

int test_make_with(void **state, uint64_t merge_above)
{
    static const struct test_change first[] = {
        {.target = "t1", .unit = "ahus", .status = "none", .was = "new"},
        {.target = "t2", .unit = "ous", .status = "none", .was = "new"},
        {.target = "t3",
         .unit = "bergen",
         .region = "hv",
         .status = "none",
         .was = "new"},
    };
    struct test_notifier *f = mv_xcalloc(1, sizeof *f);
    struct mv_err err = {0};
    assert_int_equal(mv_hash_init(&err), MV_OK);
    f->dir = mv_test_dir(true);
    f->now_ms = NOW;
    f->merge_above = merge_above;
    test_keys(f);
    test_open_core(f);
    test_group(f, first, 3);
    *state = f;
    return 0;
}

int test_drop(void **state)
{
    struct test_notifier *f = *state;
    test_assert_books(f);
    test_close_core(f);
    mv_test_dir_done(f->dir);
    mv_buf_done(&f->content);
    mv_buf_done(&f->bytes);
    free(f);
    return 0;
}

void test_dead_id(struct test_notifier *f, char text[64])
{
    struct mv_msg_ended m;
    struct mv_fault fault;
    assert_true(mv_msg_ended_decode(test_pull(f, "a", 1), &m, &fault));
    (void)snprintf(text, 64, "id=%.*s", (int)m.id.len, (const char *)m.id.at);
}

/* How often each change of a run of `count` is named by what waits. */
void test_assert_each_named_once(struct test_notifier *f, const char *id,
                                 unsigned first, unsigned count)
{
    static unsigned times[ITEMS];
    struct mv_err err = {0};
    memset(times, 0, sizeof times);
    for (uint64_t n = 1; n <= test_head(f, id); n++) {
        struct mv_msg_notice m;
        struct mv_fault fault;
        struct mv_list list;
        struct mv_span item;
        uint64_t at;
        struct mv_buf bytes = {0};
        assert_int_equal(mv_store_read_begin(f->store, &err), MV_OK);
        assert_int_equal(notifier_read(f->n,
                                       notifier_find(f->n, mv_span_text(id)), n,
                                       false, &bytes, &err),
                         MV_OK);
        assert_int_equal(mv_store_read_end(f->store, &err), MV_OK);
        if (mv_msg_notice_decode(mv_buf_span(&bytes), &m, &fault)) {
            assert_true(mv_list_open(&list, m.changes));
            while (mv_list_next(&list, &item)) {
                assert_true(mv_map_u64(item, "changes_this_year", &at));
                assert_true(at >= first && at - first < ITEMS);
                times[at - first]++;
            }
        }
        mv_buf_done(&bytes);
    }
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(times[i], 1);
}

void test_flood(struct test_notifier *f, unsigned first, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        bool red = (first + i) % 2 == 0;
        struct test_change c = {.target = "t1",
                                .unit = "ahus",
                                .status = red ? "red" : "green",
                                .last = red ? "green" : "red",
                                .count = first + i};
        test_group(f, &c, 1);
    }
}
