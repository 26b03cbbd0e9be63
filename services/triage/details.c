#include "services/triage/details.h"

#include "services/triage/stem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLOTS_FIRST = 16384,
    STEM_BYTES_MIN = 4, /* shorter stems are those of too many words */
    LONG_ENDINGS = 2,   /* of -nya and -nyo more than of -e may be cut: "omnya" */
    SHORT_WORD = 2,
    NO_ROW = 0xffff,
    READ_ARENA_BYTES = 64 * 1024, /* a word or two at a time, as text_read takes them */
};

static const char *const class_words[DETAIL_CLASSES] = {
    [DETAIL_SURROUNDING] = "surrounding",
    [DETAIL_BOND] = "bond",
    [DETAIL_HARM] = "harm",
    [DETAIL_VIOLENCE] = "violence",
    [DETAIL_WEAPON] = "weapon",
    [DETAIL_BODY] = "body",
    [DETAIL_STATE] = "state",
    [DETAIL_DISASTER] = "disaster",
    [DETAIL_EVENT] = "event",
    [DETAIL_LOOKS] = "looks",
    [DETAIL_ABROAD] = "abroad",
    [DETAIL_THING] = "thing",
};

struct row {
    enum detail_class class;
    char *name;
};

struct slot {
    uint64_t hash; /* of the folded word; 0: free */
    uint16_t rows[DETAILS_OF_WORD];
};

struct details {
    struct row rows[DETAILS_MAX];
    size_t row_count;
    struct slot *slots; /* open addressing, three quarters full at most */
    size_t slot_count, used;
};

/* ---- the table of words */

static size_t slot_of(const struct details *details, uint64_t hash) {
    size_t at = (hash ^ hash >> 32) & (details->slot_count - 1);
    while (details->slots[at].hash && details->slots[at].hash != hash)
        at = (at + 1) & (details->slot_count - 1);
    return at;
}

static bool slots_grow(struct details *details) {
    struct details larger = {.slot_count = details->slot_count ? 2 * details->slot_count : SLOTS_FIRST};
    larger.slots = calloc(larger.slot_count, sizeof *larger.slots);
    if (!larger.slots)
        return false;
    for (size_t i = 0; i < details->slot_count; i++)
        if (details->slots[i].hash)
            larger.slots[slot_of(&larger, details->slots[i].hash)] = details->slots[i];
    free(details->slots);
    details->slots = larger.slots;
    details->slot_count = larger.slot_count;
    return true;
}

/* A word that stands in both columns of a row is sure. */
static bool row_add(uint16_t of_word[DETAILS_OF_WORD], uint16_t row) {
    for (size_t i = 0; i < DETAILS_OF_WORD; i++)
        if (of_word[i] == NO_ROW || (of_word[i] & DETAIL_ROW) == (row & DETAIL_ROW)) {
            of_word[i] = of_word[i] == NO_ROW ? row : of_word[i] & row;
            return true;
        }
    return false;
}

static bool word_put(struct details *details, uint64_t hash, size_t row, struct error *error) {
    if (details->used * 4 >= details->slot_count * 3 && !slots_grow(details))
        return error_set(error, "no memory for words of one meaning");
    struct slot *slot = &details->slots[slot_of(details, hash)];
    if (!slot->hash) {
        details->used++;
        slot->hash = hash;
        memset(slot->rows, 0xff, sizeof slot->rows);
    }
    return row_add(slot->rows, (uint16_t)row) ||
           error_set(error, "stands in more than %d rows", DETAILS_OF_WORD);
}

static uint64_t pair_hash(const struct word *first, const struct word *second) {
    return text_hash_on(text_hash_step(first->hash, ' '), second->key);
}

/* ---- the file */

/* A word, also without its endings; or two, one behind the other. */
static bool entry_put(struct details *details, const struct text *text, size_t row, struct error *error) {
    const struct word *word = &text->words[0];
    char stemmed[WORD_KEY_MAX];
    if (text->count == 2)
        return word_put(details, pair_hash(word, word + 1), row, error);
    if (text->count != 1)
        return error_set(error, "is read as %zu words", text->count);
    size_t size = stem(word->key, word->key_size, stemmed);
    bool ending = size >= STEM_BYTES_MIN && strncmp(word->key, stemmed, size) == 0;
    return word_put(details, word->hash, row, error) &&
           (!ending || word_put(details, text_hash(stemmed), row, error));
}

struct reading {
    struct details *details;
    const struct spelling *spelling;
    struct arena *arena;
};

/* The space of "a_b" is written as a line below it. */
static bool entry_read(const struct reading *reading, const char *entry, size_t row, struct error *error) {
    char words[2 * WORD_KEY_MAX];
    struct text text;
    size_t size = strlen(entry);
    if (size >= sizeof words)
        return error_set(error, "a word of %zu bytes, %zu are read", size, sizeof words - 1);
    memcpy(words, entry, size + 1);
    char *space = strchr(words, '_');
    if (space)
        *space = ' ';
    arena_reset(reading->arena);
    if (!text_read(reading->arena, reading->spelling, words, size, &text))
        return error_set(error, "no memory for words of one meaning");
    return entry_put(reading->details, &text, row, error) || error_prefix(error, "\"%s\"", entry);
}

static bool class_read(const char *word, enum detail_class *class, struct error *error) {
    for (int i = 0; i < DETAIL_CLASSES; i++)
        if (strcmp(word, class_words[i]) == 0) {
            *class = (enum detail_class)i;
            return true;
        }
    char known[DETAIL_CLASSES * 16] = "";
    for (int i = 0; i < DETAIL_CLASSES; i++)
        snprintf(known + strlen(known), sizeof known - strlen(known), " %s", class_words[i]);
    return error_set(error, "no class \"%s\"; there are%s", word, known);
}

static bool words_read(const struct reading *reading, char *words, size_t row, struct error *error) {
    char *rest = words;
    bool good = true;
    for (char *word; good && (word = strtok_r(rest, " \n", &rest));)
        good = entry_read(reading, word, row, error);
    return good;
}

static bool name_take(struct row *row, const char *words, struct error *error) {
    size_t size = strcspn(words, " \n");
    if (!size || size >= WORD_KEY_MAX)
        return error_set(error, "a row begins with a word of 1 to %d bytes", WORD_KEY_MAX - 1);
    row->name = strndup(words, size);
    return row->name || error_set(error, "no memory for words of one meaning");
}

/* "class <tab> word word a_b <tab> word a_b" */
static bool line_read(const struct reading *reading, char *line, struct error *error) {
    struct details *details = reading->details;
    char *rest = line, *class = strsep(&rest, "\t"), *sure = strsep(&rest, "\t"),
         *loose = strsep(&rest, "\t");
    if (details->row_count == DETAILS_MAX)
        return error_set(error, "more than %d rows", DETAILS_MAX);
    if (!sure || rest)
        return error_set(error, "a class, a tab and words are expected, and no more than one further tab");
    size_t number = details->row_count;
    struct row *row = &details->rows[number];
    if (!class_read(class, &row->class, error) || !name_take(row, loose && !*sure ? loose : sure, error))
        return false;
    details->row_count++;
    return words_read(reading, sure, number, error) &&
           (!loose || words_read(reading, loose, number | DETAIL_LOOSELY, error));
}

/* Whole: neither cut at the end of the file nor by a zero in it. */
static bool line_check(const char *line, size_t size, struct error *error) {
    return (strlen(line) == size && line[size - 1] == '\n') || error_set(error, "is cut off");
}

static bool lines_read(const struct reading *reading, FILE *file, struct error *error) {
    size_t capacity = 0;
    unsigned number = 0;
    char *line = NULL;
    bool good = true;
    for (ssize_t size; good && (size = getline(&line, &capacity, file)) > 0;) {
        number++;
        good = line_check(line, (size_t)size, error) &&
               (line[0] == '#' || line[0] == '\n' || line_read(reading, line, error));
        if (!good)
            error_prefix(error, "line %u", number);
    }
    free(line);
    return good && (!ferror(file) || error_set(error, "cannot be read"));
}

static int compare_names(const void *left, const void *right) {
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Rows are counted by their names (rarity.h). */
static bool names_differ(const struct details *details, struct error *error) {
    char *names[DETAILS_MAX];
    if (!details->row_count)
        return error_set(error, "has no row");
    for (size_t i = 0; i < details->row_count; i++)
        names[i] = details->rows[i].name;
    qsort(names, details->row_count, sizeof names[0], compare_names);
    for (size_t i = 1; i < details->row_count; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            return error_set(error, "two rows begin with \"%s\"", names[i]);
    return true;
}

static bool file_read(const struct reading *reading, const char *path, struct error *error) {
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(error, "%s: %s", path, strerror(errno));
    bool good = (lines_read(reading, file, error) && names_differ(reading->details, error)) ||
                error_prefix(error, "%s", path);
    fclose(file);
    return good;
}

struct details *details_load(const char *path, const struct spelling *spelling, struct error *error) {
    struct reading reading = {calloc(1, sizeof *reading.details), spelling, arena_new(READ_ARENA_BYTES)};
    bool good = reading.details && reading.arena && slots_grow(reading.details);
    if (!good)
        error_set(error, "no memory for words of one meaning");
    good = good && file_read(&reading, path, error);
    arena_free(&reading.arena);
    if (!good)
        details_free(&reading.details);
    return reading.details;
}

void details_free(struct details **details) {
    if (!*details)
        return;
    for (size_t i = 0; i < (*details)->row_count; i++)
        free((*details)->rows[i].name);
    free((*details)->slots);
    free(*details);
    *details = NULL;
}

/* ---- looking */

static void row_take(uint16_t row, uint16_t out[DETAILS_FOUND], size_t *count) {
    for (size_t i = 0; i < *count; i++)
        if ((out[i] & DETAIL_ROW) == (row & DETAIL_ROW)) {
            out[i] &= row;
            return;
        }
    if (*count < DETAILS_FOUND)
        out[(*count)++] = row;
}

static void rows_of(
    const struct details *details, uint64_t hash, uint16_t out[DETAILS_FOUND], size_t *count) {
    const struct slot *slot = &details->slots[slot_of(details, hash)];
    for (size_t i = 0; slot->hash && i < DETAILS_OF_WORD && slot->rows[i] != NO_ROW; i++)
        row_take(slot->rows[i], out, count);
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
    const struct details *details, const struct word *word, const char *stem, uint16_t out[DETAILS_FOUND]) {
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
    uint16_t out[DETAILS_FOUND]) {
    size_t count = 0;
    rows_of(details, pair_hash(first, second), out, &count);
    return count;
}

bool details_is(const struct details *details, const struct word *word, const char *stem, unsigned classes) {
    uint16_t found[DETAILS_FOUND];
    size_t count = details_find(details, word, stem, found);
    for (size_t i = 0; i < count; i++)
        if (!(found[i] & DETAIL_LOOSELY) && classes >> details_class(details, found[i]) & 1)
            return true;
    return false;
}

enum detail_class details_class(const struct details *details, uint16_t detail) {
    return details->rows[detail].class;
}

const char *details_name(const struct details *details, uint16_t detail) {
    return detail < details->row_count ? details->rows[detail].name : NULL;
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

struct detail_counts details_count(const struct details *details, const struct detail_set *set) {
    struct detail_counts counts = {0};
    for (size_t i = 0; i < sizeof set->bits / sizeof set->bits[0]; i++)
        for (uint64_t left = set->bits[i]; left; left &= left - 1, counts.all++)
            counts.of[details->rows[i * 64 + (size_t)__builtin_ctzll(left)].class]++;
    return counts;
}
