/* What the vocabulary finds in one message: keywords a kind, concepts affirmed or denied, combinations that
 * hold. */
#pragma once

#include "services/triage/vocabulary.h"

struct concept_state {
    uint16_t affirmed, denied; /* findings */
    uint16_t first;            /* word of the first affirmed finding */
    uint32_t sentences;        /* bit n: affirmed in sentence n (31: in any later one) */
};

struct signs {
    const struct hit *hits;
    size_t hit_count;
    struct concept_state *concepts; /* one for each concept of the vocabulary */
    uint16_t *told;                 /* the concepts that were found, affirmed or denied, in their order */
    size_t told_count;
    float keywords[KINDS_MAX];       /* sum of the strengths, each term once, at most KEYWORDS_CAP */
    float combinations[KINDS_MAX];   /* the weight of the heaviest combination that holds */
    const struct combination **held; /* all that hold */
    size_t held_count;
};

enum { KEYWORDS_CAP = 12 };

/* In the arena; false only when it is exhausted. */
bool signs_read(
    const struct vocabulary *vocabulary, struct arena *arena, const struct text *text, struct signs *out);
/* Affirmed at least once. concept NO_INDEX is never there. */
static inline bool signs_have(const struct signs *signs, int concept) {
    return concept != NO_INDEX && signs->concepts[concept].affirmed > 0;
}
bool signs_hold_all(const struct signs *signs, const int16_t *all, size_t all_count, const int16_t *without,
    size_t without_count, bool near);
/* All of these and none of those; near: in one sentence, or two that follow each other. Of a hundred that are
 * asked for, nearly all lack their first. */
static inline bool signs_hold(const struct signs *signs, const int16_t *all, size_t all_count,
    const int16_t *without, size_t without_count, bool near) {
    return (!all_count || signs->concepts[all[0]].affirmed) &&
           signs_hold_all(signs, all, all_count, without, without_count, near);
}
