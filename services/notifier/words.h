/* words - what a notice says for a word of the protocol, in both languages. */
#pragma once

#include "services/base/buf.h"

typedef enum notifier_lang {
    NOTIFIER_NB,
    NOTIFIER_EN,
    NOTIFIER_LANGS
} notifier_lang;

/* A table ends with a row whose word is NULL: what is said of all others. */
struct notifier_word {
    const char *word, *say[NOTIFIER_LANGS];
};
extern const struct notifier_word notifier_statuses[]; /* "RØDT" */
extern const struct notifier_word notifier_colours[];  /* "rødt" */
extern const struct notifier_word notifier_reasons[];
extern const struct notifier_word notifier_causes[];
extern const struct notifier_word notifier_measures[]; /* " dager", or NULL */

/* Of `needed`: "minst {}" by needed_is; and, by needed_of, what the periods
 * that remain must become, that they cannot fail, or not help any more. */
extern const struct notifier_word notifier_asked[];
extern const struct notifier_word notifier_needed[]; /* "... bli {} ..." */
extern const struct notifier_word notifier_secured[];
extern const struct notifier_word notifier_lost[];

const char *notifier_say(const struct notifier_word *table, struct mv_span word,
                         notifier_lang l);
