/* What the journals say happened, counted: read from all of them at the end of a run. */
#pragma once

#include "common/area.h"
#include "world.h"

enum { LEDGER_MAX = 4096 };

struct ledger_report {
    struct id id;
    unsigned received, opened, joined, parted, closed, reviewed;
    struct id joined_case;
    bool reasoned, owned; /* closed with a reason; in review with an owner */
    bool amends;          /* belongs to another */
};

struct ledger_case {
    struct id id;
    unsigned opened, planned, referred, alerted;
    bool closed, lowered; /* the last change of its priority made it less urgent */
    int64_t lowered_at;   /* epoch ms: the last one that did; 0 none */
    Sigap__Priority priority;
    struct id merged_into;                  /* null: it stands for itself */
    char accuses[256], area[AREA_TEXT + 1]; /* as it was opened: facilities, and where */
    bool accuses_somebody;                  /* ... of those who would receive it */
    bool said_otherwise;                    /* since then, by whomever */
};

struct ledger_referral {
    struct id id, case_id;
    Sigap__ReferralState state;
    bool owned; /* somebody's role is named */
    unsigned accepted_now;
};

struct ledger_offer {
    struct id id, referral;
    char facility[64];
    Sigap__OfferState state;
};

struct ledger_alert {
    struct id id, subject, case_id;
    int64_t raised_at;
    char policy[64];
    Sigap__Priority priority;
    Sigap__AlertState state;
};

struct ledger_command {
    struct id id;
    unsigned issued, answered;
    unsigned kind, status; /* status: of the answer */
    bool versioned;        /* it named a version */
};

struct ledger {
    struct ledger_report reports[LEDGER_MAX];
    struct ledger_case cases[LEDGER_MAX];
    struct ledger_referral referrals[LEDGER_MAX];
    struct ledger_offer offers[LEDGER_MAX];
    struct ledger_alert alerts[LEDGER_MAX];
    struct ledger_command commands[LEDGER_MAX];
    unsigned report_count, case_count, referral_count, offer_count, alert_count, command_count, parked;
    char parked_reason[300];
};

/* Reads the journals of all machines from their beginning. False: one has a gap, or something was changed. */
bool ledger_read(struct sim *sim, struct ledger *ledger);
struct ledger_report *ledger_report_of(struct ledger *ledger, const struct id *id); /* made when missing */
struct ledger_case *ledger_case_of(struct ledger *ledger, const struct id *id);
struct ledger_command *ledger_command_of(struct ledger *ledger, const struct id *id);
