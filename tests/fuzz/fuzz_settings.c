/* Any bytes as a settings file: read or refused with a text; what is read is
 * within its bounds. */
#include <stddef.h>
#include <stdint.h>

#include "services/base/conf.h"

struct settings {
    char *text;
    char *path;
    int64_t ms;
    int64_t bytes;
    int64_t count;
    bool flag;
    struct mv_conf_list list;
};

#define AT(field) offsetof(struct settings, field)

static const struct mv_conf_key keys[] = {
    {"text", MV_CONF_TEXT, "x", NULL, 0, 50, AT(text), "a"},
    {"path", MV_CONF_PATH, "/x", NULL, 1, 50, AT(path), "b"},
    {"ms", MV_CONF_MS, "5 s", NULL, 10, 300000, AT(ms), "c"},
    {"bytes", MV_CONF_BYTES, "1 KiB", NULL, 0, INT64_MAX, AT(bytes), "d"},
    {"count", MV_CONF_INT, "7", NULL, -9, 9, AT(count), "e"},
    {"flag", MV_CONF_BOOL, "no", NULL, 0, 0, AT(flag), "f"},
    {"list", MV_CONF_LIST, "", NULL, 0, 5, AT(list), "g"},
};
static const struct mv_conf_table table = {"fuzz", keys, MV_CONF_COUNT(keys)};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct settings s = {0};
    struct mv_err err = {0};
    if (size > MV_CONF_FILE_BYTES)
        return 0;
    mv_rc rc = mv_conf_parse(&table, "f", mv_span(data, size), &s, &err);
    MV_ASSERT((rc == MV_OK) == (err.text[0] == 0));
    MV_ASSERT(rc == MV_OK || rc == MV_CONFIG);
    if (rc == MV_OK) {
        MV_ASSERT(s.ms >= 10 && s.ms <= 300000 && s.bytes >= 0);
        MV_ASSERT(s.count >= -9 && s.count <= 9 && s.list.count <= 5);
        MV_ASSERT(s.path[0] == '/' && s.text != NULL);
    }
    mv_conf_done(&table, &s);
    return 0;
}
