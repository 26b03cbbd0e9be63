#include "services/triage/concept.h"

/* Found for the first time. */
static void told_add(struct signs *signs, uint16_t concept) {
    size_t at = signs->told_count++;
    for (; at && signs->told[at - 1] > concept; at--)
        signs->told[at] = signs->told[at - 1];
    signs->told[at] = concept;
}

static void concept_found(
    const struct text *text, struct signs *signs, uint16_t concept, const struct hit *hit) {
    struct concept_state *state = &signs->concepts[concept];
    if (!(state->affirmed | state->denied))
        told_add(signs, concept);
    if (hit->negator >= 0) {
        state->denied++;
        return;
    }
    uint16_t sentence = text->words[hit->first].sentence;
    if (!state->affirmed)
        state->first = hit->first;
    state->affirmed++;
    state->sentences |= 1u << (sentence < 31 ? sentence : 31);
}

/* A term counts once however often it is said: long reports repeat themselves. */
static bool said_before(const struct hit *hits, size_t at) {
    for (size_t i = 0; i < at; i++)
        if (hits[i].tag == hits[at].tag && hits[i].negator < 0)
            return true;
    return false;
}

static void hits_count(const struct vocabulary *vocabulary, const struct text *text, struct signs *signs) {
    for (size_t i = 0; i < signs->hit_count; i++) {
        const struct hit *hit = &signs->hits[i];
        const struct term *term = &vocabulary->terms[hit->tag];
        if (term->use == TERM_CONCEPT) {
            concept_found(text, signs, (uint16_t)term->index, hit);
        } else if (hit->negator < 0 && !said_before(signs->hits, i)) {
            float *sum = &signs->keywords[term->index];
            *sum += term->weight;
            *sum = *sum > KEYWORDS_CAP ? KEYWORDS_CAP : *sum;
        }
    }
}

bool signs_hold_all(const struct signs *signs, const int16_t *all, size_t all_count, const int16_t *without,
    size_t without_count, bool near) {
    uint32_t together = ~0u;
    for (size_t i = 0; i < all_count; i++) {
        const struct concept_state *state = &signs->concepts[all[i]];
        if (!state->affirmed)
            return false;
        together &= i ? state->sentences | state->sentences << 1 | state->sentences >> 1 : state->sentences;
    }
    for (size_t i = 0; i < without_count; i++)
        if (signs->concepts[without[i]].affirmed)
            return false;
    return !near || together;
}

static void combinations_hold(const struct vocabulary *vocabulary, struct signs *signs) {
    for (size_t i = 0; i < vocabulary->combination_count; i++) {
        const struct combination *one = &vocabulary->combinations[i];
        if (!signs_hold(signs, one->all, one->all_count, one->without, one->without_count, false))
            continue;
        signs->held[signs->held_count++] = one;
        if (one->weight > signs->combinations[one->kind])
            signs->combinations[one->kind] = one->weight;
    }
}

bool signs_read(
    const struct vocabulary *vocabulary, struct arena *arena, const struct text *text, struct signs *out) {
    *out = (struct signs){0};
    out->hits = matcher_find(vocabulary->matcher, arena, text, &out->hit_count);
    out->concepts = arena_take(arena, (vocabulary->concept_count + 1) * sizeof *out->concepts);
    out->told = arena_take(arena, (out->hit_count + 1) * sizeof *out->told);
    out->held = arena_take(arena, (vocabulary->combination_count + 1) * sizeof(void *));
    if (!out->hits || !out->concepts || !out->told || !out->held)
        return false;
    hits_count(vocabulary, text, out);
    combinations_hold(vocabulary, out);
    return true;
}
