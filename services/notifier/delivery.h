/* A delivery: one chain of attempts to reach one team over one channel. Its states are a checked table:
 * a move that is not in the table cannot happen.
 *
 * Deliveries live in the row of their alert, packed, so that telling three teams costs one row. A delivery's
 * id is its alert's id with the ordinal in the last two bytes. */
#pragma once

#include "common/arena.h"
#include "common/buffer.h"
#include "common/id.h"

#include <stdbool.h>
#include <stdint.h>

enum delivery_state {
    DELIVERY_QUEUED,
    DELIVERY_HELD, /* until next_at: quiet hours, throttle, breaker, bundling */
    DELIVERY_BUNDLED,
    DELIVERY_CANCELLED,
    DELIVERY_SUPERSEDED,
    DELIVERY_EXPIRED,
    DELIVERY_SENDING, /* leased until next_at */
    DELIVERY_ACCEPTED,
    DELIVERY_SENT,
    DELIVERY_DELIVERED,
    DELIVERY_READ,
    DELIVERY_RETRY_WAIT, /* until next_at */
    DELIVERY_UNKNOWN,    /* the process died or nothing was heard: nobody can tell */
    DELIVERY_NO_RECEIPT,
    DELIVERY_FAILED,
    DELIVERY_DEAD,
    DELIVERY_STATES
};

/* What the message is for; decides its text and whether it expects an answer. */
enum delivery_purpose {
    PURPOSE_ALERT,
    PURPOSE_AGAIN,       /* a further round, or a step reached after a lapse */
    PURPOSE_REMINDER,    /* answered, but nothing has moved */
    PURPOSE_TAKEN,       /* somebody else has accepted */
    PURPOSE_STAND_DOWN,  /* nothing more to do */
    PURPOSE_NOTICE,      /* for information, no answer expected */
    PURPOSE_REJECTED,    /* coordinator: a facility said no */
    PURPOSE_EXPIRED,     /* coordinator: a facility did not answer in time */
    PURPOSE_UNREACHABLE, /* coordinator: a message could not be delivered */
    PURPOSE_NOBODY,      /* coordinator: a step had nobody on duty */
    PURPOSE_WITHDRAWN,   /* facility: the offer is no longer yours to answer */
    PURPOSE_TASK,        /* owner: tasks with a deadline wait for you */
    PURPOSE_DRAFT,       /* owner: the referral waits for facts */
    PURPOSE_CHANGE,      /* more of what they have heard of already */
    PURPOSE_PLACED,      /* the case has a place: the call is over, tasks go on */
    PURPOSE_DUE,         /* facility: it has accepted, and its next step is due */
    PURPOSE_LATE,        /* coordinator: a facility that has accepted is late with its next step */
    PURPOSE_ASKED_BACK,  /* facility: it has accepted, and is asked to give the case back */
    PURPOSE_RECALLED,    /* the call is not for them any more: others are called */
    PURPOSE_NEWS,        /* a reporter has written again: several in a few minutes are told once */
    PURPOSE_MOVED,       /* the case lies elsewhere: others are called. role: to whom to hand it over */
    PURPOSES
};

enum {
    DELIVERIES_MAX = 1000, /* an alert; P0 unanswered: about 40 tellings a round x 3 channels x 4 rounds, 100
                              to the last, and as many again to those on duty */
    DELIVERIES_MANY =
        750,             /* from here on old tellings that were repeated since make room, see alert_thin() */
    DELIVERIES_ROOM = 8, /* more than what one input adds, as a rule */
    DELIVERY_TEAM_MAX = 63,
    DELIVERY_CHANNEL_MAX = 15,
    DELIVERY_ROLE_MAX = 31,
    DELIVERY_REASON_MAX = 31,
    DELIVERY_DUTY_MAX = 31,
};

struct team;

struct delivery {
    uint16_t ordinal; /* from 1, rising; with gaps where old tellings made room */
    enum delivery_state state;
    enum delivery_purpose purpose;
    uint8_t attempt;       /* attempts begun */
    uint8_t unknowns;      /* attempts whose outcome nobody knows */
    uint8_t method;        /* place of the channel among the methods of its team or person */
    uint8_t person;        /* enum policy_person: whom of the team */
    bool codes_only;       /* carries the case number and the priority, whatever the alert may tell others */
    int64_t queued_at, at; /* epoch ms: made, last move */
    int64_t next_at;       /* epoch ms: end of lease, hold or wait; 0 none */
    int64_t number;        /* handover number of a local channel, see outgoing.h; 0 none */
    const struct team *to; /* of this name; not stored. NULL: not looked for yet */
    char team[DELIVERY_TEAM_MAX + 1];
    char channel[DELIVERY_CHANNEL_MAX + 1];
    char on_duty[DELIVERY_DUTY_MAX + 1];  /* code of the person of the team; "": the team itself */
    char role[DELIVERY_ROLE_MAX + 1];     /* agencies the team passes it on to, "DNK,DES"; usually "" */
    char reason[DELIVERY_REASON_MAX + 1]; /* provider's id, or why it failed or is held: a word of ours */
};

const char *delivery_state_word(enum delivery_state state);
const char *delivery_purpose_word(enum delivery_purpose purpose);
bool delivery_may_move(enum delivery_state from, enum delivery_state to);
/* Moves and stamps; clears next_at. False, and nothing changed, when the table has no such move. */
bool delivery_move(struct delivery *delivery, enum delivery_state to, int64_t now);
/* Takes back what has not been sent, by the moves of the table: QUEUED, HELD and RETRY_WAIT end in `to`
 * (CANCELLED, SUPERSEDED, EXPIRED, BUNDLED). False when it is too late. */
bool delivery_withdraw(struct delivery *delivery, enum delivery_state to, int64_t now);
/* Still waits to be sent, or is being sent. */
bool delivery_is_pending(const struct delivery *delivery);
/* Left this house, as far as anybody knows. */
bool delivery_went_out(const struct delivery *delivery);

/* Packed form: a version byte, a count, then each delivery as varints and counted texts. Version 1 had no
 * people, version 2 no messages that carry the number only, version 3 no gaps between ordinals. */
void deliveries_pack(const struct delivery *deliveries, unsigned count, struct buffer *out);
/* Into the arena, with room for DELIVERIES_ROOM more. NULL when the bytes are damaged or the arena is
 * exhausted. */
struct delivery *deliveries_unpack(struct arena *arena, const void *bytes, size_t size, unsigned *count);
