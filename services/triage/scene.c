#include "services/triage/scene.h"

#include "services/triage/rarity.h"
#include "services/triage/stem.h"

#include <string.h>

enum { CHILDREN_MOST = 12 };
#define UNHEARD 0.999f

/* ---- numbers */

/* People are counted by many words, and things by words that say nothing. */
static const struct word *counted_what(const struct text *text, size_t at, char out[WORD_KEY_MAX]) {
    static const char *const things[] = {"unit", "buah", "pcs", NULL};
    static const char *const people[] = {
        "orang", "jiwa", "warga", "korban", "nyawa", "penduduk", "angota", "penumpang", "pengungsi", NULL};
    static const char *const children[] = {"anak", "saudara", "bersaudara", "bocil", NULL};
    const struct word *word = word_at(text, at, 1);
    if (word && word_is_one_of(word, things) && word_at(text, at, 2))
        word = word_at(text, at, 2);
    if (word && word_is_one_of(word, people))
        strcpy(out, "orang");
    else if (word && word_is_one_of(word, children))
        strcpy(out, "anak");
    else if (word)
        stem(word->key, word->key_size, out);
    return word;
}
/* "anaknya lima", "bocah papat": the number stands behind, where nothing else can be counted. */
static bool counted_before(const struct text *text, size_t at, char out[WORD_KEY_MAX]) {
    static const char *const children[] = {"anak", "anaknya", "anake", "anaku", "bocil", NULL};
    const struct word *word = &text->words[at], *left = word_at(text, at, -1), *next = word_at(text, at, 1);
    bool ends = !next || next->clause != word->clause ||
                word_is_one_of(next, (const char *const[]){"yang", "masih", "kecil", "belum", NULL});
    if (!left || left->clause != word->clause || !word_is_one_of(left, children) || !ends ||
        word->number > CHILDREN_MOST)
        return false;
    strcpy(out, "anak");
    return true;
}

/* "3 rumah" is; "jam 3", an age and a year are not: those are told differently each time. */
static void counted_take(struct scene *scene, size_t at) {
    static const char *const never[] = {"jam", "menit", "tahun", "tahunan", "x", "m", "tahap", NULL};
    static const char *const amounts[] = {"hari", "malam", "mingu", "bulan", "kali", "ribu", "juta", "km",
        "meter", "cm", "kg", "kilo", "persen", NULL};
    char what[WORD_KEY_MAX];
    const struct word *word = &scene->text.words[at], *next = counted_what(&scene->text, at, what);
    bool before = counted_before(&scene->text, at, what);
    bool behind =
        next && !(next->flags & WORD_NUMBER) && !word_is_one_of(next, never) && word->clause == next->clause;
    if ((!before && !behind) || word->number > 500 || word->number < 2 || scene->counted_count == COUNTS_MAX)
        return;
    struct counted *counted = &scene->counted[scene->counted_count++];
    counted->number = word->number;
    counted->what = word_beginning(what);
    counted->amount = !before && word_is_one_of(next, amounts);
}

/* ---- words */

/* Of who calls only where that is counts: "Satpam Pasar Mojosari". */
static void details_take(
    const struct details *known, struct scene *scene, const uint16_t *details, size_t count, bool caller) {
    for (size_t i = 0; i < count; i++) {
        uint16_t detail = details[i] & DETAIL_ROW;
        if (caller && details_class(known, detail) != DETAIL_SURROUNDING)
            continue;
        details_add(&scene->loose, detail);
        if (detail == details[i])
            details_add(&scene->details, detail);
    }
}

static void telling_details(struct telling *telling, const uint16_t *details, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!(details[i] & DETAIL_LOOSELY) && telling->detail_count < DETAILS_OF_WORD)
            telling->details[telling->detail_count++] = details[i];
}

static void telling_take(
    const struct assessor *assessor, struct scene *scene, size_t at, bool place, bool name) {
    const struct word *word = &scene->text.words[at];
    bool caller = at < scene->caller;
    char out[WORD_KEY_MAX];
    stem(word->key, word->key_size, out);
    uint16_t details[DETAILS_FOUND];
    size_t count = place && word->flags & WORD_CAPITAL
                       ? 0
                       : details_find(assessor->vocabulary->details, word, out, details);
    details_take(assessor->vocabulary->details, scene, details, count,
        caller || place); /* "di gudang" is one, though Gudang is a village */
    uint64_t beginning = word_beginning(out);
    for (size_t i = 0; i < scene->telling_count; i++)
        if (scene->telling[i].beginning == beginning && strcmp(scene->telling[i].stem, out) == 0) {
            scene->telling[i].caller &= caller;
            return;
        }
    if (scene->telling_count == TELLING_MAX)
        return;
    struct telling *telling = &scene->telling[scene->telling_count++];
    strcpy(telling->stem, out);
    telling->beginning = beginning;
    telling->rarity = rarity_of(assessor->vocabulary->rarity, out);
    telling->place = place;
    telling->name = name;
    telling->caller = caller;
    telling->detail_count = 0;
    telling_details(telling, details, place ? 0 : count);
}

static void pair_take(const struct assessor *assessor, struct scene *scene, size_t at) {
    uint16_t details[DETAILS_FOUND];
    const struct word *word = &scene->text.words[at], *next = word_at(&scene->text, at, 1);
    if (!next || next->sentence != word->sentence)
        return;
    size_t count = details_find_pair(assessor->vocabulary->details, word, next, details);
    details_take(assessor->vocabulary->details, scene, details, count, at < scene->caller);
}

/* A word that no other report has, beside a place or behind "di": the name of a smaller place, "bundaran
 * Mangli". */
static bool names_place(
    const struct assessor *assessor, const struct scene *scene, const bool *places, size_t at) {
    static const char *const before[] = {"di", "ke", "dari", "kecamatan", "desa", "dusun", "jalan", "gang",
        "kabupaten", "kota", "kampung", "pasar", "terminal", "stasiun", "perumahan", NULL};
    char out[WORD_KEY_MAX];
    const struct word *word = &scene->text.words[at], *left = word_at(&scene->text, at, -1);
    bool beside = (at && places[at - 1]) || (at + 1 < scene->text.count && places[at + 1]);
    stem(word->key, word->key_size, out);
    return (beside || (left && word_is_one_of(left, before))) &&
           rarity_of(assessor->vocabulary->rarity, out) >= UNHEARD;
}

static void words_take(const struct assessor *assessor, const bool *places, struct scene *scene) {
    scene->caller = identity_caller(&scene->text);
    identity_read(&scene->text, places, assessor->vocabulary->rarity, &scene->identity);
    people_read(&scene->text, places, assessor->vocabulary->details, &scene->people);
    for (size_t i = 0; i < scene->text.count; i++) {
        const struct word *word = &scene->text.words[i];
        pair_take(assessor, scene, i);
        if (word->flags & WORD_NUMBER)
            counted_take(scene, i);
        else if (word->key_size >= 2)
            telling_take(assessor, scene, i, places[i],
                identity_is_name(&scene->identity, i) || names_place(assessor, scene, places, i));
    }
}

bool scene_make(const struct assessor *assessor, struct arena *arena, const struct reading *reading,
    const struct assessment *said, struct scene *out) {
    size_t most = reading->text.count < TELLING_MAX ? reading->text.count : TELLING_MAX;
    *out = (struct scene){.said = *said, .text = reading->text, .signs = reading->signs};
    out->telling = arena_take(arena, most * sizeof *out->telling);
    if (!out->telling)
        return false;
    words_take(assessor, reading->places, out);
    return true;
}

bool scene_read(
    const struct assessor *assessor, struct arena *arena, const struct report *report, struct scene *out) {
    struct reading reading;
    struct assessment said;
    return reading_read(assessor, arena, report->text, report->size, &reading) &&
           assess_briefly(assessor, arena, report, &reading, &said) &&
           scene_make(assessor, arena, &reading, &said, out);
}
