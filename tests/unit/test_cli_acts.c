/* What a person decides, from words or a file to the frame that is sent, and
 * back to a sentence. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/msg.h"
#include "services/cli/act_sheet.h"
#include "services/cli/conflict_text.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

static struct cli_act act_of(mv_statement_kind kind)
{
    struct cli_act a = {.kind = kind};
    for (size_t f = 0; f < CLI_ACT_FIELDS; f++)
        a.at[f] = mv_span("", 0);
    return a;
}

static struct cli_act whole(void)
{
    struct cli_act a = act_of(MV_STATEMENT_ASSESSMENT);
    a.at[CLI_ACT_TARGET] = mv_span_text("1170");
    a.at[CLI_ACT_UNIT] = mv_span_text("hso");
    a.at[CLI_ACT_YEAR] = mv_span_text("2024");
    a.at[CLI_ACT_STATUS] = mv_span_text("grønn");
    a.at[CLI_ACT_COMMENT] = mv_span_text("Oppfylt.");
    a.at[CLI_ACT_AUTHOR] = mv_span_text("Kari Nordmann");
    return a;
}

static void assert_fault(const struct cli_act *a, const char *part)
{
    struct screen s;
    struct mv_buf why = {0};
    screen_open(&s, MV_LANG_NB, 0);
    assert_true(cli_act_fault(&s.cli, a, &why));
    if (strstr(mv_buf_cstr(&why), part) == NULL)
        fail_msg("no '%s' in '%s'", part, mv_buf_cstr(&why));
    mv_buf_done(&why);
    screen_close(&s);
}

static void a_norwegian_status_is_the_protocols_word_in_the_frame(void **state)
{
    (void)state;
    struct cli_act a = whole();
    struct mv_msg_assessment m;
    struct mv_fault fault;
    struct mv_buf frame = {0}, why = {0};
    struct screen s;
    screen_open(&s, MV_LANG_NB, 0);
    assert_false(cli_act_fault(&s.cli, &a, &why));
    cli_act_put(&a, "acts", 7, &frame);
    assert_true(mv_msg_assessment_decode(mv_buf_span(&frame), &m, &fault));
    assert_int_equal(m.number, 7);
    assert_int_equal(m.year, 2024);
    assert_true(mv_span_is(m.status, "green"));
    assert_true(mv_span_is(m.comment, "Oppfylt."));
    assert_null(m.commission.at);
    assert_null(m.until.at);
    assert_true(cli_act_say(&s.cli, mv_buf_span(&frame), &why));
    assert_string_equal(mv_buf_cstr(&why),
                        "1170 for hso i 2024: vurdert til ✓ grønn");
    mv_buf_done(&frame);
    mv_buf_done(&why);
    screen_close(&s);
}

static void what_is_missing_or_wrong_is_named(void **state)
{
    (void)state;
    struct cli_act a = whole();
    a.at[CLI_ACT_AUTHOR] = mv_span("", 0);
    assert_fault(&a, "forfatter mangler");
    a = whole();
    a.at[CLI_ACT_STATUS] = mv_span_text("blå");
    assert_fault(&a, "green yellow red none");
    a = whole();
    a.at[CLI_ACT_YEAR] = mv_span_text("24");
    assert_fault(&a, "år 24 er ikke et år");
    a = whole();
    a.at[CLI_ACT_UNTIL] = mv_span_text("2024-02-30");
    assert_fault(&a, "til 2024-02-30 er ingen dag");
    a = whole();
    a.at[CLI_ACT_COMMISSION] = mv_span_text("nye-metoder");
    assert_fault(&a, "enten et mål eller et oppdrag");
    a = whole();
    a.at[CLI_ACT_UNIT] = mv_span_text("HSO");
    assert_fault(&a, "enhet");
    a = act_of(MV_STATEMENT_DELIVERED);
    a.at[CLI_ACT_COMMISSION] = mv_span_text("nye-metoder");
    a.at[CLI_ACT_UNIT] = mv_span_text("hso");
    a.at[CLI_ACT_YEAR] = mv_span_text("2024");
    assert_fault(&a, "frist mangler");
}

static void an_identity_number_in_a_comment_is_seen_before_it_is_sent(void **s)
{
    (void)s;
    struct cli_act a = whole();
    a.at[CLI_ACT_COMMENT] = mv_span_text("gjelder 01010750160");
    assert_fault(&a, "fødselsnummer");
}

/* One frame of each kind, read by the protocol's own reader. */
static void every_kind_is_a_frame_that_ingest_reads(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, MV_LANG_EN, 0);
    for (int kind = 0; kind < MV_STATEMENT_KINDS; kind++) {
        struct cli_act a = act_of((mv_statement_kind)kind);
        struct mv_buf text = {0}, frame = {0};
        struct mv_span type;
        for (size_t f = 0; f < CLI_ACT_FIELDS; f++)
            a.at[f] = mv_span_text("x1");
        a.at[CLI_ACT_COMMISSION] = kind == MV_STATEMENT_ASSESSMENT
                                       ? mv_span("", 0)
                                       : mv_span_text("x1");
        a.at[CLI_ACT_REPORT] = mv_span_text("half-year");
        a.at[CLI_ACT_STATUS] = mv_span_text("none");
        a.at[CLI_ACT_YEAR] = mv_span_text("2023");
        a.at[CLI_ACT_DUE] = a.at[CLI_ACT_ON] = a.at[CLI_ACT_UNTIL] =
            mv_span_text("2023-10-15");
        if (cli_act_fault(&s.cli, &a, &text))
            fail_msg("kind %d: %s", kind, mv_buf_cstr(&text));
        cli_act_put(&a, "acts", 1, &frame);
        assert_int_not_equal(mv_msg_peek(mv_buf_span(&frame), &type),
                             MV_MSG_NONE);
        assert_true(cli_act_say(&s.cli, mv_buf_span(&frame), &text));
        assert_true(text.len > 10);
        mv_buf_done(&frame);
        mv_buf_done(&text);
    }
    assert_false(cli_act_say(&s.cli, mv_span("\x80", 1), NULL));
    screen_close(&s);
}

static char path[] = "/tmp/mv-acts-XXXXXX";

static bool read_sheet(struct screen *s, const struct cli_act *more,
                       const char *text, struct cli_act_sheet *sheet)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    return cli_act_sheet_read(&s->cli, more, path, sheet);
}

static void a_file_gives_an_act_a_row_with_its_line_and_its_source(void **state)
{
    (void)state;
    struct screen s;
    struct cli_act more = act_of(MV_STATEMENT_DELIVERED);
    struct cli_act_sheet sheet = {0};
    screen_open(&s, MV_LANG_NB, 0);
    more.at[CLI_ACT_AUTHOR] = mv_span_text("Helse Sør-Øst RHF");
    assert_true(read_sheet(
        &s, &more,
        "Oppdrag;enhet;år;frist;levert;kommentar;kilde\r\n\r\n"
        "nye-metoder;hso;2024;2024-04-01;;\"Sendt; dagen er ukjent.\";"
        "kap. 2.3\r\n"
        "digitalt;hso;2024;2024-05-01;2024-05-15;Sent.;\r\n",
        &sheet));
    assert_int_equal(sheet.count, 2);
    assert_int_equal(sheet.acts[0].line, 3);
    assert_int_equal(sheet.acts[1].line, 4);
    assert_true(mv_span_is(sheet.acts[0].at[CLI_ACT_COMMENT],
                           "Sendt; dagen er ukjent. (kap. 2.3)"));
    assert_int_equal(sheet.acts[0].at[CLI_ACT_ON].len, 0);
    assert_true(mv_span_is(sheet.acts[1].at[CLI_ACT_COMMENT], "Sent."));
    assert_true(
        mv_span_is(sheet.acts[1].at[CLI_ACT_AUTHOR], "Helse Sør-Øst RHF"));
    cli_act_sheet_done(&sheet);
    screen_close(&s);
}

static void assert_said(struct screen *s, const char *part)
{
    (void)fflush(s->cli.err);
    if (strstr(s->err, part) == NULL)
        fail_msg("no '%s' in '%s'", part, s->err);
}

static void every_wrong_row_of_a_file_is_named_and_none_is_taken(void **state)
{
    (void)state;
    struct screen s;
    struct cli_act more = act_of(MV_STATEMENT_ASSESSMENT);
    struct cli_act_sheet sheet = {0};
    screen_open(&s, MV_LANG_NB, 0);
    assert_false(read_sheet(&s, &more,
                            "target,unit,year,status,comment,author\n"
                            "1170,hso,2024,green,ja,K\n"
                            "1180,hso,2024,blue,ja,K\n"
                            "1190,hso,2024\n"
                            "1200,hso,202,red,ja,K\n",
                            &sheet));
    assert_int_equal(sheet.faults, 3);
    assert_said(&s, ":3: status blue er ikke");
    assert_said(&s, ":4: raden har ikke");
    assert_said(&s, ":5: år 202 er ikke et år");
    cli_act_sheet_done(&sheet);
    assert_false(read_sheet(&s, &more, "target;unit;frist\n1;2;3\n", &sheet));
    assert_said(&s, ":1: kolonnen `frist` hører ikke");
    cli_act_sheet_done(&sheet);
    assert_false(read_sheet(&s, &more, "target;unit\n\"1;2\n", &sheet));
    assert_said(&s, "anførselstegn");
    cli_act_sheet_done(&sheet);
    assert_false(read_sheet(&s, &more, "", &sheet));
    cli_act_sheet_done(&sheet);
    screen_close(&s);
}

static int make(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int clear(void **state)
{
    (void)state;
    return unlink(path);
}

static void a_status_is_the_same_in_capitals(void **state)
{
    static const char *const said[][2] = {{"GRØNN", "green"},
                                          {"Gronn", "green"},
                                          {"gUL", "yellow"},
                                          {"Rød", "red"},
                                          {"ROD", "red"},
                                          {"INGEN", "none"},
                                          {"Green", "green"},
                                          {"YELLOW", "yellow"},
                                          {"red", "red"},
                                          {"blå", "blå"},
                                          {"rødt", "rødt"},
                                          {"r", "r"},
                                          {"", ""}};
    (void)state;
    for (size_t i = 0; i < CLI_COUNT(said); i++)
        assert_true(
            mv_span_is(cli_act_status(mv_span_text(said[i][0])), said[i][1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_norwegian_status_is_the_protocols_word_in_the_frame),
        cmocka_unit_test(a_status_is_the_same_in_capitals),
        cmocka_unit_test(what_is_missing_or_wrong_is_named),
        cmocka_unit_test(
            an_identity_number_in_a_comment_is_seen_before_it_is_sent),
        cmocka_unit_test(every_kind_is_a_frame_that_ingest_reads),
        cmocka_unit_test(
            a_file_gives_an_act_a_row_with_its_line_and_its_source),
        cmocka_unit_test(every_wrong_row_of_a_file_is_named_and_none_is_taken),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
