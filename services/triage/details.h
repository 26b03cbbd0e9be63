/* Things, surroundings, deeds and people as reporters of many languages call them, so that "kecemplung",
 * "jatuh" and "tiba" are one. What two tellings of one incident have in common is among them more often than
 * in the words themselves. Of some classes an incident has one (a weapon, a part of the body): two reports
 * that name others tell of two. Our own list, details.c. Read-only once made. */
#pragma once

#include "services/triage/text.h"

enum { DETAILS_MAX = 320 };

enum detail_class {
    DETAIL_SURROUNDING, /* market, well, kitchen */
    DETAIL_WHO,         /* stepfather, teacher, employer: in what relation somebody stands to the other */
    DETAIL_HARM,        /* fall, burn, drown, strangle: how somebody comes to harm */
    DETAIL_WEAPON,
    DETAIL_BODY,
    DETAIL_STATE, /* dead, pregnant, blind, naked */
    DETAIL_ABROAD,
    DETAIL_THING, /* all the rest: many at a time */
    DETAIL_CLASSES
};

struct detail_set {
    uint64_t bits[DETAILS_MAX / 64];
};

struct details;

/* spelling: how messages are read, may be NULL. NULL when out of memory. The caller frees it. */
struct details *details_new(const struct spelling *spelling);
void details_free(struct details **details);
/* Adds what the word, and the word without its endings (stem.h), stand for. */
void details_add(
    const struct details *details, const struct word *word, const char *stem, struct detail_set *out);
/* Those of one class, and all the others. */
struct detail_set details_of(
    const struct details *details, const struct detail_set *set, enum detail_class class);
struct detail_set details_without(
    const struct details *details, const struct detail_set *set, enum detail_class class);
unsigned details_count(const struct detail_set *set);
struct detail_set details_both(const struct detail_set *a, const struct detail_set *b);
