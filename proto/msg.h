/* msg - the messages of messages.def: a struct each, encode, strict decode.
 * Spans of a decoded message point into its bytes. */
#pragma once

#include "proto/cursor.h"

typedef enum mv_msg_id {
    MV_MSG_NONE = 0, /* no message of ours, or a table: see delivery.h */
#define MESSAGE(ID, name, flags) MV_MSG_##ID,
#define PART(ID, name, flags)    MV_MSG_##ID,
#define FIELD(message, kind, need, name, limit, words)
#define END(ID, name)
#include "proto/messages.def"
#undef MESSAGE
#undef PART
#undef FIELD
#undef END
    MV_MSG_COUNT
} mv_msg_id;

/* Text, bytes, lists and maps are spans; at == NULL: not there. An optional
 * number or bool is written only if has_<name>. */
#define MV_MEMBER_U64_REQ(name) uint64_t name;
#define MV_MEMBER_U64_OPT(name) \
    uint64_t name;              \
    bool has_##name;
#define MV_MEMBER_I64_REQ(name) int64_t name;
#define MV_MEMBER_I64_OPT(name) \
    int64_t name;               \
    bool has_##name;
#define MV_MEMBER_BOOL_REQ(name) bool name;
#define MV_MEMBER_BOOL_OPT(name) \
    bool name;                   \
    bool has_##name;
#define MV_MEMBER_WORD_REQ(name)  struct mv_span name;
#define MV_MEMBER_WORD_OPT(name)  struct mv_span name;
#define MV_MEMBER_IDENT_REQ(name) struct mv_span name;
#define MV_MEMBER_IDENT_OPT(name) struct mv_span name;
#define MV_MEMBER_TEXT_REQ(name)  struct mv_span name;
#define MV_MEMBER_TEXT_OPT(name)  struct mv_span name;
#define MV_MEMBER_BIN32_REQ(name) struct mv_span name;
#define MV_MEMBER_BIN32_OPT(name) struct mv_span name;
#define MV_MEMBER_LIST_REQ(name)  struct mv_span name;
#define MV_MEMBER_LIST_OPT(name)  struct mv_span name;
#define MV_MEMBER_MAP_REQ(name)   struct mv_span name;
#define MV_MEMBER_MAP_OPT(name)   struct mv_span name;

/* struct mv_msg_answer, struct mv_msg_pull, ... and for each
 *   void mv_msg_pull_encode(const struct mv_msg_pull *, struct mv_buf *out);
 *   bool mv_msg_pull_decode(struct mv_span, struct mv_msg_pull *,
 *                           struct mv_fault *); */
#define MESSAGE(ID, name, flags) struct mv_msg_##name {
#define PART(ID, name, flags)    struct mv_msg_##name {
#define FIELD(message, kind, need, name, limit, words) \
    MV_MEMBER_##kind##_##need(name)
/* clang-format off */
#define END(ID, name) };
/* clang-format on */
#include "proto/messages.def"
#undef MESSAGE
#undef PART
#undef FIELD
#undef END

/* The i-th field, in the order of the wire, behind v and type; its name is
 * static. False: there are no more. */
bool mv_msg_field(mv_msg_id id, size_t i, struct mv_span *name, bool *required);

/* Appends one message. Required spans must be set; asserted. */
void mv_msg_encode(mv_msg_id id, const void *msg, struct mv_buf *out);

/* Strict: all required keys, no others, no repeats, right types and limits,
 * the version served. False: fault says code, field, offset. */
bool mv_msg_decode(mv_msg_id id, struct mv_span bytes, void *msg,
                   struct mv_fault *fault);

/* All is good but the last field: a list, not looked at, that reaches to the
 * end. False: decode it as a whole; that names what is wrong, if anything. */
bool mv_msg_decode_open(mv_msg_id id, struct mv_span bytes, void *msg);
/* The next value as a part, by its keys; of the values only those wanted, bits
 * 1 << MV_AT_change_year ..., are looked at. False as above. */
bool mv_msg_take_part(mv_msg_id id, struct mv_cursor *c, uint64_t wanted,
                      void *msg);

/* Which message it says it is, without checking more than what stands before
 * that: MV_MSG_NONE for the tables, for unknown types and for bytes that do
 * not get that far. *type is empty then, or the word found. Give what this
 * does not know to mv_delivery_read: it names the fault. */
mv_msg_id mv_msg_peek(struct mv_span bytes, struct mv_span *type);

/* Which field it is in its table: MV_AT_change_year ... */
#define MESSAGE(ID, name, flags)                       enum {
#define PART(ID, name, flags)                          enum {
#define FIELD(message, kind, need, name, limit, words) MV_AT_##message##_##name,
#define END(ID, name)                                                          \
    MV_AT_##name##_end                                                         \
    }                                                                          \
    ;                                                                          \
    static inline void mv_msg_##name##_encode(const struct mv_msg_##name *msg, \
                                              struct mv_buf *out)              \
    {                                                                          \
        mv_msg_encode(MV_MSG_##ID, msg, out);                                  \
    }                                                                          \
    static inline bool mv_msg_##name##_decode(struct mv_span bytes,            \
                                              struct mv_msg_##name *msg,       \
                                              struct mv_fault *fault)          \
    {                                                                          \
        return mv_msg_decode(MV_MSG_##ID, bytes, msg, fault);                  \
    }
#include "proto/messages.def"
#undef MESSAGE
#undef PART
#undef FIELD
#undef END
