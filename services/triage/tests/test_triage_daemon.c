/* The daemon around the judgement: each report is settled in exactly one way, and people may overrule. */
#include "services/triage/tests/world.h"

#include "common/fault.h"

static void test_a_shackled_person_opens_a_case(void **state) {
    struct world *world = *state;
    report(world, SHACKLED, 1);
    const struct fixture_record *record = fixture_last(world->fixture, SIGAP__EVENT__BODY_CASE_OPENED);
    assert_non_null(record);
    const Sigap__CaseOpened *opened = record->event->case_opened;
    assert_string_equal(opened->kind, "pasung");
    assert_string_equal(opened->playbook, "PB-PSG");
    assert_true(
        opened->priority <= SIGAP__PRIORITY__PRIORITY_P1); /* which of the two is the model's to say */
    assert_string_equal(opened->area, "35.03.08");
    assert_int_equal(record->lane, LANE_URGENT);
    assert_int_equal(opened->case_key.len, SEAL_CASE_KEY_BYTES);
    assert_int_equal(record->event->case_id.len, ID_BYTES);
}

static void test_the_narrative_opens_with_the_case_key_only(void **state) {
    struct world *world = *state;
    struct triage *triage = fixture_state(world->fixture);
    struct seal_case_key key;
    ProtobufCBinaryData plain;
    struct id case_id, report_id = report(world, SHACKLED, 1);
    const Sigap__Event *event = fixture_last(world->fixture, SIGAP__EVENT__BODY_CASE_OPENED)->event;
    id_from_bytes(event->case_id.data, event->case_id.len, &case_id);
    assert_int_equal(seal_case_key_unwrap(triage->opener, &case_id, event->case_opened->case_key.data,
                         event->case_opened->case_key.len, &key),
        SEAL_OPENED);
    assert_int_equal(
        seal_open_field(&key, &(struct seal_place){report_id, "narrative", 0},
            event->case_opened->narrative.data, event->case_opened->narrative.len, world->arena, &plain),
        SEAL_OPENED);
    Sigap__ReportContent *content = sigap__report_content__unpack(NULL, plain.len, plain.data);
    assert_string_equal(content->text, SHACKLED);
    sigap__report_content__free_unpacked(content, NULL);
}

static void test_figures_of_speech_are_closed_with_a_reason(void **state) {
    struct world *world = *state;
    report(world, PRESS, 1);
    const struct fixture_record *record = fixture_last(world->fixture, SIGAP__EVENT__BODY_REPORT_CLOSED);
    assert_non_null(record);
    assert_true(strlen(record->event->report_closed->reason) > 0);
    assert_int_equal(settled(world), 1);
}

static void test_a_copy_joins_but_another_text_does_not(void **state) {
    struct world *world = *state;
    report(world, SHACKLED, 1);
    report(world, SHACKLED, 1);
    report(world, BEATEN, 2);
    assert_int_equal(fixture_count(world->fixture, SIGAP__EVENT__BODY_CASE_OPENED), 2);
    assert_int_equal(fixture_count(world->fixture, SIGAP__EVENT__BODY_REPORT_JOINED), 1);
    assert_true(fixture_last(world->fixture, SIGAP__EVENT__BODY_REPORT_JOINED)->event->report_joined->copy);
    assert_int_equal(settled(world), 3);
}

static void test_what_is_unclear_goes_to_a_person(void **state) {
    struct world *world = *state;
    report(world, "min tolong", 1);
    report(world, "xqzt brrw", 2);
    assert_int_equal(settled(world), 2);
    assert_int_equal(fixture_count(world->fixture, SIGAP__EVENT__BODY_CASE_OPENED), 0);
    const struct fixture_record *record = fixture_last(world->fixture, SIGAP__EVENT__BODY_REPORT_IN_REVIEW);
    assert_non_null(record);
    assert_string_equal(record->event->report_in_review->owner_role, "TRI");
    assert_true(record->event->report_in_review->decide_by > fixture_now(world->fixture));
}

static void test_a_lost_follow_up_says_what_it_follows(void **state) {
    struct world *world = *state;
    report(world, "Laporan saya minggu lalu soal orang dipasung di kandang kok belum ditengok petugas", 1);
    const struct fixture_record *record = fixture_last(world->fixture, SIGAP__EVENT__BODY_REPORT_IN_REVIEW);
    assert_non_null(record);
    assert_string_equal(record->event->report_in_review->kind, "tindak_lanjut");
    assert_string_equal(record->event->report_in_review->also_kinds, "pasung");
    assert_int_equal(fixture_count(world->fixture, SIGAP__EVENT__BODY_CASE_OPENED), 0);
}

static void test_a_life_in_danger_is_urgent(void **state) {
    struct world *world = *state;
    report(world, BEATEN, 1);
    size_t count;
    const struct fixture_record *records = fixture_records(world->fixture, &count);
    assert_int_equal(count, 1);
    assert_int_equal(records[0].lane, LANE_URGENT);
}

static void test_an_altered_report_is_parked(void **state) {
    struct world *world = *state;
    struct id id = fixture_id(world->fixture), other = fixture_id(world->fixture);
    Sigap__ReportReceived received = SIGAP__REPORT_RECEIVED__INIT;
    Sigap__Sealed content = SIGAP__SEALED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    seal(world, &id, SHACKLED, &content);
    received.report_id = (ProtobufCBinaryData){ID_BYTES, other.bytes};
    received.content = &content;
    event.body_case = SIGAP__EVENT__BODY_REPORT_RECEIVED;
    event.report_received = &received;
    fixture_event(world->fixture, "intake", LANE_NORMAL, &event);
    fixture_turn(world->fixture);
    assert_int_equal(fixture_count(world->fixture, SIGAP__EVENT__BODY_INPUT_PARKED), 1);
    assert_int_equal(settled(world), 0);
}

/* ---- commands ---- */

struct order {
    const char *role, *area, *kind, *reason;
    bool open;
    unsigned status;
};

static unsigned decide(
    struct world *world, const struct id *report_id, const struct order *order, const struct id *command_id) {
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    Sigap__DecideReview decision = SIGAP__DECIDE_REVIEW__INIT;
    Sigap__CommandIssued command = SIGAP__COMMAND_ISSUED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    char *roles[] = {(char *)order->role}, *areas[] = {(char *)order->area};
    actor.account = (char *)"tri";
    actor.roles = roles;
    actor.areas = areas;
    actor.n_roles = actor.n_areas = 1;
    decision.report_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)report_id->bytes};
    decision.open_case = order->open;
    decision.kind = (char *)order->kind;
    decision.priority = SIGAP__PRIORITY__PRIORITY_P1;
    command.command_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)command_id->bytes};
    command.actor = &actor;
    command.reason = (char *)order->reason;
    command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_DECIDE_REVIEW;
    command.decide_review = &decision;
    event.body_case = SIGAP__EVENT__BODY_COMMAND_ISSUED;
    event.command_issued = &command;
    fixture_event(world->fixture, "console", LANE_URGENT, &event);
    fixture_turn(world->fixture);
    return fixture_last(world->fixture, SIGAP__EVENT__BODY_COMMAND_ANSWERED)->event->command_answered->status;
}

static void test_decisions(void **state) {
    static const struct order orders[] = {
        {"responder", "35", "pasung", "dikonfirmasi", true, 403},
        {"operator", "35.07", "pasung", "dikonfirmasi", true, 403},
        {"operator", "35", "pasung", "", true, 422},
        {"operator", "35", "bukan_jenis", "dikonfirmasi", true, 422},
        {"operator", "35", "pasung", "dikonfirmasi", true, 200},
        {"operator", "35", "pasung", "dikonfirmasi", true, 404},
    };
    struct world *world = *state;
    struct id report_id = report(world, "min tolong", 1);
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct id command_id = fixture_id(world->fixture);
        assert_int_equal(decide(world, &report_id, &orders[i], &command_id), orders[i].status);
    }
    assert_int_equal(fixture_count(world->fixture, SIGAP__EVENT__BODY_CASE_OPENED), 1);
    assert_string_equal(
        fixture_last(world->fixture, SIGAP__EVENT__BODY_CASE_OPENED)->event->case_opened->kind, "pasung");
}

static void test_the_same_command_acts_once(void **state) {
    static const struct order order = {"operator", "35", "pasung", "dikonfirmasi", true, 200};
    struct world *world = *state;
    struct id report_id = report(world, "min tolong", 1), command_id = fixture_id(world->fixture);
    assert_int_equal(decide(world, &report_id, &order, &command_id), 200);
    assert_int_equal(decide(world, &report_id, &order, &command_id), 200);
    assert_int_equal(fixture_count(world->fixture, SIGAP__EVENT__BODY_CASE_OPENED), 1);
}

/* A full disk at any step: the turn is made again, the report counts once. */
static void test_a_turn_made_again_counts_once(void **state) {
    struct world *world = *state;
    const struct triage *triage = fixture_state(world->fixture);
    fault_arm(FAULT_STEP, 0);
    report(world, SHACKLED, 1);
    uint64_t steps = fault_count(FAULT_STEP);
    fault_disarm();
    assert_true(steps > 10);
    for (uint64_t step = 1; step <= steps; step++) {
        fault_arm(FAULT_STEP, step);
        report(world, SHACKLED, 1);
        fault_disarm();
        fixture_advance(world->fixture, 60000);
    }
    assert_int_equal(settled(world), steps + 1);
    assert_int_equal(triage->counts.opened + triage->counts.copies + triage->counts.reviewed, steps + 1);
}

static void test_names_are_in_no_file(void **state) {
    struct world *world = *state;
    char command[160];
    report(world, SHACKLED ", namanya " PLANTED, 1);
    report(world, "min tolong " PLANTED, 2);
    assert_int_equal(settled(world), 2);
    snprintf(command, sizeof command, "grep -rq '%s' %s", "Sumiatiningrum", world->folder);
    assert_int_not_equal(system(command), 0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_a_shackled_person_opens_a_case),
        TEST(test_the_narrative_opens_with_the_case_key_only),
        TEST(test_figures_of_speech_are_closed_with_a_reason),
        TEST(test_a_copy_joins_but_another_text_does_not),
        TEST(test_what_is_unclear_goes_to_a_person),
        TEST(test_a_lost_follow_up_says_what_it_follows),
        TEST(test_a_life_in_danger_is_urgent),
        TEST(test_an_altered_report_is_parked),
        TEST(test_decisions),
        TEST(test_the_same_command_acts_once),
        TEST(test_a_turn_made_again_counts_once),
        TEST(test_names_are_in_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
