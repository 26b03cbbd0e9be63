/* What casework says: tasks, facts, the end of a case. */
#include "react_parts.h"

#include "answer.h"
#include "common/rights.h"
#include "common/texts.h"
#include "conflict.h"
#include "duty_orders.h"
#include "escalate.h"
#include "outgoing.h"

#include <stdio.h>
#include <string.h>

/* NULL: the owner is no team, or one of a facility that the case accuses. */
static const struct team *team_of_owner(
    struct turn *turn, const struct alert *alert, const Sigap__Task *task) {
    const struct notifier *notifier = turn->state;
    const struct team *team = teams_find(notifier->teams, task->owner);
    return conflict_of_team(turn, alert, team) ? NULL : team;
}

/* The team that owns a task; a liaison's where it is an agency's; the region's coordinator otherwise. Never
 * nobody. */
static void tell_owner(
    struct turn *turn, struct alert *alert, const Sigap__Task *task, enum delivery_purpose purpose) {
    const struct team *team = team_of_owner(turn, alert, task);
    if (!team)
        react_tell_role(turn, alert, task->role, purpose);
    else if (!escalate_was_told(alert, team->id))
        outgoing_tell(turn, alert, team, "", POLICY_ANY, purpose, POLICY_ONE);
}

/* "PSG-02 +1": and one more task of the same owner. */
static void name_tasks(struct alert *alert, const Sigap__TaskReminder *reminder) {
    size_t used = 0;
    add_word(alert->detail, sizeof alert->detail, &used, reminder->task->code);
    if (!reminder->others)
        return;
    char others[16];
    snprintf(others, sizeof others, "+%u", reminder->others);
    add_word(alert->detail, sizeof alert->detail, &used, others);
}

/* Owners of a normal case find their tasks in their queue; TaskReminder tells them when time runs. Where a
 * life is at stake those who have not heard of the case yet hear at once that tasks with a deadline wait for
 * them. */
enum verdict react_tasks_planned(struct turn *turn, const Sigap__Event *event) {
    const Sigap__TasksPlanned *planned = event->tasks_planned;
    struct id case_id;
    if (turn->source.lane != LANE_URGENT || !react_case(event, &case_id))
        return VERDICT_DONE;
    struct alert *alert = react_open_alert(turn, &case_id);
    if (!alert && !(alert = alert_new(turn, &case_id, SUBJECT_TASK, &case_id, SITE_P1)))
        return VERDICT_RETRY;
    alert->codes_only |= alert->row == 0; /* nothing is known of the case */
    unsigned before = alert->delivery_count;
    for (size_t i = 0; i < planned->n_tasks; i++)
        if (planned->tasks[i]->state == SIGAP__TASK_STATE__TASK_DUE)
            tell_owner(turn, alert, planned->tasks[i], PURPOSE_TASK);
    react_write_if_more(turn, alert, before);
    return VERDICT_DONE;
}

/* What is over does not stand for a task that is overdue once more: it was reopened, its next visit was
 * missed, or somebody saw to it and it is still not done. */
static struct alert *find_task(
    struct alert *const *all, unsigned count, const struct id *task, bool answerable) {
    for (unsigned i = 0; i < count; i++)
        if (all[i]->subject == SUBJECT_TASK && all[i]->answerable == answerable &&
            id_equal(&all[i]->subject_id, task) && all[i]->state != ALERT_STATE_STOOD_DOWN &&
            !(all[i]->state == ALERT_STATE_ANSWERED && all[i]->finished))
            return all[i];
    return NULL;
}

static enum verdict raise_overdue(
    struct turn *turn, const Sigap__TaskReminder *reminder, struct alert *alert) {
    struct escalation_first first = {.team = team_of_owner(turn, alert, reminder->task), .role = NULL};
    if (!first.team)
        first.role = reminder->task->role;
    escalate_start(turn, alert, SITUATION_TASK_OVERDUE, &first);
    escalate_started(turn, alert);
    return VERDICT_DONE;
}

/* How secret the case is by now: as its alert knows, which may be forgotten while the case goes on, and as
 * casework says. */
static void describe_task(
    struct turn *turn, struct alert *alert, const Sigap__TaskReminder *reminder, const struct alert *like) {
    int confidentiality = (int)reminder->confidentiality - 1;
    react_describe_further(alert, like);
    if (reminder->also_kinds[0])
        react_describe_also(turn, alert, reminder->also_kinds);
    if (confidentiality > alert->confidentiality)
        alert->confidentiality = confidentiality;
}

enum verdict react_task_reminder(struct turn *turn, const Sigap__Event *event) {
    const Sigap__TaskReminder *reminder = event->task_reminder;
    struct alert *all[ALERT_INCIDENT_MAX];
    struct id case_id, task;
    if (!reminder->task || !react_case(event, &case_id) || !react_id(reminder->task->task_id, &task))
        return turn_park(turn, "a task reminder without case or task");
    unsigned count = alert_list(turn, &case_id, all);
    bool overdue = reminder->percent >= 100;
    struct alert *alert = find_task(all, count, &task, overdue), *like = react_newest_of_case(all, count);
    if (alert)
        describe_task(turn, alert, reminder, like);
    if (alert && overdue) {
        escalate_next_now(turn, alert);
        escalate_schedule(turn, alert);
        outgoing_push(turn, alert);
        alert_write(turn, alert);
        return VERDICT_DONE;
    }
    if (!alert) {
        alert = alert_new(turn, &case_id, SUBJECT_TASK, &task, react_priority(reminder->priority, SITE_P2));
        if (!alert)
            return VERDICT_RETRY;
        react_describe(turn, alert, reminder->kind, reminder->area, SITE_C0);
        describe_task(turn, alert, reminder, like);
        alert->codes_only = true;
    }
    name_tasks(alert, reminder);
    if (overdue)
        return raise_overdue(turn, reminder, alert);
    if (reminder->percent == 0 && alert->delivery_count)
        return VERDICT_DONE;
    const struct team *team = team_of_owner(turn, alert, reminder->task);
    if (team && alert->delivery_count)
        outgoing_tell(turn, alert, team, "", POLICY_ANY, PURPOSE_REMINDER, POLICY_ONE);
    else
        tell_owner(turn, alert, reminder->task, reminder->percent ? PURPOSE_REMINDER : PURPOSE_NOTICE);
    escalate_notice(turn, alert);
    return VERDICT_DONE;
}

static void note_progress(struct turn *turn, struct alert *alert) {
    if (!alert || alert->state != ALERT_STATE_ANSWERED || alert->progressed)
        return;
    alert->progressed = true;
    escalate_schedule(turn, alert);
    alert_write(turn, alert);
}

/* Cancelled; or overdue before, and it waits, or has a time to come: made late and to be made again, or put
 * off. */
static bool is_late_no_more(const Sigap__TaskMoved *moved) {
    Sigap__TaskState to = moved->task->state;
    return to == SIGAP__TASK_STATE__TASK_CANCELLED ||
           (moved->from == SIGAP__TASK_STATE__TASK_OVERDUE &&
               (to == SIGAP__TASK_STATE__TASK_WAITING || to == SIGAP__TASK_STATE__TASK_DUE));
}

enum verdict react_task_moved(struct turn *turn, const Sigap__Event *event) {
    const Sigap__TaskMoved *moved = event->task_moved;
    struct alert *all[ALERT_INCIDENT_MAX];
    struct id case_id, task;
    if (!moved->task || !react_case(event, &case_id) || !react_id(moved->task->task_id, &task))
        return turn_park(turn, "a task without case or id was moved");
    bool done = moved->task->state == SIGAP__TASK_STATE__TASK_DONE;
    if (!done && !is_late_no_more(moved))
        return VERDICT_DONE;
    unsigned count = alert_list(turn, &case_id, all);
    struct alert *alert = find_task(all, count, &task, true);
    if (alert)
        escalate_stand_down(turn, alert, PURPOSES, done ? "task_done" : "task_moved");
    if (done)
        note_progress(turn, react_newest_of_case(all, count));
    return VERDICT_DONE;
}

/* One officer, who may have been asked, or have answered, before it was known. */
static void leave_out_one(struct turn *turn, const struct id *case_id, const char *account) {
    struct alert *all[ALERT_INCIDENT_MAX];
    unsigned count = alert_list(turn, case_id, all);
    for (unsigned i = 0; i < count; i++) {
        if (all[i]->state == ALERT_STATE_OPEN || all[i]->state == ALERT_STATE_EXHAUSTED)
            duty_pass_on(turn, all[i], account);
        else if (all[i]->state == ALERT_STATE_ANSWERED && strcmp(all[i]->answered_by, account) == 0)
            answer_take_back(turn, all[i]);
    }
}

/* Accounts separated by blanks. */
static void leave_out(struct turn *turn, const struct id *case_id, const char *accounts) {
    conflict_add_officers(turn, case_id, accounts);
    char *rest = arena_text(turn->arena, accounts);
    bool training = turn->training;
    for (char *word; rest && (word = strtok_r(rest, " ", &rest));)
        leave_out_one(turn, case_id, word);
    turn->training = training; /* the alerts' own is theirs alone */
}

/* What still waits for teams of facilities that are accused is withdrawn; others are asked instead, and what
 * they have answered is nobody's answer. */
static void leave_out_teams(struct turn *turn, struct alert *alert) {
    const struct notifier *notifier = turn->state;
    bool any = false;
    if (alert->state == ALERT_STATE_ANSWERED &&
        conflict_of_team(turn, alert, teams_find(notifier->teams, alert->answered_team))) {
        answer_take_back(turn, alert);
        return;
    }
    for (unsigned i = 0; i < alert->delivery_count; i++)
        if (conflict_of_team(turn, alert, teams_find(notifier->teams, alert->deliveries[i].team))) {
            delivery_withdraw(&alert->deliveries[i], DELIVERY_CANCELLED, turn->now);
            any = true;
        }
    if (!any)
        return;
    turn->training = alert->training;
    if (react_asks(alert))
        escalate_catch_up(turn, alert);
    outgoing_push(turn, alert);
    alert_write(turn, alert);
}

static void leave_out_accused(struct turn *turn, const struct id *case_id) {
    struct alert *all[ALERT_INCIDENT_MAX];
    bool training = turn->training;
    unsigned count = alert_list(turn, case_id, all);
    for (unsigned i = 0; i < count; i++)
        leave_out_teams(turn, all[i]);
    turn->training = training; /* the alerts' own is theirs alone */
}

/* A fact that was not known when the case opened may mean that somebody else must be told now. */
enum verdict react_fact_recorded(struct turn *turn, const Sigap__Event *event) {
    const struct notifier *notifier = turn->state;
    Sigap__Fact *fact = event->fact_recorded->fact;
    struct alert *all[ALERT_INCIDENT_MAX];
    struct id case_id;
    if (fact && strcmp(fact->name, RIGHTS_CONFLICT_OFFICER) == 0 && react_case(event, &case_id))
        leave_out(turn, &case_id, fact->value);
    if (fact && react_case(event, &case_id) && conflict_note(turn, &case_id, fact, true))
        leave_out_accused(turn, &case_id);
    bool also = fact && strcmp(fact->name, SITE_FACT_ALSO_KINDS) == 0;
    if (!fact || !(also || escalation_asks(notifier->escalation, fact->name)) || !react_case(event, &case_id))
        return VERDICT_DONE;
    unsigned count = alert_list(turn, &case_id, all);
    struct alert *alert = react_newest_of_case(all, count);
    int confidentiality = alert ? alert->confidentiality : SITE_C0;
    if (also)
        react_describe_all(turn, all, count, fact->value, fact->value);
    if (!alert || alert->state == ALERT_STATE_STOOD_DOWN)
        return VERDICT_DONE;
    const struct news news = {.kind = "",
        .area = "",
        .facts = &fact,
        .fact_count = 1,
        .secret = react_becomes_secret(turn, alert, confidentiality)};
    if (news.secret && react_asks(alert))
        return react_alert_again(turn, &case_id, alert, alert->priority, &news);
    unsigned before = alert->delivery_count;
    if (news.secret)
        react_tell_beside(turn, alert, true);
    react_inform_parallel(turn, alert, &fact, 1);
    if (also || alert->delivery_count != before) {
        outgoing_push(turn, alert);
        alert_write(turn, alert);
    }
    return VERDICT_DONE;
}

/* like: NULL where nothing is known of the case here but its brief. */
static enum verdict alert_reopened(
    struct turn *turn, const struct id *case_id, const struct alert *like, const Sigap__CaseBrief *brief) {
    int priority = like ? like->priority : brief ? react_priority(brief->priority, SITE_P2) : SITE_P4;
    if (priority == SITE_P4)
        return VERDICT_DONE;
    struct alert *alert = react_alert_like(turn, case_id, SUBJECT_CASE, case_id, priority, like);
    if (!alert)
        return VERDICT_RETRY;
    if (!like)
        react_describe_brief(turn, alert, brief);
    copy_text(alert->detail, sizeof alert->detail, "reopened");
    escalate_start(turn, alert, SITUATION_CASE, &(struct escalation_first){0});
    escalate_started(turn, alert);
    return VERDICT_DONE;
}

enum verdict react_case_closed(struct turn *turn, const Sigap__Event *event) {
    struct alert *all[ALERT_INCIDENT_MAX];
    struct id case_id;
    if (!react_case(event, &case_id))
        return turn_park(turn, "a case without id was closed");
    unsigned count = alert_list(turn, &case_id, all);
    if (event->case_closed->reopened)
        return alert_reopened(turn, &case_id, react_newest_of_case(all, count), event->case_closed->brief);
    for (unsigned i = 0; i < count; i++)
        escalate_stand_down(turn, all[i], all[i]->answerable ? PURPOSE_STAND_DOWN : PURPOSES, "closed");
    return VERDICT_DONE;
}
