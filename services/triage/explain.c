/* Assessments as JSON, for operators and for the evaluation in tests/triage. */
#include "services/triage/state.h"

#include "common/json.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 64 * 1024, JSON_MAX_BYTES = 256 * 1024 };

static void kinds_write(struct json_writer *writer, const struct assessment *assessment) {
    json_member_array(writer, "kinds");
    for (size_t i = 0; i < assessment->kind_count; i++) {
        json_write_object(writer);
        json_member_text(writer, "kind", assessment->kinds[i].kind);
        json_write_key(writer, "score");
        json_write_decimal(writer, lroundf(assessment->kinds[i].score * 10000), 4);
        json_write_end(writer);
    }
    json_write_end(writer);
}

static void area_write(struct json_writer *writer, const struct assessment *assessment) {
    json_member_text(writer, "area", assessment->area[0] ? assessment->area : NULL);
    json_member_array(writer, "area_candidates");
    for (size_t i = 0; i < assessment->area_candidate_count; i++)
        json_write_text(writer, assessment->area_candidates[i]);
    json_write_end(writer);
}

static void facts_write(struct json_writer *writer, const struct assessment *assessment) {
    json_member_object(writer, "facts");
    for (size_t i = 0; i < assessment->fact_count; i++)
        json_member_text(writer, assessment->facts[i].name, assessment->facts[i].value);
    json_write_end(writer);
}

static void evidence_write(struct json_writer *writer, const struct assessment *assessment) {
    json_member_array(writer, "evidence");
    for (size_t i = 0; i < assessment->evidence_count; i++) {
        const struct evidence *one = &assessment->evidence[i];
        json_write_object(writer);
        json_member_text(writer, "what", one->what);
        json_member_text(writer, "rule", one->rule);
        json_member_text(writer, "words", one->words);
        json_write_key(writer, "weight");
        json_write_decimal(writer, lroundf(one->weight * 100), 2);
        json_write_end(writer);
    }
    json_write_end(writer);
}

char *assess_to_json(const struct assessment *assessment) {
    struct json_writer writer;
    json_writer_init(&writer, JSON_MAX_BYTES);
    json_write_object(&writer);
    json_member_text(&writer, "kind", assessment->kind);
    kinds_write(&writer, assessment);
    json_member_text(&writer, "priority", priority_name(assessment->priority));
    json_member_array(&writer, "priorities");
    for (size_t i = 0; i < PRIORITIES; i++)
        json_write_decimal(&writer, lroundf(assessment->priorities[i] * 1000), 3);
    json_write_end(&writer);
    json_write_key(&writer, "confidence");
    json_write_decimal(&writer, lroundf(assessment->confidence * 1000), 3);
    json_member_bool(&writer, "review", assessment->review);
    json_member_text(&writer, "review_reason", review_reason_name(assessment->review_reason));
    json_member_bool(&writer, "possible_danger", assessment->possible_danger);
    json_member_bool(&writer, "opens_case", assessment->opens_case);
    json_member_integer(&writer, "confidentiality", assessment->confidentiality);
    area_write(&writer, assessment);
    facts_write(&writer, assessment);
    evidence_write(&writer, assessment);
    json_write_end(&writer);
    size_t size;
    const char *text = json_writer_text(&writer, &size);
    char *copy = text ? strdup(text) : NULL;
    json_writer_free(&writer);
    return copy;
}

/* ---- explain */

struct explainer {
    struct triage_site site;
    struct arena *arena;
};

static void explainer_close(struct explainer *explainer) {
    arena_free(&explainer->arena);
    triage_site_close(&explainer->site);
}

static bool explainer_open(struct explainer *explainer, const char *folder, struct error *error) {
    *explainer = (struct explainer){.arena = arena_new(ASSESSMENT_ARENA_BYTES)};
    if (!explainer->arena)
        return error_set(error, "out of memory");
    return triage_site_open(&explainer->site, folder, error);
}

static char *refusal(const char *sentence) {
    json_t *object = json_pack("{s:s}", "error", sentence);
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    return text;
}

static char *answer(const struct explainer *explainer, const char *line, size_t size) {
    json_error_t problem;
    json_t *input = json_loadb(line, size, JSON_REJECT_DUPLICATES, &problem);
    const char *text = json_string_value(json_object_get(input, "text"));
    if (!text) {
        json_decref(input);
        return refusal(input ? "text is missing" : "the line is no JSON object");
    }
    struct position position = {
        json_number_value(json_object_get(input, "lat")), json_number_value(json_object_get(input, "lon"))};
    bool located =
        json_is_number(json_object_get(input, "lat")) && json_is_number(json_object_get(input, "lon"));
    json_t *hour = json_object_get(input, "hour");
    struct report report = {.text = text,
        .size = strlen(text),
        .position = located ? &position : NULL,
        .area = json_string_value(json_object_get(input, "area")),
        .urgent = json_is_true(json_object_get(input, "urgent")),
        .local_hour = json_is_integer(hour) ? (int)json_integer_value(hour) : -1};
    struct assessment assessment;
    arena_reset(explainer->arena);
    char *json = assess(&explainer->site.assessor, explainer->arena, &report, &assessment)
                     ? assess_to_json(&assessment)
                     : refusal("the report is too large");
    json_decref(input);
    return json;
}

static int lines_answer(const struct explainer *explainer, FILE *in, FILE *out) {
    char *line = NULL;
    size_t capacity = 0;
    ssize_t size;
    bool good = true;
    while (good && (size = getline(&line, &capacity, in)) >= 0) {
        if (size == 0 || line[0] == '\n')
            continue;
        char *json =
            size > LINE_MAX_BYTES ? refusal("the line is too long") : answer(explainer, line, (size_t)size);
        good = json && fputs(json, out) >= 0 && fputc('\n', out) != EOF;
        free(json);
    }
    free(line);
    if (!good || fflush(out) != 0) {
        fprintf(stderr, "the answers cannot be written\n");
        return 1;
    }
    return 0;
}

int triage_explain_main(const char *site_folder, FILE *in, FILE *out) {
    struct explainer explainer;
    struct error error = {0};
    int status = 1;
    if (explainer_open(&explainer, site_folder, &error))
        status = lines_answer(&explainer, in, out);
    else
        fprintf(stderr, "%s: %s\n", site_folder, error.text);
    explainer_close(&explainer);
    return status;
}
