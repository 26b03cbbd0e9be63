/* How long to wait before the next attempt: the greater of the channel's ladder and what
 * the other side asked for, with +-20 % jitter so that many do not come back at once, at most an hour. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { LADDER_RUNGS = 16, LADDER_MOST_MS = 3600000, LADDER_NEXT_METHOD_MS = 60000 };

struct ladder {
    uint32_t rung_ms[LADDER_RUNGS]; /* wait before attempt 1, 2, ... ; the first is 0 */
    uint8_t rungs;
    bool last_repeats; /* the last rung again and again until ttl */
    int64_t ttl_ms;    /* from the moment it was queued; 0: for ever */
};

enum ladder_step {
    LADDER_WAIT,    /* try again at *at */
    LADDER_OVER,    /* no rung left: the method has failed */
    LADDER_EXPIRED, /* would come too late */
};

/* attempts: those made so far (>= 1). chance: 0..UINT32_MAX, evenly spread. */
enum ladder_step ladder_next(const struct ladder *ladder, unsigned attempts, int64_t queued_at, int64_t now,
    int64_t retry_after_ms, uint32_t chance, int64_t *at);
/* A critical message does not sit out a long wait: the next method starts beside it. */
bool ladder_next_method(bool critical, int64_t wait_ms);
