/* The index from names to subscriptions, beside a plain model of it: more
 * names than there is room for at first, slots in several words. */
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "services/notifier/match.h"
#include "tests/support/random.h"

#define SUBS  200
#define NAMES 120 /* of each kind; the same names */
#define LIST  3

/* Slots far apart, so that words between them are empty. */
static uint32_t slot_of(uint32_t sub)
{
    return sub < 150 ? sub : sub + NOTIFIER_SUBSCRIPTIONS_MAX - SUBS;
}

struct asked {
    bool on, any[NOTIFIER_KINDS];
    uint32_t names[NOTIFIER_KINDS][LIST];
    struct notifier_sub sub;
    struct mv_buf lists[NOTIFIER_KINDS];
};

struct index {
    struct notifier_match *match;
    struct asked at[SUBS];
};

static int open_index(void **state)
{
    struct index *x = mv_xcalloc(1, sizeof *x);
    x->match = notifier_match_open();
    *state = x;
    return 0;
}

static int close_index(void **state)
{
    struct index *x = *state;
    for (uint32_t i = 0; i < SUBS; i++)
        for (unsigned k = 0; k < NOTIFIER_KINDS; k++)
            mv_buf_done(&x->at[i].lists[k]);
    notifier_match_close(x->match);
    free(x);
    return 0;
}

static const char *name_of(uint32_t name, char out[16])
{
    (void)snprintf(out, 16, "n%u", name);
    return out;
}

static void subscribe(struct index *x, uint32_t i, struct test_random *r)
{
    struct asked *a = &x->at[i];
    char name[16];
    a->on = true;
    a->sub.slot = slot_of(i);
    for (unsigned k = 0; k < NOTIFIER_KINDS; k++) {
        a->any[k] = test_random_below(r, 2) == 0;
        a->sub.lists[k] = (struct mv_span){0};
        if (a->any[k])
            continue;
        mv_buf_clear(&a->lists[k]);
        mv_pack_list(&a->lists[k], LIST);
        for (unsigned n = 0; n < LIST; n++) {
            a->names[k][n] = (uint32_t)test_random_below(r, NAMES);
            mv_pack_cstr(&a->lists[k], name_of(a->names[k][n], name));
        }
        a->sub.lists[k] = mv_buf_span(&a->lists[k]);
    }
    notifier_match_add(x->match, &a->sub);
}

static bool wants(const struct asked *a, const uint32_t names[NOTIFIER_KINDS])
{
    for (unsigned k = 0; k < NOTIFIER_KINDS; k++) {
        bool named = a->any[k];
        for (unsigned n = 0; n < LIST && !a->any[k]; n++)
            named = named || a->names[k][n] == names[k];
        if (!named)
            return false;
    }
    return a->on;
}

static uint32_t compare(const struct index *x,
                        const uint32_t names[NOTIFIER_KINDS])
{
    uint64_t words[NOTIFIER_WORDS], wanted[NOTIFIER_WORDS] = {0};
    char text[NOTIFIER_KINDS][16];
    struct mv_span spans[NOTIFIER_KINDS];
    uint32_t count = 0;
    for (unsigned k = 0; k < NOTIFIER_KINDS; k++)
        spans[k] = mv_span_text(name_of(names[k], text[k]));
    for (uint32_t i = 0; i < SUBS; i++) {
        if (wants(&x->at[i], names)) {
            wanted[slot_of(i) / 64] |= UINT64_C(1) << (slot_of(i) % 64);
            count++;
        }
    }
    memset(words, 0xa5, sizeof words);
    assert_int_equal(
        notifier_match_find(x->match, spans[0], spans[1], spans[2], words),
        count > 0);
    assert_memory_equal(words, wanted, sizeof words);
    return count;
}

static void each_change_finds_those_that_asked_for_it(void **state)
{
    struct index *x = *state;
    struct test_random r = {7};
    uint32_t some = 0, none = 0;
    for (uint32_t i = 0; i < SUBS; i++) {
        subscribe(x, i, &r);
        for (unsigned t = 0; t < 20; t++) {
            uint32_t names[NOTIFIER_KINDS];
            for (unsigned k = 0; k < NOTIFIER_KINDS; k++)
                names[k] = (uint32_t)test_random_below(&r, NAMES + 5);
            if (compare(x, names) > 0)
                some++;
            else
                none++;
        }
    }
    assert_true(some > 0 && none > 0);
}

static void one_that_ended_is_found_no_more(void **state)
{
    struct index *x = *state;
    struct test_random r = {8};
    for (uint32_t i = 0; i < SUBS; i++)
        subscribe(x, i, &r);
    for (uint32_t i = 0; i < SUBS; i++) {
        const struct asked *a = &x->at[i];
        uint32_t names[NOTIFIER_KINDS];
        for (unsigned k = 0; k < NOTIFIER_KINDS; k++)
            names[k] = a->any[k] ? NAMES : a->names[k][LIST - 1];
        assert_true(compare(x, names) > 0);
        notifier_match_remove(x->match, &a->sub);
        x->at[i].on = false;
        (void)compare(x, names);
    }
}

/* A change without a region concerns those that ask for no region. */
static void what_is_absent_matches_no_name(void **state)
{
    struct index *x = *state;
    uint64_t words[NOTIFIER_WORDS];
    struct mv_buf empty = {0};
    mv_pack_list(&empty, 1);
    mv_pack_cstr(&empty, "hso");
    struct notifier_sub all = {.slot = 0}, some = {.slot = 1};
    some.lists[0] = mv_buf_span(&empty);
    notifier_match_add(x->match, &all);
    notifier_match_add(x->match, &some);
    assert_true(notifier_match_find(x->match, mv_span(NULL, 0),
                                    mv_span_text("ahus"), mv_span_text("t"),
                                    words));
    assert_int_equal(words[0], 1);
    assert_true(notifier_match_find(x->match, mv_span_text("hso"),
                                    mv_span_text("ahus"), mv_span_text("t"),
                                    words));
    assert_int_equal(words[0], 3);
    mv_buf_done(&empty);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, open_index, close_index)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_change_finds_those_that_asked_for_it),
        TEST(one_that_ended_is_found_no_more),
        TEST(what_is_absent_matches_no_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
