#include "services/triage/matters.h"

#include "services/triage/lanes.h"

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

/* Less than this of a passage is nothing, and surer of danger than that is none. */
#define PASSAGE_LEAST 0.05f
#define DANGER_MOST 0.98f
/* By so much bounds are wider, whatever is rounded. */
#define BOUNDS_MARGIN 0.001f
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

struct passages {
    const struct vocabulary *vocabulary;
    const struct text *text;
    struct clauses clauses;
    struct part_score *scores; /* by clause */
    struct part_score common, rest;
};

struct finder {
    const struct passages *passages;
    const struct signs *signs;
    const float *kinds;      /* probabilities of the whole message */
    float most;              /* of them */
    float least_sum;         /* of a matter */
    float before[KINDS_MAX]; /* what speaks for each kind beside its passage */
    /* The score, less that of the likeliest, that a passage must have for the kind: INFINITY for none, and no
     * more than it is as long as the kind has not been weighed. */
    float least[KINDS_MAX];
    uint64_t weighed;                 /* bits of kinds */
    uint64_t said;                    /* bits of kinds that some passage speaks for */
    struct matter matters[KINDS_MAX]; /* of those, with the passage that speaks most for each so far */
};

/* ---- clauses */

static size_t words_of(const struct clauses *clauses, size_t at) {
    return clauses->last[at] - clauses->first[at] + 1u;
}

static void clause_add(struct passages *passages, size_t first, size_t last) {
    struct clauses *clauses = &passages->clauses;
    const struct word *words = passages->text->words;
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

static void clauses_read(struct passages *passages) {
    const struct text *text = passages->text;
    for (size_t first = 0, last; first < text->count; first = last + 1) {
        for (last = first;
             last + 1 < text->count && text->words[last + 1].clause == text->words[first].clause;)
            last++;
        clause_add(passages, first, last);
    }
    for (size_t i = 0; i < passages->clauses.count; i++)
        memset(passages->clauses.of + passages->clauses.first[i], (int)i, words_of(&passages->clauses, i));
}

struct passages *passages_read(const struct vocabulary *vocabulary, struct arena *arena,
    const struct text *text, const struct feature *features, size_t feature_count) {
    struct passages *passages = arena_take(arena, sizeof *passages);
    uint8_t *of = arena_take(arena, text->count + 1);
    if (!passages || !of)
        return NULL;
    passages->vocabulary = vocabulary;
    passages->text = text;
    passages->clauses.count = 0;
    passages->clauses.of = of;
    clauses_read(passages);
    passages->scores = arena_take(arena, (passages->clauses.count + 1) * sizeof *passages->scores);
    if (!passages->scores)
        return NULL;
    model_score_parts(vocabulary->model, features, feature_count, of, passages->clauses.count,
        &passages->common, &passages->rest, passages->scores);
    return passages;
}

void passages_judge_all(
    const struct passages *passages, float kinds[KINDS_MAX], float priorities[PRIORITIES]) {
    const struct vocabulary *vocabulary = passages->vocabulary;
    struct part_score sum = passages->common;
    part_score_add(vocabulary->model, &sum, &passages->rest);
    for (size_t i = 0; i < passages->clauses.count; i++)
        part_score_add(vocabulary->model, &sum, &passages->scores[i]);
    model_part_judge(vocabulary->model, &sum, kinds, priorities);
}

/* ---- weighing of the whole message */

static float log_odds(float share) {
    share = fminf(fmaxf(share, ODDS_LEAST), 1 - ODDS_LEAST);
    return logf(share / (1 - share));
}

/* What the whole message says for a kind, without a passage. */
static void whole_weigh(const struct finder *finder, size_t kind, float out[MATTER_FEATURES]) {
    out[MATTER_BIAS] = 1;
    out[MATTER_BEHIND] = model_score_behind(finder->kinds[kind], finder->most);
    out[MATTER_KEYWORDS] = finder->signs->keywords[kind] / 3;
    out[MATTER_COMBINATION] = finder->signs->combinations[kind] / 5;
}

static float features_sum(const float features[MATTER_FEATURES]) {
    float sum = -MATTER_LINE;
    for (size_t k = 0; k < MATTER_FEATURES; k++)
        sum += weights[k] * features[k];
    return sum;
}

/* The score of a passage that is needed to reach the sum `least`, were it as dangerous as can be. */
static float score_needed(float before, float least) {
    float odds = (least - before - weights[MATTER_DANGER] * log_odds(DANGER_MOST)) / weights[MATTER_PASSAGE];
    return model_score_of_share(fmaxf(PASSAGE_LEAST, 1 / (1 + expf(-odds))));
}

/* Nearly every passage is far from nearly every kind, and that is seen by bounds: what any kind must have,
 * and what one must have without words of its own, however much the whole message speaks for it. Kinds that
 * no case is opened for, and what the report is taken for already, are no matter. */
static void bounds_set(struct finder *finder, int main) {
    const struct vocabulary *vocabulary = finder->passages->vocabulary;
    const float nothing[MATTER_FEATURES] = {[MATTER_BIAS] = 1};
    float any = model_score_of_share(PASSAGE_LEAST) - BOUNDS_MARGIN;
    float wordless = score_needed(features_sum(nothing), finder->least_sum) - BOUNDS_MARGIN;
    for (size_t i = vocabulary->kind_count; i < KINDS_MAX; i++)
        finder->least[i] = INFINITY;
    for (size_t i = 0; i < vocabulary->kind_count; i++) {
        bool words = finder->signs->keywords[i] > 0 || finder->signs->combinations[i] > 0;
        bool matters = (int)i != main && vocabulary->kinds[i].opens_case;
        finder->least[i] = !matters ? INFINITY : words ? any : wordless;
    }
}

static bool is_matter(const struct finder *finder, size_t kind) {
    return finder->least[kind] < INFINITY;
}

static void kind_weigh(struct finder *finder, size_t kind) {
    float features[MATTER_FEATURES] = {0};
    if (finder->weighed >> kind & 1)
        return;
    whole_weigh(finder, kind, features);
    finder->weighed |= UINT64_C(1) << kind;
    finder->before[kind] = features_sum(features);
    finder->least[kind] = score_needed(finder->before[kind], finder->least_sum);
}

/* ---- passages */

static void speaks_for(
    struct finder *finder, int kind, float share, float danger, uint16_t first, uint16_t last) {
    struct matter matter = {.kind = kind, .first = first, .last = last};
    matter.features[MATTER_PASSAGE] = log_odds(share);
    matter.features[MATTER_DANGER] = log_odds(fminf(danger, DANGER_MOST));
    matter.sum = finder->before[kind] + weights[MATTER_PASSAGE] * matter.features[MATTER_PASSAGE] +
                 weights[MATTER_DANGER] * matter.features[MATTER_DANGER];
    if (!(finder->said >> kind & 1) || matter.sum > finder->matters[kind].sum)
        finder->matters[kind] = matter;
    finder->said |= UINT64_C(1) << kind;
}

/* Could one of the kinds have as much of the passage as it must have? Told by the scores alone, of all kinds
 * at once: nearly every passage ends here. Behind the kinds stand the priorities, of which none is a matter.
 */
static bool may_speak(const struct finder *finder, const struct part_score *part, float level, float most) {
    lanes_mask any = {0};
    for (size_t i = 0; i < finder->passages->vocabulary->kind_count; i += LANES)
        any |= level * lanes_at(part->outputs + i) - lanes_at(finder->least + i) >= most;
    return lanes_any(any);
}

static bool speaks(struct finder *finder, const struct part_score *part) {
    const size_t kinds = finder->passages->vocabulary->kind_count;
    float level = part_score_level(part), most = level * floats_most(part->outputs, kinds);
    if (!may_speak(finder, part, level, most))
        return false;
    for (size_t i = 0; i < kinds; i++) {
        float score = level * part->outputs[i];
        if (score - finder->least[i] < most)
            continue;
        kind_weigh(finder, i);
        if (score - finder->least[i] >= most)
            return true;
    }
    return false;
}

/* The passage in words first..last. */
static void passage_judge(
    struct finder *finder, const struct part_score *part, uint16_t first, uint16_t last) {
    const struct vocabulary *vocabulary = finder->passages->vocabulary;
    float kinds[KINDS_MAX], priorities[PRIORITIES];
    if (!speaks(finder, part))
        return;
    model_part_judge(vocabulary->model, part, kinds, priorities);
    float danger = priorities[PRIORITY_P0] + priorities[PRIORITY_P1];
    for (size_t i = 0; i < vocabulary->kind_count; i++) {
        if (kinds[i] < PASSAGE_LEAST || !is_matter(finder, i))
            continue;
        kind_weigh(finder, i);
        speaks_for(finder, (int)i, kinds[i], danger, first, last);
    }
}

static void passages_judge(struct finder *finder) {
    const struct passages *passages = finder->passages;
    const struct clauses *clauses = &passages->clauses;
    for (size_t from = 0; from < clauses->count; from++) {
        struct part_score sum = passages->common;
        for (size_t to = from; to < clauses->count && to < from + PASSAGE_CLAUSES; to++) {
            part_score_add(passages->vocabulary->model, &sum, &passages->scores[to]);
            passage_judge(finder, &sum, clauses->first[from], clauses->last[to]);
        }
    }
}

/* ---- all of them */

static void keep_in_order(struct matter *matters, size_t count, struct matter matter) {
    size_t at = count;
    for (; at && matters[at - 1].sum < matter.sum; at--)
        matters[at] = matters[at - 1];
    matters[at] = matter;
}

struct matter *matters_weigh(const struct passages *passages, struct arena *arena, const struct signs *signs,
    const float *kinds, int main, float least, size_t *count) {
    const struct vocabulary *vocabulary = passages->vocabulary;
    struct matter *matters = arena_take(arena, (vocabulary->kind_count + 1) * sizeof *matters);
    struct finder finder = {.passages = passages, .signs = signs, .kinds = kinds, .least_sum = least};
    *count = 0;
    if (!matters || passages->clauses.count < 2)
        return matters; /* one clause is what the whole message is */
    for (size_t i = 0; i < vocabulary->kind_count; i++)
        finder.most = fmaxf(finder.most, kinds[i]);
    bounds_set(&finder, main);
    passages_judge(&finder);
    for (size_t i = 0; i < vocabulary->kind_count; i++) {
        if (!(finder.said >> i & 1) || finder.matters[i].sum < least)
            continue;
        whole_weigh(&finder, i, finder.matters[i].features);
        keep_in_order(matters, (*count)++, finder.matters[i]);
    }
    return matters;
}
