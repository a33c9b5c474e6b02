/* catalogue_text - catalogues from texts in a test. */
#pragma once

#include "services/catalogue/catalogue.h"

/* A text may be NULL: a small one that fits the others. Faults are printed
 * into *out, which the caller owns; returns NULL where there are any errors.
 * A fault that is told in Norwegian with English in it fails the test. */
struct mv_catalogue *test_catalogue(const char *units, const char *indicators,
                                    const char *targets,
                                    const char *commissions,
                                    struct mv_buf *out);

/* Units hso (region), ahus, ous (trusts), a1 (hospital of ahus), own;
 * indicators epikrise (percent, by trust, dimension tjeneste: som vop tsb),
 * ventetid (days, by region, the same dimension), senger (count). */
extern const char test_units[], test_indicators[], test_targets[];
