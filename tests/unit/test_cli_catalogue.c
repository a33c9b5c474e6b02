/* What a steward is told before a catalogue is applied. */
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "services/cli/catalogue_show.h"
#include "services/cli/diff_text.h"
#include "services/cli/fault_text.h"
#include "services/cli/turns.h"
#include "tests/support/catalogue_text.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

static const char *values(const char *key, const char *was, const char *is,
                          struct mv_buf *out)
{
    struct screen s;
    struct mv_diff_row row = {.kind = MV_DIFF_CHANGED,
                              .key = key,
                              .was = (char *)(uintptr_t)was,
                              .is = (char *)(uintptr_t)is};
    screen_open(&s, MV_LANG_NB, 0);
    mv_buf_clear(out);
    cli_diff_values(&s.cli, &row, out);
    screen_close(&s);
    return mv_buf_cstr(out);
}

static void of_a_list_only_what_comes_and_goes_is_shown(void **state)
{
    struct mv_buf b = {0};
    (void)state;
    assert_string_equal(values("members", "som vop tsb", "som bup vop", &b),
                        "− tsb  + bup");
    assert_string_equal(values("limits", "ahus 5, ous 7", "ahus 6, ous 7", &b),
                        "− ahus 5  + ahus 6");
    assert_string_equal(values("population", "2023: 10, 2024: 11",
                               "2023: 10, 2024: 11, 2025: 12", &b),
                        "+ 2025: 12");
    assert_string_equal(values("scope", "ahus ous", "ous ahus", &b),
                        "en annen rekkefølge");
    mv_buf_done(&b);
}

static void one_value_is_shown_as_old_and_new(void **state)
{
    struct mv_buf b = {0};
    (void)state;
    assert_string_equal(values("frequency", "A_3", "M", &b), "A_3 → M");
    assert_string_equal(values("max", NULL, "100", &b), "(ikke oppgitt) → 100");
    assert_string_equal(values("except", "own", NULL, &b),
                        "own → (ikke oppgitt)");
    assert_string_equal(values("require", "value >= 70 %", "value >= 75 %", &b),
                        "value >= 70 % → value >= 75 %");
    mv_buf_done(&b);
}

static void a_date_that_was_moved_is_told_in_the_language(void **state)
{
    struct mv_buf b = {0};
    (void)state;
    assert_string_equal(values("due", "2024-06-30 plan",
                               "2024-06-30, moved to 2024-12-01 plan", &b),
                        "2024-06-30 plan → 2024-06-30, flyttet til 2024-12-01 "
                        "plan");
    /* a person's own words stay as they are */
    assert_string_equal(
        values("due", "2024-06-30 plan, moved to 2025", "2024-06-30", &b),
        "2024-06-30 plan, moved to 2025 → 2024-06-30");
    mv_buf_done(&b);
}

static void of_a_long_text_only_where_it_differs_is_shown(void **state)
{
    struct mv_buf b = {0};
    (void)state;
    assert_string_equal(
        values("text",
               "Minst 70 prosent av epikrisene skal være sendt innen én dag "
               "etter utskrivning",
               "Minst 75 prosent av epikrisene skal være sendt innen én dag "
               "etter utskrivning",
               &b),
        "Minst 70 prosent av epik… → Minst 75 prosent av epik…");
    assert_string_equal(
        values("due",
               "2024-05-01, moved to 2024-10-20 statusrapport (Helseforetakene "
               "melder tilbake)",
               "2024-05-01, moved to 2024-10-20, moved to 2024-11-20 "
               "statusrapport (Helseforetakene melder tilbake)",
               &b),
        "2024-05-01, flyttet til 2024-10-20 statusrapport (… → 2024-05-01, "
        "flyttet til 2024-10-20, flyttet til 2024-11-20 statusrapport (…");
    assert_string_equal(
        values("note",
               "Kravet ble satt av Stortinget i 2019 og er tidfestet til "
               "utgangen av 2024 for alle",
               "Kravet ble satt av Stortinget i 2019 og er tidfestet til "
               "utgangen av 2025 for alle",
               &b),
        "…til utgangen av 2024 for alle → …til utgangen av 2025 for alle");
    /* cut between characters, not within */
    const char *text = values("note",
                              "ææææææææææææææææææææææææææææææææææææææææææææa"
                              "ææææææææææææææææææææææ",
                              "ææææææææææææææææææææææææææææææææææææææææææææb"
                              "ææææææææææææææææææææææ",
                              &b);
    assert_string_equal(text, "…ææææææææaææææææææ… → …ææææææææbææææææææ…");
    mv_buf_done(&b);
}

static void a_diff_is_grouped_and_in_the_language(void **state)
{
    struct screen s;
    struct mv_buf faults = {0};
    struct mv_diff d;
    (void)state;
    struct mv_catalogue *old = test_catalogue(NULL, NULL, NULL, NULL, &faults);
    struct mv_catalogue *now = test_catalogue(
        NULL, NULL,
        "targets:\n"
        "  - {id: \"1\", year: 2025, text: {nb: A}, indicator: senger,\n"
        "     require: [value >= 1]}\n"
        "  - {id: \"2\", year: 2025, text: {nb: B}, indicator: senger,\n"
        "     require: [value >= 1]}\n",
        NULL, &faults);
    assert_non_null(old);
    assert_non_null(now);
    mv_catalogue_diff(&d, old, now);
    screen_open(&s, MV_LANG_NB, 80);
    cli_diff_show(&s.cli, &d);
    assert_string_equal(screen_text(&s), "  + mål 2025: 1, 2\n"
                                         "  − mål 2024: 1535\n");
    screen_close(&s);
    mv_diff_done(&d);
    mv_catalogue_close(old);
    mv_catalogue_close(now);
    mv_buf_done(&faults);
}

/* What a text {nb: X, <key>} without quotes is refused with. */
static void refused_as(const char *key, const char *with)
{
    struct mv_buf units = {0}, faults = {0};
    mv_buf_printf(&units, "units:\n  - {id: a, name: {nb: X, %s}, kind: k}\n",
                  key);
    assert_null(test_catalogue(mv_buf_cstr(&units), NULL, NULL, NULL, &faults));
    if (strstr(mv_buf_cstr(&faults), with) == NULL)
        fail_msg("%s: %s", key, mv_buf_cstr(&faults));
    mv_buf_done(&units);
    mv_buf_done(&faults);
}

static void a_text_that_a_comma_ends_is_shown_and_how_to_write_it(void **state)
{
    (void)state;
    refused_as("se: ''", "unknown language 'se'; known: nb en");
    refused_as("halvparten innen 20 d",
               "'halvparten innen 20 d' is no language: put a text that has a "
               "comma in quotes");
    /* cut between characters: of 60 bytes the last begins the letter */
    refused_as("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
               "\xc3\xa5 b",
               "'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'"
               " is no");
}

static void a_changed_by_changes_who_may_deliver(void **state)
{
    struct screen s;
    char trust[] = "trust", region[] = "region";
    struct mv_diff_row rows[] = {
        {.kind = MV_DIFF_CHANGED, .key = "by", .was = trust, .is = region},
        {.kind = MV_DIFF_CHANGED, .key = "max", .was = NULL, .is = trust},
    };
    const struct mv_diff d = {.at = rows, .count = 2};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        rows[i].what = "indicator";
        rows[i].id = mv_span_text("senger");
    }
    screen_open(&s, MV_LANG_NB, 0);
    cli_diff_show(&s.cli, &d);
    assert_string_equal(screen_text(&s),
                        "  ~ indikator senger\n"
                        "      by: trust → region  (andre får levere den; de "
                        "som har levert den, avvises)\n"
                        "      max: (ikke oppgitt) → trust\n");
    screen_close(&s);
}

static void turn(struct cli_turns *t, const char *unit, const char *was,
                 const char *becomes, const char *reason)
{
    struct mv_buf row = {0};
    mv_pack_map(&row, 10);
    mv_pack_kv_cstr(&row, "target", "1535");
    mv_pack_kv_u64(&row, "year", 2024);
    mv_pack_kv_cstr(&row, "unit", unit);
    mv_pack_kv_cstr(&row, "was", was);
    mv_pack_kv_cstr(&row, "becomes", becomes);
    mv_pack_kv_cstr(&row, "reason", reason);
    mv_pack_kv_cstr(&row, "value", "66.7");
    mv_pack_kv_cstr(&row, "limit", "70");
    mv_pack_kv_cstr(&row, "measure", "percent");
    mv_pack_kv_u64(&row, "decimals", 1);
    cli_turns_take(t, mv_buf_span(&row));
    mv_buf_done(&row);
}

static void turns_are_listed_and_the_others_counted(void **state)
{
    struct screen s;
    struct cli_turns t = {.judged = 1234567};
    (void)state;
    turn(&t, "ahus", "green", "red", "");
    turn(&t, "ous", "", "none", "not_due");
    turn(&t, "a1", "none", "none", "overdue");
    turn(&t, "a2", "yellow", "", "");
    screen_open(&s, MV_LANG_NB, 80);
    cli_turns_show(&s.cli, &t, false);
    assert_string_equal(screen_text(&s),
                        "Statuser som ville snu: 1 av 1 234 567.\n"
                        "mål     år  enhet  fra      til    hvorfor\n"
                        "1535  2024  ahus   ✓ grønn  ✗ rød  66,7 % mot 70,0 %\n"
                        "Nye statuser: 1.\n"
                        "Statuser som går ut: 1.\n"
                        "Uten farge av en annen grunn enn før: 1.\n");
    screen_close(&s);
    screen_open(&s, MV_LANG_EN, 80);
    cli_turns_show(&s.cli, &t, true);
    assert_non_null(strstr(screen_text(&s), "figures not due yet"));
    assert_non_null(strstr(screen_text(&s), "a2    ! yellow  leaves"));
    screen_close(&s);
    cli_turns_done(&t);
}

static void many_turns_are_cut_and_it_is_said_how_to_see_them(void **state)
{
    struct screen s;
    struct cli_turns t = {.judged = 50};
    (void)state;
    for (int i = 0; i < 50; i++)
        turn(&t, "ahus", "green", "red", "");
    screen_open(&s, MV_LANG_NB, 80);
    cli_turns_show(&s.cli, &t, false);
    assert_non_null(strstr(screen_text(&s), "... og 10 til; --all viser alle"));
    screen_close(&s);
    cli_turns_done(&t);
}

/* What `catalogue show ID` prints; NULL: it said that there is none. */
static const char *shown(struct screen *s, const char *id, bool json)
{
    char *words[] = {(char *)(uintptr_t) "show", (char *)(uintptr_t)id};
    struct mv_buf faults = {0};
    struct mv_catalogue *k = test_catalogue(NULL, NULL, NULL, NULL, &faults);
    assert_non_null(k);
    screen_open(s, MV_LANG_NB, 0);
    s->cli.args = words;
    s->cli.arg_count = 2;
    s->cli.json = json;
    int code = cli_catalogue_show(&s->cli, k);
    s->cli.arg_count = 0;
    mv_catalogue_close(k);
    mv_buf_done(&faults);
    return code == CLI_OK ? screen_text(s) : NULL;
}

static void one_thing_is_shown_key_by_key_and_to_programs_as_json(void **state)
{
    struct screen s;
    (void)state;
    assert_string_equal(shown(&s, "ous", false), "unit ous\n"
                                                 "  name            OUS\n"
                                                 "  kind            trust\n"
                                                 "  parent          hso\n"
                                                 "  from            "
                                                 "2009-01-01\n");
    screen_close(&s);
    assert_string_equal(shown(&s, "ous", true),
                        "{\"kind\":\"unit\",\"id\":\"ous\",\"year\":\"\","
                        "\"keys\":{\"name\":\"OUS\",\"kind\":\"trust\","
                        "\"parent\":\"hso\",\"from\":\"2009-01-01\"}}\n");
    screen_close(&s);
    const char *target = shown(&s, "1535", true);
    assert_non_null(strstr(target, "\"kind\":\"target\",\"id\":\"1535\","
                                   "\"year\":\"2024\""));
    screen_close(&s);
    assert_null(shown(&s, "nobody", true));
    assert_string_equal(screen_text(&s), "");
    screen_close(&s);
}

/* Of more than are kept, the warnings are not called faults. */
static void what_is_not_shown_is_counted_by_kind(void **state)
{
    (void)state;
    const struct mv_fault_place at = {.file = "units.yaml", .line = 1};
    struct mv_catalogue_files files = {0};
    struct mv_faults faults = {0};
    struct screen s;
    mv_faults_add(&faults, MV_FAULT_ERROR, at, "is missing");
    for (unsigned i = 1; i < MV_FAULTS_MAX + 3; i++)
        mv_faults_add(&faults, MV_FAULT_WARNING, at, "odd");
    screen_open(&s, MV_LANG_NB, 0);
    cli_faults_say(&s.cli, &files, &faults);
    (void)fflush(s.cli.err);
    assert_null(strstr(s.err, "flere feil"));
    assert_non_null(strstr(s.err, "flere advarsler: 3\n"));
    mv_faults_add(&faults, MV_FAULT_ERROR, at, "is missing");
    cli_faults_say(&s.cli, &files, &faults);
    (void)fflush(s.cli.err);
    assert_non_null(strstr(s.err, "flere feil: 1\n"));
    screen_close(&s);
    mv_faults_done(&faults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_list_only_what_comes_and_goes_is_shown),
        cmocka_unit_test(one_value_is_shown_as_old_and_new),
        cmocka_unit_test(a_date_that_was_moved_is_told_in_the_language),
        cmocka_unit_test(of_a_long_text_only_where_it_differs_is_shown),
        cmocka_unit_test(a_diff_is_grouped_and_in_the_language),
        cmocka_unit_test(a_text_that_a_comma_ends_is_shown_and_how_to_write_it),
        cmocka_unit_test(a_changed_by_changes_who_may_deliver),
        cmocka_unit_test(turns_are_listed_and_the_others_counted),
        cmocka_unit_test(what_is_not_shown_is_counted_by_kind),
        cmocka_unit_test(one_thing_is_shown_key_by_key_and_to_programs_as_json),
        cmocka_unit_test(many_turns_are_cut_and_it_is_said_how_to_see_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
