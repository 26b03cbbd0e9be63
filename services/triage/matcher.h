/* Finds thousands of word patterns in a message in one pass over its words: a trie whose edges are words,
 * word beginnings and numbers, so "pare" is never found in "parengan". No regular expression is run on a
 * report; the small language in which the field writes its patterns is unfolded when the vocabulary is
 * loaded.
 *
 * The pattern language (domain tables, columns "pola" and "term"):
 *   dipukul suami        words, folded and spelled like a message
 *   dipukul…             any word that begins so (also written dipukul* )
 *   (umur|usia) [6-9]    alternatives, classes of characters, \d for a digit
 *   obat(nya)? habis     optional parts, inside words and across words
 *   bapak \w+ ibu        any one word
 *   (?<!sudah )lapar     not directly after that word
 *   a~b                  both in the message, at most MATCHER_NEAR_WORDS apart; up to MATCHER_PARTS_MAX parts
 *
 * Not in it: repetition without end, anchors, back references. A pattern that unfolds to more than
 * MATCHER_UNFOLD_MAX forms is refused, with the reason. */
#pragma once

#include "common/arena.h"
#include "common/error.h"
#include "services/triage/text.h"

enum {
    MATCHER_UNFOLD_MAX = 2048, /* x 128 bytes while one pattern is added = 256 KiB */
    MATCHER_NEAR_WORDS = 18,   /* about two clauses */
    MATCHER_HITS_MAX = 512,    /* x 12 bytes, twice = 12 KiB of arena a report */
    MATCHER_PARTS_MAX = 4
};

struct matcher;

/* One finding. The words first..last (both included) fit the pattern that was added with tag. */
struct hit {
    uint32_t tag;
    uint16_t first, last;
    int16_t negator; /* the word outside the finding that denies it, -1 for none */
};

/* NULL when out of memory. spelling is only borrowed while patterns are added. The caller frees it. */
struct matcher *matcher_new(const struct spelling *spelling);
void matcher_free(struct matcher **matcher);
/* False with error set when the pattern is malformed, empty, too wide, or memory is out. Tags need not be
 * unique. */
bool matcher_add(struct matcher *matcher, const char *pattern, uint32_t tag, struct error *error);

/* All findings in order of their first word, in the arena; NULL with *count 0 only when the arena is
 * exhausted. The same tag may be found several times. What is beyond MATCHER_HITS_MAX is left out. Read-only:
 * any number of threads may share a matcher once all patterns are in. */
struct hit *matcher_find(
    const struct matcher *matcher, struct arena *arena, const struct text *text, size_t *count);
