/* Who may be part of what is reported (ESC-10), by case: officers, as casework has recorded them, and
 * facilities that it accuses (common/institutions.h). Nothing of the case is told or shown to them from there
 * on, and nothing that they answer counts; but for the offer of a facility that has the client already, which
 * the router asks back. A person's code here is the name of their account. Such cases are few: while there is
 * none, nothing is looked up. */
#pragma once

#include "common/turn.h"

#include "alert.h"
#include "teams.h"

/* At the start: are there any? */
void conflict_open(struct turn *turn);
/* accounts: separated by blanks; beside those that are known. */
void conflict_add_officers(struct turn *turn, const struct id *case_id, const char *accounts);
/* Keeps what a fact says of whom the case accuses; false: it says nothing of that. Facilities of a report
 * stand beside those that are known, what casework has recorded stands instead of them. */
bool conflict_note(struct turn *turn, const struct id *case_id, const Sigap__Fact *fact, bool recorded);

/* Is this account one of the officers? */
bool conflict_has(struct turn *turn, const struct id *case_id, const char *account);
/* Whom the alert's case accuses, as far as the alert is not to be kept between the facility and the router.
 * Texts from the arena, and the alert's own. */
struct accusation conflict_accusation(struct turn *turn, const struct alert *alert);
/* Is the team, which may be NULL, one of a facility that is accused? */
bool conflict_of_team(struct turn *turn, const struct alert *alert, const struct team *team);
/* Cases in which somebody is in conflict; returns how many. */
unsigned conflict_cases(struct turn *turn, struct id *out, unsigned max);
/* Is it an officer in conflict, or staff of such a facility? actor: may be NULL. */
bool conflict_of_actor(struct turn *turn, const struct alert *alert, const Sigap__Actor *actor);
