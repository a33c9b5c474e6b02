/* The bytes of a record: each field of its head set to what it may not be. */
#include <stdlib.h>
#include <string.h>

#include "services/stream/log.h"
#include "services/stream/record.h"
#include "tests/support/unit.h"

enum { VERSION = 4, RESERVED = 6, LENGTH = 8, NAME_LENGTH = 96, NAME = 97 };

static const uint8_t previous[MV_HASH_BYTES] = {1}, other[MV_HASH_BYTES] = {2};

static void write_one(struct mv_buf *b, const char *content)
{
    const struct mv_stamp stamp = {
        .received_ms = 7, .epoch = 2, .key_name = "ahus"};
    struct mv_err err = {0};
    assert_int_equal(mv_hash_init(&err), MV_OK);
    mv_record_write(b, 9, &stamp, mv_span_text(content), previous);
}

static void refused(struct mv_buf *b, size_t at, uint8_t value, const char *why)
{
    struct mv_record r;
    struct mv_err err = {0};
    uint8_t was = b->at[at];
    assert_true(was != value);
    b->at[at] = value;
    assert_int_equal(mv_record_parse(mv_buf_span(b), &r, &err), MV_POISON);
    if (strstr(err.text, why) == NULL)
        fail_msg("byte %zu: %s", at, err.text);
    assert_true(r.seq == 0 && r.content.at == NULL); /* nothing is given */
    b->at[at] = was;
}

static void each_field_of_a_head_is_what_it_may_be(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    struct mv_record r;
    write_one(&b, "content");
    assert_int_equal(mv_record_parse(mv_buf_span(&b), &r, NULL), MV_OK);
    assert_true(r.seq == 9 && mv_span_is(r.content, "content"));
    assert_true(r.received_ms == 7 && r.epoch == 2);
    assert_true(mv_record_follows(&r, previous));
    assert_false(mv_record_follows(&r, other));
    for (size_t i = 0; i < 4; i++)
        refused(&b, i, 'X', "not a record");
    refused(&b, VERSION, 1, "record version");
    refused(&b, VERSION + 1, 9, "record version");
    refused(&b, RESERVED, 1, "record version");
    refused(&b, RESERVED + 1, 1, "record version");
    refused(&b, LENGTH, 0xff, "record lengths");    /* more than any */
    refused(&b, LENGTH + 3, 6, "record lengths");   /* less than there is */
    refused(&b, NAME_LENGTH, 64, "record lengths"); /* no key has that */
    refused(&b, NAME_LENGTH, 3, "record lengths");
    refused(&b, NAME + 1, 0, "record lengths"); /* ends within */
    refused(&b, NAME + 4, 'C', "not what was hashed");
    assert_int_equal(mv_record_parse(mv_buf_span(&b), &r, NULL), MV_OK);
    b.at[NAME]++; /* the chain is over the name too */
    assert_int_equal(mv_record_parse(mv_buf_span(&b), &r, NULL), MV_OK);
    assert_false(mv_record_follows(&r, previous));
    mv_buf_done(&b);
}

static void a_record_may_be_empty(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    struct mv_record r;
    write_one(&b, "");
    assert_int_equal(mv_record_parse(mv_buf_span(&b), &r, NULL), MV_OK);
    assert_true(r.content.len == 0 && mv_record_follows(&r, previous));
    assert_string_equal(r.key_name, "ahus");
    mv_buf_done(&b);
}

/* Whole in all else: only the one length is what none may be. */
static void a_length_beyond_its_bound_is_refused_by_itself(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    struct mv_record r;
    char content[100];
    memset(content, 'x', sizeof content - 1);
    content[sizeof content - 1] = 0;
    write_one(&b, content);
    for (uint8_t name = 63; name <= 64; name++) {
        b.at[NAME_LENGTH] = name;
        mv_be32_put(b.at + LENGTH, (uint32_t)(b.len - NAME - name));
        struct mv_err err = {0};
        assert_int_equal(mv_record_parse(mv_buf_span(&b), &r, &err), MV_POISON);
        assert_non_null(
            strstr(err.text, name == 63 ? "not what was" : "record lengths"));
    }
    for (size_t over = 0; over <= 1; over++) {
        size_t len = MV_CONTENT_MAX_BYTES + over;
        write_one(&b, "");
        mv_buf_room(&b, len);
        memset(b.at + b.len, 0, len);
        b.len += len;
        mv_be32_put(b.at + LENGTH, (uint32_t)len);
        struct mv_err err = {0};
        assert_int_equal(mv_record_parse(mv_buf_span(&b), &r, &err), MV_POISON);
        assert_non_null(
            strstr(err.text, over == 0 ? "not what was" : "record lengths"));
    }
    mv_buf_done(&b);
}

static void what_is_shorter_than_a_head_has_no_chain(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    write_one(&b, "");
    const uint8_t *chain = mv_record_chain(mv_buf_span(&b));
    struct mv_record r;
    assert_int_equal(mv_record_parse(mv_buf_span(&b), &r, NULL), MV_OK);
    assert_memory_equal(chain, r.chain, MV_HASH_BYTES);
    assert_null(mv_record_chain(mv_span(b.at, MV_RECORD_HEADER_BYTES - 1)));
    mv_buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_field_of_a_head_is_what_it_may_be),
        cmocka_unit_test(a_record_may_be_empty),
        cmocka_unit_test(a_length_beyond_its_bound_is_refused_by_itself),
        cmocka_unit_test(what_is_shorter_than_a_head_has_no_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
