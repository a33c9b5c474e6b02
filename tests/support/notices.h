/* notices - the notifier's core over a store of its own, for its tests: no
 * socket, no loop; each call is a transaction. Failures end the test. */
#pragma once

#include "services/notifier/verbs.h"
#include "tests/support/groups.h"

#define HOUR INT64_C(3600000)
#define NOW  INT64_C(1742036400000)

struct test_notifier {
    char *dir;
    struct mv_store *store;
    struct notifier *n;
    struct mv_buf content, bytes;
    uint64_t seq, cause;
    unsigned world;
    int64_t now_ms;
    struct notifier_refusal no;
    struct mv_key owner, other, operator_key;
    uint64_t merge_above;
    size_t pass_bytes; /* of the notifier's options */
    bool stepwise;     /* what is done in steps is left to test_tick */
};

void test_keys(struct test_notifier *f); /* of those who ask */
void test_open_core(struct test_notifier *f);
void test_close_core(struct test_notifier *f);
void test_again(struct test_notifier *f);
void test_end(struct test_notifier *f, bool commit);
/* One part of a group, in a transaction of its own. */
mv_rc test_part(struct test_notifier *f, unsigned at, unsigned parts,
                const struct test_change *changes, size_t count);
void test_group(struct test_notifier *f, const struct test_change *changes,
                size_t count);
void test_turns(struct test_notifier *f, const char *target, const char *unit,
                const char *status, const char *last);
/* args as "id=a units=ahus,ous transitions=to-red all=true" */
struct mv_span test_args_of(struct mv_buf *out, const char *text);
/* An act as `key`: "" or the code of the refusal. */
const char *test_act_raw(struct test_notifier *f, const struct mv_key *key,
                         const char *verb, struct mv_span args);
const char *test_act(struct test_notifier *f, const struct mv_key *key,
                     const char *verb, const char *text);
void test_subscribe(struct test_notifier *f, const char *text);
uint64_t test_head(struct test_notifier *f, const char *id);
/* What a subscriber pulls; its spans last until the next. */
struct mv_span test_pull(struct test_notifier *f, const char *id,
                         uint64_t number);
struct mv_msg_notice test_notice(struct test_notifier *f, const char *id,
                                 uint64_t number);
void test_assert_ended(struct test_notifier *f, const char *id, uint64_t number,
                       const char *rule);
/* "red hso/ahus t1; ..." */
const char *test_told(struct mv_span changes);
void test_done(struct test_notifier *f, const struct mv_key *key,
               const char *id, uint64_t number);
/* Once; or, unless stepwise, until nothing is being settled. */
void test_tick(struct test_notifier *f, int64_t now_ms);
/* The same, where the log answered and had nothing more for so long. */
void test_quiet(struct test_notifier *f, int64_t quiet_ms);
/* Counts and rows say the same, and the books balance. */
void test_assert_books(struct test_notifier *f);
int test_make_with(void **state, uint64_t merge_above);
int test_drop(void **state);
void test_dead_id(struct test_notifier *f, char text[64]);
/* How often each change of a run of `count` is named by what waits. */
void test_assert_each_named_once(struct test_notifier *f, const char *id,
                                 unsigned first, unsigned count);
void test_flood(struct test_notifier *f, unsigned first, unsigned count);
