/* A settings file that `up` and an operator both write. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "services/base/file.h"
#include "services/cli/settings.h"
#include "tests/support/unit.h"

static const char ours[] = "data_dir = /d\nlisten = tcp://127.0.0.1:7\n";

static const char *merged(const char *old)
{
    static char text[400];
    struct mv_buf out = {0};
    cli_settings_merge(mv_span_text(old), mv_span_text(ours), &out);
    (void)snprintf(text, sizeof text, "%s", mv_buf_cstr(&out));
    mv_buf_done(&out);
    return text;
}

static void lines_that_are_not_ours_stay_byte_for_byte(void **state)
{
    (void)state;
    assert_string_equal(merged("# mine\n\n quota=64 GiB \t\nlisten=x\n; so\n"
                               "data_dir : /old\n[bad]\nnonsense\n"),
                        "# mine\n\n quota=64 GiB \t\n"
                        "listen = tcp://127.0.0.1:7\n; so\n"
                        "data_dir = /d\n[bad]\nnonsense\n");
    assert_string_equal(merged("#listen = x\nlistener = y\nlisten = \n"),
                        "#listen = x\nlistener = y\n"
                        "listen = tcp://127.0.0.1:7\ndata_dir = /d\n");
}

static void what_is_missing_comes_last_and_nothing_comes_twice(void **state)
{
    (void)state;
    assert_string_equal(merged(""), ours);
    assert_string_equal(merged("quota = 1 GiB"),
                        "quota = 1 GiB\ndata_dir = /d\n"
                        "listen = tcp://127.0.0.1:7\n");
    assert_string_equal(merged(ours), ours);
    /* a second one is the operator's: the service refuses it with its line */
    assert_string_equal(merged("listen = a\nlisten = b\ndata_dir = /d\n"),
                        "listen = tcp://127.0.0.1:7\nlisten = b\n"
                        "data_dir = /d\n");
}

static void line_ends_and_a_mark_of_utf8_stay(void **state)
{
    (void)state;
    assert_string_equal(merged("\xef\xbb\xbflisten = a\r\nquota = 1 B\r\n"
                               "data_dir = b"),
                        "\xef\xbb\xbflisten = tcp://127.0.0.1:7\r\n"
                        "quota = 1 B\r\ndata_dir = /d\n");
}

static void a_file_with_nothing_to_change_is_not_written(void **state)
{
    char dir[] = "/tmp/mv-settings-XXXXXX";
    char path[60];
    struct mv_err err = {0};
    struct mv_buf text = {0};
    struct stat was, is;
    (void)state;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/a.conf", dir);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            cli_settings_write(path, "# first\n", mv_span_text(ours), &err),
            MV_OK);
        assert_int_equal(stat(path, i == 0 ? &was : &is), 0);
    }
    assert_true(was.st_ino == is.st_ino);
    assert_int_equal(mv_file_read(path, 4096, 0, &text, &err), MV_OK);
    assert_string_equal(mv_buf_cstr(&text),
                        "# first\ndata_dir = /d\nlisten = tcp://127.0.0.1:7\n");
    mv_buf_done(&text);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(dir), 0);
}

static void a_service_that_cannot_be_asked_is_a_refusal(void **state)
{
    struct mv_err err = {0};
    (void)state;
    assert_int_equal(cli_settings_check("/nowhere/maalvakt-x", "/a", &err),
                     MV_CONFIG);
    assert_non_null(strstr(err.text, "/nowhere/maalvakt-x"));
    assert_int_equal(cli_settings_check("/bin/false", "/a", &err), MV_CONFIG);
    assert_int_equal(cli_settings_check("/bin/true", "/a", &err), MV_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_that_are_not_ours_stay_byte_for_byte),
        cmocka_unit_test(what_is_missing_comes_last_and_nothing_comes_twice),
        cmocka_unit_test(line_ends_and_a_mark_of_utf8_stay),
        cmocka_unit_test(a_file_with_nothing_to_change_is_not_written),
        cmocka_unit_test(a_service_that_cannot_be_asked_is_a_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
