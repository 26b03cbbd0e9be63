/* Things, surroundings, deeds and states as reporters of many languages call them, so that "kecemplung",
 * "nyemplung" and "tercebur" are one. What two tellings of one incident have in common is among them more
 * often than in the words themselves. Of some classes an incident has one (how somebody is bound, a weapon, a
 * part of the body, a disaster): two reports that name others tell of two. Our own list, the
 * vocabulary's details.tsv. Read-only once made.
 */
#pragma once

#include "common/error.h"
#include "services/triage/text.h"

enum {
    DETAILS_MAX = 2560,
    DETAILS_OF_WORD = 4,
    DETAILS_FOUND = 8, /* of a word, with and without its endings */
    DETAIL_ROW = 0x7fff,
    DETAIL_LOOSELY = 0x8000 /* marks one that is found by a word of the third column */
};

enum detail_class {
    DETAIL_SURROUNDING, /* market, well, kitchen */
    DETAIL_BOND,        /* chain, rope, stocks, a locked room */
    DETAIL_HARM,        /* fall, jump, poison, drown: how somebody comes to harm */
    DETAIL_VIOLENCE,    /* beat, stab, rape, threaten: what somebody does to another */
    DETAIL_WEAPON,
    DETAIL_BODY,
    DETAIL_STATE, /* dead, pregnant, blind, naked; illnesses */
    DETAIL_DISASTER,
    DETAIL_EVENT, /* what else happens, and what somebody does: sold, robbed, found, a drug, a job */
    DETAIL_LOOKS, /* colours and clothes */
    DETAIL_ABROAD,
    DETAIL_THING, /* all the rest */
    DETAIL_CLASSES
};

struct detail_set {
    uint64_t bits[DETAILS_MAX / 64];
};

struct details;

/* path: lines "class <tab> word word a_b <tab> word a_b", a row of one meaning each; a_b is one word behind
 * the other, the first is the row's name, which no other row has. Words of the third column, which may be
 * missing, are wider or not tried on pairs of reports: they tell less. spelling: how messages are read. NULL
 * when it cannot be read: error says why. The caller frees it. */
struct details *details_load(const char *path, const struct spelling *spelling, struct error *error);
void details_free(struct details **details);
/* What the word, and the word without its endings (stem.h), stand for, some of it marked. Returns how many.
 */
size_t details_find(
    const struct details *details, const struct word *word, const char *stem, uint16_t out[DETAILS_FOUND]);
/* What the two stand for together, one behind the other: "rumah sakit". */
size_t details_find_pair(const struct details *details, const struct word *first, const struct word *second,
    uint16_t out[DETAILS_FOUND]);
/* Does the word surely stand for a detail of these classes, `1u << DETAIL_BOND | ...`? */
bool details_is(const struct details *details, const struct word *word, const char *stem, unsigned classes);
enum detail_class details_class(const struct details *details, uint16_t detail);
/* The first word of its row. NULL when there is no such row. */
const char *details_name(const struct details *details, uint16_t detail);
void details_add(struct detail_set *set, uint16_t detail);
/* Takes one out. False when there is none. */
bool details_pop(struct detail_set *set, uint16_t *detail);
struct detail_counts {
    unsigned all, of[DETAIL_CLASSES];
};
/* How many there are, class by class. */
struct detail_counts details_count(const struct details *details, const struct detail_set *set);
struct detail_set details_both(const struct detail_set *a, const struct detail_set *b);
