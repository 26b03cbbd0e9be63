#include "services/triage/stem.h"

#include <string.h>

enum { STEM_LEAST = 3 };

static bool is_vowel(char c) {
    return c == 'a' || c == 'i' || c == 'u' || c == 'e' || c == 'o';
}

/* By letters: most words are no further asked once their last or first is known. */
#define LETTER(letter) (UINT32_C(1) << ((letter) - 'a'))

static bool is_among(char c, uint32_t letters) {
    return c >= 'a' && c <= 'z' && (letters >> (c - 'a') & 1);
}

struct ending {
    const char *text;
    size_t size;
};
#define ENDING(text)                                                                                         \
    { text, sizeof text - 1 }

/* The first of the endings that leaves `least` letters is cut off. */
static bool ends_cut(char *word, size_t *size, const struct ending *endings, size_t least) {
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

static void particle_cut(char *word, size_t *size) {
    static const struct ending particles[] = {ENDING("nya"), ENDING("lah"), ENDING("kah"), ENDING("pun"),
        ENDING("ku"), ENDING("mu"), ENDING("ne"), {NULL, 0}};
    const uint32_t last = LETTER('a') | LETTER('h') | LETTER('n') | LETTER('u') | LETTER('e');
    if (is_among(word[*size - 1], last))
        ends_cut(word, size, particles, STEM_LEAST + 1);
}

static void suffix_cut(char *word, size_t *size, size_t least) {
    static const struct ending suffixes[] = {
        ENDING("kan"), ENDING("an"), ENDING("in"), ENDING("i"), {NULL, 0}};
    if (is_among(word[*size - 1], LETTER('n') | LETTER('i')))
        ends_cut(word, size, suffixes, least);
}

struct prefix {
    const char *text;
    size_t size;
    char before_vowel; /* the consonant that the prefix swallowed; 0: none */
    bool only_before_vowel;
};
#define PREFIX(text, ...)                                                                                    \
    { text, sizeof text - 1, __VA_ARGS__ }
#define PREFIXES(...)                                                                                        \
    (const struct prefix[]) {                                                                                \
        __VA_ARGS__, {                                                                                       \
            NULL, 0, 0, false                                                                                \
        }                                                                                                    \
    }

/* By their first letter; of those that begin alike, the one to be cut comes first. */
static const struct prefix *const prefixes[26] = {
    ['m' - 'a'] = PREFIXES(PREFIX("menge", 0, false), PREFIX("meny", 's', true), PREFIX("meng", 0, false),
        PREFIX("mem", 'p', false), PREFIX("men", 't', false), PREFIX("me", 0, false), PREFIX("mang", 0, true),
        PREFIX("mam", 'p', false)),
    ['p' - 'a'] = PREFIXES(PREFIX("penge", 0, false), PREFIX("peny", 's', true), PREFIX("peng", 0, false),
        PREFIX("pem", 'p', false), PREFIX("pen", 't', false), PREFIX("per", 0, false)),
    ['d' - 'a'] = PREFIXES(PREFIX("di", 0, false)),
    ['b' - 'a'] = PREFIXES(PREFIX("ber", 0, false), PREFIX("be", 0, false)),
    ['t' - 'a'] = PREFIXES(PREFIX("ter", 0, false)),
    ['n' - 'a'] = PREFIXES(PREFIX("nge", 0, false), PREFIX("ng", 0, true), PREFIX("ny", 's', true)),
    ['k' - 'a'] = PREFIXES(PREFIX("ke", 0, false), PREFIX("ku", 0, false)),
    ['s' - 'a'] = PREFIXES(PREFIX("se", 0, false)),
};

static bool prefix_cut(char *word, size_t *size) {
    bool letter = word[0] >= 'a' && word[0] <= 'z';
    const struct prefix *prefix = letter ? prefixes[word[0] - 'a'] : NULL;
    for (; prefix && prefix->text; prefix++) {
        size_t length = prefix->size;
        if (prefix->text[1] != word[1] || *size < length + STEM_LEAST + 1 ||
            memcmp(word, prefix->text, length) != 0)
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
    memcpy(out, key, size + 1);
    if (size <= STEM_LEAST + 1)
        return size;
    particle_cut(out, &size);
    bool prefixed = prefix_cut(out, &size);
    suffix_cut(out, &size, prefixed ? STEM_LEAST + 1 : STEM_LEAST + 2);
    return size;
}
