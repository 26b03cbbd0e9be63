/* The shorthand table as a hash table of folded words; used by text.c. See text.h for making one. */
#pragma once

#include "services/triage/text.h"

enum { SPELLING_MEANT_MAX = 3 };

struct spelling_word {
    char key[WORD_KEY_MAX];
    uint64_t hash;
    uint8_t size;
};

struct spelling_entry {
    char key[WORD_KEY_MAX];
    uint64_t hash; /* 0: the slot is free */
    struct spelling_word meant[SPELLING_MEANT_MAX];
    uint8_t count;
    bool inflects; /* a word of a dialect: its endings are understood too */
};

/* NULL when the word is written as it should be. */
const struct spelling_entry *spelling_find(const struct spelling *spelling, const char *key, uint64_t hash);
/* A dialect word with an ending: omahe, awakne, urangnyo, roma'na. NULL when it is none. *mine: it ends in a
 * -ku that means "my", whether it is one or not (suamiku). */
const struct spelling_entry *spelling_find_inflected(
    const struct spelling *spelling, const char *key, size_t size, bool *mine);
