#include <stdio.h>
#include <string.h>
#include <time.h>

#include "proto/delivery.h"
#include "proto/msg.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "tests/support/reading.h"
#include "tests/support/unit.h"

static const struct test_delivery good;

static void a_good_delivery_is_read_cell_by_cell(void **state)
{
    (void)state;
    assert_int_equal(test_read(&good), MV_CODE_NONE);
    const struct mv_row *row = &test_read_delivery.rows[0];
    assert_int_equal(test_read_delivery.kind, MV_TABLE_DELIVERY);
    assert_true(mv_span_is(test_read_delivery.producer, "monthly-export"));
    assert_int_equal(test_read_delivery.number, 412);
    assert_int_equal(test_read_delivery.row_count, 1);
    assert_true(mv_span_is(row->indicator, "epikrise"));
    assert_true(mv_span_is(row->member, "som"));
    assert_true(mv_span_is(row->unit, "ahus"));
    assert_true(mv_span_is(row->period, "2024-T3"));
    assert_true(mv_span_is(row->note, "Tabell 3"));
    assert_false(row->has_value);
    assert_true(row->has_numerator);
    assert_int_equal(row->numerator, 812000000);
    assert_int_equal(row->denominator, 1003000000);
    assert_true(row->time_ms == 1733011200000);
    assert_int_equal(row->flag, 'A');
}

static void bad_input_21_an_empty_payload(void **state)
{
    (void)state;
    assert_false(mv_delivery_read(mv_span(NULL, 0), &test_read_delivery,
                                  &test_conflicts));
    assert_int_equal(mv_conflicts_first(&test_conflicts), MV_CODE_MALFORMED);
}

static void bad_input_23_a_delivery_cut_anywhere_is_malformed(void **state)
{
    (void)state;
    (void)test_read(&good);
    for (size_t len = 0; len < test_bytes.len; len++) {
        assert_false(mv_delivery_read(mv_span(test_bytes.at, len),
                                      &test_read_delivery, &test_conflicts));
        assert_int_equal(mv_conflicts_first(&test_conflicts),
                         MV_CODE_MALFORMED);
    }
}

/* What a header says is there is not gone through before it is. */
static void
bad_input_23_thousands_of_millions_of_cells_that_are_not_there(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "dd ffffffff",         /* rows */
        "91 dd ffffffff",      /* cells */
        "dc 2710 dd ffffffff", /* cells, in ten thousand rows */
        "91 db ffffffff",      /* a text instead of a row */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct test_delivery t = {.key = "rows", .value_hex = rows[i]};
        assert_int_equal(test_read(&t),
                         i == 2 ? MV_CODE_MALFORMED : MV_CODE_LIMITS);
    }
}

/* Nor is it looked for again, row after row: each is a list of lists without
 * an end, or a map of them. Seconds of CPU where it is. */
static void bad_input_23_what_does_not_end_is_gone_through_once(void **state)
{
    (void)state;
    static const uint8_t opens[] = {0x9f, 0x8f};
    for (size_t i = 0; i < sizeof opens; i++) {
        (void)test_read_top("rows", "dc 2710");
        while (test_bytes.len < MV_MAX_DELIVERY_BYTES)
            mv_buf_put_u8(&test_bytes, opens[i]);
        clock_t began = clock();
        assert_false(mv_delivery_read(mv_buf_span(&test_bytes),
                                      &test_read_delivery, &test_conflicts));
        assert_true(clock() - began < CLOCKS_PER_SEC);
        assert_int_not_equal(mv_conflicts_first(&test_conflicts), MV_CODE_NONE);
    }
}

static void bad_input_24_a_second_delivery_behind_the_first(void **state)
{
    (void)state;
    (void)test_read(&good);
    test_delivery_bytes(&test_bytes, &good);
    assert_false(mv_delivery_read(mv_buf_span(&test_bytes), &test_read_delivery,
                                  &test_conflicts));
    assert_int_equal(mv_conflicts_first(&test_conflicts), MV_CODE_TRAILING);
}

static void bad_input_28_the_top_level_is_a_map(void **state)
{
    (void)state;
    static const char *const values[] = {"90", "01", "c0", "a1 61"};
    for (size_t i = 0; i < 4; i++) {
        mv_buf_clear(&test_bytes);
        test_hex(&test_bytes, values[i]);
        assert_false(mv_delivery_read(mv_buf_span(&test_bytes),
                                      &test_read_delivery, &test_conflicts));
        assert_int_equal(mv_conflicts_first(&test_conflicts), MV_CODE_TYPE);
    }
}

static void bad_input_29_a_key_twice_same_or_other_value(void **state)
{
    (void)state;
    struct test_delivery t = {.extra_hex = "a1 76 01"};
    assert_int_equal(test_read(&t), MV_CODE_DUPLICATE_KEY);
    t.extra_hex = "a6 6e756d626572 02";
    assert_int_equal(test_read(&t), MV_CODE_DUPLICATE_KEY);
}

static void bad_input_30_an_unknown_key_is_named(void **state)
{
    (void)state;
    struct test_delivery t = {.extra_hex = "a3 666f6f 01"};
    assert_int_equal(test_read(&t), MV_CODE_UNKNOWN_FIELD);
    assert_true(mv_span_is(mv_conflicts_args(&test_conflicts, 0).field, "foo"));
}

static void bad_input_31_each_missing_key_is_named(void **state)
{
    (void)state;
    static const char *const keys[] = {"v",      "type",   "producer",
                                       "number", "fields", "rows"};
    for (size_t i = 0; i < 6; i++) {
        struct test_delivery t = {.without = keys[i]};
        assert_int_equal(test_read(&t), MV_CODE_MISSING);
        assert_true(
            mv_span_is(mv_conflicts_args(&test_conflicts, 0).field, keys[i]));
    }
}

static void bad_input_35_nil_and_bool_where_they_do_not_belong(void **state)
{
    (void)state;
    static const char *const keys[] = {"v",      "type",   "producer",
                                       "number", "fields", "rows"};
    static const char *const cells[] = {"indicator", "unit", "period"};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(test_read_top(keys[i], "c0"), MV_CODE_TYPE);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(test_read_cell(cells[i], "c0"), MV_CODE_TYPE);
    assert_int_equal(test_read_cell("value", "c3"), MV_CODE_TYPE);
    assert_int_equal(test_read_cell("numerator", "c2"), MV_CODE_TYPE);
    assert_int_equal(test_read_cell("member", "c0"), MV_CODE_NONE);
    assert_int_equal(test_read_cell("note", "c0"), MV_CODE_NONE);
    assert_int_equal(test_read_cell("time", "c0"), MV_CODE_NONE);
}

/* indicator, unit, period, value, flag */
static mv_code value_and_flag(const char *value_hex, const char *flag_hex)
{
    mv_buf_clear(&test_bytes);
    test_hex(&test_bytes, "86 a1 76 01");
    mv_pack_kv_cstr(&test_bytes, "type", "delivery");
    mv_pack_kv_cstr(&test_bytes, "producer", "p");
    mv_pack_kv_u64(&test_bytes, "number", 1);
    mv_pack_cstr(&test_bytes, "fields");
    mv_pack_list(&test_bytes, 5);
    mv_pack_cstr(&test_bytes, "indicator");
    mv_pack_cstr(&test_bytes, "unit");
    mv_pack_cstr(&test_bytes, "period");
    mv_pack_cstr(&test_bytes, "value");
    mv_pack_cstr(&test_bytes, "flag");
    mv_pack_cstr(&test_bytes, "rows");
    test_hex(&test_bytes, "91 95 a1 61 a1 62 a4 32303234");
    test_hex(&test_bytes, value_hex);
    test_hex(&test_bytes, flag_hex);
    (void)mv_delivery_read(mv_buf_span(&test_bytes), &test_read_delivery,
                           &test_conflicts);
    return mv_conflicts_first(&test_conflicts);
}

static void bad_input_35_a_missing_value_needs_a_flag(void **state)
{
    (void)state;
    assert_int_equal(value_and_flag("c0", "c0"), MV_CODE_MISSING);
    assert_true(
        mv_span_is(mv_conflicts_args(&test_conflicts, 0).field, "value"));
    assert_int_equal(value_and_flag("c0", "a1 41"), MV_CODE_MISSING);
    assert_int_equal(value_and_flag("c0", "a1 48"), MV_CODE_MISSING);
    for (const char *flag = "OMLQ"; *flag != 0; flag++) {
        char hex[16];
        (void)snprintf(hex, sizeof hex, "a1 %02x", (unsigned)*flag);
        assert_int_equal(value_and_flag("c0", hex), MV_CODE_NONE);
        assert_int_equal(test_read_delivery.rows[0].flag, *flag);
    }
    assert_int_equal(value_and_flag("05", "c0"), MV_CODE_NONE);
}

static void a_ratio_has_both_its_parts(void **state)
{
    (void)state;
    assert_int_equal(test_read(&(struct test_delivery){.column = "denominator",
                                                       .cell_hex = "c0"}),
                     MV_CODE_MISSING);
    assert_true(
        mv_span_is(mv_conflicts_args(&test_conflicts, 0).field, "denominator"));
    assert_int_equal(test_read(&(struct test_delivery){.column = "numerator",
                                                       .cell_hex = "c0"}),
                     MV_CODE_MISSING);
    assert_true(
        mv_span_is(mv_conflicts_args(&test_conflicts, 0).field, "numerator"));
}

static void bad_input_46_columns_and_cells_fit_each_other(void **state)
{
    (void)state;
    struct mv_buf hex = {0};
    assert_int_equal(test_read_top("fields", "90"), MV_CODE_FIELDS);
    assert_int_equal(test_read_top("fields", "92 a4 756e6974 a4 756e6974"),
                     MV_CODE_FIELDS);
    mv_buf_text(&hex, "dc 0041");
    for (int i = 0; i < 65; i++)
        mv_buf_text(&hex, " a4 756e6974");
    assert_int_equal(test_read_top("fields", mv_buf_cstr(&hex)),
                     MV_CODE_FIELDS);
    assert_int_equal(test_read_top("fields", "91 a3 666f6f"),
                     MV_CODE_UNKNOWN_FIELD);
    mv_buf_done(&hex);
    assert_int_equal(test_read_top("rows", "91 99 c0c0c0c0c0c0c0c0c0"),
                     MV_CODE_ROW);
    assert_int_equal(test_read_top("rows", "91 9b c0c0c0c0c0c0c0c0c0c0c0"),
                     MV_CODE_ROW);
    assert_true(mv_span_is(mv_conflicts_args(&test_conflicts, 0).value, "11"));
    assert_int_equal(test_read_top("rows", "90"), MV_CODE_EMPTY);
}

static void bad_input_46_ten_thousand_rows_and_one_more(void **state)
{
    (void)state;
    struct test_delivery t = {.rows = 10000};
    assert_int_equal(test_read(&t), MV_CODE_NONE);
    assert_int_equal(test_read_delivery.row_count, 10000);
    assert_true(mv_span_is(test_read_delivery.rows[9999].period, "12023-T3"));
    t.rows = 10001;
    assert_int_equal(test_read(&t), MV_CODE_LIMITS);
}

static void bad_input_47_a_delivery_of_exactly_the_greatest_size(void **state)
{
    (void)state;
    struct test_delivery t = {.rows = 9000};
    for (unsigned more = 0; more < 2; more++) {
        mv_buf_clear(&test_bytes);
        test_delivery_bytes(&test_bytes, &t);
        /* a key of the right length fills it up: unknown, but read */
        size_t room = MV_MAX_DELIVERY_BYTES + more - test_bytes.len;
        test_bytes.at[0] = 0x87;
        mv_pack_cstr(&test_bytes, "x");
        mv_buf_put_u8(&test_bytes, 0xc6);
        uint8_t be[4];
        mv_be32_put(be, (uint32_t)(room - 7));
        mv_buf_put(&test_bytes, be, 4);
        mv_buf_room(&test_bytes, room);
        memset(test_bytes.at + test_bytes.len, 0, room - 7);
        test_bytes.len += room - 7;
        assert_int_equal(test_bytes.len, MV_MAX_DELIVERY_BYTES + more);
        (void)mv_delivery_read(mv_buf_span(&test_bytes), &test_read_delivery,
                               &test_conflicts);
        assert_int_equal(mv_conflicts_first(&test_conflicts),
                         more ? MV_CODE_LENGTH : MV_CODE_UNKNOWN_FIELD);
        assert_int_equal(test_conflicts.count, 1);
    }
}

static void bad_input_48_other_versions_are_refused(void **state)
{
    (void)state;
    assert_int_equal(test_read_top("v", "00"), MV_CODE_VERSION);
    assert_int_equal(test_read_top("v", "02"), MV_CODE_VERSION);
    assert_int_equal(test_read_top("v", "cf 0000000100000000"),
                     MV_CODE_VERSION);
    assert_int_equal(test_read_top("v", "cf 0000000100000001"),
                     MV_CODE_VERSION);
    assert_int_equal(test_read_top("v", "ff"), MV_CODE_VERSION);
    struct mv_code_args args = mv_conflicts_args(&test_conflicts, 0);
    mv_buf_clear(&test_bytes);
    mv_code_text(MV_CODE_VERSION, MV_LANG_EN, &args, &test_bytes);
    assert_non_null(strstr(mv_buf_cstr(&test_bytes), "served: 1"));
}

static void bad_input_50_the_same_figure_twice(void **state)
{
    (void)state;
    /* two rows that differ in period alone become one figure */
    struct test_delivery t = {
        .rows = 3, .column = "period", .cell_hex = "a4 32303234"};
    assert_int_equal(test_read(&t), MV_CODE_DUPLICATE_ROW);
    assert_int_equal(test_conflicts.count, 2);
    assert_int_equal(test_conflicts.at[0].row, 2);
    assert_int_equal(test_conflicts.at[1].row, 3);
    assert_true(mv_span_is(mv_conflicts_args(&test_conflicts, 1).value, "1"));
}

static void every_wrong_cell_of_every_row_is_named(void **state)
{
    (void)state;
    struct test_delivery t = {
        .rows = 600, .column = "unit", .cell_hex = "a1 41"};
    assert_int_equal(test_read(&t), MV_CODE_CHARSET);
    assert_int_equal(test_conflicts.count, 600);
    for (uint32_t i = 0; i < 600; i++)
        assert_int_equal(test_conflicts.at[i].row, i + 1);
    t.rows = 1500;
    (void)test_read(&t);
    assert_int_equal(test_conflicts.count, 1000);
    assert_int_equal(test_conflicts.more, 500);
    assert_int_equal(test_read_delivery.row_count, 1500);
    for (uint32_t i = 0; i < 1500; i++) /* those that are not named too */
        assert_true(test_read_delivery.rows[i].faulty);
}

static void conflicts_are_written_for_the_answer(void **state)
{
    (void)state;
    struct mv_buf out = {0};
    struct mv_list list;
    struct mv_span item;
    struct mv_msg_conflict c;
    struct mv_fault fault;
    (void)test_read_cell("unit", "a2 411b");
    mv_conflicts_add(&test_conflicts, 4, "unit", MV_CODE_FORBIDDEN,
                     mv_span_text("ous"), "ahus");
    mv_conflicts_pack(&test_conflicts, MV_LANG_EN, &out);
    assert_true(mv_list_open(&list, mv_buf_span(&out)));
    assert_true(mv_list_next(&list, &item));
    assert_true(mv_msg_conflict_decode(item, &c, &fault));
    assert_int_equal(c.row, 1);
    assert_true(mv_span_is(c.field, "unit"));
    assert_true(mv_span_is(c.code, "charset"));
    assert_true(mv_span_is(c.value, "A\\x1b"));
    assert_true(mv_list_next(&list, &item));
    assert_true(mv_msg_conflict_decode(item, &c, &fault));
    assert_int_equal(c.row, 4);
    assert_true(mv_span_is(c.text, "ahus may not report for ous"));
    assert_false(mv_list_next(&list, &item));
    mv_buf_done(&out);
}

/* As escaping makes of each byte four. */
static void
a_conflict_is_within_its_own_bounds_whatever_is_refused(void **state)
{
    (void)state;
    struct mv_buf extra = {0}, out = {0};
    struct mv_list list;
    struct mv_span item;
    struct mv_msg_conflict c;
    struct mv_fault fault;
    mv_buf_text(&extra, "d9 40"); /* a key of 64 bytes */
    for (int i = 0; i < 64; i++)
        mv_buf_text(&extra, " 01");
    mv_buf_text(&extra, " c0");
    struct test_delivery t = {.extra_hex = mv_buf_cstr(&extra)};
    assert_int_equal(test_read(&t), MV_CODE_UNKNOWN_FIELD);
    mv_conflicts_pack(&test_conflicts, MV_LANG_NB, &out);
    assert_true(mv_list_open(&list, mv_buf_span(&out)));
    assert_true(mv_list_next(&list, &item));
    assert_true(mv_msg_conflict_decode(item, &c, &fault));
    assert_int_equal(c.field.len, 63); /* fifteen of "\x01", and "..." */
    assert_memory_equal((const char *)c.field.at + 56, "\\x01...", 7);
    mv_buf_done(&extra);
    mv_buf_done(&out);
}

static void what_just_fits_is_shown_whole(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
    } all[] = {{"", ""},
               {"12345678", "12345678"},
               {"123456789", "12345..."},
               {"æøåæ", "æøåæ"},
               {"æøåæø", "æø..."},
               {"12345\n", "12345..."},
               {"\n1234", "\\x0a1234"},
               {"1234\n5", "1234..."}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct mv_buf b = {0};
        mv_show(&b, mv_span_text(all[i].from), 8);
        assert_string_equal(mv_buf_cstr(&b), all[i].to);
        mv_buf_done(&b);
    }
}

static void canonical_bytes_are_those_of_a_good_delivery(void **state)
{
    (void)state;
    struct mv_buf first = {0};
    assert_int_equal(test_read(&good), MV_CODE_NONE);
    test_canonical(&first);
    /* the value column is nil throughout: it is left out */
    assert_int_equal(mv_delivery_read(mv_buf_span(&first), &test_read_delivery,
                                      &test_conflicts),
                     true);
    assert_int_equal(test_read_delivery.columns >> MV_COL_VALUE & 1, 0);
    test_canonical(&test_bytes);
    assert_int_equal(first.len, test_bytes.len);
    assert_memory_equal(first.at, test_bytes.at, first.len);
    mv_buf_done(&first);
}

static void columns_and_keys_in_any_order_are_the_same_content(void **state)
{
    (void)state;
    struct mv_buf want = {0};
    struct mv_buf out = {0};
    assert_int_equal(value_and_flag("05", "a1 50"), MV_CODE_NONE);
    test_canonical(&want);
    test_hex(&out, "86");
    mv_pack_cstr(&out, "rows");
    test_hex(&out, "91 96 a1 50 c0 d9 04 32303234 d0 05 a1 62 a1 61");
    mv_pack_cstr(&out, "fields");
    mv_pack_list(&out, 6);
    mv_pack_cstr(&out, "flag");
    mv_pack_cstr(&out, "note");
    mv_pack_cstr(&out, "period");
    mv_pack_cstr(&out, "value");
    mv_pack_cstr(&out, "unit");
    mv_pack_cstr(&out, "indicator");
    mv_pack_kv_u64(&out, "number", 1);
    mv_pack_kv_cstr(&out, "producer", "p");
    mv_pack_kv_cstr(&out, "type", "delivery");
    mv_pack_kv_u64(&out, "v", 1);
    assert_true(mv_delivery_read(mv_buf_span(&out), &test_read_delivery,
                                 &test_conflicts));
    test_canonical(&test_bytes);
    assert_int_equal(test_bytes.len, want.len);
    assert_memory_equal(test_bytes.at, want.at, want.len);
    mv_buf_done(&want);
    mv_buf_done(&out);
}

static void a_withdrawal_names_figures_and_holds_none(void **state)
{
    (void)state;
    struct mv_buf out = {0};
    test_hex(&out, "86");
    mv_pack_kv_u64(&out, "v", 1);
    mv_pack_kv_cstr(&out, "type", "withdrawal");
    mv_pack_kv_cstr(&out, "producer", "p");
    mv_pack_kv_u64(&out, "number", 1);
    mv_pack_cstr(&out, "fields");
    mv_pack_list(&out, 3);
    mv_pack_cstr(&out, "indicator");
    mv_pack_cstr(&out, "unit");
    mv_pack_cstr(&out, "period");
    mv_pack_cstr(&out, "rows");
    test_hex(&out, "91 93 a1 61 a1 62 a4 32303234");
    assert_true(mv_delivery_read(mv_buf_span(&out), &test_read_delivery,
                                 &test_conflicts));
    assert_int_equal(test_read_delivery.kind, MV_TABLE_WITHDRAWAL);
    test_canonical(&test_bytes);
    assert_int_equal(test_bytes.len, out.len);
    assert_memory_equal(test_bytes.at, out.at, out.len);
    assert_int_equal(test_read_top("type", "aa 7769746864726177616c"),
                     MV_CODE_UNKNOWN_FIELD);
    assert_int_equal(test_read_top("type", "a4 70756c6c"), MV_CODE_WORD);
    mv_buf_done(&out);
}

/* indicator "a", period 2024, value 1; two units and members */
static mv_code two_rows(const char *unit_1, const char *member_1,
                        const char *unit_2, const char *member_2)
{
    static const char *const columns[] = {"indicator", "period", "value",
                                          "unit", "member"};
    const char *const cells[] = {unit_1, member_1, unit_2, member_2};
    mv_buf_clear(&test_bytes);
    test_hex(&test_bytes, "86 a1 76 01");
    mv_pack_kv_cstr(&test_bytes, "type", "delivery");
    mv_pack_kv_cstr(&test_bytes, "producer", "p");
    mv_pack_kv_u64(&test_bytes, "number", 1);
    mv_pack_cstr(&test_bytes, "fields");
    mv_pack_list(&test_bytes, 5);
    for (size_t i = 0; i < 5; i++)
        mv_pack_cstr(&test_bytes, columns[i]);
    mv_pack_cstr(&test_bytes, "rows");
    mv_pack_list(&test_bytes, 2);
    for (size_t i = 0; i < 4; i += 2) {
        test_hex(&test_bytes, "95 a1 61 a4 32303234 01");
        mv_pack_cstr(&test_bytes, cells[i]);
        mv_pack_cstr(&test_bytes, cells[i + 1]);
    }
    (void)mv_delivery_read(mv_buf_span(&test_bytes), &test_read_delivery,
                           &test_conflicts);
    return mv_conflicts_first(&test_conflicts);
}

static void figures_that_differ_in_one_text_are_two(void **state)
{
    (void)state;
    assert_int_equal(two_rows("ahus", "som", "ahus", "vop"), MV_CODE_NONE);
    assert_int_equal(two_rows("ahus", "som", "unn1", "som"), MV_CODE_NONE);
    assert_int_equal(two_rows("ahus", "som", "ahus", "som"),
                     MV_CODE_DUPLICATE_ROW);
}

/* Enough rows that many meet in one place of the search for doubles. */
static void thousands_that_differ_in_one_text_are_thousands(void **state)
{
    (void)state;
    for (uint32_t varied = 0; varied < 4; varied++) {
        mv_buf_clear(&test_bytes);
        test_hex(&test_bytes, "86 a1 76 01");
        mv_pack_kv_cstr(&test_bytes, "type", "withdrawal");
        mv_pack_kv_cstr(&test_bytes, "producer", "p");
        mv_pack_kv_u64(&test_bytes, "number", 1);
        mv_pack_cstr(&test_bytes, "fields");
        mv_pack_list(&test_bytes, 4);
        for (uint32_t col = 0; col < 4; col++)
            mv_pack_cstr(&test_bytes, mv_column_name((mv_column)col));
        mv_pack_cstr(&test_bytes, "rows");
        mv_pack_list(&test_bytes, 4000);
        for (uint32_t row = 0; row < 4000; row++) {
            char text[16];
            (void)snprintf(text, sizeof text, "x%u", row);
            mv_pack_list(&test_bytes, 4);
            for (uint32_t col = 0; col < 4; col++)
                mv_pack_cstr(&test_bytes, col == varied ? text : "same");
        }
        assert_true(mv_delivery_read(mv_buf_span(&test_bytes),
                                     &test_read_delivery, &test_conflicts));
    }
}

static void a_good_cell_above_excuses_none_of_its_length(void **state)
{
    (void)state;
    assert_int_equal(two_rows("ahus", "som", "AHUS", "som"), MV_CODE_CHARSET);
    assert_int_equal(test_conflicts.count, 1);
    assert_int_equal(test_conflicts.at[0].row, 2);
    /* nor does a wrong one above it accuse */
    assert_int_equal(two_rows("AHUS", "som", "ahus", "som"), MV_CODE_CHARSET);
    assert_int_equal(test_conflicts.count, 1);
    assert_int_equal(test_conflicts.at[0].row, 1);
    assert_int_equal(two_rows("AHUS", "som", "AHUS", "som"), MV_CODE_CHARSET);
    assert_int_equal(test_conflicts.count, 2);
}

static void a_wrong_value_is_not_also_a_missing_one(void **state)
{
    (void)state;
    assert_int_equal(value_and_flag("c3", "c0"), MV_CODE_TYPE);
    assert_int_equal(test_conflicts.count, 1);
    assert_int_equal(value_and_flag("c0", "a1 58"), MV_CODE_WORD);
    assert_int_equal(test_conflicts.count, 1);
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_good_delivery_is_read_cell_by_cell),
        TEST(bad_input_21_an_empty_payload),
        TEST(bad_input_23_a_delivery_cut_anywhere_is_malformed),
        TEST(bad_input_23_thousands_of_millions_of_cells_that_are_not_there),
        TEST(bad_input_23_what_does_not_end_is_gone_through_once),
        TEST(bad_input_24_a_second_delivery_behind_the_first),
        TEST(bad_input_28_the_top_level_is_a_map),
        TEST(bad_input_29_a_key_twice_same_or_other_value),
        TEST(bad_input_30_an_unknown_key_is_named),
        TEST(bad_input_31_each_missing_key_is_named),
        TEST(bad_input_35_nil_and_bool_where_they_do_not_belong),
        TEST(bad_input_35_a_missing_value_needs_a_flag),
        TEST(a_ratio_has_both_its_parts),
        TEST(bad_input_46_columns_and_cells_fit_each_other),
        TEST(bad_input_46_ten_thousand_rows_and_one_more),
        TEST(bad_input_47_a_delivery_of_exactly_the_greatest_size),
        TEST(bad_input_48_other_versions_are_refused),
        TEST(bad_input_50_the_same_figure_twice),
        TEST(every_wrong_cell_of_every_row_is_named),
        TEST(conflicts_are_written_for_the_answer),
        TEST(a_conflict_is_within_its_own_bounds_whatever_is_refused),
        TEST(what_just_fits_is_shown_whole),
        TEST(canonical_bytes_are_those_of_a_good_delivery),
        TEST(columns_and_keys_in_any_order_are_the_same_content),
        TEST(figures_that_differ_in_one_text_are_two),
        TEST(thousands_that_differ_in_one_text_are_thousands),
        TEST(a_good_cell_above_excuses_none_of_its_length),
        TEST(a_wrong_value_is_not_also_a_missing_one),
        TEST(a_withdrawal_names_figures_and_holds_none),
    };
    return cmocka_run_group_tests(tests, NULL, test_reading_done);
}
