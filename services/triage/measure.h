/* How well triage judges, as people have decided since: each decision of a person is kept beside what the
 * machine had said (the confusion matrix, and lines to learn from), and of each week how many reports of
 * which kind and priority there were, beside how many the model expected (the sum of its probabilities).
 * Where the two part, the reports or the model have drifted.
 *
 * Weeks begin on Monday in the site's zone. They are counted in memory and written every hour: a crash loses
 * an hour of a statistic. */
#pragma once

#include "common/metrics.h"
#include "services/triage/state.h"

struct json_writer;

struct measure *measure_new(void); /* NULL: out of memory; the caller frees it */

/* What the machine says of a report. */
void measure_machine(struct turn *turn, const struct assessment *assessment);

struct decided {
    const char *source; /* review, review_closed, change */
    const char *actor;
    const struct id *report_id, *case_id; /* case_id NULL: none */
    const char *kind_said, *kind, *area_said, *area;
    int priority_said, priority;
    const Sigap__ReportReceived *received; /* closed without a case: its words, still sealed; else NULL */
    const Sigap__SealedReason *reason;     /* and why; NULL: none */
};
/* What a person says, and what had been said before: also when it is the same. */
void measure_decided(struct turn *turn, const struct decided *decided);

/* Writes what was counted, and forgets what is old. */
void measure_keep(struct turn *turn);

/* {"since", "decisions", "changed": {...}, "kinds": [...], "priorities": [...], "weeks": [...]}: no words. */
void measure_show(struct turn *turn, struct json_writer *writer);
/* The week at hand, as far as it was counted since the start: drift, and decisions of people. */
void measure_metrics(const struct measure *measure, struct metrics *metrics);
