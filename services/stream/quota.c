/* quota - see quota.h. Job: no key takes more than its share. Invariant: a
 * bucket never holds more than one second's rows, and what a transaction took
 * of it is given back if it came to nothing. A crash forgets it all. */
#include "services/stream/quota.h"

#include <stdlib.h>
#include <string.h>

#include "services/base/buf.h"
#include "services/base/err.h"

#define NAME_BYTES  65
#define AFTER_MS    60000 /* the day's bytes are used up: ask each minute */
#define MS_A_SECOND 1000
#define PARTS       1000 /* of a row: what one a second makes in a ms */

struct bucket {
    char key_name[NAME_BYTES];
    int64_t parts;   /* of a row, PARTS to one, may be taken now */
    int64_t mono_ms; /* when that was true */
    int64_t bytes;   /* taken on `day` */
    int32_t day;
    bool taken_from; /* by the open transaction: so much */
    int64_t parts_taken, bytes_taken;
};

struct mv_quota {
    int64_t rows_per_second, bytes_per_day;
    size_t count, last;
    size_t taken_count;
    uint16_t taken[MV_QUOTA_KEYS]; /* buckets the transaction took from */
    struct bucket at[MV_QUOTA_KEYS];
};

struct mv_quota *mv_quota_open(int64_t rows_per_second, int64_t bytes_per_day)
{
    struct mv_quota *quota = mv_xcalloc(1, sizeof *quota);
    quota->rows_per_second = rows_per_second;
    quota->bytes_per_day = bytes_per_day;
    return quota;
}

void mv_quota_close(struct mv_quota *quota)
{
    free(quota);
}

static struct bucket *bucket_of(struct mv_quota *quota, const char *key_name,
                                int64_t mono_ms)
{
    if (quota->last < quota->count &&
        strcmp(quota->at[quota->last].key_name, key_name) == 0)
        return &quota->at[quota->last];
    for (size_t i = 0; i < quota->count; i++) {
        if (strcmp(quota->at[i].key_name, key_name) == 0) {
            quota->last = i;
            return &quota->at[i];
        }
    }
    if (quota->count == MV_QUOTA_KEYS)
        quota->count = quota->taken_count = 0; /* keys come and go: anew */
    struct bucket *b = &quota->at[quota->count];
    *b = (struct bucket){.parts = quota->rows_per_second * PARTS,
                         .mono_ms = mono_ms};
    MV_ASSERT(strlen(key_name) < sizeof b->key_name);
    memcpy(b->key_name, key_name, strlen(key_name) + 1);
    quota->last = quota->count++;
    return b;
}

static void add_parts(const struct mv_quota *quota, struct bucket *b,
                      int64_t parts)
{
    b->parts += parts;
    if (b->parts > quota->rows_per_second * PARTS)
        b->parts = quota->rows_per_second * PARTS;
}

static void refill(const struct mv_quota *quota, struct bucket *b,
                   int64_t mono_ms)
{
    int64_t passed = mono_ms - b->mono_ms;
    if (passed <= 0)
        return;
    if (passed > MS_A_SECOND)
        passed = MS_A_SECOND;
    add_parts(quota, b, quota->rows_per_second * passed);
    b->mono_ms = mono_ms;
}

/* What an open transaction took before midnight is not the new day's. */
static void new_day(struct bucket *b, int32_t day)
{
    b->day = day;
    b->bytes = b->bytes_taken = 0;
}

static void take(struct mv_quota *quota, struct bucket *b, int64_t parts,
                 int64_t bytes)
{
    if (!b->taken_from)
        quota->taken[quota->taken_count++] = (uint16_t)(b - quota->at);
    b->taken_from = true;
    b->parts -= parts;
    b->parts_taken += parts;
    b->bytes += bytes;
    b->bytes_taken += bytes;
}

bool mv_quota_take(struct mv_quota *quota, const char *key_name, uint32_t rows,
                   uint64_t bytes, int64_t mono_ms, int32_t day,
                   int64_t *after_ms)
{
    struct bucket *b = bucket_of(quota, key_name, mono_ms);
    int64_t need = 0;
    if (b->day != day)
        new_day(b, day);
    if (quota->bytes_per_day > 0 &&
        b->bytes + (int64_t)bytes > quota->bytes_per_day) {
        *after_ms = AFTER_MS;
        return false;
    }
    if (quota->rows_per_second > 0) {
        refill(quota, b, mono_ms);
        need = rows;
        if (need > quota->rows_per_second)
            need = quota->rows_per_second;
        need *= PARTS;
        if (b->parts < need) {
            *after_ms = 1 + (need - b->parts - 1) / quota->rows_per_second;
            return false;
        }
    }
    take(quota, b, need, (int64_t)bytes);
    return true;
}

void mv_quota_settled(struct mv_quota *quota, bool committed)
{
    for (size_t i = 0; i < quota->taken_count; i++) {
        struct bucket *b = &quota->at[quota->taken[i]];
        if (!committed) {
            add_parts(quota, b, b->parts_taken);
            b->bytes -= b->bytes_taken;
        }
        b->taken_from = false;
        b->parts_taken = b->bytes_taken = 0;
    }
    quota->taken_count = 0;
}
