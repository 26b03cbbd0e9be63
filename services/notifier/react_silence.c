/* Dead-man: a dangerous report that triage does not speak of.
 *
 * The watch changes within the turn: that a report has come, or that triage has spoken of it, stays true when
 * the turn is rolled back and the record is read again. Its timer and its alerts do not stay: each dangerous
 * report sets the timer of the first anew, and what is due stays watched until its alert is committed. */
#include "react_parts.h"

#include "common/log.h"
#include "escalate.h"

/* One timer for all, on full ten seconds, so that it is seldom written. */
static void watch_set_timer(struct turn *turn, int64_t due_at) {
    static const struct id one = {{2}};
    if (due_at)
        turn_timer_set(turn, TIMER_DEADMAN, &one, due_at, true);
}

enum verdict react_report_received(struct turn *turn, const Sigap__ReportReceived *received) {
    struct notifier *notifier = turn->state;
    struct id report;
    if (!received->danger && !received->urgent)
        return VERDICT_DONE;
    if (!react_id(received->report_id, &report))
        return turn_park(turn, "a report without id");
    int64_t due_at = turn->now + DEADMAN_MS + DEADMAN_GRAIN_MS - 1;
    due_at -= due_at % DEADMAN_GRAIN_MS;
    bool watched = watch_add(notifier->watch, &report, due_at);
    if (!watched && !notifier->watch_full) /* said once until there is room again: it may go on for hours */
        log_line(LOG_ERROR, "watch-full", "reports=%u", watch_count(notifier->watch));
    notifier->watch_full = !watched || (notifier->watch_full && watch_count(notifier->watch) > WATCH_MAX / 2);
    watch_set_timer(turn, watch_next(notifier->watch, 0));
    return VERDICT_DONE;
}

static void watch_ends(struct turn *turn, const struct id *report) {
    watch_end(((struct notifier *)turn->state)->watch, report);
}

static bool is_told(struct turn *turn, const struct id *report) {
    struct alert *all[ALERT_INCIDENT_MAX];
    for (unsigned i = alert_list(turn, report, all); i-- > 0;)
        if (all[i]->subject == SUBJECT_SILENT)
            return true;
    return false;
}

/* Two timers of one turn find the same reports. */
static void alert_silent(struct turn *turn, const struct id *report) {
    struct alert *alert =
        is_told(turn, report) ? NULL : alert_new(turn, report, SUBJECT_SILENT, report, SITE_P0);
    if (!alert)
        return;
    alert->unverified = true;
    escalate_start(turn, alert, SITUATION_REVIEW, &(struct escalation_first){0});
    escalate_started(turn, alert);
}

enum { SILENT_BATCH = 64 }; /* alerts of one turn */

struct silent_reports {
    unsigned count;
    struct id reports[SILENT_BATCH];
};

static void silent_told(void *state, const void *argument) {
    const struct silent_reports *told = argument;
    for (unsigned i = 0; i < told->count; i++)
        watch_end(((struct notifier *)state)->watch, &told->reports[i]);
}

enum verdict react_deadman(struct turn *turn) {
    struct watch *watch = ((struct notifier *)turn->state)->watch;
    struct silent_reports silent;
    silent.count = watch_due(watch, turn->now, silent.reports, SILENT_BATCH);
    for (unsigned i = 0; i < silent.count; i++)
        alert_silent(turn, &silent.reports[i]);
    turn_after_commit(turn, silent_told, &silent, sizeof silent);
    watch_set_timer(turn, watch_next(watch, silent.count < SILENT_BATCH ? turn->now : 0));
    return VERDICT_DONE;
}

/* Triage has spoken of the report: who was woken for it needs no more waking. */
void react_report_seen_to(struct turn *turn, const struct id *report, const char *action) {
    struct alert *all[ALERT_INCIDENT_MAX];
    watch_ends(turn, report);
    unsigned count = alert_list(turn, report, all);
    for (unsigned i = 0; i < count; i++)
        if ((all[i]->subject == SUBJECT_REVIEW || all[i]->subject == SUBJECT_SILENT) &&
            id_equal(&all[i]->subject_id, report))
            escalate_stand_down(turn, all[i], PURPOSES, action);
}

/* Triage has put it before a person, late: the alert for its silence is over, that of the review rings on. */
void react_report_taken(struct turn *turn, const struct id *report) {
    struct alert *all[ALERT_INCIDENT_MAX];
    watch_ends(turn, report);
    unsigned count = alert_list(turn, report, all);
    for (unsigned i = 0; i < count; i++)
        if (all[i]->subject == SUBJECT_SILENT)
            escalate_stand_down(turn, all[i], PURPOSES, "in_review");
}
