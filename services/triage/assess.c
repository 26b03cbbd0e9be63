#include "services/triage/assess.h"

#include <string.h>

/* The best kind must have this probability, or be ahead of the next by so much, to go on without a person. */
#define CONFIDENT 0.45f
#define AHEAD 0.20f
/* A second kind this likely is worth telling, and strict enough to decide who may see the case. */
#define ALSO 0.20f
/* Without learnt weights: how the points of keywords and combinations become probabilities. */
#define POINTS_TO_LOGIT 0.55f

struct work {
    const struct assessor *assessor;
    struct arena *arena;
    const struct report *report;
    struct assessment *out;
    struct text text;
    struct signs signs;
    struct place_names *names;
    struct feature *features;
    size_t feature_count;
    float kinds[KINDS_MAX];       /* probabilities */
    float priorities[PRIORITIES]; /* probabilities, with a model */
    int kind;
    bool matched; /* anything of the vocabulary was found */
};

const char *priority_name(enum priority priority) {
    static const char *const names[PRIORITIES] = {"P0", "P1", "P2", "P3", "P4"};
    return names[priority];
}

const char *review_reason_name(enum review_reason reason) {
    switch (reason) {
    case REVIEW_NONE:
        return "";
    case REVIEW_NO_MATCH:
        return "no_match";
    case REVIEW_LOW_CONFIDENCE:
        return "low_confidence";
    case REVIEW_SEVERAL_KINDS:
        return "several_kinds";
    case REVIEW_PLACE_UNCLEAR:
        return "place_unclear";
    case REVIEW_POSSIBLE_DANGER:
        return "possible_danger";
    case REVIEW_EMPTY:
        return "empty";
    }
    return "";
}

/* ---- kinds */

static void kinds_by_points(struct work *work) {
    const struct vocabulary *vocabulary = work->assessor->vocabulary;
    for (size_t i = 0; i < vocabulary->kind_count; i++)
        work->kinds[i] = POINTS_TO_LOGIT * (work->signs.keywords[i] + work->signs.combinations[i]);
}

/* Is there anything in the message that the vocabulary knows, so that the model's guess stands on more than
 * stray words? Facts (F_) are no matter of their own. */
static bool anything_known(const struct vocabulary *vocabulary, const struct signs *signs) {
    for (size_t i = 0; i < vocabulary->kind_count; i++)
        if (signs->keywords[i] > 0 || signs->combinations[i] > 0)
            return true;
    for (size_t i = 0; i < vocabulary->concept_count; i++)
        if (signs->concepts[i].affirmed && vocabulary->concepts[i].code[0] != 'F')
            return true;
    return false;
}

static void kinds_score(struct work *work) {
    const struct vocabulary *vocabulary = work->assessor->vocabulary;
    work->matched = anything_known(vocabulary, &work->signs);
    if (vocabulary->model) {
        model_judge(vocabulary->model, vocabulary, work->features, work->feature_count, work->kinds,
            work->priorities);
        return;
    }
    kinds_by_points(work);
    softmax(work->kinds, vocabulary->kind_count);
}

static void kinds_rank(struct work *work) {
    const struct vocabulary *vocabulary = work->assessor->vocabulary;
    bool taken[KINDS_MAX] = {false};
    work->kind = NO_INDEX;
    for (size_t rank = 0; rank < ASSESSMENT_KINDS_MAX && rank < vocabulary->kind_count; rank++) {
        int best = NO_INDEX;
        for (size_t i = 0; i < vocabulary->kind_count; i++)
            if (!taken[i] && (best == NO_INDEX || work->kinds[i] > work->kinds[best]))
                best = (int)i;
        if (best == NO_INDEX)
            break;
        taken[best] = true;
        work->kind = work->kind == NO_INDEX ? best : work->kind;
        work->out->kinds[work->out->kind_count++] =
            (struct kind_score){vocabulary->kinds[best].code, work->kinds[best]};
    }
    work->out->kind = vocabulary->kinds[work->kind].code;
    work->out->confidence = work->kinds[work->kind];
}

/* The strictest of the likely kinds: what is shown too early cannot be taken back. */
static void confidentiality_find(struct work *work) {
    const struct vocabulary *vocabulary = work->assessor->vocabulary;
    int strictest = vocabulary->kinds[work->kind].confidentiality;
    for (size_t i = 0; i < vocabulary->kind_count; i++)
        if (work->kinds[i] >= ALSO && vocabulary->kinds[i].confidentiality > strictest)
            strictest = vocabulary->kinds[i].confidentiality;
    work->out->confidentiality = strictest;
}

/* ---- review */

static void review_set(struct assessment *out, enum review_reason reason) {
    if (!out->review) {
        out->review = true;
        out->review_reason = reason;
    }
}

static void review_decide(struct work *work, const struct urgency_found *urgency) {
    struct assessment *out = work->out;
    float ahead = out->kind_count > 1 ? out->confidence - out->kinds[1].score : 1;
    bool closes = !out->opens_case;
    if (!work->text.count)
        review_set(out, REVIEW_EMPTY);
    if (urgency->human || (closes && urgency->danger))
        review_set(out, REVIEW_POSSIBLE_DANGER);
    if (!work->matched)
        review_set(out, REVIEW_NO_MATCH);
    if (out->confidence < CONFIDENT && ahead < AHEAD)
        review_set(out, out->kind_count > 1 && out->kinds[1].score >= ALSO ? REVIEW_SEVERAL_KINDS
                                                                           : REVIEW_LOW_CONFIDENCE);
    if (out->area_candidate_count > 1 && out->opens_case)
        review_set(out, REVIEW_PLACE_UNCLEAR);
}

/* ---- evidence */

static const char *words_of(struct work *work, size_t first, size_t last, uint32_t *start, uint32_t *end) {
    *start = *end = 0;
    if (first >= work->text.count || last >= work->text.count)
        return "";
    *start = work->text.words[first].start;
    *end = work->text.words[last].end;
    if (*end <= *start)
        return "";
    const char *copy = arena_bytes(work->arena, work->report->text + *start, *end - *start);
    return copy ? copy : "";
}

/* what: always one and the same literal for one meaning, so that it is compared as a pointer. */
static void evidence_add(
    struct work *work, const char *what, const char *rule, size_t first, size_t last, float weight) {
    struct assessment *out = work->out;
    if (out->evidence_count == ASSESSMENT_EVIDENCE_MAX)
        return;
    for (size_t i = 0; i < out->evidence_count; i++)
        if (out->evidence[i].what == what &&
            (out->evidence[i].rule == rule || strcmp(out->evidence[i].rule, rule) == 0))
            return;
    struct evidence *one = &out->evidence[out->evidence_count++];
    *one = (struct evidence){.what = what, .rule = rule, .weight = weight};
    one->words = words_of(work, first, last, &one->start, &one->end);
}

enum { NO_WORD = UINT16_MAX };

static void evidence_vocabulary(struct work *work) {
    const struct vocabulary *vocabulary = work->assessor->vocabulary;
    for (size_t i = 0; i < work->signs.hit_count; i++) {
        const struct hit *hit = &work->signs.hits[i];
        const struct term *term = &vocabulary->terms[hit->tag];
        if (hit->negator >= 0)
            continue;
        if (term->use == TERM_KEYWORD && term->index == work->kind)
            evidence_add(work, "keyword", term->text, hit->first, hit->last, (float)term->weight);
    }
    for (size_t i = 0; i < work->signs.held_count; i++)
        if (work->signs.held[i]->kind == work->kind)
            evidence_add(
                work, "combination", work->signs.held[i]->id, NO_WORD, NO_WORD, work->signs.held[i]->weight);
}

enum { WORDS_SHOWN = 4 };

struct spoken {
    const struct feature *feature;
    float weight;
};

/* Keeps the strongest words in order; one entry for each word of the report. */
static void spoken_keep(struct spoken top[WORDS_SHOWN], const struct feature *feature, float weight) {
    size_t at = 0;
    for (; at < WORDS_SHOWN && top[at].feature && top[at].feature->first != feature->first; at++)
        ;
    if (at == WORDS_SHOWN)
        at--;
    if (top[at].weight >= weight)
        return;
    for (; at && top[at - 1].weight < weight; at--)
        top[at] = top[at - 1];
    top[at] = (struct spoken){feature, weight};
}

/* The words that spoke most for the kind, where the model decided. */
static void evidence_learnt(struct work *work) {
    const struct model *model = work->assessor->vocabulary->model;
    struct spoken top[WORDS_SHOWN] = {{NULL, 0}};
    float loud = work->feature_count ? work->features[0].value * 0.45f : 0; /* the first is worth 1 */
    for (size_t i = 0; model && i < work->feature_count; i++) {
        const struct feature *feature = &work->features[i];
        if (feature->first >= work->text.count || feature->value < loud)
            continue; /* pieces of words are many, and none of them alone says much */
        float weight = model_weight(model, feature, work->kind);
        if (weight > 0.2f)
            spoken_keep(top, feature, weight);
    }
    for (size_t i = 0; i < WORDS_SHOWN && top[i].feature; i++)
        evidence_add(work, "word", work->text.words[top[i].feature->first].key, top[i].feature->first,
            top[i].feature->last, top[i].weight);
}

/* What else was understood, as far as there is room. */
static void evidence_concepts(struct work *work) {
    static const char affirmed[] = "concept", denied[] = "denied";
    const struct vocabulary *vocabulary = work->assessor->vocabulary;
    for (size_t i = 0; i < work->signs.hit_count && work->out->evidence_count < ASSESSMENT_EVIDENCE_MAX;
         i++) {
        const struct hit *hit = &work->signs.hits[i];
        const struct term *term = &vocabulary->terms[hit->tag];
        if (term->use == TERM_CONCEPT && vocabulary->concepts[term->index].code[0] != 'F')
            evidence_add(work, hit->negator >= 0 ? denied : affirmed, vocabulary->concepts[term->index].code,
                hit->first, hit->last, 1);
    }
}

static void evidence_rest(struct work *work, const struct place_found *place) {
    for (size_t i = 0; i < work->out->reason_count; i++)
        evidence_add(work, "urgency", work->out->reasons[i], NO_WORD, NO_WORD, 1);
    if (place->by_position)
        evidence_add(work, "place", "position", NO_WORD, NO_WORD, 1);
    if (place->by_declaration)
        evidence_add(work, "place", "declared", NO_WORD, NO_WORD, 1);
    if (place->unknown_declaration)
        evidence_add(work, "place", "declared_unknown", NO_WORD, NO_WORD, 0);
    if (place->by_text)
        evidence_add(work, "place", "text", place->first, place->last, 1);
    for (size_t i = 0; i < work->out->fact_count; i++)
        evidence_add(
            work, "fact", work->out->facts[i].name, work->out->facts[i].first, work->out->facts[i].last, 1);
}

/* ---- the way through */

static bool place_apply(struct work *work, struct place_found *place) {
    const struct report *report = work->report;
    *place = (struct place_found){0};
    if (!work->assessor->places)
        return true;
    const char *declared = report->area && report->area[0] ? report->area : NULL;
    if (!place_find(
            work->assessor->places, work->arena, &work->text, work->names, report->position, declared, place))
        return false;
    struct assessment *out = work->out;
    memcpy(out->area, place->area, sizeof out->area);
    out->area_level = place->level;
    memcpy(out->area_candidates, place->candidates, sizeof out->area_candidates);
    out->area_candidate_count = place->candidate_count;
    return true;
}

static void urgency_apply(struct work *work, struct urgency_found *urgency) {
    const struct vocabulary *vocabulary = work->assessor->vocabulary;
    struct urgency_input input = {.kind = work->kind,
        .kinds = work->kinds,
        .priorities = vocabulary->model ? work->priorities : NULL,
        .known = work->matched,
        .urgent_flag = work->report->urgent,
        .local_hour = work->report->local_hour};
    urgency_find(vocabulary, &work->text, &work->signs, &input, urgency);
    struct assessment *out = work->out;
    memcpy(out->priorities, work->priorities, sizeof out->priorities);
    out->priority = urgency->priority;
    out->possible_danger = urgency->danger;
    out->opens_case = vocabulary->kinds[work->kind].opens_case && urgency->priority != PRIORITY_P4;
    out->reason_count = urgency->reason_count;
    memcpy(out->reasons, urgency->reasons, urgency->reason_count * sizeof out->reasons[0]);
}

bool assess(const struct assessor *assessor, struct arena *arena, const struct report *report,
    struct assessment *out) {
    const struct vocabulary *vocabulary = assessor->vocabulary;
    struct work work = {.assessor = assessor, .arena = arena, .report = report, .out = out};
    struct place_found place;
    struct urgency_found urgency;
    *out = (struct assessment){0};
    if (!text_read(arena, vocabulary->spelling, report->text, report->size, &work.text) ||
        !signs_read(vocabulary, arena, &work.text, &work.signs))
        return false;
    work.names = place_names_read(assessor->places, arena, &work.text);
    const bool *places = work.names ? place_names_mark(work.names, arena, &work.text) : NULL;
    if (places)
        work.features =
            features_read(vocabulary, arena, &work.text, &work.signs, places, NULL, &work.feature_count);
    if (!work.features)
        return false;
    kinds_score(&work);
    kinds_rank(&work);
    confidentiality_find(&work);
    urgency_apply(&work, &urgency);
    if (!place_apply(&work, &place) ||
        !facts_find(vocabulary, arena, &work.text, &work.signs, work.kind, out->facts, &out->fact_count))
        return false;
    review_decide(&work, &urgency);
    evidence_vocabulary(&work);
    evidence_learnt(&work);
    evidence_rest(&work, &place);
    evidence_concepts(&work);
    return !arena_exhausted(arena);
}
