/* Triage: what is it, how urgent, where, have we heard of it before; opens cases.
 *
 *   in   ReportReceived (intake), DecideReview and ChangeCase (console), CaseClosed (casework)
 *   out  CaseOpened | ReportJoined | ReportInReview | ReportClosed, one a report; CaseChanged
 *
 * Each report is settled in exactly one way. What may be life-threatening but is unclear goes to a person and
 * alerts at once all the same; the machine never closes it. The judgement itself is a pure function, see
 * assess.h. */
#pragma once

#include "common/daemon.h"

extern const struct daemon triage_daemon;
