/* What `maalvakt explain` says of figures whose value may not be shown. */
#include <string.h>

#include "proto/pack.h"
#include "services/base/clock.h"
#include "services/cli/explain_rows.h"
#include "services/cli/explain_text.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

static void put_criterion(struct cli_pages *rows, const char *reason)
{
    struct mv_buf b = {0};
    mv_pack_map(&b, 2);
    mv_pack_kv_cstr(&b, "what", "criterion");
    mv_pack_cstr(&b, "criterion");
    mv_pack_map(&b, 3);
    mv_pack_kv_cstr(&b, "text", "value >= 70 %");
    mv_pack_kv_cstr(&b, "status", "none");
    mv_pack_kv_cstr(&b, "reason", reason);
    cli_pages_put(rows, mv_buf_span(&b));
    mv_buf_done(&b);
}

/* Of a share: one unit below. */
static void put_unit(struct cli_pages *rows, const char *reason)
{
    struct mv_buf b = {0};
    mv_pack_map(&b, 6);
    mv_pack_kv_cstr(&b, "what", "weight");
    mv_pack_kv_cstr(&b, "criterion", "share(units: value >= 70 %) >= 50 %");
    mv_pack_kv_cstr(&b, "kind", "units");
    mv_pack_kv_cstr(&b, "indicator", "epikrise");
    mv_pack_kv_cstr(&b, "unit", "ahus");
    mv_pack_kv_cstr(&b, "reason", reason);
    cli_pages_put(rows, mv_buf_span(&b));
    mv_buf_done(&b);
}

static void put_figure(struct cli_pages *rows)
{
    struct mv_buf b = {0};
    mv_pack_map(&b, 7);
    mv_pack_kv_cstr(&b, "what", "figure");
    mv_pack_kv_cstr(&b, "indicator", "epikrise");
    mv_pack_kv_cstr(&b, "unit", "ahus");
    mv_pack_kv_cstr(&b, "period", "2024-T1");
    mv_pack_kv_cstr(&b, "numerator", "1");
    mv_pack_kv_cstr(&b, "denominator", "2");
    mv_pack_kv_bool(&b, "counts", true);
    cli_pages_put(rows, mv_buf_span(&b));
    mv_buf_done(&b);
}

static void expect(struct cli_pages *rows, bool said)
{
    struct screen s;
    struct cli_source *source = cli_source_open(NULL);
    put_figure(rows);
    screen_open(&s, MV_LANG_EN, 0);
    cli_explain_show(&s.cli, rows, source);
    assert_non_null(strstr(screen_text(&s), "1 / 2"));
    assert_int_equal(strstr(screen_text(&s), "The value is suppressed, these "
                                             "figures are not") != NULL,
                     said);
    cli_source_close(source);
    cli_pages_done(rows);
    screen_close(&s);
}

static void figures_of_a_suppressed_value_are_said_to_be_evidence(void **state)
{
    struct cli_pages rows = {0};
    (void)state;
    put_criterion(&rows, "suppressed");
    expect(&rows, true);
    put_criterion(&rows, "no_base");
    expect(&rows, false);
}

static void so_are_those_of_a_suppressed_unit_below(void **state)
{
    struct cli_pages rows = {0};
    (void)state;
    put_criterion(&rows, "");
    put_unit(&rows, "suppressed");
    expect(&rows, true);
    put_criterion(&rows, "");
    put_unit(&rows, "excepted");
    expect(&rows, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_of_a_suppressed_value_are_said_to_be_evidence),
        cmocka_unit_test(so_are_those_of_a_suppressed_unit_below),
    };
    struct mv_err err = {0};
    if (mv_clock_init(&err) != MV_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
