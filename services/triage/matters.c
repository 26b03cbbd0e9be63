#include "services/triage/matters.h"

#include <math.h>
#include <string.h>

/* tests/triage/fit_matters prints these. */
static const float weights[MATTER_FEATURES] = {[MATTER_BIAS] = -0.78f,
    [MATTER_PASSAGE] = 1.21f,
    [MATTER_DANGER] = 0.61f,
    [MATTER_BEHIND] = 0.33f,
    [MATTER_KEYWORDS] = 0.11f,
    [MATTER_COMBINATION] = 0.84f};
/* Who is given tasks for somebody who is not there loses an hour; whom nobody looked for may lose more. But
 * tasks that are wrong too often are not done any more: from this line on five of six are right. */
#define MATTER_LINE 0.25f

/* Less than this of a passage is nothing: most kinds in most passages, so that they need not be weighed. */
#define PASSAGE_LEAST 0.05f
/* A passage is told by fewer words than a message, and never surely. */
#define ODDS_LEAST 1e-4f

enum {
    CLAUSE_LEAST_WORDS = 4, /* shorter ones say too little alone and go with a neighbour of their sentence */
    PASSAGE_CLAUSES = 3,
    CLAUSES_MAX = 60 /* the last takes the rest */
};

/* Clauses as they are weighed: words first..last. */
struct clauses {
    uint16_t first[CLAUSES_MAX], last[CLAUSES_MAX];
    size_t count;
    uint8_t *of; /* each word's, from 0 */
};

struct finder {
    const struct vocabulary *vocabulary;
    const struct text *text;
    struct clauses clauses;
    struct part_score *scores; /* by clause */
    struct part_score common;  /* what every message begins with */
    uint64_t asked, said;      /* bits of kinds: that may be further ones; that some passage speaks for */
    struct matter matters[KINDS_MAX]; /* of those, with the passage that speaks most for each so far */
};

/* ---- clauses */

static size_t words_of(const struct clauses *clauses, size_t at) {
    return clauses->last[at] - clauses->first[at] + 1u;
}

static void clause_add(struct finder *finder, size_t first, size_t last) {
    struct clauses *clauses = &finder->clauses;
    const struct word *words = finder->text->words;
    size_t before = clauses->count - 1; /* only read when there is one */
    bool joins = clauses->count && words[clauses->last[before]].sentence == words[first].sentence &&
                 (words_of(clauses, before) < CLAUSE_LEAST_WORDS || last - first + 1 < CLAUSE_LEAST_WORDS);
    if (joins || clauses->count == CLAUSES_MAX) {
        clauses->last[before] = (uint16_t)last;
        return;
    }
    clauses->first[clauses->count] = (uint16_t)first;
    clauses->last[clauses->count++] = (uint16_t)last;
}

static void clauses_read(struct finder *finder) {
    const struct text *text = finder->text;
    for (size_t first = 0, last; first < text->count; first = last + 1) {
        for (last = first;
             last + 1 < text->count && text->words[last + 1].clause == text->words[first].clause;)
            last++;
        clause_add(finder, first, last);
    }
    for (size_t i = 0; i < finder->clauses.count; i++)
        memset(finder->clauses.of + finder->clauses.first[i], (int)i, words_of(&finder->clauses, i));
}

/* ---- passages */

static float log_odds(float share) {
    share = fminf(fmaxf(share, ODDS_LEAST), 1 - ODDS_LEAST);
    return logf(share / (1 - share));
}

static void speaks_for(
    struct finder *finder, int kind, float share, float danger, uint16_t first, uint16_t last) {
    struct matter matter = {.kind = kind, .first = first, .last = last};
    matter.features[MATTER_PASSAGE] = log_odds(share);
    matter.features[MATTER_DANGER] = log_odds(danger);
    matter.sum = weights[MATTER_PASSAGE] * matter.features[MATTER_PASSAGE] +
                 weights[MATTER_DANGER] * matter.features[MATTER_DANGER];
    if (!(finder->said >> kind & 1) || matter.sum > finder->matters[kind].sum)
        finder->matters[kind] = matter;
    finder->said |= UINT64_C(1) << kind;
}

/* The passage in words first..last. */
static void passage_judge(
    struct finder *finder, const struct part_score *score, uint16_t first, uint16_t last) {
    float kinds[KINDS_MAX], priorities[PRIORITIES];
    if (!model_part_judge(finder->vocabulary->model, finder->vocabulary, score, finder->asked, PASSAGE_LEAST,
            kinds, priorities))
        return;
    float danger = priorities[PRIORITY_P0] + priorities[PRIORITY_P1];
    for (size_t i = 0; i < finder->vocabulary->kind_count; i++)
        if (kinds[i] >= PASSAGE_LEAST && (finder->asked >> i & 1))
            speaks_for(finder, (int)i, kinds[i], danger, first, last);
}

static void passages_judge(struct finder *finder) {
    for (size_t from = 0; from < finder->clauses.count; from++) {
        struct part_score sum = finder->common;
        for (size_t to = from; to < finder->clauses.count && to < from + PASSAGE_CLAUSES; to++) {
            part_score_add(&sum, &finder->scores[to]);
            passage_judge(finder, &sum, finder->clauses.first[from], finder->clauses.last[to]);
        }
    }
}

/* ---- weighing */

/* The whole message beside the passage. */
static struct matter weigh(
    const struct finder *finder, const struct signs *signs, const float *kinds, float most, size_t kind) {
    struct matter matter = finder->matters[kind];
    matter.features[MATTER_BIAS] = 1;
    matter.features[MATTER_BEHIND] = model_score_behind(kinds[kind], most);
    matter.features[MATTER_KEYWORDS] = signs->keywords[kind] / 3;
    matter.features[MATTER_COMBINATION] = signs->combinations[kind] / 5;
    matter.sum = -MATTER_LINE;
    for (size_t i = 0; i < MATTER_FEATURES; i++)
        matter.sum += weights[i] * matter.features[i];
    return matter;
}

/* Kinds that a case is opened for, without what the report is taken for already. */
static uint64_t asked_for(const struct vocabulary *vocabulary, int main) {
    uint64_t asked = 0;
    for (size_t i = 0; i < vocabulary->kind_count; i++)
        asked |= (uint64_t)vocabulary->kinds[i].opens_case << i;
    return asked & ~(UINT64_C(1) << main);
}

static void keep_in_order(struct matter *matters, size_t count, struct matter matter) {
    size_t at = count;
    for (; at && matters[at - 1].sum < matter.sum; at--)
        matters[at] = matters[at - 1];
    matters[at] = matter;
}

struct matter *matters_weigh(const struct vocabulary *vocabulary, struct arena *arena,
    const struct text *text, const struct signs *signs, const struct feature *features, size_t feature_count,
    const float *kinds, int main, size_t *count) {
    struct finder finder = {.vocabulary = vocabulary, .text = text, .asked = asked_for(vocabulary, main)};
    struct matter *matters = arena_take(arena, (vocabulary->kind_count + 1) * sizeof *matters);
    finder.clauses.of = arena_take(arena, text->count + 1);
    finder.scores = arena_take(arena, CLAUSES_MAX * sizeof *finder.scores);
    *count = 0;
    if (!matters || !finder.clauses.of || !finder.scores)
        return NULL;
    clauses_read(&finder);
    if (!vocabulary->model || finder.clauses.count < 2)
        return matters; /* one clause is what the whole message is */
    model_score_parts(vocabulary->model, features, feature_count, finder.clauses.of, finder.clauses.count,
        &finder.common, finder.scores);
    passages_judge(&finder);
    float most = 0;
    for (size_t i = 0; i < vocabulary->kind_count; i++)
        most = fmaxf(most, kinds[i]);
    for (size_t i = 0; i < vocabulary->kind_count; i++)
        if (finder.said >> i & 1)
            keep_in_order(matters, (*count)++, weigh(&finder, signs, kinds, most, i));
    return matters;
}
