/* How things stand, for who holds the ticket: derived from what triage, casework and notifier say. A report
 * that nothing is known of is received; what is kept is one row when triage has decided and one row a case
 * when somebody works on it. */
#pragma once

#include "common/problem.h"
#include "common/request.h"
#include "common/ticket.h"
#include "services/intake/state.h"

/* Kept in outcome.state and progress.state: numbers never change. */
enum outcome_state {
    OUTCOME_NONE = 0,
    OUTCOME_IN_REVIEW = 1,   /* a person looks */
    OUTCOME_INFORMATION = 2, /* no case: a question, information, not a report */
    OUTCOME_CASE = 3         /* final: also when the report joined a case that was known */
};
enum progress_state {
    PROGRESS_NONE = 0,
    PROGRESS_BEGUN = 1, /* somebody has taken it on */
    PROGRESS_CLOSED = 2
};

/* What reporters and colleagues see. */
enum report_state {
    REPORT_RECEIVED,
    REPORT_IN_REVIEW,
    REPORT_ANSWERED,
    REPORT_CASE_OPEN,
    REPORT_BEING_HANDLED,
    REPORT_CLOSED,
    REPORT_STATES
};

/* A medium of this report is new: it belongs to the report's case, if it has one already. */
void intake_follow_medium(struct turn *turn, const struct id *medium, const struct id *report);
/* What belonged to this case (null: to none) and was there before this time has lived as long after the
 * closing: the case was closed before it (the one that it counts with), or so long ago that its row is gone
 * (sweep.c). */
bool intake_follow_over(struct turn *turn, const struct id *case_id, int64_t before_ms);
/* Has somebody taken on the case of this report, or is it over, as far as has been heard here? */
bool intake_follow_taken_on(struct turn *turn, const struct id *report);
/* A record of triage, casework or notifier. */
enum verdict intake_follow(struct turn *turn, const Sigap__Event *event);
/* GET /v1/reports/<ticket>. The same work for every ticket, known or not. */
void intake_follow_request(struct turn *turn, const char *ticket_text, struct answer *answer);
/* How the report of this ticket stands, and when it came in (NULL: nobody asks). False: no such ticket, or
 * past the site's retention. */
bool intake_follow_ticket(
    struct turn *turn, const struct ticket *ticket, enum report_state *state, int64_t *received_at);
extern const struct problem intake_unknown_ticket;
/* ReportView and ListView "reports". False: another view. */
bool intake_follow_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer);
