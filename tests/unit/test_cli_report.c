/* What the writers of a report make of rows: text, page, sheet, JSON. */
#include <string.h>

#include "services/cli/html.h"
#include "services/cli/report_since.h"
#include "tests/support/quoted.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

static void put(struct cli_pages *rows, const char *text)
{
    struct mv_buf b = {0};
    test_quoted(&b, text);
    cli_pages_put(rows, mv_buf_span(&b));
    mv_buf_done(&b);
}

#define STATUS(id, title, status, reason)                          \
    "{'target':'" id "','title':{'nb':'" title "'},'year':2024,"   \
    "'unit':'hso','name':'Helse','region':'hso','status':'" status \
    "','reason':'" reason "','overdue':[]}"
#define LINE(id, member, value, limit, margin, series)                       \
    "{'what':'criterion','target':'" id "','year':2024,"                     \
    "'text':'each x: value >= 70 %',"                                        \
    "'member_title':{'nb':'" member "'},'cmp':'>=','status':'red',"          \
    "'reason':'','value':'" value "','limit':'" limit "','margin':'" margin  \
    "','measure':'percent','decimals':1,'series':{'indicator':'i','title':{" \
    "'nb':'Andel'},'member':'" member "','member_title':{'nb':'" member      \
    "'},'kind':'value','measure':'percent','decimals':1,'better':'higher'"   \
    "," series "}}"
#define YEARS \
    "'years':[{'year':2023,'value':'68'},{'year':2024,'value':'66.7'}]"

struct paper {
    struct screen s;
    struct cli_report r;
};

static void open_paper(struct paper *p, cli_report_kind kind, enum mv_lang lang)
{
    memset(p, 0, sizeof *p);
    screen_open(&p->s, lang, 0);
    p->r.kind = kind;
    p->r.year = 2024;
    p->r.unit = mv_xstrdup("hso");
    test_quoted(&p->r.state, "{'seq':15,'today':'2025-03-15'}");
}

static void close_paper(struct paper *p)
{
    cli_report_done(&p->r);
    screen_close(&p->s);
}

static const char *
drawn(struct paper *p, void (*write)(struct cli *c, const struct cli_report *r))
{
    if (p->r.count == 0)
        cli_report_put_together(&p->r);
    write(&p->s.cli, &p->r);
    return screen_text(&p->s);
}

static bool says(const char *text, const char *what)
{
    if (strstr(text, what) != NULL)
        return true;
    print_error("no `%s` in:\n%s\n", what, text);
    return false;
}

static void half_a_year_has_the_ministrys_words(void **state)
{
    struct paper p;
    (void)state;
    open_paper(&p, CLI_REPORT_HALF_YEAR, MV_LANG_NB);
    put(&p.r.statuses, STATUS("1", "A", "green", ""));
    put(&p.r.statuses, STATUS("2", "B", "yellow", ""));
    put(&p.r.statuses, STATUS("3", "C", "red", ""));
    put(&p.r.statuses, STATUS("4", "D", "none", "not_assessed"));
    put(&p.r.statuses, STATUS("5", "E", "none", "no_base"));
    put(&p.r.statuses, STATUS("6", "F", "none", "report_only"));
    const char *text = drawn(&p, cli_report_text);
    assert_true(says(text, "Mål/krav blir innfridd. Iverksatte tiltak fung"));
    assert_true(says(text, "Mål og krav oppfylles delvis i år."));
    assert_true(says(text, "Mål/krav vil ikke bli oppfylt i år."));
    assert_true(says(text, "Ikke vurdert."));
    assert_true(says(text, "Rapportering mangler pga. tall foreligger ikke."));
    assert_true(says(text, "Bare rapporteres."));
    assert_true(says(text, "6 krav: 1 ✓ grønn, 1 ! gul, 1 ✗ rød, 3 – ingen."));
    close_paper(&p);
}

/* An assessment beside a status, and a commission that waits for its date. */
static void what_a_person_said_stands_beside_it(void **state)
{
    struct paper p;
    (void)state;
    open_paper(&p, CLI_REPORT_YEAR, MV_LANG_NB);
    put(&p.r.statuses,
        "{'target':'1','title':{'nb':'A'},'unit':'hso','name':'Helse',"
        "'status':'yellow','reason':'','assessment':{'status':'yellow',"
        "'comment':'Tiltak virker','author':'Kari','time':1688210524348}}");
    put(&p.r.statuses, "{'commission':'2','title':{'nb':'B'},'unit':'hso',"
                       "'name':'Helse','status':'none','reason':'not_due'}");
    assert_true(says(drawn(&p, cli_report_html),
                     "! gul: Tiltak virker (Kari, 2023-07-01)"));
    close_paper(&p);
    open_paper(&p, CLI_REPORT_HALF_YEAR, MV_LANG_NB);
    put(&p.r.statuses, "{'commission':'2','title':{'nb':'B'},'unit':'hso',"
                       "'name':'Helse','status':'none','reason':'not_due'}");
    const char *text = drawn(&p, cli_report_text);
    assert_true(says(text, "Oppdrag med frist"));
    assert_true(says(text, "Fristen er ikke kommet."));
    assert_null(strstr(text, "Rapportering mangler"));
    assert_true(says(text, "0 krav"));
    close_paper(&p);
}

#define DUES                                                              \
    "{'commission':'2','title':{'nb':'B'},'unit':'hso','name':'Helse',"   \
    "'status':'red','reason':'','overdue':['2023-06-01'],'dues':["        \
    "{'on':'2023-03-01','day':'2023-04-01','what':'Utkast','met':"        \
    "'delivered','at':'2023-04-02','late':true,'author':'Kari'},"         \
    "{'on':'2023-05-01','day':'2023-05-01','what':'Plan','met':'closed'," \
    "'comment':'Slått sammen','author':'Ola'},"                          \
    "{'on':'2023-06-01','day':'2023-06-01'},"                             \
    "{'on':'2023-09-01','day':'2023-10-01','what':'Rapport'}]}"

static void a_commission_s_dates_stand_with_it(void **state)
{
    static const struct {
        cli_report_kind kind;
        void (*write)(struct cli *c, const struct cli_report *r);
    } all[] = {{CLI_REPORT_HALF_YEAR, cli_report_text},
               {CLI_REPORT_HALF_YEAR, cli_report_html},
               {CLI_REPORT_HALF_YEAR, cli_report_csv},
               {CLI_REPORT_YEAR, cli_report_text},
               {CLI_REPORT_YEAR, cli_report_html},
               {CLI_REPORT_YEAR, cli_report_csv}};
    (void)state;
    for (size_t i = 0; i < CLI_COUNT(all); i++) {
        struct paper p;
        open_paper(&p, all[i].kind, MV_LANG_NB);
        put(&p.r.statuses, DUES);
        const char *text = drawn(&p, all[i].write);
        assert_true(says(text, "frist 2023-04-01 (flyttet fra 2023-03-01) "
                               "møtt for sent, 2023-04-02 – Utkast; "));
        assert_true(says(text, "frist 2023-05-01 gjelder ikke lenger – Plan: "
                               "Slått sammen (Ola); "));
        assert_true(says(text, "frist 2023-06-01 ikke møtt; "));
        assert_true(
            says(text, "frist 2023-10-01 (flyttet fra 2023-09-01) – Rapport"));
        assert_null(strstr(text, "mangler 2023"));
        close_paper(&p);
    }
}

static void a_hostile_title_is_text_on_the_page(void **state)
{
    struct paper p;
    (void)state;
    open_paper(&p, CLI_REPORT_YEAR, MV_LANG_NB);
    put(&p.r.statuses,
        STATUS("1", "<script>alert(1)</script>& \\u202e", "red", ""));
    put(&p.r.lines, LINE("1", "<b>x</b>", "66.7", "70", "-3.3", YEARS));
    const char *text = drawn(&p, cli_report_html);
    assert_null(strstr(text, "<script"));
    assert_null(strstr(text, "<b>x"));
    assert_null(strstr(text, "\xe2\x80\xae"));
    assert_true(says(text, "&lt;script&gt;alert(1)&lt;/script&gt;&amp; \xef"));
    assert_true(says(text, "default-src 'none'"));
    close_paper(&p);
}

static void a_page_has_what_a_year_needs(void **state)
{
    struct paper p;
    (void)state;
    open_paper(&p, CLI_REPORT_YEAR, MV_LANG_NB);
    put(&p.r.statuses, STATUS("1", "A", "red", ""));
    put(&p.r.lines,
        LINE("1", "Somatikk", "66.7", "70", "-3.3",
             "'now':'66.7','before':'68','line':'70','lowest':{'name':{'nb':"
             "'Ahus'},'value':'50.25'}," YEARS));
    const char *text = drawn(&p, cli_report_html);
    assert_true(says(text, "<html lang=\"nb\">"));
    assert_true(says(text, ">66,7 %</td>"));
    assert_true(says(text, ">68,0 %</td>"));
    assert_true(says(text, ">≥ 70,0 %</td>"));
    assert_true(says(text, ">↓ dårligere</td>"));
    assert_true(says(text, ">50,3 % Ahus</td>"));
    assert_true(says(text, ">✗ rød</td>"));
    assert_true(says(text, "<desc id=\"d1\">2023: 68,0 %; 2024: 66,7 %."));
    assert_true(says(text, "@page{size:A4"));
    close_paper(&p);
}

/* Each cell of text, unquoted, to look; numbers stand without quotes. */
static void no_cell_begins_a_formula(void **state)
{
    static const char *const hostile[] = {
        "=HYPERLINK(1)", "+1", "-1", "@x", "\\tx", "  =1", "\\r=1", "\\n=1"};
    (void)state;
    for (size_t i = 0; i < CLI_COUNT(hostile); i++) {
        struct paper p;
        struct mv_buf row = {0};
        open_paper(&p, CLI_REPORT_YEAR, MV_LANG_NB);
        mv_buf_printf(&row, STATUS("1", "%s", "red", ""), hostile[i]);
        put(&p.r.statuses, mv_buf_cstr(&row));
        put(&p.r.lines, LINE("1", "=x", "66.7", "70", "-3.3", YEARS));
        const char *text = drawn(&p, cli_report_csv);
        for (const char *at = strchr(text, '"'); at != NULL;
             at = strchr(at + 1, '"')) {
            const char *first = at + 1;
            bool begins = at[-1] == ';' || at[-1] == '\n' || at[-1] == '\xbf';
            while (*first == ' ')
                first++;
            assert_true(!begins || strchr("=+-@\t\r\n", *first) == NULL);
        }
        assert_true(says(text, ";-3,3;"));
        mv_buf_done(&row);
        close_paper(&p);
    }
}

static void a_sheet_is_of_its_language(void **state)
{
    struct paper p;
    (void)state;
    open_paper(&p, CLI_REPORT_YEAR, MV_LANG_EN);
    put(&p.r.statuses, STATUS("1", "say \\\"A\\\"", "red", ""));
    put(&p.r.lines, LINE("1", "Som", "66.7", "70", "-3.3", YEARS));
    const char *text = drawn(&p, cli_report_csv);
    assert_true(!strncmp(text, "\xef\xbb\xbf\"ID\",", 8));
    assert_true(says(text, "\"say \"\"A\"\"\""));
    assert_true(says(text, ",66.7,"));
    assert_true(says(text, ",15,"));
    close_paper(&p);
}

/* What is shown adds up, and what was compared is there too. */
static void a_sheet_has_the_decimals_of_the_indicator(void **state)
{
    struct paper p;
    (void)state;
    open_paper(&p, CLI_REPORT_YEAR, MV_LANG_NB);
    put(&p.r.statuses, STATUS("1", "A", "red", ""));
    put(&p.r.lines, LINE("1", "Som", "66.666666666667", "70.01", "-3.343333333",
                         "'now':'66.666666666667','before':'68.04'," YEARS));
    const char *text = drawn(&p, cli_report_csv);
    assert_true(says(text, ";66,7;\">=\";70;-3,3;\"%\";66,666666666667;70,01;"
                           "66,7;68;\"%\";"));
    assert_true(says(text,
                     "\"måleenhet\";\"nøyaktig verdi\";\"nøyaktig "
                     "krav\";\"i år\";\"i fjor\";\"tallenes måleenhet\""));
    close_paper(&p);
}

#define ABOUT(title, member, more) \
    "{'title':{'nb':'" title "'},'member_title':{'nb':'" member "'}" more "}"
#define NAMED(text, about)                                               \
    "{'what':'criterion','target':'1','text':'" text "','cmp':'>',"      \
    "'status':'green','reason':'','value':'1.5','limit':'0.4','margin':" \
    "'1.1','measure':'percent_change','decimals':1,'about':[" about "]}"

/* `growth("a/x", -1) > growth("a/y", -1)` is for stewards. */
static void what_is_compared_is_named_in_words(void **state)
{
    struct paper p;
    (void)state;
    open_paper(&p, CLI_REPORT_YEAR, MV_LANG_NB);
    put(&p.r.statuses, STATUS("1", "Flere senger", "green", ""));
    put(&p.r.lines, NAMED("raw(1)", ABOUT("Senger", "Beredskap", "") "," ABOUT(
                                        "Senger", "Drift", ",'right':true")));
    put(&p.r.lines, NAMED("raw(2)", ABOUT("Senger", "Drift", "") "," ABOUT(
                                        "Ansatte", "Leger", ",'right':true")));
    put(&p.r.lines, NAMED("raw(3)", ABOUT("Avvik", "Drift", ",'latest':true")));
    const char *text = drawn(&p, cli_report_text);
    assert_true(says(text, "\n  Senger: Beredskap mot Drift "));
    assert_true(says(text, "\n  Senger: Drift mot Ansatte: Leger "));
    assert_true(says(text, "\n  Avvik: Drift, siste "));
    assert_null(strstr(text, "raw"));
    assert_true(says(text, "\n1  ✓ grønn  Flere senger\n"));
    close_paper(&p);
}

/* The status row's numbers are its lead's; a program sees what paper shows. */
static void json_has_the_numbers_that_its_lines_tell_exactly(void **state)
{
    static const char row[] =
        "{'target':'a','title':{'nb':'A'},'year':2024,'unit':'hso',"
        "'status':'red','reason':'','overdue':[],'value':'73.217821782178',"
        "'limit':'90','margin':'-16.782178217822','needed':'99.9'}";
    static const char *const lines[] = {
        LINE("a", "som", "73.2", "90", "-16.8", YEARS),
        LINE("a", "som", "73.217821782178", "90", "-16.782178217822", YEARS)};
    (void)state;
    for (int told = 0; told < 2; told++) {
        struct paper p;
        open_paper(&p, CLI_REPORT_YEAR, MV_LANG_NB);
        put(&p.r.statuses, row);
        put(&p.r.lines, lines[told]);
        const char *text = drawn(&p, cli_report_json);
        assert_true(!strncmp(text, "{\"report\":\"year\",\"year\":2024,", 29));
        assert_true(says(text, "\"seq\":15"));
        assert_int_equal(strstr(text, "73.217821782178") != NULL, told);
        assert_int_equal(strstr(text, "\"needed\"") != NULL, told);
        close_paper(&p);
    }
}

#define AHEAD(value, measure, made, before)                                   \
    "{'what':'criterion','target':'1','year':2024,'text':'t','cmp':'>','"     \
    "status':'red',"                                                          \
    "'reason':'','forecast':true,'value':'" value                             \
    "','limit':'2','measure':'" measure                                       \
    "','decimals':0,'series':{'title':{'nb':'Opphold'},'measure':"            \
    "'count','decimals':0," made "'years':[{'year':2023,"                     \
    "'value':'1474'," before "},{'year':2024,'value':'1437','forecast':true," \
    "'periods':8,'of_periods':12}]}}"
#define SO_FAR "'now':'904','before':'929',"
#define WHOLE  "'periods':12,'of_periods':12"
#define PARTLY "'periods':9,'of_periods':12"

static void a_forecast_stands_beside_the_whole_of_last_year(void **state)
{
    static const struct {
        const char *line, *text, *csv;
    } rows[] = {
        {AHEAD("1437", "count", SO_FAR, WHOLE),
         "1437    1474   > 2  ↓ ned      med prognose; av like enheter og per",
         ";1437;1474;\"antall\""},
        {AHEAD("1437", "count", SO_FAR, PARTLY),
         "i fjor: bare perioder som er inne b", ";904;929;\"antall\""},
        {AHEAD("-2.5", "percent_change",
               "'made':true,'now':'1437','before':'1474',", WHOLE),
         "1474 → 1437; med prognose\n", ";\"1474 → 1437; med prognose\""},
    };
    (void)state;
    for (size_t i = 0; i < CLI_COUNT(rows); i++) {
        struct paper p;
        open_paper(&p, CLI_REPORT_YEAR, MV_LANG_NB);
        put(&p.r.statuses, STATUS("1", "A", "red", ""));
        put(&p.r.lines, rows[i].line);
        assert_true(says(drawn(&p, cli_report_text), rows[i].text));
        assert_true(says(drawn(&p, cli_report_csv), rows[i].csv));
        close_paper(&p);
    }
}

/* Frozen at record 7 with catalogue 3; what is now is of catalogue 9. */
static void put_frozen(struct paper *p)
{
    mv_buf_clear(&p->r.state);
    test_quoted(&p->r.state, "{'seq':15,'today':'2025-03-15','catalogue':9}");
    put(&p->r.since, "{'what':'frozen','seq':7,'time':1740000000000,'author':"
                     "'Styret','comment':'Vedtatt.','catalogue':3}");
    put(&p->r.since,
        "{'what':'status','row':" STATUS("1", "A", "green", "") "}");
    put(&p->r.since,
        "{'what':'status','row':" STATUS("2", "B", "none", "not_due") "}");
    put(&p->r.since, "{'what':'status','row':" STATUS("3", "C", "red", "") "}");
    put(&p->r.since, "{'what':'report','row':" LINE("1", "Som", "70.04", "70",
                                                    "0.04", YEARS) "}");
    put(&p->r.since,
        "{'what':'report','row':" LINE("2", "Som", "1", "2", "-1", YEARS) "}");
    put(&p->r.since, "{'what':'figure','seq':11,'time':1740100000000,'kind':"
                     "'correction','indicator':'i','unit':'ahus','member':"
                     "'som','period':'2024-T1','row':0,'targets':['9','1']}");
    put(&p->r.statuses, STATUS("1", "A", "red", ""));
    put(&p->r.statuses, STATUS("2", "B", "none", "overdue"));
    put(&p->r.lines, LINE("1", "Som", "69.96", "70", "-0.04", YEARS));
    put(&p->r.lines, LINE("2", "Som", "1.5", "2", "-0.5", YEARS));
}

static void what_changed_since_it_was_frozen_is_listed(void **state)
{
    static const struct {
        void (*write)(struct cli *c, const struct cli_report *r);
        const char *said[6];
    } forms[] = {
        {cli_report_text,
         {"Fastsatt 2025-02-19 av Styret (journalpost 7): Vedtatt.",
          "– ingen (tall ikke ventet ennå)  – ingen (tall mangler)",
          "1   Som     70,04 %                          69,96 %",
          "\n  årsak: rettelse 2025-02-21, journalpost 11: ahus som 2024-T1\n",
          "1,5 %\n  årsak: katalogen, journalpost 9\n",
          "3   status  ✗ rød                            –"}},
        {cli_report_html,
         {"<td class=\"id\">70,04 %</td><td class=\"id\">69,96 %",
          "<h3>Endret siden</h3>", "", "", "", ""}},
        {cli_report_csv,
         {"\"Endret siden\"", "Som: 70,04 % → 69,96 % – rettelse", "", "", "",
          ""}},
        {cli_report_json,
         {"\"frozen\":{",
          "{\"changed\":\"1\",\"what\":\"status\",\"was\":"
          "\"green\",\"now\":\"red\"",
          "\"part\":\"Som\",\"was\":\"70.04\",\"now\":\"69.96\"",
          "\"seq\":11,\"time\":1740100000000,\"kind\":\"correction\"",
          "{\"changed\":\"3\"", "\"seq\":9"}},
    };
    (void)state;
    for (size_t i = 0; i < CLI_COUNT(forms); i++) {
        struct paper p;
        struct cli_report_changes changes = {.source = cli_source_open(NULL)};
        open_paper(&p, CLI_REPORT_YEAR, MV_LANG_NB);
        p.s.cli.width = 80;
        put_frozen(&p);
        cli_report_put_together(&p.r);
        cli_report_changes_find(&p.s.cli, &p.r, &changes);
        assert_int_equal(changes.count, 5);
        p.r.changes = &changes;
        const char *text = drawn(&p, forms[i].write);
        for (size_t k = 0; k < CLI_COUNT(forms[i].said); k++)
            assert_true(says(text, forms[i].said[k]));
        cli_report_changes_done(&changes);
        close_paper(&p);
    }
}

#define FIGURE(period, was, now)                                              \
    "{'what':'figure','seq':11,'time':1740100000000,'by':'ahus-key','kind':"  \
    "'correction','indicator':'i','title':{'nb':'Brev'},'measure':'percent'," \
    "'decimals':1,'unit':'ahus','period':'" period "','row':1,'targets':["    \
    "'1','2']," was now "}"
#define PAIR "'was':{'value':'75','numerator':'75','denominator':'100'},"

static void put_figures(struct paper *p)
{
    mv_buf_clear(&p->r.since.rows);
    p->r.since.count = 0, p->s.cli.width = 80;
    put(&p->r.since, "{'what':'frozen','seq':7,'time':1740000000000,"
                     "'author':'Styret','comment':'','catalogue':3}");
    put(&p->r.since, FIGURE("2024-T1", PAIR,
                            "'now':{'value':'10','numerator':'10',"
                            "'denominator':'100'}"));
    put(&p->r.since,
        FIGURE("2024-T2", "'was':{'value':'1'},", "'now':{'value':'1'}"));
    put(&p->r.since,
        FIGURE("2024-T3", "'was':{'value':'1'},", "'now':{'withdrawn':true}"));
    put(&p->r.since, FIGURE("2024-Q1", "", "'hidden':true"));
    put(&p->r.since, FIGURE("2024-Q2", "", "'now':{'flag':'M'},'member':'v'"));
    for (int k = 0; k < 50; k++)
        put(&p->r.since, FIGURE("2024-M01", "", "'now':{'value':'2'}"));
}

/* On a page so many, in a sheet, as numbers, and for programs all. */
static void each_figure_since_is_listed_with_before_and_after(void **state)
{
    static const struct {
        void (*write)(struct cli *c, const struct cli_report *r);
        const char *row, *said[3];
    } forms[] = {
        {cli_report_text,
         "  ahus   2024-M",
         {"75,0 % (75/100)  10,0 % (10/100)\n  årsak: rettelse 2025-02-21, jour"
          "nalpost 11, fra ahus-key\n",
          "De første 50 av 55 er vist", "Tall som er kommet siden"}},
        {cli_report_html,
         "<td>ahus</td><td class=\"id\">2024-",
         {"<td class=\"id\">75,0 % (75/100)</td><td class=\"id\">10,0 % (10/1",
          "De første 50 av 55 er vist", "<h3>Tall som er kommet siden</h3>"}},
        {cli_report_csv,
         "\"1, 2\";\"Brev",
         {"\r\n\r\n\"gjelder krav\";\"indikator\";\"enhet\";\"periode\";"
          "\"før\";\"teller før\";\"nevner før\";\"merknad før\";\"nå\";",
          ";\"ahus\";\"2024-T1\";75;75;100;\"\";10;10;100;\"\";\"%\";"
          "\"rettelse 2025-02-21, journalpost 11, fra ahus-key\";",
          ";\"2024-Q1\";;;;\"skjermet\";;;;\"skjermet\";"}},
        {cli_report_json,
         "{\"corrected\":\"i\"",
         {"\"was\":{\"value\":\"75\",\"numerator\":\"75\"",
          "\"by\":\"ahus-key\"", "\"hidden\":true"}},
    };
    (void)state;
    for (size_t i = 0; i < CLI_COUNT(forms); i++) {
        struct paper p;
        struct cli_report_changes changes = {.source = cli_source_open(NULL)};
        open_paper(&p, i % 2 ? CLI_REPORT_YEAR : CLI_REPORT_HALF_YEAR,
                   MV_LANG_NB);
        put_frozen(&p);
        put_figures(&p);
        cli_report_put_together(&p.r);
        p.r.changes = &changes;
        const char *text = drawn(&p, forms[i].write), *row = forms[i].row;
        assert_true(says(text, i < 3 ? "Brev: v" : "\"v\""));
        for (size_t k = 0; k < CLI_COUNT(forms[i].said); k++)
            assert_true(says(text, forms[i].said[k]));
        unsigned rows = 0;
        for (const char *at = text; (at = strstr(at, row)) != NULL; at++)
            rows++;
        assert_int_equal(rows, i > 1 ? 55 : i == 0 ? 45 : 50);
        assert_null(strstr(text, "Ingenting er endret"));
        cli_report_changes_done(&changes);
        close_paper(&p);
    }
}

#define BELOW(id, unit, name, status)                                 \
    "{'target':'" id "','title':{'nb':'A'},'year':2024,'unit':'" unit \
    "','name':'" name "','region':'hso','status':'" status            \
    "','reason':'','overdue':[],'since':12,'since_ms':1740200000000}"

#define OLD(unit) "{'what':'below','row':" BELOW("1", unit, "Old", "green") "}"

/* The region's own colour stands; two trusts' do not, each for its reason. */
static void what_changed_of_a_unit_below_is_listed_with_its_own_cause(void **s)
{
    struct paper p;
    struct cli_report_changes changes = {.source = cli_source_open(NULL)};
    (void)s;
    open_paper(&p, CLI_REPORT_YEAR, MV_LANG_NB);
    put(&p.r.since, "{'what':'frozen','seq':7,'time':1740000000000,'author':"
                    "'Styret','comment':'Vedtatt.','catalogue':3}");
    put(&p.r.since, "{'what':'status','row':" STATUS("1", "A", "red", "") "}");
    put(&p.r.since, OLD("ahus"));
    put(&p.r.since, OLD("ous"));
    put(&p.r.since, OLD("a1"));
    put(&p.r.since, "{'what':'figure','seq':11,'time':1740100000000,'kind':"
                    "'correction','indicator':'i','unit':'h','period':"
                    "'2024-T1','row':0,'targets':['1'],'units':['h','ahus']}");
    put(&p.r.statuses, STATUS("1", "A", "red", ""));
    put(&p.r.statuses, BELOW("1", "ahus", "Ahus", "red"));
    put(&p.r.statuses, BELOW("1", "ous", "OUS", "green"));
    put(&p.r.statuses, BELOW("1", "sunnaas", "Sunnaas", "yellow"));
    cli_report_put_together(&p.r);
    cli_report_changes_find(&p.s.cli, &p.r, &changes);
    assert_int_equal(changes.count, 3);
    p.r.changes = &changes;
    const char *text = drawn(&p, cli_report_text);
    assert_true(says(text, "1   Ahus     ✓ grønn  ✗ rød\n  årsak: rettelse "
                           "2025-02-21, journalpost 11: h 2024-T1"));
    assert_true(says(text, "1   Sunnaas  –        ! gul\n  årsak: 2025-02-22, "
                           "journalpost 12\n1   Old      ✓ grønn  –"));
    assert_true(says(drawn(&p, cli_report_json),
                     "{\"changed\":\"1\",\"what\":\"status\",\"unit\":\"ahus\","
                     "\"was\":\"green\",\"now\":\"red\""));
    assert_true(
        says(drawn(&p, cli_report_csv), "Ahus: ✓ grønn → ✗ rød – rettelse"));
    cli_report_changes_done(&changes);
    close_paper(&p);
}

static void a_catalogue_before_the_freeze_changed_nothing_since(void **state)
{
    struct paper p;
    struct cli_report_changes changes = {.source = cli_source_open(NULL)};
    (void)state;
    open_paper(&p, CLI_REPORT_YEAR, MV_LANG_NB);
    put_frozen(&p);
    mv_buf_clear(&p.r.state);
    test_quoted(&p.r.state, "{'seq':15,'today':'2025-03-15','catalogue':7}");
    cli_report_put_together(&p.r);
    cli_report_changes_find(&p.s.cli, &p.r, &changes);
    assert_int_equal(changes.count, 5);
    assert_int_equal(changes.at[0].cause_count, 1);
    for (size_t i = 2; i < 5; i++)
        assert_int_equal(changes.at[i].cause_count, 0);
    cli_report_changes_done(&changes);
    close_paper(&p);
}

static void text_is_escaped_whatever_it_is(void **state)
{
    static const uint8_t bytes[] = {'<', '&', '"', '\'', 0, 0xff, 0x1b, 'a'};
    struct mv_buf out = {0};
    (void)state;
    cli_html_text(&out, mv_span(bytes, sizeof bytes));
    assert_string_equal(mv_buf_cstr(&out),
                        "&lt;&amp;&quot;&#39;\xef\xbf\xbd\xef\xbf\xbd"
                        "\xef\xbf\xbd"
                        "a");
    mv_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_a_year_has_the_ministrys_words),
        cmocka_unit_test(what_a_person_said_stands_beside_it),
        cmocka_unit_test(a_commission_s_dates_stand_with_it),
        cmocka_unit_test(a_hostile_title_is_text_on_the_page),
        cmocka_unit_test(a_page_has_what_a_year_needs),
        cmocka_unit_test(no_cell_begins_a_formula),
        cmocka_unit_test(a_sheet_is_of_its_language),
        cmocka_unit_test(
            what_changed_of_a_unit_below_is_listed_with_its_own_cause),
        cmocka_unit_test(a_catalogue_before_the_freeze_changed_nothing_since),
        cmocka_unit_test(a_forecast_stands_beside_the_whole_of_last_year),
        cmocka_unit_test(what_changed_since_it_was_frozen_is_listed),
        cmocka_unit_test(each_figure_since_is_listed_with_before_and_after),
        cmocka_unit_test(a_sheet_has_the_decimals_of_the_indicator),
        cmocka_unit_test(what_is_compared_is_named_in_words),
        cmocka_unit_test(json_has_the_numbers_that_its_lines_tell_exactly),
        cmocka_unit_test(text_is_escaped_whatever_it_is),
    };
    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
