/* Documents gathered from several daemons. */
#include "desk.h"

#define CASE "01JM0000000000000000000000"

static void a_case_is_put_together_and_answered_once(void **state) {
    (void)state;
    struct desk desk = desk_signed_in("sari responder TRC 35.07 -");
    assert_int_equal(desk_get(&desk, "/api/cases/" CASE), 0);
    assert_int_equal(fixture_effect_count(desk.fixture), 4);
    desk_daemon_says(&desk, "triage", 200, "{\"kind\":\"pasung\"}");
    desk_daemon_says(&desk, "router", 200, "{\"offers\":[]}");
    desk_daemon_says(&desk, "casework", 404, NULL);
    assert_int_not_equal(desk.answer->body_size, 0);
    desk_daemon_says(&desk, "notifier", 503, NULL);
    assert_int_equal(desk.answer->status, 200);
    json_t *json = desk_json(&desk);
    assert_string_equal(json_string_value(json_object_get(json, "id")), CASE);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(json, "triage"), "kind")), "pasung");
    assert_true(json_is_null(json_object_get(json, "casework")));
    assert_int_equal(json_array_size(json_object_get(json, "missing")), 1);
    assert_string_equal(json_string_value(json_array_get(json_object_get(json, "missing"), 0)), "notifier");
    json_decref(json);
    assert_int_equal(((struct console *)fixture_state(desk.fixture))->waits.count, 0);
    desk_close(&desk);
}

static void the_question_carries_the_rights_of_who_asks(void **state) {
    (void)state;
    char daemon[16];
    struct id id;
    uint32_t kind = 0;
    struct desk desk = desk_signed_in("sari responder,facility TRC,UPT 35.07,35.73 UPT-A");
    assert_int_equal(desk_get(&desk, "/api/cases?area=35.07&limit=9999&state=open"), 0);
    Sigap__View *view = desk_question(&desk, daemon, &id, &kind);
    assert_string_equal(daemon, "triage");
    assert_string_equal(view->actor->account, "sari");
    assert_int_equal(view->actor->n_roles, 4);
    assert_int_equal(view->actor->n_areas, 2);
    assert_int_equal(view->actor->n_facilities, 1);
    assert_string_equal(view->list->name, "cases");
    assert_string_equal(view->list->area, "35.07");
    assert_string_equal(view->list->state, "open");
    assert_int_equal(view->list->limit, 1000);
    sigap__view__free_unpacked(view, NULL);
    desk_tell(&desk, &id, kind, 200, "[]");
    assert_int_equal(desk.answer->status, 200);
    desk_close(&desk);
}

static void the_narrative_is_asked_for_only_on_purpose(void **state) {
    (void)state;
    char daemon[16];
    struct id id;
    uint32_t kind = 0;
    struct desk desk = desk_signed_in("sari operator TRI * -");
    for (int wanted = 0; wanted < 2; wanted++) {
        desk_get(&desk, wanted ? "/api/cases/" CASE "?narrative=1" : "/api/cases/" CASE);
        for (int i = 0; i < 4; i++) {
            Sigap__View *view = desk_question(&desk, daemon, &id, &kind);
            assert_int_equal(view->case_file->narrative, wanted);
            sigap__view__free_unpacked(view, NULL);
            desk_tell(&desk, &id, kind, 404, NULL);
        }
        assert_int_equal(desk.answer->status, 404);
    }
    desk_close(&desk);
}

static void after_two_seconds_what_is_there_is_answered(void **state) {
    (void)state;
    struct desk desk = desk_signed_in("sari responder TRC 35.07 -");
    assert_int_equal(desk_get(&desk, "/api/cases/" CASE), 0);
    desk_daemon_says(&desk, "triage", 200, "{\"kind\":\"pasung\"}");
    fixture_advance(desk.fixture, WAIT_MS + WAIT_GRAIN_MS);
    assert_int_equal(desk.answer->status, 200);
    json_t *json = desk_json(&desk);
    assert_int_equal(json_array_size(json_object_get(json, "missing")), 3);
    json_decref(json);
    desk_daemon_says(&desk, "router", 200, "{}"); /* too late: nothing happens */
    desk_close(&desk);
}

static void a_daemon_that_does_not_answer_is_a_hole(void **state) {
    (void)state;
    struct desk desk = desk_signed_in("sari responder TRC 35.07 -");
    assert_int_equal(desk_get(&desk, "/api/cases/" CASE), 0);
    for (int i = 0; i < 4; i++) {
        const struct effect *effect = fixture_effect_take(desk.fixture);
        struct effect_result result = {.id = effect->id, .kind = effect->kind, .outcome = EFFECT_UNKNOWN};
        fixture_effect_finish(desk.fixture, &result);
    }
    assert_int_equal(desk.answer->status, 503);
    desk_close(&desk);
}

static void why_nothing_came_is_the_answer(void **state) {
    (void)state;
    static const struct {
        unsigned given[4], answered;
    } cases[] = {
        {{404, 404, 404, 404}, 404},
        {{404, 403, 404, 404}, 403},
        {{403, 503, 404, 404}, 503},
        {{404, 404, 200, 404}, 200},
        {{400, 404, 404, 404}, 400},
    };
    static const char *const daemons[] = {"triage", "router", "casework", "notifier"};
    struct desk desk = desk_signed_in("sari responder TRC 35.07 -");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        desk_get(&desk, "/api/cases/" CASE);
        for (int k = 0; k < 4; k++)
            desk_daemon_says(&desk, daemons[k], cases[i].given[k], cases[i].given[k] == 200 ? "{}" : NULL);
        if (desk.answer->status != cases[i].answered)
            fail_msg("case %zu: %u", i, desk.answer->status);
    }
    assert_int_equal(desk_get(&desk, "/api/cases/nonsense"), 404);
    desk_close(&desk);
}

/* The core of a daemon shows what is parked to whoever asks: so we ask only for those who may know. So it is
 * with messages that intake could not read. */
static void parked_inputs_are_for_staff(void **state) {
    (void)state;
    static const struct {
        const char *account;
        size_t questions;
    } cases[] = {
        {"upt facility UPT - UPT-A", 6}, {"sari responder TRC 35.07 -", 6}, {"opr operator OPR * -", 13}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct desk desk = desk_signed_in(cases[i].account);
        assert_int_equal(desk_get(&desk, "/api/queues"), 0);
        assert_int_equal(fixture_effect_count(desk.fixture), cases[i].questions);
        fixture_advance(desk.fixture, WAIT_MS + WAIT_GRAIN_MS);
        assert_int_equal(desk.answer->status, 200);
        json_t *json = desk_json(&desk);
        assert_int_equal(json_array_size(json_object_get(json, "refused")), 13 - cases[i].questions);
        json_decref(json);
        desk_close(&desk);
    }
}

static void the_live_page_asks_only_when_something_has_happened(void **state) {
    (void)state;
    char path[64];
    struct desk desk = desk_signed_in("sari responder TRC 35.07 -");
    assert_int_equal(desk_get(&desk, "/api/live"), 0);
    assert_int_equal(fixture_effect_count(desk.fixture), 9);
    fixture_advance(desk.fixture, WAIT_MS + WAIT_GRAIN_MS);
    while (fixture_effect_take(desk.fixture))
        ;
    snprintf(path, sizeof path, "/api/live?since=%s", desk_member(&desk, "changes"));
    assert_int_equal(desk_get(&desk, path), 200);
    assert_string_equal(desk_member(&desk, "unchanged"), "true");
    assert_int_equal(fixture_effect_count(desk.fixture), 0);

    Sigap__CaseOpened opened = SIGAP__CASE_OPENED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_CASE_OPENED;
    event.case_opened = &opened;
    fixture_event(desk.fixture, "triage", LANE_NORMAL, &event);
    fixture_turn(desk.fixture);
    assert_int_equal(desk_get(&desk, path), 0);
    assert_int_equal(fixture_effect_count(desk.fixture), 9);
    desk_close(&desk);
}

static void the_sites_words_are_public(void **state) {
    (void)state;
    struct desk desk = desk_open();
    assert_int_equal(desk_get(&desk, "/api/site"), 200);
    json_t *json = desk_json(&desk);
    assert_int_equal(json_array_size(json_object_get(json, "kinds")), 35);
    assert_true(json_array_size(json_object_get(json, "refusal_reasons")) >= 10);
    size_t index, named = 0;
    json_t *fact;
    json_array_foreach(json_object_get(json, "facts"), index, fact) named +=
        strcmp(json_string_value(json_object_get(fact, "code")), "family_consent") == 0 &&
        strstr(json_string_value(json_object_get(fact, "name")), "keluarga setuju");
    assert_int_equal(named, 1);
    assert_string_equal(json_string_value(json_object_get(json, "zone")), "Asia/Jakarta");
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(json, "areas"), "35.07")), "Kab. Malang");
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(json, "areas"), "81.71")), "Kota Ambon");
    assert_null(json_object_get(json_object_get(json, "areas"), "81.71.01"));
    json_decref(json);
    desk_close(&desk);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_is_put_together_and_answered_once),
        cmocka_unit_test(the_question_carries_the_rights_of_who_asks),
        cmocka_unit_test(the_narrative_is_asked_for_only_on_purpose),
        cmocka_unit_test(after_two_seconds_what_is_there_is_answered),
        cmocka_unit_test(a_daemon_that_does_not_answer_is_a_hole),
        cmocka_unit_test(why_nothing_came_is_the_answer),
        cmocka_unit_test(parked_inputs_are_for_staff),
        cmocka_unit_test(the_live_page_asks_only_when_something_has_happened),
        cmocka_unit_test(the_sites_words_are_public),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
