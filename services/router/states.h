/* The state table of an offer (FHIR Task), checked: a move that is not in the table cannot happen, and is
 * refused with the sentence why. After each move the invariant of its states is checked. Formats 2. */
#pragma once

#include "proto/router.pb-c.h"

#include <stdbool.h>
#include <stddef.h>

enum offer_state {
    OFFER_REQUESTED = SIGAP__OFFER_STATE__OFFER_REQUESTED,
    OFFER_RECEIVED = SIGAP__OFFER_STATE__OFFER_RECEIVED,
    OFFER_ACCEPTED = SIGAP__OFFER_STATE__OFFER_ACCEPTED,
    OFFER_REJECTED = SIGAP__OFFER_STATE__OFFER_REJECTED,
    OFFER_CANCELLED = SIGAP__OFFER_STATE__OFFER_CANCELLED,
    OFFER_EXPIRED = SIGAP__OFFER_STATE__OFFER_EXPIRED,
    OFFER_IN_PROGRESS = SIGAP__OFFER_STATE__OFFER_IN_PROGRESS,
    OFFER_ON_HOLD = SIGAP__OFFER_STATE__OFFER_ON_HOLD,
    OFFER_COMPLETED = SIGAP__OFFER_STATE__OFFER_COMPLETED,
    OFFER_FAILED = SIGAP__OFFER_STATE__OFFER_FAILED,
    OFFER_ERROR = SIGAP__OFFER_STATE__OFFER_ERROR,
};

enum offer_event {
    EVENT_DELIVER, /* delivered, or opened by the facility */
    EVENT_ACCEPT,
    EVENT_REJECT,
    EVENT_EXPIRE, /* nobody answered in time */
    EVENT_CANCEL,
    EVENT_REQUEST_CANCEL,
    EVENT_CONFIRM_CANCEL, /* by the facility, or because it did not answer in time */
    EVENT_DECLINE,        /* after it had accepted */
    EVENT_SCHEDULE,
    EVENT_ARRIVE,
    EVENT_START_TIMEOUT,
    EVENT_START_EXPIRE, /* the third start timeout */
    EVENT_RESCHEDULE,
    EVENT_NO_SHOW,
    EVENT_DONE, /* an appointment has taken place */
    EVENT_HOLD,
    EVENT_RESUME,
    EVENT_COMPLETE,
    EVENT_FAIL,
    EVENT_ERROR, /* entered in error */
    OFFER_EVENTS
};

/* Who may cause an event. */
enum offer_party {
    PARTY_REQUESTER = 1, /* the coordinator of the area */
    PARTY_OWNER = 2,     /* the facility's staff, or somebody on their behalf */
    PARTY_SYSTEM = 4,
    PARTY_ADMINISTRATOR = 8,
};

/* What becomes of the place. */
enum offer_hold { HOLD_NONE, HOLD_SOFT, HOLD_FIRM };

/* What of an offer the table needs and changes. */
struct offer_standing {
    enum offer_state state;
    bool cancel_requested;
};

enum offer_reason_need { REASON_OPTIONAL, REASON_STANDARD, REASON_TEXT };

struct offer_move {
    enum offer_state to;
    bool cancel_requested; /* afterwards */
    unsigned parties;      /* of enum offer_party */
    enum offer_reason_need reason;
};

/* True and the move when the table has it. False: *why is one sentence for the person who asked, Indonesian
 * and English; never NULL. */
bool offer_move_find(
    const struct offer_standing *from, enum offer_event event, struct offer_move *move, const char **why);

bool offer_is_open(enum offer_state state);     /* can still move: its facility may see the case */
bool offer_is_waiting(enum offer_state state);  /* not answered yet */
bool offer_is_accepted(enum offer_state state); /* accepted, in progress, on hold */
/* What a state must hold, for the check after each move: hold and open flag fit the state. NULL, or what is
 * wrong. */
const char *offer_invariant(const struct offer_standing *standing, enum offer_hold hold, bool capacity_known);

const char *offer_state_word(enum offer_state state);
bool offer_state_read(const char *word, enum offer_state *out);
const char *offer_event_word(enum offer_event event);
bool offer_event_read(const char *word, enum offer_event *out);
const char *referral_state_word(Sigap__ReferralState state);
