/* sigapctl triage train REPORTS... [--also REPORTS] [--split NAME] [--cross FOLDS] [--show FILE] [--out FILE]
 *                                  [--rarity FILE] [--set name=value]
 *
 * Learns the weights of the linear model (model.h) from labelled reports, one JSON object a line with text,
 * kind, urgency and optionally kinds_also and split. With --cross it learns FOLDS times without one fold and
 * judges that fold the way the daemon would, rules included; files after --also are always learnt from and
 * never judged. --show writes what was said of each left-out report, for looking at mistakes and choosing
 * costs. With --out it learns from everything and writes the weights.
 *
 * Two softmax regressions over the same features, one for kinds and one for priorities. AdaGrad; L2; words
 * are left out at random while learning, so that no single word carries a report; the weights are the mean of
 * the last rounds. The order of everything comes from a seed: the same input gives the same file everywhere.
 *
 * Trusted input: a tool for people. It ends the process when memory runs out or a line is wrong. */
#include "services/triage/train.h"

#include "services/triage/scene.h"
#include "services/triage/state.h"
#include "services/triage/train_parts.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    EXAMPLES_MAX = 200000,
    SOURCES_MAX = 16,
    LEAST_REPORTS = 3, /* a feature seen in one or two reports teaches these by heart */
    STRIDE = 48,       /* outputs of a row, a multiple of what a vector register takes */
    ALSO_MAX = 4,
    NOT_LEFT_OUT = -2 /* no fold */
};

/* Chosen by cross-validation on the train half and our own reports, and on writers left out whole
 * (tests/triage/README.md). */
struct settings {
    float rounds, rate, shrink_kinds, shrink_priorities;
    float also_share; /* of the target that further kinds get */
    float drop;       /* share of the features left out of a report while learning */
    float rare;       /* how much rare kinds speak up: weight (30/n)^rare */
    float least;      /* weights smaller than this are not written: they change no ranking */
};

static const struct settings defaults = {.rounds = 60,
    .rate = 0.05f,
    .shrink_kinds = 0.015f,
    .shrink_priorities = 0.02f,
    .also_share = 0.2f,
    .drop = 0.7f,
    .rare = 0.3f,
    .least = 0.05f};

struct seen {
    uint32_t feature;
    float value;
};

struct example {
    char *text;
    int kind, priority;
    int also[ALSO_MAX];
    int also_count;
    struct seen *seen;
    size_t seen_count;
    int fold;   /* -1: always learnt from */
    int source; /* of trainer.sources */
};

struct dictionary {
    char **names;
    uint64_t *hashes;
    uint32_t *reports;
    uint32_t *slots;
    size_t count, capacity, slot_count;
};

struct trainer {
    struct triage_site site;
    struct arena *arena;
    struct settings settings;
    struct dictionary features;
    struct example *examples;
    size_t count;
    size_t kinds;   /* outputs 0..kinds-1, then the priorities */
    float *weights; /* features x STRIDE */
    float *squares, *sums;
    const char *sources[SOURCES_MAX];
    int source_count;
    const char *split, *out, *show, *rarity;
    int folds;
    uint64_t random;
};

/* ---- features */

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

static void dictionary_free(struct dictionary *all) {
    for (size_t i = 0; i < all->count; i++)
        free(all->names[i]);
    free(all->names);
    free(all->hashes);
    free(all->reports);
    free(all->slots);
}

static void example_see(struct trainer *trainer, struct example *example) {
    const struct vocabulary *vocabulary = trainer->site.vocabulary;
    struct text text;
    struct signs signs;
    size_t count = 0;
    arena_reset(trainer->arena);
    char(*names)[FEATURE_NAME_MAX] = must(arena_take(trainer->arena, FEATURES_MAX * sizeof *names));
    if (!text_read(trainer->arena, vocabulary->spelling, example->text, strlen(example->text), &text) ||
        !signs_read(vocabulary, trainer->arena, &text, &signs))
        die("out of memory");
    const struct place_names *found = must(place_names_read(trainer->site.places, trainer->arena, &text));
    const bool *places = must(place_names_mark(found, trainer->arena, &text));
    struct feature *features =
        must(features_read(vocabulary, trainer->arena, &text, &signs, places, names, &count));
    example->seen = must(calloc(count + 1, sizeof *example->seen));
    for (size_t i = 0; i < count; i++) {
        uint32_t number = feature_number(&trainer->features, names[i]);
        trainer->features.reports[number]++;
        example->seen[example->seen_count++] = (struct seen){number, features[i].value};
    }
}

/* ---- reports */

static void kinds_also(const struct trainer *trainer, const json_t *report, struct example *example) {
    size_t index;
    json_t *also;
    json_array_foreach(json_object_get(report, "kinds_also"), index, also) {
        int further = vocabulary_kind(trainer->site.vocabulary, json_string_value(also));
        if (further != NO_INDEX && example->also_count < ALSO_MAX)
            example->also[example->also_count++] = further;
    }
}

static void example_add(struct trainer *trainer, const json_t *report, bool judged) {
    const char *text = json_string_value(json_object_get(report, "text"));
    const char *kind = json_string_value(json_object_get(report, "kind"));
    const char *urgency = json_string_value(json_object_get(report, "urgency"));
    const char *split = json_string_value(json_object_get(report, "split"));
    if (trainer->split && split && strcmp(split, trainer->split) != 0)
        return;
    if (!text || !kind || !urgency || urgency[0] != 'P' || urgency[1] < '0' || urgency[1] > '4')
        die("a report without text, kind or urgency");
    struct example example = {.text = must(strdup(text)),
        .kind = vocabulary_kind(trainer->site.vocabulary, kind),
        .priority = urgency[1] - '0',
        .source = trainer->source_count,
        .fold = judged ? 0 : -1};
    if (example.kind == NO_INDEX)
        die("a report of a kind that the site does not have");
    kinds_also(trainer, report, &example);
    example_see(trainer, &example);
    if (trainer->count == EXAMPLES_MAX)
        die("too many reports");
    trainer->examples = must(realloc(trainer->examples, (trainer->count + 1) * sizeof example));
    trainer->examples[trainer->count++] = example;
}

static void reports_read(struct trainer *trainer, const char *path, bool judged) {
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t capacity = 0;
    ssize_t size;
    if (!file || trainer->source_count == SOURCES_MAX)
        die(path);
    while ((size = getline(&line, &capacity, file)) > 0) {
        json_t *report = json_loadb(line, (size_t)size, 0, NULL);
        if (!report) {
            fprintf(stderr, "%s: ", path);
            die("a line that is no JSON");
        }
        example_add(trainer, report, judged);
        json_decref(report);
    }
    trainer->sources[trainer->source_count++] = path;
    free(line);
    fclose(file);
}

/* ---- learning */

/* What of a report is looked at this time. */
struct glimpse {
    struct seen seen[FEATURES_MAX];
    size_t count;
};

static void scores_of(const struct trainer *trainer, const struct glimpse *glimpse, float *scores) {
    memset(scores, 0, STRIDE * sizeof *scores);
    for (size_t i = 0; i < glimpse->count; i++) {
        const float *row = trainer->weights + (size_t)glimpse->seen[i].feature * STRIDE;
        for (size_t k = 0; k < STRIDE; k++)
            scores[k] += glimpse->seen[i].value * row[k];
    }
    softmax(scores, trainer->kinds);
    softmax(scores + trainer->kinds, PRIORITIES);
}

static void targets_of(const struct trainer *trainer, const struct example *example, float *targets) {
    memset(targets, 0, STRIDE * sizeof *targets);
    targets[example->kind] = example->also_count ? 1 - trainer->settings.also_share : 1;
    for (int i = 0; i < example->also_count; i++)
        targets[example->also[i]] += trainer->settings.also_share / (float)example->also_count;
    targets[trainer->kinds + (size_t)example->priority] = 0.9f;
    for (size_t i = 0; i < PRIORITIES; i++)
        targets[trainer->kinds + i] += 0.02f;
}

/* Evenly from 0 to 2^31 - 1, of a feature in one glimpse. By the feature itself and not by how many came
 * before it: a feature more or less in one report would change what is dropped of all others, and every
 * weight. */
static uint32_t chance_of(uint64_t feature, uint64_t glimpse) {
    uint64_t mixed = (feature ^ glimpse) * 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ mixed >> 32) * 0xd6e8feb86659fd93u;
    return (uint32_t)(mixed >> 33);
}

/* Known features, some dropped, the others louder instead. */
static void glimpse_take(struct trainer *trainer, const struct example *example, struct glimpse *out) {
    uint32_t dropped = (uint32_t)((double)trainer->settings.drop * 0x7fffffff);
    float louder = 1 / (1 - trainer->settings.drop);
    uint64_t number = random_next(&trainer->random) * UINT64_C(0x9e3779b97f4a7c15);
    out->count = 0;
    for (size_t i = 0; i < example->seen_count; i++) {
        const struct seen *seen = &example->seen[i];
        if (trainer->features.reports[seen->feature] < LEAST_REPORTS ||
            chance_of(trainer->features.hashes[seen->feature], number) < dropped)
            continue;
        out->seen[out->count++] = (struct seen){seen->feature, seen->value * louder};
    }
}

static void learn_one(struct trainer *trainer, const struct example *example, float weight) {
    float scores[STRIDE], targets[STRIDE], scale[STRIDE], shrink[STRIDE];
    struct glimpse glimpse;
    glimpse_take(trainer, example, &glimpse);
    scores_of(trainer, &glimpse, scores);
    targets_of(trainer, example, targets);
    for (size_t k = 0; k < STRIDE; k++) {
        scale[k] = k < trainer->kinds ? weight * (scores[k] - targets[k]) : scores[k] - targets[k];
        shrink[k] = k < trainer->kinds ? trainer->settings.shrink_kinds : trainer->settings.shrink_priorities;
    }
    for (size_t i = 0; i < glimpse.count; i++) {
        float *row = trainer->weights + (size_t)glimpse.seen[i].feature * STRIDE;
        float *squares = trainer->squares + (size_t)glimpse.seen[i].feature * STRIDE;
        for (size_t k = 0; k < STRIDE; k++) {
            float slope = scale[k] * glimpse.seen[i].value + shrink[k] * row[k];
            squares[k] += slope * slope;
            row[k] -= trainer->settings.rate * slope / sqrtf(squares[k] + 1e-3f);
        }
    }
}

/* fold: the one left out. */
static void learn(struct trainer *trainer, int fold) {
    size_t size = trainer->features.count * STRIDE;
    size_t *order = must(calloc(trainer->count + 1, sizeof *order)), used = 0;
    float kinds[KINDS_MAX] = {0};
    memset(trainer->weights, 0, size * sizeof *trainer->weights);
    memset(trainer->squares, 0, size * sizeof *trainer->squares);
    memset(trainer->sums, 0, size * sizeof *trainer->sums);
    for (size_t i = 0; i < trainer->count; i++) {
        kinds[trainer->examples[i].kind]++;
        if (trainer->examples[i].fold != fold)
            order[used++] = i;
    }
    trainer->random = 1;
    int rounds = (int)trainer->settings.rounds, mean_from = rounds - rounds / 3;
    for (int round = 0; round < rounds; round++) {
        shuffle(&trainer->random, order, used);
        for (size_t i = 0; i < used; i++) {
            const struct example *example = &trainer->examples[order[i]];
            learn_one(trainer, example, powf(30.0f / kinds[example->kind], trainer->settings.rare));
        }
        for (size_t i = 0; round >= mean_from && i < size; i++)
            trainer->sums[i] += trainer->weights[i] / (float)(rounds - mean_from);
    }
    memcpy(trainer->weights, trainer->sums, size * sizeof *trainer->weights);
    free(order);
}

/* ---- the model */

static int by_name(const void *a, const void *b, void *names) {
    return strcmp(((char **)names)[*(const uint32_t *)a], ((char **)names)[*(const uint32_t *)b]);
}

static uint32_t *names_sorted(const struct dictionary *all) {
    uint32_t *order = must(calloc(all->count + 1, sizeof *order));
    for (size_t i = 0; i < all->count; i++)
        order[i] = (uint32_t)i;
    qsort_r(order, all->count, sizeof *order, by_name, all->names);
    return order;
}

enum { PRIOR_REPORTS = 3 }; /* reports of no kind in particular that each kind is given besides its own */

/* How often reports of a kind have each priority, over what was learnt from. */
static void priors_write(const struct trainer *trainer, FILE *file, int fold) {
    double counts[KINDS_MAX + 1][PRIORITIES + 1] = {{0}};
    for (size_t i = 0; i < trainer->count; i++) {
        const struct example *example = &trainer->examples[i];
        if (example->fold == fold)
            continue;
        counts[example->kind][example->priority]++;
        counts[example->kind][PRIORITIES]++;
        counts[KINDS_MAX][example->priority]++;
        counts[KINDS_MAX][PRIORITIES]++;
    }
    for (size_t k = 0; k < trainer->kinds; k++) {
        fprintf(file, "prior:%s\t", trainer->site.vocabulary->kinds[k].code);
        for (size_t i = 0; i < PRIORITIES; i++) {
            double common = (counts[KINDS_MAX][i] + 1) / (counts[KINDS_MAX][PRIORITIES] + PRIORITIES);
            double own = (counts[k][i] + PRIOR_REPORTS * common) / (counts[k][PRIORITIES] + PRIOR_REPORTS);
            fprintf(file, "%s%zu:%.2f", i ? " " : "", trainer->kinds + i, log(own));
        }
        fputc('\n', file);
    }
}

static void weights_write(struct trainer *trainer, FILE *file, int fold) {
    const struct vocabulary *vocabulary = trainer->site.vocabulary;
    uint32_t *order = names_sorted(&trainer->features);
    fputs("sigap-weights 1\noutputs\t", file);
    for (size_t i = 0; i < vocabulary->kind_count; i++)
        fprintf(file, "%s ", vocabulary->kinds[i].code);
    fputs("P0 P1 P2 P3 P4\n", file);
    priors_write(trainer, file, fold);
    for (size_t i = 0; i < trainer->features.count; i++) {
        const float *row = trainer->weights + (size_t)order[i] * STRIDE;
        bool begun = false;
        for (size_t k = 0; k < trainer->kinds + PRIORITIES; k++) {
            if (trainer->features.reports[order[i]] < LEAST_REPORTS ||
                fabsf(row[k]) < trainer->settings.least)
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
}

static void detail_see(
    struct dictionary *details, const char *kind, const char *loosely, const char *detail) {
    char name[FEATURE_NAME_MAX];
    snprintf(name, sizeof name, "%s@%s%s", kind, loosely, detail);
    uint32_t number = feature_number(details, name); /* may move them */
    details->reports[number]++;
}

static void set_see(struct trainer *trainer, struct dictionary *details, const char *kind,
    const char *loosely, struct detail_set set) {
    uint16_t detail;
    while (details_pop(&set, &detail)) {
        const char *name = details_name(trainer->site.vocabulary->details, detail);
        detail_see(details, "", loosely, name);
        detail_see(details, kind, loosely, name);
    }
}

/* The details of a report (scene.h), in all reports and in those of its kind. */
static void details_see(
    struct trainer *trainer, const struct example *example, struct scene *scene, struct dictionary *details) {
    const char *kind = trainer->site.vocabulary->kinds[example->kind].code;
    struct report report = {.text = example->text, .size = strlen(example->text), .local_hour = -1};
    arena_reset(trainer->arena);
    if (!scene_read(&trainer->site.assessor, trainer->arena, &report, scene))
        die("out of memory");
    detail_see(details, kind, "", "");
    set_see(trainer, details, kind, "", scene->details);
    set_see(trainer, details, kind, RARITY_LOOSELY, scene->loose);
}

static void details_write(struct trainer *trainer, FILE *file) {
    struct dictionary details = {0};
    struct scene *scene = must(malloc(sizeof *scene));
    for (size_t i = 0; i < trainer->count; i++)
        details_see(trainer, &trainer->examples[i], scene, &details);
    uint32_t *order = names_sorted(&details);
    for (size_t i = 0; i < details.count; i++)
        if (details.reports[order[i]] >= LEAST_REPORTS)
            fprintf(file, "%s\t%u\n", details.names[order[i]], details.reports[order[i]]);
    free(order);
    free(scene);
    dictionary_free(&details);
}

/* In how many reports each word and concept is, denied or not (rarity.h). A report that has a word both ways
 * counts twice, which changes no ranking. */
static void rarity_write(struct trainer *trainer, FILE *file) {
    uint32_t *order = names_sorted(&trainer->features);
    size_t count = trainer->features.count;
    fprintf(file, "sigap-rarity 1\nreports\t%zu\n", trainer->count);
    for (size_t i = 0; i < count; i++) {
        const char *name = trainer->features.names[order[i]];
        bool word = strncmp(name, "w:", 2) == 0, concept = strncmp(name, "c:", 2) == 0;
        char denied[FEATURE_NAME_MAX];
        if (!word && !concept)
            continue;
        snprintf(denied, sizeof denied, "%s:%s", word ? "wn" : "d", name + 2);
        uint32_t other = feature_number(&trainer->features, denied);
        uint32_t reports = trainer->features.reports[order[i]] + trainer->features.reports[other];
        if (reports >= LEAST_REPORTS)
            fprintf(file, "%s\t%u\n", name + 2, reports);
    }
    free(order);
    details_write(trainer, file);
}

/* The site judges with what was just learnt: through a file, so that what is judged is what would ship. */
static void model_take(struct trainer *trainer, int fold) {
    struct error error = {0};
    char *text = NULL;
    size_t size = 0;
    FILE *file = must(open_memstream(&text, &size));
    weights_write(trainer, file, fold);
    if (fclose(file) != 0 || !(file = fmemopen(text, size, "r")))
        die("out of memory");
    model_free(&trainer->site.vocabulary->model);
    trainer->site.vocabulary->model = model_read(file, trainer->site.vocabulary, &error);
    if (!trainer->site.vocabulary->model)
        die(error.text);
    fclose(file);
    free(text);
}

/* ---- judging */

struct tally {
    unsigned reports, first, third, p0, p0_found, p0_said, p01, p01_found, p01_said, exact;
    unsigned none, none_alerted;          /* no reports at all (P4), and those that would wake somebody */
    unsigned also, also_found, also_said; /* kinds beside the one that was said first */
};

static bool labelled(const struct vocabulary *vocabulary, const struct example *example, const char *kind) {
    bool is = strcmp(vocabulary->kinds[example->kind].code, kind) == 0;
    for (int i = 0; i < example->also_count; i++)
        is |= strcmp(vocabulary->kinds[example->also[i]].code, kind) == 0;
    return is;
}

/* Whoever is told another of the report's kinds first wants the main one among the further kinds. */
static void tally_also(struct tally *tally, const struct vocabulary *vocabulary,
    const struct example *example, const struct assessment *said) {
    if (!vocabulary->kinds[example->kind].opens_case)
        return; /* a follow-up has the kind of its case as a further one */
    tally->also += (unsigned)example->also_count;
    tally->also_said += (unsigned)said->also_count;
    for (size_t i = 0; i < said->also_count; i++)
        tally->also_found += labelled(vocabulary, example, said->also[i]);
}

static void tally_add(struct tally *tally, const struct vocabulary *vocabulary, const struct example *example,
    const struct assessment *said) {
    const char *kind = vocabulary->kinds[example->kind].code;
    unsigned rank = 0;
    while (rank < said->kind_count && strcmp(said->kinds[rank].kind, kind) != 0)
        rank++;
    bool p0 = said->priority == PRIORITY_P0, p01 = said->priority <= PRIORITY_P1;
    tally->reports++;
    tally->first += rank == 0;
    tally->third += rank < 3;
    tally->exact += (int)said->priority == example->priority;
    tally->p0 += example->priority == 0;
    tally->p0_found += example->priority == 0 && p0;
    tally->p0_said += p0;
    tally->p01 += example->priority <= 1;
    tally->p01_found += example->priority <= 1 && p01;
    tally->p01_said += p01;
    bool none = example->kind == vocabulary->no_report && example->priority == PRIORITY_P4;
    tally->none += none;
    tally->none_alerted += none && (p01 || said->possible_danger);
    tally_also(tally, vocabulary, example, said);
}

static double share(unsigned part, unsigned whole) {
    return whole ? part / (double)whole : 0;
}

static void tally_print(const char *name, const struct tally *t) {
    printf("%-28.28s %5u  kind %.3f among three %.3f  P0 recall %.3f precision %.3f  P0+P1 recall %.3f "
           "precision %.3f  exact %.3f  alerted for nothing %.3f of %u  further kinds recall %.3f precision "
           "%.3f of %u\n",
        name, t->reports, share(t->first, t->reports), share(t->third, t->reports), share(t->p0_found, t->p0),
        share(t->p0_found, t->p0_said), share(t->p01_found, t->p01), share(t->p01_found, t->p01_said),
        share(t->exact, t->reports), share(t->none_alerted, t->none), t->none, share(t->also_found, t->also),
        share(t->also_found, t->also_said), t->also);
}

/* All kinds that were weighed as further ones, each as [kind, labelled, features]: for fit_matters. */
static json_t *matters_shown(
    const struct vocabulary *vocabulary, const struct example *example, const struct assessment *said) {
    json_t *all = json_array();
    for (size_t i = 0; i < said->matter_count; i++) {
        const char *kind = vocabulary->kinds[said->matters[i].kind].code;
        json_t *one = json_pack("[s, b]", kind, labelled(vocabulary, example, kind));
        for (size_t k = 0; k < MATTER_FEATURES; k++)
            json_array_append_new(one, json_real((double)said->matters[i].features[k]));
        json_array_append_new(all, one);
    }
    return all;
}

static void show(FILE *file, const struct vocabulary *vocabulary, const struct example *example,
    const struct assessment *said) {
    json_t *reasons = json_array();
    for (size_t i = 0; i < said->reason_count; i++)
        json_array_append_new(reasons, json_string(said->reasons[i]));
    json_t *kinds = json_object();
    for (size_t i = 0; i < said->kind_count; i++)
        json_object_set_new(kinds, said->kinds[i].kind, json_real((double)said->kinds[i].score));
    json_t *line = json_pack("{s:i s:s s:i s:s s:o s:o s:i s:[f,f,f,f,f] s:b s:o s:s}", "source",
        example->source, "kind", vocabulary->kinds[example->kind].code, "urgency", example->priority, "said",
        said->kind, "kinds", kinds, "matters", matters_shown(vocabulary, example, said), "priority",
        (int)said->priority, "priorities", (double)said->priorities[0], (double)said->priorities[1],
        (double)said->priorities[2], (double)said->priorities[3], (double)said->priorities[4], "danger",
        said->possible_danger, "reasons", reasons, "text", example->text);
    json_dumpf(line, file, JSON_COMPACT | JSON_REAL_PRECISION(4));
    fputc('\n', file);
    json_decref(line);
}

static void judge(struct trainer *trainer, int fold, struct tally *tallies, FILE *shown) {
    struct assessment said;
    for (size_t i = 0; i < trainer->count; i++) {
        const struct example *example = &trainer->examples[i];
        struct report report = {.text = example->text, .size = strlen(example->text), .local_hour = -1};
        if (example->fold != fold)
            continue;
        arena_reset(trainer->arena);
        struct assessor assessor = trainer->site.assessor;
        assessor.weighs_all = true;
        if (!assess(&assessor, trainer->arena, &report, &said))
            die("out of memory");
        tally_add(&tallies[example->source], trainer->site.vocabulary, example, &said);
        tally_add(&tallies[SOURCES_MAX], trainer->site.vocabulary, example, &said);
        if (shown)
            show(shown, trainer->site.vocabulary, example, &said);
    }
}

static void cross(struct trainer *trainer) {
    struct tally tallies[SOURCES_MAX + 1] = {0};
    FILE *shown = trainer->show ? must(fopen(trainer->show, "we")) : NULL;
    trainer->random = 7;
    for (size_t i = 0; i < trainer->count; i++)
        if (trainer->examples[i].fold >= 0)
            trainer->examples[i].fold = (int)(random_next(&trainer->random) % (unsigned)trainer->folds);
    for (int fold = 0; fold < trainer->folds; fold++) {
        learn(trainer, fold);
        model_take(trainer, fold);
        judge(trainer, fold, tallies, shown);
    }
    for (int i = 0; i < trainer->source_count; i++)
        if (tallies[i].reports)
            tally_print(trainer->sources[i], &tallies[i]);
    tally_print("all", &tallies[SOURCES_MAX]);
    if (shown)
        fclose(shown);
}

/* ---- the tool */

static void trainer_free(struct trainer *trainer) {
    for (size_t i = 0; i < trainer->count; i++) {
        free(trainer->examples[i].seen);
        free(trainer->examples[i].text);
    }
    dictionary_free(&trainer->features);
    free(trainer->examples);
    free(trainer->weights);
    free(trainer->squares);
    free(trainer->sums);
    arena_free(&trainer->arena);
    triage_site_close(&trainer->site);
}

static bool setting(struct settings *settings, const char *word) {
    const struct setting all[] = {{"rounds", &settings->rounds}, {"rate", &settings->rate},
        {"shrink_kinds", &settings->shrink_kinds}, {"shrink_priorities", &settings->shrink_priorities},
        {"also_share", &settings->also_share}, {"drop", &settings->drop}, {"rare", &settings->rare},
        {"least", &settings->least}};
    return setting_read(all, sizeof all / sizeof all[0], word);
}

static bool option(struct trainer *trainer, const char *name, const char *value) {
    if (strcmp(name, "--split") == 0)
        trainer->split = value;
    else if (strcmp(name, "--out") == 0)
        trainer->out = value;
    else if (strcmp(name, "--rarity") == 0)
        trainer->rarity = value;
    else if (strcmp(name, "--show") == 0)
        trainer->show = value;
    else if (strcmp(name, "--cross") == 0)
        trainer->folds = atoi(value);
    else if (strcmp(name, "--set") == 0)
        return setting(&trainer->settings, value);
    else
        return strcmp(name, "--also") == 0;
    return true;
}

static bool options_read(struct trainer *trainer, int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], "--", 2) == 0 && (i + 1 == argc || !option(trainer, argv[i], argv[i + 1])))
            return false;
        else if (strncmp(argv[i], "--", 2) == 0)
            i++;
    return argc > 1;
}

static void all_read(struct trainer *trainer, int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--also") == 0)
            reports_read(trainer, argv[++i], false);
        else if (strncmp(argv[i], "--", 2) == 0)
            i++;
        else
            reports_read(trainer, argv[i], true);
    }
    size_t size = trainer->features.count * STRIDE;
    trainer->weights = must(calloc(size, sizeof *trainer->weights));
    trainer->squares = must(calloc(size, sizeof *trainer->squares));
    trainer->sums = must(calloc(size, sizeof *trainer->sums));
    fprintf(stderr, "%zu reports, %zu features\n", trainer->count, trainer->features.count);
}

int triage_train_main(int argc, char **argv, const char *site_folder) {
    struct trainer trainer = {.settings = defaults};
    struct error error = {0};
    if (!options_read(&trainer, argc, argv)) {
        fprintf(stderr,
            "usage: sigapctl triage train REPORTS... [--also REPORTS] [--split NAME] [--cross FOLDS] "
            "[--show FILE] [--out FILE] [--rarity FILE] [--set name=value]\n");
        return 2;
    }
    trainer.arena = must(arena_new(ASSESSMENT_ARENA_BYTES));
    if (!triage_site_open(&trainer.site, site_folder, &error))
        die(error.text);
    trainer.kinds = trainer.site.vocabulary->kind_count;
    if (trainer.kinds + PRIORITIES > STRIDE)
        die("the site has more kinds than the trainer has room for");
    all_read(&trainer, argc, argv);
    if (trainer.folds > 1)
        cross(&trainer);
    if (trainer.out) {
        FILE *file = must(fopen(trainer.out, "we"));
        learn(&trainer, NOT_LEFT_OUT);
        weights_write(&trainer, file, NOT_LEFT_OUT);
        if (fclose(file) != 0)
            die(trainer.out);
    }
    if (trainer.rarity) {
        FILE *file = must(fopen(trainer.rarity, "we"));
        rarity_write(&trainer, file);
        if (fclose(file) != 0)
            die(trainer.rarity);
    }
    trainer_free(&trainer);
    return 0;
}
