/* How often somebody may try to sign in. Counted before the password is looked at, so that a hundred tries at
 * once are a hundred; a success takes the count back.
 *
 * Three counts: this account from this address (5 free, then waits that double from 30 s to 15 min), this
 * address (50 free, then from 1 min), this account from anywhere (30 free, then only 10 s: whoever guesses
 * must not be able to keep a responder out). A quarter of an hour without a try forgets. */
#pragma once

#include "common/turn.h"

#include <stdint.h>

enum throttle { THROTTLE_PAIR, THROTTLE_ADDRESS, THROTTLE_ACCOUNT, THROTTLES };

enum { THROTTLE_WINDOW_MS = 15 * 60 * 1000 };

/* How long from now until the next try, 0: now. count: tries so far, the last of them at last_at. */
int64_t throttle_wait_ms(enum throttle throttle, int64_t count, int64_t last_at, int64_t now);

/* Counts this try. Returns 0, or how long to wait: then it was not counted and must not be made. */
int64_t throttle_try(struct turn *turn, const char *account, const char *remote);
void throttle_forgive(struct turn *turn, const char *account, const char *remote);
/* Forgets what is behind `after` (null: the first) up to *end and past its time. True: there is more behind
 * it. */
bool throttle_sweep(struct turn *turn, const struct id *after, struct id *end);
