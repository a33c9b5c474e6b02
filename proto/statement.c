/* statement - see statement.h. Job: six messages to one struct and back.
 * Invariant: what is written is read as it was; which fields a kind has is
 * said by messages.def alone. No state: a crash leaves nothing. */
#include "proto/statement.h"

#include "services/base/err.h"

static bool read_assessment(struct mv_span bytes, struct mv_statement *s,
                            struct mv_fault *fault)
{
    struct mv_msg_assessment m;
    if (!mv_msg_assessment_decode(bytes, &m, fault))
        return false;
    *s = (struct mv_statement){
        .producer = m.producer,
        .number = m.number,
        .year = m.year,
        .target = m.target,
        .commission = m.commission,
        .unit = m.unit,
        .status = m.status,
        .comment = m.comment,
        .author = m.author,
        .until = m.until,
    };
    return true;
}

static void write_assessment(const struct mv_statement *s, struct mv_buf *out)
{
    struct mv_msg_assessment m = {
        .producer = s->producer,
        .number = s->number,
        .year = s->year,
        .target = s->target,
        .commission = s->commission,
        .unit = s->unit,
        .status = s->status,
        .comment = s->comment,
        .author = s->author,
        .until = s->until,
    };
    mv_msg_assessment_encode(&m, out);
}

static bool read_delivered(struct mv_span bytes, struct mv_statement *s,
                           struct mv_fault *fault)
{
    struct mv_msg_delivered m;
    if (!mv_msg_delivered_decode(bytes, &m, fault))
        return false;
    *s = (struct mv_statement){
        .producer = m.producer,
        .number = m.number,
        .year = m.year,
        .commission = m.commission,
        .unit = m.unit,
        .due = m.due,
        .on = m.on,
        .comment = m.comment,
        .author = m.author,
    };
    return true;
}

static void write_delivered(const struct mv_statement *s, struct mv_buf *out)
{
    struct mv_msg_delivered m = {
        .producer = s->producer,
        .number = s->number,
        .year = s->year,
        .commission = s->commission,
        .unit = s->unit,
        .due = s->due,
        .on = s->on,
        .comment = s->comment,
        .author = s->author,
    };
    mv_msg_delivered_encode(&m, out);
}

static bool read_closed(struct mv_span bytes, struct mv_statement *s,
                        struct mv_fault *fault)
{
    struct mv_msg_closed m;
    if (!mv_msg_closed_decode(bytes, &m, fault))
        return false;
    *s = (struct mv_statement){
        .producer = m.producer,
        .number = m.number,
        .year = m.year,
        .commission = m.commission,
        .unit = m.unit,
        .due = m.due,
        .comment = m.comment,
        .author = m.author,
    };
    return true;
}

static void write_closed(const struct mv_statement *s, struct mv_buf *out)
{
    struct mv_msg_closed m = {
        .producer = s->producer,
        .number = s->number,
        .year = s->year,
        .commission = s->commission,
        .unit = s->unit,
        .due = s->due,
        .comment = s->comment,
        .author = s->author,
    };
    mv_msg_closed_encode(&m, out);
}

static bool read_hold(struct mv_span bytes, struct mv_statement *s,
                      struct mv_fault *fault)
{
    struct mv_msg_hold m;
    if (!mv_msg_hold_decode(bytes, &m, fault))
        return false;
    *s = (struct mv_statement){
        .producer = m.producer,
        .number = m.number,
        .indicator = m.indicator,
        .unit = m.unit,
        .until = m.until,
        .comment = m.comment,
        .author = m.author,
    };
    return true;
}

static void write_hold(const struct mv_statement *s, struct mv_buf *out)
{
    struct mv_msg_hold m = {
        .producer = s->producer,
        .number = s->number,
        .indicator = s->indicator,
        .unit = s->unit,
        .until = s->until,
        .comment = s->comment,
        .author = s->author,
    };
    mv_msg_hold_encode(&m, out);
}

static bool read_release(struct mv_span bytes, struct mv_statement *s,
                         struct mv_fault *fault)
{
    struct mv_msg_release m;
    if (!mv_msg_release_decode(bytes, &m, fault))
        return false;
    *s = (struct mv_statement){
        .producer = m.producer,
        .number = m.number,
        .indicator = m.indicator,
        .unit = m.unit,
        .comment = m.comment,
        .author = m.author,
    };
    return true;
}

static void write_release(const struct mv_statement *s, struct mv_buf *out)
{
    struct mv_msg_release m = {
        .producer = s->producer,
        .number = s->number,
        .indicator = s->indicator,
        .unit = s->unit,
        .comment = s->comment,
        .author = s->author,
    };
    mv_msg_release_encode(&m, out);
}

static bool read_freeze(struct mv_span bytes, struct mv_statement *s,
                        struct mv_fault *fault)
{
    struct mv_msg_freeze m;
    if (!mv_msg_freeze_decode(bytes, &m, fault))
        return false;
    *s = (struct mv_statement){
        .producer = m.producer,
        .number = m.number,
        .year = m.year,
        .report = m.report,
        .unit = m.unit,
        .comment = m.comment,
        .author = m.author,
    };
    return true;
}

static void write_freeze(const struct mv_statement *s, struct mv_buf *out)
{
    struct mv_msg_freeze m = {
        .producer = s->producer,
        .number = s->number,
        .year = s->year,
        .report = s->report,
        .unit = s->unit,
        .comment = s->comment,
        .author = s->author,
    };
    mv_msg_freeze_encode(&m, out);
}

static const struct {
    mv_msg_id id;
    const char *name;
    bool (*read)(struct mv_span bytes, struct mv_statement *s,
                 struct mv_fault *fault);
    void (*write)(const struct mv_statement *s, struct mv_buf *out);
} kinds[MV_STATEMENT_KINDS] = {
    [MV_STATEMENT_ASSESSMENT] = {MV_MSG_ASSESSMENT, "assessment",
                                 read_assessment, write_assessment},
    [MV_STATEMENT_DELIVERED] = {MV_MSG_DELIVERED, "delivered", read_delivered,
                                write_delivered},
    [MV_STATEMENT_CLOSED] = {MV_MSG_CLOSED, "closed", read_closed,
                             write_closed},
    [MV_STATEMENT_HOLD] = {MV_MSG_HOLD, "hold", read_hold, write_hold},
    [MV_STATEMENT_RELEASE] = {MV_MSG_RELEASE, "release", read_release,
                              write_release},
    [MV_STATEMENT_FREEZE] = {MV_MSG_FREEZE, "freeze", read_freeze,
                             write_freeze},
};

const char *mv_statement_name(mv_statement_kind kind)
{
    return kinds[kind].name;
}

bool mv_statement_is(struct mv_span bytes, mv_statement_kind *kind)
{
    struct mv_span type;
    mv_msg_id id = mv_msg_peek(bytes, &type);
    for (int i = 0; i < MV_STATEMENT_KINDS; i++) {
        if (kinds[i].id == id) {
            *kind = (mv_statement_kind)i;
            return true;
        }
    }
    return false;
}

bool mv_statement_read(struct mv_span bytes, struct mv_statement *s,
                       struct mv_fault *fault)
{
    mv_statement_kind kind = MV_STATEMENT_ASSESSMENT;
    MV_ASSERT(mv_statement_is(bytes, &kind));
    if (!kinds[kind].read(bytes, s, fault))
        return false;
    s->kind = kind;
    return true;
}

void mv_statement_write(const struct mv_statement *s, struct mv_buf *out)
{
    kinds[s->kind].write(s, out);
}
