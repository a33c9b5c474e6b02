/* parcel - rows of a sheet divided into deliveries that the protocol takes,
 * and each delivery's bytes. */
#pragma once

#include "services/cli/sheet.h"

#define CLI_PARCEL_BYTES                                 \
    1000000u /* of a frame: room for a request around it \
              */

/* How many rows from `from` on go into the next delivery: at most max_rows,
 * and at most CLI_PARCEL_BYTES. At least 1 while there are rows. */
uint32_t cli_parcel_rows(const struct cli_sheet *s, uint32_t from,
                         uint32_t max_rows);
/* Appends the delivery of rows [from, from + count). */
void cli_parcel_put(const struct cli_sheet *s, uint32_t from, uint32_t count,
                    const char *producer, uint64_t number, struct mv_buf *out);
/* What it means, whatever its number: a hash of the bytes with number 0. */
void cli_parcel_hash(const struct cli_sheet *s, uint32_t from, uint32_t count,
                     const char *producer, uint8_t hash[32]);

/* A producer's name from a file's: /x/Tall 2024.csv -> tall-2024. False: the
 * name has nothing that could stand in one. */
bool cli_parcel_producer(const char *file, char ret[65]);
