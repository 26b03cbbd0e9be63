/* Sending: from a delivery in QUEUED to its end.
 *
 * The row is committed (SENDING) before anything leaves; what became of it comes back as an input. Network
 * channels answer one by one. A local channel (outbox, null) hands over within the call, right after the
 * commit, in the order of numbers: so one number in one row (the watermark) stands for the results of all
 * deliveries up to it, and telling a team costs no second write. After a crash what lies above the watermark
 * is unknown and is handed over again. */
#pragma once

#include "common/turn.h"

#include "alert.h"
#include "policy.h"
#include "state.h"

enum {
    EFFECT_SEND = 1,   /* what: struct message; kind carries the attempt in its upper bits */
    EFFECT_HANDED = 2, /* result only: the local channels have handed over up to notifier.handed */
    LEASE_MS = 30000,
    HELD_AFTER_RESTORE_MS = 5000, /* looked at again so often until an operator releases effects */
    THROTTLE_MS = 1000,
    BUNDLE_FIRST_MS = 30000,
    BUNDLE_AGAIN_MS = 300000,
};

static inline uint32_t outgoing_kind(uint8_t attempt) {
    return EFFECT_SEND | (uint32_t)attempt << 8;
}

/* Place of the channel among those in use, -1: it is not. */
int outgoing_channel(const struct notifier *notifier, const char *name);

/* Adds a delivery for each method: boxes always, and as many channels that wake people as asked; and for
 * those of the team who are on duty now, each on the first of their own methods (the others follow by the
 * ladder). What takes an alert back goes to those who were told, whoever is on duty now. Nothing is sent
 * until outgoing_push(). False: the team cannot be reached at all. */
bool outgoing_tell(struct turn *turn, struct alert *alert, const struct team *team, const char *role,
    enum policy_person person, enum delivery_purpose purpose, enum policy_channels channels);
/* Only those on duty, for a team that is told already; except: passed over (NULL: nobody). */
void outgoing_tell_on_duty(struct turn *turn, struct alert *alert, const struct team *team, const char *role,
    enum policy_person person, enum delivery_purpose purpose, const char *except);
/* One of the team; nothing when they have left, or hear it in this push already. False: no method of theirs
 * is in use. */
bool outgoing_tell_person(struct turn *turn, struct alert *alert, const struct team *team, const char *code,
    const char *role, enum delivery_purpose purpose);
/* Whose answer it is: of an offer that of the facility's own people only, of all else that of whoever is
 * told. NULL: of no team. */
bool outgoing_asks(const struct alert *alert, const struct team *team);
/* Told of a C3 case without being named for it, and not the facility it is offered to: for them it is a
 * number. */
bool outgoing_is_outside(const struct alert *alert, const struct team *team);
/* Sends, holds or withdraws all that is QUEUED. The alert is the row as it is now: what has been answered
 * meanwhile is not sent. The caller writes the alert afterwards. */
void outgoing_push(struct turn *turn, struct alert *alert);
/* Takes back what has not left. */
void outgoing_withdraw(struct turn *turn, struct alert *alert, enum delivery_state to);
/* The same, but only what nobody needs now that the alert is as it is: news stays. */
void outgoing_withdraw_calls(struct turn *turn, struct alert *alert);

enum verdict outgoing_result(struct turn *turn, const struct effect_result *result);
enum verdict outgoing_timer(struct turn *turn, const struct id *delivery, int64_t due_at);
enum verdict outgoing_start(struct turn *turn);
/* The next portion of what was on its way at the start. */
enum verdict outgoing_left_over(struct turn *turn);

bool outgoing_connect(void *state, struct daemon_loop *loop, struct error *error);
void outgoing_perform(void *state, const struct effect *effect);
void outgoing_disconnect(void *state);

/* A local delivery that is SENDING counts as delivered up to here. */
int64_t outgoing_watermark(struct turn *turn);
