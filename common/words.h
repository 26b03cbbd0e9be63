/* What people write in commands: reasons, outcomes. Somebody may be named there, so it crosses the console's
 * journal sealed, and owners that only need to know that something was written find "stated" in its place.
 * The key is derived from hash.key (keystore_words): the console holds it, and whoever has to read. */
#pragma once

#include "common/arena.h"
#include "common/keystore.h"
#include "proto/console.pb-c.h"

#include <stdbool.h>

/* Up to 40 small letters, digits and underscores, as our own words are ("no_consent"); also "". */
bool words_is_code(const char *text);

/* Puts reason and outcome into command->words, bound to command->command_id, and leaves "stated" for them;
 * only the outcome of an offer stays when it is a code, the router acts by it. False when the arena is
 * exhausted. */
bool words_seal(const struct keystore *keystore, const struct random *random, struct arena *arena,
    Sigap__CommandIssued *command);
/* What an owner passes on of a command: its reason, still sealed. NULL: it has none, or the arena is
 * exhausted. Points into the command. */
Sigap__SealedReason *words_pass_on(struct arena *arena, const Sigap__CommandIssued *command);
/* Opened. NULL: there is none, it does not open, or the arena is exhausted. */
const char *words_reason(
    const struct keystore *keystore, struct arena *arena, const Sigap__SealedReason *sealed);
/* Puts them back. Without words nothing is done: SEAL_OPENED. SEAL_BROKEN: park. */
enum seal_result words_open(
    const struct keystore *keystore, struct arena *arena, Sigap__CommandIssued *command);
