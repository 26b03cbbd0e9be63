#include "services/triage/accuse.h"

#include "common/institutions.h"
#include "common/site.h"
#include "services/triage/people.h"

#include <string.h>

enum {
    DOES_REACH = 8, /* words between somebody and what he does: "pengurus panti di Batu itu sering memukul" */
    BY_REACH = 6,   /* words between a wrong and "oleh" */
    ELSEWHERE_REACH = 3 /* "guru SMP", "sopir truk" */
};

/* What a word is part of: bits by enum concept_part. */
struct scene_of_wrong {
    const struct vocabulary *vocabulary;
    struct arena *arena;
    const struct text *text;
    const struct signs *signs;
    const bool *places;
    uint8_t *marks;
    struct accused *out;
};

static enum concept_part part_of(const struct scene_of_wrong *scene, const struct hit *hit) {
    const struct term *term = &scene->vocabulary->terms[hit->tag];
    bool said = term->use == TERM_CONCEPT && hit->negator < 0;
    return said ? scene->vocabulary->concepts[term->index].part : PART_NONE;
}

static bool marked(const struct scene_of_wrong *scene, size_t at, enum concept_part part) {
    return scene->marks[at] >> part & 1;
}

static void marks_set(struct scene_of_wrong *scene) {
    for (size_t i = 0; i < scene->signs->hit_count; i++) {
        const struct hit *hit = &scene->signs->hits[i];
        enum concept_part part = part_of(scene, hit);
        for (size_t at = hit->first; part && at <= hit->last; at++)
            scene->marks[at] |= (uint8_t)(1u << part);
    }
}

/* "Laporan Tagana pukul 11.00" tells the hour. */
static bool is_hour(const struct text *text, size_t at) {
    const struct word *next = word_at(text, at, 1);
    return word_is(&text->words[at], "pukul") && next && next->flags & WORD_NUMBER;
}

static bool is_wrong(const struct scene_of_wrong *scene, size_t at) {
    return (marked(scene, at, PART_WRONG) && !is_hour(scene->text, at)) ||
           marked(scene, at, PART_WRONG_ANY_FORM);
}

static bool same_sentence(const struct text *text, size_t a, size_t b) {
    return text->words[a].sentence == text->words[b].sentence;
}

/* Somebody else who may have done it: "petugas menolong ibu yang ...", but "panti asuhan anak". */
static bool is_somebody_else(const struct scene_of_wrong *scene, size_t at) {
    static const char *const named[] = {"asuhan", "perlindungan", "petirahan", "pelayanan", "rumah", NULL};
    const struct word *before = word_at(scene->text, at, -1);
    bool of_name = before && (marked(scene, at - 1, PART_INSTITUTION) || word_is_one_of(before, named));
    return !of_name && !scene->marks[at] && people_relation(scene->text, at);
}

/* Another verb, of which he is the doer instead: "melaporkan", "mengantar". By its form, and where it has
 * none. */
static bool is_other_verb(const struct scene_of_wrong *scene, size_t at) {
    static const char *const bare[] = {"lapor", "bawa", "antar", "bantu", "tolong", "jemput", "lihat", "liat",
        "bilang", "terima", "cek", "datang", "dengar", "tahu", "kata", "minta", "ajak", "suruh", NULL};
    static const char *const no_verb[] = {
        "melakukan", "mencoba", "memang", "mulai", "masih", "malah", "memaksa", "menit", NULL};
    const struct word *word = &scene->text->words[at];
    if (word_is_one_of(word, bare))
        return true;
    bool formed =
        word->key_size > 5 && word->key[0] == 'm' && word->key[1] == 'e' && strchr("mnlrw", word->key[2]);
    return formed && !scene->places[at] && !word_is_one_of(word, no_verb);
}

/* "Mengikat dan memukul": both are his. */
static bool goes_on(const struct scene_of_wrong *scene, size_t at) {
    static const char *const and[] = {"dan", "lalu", "sambil", "serta", "kemudian", "terus", NULL};
    const struct word *next = word_at(scene->text, at, 1);
    return next && word_is_one_of(next, and);
}

/* "Kepala panti menampar": a thing that a wrong is done with is no verb, but "melakukan kekerasan". */
static bool is_done_by_him(const struct scene_of_wrong *scene, size_t at) {
    static const char *const does[] = {"melakukan", "lakukan", "ngelakukan", "mencoba", "memaksa", NULL};
    const struct word *before = word_at(scene->text, at, -1);
    return is_wrong(scene, at) &&
           (marked(scene, at, PART_WRONG_ANY_FORM) || people_word_is_active(&scene->text->words[at]) ||
               word_is_one_of(before, does));
}

static bool does_it(const struct scene_of_wrong *scene, size_t last) {
    const struct text *text = scene->text;
    for (size_t at = last + 1; at < text->count && at <= last + DOES_REACH; at++) {
        if (text->words[at].clause != text->words[last].clause || people_word_is_passive(&text->words[at]))
            return false;
        if (is_done_by_him(scene, at))
            return true;
        if (is_somebody_else(scene, at) || (is_other_verb(scene, at) && !goes_on(scene, at)))
            return false;
    }
    return false;
}

/* What stands between a wrong and who did it: "ditampar salah satu oknum pegawai". */
static size_t before_title(const struct text *text, size_t first) {
    static const char *const titles[] = {"pak", "bu", "bapak", "ibu", "mas", "mbak", "si", "oknum", "para",
        "seorang", "salah", "1", "kedua", "beberapa", "lagi", "terus", "sendiri", "kembali", NULL};
    while (first && text->words[first - 1].clause == text->words[first].clause &&
           word_is_one_of(&text->words[first - 1], titles))
        first--;
    return first;
}

/* The nearest verb before "oleh" is the wrong: "dipukul suami lalu dijemput oleh petugas" is none of his. */
static bool wrong_is_before(const struct scene_of_wrong *scene, size_t by, bool only_passive) {
    const struct text *text = scene->text;
    for (size_t back = 1; back <= BY_REACH && back <= by && same_sentence(text, by - back, by); back++) {
        const struct word *word = &text->words[by - back];
        if (is_wrong(scene, by - back))
            return !only_passive || people_word_is_passive(word);
        if ((people_word_is_passive(word) && !word_is(word, "dilakukan")) ||
            (only_passive && is_somebody_else(scene, by - back)))
            return false;
    }
    return false;
}

/* "Oleh petugas dibawa ke rumah sakit": what he did stands behind. */
static bool does_something_else(const struct scene_of_wrong *scene, size_t last) {
    const struct word *next = word_at(scene->text, last, 1);
    return next && people_word_is_passive(next) && !is_wrong(scene, last + 1);
}

static bool done_by(const struct scene_of_wrong *scene, size_t first, size_t last) {
    static const char *const by[] = {
        "oleh", "dening", "olih", "pelaku", "pelakunya", "pelakune", "terduga", "terlapor", NULL};
    static const char *const with[] = {
        "sama", "karo", "dengan", "mbek", "ambek", "ambi", "ambik", "dek", NULL};
    size_t from = before_title(scene->text, first);
    const struct word *word = word_at(scene->text, from, -1);
    if (!word || !same_sentence(scene->text, from - 1, first) || does_something_else(scene, last))
        return false;
    if (word_is_one_of(word, by))
        return wrong_is_before(scene, from - 1, false);
    if (word_is_one_of(word, with))
        return wrong_is_before(scene, from - 1, true);
    return is_wrong(scene, from - 1) && people_word_is_passive(word) &&
           word->clause == scene->text->words[first].clause;
}

/* ---- of whom */

static bool works_elsewhere(const struct scene_of_wrong *scene, size_t last) {
    for (size_t at = last + 1; at < scene->text->count && at <= last + ELSEWHERE_REACH; at++) {
        if (marked(scene, at, PART_INSTITUTION))
            return false;
        if (marked(scene, at, PART_ELSEWHERE))
            return true;
    }
    return false;
}

/* "Rumahnya dekat PPSPA" is nobody's work. */
static bool is_only_near(const struct scene_of_wrong *scene, size_t at) {
    static const char *const near[] = {"dekat", "sebelah", "depan", "samping", "seberang", "belakang", NULL};
    for (long back = 1; back <= 2; back++) {
        const struct word *word = word_at(scene->text, at, -back);
        if (word && word_is_one_of(word, near))
            return true;
    }
    return false;
}

/* An institution in the same sentence or one of the two around it. */
static bool is_of_institution(const struct scene_of_wrong *scene, size_t who) {
    uint16_t sentence = scene->text->words[who].sentence;
    for (size_t at = 0; at < scene->text->count; at++) {
        int apart = scene->text->words[at].sentence - sentence;
        if (apart >= -1 && apart <= 1 && marked(scene, at, PART_INSTITUTION) && !is_only_near(scene, at))
            return true;
    }
    return false;
}

static void accuse(struct scene_of_wrong *scene, const struct hit *hit) {
    const struct concept *concept = &scene->vocabulary->concepts[scene->vocabulary->terms[hit->tag].index];
    if (!does_it(scene, hit->last) && !done_by(scene, hit->first, hit->last))
        return;
    if (concept->part == PART_STAFF) {
        scene->out->staff |= !works_elsewhere(scene, hit->last) && is_of_institution(scene, hit->first);
        return;
    }
    const char *role = concept->code + strlen(CONCEPT_OFFICE);
    const char *office = arena_format(scene->arena, INSTITUTIONS_OFFICE "%s", role);
    scene->out->offices = office ? site_codes_join(scene->arena, scene->out->offices, office) : NULL;
}

/* Most reports mention no such person. */
static bool any_may_be_accused(const struct vocabulary *vocabulary, const struct signs *signs) {
    bool who = false, wrong = false;
    for (size_t i = 0; i < signs->told_count; i++) {
        enum concept_part part = vocabulary->concepts[signs->told[i]].part;
        who |= part == PART_STAFF || part == PART_OFFICE;
        wrong |= part == PART_WRONG || part == PART_WRONG_ANY_FORM;
    }
    return who && wrong;
}

bool accused_find(const struct vocabulary *vocabulary, struct arena *arena, const struct text *text,
    const struct signs *signs, const bool *places, struct accused *out) {
    *out = (struct accused){.offices = ""};
    if (!any_may_be_accused(vocabulary, signs))
        return true;
    struct scene_of_wrong scene = {vocabulary, arena, text, signs, places, NULL, out};
    scene.marks = arena_take(arena, text->count * sizeof *scene.marks);
    if (!scene.marks)
        return false;
    marks_set(&scene);
    for (size_t i = 0; i < signs->hit_count && out->offices; i++) {
        enum concept_part part = part_of(&scene, &signs->hits[i]);
        if (part == PART_STAFF || part == PART_OFFICE)
            accuse(&scene, &signs->hits[i]);
    }
    return out->offices != NULL;
}
