/* Who is in a report: whom it is about, how old, how many, and who did it. Of two reports of one kind in one
 * place, this tells apart more than the words do: another child of the same school, the uncle instead of the
 * father. Pure functions of the words. */
#pragma once

#include "services/triage/details.h"
#include "services/triage/text.h"

enum { PEOPLE_MAX = 24 };

enum sex { SEX_UNSAID, SEX_WOMAN, SEX_MAN };

/* Somebody the report mentions: "nenek 78 tahun", "L/36", "siswi kelas 8". Ages in years, both included. */
struct person {
    enum sex sex;
    uint8_t youngest, oldest;
    uint8_t age;    /* when aged */
    uint8_t months; /* of a baby whose age was told in months, 0: not */
    uint16_t word;  /* that names the person, index in the text */
    bool aged;      /* the age was said, not only a word like "nenek" */
    bool guessed;   /* "sekitar 40", "30an", or from a class at school */
    bool pupil;     /* from a class, which is told exactly */
    bool doer;      /* who did it: "dipukuli bapaknya", "oleh pamannya" */
    bool relative;  /* somebody's: "anaknya", "suaminya" */
    bool spouse;    /* not named: there is a husband or a wife */
};

/* In what relation those who did it stand to those whom it was done to: bits. */
enum relation {
    RELATION_FATHER = 1 << 0,
    RELATION_MOTHER = 1 << 1,
    RELATION_STEP = 1 << 2, /* with father or mother */
    RELATION_HUSBAND = 1 << 3,
    RELATION_WIFE = 1 << 4,
    RELATION_UNCLE = 1 << 5,
    RELATION_AUNT = 1 << 6,
    RELATION_GRANDPARENT = 1 << 7,
    RELATION_SIBLING = 1 << 8,
    RELATION_CHILD = 1 << 9,
    RELATION_IN_LAW = 1 << 10,
    RELATION_TEACHER = 1 << 11,
    RELATION_FELLOW = 1 << 12, /* of the same class, dormitory */
    RELATION_LOVER = 1 << 13,
    RELATION_EMPLOYER = 1 << 14,
    RELATION_NEIGHBOUR = 1 << 15,
    RELATION_FAMILY = 1 << 16, /* not said who of them */
    RELATION_TRADE = 1 << 17,  /* known by a trade: driver, guard, "tukang" of any kind */
};

struct people {
    struct person persons[PEOPLE_MAX];
    size_t count;
    uint32_t doers; /* relations of those who did it */
    uint32_t own;   /* relations to the reporter of those whom it mentions: "anak saya", "kakak ipar saya" */
    bool alone;     /* somebody lives or sleeps all alone */
    bool several;   /* it is about two or more who belong together */
};

enum agreement { AGREEMENT_SILENT, AGREEMENT_YES, AGREEMENT_NO };

/* places: for each word, whether it is of a place's name. */
void people_read(
    const struct text *text, const bool *places, const struct details *details, struct people *out);
/* In what relation a person at `at` is named, bits of enum relation; 0 when no such person is. */
uint32_t people_relation(const struct text *text, size_t at);
/* Did the person at `at` do it to another? "dipukuli anaknya", "oleh anaknya", "anaknya mukul". */
bool people_did(const struct text *text, const struct details *details, size_t at);
/* Was it done to the person at `at`? "kakek dipukuli", "menampar kakek". */
bool people_suffered(const struct text *text, const struct details *details, size_t at);
/* "Mbah", "simbah", which are read as "nenek" (spellings.h), but may be either. */
bool people_says_mbah(const struct text *text, const struct word *word);
/* "dipukul"; "memukul", "nyabet", "pukul". By their form. */
bool people_word_is_passive(const struct word *word);
bool people_word_is_active(const struct word *word);
/* Could those who did it be the same? SILENT also where one says "the family", or names the same man from
 * another side. */
enum agreement relations_agree(uint32_t a, uint32_t b);
/* May both be one person, as far as it is said? Ages of children may differ by one year, others by up to
 * five, guesses by two more; of babies by one month. */
bool persons_agree(const struct person *a, const struct person *b);
/* Whom it is about: not who did it; rather somebody with an age, and nobody's relative. NULL when nobody is.
 */
const struct person *people_focus(const struct people *people);
