#include "services/triage/likeness.h"

#include "services/triage/rarity.h"
#include "services/triage/scene.h"
#include "services/triage/state.h"
#include "services/triage/stem.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FRAME_WORDS = 96, /* of a report that are compared in their order: 96 x 96 steps */
    FRAME_LEAST = 6,
    LINE_MAX_BYTES = 64 * 1024,
    ARENA_BYTES = 2 * ASSESSMENT_ARENA_BYTES
};

/* So much rarity in common is as much as tells anything; a rare word has 0.8, a common one 0.1. */
#define WORDS_MANY 3.0f
#define TOLD_MANY 6.0f
#define DETAILS_MANY 4.0f
#define RARE_MANY 1.5f
#define AREA_DOUBT 0.8f
/* So far apart somebody may have had a birthday between. */
#define BIRTHDAY_MS (INT64_C(30) * 24 * 3600 * 1000)
#define AT_ONCE_MS (10 * 60000.0f)
/* Of the time for which reports of a kind are one case, until nothing speaks for it any more: what lasts is
 * told again a day late. */
#define LATE_DOUBLINGS 2.0f
/* Above so many, things and people are estimated: "64 jiwa", "60an orang". */
#define COUNT_EXACT 20
/* Words in common in their order, of those of the shorter one: no form below the first, one from the second
 * on. */
#define FRAME_FROM 0.4f
#define FRAME_WHOLE 0.7f
/* Two names or numbers. */
#define FILLED_MANY 1.5f

/* Fitted to labelled pairs by tests/triage/fit_pairs, rounded; see tests/triage/README.md. */
static const float weights[LIKENESS_FEATURES] = {
    [LIKE_BIAS] = -2.6f,
    [LIKE_NEAR] = 0.3f,
    [LIKE_HERE] = 1.2f,
    [LIKE_FAR] = -3.0f,
    [LIKE_AREA_SAME] = 0.2f,
    [LIKE_AREA_OTHER] = -4.0f,
    [LIKE_SPOT] = 0.6f,
    [LIKE_SPOT_NOT] = -1.5f,
    [LIKE_LATE] = -4.0f,
    [LIKE_SOON] = 0.7f,
    [LIKE_KIND] = 0.3f,
    [LIKE_KIND_NOT] = -0.5f,
    [LIKE_URGENCY] = 1.1f,
    [LIKE_WORDS_COUNT] = 0.5f,
    [LIKE_WORD_RAREST] = 0.5f,
    [LIKE_TOLD] = 1.4f,
    [LIKE_FRAME_NOT] = -2.0f,
    [LIKE_DETAILS] = 1.1f,
    [LIKE_DETAILS_RARE] = 2.9f,
    [LIKE_DETAILS_SEVERAL] = 0.8f,
    [LIKE_DETAILS_NOT] = -1.3f,
    [LIKE_LOOSE] = 0.5f,
    [LIKE_LOOSE_RARE] = 1.5f,
    [LIKE_LOOSE_SEVERAL] = 1.0f,
    [LIKE_BOND] = 1.3f,
    [LIKE_BOND_NOT] = -0.4f,
    [LIKE_HARM] = 0.8f,
    [LIKE_HARM_NOT] = -0.7f,
    [LIKE_DISASTER_NOT] = -0.6f,
    [LIKE_STATE_NOT] = -0.8f,
    [LIKE_LOOKS_NOT] = -1.0f,
    [LIKE_CONCEPTS_ONE] = -1.6f,
    [LIKE_SURROUNDINGS] = 0.4f,
    [LIKE_SURROUNDINGS_NOT] = -0.6f,
    [LIKE_COUNTS] = 1.4f,
    [LIKE_COUNTS_NOT] = -0.4f,
    [LIKE_AMOUNT] = 1.4f,
    [LIKE_NAME] = 1.3f,
    [LIKE_NAME_NOT] = -2.0f,
    [LIKE_AGE_SAME] = 1.0f,
    [LIKE_AGE_OFF_NOT] = -1.3f,
    [LIKE_AGE_NOT] = -1.5f,
    [LIKE_SEX_NOT] = -1.2f,
    [LIKE_PERSON_NOT] = -1.1f,
    [LIKE_PERSONS] = 0.8f,
    [LIKE_ALONE_NOT] = -0.3f,
    [LIKE_DOER_NOT] = -1.3f,
    [LIKE_OWN_NOT] = -0.7f,
    [LIKE_SAID_NOT] = -1.5f,
    [LIKE_ASKED_NOT] = -0.1f,
};

/* ---- words */

/* Common words weigh next to nothing. */
static float weight_of(const struct telling *telling) {
    return telling->rarity * telling->rarity;
}

static bool shares_detail(const struct telling *a, const struct telling *b) {
    for (size_t i = 0; i < a->detail_count; i++)
        for (size_t k = 0; k < b->detail_count; k++)
            if (a->details[i] == b->details[k])
                return true;
    return false;
}

/* How a word is told again: not at all, in another word, in the same. */
enum retold { RETOLD_NOT, RETOLD_OTHERWISE, RETOLD_SAME };

static enum retold retold(const struct scene *scene, const struct telling *telling) {
    enum retold best = RETOLD_NOT;
    for (size_t i = 0; i < scene->telling_count; i++) {
        const struct telling *other = &scene->telling[i];
        if (other->place == telling->place && other->beginning == telling->beginning)
            return RETOLD_SAME;
        if (shares_detail(telling, other))
            best = RETOLD_OTHERWISE;
    }
    return best;
}

/* What one tells, by the rarity of its words: of that, in the same words and in whatever words the other
 * tells it too. */
struct retelling {
    float same, told, rarest;
};

static struct retelling retelling_of(const struct scene *scene, const struct scene *other) {
    struct retelling out = {0};
    for (size_t i = 0; i < scene->telling_count; i++) {
        const struct telling *telling = &scene->telling[i];
        if (telling->place || telling->name || telling->caller)
            continue;
        enum retold how = retold(other, telling);
        float weight = weight_of(telling);
        out.told += how == RETOLD_NOT ? 0 : weight;
        out.same += how == RETOLD_SAME ? weight : 0;
        if (how == RETOLD_SAME && telling->rarity > out.rarest)
            out.rarest = telling->rarity;
    }
    return out;
}

static void words_compare(const struct scene *a, const struct scene *b, float *features) {
    struct retelling left = retelling_of(a, b), right = retelling_of(b, a);
    float rarest = fminf(left.rarest, right.rarest);
    features[LIKE_WORDS_COUNT] = fminf(1, fminf(left.same, right.same) / WORDS_MANY);
    features[LIKE_WORD_RAREST] = rarest * rarest;
    features[LIKE_TOLD] = fminf(1, fminf(left.told, right.told) / TOLD_MANY);
}

/* ---- the form */

static size_t frame_words(const struct scene *scene) {
    return scene->text.count < FRAME_WORDS ? scene->text.count : FRAME_WORDS;
}

/* Words in common in the same order: the longest common subsequence. */
static size_t frame_length(const struct scene *a, const struct scene *b) {
    uint8_t rows[2][FRAME_WORDS + 1] = {{0}};
    size_t of_a = frame_words(a), of_b = frame_words(b);
    for (size_t i = 0; i < of_a; i++) {
        const uint8_t *before = rows[i & 1];
        uint8_t *row = rows[~i & 1];
        for (size_t k = 0; k < of_b; k++) {
            uint8_t longest = before[k + 1] > row[k] ? before[k + 1] : row[k];
            row[k + 1] = a->text.words[i].hash == b->text.words[k].hash ? (uint8_t)(before[k] + 1) : longest;
        }
    }
    return rows[of_a & 1][of_b];
}

static bool begin_alike(const struct word *a, const struct word *b) {
    return a->key[0] == b->key[0] && strncmp(a->key, b->key, BEGINNING) == 0;
}

static bool has_word(const struct scene *scene, const struct word *word) {
    bool is_long = word->key_size >= BEGINNING;
    for (size_t i = 0; i < scene->text.count; i++) {
        const struct word *other = &scene->text.words[i];
        if (other->hash == word->hash || (is_long && begin_alike(other, word)) ||
            (other->flags & word->flags & WORD_NUMBER && other->number == word->number))
            return true;
    }
    return false;
}

/* What a form is filled in with: everything that the other does not say, common words hardly. */
static float filled_in(
    const struct vocabulary *vocabulary, const struct scene *scene, const struct scene *other) {
    float filled = 0;
    for (size_t i = 0; i < frame_words(scene); i++) {
        const struct word *word = &scene->text.words[i];
        char stemmed[WORD_KEY_MAX];
        if (has_word(other, word))
            continue;
        stem(word->key, word->key_size, stemmed);
        float rarity = word->flags & WORD_NUMBER ? 1 : rarity_of(vocabulary->rarity, stemmed);
        filled += rarity * rarity;
    }
    return filled;
}

/* What two copies of one form have in common is the form's, and speaks for nothing. Called last. */
static void frame_compare(
    const struct vocabulary *vocabulary, const struct scene *a, const struct scene *b, float *features) {
    static const enum likeness_feature of_frame[] = {LIKE_WORDS_COUNT, LIKE_WORD_RAREST, LIKE_TOLD,
        LIKE_DETAILS, LIKE_DETAILS_RARE, LIKE_DETAILS_SEVERAL, LIKE_LOOSE, LIKE_LOOSE_RARE,
        LIKE_LOOSE_SEVERAL, LIKE_BOND, LIKE_HARM, LIKE_SURROUNDINGS, LIKE_PERSONS};
    size_t of_a = frame_words(a), of_b = frame_words(b), least = of_a < of_b ? of_a : of_b;
    if (least < FRAME_LEAST)
        return;
    float alike = (float)frame_length(a, b) / (float)least;
    float frame = fminf(1, (alike - FRAME_FROM) / (FRAME_WHOLE - FRAME_FROM));
    if (frame <= 0)
        return;
    /* Another name or house is enough, however common the word. */
    bool other = features[LIKE_NAME_NOT] > 0 || features[LIKE_SPOT_NOT] > 0;
    float filled = other ? FILLED_MANY : fminf(filled_in(vocabulary, a, b), filled_in(vocabulary, b, a));
    float form = frame * fminf(1, filled / FILLED_MANY);
    features[LIKE_FRAME_NOT] = form;
    for (size_t i = 0; i < sizeof of_frame / sizeof of_frame[0]; i++)
        features[of_frame[i]] *= 1 - form;
}

/* ---- details */

/* Of some classes: how many details both tell, and of how many classes each tells others. */
struct told_alike {
    float both, differ;
};

static struct told_alike class_compare(unsigned in_a, unsigned in_b, unsigned in_both) {
    return (struct told_alike){(float)in_both, in_a && in_b && !in_both};
}

static void classes_compare(
    const struct details *details, const struct scene *a, const struct scene *b, float *features) {
    struct told_alike of[DETAIL_CLASSES];
    struct detail_set shared = details_both(&a->details, &b->details);
    struct detail_counts in_a = details_count(details, &a->details),
                         in_b = details_count(details, &b->details), both = details_count(details, &shared);
    for (int i = 0; i < DETAIL_CLASSES; i++)
        of[i] = class_compare(in_a.of[i], in_b.of[i], both.of[i]);
    const struct told_alike *harm = &of[DETAIL_HARM], *violence = &of[DETAIL_VIOLENCE];
    float means = of[DETAIL_WEAPON].both + of[DETAIL_BODY].both;
    features[LIKE_SURROUNDINGS] = fminf(1, of[DETAIL_SURROUNDING].both / 2);
    features[LIKE_SURROUNDINGS_NOT] = of[DETAIL_SURROUNDING].differ;
    features[LIKE_BOND] = of[DETAIL_BOND].both > 0;
    features[LIKE_BOND_NOT] = of[DETAIL_BOND].differ;
    features[LIKE_HARM] = fminf(1, (harm->both + violence->both + means) / 2);
    features[LIKE_HARM_NOT] = harm->both + violence->both > 0 ? 0 : fminf(1, harm->differ + violence->differ);
    features[LIKE_DISASTER_NOT] = of[DETAIL_DISASTER].differ;
    features[LIKE_STATE_NOT] = fminf(1, of[DETAIL_STATE].differ + of[DETAIL_ABROAD].differ);
    features[LIKE_LOOKS_NOT] = of[DETAIL_LOOKS].differ;
}

/* What two scenes have in common of details found surely, or also loosely. */
struct in_common {
    float many, several, rare; /* 0..1 */
    unsigned both, least;      /* without surroundings; how many the one that tells less tells */
};

/* How much details in common tell, in reports of the kind where they are commoner. */
static float details_tell(const struct vocabulary *vocabulary, const struct scene *a, const struct scene *b,
    struct detail_set shared, bool loosely) {
    const char *kind = a->said.kind, *other = b->said.kind;
    char name[sizeof RARITY_LOOSELY + WORD_KEY_MAX];
    uint16_t detail;
    float told = 0;
    while (details_pop(&shared, &detail)) {
        stpcpy(stpcpy(name, loosely ? RARITY_LOOSELY : ""), details_name(vocabulary->details, detail));
        float here = rarity_within(vocabulary->rarity, kind, name);
        told += strcmp(kind, other) == 0 ? here : fminf(here, rarity_within(vocabulary->rarity, other, name));
    }
    return fminf(1, told / RARE_MANY);
}

static unsigned count_without_surroundings(const struct details *details, const struct detail_set *set) {
    struct detail_counts counts = details_count(details, set);
    return counts.all - counts.of[DETAIL_SURROUNDING];
}

/* All but surroundings; rare surroundings tell too. */
static struct in_common sets_compare(
    const struct vocabulary *vocabulary, const struct scene *a, const struct scene *b, bool loosely) {
    const struct details *details = vocabulary->details;
    const struct detail_set *of_a = loosely ? &a->loose : &a->details,
                            *of_b = loosely ? &b->loose : &b->details;
    struct detail_set shared = details_both(of_a, of_b);
    unsigned both = count_without_surroundings(details, &shared),
             in_a = count_without_surroundings(details, of_a),
             in_b = count_without_surroundings(details, of_b);
    return (struct in_common){.many = fminf(1, (float)both / DETAILS_MANY),
        .several = both > 1 ? fminf(1, (float)(both - 1) / DETAILS_MANY) : 0,
        .rare = details_tell(vocabulary, a, b, shared, loosely),
        .both = both,
        .least = in_a < in_b ? in_a : in_b};
}

static void details_compare(
    const struct vocabulary *vocabulary, const struct scene *a, const struct scene *b, float *features) {
    struct in_common sure = sets_compare(vocabulary, a, b, false), all = sets_compare(vocabulary, a, b, true);
    features[LIKE_DETAILS] = sure.many;
    features[LIKE_DETAILS_SEVERAL] = sure.several;
    features[LIKE_DETAILS_RARE] = sure.rare;
    features[LIKE_DETAILS_NOT] = fminf(1, (float)(sure.least - sure.both) / DETAILS_MANY);
    features[LIKE_LOOSE] = all.many - sure.many;
    features[LIKE_LOOSE_SEVERAL] = all.several - sure.several;
    features[LIKE_LOOSE_RARE] = fmaxf(0, all.rare - sure.rare);
}

/* ---- what it is about */

/* Facts for the router, what rules alone ask for, and what reporters say of themselves and the hour, are no
 * part of what happened. */
static bool is_matter(const struct concept *concept) {
    static const char *const none[] = {"S_KELUARGA", "S_TETANGGA", "S_PETUGAS_LAPOR", "S_SEKARANG", "S_MALAM",
        "S_TANYA", "S_TINDAK_LANJUT", "S_PEREMPUAN", "S_LAKI", "C_ANAK", "C_LANSIA", "C_BALITA", "S_AMAN",
        "S_LALU", "S_ULANG", NULL};
    for (size_t i = 0; none[i]; i++)
        if (strcmp(concept->code, none[i]) == 0)
            return false;
    return concept->code[0] != 'F' && !concept_is_for_rules(concept);
}

static void concepts_compare(
    const struct vocabulary *vocabulary, const struct scene *a, const struct scene *b, float *features) {
    float one = 0;
    for (size_t i = 0; i < vocabulary->concept_count; i++) {
        bool in_a = a->signs.concepts[i].affirmed, in_b = b->signs.concepts[i].affirmed;
        if (in_a != in_b && is_matter(&vocabulary->concepts[i]))
            one += rarity_of(vocabulary->rarity, vocabulary->concepts[i].code);
    }
    features[LIKE_CONCEPTS_ONE] = fminf(1, one / 2);
}

/* The likely kinds of both, as overlapping shares; kinds of one family count half. */
static float kinds_compare(
    const struct site_kinds *kinds, const struct assessment *a, const struct assessment *b) {
    float overlap = 0;
    for (size_t i = 0; i < a->kind_count; i++)
        for (size_t k = 0; k < b->kind_count; k++) {
            const struct site_kind *one = kinds ? site_kinds_find(kinds, a->kinds[i].kind) : NULL;
            const struct site_kind *other = kinds ? site_kinds_find(kinds, b->kinds[k].kind) : NULL;
            bool same = strcmp(a->kinds[i].kind, b->kinds[k].kind) == 0;
            bool family = one && other && strcmp(one->family, other->family) == 0;
            overlap += (same ? 1 : family ? 0.5f : 0) * a->kinds[i].score * b->kinds[k].score;
        }
    return overlap > 1 ? 1 : overlap;
}

/* Of both, as overlapping shares. */
static float priorities_compare(const struct assessment *a, const struct assessment *b) {
    float overlap = 0;
    for (int i = 0; i < PRIORITIES; i++)
        overlap += fminf(a->priorities[i], b->priorities[i]);
    return overlap;
}

/* ---- where and when */

/* Does it name a place that the other does not? */
static bool names_more(const struct scene *scene, const struct scene *other) {
    for (size_t i = 0; i < scene->telling_count; i++) {
        bool told = !scene->telling[i].place;
        for (size_t k = 0; !told && k < other->telling_count; k++)
            told = other->telling[k].beginning == scene->telling[i].beginning;
        if (!told)
            return true;
    }
    return false;
}

static void places_compare(const struct told *a, const struct told *b, const struct scene *left,
    const struct scene *right, float *features) {
    if (a->position && b->position) {
        double km = position_distance_km(*a->position, *b->position);
        features[LIKE_NEAR] = fmaxf(0, 1 - (float)(km / LIKENESS_NEAR_KM));
        features[LIKE_HERE] = fmaxf(0, 1 - (float)(km / LIKENESS_HERE_KM));
        features[LIKE_FAR] = km > LIKENESS_FAR_KM;
    }
    const char *area = left->said.area, *other = right->said.area;
    if (!area[0] || !other[0])
        return;
    features[LIKE_AREA_SAME] = area_common(area, other) >= AREA_DISTRICT;
    /* Where both stand on one spot, or one names no place that the other does not, an area was read wrongly:
     * "Kec. Jaten" is somewhere else than "Jaten Karanganyar" only to who does not know where Jaten is. */
    if (area_within(area, other) || area_within(other, area))
        return;
    bool doubted = features[LIKE_NEAR] > 0 || !names_more(left, right) || !names_more(right, left);
    features[LIKE_AREA_OTHER] = doubted ? 1 - AREA_DOUBT : 1;
}

/* For how long reports like these two are taken for one case; 0: any time. */
static int64_t longest_apart(const struct site_kinds *kinds, const struct scene *a, const struct scene *b) {
    int64_t longest = 0;
    const struct scene *both[] = {a, b};
    for (size_t i = 0; i < 2 && kinds; i++) {
        const struct site_kind *kind = site_kinds_find(kinds, both[i]->said.kind);
        int64_t within = kind ? (int64_t)duration_ms(kind->same_case_within) : 0;
        longest = within > longest ? within : longest;
    }
    return longest;
}

/* The sooner after the first, the likelier it is another telling of it; by the logarithm, as a witness of a
 * fire writes within minutes and one of an old chain within months. */
static void times_compare(const struct site_kinds *kinds, const struct scene *a, const struct scene *b,
    int64_t apart, float *features) {
    int64_t longest = longest_apart(kinds, a, b);
    if (!longest)
        return;
    features[LIKE_LATE] =
        apart > longest ? fminf(1, log2f((float)apart / (float)longest) / LATE_DOUBLINGS) : 0;
    features[LIKE_SOON] =
        fmaxf(0, 1 - log1pf((float)apart / AT_ONCE_MS) / log1pf((float)longest / AT_ONCE_MS));
}

/* ---- who and how many */

static bool mentions(const struct people *people, const struct person *person) {
    for (size_t i = 0; i < people->count; i++)
        if (!people->persons[i].doer && persons_agree(&people->persons[i], person))
            return true;
    return false;
}

static void ages_compare(const struct people *a, const struct people *b, bool birthday, float *features) {
    bool aged_a = false, aged_b = false, agree = false, same = false, guessed = false;
    for (size_t i = 0; i < a->count; i++)
        for (size_t k = 0; k < b->count; k++) {
            const struct person *one = &a->persons[i], *other = &b->persons[k];
            bool agrees = one->aged && other->aged && persons_agree(one, other);
            agree |= agrees;
            same |= agrees && one->age == other->age && one->months == other->months;
            guessed |= agrees && (one->guessed || other->guessed);
        }
    for (size_t i = 0; i < a->count; i++)
        aged_a |= a->persons[i].aged;
    for (size_t k = 0; k < b->count; k++)
        aged_b |= b->persons[k].aged;
    features[LIKE_AGE_SAME] = same;
    features[LIKE_AGE_OFF_NOT] = agree && !same && !guessed && !birthday;
    features[LIKE_AGE_NOT] = aged_a && aged_b && !agree;
}

/* Of those whom it may be about; somebody's relatives only where there is nobody else. */
static unsigned sexes_of(const struct people *people) {
    unsigned sexes = 0, of_all = 0;
    for (size_t i = 0; i < people->count; i++) {
        const struct person *person = &people->persons[i];
        if (person->doer || person->sex == SEX_UNSAID)
            continue;
        of_all |= 1u << person->sex;
        sexes |= person->relative || person->spouse ? 0 : 1u << person->sex;
    }
    return sexes ? sexes : of_all;
}

static void persons_compare(const struct people *a, const struct people *b, bool birthday, float *features) {
    const struct person *left = people_focus(a), *right = people_focus(b);
    unsigned of_a = sexes_of(a), of_b = sexes_of(b);
    enum agreement doers = relations_agree(a->doers, b->doers);
    size_t shared = 0;
    ages_compare(a, b, birthday, features);
    features[LIKE_SEX_NOT] = of_a && of_b && !(of_a & of_b);
    features[LIKE_ALONE_NOT] = (a->alone && b->several) || (b->alone && a->several);
    features[LIKE_DOER_NOT] = doers == AGREEMENT_NO;
    features[LIKE_OWN_NOT] = a->own && b->own && !(a->own & b->own);
    if (!left || !right)
        return;
    features[LIKE_PERSON_NOT] = !mentions(b, left) || !mentions(a, right);
    for (size_t i = 0; i < a->count; i++)
        shared += mentions(b, &a->persons[i]);
    for (size_t i = 0; i < b->count; i++)
        shared += mentions(a, &b->persons[i]);
    features[LIKE_PERSONS] = (float)shared / (float)(a->count + b->count);
}

static bool same_number(int32_t a, int32_t b) {
    int32_t more = a > b ? a : b;
    return more > COUNT_EXACT ? abs(a - b) * 10 <= more : a == b;
}

static void counts_compare(const struct scene *a, const struct scene *b, float *features) {
    bool same = false, other = false, amount = false;
    for (size_t i = 0; i < a->counted_count; i++)
        for (size_t k = 0; k < b->counted_count; k++) {
            const struct counted *one = &a->counted[i];
            bool things = one->what == b->counted[k].what;
            bool number = same_number(one->number, b->counted[k].number);
            same |= things && number && !one->amount;
            other |= things && !number && !one->amount;
            amount |= things && number && one->amount;
        }
    features[LIKE_AMOUNT] = amount;
    features[LIKE_COUNTS] = same;
    features[LIKE_COUNTS_NOT] = other && !same;
}

static void identities_compare(const struct scene *a, const struct scene *b, float *features) {
    struct identity_match match;
    identity_compare(&a->text, &a->identity, &b->text, &b->identity, &match);
    features[LIKE_NAME] = match.name ? 1 : match.initial ? 0.5f : 0;
    features[LIKE_NAME_NOT] = match.name_not;
    features[LIKE_SPOT] = fminf(1, (float)match.spots / 2);
    features[LIKE_SPOT_NOT] = match.spots_not > 0;
}

/* "Ini kasus lain, bukan yang kemarin": the reporter knows of the other one. */
bool likeness_says_other(const struct scene *scene) {
    static const char *const matters[] = {"kasus", "kejadian", "laporan", NULL};
    static const char *const other[] = {"lain", "beda", "berbeda", "lainya", "liyo", NULL};
    static const char *const former[] = {"kemarin", "tadi", "sebelumnya", "dulu", "itu", NULL};
    const struct text *text = &scene->text;
    for (size_t i = 0; i + 1 < text->count; i++) {
        const struct word *word = &text->words[i], *next = word + 1;
        if (word->clause != next->clause)
            continue;
        if ((word_is_one_of(word, matters) && word_is_one_of(next, other)) ||
            (word_is_one_of(word, matters) && word_is(next, "baru")) ||
            (word_is(word, "1") && word_is(next, "lagi")) ||
            (word->negator >= 0 && word_is(&text->words[word->negator], "bukan") &&
                word_is_one_of(next, former)))
            return true;
    }
    return false;
}

static bool is_disaster(const struct details *details, const struct word *word) {
    char stemmed[WORD_KEY_MAX];
    stem(word->key, word->key_size, stemmed);
    return details_is(details, word, stemmed, 1u << DETAIL_DISASTER);
}

/* "Kebakaran lagi, sekarang toko": there was one before. */
static bool says_again(const struct details *details, const struct scene *scene) {
    static const char *const again[] = {"lagi", NULL};
    static const char *const turn[] = {"sekarang", "giliran", "gantian", NULL};
    const struct text *text = &scene->text;
    bool repeated = false, another = false;
    for (size_t i = 0; i < text->count; i++) {
        const struct word *word = &text->words[i];
        repeated |= i && word_is_one_of(word, again) && word[-1].clause == word->clause &&
                    is_disaster(details, word - 1);
        another |= word_is_one_of(word, turn);
    }
    return repeated && another;
}

/* ---- the judgement */

const struct scene *likeness_read(
    const struct assessor *assessor, struct arena *arena, const struct told *told) {
    struct scene *scene = arena_take(arena, sizeof *scene);
    struct report report = {
        .text = told->text, .size = told->size, .position = told->position, .local_hour = -1};
    return scene && scene_read(assessor, arena, &report, scene) ? scene : NULL;
}

static void scenes_compare(const struct vocabulary *vocabulary, const struct scene *a, const struct scene *b,
    int64_t apart, float *features) {
    words_compare(a, b, features);
    details_compare(vocabulary, a, b, features);
    classes_compare(vocabulary->details, a, b, features);
    identities_compare(a, b, features);
    concepts_compare(vocabulary, a, b, features);
    persons_compare(&a->people, &b->people, apart > BIRTHDAY_MS, features);
    counts_compare(a, b, features);
    frame_compare(vocabulary, a, b, features);
    features[LIKE_SAID_NOT] = likeness_says_other(a) || likeness_says_other(b) ||
                              says_again(vocabulary->details, a) != says_again(vocabulary->details, b);
    features[LIKE_ASKED_NOT] = a->said.priorities[PRIORITY_P4] * b->said.priorities[PRIORITY_P4];
}

void likeness_compare(const struct assessor *assessor, const struct site_kinds *kinds, const struct told *a,
    const struct scene *left, const struct told *b, const struct scene *right, struct likeness *out) {
    *out = (struct likeness){{0}, 0, false};
    float *features = out->features, sum = 0;
    features[LIKE_BIAS] = 1;
    places_compare(a, b, left, right, features);
    int64_t apart = llabs(a->at - b->at);
    times_compare(kinds, left, right, apart, features);
    features[LIKE_KIND] = kinds_compare(kinds, &left->said, &right->said);
    features[LIKE_KIND_NOT] = features[LIKE_KIND] < 0.05f;
    if (left->text.count && right->text.count)
        features[LIKE_URGENCY] = priorities_compare(&left->said, &right->said);
    scenes_compare(assessor->vocabulary, left, right, apart, features);
    for (size_t i = 0; i < LIKENESS_FEATURES; i++)
        sum += weights[i] * features[i];
    out->score = 1 / (1 + expf(-sum));
    out->same = sum > 0;
}

bool likeness_judge(const struct assessor *assessor, const struct site_kinds *kinds, struct arena *arena,
    const struct told *a, const struct told *b, struct likeness *out) {
    const struct scene *left = likeness_read(assessor, arena, a),
                       *right = left ? likeness_read(assessor, arena, b) : NULL;
    if (right)
        likeness_compare(assessor, kinds, a, left, b, right, out);
    else
        *out = (struct likeness){{0}, 0, false};
    return right != NULL;
}

/* ---- the tool */

bool told_read(const json_t *input, struct told *told, struct position *position) {
    const json_t *latitude = json_object_get(input, "lat"), *longitude = json_object_get(input, "lon");
    const char *text = json_string_value(json_object_get(input, "text"));
    if (!text)
        return false;
    *position = (struct position){json_number_value(latitude), json_number_value(longitude)};
    *told = (struct told){.text = text,
        .size = strlen(text),
        .position = json_is_number(latitude) && json_is_number(longitude) ? position : NULL,
        .at = json_integer_value(json_object_get(input, "minutes")) * 60000};
    return true;
}

static bool pair_answer(const struct triage_site *site, struct arena *arena, const char *line, size_t size,
    bool features, FILE *out) {
    json_t *input = json_loadb(line, size, JSON_REJECT_DUPLICATES, NULL);
    struct position here, there;
    struct likeness likeness;
    struct told a, b;
    arena_reset(arena);
    bool sound = told_read(json_object_get(input, "a"), &a, &here) &&
                 told_read(json_object_get(input, "b"), &b, &there) &&
                 likeness_judge(&site->assessor, site->kinds, arena, &a, &b, &likeness);
    json_decref(input);
    if (!sound)
        return fputs("{\"error\":\"a and b with a text each are expected\"}\n", out) >= 0;
    bool good = fprintf(out, "{\"same\":%s,\"score\":%.3f", likeness.same ? "true" : "false",
                    (double)likeness.score) > 0;
    for (size_t i = 0; features && i < LIKENESS_FEATURES; i++)
        good = good && fprintf(out, "%s%.3f", i ? "," : ",\"features\":[", (double)likeness.features[i]) > 0;
    return good && fputs(features ? "]}\n" : "}\n", out) >= 0;
}

int triage_pairs_main(const char *site_folder, bool features, FILE *in, FILE *out) {
    struct triage_site site;
    struct error error = {0};
    struct arena *arena = arena_new(ARENA_BYTES);
    char *line = NULL;
    size_t capacity = 0;
    ssize_t size;
    bool sound = triage_site_open(&site, site_folder, &error) && arena;
    if (!sound)
        fprintf(stderr, "%s: %s\n", site_folder, arena ? error.text : "out of memory");
    while (sound && (size = getline(&line, &capacity, in)) >= 0)
        if (size > 1 && size <= LINE_MAX_BYTES)
            sound = pair_answer(&site, arena, line, (size_t)size, features, out);
    free(line);
    arena_free(&arena);
    triage_site_close(&site);
    return sound && fflush(out) == 0 ? 0 : 1;
}
