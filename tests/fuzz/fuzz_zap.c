/* fuzz_zap - any bytes as a key file and, after a line `=====`, as the frames
 * of a handshake, each behind its length. A file that is taken is written and
 * read back the same; only a key that it holds gets in, and only by CURVE. */
#include <stdint.h>
#include <string.h>

#include "services/base/hash.h"
#include "services/stream/zap.h"

#define FRAMES  8
#define WALL_MS 1704067200000 /* 2024 begins */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct mv_span file_of(struct mv_span input)
{
    static const char mark[] = "=====\n";
    const uint8_t *from = input.at;
    const uint8_t *at = memmem(from, input.len, mark, sizeof mark - 1);
    return at == NULL ? input : mv_span(from, (size_t)(at - from));
}

static size_t split(struct mv_span input, size_t from,
                    struct mv_span frames[FRAMES])
{
    size_t count = 0;
    for (size_t i = 0; i < FRAMES; i++)
        frames[i] = mv_span("", 0);
    while (count < FRAMES && from < input.len) {
        size_t len = ((const uint8_t *)input.at)[from++];
        if (len > input.len - from)
            len = input.len - from;
        frames[count++] = mv_span((const uint8_t *)input.at + from, len);
        from += len;
    }
    return count;
}

static void written_again(const struct mv_keys *keys)
{
    struct mv_buf text = {0};
    struct mv_keys *same = NULL;
    struct mv_err err = {0};
    mv_buf_text(&text, "maalvakt-keys 1\n");
    for (size_t i = 0; i < mv_keys_count(keys); i++) {
        mv_key_line(&text, mv_keys_at(keys, i));
        mv_buf_text(&text, "\n");
    }
    mv_rc rc = mv_keys_parse(&same, "again", mv_buf_span(&text), &err);
    MV_ASSERT(rc == MV_OK && mv_keys_count(same) == mv_keys_count(keys));
    for (size_t i = 0; i < mv_keys_count(keys); i++) {
        const struct mv_key *k = mv_keys_at(keys, i);
        const struct mv_key *s = mv_keys_find(same, k->public_key);
        MV_ASSERT(s != NULL && strcmp(s->name, k->name) == 0 &&
                  strcmp(s->unit, k->unit) == 0 && s->roles == k->roles &&
                  s->from_ms == k->from_ms && s->to_ms == k->to_ms);
    }
    mv_keys_close(same);
    mv_buf_done(&text);
}

static void shake_hands(const struct mv_keys *keys,
                        const struct mv_span frames[FRAMES], size_t count)
{
    char user[MV_USER_BYTES];
    const char *why;
    const char *status =
        mv_zap_decide(keys, WALL_MS, frames, count, user, &why);
    bool in = strcmp(status, "200") == 0;
    MV_ASSERT(in || strcmp(status, "300") == 0 || strcmp(status, "400") == 0);
    MV_ASSERT(in == (*why == 0) && in == (user[0] != 0));
    if (!in)
        return;
    MV_ASSERT(keys != NULL && count == 7 && mv_span_is(frames[5], "CURVE"));
    const struct mv_key *k = mv_keys_find(keys, frames[6].at);
    MV_ASSERT(k != NULL && k->from_ms <= WALL_MS && WALL_MS < k->to_ms);
    MV_ASSERT(!mv_span_is(frames[2], MV_DOMAIN_LIVE) ||
              (k->roles & MV_ZAP_LIVE_ROLES) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mv_span input = mv_span(data, size);
    struct mv_span file = file_of(input);
    struct mv_span frames[FRAMES];
    struct mv_keys *keys = NULL;
    struct mv_err err = {0};
    size_t count = split(input, file.len + 6, frames);
    mv_rc rc = mv_keys_parse(&keys, "keys", file, &err);
    MV_ASSERT((rc == MV_OK) == (keys != NULL));
    MV_ASSERT((rc == MV_OK) == (err.text[0] == 0));
    if (keys != NULL)
        written_again(keys);
    shake_hands(keys, frames, count);
    mv_keys_close(keys);
    return 0;
}
