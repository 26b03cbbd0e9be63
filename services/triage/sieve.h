/* A set of hashes that errs to one side: what it does not hold is in no table behind it. One bit a hash, so
 * that it stays in the processor's cache where the table does not; most of what a message asks for is in no
 * table. bits: a power of two, some eight times as many as there are hashes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool sieve_holds(const uint64_t *sieve, size_t bits, uint64_t hash) {
    size_t bit = hash & (bits - 1);
    return sieve[bit / 64] >> bit % 64 & 1;
}

static inline void sieve_add(uint64_t *sieve, size_t bits, uint64_t hash) {
    size_t bit = hash & (bits - 1);
    sieve[bit / 64] |= UINT64_C(1) << bit % 64;
}
