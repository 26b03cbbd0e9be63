/* What the router says: referrals and offers. */
#include "react_parts.h"

#include "answer.h"
#include "common/texts.h"
#include "conflict.h"
#include "escalate.h"
#include "outgoing.h"

#include <string.h>

/* A person must decide where the case goes. detail: why. */
static enum verdict raise_referral(struct turn *turn, const struct id *case_id, const struct id *referral,
    const char *owner_role, const struct alert *like, int priority, const char *detail) {
    struct alert *alert = react_alert_like(turn, case_id, SUBJECT_REFERRAL, referral, priority, like);
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
    struct alert *alert = react_alert_like(turn, case_id, SUBJECT_REFERRAL, referral, priority, like);
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

enum verdict react_referral_opened(struct turn *turn, const Sigap__Event *event) {
    const Sigap__ReferralOpened *opened = event->referral_opened;
    struct alert *all[ALERT_INCIDENT_MAX];
    struct id case_id, referral;
    struct alert like = {0};
    if (!react_case(event, &case_id) || !react_id(opened->referral_id, &referral))
        return turn_park(turn, "a referral without case or id");
    bool draft = opened->state == SIGAP__REFERRAL_STATE__REFERRAL_DRAFT;
    int priority = react_priority(opened->priority, SITE_P2);
    /* Owners of a normal case find it in their queue; a life is told to whoever has it at home. */
    bool home = opened->state == SIGAP__REFERRAL_STATE__REFERRAL_HOME && priority <= SITE_P1;
    struct alert *alert = draft || home || opened->n_notify_roles ? react_open_alert(turn, &case_id) : NULL;
    unsigned before = alert ? alert->delivery_count : 0;
    if (alert)
        inform_roles(turn, alert, opened->notify_roles, opened->n_notify_roles);
    if (alert && home)
        inform_roles(turn, alert, (char **)&opened->owner_role, 1);
    if (alert && draft)
        tell_draft(turn, alert, opened->owner_role);
    react_write_if_more(turn, alert, before);
    react_describe(turn, &like, opened->kind, opened->area, SITE_C0);
    like.case_id = case_id;
    like.training = turn->training;
    bool unroutable = opened->state == SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE;
    if (!unroutable && (!draft || alert))
        return VERDICT_DONE;
    react_describe_further(&like, react_newest_of_case(all, alert_list(turn, &case_id, all)));
    return (unroutable ? raise_unroutable : notice_draft)(
        turn, &case_id, &referral, opened->owner_role, &like, priority);
}

/* Details of alerts of a referral: what rings for it. */
static const char refused_twice[] = "refused twice", at_home[] = "home";

/* Somebody may still be with those who are accused, until a person says otherwise or the client has come to
 * another place. */
static bool is_of_conflict(const struct alert *alert) {
    return alert->subject == SUBJECT_REFERRAL && strcmp(alert->detail, ALERT_CONFLICT) == 0;
}

/* The referral is somewhere else now. That it was refused twice stays true until somebody takes it
 * (stand_down_case) or the case is closed. */
static void end_referral_alerts(
    struct turn *turn, struct alert **all, unsigned count, const struct id *referral) {
    for (unsigned i = 0; i < count; i++)
        if (all[i]->subject == SUBJECT_REFERRAL && id_equal(&all[i]->subject_id, referral) &&
            strcmp(all[i]->detail, refused_twice) != 0 && !is_of_conflict(all[i]))
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
    struct alert *alert = react_alert_like(turn, case_id, SUBJECT_REFERRAL, referral, priority, like);
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
    react_tell_role(turn, alert, owner_role, PURPOSE_NOTICE);
    escalate_notice(turn, alert);
    return VERDICT_DONE;
}

/* Nobody has taken it for long: whose attention the router wants is told, who was asked goes on being asked.
 */
static enum verdict notice_late(struct turn *turn, const struct id *case_id, const struct id *referral,
    const char *owner_role, const struct alert *like, int priority) {
    struct policy_target owner = {.area = POLICY_CASE};
    struct alert *alert = react_alert_like(turn, case_id, SUBJECT_REFERRAL, referral, priority, like);
    if (!alert)
        return VERDICT_RETRY;
    alert->codes_only = true;
    copy_text(owner.role, sizeof owner.role, owner_role);
    if (!escalate_tell(turn, alert, &owner, PURPOSE_EXPIRED, POLICY_ONE))
        escalate_tell_coordinator(turn, alert, PURPOSE_EXPIRED);
    escalate_notice(turn, alert);
    return VERDICT_DONE;
}

/* Whoever is in danger may be with those who are accused: one degree more urgent than the case was (ESC-10).
 * It rings until a person answers, wherever the case is placed meanwhile. */
static enum verdict raise_conflict(struct turn *turn, const struct id *case_id, const struct id *referral,
    const Sigap__ReferralMoved *moved, const struct alert *like, int priority) {
    int raised = priority > SITE_P0 ? priority - 1 : priority;
    return raise_referral(turn, case_id, referral, moved->owner_role, like, raised, ALERT_CONFLICT);
}

/* The state is what it was, and the router names somebody who must know. Of what was refused twice an alert
 * rings already, from the offers. */
static enum verdict referral_wants(struct turn *turn, const struct id *case_id, const struct id *referral,
    const Sigap__ReferralMoved *moved, const struct alert *like, int priority) {
    if (!moved->owner_role[0] || strcmp(moved->reason, "refused_twice") == 0)
        return VERDICT_DONE;
    if (strcmp(moved->reason, "conflict_of_interest") == 0)
        return raise_conflict(turn, case_id, referral, moved, like, priority);
    return notice_late(turn, case_id, referral, moved->owner_role, like, priority);
}

enum verdict react_referral_moved(struct turn *turn, const Sigap__Event *event) {
    const Sigap__ReferralMoved *moved = event->referral_moved;
    struct alert *all[ALERT_INCIDENT_MAX];
    struct id case_id, referral;
    if (!react_case(event, &case_id) || !react_id(moved->referral_id, &referral))
        return turn_park(turn, "a referral without case or id was moved");
    unsigned count = alert_list(turn, &case_id, all);
    struct alert brief = {0};
    const struct alert *like = react_newest_of_case(all, count);
    if (!like && moved->brief)
        like = react_read_brief(turn, &case_id, moved->brief, &brief);
    int priority = react_priority_like(turn, like);
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
    if (!react_case(event, &case_id) || !react_id(sent->offer_id, &offer))
        return turn_park(turn, "an offer without case or id");
    struct alert *alert =
        alert_new(turn, &case_id, SUBJECT_OFFER, &offer, react_priority(sent->priority, SITE_P2));
    if (!alert)
        return VERDICT_RETRY;
    react_describe(turn, alert, sent->kind, sent->area, SITE_C0);
    react_describe_further(alert, react_newest_of_case(all, alert_list(turn, &case_id, all)));
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
        if (all[i]->subject != SUBJECT_TASK && all[i]->answerable && !is_of_conflict(all[i]))
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
    react_describe_as(alert, offer);
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

/* Not with those who are accused any more. */
static void client_is_there(struct turn *turn, struct alert *const *all, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        if (is_of_conflict(all[i]))
            escalate_stand_down(turn, all[i], PURPOSE_STAND_DOWN, "stand_down");
}

/* Its facility has the case no more, and hears no more of it. Taken away, it reads that others have it now,
 * and nothing of why. */
static void note_over(struct alert *offer, const Sigap__OfferMoved *moved) {
    bool reassigned = strcmp(moved->reason, ALERT_OFFER_REASSIGNED) == 0;
    if (reassigned || strcmp(offer->detail, ALERT_OFFER_TAKEN) == 0)
        copy_text(offer->detail, sizeof offer->detail, reassigned ? ALERT_OFFER_REASSIGNED : "");
}

static void offer_is_done(struct turn *turn, struct alert *offer, const Sigap__OfferMoved *moved) {
    note_over(offer, moved);
    if (offer->row)
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
    int priority = react_priority(moved->priority, otherwise);
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
    react_write_if_more(turn, offer, before);
}

/* The alert of an offer of a long case is forgotten soon after it was accepted: what is to be said of it
 * later goes with a notice. Written only when there is something to say. */
static struct alert *offer_anew(struct turn *turn, const Sigap__OfferMoved *moved, const struct id *case_id,
    const struct id *id, const struct alert *like) {
    int priority = react_priority(moved->priority, react_priority_like(turn, like));
    struct alert *offer = react_alert_like(turn, case_id, SUBJECT_OFFER, id, priority, like);
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
    if (!react_case(event, &case_id) || !react_id(moved->offer_id, &id))
        return turn_park(turn, "an offer without case or id was moved");
    unsigned count = alert_list(turn, &case_id, all);
    bool taken = has_taken(moved->from);
    struct alert *offer = find_offer(all, count, &id);
    if (!offer && taken &&
        !(offer = offer_anew(turn, moved, &case_id, &id, react_newest_of_case(all, count))))
        return VERDICT_RETRY;
    if (!offer)
        return VERDICT_DONE; /* told of before this store began */
    offer_follows(turn, offer, moved, react_newest_of_case(all, count));
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
        note_over(offer, moved);
        offer_is_lost(turn, offer, PURPOSE_WITHDRAWN, taken, true);
        break;
    case SIGAP__OFFER_STATE__OFFER_REQUESTED:
    case SIGAP__OFFER_STATE__OFFER_RECEIVED:
        offer_is_late(turn, offer, moved->escalation);
        break;
    case SIGAP__OFFER_STATE__OFFER_IN_PROGRESS:
        if (strcmp(moved->event, "arrive") == 0)
            client_is_there(turn, all, count);
        taken_is_late(turn, offer, moved);
        break;
    case SIGAP__OFFER_STATE__OFFER_ON_HOLD:
        taken_is_late(turn, offer, moved);
        break;
    case SIGAP__OFFER_STATE__OFFER_COMPLETED:
        offer_is_done(turn, offer, moved);
        break;
    case SIGAP__OFFER_STATE__OFFER_UNSPECIFIED:
    case _SIGAP__OFFER_STATE_IS_INT_SIZE:
        break;
    }
    return VERDICT_DONE;
}
