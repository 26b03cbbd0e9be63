/* What the field's words mean: kinds, keywords, concepts and their combinations, urgency rules, the trained
 * weights. Loaded once from a site's folder, checked whole, then immutable: any number of threads may share
 * it.
 *
 *   kinds.yaml                  the kinds and their default priority and confidentiality (common/site.h)
 *   vocabulary/keywords.yaml    words that point to a kind
 *   vocabulary/concepts.yaml    what a report is about (child, beating, hunger ...), which kinds follow
 *   vocabulary/signals.yaml     the same schema: our own concepts beyond the field's tables
 *                               (R_: only for rules, not learnt; R_KANTOR.<role>: accuse.h)
 *   vocabulary/urgency.yaml     which concepts make a report urgent (severity criteria, ESC-nn)
 *   vocabulary/weights.tsv      optional: weights learnt from labelled reports, see model.h
 *   vocabulary/rarity.tsv       optional: how rare words are, for comparing reports, see rarity.h
 * Without weights.tsv kinds are told by keywords and combinations alone. */
#pragma once

#include "common/config.h"
#include "common/error.h"
#include "common/site.h"
#include "services/triage/matcher.h"

enum {
    KINDS_MAX = 64,        /* the field has 35 */
    CONCEPTS_MAX = 512,    /* the site of East Java has about 200 */
    RULE_CONCEPTS_MAX = 6, /* named by one combination or rule */
    RULE_KINDS_MAX = 24,
    NO_INDEX = -1
};

enum priority { PRIORITY_P0, PRIORITY_P1, PRIORITY_P2, PRIORITY_P3, PRIORITY_P4, PRIORITIES };

struct kind {
    const char *code;
    enum priority priority; /* default; P3 for the kind that inherits */
    int confidentiality;    /* 0..3 for C0..C3 */
    bool opens_case;
    bool inherits; /* asks after, or adds to, an earlier report: its urgency is that one's */
};

enum term_use { TERM_KEYWORD, TERM_CONCEPT };

/* One pattern of the matcher; its tag is the index in terms. */
struct term {
    enum term_use use;
    int16_t index;    /* of the kind or concept */
    uint8_t weight;   /* keywords: 3 strong, 2 medium, 1 weak */
    const char *text; /* as written in the file */
};

/* What a concept is in an accusation (accuse.h). */
enum concept_part {
    PART_NONE,
    PART_STAFF,         /* who works at an institution */
    PART_OFFICE,        /* who works for an office, see CONCEPT_OFFICE */
    PART_INSTITUTION,   /* that receives cases */
    PART_ELSEWHERE,     /* schools, shops: those who work there receive none */
    PART_WRONG,         /* that is done to somebody */
    PART_WRONG_ANY_FORM /* likewise, and no thing has such a name: "pungli" */
};

#define CONCEPT_OFFICE "R_KANTOR." /* and the code of its role, of roles.yaml */

struct concept {
    const char *code;
    uint64_t hash; /* text_hash(code) */
    enum concept_part part;
};

/* R_: only rules ask for it. It is no matter of its own, and the weights were learnt without it. */
static inline bool concept_is_for_rules(const struct concept *concept) {
    return concept->code[0] == 'R' && concept->code[1] == '_';
}

/* All of `all`, none of `without`: the kind gains weight. */
struct combination {
    const char *id;
    int16_t kind;
    float weight;
    int16_t all[RULE_CONCEPTS_MAX],
        without[RULE_CONCEPTS_MAX]; /* concepts, ends with NO_INDEX when shorter */
    uint8_t all_count, without_count;
};

/* In the order in which they take effect. */
enum urgency_effect {
    URGENCY_LOWER, /* down to this priority; never where the kind forbids it, see urgency.h */
    URGENCY_RAISE, /* one step up, not above `priority` */
    URGENCY_SET,   /* at least this priority */
    URGENCY_QUIET, /* down to this priority unless danger is more likely than not, see urgency.h */
    URGENCY_HOLD   /* the machine may not close it: at least this priority, and a person looks (DSC-04) */
};

struct urgency_rule {
    const char *id; /* ESC-03, or <kind>.P0.<n> for a criterion of the kind */
    enum urgency_effect effect;
    enum priority priority;
    int16_t kinds[RULE_KINDS_MAX]; /* none: any kind */
    uint8_t kind_count;
    int16_t all[RULE_CONCEPTS_MAX], without[RULE_CONCEPTS_MAX];
    uint8_t all_count, without_count;
    bool near; /* the concepts must stand in one sentence or two that follow each other */
};

/* Concepts that the code itself asks for; NO_INDEX in `named` when the site does not define one. */
enum named_concept {
    NAMED_CHILD,
    NAMED_TODDLER,
    NAMED_OLDER_PERSON,
    NAMED_WOMAN,
    NAMED_ALONE,
    NAMED_IN_PUBLIC,
    NAMED_TAKEN_BACK,
    NAMED_OWN_DEATH, /* announced by who writes */
    NAMED_IN_JEST,
    NAMED_CONCEPTS
};

struct details;
struct model;
struct rarity;

struct vocabulary {
    struct kind kinds[KINDS_MAX];
    size_t kind_count;
    struct concept concepts[CONCEPTS_MAX];
    size_t concept_count;
    int16_t named[NAMED_CONCEPTS];
    int16_t no_report; /* the kind bukan_laporan, NO_INDEX when the site has none */
    struct term *terms;
    size_t term_count;
    struct combination *combinations;
    size_t combination_count;
    struct urgency_rule *urgency; /* by effect, and those of one as in the file */
    size_t urgency_count;
    struct spelling *spelling;
    struct matcher *matcher;
    struct details *details; /* for comparing reports, see details.h */
    struct model *model;     /* NULL: no weights */
    struct rarity *rarity;   /* NULL: all words are taken for equally rare */
    /* Owned sources of the texts above. */
    struct site_kinds *site_kinds;
    void *files[8];
    size_t file_count;
};

/* site: the site's folder. NULL with error set when a file is missing or refused. The caller frees it. */
struct vocabulary *vocabulary_load(const char *site, struct error *error);
void vocabulary_free(struct vocabulary **vocabulary);
/* NO_INDEX when unknown. */
int vocabulary_kind(const struct vocabulary *vocabulary, const char *code);
