/* The site's referral rules (rules.yaml): facts, actions, ordered rules a kind, general rules around them.
 * Typed and checked when loaded; deciding is a pure function of what is known.
 *
 * A rule whose conditions are false is skipped, the first whose conditions are true is used; one before it
 * that is unknown stops there: the referral waits for the facts it names, unless its emergency branch holds
 * and the site has recorded the override. Field guide 6b. */
#pragma once

#include "common/arena.h"
#include "common/config.h"
#include "common/site.h"
#include "services/router/known.h"

enum {
    RULES_KINDS_MAX = 64, /* kinds are bits of a uint64_t */
    RULES_TYPES_MAX = 64, /* types of facilities too */
    RULES_STEPS_MAX = 16, /* of a rule and its emergency branch together */
};

/* What the code itself knows about some actions of the general rules. */
enum action_meaning {
    ACTION_PLAN,           /* somebody does it: it is a plan, no facility is asked */
    ACTION_NEIGHBOUR,      /* the same types once more, beyond their coverage */
    ACTION_NEXT_CANDIDATE, /* what the router does anyway */
    ACTION_EXCLUDE,        /* likewise: conflict_facility is out */
    ACTION_WHERE_FOUND,    /* likewise: the area of the case decides */
};

struct action {
    const char *code, *name, *name_en;
    enum action_meaning meaning;
    const struct condition *unless; /* any of them: the action cannot be used */
    unsigned unless_count;
};

enum within { WITHIN_REGENCY, WITHIN_COVERAGE, WITHIN_ANY };

struct step {
    uint64_t types;                /* bits; 0 with facilities or an action */
    const char *const *facilities; /* ids */
    unsigned facility_count;
    const struct action *action; /* NULL: facilities are asked */
    const char *role, *playbook; /* who leads the action; NULL: not said */
    enum within within;
    bool beside; /* done as well, whatever step is used */
    const struct condition *when;
    unsigned when_count;
    struct duration max_stay; /* count 0: none */
    const char *note, *note_en;
};

enum notify_area { NOTIFY_CASE, NOTIFY_ORIGIN, NOTIFY_DESTINATION };

struct notify {
    const char *role;
    enum notify_area area;
    const struct condition *when;
    unsigned when_count;
};

enum emergency {
    EMERGENCY_NEVER,
    EMERGENCY_WHEN_P0,
    EMERGENCY_WHEN_P0_P1,
    EMERGENCY_ALWAYS,
    EMERGENCY_WHEN_ANY
};

struct rule {
    const char *id;
    int kind; /* place in kinds.yaml; KNOWN_NONE: any */
    const struct condition *when;
    unsigned when_count;
    const struct step *steps, *emergency_steps;
    unsigned step_count, emergency_step_count;
    const char *const *approve; /* role codes */
    unsigned approve_count;
    const struct notify *notify;
    unsigned notify_count;
    enum emergency emergency;
    const struct condition *emergency_any;
    unsigned emergency_any_count;
    bool override;
    const char *override_text, *override_text_en;
    const char *basis;
};

struct rules {
    struct fact_table facts;
    const struct action *actions;
    unsigned action_count;
    const char *const *types; /* names in the order of their bits, from eligibility.yaml */
    unsigned type_count;
    const struct rule *rules, *general;
    unsigned rule_count, general_count;
};

/* types: names of the facility types. Everything the result points to lies in the arena. False with file,
 * line and sentence. */
bool rules_load(const char *folder, const struct site_kinds *kinds, const char *const *types,
    unsigned type_count, struct arena *arena, struct rules *out, struct error *error);
/* Conditions as every file of the router writes them. where: the way to the list, for the refusal. */
struct condition_row {
    char *fact, *is;
    int *below, *at_least;
};
extern const cyaml_schema_value_t router_condition_schema;
const struct condition *conditions_compile(const struct fact_table *facts, const struct condition_row *rows,
    unsigned count, const char *path, const char *where, struct arena *arena, struct error *error);

int rules_kind(const struct site_kinds *kinds, const char *code); /* KNOWN_NONE: unknown */
const struct action *rules_action(const struct rules *rules, const char *code);

/* ---- deciding */

struct decision {
    const struct rule *rule; /* used, or the one that is unknown; NULL: none for this kind */
    bool waits;              /* the rule is unknown: a draft, unless the emergency branch goes on */
    bool emergency;          /* the emergency branch holds */
    uint64_t missing;        /* facts */
    /* In order; those of the emergency branch first when it holds. Steps whose own conditions are false are
     * still here: whoever walks them keeps the reason. */
    const struct step *steps[RULES_STEPS_MAX];
    unsigned step_count;
};

void rules_decide(const struct rules *rules, int kind, const struct known *known, struct decision *decision);
enum truth rule_emergency(const struct rule *rule, const struct known *known);
