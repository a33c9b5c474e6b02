/* text - a notice in plain words, Norwegian first, English beside. Fixed
 * sentences, all in text.c, of the words in words.c; decimals with comma in
 * one, point in the other. */
#pragma once

#include "proto/msg.h"

struct notifier_telling {
    const struct mv_span *changes; /* `change` maps to be told */
    uint32_t count, total;         /* told; named in the notice */
    uint32_t red, back;            /* of all: turned red; back from it */
    struct mv_span cause;          /* raw; at NULL: several */
};

/* Appends {nb, en}. */
void notifier_text_pack(const struct notifier_telling *t, struct mv_buf *out);
