#include "services/triage/likeness.h"

#include "services/triage/state.h"
#include "services/triage/stem.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    TELLING_MAX = 256, /* words of one report that are compared; a report of 60 has about 35 */
    NUMBERS_MAX = 16,
    WORDS_MANY = 5,
    BEGINNING = 5, /* letters in which two words of one stem agree ("terikat", "terikatnya") */
    LINE_MAX_BYTES = 64 * 1024,
    ARENA_BYTES = 2 * ASSESSMENT_ARENA_BYTES
};

/* Fitted to the 80 labelled pairs by logistic regression, each pair judged by weights that were fitted
 * without it (tests/triage/README.md), and rounded. The kind alone fits to nothing there, as all labelled
 * pairs are of one kind; it says a little all the same, for pairs as they come. */
static const float weights[LIKENESS_FEATURES] = {
    [LIKE_BIAS] = -1.2f,
    [LIKE_NEAR] = 0.6f,
    [LIKE_FAR] = -4.0f,
    [LIKE_AREA_SAME] = 0.2f,
    [LIKE_AREA_OTHER] = -5.0f,
    [LIKE_LATE] = -3.0f,
    [LIKE_KIND] = 0.3f,
    [LIKE_WORDS] = 1.3f,
    [LIKE_WORDS_COUNT] = 2.2f,
    [LIKE_CONCEPTS] = 1.4f,
    [LIKE_NUMBERS] = 1.2f,
    [LIKE_NUMBERS_OTHER] = -1.4f,
    [LIKE_AGE_NOT] = -0.8f,
    [LIKE_SEX_NOT] = -1.4f,
    [LIKE_PERSON_NOT] = -2.1f,
};

/* One report as it is compared. */
struct scene {
    struct assessment said;
    struct text text;
    struct signs signs;
    char telling[TELLING_MAX][WORD_KEY_MAX];
    float weight[TELLING_MAX]; /* how much the word tells one incident from another */
    size_t telling_count;
    int numbers[NUMBERS_MAX];
    size_t number_count;
    int age; /* -1: none named */
};

/* ---- one report */

/* Words that every second report has; in Indonesian, as spelling has already translated the rest. */
static bool is_common(const struct word *word) {
    static const char *const common[] = {"di", "saya", "ada", "dan", "mau", "tidak", "ke", "kami", "sudah",
        "dari", "yang", "orang", "bisa", "tahun", "ini", "sekarang", "masih", "minta", "hari", "bulan",
        "tapi", "umur", "dia", "mohon", "pak", "tolong", "sama", "belum", "lagi", "th", "warga", "lalu",
        "cuma", "kalau", "minggu", "karena", "tiap", "tadi", "ingin", "apa", "ya", "min", "untuk", "itu",
        "katanya", "kemarin", "dulu", "punya", "sampai", "jadi", "lapor", "butuh", "dinas", "bilang", "terus",
        "jam", "semua", "dengan", "sejak", "sering", "bu", "baru", "pernah", "kak", "lewat", "buat", "dinsos",
        "siapa", "apakah", "dalam", "laporan", "suka", "mana", "petugas", "boleh", "oleh", "saja", "besok",
        "harus", "banget", "mas", "waktu", "bukan", "gimana", "bagaimana", "setelah", "tahu", "pada",
        "jangan", "banyak", "dapat", "juga", "seperti", "kata", "bantu", "bantuan", "mbak", "segera", "cepat",
        "e", "selamat", "assalamualaikum", "kabupaten", "kecamatan", "kota", "desa", "dusun", "rt", "rw",
        "penelepon", "warganya", "melapor", "melaporkan", "sangat", "lah", "kok", "sih", "nya", "lo", "loh",
        NULL};
    return word_is_one_of(word, common);
}

/* Words that many incidents have in common: the matter, not the scene. */
static float weight_of(const struct word *word) {
    static const char *const usual[] = {"anak", "rumah", "ibu", "keluarga", "malam", "makan", "pulang",
        "kerja", "anaknya", "sekolah", "suami", "tidur", "tinggal", "tetanga", "tingal", "dua", "perempuan",
        "lelaki", "bapak", "depan", "sendiri", "bayi", "kamar", "jalan", "ibunya", "tua", "takut", "bawa",
        "obat", "adik", "masuk", "laki", "kelas", "sakit", "kakak", "sehat", "nangis", "menangis", "pagi",
        "jiwa", "luar", "pasar", "uang", "istri", "habis", "hamil", "satu", "tiga", "ditinggal", "ditingal",
        "nenek", "kakek", "pasung", "dipasung", "luka", "korban", "keluar", "odgj", "datang", "lansia",
        "mati", "kecil", "meninggal", "meningal", "guru", "dipukul", "polisi", "bapaknya", "kaki", "ayah",
        "puskesmas", "siang", "sendirian", "dirantai", "air", "sore", "setelah", "lumpuh", "klien",
        "ditemukan", "teman", "kampung", "kakinya", "dikunci", "gila", "tempat", NULL};
    return word_is_one_of(word, usual) ? 0.35f : 1;
}

static void words_take(const struct place_index *places, struct scene *scene) {
    const struct text *text = &scene->text;
    for (size_t i = 0; i < text->count; i++) {
        const struct word *word = &text->words[i];
        if (word->flags & WORD_NUMBER) {
            if (word->number > 2 && word->number < 1000 && scene->number_count < NUMBERS_MAX)
                scene->numbers[scene->number_count++] = word->number;
            continue;
        }
        if (scene->telling_count == TELLING_MAX || word->key_size < 3 || is_common(word) ||
            (places && place_is_name(places, word)))
            continue; /* where it was is compared elsewhere */
        scene->weight[scene->telling_count] = weight_of(word);
        stem(word->key, word->key_size, scene->telling[scene->telling_count++]);
    }
}

static int age_of(const struct assessment *said) {
    for (size_t i = 0; i < said->fact_count; i++)
        if (strcmp(said->facts[i].name, "age") == 0)
            return atoi(said->facts[i].value);
    return -1;
}

static bool scene_read(
    const struct assessor *assessor, struct arena *arena, const struct told *told, struct scene *out) {
    struct report report = {
        .text = told->text, .size = told->size, .position = told->position, .local_hour = -1};
    *out = (struct scene){0};
    if (!assess(assessor, arena, &report, &out->said) ||
        !text_read(arena, assessor->vocabulary->spelling, told->text, told->size, &out->text) ||
        !signs_read(assessor->vocabulary, arena, &out->text, &out->signs))
        return false;
    words_take(assessor->places, out);
    out->age = age_of(&out->said);
    return true;
}

/* ---- two reports */

static bool same_word(const char *a, const char *b) {
    return strcmp(a, b) == 0 || (strlen(a) >= BEGINNING && strncmp(a, b, BEGINNING) == 0);
}

static bool told_before(const struct scene *scene, size_t word) {
    for (size_t i = 0; i < word; i++)
        if (same_word(scene->telling[i], scene->telling[word]))
            return true;
    return false;
}

static float weight_all(const struct scene *scene) {
    float sum = 0;
    for (size_t i = 0; i < scene->telling_count; i++)
        sum += told_before(scene, i) ? 0 : scene->weight[i];
    return sum;
}

static void words_compare(const struct scene *a, const struct scene *b, float *features) {
    float shared = 0, of_a = weight_all(a), of_b = weight_all(b), least = of_a < of_b ? of_a : of_b;
    for (size_t i = 0; i < a->telling_count; i++)
        for (size_t k = 0; k < b->telling_count && !told_before(a, i); k++)
            if (same_word(a->telling[i], b->telling[k])) {
                shared += a->weight[i];
                break;
            }
    features[LIKE_WORDS] = least > 0 ? shared / least : 0;
    features[LIKE_WORDS_COUNT] = shared >= WORDS_MANY ? 1 : shared / WORDS_MANY;
}

static void concepts_compare(
    const struct vocabulary *vocabulary, const struct scene *a, const struct scene *b, float *features) {
    unsigned both = 0, any = 0;
    for (size_t i = 0; i < vocabulary->concept_count; i++) {
        if (vocabulary->concepts[i].code[0] == 'F')
            continue;
        bool in_a = a->signs.concepts[i].affirmed, in_b = b->signs.concepts[i].affirmed;
        both += in_a && in_b;
        any += in_a || in_b;
    }
    features[LIKE_CONCEPTS] = any ? (float)both / (float)any : 0;
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

static void places_compare(const struct told *a, const struct told *b, const struct scene *left,
    const struct scene *right, float *features) {
    if (a->position && b->position) {
        double km = position_distance_km(*a->position, *b->position);
        features[LIKE_NEAR] = km <= LIKENESS_NEAR_KM;
        features[LIKE_FAR] = km > LIKENESS_FAR_KM;
    }
    const char *area = left->said.area, *other = right->said.area;
    if (!area[0] || !other[0])
        return;
    features[LIKE_AREA_SAME] = area_common(area, other) >= AREA_DISTRICT;
    features[LIKE_AREA_OTHER] = !area_within(area, other) && !area_within(other, area);
}

static bool in_time(
    const struct site_kinds *kinds, const struct scene *a, const struct scene *b, int64_t apart) {
    int64_t longest = kinds ? 0 : INT64_MAX;
    const struct scene *both[] = {a, b};
    for (size_t i = 0; i < 2 && kinds; i++) {
        const struct site_kind *kind = site_kinds_find(kinds, both[i]->said.kind);
        int64_t within = kind ? (int64_t)duration_ms(kind->same_case_within) : 0;
        longest = within > longest ? within : longest;
    }
    return apart <= longest;
}

static bool numbers_common(const struct scene *a, const struct scene *b) {
    for (size_t i = 0; i < a->number_count; i++)
        for (size_t k = 0; k < b->number_count; k++)
            if (a->numbers[i] == b->numbers[k])
                return true;
    return false;
}

static bool have(const struct vocabulary *vocabulary, const struct scene *scene, const char *concept) {
    return signs_have(&scene->signs, vocabulary_concept(vocabulary, concept));
}

/* Both say which sex, and each only one, and not the same. */
static bool sexes_differ(const struct vocabulary *vocabulary, const struct scene *a, const struct scene *b) {
    bool woman_a = have(vocabulary, a, "S_PEREMPUAN"), man_a = have(vocabulary, a, "S_LAKI");
    bool woman_b = have(vocabulary, b, "S_PEREMPUAN"), man_b = have(vocabulary, b, "S_LAKI");
    return woman_a != man_a && woman_b != man_b && woman_a != woman_b;
}

static bool persons_differ(
    const struct vocabulary *vocabulary, const struct scene *a, const struct scene *b) {
    bool child_a = have(vocabulary, a, "C_ANAK") || have(vocabulary, a, "C_BALITA");
    bool child_b = have(vocabulary, b, "C_ANAK") || have(vocabulary, b, "C_BALITA");
    bool old_a = have(vocabulary, a, "C_LANSIA"), old_b = have(vocabulary, b, "C_LANSIA");
    return (child_a && !old_a && old_b && !child_b) || (old_a && !child_a && child_b && !old_b);
}

bool likeness_judge(const struct assessor *assessor, const struct site_kinds *kinds, struct arena *arena,
    const struct told *a, const struct told *b, struct likeness *out) {
    struct scene *left = arena_take(arena, sizeof *left), *right = arena_take(arena, sizeof *right);
    *out = (struct likeness){{0}, 0, false};
    if (!left || !right || !scene_read(assessor, arena, a, left) || !scene_read(assessor, arena, b, right))
        return false;
    const struct vocabulary *vocabulary = assessor->vocabulary;
    float *features = out->features, sum = 0;
    features[LIKE_BIAS] = 1;
    places_compare(a, b, left, right, features);
    features[LIKE_LATE] = !in_time(kinds, left, right, llabs(a->at - b->at));
    features[LIKE_KIND] = kinds_compare(kinds, &left->said, &right->said);
    words_compare(left, right, features);
    concepts_compare(vocabulary, left, right, features);
    features[LIKE_NUMBERS] = numbers_common(left, right);
    features[LIKE_NUMBERS_OTHER] = left->number_count && right->number_count && !numbers_common(left, right);
    features[LIKE_AGE_NOT] = left->age >= 0 && right->age >= 0 && abs(left->age - right->age) > 5;
    features[LIKE_SEX_NOT] = sexes_differ(vocabulary, left, right);
    features[LIKE_PERSON_NOT] = persons_differ(vocabulary, left, right);
    for (size_t i = 0; i < LIKENESS_FEATURES; i++)
        sum += weights[i] * features[i];
    out->score = 1 / (1 + expf(-sum));
    out->same = sum > 0;
    return true;
}

/* ---- the tool */

static bool told_read(const json_t *input, struct told *told, struct position *position) {
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
