/* A word is hashed letter by letter while it is read; every beginning that some entry of the list asks for is
 * looked up on the way, the whole word at its end, and with it the two and three last words. One table holds
 * them all. */
#include "common/danger.h"

#include "common/config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utf8proc.h>

enum {
    WORD_MAX = 40,
    BEGINNING_LEAST = 3,
    FOLD_POINTS = 0x250, /* Latin with marks ends here; other scripts part words */
    UNFOLD_MAX = 18,
    KNOWN_BITS = 1 << 16
};

#define HASH_START 0xcbf29ce484222325u
#define BEGINNING_MARK 0x9e3779b97f4a7c15u

struct slot {
    uint64_t hash; /* 0: free */
    uint32_t use;  /* the first of its uses */
};

/* What finding a word or phrase means: points, or one part of a pair. */
struct use {
    int32_t points;
    uint16_t pair; /* with part */
    uint8_t part;  /* 0: no part, gives points; else from 1 */
    uint32_t next; /* further uses of the same word, 0 for none */
};

struct danger {
    struct slot *slots;
    size_t slot_count;
    struct use *uses; /* from 1 */
    size_t use_count;
    uint8_t pairs[DANGER_PAIRS_MAX]; /* how many parts each has */
    size_t pair_count;
    uint64_t beginnings; /* bit n: some entry ends with a beginning of n letters */
    int start, enough;
    uint64_t known[KNOWN_BITS / 64]; /* which hashes may be in slots, or begin a phrase */
};

enum { HIT = 1 << 20 }; /* points of a word that is enough by itself */

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
    before = (before * 0x100000001b3u ^ word) * 0x9e3779b97f4a7c15u; /* the order counts */
    return before ^ before >> 29;
}

/* ---- reading a text */

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

/* ---- the lists as they are written */

struct group {
    int points;
    char **words;
    unsigned words_count;
};

struct points_file {
    int start, enough;
    struct group *words;
    unsigned words_count;
};

struct terms {
    int priority;
    char *lang;
    char **terms;
    unsigned terms_count;
};

struct terms_file {
    struct terms *danger;
    unsigned danger_count;
};

static const cyaml_schema_value_t word_schema = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 120)};
static const cyaml_schema_field_t group_fields[] = {
    CYAML_FIELD_INT("points", CYAML_FLAG_DEFAULT, struct group, points),
    CYAML_FIELD_SEQUENCE("words", CYAML_FLAG_POINTER, struct group, words, &word_schema, 1, DANGER_WORDS_MAX),
    CYAML_FIELD_END};
static const cyaml_schema_value_t group_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct group, group_fields)};
static const cyaml_schema_field_t points_fields[] = {
    CYAML_FIELD_INT("start", CYAML_FLAG_DEFAULT, struct points_file, start),
    CYAML_FIELD_INT("enough", CYAML_FLAG_DEFAULT, struct points_file, enough),
    CYAML_FIELD_SEQUENCE(
        "words", CYAML_FLAG_POINTER, struct points_file, words, &group_schema, 1, DANGER_WORDS_MAX),
    CYAML_FIELD_END};
static const cyaml_schema_value_t points_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct points_file, points_fields)};

static const cyaml_strval_t priorities[] = {{"P0", 0}, {"P1", 1}};
static const cyaml_schema_field_t terms_fields[] = {
    CYAML_FIELD_ENUM("priority", CYAML_FLAG_STRICT, struct terms, priority, priorities, 2),
    CYAML_FIELD_STRING_PTR("lang", CYAML_FLAG_POINTER, struct terms, lang, 2, 8),
    CYAML_FIELD_SEQUENCE("terms", CYAML_FLAG_POINTER, struct terms, terms, &word_schema, 1, DANGER_WORDS_MAX),
    CYAML_FIELD_END};
static const cyaml_schema_value_t terms_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct terms, terms_fields)};
static const cyaml_schema_field_t terms_file_fields[] = {
    CYAML_FIELD_SEQUENCE("danger", CYAML_FLAG_POINTER, struct terms_file, danger, &terms_schema, 1, 100),
    CYAML_FIELD_END};
static const cyaml_schema_value_t terms_file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct terms_file, terms_file_fields)};

/* ---- the table */

/* Most words of a report are in no list, and a look into 256 KiB for each of their beginnings would be most
 * of the work: 8 KiB of bits say no first. */
static void note_known(struct danger *danger, uint64_t hash) {
    danger->known[hash >> 32 & (KNOWN_BITS - 1) / 64] |= 1ull << (hash >> 58);
}

static bool may_be_known(const struct danger *danger, uint64_t hash) {
    return danger->known[hash >> 32 & (KNOWN_BITS - 1) / 64] >> (hash >> 58) & 1;
}

static const struct slot *slot_find(const struct danger *danger, uint64_t hash) {
    for (size_t at = hash & (danger->slot_count - 1);; at = (at + 1) & (danger->slot_count - 1)) {
        if (!danger->slots[at].hash)
            return NULL;
        if (danger->slots[at].hash == hash)
            return &danger->slots[at];
    }
}

static bool use_add(struct danger *danger, uint64_t hash, struct use use, struct error *error) {
    if (danger->use_count + 1 == DANGER_WORDS_MAX)
        return error_set(error, "more than %d words", DANGER_WORDS_MAX - 1);
    size_t at = hash & (danger->slot_count - 1);
    while (danger->slots[at].hash && danger->slots[at].hash != hash)
        at = (at + 1) & (danger->slot_count - 1);
    note_known(danger, hash);
    use.next = danger->slots[at].use;
    danger->slots[at].hash = hash;
    danger->uses[++danger->use_count] = use;
    danger->slots[at].use = (uint32_t)danger->use_count;
    return true;
}

/* The hash of a word or phrase as the scan will meet it. */
static bool phrase_hash(
    struct danger *danger, const char *phrase, size_t size, uint64_t *out, struct error *error) {
    static const char ellipsis[] = "\xe2\x80\xa6";
    bool open = size > 3 && memcmp(phrase + size - 3, ellipsis, 3) == 0;
    struct scanner scanner = {phrase, open ? size - 3 : size, 0};
    char word[WORD_MAX + 1];
    size_t length, letters = 0, words = 0;
    uint64_t before = 0, last = 0;
    while (word_next(&scanner, word, &length)) {
        before = words > 1 ? hash_join(before, last) : last;
        if (words)
            note_known(danger, before); /* the beginning of a phrase: the scan goes on after it */
        last = HASH_START;
        for (size_t i = 0; i < length; i++)
            last = hash_step(last, word[i]);
        words++;
        letters = length;
    }
    if (!words || words > DANGER_PHRASE_MAX || (open && letters < BEGINNING_LEAST))
        return error_set(error, "\"%.*s\" is no phrase of up to %d words, an open end at least %d letters",
            (int)size, phrase, DANGER_PHRASE_MAX, BEGINNING_LEAST);
    if (open) {
        danger->beginnings |= 1ull << letters;
        last ^= BEGINNING_MARK;
    }
    *out = words > 1 ? hash_join(before, last) : last;
    return true;
}

static bool points_add(struct danger *danger, const char *word, int points, struct error *error) {
    uint64_t hash;
    if (!phrase_hash(danger, word, strlen(word), &hash, error))
        return false;
    const struct slot *slot = slot_find(danger, hash);
    for (uint32_t at = slot ? slot->use : 0; at; at = danger->uses[at].next)
        if (!danger->uses[at].part && danger->uses[at].points != HIT)
            return error_set(error, "\"%s\" is there twice", word);
    return use_add(danger, hash, (struct use){.points = points}, error);
}

static bool pair_add(struct danger *danger, const char *term, struct error *error) {
    if (danger->pair_count == DANGER_PAIRS_MAX)
        return error_set(error, "more than %d pairs", DANGER_PAIRS_MAX);
    uint16_t pair = (uint16_t)danger->pair_count++;
    for (const char *part = term, *end; part; part = *end ? end + 1 : NULL) {
        uint64_t hash;
        end = part + strcspn(part, "~");
        struct use use = {.pair = pair, .part = ++danger->pairs[pair]};
        if (!phrase_hash(danger, part, (size_t)(end - part), &hash, error) ||
            !use_add(danger, hash, use, error))
            return false;
    }
    return true;
}

static bool term_add(struct danger *danger, const char *term, struct error *error) {
    uint64_t hash;
    if (strchr(term, '~'))
        return pair_add(danger, term, error);
    return phrase_hash(danger, term, strlen(term), &hash, error) &&
           use_add(danger, hash, (struct use){.points = HIT}, error);
}

static bool terms_take(struct danger *danger, const struct terms_file *file, struct error *error) {
    for (unsigned i = 0; i < file->danger_count; i++)
        for (unsigned k = 0; k < file->danger[i].terms_count; k++)
            if (!term_add(danger, file->danger[i].terms[k], error))
                return error_prefix(error, "danger.yaml");
    return true;
}

static bool points_take(struct danger *danger, const struct points_file *file, struct error *error) {
    danger->start = file->start;
    danger->enough = file->enough;
    for (unsigned i = 0; i < file->words_count; i++)
        for (unsigned k = 0; k < file->words[i].words_count; k++)
            if (!points_add(danger, file->words[i].words[k], file->words[i].points, error))
                return error_prefix(error, "danger_points.yaml");
    return true;
}

static bool points_load(struct danger *danger, const char *site, struct error *error) {
    char folder[CONFIG_PATH_MAX], path[CONFIG_PATH_MAX];
    struct points_file *file = NULL;
    if (!config_path(folder, site, "vocabulary") || !config_path(path, folder, "danger_points.yaml"))
        return error_set(error, "the path of the site is too long");
    if (access(path, F_OK) != 0)
        return true;
    bool good = config_load(path, &points_schema, &file, error) && points_take(danger, file, error);
    config_free(&points_schema, &file);
    return good;
}

static bool lists_load(struct danger *danger, const char *site, struct error *error) {
    struct terms_file *file = NULL;
    danger->enough = HIT / 2; /* without learnt points a hit decides */
    danger->slot_count = (size_t)DANGER_WORDS_MAX * 2;
    danger->slots = calloc(danger->slot_count, sizeof *danger->slots);
    danger->uses = calloc(DANGER_WORDS_MAX, sizeof *danger->uses);
    if (!danger->slots || !danger->uses)
        return error_set(error, "out of memory");
    bool good = config_load_in(site, "danger.yaml", &terms_file_schema, &file, error) &&
                terms_take(danger, file, error);
    config_free(&terms_file_schema, &file);
    return good && points_load(danger, site, error);
}

struct danger *danger_load(const char *site, struct error *error) {
    struct danger *danger = calloc(1, sizeof *danger);
    if (!danger)
        error_set(error, "out of memory");
    else if (!lists_load(danger, site, error))
        danger_free(&danger);
    return danger;
}

void danger_free(struct danger **danger) {
    if (!*danger)
        return;
    free((*danger)->slots);
    free((*danger)->uses);
    free(*danger);
    *danger = NULL;
}

/* ---- scanning */

struct count {
    const struct danger *danger;
    uint64_t seen[DANGER_WORDS_MAX / 64];  /* 1 KiB: uses that have given their points */
    uint16_t reached_at[DANGER_PAIRS_MAX]; /* word where the last part of a pair stood */
    uint8_t reached[DANGER_PAIRS_MAX];     /* parts met so far, in order */
    uint16_t word;                         /* number of the current one, from 1 */
    int points;
};

static void pair_count(struct count *count, const struct use *use) {
    uint8_t *reached = &count->reached[use->pair];
    uint16_t *at = &count->reached_at[use->pair];
    bool follows = use->part == *reached + 1 && (use->part == 1 || count->word - *at <= DANGER_PAIR_WORDS);
    if (!follows && use->part != 1)
        return;
    *reached = use->part; /* a first part met again starts anew, nearer to what may follow */
    *at = count->word;
    if (use->part == count->danger->pairs[use->pair])
        count->points += HIT;
}

static void hash_count(struct count *count, uint64_t hash) {
    if (!may_be_known(count->danger, hash))
        return;
    const struct slot *slot = slot_find(count->danger, hash);
    for (uint32_t at = slot ? slot->use : 0; at; at = count->danger->uses[at].next) {
        const struct use *use = &count->danger->uses[at];
        if (use->part) {
            pair_count(count, use);
        } else if (!(count->seen[at / 64] >> (at % 64) & 1)) {
            count->seen[at / 64] |= 1ull << (at % 64);
            count->points += use->points;
        }
    }
}

/* The last words before the current one that may be the beginning of a phrase. */
struct open_phrases {
    uint64_t hashes[DANGER_PHRASE_MAX - 1];
    size_t count;
};

/* before: the words before the current one, the nearest first; 0 for none. */
static struct open_phrases phrases_open(
    const struct danger *danger, const uint64_t before[DANGER_PHRASE_MAX - 1]) {
    struct open_phrases open = {.count = 0};
    for (size_t words = 1; words < DANGER_PHRASE_MAX && before[words - 1]; words++) {
        uint64_t phrase = before[words - 1];
        for (size_t i = words - 1; i > 0; i--)
            phrase = hash_join(phrase, before[i - 1]);
        if (may_be_known(danger, phrase))
            open.hashes[open.count++] = phrase;
    }
    return open;
}

/* A word, and the phrases that end with it. */
static void word_count(struct count *count, uint64_t hash, const struct open_phrases *open) {
    hash_count(count, hash);
    for (size_t i = 0; i < open->count; i++)
        hash_count(count, hash_join(open->hashes[i], hash));
}

int danger_points(const struct danger *danger, const char *text, size_t size) {
    struct scanner scanner = {text, size < DANGER_BYTES_MAX ? size : DANGER_BYTES_MAX, 0};
    struct count count = {.danger = danger, .points = danger->start};
    char word[WORD_MAX + 1];
    size_t length;
    uint64_t before[DANGER_PHRASE_MAX - 1] = {0};
    while (count.points < HIT / 2 && word_next(&scanner, word, &length)) {
        uint64_t hash = HASH_START;
        struct open_phrases open = phrases_open(danger, before);
        count.word++;
        for (size_t i = 0; i < length; i++) {
            hash = hash_step(hash, word[i]);
            if (danger->beginnings >> (i + 1) & 1)
                word_count(&count, hash ^ BEGINNING_MARK, &open);
        }
        word_count(&count, hash, &open);
        memmove(before + 1, before, sizeof before - sizeof before[0]);
        before[0] = hash;
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
