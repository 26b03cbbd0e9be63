/* The life of an alert in time: steps, nagging, reminders after an answer, reopening, standing down. */
#pragma once

#include "common/turn.h"

#include "alert.h"
#include "escalation.h"
#include "policy.h"

/* Kinds of durable timers. */
enum {
    TIMER_SWEEP = 1,     /* object: place in the table from which to look for normal alerts that are due */
    TIMER_CRITICAL = 2,  /* the same for critical ones */
    TIMER_DELIVERY = 3,  /* object: delivery; end of a lease, hold or wait */
    TIMER_DEADMAN = 4,   /* object: always the same */
    TIMER_FORGET = 5,    /* old alerts are swept away */
    TIMER_LEFT_OVER = 6, /* after a start: the next portion of what was on its way */
};

/* Alerts whose ids begin in the same `bucket_ms` share a timer when they are due in the same `round_ms`: at
 * 4,000 alerts a second a timer each would be half of all rows. A step of P0 comes up to a second late, one
 * of P2 up to five minutes; never early. */
struct escalation_sweep {
    uint32_t timer;
    int64_t bucket_ms, round_ms;
    bool critical;
};
enum { SWEEP_BATCH = 200 };

/* Told beside (or, when instead, in place of) the targets of the first step. */
struct escalation_first {
    const struct team *team; /* NULL: none */
    const char *role;        /* NULL or "": none; resolved for the alert's place */
    bool instead;
};
/* Takes the policy for the situation, freezes it into the alert and tells the first step. The alert must be
 * filled in. More may be told before escalate_started() announces, schedules, sends and writes it. */
void escalate_start(struct turn *turn, struct alert *alert, enum escalation_situation situation,
    const struct escalation_first *first);
void escalate_started(struct turn *turn, struct alert *alert);
/* For information beside an alert: who has been told already is not told twice, but hears for whom to pass it
 * on. codes_only: what they read, and may pass on, is the number of the case. */
void escalate_inform(
    struct turn *turn, struct alert *alert, const struct policy_target *target, bool codes_only);
/* Less urgent from now on: it goes on by the policy of the new priority, from its first step. Tells nobody;
 * scheduled, not written. */
void escalate_lower(struct turn *turn, struct alert *alert, int priority);
/* Tells those whom the steps so far would have told had the place, or the policy, been known; a notice when
 * somebody has answered. */
void escalate_catch_up(struct turn *turn, struct alert *alert);
/* Only deliveries, nothing that waits for an answer; written. */
void escalate_notice(struct turn *turn, struct alert *alert);

/* The team of a target, or of the liaison of its agency; NULL: nobody. */
const struct team *escalate_team(
    struct turn *turn, const struct alert *alert, const struct policy_target *target);
/* Resolves and tells one target; false: nobody. Agencies are told through their liaison. */
bool escalate_tell(struct turn *turn, struct alert *alert, const struct policy_target *target,
    enum delivery_purpose purpose, enum policy_channels channels);
/* The coordinator on duty (KOR of the site; of the regency first: KAB). */
void escalate_tell_coordinator(struct turn *turn, struct alert *alert, enum delivery_purpose purpose);
/* The coordinator, who owns the rotas, hears once an alert that somebody was missing. False: has heard of it.
 */
bool escalate_tell_hole(struct turn *turn, struct alert *alert);
void escalate_tell_regional(struct turn *turn, struct alert *alert, enum delivery_purpose purpose);
/* True when somebody of this team was told in this alert, for whatever purpose. */
bool escalate_was_told(const struct alert *alert, const char *team);

/* The next step at once. Not written, not pushed. */
void escalate_next_now(struct turn *turn, struct alert *alert);
/* Sets next_at and its timer from the state. Call after every move, before alert_write. */
void escalate_schedule(struct turn *turn, struct alert *alert);
/* What has not left is taken back, everybody who was called hears that it is over, for this purpose
 * (PURPOSES: nobody is told), the alert is closed and written. Nothing when it is closed already. */
void escalate_stand_down(
    struct turn *turn, struct alert *alert, enum delivery_purpose farewell, const char *action);
/* AlertMoved, when the alert is one that others follow. */
void escalate_announce_move(struct turn *turn, struct alert *alert, enum alert_state from, const char *action,
    const char *team, const char *actor);
/* AlertMoved of an offer that has reached its facility: the state is what it was. */
void escalate_announce_arrival(struct turn *turn, struct alert *alert, const char *team);

/* Appends a record about the alert: with its case (none behind a review or an operator's alert: who reads by
 * case must not take the incident for one), and behind what was said of it before. An alert that was not
 * announced itself goes behind the announcement of its case, so that no reader hears of a case that has not
 * been opened for it yet. */
void escalate_append(struct turn *turn, struct alert *alert, enum lane lane, Sigap__Event *event);

/* The policy the alert started with; NULL: its text is lost (logged). */
const struct policy *escalate_policy(struct turn *turn, const struct alert *alert);

enum verdict escalate_sweep(struct turn *turn, bool critical, const struct id *from, int64_t due_at);
/* Texts of the site's policies into the store. */
void escalate_keep_policies(struct turn *turn);
