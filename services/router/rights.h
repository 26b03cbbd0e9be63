/* What an actor may move here, on top of common/rights.h. */
#pragma once

#include "common/institutions.h"
#include "common/rights.h"
#include "services/router/directory.h"
#include "services/router/rows.h"

/* The actor may be part of what is reported: for them the case is not there, nor are its offers. */
bool rights_closed_to(const Sigap__Actor *actor, const struct referral *referral);
/* Staff of an institution that the case accuses: but for the offers of their own facility, which are asked
 * back, it is not there for them. facts, area: of its referral. */
bool rights_accused(const struct institutions *institutions, const Sigap__Actor *actor,
    const struct pairs *facts, const char *area);
/* Staff of this facility. */
bool rights_staff(const Sigap__Actor *actor, const char *facility);
/* Prefixes to ask the store for, without those that lie in another one; "*" alone when it is among them. */
size_t rights_areas(const Sigap__Actor *actor, const char **out, size_t max);
/* May move offers of this facility, for a case there. on_behalf_of: somebody answers for the facility. */
unsigned rights_parties(
    const Sigap__Actor *actor, const char *facility, const char *area, const char *on_behalf_of);
