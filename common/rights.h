/* What an actor may see and do: role classes and site role codes, area prefixes, facilities
 * (proto/common.proto, Actor). The owner of the data asks these before it answers or acts; in queries the
 * prefix is a predicate, not a filter after. */
#pragma once

#include "proto/common.pb-c.h"

#include <stdbool.h>

/* What an actor may have: queries have a place for each. A whole province is one area. */
enum { RIGHTS_AREAS = 8, RIGHTS_FACILITIES = 4 };
enum { RIGHTS_ACCOUNT_MAX = 32 /* bytes of an account's name */ };

/* How accounts are called: a-z 0-9 . _ - ; but not "no" and "unknown", which are answers where an account is
 * asked for. */
bool rights_is_account(const char *name);

/* NULL actors have no rights. */
bool rights_has(const Sigap__Actor *actor, const char *role);
/* Any of the roles, ends with NULL. */
bool rights_has_any(const Sigap__Actor *actor, const char *const *roles);
/* Whose rights go by area; staff of a facility sees its own clients, wherever they are from. */
bool rights_by_area(const Sigap__Actor *actor);
/* "*" is everywhere. An area that is not known ("") belongs to those who have a whole province or everywhere.
 */
bool rights_covers(const Sigap__Actor *actor, const char *area);
bool rights_facility(const Sigap__Actor *actor, const char *facility);
/* The inside of a C3 case: only those named for it (TRI, PPA, PKS, KOR); others see its number. */
bool rights_sees_secret(const Sigap__Actor *actor);
/* The same of somebody who is known by a role alone: a duty team. */
bool rights_role_sees_secret(const char *role);
/* Fact of a case: account of an officer who may be part of what is reported (ESC-10). */
#define RIGHTS_CONFLICT_OFFICER "conflict_officer"
/* Is the actor one of them? accounts: separated by blanks, NULL or "" for nobody. Such a case is not there
 * for them, whatever else they may see. */
bool rights_in_conflict(const Sigap__Actor *actor, const char *accounts);
/* Fact of a case: facilities that may be part of it, ids parted by blanks or commas; "no": none of them. */
#define RIGHTS_CONFLICT_FACILITY "conflict_facility"
/* Fact of a case: "yes" when it accuses somebody who would receive it, see institutions.h. */
#define RIGHTS_CONFLICT_OF_INTEREST "conflict_of_interest"
/* The account, "" when there is none. */
const char *rights_name(const Sigap__Actor *actor);
