/* Time and chance, injected: the real ones for daemons, seeded ones for tests and the simulator. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct clock {
    int64_t (*wall_ms)(void *state);      /* epoch ms, UTC; may jump */
    int64_t (*monotonic_ms)(void *state); /* never goes back; only for intervals */
    void *state;
    /* Which start of the machine the monotonic clock counts from; 0, and no function: not known. */
    uint64_t (*boot)(void *state);
};

struct random {
    void (*fill)(void *state, void *bytes, size_t size);
    void *state;
};

extern const struct clock clock_real;   /* CLOCK_REALTIME and CLOCK_BOOTTIME */
extern const struct random random_real; /* libsodium randombytes_buf */

static inline int64_t clock_wall_ms(const struct clock *clock) {
    return clock->wall_ms(clock->state);
}

static inline int64_t clock_monotonic_ms(const struct clock *clock) {
    return clock->monotonic_ms(clock->state);
}

static inline uint64_t clock_boot(const struct clock *clock) {
    return clock->boot ? clock->boot(clock->state) : 0;
}

static inline void random_fill(const struct random *random, void *bytes, size_t size) {
    random->fill(random->state, bytes, size);
}
