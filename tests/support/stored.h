/* stored - how each program of the store's tests begins: a directory, two
 * tables, texts put in and looked for. */
#pragma once

#include <string.h>

#include "services/base/store/store.h"
#include "tests/support/place.h"
#include "tests/support/unit.h"

static const char *const tables[] = {"a", "b"};

static inline struct mv_store_options options(const char *dir)
{
    return (struct mv_store_options){.dir = dir,
                                     .service = "ingest",
                                     .format = 3,
                                     .quota_bytes = 4 << 20,
                                     .any_filesystem = true,
                                     .tables = tables,
                                     .table_count = 2};
}

static inline struct mv_store *must_open(const char *dir)
{
    struct mv_store *s = NULL;
    struct mv_err err = {0};
    const struct mv_store_options o = options(dir);
    if (mv_store_open(&s, &o, &err) != MV_OK)
        fail_msg("%s", err.text);
    return s;
}

static inline void refused(const struct mv_store_options *o, const char *why)
{
    struct mv_store *s = NULL;
    struct mv_err err = {0};
    mv_rc rc = mv_store_open(&s, o, &err);
    if (rc != MV_CONFIG || strstr(err.text, why) == NULL)
        fail_msg("result %d: %s; wanted: %s", rc, err.text, why);
    assert_null(s);
}

static inline int setup(void **state)
{
    *state = mv_test_dir(true);
    return 0;
}

static inline int teardown(void **state)
{
    mv_test_dir_done(*state);
    return 0;
}

static inline void put(struct mv_store *s, const char *key, const char *value)
{
    mv_store_put(s, mv_store_table(s, "a"), mv_span_text(key),
                 mv_span_text(value));
}

static inline bool has(struct mv_store *s, const char *key, const char *value)
{
    struct mv_span v;
    return mv_store_get(s, mv_store_table(s, "a"), mv_span_text(key), &v) &&
           mv_span_is(v, value);
}
