/* Four floats that are added, multiplied and compared at once: as many as a register of every processor
 * holds. Where they stand they need no alignment. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LANES = 4 };

typedef float lanes __attribute__((vector_size(LANES * sizeof(float)), aligned(4), may_alias));
/* All bits of a lane for which a comparison holds. */
typedef int32_t lanes_mask __attribute__((vector_size(LANES * sizeof(float))));

static inline lanes lanes_at(const float *floats) {
    return *(const lanes *)floats;
}

static inline lanes lanes_greater(lanes one, lanes other) {
    const lanes_mask first = one > other;
    return (lanes)(((lanes_mask)one & first) | ((lanes_mask)other & ~first));
}

static inline bool lanes_any(lanes_mask mask) {
    return (mask[0] | mask[1] | mask[2] | mask[3]) != 0;
}

/* The greatest of the first `count`, at least one. */
static inline float floats_most(const float *floats, size_t count) {
    float most = floats[0];
    size_t at = 0;
    if (count >= LANES) {
        lanes greatest = lanes_at(floats);
        for (at = LANES; at + LANES <= count; at += LANES)
            greatest = lanes_greater(lanes_at(floats + at), greatest);
        most = greatest[0];
        for (size_t i = 1; i < LANES; i++)
            most = greatest[i] > most ? greatest[i] : most;
    }
    for (; at < count; at++)
        most = floats[at] > most ? floats[at] : most;
    return most;
}
