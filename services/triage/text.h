/* A reporter's message as words: what is left of spelling, SMS shorthand, stretched letters and emoji once
 * they are out of the way, with the place in the message where each word stood.
 *
 * In:  bytes from outside. Any bytes: broken UTF-8 and control characters are skipped, a message beyond
 *      TEXT_BYTES_MAX is read up to there.
 * Out: words in the arena of the turn. Nothing here keeps state; a spelling is read-only once it is made.
 *
 * Folding of a word (its key): Unicode compatibility decomposition without marks, case folded, so that the
 * many spellings of Madurese (è, â) meet; a letter that repeats counts once ("tolonggg", "maaf"), in words
 * and patterns alike; digits that stand for letters ("4nak", "p4sung") become letters; "anak2" and
 * "anak-anak" become one word. */
#pragma once

#include "common/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    TEXT_BYTES_MAX = 16 * 1024, /* ten times the longest report seen; chat platforms cut at 4 KiB */
    TEXT_WORDS_MAX = 2048,      /* x 64 bytes a word = 128 KiB of arena at most */
    WORD_KEY_MAX = 40           /* bytes; the longest Indonesian word in use has 24 letters */
};

enum word_flag {
    WORD_CAPITAL = 1 << 0, /* first letter written large */
    WORD_SHOUTED = 1 << 1, /* all letters written large, at least two */
    WORD_NUMBER = 1 << 2,  /* number is valid */
    WORD_DOUBLED = 1 << 3, /* anak2, anak-anak */
    WORD_MENTION = 1 << 4, /* @name or #tag */
    WORD_QUOTED = 1 << 5,  /* between double quotes: somebody's words, a title, a name */
    WORD_NEGATOR = 1 << 6, /* tidak, bukan, ora, indak, ta' ... */
    WORD_OPENS = 1 << 7    /* first of its clause */
};

struct word {
    const char *key;     /* folded, NUL-terminated, in the arena or the spelling table */
    uint64_t hash;       /* text_hash(key) */
    uint32_t start, end; /* bytes in the message */
    int32_t number;
    uint16_t clause, sentence; /* from 0 */
    uint16_t flags;
    int16_t negator; /* index of the word that denies this one, -1 for none */
    uint8_t key_size;
};

struct text {
    const char *bytes; /* the caller's, not copied */
    size_t size;
    struct word *words;
    size_t count;
    uint16_t clauses, sentences;
    uint16_t questions; /* question marks */
    uint16_t laughs;    /* wkwk, haha, laughing emoji */
    uint16_t links;     /* http, www */
    uint16_t tags;      /* # */
};

struct spelling;

/* The shorthand table of the house (300 spellings). NULL when out of memory. The caller frees it. */
struct spelling *spelling_new(void);
void spelling_free(struct spelling **spelling);
/* One spelling more; written may be any text of one word, meant one to three words. Both are copied. Call
 * before the spelling is shared. False when out of memory or when written is no single word. */
bool spelling_add(struct spelling *spelling, const char *written, const char *meant);

/* Reads a message. False only when the arena is exhausted. spelling may be NULL. */
bool text_read(
    struct arena *arena, const struct spelling *spelling, const char *bytes, size_t size, struct text *out);

/* FNV-1a, so that the hashes of all beginnings of a word fall out of one pass. */
#define TEXT_HASH_START 0xcbf29ce484222325u
static inline uint64_t text_hash_step(uint64_t hash, char letter) {
    return (hash ^ (uint8_t)letter) * 0x100000001b3u;
}
/* The hash of what was hashed so far and this behind it. */
static inline uint64_t text_hash_on(uint64_t hash, const char *text) {
    for (; *text; text++)
        hash = text_hash_step(hash, *text);
    return hash;
}
uint64_t text_hash(const char *key);
/* The byte there, 0 behind the end: words that were written as one end together, so another word behind one
 * does not say that something is written behind it. */
static inline char text_byte(const struct text *text, size_t at) {
    return at < text->size ? text->bytes[at] : 0;
}
/* The first two letters tell nearly always. No key is empty. */
static inline bool word_is(const struct word *word, const char *key) {
    return word->key[0] == key[0] && word->key[1] == key[1] && strcmp(word->key, key) == 0;
}
/* So many words after the one at `at`, before it when negative. NULL: there the text has ended. */
static inline const struct word *word_at(const struct text *text, size_t at, long offset) {
    long index = (long)at + offset;
    return index >= 0 && index < (long)text->count ? &text->words[index] : NULL;
}
/* True when the word's key is one of the NULL-terminated list. */
bool word_is_in(const struct word *word, const char *const *keys);

/* One bit for each key of a list: most words are seen not to be in it. */
struct word_filter {
    uint64_t bits[4];
    bool made;
};

void word_filter_add(struct word_filter *filter, const char *key);
/* All keys of a NULL-terminated list; several lists may go into one. */
void word_filter_make(struct word_filter *filter, const char *const *keys);
static inline bool word_filter_holds(const struct word_filter *filter, const struct word *word) {
    return filter->bits[word->hash >> 6 & 3] >> (word->hash & 63) & 1;
}
static inline bool word_is_among(
    const struct word *word, const char *const *keys, struct word_filter *filter) {
    if (!filter->made)
        word_filter_make(filter, keys);
    return word_filter_holds(filter, word) && word_is_in(word, keys);
}

/* Each word of a report is looked for in some hundred lists, and is in two or three. The list behind the word
 * is always the same at one place of the code. */
#define word_is_one_of(word, ...)                                                                            \
    ({                                                                                                       \
        static struct word_filter filter_;                                                                   \
        word_is_among((word), __VA_ARGS__, &filter_);                                                        \
    })
static inline bool any_word_is_among(
    const struct text *text, size_t begin, size_t end, const char *const *keys, struct word_filter *filter) {
    for (size_t i = begin; i < end; i++)
        if (word_is_among(&text->words[i], keys, filter))
            return true;
    return false;
}
/* Likewise, of the words from `begin` to before `end`. */
#define any_word_is_one_of(text, begin, end, ...)                                                            \
    ({                                                                                                       \
        static struct word_filter filter_;                                                                   \
        any_word_is_among((text), (begin), (end), __VA_ARGS__, &filter_);                                    \
    })
