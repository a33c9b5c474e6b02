/* statement - see statement.h. Job: six messages to one struct and back.
 * Invariant: what is written is read as it was; a field that a kind has
 * and is not listed here is lost, and test_statement sees it. No state: a crash
 * leaves nothing. */
#include "proto/statement.h"

#include "services/base/err.h"

/* Every kind: who sends it, about which unit, said by whom and why. */
#define COMMON(F) F(producer) F(number) F(unit) F(comment) F(author)
#define ASSESSMENT(F) \
    COMMON(F) F(year) F(target) F(commission) F(status) F(until)
#define DELIVERED(F) COMMON(F) F(year) F(commission) F(due) F(on)
#define CLOSED(F)    COMMON(F) F(year) F(commission) F(due)
#define HOLD(F)      COMMON(F) F(indicator) F(until)
#define RELEASE(F)   COMMON(F) F(indicator)
#define FREEZE(F)    COMMON(F) F(year) F(report)

#define FROM_MESSAGE(field) s->field = m.field;
#define TO_MESSAGE(field)   m.field = s->field;

/* One list of fields, both ways. */
#define KIND(name, FIELDS)                                                     \
    static bool read_##name(struct mv_span bytes, struct mv_statement *s,      \
                            struct mv_fault *fault)                            \
    {                                                                          \
        struct mv_msg_##name m;                                                \
        if (!mv_msg_##name##_decode(bytes, &m, fault))                         \
            return false;                                                      \
        *s = (struct mv_statement){0};                                         \
        FIELDS(FROM_MESSAGE)                                                   \
        return true;                                                           \
    }                                                                          \
    static void write_##name(const struct mv_statement *s, struct mv_buf *out) \
    {                                                                          \
        struct mv_msg_##name m = {0};                                          \
        FIELDS(TO_MESSAGE)                                                     \
        mv_msg_##name##_encode(&m, out);                                       \
    }
KIND(assessment, ASSESSMENT)
KIND(delivered, DELIVERED)
KIND(closed, CLOSED)
KIND(hold, HOLD)
KIND(release, RELEASE)
KIND(freeze, FREEZE)

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

mv_msg_id mv_statement_message(mv_statement_kind kind)
{
    return kinds[kind].id;
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
