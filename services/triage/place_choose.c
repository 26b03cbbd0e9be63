/* Which of the places that a message names is that of the event: learnt from labelled messages
 * (train_places.c), because the ways to say it have no end: "anak nomor satu di Surabaya, kami di
 * Sumberjambe".
 *
 * Names that agree are one answer (place_answers.c); "none of them" is one more. What stands around the names
 * of an answer speaks for or against it by weights of choice.tsv; the answers' shares are the softmax
 * of the sums. Who is spoken of, and what he does there, is read by the words of relations.tsv, so that what
 * was learnt of an aunt holds for an uncle. */
#include "services/triage/place_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    AROUND = 8,        /* words of the clause to each side of a name */
    BEFORE_MAX = 5,    /* relations read before a name */
    BEHIND_MAX = 4,    /* and behind it */
    CHAIN_BYTES = 48,  /* of such relations as text */
    LINE_BYTES = 8192, /* of relations.tsv */
    WEIGHT_SLOTS = 1 << 15,
    RELATION_SLOTS = 1 << 10,
    WEIGHTS_MOST = WEIGHT_SLOTS * 3 / 4,
    WEIGHT_UNIT = 2048, /* parts of one: weights reach from -16 to 16 */
    SAID_BITS = 4096,
    MANY = 4 /* from so many on counts are not told apart */
};

/* What words say of people and places; the rows of relations.tsv. */
enum relation {
    RELATION_NONE,
    RELATION_ME,
    RELATION_THEY,
    RELATION_KIN,
    RELATION_OTHERS,
    RELATION_WORK,
    RELATION_LIVE,
    RELATION_FROM,
    RELATION_TO,
    RELATION_TELL,
    RELATION_HURT,
    RELATION_NOW,
    RELATION_PAST,
    RELATION_PLACE, /* a name of a place; in no file */
    RELATION_COUNT
};

static const char *const relation_names[RELATION_COUNT] = {
    "-", "me", "they", "kin", "others", "work", "live", "from", "to", "tell", "hurt", "now", "past", "place"};

struct weight_slot {
    uint16_t tag; /* of the hash, never 0; 0: free */
    int16_t weight;
};

struct relation_slot {
    uint64_t hash; /* 0: free */
    uint8_t relation;
};

struct place_weights {
    struct weight_slot weights[WEIGHT_SLOTS];
    struct relation_slot relations[RELATION_SLOTS];
    size_t weight_count, relation_count;
};

/* ---- the files */

static uint16_t tag_of(uint64_t hash) {
    return (uint16_t)(hash >> 48 | 1);
}

static size_t slot_of(const struct place_weights *weights, uint64_t hash) {
    size_t at = (hash ^ hash >> 24) & (WEIGHT_SLOTS - 1);
    while (weights->weights[at].tag && weights->weights[at].tag != tag_of(hash))
        at = (at + 1) & (WEIGHT_SLOTS - 1);
    return at;
}

static void weight_add(struct place_weights *weights, const char *feature, float weight) {
    uint64_t hash = text_hash(feature);
    weights->weights[slot_of(weights, hash)] =
        (struct weight_slot){tag_of(hash), (int16_t)lrintf(weight * WEIGHT_UNIT)};
    weights->weight_count++;
}

static float weight_of(const struct place_weights *weights, uint64_t hash) {
    return (float)weights->weights[slot_of(weights, hash)].weight / WEIGHT_UNIT;
}

static size_t relation_slot_of(const struct place_weights *weights, uint64_t hash) {
    size_t at = (hash ^ hash >> 32) & (RELATION_SLOTS - 1);
    while (weights->relations[at].hash && weights->relations[at].hash != hash)
        at = (at + 1) & (RELATION_SLOTS - 1);
    return at;
}

static bool relation_add(struct place_weights *weights, const char *name, const struct text *words) {
    enum relation relation = RELATION_ME;
    while (relation < RELATION_PLACE && strcmp(relation_names[relation], name) != 0)
        relation++;
    for (size_t i = 0; i < words->count && relation < RELATION_PLACE; i++) {
        if (weights->relation_count * 2 >= RELATION_SLOTS)
            return false;
        struct relation_slot *slot = &weights->relations[relation_slot_of(weights, words->words[i].hash)];
        weights->relation_count += slot->hash == 0;
        *slot = (struct relation_slot){words->words[i].hash, (uint8_t)relation};
    }
    return relation < RELATION_PLACE;
}

/* Lines of a relation, tab and its words. */
static bool relations_load(struct place_weights *weights, struct arena *arena,
    const struct spelling *spelling, FILE *file, struct error *error) {
    char line[LINE_BYTES];
    while (fgets(line, sizeof line, file)) {
        char *words = strchr(line, '\t');
        struct text text;
        arena_reset(arena);
        if (line[0] == '#' || !words)
            continue;
        *words++ = 0;
        if (!text_read(arena, spelling, words, strlen(words), &text) || !relation_add(weights, line, &text))
            return error_set(
                error, "relations.tsv: \"%s\" is no relation, or there are too many words", line);
    }
    return true;
}

/* Lines of a feature, tab and its weight. */
static bool weights_load(struct place_weights *weights, FILE *file, struct error *error) {
    char line[PLACE_FEATURE_BYTES + 32];
    while (fgets(line, sizeof line, file)) {
        char *weight = strchr(line, '\t');
        if (line[0] == '#' || !weight)
            continue;
        if (weights->weight_count == WEIGHTS_MOST)
            return error_set(error, "choice.tsv has more than %d weights", WEIGHTS_MOST);
        *weight++ = 0;
        weight_add(weights, line, strtof(weight, NULL));
    }
    return true;
}

struct place_weights *place_weights_new(struct arena *arena, const struct spelling *spelling, FILE *relations,
    FILE *choice, struct error *error) {
    struct place_weights *weights = calloc(1, sizeof *weights);
    if (!weights)
        error_set(error, "no memory for what tells places apart");
    if (weights && (!relations_load(weights, arena, spelling, relations, error) ||
                       !weights_load(weights, choice, error))) {
        free(weights);
        return NULL;
    }
    return weights;
}

/* ---- features */

struct reader {
    const struct place_index *index;
    const struct text *text;
    const struct place_names *names;
    const struct place_answer *answers;
    size_t count;
    const uint8_t *relations; /* of each word */
    uint64_t *said;           /* of the answer at hand: a bit for each feature, SAID_BITS in all */
    void (*see)(void *context, uint64_t hash, const char *kind, const char *what);
    void *context;
};

/* Once for an answer: ten villages in a row prove no more than one. */
static void say(const struct reader *reader, const char *kind, const char *what) {
    uint64_t hash = text_hash_on(text_hash_on(text_hash_on(TEXT_HASH_START, kind), ":"), what);
    size_t bit = (hash ^ hash >> 32) % SAID_BITS;
    if (reader->said[bit / 64] >> bit % 64 & 1)
        return;
    reader->said[bit / 64] |= 1ull << bit % 64;
    reader->see(reader->context, hash, kind, what);
}

static void say_number(const struct reader *reader, const char *kind, size_t number) {
    const char what[] = {(char)('0' + (number < 9 ? number : 9)), 0};
    say(reader, kind, what);
}

static void say_numbers(const struct reader *reader, const char *kind, size_t one, size_t other) {
    const char what[] = {(char)('0' + (one < 9 ? one : 9)), '_', (char)('0' + (other < 9 ? other : 9)), 0};
    say(reader, kind, what);
}

/* A word as it is learnt: numbers and names of places are all alike. */
static const char *told(const struct reader *reader, size_t at) {
    const struct word *word = &reader->text->words[at];
    return reader->relations[at] == RELATION_PLACE ? "@" : word->flags & WORD_NUMBER ? "#" : word->key;
}

static const char *told_beside(const struct reader *reader, size_t from, long offset) {
    const struct word *word = word_at(reader->text, from, offset);
    return word && word->sentence == reader->text->words[from].sentence
               ? told(reader, (size_t)((long)from + offset))
               : "^";
}

static void words_say(const struct reader *reader, const struct place_name *name) {
    const struct word *words = reader->text->words;
    const uint16_t clause = words[name->first].clause;
    say(reader, "p1", told_beside(reader, name->first, -1));
    say(reader, "p2", told_beside(reader, name->first, -2));
    say(reader, "p3", told_beside(reader, name->first, -3));
    say(reader, "x1", told_beside(reader, name->last, 1));
    say(reader, "x2", told_beside(reader, name->last, 2));
    for (size_t i = name->first; i-- && i + AROUND >= name->first && words[i].clause == clause;)
        say(reader, "before", told(reader, i));
    for (size_t i = name->last + 1u;
         i < reader->text->count && i <= (size_t)name->last + AROUND && words[i].clause == clause; i++)
        say(reader, "behind", told(reader, i));
}

/* Relations in the order in which they are met, going away from a name; "|": there the clause has ended. */
struct chain {
    uint8_t relations[BEFORE_MAX];
    size_t count;
    bool ended;
};

enum { CHAIN_ENDED = RELATION_COUNT };

static void chain_add(struct chain *chain, size_t most, uint8_t relation, bool inside) {
    if (!inside && !chain->ended && chain->count < most) {
        chain->relations[chain->count++] = CHAIN_ENDED;
        chain->ended = true;
    }
    if (relation != RELATION_NONE && chain->count < most &&
        (!chain->count || chain->relations[chain->count - 1] != relation))
        chain->relations[chain->count++] = relation;
}

static struct chain chain_before(const struct reader *reader, const struct place_name *name) {
    const struct word *words = reader->text->words, *first = &words[name->first];
    struct chain chain = {.count = 0};
    for (size_t i = name->first; i-- && words[i].sentence == first->sentence && chain.count < BEFORE_MAX;)
        chain_add(&chain, BEFORE_MAX, reader->relations[i], words[i].clause == first->clause);
    return chain;
}

static struct chain chain_behind(const struct reader *reader, const struct place_name *name) {
    const struct word *words = reader->text->words, *first = &words[name->first];
    struct chain chain = {.count = 0};
    for (size_t i = name->last + 1u;
         i < reader->text->count && words[i].sentence == first->sentence && chain.count < BEHIND_MAX; i++)
        chain_add(&chain, BEHIND_MAX, reader->relations[i], words[i].clause == first->clause);
    return chain;
}

static char *append(char *out, const char *text) {
    while (*text)
        *out++ = *text++;
    *out = 0;
    return out;
}

/* Where it ended. */
static char *chain_write(const struct chain *chain, size_t most, char *out) {
    *out = 0;
    for (size_t i = 0; i < chain->count && i < most; i++) {
        out = append(out, i ? "_" : "");
        out = append(out, chain->relations[i] == CHAIN_ENDED ? "|" : relation_names[chain->relations[i]]);
    }
    return out;
}

static const char *who_of(const struct chain *chain) {
    for (size_t i = 0; i < chain->count; i++)
        if (chain->relations[i] >= RELATION_ME && chain->relations[i] <= RELATION_OTHERS)
            return relation_names[chain->relations[i]];
    return "-";
}

static void is_hurt_say(const struct reader *reader, const struct word *name) {
    bool in_clause = false, in_sentence = false;
    for (size_t i = 0; i < reader->text->count; i++)
        if (reader->relations[i] == RELATION_HURT) {
            in_clause = in_clause || reader->text->words[i].clause == name->clause;
            in_sentence = in_sentence || reader->text->words[i].sentence == name->sentence;
        }
    say_numbers(reader, "hurt", in_clause, in_sentence);
}

static void relations_say(const struct reader *reader, const struct place_name *name) {
    static const char *const before_kinds[] = {"q1", "q2", "q3"}, *const behind_kinds[] = {"y1", "y2"};
    struct chain before = chain_before(reader, name), behind = chain_behind(reader, name);
    char text[2 * CHAIN_BYTES];
    for (size_t i = 0; i < sizeof before_kinds / sizeof *before_kinds; i++) {
        chain_write(&before, i + 1, text);
        say(reader, before_kinds[i], text);
    }
    for (size_t i = 0; i < sizeof behind_kinds / sizeof *behind_kinds; i++) {
        chain_write(&behind, i + 1, text);
        say(reader, behind_kinds[i], text);
    }
    chain_write(&behind, 2, append(chain_write(&before, 2, text), "@"));
    say(reader, "qy", text);
    say(reader, "who", who_of(&before));
    is_hurt_say(reader, &reader->text->words[name->first]);
}

static void name_say(const struct reader *reader, const struct place_name *name) {
    const struct word *words = reader->text->words;
    const struct place_entry *top = NULL, *first = &reader->index->entries[name->entries];
    bool served = false;
    for (uint32_t at = name->entries; at; at = reader->index->entries[at].next) {
        const struct place_entry *entry = &reader->index->entries[at];
        if (!entry->hint && (!top || entry->level < top->level))
            top = entry;
        served = served || (entry->level != AREA_VILLAGE && entry->served);
    }
    const char province[] = {first->code[0], first->code[1], 0};
    say_numbers(reader, "level", top ? top->level : 9, served);
    say_numbers(reader, "marker", name->marker, top ? top->level : 9);
    say_numbers(reader, "word", name->word, name->capital);
    say_numbers(reader, "stands", first->landmark, name->village);
    say_numbers(reader, "sentence", words[name->first].sentence == 0,
        words[name->first].sentence == words[reader->text->count - 1].sentence);
    say(reader, "province", province);
    words_say(reader, name);
    relations_say(reader, name);
}

static bool is_served(const struct place_index *index, const struct place_answer *answer) {
    for (size_t i = 0; i < answer->area_count; i++)
        if (place_index_serves(index, answer->areas[i]))
            return true;
    return false;
}

static float proof_of(const struct place_answer *answer) {
    float most = 0;
    for (size_t i = 0; i < answer->area_count; i++)
        most = most > answer->proofs[i] ? most : answer->proofs[i];
    return most;
}

/* The answer among the others. */
static void rivals_say(const struct reader *reader, const struct place_answer *answer) {
    size_t order = 0, names = 0, deepest = 0;
    bool rival_served = false;
    float rival_proof = 0;
    for (size_t i = 0; i < reader->count; i++) {
        const struct place_answer *other = &reader->answers[i];
        if (other == answer)
            continue;
        order += (other->names & -other->names) < (answer->names & -answer->names);
        deepest = deepest > other->deepest ? deepest : other->deepest;
        rival_served = rival_served || is_served(reader->index, other);
        rival_proof = rival_proof > proof_of(other) ? rival_proof : proof_of(other);
    }
    for (uint64_t left = answer->names; left; left &= left - 1)
        names++;
    size_t count = reader->count < MANY ? reader->count : MANY;
    say_numbers(reader, "served", is_served(reader->index, answer), rival_served);
    say_number(reader, "answers", count);
    say_number(reader, "areas", answer->area_count < MANY ? answer->area_count : MANY);
    say_number(reader, "proof", (size_t)proof_of(answer));
    say_number(reader, "surest", proof_of(answer) > rival_proof);
    say_number(reader, "names", names < MANY ? names : MANY);
    say_numbers(reader, "deep", answer->deepest, deepest);
    say_numbers(reader, "order", order, count);
}

static void answer_say(const struct reader *reader, const struct place_answer *answer) {
    for (size_t at = 0; at < reader->names->count; at++)
        if (answer->names >> at & 1)
            name_say(reader, &reader->names->names[at]);
    rivals_say(reader, answer);
}

/* What is said of no place in particular: "belum mau disebut", "entah di mana". */
static void none_say(const struct reader *reader) {
    say(reader, "none", "");
    for (size_t i = 0; i < reader->text->count; i++)
        if (reader->text->words[i].negator >= 0)
            say(reader, "not", told(reader, i));
    say_number(reader, "none", reader->count < MANY ? reader->count : MANY);
}

static uint8_t *relations_read(const struct place_index *index, struct arena *arena, const struct text *text,
    const struct place_names *names) {
    uint8_t *relations = arena_take(arena, text->count + 1);
    for (size_t i = 0; relations && i < text->count; i++)
        relations[i] =
            index->weights->relations[relation_slot_of(index->weights, text->words[i].hash)].relation;
    for (size_t i = 0; relations && i < names->count; i++)
        for (size_t at = names->names[i].first;
             at <= names->names[i].last && !(names->names[i].word && !names->names[i].capital); at++)
            relations[at] = RELATION_PLACE;
    return relations;
}

bool place_answers_tell(const struct place_index *index, struct arena *arena, const struct text *text,
    const struct place_names *names, const struct place_answer *answers, size_t count,
    void (*see)(void *context, uint64_t hash, const char *kind, const char *what), void *context,
    void (*next)(void *context, size_t answer)) {
    uint64_t said[SAID_BITS / 64];
    const struct reader reader = {.index = index,
        .text = text,
        .said = said,
        .names = names,
        .answers = answers,
        .count = count,
        .relations = relations_read(index, arena, text, names),
        .see = see,
        .context = context};
    for (size_t i = 0; reader.relations && i < count; i++) {
        memset(said, 0, sizeof said);
        answer_say(&reader, &answers[i]);
        next(context, i);
    }
    if (reader.relations) {
        memset(said, 0, sizeof said);
        none_say(&reader);
        next(context, count);
    }
    return reader.relations != NULL;
}

/* ---- the judgement */

struct sums {
    const struct place_weights *weights;
    float sum, sums[PLACE_ANSWERS_MAX + 1];
};

static void sum_add(void *context, uint64_t hash, const char *kind, const char *what) {
    struct sums *sums = context;
    (void)kind, (void)what;
    sums->sum += weight_of(sums->weights, hash);
}

static void sum_keep(void *context, size_t answer) {
    struct sums *sums = context;
    sums->sums[answer] = sums->sum;
    sums->sum = 0;
}

bool place_answers_judge(const struct place_index *index, struct arena *arena, const struct text *text,
    const struct place_names *names, struct place_answer *answers, size_t count) {
    struct sums sums = {.weights = index->weights};
    float most, all = 0;
    if (!place_answers_tell(index, arena, text, names, answers, count, sum_add, &sums, sum_keep))
        return false;
    most = sums.sums[count];
    for (size_t i = 0; i < count; i++)
        most = most > sums.sums[i] ? most : sums.sums[i];
    for (size_t i = 0; i <= count; i++)
        all += sums.sums[i] = expf(sums.sums[i] - most);
    for (size_t i = 0; i < count; i++)
        answers[i].share = sums.sums[i] / all;
    return true;
}
