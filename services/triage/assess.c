#include "services/triage/assess.h"

#include "common/rights.h"
#include "services/triage/people.h"
#include "services/triage/victim.h"

#include <math.h>
#include <string.h>

/* The best kind must have this probability, or be ahead of the next by so much, to go on without a person. */
#define CONFIDENT 0.45f
#define AHEAD 0.20f
/* A second kind this likely is worth telling, and strict enough to decide who may see the case. */
#define ALSO 0.20f
/* Without learnt weights: how the points of keywords and combinations become probabilities. */
#define POINTS_TO_LOGIT 0.55f

/* Of what stands behind a turn, judged alone: below this it takes back what was told before, above that it is
 * what happened (see turn_judge). Chosen on reports that were not learnt from (tests/triage/README.md). */
#define TAKEN_BACK_BELOW 0.30f
#define TURNED_TRUE 0.60f
/* P0 and P1 together, from which on "no report" is not believed. */
#define DANGER_IS_A_REPORT 0.5f

#define KIND_OF_CRISIS "odgj_krisis" /* of who wants to die */
/* Of violence, by whom it is done to. */
#define KIND_OF_CHILDREN "kekerasan_anak"
#define KIND_OF_ADULTS "kdrt"

enum {
    NO_WORD = UINT16_MAX,
    NO_TURN = NO_WORD,
    TURN_LEAST_WORDS = 1, /* before the turn */
    TURN_FIRST_WORDS = 6, /* of the end, among which it must say that it was no danger */
    TURN_BYTES_MAX = 400  /* behind it: more is a story of its own, with room for both */
};

struct work {
    const struct assessor *assessor;
    struct arena *arena;
    const struct report *report;
    struct assessment *out;
    const struct reading *reading;
    struct feature *features;
    size_t feature_count;
    struct passages *passages;
    float kinds[KINDS_MAX];       /* probabilities */
    float priorities[PRIORITIES]; /* probabilities, with a model */
    int kind, parent;             /* parent: what a follow-up follows, NO_INDEX for none */
    bool matched;                 /* anything of the vocabulary was found */
    bool taken_back;              /* the scene was told, and then that it was none */
    size_t turn;                  /* the word behind which the end is judged alone; NO_TURN */
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
        work->kinds[i] =
            POINTS_TO_LOGIT * (work->reading->signs.keywords[i] + work->reading->signs.combinations[i]);
}

/* Is there anything in the message that the vocabulary knows, so that the model's guess stands on more than
 * stray words? Facts (F_) are no matter of their own. */
static bool anything_known(const struct vocabulary *vocabulary, const struct signs *signs) {
    for (size_t i = 0; i < vocabulary->kind_count; i++)
        if (signs->keywords[i] > 0 || signs->combinations[i] > 0)
            return true;
    for (size_t i = 0; i < signs->told_count; i++)
        if (signs->concepts[signs->told[i]].affirmed && vocabulary->concepts[signs->told[i]].code[0] != 'F' &&
            !concept_is_for_rules(&vocabulary->concepts[signs->told[i]]))
            return true;
    return false;
}

static bool kinds_score(struct work *work) {
    const struct vocabulary *vocabulary = work->assessor->vocabulary;
    work->matched = anything_known(vocabulary, &work->reading->signs);
    if (!vocabulary->model) {
        kinds_by_points(work);
        softmax(work->kinds, vocabulary->kind_count);
        return true;
    }
    work->passages =
        passages_read(vocabulary, work->arena, &work->reading->text, work->features, work->feature_count);
    if (work->passages)
        passages_judge_all(work->passages, work->kinds, work->priorities);
    return work->passages != NULL;
}

/* ---- what it turns out to be */

static float danger_of(const float priorities[PRIORITIES]) {
    return priorities[PRIORITY_P0] + priorities[PRIORITY_P1];
}

/* The last "ternyata", "jebule", "kironyo" (spellings.h) behind a scene. */
static size_t turn_find(const struct text *text) {
    for (size_t i = text->count; i-- > TURN_LEAST_WORDS;) {
        const struct word *word = &text->words[i];
        if (word_is(word, "ternyata") || word_is(word, "rupanya") || word_is(word, "oalah"))
            return i;
    }
    return NO_TURN;
}

/* What stands behind the turn, judged alone. */
struct ending {
    float kinds[KINDS_MAX], priorities[PRIORITIES];
    bool
        harmless; /* says in its first words what takes a danger back for certain: a drill, a dream, a film */
};

/* "Bukan cuma latihan" takes nothing back, nor does what comes late. */
static bool takes_back(
    const struct vocabulary *vocabulary, const struct text *text, const struct signs *signs) {
    int concept = vocabulary->named[NAMED_TAKEN_BACK];
    if (!signs_have(signs, concept) || signs->concepts[concept].first >= TURN_FIRST_WORDS)
        return false;
    for (size_t i = 0; i < signs->concepts[concept].first; i++)
        if (text->words[i].flags & WORD_NEGATOR)
            return false;
    return true;
}

/* Only the scores; place, facts and rules are those of the whole message. */
static bool ending_score(struct work *work, size_t from, struct ending *out) {
    const struct assessor *assessor = work->assessor;
    const struct text *whole = &work->reading->text;
    struct reading reading;
    size_t count = 0;
    if (!reading_read(assessor, work->arena, whole->bytes + from, whole->size - from, &reading))
        return false;
    const struct feature *features = features_read(
        assessor->vocabulary, work->arena, &reading.text, &reading.signs, reading.places, NULL, &count);
    if (!features)
        return false;
    model_judge(assessor->vocabulary->model, features, count, out->kinds, out->priorities);
    out->harmless = takes_back(assessor->vocabulary, &reading.text, &reading.signs);
    return true;
}

static int likeliest(const float *kinds, size_t count) {
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        best = kinds[i] > kinds[best] ? i : best;
    return (int)best;
}

/* "Semua lari, ibu-ibu nangis, ternyata cuma simulasi": all words of a disaster, and two that take it back.
 * "Kami kira simulasi, ternyata air masuk": the same, the other way round. A sum of words cannot tell them
 * apart, so the end is judged alone as well. It quiets only where it says why, is no report and hardly
 * dangerous itself, and a person still looks. It wakes where the words before it had talked a danger down. */
static bool turn_judge(struct work *work) {
    const struct vocabulary *vocabulary = work->assessor->vocabulary;
    size_t turn = vocabulary->model ? turn_find(&work->reading->text) : NO_TURN;
    struct ending ending;
    work->turn = NO_TURN;
    if (turn == NO_TURN || work->reading->text.size - work->reading->text.words[turn].end > TURN_BYTES_MAX)
        return true;
    float before = danger_of(work->priorities);
    bool none_before = likeliest(work->kinds, vocabulary->kind_count) == vocabulary->no_report;
    bool may_quiet =
        before >= TAKEN_BACK_BELOW && signs_have(&work->reading->signs, vocabulary->named[NAMED_TAKEN_BACK]);
    if (!none_before && !may_quiet)
        return true; /* nothing could change */
    if (!ending_score(work, work->reading->text.words[turn].end, &ending))
        return false;
    float after = danger_of(ending.priorities);
    bool none = likeliest(ending.kinds, vocabulary->kind_count) == vocabulary->no_report;
    work->taken_back = may_quiet && ending.harmless && none && after < TAKEN_BACK_BELOW;
    if (!work->taken_back && !(none_before && !none && after >= TURNED_TRUE))
        return true;
    memcpy(work->kinds, ending.kinds, sizeof work->kinds);
    memcpy(work->priorities, ending.priorities, sizeof work->priorities);
    work->turn = turn;
    return true;
}

/* ---- the likely kinds */

/* "Saya mau mati saja": a film or a joke has to say that it is one; a doubt rings. */
static bool announces_death(const struct work *work) {
    const struct vocabulary *vocabulary = work->assessor->vocabulary;
    const struct signs *signs = &work->reading->signs;
    return signs_have(signs, vocabulary->named[NAMED_OWN_DEATH]) &&
           !signs_have(signs, vocabulary->named[NAMED_IN_JEST]);
}

/* A likely kind, or the least likely of them gives way to it, goes before the others. */
static void kind_first(struct work *work, int kind) {
    struct kind_score *kinds = work->out->kinds;
    const char *code = work->assessor->vocabulary->kinds[kind].code;
    size_t at = 0;
    while (at + 1 < work->out->kind_count && strcmp(kinds[at].kind, code) != 0)
        at++;
    memmove(kinds + 1, kinds, at * sizeof *kinds);
    kinds[0] = (struct kind_score){code, work->kinds[kind]};
    work->kind = kind;
}

/* The two heads agree, or the own death is announced: what is a danger more likely than not is a report, of
 * the next likely kind. Else it would wait, alerted but closed, for somebody to say so. */
static void report_first(struct work *work) {
    const struct vocabulary *vocabulary = work->assessor->vocabulary;
    bool death = announces_death(work);
    if (work->kind != vocabulary->no_report || work->out->kind_count < 2 ||
        (danger_of(work->priorities) < DANGER_IS_A_REPORT && !death))
        return;
    int crisis = death ? vocabulary_kind(vocabulary, KIND_OF_CRISIS) : NO_INDEX;
    kind_first(work, crisis == NO_INDEX ? vocabulary_kind(vocabulary, work->out->kinds[1].kind) : crisis);
}

/* Into its place among the likeliest, behind those that are as likely; the last may fall out. */
static void kind_place(struct assessment *out, struct kind_score score) {
    bool full = out->kind_count == ASSESSMENT_KINDS_MAX;
    if (full && score.score <= out->kinds[ASSESSMENT_KINDS_MAX - 1].score)
        return;
    size_t at = full ? ASSESSMENT_KINDS_MAX - 1 : out->kind_count++;
    for (; at && out->kinds[at - 1].score < score.score; at--)
        out->kinds[at] = out->kinds[at - 1];
    out->kinds[at] = score;
}

/* Violence against an elder is that against adults (PPKS-19), whoever beats: what the words say of a child is
 * said of the elder. */
static void elder_beaten(struct work *work) {
    const struct vocabulary *vocabulary = work->assessor->vocabulary;
    int child = vocabulary_kind(vocabulary, KIND_OF_CHILDREN),
        adult = vocabulary_kind(vocabulary, KIND_OF_ADULTS);
    if (child == NO_INDEX || adult == NO_INDEX || likeliest(work->kinds, vocabulary->kind_count) != child ||
        !victim_is_elder(vocabulary, &work->reading->text, &work->reading->signs, work->reading->places))
        return;
    work->kinds[adult] += work->kinds[child];
    work->kinds[child] = 0;
}

static void kinds_rank(struct work *work) {
    const struct vocabulary *vocabulary = work->assessor->vocabulary;
    for (size_t i = 0; i < vocabulary->kind_count; i++)
        kind_place(work->out, (struct kind_score){vocabulary->kinds[i].code, work->kinds[i]});
    work->kind = likeliest(work->kinds, vocabulary->kind_count);
    report_first(work);
    work->out->kind = vocabulary->kinds[work->kind].code;
    work->out->confidence = work->kinds[work->kind];
}

/* Further kinds, where the report is one at all. What a turn took back or made true is one story. */
static bool also_find(struct work *work) {
    const struct vocabulary *vocabulary = work->assessor->vocabulary;
    struct assessment *out = work->out;
    if (!work->passages || !vocabulary->kinds[work->kind].opens_case || work->turn != NO_TURN)
        return true;
    out->matters = matters_weigh(work->passages, work->arena, &work->reading->signs, work->kinds, work->kind,
        work->assessor->weighs_all ? -INFINITY : 0, &out->matter_count);
    for (size_t i = 0; i < out->matter_count && i < MATTERS_MAX && out->matters[i].sum >= 0; i++)
        out->also[out->also_count++] = vocabulary->kinds[out->matters[i].kind].code;
    return out->matters != NULL;
}

/* The share of a kind that a follow-up speaks of is small: most of its words ask for news. */
#define PARENT_LEAST 0.0005f

/* Who asks after an earlier report says what it was: of the kinds that open cases, and whose own words are
 * there, the likeliest. No victim of its own, so it is none of `also`. */
static void parent_find(struct work *work) {
    const struct vocabulary *vocabulary = work->assessor->vocabulary;
    const struct signs *signs = &work->reading->signs;
    int parent = NO_INDEX;
    bool follows = vocabulary->kinds[work->kind].inherits;
    for (size_t i = 0; follows && i < vocabulary->kind_count; i++)
        if (vocabulary->kinds[i].opens_case && work->kinds[i] >= PARENT_LEAST &&
            (signs->keywords[i] > 0 || signs->combinations[i] > 0) &&
            (parent == NO_INDEX || work->kinds[i] > work->kinds[parent]))
            parent = (int)i;
    work->parent = parent;
    work->out->parent_kind = parent == NO_INDEX ? "" : vocabulary->kinds[parent].code;
}

/* Age and sex that are told where another victim is told of are not those of the main one: then they are not
 * known, and somebody asks. */
static void facts_of_others_drop(struct work *work) {
    struct assessment *out = work->out;
    size_t kept = 0;
    for (size_t i = 0; i < out->fact_count; i++) {
        const struct fact *fact = &out->facts[i];
        bool person = fact_is_of_a_person(fact->name), others = false;
        for (size_t k = 0; k < out->also_count; k++)
            others |= fact->first >= out->matters[k].first && fact->last <= out->matters[k].last;
        if (!person || !others)
            out->facts[kept++] = *fact;
    }
    out->fact_count = kept;
}

/* Where it is among the facts, or how many they are. */
static size_t fact_accusing(const struct assessment *out) {
    size_t at = 0;
    while (at < out->fact_count && strcmp(out->facts[at].name, RIGHTS_CONFLICT_OF_INTEREST) != 0)
        at++;
    return at;
}

/* "Petugas panti menolong anak yang dipukul ayahnya": somebody is told who did it, and is not of them. */
static bool others_did(const struct work *work) {
    static const uint32_t of_them = RELATION_TEACHER | RELATION_TRADE | RELATION_FELLOW;
    const struct reading *reading = work->reading;
    struct people people;
    people_read(&reading->text, reading->places, work->assessor->vocabulary->details, &people);
    return people.doers & ~of_them;
}

/* The vocabulary may have said so already, of words that stand near each other alone. */
static bool accusation_find(struct work *work) {
    const struct reading *reading = work->reading;
    struct assessment *out = work->out;
    bool said;
    if (!accused_find(work->assessor->vocabulary, work->arena, &reading->text, &reading->signs,
            reading->places, &out->accused))
        return false;
    said = fact_accusing(out) < out->fact_count;
    if (said && !out->accused.staff && others_did(work)) {
        out->facts[fact_accusing(out)] = out->facts[out->fact_count - 1];
        out->fact_count--;
        said = false;
    }
    if (!said && (out->accused.staff || *out->accused.offices))
        out->facts[out->fact_count++] = (struct fact){RIGHTS_CONFLICT_OF_INTEREST, "yes", NO_WORD, NO_WORD};
    return true;
}

/* For whoever takes the case on: the playbooks of these kinds too (casework). */
static void fact_also(struct work *work) {
    struct assessment *out = work->out;
    if (!out->also_count)
        return;
    const char *kinds = out->also[0];
    for (size_t i = 1; kinds && i < out->also_count; i++)
        kinds = arena_format(work->arena, "%s %s", kinds, out->also[i]);
    if (kinds)
        out->facts[out->fact_count++] =
            (struct fact){SITE_FACT_ALSO_KINDS, kinds, out->matters[0].first, out->matters[0].last};
}

/* The strictest of the likely kinds: what is shown too early cannot be taken back. */
static void confidentiality_find(struct work *work) {
    const struct vocabulary *vocabulary = work->assessor->vocabulary;
    int strictest = vocabulary->kinds[work->kind].confidentiality;
    for (size_t i = 0; i < vocabulary->kind_count; i++)
        if (work->kinds[i] >= ALSO && vocabulary->kinds[i].confidentiality > strictest)
            strictest = vocabulary->kinds[i].confidentiality;
    for (size_t i = 0; i < work->out->also_count; i++) {
        int also = vocabulary->kinds[work->out->matters[i].kind].confidentiality;
        strictest = also > strictest ? also : strictest;
    }
    if (work->parent != NO_INDEX && vocabulary->kinds[work->parent].confidentiality > strictest)
        strictest = vocabulary->kinds[work->parent].confidentiality;
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
    if (!work->reading->text.count)
        review_set(out, REVIEW_EMPTY);
    if (urgency->human || work->taken_back || (closes && urgency->danger))
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
    if (first >= work->reading->text.count || last >= work->reading->text.count)
        return "";
    *start = work->reading->text.words[first].start;
    *end = work->reading->text.words[last].end;
    if (*end <= *start)
        return "";
    const char *copy = arena_bytes(work->arena, work->report->text + *start, *end - *start);
    return copy ? copy : "";
}

/* What was not told yet. */
static void evidence_add_new(
    struct work *work, const char *what, const char *rule, size_t first, size_t last, float weight) {
    struct assessment *out = work->out;
    if (out->evidence_count == ASSESSMENT_EVIDENCE_MAX)
        return;
    struct evidence *one = &out->evidence[out->evidence_count++];
    *one = (struct evidence){.what = what, .rule = rule, .weight = weight};
    one->words = words_of(work, first, last, &one->start, &one->end);
}

/* what: always one and the same literal for one meaning, so that it is compared as a pointer. */
static void evidence_add(
    struct work *work, const char *what, const char *rule, size_t first, size_t last, float weight) {
    const struct assessment *out = work->out;
    for (size_t i = 0; i < out->evidence_count; i++)
        if (out->evidence[i].what == what &&
            (out->evidence[i].rule == rule || strcmp(out->evidence[i].rule, rule) == 0))
            return;
    evidence_add_new(work, what, rule, first, last, weight);
}

static void evidence_vocabulary(struct work *work) {
    const struct vocabulary *vocabulary = work->assessor->vocabulary;
    for (size_t i = 0; i < work->reading->signs.hit_count; i++) {
        const struct hit *hit = &work->reading->signs.hits[i];
        const struct term *term = &vocabulary->terms[hit->tag];
        if (hit->negator >= 0)
            continue;
        if (term->use == TERM_KEYWORD && term->index == work->kind)
            evidence_add(work, "keyword", term->text, hit->first, hit->last, (float)term->weight);
    }
    for (size_t i = 0; i < work->reading->signs.held_count; i++)
        if (work->reading->signs.held[i]->kind == work->kind)
            evidence_add(work, "combination", work->reading->signs.held[i]->id, NO_WORD, NO_WORD,
                work->reading->signs.held[i]->weight);
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
        if (feature->value < loud || feature->first >= work->reading->text.count)
            continue; /* pieces of words are many, and none of them alone says much */
        float weight = model_weight(model, feature, work->kind);
        if (weight > 0.2f)
            spoken_keep(top, feature, weight);
    }
    for (size_t i = 0; i < WORDS_SHOWN && top[i].feature; i++)
        evidence_add(work, "word", work->reading->text.words[top[i].feature->first].key,
            top[i].feature->first, top[i].feature->last, top[i].weight);
}

/* Where each further kind is told, and what a follow-up follows. */
static void evidence_also(struct work *work) {
    const struct assessment *out = work->out;
    for (size_t i = 0; i < out->also_count; i++)
        evidence_add(
            work, "also", out->also[i], out->matters[i].first, out->matters[i].last, out->matters[i].sum);
    if (work->parent != NO_INDEX)
        evidence_add(work, "parent", out->parent_kind, NO_WORD, NO_WORD, work->kinds[work->parent]);
}

/* What else was understood, as far as there is room. */
static void evidence_concepts(struct work *work) {
    const struct vocabulary *vocabulary = work->assessor->vocabulary;
    bool told[CONCEPTS_MAX][2] = {{false}}; /* affirmed, denied */
    for (size_t i = 0;
         i < work->reading->signs.hit_count && work->out->evidence_count < ASSESSMENT_EVIDENCE_MAX; i++) {
        const struct hit *hit = &work->reading->signs.hits[i];
        const struct term *term = &vocabulary->terms[hit->tag];
        bool denied = hit->negator >= 0;
        if (term->use != TERM_CONCEPT || told[term->index][denied] ||
            vocabulary->concepts[term->index].code[0] == 'F' ||
            concept_is_for_rules(&vocabulary->concepts[term->index]))
            continue;
        told[term->index][denied] = true;
        evidence_add_new(work, denied ? "denied" : "concept", vocabulary->concepts[term->index].code,
            hit->first, hit->last, 1);
    }
}

static void evidence_rest(struct work *work, const struct place_found *place) {
    for (size_t i = 0; i < work->out->reason_count; i++)
        evidence_add(work, "urgency", work->out->reasons[i], NO_WORD, NO_WORD, 1);
    if (work->turn != NO_TURN)
        evidence_add(
            work, "turn", work->taken_back ? "taken_back" : "turned_true", work->turn, work->turn, 1);
    if (place->by_position)
        evidence_add(work, "place", "position", NO_WORD, NO_WORD, 1);
    if (place->position_is_far)
        evidence_add(work, "place", "position_far", NO_WORD, NO_WORD, 0);
    if (place->by_declaration)
        evidence_add(work, "place", "declared", NO_WORD, NO_WORD, 1);
    if (place->unknown_declaration)
        evidence_add(work, "place", "declared_unknown", NO_WORD, NO_WORD, 0);
    if (place->by_text)
        evidence_add(work, "place", "text", place->first, place->last, place->share);
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
    if (!place_find(work->assessor->places, work->arena, &work->reading->text, work->reading->names,
            report->position, declared, place))
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
    uint64_t also = 0;
    for (size_t i = 0; i < work->out->also_count; i++)
        also |= UINT64_C(1) << work->out->matters[i].kind;
    struct urgency_input input = {.kind = work->kind,
        .also = also,
        .kinds = work->kinds,
        .priorities = vocabulary->model ? work->priorities : NULL,
        .known = work->matched,
        .urgent_flag = work->report->urgent,
        .local_hour = work->report->local_hour};
    urgency_find(vocabulary, &work->reading->text, &work->reading->signs, &input, urgency);
    struct assessment *out = work->out;
    out->priority = urgency->priority;
    out->possible_danger = urgency->danger;
    out->own_death = announces_death(work);
    out->opens_case = vocabulary->kinds[work->kind].opens_case && urgency->priority != PRIORITY_P4;
    out->reason_count = urgency->reason_count;
    memcpy(out->reasons, urgency->reasons, urgency->reason_count * sizeof out->reasons[0]);
}

bool reading_read(const struct assessor *assessor, struct arena *arena, const char *text, size_t size,
    struct reading *out) {
    const struct vocabulary *vocabulary = assessor->vocabulary;
    if (!text_read(arena, vocabulary->spelling, text, size, &out->text) ||
        !signs_read(vocabulary, arena, &out->text, &out->signs))
        return false;
    out->names = place_names_read(assessor->places, arena, &out->text);
    out->places = out->names ? place_names_mark(out->names, arena, &out->text) : NULL;
    return out->places != NULL;
}

bool assess(const struct assessor *assessor, struct arena *arena, const struct report *report,
    struct assessment *out) {
    struct reading reading;
    return reading_read(assessor, arena, report->text, report->size, &reading) &&
           assess_reading(assessor, arena, report, &reading, out);
}

/* What it is and where. */
static bool likely_find(struct work *work, struct place_found *place) {
    const struct reading *reading = work->reading;
    *work->out = (struct assessment){0};
    work->features = features_read(work->assessor->vocabulary, work->arena, &reading->text, &reading->signs,
        reading->places, NULL, &work->feature_count);
    if (!work->features || !kinds_score(work) || !turn_judge(work))
        return false;
    elder_beaten(work);
    kinds_rank(work);
    memcpy(work->out->priorities, work->priorities, sizeof work->priorities);
    return place_apply(work, place);
}

bool assess_briefly(const struct assessor *assessor, struct arena *arena, const struct report *report,
    const struct reading *reading, struct assessment *out) {
    struct work work = {
        .assessor = assessor, .arena = arena, .report = report, .out = out, .reading = reading};
    struct place_found place;
    return likely_find(&work, &place) && !arena_exhausted(arena);
}

bool assess_reading(const struct assessor *assessor, struct arena *arena, const struct report *report,
    const struct reading *reading, struct assessment *out) {
    const struct vocabulary *vocabulary = assessor->vocabulary;
    struct work work = {
        .assessor = assessor, .arena = arena, .report = report, .out = out, .reading = reading};
    struct place_found place;
    struct urgency_found urgency;
    if (!likely_find(&work, &place) || !also_find(&work))
        return false;
    parent_find(&work);
    confidentiality_find(&work);
    urgency_apply(&work, &urgency);
    if (!facts_find(
            vocabulary, arena, &reading->text, &reading->signs, work.kind, out->facts, &out->fact_count))
        return false;
    facts_of_others_drop(&work);
    if (!accusation_find(&work))
        return false;
    review_decide(&work, &urgency);
    evidence_vocabulary(&work);
    evidence_learnt(&work);
    evidence_also(&work);
    evidence_rest(&work, &place);
    evidence_concepts(&work);
    fact_also(&work); /* its evidence is told kind by kind */
    return !arena_exhausted(arena);
}
