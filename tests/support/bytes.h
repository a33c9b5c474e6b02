/* bytes - test input: hex to bytes, and deliveries with one thing changed. */
#pragma once

#include "services/base/buf.h"

/* Appends the bytes of "82 a1 76 01 ..."; anything but hex digits divides. */
void test_hex(struct mv_buf *out, const char *hex);

/* What differs from a good delivery of one row. All may be NULL. */
struct test_delivery {
    const char *key, *value_hex;   /* a key of the map, and its value instead */
    const char *extra_hex;         /* a further key and value, as bytes */
    const char *without;           /* a key left out */
    const char *column, *cell_hex; /* a column, and its cell instead */
    unsigned rows;                 /* that many, periods counted up; 0: one */
};

/* Appends {v, type, producer, number, fields, rows} with the row
 * epikrise som ahus 2024-T3 nil 812 1003 A 1733011200000 "Tabell 3". */
void test_delivery_bytes(struct mv_buf *out, const struct test_delivery *);
