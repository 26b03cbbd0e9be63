#include "services/triage/spelling.h"

#include "services/triage/spellings.h"

#include <stdlib.h>
#include <string.h>

struct spelling {
    struct spelling_entry *entries; /* open addressing, a power of two, at most half full */
    uint64_t *hashes;               /* of the entries, by themselves: most words are not in the table */
    size_t slots, count;
};

enum { SLOTS_AT_START = 2048, FOLD_ARENA_BYTES = 1 << 20 };

const struct spelling_entry *spelling_find(const struct spelling *spelling, const char *key, uint64_t hash) {
    for (size_t at = hash & (spelling->slots - 1);; at = (at + 1) & (spelling->slots - 1)) {
        if (!spelling->hashes[at])
            return NULL;
        if (spelling->hashes[at] == hash && strcmp(spelling->entries[at].key, key) == 0)
            return &spelling->entries[at];
    }
}

/* Whose -ku is no "my": who did it, who says so, what is nailed up, a bench. */
static bool ends_in_ku_itself(const char *key) {
    static const char *const words[] = {"pelaku", "perilaku", "berlaku", "mengaku", "dipaku", "memaku",
        "terpaku", "dipangku", "memangku", "pemangku", "bangku", "sebangku", "tungku", "membeku"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(key, words[i]) == 0)
            return true;
    return false;
}

const struct spelling_entry *spelling_find_inflected(
    const struct spelling *spelling, const char *key, size_t size, bool *mine) {
    static const struct {
        const char *text;
        size_t size, least; /* letters that must be left: a short ending needs a longer word */
    } endings[] = {{"ne", 2, 3}, {"nyo", 3, 3}, {"epon", 4, 3}, {"na", 2, 3}, {"ku", 2, 4}, {"e", 1, 4}};
    char base[WORD_KEY_MAX], end = size ? key[size - 1] : 0;
    if (end != 'e' && end != 'o' && end != 'n' && end != 'a' && end != 'u')
        return NULL;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t length = endings[i].size;
        if (end != endings[i].text[length - 1] || size < length + endings[i].least ||
            memcmp(key + size - length, endings[i].text, length) != 0)
            continue;
        memcpy(base, key, size - length);
        base[size - length] = 0;
        const struct spelling_entry *entry = spelling_find(spelling, base, text_hash(base));
        *mine = strcmp(endings[i].text, "ku") == 0 && !ends_in_ku_itself(key);
        if (entry && entry->inflects)
            return entry;
    }
    return NULL;
}

static struct spelling_entry *slot_for(struct spelling_entry *entries, size_t slots, uint64_t hash) {
    size_t at = hash & (slots - 1);
    while (entries[at].hash)
        at = (at + 1) & (slots - 1);
    return &entries[at];
}

static bool grow(struct spelling *spelling) {
    size_t slots = spelling->slots ? spelling->slots * 2 : SLOTS_AT_START;
    struct spelling_entry *entries = calloc(slots, sizeof *entries);
    uint64_t *hashes = calloc(slots, sizeof *hashes);
    if (!entries || !hashes) {
        free(entries);
        free(hashes);
        return false;
    }
    for (size_t i = 0; i < spelling->slots; i++)
        if (spelling->entries[i].hash)
            *slot_for(entries, slots, spelling->entries[i].hash) = spelling->entries[i];
    for (size_t i = 0; i < slots; i++)
        hashes[i] = entries[i].hash;
    free(spelling->entries);
    free(spelling->hashes);
    spelling->entries = entries;
    spelling->hashes = hashes;
    spelling->slots = slots;
    return true;
}

/* What is meant is folded like any message, so that patterns and messages meet. */
static bool entry_fill(
    struct spelling_entry *entry, struct arena *arena, const char *written, const char *meant) {
    struct text key, meaning;
    if (!text_read(arena, NULL, written, strlen(written), &key) ||
        !text_read(arena, NULL, meant, strlen(meant), &meaning))
        return false;
    if (key.count != 1 || meaning.count == 0 || meaning.count > SPELLING_MEANT_MAX)
        return false;
    memcpy(entry->key, key.words[0].key, (size_t)key.words[0].key_size + 1);
    entry->hash = key.words[0].hash;
    entry->count = (uint8_t)meaning.count;
    for (size_t i = 0; i < meaning.count; i++) {
        memcpy(entry->meant[i].key, meaning.words[i].key, (size_t)meaning.words[i].key_size + 1);
        entry->meant[i].hash = meaning.words[i].hash;
        entry->meant[i].size = meaning.words[i].key_size;
    }
    return true;
}

static bool spelling_put(
    struct spelling *spelling, struct arena *arena, const char *written, const char *meant, bool inflects) {
    if ((spelling->count + 1) * 2 > spelling->slots && !grow(spelling))
        return false;
    struct spelling_entry entry = {0};
    if (!entry_fill(&entry, arena, written, meant))
        return false;
    entry.inflects = inflects;
    if (!spelling_find(spelling, entry.key, entry.hash)) { /* the first meaning given stands */
        struct spelling_entry *slot = slot_for(spelling->entries, spelling->slots, entry.hash);
        *slot = entry;
        spelling->hashes[slot - spelling->entries] = entry.hash;
        spelling->count++;
    }
    return true;
}

bool spelling_add(struct spelling *spelling, const char *written, const char *meant) {
    struct arena *arena = arena_new(FOLD_ARENA_BYTES);
    bool done = arena && spelling_put(spelling, arena, written, meant, false);
    arena_free(&arena);
    return done;
}

static bool add_table(struct spelling *spelling, struct arena *arena, const struct spelling_row *rows,
    size_t count, bool inflects) {
    for (size_t i = 0; i < count; i++) {
        char *list = arena_text(arena, rows[i].written);
        if (!list)
            return false;
        char *rest = NULL;
        for (char *one = strtok_r(list, " ", &rest); one; one = strtok_r(NULL, " ", &rest))
            if (!spelling_put(spelling, arena, one, rows[i].meant, inflects))
                return false;
    }
    return true;
}

static bool add_house_tables(struct spelling *spelling, struct arena *arena) {
    return add_table(
               spelling, arena, spelling_table, sizeof spelling_table / sizeof spelling_table[0], false) &&
           add_table(spelling, arena, dialect_table, sizeof dialect_table / sizeof dialect_table[0], true);
}

struct spelling *spelling_new(void) {
    struct spelling *spelling = calloc(1, sizeof *spelling);
    struct arena *arena = arena_new((size_t)8 * FOLD_ARENA_BYTES);
    if (!spelling || !arena || !grow(spelling) || !add_house_tables(spelling, arena))
        spelling_free(&spelling);
    arena_free(&arena);
    return spelling;
}

void spelling_free(struct spelling **spelling) {
    if (!*spelling)
        return;
    free((*spelling)->entries);
    free((*spelling)->hashes);
    free(*spelling);
    *spelling = NULL;
}
