/* What is known of a case, and conditions over it. Three-valued all through: what is not known is not false.
 *
 * The table of facts (names, types, questions) is the site's (rules.yaml, facts). Facts of other names are
 * kept with the case but no rule sees them; `age_band` ("0-5", "60-") narrows `age` where no age is known. */
#pragma once

#include "common/arena.h"
#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    KNOWN_FACTS_MAX = 64, /* of a site; sets of facts are bits of a uint64_t */
    KNOWN_NONE = -1,
    KNOWN_TEXT_MAX = 64,    /* bytes of a name and of a value */
    KNOWN_NUMBER_MOST = 999 /* no age, and nothing else a rule compares, is higher */
};

enum truth { TRUTH_NO, TRUTH_YES, TRUTH_UNKNOWN };

const char *truth_word(enum truth answer); /* no, yes, unknown */
/* Both must hold: a no decides, whatever the other is. */
enum truth truth_and(enum truth a, enum truth b);
enum truth truth_or(enum truth a, enum truth b);

enum fact_type { FACT_YES_NO, FACT_NUMBER, FACT_CHOICE, FACT_FACILITY };

struct fact_definition {
    const char *name;
    enum fact_type type;
    const char *const *values; /* of a choice; no, yes of a yes_no */
    unsigned value_count;
    const char *ask, *ask_en, *ask_role; /* the question that becomes a task, and who finds out */
    const char *from;                    /* report, case, directory, router */
};

struct fact_table {
    const struct fact_definition *facts;
    unsigned count;
    /* Facts the router itself knows the meaning of; KNOWN_NONE where a site does not have them. */
    int priority, age, sex, bed_available, conflict_of_interest, conflict_facility, facility_full,
        facility_refuses;
};

int known_fact_find(const struct fact_table *table, const char *name); /* KNOWN_NONE: unknown */

/* One fact of a case. A number is a range: "about sixty" and "a child" are knowledge too. */
struct known_fact {
    bool known;
    int16_t value;       /* place in values; 1 is yes */
    int16_t least, most; /* of a number */
    const char *text;    /* of a facility fact: ids, separated by spaces; as long as the pairs it came from */
};

struct known {
    const struct fact_table *table;
    struct known_fact facts[KNOWN_FACTS_MAX];
};

void known_init(struct known *known, const struct fact_table *table);
/* False when the name is not in the table or the value makes no sense: then nothing changes. "unknown"
 * forgets. value is kept by pointer for facility facts. */
bool known_set(struct known *known, const char *name, const char *value);
void known_set_truth(struct known *known, int fact, enum truth answer);
/* yes, no or unknown of a yes_no fact; unknown for KNOWN_NONE. */
enum truth known_truth(const struct known *known, int fact);

enum condition_test { CONDITION_IS, CONDITION_BELOW, CONDITION_AT_LEAST };

struct condition {
    uint8_t fact; /* place in the table */
    enum condition_test test;
    int16_t value;
};

enum truth condition_truth(const struct condition *condition, const struct known *known);
/* All must hold. missing: bits of the facts that are unknown are added when the whole is unknown; may be
 * NULL. */
enum truth conditions_truth(
    const struct condition *conditions, unsigned count, const struct known *known, uint64_t *missing);
/* "family_consent is yes", "age below 18" */
const char *condition_text(
    struct arena *arena, const struct fact_table *table, const struct condition *condition);

/* The pairs of name and value as a case's row keeps them: name, NUL, value, NUL, and so on. */
enum {
    PAIRS_MAX_BYTES = 7168, /* 32 facts x 2 x 64 bytes, and three lists */
    PAIRS_VALUE_MAX = 1024  /* as long as in the case file: lists of kinds or of accounts */
};

struct pairs {
    const char *bytes;
    size_t size;
};

/* The next pair behind *at (start with 0); false at the end or when the bytes are no pairs. */
bool pairs_next(const struct pairs *pairs, size_t *at, const char **name, const char **value);
/* before with name set to value, in the arena. What does not fit (names over KNOWN_TEXT_MAX, values over
 * PAIRS_VALUE_MAX, sets over PAIRS_MAX_BYTES) leaves it as it was. */
struct pairs pairs_put(struct arena *arena, struct pairs before, const char *name, const char *value);
const char *pairs_get(const struct pairs *pairs, const char *name); /* NULL: not there */
void known_read(struct known *known, const struct fact_table *table, const struct pairs *pairs);

/* "0-5", "6-12", "13-17", "18-59", "60-" when the age lies in one of them for certain, else "". For the
 * masked summary of an offer. */
const char *known_age_band(const struct known *known);
const char *known_sex(const struct known *known); /* "L", "P" or "" */
