/* When a task may begin: the preconditions of playbooks.yaml (`needs`), three-valued. What is not known is
 * not false: a task whose condition is unknown waits, it is not cancelled.
 *
 *   done(X)       task X of the case is done, at least once when it is repeated
 *   flag(x)       the fact x is yes; some flags also follow from other facts or the kind, see condition.c
 *   level(Pn)     the case is at least as urgent as Pn
 *   consent(x)    the fact x_consent is yes
 *   stage(x)      the fact stage is x (disasters: pra, tanggap, pasca)
 *   score(x>=3)   the fact x is a number of at least 3
 *   request(x)    the fact x_request is yes
 *
 * joined by &; the empty text is always true. Pure. */
#pragma once

#include "common/error.h"
#include "services/casework/case_file.h"

enum truth { TRUTH_NO, TRUTH_YES, TRUTH_UNKNOWN };

enum condition_kind {
    CONDITION_DONE,
    CONDITION_FLAG,
    CONDITION_LEVEL,
    CONDITION_CONSENT,
    CONDITION_STAGE,
    CONDITION_SCORE,
    CONDITION_REQUEST,
};

enum { CONDITION_TERMS_MAX = 4, CONDITION_NAME_MAX = 40 };

struct condition_term {
    enum condition_kind kind;
    char name[CONDITION_NAME_MAX + 1];
    int number; /* LEVEL: 0..4; SCORE: the least */
};

struct condition {
    struct condition_term terms[CONDITION_TERMS_MAX];
    unsigned count;
};

/* False with a sentence that names the piece that is wrong. */
bool condition_parse(const char *text, struct condition *out, struct error *error);
enum truth condition_holds(const struct condition *condition, const struct case_file *file);
/* True when it asks for more than other tasks: facts that somebody has to record first. */
bool condition_asks_facts(const struct condition *condition);

/* The fact a term asks for, for whoever records it: flag(relapse) -> relapse, consent(victim) ->
 * victim_consent. out has CONDITION_NAME_MAX + 16 bytes; empty for done and level. */
void condition_fact_name(const struct condition_term *term, char out[CONDITION_NAME_MAX + 16]);
/* yes, no or unknown of a flag alone. */
enum truth condition_flag(const char *flag, const struct case_file *file);
