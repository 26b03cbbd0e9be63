#include "services/triage/stem.h"

#include <string.h>

enum { STEM_LEAST = 3 };

static bool is_vowel(char c) {
    return c == 'a' || c == 'i' || c == 'u' || c == 'e' || c == 'o';
}

struct piece {
    const char *text;
    size_t size;
};
#define PIECE(text)                                                                                          \
    { text, sizeof text - 1 }

/* The letter at the word's end tells nearly always. */
static bool ends_cut(char *word, size_t *size, const struct piece *endings, size_t least) {
    for (; endings->text; endings++) {
        size_t length = endings->size;
        if (*size >= length + least && word[*size - 1] == endings->text[length - 1] &&
            memcmp(word + *size - length, endings->text, length) == 0) {
            *size -= length;
            word[*size] = 0;
            return true;
        }
    }
    return false;
}

struct prefix {
    const char *text;
    char before_vowel; /* the consonant that the prefix swallowed; 0: none */
    bool only_before_vowel;
};

static bool prefix_cut(char *word, size_t *size) {
    static const struct prefix prefixes[] = {{"menge", 0, false}, {"meny", 's', true}, {"meng", 0, false},
        {"mem", 'p', false}, {"men", 't', false}, {"me", 0, false}, {"penge", 0, false}, {"peny", 's', true},
        {"peng", 0, false}, {"pem", 'p', false}, {"pen", 't', false}, {"per", 0, false}, {"di", 0, false},
        {"ber", 0, false}, {"ter", 0, false}, {"nge", 0, false}, {"ng", 0, true}, {"ny", 's', true},
        {"ke", 0, false}, {"se", 0, false}, {"ku", 0, false}, {"be", 0, false}, {"mang", 0, true},
        {"mam", 'p', false}, {NULL, 0, false}};
    for (const struct prefix *prefix = prefixes; prefix->text; prefix++) {
        if (prefix->text[0] != word[0] || prefix->text[1] != word[1])
            continue;
        size_t length = strlen(prefix->text);
        if (*size < length + STEM_LEAST + 1 || memcmp(word, prefix->text, length) != 0)
            continue;
        bool vowel = is_vowel(word[length]);
        if (prefix->only_before_vowel && !vowel)
            continue;
        size_t cut = length - (vowel && prefix->before_vowel ? 1 : 0);
        memmove(word, word + cut, *size - cut + 1);
        *size -= cut;
        if (vowel && prefix->before_vowel)
            word[0] = prefix->before_vowel;
        return true;
    }
    return false;
}

size_t stem(const char *key, size_t size, char out[WORD_KEY_MAX]) {
    static const struct piece particles[] = {PIECE("nya"), PIECE("lah"), PIECE("kah"), PIECE("pun"),
        PIECE("ku"), PIECE("mu"), PIECE("ne"), {NULL, 0}};
    static const struct piece endings[] = {PIECE("kan"), PIECE("an"), PIECE("in"), PIECE("i"), {NULL, 0}};
    memcpy(out, key, size + 1);
    if (size <= STEM_LEAST + 1)
        return size;
    ends_cut(out, &size, particles, STEM_LEAST + 1);
    bool prefixed = prefix_cut(out, &size);
    ends_cut(out, &size, endings, prefixed ? STEM_LEAST + 1 : STEM_LEAST + 2);
    return size;
}
