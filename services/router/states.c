#include "services/router/states.h"

#include <string.h>

#define ALL_STATES_COUNT 12

static const char *const state_words[ALL_STATES_COUNT] = {
    [OFFER_REQUESTED] = "requested",
    [OFFER_RECEIVED] = "received",
    [OFFER_ACCEPTED] = "accepted",
    [OFFER_REJECTED] = "rejected",
    [OFFER_CANCELLED] = "cancelled",
    [OFFER_EXPIRED] = "expired",
    [OFFER_IN_PROGRESS] = "in_progress",
    [OFFER_ON_HOLD] = "on_hold",
    [OFFER_COMPLETED] = "completed",
    [OFFER_FAILED] = "failed",
    [OFFER_ERROR] = "entered_in_error",
};

static const char *const event_words[OFFER_EVENTS] = {
    [EVENT_DELIVER] = "deliver",
    [EVENT_ACCEPT] = "accept",
    [EVENT_REJECT] = "reject",
    [EVENT_EXPIRE] = "expire",
    [EVENT_CANCEL] = "cancel",
    [EVENT_REQUEST_CANCEL] = "request_cancel",
    [EVENT_CONFIRM_CANCEL] = "confirm_cancel",
    [EVENT_DECLINE] = "decline",
    [EVENT_SCHEDULE] = "schedule",
    [EVENT_ARRIVE] = "arrive",
    [EVENT_START_TIMEOUT] = "start_timeout",
    [EVENT_START_EXPIRE] = "start_expire",
    [EVENT_RESCHEDULE] = "reschedule",
    [EVENT_NO_SHOW] = "no_show",
    [EVENT_DONE] = "done",
    [EVENT_HOLD] = "hold",
    [EVENT_RESUME] = "resume",
    [EVENT_COMPLETE] = "complete",
    [EVENT_FAIL] = "fail",
    [EVENT_ERROR] = "error",
};

enum { STAYS = 0 }; /* `to` of a row: the state remains what it was */
enum { CANCEL_ANY, CANCEL_NO, CANCEL_ASKED };

#define IN(state) (1U << (state))
#define WAITING (IN(OFFER_REQUESTED) | IN(OFFER_RECEIVED))
#define TAKEN (IN(OFFER_ACCEPTED) | IN(OFFER_IN_PROGRESS) | IN(OFFER_ON_HOLD))
#define ANY                                                                                                  \
    (WAITING | TAKEN | IN(OFFER_REJECTED) | IN(OFFER_CANCELLED) | IN(OFFER_EXPIRED) | IN(OFFER_COMPLETED) |  \
        IN(OFFER_FAILED))

/* Formats 2, row by row. cancel: whether a cancellation must have been asked for; asks: whether it is
 * afterwards. A facility that has been asked to give a case back can only confirm, finish or fail it. */
static const struct {
    unsigned from;
    enum offer_event event;
    int cancel;
    int to;
    bool asks;
    unsigned parties;
    enum offer_reason_need reason;
} table[] = {
    {IN(OFFER_REQUESTED), EVENT_DELIVER, CANCEL_ANY, OFFER_RECEIVED, false, PARTY_SYSTEM | PARTY_OWNER,
        REASON_OPTIONAL},
    {WAITING, EVENT_ACCEPT, CANCEL_NO, OFFER_ACCEPTED, false, PARTY_OWNER, REASON_OPTIONAL},
    {WAITING, EVENT_REJECT, CANCEL_ANY, OFFER_REJECTED, false, PARTY_OWNER, REASON_STANDARD},
    {WAITING, EVENT_EXPIRE, CANCEL_ANY, OFFER_EXPIRED, false, PARTY_SYSTEM, REASON_OPTIONAL},
    {WAITING, EVENT_CANCEL, CANCEL_ANY, OFFER_CANCELLED, false, PARTY_REQUESTER | PARTY_SYSTEM,
        REASON_OPTIONAL},
    {TAKEN, EVENT_REQUEST_CANCEL, CANCEL_NO, STAYS, true, PARTY_REQUESTER | PARTY_SYSTEM, REASON_TEXT},
    {TAKEN, EVENT_CONFIRM_CANCEL, CANCEL_ASKED, OFFER_CANCELLED, false, PARTY_OWNER | PARTY_SYSTEM,
        REASON_OPTIONAL},
    {IN(OFFER_ACCEPTED), EVENT_DECLINE, CANCEL_ANY, OFFER_REJECTED, false, PARTY_OWNER, REASON_STANDARD},
    {IN(OFFER_ACCEPTED), EVENT_SCHEDULE, CANCEL_NO, OFFER_IN_PROGRESS, false, PARTY_OWNER, REASON_OPTIONAL},
    {IN(OFFER_ACCEPTED), EVENT_ARRIVE, CANCEL_NO, OFFER_IN_PROGRESS, false, PARTY_OWNER, REASON_OPTIONAL},
    {IN(OFFER_IN_PROGRESS), EVENT_ARRIVE, CANCEL_NO, OFFER_IN_PROGRESS, false, PARTY_OWNER, REASON_OPTIONAL},
    {IN(OFFER_ACCEPTED) | IN(OFFER_IN_PROGRESS), EVENT_START_TIMEOUT, CANCEL_ANY, STAYS, false, PARTY_SYSTEM,
        REASON_OPTIONAL},
    {IN(OFFER_ACCEPTED) | IN(OFFER_IN_PROGRESS), EVENT_START_EXPIRE, CANCEL_ANY, OFFER_EXPIRED, false,
        PARTY_SYSTEM, REASON_OPTIONAL},
    {IN(OFFER_IN_PROGRESS), EVENT_RESCHEDULE, CANCEL_NO, OFFER_IN_PROGRESS, false, PARTY_OWNER,
        REASON_OPTIONAL},
    {IN(OFFER_IN_PROGRESS), EVENT_NO_SHOW, CANCEL_NO, OFFER_IN_PROGRESS, false, PARTY_OWNER, REASON_OPTIONAL},
    {IN(OFFER_IN_PROGRESS), EVENT_DONE, CANCEL_NO, OFFER_IN_PROGRESS, false, PARTY_OWNER, REASON_OPTIONAL},
    {IN(OFFER_ACCEPTED) | IN(OFFER_IN_PROGRESS), EVENT_HOLD, CANCEL_NO, OFFER_ON_HOLD, false, PARTY_OWNER,
        REASON_TEXT},
    {IN(OFFER_ON_HOLD), EVENT_RESUME, CANCEL_NO, OFFER_IN_PROGRESS, false, PARTY_OWNER, REASON_TEXT},
    {TAKEN, EVENT_COMPLETE, CANCEL_ANY, OFFER_COMPLETED, false, PARTY_OWNER | PARTY_SYSTEM, REASON_OPTIONAL},
    {TAKEN, EVENT_FAIL, CANCEL_ANY, OFFER_FAILED, false, PARTY_OWNER, REASON_TEXT},
    {ANY, EVENT_ERROR, CANCEL_ANY, OFFER_ERROR, false, PARTY_REQUESTER | PARTY_ADMINISTRATOR, REASON_TEXT},
};

/* Why a state does not take an event, where the state itself says it. */
static const char *why_not(const struct offer_standing *from, enum offer_event event) {
    switch (from->state) {
    case OFFER_REJECTED:
        return "Tawaran sudah ditolak / The offer has been refused";
    case OFFER_CANCELLED:
        return "Tawaran sudah ditarik / The offer has been taken back";
    case OFFER_EXPIRED:
        return "Waktu menjawab sudah lewat, tawaran diteruskan ke tempat lain / "
               "The time to answer is over, the case has been offered elsewhere";
    case OFFER_COMPLETED:
        return "Rujukan sudah selesai / The referral is completed";
    case OFFER_FAILED:
        return "Rujukan sudah dinyatakan gagal / The referral has failed";
    case OFFER_ERROR:
        return "Tawaran salah masuk / The offer was entered in error";
    case OFFER_REQUESTED:
    case OFFER_RECEIVED:
        return "Tawaran belum diterima / The offer has not been accepted yet";
    case OFFER_ACCEPTED:
    case OFFER_IN_PROGRESS:
    case OFFER_ON_HOLD:
        break;
    }
    if (event == EVENT_ACCEPT || event == EVENT_REJECT)
        return "Tawaran sudah diterima / The offer has already been accepted";
    if (event == EVENT_CANCEL)
        return "Tawaran sudah diterima: mintalah pembatalan / It has been accepted: ask for a cancellation";
    if (event == EVENT_CONFIRM_CANCEL)
        return "Tidak ada permintaan pembatalan / No cancellation has been asked for";
    if (from->cancel_requested)
        return "Pembatalan sedang diminta / A cancellation has been asked for";
    return "Langkah ini tidak mungkin dalam keadaan ini / This step is not possible in this state";
}

bool offer_move_find(
    const struct offer_standing *from, enum offer_event event, struct offer_move *move, const char **why) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (table[i].event != event || !(table[i].from & IN(from->state)))
            continue;
        if (table[i].cancel != CANCEL_ANY && (table[i].cancel == CANCEL_ASKED) != from->cancel_requested)
            continue;
        bool stays = table[i].to == STAYS;
        *move = (struct offer_move){.to = stays ? from->state : (enum offer_state)table[i].to,
            .cancel_requested = table[i].asks || (stays && from->cancel_requested),
            .parties = table[i].parties,
            .reason = table[i].reason};
        *why = "";
        return true;
    }
    *why = why_not(from, event);
    return false;
}

bool offer_is_waiting(enum offer_state state) {
    return WAITING & IN(state);
}

bool offer_is_accepted(enum offer_state state) {
    return TAKEN & IN(state);
}

bool offer_is_open(enum offer_state state) {
    return offer_is_waiting(state) || offer_is_accepted(state);
}

const char *offer_invariant(
    const struct offer_standing *standing, enum offer_hold hold, bool capacity_known) {
    if (!offer_is_open(standing->state) && hold != HOLD_NONE)
        return "a closed offer holds a place";
    if (offer_is_accepted(standing->state) && hold == HOLD_SOFT)
        return "an accepted offer holds its place softly";
    if (offer_is_accepted(standing->state) && capacity_known && hold != HOLD_FIRM)
        return "an accepted offer holds no place";
    if (offer_is_waiting(standing->state) && hold == HOLD_FIRM)
        return "an offer without answer holds a place firmly";
    if (standing->cancel_requested && !offer_is_accepted(standing->state))
        return "a cancellation is asked for where nobody has accepted";
    return NULL;
}

/* ---- words */

const char *offer_state_word(enum offer_state state) {
    return (unsigned)state < ALL_STATES_COUNT && state_words[state] ? state_words[state] : "";
}

bool offer_state_read(const char *word, enum offer_state *out) {
    for (unsigned i = 0; i < ALL_STATES_COUNT; i++) {
        if (state_words[i] && strcmp(state_words[i], word) == 0) {
            *out = (enum offer_state)i;
            return true;
        }
    }
    return false;
}

const char *offer_event_word(enum offer_event event) {
    return event < OFFER_EVENTS ? event_words[event] : "";
}

/* "no-show" as well as "no_show": addresses are written with hyphens. */
static bool same_word(const char *word, const char *given) {
    while (*word && (*word == *given || (*word == '_' && *given == '-')))
        word++, given++;
    return *word == *given;
}

bool offer_event_read(const char *word, enum offer_event *out) {
    for (unsigned i = 0; i < OFFER_EVENTS; i++) {
        if (same_word(event_words[i], word)) {
            *out = (enum offer_event)i;
            return true;
        }
    }
    return false;
}

static const char *const referral_words[] = {
    [SIGAP__REFERRAL_STATE__REFERRAL_UNSPECIFIED] = "",
    [SIGAP__REFERRAL_STATE__REFERRAL_DRAFT] = "draft",
    [SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE] = "active",
    [SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE] = "unroutable",
    [SIGAP__REFERRAL_STATE__REFERRAL_REVOKED] = "revoked",
    [SIGAP__REFERRAL_STATE__REFERRAL_COMPLETED] = "completed",
    [SIGAP__REFERRAL_STATE__REFERRAL_ERROR] = "entered_in_error",
    [SIGAP__REFERRAL_STATE__REFERRAL_HOME] = "home",
};

const char *referral_state_word(Sigap__ReferralState state) {
    return (size_t)state < sizeof referral_words / sizeof *referral_words ? referral_words[state] : "";
}
