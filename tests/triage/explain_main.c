/* sigap-triage-explain SITE < reports.jsonl: what `sigapctl triage explain --json` does, without the rest of
 * sigapctl. With --cost it judges the reports over and over instead and prints the microseconds of one: from
 * the text to the decision with its evidence, no JSON, processor time of this process. */
#include "services/triage/assess.h"
#include "services/triage/state.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REPORTS_MAX = 20000, JUDGED_LEAST = 20000 };

static char *texts[REPORTS_MAX];

static size_t texts_read(FILE *in) {
    char *line = NULL;
    size_t capacity = 0, count = 0;
    while (count < REPORTS_MAX && getline(&line, &capacity, in) >= 0) {
        json_t *report = json_loads(line, 0, NULL);
        const char *text = json_string_value(json_object_get(report, "text"));
        if (text && (texts[count] = strdup(text)) != NULL)
            count++;
        json_decref(report);
    }
    free(line);
    return count;
}

static double microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static bool judge_all(const struct assessor *assessor, struct arena *arena, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct report report = {.text = texts[i], .size = strlen(texts[i]), .local_hour = 12};
        struct assessment said;
        arena_reset(arena);
        if (!assess(assessor, arena, &report, &said))
            return false;
    }
    return true;
}

static int cost(const char *folder) {
    struct triage_site site;
    struct error error = {0};
    struct arena *arena = arena_new(ASSESSMENT_ARENA_BYTES);
    size_t count = texts_read(stdin), judged = 0;
    if (!arena || !count || !triage_site_open(&site, folder, &error)) {
        fprintf(stderr, "%s: %s\n", folder, count ? error.text : "no reports");
        return 1;
    }
    bool good = judge_all(&site.assessor, arena, count); /* warm */
    double before = microseconds();
    for (; good && judged < JUDGED_LEAST; judged += count)
        good = judge_all(&site.assessor, arena, count);
    if (good)
        printf("%.1f\n", (microseconds() - before) / (double)judged);
    triage_site_close(&site);
    arena_free(&arena);
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
    return good ? 0 : 1;
}

int main(int argc, char **argv) {
    bool costs = argc == 3 && strcmp(argv[2], "--cost") == 0;
    if (argc != 2 && !costs) {
        fprintf(stderr, "usage: %s SITE [--cost] < reports.jsonl > assessments.jsonl\n", argv[0]);
        return 2;
    }
    return costs ? cost(argv[1]) : triage_explain_main(argv[1], true, stdin, stdout);
}
