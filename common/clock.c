#include "common/clock.h"

#include <sodium.h>
#include <time.h>

static int64_t read_ms(clockid_t which) {
    struct timespec at;
    clock_gettime(which, &at);
    return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

static int64_t wall(void *state) {
    (void)state;
    return read_ms(CLOCK_REALTIME);
}

static int64_t monotonic(void *state) {
    (void)state;
    return read_ms(CLOCK_MONOTONIC);
}

static void fill(void *state, void *bytes, size_t size) {
    (void)state;
    randombytes_buf(bytes, size);
}

const struct clock clock_real = {wall, monotonic, NULL};
const struct random random_real = {fill, NULL};
