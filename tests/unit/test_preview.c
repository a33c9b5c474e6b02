/* What a proposed catalogue would turn: told, and nothing of it kept. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "proto/walk.h"
#include "services/evaluator/preview.h"
#include "tests/support/asking.h"
#include "tests/support/catalogue_text.h"
#include "tests/support/unit.h"

struct fixture {
    struct test_world w;
    struct test_journal j;
    struct test_answer a;
    uint8_t hash[MV_HASH_BYTES];
    struct mv_buf turns; /* "1535 2024 ous green -> red\n" ... */
    uint64_t judged, next;
};

static int setup(void **state)
{
    struct fixture *f = mv_xcalloc(1, sizeof *f);
    test_world_begin(&f->w, &f->j, "2024-06-20");
    test_journal_delivery(&f->j, "epikrise som ahus 2024-T1 50/100\n"
                                 "epikrise vop ahus 2024-T1 90/100\n"
                                 "epikrise som ous 2024-T1 80/100\n");
    test_world_run(&f->w, &f->j, 0, 10);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    mv_buf_done(&f->turns);
    test_answer_done(&f->a);
    test_journal_done(&f->j);
    test_world_done(&f->w);
    free(f);
    return 0;
}

static void put_text(struct fixture *f, struct mv_span row, const char *key,
                     const char *before)
{
    struct mv_span v;
    assert_true(mv_map_text(row, key, &v));
    mv_buf_printf(&f->turns, "%s%.*s", before, (int)v.len,
                  v.len > 0 ? (const char *)v.at : "");
}

static void read_row(struct fixture *f, struct mv_span row)
{
    struct mv_span raw;
    uint64_t n;
    if (mv_map_u64(row, "next", &f->next))
        return;
    if (mv_map_find(row, "hash", &raw)) {
        assert_true(mv_value_bin(raw, &raw));
        memcpy(f->hash, raw.at, MV_HASH_BYTES);
        assert_true(mv_map_u64(row, "judged", &n));
        f->judged += n;
        return;
    }
    put_text(f, row, "target", "");
    assert_true(mv_map_u64(row, "year", &n));
    mv_buf_printf(&f->turns, " %llu", (unsigned long long)n);
    put_text(f, row, "unit", " ");
    put_text(f, row, "was", " ");
    put_text(f, row, "becomes", " -> ");
    put_text(f, row, "reason", " ");
    mv_buf_text(&f->turns, "\n");
}

static mv_rc ask(struct fixture *f, struct mv_span args)
{
    f->next = 0;
    mv_rc rc = test_ask_packed(&f->w, "preview", args, &f->a);
    for (uint32_t i = 0; i < f->a.rows; i++)
        read_row(f, f->a.row[i]);
    return rc;
}

/* NULL: as the catalogue in force has it. */
static mv_rc propose(struct fixture *f, const char *units,
                     const char *indicators, const char *targets)
{
    struct mv_buf args = {0};
    mv_buf_clear(&f->turns);
    f->judged = 0;
    mv_pack_map(&args, 1);
    mv_pack_cstr(&args, "files");
    mv_pack_map(&args, 3);
    mv_pack_kv_cstr(&args, "units.yaml", units ? units : test_units);
    mv_pack_kv_cstr(&args, "indicators.yaml",
                    indicators ? indicators : test_indicators);
    mv_pack_kv_cstr(&args, "targets.yaml", targets ? targets : test_targets);
    mv_rc rc = ask(f, mv_buf_span(&args));
    mv_buf_done(&args);
    return rc;
}

static mv_rc go_on(struct fixture *f)
{
    struct mv_buf args = {0};
    mv_pack_map(&args, 2);
    mv_pack_kv_bin(&args, "hash", mv_span(f->hash, MV_HASH_BYTES));
    mv_pack_kv_u64(&args, "from", f->next);
    mv_rc rc = ask(f, mv_buf_span(&args));
    mv_buf_done(&args);
    return rc;
}

#define TARGET_AT(PERCENT, YEAR) \
    "targets:\n"                 \
    "  - id: \"1535\"\n"         \
    "    year: " YEAR "\n"       \
    "    text: {nb: Minst}\n"    \
    "    indicator: epikrise\n"  \
    "    require: [\"each tjeneste: value >= " PERCENT " %\"]\n"

static void the_catalogue_in_force_turns_nothing(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(propose(f, NULL, NULL, NULL), MV_OK);
    assert_string_equal(mv_buf_cstr(&f->turns), "");
    assert_int_equal(f->judged, 3);
    assert_int_equal(f->next, 0);
}

static void a_limit_moved_names_each_status_that_turns(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(propose(f, NULL, NULL, TARGET_AT("85", "2024")), MV_OK);
    assert_string_equal(mv_buf_cstr(&f->turns),
                        "1535 2024 ous green -> red \n");
}

static void what_comes_is_new_and_what_leaves_is_named(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(propose(f, NULL, NULL, TARGET_AT("60", "2025")), MV_OK);
    assert_string_equal(mv_buf_cstr(&f->turns),
                        "1535 2025 hso  -> none not_due\n"
                        "1535 2025 ahus  -> none not_due\n"
                        "1535 2025 ous  -> none not_due\n"
                        "1535 2024 hso yellow ->  \n"
                        "1535 2024 ahus yellow ->  \n"
                        "1535 2024 ous green ->  \n");
}

/* New units and indicators read no other's rows. */
static void a_new_unit_has_no_figures_of_others(void **state)
{
    struct fixture *f = *state;
    struct mv_buf units = {0};
    mv_buf_text(&units, test_units);
    mv_buf_text(&units, "  - {id: neu, name: N, kind: trust, parent: hso}\n");
    assert_int_equal(propose(f, mv_buf_cstr(&units), NULL, NULL), MV_OK);
    assert_string_equal(mv_buf_cstr(&f->turns),
                        "1535 2024 neu  -> none overdue\n");
    mv_buf_done(&units);
}

/* What it says is what `apply` then does; and asking has done nothing. */
static void asking_stores_nothing_and_tells_what_apply_does(void **state)
{
    struct fixture *f = *state;
    struct mv_buf said = {0};
    struct mv_hash was = test_world_digest(&f->w);
    uint64_t head, now;
    mv_log_head(f->w.changes, &head, NULL);
    assert_int_equal(propose(f, NULL, NULL, TARGET_AT("85", "2024")), MV_OK);
    struct mv_hash is = test_world_digest(&f->w);
    assert_memory_equal(&was, &is, sizeof was);
    mv_log_head(f->w.changes, &now, NULL);
    assert_int_equal(now, head);
    test_journal_catalogue(&f->j, NULL, NULL, TARGET_AT("85", "2024"));
    test_world_run(&f->w, &f->j, 0, 1);
    test_world_changes(&f->w, head + 1, &said);
    assert_non_null(strstr(mv_buf_cstr(&said), "1535 2024 ous green -> red"));
    assert_int_equal(propose(f, NULL, NULL, TARGET_AT("85", "2024")), MV_OK);
    assert_string_equal(mv_buf_cstr(&f->turns), "");
    mv_buf_done(&said);
}

static void a_large_one_comes_in_shares_and_loses_nothing(void **state)
{
    struct fixture *f = *state;
    struct mv_buf units = {0};
    unsigned pages = 1, lines = 0;
    mv_buf_text(&units, test_units);
    for (int i = 0; i < 5000; i++)
        mv_buf_printf(
            &units, "  - {id: u%04d, name: U, kind: trust, parent: hso}\n", i);
    assert_int_equal(propose(f, mv_buf_cstr(&units), NULL, NULL), MV_OK);
    for (; f->next != 0; pages++) {
        assert_true(f->a.rows <= EVALUATOR_PAGE_ROWS + 2);
        assert_int_equal(go_on(f), MV_OK);
    }
    assert_int_equal(f->judged, 5003);
    assert_true(pages > 4);
    const char *at = mv_buf_cstr(&f->turns);
    for (; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    assert_int_equal(lines, 5000);
    assert_int_equal(go_on(f), MV_AGAIN); /* let go after its last page */
    assert_string_equal(f->a.no.code, "not_found");
    mv_buf_done(&units);
}

/* Rows of figures are what a pair takes, so it is they that are counted. */
static void a_turn_ends_after_so_many_rows_of_figures(void **state)
{
    struct fixture *f = *state;
    unsigned pages = 1;
    f->a.page.work = 1;
    assert_int_equal(propose(f, NULL, NULL, TARGET_AT("85", "2024")), MV_OK);
    for (; f->next != 0; pages++)
        assert_int_equal(go_on(f), MV_OK);
    assert_int_equal(f->judged, 3);
    assert_true(pages >= 3);
    assert_string_equal(mv_buf_cstr(&f->turns),
                        "1535 2024 ous green -> red \n");
}

static void a_proposal_is_let_go_when_another_comes_into_force(void **state)
{
    struct fixture *f = *state;
    struct mv_buf units = {0};
    mv_buf_text(&units, test_units);
    for (int i = 0; i < 1500; i++)
        mv_buf_printf(
            &units, "  - {id: u%04d, name: U, kind: trust, parent: hso}\n", i);
    assert_int_equal(propose(f, mv_buf_cstr(&units), NULL, NULL), MV_OK);
    assert_int_not_equal(f->next, 0);
    test_journal_catalogue(&f->j, NULL, NULL, TARGET_AT("85", "2024"));
    test_world_run(&f->w, &f->j, 0, 1);
    assert_int_equal(go_on(f), MV_AGAIN);
    assert_string_equal(f->a.no.code, "not_found");
    mv_buf_done(&units);
}

static void one_with_faults_is_refused_and_the_first_is_told(void **state)
{
    struct fixture *f = *state;
    struct mv_buf empty = {0};
    assert_int_equal(propose(f, NULL, NULL, "targets:\n  - {id: x}\n"),
                     MV_AGAIN);
    assert_string_equal(f->a.no.code, "catalogue");
    assert_non_null(strstr(f->a.no.text, "targets.yaml:2: x"));
    mv_pack_map(&empty, 0);
    assert_int_equal(ask(f, mv_buf_span(&empty)), MV_AGAIN);
    assert_string_equal(f->a.no.code, "missing");
    mv_buf_done(&empty);
}

static void without_one_in_force_all_is_new(void **state)
{
    (void)state;
    struct fixture *f = mv_xcalloc(1, sizeof *f);
    test_world_make(&f->w);
    assert_int_equal(test_world_start(&f->w, NULL), MV_OK);
    assert_int_equal(propose(f, NULL, NULL, NULL), MV_OK);
    assert_int_equal(f->judged, 3);
    assert_non_null(strstr(mv_buf_cstr(&f->turns), "1535 2024 hso  -> none"));
    void *again = f;
    assert_int_equal(teardown(&again), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(the_catalogue_in_force_turns_nothing),
        TEST(a_limit_moved_names_each_status_that_turns),
        TEST(what_comes_is_new_and_what_leaves_is_named),
        TEST(a_new_unit_has_no_figures_of_others),
        TEST(asking_stores_nothing_and_tells_what_apply_does),
        TEST(a_large_one_comes_in_shares_and_loses_nothing),
        TEST(a_turn_ends_after_so_many_rows_of_figures),
        TEST(a_proposal_is_let_go_when_another_comes_into_force),
        TEST(one_with_faults_is_refused_and_the_first_is_told),
        cmocka_unit_test(without_one_in_force_all_is_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
