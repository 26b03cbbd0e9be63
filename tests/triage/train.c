/* sigap-triage-train SITE REPORTS... [--split NAME] [--cross FOLDS] [--out weights.tsv]
 *
 * Learns the weights of the linear model (services/triage/model.h) from labelled reports, one JSON object a
 * line with text, kind, urgency and optionally kinds_also and split. With --cross it learns FOLDS times
 * without one fold and prints how well the fold that was left out is judged; with --out it learns from
 * everything and writes the weights.
 *
 * Two softmax regressions over the same features, one for kinds and one for priorities; AdaGrad, L2, a fixed
 * order of the examples from a seed, so the same input gives the same file on every machine. */
#include "services/triage/assess.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    EXAMPLES_MAX = 200000,
    ROUNDS = 60,
    LEAST_REPORTS = 2, /* a feature seen in one report only teaches that report by heart */
    ARENA_BYTES = 8 << 20
};

static const float learning_rate = 0.05f;
static const float shrink_kinds = 0.015f;
static const float shrink_priorities = 0.006f;
static const float also_share = 0.2f;   /* of the target that further kinds get */
static const float write_least = 0.04f; /* smaller weights change no ranking */

struct seen {
    uint32_t feature;
    float value;
};

struct example {
    int kind, priority;
    int also[4];
    int also_count;
    struct seen *seen;
    size_t seen_count;
    int fold;
};

struct dictionary {
    char **names;
    uint64_t *hashes;
    uint32_t *reports;
    uint32_t *slots;
    size_t count, capacity, slot_count;
};

struct trainer {
    struct vocabulary *vocabulary;
    struct arena *arena;
    struct dictionary features;
    struct example *examples;
    size_t count;
    size_t outputs; /* kinds, then priorities */
    float *weights; /* features x outputs */
    float *squares;
    const char *split;
};

static void die(const char *what) {
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static void *must(void *memory) {
    if (!memory)
        die("out of memory");
    return memory;
}

/* ---- features ---- */

static void dictionary_grow(struct dictionary *all) {
    all->slot_count = all->slot_count ? all->slot_count * 2 : 1 << 16;
    free(all->slots);
    all->slots = must(calloc(all->slot_count, sizeof *all->slots));
    for (size_t i = 0; i < all->count; i++) {
        size_t at = all->hashes[i] & (all->slot_count - 1);
        while (all->slots[at])
            at = (at + 1) & (all->slot_count - 1);
        all->slots[at] = (uint32_t)i + 1;
    }
}

static uint32_t feature_number(struct dictionary *all, const char *name) {
    if ((all->count + 1) * 2 > all->slot_count)
        dictionary_grow(all);
    uint64_t hash = feature_hash(name);
    size_t at = hash & (all->slot_count - 1);
    for (; all->slots[at]; at = (at + 1) & (all->slot_count - 1))
        if (all->hashes[all->slots[at] - 1] == hash)
            return all->slots[at] - 1;
    if (all->count == all->capacity) {
        all->capacity = all->capacity ? all->capacity * 2 : 1 << 14;
        all->names = must(realloc(all->names, all->capacity * sizeof *all->names));
        all->hashes = must(realloc(all->hashes, all->capacity * sizeof *all->hashes));
        all->reports = must(realloc(all->reports, all->capacity * sizeof *all->reports));
    }
    all->names[all->count] = must(strdup(name));
    all->hashes[all->count] = hash;
    all->reports[all->count] = 0;
    all->slots[at] = (uint32_t)all->count + 1;
    return (uint32_t)all->count++;
}

static void example_see(struct trainer *trainer, struct example *example, const char *bytes) {
    struct text text;
    struct signs signs;
    size_t count = 0;
    arena_reset(trainer->arena);
    char(*names)[FEATURE_NAME_MAX] = must(arena_take(trainer->arena, FEATURES_MAX * sizeof *names));
    if (!text_read(trainer->arena, trainer->vocabulary->spelling, bytes, strlen(bytes), &text) ||
        !signs_read(trainer->vocabulary, trainer->arena, &text, &signs))
        die("out of memory");
    struct feature *features =
        must(features_read(trainer->vocabulary, trainer->arena, &text, &signs, names, &count));
    example->seen = must(calloc(count + 1, sizeof *example->seen));
    for (size_t i = 0; i < count; i++) {
        uint32_t number = feature_number(&trainer->features, names[i]);
        trainer->features.reports[number]++;
        example->seen[example->seen_count++] = (struct seen){number, features[i].value};
    }
}

/* ---- reports ---- */

static void example_add(struct trainer *trainer, const json_t *report) {
    const char *text = json_string_value(json_object_get(report, "text"));
    const char *kind = json_string_value(json_object_get(report, "kind"));
    const char *urgency = json_string_value(json_object_get(report, "urgency"));
    const char *split = json_string_value(json_object_get(report, "split"));
    if (trainer->split && split && strcmp(split, trainer->split) != 0)
        return;
    if (!text || !kind || !urgency || urgency[0] != 'P' || urgency[1] < '0' || urgency[1] > '4')
        die("a report without text, kind or urgency");
    struct example example = {
        .kind = vocabulary_kind(trainer->vocabulary, kind), .priority = urgency[1] - '0'};
    if (example.kind == NO_INDEX)
        die("a report of a kind that the site does not have");
    size_t index;
    json_t *also;
    json_array_foreach(json_object_get(report, "kinds_also"), index, also) {
        int further = vocabulary_kind(trainer->vocabulary, json_string_value(also));
        if (further != NO_INDEX && example.also_count < 4)
            example.also[example.also_count++] = further;
    }
    example_see(trainer, &example, text);
    if (trainer->count == EXAMPLES_MAX)
        die("too many reports");
    trainer->examples = must(realloc(trainer->examples, (trainer->count + 1) * sizeof example));
    trainer->examples[trainer->count++] = example;
}

static void reports_read(struct trainer *trainer, const char *path) {
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t capacity = 0;
    ssize_t size;
    if (!file)
        die(path);
    while ((size = getline(&line, &capacity, file)) > 0) {
        json_t *report = json_loadb(line, (size_t)size, 0, NULL);
        if (!report)
            die("a line that is no JSON");
        example_add(trainer, report);
        json_decref(report);
    }
    free(line);
    fclose(file);
}

/* ---- learning ---- */

static uint64_t random_state;

static uint32_t random_next(void) {
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33);
}

static void shuffle(size_t *order, size_t count) {
    for (size_t i = count; i > 1; i--) {
        size_t k = random_next() % i, kept = order[i - 1];
        order[i - 1] = order[k];
        order[k] = kept;
    }
}

static void scores_of(
    const struct trainer *trainer, const struct example *example, float scores[OUTPUTS_MAX]) {
    memset(scores, 0, OUTPUTS_MAX * sizeof *scores);
    for (size_t i = 0; i < example->seen_count; i++) {
        if (trainer->features.reports[example->seen[i].feature] < LEAST_REPORTS)
            continue;
        const float *row = trainer->weights + example->seen[i].feature * trainer->outputs;
        for (size_t k = 0; k < trainer->outputs; k++)
            scores[k] += example->seen[i].value * row[k];
    }
    softmax(scores, trainer->outputs - PRIORITIES);
    softmax(scores + trainer->outputs - PRIORITIES, PRIORITIES);
}

static void targets_of(
    const struct trainer *trainer, const struct example *example, float targets[OUTPUTS_MAX]) {
    size_t kinds = trainer->outputs - PRIORITIES;
    memset(targets, 0, OUTPUTS_MAX * sizeof *targets);
    targets[example->kind] = example->also_count ? 1 - also_share : 1;
    for (int i = 0; i < example->also_count; i++)
        targets[example->also[i]] += also_share / (float)example->also_count;
    targets[kinds + (size_t)example->priority] = 0.9f;
    for (size_t i = 0; i < PRIORITIES; i++)
        targets[kinds + i] += 0.02f;
}

static void learn_one(struct trainer *trainer, const struct example *example, float weight) {
    float scores[OUTPUTS_MAX], targets[OUTPUTS_MAX];
    size_t kinds = trainer->outputs - PRIORITIES;
    scores_of(trainer, example, scores);
    targets_of(trainer, example, targets);
    for (size_t i = 0; i < example->seen_count; i++) {
        if (trainer->features.reports[example->seen[i].feature] < LEAST_REPORTS)
            continue;
        float *row = trainer->weights + example->seen[i].feature * trainer->outputs;
        float *squares = trainer->squares + example->seen[i].feature * trainer->outputs;
        for (size_t k = 0; k < trainer->outputs; k++) {
            float scale = k < kinds ? weight : 1;
            float shrink = k < kinds ? shrink_kinds : shrink_priorities;
            float slope = scale * (scores[k] - targets[k]) * example->seen[i].value + shrink * row[k];
            squares[k] += slope * slope;
            row[k] -= learning_rate * slope / sqrtf(squares[k] + 1e-3f);
        }
    }
}

/* fold: the one left out, -1 for none. */
static void learn(struct trainer *trainer, int fold) {
    size_t *order = must(calloc(trainer->count + 1, sizeof *order)), used = 0;
    float kinds[KINDS_MAX] = {0};
    memset(trainer->weights, 0, trainer->features.count * trainer->outputs * sizeof *trainer->weights);
    memset(trainer->squares, 0, trainer->features.count * trainer->outputs * sizeof *trainer->squares);
    for (size_t i = 0; i < trainer->count; i++) {
        kinds[trainer->examples[i].kind]++;
        if (trainer->examples[i].fold != fold)
            order[used++] = i;
    }
    random_state = 1;
    for (int round = 0; round < ROUNDS; round++) {
        shuffle(order, used);
        for (size_t i = 0; i < used; i++) {
            const struct example *example = &trainer->examples[order[i]];
            /* Rare kinds speak up a little: the labelled reports are not as frequent as life. */
            learn_one(trainer, example, powf(30.0f / kinds[example->kind], 0.3f));
        }
    }
    free(order);
}

/* ---- judging ---- */

struct tally {
    unsigned reports, first, third, p0, p0_found, p0_said, p01, p01_found, p01_said, exact;
};

static enum priority said_priority(const float *probabilities) {
    struct urgency_input input = {.kind = NO_INDEX, .priorities = probabilities, .local_hour = -1};
    struct signs none = {0};
    static struct vocabulary empty = {.no_report = NO_INDEX};
    for (size_t i = 0; i < NAMED_CONCEPTS; i++)
        empty.named[i] = NO_INDEX;
    struct urgency_found found;
    urgency_find(&empty, NULL, &none, &input, &found);
    return found.priority;
}

static void judge(const struct trainer *trainer, int fold, struct tally *tally) {
    size_t kinds = trainer->outputs - PRIORITIES;
    for (size_t i = 0; i < trainer->count; i++) {
        const struct example *example = &trainer->examples[i];
        float scores[OUTPUTS_MAX];
        if (example->fold != fold)
            continue;
        scores_of(trainer, example, scores);
        unsigned before = 0;
        for (size_t k = 0; k < kinds; k++)
            before += scores[k] > scores[example->kind];
        int said = (int)said_priority(scores + kinds);
        tally->reports++;
        tally->first += before == 0;
        tally->third += before < 3;
        tally->exact += said == example->priority;
        tally->p0 += example->priority == 0;
        tally->p0_found += example->priority == 0 && said == 0;
        tally->p0_said += said == 0;
        tally->p01 += example->priority <= 1;
        tally->p01_found += example->priority <= 1 && said <= 1;
        tally->p01_said += said <= 1;
    }
}

static void cross(struct trainer *trainer, int folds) {
    struct tally tally = {0};
    random_state = 7;
    for (size_t i = 0; i < trainer->count; i++)
        trainer->examples[i].fold = (int)(random_next() % (unsigned)folds);
    for (int fold = 0; fold < folds; fold++) {
        learn(trainer, fold);
        judge(trainer, fold, &tally);
    }
    printf("reports %u  kind first %.3f  among three %.3f  priority exact %.3f  P0 recall %.3f precision "
           "%.3f  P0+P1 recall %.3f "
           "precision %.3f\n",
        tally.reports, tally.first / (double)tally.reports, tally.third / (double)tally.reports,
        tally.exact / (double)tally.reports, tally.p0_found / (double)tally.p0,
        tally.p0_found / (double)(tally.p0_said ? tally.p0_said : 1), tally.p01_found / (double)tally.p01,
        (tally.p01_found) / (double)(tally.p01_said ? tally.p01_said : 1));
    for (size_t i = 0; i < trainer->count; i++)
        trainer->examples[i].fold = 0;
}

/* ---- writing ---- */

static struct trainer *sorted_for;

static int by_name(const void *a, const void *b) {
    return strcmp(
        sorted_for->features.names[*(const uint32_t *)a], sorted_for->features.names[*(const uint32_t *)b]);
}

static void weights_write(struct trainer *trainer, const char *path) {
    FILE *file = fopen(path, "we");
    if (!file)
        die(path);
    uint32_t *order = must(calloc(trainer->features.count + 1, sizeof *order));
    for (size_t i = 0; i < trainer->features.count; i++)
        order[i] = (uint32_t)i;
    sorted_for = trainer;
    qsort(order, trainer->features.count, sizeof *order, by_name);
    fputs("sigap-weights 1\noutputs\t", file);
    for (size_t i = 0; i < trainer->vocabulary->kind_count; i++)
        fprintf(file, "%s ", trainer->vocabulary->kinds[i].code);
    fputs("P0 P1 P2 P3 P4\n", file);
    for (size_t i = 0; i < trainer->features.count; i++) {
        const float *row = trainer->weights + order[i] * trainer->outputs;
        bool begun = false;
        for (size_t k = 0; k < trainer->outputs; k++) {
            if (trainer->features.reports[order[i]] < LEAST_REPORTS || fabsf(row[k]) < write_least)
                continue;
            if (begun)
                fputc(' ', file);
            else
                fprintf(file, "%s\t", trainer->features.names[order[i]]);
            fprintf(file, "%zu:%.2f", k, (double)row[k]);
            begun = true;
        }
        if (begun)
            fputc('\n', file);
    }
    free(order);
    if (fclose(file) != 0)
        die(path);
}

static void trainer_free(struct trainer *trainer) {
    for (size_t i = 0; i < trainer->count; i++)
        free(trainer->examples[i].seen);
    for (size_t i = 0; i < trainer->features.count; i++)
        free(trainer->features.names[i]);
    free(trainer->features.names);
    free(trainer->features.hashes);
    free(trainer->features.reports);
    free(trainer->features.slots);
    free(trainer->examples);
    free(trainer->weights);
    free(trainer->squares);
    arena_free(&trainer->arena);
    vocabulary_free(&trainer->vocabulary);
}

int main(int argc, char **argv) {
    struct trainer trainer = {.arena = arena_new(ARENA_BYTES)};
    struct error error = {0};
    const char *out = NULL;
    int folds = 0;
    if (argc < 3)
        die("usage: sigap-triage-train SITE REPORTS... [--split NAME] [--cross FOLDS] [--out weights.tsv]");
    for (int i = 2; i < argc - 1; i++) {
        if (strcmp(argv[i], "--split") == 0)
            trainer.split = argv[i + 1];
        else if (strcmp(argv[i], "--cross") == 0)
            folds = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--out") == 0)
            out = argv[i + 1];
    }
    trainer.vocabulary = vocabulary_load(argv[1], &error);
    if (!trainer.vocabulary)
        die(error.text);
    trainer.outputs = trainer.vocabulary->kind_count + PRIORITIES;
    for (int i = 2; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) == 0)
            i++;
        else
            reports_read(&trainer, argv[i]);
    }
    trainer.weights = must(calloc(trainer.features.count * trainer.outputs, sizeof *trainer.weights));
    trainer.squares = must(calloc(trainer.features.count * trainer.outputs, sizeof *trainer.squares));
    fprintf(stderr, "%zu reports, %zu features\n", trainer.count, trainer.features.count);
    if (folds > 1)
        cross(&trainer, folds);
    if (out) {
        for (size_t i = 0; i < trainer.count; i++)
            trainer.examples[i].fold = 0;
        learn(&trainer, -1);
        weights_write(&trainer, out);
    }
    trainer_free(&trainer);
    return 0;
}
