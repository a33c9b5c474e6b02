#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "services/base/conf.h"
#include "tests/support/place.h"
#include "tests/support/unit.h"

struct settings {
    char *listen;
    char *dir;
    int64_t poll_ms;
    int64_t quota_bytes;
    int64_t port;
    bool any_filesystem;
    struct mv_conf_list peers;
};

#define AT(field) offsetof(struct settings, field)

static const struct mv_conf_key keys[] = {
    {"dir", MV_CONF_PATH, NULL, "/var/lib/x", 1, 100, AT(dir), "Where it is"},
    {"listen", MV_CONF_TEXT, "tcp://127.0.0.1:1", NULL, 1, 60, AT(listen),
     "The door"},
    {"poll_ms", MV_CONF_MS, "5 s", NULL, 10, 300000, AT(poll_ms),
     "How often it looks, with a help text long enough that it takes more "
     "than one line of the example file to say it all, and then some more"},
    {"quota", MV_CONF_BYTES, "8 MiB", NULL, 1024, INT64_C(1) << 40,
     AT(quota_bytes), "Room"},
    {"port", MV_CONF_INT, "7", NULL, 1, 65535, AT(port), "A port"},
    {"any_filesystem", MV_CONF_BOOL, "no", NULL, 0, 0, AT(any_filesystem),
     "Anywhere"},
    {"peers", MV_CONF_LIST, "", NULL, 0, 3, AT(peers), "Others"},
};
static const struct mv_conf_table table = {"example settings", keys,
                                           MV_CONF_COUNT(keys)};

static mv_rc parse(const char *text, struct settings *s, struct mv_err *err)
{
    *s = (struct settings){0};
    return mv_conf_parse(&table, "x.conf", mv_span_text(text), s, err);
}

static void expect_fault(const char *text, const char *want)
{
    struct settings s;
    struct mv_err err = {0};
    assert_int_equal(parse(text, &s, &err), MV_CONFIG);
    if (strstr(err.text, want) == NULL || strstr(err.text, "x.conf") == NULL)
        fail_msg("'%s' lacks '%s'", err.text, want);
    mv_conf_done(&table, &s);
}

static void each_kind_is_read(void **state)
{
    (void)state;
    struct settings s;
    struct mv_err err = {0};
    assert_int_equal(parse("# a comment\n; another\n\ndir = /srv/Øst\n"
                           "listen=tcp://[::1]:9\npoll_ms:250 ms\n"
                           "quota =\t2GiB\nport = 65535\n"
                           "any_filesystem = yes\npeers = a, b\tc\n",
                           &s, &err),
                     MV_OK);
    assert_string_equal(s.dir, "/srv/Øst");
    assert_string_equal(s.listen, "tcp://[::1]:9");
    assert_int_equal(s.poll_ms, 250);
    assert_true(s.quota_bytes == INT64_C(2147483648));
    assert_int_equal(s.port, 65535);
    assert_true(s.any_filesystem);
    assert_int_equal(s.peers.count, 3);
    assert_string_equal(s.peers.at[2], "c");
    mv_conf_done(&table, &s);
    assert_null(s.dir);
}

static void what_is_left_out_has_its_default(void **state)
{
    (void)state;
    struct settings s;
    struct mv_err err = {0};
    assert_int_equal(parse("dir = /d", &s, &err), MV_OK);
    assert_string_equal(s.listen, "tcp://127.0.0.1:1");
    assert_int_equal(s.poll_ms, 5000);
    assert_int_equal(s.quota_bytes, 8 << 20);
    assert_false(s.any_filesystem);
    assert_int_equal(s.peers.count, 0);
    assert_int_equal(mv_conf_set(&table, &s, "port", "9", &err), MV_OK);
    assert_int_equal(s.port, 9);
    assert_int_equal(mv_conf_set(&table, &s, "port", "0", &err), MV_CONFIG);
    assert_int_equal(mv_conf_set(&table, &s, "prot", "9", &err), MV_CONFIG);
    assert_int_equal(s.port, 9);
    mv_conf_done(&table, &s);
}

static void bad_input_93_each_fault_has_its_line_and_bound(void **state)
{
    (void)state;
    expect_fault("", "no setting");
    expect_fault("# only a comment\n\n", "no setting");
    expect_fault("port = 5\n", "dir: is missing");
    expect_fault("dir = /d\nprot = 5\n", "line 2: prot: there is no such");
    expect_fault("dir = /d\nport = 5\nport = 5\n", "line 3: port: is given tw");
    expect_fault("dir = /d\nport = -5\n", "line 2: port: '-5'");
    expect_fault("dir = /d\nport = 0\n", "from 1 to 65535");
    expect_fault("dir = /d\nport = 65536\n", "line 2: port");
    expect_fault("dir = /d\nport = 5x\n", "line 2: port");
    expect_fault("dir = /d\nport = 99999999999999999999\n", "line 2: port");
    expect_fault("dir = /d\nport =\n", "line 2: port");
    expect_fault("dir = d\n", "line 1: dir");
    expect_fault("dir =\n", "line 1: dir");
    expect_fault("dir = /d\npoll_ms = 9 ms\n", "from 10 ms to 5 min");
    expect_fault("dir = /d\npoll_ms = 500\n", "line 2: poll_ms");
    expect_fault("dir = /d\npoll_ms = 6 min\n", "line 2: poll_ms");
    expect_fault("dir = /d\npoll_ms = 1 year\n", "line 2: poll_ms");
    expect_fault("dir = /d\nquota = 9223372036854775807 GiB\n",
                 "line 2: quota");
    expect_fault("dir = /d\nany_filesystem = true\n", "line 2: any_filesys");
    expect_fault("dir = /d\npeers = a b c d\n", "line 2: peers");
    expect_fault("dir = /d\njust words\n", "line 2: is not 'name = value'");
    expect_fault("dir = /d\n[section]\n", "line 2: is a section");
    expect_fault("dir = /d\n  more\n", "line 2: begins with a blank");
    expect_fault("dir = /d ; comment\n", "line 1: has a comment");
    expect_fault("dir = /d # comment\n", "line 1: has a comment");
    expect_fault("dir = /d\x1b\n", "line 1: holds a byte");
    expect_fault("dir = /d\rport = 5\n", "line 1: holds a byte");
    expect_fault("dir = /\xe5\n", "line 1: holds a byte");
}

static void bad_input_93_a_nul_or_a_long_line_is_refused(void **state)
{
    (void)state;
    struct settings s = {0};
    struct mv_err err = {0};
    const char nul[] = "dir = /d\nport = 5\0 6\n";
    assert_int_equal(
        mv_conf_parse(&table, "x", mv_span(nul, sizeof nul - 1), &s, &err),
        MV_CONFIG);
    assert_non_null(strstr(err.text, "line 2: holds a byte"));
    char text[MV_CONF_LINE_BYTES + 64] = "dir = /d\n#";
    memset(text + 10, 'x', MV_CONF_LINE_BYTES - 1);
    assert_int_equal(parse(text, &s, &err), MV_OK);
    mv_conf_done(&table, &s);
    text[9 + MV_CONF_LINE_BYTES] = 'x';
    expect_fault(text, "line 2: is longer");
    /* one that inih would cut into a second setting */
    struct mv_buf b = {0};
    mv_buf_text(&b, "listen = ");
    for (int i = 0; i < 190; i++)
        mv_buf_put_u8(&b, 'x');
    mv_buf_text(&b, "port = 666\ndir = /d\n");
    expect_fault(mv_buf_cstr(&b), "line 1: is longer");
    mv_buf_done(&b);
}

static void bad_input_93_cr_lf_and_a_byte_order_mark_are_fine(void **state)
{
    (void)state;
    struct settings s;
    struct mv_err err = {0};
    assert_int_equal(parse("\xef\xbb\xbf"
                           "dir = /d\r\n\r\nport = 5\r\n",
                           &s, &err),
                     MV_OK);
    assert_string_equal(s.dir, "/d");
    assert_int_equal(s.port, 5);
    mv_conf_done(&table, &s);
}

static void bad_input_93_files_that_are_none(void **state)
{
    (void)state;
    struct settings s = {0};
    struct mv_err err = {0};
    char *dir = mv_test_dir(true);
    char path[64];
    (void)snprintf(path, sizeof path, "%s/x.conf", dir);
    assert_int_equal(mv_conf_load(&table, path, &s, &err), MV_CONFIG);
    assert_non_null(strstr(err.text, path));
    assert_int_equal(mv_conf_load(&table, dir, &s, &err), MV_CONFIG);
    assert_non_null(strstr(err.text, "is a directory"));
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    (void)fputs("dir = /d\n", f);
    assert_int_equal(fflush(f), 0);
    assert_int_equal(mv_conf_load(&table, path, &s, &err), MV_OK);
    mv_conf_done(&table, &s);
    assert_int_equal(ftruncate(fileno(f), 100 << 20), 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(mv_conf_load(&table, path, &s, &err), MV_CONFIG);
    assert_non_null(strstr(err.text, "is larger than"));
    mv_test_dir_done(dir);
}

static void a_command_line_has_the_last_word(void **state)
{
    (void)state;
    struct settings s = {0};
    struct mv_err err = {0};
    static const char text[] = "dir = /d\nport = 5\n";
    char *dir = mv_test_dir(true);
    char path[64];
    struct mv_conf_asked asked = {.file = path};
    (void)snprintf(path, sizeof path, "%s/x.conf", dir);
    mv_test_write(dir, "x.conf", text, sizeof text - 1);
    assert_true(mv_conf_ask(&asked, "port=6"));
    assert_true(mv_conf_ask(&asked, "listen=a=b"));
    assert_true(mv_conf_ask(&asked, "port=8"));
    assert_int_equal(mv_conf_read(&table, &asked, &s, &err), MV_OK);
    assert_string_equal(s.dir, "/d");
    assert_string_equal(s.listen, "a=b");
    assert_int_equal(s.port, 8);
    mv_conf_done(&table, &s);
    assert_true(mv_conf_ask(&asked, "port"));
    assert_int_equal(mv_conf_read(&table, &asked, &s, &err), MV_CONFIG);
    assert_string_equal(err.text, "--set port: not NAME=VALUE");
    mv_conf_done(&table, &s);
    while (asked.set_count < MV_CONF_SETS_MAX)
        assert_true(mv_conf_ask(&asked, "port=9"));
    assert_false(mv_conf_ask(&asked, "port=9"));
    assert_int_equal(asked.set_count, MV_CONF_SETS_MAX);
    mv_test_dir_done(dir);
}

static void the_example_loads_and_says_the_defaults(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    struct settings s;
    struct mv_err err = {0};
    mv_conf_print(&table, &b);
    const char *text = mv_buf_cstr(&b);
    assert_int_equal(strncmp(text, "# example settings\n", 19), 0);
    assert_non_null(strstr(text, "\npoll_ms = 5 s\n"));
    assert_non_null(strstr(text, "from 10 ms to 5 min"));
    assert_non_null(strstr(text, "must be set\ndir = /var/lib/x\n"));
    assert_non_null(strstr(text, "\npeers =\n"));
    for (const char *line = text; *line != 0; line += strcspn(line, "\n") + 1)
        assert_in_range(strcspn(line, "\n"), 0, 78);
    assert_int_equal(parse(text, &s, &err), MV_OK);
    assert_int_equal(s.poll_ms, 5000);
    mv_conf_done(&table, &s);
    mv_buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_is_read),
        cmocka_unit_test(what_is_left_out_has_its_default),
        cmocka_unit_test(bad_input_93_each_fault_has_its_line_and_bound),
        cmocka_unit_test(bad_input_93_a_nul_or_a_long_line_is_refused),
        cmocka_unit_test(bad_input_93_cr_lf_and_a_byte_order_mark_are_fine),
        cmocka_unit_test(bad_input_93_files_that_are_none),
        cmocka_unit_test(a_command_line_has_the_last_word),
        cmocka_unit_test(the_example_loads_and_says_the_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
