/* What services say in English is told in Norwegian, whatever it filled in. */
#include <stdio.h>
#include <string.h>

#include "services/cli/told.h"
#include "tests/support/english.h"
#include "tests/support/unit.h"

static const struct {
    const char *en, *nb;
} all[] = {
#define TOLD(en, nb) {en, nb},
#include "services/cli/told_catalogue.def"
#include "services/cli/told_services.def"
#include "services/cli/told_yaml.def"
#undef TOLD
};

static const char *told(enum mv_lang lang, const char *text, struct mv_buf *b)
{
    struct cli c = {.lang = lang};
    mv_buf_clear(b);
    cli_told(&c, mv_span_text(text), b);
    return mv_buf_cstr(b);
}

static void a_sentence_is_found_by_its_words_and_filled_in(void **state)
{
    static const struct {
        const char *en, *nb;
    } cases[] = {
        {"no unit 'hs0'", "det finnes ingen enhet 'hs0'"},
        {"expected a list", "her hører en liste"},
        {"expected a number as `61 days`", "her hører et tall som `61 days`"},
        {"expected ')', found 'x'", "her hører ')', ikke 'x'"},
        {"'a b' has no member 'c', as 'd' has",
         "'a b' har ingen del 'c', slik 'd' har"},
        {"'a' has no member 'c'", "'a' har ingen del 'c'"},
        {"no indicator ''", "det finnes ingen indikator ''"},
        {"expected a number, value, latest, found 'x'",
         "her hører et tall, value, latest, ikke 'x'"},
        {"a bare number beside %: both sides need one measure",
         "et tall uten måleenhet ved siden av %: begge sider må ha samme "
         "måleenhet"},
        {"while parsing a flow sequence: did not find expected ',' or ']'",
         "i en liste [...]: her hører ',' eller ']'"},
        {"record 12 ended the service 3 times: let it pass or try it again",
         "post 12 fikk tjenesten til å ende 3 ganger: slipp den forbi med "
         "`maalvakt skip 12`, eller prøv igjen"},
        {"log 'journal': record 7 is damaged",
         "loggen 'journal': post 7 er skadet"},
        {"catalogue in '/x': /x/units.yaml: is not there",
         "katalogen i '/x': /x/units.yaml finnes ikke"},
        {"wrong number of frames: send one frame a message",
         "feil antall rammer: send én ramme for hver melding"},
        {"evaluator: storing failed or its outcome is unknown: send it again",
         "evaluator: lagringen feilet, eller utfallet er ukjent: send den "
         "igjen"},
        {"the start of the log 'journal' is damaged: the operator runs "
         "`maalvakt verify`",
         "begynnelsen av loggen 'journal' er skadet: driftsansvarlig kjører "
         "`maalvakt verify`"},
        {"a message of the key 'ahus' needs one of the roles producer, "
         "assessor",
         "en melding fra nøkkelen 'ahus' krever en av rollene producer, "
         "assessor"},
        {"nothing that is known: really", "nothing that is known: really"},
        {"a: b: ", "a: b"},
        {"", ""},
    };
    struct mv_buf b = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(told(MV_LANG_NB, cases[i].en, &b), cases[i].nb);
        assert_string_equal(told(MV_LANG_EN, cases[i].en, &b), cases[i].en);
    }
    mv_buf_done(&b);
}

/* What a peer fills in is passed on as it is, also where it looks like a
 * place. */
static void what_is_filled_in_is_passed_on_byte_for_byte(void **state)
{
    struct mv_buf b = {0};
    (void)state;
    assert_string_equal(told(MV_LANG_NB, "no unit '{2}%s\x1b'", &b),
                        "det finnes ingen enhet '{2}%s\x1b'");
    assert_string_equal(told(MV_LANG_NB, "no unit 'no unit 'a''", &b),
                        "det finnes ingen enhet 'no unit 'a''");
    mv_buf_done(&b);
}

/* A sentence with every place filled, `'` around those in quotes kept. */
static const char *filled(const char *en, const char *with, struct mv_buf *b)
{
    mv_buf_clear(b);
    for (const char *p = en; *p != '\0'; p++) {
        if (p[0] == '{' && p[1] >= '1' && p[1] <= '9' && p[2] == '}') {
            bool quoted = p > en && (p[-1] == '\'' || p[-1] == '`');
            mv_buf_text(b, quoted ? "own" : with);
            p += 2;
        } else {
            mv_buf_put_u8(b, (uint8_t)*p);
        }
    }
    return mv_buf_cstr(b);
}

static void what_fills_a_place_may_be_a_sentence_with_places(void **state)
{
    struct mv_buf text = {0};
    size_t held = 0;
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        const char *first = strchr(all[i].en, '{');
        if (first == NULL || first[1] != '1')
            continue;
        (void)filled(all[i].en, "line 7", &text);
        test_told_in_norwegian(mv_buf_span(&text));
        held++;
    }
    assert_true(held > 60);
    mv_buf_done(&text);
}

static void every_sentence_stands_once_and_finds_itself(void **state)
{
    struct mv_buf b = {0};
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(all[i].en, all[k].en);
        for (char place[] = "{1}"; place[1] <= '9'; place[1]++) {
            bool in_en = strstr(all[i].en, place) != NULL;
            bool in_nb = strstr(all[i].nb, place) != NULL;
            if (in_en != in_nb)
                fail_msg("%s | %s", all[i].en, all[i].nb);
        }
        if (strchr(all[i].en, '{') == NULL)
            assert_string_equal(told(MV_LANG_NB, all[i].en, &b), all[i].nb);
    }
    mv_buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sentence_is_found_by_its_words_and_filled_in),
        cmocka_unit_test(what_is_filled_in_is_passed_on_byte_for_byte),
        cmocka_unit_test(what_fills_a_place_may_be_a_sentence_with_places),
        cmocka_unit_test(every_sentence_stands_once_and_finds_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
