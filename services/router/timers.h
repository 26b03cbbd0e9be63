/* How long an offer may wait (timers.yaml): delivered, answered, started, counted from when it was sent, and
 * the marks on the way: warn the owner at 50 %, act and tell the coordinator at 100 %, the province at 200 %.
 */
#pragma once

#include "common/calendar.h"
#include "services/router/rules.h"
#include "services/router/states.h"

struct offer_times {
    struct duration delivered, answered, started, cancel_confirmed;
};

struct timers_override {
    uint64_t kinds;
    int priority;
    struct offer_times times;
};

struct timers {
    struct offer_times times[4]; /* P0..P3 */
    const struct timers_override *overrides;
    unsigned override_count;
    unsigned warn_percent, act_percent, province_percent;
    struct duration onward_task, tell_province; /* at a transit house, from admission */
    int64_t capacity_fresh_ms;
    unsigned refusals_before_coordinator, start_timeouts_before_expiry;
};

bool timers_load(const char *folder, const struct site_kinds *kinds, struct arena *arena, struct timers *out,
    struct error *error);

/* priority: 0..4 (P4 as P3). */
const struct offer_times *timers_find(const struct timers *timers, int kind, int priority);
/* from + percent of the duration; more than 100 goes on in whole durations. Working days as calendar.h. */
int64_t timers_due(const struct calendar *calendar, int64_t from, struct duration duration, unsigned percent);

/* What is due on an offer. Each mark is made once a state; `done` holds their bits. */
enum offer_mark {
    MARK_NONE,
    MARK_UNDELIVERED, /* not known to have reached the facility */
    MARK_WARN,        /* half of the time to answer is over */
    MARK_EXPIRE,
    MARK_START_WARN,
    MARK_START, /* not started in time: escalation, from the third on the offer expires */
    MARK_START_PROVINCE,
    MARK_START_EXPIRE,
    MARK_CANCEL,    /* a cancellation was not confirmed in time: it is taken as confirmed */
    MARK_ONWARD,    /* a transit house: where to next? */
    MARK_STAY,      /* ... too long */
    MARK_HOLD_WARN, /* put on hold by the facility: it may not rest there */
    MARK_HOLD,
    MARK_HOLD_PROVINCE,
};

struct offer_clock {
    struct offer_standing standing;
    int64_t sent_at;    /* also where the time to answer counts from */
    int64_t answer_by;  /* kept apart: it may have been brought forward */
    int64_t start_from; /* the time to start: from the sending, or from when it was made urgent */
    int64_t since;      /* of the state: sent, or made urgent; cancellation asked for; admitted */
    uint32_t done;      /* bits of enum offer_mark */
    bool transit;
    bool arrived;   /* the client */
    bool appointed; /* for somebody who is not urgent: what was agreed is not taken away, it only rings */
};

/* Marks of the time to start: they are made once, whatever the facility arranges, until the client has come.
 */
enum {
    START_MARKS =
        1U << MARK_START_WARN | 1U << MARK_START | 1U << MARK_START_PROVINCE | 1U << MARK_START_EXPIRE
};

/* The next mark and when; MARK_NONE when nothing more is due. */
enum offer_mark offer_mark_next(const struct timers *timers, const struct calendar *calendar,
    const struct offer_times *times, const struct offer_clock *clock, int64_t *due_at);
