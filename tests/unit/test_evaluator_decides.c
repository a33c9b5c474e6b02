/* Who has the last word of a status: figures, dates, a person, or a hold. */
#include "services/evaluator/send.h"
#include "tests/support/evaluating.h"
#include "tests/support/random.h"

#define T(text) mv_span_text(text)
/* More holds than there is room for at first. */
#define TRUSTS     14
#define INDICATORS 6 /* the last is the sum of two */
#define DAY        20000
#define NONE       MV_STATUS_NONE
#define GREEN      MV_STATUS_GREEN
#define YELLOW     MV_STATUS_YELLOW
#define RED        MV_STATUS_RED

static const char targets[] =
    "targets:\n"
    "  - {id: said, year: 2024, text: Vurderes, scope: [region]}\n";
static const struct evaluator_subject said = {
    .id = {(const uint8_t *)"said", 4},
    .year = 2024,
    .unit = {(const uint8_t *)"hso", 3}};

static int begin(void **state)
{
    int rc = setup(state);
    struct fixture *f = *state;
    test_journal_catalogue(&f->j, NULL, NULL, targets);
    test_world_run(&f->w, &f->j, 0, 10);
    mv_log_head(f->w.changes, &f->told, NULL);
    return rc;
}

static void assess(struct fixture *f, mv_status status, const char *until)
{
    struct mv_statement s = {.kind = MV_STATEMENT_ASSESSMENT,
                             .target = said.id,
                             .unit = said.unit,
                             .year = 2024,
                             .status = T(mv_status_text(status))};
    if (until != NULL)
        s.until = T(until);
    test_journal_statement(&f->j, s);
    test_world_run(&f->w, &f->j, 0, 10);
}

static struct evaluator_status decide(struct fixture *f, mv_decides how,
                                      int32_t today, mv_status own,
                                      mv_reason reason)
{
    struct evaluator_status ret;
    assert_int_equal(mv_store_read_begin(f->w.store, NULL), MV_OK);
    evaluator_decide(&f->w.evaluator->book, &said, how, today, own, reason,
                     &ret);
    assert_int_equal(mv_store_read_end(f->w.store, NULL), MV_OK);
    return ret;
}

static void the_target_says_who_has_the_last_word(void **state)
{
    struct fixture *f = *state;
    static const struct {
        mv_decides how;
        mv_status own, theirs, wanted;
        bool by_assessment;
    } cases[] = {
        {MV_DECIDES_FIGURES, RED, GREEN, RED, false},
        {MV_DECIDES_FIGURES, GREEN, RED, GREEN, false},
        {MV_DECIDES_FIGURES, NONE, YELLOW, YELLOW, true},
        {MV_DECIDES_ASSESSMENT, RED, GREEN, GREEN, true},
        {MV_DECIDES_ASSESSMENT, GREEN, RED, RED, true},
        {MV_DECIDES_ASSESSMENT, NONE, RED, RED, true},
        {MV_DECIDES_WORST, RED, GREEN, RED, false},
        {MV_DECIDES_WORST, RED, YELLOW, RED, false},
        {MV_DECIDES_WORST, YELLOW, GREEN, YELLOW, false},
        {MV_DECIDES_WORST, YELLOW, YELLOW, YELLOW, false},
        {MV_DECIDES_WORST, YELLOW, RED, RED, true},
        {MV_DECIDES_WORST, GREEN, GREEN, GREEN, false},
        {MV_DECIDES_WORST, GREEN, YELLOW, YELLOW, true},
        {MV_DECIDES_WORST, GREEN, RED, RED, true},
        {MV_DECIDES_WORST, NONE, GREEN, GREEN, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mv_reason why =
            cases[i].own == NONE ? MV_REASON_NOT_ASSESSED : MV_REASON_NO;
        assess(f, cases[i].theirs, NULL);
        struct evaluator_status s =
            decide(f, cases[i].how, DAY, cases[i].own, why);
        assert_int_equal(s.status, cases[i].wanted);
        assert_int_equal(s.by_assessment, cases[i].by_assessment);
        assert_int_equal(s.own, cases[i].own);
        assert_int_equal(s.own_reason, why);
        assert_int_equal(s.reason, MV_REASON_NO);
        assert_true(s.assessed && !s.held);
        assert_int_equal(s.assessment.word, cases[i].theirs);
    }
}

static void assess_ahus(struct fixture *f, const char *target,
                        const char *status)
{
    test_journal_statement(
        &f->j, (struct mv_statement){.kind = MV_STATEMENT_ASSESSMENT,
                                     .target = T(target),
                                     .unit = T("ahus"),
                                     .year = 2024,
                                     .status = T(status)});
}

/* Figures that say the same as was sent are not the last word there. */
static void a_person_turns_what_figures_leave_as_it_is(void **state)
{
    struct fixture *f = *state;
    static const char both[] =
        "targets:\n"
        "  - {id: own, year: 2024, indicator: senger, text: T,\n"
        "     scope: [trust], require: [value >= 100], decides: assessment}\n"
        "  - {id: worst, year: 2024, indicator: senger, text: T,\n"
        "     scope: [trust], require: [value >= 100], decides: worst}\n";
    test_journal_catalogue(&f->j, NULL, NULL, both);
    test_journal_delivery(&f->j, "senger - ahus 2024 120");
    test_world_run(&f->w, &f->j, 0, 10);
    mv_log_head(f->w.changes, &f->told, NULL);
    assess_ahus(f, "own", "red");
    expect(f, "assessment 6 own 2024 ahus green -> red last green (3) "
              "[120 100 20]\n");
    assess_ahus(f, "worst", "yellow");
    expect(f, "assessment 7 worst 2024 ahus green -> yellow last green (3) "
              "[120 100 20]\n");
    assess_ahus(f, "own", "none"); /* taken back: the figures say so */
    expect(f, "assessment 8 own 2024 ahus red -> green last red (4) "
              "[120 100 20]\n");
}

/* Each figure is looked at for what it is, whatever was sent before it. */
static void plain_figures_turn_a_status_and_back(void **state)
{
    struct fixture *f = *state;
    static const char plain[] =
        "targets:\n"
        "  - {id: t, year: 2024, indicator: senger, text: T,\n"
        "     scope: [trust], require: [value >= 100]}\n";
    test_journal_catalogue(&f->j, NULL, NULL, plain);
    test_world_run(&f->w, &f->j, 0, 10);
    mv_log_head(f->w.changes, &f->told, NULL);
    test_journal_delivery(&f->j, "senger - ahus 2024 120");
    expect(f, "figure 5.1 t 2024 ahus none not_due -> green (2) "
              "[120 100 20]\n");
    test_journal_delivery(&f->j, "senger - ahus 2024 130");
    expect(f, "");
    test_journal_delivery(&f->j, "senger - ahus 2024 90");
    expect(f, "correction 7.1 t 2024 ahus green -> red last green (3) "
              "[90 100 -10]\n");
    test_journal_delivery(&f->j, "senger - ahus 2024 95");
    expect(f, "");
    test_journal_delivery(&f->j, "senger - ahus 2024 100");
    expect(f, "correction 9.1 t 2024 ahus red -> green last red (4) "
              "[100 100 0]\n");
}

static void what_is_not_judged_is_not_judged_by_a_person_either(void **state)
{
    struct fixture *f = *state;
    static const mv_reason never[] = {MV_REASON_UNDER_DEVELOPMENT,
                                      MV_REASON_REPORT_ONLY};
    assess(f, RED, NULL);
    for (size_t i = 0; i < 2; i++) {
        struct evaluator_status s =
            decide(f, MV_DECIDES_ASSESSMENT, DAY, NONE, never[i]);
        assert_int_equal(s.status, NONE);
        assert_int_equal(s.reason, never[i]);
        assert_true(s.assessed && !s.by_assessment);
    }
}

static void an_assessment_holds_to_its_last_day_and_no_longer(void **state)
{
    struct fixture *f = *state;
    int32_t last;
    assert_true(mv_day_parse(T("2024-06-30"), &last));
    assess(f, RED, "2024-06-30");
    assert_int_equal(decide(f, 0, last, NONE, MV_REASON_NOT_ASSESSED).status,
                     RED);
    struct evaluator_status s =
        decide(f, 0, last + 1, NONE, MV_REASON_NOT_ASSESSED);
    assert_int_equal(s.status, NONE);
    assert_int_equal(s.reason, MV_REASON_NOT_ASSESSED);
    assert_true(!s.assessed && !s.by_assessment);
    assess(f, NONE, NULL); /* taken back */
    s = decide(f, 0, last, NONE, MV_REASON_NOT_ASSESSED);
    assert_true(s.status == NONE && !s.assessed);
}

static void a_hold_keeps_what_was_sent_if_anything_was(void **state)
{
    (void)state;
    static const struct {
        struct evaluator_sent sent;
        bool kept;
    } cases[] = {
        {{.there = false, .status = RED}, false},
        {{.there = true, .status = RED}, true},
        {{.there = true, .status = NONE, .reason = MV_REASON_NOT_ASSESSED},
         true},
        {{.there = true, .status = NONE, .reason = MV_REASON_NOT_DUE}, true},
        /* in another engine's words */
        {{.there = true, .status = RED + 1}, false},
        {{.there = true, .reason = MV_REASON_NOT_ASSESSED + 1}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct evaluator_status s = {.status = YELLOW,
                                     .reason = MV_REASON_NO_BASE,
                                     .own = GREEN,
                                     .by_assessment = true};
        evaluator_keep(&s, &cases[i].sent);
        assert_true(s.held);
        assert_int_equal(s.own, GREEN);
        assert_int_equal(s.by_assessment, !cases[i].kept);
        assert_int_equal(s.status,
                         cases[i].kept ? cases[i].sent.status : YELLOW);
        assert_int_equal(s.reason, cases[i].kept ? cases[i].sent.reason
                                                 : MV_REASON_NO_BASE);
    }
}

static void what_was_sent_is_told_from_what_is_judged(void **state)
{
    (void)state;
    struct evaluator_status s = {.status = NONE, .reason = MV_REASON_NOT_DUE};
    struct evaluator_sent sent = {
        .there = true, .status = NONE, .reason = MV_REASON_NOT_DUE};
    assert_true(evaluator_is_sent(&s, &sent));
    sent.reason = MV_REASON_NO_BASE;
    assert_false(evaluator_is_sent(&s, &sent));
    sent.reason = MV_REASON_NOT_DUE;
    sent.status = RED;
    assert_false(evaluator_is_sent(&s, &sent));
    sent.status = NONE;
    sent.there = false;
    assert_false(evaluator_is_sent(&s, &sent));
}

/* ---- holds, beside a plain model of them ---- */

struct held {
    bool there;
    int32_t until;
};

struct holding {
    struct fixture *f;
    const struct mv_catalogue *c;
    struct held at[INDICATORS][TRUSTS + 2]; /* by indicator and unit */
};

/* Two regions; the names of the indicators are not in the catalogue's order.
 * Target 0 is of a sum of two indicators, each other of one. */
static void many(struct test_journal *j)
{
    static const char *const names[] = {"m", "c", "z", "a", "k"};
    struct mv_buf units = {0}, indicators = {0}, of = {0};
    mv_buf_text(&units, "units:\n  - {id: r0, name: R, kind: region}\n"
                        "  - {id: r1, name: R, kind: region}\n");
    for (int i = 0; i < TRUSTS; i++) {
        mv_buf_printf(&units,
                      "  - {id: t%d, name: T, kind: trust, parent: r%d}\n", i,
                      i % 2);
    }
    mv_buf_text(&indicators, "indicators:\n");
    mv_buf_text(&of, "targets:\n  - {id: both, year: 2024, text: T,\n"
                     "     indicator: both, scope: [region, trust],\n"
                     "     require: [value >= 1]}\n");
    for (int i = 0; i < INDICATORS - 1; i++) {
        mv_buf_printf(&indicators,
                      "  - {id: %s, title: I, measure: count, frequency: A,\n"
                      "     over_periods: sum, over_units: sum, by: trust}\n",
                      names[i]);
        mv_buf_printf(&of,
                      "  - {id: of-%s, year: 2024, text: T, indicator: %s,\n"
                      "     scope: [region, trust], require: [value >= 1]}\n",
                      names[i], names[i]);
    }
    mv_buf_text(&indicators,
                "  - {id: both, title: I, measure: count, frequency: A,\n"
                "     formula: '\"m\" + \"z\"'}\n");
    test_journal_catalogue(j, mv_buf_cstr(&units), mv_buf_cstr(&indicators),
                           mv_buf_cstr(&of));
    mv_buf_done(&units);
    mv_buf_done(&indicators);
    mv_buf_done(&of);
}

static void hold(struct holding *h, uint32_t indicator, uint32_t unit,
                 const char *until)
{
    struct held *held = &h->at[indicator][unit];
    struct mv_statement s = {.kind = MV_STATEMENT_HOLD,
                             .indicator = h->c->indicators[indicator].id,
                             .unit = h->c->units[unit].id};
    *held = (struct held){.there = true, .until = EVALUATOR_NO_END};
    if (until != NULL) {
        s.until = T(until);
        assert_true(mv_day_parse(s.until, &held->until));
    }
    test_journal_statement(&h->f->j, s);
}

static bool is_held(const struct holding *h, uint32_t target, uint32_t unit,
                    int32_t today)
{
    const struct mv_indices *uses = &h->c->targets[target].uses;
    for (uint32_t k = 0; k < uses->count; k++) {
        for (uint32_t u = 0; u < h->c->unit_count; u++) {
            const struct held *held = &h->at[uses->at[k]][u];
            if (held->there && held->until >= today &&
                (u == unit || h->c->units[u].parent == unit ||
                 h->c->units[unit].parent == u))
                return true;
        }
    }
    return false;
}

static uint32_t compare(const struct holding *h, int32_t today)
{
    struct evaluator_holds holds = {0};
    uint32_t on = 0;
    assert_int_equal(mv_store_read_begin(h->f->w.store, NULL), MV_OK);
    evaluator_holds_read(&holds, &h->f->w.evaluator->book, h->c);
    assert_int_equal(mv_store_read_end(h->f->w.store, NULL), MV_OK);
    for (uint32_t t = 0; t < h->c->target_count; t++) {
        for (uint32_t u = 0; u < h->c->unit_count; u++) {
            bool held = evaluator_holds_on(&holds, t, u, today);
            assert_int_equal(held, is_held(h, t, u, today));
            on += held;
        }
    }
    evaluator_holds_done(&holds);
    return on;
}

static void a_hold_is_of_its_indicator_its_unit_and_its_days(void **state)
{
    struct fixture *f = *state;
    struct holding h = {.f = f};
    struct test_random r = {11};
    int32_t day;
    assert_true(mv_day_parse(T("2024-06-01"), &day));
    many(&f->j);
    test_world_run(&f->w, &f->j, 0, 10);
    h.c = f->w.evaluator->force.now.catalogue;
    assert_int_equal(h.c->target_count, INDICATORS);
    assert_int_equal(compare(&h, day), 0);
    for (int i = 0; i < 60; i++) {
        uint32_t indicator = (uint32_t)test_random_below(&r, INDICATORS);
        uint32_t unit = 2 + (uint32_t)test_random_below(&r, TRUSTS);
        hold(&h, indicator, i == 50 ? 0 : unit,
             i % 3 == 0 ? "2024-06-01" : NULL);
        if (i % 6 != 0 && i < 50)
            continue;
        test_world_run(&f->w, &f->j, 0, 10);
        assert_true(compare(&h, day) > 0);
        (void)compare(&h, day + 1);
    }
}

/* What the catalogue has not holds nothing, and what it has is held still. */
static void a_hold_of_what_is_gone_holds_nothing(void **state)
{
    struct fixture *f = *state;
    struct holding h = {.f = f};
    many(&f->j);
    test_world_run(&f->w, &f->j, 0, 10);
    h.c = f->w.evaluator->force.now.catalogue;
    assert_int_equal(h.c->target_count, INDICATORS);
    static const char *const gone[][2] = {{"m", "away"}, {"away", "t1"}};
    for (size_t i = 0; i < 2; i++) {
        test_journal_statement(&f->j,
                               (struct mv_statement){.kind = MV_STATEMENT_HOLD,
                                                     .indicator = T(gone[i][0]),
                                                     .unit = T(gone[i][1])});
    }
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(compare(&h, DAY), 0);
    hold(&h, 0, 3, NULL);
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(compare(&h, DAY), 4); /* two targets, it and its region */
}

/* ---- commissions ---- */

static struct evaluator_dues dues_of(struct fixture *f)
{
    struct evaluator_dues dues;
    struct evaluator_status status;
    assert_int_equal(mv_store_read_begin(f->w.store, NULL), MV_OK);
    evaluator_commission_judge(f->w.evaluator, 0, 0, &dues, &status);
    assert_int_equal(mv_store_read_end(f->w.store, NULL), MV_OK);
    return dues;
}

static void task(struct fixture *f, const char *dues)
{
    struct mv_buf b = {0};
    mv_buf_printf(&b,
                  "commissions:\n"
                  "  - {id: c1, year: 2024, text: Rapport, for: [hso]%s}\n",
                  dues);
    f->j.commissions = mv_buf_cstr(&b);
    test_journal_catalogue(&f->j, NULL, NULL, targets);
    f->j.commissions = NULL;
    mv_buf_done(&b);
}

static void met(struct fixture *f, const char *due, const char *on)
{
    test_journal_statement(&f->j,
                           (struct mv_statement){.kind = MV_STATEMENT_DELIVERED,
                                                 .commission = T("c1"),
                                                 .unit = T("hso"),
                                                 .year = 2024,
                                                 .due = T(due),
                                                 .on = T(on)});
    test_world_run(&f->w, &f->j, 0, 10);
}

static void dates_that_passed_are_told_in_order_of_time(void **state)
{
    struct fixture *f = *state;
    static const char *const late[] = {"2024-03-02", "2024-03-05", "2024-03-07",
                                       "2024-03-09"};
    task(f, ", due: [{on: 2024-03-05}, {on: 2024-03-09}, {on: 2024-03-02},\n"
            "     {on: 2024-03-01, moved: 2024-03-07}, {on: 2024-09-01}]");
    test_journal_day(&f->j, "2024-03-20");
    test_world_run(&f->w, &f->j, 0, 10);
    struct evaluator_dues dues = dues_of(f);
    assert_int_equal(dues.status, RED);
    assert_int_equal(dues.overdue, 4);
    for (uint32_t i = 0; i < dues.overdue; i++) {
        int32_t day;
        assert_true(mv_day_parse(T(late[i]), &day));
        assert_int_equal(dues.overdue_at[i], day);
    }
}

static void a_date_moved_twice_is_met_by_any_of_its_names(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = {"2024-03-01", "2024-03-05",
                                        "2024-03-09"};
    for (size_t i = 0; i < 3; i++) {
        task(f, ", due: [{on: 2024-03-01, moved: [2024-03-05, 2024-03-09]}]");
        met(f, names[i], i % 2 ? "2024-03-10" : "2024-03-09");
        assert_int_equal(dues_of(f).status, i % 2 ? YELLOW : GREEN);
    }
}

static void a_task_without_dates_is_for_a_person_to_judge(void **state)
{
    struct fixture *f = *state;
    task(f, "");
    test_world_run(&f->w, &f->j, 0, 10);
    struct evaluator_dues dues = dues_of(f);
    assert_int_equal(dues.status, NONE);
    assert_int_equal(dues.reason, MV_REASON_NOT_ASSESSED);
    task(f, ", due: [{on: 2024-12-01}]");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(dues_of(f).reason, MV_REASON_NOT_DUE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_target_says_who_has_the_last_word),
        TEST(a_person_turns_what_figures_leave_as_it_is),
        TEST(plain_figures_turn_a_status_and_back),
        TEST(what_is_not_judged_is_not_judged_by_a_person_either),
        TEST(an_assessment_holds_to_its_last_day_and_no_longer),
        TEST(a_hold_keeps_what_was_sent_if_anything_was),
        TEST(what_was_sent_is_told_from_what_is_judged),
        TEST(a_hold_is_of_its_indicator_its_unit_and_its_days),
        TEST(a_hold_of_what_is_gone_holds_nothing),
        TEST(dates_that_passed_are_told_in_order_of_time),
        TEST(a_date_moved_twice_is_met_by_any_of_its_names),
        TEST(a_task_without_dates_is_for_a_person_to_judge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
