/* The whole judgement on one report with the vocabulary that ships (services/triage/assess.h). The first line
 * is what came beside the text: a digit of flags, a declared area, latitude and longitude; the rest is the
 * report, any bytes. */
#include "services/triage/assess.h"
#include "services/triage/state.h"
#include "tests/fuzz/fuzz.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static struct triage_site site;
static struct arena *arena;

static void open_once(void) {
    struct error error = {""};
    if (arena)
        return;
    arena = arena_new(ASSESSMENT_ARENA_BYTES);
    FUZZ_HOLDS(arena && triage_site_open(&site, SIGAP_SOURCE_DIR "/deploy/sites/jatim", &error));
}

static void check(const struct assessment *found, const struct report *report) {
    FUZZ_HOLDS(found->kind && found->kind[0]);
    FUZZ_HOLDS(found->priority <= PRIORITY_P4 && found->confidentiality >= 0 && found->confidentiality <= 3);
    FUZZ_HOLDS(found->confidence >= 0 && found->confidence <= 1.0001f);
    FUZZ_HOLDS(found->kind_count <= ASSESSMENT_KINDS_MAX && found->evidence_count <= ASSESSMENT_EVIDENCE_MAX);
    FUZZ_HOLDS(found->area_level == area_level(found->area) || !found->area[0]);
    FUZZ_HOLDS(!report->urgent || found->priority <= PRIORITY_P1 || found->possible_danger);
    FUZZ_HOLDS(!found->possible_danger || found->review || found->opens_case);
    for (size_t i = 0; i < found->evidence_count; i++)
        FUZZ_HOLDS(
            found->evidence[i].start <= found->evidence[i].end && found->evidence[i].end <= report->size);
}

static void check_json(const struct assessment *found) {
    char *json = assess_to_json(found);
    json_t *document = json ? json_loads(json, JSON_REJECT_DUPLICATES, NULL) : NULL;
    FUZZ_HOLDS(document);
    json_decref(document);
    free(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct fuzz_input input = fuzz_input(bytes, size);
    struct assessment found;
    struct position position = {0};
    char area[16] = "";
    unsigned flags = 0;
    open_once();
    char *beside = fuzz_line(&input);
    sscanf(beside, "%1u %15s %lf %lf", &flags, area, &position.latitude, &position.longitude);
    struct report report = {.text = (const char *)input.at,
        .size = (size_t)(input.end - input.at),
        .position = flags & 1 ? &position : NULL,
        .area = area,
        .urgent = flags & 2,
        .local_hour = flags & 4 ? -1 : (int)(flags * 3)};
    arena_reset(arena);
    FUZZ_HOLDS(assess(&site.assessor, arena, &report, &found));
    check(&found, &report);
    check_json(&found);
    free(beside);
    return 0;
}
