/* A reporter has written again. "He has died", "it is settled", "he is at my mother's now" make no case more
 * urgent, and whoever handles it must read them all the same. */
#include "react_parts.h"

#include "outgoing.h"

#include <string.h>

static bool waits_already(const struct alert *alert, const char *team) {
    for (unsigned i = 0; i < alert->delivery_count; i++) {
        const struct delivery *each = &alert->deliveries[i];
        if (each->purpose == PURPOSE_NEWS && strcmp(each->team, team) == 0 &&
            (each->state == DELIVERY_QUEUED || each->state == DELIVERY_HELD))
            return true;
    }
    return false;
}

/* A reporter may write for days: half of an alert's room stays for calls. */
static bool has_room(const struct alert *alert) {
    return alert->delivery_count < DELIVERIES_MAX / 2;
}

/* What waits to be sent tells of this one, too. */
static void tell_team(struct turn *turn, struct alert *alert, const struct team *team) {
    if (team && has_room(alert) && !waits_already(alert, team->id))
        outgoing_tell(turn, alert, team, "", POLICY_ANY, PURPOSE_NEWS, POLICY_ONE);
}

/* Nobody has it yet, or somebody who answered for no team. */
static void tell_all_called(struct turn *turn, struct alert *alert) {
    const struct notifier *notifier = turn->state;
    for (unsigned i = 0, count = alert->delivery_count; i < count; i++) {
        const struct delivery *each = &alert->deliveries[i];
        if ((each->purpose == PURPOSE_ALERT || each->purpose == PURPOSE_AGAIN) && delivery_went_out(each))
            tell_team(turn, alert, teams_find(notifier->teams, each->team));
    }
}

static void tell_who_handles(struct turn *turn, struct alert *alert) {
    const struct notifier *notifier = turn->state;
    const struct team *team =
        alert->subject == SUBJECT_OFFER        ? teams_of_facility(notifier->teams, "UPT", alert->facility)
        : alert->state == ALERT_STATE_ANSWERED ? teams_find(notifier->teams, alert->answered_team)
                                               : NULL;
    if (team)
        tell_team(turn, alert, team);
    else
        tell_all_called(turn, alert);
}

/* The case's own alert is over, and somebody has what came of it: a place must be found, a task is overdue.
 */
static bool is_sequel(const struct alert *alert) {
    return (alert->subject == SUBJECT_REFERRAL || alert->subject == SUBJECT_TASK) && alert->answerable &&
           alert->state != ALERT_STATE_STOOD_DOWN;
}

/* The facility that has accepted; else whoever has answered, or was called. NULL: it is over, or nothing is
 * known of it here any more. */
static struct alert *handled_by(struct alert *const *all, unsigned count) {
    for (unsigned i = count; i-- > 0;)
        if (all[i]->subject == SUBJECT_OFFER && strcmp(all[i]->detail, ALERT_OFFER_TAKEN) == 0)
            return all[i];
    struct alert *alert = react_newest_of_case(all, count);
    if (alert && alert->state != ALERT_STATE_STOOD_DOWN)
        return alert;
    for (unsigned i = count; i-- > 0;)
        if (is_sequel(all[i]))
            return all[i];
    return NULL;
}

enum verdict react_reporter_wrote(struct turn *turn, const struct id *case_id) {
    struct alert *all[ALERT_INCIDENT_MAX];
    struct alert *alert = handled_by(all, alert_list(turn, case_id, all));
    if (!alert)
        return VERDICT_DONE;
    unsigned before = alert->delivery_count;
    bool training = turn->training;
    turn->training = alert->training;
    tell_who_handles(turn, alert);
    react_write_if_more(turn, alert, before);
    turn->training = training;
    return VERDICT_DONE;
}
