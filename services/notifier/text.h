/* text - a notice in plain words, Norwegian first, English beside. Fixed
 * sentences, all in text.c, of the words in words.c; decimals with comma in
 * one, point in the other. */
#pragma once

#include "services/notifier/lines.h"

struct notifier_telling {
    const struct notifier_line *lines; /* to be told, */
    const struct mv_span *changes;     /* and the `change` map of each */
    uint32_t count, of;                /* lines told; lines there are */
    uint32_t total;                    /* changes named in the notice */
    uint32_t red, back;                /* of those: turned red; back from it */
    struct mv_span cause;              /* raw; at NULL: several */
};

/* Appends {nb, en}. */
void notifier_text_pack(const struct notifier_telling *t, struct mv_buf *out);
