/* The judgement on one report: what it is, how urgent, where, who may see it, and why. A pure function of the
 * vocabulary, the gazetteer and the report; no I/O, no state, about 22 us for 200 characters. The daemon
 * (triage.c) decides what becomes of it; here is only what the text says.
 *
 * The machine proposes. review says that a person must confirm before the case goes on; possible_danger that
 * somebody must be alerted at once although it is unclear. Both may be set at the same time. */
#pragma once

#include "services/triage/accuse.h"
#include "services/triage/facts.h"
#include "services/triage/matters.h"
#include "services/triage/place.h"
#include "services/triage/urgency.h"

#include <stdio.h>

enum {
    ASSESSMENT_KINDS_MAX = 5,
    ASSESSMENT_EVIDENCE_MAX = 24,
    /* What one assessment takes of the arena at most: text 400 KiB and candidates of a message of 16 KiB; 15
     * KiB for 200 characters. */
    ASSESSMENT_ARENA_BYTES = 1 << 20
};

/* All of it immutable and shared. */
struct assessor {
    const struct vocabulary *vocabulary;
    const struct place_index *places; /* NULL: no areas */
    bool weighs_all;                  /* also the further kinds that are unlikely: for learning */
};

struct report {
    const char *text; /* UTF-8 from outside, not NUL-terminated */
    size_t size;
    const struct position *position; /* NULL: none */
    const char *area;                /* declared code, NULL or "" for none */
    bool urgent;                     /* the caller's flag; raises, never lowers */
    int local_hour;                  /* of receipt, 0..23; -1 not known */
};

struct kind_score {
    const char *kind;
    float score; /* 0..1, all kinds together 1 */
};

struct evidence {
    const char *what;  /* kind, also, keyword, concept, combination, urgency, place, fact, mark */
    const char *rule;  /* rule id, concept code, keyword as in the vocabulary, or name of the fact */
    const char *words; /* the reporter's words (arena); "" when it is about the whole message. Personal data:
                          not for logs */
    uint32_t start, end; /* bytes of the report */
    float weight;
};

enum review_reason {
    REVIEW_NONE,
    REVIEW_NO_MATCH,        /* nothing known in it: not the same as "no report" */
    REVIEW_LOW_CONFIDENCE,  /* the best kind is not far enough ahead */
    REVIEW_SEVERAL_KINDS,   /* two kinds of different families are both likely */
    REVIEW_PLACE_UNCLEAR,   /* two or more areas fit */
    REVIEW_POSSIBLE_DANGER, /* reads like no report, or like a past one, but a life may hang on it */
    REVIEW_EMPTY            /* no words */
};

struct assessment {
    const char *kind; /* never NULL: with nothing to go by the last resort of the vocabulary, under review */
    struct kind_score kinds[ASSESSMENT_KINDS_MAX]; /* best first */
    size_t kind_count;
    const struct matter
        *matters; /* the further kinds, with assessor.weighs_all all, likeliest first (arena) */
    size_t matter_count;
    const char *also[MATTERS_MAX]; /* further kinds: of other victims, or another wrong; likeliest first */
    size_t also_count;
    const char *parent_kind; /* of the report that a follow-up speaks of, where its words tell; else "", never
                                NULL */
    enum priority priority;
    float priorities[PRIORITIES]; /* learnt probabilities of P0..P4 before rules and costs; all 0 without
                                     weights */
    float confidence;             /* in the kind, 0..1 */
    bool review;
    enum review_reason review_reason;
    bool possible_danger;
    bool own_death;           /* whoever writes announces it */
    bool opens_case;          /* false for P4 and for kinds that are answered as information */
    int confidentiality;      /* 0..3: the strictest of the likely kinds */
    char area[AREA_TEXT + 1]; /* "" when not decided */
    enum area_level area_level;
    char area_candidates[PLACE_CANDIDATES_MAX][AREA_TEXT + 1];
    size_t area_candidate_count;
    struct fact facts[FACTS_MAX];
    size_t fact_count;
    struct accused accused;  /* of those who would receive the case */
    const char *reasons[16]; /* rule ids that set the priority */
    size_t reason_count;
    struct evidence evidence[ASSESSMENT_EVIDENCE_MAX];
    size_t evidence_count;
};

/* False only when the arena is exhausted (see ASSESSMENT_ARENA_BYTES). Texts of out live in the arena and the
 * vocabulary. */
bool assess(const struct assessor *assessor, struct arena *arena, const struct report *report,
    struct assessment *out);

/* What a report is judged by: its words, what the vocabulary finds in them, and which are names of places. */
struct reading {
    struct text text;
    struct signs signs;
    struct place_names *names;
    const bool *places; /* of each word */
};

/* In the arena; false only when it is exhausted. text: outlives out, not NUL-terminated. */
bool reading_read(
    const struct assessor *assessor, struct arena *arena, const char *text, size_t size, struct reading *out);
/* assess() of what was read already. */
bool assess_reading(const struct assessor *assessor, struct arena *arena, const struct report *report,
    const struct reading *reading, struct assessment *out);
/* Only what reports are compared by: the likely kinds, the learnt priorities and the place, as of assess();
 * all else of out is empty. */
bool assess_briefly(const struct assessor *assessor, struct arena *arena, const struct report *report,
    const struct reading *reading, struct assessment *out);

/* "P0" .. "P4". */
const char *priority_name(enum priority priority);
/* no_match, low_confidence ...; "" for none. */
const char *review_reason_name(enum review_reason reason);

/* One line of JSON without its line end:
 * {"kind","kinds","priority","confidence","review","area","area_candidates", "evidence", ...}. malloc'd, NULL
 * when out of memory. Holds words of the reporter: for operators, never for logs. */
char *assess_to_json(const struct assessment *assessment);

/* `sigapctl triage explain`. With json: reads JSON lines {"text", "lat", "lon", "area", "urgent", "hour"} and
 * answers each with a line of assess_to_json, {"error": ...} for a line that is none; "known", a list of
 * {"id", "text", "minutes", "lat", "lon"}, is answered by "alike": how much the report is like each of them.
 * Else each line is a report as it was sent, answered for people: how it was read, scores, place, evidence,
 * and the features that weighed most for the first two kinds and the priority. Returns an exit status: 0, or
 * 1 when the site cannot be loaded or the output cannot be written (said on stderr). */
int triage_explain_main(const char *site_folder, bool json, FILE *in, FILE *out);
