#include "services/triage/victim.h"

#include "services/triage/people.h"

enum {
    ELDER_LEAST = 50, /* as people.c says of "kakek" */
    ELDER_AGE = 60,
    CHILD_MOST = 17, /* years */
    NEXT_WORDS = 3   /* behind "anaknya", where it is told that it was done to them */
};

/* "Saya, kakeknya" tells who writes. */
static bool is_reporter(const struct text *text, const struct person *person) {
    const struct word *before = word_at(text, person->word, -1);
    return person->relative && before && word_is(before, "saya");
}

static bool is_elder(const struct text *text, const struct details *details, const struct person *person) {
    bool old = person->aged ? person->age >= ELDER_AGE : person->youngest >= ELDER_LEAST;
    return old && !person->doer && !is_reporter(text, person) && people_suffered(text, details, person->word);
}

static bool elder_alone(const struct text *text, const struct details *details, const struct people *people) {
    bool elder = false;
    for (size_t i = 0; i < people->count; i++) {
        const struct person *person = &people->persons[i];
        elder |= is_elder(text, details, person);
        if (!person->doer && person->aged && person->age <= CHILD_MOST)
            return false;
    }
    return elder;
}

/* "Anaknya" of an elder is grown, unless something was done to them: "memukul anaknya", "anaknya dipukuli".
 */
static bool is_grown_child(const struct text *text, size_t at) {
    static const char *const of_somebody[] = {"anaknya", "anake", "anakne", "ana'na", "anaknyo", NULL};
    const struct word *before = word_at(text, at, -1);
    if (!word_is_one_of(&text->words[at], of_somebody) || (before && people_word_is_active(before)))
        return false;
    for (long ahead = 1; ahead <= NEXT_WORDS; ahead++) {
        const struct word *word = word_at(text, at, ahead);
        if (word && word->clause == text->words[at].clause && people_word_is_passive(word))
            return false;
    }
    return true;
}

static bool is_child_sign(const struct vocabulary *vocabulary, const struct hit *hit) {
    const struct term *term = &vocabulary->terms[hit->tag];
    return term->use == TERM_CONCEPT && hit->negator < 0 &&
           (term->index == vocabulary->named[NAMED_CHILD] || term->index == vocabulary->named[NAMED_TODDLER]);
}

bool victim_is_elder(const struct vocabulary *vocabulary, const struct text *text, const struct signs *signs,
    const bool *places) {
    struct people people;
    people_read(text, places, vocabulary->details, &people);
    if (!elder_alone(text, vocabulary->details, &people))
        return false;
    for (size_t i = 0; i < signs->hit_count; i++) {
        size_t at = signs->hits[i].first;
        if (is_child_sign(vocabulary, &signs->hits[i]) && !is_grown_child(text, at) &&
            !people_did(text, vocabulary->details, at))
            return false;
    }
    return true;
}
