#include <string.h>

#include "proto/msg.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "tests/support/bytes.h"
#include "tests/support/samples.h"
#include "tests/support/unit.h"

/* Room for any message's struct. */
static union {
    struct mv_msg_change change;
    struct mv_msg_answer answer;
    uint8_t bytes[1024];
} message;
static struct mv_fault fault;

static mv_code decode(mv_msg_id id, const struct mv_buf *b)
{
    fault = (struct mv_fault){0};
    return mv_msg_decode(id, mv_buf_span(b), &message, &fault) ? MV_CODE_NONE
                                                               : fault.code;
}

/* The sample with the pair at `index` replaced by other bytes (a key, too, if
 * key_hex), or left out (both NULL). */
static void change_pair(mv_msg_id id, uint32_t index, const char *key_hex,
                        const char *value_hex, struct mv_buf *out)
{
    struct mv_buf sample = {0};
    struct mv_pairs pairs;
    struct mv_span key;
    struct mv_span value;
    test_sample(id, &sample);
    assert_true(mv_pairs_open(&pairs, mv_buf_span(&sample)));
    mv_buf_clear(out);
    mv_pack_map(out, pairs.left - (value_hex == NULL && key_hex == NULL));
    for (uint32_t i = 0; mv_pairs_next(&pairs, &key, &value); i++) {
        if (i == index && key_hex == NULL && value_hex == NULL)
            continue;
        if (i == index && key_hex != NULL)
            test_hex(out, key_hex);
        else
            mv_pack_text(out, key);
        if (i == index && value_hex != NULL)
            test_hex(out, value_hex);
        else
            mv_pack_raw(out, value);
    }
    mv_buf_done(&sample);
}

static uint32_t pairs_of(mv_msg_id id)
{
    struct mv_buf sample = {0};
    struct mv_pairs pairs;
    test_sample(id, &sample);
    assert_true(mv_pairs_open(&pairs, mv_buf_span(&sample)));
    mv_buf_done(&sample);
    return pairs.left;
}

/* Field `index` of the sample, which has them all; NULL for v and type. */
static const struct test_field *field_at(mv_msg_id id, uint32_t index)
{
    uint32_t skip = test_message_is_part(id) ? 0 : 2;
    const char *name = test_message_name(id);
    if (index < skip)
        return NULL;
    for (size_t f = 0; f < test_field_count; f++) {
        if (strcmp(test_fields[f].message, name) == 0 && index-- == skip)
            return &test_fields[f];
    }
    return NULL;
}

/* NOLINTBEGIN(bugprone-macro-parentheses): it declares id */
#define EACH(id)                                         \
    for (mv_msg_id id = (mv_msg_id)1; id < MV_MSG_COUNT; \
         id = (mv_msg_id)(id + 1))
/* NOLINTEND(bugprone-macro-parentheses) */

static void every_sample_is_decoded_and_encoded_the_same(void **state)
{
    (void)state;
    struct mv_buf sample = {0};
    struct mv_buf again = {0};
    EACH(id)
    {
        mv_buf_clear(&sample);
        mv_buf_clear(&again);
        test_sample(id, &sample);
        assert_int_equal(decode(id, &sample), MV_CODE_NONE);
        mv_msg_encode(id, &message, &again);
        assert_int_equal(sample.len, again.len);
        assert_memory_equal(sample.at, again.at, sample.len);
    }
    mv_buf_done(&sample);
    mv_buf_done(&again);
}

/* What stands in the list is the caller's to look at, and nothing else. */
static void the_list_that_ends_a_message_may_be_left_alone(void **state)
{
    (void)state;
    const struct mv_msg_group *group = (const struct mv_msg_group *)&message;
    struct mv_buf b = {0};
    struct mv_buf again = {0};
    test_sample(MV_MSG_GROUP, &b);
    assert_true(mv_msg_decode_open(MV_MSG_GROUP, mv_buf_span(&b), &message));
    size_t list = group->changes.len;
    mv_msg_encode(MV_MSG_GROUP, &message, &again);
    assert_int_equal(b.len, again.len);
    assert_memory_equal(b.at, again.at, b.len);
    for (size_t len = 0; len < b.len; len++) {
        bool whole_head = len > b.len - list;
        assert_int_equal(
            mv_msg_decode_open(MV_MSG_GROUP, mv_span(b.at, len), &message),
            whole_head);
    }
    uint32_t pairs = pairs_of(MV_MSG_GROUP);
    for (uint32_t i = 0; i < pairs; i++) {
        change_pair(MV_MSG_GROUP, i, NULL, "c0", &b); /* nil */
        assert_false(
            mv_msg_decode_open(MV_MSG_GROUP, mv_buf_span(&b), &message));
        change_pair(MV_MSG_GROUP, i, "a178", NULL, &b); /* a key "x" */
        assert_false(
            mv_msg_decode_open(MV_MSG_GROUP, mv_buf_span(&b), &message));
    }
    mv_buf_clear(&again);
    mv_buf_clear(&b);
    test_sample(MV_MSG_GROUP, &again);
    mv_pack_map(&b, pairs + 1);
    mv_pack_kv_u64(&b, "part", 1); /* twice, then */
    mv_pack_raw(&b, mv_span(again.at + 1, again.len - 1));
    assert_false(mv_msg_decode_open(MV_MSG_GROUP, mv_buf_span(&b), &message));
    assert_int_equal(decode(MV_MSG_GROUP, &b), MV_CODE_DUPLICATE_KEY);
    mv_buf_done(&b);
    mv_buf_done(&again);
}

static bool take(const struct mv_buf *b, uint64_t wanted)
{
    struct mv_cursor c = mv_cursor(mv_buf_span(b));
    return mv_msg_take_part(MV_MSG_CHANGE, &c, wanted, &message) &&
           c.at == c.end;
}

#define YEAR (UINT64_C(1) << MV_AT_change_year)
#define UNIT (UINT64_C(1) << MV_AT_change_unit)

/* Of the values only some; of the keys as much as ever. */
static void of_a_part_only_what_is_wanted_is_read(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    struct mv_buf again = {0};
    test_sample(MV_MSG_CHANGE, &b);
    assert_true(take(&b, UINT64_MAX));
    uint64_t year = message.change.year;
    mv_msg_encode(MV_MSG_CHANGE, &message, &again);
    assert_int_equal(b.len, again.len);
    assert_memory_equal(b.at, again.at, b.len);
    assert_true(take(&b, YEAR));
    assert_true(message.change.year == year);
    assert_null(message.change.unit.at);
    assert_false(message.change.has_since_seq);
    for (b.len--; b.len > 0; b.len--)
        assert_false(take(&b, 0));
    change_pair(MV_MSG_CHANGE, 2, NULL, "a178", &b); /* the year is text */
    assert_true(take(&b, UNIT));
    assert_false(take(&b, UNIT | YEAR));
    change_pair(MV_MSG_CHANGE, 2, NULL, NULL, &b); /* no year */
    assert_false(take(&b, 0));
    change_pair(MV_MSG_CHANGE, 5, "a178", NULL, &b); /* a key "x" */
    assert_false(take(&b, 0));
    change_pair(MV_MSG_CHANGE, 0, "a479656172", "01", &b); /* two years */
    assert_false(take(&b, 0));
    mv_buf_done(&b);
    mv_buf_done(&again);
}

static void bad_input_23_every_message_cut_anywhere(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    EACH(id)
    {
        mv_buf_clear(&b);
        test_sample(id, &b);
        size_t whole = b.len;
        for (b.len = 0; b.len < whole; b.len++)
            assert_int_equal(decode(id, &b), MV_CODE_MALFORMED);
        mv_buf_put_u8(&b, 0);
        assert_int_equal(decode(id, &b), MV_CODE_TRAILING);
    }
    mv_buf_done(&b);
}

static void bad_input_28_every_message_is_a_map(void **state)
{
    (void)state;
    static const char *const values[] = {"90", "01", "c0", "a1 61"};
    struct mv_buf b = {0};
    EACH(id)
    {
        for (size_t i = 0; i < 4; i++) {
            mv_buf_clear(&b);
            test_hex(&b, values[i]);
            assert_int_equal(decode(id, &b), MV_CODE_TYPE);
        }
    }
    mv_buf_done(&b);
}

static void bad_input_29_and_30_keys_twice_and_unknown_keys(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    EACH(id)
    {
        uint32_t count = pairs_of(id);
        change_pair(id, UINT32_MAX, "", "", &b);
        assert_int_equal(decode(id, &b), MV_CODE_NONE);
        for (uint32_t i = 0; i < count; i++) {
            const struct test_field *f = field_at(id, i);
            change_pair(id, i, "a3 666f6f", NULL, &b);
            mv_code code = decode(id, &b);
            assert_int_equal(code, f == NULL ? MV_CODE_MISSING
                                             : MV_CODE_UNKNOWN_FIELD);
            if (f != NULL)
                assert_string_equal(fault.field, "foo");
        }
    }
    change_pair(MV_MSG_PULL, 3, "a3 6c6f67", "01", &b);
    assert_int_equal(decode(MV_MSG_PULL, &b), MV_CODE_DUPLICATE_KEY);
    mv_buf_done(&b);
}

static void bad_input_31_a_missing_key_is_named(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    EACH(id)
    {
        for (uint32_t i = 0; i < pairs_of(id); i++) {
            const struct test_field *f = field_at(id, i);
            change_pair(id, i, NULL, NULL, &b);
            mv_code code = decode(id, &b);
            bool required = f == NULL || strcmp(f->need, "REQ") == 0;
            assert_int_equal(code, required ? MV_CODE_MISSING : MV_CODE_NONE);
            if (required) {
                assert_string_equal(fault.field, f != NULL ? f->name
                                                 : i == 0  ? "v"
                                                           : "type");
            }
        }
    }
    mv_buf_done(&b);
}

static void bad_input_32_keys_are_text(void **state)
{
    (void)state;
    static const char *const keys[] = {"c4 01 61", "01", "c0", "80"};
    struct mv_buf b = {0};
    EACH(id)
    {
        for (size_t i = 0; i < 4; i++) {
            change_pair(id, 0, keys[i], NULL, &b);
            assert_int_equal(decode(id, &b), MV_CODE_TYPE);
        }
    }
    mv_buf_done(&b);
}

/* nil, an extension type, and a value of every kind but the field's own */
static void bad_input_33_to_35_each_field_has_one_type(void **state)
{
    (void)state;
    static const struct {
        const char *kinds, *hex;
    } values[] = {
        {"-", "c0"},
        {"-", "d4 01 00"},
        {"-", "d6 ff 00000000"},
        {"-", "cb 3ff0000000000000"},
        {"BOOL", "c3"},
        {"U64 I64", "01"},
        {"WORD IDENT TEXT", "a1 61"},
        {"BIN32", "c4 01 61"},
        {"LIST", "90"},
        {"MAP", "80"},
    };
    struct mv_buf b = {0};
    EACH(id)
    {
        for (uint32_t i = 0; i < pairs_of(id); i++) {
            const struct test_field *f = field_at(id, i);
            const char *kind = f != NULL ? f->kind : i == 0 ? "U64" : "TEXT";
            for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
                if (strstr(values[v].kinds, kind) != NULL)
                    continue;
                change_pair(id, i, NULL, values[v].hex, &b);
                assert_int_equal(decode(id, &b), MV_CODE_TYPE);
            }
        }
    }
    mv_buf_done(&b);
}

static void bad_input_48_other_versions_are_refused(void **state)
{
    (void)state;
    static const char *const versions[] = {"00", "02", "ce ffffffff",
                                           "cf 0000000100000000"};
    struct mv_buf b = {0};
    EACH(id)
    {
        for (size_t i = 0; i < 4 && !test_message_is_part(id); i++) {
            change_pair(id, 0, NULL, versions[i], &b);
            assert_int_equal(decode(id, &b), MV_CODE_VERSION);
        }
    }
    /* said before anything else: what else would a newer one hold */
    change_pair(MV_MSG_PULL, 2, "a3 666f6f", NULL, &b);
    b.at[3] = 2;
    assert_int_equal(decode(MV_MSG_PULL, &b), MV_CODE_VERSION);
    mv_buf_done(&b);
}

static mv_code pull_with(uint32_t index, const char *hex)
{
    struct mv_buf b = {0};
    change_pair(MV_MSG_PULL, index, NULL, hex, &b);
    mv_code code = decode(MV_MSG_PULL, &b);
    mv_buf_done(&b);
    return code;
}

static void bad_input_72_a_pull_from_below_zero_or_from_text(void **state)
{
    (void)state;
    assert_int_equal(pull_with(4, "ff"), MV_CODE_RANGE);
    assert_string_equal(fault.field, "from");
    assert_int_equal(pull_with(4, "a1 31"), MV_CODE_TYPE);
    assert_int_equal(pull_with(4, "cf 8000000000000000"), MV_CODE_NONE);
    assert_int_equal(pull_with(5, "c4 01 00"), MV_CODE_LENGTH);
    assert_int_equal(pull_with(2, "a0"), MV_CODE_LENGTH);
    assert_int_equal(pull_with(2, "a2 2f61"), MV_CODE_CHARSET);
}

static mv_code comment_with(const char *hex)
{
    struct mv_buf b = {0};
    change_pair(MV_MSG_HOLD, 7, NULL, hex, &b);
    mv_code code = decode(MV_MSG_HOLD, &b);
    mv_buf_done(&b);
    return code;
}

static void bad_input_67_what_a_person_writes_is_screened(void **state)
{
    (void)state;
    assert_int_equal(comment_with("ab 3135303736353030353635"),
                     MV_CODE_IDENTIFIER);
    assert_string_equal(fault.field, "comment");
    assert_int_equal(comment_with("a2 610a"), MV_CODE_CHARSET);
    assert_int_equal(comment_with("a1 ff"), MV_CODE_UTF8);
    assert_int_equal(comment_with("a0"), MV_CODE_NONE);
}

static void words_are_those_of_the_table(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    change_pair(MV_MSG_ASSESSMENT, 8, NULL, "a4 626c7565", &b);
    assert_int_equal(decode(MV_MSG_ASSESSMENT, &b), MV_CODE_WORD);
    change_pair(MV_MSG_ASSESSMENT, 8, NULL, "a0", &b);
    assert_int_equal(decode(MV_MSG_ASSESSMENT, &b), MV_CODE_WORD);
    change_pair(MV_MSG_ASSESSMENT, 8, NULL, "a5 677265656e", &b);
    assert_int_equal(decode(MV_MSG_ASSESSMENT, &b), MV_CODE_NONE);
    change_pair(MV_MSG_ASSESSMENT, 7, NULL, "cd 2710", &b);
    assert_int_equal(decode(MV_MSG_ASSESSMENT, &b), MV_CODE_RANGE);
    mv_buf_done(&b);
}

static void another_message_is_not_taken_for_this_one(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    test_sample(MV_MSG_PULL, &b);
    assert_int_equal(decode(MV_MSG_REQUEST, &b), MV_CODE_TYPE);
    assert_string_equal(fault.field, "type");
    mv_buf_done(&b);
}

static void a_message_says_which_it_is(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    struct mv_span type;
    EACH(id)
    {
        mv_buf_clear(&b);
        test_sample(id, &b);
        bool is_part = test_message_is_part(id);
        assert_int_equal(mv_msg_peek(mv_buf_span(&b), &type),
                         is_part ? MV_MSG_NONE : id);
        if (!is_part)
            assert_true(mv_span_is(type, test_message_name(id)));
    }
    mv_buf_clear(&b);
    test_sample_table("delivery", &b);
    assert_int_equal(mv_msg_peek(mv_buf_span(&b), &type), MV_MSG_NONE);
    assert_true(mv_span_is(type, "delivery"));
    mv_buf_clear(&b);
    test_hex(&b, "df ffffffff");
    assert_int_equal(mv_msg_peek(mv_buf_span(&b), &type), MV_MSG_NONE);
    mv_buf_clear(&b);
    test_hex(&b, "81 a1 61 dd ffffffff");
    assert_int_equal(mv_msg_peek(mv_buf_span(&b), &type), MV_MSG_NONE);
    assert_int_equal(type.len, 0);
    mv_buf_done(&b);
}

static void codes_have_names_of_their_own_and_texts(void **state)
{
    (void)state;
    struct mv_code_args args = {mv_span_text("unit"), mv_span_text("ous"),
                                mv_span_text("ahus")};
    struct mv_buf b = {0};
    for (unsigned i = 1; i < MV_CODE_COUNT; i++) {
        mv_code code = (mv_code)i;
        assert_int_equal(mv_code_find(mv_span_text(mv_code_name(code))), code);
        assert_int_not_equal(mv_code_kind_of(code), MV_CODE_KIND_NONE);
        for (int lang = 0; lang < MV_LANG_COUNT; lang++) {
            mv_buf_clear(&b);
            mv_code_text(code, (mv_lang)lang, &args, &b);
            assert_true(b.len > 0);
            assert_null(strchr(mv_buf_cstr(&b), '{'));
            assert_true(strlen(mv_code_todo(code, (mv_lang)lang)) > 0);
        }
    }
    assert_int_equal(mv_code_find(mv_span_text("nonsense")), MV_CODE_NONE);
    mv_buf_done(&b);
}

static void a_detail_that_is_not_there_is_left_out(void **state)
{
    (void)state;
    const struct mv_code_args none = {0};
    struct mv_buf b = {0};
    mv_code_text(MV_CODE_FRAMING, MV_LANG_EN, &none, &b);
    assert_string_equal(mv_buf_cstr(&b), "wrong number of frames");
    mv_buf_clear(&b);
    mv_code_alone(MV_CODE_FRAMING, MV_LANG_NB, &b);
    assert_string_equal(mv_buf_cstr(&b),
                        "feil antall rammer: send én ramme for hver melding");
    for (unsigned i = 1; i < MV_CODE_COUNT; i++) {
        for (int lang = 0; lang < MV_LANG_COUNT; lang++) {
            mv_buf_clear(&b);
            mv_code_alone((mv_code)i, (mv_lang)lang, &b);
            assert_null(strstr(mv_buf_cstr(&b), "(-)"));
        }
    }
    mv_buf_done(&b);
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_sample_is_decoded_and_encoded_the_same),
        TEST(the_list_that_ends_a_message_may_be_left_alone),
        TEST(of_a_part_only_what_is_wanted_is_read),
        TEST(bad_input_23_every_message_cut_anywhere),
        TEST(bad_input_28_every_message_is_a_map),
        TEST(bad_input_29_and_30_keys_twice_and_unknown_keys),
        TEST(bad_input_31_a_missing_key_is_named),
        TEST(bad_input_32_keys_are_text),
        TEST(bad_input_33_to_35_each_field_has_one_type),
        TEST(bad_input_48_other_versions_are_refused),
        TEST(bad_input_72_a_pull_from_below_zero_or_from_text),
        TEST(bad_input_67_what_a_person_writes_is_screened),
        TEST(words_are_those_of_the_table),
        TEST(another_message_is_not_taken_for_this_one),
        TEST(a_message_says_which_it_is),
        TEST(codes_have_names_of_their_own_and_texts),
        TEST(a_detail_that_is_not_there_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
