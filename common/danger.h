/* The fast look at a report that decides its lane: may a life hang on it? Two lists of the site are looked up
 * in one pass over the bytes. A hit of the first is enough; the second gives points that add up. It errs
 * upwards: a wrong hit costs a place in the queue, a miss may cost a life. It judges nothing else; triage
 * does.
 *
 * About 1 us for 200 characters, no memory taken, any bytes allowed (broken UTF-8 parts words like a space).
 * Letters are folded (case, marks) and a repeated letter counts once, so "TOLONGGG" is tolong.
 *
 *   danger.yaml                    words and phrases written by people, see deploy/sites/README.md: up to
 *                                  four words, "…" after the last one: any ending, a~b: both in this order
 *                                  within eight words
 *   vocabulary/danger_points.yaml  optional, learnt (tests/triage/danger_list). start: points every report
 *                                  begins with; enough: points from which a report may be urgent; words:
 *                                  list of {points, words}, words as above without ~; the points of a word
 *                                  count once a report */
#pragma once

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    DANGER_BYTES_MAX = 16 * 1024, /* what lies beyond is not read */
    DANGER_WORDS_MAX = 8192,      /* x 16 bytes, twice for the hash table, and as much for uses = 400 KiB */
    DANGER_PHRASE_MAX = 4,
    DANGER_PAIRS_MAX = 512, /* a~b; x 4 bytes on the stack of a scan = 2 KiB */
    DANGER_PAIR_WORDS = 8   /* how far apart the parts of a~b may stand */
};

struct danger;

/* Reads the lists below the site's folder. NULL with error set. The caller frees it. */
struct danger *danger_load(const char *site, struct error *error);
void danger_free(struct danger **danger);
/* False for a text without a word. A text of which the list knows no word may well be dangerous: that is for
 * `start` and `enough` to say. Read-only: any number of threads may share it. */
bool danger_scan(const struct danger *danger, const char *text, size_t size);
/* The points behind danger_scan, for judging the list; enough when they reach danger_enough(). */
int danger_points(const struct danger *danger, const char *text, size_t size);
int danger_enough(const struct danger *danger);

/* The words of a text as the scan sees them, one call each; for the trainer of the list. */
void danger_words(const char *text, size_t size, void (*take)(void *state, const char *word), void *state);
