#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/answers.h"
#include "proto/delivery.h"
#include "proto/limits.h"
#include "proto/pack.h"
#include "tests/support/bytes.h"
#include "tests/support/samples.h"
#include "tests/support/unit.h"

/* The bytes of proto/golden/<name>.<version>.hex; false if there is none.
 * Lines that begin with # are comment. */
static bool golden(const char *name, struct mv_buf *out)
{
    char path[128];
    char line[256];
    bool commented = false;
    (void)snprintf(path, sizeof path, "proto/golden/%s.%u.hex", name,
                   MV_PROTO_VERSION);
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return false;
    while (fgets(line, sizeof line, f) != NULL) {
        commented = commented || line[0] == '#';
        if (line[0] != '#')
            test_hex(out, line);
    }
    (void)fclose(f);
    return commented;
}

/* For a new message: MV_GOLDEN=new writes the files that are not there. */
static void write_new(const char *name, const struct mv_buf *b)
{
    char path[128];
    (void)snprintf(path, sizeof path, "proto/golden/%s.%u.hex", name,
                   MV_PROTO_VERSION);
    FILE *f = fopen(path, "wx");
    assert_non_null(f);
    (void)fprintf(f, "# %s, version %u: every field set\n", name,
                  MV_PROTO_VERSION);
    for (size_t i = 0; i < b->len; i++)
        (void)fprintf(f, "%02x%s", b->at[i],
                      i % 24 == 23 || i + 1 == b->len ? "\n" : " ");
    assert_int_equal(fclose(f), 0);
}

static void compare(const char *name, const struct mv_buf *now)
{
    struct mv_buf was = {0};
    const char *mode = getenv("MV_GOLDEN");
    bool found = golden(name, &was);
    if (!found && mode != NULL && strcmp(mode, "new") == 0)
        write_new(name, now);
    else if (!found)
        fail_msg("proto/golden/%s.%u.hex is missing", name, MV_PROTO_VERSION);
    else if (!mv_span_equal(mv_buf_span(&was), mv_buf_span(now)))
        fail_msg("%s is written otherwise than its golden file", name);
    mv_buf_done(&was);
}

static void every_message_is_written_as_its_golden_file_says(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    for (unsigned id = 1; id < MV_MSG_COUNT; id++) {
        mv_buf_clear(&b);
        test_sample((mv_msg_id)id, &b);
        compare(test_message_name((mv_msg_id)id), &b);
    }
    mv_buf_clear(&b);
    test_sample_table("delivery", &b);
    compare("delivery", &b);
    mv_buf_clear(&b);
    test_sample_table("withdrawal", &b);
    compare("withdrawal", &b);
    mv_buf_clear(&b);
    test_sample_answers(&b);
    compare("answers", &b);
    mv_buf_done(&b);
}

static void every_golden_file_is_still_read(void **state)
{
    (void)state;
    uint8_t room[1024];
    struct mv_fault fault;
    struct mv_buf b = {0};
    for (unsigned id = 1; id < MV_MSG_COUNT; id++) {
        mv_buf_clear(&b);
        assert_true(golden(test_message_name((mv_msg_id)id), &b));
        assert_true(
            mv_msg_decode((mv_msg_id)id, mv_buf_span(&b), room, &fault));
    }
    mv_buf_done(&b);
}

/* What a log holds is asked for too: `changes` and `dead-show` answer with it
 * inside a row. */
static void a_reply_has_room_for_whatever_a_log_holds(void **state)
{
    (void)state;
    static const mv_msg_id held[] = {MV_MSG_GROUP, MV_MSG_NOTICE, MV_MSG_ACT};
    struct mv_msg_reply m = {.id = 1, .result = mv_span_text("ok")}, read;
    struct mv_buf rows = {0}, b = {0};
    struct mv_fault fault;
    for (size_t i = 0; i < sizeof held / sizeof *held; i++) {
        mv_buf_clear(&rows);
        mv_buf_clear(&b);
        mv_pack_list(&rows, 1);
        mv_pack_map(&rows, 1);
        mv_pack_cstr(&rows, "held");
        test_sample(held[i], &rows);
        m.rows = mv_buf_span(&rows);
        mv_msg_reply_encode(&m, &b);
        if (!mv_msg_reply_decode(mv_buf_span(&b), &read, &fault))
            fail_msg("%s: %s", test_message_name(held[i]), fault.detail);
    }
    mv_buf_done(&rows);
    mv_buf_done(&b);
}

/* Files of proto/golden that keep what was written before. */
static size_t count_kept(void)
{
    size_t count = 0;
    const struct dirent *entry;
    DIR *d = opendir("proto/golden");
    assert_non_null(d);
    while ((entry = readdir(d)) != NULL)
        count += strchr(entry->d_name, '-') != NULL;
    (void)closedir(d);
    return count;
}

/* A message that got more fields: as it was written before them. */
static void what_was_written_before_is_still_read(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        mv_msg_id id;
    } first[] = {{"change-first", MV_MSG_CHANGE},
                 {"change-second", MV_MSG_CHANGE},
                 {"criterion-first", MV_MSG_CRITERION},
                 {"criterion-second", MV_MSG_CRITERION},
                 {"criterion-third", MV_MSG_CRITERION},
                 {"group-first", MV_MSG_GROUP},
                 {"group-second", MV_MSG_GROUP},
                 {"live-first", MV_MSG_LIVE},
                 {"live-second", MV_MSG_LIVE},
                 {"notice-first", MV_MSG_NOTICE},
                 {"notice-second", MV_MSG_NOTICE}};
    uint8_t room[1024];
    struct mv_fault fault;
    struct mv_buf b = {0};
    assert_int_equal(count_kept(), sizeof first / sizeof *first);
    for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
        mv_buf_clear(&b);
        assert_true(golden(first[i].name, &b));
        assert_true(mv_msg_decode(first[i].id, mv_buf_span(&b), room, &fault));
    }
    mv_buf_done(&b);
}

static void golden_tables_are_read_and_are_canonical(void **state)
{
    (void)state;
    static const char *const names[] = {"delivery", "withdrawal"};
    struct mv_delivery d = {0};
    struct mv_conflicts conflicts = {0};
    struct mv_buf b = {0};
    struct mv_buf again = {0};
    for (size_t i = 0; i < 2; i++) {
        mv_buf_clear(&b);
        mv_buf_clear(&again);
        assert_true(golden(names[i], &b));
        assert_true(mv_delivery_read(mv_buf_span(&b), &d, &conflicts));
        mv_delivery_canonical(&d, &again);
        assert_true(mv_span_equal(mv_buf_span(&b), mv_buf_span(&again)));
    }
    mv_delivery_done(&d);
    mv_conflicts_done(&conflicts);
    mv_buf_done(&b);
    mv_buf_done(&again);
}

static void a_golden_frame_of_answers_is_read(void **state)
{
    (void)state;
    struct mv_answers answers;
    struct mv_msg_answer a;
    struct mv_span bytes;
    struct mv_fault fault;
    struct mv_buf b = {0};
    assert_true(golden("answers", &b));
    assert_true(mv_answers_open(&answers, mv_buf_span(&b), &fault));
    for (uint64_t number = 412; mv_answers_next(&answers, &a, &bytes); number++)
        assert_int_equal(a.number, number);
    assert_int_equal(a.number, 413);
    mv_buf_done(&b);
}

/* ---- proto/README.md says what messages.def says ---- */

struct doc {
    char message[64], name[64], kind[64], need[64];
};

/* Tables stand under "### `message`"; rows are "| `field` | kind | need |". */
static size_t read_docs(struct doc *docs, size_t most)
{
    char line[1024];
    char message[64] = "";
    size_t count = 0;
    FILE *f = fopen("proto/README.md", "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL && count < most) {
        struct doc *d = &docs[count];
        if (sscanf(line, "### `%63[a-z_]`", message) == 1)
            continue;
        if (strncmp(line, "## ", 3) == 0)
            message[0] = 0;
        if (message[0] == 0 ||
            sscanf(line, "| `%63[a-z_0-9]` | %63[A-Z0-9a-z] | %63[a-z]",
                   d->name, d->kind, d->need) != 3)
            continue;
        memcpy(d->message, message, sizeof message);
        count++;
    }
    (void)fclose(f);
    return count;
}

static const char *kind_in_words(const char *kind)
{
    static const char *const words[][2] = {
        {"U64", "uint"},    {"I64", "int"},    {"BOOL", "bool"},
        {"WORD", "word"},   {"IDENT", "name"}, {"TEXT", "text"},
        {"BIN32", "bin32"}, {"LIST", "list"},  {"MAP", "map"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i][0], kind) == 0)
            return words[i][1];
    }
    return "?";
}

static void the_readme_lists_the_fields_in_their_order(void **state)
{
    (void)state;
    static struct doc docs[512];
    size_t count = read_docs(docs, 512);
    for (size_t i = 0; i < test_field_count && i < count; i++) {
        const struct test_field *f = &test_fields[i];
        bool required = strcmp(f->need, "REQ") == 0;
        if (strcmp(docs[i].message, f->message) != 0 ||
            strcmp(docs[i].name, f->name) != 0)
            fail_msg("README has %s.%s where messages.def has %s.%s",
                     docs[i].message, docs[i].name, f->message, f->name);
        assert_string_equal(docs[i].kind, kind_in_words(f->kind));
        assert_string_equal(docs[i].need, required ? "yes" : "no");
    }
    assert_int_equal(count, test_field_count);
}

static void slurp(const char *path, struct mv_buf *out)
{
    char part[4096];
    size_t got;
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while ((got = fread(part, 1, sizeof part, f)) > 0)
        mv_buf_put(out, part, got);
    (void)fclose(f);
}

static void the_readme_names_every_code(void **state)
{
    (void)state;
    struct mv_buf text = {0};
    slurp("proto/README.md", &text);
    for (unsigned i = 1; i < MV_CODE_COUNT; i++) {
        char name[80];
        (void)snprintf(name, sizeof name, "`%s`", mv_code_name((mv_code)i));
        if (strstr(mv_buf_cstr(&text), name) == NULL)
            fail_msg("README does not name the code %s", name);
    }
    mv_buf_done(&text);
}

/* The bytes of the dump under "### Worked"; # begins a comment. */
static void worked_bytes(struct mv_buf *out)
{
    char line[256];
    int fences = -1;
    FILE *f = fopen("proto/README.md", "r");
    assert_non_null(f);
    while (fences < 2 && fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, "### Worked", 10) == 0)
            fences = 0;
        else if (fences >= 0 && strncmp(line, "```", 3) == 0)
            fences++;
        else if (fences == 1) {
            line[strcspn(line, "#")] = 0;
            test_hex(out, line);
        }
    }
    (void)fclose(f);
}

static void the_worked_example_is_a_good_delivery(void **state)
{
    (void)state;
    struct mv_delivery d = {0};
    struct mv_conflicts conflicts = {0};
    struct mv_buf b = {0};
    struct mv_buf again = {0};
    worked_bytes(&b);
    assert_true(mv_delivery_read(mv_buf_span(&b), &d, &conflicts));
    assert_int_equal(d.number, 412);
    assert_int_equal(d.row_count, 1);
    assert_int_equal(d.rows[0].numerator, 812000000);
    assert_int_equal(d.rows[0].denominator, 1003000000);
    mv_delivery_canonical(&d, &again);
    assert_true(mv_span_equal(mv_buf_span(&b), mv_buf_span(&again)));
    mv_delivery_done(&d);
    mv_conflicts_done(&conflicts);
    mv_buf_done(&b);
    mv_buf_done(&again);
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_message_is_written_as_its_golden_file_says),
        TEST(every_golden_file_is_still_read),
        TEST(a_reply_has_room_for_whatever_a_log_holds),
        TEST(what_was_written_before_is_still_read),
        TEST(golden_tables_are_read_and_are_canonical),
        TEST(a_golden_frame_of_answers_is_read),
        TEST(the_readme_lists_the_fields_in_their_order),
        TEST(the_readme_names_every_code),
        TEST(the_worked_example_is_a_good_delivery),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
