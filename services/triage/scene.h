/* One report as it is compared with another (likeness.h): who it is about, in what surroundings, how many of
 * what, and the words that are left when names of places and of people's usual matters are out of the way.
 * A pure function of the report. */
#pragma once

#include "services/triage/assess.h"
#include "services/triage/details.h"
#include "services/triage/identity.h"

enum {
    TELLING_MAX = 192, /* words of one report that are compared, each once; a report of 60 has about 30 */
    PERSONS_MAX = 24,
    COUNTS_MAX = 16
};

enum sex { SEX_UNSAID, SEX_WOMAN, SEX_MAN };

/* Somebody the report mentions: "nenek 78 tahun", "L/36", "siswi kelas 8". Ages in years, both included. */
struct person {
    enum sex sex;
    uint8_t youngest, oldest;
    bool aged; /* the age was said, not only a word like "nenek" */
};

/* How many of what: "tiga rumah", "lantai 5". */
struct counted {
    int32_t number;
    char what[WORD_KEY_MAX]; /* stem of the word after the number */
};

struct telling {
    char stem[WORD_KEY_MAX];
    float rarity; /* 0..1, see rarity.h */
    bool place;   /* name of a place */
    bool name;    /* name of somebody */
};

struct scene {
    struct assessment said;
    struct text text;
    struct signs signs;
    struct telling telling[TELLING_MAX];
    size_t telling_count;
    struct person persons[PERSONS_MAX];
    size_t person_count;
    struct counted counted[COUNTS_MAX];
    size_t counted_count;
    struct detail_set details;
    struct identity identity;
};

/* False only when the arena is exhausted; one assessment (ASSESSMENT_ARENA_BYTES) must fit. */
bool scene_read(
    const struct assessor *assessor, struct arena *arena, const struct report *report, struct scene *out);
/* May both be one person, as far as it is said? Ages that were guessed differ by up to five years, or a
 * tenth. */
bool persons_agree(const struct person *a, const struct person *b);
/* Whom it is about: the first with an age, else the first mentioned; NULL when nobody is. */
const struct person *scene_focus(const struct scene *scene);
