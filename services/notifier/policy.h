/* Escalation policies: who is told when nobody answers. Frozen into an alert at its start: the alert keeps
 * the number of the policy's text, and that text is kept in the table policy for as long as the store, so
 * that a change of escalation.yaml never changes what an open alert does. Pure.
 *
 * An alert walks along positions: the steps, the whole chain again `repeat` times, then the final target,
 * which is told again and again at growing intervals until somebody answers. Between two positions those of
 * the last one are told again every `nag`. */
#pragma once

#include "common/arena.h"
#include "common/calendar.h"
#include "common/config.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    POLICY_STEPS_MAX = 12,
    POLICY_TARGETS_MAX = 12,
    POLICY_REPEAT_MAX = 5,
    POLICY_TEXT_MAX = 12 * 1024, /* 12 steps x 12 targets x 60 bytes and the rest */
    POLICY_ROLE_MAX = 7,
    POLICY_FINAL_GAP_MS = 3600000, /* the final target is told at least so often */
};

/* The narrowest team that covers the place; of its regency; of the whole site; of the facility in question.
 * CITED areas (origin, destination) are not known here: such targets are left to the people of the case. */
enum policy_area {
    POLICY_CASE,
    POLICY_REGENCY,
    POLICY_PROVINCE,
    POLICY_FACILITY,
    POLICY_ORIGIN,
    POLICY_DESTINATION
};
enum { POLICY_AREAS = 6 };
enum policy_person { POLICY_ANY, POLICY_FIRST, POLICY_SECOND, POLICY_ALL };
enum { POLICY_PERSONS = 4 };
enum policy_channels { POLICY_ONE, POLICY_TWO, POLICY_EVERY };
enum { POLICY_CHANNELS = 3 };

extern const cyaml_strval_t policy_area_words[POLICY_AREAS];
extern const cyaml_strval_t policy_person_words[POLICY_PERSONS];
extern const cyaml_strval_t policy_channels_words[POLICY_CHANNELS];

struct policy_target {
    char role[POLICY_ROLE_MAX + 1];
    enum policy_area area;
    enum policy_person person;
};

struct policy_step {
    struct duration after;         /* from the start of the alert, or of the round */
    enum policy_channels channels; /* how many that wake people, at once */
    struct policy_target targets[POLICY_TARGETS_MAX];
    unsigned target_count;
};

struct policy {
    int64_t number; /* of its text: the first 63 bits of its hash */
    char id[32];
    bool codes_only; /* messages carry the case number only */
    bool prefer_female;
    struct policy_step steps[POLICY_STEPS_MAX]; /* at least one; `after` never falls */
    unsigned step_count;
    struct duration nag; /* count 0: never */
    unsigned repeat;     /* 0..5 */
    struct policy_target final;
    /* How long the one who accepted has until something must have moved; 0: the usual of the alert's subject
     * and priority (escalate.c). */
    struct duration respond_by;
};

/* The position of the final target: steps x (repeat + 1). Positions behind it tell the final target again. */
unsigned policy_final(const struct policy *policy);
/* When a position is due, for an alert that started at base_at and told its last position at told_at. */
int64_t policy_due(const struct policy *policy, unsigned position, int64_t base_at, int64_t told_at,
    const struct calendar *calendar);
/* The furthest position whose time has come, for one at `position`; behind the final one only that itself. */
unsigned policy_reached(const struct policy *policy, unsigned position, int64_t base_at, int64_t told_at,
    int64_t now, const struct calendar *calendar);
/* When those of the last position are told again; 0: never. */
int64_t policy_nag_at(const struct policy *policy, int64_t told_at, const struct calendar *calendar);
/* The base_at with which this position is due now: an alert that opens again goes on where it stood. */
int64_t policy_base_for(const struct policy *policy, unsigned position, int64_t now);
/* Whom a position tells. */
const struct policy_target *policy_targets(
    const struct policy *policy, unsigned position, unsigned *count, enum policy_channels *channels);

/* Its text (JSON, the same bytes for the same policy), in the arena; sets number. NULL when the arena is
 * exhausted. */
const char *policy_write(struct policy *policy, struct arena *arena);
/* False: this is no policy text. */
bool policy_read(const char *text, struct policy *out);
