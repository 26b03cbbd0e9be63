/* Does a report accuse somebody of those who would receive the case (ESC-10), and of whom? Who of an
 * institution or an office did a wrong, by the words that the vocabulary has for wrongs. Who helps, reports,
 * brings or is only mentioned is no doer: a false conflict takes the nearest team away. Pure. */
#pragma once

#include "services/triage/concept.h"

struct accused {
    bool staff;          /* of an institution: which, conflict.c finds by name */
    const char *offices; /* INSTITUTIONS_OFFICE names of a fact, parted by blanks; "" for none */
};

/* places: of each word, is it of a place's name. In the arena; false only when it is exhausted. */
bool accused_find(const struct vocabulary *vocabulary, struct arena *arena, const struct text *text,
    const struct signs *signs, const bool *places, struct accused *out);
