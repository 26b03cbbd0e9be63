/* Which team owns a task: that of its role for the case's area (teams.yaml). An agency without account (POL,
 * DES, ...) is told by its liaison, so the task belongs to the liaison's team: somebody of ours answers for
 * it.
 *
 * Read once at start. A missing or empty teams.yaml means that nobody is known yet: owners are then "". */
#pragma once

#include "common/arena.h"
#include "common/error.h"
#include "services/casework/places.h"

#include <stdbool.h>

struct owners;

/* places is kept by pointer. NULL with a sentence. */
struct owners *owners_load(const char *site_dir, const struct places *places, struct error *error);
void owners_free(struct owners **owners);

/* The team's id, from the arena; "" when the site has none. facility: where the client is or will be, "" not
 * known. */
const char *owner_of(const struct owners *owners, const char *role, const char *area, const char *facility,
    struct arena *arena);
/* The role that answers for a role: itself, or the liaison's for an agency without account. */
const char *owner_role(const struct owners *owners, const char *role);
