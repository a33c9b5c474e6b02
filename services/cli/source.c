/* source - see source.h. Job: a small cache of journal records. Invariant: a
 * record is asked for once, a refusal ends the asking, and no more than
 * SOURCE_RECORDS and SOURCE_BYTES are kept. Memory only. */
#include "services/cli/source.h"

#include <stdlib.h>

#include "proto/delivery.h"

#define SOURCE_RECORDS 5000u
#define SOURCE_BYTES   (256u << 20)

struct entry {
    uint64_t seq;
    uint8_t *at; /* the row */
    size_t len;
};

struct cli_source {
    struct cli_link *link;
    struct entry *entries; /* by seq */
    size_t count, cap, bytes;
    struct mv_delivery delivery; /* of read_seq */
    struct mv_conflicts conflicts;
    uint64_t read_seq;
    bool read_good;
};

struct cli_source *cli_source_open(struct cli_link *link)
{
    struct cli_source *s = mv_xcalloc(1, sizeof *s);
    s->link = link;
    return s;
}

void cli_source_close(struct cli_source *s)
{
    if (s == NULL)
        return;
    mv_delivery_done(&s->delivery);
    mv_conflicts_done(&s->conflicts);
    for (size_t i = 0; i < s->count; i++)
        free(s->entries[i].at);
    free(s->entries);
    free(s);
}

/* Where the seq is, or should be. */
static size_t place_of(const struct cli_source *s, uint64_t seq)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->entries[middle].seq < seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void keep(struct cli_source *s, uint64_t seq, struct mv_span row)
{
    size_t at = place_of(s, seq);
    if (at < s->count && s->entries[at].seq == seq)
        return;
    if (s->count == s->cap) {
        s->cap = s->cap == 0 ? 64 : s->cap * 2;
        s->entries = mv_xrealloc(s->entries, s->cap * sizeof *s->entries);
    }
    for (size_t i = s->count; i > at; i--)
        s->entries[i] = s->entries[i - 1];
    s->count++;
    s->bytes += row.len;
    s->entries[at] = (struct entry){
        seq, row.len > 0 ? (uint8_t *)mv_xstrndup(row.at, row.len) : NULL,
        row.len};
}

void cli_source_put(struct cli_source *s, struct mv_span row)
{
    keep(s, cli_get_u64(row, "seq"), row);
}

/* A row of no bytes is kept too: it was asked for, and there is none. */
static void ask(struct cli_source *s, uint64_t seq)
{
    struct cli_args args = {0};
    struct mv_buf map = {0};
    struct mv_msg_reply reply;
    struct mv_list rows;
    struct mv_span row = mv_span("", 0);
    struct mv_err err = {0};
    if (s->count >= SOURCE_RECORDS || s->bytes >= SOURCE_BYTES)
        return;
    cli_arg_u64(&args, "seq", seq);
    cli_args_pack(&args, &map);
    mv_rc rc =
        cli_ask_quiet(s->link, "record", mv_buf_span(&map), &reply, &err);
    if (rc != MV_OK || mv_span_is(reply.code, "forbidden") ||
        mv_span_is(reply.code, "unknown_verb"))
        s->link = NULL;
    else if (mv_span_is(reply.result, "ok") && cli_rows_open(&rows, &reply))
        (void)mv_list_next(&rows, &row);
    keep(s, seq, row);
    mv_buf_done(&map);
    cli_args_done(&args);
}

struct mv_span cli_source_record(struct cli_source *s, uint64_t seq)
{
    size_t at = place_of(s, seq);
    bool known = at < s->count && s->entries[at].seq == seq;
    if (!known && s->link != NULL) {
        ask(s, seq);
        at = place_of(s, seq);
        known = at < s->count && s->entries[at].seq == seq;
    }
    return known ? mv_span(s->entries[at].at, s->entries[at].len)
                 : mv_span("", 0);
}

int64_t cli_source_ms(struct cli_source *s, uint64_t seq)
{
    return cli_get_i64(cli_source_record(s, seq), "received_ms");
}

struct mv_span cli_source_note(struct cli_source *s, uint64_t seq, uint64_t row)
{
    struct mv_span content, raw = cli_get(cli_source_record(s, seq), "content");
    if (!mv_value_bin(raw, &content))
        return mv_span("", 0);
    if (s->read_seq != seq) {
        s->read_good =
            mv_delivery_read_content(content, &s->delivery, &s->conflicts);
        s->read_seq = seq;
    }
    if (!s->read_good || row == 0 || row > s->delivery.row_count ||
        s->delivery.rows[row - 1].note.at == NULL)
        return mv_span("", 0);
    return s->delivery.rows[row - 1].note;
}

void cli_source_delivery(struct cli_source *s, uint64_t seq, struct mv_buf *out)
{
    struct mv_span content, producer,
        raw = cli_get(cli_source_record(s, seq), "content");
    struct mv_fault fault;
    uint64_t number;
    if (!mv_value_bin(raw, &content) ||
        !mv_cursor_check(content, &mv_limits_message, NULL, &fault) ||
        !mv_map_text(content, "producer", &producer) ||
        !mv_map_u64(content, "number", &number))
        return;
    mv_buf_put(out, producer.at, producer.len);
    mv_buf_printf(out, " %llu", (unsigned long long)number);
}
