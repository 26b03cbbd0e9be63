/* Facts come from three places: concepts whose code is F_<fact>.<value> in signals.yaml, the numbers that
 * stand with an age, and the notation of field notes ("L/14", "P 68 th"). */
#include "services/triage/facts.h"

#include "services/triage/people.h"

#include <string.h>

bool fact_is_of_a_person(const char *name) {
    static const char *const of_a_person[] = {"age", "age_band", "sex"};
    for (size_t i = 0; i < sizeof of_a_person / sizeof *of_a_person; i++)
        if (strcmp(name, of_a_person[i]) == 0)
            return true;
    return false;
}

struct finder {
    const struct vocabulary *vocabulary;
    struct arena *arena;
    const struct text *text;
    const struct signs *signs;
    struct fact *out;
    size_t count;
    const char *kind; /* its code, NULL for none */
};

static bool fact_known(const struct finder *finder, const char *name) {
    for (size_t i = 0; i < finder->count; i++)
        if (strcmp(finder->out[i].name, name) == 0)
            return true;
    return false;
}

/* The first word on a fact stands; a report that says both is rare and a person reads it anyway. */
static void fact_add(struct finder *finder, const char *name, const char *value, size_t first, size_t last) {
    if (finder->count < FACTS_FOUND_MAX && !fact_known(finder, name))
        finder->out[finder->count++] = (struct fact){name, value, (uint16_t)first, (uint16_t)last};
}

/* ---- age and sex */

static bool before_span_of_time(const struct text *text, size_t at) {
    static const char *const spans[] = {"sudah", "selama", "hampir", "lebih", "sejak", "tiap", "kurang",
        "baru", "dalam", "sekitar", "sampai", "ada", NULL};
    static const char *const after[] = {"lalu", "kemarin", "lagi", "terakhir", "silam", "dipasung",
        "dirantai", "dikurung", "tidak", "pacaran", "menikah", "nikah", "penjara", "kerja", "sejak", NULL};
    const struct word *before = word_at(text, at, -1), *next = word_at(text, at, 2);
    return (before && word_is_one_of(before, spans)) || (next && word_is_one_of(next, after));
}

/* How sure the number at `at` is an age: "umur 14" 3, "L/14" 2, "14 tahun" 1, 0 when it is none. */
static int age_sureness(const struct text *text, size_t at) {
    static const char *const ages[] = {"umur", "berumur", "berusia", "umuran", NULL};
    const struct word *word = &text->words[at], *before = word_at(text, at, -1), *next = word_at(text, at, 1);
    if (!(word->flags & WORD_NUMBER) || word->number > 115)
        return 0;
    if (before && (word_is_one_of(before, ages) ||
                      (word_is_one_of(text->words + at - 1,
                           (const char *const[]){"sekitar", "kira", "baru", "masih", NULL}) &&
                          at >= 2 && word_is_one_of(&text->words[at - 2], ages))))
        return next && (word_is(next, "bulan") || word_is(next, "hari") || word_is(next, "mingu")) ? 0 : 3;
    if (before && (word_is(before, "l") || word_is(before, "p") || word_is(before, "perempuan")) &&
        word->number > 0 && word->end - word->start <= 3)
        return 2;
    if (next && (word_is(next, "tahun") || word_is(next, "tahunan")) && !before_span_of_time(text, at))
        return 1;
    return 0;
}

static void age_find(struct finder *finder) {
    int best = 0;
    size_t at = 0;
    for (size_t i = 0; i < finder->text->count; i++) {
        int sureness = age_sureness(finder->text, i);
        if (sureness > best) {
            best = sureness;
            at = i;
        }
    }
    if (best) {
        char *value = arena_format(finder->arena, "%d", finder->text->words[at].number);
        if (value)
            fact_add(finder, "age", value, at, at);
        return;
    }
    static const struct {
        enum named_concept concept;
        const char *band;
    } bands[] = {{NAMED_TODDLER, "0-5"}, {NAMED_OLDER_PERSON, "60-"}, {NAMED_CHILD, "0-17"}};
    for (size_t i = 0; i < sizeof bands / sizeof bands[0]; i++) {
        int concept = finder->vocabulary->named[bands[i].concept];
        if (signs_have(finder->signs, concept)) {
            size_t word = finder->signs->concepts[concept].first;
            fact_add(finder, "age_band", bands[i].band, word, word);
            return;
        }
    }
}

/* "L/14", "P 68 th", "(L, 69)". */
static void sex_notation(struct finder *finder) {
    const struct text *text = finder->text;
    for (size_t i = 0; i + 1 < text->count; i++) {
        const struct word *word = &text->words[i];
        bool letter = word->key_size == 1 && word->flags & WORD_CAPITAL;
        if (letter && text->words[i + 1].flags & WORD_NUMBER && (word->key[0] == 'l' || word->key[0] == 'p'))
            fact_add(finder, "sex", word->key[0] == 'l' ? "L" : "P", i, i + 1);
    }
}

/* ---- facts by concept */

/* Another concept of the same fact is affirmed too. */
static bool said_otherwise(const struct finder *finder, size_t concept, size_t name_size) {
    const char *code = finder->vocabulary->concepts[concept].code;
    for (size_t i = 0; i < finder->signs->told_count; i++) {
        size_t other = finder->signs->told[i];
        if (other != concept && finder->signs->concepts[other].affirmed &&
            strncmp(finder->vocabulary->concepts[other].code, code, name_size + 1) == 0)
            return true;
    }
    return false;
}

/* A wound is a fact of its own only where a rule asks for it. */
static bool fits_kind(const struct finder *finder, const char *fact) {
    bool leprosy = strncmp(fact, "reaction_or_wound.", 18) == 0 || strncmp(fact, "social_need.", 12) == 0;
    return !leprosy || (finder->kind && strcmp(finder->kind, "kusta") == 0);
}

/* "Mbah Slamet" may be a man: it tells no sex. */
static bool only_mbah(const struct finder *finder, size_t concept) {
    const struct signs *signs = finder->signs;
    for (size_t i = 0; i < signs->hit_count; i++) {
        const struct hit *hit = &signs->hits[i];
        const struct term *term = &finder->vocabulary->terms[hit->tag];
        bool of_it = term->use == TERM_CONCEPT && (size_t)term->index == concept && hit->negator < 0;
        if (of_it &&
            (hit->first != hit->last || !people_says_mbah(finder->text, &finder->text->words[hit->first])))
            return false;
    }
    return true;
}

/* F_family_consent.yes: the last part is the value, the rest the name. A fact that is said both ways stays
 * unknown. */
static void concept_fact(struct finder *finder, size_t concept) {
    const char *code = finder->vocabulary->concepts[concept].code;
    const char *value = code[0] == 'F' && code[1] == '_' ? strchr(code, '.') : NULL;
    if (!value || value == code + 2 || said_otherwise(finder, concept, (size_t)(value - code)))
        return;
    if (!fits_kind(finder, code + 2))
        return;
    if (strncmp(code, "F_sex.", 6) == 0 && only_mbah(finder, concept))
        return;
    size_t size = (size_t)(value - code - 2);
    char *name = arena_bytes(finder->arena, code + 2, size);
    size_t word = finder->signs->concepts[concept].first;
    if (name)
        fact_add(finder, name, value + 1, word, word);
}

bool facts_find(const struct vocabulary *vocabulary, struct arena *arena, const struct text *text,
    const struct signs *signs, int kind, struct fact out[FACTS_FOUND_MAX], size_t *count) {
    struct finder finder = {vocabulary, arena, text, signs, out, 0, NULL};
    finder.kind = kind == NO_INDEX ? NULL : vocabulary->kinds[kind].code;
    age_find(&finder);
    sex_notation(&finder);
    for (size_t i = 0; i < signs->told_count; i++)
        if (signs->concepts[signs->told[i]].affirmed)
            concept_fact(&finder, signs->told[i]);
    *count = finder.count;
    return !arena_exhausted(arena);
}
