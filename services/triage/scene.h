/* One report as it is compared with another (likeness.h): who it is about and who did it, in what
 * surroundings, how many of what, and the words that are left when names of places are out of
 * the way. A pure function of the report. */
#pragma once

#include "services/triage/assess.h"
#include "services/triage/details.h"
#include "services/triage/identity.h"
#include "services/triage/people.h"

enum {
    TELLING_MAX = 192, /* words of one report that are compared, each once; a report of 60 has about 30 */
    BEGINNING = 5,     /* letters in which two words of one stem agree ("terikat", "terikatnya") */
    COUNTS_MAX = 16
};

/* How many of what: "tiga rumah", "60 jiwa". */
struct counted {
    int32_t number;
    uint64_t what; /* beginning of the stem after the number; people by any word are "orang" or "anak" */
    bool amount;   /* of money, weight or time: that one is told otherwise says nothing */
};

struct telling {
    char stem[WORD_KEY_MAX];
    uint64_t
        beginning; /* word_beginning(stem): equal when both agree in so many letters, or are one short word */
    float rarity;  /* 0..1, see rarity.h */
    bool place;    /* name of a place */
    bool name;     /* name of somebody, or of a place that no list has */
    bool caller;   /* of who calls (identity_caller) */
    uint16_t details[DETAILS_OF_WORD];
    uint8_t detail_count;
};

static inline uint64_t word_beginning(const char *stem) {
    uint64_t beginning = 0;
    for (unsigned i = 0; i < BEGINNING && stem[i]; i++)
        beginning = beginning << 8 | (uint8_t)stem[i];
    return beginning;
}

struct scene {
    struct assessment said;
    struct text text;
    struct signs signs;
    struct telling *telling; /* at most TELLING_MAX (arena) */
    size_t telling_count;
    struct people people;
    struct counted counted[COUNTS_MAX];
    size_t counted_count;
    struct detail_set details, loose; /* loose: these, and those that are found loosely */
    struct identity identity;
    size_t caller; /* words that say who calls */
};

/* Of what was read and judged already, and outlives out. Both are false only when the arena is exhausted. */
bool scene_make(const struct assessor *assessor, struct arena *arena, const struct reading *reading,
    const struct assessment *said, struct scene *out);
/* With a brief assessment (assess_briefly). False only when the arena is exhausted; one assessment
 * (ASSESSMENT_ARENA_BYTES) must fit. */
bool scene_read(
    const struct assessor *assessor, struct arena *arena, const struct report *report, struct scene *out);
