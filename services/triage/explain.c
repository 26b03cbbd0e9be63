/* Assessments as JSON, for the console and for the evaluation in tests/triage, and as text for people. */
#include "services/triage/conflict.h"
#include "services/triage/likeness.h"
#include "services/triage/state.h"

#include "common/json.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 64 * 1024, JSON_MAX_BYTES = 256 * 1024 };

static void kinds_write(struct json_writer *writer, const struct assessment *assessment) {
    json_write_literal_key(writer, "kinds");
    json_write_array(writer);
    for (size_t i = 0; i < assessment->kind_count; i++) {
        json_write_object(writer);
        json_write_literal_key(writer, "kind");
        json_write_text(writer, assessment->kinds[i].kind);
        json_write_literal_key(writer, "score");
        json_write_decimal(writer, lroundf(assessment->kinds[i].score * 10000), 4);
        json_write_end(writer);
    }
    json_write_end(writer);
}

static void area_write(struct json_writer *writer, const struct assessment *assessment) {
    json_write_literal_key(writer, "area");
    json_write_text(writer, assessment->area[0] ? assessment->area : NULL);
    json_write_literal_key(writer, "area_candidates");
    json_write_array(writer);
    for (size_t i = 0; i < assessment->area_candidate_count; i++)
        json_write_text(writer, assessment->area_candidates[i]);
    json_write_end(writer);
}

static void facts_write(struct json_writer *writer, const struct assessment *assessment) {
    json_write_literal_key(writer, "facts");
    json_write_object(writer);
    for (size_t i = 0; i < assessment->fact_count; i++)
        json_member_text(writer, assessment->facts[i].name, assessment->facts[i].value);
    json_write_end(writer);
}

static void evidence_write(struct json_writer *writer, const struct assessment *assessment) {
    json_write_literal_key(writer, "evidence");
    json_write_array(writer);
    for (size_t i = 0; i < assessment->evidence_count; i++) {
        const struct evidence *one = &assessment->evidence[i];
        json_write_object(writer);
        json_write_literal_key(writer, "what");
        json_write_text(writer, one->what);
        json_write_literal_key(writer, "rule");
        json_write_text(writer, one->rule);
        json_write_literal_key(writer, "words");
        json_write_text(writer, one->words);
        json_write_literal_key(writer, "weight");
        json_write_decimal(writer, lroundf(one->weight * 100), 2);
        json_write_end(writer);
    }
    json_write_end(writer);
}

char *assess_to_json(const struct assessment *assessment) {
    struct json_writer writer;
    json_writer_init(&writer, JSON_MAX_BYTES);
    json_write_object(&writer);
    json_write_literal_key(&writer, "kind");
    json_write_text(&writer, assessment->kind);
    kinds_write(&writer, assessment);
    json_write_literal_key(&writer, "also");
    json_write_array(&writer);
    for (size_t i = 0; i < assessment->also_count; i++)
        json_write_text(&writer, assessment->also[i]);
    if (assessment->parent_kind[0])
        json_write_text(&writer, assessment->parent_kind);
    json_write_end(&writer);
    json_write_literal_key(&writer, "priority");
    json_write_text(&writer, priority_name(assessment->priority));
    json_write_literal_key(&writer, "priorities");
    json_write_array(&writer);
    for (size_t i = 0; i < PRIORITIES; i++)
        json_write_decimal(&writer, lroundf(assessment->priorities[i] * 1000), 3);
    json_write_end(&writer);
    json_write_literal_key(&writer, "confidence");
    json_write_decimal(&writer, lroundf(assessment->confidence * 1000), 3);
    json_write_literal_key(&writer, "review");
    json_write_bool(&writer, assessment->review);
    json_write_literal_key(&writer, "review_reason");
    json_write_text(&writer, review_reason_name(assessment->review_reason));
    json_write_literal_key(&writer, "possible_danger");
    json_write_bool(&writer, assessment->possible_danger);
    json_write_literal_key(&writer, "opens_case");
    json_write_bool(&writer, assessment->opens_case);
    json_write_literal_key(&writer, "confidentiality");
    json_write_integer(&writer, assessment->confidentiality);
    area_write(&writer, assessment);
    facts_write(&writer, assessment);
    evidence_write(&writer, assessment);
    json_write_end(&writer);
    return json_writer_take(&writer);
}

/* ---- explain */

struct explainer {
    struct triage_site site;
    struct arena *arena, *comparing; /* comparing: two reports */
};

static void explainer_close(struct explainer *explainer) {
    arena_free(&explainer->arena);
    arena_free(&explainer->comparing);
    triage_site_close(&explainer->site);
}

static bool explainer_open(struct explainer *explainer, const char *folder, struct error *error) {
    *explainer = (struct explainer){
        .arena = arena_new(ASSESSMENT_ARENA_BYTES), .comparing = arena_new(3 * ASSESSMENT_ARENA_BYTES)};
    if (!explainer->arena || !explainer->comparing)
        return error_set(error, "out of memory");
    return triage_site_open(&explainer->site, folder, error);
}

/* As the daemon does, see triage_read_and_assess: also which facilities it accuses. */
static bool judge(const struct explainer *explainer, const struct report *report, struct assessment *out) {
    const struct triage_site *site = &explainer->site;
    return assess(&site->assessor, explainer->arena, report, out) &&
           conflict_find(site->conflict, site->vocabulary->spelling, explainer->arena, report->text, out);
}

static char *refusal(const char *sentence) {
    json_t *object = json_pack("{s:s}", "error", sentence);
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    return text;
}

/* ---- is it known already? */

static json_t *compare(const struct explainer *explainer, const json_t *input, const json_t *known) {
    struct position here, there;
    struct likeness likeness;
    struct told ours, theirs;
    arena_reset(explainer->comparing);
    if (!told_read(input, &ours, &here) || !told_read(known, &theirs, &there) ||
        !likeness_judge(&explainer->site.assessor, explainer->site.kinds, explainer->comparing, &ours,
            &theirs, &likeness))
        return json_pack("{s:s}", "error", "known: a text is missing or too large");
    const char *id = json_string_value(json_object_get(known, "id"));
    return json_pack(
        "{s:s,s:f,s:b}", "id", id ? id : "", "score", (double)likeness.score, "same", (int)likeness.same);
}

/* The judgement with "alike": how much it is like each of the reports under "known". Takes the text over. */
static char *with_alike(const struct explainer *explainer, const json_t *input, char *judgement) {
    const json_t *known = json_object_get(input, "known");
    json_t *object = json_is_array(known) && judgement ? json_loads(judgement, 0, NULL) : NULL, *list, *one;
    size_t index;
    if (!object)
        return judgement;
    free(judgement);
    list = json_array();
    json_array_foreach(known, index, one) {
        json_array_append_new(list, compare(explainer, input, one));
    }
    json_object_set_new(object, "alike", list);
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(6));
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
    char *json = judge(explainer, &report, &assessment) ? assess_to_json(&assessment)
                                                        : refusal("the report is too large");
    json = with_alike(explainer, input, json);
    json_decref(input);
    return json;
}

/* ---- for people */

enum { SHOWN = 10 }; /* features told of each score */

struct shown {
    size_t feature;
    float weight;
};

static int by_size(const void *a, const void *b) {
    float one = fabsf(((const struct shown *)a)->weight), other = fabsf(((const struct shown *)b)->weight);
    return (one < other) - (one > other);
}

struct seen {
    struct text text;
    struct feature *features;
    char (*names)[FEATURE_NAME_MAX];
    size_t count;
};

static bool features_see(const struct explainer *explainer, const struct report *report, struct seen *out) {
    struct reading reading;
    *out = (struct seen){.names = arena_take(explainer->arena, FEATURES_MAX * sizeof *out->names)};
    if (!out->names ||
        !reading_read(&explainer->site.assessor, explainer->arena, report->text, report->size, &reading))
        return false;
    out->text = reading.text;
    out->features = features_read(explainer->site.vocabulary, explainer->arena, &reading.text, &reading.signs,
        reading.places, out->names, &out->count);
    return out->features != NULL;
}

/* What spoke most for and against one score, and how much all of it together. */
static void features_print(
    const struct explainer *explainer, const struct seen *seen, int output, const char *name, FILE *out) {
    const struct model *model = explainer->site.vocabulary->model;
    struct shown shown[FEATURES_MAX];
    float sum = 0;
    for (size_t i = 0; model && i < seen->count; i++) {
        shown[i] = (struct shown){i, model_weight(model, &seen->features[i], output)};
        sum += shown[i].weight;
    }
    if (!model)
        return;
    qsort(shown, seen->count, sizeof *shown, by_size);
    fprintf(out, "  ciri / features %s, %zu, jumlah / sum %+.2f:\n   ", name, seen->count, (double)sum);
    for (size_t i = 0; i < SHOWN && i < seen->count && shown[i].weight != 0; i++)
        fprintf(out, " %+.2f %s", (double)shown[i].weight, seen->names[shown[i].feature]);
    fputc('\n', out);
}

/* As the vocabulary reads it: folded, spelled out, clauses parted by |, what is denied marked with !. */
static void words_print(const struct text *text, FILE *out) {
    fputs("  terbaca / read:", out);
    for (size_t i = 0; i < text->count; i++) {
        const struct word *word = &text->words[i];
        bool parted = i && word->clause != word[-1].clause;
        fprintf(out, "%s %s%s", parted ? " |" : "", word->negator >= 0 ? "!" : "", word->key);
    }
    fputc('\n', out);
}

static void area_print(const struct explainer *explainer, const struct assessment *said, FILE *out) {
    char label[128];
    fputs("  tempat / place: ", out);
    if (said->area[0]) {
        gazetteer_label(explainer->site.gazetteer, said->area, label, sizeof label);
        fprintf(out, "%s %s", said->area, label);
    } else {
        fputs(said->area_candidate_count ? "salah satu / one of" : "tidak jelas / not told", out);
    }
    for (size_t i = 0; i < said->area_candidate_count; i++) {
        gazetteer_label(explainer->site.gazetteer, said->area_candidates[i], label, sizeof label);
        fprintf(out, "%s %s %s", i ? "," : "", said->area_candidates[i], label);
    }
    fputc('\n', out);
}

static void evidence_print(const struct assessment *said, FILE *out) {
    for (size_t i = 0; i < said->evidence_count; i++) {
        const struct evidence *one = &said->evidence[i];
        fprintf(out, "  %-12s %-28s %+.2f  %s%s%s\n", one->what, one->rule, (double)one->weight,
            one->words[0] ? "\"" : "", one->words, one->words[0] ? "\"" : "");
    }
}

static void scores_print(const struct assessment *said, FILE *out) {
    fputs("  jenis / kind:", out);
    for (size_t i = 0; i < said->kind_count; i++)
        fprintf(out, " %s %.2f", said->kinds[i].kind, (double)said->kinds[i].score);
    fprintf(out, "\n  prioritas / priority: %s  (", priority_name(said->priority));
    for (size_t i = 0; i < PRIORITIES; i++)
        fprintf(out, "%sP%zu %.2f", i ? " " : "", i, (double)said->priorities[i]);
    fputs(")  karena / because:", out);
    for (size_t i = 0; i < said->reason_count; i++)
        fprintf(out, " %s", said->reasons[i]);
    fprintf(out, "\n  bahaya / danger: %s   membuka kasus / opens a case: %s   tinjau / review: %s %s\n",
        said->possible_danger ? "ya / yes" : "tidak / no", said->opens_case ? "ya / yes" : "tidak / no",
        said->review ? "ya / yes" : "tidak / no", review_reason_name(said->review_reason));
    fputs("  fakta / facts:", out);
    for (size_t i = 0; i < said->fact_count; i++)
        fprintf(out, " %s=%s", said->facts[i].name, said->facts[i].value);
    fputc('\n', out);
}

static bool report_print(const struct explainer *explainer, const char *line, size_t size, FILE *out) {
    const struct vocabulary *vocabulary = explainer->site.vocabulary;
    struct report report = {.text = line, .size = size, .local_hour = -1};
    struct assessment said;
    struct seen seen;
    arena_reset(explainer->arena);
    if (!judge(explainer, &report, &said) || !features_see(explainer, &report, &seen))
        return fputs("laporan terlalu panjang / the report is too large\n", out) >= 0;
    fprintf(out, "%.*s\n", (int)size, line);
    words_print(&seen.text, out);
    scores_print(&said, out);
    area_print(explainer, &said, out);
    evidence_print(&said, out);
    features_print(explainer, &seen, vocabulary_kind(vocabulary, said.kind), said.kind, out);
    if (said.kind_count > 1)
        features_print(
            explainer, &seen, vocabulary_kind(vocabulary, said.kinds[1].kind), said.kinds[1].kind, out);
    features_print(explainer, &seen, KINDS_MAX + (int)said.priority, priority_name(said.priority), out);
    return fputc('\n', out) != EOF;
}

static bool line_answer(
    const struct explainer *explainer, const char *line, size_t size, bool json, FILE *out) {
    if (!json && size <= LINE_MAX_BYTES)
        return report_print(explainer, line, line[size - 1] == '\n' ? size - 1 : size, out);
    char *answered = size > LINE_MAX_BYTES ? refusal("the line is too long") : answer(explainer, line, size);
    bool good = answered && fputs(answered, out) >= 0 && fputc('\n', out) != EOF;
    free(answered);
    return good;
}

static int lines_answer(const struct explainer *explainer, bool json, FILE *in, FILE *out) {
    char *line = NULL;
    size_t capacity = 0;
    ssize_t size;
    bool good = true;
    while (good && (size = getline(&line, &capacity, in)) >= 0) {
        if (size == 0 || line[0] == '\n')
            continue;
        good = line_answer(explainer, line, (size_t)size, json, out);
    }
    free(line);
    if (!good || fflush(out) != 0) {
        fprintf(stderr, "the answers cannot be written\n");
        return 1;
    }
    return 0;
}

int triage_explain_main(const char *site_folder, bool json, FILE *in, FILE *out) {
    struct explainer explainer;
    struct error error = {0};
    int status = 1;
    if (explainer_open(&explainer, site_folder, &error))
        status = lines_answer(&explainer, json, in, out);
    else
        fprintf(stderr, "%s: %s\n", site_folder, error.text);
    explainer_close(&explainer);
    return status;
}
