/* Alerts of incidents that began a moment ago, as their rows are: what follows the alert of a case (its
 * referral, its tasks, its offer) is heard within seconds, often in the same turn, and asks for all alerts of
 * the case each time.
 *
 * What is here is what the store will say in the turn at hand. A turn that is rolled back takes all with it;
 * in one whose inputs may be undone one by one (turn_is_careful()), what is written is not kept. An incident
 * is known from its first alert on, so all of its alerts are here or none. */
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

/* Rows of all alerts of the incident, the oldest first. 0: not known, the store has to be asked. */
unsigned recent_find(
    struct recent *recent, const struct id *incident, const struct alert_row *out[RECENT_ALERTS]);
/* The row has changed so, or is new. */
void recent_keep(struct recent *recent, const struct alert_row *row, bool is_new);
/* The incident is asked of the store from now on. */
void recent_drop(struct recent *recent, const struct id *incident);
/* ... all of them: rows were deleted, or a turn was rolled back. */
void recent_forget(struct recent *recent);
