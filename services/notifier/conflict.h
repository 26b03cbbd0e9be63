/* Officers who may be part of what is reported (ESC-10), by case, as casework has recorded it: nothing of the
 * case is told or shown to them from there on. A person's code here is the name of their account. Cases with
 * such officers are few: while there is none, nothing is looked up. */
#pragma once

#include "common/turn.h"

/* At the start: are there any? */
void conflict_open(struct turn *turn);
void conflict_record(struct turn *turn, const struct id *case_id, const char *accounts);
/* Accounts separated by blanks, "" for none. From the arena. */
const char *conflict_of(struct turn *turn, const struct id *case_id);
/* Is this one of them? */
bool conflict_has(struct turn *turn, const struct id *case_id, const char *account);
