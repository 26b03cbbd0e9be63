/* Orders: given once, answered by their owner, shown to who gave them. */
#include "desk.h"

#include "common/fault.h"

#define OBJECT "01JM0000000000000000000000"
#define OTHER "01JM0000000000000000000001"
static const char accept[] = "/api/offers/" OBJECT "/accept";

static void an_order_goes_to_the_journal_and_its_answer_comes_back(void **state) {
    (void)state;
    struct desk desk = desk_signed_in("sari responder,operator TRC,OPR 35.07 UPT-A");
    assert_int_equal(desk_post(&desk, accept,
                         "{\"reason\":\"by phone\",\"on_behalf_of\":\"UPT-A\",\"expected_version\":3}"),
        0);
    const Sigap__CommandIssued *issued = desk_issued(&desk);
    assert_int_equal(issued->command_case, SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_OFFER);
    assert_string_equal(issued->answer_offer->event, "accept");
    assert_int_equal(issued->answer_offer->offer_id.len, ID_BYTES);
    assert_string_equal(issued->actor->account, "sari");
    assert_int_equal(issued->actor->n_roles, 4);
    assert_string_equal(issued->actor->areas[0], "35.07");
    assert_string_equal(issued->actor->facilities[0], "UPT-A");
    assert_string_equal(issued->on_behalf_of, "UPT-A");
    assert_string_equal(issued->reason, "stated"); /* what was written travels sealed */
    assert_int_not_equal(issued->words.len, 0);
    assert_int_equal(issued->expected_version, 3);
    assert_int_equal(issued->issued_at, FIXTURE_START);
    fixture_advance(desk.fixture, 1500);
    desk_command_answered(&desk, issued, 200, "Diterima / Accepted");
    assert_int_equal(desk.answer->status, 200);
    assert_string_equal(desk_member(&desk, "sentence"), "Diterima / Accepted");
    assert_string_equal(desk_member(&desk, "accepted"), "true");
    assert_string_equal(desk_member(&desk, "version"), "7");
    desk_close(&desk);
}

static void the_owner_refuses_and_the_person_reads_why(void **state) {
    (void)state;
    static const unsigned statuses[] = {403, 404, 409, 422};
    struct desk desk = desk_signed_in("sari responder TRC 35.07 -");
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(desk_post(&desk, accept, "{}"), 0);
        desk_command_answered(&desk, desk_issued(&desk), statuses[i], "Bukan wilayah Anda / Not your area");
        assert_int_equal(desk.answer->status, statuses[i]);
        assert_string_equal(desk.answer->content_type, "application/problem+json");
        assert_string_equal(desk_member(&desk, "detail"), "Bukan wilayah Anda / Not your area");
        assert_non_null(desk_header(&desk, "Command-Id"));
    }
    desk_close(&desk);
}

static void after_two_seconds_there_is_an_address_to_ask(void **state) {
    (void)state;
    struct desk desk = desk_signed_in("sari responder TRC 35.07 -");
    assert_int_equal(desk_post(&desk, accept, "{}"), 0);
    fixture_advance(desk.fixture, WAIT_MS - 1);
    assert_int_not_equal(desk.answer->status, 202);
    fixture_advance(desk.fixture, WAIT_GRAIN_MS + 1);
    assert_int_equal(desk.answer->status, 202);
    char location[64];
    snprintf(location, sizeof location, "%s", desk_header(&desk, "Location"));
    assert_int_equal(desk_get(&desk, location), 200);
    assert_string_equal(desk_member(&desk, "state"), "pending");
    desk_command_answered(&desk, desk_issued(&desk), 409, "Sudah / Already");
    assert_int_equal(desk_get(&desk, location), 200);
    assert_string_equal(desk_member(&desk, "status"), "409");
    assert_string_equal(desk_member(&desk, "accepted"), "false");
    /* Nobody else may look. */
    desk_control(&desk, "account.create", "budi");
    desk_spoken(&desk, EFFECT_HASH, 1, "$argon2id$x");
    assert_int_equal(desk_login(&desk, "budi", "x", 1), 200);
    assert_int_equal(desk_get(&desk, location), 404);
    desk_close(&desk);
}

static void the_same_order_twice_acts_once(void **state) {
    (void)state;
    const char *const id[2] = {"Command-Id", "01JM00000000000000000000ZZ"};
    struct desk desk = desk_signed_in("sari responder TRC 35.07 -");
    assert_false(desk_ask(&desk, "POST", accept, "{}", id));
    assert_false(desk_ask(&desk, "POST", accept, "{}", id)); /* waits for the same answer */
    assert_int_equal(fixture_count(desk.fixture, SIGAP__EVENT__BODY_COMMAND_ISSUED), 1);
    desk_command_answered(&desk, desk_issued(&desk), 200, "Diterima / Accepted");
    assert_int_equal(desk.answer->status, 200);
    assert_true(desk_ask(&desk, "POST", accept, "{}", id)); /* has it already */
    assert_int_equal(desk.answer->status, 200);
    assert_string_equal(desk_member(&desk, "command_id"), id[1]);
    assert_int_equal(fixture_count(desk.fixture, SIGAP__EVENT__BODY_COMMAND_ISSUED), 1);
    /* Another order under the same id: another body, another object, another person. */
    assert_true(desk_ask(&desk, "POST", accept, "{\"reason\":\"x\"}", id));
    assert_int_equal(desk.answer->status, 409);
    assert_true(desk_ask(&desk, "POST", "/api/offers/" OTHER "/accept", "{}", id));
    assert_int_equal(desk.answer->status, 409);
    const char *const bad[2] = {"Command-Id", "nonsense"};
    assert_true(desk_ask(&desk, "POST", accept, "{}", bad));
    assert_int_equal(desk.answer->status, 400);
    assert_int_equal(fixture_count(desk.fixture, SIGAP__EVENT__BODY_COMMAND_ISSUED), 1);
    desk_close(&desk);
}

/* A day later the row is swept. */
static void old_orders_are_forgotten(void **state) {
    (void)state;
    const char *const id[2] = {"Command-Id", "01JM00000000000000000000ZZ"};
    struct desk desk = desk_signed_in("sari");
    assert_false(desk_ask(&desk, "POST", accept, "{}", id));
    desk_command_answered(&desk, desk_issued(&desk), 200, "ok");
    fixture_advance(desk.fixture, INT64_C(26) * 3600 * 1000);
    assert_int_equal(desk_login(&desk, "sari", "x", 1), 200);
    assert_int_equal(desk_get(&desk, "/api/commands/01JM00000000000000000000ZZ"), 404);
    desk_close(&desk);
}

static void every_kind_of_order(void **state) {
    (void)state;
    static const struct {
        const char *path, *body;
        Sigap__CommandIssued__CommandCase kind;
        unsigned refused; /* 0: goes to the journal */
    } cases[] = {
        {"/api/offers/" OBJECT "/reject", "{\"reason_code\":\"PENUH\",\"reason\":\"\"}",
            SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_OFFER, 0},
        {"/api/referrals/" OBJECT "/assign", "{\"facility\":\"UPT-A\"}",
            SIGAP__COMMAND_ISSUED__COMMAND_ASSIGN_FACILITY, 0},
        {"/api/reviews/" OBJECT "/decide",
            "{\"open_case\":true,\"kind\":\"pasung\",\"priority\":\"P1\",\"area\":\"35.07\"}",
            SIGAP__COMMAND_ISSUED__COMMAND_DECIDE_REVIEW, 0},
        {"/api/cases/" OBJECT "/change", "{\"priority\":\"P0\"}", SIGAP__COMMAND_ISSUED__COMMAND_CHANGE_CASE,
            0},
        {"/api/cases/" OBJECT "/merge", "{\"into\":\"" OTHER "\",\"reason\":\"x\"}",
            SIGAP__COMMAND_ISSUED__COMMAND_MERGE_CASE, 0},
        {"/api/cases/" OBJECT "/merge", "{\"reason\":\"x\"}", SIGAP__COMMAND_ISSUED__COMMAND_MERGE_CASE, 422},
        {"/api/reports/" OBJECT "/split", "{\"reason\":\"x\"}", SIGAP__COMMAND_ISSUED__COMMAND_SPLIT_REPORT,
            0},
        {"/api/cases/" OBJECT "/facts", "{\"name\":\"family_consent\",\"value\":\"yes\"}",
            SIGAP__COMMAND_ISSUED__COMMAND_RECORD_FACT, 0},
        {"/api/cases/" OBJECT "/close", "{\"outcome\":\"terbukti\",\"reason\":\"x\"}",
            SIGAP__COMMAND_ISSUED__COMMAND_CLOSE_CASE, 0},
        {"/api/tasks/" OBJECT "/done", "{\"case_id\":\"" OTHER "\",\"outcome\":\"visited\"}",
            SIGAP__COMMAND_ISSUED__COMMAND_MOVE_TASK, 0},
        {"/api/facilities/UPT-A/capacity", "{\"known\":true,\"places\":12}",
            SIGAP__COMMAND_ISSUED__COMMAND_SET_CAPACITY, 0},
        {"/api/alerts/" OBJECT "/accept", "{}", SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_ALERT, 0},
        {"/api/people/ani", "{\"name\":\"A\",\"contacts\":[{\"channel\":\"outbox\"}]}",
            SIGAP__COMMAND_ISSUED__COMMAND_SET_PERSON, 0},
        {"/api/people/ani/remove", "{}", SIGAP__COMMAND_ISSUED__COMMAND_SET_PERSON, 0},
        {"/api/people/ani/void-links", "{}", SIGAP__COMMAND_ISSUED__COMMAND_SET_PERSON, 0},
        {"/api/duty/opr",
            "{\"people\":[\"ani\",\"budi\"],\"period\":\"week\",\"handover\":\"07:00\",\"start\":\"2026-03-"
            "02\"}",
            SIGAP__COMMAND_ISSUED__COMMAND_SET_ROTA, 0},
        {"/api/duty/opr/remove", "{}", SIGAP__COMMAND_ISSUED__COMMAND_SET_ROTA, 0},
        {"/api/duty/opr/override",
            "{\"person\":\"ani\",\"from\":\"2026-03-02T07:00\",\"until\":\"2026-03-03T07:00\"}",
            SIGAP__COMMAND_ISSUED__COMMAND_SET_OVERRIDE, 0},
        {"/api/duty/opr/override/remove", "{\"override\":\"" OTHER "\"}",
            SIGAP__COMMAND_ISSUED__COMMAND_SET_OVERRIDE, 0},
        {"/api/people/ani", "{}", 0, 422},
        {"/api/people/ani", "{\"name\":\"A\",\"telephone\":\"1\"}", 0, 422},
        {"/api/duty/opr", "{\"people\":[\"ani\"],\"period\":\"week\",\"handover\":\"07:00\"}", 0, 422},
        {"/api/duty/opr/override", "{\"person\":\"ani\"}", 0, 422},
        {"/api/offers/nonsense/accept", "{}", 0, 404},
        {"/api/offers/" OBJECT "/ACC3PT", "{}", 0, 404},
        {"/api/offers/" OBJECT "/accept", "{\"colour\":\"red\"}", 0, 422},
        {"/api/offers/" OBJECT "/accept", "{\"expected_version\":-1}", 0, 422},
        {"/api/referrals/" OBJECT "/assign", "{}", 0, 422},
        {"/api/reviews/" OBJECT "/decide", "{\"open_case\":true,\"priority\":\"P9\"}", 0, 422},
        {"/api/tasks/" OBJECT "/done", "{}", 0, 422},
        {"/api/tasks/" OBJECT "/done", "{\"case_id\":\"UUUUUUUUUUUUUUUUUUUUUUUUUU\"}", 0, 422},
        {"/api/facilities/UPT-A/capacity", "{\"known\":true,\"places\":-1}", 0, 422},
    };
    struct desk desk = desk_signed_in("sari operator OPR * -");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture_forget(desk.fixture);
        unsigned status = desk_post(&desk, cases[i].path, cases[i].body);
        if (status != cases[i].refused)
            fail_msg("%s %s: %u", cases[i].path, cases[i].body, status);
        if (cases[i].refused) {
            assert_int_equal(fixture_count(desk.fixture, SIGAP__EVENT__BODY_COMMAND_ISSUED), 0);
            continue;
        }
        assert_int_equal(desk_issued(&desk)->command_case, cases[i].kind);
        desk_command_answered(&desk, desk_issued(&desk), 200, "ok");
        assert_int_equal(desk.answer->status, 200);
    }
    desk_close(&desk);
}

/* A person's name and address cross the journal sealed; only the notifier's key for words opens them. */
static void people_are_sealed(void **state) {
    static const char body[] =
        "{\"name\":\"Sumartinah\",\"contacts\":[{\"channel\":\"email\",\"address\":"
        "\"planted@dinas.example\"}],\"quiet\":{\"from\":\"21:00\",\"until\":\"06:00\"}}";
    (void)state;
    struct desk desk = desk_signed_in("adm administrator - * -");
    desk_post(&desk, "/api/people/ani", body);
    const struct console *console = fixture_state(desk.fixture);
    const Sigap__CommandIssued *issued = desk_issued(&desk);
    uint8_t frame[4096];
    size_t size = sigap__command_issued__pack(issued, frame);
    assert_null(memmem(frame, size, "Sumartinah", 10));
    assert_null(memmem(frame, size, "planted", 7));
    struct arena *arena = arena_new(1 << 16);
    struct seal_place place = {.field = "person"};
    ProtobufCBinaryData plain;
    assert_true(id_from_bytes(issued->command_id.data, issued->command_id.len, &place.record));
    assert_int_equal(seal_open_local(keystore_words(console->keystore), &place,
                         issued->set_person->details.data, issued->set_person->details.len, arena, &plain),
        SEAL_OPENED);
    assert_int_equal(plain.len, strlen(body));
    assert_memory_equal(plain.data, body, plain.len);
    arena_free(&arena);
    desk_close(&desk);
}

/* What is known of the case goes along, so that an order waits behind records of its case that are parked. */
static void orders_about_a_case_name_it(void **state) {
    (void)state;
    struct desk desk = desk_signed_in("upt facility UPT - UPT-A");
    desk_post(&desk, "/api/cases/" OBJECT "/facts", "{\"name\":\"family_consent\",\"value\":\"yes\"}");
    const struct fixture_record *record = fixture_last(desk.fixture, SIGAP__EVENT__BODY_COMMAND_ISSUED);
    assert_int_equal(record->event->case_id.len, ID_BYTES);
    assert_string_equal(record->event->command_issued->record_fact->fact->source, "facility");
    desk_post(&desk, "/api/tasks/" OBJECT "/done", "{\"case_id\":\"" OTHER "\"}");
    record = fixture_last(desk.fixture, SIGAP__EVENT__BODY_COMMAND_ISSUED);
    struct id case_id, expected;
    id_from_text(OTHER, &expected);
    assert_true(id_from_bytes(record->event->case_id.data, record->event->case_id.len, &case_id));
    assert_true(id_equal(&case_id, &expected));
    desk_close(&desk);
}

/* The answer and the alarm in one turn: one of them answers, once. */
static void an_answer_at_the_last_moment_is_given_once(void **state) {
    (void)state;
    struct desk desk = desk_signed_in("sari");
    assert_int_equal(desk_post(&desk, accept, "{}"), 0);
    fixture_jump(desk.fixture, WAIT_MS + WAIT_GRAIN_MS); /* no turn in between */
    desk_command_answered(&desk, desk_issued(&desk), 200, "ok");
    assert_int_equal(desk.answer->status, 200);
    assert_int_equal(((struct console *)fixture_state(desk.fixture))->waits.count, 0);
    fixture_advance(desk.fixture, 10000);
    assert_int_equal(desk.answer->status, 200);
    desk_close(&desk);
}

/* No memory for the answer itself: the order is as it was decided, and asking again tells so. */
static void without_memory_nobody_is_told_a_failure_that_was_none(void **state) {
    (void)state;
    static const char *const id[2] = {"Command-Id", OTHER};
    struct desk desk = desk_signed_in("sari");
    assert_false(desk_ask(&desk, "POST", accept, "{}", id));
    const Sigap__CommandIssued *issued = desk_issued(&desk);
    fault_arm(FAULT_MEMORY, 0);
    desk_command_answered(&desk, issued, 200, "ok");
    uint64_t sites = fault_count(FAULT_MEMORY);
    fault_disarm();
    assert_int_equal(desk.answer->status, 200);
    assert_true(sites > 0);
    for (uint64_t nth = 1; nth <= sites; nth++) {
        fault_arm(FAULT_MEMORY, nth);
        bool answered = desk_ask(&desk, "POST", accept, "{}", id);
        fault_disarm();
        assert_true(answered);
        assert_true(desk.answer->status == 200 || desk.answer->status == 503);
        assert_true(desk_ask(&desk, "POST", accept, "{}", id));
        assert_int_equal(desk.answer->status, 200);
    }
    desk_close(&desk);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_goes_to_the_journal_and_its_answer_comes_back),
        cmocka_unit_test(the_owner_refuses_and_the_person_reads_why),
        cmocka_unit_test(after_two_seconds_there_is_an_address_to_ask),
        cmocka_unit_test(the_same_order_twice_acts_once),
        cmocka_unit_test(old_orders_are_forgotten),
        cmocka_unit_test(every_kind_of_order),
        cmocka_unit_test(people_are_sealed),
        cmocka_unit_test(orders_about_a_case_name_it),
        cmocka_unit_test(an_answer_at_the_last_moment_is_given_once),
        cmocka_unit_test(without_memory_nobody_is_told_a_failure_that_was_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
