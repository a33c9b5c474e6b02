/* samples - see samples.h. Job: examples with every field set, from a region
 * that exists, with figures that could. Invariant: pure; the bytes are those
 * of the golden files. */
#include "tests/support/samples.h"
#include "proto/delivery.h"
#include "proto/pack.h"
#include "services/base/err.h"
#include "tests/support/samples_statement.h"

const struct test_field test_fields[] = {
#define MESSAGE(ID, name, flags)
#define PART(ID, name, flags)
#define FIELD(message, kind, need, name, limit, words) \
    {#message, #kind, #need, #name},
#define END(ID, name)
#include "proto/messages.def"
#undef MESSAGE
#undef PART
#undef FIELD
#undef END
};
const size_t test_field_count = sizeof test_fields / sizeof *test_fields;

static const struct {
    const char *name;
    bool is_part;
} names[MV_MSG_COUNT] = {
#define MESSAGE(ID, name, flags) [MV_MSG_##ID] = {#name, false},
#define PART(ID, name, flags)    [MV_MSG_##ID] = {#name, true},
#define FIELD(message, kind, need, name, limit, words)
#define END(ID, name)
#include "proto/messages.def"
#undef MESSAGE
#undef PART
#undef FIELD
#undef END
};

const char *test_message_name(mv_msg_id id)
{
    return id < MV_MSG_COUNT ? names[id].name : NULL;
}

bool test_message_is_part(mv_msg_id id)
{
    return names[id].is_part;
}

#define T(text)                \
    {                          \
        text, sizeof(text) - 1 \
    }

static const uint8_t hash[32] = {0x8f, 0x1d, 0x6a, 0x42, 0x07};
#define HASH              \
    {                     \
        hash, sizeof hash \
    }

static struct mv_span take(struct mv_buf *b)
{
    return mv_buf_span(b);
}

static void list_of_texts(struct mv_buf *out, const char *a, const char *b)
{
    mv_pack_list(out, 2);
    mv_pack_cstr(out, a);
    mv_pack_cstr(out, b);
}

static void text_pair(struct mv_buf *out, const char *nb, const char *en)
{
    mv_pack_map(out, 2);
    mv_pack_kv_cstr(out, "nb", nb);
    mv_pack_kv_cstr(out, "en", en);
}

static void conflict(struct mv_buf *out)
{
    struct mv_msg_conflict m = {
        .row = 4,
        .has_row = true,
        .field = T("unit"),
        .code = T("forbidden"),
        .value = T("ous"),
        .text = T("ahus may not report for ous"),
    };
    mv_msg_conflict_encode(&m, out);
}

static void answer(struct mv_buf *out)
{
    struct mv_buf conflicts = {0};
    mv_pack_list(&conflicts, 1);
    conflict(&conflicts);
    struct mv_msg_answer m = {
        .producer = T("monthly-export"),
        .number = 413,
        .has_number = true,
        .result = T("rejected"),
        .seq = 90417,
        .has_seq = true,
        .hash = HASH,
        .rows = 137,
        .has_rows = true,
        .catalogue = 88120,
        .has_catalogue = true,
        .conflicts = take(&conflicts),
        .more = 2,
        .has_more = true,
        .reason = T("quota"),
        .after_ms = 5000,
        .has_after_ms = true,
        .text = T("every field that an answer may have"),
    };
    mv_msg_answer_encode(&m, out);
    mv_buf_done(&conflicts);
}

static void catalogue(struct mv_buf *out)
{
    struct mv_buf files = {0};
    mv_pack_map(&files, 1);
    mv_pack_kv_cstr(&files, "units.yaml",
                    "units:\n  - {id: hso, kind: region}\n");
    struct mv_msg_catalogue m = {
        .producer = T("catalogue"),
        .number = 3,
        .files = take(&files),
        .comment = T("Mål for 2024"),
    };
    mv_msg_catalogue_encode(&m, out);
    mv_buf_done(&files);
}

static void clock_day(struct mv_buf *out)
{
    struct mv_msg_clock m = {.day = T("2025-03-15")};
    mv_msg_clock_encode(&m, out);
}

static void pull(struct mv_buf *out)
{
    struct mv_msg_pull m = {
        .log = T("journal"),
        .id = 17,
        .from = 90418,
        .hash = HASH,
        .done = 90400,
        .max_bytes = 1048576,
    };
    mv_msg_pull_encode(&m, out);
}

static void records(struct mv_buf *out)
{
    struct mv_buf list = {0};
    mv_pack_list(&list, 1);
    mv_pack_bin(&list, mv_span_text("MVR1..."));
    struct mv_msg_records m = {
        .log = T("journal"),
        .id = 17,
        .first = 90418,
        .head = 90418,
        .records = take(&list),
    };
    mv_msg_records_encode(&m, out);
    mv_buf_done(&list);
}

static void args(struct mv_buf *out)
{
    mv_pack_map(out, 2);
    mv_pack_kv_cstr(out, "target", "1535");
    mv_pack_kv_u64(out, "year", 2024);
}

static void request(struct mv_buf *out)
{
    struct mv_buf map = {0};
    args(&map);
    struct mv_msg_request m = {
        .id = 3, .verb = T("explain"), .args = take(&map)};
    mv_msg_request_encode(&m, out);
    mv_buf_done(&map);
}

static void reply(struct mv_buf *out)
{
    struct mv_buf rows = {0};
    mv_pack_list(&rows, 1);
    args(&rows);
    struct mv_msg_reply m = {
        .id = 3,
        .result = T("ok"),
        .code = T("not_found"),
        .text = T("every field that a reply may have"),
        .seq = 12,
        .has_seq = true,
        .after_ms = 100,
        .has_after_ms = true,
        .rows = take(&rows),
        .more = false,
        .has_more = true,
    };
    mv_msg_reply_encode(&m, out);
    mv_buf_done(&rows);
}

static void cause(struct mv_buf *out)
{
    struct mv_msg_cause m = {
        .kind = T("figure"),
        .seq = 90417,
        .row = 3,
        .has_row = true,
        .by = T("ahus"),
    };
    mv_msg_cause_encode(&m, out);
}

/* Both came later than the other fields: a change has neither. */
static void titled_criterion(struct mv_span title, bool hidden,
                             struct mv_buf *out)
{
    struct mv_msg_criterion m = {
        .text = T("value >= 70 %"),
        .member = T("vop"),
        .member_title = title,
        .status = T("red"),
        .reason = T("overdue"),
        .value = T("66.7"),
        .limit = T("70"),
        .margin = T("-3.3"),
        .needed = T("76.6"),
        .needed_is = T(">="),
        .needed_of = T("together"),
        .needed_why = T("secured"),
        .has_hidden = hidden,
        .hidden = hidden,
    };
    mv_msg_criterion_encode(&m, out);
}

static void criterion(struct mv_buf *out)
{
    struct mv_buf title = {0};
    text_pair(&title, "Psykisk helsevern voksne", "Mental health care, adults");
    titled_criterion(mv_buf_span(&title), true, out);
    mv_buf_done(&title);
}

static void basis(struct mv_buf *out)
{
    struct mv_buf periods = {0};
    list_of_texts(&periods, "2024-T1", "2024-T2");
    struct mv_msg_basis m = {.periods = 2,
                             .of_periods = 3,
                             .units = 9,
                             .of_units = 11,
                             .names = take(&periods)};
    mv_msg_basis_encode(&m, out);
    mv_buf_done(&periods);
}

static void assessed(struct mv_buf *out)
{
    struct mv_msg_assessed m = {
        .status = T("yellow"),
        .comment = T("Blir delvis innfridd i år."),
        .author = T("Helse Sør-Øst RHF"),
        .until = T("2024-12-31"),
        .seq = 90417,
        .time = 1733011200000,
    };
    mv_msg_assessed_encode(&m, out);
}

struct change_parts {
    struct mv_buf criteria, overdue, basis, marks, title, assessment;
};

static void change_parts(struct change_parts *p)
{
    *p = (struct change_parts){0};
    mv_pack_list(&p->criteria, 1);
    titled_criterion(mv_span(NULL, 0), false, &p->criteria);
    list_of_texts(&p->overdue, "2024-T2", "2024-T3");
    basis(&p->basis);
    list_of_texts(&p->marks, "unweighted", "left out: sunnaas");
    text_pair(&p->title, "Minst 70 prosent av epikrisene innen én dag",
              "At least 70 percent of the letters within one day");
    assessed(&p->assessment);
}

static void change_parts_done(struct change_parts *p)
{
    mv_buf_done(&p->criteria);
    mv_buf_done(&p->overdue);
    mv_buf_done(&p->basis);
    mv_buf_done(&p->marks);
    mv_buf_done(&p->title);
    mv_buf_done(&p->assessment);
}

static void change(struct mv_buf *out)
{
    struct change_parts p;
    change_parts(&p);
    struct mv_msg_change m = {
        .target = T("1535"),
        .commission = T("1340"),
        .year = 2024,
        .unit = T("ahus"),
        .region = T("hso"),
        .status = T("red"),
        .reason = T("overdue"),
        .was_status = T("yellow"),
        .was_reason = T("not_due"),
        .last_coloured = T("yellow"),
        .since_seq = 88120,
        .has_since_seq = true,
        .changes_this_year = 2,
        .row = 3,
        .has_row = true,
        .kind = T("correction"),
        .preliminary = true,
        .held = false,
        .has_held = true,
        .closed = false,
        .has_closed = true,
        .suppressed = false,
        .has_suppressed = true,
        .value = T("66.7"),
        .limit = T("70"),
        .margin = T("-3.3"),
        .forecast = T("none"),
        .needed = T("76.6"),
        .needed_is = T(">="),
        .needed_of = T("together"),
        .needed_why = T("secured"),
        .measure = T("percent"),
        .decimals = 1,
        .has_decimals = true,
        .criteria = take(&p.criteria),
        .criteria_more = 1,
        .has_criteria_more = true,
        .overdue = take(&p.overdue),
        .basis = take(&p.basis),
        .marks = take(&p.marks),
        .title = take(&p.title),
        .unit_name = T("Akershus universitetssykehus HF"),
        .by = T("assessment"),
        .own = T("none"),
        .own_reason = T("overdue"),
        .assessment = take(&p.assessment),
        .reminder = T("2024-10-15"),
    };
    mv_msg_change_encode(&m, out);
    change_parts_done(&p);
}

static void group(struct mv_buf *out)
{
    struct mv_buf why = {0};
    struct mv_buf list = {0};
    cause(&why);
    mv_pack_list(&list, 1);
    change(&list);
    struct mv_msg_group m = {
        .cause = take(&why),
        .today = T("2025-03-15"),
        .part = 1,
        .parts = 1,
        .changes = take(&list),
    };
    mv_msg_group_encode(&m, out);
    mv_buf_done(&why);
    mv_buf_done(&list);
}

static void live(struct mv_buf *out)
{
    struct mv_buf why = {0};
    struct mv_buf one = {0};
    cause(&why);
    change(&one);
    struct mv_msg_live m = {
        .seq = 41, .at = 2, .of = 3, .cause = take(&why), .change = take(&one)};
    mv_msg_live_encode(&m, out);
    mv_buf_done(&why);
    mv_buf_done(&one);
}

static void heartbeat(struct mv_buf *out)
{
    struct mv_msg_heartbeat m = {.seq = 41, .now_ms = 1741996800000};
    mv_msg_heartbeat_encode(&m, out);
}

static void notice(struct mv_buf *out)
{
    struct mv_buf why = {0};
    struct mv_buf list = {0};
    struct mv_buf text = {0};
    cause(&why);
    mv_pack_list(&list, 1);
    change(&list);
    text_pair(&text, "Akershus universitetssykehus HF: 1535 er rødt",
              "Akershus universitetssykehus HF: 1535 is red");
    struct mv_msg_notice m = {
        .number = 1,
        .id = T("00112233445566778899aabbccddeeff"),
        .subscription = T("vakt-hso"),
        .group = 41,
        .cause = take(&why),
        .made_ms = 1741996800000,
        .text = take(&text),
        .changes = take(&list),
    };
    mv_msg_notice_encode(&m, out);
    mv_buf_done(&why);
    mv_buf_done(&list);
    mv_buf_done(&text);
}

static void ended(struct mv_buf *out)
{
    struct mv_msg_ended m = {
        .number = 1,
        .id = T("00112233445566778899aabbccddeeff"),
        .ended = T("merged"),
    };
    mv_msg_ended_encode(&m, out);
}

static void act(struct mv_buf *out)
{
    struct mv_buf map = {0};
    args(&map);
    struct mv_msg_act m = {
        .verb = T("pause"), .args = take(&map), .by = T("operator")};
    mv_msg_act_encode(&m, out);
    mv_buf_done(&map);
}

static void skip(struct mv_buf *out)
{
    struct mv_msg_skip m = {
        .seq = 90417, .reason = T("judging stops on it"), .by = T("operator")};
    mv_msg_skip_encode(&m, out);
}

void test_sample(mv_msg_id id, struct mv_buf *out)
{
    static void (*const makers[MV_MSG_COUNT])(struct mv_buf *) = {
        [MV_MSG_ANSWER] = answer,
        [MV_MSG_CONFLICT] = conflict,
        [MV_MSG_ASSESSMENT] = test_sample_assessment,
        [MV_MSG_DELIVERED] = test_sample_delivered,
        [MV_MSG_CLOSED] = test_sample_closed,
        [MV_MSG_HOLD] = test_sample_hold,
        [MV_MSG_RELEASE] = test_sample_release,
        [MV_MSG_FREEZE] = test_sample_freeze,
        [MV_MSG_CATALOGUE] = catalogue,
        [MV_MSG_CLOCK] = clock_day,
        [MV_MSG_PULL] = pull,
        [MV_MSG_RECORDS] = records,
        [MV_MSG_REQUEST] = request,
        [MV_MSG_REPLY] = reply,
        [MV_MSG_GROUP] = group,
        [MV_MSG_CAUSE] = cause,
        [MV_MSG_ASSESSED] = assessed,
        [MV_MSG_CHANGE] = change,
        [MV_MSG_CRITERION] = criterion,
        [MV_MSG_BASIS] = basis,
        [MV_MSG_LIVE] = live,
        [MV_MSG_HEARTBEAT] = heartbeat,
        [MV_MSG_NOTICE] = notice,
        [MV_MSG_ENDED] = ended,
        [MV_MSG_ACT] = act,
        [MV_MSG_SKIP] = skip,
    };
    MV_ASSERT(id > MV_MSG_NONE && id < MV_MSG_COUNT && makers[id] != NULL);
    makers[id](out);
}

void test_sample_answers(struct mv_buf *out)
{
    struct mv_msg_answer m = {
        .producer = T("monthly-export"),
        .number = 412,
        .has_number = true,
        .result = T("accepted"),
        .seq = 90417,
        .has_seq = true,
        .hash = HASH,
        .rows = 1,
        .has_rows = true,
        .catalogue = 88120,
        .has_catalogue = true,
    };
    mv_msg_answer_encode(&m, out);
    test_sample(MV_MSG_ANSWER, out);
}

static void table_head(struct mv_buf *out, const char *type, uint64_t number)
{
    mv_pack_map(out, 6);
    mv_pack_kv_u64(out, "v", MV_PROTO_VERSION);
    mv_pack_kv_cstr(out, "type", type);
    mv_pack_kv_cstr(out, "producer", "monthly-export");
    mv_pack_kv_u64(out, "number", number);
    mv_pack_cstr(out, "fields");
}

static void names_of(struct mv_buf *out, uint32_t columns)
{
    mv_pack_list(out, (uint32_t)__builtin_popcount(columns));
    for (uint32_t col = 0; col < MV_COLUMN_COUNT; col++) {
        if ((columns >> col & 1) != 0)
            mv_pack_cstr(out, mv_column_name((mv_column)col));
    }
}

static void delivery_row(struct mv_buf *out, const char *member, int64_t value,
                         uint64_t numerator, const char *note)
{
    mv_pack_list(out, MV_COLUMN_COUNT);
    mv_pack_cstr(out, "epikrise");
    mv_pack_cstr(out, member);
    mv_pack_cstr(out, "ahus");
    mv_pack_cstr(out, "2024-T3");
    if (numerator > 0)
        mv_pack_nil(out);
    else
        mv_pack_micro(out, value);
    if (numerator > 0)
        mv_pack_u64(out, numerator);
    else
        mv_pack_nil(out);
    if (numerator > 0)
        mv_pack_u64(out, 1003);
    else
        mv_pack_nil(out);
    mv_pack_cstr(out, numerator > 0 ? "A" : "P");
    mv_pack_u64(out, 1733011200000);
    if (note != NULL)
        mv_pack_cstr(out, note);
    else
        mv_pack_nil(out);
}

void test_sample_table(const char *type, struct mv_buf *out)
{
    bool is_delivery = mv_span_is(mv_span_text(type), "delivery");
    table_head(out, type, is_delivery ? 412 : 414);
    names_of(out, is_delivery ? (1u << MV_COLUMN_COUNT) - 1u
                              : 0xfu | 1u << MV_COL_TIME);
    mv_pack_cstr(out, "rows");
    mv_pack_list(out, is_delivery ? 2 : 1);
    if (is_delivery) {
        delivery_row(out, "som", 0, 812, "Tabell 3, side 41");
        delivery_row(out, "vop", 66700000, 0, NULL);
        return;
    }
    mv_pack_list(out, 5);
    mv_pack_cstr(out, "epikrise");
    mv_pack_cstr(out, "som");
    mv_pack_cstr(out, "ahus");
    mv_pack_cstr(out, "2024-T3");
    mv_pack_u64(out, 1733097600000);
}
