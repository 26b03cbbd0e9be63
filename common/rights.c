#include "common/rights.h"

#include "common/area.h"

#include <string.h>

bool rights_is_account(const char *name) {
    size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-");
    return size >= 2 && size <= RIGHTS_ACCOUNT_MAX && name[size] == 0 && strcmp(name, "no") != 0 &&
           strcmp(name, "unknown") != 0;
}

static bool contains(char *const *words, size_t count, const char *word) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

bool rights_has(const Sigap__Actor *actor, const char *role) {
    return actor && contains(actor->roles, actor->n_roles, role);
}

bool rights_has_any(const Sigap__Actor *actor, const char *const *roles) {
    for (; *roles; roles++)
        if (rights_has(actor, *roles))
            return true;
    return false;
}

bool rights_by_area(const Sigap__Actor *actor) {
    static const char *const classes[] = {
        "responder", "operator", "coordinator", "administrator", "auditor", NULL};
    return rights_has_any(actor, classes);
}

bool rights_covers(const Sigap__Actor *actor, const char *area) {
    for (size_t i = 0; actor && i < actor->n_areas; i++) {
        const char *prefix = actor->areas[i];
        if (strcmp(prefix, "*") == 0)
            return true;
        if (area[0] ? area_within(area, prefix) && prefix[0] : area_level(prefix) == AREA_PROVINCE)
            return true;
    }
    return false;
}

bool rights_facility(const Sigap__Actor *actor, const char *facility) {
    return actor && contains(actor->facilities, actor->n_facilities, facility);
}

static const char *const named_for_secrets[] = {"TRI", "PPA", "PKS", "KOR", NULL};

bool rights_sees_secret(const Sigap__Actor *actor) {
    return rights_has_any(actor, named_for_secrets);
}

bool rights_role_sees_secret(const char *role) {
    for (const char *const *named = named_for_secrets; *named; named++)
        if (strcmp(role, *named) == 0)
            return true;
    return false;
}

bool rights_in_conflict(const Sigap__Actor *actor, const char *accounts) {
    const char *name = rights_name(actor);
    size_t size = strlen(name);
    for (const char *at = accounts; size && at && *at; at += *at == ' ') {
        size_t word = strcspn(at, " ");
        if (word == size && memcmp(at, name, size) == 0)
            return true;
        at += word;
    }
    return false;
}

const char *rights_name(const Sigap__Actor *actor) {
    return actor && actor->account ? actor->account : "";
}
