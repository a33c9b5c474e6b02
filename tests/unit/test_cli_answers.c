/* What is said of answers that services gave: conflicts, findings, counts. */
#include <stdlib.h>
#include <string.h>

#include "proto/conflict.h"
#include "services/base/clock.h"
#include "services/cli/args.h"
#include "services/cli/conflict_text.h"
#include "services/cli/health_text.h"
#include "services/cli/rows.h"
#include "services/cli/status_table.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

/* What a person is told of a conflict as ingest packs it. */
static const char *told_of(mv_lang lang, const char *field, mv_code code,
                           const char *value, const char *detail,
                           struct mv_buf *ret)
{
    struct screen s;
    struct mv_conflicts all = {0};
    struct mv_buf packed = {0};
    struct mv_list list;
    struct mv_span one;
    screen_open(&s, lang, 0);
    mv_conflicts_add(&all, 1, field, code, mv_span_text(value), detail);
    mv_conflicts_pack(&all, MV_LANG_EN, &packed);
    assert_true(mv_list_open(&list, mv_buf_span(&packed)));
    assert_true(mv_list_next(&list, &one));
    mv_buf_clear(ret);
    cli_conflict_put(&s.cli, one, ret);
    mv_buf_done(&packed);
    mv_conflicts_done(&all);
    screen_close(&s);
    return mv_buf_cstr(ret);
}

static const char *told(mv_lang lang, mv_code code, const char *value,
                        const char *detail, struct mv_buf *ret)
{
    return told_of(lang, "period", code, value, detail, ret);
}

/* It goes as milliseconds, whatever was typed. */
static void a_time_is_told_as_a_day_or_to_the_second(void **state)
{
    static const char *const times[][2] = {
        {"1893452400000", "time 2030-01-01 lies ahead"},
        {"1893452401000", "time 2030-01-01 00:00:01 lies ahead"},
        {"9999999999999", "time 9999999999999 lies ahead"},
        {"now", "time now lies ahead"}};
    struct mv_buf b = {0};
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        assert_string_equal(
            told_of(MV_LANG_EN, "time", MV_CODE_FUTURE, times[i][0], NULL, &b),
            times[i][1]);
    }
    mv_buf_done(&b);
}

static void a_conflict_is_told_in_the_language_asked_for(void **state)
{
    struct mv_buf b = {0};
    (void)state;
    assert_string_equal(told(MV_LANG_NB, MV_CODE_UNKNOWN_UNIT, "nix", NULL, &b),
                        "enheten nix er ukjent");
    assert_string_equal(told(MV_LANG_EN, MV_CODE_UNKNOWN_UNIT, "nix", NULL, &b),
                        "the unit nix is not known");
    assert_string_equal(told(MV_LANG_NB, MV_CODE_FORBIDDEN, "ous", "ahus", &b),
                        "ahus kan ikke rapportere for ous");
    assert_string_equal(
        told(MV_LANG_NB, MV_CODE_FUTURE, "2031", "it (has) not ended", &b),
        "periode 2031 ligger fram i tid (it (has) not ended)");
    assert_string_equal(told(MV_LANG_NB, MV_CODE_FUTURE, "2031", NULL, &b),
                        "periode 2031 ligger fram i tid");
    assert_string_equal(
        told(MV_LANG_NB, MV_CODE_FUTURE, "2031", "it has not ended", &b),
        "periode 2031 ligger fram i tid (den er ikke over ennå)");
    mv_buf_done(&b);
}

static void another_versions_conflict_is_shown_as_it_was_sent(void **state)
{
    static const struct mv_msg_conflict sent[] = {
        {.code = {"sleepy", 6}, .text = {"the row \x1b is asleep", 19}},
        {.code = {"unknown_unit", 12},
         .value = {"nix", 3},
         .text = {"no unit nix, here", 17}},
    };
    static const char *const shown[] = {"the row \\x1b is asleep",
                                        "no unit nix, here"};
    (void)state;
    for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++) {
        struct screen s;
        struct mv_buf raw = {0}, text = {0};
        screen_open(&s, MV_LANG_NB, 0);
        mv_msg_conflict_encode(&sent[i], &raw);
        cli_conflict_put(&s.cli, mv_buf_span(&raw), &text);
        assert_string_equal(mv_buf_cstr(&text), shown[i]);
        mv_buf_done(&raw);
        mv_buf_done(&text);
        screen_close(&s);
    }
}

/* The text with every run of blanks and line ends as one blank. */
static const char *squeezed(const char *text, struct mv_buf *b)
{
    mv_buf_clear(b);
    for (; *text != '\0'; text++) {
        bool blank = *text == ' ' || *text == '\n';
        if (!blank || b->len == 0 || b->at[b->len - 1] != ' ')
            mv_buf_put_u8(b, blank ? ' ' : (uint8_t)*text);
    }
    return mv_buf_cstr(b);
}

static void what_to_do_about_a_finding_is_never_cut(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    struct mv_buf b = {0};
    const char *todo = "does not answer: look into its log, or start it, and "
                       "then look whether it catches up with the journal";
    (void)state;
    screen_open(&s, MV_LANG_EN, 80);
    cli_health_put(&rows, "ingest", 1, mv_span_text("answers"), true,
                   mv_span_text("asking"));
    cli_health_put(&rows, "notifier", 1, mv_span_text("answers"), false,
                   mv_span_text(todo));
    cli_health_show(&s.cli, &rows);
    assert_non_null(strstr(squeezed(screen_text(&s), &b), todo));
    assert_true(screen_widest(&s) <= 80);
    mv_buf_done(&b);
    assert_null(strstr(screen_text(&s), "asking"));
    cli_pages_done(&rows);
    screen_close(&s);
}

static void common_options_may_stand_before_the_command(void **state)
{
    char *argv[] = {"maalvakt",  "--json", "--lang", "en",   "--dir=x",
                    "--nothing", "status", "--help", "--key"};
    (void)state;
    assert_int_equal(cli_args_common(9, argv, 1), 1);
    assert_int_equal(cli_args_common(9, argv, 2), 2);
    assert_int_equal(cli_args_common(9, argv, 4), 1);
    assert_int_equal(cli_args_common(9, argv, 5), 0);
    assert_int_equal(cli_args_common(9, argv, 6), 0);
    assert_int_equal(cli_args_common(9, argv, 7), 0);
    assert_int_equal(cli_args_common(9, argv, 8), 1);
}

static void no_statuses_is_said_in_words_and_not_as_a_count(void **state)
{
    struct screen s;
    const struct cli_status_counts none = {0};
    (void)state;
    screen_open(&s, MV_LANG_EN, 80);
    cli_status_summary(&s.cli, &none);
    assert_string_equal(screen_text(&s), "No such statuses.\n");
    screen_close(&s);
}

/* The lines of an example, from memory of just that size: a sanitizer sees a
 * step beyond. */
static void shows(mv_lang lang, const char *example, const char *want)
{
    struct screen s;
    char *copy = mv_xstrdup(example);
    screen_open(&s, lang, 80);
    s.command = (struct cli_command){
        .name = "x", .usage = "", .nb = "x", .en = "x", .example = copy};
    cli_args_help(&s.cli);
    if (strstr(screen_text(&s), want) == NULL)
        fail_msg("'%s' is not in '%s'", want, screen_text(&s));
    screen_close(&s);
    free(copy);
}

static void an_example_has_what_is_in_the_language_and_braces_else(void **state)
{
    static const char *const plain[] = {
        "a {", "a {b", "a {b|c", "a {b}", "a {b} | c\n", "a {}", "a }{"};
    (void)state;
    shows(MV_LANG_NB, "a {ja|yes} b\n", "\n  a ja b\n");
    shows(MV_LANG_EN, "a {ja|yes} b\n", "\n  a yes b\n");
    shows(MV_LANG_EN, "{a} {ja|yes}{|b}\n", "\n  {a} yesb\n");
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        shows(MV_LANG_NB, plain[i], plain[i]);
        shows(MV_LANG_EN, plain[i], plain[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_is_told_as_a_day_or_to_the_second),
        cmocka_unit_test(a_conflict_is_told_in_the_language_asked_for),
        cmocka_unit_test(another_versions_conflict_is_shown_as_it_was_sent),
        cmocka_unit_test(what_to_do_about_a_finding_is_never_cut),
        cmocka_unit_test(common_options_may_stand_before_the_command),
        cmocka_unit_test(no_statuses_is_said_in_words_and_not_as_a_count),
        cmocka_unit_test(
            an_example_has_what_is_in_the_language_and_braces_else),
    };
    struct mv_err err = {0};
    if (mv_clock_init(&err) != MV_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
