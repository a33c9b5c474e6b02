/* html - text for a page: nothing in it is ever markup. */
#pragma once

#include "services/base/buf.h"

/* Escapes & < > " '. What is not UTF-8, controls and what turns the direction
 * of text become U+FFFD. Between tags and in quoted attributes. Appends. */
void cli_html_text(struct mv_buf *out, struct mv_span text);
/* <TAG CLASS...>text</TAG>; open: "td class=num", what stands in the tag. */
void cli_html_element(struct mv_buf *out, const char *open,
                      struct mv_span text);
