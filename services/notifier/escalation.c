#include "escalation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAG_LEAST_MS = 60000 };

const cyaml_strval_t escalation_situation_words[SITUATIONS] = {{"case", SITUATION_CASE},
    {"review", SITUATION_REVIEW}, {"offer", SITUATION_OFFER}, {"unroutable", SITUATION_UNROUTABLE},
    {"refused_twice", SITUATION_REFUSED_TWICE}, {"task_overdue", SITUATION_TASK_OVERDUE},
    {"data_incident", SITUATION_DATA_INCIDENT}, {"system", SITUATION_SYSTEM}};

/* ---- rows of the file */

struct target_row {
    char *role;
    int area, person, content;
    struct when_row {
        char *fact, *is;
    } * when;
    unsigned when_count;
    char *note;
};

struct step_row {
    char *after;
    int channels;
    struct target_row *targets;
    unsigned targets_count;
};

struct policy_row {
    char *id, *name, *name_en;
    int situation;
    int *priority, *confidentiality;
    unsigned priority_count, confidentiality_count;
    char **kinds;
    unsigned kinds_count;
    bool working_hours, codes_only, prefer_female;
    struct step_row *steps;
    unsigned steps_count;
    char *nag, *respond_by;
    unsigned repeat;
    struct target_row final;
};

struct quiet_row {
    int *days, *priorities;
    unsigned days_count, priorities_count;
    char *from, *until, *deliver_at;
};

struct digest_row {
    char *at;
    int content;
    char **roles;
    unsigned roles_count;
};

struct parallel_row {
    char *kind, *within, *within_p0;
    struct target_row *targets;
    unsigned targets_count;
};

struct escalation_file {
    struct policy_row *policies;
    unsigned policies_count;
    struct quiet_row *quiet_hours;
    unsigned quiet_hours_count;
    struct digest_row *digests;
    unsigned digests_count;
    struct parallel_row *parallel;
    unsigned parallel_count;
};

struct escalation {
    struct escalation_file *file;
    struct policy *policies; /* one a row */
    struct quiet_hours *quiet;
    struct escalation_parallel *parallel;
};

/* ---- schema */

#define TEXT(key, structure, member, most)                                                                   \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, structure, member, 1, most)
#define TEXT_OR_NONE(key, structure, member, most)                                                           \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, member, 0, most)
#define LIST(key, structure, member, entry, least, most)                                                     \
    CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER, structure, member, entry, least, most)
#define LIST_OR_NONE(key, structure, member, entry, most)                                                    \
    CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, member, entry, 0, most)

static const cyaml_strval_t content_words[] = {
    {"d1_d3", 0}, {"d1", 1}, {"codes_only", 2}, {"d5_consent", 3}, {"summary", 4}, {"queue", 5}};
enum { CONTENT_CODES_ONLY = 2, CONTENT_WORDS = 6 };
static const cyaml_strval_t day_words[] = {
    {"mon", 0}, {"tue", 1}, {"wed", 2}, {"thu", 3}, {"fri", 4}, {"sat", 5}, {"sun", 6}};

static const cyaml_schema_value_t word_schema = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 64)};
static const cyaml_schema_value_t priority_schema = {
    CYAML_VALUE_ENUM(CYAML_FLAG_STRICT, int, site_priority_words, 5)};
static const cyaml_schema_value_t confidentiality_schema = {
    CYAML_VALUE_ENUM(CYAML_FLAG_STRICT, int, site_confidentiality_words, 4)};
static const cyaml_schema_value_t day_schema = {CYAML_VALUE_ENUM(CYAML_FLAG_STRICT, int, day_words, 7)};

static const cyaml_schema_field_t when_fields[] = {
    TEXT("fact", struct when_row, fact, 64), TEXT("is", struct when_row, is, 64), CYAML_FIELD_END};
static const cyaml_schema_value_t when_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct when_row, when_fields)};

static const cyaml_schema_field_t target_fields[] = {
    TEXT("role", struct target_row, role, POLICY_ROLE_MAX),
    CYAML_FIELD_ENUM("area", CYAML_FLAG_STRICT, struct target_row, area, policy_area_words, POLICY_AREAS),
    CYAML_FIELD_ENUM("person", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, struct target_row, person,
        policy_person_words, POLICY_PERSONS),
    CYAML_FIELD_ENUM("content", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, struct target_row, content,
        content_words, CONTENT_WORDS),
    LIST_OR_NONE("when", struct target_row, when, &when_schema, 8),
    TEXT_OR_NONE("note", struct target_row, note, 256),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t target_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct target_row, target_fields)};

static const cyaml_schema_field_t step_fields[] = {
    TEXT("after", struct step_row, after, 12),
    CYAML_FIELD_ENUM(
        "channels", CYAML_FLAG_STRICT, struct step_row, channels, policy_channels_words, POLICY_CHANNELS),
    LIST("targets", struct step_row, targets, &target_schema, 1, POLICY_TARGETS_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t step_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct step_row, step_fields)};

static const cyaml_schema_field_t policy_fields[] = {
    TEXT("id", struct policy_row, id, 31),
    TEXT_OR_NONE("name", struct policy_row, name, 120), /* for the console */
    TEXT_OR_NONE("name_en", struct policy_row, name_en, 120),
    CYAML_FIELD_ENUM(
        "situation", CYAML_FLAG_STRICT, struct policy_row, situation, escalation_situation_words, SITUATIONS),
    LIST("priority", struct policy_row, priority, &priority_schema, 0, 5),
    LIST("confidentiality", struct policy_row, confidentiality, &confidentiality_schema, 0, 4),
    LIST("kinds", struct policy_row, kinds, &word_schema, 0, 64),
    CYAML_FIELD_BOOL("working_hours", CYAML_FLAG_DEFAULT, struct policy_row, working_hours),
    CYAML_FIELD_BOOL("codes_only", CYAML_FLAG_DEFAULT, struct policy_row, codes_only),
    CYAML_FIELD_BOOL("prefer_female", CYAML_FLAG_OPTIONAL, struct policy_row, prefer_female),
    LIST("steps", struct policy_row, steps, &step_schema, 1, POLICY_STEPS_MAX),
    TEXT("nag", struct policy_row, nag, 12),
    CYAML_FIELD_UINT("repeat", CYAML_FLAG_DEFAULT, struct policy_row, repeat),
    CYAML_FIELD_MAPPING("final", CYAML_FLAG_DEFAULT, struct policy_row, final, target_fields),
    TEXT_OR_NONE("respond_by", struct policy_row, respond_by, 12),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t policy_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct policy_row, policy_fields)};

static const cyaml_schema_field_t quiet_fields[] = {
    LIST("days", struct quiet_row, days, &day_schema, 1, 7),
    TEXT("from", struct quiet_row, from, 5),
    TEXT("until", struct quiet_row, until, 5),
    TEXT("deliver_at", struct quiet_row, deliver_at, 5),
    LIST("priorities", struct quiet_row, priorities, &priority_schema, 1, 5),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t quiet_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct quiet_row, quiet_fields)};

static const cyaml_schema_field_t digest_fields[] = {
    TEXT("at", struct digest_row, at, 5),
    CYAML_FIELD_ENUM("content", CYAML_FLAG_STRICT, struct digest_row, content, content_words, CONTENT_WORDS),
    LIST("roles", struct digest_row, roles, &word_schema, 1, 32),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t digest_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct digest_row, digest_fields)};

static const cyaml_schema_field_t parallel_fields[] = {
    TEXT("kind", struct parallel_row, kind, 64),
    TEXT("within", struct parallel_row, within, 12),
    TEXT_OR_NONE("within_p0", struct parallel_row, within_p0, 12),
    LIST("targets", struct parallel_row, targets, &target_schema, 1, 32),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t parallel_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct parallel_row, parallel_fields)};

static const cyaml_schema_field_t file_fields[] = {
    LIST("policies", struct escalation_file, policies, &policy_schema, 1, 64),
    LIST("quiet_hours", struct escalation_file, quiet_hours, &quiet_schema, 0, 16),
    LIST_OR_NONE("digests", struct escalation_file, digests, &digest_schema, 16),
    LIST_OR_NONE("parallel", struct escalation_file, parallel, &parallel_schema, 64),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct escalation_file, file_fields)};

/* ---- from rows to policies */

struct reading {
    const char *path;
    const struct site_roles *roles;
    struct error *error;
};

static bool take_target(const struct reading *reading, const struct target_row *row, const char *where,
    struct policy_target *out) {
    if (!site_roles_find(reading->roles, row->role))
        return config_refuse(
            reading->path, where, reading->error, "\"%s\" is no role of roles.yaml", row->role);
    snprintf(out->role, sizeof out->role, "%s", row->role);
    out->area = (enum policy_area)row->area;
    out->person = (enum policy_person)row->person;
    return true;
}

/* Hours and days of a policy that counts office hours only are working ones. */
static struct duration as_working(struct duration duration, bool working) {
    if (working && duration.count > 0) {
        if (duration.unit == DURATION_HOURS)
            duration.unit = DURATION_WORKING_HOURS;
        if (duration.unit == DURATION_DAYS)
            duration.unit = DURATION_WORKING_DAYS;
    }
    return duration;
}

static bool take_step(const struct reading *reading, const struct policy_row *row, unsigned policy,
    unsigned step, struct policy *out) {
    char where[64];
    struct policy_step *to = &out->steps[step];
    const struct step_row *from = &row->steps[step];
    snprintf(where, sizeof where, "policies[%u].steps[%u].after", policy, step);
    if (!config_duration(reading->path, where, from->after, &to->after, reading->error))
        return false;
    to->after = as_working(to->after, row->working_hours);
    if (step > 0 && duration_ms(to->after) < duration_ms(out->steps[step - 1].after))
        return config_refuse(reading->path, where, reading->error, "comes before the step above it");
    to->channels = (enum policy_channels)from->channels;
    for (unsigned i = 0; i < from->targets_count; i++) {
        snprintf(where, sizeof where, "policies[%u].steps[%u].targets[%u].role", policy, step, i);
        if (!take_target(reading, &from->targets[i], where, &to->targets[to->target_count++]))
            return false;
    }
    out->step_count++;
    return true;
}

/* 0, and so the usual (escalate.c), where the policy does not say: one policy may be of all priorities. */
static bool take_respond_by(
    const struct reading *reading, const struct policy_row *row, const char *where, struct duration *out) {
    if (!row->respond_by || !row->respond_by[0])
        return true;
    if (!config_duration(reading->path, where, row->respond_by, out, reading->error))
        return false;
    return out->count > 0 || config_refuse(reading->path, where, reading->error,
                                 "whoever accepts and falls asleep must be noticed: it is more than 0");
}

static bool take_policy(
    const struct reading *reading, const struct policy_row *row, unsigned index, struct policy *out) {
    char where[48];
    snprintf(out->id, sizeof out->id, "%s", row->id);
    out->codes_only = row->codes_only;
    out->prefer_female = row->prefer_female;
    out->repeat = row->repeat;
    snprintf(where, sizeof where, "policies[%u].repeat", index);
    if (row->repeat > POLICY_REPEAT_MAX)
        return config_refuse(reading->path, where, reading->error, "is more than %d", POLICY_REPEAT_MAX);
    for (unsigned i = 0; i < row->steps_count; i++)
        if (!take_step(reading, row, index, i, out))
            return false;
    snprintf(where, sizeof where, "policies[%u].nag", index);
    if (!config_duration(reading->path, where, row->nag, &out->nag, reading->error))
        return false;
    if (out->nag.count && duration_ms(out->nag) < NAG_LEAST_MS)
        return config_refuse(
            reading->path, where, reading->error, "telling people again within a minute wakes nobody sooner");
    out->nag = as_working(out->nag, row->working_hours);
    snprintf(where, sizeof where, "policies[%u].respond_by", index);
    if (!take_respond_by(reading, row, where, &out->respond_by))
        return false;
    snprintf(where, sizeof where, "policies[%u].final.role", index);
    return take_target(reading, &row->final, where, &out->final);
}

static bool take_policies(const struct reading *reading, struct escalation *out) {
    struct arena *arena = arena_new(POLICY_TEXT_MAX * 8);
    bool good = arena != NULL;
    for (unsigned i = 0; good && i < out->file->policies_count; i++) {
        good = take_policy(reading, &out->file->policies[i], i, &out->policies[i]);
        if (good && !policy_write(&out->policies[i], arena))
            good =
                error_set(reading->error, "%s: policy %s is too large", reading->path, out->policies[i].id);
        if (good)
            arena_reset(arena);
    }
    arena_free(&arena);
    return good;
}

static bool take_quiet(
    const struct reading *reading, const struct quiet_row *row, unsigned index, struct quiet_hours *out) {
    char where[48];
    for (unsigned i = 0; i < row->days_count; i++)
        out->days = (uint8_t)(out->days | 1u << row->days[i]);
    for (unsigned i = 0; i < row->priorities_count; i++)
        out->priorities = (uint8_t)(out->priorities | 1u << row->priorities[i]);
    snprintf(where, sizeof where, "quiet_hours[%u].priorities", index);
    if (out->priorities & 3)
        return config_refuse(reading->path, where, reading->error, "P0 and P1 are never held");
    snprintf(where, sizeof where, "quiet_hours[%u].from", index);
    return config_clock(reading->path, where, row->from, &out->from, reading->error) &&
           config_clock(reading->path, where, row->until, &out->until, reading->error) &&
           config_clock(reading->path, where, row->deliver_at, &out->release, reading->error);
}

static bool take_parallel(const struct reading *reading, const struct parallel_row *row, unsigned index,
    struct escalation_parallel *out) {
    struct escalation_notice *notices = calloc(row->targets_count, sizeof *notices);
    out->kind = row->kind;
    out->notices = notices;
    if (!notices)
        return error_set(reading->error, "out of memory");
    for (unsigned i = 0; i < row->targets_count; i++) {
        char where[64];
        snprintf(where, sizeof where, "parallel[%u].targets[%u].role", index, i);
        if (!take_target(reading, &row->targets[i], where, &notices[i].target))
            return false;
        notices[i].codes_only = row->targets[i].content == CONTENT_CODES_ONLY;
        notices[i].when = (const struct escalation_condition *)row->targets[i].when;
        notices[i].when_count = row->targets[i].when_count;
        out->notice_count++;
    }
    return true;
}

_Static_assert(sizeof(struct when_row) == sizeof(struct escalation_condition), "a condition is its row");

static bool take_all(const struct reading *reading, struct escalation *out) {
    struct escalation_file *file = out->file;
    out->policies = calloc(file->policies_count + 1u, sizeof *out->policies);
    out->quiet = calloc(file->quiet_hours_count + 1u, sizeof *out->quiet);
    out->parallel = calloc(file->parallel_count + 1u, sizeof *out->parallel);
    if (!out->policies || !out->quiet || !out->parallel)
        return error_set(reading->error, "out of memory");
    if (!take_policies(reading, out))
        return false;
    for (unsigned i = 0; i < file->quiet_hours_count; i++)
        if (!take_quiet(reading, &file->quiet_hours[i], i, &out->quiet[i]))
            return false;
    for (unsigned i = 0; i < file->parallel_count; i++)
        if (!take_parallel(reading, &file->parallel[i], i, &out->parallel[i]))
            return false;
    return true;
}

struct escalation *escalation_load(const char *folder, const struct site_roles *roles, struct error *error) {
    char path[CONFIG_PATH_MAX];
    struct escalation *escalation = calloc(1, sizeof *escalation);
    struct reading reading = {path, roles, error};
    if (!escalation) {
        error_set(error, "out of memory");
        return NULL;
    }
    if (!config_path(path, folder, "escalation.yaml") ||
        !config_load(path, &file_schema, &escalation->file, error) || !take_all(&reading, escalation))
        escalation_free(&escalation);
    return escalation;
}

void escalation_free(struct escalation **at) {
    struct escalation *escalation = *at;
    if (!escalation)
        return;
    for (unsigned i = 0; escalation->parallel && i < escalation->file->parallel_count; i++)
        free((void *)escalation->parallel[i].notices);
    free(escalation->policies);
    free(escalation->quiet);
    free(escalation->parallel);
    config_free(&file_schema, &escalation->file);
    free(escalation);
    *at = NULL;
}

/* ---- asking */

static bool in_numbers(const int *list, unsigned count, int number) {
    for (unsigned i = 0; i < count; i++)
        if (list[i] == number)
            return true;
    return count == 0; /* empty: all */
}

const struct policy *escalation_policy(const struct escalation *escalation,
    enum escalation_situation situation, int priority, int confidentiality, const char *kind) {
    for (unsigned i = 0; i < escalation->file->policies_count; i++) {
        const struct policy_row *row = &escalation->file->policies[i];
        if ((int)situation == row->situation && in_numbers(row->priority, row->priority_count, priority) &&
            in_numbers(row->confidentiality, row->confidentiality_count, confidentiality) &&
            (row->kinds_count == 0 || config_list_has(row->kinds, row->kinds_count, kind)))
            return &escalation->policies[i];
    }
    return NULL;
}

unsigned escalation_policy_count(const struct escalation *escalation) {
    return escalation->file->policies_count;
}

struct policy *escalation_policy_at(struct escalation *escalation, unsigned index) {
    return &escalation->policies[index];
}

enum escalation_situation escalation_situation_at(const struct escalation *escalation, unsigned index) {
    return (enum escalation_situation)escalation->file->policies[index].situation;
}

const struct escalation_parallel *escalation_parallel(const struct escalation *escalation, const char *kind) {
    for (unsigned i = 0; i < escalation->file->parallel_count; i++)
        if (strcmp(escalation->parallel[i].kind, kind) == 0)
            return &escalation->parallel[i];
    return NULL;
}

static bool fact_is(const struct escalation_condition *condition, Sigap__Fact *const *facts,
    size_t fact_count, int priority) {
    if (strcmp(condition->fact, "priority") == 0)
        return strcmp(condition->is, site_priority_words[priority].str) == 0;
    for (size_t i = 0; i < fact_count; i++)
        if (strcmp(facts[i]->name, condition->fact) == 0)
            return strcmp(facts[i]->value, condition->is) == 0;
    return false;
}

bool escalation_holds(
    const struct escalation_notice *notice, Sigap__Fact *const *facts, size_t fact_count, int priority) {
    for (unsigned i = 0; i < notice->when_count; i++)
        if (!fact_is(&notice->when[i], facts, fact_count, priority))
            return false;
    return true;
}

bool escalation_asks(const struct escalation *escalation, const char *fact) {
    for (unsigned i = 0; i < escalation->file->parallel_count; i++)
        for (unsigned k = 0; k < escalation->parallel[i].notice_count; k++)
            for (unsigned c = 0; c < escalation->parallel[i].notices[k].when_count; c++)
                if (strcmp(escalation->parallel[i].notices[k].when[c].fact, fact) == 0)
                    return true;
    return false;
}

int64_t escalation_quiet_until(
    const struct escalation *escalation, enum calendar_zone zone, int priority, int64_t now) {
    int64_t until = now;
    for (unsigned i = 0; i < escalation->file->quiet_hours_count; i++) {
        int64_t each = quiet_until(&escalation->quiet[i], zone, priority, now);
        until = each > until ? each : until;
    }
    return until;
}
