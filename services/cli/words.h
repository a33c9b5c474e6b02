/* words - every sentence that `maalvakt` says, Norwegian first, in words.def;
 * what services answer has its own words in proto/codes.def. */
#pragma once

typedef enum cli_word {
    CLI_W_NONE = 0,
#define WORD(ID, nb, en) CLI_W_##ID,
#include "services/cli/words.def"
#undef WORD
    CLI_W_COUNT
} cli_word;
