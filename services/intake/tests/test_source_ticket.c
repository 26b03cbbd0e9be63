/* The mailbox of a ticket: what its holder adds joins the report; who holds none gets nowhere. */
#include "services/intake/tests/intake_bottle.h"

#include "services/intake/hook.h"

static const struct answer *say(
    struct bottle *bottle, const char *ticket, const char *body, const char *key) {
    static char path[128];
    snprintf(path, sizeof path, "/v1/reports/%s/messages", ticket);
    return fixture_request(bottle->fixture,
        &(struct fixture_request){.method = "POST",
            .path = path,
            .body = body,
            .headers = {{"Content-Type", "application/json"}, {key ? "Idempotency-Key" : NULL, key}}});
}

static void what_is_added_joins_the_report(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    char ticket[64], path[128];
    strcpy(ticket, bottle_ticket(&bottle, "{\"source\":\"web\",\"text\":\"Nenek sakit\"}", NULL));
    ProtobufCBinaryData first = bottle_last(&bottle)->event->report_received->report_id;
    snprintf(path, sizeof path, "/v1/reports/%s", ticket);
    Sigap__ReportInReview review = SIGAP__REPORT_IN_REVIEW__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    review.report_id = first;
    review.reason = (char *)"place_unclear";
    event.body_case = SIGAP__EVENT__BODY_REPORT_IN_REVIEW;
    event.report_in_review = &review;
    fixture_event(bottle.fixture, "triage", LANE_NORMAL, &event);
    fixture_turn(bottle.fixture);
    assert_non_null(strstr(bottle_member(bottle_get(&bottle, path), "question"), "kecamatan"));
    const struct answer *answer = say(&bottle, ticket, "{\"text\":\"Di Wlingi, belakang masjid\"}", "k");
    assert_int_equal(answer->status, 202);
    assert_string_equal(bottle_member(answer, "ticket"), ticket);
    assert_int_equal(bottle_reports(&bottle), 2);
    const Sigap__ReportReceived *added = bottle_last(&bottle)->event->report_received;
    assert_memory_equal(added->amends.data, first.data, ID_BYTES);
    assert_string_equal(added->relation, "follow_up");
    assert_string_equal(bottle_member(bottle_get(&bottle, path), "question"), ""); /* answered */
    assert_string_equal(
        bottle_member(say(&bottle, ticket, "{\"text\":\"Di Wlingi, belakang masjid\"}", "k"), "ticket"),
        ticket);
    assert_int_equal(bottle_reports(&bottle), 2);
    answer = say(&bottle, ticket, "{\"text\":\"Bukan, di Garum\"}", "k"); /* a key stands for one message */
    assert_int_equal(answer->status, 422);
    assert_non_null(strstr(answer->body, "key-reused"));
    assert_int_equal(bottle_reports(&bottle), 2);
    assert_int_equal(say(&bottle, ticket, "{\"text\":\"Di Wlingi\"}", "\xff")->status, 400);
    /* a case among what joined is what the ticket tells of */
    Sigap__CaseOpened opened = SIGAP__CASE_OPENED__INIT;
    Sigap__Event of_case = SIGAP__EVENT__INIT;
    struct id case_id = fixture_id(bottle.fixture);
    opened.report_id = added->report_id;
    of_case.case_id = (ProtobufCBinaryData){ID_BYTES, case_id.bytes};
    of_case.body_case = SIGAP__EVENT__BODY_CASE_OPENED;
    of_case.case_opened = &opened;
    fixture_event(bottle.fixture, "triage", LANE_NORMAL, &of_case);
    fixture_turn(bottle.fixture);
    assert_string_equal(bottle_member(bottle_get(&bottle, path), "state"), "case_open");
    fixture_close(&bottle.fixture);
}

static void without_a_ticket_there_is_no_box(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    char ticket[64];
    strcpy(ticket, bottle_ticket(&bottle, "{\"source\":\"web\",\"text\":\"Nenek sakit\"}", NULL));
    static const struct {
        const char *ticket, *body;
        unsigned status;
    } cases[] = {
        {"260302-AAAA-AAAA-AAAA-AAAA-A", "{\"text\":\"x\"}", 404},
        {"x", "{\"text\":\"x\"}", 404},
        {NULL, "{\"text\":\"\"}", 422},
        {NULL, "{}", 422},
        {NULL, "{\"text\":\"x\",\"urgent\":true}", 422},
        {NULL, "no JSON", 400},
        {NULL, "{\"text\":\"x\",\"lat\":1}", 422},
        {NULL, "{\"text\":\"x\",\"lat\":-7.9,\"lon\":112.6}", 202},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct answer *answer =
            say(&bottle, cases[i].ticket ? cases[i].ticket : ticket, cases[i].body, NULL);
        if (answer->status != cases[i].status)
            fail_msg("case %zu: %u", i, answer->status);
    }
    assert_int_equal(bottle_reports(&bottle), 2);
    unsigned refused = 0;
    for (int i = 0; i < HOOK_SENDER_BURST + 5; i++)
        refused += say(&bottle, ticket, "{\"text\":\"Ada warga minta info bansos\"}", NULL)->status == 429;
    assert_true(refused >= 5);
    assert_int_equal(say(&bottle, ticket, "{\"text\":\"dia pegang pisau\"}", NULL)->status, 202);
    fixture_close(&bottle.fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_added_joins_the_report),
        cmocka_unit_test(without_a_ticket_there_is_no_box),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
