/* sigapctl triage train-places REPORTS... [--out FILE] [--set name=value]
 *
 * Learns which of the places that a message names is that of the event (place_choose.c) from labelled
 * messages, one JSON object a line with text, kab and kec; kab null: the text determines none. Messages whose
 * names tell no more than one of two twins, or do not have the place of the label, teach nothing.
 *
 * One softmax regression over the answers of each message. AdaGrad; L2, shared out over the messages that
 * have a feature. The order of everything comes from a seed: the same input gives the same file everywhere.
 *
 * Trusted input: a tool for people. It ends the process when memory runs out or a line is wrong. */
#include "services/triage/place_parts.h"
#include "services/triage/state.h"
#include "services/triage/train.h"
#include "services/triage/train_parts.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LESSON_FEATURES_MAX = 16384, /* of one message */
    LEAST_LESSONS = 2            /* a feature seen in one message teaches it by heart */
};

struct settings {
    float rounds, rate, shrink;
    float least; /* weights smaller than this are not written: they change nothing */
};

static const struct settings defaults = {.rounds = 40, .rate = 0.05f, .shrink = 2.0f, .least = 0.03f};

/* What one message teaches: the features of its answers, one after the other; the last is "none of them". */
struct lesson {
    uint32_t *features;
    uint32_t ends[PLACE_ANSWERS_MAX + 1]; /* of the features of each answer */
    size_t answers;
    size_t right;
    bool none; /* is an answer, too */
};

struct known {
    char *name;
    uint64_t hash;
    uint32_t lessons, last_seen;
    float weight, squares;
};

struct trainer {
    struct triage_site site;
    struct arena *arena;
    struct settings settings;
    struct known *known;
    size_t known_count, known_capacity;
    uint32_t *slots;
    size_t slot_count;
    struct lesson *lessons;
    size_t lesson_count, lesson_capacity;
    uint32_t seen[LESSON_FEATURES_MAX]; /* of the message that is read */
    size_t seen_count;
    struct lesson now;
    uint64_t random;
    const char *out;
};

/* ---- features */

static void slots_grow(struct trainer *trainer) {
    trainer->slot_count = trainer->slot_count ? trainer->slot_count * 2 : 1 << 16;
    free(trainer->slots);
    trainer->slots = must(calloc(trainer->slot_count, sizeof *trainer->slots));
    for (size_t i = 0; i < trainer->known_count; i++) {
        size_t at = trainer->known[i].hash & (trainer->slot_count - 1);
        while (trainer->slots[at])
            at = (at + 1) & (trainer->slot_count - 1);
        trainer->slots[at] = (uint32_t)i + 1;
    }
}

static uint32_t known_add(struct trainer *trainer, uint64_t hash, const char *kind, const char *what) {
    if (trainer->known_count == trainer->known_capacity) {
        trainer->known_capacity = trainer->known_capacity ? trainer->known_capacity * 2 : 1 << 14;
        trainer->known = must(realloc(trainer->known, trainer->known_capacity * sizeof *trainer->known));
    }
    char name[PLACE_FEATURE_BYTES];
    snprintf(name, sizeof name, "%s:%s", kind, what);
    trainer->known[trainer->known_count] = (struct known){.name = must(strdup(name)), .hash = hash};
    return (uint32_t)trainer->known_count++;
}

static uint32_t feature_number(struct trainer *trainer, uint64_t hash, const char *kind, const char *what) {
    if ((trainer->known_count + 1) * 2 > trainer->slot_count)
        slots_grow(trainer);
    size_t at = hash & (trainer->slot_count - 1);
    for (; trainer->slots[at]; at = (at + 1) & (trainer->slot_count - 1))
        if (trainer->known[trainer->slots[at] - 1].hash == hash)
            return trainer->slots[at] - 1;
    uint32_t number = known_add(trainer, hash, kind, what);
    trainer->slots[at] = number + 1;
    return number;
}

static void feature_see(void *context, uint64_t hash, const char *kind, const char *what) {
    struct trainer *trainer = context;
    if (trainer->seen_count == LESSON_FEATURES_MAX)
        die("a message has too many features");
    uint32_t number = feature_number(trainer, hash, kind, what);
    struct known *known = &trainer->known[number];
    known->lessons += known->last_seen != trainer->lesson_count + 1;
    known->last_seen = (uint32_t)trainer->lesson_count + 1;
    trainer->seen[trainer->seen_count++] = number;
}

static void answer_end(void *context, size_t answer) {
    struct trainer *trainer = context;
    trainer->now.ends[answer] = (uint32_t)trainer->seen_count;
}

/* ---- lessons */

/* The number of the answer that the label says; count: none of them. False: the message teaches nothing. */
static bool right_of(const struct place_answer *answers, size_t count, const char *area, size_t *right) {
    *right = count;
    for (size_t i = 0; i < count; i++) {
        if (!area && answers[i].area_count > 1)
            return false;
        if (area && place_answer_has(&answers[i], area))
            *right = i;
    }
    return !area || *right < count;
}

static void lesson_keep(struct trainer *trainer) {
    if (trainer->lesson_count == trainer->lesson_capacity) {
        trainer->lesson_capacity = trainer->lesson_capacity ? trainer->lesson_capacity * 2 : 1024;
        trainer->lessons =
            must(realloc(trainer->lessons, trainer->lesson_capacity * sizeof *trainer->lessons));
    }
    size_t size = trainer->seen_count * sizeof *trainer->seen;
    trainer->now.features = must(malloc(size));
    memcpy(trainer->now.features, trainer->seen, size);
    trainer->lessons[trainer->lesson_count++] = trainer->now;
}

static void answers_learn(struct trainer *trainer, const struct text *text, const struct place_names *names,
    const struct place_answer *answers, size_t count, const char *area) {
    bool within = area && area_level(area) == AREA_DISTRICT;
    trainer->now = (struct lesson){.answers = count, .none = !within};
    trainer->seen_count = 0;
    if (count < 1u + within || !right_of(answers, count, area, &trainer->now.right))
        return;
    if (!place_answers_tell(trainer->site.places, trainer->arena, text, names, answers, count, feature_see,
            trainer, answer_end))
        die("a message is too long");
    lesson_keep(trainer);
}

/* Which regency, and which of its districts. */
static void message_learn(
    struct trainer *trainer, const char *message, const char *regency, const char *district) {
    const struct place_index *index = trainer->site.places;
    struct place_answer answers[PLACE_ANSWERS_MAX], within[PLACE_ANSWERS_MAX];
    struct text text;
    size_t choice_count, right;
    arena_reset(trainer->arena);
    if (!text_read(trainer->arena, trainer->site.vocabulary->spelling, message, strlen(message), &text))
        die("a message is too long");
    const struct place_names *names = must(place_names_read(index, trainer->arena, &text));
    const struct place_choice *choices =
        must(place_choices_read(index, trainer->arena, names, &choice_count));
    size_t count = place_answers_read(index, names, choices, choice_count, answers);
    answers_learn(trainer, &text, names, answers, count, regency);
    if (!district || !right_of(answers, count, regency, &right))
        return;
    count = place_answers_read_within(index, names, choices, choice_count, &answers[right], within);
    answers_learn(trainer, &text, names, within, count, district);
}

static void lessons_read(struct trainer *trainer, const char *path) {
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    if (!file)
        die(path);
    while (getline(&line, &room, file) > 0) {
        json_t *report = json_loads(line, 0, NULL);
        const char *text = json_string_value(json_object_get(report, "text"));
        if (!text)
            die(line);
        message_learn(trainer, text, json_string_value(json_object_get(report, "kab")),
            json_string_value(json_object_get(report, "kec")));
        json_decref(report);
    }
    free(line);
    fclose(file);
}

/* ---- learning */

static bool is_learnt(const struct known *known) {
    return known->lessons >= LEAST_LESSONS;
}

static void shares_of(
    const struct trainer *trainer, const struct lesson *lesson, float shares[PLACE_ANSWERS_MAX + 1]) {
    float most = -INFINITY, all = 0;
    uint32_t at = 0;
    for (size_t i = 0; i < lesson->answers + lesson->none; i++) {
        shares[i] = 0;
        for (; at < lesson->ends[i]; at++)
            shares[i] += trainer->known[lesson->features[at]].weight;
        most = most > shares[i] ? most : shares[i];
    }
    for (size_t i = 0; i < lesson->answers + lesson->none; i++)
        all += shares[i] = expf(shares[i] - most);
    for (size_t i = 0; i < lesson->answers + lesson->none; i++)
        shares[i] /= all;
}

static void learn_one(struct trainer *trainer, const struct lesson *lesson) {
    float shares[PLACE_ANSWERS_MAX + 1];
    uint32_t at = 0;
    shares_of(trainer, lesson, shares);
    for (size_t i = 0; i < lesson->answers + lesson->none; i++)
        for (; at < lesson->ends[i]; at++) {
            struct known *known = &trainer->known[lesson->features[at]];
            if (!is_learnt(known))
                continue;
            float slope = shares[i] - (i == lesson->right) +
                          trainer->settings.shrink * known->weight / ((float)known->lessons * 2);
            known->squares += slope * slope;
            known->weight -= trainer->settings.rate * slope / sqrtf(known->squares + 1e-6f);
        }
}

static void learn(struct trainer *trainer) {
    size_t *order = must(calloc(trainer->lesson_count, sizeof *order));
    for (size_t i = 0; i < trainer->lesson_count; i++)
        order[i] = i;
    trainer->random = 1;
    for (int round = 0; round < (int)trainer->settings.rounds; round++) {
        shuffle(&trainer->random, order, trainer->lesson_count);
        for (size_t i = 0; i < trainer->lesson_count; i++)
            learn_one(trainer, &trainer->lessons[order[i]]);
    }
    free(order);
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct known *)a)->name, ((const struct known *)b)->name);
}

/* The lessons' numbers are void afterwards. */
static void weights_write(struct trainer *trainer, FILE *file) {
    qsort(trainer->known, trainer->known_count, sizeof *trainer->known, by_name);
    fprintf(file,
        "# What speaks for a place being that of the event, and by how much (place_choose.c). Written by\n"
        "# sigapctl triage train-places; see tests/triage/README.md.\n");
    for (size_t i = 0; i < trainer->known_count; i++)
        if (fabsf(trainer->known[i].weight) >= trainer->settings.least)
            fprintf(file, "%s\t%.2f\n", trainer->known[i].name, (double)trainer->known[i].weight);
}

/* ---- the command */

static bool setting(struct settings *settings, const char *word) {
    const struct setting all[] = {{"rounds", &settings->rounds}, {"rate", &settings->rate},
        {"shrink", &settings->shrink}, {"least", &settings->least}};
    return setting_read(all, sizeof all / sizeof all[0], word);
}

static bool option(struct trainer *trainer, const char *name, const char *value) {
    if (strcmp(name, "--set") == 0)
        return setting(&trainer->settings, value);
    trainer->out = value;
    return strcmp(name, "--out") == 0;
}

static void trainer_free(struct trainer *trainer) {
    for (size_t i = 0; i < trainer->known_count; i++)
        free(trainer->known[i].name);
    for (size_t i = 0; i < trainer->lesson_count; i++)
        free(trainer->lessons[i].features);
    free(trainer->known);
    free(trainer->lessons);
    free(trainer->slots);
    arena_free(&trainer->arena);
    triage_site_close(&trainer->site);
    free(trainer);
}

static bool all_read(struct trainer *trainer, int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], "--", 2) != 0)
            lessons_read(trainer, argv[i]);
        else if (++i == argc || !option(trainer, argv[i - 1], argv[i]))
            return false;
    return trainer->out != NULL;
}

int triage_train_places_main(int argc, char **argv, const char *site_folder) {
    struct trainer *trainer = must(calloc(1, sizeof *trainer));
    struct error error = {0};
    trainer->settings = defaults;
    trainer->arena = must(arena_new(ASSESSMENT_ARENA_BYTES));
    if (!triage_site_open(&trainer->site, site_folder, &error))
        die(error.text);
    if (!all_read(trainer, argc, argv)) {
        fprintf(stderr, "usage: sigapctl triage train-places REPORTS... --out FILE [--set name=value]\n");
        trainer_free(trainer);
        return 2;
    }
    learn(trainer);
    FILE *file = must(fopen(trainer->out, "we"));
    weights_write(trainer, file);
    if (fclose(file) != 0)
        die(trainer->out);
    fprintf(stderr, "%zu messages, %zu features\n", trainer->lesson_count, trainer->known_count);
    trainer_free(trainer);
    return 0;
}
