/* live - see live.h. Job: what is new in the log, to whoever listens.
 * Invariant: nothing that is not committed leaves; what a listener misses is
 * in the log under its number. A crash: the next start begins at the head. */
#include "services/evaluator/live.h"

#include "proto/msg.h"
#include "proto/walk.h"
#include "services/base/points.h"

void evaluator_live_init(struct evaluator_live *l, struct mv_service *s,
                         struct mv_log *changes)
{
    *l = (struct evaluator_live){.service = s, .changes = changes};
    mv_log_head(changes, &l->seq, NULL);
}

static void put_level(struct mv_buf *out, struct mv_span text)
{
    mv_buf_put(out, text.at, text.len);
    mv_buf_put_u8(out, '/');
}

bool evaluator_live_topic(struct mv_span change, struct mv_buf *out)
{
    struct mv_span region = mv_span_text("-"), unit, id, status;
    uint64_t year;
    (void)mv_map_text(change, "region", &region);
    if (!mv_map_text(change, "unit", &unit) ||
        (!mv_map_text(change, "target", &id) &&
         !mv_map_text(change, "commission", &id)) ||
        !mv_map_text(change, "status", &status) ||
        !mv_map_u64(change, "year", &year))
        return false;
    mv_buf_text(out, "change/");
    put_level(out, region);
    put_level(out, unit);
    put_level(out, id);
    mv_buf_printf(out, "%llu/", (unsigned long long)year);
    put_level(out, status);
    return true;
}

static void publish_group(struct evaluator_live *l,
                          const struct mv_record *record)
{
    struct mv_msg_group g;
    struct mv_fault fault = {0};
    struct mv_list list;
    struct mv_span change;
    struct mv_buf topic = {0}, body = {0};
    if (!mv_msg_group_decode(record->content, &g, &fault) ||
        !mv_list_open(&list, g.changes))
        return;
    uint64_t at = 0, of = list.left;
    while (mv_list_next(&list, &change)) {
        at++;
        struct mv_msg_live m = {.seq = record->seq,
                                .at = at,
                                .of = MV_BROKEN("live_of") ? at : of,
                                .cause = g.cause,
                                .change = change};
        mv_buf_clear(&topic);
        mv_buf_clear(&body);
        if (!evaluator_live_topic(change, &topic))
            continue;
        mv_msg_live_encode(&m, &body);
        mv_service_publish(l->service, mv_buf_cstr(&topic), mv_buf_span(&body));
    }
    mv_buf_done(&topic);
    mv_buf_done(&body);
}

void evaluator_live_publish(struct evaluator_live *l)
{
    struct mv_log_reader reader;
    struct mv_record record;
    uint64_t head;
    mv_log_head(l->changes, &head, NULL);
    if (l->seq >= head)
        return;
    if (!mv_service_heard(l->service)) {
        l->seq = head;
        return;
    }
    mv_log_reader_open(&reader, l->changes, l->seq + 1);
    while (mv_log_reader_next(&reader, &record, NULL) == MV_OK)
        publish_group(l, &record);
    mv_log_reader_close(&reader);
    l->seq = head;
}
