/* Who is in a report: whom it is about, who did it, how many. */
#include "services/triage/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/triage/tests/site_fixture.h"

static const struct people *people_of(struct fixture *fixture, const char *text) {
    struct report report = {.text = text, .size = strlen(text), .local_hour = -1};
    arena_reset(fixture->arena);
    struct scene *scene = arena_take(fixture->arena, sizeof *scene);
    assert_non_null(scene);
    assert_true(scene_read(&fixture->site.assessor, fixture->arena, &report, scene));
    return &scene->people;
}

/* Whom it is about. -1: no age was said. */
static void test_focus(void **state) {
    static const struct {
        const char *text;
        enum sex sex;
        int age;
    } cases[] = {
        {"nenek 78 tahun jatuh di sumur", SEX_WOMAN, 78},
        {"Kader: ODGJ L/36 dirantai di dapur", SEX_MAN, 36},
        {"siswi kelas 8 mau dinikahkan", SEX_WOMAN, 14},
        {"anak perempuan kelas 2 SMP dipukul", SEX_WOMAN, 14},
        {"pemuda mengamuk di pasar", SEX_MAN, -1},
        {"Pak tolong ada bayi di teras", SEX_UNSAID, -1},
        {"pria itu sudah dirantai 15 tahun lamanya", SEX_MAN, -1},
        {"Usianya empat puluhan, perempuan, dikurung", SEX_UNSAID, 40},
        {"anak kls 2 sd dicekik bapaknya", SEX_UNSAID, 8},
        {"mbah kakung ketinggalan bus", SEX_MAN, -1},
        {"simbah sendirian", SEX_UNSAID, -1},
        {"Bapak-bapak sekitar 60 tahun kakinya dirantai adiknya", SEX_MAN, 60},
        {"Bapak tuna netra 71 th tinggal di gardu", SEX_MAN, 71},
        {"ada bapak nyabet anaknya yg SMP pake selang", SEX_UNSAID, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct person *focus = people_focus(people_of(*state, cases[i].text));
        if (!focus || focus->sex != cases[i].sex || focus->aged != (cases[i].age >= 0) ||
            (cases[i].age >= 0 && (focus->youngest > cases[i].age || focus->oldest < cases[i].age)))
            fail_msg("\"%s\": sex %d, %d to %d", cases[i].text, focus ? (int)focus->sex : -1,
                focus ? focus->youngest : -1, focus ? focus->oldest : -1);
    }
    assert_null(people_focus(people_of(*state, "banjir di jalan raya")));
}

static void test_persons_agree(void **state) {
    static const struct {
        const char *a, *b;
        bool agree;
    } cases[] = {
        {"nenek 78 tahun", "simbah putri umur 80", true},
        {"nenek 78 tahun", "kakek umur 80", false},
        {"anak 15 tahun", "bujang umur 19", false},
        {"mbak umur 33", "perempuan umur 30an", true},
        {"anak kelas 2 sd", "anak smp", false},
        {"anak 10 tahun", "anak umur 12", false},
        {"lansia 71 tahun", "mbah umur 80", false},
        {"P/45 tahun", "umurnya empat puluhan", true},
        {"perempuan tua", "ibu muda", false},
        {"bayi 8 bulan", "bayinya umur 8 bln", true},
        {"bayi 3 bulan", "bayi perempuan umur 8 bulan", false},
        {"bayi 8 bulan ditinggal", "balita 1 tahun", true},
        {"bayi ditemukan", "mayat perempuan", false},
        {"siswi kelas 9", "siswi kelas 7", false},
        {"siswa kelas 8", "siswa kelas 2 SMP", true},
        {"anak umur 9", "anak 9 dan 4 tahun", true},
        {"anak umur 8", "anak punk 15an mabuk", false},
        {"pemuda 40 tahun", "pasien laki2 dirantai, putus obat 5 thn", true},
        {"perempuan hamil 8 bulan", "perempuan 25 tahun", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct person one = *people_focus(people_of(*state, cases[i].a));
        const struct people *other = people_of(*state, cases[i].b);
        bool agree = false;
        for (size_t k = 0; k < other->count; k++)
            agree |= persons_agree(&one, &other->persons[k]);
        if (agree != cases[i].agree)
            fail_msg("%s | %s", cases[i].a, cases[i].b);
    }
}

/* Each of the two tells of the other. */
static void test_spouses(void **state) {
    struct person husband = *people_focus(people_of(*state, "suami saya mengamuk"));
    assert_int_equal(husband.sex, SEX_MAN);
    const struct people *people = people_of(*state, "istrinya lari ke sini");
    assert_int_equal(people->persons[0].sex, SEX_WOMAN);
    assert_int_equal(people->count, 2);
    assert_true(persons_agree(&husband, &people->persons[1]));
}

static void test_doers(void **state) {
    static const struct {
        const char *text;
        uint32_t doers;
    } cases[] = {
        {"anak kls 2 sd dicekik bapaknya pinggir jalan", RELATION_FATHER},
        {"dirante maneh karo bapake", RELATION_FATHER},
        {"dikunci di bilik kecil sama keluarganya", RELATION_FAMILY},
        {"kakinya dirantai di gubuk kopi oleh adiknya sendiri", RELATION_SIBLING},
        {"sering dipukuli ayah tirinya", RELATION_FATHER | RELATION_STEP},
        {"kakak ipar saya mukul istrinya pake helm", RELATION_IN_LAW},
        {"suami mengunci istri di kamar", RELATION_HUSBAND},
        {"dikeroyok kakak kelas", RELATION_FELLOW},
        {"diperkosa tetangga", RELATION_NEIGHBOUR},
        {"hamil, pelakunya tukang parkir", RELATION_TRADE},
        {"diusir mertuanya", RELATION_IN_LAW},
        {"dirawat ibunya", 0},
        {"tetangga saya memukuli anaknya", 0},
        {"tinggal sama ibunya", 0},
        {"Pak RT tolong, ibu bidan sudah datang", 0},
        {"bapaknya tidak memukul", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t doers = people_of(*state, cases[i].text)->doers;
        if (doers != cases[i].doers)
            fail_msg("\"%s\": %x", cases[i].text, doers);
    }
}

static void test_relations_agree(void **state) {
    (void)state;
    assert_int_equal(relations_agree(RELATION_FATHER | RELATION_STEP, RELATION_FATHER), AGREEMENT_YES);
    assert_int_equal(relations_agree(RELATION_FATHER, RELATION_UNCLE), AGREEMENT_NO);
    assert_int_equal(relations_agree(RELATION_FATHER, 0), AGREEMENT_SILENT);
    assert_int_equal(relations_agree(RELATION_FATHER, RELATION_FAMILY), AGREEMENT_SILENT);
    assert_int_equal(relations_agree(RELATION_TEACHER, RELATION_FAMILY), AGREEMENT_NO);
    assert_int_equal(relations_agree(RELATION_HUSBAND, RELATION_FATHER), AGREEMENT_SILENT);
}

/* In what relation those whom it mentions stand to who writes. */
static void test_own(void **state) {
    static const struct {
        const char *text;
        uint32_t own;
    } cases[] = {
        {"anak sy dijual ke karaoke", RELATION_CHILD},
        {"istri saya digaji kecil, anak kami ikut", RELATION_WIFE | RELATION_CHILD},
        {"kakak ipar saya mukul istrinya", RELATION_IN_LAW},
        {"adikku dikurung bapaknya", RELATION_SIBLING},
        {"tetangga saya dipukul suaminya", 0},
        {"bapak2 saya kira mabuk", 0},
        {"anak tetangga kami hilang", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t own = people_of(*state, cases[i].text)->own;
        if (own != cases[i].own)
            fail_msg("\"%s\": %x", cases[i].text, own);
    }
}

static void test_alone_and_several(void **state) {
    static const struct {
        const char *text;
        bool alone, several;
    } cases[] = {
        {"nenek tinggal sendirian", true, false},
        {"LU sebatang kara", true, false},
        {"urip dewekan", true, false},
        {"ngomong sendiri", false, false},
        {"dua kakak beradik dikurung", false, true},
        {"bayi kembar", false, true},
        {"gelandangan sak brayat", false, true},
        {"anak 3 tahun", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct people *people = people_of(*state, cases[i].text);
        if (people->alone != cases[i].alone || people->several != cases[i].several)
            fail_msg("\"%s\": alone %d, several %d", cases[i].text, people->alone, people->several);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_focus),
        cmocka_unit_test(test_persons_agree),
        cmocka_unit_test(test_spouses),
        cmocka_unit_test(test_doers),
        cmocka_unit_test(test_relations_agree),
        cmocka_unit_test(test_own),
        cmocka_unit_test(test_alone_and_several),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
