/* What the trainers share. They are tools for people: one that runs out of memory ends. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void die(const char *what) {
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static inline void *must(void *memory) {
    if (!memory)
        die("out of memory");
    return memory;
}

/* The same order for the same seed everywhere. */
static inline uint32_t random_next(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static inline void shuffle(uint64_t *state, size_t *order, size_t count) {
    for (size_t i = count; i > 1; i--) {
        size_t k = random_next(state) % i, kept = order[i - 1];
        order[i - 1] = order[k];
        order[k] = kept;
    }
}

/* A number that --set may change. */
struct setting {
    const char *name;
    float *value;
};

/* word: name=value. False: there is no such setting. */
static inline bool setting_read(const struct setting *all, size_t count, const char *word) {
    const char *equals = strchr(word, '=');
    for (size_t i = 0; equals && i < count; i++)
        if (strncmp(all[i].name, word, (size_t)(equals - word)) == 0) {
            *all[i].value = strtof(equals + 1, NULL);
            return true;
        }
    return false;
}
