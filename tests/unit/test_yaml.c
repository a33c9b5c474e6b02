#include <stdlib.h>
#include <string.h>

#include "services/catalogue/yaml.h"
#include "tests/support/english.h"
#include "tests/support/unit.h"

struct read {
    struct mv_yaml y;
    struct mv_arena arena;
    struct mv_faults faults;
    struct mv_buf text;
    bool whole;
};

static void read_text(struct read *r, struct mv_span text)
{
    *r = (struct read){0};
    r->whole = mv_yaml_read(&r->y, "f.yaml", text, &r->arena, &r->faults);
    for (size_t i = 0; i < r->faults.count; i++)
        test_told_in_norwegian(mv_span_text(r->faults.at[i].text));
    mv_faults_print(&r->faults, &r->text);
}

static void done(struct read *r)
{
    mv_yaml_done(&r->y);
    mv_arena_done(&r->arena);
    mv_faults_done(&r->faults);
    mv_buf_done(&r->text);
}

static void expect_faults(const char *yaml, const char *faults)
{
    struct read r;
    read_text(&r, mv_span_text(yaml));
    assert_string_equal(mv_buf_cstr(&r.text), faults);
    done(&r);
}

static void block_and_flow_make_the_same_tree(void **state)
{
    (void)state;
    struct read r;
    read_text(&r, mv_span_text("a:\n  - x\n  - 'y z'\nb: {c: d}\n"));
    assert_true(r.whole);
    assert_int_equal(r.faults.count, 0);
    const struct mv_yaml_node *n = r.y.nodes;
    assert_int_equal(n[0].kind, MV_YAML_MAP);
    assert_int_equal(n[0].count, 2);
    uint32_t a = mv_yaml_get(&r.y, 0, "a"), b = mv_yaml_get(&r.y, 0, "b");
    assert_int_equal(n[a].kind, MV_YAML_LIST);
    assert_int_equal(n[a].count, 2);
    assert_true(mv_span_is(n[n[a].first].text, "x"));
    assert_true(n[n[a].first].plain);
    assert_int_equal(n[n[a].first].line, 2);
    assert_int_equal(n[n[a].first].column, 5);
    uint32_t yz = n[n[a].first].next;
    assert_true(mv_span_is(n[yz].text, "y z"));
    assert_false(n[yz].plain);
    assert_int_equal(n[yz].next, 0);
    assert_int_equal(n[b].count, 1);
    assert_true(mv_span_is(n[mv_yaml_get(&r.y, b, "c")].text, "d"));
    assert_int_equal(mv_yaml_get(&r.y, 0, "c"), 0);
    done(&r);
}

static void a_duplicate_key_is_named_with_both_lines(void **state)
{
    (void)state;
    expect_faults("a: 1\nb: 2\na: 3\n",
                  "f.yaml:3:1: a: the key stands twice, first in line 1\n");
}

static void tabs_in_the_indentation_are_all_named(void **state)
{
    (void)state;
    expect_faults("a:\n\tb: 1\n  \tc: 2\n",
                  "f.yaml:2:1: a tab in the indentation: use spaces\n"
                  "f.yaml:3:3: a tab in the indentation: use spaces\n");
}

static void anchors_aliases_and_tags_are_refused_unexpanded(void **state)
{
    (void)state;
    expect_faults("a: &x [1]\nb: *x\nc: !!str d\n",
                  "f.yaml:1:4: an anchor (&) is not allowed here\n"
                  "f.yaml:2:4: an alias (*) is not allowed here\n"
                  "f.yaml:3:4: a tag (!) is not allowed here\n");
}

static void bad_input_109_an_anchor_bomb_costs_its_own_bytes(void **state)
{
    (void)state;
    struct mv_buf bomb = {0};
    mv_buf_text(&bomb, "a0: &a0 [x, x]\n");
    for (int i = 1; i < 200; i++)
        mv_buf_printf(&bomb, "a%d: &a%d [*a%d, *a%d]\n", i, i, i - 1, i - 1);
    struct read r;
    read_text(&r, mv_buf_span(&bomb));
    assert_int_equal(r.faults.errors, 200 + 2 * 199);
    assert_int_equal(r.y.count, 1 + 200 * 4);
    done(&r);
    mv_buf_done(&bomb);
}

static void syntax_faults_say_line_and_column(void **state)
{
    (void)state;
    struct read r;
    read_text(&r, mv_span_text("a: 1\nb: [1, 2\nc: 3\n"));
    assert_false(r.whole);
    assert_int_equal(r.faults.count, 1);
    assert_int_equal(r.faults.at[0].line, 3);
    done(&r);
    read_text(&r, mv_span("a: 1\nb: \xff\n", 10));
    assert_false(r.whole);
    assert_int_equal(r.faults.at[0].line, 2);
    done(&r);
}

static void nul_and_control_characters_are_refused(void **state)
{
    (void)state;
    struct read r;
    read_text(&r, mv_span("a: 1\nb: x\0y\n", 12));
    assert_false(r.whole);
    assert_string_equal(mv_buf_cstr(&r.text), "f.yaml:2:1: a NUL byte\n");
    done(&r);
    expect_faults("a: \"x\\0y\"\n",
                  "f.yaml:1:4: control character in the text\n");
    expect_faults("a: \"x\\ey\"\n",
                  "f.yaml:1:4: control character in the text\n");
}

static void a_second_document_is_refused(void **state)
{
    (void)state;
    expect_faults("a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document (---)\n");
}

static void nesting_and_node_count_are_bounded(void **state)
{
    (void)state;
    struct mv_buf deep = {0};
    for (int i = 0; i < 100000; i++)
        mv_buf_text(&deep, "[");
    struct read r;
    read_text(&r, mv_buf_span(&deep));
    assert_false(r.whole);
    assert_string_equal(mv_buf_cstr(&r.text), "f.yaml:1:17: nested too deep\n");
    done(&r);
    mv_buf_clear(&deep);
    mv_buf_text(&deep, "[");
    for (uint32_t i = 0; i < MV_YAML_NODES; i++)
        mv_buf_text(&deep, "a,");
    read_text(&r, mv_buf_span(&deep));
    assert_false(r.whole);
    assert_int_equal(r.y.count, MV_YAML_NODES);
    assert_non_null(strstr(mv_buf_cstr(&r.text), "too many nodes"));
    done(&r);
    mv_buf_done(&deep);
}

static void an_empty_document_has_no_nodes(void **state)
{
    (void)state;
    struct read r;
    read_text(&r, mv_span_text("# nothing\n"));
    assert_true(r.whole);
    assert_int_equal(r.y.count, 0);
    done(&r);
}

static void a_thousand_faults_are_kept_and_all_are_counted(void **state)
{
    (void)state;
    struct mv_buf many = {0};
    for (int i = 0; i < 1500; i++)
        mv_buf_text(&many, "- *x\n");
    struct read r;
    read_text(&r, mv_buf_span(&many));
    assert_int_equal(r.faults.count, MV_FAULTS_MAX);
    assert_int_equal(r.faults.more, 500);
    assert_int_equal(r.faults.errors, 1500);
    assert_non_null(strstr(mv_buf_cstr(&r.text), "... and 500 more\n"));
    done(&r);
    mv_buf_done(&many);
}

static void fault_text_cannot_steer_a_terminal(void **state)
{
    (void)state;
    struct mv_faults f = {0};
    mv_faults_add(&f, MV_FAULT_ERROR,
                  (struct mv_fault_place){.file = "f", .key = {"k\x1b", 2}},
                  "a\x1b[31m\xc2\x9b\xff");
    assert_string_equal(f.at[0].text, "a?[31m???");
    assert_string_equal(f.at[0].key, "k?");
    mv_faults_done(&f);
}

/* What the library says is told in Norwegian too: read_text holds it. */
static void what_the_library_finds_is_told_in_norwegian(void **state)
{
    static const char *const texts[] = {"a: 1\n b: 2\n",
                                        "a: 1\n- b\n",
                                        "- a\nb: 1\n",
                                        "a: [b\n",
                                        "a: {b\n",
                                        "a: b: c\n",
                                        "a: 'b\n",
                                        "a: \"\\q\"\n",
                                        "a: @b\n",
                                        "a:\n\t- b\n",
                                        "a: |0\n  b\n",
                                        "a: |x\n  b\n",
                                        "a: *\n",
                                        "a: &\n",
                                        "a: !<x\n",
                                        "%YAML 9\n---\n",
                                        "%FOO\na: 1\n",
                                        "%TAG x\n---\n",
                                        "a: \"\\xzz\"",
                                        "a: \x01\n",
                                        "a: \xff\n",
                                        "a\n---\n] b\n",
                                        "a: [b]]\n",
                                        "a: ? b\n",
                                        "%YAML 1.1\n%YAML 1.1\n---\n"};
    size_t bad = 0;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct read r;
        read_text(&r, mv_span_text(texts[i]));
        bad += r.faults.count > 0;
        done(&r);
    }
    assert_true(bad > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(block_and_flow_make_the_same_tree),
        cmocka_unit_test(a_duplicate_key_is_named_with_both_lines),
        cmocka_unit_test(tabs_in_the_indentation_are_all_named),
        cmocka_unit_test(anchors_aliases_and_tags_are_refused_unexpanded),
        cmocka_unit_test(bad_input_109_an_anchor_bomb_costs_its_own_bytes),
        cmocka_unit_test(syntax_faults_say_line_and_column),
        cmocka_unit_test(nul_and_control_characters_are_refused),
        cmocka_unit_test(a_second_document_is_refused),
        cmocka_unit_test(nesting_and_node_count_are_bounded),
        cmocka_unit_test(an_empty_document_has_no_nodes),
        cmocka_unit_test(a_thousand_faults_are_kept_and_all_are_counted),
        cmocka_unit_test(fault_text_cannot_steer_a_terminal),
        cmocka_unit_test(what_the_library_finds_is_told_in_norwegian),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
