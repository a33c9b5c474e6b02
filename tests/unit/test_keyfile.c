/* Changes to the key file: what stands at the path is always a whole, good
 * file, and what was there stays but for the line that is changed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "services/base/hash.h"
#include "services/stream/keyfile.h"
#include "tests/support/place.h"
#include "tests/support/unit.h"

#define NOW INT64_C(1732000000000)

static char *dir, path[128];
static struct mv_buf was, is;

static int setup(void **state)
{
    struct mv_err err = {0};
    (void)state;
    dir = mv_test_dir(true);
    (void)snprintf(path, sizeof path, "%s/keys", dir);
    return mv_hash_init(&err) == MV_OK && mv_keyfile_make(path, &err) == MV_OK
               ? 0
               : -1;
}

static int teardown(void **state)
{
    (void)state;
    mv_test_dir_done(dir);
    mv_buf_done(&was);
    mv_buf_done(&is);
    return 0;
}

static void put(const char *text)
{
    mv_test_write(dir, "keys", text, strlen(text));
}

static const char *text(void)
{
    mv_test_read(dir, "keys", &is);
    return mv_buf_cstr(&is);
}

static struct mv_key key(const char *name, uint8_t byte)
{
    struct mv_key k = {
        .roles = MV_ROLE_OPERATOR, .from_ms = INT64_MIN, .to_ms = INT64_MAX};
    (void)snprintf(k.name, sizeof k.name, "%s", name);
    memset(k.public_key, byte, sizeof k.public_key);
    return k;
}

static void add(const char *name, uint8_t byte)
{
    struct mv_err err = {0};
    const struct mv_key k = key(name, byte);
    if (mv_keyfile_add(path, &k, &err) != MV_OK)
        fail_msg("%s", err.text);
}

/* It is refused in these words, and the file is as it was. */
static void unchanged(mv_rc rc, const struct mv_err *err, const char *why)
{
    assert_int_equal(rc, MV_CONFIG);
    if (strstr(err->text, why) == NULL)
        fail_msg("%s", err->text);
    mv_test_read(dir, "keys", &is);
    assert_true(mv_span_equal(mv_buf_span(&was), mv_buf_span(&is)));
}

static void a_line_is_added_behind_what_was_there(void **state)
{
    (void)state;
    put("maalvakt-keys 1\n# by hand, without a line end");
    add("oscar", 7);
    add("rita", 8);
    assert_non_null(strstr(text(), "# by hand, without a line end\n"));
    assert_non_null(strstr(text(), "name=oscar"));
    assert_non_null(strstr(text(), "name=rita"));
    assert_true(is.at[is.len - 1] == '\n');
    struct mv_keys *keys = NULL;
    assert_int_equal(mv_keys_load(&keys, path, NULL), MV_OK);
    assert_non_null(mv_keys_named(keys, "oscar"));
    assert_non_null(mv_keys_named(keys, "rita"));
    mv_keys_close(keys);
}

static void what_would_make_it_bad_is_not_written(void **state)
{
    (void)state;
    struct mv_err err = {0};
    add("oscar", 7);
    mv_test_read(dir, "keys", &was);
    struct mv_key k = key("oscar", 9); /* the name is taken */
    unchanged(mv_keyfile_add(path, &k, &err), &err, "oscar");
    k = key("rita", 7); /* the key is */
    unchanged(mv_keyfile_add(path, &k, &err), &err, "keys");
    unchanged(mv_keyfile_revoke(path, "nobody", 5, &err), &err,
              "no key named 'nobody'");
    put("nonsense\n");
    mv_test_read(dir, "keys", &was);
    k = key("rita", 8);
    unchanged(mv_keyfile_add(path, &k, &err), &err, "keys");
    unchanged(mv_keyfile_revoke(path, "oscar", 5, &err), &err, "keys");
    unchanged(mv_keyfile_make(path, &err), &err, "keys");
}

static void one_that_is_there_is_not_made_again(void **state)
{
    (void)state;
    struct mv_err err = {0};
    add("oscar", 7);
    mv_test_read(dir, "keys", &was);
    assert_int_equal(mv_keyfile_make(path, &err), MV_OK);
    assert_true(strcmp(mv_buf_cstr(&was), text()) == 0);
}

static void a_key_is_revoked_once_and_its_line_alone_is_written(void **state)
{
    (void)state;
    struct mv_err err = {0};
    /* a comment that names it, and an empty line, stay */
    put("maalvakt-keys 1\n\n# name=oscar \n");
    add("oscar", 7);
    add("rita", 8);
    assert_int_equal(mv_keyfile_revoke(path, "oscar", NOW, &err), MV_OK);
    assert_non_null(strstr(text(), "maalvakt-keys 1\n\n# name=oscar \n"));
    assert_non_null(strstr(text(), "name=rita"));
    struct mv_keys *keys = NULL;
    assert_int_equal(mv_keys_load(&keys, path, &err), MV_OK);
    const struct mv_key *k = mv_keys_named(keys, "oscar");
    assert_non_null(k);
    assert_true(k->to_ms == NOW);
    mv_keys_close(keys);
    mv_test_read(dir, "keys", &was);
    assert_int_equal(mv_keyfile_revoke(path, "oscar", NOW + 9000, &err), MV_OK);
    assert_string_equal(mv_buf_cstr(&was), text()); /* not a later end */
}

/* It begins after it ends: it never was valid, and its line says so. */
static void a_key_of_the_future_that_is_revoked_never_begins(void **state)
{
    (void)state;
    struct mv_err err = {0};
    struct mv_key k = key("oscar", 7);
    const char *why = NULL;
    struct mv_key rita = key("rita", 8);
    k.from_ms = NOW + 60000;
    rita.from_ms = NOW; /* just begins */
    assert_int_equal(mv_keyfile_add(path, &k, &err), MV_OK);
    assert_int_equal(mv_keyfile_add(path, &rita, &err), MV_OK);
    assert_int_equal(mv_keyfile_revoke(path, "oscar", NOW, &err), MV_OK);
    assert_int_equal(mv_keyfile_revoke(path, "rita", NOW, &err), MV_OK);
    struct mv_keys *keys = NULL;
    assert_int_equal(mv_keys_load(&keys, path, &err), MV_OK);
    const struct mv_key *now = mv_keys_named(keys, "oscar");
    assert_non_null(now);
    assert_false(mv_key_valid(now, NOW, &why));
    assert_false(mv_key_valid(now, NOW + 90000, &why));
    mv_keys_close(keys);
}

#define EACH 60

static void add_many(uint8_t first)
{
    for (uint8_t i = 0; i < EACH; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "k%u", (unsigned)(first + i));
        add(name, (uint8_t)(first + i));
    }
}

/* Two processes change it at once: no line of either is lost. */
static void who_changes_it_waits_for_another_who_does(void **state)
{
    (void)state;
    struct mv_err err = {0};
    struct mv_keys *keys = NULL;
    int code = -1;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        add_many(1);
        _exit(0);
    }
    add_many(1 + EACH);
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
    assert_int_equal(mv_keys_load(&keys, path, &err), MV_OK);
    for (unsigned i = 1; i <= 2 * EACH; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "k%u", i);
        assert_non_null(mv_keys_named(keys, name));
    }
    mv_keys_close(keys);
}

static void where_there_is_no_file_or_no_place_it_is_said(void **state)
{
    (void)state;
    struct mv_err err = {0};
    const struct mv_key k = key("oscar", 7);
    char nowhere[160];
    (void)snprintf(nowhere, sizeof nowhere, "%s/none/keys", dir);
    assert_int_equal(mv_keyfile_make(nowhere, &err), MV_CONFIG);
    assert_non_null(strstr(err.text, "cannot lock"));
    assert_int_equal(mv_keyfile_add(nowhere, &k, &err), MV_CONFIG);
    assert_int_equal(mv_keyfile_revoke(nowhere, "oscar", 5, &err), MV_CONFIG);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mv_keyfile_add(path, &k, &err), MV_CONFIG);
    assert_int_equal(mv_keyfile_revoke(path, "oscar", 5, &err), MV_CONFIG);
    assert_int_equal(access(path, F_OK), -1);
}

static void a_change_of_the_file_is_seen_once(void **state)
{
    (void)state;
    struct mv_keyfile_seen seen = {0};
    assert_true(mv_keyfile_changed(path, &seen));
    assert_false(mv_keyfile_changed(path, &seen));
    add("oscar", 7); /* another file at the same path */
    assert_true(mv_keyfile_changed(path, &seen));
    assert_false(mv_keyfile_changed(path, &seen));
    assert_int_equal(unlink(path), 0);
    assert_true(mv_keyfile_changed(path, &seen));
    assert_false(mv_keyfile_changed(path, &seen));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_line_is_added_behind_what_was_there),
        TEST(what_would_make_it_bad_is_not_written),
        TEST(one_that_is_there_is_not_made_again),
        TEST(a_key_is_revoked_once_and_its_line_alone_is_written),
        TEST(a_key_of_the_future_that_is_revoked_never_begins),
        TEST(who_changes_it_waits_for_another_who_does),
        TEST(where_there_is_no_file_or_no_place_it_is_said),
        TEST(a_change_of_the_file_is_seen_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
