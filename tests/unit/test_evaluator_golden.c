/* The golden replay: fixed journals with every kind of record, and what their
 * stores are hashed to. Where it fails, results or rows have moved: were they
 * to? Then raise EVALUATOR_ENGINE, so that no older store serves as it is, and
 * put here what it prints. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/evaluator/engine.h"
#include "tests/support/evaluated_random.h"
#include "tests/support/evaluating.h"

#define JOURNALS 4
#define RECORDS  150
#define STEP     10 /* hashed after each so many: notes come and go */

static const struct {
    unsigned engine;
    const char *digest[JOURNALS];
} golden = {
    11,
    {"61b1d415995816a6db7713ad4cf67d6fa575cfe38c9c11c37ca9262eadf378ac",
     "46ac3dc89bee11fe5ceba2829c48bbd6a0355843fa0ff51ab4ff2920cd1a1a68",
     "a4fc7f4f08d14c3aeeaca34edf16e53714272b259bef4981e460bf95600e2ac8",
     "72a2bb618dd490017f4a5bcbd8629fb2b30ef950f16c8d2f78e6584f12c175c2"}};

/* How many notes of each kind it has: all of a kind are in the hash. */
static void count_notes(struct test_world *w, unsigned counts[256])
{
    struct mv_scan scan;
    struct mv_span key, value;
    assert_int_equal(mv_store_read_begin(w->store, NULL), MV_OK);
    mv_scan_open(&scan, w->store, w->evaluator->book.notes, mv_span(NULL, 0));
    while (mv_scan_next(&scan, &key, &value))
        counts[*(const uint8_t *)key.at]++;
    mv_scan_close(&scan);
    assert_int_equal(mv_store_read_end(w->store, NULL), MV_OK);
}

static void replay(uint64_t seed, char digest[MV_HASH_HEX_BYTES],
                   unsigned counts[256])
{
    struct test_random r = {.state = seed};
    struct test_journal j = {0};
    struct test_world w;
    struct mv_hasher all;
    test_world_make(&w);
    assert_int_equal(test_world_start(&w, NULL), MV_OK);
    test_journal_random(&j, &r, RECORDS);
    mv_hasher_init(&all);
    for (uint64_t to = STEP; to < j.count + STEP; to += STEP) {
        test_world_run(&w, &j, to < j.count ? to : j.count, 7);
        struct mv_hash hash = test_world_digest(&w);
        mv_hasher_add(&all, hash.at, sizeof hash.at);
        count_notes(&w, counts);
    }
    struct mv_hash hash = mv_hasher_take(&all);
    (void)mv_hash_hex(&hash, digest);
    test_journal_done(&j);
    test_world_done(&w);
}

static void results_move_with_the_engine_s_number_only(void **state)
{
    unsigned counts[256] = {0};
    bool same = golden.engine == EVALUATOR_ENGINE;
    (void)state;
    for (uint64_t i = 0; i < JOURNALS; i++) {
        char digest[MV_HASH_HEX_BYTES];
        replay(20240101 + i, digest, counts);
        if (strcmp(digest, golden.digest[i]) != 0) {
            (void)fprintf(stderr, "journal %u: \"%s\"\n", (unsigned)i, digest);
            same = false;
        }
    }
    /* assessments, their ends, frozen reports, holds, dates met and told of */
    for (const char *kind = "aefhmr"; *kind != 0; kind++)
        if (counts[(unsigned char)*kind] == 0)
            fail_msg("no note of kind '%c'", *kind);
    if (!same)
        fail_msg("engine %u: these are not the digests of engine %u",
                 EVALUATOR_ENGINE, golden.engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_move_with_the_engine_s_number_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
