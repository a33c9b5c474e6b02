/* Random groups, whole and cut, subscriptions, pulls, acknowledgements, dead
 * letters, acts and crashes, between the steps that large groups are told in
 * too, held against a plain model: every change is named exactly once
 * to whoever should hear of it, ids stay, the books balance. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/msg.h"
#include "proto/walk.h"
#include "services/notifier/queue.h"
#include "services/notifier/read.h"
#include "tests/support/notices.h"
#include "tests/support/random.h"
#include "tests/support/unit.h"

#define TARGETS 4
#define UNITS   4
#define SUBS    8
#define CHANGES 6000
#define NUMBERS 4000
#define STEPS   4500

enum colour { NONE, GREEN, YELLOW, RED };
static const char *const words[] = {"none", "green", "yellow", "red"};
static const char *const targets[] = {"t1", "t2", "t3", "t4"};
static const char *const units[] = {"ahus", "ous", "bergen", "hso"};
static const char *const regions[] = {"hso", "hso", "hv", "hso"};

/* A subscription as the model knows it: no index, no numbers of groups. */
struct sub {
    bool there;
    char id[16];
    bool want_target[TARGETS], want_unit[UNITS], want_region[2];
    bool red, back, yellow, none;
    bool got_red[TARGETS][UNITS];
    bool due[CHANGES]; /* changes it must be told */
    char ids[NUMBERS][33];
};

struct model {
    struct test_notifier *f;
    struct test_random r;
    struct sub subs[SUBS];
    enum colour now[TARGETS][UNITS], last[TARGETS][UNITS];
    unsigned changes, born;
    bool waits; /* the first record of a group, for the one before it */
};

static bool wants(const struct sub *s, unsigned t, unsigned u)
{
    return s->there && s->want_target[t] && s->want_unit[u] &&
           s->want_region[u == 2];
}

/* What the change means to each subscription that `hears`. */
static void model_change(struct model *m, const bool *hears, unsigned t,
                         unsigned u, enum colour to, unsigned change)
{
    enum colour was = m->last[t][u];
    bool gap = was != NONE && (to == NONE) != (m->now[t][u] == NONE);
    for (unsigned i = 0; gap && i < SUBS; i++)
        if (m->subs[i].none && hears[i] && wants(&m->subs[i], t, u))
            m->subs[i].due[change] = true;
    m->now[t][u] = to;
    if (to == NONE || to == was)
        return;
    m->last[t][u] = to;
    for (unsigned i = 0; i < SUBS; i++) {
        struct sub *s = &m->subs[i];
        bool heard = hears[i] && wants(s, t, u);
        if (to == RED && s->red && heard)
            s->due[change] = s->got_red[t][u] = true;
        if (to == YELLOW && s->yellow && heard)
            s->due[change] = true;
        if (was != RED)
            continue;
        if (s->back && heard && (!s->red || s->got_red[t][u]))
            s->due[change] = true;
        s->got_red[t][u] = false;
    }
}

static bool coin(struct model *m, unsigned of)
{
    return test_random_below(&m->r, of) == 0;
}

/* What is told in steps is told before the log's next record comes. */
static void finish(struct model *m)
{
    while (notifier_is_busy(m->f->n))
        test_tick(m->f, m->f->now_ms);
    m->waits = false;
}

/* One group, perhaps in parts, of which the last may never come; perhaps taken
 * back first. */
static void step_group(struct model *m)
{
    struct test_change c[12];
    bool hears[SUBS], used[TARGETS][UNITS] = {{0}};
    unsigned parts = coin(m, 4) ? 2 + (unsigned)test_random_below(&m->r, 2) : 1;
    for (unsigned i = 0; i < SUBS; i++)
        hears[i] = m->subs[i].there;
    for (unsigned part = 1; part <= parts && (part == 1 || !coin(m, 6));
         part++) {
        size_t count = 1 + test_random_below(&m->r, 4), n = 0;
        for (size_t i = 0; i < count; i++) {
            unsigned t = (unsigned)test_random_below(&m->r, TARGETS);
            unsigned u = (unsigned)test_random_below(&m->r, UNITS);
            enum colour to = (enum colour)test_random_below(&m->r, 4);
            if (used[t][u] || to == m->now[t][u] || m->changes == CHANGES)
                continue;
            used[t][u] = true;
            c[n++] = (struct test_change){
                .target = targets[t],
                .unit = units[u],
                .region = regions[u],
                .status = words[to],
                .was = words[m->now[t][u]],
                .last = m->last[t][u] != NONE ? words[m->last[t][u]] : NULL,
                .count = m->changes};
            model_change(m, hears, t, u, to, m->changes++);
        }
        finish(m);
        if (coin(m, 6)) { /* a crash, and the same part again */
            struct mv_record record;
            struct mv_err err = {0};
            test_group_record(&m->f->content, &record, 0, m->f->seq + 1,
                              m->f->cause + (part == 1), part, parts, c, n);
            mv_store_begin(m->f->store);
            assert_int_equal(
                notifier_group(m->f->n, &record, m->f->now_ms, &err), MV_OK);
            test_end(m->f, false);
        }
        assert_int_equal(test_part(m->f, part, parts, c, n), MV_OK);
        m->waits = part == 1 && notifier_is_busy(m->f->n);
        if (coin(m, 10))
            test_again(m->f);
    }
}

static void step_subscribe(struct model *m)
{
    struct sub *s = &m->subs[test_random_below(&m->r, SUBS)];
    char args[256];
    if (s->there)
        return;
    if (m->waits) /* it would hear of that as well */
        finish(m);
    memset(s, 0, sizeof *s);
    s->there = true;
    (void)snprintf(s->id, sizeof s->id, "s%u", m->born++);
    unsigned t = (unsigned)test_random_below(&m->r, TARGETS + 1);
    unsigned u = (unsigned)test_random_below(&m->r, UNITS);
    bool region = coin(m, 2), hv = coin(m, 3);
    s->red = !coin(m, 4);
    s->back = !coin(m, 4);
    s->none = coin(m, 3);
    s->yellow = coin(m, 3) || (!s->red && !s->back && !s->none);
    for (unsigned i = 0; i < TARGETS; i++)
        s->want_target[i] = t == TARGETS || t == i;
    for (unsigned i = 0; i < UNITS; i++)
        s->want_unit[i] = region || u == i;
    s->want_region[0] = !region || !hv;
    s->want_region[1] = !region || hv;
    int len = snprintf(args, sizeof args, "id=%s %s=%s transitions=%s%s%s%s",
                       s->id, region ? "regions" : "units",
                       region ? (hv ? "hv" : "hso") : units[u],
                       s->red ? "to-red," : "", s->back ? "back," : "",
                       s->none ? "to-none," : "", s->yellow ? "to-yellow" : "");
    if (t < TARGETS)
        (void)snprintf(args + len, sizeof args - (size_t)len, " targets=%s",
                       targets[t]);
    test_subscribe(m->f, args);
}

/* Everything in the queue that is not withdrawn, moved or merged names what
 * is due, once; an id never changes under its number. */
static void check_sub(struct model *m, struct sub *s)
{
    static unsigned char times[CHANGES];
    struct notifier_sub *got = notifier_find(m->f->n, mv_span_text(s->id));
    struct mv_buf bytes = {0};
    memset(times, 0, sizeof times);
    for (uint64_t n = 1; n <= got->counts.head && n < NUMBERS; n++) {
        struct notifier_row row;
        struct mv_msg_notice notice;
        struct mv_fault fault = {0};
        struct mv_err err = {0};
        struct mv_list list;
        struct mv_span item;
        char id[33];
        uint64_t change;
        assert_true(notifier_queue_get(m->f->n, got->serial, n, &row));
        (void)notifier_id_text(row.id, id);
        if (s->ids[n][0] != 0)
            assert_string_equal(s->ids[n], id);
        memcpy(s->ids[n], id, sizeof id);
        if (row.state == NOTIFIER_WITHDRAWN || row.state == NOTIFIER_MOVED)
            continue;
        mv_buf_clear(&bytes);
        assert_int_equal(notifier_read(m->f->n, got, n, true, &bytes, &err),
                         MV_OK);
        assert_true(mv_msg_notice_decode(mv_buf_span(&bytes), &notice, &fault));
        assert_true(mv_list_open(&list, notice.changes));
        while (mv_list_next(&list, &item)) {
            assert_true(mv_map_u64(item, "changes_this_year", &change));
            times[change]++;
        }
    }
    for (unsigned i = 0; i < m->changes; i++) {
        if (times[i] != s->due[i])
            fail_msg("%s: change %u is named %u times, due %d", s->id, i,
                     times[i], s->due[i]);
    }
    mv_buf_done(&bytes);
}

/* A group that is open ends with the next, which may be of no change. */
static void check(struct model *m)
{
    struct mv_err err = {0};
    finish(m);
    assert_int_equal(test_part(m->f, 1, 1, NULL, 0), MV_OK);
    finish(m);
    test_assert_books(m->f);
    assert_int_equal(mv_store_read_begin(m->f->store, &err), MV_OK);
    for (unsigned i = 0; i < SUBS; i++) {
        if (m->subs[i].there)
            check_sub(m, &m->subs[i]);
    }
    assert_int_equal(mv_store_read_end(m->f->store, &err), MV_OK);
}

/* What ended as dropped or unsubscribed is not asked for any more. */
static void step_queue(struct model *m)
{
    struct sub *s = &m->subs[test_random_below(&m->r, SUBS)];
    char args[64];
    if (!s->there)
        return;
    uint64_t head = test_head(m->f, s->id);
    switch (test_random_below(&m->r, 5)) {
    case 0:
        (void)snprintf(args, sizeof args, "id=%s force=true", s->id);
        assert_string_equal(test_act(m->f, &m->f->owner, "unsubscribe", args),
                            "");
        s->there = false;
        return;
    case 1:
        (void)snprintf(args, sizeof args, "subscription=%s", s->id);
        (void)test_act(m->f, &m->f->operator_key, "requeue", args);
        return;
    case 2:
        (void)test_act(m->f, &m->f->operator_key, "requeue", "all=true");
        return;
    default:
        if (head > 0)
            (void)test_pull(m->f, s->id, 1 + test_random_below(&m->r, head));
        test_done(m->f, &m->f->owner, s->id,
                  test_random_below(&m->r, head + 2));
    }
}

static void
whatever_happens_each_change_is_named_once_to_whom_it_concerns(void **state)
{
    static struct model m;
    memset(&m, 0, sizeof m);
    m.f = *state;
    m.r = test_random_start("prop_notifier");
    /* the first judgement makes all names known */
    struct test_change all[TARGETS * UNITS];
    for (unsigned i = 0; i < TARGETS * UNITS; i++) {
        all[i] = (struct test_change){.target = targets[i / UNITS],
                                      .unit = units[i % UNITS],
                                      .region = regions[i % UNITS],
                                      .status = "none",
                                      .was = "new"};
    }
    test_group(m.f, all, TARGETS * UNITS);
    m.f->stepwise = true;
    for (unsigned step = 0; step < STEPS; step++) {
        unsigned what = (unsigned)test_random_below(&m.r, 20);
        if (what < 10)
            step_group(&m);
        else if (what < 14)
            step_subscribe(&m);
        else if (what < 17)
            step_queue(&m);
        else if (what < 18)
            test_again(m.f);
        else
            test_tick(m.f, m.f->now_ms + (int64_t)test_random_below(
                                             &m.r, (uint64_t)(10 * HOUR)));
        if (step % 200 == 199)
            check(&m);
    }
    check(&m);
}

static int make(void **state)
{
    return test_make_with(state, 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            whatever_happens_each_change_is_named_once_to_whom_it_concerns,
            make, test_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
