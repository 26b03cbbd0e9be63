/* Documents for the page and for programs: each is a table of parts, a part is a view of the daemon that owns
 * the rows. All parts are asked at once, with the rights of who asks; what has come after 2 s is answered,
 * and what has not is named:
 *
 *     {"at":..., "cases":[...], "tasks":null, "missing":["tasks"], "refused":[]}
 *
 * missing: the daemon did not answer or could not (503). refused: no right (403). A part that is just not
 * there (404) is null and named nowhere. */
#pragma once

#include "exchange.h"

struct reading;

extern const struct reading reading_live, reading_cases, reading_queues, reading_deliveries, reading_status,
    reading_corrections, reading_measures, reading_case, reading_review, reading_candidates, reading_tasks,
    reading_alerts, reading_facilities;
extern const struct reading reading_people, reading_duty, reading_uncovered, reading_retry_hook;

/* Query: area, state, facility, limit, after (lists), narrative=1 (a case, a review or corrections: audited).
 * Their object is exchange->parts[0]. Answers later, or at once when it refuses. */
void reading_begin(struct exchange *exchange, const struct reading *reading);
/* GET /api/live?since=N: when no daemon has said anything since document N, it says so and asks nobody. The
 * page leaves since out now and then, because things also become overdue by time alone. */
void reading_live_begin(struct exchange *exchange);
/* Asks one daemon one thing, for a part of any wait. view->number is set here. */
void reading_ask(
    struct turn *turn, const struct id *wait, unsigned part, const char *daemon, Sigap__View *view);

/* What `perform` sends. */
struct reading_question {
    char daemon[16];
    uint64_t number;
    size_t size;
    uint8_t frame[];
};

/* What the daemon answered, in the turn's arena; NULL: nothing that can be read. */
Sigap__ViewAnswer *reading_answer(struct turn *turn, const struct effect_result *result);
/* Fills the part that has come. True: all are there. */
bool reading_came(struct turn *turn, struct wait *wait, unsigned part, const struct effect_result *result);
/* Answers with what has come. */
void reading_finish(struct turn *turn, struct wait *wait);
