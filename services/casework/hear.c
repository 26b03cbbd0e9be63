/* What other daemons say about cases. A record of a case that is not here is parked: its opening must be
 * parked too, and both come back together. */
#include "services/casework/inner.h"

#include "casework_sql.h"
#include "common/texts.h"

#include <string.h>

static bool case_of(const Sigap__Event *event, struct id *case_id) {
    return id_from_bytes(event->case_id.data, event->case_id.len, case_id);
}

static enum verdict park_unknown(struct turn *turn, const struct id *case_id) {
    char text[ID_TEXT + 1];
    id_to_text(case_id, text);
    return turn_park(turn, "case %s is not here", text);
}

/* Sets *work, or *verdict to what the handler must return. */
static bool load_or_park(
    struct turn *turn, const Sigap__Event *event, struct work **work, enum verdict *verdict) {
    struct id case_id;
    *work = case_of(event, &case_id) ? work_load(turn, &case_id) : NULL;
    *verdict = *work ? VERDICT_DONE : park_unknown(turn, &case_id);
    return *work != NULL;
}

/* Further kinds, and whoever is in conflict, come beside those that the case has. NULL: nothing new. */
static const char *new_value(struct work *work, const Sigap__Fact *fact) {
    if (strcmp(fact->name, SITE_FACT_ALSO_KINDS) != 0)
        return fact_with_known(work, fact->name, fact->value);
    const char *before = case_also_kinds(&work->file), *joined = kinds_with_room(work, fact->value);
    return joined && strcmp(joined, before) != 0 ? joined : NULL;
}

static const char from_text[] = "text"; /* the source of what triage has read */

static const char *source_of(const Sigap__Fact *fact) {
    return *fact->source ? fact->source : from_text;
}

/* Said or done by a person. What goes with the kind by itself is nobody's word, and "unknown" is no answer.
 */
static bool is_recorded(const struct case_fact *known) {
    return known && !same_text(known->source, from_text) && !same_text(known->source, "kind") &&
           !same_text(known->value, "unknown");
}

/* A report against what a person has recorded: that stays, and the history tells what was said. */
static void tell_fact(struct work *work, const Sigap__Fact *fact, size_t number) {
    if (!same_text(case_fact(&work->file, fact->name)->value, fact->value))
        timeline_add_beside(work->turn, &work->file.id, LINE_TOLD + (unsigned)number, "fact_told", fact->name,
            "triage", fact->value);
}

/* What adds up goes on adding up, and stays what people have recorded. NULL: nothing new. */
static const char *added_value(struct work *work, const Sigap__Fact *fact) {
    const char *known = case_fact(&work->file, fact->name)->value, *value = new_value(work, fact);
    bool taken_back = same_text(fact->value, "no") || same_text(fact->value, "unknown");
    return value && !taken_back && !same_text(value, known) ? value : NULL;
}

/* Texts of a record live as long as the turn, so facts may point into it. */
static void take_facts(struct work *work, Sigap__Fact *const *facts, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const Sigap__Fact *fact = facts[i];
        const struct case_fact *known = case_fact(&work->file, fact->name);
        const char *source = source_of(fact), *value;
        if (same_text(source, from_text) && is_recorded(known)) {
            bool adds_up = same_text(fact->name, SITE_FACT_ALSO_KINDS) || fact_adds_up(work, fact->name);
            if (!adds_up)
                tell_fact(work, fact, i);
            value = adds_up ? added_value(work, fact) : NULL;
            source = known->source;
        } else {
            value = new_value(work, fact);
        }
        if (value)
            plan_fact(&work->plan, fact->name, value, source, 0);
    }
}

/* ---- triage */

static bool key_put(
    struct turn *turn, const struct id *case_id, const ProtobufCBinaryData *wrapped, enum verdict *verdict) {
    struct casework *house = turn->state;
    if (wrapped->len != SEAL_CASE_KEY_BYTES) {
        *verdict = turn_park(turn, "the case comes without a key");
        return false;
    }
    if (house->keys_failed) {
        *verdict = VERDICT_DONE;
        return false;
    }
    switch (keystore_cases_put(house->keys, case_id, wrapped->data, turn->now)) {
    case KEYSTORE_CASES_DONE:
        return true;
    case KEYSTORE_CASES_RETRY:
        *verdict = VERDICT_RETRY;
        return false;
    case KEYSTORE_CASES_FATAL:
        house->keys_failed = true;
        *verdict = VERDICT_DONE; /* nothing of this turn is committed, before_commit ends the process */
        return false;
    case KEYSTORE_CASES_DESTROYED:
        *verdict = VERDICT_DONE; /* erased before, and read again after a restore: it stays erased */
        return false;
    case KEYSTORE_CASES_OTHER:
    case KEYSTORE_CASES_MISSING:
        break;
    }
    *verdict = turn_park(turn, "the case has another key already");
    return false;
}

static void narrative_put(struct turn *turn, const struct id *case_id, const ProtobufCBinaryData *report_id,
    bool copy, const ProtobufCBinaryData *sealed) {
    struct id report;
    if (!id_from_bytes(report_id->data, report_id->len, &report) || !sealed->len)
        return;
    struct statement *add = casework_use(turn->store, CASEWORK_NARRATIVE_ADD);
    bind_id(add, case_id);
    bind_id(add, &report);
    bind_int(add, turn->now);
    bind_int(add, copy);
    bind_blob(add, sealed->data, sealed->len);
    bind_int(add, 0);
    statement_run(add);
}

/* P4 is information and opens no case; should one come all the same it is kept like the least urgent. */
static int priority_of(Sigap__Priority priority) {
    return priority == SIGAP__PRIORITY__PRIORITY_UNSPECIFIED ? 2
                                                             : (int)priority - SIGAP__PRIORITY__PRIORITY_P0;
}

/* Not stated: shown to fewer rather than to more. */
static int confidentiality_of(Sigap__Confidentiality confidentiality) {
    return confidentiality == SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_UNSPECIFIED
               ? 3
               : (int)confidentiality - SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C0;
}

static void fill_case(struct case_file *file, const Sigap__CaseOpened *opened, int64_t now) {
    id_from_bytes(opened->report_id.data, opened->report_id.len, &file->report_id);
    file->kind = opened->kind;
    file->area = opened->area;
    file->priority = priority_of(opened->priority);
    file->confidentiality = confidentiality_of(opened->confidentiality);
    file->unverified = opened->unverified;
    file->received_at = opened->received_at > 0 && opened->received_at <= now ? opened->received_at : now;
}

enum verdict hear_case_opened(struct turn *turn, const Sigap__Event *event) {
    const Sigap__CaseOpened *opened = event->case_opened;
    struct id case_id, from;
    char text[ID_TEXT + 1];
    enum verdict verdict;
    if (!case_of(event, &case_id))
        return turn_park(turn, "the case comes without an id");
    if (case_is_known(turn, &case_id))
        return VERDICT_DONE;
    if (!key_put(turn, &case_id, &opened->case_key, &verdict))
        return verdict;
    struct work *work = work_new(turn, &case_id);
    if (!work)
        return VERDICT_RETRY;
    fill_case(&work->file, opened, turn->now);
    work->file.training = event->training;
    for (size_t i = 0; i < opened->n_facts; i++)
        case_fact_set(&work->file, opened->facts[i]->name, opened->facts[i]->value,
            source_of(opened->facts[i]), turn->now);
    plan_open(&work->plan, opened->playbook);
    if (id_from_bytes(opened->parted_from.data, opened->parted_from.len, &from)) {
        id_to_text(&from, text);
        timeline_add(
            turn, &case_id, "report_parted", text, opened->by, "", reason_said(turn, opened->reason));
    } else if (*opened->by) {
        timeline_add(turn, &case_id, "case_opened", "", opened->by, "", reason_said(turn, opened->reason));
    }
    narrative_put(turn, &case_id, &opened->report_id, false, &opened->narrative);
    work_save(work, "casework", "");
    return VERDICT_DONE;
}

/* Whoever withdraws may have been made to: the case goes on, and somebody finds out. */
static enum verdict ask_about_withdrawal(struct turn *turn, const struct id *case_id) {
    struct work *work = work_load(turn, case_id);
    if (!work)
        return arena_exhausted(turn->arena) ? VERDICT_RETRY
                                            : turn_park(turn, "the case's row cannot be read");
    if (work->file.state != CASE_OPEN)
        return VERDICT_DONE;
    plan_ask(&work->plan, "withdrawn_freely");
    work_save(work, "casework", "");
    return VERDICT_DONE;
}

/* Triage had it as open: it cannot know at once that it was closed. Whoever is in danger would wait for a
 * case that nobody looks at any more. */
static enum verdict see_to_what_joined(struct turn *turn, const struct id *case_id) {
    struct work *work = work_load(turn, case_id);
    if (!work)
        return arena_exhausted(turn->arena) ? VERDICT_RETRY
                                            : turn_park(turn, "the case's row cannot be read");
    if (work->file.state == CASE_CLOSED && strcmp(work->file.outcome, SITE_OUTCOME_MERGED) != 0)
        work_open_again(work, "casework");
    return VERDICT_DONE;
}

enum verdict hear_report_joined(struct turn *turn, const Sigap__Event *event) {
    const Sigap__ReportJoined *joined = event->report_joined;
    struct id case_id, report;
    char text[ID_TEXT + 1];
    if (!case_of(event, &case_id) || !case_is_known(turn, &case_id))
        return park_unknown(turn, &case_id);
    id_from_bytes(joined->report_id.data, joined->report_id.len, &report);
    id_to_text(&report, text);
    narrative_put(turn, &case_id, &joined->report_id, joined->copy, &joined->narrative);
    timeline_add(turn, &case_id, "report_joined", text, joined->by,
        joined->copy        ? "copy"
        : *joined->relation ? joined->relation
                            : "witness",
        reason_said(turn, joined->reason));
    if (strcmp(joined->relation, "withdrawal") == 0)
        return ask_about_withdrawal(turn, &case_id);
    bool tells = !joined->copy || joined->danger; /* the same words, and the caller's own that it is urgent */
    return tells ? see_to_what_joined(turn, &case_id) : VERDICT_DONE;
}

static void set_priority(struct work *work, int priority) {
    bool raised = priority < work->file.priority;
    work->file.priority = priority;
    if (raised)
        plan_hurry(&work->plan);
}

static void change(struct work *work, const Sigap__CaseChanged *changed) {
    struct case_file *file = &work->file;
    bool other_kind = *changed->kind && strcmp(changed->kind, file->kind) != 0;
    bool other_playbook = *changed->playbook && strcmp(changed->playbook, file->playbook) != 0;
    if (other_kind)
        file->kind = changed->kind;
    if (*changed->area)
        file->area = changed->area;
    if (changed->priority != SIGAP__PRIORITY__PRIORITY_UNSPECIFIED)
        set_priority(work, priority_of(changed->priority));
    take_facts(work, changed->facts, changed->n_facts);
    work_keep_secret(work);
    if ((other_kind || other_playbook) && file->state == CASE_OPEN)
        plan_change(&work->plan, changed->playbook);
}

static bool tells_of_conflict(const Sigap__CaseChanged *changed) {
    for (size_t i = 0; i < changed->n_facts; i++)
        if (is_conflict_fact(changed->facts[i]->name))
            return true;
    return false;
}

enum verdict hear_case_changed(struct turn *turn, const Sigap__Event *event) {
    const Sigap__CaseChanged *changed = event->case_changed;
    struct work *work;
    enum verdict verdict;
    if (!load_or_park(turn, event, &work, &verdict))
        return verdict;
    bool closed = work_resume(work);
    change(work, changed);
    if (closed)
        work_suspend(work);
    timeline_add(turn, &work->file.id, "case_changed", work->file.kind, changed->by,
        changed->words ? "" : changed->reason, reason_said(turn, changed->words));
    work_save(work, "triage", "");
    if (tells_of_conflict(changed))
        conflict_hand_down(turn, &work->file.id, "triage");
    return VERDICT_DONE;
}

/* ---- router */

/* A line of history that needs nothing of the case but that it exists. */
static enum verdict line(struct turn *turn, const Sigap__Event *event, const char *what, const char *object,
    const char *actor, const char *detail) {
    struct id case_id;
    if (!case_of(event, &case_id) || !case_is_known(turn, &case_id))
        return park_unknown(turn, &case_id);
    timeline_add(turn, &case_id, what, object, actor, detail, NULL);
    return VERDICT_DONE;
}

static const char *referral_word(Sigap__ReferralState state) {
    switch (state) {
    case SIGAP__REFERRAL_STATE__REFERRAL_DRAFT:
        return "draft";
    case SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE:
        return "active";
    case SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE:
        return "unroutable";
    case SIGAP__REFERRAL_STATE__REFERRAL_REVOKED:
        return "revoked";
    case SIGAP__REFERRAL_STATE__REFERRAL_COMPLETED:
        return "completed";
    case SIGAP__REFERRAL_STATE__REFERRAL_ERROR:
        return "error";
    case SIGAP__REFERRAL_STATE__REFERRAL_HOME:
        return "home";
    case SIGAP__REFERRAL_STATE__REFERRAL_UNSPECIFIED:
    case _SIGAP__REFERRAL_STATE_IS_INT_SIZE:
        break;
    }
    return "unknown";
}

/* What a record says of a referral, and its line in the history. */
struct referral_news {
    const char *what, *object, *actor, *detail;
    const char *plan; /* codes of what is done without a facility, the leading one first */
    char *const *missing;
    size_t missing_count;
};

static bool is_served_at_home(const struct referral_news *news) {
    return site_kinds_listed(news->plan, "home_care");
}

/* Served at home: the tasks of home care come beside those of the kind. A person may have said that it is not
 * so, and knows better. */
static void serve_at_home(struct work *work) {
    if (!is_recorded(case_fact(&work->file, "homecare")))
        plan_fact(&work->plan, "homecare", "yes", "router", 0);
}

/* Facts are asked for only while the case is open; a referral that goes on by emergency override asks too. */
static enum verdict follow_referral(
    struct turn *turn, const Sigap__Event *event, const struct referral_news *news) {
    struct work *work;
    enum verdict verdict;
    if (!news->missing_count && !is_served_at_home(news))
        return line(turn, event, news->what, news->object, news->actor, news->detail);
    if (!load_or_park(turn, event, &work, &verdict))
        return verdict;
    if (is_served_at_home(news))
        serve_at_home(work);
    for (size_t i = 0; i < news->missing_count && work->file.state == CASE_OPEN; i++)
        plan_ask(&work->plan, news->missing[i]);
    /* Without a state: the line tells that it asks for facts. */
    timeline_add(turn, &work->file.id, news->what, news->missing_count ? "" : news->object, news->actor,
        news->detail, NULL);
    work_save(work, "casework", "");
    return VERDICT_DONE;
}

enum verdict hear_referral_opened(struct turn *turn, const Sigap__Event *event) {
    const Sigap__ReferralOpened *opened = event->referral_opened;
    const struct referral_news news = {"referral", referral_word(opened->state), "router", opened->rule,
        opened->plan, opened->missing, opened->n_missing};
    return follow_referral(turn, event, &news);
}

enum verdict hear_referral_moved(struct turn *turn, const Sigap__Event *event) {
    const Sigap__ReferralMoved *moved = event->referral_moved;
    bool home = moved->to == SIGAP__REFERRAL_STATE__REFERRAL_HOME;
    const struct referral_news news = {"referral_moved", referral_word(moved->to), moved->actor,
        moved->reason, home ? moved->plan : "", moved->missing, moved->n_missing};
    return follow_referral(turn, event, &news);
}

enum verdict hear_offer_sent(struct turn *turn, const Sigap__Event *event) {
    return line(turn, event, "offer_sent", event->offer_sent->facility, "router", "");
}

/* The facility that has accepted may look into the file; its access ends with the offer. */
static void follow_facility(struct case_file *file, const Sigap__OfferMoved *moved, struct arena *arena) {
    switch (moved->to) {
    case SIGAP__OFFER_STATE__OFFER_ACCEPTED:
    case SIGAP__OFFER_STATE__OFFER_IN_PROGRESS:
    case SIGAP__OFFER_STATE__OFFER_ON_HOLD:
        case_facility_add(file, moved->facility, arena);
        return;
    case SIGAP__OFFER_STATE__OFFER_REJECTED:
    case SIGAP__OFFER_STATE__OFFER_CANCELLED:
    case SIGAP__OFFER_STATE__OFFER_EXPIRED:
    case SIGAP__OFFER_STATE__OFFER_COMPLETED:
    case SIGAP__OFFER_STATE__OFFER_FAILED:
    case SIGAP__OFFER_STATE__OFFER_ERROR:
        case_facility_remove(file, moved->facility, arena);
        return;
    case SIGAP__OFFER_STATE__OFFER_UNSPECIFIED:
    case SIGAP__OFFER_STATE__OFFER_REQUESTED:
    case SIGAP__OFFER_STATE__OFFER_RECEIVED:
    case _SIGAP__OFFER_STATE_IS_INT_SIZE:
        return;
    }
}

/* Ended by the router because the case was closed: nobody says that the client has come, or gone. The case
 * may have been closed by mistake. */
static bool ended_with_case(const Sigap__OfferMoved *moved) {
    return strcmp(moved->reason, "case_closed") == 0;
}

/* Anchors: the client has arrived (or the stay ended, so it must have), the hospital has let it go. */
static void follow_client(struct work *work, const Sigap__OfferMoved *moved) {
    unsigned kind = places_kind(work->house->places, moved->facility);
    bool ended = moved->to == SIGAP__OFFER_STATE__OFFER_COMPLETED && !ended_with_case(moved);
    int64_t now = work->turn->now;
    if (strcmp(moved->event, "arrive") == 0 || ended) {
        if (kind & PLACE_STAY)
            plan_happened(&work->plan, "client.placed", now);
        if (kind & PLACE_SHELTER)
            plan_happened(&work->plan, "shelter.admitted", now);
        if (kind & PLACE_HOSPITAL)
            plan_happened(&work->plan, "hospital.admitted", now);
    }
    if (ended && (kind & PLACE_HOSPITAL))
        plan_happened(&work->plan, "hospital.discharged", now);
}

enum verdict hear_offer_moved(struct turn *turn, const Sigap__Event *event) {
    const Sigap__OfferMoved *moved = event->offer_moved;
    struct work *work;
    enum verdict verdict;
    if (moved->to == SIGAP__OFFER_STATE__OFFER_RECEIVED)
        return line(turn, event, "offer_received", moved->facility, moved->actor, "");
    if (!load_or_park(turn, event, &work, &verdict))
        return verdict;
    follow_facility(&work->file, moved, turn->arena);
    follow_client(work, moved);
    timeline_add(turn, &work->file.id, arena_format(turn->arena, "offer_%s", moved->event), moved->facility,
        moved->actor, moved->reason, NULL);
    work_save(work, "router", "");
    return VERDICT_DONE;
}

/* ---- notifier: alerts of cases; those of reviews and parked inputs have no case */

enum verdict hear_alert_raised(struct turn *turn, const Sigap__Event *event) {
    const Sigap__AlertRaised *raised = event->alert_raised;
    if (!event->case_id.len || strcmp(raised->subject, "task") == 0)
        return VERDICT_DONE; /* its reminder is ours */
    return line(turn, event, "alert", raised->subject, "", raised->policy);
}

enum verdict hear_alert_moved(struct turn *turn, const Sigap__Event *event) {
    const Sigap__AlertMoved *moved = event->alert_moved;
    if (!event->case_id.len || strcmp(moved->subject, "task") == 0)
        return VERDICT_DONE;
    if (strcmp(moved->action, "delivered") == 0) /* the router says so by the offer */
        return VERDICT_DONE;
    return line(turn, event, "alert_moved", moved->action, moved->actor, moved->team);
}

enum verdict hear_delivery_ended(struct turn *turn, const Sigap__Event *event) {
    const Sigap__DeliveryEnded *ended = event->delivery_ended;
    if (!event->case_id.len)
        return VERDICT_DONE;
    return line(turn, event, "delivery_ended", ended->channel, ended->team, ended->state);
}
