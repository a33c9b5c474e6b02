/* What `maalvakt explain` and `maalvakt watch` print of rows. */
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "services/base/clock.h"
#include "services/base/text.h"
#include "services/cli/change_line.h"
#include "services/cli/explain_rows.h"
#include "services/cli/explain_rule.h"
#include "services/cli/explain_text.h"
#include "services/cli/explain_weights.h"
#include "services/cli/phrase.h"
#include "tests/support/quoted.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

static void pack_change(struct mv_buf *b, const char *needed)
{
    mv_pack_map(b, 19);
    mv_pack_kv_cstr(b, "target", "1535");
    mv_pack_kv_u64(b, "year", 2024);
    mv_pack_kv_cstr(b, "unit", "ahus");
    mv_pack_kv_cstr(b, "unit_name", "Akershus universitetssykehus HF");
    mv_pack_kv_cstr(b, "status", needed[0] == '-' ? "green" : "red");
    mv_pack_kv_cstr(b, "was_status", "green");
    mv_pack_kv_u64(b, "changes_this_year", 3);
    mv_pack_kv_u64(b, "since_seq", 412);
    mv_pack_kv_bool(b, "preliminary", true);
    mv_pack_kv_cstr(b, "value", "66.666666666667");
    mv_pack_kv_cstr(b, "limit", "70");
    mv_pack_kv_cstr(b, "margin", "-3.333333333333");
    mv_pack_kv_cstr(b, "needed", needed);
    mv_pack_kv_cstr(b, "measure", "percent");
    mv_pack_kv_u64(b, "decimals", 1);
    mv_pack_cstr(b, "overdue");
    mv_pack_list(b, 1);
    mv_pack_cstr(b, "2024-T3");
    mv_pack_cstr(b, "marks");
    mv_pack_list(b, 1);
    mv_pack_cstr(b, "unweighted");
    mv_pack_cstr(b, "basis");
    mv_pack_map(b, 4);
    mv_pack_kv_u64(b, "periods", 2);
    mv_pack_kv_u64(b, "of_periods", 3);
    mv_pack_kv_u64(b, "units", 9);
    mv_pack_kv_u64(b, "of_units", 10);
    mv_pack_cstr(b, "title");
    mv_pack_map(b, 1);
    mv_pack_kv_cstr(b, "nb", "Minst 70 prosent av epikrisene innen én dag");
}

static void put_judgement(struct cli_pages *rows, const char *needed)
{
    struct mv_buf b = {0};
    mv_pack_map(&b, 2);
    mv_pack_kv_cstr(&b, "what", "judgement");
    mv_pack_cstr(&b, "judgement");
    pack_change(&b, needed);
    cli_pages_put(rows, mv_buf_span(&b));
    mv_buf_done(&b);
}

static void put_figure(struct cli_pages *rows, uint64_t seq, bool counts)
{
    struct mv_buf b = {0};
    mv_pack_map(&b, 9);
    mv_pack_kv_cstr(&b, "what", "figure");
    mv_pack_kv_cstr(&b, "indicator", "epikrise");
    mv_pack_kv_cstr(&b, "unit", "ahus");
    mv_pack_kv_cstr(&b, "period", "2024-T1");
    mv_pack_kv_cstr(&b, "numerator", "812");
    mv_pack_kv_cstr(&b, "denominator", "12003");
    mv_pack_kv_u64(&b, "seq", seq);
    mv_pack_kv_u64(&b, "row", 2);
    mv_pack_kv_bool(&b, "counts", counts);
    cli_pages_put(rows, mv_buf_span(&b));
    mv_buf_done(&b);
}

/* A record of the journal with a delivery whose second row has a note. */
static void put_record(struct cli_source *source, uint64_t seq)
{
    static const char *const fields[] = {"indicator", "unit", "period", "value",
                                         "note"};
    struct mv_buf d = {0}, b = {0};
    uint8_t chain[32] = {0xab, 0x12};
    mv_pack_map(&d, 6);
    mv_pack_kv_u64(&d, "v", 1);
    mv_pack_kv_cstr(&d, "type", "delivery");
    mv_pack_kv_cstr(&d, "producer", "export");
    mv_pack_kv_u64(&d, "number", 7);
    mv_pack_cstr(&d, "fields");
    mv_pack_list(&d, 5);
    for (size_t i = 0; i < 5; i++)
        mv_pack_cstr(&d, fields[i]);
    mv_pack_cstr(&d, "rows");
    mv_pack_list(&d, 2);
    for (uint64_t i = 0; i < 2; i++) {
        mv_pack_list(&d, 5);
        mv_pack_cstr(&d, "epikrise");
        mv_pack_cstr(&d, "ahus");
        mv_pack_cstr(&d, i == 0 ? "2024-T2" : "2024-T1");
        mv_pack_u64(&d, 66 + i);
        mv_pack_cstr(&d, i == 0 ? "tabell 1" : "tabell 12");
    }
    mv_pack_map(&b, 5);
    mv_pack_kv_u64(&b, "seq", seq);
    mv_pack_kv_i64(&b, "received_ms", INT64_C(1733011200000));
    mv_pack_kv_cstr(&b, "key", "ahus-key");
    mv_pack_kv_bin(&b, "chain", mv_span(chain, sizeof chain));
    mv_pack_kv_bin(&b, "content", mv_buf_span(&d));
    cli_source_put(source, mv_buf_span(&b));
    mv_buf_done(&b);
    mv_buf_done(&d);
}

static int says(struct screen *s, const char *text)
{
    return strstr(screen_text(s), text) != NULL;
}

static void explain(struct screen *s, enum mv_lang lang, size_t width,
                    const char *needed)
{
    struct cli_pages rows = {0};
    struct cli_source *source = cli_source_open(NULL);
    put_record(source, 412);
    put_judgement(&rows, needed);
    put_figure(&rows, 412, true);
    put_figure(&rows, 90, false);
    screen_open(s, lang, width);
    cli_explain_show(&s->cli, &rows, source);
    cli_source_close(source);
    cli_pages_done(&rows);
}

static void a_status_is_told_in_plain_words(void **state)
{
    struct screen s;
    (void)state;
    explain(&s, MV_LANG_NB, 0, "76.2");
    assert_true(says(&s, "66,7 % mot kravet 70,0 %, margin −3,3 pp."));
    assert_true(says(&s, "Foreløpig"));
    assert_true(says(&s, "etter fristen, fra én enhet eller flere: 2024-T3."));
    assert_true(says(&s, "i snitt bli 76,2 %"));
    assert_true(
        says(&s, "2 av 3 perioder fra én enhet eller flere, 9 av 10 enheter"));
    assert_true(says(&s, "Uvektet snitt"));
    assert_true(says(&s, "Slik siden 2024-12-01"));
    screen_close(&s);
}

static void a_status_by_a_forecast_says_so_beside_the_number(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    struct cli_source *source = cli_source_open(NULL);
    struct mv_buf b = {0};
    (void)state;
    mv_pack_map(&b, 2);
    mv_pack_kv_cstr(&b, "what", "judgement");
    mv_pack_cstr(&b, "judgement");
    mv_pack_map(&b, 5);
    mv_pack_kv_cstr(&b, "status", "red");
    mv_pack_kv_cstr(&b, "value", "226790");
    mv_pack_kv_cstr(&b, "limit", "340000");
    mv_pack_kv_cstr(&b, "margin", "-113210");
    mv_pack_kv_cstr(&b, "forecast", "recent(3)");
    cli_pages_put(&rows, mv_buf_span(&b));
    screen_open(&s, MV_LANG_EN, 0);
    cli_explain_show(&s.cli, &rows, source);
    assert_true(says(&s, " by forecast: 226,790 against the limit 340,000, "));
    cli_source_close(source);
    cli_pages_done(&rows);
    mv_buf_done(&b);
    screen_close(&s);
}

static void
a_base_that_is_there_for_longer_is_not_said_to_be_missing(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    struct cli_source *source = cli_source_open(NULL);
    struct mv_buf b = {0};
    (void)state;
    mv_pack_map(&b, 6);
    mv_pack_kv_cstr(&b, "what", "base");
    mv_pack_kv_cstr(&b, "indicator", "liggedogn");
    mv_pack_kv_cstr(&b, "unit", "hso");
    mv_pack_kv_u64(&b, "year", 2024);
    mv_pack_cstr(&b, "missing");
    mv_pack_list(&b, 2);
    mv_pack_cstr(&b, "2024-T1");
    mv_pack_cstr(&b, "2024-T2");
    mv_pack_kv_cstr(&b, "only", "2024");
    cli_pages_put(&rows, mv_buf_span(&b));
    screen_open(&s, MV_LANG_EN, 0);
    cli_explain_show(&s.cli, &rows, source);
    assert_true(says(&s, "liggedogn of hso is there only for 2024 as a whole; "
                         "2024-T1, 2024-T2 by themselves are missing."));
    cli_source_close(source);
    cli_pages_done(&rows);
    mv_buf_done(&b);
    screen_close(&s);
}

static void what_can_no_longer_be_reached_is_said_so(void **state)
{
    struct screen s;
    (void)state;
    explain(&s, MV_LANG_EN, 0, "impossible");
    assert_true(says(&s, "It can no longer hold this year."));
    screen_close(&s);
}

static void a_figure_names_its_record_row_and_place_in_its_source(void **state)
{
    struct screen s;
    (void)state;
    explain(&s, MV_LANG_NB, 0, "76.2");
    assert_true(says(&s, "812 / 12 003"));
    assert_true(says(&s, "412:2"));
    assert_true(says(&s, "tabell 12"));
    assert_false(says(&s, "tabell 1\n"));
    assert_true(says(&s, "teller ikke"));
    screen_close(&s);
}

static void each_record_has_who_when_and_its_hash(void **state)
{
    struct screen s;
    (void)state;
    explain(&s, MV_LANG_NB, 0, "76.2");
    assert_true(says(&s, "ahus-key"));
    assert_true(says(&s, "2024-12-01 01:00:00"));
    assert_true(says(&s, "ab12000000000000…"));
    screen_close(&s);
}

static void an_explanation_fits_a_terminal_of_80(void **state)
{
    struct screen s;
    (void)state;
    explain(&s, MV_LANG_NB, 80, "76.2");
    const char *tables = strstr(screen_text(&s), "\n\n");
    assert_non_null(tables);
    tables = strstr(tables + 2, "\n\n");
    assert_non_null(tables);
    while (*tables != '\0') {
        size_t len = strcspn(tables, "\n");
        assert_in_range(mv_text_columns(mv_span(tables, len)), 0, 80);
        tables += len + (tables[len] == '\n');
    }
    screen_close(&s);
}

static void put_title(struct mv_buf *b, const char *key)
{
    mv_pack_cstr(b, key);
    mv_pack_map(b, 2);
    mv_pack_kv_cstr(b, "nb", "Voksne");
    mv_pack_kv_cstr(b, "en", "Adults");
}

static void put_criterion(struct cli_pages *rows, const char *status)
{
    struct mv_buf b = {0};
    mv_pack_map(&b, 4);
    mv_pack_kv_cstr(&b, "what", "criterion");
    mv_pack_kv_cstr(&b, "measure", "percent_change");
    mv_pack_kv_u64(&b, "decimals", 1);
    mv_pack_cstr(&b, "criterion");
    mv_pack_map(&b, 6);
    mv_pack_kv_cstr(&b, "text", "growth(-1) > 5.5 %");
    mv_pack_kv_cstr(&b, "member", status);
    put_title(&b, "member_title");
    mv_pack_kv_cstr(&b, "status", status);
    mv_pack_kv_cstr(&b, "value", "4.25");
    mv_pack_kv_cstr(&b, "needed", "impossible");
    cli_pages_put(rows, mv_buf_span(&b));
    mv_buf_done(&b);
}

static void what_missed_stands_first_and_a_growth_is_a_percent(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    (void)state;
    put_criterion(&rows, "green");
    put_criterion(&rows, "red");
    screen_open(&s, MV_LANG_EN, 0);
    cli_explain_criteria(&s.cli, &rows);
    const char *red = strstr(screen_text(&s), "✗ red ");
    const char *green = strstr(screen_text(&s), "✓ green ");
    assert_true(red != NULL && green > red);
    assert_true(says(&s, "4.3 %"));
    assert_true(says(&s, "impossible"));
    assert_true(says(&s, "Adults"));
    cli_pages_done(&rows);
    screen_close(&s);
}

/* The numbers of the whole are of one criterion: of the second here. */
static void the_member_that_the_numbers_are_of_is_named(void **state)
{
    static const char *const texts[] = {
        "{'what':'criterion','criterion':{'member':'som','value':'61'}}",
        "{'what':'criterion','criterion':{'value':'66.666666666667','limit':"
        "'70','member':'vop','member_title':{'nb':'Voksne'}}}"};
    struct screen s;
    struct cli_pages rows = {0};
    struct cli_source *source = cli_source_open(NULL);
    (void)state;
    put_judgement(&rows, "76.2");
    for (size_t i = 0; i < 2; i++) {
        struct mv_buf row = {0};
        test_quoted(&row, texts[i]);
        cli_pages_put(&rows, mv_buf_span(&row));
        mv_buf_done(&row);
    }
    screen_open(&s, MV_LANG_NB, 0);
    cli_explain_show(&s.cli, &rows, source);
    cli_source_close(source);
    assert_true(says(&s, "66,7 % (Voksne) mot kravet 70,0 %"));
    cli_pages_done(&rows);
    screen_close(&s);
}

/* Two criteria of which the second left nobody out; needed: what the rest must
 * be of a share that nothing can take below its limit. */
static void who_was_left_out_is_said_and_not_what_is_secured(void **state)
{
    static const char *const texts[] = {
        "{'what':'criterion','left_out':['ahus','ous'],'measure':'percent',"
        "'decimals':1,'criterion':{'text':"
        "'value < 90 %','status':'green','value':'40','needed':'120.5',"
        "'needed_is':'<','needed_why':'secured'}}",
        "{'what':'criterion','measure':'percent','decimals':1,'criterion':"
        "{'text':'value < 80 %','status':"
        "'green','value':'40','needed':'72.5','needed_is':'<'}}"};
    struct screen s;
    struct cli_pages rows = {0};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct mv_buf row = {0};
        test_quoted(&row, texts[i]);
        cli_pages_put(&rows, mv_buf_span(&row));
        mv_buf_done(&row);
    }
    screen_open(&s, MV_LANG_EN, 0);
    cli_explain_criteria(&s.cli, &rows);
    const char *first = strstr(screen_text(&s), "value < 90 %");
    const char *out = strstr(screen_text(&s), "         without: ahus, ous\n");
    const char *second = strstr(screen_text(&s), "value < 80 %");
    assert_true(first != NULL && first < out && out < second);
    assert_null(strstr(second, "without"));
    assert_true(says(&s, "< 72.5 %"));
    assert_null(strstr(s.out, "120"));
    cli_pages_done(&rows);
    screen_close(&s);
}

static void put_texts(struct mv_buf *b, const char *key, const char *text)
{
    mv_pack_cstr(b, key);
    mv_pack_list(b, text != NULL);
    if (text != NULL)
        mv_pack_cstr(b, text);
}

static void put_rule(struct cli_pages *rows, const char *yellow,
                     const char *forecast)
{
    struct mv_buf b = {0};
    mv_pack_map(&b, 6);
    mv_pack_kv_cstr(&b, "what", "rule");
    put_texts(&b, "require", "each tjeneste: value >= 70 %");
    put_texts(&b, "yellow", yellow);
    mv_pack_kv_cstr(&b, "combine", "whole");
    mv_pack_kv_cstr(&b, "compare", "displayed");
    mv_pack_kv_cstr(&b, "forecast", forecast);
    cli_pages_put(rows, mv_buf_span(&b));
    mv_buf_clear(&b);
    mv_pack_map(&b, 7);
    mv_pack_kv_cstr(&b, "what", "indicator");
    mv_pack_kv_cstr(&b, "indicator", "epikrise");
    mv_pack_kv_cstr(&b, "measure", "percent");
    mv_pack_kv_u64(&b, "decimals", 1);
    mv_pack_kv_cstr(&b, "over_periods", "ratio");
    mv_pack_kv_cstr(&b, "over_units", "ratio");
    mv_pack_kv_cstr(&b, "total", "none");
    cli_pages_put(rows, mv_buf_span(&b));
    mv_buf_done(&b);
}

static void what_is_asked_is_said_with_how_it_adds_up(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    (void)state;
    put_rule(&rows, "each tjeneste: value >= 66.5 %", "recent(3)");
    put_criterion(&rows, "green");
    put_criterion(&rows, "red");
    put_criterion(&rows, "none");
    screen_open(&s, MV_LANG_NB, 0);
    cli_explain_rule(&s.cli, &rows);
    assert_true(says(&s, "Grønn når: each tjeneste: value >= 70 %"));
    assert_true(says(&s, "Ellers gul når: each tjeneste: value >= 66.5 %"));
    assert_true(says(&s, "rødt når ett er rødt"));
    assert_true(says(&s, "holdes utenfor: 1 av 3. Grunnen"));
    assert_true(says(&s, "slik de vises"));
    assert_true(says(&s, "snittet av de siste 3 som er inne, eller av færre "
                         "der færre er inne (av en andel teller og nevner"));
    assert_true(says(&s, "enhet for enhet og del for del."));
    assert_true(says(&s, "enhetenes tellere og nevnere legges sammen."));
    screen_close(&s);
    cli_pages_done(&rows);
    put_rule(&rows, NULL, "seasonal");
    put_criterion(&rows, "red");
    screen_open(&s, MV_LANG_EN, 0);
    cli_explain_rule(&s.cli, &rows);
    assert_true(says(&s, "Else red; no yellow is described."));
    assert_false(says(&s, "if all criteria are green"));
    assert_true(says(&s, "the same period last year"));
    assert_true(
        says(&s, "without the whole of last year, the mean of the last 3"));
    assert_true(says(&s, "of each unit and member by itself."));
    screen_close(&s);
    cli_pages_done(&rows);
}

static void put_piece(struct cli_pages *rows, const char *what,
                      const char *unit, const char *share, const char *pull)
{
    struct mv_buf b = {0};
    bool term = strcmp(what, "term") == 0;
    mv_pack_map(&b, 14);
    mv_pack_kv_cstr(&b, "what", what);
    mv_pack_kv_cstr(&b, "criterion", "each tjeneste: value >= 70 %");
    mv_pack_kv_cstr(&b, "member", "vop");
    put_title(&b, "member_title");
    mv_pack_kv_cstr(&b, "of_member", "vop");
    put_title(&b, "of_member_title");
    mv_pack_kv_cstr(&b, "kind", "value");
    mv_pack_kv_cstr(&b, "indicator", "epikrise");
    mv_pack_kv_cstr(&b, "unit", unit);
    mv_pack_kv_u64(&b, "year", 2024);
    mv_pack_kv_cstr(&b, "value", "66.7");
    mv_pack_kv_cstr(&b, "share", share);
    if (term)
        put_texts(&b, "missing", "2024-T3");
    else
        mv_pack_kv_cstr(&b, "pull", pull);
    put_texts(&b, "assumed", NULL);
    cli_pages_put(rows, mv_buf_span(&b));
    mv_buf_done(&b);
}

static void
terms_say_what_is_missing_and_the_heaviest_stands_first(void **state)
{
    struct screen s;
    struct cli_pages rows = {0};
    (void)state;
    put_rule(&rows, NULL, "recent(3)");
    put_piece(&rows, "term", "hso", "", "");
    put_piece(&rows, "weight", "ahus", "60", "0.5");
    put_piece(&rows, "weight", "ous", "40", "-3.25");
    screen_open(&s, MV_LANG_NB, 0);
    cli_explain_terms(&s.cli, &rows);
    assert_true(says(&s, "uten, fra én enhet eller flere: 2024-T3"));
    assert_true(says(&s, "epikrise: Voksne"));
    assert_false(says(&s, "vop"));
    assert_true(says(&s, "each tjeneste: value >= 70 %, Voksne"));
    assert_false(says(&s, "ahus"));
    cli_explain_weights(&s.cli, &rows);
    const char *ous = strstr(screen_text(&s), "ous");
    const char *ahus = strstr(screen_text(&s), "ahus");
    assert_true(ous != NULL && ahus > ous);
    assert_true(says(&s, "40,0 %  −3,3 pp"));
    assert_true(says(&s, "60,0 %  +0,5 pp"));
    screen_close(&s);
    cli_pages_done(&rows);
}

/* 1.5 less 0.4 is not 1.2: with one decimal more it is. Nor are 59.7 and 59.7
 * apart by something. */
static void shown_numbers_differ_by_the_shown_margin(void **state)
{
    (void)state;
    static const struct {
        const char *value, *limit, *margin;
        unsigned decimals;
    } cases[] = {{"1.511879049676", "0.359712230216", "1.15216681946", 2},
                 {"59.74", "59.71", "-0.03", 2},
                 {"43.15", "43.13", "-0.02", 2},
                 {"66.7", "70", "-3.3", 1},
                 /* thirds never add up */
                 {"66.666666666667", "33.333333333333", "33.333333333334", 1},
                 {"1", "", "", 1}};
    for (size_t i = 0; i < CLI_COUNT(cases); i++) {
        const struct cli_shown f = cli_shown_adding(
            (struct cli_shown){mv_span_text("percent"), 1},
            mv_span_text(cases[i].value), mv_span_text(cases[i].limit),
            mv_span_text(cases[i].margin));
        assert_int_equal(f.decimals, cases[i].decimals);
    }
}

static void records_are_listed_once_and_in_order(void **state)
{
    struct cli_pages rows = {0};
    size_t count;
    (void)state;
    put_figure(&rows, 9, true);
    put_figure(&rows, 4, true);
    put_figure(&rows, 9, false);
    put_judgement(&rows, "1");
    uint64_t *seqs = cli_explain_seqs(&rows, &count);
    assert_int_equal(count, 3);
    assert_int_equal(seqs[0], 4);
    assert_int_equal(seqs[1], 9);
    assert_int_equal(seqs[2], 412);
    free(seqs);
    cli_pages_done(&rows);
}

static void show_change(struct screen *s, size_t width)
{
    struct mv_buf change = {0}, cause = {0};
    mv_pack_map(&cause, 2);
    mv_pack_kv_cstr(&cause, "kind", "correction");
    mv_pack_kv_u64(&cause, "seq", 412);
    pack_change(&change, "76.2");
    struct cli_happening h = {INT64_C(1733011200000), 17, mv_buf_span(&cause)};
    screen_open(s, MV_LANG_NB, width);
    cli_change_show(&s->cli, &h, mv_buf_span(&change));
    mv_buf_done(&change);
    mv_buf_done(&cause);
}

static void a_change_is_one_line_with_before_and_cause(void **state)
{
    struct screen s;
    (void)state;
    show_change(&s, 0);
    assert_true(says(&s, "2024-12-01 01:00:00  "));
    assert_true(says(&s, cli_w(&s.cli, CLI_W_RED)));
    assert_true(says(&s, "66,7 % mot 70,0 %, foreløpig, før "));
    assert_true(says(&s, cli_w(&s.cli, CLI_W_GREEN)));
    assert_true(says(&s, "rettelse, post 412\n"));
    screen_close(&s);
}

static void a_change_fits_where_its_title_can_give_way(void **state)
{
    struct screen s;
    (void)state;
    show_change(&s, 130);
    assert_in_range(screen_widest(&s), 100, 130);
    assert_true(says(&s, "…  66,7 %"));
    screen_close(&s);
    show_change(&s, 80);
    assert_in_range(screen_widest(&s), 60, 80);
    assert_true(says(&s, "\n          66,7 %"));
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_status_is_told_in_plain_words),
        cmocka_unit_test(a_status_by_a_forecast_says_so_beside_the_number),
        cmocka_unit_test(
            a_base_that_is_there_for_longer_is_not_said_to_be_missing),
        cmocka_unit_test(what_can_no_longer_be_reached_is_said_so),
        cmocka_unit_test(a_figure_names_its_record_row_and_place_in_its_source),
        cmocka_unit_test(each_record_has_who_when_and_its_hash),
        cmocka_unit_test(an_explanation_fits_a_terminal_of_80),
        cmocka_unit_test(what_missed_stands_first_and_a_growth_is_a_percent),
        cmocka_unit_test(the_member_that_the_numbers_are_of_is_named),
        cmocka_unit_test(who_was_left_out_is_said_and_not_what_is_secured),
        cmocka_unit_test(what_is_asked_is_said_with_how_it_adds_up),
        cmocka_unit_test(
            terms_say_what_is_missing_and_the_heaviest_stands_first),
        cmocka_unit_test(shown_numbers_differ_by_the_shown_margin),
        cmocka_unit_test(records_are_listed_once_and_in_order),
        cmocka_unit_test(a_change_is_one_line_with_before_and_cause),
        cmocka_unit_test(a_change_fits_where_its_title_can_give_way),
    };
    struct mv_err err = {0};
    if (mv_clock_init(&err) != MV_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
