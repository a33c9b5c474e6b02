/* What the command line makes of rows as the evaluator gives them, of a world
 * with one of everything: whole pages, in both languages. tests/data/drawn. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "proto/pack.h"
#include "services/base/clock.h"
#include "services/cli/check_text.h"
#include "services/cli/explain_text.h"
#include "services/cli/report.h"
#include "services/cli/status_table.h"
#include "tests/support/asking.h"
#include "tests/support/golden.h"
#include "tests/support/one_of_each.h"
#include "tests/support/screen.h"

#define WIDE   100
#define NARROW 60

static void put_rows(struct fixture *f, const char *verb, const char *args,
                     struct cli_pages *ret)
{
    struct test_answer a = {0};
    assert_int_equal(test_ask(&f->w, verb, args, &a), MV_OK);
    for (uint32_t i = 0; i < a.rows; i++)
        cli_pages_put(ret, a.row[i]);
    test_answer_done(&a);
}

/* The journal, as ingest would give it. */
static struct cli_source *source_of(const struct fixture *f)
{
    struct cli_source *source = cli_source_open(NULL);
    for (uint64_t seq = 1; seq <= f->j.count; seq++) {
        struct mv_record r = test_journal_record(&f->j, seq);
        struct mv_buf b = {0};
        mv_pack_map(&b, 5);
        mv_pack_kv_u64(&b, "seq", seq);
        mv_pack_kv_i64(&b, "received_ms", r.received_ms);
        mv_pack_kv_cstr(&b, "key", r.key_name);
        mv_pack_kv_bin(&b, "chain", mv_span(r.chain, sizeof r.chain));
        mv_pack_kv_bin(&b, "content", r.content);
        cli_source_put(source, mv_buf_span(&b));
        mv_buf_done(&b);
    }
    return source;
}

typedef void show_rows(struct cli *c, const struct cli_pages *rows,
                       struct cli_source *source);

static void show_status(struct cli *c, const struct cli_pages *rows,
                        struct cli_source *source)
{
    struct cli_status_counts counts;
    cli_status_show(c, rows, source, &counts);
    cli_status_summary(c, &counts);
}

static void show_check(struct cli *c, const struct cli_pages *rows,
                       struct cli_source *source)
{
    struct cli_check_counts counts;
    cli_check_show(c, rows, source, &counts);
}

static void append(struct fixture *f, struct screen *s, const char *verb,
                   const char *args, enum mv_lang lang)
{
    mv_buf_printf(&f->text, "> %s %s (%s)", verb, args,
                  lang == MV_LANG_NB ? "nb" : "en");
    if (s->cli.width != WIDE && s->cli.width != 0)
        mv_buf_printf(&f->text, " %zu columns", s->cli.width);
    mv_buf_printf(&f->text, "\n%s", screen_text(s));
}

static void draw_in(struct fixture *f, enum mv_lang lang, size_t width,
                    const char *verb, const char *args, show_rows *show)
{
    struct screen s;
    struct cli_pages rows = {0};
    struct cli_source *source = source_of(f);
    put_rows(f, verb, args, &rows);
    screen_open(&s, lang, width);
    show(&s.cli, &rows, source);
    append(f, &s, verb, args, lang);
    screen_close(&s);
    cli_source_close(source);
    cli_pages_done(&rows);
}

static void draw(struct fixture *f, const char *verb, const char *args,
                 show_rows *show)
{
    draw_in(f, MV_LANG_NB, WIDE, verb, args, show);
    draw_in(f, MV_LANG_EN, WIDE, verb, args, show);
}

static void held(struct fixture *f, const char *path)
{
    test_golden(path, mv_buf_span(&f->text));
}

static void explain_tells_why(void **state)
{
    struct fixture *f = *state;
    static const char *const asked[] = {
        "target=som-alle unit=sor year=2024",
        "target=som-alle unit=ous year=2024",
        "target=kortere unit=ahus year=2024",
        "target=kortere unit=sor year=2024",
        "target=vekst unit=sor year=2024",
        "target=vekst unit=ahus year=2024",
        "target=arstid unit=sor year=2024",
        "target=lavest unit=sor year=2024",
        "target=tetthet unit=ahus year=2024",
        "target=bare unit=ous year=2024",
        "target=sagt unit=sor year=2024",
        "commission=plan unit=sor year=2024",
        "commission=varsel unit=sor year=2024",
        "commission=varsel unit=vest year=2024",
    };
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        draw(f, "explain", asked[i], cli_explain_show);
    held(f, "tests/data/drawn/explain.txt");
}

/* Of a region: one small trust, one that is excepted, one without figures. */
static int five_trusts(void **state)
{
    static const char units[] =
        "units:\n  - {id: sor, name: Helse Sør, kind: region}\n"
        "  - {id: ahus, name: Ahus, kind: trust, parent: sor}\n"
        "  - {id: ous, name: OUS, kind: trust, parent: sor}\n"
        "  - {id: sshf, name: Sørlandet, kind: trust, parent: sor}\n"
        "  - {id: siv, name: Vestfold, kind: trust, parent: sor}\n"
        "  - {id: sunnaas, name: Sunnaas, kind: trust, parent: sor}\n";
    static const char indicators[] =
        "indicators:\n  - {id: epikrise, title: Epikriser, frequency: A_3,\n"
        "     measure: percent, better: higher, over_periods: ratio,\n"
        "     over_units: ratio, by: trust, due: 45 d, min_denominator: 5,\n"
        "     except: [sunnaas]}\n";
    static const char targets[] =
        "targets:\n  - {id: halve, year: 2024, text: Halvparten, scope:\n"
        "     [region], indicator: epikrise, require: ['value >= 50 %',\n"
        "     'share(units: value >= 60 %) >= 50 %', 'lowest >= 20 %']}\n"
        "  - {id: bare, year: 2024, text: Bare andelen, scope: [region],\n"
        "     indicator: epikrise, require:\n"
        "     ['share(units: value >= value(-1)) >= 50 %']}\n"
        "  - {id: ulike, year: 2023, text: I fjor, scope: [region],\n"
        "     indicator: epikrise, require: ['value >= 70 %', 'value >= 0 "
        "%']}\n";
    struct fixture *f = mv_xcalloc(1, sizeof *f);
    test_world_make(&f->w);
    assert_int_equal(test_world_start(&f->w, NULL), MV_OK);
    test_journal_day(&f->j, "2024-06-20");
    test_journal_catalogue(&f->j, units, indicators, targets);
    test_journal_delivery(&f->j, "epikrise - ahus 2024-T1 66/100\n"
                                 "epikrise - ous 2024-T1 40/80\n"
                                 "epikrise - sshf 2024-T1 1/4\n"
                                 "epikrise - sunnaas 2024-T1 9/10\n"
                                 "epikrise - ahus 2023-T1 60/100\n"
                                 "epikrise - ahus 2023-T2 66/100\n"
                                 "epikrise - ous 2023-T1 60/100\n");
    test_world_run(&f->w, &f->j, 0, 3);
    *state = f;
    return 0;
}

static void explain_tells_the_units_of_a_share(void **state)
{
    struct fixture *f = *state;
    draw(f, "explain", "target=halve unit=sor year=2024", cli_explain_show);
    draw(f, "explain", "target=bare unit=sor year=2024", cli_explain_show);
    draw(f, "explain", "target=ulike unit=sor year=2023", cli_explain_show);
    held(f, "tests/data/drawn/units.txt");
}

/* Of one there is a last year to go by, of another none; a count that stands
 * until the next; and days, which are too many to be named. */
static int three_forecasts(void **state)
{
    static const char units[] =
        "units:\n  - {id: sor, name: Helse Sør, kind: region}\n"
        "  - {id: ahus, name: Ahus, kind: trust, parent: sor}\n"
        "  - {id: ous, name: OUS, kind: trust, parent: sor}\n";
    static const char indicators[] =
        "indicators:\n  - {id: senger, title: Senger, measure: count,\n"
        "     frequency: A_3, over_periods: sum, over_units: sum, by: trust}\n"
        "  - {id: venter, title: Venter, measure: count, frequency: A_3,\n"
        "     over_periods: last, over_units: none, by: trust}\n"
        "  - {id: tid, title: Tid, measure: days, frequency: D,\n"
        "     over_periods: mean, over_units: none, by: trust}\n";
    static const char targets[] =
        "targets:\n  - {id: nok, year: 2024, text: Nok senger, scope:\n"
        "     [region], indicator: senger, require: ['value >= 60'],\n"
        "     forecast: seasonal}\n"
        "  - {id: flere, year: 2024, text: Flere senger, scope: [trust],\n"
        "     indicator: senger, require: ['value > value(-1)'],\n"
        "     forecast: recent(2)}\n"
        "  - {id: faa, year: 2024, text: Få venter, scope: [trust],\n"
        "     indicator: venter, require: ['value < 5'], forecast: "
        "recent(2)}\n"
        "  - {id: kort, year: 2024, text: Kort tid, scope: [trust],\n"
        "     indicator: tid, require: ['value < 5 days',\n"
        "     'value < value(-1)', '\"venter\" < 5'], forecast: "
        "recent(2)}\n";
    struct fixture *f = mv_xcalloc(1, sizeof *f);
    test_world_make(&f->w);
    assert_int_equal(test_world_start(&f->w, NULL), MV_OK);
    test_journal_day(&f->j, "2024-06-20");
    test_journal_catalogue(&f->j, units, indicators, targets);
    test_journal_delivery(&f->j, "senger - ahus 2023 30\n"
                                 "senger - ahus 2024-T1 12\n"
                                 "senger - ous 2023-T1 7\n"
                                 "senger - ous 2023-T2 7\n"
                                 "senger - ous 2024-T1 8\n"
                                 "venter - ahus 2024-T1 4\n"
                                 "tid - ahus 2023-M01 4\n"
                                 "tid - ahus 2024-01-01 3\n");
    test_world_run(&f->w, &f->j, 0, 3);
    *state = f;
    return 0;
}

static void explain_tells_what_was_assumed(void **state)
{
    struct fixture *f = *state;
    draw(f, "explain", "target=nok unit=sor year=2024", cli_explain_show);
    draw(f, "explain", "target=flere unit=ous year=2024", cli_explain_show);
    draw(f, "explain", "target=faa unit=ahus year=2024", cli_explain_show);
    draw(f, "explain", "target=kort unit=ahus year=2024", cli_explain_show);
    held(f, "tests/data/drawn/assumed.txt");
}

static void explain_is_rows_for_a_program(void **state)
{
    struct fixture *f = *state;
    struct screen s;
    struct cli_pages rows = {0};
    struct cli_source *source = source_of(f);
    static const char args[] = "target=som-alle unit=ahus year=2024";
    put_rows(f, "explain", args, &rows);
    screen_open(&s, MV_LANG_NB, 0);
    s.cli.json = true;
    cli_explain_json(&s.cli, &rows, source);
    append(f, &s, "explain", args, MV_LANG_NB);
    screen_close(&s);
    cli_source_close(source);
    cli_pages_done(&rows);
    held(f, "tests/data/drawn/explain.json");
}

static void status_and_check_are_tables(void **state)
{
    struct fixture *f = *state;
    draw(f, "status", "", show_status);
    draw(f, "check", "year=2024", show_check);
    held(f, "tests/data/drawn/tables.txt");
}

/* Of the region's year, each form. */
static void report(struct fixture *f, cli_report_kind kind, enum mv_lang lang,
                   size_t width,
                   void (*write)(struct cli *c, const struct cli_report *r))
{
    struct screen s;
    struct test_answer state = {0};
    struct cli_report r = {.kind = kind, .year = 2024, .as_of = "2024-06-20"};
    r.unit = mv_xstrdup(kind == CLI_REPORT_MISSING ? "" : "sor");
    assert_int_equal(test_ask(&f->w, "state", "", &state), MV_OK);
    r.state = state.page.rows;
    mv_buf_text(&r.name, "Helse Sør");
    put_rows(f, "status", "region=sor year=2024", &r.statuses);
    if (kind == CLI_REPORT_MISSING)
        put_rows(f, "missing", "year=2024", &r.lines);
    else
        put_rows(f, "report", "unit=sor year=2024", &r.lines);
    if (kind != CLI_REPORT_MISSING)
        cli_report_put_together(&r);
    screen_open(&s, lang, width);
    write(&s.cli, &r);
    append(f, &s, "report", kind == CLI_REPORT_YEAR ? "year" : "other", lang);
    screen_close(&s);
    cli_report_done(&r);
}

static void every(struct fixture *f,
                  void (*write)(struct cli *c, const struct cli_report *r))
{
    for (int kind = CLI_REPORT_HALF_YEAR; kind <= CLI_REPORT_MISSING; kind++) {
        report(f, (cli_report_kind)kind, MV_LANG_NB, WIDE, write);
        report(f, (cli_report_kind)kind, MV_LANG_EN, WIDE, write);
    }
}

static void a_report_is_text(void **state)
{
    struct fixture *f = *state;
    every(f, cli_report_text);
    report(f, CLI_REPORT_HALF_YEAR, MV_LANG_NB, NARROW, cli_report_text);
    held(f, "tests/data/drawn/report.txt");
}

/* Which columns go first, and which may break. */
static void a_narrow_terminal_has_the_columns_that_matter(void **state)
{
    static const size_t widths[] = {80, 60, 40};
    static const char *const asked[] = {"target=som-alle unit=ous year=2024",
                                        "target=arstid unit=sor year=2024"};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        for (size_t k = 0; k < 2; k++)
            draw_in(f, MV_LANG_NB, widths[i], "explain", asked[k],
                    cli_explain_show);
        report(f, CLI_REPORT_HALF_YEAR, MV_LANG_NB, widths[i], cli_report_text);
        report(f, CLI_REPORT_YEAR, MV_LANG_NB, widths[i], cli_report_text);
    }
    held(f, "tests/data/drawn/narrow.txt");
}

static void a_report_is_a_page(void **state)
{
    struct fixture *f = *state;
    every(f, cli_report_html);
    held(f, "tests/data/drawn/report.html.txt");
}

static void a_report_is_a_sheet(void **state)
{
    struct fixture *f = *state;
    every(f, cli_report_csv);
    held(f, "tests/data/drawn/report.csv");
}

static void a_report_is_rows(void **state)
{
    struct fixture *f = *state;
    every(f, cli_report_json);
    held(f, "tests/data/drawn/report.json");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, one_of_each, teardown)

int main(void)
{
    assert_int_equal(setenv("TZ", "UTC", 1), 0);
    tzset();
    const struct CMUnitTest tests[] = {
        TEST(explain_tells_why),
        cmocka_unit_test_setup_teardown(explain_tells_the_units_of_a_share,
                                        five_trusts, teardown),
        cmocka_unit_test_setup_teardown(explain_tells_what_was_assumed,
                                        three_forecasts, teardown),
        TEST(explain_is_rows_for_a_program),
        TEST(status_and_check_are_tables),
        TEST(a_report_is_text),
        TEST(a_narrow_terminal_has_the_columns_that_matter),
        TEST(a_report_is_a_page),
        TEST(a_report_is_a_sheet),
        TEST(a_report_is_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
