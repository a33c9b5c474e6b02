/* Tables that fit, sentences that are safe, replies as JSON. */
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "services/base/text.h"
#include "services/cli/hush.h"
#include "services/cli/rows.h"
#include "services/cli/table.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

static char *printed;
static size_t printed_len;

static struct cli begin(size_t width)
{
    struct cli c = {.lang = MV_LANG_NB, .width = width};
    c.err_width = width;
    c.out = c.err = open_memstream(&printed, &printed_len);
    return c;
}

static const char *end(struct cli *c)
{
    (void)fclose(c->out);
    return printed;
}

static const struct cli_column columns[] = {{"enhet", false, true, 0},
                                            {"navn", false, false, 0},
                                            {"verdi", true, true, 0}};

static void print_two(struct cli *c)
{
    struct cli_table *t = cli_table_open(columns, CLI_COUNT(columns));
    cli_table_text(t, "ahus");
    cli_table_text(t, "Sørlandet sykehus på sørspissen");
    cli_table_cell(t, CLI_RED, mv_span_text("78,5"));
    cli_table_text(t, "ous");
    cli_table_text(t, "Oslo");
    cli_table_u64(t, 7);
    assert_int_equal(cli_table_rows(t), 2);
    cli_table_print(c, t);
    cli_table_close(t);
}

static void a_table_takes_what_it_needs_when_nothing_bounds_it(void **state)
{
    (void)state;
    struct cli c = begin(0);
    print_two(&c);
    assert_string_equal(end(&c),
                        "enhet  navn                             verdi\n"
                        "ahus   Sørlandet sykehus på sørspissen   78,5\n"
                        "ous    Oslo                                 7\n");
    free(printed);
}

static void a_narrow_terminal_wraps_the_column_that_may_give_way(void **state)
{
    (void)state;
    struct cli c = begin(24);
    print_two(&c);
    const char *text = end(&c);
    assert_string_equal(text, "enhet  navn        verdi\n"
                              "ahus   Sørlandet    78,5\n"
                              "       sykehus på\n"
                              "       sørspissen\n"
                              "ous    Oslo            7\n");
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        assert_true(mv_text_columns(mv_span(text, len)) <= 24);
        text += len + 1;
    }
    free(printed);
}

static void what_has_no_room_at_all_is_left_out_and_named(void **state)
{
    static const struct cli_column many[] = {{"enhet", false, true, 0},
                                             {"navn", false, true, 1},
                                             {"inn/min", true, true, 2},
                                             {"verdi", true, true, 0}};
    (void)state;
    struct cli c = begin(24);
    struct cli_table *t = cli_table_open(many, CLI_COUNT(many));
    cli_table_text(t, "ahus");
    cli_table_text(t, "Akershus");
    cli_table_text(t, "12");
    cli_table_text(t, "78,5");
    cli_table_print(&c, t);
    cli_table_close(t);
    const char *text = end(&c);
    assert_non_null(strstr(text, "enhet  navn      verdi\n"
                                 "ahus   Akershus   78,5\n"));
    assert_non_null(strstr(text, "(Ikke plass til:\n  inn/min."));
    free(printed);
}

/* 26 columns would do for both if words were broken. */
static void words_stay_whole_while_another_column_can_give_way(void **state)
{
    static const struct cli_column two[] = {{"mål", false, false, 0},
                                            {"hvorfor", false, false, 0}};
    (void)state;
    struct cli c = begin(34);
    struct cli_table *t = cli_table_open(two, CLI_COUNT(two));
    cli_table_text(t, "Utdanningsstillinger for jordmødre");
    cli_table_text(t, "tall ikke ventet ennå");
    cli_table_print(&c, t);
    cli_table_close(t);
    assert_string_equal(end(&c), "mål                   hvorfor\n"
                                 "Utdanningsstillinger  tall ikke\n"
                                 "for jordmødre         ventet ennå\n");
    free(printed);
}

/* Nothing is lost: what is wider than its column goes on below. */
static void a_word_wider_than_its_column_goes_on_below(void **state)
{
    static const struct cli_column two[] = {{"id", false, true, 0},
                                            {"hva", false, false, 0}};
    (void)state;
    struct cli c = begin(16);
    struct cli_table *t = cli_table_open(two, CLI_COUNT(two));
    cli_table_text(t, "a1");
    cli_table_text(t, "liggedøgnsandelen");
    cli_table_print(&c, t);
    cli_table_close(t);
    assert_string_equal(end(&c), "id  hva\n"
                                 "a1  liggedøgnsan\n"
                                 "    delen\n");
    free(printed);
}

static void a_word_that_must_be_broken_is_broken_at_a_hyphen(void **state)
{
    (void)state;
    static const struct cli_column wide[] = {{"id", false, true, 0},
                                             {"navn", false, false, 0}};
    struct cli c = begin(16);
    struct cli_table *t = cli_table_open(wide, CLI_COUNT(wide));
    cli_table_text(t, "a");
    cli_table_text(t, "helse-sor/ost-2024x");
    cli_table_print(&c, t);
    cli_table_close(t);
    assert_string_equal(end(&c), "id  navn\n"
                                 "a   helse-sor/\n"
                                 "    ost-2024x\n");
    free(printed);
}

static void
sentences_are_wrapped_between_words_and_commands_stay_whole(void **state)
{
    (void)state;
    struct cli c = begin(40);
    cli_say(&c, CLI_W_NO_COMMAND, "kataloge", "", NULL);
    cli_say(&c, CLI_W_STATUS_NO_CATALOGUE, NULL);
    assert_string_equal(end(&c), "`kataloge` er ingen kommando; se\n"
                                 "  `maalvakt --help`\n"
                                 "Ingen mål ennå: legg inn en katalog med\n"
                                 "  `maalvakt catalogue apply DIR`.\n");
    free(printed);
}

static void colour_is_beside_the_text_and_never_in_place_of_it(void **state)
{
    (void)state;
    struct cli c = begin(0);
    c.colour = true;
    print_two(&c);
    assert_non_null(strstr(end(&c), "\x1b[31m78,5\x1b[0m"));
    free(printed);
    assert_string_equal(cli_status_text(&c, mv_span_text("red")), "✗ rød");
    assert_string_equal(cli_status_text(&c, mv_span_text("green")), "✓ grønn");
    assert_string_equal(cli_status_text(&c, mv_span_text("none")), "– ingen");
    c.lang = MV_LANG_EN;
    assert_string_equal(cli_status_text(&c, mv_span_text("yellow")),
                        "! yellow");
}

static void bad_input_89_names_are_shown_literally(void **state)
{
    (void)state;
    struct cli c = begin(0);
    struct cli_table *t = cli_table_open(columns, 1);
    cli_table_text(t, "\x1b[2J%s%n$(id)");
    cli_table_print(&c, t);
    cli_table_close(t);
    cli_say(&c, CLI_W_NO_COMMAND, "\x1b[2J{1}%s", "", NULL);
    const char *text = end(&c);
    assert_null(strchr(text, '\x1b'));
    assert_non_null(strstr(text, "\\x1b[2J%s%n$(id)"));
    assert_non_null(strstr(text, "\\x1b[2J{1}%s"));
    free(printed);
}

static void a_sentence_is_there_in_both_languages(void **state)
{
    (void)state;
    struct cli nb = {.lang = MV_LANG_NB}, en = {.lang = MV_LANG_EN};
    for (int w = 1; w < CLI_W_COUNT; w++) {
        const char *a = cli_w(&nb, (cli_word)w), *b = cli_w(&en, (cli_word)w);
        assert_true(*a != '\0' && *b != '\0');
        /* the same places are filled in */
        for (char place[] = "{1}"; place[1] <= '9'; place[1]++) {
            assert_int_equal(strstr(a, place) != NULL,
                             strstr(b, place) != NULL);
        }
    }
}

static void decimals_have_a_comma_in_norwegian(void **state)
{
    (void)state;
    struct cli c = {.lang = MV_LANG_NB};
    struct mv_buf b = {0};
    cli_decimal(&c, mv_span_text("-78.5"), &b);
    assert_string_equal(mv_buf_cstr(&b), "-78,5");
    c.lang = MV_LANG_EN;
    mv_buf_clear(&b);
    cli_decimal(&c, mv_span_text("78.5"), &b);
    assert_string_equal(mv_buf_cstr(&b), "78.5");
    mv_buf_done(&b);
}

/* Nothing is no text: a stream must not be handed what is nowhere. */
static void what_was_held_back_is_said_and_of_nothing_nothing(void **state)
{
    struct screen s;
    struct cli_hush hush;
    (void)state;
    screen_open(&s, MV_LANG_NB, 0);
    cli_hush_begin(&s.cli, &hush);
    cli_hush_end(&s.cli, &hush);
    cli_hush_done(&s.cli, &hush, true);
    (void)fflush(s.cli.err);
    assert_int_equal(s.err_len, 0);
    cli_hush_begin(&s.cli, &hush);
    cli_warn(&s.cli, CLI_W_REP_LINE, "x", NULL);
    cli_hush_end(&s.cli, &hush);
    cli_hush_done(&s.cli, &hush, true);
    assert_string_equal(s.err, "maalvakt: x\n");
    screen_close(&s);
}

static void a_row_of_a_reply_is_a_line_of_json(void **state)
{
    (void)state;
    struct cli c = begin(0);
    struct mv_buf row = {0};
    mv_pack_map(&row, 6);
    mv_pack_kv_u64(&row, "seq", UINT64_MAX);
    mv_pack_kv_i64(&row, "ms", -5);
    mv_pack_kv_cstr(&row, "text", "a\"b");
    mv_pack_kv_bin(&row, "hash", mv_span("\x01\xff", 2));
    mv_pack_cstr(&row, "list");
    mv_pack_list(&row, 2);
    mv_pack_f64(&row, 78.5);
    mv_pack_nil(&row);
    mv_pack_kv_bool(&row, "ok", true);
    cli_json_line(&c, cli_json(mv_buf_span(&row)));
    assert_string_equal(end(&c), "{\"seq\":\"18446744073709551615\",\"ms\":-5,"
                                 "\"text\":\"a\\\"b\",\"hash\":\"01ff\","
                                 "\"list\":[78.5,null],\"ok\":true}\n");
    free(printed);
    assert_int_equal(cli_get_i64(mv_buf_span(&row), "ms"), -5);
    assert_int_equal(cli_get_u64(mv_buf_span(&row), "text"), 0);
    assert_true(cli_get_bool(mv_buf_span(&row), "ok"));
    mv_buf_done(&row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_takes_what_it_needs_when_nothing_bounds_it),
        cmocka_unit_test(a_narrow_terminal_wraps_the_column_that_may_give_way),
        cmocka_unit_test(what_has_no_room_at_all_is_left_out_and_named),
        cmocka_unit_test(words_stay_whole_while_another_column_can_give_way),
        cmocka_unit_test(a_word_wider_than_its_column_goes_on_below),
        cmocka_unit_test(a_word_that_must_be_broken_is_broken_at_a_hyphen),
        cmocka_unit_test(
            sentences_are_wrapped_between_words_and_commands_stay_whole),
        cmocka_unit_test(colour_is_beside_the_text_and_never_in_place_of_it),
        cmocka_unit_test(bad_input_89_names_are_shown_literally),
        cmocka_unit_test(a_sentence_is_there_in_both_languages),
        cmocka_unit_test(decimals_have_a_comma_in_norwegian),
        cmocka_unit_test(what_was_held_back_is_said_and_of_nothing_nothing),
        cmocka_unit_test(a_row_of_a_reply_is_a_line_of_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
