/* Who may be part of what is reported (ESC-10), by case: officers, as casework has recorded them, and
 * facilities that are accused, with all of their institution. Nothing of the case is told or shown to them
 * from there on, and nothing that they answer counts; but for the offer of a facility that has the client
 * already, which the router asks back. A person's code here is the name of their account. Such cases are few:
 * while there is none, nothing is looked up. */
#pragma once

#include "common/turn.h"

#include "alert.h"
#include "teams.h"

/* At the start: are there any? */
void conflict_open(struct turn *turn);
/* accounts: separated by blanks; beside those that are known. */
void conflict_add_officers(struct turn *turn, const struct id *case_id, const char *accounts);
/* ids: separated by blanks; "no" and "unknown" name none. Beside those that are known, and instead of them.
 */
void conflict_add_facilities(struct turn *turn, const struct id *case_id, const char *ids);
void conflict_set_facilities(struct turn *turn, const struct id *case_id, const char *ids);

/* Ids separated by blanks, "" for none. From the arena. */
const char *conflict_facilities(struct turn *turn, const struct id *case_id);
/* Is this account one of the officers? */
bool conflict_has(struct turn *turn, const struct id *case_id, const char *account);
/* Is the team of a facility that is accused? */
bool conflict_of_team(struct turn *turn, const struct alert *alert, const struct team *team);
/* Is it an officer in conflict, or staff of such a facility? actor: may be NULL. */
bool conflict_of_actor(struct turn *turn, const struct alert *alert, const Sigap__Actor *actor);
