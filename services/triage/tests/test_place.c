/* Places on the shipped gazetteer: the rules of reference 9d, one line each. */
#include "services/triage/place.h"

#include <ctype.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { HOUSE_WRONG_PERCENT = 4 };

struct fixture {
    struct arena *arena;
    struct spelling *spelling;
    struct gazetteer *gazetteer;
    struct place_index *index;
};

static struct place_index *index_of(const struct fixture *fixture, char *province) {
    char *provinces[] = {province};
    struct error error = {0};
    struct place_index *index = place_index_new(
        fixture->gazetteer, fixture->spelling, provinces, 1, SIGAP_SOURCE_DIR "/deploy/gazetteer", &error);
    if (!index)
        fail_msg("%s", error.text);
    return index;
}

static int setup(void **state) {
    static struct fixture fixture;
    static char province[] = "35";
    struct error error = {0};
    fixture.arena = arena_new(1 << 20);
    fixture.spelling = spelling_new();
    fixture.gazetteer = gazetteer_load(SIGAP_SOURCE_DIR "/deploy/gazetteer", AREA_VILLAGE, &error);
    if (!fixture.gazetteer)
        fail_msg("%s", error.text);
    fixture.index = index_of(&fixture, province);
    *state = &fixture;
    return 0;
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    place_index_free(&fixture->index);
    gazetteer_free(&fixture->gazetteer);
    spelling_free(&fixture->spelling);
    arena_free(&fixture->arena);
    return 0;
}

static struct place_found find(
    struct fixture *fixture, const char *message, const struct position *position, const char *declared) {
    struct text text;
    struct place_found found;
    arena_reset(fixture->arena);
    assert_true(text_read(fixture->arena, fixture->spelling, message, strlen(message), &text));
    const struct place_names *names = place_names_read(fixture->index, fixture->arena, &text);
    assert_non_null(names);
    assert_true(place_find(fixture->index, fixture->arena, &text, names, position, declared, &found));
    return found;
}

/* The sentences of the house, class by class: what each teaches is learnt, and stays so. Learning weighs them
 * against all other messages, so a few are asked about, or read otherwise. */
static void test_cases_of_the_house(void **state) {
    FILE *file = fopen(SIGAP_SOURCE_DIR "/tests/triage/own_place_cases.jsonl", "re");
    char line[2048];
    size_t wrong = 0, all = 0;
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        json_t *one = json_loads(line, 0, NULL);
        const char *text = json_string_value(json_object_get(one, "text"));
        const char *regency = json_string_value(json_object_get(one, "kab"));
        const char *district = json_string_value(json_object_get(one, "kec"));
        const char *area = district ? district : regency ? regency : "";
        assert_non_null(text);
        struct place_found found = find(*state, text, NULL, NULL);
        all++;
        if (strcmp(found.area, area) != 0 && ++wrong)
            print_error("\"%s\" is in \"%s\", not \"%s\"\n", text, found.area, area);
        json_decref(one);
    }
    fclose(file);
    assert_true(all > 900);
    if (wrong * 100 > all * HOUSE_WRONG_PERCENT)
        fail_msg("%zu of %zu are read otherwise", wrong, all);
}

/* Whoever adds a line and mistypes its code, or its second tab, is told. */
static void test_every_landmark_is_somewhere(void **state) {
    struct fixture *fixture = *state;
    char line[256];
    size_t count = 0;
    FILE *file = fopen(SIGAP_SOURCE_DIR "/deploy/gazetteer/landmarks.tsv", "re");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        struct place place;
        char *code, *kind;
        if (line[0] == '#')
            continue;
        line[strcspn(line, "\n")] = 0;
        code = line + strcspn(line, "\t");
        kind = *code ? code + 1 + strcspn(code + 1, "\t") : code;
        bool known = strcmp(kind, "\thint") == 0 || strcmp(kind, "\tproper") == 0;
        if (!*code || (*kind && !known))
            fail_msg("\"%s\" is no landmark, tab and code", line);
        *kind = 0;
        if (!gazetteer_find(fixture->gazetteer, code + 1, &place) || place.level < AREA_REGENCY ||
            place.level > AREA_DISTRICT)
            fail_msg("\"%s\": no regency or district has the code %s", line, code + 1);
        count++;
    }
    fclose(file);
    assert_true(count > 1000);
}

/* Large cities elsewhere, as people shorten them; what is also a word only behind kab or kota. */
static void test_cities_elsewhere(void **state) {
    struct place_found found = find(*state, "bayi ditemukan di Bdg", NULL, NULL);
    assert_string_equal(found.area, ""); /* a city and a regency */
    assert_int_equal(found.candidate_count, 2);
}

/* "Nganjuk apa Jombang": who does not know which is asked about both. */
static void test_one_of_two_stays_two(void **state) {
    struct place_found found =
        find(*state, "di pertigaan, masuk Nganjuk apa Jombang saya tidak tahu", NULL, NULL);
    assert_string_equal(found.area, "");
    assert_int_equal(found.candidate_count, 2);
    found = find(*state, "antara Kediri atau Nganjuk, saya lupa", NULL, NULL);
    assert_string_equal(found.area, "");
    assert_int_equal(found.candidate_count, 3); /* Kediri is two */
    assert_string_equal(find(*state, "di Kertosono, masuk Nganjuk apa Jombang", NULL, NULL).area, "35.18.08");
}

/* ---- the whole country */

enum { DISTRICTS = 7277, REGENCIES_MAX = 64, DISTRICTS_MAX = 128 };

/* How people write where: %d the district, %r the regency, %k "Kab." or "Kota" before it, %p the province. */
static const struct national {
    const char *message;
    bool lower, upper;
    int least_right, most_wrong; /* of all districts; of the rest only the regency is told, or it is asked */
} nation[] = {
    {"Banjir di Kec. %d, %k %r, tolong", false, false, 7230, 2},
    {"Mohon bantuan, ada warga dipasung di Kecamatan %d %k %r Provinsi %p", false, false, 7230, 2},
    {"Ada nenek terlantar di %d %r belum makan", false, false, 7210, 12},
    {"Ada nenek terlantar di %d, %r, belum makan", false, false, 7210, 12},
    {"%r - %d: lansia sebatang kara sakit", false, false, 7210, 12},
    {"tolong min ada anak dipukuli bapaknya di %d %k %r", true, false, 7210, 4},
    {"TOLONG ADA ANAK DIPUKULI BAPAKNYA DI KEC %d %k %r", false, true, 6900, 4},
    {"Bapak asal Kab. Malang terlantar di %d %k %r, uang habis", false, false, 7160, 24},
    {"Ada nenek terlantar di Kec. %d belum makan", false, false, 6580,
        80}, /* names of the site's own come first */
    {"ada nenek terlantar di %d belum makan", true, false, 3000, 80},
};

struct district {
    const char *name, *code;
    const struct place *regency, *province;
};

static void put(char *out, size_t room, const char *text, const struct national *row) {
    size_t used = strlen(out);
    for (; *text && used + 1 < room; text++)
        out[used++] = (char)(row->lower   ? tolower((unsigned char)*text)
                             : row->upper ? toupper((unsigned char)*text)
                                          : *text);
    out[used] = 0;
}

static void message_fill(char out[512], const struct national *row, const struct district *district) {
    out[0] = 0;
    for (const char *at = row->message; *at; at++) {
        char letter[2] = {*at, 0};
        if (*at != '%') {
            put(out, 512, letter, row);
            continue;
        }
        at++;
        put(out, 512,
            *at == 'd'                ? district->name
            : *at == 'r'              ? district->regency->name
            : *at == 'p'              ? district->province->name
            : district->regency->city ? "Kota"
                                      : "Kab.",
            row);
    }
}

struct tally {
    int right, wrong;
    char example[640];
};

static void tally_up(
    struct tally *tally, const char *message, const char *area, const struct district *district) {
    if (strcmp(area, district->code) == 0)
        tally->right++;
    else if (area[0] && !area_within(district->code, area)) {
        tally->wrong++;
        snprintf(tally->example, sizeof tally->example, "\"%s\" is in \"%s\", not %s", message, area,
            district->code);
    }
}

static void district_try(struct fixture *fixture, const struct district *district, struct tally *tallies) {
    for (size_t row = 0; row < sizeof nation / sizeof nation[0]; row++) {
        char message[512];
        message_fill(message, &nation[row], district);
        tally_up(&tallies[row], message, find(fixture, message, NULL, NULL).area, district);
    }
}

/* Every district of every regency of the 38 provinces, as it is written: found or asked, hardly ever
 * misplaced. */
static void test_every_district(void **state) {
    struct fixture *fixture = *state;
    struct place provinces[REGENCIES_MAX], regencies[REGENCIES_MAX], districts[DISTRICTS_MAX];
    static struct tally tallies[sizeof nation / sizeof nation[0]];
    int all = 0;
    memset(tallies, 0, sizeof tallies);
    size_t count = gazetteer_children(fixture->gazetteer, "", provinces, REGENCIES_MAX);
    assert_int_equal(count, 38);
    for (size_t i = 0; i < count; i++) {
        size_t in = gazetteer_children(fixture->gazetteer, provinces[i].code, regencies, REGENCIES_MAX);
        for (size_t k = 0; k < in; k++) {
            size_t below =
                gazetteer_children(fixture->gazetteer, regencies[k].code, districts, DISTRICTS_MAX);
            for (size_t j = 0; j < below; j++, all++)
                district_try(fixture,
                    &(struct district){districts[j].name, districts[j].code, &regencies[k], &provinces[i]},
                    tallies);
        }
    }
    assert_int_equal(all, DISTRICTS);
    for (size_t row = 0; row < sizeof nation / sizeof nation[0]; row++)
        if (tallies[row].right < nation[row].least_right || tallies[row].wrong > nation[row].most_wrong)
            fail_msg("\"%s\": %d right, %d wrong, as %s", nation[row].message, tallies[row].right,
                tallies[row].wrong, tallies[row].example);
}

static void test_twins_stay_two(void **state) {
    static const char *const names[] = {"di Malang", "daerah kediri", "warga Blitar", "di Probolinggo",
        "Pasuruan", "di mojokerto", "Madiun tolong", "min pariaman ada anak punk"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct place_found found = find(*state, names[i], NULL, NULL);
        if (found.area[0] || found.candidate_count != 2)
            fail_msg("%s: area \"%s\", %zu candidates", names[i], found.area, found.candidate_count);
        assert_string_not_equal(found.candidates[0], found.candidates[1]);
    }
}

static void test_the_message_decides_between_twins(void **state) {
    assert_string_equal(find(*state, "di malang, yang kota itu", NULL, NULL).area, "35.73");
    assert_string_equal(find(*state, "pasar madiun. kota ya bukan kabupaten", NULL, NULL).area, "35.77");
    assert_string_equal(find(*state, "Kediri, kota atau kabupaten saya lupa", NULL, NULL).area, "");
}

/* "di panti" is an institution, "Kec. Panti" a district. */
static void test_marks(void **state) {
    static const struct {
        const char *message, *marks; /* a letter for each word: p for a part of a name */
    } cases[] = {{"dipukul di panti", "---"}, {"di Kec. Panti Jember", "--pp"},
        {"warga lubuk sikaping hanyut", "-pp-"}, {"bawa parang", "--"}, {"di terminal Arjosari", "--p"},
        {"surat sudah jadi", "---"}, /* three villages */
        {"di Desa Surat jadi gaduh", "--p--"}, {"kos keputih surabaya", "-pp"}, {"keputih", "-"}};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text text;
        arena_reset(fixture->arena);
        assert_true(
            text_read(fixture->arena, fixture->spelling, cases[i].message, strlen(cases[i].message), &text));
        const bool *marks =
            place_names_mark(place_names_read(fixture->index, fixture->arena, &text), fixture->arena, &text);
        assert_int_equal(text.count, strlen(cases[i].marks));
        for (size_t k = 0; k < text.count; k++)
            if (marks[k] != (cases[i].marks[k] == 'p'))
                fail_msg("\"%s\": %s", cases[i].message, text.words[k].key);
    }
}

/* What are two everyday words to sites of other provinces is a district at home. */
static void test_site_of_another_province(void **state) {
    static char jakarta[] = "31";
    struct fixture there = *(const struct fixture *)*state;
    there.index = index_of(&there, jakarta);
    assert_string_equal(find(&there, "di pasar minggu ada orang gila", NULL, NULL).area, "31.74.04");
    assert_string_equal(find(*state, "di pasar minggu ada orang gila", NULL, NULL).area, "");
    place_index_free(&there.index);
}

static void test_position(void **state) {
    struct position surabaya = {-7.27, 112.74}, sea = {-11.5, 105.0};
    assert_string_equal(find(*state, "tolong", &surabaya, NULL).area, "35.78");
    assert_string_equal(find(*state, "tolong", &sea, NULL).area, "");
    assert_string_equal(find(*state, "di Wonokromo", &surabaya, NULL).area, "35.78.04");
    struct position kota_malang = {-7.98, 112.63};
    assert_string_equal(find(*state, "di Malang", &kota_malang, NULL).area, "35.73");
}

/* The position is of the phone, and who tells of his mother may sit in another town. */
static void test_position_far_from_the_text(void **state) {
    struct position jakarta = {-6.2, 106.8}, surabaya = {-7.27, 112.74}, batu = {-7.87, 112.53};
    struct place_found found =
        find(*state, "nenek di Lamongan jatuh, tidak ada yang menolong", &jakarta, NULL);
    assert_string_equal(found.area, "35.24");
    assert_true(found.position_is_far && !found.by_position);
    found = find(*state, "nenek di Turen Malang jatuh", &surabaya, NULL);
    assert_true(area_within(found.area, "35.07") && found.position_is_far);
    found = find(*state, "nenek di Malang jatuh", &surabaya, NULL); /* twins stay twins */
    assert_string_equal(found.area, "");
    assert_int_equal(found.candidate_count, 2);
    assert_true(found.position_is_far);
    found = find(*state, "nenek di Pujon jatuh", &batu, NULL); /* over the border */
    assert_true(area_within(found.area, "35.07") && !found.position_is_far);
    assert_string_equal(find(*state, "nenek jatuh", &surabaya, NULL).area, "35.78");
}

static void test_declared(void **state) {
    assert_string_equal(find(*state, "tolong", NULL, "35.07.05").area, "35.07.05");
    assert_string_equal(find(*state, "di Malang", NULL, "35.73").area, "35.73");
    assert_string_equal(find(*state, "di Jember", NULL, "35.73").area, "35.09"); /* the event, not the form */
    assert_string_equal(find(*state, "di Jember", NULL, "35.09.14").area, "35.09.14");
    assert_string_equal(find(*state, "tolong", NULL, "no code").area, "");
    static const char *const nowhere[] = {"99", "35.99", "35.07.99", "no code"};
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        struct place_found found = find(*state, "tolong", NULL, nowhere[i]);
        assert_string_equal(found.area, "");
        assert_true(found.unknown_declaration && !found.by_declaration);
    }
    assert_string_equal(find(*state, "di Jember", NULL, "35.99").area, "35.09");
    assert_false(find(*state, "tolong", NULL, "35.07.05").unknown_declaration);
}

/* A hundred villages are called Sidomulyo: they must not take the room of the district named behind them. */
static void test_many_villages_hide_no_district(void **state) {
    static const char text[] =
        "Banjir bandang merendam Desa Sidomulyo, Sumberejo, Sidorejo, Sukorejo, Kauman, "
        "Sumberagung dan Karangrejo. Warga mengungsi ke balai Kecamatan Watulimo, Kabupaten "
        "Trenggalek";
    assert_string_equal(find(*state, text, NULL, NULL).area, "35.03.08");
}

static void asked_check(struct fixture *fixture, const char *message, const char *one, const char *other) {
    struct place_found found = find(fixture, message, NULL, NULL);
    bool has_one = false, has_other = false;
    for (size_t i = 0; i < found.candidate_count; i++) {
        has_one = has_one || strcmp(found.candidates[i], one) == 0;
        has_other = has_other || strcmp(found.candidates[i], other) == 0;
    }
    if (found.area[0] || !has_one || !has_other)
        fail_msg("\"%s\" is in \"%s\", and not asked", message, found.area);
}

static void test_on_a_border(void **state) {
    asked_check(*state, "tawuran di perbatasan Jombang-Nganjuk, ada yang luka", "35.17", "35.18");
    asked_check(*state, "ada tawuran, batas Waru sama Surabaya", "35.15.18", "35.78");
}

static void test_told_in_few_letters(void **state) {
    asked_check(*state, "galodo di kec panti, uda, tolong", "35.09.14", "13.08.07");
}

/* A district that another province has, too, and whose people write as often: told in aliases.tsv. */
static void test_twins_of_another_province(void **state) {
    asked_check(*state, "warga Donorojo, kusta, dikucilkan", "35.01.01", "33.20.16");
    asked_check(*state, "ampelgading banjir, dua rumah rusak", "35.07.06", "33.27.11");
}

/* Every twentieth village of the other provinces, beside its regency: hardly ever misplaced. */
static void test_many_villages_elsewhere(void **state) {
    enum { EACH = 20 };
    struct fixture *fixture = *state;
    int tried = 0, right = 0, wrong = 0;
    for (size_t i = 0; i < gazetteer_count(fixture->gazetteer); i += EACH) {
        struct place place, regency;
        char code[AREA_TEXT + 1], message[256];
        gazetteer_at(fixture->gazetteer, i, &place);
        area_cut(place.code, AREA_REGENCY, code);
        if (place.level != AREA_VILLAGE || area_within(code, "35") ||
            !gazetteer_find(fixture->gazetteer, code, &regency))
            continue;
        snprintf(message, sizeof message, "Ada kakek sakit di Desa %s, %s %s", place.name,
            regency.city ? "Kota" : "Kab.", regency.name);
        struct place_found found = find(fixture, message, NULL, NULL);
        tried++;
        right += found.level == AREA_DISTRICT && area_within(place.code, found.area);
        wrong += found.area[0] && !area_within(place.code, found.area);
    }
    assert_true(tried > 3500);
    if (right * 100 < tried * 88 || wrong * 1000 > tried * 15)
        fail_msg("of %d villages %d right and %d wrong", tried, right, wrong);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases_of_the_house),
        cmocka_unit_test(test_every_landmark_is_somewhere),
        cmocka_unit_test(test_cities_elsewhere),
        cmocka_unit_test(test_many_villages_hide_no_district),
        cmocka_unit_test(test_one_of_two_stays_two),
        cmocka_unit_test(test_on_a_border),
        cmocka_unit_test(test_told_in_few_letters),
        cmocka_unit_test(test_twins_of_another_province),
        cmocka_unit_test(test_many_villages_elsewhere),
        cmocka_unit_test(test_every_district),
        cmocka_unit_test(test_twins_stay_two),
        cmocka_unit_test(test_the_message_decides_between_twins),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_site_of_another_province),
        cmocka_unit_test(test_position),
        cmocka_unit_test(test_position_far_from_the_text),
        cmocka_unit_test(test_declared),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
