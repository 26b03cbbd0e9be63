#include "common/clock.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
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
    return read_ms(CLOCK_BOOTTIME); /* a machine that slept has not jumped */
}

/* The kernel's name of this start, folded. */
static uint64_t boot(void *state) {
    unsigned long long high, low;
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
    (void)state;
    if (!file)
        return 0;
    int read = fscanf(file, "%8llx-%*4x-%*4x-%*4x-%12llx", &high, &low);
    fclose(file);
    return read == 2 ? (uint64_t)high << 48 ^ (uint64_t)low : 0;
}

/* A case takes some twenty keys, nonces and ids, and libsodium asks the kernel for the process id at every
 * one of them (5 us a case): so bytes are taken from it by the block. What was handed out is wiped here at
 * once. Nobody forks after the start, so no two processes share a block. */
static void fill(void *state, void *bytes, size_t size) {
    static _Thread_local uint8_t block[1024];
    static _Thread_local size_t left;
    (void)state;
    if (size > sizeof block) {
        randombytes_buf(bytes, size);
        return;
    }
    if (left < size) {
        randombytes_buf(block, sizeof block);
        left = sizeof block;
    }
    left -= size;
    memcpy(bytes, block + left, size);
    sodium_memzero(block + left, size);
}

const struct clock clock_real = {wall, monotonic, NULL, boot};
const struct random random_real = {fill, NULL};
