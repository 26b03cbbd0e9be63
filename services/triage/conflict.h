/* Conflict of interest (ESC-10): the vocabulary says when a report accuses those who would receive the case;
 * here is which of them. Every daemon keeps those out of the chain, see institutions.h. */
#pragma once

#include "common/error.h"
#include "common/institutions.h"
#include "common/rights.h"
#include "services/triage/assess.h"

struct conflict_names; /* facilities by the short name people call them, "PPSPA ... Batu" */

/* NULL with a sentence. */
struct conflict_names *conflict_names_load(const char *site_dir, struct error *error);
void conflict_names_free(struct conflict_names **names);

const struct institutions *conflict_institutions(const struct conflict_names *names);

/* Adds the fact conflict_facility, the ids of all that are named, to an assessment that has
 * conflict_of_interest, and the offices. False only when the arena is exhausted. */
bool conflict_find(const struct conflict_names *names, const struct spelling *spelling, struct arena *arena,
    const char *words, struct assessment *assessment);
