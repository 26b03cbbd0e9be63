/* Conflict of interest (ESC-10): the vocabulary says when a report accuses those who would receive the case;
 * here is which of them. The router keeps every institution that is named, with all its parts, out of the
 * chain; where none is, all of that regency until somebody finds out. */
#pragma once

#include "common/error.h"
#include "common/rights.h"
#include "services/triage/assess.h"

#define CONFLICT_OF_INTEREST "conflict_of_interest"

struct conflict_names; /* facilities by the short name people call them, "PPSPA ... Batu" */

/* NULL with a sentence. */
struct conflict_names *conflict_names_load(const char *site_dir, struct error *error);
void conflict_names_free(struct conflict_names **names);

/* Is the case closed to the actor: an officer in conflict, or staff of an institution that is accused?
 * officers, facilities: as kept with the case. */
bool conflict_closes(const struct conflict_names *names, const Sigap__Actor *actor, const char *officers,
    const char *facilities);

/* Adds the fact conflict_facility, the ids of all that are named, to an assessment that has
 * conflict_of_interest. False only when the arena is exhausted. */
bool conflict_find(const struct conflict_names *names, const struct spelling *spelling, struct arena *arena,
    const char *words, struct assessment *assessment);
