/* Countdown faults: a test counts how often a kind of call is made, then lets the 1st, 2nd, ... n-th one
 * fail. Production code asks fault_strikes() at each such call; without a test it costs one compare. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum fault_kind { FAULT_MEMORY, FAULT_STEP, FAULT_COMMIT, FAULT_SYNC, FAULT_WRITE, FAULT_READ, FAULT_KINDS };

extern bool fault_armed; /* false outside tests */

bool fault_check(enum fault_kind kind);

static inline bool fault_strikes(enum fault_kind kind) {
    return __builtin_expect(fault_armed, false) && fault_check(kind);
}

/* Lets the nth call (from 1) of this kind fail once; nth = 0 only counts. Resets the count. */
void fault_arm(enum fault_kind kind, uint64_t nth);
/* How many calls of this kind were made since fault_arm. */
uint64_t fault_count(enum fault_kind kind);
void fault_disarm(void);
