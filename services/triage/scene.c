#include "services/triage/scene.h"

#include "services/triage/rarity.h"
#include "services/triage/stem.h"

#include <string.h>

enum { AGE_MOST = 115, AGE_UNSAID = 255 };

static const struct word *word_at(const struct text *text, size_t at, long offset) {
    long index = (long)at + offset;
    return index >= 0 && index < (long)text->count ? &text->words[index] : NULL;
}

static bool is_key(const struct word *word, const char *key) {
    return word && strcmp(word->key, key) == 0;
}

/* ---- persons */

/* What a word says of the person it names; folded keys, without -nya, -ku, -mu and -e. Words that reporters
 * use for themselves and the person they talk to (saya, pak, bu, kak) are not here. */
static const struct naming {
    const char *key;
    enum sex sex;
    uint8_t youngest, oldest;
} namings[] = {{"bayi", SEX_UNSAID, 0, 1}, {"bayik", SEX_UNSAID, 0, 1}, {"orok", SEX_UNSAID, 0, 1},
    {"balita", SEX_UNSAID, 1, 5}, {"batita", SEX_UNSAID, 1, 3}, {"bocah", SEX_UNSAID, 2, 15},
    {"bocil", SEX_UNSAID, 2, 14}, {"anak", SEX_UNSAID, 0, 45}, {"lare", SEX_UNSAID, 1, 15},
    {"siswi", SEX_WOMAN, 6, 19}, {"siswa", SEX_UNSAID, 6, 19}, {"murid", SEX_UNSAID, 4, 19},
    {"santri", SEX_UNSAID, 7, 22}, {"santriwati", SEX_WOMAN, 7, 22}, {"remaja", SEX_UNSAID, 11, 21},
    {"gadis", SEX_WOMAN, 10, 30}, {"perawan", SEX_WOMAN, 12, 30}, {"pemuda", SEX_MAN, 15, 40},
    {"bujang", SEX_MAN, 15, 45}, {"pemudi", SEX_WOMAN, 15, 35}, {"cewek", SEX_WOMAN, 10, 45},
    {"cowok", SEX_MAN, 10, 45}, {"perempuan", SEX_WOMAN, 0, AGE_MOST}, {"wanita", SEX_WOMAN, 15, AGE_MOST},
    {"lelaki", SEX_MAN, 0, AGE_MOST}, {"laki", SEX_MAN, 0, AGE_MOST}, {"pria", SEX_MAN, 15, AGE_MOST},
    {"cowo", SEX_MAN, 10, 45}, {"cewe", SEX_WOMAN, 10, 45}, {"istri", SEX_WOMAN, 14, 75},
    {"suami", SEX_MAN, 16, 80}, {"janda", SEX_WOMAN, 17, 85}, {"duda", SEX_MAN, 18, 85},
    {"sd", SEX_UNSAID, 6, 13}, {"smp", SEX_UNSAID, 11, 17}, {"sma", SEX_UNSAID, 14, 20},
    {"smk", SEX_UNSAID, 14, 20}, {"tk", SEX_UNSAID, 3, 7}, {"paud", SEX_UNSAID, 2, 6},
    {"mahasiswi", SEX_WOMAN, 17, 28}, {"mahasiswa", SEX_UNSAID, 17, 28}, {"ibu", SEX_WOMAN, 16, 75},
    {"bapak", SEX_MAN, 18, 75}, {"ayah", SEX_MAN, 18, 75}, {"mama", SEX_WOMAN, 16, 70},
    {"papa", SEX_MAN, 18, 70}, {"nenek", SEX_WOMAN, 50, AGE_MOST}, {"kakek", SEX_MAN, 50, AGE_MOST},
    {"mbah", SEX_UNSAID, 50, AGE_MOST}, {"simbah", SEX_UNSAID, 50, AGE_MOST},
    {"lansia", SEX_UNSAID, 58, AGE_MOST}, {"embah", SEX_UNSAID, 50, AGE_MOST}, {"opa", SEX_MAN, 50, AGE_MOST},
    {"oma", SEX_WOMAN, 50, AGE_MOST}, {"jompo", SEX_UNSAID, 60, AGE_MOST}, {"tkw", SEX_WOMAN, 16, 60},
    {"paman", SEX_MAN, 18, 75}, {"bibi", SEX_WOMAN, 16, 75}, {"kakung", SEX_MAN, 45, AGE_MOST},
    {"putri", SEX_WOMAN, 0, AGE_MOST}};

static const struct naming *naming_of(const struct word *word) {
    static const char *const endings[] = {"", "nya", "ku", "mu", "e", "ne"};
    for (size_t i = 0; i < sizeof namings / sizeof namings[0]; i++) {
        size_t size = strlen(namings[i].key);
        if (word->key_size < size || memcmp(word->key, namings[i].key, size) != 0)
            continue;
        for (size_t k = 0; k < sizeof endings / sizeof endings[0]; k++)
            if (strcmp(word->key + size, endings[k]) == 0)
                return &namings[i];
    }
    return NULL;
}

/* "Pak" and "bu" open half of all messages, and "bapak RT", "ibu bidan" are offices. */
static bool is_address(const struct text *text, size_t at) {
    static const char *const offices[] = {"rt", "rw", "lurah", "camat", "bupati", "kades", "bidan", "guru",
        "kader", "kasun", "polisi", "dinas", "peksos", "petugas", "min", "admin", "kos", "haji", NULL};
    static const char *const alone[] = {"ibu", "bapak", NULL};
    const struct word *next = word_at(text, at, 1);
    return word_is_one_of(&text->words[at], alone) &&
           (at == 0 || !next || word_is_one_of(next, offices) || text->words[at].flags & WORD_CAPITAL);
}

static void person_add(struct scene *scene, struct person person) {
    if (scene->person_count < PERSONS_MAX)
        scene->persons[scene->person_count++] = person;
}

static bool is_age(const struct text *text, size_t at) {
    static const char *const before[] = {
        "umur", "berumur", "umurnya", "umure", "usia", "berusia", "usianya", "umuran", NULL};
    static const char *const around[] = {"sekitar", "kira", "kurang", "lebih", "baru", "masih", NULL};
    static const char *const spans[] = {"sudah", "selama", "hampir", "sejak", "lalu", "dalam", "tiap",
        "dirantai", "dipasung", "dikurung", "diikat", "tinggal", "kerja", "menikah", "nikah", NULL};
    static const char *const after[] = {"lalu", "lagi", "silam", "dipasung", "dirantai", "dikurung", NULL};
    const struct word *word = &text->words[at], *left = word_at(text, at, -1), *next = word_at(text, at, 1);
    const struct word *further = word_at(text, at, -2), *later = word_at(text, at, 2);
    if (word->number < 0 || word->number > AGE_MOST)
        return false;
    if (left && (word_is_one_of(left, before) ||
                    (word_is_one_of(left, around) && further && word_is_one_of(further, before))))
        return !is_key(next, "bulan") && !is_key(next, "hari") && !is_key(next, "minggu");
    if (left && left->key_size == 1 && left->flags & WORD_CAPITAL && strchr("lp", left->key[0]))
        return true;
    if (!is_key(next, "tahun") && !is_key(next, "tahunan"))
        return left && word->number > 4 && naming_of(left) && !(next && next->flags & WORD_NUMBER) &&
               (!next || word->clause != next->clause || word->number > 20);
    return !(left && word_is_one_of(left, spans)) && !(later && word_is_one_of(later, after));
}

/* The nearest word for a person up to four words before a number, NULL when there is none. */
static const struct naming *naming_before(const struct text *text, size_t at) {
    for (long back = 1; back <= 4; back++) {
        const struct word *word = word_at(text, at, -back);
        const struct naming *naming = word ? naming_of(word) : NULL;
        if (naming && word->sentence == text->words[at].sentence && !is_address(text, at - (size_t)back))
            return naming;
    }
    return NULL;
}

/* "L/36", "P 78". */
static enum sex sex_letter(const struct text *text, size_t at) {
    const struct word *left = word_at(text, at, -1);
    if (!left || left->key_size != 1 || !strchr("lp", left->key[0]))
        return SEX_UNSAID;
    return left->key[0] == 'l' ? SEX_MAN : SEX_WOMAN;
}

/* The person that was mentioned by that word gets the age; it is nobody new. */
static struct person *person_named(struct scene *scene, const struct naming *naming) {
    for (size_t i = scene->person_count; i > 0; i--) {
        struct person *person = &scene->persons[i - 1];
        if (!person->aged && person->youngest >= naming->youngest && person->oldest <= naming->oldest)
            return person;
    }
    return NULL;
}

static void aged_person_add(struct scene *scene, size_t at, int age) {
    const struct naming *naming = naming_before(&scene->text, at);
    struct person *named = naming ? person_named(scene, naming) : NULL;
    struct person person = {.sex = sex_letter(&scene->text, at), .aged = true};
    int near = age < 18 ? 1 : age < 30 ? 2 : age < 45 ? 3 : age / 15;
    if (age >= 20 && age % 10 == 0) /* a round number is a guess */
        near = 5;
    person.youngest = (uint8_t)(age > near ? age - near : 0);
    person.oldest = (uint8_t)(age + near);
    if (named && person.sex == SEX_UNSAID)
        person.sex = named->sex;
    if (named)
        *named = person;
    else
        person_add(scene, person);
}

/* Who has a husband or is one is not alone: the other telling may be of the other of the two. */
static void spouse_add(struct scene *scene, const struct word *word) {
    bool husband = strncmp(word->key, "suami", 5) == 0, wife = strncmp(word->key, "istri", 5) == 0;
    if (husband || wife)
        person_add(scene, (struct person){husband ? SEX_WOMAN : SEX_MAN, 14, 80, false});
}

/* "kelas 8" and "kelas 2 SMP": the age of who goes there, -1 when it is no class. */
static int class_age(const struct text *text, size_t at) {
    static const char *const middle[] = {"smp", "mts", NULL}, *const high[] = {"sma", "smk", "ma", NULL};
    int class = text->words[at].number;
    const struct word *next = word_at(text, at, 1);
    if (!is_key(word_at(text, at, -1), "kelas") || class < 1 || class > 12)
        return -1;
    if (next && class <= 3 && word_is_one_of(next, middle))
        return class + 12;
    if (next && class <= 3 && word_is_one_of(next, high))
        return class + 15;
    return class + 6;
}

/* "anak perempuan", "siswa SMP": two words for one person. Returns how many words were used. */
static size_t named_person_add(struct scene *scene, size_t at, const struct naming *naming) {
    const struct word *next = word_at(&scene->text, at, 1);
    const struct naming *also = next ? naming_of(next) : NULL;
    struct person person = {naming->sex, naming->youngest, naming->oldest, false};
    bool one = also && also->youngest <= person.oldest && person.youngest <= also->oldest &&
               (also->sex == SEX_UNSAID || person.sex == SEX_UNSAID);
    if (one) {
        person.sex = person.sex == SEX_UNSAID ? also->sex : person.sex;
        person.youngest = also->youngest > person.youngest ? also->youngest : person.youngest;
        person.oldest = also->oldest < person.oldest ? also->oldest : person.oldest;
    }
    person_add(scene, person);
    spouse_add(scene, &scene->text.words[at]);
    return one ? 2 : 1;
}

static void persons_find(struct scene *scene) {
    const struct text *text = &scene->text;
    for (size_t i = 0, used; i < text->count; i += used) {
        const struct word *word = &text->words[i];
        const struct naming *naming = naming_of(word);
        used = 1;
        if (word->flags & WORD_NUMBER) {
            int age = class_age(text, i);
            if (age >= 0)
                aged_person_add(scene, i, age);
            else if (is_age(text, i))
                aged_person_add(scene, i, word->number);
        } else if (naming && !is_address(text, i)) {
            used = named_person_add(scene, i, naming);
        }
    }
}

bool persons_agree(const struct person *a, const struct person *b) {
    bool sexes = a->sex == SEX_UNSAID || b->sex == SEX_UNSAID || a->sex == b->sex;
    return sexes && a->youngest <= b->oldest && b->youngest <= a->oldest;
}

const struct person *scene_focus(const struct scene *scene) {
    for (size_t i = 0; i < scene->person_count; i++)
        if (scene->persons[i].aged)
            return &scene->persons[i];
    return scene->person_count ? &scene->persons[0] : NULL;
}

/* ---- words and counts */

/* "3 rumah" is; "3 hari", "jam 3", an age and a year are not: those are told differently each time. */
static void counted_take(struct scene *scene, size_t at) {
    static const char *const units[] = {"hari", "jam", "menit", "bulan", "minggu", "tahun", "tahunan", "kali",
        "x", "ribu", "rb", "juta", "jt", "km", "meter", "m", "cm", "kg", "persen", "malam", "tahap", NULL};
    const struct word *word = &scene->text.words[at], *next = word_at(&scene->text, at, 1);
    if (!next || next->flags & WORD_NUMBER || word_is_one_of(next, units) || word->number > 500 ||
        word->number < 2 || word->clause != next->clause || scene->counted_count == COUNTS_MAX)
        return;
    struct counted *counted = &scene->counted[scene->counted_count++];
    counted->number = word->number;
    stem(next->key, next->key_size, counted->what);
}

static void telling_take(
    const struct assessor *assessor, struct scene *scene, const struct word *word, bool place, bool name) {
    char out[WORD_KEY_MAX];
    stem(word->key, word->key_size, out);
    details_add(assessor->vocabulary->details, word, out, &scene->details);
    for (size_t i = 0; i < scene->telling_count; i++)
        if (strcmp(scene->telling[i].stem, out) == 0)
            return;
    if (scene->telling_count == TELLING_MAX)
        return;
    struct telling *telling = &scene->telling[scene->telling_count++];
    strcpy(telling->stem, out);
    telling->rarity = rarity_of(assessor->vocabulary->rarity, out);
    telling->place = place;
    telling->name = name;
}

static bool words_take(const struct assessor *assessor, struct arena *arena, struct scene *scene) {
    const struct place_names *names = place_names_read(assessor->places, arena, &scene->text);
    const bool *places = names ? place_names_mark(names, arena, &scene->text) : NULL;
    if (!places)
        return false;
    identity_read(&scene->text, places, assessor->vocabulary->rarity, &scene->identity);
    for (size_t i = 0; i < scene->text.count; i++) {
        const struct word *word = &scene->text.words[i];
        if (word->flags & WORD_NUMBER)
            counted_take(scene, i);
        else if (word->key_size >= 2)
            telling_take(assessor, scene, word, places[i], identity_is_name(&scene->identity, i));
    }
    return true;
}

bool scene_read(
    const struct assessor *assessor, struct arena *arena, const struct report *report, struct scene *out) {
    *out = (struct scene){0};
    if (!assess(assessor, arena, report, &out->said) ||
        !text_read(arena, assessor->vocabulary->spelling, report->text, report->size, &out->text) ||
        !signs_read(assessor->vocabulary, arena, &out->text, &out->signs))
        return false;
    persons_find(out);
    return words_take(assessor, arena, out);
}
