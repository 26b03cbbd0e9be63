/* Seeded chance (splitmix64). One stream a purpose, so that a change in one does not shift all others. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chance {
    uint64_t state;
};

static inline uint64_t chance_next(struct chance *chance) {
    uint64_t z = chance->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* 0 .. count - 1 */
static inline uint64_t chance_below(struct chance *chance, uint64_t count) {
    return chance_next(chance) % count;
}

static inline int64_t chance_between(struct chance *chance, int64_t low, int64_t high) {
    return low + (int64_t)chance_below(chance, (uint64_t)(high - low + 1));
}

/* So many times in a thousand. */
static inline bool chance_hits(struct chance *chance, unsigned permille) {
    return chance_below(chance, 1000) < permille;
}

static inline void chance_fill(struct chance *chance, void *bytes, size_t size) {
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)bytes)[i] = (uint8_t)(chance_next(chance) >> 32);
}
