/* Areas and the gazetteer, against the data the product ships. Counts are Kemendagri's of
 * idn-area-data 3.1.2. */
#include "common/area.h"
#include "common/fault.h"
#include "common/gazetteer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const shipped = SIGAP_SOURCE_DIR "/deploy/gazetteer";

static struct gazetteer *load(enum area_level depth) {
    struct error error = {""};
    struct gazetteer *gazetteer = gazetteer_load(shipped, depth, &error);
    if (gazetteer == NULL)
        fail_msg("%s", error.text);
    return gazetteer;
}

static void area_levels(void **state) {
    (void)state;
    static const struct {
        const char *code;
        enum area_level level;
    } cases[] = {{"35", AREA_PROVINCE}, {"35.07", AREA_REGENCY}, {"35.07.12", AREA_DISTRICT},
        {"35.07.12.2003", AREA_VILLAGE}, {"", AREA_NONE}, {"3", AREA_NONE}, {"35.", AREA_NONE},
        {"35.7", AREA_NONE}, {"3507", AREA_NONE}, {"35.07.12.203", AREA_NONE}, {"35.07.12.20031", AREA_NONE},
        {"aa.07", AREA_NONE}, {"35-07", AREA_NONE}, {" 35", AREA_NONE}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(area_level(cases[i].code), cases[i].level);
    assert_int_equal(area_level(NULL), AREA_NONE);
}

static void area_prefixes(void **state) {
    (void)state;
    static const struct {
        const char *code, *prefix;
        bool within;
    } cases[] = {{"35.07.12", "35", true}, {"35.07.12", "35.07", true}, {"35.07", "35.07", true},
        {"35", "", true}, {"35.07", "35.0", false}, {"35.07", "35.07.12", false}, {"13.07", "35", false},
        {"", "35", false}, {"35", "x", false}, {"rubbish", "", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(area_within(cases[i].code, cases[i].prefix), cases[i].within);
}

static void area_cuts(void **state) {
    (void)state;
    char out[AREA_TEXT + 1];
    assert_true(area_cut("35.07.12.2003", AREA_REGENCY, out));
    assert_string_equal(out, "35.07");
    assert_true(area_cut("35", AREA_VILLAGE, out));
    assert_string_equal(out, "35");
    assert_true(area_parent("35.07", out));
    assert_string_equal(out, "35");
    assert_true(area_parent("35", out));
    assert_string_equal(out, "");
    assert_false(area_parent("rubbish", out));
    assert_int_equal(area_common("35.07.12", "35.07.13"), AREA_REGENCY);
    assert_int_equal(area_common("35.07", "35.73"), AREA_PROVINCE);
    assert_int_equal(area_common("35.07", "13.01"), AREA_NONE);
    assert_int_equal(area_common("35.07", ""), AREA_NONE);
}

static void counts(void **state) {
    (void)state;
    struct gazetteer *gazetteer = load(AREA_VILLAGE);
    size_t of[AREA_VILLAGE + 1] = {0}, east_java[AREA_VILLAGE + 1] = {0};
    for (size_t i = 0; i < gazetteer_count(gazetteer); i++) {
        struct place place;
        gazetteer_at(gazetteer, i, &place);
        of[place.level]++;
        east_java[place.level] += area_within(place.code, "35");
    }
    assert_int_equal(of[AREA_PROVINCE], 38);
    assert_int_equal(of[AREA_REGENCY], 514);
    assert_int_equal(of[AREA_DISTRICT], 7277);
    assert_int_equal(of[AREA_VILLAGE], 83763);
    assert_int_equal(east_java[AREA_REGENCY], 38);
    assert_int_equal(east_java[AREA_DISTRICT], 666);
    assert_int_equal(east_java[AREA_VILLAGE], 8494);
    gazetteer_free(&gazetteer);
}

static void depths(void **state) {
    (void)state;
    struct gazetteer *gazetteer = load(AREA_REGENCY);
    struct place place;
    assert_int_equal(gazetteer_count(gazetteer), 38 + 514);
    assert_true(gazetteer_find(gazetteer, "35.73", &place));
    assert_string_equal(place.name, "Malang");
    assert_true(place.city);
    assert_false(gazetteer_find(gazetteer, "35.07.24", &place));
    assert_true(
        gazetteer_distance_km(gazetteer, "35.07.24", "35.73") > 0); /* a centre needs the regency only */
    gazetteer_free(&gazetteer);
}

static void few_fit(void **state) {
    (void)state;
    struct gazetteer *gazetteer = load(AREA_REGENCY);
    struct place found[1];
    assert_int_equal(gazetteer_children(gazetteer, "35", found, 1), 38);
    assert_string_equal(found[0].code, "35.01");
    assert_int_equal(gazetteer_children(gazetteer, "", NULL, 0), 38);
    gazetteer_free(&gazetteer);
}

static void children(void **state) {
    (void)state;
    struct gazetteer *gazetteer = load(AREA_VILLAGE);
    struct place found[40];
    assert_int_equal(gazetteer_children(gazetteer, "35.73", found, 40), 5);
    assert_string_equal(found[4].name, "Lowokwaru");
    assert_int_equal(gazetteer_children(gazetteer, "35.78", found, 40), 31);
    assert_int_equal(gazetteer_children(gazetteer, "99", found, 40), 0);
    gazetteer_free(&gazetteer);
}

static void labels(void **state) {
    (void)state;
    static const struct {
        const char *code, *label;
    } cases[] = {{"35", "Jawa Timur"}, {"35.07", "Kab. Malang"}, {"35.73", "Kota Malang"},
        {"35.73.05", "Kec. Lowokwaru, Kota Malang"},
        {"35.18.17.2007", "Desa Ja'an, Kec. Gondang, Kab. Nganjuk"}, {"99.99", "99.99"}};
    struct gazetteer *gazetteer = load(AREA_VILLAGE);
    char out[128];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gazetteer_label(gazetteer, cases[i].code, out, sizeof out);
        assert_string_equal(out, cases[i].label);
    }
    char small[8];
    gazetteer_label(gazetteer, "35.73.05", small, sizeof small);
    assert_string_equal(small, "Kec. Lo");
    gazetteer_free(&gazetteer);
}

static void distances(void **state) {
    (void)state;
    struct gazetteer *gazetteer = load(AREA_REGENCY);
    double surabaya_malang = gazetteer_distance_km(gazetteer, "35.78", "35.73"); /* about 79 km */
    assert_true(surabaya_malang > 70 && surabaya_malang < 90);
    assert_true(gazetteer_distance_km(gazetteer, "35.78", "35.78.01") == 0);
    assert_true(gazetteer_distance_km(gazetteer, "35.78", "11.01") < 0); /* no centre of Aceh Selatan */
    assert_true(gazetteer_distance_km(gazetteer, "35", "35.78") < 0);
    struct place place;
    assert_true(gazetteer_nearest_regency(gazetteer, (struct position){-7.25, 112.75}, 50, &place));
    assert_string_equal(place.code, "35.78");
    assert_false(gazetteer_nearest_regency(gazetteer, (struct position){-2.0, 120.0}, 50, &place));
    gazetteer_free(&gazetteer);
}

static void every_regency_of_both_provinces_has_a_centre(void **state) {
    (void)state;
    struct gazetteer *gazetteer = load(AREA_REGENCY);
    static const char *const provinces[] = {"35", "13"};
    for (size_t p = 0; p < 2; p++) {
        struct place found[64];
        size_t count = gazetteer_children(gazetteer, provinces[p], found, 64);
        for (size_t i = 0; i < count; i++) {
            struct position at;
            if (!gazetteer_centre(gazetteer, found[i].code, &at))
                fail_msg("%s %s has no centre", found[i].code, found[i].name);
        }
    }
    gazetteer_free(&gazetteer);
}

/* ---- refused files */

static void write_file(const char *folder, const char *name, const char *text) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void remove_file(const char *folder, const char *name) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    unlink(path);
}

static void runs_out_of_memory(void **state) {
    (void)state;
    uint64_t nth = 1;
    for (bool good = false; !good; nth++) {
        struct error error = {""};
        fault_arm(FAULT_MEMORY, nth);
        struct gazetteer *gazetteer = gazetteer_load(shipped, AREA_PROVINCE, &error);
        fault_disarm();
        good = gazetteer != NULL;
        if (!good)
            assert_non_null(strstr(error.text, ": "));
        gazetteer_free(&gazetteer);
    }
    assert_true(nth > 7);
}

static void refusals(void **state) {
    (void)state;
    static const struct {
        const char *places, *aliases, *centres, *sentence;
    } cases[] = {
        {"35\tJawa Timur\n35.78\tSurabaya\n", "# none\nSby\t35.78\n", "35.78\t-7.28\t112.74\n", NULL},
        {"35.78\tSurabaya\n35\tJawa Timur\n", "", "", "gazetteer.tsv:2: is out of order"},
        {"35\tJawa Timur\n35\tAgain\n", "", "", "gazetteer.tsv:2: is out of order"},
        {"35 Jawa Timur\n", "", "", "gazetteer.tsv:1: is no code, tab and name"},
        {"", "", "", "gazetteer.tsv: has no places"},
        {"35\tJawa Timur\n", "Sby\t35.78\n", "", "aliases.tsv:1: no such code"},
        {"35\tJawa Timur\n", "Jatim 35\n", "", "aliases.tsv:1: is no alias, tab and code"},
        {"35\tJawa Timur\n", "", "35.78\t112.74\t-7.28\n", "centroids.tsv:1: is no position in Indonesia"},
        {"35\tJawa Timur\n", "", "35\t-7.28\t112.74\n",
            "centroids.tsv:1: is no regency code, latitude and longitude"},
    };
    char folder[] = "/tmp/sigap-gazetteer-XXXXXX";
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {""};
        write_file(folder, "gazetteer.tsv", cases[i].places);
        write_file(folder, "aliases.tsv", cases[i].aliases);
        write_file(folder, "centroids.tsv", cases[i].centres);
        struct gazetteer *gazetteer = gazetteer_load(folder, AREA_VILLAGE, &error);
        assert_int_equal(gazetteer != NULL, cases[i].sentence == NULL);
        if (cases[i].sentence != NULL && strstr(error.text, cases[i].sentence) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", error.text, cases[i].sentence);
        gazetteer_free(&gazetteer);
    }
    struct error error = {""};
    remove_file(folder, "aliases.tsv");
    write_file(folder, "gazetteer.tsv", "35\tJawa Timur\n");
    assert_null(gazetteer_load(folder, AREA_VILLAGE, &error));
    assert_non_null(strstr(error.text, "aliases.tsv: cannot be opened"));
    remove_file(folder, "gazetteer.tsv");
    remove_file(folder, "centroids.tsv");
    rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(area_levels),
        cmocka_unit_test(area_prefixes),
        cmocka_unit_test(area_cuts),
        cmocka_unit_test(counts),
        cmocka_unit_test(depths),
        cmocka_unit_test(few_fit),
        cmocka_unit_test(children),
        cmocka_unit_test(labels),
        cmocka_unit_test(distances),
        cmocka_unit_test(every_regency_of_both_provinces_has_a_centre),
        cmocka_unit_test(runs_out_of_memory),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
