/* golden - see golden.h. Job: text beside a file. Invariant: without MV_RENEW
 * nothing is written. A crash in the middle of writing leaves half a file,
 * which the next run refuses. */
#include "tests/support/golden.h"

#include "tests/support/unit.h"

#include <msgpack.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES 65536u

void test_golden_rows(struct mv_buf *out, struct mv_span rows)
{
    msgpack_unpacked u;
    size_t at = 0;
    char *line = mv_xcalloc(1, LINE_BYTES);
    msgpack_unpacked_init(&u);
    while (at < rows.len) {
        assert_int_equal(
            msgpack_unpack_next(&u, (const char *)rows.at, rows.len, &at),
            MSGPACK_UNPACK_SUCCESS);
        assert_true(msgpack_object_print_buffer(line, LINE_BYTES, u.data) > 0);
        mv_buf_printf(out, "%s\n", line);
    }
    msgpack_unpacked_destroy(&u);
    free(line);
}

static void read_file(const char *path, struct mv_buf *out)
{
    char bytes[4096];
    size_t n;
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return; /* as an empty one */
    while ((n = fread(bytes, 1, sizeof bytes, f)) > 0)
        mv_buf_put(out, bytes, n);
    (void)fclose(f);
}

static void write_file(const char *path, struct mv_span text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text.at, 1, text.len, f), text.len);
    assert_int_equal(fclose(f), 0);
}

void test_golden(const char *path, struct mv_span text)
{
    struct mv_buf wanted = {0}, made = {0};
    unsigned line = 1;
    if (getenv("MV_RENEW") != NULL)
        write_file(path, text);
    read_file(path, &wanted);
    mv_buf_put(&made, text.at, text.len);
    const char *a = mv_buf_cstr(&wanted), *b = mv_buf_cstr(&made);
    while (strcmp(a, b) != 0) {
        size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");
        if (n != m || memcmp(a, b, n) != 0 || a[n] != b[m])
            fail_msg("%s:%u: (MV_RENEW=1 writes it anew)\n-%.*s\n+%.*s", path,
                     line, (int)n, a, (int)m, b);
        a += n + 1;
        b += m + 1;
        line++;
    }
    mv_buf_done(&wanted);
    mv_buf_done(&made);
}
