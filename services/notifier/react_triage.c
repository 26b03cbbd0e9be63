/* What triage says: a case opens, changes, is joined; a report waits for a person. */
#include "react_parts.h"

#include "common/rights.h"
#include "common/texts.h"
#include "conflict.h"
#include "escalate.h"
#include "outgoing.h"

#include <stdio.h>
#include <string.h>

#define ANY_KIND "any" /* of escalation.yaml, parallel */

static void inform_of_kind(
    struct turn *turn, struct alert *alert, const char *kind, Sigap__Fact *const *facts, size_t fact_count) {
    const struct notifier *notifier = turn->state;
    const struct escalation_parallel *parallel = escalation_parallel(notifier->escalation, kind);
    for (unsigned i = 0; parallel && i < parallel->notice_count; i++)
        if (escalation_holds(&parallel->notices[i], facts, fact_count, alert->priority))
            escalate_inform(turn, alert, &parallel->notices[i].target, parallel->notices[i].codes_only);
}

/* Whom the kinds of a case want to be told at the same time: of every victim. */
void react_inform_parallel(
    struct turn *turn, struct alert *alert, Sigap__Fact *const *facts, size_t fact_count) {
    char kind[SITE_CODE_MAX + 1];
    inform_of_kind(turn, alert, ANY_KIND, facts, fact_count);
    inform_of_kind(turn, alert, alert->kind, facts, fact_count);
    for (const char *rest = alert->also; site_codes_next(&rest, kind);)
        inform_of_kind(turn, alert, kind, facts, fact_count);
}

/* A report accuses a facility; a case that was parted from another one opens with who is in conflict: nobody
 * of them is told of it. */
static void keep_out(
    struct turn *turn, const struct id *case_id, Sigap__Fact *const *facts, size_t fact_count) {
    for (size_t i = 0; i < fact_count; i++)
        if (strcmp(facts[i]->name, RIGHTS_CONFLICT_OFFICER) == 0)
            conflict_add_officers(turn, case_id, facts[i]->value);
        else
            conflict_note(turn, case_id, facts[i], false);
}

/* Whoever is called before the reporter has answered may know which it is. Codes that do not fit are left
 * out. */
static void describe_unclear(struct alert *alert, char *const *areas, size_t count) {
    size_t used = sizeof ALERT_UNCLEAR - 1;
    if (alert->area[0] || alert->detail[0] || !count)
        return;
    copy_text(alert->detail, sizeof alert->detail, ALERT_UNCLEAR);
    for (size_t i = 0; i < count && used + 1 + strlen(areas[i]) < sizeof alert->detail; i++)
        used += (size_t)snprintf(alert->detail + used, sizeof alert->detail - used, " %s", areas[i]);
}

enum verdict react_case_opened(struct turn *turn, const Sigap__Event *event) {
    const Sigap__CaseOpened *opened = event->case_opened;
    struct id case_id, report;
    if (!react_case(event, &case_id))
        return turn_park(turn, "a case without id was opened");
    if (react_id(opened->report_id, &report))
        react_report_seen_to(turn, &report, "case_opened");
    keep_out(turn, &case_id, opened->facts, opened->n_facts); /* also of one that nobody is told of yet */
    int priority = react_priority(opened->priority, SITE_P2);
    if (priority == SITE_P4)
        return VERDICT_DONE;
    struct alert *alert = alert_new(turn, &case_id, SUBJECT_CASE, &case_id, priority);
    if (!alert)
        return VERDICT_RETRY;
    react_describe(turn, alert, opened->kind, opened->area, (int)opened->confidentiality - 1);
    react_describe_facts(turn, alert, opened->facts, opened->n_facts);
    alert->unverified = opened->unverified;
    if (opened->n_alike)
        copy_text(alert->detail, sizeof alert->detail, "possibly_same");
    describe_unclear(alert, opened->area_candidates, opened->n_area_candidates);
    escalate_start(turn, alert, SITUATION_CASE, &(struct escalation_first){0});
    react_inform_parallel(turn, alert, opened->facts, opened->n_facts);
    escalate_started(turn, alert);
    return VERDICT_DONE;
}

/* A real report in a drill's case: of drills from before triage kept the two apart. The drill's alert reaches
 * nobody, and that of the report must. */
static bool is_drill_only(const struct turn *turn, const struct alert *like) {
    return like->training && !turn->training;
}

/* A witness tells of a life in danger: whoever has answered the case before, somebody looks again. Nothing
 * more is needed while its alert still asks for an answer. */
static enum verdict alert_of_witness(
    struct turn *turn, const struct id *case_id, const Sigap__CaseBrief *brief) {
    struct alert *all[ALERT_INCIDENT_MAX];
    const struct alert *like = react_newest_of_case(all, alert_list(turn, case_id, all));
    bool drill_only = like && is_drill_only(turn, like);
    if (like && like->priority == SITE_P0 && react_asks(like) && !drill_only)
        return VERDICT_DONE;
    struct alert *alert = react_alert_like(turn, case_id, SUBJECT_CASE, case_id, SITE_P0, like);
    if (!alert)
        return VERDICT_RETRY;
    if (!like)
        react_describe_brief(turn, alert, brief);
    if (drill_only)
        alert->training = false;
    alert->unverified = true;
    copy_text(alert->detail, sizeof alert->detail, "report_joined");
    escalate_start(turn, alert, SITUATION_CASE, &(struct escalation_first){0});
    escalate_started(turn, alert);
    return VERDICT_DONE;
}

enum verdict react_report_joined(struct turn *turn, const Sigap__Event *event) {
    const Sigap__ReportJoined *joined = event->report_joined;
    struct id report, case_id;
    if (react_id(joined->report_id, &report))
        react_report_seen_to(turn, &report, "joined");
    bool known = react_case(event, &case_id);
    if (!joined->danger)
        return known && !joined->copy ? react_reporter_wrote(turn, &case_id) : VERDICT_DONE;
    if (!known)
        return turn_park(turn, "a report joined a case without id");
    return alert_of_witness(turn, &case_id, joined->brief);
}

enum verdict react_report_closed(struct turn *turn, const Sigap__ReportClosed *closed) {
    struct id report;
    if (react_id(closed->report_id, &report))
        react_report_seen_to(turn, &report, "closed");
    return VERDICT_DONE;
}

/* A reporter says another place than that of his case, where somebody may be on the way: he looks again, as
 * for a witness of danger. */
static enum verdict alert_of_place(struct turn *turn, const Sigap__ReportInReview *review) {
    struct id case_id;
    if (!review->danger || strcmp(review->reason, "place_differs") != 0 || review->n_alike != 1 ||
        !react_id(review->alike[0]->case_id, &case_id))
        return VERDICT_DONE;
    return alert_of_witness(turn, &case_id, NULL);
}

/* What is in review waits for a person who works through the queue; only what may cost a life wakes one. */
enum verdict react_report_in_review(struct turn *turn, const Sigap__ReportInReview *review) {
    struct id report;
    if (!react_id(review->report_id, &report))
        return turn_park(turn, "a report without id is in review");
    react_report_taken(turn, &report);
    int priority = react_priority(review->priority, SITE_P2);
    if (!review->danger && priority > SITE_P1)
        return VERDICT_DONE;
    struct alert *alert =
        alert_new(turn, &report, SUBJECT_REVIEW, &report, review->danger ? SITE_P0 : priority);
    if (!alert)
        return VERDICT_RETRY;
    react_describe(turn, alert, review->kind, review->area, SITE_C0);
    react_describe_also(turn, alert, review->also_kinds);
    alert->unverified = true;
    copy_text(alert->detail, sizeof alert->detail, review->n_alike ? "possibly_same" : review->reason);
    escalate_start(turn, alert, SITUATION_REVIEW, &(struct escalation_first){.role = review->owner_role});
    escalate_started(turn, alert);
    return alert_of_place(turn, review);
}

/* The policy that would be taken for the case as it is now. */
static const struct policy *policy_of_now(struct turn *turn, const struct alert *alert) {
    const struct notifier *notifier = turn->state;
    return escalation_policy(
        notifier->escalation, SITUATION_CASE, alert->priority, alert->confidentiality, alert->kind);
}

/* Strangers to the policy that such a secret has are called until now. */
bool react_becomes_secret(struct turn *turn, const struct alert *alert, int confidentiality_before) {
    const struct policy *policy = policy_of_now(turn, alert);
    return alert->confidentiality > confidentiality_before && policy && policy->number != alert->policy;
}

static bool is_recalled(const struct alert *alert, const char *team) {
    for (unsigned i = 0; i < alert->delivery_count; i++)
        if (alert->deliveries[i].purpose == PURPOSE_RECALLED && strcmp(alert->deliveries[i].team, team) == 0)
            return true;
    return false;
}

/* Whoever was called before and is of the new policy is called at once, whatever step they are of; the others
 * hear that it is not theirs, or that it lies elsewhere. before: is over, the links in its messages answer
 * nothing. */
static void part_callers(struct turn *turn, struct alert *before, struct alert *alert, bool moved) {
    const struct notifier *notifier = turn->state;
    for (unsigned i = 0, count = before->delivery_count; i < count; i++) {
        const struct delivery *each = &before->deliveries[i];
        const struct team *team = teams_find(notifier->teams, each->team);
        if ((each->purpose != PURPOSE_ALERT && each->purpose != PURPOSE_AGAIN) || !delivery_went_out(each) ||
            !team || escalate_was_told(alert, team->id) || is_recalled(before, team->id))
            continue;
        if (react_is_of_policy(turn, alert, team))
            outgoing_tell(turn, alert, team, "", POLICY_ANY, PURPOSE_ALERT, POLICY_ONE);
        else if (!moved)
            outgoing_tell(turn, before, team, "", POLICY_ALL, PURPOSE_RECALLED, POLICY_ONE);
    }
    if (moved)
        react_tell_moved(turn, before, alert);
    outgoing_push(turn, before);
    alert_write(turn, before);
}

enum verdict react_alert_again(struct turn *turn, const struct id *case_id, struct alert *before,
    int priority, const struct news *news) {
    bool calls = before && react_asks(before);
    struct alert *alert = alert_new(turn, case_id, SUBJECT_CASE, case_id, priority);
    if (!alert)
        return VERDICT_RETRY;
    if (before) {
        react_describe_as(alert, before);
        alert->unverified = before->unverified;
        outgoing_withdraw(turn, before, DELIVERY_SUPERSEDED);
        escalate_stand_down(turn, before, PURPOSES, "superseded");
        alert->chain = before->chain;
    } else {
        react_describe_brief(turn, alert, news->brief);
        react_describe_facts(turn, alert, news->facts, news->fact_count);
    }
    react_describe(turn, alert, news->kind[0] ? news->kind : alert->kind, news->area, alert->confidentiality);
    if (news->moved)
        react_note_holder(alert, before);
    escalate_start(turn, alert, SITUATION_CASE, &(struct escalation_first){0});
    if (news->moved || (calls && news->secret))
        part_callers(turn, before, alert, news->moved);
    react_inform_parallel(turn, alert, news->facts, news->fact_count);
    escalate_started(turn, alert);
    return VERDICT_DONE;
}

/* Somebody has it, and keeps it: by now others would have been called. They hear that it is in hands, and it
 * goes on by the new policy should it be given back. */
void react_tell_beside(struct turn *turn, struct alert *alert, bool secret) {
    if (secret) {
        const struct policy *policy = policy_of_now(turn, alert);
        alert->policy = policy->number;
        alert->codes_only |= policy->codes_only;
        alert->prefer_female = policy->prefer_female;
    }
    escalate_catch_up(turn, alert);
}

/* A further report tells of further kinds: they come beside those that are known. False: it does not. */
static bool describe_added(
    struct turn *turn, struct alert *const *all, unsigned count, const Sigap__CaseChanged *changed) {
    const struct alert *known = react_newest_of_case(all, count);
    bool added = false;
    for (size_t i = 0; i < changed->n_facts; i++) {
        const char *value = changed->facts[i]->value;
        if (strcmp(changed->facts[i]->name, SITE_FACT_ALSO_KINDS) != 0)
            continue;
        const char *also = site_codes_join(turn->arena, known ? known->also : "", value);
        if (also)
            react_describe_all(turn, all, count, value, also);
        added = true;
    }
    return added;
}

/* How urgent the case was for those who look after it. An alert that still asks says it; whoever has answered
 * one, or was stood down, may have seen the case lowered since. */
static int urgency_before(const struct alert *alert, const Sigap__CaseChanged *changed) {
    int told = react_priority(changed->priority_before, SITE_P4);
    if (!alert)
        return told;
    int before = react_priority(changed->priority_before, alert->priority);
    return react_asks(alert) || alert->priority > before ? alert->priority : before;
}

/* Not when the alert is more urgent than the case was: a witness of danger made it so. */
static bool is_lowered(const struct alert *alert, const Sigap__CaseChanged *changed, int priority) {
    return priority > alert->priority && react_priority(changed->priority_before, SITE_P4) <= alert->priority;
}

/* What has changed is not more urgent. */
static void tell_changed(
    struct turn *turn, struct alert *alert, const Sigap__CaseChanged *changed, bool secret) {
    bool placed = changed->area[0] && alert_is_critical(alert);
    if (react_asks(alert))
        escalate_catch_up(turn, alert);
    else if (alert->state == ALERT_STATE_ANSWERED && (secret || placed))
        react_tell_beside(turn, alert, secret);
    if (alert->state != ALERT_STATE_STOOD_DOWN) /* whoever has accepted it is not alone in it */
        react_inform_parallel(turn, alert, changed->facts, changed->n_facts);
    outgoing_push(turn, alert);
    alert_write(turn, alert);
}

/* True: it becomes a secret. */
static bool describe_changed(struct turn *turn, struct alert *alert, const Sigap__CaseChanged *changed,
    int confidentiality_before, bool *moved) {
    char area_before[sizeof alert->area];
    memcpy(area_before, alert->area, sizeof area_before);
    react_describe(
        turn, alert, changed->kind[0] ? changed->kind : alert->kind, changed->area, alert->confidentiality);
    *moved = react_moves_away(turn, alert, area_before, changed->by);
    return react_becomes_secret(turn, alert, confidentiality_before);
}

enum verdict react_case_changed(struct turn *turn, const Sigap__Event *event) {
    const Sigap__CaseChanged *changed = event->case_changed;
    struct news news = {.kind = changed->kind,
        .area = changed->area,
        .brief = changed->brief,
        .facts = changed->facts,
        .fact_count = changed->n_facts};
    struct alert *all[ALERT_INCIDENT_MAX];
    struct id case_id;
    if (!react_case(event, &case_id))
        return turn_park(turn, "a case without id was changed");
    keep_out(turn, &case_id, changed->facts, changed->n_facts);
    unsigned count = alert_list(turn, &case_id, all);
    struct alert *alert = react_newest_of_case(all, count);
    int confidentiality = alert ? alert->confidentiality : SITE_C0;
    if (changed->kind[0])
        react_describe_all(turn, all, count, changed->kind, NULL);
    bool added = describe_added(turn, all, count, changed);
    int before = urgency_before(alert, changed);
    int priority = react_priority(changed->priority, before);
    bool lowered = alert && is_lowered(alert, changed, priority);
    if (alert) {
        news.secret = describe_changed(turn, alert, changed, confidentiality, &news.moved);
        react_place_all(turn, all, count, changed->area);
    }
    if (priority < before)
        return react_alert_again(turn, &case_id, alert, priority, &news);
    if (alert && (news.moved || (news.secret && react_asks(alert))))
        return react_alert_again(turn, &case_id, alert, lowered ? priority : alert->priority, &news);
    if (!alert || (!changed->kind[0] && !changed->area[0] && !added && !lowered))
        return VERDICT_DONE;
    if (lowered)
        escalate_lower(turn, alert, priority);
    tell_changed(turn, alert, changed, news.secret && !lowered);
    return VERDICT_DONE;
}
