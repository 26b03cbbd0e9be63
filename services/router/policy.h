/* All of a site that the router decides by, read once at start and never changed. */
#pragma once

#include "common/gazetteer.h"
#include "common/institutions.h"
#include "services/router/directory.h"
#include "services/router/timers.h"

struct policy {
    struct arena *arena;
    struct site *site;
    struct site_kinds *kinds;
    struct site_roles *roles;
    struct calendar *calendar;
    struct gazetteer *gazetteer; /* provinces and regencies only */
    struct rules rules;
    struct directory directory;
    struct institutions *institutions;
    struct timers timers;
};

/* NULL with file, line and sentence. */
struct policy *router_policy_load(const char *site_dir, struct error *error);
void router_policy_free(struct policy **policy);

/* For sigapctl check: loads and checks facilities, eligibility, rules and timers of a site's folder. */
bool router_check(const char *site_dir, struct error *error);
