/* A follow-up that says another place than the case's: it moves the case where it plainly corrects and nobody
 * is on the way, else it waits for a person, with both places. It never vanishes. */
#include "services/triage/tests/world.h"

/* A man a case: two of one name would be one. */
#define WELL(name) "Kakek " name " di Donomulyo Malang jatuh ke sumur kering, masih hidup, tolong"
static const char *const wells[] = {WELL("Lasimin"), WELL("Warsito"), WELL("Sukirno"), WELL("Marjuki")};

static size_t count(struct world *world, Sigap__Event__BodyCase body) {
    return fixture_count(world->fixture, body);
}

static const Sigap__Event *last(struct world *world, Sigap__Event__BodyCase body) {
    if (!count(world, body))
        fail_msg("no record %d, but %zu joined, %zu in review", (int)body,
            count(world, SIGAP__EVENT__BODY_REPORT_JOINED),
            count(world, SIGAP__EVENT__BODY_REPORT_IN_REVIEW));
    return fixture_last(world->fixture, body)->event;
}

/* As intake passes on what joins by a ticket: of a case that somebody has, or not. */
static struct id follow(struct world *world, const struct id *first, const char *text, bool taken_on) {
    return send(world,
        &(struct message){.text = text, .amends = first, .relation = "follow_up", .taken_on = taken_on});
}

static void test_a_plain_correction_moves_the_case(void **state) {
    struct world *world = *state;
    static const char *const corrections[] = {
        "Maaf saya salah tulis, bukan Donomulyo Malang tapi Donorojo Pacitan",
        "Ralat pak, di Donorojo Pacitan",
        "maksud saya Kecamatan Donorojo Kabupaten Pacitan",
        "Salah ketik, yang benar Donorojo, Pacitan",
    };
    for (size_t i = 0; i < sizeof corrections / sizeof *corrections; i++) {
        fixture_forget(world->fixture);
        struct id first = send(world, &(struct message){.text = wells[i]});
        assert_string_equal(last(world, SIGAP__EVENT__BODY_CASE_OPENED)->case_opened->area, "35.07.01");
        follow(world, &first, corrections[i], false);
        if (!count(world, SIGAP__EVENT__BODY_CASE_CHANGED))
            fail_msg("\"%s\" changes nothing", corrections[i]);
        const Sigap__CaseChanged *changed = last(world, SIGAP__EVENT__BODY_CASE_CHANGED)->case_changed;
        assert_string_equal(changed->area, "35.01.01");
        assert_string_equal(changed->brief->area, "35.01.01");
        assert_string_equal(changed->reason, "place_corrected");
        assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_JOINED), 1);
        assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_IN_REVIEW), 0);
    }
}

static void test_what_does_not_plainly_correct_is_asked(void **state) {
    struct world *world = *state;
    static const struct {
        const char *text;
        bool taken_on;
        double latitude, longitude;
    } said[] = {
        {"Maaf saya salah tulis, bukan Donomulyo Malang tapi Donorojo Pacitan", true, 0, 0},
        {"Rumahnya di Donorojo Pacitan", false, 0, 0}, {"ini lokasinya", false, -8.2, 111.1}, /* Pacitan */
    };
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        fixture_forget(world->fixture);
        struct id first = send(world, &(struct message){.text = wells[i]});
        const Sigap__Event *opened = last(world, SIGAP__EVENT__BODY_CASE_OPENED);
        send(world, &(struct message){.text = said[i].text,
                        .amends = &first,
                        .relation = "follow_up",
                        .taken_on = said[i].taken_on,
                        .latitude = said[i].latitude,
                        .longitude = said[i].longitude});
        if (!count(world, SIGAP__EVENT__BODY_REPORT_IN_REVIEW))
            fail_msg("\"%s\" is not asked", said[i].text);
        const Sigap__ReportInReview *review =
            last(world, SIGAP__EVENT__BODY_REPORT_IN_REVIEW)->report_in_review;
        assert_memory_equal(review->area, "35.01", 5);
        assert_string_equal(review->reason, "place_differs");
        assert_true(review->danger);
        assert_memory_equal(review->amends.data, first.bytes, ID_BYTES);
        assert_memory_equal(review->alike[0]->case_id.data, opened->case_id.data, ID_BYTES);
        assert_int_equal(count(world, SIGAP__EVENT__BODY_CASE_CHANGED), 0);
    }
}

/* The same place in other words, or none, is what a follow-up always was. */
static void test_the_same_place_is_no_other(void **state) {
    struct world *world = *state;
    static const char *const said[] = {"rumahnya di Donomulyo dekat pasar", "di Kabupaten Malang pak",
        "bukan di rumah tapi di kebun", "maksud saya kakinya patah"};
    struct id first = send(world, &(struct message){.text = wells[0]});
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        follow(world, &first, said[i], false);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_JOINED), 4);
    assert_int_equal(count(world, SIGAP__EVENT__BODY_REPORT_IN_REVIEW), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_plain_correction_moves_the_case),
        TEST(test_what_does_not_plainly_correct_is_asked),
        TEST(test_the_same_place_is_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
