/* Which kinds of records and orders the runs have seen: a kind that no seed of CI ever makes is proven by
 * nothing. */
#pragma once

#include "proto/event.pb-c.h"

#include <stdbool.h>

enum { COVERAGE_TAGS = 128 }; /* of the bodies of Event and the kinds of CommandIssued */

/* What daemons have done outside. */
enum coverage_call {
    CALL_MEDIUM, /* a picture fetched from a platform */
    CALL_REPLY,  /* a reporter told */
    CALL_BOX,    /* a team told in a box of this machine */
    CALL_MAIL,   /* ... and over a network */
    CALL_PASSWORD,
    CALL_VIEW, /* asked of another daemon */
    CALL_KINDS
};

struct coverage_order {
    unsigned given, done; /* done: answered below 300 */
    unsigned stale;       /* named a version and was refused for it */
    unsigned refused;     /* for another reason */
};

struct coverage {
    unsigned events[COVERAGE_TAGS];
    unsigned calls[CALL_KINDS];
    struct coverage_order orders[COVERAGE_TAGS];
    unsigned accusing; /* messages of cases that accuse a facility, or somebody of one */
};

void coverage_add(struct coverage *sum, const struct coverage *other);
/* A table on stdout. False: a kind was never seen, an order never done, or one never refused for its
 * version. */
bool coverage_print(const struct coverage *coverage);
