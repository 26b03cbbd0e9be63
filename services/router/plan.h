/* What shall become of a case: rule, steps and candidates put together. Pure: takes what is known, gives the
 * state the referral should have, whom to ask first, what is missing, and every candidate with its reason. */
#pragma once

#include "proto/router.pb-c.h"
#include "services/router/match.h"
#include "services/router/policy.h"

enum {
    PLAN_CANDIDATES_MAX = 64,
    PLAN_ACTIONS_MAX = 16,
    PLAN_ROLES_MAX = 24,
    PLAN_MISSING_MAX = 16,
    PLAN_TEXT_MAX = 256, /* bytes of the list of action codes */
};

/* A facility that was asked before. */
struct past_offer {
    const char *facility;
    enum match_reason past; /* REFUSED, EXPIRED, WITHDRAWN */
    bool full;              /* it said so */
};

struct plan_case {
    int kind;     /* KNOWN_NONE: a kind the site does not have */
    int priority; /* 0..4 */
    const char *area;
    struct pairs facts;
    const struct past_offer *past;
    unsigned past_count;
};

/* What changes from minute to minute. */
struct plan_lookup {
    struct capacity (*capacity)(void *context, const struct facility *facility);
    unsigned (*load)(void *context, const struct facility *facility);
    void *context;
};

struct plan {
    Sigap__ReferralState state; /* DRAFT, ACTIVE, UNROUTABLE or HOME */
    const struct rule *rule;    /* NULL: none for this kind */
    bool override;              /* goes on although facts are missing, by the site's recorded override */
    bool emergency;
    const char *missing[PLAN_MISSING_MAX]; /* names of facts; "area" for the place */
    unsigned missing_count;
    const char *owner_role; /* of a draft, an unroutable one, or who leads at home */
    const struct step
        *actions[PLAN_ACTIONS_MAX]; /* steps without facility that are to be done, the leading first */
    unsigned action_count;
    char actions_text[PLAN_TEXT_MAX]; /* their codes, separated by spaces */
    const char *notify_roles[PLAN_ROLES_MAX];
    unsigned notify_count;
    struct candidate candidates[PLAN_CANDIDATES_MAX];
    unsigned candidate_count;
    int pick; /* place of the candidate to ask; -1: none */
    struct known known;
    struct accusation accusation; /* who is out of the chain */
};

/* Places the result in the arena; NULL when it is exhausted. */
struct plan *route_plan_make(const struct policy *policy, const struct plan_case *plan_case,
    const struct plan_lookup *lookup, int64_t now, struct arena *arena);
const struct candidate *route_plan_candidate(
    const struct plan *plan, const char *facility); /* NULL: not among them */
