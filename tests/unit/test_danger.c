/* The fast look at the door, on the list that ships. */
#include "common/danger.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct danger *danger;

static int load(void **state) {
    struct error error = {0};
    (void)state;
    danger = danger_load(SIGAP_SOURCE_DIR "/deploy/sites/jatim", &error);
    if (!danger)
        fprintf(stderr, "%s\n", error.text);
    return danger ? 0 : -1;
}

static int unload(void **state) {
    (void)state;
    danger_free(&danger);
    return 0;
}

static bool scan(const char *text) {
    return danger_scan(danger, text, strlen(text));
}

static void test_dangerous(void **state) {
    static const char *const texts[] = {"Tolong, suami saya bawa pisau, anak saya berdarah",
        "TOLONGGG ada orang PINGSAN di jalan", "adik mau bunuh diri",
        "bapak dirantai di kandang, kakinya luka", "nenek tidak makan 3 hari, lemas",
        "tulung pak, bojoku nggebuki aku getihen", "galodo datang, urang hanyut",
        "ada bayi dibuang di kardus", "orèng è rantè, sokona loka"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (!scan(texts[i]))
            fail_msg("missed: %s", texts[i]);
}

static void test_harmless(void **state) {
    static const char *const texts[] = {"Mau tanya syarat daftar PKH dan kapan bansos cair",
        "Terima kasih dinsos, semoga sukses", "info jadwal pelatihan menjahit dong min",
        "promo diskon akhir tahun, gratis ongkir"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (scan(texts[i]))
            fail_msg("%d points: %s", danger_points(danger, texts[i], strlen(texts[i])), texts[i]);
}

/* The labelled reports it was made from: of those that are P0 or P1 at most one in fifty may be missed. */
static void test_recall(void **state) {
    FILE *file = fopen(SIGAP_SOURCE_DIR "/tests/triage/reports.jsonl", "r");
    char *line = NULL;
    size_t capacity = 0, urgent = 0, found = 0;
    ssize_t size;
    (void)state;
    assert_non_null(file);
    while ((size = getline(&line, &capacity, file)) > 0) {
        json_t *report = json_loadb(line, (size_t)size, 0, NULL);
        const char *urgency = json_string_value(json_object_get(report, "urgency"));
        const char *split = json_string_value(json_object_get(report, "split"));
        assert_non_null(urgency);
        if (strcmp(split, "train") == 0 && urgency[1] <= '1') {
            urgent++;
            found += scan(json_string_value(json_object_get(report, "text")));
        }
        json_decref(report);
    }
    free(line);
    fclose(file);
    assert_true(urgent > 400);
    assert_true(found * 100 >= urgent * 98);
}

static void test_any_bytes(void **state) {
    char bytes[400];
    uint64_t seed = 7;
    (void)state;
    for (int round = 0; round < 2000; round++) {
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            bytes[i] = (char)(seed >> 45);
        }
        danger_scan(danger, bytes, sizeof bytes);
    }
    assert_false(danger_scan(danger, "", 0));
    /* A word cut by a NUL or broken UTF-8 is two words; the rest is still read. */
    assert_true(danger_scan(danger, "pi\0sau pingsan kejang sesak", 27));
}

static void test_points_once_a_word(void **state) {
    (void)state;
    const char *once = "kontrakan", *often = "kontrakan kontrakan kontrakan kontrakan";
    assert_int_equal(danger_points(danger, once, strlen(once)), danger_points(danger, often, strlen(often)));
}

static void write_list(const char *folder, const char *file, const char *yaml) {
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(yaml, out);
    fclose(out);
}

static void folder_make(char folder[64]) {
    char inner[100];
    strcpy(folder, "/tmp/sigap-danger-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(inner, sizeof inner, "%s/vocabulary", folder);
    assert_int_equal(mkdir(inner, 0700), 0);
}

static void folder_remove(const char *folder) {
    static const char *const parts[] = {"/danger.yaml", "/vocabulary/danger_points.yaml", "/vocabulary", ""};
    char path[200];
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        snprintf(path, sizeof path, "%s%s", folder, parts[i]);
        remove(path);
    }
}

#define TERMS(words) "danger:\n  - priority: P0\n    lang: id\n    terms: [" words "]\n"
#define POINTS(words) "start: 0\nenough: 1\nwords:\n  - {points: 1, words: [" words "]}\n"

static void test_lists_refused(void **state) {
    static const struct {
        const char *terms, *points;
    } lists[] = {{"danger: []\n", POINTS("a")}, {TERMS("\"a b c d e\""), POINTS("a")},
        {TERMS("\"!!\""), POINTS("a")}, {TERMS("\"a~\""), POINTS("a")}, {TERMS("\"ab…\""), POINTS("a")},
        {TERMS("a"), POINTS("luka, lukka")}, {TERMS("a"), "start: 0\nwords: []\n"},
        {TERMS("a"), POINTS("\"\"")}};
    char folder[64];
    (void)state;
    folder_make(folder);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct error error = {0};
        write_list(folder, "danger.yaml", lists[i].terms);
        write_list(folder, "vocabulary/danger_points.yaml", lists[i].points);
        struct danger *refused = danger_load(folder, &error);
        if (refused)
            fail_msg("taken: %s and %s", lists[i].terms, lists[i].points);
        assert_true(error.text[0] != 0);
    }
    folder_remove(folder);
}

/* What each form of the written list finds. */
static void test_forms(void **state) {
    static const struct {
        const char *term, *text;
        bool found;
    } cases[] = {
        {"luka…", "LUKAnya parah", true},
        {"luka…", "terluka", false},
        {"mau mati", "dia mau, mati", true},
        {"mau mati", "mau makan mati", false},
        {"jatuh di kamar mandi", "nenek jatuh di kamar mandi tadi", true},
        {"jatuh di kamar mandi", "jatuh di kamar", false},
        {"sedang dipukul…", "sedang dipukulin", true},
        {"sedang dipukul…", "dipukulin", false},
        {"bayi~dibuang", "bayi itu katanya dibuang", true},
        {"bayi~dibuang", "dibuang bayi", false},
        {"mau mati", "mati mau", false},
        {"bayi~dibuang", "bayi satu dua tiga empat lima enam tujuh delapan dibuang", false},
        {"bayi~dibuang", "bayi satu dua tiga empat lima enam bayi tujuh delapan dibuang", true},
        {"gaji~tidak dibayar~luar negeri", "gaji saya tidak dibayar di luar negeri", true},
        {"gaji~tidak dibayar~luar negeri", "gaji luar negeri tidak dibayar", false},
        {"è rantè", "e rante", true},
        {"tolong", "tolonggg", true},
    };
    char folder[64], yaml[200];
    (void)state;
    folder_make(folder);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error error = {0};
        snprintf(yaml, sizeof yaml, TERMS("\"%s\""), cases[i].term);
        write_list(folder, "danger.yaml", yaml);
        struct danger *one = danger_load(folder, &error);
        if (!one)
            fail_msg("%s", error.text);
        if (danger_scan(one, cases[i].text, strlen(cases[i].text)) != cases[i].found)
            fail_msg("%s in \"%s\"", cases[i].term, cases[i].text);
        danger_free(&one);
    }
    folder_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dangerous),
        cmocka_unit_test(test_harmless),
        cmocka_unit_test(test_recall),
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_points_once_a_word),
        cmocka_unit_test(test_lists_refused),
        cmocka_unit_test(test_forms),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
