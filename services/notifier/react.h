/* What happened elsewhere, and who must know of it: the records of the other daemons. */
#pragma once

#include "common/turn.h"

enum {
    DEADMAN_MS = 120000,      /* triage speaks of a dangerous report within 2 min, or a person is told */
    DEADMAN_GRAIN_MS = 10000, /* ... at the next full 10 s: within 2:10 */
};

enum verdict react_report_received(struct turn *turn, const Sigap__ReportReceived *received);
enum verdict react_case_opened(struct turn *turn, const Sigap__Event *event);
enum verdict react_report_joined(struct turn *turn, const Sigap__Event *event);
enum verdict react_report_in_review(struct turn *turn, const Sigap__ReportInReview *review);
enum verdict react_report_closed(struct turn *turn, const Sigap__ReportClosed *closed);
enum verdict react_case_changed(struct turn *turn, const Sigap__Event *event);
enum verdict react_referral_opened(struct turn *turn, const Sigap__Event *event);
enum verdict react_referral_moved(struct turn *turn, const Sigap__Event *event);
enum verdict react_offer_sent(struct turn *turn, const Sigap__Event *event);
enum verdict react_offer_moved(struct turn *turn, const Sigap__Event *event);
enum verdict react_tasks_planned(struct turn *turn, const Sigap__Event *event);
enum verdict react_task_moved(struct turn *turn, const Sigap__Event *event);
enum verdict react_task_reminder(struct turn *turn, const Sigap__Event *event);
enum verdict react_fact_recorded(struct turn *turn, const Sigap__Event *event);
enum verdict react_case_closed(struct turn *turn, const Sigap__Event *event);
enum verdict react_input_parked(struct turn *turn, const Sigap__InputParked *parked);
enum verdict react_deadman(struct turn *turn);
