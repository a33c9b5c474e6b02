/* keys: the registry, its file, the guard, and what ZAP decides. No sockets:
 * these run under the thread sanitizer too. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "services/base/clock.h"
#include "services/base/file.h"
#include "services/base/hash.h"
#include "services/stream/guard.h"
#include "services/stream/zap.h"
#include "tests/support/place.h"
#include "tests/support/unit.h"

#define HALF(x) x x x x x x x x
#define A       HALF("1111") HALF("1111")
#define B       HALF("2222") HALF("2222")
#define HEAD    "maalvakt-keys 1\n"
#define DAY_MS  INT64_C(86400000)

static struct mv_err err;

static struct mv_keys *parsed(const char *text)
{
    struct mv_keys *k = NULL;
    if (mv_keys_parse(&k, "keys", mv_span_text(text), &err) != MV_OK)
        fail_msg("%s", err.text);
    return k;
}

/* The text is refused, and the message names the line and holds `part`. */
static void refused(const char *text, unsigned line, const char *part)
{
    struct mv_keys *k = NULL;
    char at[32];
    assert_int_equal(mv_keys_parse(&k, "keys", mv_span_text(text), &err),
                     MV_CONFIG);
    (void)snprintf(at, sizeof at, "keys:%u: ", line);
    if (strstr(err.text, at) == NULL || strstr(err.text, part) == NULL)
        fail_msg("'%s' does not say '%s...%s'", err.text, at, part);
}

static void a_key_is_found_by_its_bytes_and_by_its_name(void **state)
{
    (void)state;
    uint8_t bytes[32];
    struct mv_keys *k =
        parsed(HEAD "# people\n" A " name=ahus role=producer unit=ahus\n\n" B
                    " name=olga role=operator,auditor from=2024-01-01 "
                    "to=2025-01-01T12:00:00Z\r\n");
    assert_int_equal(mv_keys_count(k), 2);
    memset(bytes, 0x22, sizeof bytes);
    const struct mv_key *olga = mv_keys_find(k, bytes);
    assert_non_null(olga);
    assert_string_equal(olga->name, "olga");
    assert_ptr_equal(mv_keys_named(k, "olga"), olga);
    assert_int_equal(olga->roles, MV_ROLE_OPERATOR | MV_ROLE_AUDITOR);
    assert_int_equal(olga->from_ms, INT64_C(1704067200000));
    assert_int_equal(olga->to_ms, INT64_C(1735732800000));
    assert_string_equal(mv_keys_named(k, "ahus")->unit, "ahus");
    bytes[0] = 0;
    assert_null(mv_keys_find(k, bytes));
    assert_null(mv_keys_named(k, "nobody"));
    mv_keys_close(k);
}

static void an_assessor_may_have_a_unit(void **state)
{
    (void)state;
    struct mv_keys *k =
        parsed(HEAD A " name=kari role=assessor,reader unit=ahus\n" B
                      " name=ola role=assessor\n");
    assert_string_equal(mv_keys_named(k, "kari")->unit, "ahus");
    assert_string_equal(mv_keys_named(k, "ola")->unit, "");
    mv_keys_close(k);
}

static void z85_and_hex_are_the_same_key(void **state)
{
    (void)state;
    struct mv_keypair p;
    char z85[MV_KEY_Z85_BYTES], text[256];
    assert_int_equal(mv_hash_init(&err), MV_OK);
    do {
        mv_keypair_make(&p);
        (void)mv_key_z85(p.public_key, z85);
    } while (z85[0] == '#'); /* such a one is written in hex */
    (void)snprintf(text, sizeof text, HEAD "%s name=x role=reader", z85);
    struct mv_keys *k = parsed(text);
    assert_non_null(mv_keys_find(k, p.public_key));
    mv_keys_close(k);
}

static void bad_input_94_and_100_a_bad_line_is_named(void **state)
{
    (void)state;
    refused("", 1, "empty");
    refused("maalvakt-keys 2\n", 1, "first line");
    refused(HEAD "garbage\n", 2, "not a public key");
    refused(HEAD A " name=x\n", 2, "role= is missing");
    refused(HEAD A " role=reader\n", 2, "name= is missing");
    refused(HEAD A " name=x role=king\n", 2, "role=king");
    refused(HEAD A " name=X role=reader\n", 2, "name=X");
    refused(HEAD A " name=x role=producer\n", 2, "unit=");
    refused(HEAD A " name=x role=reader unit=y\n", 2, "unit=");
    refused(HEAD A " name=x role=producer,assessor\n", 2, "unit=");
    refused(HEAD A " name=x role=reader name=y\n", 2, "twice");
    refused(HEAD A " name=x role=reader colour=red\n", 2, "colour");
    refused(HEAD A " name=x role=reader from=2024-02-30\n", 2, "from=");
    refused(HEAD A " name=x role=reader from=2025-01-01 to=2024-01-01\n", 2,
            "not after");
    refused(HEAD A " name=x role=reader\n" A " name=y role=reader\n", 3,
            "listed before");
    refused(HEAD A " name=x role=reader\n\n" B " name=x role=reader\n", 4,
            "used before");
    refused(HEAD "0000000000000000000000000000000000000000000000000000000000"
                 "000000 name=x role=reader\n",
            2, "not a public key");
}

static void a_line_that_is_written_is_read_back(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    struct mv_key k = {.name = "n",
                       .unit = "u",
                       .roles = MV_ROLE_PRODUCER | MV_ROLE_ASSESSOR,
                       .from_ms = INT64_C(1704067200001),
                       .to_ms = INT64_C(1735732800000)};
    memset(k.public_key, 7, sizeof k.public_key);
    mv_buf_text(&b, HEAD);
    mv_key_line(&b, &k);
    struct mv_keys *keys = parsed(mv_buf_cstr(&b));
    const struct mv_key *back = mv_keys_named(keys, "n");
    assert_memory_equal(back->public_key, k.public_key, 32);
    assert_string_equal(back->unit, "u");
    assert_int_equal(back->roles, k.roles);
    assert_int_equal(back->from_ms, k.from_ms);
    assert_int_equal(back->to_ms, k.to_ms);
    mv_keys_close(keys);
    mv_buf_done(&b);
}

static void four_thousand_keys_are_all_found(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    uint8_t bytes[32];
    mv_buf_text(&b, HEAD);
    for (unsigned i = 1; i <= MV_KEYS_MAX; i++)
        mv_buf_printf(&b, "%064x name=k%u role=reader\n", i, i);
    struct mv_keys *k = parsed(mv_buf_cstr(&b));
    for (unsigned i = 1; i <= MV_KEYS_MAX; i++) {
        memset(bytes, 0, sizeof bytes);
        mv_be32_put(bytes + 28, i);
        assert_non_null(mv_keys_find(k, bytes));
    }
    mv_keys_close(k);
    mv_buf_printf(&b, "%064x name=more role=reader\n", 0xffff);
    refused(mv_buf_cstr(&b), MV_KEYS_MAX + 2, "too many");
    mv_buf_done(&b);
}

/* --- the file --- */

struct place {
    char *dir, path[96];
};

static int make_place(void **state)
{
    struct place *p = mv_xcalloc(1, sizeof *p);
    p->dir = mv_test_dir(true);
    (void)snprintf(p->path, sizeof p->path, "%s/keys", p->dir);
    *state = p;
    return 0;
}

static int clear_place(void **state)
{
    struct place *p = *state;
    mv_test_dir_done(p->dir);
    free(p);
    return 0;
}

static struct mv_key reader(const char *name, uint8_t fill)
{
    struct mv_key k = {
        .roles = MV_ROLE_READER, .from_ms = INT64_MIN, .to_ms = INT64_MAX};
    (void)snprintf(k.name, sizeof k.name, "%s", name);
    memset(k.public_key, fill, sizeof k.public_key);
    return k;
}

static void a_revoked_key_keeps_its_line_and_name(void **state)
{
    struct place *p = *state;
    struct mv_keys *keys = NULL;
    const char *why;
    struct mv_key a = reader("a", 1), b = reader("b", 2), c = reader("a", 3);
    assert_int_equal(mv_keyfile_make(p->path, &err), MV_OK);
    assert_int_equal(mv_keyfile_make(p->path, &err), MV_OK);
    assert_int_equal(mv_keyfile_add(p->path, &a, &err), MV_OK);
    assert_int_equal(mv_keyfile_add(p->path, &b, &err), MV_OK);
    assert_int_equal(mv_keyfile_add(p->path, &c, &err), MV_CONFIG);
    assert_int_equal(mv_keyfile_revoke(p->path, "nobody", 1, &err), MV_CONFIG);
    assert_int_equal(mv_keyfile_revoke(p->path, "a", 400 * DAY_MS * 60, &err),
                     MV_OK);
    assert_int_equal(mv_keyfile_add(p->path, &c, &err), MV_CONFIG);
    assert_int_equal(mv_keys_load(&keys, p->path, &err), MV_OK);
    assert_int_equal(mv_keys_count(keys), 2);
    const struct mv_key *k = mv_keys_named(keys, "a");
    assert_int_equal(k->to_ms, 400 * DAY_MS * 60);
    assert_true(mv_key_valid(k, k->to_ms - 1, &why));
    assert_false(mv_key_valid(k, k->to_ms, &why));
    assert_string_equal(why, "no longer valid");
    mv_keys_close(keys);
}

static void a_key_file_that_others_may_write_is_refused(void **state)
{
    struct place *p = *state;
    struct mv_keys *keys = NULL;
    assert_int_equal(mv_keyfile_make(p->path, &err), MV_OK);
    assert_int_equal(chmod(p->path, 0666), 0);
    assert_int_equal(mv_keys_load(&keys, p->path, &err), MV_CONFIG);
}

static void bad_input_94_a_secret_that_is_not_one_is_refused(void **state)
{
    struct place *p = *state;
    struct mv_keypair k, back;
    char zero[65], link[128];
    assert_int_equal(mv_hash_init(&err), MV_OK);
    mv_keypair_make(&k);
    assert_int_equal(mv_keypair_save(&k, p->path, &err), MV_OK);
    assert_int_equal(mv_keypair_load(&back, p->path, &err), MV_OK);
    assert_memory_equal(&back, &k, sizeof k);
    assert_int_equal(mv_keypair_save(&k, p->path, &err), MV_CONFIG);
    assert_int_equal(chmod(p->path, 0644), 0);
    assert_int_equal(mv_keypair_load(&back, p->path, &err), MV_CONFIG);
    assert_int_equal(chmod(p->path, 0600), 0);
    (void)snprintf(link, sizeof link, "%s/link", p->dir);
    assert_int_equal(symlink(p->path, link), 0);
    assert_int_equal(mv_keypair_load(&back, link, &err), MV_CONFIG);
    assert_int_equal(truncate(p->path, 62), 0);
    assert_int_equal(mv_keypair_load(&back, p->path, &err), MV_CONFIG);
    memset(zero, '0', 64);
    assert_int_equal(mv_file_write(p->path, mv_span(zero, 64), 0600, &err),
                     MV_OK);
    assert_int_equal(mv_keypair_load(&back, p->path, &err), MV_CONFIG);
    assert_non_null(strstr(err.text, "zero"));
}

/* --- the guard --- */

static void the_guard_keeps_the_old_keys_when_the_file_goes_bad(void **state)
{
    struct place *p = *state;
    struct mv_guard *g = NULL;
    unsigned lost;
    struct mv_key a = reader("a", 1), b = reader("b", 2);
    assert_int_equal(mv_keyfile_make(p->path, &err), MV_OK);
    assert_int_equal(mv_keyfile_add(p->path, &a, &err), MV_OK);
    assert_int_equal(mv_guard_open(&g, p->path, &err), MV_OK);
    assert_int_equal(mv_guard_look(g, 1, &lost, &err), MV_AGAIN);
    assert_int_equal(
        mv_file_write(p->path, mv_span_text("rubbish"), 0644, &err), MV_OK);
    assert_int_equal(mv_guard_look(g, 2, &lost, &err), MV_CONFIG);
    assert_false(mv_guard_good(g));
    assert_non_null(mv_guard_key(g, a.public_key, 2));
    assert_int_equal(unlink(p->path), 0);
    assert_int_equal(mv_keyfile_make(p->path, &err), MV_OK);
    assert_int_equal(mv_keyfile_add(p->path, &b, &err), MV_OK);
    assert_int_equal(mv_guard_look(g, 3, &lost, &err), MV_OK);
    assert_true(mv_guard_good(g));
    assert_int_equal(lost, MV_ROLE_READER);
    assert_null(mv_guard_key(g, a.public_key, 3));
    assert_non_null(mv_guard_key(g, b.public_key, 3));
    mv_guard_close(g);
}

static void a_key_file_mended_by_its_rights_alone_is_read_again(void **state)
{
    struct place *p = *state;
    struct mv_guard *g = NULL;
    unsigned lost;
    struct mv_key a = reader("a", 1);
    assert_int_equal(mv_keyfile_make(p->path, &err), MV_OK);
    assert_int_equal(mv_guard_open(&g, p->path, &err), MV_OK);
    assert_int_equal(mv_keyfile_add(p->path, &a, &err), MV_OK);
    assert_int_equal(chmod(p->path, 0666), 0);
    assert_int_equal(mv_guard_look(g, 1, &lost, &err), MV_CONFIG);
    assert_false(mv_guard_good(g));
    assert_int_equal(mv_guard_look(g, 2, &lost, &err), MV_AGAIN); /* told */
    assert_false(mv_guard_good(g));
    assert_int_equal(chmod(p->path, 0644), 0);
    assert_int_equal(mv_guard_look(g, 3, &lost, &err), MV_OK);
    assert_true(mv_guard_good(g));
    assert_non_null(mv_guard_key(g, a.public_key, 3));
    mv_guard_close(g);
}

/* For want of a descriptor, say: the file itself does not change. */
static void a_key_file_that_was_bad_is_tried_at_every_look(void **state)
{
    struct place *p = *state;
    struct mv_guard *g = NULL;
    struct rlimit had, none;
    unsigned lost;
    struct mv_key a = reader("a", 1);
    assert_int_equal(mv_keyfile_make(p->path, &err), MV_OK);
    assert_int_equal(mv_guard_open(&g, p->path, &err), MV_OK);
    assert_int_equal(mv_keyfile_add(p->path, &a, &err), MV_OK);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &had), 0);
    none = (struct rlimit){0, had.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    mv_rc rc = mv_guard_look(g, 1, &lost, &err);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &had), 0);
    assert_int_equal(rc, MV_CONFIG);
    assert_int_equal(mv_guard_look(g, 2, &lost, &err), MV_OK);
    assert_non_null(mv_guard_key(g, a.public_key, 2));
    mv_guard_close(g);
}

static void a_key_that_runs_out_loses_its_roles_without_a_change(void **state)
{
    struct place *p = *state;
    struct mv_guard *g = NULL;
    unsigned lost;
    char hex[MV_KEY_HEX_BYTES];
    struct mv_key a = reader("a", 1);
    a.to_ms = 1000 * DAY_MS * 20;
    assert_int_equal(mv_keyfile_make(p->path, &err), MV_OK);
    assert_int_equal(mv_keyfile_add(p->path, &a, &err), MV_OK);
    assert_int_equal(mv_guard_open(&g, p->path, &err), MV_OK);
    (void)mv_key_hex(a.public_key, hex);
    assert_int_equal(mv_guard_look(g, a.to_ms - 1, &lost, &err), MV_AGAIN);
    assert_int_equal(lost, 0);
    assert_non_null(mv_guard_user(g, hex, a.to_ms - 1));
    assert_non_null(mv_guard_user(g, hex, a.to_ms - 1));
    assert_null(mv_guard_user(g, hex, a.to_ms));
    assert_int_equal(mv_guard_look(g, a.to_ms, &lost, &err), MV_AGAIN);
    assert_int_equal(lost, MV_ROLE_READER);
    mv_guard_close(g);
}

static void a_key_that_is_not_valid_yet_begins_without_a_change(void **state)
{
    struct place *p = *state;
    struct mv_guard *g = NULL;
    unsigned lost;
    const char *why = NULL;
    char hex[MV_KEY_HEX_BYTES];
    struct mv_key a = reader("a", 1);
    a.from_ms = 1000 * DAY_MS * 20;
    assert_false(mv_key_valid(&a, a.from_ms - 1, &why));
    assert_string_equal(why, "not valid yet");
    assert_true(mv_key_valid(&a, a.from_ms, &why));
    assert_int_equal(mv_keyfile_make(p->path, &err), MV_OK);
    assert_int_equal(mv_keyfile_add(p->path, &a, &err), MV_OK);
    assert_int_equal(mv_guard_open(&g, p->path, &err), MV_OK);
    (void)mv_key_hex(a.public_key, hex);
    assert_int_equal(mv_guard_look(g, a.from_ms - 1, &lost, &err), MV_AGAIN);
    assert_null(mv_guard_key(g, a.public_key, a.from_ms - 1));
    assert_null(mv_guard_user(g, hex, a.from_ms - 1));
    assert_non_null(mv_guard_user(g, hex, a.from_ms));
    assert_non_null(mv_guard_key(g, a.public_key, a.from_ms));
    assert_int_equal(mv_guard_look(g, a.from_ms, &lost, &err), MV_AGAIN);
    assert_int_equal(lost, 0);
    mv_guard_close(g);
}

static void the_third_broken_message_in_a_minute_suspends(void **state)
{
    struct place *p = *state;
    struct mv_guard *g = NULL;
    const uint8_t key[32] = {9}, other[32] = {8};
    assert_int_equal(mv_keyfile_make(p->path, &err), MV_OK);
    assert_int_equal(mv_guard_open(&g, p->path, &err), MV_OK);
    assert_false(mv_guard_strike(g, key, 1000));
    assert_false(mv_guard_strike(g, key, 2000));
    /* the third comes when the first is more than a minute old */
    assert_false(mv_guard_strike(g, key, 61001));
    assert_false(mv_guard_suspended(g, key, 61001));
    assert_true(mv_guard_strike(g, key, 61999));
    assert_true(mv_guard_suspended(g, key, 62000));
    assert_false(mv_guard_suspended(g, other, 62000));
    assert_false(mv_guard_suspended(g, key, 61999 + MV_GUARD_SUSPEND_MS));
    mv_guard_suspend(g, other, 5000);
    assert_true(mv_guard_suspended(g, other, 5001));
    mv_guard_close(g);
}

/* Else a key would speak again, and no record say who let it. */
static void a_key_is_resumed_with_the_commit_or_not_at_all(void **state)
{
    struct place *p = *state;
    struct mv_guard *g = NULL;
    const uint8_t key[32] = {9};
    assert_int_equal(mv_keyfile_make(p->path, &err), MV_OK);
    assert_int_equal(mv_guard_open(&g, p->path, &err), MV_OK);
    mv_guard_suspend(g, key, 5000);
    mv_guard_settle(g, true);
    assert_true(mv_guard_suspended(g, key, 5001));
    assert_true(mv_guard_resume(g, key));
    assert_false(mv_guard_resume(g, key)); /* once is enough */
    assert_true(mv_guard_suspended(g, key, 5001));
    mv_guard_settle(g, false);
    assert_true(mv_guard_suspended(g, key, 5001));
    assert_true(mv_guard_resume(g, key));
    mv_guard_settle(g, true);
    assert_false(mv_guard_suspended(g, key, 5001));
    assert_false(mv_guard_resume(g, key));
    mv_guard_close(g);
}

/* --- what ZAP decides --- */

static const char *decide(const struct mv_keys *keys, const char *domain,
                          const char *mechanism, const uint8_t *key,
                          size_t key_len, size_t frames)
{
    static char user[MV_USER_BYTES];
    const char *why;
    struct mv_span f[] = {mv_span_text("1.0"),   mv_span_text("id"),
                          mv_span_text(domain),  mv_span_text("1.2.3.4"),
                          mv_span("", 0),        mv_span_text(mechanism),
                          mv_span(key, key_len), mv_span("", 0)};
    const char *status = mv_zap_decide(keys, 5000, f, frames, user, &why);
    assert_int_equal(strcmp(status, "200") == 0, user[0] != 0);
    return status;
}

static void doubt_means_no(void **state)
{
    (void)state;
    struct mv_keys *k = parsed(
        HEAD A
        " name=in role=producer unit=u\n" B " name=r role=reader\n"
        "3333333333333333333333333333333333333333333333333333333333333333"
        " name=late role=reader from=2024-01-01\n");
    uint8_t in[32], r[32], late[32], stranger[32];
    memset(in, 0x11, 32);
    memset(r, 0x22, 32);
    memset(late, 0x33, 32);
    memset(stranger, 0x44, 32);
    const char *door = MV_DOMAIN_DOOR, *live = MV_DOMAIN_LIVE;
    assert_string_equal(decide(k, door, "CURVE", in, 32, 7), "200");
    assert_string_equal(decide(k, door, "CURVE", r, 32, 7), "200");
    assert_string_equal(decide(k, live, "CURVE", r, 32, 7), "200");
    assert_string_equal(decide(k, live, "CURVE", in, 32, 7), "400");
    assert_string_equal(decide(k, door, "CURVE", late, 32, 7), "400");
    assert_string_equal(decide(k, door, "CURVE", stranger, 32, 7), "400");
    assert_string_equal(decide(k, door, "CURVE", in, 31, 7), "400");
    assert_string_equal(decide(k, door, "CURVE", in, 32, 6), "400");
    assert_string_equal(decide(k, door, "CURVE", in, 32, 8), "400");
    assert_string_equal(decide(k, door, "NULL", in, 32, 6), "400");
    assert_string_equal(decide(k, door, "PLAIN", in, 32, 7), "400");
    assert_string_equal(decide(k, door, "CURVE", in, 32, 0), "400");
    assert_string_equal(decide(NULL, door, "CURVE", in, 32, 7), "300");
    mv_keys_close(k);
}

#define PLACED(name) \
    cmocka_unit_test_setup_teardown(name, make_place, clear_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_found_by_its_bytes_and_by_its_name),
        cmocka_unit_test(an_assessor_may_have_a_unit),
        cmocka_unit_test(z85_and_hex_are_the_same_key),
        cmocka_unit_test(bad_input_94_and_100_a_bad_line_is_named),
        cmocka_unit_test(a_line_that_is_written_is_read_back),
        cmocka_unit_test(four_thousand_keys_are_all_found),
        PLACED(a_revoked_key_keeps_its_line_and_name),
        PLACED(a_key_file_that_others_may_write_is_refused),
        PLACED(bad_input_94_a_secret_that_is_not_one_is_refused),
        PLACED(the_guard_keeps_the_old_keys_when_the_file_goes_bad),
        PLACED(a_key_file_mended_by_its_rights_alone_is_read_again),
        PLACED(a_key_file_that_was_bad_is_tried_at_every_look),
        PLACED(a_key_that_runs_out_loses_its_roles_without_a_change),
        PLACED(a_key_that_is_not_valid_yet_begins_without_a_change),
        PLACED(the_third_broken_message_in_a_minute_suspends),
        PLACED(a_key_is_resumed_with_the_commit_or_not_at_all),
        cmocka_unit_test(doubt_means_no),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
