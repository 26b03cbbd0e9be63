/* Alerts of incidents that began a moment ago, as their rows are: what follows the alert of a case (its
 * referral, its tasks, its offer) is heard within seconds, and asks for all alerts of the case each time.
 *
 * Only what is committed is here. An alert that was written in the turn at hand is asked of the store until
 * the commit; when the turn, or the input, is undone instead, what is here is true again by itself. An
 * incident is known from its first alert on, so all of its alerts are here or none. */
#pragma once

#include "alert.h"

enum {
    RECENT_INCIDENTS = 4096, /* x 0.6 KiB an alert: some 4 MiB under load, two seconds of it */
    RECENT_ALERTS = 8,       /* an incident; one with more is asked of the store */
    RECENT_BODY_MAX = 4096,  /* ... or with one that is longer */
    RECENT_BYTES = 8 << 20,  /* when there are more, all is forgotten */
};

struct recent;

struct recent *recent_new(void); /* NULL: out of memory */
void recent_free(struct recent **recent);

/* Rows of all alerts of the incident, the oldest first. 0: not known, the store has to be asked. turn: which
 * one asks, see turn_begun(). */
unsigned recent_find(struct recent *recent, uint64_t turn, const struct id *incident,
    const struct alert_row *out[RECENT_ALERTS]);
/* The row changes in this turn. */
void recent_changes(struct recent *recent, uint64_t turn, const struct id *alert);
/* ... and has changed so, or is new: it is committed. A body that is too long may be left out. */
void recent_keep(struct recent *recent, const struct alert_row *row, bool is_new);
/* Rows were deleted. */
void recent_forget(struct recent *recent);
