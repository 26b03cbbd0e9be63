/* What is read of a report for comparing it: counts, details, names of people and places. */
#include "services/triage/rarity.h"
#include "services/triage/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "services/triage/tests/site_fixture.h"

static struct scene *scene_of(struct fixture *fixture, const char *text) {
    struct report report = {.text = text, .size = strlen(text), .local_hour = -1};
    arena_reset(fixture->arena);
    struct scene *scene = arena_take(fixture->arena, sizeof *scene);
    assert_non_null(scene);
    assert_true(scene_read(&fixture->site.assessor, fixture->arena, &report, scene));
    return scene;
}

static void test_counts(void **state) {
    const struct scene *scene =
        scene_of(*state, "3 rumah terbakar sejak 2 hari, umur anaknya 7 tahun, jam 4");
    assert_int_equal(scene->counted_count, 2);
    assert_int_equal(scene->counted[0].number, 3);
    assert_int_equal(scene->counted[0].what, word_beginning("rumah"));
    assert_false(scene->counted[0].amount);
    assert_int_equal(scene->counted[1].number, 2);
    assert_true(scene->counted[1].amount);
}

/* People are counted by many words. */
static void test_counted_people(void **state) {
    const uint64_t people = word_beginning("orang"), children = word_beginning("anak");
    assert_int_equal(scene_of(*state, "64 jiwa mengungsi")->counted[0].what, people);
    assert_int_equal(scene_of(*state, "enam orang hanyut")->counted[0].what, people);
    assert_int_equal(scene_of(*state, "3 bersaudara yatim")->counted[0].what, children);
    assert_int_equal(scene_of(*state, "3 unit rumah habis")->counted[0].what, word_beginning("rumah"));
    const struct scene *behind = scene_of(*state, "anaknya lima, yang kecil lapar");
    assert_int_equal(behind->counted_count, 1);
    assert_int_equal(behind->counted[0].number, 5);
    assert_int_equal(behind->counted[0].what, children);
    assert_int_equal(scene_of(*state, "anak 16, kecanduan pil")->counted_count, 0);
}

static struct detail_set around(const struct fixture *fixture, const struct scene *scene) {
    struct detail_set left = scene->details, surroundings = {{0}};
    uint16_t detail;
    while (details_pop(&left, &detail))
        if (details_class(fixture->site.vocabulary->details, detail) == DETAIL_SURROUNDING)
            details_add(&surroundings, detail);
    return surroundings;
}

static unsigned count_of(const struct fixture *fixture, const struct detail_set *set) {
    return details_count(fixture->site.vocabulary->details, set).all;
}

static void test_details(void **state) {
    const struct fixture *fixture = *state;
    struct detail_set market = around(fixture, scene_of(*state, "di pasar")),
                      well = around(fixture, scene_of(*state, "dekat sumur")),
                      both = details_both(&market, &well);
    assert_int_equal(count_of(*state, &market), 1);
    assert_int_equal(count_of(*state, &well), 1);
    assert_int_equal(count_of(*state, &both), 0);
    struct detail_set stall = around(fixture, scene_of(*state, "turu nang los iwak"));
    assert_memory_equal(&stall, &market, sizeof stall);
}

/* One thing in the words of several languages, spelt as they are written: a letter that repeats counts once.
 */
static void test_details_of_many_tongues(void **state) {
    static const struct {
        const char *one, *other;
        bool alike;
    } cases[] = {
        {"mau loncat bawa pisau", "terjun", true},
        {"tetangga", "tonggo", true},
        {"punggung memar", "geger biru", true},
        {"dia tenggelam", "kintir", true},
        {"meninggal", "wis mati", true},
        {"kepala", "sikile", false},
        {"pisau", "clurit", false},
        {"dirantai", "dirante", true},
        {"kakinya dirantai", "kakinya dibalok", true},
        {"dirantai", "dibalok", false},
        {"kepalanya", "sirahe", true},
        {"meninggal", "ditinggal", false},
        {"dibelenggu", "dirante", true},
        {"manjat tower", "munggah", true},
        {"kandang ayam", "sapi ngamuk", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene one = *scene_of(*state, cases[i].one);
        const struct scene *other = scene_of(*state, cases[i].other);
        struct detail_set both = details_both(&one.details, &other->details);
        if ((count_of(*state, &both) > 0) != cases[i].alike)
            fail_msg("\"%s\", \"%s\"", cases[i].one, cases[i].other);
    }
}

/* Names of people, in the order of the message. */
static void test_names(void **state) {
    static const struct {
        const char *text, *names;
    } cases[] = {
        {"ada warga bernama Suyono umur 42 th dipasung", "suyono "},
        {"wong dipasung jenenge suyono", "suyono "},
        {"Nenek Karsinem 78 th hidup sendiri", "karsinem "},
        {"mbah karsinem sendirian", "karsinem "},
        {"Anak saya Rina 17 th dibawa agen", "rina "},
        {"siswi SMP inisial R (14) diperkosa", "r "},
        {"Ibu Siti Aminah diusir", "siti aminah "},
        {"Pelapor Joko Astuti", ""},
        {"Pak RT tolong, ibu bidan sudah datang", ""},
        {"adik saya kejepit tembok", ""},
        {"tolong pak di Dampit Malang ada nenek sendirian", ""},
        {"bapak tua di pasar", ""},
        {"anak perempuan warga Arosbaya mengaku", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct scene *scene = scene_of(*state, cases[i].text);
        char names[128] = "";
        for (size_t k = 0; k < scene->identity.name_count; k++) {
            strcat(names, scene->text.words[scene->identity.names[k]].key);
            strcat(names, " ");
        }
        if (strcmp(names, cases[i].names) != 0)
            fail_msg("\"%s\": %s", cases[i].text, names);
    }
}

/* What who calls says of himself is no part of what happened, but where he is. */
/* "balitaku" is two words with one start: what is between a word and the next may be nothing. */
static void test_words_of_one_start(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(scene_of(fixture, "Wali balitaku dipukul di Watulimo")->caller, 0);
    assert_int_equal(scene_of(fixture, "Tetangga kakakku dipasung di Watulimo")->caller, 0);
}

static void test_caller(void **state) {
    const struct fixture *fixture = *state;
    static const struct {
        const char *text;
        size_t words;
    } cases[] = {
        {"Kades di Kalitengah: anak 8 tahun tenggelam", 3},
        {"Ibu Sidoarjo: anak konsumsi pil", 2},
        {"Kebakaran Simokerto: lima rumah", 0},
        {"bidan panik, jam 02:10 ada bayi", 0},
        {"Satpam pasar melihat orang gila", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct scene *scene = scene_of(*state, cases[i].text);
        if (scene->caller != cases[i].words)
            fail_msg("\"%s\": %zu", cases[i].text, scene->caller);
        assert_int_equal(scene->identity.name_count, 0);
    }
    const struct scene *guard = scene_of(*state, "Satpam pasar: dia pergi");
    assert_int_equal(count_of(*state, &guard->details), 1);
    struct detail_set market = around(fixture, guard);
    assert_int_equal(count_of(*state, &market), 1);
}

static void test_identities(void **state) {
    static const struct {
        const char *a, *b;
        bool name, name_not;
        unsigned spots, spots_not;
    } cases[] = {
        {"warga bernama Suyono", "warga bernama Tarmuji", false, true, 0, 0},
        {"warga bernama Suyono", "pak suyono dipasung", true, false, 0, 0},
        {"korban Norhayati", "ibu Nurhayati", true, false, 0, 0},
        {"Bu Sumarni", "Bu Sumarti", false, true, 0, 0},
        {"siswi inisial R", "Rina dibawa kabur, anak saya Rina", false, false, 0, 0},
        {"banjir RT 03 RW 02", "banjir rt 3 rw 5", false, false, 1, 1},
        {"di Gang Melati", "gang kenanga", false, false, 0, 1},
        {"di Gang Melati", "ibu di rumah RT gang melati", false, false, 1, 0},
        {"dusun Beru", "Update Beru: tiga hilang", false, false, 1, 0},
        {"ODGJ di Pasar Raya", "ODGJ di Pasar Lubuk Buaya", false, false, 0, 1},
        {"depan musholla Al Ikhlas", "depan mushola Al Hidayah", false, false, 0, 1},
        {"di jalan besar", "di jalan raya", false, false, 0, 0},
        {"tidur di pasar Dampit", "orang gila di pasar dampit malang", false, false, 1, 0},
        {"tidur di pasar Dampit", "banjir Dampit Malang", false, false, 0, 0},
        {"siswi inisial R (14)", "klien inisial R", false, false, 0, 0},
        {"kos Dampit", "kos dampit nomor lima", false, false, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene a = *scene_of(*state, cases[i].a);
        struct fixture *fixture = *state;
        struct arena *kept = arena_new(ASSESSMENT_ARENA_BYTES), *first = fixture->arena;
        fixture->arena = kept; /* the words of the first live in the other */
        const struct scene *b = scene_of(*state, cases[i].b);
        struct identity_match match;
        identity_compare(&a.text, &a.identity, &b->text, &b->identity, &match);
        fixture->arena = first;
        arena_free(&kept);
        if (match.name != cases[i].name || match.name_not != cases[i].name_not ||
            match.spots != cases[i].spots || match.spots_not != cases[i].spots_not)
            fail_msg("\"%s\", \"%s\": name %d, not %d, spots %u, not %u", cases[i].a, cases[i].b, match.name,
                match.name_not, match.spots, match.spots_not);
    }
}

static bool is_place(const struct scene *scene, const char *stem) {
    for (size_t i = 0; i < scene->telling_count; i++)
        if (strcmp(scene->telling[i].stem, stem) == 0)
            return scene->telling[i].place;
    fail_msg("%s was not kept", stem);
    return false;
}

static void test_places(void **state) {
    const struct scene *scene = scene_of(*state, "Kalidawir Tulungagung, lelaki dirantai di dapur");
    assert_true(is_place(scene, "kalidawir"));
    assert_false(is_place(scene, "dapur"));
}

static void test_rarity(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        {"sigap-rarity 1\nreports\t100\nanak\t100\nlinggis\t2\n", true},
        {"sigap-rarity 2\nreports\t100\n", false},
        {"sigap-rarity 1\n", false},
        {"sigap-rarity 1\nreports\t100\nanak\t101\n", false},
        {"sigap-rarity 1\nreports\t100\nanak\t3\nanak\t3\n", false},
        {"sigap-rarity 1\nreports\t100\nanak\n", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char copy[128];
        strcpy(copy, cases[i].text);
        FILE *file = fmemopen(copy, strlen(copy), "r");
        struct error error = {0};
        struct rarity *rarity = rarity_read(file, &error);
        fclose(file);
        if ((rarity != NULL) != cases[i].good)
            fail_msg("%s: %s", cases[i].text, error.text);
        if (rarity) {
            assert_true(rarity_of(rarity, "anak") < 0.01f);
            assert_true(rarity_of(rarity, "linggis") > 0.8f && rarity_of(rarity, "linggis") < 1);
            assert_true(rarity_of(rarity, "tidak ada di situ") == 1);
        }
        rarity_free(&rarity);
    }
    assert_true(rarity_of(NULL, "anak") == 1);
}

/* A detail tells the less the more reports of the kind have it; of a kind that nobody counted, as among all.
 */
static void test_rarity_within(void **state) {
    (void)state;
    char text[] = "sigap-rarity 1\nreports\t1000\n@rantai\t100\n@tv\t100\npasung@\t100\npasung@rantai\t95\n";
    struct error error = {0};
    FILE *file = fmemopen(text, strlen(text), "r");
    struct rarity *rarity = rarity_read(file, &error);
    fclose(file);
    assert_non_null(rarity);
    float chain = rarity_within(rarity, "pasung", "rantai"), screen = rarity_within(rarity, "pasung", "tv");
    float elsewhere = rarity_within(rarity, "kdrt", "rantai"),
          never = rarity_within(rarity, "kdrt", "kulkas");
    assert_true(chain >= 0 && chain < elsewhere && elsewhere < screen && screen < never && never <= 1);
    rarity_free(&rarity);
    assert_true(rarity_within(NULL, "pasung", "rantai") >= 1);
}

/* Rows are counted by their first words, so no two may begin alike. */
static void test_row_names(void **state) {
    const struct fixture *fixture = *state;
    const struct details *details = fixture->site.vocabulary->details;
    assert_non_null(details_name(details, 0));
    for (uint16_t i = 0; details_name(details, i); i++)
        for (uint16_t k = 0; k < i; k++)
            if (strcmp(details_name(details, i), details_name(details, k)) == 0)
                fail_msg("two rows begin with %s", details_name(details, i));
}

static struct details *loaded(const char *content, struct error *error) {
    char path[] = "details-XXXXXX";
    int file = mkstemp(path);
    assert_int_equal(write(file, content, strlen(content)), (ssize_t)strlen(content));
    close(file);
    *error = (struct error){0};
    struct details *details = details_load(path, NULL, error);
    unlink(path);
    return details;
}

static const char *load_said(const char *content, struct error *error) {
    struct details *details = loaded(content, error);
    assert_true(!details == !!error->text[0]);
    details_free(&details);
    return error->text;
}

static uint16_t found(struct fixture *fixture, const struct details *details, const char *word) {
    struct text text;
    uint16_t out[DETAILS_FOUND];
    assert_true(text_read(fixture->arena, NULL, word, strlen(word), &text));
    size_t count = text.count == 2 ? details_find_pair(details, &text.words[0], &text.words[1], out)
                                   : details_find(details, &text.words[0], text.words[0].key, out);
    assert_int_equal(count, 1);
    return out[0];
}

/* Words of the third column tell less, and must be told apart from the others. */
static void test_loose_words(void **state) {
    struct fixture *fixture = *state;
    struct error error;
    struct details *details = loaded(
        "bond\trantai\tpalang besi_jangkar\nthing\t\tember baskom\nthing\tguling\tguling bantal\n", &error);
    assert_non_null(details);
    assert_int_equal(found(fixture, details, "rantai"), 0);
    assert_int_equal(found(fixture, details, "palang"), 0 | DETAIL_LOOSELY);
    assert_int_equal(found(fixture, details, "besi jangkar"), 0 | DETAIL_LOOSELY);
    assert_int_equal(found(fixture, details, "baskom"), 1 | DETAIL_LOOSELY);
    assert_int_equal(found(fixture, details, "guling"), 2); /* in both columns: sure */
    assert_int_equal(found(fixture, details, "bantal"), 2 | DETAIL_LOOSELY);
    assert_string_equal(details_name(details, 1), "ember");
    details_free(&details);
}

/* What is found surely is among what is found loosely. */
static void test_loose_details_of_a_scene(void **state) {
    struct fixture *fixture = *state;
    const struct scene *scene = scene_of(fixture, "Diikat rantai di kandang, ada lemari di sebelahnya");
    struct detail_set both = details_both(&scene->details, &scene->loose);
    assert_true(count_of(*state, &scene->details) > 0);
    assert_int_equal(count_of(*state, &both), count_of(*state, &scene->details));
    assert_true(count_of(*state, &scene->loose) > count_of(*state, &scene->details)); /* lemari */
}

/* Who edits the list is told the line and what is wrong with it. */
static void test_a_wrong_list_is_refused(void **state) {
    struct error error;
    (void)state;
    assert_string_equal(load_said("# words\n\nbond\trantai dirantai\nthing\tair_mata\n", &error), "");
    assert_non_null(
        strstr(load_said("bond\trantai\nbonds\ttali\n", &error), "line 2: no class \"bonds\"; there are "));
    assert_non_null(strstr(error.text, " bond harm violence ")); /* all of them */
    assert_non_null(strstr(error.text, " disaster "));
    assert_non_null(strstr(load_said("bond\n", &error), "line 1: a class, a tab and words are expected"));
    assert_non_null(strstr(load_said("bond\t \n", &error), "line 1: a row begins with a word"));
    assert_non_null(strstr(load_said("bond\ta_b_c\n", &error), "line 1: \"a_b_c\": "));
    assert_non_null(strstr(load_said("bond\ta\tb\tc\n", &error), "line 1: a class, a tab"));
    assert_non_null(
        strstr(load_said("bond\ta b\nthing\tc\nharm\t\ta\n", &error), "two rows begin with \"a\""));
    assert_non_null(strstr(load_said("bond\ta b\nbond\tran", &error), "line 2: is cut off"));
    assert_non_null(strstr(load_said("", &error), "has no row"));
    char longest[200] = "bond\ta ";
    memset(longest + 7, 'x', sizeof longest - 9);
    longest[sizeof longest - 2] = '\n';
    assert_non_null(strstr(load_said(longest, &error), "line 1: a word of 191 bytes"));
    assert_non_null(strstr(
        load_said("bond\ta x\nbond\tb x\nbond\tc x\nbond\td x\nbond\te x\n", &error), "line 5: \"x\""));
    struct details *details = details_load("no-such-file", NULL, &error);
    assert_null(details);
    assert_non_null(strstr(error.text, "no-such-file: "));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_counted_people),
        cmocka_unit_test(test_details),
        cmocka_unit_test(test_details_of_many_tongues),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_words_of_one_start),
        cmocka_unit_test(test_caller),
        cmocka_unit_test(test_identities),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_rarity),
        cmocka_unit_test(test_rarity_within),
        cmocka_unit_test(test_row_names),
        cmocka_unit_test(test_a_wrong_list_is_refused),
        cmocka_unit_test(test_loose_words),
        cmocka_unit_test(test_loose_details_of_a_scene),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
