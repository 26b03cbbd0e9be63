#include "services/router/speak.h"

#include "common/log.h"

#include <string.h>

static Sigap__Priority priority_of(int priority) {
    return (Sigap__Priority)(SIGAP__PRIORITY__PRIORITY_P0 + priority);
}

/* All of one case in order: after a change of lane the next record waits for all that went before in the old
 * one. More than needed, but it costs no column that changes with each record. */
static void append(struct work *work, Sigap__Event *event) {
    struct referral *referral = &work->referral;
    enum lane lane = referral->priority <= 1 ? LANE_URGENT : LANE_NORMAL;
    if (referral->lane != lane && turn_next_sequence(work->turn, referral->lane) > 1)
        turn_cause(work->turn, referral->lane, turn_next_sequence(work->turn, referral->lane) - 1);
    work->touched |= referral->lane != lane;
    referral->lane = lane;
    event->case_id = turn_bytes(work->turn, &referral->case_id);
    event->trace = turn_bytes(work->turn, &referral->trace);
    event->training = referral->training;
    turn_append(work->turn, lane, event);
}

static char **missing_list(struct work *work, size_t *count) {
    char *text = arena_text(work->turn->arena, work->referral.missing);
    char **list = arena_take(work->turn->arena, PLAN_MISSING_MAX * sizeof *list);
    *count = 0;
    if (!text || !list)
        return NULL;
    for (char *rest = text, *name; (name = strtok_r(rest, " ", &rest)) && *count < PLAN_MISSING_MAX;)
        list[(*count)++] = name;
    return list;
}

void speak_opened(struct work *work, const struct plan *plan) {
    struct referral *referral = &work->referral;
    Sigap__ReferralOpened opened = SIGAP__REFERRAL_OPENED__INIT;
    opened.referral_id = turn_bytes(work->turn, &referral->case_id);
    opened.state = referral->state;
    opened.rule = (char *)referral->rule;
    opened.missing = missing_list(work, &opened.n_missing);
    opened.override = referral->override;
    opened.owner_role = (char *)referral->owner_role;
    opened.kind = (char *)referral->kind;
    opened.priority = priority_of(referral->priority);
    opened.area = (char *)referral->area;
    opened.plan = (char *)referral->plan;
    opened.notify_roles = (char **)plan->notify_roles;
    opened.n_notify_roles = plan->notify_count;
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_REFERRAL_OPENED;
    event.referral_opened = &opened;
    append(work, &event);
}

/* As far as it is known here: the notifier forgets the alerts of a long case. */
static void fill_brief(const struct referral *referral, Sigap__CaseBrief *out) {
    const char *also = pairs_get(&referral->facts, SITE_FACT_ALSO_KINDS);
    sigap__case_brief__init(out);
    out->kind = (char *)referral->kind;
    out->area = (char *)referral->area;
    out->confidentiality = (Sigap__Confidentiality)(referral->confidentiality + 1);
    out->also_kinds = (char *)(also ? also : "");
    out->priority = priority_of(referral->priority);
}

void speak_moved(struct work *work, Sigap__ReferralState from, const char *reason, const char *owner_role,
    const char *actor) {
    struct referral *referral = &work->referral;
    Sigap__ReferralMoved moved = SIGAP__REFERRAL_MOVED__INIT;
    moved.referral_id = turn_bytes(work->turn, &referral->case_id);
    moved.from = from;
    moved.to = referral->state;
    moved.reason = (char *)reason;
    moved.missing = missing_list(work, &moved.n_missing);
    moved.owner_role = (char *)owner_role;
    moved.actor = (char *)actor;
    if (referral->state == SIGAP__REFERRAL_STATE__REFERRAL_HOME)
        moved.plan = (char *)referral->plan;
    Sigap__CaseBrief brief;
    fill_brief(referral, &brief);
    moved.brief = &brief;
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_REFERRAL_MOVED;
    event.referral_moved = &moved;
    referral->moved_at = work->turn->now;
    work->touched = true;
    append(work, &event);
}

void speak_sent(struct work *work, const struct offer *offer) {
    Sigap__OfferSent sent = SIGAP__OFFER_SENT__INIT;
    sent.offer_id = turn_bytes(work->turn, &offer->id);
    sent.referral_id = turn_bytes(work->turn, &offer->case_id);
    sent.facility = (char *)offer->facility;
    sent.kind = (char *)offer->kind;
    sent.priority = priority_of(offer->priority);
    sent.area = (char *)offer->area;
    sent.age_band = (char *)offer->age_band;
    sent.sex = (char *)offer->sex;
    sent.ask_first = offer->ask_first;
    sent.answer_by = offer->answer_by;
    sent.rank = offer->rank;
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_OFFER_SENT;
    event.offer_sent = &sent;
    append(work, &event);
}

void speak_offer_moved(struct work *work, const struct offer *offer, enum offer_state from,
    const char *event_word, const struct by *by, unsigned escalation) {
    Sigap__OfferMoved moved = SIGAP__OFFER_MOVED__INIT;
    moved.offer_id = turn_bytes(work->turn, &offer->id);
    moved.referral_id = turn_bytes(work->turn, &offer->case_id);
    moved.facility = (char *)offer->facility;
    moved.from = (Sigap__OfferState)from;
    moved.to = (Sigap__OfferState)offer->standing.state;
    moved.event = (char *)event_word;
    moved.reason = (char *)by->reason;
    moved.actor = (char *)by->actor;
    moved.on_behalf_of = (char *)by->on_behalf_of;
    moved.version = offer->version;
    moved.escalation = escalation;
    moved.priority = priority_of(offer->priority);
    if (offer_is_waiting(offer->standing.state))
        moved.answer_by = offer->answer_by;
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_OFFER_MOVED;
    event.offer_moved = &moved;
    append(work, &event);
    char id[ID_TEXT + 1];
    id_to_text(&offer->id, id);
    log_line(LOG_DEBUG, "offer-moved", "offer=%s from=%s event=%s to=%s", id, offer_state_word(from),
        event_word, offer_state_word(offer->standing.state));
}
