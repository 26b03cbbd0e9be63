/* What else a report is about: the mother is beaten, and the child too, and the grandmother gets no food. The
 * shares of kinds of the whole message sum to one, so the loudest kind hides the others; here each passage of
 * the message speaks for itself. Pure functions of the words.
 *
 * A kind is a matter of its own when one to three clauses that follow each other speak for it and of danger,
 * its own words are there, and the whole message does not speak too much less for it than for the main kind.
 * The numbers were learnt from reports with several victims (tests/triage/fit_matters). */
#pragma once

#include "services/triage/model.h"

enum { MATTERS_MAX = 3 }; /* that a report is given beside its main kind */

/* What is weighed of a kind; each has its number in matters.c. */
enum matter_feature {
    MATTER_BIAS,
    MATTER_PASSAGE,     /* log odds of the kind in the passage that speaks most for it */
    MATTER_DANGER,      /* log odds of P0 or P1 there: who is only mentioned is in none */
    MATTER_BEHIND,      /* how far its score for the whole message is behind the best: 0 or less */
    MATTER_KEYWORDS,    /* its keywords in the message, a third of their points */
    MATTER_COMBINATION, /* a fifth of its heaviest combination of concepts */
    MATTER_FEATURES
};

struct matter {
    int kind;
    uint16_t first, last; /* words of the passage that speaks most for it */
    float sum;            /* log odds that it is a matter of its own, less a margin: from 0 on it is one */
    float features[MATTER_FEATURES];
};

/* The passages of one message: what each of its clauses says. */
struct passages;

/* With the weights of the vocabulary, which must have some. features: of features_read. In the arena; NULL
 * when it is exhausted. */
struct passages *passages_read(const struct vocabulary *vocabulary, struct arena *arena,
    const struct text *text, const struct feature *features, size_t feature_count);
/* Probabilities of the whole message, as of model_judge. */
void passages_judge_all(
    const struct passages *passages, float kinds[KINDS_MAX], float priorities[PRIORITIES]);
/* The kinds beside `main` that some passage speaks for, likeliest first, with a sum of at least `least`; none
 * of a message of one clause. kinds: the probabilities of the whole message. In the arena; NULL only when it
 * is exhausted. */
struct matter *matters_weigh(const struct passages *passages, struct arena *arena, const struct signs *signs,
    const float *kinds, int main, float least, size_t *count);
