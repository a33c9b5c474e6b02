/* quoted - see quoted.h. */
#include "tests/support/quoted.h"

#include <jansson.h>
#include <stdlib.h>

#include "proto/pack.h"
#include "tests/support/unit.h"

/* JSON as msgpack; depth as the tests write it. */
static void pack(struct mv_buf *out, const json_t *j)
{
    const char *key;
    json_t *value;
    size_t i;
    if (json_is_object(j)) {
        mv_pack_map(out, (uint32_t)json_object_size(j));
        json_object_foreach((json_t *)j, key, value)
        {
            mv_pack_cstr(out, key);
            pack(out, value);
        }
    } else if (json_is_array(j)) {
        mv_pack_list(out, (uint32_t)json_array_size(j));
        json_array_foreach(j, i, value) pack(out, value);
    } else if (json_is_string(j)) {
        mv_pack_cstr(out, json_string_value(j));
    } else if (json_is_boolean(j)) {
        mv_pack_bool(out, json_is_true(j));
    } else {
        assert_true(json_is_integer(j)); /* no other kind crosses the wire */
        mv_pack_i64(out, json_integer_value(j));
    }
}

void test_quoted(struct mv_buf *out, const char *text)
{
    char *copy = mv_xstrdup(text);
    for (char *p = copy; *p != '\0'; p++)
        if (*p == '\'')
            *p = '"';
    json_error_t error;
    json_t *j = json_loads(copy, 0, &error);
    if (j == NULL)
        print_error("%s: %s\n", error.text, copy);
    assert_non_null(j);
    pack(out, j);
    json_decref(j);
    free(copy);
}
