/* What every daemon may say: an input was parked, and a person must look at it. */
#include "react_parts.h"

#include "escalate.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* Somebody still has to look, or is looking, at what was parked before: the further one is found beside it.
 */
static bool is_looked_at(const struct alert *alert) {
    return react_asks(alert) || (alert->state == ALERT_STATE_ANSWERED && !alert->finished);
}

/* One alert an hour for a daemon and lane: a storm of parked inputs is one thing to look at. Not once that
 * was seen to: nobody would look a second time. */
enum verdict react_input_parked(struct turn *turn, const Sigap__InputParked *parked) {
    enum { HOUR_MS = 3600000 };
    uint8_t tail[16];
    struct alert *all[ALERT_INCIDENT_MAX];
    bool urgent = parked->lane == LANE_URGENT;
    crypto_generichash(
        tail, sizeof tail, (const uint8_t *)turn->source.journal, strlen(turn->source.journal), NULL, 0);
    struct id incident = id_make(turn->now - turn->now % HOUR_MS, tail);
    unsigned count = alert_list(turn, &incident, all);
    for (unsigned i = 0; i < count; i++)
        if (all[i]->priority <= (urgent ? SITE_P0 : SITE_P2) && is_looked_at(all[i]))
            return VERDICT_DONE;
    struct alert *alert = alert_new(turn, &incident, SUBJECT_PARKED, &incident, urgent ? SITE_P0 : SITE_P2);
    if (!alert)
        return VERDICT_RETRY;
    snprintf(alert->detail, sizeof alert->detail, "%s %llu", turn->source.journal,
        (unsigned long long)parked->number);
    escalate_start(turn, alert, SITUATION_SYSTEM, &(struct escalation_first){0});
    escalate_started(turn, alert);
    return VERDICT_DONE;
}
