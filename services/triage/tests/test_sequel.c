/* What its sender wrote minutes before: joined by what goes on about it, not by what has a place or a person
 * of its own. */
#include "services/triage/sequel.h"
#include "services/triage/tests/world.h"

#define CHILD "Anak umur 6 tahun di Tanggulangin Sidoarjo dipukuli ibunya pakai gayung"
#define GRANDPA "Kakek Lasimin umur 80 tahun di Donomulyo Malang tergeletak di kamar, tidak ada yang merawat"
#define TELLER 7

static struct id tell(struct world *world, const char *text) {
    return send(world, &(struct message){.text = text, .reporter = TELLER});
}

static size_t cases(struct world *world) {
    return fixture_count(world->fixture, SIGAP__EVENT__BODY_CASE_OPENED);
}

static size_t joined(struct world *world) {
    return fixture_count(world->fixture, SIGAP__EVENT__BODY_REPORT_JOINED);
}

static void test_what_goes_on_joins(void **state) {
    struct world *world = *state;
    static const struct {
        const char *first, *then;
        bool joins;
    } told[] = {
        {CHILD, "kepalanya berdarah, ibunya sekarang bawa pisau", true},
        {CHILD, "Sekarang dia kejang kejang dan keluar busa", true},
        {CHILD, "tolong cepat pak", true},
        {CHILD, "anak itu masih menangis", true},
        {CHILD, "belum ada petugas yang datang", true},
        {GRANDPA, "Sekarang kakek kejang kejang dan keluar busa", true},
        {GRANDPA, "mulutnya keluar busa, tidak sadar", true},
        {GRANDPA, "sekarang kakek pingsan pak", true},
        {"Nenek Tukiyem di Pagelaran Malang lumpuh, ditinggal anaknya, belum makan dua hari",
            "sekarang nenek pingsan pak", true},
        {CHILD, "Kakek Lasimin di Donomulyo Malang jatuh ke sumur", false},
        {CHILD, "Ada anak umur 9 tahun dirantai bapaknya", false},
        {CHILD, "Nenek Sumi lumpuh ditinggal keluarganya, belum makan", false},
        {GRANDPA, "Seorang ibu dipukuli suaminya sampai berdarah", false},
        {GRANDPA, "Ini kasus lain, ada bayi dibuang di tempat sampah", false},
        {GRANDPA, "Saya mau bunuh diri", false},
        {GRANDPA, "Anak perempuan 12 tahun di Krian Sidoarjo dicabuli tetangganya", false},
    };
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        tell(world, told[i].first);
        size_t before = joined(world), opened = cases(world);
        tell(world, told[i].then);
        if ((joined(world) > before) != told[i].joins)
            fail_msg("\"%s\": %s", told[i].then, told[i].joins ? "stays alone" : "joins");
        if (told[i].joins)
            assert_int_equal(cases(world), opened);
        fixture_advance(world->fixture, 3600 * 1000);
    }
    assert_int_equal(settled(world), world->reports);
}

static const Sigap__Event *last_of(struct world *world, Sigap__Event__BodyCase body) {
    return fixture_last(world->fixture, body)->event;
}

/* A life in danger alerts again, and the case becomes as urgent as it is. */
static void test_danger_raises_the_first(void **state) {
    struct world *world = *state;
    tell(world, "Anak umur 6 tahun di Tanggulangin Sidoarjo sering dimarahi ibunya");
    tell(world, "sekarang ibunya bawa pisau mau membunuh dia");
    assert_int_equal(cases(world), 1);
    const Sigap__ReportJoined *told = last_of(world, SIGAP__EVENT__BODY_REPORT_JOINED)->report_joined;
    assert_true(told->danger);
    assert_string_equal(told->relation, "follow_up");
}

/* It names a place, and is about the first all the same. Nobody knows here whether somebody is on the way: a
 * person decides. */
static void test_a_correction_is_about_the_first(void **state) {
    struct world *world = *state;
    struct id first = tell(world, CHILD);
    tell(world, "Maaf bukan Tanggulangin tapi Krian");
    const Sigap__ReportInReview *review =
        last_of(world, SIGAP__EVENT__BODY_REPORT_IN_REVIEW)->report_in_review;
    assert_string_equal(review->reason, "place_differs");
    assert_memory_equal(review->amends.data, first.bytes, ID_BYTES);
    assert_int_equal(cases(world), 1);
}

/* It is the same conversation as long as it goes on; after that, or from somebody else, it is another. */
static void test_only_within_minutes_and_of_the_same_sender(void **state) {
    struct world *world = *state;
    tell(world, CHILD);
    for (int i = 0; i < 3; i++) {
        fixture_advance(world->fixture, 10 * 60 * 1000);
        tell(world, "kepalanya berdarah");
        assert_int_equal(joined(world), i + 1);
    }
    send(world, &(struct message){.text = "kepalanya berdarah", .reporter = TELLER + 1});
    send(world, &(struct message){.text = "kepalanya berdarah"});
    send(world, &(struct message){.text = "kepalanya berdarah", .reporter = TELLER, .training = true});
    send(world, &(struct message){.text = "kepalanya berdarah", .reporter = TELLER, .forwarded = true});
    assert_int_equal(joined(world), 3);
    fixture_advance(world->fixture, 16 * 60 * 1000);
    tell(world, "kepalanya berdarah");
    assert_int_equal(joined(world), 3);
    assert_int_equal(settled(world), world->reports);
}

/* Who told last is in memory: a start reads it anew, and so does a turn that is made again. */
static void test_a_restart_forgets_nobody(void **state) {
    struct world *world = *state;
    tell(world, CHILD);
    fixture_restart(world->fixture, false);
    tell(world, "kepalanya berdarah");
    assert_int_equal(joined(world), 1);
    sequel_rolled_back(fixture_state(world->fixture));
    tell(world, "sekarang dia menangis");
    assert_int_equal(joined(world), 2);
    fixture_advance(world->fixture, 16 * 60 * 1000);
    fixture_restart(world->fixture, false);
    tell(world, "kepalanya berdarah");
    assert_int_equal(joined(world), 2);
}

/* The first may be unclear by itself: both together open the case. */
static void test_what_was_unclear_is_completed(void **state) {
    struct world *world = *state;
    struct id first = tell(world, "tolong pak");
    assert_int_equal(fixture_count(world->fixture, SIGAP__EVENT__BODY_REPORT_IN_REVIEW), 1);
    tell(world, "maksud saya, " SHACKLED);
    assert_int_equal(cases(world), 1);
    assert_memory_equal(
        last_of(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened->report_id.data, first.bytes, ID_BYTES);
    assert_int_equal(settled(world), world->reports + 1); /* the first in review, and then opened */
}

/* Of somebody new, and nowhere: a case of its own, beside which the first stands. */
static void test_who_is_new_is_proposed_beside_the_first(void **state) {
    struct world *world = *state;
    tell(world, GRANDPA);
    struct id first = {0};
    id_from_bytes(last_of(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_id.data, ID_BYTES, &first);
    tell(world, "Seorang ibu dipukuli suaminya sampai berdarah");
    const Sigap__CaseOpened *opened = last_of(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened;
    assert_int_equal(cases(world), 2);
    assert_int_equal(opened->n_alike, 1);
    assert_memory_equal(opened->alike[0]->case_id.data, first.bytes, ID_BYTES);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_what_goes_on_joins),
        TEST(test_danger_raises_the_first),
        TEST(test_a_correction_is_about_the_first),
        TEST(test_only_within_minutes_and_of_the_same_sender),
        TEST(test_a_restart_forgets_nobody),
        TEST(test_what_was_unclear_is_completed),
        TEST(test_who_is_new_is_proposed_beside_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
