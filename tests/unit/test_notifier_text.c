/* Every sentence of a notice, in both languages, when it is said and when
 * not. */
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "proto/walk.h"
#include "services/notifier/text.h"

#define T(text) mv_span_text(text)
#define LINE    "RØDT: t1 – ahus, 2024."

static struct mv_buf packed, told;
static struct notifier_lines lines;

static int done(void **state)
{
    (void)state;
    mv_buf_done(&packed);
    mv_buf_done(&told);
    notifier_lines_done(&lines);
    return 0;
}

static struct mv_msg_change change(const char *status)
{
    return (struct mv_msg_change){.target = T("t1"),
                                  .year = 2024,
                                  .unit = T("ahus"),
                                  .status = T(status),
                                  .was_status = T("green"),
                                  .changes_this_year = 1,
                                  .measure = T("percent")};
}

/* Text in that language, without the cause. */
static const char *in(const char *language, struct notifier_telling *t)
{
    struct mv_span text;
    mv_buf_clear(&packed);
    mv_buf_clear(&told);
    notifier_text_pack(t, &packed);
    assert_true(mv_map_text(mv_buf_span(&packed), language, &text));
    mv_buf_put(&told, text.at, text.len);
    return mv_buf_cstr(&told);
}

static struct notifier_telling of_one(const struct mv_msg_change *c,
                                      struct mv_buf *bytes, struct mv_span *one)
{
    lines.count = 0;
    notifier_lines_add(&lines, (struct mv_hash){0}, c, 1, 1);
    mv_msg_change_encode(c, bytes);
    *one = mv_buf_span(bytes);
    return (struct notifier_telling){
        .lines = lines.at, .changes = one, .count = 1, .of = 1, .total = 1};
}

static void expect(const struct mv_msg_change *c, const char *nb,
                   const char *en)
{
    static const char merged_nb[] = "Flere varsler er slått sammen til dette.",
                      merged_en[] = "Several notices were merged into this "
                                    "one.";
    struct mv_buf bytes = {0}, wanted = {0};
    struct mv_span one;
    struct notifier_telling t = of_one(c, &bytes, &one);
    mv_buf_printf(&wanted, "%s\n%s\n", nb, merged_nb);
    assert_string_equal(in("nb", &t), mv_buf_cstr(&wanted));
    mv_buf_clear(&wanted);
    mv_buf_printf(&wanted, "%s\n%s\n", en, merged_en);
    assert_string_equal(in("en", &t), mv_buf_cstr(&wanted));
    mv_buf_done(&wanted);
    mv_buf_done(&bytes);
}

static void it_is_of_the_title_and_of_the_units_name(void **state)
{
    (void)state;
    struct mv_buf title = {0};
    struct mv_msg_change c = change("red");
    mv_pack_map(&title, 2);
    mv_pack_kv_cstr(&title, "nb", "Epikriser");
    mv_pack_kv_cstr(&title, "en", "");
    c.title = mv_buf_span(&title);
    c.unit_name = T("Akershus");
    expect(&c, "RØDT: Epikriser – Akershus, 2024.",
           "RED: t1 – Akershus, 2024.");
    c.title = (struct mv_span){0};
    c.unit_name = (struct mv_span){0};
    expect(&c, LINE, "RED: t1 – ahus, 2024.");
    c.target = (struct mv_span){0};
    c.commission = T("1340");
    expect(&c, "RØDT: 1340 – ahus, 2024.", "RED: 1340 – ahus, 2024.");
    mv_buf_done(&title);
}

static void a_number_has_the_decimals_of_its_indicator(void **state)
{
    (void)state;
    static const struct {
        bool has;
        uint64_t decimals;
        const char *nb, *en;
    } cases[] = {
        {false, 0, "66,7 % mot 70 %", "66.7 % against 70 %"},
        {true, 0, "67 % mot 70 %", "67 % against 70 %"},
        {true, 1, "66,7 % mot 70 %", "66.7 % against 70 %"},
        {true, 3, "66,667 % mot 70 %", "66.667 % against 70 %"},
        {true, 6, "66,666667 % mot 70 %", "66.666667 % against 70 %"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char nb[128], en[128];
        struct mv_msg_change c = change("red");
        c.value = T("66.666666666667");
        c.limit = T("70");
        c.has_decimals = cases[i].has;
        c.decimals = cases[i].decimals;
        (void)snprintf(nb, sizeof nb, LINE " Verdien er %s.", cases[i].nb);
        (void)snprintf(en, sizeof en, "RED: t1 – ahus, 2024. The value is %s.",
                       cases[i].en);
        expect(&c, nb, en);
    }
}

static void a_value_without_a_limit_is_told_alone(void **state)
{
    (void)state;
    struct mv_msg_change c = change("red");
    c.value = T("66.66");
    expect(&c, LINE " Verdien er 66,7 %.",
           "RED: t1 – ahus, 2024. The value is 66.7 %.");
    c.value = T("many");
    c.limit = T("70");
    c.margin = T("1");
    expect(&c, LINE, "RED: t1 – ahus, 2024.");
    c.value = T("70.496");
    c.limit = T("70.5");
    c.margin = (struct mv_span){0};
    expect(&c, LINE " Verdien er 70,496 % mot 70,5 %.",
           "RED: t1 – ahus, 2024. The value is 70.496 % against 70.5 %.");
    c.value = T("69");
    c.limit = T("70");
    expect(&c, LINE " Verdien er 69,0 % mot 70 %.",
           "RED: t1 – ahus, 2024. The value is 69.0 % against 70 %.");
}

/* What is left out of a change would tell another's number. */
static void what_is_hidden_is_said(void **state)
{
    (void)state;
    struct mv_buf marks = {0};
    struct mv_msg_change c = change("red");
    mv_pack_list(&marks, 2);
    mv_pack_cstr(&marks, "left_out");
    mv_pack_cstr(&marks, "hidden");
    c.marks = mv_buf_span(&marks);
    c.limit = T("70");
    expect(&c,
           LINE " Tallet vises ikke: det ville røpe et annet, som er skjermet.",
           "RED: t1 – ahus, 2024. The number is not shown: it would tell "
           "another, which is suppressed.");
    c.value = T("60");
    expect(&c,
           LINE " Verdien er 60,0 % mot 70 %. Noen tall vises ikke: de ville "
                "røpe et annet, som er skjermet.",
           "RED: t1 – ahus, 2024. The value is 60.0 % against 70 %. Some "
           "numbers are not shown: they would tell another, which is "
           "suppressed.");
    c.value = c.limit = (struct mv_span){0};
    c.own = T("none"); /* red as assessed: there is no number to hide */
    expect(&c,
           LINE " Noen tall vises ikke: de ville røpe et annet, som er "
                "skjermet.",
           "RED: t1 – ahus, 2024. Some numbers are not shown: they would tell "
           "another, which is suppressed.");
    mv_buf_done(&marks);
}

static void a_margin_has_its_sign_and_counts_points(void **state)
{
    (void)state;
    struct mv_msg_change c = change("green");
    c.value = T("72");
    c.limit = T("70");
    c.margin = T("2");
    expect(&c,
           "GRØNT: t1 – ahus, 2024. Verdien er 72,0 % mot 70 %, margin "
           "+2,0 prosentpoeng.",
           "GREEN: t1 – ahus, 2024. The value is 72.0 % against 70 %, margin "
           "+2.0 percentage points.");
    c.measure = T("percent_change");
    c.value = T("70");
    c.margin = T("0");
    expect(&c,
           "GRØNT: t1 – ahus, 2024. Veksten er 70,0 % mot 70 %, margin "
           "0,0 prosentpoeng.",
           "GREEN: t1 – ahus, 2024. The growth is 70.0 % against 70 %, margin "
           "0.0 percentage points.");
    c.measure = T("days");
    c.margin = T("-2");
    expect(&c,
           "GRØNT: t1 – ahus, 2024. Verdien er 70,0 dager mot 70 dager, "
           "margin −2,0 dager.",
           "GREEN: t1 – ahus, 2024. The value is 70.0 days against 70 days, "
           "margin −2.0 days.");
    c.value = T("59.66"); /* and is the difference of what is shown */
    c.limit = T("58.84");
    c.margin = T("-0.82");
    expect(&c,
           "GRØNT: t1 – ahus, 2024. Verdien er 59,66 dager mot 58,84 dager, "
           "margin −0,82 dager.",
           "GREEN: t1 – ahus, 2024. The value is 59.66 days against 58.84 "
           "days, margin −0.82 days.");
}

static void a_forecast_is_not_told_as_the_value(void **state)
{
    (void)state;
    struct mv_msg_change c = change("red");
    c.value = T("226790");
    c.limit = T("340000");
    c.measure = T("count");
    c.has_decimals = true;
    c.forecast = T("recent(3)");
    expect(&c, LINE " Prognosen er 226 790 mot 340 000.",
           "RED: t1 – ahus, 2024. The forecast is 226,790 against 340,000.");
    c.value = T("1.2");
    c.limit = T("2");
    c.has_decimals = false;
    c.measure = T("percent_change");
    expect(&c, LINE " Prognosen for veksten er 1,2 % mot 2 %.",
           "RED: t1 – ahus, 2024. The forecast of the growth is 1.2 % against "
           "2 %.");
}

static struct mv_span optional(const char *text)
{
    return text != NULL ? mv_span_text(text) : mv_span(NULL, 0);
}

/* What is said of what is needed; NULL: nothing. */
static const struct {
    const char *needed, *is, *of, *why, *nb, *en;
} needed_cases[] = {
    {"70", ">=", "last", NULL, NULL, NULL}, /* the limit itself */
    {"72.5", ">=", "average", NULL,
     " Periodene som gjenstår må i snitt bli minst 72,5 % for å nå kravet.",
     " The periods that remain must average at least 72.5 % for it to "
     "hold."},
    {"72.5", ">", "average", NULL, "bli mer enn 72,5 % for",
     "average more than 72.5 % for"},
    {"72.5", "<", "average", NULL, "bli mindre enn 72,5 % for",
     "average less than 72.5 % for"},
    {"72.5", "=", "average", NULL, "i snitt bli 72,5 % for",
     "must average 72.5 % for"},
    {"70.000001", "<=", "last", NULL,
     " Årets siste periode må bli høyst 70,0 % for å nå kravet.",
     " The year's last period must be at most 70.0 % for it to hold."},
    {"65", ">=", "together", NULL,
     " Periodene som gjenstår må til sammen bli minst 65,0 % for å nå "
     "kravet, når nevnerne deres i snitt er like store som i dem som er "
     "inne.",
     " The periods that remain must together be at least 65.0 % for it to "
     "hold, where their denominators are on average as large as of those "
     "that are in."},
    {"-62", ">=", "average", "secured",
     " Kravet er nådd, hva periodene som gjenstår enn blir.",
     " It holds, whatever the periods that remain become."},
    {"-62", ">=", "together", "secured",
     "enn blir, når nevnerne deres i snitt ikke er større enn",
     "become, where their denominators are on average no larger than"},
    {"impossible", ">=", "average", NULL, " Kravet kan ikke lenger nås i år.",
     " It can no longer hold this year."},
    {"impossible", ">=", "together", NULL,
     "nås i år, når nevnerne i periodene som gjenstår i snitt ikke",
     "hold this year, where the denominators of the periods that remain"},
    /* of an evaluator of before, which did not say of what */
    {"72.5", NULL, NULL, NULL, NULL, NULL},
    {"-12", NULL, NULL, NULL, NULL, NULL},
    {"impossible", NULL, NULL, NULL, NULL, NULL},
    {NULL, NULL, NULL, "unlike", NULL, NULL},
    {"some", ">=", "average", NULL, NULL, NULL},
    /* never rounded to what would miss */
    {"61.875", ">=", "average", NULL, "minst 61,875 % for",
     "least 61.875 % for"},
    {"69.933333333333", ">=", "average", NULL, "minst 69,9334 % for",
     "least 69.9334 % for"},
    {"69.933333333333", "<=", "average", NULL, "høyst 69,9333 % for",
     "most 69.9333 % for"},
};

static void expect_needed(size_t i)
{
    struct mv_buf bytes = {0};
    struct mv_msg_change c = change("red");
    c.measure = T("percent");
    c.limit = T("70");
    c.has_decimals = true;
    c.decimals = 1;
    c.needed = optional(needed_cases[i].needed);
    c.needed_is = optional(needed_cases[i].is);
    c.needed_of = optional(needed_cases[i].of);
    c.needed_why = optional(needed_cases[i].why);
    struct mv_span one;
    struct notifier_telling t = of_one(&c, &bytes, &one);
    if (needed_cases[i].nb == NULL) {
        assert_null(strstr(in("nb", &t), "gjenstår"));
        assert_null(strstr(in("nb", &t), "krav"));
    } else {
        assert_non_null(strstr(in("nb", &t), needed_cases[i].nb));
        assert_non_null(strstr(in("en", &t), needed_cases[i].en));
    }
    mv_buf_done(&bytes);
}

static void what_is_needed_says_which_way_and_of_what(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof needed_cases / sizeof needed_cases[0]; i++)
        expect_needed(i);
}

static void put_criterion(struct mv_buf *out, const char *text,
                          const char *member, const char *status,
                          const char *reason, const char *value)
{
    struct mv_msg_criterion k = {.text = T(text), .status = T(status)};
    if (member != NULL)
        k.member = T(member);
    if (reason != NULL)
        k.reason = T(reason);
    if (value != NULL) {
        k.value = T(value);
        k.limit = T(value[0] == '0' ? "0.12" : "70");
    }
    mv_msg_criterion_encode(&k, out);
}

static void the_criteria_that_are_not_green_are_told(void **state)
{
    (void)state;
    struct mv_buf list = {0};
    struct mv_msg_change c = change("red");
    mv_pack_list(&list, 6);
    put_criterion(&list, "rate(9) >= 0.12", NULL, "red", NULL, "0.041");
    put_criterion(&list, "value >= 70 %", NULL, "red", NULL, "60");
    put_criterion(&list, "each", "som", "green", NULL, "90");
    put_criterion(&list, "each", "vop", "yellow", NULL, "65");
    put_criterion(&list, "each", "bup", "none", "suppressed", "3");
    put_criterion(&list, "each", "tsb", "none", "not_due", NULL);
    c.criteria = mv_buf_span(&list);
    expect(&c,
           LINE " Ikke grønt: rate(9) >= 0.12 rødt (0,04 mot 0,12); "
                "value >= 70 % rødt (60,0 mot 70); vop gult "
                "(65,0 mot 70); bup uten status; tsb uten status.",
           "RED: t1 – ahus, 2024. Not green: rate(9) >= 0.12 red (0.04 against "
           "0.12); value >= 70 % red (60.0 against "
           "70); vop yellow (65.0 against 70); bup without status; tsb "
           "without status.");
    mv_buf_done(&list);
}

static void one_criterion_says_no_more_than_the_whole(void **state)
{
    (void)state;
    struct mv_buf list = {0};
    struct mv_msg_change c = change("red");
    mv_pack_list(&list, 1);
    put_criterion(&list, "each", "vop", "red", NULL, "65");
    c.criteria = mv_buf_span(&list);
    expect(&c, LINE, "RED: t1 – ahus, 2024.");
    c.has_criteria_more = true;
    c.criteria_more = 3;
    expect(&c, LINE " Ikke grønt: vop rødt (65,0 mot 70).",
           "RED: t1 – ahus, 2024. Not green: vop red (65.0 against 70).");
    mv_buf_clear(&list);
    mv_pack_list(&list, 2);
    put_criterion(&list, "each", "vop", "green", NULL, "75");
    put_criterion(&list, "each", "bup", "green", NULL, "75");
    c.criteria = mv_buf_span(&list);
    c.has_criteria_more = false;
    expect(&c, LINE, "RED: t1 – ahus, 2024.");
    mv_buf_clear(&list);
    mv_pack_list(&list, 2);
    put_criterion(&list, "each", "vop", "green", NULL, "75");
    put_criterion(&list, "each", "bup", "red", NULL, NULL);
    c.criteria = mv_buf_span(&list);
    expect(&c, LINE " Ikke grønt: bup rødt.",
           "RED: t1 – ahus, 2024. Not green: bup red.");
    mv_buf_done(&list);
}

static void six_criteria_are_told_and_the_rest_counted(void **state)
{
    (void)state;
    struct mv_msg_change c = change("red");
    for (uint32_t count = 6; count <= 7; count++) {
        struct mv_buf list = {0};
        mv_pack_list(&list, count);
        for (uint32_t i = 0; i < count; i++)
            put_criterion(&list, "each", "m", "red", NULL, NULL);
        c.criteria = mv_buf_span(&list);
        expect(&c,
               count == 6 ? LINE " Ikke grønt: m rødt; m rødt; m rødt; m rødt; "
                                 "m rødt; m rødt."
                          : LINE " Ikke grønt: m rødt; m rødt; m rødt; m rødt; "
                                 "m rødt; m rødt; og 1 til.",
               count == 6 ? "RED: t1 – ahus, 2024. Not green: m red; m red; m "
                            "red; m red; m red; m red."
                          : "RED: t1 – ahus, 2024. Not green: m red; m red; m "
                            "red; m red; m red; m red; and 1 more.");
        mv_buf_done(&list);
    }
}

static void what_is_overdue_is_named_up_to_eight(void **state)
{
    (void)state;
    static const struct {
        uint32_t count;
        const char *nb, *en;
    } cases[] = {
        {0, LINE, "RED: t1 – ahus, 2024."},
        {1, LINE " Mangler etter fristen: P1.",
         "RED: t1 – ahus, 2024. Overdue: P1."},
        {8, LINE " Mangler etter fristen: P1, P2, P3, P4, P5, P6, P7, P8.",
         "RED: t1 – ahus, 2024. Overdue: P1, P2, P3, P4, P5, P6, P7, P8."},
        {9, LINE " Mangler etter fristen: P1, P2, P3, P4, P5, P6, P7, P8, ...",
         "RED: t1 – ahus, 2024. Overdue: P1, P2, P3, P4, P5, P6, P7, P8, "
         "..."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mv_buf list = {0};
        struct mv_msg_change c = change("red");
        mv_pack_list(&list, cases[i].count);
        for (uint32_t k = 1; k <= cases[i].count; k++) {
            char name[16];
            (void)snprintf(name, sizeof name, "P%u", k);
            mv_pack_cstr(&list, name);
        }
        c.overdue = mv_buf_span(&list);
        expect(&c, cases[i].nb, cases[i].en);
        mv_buf_done(&list);
    }
}

static void a_commission_says_which_date_passed(void **state)
{
    (void)state;
    struct mv_buf list = {0};
    struct mv_msg_change c = change("red");
    mv_pack_list(&list, 1);
    mv_pack_cstr(&list, "2024-03-01");
    c.target = (struct mv_span){0};
    c.commission = T("1340");
    c.overdue = mv_buf_span(&list);
    expect(&c, "RØDT: 1340 – ahus, 2024. Frist ute, ikke levert: 2024-03-01.",
           "RED: 1340 – ahus, 2024. Date passed, not delivered: 2024-03-01.");
    mv_buf_done(&list);
}

static void whose_word_it_is_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *comment, *own;
        bool by;
        const char *nb, *en;
    } cases[] = {
        {"Sett", NULL, true, " Vurdert av Kari: Sett.",
         " Assessed by Kari: Sett."},
        {"Sett.", "none", true, " Vurdert av Kari: Sett.",
         " Assessed by Kari: Sett."},
        {"", "green", true, " Vurdert av Kari. Tallene alene: grønt.",
         " Assessed by Kari. The figures alone: green."},
        {"Nei", "red", false,
         " Vurdert til gult av Kari: Nei. Tallene alene: rødt.",
         " Assessed as yellow by Kari: Nei. The figures alone: red."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mv_buf bytes = {0};
        char nb[200], en[200];
        struct mv_msg_change c = change("red");
        struct mv_msg_assessed a = {.status = T("yellow"),
                                    .comment = T(cases[i].comment),
                                    .author = T("Kari")};
        mv_msg_assessed_encode(&a, &bytes);
        c.assessment = mv_buf_span(&bytes);
        if (cases[i].own != NULL)
            c.own = T(cases[i].own);
        if (cases[i].by)
            c.by = T("assessment");
        (void)snprintf(nb, sizeof nb, LINE "%s", cases[i].nb);
        (void)snprintf(en, sizeof en, "RED: t1 – ahus, 2024.%s", cases[i].en);
        expect(&c, nb, en);
        mv_buf_done(&bytes);
    }
}

static void no_status_has_its_reason_and_what_is_late(void **state)
{
    (void)state;
    struct mv_buf list = {0};
    struct mv_msg_change c = change("none");
    c.reason = T("not_due");
    c.value = T("7"); /* of what is there; not to be told */
    expect(&c,
           "INGEN STATUS: t1 – ahus, 2024. Grunn: tallene er ikke kommet, "
           "fristen er ikke ute.",
           "NO STATUS: t1 – ahus, 2024. Reason: the figures are not due yet.");
    mv_pack_list(&list, 1);
    mv_pack_cstr(&list, "2024-T1");
    c.reason = T("overdue");
    c.overdue = mv_buf_span(&list);
    expect(&c,
           "INGEN STATUS: t1 – ahus, 2024. Grunn: tallene mangler etter "
           "fristen. Mangler etter fristen: 2024-T1.",
           "NO STATUS: t1 – ahus, 2024. Reason: the figures are overdue. "
           "Overdue: 2024-T1.");
    c = change("none");
    c.target = (struct mv_span){0};
    c.commission = T("1340");
    c.reason = T("not_due");
    expect(&c, "INGEN STATUS: 1340 – ahus, 2024. Grunn: fristen er ikke ute.",
           "NO STATUS: 1340 – ahus, 2024. Reason: not due yet.");
    c.reason = T("not_assessed");
    expect(&c, "INGEN STATUS: 1340 – ahus, 2024. Grunn: ikke vurdert.",
           "NO STATUS: 1340 – ahus, 2024. Reason: not assessed.");
    mv_buf_done(&list);
}

static void what_stands_at_the_end_of_a_change(void **state)
{
    (void)state;
    struct mv_msg_change c = change("red");
    c.last_coloured = T("yellow");
    c.has_held = true;
    expect(&c, LINE " Før: gult.", "RED: t1 – ahus, 2024. Before: yellow.");
    c.was_status = T("none");
    expect(&c, LINE " Før: uten status, sist gult.",
           "RED: t1 – ahus, 2024. Before: no status, last yellow.");
    c.was_status = T("yellow");
    c.held = c.preliminary = true;
    expect(&c, LINE " Før: gult. Foreløpige tall. Tallene er under retting.",
           "RED: t1 – ahus, 2024. Before: yellow. Preliminary figures. The "
           "figures are under correction.");
}

#define TEST(name) cmocka_unit_test_teardown(name, done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_of_the_title_and_of_the_units_name),
        TEST(a_number_has_the_decimals_of_its_indicator),
        TEST(a_value_without_a_limit_is_told_alone),
        TEST(what_is_hidden_is_said),
        TEST(a_margin_has_its_sign_and_counts_points),
        TEST(a_forecast_is_not_told_as_the_value),
        TEST(what_is_needed_says_which_way_and_of_what),
        TEST(the_criteria_that_are_not_green_are_told),
        TEST(one_criterion_says_no_more_than_the_whole),
        TEST(six_criteria_are_told_and_the_rest_counted),
        TEST(what_is_overdue_is_named_up_to_eight),
        TEST(a_commission_says_which_date_passed),
        TEST(whose_word_it_is_is_told),
        TEST(no_status_has_its_reason_and_what_is_late),
        TEST(what_stands_at_the_end_of_a_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
