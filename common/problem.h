/* Refusals as the sender reads them: RFC 9457 problem details, application/problem+json. Indonesian first,
 * English second in every text ("Token tidak dikenal / Unknown token"). They say what was wrong and never
 * repeat the body. */
#pragma once

#include "common/json.h"

#include <stdbool.h>
#include <stddef.h>

#define PROBLEM_CONTENT_TYPE "application/problem+json"

enum {
    PROBLEM_MAX = 4096 /* a problem is a few sentences; two texts of 512 bytes escaped threefold fit */
};

struct problem {
    int status;           /* HTTP status, repeated in the body */
    const char *type;     /* slug, for programs: "unknown-token" becomes urn:sigap:problem:unknown-token */
    const char *title_id; /* what kind of refusal, the same every time */
    const char *title_en;
    const char *detail_id; /* this one, and what helps; may be NULL */
    const char *detail_en;
    const char
        *pointer; /* JSON pointer of the offending member, NULL without; may hold a name the sender made */
    int retry_after_s; /* above 0: when to come again; the header Retry-After is set by who sends it */
};

/* One object {type, title, status, detail, pointer, retry_after}. */
void problem_write(struct json_writer *writer, const struct problem *problem);

/* The problem for a body refused by json.h; pointer is taken from where, which may be NULL and must outlive
 * it. */
struct problem problem_from_json(enum json_refusal refusal, const struct json_problem *where);

/* What every daemon with a door says. */
extern const struct problem problem_bad_request, problem_unauthorized, problem_forbidden, problem_not_found,
    problem_method_not_allowed, problem_conflict, problem_too_large, problem_unsupported_type,
    problem_overloaded, problem_internal;
