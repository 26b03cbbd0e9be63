/* A word is hashed letter by letter while it is read; every beginning that some entry of the list asks for is
 * looked up on the way, the whole word at its end, and with it the two and three last words. One table holds
 * them all. */
#include "common/danger.h"

#include "common/config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum {
    WORD_MAX = 40,
    BEGINNING_LEAST = 3,
    FOLD_POINTS = 0x250, /* Latin with marks ends here; other scripts part words */
    UNFOLD_MAX = 18
};

#define HASH_START 0xcbf29ce484222325u
#define BEGINNING_MARK 0x9e3779b97f4a7c15u

struct slot {
    uint64_t hash; /* 0: free */
    int32_t points;
    uint32_t number; /* of the entry, to count it once */
};

struct danger {
    struct slot *slots;
    size_t slot_count;
    uint64_t beginnings; /* bit n: some entry is a beginning of n letters */
    int start, enough;
    size_t words;
};

/* Code points below FOLD_POINTS to the letter they are read as; 0: parts words. Made once a scan table, not a
 * scan. */
static char fold_point(int32_t point) {
    if (point >= 'A' && point <= 'Z')
        return (char)(point - 'A' + 'a');
    if ((point >= 'a' && point <= 'z') || (point >= '0' && point <= '9'))
        return (char)point;
    if (point < 0xc0 || point >= FOLD_POINTS)
        return 0;
    utf8proc_int32_t unfolded[UNFOLD_MAX];
    int boundary = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char(point, unfolded, UNFOLD_MAX,
        UTF8PROC_CASEFOLD | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK, &boundary);
    return count >= 1 && unfolded[0] >= 'a' && unfolded[0] <= 'z' ? (char)unfolded[0] : 0;
}

static uint64_t hash_step(uint64_t hash, char letter) {
    return (hash ^ (uint8_t)letter) * 0x100000001b3u;
}

static uint64_t hash_join(uint64_t before, uint64_t word) {
    before = (before ^ word) * 0x9e3779b97f4a7c15u;
    return before ^ before >> 29;
}

/* ---- reading a text
 * --------------------------------------------------------------------------------------------- */

struct scanner {
    const char *text;
    size_t size, at;
};

/* The next letter folded, 0 for what parts words; false at the end. */
static bool scanner_next(struct scanner *scanner, char *letter) {
    if (scanner->at >= scanner->size)
        return false;
    unsigned char byte = (unsigned char)scanner->text[scanner->at];
    if (byte < 0x80) {
        *letter = fold_point(byte);
        scanner->at++;
        return true;
    }
    utf8proc_int32_t point = 0;
    utf8proc_ssize_t read = utf8proc_iterate((const utf8proc_uint8_t *)scanner->text + scanner->at,
        (utf8proc_ssize_t)(scanner->size - scanner->at), &point);
    scanner->at += read > 0 ? (size_t)read : 1;
    *letter = read > 0 ? fold_point(point) : 0;
    return true;
}

/* Letters of the next word into word, repeats taken out. False when there is none left. */
static bool word_next(struct scanner *scanner, char word[WORD_MAX + 1], size_t *size) {
    char letter;
    *size = 0;
    while (scanner_next(scanner, &letter)) {
        if (!letter && *size)
            break;
        if (letter && *size < WORD_MAX && !(*size && letter == word[*size - 1] && letter >= 'a'))
            word[(*size)++] = letter;
    }
    word[*size] = 0;
    return *size > 0;
}

void danger_words(const char *text, size_t size, void (*take)(void *state, const char *word), void *state) {
    struct scanner scanner = {text, size < DANGER_BYTES_MAX ? size : DANGER_BYTES_MAX, 0};
    char word[WORD_MAX + 1];
    size_t length;
    while (word_next(&scanner, word, &length))
        take(state, word);
}

/* ---- the list
 * --------------------------------------------------------------------------------------------------- */

struct group {
    int points;
    char **words;
    unsigned words_count;
};

struct list {
    int start, enough;
    struct group *words;
    unsigned words_count;
};

static const cyaml_schema_value_t word_schema = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 120)};
static const cyaml_schema_field_t group_fields[] = {
    CYAML_FIELD_INT("points", CYAML_FLAG_DEFAULT, struct group, points),
    CYAML_FIELD_SEQUENCE("words", CYAML_FLAG_POINTER, struct group, words, &word_schema, 1, DANGER_WORDS_MAX),
    CYAML_FIELD_END};
static const cyaml_schema_value_t group_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct group, group_fields)};
static const cyaml_schema_field_t list_fields[] = {
    CYAML_FIELD_INT("start", CYAML_FLAG_DEFAULT, struct list, start),
    CYAML_FIELD_INT("enough", CYAML_FLAG_DEFAULT, struct list, enough),
    CYAML_FIELD_SEQUENCE("words", CYAML_FLAG_POINTER, struct list, words, &group_schema, 1, DANGER_WORDS_MAX),
    CYAML_FIELD_END};
static const cyaml_schema_value_t list_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct list, list_fields)};

static const struct slot *slot_find(const struct danger *danger, uint64_t hash) {
    for (size_t at = hash & (danger->slot_count - 1);; at = (at + 1) & (danger->slot_count - 1)) {
        if (!danger->slots[at].hash)
            return NULL;
        if (danger->slots[at].hash == hash)
            return &danger->slots[at];
    }
}

static bool slot_add(
    struct danger *danger, uint64_t hash, int points, const char *word, struct error *error) {
    if (danger->words == DANGER_WORDS_MAX)
        return error_set(error, "more than %d words", DANGER_WORDS_MAX);
    if (slot_find(danger, hash))
        return error_set(error, "\"%s\" is there twice", word);
    size_t at = hash & (danger->slot_count - 1);
    while (danger->slots[at].hash)
        at = (at + 1) & (danger->slot_count - 1);
    danger->slots[at] = (struct slot){hash, points, (uint32_t)danger->words++};
    return true;
}

static bool word_add(struct danger *danger, const char *entry, int points, struct error *error) {
    static const char ellipsis[] = "\xe2\x80\xa6";
    size_t size = strlen(entry), length, letters = 0, words = 0;
    bool open = size > 3 && strcmp(entry + size - 3, ellipsis) == 0;
    struct scanner scanner = {entry, open ? size - 3 : size, 0};
    char word[WORD_MAX + 1];
    uint64_t phrase = 0;
    while (word_next(&scanner, word, &length)) {
        uint64_t hash = HASH_START;
        for (size_t i = 0; i < length; i++)
            hash = hash_step(hash, word[i]);
        phrase = words++ ? hash_join(phrase, hash) : hash;
        letters = length;
    }
    if (!words || words > DANGER_PHRASE_MAX || (open && (words > 1 || letters < BEGINNING_LEAST)))
        return error_set(error,
            "\"%s\" is no word, no phrase of up to %d words and no beginning of %d letters", entry,
            DANGER_PHRASE_MAX, BEGINNING_LEAST);
    if (open) {
        danger->beginnings |= 1ull << letters;
        phrase ^= BEGINNING_MARK;
    }
    return slot_add(danger, phrase, points, entry, error);
}

static bool list_take(struct danger *danger, const struct list *list, struct error *error) {
    danger->start = list->start;
    danger->enough = list->enough;
    for (unsigned i = 0; i < list->words_count; i++)
        for (unsigned k = 0; k < list->words[i].words_count; k++)
            if (!word_add(danger, list->words[i].words[k], list->words[i].points, error))
                return error_prefix(error, "danger.yaml");
    return true;
}

struct danger *danger_load(const char *site, struct error *error) {
    struct danger *danger = calloc(1, sizeof *danger);
    struct list *list = NULL;
    char folder[CONFIG_PATH_MAX];
    bool good = danger ? true : error_set(error, "out of memory");
    if (good) {
        danger->slot_count = (size_t)DANGER_WORDS_MAX * 2;
        danger->slots = calloc(danger->slot_count, sizeof *danger->slots);
        good = danger->slots ? true : error_set(error, "out of memory");
    }
    good = good &&
           (config_path(folder, site, "vocabulary") || error_set(error, "the path of the site is too long"));
    good = good && config_load_in(folder, "danger.yaml", &list_schema, &list, error) &&
           list_take(danger, list, error);
    config_free(&list_schema, &list);
    if (!good)
        danger_free(&danger);
    return danger;
}

void danger_free(struct danger **danger) {
    if (!*danger)
        return;
    free((*danger)->slots);
    free(*danger);
    *danger = NULL;
}

/* ---- scanning
 * --------------------------------------------------------------------------------------------------- */

struct count {
    const struct danger *danger;
    uint64_t seen[DANGER_WORDS_MAX / 64]; /* 1 KiB: entries that have given their points */
    int points;
};

static void hash_count(struct count *count, uint64_t hash) {
    const struct slot *slot = slot_find(count->danger, hash);
    if (!slot || count->seen[slot->number / 64] >> (slot->number % 64) & 1)
        return;
    count->seen[slot->number / 64] |= 1ull << (slot->number % 64);
    count->points += slot->points;
}

int danger_points(const struct danger *danger, const char *text, size_t size) {
    struct scanner scanner = {text, size < DANGER_BYTES_MAX ? size : DANGER_BYTES_MAX, 0};
    struct count count = {.danger = danger, .points = danger->start};
    char word[WORD_MAX + 1];
    size_t length;
    uint64_t before = 0, before_that = 0;
    while (word_next(&scanner, word, &length)) {
        uint64_t hash = HASH_START;
        for (size_t i = 0; i < length; i++) {
            hash = hash_step(hash, word[i]);
            if (danger->beginnings >> (i + 1) & 1)
                hash_count(&count, hash ^ BEGINNING_MARK);
        }
        hash_count(&count, hash);
        if (before)
            hash_count(&count, hash_join(before, hash));
        if (before_that)
            hash_count(&count, hash_join(hash_join(before_that, before), hash));
        before_that = before;
        before = hash;
    }
    return count.points;
}

int danger_enough(const struct danger *danger) {
    return danger->enough;
}

bool danger_scan(const struct danger *danger, const char *text, size_t size) {
    struct scanner scanner = {text, size < DANGER_BYTES_MAX ? size : DANGER_BYTES_MAX, 0};
    char word[WORD_MAX + 1];
    size_t length;
    return word_next(&scanner, word, &length) && danger_points(danger, text, size) >= danger->enough;
}
