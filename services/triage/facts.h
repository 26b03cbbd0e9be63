/* What the report says about the person, for the router's rules. Three-valued: a fact that the text does not
 * state is absent, never "no". Names and values are those of the site's rules.yaml. */
#pragma once

#include "services/triage/concept.h"

enum {
    FACTS_FOUND_MAX = 32, /* in the text */
    FACTS_MAX =
        FACTS_FOUND_MAX + 3 /* and the further kinds, that it accuses (assess.c), and whom (conflict.c) */
};

struct fact {
    const char *name;
    const char *value;    /* "yes", "no", a number or a word of the rule table; in the arena or static */
    uint16_t first, last; /* the words that say so */
};

/* Does it describe one person, so that it is wrong of another one in the same report? */
bool fact_is_of_a_person(const char *name);

/* kind: the best guess, as some words mean different things in different cases. False only when the arena is
 * exhausted. */
bool facts_find(const struct vocabulary *vocabulary, struct arena *arena, const struct text *text,
    const struct signs *signs, int kind, struct fact out[FACTS_FOUND_MAX], size_t *count);
