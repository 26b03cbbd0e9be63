#include "accused.h"

#include "common/institutions.h"
#include "services/notifier/channel.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct reached {
    struct id alert;
    char team[64];
};

void accused_note(struct sim *sim, const struct message *message) {
    if (sim->reached_count == sim->reached_room) {
        sim->reached_room = sim->reached_room ? sim->reached_room * 2 : 256;
        sim->reached = realloc(sim->reached, sim->reached_room * sizeof *sim->reached);
    }
    struct reached *reached = &sim->reached[sim->reached_count++];
    *reached = (struct reached){.alert = message->alert};
    memcpy(reached->team, message->team, sizeof reached->team);
}

void accused_free(struct sim *sim) {
    free(sim->reached);
}

/* The case that an alert is of. NULL: it is of an offer, which is between the facility and the router, or of
 * what was lost with the disks. */
static const struct ledger_case *case_of(const struct ledger *ledger, const struct id *alert_id) {
    for (unsigned i = 0; i < ledger->alert_count; i++) {
        const struct ledger_alert *alert = &ledger->alerts[i];
        if (!id_equal(&alert->id, alert_id))
            continue;
        for (unsigned k = 0; k < ledger->offer_count; k++)
            if (id_equal(&ledger->offers[k].id, &alert->subject))
                return NULL;
        for (unsigned k = 0; k < ledger->case_count; k++)
            if (!id_is_null(&alert->case_id) && id_equal(&ledger->cases[k].id, &alert->case_id))
                return &ledger->cases[k];
    }
    return NULL;
}

/* "trc-jtm-pstw-mgt": of the facility JTM-PSTW-MGT; other teams give what is no facility. */
static void facility_of(const char *team, char out[64]) {
    const char *at = strchr(team, '-');
    size_t size = 0;
    for (at = at ? at + 1 : ""; at[size] && size < 63; size++)
        out[size] = (char)toupper((unsigned char)at[size]);
    out[size] = 0;
}

static bool check_reached(struct sim *sim, const struct ledger *ledger,
    const struct institutions *institutions, const struct reached *reached) {
    const struct ledger_case *of = case_of(ledger, &reached->alert);
    char facility[64], text[ID_TEXT + 1];
    if (!of || of->said_otherwise || !(of->accuses[0] || of->accuses_somebody))
        return true;
    struct accusation accusation =
        institutions_accusation(institutions, of->accuses_somebody ? "yes" : NULL, of->accuses, of->area);
    sim->outcome->coverage.accusing++;
    facility_of(reached->team, facility);
    if (!institutions_accused(institutions, &accusation, facility))
        return true;
    id_to_text(&of->id, text);
    return sim_fail(sim, "%s was told of case %s, which accuses %s", reached->team, text,
        of->accuses[0] ? of->accuses : "somebody there");
}

bool accused_check(struct sim *sim, const struct ledger *ledger) {
    struct error error = {0};
    struct institutions *institutions = institutions_load(sim->options.site_dir, &error);
    bool sound = institutions != NULL || sim_fail(sim, "%s", error.text);
    for (size_t i = 0; sound && i < sim->reached_count; i++)
        sound = check_reached(sim, ledger, institutions, &sim->reached[i]);
    institutions_free(&institutions);
    return sound;
}
