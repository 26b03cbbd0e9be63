#include "services/router/rights.h"

#include <string.h>

bool rights_closed_to(const Sigap__Actor *actor, const struct referral *referral) {
    return rights_in_conflict(actor, pairs_get(&referral->facts, RIGHTS_CONFLICT_OFFICER));
}

bool rights_accused(const struct institutions *institutions, const Sigap__Actor *actor,
    const struct pairs *facts, const char *area) {
    struct accusation accusation = institutions_accusation(institutions,
        pairs_get(facts, RIGHTS_CONFLICT_OF_INTEREST), pairs_get(facts, RIGHTS_CONFLICT_FACILITY), area);
    return institutions_accuse_staff(institutions, &accusation, actor);
}

bool rights_staff(const Sigap__Actor *actor, const char *facility) {
    return rights_has(actor, "facility") && rights_facility(actor, facility);
}

size_t rights_areas(const Sigap__Actor *actor, const char **out, size_t max) {
    size_t count = 0;
    for (size_t i = 0; actor && i < actor->n_areas; i++) {
        const char *prefix = actor->areas[i];
        bool inside = false;
        if (strcmp(prefix, "*") == 0) {
            out[0] = "*";
            return 1;
        }
        for (size_t k = 0; k < actor->n_areas; k++)
            inside |= k != i && area_within(prefix, actor->areas[k]) && actor->areas[k][0] &&
                      (strcmp(prefix, actor->areas[k]) != 0 || k < i);
        if (!inside && area_level(prefix) != AREA_NONE && count < max)
            out[count++] = prefix;
    }
    return count;
}

unsigned rights_parties(
    const Sigap__Actor *actor, const char *facility, const char *area, const char *on_behalf_of) {
    unsigned parties = 0;
    bool here = rights_covers(actor, area);
    if (rights_staff(actor, facility))
        parties |= PARTY_OWNER;
    /* A facility that answers by telephone: somebody on duty writes it down, in its name. */
    if (on_behalf_of[0] && here && (rights_has(actor, "coordinator") || rights_has(actor, "operator")))
        parties |= PARTY_OWNER;
    if (here && rights_has(actor, "coordinator"))
        parties |= PARTY_REQUESTER;
    if (rights_has(actor, "administrator"))
        parties |= PARTY_ADMINISTRATOR;
    return parties;
}
