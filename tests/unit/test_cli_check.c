/* What `maalvakt check figures` prints of rows. */
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "services/cli/check_text.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

static void put_title(struct mv_buf *b, const char *nb, const char *en)
{
    mv_pack_map(b, 2);
    mv_pack_kv_cstr(b, "nb", nb);
    mv_pack_kv_cstr(b, "en", en);
}

static void put_head(struct cli_pages *rows, const char *kind, bool open)
{
    struct mv_buf b = {0};
    mv_pack_map(&b, 16);
    mv_pack_kv_cstr(&b, "what", "disagreement");
    mv_pack_kv_cstr(&b, "kind", kind);
    mv_pack_kv_cstr(&b, "indicator", "poster");
    mv_pack_cstr(&b, "title");
    put_title(&b, "Stillinger", "Posts");
    mv_pack_kv_cstr(&b, "unit", "hso");
    mv_pack_kv_cstr(&b, "period", "2024");
    mv_pack_kv_cstr(&b, "stated", "1388");
    mv_pack_kv_cstr(&b, "made", "1387");
    mv_pack_kv_cstr(&b, "measure", "count");
    mv_pack_kv_u64(&b, "decimals", 0);
    mv_pack_kv_u64(&b, "parts", 2);
    mv_pack_kv_u64(&b, "of", 3);
    mv_pack_cstr(&b, "missing");
    mv_pack_list(&b, 2);
    mv_pack_cstr(&b, "sunnaas");
    mv_pack_cstr(&b, "ous");
    mv_pack_cstr(&b, "missing_titles");
    mv_pack_list(&b, 2);
    put_title(&b, "Sunnaas sykehus HF", "Sunnaas hospital");
    put_title(&b, "", "");
    mv_pack_kv_bool(&b, "open", open);
    mv_pack_kv_u64(&b, "figures", 2);
    cli_pages_put(rows, mv_buf_span(&b));
    mv_buf_done(&b);
}

static void put_figure(struct cli_pages *rows, const char *value, bool stated)
{
    struct mv_buf b = {0};
    mv_pack_map(&b, 7);
    mv_pack_kv_cstr(&b, "what", "figure");
    mv_pack_kv_cstr(&b, "unit", stated ? "hso" : "ahus");
    mv_pack_kv_cstr(&b, "period", "2024");
    mv_pack_kv_cstr(&b, "value", value);
    mv_pack_kv_u64(&b, "seq", 3);
    mv_pack_kv_u64(&b, "row", 12);
    mv_pack_kv_bool(&b, "stated", stated);
    cli_pages_put(rows, mv_buf_span(&b));
    mv_buf_done(&b);
}

static void put_all(struct cli_pages *rows)
{
    put_head(rows, "members", true);
    put_figure(rows, "1388", true);
    put_head(rows, "units", false);
    put_figure(rows, "1388.5", true);
    put_figure(rows, "1387.25", false);
}

static void show(struct screen *s, struct cli_check_counts *counts, bool json)
{
    struct cli_pages rows = {0};
    struct cli_source *source = cli_source_open(NULL);
    put_all(&rows);
    if (json)
        cli_check_json(&s->cli, &rows, source, counts);
    else
        cli_check_show(&s->cli, &rows, source, counts);
    cli_source_close(source);
    cli_pages_done(&rows);
}

static const char *find(struct screen *s, const char *part)
{
    const char *at = strstr(screen_text(s), part);
    if (at == NULL)
        fail_msg("no '%s' in:\n%s", part, screen_text(s));
    return at;
}

static void
both_numbers_and_their_figures_are_shown_the_sure_ones_first(void **state)
{
    (void)state;
    struct screen s;
    struct cli_check_counts n;
    screen_open(&s, MV_LANG_NB, 0);
    show(&s, &n, false);
    assert_int_equal(n.sure, 1);
    assert_int_equal(n.open, 1);
    const char *sure = find(&s, "egne tall sier 1388, enhetene under gir 1387 "
                                "(2 av 3 enheter)");
    const char *open = find(&s, "totalen er oppgitt til 1388, delene gir");
    assert_true(sure < open);
    assert_true(find(&s, "Uten tall for perioden: Sunnaas sykehus HF, ous.") <
                open);
    assert_true(find(&s, "Kan skyldes at disse ikke har tall") > open);
    assert_true(find(&s, "1387,25") < open);
    (void)find(&s, "3:12");
    (void)find(&s, "2 tall til er ikke listet");
    screen_close(&s);
}

static void sure_leaves_out_what_missing_figures_may_explain(void **state)
{
    (void)state;
    struct screen s;
    struct cli_check_counts n;
    screen_open(&s, MV_LANG_EN, 0);
    screen_give(&s, "sure", "");
    show(&s, &n, false);
    assert_int_equal(n.open, 0);
    assert_int_equal(n.sure, 1);
    assert_null(strstr(screen_text(&s), "the total is stated"));
    (void)find(&s, "Without figures for the period: Sunnaas hospital, ous.");
    screen_close(&s);
}

static void json_has_a_disagreement_before_its_figures(void **state)
{
    (void)state;
    struct screen s;
    struct cli_check_counts n;
    screen_open(&s, MV_LANG_NB, 0);
    screen_give(&s, "sure", "");
    s.cli.json = true;
    show(&s, &n, true);
    assert_int_equal(n.sure, 1);
    const char *head = find(&s, "\"kind\":\"units\"");
    assert_true(head < find(&s, "\"value\":\"1387.25\""));
    (void)find(&s, "\"missing\":[\"sunnaas\",\"ous\"],\"missing_titles\":"
                   "[{\"nb\":\"Sunnaas sykehus HF\"");
    assert_null(strstr(screen_text(&s), "\"kind\":\"members\""));
    assert_null(strstr(screen_text(&s), "\"value\":\"1388\""));
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            both_numbers_and_their_figures_are_shown_the_sure_ones_first),
        cmocka_unit_test(sure_leaves_out_what_missing_figures_may_explain),
        cmocka_unit_test(json_has_a_disagreement_before_its_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
