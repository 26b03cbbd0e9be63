#include "react.h"

#include "alert.h"
#include "answer.h"
#include "common/log.h"
#include "common/rights.h"
#include "common/texts.h"
#include "conflict.h"
#include "duty_orders.h"
#include "escalate.h"
#include "notifier_sql.h"
#include "outgoing.h"
#include "state.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* --- what the records say --- */

static int priority_of(Sigap__Priority priority, int unspecified) {
    switch (priority) {
    case SIGAP__PRIORITY__PRIORITY_P0:
        return SITE_P0;
    case SIGAP__PRIORITY__PRIORITY_P1:
        return SITE_P1;
    case SIGAP__PRIORITY__PRIORITY_P2:
        return SITE_P2;
    case SIGAP__PRIORITY__PRIORITY_P3:
        return SITE_P3;
    case SIGAP__PRIORITY__PRIORITY_P4:
        return SITE_P4;
    case SIGAP__PRIORITY__PRIORITY_UNSPECIFIED:
    case _SIGAP__PRIORITY_IS_INT_SIZE:
        break;
    }
    return unspecified;
}

static bool case_of(const Sigap__Event *event, struct id *out) {
    return id_from_bytes(event->case_id.data, event->case_id.len, out);
}

static bool id_of(ProtobufCBinaryData bytes, struct id *out) {
    return id_from_bytes(bytes.data, bytes.len, out);
}

/* The stricter of the two counts: what a kind is, and what triage found. */
static void describe(
    struct turn *turn, struct alert *alert, const char *kind, const char *area, int confidentiality) {
    const struct notifier *notifier = turn->state;
    const struct site_kind *known = site_kinds_find(notifier->kinds, kind);
    copy_text(alert->kind, sizeof alert->kind, kind);
    if (area_level(area) != AREA_NONE)
        copy_text(alert->area, sizeof alert->area, area);
    if (known && known->confidentiality <= SITE_C3 && (int)known->confidentiality > confidentiality)
        confidentiality = (int)known->confidentiality;
    alert->confidentiality = confidentiality;
}

/* Of further kinds too the strictest counts. */
static void describe_also(struct turn *turn, struct alert *alert, const char *codes) {
    const struct notifier *notifier = turn->state;
    copy_text(alert->also, sizeof alert->also, codes);
    alert->confidentiality = site_kinds_stricter(notifier->kinds, alert->confidentiality, codes);
}

static void describe_facts(struct turn *turn, struct alert *alert, Sigap__Fact *const *facts, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(facts[i]->name, SITE_FACT_ALSO_KINDS) == 0)
            describe_also(turn, alert, facts[i]->value);
}

static void describe_as(struct alert *alert, const struct alert *like) {
    memcpy(alert->kind, like->kind, sizeof alert->kind);
    memcpy(alert->also, like->also, sizeof alert->also);
    memcpy(alert->area, like->area, sizeof alert->area);
    alert->confidentiality = like->confidentiality;
    alert->case_id = like->case_id;
    alert->training = like->training; /* whatever is said of a drill stays one */
}

/* A further alert of a case, told as that one was; like: NULL when none is known. NULL: as alert_new. */
static struct alert *alert_like(struct turn *turn, const struct id *case_id, enum alert_subject subject,
    const struct id *id, int priority, const struct alert *like) {
    struct alert *alert = alert_new(turn, case_id, subject, id, priority);
    if (alert && like)
        describe_as(alert, like);
    return alert;
}

/* Nothing is known of the case here: its alerts are forgotten, or it opened as one that nobody is woken for.
 * NULL: told before a brief came with it. */
static void describe_brief(struct turn *turn, struct alert *alert, const Sigap__CaseBrief *brief) {
    if (!brief)
        return;
    describe(turn, alert, brief->kind, brief->area, (int)brief->confidentiality - 1);
    describe_also(turn, alert, brief->also_kinds);
}

/* The same, of which further alerts are described. */
static const struct alert *read_brief(
    struct turn *turn, const struct id *case_id, const Sigap__CaseBrief *brief, struct alert *out) {
    describe_brief(turn, out, brief);
    out->case_id = *case_id;
    out->training = turn->training;
    out->priority = priority_of(brief->priority, SITE_P2);
    return out;
}

/* Other alerts of a case tell its own kind: its further kinds, and what people found, may be stricter. */
static void describe_further(struct alert *alert, const struct alert *like) {
    if (!like)
        return;
    memcpy(alert->also, like->also, sizeof alert->also);
    if (like->confidentiality > alert->confidentiality)
        alert->confidentiality = like->confidentiality;
}

/* What makes a case a secret makes one of all that will still be said of it: of offers and tasks that stand
 * open, and of the case's own alert when that is over, because later ones are described after it. also: NULL,
 * the further kinds are as they were. */
static void describe_all(
    struct turn *turn, struct alert *const *all, unsigned count, const char *kinds, const char *also) {
    const struct notifier *notifier = turn->state;
    for (unsigned i = 0; i < count; i++) {
        if (also)
            copy_text(all[i]->also, sizeof all[i]->also, also);
        all[i]->confidentiality = site_kinds_stricter(notifier->kinds, all[i]->confidentiality, kinds);
        alert_write(turn, all[i]);
    }
}

/* The newest alert of the case itself: what is known of the case here. NULL: none. */
static struct alert *newest_of_case(struct alert *const *all, unsigned count) {
    for (unsigned i = count; i-- > 0;)
        if (all[i]->subject == SUBJECT_CASE)
            return all[i];
    return NULL;
}

/* Of a long case nothing is known here: then the lane says how urgent it is. */
static int priority_like(const struct turn *turn, const struct alert *like) {
    return like ? like->priority : turn->source.lane == LANE_URGENT ? SITE_P1 : SITE_P2;
}

/* Nobody has answered it yet. */
static bool asks(const struct alert *alert) {
    return alert->state == ALERT_STATE_OPEN || alert->state == ALERT_STATE_EXHAUSTED;
}

/* --- dead-man: a dangerous report that triage does not speak of ---
 *
 * The watch changes within the turn: that a report has come, or that triage has spoken of it, stays true when
 * the turn is rolled back and the record is read again. Its timer and its alerts do not stay: each dangerous
 * report sets the timer of the first anew, and what is due stays watched until its alert is committed. */

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
    if (!id_of(received->report_id, &report))
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
static void report_is_seen_to(struct turn *turn, const struct id *report, const char *action) {
    struct alert *all[ALERT_INCIDENT_MAX];
    watch_ends(turn, report);
    unsigned count = alert_list(turn, report, all);
    for (unsigned i = 0; i < count; i++)
        if ((all[i]->subject == SUBJECT_REVIEW || all[i]->subject == SUBJECT_SILENT) &&
            id_equal(&all[i]->subject_id, report))
            escalate_stand_down(turn, all[i], PURPOSES, action);
}

/* Triage has put it before a person, late: the alert for its silence is over, that of the review rings on. */
static void report_is_taken(struct turn *turn, const struct id *report) {
    struct alert *all[ALERT_INCIDENT_MAX];
    watch_ends(turn, report);
    unsigned count = alert_list(turn, report, all);
    for (unsigned i = 0; i < count; i++)
        if (all[i]->subject == SUBJECT_SILENT)
            escalate_stand_down(turn, all[i], PURPOSES, "in_review");
}

/* --- triage --- */

static void inform_of_kind(
    struct turn *turn, struct alert *alert, const char *kind, Sigap__Fact *const *facts, size_t fact_count) {
    const struct notifier *notifier = turn->state;
    const struct escalation_parallel *parallel = escalation_parallel(notifier->escalation, kind);
    for (unsigned i = 0; parallel && i < parallel->notice_count; i++)
        if (escalation_holds(&parallel->notices[i], facts, fact_count, alert->priority))
            escalate_inform(turn, alert, &parallel->notices[i].target, parallel->notices[i].codes_only);
}

/* Whom the kinds of a case want to be told at the same time: of every victim. */
static void inform_parallel(
    struct turn *turn, struct alert *alert, Sigap__Fact *const *facts, size_t fact_count) {
    char kind[SITE_CODE_MAX + 1];
    inform_of_kind(turn, alert, alert->kind, facts, fact_count);
    for (const char *rest = alert->also; site_codes_next(&rest, kind);)
        inform_of_kind(turn, alert, kind, facts, fact_count);
}

/* A case that was parted from another one opens with who is in conflict: nobody of them is told of it. */
static void keep_out(
    struct turn *turn, const struct id *case_id, Sigap__Fact *const *facts, size_t fact_count) {
    for (size_t i = 0; i < fact_count; i++)
        if (strcmp(facts[i]->name, RIGHTS_CONFLICT_OFFICER) == 0)
            conflict_record(turn, case_id, facts[i]->value);
}

enum verdict react_case_opened(struct turn *turn, const Sigap__Event *event) {
    const Sigap__CaseOpened *opened = event->case_opened;
    struct id case_id, report;
    if (!case_of(event, &case_id))
        return turn_park(turn, "a case without id was opened");
    if (id_of(opened->report_id, &report))
        report_is_seen_to(turn, &report, "case_opened");
    keep_out(turn, &case_id, opened->facts, opened->n_facts); /* also of one that nobody is told of yet */
    int priority = priority_of(opened->priority, SITE_P2);
    if (priority == SITE_P4)
        return VERDICT_DONE;
    struct alert *alert = alert_new(turn, &case_id, SUBJECT_CASE, &case_id, priority);
    if (!alert)
        return VERDICT_RETRY;
    describe(turn, alert, opened->kind, opened->area, (int)opened->confidentiality - 1);
    describe_facts(turn, alert, opened->facts, opened->n_facts);
    alert->unverified = opened->unverified;
    if (opened->n_alike)
        copy_text(alert->detail, sizeof alert->detail, "possibly_same");
    escalate_start(turn, alert, SITUATION_CASE, &(struct escalation_first){0});
    inform_parallel(turn, alert, opened->facts, opened->n_facts);
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
    const struct alert *like = newest_of_case(all, alert_list(turn, case_id, all));
    bool drill_only = like && is_drill_only(turn, like);
    if (like && like->priority == SITE_P0 && asks(like) && !drill_only)
        return VERDICT_DONE;
    struct alert *alert = alert_like(turn, case_id, SUBJECT_CASE, case_id, SITE_P0, like);
    if (!alert)
        return VERDICT_RETRY;
    if (!like)
        describe_brief(turn, alert, brief);
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
    if (id_of(joined->report_id, &report))
        report_is_seen_to(turn, &report, "joined");
    if (!joined->danger)
        return VERDICT_DONE;
    if (!case_of(event, &case_id))
        return turn_park(turn, "a report joined a case without id");
    return alert_of_witness(turn, &case_id, joined->brief);
}

enum verdict react_report_closed(struct turn *turn, const Sigap__ReportClosed *closed) {
    struct id report;
    if (id_of(closed->report_id, &report))
        report_is_seen_to(turn, &report, "closed");
    return VERDICT_DONE;
}

/* What is in review waits for a person who works through the queue; only what may cost a life wakes one. */
enum verdict react_report_in_review(struct turn *turn, const Sigap__ReportInReview *review) {
    struct id report;
    if (!id_of(review->report_id, &report))
        return turn_park(turn, "a report without id is in review");
    report_is_taken(turn, &report);
    int priority = priority_of(review->priority, SITE_P2);
    if (!review->danger && priority > SITE_P1)
        return VERDICT_DONE;
    struct alert *alert =
        alert_new(turn, &report, SUBJECT_REVIEW, &report, review->danger ? SITE_P0 : priority);
    if (!alert)
        return VERDICT_RETRY;
    describe(turn, alert, review->kind, review->area, SITE_C0);
    describe_also(turn, alert, review->also_kinds);
    alert->unverified = true;
    copy_text(alert->detail, sizeof alert->detail, review->n_alike ? "possibly_same" : review->reason);
    escalate_start(turn, alert, SITUATION_REVIEW, &(struct escalation_first){.role = review->owner_role});
    escalate_started(turn, alert);
    return VERDICT_DONE;
}

/* The policy that would be taken for the case as it is now. */
static const struct policy *policy_of_now(struct turn *turn, const struct alert *alert) {
    const struct notifier *notifier = turn->state;
    return escalation_policy(
        notifier->escalation, SITUATION_CASE, alert->priority, alert->confidentiality, alert->kind);
}

/* Strangers to the policy that such a secret has are called until now. */
static bool becomes_secret(struct turn *turn, const struct alert *alert, int confidentiality_before) {
    const struct policy *policy = policy_of_now(turn, alert);
    return alert->confidentiality > confidentiality_before && policy && policy->number != alert->policy;
}

static const struct team *team_of_target(
    const struct notifier *notifier, const struct alert *alert, const struct policy_target *target) {
    const struct team *team = teams_of_role(notifier->teams, target->role, alert->area, target->area);
    const struct liaison *liaison = team ? NULL : teams_liaison(notifier->teams, target->role);
    return liaison ? teams_of_role(notifier->teams, liaison->owner, alert->area, POLICY_CASE) : team;
}

static bool is_of_policy(struct turn *turn, const struct alert *alert, const struct team *team) {
    const struct policy *policy = escalate_policy(turn, alert);
    for (unsigned position = 0; policy && position <= policy_final(policy); position++) {
        enum policy_channels channels;
        unsigned count;
        const struct policy_target *targets = policy_targets(policy, position, &count, &channels);
        for (unsigned i = 0; i < count; i++)
            if (team_of_target(turn->state, alert, &targets[i]) == team)
                return true;
    }
    return false;
}

static bool is_recalled(const struct alert *alert, const char *team) {
    for (unsigned i = 0; i < alert->delivery_count; i++)
        if (alert->deliveries[i].purpose == PURPOSE_RECALLED && strcmp(alert->deliveries[i].team, team) == 0)
            return true;
    return false;
}

/* Whoever was called before and is of the new policy is called at once, whatever step they are of; the others
 * hear that it is not theirs. before: is over, the links in its messages answer nothing. */
static void part_callers(struct turn *turn, struct alert *before, struct alert *alert) {
    const struct notifier *notifier = turn->state;
    for (unsigned i = 0, count = before->delivery_count; i < count; i++) {
        const struct delivery *each = &before->deliveries[i];
        const struct team *team = teams_find(notifier->teams, each->team);
        if ((each->purpose != PURPOSE_ALERT && each->purpose != PURPOSE_AGAIN) || !delivery_went_out(each) ||
            !team || escalate_was_told(alert, team->id) || is_recalled(before, team->id))
            continue;
        if (is_of_policy(turn, alert, team))
            outgoing_tell(turn, alert, team, "", POLICY_ANY, PURPOSE_ALERT, POLICY_ONE);
        else
            outgoing_tell(turn, before, team, "", POLICY_ALL, PURPOSE_RECALLED, POLICY_ONE);
    }
    outgoing_push(turn, before);
    alert_write(turn, before);
}

/* What a record says of a case that is known. */
struct news {
    const char *kind, *area; /* "": as they were */
    const Sigap__CaseBrief *brief;
    Sigap__Fact *const *facts;
    size_t fact_count;
    bool secret; /* it becomes_secret() */
};

static enum verdict alert_again(struct turn *turn, const struct id *case_id, struct alert *before,
    int priority, const struct news *news) {
    bool calls = before && asks(before);
    struct alert *alert = alert_new(turn, case_id, SUBJECT_CASE, case_id, priority);
    if (!alert)
        return VERDICT_RETRY;
    if (before) {
        describe_as(alert, before);
        alert->unverified = before->unverified;
        outgoing_withdraw(turn, before, DELIVERY_SUPERSEDED);
        escalate_stand_down(turn, before, PURPOSES, "superseded");
        alert->chain = before->chain;
    } else {
        describe_brief(turn, alert, news->brief);
        describe_facts(turn, alert, news->facts, news->fact_count);
    }
    describe(turn, alert, news->kind[0] ? news->kind : alert->kind, news->area, alert->confidentiality);
    escalate_start(turn, alert, SITUATION_CASE, &(struct escalation_first){0});
    if (calls && news->secret)
        part_callers(turn, before, alert);
    inform_parallel(turn, alert, news->facts, news->fact_count);
    escalate_started(turn, alert);
    return VERDICT_DONE;
}

/* Somebody has it, and keeps it: by now others would have been called. They hear that it is in hands, and it
 * goes on by the new policy should it be given back. */
static void tell_beside(struct turn *turn, struct alert *alert, bool secret) {
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
    const struct alert *known = newest_of_case(all, count);
    bool added = false;
    for (size_t i = 0; i < changed->n_facts; i++) {
        const char *value = changed->facts[i]->value;
        if (strcmp(changed->facts[i]->name, SITE_FACT_ALSO_KINDS) != 0)
            continue;
        const char *also = site_codes_join(turn->arena, known ? known->also : "", value);
        if (also)
            describe_all(turn, all, count, value, also);
        added = true;
    }
    return added;
}

/* How urgent the case was for those who look after it. An alert that still asks says it; whoever has answered
 * one, or was stood down, may have seen the case lowered since. */
static int urgency_before(const struct alert *alert, const Sigap__CaseChanged *changed) {
    int told = priority_of(changed->priority_before, SITE_P4);
    if (!alert)
        return told;
    int before = priority_of(changed->priority_before, alert->priority);
    return asks(alert) || alert->priority > before ? alert->priority : before;
}

/* Not when the alert is more urgent than the case was: a witness of danger made it so. */
static bool is_lowered(const struct alert *alert, const Sigap__CaseChanged *changed, int priority) {
    return priority > alert->priority && priority_of(changed->priority_before, SITE_P4) <= alert->priority;
}

/* What has changed is not more urgent. */
static void tell_changed(
    struct turn *turn, struct alert *alert, const Sigap__CaseChanged *changed, bool secret) {
    bool placed = changed->area[0] && alert_is_critical(alert);
    if (asks(alert))
        escalate_catch_up(turn, alert);
    else if (alert->state == ALERT_STATE_ANSWERED && (secret || placed))
        tell_beside(turn, alert, secret);
    if (alert->state != ALERT_STATE_STOOD_DOWN) /* whoever has accepted it is not alone in it */
        inform_parallel(turn, alert, changed->facts, changed->n_facts);
    outgoing_push(turn, alert);
    alert_write(turn, alert);
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
    if (!case_of(event, &case_id))
        return turn_park(turn, "a case without id was changed");
    unsigned count = alert_list(turn, &case_id, all);
    struct alert *alert = newest_of_case(all, count);
    int confidentiality = alert ? alert->confidentiality : SITE_C0;
    if (changed->kind[0])
        describe_all(turn, all, count, changed->kind, NULL);
    bool added = describe_added(turn, all, count, changed);
    int before = urgency_before(alert, changed);
    int priority = priority_of(changed->priority, before);
    bool lowered = alert && is_lowered(alert, changed, priority);
    if (alert) {
        describe(turn, alert, changed->kind[0] ? changed->kind : alert->kind, changed->area,
            alert->confidentiality);
        news.secret = becomes_secret(turn, alert, confidentiality);
    }
    if (priority < before)
        return alert_again(turn, &case_id, alert, priority, &news);
    if (alert && news.secret && asks(alert))
        return alert_again(turn, &case_id, alert, lowered ? priority : alert->priority, &news);
    if (!alert || (!changed->kind[0] && !changed->area[0] && !added && !lowered))
        return VERDICT_DONE;
    if (lowered)
        escalate_lower(turn, alert, priority);
    tell_changed(turn, alert, changed, news.secret && !lowered);
    return VERDICT_DONE;
}

/* --- router --- */

/* A person must decide where the case goes. detail: why. */
static enum verdict raise_referral(struct turn *turn, const struct id *case_id, const struct id *referral,
    const char *owner_role, const struct alert *like, int priority, const char *detail) {
    struct alert *alert = alert_like(turn, case_id, SUBJECT_REFERRAL, referral, priority, like);
    if (!alert)
        return VERDICT_RETRY;
    copy_text(alert->detail, sizeof alert->detail, detail);
    escalate_start(turn, alert, SITUATION_UNROUTABLE, &(struct escalation_first){.role = owner_role});
    alert->codes_only |= !like; /* nothing is known of the case */
    escalate_started(turn, alert);
    return VERDICT_DONE;
}

static enum verdict raise_unroutable(struct turn *turn, const struct id *case_id, const struct id *referral,
    const char *owner_role, const struct alert *like, int priority) {
    return raise_referral(turn, case_id, referral, owner_role, like, priority, "unroutable");
}

static void tell_draft(struct turn *turn, struct alert *alert, const char *owner_role) {
    struct policy_target owner = {.area = POLICY_CASE};
    copy_text(owner.role, sizeof owner.role, owner_role[0] ? owner_role : "KAB");
    if (!escalate_tell(turn, alert, &owner, PURPOSE_DRAFT, POLICY_ONE))
        escalate_tell_regional(turn, alert, PURPOSE_DRAFT);
}

/* Facts are missing: the owner is told; finding them out is a task, which has its own clock. Where the alert
 * of the case is open this travels with it, so that it costs no row of its own. */
static enum verdict notice_draft(struct turn *turn, const struct id *case_id, const struct id *referral,
    const char *owner_role, const struct alert *like, int priority) {
    struct alert *alert = alert_like(turn, case_id, SUBJECT_REFERRAL, referral, priority, like);
    if (!alert)
        return VERDICT_RETRY;
    alert->codes_only = true;
    copy_text(alert->detail, sizeof alert->detail, "draft");
    tell_draft(turn, alert, owner_role);
    escalate_notice(turn, alert);
    return VERDICT_DONE;
}

/* Roles a rule wants to be told travel with the alert of the case: who has heard of it already is not told
 * again. */
static void inform_roles(struct turn *turn, struct alert *alert, char **roles, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct policy_target target = {.area = POLICY_CASE};
        if (strlen(roles[i]) >= sizeof target.role)
            continue;
        strcpy(target.role, roles[i]);
        escalate_inform(turn, alert, &target, false);
    }
}

/* The alert of the case while it is open: what further is to be said of the case goes with it. NULL: none. */
static struct alert *open_alert_of(struct turn *turn, const struct id *case_id) {
    struct alert *all[ALERT_INCIDENT_MAX];
    struct alert *alert = newest_of_case(all, alert_list(turn, case_id, all));
    return alert && alert->state != ALERT_STATE_STOOD_DOWN ? alert : NULL;
}

static void write_if_more(struct turn *turn, struct alert *alert, unsigned before) {
    if (!alert || alert->delivery_count == before)
        return;
    outgoing_push(turn, alert);
    alert_write(turn, alert);
}

enum verdict react_referral_opened(struct turn *turn, const Sigap__Event *event) {
    const Sigap__ReferralOpened *opened = event->referral_opened;
    struct alert *all[ALERT_INCIDENT_MAX];
    struct id case_id, referral;
    struct alert like = {0};
    if (!case_of(event, &case_id) || !id_of(opened->referral_id, &referral))
        return turn_park(turn, "a referral without case or id");
    bool draft = opened->state == SIGAP__REFERRAL_STATE__REFERRAL_DRAFT;
    int priority = priority_of(opened->priority, SITE_P2);
    /* Owners of a normal case find it in their queue; a life is told to whoever has it at home. */
    bool home = opened->state == SIGAP__REFERRAL_STATE__REFERRAL_HOME && priority <= SITE_P1;
    struct alert *alert = draft || home || opened->n_notify_roles ? open_alert_of(turn, &case_id) : NULL;
    unsigned before = alert ? alert->delivery_count : 0;
    if (alert)
        inform_roles(turn, alert, opened->notify_roles, opened->n_notify_roles);
    if (alert && home)
        inform_roles(turn, alert, (char **)&opened->owner_role, 1);
    if (alert && draft)
        tell_draft(turn, alert, opened->owner_role);
    write_if_more(turn, alert, before);
    describe(turn, &like, opened->kind, opened->area, SITE_C0);
    like.case_id = case_id;
    like.training = turn->training;
    bool unroutable = opened->state == SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE;
    if (!unroutable && (!draft || alert))
        return VERDICT_DONE;
    describe_further(&like, newest_of_case(all, alert_list(turn, &case_id, all)));
    return (unroutable ? raise_unroutable : notice_draft)(
        turn, &case_id, &referral, opened->owner_role, &like, priority);
}

/* Details of alerts of a referral: what rings for it. */
static const char refused_twice[] = "refused twice", at_home[] = "home";

/* The referral is somewhere else now. That it was refused twice stays true until somebody takes it
 * (stand_down_case) or the case is closed. */
static void end_referral_alerts(
    struct turn *turn, struct alert **all, unsigned count, const struct id *referral) {
    for (unsigned i = 0; i < count; i++)
        if (all[i]->subject == SUBJECT_REFERRAL && id_equal(&all[i]->subject_id, referral) &&
            strcmp(all[i]->detail, refused_twice) != 0)
            escalate_stand_down(turn, all[i], PURPOSE_STAND_DOWN, "stand_down");
}

static bool is_theirs_already(
    struct alert *const *all, unsigned count, const struct id *referral, const char *owner_role) {
    for (unsigned i = 0; i < count; i++)
        if (all[i]->subject == SUBJECT_REFERRAL && id_equal(&all[i]->subject_id, referral) &&
            strcmp(all[i]->detail, at_home) == 0 && all[i]->state != ALERT_STATE_STOOD_DOWN &&
            strcmp(all[i]->owner, owner_role) == 0)
            return true;
    return false;
}

/* It goes on without a facility, and one role has it now. Where a life is at stake somebody of them must say
 * so, or the coordinator is called; others are told. */
static enum verdict tell_home(struct turn *turn, const struct id *case_id, const struct id *referral,
    const char *owner_role, const struct alert *like, int priority) {
    struct policy_target owner = {.area = POLICY_CASE};
    struct alert *alert = alert_like(turn, case_id, SUBJECT_REFERRAL, referral, priority, like);
    if (!alert)
        return VERDICT_RETRY;
    copy_text(alert->detail, sizeof alert->detail, at_home);
    copy_text(alert->owner, sizeof alert->owner, owner_role);
    if (alert_is_critical(alert)) {
        escalate_start(turn, alert, SITUATION_UNROUTABLE,
            &(struct escalation_first){.role = owner_role, .instead = true});
        alert->codes_only |= !like;
        escalate_started(turn, alert);
        return VERDICT_DONE;
    }
    alert->codes_only = true;
    copy_text(owner.role, sizeof owner.role, owner_role);
    if (!escalate_tell(turn, alert, &owner, PURPOSE_NOTICE, POLICY_ONE))
        escalate_tell_regional(turn, alert, PURPOSE_NOTICE);
    escalate_notice(turn, alert);
    return VERDICT_DONE;
}

/* Nobody has taken it for long: whose attention the router wants is told, who was asked goes on being asked.
 */
static enum verdict notice_late(struct turn *turn, const struct id *case_id, const struct id *referral,
    const char *owner_role, const struct alert *like, int priority) {
    struct policy_target owner = {.area = POLICY_CASE};
    struct alert *alert = alert_like(turn, case_id, SUBJECT_REFERRAL, referral, priority, like);
    if (!alert)
        return VERDICT_RETRY;
    alert->codes_only = true;
    copy_text(owner.role, sizeof owner.role, owner_role);
    if (!escalate_tell(turn, alert, &owner, PURPOSE_EXPIRED, POLICY_ONE))
        escalate_tell_coordinator(turn, alert, PURPOSE_EXPIRED);
    escalate_notice(turn, alert);
    return VERDICT_DONE;
}

/* The state is what it was, and the router names somebody who must know. Of what was refused twice an alert
 * rings already, from the offers. */
static enum verdict referral_wants(struct turn *turn, const struct id *case_id, const struct id *referral,
    const Sigap__ReferralMoved *moved, const struct alert *like, int priority) {
    if (!moved->owner_role[0] || strcmp(moved->reason, "refused_twice") == 0)
        return VERDICT_DONE;
    if (strcmp(moved->reason, "conflict_of_interest") == 0)
        return raise_referral(turn, case_id, referral, moved->owner_role, like, priority, "conflict");
    return notice_late(turn, case_id, referral, moved->owner_role, like, priority);
}

enum verdict react_referral_moved(struct turn *turn, const Sigap__Event *event) {
    const Sigap__ReferralMoved *moved = event->referral_moved;
    struct alert *all[ALERT_INCIDENT_MAX];
    struct id case_id, referral;
    if (!case_of(event, &case_id) || !id_of(moved->referral_id, &referral))
        return turn_park(turn, "a referral without case or id was moved");
    unsigned count = alert_list(turn, &case_id, all);
    struct alert brief = {0};
    const struct alert *like = newest_of_case(all, count);
    if (!like && moved->brief)
        like = read_brief(turn, &case_id, moved->brief, &brief);
    int priority = priority_like(turn, like);
    switch (moved->to) {
    case SIGAP__REFERRAL_STATE__REFERRAL_DRAFT:
        return notice_draft(turn, &case_id, &referral, moved->owner_role, like, priority);
    case SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE:
        return raise_unroutable(turn, &case_id, &referral, moved->owner_role, like, priority);
    case SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE:
        if (moved->from == moved->to)
            return referral_wants(turn, &case_id, &referral, moved, like, priority);
        end_referral_alerts(turn, all, count, &referral);
        break;
    case SIGAP__REFERRAL_STATE__REFERRAL_HOME:
        if (is_theirs_already(all, count, &referral, moved->owner_role))
            return VERDICT_DONE;
        end_referral_alerts(turn, all, count, &referral);
        return tell_home(turn, &case_id, &referral, moved->owner_role, like, priority);
    case SIGAP__REFERRAL_STATE__REFERRAL_REVOKED:
    case SIGAP__REFERRAL_STATE__REFERRAL_COMPLETED:
    case SIGAP__REFERRAL_STATE__REFERRAL_ERROR:
        end_referral_alerts(turn, all, count, &referral);
        break;
    case SIGAP__REFERRAL_STATE__REFERRAL_UNSPECIFIED:
    case _SIGAP__REFERRAL_STATE_IS_INT_SIZE:
        break;
    }
    return VERDICT_DONE;
}

enum verdict react_offer_sent(struct turn *turn, const Sigap__Event *event) {
    const Sigap__OfferSent *sent = event->offer_sent;
    struct alert *all[ALERT_INCIDENT_MAX];
    struct id case_id, offer;
    if (!case_of(event, &case_id) || !id_of(sent->offer_id, &offer))
        return turn_park(turn, "an offer without case or id");
    struct alert *alert =
        alert_new(turn, &case_id, SUBJECT_OFFER, &offer, priority_of(sent->priority, SITE_P2));
    if (!alert)
        return VERDICT_RETRY;
    describe(turn, alert, sent->kind, sent->area, SITE_C0);
    describe_further(alert, newest_of_case(all, alert_list(turn, &case_id, all)));
    alert->answer_by = sent->answer_by;
    copy_text(alert->facility, sizeof alert->facility, sent->facility);
    escalate_start(turn, alert, SITUATION_OFFER, &(struct escalation_first){0});
    escalate_started(turn, alert);
    return VERDICT_DONE;
}

static struct alert *find_offer(struct alert *const *all, unsigned count, const struct id *offer) {
    for (unsigned i = 0; i < count; i++)
        if (all[i]->subject == SUBJECT_OFFER && id_equal(&all[i]->subject_id, offer))
            return all[i];
    return NULL;
}

/* A place is found: everybody who was woken for this case hears so, and that tasks of theirs go on. */
static void stand_down_case(
    struct turn *turn, struct alert **all, unsigned count, const struct alert *except) {
    for (unsigned i = 0; i < count; i++) {
        enum delivery_purpose farewell =
            all[i]->subject == SUBJECT_CASE ? PURPOSE_PLACED : PURPOSE_STAND_DOWN;
        if (all[i]->subject != SUBJECT_TASK && all[i]->answerable)
            escalate_stand_down(turn, all[i], all[i] == except ? PURPOSES : farewell, "stand_down");
    }
}

/* Its facility has a link by which it may still give it back, see answer.c. */
static void offer_is_taken(struct turn *turn, struct alert **all, unsigned count, struct alert *offer) {
    copy_text(offer->detail, sizeof offer->detail, ALERT_OFFER_TAKEN);
    stand_down_case(turn, all, count, offer);
}

static const char refused[] = "refused";

static void tell_refused_twice(
    struct turn *turn, struct alert *const *all, unsigned count, const struct alert *offer) {
    unsigned refusals = 0;
    for (unsigned i = 0; i < count; i++) {
        refusals += all[i]->subject == SUBJECT_OFFER && strcmp(all[i]->detail, refused) == 0;
        if (all[i]->subject == SUBJECT_REFERRAL && strcmp(all[i]->detail, refused_twice) == 0)
            return; /* told already */
    }
    struct alert *alert =
        refusals >= 2 ? alert_new(turn, &offer->case_id, SUBJECT_REFERRAL, &offer->case_id, offer->priority)
                      : NULL;
    if (!alert)
        return;
    describe_as(alert, offer);
    copy_text(alert->detail, sizeof alert->detail, refused_twice);
    escalate_start(turn, alert, SITUATION_REFUSED_TWICE, &(struct escalation_first){0});
    escalate_started(turn, alert);
}

/* The facility will not take it: the coordinator hears of it, the facility that its answer, or what it has
 * taken on, is no longer waited for. taken: it had accepted. */
static void offer_is_lost(
    struct turn *turn, struct alert *offer, enum delivery_purpose purpose, bool taken, bool tell_facility) {
    const struct notifier *notifier = turn->state;
    enum alert_state from = offer->state;
    bool moved = alert_do(offer, MOVE_STAND_DOWN); /* not when it had accepted before and now declines */
    if (!moved && !taken && purpose == PURPOSE_WITHDRAWN)
        return;
    outgoing_withdraw(turn, offer, DELIVERY_CANCELLED);
    if (purpose != PURPOSE_WITHDRAWN) {
        copy_text(offer->detail, sizeof offer->detail, refused);
        escalate_tell_regional(turn, offer, purpose);
    }
    const struct team *team = teams_of_facility(notifier->teams, "UPT", offer->facility);
    if (tell_facility && team && (taken || escalate_was_told(offer, team->id)))
        outgoing_tell(turn, offer, team, "", POLICY_ALL, PURPOSE_WITHDRAWN, POLICY_ONE);
    if (moved)
        escalate_announce_move(turn, offer, from, "stand_down", "", "");
    escalate_schedule(turn, offer);
    outgoing_push(turn, offer);
    alert_write(turn, offer);
}

static const struct policy_target facility = {"UPT", POLICY_FACILITY, POLICY_ALL};
static const struct policy_target province = {"PRO", POLICY_PROVINCE, POLICY_ANY};

/* The router's clock: 1 the facility is reminded, 2 the region hears of it, 3 the province. */
static void offer_is_late(struct turn *turn, struct alert *offer, unsigned escalation) {
    if (escalation <= offer->reminded || offer->state == ALERT_STATE_STOOD_DOWN)
        return;
    offer->reminded = (uint8_t)(escalation > 3 ? 3 : escalation);
    switch (offer->reminded) {
    case 1:
        escalate_tell(turn, offer, &facility, PURPOSE_REMINDER, POLICY_ONE);
        break;
    case 2:
        escalate_tell_regional(turn, offer, PURPOSE_EXPIRED);
        break;
    default: /* 3 */
        escalate_tell(turn, offer, &province, PURPOSE_EXPIRED, POLICY_ONE);
        break;
    }
    outgoing_push(turn, offer);
    alert_write(turn, offer);
}

static bool has_taken(Sigap__OfferState state) {
    return state == SIGAP__OFFER_STATE__OFFER_ACCEPTED || state == SIGAP__OFFER_STATE__OFFER_IN_PROGRESS ||
           state == SIGAP__OFFER_STATE__OFFER_ON_HOLD;
}

static bool is_more_urgent(const Sigap__OfferMoved *moved) {
    return strcmp(moved->event, "more_urgent") == 0;
}

/* The case of an open offer has become more urgent: its facility has less time from now on, so it is called
 * anew, by the policy of such an offer, and not in the morning. It stays one alert: the links of the first
 * message answer it, too. */
static void raise_offer(struct turn *turn, struct alert *offer, int priority, int64_t answer_by) {
    outgoing_withdraw(turn, offer, DELIVERY_SUPERSEDED);
    alert_do(offer, MOVE_LAPSE); /* only what was answered, and the router still waits for */
    offer->priority = priority;
    offer->answer_by = answer_by;
    offer->position = 0;
    offer->base_at = turn->now;
    offer->answered_at = offer->respond_from = offer->snoozed_until = 0;
    offer->answered_team[0] = offer->answered_by[0] = 0;
    offer->reminded = 0;
    offer->finished = offer->progressed = false;
    offer->next_at = 0; /* critical ones have timers of their own */
    offer->version++;
    escalate_start(turn, offer, SITUATION_OFFER, &(struct escalation_first){0});
    escalate_started(turn, offer);
}

/* As the router says. One of yesterday does not: then as the case itself became. like: NULL unknown. */
static void offer_follows(
    struct turn *turn, struct alert *offer, const Sigap__OfferMoved *moved, const struct alert *like) {
    bool waits =
        moved->to == SIGAP__OFFER_STATE__OFFER_REQUESTED || moved->to == SIGAP__OFFER_STATE__OFFER_RECEIVED;
    int otherwise = is_more_urgent(moved) && like ? like->priority : offer->priority;
    int priority = priority_of(moved->priority, otherwise);
    if (priority >= offer->priority)
        return;
    if (waits && offer->answerable && offer->state != ALERT_STATE_STOOD_DOWN)
        raise_offer(turn, offer, priority, moved->answer_by);
    else
        offer->priority = priority;
}

/* A router of yesterday does not say so of what was accepted. */
static void tell_taken_is_urgent(struct turn *turn, struct alert *offer, const Sigap__OfferMoved *moved) {
    if (moved->priority != SIGAP__PRIORITY__PRIORITY_UNSPECIFIED)
        escalate_tell(
            turn, offer, &facility, PURPOSE_DUE, alert_is_critical(offer) ? POLICY_TWO : POLICY_ONE);
}

/* The same clock once the facility has accepted: it has not begun, the stay is too long. The alert of the
 * offer is over; what is told here asks for no answer by a link. Each mark comes once. */
static void taken_is_late(struct turn *turn, struct alert *offer, const Sigap__OfferMoved *moved) {
    unsigned before = offer->delivery_count;
    if (strcmp(moved->event, "request_cancel") == 0)
        escalate_tell(turn, offer, &facility, PURPOSE_ASKED_BACK, POLICY_ONE);
    else if (is_more_urgent(moved)) /* that repeats the mark */
        tell_taken_is_urgent(turn, offer, moved);
    else if (moved->escalation == 0)
        return;
    else if (moved->escalation == 1)
        escalate_tell(turn, offer, &facility, PURPOSE_DUE, POLICY_ONE);
    else if (moved->escalation == 2)
        escalate_tell_regional(turn, offer, PURPOSE_LATE);
    else if (!escalate_tell(turn, offer, &province, PURPOSE_LATE, POLICY_ONE))
        escalate_tell_coordinator(turn, offer, PURPOSE_LATE);
    write_if_more(turn, offer, before);
}

/* The alert of an offer of a long case is forgotten soon after it was accepted: what is to be said of it
 * later goes with a notice. Written only when there is something to say. */
static struct alert *offer_anew(struct turn *turn, const Sigap__OfferMoved *moved, const struct id *case_id,
    const struct id *id, const struct alert *like) {
    int priority = priority_of(moved->priority, priority_like(turn, like));
    struct alert *offer = alert_like(turn, case_id, SUBJECT_OFFER, id, priority, like);
    if (!offer)
        return NULL;
    offer->codes_only = true;
    copy_text(offer->facility, sizeof offer->facility, moved->facility);
    return offer;
}

enum verdict react_offer_moved(struct turn *turn, const Sigap__Event *event) {
    const Sigap__OfferMoved *moved = event->offer_moved;
    struct alert *all[ALERT_INCIDENT_MAX];
    struct id case_id, id;
    if (!case_of(event, &case_id) || !id_of(moved->offer_id, &id))
        return turn_park(turn, "an offer without case or id was moved");
    unsigned count = alert_list(turn, &case_id, all);
    bool taken = has_taken(moved->from);
    struct alert *offer = find_offer(all, count, &id);
    if (!offer && taken && !(offer = offer_anew(turn, moved, &case_id, &id, newest_of_case(all, count))))
        return VERDICT_RETRY;
    if (!offer)
        return VERDICT_DONE; /* told of before this store began */
    offer_follows(turn, offer, moved, newest_of_case(all, count));
    switch (moved->to) {
    case SIGAP__OFFER_STATE__OFFER_ACCEPTED:
        if (taken)
            taken_is_late(turn, offer, moved);
        else
            offer_is_taken(turn, all, count, offer);
        break;
    case SIGAP__OFFER_STATE__OFFER_REJECTED:
        offer_is_lost(turn, offer, PURPOSE_REJECTED, taken, false);
        tell_refused_twice(turn, all, count, offer);
        break;
    case SIGAP__OFFER_STATE__OFFER_EXPIRED:
        offer_is_lost(turn, offer, PURPOSE_EXPIRED, taken, true);
        tell_refused_twice(turn, all, count, offer);
        break;
    case SIGAP__OFFER_STATE__OFFER_FAILED:
        offer_is_lost(turn, offer, PURPOSE_REJECTED, taken, false);
        break;
    case SIGAP__OFFER_STATE__OFFER_CANCELLED:
    case SIGAP__OFFER_STATE__OFFER_ERROR:
        offer_is_lost(turn, offer, PURPOSE_WITHDRAWN, taken, true);
        break;
    case SIGAP__OFFER_STATE__OFFER_REQUESTED:
    case SIGAP__OFFER_STATE__OFFER_RECEIVED:
        offer_is_late(turn, offer, moved->escalation);
        break;
    case SIGAP__OFFER_STATE__OFFER_IN_PROGRESS:
    case SIGAP__OFFER_STATE__OFFER_ON_HOLD:
        taken_is_late(turn, offer, moved);
        break;
    case SIGAP__OFFER_STATE__OFFER_COMPLETED:
    case SIGAP__OFFER_STATE__OFFER_UNSPECIFIED:
    case _SIGAP__OFFER_STATE_IS_INT_SIZE:
        break;
    }
    return VERDICT_DONE;
}

/* --- casework --- */

/* The team that owns a task; a liaison's where it is an agency's; the region's coordinator otherwise. Never
 * nobody. */
static void tell_owner(
    struct turn *turn, struct alert *alert, const Sigap__Task *task, enum delivery_purpose purpose) {
    const struct notifier *notifier = turn->state;
    const struct team *team = teams_find(notifier->teams, task->owner);
    struct policy_target role = {.area = POLICY_CASE};
    if (team) {
        if (!escalate_was_told(alert, team->id))
            outgoing_tell(turn, alert, team, "", POLICY_ANY, purpose, POLICY_ONE);
        return;
    }
    copy_text(role.role, sizeof role.role, task->role);
    if (!escalate_tell(turn, alert, &role, purpose, POLICY_ONE))
        escalate_tell_regional(turn, alert, purpose);
}

static void add_code(struct alert *alert, const char *code) {
    size_t used = strlen(alert->detail);
    add_word(alert->detail, sizeof alert->detail, &used, code);
}

/* Owners of a normal case find their tasks in their queue; TaskReminder tells them when time runs. Where a
 * life is at stake those who have not heard of the case yet hear at once that tasks with a deadline wait for
 * them. */
enum verdict react_tasks_planned(struct turn *turn, const Sigap__Event *event) {
    const Sigap__TasksPlanned *planned = event->tasks_planned;
    struct id case_id;
    if (turn->source.lane != LANE_URGENT || !case_of(event, &case_id))
        return VERDICT_DONE;
    struct alert *alert = open_alert_of(turn, &case_id);
    if (!alert && !(alert = alert_new(turn, &case_id, SUBJECT_TASK, &case_id, SITE_P1)))
        return VERDICT_RETRY;
    alert->codes_only |= alert->row == 0; /* nothing is known of the case */
    unsigned before = alert->delivery_count;
    for (size_t i = 0; i < planned->n_tasks; i++)
        if (planned->tasks[i]->state == SIGAP__TASK_STATE__TASK_DUE)
            tell_owner(turn, alert, planned->tasks[i], PURPOSE_TASK);
    write_if_more(turn, alert, before);
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
    const struct notifier *notifier = turn->state;
    struct escalation_first first = {
        .team = teams_find(notifier->teams, reminder->task->owner), .role = NULL};
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
    describe_further(alert, like);
    if (reminder->also_kinds[0])
        describe_also(turn, alert, reminder->also_kinds);
    if (confidentiality > alert->confidentiality)
        alert->confidentiality = confidentiality;
}

enum verdict react_task_reminder(struct turn *turn, const Sigap__Event *event) {
    const Sigap__TaskReminder *reminder = event->task_reminder;
    struct alert *all[ALERT_INCIDENT_MAX];
    struct id case_id, task;
    if (!reminder->task || !case_of(event, &case_id) || !id_of(reminder->task->task_id, &task))
        return turn_park(turn, "a task reminder without case or task");
    unsigned count = alert_list(turn, &case_id, all);
    bool overdue = reminder->percent >= 100;
    struct alert *alert = find_task(all, count, &task, overdue), *like = newest_of_case(all, count);
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
        alert = alert_new(turn, &case_id, SUBJECT_TASK, &task, priority_of(reminder->priority, SITE_P2));
        if (!alert)
            return VERDICT_RETRY;
        describe(turn, alert, reminder->kind, reminder->area, SITE_C0);
        describe_task(turn, alert, reminder, like);
        alert->codes_only = true;
        add_code(alert, reminder->task->code);
    }
    if (overdue)
        return raise_overdue(turn, reminder, alert);
    if (reminder->percent == 0 && alert->delivery_count)
        return VERDICT_DONE;
    const struct team *team = teams_find(((struct notifier *)turn->state)->teams, reminder->task->owner);
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
    if (!moved->task || !case_of(event, &case_id) || !id_of(moved->task->task_id, &task))
        return turn_park(turn, "a task without case or id was moved");
    bool done = moved->task->state == SIGAP__TASK_STATE__TASK_DONE;
    if (!done && !is_late_no_more(moved))
        return VERDICT_DONE;
    unsigned count = alert_list(turn, &case_id, all);
    struct alert *alert = find_task(all, count, &task, true);
    if (alert)
        escalate_stand_down(turn, alert, PURPOSES, done ? "task_done" : "task_moved");
    if (done)
        note_progress(turn, newest_of_case(all, count));
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
    conflict_record(turn, case_id, accounts);
    char *rest = arena_text(turn->arena, accounts);
    bool training = turn->training;
    for (char *word; rest && (word = strtok_r(rest, " ", &rest));)
        leave_out_one(turn, case_id, word);
    turn->training = training; /* the alerts' own is theirs alone */
}

/* A fact that was not known when the case opened may mean that somebody else must be told now. */
enum verdict react_fact_recorded(struct turn *turn, const Sigap__Event *event) {
    const struct notifier *notifier = turn->state;
    Sigap__Fact *fact = event->fact_recorded->fact;
    struct alert *all[ALERT_INCIDENT_MAX];
    struct id case_id;
    if (fact && strcmp(fact->name, RIGHTS_CONFLICT_OFFICER) == 0 && case_of(event, &case_id))
        leave_out(turn, &case_id, fact->value);
    bool also = fact && strcmp(fact->name, SITE_FACT_ALSO_KINDS) == 0;
    if (!fact || !(also || escalation_asks(notifier->escalation, fact->name)) || !case_of(event, &case_id))
        return VERDICT_DONE;
    unsigned count = alert_list(turn, &case_id, all);
    struct alert *alert = newest_of_case(all, count);
    int confidentiality = alert ? alert->confidentiality : SITE_C0;
    if (also)
        describe_all(turn, all, count, fact->value, fact->value);
    if (!alert || alert->state == ALERT_STATE_STOOD_DOWN)
        return VERDICT_DONE;
    const struct news news = {.kind = "",
        .area = "",
        .facts = &fact,
        .fact_count = 1,
        .secret = becomes_secret(turn, alert, confidentiality)};
    if (news.secret && asks(alert))
        return alert_again(turn, &case_id, alert, alert->priority, &news);
    unsigned before = alert->delivery_count;
    if (news.secret)
        tell_beside(turn, alert, true);
    inform_parallel(turn, alert, &fact, 1);
    if (also || alert->delivery_count != before) {
        outgoing_push(turn, alert);
        alert_write(turn, alert);
    }
    return VERDICT_DONE;
}

/* like: NULL where nothing is known of the case here but its brief. */
static enum verdict alert_reopened(
    struct turn *turn, const struct id *case_id, const struct alert *like, const Sigap__CaseBrief *brief) {
    int priority = like ? like->priority : brief ? priority_of(brief->priority, SITE_P2) : SITE_P4;
    if (priority == SITE_P4)
        return VERDICT_DONE;
    struct alert *alert = alert_like(turn, case_id, SUBJECT_CASE, case_id, priority, like);
    if (!alert)
        return VERDICT_RETRY;
    if (!like)
        describe_brief(turn, alert, brief);
    copy_text(alert->detail, sizeof alert->detail, "reopened");
    escalate_start(turn, alert, SITUATION_CASE, &(struct escalation_first){0});
    escalate_started(turn, alert);
    return VERDICT_DONE;
}

enum verdict react_case_closed(struct turn *turn, const Sigap__Event *event) {
    struct alert *all[ALERT_INCIDENT_MAX];
    struct id case_id;
    if (!case_of(event, &case_id))
        return turn_park(turn, "a case without id was closed");
    unsigned count = alert_list(turn, &case_id, all);
    if (event->case_closed->reopened)
        return alert_reopened(turn, &case_id, newest_of_case(all, count), event->case_closed->brief);
    for (unsigned i = 0; i < count; i++)
        escalate_stand_down(turn, all[i], all[i]->answerable ? PURPOSE_STAND_DOWN : PURPOSES, "closed");
    return VERDICT_DONE;
}

/* --- every daemon --- */

/* Somebody still has to look, or is looking, at what was parked before: the further one is found beside it.
 */
static bool is_looked_at(const struct alert *alert) {
    return asks(alert) || (alert->state == ALERT_STATE_ANSWERED && !alert->finished);
}

/* One alert an hour for a daemon and lane: a storm of parked inputs is one thing to look at. Not once that
 * was seen to: nobody would look a second time. */
enum verdict react_input_parked(struct turn *turn, const Sigap__InputParked *parked) {
    enum { HOUR_MS = 3600000 };
    uint8_t tail[16];
    struct alert *all[ALERT_INCIDENT_MAX];
    bool urgent = parked->lane == LANE_URGENT;
    crypto_generichash(
        tail, sizeof tail, (const uint8_t *)turn->source.journal, strlen(turn->source.journal), NULL, 0);
    struct id incident = id_make(turn->now - turn->now % HOUR_MS, tail);
    unsigned count = alert_list(turn, &incident, all);
    for (unsigned i = 0; i < count; i++)
        if (all[i]->priority <= (urgent ? SITE_P0 : SITE_P2) && is_looked_at(all[i]))
            return VERDICT_DONE;
    struct alert *alert = alert_new(turn, &incident, SUBJECT_PARKED, &incident, urgent ? SITE_P0 : SITE_P2);
    if (!alert)
        return VERDICT_RETRY;
    snprintf(alert->detail, sizeof alert->detail, "%s %llu", turn->source.journal,
        (unsigned long long)parked->number);
    escalate_start(turn, alert, SITUATION_SYSTEM, &(struct escalation_first){0});
    escalate_started(turn, alert);
    return VERDICT_DONE;
}
