#include "services/router/rights.h"

#include <string.h>

static bool list_has(char **list, size_t count, const char *word) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], word) == 0)
            return true;
    return false;
}

bool rights_has_role(const Sigap__Actor *actor, const char *role) {
    return actor && list_has(actor->roles, actor->n_roles, role);
}

/* A case whose place is not known belongs to those who see a whole province. */
static bool prefix_covers(const char *prefix, const char *area) {
    if (strcmp(prefix, "*") == 0)
        return true;
    if (!area[0])
        return area_level(prefix) == AREA_PROVINCE;
    return prefix[0] && area_within(area, prefix);
}

bool rights_in_area(const Sigap__Actor *actor, const char *area) {
    for (size_t i = 0; actor && i < actor->n_areas; i++)
        if (prefix_covers(actor->areas[i], area))
            return true;
    return false;
}

bool rights_at_facility(const Sigap__Actor *actor, const char *facility) {
    return rights_has_role(actor, "facility") && list_has(actor->facilities, actor->n_facilities, facility);
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

bool rights_sees_secret(const Sigap__Actor *actor) {
    static const char *const roles[] = {"TRI", "PPA", "PKS", "KOR"};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (rights_has_role(actor, roles[i]))
            return true;
    return false;
}

unsigned rights_parties(
    const Sigap__Actor *actor, const char *facility, const char *area, const char *on_behalf_of) {
    unsigned parties = 0;
    bool here = rights_in_area(actor, area);
    if (rights_at_facility(actor, facility))
        parties |= PARTY_OWNER;
    /* A facility that answers by telephone: somebody on duty writes it down, in its name. */
    if (on_behalf_of[0] && here &&
        (rights_has_role(actor, "coordinator") || rights_has_role(actor, "operator")))
        parties |= PARTY_OWNER;
    if (here && rights_has_role(actor, "coordinator"))
        parties |= PARTY_REQUESTER;
    if (rights_has_role(actor, "administrator"))
        parties |= PARTY_ADMINISTRATOR;
    return parties;
}

const char *rights_name(const Sigap__Actor *actor) {
    return actor && actor->account ? actor->account : "";
}
