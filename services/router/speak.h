/* What the router tells the others: one record for each step of a referral and of its offers, all of one case
 * in order. Texts are copied into the turn. */
#pragma once

#include "services/router/plan.h"
#include "services/router/route.h"

/* plan: whom the policy wants told. */
void speak_opened(struct work *work, const struct plan *plan);
/* The referral is in its new state already. reason: a code. owner_role: who has to see to it, "" nobody. */
void speak_moved(struct work *work, Sigap__ReferralState from, const char *reason, const char *owner_role,
    const char *actor);
void speak_sent(struct work *work, const struct offer *offer);
/* The offer is in its new state already. escalation: 1 warned, 2 region told, 3 province told, 0 none. */
void speak_offer_moved(struct work *work, const struct offer *offer, enum offer_state from,
    const char *event_word, const struct by *by, unsigned escalation);
