/* The answers to where it happened that the names of a message allow: names that agree ("Ngrayun",
 * "Ponorogo") are one. Which of them it is, place_choose.c says. */
#include "services/triage/place_parts.h"

#include <string.h>

/* What a name proves at least to be an answer, and how far behind its best place another one may be. */
#define ANSWER_LEAST 0.5f
#define ANSWER_BEHIND 1.0f

bool place_name_is_mere_word(const struct place_name *name) {
    return name->word && (!name->capital || name->opens) && !name->beside &&
           (name->marker == MARKER_NONE || name->marker == MARKER_IN || name->marker == MARKER_STREET);
}

/* At which level answers differ, and the answer that they are part of; NULL: of all. */
struct scope {
    enum area_level level;
    const struct place_answer *within;
};

bool place_answer_holds(const struct place_answer *answer, const char *code) {
    for (size_t i = 0; i < answer->area_count; i++)
        if (area_within(code, answer->areas[i]))
            return true;
    return false;
}

static bool may_answer(const struct place_choice *choice, float best_of_name, const struct scope *scope) {
    return choice->weight >= ANSWER_LEAST && choice->weight > best_of_name - ANSWER_BEHIND &&
           area_level(choice->code) >= scope->level &&
           (!scope->within ||
               (place_answer_holds(scope->within, choice->code) && !place_name_is_mere_word(choice->name)));
}

static void area_add(struct place_answer *answer, const char *area, float proof) {
    size_t at = 0;
    while (at < answer->area_count && strcmp(answer->areas[at], area) != 0)
        at++;
    if (at == PLACE_CANDIDATES_MAX)
        return;
    if (at == answer->area_count) {
        memcpy(answer->areas[answer->area_count++], area, sizeof answer->areas[0]);
        answer->proofs[at] = 0;
    }
    answer->proofs[at] = answer->proofs[at] > proof ? answer->proofs[at] : proof;
}

bool place_answer_has(const struct place_answer *answer, const char *area) {
    for (size_t i = 0; i < answer->area_count; i++)
        if (strcmp(answer->areas[i], area) == 0)
            return true;
    return false;
}

static void answer_join(struct place_answer *answer, const struct place_answer *other) {
    answer->names |= other->names;
    answer->deepest = answer->deepest > other->deepest ? answer->deepest : other->deepest;
    for (size_t i = 0; i < other->area_count; i++)
        area_add(answer, other->areas[i], other->proofs[i]);
}

/* Whether a name of one answer is also that of a place of the other, which its own place was merged with: in
 * "Pare, Kediri" the city of that name is no answer beside the regency. */
static bool may_mean(const struct place_index *index, const struct place_names *names,
    const struct place_answer *one, const struct place_answer *other) {
    for (size_t i = 0; i < names->count; i++)
        for (uint32_t at = one->names >> i & 1 ? names->names[i].entries : 0; at;
             at = index->entries[at].next)
            if (index->entries[at].level != AREA_VILLAGE && !index->entries[at].hint &&
                place_answer_holds(other, index->entries[at].code))
                return true;
    return false;
}

static bool answers_agree(const struct place_index *index, const struct place_names *names,
    const struct place_answer *one, const struct place_answer *other) {
    if (one->names & other->names || may_mean(index, names, one, other) || may_mean(index, names, other, one))
        return true;
    for (size_t i = 0; i < other->area_count; i++)
        if (place_answer_has(one, other->areas[i]))
            return true;
    return false;
}

/* One more, which may make one of several. */
static size_t answer_add(const struct place_index *index, const struct place_names *names,
    struct place_answer *answers, size_t count, struct place_answer one) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (answers_agree(index, names, &answers[i], &one))
            answer_join(&one, &answers[i]);
        else
            answers[kept++] = answers[i];
    if (kept < PLACE_ANSWERS_MAX)
        answers[kept++] = one;
    return kept;
}

static struct place_answer answer_of(const struct place_choice *choice, size_t name, enum area_level level) {
    struct place_answer one = {.names = 1ull << name, .deepest = area_level(choice->code)};
    char area[AREA_TEXT + 1];
    area_cut(choice->code, level, area);
    area_add(&one, area, choice->weight);
    return one;
}

/* Whether a name that proves little by itself belongs to an answer: "saya di Malang ... ke Dampit". */
static bool is_of_answer(
    const struct place_index *index, const struct place_name *name, const struct place_answer *answer) {
    char first[AREA_TEXT + 1] = "", regency[AREA_TEXT + 1];
    bool one = false, several = false;
    if (name->word && !name->capital)
        return false;
    for (uint32_t at = name->entries; at; at = index->entries[at].next) {
        const struct place_entry *entry = &index->entries[at];
        if (entry->level == AREA_VILLAGE || entry->level < AREA_REGENCY || entry->hint)
            continue;
        area_cut(entry->code, AREA_REGENCY, regency);
        several = several || (first[0] && strcmp(first, regency) != 0);
        memcpy(first, regency, sizeof first);
        one = one || place_answer_has(answer, regency);
    }
    return one && !several;
}

static void weak_names_join(const struct place_index *index, const struct place_names *names,
    struct place_answer *answers, size_t count) {
    uint64_t taken = 0;
    for (size_t i = 0; i < count; i++)
        taken |= answers[i].names;
    for (size_t at = 0; at < names->count; at++)
        for (size_t i = 0; i < count && !(taken >> at & 1); i++)
            if (is_of_answer(index, &names->names[at], &answers[i])) {
                answers[i].names |= 1ull << at;
                taken |= 1ull << at;
            }
}

static size_t answers_read(const struct place_index *index, const struct place_names *names,
    const struct place_choice *choices, size_t count, const struct scope *scope,
    struct place_answer out[PLACE_ANSWERS_MAX]) {
    float best[PLACE_NAMES_MAX] = {0};
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        float *of_name = &best[choices[i].name - names->names];
        *of_name = *of_name > choices[i].weight ? *of_name : choices[i].weight;
    }
    for (size_t i = 0; i < count; i++) {
        size_t name = (size_t)(choices[i].name - names->names);
        if (may_answer(&choices[i], best[name], scope))
            used = answer_add(index, names, out, used, answer_of(&choices[i], name, scope->level));
    }
    return used;
}

size_t place_answers_read(const struct place_index *index, const struct place_names *names,
    const struct place_choice *choices, size_t count, struct place_answer out[PLACE_ANSWERS_MAX]) {
    const struct scope regencies = {AREA_REGENCY, NULL};
    size_t used = answers_read(index, names, choices, count, &regencies, out);
    weak_names_join(index, names, out, used);
    return used;
}

size_t place_answers_read_within(const struct place_index *index, const struct place_names *names,
    const struct place_choice *choices, size_t count, const struct place_answer *within,
    struct place_answer out[PLACE_ANSWERS_MAX]) {
    const struct scope districts = {AREA_DISTRICT, within};
    return answers_read(index, names, choices, count, &districts, out);
}
