/* What was probably meant: near names are proposed, far ones are not. */
#include <string.h>

#include "services/cli/hint.h"
#include "services/cli/near.h"
#include "tests/support/catalogue_text.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

static unsigned distance(const char *a, const char *b)
{
    return cli_near_distance(mv_span_text(a), mv_span_text(b), 9);
}

static void
distances_count_letters_put_in_left_out_changed_and_swapped(void **state)
{
    (void)state;
    assert_int_equal(distance("ahus", "ahus"), 0);
    assert_int_equal(distance("AHUS", "ahus"), 0);
    assert_int_equal(distance("ahs", "ahus"), 1);
    assert_int_equal(distance("ahuss", "ahus"), 1);
    assert_int_equal(distance("ahos", "ahus"), 1);
    assert_int_equal(distance("auhs", "ahus"), 1);
    assert_int_equal(distance("", "ahus"), 4);
    assert_int_equal(distance("kitten", "sitting"), 3);
    assert_int_equal(
        cli_near_distance(mv_span_text("abc"), mv_span_text("xyz"), 1), 2);
    char longer[70];
    memset(longer, 'a', sizeof longer);
    assert_int_equal(
        cli_near_distance(mv_span(longer, 65), mv_span_text("a"), 3), 4);
}

static const char *meant(const char *said, const char *const *names)
{
    static char best[65];
    struct cli_near n = {.want = mv_span_text(said)};
    for (; *names != NULL; names++)
        cli_near_try(&n, mv_span_text(*names));
    (void)snprintf(best, sizeof best, "%s", n.found ? n.best : "");
    return best;
}

static void the_nearest_is_proposed_and_what_is_far_is_not(void **state)
{
    static const char *const names[] = {
        "status", "subscribe", "subscriptions", "skip", "keys", "push", NULL};
    (void)state;
    assert_string_equal(meant("statsu", names), "status");
    assert_string_equal(meant("stat", names), "status");
    assert_string_equal(meant("subscripe", names), "subscribe");
    assert_string_equal(meant("psuh", names), "push");
    assert_string_equal(meant("report", names), "");
    assert_string_equal(meant("x", names), "");
    assert_string_equal(meant("", names), "");
}

static void a_short_name_that_shares_no_letter_is_not_proposed(void **state)
{
    static const char units[] = "units:\n"
                                "  - {id: r, name: R, kind: region}\n"
                                "  - {id: hf, name: Q, kind: trust, parent: r}"
                                "\n";
    static const char *const names[] = {"r", "a1", NULL};
    struct mv_buf b = {0};
    (void)state;
    assert_string_equal(meant("c", names), "");
    assert_string_equal(meant("b2", names), "");
    assert_string_equal(meant("b1", names), "a1");
    assert_string_equal(meant("a", names), "a1");
    assert_string_equal(meant("1a", names), "a1");
    struct mv_catalogue *k = test_catalogue(units, "", "", "", &b);
    struct cli_near n = {.want = mv_span_text("c")};
    assert_non_null(k);
    cli_near_catalogue(&n, k, CLI_THING_UNIT);
    assert_false(n.found);
    n = (struct cli_near){.want = mv_span_text("q")};
    cli_near_catalogue(&n, k, CLI_THING_UNIT);
    assert_string_equal(n.best, "hf");
    mv_catalogue_close(k);
    mv_buf_done(&b);
}

static void a_thing_is_found_by_its_id_or_its_title(void **state)
{
    struct mv_buf b = {0};
    struct screen s;
    (void)state;
    struct mv_catalogue *k = test_catalogue(NULL, NULL, NULL, NULL, &b);
    struct cli_near n = {.want = mv_span_text("epikrisse")};
    assert_non_null(k);
    cli_near_catalogue(&n, k, CLI_THING_INDICATOR);
    assert_true(n.found);
    assert_string_equal(n.best, "epikrise");
    n = (struct cli_near){.want = mv_span_text("ventetdi")};
    cli_near_catalogue(&n, k, CLI_THING_INDICATOR);
    assert_string_equal(n.best, "ventetid");
    n = (struct cli_near){.want = mv_span_text("Ahus trust")};
    cli_near_catalogue(&n, k, CLI_THING_UNIT);
    assert_string_equal(n.best, "ahus");
    n = (struct cli_near){.want = mv_span_text("1353")};
    cli_near_catalogue(&n, k, CLI_THING_TARGET);
    assert_string_equal(n.best, "1535");
    screen_open(&s, MV_LANG_NB, 0);
    mv_buf_clear(&b);
    cli_near_put(&s.cli, &n, &b);
    assert_string_equal(mv_buf_cstr(&b), " – mener du `1535`?");
    n = (struct cli_near){.want = mv_span_text("noe helt annet")};
    cli_near_catalogue(&n, k, CLI_THING_UNIT);
    cli_near_catalogue(&n, NULL, CLI_THING_UNIT);
    mv_buf_clear(&b);
    cli_near_put(&s.cli, &n, &b);
    assert_int_equal(b.len, 0);
    screen_close(&s);
    mv_catalogue_close(k);
    mv_buf_done(&b);
}

static void a_member_goes_by_its_id_or_its_title(void **state)
{
    static const char indicators[] =
        "indicators:\n"
        "  - {id: wait, title: W, measure: days, frequency: M, due: 10 d,\n"
        "     better: lower, over_periods: ratio, over_units: ratio,\n"
        "     dimension: {id: x, members: {som: Somatikk, vop: Voksne},\n"
        "                 total: none}, by: trust}\n";
    struct mv_buf b = {0};
    cli_thing thing;
    (void)state;
    struct mv_catalogue *k = test_catalogue(NULL, indicators, "", "", &b);
    assert_non_null(k);
    assert_true(cli_hint_kind(MV_CODE_CHARSET, mv_span_text("member"), &thing));
    struct cli_near n = {.want = mv_span_text("Somatikk")};
    cli_near_catalogue(&n, k, thing);
    assert_string_equal(n.best, "som");
    assert_true(
        cli_hint_kind(MV_CODE_UNKNOWN_MEMBER, mv_span_text("member"), &thing));
    n = (struct cli_near){.want = mv_span_text("vpo")};
    cli_near_catalogue(&n, k, thing);
    assert_string_equal(n.best, "vop");
    n = (struct cli_near){.want = mv_span_text("barn")};
    cli_near_catalogue(&n, k, thing);
    assert_false(n.found);
    mv_catalogue_close(k);
    mv_buf_done(&b);
}

/* With a key that is not known there is no door to ask at. */
static void nothing_is_proposed_where_nobody_can_be_asked(void **state)
{
    struct screen s;
    (void)state;
    screen_open(&s, MV_LANG_NB, 0);
    cli_hint_subscription(&s.cli, NULL, "rodt");
    assert_string_equal(screen_text(&s), "");
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            distances_count_letters_put_in_left_out_changed_and_swapped),
        cmocka_unit_test(the_nearest_is_proposed_and_what_is_far_is_not),
        cmocka_unit_test(a_short_name_that_shares_no_letter_is_not_proposed),
        cmocka_unit_test(a_thing_is_found_by_its_id_or_its_title),
        cmocka_unit_test(a_member_goes_by_its_id_or_its_title),
        cmocka_unit_test(nothing_is_proposed_where_nobody_can_be_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
