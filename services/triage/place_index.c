/* The index of names: every name of the gazetteer and every alias as the hash of its words, read as messages
 * are read, so that both meet whatever the spelling does; places of one name are a chain.
 *
 * Misspellings: of the long names of the site every form with one letter left out is kept, and a word of a
 * message is looked up with each of its letters left out in turn; where both meet, one letter was added, left
 * out, changed or swapped with its neighbour. Only long names, because nearly every short one is a letter
 * away from a word ("Sampang", "samping"). */
#include "services/triage/place_parts.h"
#include "services/triage/sieve.h"

#include "common/config.h"
#include "services/triage/spelling.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct place_slot {
    uint64_t hash; /* 0: free */
    uint32_t value;
};

struct place_near {
    const char *code; /* the gazetteer's */
    char key[WORD_KEY_MAX];
    uint8_t size;
};

enum {
    INDEX_ARENA_BYTES = 1 << 20,
    CODE_BYTES = AREA_TEXT + 1,
    NEAR_REGENCY_LEAST = 8, /* letters; of seven, "Sampang" is near "samping" and "Nganjuk" near "ngantuk" */
    NEAR_DISTRICT_LEAST =
        7, /* beside its regency; alone 9: "Gedangan" is near "genangan", "Padangan" near "pasangan" */
    NASAL_LEAST = 5,      /* letters of "Njenu" */
    JOINED_LEAST = 8,     /* letters of two words that are one name */
    JOINED_BEGINNING = 4, /* of them, by which most words are seen to begin none */
    ROW_BYTES = 256,
    SLOTS_LEAST = 1 << 15,
    NEAR_SLOTS_LEAST = 1 << 12
};

/* ---- looking up */

static uint64_t name_step(uint64_t hash, uint64_t word) {
    hash ^= word;
    hash *= 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

/* False: no name is this, or begins with it. */
static bool may_begin(const struct place_index *index, uint64_t hash) {
    return sieve_holds(index->begins, PLACE_BEGINS, hash);
}

static uint32_t name_find(const struct place_index *index, uint64_t hash) {
    if (!may_begin(index, hash))
        return 0;
    for (size_t at = hash & (index->slot_count - 1);; at = (at + 1) & (index->slot_count - 1)) {
        if (!index->slots[at].hash)
            return 0;
        if (index->slots[at].hash == hash)
            return index->slots[at].value;
    }
}

/* "kec. kota, Kediri": a district that is called so, and its city. */
static bool is_district_kota(const struct text *text, size_t first) {
    return first && word_is(&text->words[first], "kota") && word_is(&text->words[first - 1], "kecamatan");
}

/* "Tanjung, bunga": two things and no name. Two words may be one that was spelled out ("Cilaku"). */
static bool is_comma_between(const struct text *text, const struct word *word) {
    return word->start > word[-1].end && text->bytes[word[-1].end] == ',';
}

uint32_t place_index_find(
    const struct place_index *index, const struct text *text, size_t first, size_t *used) {
    uint64_t hash = TEXT_HASH_START;
    uint32_t found = 0;
    *used = 0;
    for (size_t k = 0; k < PLACE_NAME_WORDS_MAX && first + k < text->count; k++) {
        const struct word *word = &text->words[first + k];
        if (k && (word->sentence != word[-1].sentence ||
                     (is_comma_between(text, word) && !(k == 1 && is_district_kota(text, first)))))
            break;
        hash = name_step(hash, text->words[first + k].hash);
        if (!may_begin(index, hash))
            break;
        uint32_t entry = name_find(index, hash);
        if (entry) {
            found = entry;
            *used = k + 1;
        }
    }
    return found;
}

uint32_t place_index_find_word(const struct place_index *index, const struct word *word) {
    return name_find(index, name_step(TEXT_HASH_START, word->hash));
}

uint32_t place_index_find_nasal(const struct place_index *index, const struct word *word) {
    const char *key = word->key; /* "ngg" is folded to "ng" */
    bool nasal = (key[0] == 'm' && key[1] == 'b') || (key[0] == 'n' && key[1] && strchr("djg", key[1]));
    if (!nasal || word->key_size < NASAL_LEAST)
        return 0;
    uint32_t found = name_find(index, name_step(TEXT_HASH_START, text_hash(key + 1)));
    return place_entries_name_served(index, found) ? found : 0;
}

bool place_entries_name_regency(const struct place_index *index, uint32_t entry) {
    for (; entry; entry = index->entries[entry].next)
        if (index->entries[entry].level == AREA_REGENCY && !index->entries[entry].hint)
            return true;
    return false;
}

bool place_entries_name_city(const struct place_index *index, uint32_t entry) {
    for (; entry; entry = index->entries[entry].next)
        if (index->entries[entry].city && !index->entries[entry].hint)
            return true;
    return false;
}

bool place_entries_name_town_elsewhere(const struct place_index *index, uint32_t entry) {
    for (; entry; entry = index->entries[entry].next)
        if (index->entries[entry].level == AREA_REGENCY && !index->entries[entry].served &&
            !index->entries[entry].hint)
            return true;
    return false;
}

bool place_entries_name_served(const struct place_index *index, uint32_t entry) {
    for (; entry; entry = index->entries[entry].next)
        if (index->entries[entry].served && index->entries[entry].level != AREA_VILLAGE &&
            !index->entries[entry].hint)
            return true;
    return false;
}

bool place_entries_agree(const struct place_index *index, uint32_t a, uint32_t b) {
    for (; a; a = index->entries[a].next)
        for (uint32_t at = b; at; at = index->entries[at].next)
            if (area_within(index->entries[a].code, index->entries[at].code) ||
                area_within(index->entries[at].code, index->entries[a].code))
                return true;
    return false;
}

/* Letters as they are written, before any spelling was mended ("banyu" is read as "air"), with repeats taken
 * out. */
struct letters {
    uint64_t hash;
    size_t count;
    char last;
};

#define NO_LETTERS ((struct letters){.hash = TEXT_HASH_START})

/* Goes on with the letters of a text, until there are so many. */
static void letters_add(struct letters *letters, const char *from, const char *to, size_t most) {
    for (; from < to && letters->count < most; from++) {
        char c = *from >= 'A' && *from <= 'Z' ? (char)(*from - 'A' + 'a') : *from;
        if (c < 'a' || c > 'z' || c == letters->last)
            continue;
        letters->hash = text_hash_step(letters->hash, letters->last = c);
        letters->count++;
    }
}

static struct letters letters_of_two(
    const struct text *text, const struct word *one, const struct word *two, size_t most) {
    struct letters letters = NO_LETTERS;
    letters_add(&letters, text->bytes + one->start, text->bytes + one->end, most);
    letters_add(&letters, text->bytes + two->start, text->bytes + two->end, most);
    return letters;
}

uint32_t place_index_find_joined(
    const struct place_index *index, const struct text *text, size_t first, bool village) {
    const struct word *one = &text->words[first], *two = one + 1;
    if (first + 1 >= text->count || one->clause != two->clause || one->key_size < 3 || two->key_size < 3 ||
        (one->flags | two->flags) & WORD_NUMBER)
        return 0;
    struct letters letters = letters_of_two(text, one, two, JOINED_BEGINNING);
    if (!village && !sieve_holds(index->joined, PLACE_JOINED, letters.hash))
        return 0;
    letters = letters_of_two(text, one, two, SIZE_MAX);
    uint32_t found =
        letters.count < JOINED_LEAST ? 0 : name_find(index, name_step(TEXT_HASH_START, letters.hash));
    return village || place_entries_name_served(index, found) ? found : 0;
}

/* One letter more, less or other, or two neighbours swapped; both begin alike. */
static bool is_one_edit(const char *a, size_t a_size, const char *b, size_t b_size) {
    size_t head = 0, tail = 0;
    size_t shorter = a_size < b_size ? a_size : b_size;
    while (head < shorter && a[head] == b[head])
        head++;
    while (tail < shorter - head && a[a_size - 1 - tail] == b[b_size - 1 - tail])
        tail++;
    size_t a_left = a_size - head - tail, b_left = b_size - head - tail;
    if (head == 0)
        return false; /* nobody mistakes the first letter, and many words differ by it */
    return (a_left <= 1 && b_left <= 1) ||
           (a_left == 2 && b_left == 2 && a[head] == b[head + 1] && a[head + 1] == b[head]);
}

uint32_t place_index_find_near(const struct place_index *index, const struct word *word) {
    const struct place_near *only = NULL;
    if (word->key_size + 1u < NEAR_REGENCY_LEAST || word->flags & WORD_NUMBER || !index->near_slot_count)
        return 0;
    const size_t mask = index->near_slot_count - 1;
    uint64_t before = TEXT_HASH_START;
    for (size_t without = 0; without <= word->key_size; without++) { /* the last time without none */
        uint64_t hash = without < word->key_size ? text_hash_on(before, word->key + without + 1) : before;
        before = text_hash_step(before, word->key[without]);
        if (!sieve_holds(index->near, PLACE_NEAR, hash))
            continue;
        for (size_t at = hash & mask; index->near_slots[at].hash; at = (at + 1) & mask) {
            if (index->near_slots[at].hash != hash)
                continue;
            const struct place_near *near = &index->nears[index->near_slots[at].value - 1];
            if (!is_one_edit(word->key, word->key_size, near->key, near->size))
                continue;
            if (only && only->code != near->code && strcmp(only->key, near->key) != 0)
                return 0;
            only = near;
        }
    }
    return only ? name_find(index, name_step(TEXT_HASH_START, text_hash(only->key))) : 0;
}

/* ---- building */

static bool slots_grow(struct place_slot **slots, size_t *slot_count, size_t least) {
    size_t count = *slot_count ? *slot_count * 2 : least;
    struct place_slot *grown = calloc(count, sizeof *grown);
    if (!grown)
        return false;
    for (size_t i = 0; i < *slot_count; i++) {
        if (!(*slots)[i].hash)
            continue;
        size_t at = (*slots)[i].hash & (count - 1);
        while (grown[at].hash)
            at = (at + 1) & (count - 1);
        grown[at] = (*slots)[i];
    }
    free(*slots);
    *slots = grown;
    *slot_count = count;
    return true;
}

static bool entry_reserve(struct place_index *index) {
    if (index->entry_count + 1 < index->entry_capacity)
        return true;
    size_t capacity = index->entry_capacity ? index->entry_capacity * 2 : 1 << 14;
    struct place_entry *entries = realloc(index->entries, capacity * sizeof *entries);
    if (!entries)
        return false;
    index->entries = entries;
    index->entry_capacity = capacity;
    return true;
}

bool place_index_serves(const struct place_index *index, const char *code) {
    for (size_t i = 0; i < index->provinces_count; i++)
        if (area_within(code, index->provinces[i]))
            return true;
    return false;
}

static bool entry_add(struct place_index *index, uint64_t hash, const struct place *place) {
    if (((index->name_count + 1) * 2 > index->slot_count &&
            !slots_grow(&index->slots, &index->slot_count, SLOTS_LEAST)) ||
        !entry_reserve(index))
        return false;
    sieve_add(index->begins, PLACE_BEGINS, hash);
    size_t at = hash & (index->slot_count - 1);
    while (index->slots[at].hash && index->slots[at].hash != hash)
        at = (at + 1) & (index->slot_count - 1);
    struct place_slot *slot = &index->slots[at];
    if (!slot->hash)
        index->name_count++;
    slot->hash = hash;
    uint32_t number = (uint32_t)++index->entry_count;
    index->entries[number] = (struct place_entry){.code = place->code,
        .next = slot->value,
        .level = (uint8_t)place->level,
        .city = place->city,
        .served = place_index_serves(index, place->code),
        .alias = place->alias};
    slot->value = number;
    return true;
}

static bool near_reserve(struct place_index *index) {
    if (index->near_count < index->near_capacity)
        return true;
    size_t capacity = index->near_capacity ? index->near_capacity * 2 : 256;
    struct place_near *nears = realloc(index->nears, capacity * sizeof *nears);
    if (!nears)
        return false;
    index->nears = nears;
    index->near_capacity = capacity;
    return true;
}

/* Hash of a word without its letter at `without`. */
static uint64_t hash_without(const char *key, size_t without) {
    uint64_t hash = TEXT_HASH_START;
    for (size_t i = 0; key[i]; i++)
        if (i != without)
            hash = text_hash_step(hash, key[i]);
    return hash;
}

static bool near_add(struct place_index *index, const struct word *word, const struct place *place) {
    if (!near_reserve(index))
        return false;
    struct place_near *near = &index->nears[index->near_count++];
    near->code = place->code;
    near->size = word->key_size;
    memcpy(near->key, word->key, word->key_size + 1u);
    for (size_t without = 0; without <= word->key_size; without++) { /* the last is the name itself */
        if ((index->near_used + 1) * 2 > index->near_slot_count &&
            !slots_grow(&index->near_slots, &index->near_slot_count, NEAR_SLOTS_LEAST))
            return false;
        uint64_t hash = hash_without(word->key, without);
        size_t at = hash & (index->near_slot_count - 1);
        while (index->near_slots[at].hash)
            at = (at + 1) & (index->near_slot_count - 1);
        index->near_slots[at] = (struct place_slot){hash, (uint32_t)index->near_count};
        sieve_add(index->near, PLACE_NEAR, hash);
        index->near_used++;
    }
    return true;
}

static bool spelling_changes(const struct spelling *spelling, const char *name) {
    char key[WORD_KEY_MAX];
    size_t used = 0;
    for (; *name && used < WORD_KEY_MAX - 1; name++) {
        char c = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
        if (!(used && key[used - 1] == c))
            key[used++] = c;
    }
    key[used] = 0;
    bool mine;
    return spelling && !strchr(key, ' ') &&
           (spelling_find(spelling, key, text_hash(key)) ||
               spelling_find_inflected(spelling, key, used, &mine));
}

/* Whether a message would ever show the name: not longer than any would write it, not plain "Kota", not
 * "Tulung", which would be found in every "tolong". */
static bool is_shown(const struct spelling *spelling, const char *name, const struct text *text) {
    return text->count && text->count <= PLACE_NAME_WORDS_MAX && !spelling_changes(spelling, name) &&
           !(text->count == 1 && word_is(&text->words[0], "kota"));
}

/* What a name in one word begins with, for those who write it in two. */
static void joined_tell(struct place_index *index, const char *name) {
    struct letters letters = NO_LETTERS;
    letters_add(&letters, name, name + strlen(name), JOINED_BEGINNING);
    sieve_add(index->joined, PLACE_JOINED, letters.hash);
}

/* "Gunung Anyar" is also written Gununganyar. */
static bool joined_add(struct place_index *index, const char *name, const struct place *place) {
    struct letters letters = NO_LETTERS;
    letters_add(&letters, name, name + strlen(name), SIZE_MAX);
    joined_tell(index, name);
    return entry_add(index, name_step(TEXT_HASH_START, letters.hash), place);
}

/* "Guluk-Guluk" is also written Gulukguluk. */
static bool twice_add(
    struct place_index *index, const char *name, const struct word *word, const struct place *place) {
    return !(word->flags & WORD_DOUBLED) || place->level != AREA_DISTRICT || joined_add(index, name, place);
}

/* Other ways to write a place of the site: in one word, and misspelt if it is no village. */
static bool ways_add(
    struct place_index *index, const char *name, const struct text *text, const struct place *place) {
    if (place->level == AREA_PROVINCE || !place_index_serves(index, place->code))
        return true;
    if (text->count > 1)
        return joined_add(index, name, place);
    if (place->level == AREA_VILLAGE)
        return true;
    const struct word *word = &text->words[0];
    if (!twice_add(index, name, word, place))
        return false;
    size_t least = place->level == AREA_REGENCY ? NEAR_REGENCY_LEAST : NEAR_DISTRICT_LEAST;
    return word->key_size < least || near_add(index, word, place);
}

static bool place_add(struct place_index *index, struct arena *arena, const struct spelling *spelling,
    const char *name, const struct place *place) {
    if (place->level == AREA_VILLAGE && !place_index_serves(index, place->code))
        return true;
    arena_reset(arena);
    struct text text;
    if (!text_read(arena, spelling, name, strlen(name), &text))
        return false;
    if (!is_shown(spelling, name, &text))
        return true;
    uint64_t hash = TEXT_HASH_START;
    for (size_t i = 0; i < text.count; i++) {
        hash = name_step(hash, text.words[i].hash);
        sieve_add(index->begins, PLACE_BEGINS, hash);
    }
    if (text.count == 1 && place->level != AREA_VILLAGE && place_index_serves(index, place->code))
        joined_tell(index, text.words[0].key);
    if (!entry_add(index, hash, place))
        return false;
    if (place->alias && text.count == 1)
        index->entries[index->entry_count].letters = text.words[0].key_size;
    return ways_add(index, name, &text, place);
}

static bool index_fill(
    struct place_index *index, struct arena *arena, const struct spelling *spelling, struct error *error) {
    for (size_t i = 0; i < gazetteer_count(index->gazetteer); i++) {
        struct place place;
        gazetteer_at(index->gazetteer, i, &place);
        if (!place_add(index, arena, spelling, place.name, &place))
            return error_set(error, "no memory for the index of places");
    }
    return true;
}

/* The next line of fields parted by tabs; # begins a comment. rest: what stands after the first tab, empty
 * without one. */
static bool row_next(FILE *file, char line[ROW_BYTES], char **rest) {
    while (fgets(line, ROW_BYTES, file)) {
        line[strcspn(line, "\r\n")] = 0;
        if (line[0] == 0 || line[0] == '#')
            continue;
        *rest = line + strcspn(line, "\t");
        if (**rest)
            *(*rest)++ = 0;
        return true;
    }
    return false;
}

static FILE *folder_open(const char *folder, const char *name, struct error *error) {
    char path[CONFIG_PATH_MAX];
    if (!config_path(path, folder, name)) {
        error_set(error, "the path of %s is too long", name);
        return NULL;
    }
    FILE *file = fopen(path, "re");
    if (!file)
        error_set(error, "%s: %s", path, strerror(errno));
    return file;
}

/* Other names ("Sby", "Caruban"): lines of alias, tab, code. */
static bool aliases_fill(struct place_index *index, struct arena *arena, const struct spelling *spelling,
    const char *folder, struct error *error) {
    FILE *file = folder_open(folder, "aliases.tsv", error);
    char line[ROW_BYTES], *code;
    bool good = file != NULL;
    while (good && row_next(file, line, &code)) {
        struct place place;
        if (!gazetteer_find(index->gazetteer, code, &place))
            continue;
        place.alias = true;
        good = place_add(index, arena, spelling, line, &place) ||
               error_set(error, "no memory for the index of places");
    }
    if (file)
        fclose(file);
    return good;
}

/* The entries after the first `count` are those of one line of landmarks. */
static void landmarks_tell(struct place_index *index, size_t count, const char *kind) {
    for (size_t at = count + 1; at <= index->entry_count; at++) {
        index->entries[at].landmark = true;
        index->entries[at].hint = strcmp(kind, "hint") == 0;
        index->entries[at].proper = strcmp(kind, "proper") == 0;
    }
}

/* What stands in a place ("Tebuireng", "NIP"): lines of a name, tab, code, and "hint" or "proper" after
 * another tab. */
static bool landmarks_fill(struct place_index *index, struct arena *arena, const struct spelling *spelling,
    const char *folder, struct error *error) {
    FILE *file = folder_open(folder, "landmarks.tsv", error);
    char line[ROW_BYTES], *code;
    bool good = file != NULL;
    while (good && row_next(file, line, &code)) {
        struct place place;
        char *kind = code + strcspn(code, "\t");
        if (*kind)
            *kind++ = 0;
        if (!gazetteer_find(index->gazetteer, code, &place))
            continue;
        size_t count = index->entry_count;
        place.alias = true;
        good = place_add(index, arena, spelling, line, &place) ||
               error_set(error, "no memory for the index of places");
        landmarks_tell(index, count, kind);
    }
    if (file)
        fclose(file);
    return good;
}

/* Names that are also words: lines of a name, and "town" after a tab where a capital letter is enough,
 * "short" where nothing is but "kab" or "kota". Told once, so that no message pays for the length of the
 * list. */
static bool words_tell(struct place_index *index, struct arena *arena, const struct spelling *spelling,
    const char *folder, struct error *error) {
    FILE *file = folder_open(folder, "words.tsv", error);
    char line[ROW_BYTES], *rest;
    bool good = file != NULL;
    while (good && row_next(file, line, &rest)) {
        struct text text;
        arena_reset(arena);
        good = text_read(arena, spelling, line, strlen(line), &text) ||
               error_set(error, "no memory for the index of places");
        if (!good)
            break;
        uint64_t hash = TEXT_HASH_START;
        for (size_t i = 0; i < text.count; i++)
            hash = name_step(hash, text.words[i].hash);
        uint32_t first = name_find(index, hash);
        if (text.count > 1 && place_entries_name_served(index, first))
            continue; /* who says "pasar minggu" in its own province means the district */
        for (uint32_t at = first; at; at = index->entries[at].next) {
            index->entries[at].word = true;
            index->entries[at].town = strcmp(rest, "town") == 0;
            index->entries[at].curt = strcmp(rest, "short") == 0;
        }
    }
    if (file)
        fclose(file);
    return good;
}

/* What was learnt of how people speak of places. */
static bool weights_fill(struct place_index *index, struct arena *arena, const struct spelling *spelling,
    const char *folder, struct error *error) {
    FILE *relations = folder_open(folder, "relations.tsv", error);
    FILE *choice = relations ? folder_open(folder, "choice.tsv", error) : NULL;
    if (choice)
        index->weights = place_weights_new(arena, spelling, relations, choice, error);
    if (choice)
        fclose(choice);
    if (relations)
        fclose(relations);
    return index->weights != NULL;
}

static void small_names_tell(struct place_index *index) {
    for (size_t i = 0; i < index->slot_count; i++) {
        uint32_t first = index->slots[i].value, at = first;
        while (at && (index->entries[at].level == AREA_VILLAGE || index->entries[at].hint))
            at = index->entries[at].next;
        if (first)
            index->entries[first].small = at == 0;
    }
}

struct place_index *place_index_new(const struct gazetteer *gazetteer, const struct spelling *spelling,
    char *const *provinces, size_t province_count, const char *folder, struct error *error) {
    struct place_index *index = calloc(1, sizeof *index);
    struct arena *arena = arena_new(INDEX_ARENA_BYTES);
    bool good = index && arena && slots_grow(&index->slots, &index->slot_count, SLOTS_LEAST)
                    ? true
                    : error_set(error, "no memory for the index of places");
    if (good) {
        index->gazetteer = gazetteer;
        for (size_t i = 0; i < province_count && i < sizeof index->provinces / sizeof index->provinces[0];
             i++)
            snprintf(index->provinces[index->provinces_count++], CODE_BYTES, "%s", provinces[i]);
        good = index_fill(index, arena, spelling, error) &&
               aliases_fill(index, arena, spelling, folder, error) &&
               landmarks_fill(index, arena, spelling, folder, error) &&
               words_tell(index, arena, spelling, folder, error) &&
               weights_fill(index, arena, spelling, folder, error);
        small_names_tell(index);
    }
    arena_free(&arena);
    if (!good && index)
        place_index_free(&index);
    return index;
}

void place_index_free(struct place_index **index) {
    if (!*index)
        return;
    free((*index)->entries);
    free((*index)->slots);
    free((*index)->nears);
    free((*index)->near_slots);
    free((*index)->weights);
    free(*index);
    *index = NULL;
}
