/* The router: who can take it. Reads cases and facts, answers and commands; sends offers, moves them, keeps
 * the places. What was decided how, and the order of its files: README.md here. */
#pragma once

#include "common/daemon.h"
#include "common/id_filter.h"
#include "services/router/policy.h"

extern const struct daemon router_daemon;

struct router {
    struct policy *policy;
    unsigned
        load[DIRECTORY_FACILITIES_MAX]; /* open offers, by place in the directory; changes after commits */
    bool without_row[DIRECTORY_FACILITIES_MAX]; /* in the table of capacities, as far as was asked; rows.c */
    struct id_filter referrals;                 /* that were written, by their case */
    uint64_t sent, accepted, refused, expired;  /* since the start, for /metrics */
};

enum router_timer { TIMER_OFFER = 1, TIMER_PROVINCE = 2, TIMER_FORGET = 3 };

/* commands.c */
enum verdict router_command(struct turn *turn, const Sigap__CommandIssued *command);
enum verdict router_answer_by_alert(struct turn *turn, const Sigap__AlertMoved *moved);
/* views.c */
enum verdict router_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer);
