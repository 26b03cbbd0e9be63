/* Who may see and do what. Classes of rights and role codes of the site stand in one list of the actor; areas
 * are prefixes, "*" is everywhere, an empty list nowhere. */
#pragma once

#include "proto/common.pb-c.h"
#include "services/router/rows.h"

bool rights_has_role(const Sigap__Actor *actor, const char *role);
bool rights_in_area(const Sigap__Actor *actor, const char *area);
bool rights_at_facility(const Sigap__Actor *actor, const char *facility);
/* Prefixes to ask the store for, without those that lie in another one; "*" alone when it is among them. */
size_t rights_areas(const Sigap__Actor *actor, const char **out, size_t max);
/* C3 only for those named for it: TRI, PPA, PKS, KOR. */
bool rights_sees_secret(const Sigap__Actor *actor);
/* May move offers of this facility, for a case there. on_behalf_of: somebody answers for the facility. */
unsigned rights_parties(
    const Sigap__Actor *actor, const char *facility, const char *area, const char *on_behalf_of);
const char *rights_name(const Sigap__Actor *actor);
