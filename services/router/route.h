/* What happens to a referral and its offers: the rows, the places, the timers and the records of each step.
 * All of it inside the turn. The caller reads the referral, works on it, and ends with route_end(), which
 * writes it. */
#pragma once

#include "services/router/router.h"
#include "services/router/rows.h"

/* Who makes a move, and why. Texts may be "". */
struct by {
    const char *actor, *on_behalf_of;
    const char *reason;  /* code; never free text, which may name somebody */
    const char *outcome; /* of a completion */
    bool beyond_places;  /* accepts although no place is free; it holds none then */
    bool ours;           /* taken back by the router itself: no reason not to ask this facility again */
};

struct work {
    struct turn *turn;
    struct router *router;
    struct referral referral;
    struct waits waited; /* as the row says it */
    bool is_new, closing;
    bool touched;                 /* the referral's row has to be written */
    const struct facility *freed; /* a place became free: somebody may have waited for it */
    const char *broken;           /* an invariant does not hold: the input must be parked */
};

/* False: there is no referral of this case. */
bool route_begin(struct work *work, struct turn *turn, const struct id *case_id);
/* Writes the row, lets those who waited for a freed place try again. DONE, or PARK when an invariant broke.
 */
enum verdict route_end(struct work *work);

/* Did a person say or do it? Triage names the source of what it has read in a text, or none. */
bool fact_is_recorded(const Sigap__Fact *fact);
/* The case's facts with this one. What a person has recorded stays against what a text says later. */
void route_take_fact(struct work *work, const Sigap__Fact *fact, bool recorded);
/* Never less confidential than the strictest of these kinds. */
void route_keep_secret(struct work *work, const char *kinds);

/* A new case: decides, opens the referral, sends the first offer. */
enum verdict route_open(
    struct turn *turn, const struct id *case_id, const struct id *trace, const Sigap__CaseOpened *opened);
/* The case has become more urgent, or another one, after its referral was completed: it needs a place again.
 * False: nothing was completed, or the case is closed. */
bool route_anew(struct work *work, const char *reason, const char *actor);
/* Something about the case has changed: decides again. reason: a word for ReferralMoved. */
void route_again(struct work *work, const char *reason, const char *actor);
/* One move of an offer with all that follows. False: refused, *why is the sentence. */
bool route_move(struct work *work, struct offer *offer, enum offer_event event, const struct by *by,
    unsigned escalation, const char **why);
/* A coordinator puts the case to a facility. False: *why. */
bool route_assign(struct work *work, const struct facility *facility, const struct by *by, const char **why);
void route_close(struct work *work, const Sigap__CaseClosed *closed);

/* Who has accepted a case that is merged into another one. */
struct taken {
    const struct facility *facility;
    bool arrived;
    struct id whole; /* the case it counts with */
};

/* Triage has merged it. whole: NULL when they are two again. */
void route_note_merged(struct work *work, const struct id *whole);
/* Before it is closed as merged. False: it is not merged, or nobody has it. */
bool route_has_taken(const struct work *work, struct taken *out);
/* After that: the whole is theirs, unless somebody has it already; else their place is free. */
enum verdict route_take_over(struct turn *turn, const struct taken *taken, const char *actor);

enum verdict route_timer(struct turn *turn, uint32_t kind, const struct id *object, int64_t due_at);

/* Plan of a referral as things are now, for explaining. NULL: the arena is exhausted. */
struct plan *route_plan(struct turn *turn, const struct referral *referral);
/* Referrals that found this facility full try again, P0 and P1 and the oldest first, until so many have got
 * somebody; drills beside them, for they take no place. DONE, or PARK when an invariant broke. */
enum verdict route_retry_waiting(struct turn *turn, const struct facility *facility, unsigned most);
