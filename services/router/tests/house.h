/* What the router's tests share: cases that open, people who answer, and what came of it. */
#pragma once

#include "services/router/router.h"
#include "tests/fixture/engine_fixture.h"

struct case_setup {
    const char *kind, *area;
    int priority;        /* 0..4 */
    const char *facts;   /* "age=14 sex=P" */
    int confidentiality; /* 0..3 */
    bool training;
};

/* The case's id. The event goes into the lane of its priority; no turn is made when later is true. */
struct id house_open(struct fixture *fixture, const struct case_setup *setup, bool later);
void house_fact(struct fixture *fixture, const struct id *case_id, const char *name, const char *value);
/* The same, passed on between merged cases. */
void house_merge_fact(struct fixture *fixture, const struct id *case_id, const char *name, const char *value);
/* The same, as triage reads it in a further report. */
void house_report(struct fixture *fixture, const struct id *case_id, const char *name, const char *value);
void house_change(
    struct fixture *fixture, const struct id *case_id, const char *kind, int priority, const char *area);
/* undone: they are two again. */
void house_merge(struct fixture *fixture, const struct id *merged, const struct id *whole, bool undone);
void house_close_case(struct fixture *fixture, const struct id *case_id, const char *outcome, bool reopened);

/* Roles, areas and facilities: words separated by spaces. */
struct person {
    const char *account, *roles, *areas, *facilities;
};
extern const struct person coordinator, stranger, duty;
struct person staff_of(const char *facility);

struct order {
    struct person who;
    const char *event, *reason_code, *reason, *on_behalf_of, *outcome;
    uint64_t expected_version;
    const struct id *command_id; /* NULL: a new one */
    bool later;                  /* make no turn yet */
};

/* HTTP status of the answer; 0 with later. */
unsigned house_answer(struct fixture *fixture, const struct id *offer, const struct order *order);
unsigned house_assign(
    struct fixture *fixture, const struct id *case_id, const char *facility, const struct order *order);
unsigned house_places(
    struct fixture *fixture, const char *facility, bool known, unsigned places, const struct order *order);
const char *house_sentence(struct fixture *fixture); /* of the last answer */

/* The last offer sent (NULL: none), and its id. */
const Sigap__OfferSent *house_sent(struct fixture *fixture, struct id *offer);
const Sigap__OfferMoved *house_moved(struct fixture *fixture);
const Sigap__ReferralMoved *house_referral_moved(struct fixture *fixture);

json_t *house_case(struct fixture *fixture, const struct id *case_id, struct person who, unsigned *status);
json_t *house_explain(struct fixture *fixture, const struct id *case_id, struct person who, unsigned *status);
json_t *house_list(struct fixture *fixture, const char *name, struct person who);
const char *json_text(const json_t *object, const char *member); /* "" when it is not there */
const char *house_offer_state(struct fixture *fixture, const struct id *case_id, const struct id *offer);
