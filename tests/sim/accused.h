/* Whom a case accuses is told nothing of it: of every message it is kept to which team it went, and in the
 * end what its case has accused since it was opened. */
#pragma once

#include "ledger.h"

struct message;

/* Handed to a channel. */
void accused_note(struct sim *sim, const struct message *message);
void accused_free(struct sim *sim);
bool accused_check(struct sim *sim, const struct ledger *ledger);
