/* Do two reports tell of one incident? Compared are what they are about, where, when, who is hurt, how many,
 * in what surroundings, and the words that are left; the answer is a weighted sum that can be explained. A
 * pure function.
 *
 * It proposes. Whatever joins cases on it must be able to part them again, and must never trust a report more
 * because it was told twice (ESC-07). */
#pragma once

#include "services/triage/assess.h"

#include <jansson.h>

enum likeness_feature {
    LIKE_BIAS,
    LIKE_NEAR,             /* 0..1: one spot; from LIKENESS_NEAR_KM on 0 */
    LIKE_HERE,             /* 0..1: one house; from LIKENESS_HERE_KM on 0 */
    LIKE_FAR,              /* positions further apart than LIKENESS_FAR_KM */
    LIKE_AREA_SAME,        /* the same district */
    LIKE_AREA_OTHER,       /* areas that exclude each other */
    LIKE_SPOT,             /* the same hamlet, street, market ... by name or number */
    LIKE_SPOT_NOT,         /* another one */
    LIKE_LATE,             /* 0..1: further apart in time than reports of one such case are */
    LIKE_SOON,             /* 0..1: how soon one came after the other */
    LIKE_KIND,             /* 0..1: how far the likely kinds agree */
    LIKE_KIND_NOT,         /* the likely kinds have nothing to do with each other */
    LIKE_URGENCY,          /* 0..1: how far the likely priorities agree */
    LIKE_WORDS_COUNT,      /* 0..1: how much they share, rare words count most */
    LIKE_WORD_RAREST,      /* 0..1: rarity of the rarest word in common */
    LIKE_TOLD,             /* 0..1: how much that is */
    LIKE_FRAME_NOT,        /* 0..1: one form, filled in with other names, numbers and things */
    LIKE_DETAILS,          /* 0..1: things, deeds, states in common (knife, jump, milk, theft), four are 1 */
    LIKE_DETAILS_RARE,     /* 0..1: how rare these are among reports of the kind */
    LIKE_DETAILS_SEVERAL,  /* 0..1: more than one of them; one alone is what many incidents of a kind have */
    LIKE_DETAILS_NOT,      /* 0..1: each tells some that the other does not */
    LIKE_LOOSE,            /* 0..1: as LIKE_DETAILS, how much more with words that tell less */
    LIKE_LOOSE_RARE,       /* 0..1: as LIKE_DETAILS_RARE, how much more */
    LIKE_LOOSE_SEVERAL,    /* 0..1: as LIKE_DETAILS_SEVERAL, how much more */
    LIKE_BOND,             /* bound or locked up in the same way */
    LIKE_BOND_NOT,         /* in another way */
    LIKE_HARM,             /* 0..1: the same harm, violence, weapon or part of the body */
    LIKE_HARM_NOT,         /* 0..1: another harm or violence */
    LIKE_DISASTER_NOT,     /* another disaster */
    LIKE_STATE_NOT,        /* another one, or another country */
    LIKE_LOOKS_NOT,        /* other colours and garments */
    LIKE_CONCEPTS_ONE,     /* 0..1: how much only one of them tells (beating, hunger), rare things most */
    LIKE_SURROUNDINGS,     /* 0..1: surroundings in common (market, well, kitchen), two are 1 */
    LIKE_SURROUNDINGS_NOT, /* both name surroundings, and none in common */
    LIKE_COUNTS,           /* the same number of the same things */
    LIKE_COUNTS_NOT,       /* another number of the same things */
    LIKE_AMOUNT,           /* the same sum, weight or span of time */
    LIKE_NAME,             /* somebody's name is in both, half as a letter */
    LIKE_NAME_NOT,         /* both name somebody, and nobody in common */
    LIKE_AGE_SAME,         /* to the year */
    LIKE_AGE_OFF_NOT,      /* both know an age, and it is not to the year */
    LIKE_AGE_NOT,          /* both name an age, and none agrees */
    LIKE_SEX_NOT,          /* about women and girls only here, men and boys only there */
    LIKE_PERSON_NOT,       /* whom the one is about, the other does not mention */
    LIKE_PERSONS,          /* 0..1: share of the mentioned people that the other mentions too */
    LIKE_ALONE_NOT,        /* somebody all alone here, several there */
    LIKE_DOER_NOT,         /* others did it */
    LIKE_OWN_NOT,          /* another relative of who writes: "anak saya", "istri saya" */
    LIKE_SAID_NOT,         /* one of them says that it is another case */
    LIKE_ASKED_NOT, /* 0..1: how likely both only ask or tell nothing: people ask about the same things */
    LIKENESS_FEATURES
};

#define LIKENESS_HERE_KM 0.5
#define LIKENESS_NEAR_KM 1.5
#define LIKENESS_FAR_KM 3.0

struct told {
    const char *text;
    size_t size;
    const struct position *position; /* NULL: none */
    int64_t at;                      /* epoch ms, or minutes since anything, times 60000 */
};

struct likeness {
    float features[LIKENESS_FEATURES];
    float score; /* 0..1 */
    bool same;
};

struct scene;

/* What is compared of a report; it lives as long as the arena. NULL only when that is exhausted: one
 * assessment (ASSESSMENT_ARENA_BYTES) must fit. */
const struct scene *likeness_read(
    const struct assessor *assessor, struct arena *arena, const struct told *told);
/* kinds: of the site, for how long reports of a kind are taken for one case; NULL: any time. */
void likeness_compare(const struct assessor *assessor, const struct site_kinds *kinds, const struct told *a,
    const struct scene *left, const struct told *b, const struct scene *right, struct likeness *out);

/* Does it say that it is another matter than one told before? */
bool likeness_says_other(const struct scene *scene);
/* Both, of two texts. False only when the arena is exhausted; two assessments must fit. */
bool likeness_judge(const struct assessor *assessor, const struct site_kinds *kinds, struct arena *arena,
    const struct told *a, const struct told *b, struct likeness *out);

/* From {"text", "minutes", "lat", "lon"}; points into it and into position. False without a text. */
bool told_read(const json_t *input, struct told *told, struct position *position);

/* `sigapctl triage pairs --json`: reads JSON lines {"a":{"text","minutes","lat","lon"},"b":{...}} and answers
 * each with {"same":true|false,"score":0..1}; with features, for fitting, also their values. Returns an exit
 * status. */
int triage_pairs_main(const char *site_folder, bool features, FILE *in, FILE *out);
