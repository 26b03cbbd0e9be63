/* A message as words (services/triage/text.h), and stems: any bytes. */
#include "services/triage/stem.h"
#include "services/triage/text.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { ARENA_BYTES = 1 << 20 };

static void check(const struct text *text) {
    for (size_t i = 0; i < text->count; i++) {
        const struct word *word = &text->words[i];
        char stemmed[WORD_KEY_MAX];
        FUZZ_HOLDS(word->start <= word->end && word->end <= text->size);
        FUZZ_HOLDS(strlen(word->key) == word->key_size && word->key_size < WORD_KEY_MAX);
        FUZZ_HOLDS(word->hash == text_hash(word->key));
        FUZZ_HOLDS(word->negator >= -1 && word->negator < (int)text->count);
        FUZZ_HOLDS(i == 0 || (word->sentence >= text->words[i - 1].sentence &&
                                 word->start >= text->words[i - 1].start));
        stem(word->key, word->key_size, stemmed);
        FUZZ_HOLDS(strlen(stemmed) < sizeof stemmed);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static struct arena *arena;
    static struct spelling *spelling;
    struct text text;
    if (!arena) {
        arena = arena_new(ARENA_BYTES);
        spelling = spelling_new();
    }
    for (int with = 0; with < 2; with++) {
        arena_reset(arena);
        FUZZ_HOLDS(text_read(arena, with ? spelling : NULL, (const char *)bytes, size, &text));
        FUZZ_HOLDS(text.count <= TEXT_WORDS_MAX);
        check(&text);
    }
    return 0;
}
