/* What a request is told beside its verb: what is not known is named. */
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "services/stream/args.h"
#include "tests/support/unit.h"

static const struct mv_verb_def look = {
    .name = "look",
    .args = "unit year:uint all:bool hash:bin units:list files:map"};

static void key(struct mv_buf *b, const char *name)
{
    mv_buf_clear(b);
    mv_pack_map(b, 1);
    mv_pack_cstr(b, name);
}

static const char *said(const struct mv_verb_def *verb, const struct mv_buf *b)
{
    static struct mv_args_fault f;
    f = (struct mv_args_fault){.code = ""};
    return mv_args_check(verb, mv_buf_span(b), &f) ? "" : f.text;
}

static void what_is_known_and_of_its_kind_passes(void **state)
{
    struct mv_buf b = {0};
    (void)state;
    assert_string_equal(said(&look, &b), ""); /* no args at all */
    mv_pack_map(&b, 6);
    mv_pack_kv_cstr(&b, "unit", "ahus");
    mv_pack_kv_u64(&b, "year", UINT64_MAX);
    mv_pack_kv_bool(&b, "all", false);
    mv_pack_kv_bin(&b, "hash", mv_span("", 0));
    mv_pack_cstr(&b, "units");
    mv_pack_list(&b, 0);
    mv_pack_cstr(&b, "files");
    mv_pack_map(&b, 0);
    assert_string_equal(said(&look, &b), "");
    mv_buf_done(&b);
}

static void a_name_that_is_not_known_is_told_with_those_that_are(void **state)
{
    static const char *const names[] = {
        "yaer", "yea", "years", "", "uint", "year:uint", " ", "unit year"};
    const struct mv_verb_def none = {.name = "ping"};
    struct mv_args_fault f;
    struct mv_buf b = {0};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        key(&b, names[i]);
        mv_pack_u64(&b, 2024);
        assert_false(mv_args_check(&look, mv_buf_span(&b), &f));
        assert_string_equal(f.code, "unknown_field");
    }
    key(&b, "yaer");
    mv_pack_u64(&b, 2024);
    assert_string_equal(said(&look, &b),
                        "'yaer' is no argument of 'look', which takes "
                        "unit year all hash units files");
    assert_string_equal(said(&none, &b),
                        "'yaer' is no argument of 'ping', which takes none");
    mv_buf_done(&b);
}

static void a_value_of_another_kind_is_told_with_its_name(void **state)
{
    static const struct {
        const char *name, *text;
    } cases[] = {{"unit", "argument 'unit': text is due"},
                 {"year", "argument 'year': an integer from 0 is due"},
                 {"all", "argument 'all': true or false is due"},
                 {"hash", "argument 'hash': bytes are due"},
                 {"units", "argument 'units': a list is due"},
                 {"files", "argument 'files': a map is due"}};
    struct mv_args_fault f;
    struct mv_buf b = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        key(&b, cases[i].name);
        mv_pack_i64(&b, -1);
        assert_string_equal(said(&look, &b), cases[i].text);
        assert_false(mv_args_check(&look, mv_buf_span(&b), &f));
        assert_string_equal(f.code, "type");
    }
    key(&b, "year");
    mv_pack_cstr(&b, "2024");
    assert_string_equal(said(&look, &b), cases[1].text);
    mv_buf_done(&b);
}

static void a_name_of_any_bytes_is_shown_escaped_and_cut(void **state)
{
    struct mv_buf b = {0};
    char *name = mv_xcalloc(60001, 1);
    (void)state;
    memset(name, '\n', 60000);
    key(&b, name);
    mv_pack_u64(&b, 1);
    const char *text = said(&look, &b);
    assert_non_null(strstr(text, "'\\x0a\\x0a"));
    assert_null(strchr(text, '\n'));
    assert_non_null(strstr(text, "..."));
    assert_non_null(strstr(text, "which takes unit year"));
    free(name);
    mv_buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_known_and_of_its_kind_passes),
        cmocka_unit_test(a_name_that_is_not_known_is_told_with_those_that_are),
        cmocka_unit_test(a_value_of_another_kind_is_told_with_its_name),
        cmocka_unit_test(a_name_of_any_bytes_is_shown_escaped_and_cut),
    };
    return cmocka_run_group_tests_name("args", tests, NULL, NULL);
}
