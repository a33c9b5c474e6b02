/* period_meant - see period_meant.h. Job: a proposal, never a reading: what is
 * sent stays what stood in the file. Invariant: what is proposed is a period.
 * Holds nothing. */
#include "services/cli/period_meant.h"

#include <string.h>

#define TOKENS_MAX 4
#define WORD_MAX   15

/* A run of digits, or of letters; what stands between is left out. */
struct token {
    bool number;
    int value; /* of a number */
    size_t len;
    char word[WORD_MAX + 1]; /* in lower case; of a number its digits */
};

static bool is_digit(unsigned char b)
{
    return b >= '0' && b <= '9';
}

static unsigned char lower(unsigned char b)
{
    return b >= 'A' && b <= 'Z' ? (unsigned char)(b + 32) : b;
}

/* Letters beyond ASCII count as letters: "halvår". */
static bool is_letter(unsigned char b)
{
    return (lower(b) >= 'a' && lower(b) <= 'z') || b >= 0x80;
}

/* How many tokens; 0: too many, or one that is too long. */
static size_t divide(struct mv_span said, struct token *all)
{
    const unsigned char *p = said.at;
    size_t count = 0;
    for (size_t i = 0; i < said.len;) {
        bool number = is_digit(p[i]);
        if (!number && !is_letter(p[i])) {
            i++;
            continue;
        }
        if (count == TOKENS_MAX)
            return 0;
        struct token *t = &all[count++];
        *t = (struct token){.number = number};
        for (; i < said.len && (number ? is_digit(p[i]) : is_letter(p[i]));
             i++) {
            if (t->len == (number ? 8 : WORD_MAX))
                return 0;
            t->word[t->len++] = (char)lower(p[i]);
            t->value = number ? t->value * 10 + (p[i] - '0') : 0;
        }
    }
    return count;
}

static bool begins(const struct token *t, const char *word)
{
    return !strncmp(t->word, word, strlen(word));
}

/* The month that a word names, in Norwegian or English; 0: none. */
static int month_of(const struct token *t)
{
    static const char *const names[][2] = {
        {"jan", "jan"}, {"feb", "feb"}, {"mar", "mar"}, {"apr", "apr"},
        {"mai", "may"}, {"jun", "jun"}, {"jul", "jul"}, {"aug", "aug"},
        {"sep", "sep"}, {"okt", "oct"}, {"nov", "nov"}, {"des", "dec"}};
    for (int i = 0; i < 12; i++)
        if (begins(t, names[i][0]) || begins(t, names[i][1]))
            return i + 1;
    return 0;
}

static mv_freq freq_of(const struct token *t)
{
    static const struct {
        const char *letter, *word;
        mv_freq freq;
    } all[] = {{"s", "sem", MV_FREQ_S},          {"h", "halv", MV_FREQ_S},
               {"t", "tert", MV_FREQ_T},         {"q", "quarter", MV_FREQ_Q},
               {"k", "kvartal", MV_FREQ_Q},      {"m", "month", MV_FREQ_M},
               {"m", "m\xc3\xa5ned", MV_FREQ_M}, {"w", "week", MV_FREQ_W},
               {"u", "uke", MV_FREQ_W}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!strcmp(t->word, all[i].letter) || begins(t, all[i].word))
            return all[i].freq;
    return MV_FREQ_NONE;
}

/* 20240630 and 202406: date and month run together. */
static bool read_run(const struct token *t, struct mv_period *ret)
{
    int year = t->len == 8 ? t->value / 10000 : t->value / 100;
    int month = t->len == 8 ? t->value / 100 % 100 : t->value % 100;
    if (t->len == 6)
        return mv_period_nth(MV_FREQ_M, year, month, ret);
    return t->len == 8 && year >= MV_YEAR_MIN && year <= MV_YEAR_MAX &&
           mv_date_exists(year, month, t->value % 100) &&
           mv_period_at(MV_FREQ_D, mv_day_of(year, month, t->value % 100), ret);
}

bool cli_period_meant(struct mv_span said, struct mv_period *ret)
{
    struct token all[TOKENS_MAX];
    size_t count = divide(said, all);
    int numbers[TOKENS_MAX], year = 0;
    const struct token *word = NULL;
    size_t n = 0;
    bool year_first = count > 0 && all[0].len == 4;
    if (count == 1 && all[0].number)
        return read_run(&all[0], ret);
    for (size_t i = 0; i < count; i++) {
        if (all[i].number && all[i].len == 4 && year == 0)
            year = all[i].value;
        else if (all[i].number && all[i].len <= 2)
            numbers[n++] = all[i].value;
        else if (!all[i].number && word == NULL)
            word = &all[i];
        else
            return false;
    }
    if (year < MV_YEAR_MIN || year > MV_YEAR_MAX)
        return false;
    if (word != NULL && n == 0 && month_of(word) > 0)
        return mv_period_nth(MV_FREQ_M, year, month_of(word), ret);
    if (word != NULL)
        return n == 1 && freq_of(word) != MV_FREQ_NONE &&
               mv_period_nth(freq_of(word), year, numbers[0], ret);
    if (n == 1)
        return mv_period_nth(MV_FREQ_M, year, numbers[0], ret);
    if (n != 2)
        return false;
    int month = year_first ? numbers[0] : numbers[1];
    int day = year_first ? numbers[1] : numbers[0];
    return mv_date_exists(year, month, day) &&
           mv_period_at(MV_FREQ_D, mv_day_of(year, month, day), ret);
}
