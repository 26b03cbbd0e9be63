/* Two reports of one incident are found to be so, and two incidents of one kind in one place are not. */
#include "services/triage/likeness.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "services/triage/tests/site_fixture.h"

static struct likeness judge(struct fixture *fixture, const struct told *a, const struct told *b) {
    struct likeness likeness;
    arena_reset(fixture->arena);
    assert_true(
        likeness_judge(&fixture->site.assessor, fixture->site.kinds, fixture->arena, a, b, &likeness));
    return likeness;
}

static struct told told(const char *text, int64_t minutes) {
    return (struct told){.text = text, .size = strlen(text), .at = minutes * 60000};
}

static const char *const goose = "Nenek 78 tahun jatuh di sumur belakang rumah di Kec. Dampit Kab. Malang, "
                                 "tali timba putus, masih menyahut";

static void test_same_and_other(void **state) {
    static const struct {
        const char *other;
        int64_t minutes;
        bool same;
    } cases[] = {
        {"tolong pak di dampit malang ada mbah umur 78 kecemplung sumur, talinya putus, dipanggil masih "
         "menyahut",
            20, true},
        {"Dampit malang, pemuda 25 tahun dirantai di kandang sapi oleh bapaknya", 20, false},
        {"Kapan PKH cair ya min", 20, false},
        {"Nenek 78 tahun jatuh di sumur belakang rumah di Kec. Lowokwaru Kota Malang", 20, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct told a = told(goose, 0), b = told(cases[i].other, cases[i].minutes);
        struct likeness there = judge(*state, &a, &b), back = judge(*state, &b, &a);
        if (there.same != cases[i].same)
            fail_msg("\"%s\": %f", cases[i].other, (double)there.score);
        assert_int_equal(there.same, back.same);
    }
}

/* One form, filled in for somebody or something else; and what the same people say again. */
static void test_forms(void **state) {
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {
#define FORM(name, age, village)                                                                             \
    "Mohon bantuan, ada warga bernama " name " umur " age " th dipasung di desa " village                    \
    " Kec. Wates Kab. Blitar"
        {FORM("Suyono", "42", "Ringinrejo"), FORM("Lasmi", "31", "Ringinrejo"), false},
        {FORM("Suyono", "42", "Ringinrejo"), FORM("Tarmuji", "43", "Ringinrejo"), false},
        {FORM("Suyono", "42", "Ringinrejo"), FORM("Suyono", "12", "Ringinrejo"), false},
        {FORM("Suyono", "42", "Ringinrejo"), FORM("Suyono", "42", "Tulungrejo"), false},
        {FORM("Suyono", "42", "Ringinrejo"), FORM("Suyono", "42", "Ringinrejo"), true},
        {FORM("Suyono", "42", "Ringinrejo"),
            "pak di ringinrejo wates blitar ada orang dipasung, pak suyono namanya, 40an", true},
#undef FORM
        {"Banjir di RT 03 RW 02 Gempol Pasuruan, 12 rumah terendam",
            "Banjir di RT 05 RW 04 Gempol Pasuruan, 12 rumah terendam", false},
        {"Tanggal 3 perahu terbalik di Lekok Pasuruan, 2 nelayan hilang",
            "Tanggal 17 perahu terbalik di Lekok Pasuruan, 5 nelayan hilang", false},
        {"Bayi laki-laki dibuang di depan mushola Al Ikhlas Krian Sidoarjo, dibungkus jarik",
            "Bayi perempuan dibuang di depan mushola Al Hidayah Krian Sidoarjo, dibungkus sarung", false},
        {"Lapor KDRT di Tandes Surabaya gang Melati: suami menyiram istri dengan air panas, korban bernama "
         "Norhayati",
            "Lapor KDRT di Tandes Surabaya gang Kenanga: suami menyiram istri dengan air panas, korban "
            "bernama Aminah",
            false},
        {"Lapor KDRT di Tandes Surabaya gang Melati: suami menyiram istri dengan air panas, korban bernama "
         "Norhayati",
            "KDRT Tandes sby, ibu Norhayati disiram suaminya air panas, sekarang di rumah RT gang Melati",
            true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct told a = told(cases[i].a, 0), b = told(cases[i].b, 30);
        struct likeness there = judge(*state, &a, &b), back = judge(*state, &b, &a);
        if (there.same != cases[i].same || back.same != cases[i].same)
            fail_msg(
                "\"%s\", \"%s\": %f, %f", cases[i].a, cases[i].b, (double)there.score, (double)back.score);
    }
}

/* What tells two reports apart or brings them together, and what does not. */
static void test_what_tells(void **state) {
    static const struct {
        const char *a, *b;
        enum likeness_feature feature;
        bool told;
    } cases[] = {
        {"anak saya dijual ke karaoke", "istri saya kerja di karaoke", LIKE_OWN_NOT, true},
        {"anak saya dijual ke karaoke", "anak tetangga dijual ke karaoke", LIKE_OWN_NOT, false},
        {"bayi 5 bulan dibekap", "bayi umur 6 bulan menangis", LIKE_AGE_OFF_NOT, true},
        {"bayi 5 bulan dibekap", "bayi umur 5 bulan menangis", LIKE_AGE_SAME, true},
        {"dimintai 3 juta", "disuruh bayar 3 jt", LIKE_AMOUNT, true},
        {"dimintai 3 juta", "disuruh bayar 5 jt", LIKE_COUNTS_NOT, false},
        {"klien R menolak obat", "mas Rudi kumat lagi", LIKE_NAME, true},
        {"klien S menolak obat", "mas Rudi kumat lagi", LIKE_NAME, false},
        {"tangannya melepuh disiram", "luka bakar di tangan, dipukul", LIKE_HARM_NOT, false},
        {"belum makan dari kemarin", "belum makan", LIKE_SAID_NOT, false},
        {"bukan yang kemarin", "belum makan", LIKE_SAID_NOT, true},
        {"banjir di Kec. Dampit", "banjir di Kec. Lowokwaru Kota Malang", LIKE_AREA_SAME, false},
        {"kebakaran lagi, sekarang toko", "kebakaran di kandang", LIKE_SAID_NOT, true},
        {"kebakaran lagi, sekarang toko", "kobong lagi, sekarang toko", LIKE_SAID_NOT, false},
        {"ada dua anak lain yang kena", "anak dipukul", LIKE_SAID_NOT, false},
        {"PMI Taiwan sakit keras", "anak saya di taiwan kena kanker", LIKE_NAME, false},
        {"nenek ngemis di jembatan penyeberangan", "perempuan mengemis di JPO", LIKE_SURROUNDINGS, true},
        {"kulkas warung saya rusak", "lemari pendingin mati", LIKE_DETAILS, true},
        {"org gila tlnjang", "laki-laki tanpa busana", LIKE_DETAILS, true},
        {"ibu hamil terlantar di stasiun", "ada kakek2 ketinggalan kereta", LIKE_SEX_NOT, true},
        {"pria dari Bima kecopetan", "ada mas2 kecopetan, mau nelpon istri", LIKE_SEX_NOT, false},
        {"rumah dijual mantan istri", "aset dijual mantan pasangan", LIKE_DOER_NOT, false},
        {"aku kls 11 disuruh milih", "siswi kelas XI diminta memilih", LIKE_AGE_SAME, true},
        {"dipukul di pondok, umur 13", "korban kelas 1 tsanawiyah", LIKE_AGE_NOT, false},
        {"kak aku 16, kemarin ketemuan", "adik umur 16 th diajak kenalan", LIKE_AGE_SAME, true},
        {"bapak 66 th dirantai di kamar", "pria umur 35 dirantai di pohon", LIKE_AGE_NOT, true},
        {"min cara daftar KIP gimana ya", "min syarat daftar KIP apa ya", LIKE_ASKED_NOT, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct told a = told(cases[i].a, 0), b = told(cases[i].b, 30);
        float value = judge(*state, &a, &b).features[cases[i].feature];
        if ((value > 0) != cases[i].told)
            fail_msg("\"%s\", \"%s\": %f", cases[i].a, cases[i].b, (double)value);
    }
}

static void test_near(void **state) {
    const struct position here = {-8.21, 112.75}, door = {-8.211, 112.75}, street = {-8.219, 112.75};
    struct told a = told(goose, 0), b = told(goose, 5);
    a.position = &here;
    b.position = &door;
    struct likeness likeness = judge(*state, &a, &b);
    assert_true(likeness.features[LIKE_HERE] > 0 && likeness.features[LIKE_NEAR] > 0);
    b.position = &street;
    likeness = judge(*state, &a, &b);
    assert_true(likeness.features[LIKE_HERE] <= 0 && likeness.features[LIKE_NEAR] > 0);
}

static void test_far_and_late(void **state) {
    const struct position here = {-8.21, 112.75}, there = {-7.25, 112.75};
    struct told a = told(goose, 0), b = told(goose, 5);
    assert_true(judge(*state, &a, &b).same);
    a.position = &here;
    b.position = &there;
    assert_true(judge(*state, &a, &b).features[LIKE_FAR] > 0);
    struct told flood = told("banjir bandang di dampit malang", 0),
                later = told("banjir bandang di dampit malang", INT64_C(4) * 24 * 60);
    float a_day_late = judge(*state, &flood, &later).features[LIKE_LATE];
    assert_true(a_day_late > 0 && a_day_late < 0.5f);
    later.at = flood.at + INT64_C(13) * 24 * 60 * 60000;
    assert_true(judge(*state, &flood, &later).features[LIKE_LATE] >= 1);
}

/* Two months later the child may be a year older, half an hour later it is another one. */
static void test_birthday(void **state) {
    struct told a = told("anak umur 9 tahun cerebral palsy", 0), b = told("anak 10 th palsi serebral", 30);
    assert_true(judge(*state, &a, &b).features[LIKE_AGE_OFF_NOT] > 0);
    b.at = a.at + INT64_C(60) * 24 * 60 * 60000;
    assert_true(judge(*state, &a, &b).features[LIKE_AGE_OFF_NOT] <= 0);
}

/* That both are chained tells less of two reports of people in chains than that both are fed through a fence.
 */
static void test_rare_details(void **state) {
    const char *const pairs[][2] = {
        {"orang gila dirantai di Dampit", "ODGJ dipasung dengan rantai di Dampit"},
        {"orang gila dipasung dekat kulkas di Dampit",
            "ODGJ dipasung di samping lemari pendingin di Dampit"}};
    float rare[2];
    for (size_t i = 0; i < 2; i++) {
        struct told a = told(pairs[i][0], 0), b = told(pairs[i][1], 30);
        rare[i] = judge(*state, &a, &b).features[LIKE_DETAILS_RARE];
    }
    assert_true(rare[0] > 0 && rare[1] > rare[0]);
}

static void test_any_bytes(void **state) {
    struct told a = {.text = "\xff\xfe\0\x01", .size = 4}, b = {.text = "", .size = 0};
    assert_false(judge(*state, &a, &b).same);
}

static void test_lines(void **state) {
    (void)state;
    char input[] =
        "{\"a\":{\"text\":\"banjir\",\"minutes\":0},\"b\":{\"text\":\"pkh cair\"}}\nno json\n{\"a\":{}}\n";
    char *output = NULL;
    size_t size = 0;
    FILE *in = fmemopen(input, strlen(input), "r"), *out = open_memstream(&output, &size);
    assert_int_equal(triage_pairs_main(SITE, false, in, out), 0);
    fclose(in);
    fclose(out);
    static const char *const members[] = {"same", "error", "error"};
    char *rest = NULL, *line = strtok_r(output, "\n", &rest);
    for (size_t i = 0; i < 3; i++, line = strtok_r(NULL, "\n", &rest)) {
        assert_non_null(line);
        json_t *object = json_loads(line, 0, NULL);
        assert_non_null(json_object_get(object, members[i]));
        json_decref(object);
    }
    assert_null(line);
    free(output);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_and_other),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_what_tells),
        cmocka_unit_test(test_near),
        cmocka_unit_test(test_far_and_late),
        cmocka_unit_test(test_birthday),
        cmocka_unit_test(test_rare_details),
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_lines),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
