#include "ladder.h"

/* 80 % to 120 % of wait. */
static int64_t jittered(int64_t wait_ms, uint32_t chance) {
    return wait_ms * 4 / 5 + wait_ms * 2 / 5 * (int64_t)(chance >> 8) / (1 << 24);
}

enum ladder_step ladder_next(const struct ladder *ladder, unsigned attempts, int64_t queued_at, int64_t now,
    int64_t retry_after_ms, uint32_t chance, int64_t *at) {
    if (attempts >= ladder->rungs && !ladder->last_repeats)
        return LADDER_OVER;
    unsigned rung = attempts < ladder->rungs ? attempts : ladder->rungs - 1u;
    int64_t wait = jittered(ladder->rung_ms[rung], chance);
    if (wait < retry_after_ms)
        wait = retry_after_ms; /* never earlier than asked: no jitter downwards */
    if (wait > LADDER_MOST_MS && ladder->rung_ms[rung] <= LADDER_MOST_MS)
        wait = LADDER_MOST_MS;
    *at = now + wait;
    return ladder->ttl_ms && *at - queued_at > ladder->ttl_ms ? LADDER_EXPIRED : LADDER_WAIT;
}

bool ladder_next_method(bool critical, int64_t wait_ms) {
    return critical && wait_ms > LADDER_NEXT_METHOD_MS;
}
