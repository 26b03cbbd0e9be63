/* escalation.yaml: which policy an alert starts with, quiet hours, and who else is told of a kind. The first
 * policy that fits is used. Read-only after loading. */
#pragma once

#include "common/site.h"
#include "proto/event.pb-c.h"

#include "policy.h"
#include "quiet.h"

enum escalation_situation {
    SITUATION_CASE,
    SITUATION_REVIEW,
    SITUATION_OFFER,
    SITUATION_UNROUTABLE,
    SITUATION_REFUSED_TWICE,
    SITUATION_TASK_OVERDUE,
    SITUATION_DATA_INCIDENT,
    SITUATION_SYSTEM,
    SITUATIONS
};

extern const cyaml_strval_t escalation_situation_words[SITUATIONS];

struct escalation_condition {
    const char *fact, *is;
};

struct escalation_notice {
    struct policy_target target;
    bool codes_only;
    const struct escalation_condition *when; /* all must hold */
    unsigned when_count;
};

struct escalation_parallel {
    const char *kind;
    const struct escalation_notice *notices;
    unsigned notice_count;
};

struct escalation;

/* Working hours only: durations in hours and days of such a policy are read as working ones. NULL with a
 * sentence. */
struct escalation *escalation_load(const char *folder, const struct site_roles *roles, struct error *error);
void escalation_free(struct escalation **escalation);

/* The first that fits; NULL: none. priority 0..4, confidentiality 0..3. */
const struct policy *escalation_policy(const struct escalation *escalation,
    enum escalation_situation situation, int priority, int confidentiality, const char *kind);
unsigned escalation_policy_count(const struct escalation *escalation);
struct policy *escalation_policy_at(struct escalation *escalation, unsigned index);
enum escalation_situation escalation_situation_at(const struct escalation *escalation, unsigned index);

/* NULL: none for this kind. */
const struct escalation_parallel *escalation_parallel(const struct escalation *escalation, const char *kind);
/* A condition on what is not known does not hold: nobody is told on a guess. */
bool escalation_holds(
    const struct escalation_notice *notice, Sigap__Fact *const *facts, size_t fact_count, int priority);

/* True when any notice depends on this fact. */
bool escalation_asks(const struct escalation *escalation, const char *fact);

/* When a message of this priority may go out: now, or later. */
int64_t escalation_quiet_until(
    const struct escalation *escalation, enum calendar_zone zone, int priority, int64_t now);
