/* What is said of each kind of act, whole and with each field left out or
 * wrong, in both languages: tests/data/drawn/acts.txt. */
#include <stdio.h>

#include "services/cli/act.h"
#include "tests/support/golden.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

static const char *const good[CLI_ACT_FIELDS] = {
    [CLI_ACT_TARGET] = "1170",      [CLI_ACT_COMMISSION] = "nye-metoder",
    [CLI_ACT_INDICATOR] = "vent",   [CLI_ACT_REPORT] = "year",
    [CLI_ACT_UNIT] = "hso",         [CLI_ACT_YEAR] = "2024",
    [CLI_ACT_STATUS] = "gul",       [CLI_ACT_DUE] = "2024-03-01",
    [CLI_ACT_ON] = "2024-02-28",    [CLI_ACT_UNTIL] = "2024-12-31",
    [CLI_ACT_COMMENT] = "Oppfylt.", [CLI_ACT_AUTHOR] = "Kari Nordmann",
};
static const char *const bad[] = {"",          "20x4",       "20244",
                                  "x y",       "none",       "2024-02-30",
                                  "half-year", "01010750160"};

static struct cli_act whole(mv_statement_kind kind)
{
    struct cli_act a = {.kind = kind};
    for (cli_act_field f = 0; f < CLI_ACT_FIELDS; f++)
        a.at[f] = mv_span_text(cli_act_takes(kind, f) ? good[f] : "");
    if (kind == MV_STATEMENT_ASSESSMENT)
        a.at[CLI_ACT_COMMISSION] = mv_span("", 0);
    return a;
}

/* Its fault, or the sentence of its frame. */
static void tell(struct cli *c, const struct cli_act *a, const char *what,
                 struct mv_buf *out)
{
    struct mv_buf why = {0}, frame = {0};
    bool wrong = cli_act_fault(c, a, &why);
    if (!wrong) {
        cli_act_put(a, "acts", 7, &frame);
        assert_true(cli_act_say(c, mv_buf_span(&frame), &why));
    }
    mv_buf_printf(out, "%s: %s%s\n", what, wrong ? "no, " : "",
                  mv_buf_cstr(&why));
    mv_buf_done(&frame);
    mv_buf_done(&why);
}

static void tell_all(struct cli *c, struct mv_buf *out)
{
    for (mv_statement_kind kind = 0; kind < MV_STATEMENT_KINDS; kind++) {
        struct cli_act a = whole(kind);
        mv_buf_printf(out, "> %d\n", (int)kind);
        tell(c, &a, "whole", out);
        for (cli_act_field f = 0; f < CLI_ACT_FIELDS; f++) {
            struct mv_span was = a.at[f];
            if (!cli_act_takes(kind, f))
                continue;
            for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
                char what[64];
                (void)snprintf(what, sizeof what, "%s=%s",
                               cli_act_field_name(f), bad[i]);
                a.at[f] = mv_span_text(bad[i]);
                tell(c, &a, what, out);
            }
            a.at[f] = was;
        }
    }
}

static void every_field_of_every_kind_has_its_words(void **state)
{
    (void)state;
    static const enum mv_lang langs[] = {MV_LANG_NB, MV_LANG_EN};
    struct mv_buf text = {0};
    for (size_t i = 0; i < 2; i++) {
        struct screen s;
        screen_open(&s, langs[i], 0);
        tell_all(&s.cli, &text);
        screen_close(&s);
    }
    test_golden("tests/data/drawn/acts.txt", mv_buf_span(&text));
    mv_buf_done(&text);
}

static void a_frame_of_no_kind_is_not_told(void **state)
{
    (void)state;
    struct screen s;
    struct mv_buf why = {0};
    screen_open(&s, MV_LANG_NB, 0);
    assert_false(cli_act_say(&s.cli, mv_span("\x80", 1), &why));
    assert_false(
        cli_act_say(&s.cli, mv_span("\x81\xa4type\xa4moon", 11), &why));
    assert_int_equal(why.len, 0);
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_of_every_kind_has_its_words),
        cmocka_unit_test(a_frame_of_no_kind_is_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
