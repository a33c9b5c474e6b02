/* answers: a frame that holds one answer, several, or something else. */
#include "proto/answers.h"
#include "tests/support/bytes.h"
#include "tests/support/samples.h"
#include "tests/support/unit.h"

static struct mv_fault fault;

static bool good(const struct mv_buf *frame)
{
    struct mv_answers a;
    fault = (struct mv_fault){0};
    return mv_answers_open(&a, mv_buf_span(frame), &fault);
}

static void answer(struct mv_buf *out, uint64_t number)
{
    struct mv_msg_answer m = {.number = number,
                              .has_number = true,
                              .result = mv_span_text("accepted")};
    mv_msg_answer_encode(&m, out);
}

static void one_answer_is_a_frame_as_before(void **state)
{
    (void)state;
    struct mv_buf frame = {0};
    struct mv_answers a;
    struct mv_msg_answer m;
    struct mv_span bytes;
    test_sample(MV_MSG_ANSWER, &frame);
    assert_true(mv_answers_open(&a, mv_buf_span(&frame), &fault));
    assert_true(mv_answers_next(&a, &m, &bytes));
    assert_int_equal(m.number, 413);
    assert_true(mv_span_equal(bytes, mv_buf_span(&frame)));
    assert_false(mv_answers_next(&a, &m, &bytes));
    mv_buf_done(&frame);
}

static void several_come_in_their_order_each_with_its_bytes(void **state)
{
    (void)state;
    struct mv_buf frame = {0}, again = {0};
    struct mv_answers a;
    struct mv_msg_answer m;
    struct mv_span bytes;
    for (uint64_t i = 0; i < 300; i++)
        answer(&frame, i * i);
    assert_true(mv_answers_open(&a, mv_buf_span(&frame), &fault));
    for (uint64_t i = 0; i < 300; i++) {
        assert_true(mv_answers_next(&a, &m, &bytes));
        assert_int_equal(m.number, i * i);
        mv_buf_put(&again, bytes.at, bytes.len);
    }
    assert_false(mv_answers_next(&a, &m, &bytes));
    assert_true(mv_span_equal(mv_buf_span(&again), mv_buf_span(&frame)));
    mv_buf_done(&frame);
    mv_buf_done(&again);
}

/* Behind two good ones; the offset says where. */
static void a_fault_in_the_last_refuses_the_whole_frame(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        mv_code code;
    } last[] = {
        {"c1", MV_CODE_MALFORMED},                          /* not msgpack */
        {"82 a1 76", MV_CODE_MALFORMED},                    /* cut off */
        {"07", MV_CODE_TYPE},                               /* no map */
        {"80", MV_CODE_MISSING},                            /* no message */
        {"82 a176 01 a474797065 a470756c6c", MV_CODE_TYPE}, /* a pull */
        {"83 a176 01 a474797065 a6616e73776572 a3736571 01",
         MV_CODE_MISSING}, /* no result */
        {"84 a176 01 a474797065 a6616e73776572 a3736571 01 a3736571 01",
         MV_CODE_DUPLICATE_KEY},
    };
    struct mv_buf frame = {0};
    answer(&frame, 1);
    answer(&frame, 2);
    size_t two = frame.len;
    assert_true(good(&frame));
    for (size_t i = 0; i < sizeof last / sizeof *last; i++) {
        frame.len = two;
        test_hex(&frame, last[i].hex);
        assert_false(good(&frame));
        assert_int_equal(fault.code, last[i].code);
        assert_in_range(fault.offset, two, frame.len);
    }
    mv_buf_done(&frame);
}

static void a_frame_without_an_answer_is_refused(void **state)
{
    (void)state;
    struct mv_buf frame = {0};
    assert_false(good(&frame));
    assert_int_equal(fault.code, MV_CODE_MALFORMED);
    test_sample(MV_MSG_REPLY, &frame);
    assert_false(good(&frame));
    mv_buf_done(&frame);
}

static void a_frame_above_the_bound_is_refused(void **state)
{
    (void)state;
    struct mv_buf frame = {0}, one = {0};
    answer(&one, 1);
    while (frame.len + one.len <= MV_MAX_ANSWER_BYTES)
        mv_buf_put(&frame, one.at, one.len);
    assert_true(good(&frame));
    mv_buf_put(&frame, one.at, one.len);
    assert_false(good(&frame));
    assert_int_equal(fault.code, MV_CODE_LIMITS);
    mv_buf_done(&frame);
    mv_buf_done(&one);
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_answer_is_a_frame_as_before),
        TEST(several_come_in_their_order_each_with_its_bytes),
        TEST(a_fault_in_the_last_refuses_the_whole_frame),
        TEST(a_frame_without_an_answer_is_refused),
        TEST(a_frame_above_the_bound_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
