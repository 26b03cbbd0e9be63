/* A linear model over words and concepts: one score for each kind and each priority, added up from weights
 * that were learnt from labelled reports (sigapctl triage train, see train.c). It ranks; rules and people
 * decide.
 *
 * Why linear: it takes 6 us a report, every score can be explained by the words that made it, and with a few
 * thousand labelled reports nothing larger would learn more. The weights are text (weights.tsv), sorted by
 * feature, so that a change of the model can be read in a diff:
 *
 *   sigap-weights 1
 *   outputs <tab> kind codes and P0..P4, separated by spaces
 *   prior:kind <tab> output:logarithm ...      how often reports of the kind have each priority
 *   feature <tab> output:weight ...            outputs counted from 0
 *
 * An output that is no kind of the site is refused. */
#pragma once

#include "services/triage/concept.h"

#include <stdio.h>

enum {
    OUTPUTS_MAX = KINDS_MAX + PRIORITIES,
    OUTPUTS_AT_ONCE = 8,                /* floats in one of the wide registers */
    OUTPUTS_WIDE = 5 * OUTPUTS_AT_ONCE, /* all 40 of the site */
    OUTPUTS_PADDED = (OUTPUTS_MAX + OUTPUTS_WIDE - 1) / OUTPUTS_WIDE * OUTPUTS_WIDE,
    FEATURES_MAX = 1024, /* of one report, x 12 bytes = 12 KiB of arena; a report of 60 words has about 400 */
    FEATURE_NAME_MAX = 128
};

struct feature {
    uint32_t row;         /* of the weights, from 1; 0: there are none for it */
    uint16_t first, last; /* the words it stands for; both UINT16_MAX when it is of the whole message */
    float value;
};

/* What a report shows, for learning and for judging alike. places: which words are names of places, see
 * place_names_mark; where it was says nothing of what it was. NULL: none. names: NULL, or room for
 * FEATURES_MAX names (only the trainer wants them). In the arena; NULL when it is exhausted. */
struct feature *features_read(const struct vocabulary *vocabulary, struct arena *arena,
    const struct text *text, const struct signs *signs, const bool *places, char (*names)[FEATURE_NAME_MAX],
    size_t *count);
uint64_t feature_hash(const char *name);

struct model;

/* From the beginning of the file, twice: no pipe. NULL with error set. The caller frees it. */
struct model *model_read(FILE *file, const struct vocabulary *vocabulary, struct error *error);
struct model *model_load(const char *path, const struct vocabulary *vocabulary, struct error *error);
void model_free(struct model **model);
/* The row of a feature's weights, from 1; 0: there are none for it. */
uint32_t model_row(const struct model *model, const char *name);
/* Probabilities: kinds[] over the vocabulary's kinds, priorities[] over P0..P4. */
void model_judge(const struct model *model, const struct feature *features, size_t count,
    float kinds[KINDS_MAX], float priorities[PRIORITIES]);
/* What a part of a message says: sums over its features. */
struct part_score {
    float outputs[OUTPUTS_PADDED]; /* the vocabulary's kinds, then P0..P4 */
    float squares;                 /* of the features' values, by which long parts are levelled */
};
/* part_of: for each word its part, below `parts`. common: what every message begins with. rest: the features
 * of the whole message (pairs of concepts, keywords, length), which belong to no part. All together are the
 * message.
 */
void model_score_parts(const struct model *model, const struct feature *features, size_t count,
    const uint8_t *part_of, size_t parts, struct part_score *common, struct part_score *rest,
    struct part_score *scores);
void part_score_add(const struct model *model, struct part_score *sum, const struct part_score *part);
/* Times this the outputs are scores, as if the parts of the sum were all. */
float part_score_level(const struct part_score *sum);
/* Probabilities as of model_judge, as if the parts of the sum were all. */
void model_part_judge(const struct model *model, const struct part_score *sum, float kinds[KINDS_MAX],
    float priorities[PRIORITIES]);
/* The score of a kind with that share of all, less that of one with nearly all. */
float model_score_of_share(float share);
/* By how much the score of a kind of that probability is less than that of the likeliest. */
float model_score_behind(float probability, float most);
/* How much one feature says for a kind, or for a priority: KINDS_MAX + priority. */
float model_weight(const struct model *model, const struct feature *feature, int output);
/* Scores to probabilities, in place. */
void softmax(float *scores, size_t count);
