/* trial: which record a service died on, and how often. */
#include "services/base/hash.h"
#include "services/stream/trial.h"
#include "tests/support/place.h"
#include "tests/support/unit.h"

static struct mv_err err;

static void the_third_death_on_one_record_is_known(void **state)
{
    (void)state;
    struct mv_trial *t = NULL;
    char *dir = mv_test_dir(false);
    static const uint8_t chain[MV_HASH_BYTES] = {7}, other[MV_HASH_BYTES] = {6};
    uint8_t known[MV_HASH_BYTES];
    uint64_t seq;
    for (unsigned deaths = 0; deaths < 3; deaths++) {
        assert_int_equal(mv_trial_open(&t, dir, &err), MV_OK);
        assert_int_equal(mv_trial_deaths(t, 0, &seq), deaths);
        mv_trial_begin(t, 0, 6, other);
        mv_trial_end(t, 0);
        mv_trial_begin(t, 0, 7, chain);
        mv_trial_close(t); /* in the middle of record 7 */
    }
    assert_int_equal(mv_trial_open(&t, dir, &err), MV_OK);
    assert_int_equal(mv_trial_deaths(t, 0, &seq), MV_TRIAL_DEATHS);
    assert_int_equal(seq, 7);
    mv_trial_chain(t, 0, known);
    assert_memory_equal(known, chain, sizeof known);
    assert_int_equal(mv_trial_deaths(t, 1, &seq), 0);
    mv_trial_forget(t, 0);
    mv_trial_begin(t, 0, 8, chain);
    mv_trial_close(t);
    assert_int_equal(mv_trial_open(&t, dir, &err), MV_OK);
    assert_int_equal(mv_trial_deaths(t, 0, &seq), 1);
    assert_int_equal(seq, 8);
    mv_trial_begin(t, 0, 8, other); /* another history's */
    mv_trial_close(t);
    assert_int_equal(mv_trial_open(&t, dir, &err), MV_OK);
    assert_int_equal(mv_trial_deaths(t, 0, &seq), 1);
    mv_trial_close(t);
    mv_test_dir_done(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_third_death_on_one_record_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
