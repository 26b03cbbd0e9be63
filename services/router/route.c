#include "services/router/route.h"
#include "services/router/speak.h"

#include "router_sql.h"

#include <string.h>

enum {
    FORGET_AFTER_DAYS =
        30, /* closed referrals: late answers still get a sentence, then casework alone remembers */
    WAITING_TRIED = 64, /* referrals that try a freed place in one turn: a plan each */
};

static const char role_coordinator[] = "KOR", role_province[] = "PRO";

/* Why an accused institution loses an offer, as its own people may read it in rows, records and messages:
 * that somebody has accused them is not for them to learn. The candidates tell people on duty. */
static const char reassigned[] = "reassigned";

static int priority_read(Sigap__Priority priority) {
    return priority == SIGAP__PRIORITY__PRIORITY_UNSPECIFIED ? 2
                                                             : (int)priority - SIGAP__PRIORITY__PRIORITY_P0;
}

/* ---- load of a facility: a cache, so it changes after the commit only */

struct load_change {
    unsigned facility;
    int by;
};

static void change_load(void *state, const void *argument) {
    struct router *router = state;
    const struct load_change *change = argument;
    unsigned *load = &router->load[change->facility];
    if (change->by > 0 || *load > 0)
        *load += (unsigned)change->by;
    if (change->by > 0)
        router->sent++;
}

static void count_load(struct work *work, const char *facility_id, int by) {
    const struct facility *facility = facilities_find(&work->router->policy->directory, facility_id);
    if (!facility)
        return;
    struct load_change change = {facility->index, by};
    turn_after_commit(work->turn, change_load, &change, sizeof change);
}

/* ---- work */

bool route_begin(struct work *work, struct turn *turn, const struct id *case_id) {
    work->turn = turn;
    work->router = turn->state;
    work->is_new = work->closing = work->touched = false;
    work->freed = NULL;
    work->broken = NULL;
    work->waited.count = 0;
    if (!referral_get(turn, case_id, &work->referral))
        return false;
    waits_of(&work->referral, &work->waited);
    return true;
}

static void write_row(struct work *work) {
    struct waits *waits = arena_take(work->turn->arena, sizeof *waits);
    if (!waits || (!work->is_new && !work->touched))
        return;
    work->referral.version++;
    if (work->is_new)
        referral_insert(work->turn, &work->referral);
    else
        referral_update(work->turn, &work->referral);
    waits_of(&work->referral, waits);
    waits_renew(work->turn, &work->referral.case_id, &work->waited, waits);
}

enum verdict route_end(struct work *work) {
    if (work->broken) {
        char id[ID_TEXT + 1];
        id_to_text(&work->referral.case_id, id);
        return turn_park(work->turn, "referral %s: %s", id, work->broken);
    }
    write_row(work);
    return work->freed ? route_retry_waiting(work->turn, work->freed, 1) : VERDICT_DONE;
}

/* ---- planning */

struct lookup_context {
    struct turn *turn;
    struct router *router;
    const char *own; /* facility whose place this referral holds already; NULL: none */
};

static struct capacity look_capacity(void *context, const struct facility *facility) {
    struct lookup_context *lookup = context;
    struct capacity_row row;
    capacity_get(lookup->turn, facility, &row);
    if (lookup->own && strcmp(lookup->own, facility->id) == 0 && row.capacity.held > 0)
        row.capacity.held--;
    return row.capacity;
}

static unsigned look_load(void *context, const struct facility *facility) {
    return ((struct lookup_context *)context)->router->load[facility->index];
}

static struct plan *make_plan(struct turn *turn, const struct referral *referral, const struct offer *open) {
    struct router *router = turn->state;
    struct past_offer past[TRAIL_MAX];
    struct plan_case plan_case = {.kind = rules_kind(router->policy->kinds, referral->kind),
        .priority = referral->priority,
        .area = referral->area,
        .facts = referral->facts,
        .past = past,
        .past_count = trail_past(&referral->trail, &referral->offer, past, TRAIL_MAX)};
    struct lookup_context context = {turn, router, open && open->hold != HOLD_NONE ? open->facility : NULL};
    struct plan_lookup lookup = {look_capacity, look_load, &context};
    return route_plan_make(router->policy, &plan_case, &lookup, turn->now, turn->arena);
}

struct plan *route_plan(struct turn *turn, const struct referral *referral) {
    struct offer open;
    bool has = offer_of(turn, referral, &open);
    return make_plan(turn, referral, has ? &open : NULL);
}

static const char *join_missing(struct arena *arena, const struct plan *plan) {
    const char *text = "";
    for (unsigned i = 0; i < plan->missing_count && text; i++)
        text = i ? arena_format(arena, "%s %s", text, plan->missing[i]) : arena_text(arena, plan->missing[i]);
    return text ? text : "";
}

/* The plan's findings into the row. True when something others must hear of has changed. */
static bool take_findings(struct work *work, const struct plan *plan) {
    struct referral *referral = &work->referral;
    const char *missing = join_missing(work->turn->arena, plan);
    const char *actions = arena_text(work->turn->arena, plan->actions_text);
    bool changed = referral->state != plan->state || strcmp(referral->missing, missing) != 0 ||
                   strcmp(referral->owner_role, plan->owner_role) != 0;
    changed |= actions && plan->state == SIGAP__REFERRAL_STATE__REFERRAL_HOME &&
               strcmp(referral->plan, actions) != 0;
    referral->state = plan->state;
    referral->missing = missing;
    referral->owner_role = plan->owner_role;
    referral->rule = plan->rule ? plan->rule->id : "";
    referral->plan = actions ? actions : "";
    referral->override = plan->override;
    trail_renew(&referral->trail, plan, &work->router->policy->rules.facts);
    return changed;
}

/* ---- sending */

/* Sets the timer of the offer's next mark; clears the old one. Writes nothing else. */
static void schedule_offer(struct work *work, struct offer *offer) {
    const struct policy *policy = work->router->policy;
    const struct facility *facility = facilities_find(&policy->directory, offer->facility);
    int kind = rules_kind(policy->kinds, offer->kind);
    struct offer_clock clock = {.standing = offer->standing,
        .sent_at = offer->sent_at,
        .answer_by = offer->answer_by,
        .start_from = offer->start_from,
        .since = offer->since,
        .done = offer->done,
        .transit = facility && facility->transit,
        .arrived = offer->arrived,
        .appointed = offer->standing.state == OFFER_IN_PROGRESS && offer->priority > 1};
    int64_t due_at = 0;
    enum offer_mark mark = offer_mark_next(&policy->timers, policy->calendar,
        timers_find(&policy->timers, kind, offer->priority), &clock, &due_at);
    if (offer->mark == mark && offer->due_at == due_at) {
        /* The case may have become urgent since: it rings then, whatever the clock does. */
        if (mark != MARK_NONE && offer->priority <= 1)
            turn_timer_set(work->turn, TIMER_OFFER, &offer->id, due_at, true);
        return;
    }
    if (offer->mark != MARK_NONE)
        turn_timer_clear(work->turn, TIMER_OFFER, &offer->id, offer->due_at);
    if (mark != MARK_NONE)
        turn_timer_set(work->turn, TIMER_OFFER, &offer->id, due_at, offer->priority <= 1);
    offer->mark = mark;
    offer->due_at = due_at;
}

static const char *district(struct work *work) {
    char cut[AREA_TEXT + 1];
    area_cut(work->referral.area, AREA_DISTRICT, cut);
    const char *text = arena_text(work->turn->arena, cut);
    return text ? text : "";
}

/* What of the case an offer shows; also when it changes while the offer is open. */
static void mask(struct work *work, struct offer *offer, const struct known *known) {
    offer->kind = work->referral.kind;
    offer->priority = work->referral.priority;
    offer->area = district(work);
    offer->age_band = known_age_band(known);
    offer->sex = known_sex(known);
}

/* A drill takes nobody's bed. */
static bool takes_place(struct work *work, const struct facility *facility) {
    return !work->referral.training && capacity_hold(work->turn, facility);
}

/* Where the trail is full, an earlier offer to the same facility gives way: it may be asked more than once.
 */
static struct trail_entry *entry_for(struct work *work, const char *facility) {
    struct trail *trail = &work->referral.trail;
    struct trail_entry *last = trail_find(trail, facility);
    if (last && id_is_null(&last->offer))
        return last;
    struct trail_entry *added = trail_add(trail, facility);
    if (added || !last)
        return added;
    offer_delete(work->turn, &last->offer);
    last->said_full = last->ours = false;
    return last;
}

static void send_offer(struct work *work, const struct facility *facility, const struct known *known,
    unsigned rank, bool ask_first, bool by_hand) {
    const struct policy *policy = work->router->policy;
    struct referral *referral = &work->referral;
    struct offer offer = {.id = turn_id(work->turn),
        .case_id = referral->case_id,
        .facility = facility->id,
        .standing = {OFFER_REQUESTED, false},
        .version = 1,
        .rank = rank,
        .ask_first = ask_first,
        .by_hand = by_hand,
        .sent_at = work->turn->now,
        .since = work->turn->now,
        .start_from = work->turn->now,
        .reason = ""};
    mask(work, &offer, known);
    const struct offer_times *times =
        timers_find(&policy->timers, rules_kind(policy->kinds, offer.kind), offer.priority);
    offer.answer_by =
        timers_due(policy->calendar, offer.sent_at, times->answered, policy->timers.act_percent);
    offer.hold = takes_place(work, facility) ? HOLD_SOFT : HOLD_NONE;
    schedule_offer(work, &offer);
    offer_insert(work->turn, &offer);
    referral->offer = offer.id;
    struct trail_entry *entry = entry_for(work, facility->id);
    if (entry) {
        entry->offer = offer.id;
        entry->offer_state = OFFER_REQUESTED;
        entry->picked = true;
        if (by_hand) {
            entry->verdict = MATCH_FITS;
            entry->reason = REASON_BY_HAND;
        }
    }
    count_load(work, facility->id, 1);
    speak_sent(work, &offer);
}

/* ---- deciding, first and again */

static void act(struct work *work, const struct plan *plan, Sigap__ReferralState from, bool changed,
    const char *reason, const char *actor) {
    if (work->is_new)
        speak_opened(work, plan);
    else if (changed)
        speak_moved(work, from, reason, work->referral.owner_role, actor);
    if (plan->pick < 0)
        return;
    const struct candidate *pick = &plan->candidates[plan->pick];
    send_offer(
        work, pick->facility, &plan->known, (unsigned)plan->pick + 1, pick->reason != REASON_FITS, false);
}

/* Also of those that no rule would ask. */
static bool in_conflict(const struct router *router, const struct plan *plan, const char *facility_id) {
    return institutions_accused(router->policy->institutions, &plan->accusation, facility_id);
}

/* Why the open offer makes no sense any more under the new plan. NULL: it does. */
static const char *spoilt(const struct router *router, const struct plan *plan, const struct offer *offer) {
    const struct candidate *candidate = route_plan_candidate(plan, offer->facility);
    if (in_conflict(router, plan, offer->facility))
        return reassigned;
    if (offer->by_hand)
        return NULL;
    if (!candidate)
        return "rule";
    return candidate->verdict != MATCH_OUT || candidate->reason == REASON_FULL
               ? NULL
               : match_reason_word(candidate->reason);
}

static void shorten_answer(struct work *work, struct offer *offer) {
    const struct policy *policy = work->router->policy;
    const struct offer_times *times =
        timers_find(&policy->timers, rules_kind(policy->kinds, offer->kind), offer->priority);
    int64_t due = timers_due(policy->calendar, work->turn->now, times->answered, policy->timers.act_percent);
    offer->answer_by = due < offer->answer_by ? due : offer->answer_by;
    offer->since = work->turn->now;
    offer->done &= ~(1U << MARK_WARN);
}

/* Counted from the sending, the shorter time could be over before the facility has heard of it: it would lose
 * the case to the next one while the client sits in its car. */
static void restart_start(struct work *work, struct offer *offer) {
    offer->start_from = work->turn->now;
    offer->done &= ~(unsigned)START_MARKS;
    if (offer->standing.state == OFFER_ON_HOLD && !offer->standing.cancel_requested) {
        offer->since = work->turn->now;
        offer->done = 0;
    }
}

/* A more urgent case does not wait as long; a less urgent one keeps the time it was given. */
static void refresh_offer(struct work *work, struct offer *offer, const struct known *known) {
    int before = offer->priority;
    mask(work, offer, known);
    if (offer->priority < before) {
        if (offer_is_waiting(offer->standing.state))
            shorten_answer(work, offer);
        else
            restart_start(work, offer);
        offer->version++;
        speak_offer_moved(work, offer, offer->standing.state, "more_urgent",
            &(struct by){.actor = "router", .on_behalf_of = "", .reason = "", .outcome = ""},
            offer->escalation);
    }
    schedule_offer(work, offer);
    offer_update(work->turn, offer);
}

static bool is_over(const struct referral *referral) {
    return referral->closed || referral->state == SIGAP__REFERRAL_STATE__REFERRAL_COMPLETED ||
           referral->state == SIGAP__REFERRAL_STATE__REFERRAL_REVOKED ||
           referral->state == SIGAP__REFERRAL_STATE__REFERRAL_ERROR;
}

static void move_without_sequel(
    struct work *work, struct offer *offer, enum offer_event event, const struct by *by, unsigned escalation);

/* The request and its confirmation in one: the facility is not asked. */
static void withdraw_taken(struct work *work, struct offer *offer, const struct by *by) {
    offer->standing.cancel_requested = true;
    move_without_sequel(work, offer, EVENT_CONFIRM_CANCEL, by, 0);
}

static void decide_again(struct work *work, const char *reason, const char *actor) {
    Sigap__ReferralState from = work->referral.state;
    struct plan *plan = make_plan(work->turn, &work->referral, NULL);
    work->touched = true;
    if (!plan)
        return;
    bool changed = take_findings(work, plan);
    act(work, plan, from, changed, reason, actor);
}

/* The facility that has the case may be part of what is reported. Asked to give it back it would be warned,
 * and keep it until it answers: it is taken away at once, the next one is asked, and a person must look, for
 * whoever is in danger may be there already. */
static void take_away(struct work *work, struct offer *offer) {
    const struct by by = {.actor = "router", .on_behalf_of = "", .reason = reassigned, .outcome = ""};
    speak_moved(work, work->referral.state, "conflict_of_interest", role_coordinator, "router");
    withdraw_taken(work, offer, &by);
    decide_again(work, "withdrawn", "router");
}

/* What was counted of the round before: refusals in this one are heard of anew. */
static void begin_round(struct work *work) {
    struct referral *referral = &work->referral;
    referral->refusals = 0;
    if (referral->province_at <= work->turn->now)
        referral->province_at = 0;
}

bool route_anew(struct work *work, const char *reason, const char *actor) {
    const struct referral *referral = &work->referral;
    if (referral->closed || referral->state != SIGAP__REFERRAL_STATE__REFERRAL_COMPLETED)
        return false;
    begin_round(work);
    decide_again(work, reason, actor);
    return true;
}

void route_again(struct work *work, const char *reason, const char *actor) {
    struct referral *referral = &work->referral;
    struct offer open;
    if (is_over(referral))
        return;
    if (!offer_of(work->turn, referral, &open)) {
        decide_again(work, reason, actor);
        return;
    }
    struct plan *plan = make_plan(work->turn, referral, &open);
    if (!plan)
        return;
    if (offer_is_accepted(open.standing.state)) {
        if (in_conflict(work->router, plan, open.facility))
            take_away(work, &open);
        else
            refresh_offer(work, &open, &plan->known);
        return;
    }
    const char *why = spoilt(work->router, plan, &open);
    if (!why) {
        work->touched = true;
        bool told = strcmp(referral->missing, join_missing(work->turn->arena, plan)) != 0;
        referral->missing = join_missing(work->turn->arena, plan);
        referral->rule = plan->rule ? plan->rule->id : "";
        refresh_offer(work, &open, &plan->known);
        if (told)
            speak_moved(work, referral->state, reason, referral->owner_role, actor);
        return;
    }
    const struct by by = {.actor = actor, .on_behalf_of = "", .reason = why, .outcome = "", .ours = true};
    move_without_sequel(work, &open, EVENT_CANCEL, &by, 0);
    decide_again(work, reason, actor);
}

/* ---- a new case */

enum verdict route_open(
    struct turn *turn, const struct id *case_id, const struct id *trace, const Sigap__CaseOpened *opened) {
    struct work *work = arena_take(turn->arena, sizeof *work);
    if (!work)
        return VERDICT_RETRY;
    if (route_begin(work, turn, case_id))
        return turn_park(turn, "the case has a referral already");
    work->is_new = true;
    struct referral *referral = &work->referral; /* zeroes as yet, and long: its trail has room for all */
    referral->case_id = *case_id;
    referral->kind = opened->kind;
    referral->priority = priority_read(opened->priority);
    referral->area = opened->area;
    referral->confidentiality = opened->confidentiality ? (int)opened->confidentiality - 1 : 3;
    referral->training = turn->training;
    referral->rule = referral->plan = referral->owner_role = referral->missing = "";
    referral->opened_at = referral->moved_at = turn->now;
    referral->facts = (struct pairs){"", 0};
    referral->trace = *trace;
    referral->lane = referral->priority <= 1 ? LANE_URGENT : LANE_NORMAL;
    for (size_t i = 0; i < opened->n_facts; i++)
        route_take_fact(work, opened->facts[i], fact_is_recorded(opened->facts[i]));
    decide_again(work, "opened", "router");
    return route_end(work);
}

/* ---- moving an offer */

static bool place_firmly(struct work *work, struct offer *offer, const char **why) {
    const struct facility *facility = facilities_find(&work->router->policy->directory, offer->facility);
    struct capacity_row row;
    if (offer->hold == HOLD_SOFT) {
        offer->hold = HOLD_FIRM;
        return true;
    }
    if (!facility || work->referral.training)
        return true;
    capacity_get(work->turn, facility, &row);
    if (!row.capacity.known)
        return true;
    if (takes_place(work, facility)) {
        offer->hold = HOLD_FIRM;
        return true;
    }
    *why = "Tidak ada tempat kosong: perbarui jumlah tempat dulu / No place is free: change the number of "
           "places first";
    return false;
}

static void release_place(struct work *work, struct offer *offer, const struct by *by) {
    if (offer->hold == HOLD_NONE)
        return;
    /* A client who stays takes the place for good; whoever leaves gives it back. */
    bool stays = offer->standing.state == OFFER_COMPLETED && strcmp(by->outcome, "stays") == 0;
    capacity_release(work->turn, offer->facility, stays);
    offer->hold = HOLD_NONE;
    if (!stays)
        work->freed = facilities_find(&work->router->policy->directory, offer->facility);
}

static void count_move(void *state, const void *argument) {
    struct router *router = state;
    const enum offer_state *to = argument;
    router->accepted += *to == OFFER_ACCEPTED;
    router->refused += *to == OFFER_REJECTED;
    router->expired += *to == OFFER_EXPIRED;
}

static void check(struct work *work, const struct offer *offer) {
    const char *wrong = offer_invariant(&offer->standing, offer->hold, false);
    if (wrong && !work->broken)
        work->broken = wrong;
}

/* Open offers are told by their own rows; the trail remembers how they ended. */
static void leave_trail(struct work *work, const struct offer *offer, const struct by *by) {
    struct trail_entry *entry = trail_find_offer(&work->referral.trail, &offer->id);
    work->touched = true;
    if (!entry)
        return;
    entry->offer_state = offer->standing.state;
    entry->said_full |= strcmp(by->reason, "PENUH") == 0;
    entry->ours = by->ours;
}

/* The move itself: row, place, timer, record. */
static void perform(struct work *work, struct offer *offer, enum offer_event event,
    const struct offer_move *move, const struct by *by, unsigned escalation) {
    struct referral *referral = &work->referral;
    enum offer_state from = offer->standing.state;
    bool changes = from != move->to || move->cancel_requested != offer->standing.cancel_requested;
    bool arrives = !offer->arrived && (event == EVENT_ARRIVE || event == EVENT_DONE);
    if (event == EVENT_RESUME) /* nobody could start meanwhile; that it was on hold has been told by itself */
        offer->start_from += work->turn->now - offer->since;
    offer->arrived |= arrives;
    offer->standing = (struct offer_standing){move->to, move->cancel_requested};
    offer->version++;
    offer->escalation = escalation > offer->escalation ? escalation : offer->escalation;
    if ((changes || arrives) && event != EVENT_DELIVER) {
        offer->since = work->turn->now;
        offer->done &= offer->arrived ? 0 : START_MARKS;
    }
    if (by->reason[0])
        offer->reason = by->reason;
    if (offer_is_open(from) && !offer_is_open(offer->standing.state)) {
        release_place(work, offer, by);
        count_load(work, offer->facility, -1);
        if (id_equal(&referral->offer, &offer->id))
            referral->offer = (struct id){{0}};
    }
    if (changes)
        turn_after_commit(work->turn, count_move, &offer->standing.state, sizeof offer->standing.state);
    if (!offer_is_open(offer->standing.state))
        leave_trail(work, offer, by);
    check(work, offer);
    schedule_offer(work, offer);
    offer_update(work->turn, offer);
    speak_offer_moved(work, offer, from, offer_event_word(event), by, escalation);
}

static void move_without_sequel(struct work *work, struct offer *offer, enum offer_event event,
    const struct by *by, unsigned escalation) {
    struct offer_move move;
    const char *why;
    if (offer_move_find(&offer->standing, event, &move, &why))
        perform(work, offer, event, &move, by, escalation);
}

/* Nobody has taken it within twice the time: the province hears of it (once). */
static void watch_for_province(struct work *work, const struct offer *offer) {
    const struct policy *policy = work->router->policy;
    if (work->referral.province_at)
        return;
    work->touched = true;
    const struct offer_times *times =
        timers_find(&policy->timers, rules_kind(policy->kinds, offer->kind), offer->priority);
    int64_t due =
        timers_due(policy->calendar, offer->sent_at, times->answered, policy->timers.province_percent);
    work->referral.province_at = due > work->turn->now ? due : work->turn->now + 1;
    turn_timer_set(work->turn, TIMER_PROVINCE, &work->referral.case_id, work->referral.province_at,
        offer->priority <= 1);
}

static void after_refusal(struct work *work) {
    struct referral *referral = &work->referral;
    referral->refusals++;
    if (referral->refusals == work->router->policy->timers.refusals_before_coordinator)
        speak_moved(work, referral->state, "refused_twice", role_coordinator, "router");
}

static void complete_referral(struct work *work, const char *actor) {
    Sigap__ReferralState from = work->referral.state;
    work->referral.state = SIGAP__REFERRAL_STATE__REFERRAL_COMPLETED;
    speak_moved(work, from, "completed", "", actor);
}

/* It was completed in error: the case has no place yet. */
static void complete_no_more(struct work *work, const char *actor) {
    const struct referral *referral = &work->referral;
    if (!referral->closed && referral->state == SIGAP__REFERRAL_STATE__REFERRAL_COMPLETED)
        decide_again(work, "entered_in_error", actor);
}

/* What follows from a move. */
static void sequel(struct work *work, const struct offer *offer, const struct by *by) {
    if (work->closing)
        return;
    switch (offer->standing.state) {
    case OFFER_REJECTED:
        after_refusal(work);
        decide_again(work, "refused", by->actor);
        break;
    case OFFER_EXPIRED:
        watch_for_province(work, offer);
        decide_again(work, "expired", by->actor);
        break;
    case OFFER_CANCELLED:
        decide_again(work, "withdrawn", by->actor);
        break;
    case OFFER_FAILED:
        decide_again(work, "failed", by->actor);
        break;
    case OFFER_ERROR:
        if (!is_over(&work->referral) && id_is_null(&work->referral.offer))
            decide_again(work, "entered_in_error", by->actor);
        break;
    case OFFER_COMPLETED:
        complete_referral(work, by->actor);
        break;
    case OFFER_REQUESTED:
    case OFFER_RECEIVED:
    case OFFER_ACCEPTED:
    case OFFER_IN_PROGRESS:
    case OFFER_ON_HOLD:
        break;
    }
}

bool route_move(struct work *work, struct offer *offer, enum offer_event event, const struct by *by,
    unsigned escalation, const char **why) {
    struct offer_move move;
    bool was_open = offer_is_open(offer->standing.state);
    if (!offer_move_find(&offer->standing, event, &move, why))
        return false;
    if (was_open && !id_equal(&work->referral.offer, &offer->id)) {
        *why = "Kasus sudah diberikan ke tempat lain / The case has been given to somebody else";
        return false;
    }
    if (event == EVENT_ACCEPT && !place_firmly(work, offer, why) && !by->beyond_places)
        return false;
    bool undone = event == EVENT_ERROR && offer->standing.state == OFFER_COMPLETED;
    perform(work, offer, event, &move, by, escalation);
    if (undone)
        complete_no_more(work, by->actor);
    else
        sequel(work, offer, by);
    return true;
}

/* Marks of an offer that change no state: warned, undelivered, where to next. */
static void mark_offer(struct work *work, struct offer *offer, const char *event, unsigned escalation) {
    offer->version++;
    offer->escalation = escalation > offer->escalation ? escalation : offer->escalation;
    schedule_offer(work, offer);
    offer_update(work->turn, offer);
    speak_offer_moved(work, offer, offer->standing.state, event,
        &(struct by){.actor = "router", .on_behalf_of = "", .reason = "", .outcome = ""}, escalation);
}

/* ---- by hand */

static bool may_assign(struct work *work, const struct facility *facility, const struct offer *open,
    const struct plan *plan, const char **why) {
    struct capacity_row row;
    if (work->referral.closed) { /* completed may be a stay that is over: a further one is theirs to decide */
        *why = "Kasus sudah ditutup / The case is closed";
        return false;
    }
    if (open && offer_is_accepted(open->standing.state)) {
        *why = "Kasus sudah diterima: mintalah pembatalan dulu / It has been accepted: ask for a "
               "cancellation first";
        return false;
    }
    if (open && strcmp(open->facility, facility->id) == 0) {
        *why = "Fasilitas ini sedang ditawari / This facility is being asked";
        return false;
    }
    if (!facility->active) {
        *why = "Fasilitas tidak aktif / The facility is not active";
        return false;
    }
    if (in_conflict(work->router, plan, facility->id)) {
        *why = "Konflik kepentingan: fasilitas ini dikeluarkan dari rantai / Conflict of interest: it is out "
               "of the chain";
        return false;
    }
    capacity_get(work->turn, facility, &row);
    if (row.capacity.known && row.capacity.held >= row.capacity.places) {
        *why = "Fasilitas penuh / The facility is full";
        return false;
    }
    return true;
}

bool route_assign(struct work *work, const struct facility *facility, const struct by *by, const char **why) {
    struct referral *referral = &work->referral;
    struct offer open;
    bool has = offer_of(work->turn, referral, &open);
    struct plan *plan = make_plan(work->turn, referral, has ? &open : NULL);
    *why = "";
    if (!plan || !may_assign(work, facility, has ? &open : NULL, plan, why))
        return false;
    struct by ours = *by; /* another one was chosen: it did not refuse */
    ours.ours = true;
    if (has)
        move_without_sequel(work, &open, EVENT_CANCEL, &ours, 0);
    Sigap__ReferralState from = referral->state;
    referral->state = SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE;
    referral->override |= from == SIGAP__REFERRAL_STATE__REFERRAL_DRAFT;
    referral->owner_role = "";
    speak_moved(work, from, "assigned", "", by->actor);
    const struct candidate *candidate = route_plan_candidate(plan, facility->id);
    bool ask_first = !candidate || candidate->reason != REASON_FITS;
    send_offer(work, facility, &plan->known, 1, ask_first, true);
    return true;
}

/* ---- the end */

/* The open offer, when its facility has said yes. */
static bool accepted_offer(const struct work *work, struct offer *out) {
    return offer_of(work->turn, &work->referral, out) && offer_is_accepted(out->standing.state);
}

static void close_offer(struct work *work, const char *outcome) {
    struct offer offer;
    if (!offer_of(work->turn, &work->referral, &offer))
        return;
    const struct by by = {
        .actor = "casework", .on_behalf_of = "", .reason = "case_closed", .outcome = outcome, .ours = true};
    bool waiting = offer_is_waiting(offer.standing.state), started = offer.arrived;
    /* Nobody has come: nothing is completed, and whoever expects the client must hear of it. The closing is
     * the request and its confirmation in one. */
    offer.standing.cancel_requested |= !waiting && !started;
    move_without_sequel(work, &offer,
        waiting   ? EVENT_CANCEL
        : started ? EVENT_COMPLETE
                  : EVENT_CONFIRM_CANCEL,
        &by, 0);
}

static bool outcome_revokes(const char *outcome) {
    static const char *const words[] = {
        "tidak_terbukti", "motif_lain", "duplikat", SITE_OUTCOME_MERGED, "salah_masuk"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], outcome) == 0)
            return true;
    return false;
}

void route_close(struct work *work, const Sigap__CaseClosed *closed) {
    struct referral *referral = &work->referral;
    Sigap__ReferralState from = referral->state;
    if (closed->reopened) {
        if (!referral->closed)
            return;
        referral->closed = false;
        referral->state = SIGAP__REFERRAL_STATE__REFERRAL_DRAFT;
        turn_timer_clear(work->turn, TIMER_FORGET, &referral->case_id, referral->moved_at);
        begin_round(work);
        speak_moved(work, from, "reopened", "", closed->actor);
        decide_again(work, "reopened", closed->actor);
        return;
    }
    if (referral->closed)
        return;
    struct offer offer;
    bool taken = accepted_offer(work, &offer) && offer.arrived;
    work->closing = true;
    close_offer(work, closed->outcome);
    bool done = taken || from == SIGAP__REFERRAL_STATE__REFERRAL_HOME ||
                from == SIGAP__REFERRAL_STATE__REFERRAL_COMPLETED;
    referral->state = done && !outcome_revokes(closed->outcome) ? SIGAP__REFERRAL_STATE__REFERRAL_COMPLETED
                                                                : SIGAP__REFERRAL_STATE__REFERRAL_REVOKED;
    referral->missing = "";
    referral->owner_role = "";
    if (referral->state != from)
        speak_moved(work, from, "case_closed", "", closed->actor);
    referral->closed = work->touched = true;
    /* moved_at names the timer: it does not change any more while the case is closed. */
    referral->moved_at = work->turn->now + (int64_t)FORGET_AFTER_DAYS * 24 * 3600 * 1000;
    turn_timer_set(work->turn, TIMER_FORGET, &referral->case_id, referral->moved_at, false);
}

/* ---- a merged case: whoever has accepted it has the person, whatever the case is called */

/* A pair beside the facts: the case that this one is merged into, "" when it is its own again. No fact has
 * this name. */
static const char merged_into[] = "=merged";

void route_note_merged(struct work *work, const struct id *whole) {
    char text[ID_TEXT + 1] = "";
    if (whole)
        id_to_text(whole, text);
    work->referral.facts = pairs_put(work->turn->arena, work->referral.facts, merged_into, text);
    work->touched = true;
}

bool route_has_taken(const struct work *work, struct taken *out) {
    const struct referral *referral = &work->referral;
    const char *whole = pairs_get(&referral->facts, merged_into);
    struct offer offer;
    if (!whole || !id_from_text(whole, &out->whole) || !accepted_offer(work, &offer) ||
        offer.standing.cancel_requested)
        return false;
    out->facility = facilities_find(&work->router->policy->directory, offer.facility);
    out->arrived = offer.arrived;
    return out->facility != NULL;
}

static bool is_taken(const struct work *work) {
    struct offer offer;
    return accepted_offer(work, &offer);
}

/* Offered by hand, so that no rule takes it back, and accepted with it: nobody has to say yes a second time.
 */
static void give_taken(struct work *work, const struct taken *taken, const char *actor) {
    const struct by by = {actor, "", "merged", "", .beyond_places = true};
    struct offer offer;
    const char *why;
    if (!route_assign(work, taken->facility, &by, &why) ||
        !offer_get(work->turn, &work->referral.offer, &offer))
        return;
    route_move(work, &offer, EVENT_ACCEPT, &by, 0, &why);
    if (taken->arrived)
        route_move(work, &offer, EVENT_ARRIVE, &by, 0, &why);
}

enum verdict route_take_over(struct turn *turn, const struct taken *taken, const char *actor) {
    struct work *work = arena_take(turn->arena, sizeof *work);
    if (!work)
        return VERDICT_RETRY;
    if (!route_begin(work, turn, &taken->whole))
        return route_retry_waiting(turn, taken->facility, 1);
    if (!work->referral.closed && !is_taken(work))
        give_taken(work, taken, actor);
    if (!is_taken(work))
        work->freed = taken->facility;
    return route_end(work);
}

/* ---- timers */

static enum verdict act_on_mark(struct work *work, struct offer *offer) {
    const struct by router = {"router", "", "", "", false, false};
    const char *why;
    enum offer_mark mark = offer->mark;
    offer->done |= 1U << mark;
    offer->mark = MARK_NONE; /* its timer is gone */
    switch (mark) {
    case MARK_NONE:
        return VERDICT_DONE;
    case MARK_UNDELIVERED:
        /* The notifier knows of deliveries and acts on those that fail; this is for the file. */
        mark_offer(work, offer, "undelivered", 0);
        break;
    case MARK_WARN:
        mark_offer(work, offer, "warn", 1);
        break;
    case MARK_START_WARN:
        mark_offer(work, offer, "warn_start", 1);
        break;
    case MARK_ONWARD:
        mark_offer(work, offer, "onward", 1);
        break;
    case MARK_STAY:
        mark_offer(work, offer, "stay", 3);
        break;
    case MARK_HOLD_WARN:
        mark_offer(work, offer, "warn_hold", 1);
        break;
    case MARK_HOLD:
        mark_offer(work, offer, "hold_timeout", 2);
        break;
    case MARK_HOLD_PROVINCE:
        mark_offer(work, offer, "hold_timeout", 3);
        break;
    case MARK_EXPIRE:
        route_move(work, offer, EVENT_EXPIRE, &router, 2, &why);
        break;
    case MARK_START:
        route_move(work, offer, EVENT_START_TIMEOUT, &router, 2, &why);
        break;
    case MARK_START_PROVINCE:
        route_move(work, offer, EVENT_START_TIMEOUT, &router, 3, &why);
        break;
    case MARK_START_EXPIRE:
        route_move(work, offer, EVENT_START_EXPIRE, &router, 3, &why);
        break;
    case MARK_CANCEL:
        route_move(work, offer, EVENT_CONFIRM_CANCEL, &router, 2, &why);
        break;
    }
    return route_end(work);
}

static enum verdict offer_timer(
    struct work *work, struct turn *turn, const struct id *object, int64_t due_at) {
    struct offer offer;
    if (!offer_get(turn, object, &offer) || offer.mark == MARK_NONE || offer.due_at != due_at)
        return VERDICT_DONE; /* moved on in the meantime */
    if (!route_begin(work, turn, &offer.case_id))
        return turn_park(turn, "an offer without a referral");
    return act_on_mark(work, &offer);
}

static enum verdict province_timer(
    struct work *work, struct turn *turn, const struct id *object, int64_t due_at) {
    if (!route_begin(work, turn, object) || work->referral.province_at != due_at)
        return VERDICT_DONE;
    if (!is_over(&work->referral) && !is_taken(work) &&
        work->referral.state != SIGAP__REFERRAL_STATE__REFERRAL_HOME)
        speak_moved(work, work->referral.state, "province_told", role_province, "router");
    return route_end(work);
}

static enum verdict forget_timer(
    struct work *work, struct turn *turn, const struct id *object, int64_t due_at) {
    if (!route_begin(work, turn, object) || !work->referral.closed || work->referral.moved_at != due_at)
        return VERDICT_DONE;
    const struct trail *trail = &work->referral.trail;
    for (unsigned i = 0; i < trail->count; i++)
        if (!id_is_null(&trail->entries[i].offer))
            offer_delete(turn, &trail->entries[i].offer);
    if (work->referral.province_at)
        turn_timer_clear(turn, TIMER_PROVINCE, object, work->referral.province_at);
    referral_delete(turn, object);
    return VERDICT_DONE;
}

enum verdict route_timer(struct turn *turn, uint32_t kind, const struct id *object, int64_t due_at) {
    struct work *work = arena_take(turn->arena, sizeof *work);
    if (!work)
        return VERDICT_RETRY;
    switch ((enum router_timer)kind) {
    case TIMER_OFFER:
        return offer_timer(work, turn, object, due_at);
    case TIMER_PROVINCE:
        return province_timer(work, turn, object, due_at);
    case TIMER_FORGET:
        return forget_timer(work, turn, object, due_at);
    }
    return turn_park(turn, "a timer of unknown kind %u", kind);
}

/* ---- those who found a facility full */

enum verdict route_retry_waiting(struct turn *turn, const struct facility *facility, unsigned most) {
    struct id ids[WAITING_TRIED];
    struct work *work = arena_take(turn->arena, sizeof *work);
    unsigned count = work ? waits_for(turn, facility->id, ids, WAITING_TRIED) : 0;
    for (unsigned i = 0; i < count && most > 0; i++) {
        if (!route_begin(work, turn, &ids[i]))
            continue;
        route_again(work, "place_free", "router");
        work->freed = NULL;
        most -= work->referral.state == SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE && !work->referral.training;
        enum verdict verdict = route_end(work);
        if (verdict != VERDICT_DONE)
            return verdict;
    }
    return VERDICT_DONE;
}
