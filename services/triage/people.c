#include "services/triage/people.h"

#include "services/triage/stem.h"

#include <stdlib.h>
#include <string.h>

enum {
    AGE_MOST = 115,
    BY_REACH = 6,    /* words between a passive and who did it: "dirante nang gubuk mburi omah karo bapake" */
    DEED_REACH = 6,  /* words between somebody and what he does: "kakak ipar saya mukul" */
    SUFFER_BACK = 4, /* words between what is done and whom it is done to: "menampar nenek" */
    AGE_REACH = 4,   /* words between somebody and the age */
    AGES_REACH = 5,  /* words between the first and the last of several ages */
    MONTHS_MOST = 35,
    INFANT = 5,      /* years */
    CHILD_MOST = 45, /* of whom "anak" may be */
    OWN_LEAST = 8,
    BOUND_MOST = 30,    /* years in chains, rather than the age */
    REPORTED_LEAST = 5, /* "anak saya 17" */
    ELDERLY = 50,
    YOUNG = 35
};

struct reading {
    const struct text *text;
    const bool *places;
    const struct details *details;
    struct people *out;
};

static bool is_key(const struct word *word, const char *key) {
    return word && word_is(word, key);
}

/* given: NULL where there is no word. */
#define is_one_of(given, ...)                                                                                \
    ({                                                                                                       \
        const struct word *given_ = (given);                                                                 \
        given_ != NULL &&word_is_one_of(given_, __VA_ARGS__);                                                \
    })

/* As two letters tell nearly always. */
static bool begins_alike(const struct word *word, const char *key) {
    return word->key[0] == key[0] && word->key[1] == key[1];
}

/* The first two letters of all keys of a list: most words are seen to begin like none of them. */
struct beginnings {
    uint32_t of[32]; /* by the first letter, bits by the second */
    bool made;
};

static void beginning_add(struct beginnings *beginnings, const char *key) {
    beginnings->of[key[0] & 31] |= UINT32_C(1) << (key[1] & 31);
}

static bool beginning_holds(const struct beginnings *beginnings, const struct word *word) {
    return beginnings->of[word->key[0] & 31] >> (word->key[1] & 31) & 1;
}

/* -nya, -ku, -mu and -e behind what is looked for; NULL when the word is another. */
static const char *ending_behind(const struct word *word, const char *key) {
    static const char *const endings[] = {"", "nya", "ku", "mu", "e", "ne", "nyo", "na"};
    size_t size = strlen(key);
    if (word->key_size < size || memcmp(word->key, key, size) != 0)
        return NULL;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (strcmp(word->key + size, endings[i]) == 0)
            return endings[i];
    /* "adikku", as letters that repeat are read once. */
    return key[size - 1] == 'k' && strcmp(word->key + size, "u") == 0 ? "ku" : NULL;
}

/* "ibunya", "bapake": of somebody who was named before; "anakku" is the reporter's. */
static bool is_of_somebody(const char *ending) {
    return ending[0] && strcmp(ending, "ku") != 0 && strcmp(ending, "mu") != 0;
}

/* ---- persons */

/* What a word says of the person it names; folded keys without endings. Words that reporters use for
 * themselves and the person they talk to (saya, pak, bu, kak) are not here. */
static const struct naming {
    const char *key;
    enum sex sex;
    uint8_t youngest, oldest;
} namings[] = {{"bayi", SEX_UNSAID, 0, 1}, {"orok", SEX_UNSAID, 0, 1}, {"balita", SEX_UNSAID, 1, 5},
    {"bocil", SEX_UNSAID, 2, 14}, {"waria", SEX_UNSAID, 15, 70}, {"anak", SEX_UNSAID, 0, 45},
    {"siswi", SEX_WOMAN, 6, 19}, {"siswa", SEX_UNSAID, 6, 19}, {"murid", SEX_UNSAID, 4, 19},
    {"pelajar", SEX_UNSAID, 11, 20}, {"santri", SEX_UNSAID, 7, 22}, {"santriwati", SEX_WOMAN, 7, 22},
    {"remaja", SEX_UNSAID, 11, 21}, {"abg", SEX_UNSAID, 11, 20}, {"gadis", SEX_WOMAN, 10, 30},
    {"perawan", SEX_WOMAN, 12, 30}, {"pemuda", SEX_MAN, 15, 40}, {"bujang", SEX_MAN, 12, 45},
    {"pemudi", SEX_WOMAN, 15, 35}, {"perempuan", SEX_WOMAN, 0, AGE_MOST}, {"wanita", SEX_WOMAN, 13, AGE_MOST},
    {"lelaki", SEX_MAN, 0, AGE_MOST}, {"laki", SEX_MAN, 0, AGE_MOST}, {"pria", SEX_MAN, 13, AGE_MOST},
    {"istri", SEX_WOMAN, 14, 75}, {"suami", SEX_MAN, 16, 80}, {"janda", SEX_WOMAN, 17, 85},
    {"duda", SEX_MAN, 18, 85}, {"sd", SEX_UNSAID, 6, 13}, {"smp", SEX_UNSAID, 11, 17},
    {"sma", SEX_UNSAID, 14, 20}, {"smk", SEX_UNSAID, 14, 20}, {"tk", SEX_UNSAID, 3, 7},
    {"paud", SEX_UNSAID, 2, 6}, {"mahasiswi", SEX_WOMAN, 17, 28}, {"mahasiswa", SEX_UNSAID, 17, 28},
    {"ibu", SEX_WOMAN, 16, 75}, {"bapak", SEX_MAN, 18, 75}, {"ayah", SEX_MAN, 18, 75},
    {"mama", SEX_WOMAN, 16, 70}, {"papa", SEX_MAN, 18, 70}, {"nenek", SEX_WOMAN, ELDERLY, AGE_MOST},
    {"kakek", SEX_MAN, ELDERLY, AGE_MOST}, {"lansia", SEX_UNSAID, 58, AGE_MOST},
    {"eyang", SEX_UNSAID, ELDERLY, AGE_MOST}, {"opa", SEX_MAN, ELDERLY, AGE_MOST},
    {"oma", SEX_WOMAN, ELDERLY, AGE_MOST}, {"jompo", SEX_UNSAID, 60, AGE_MOST}, {"tkw", SEX_WOMAN, 16, 60},
    {"karyawati", SEX_WOMAN, 16, 58}, {"mayat", SEX_UNSAID, 0, AGE_MOST}, {"paman", SEX_MAN, 18, 75},
    {"om", SEX_MAN, 18, 75}, {"bibi", SEX_WOMAN, 16, 75}, {"tante", SEX_WOMAN, 16, 75},
    {"kakung", SEX_MAN, 45, AGE_MOST}, {"putri", SEX_WOMAN, 0, AGE_MOST}, {"putra", SEX_MAN, 0, AGE_MOST}};

/* "mas2", "mbak-mbak", "cak2": somebody of whom only that is known. The single word is how one speaks to
 * anybody. */
static bool doubled_title(const struct word *word, struct naming *out) {
    static const struct naming titles[] = {{"mas", SEX_MAN, 15, 50}, {"abang", SEX_MAN, 15, 50},
        {"cak", SEX_MAN, 18, 60}, {"mbak", SEX_WOMAN, 15, 50}, {"emak", SEX_WOMAN, 30, 80},
        {"mak", SEX_WOMAN, 30, 80}};
    for (size_t i = 0; word->flags & WORD_DOUBLED && i < sizeof titles / sizeof titles[0]; i++)
        if (word_is(word, titles[i].key)) {
            *out = titles[i];
            return true;
        }
    return false;
}

/* "Mbah", "simbah" are read as "nenek" (spellings.h), but may be either. */
static bool is_mbah(const struct text *text, const struct word *word) {
    static const char letters[] = "mbah";
    if (!is_key(word, "nenek"))
        return false;
    for (size_t at = word->start; at + sizeof letters - 1 <= word->end; at++) {
        size_t same = 0;
        while (letters[same] && (text->bytes[at + same] | 0x20) == letters[same])
            same++;
        if (!letters[same])
            return true;
    }
    return false;
}

/* May the word be one of namings? */
static bool begins_naming(const struct word *word) {
    static struct beginnings beginnings;
    for (size_t i = 0; !beginnings.made && i < sizeof namings / sizeof namings[0]; i++)
        beginning_add(&beginnings, namings[i].key);
    beginnings.made = true;
    return beginning_holds(&beginnings, word);
}

/* ending: NULL, or where what stands behind the name goes. */
static bool naming_of(
    const struct text *text, const struct word *word, struct naming *out, const char **ending) {
    if (doubled_title(word, out)) {
        if (ending)
            *ending = "";
        return true;
    }
    if (!begins_naming(word))
        return false;
    for (size_t i = 0; i < sizeof namings / sizeof namings[0]; i++) {
        const char *behind = begins_alike(word, namings[i].key) ? ending_behind(word, namings[i].key) : NULL;
        if (!behind)
            continue;
        *out = namings[i];
        if (is_mbah(text, word))
            out->sex = SEX_UNSAID;
        if (ending)
            *ending = behind;
        return true;
    }
    return false;
}

static bool is_office(const struct word *word) {
    static const char *const offices[] = {"rt", "rw", "lurah", "camat", "bupati", "kades", "bidan", "guru",
        "kader", "kasun", "polisi", "dinas", "nsos", "dinsos", "peksos", "petugas", "min", "admin", "kos",
        "haji", "kepala", "wali", "dokter", "kapolsek", "ketua", NULL};
    return is_one_of(word, offices);
}

/* An age within a few words, so that somebody is spoken of: "Bapak tuna netra 71 th". */
static bool is_aged_soon(const struct text *text, size_t at) {
    static const char *const years[] = {"tahun", "tahunan", NULL};
    for (long ahead = 1; ahead <= AGE_REACH; ahead++) {
        const struct word *word = word_at(text, at, ahead);
        if (!word || word->clause != text->words[at].clause)
            return false;
        if (word->flags & WORD_NUMBER)
            return is_one_of(word_at(text, at, ahead + 1), years) ||
                   is_key(word_at(text, at, ahead - 1), "umur");
    }
    return false;
}

/* "Pak" and "bu" open half of all messages, and "bapak RT", "ibu bidan" are offices; "bapak2" are spoken of.
 */
static bool is_address(const struct text *text, size_t at) {
    static const char *const alone[] = {"ibu", "bapak", NULL};
    static const char *const spoken_of[] = {"hamil", "muda", "tua", "renta", "sepuh", "paruh", "tunggal",
        "menyusui", "dan", "dengan", "beranak", "pedagang", "penjual", "pemulung", "pengemis", "janda",
        "tunanetra", "rumah", "lansia", "mertua", "kandung", "tiri",
        NULL}; /* "ibu hamil", "bapak pedagang" */
    const struct word *word = &text->words[at], *next = word_at(text, at, 1);
    if (!word_is_one_of(word, alone) || word->flags & WORD_DOUBLED)
        return false;
    if (is_one_of(next, spoken_of) && next->clause == word->clause)
        return false;
    return is_office(next) || ((at == 0 || !next || word->flags & WORD_CAPITAL) && !is_aged_soon(text, at));
}

static struct person *person_add(struct people *people, struct person person) {
    if (people->count == PEOPLE_MAX)
        return NULL;
    people->persons[people->count] = person;
    return &people->persons[people->count++];
}

/* The nearest word for a person up to four words before a number. */
static bool naming_before(const struct text *text, size_t at, struct naming *out) {
    for (long back = 1; back <= AGE_REACH; back++) {
        const struct word *word = word_at(text, at, -back);
        if (word && word->sentence == text->words[at].sentence && naming_of(text, word, out, NULL) &&
            !is_address(text, at - (size_t)back))
            return true;
    }
    return false;
}

/* "anak punk 15an", but "60an orang". */
static bool is_about(const struct text *text, size_t at) {
    static const char *const counted[] = {
        "orang", "jiwa", "warga", "anak", "rumah", "kk", "ekor", "santri", "siswa", "ribu", "juta", NULL};
    struct naming naming;
    return is_key(word_at(text, at, 1), "an") && text->words[at].number >= REPORTED_LEAST &&
           naming_before(text, at, &naming) && !is_one_of(word_at(text, at, 2), counted);
}

static bool is_age(const struct text *text, size_t at) {
    static const char *const before[] = {"umur", "berumur", "berusia", "umuran", NULL};
    static const char *const around[] = {"sekitar", "kira", "kurang", "lebih", "baru", "masih", NULL};
    static const char *const spans[] = {"sudah", "selama", "hampir", "sejak", "lalu", "dalam", "tiap",
        "dirantai", "dipasung", "dikurung", "diikat", "tinggal", "kerja", "bekerja", "merantau", "menikah",
        "nikah", "pisah", "obat", "gaji", "sakit", "lumpuh", "stroke", "hilang", "ditinggal", NULL};
    static const char *const after[] = {"lalu", "lagi", "silam", NULL};
    static const char *const bound[] = {"dipasung", "dirantai", "dikurung", NULL};
    static const char *const shorter[] = {"bulan", "hari", "mingu", NULL};
    static const char *const years[] = {"tahun", "tahunan", NULL};
    static const char *const reporter[] = {"saya", "aku", "kami", NULL};
    const struct word *word = &text->words[at], *left = word_at(text, at, -1), *next = word_at(text, at, 1);
    struct naming naming;
    bool own = is_one_of(left, reporter); /* "anak saya 17 ketahuan" */
    if (own)
        left = word_at(text, at, -2);
    if (word->number < 0 || word->number > AGE_MOST)
        return false;
    if (is_one_of(left, before) || (is_one_of(left, around) && is_one_of(word_at(text, at, -2), before)))
        return !is_one_of(next, shorter);
    if (left && left->key_size == 1 && left->flags & WORD_CAPITAL && strchr("lp", left->key[0]))
        return true;
    if (is_about(text, at))
        return true;
    /* "aku 16, kemarin ..." */
    if (own && word->number >= OWN_LEAST && (!next || next->clause != word->clause))
        return true;
    if (!is_one_of(next, years))
        return left && word->number >= REPORTED_LEAST && naming_of(text, left, &naming, NULL) &&
               !(next && next->flags & WORD_NUMBER) &&
               (own || !next || word->clause != next->clause || word->number > 20);
    const struct word *behind = word_at(text, at, 2);
    return !is_one_of(left, spans) && !is_one_of(behind, after) &&
           !(word->number <= BOUND_MOST && is_one_of(behind, bound));
}

/* "bayi 5 bulan", "bayi laki-laki umur 8 bulan": how many, 0 when it is no age. */
static int months_of_age(const struct text *text, size_t at) {
    static const char *const before[] = {"umur", "berumur", "berusia", "umuran", NULL};
    static const char *const sexes[] = {"lelaki", "laki", "perempuan", NULL};
    static const char *const babies[] = {"bayi", "orok", "balita", "bayinya", "balitanya", "bayine", NULL};
    const struct word *word = &text->words[at], *left = word_at(text, at, -1);
    if (!is_key(word_at(text, at, 1), "bulan") || word->number < 1 || word->number > MONTHS_MOST)
        return 0;
    if (is_one_of(left, sexes))
        left = word_at(text, at, is_one_of(word_at(text, at, -2), sexes) ? -3 : -2);
    return is_one_of(left, before) || is_one_of(left, babies) ? word->number : 0;
}

/* "L/36", "P 78". */
static enum sex sex_letter(const struct text *text, size_t at) {
    const struct word *left = word_at(text, at, -1);
    if (!left || left->key_size != 1 || !strchr("lp", left->key[0]))
        return SEX_UNSAID;
    return left->key[0] == 'l' ? SEX_MAN : SEX_WOMAN;
}

/* "sekitar 40", "±40", "40an": a round number is a guess. */
static bool is_guess(const struct text *text, size_t at) {
    static const char *const around[] = {"sekitar", "kira", "kurang", "lebih", "kisaran", "hampir", NULL};
    const struct word *word = &text->words[at];
    bool sign = word->start > 0 &&
                ((unsigned char)text->bytes[word->start - 1] == 0xb1 || text->bytes[word->start - 1] == '~');
    return sign || is_one_of(word_at(text, at, -1), around) || is_key(word_at(text, at, 1), "tahunan") ||
           is_key(word_at(text, at, 1), "an") || (word->number >= 20 && word->number % 10 == 0);
}

/* The person that was mentioned by that word gets the age; it is nobody new. */
static struct person *person_named(struct people *people, const struct naming *naming) {
    for (size_t i = people->count; i > 0; i--) {
        struct person *person = &people->persons[i - 1];
        if (!person->aged && person->youngest >= naming->youngest && person->oldest <= naming->oldest)
            return person;
    }
    return NULL;
}

static struct person *aged_person_add(
    struct people *people, const struct text *text, size_t at, int age, bool guessed) {
    struct naming naming;
    struct person *named = naming_before(text, at, &naming) ? person_named(people, &naming) : NULL;
    if (!named)
        named = person_add(people, (struct person){.word = (uint16_t)at});
    if (!named)
        return NULL;
    int near = age < 18 ? 1 : age < 30 ? 2 : age < 45 ? 3 : 5;
    near += guessed && age >= 18 ? 2 : 0;
    enum sex sex = sex_letter(text, at);
    named->sex = sex ? sex : named->sex;
    named->youngest = (uint8_t)(age > near ? age - near : 0);
    named->oldest = (uint8_t)(age + near);
    named->aged = true;
    named->guessed = guessed;
    named->age = (uint8_t)age;
    return named;
}

/* Who has a husband or is one is not alone: the other telling may be of the other of the two. */
static void spouse_add(struct people *people, const struct word *word, size_t at) {
    bool husband = strncmp(word->key, "suami", 5) == 0, wife = strncmp(word->key, "istri", 5) == 0;
    if (husband || wife)
        person_add(people, (struct person){.sex = husband ? SEX_WOMAN : SEX_MAN,
                               .youngest = 14,
                               .oldest = 80,
                               .word = (uint16_t)at,
                               .spouse = true});
}

/* Schools count their classes in Roman numbers. 0: none. */
static int roman_class(const struct word *word) {
    static const char *const numbers[] = {
        "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (word_is(word, numbers[i]))
            return (int)i + 1;
    return 0;
}

/* "kelas 8", "kelas XI" and "kelas 2 SMP": the age of who goes there, -1 when it is no class. */
static int class_age(const struct text *text, size_t at) {
    static const char *const classes[] = {"kelas", "kls", NULL};
    static const char *const middle[] = {"smp", "mts", "smpn", "mtsn", "tsanawiyah", "tsanawiah", NULL};
    static const char *const high[] = {"sma", "smk", "ma", "sman", "smkn", "aliyah", "aliah", "slta", NULL};
    const struct word *word = &text->words[at], *next = word_at(text, at, 1);
    if (!is_one_of(word_at(text, at, -1), classes))
        return -1;
    int class = word->flags & WORD_NUMBER ? word->number : roman_class(word);
    if (class < 1 || class > 12)
        return -1;
    if (next && class <= 3 && word_is_one_of(next, middle))
        return class + 12;
    if (next && class <= 3 && word_is_one_of(next, high))
        return class + 15;
    return class + 6;
}

/* "9 dan 6 tahun", "15, 11, 8 th": the ages before the last of them. */
static void ages_before_add(struct people *people, const struct text *text, size_t last) {
    static const char *const between[] = {"dan", "sampai", NULL};
    const struct word *word = &text->words[last];
    for (long back = 1; back <= AGES_REACH; back++) {
        const struct word *left = word_at(text, last, -back);
        if (!left || left->sentence != word->sentence)
            return;
        if (left->flags & WORD_NUMBER && left->number >= 0 && left->number <= AGE_MOST)
            aged_person_add(people, text, last - (size_t)back, left->number, false);
        else if (!word_is_one_of(left, between))
            return;
    }
}

static void age_add(struct people *people, const struct text *text, size_t at) {
    int of_class = class_age(text, at), months = months_of_age(text, at);
    if (of_class >= 0) {
        struct person *pupil = aged_person_add(people, text, at, of_class, true);
        if (pupil)
            pupil->pupil = true;
    } else if (months) {
        struct person *baby = aged_person_add(people, text, at, months / 12, is_guess(text, at));
        if (baby)
            baby->months = (uint8_t)months;
    } else if (is_age(text, at)) {
        ages_before_add(people, text, at);
        aged_person_add(people, text, at, text->words[at].number, is_guess(text, at));
    }
}

/* "perempuan tua", "ibu muda". */
static void adjective_apply(const struct word *word, struct person *person) {
    static const char *const old[] = {"tua", "renta", "sepuh", "jompo", NULL}, *const young[] = {
                                                                                   "muda", NULL};
    static const char *const small[] = {"kecil", NULL};
    if (is_one_of(word, old) && person->oldest > ELDERLY)
        person->youngest = ELDERLY > person->youngest ? ELDERLY : person->youngest;
    if (is_one_of(word, young) && person->youngest < YOUNG)
        person->oldest = YOUNG < person->oldest ? YOUNG : person->oldest;
    if (is_one_of(word, small) && person->youngest < 12)
        person->oldest = 12 < person->oldest ? 12 : person->oldest;
}

/* "anak perempuan", "siswa SMP": two words for one person. Returns how many words were used. */
static size_t named_person_add(
    struct people *people, const struct text *text, size_t at, const struct naming *naming, bool relative) {
    static const char *const between[] = {"yang", "masih", "baru", "seorang", NULL};
    size_t to = is_one_of(word_at(text, at, 1), between) ? 2 : 1;
    const struct word *next = word_at(text, at, (long)to);
    struct naming also;
    struct person person = {.sex = naming->sex,
        .youngest = naming->youngest,
        .oldest = naming->oldest,
        .word = (uint16_t)at,
        .relative = relative};
    /* Bare, they tell as often whom somebody calls or fears as whom it is about. */
    static const char *const spouses[] = {"suami", "istri", NULL};
    person.relative |= word_is_one_of(&text->words[at], spouses);
    bool one = next && next->sentence == text->words[at].sentence && naming_of(text, next, &also, NULL) &&
               also.youngest <= person.oldest && person.youngest <= also.oldest &&
               (also.sex == SEX_UNSAID || person.sex == SEX_UNSAID);
    if (one) {
        person.sex = person.sex == SEX_UNSAID ? also.sex : person.sex;
        person.youngest = also.youngest > person.youngest ? also.youngest : person.youngest;
        person.oldest = also.oldest < person.oldest ? also.oldest : person.oldest;
    }
    adjective_apply(word_at(text, at, one ? (long)to + 1 : 1), &person);
    person_add(people, person);
    spouse_add(people, &text->words[at], at);
    return one ? to + 1 : 1;
}

/* "Pak Sugi", "mbok Sainem": of a name only the sex is known. */
static bool titled_person_add(const struct reading *reading, size_t at) {
    static const char *const men[] = {"pak", "bapak", "mas", "kang", "kek", "kakek", "bang", NULL};
    static const char *const women[] = {"bu", "ibu", "mbak", "yu", NULL};
    const struct word *word = &reading->text->words[at], *next = word_at(reading->text, at, 1);
    bool man = word_is_one_of(word, men);
    if ((!man && !word_is_one_of(word, women)) || !next || !(next->flags & WORD_CAPITAL) ||
        next->flags & (WORD_SHOUTED | WORD_NUMBER) || next->clause != word->clause || is_office(next) ||
        reading->places[at + 1])
        return false;
    bool old = word->key[0] == 'k' || word->key[0] == 'n'; /* kek, kakek, nek */
    person_add(reading->out, (struct person){.sex = man ? SEX_MAN : SEX_WOMAN,
                                 .youngest = old ? ELDERLY : 14,
                                 .oldest = AGE_MOST,
                                 .word = (uint16_t)at});
    return true;
}

/* "SMA" is read as "sama", which it is in a chat too; large letters or a pupil before it tell. */
static bool is_high_school(const struct text *text, size_t at) {
    static const char *const pupils[] = {"anak", "siswa", "siswi", "pelajar", "murid", "perempuan", NULL};
    static const char *const between[] = {"yang", "masih", "baru", NULL};
    const struct word *word = &text->words[at], *left = word_at(text, at, -1);
    if (!is_key(word, "sama") || word->end - word->start != 3)
        return false;
    if (is_one_of(left, between))
        left = word_at(text, at, -2);
    return word->flags & WORD_SHOUTED || is_one_of(left, pupils);
}

static void persons_find(const struct reading *reading) {
    const struct text *text = reading->text;
    for (size_t i = 0, used; i < text->count; i += used) {
        struct naming naming;
        const char *ending;
        used = 1;
        if (text->words[i].flags & WORD_NUMBER || class_age(text, i) >= 0) {
            age_add(reading->out, text, i);
        } else if (is_high_school(text, i)) {
            person_add(reading->out, (struct person){.youngest = 14, .oldest = 20, .word = (uint16_t)i});
        } else if (is_key(&text->words[i], "lanjut") && is_key(word_at(text, i, 1), "umur")) {
            person_add(
                reading->out, (struct person){.youngest = 58, .oldest = AGE_MOST, .word = (uint16_t)i});
        } else if (!titled_person_add(reading, i) && naming_of(text, &text->words[i], &naming, &ending) &&
                   !is_address(text, i)) {
            used = named_person_add(reading->out, text, i, &naming, is_of_somebody(ending));
        }
    }
}

bool persons_agree(const struct person *a, const struct person *b) {
    bool sexes = a->sex == SEX_UNSAID || b->sex == SEX_UNSAID || a->sex == b->sex;
    if (a->pupil && b->pupil)
        return sexes && a->age == b->age;
    /* Nobody calls a baby a woman. */
    if ((a->oldest <= INFANT && b->oldest > CHILD_MOST) || (b->oldest <= INFANT && a->oldest > CHILD_MOST))
        return false;
    if (!a->aged || !b->aged)
        return sexes && a->youngest <= b->oldest && b->youngest <= a->oldest;
    int guess = a->guessed || b->guessed ? 2 : 0;
    if (a->months && b->months)
        return sexes && abs(a->months - b->months) <= 1 + guess;
    int older = a->age > b->age ? a->age : b->age, most = older < 18 ? 1 : older < 45 ? 3 : 5;
    return sexes && abs(a->age - b->age) <= most + guess;
}

const struct person *people_focus(const struct people *people) {
    const struct person *best = NULL;
    int most = 0;
    for (size_t i = 0; i < people->count; i++) {
        const struct person *person = &people->persons[i];
        int worth =
            person->doer ? 0 : 4 + (person->aged ? 4 : 0) - (person->relative || person->spouse ? 2 : 0);
        if (worth > most) {
            most = worth;
            best = person;
        }
    }
    return best;
}

/* ---- who did it */

static const struct related {
    const char *key;
    uint32_t relation;
} relateds[] = {{"ayah", RELATION_FATHER}, {"bapak", RELATION_FATHER}, {"papa", RELATION_FATHER},
    {"abi", RELATION_FATHER}, {"abak", RELATION_FATHER}, {"ibu", RELATION_MOTHER}, {"mama", RELATION_MOTHER},
    {"emak", RELATION_MOTHER}, {"mak", RELATION_MOTHER}, {"umi", RELATION_MOTHER},
    {"mandeh", RELATION_MOTHER}, {"ortu", RELATION_FATHER | RELATION_MOTHER},
    {"orangtua", RELATION_FATHER | RELATION_MOTHER}, {"suami", RELATION_HUSBAND}, {"istri", RELATION_WIFE},
    {"paman", RELATION_UNCLE}, {"om", RELATION_UNCLE}, {"mamak", RELATION_UNCLE}, {"bibi", RELATION_AUNT},
    {"tante", RELATION_AUNT}, {"bulik", RELATION_AUNT}, {"nenek", RELATION_GRANDPARENT},
    {"kakek", RELATION_GRANDPARENT}, {"opa", RELATION_GRANDPARENT}, {"oma", RELATION_GRANDPARENT},
    {"eyang", RELATION_GRANDPARENT}, {"kakak", RELATION_SIBLING}, {"adik", RELATION_SIBLING},
    {"abang", RELATION_SIBLING}, {"saudara", RELATION_SIBLING}, {"anak", RELATION_CHILD},
    {"putra", RELATION_CHILD}, {"cucu", RELATION_CHILD}, {"mertua", RELATION_IN_LAW},
    {"menantu", RELATION_IN_LAW}, {"mantu", RELATION_IN_LAW}, {"ipar", RELATION_IN_LAW},
    {"guru", RELATION_TEACHER}, {"ustad", RELATION_TEACHER}, {"ustadz", RELATION_TEACHER},
    {"kiai", RELATION_TEACHER}, {"pengasuh", RELATION_TEACHER}, {"pelatih", RELATION_TEACHER},
    {"pengurus", RELATION_TEACHER}, {"pembina", RELATION_TEACHER}, {"dosen", RELATION_TEACHER},
    {"pengajar", RELATION_TEACHER}, {"teman", RELATION_FELLOW}, {"senior", RELATION_FELLOW},
    {"kawan", RELATION_FELLOW}, {"konco", RELATION_FELLOW}, {"kanca", RELATION_FELLOW},
    {"pacar", RELATION_LOVER}, {"mantan", RELATION_LOVER | RELATION_HUSBAND | RELATION_WIFE},
    {"pasangan", RELATION_LOVER | RELATION_HUSBAND | RELATION_WIFE}, {"selingkuhan", RELATION_LOVER},
    {"majikan", RELATION_EMPLOYER}, {"bos", RELATION_EMPLOYER}, {"juragan", RELATION_EMPLOYER},
    {"mandor", RELATION_EMPLOYER}, {"atasan", RELATION_EMPLOYER}, {"agen", RELATION_EMPLOYER},
    {"tetanga", RELATION_NEIGHBOUR}, {"keluarga", RELATION_FAMILY}, {"famili", RELATION_FAMILY},
    {"kerabat", RELATION_FAMILY}, {"tukang", RELATION_TRADE}, {"sopir", RELATION_TRADE},
    {"pengemudi", RELATION_TRADE}, {"pedagang", RELATION_TRADE}, {"penjaga", RELATION_TRADE},
    {"satpam", RELATION_TRADE}, {"penjual", RELATION_TRADE}};

/* What the words behind it make of it: "ayah tiri", "kakak ipar", "kakak kelas", "mantan suami". */
static uint32_t relation_with(uint32_t relation, const struct word *next) {
    static const char *const fellows[] = {"kelas", "tingkat", NULL};
    if (is_key(next, "tiri") || is_key(next, "tirinya") || is_key(next, "tirine") || is_key(next, "sambung"))
        return relation | RELATION_STEP;
    if (is_key(next, "ipar") || is_key(next, "iparnya"))
        return RELATION_IN_LAW;
    if (is_one_of(next, fellows))
        return RELATION_FELLOW;
    if (is_key(next, "suami") || is_key(next, "suaminya"))
        return RELATION_HUSBAND;
    if (is_key(next, "istri") || is_key(next, "istrinya"))
        return RELATION_WIFE;
    return relation;
}

/* May the word be one of relateds, or "orang"? */
static bool begins_related(const struct word *word) {
    static struct beginnings beginnings;
    for (size_t i = 0; !beginnings.made && i < sizeof relateds / sizeof relateds[0]; i++)
        beginning_add(&beginnings, relateds[i].key);
    beginnings.made = true;
    return beginning_holds(&beginnings, word);
}

static uint32_t relation_at(const struct text *text, size_t at) {
    const struct word *word = &text->words[at], *next = word_at(text, at, 1);
    if (!begins_related(word))
        return 0;
    if (is_key(word, "orang") && (is_key(next, "tua") || is_key(next, "tuanya")))
        return RELATION_FATHER | RELATION_MOTHER;
    /* "bapak RT", and "bapak2" are men. */
    if ((is_office(next) || word->flags & WORD_DOUBLED) && (is_key(word, "bapak") || is_key(word, "ibu")))
        return 0;
    for (size_t i = 0; i < sizeof relateds / sizeof relateds[0]; i++)
        if (begins_alike(word, relateds[i].key) && ending_behind(word, relateds[i].key))
            return relation_with(relateds[i].relation,
                next && next->clause == word->clause && !(next->flags & WORD_NUMBER) ? next : NULL);
    return 0;
}

static bool is_passive(const struct word *word) {
    return word->key_size > 4 && strncmp(word->key, "di", 2) == 0;
}

/* Does the word tell what somebody does to another? */
static bool is_deed(const struct reading *reading, const struct word *word) {
    static const char *const others[] = {"usir", "jual", "nikah", "kawin", "buang", "tingal", "telantar",
        "paksa", "suruh", "tipu", "pecat", "hamil", "jebak", "tolak"};
    char stemmed[WORD_KEY_MAX];
    stem(word->key, word->key_size, stemmed);
    if (details_is(reading->details, word, stemmed, 1u << DETAIL_VIOLENCE | 1u << DETAIL_BOND))
        return true;
    /* "ketinggalan", "terjual": it happens to them. */
    if (strncmp(word->key, "ke", 2) == 0 || strncmp(word->key, "ter", 3) == 0)
        return false;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (word->key_size > strlen(stemmed) && strcmp(stemmed, others[i]) == 0)
            return true;
    return false;
}

/* "dirante nang gubuk karo bapake", "oleh pamannya". */
static bool told_by(const struct reading *reading, size_t at) {
    static const char *const always[] = {
        "oleh", "dening", "olih", "pelaku", "pelakunya", "pelakune", "terduga", "terlapor", NULL};
    static const char *const after_passive[] = {
        "sama", "karo", "mbek", "ambek", "ambi", "ambik", "dek", "dengan", NULL};
    const struct word *by = word_at(reading->text, at, -1);
    if (is_one_of(by, always))
        return true;
    if (!is_one_of(by, after_passive))
        return false;
    for (long back = 2; back <= BY_REACH; back++) {
        const struct word *word = word_at(reading->text, at, -back);
        if (!word || word->sentence != reading->text->words[at].sentence)
            return false;
        if (is_passive(word))
            return is_deed(reading, word);
    }
    return false;
}

/* "dicekik bapaknya", "dipukuli lagi suaminya". */
static bool done_before(const struct reading *reading, size_t at) {
    static const char *const between[] = {"lagi", "terus", "sendiri", "kembali", "habis", NULL};
    const struct word *word = word_at(reading->text, at, -1);
    if (is_one_of(word, between))
        word = word_at(reading->text, at, -2);
    return word && word->clause == reading->text->words[at].clause && is_passive(word) &&
           is_deed(reading, word);
}

/* "mukul", "nyabet", "memukul"; "selang" and "rokok" are things that it is done with. */
static bool is_active(const struct word *word) {
    static const char *const bare[] = {"pukul", "tampar", "hajar", "siksa", "siram", "perkosa", "cabuli",
        "ancam", "kurung", "kunci", "ikat", "rantai", "bacok", "usir", "jual", NULL};
    return word->key[0] == 'm' || word->key[0] == 'n' || word_is_one_of(word, bare);
}

/* "bapak nyabet anaknya", "kakak ipar saya mukul istrinya". */
static bool does_then(const struct reading *reading, size_t at) {
    for (long ahead = 1; ahead <= DEED_REACH; ahead++) {
        const struct word *word = word_at(reading->text, at, ahead);
        if (!word || word->clause != reading->text->words[at].clause || is_passive(word) ||
            word->flags & WORD_NUMBER)
            return false;
        if (is_active(word) && is_deed(reading, word))
            return word->negator < 0;
        if (ahead > 1 && relation_at(reading->text, at + (size_t)ahead))
            return false;
    }
    return false;
}

static const uint32_t kin = RELATION_FATHER | RELATION_MOTHER | RELATION_HUSBAND | RELATION_WIFE |
                            RELATION_UNCLE | RELATION_AUNT | RELATION_GRANDPARENT | RELATION_SIBLING |
                            RELATION_CHILD | RELATION_IN_LAW;

/* "anak saya", "kakak ipar saya", "adikku": in what relation somebody stands to who writes. */
static uint32_t own_relation(const struct text *text, size_t at, uint32_t relation) {
    static const char *const mine[] = {"saya", "kami", NULL};
    static const char *const between[] = {"ipar", "perempuan", "lelaki", "laki", "kandung", "tiri", NULL};
    const struct word *word = &text->words[at], *next = word_at(text, at, 1);
    bool ending = word->key_size > 4 && strcmp(word->key + word->key_size - 2, "ku") == 0;
    if (is_one_of(next, between))
        next = word_at(text, at, 2);
    return ending || (is_one_of(next, mine) && next->clause == word->clause) ? relation & kin : 0;
}

/* Those who did it, and whose relatives they and the others are. */
static void related_find(const struct reading *reading) {
    struct people *people = reading->out;
    for (size_t i = 0; i < reading->text->count; i++) {
        uint32_t relation = relation_at(reading->text, i);
        if (!relation)
            continue;
        people->own |= own_relation(reading->text, i, relation);
        /* "Tetangga saya memukuli anaknya" is no deed of a neighbour. */
        bool does = relation != RELATION_NEIGHBOUR && does_then(reading, i);
        if (!(does || told_by(reading, i) || done_before(reading, i)))
            continue;
        people->doers |= relation;
        for (size_t k = 0; k < people->count; k++)
            people->persons[k].doer |= people->persons[k].word == i && !people->persons[k].spouse;
    }
}

/* ---- how many */

/* "tinggal sendirian", "sebatang kara"; "anaknya sendiri" and "ngomong sendiri" are something else. */
static bool is_alone(const struct text *text, size_t at) {
    static const char *const alone[] = {"sendirian", "sebatang", "batangkara", NULL};
    static const char *const lives[] = {"tingal", "hidup", "tidur", "duduk", "bertahan", "seorang", NULL};
    const struct word *word = &text->words[at];
    return word_is_one_of(word, alone) ||
           (is_key(word, "sendiri") &&
               (is_one_of(word_at(text, at, -1), lives) || is_one_of(word_at(text, at, -2), lives)));
}

static bool is_several(const struct text *text, size_t at) {
    static const char *const together[] = {
        "sekeluarga", "brayat", "kembar", "sepasang", "bersaudara", "pasutri", "beradik", NULL};
    static const char *const who[] = {"anak", "orang", "perempuan", "lelaki", "balita", "bayi", "remaja",
        "jiwa", "kakak", "saudara", "santri", "siswa", "siswi", "gadis", "lansia", "nenek", "keluarga", NULL};
    const struct word *word = &text->words[at], *next = word_at(text, at, 1);
    if (word_is_one_of(word, together))
        return true;
    return word->flags & WORD_NUMBER && word->number > 1 && word->number < 100 && is_one_of(next, who) &&
           next->clause == word->clause &&
           !is_one_of(word_at(text, at, -1), (const char *const[]){"kelas", "anak", NULL});
}

enum agreement relations_agree(uint32_t a, uint32_t b) {
    uint32_t said_a = a & ~(uint32_t)RELATION_STEP, said_b = b & ~(uint32_t)RELATION_STEP;
    if (!said_a || !said_b)
        return AGREEMENT_SILENT;
    if (said_a & said_b)
        return AGREEMENT_YES;
    if ((said_a & RELATION_FAMILY && said_b & kin) || (said_b & RELATION_FAMILY && said_a & kin))
        return AGREEMENT_SILENT;
    /* The children's father is their mother's husband. */
    static const uint32_t pairs[] = {RELATION_FATHER | RELATION_HUSBAND, RELATION_MOTHER | RELATION_WIFE};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (said_a & pairs[i] && said_b & pairs[i])
            return AGREEMENT_SILENT;
    return AGREEMENT_NO;
}

uint32_t people_relation(const struct text *text, size_t at) {
    return relation_at(text, at);
}

bool people_did(const struct text *text, const struct details *details, size_t at) {
    const struct reading reading = {text, NULL, details, NULL};
    return does_then(&reading, at) || told_by(&reading, at) || done_before(&reading, at);
}

bool people_suffered(const struct text *text, const struct details *details, size_t at) {
    const struct reading reading = {text, NULL, details, NULL};
    for (long ahead = -SUFFER_BACK; ahead <= DEED_REACH; ahead++) {
        const struct word *word = word_at(text, at, ahead);
        bool form = word && (ahead < 0 ? is_active(word) : is_passive(word));
        if (form && word->sentence == text->words[at].sentence && is_deed(&reading, word))
            return true;
    }
    return false;
}

bool people_says_mbah(const struct text *text, const struct word *word) {
    return is_mbah(text, word);
}

bool people_word_is_passive(const struct word *word) {
    return is_passive(word);
}

bool people_word_is_active(const struct word *word) {
    return is_active(word);
}

void people_read(
    const struct text *text, const bool *places, const struct details *details, struct people *out) {
    const struct reading reading = {text, places, details, out};
    *out = (struct people){.count = 0};
    persons_find(&reading);
    related_find(&reading);
    for (size_t i = 0; i < text->count; i++) {
        out->alone |= is_alone(text, i);
        out->several |= is_several(text, i);
    }
}
