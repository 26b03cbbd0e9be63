#include "policy.h"

#include "common/json.h"

#include <sodium.h>
#include <string.h>

const cyaml_strval_t policy_area_words[POLICY_AREAS] = {{"case", POLICY_CASE}, {"regency", POLICY_REGENCY},
    {"province", POLICY_PROVINCE}, {"facility", POLICY_FACILITY}, {"origin", POLICY_ORIGIN},
    {"destination", POLICY_DESTINATION}};
const cyaml_strval_t policy_person_words[POLICY_PERSONS] = {
    {"any", POLICY_ANY}, {"first", POLICY_FIRST}, {"second", POLICY_SECOND}, {"all", POLICY_ALL}};
const cyaml_strval_t policy_channels_words[POLICY_CHANNELS] = {
    {"one", POLICY_ONE}, {"two", POLICY_TWO}, {"all", POLICY_EVERY}};

unsigned policy_final(const struct policy *policy) {
    return policy->step_count * (policy->repeat + 1);
}

static struct duration last_after(const struct policy *policy) {
    return policy->steps[policy->step_count - 1].after;
}

/* Intervals double from `nag` (a minute without one) to an hour. */
static int64_t final_gap_ms(const struct policy *policy, unsigned tellings) {
    int64_t gap = duration_ms(policy->nag);
    if (gap < 60000)
        gap = 60000;
    for (unsigned i = 0; i < tellings && gap < POLICY_FINAL_GAP_MS; i++)
        gap *= 2;
    return policy->nag.unit == DURATION_WORKING_HOURS || policy->nag.unit == DURATION_WORKING_DAYS ||
                   gap <= POLICY_FINAL_GAP_MS
               ? gap
               : POLICY_FINAL_GAP_MS;
}

int64_t policy_due(const struct policy *policy, unsigned position, int64_t base_at, int64_t told_at,
    const struct calendar *calendar) {
    unsigned final = policy_final(policy), round = position / policy->step_count;
    if (position > final)
        return told_at + final_gap_ms(policy, position - final);
    int64_t at = base_at;
    for (unsigned i = 0; i < round; i++) /* a round begins a nag behind the last step of the one before */
        at = calendar_add(calendar, calendar_add(calendar, at, last_after(policy)), policy->nag);
    return position == final ? at
                             : calendar_add(calendar, at, policy->steps[position % policy->step_count].after);
}

unsigned policy_reached(const struct policy *policy, unsigned position, int64_t base_at, int64_t told_at,
    int64_t now, const struct calendar *calendar) {
    while (position < policy_final(policy) &&
           now >= policy_due(policy, position + 1, base_at, told_at, calendar))
        position++;
    return position;
}

int64_t policy_nag_at(const struct policy *policy, int64_t told_at, const struct calendar *calendar) {
    return policy->nag.count > 0 ? calendar_add(calendar, told_at, policy->nag) : 0;
}

int64_t policy_base_for(const struct policy *policy, unsigned position, int64_t now) {
    unsigned final = policy_final(policy);
    if (position > final)
        position = final;
    unsigned round = position / policy->step_count;
    int64_t before = (duration_ms(last_after(policy)) + duration_ms(policy->nag)) * (int64_t)round;
    if (position < final)
        before += duration_ms(policy->steps[position % policy->step_count].after);
    return now - before;
}

const struct policy_target *policy_targets(
    const struct policy *policy, unsigned position, unsigned *count, enum policy_channels *channels) {
    if (position < policy_final(policy)) {
        const struct policy_step *step = &policy->steps[position % policy->step_count];
        *count = step->target_count;
        *channels = step->channels;
        return step->targets;
    }
    *count = 1;
    *channels = POLICY_EVERY;
    return &policy->final;
}

/* --- its text --- */

static void write_duration(struct json_writer *json, const char *key, struct duration duration) {
    char text[16];
    duration_text(duration, text);
    json_member_text(json, key, text);
}

static void write_target(struct json_writer *json, const struct policy_target *target) {
    json_write_object(json);
    json_member_text(json, "role", target->role);
    json_member_text(json, "area", policy_area_words[target->area].str);
    json_member_text(json, "person", policy_person_words[target->person].str);
    json_write_end(json);
}

static void write_step(struct json_writer *json, const struct policy_step *step) {
    json_write_object(json);
    write_duration(json, "after", step->after);
    json_member_text(json, "channels", policy_channels_words[step->channels].str);
    json_member_array(json, "targets");
    for (unsigned i = 0; i < step->target_count; i++)
        write_target(json, &step->targets[i]);
    json_write_end(json);
    json_write_end(json);
}

static void write_policy(struct json_writer *json, const struct policy *policy) {
    json_write_object(json);
    json_member_text(json, "id", policy->id);
    json_member_bool(json, "codes_only", policy->codes_only);
    json_member_bool(json, "prefer_female", policy->prefer_female);
    json_member_array(json, "steps");
    for (unsigned i = 0; i < policy->step_count; i++)
        write_step(json, &policy->steps[i]);
    json_write_end(json);
    json_member_integer(json, "repeat", policy->repeat);
    write_duration(json, "nag", policy->nag);
    json_write_key(json, "final");
    write_target(json, &policy->final);
    write_duration(json, "respond_by", policy->respond_by);
    json_write_end(json);
}

/* 63 bits: two texts of one site meet by chance once in 10^18, and a site has some dozens. */
static int64_t number_of(const char *text, size_t size) {
    uint8_t hash[16];
    int64_t number;
    crypto_generichash(hash, sizeof hash, (const uint8_t *)text, size, NULL, 0);
    memcpy(&number, hash, sizeof number);
    return number & INT64_MAX;
}

const char *policy_write(struct policy *policy, struct arena *arena) {
    struct json_writer json;
    size_t size = 0;
    json_writer_init(&json, POLICY_TEXT_MAX);
    write_policy(&json, policy);
    const char *text = json_writer_text(&json, &size);
    char *copy = text ? arena_bytes(arena, text, size) : NULL;
    json_writer_free(&json);
    if (copy)
        policy->number = number_of(copy, size);
    return copy;
}

static bool read_text(const json_t *object, const char *key, char *out, size_t room) {
    const char *text = json_string_value(json_object_get(object, key));
    if (!text || strlen(text) >= room)
        return false;
    strcpy(out, text);
    return true;
}

static bool read_duration(const json_t *object, const char *key, struct duration *out) {
    const char *text = json_string_value(json_object_get(object, key));
    return text && duration_parse(text, false, out);
}

/* The word's place in a table of words; -1 and false later when it is none of them. */
static bool read_word(
    const json_t *object, const char *key, const cyaml_strval_t *words, int count, int *out) {
    const char *text = json_string_value(json_object_get(object, key));
    for (int i = 0; text && i < count; i++) {
        if (strcmp(text, words[i].str) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

static bool read_target(const json_t *object, struct policy_target *out) {
    int area, person;
    if (!read_text(object, "role", out->role, sizeof out->role) ||
        !read_word(object, "area", policy_area_words, POLICY_AREAS, &area) ||
        !read_word(object, "person", policy_person_words, POLICY_PERSONS, &person))
        return false;
    out->area = (enum policy_area)area;
    out->person = (enum policy_person)person;
    return true;
}

static bool read_step(const json_t *object, struct policy_step *out) {
    const json_t *targets = json_object_get(object, "targets"), *target;
    size_t index;
    int channels;
    if (!read_duration(object, "after", &out->after) || json_array_size(targets) > POLICY_TARGETS_MAX ||
        !read_word(object, "channels", policy_channels_words, POLICY_CHANNELS, &channels))
        return false;
    out->channels = (enum policy_channels)channels;
    json_array_foreach(targets, index, target) {
        if (!read_target(target, &out->targets[out->target_count++]))
            return false;
    }
    return true;
}

static bool read_policy(const json_t *root, struct policy *out) {
    const json_t *steps = json_object_get(root, "steps"), *step;
    size_t index;
    if (!steps || json_array_size(steps) > POLICY_STEPS_MAX)
        return false;
    json_array_foreach(steps, index, step) {
        if (!read_step(step, &out->steps[out->step_count++]))
            return false;
    }
    json_int_t repeat = json_integer_value(json_object_get(root, "repeat"));
    out->repeat = (unsigned)repeat;
    out->codes_only = json_is_true(json_object_get(root, "codes_only"));
    out->prefer_female = json_is_true(json_object_get(root, "prefer_female"));
    return out->step_count > 0 && repeat >= 0 && repeat <= POLICY_REPEAT_MAX &&
           read_text(root, "id", out->id, sizeof out->id) && read_duration(root, "nag", &out->nag) &&
           read_duration(root, "respond_by", &out->respond_by) &&
           read_target(json_object_get(root, "final"), &out->final);
}

bool policy_read(const char *text, struct policy *out) {
    json_t *root;
    memset(out, 0, sizeof *out);
    if (json_read(text, strlen(text), POLICY_TEXT_MAX, &root) != JSON_OK)
        return false;
    bool good = read_policy(root, out);
    json_decref(root);
    out->number = number_of(text, strlen(text));
    return good;
}
