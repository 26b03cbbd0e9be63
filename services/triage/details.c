#include "services/triage/details.h"

#include "services/triage/detail_rows.h"
#include "services/triage/stem.h"

#include <stdlib.h>
#include <string.h>

static_assert(sizeof rows / sizeof rows[0] <= DETAILS_MAX, "one bit for each");

enum {
    SLOTS = 16384,      /* x 16 bytes = 256 KiB, for some 5,000 words and stems */
    STEM_BYTES_MIN = 4, /* shorter stems are those of too many words */
    LONG_ENDINGS = 2,   /* of -nya and -nyo more than of -e may be cut: "omnya" */
    SHORT_WORD = 2,
    NO_ROW = 0xffff,
    READ_ARENA_BYTES = 64 * 1024, /* a word or two at a time, as text_read takes them */
};

struct slot {
    uint64_t hash; /* of the folded word; 0: free */
    uint16_t rows[DETAILS_OF_WORD];
};

struct details {
    struct detail_set classes[DETAIL_CLASSES];
    struct slot slots[SLOTS];
    size_t count;
};

static size_t slot_of(const struct details *details, uint64_t hash) {
    size_t at = (hash ^ hash >> 32) & (SLOTS - 1);
    while (details->slots[at].hash && details->slots[at].hash != hash)
        at = (at + 1) & (SLOTS - 1);
    return at;
}

static bool row_add(uint16_t of_word[DETAILS_OF_WORD], uint16_t row) {
    for (size_t i = 0; i < DETAILS_OF_WORD; i++)
        if (of_word[i] == row || of_word[i] == NO_ROW) {
            of_word[i] = row;
            return true;
        }
    return false;
}

static bool word_put(struct details *details, uint64_t hash, size_t row) {
    struct slot *slot = &details->slots[slot_of(details, hash)];
    if (!slot->hash) {
        if (++details->count > SLOTS / 2)
            return false;
        slot->hash = hash;
        memset(slot->rows, 0xff, sizeof slot->rows);
    }
    return row_add(slot->rows, (uint16_t)row);
}

static uint64_t pair_hash(const struct word *first, const struct word *second) {
    return text_hash_on(text_hash_step(first->hash, ' '), second->key);
}

/* A word, also without its endings; or two, one behind the other. */
static bool entry_put(struct details *details, const struct text *text, size_t row) {
    const struct word *word = &text->words[0];
    char stemmed[WORD_KEY_MAX];
    if (text->count == 2)
        return word_put(details, pair_hash(word, word + 1), row);
    if (text->count != 1)
        return false;
    size_t size = stem(word->key, word->key_size, stemmed);
    bool ending = size >= STEM_BYTES_MIN && strncmp(word->key, stemmed, size) == 0;
    return word_put(details, word->hash, row) && (!ending || word_put(details, text_hash(stemmed), row));
}

static bool row_put(
    struct details *details, struct arena *arena, const struct spelling *spelling, size_t row) {
    details->classes[rows[row].class].bits[row / 64] |= UINT64_C(1) << row % 64;
    for (const char *at = rows[row].words; *at; at += strspn(at, " ")) {
        char entry[2 * WORD_KEY_MAX];
        struct text text;
        size_t size = strcspn(at, " ");
        if (size >= sizeof entry)
            return false;
        memcpy(entry, at, size);
        for (size_t i = 0; i < size; i++)
            if (entry[i] == '_')
                entry[i] = ' ';
        arena_reset(arena);
        if (!text_read(arena, spelling, entry, size, &text) || !entry_put(details, &text, row))
            return false;
        at += size;
    }
    return true;
}

struct details *details_new(const struct spelling *spelling) {
    struct details *details = calloc(1, sizeof *details);
    struct arena *arena = arena_new(READ_ARENA_BYTES);
    bool good = details && arena;
    for (size_t row = 0; good && row < sizeof rows / sizeof rows[0]; row++)
        good = row_put(details, arena, spelling, row);
    arena_free(&arena);
    if (!good)
        details_free(&details);
    return details;
}

void details_free(struct details **details) {
    free(*details);
    *details = NULL;
}

static void rows_of(
    const struct details *details, uint64_t hash, uint16_t out[DETAILS_OF_WORD], size_t *count) {
    const struct slot *slot = &details->slots[slot_of(details, hash)];
    for (size_t i = 0; slot->hash && i < DETAILS_OF_WORD && slot->rows[i] != NO_ROW; i++) {
        bool known = *count == DETAILS_OF_WORD;
        for (size_t k = 0; k < *count; k++)
            known |= out[k] == slot->rows[i];
        if (!known)
            out[(*count)++] = slot->rows[i];
    }
}

/* "kepalanya", "sirahe": the word itself, where the stem is that of too many. */
static uint64_t hash_without_ending(const struct word *word) {
    static const char *const endings[] = {"nya", "nyo", "ne", "ku", "mu", "na", "e"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t size = strlen(endings[i]), least = i < LONG_ENDINGS ? SHORT_WORD : STEM_BYTES_MIN;
        if (word->key_size < size + least || strcmp(word->key + word->key_size - size, endings[i]) != 0)
            continue;
        uint64_t hash = TEXT_HASH_START;
        for (size_t k = 0; k + size < word->key_size; k++)
            hash = text_hash_step(hash, word->key[k]);
        return hash;
    }
    return word->hash;
}

size_t details_find(
    const struct details *details, const struct word *word, const char *stem, uint16_t out[DETAILS_OF_WORD]) {
    uint64_t hash = hash_without_ending(word);
    size_t count = 0;
    rows_of(details, word->hash, out, &count);
    if (hash != word->hash)
        rows_of(details, hash, out, &count);
    if (strcmp(stem, word->key) != 0)
        rows_of(details, text_hash(stem), out, &count);
    return count;
}

size_t details_find_pair(const struct details *details, const struct word *first, const struct word *second,
    uint16_t out[DETAILS_OF_WORD]) {
    size_t count = 0;
    rows_of(details, pair_hash(first, second), out, &count);
    return count;
}

enum detail_class detail_class_of(uint16_t detail) {
    return rows[detail].class;
}

bool details_name(uint16_t detail, char out[WORD_KEY_MAX]) {
    if (detail >= sizeof rows / sizeof rows[0])
        return false;
    size_t size = strcspn(rows[detail].words, " ");
    size = size < WORD_KEY_MAX ? size : WORD_KEY_MAX - 1;
    memcpy(out, rows[detail].words, size);
    out[size] = 0;
    return true;
}

bool details_pop(struct detail_set *set, uint16_t *detail) {
    for (size_t i = 0; i < sizeof set->bits / sizeof set->bits[0]; i++)
        if (set->bits[i]) {
            *detail = (uint16_t)(i * 64 + (size_t)__builtin_ctzll(set->bits[i]));
            set->bits[i] &= set->bits[i] - 1;
            return true;
        }
    return false;
}

void details_add(struct detail_set *set, uint16_t detail) {
    set->bits[detail / 64] |= UINT64_C(1) << detail % 64;
}

struct detail_set details_both(const struct detail_set *a, const struct detail_set *b) {
    struct detail_set both;
    for (size_t i = 0; i < sizeof both.bits / sizeof both.bits[0]; i++)
        both.bits[i] = a->bits[i] & b->bits[i];
    return both;
}

struct detail_set details_of(
    const struct details *details, const struct detail_set *set, enum detail_class class) {
    return details_both(set, &details->classes[class]);
}

struct detail_set details_without(
    const struct details *details, const struct detail_set *set, enum detail_class class) {
    struct detail_set rest = *set;
    for (size_t i = 0; i < sizeof rest.bits / sizeof rest.bits[0]; i++)
        rest.bits[i] &= ~details->classes[class].bits[i];
    return rest;
}

unsigned details_count(const struct detail_set *set) {
    unsigned count = 0;
    for (size_t i = 0; i < sizeof set->bits / sizeof set->bits[0]; i++)
        count += (unsigned)__builtin_popcountll(set->bits[i]);
    return count;
}
