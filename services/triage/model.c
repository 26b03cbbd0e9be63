#include "services/triage/model.h"

#include "services/triage/lanes.h"
#include "services/triage/stem.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

/* ---- weights

 * One row a feature: a scale and one byte for each output, the vocabulary's kinds and behind them the
 * priorities; with the 40 outputs of the site, one cache line. Which row belongs to a feature stands apart: a
 * report asks for 350, and half of them have none. */

enum {
    LINE = 64,   /* bytes; rows begin on one */
    STEPS = 127, /* a weight is scale * -127..127: finer than what a few thousand reports can tell */
    PRIORS_PADDED = 2 * LANES
};

struct row {
    float scale;
    int8_t steps[]; /* padded to OUTPUTS_WIDE */
};

/* Half of a hash tells features apart that begin at one slot: together that is nearly all of it. */
struct slot {
    uint32_t half;
    uint32_t row; /* number + 1; 0: free */
};

struct model {
    struct slot *slots; /* open addressing, at most half full */
    size_t slot_count;  /* a power of two */
    uint8_t *rows;
    size_t row_count, row_room, row_bytes;
    size_t kinds, outputs, padded;          /* outputs: kinds and priorities */
    float priors[KINDS_MAX][PRIORS_PADDED]; /* how often a report of the kind has each priority */
    uint8_t columns[OUTPUTS_MAX];           /* of the file: the output of each */
    size_t column_count;
};

static struct row *row_at(const struct model *model, size_t number) {
    return (struct row *)(void *)(model->rows + number * model->row_bytes);
}

static struct slot *slot_first(const struct model *model, uint64_t hash) {
    return &model->slots[(hash ^ hash >> 32) & (model->slot_count - 1)];
}

/* The slot of this hash, or the free one where it would be. Whether to go on is one question, and rarely so:
 * whether there is a row nobody can guess. */
static struct slot *slot_find(const struct model *model, uint64_t hash) {
    struct slot *slot = slot_first(model, hash), *end = model->slots + model->slot_count;
    while ((slot->row != 0) & (slot->half != hash >> 32))
        slot = slot + 1 < end ? slot + 1 : model->slots;
    return slot;
}

/* What is asked for the slot of this hash finds it on its way from memory. */
static void slot_fetch(const struct model *model, uint64_t hash) {
    __builtin_prefetch(slot_first(model, hash));
}

/* The row of this hash, which is on its way from memory while others are looked for. */
static inline uint32_t row_fetch(const struct model *model, uint64_t hash) {
    uint32_t row = slot_find(model, hash)->row;
    __builtin_prefetch(row_at(model, row ? row - 1 : 0));
    return row;
}

/* ---- features */

enum {
    PAIRED_MAX = 16, /* concepts that are paired: 16 x 15 / 2 = 120 features */
    OTHERS_MAX =
        512, /* marks 8, pairs of concepts 120, concepts, kinds and combinations as many as a report has */
    WHOLE = UINT16_MAX
};

#define CLASS_RUN "g"

enum { SLOTS = 2 * FEATURES_MAX }; /* a power of two */

struct collector {
    const struct model *model; /* NULL: none */
    struct feature *features;
    size_t capacity;
    char (*names)[FEATURE_NAME_MAX];
    size_t count;
    float squares;                 /* of the values */
    uint64_t hashes[FEATURES_MAX]; /* of the features, not read beyond them */
    uint16_t slots[SLOTS];         /* index + 1 of the feature, by its hash; 0: free */
};

/* A feature is named "class:one" or "class:one+other", and its hash is made of theirs, so that what stands in
 * many of a report is hashed once. other: 0 for none. */
static uint64_t hash_of(uint64_t class, uint64_t one, uint64_t other) {
    uint64_t hash = (class ^ one) * 0x9e3779b97f4a7c15u;
    hash = ((hash ^ hash >> 32) + other) * 0xd6e8feb86659fd93u;
    return hash ^ hash >> 32;
}

enum { RUN = 4 };

/* Runs of letters are most of the features. */
static uint64_t run_hash(const char letters[RUN]) {
    uint32_t number;
    memcpy(&number, letters, sizeof number);
    return number;
}

static uint64_t hash_until(const char *from, const char *end) {
    uint64_t hash = TEXT_HASH_START;
    for (; from < end; from++)
        hash = text_hash_step(hash, *from);
    return hash;
}

uint64_t feature_hash(const char *name) {
    const char *one = strchr(name, ':'), *end = name + strlen(name);
    if (!one)
        return text_hash(name);
    uint64_t class = hash_until(name, one++);
    if (strncmp(name, CLASS_RUN ":", sizeof CLASS_RUN) == 0 && end - one == RUN)
        return hash_of(class, run_hash(one), 0);
    const char *plus = strchr(one, '+');
    return hash_of(class, hash_until(one, plus ? plus : end), plus ? text_hash(plus + 1) : 0);
}

/* False when it is there already: said is said. */
static bool slot_take(struct collector *collector, uint64_t hash) {
    size_t at = (hash ^ hash >> 32) & (SLOTS - 1);
    for (; collector->slots[at]; at = (at + 1) & (SLOTS - 1))
        if (collector->hashes[collector->slots[at] - 1] == hash)
            return false;
    collector->slots[at] = (uint16_t)(collector->count + 1);
    return true;
}

static bool is_new(struct collector *collector, uint64_t hash) {
    return collector->count < collector->capacity && slot_take(collector, hash);
}

static void keep(struct collector *collector, uint64_t hash, float value, size_t first, size_t last) {
    collector->hashes[collector->count] = hash;
    collector->features[collector->count++] =
        (struct feature){.first = (uint16_t)first, .last = (uint16_t)last, .value = value};
    collector->squares += value * value;
    if (collector->model)
        slot_fetch(collector->model, hash);
}

/* A piece of a feature's name. */
struct piece {
    const char *text;
    uint64_t hash;
};

static struct piece piece_of(const char *text) {
    return (struct piece){text, text_hash(text)};
}

/* The feature "class:one" or "class:one+other". */
static void put(struct collector *collector, struct piece class, struct piece one, const struct piece *other,
    float value, size_t first, size_t last) {
    uint64_t hash = hash_of(class.hash, one.hash, other ? other->hash : 0);
    if (!is_new(collector, hash))
        return;
    if (collector->names)
        snprintf(collector->names[collector->count], FEATURE_NAME_MAX, "%s:%s%s%s", class.text, one.text,
            other ? "+" : "", other ? other->text : "");
    keep(collector, hash, value, first, last);
}

static const char *number_class(int number) {
    if (number < 6)
        return "0-5";
    if (number < 18)
        return "6-17";
    if (number < 60)
        return "18-59";
    if (number < 70)
        return "60-69";
    return number < 130 ? "70-" : "many"; /* ESC-06 begins at 70 */
}

enum { HEAD = 5 }; /* letters */

/* A word as the model sees it. */
struct sight {
    char text[WORD_KEY_MAX];
    size_t size;
    uint64_t hash;
};

/* Its stem; numbers by size. */
static void word_see(const struct word *word, struct sight *out) {
    if (word->flags & WORD_NUMBER)
        out->size = strlen(strcpy(out->text, number_class(word->number)));
    else
        out->size = stem(word->key, word->key_size, out->text);
    bool whole = !(word->flags & WORD_NUMBER) && out->size == word->key_size;
    out->hash = whole ? word->hash : hash_until(out->text, out->text + out->size);
}

/* Runs of four letters, the ends of the word marked. */
static void letters_put(struct collector *collector, const struct word *word, uint64_t class, size_t at) {
    char padded[WORD_KEY_MAX + 3] = "_";
    size_t size = word->key_size + 2u;
    memcpy(padded + 1, word->key, word->key_size);
    padded[size - 1] = '_';
    for (const char *run = padded; run + RUN <= padded + size; run++) {
        uint64_t hash = hash_of(class, run_hash(run), 0);
        if (!is_new(collector, hash))
            continue;
        if (collector->names)
            snprintf(collector->names[collector->count], FEATURE_NAME_MAX, CLASS_RUN ":%.*s", RUN, run);
        keep(collector, hash, 0.2f, at, at);
    }
}

static void head_put(struct collector *collector, struct piece class, const struct sight *sight, size_t at) {
    char head[HEAD + 1] = {0};
    memcpy(head, sight->text, sight->size < HEAD ? sight->size : HEAD);
    put(collector, class, piece_of(head), NULL, 0.5f, at, at);
}

static void words_put(struct collector *collector, const struct text *text, const bool *places) {
    const struct piece plain = piece_of("w"), denied = piece_of("wn"), pair = piece_of("b"),
                       head = piece_of("p"), run = piece_of(CLASS_RUN), place = piece_of("@");
    struct sight sights[2]; /* this word's, and that of the one before */
    struct piece before = {0};
    for (size_t i = 0; i < text->count; i++) {
        const struct word *word = &text->words[i];
        if (places && places[i]) {
            before = place; /* a pair with a place is one with any */
            continue;
        }
        struct sight *sight = &sights[i % 2];
        word_see(word, sight);
        const struct piece now = {sight->text, sight->hash};
        put(collector, word->negator >= 0 ? denied : plain, now, NULL, 1, i, i);
        if (i && word->sentence == text->words[i - 1].sentence)
            put(collector, pair, before, &now, 0.6f, i - 1, i);
        if (!(word->flags & WORD_NUMBER)) {
            if (word->key_size > 6)
                head_put(collector, head, sight, i);
            letters_put(collector, word, run.hash, i);
        }
        before = now;
    }
}

static void concepts_put(
    struct collector *collector, const struct vocabulary *vocabulary, const struct signs *signs) {
    const struct piece affirmed = piece_of("c"), denied = piece_of("d"), pair = piece_of("cc");
    struct piece there[PAIRED_MAX];
    size_t count = 0;
    for (size_t i = 0; i < signs->told_count; i++) {
        const struct concept *told = &vocabulary->concepts[signs->told[i]];
        const struct concept_state *state = &signs->concepts[signs->told[i]];
        if (concept_is_for_rules(told))
            continue;
        const struct piece concept = {told->code, told->hash};
        if (state->denied)
            put(collector, denied, concept, NULL, 1, WHOLE, WHOLE);
        if (!state->affirmed)
            continue;
        put(collector, affirmed, concept, NULL, 1, state->first, state->first);
        if (count < PAIRED_MAX)
        there[count++] = concept;
    }
    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1; k < count; k++)
            put(collector, pair, there[i], &there[k], 0.4f, WHOLE, WHOLE);
}

static void kinds_put(
    struct collector *collector, const struct vocabulary *vocabulary, const struct signs *signs) {
    const struct piece kind = piece_of("k"), rule = piece_of("r");
    for (size_t i = 0; i < vocabulary->kind_count; i++)
        if (signs->keywords[i] > 0)
            put(collector, kind, piece_of(vocabulary->kinds[i].code), NULL, signs->keywords[i] / 3, WHOLE,
                WHOLE);
    for (size_t i = 0; i < signs->held_count; i++)
        put(collector, rule, piece_of(signs->held[i]->id), NULL, 1, WHOLE, WHOLE);
}

static void mark_put(struct collector *collector, const char *mark) {
    put(collector, piece_of("m"), piece_of(mark), NULL, 1, WHOLE, WHOLE);
}

static void marks_put(struct collector *collector, const struct text *text) {
    mark_put(collector, "bias");
    if (text->laughs)
        mark_put(collector, "laugh");
    if (text->questions)
        mark_put(collector, "question");
    if (text->links)
        mark_put(collector, "link");
    if (text->tags)
        mark_put(collector, "tag");
    mark_put(collector, text->count < 12 ? "short" : text->count < 30 ? "middle" : "long");
}

/* A long report shows more features than a short one, but is not that much surer: values shrink with the
 * fourth root of their number. Dividing by the whole length was no better, and short reports became too loud.
 */
static float level_of(float squares) {
    return 2.0f / sqrtf(sqrtf(squares));
}

static void values_level(struct collector *collector) {
    float level = level_of(collector->squares);
    for (size_t i = 0; i < collector->count; i++)
        collector->features[i].value *= level;
}

/* Their weights are asked for twice: for the scores, and for which words spoke most. */
static void rows_find(struct collector *collector) {
    for (size_t i = 0; i < collector->count; i++)
        collector->features[i].row = row_fetch(collector->model, collector->hashes[i]);
}

static void collector_init(
    struct collector *collector, const struct model *model, char (*names)[FEATURE_NAME_MAX]) {
    collector->model = model;
    collector->names = names;
    collector->capacity = OTHERS_MAX;
    collector->count = 0;
    collector->squares = 0;
    memset(collector->slots, 0, sizeof collector->slots);
}

struct feature *features_read(const struct vocabulary *vocabulary, struct arena *arena,
    const struct text *text, const struct signs *signs, const bool *places, char (*names)[FEATURE_NAME_MAX],
    size_t *count) {
    struct collector collector;
    collector_init(&collector, vocabulary->model, names);
    for (size_t i = 0; i < text->count; i++)
        collector.capacity +=
            text->words[i].key_size + 3u; /* the word, its pair, its head, runs of letters */
    collector.capacity = collector.capacity < FEATURES_MAX ? collector.capacity : FEATURES_MAX;
    collector.features = arena_take(arena, collector.capacity * sizeof *collector.features);
    if (!collector.features)
        return NULL;
    marks_put(&collector, text);
    concepts_put(&collector, vocabulary, signs);
    kinds_put(&collector, vocabulary, signs);
    words_put(&collector, text, places);
    values_level(&collector);
    if (collector.model)
        rows_find(&collector);
    arena_shrink(arena, collector.features, collector.count * sizeof *collector.features);
    *count = collector.count;
    return collector.features;
}

/* ---- weights, read from their file */

uint32_t model_row(const struct model *model, const char *name) {
    return slot_find(model, feature_hash(name))->row;
}

static size_t lines_count(FILE *file) {
    char bytes[1 << 14];
    size_t count = 0, size;
    while ((size = fread(bytes, 1, sizeof bytes, file)) > 0)
        for (const char *at = bytes, *end = at + size; (at = memchr(at, '\n', (size_t)(end - at))); at++)
            count++;
    rewind(file);
    return count + 1; /* the last may have no end */
}

/* Room for so many rows and no more: they are most of the memory that triage has when it is idle. */
static bool room_take(struct model *model, size_t rows) {
    for (model->slot_count = 64; model->slot_count < 2 * rows;)
        model->slot_count *= 2;
    model->row_room = rows;
    model->slots = calloc(model->slot_count, sizeof *model->slots);
    model->rows = aligned_alloc(LINE, rows * model->row_bytes);
    if (model->rows)
        memset(model->rows, 0, rows * model->row_bytes);
    return model->slots && model->rows;
}

/* NO_INDEX: neither a kind of the site nor a priority. */
static int output_named(const struct vocabulary *vocabulary, const char *name) {
    if (name[0] == 'P' && name[1] >= '0' && name[1] < '0' + PRIORITIES && !name[2])
        return (int)vocabulary->kind_count + name[1] - '0';
    return vocabulary_kind(vocabulary, name);
}

static bool outputs_read(
    struct model *model, char *line, size_t lines, const struct vocabulary *vocabulary, struct error *error) {
    char *rest = NULL;
    if (!strtok_r(line, "\t\n", &rest) || strcmp(line, "outputs") != 0)
        return error_set(error, "outputs expected");
    for (char *name = strtok_r(NULL, " \t\n", &rest); name; name = strtok_r(NULL, " \t\n", &rest)) {
        int output = output_named(vocabulary, name);
        if (output == NO_INDEX || model->column_count == OUTPUTS_MAX)
            return error_set(error, "output %s is no kind of the site", name);
        model->columns[model->column_count++] = (uint8_t)output;
    }
    model->kinds = vocabulary->kind_count;
    model->outputs = model->kinds + PRIORITIES;
    model->padded = (model->outputs + OUTPUTS_WIDE - 1) / OUTPUTS_WIDE * OUTPUTS_WIDE;
    model->row_bytes = (sizeof(struct row) + model->padded + LINE - 1) / LINE * LINE;
    return room_take(model, lines) || error_set(error, "no memory for the weights");
}

/* Digits, at most 7 with those before: what a float holds without loss. Returns how many there were. */
static unsigned digits_read(const char **at, unsigned before, uint32_t *value) {
    unsigned count = 0;
    for (; **at >= '0' && **at <= '9' && before + count <= 7; ++*at, count++)
        *value = *value * 10 + (uint32_t)(**at - '0');
    return count;
}

/* A decimal as the trainer writes it, "-0.25". Nearly a million of them are read at each start, and strtof()
 * took most of the time. NULL: no number, or one with too many digits. */
static const char *decimal_read(const char *at, float *out) {
    static const float scales[] = {1, 1e1f, 1e2f, 1e3f, 1e4f, 1e5f, 1e6f, 1e7f};
    bool minus = *at == '-';
    uint32_t value = 0;
    unsigned behind = 0;
    at += minus;
    unsigned whole = digits_read(&at, 0, &value);
    if (whole && *at == '.') {
        at++;
        behind = digits_read(&at, whole, &value);
    }
    if (!whole || whole + behind > 7)
        return NULL;
    *out = (float)value / scales[behind];
    if (minus)
        *out = -*out;
    return at;
}

/* weights: by output. */
static bool weights_parse(
    const struct model *model, const char *at, float weights[OUTPUTS_MAX], struct error *error) {
    memset(weights, 0, OUTPUTS_MAX * sizeof *weights);
    while (*at && *at != '\n') {
        uint32_t column = 0;
        if (!digits_read(&at, 0, &column) || *at != ':' || column >= model->column_count)
            return error_set(error, "output:weight expected");
        at = decimal_read(at + 1, &weights[model->columns[column]]);
        if (!at)
            return error_set(error, "a weight is no number");
        at += strspn(at, " ");
    }
    return true;
}

/* "prior:kind": logarithms of the priorities' shares. */
static bool prior_read(struct model *model, const struct vocabulary *vocabulary, const char *kind,
    const char *weights_text, struct error *error) {
    float weights[OUTPUTS_MAX];
    int index = vocabulary_kind(vocabulary, kind);
    if (index == NO_INDEX)
        return error_set(error, "prior of %s, which is no kind of the site", kind);
    if (!weights_parse(model, weights_text, weights, error))
        return false;
    for (size_t i = 0; i < model->column_count; i++)
        if (model->columns[i] >= model->kinds)
            model->priors[index][model->columns[i] - model->kinds] = expf(weights[model->columns[i]]);
    return true;
}

static bool row_read(
    struct model *model, const struct vocabulary *vocabulary, char *line, struct error *error) {
    static const char prior[] = "prior:";
    char *tab = strchr(line, '\t');
    float weights[OUTPUTS_MAX], most = 0;
    if (!tab || tab == line)
        return error_set(error, "feature and weights expected");
    *tab = 0;
    if (strncmp(line, prior, sizeof prior - 1) == 0)
        return prior_read(model, vocabulary, line + sizeof prior - 1, tab + 1, error);
    if (model->row_count == model->row_room)
        return error_set(error, "the file has grown while it was read");
    uint64_t hash = feature_hash(line);
    struct slot *slot = slot_find(model, hash);
    if (slot->row)
        return error_set(error, "feature %s twice", line);
    if (!weights_parse(model, tab + 1, weights, error))
        return false;
    for (size_t i = 0; i < model->outputs; i++)
        most = fabsf(weights[i]) > most ? fabsf(weights[i]) : most;
    struct row *row = row_at(model, model->row_count);
    row->scale = most / STEPS;
    for (size_t i = 0; i < model->outputs && most > 0; i++)
        row->steps[i] = (int8_t)lroundf(weights[i] / row->scale);
    *slot = (struct slot){(uint32_t)(hash >> 32), (uint32_t)++model->row_count};
    return true;
}

static bool rows_read(
    struct model *model, FILE *file, const struct vocabulary *vocabulary, struct error *error) {
    size_t capacity = 0, number = 0, lines = lines_count(file);
    char *line = NULL;
    bool good = true;
    while (good && getline(&line, &capacity, file) >= 0) {
        number++;
        if (number == 1)
            good =
                strcmp(line, "sigap-weights 1\n") == 0 || error_set(error, "no file of weights of version 1");
        else if (number == 2)
            good = outputs_read(model, line, lines, vocabulary, error);
        else
            good = row_read(model, vocabulary, line, error);
    }
    free(line);
    if (good && number < 2)
        good = error_set(error, "the file is not complete");
    return good || error_prefix(error, "line %zu", number);
}

struct model *model_read(FILE *file, const struct vocabulary *vocabulary, struct error *error) {
    struct model *model = calloc(1, sizeof *model);
    if (!model) {
        error_set(error, "no memory for the weights");
    } else if (!rows_read(model, file, vocabulary, error)) {
        model_free(&model);
    }
    return model;
}

struct model *model_load(const char *path, const struct vocabulary *vocabulary, struct error *error) {
    FILE *file = fopen(path, "re");
    struct model *model = NULL;
    if (!file)
        error_set(error, "%s", strerror(errno));
    else if ((model = model_read(file, vocabulary, error)) == NULL)
        error_prefix(error, "%s", path);
    if (file)
        fclose(file);
    else
        error_prefix(error, "%s", path);
    return model;
}

void model_free(struct model **model) {
    if (!*model)
        return;
    free((*model)->slots);
    free((*model)->rows);
    free(*model);
    *model = NULL;
}

/* ---- scores */

/* What speaks for a part of the message: a row, and how loud. */
struct voice {
    uint32_t row; /* number + 1 */
    float value;
    struct part_score *part;
};

static void voices_add_plainly(const struct model *model, const struct voice *voices, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct row *row = row_at(model, voices[i].row - 1);
        float value = voices[i].value * row->scale;
        for (size_t k = 0; k < model->padded; k++)
            voices[i].part->outputs[k] += value * (float)row->steps[k];
    }
}

#ifdef __x86_64__
/* Eight bytes become eight floats by two instructions; left to itself, gcc takes them apart with nine. */
#define WIDELY __attribute__((target("avx2")))

WIDELY static inline __m256 spoken_add(__m256 sum, __m256 value, const int8_t *steps) {
    __m128i bytes = _mm_loadl_epi64((const __m128i *)(const void *)steps);
    return _mm256_add_ps(sum, _mm256_mul_ps(value, _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes))));
}

/* OUTPUTS_WIDE outputs of a part, which stay in registers while its voices follow each other.
 * Returns where those of the next part begin. */
WIDELY static size_t part_voices_add(
    const struct model *model, const struct voice *voices, size_t at, size_t count, size_t from) {
    struct part_score *part = voices[at].part;
    float *sums = part->outputs + from;
    __m256 first = _mm256_loadu_ps(sums), second = _mm256_loadu_ps(sums + 8),
           third = _mm256_loadu_ps(sums + 16), fourth = _mm256_loadu_ps(sums + 24),
           fifth = _mm256_loadu_ps(sums + 32);
    for (; at < count && voices[at].part == part; at++) {
        const struct row *row = row_at(model, voices[at].row - 1);
        const int8_t *steps = row->steps + from;
        const __m256 value = _mm256_set1_ps(voices[at].value * row->scale);
        first = spoken_add(first, value, steps);
        second = spoken_add(second, value, steps + 8);
        third = spoken_add(third, value, steps + 16);
        fourth = spoken_add(fourth, value, steps + 24);
        fifth = spoken_add(fifth, value, steps + 32);
    }
    _mm256_storeu_ps(sums, first);
    _mm256_storeu_ps(sums + 8, second);
    _mm256_storeu_ps(sums + 16, third);
    _mm256_storeu_ps(sums + 24, fourth);
    _mm256_storeu_ps(sums + 32, fifth);
    return at;
}

/* The same sums in the same order. */
WIDELY static void voices_add_widely(const struct model *model, const struct voice *voices, size_t count) {
    for (size_t from = 0; from < model->padded; from += OUTPUTS_WIDE)
        for (size_t at = 0; at < count;)
            at = part_voices_add(model, voices, at, count, from);
}
#endif

static void voices_add(const struct model *model, const struct voice *voices, size_t count) {
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        voices_add_widely(model, voices, count);
        return;
    }
#endif
    voices_add_plainly(model, voices, count);
}

/* Scores of all features together. */
static void whole_score(
    const struct model *model, const struct feature *features, size_t count, struct part_score *sum) {
    struct voice voices[FEATURES_MAX];
    size_t voice_count = 0;
    memset(sum, 0, sizeof *sum);
    for (size_t i = 0; i < count; i++) {
        voices[voice_count] = (struct voice){features[i].row, features[i].value, sum};
        voice_count += voices[voice_count].row != 0;
    }
    voices_add(model, voices, voice_count);
}

/* Learning with features left out makes the scores shy: of what they gave 0.45, eight of ten were
 * right. Times this they say what is, in left-out folds. */
#define KINDS_SHARPNESS 1.8f
#define PRIORITIES_SHARPNESS 1.2f
/* How much the kind says about the priority, beside the words themselves. */
#define PRIOR_WEIGHT 0.5f

/* The two heads agree: a priority that reports of the likely kinds never have is not said for a stray word.
 */
static void priorities_by_kind(const struct model *model, const float *kinds, float priorities[PRIORITIES]) {
    lanes first = {1e-4f, 1e-4f, 1e-4f, 1e-4f}, second = first;
    float expected[PRIORS_PADDED];
    _Static_assert((int)PRIORITIES <= (int)PRIORS_PADDED, "they fit");
    for (size_t k = 0; k < model->kinds; k++) {
        first += kinds[k] * lanes_at(model->priors[k]);
        second += kinds[k] * lanes_at(model->priors[k] + LANES);
    }
    memcpy(expected, &first, sizeof first);
    memcpy(expected + LANES, &second, sizeof second);
    for (size_t i = 0; i < PRIORITIES; i++)
        priorities[i] += PRIOR_WEIGHT * logf(expected[i]);
}

/* Scores to probabilities. */
static void scores_judge(const struct model *model, float kinds[KINDS_MAX], float priorities[PRIORITIES]) {
    for (size_t i = 0; i < model->kinds; i++)
        kinds[i] *= KINDS_SHARPNESS;
    softmax(kinds, model->kinds);
    for (size_t i = 0; i < PRIORITIES; i++)
        priorities[i] *= PRIORITIES_SHARPNESS;
    priorities_by_kind(model, kinds, priorities);
    softmax(priorities, PRIORITIES);
}

void model_judge(const struct model *model, const struct feature *features, size_t count,
    float kinds[KINDS_MAX], float priorities[PRIORITIES]) {
    struct part_score sum;
    whole_score(model, features, count, &sum);
    memcpy(kinds, sum.outputs, model->kinds * sizeof *kinds);
    memcpy(priorities, sum.outputs + model->kinds, PRIORITIES * sizeof *priorities);
    scores_judge(model, kinds, priorities);
}

/* ---- parts of a message */

/* The first feature is the bias: its value tells how the others were levelled, and every part begins with it.
 */
void model_score_parts(const struct model *model, const struct feature *features, size_t count,
    const uint8_t *part_of, size_t parts, struct part_score *common, struct part_score *rest,
    struct part_score *scores) {
    struct voice voices[FEATURES_MAX];
    size_t voice_count = 0;
    float unlevelled = count ? 1 / features[0].value : 0;
    memset(common, 0, sizeof *common);
    memset(rest, 0, sizeof *rest);
    memset(scores, 0, parts * sizeof *scores);
    for (size_t i = 0; i < count; i++) {
        struct part_score *part = !i                           ? common
                                  : features[i].first == WHOLE ? rest
                                                               : &scores[part_of[features[i].first]];
        float value = features[i].value * unlevelled;
        part->squares += value * value;
        voices[voice_count] = (struct voice){features[i].row, value, part};
        voice_count += voices[voice_count].row != 0;
    }
    voices_add(model, voices, voice_count);
}

void part_score_add(const struct model *model, struct part_score *sum, const struct part_score *part) {
    for (size_t at = 0; at < model->padded; at += LANES)
        *(lanes *)(sum->outputs + at) += lanes_at(part->outputs + at);
    sum->squares += part->squares;
}

float part_score_level(const struct part_score *sum) {
    return level_of(sum->squares);
}

void model_part_judge(const struct model *model, const struct part_score *sum, float kinds[KINDS_MAX],
    float priorities[PRIORITIES]) {
    float level = part_score_level(sum);
    for (size_t i = 0; i < model->kinds; i++)
        kinds[i] = level * sum->outputs[i];
    for (size_t i = 0; i < PRIORITIES; i++)
        priorities[i] = level * sum->outputs[model->kinds + i];
    scores_judge(model, kinds, priorities);
}

float model_score_of_share(float share) {
    return logf(share) / KINDS_SHARPNESS;
}

float model_score_behind(float probability, float most) {
    return logf(fmaxf(probability, 1e-9f) / most) / KINDS_SHARPNESS;
}

float model_weight(const struct model *model, const struct feature *feature, int output) {
    size_t column = output < KINDS_MAX ? (size_t)output : model->kinds + (size_t)(output - KINDS_MAX);
    if (!feature->row)
        return 0;
    const struct row *row = row_at(model, feature->row - 1);
    return feature->value * row->scale * (float)row->steps[column];
}

/* e to the power of each, of none more than 0; right to the last of 24 bits or the one before. As the Cephes
 * library does: a power of two, and a polynomial for what is left between -0.35 and 0.35. */
static inline lanes powers_of(lanes scores) {
    const lanes least = {-87, -87, -87, -87}; /* of which the power is a normal number */
    const lanes given = lanes_greater(scores, least);
    const lanes_mask twos = __builtin_convertvector(given * 1.44269504f - 0.5f, lanes_mask);
    const lanes whole = __builtin_convertvector(twos, lanes);
    const lanes rest = given - whole * 0.693359375f + whole * 2.12194440e-4f;
    lanes sum = rest * 1.9875691500e-4f + 1.3981999507e-3f;
    sum = sum * rest + 8.3334519073e-3f;
    sum = sum * rest + 4.1665795894e-2f;
    sum = sum * rest + 1.6666665459e-1f;
    sum = sum * rest + 5.0000001201e-1f;
    return (sum * rest * rest + rest + 1) * (lanes)((twos + 127) << 23);
}

void softmax(float *scores, size_t count) {
    const float most = floats_most(scores, count);
    float powers[KINDS_MAX], sum = 0;
    size_t whole = count / LANES * LANES;
    lanes rest = {0}; /* behind the last four */
    for (size_t i = 0; i < whole; i += LANES)
        *(lanes *)(powers + i) = powers_of(lanes_at(scores + i) - most);
    for (size_t i = whole; i < count; i++)
        rest[i - whole] = scores[i] - most;
    if (whole < count)
        *(lanes *)(powers + whole) = powers_of(rest);
    for (size_t i = 0; i < count; i++)
        sum += powers[i];
    for (size_t i = 0; i < count; i++)
        scores[i] = powers[i] / sum;
}
