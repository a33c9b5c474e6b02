/* groups - see groups.h. */
#include "tests/support/groups.h"

#include <string.h>

#include "proto/msg.h"
#include "proto/pack.h"

static struct mv_span optional(const char *text)
{
    return text != NULL ? mv_span_text(text) : mv_span(NULL, 0);
}

static const char *or_else(const char *text, const char *usual)
{
    return text != NULL ? text : usual;
}

/* Both as red as the change; the title in Norwegian and English. */
static void pack_criteria(const struct test_change *c, struct mv_buf *out)
{
    struct mv_buf title = {0};
    struct mv_msg_criterion k = {.text = mv_span_text("each x: value >= 70 %"),
                                 .status = mv_span_text(c->status),
                                 .value = optional(c->value),
                                 .limit = optional(c->limit)};
    mv_pack_map(&title, 2);
    mv_pack_kv_cstr(&title, "nb", "Voksne");
    mv_pack_kv_cstr(&title, "en", "Adults");
    mv_pack_list(out, 2);
    k.member = mv_span_text(c->member);
    k.member_title = mv_buf_span(&title);
    mv_msg_criterion_encode(&k, out);
    k.member = mv_span_text("tsb");
    k.member_title = mv_span(NULL, 0);
    mv_msg_criterion_encode(&k, out);
    mv_buf_done(&title);
}

void test_change_bytes(struct mv_buf *out, const struct test_change *c)
{
    struct mv_buf assessed = {0}, basis = {0}, criteria = {0};
    struct mv_msg_change m = {
        .target = optional(c->target),
        .commission = optional(c->commission),
        .reminder = optional(c->reminder),
        .year = c->year != 0 ? c->year : 2024,
        .unit = mv_span_text(c->unit),
        .region = mv_span_text(or_else(c->region, "hso")),
        .status = mv_span_text(c->status),
        .reason = optional(c->reason),
        .was_status = mv_span_text(or_else(c->was, "green")),
        .last_coloured = optional(c->last),
        .changes_this_year = c->count,
        .preliminary = c->preliminary,
        .has_closed = c->closed,
        .closed = true,
        .has_suppressed = c->suppressed,
        .suppressed = true,
        .value = optional(c->value),
        .limit = optional(c->limit),
        .margin = optional(c->margin),
        .needed = optional(c->needed),
        .needed_is = optional(c->needed_is),
        .needed_of = optional(c->needed_of),
        .needed_why = optional(c->needed_why),
        .measure = mv_span_text(or_else(c->measure, "percent")),
        .has_decimals = true,
        .decimals = 1,
        .unit_name = mv_span_text(c->unit),
    };
    if (c->assessed != NULL) {
        struct mv_msg_assessed a = {.status = mv_span_text(c->assessed),
                                    .comment = mv_span_text("Seen"),
                                    .author = mv_span_text("Kari")};
        mv_msg_assessed_encode(&a, &assessed);
        m.assessment = mv_buf_span(&assessed);
        m.by = mv_span_text("assessment");
        m.own = mv_span_text("green");
    }
    if (c->of_units > 0) {
        struct mv_msg_basis b = {.periods = 3,
                                 .of_periods = 3,
                                 .units = c->units,
                                 .of_units = c->of_units};
        mv_msg_basis_encode(&b, &basis);
        m.basis = mv_buf_span(&basis);
    }
    if (c->member != NULL) {
        pack_criteria(c, &criteria);
        m.criteria = mv_buf_span(&criteria);
    }
    mv_msg_change_encode(&m, out);
    mv_buf_done(&criteria);
    mv_buf_done(&assessed);
    mv_buf_done(&basis);
}

void test_group_record(struct mv_buf *content, struct mv_record *ret,
                       unsigned world, uint64_t seq, uint64_t cause,
                       unsigned part, unsigned parts,
                       const struct test_change *changes, size_t count)
{
    struct mv_buf cause_bytes = {0}, list = {0};
    struct mv_msg_cause c = {.kind = mv_span_text("figure"),
                             .seq = cause,
                             .has_row = true,
                             .row = 1};
    mv_msg_cause_encode(&c, &cause_bytes);
    mv_pack_list(&list, (uint32_t)count);
    for (size_t i = 0; i < count; i++)
        test_change_bytes(&list, &changes[i]);
    struct mv_msg_group g = {
        .cause = mv_buf_span(&cause_bytes),
        .today = mv_span_text("2025-03-15"),
        .part = part,
        .parts = parts,
        .changes = mv_buf_span(&list),
    };
    mv_buf_clear(content);
    mv_msg_group_encode(&g, content);
    *ret = (struct mv_record){.seq = seq, .content = mv_buf_span(content)};
    uint8_t numbers[16];
    mv_be64_put(numbers, world);
    mv_be64_put(numbers + 8, seq);
    struct mv_hash h = mv_hash_of(mv_span(numbers, sizeof numbers));
    memcpy(ret->chain, h.at, sizeof ret->chain);
    mv_buf_done(&cause_bytes);
    mv_buf_done(&list);
}
