/* calls - see calls.h: the small ones. Invariant: what is asked for inside
 * apply takes effect with the commit or not at all (counters), or does not
 * matter to the store (alarms, holds). A crash forgets alarms: what raised
 * them raises them again. */
#include "services/stream/loop.h"

#include <stdio.h>
#include <string.h>

struct mv_store *mv_service_store(struct mv_service *s)
{
    return s->store;
}

struct mv_log *mv_service_log(struct mv_service *s, const char *name)
{
    for (size_t i = 0; i < s->def->log_count; i++) {
        if (strcmp(s->def->logs[i].name, name) == 0)
            return s->logs[i];
    }
    return strcmp(name, "control") == 0 ? s->logs[s->def->log_count] : NULL;
}

struct mv_clock mv_service_clock(const struct mv_service *s)
{
    return s->now;
}

int64_t mv_service_wall_ms(const struct mv_service *s)
{
    return s->now.wall_ms;
}

int64_t mv_service_mono_ms(const struct mv_service *s)
{
    return s->now.mono_ms;
}

void mv_service_weigh(struct mv_service *s, uint32_t rows, size_t bytes)
{
    s->batch.rows += rows;
    s->batch.weight += bytes;
}

void mv_service_count(struct mv_service *s, unsigned which, uint64_t n)
{
    MV_ASSERT(which < s->def->counter_count);
    uint64_t *into = s->batch.open ? s->batch.staged : s->counters;
    into[MV_COUNT_COMMON + which] += n;
}

static struct mv_alarm *find_alarm(struct mv_service *s, const char *name)
{
    struct mv_alarm *unused = NULL;
    for (size_t i = 0; i < MV_ALARMS_MAX; i++) {
        if (strcmp(s->alarms[i].name, name) == 0)
            return &s->alarms[i];
        if (unused == NULL && !s->alarms[i].up)
            unused = &s->alarms[i];
    }
    return unused;
}

void mv_service_alarm(struct mv_service *s, const char *name, bool up,
                      const char *text)
{
    struct mv_alarm *a = find_alarm(s, name);
    if (a == NULL)
        return;
    bool was = strcmp(a->name, name) == 0 && a->up;
    if (!up && !was)
        return;
    (void)snprintf(a->name, sizeof a->name, "%s", name);
    (void)snprintf(a->text, sizeof a->text, "%s", text != NULL ? text : "");
    a->up = up;
    if (up == was)
        return;
    a->since_ms = s->now.wall_ms;
    if (up) {
        MV_LOG(ALARM_RAISED, mv_kv_text("alarm", name),
               mv_kv_text("text", a->text));
    } else {
        MV_LOG(ALARM_CLEARED, mv_kv_text("alarm", name));
    }
}

void mv_service_hold_off(struct mv_service *s, const char *code,
                         int64_t after_ms)
{
    s->hold_code = code;
    s->hold_after_ms = after_ms;
}

bool mv_service_heard(const struct mv_service *s)
{
    return s->pub != NULL && mv_pub_heard(s->pub);
}

void mv_service_publish(struct mv_service *s, const char *topic,
                        struct mv_span body)
{
    if (s->pub != NULL && mv_pub_send(s->pub, topic, body))
        s->counters[MV_COUNT_PUBLISHED]++;
}

void mv_service_timer_at(struct mv_service *s, unsigned which, int64_t mono_ms)
{
    MV_ASSERT(which < s->def->timer_count);
    if (mono_ms < s->timer_due[which])
        s->timer_due[which] = mono_ms;
}

void mv_service_end(struct mv_service *s, mv_rc rc)
{
    if (s->ending)
        return;
    s->ending = true;
    s->end = rc;
}
